// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap_layout.h -- an ordered multimap in the arena, byte by byte
 *
 * It is a map (map_layout.h) of strings, whatever its keys are: each is the
 * user's key, so written that the order of bytes is that of keys and no key
 * begins another, and behind it a serial, highest byte first.
 *
 *	u64 .. i32	8 or 4 bytes, the highest first; of one that may be
 *			negative the sign's bit turned, of a negative f64 all
 *	bytes of one size	as they are
 *	string, bytes	each 0 becomes 0 255; behind the last byte 0 0
 *
 *	key "a"		61 00 00 | 00 00 00 00 00 00 00 07	value
 *	key "a"		61 00 00 | 00 00 00 00 00 00 00 09	value
 *	key "a" 0 "b"	61 00 ff 62 00 00 | ..			value
 *
 * The catalog's entry has the key's kind and size as the user knows them.
 */
#ifndef TARN_CONTAINER_MULTIMAP_LAYOUT_H
#define TARN_CONTAINER_MULTIMAP_LAYOUT_H

#include <tarn/object.h>

enum { TARN_SERIAL_SIZE = 8, TARN_MULTI_END = 2 }; /* bytes: of a serial; of what ends a string */

/* Below all that are drawn, and above all. */
#define TARN_SERIAL_LOWEST UINT64_C(0)
#define TARN_SERIAL_HIGHEST UINT64_MAX

/* Whether keys of that kind of objects may repeat. */
static inline bool
tarn__kind_repeats(uint64_t kind)
{
	return kind == TARN_KIND_MULTIMAP || kind == TARN_KIND_MULTISET;
}

/* Bytes of a key with its serial, by those of the user's; 0: each has its own. */
static inline uint32_t
tarn__multi_key_size(uint32_t size)
{
	return size ? size + TARN_SERIAL_SIZE : 0;
}

#endif
