// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps in damaged arenas: of words, and of byte strings
 */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#define KEYS 700u
#define TEXTS 300u

static const struct tarn_type of_words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type of_bytes = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					   NULL };

static size_t
make_key(bool words, uint64_t number, void *key)
{
	if (!words)
		return (size_t)snprintf(key, 60, "%s %lu", number % 7 ? "key" : "a key that is long",
					(unsigned long)number);
	memcpy(key, &number, 8);
	return 8;
}

static size_t
value_size(bool words)
{
	return words ? 8 : fuzz_roll(fuzz_roll(8) ? 60 : FUZZ_ROOM);
}

/* ---- building ---------------------------------------------------------------------------------- */

static void
fill(struct tarn_hashmap *map, bool words, uint64_t from, uint64_t to)
{
	char key[64], value[400] = "value";

	for (uint64_t i = from; i < to; i++)
		fuzz_must(tarn_hashmap_put(map, key, make_key(words, i, key), value,
					   words ? 8 : i % sizeof(value)));
}

static struct tarn_hashmap *
open_map(struct tarn_arena *arena, bool words, enum tarn_open_mode how)
{
	struct tarn_hashmap *map;

	(void)fuzz_told(tarn_hashmap_open(arena, &map, "map", words ? &of_words : &of_bytes, how,
					  NULL));
	return map;
}

static void
build_words(struct tarn_arena *arena)
{
	struct tarn_hashmap *map = open_map(arena, true, TARN_CREATE);

	fill(map, true, 0, KEYS);
	tarn_hashmap_close(map);
}

/* One that was cleared in a transaction: what it had lies in the graveyard, all of it. */
static void
bury_another(struct tarn_arena *arena)
{
	struct tarn_hashmap *map;
	struct tarn_object *object;
	struct tarn_txn *txn;

	fuzz_must(tarn_hashmap_open(arena, &map, "buried", &of_bytes, TARN_CREATE, NULL));
	fill(map, false, 0, TEXTS);
	object = tarn_hashmap_object(map);
	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	fuzz_must(tarn_hashmap_clear(tarn_hashmap_in(map, txn)));
	fuzz_must(tarn_txn_commit(txn));
	tarn_hashmap_close(map);
}

static void
build_bytes(struct tarn_arena *arena)
{
	struct tarn_hashmap *map = open_map(arena, false, TARN_CREATE);

	fill(map, false, 0, TEXTS);
	fuzz_must(tarn_hashmap_put(map, "run", 3, memset(fuzz_room(), 'r', FUZZ_ROOM), FUZZ_ROOM));
	tarn_hashmap_close(map);
	bury_another(arena);
}

static void
begin(struct tarn_arena *arena, bool words)
{
	struct tarn_hashmap *map = open_map(arena, words, TARN_OPEN);
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_txn *txn;
	char key[64];

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	map = tarn_hashmap_in(map, txn);
	fill(map, words, 10000, 10400);
	for (uint64_t i = 0; i < 100; i++)
		fuzz_must(tarn_hashmap_erase(map, key, make_key(words, i, key)));
}

static void
begin_words(struct tarn_arena *arena)
{
	begin(arena, true);
}

static void
begin_bytes(struct tarn_arena *arena)
{
	begin(arena, false);
}

/* ---- every call -------------------------------------------------------------------------------- */

static void
walk(struct tarn_hashmap *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t sum = 0;

	if (fuzz_told(tarn_hashmap_cursor_open(map, &cursor)))
		return;
	for (unsigned i = 0; i < 4 * KEYS && !fuzz_told(tarn_hashmap_cursor_next(cursor, &entry)); i++)
		for (size_t at = 0; at < entry.value_size; at++)
			sum += ((const unsigned char *)entry.value)[at];
	tarn_hashmap_cursor_close(cursor);
	(void)fuzz_told(sum ? 0 : TARN_NOT_FOUND);
}

static int
change(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	static const char nothing[8];

	(void)arg;
	*out = old ? old : nothing;
	*out_size = old ? old_size : sizeof(nothing);
	return 0;
}

static void
many(struct tarn_hashmap *map)
{
	uint64_t keys[20], values[20];
	int codes[20];

	for (unsigned i = 0; i < 20; i++)
		keys[i] = values[i] = fuzz_roll(KEYS);
	(void)fuzz_told(tarn_hashmap_get_many(map, keys, 8, 20, values, 8, codes));
	(void)fuzz_told(tarn_hashmap_put_many(map, keys, 8, 20, values, 8, codes));
	(void)fuzz_told(tarn_hashmap_erase_many(map, keys, 8, 10, codes));
}

static void
change_some(struct tarn_hashmap *map, bool words)
{
	char key[64], *value = memset(fuzz_room(), 'v', FUZZ_ROOM);

	for (unsigned i = 0; i < 6; i++) {
		size_t size = make_key(words, fuzz_roll(KEYS), key);

		(void)fuzz_told(tarn_hashmap_put(map, key, size, value, value_size(words)));
		size = make_key(words, fuzz_roll(KEYS), key);
		(void)fuzz_told(tarn_hashmap_erase(map, key, size));
		(void)fuzz_told(tarn_hashmap_insert(map, key, size, value, value_size(words)));
		(void)fuzz_told(tarn_hashmap_fetch_add(map, key, size, 1, NULL));
		(void)fuzz_told(tarn_hashmap_compare_and_swap(map, key, size, value, 8, value,
							      value_size(words)));
		(void)fuzz_told(tarn_hashmap_update(map, key, size, change, NULL));
	}
}

static bool use_words;

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	change_some(tarn_hashmap_in(handle, txn), use_words);
}

static void
use(struct tarn_arena *arena, bool words)
{
	struct tarn_hashmap *map = open_map(arena, words, TARN_OPEN);
	char key[64], *value = fuzz_room();
	uint64_t size;
	size_t got;

	if (!map)
		return;
	for (unsigned i = 0; i < 10; i++) {
		size_t length = make_key(words, fuzz_roll(KEYS), key);

		(void)fuzz_told(tarn_hashmap_get(map, key, length, value, FUZZ_ROOM, &got));
		(void)fuzz_told(tarn_hashmap_contains(map, key, length));
	}
	(void)fuzz_told(tarn_hashmap_size(map, &size));
	walk(map);
	many(map);
	change_some(map, words);
	use_words = words;
	fuzz_txn(arena, tarn_hashmap_object(map), in_txn, map);
	for (uint64_t i = 0; i < 100 && !fuzz_roll(2); i++)
		(void)fuzz_told(tarn_hashmap_put(map, key, make_key(words, 20000 + i, key), value,
						 words ? 8 : 100));
	if (!fuzz_roll(4))
		(void)fuzz_told(tarn_hashmap_clear(map));
	walk(map);
	if (!fuzz_roll(4))
		(void)fuzz_told(tarn_object_remove(arena, "map"));
	tarn_hashmap_close(map);
	if (!fuzz_roll(4))
		tarn_hashmap_close(open_map(arena, words, TARN_OPEN_OR_CREATE));
}

static void
use_map_of_words(struct tarn_arena *arena)
{
	use(arena, true);
}

static void
use_map_of_bytes(struct tarn_arena *arena)
{
	use(arena, false);
}

const struct fuzz_kind fuzz_hashmap_words = { "hashmap of words", build_words, begin_words,
					      use_map_of_words };
const struct fuzz_kind fuzz_hashmap_bytes = { "hashmap of bytes", build_bytes, begin_bytes,
					      use_map_of_bytes };
