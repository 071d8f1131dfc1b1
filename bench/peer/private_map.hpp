// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * private_map.hpp -- a map in one process's own memory, for one thread
 *
 * Included after the two types u64_to_u64 and text_to_value.  No locks; the
 * memory is glibc's malloc(), which tells how much is in use.
 */
#include "map.h"

#include <malloc.h>
#include <string>
#include <string_view>

struct u64_map {
	u64_to_u64 map;
};

struct text_map {
	text_to_value map;
};

struct held {
	template <typename Map> explicit held(Map &)
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
