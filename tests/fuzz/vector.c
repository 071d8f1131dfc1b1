// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors in damaged arenas: with a maximum, and without
 */
#include "fuzz/fuzz.h"

#include <string.h>

#define ELEMENTS 9000u
#define MAXIMUM 20000u
#define VIEW_MOST (1u << 22)

static const struct tarn_type of_words = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };
static const struct tarn_type of_threes = { TARN_KIND_VECTOR, TARN_KEY_NONE, 3, NULL };

/* ---- building ---------------------------------------------------------------------------------- */

static struct tarn_vector *
open_vector(struct tarn_arena *arena, const char *name, bool bounded, enum tarn_open_mode how)
{
	struct tarn_vector *vector;

	if (bounded)
		(void)fuzz_told(tarn_vector_open_bounded(arena, &vector, name, &of_words, how,
							 MAXIMUM, NULL));
	else
		(void)fuzz_told(tarn_vector_open(arena, &vector, name,
						 name[0] == 's' ? &of_threes : &of_words, how, NULL));
	return vector;
}

static void
build(struct tarn_arena *arena, bool bounded)
{
	struct tarn_vector *vector = open_vector(arena, "vector", bounded, TARN_CREATE);
	struct tarn_vector *small = open_vector(arena, "small", false, TARN_CREATE);

	for (uint64_t i = 0; i < ELEMENTS; i++)
		fuzz_must(tarn_vector_push_back(vector, &i));
	fuzz_must(tarn_vector_append(small, "abcdefghi", 3));
	tarn_vector_close(vector);
	tarn_vector_close(small);
}

static void
build_free(struct tarn_arena *arena)
{
	build(arena, false);
}

static void
build_bounded(struct tarn_arena *arena)
{
	build(arena, true);
}

static void
begin(struct tarn_arena *arena, bool bounded)
{
	struct tarn_vector *vector = open_vector(arena, "vector", bounded, TARN_OPEN);
	struct tarn_object *object = tarn_vector_object(vector);
	struct tarn_txn *txn;

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	vector = tarn_vector_in(vector, txn);
	fuzz_must(tarn_vector_set(vector, 5, fuzz_room()));
	fuzz_must(tarn_vector_erase(vector, 100, 20));
	for (unsigned i = 0; i < 60; i++)
		fuzz_must(tarn_vector_append(vector, fuzz_room(), 100));
}

static void
begin_free(struct tarn_arena *arena)
{
	begin(arena, false);
}

static void
begin_bounded(struct tarn_arena *arena)
{
	begin(arena, true);
}

/* ---- every call -------------------------------------------------------------------------------- */

static void
look_by_view(struct tarn_vector *vector, uint64_t size)
{
	struct tarn_vector_view view;
	uint64_t sum = 0;

	if (fuzz_told(tarn_vector_view(vector, &view)))
		return;
	for (uint64_t at = 0; at < view.count * size && at < VIEW_MOST; at++)
		sum += ((const volatile unsigned char *)view.data)[at];
	(void)!tarn_vector_view_valid(vector, &view);
	(void)sum;
}

static void
look(struct tarn_vector *vector, uint64_t size)
{
	void *value = fuzz_room();
	uint64_t number = 0;
	bool empty;

	(void)fuzz_told(tarn_vector_size(vector, &number));
	(void)fuzz_told(tarn_vector_get(vector, fuzz_roll(ELEMENTS), value));
	(void)fuzz_told(tarn_vector_get(vector, number - 1, value));
	(void)fuzz_told(tarn_vector_front(vector, value));
	(void)fuzz_told(tarn_vector_back(vector, value));
	(void)fuzz_told(tarn_vector_read(vector, fuzz_roll(ELEMENTS), value, FUZZ_ROOM / size,
					 &number));
	(void)fuzz_told(tarn_vector_find(vector, 0, value, &number));
	(void)fuzz_told(tarn_vector_empty(vector, &empty));
	(void)fuzz_told(tarn_vector_capacity(vector, &number));
	look_by_view(vector, size);
}

