// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- ordered sets in damaged arenas: of words and of strings
 *
 * Their trees are those of ordered maps.
 */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#define KEYS 1500u
#define KEY_MOST 48u
#define STEPS_MOST 100000u /* of a cursor */

/* ---- building ---------------------------------------------------------------------------------- */

static struct tarn_set *
open_set(struct tarn_arena *arena, const char *name, bool texts, enum tarn_open_mode how)
{
	struct tarn_type type = { .kind = TARN_KIND_SET, .key = texts ? TARN_KEY_STRING : TARN_KEY_U64 };
	struct tarn_set *set;

	(void)fuzz_told(tarn_set_open(arena, &set, name, &type, how, NULL));
	return set;
}

/* Some of the texts have much in common at their beginnings. */
static size_t
make_key(uint64_t n, bool texts, char *key)
{
	if (texts)
		return (size_t)sprintf(key, n % 3 ? "a beginning in common %lu" : "%lu", (unsigned long)n);
	memcpy(key, &n, sizeof(n));
	return sizeof(n);
}

static void
build(struct tarn_arena *arena, bool texts)
{
	struct tarn_set *set = open_set(arena, "set", texts, TARN_CREATE);
	struct tarn_set *other = open_set(arena, "other", texts, TARN_CREATE);
	char key[KEY_MOST];

	for (uint64_t n = 0; n < KEYS; n++)
		fuzz_must(tarn_set_insert(set, key, make_key(n * 7 % KEYS, texts, key)));
	for (uint64_t n = 0; n < 40; n++)
		fuzz_must(tarn_set_insert(other, key, make_key(n * 50, texts, key)));
	tarn_set_close(set);
	tarn_set_close(other);
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
	struct tarn_set *set = open_set(arena, "set", texts, TARN_OPEN);
	struct tarn_object *object = tarn_set_object(set);
	struct tarn_txn *txn;
	char key[KEY_MOST];

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	set = tarn_set_in(set, txn);
	for (uint64_t n = 0; n < 100; n++)
		fuzz_must(tarn_set_insert(set, key, make_key(KEYS + n, texts, key)));
	for (uint64_t n = 0; n < 60; n++)
		fuzz_must(tarn_set_erase(set, key, make_key(n, texts, key)));
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
	return make_key(fuzz_roll(KEYS + 100), texts_now, key);
}

static void
walk(struct tarn_set *set, bool on)
{
	struct tarn_set_cursor *cursor;
	char from[KEY_MOST];
	const void *key;
	size_t size;
	unsigned left = STEPS_MOST;

	if (fuzz_told(tarn_set_cursor_open(set, &cursor)))
		return;
	if (fuzz_roll(2))
		(void)fuzz_told(tarn_set_cursor_seek(cursor, from, random_key(from)));
	else if (!on)
		tarn_set_cursor_seek_end(cursor);
	while (left && !fuzz_told(on ? tarn_set_cursor_next(cursor, &key, &size)
				     : tarn_set_cursor_prev(cursor, &key, &size)))
		left--;
	tarn_set_cursor_close(cursor);
}

static void
look_in_order(struct tarn_set *set)
{
	struct tarn_bytes found = { fuzz_room(), FUZZ_ROOM };
	char key[KEY_MOST], to[KEY_MOST];
	size_t size = random_key(key), to_size = random_key(to), count = FUZZ_ROOM / 8;
	uint64_t number;

	(void)fuzz_told(tarn_set_lower_bound(set, key, size, &found));
	found.size = FUZZ_ROOM;
	(void)fuzz_told(tarn_set_upper_bound(set, key, size, &found));
	found.size = FUZZ_ROOM;
	(void)fuzz_told(tarn_set_first(set, &found));
	found.size = FUZZ_ROOM;
	(void)fuzz_told(tarn_set_last(set, &found));
	(void)fuzz_told(tarn_set_count(set, key, size, to, to_size, &number));
	(void)fuzz_told(tarn_set_scan(set, NULL, 0, fuzz_room(), &count));
}

static void
look(struct tarn_set *set)
{
	char key[KEY_MOST];
	uint64_t number;
	bool empty;

	(void)fuzz_told(tarn_set_size(set, &number));
	(void)fuzz_told(tarn_set_empty(set, &empty));
	for (unsigned i = 0; i < 10; i++)
		(void)fuzz_told(tarn_set_contains(set, key, random_key(key)));
	look_in_order(set);
	walk(set, true);
	walk(set, false);
}

static void
change(struct tarn_set *set)
{
	char key[KEY_MOST], to[KEY_MOST];
	struct tarn_bytes found = { fuzz_room(), FUZZ_ROOM };
	size_t size;

	for (unsigned i = 0; i < 30; i++) {
		(void)fuzz_told(tarn_set_insert(set, key, random_key(key)));
		(void)fuzz_told(tarn_set_erase(set, key, random_key(key)));
	}
	(void)fuzz_told(tarn_set_pop_first(set, &found));
	found.size = FUZZ_ROOM;
	(void)fuzz_told(tarn_set_pop_last(set, &found));
	size = random_key(key);
	(void)fuzz_told(tarn_set_erase_range(set, key, size, to, random_key(to), NULL));
	if (!fuzz_roll(4))
		(void)fuzz_told(tarn_set_clear(set));
}

static void
combine(struct tarn_set *set, struct tarn_set *other)
{
	bool is;

	(void)fuzz_told(tarn_set_equal(set, other, &is));
	(void)fuzz_told(tarn_set_is_subset(other, set, &is));
	switch (fuzz_roll(5)) {
	case 0:
		(void)fuzz_told(tarn_set_union(other, set, other));
		break;
	case 1:
		(void)fuzz_told(tarn_set_intersection(set, set, other));
		break;
	case 2:
		(void)fuzz_told(tarn_set_difference(other, set, other));
		break;
	case 3:
		(void)fuzz_told(tarn_set_copy(other, set));
		break;
	default:
		(void)fuzz_told(tarn_set_swap(set, other));
	}
}

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	struct tarn_set *set = tarn_set_in(handle, txn);

	look(set);
	change(set);
}

static void
use(struct tarn_arena *arena, bool texts)
{
	struct tarn_set *set = open_set(arena, "set", texts, TARN_OPEN);
	struct tarn_set *other = open_set(arena, "other", texts, TARN_OPEN);

	texts_now = texts;
	if (set) {
		look(set);
		change(set);
		fuzz_txn(arena, tarn_set_object(set), in_txn, set);
	}
	if (set && other)
		combine(set, other);
	if (other)
		look(other);
	if (!fuzz_roll(3))
		(void)fuzz_told(tarn_object_remove(arena, "set"));
	tarn_set_close(set);
	tarn_set_close(other);
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

const struct fuzz_kind fuzz_set_words = { "set of words", build_words, begin_words, use_words };
const struct fuzz_kind fuzz_set_texts = { "set of strings", build_texts, begin_texts, use_texts };
