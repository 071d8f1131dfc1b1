// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tarn.hpp -- Tarn in C++17: everything in <tarn/cxx/...>
 *
 *	tarn::arena arena("orders");
 *	tarn::hashmap<std::string, std::uint64_t> counters(arena, "counters");
 *	std::uint64_t before = counters.fetch_add("runs", 1);
 *
 * Headers only, over the C library: link with -ltarn.  A failure is an
 * exception, tarn::error; absence is an empty std::optional or false.  What
 * a C call promises of crashes, blocking and time holds of the C++ call that
 * makes it, whose card names it.
 */
#ifndef TARN_HPP
#define TARN_HPP

#include <tarn/cxx/allocator.hpp>
#include <tarn/cxx/arena.hpp>
#include <tarn/cxx/bitset.hpp>
#include <tarn/cxx/counter.hpp>
#include <tarn/cxx/deque.hpp>
#include <tarn/cxx/error.hpp>
#include <tarn/cxx/factory.hpp>
#include <tarn/cxx/hashmap.hpp>
#include <tarn/cxx/hashmultimap.hpp>
#include <tarn/cxx/hashmultiset.hpp>
#include <tarn/cxx/hashset.hpp>
#include <tarn/cxx/list.hpp>
#include <tarn/cxx/lock.hpp>
#include <tarn/cxx/map.hpp>
#include <tarn/cxx/memory_resource.hpp>
#include <tarn/cxx/multimap.hpp>
#include <tarn/cxx/multiset.hpp>
#include <tarn/cxx/priority_queue.hpp>
#include <tarn/cxx/queue.hpp>
#include <tarn/cxx/region.hpp>
#include <tarn/cxx/set.hpp>
#include <tarn/cxx/stack.hpp>
#include <tarn/cxx/string.hpp>
#include <tarn/cxx/transaction.hpp>
#include <tarn/cxx/type.hpp>
#include <tarn/cxx/vector.hpp>
#include <tarn/cxx/walk.hpp>

#endif
