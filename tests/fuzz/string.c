// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- strings in damaged arenas
 */
#include "fuzz/fuzz.h"

#include <string.h>

#define BYTES 5000u

static struct tarn_string *
open_string(struct tarn_arena *arena, const char *name, enum tarn_open_mode how)
{
	struct tarn_string *string;

	(void)fuzz_told(tarn_string_open(arena, &string, name, how, NULL));
	return string;
}

static void
build(struct tarn_arena *arena)
{
	struct tarn_string *string = open_string(arena, "string", TARN_CREATE);
	struct tarn_string *short_one = open_string(arena, "other", TARN_CREATE);

	for (unsigned i = 0; i < BYTES / 10; i++)
		fuzz_must(tarn_string_append(string, "0123456789", 10));
	fuzz_must(tarn_string_append(short_one, "short", 5));
	tarn_string_close(string);
	tarn_string_close(short_one);
}

static void
begin(struct tarn_arena *arena)
{
	struct tarn_string *string = open_string(arena, "string", TARN_OPEN);
	struct tarn_object *object = tarn_string_object(string);
	struct tarn_txn *txn;

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	string = tarn_string_in(string, txn);
	fuzz_must(tarn_string_replace(string, 40, 20, "other", 5));
	fuzz_must(tarn_string_append(string, fuzz_room(), FUZZ_ROOM));
	fuzz_must(tarn_string_erase(string, 7, 3));
}

static void
look(struct tarn_string *string)
{
	void *bytes = fuzz_room();
	uint64_t number;

	(void)fuzz_told(tarn_string_get(string, bytes, FUZZ_ROOM, &number));
	(void)fuzz_told(tarn_string_read(string, fuzz_roll(BYTES), bytes, FUZZ_ROOM, &number));
	(void)fuzz_told(tarn_string_find(string, fuzz_roll(100), "7890", 4, &number));
	(void)fuzz_told(tarn_string_find(string, 0, "nowhere", 7, &number));
	(void)fuzz_told(tarn_string_size(string, &number));
	(void)fuzz_told(tarn_string_capacity(string, &number));
}

static void
change(struct tarn_string *string)
{
	void *bytes = memset(fuzz_room(), 'x', FUZZ_ROOM);

	(void)fuzz_told(tarn_string_append(string, bytes, fuzz_roll(FUZZ_ROOM)));
	(void)fuzz_told(tarn_string_insert(string, fuzz_roll(BYTES), bytes, fuzz_roll(100)));
	(void)fuzz_told(tarn_string_replace(string, fuzz_roll(BYTES), fuzz_roll(50), bytes,
					    fuzz_roll(FUZZ_ROOM)));
	(void)fuzz_told(tarn_string_erase(string, fuzz_roll(BYTES), fuzz_roll(100)));
	(void)fuzz_told(tarn_string_compare_and_swap(string, "short", 5, bytes, fuzz_roll(50)));
	switch (fuzz_roll(6)) {
	case 0:
		(void)fuzz_told(tarn_string_clear(string));
		break;
	case 1:
		(void)fuzz_told(tarn_string_reserve(string, fuzz_roll(100000)));
		break;
	case 2:
		(void)fuzz_told(tarn_string_shrink_to_fit(string));
		break;
	case 3:
		(void)fuzz_told(tarn_string_assign(string, bytes, fuzz_roll(FUZZ_ROOM)));
		break;
	case 4:
		(void)fuzz_told(tarn_string_erase(string, fuzz_roll(BYTES), TARN_STRING_END));
		break;
	default:
		(void)fuzz_told(tarn_string_replace(string, 0, TARN_STRING_END, bytes, 10));
	}
}

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	look(tarn_string_in(handle, txn));
	change(tarn_string_in(handle, txn));
}

static void
use_one(struct tarn_arena *arena, struct tarn_string *string)
{
	if (!string)
		return;
	look(string);
	change(string);
	fuzz_txn(arena, tarn_string_object(string), in_txn, string);
	look(string);
}

static void
use(struct tarn_arena *arena)
{
	struct tarn_string *string = open_string(arena, "string", TARN_OPEN);
	struct tarn_string *other = open_string(arena, "other", TARN_OPEN);

	use_one(arena, string);
	use_one(arena, other);
	if (string && other)
		(void)fuzz_told(tarn_string_swap(string, other));
	if (!fuzz_roll(3))
		(void)fuzz_told(tarn_object_remove(arena, "string"));
	tarn_string_close(string);
	tarn_string_close(other);
}

const struct fuzz_kind fuzz_string = { "string", build, begin, use };
