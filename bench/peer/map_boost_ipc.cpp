// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_boost_ipc.cpp -- boost::unordered_map in a managed_shared_memory
 *
 * With an interprocess_mutex, in the segment too, around each operation.
 * The segment is made with room for all, for it cannot grow while it is used;
 * its name is removed at once.
 */
#include "map.h"
#include "text_hash.hpp"

#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/string.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>
#include <boost/unordered_map.hpp>
#include <unistd.h>

namespace bi = boost::interprocess;

template <typename T>
using shared = bi::allocator<T, bi::managed_shared_memory::segment_manager>;
using shared_text = bi::basic_string<char, std::char_traits<char>, shared<char>>;

struct u64_map {
	bi::interprocess_mutex mutex;
	boost::unordered_map<uint64_t, uint64_t, boost::hash<uint64_t>, std::equal_to<uint64_t>,
		shared<std::pair<const uint64_t, uint64_t>>>
		map;

	explicit u64_map(bi::managed_shared_memory *segment) : map(segment->get_segment_manager())
	{
	}
};

struct text_map {
	bi::interprocess_mutex mutex;
	boost::unordered_map<shared_text, map_value, text_hash, text_equal,
		shared<std::pair<const shared_text, map_value>>>
		map;

	explicit text_map(bi::managed_shared_memory *segment) : map(segment->get_segment_manager())
	{
	}
};

struct held {
	bi::scoped_lock<bi::interprocess_mutex> lock;

	template <typename Map> explicit held(Map &map) : lock(map.mutex)
	{
	}
};

static bi::managed_shared_memory *segment;

static inline shared_text
make_key(text_map &, const map_text &key)
{
	return shared_text(key.bytes, key.size, segment->get_segment_manager());
}

void
map_open(size_t entries, int text)
{
	std::string name = "tarn-bench-peer." + std::to_string(getpid());
	size_t size = (64 << 20) + entries * (text ? 400 : 160);

	segment = new bi::managed_shared_memory(bi::create_only, name.c_str(), size);
	bi::shared_memory_object::remove(name.c_str());
}

const int map_by_threads = 0;

/* The segment is where it was in the parent. */
struct u64_map *
map_join(struct u64_map *map)
{
	return map;
}

double
map_bytes(void)
{
	return (double)(segment->get_size() - segment->get_free_memory());
}

struct u64_map *
u64_new(void)
{
	return segment->construct<u64_map>(bi::anonymous_instance)(segment);
}

void
u64_free(struct u64_map *map)
{
	segment->destroy_ptr(map);
}

struct text_map *
text_new(void)
{
	return segment->construct<text_map>(bi::anonymous_instance)(segment);
}

void
text_free(struct text_map *map)
{
	segment->destroy_ptr(map);
}

#include "map.hpp"
