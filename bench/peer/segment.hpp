// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * segment.hpp -- what maps in a managed_shared_memory are made of
 */
#ifndef TARN_BENCH_PEER_SEGMENT_HPP
#define TARN_BENCH_PEER_SEGMENT_HPP

#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/string.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>

namespace bi = boost::interprocess;

using segment_manager = bi::managed_shared_memory::segment_manager;
template <typename T> using shared = bi::allocator<T, segment_manager>;
using shared_text = bi::basic_string<char, std::char_traits<char>, shared<char>>;

#endif
