// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- ordered multimaps in damaged arenas: of numbers and of strings
 *
 * Their trees are those of ordered maps; what is theirs is that keys end with
 * serials, and that strings are escaped: which may not be so here.
 */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#define KEYS 60u
#define ENTRIES 1500u
#define KEY_MOST 48u
#define STEPS_MOST 100000u /* of a cursor */

/* ---- building ---------------------------------------------------------------------------------- */

static struct tarn_multimap *
open_map(struct tarn_arena *arena, const char *name, bool texts, enum tarn_open_mode how)
{
	struct tarn_type type = { .kind = TARN_KIND_MULTIMAP,
				  .key = texts ? TARN_KEY_STRING : TARN_KEY_I64,
				  .value_size = texts ? TARN_VALUE_BYTES : 8 };
	struct tarn_multimap *map;

	(void)fuzz_told(tarn_multimap_open(arena, &map, name, &type, how, NULL));
	return map;
}

/* Some of the texts have much in common at their beginnings, some zeros at their ends. */
static size_t
make_key(uint64_t n, bool texts, char *key)
{
	size_t size;

	if (!texts) {
		memcpy(key, &n, sizeof(n));
		return sizeof(n);
	}
	size = (size_t)sprintf(key, n % 3 ? "a beginning in common %lu" : "%lu", (unsigned long)n);
	memset(key + size, 0, n % 4);
	return size + n % 4;
}

static void
fill(struct tarn_multimap *map, bool texts, uint64_t entries)
{
	char key[KEY_MOST];

	for (uint64_t n = 0; n < entries; n++)
		fuzz_must(tarn_multimap_insert(map, key, make_key(n * 7 % KEYS, texts, key), &n, 8, NULL));
}

static void
build(struct tarn_arena *arena, bool texts)
{
	struct tarn_multimap *map = open_map(arena, "map", texts, TARN_CREATE);
	struct tarn_multimap *other = open_map(arena, "other", texts, TARN_CREATE);

	fill(map, texts, ENTRIES);
	fill(other, texts, 40);
	tarn_multimap_close(map);
	tarn_multimap_close(other);
}

static void
build_words(struct tarn_arena *arena)
{
	build(arena, false);
}

static void
build_texts(struct tarn_arena *arena)
{
	build(arena, true);
}

static void
begin(struct tarn_arena *arena, bool texts)
{
	struct tarn_multimap *map = open_map(arena, "map", texts, TARN_OPEN);
	struct tarn_object *object = tarn_multimap_object(map);
	struct tarn_txn *txn;
	char key[KEY_MOST];

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	map = tarn_multimap_in(map, txn);
	fill(map, texts, 100);
	for (uint64_t n = 0; n < 3; n++)
		fuzz_must(tarn_multimap_erase(map, key, make_key(n, texts, key), NULL));
}

static void
begin_words(struct tarn_arena *arena)
{
	begin(arena, false);
}

static void
begin_texts(struct tarn_arena *arena)
{
	begin(arena, true);
}

/* ---- every call -------------------------------------------------------------------------------- */

static bool texts_now; /* what keys of the calls below are */

static size_t
random_key(char *key)
{
	return make_key(fuzz_roll(KEYS + 10), texts_now, key);
}

static void
walk(struct tarn_multimap *map, bool on)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	char from[KEY_MOST];
	unsigned left = STEPS_MOST;

	if (fuzz_told(tarn_multimap_cursor_open(map, &cursor)))
		return;
	if (fuzz_roll(3) == 0)
		(void)fuzz_told(tarn_multimap_cursor_seek(cursor, from, random_key(from)));
	else if (fuzz_roll(2))
		(void)fuzz_told(tarn_multimap_cursor_seek_behind(cursor, from, random_key(from)));
	else if (!on)
		tarn_multimap_cursor_seek_end(cursor);
	while (left && !fuzz_told(on ? tarn_multimap_cursor_next(cursor, &entry)
				     : tarn_multimap_cursor_prev(cursor, &entry)))
		left--;
	tarn_multimap_cursor_close(cursor);
}

static struct tarn_bytes *
room(struct tarn_bytes *bytes)
{
	*bytes = (struct tarn_bytes){ fuzz_room(), FUZZ_ROOM };
	return bytes;
}

