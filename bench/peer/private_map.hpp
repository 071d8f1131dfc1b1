// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * private_map.hpp -- a map in one process's own memory
 *
 * Included after the two types u64_to_u64 and text_to_value.  No locks, or for
 * several threads one that is taken for each operation, with WITH_MUTEX; the
 * memory is glibc's malloc(), which tells how much is in use.
 */
#include "map.h"

#include <malloc.h>
#include <mutex>
#include <string>
#include <string_view>

#ifdef WITH_MUTEX
using map_lock = std::mutex;
const int map_by_threads = 1;

struct u64_map *
map_join(struct u64_map *map)
{
	return map;
}
#else
struct map_lock {
	void
	lock()
	{
	}
	void
	unlock()
	{
	}
};
#endif

struct u64_map {
	map_lock mutex;
	u64_to_u64 map;
};

struct text_map {
	map_lock mutex;
	text_to_value map;
};

struct held {
	std::lock_guard<map_lock> lock;

	template <typename Map> explicit held(Map &map) : lock(map.mutex)
	{
	}
};

static inline std::string
make_key(text_map &, const map_text &key)
{
	return { key.bytes, key.size };
}

void
map_open(size_t, int)
{
}

double
map_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

struct u64_map *
u64_new(void)
{
	return new u64_map;
}

void
u64_free(struct u64_map *map)
{
	delete map;
}

struct text_map *
text_new(void)
{
	return new text_map;
}

void
text_free(struct text_map *map)
{
	delete map;
}

#include "map.hpp"