static void
change(struct tarn_vector *vector, uint64_t size)
{
	void *values = memset(fuzz_room(), 7, FUZZ_ROOM);
	uint64_t most = FUZZ_ROOM / size, before;

	(void)fuzz_told(tarn_vector_push_back(vector, values));
	(void)fuzz_told(tarn_vector_append(vector, values, fuzz_roll(most)));
	(void)fuzz_told(tarn_vector_set(vector, fuzz_roll(ELEMENTS), values));
	(void)fuzz_told(tarn_vector_fetch_add(vector, fuzz_roll(ELEMENTS), 1, &before));
	(void)fuzz_told(tarn_vector_compare_and_swap(vector, fuzz_roll(ELEMENTS), values, values));
	(void)fuzz_told(tarn_vector_insert(vector, fuzz_roll(ELEMENTS), values, fuzz_roll(most)));
	(void)fuzz_told(tarn_vector_erase(vector, fuzz_roll(ELEMENTS), fuzz_roll(300)));
	(void)fuzz_told(tarn_vector_pop_back(vector, values));
	(void)fuzz_told(tarn_vector_pop_back(vector, NULL));
}

static int
by_bytes(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(uint64_t *)size);
}

static void
change_all(struct tarn_vector *vector, uint64_t size)
{
	switch (fuzz_roll(7)) {
	case 0:
		(void)fuzz_told(tarn_vector_sort(vector, by_bytes, &size));
		break;
	case 1:
		(void)fuzz_told(tarn_vector_sort(vector, NULL, NULL));
		break;
	case 2:
		(void)fuzz_told(tarn_vector_assign(vector, fuzz_room(), fuzz_roll(300)));
		break;
	case 3:
		(void)fuzz_told(tarn_vector_resize(vector, fuzz_roll(2 * ELEMENTS), NULL));
		break;
	case 4:
		(void)fuzz_told(tarn_vector_reserve(vector, fuzz_roll(4 * ELEMENTS)));
		break;
	case 5:
		(void)fuzz_told(tarn_vector_clear(vector));
		break;
	default:
		(void)fuzz_told(tarn_vector_shrink_to_fit(vector));
	}
}

static uint64_t in_txn_size;

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	struct tarn_vector *vector = tarn_vector_in(handle, txn);

	look(vector, in_txn_size);
	change(vector, in_txn_size);
	change_all(vector, in_txn_size);
}

static void
use_one(struct tarn_arena *arena, struct tarn_vector *vector, uint64_t size)
{
	if (!vector)
		return;
	look(vector, size);
	change(vector, size);
	in_txn_size = size;
	fuzz_txn(arena, tarn_vector_object(vector), in_txn, vector);
	change_all(vector, size);
	look(vector, size);
}

static void
use(struct tarn_arena *arena, bool bounded)
{
	struct tarn_vector *vector = open_vector(arena, "vector", bounded, TARN_OPEN);
	struct tarn_vector *small = open_vector(arena, "small", false, TARN_OPEN);
	struct tarn_vector *third = NULL;

	use_one(arena, vector, 8);
	use_one(arena, small, 3);
	if (vector && !fuzz_roll(3))
		third = open_vector(arena, "third", bounded, TARN_OPEN_OR_CREATE);
	if (third)
		(void)fuzz_told(tarn_vector_swap(vector, third));
	if (!fuzz_roll(3))
		(void)fuzz_told(tarn_object_remove(arena, "vector"));
	tarn_vector_close(vector);
	tarn_vector_close(small);
	tarn_vector_close(third);
}

static void
use_free(struct tarn_arena *arena)
{
	use(arena, false);
}

static void
use_bounded(struct tarn_arena *arena)
{
	use(arena, true);
}

const struct fuzz_kind fuzz_vector = { "vector", build_free, begin_free, use_free };
const struct fuzz_kind fuzz_vector_bounded = { "vector with a maximum", build_bounded, begin_bounded,
					       use_bounded };