static void
look_in_order(struct tarn_multimap *map)
{
	struct tarn_bytes found, value;
	char key[KEY_MOST];
	size_t size = random_key(key), count = FUZZ_ROOM / 8;

	(void)fuzz_told(tarn_multimap_lower_bound(map, key, size, room(&found), room(&value)));
	(void)fuzz_told(tarn_multimap_upper_bound(map, key, size, room(&found), room(&value)));
	(void)fuzz_told(tarn_multimap_first(map, room(&found), room(&value)));
	(void)fuzz_told(tarn_multimap_last(map, room(&found), room(&value)));
	(void)fuzz_told(tarn_multimap_scan(map, NULL, 0, fuzz_room(), fuzz_room(), &count));
	count = FUZZ_ROOM / 8;
	(void)fuzz_told(tarn_multimap_equal_range(map, key, size, texts_now ? NULL : fuzz_room(),
						  fuzz_room(), &count));
}

static void
look(struct tarn_multimap *map)
{
	char key[KEY_MOST];
	uint64_t number = 0;
	size_t size, told;
	bool empty;

	(void)fuzz_told(tarn_multimap_size(map, &number));
	(void)fuzz_told(tarn_multimap_empty(map, &empty));
	for (unsigned i = 0; i < 10; i++) {
		size = random_key(key);
		(void)fuzz_told(tarn_multimap_get(map, key, size, fuzz_room(), FUZZ_ROOM, &told));
		(void)fuzz_told(tarn_multimap_get_entry(map, key, size, fuzz_roll(ENTRIES), fuzz_room(),
							FUZZ_ROOM, &told));
		(void)fuzz_told(tarn_multimap_count(map, key, size, &number));
	}
	look_in_order(map);
	walk(map, true);
	walk(map, false);
}

static void
change(struct tarn_multimap *map)
{
	char key[KEY_MOST], to[KEY_MOST];
	struct tarn_bytes found, value;
	uint64_t number = 0;
	size_t size;

	for (unsigned i = 0; i < 30; i++) {
		size = random_key(key);
		(void)fuzz_told(tarn_multimap_insert(map, key, size, &size, 8, &number));
		(void)fuzz_told(tarn_multimap_erase_entry(map, key, size, fuzz_roll(2) ? number :
							  fuzz_roll(ENTRIES)));
	}
	size = random_key(key);
	(void)fuzz_told(tarn_multimap_erase(map, key, size, &number));
	(void)fuzz_told(tarn_multimap_pop_first(map, room(&found), room(&value)));
	(void)fuzz_told(tarn_multimap_pop_last(map, room(&found), room(&value)));
	size = random_key(key);
	(void)fuzz_told(tarn_multimap_erase_range(map, key, size, to, random_key(to), NULL));
	if (!fuzz_roll(4))
		(void)fuzz_told(tarn_multimap_clear(map));
}

static void
combine(struct tarn_multimap *map, struct tarn_multimap *other)
{
	bool is;

	(void)fuzz_told(tarn_multimap_equal(map, other, &is));
	(void)fuzz_told(tarn_multimap_equal(map, map, &is));
	if (fuzz_roll(2))
		(void)fuzz_told(tarn_multimap_copy(other, map));
	else
		(void)fuzz_told(tarn_multimap_swap(map, other));
}

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	struct tarn_multimap *map = tarn_multimap_in(handle, txn);

	look(map);
	change(map);
}

static void
use(struct tarn_arena *arena, bool texts)
{
	struct tarn_multimap *map = open_map(arena, "map", texts, TARN_OPEN);
	struct tarn_multimap *other = open_map(arena, "other", texts, TARN_OPEN);

	texts_now = texts;
	if (map) {
		look(map);
		change(map);
		fuzz_txn(arena, tarn_multimap_object(map), in_txn, map);
	}
	if (map && other)
		combine(map, other);
	if (other)
		look(other);
	if (!fuzz_roll(3))
		(void)fuzz_told(tarn_object_remove(arena, "map"));
	tarn_multimap_close(map);
	tarn_multimap_close(other);
}

static void
use_words(struct tarn_arena *arena)
{
	use(arena, false);
}

static void
use_texts(struct tarn_arena *arena)
{
	use(arena, true);
}

const struct fuzz_kind fuzz_multimap_words = { "multimap of numbers", build_words, begin_words,
					       use_words };
const struct fuzz_kind fuzz_multimap_texts = { "multimap of strings", build_texts, begin_texts,
					       use_texts };
