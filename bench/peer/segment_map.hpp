// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * segment_map.hpp -- a map in a managed_shared_memory
 *
 * Included after the two types u64_to_u64 and text_to_value.  With an
 * interprocess_mutex, in the segment too, around each operation.  The segment is
 * made with room for all, for it cannot grow while it is used; its name is
 * removed at once.
 */
#include "map.h"
#include "segment.hpp"

#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>
#include <unistd.h>

struct u64_map {
	bi::interprocess_mutex mutex;
	u64_to_u64 map;

	explicit u64_map(bi::managed_shared_memory *segment) : map(segment->get_segment_manager())
	{
	}
};

struct text_map {
	bi::interprocess_mutex mutex;
	text_to_value map;

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
