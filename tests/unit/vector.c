// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- every call on a vector, and every error its card names
 *
 * From outside, by <tarn.h> alone, but for the last test, which scribbles.
 * hashmap_common.h has the arena, and peers: processes that stop, go on or
 * are killed.
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/vector.h>

#include "base/hash.h"
#include "container/vector_layout.h"
#include "txn/object.h"

#include "unit/interrupted.h"

#include <math.h>

static const struct tarn_type u64_type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, "Q" };
static struct tarn_vector *vector, *second;

static void
open_vectors(void)
{
	ok(tarn_vector_open(arena, &vector, "v", &u64_type, TARN_CREATE, NULL));
	ok(tarn_vector_open(arena, &second, "w", &u64_type, TARN_CREATE, NULL));
}

static void
close_vectors(void)
{
	struct tarn_check_report report;

	tarn_vector_close(vector);
	tarn_vector_close(second);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
push(struct tarn_vector *to, uint64_t value)
{
	return tarn_vector_push_back(to, &value);
}

static int
set(struct tarn_vector *in, uint64_t index, uint64_t value)
{
	return tarn_vector_set(in, index, &value);
}

/* first, first + 1, ... */
static void
count_up(struct tarn_vector *to, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		ok(push(to, first + i));
}

static uint64_t
at(struct tarn_vector *in, uint64_t index)
{
	uint64_t value = ~index;

	ok(tarn_vector_get(in, index, &value));
	return value;
}

static uint64_t
length_of(struct tarn_vector *of)
{
	uint64_t size = 4711;

	ok(tarn_vector_size(of, &size));
	return size;
}

static uint64_t
capacity_of(struct tarn_vector *of)
{
	uint64_t capacity = 4711;

	ok(tarn_vector_capacity(of, &capacity));
	return capacity;
}

static void
is_exactly(struct tarn_vector *in, const uint64_t *expected, uint64_t count)
{
	uint64_t values[64], got;

	ok(tarn_vector_read(in, 0, values, 64, &got));
	ck_assert_uint_eq(got, count);
	ck_assert_mem_eq(values, expected, 8 * count);
}

#define IS(in, ...)                                                                                \
	is_exactly(in, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static struct tarn_vector *
open_as(const char *name, enum tarn_key_kind key, uint32_t size)
{
	struct tarn_type type = { TARN_KIND_VECTOR, key, size, NULL };
	struct tarn_vector *opened;

	ok(tarn_vector_open(arena, &opened, name, &type, TARN_OPEN_OR_CREATE, NULL));
	return opened;
}

static struct tarn_vector *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_vector_object(second), tarn_vector_object(vector) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	ck_assert_ptr_nonnull(tarn_vector_in(vector, *txn));
	return tarn_vector_in(vector, *txn);
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_type other_type = { TARN_KIND_VECTOR, TARN_KEY_I32, 4, NULL };
	struct tarn_vector *opened;
	bool created = true;

	ok(tarn_vector_open(arena, &opened, "v", &u64_type, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(push(opened, 5));
	IS(vector, 5);
	tarn_vector_close(opened);
	gives(tarn_vector_open(arena, &opened, "v", &other_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(),
			 "v is a vector of u64 (fields \"Q\"), not a vector of i32");
	gives(tarn_vector_open(arena, &opened, "map", &u64_type, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_vector_open(arena, &opened, "none", &u64_type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(tarn_vector_open(arena, &opened, "v", &u64_type, TARN_CREATE, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(there_are_types_that_no_vector_has)
{
	static const struct tarn_type types[] = {
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_NONE, TARN_ELEMENT_MAX + 1, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_NONE, TARN_VALUE_BYTES, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_U64, 4, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_I32, 8, NULL },
		{ TARN_KIND_VECTOR, TARN_KEY_STRING, 8, NULL },
	};
	struct tarn_vector *opened = vector;

	gives(tarn_vector_open(arena, &opened, "x", &types[_i], TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_c_types)
{
	struct typed *numbers;
	double value = 0;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	ok(typed_push_back(numbers, 1.5));
	ok(typed_set(numbers, 0, -2.5));
	ok(typed_get(numbers, 0, &value));
	ck_assert_double_eq(value, -2.5);
	tarn_vector_close((struct tarn_vector *)numbers);
}
END_TEST

/* ---- elements ---------------------------------------------------------------------------------- */

START_TEST(begins_empty)
{
	uint64_t value = 4711, got = 4711;
	bool empty = false;

	ok(tarn_vector_empty(vector, &empty));
	ck_assert(empty);
	ck_assert_uint_eq(length_of(vector), 0);
	gives(tarn_vector_front(vector, &value), TARN_NOT_FOUND);
	gives(tarn_vector_back(vector, &value), TARN_NOT_FOUND);
	gives(tarn_vector_pop_back(vector, &value), TARN_NOT_FOUND);
	gives(tarn_vector_find(vector, 0, &value, &got), TARN_NOT_FOUND);
	ok(tarn_vector_read(vector, 0, &value, 1, &got));
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_eq(value, 4711);
	ok(tarn_vector_sort(vector, NULL, NULL));
	ok(tarn_vector_shrink_to_fit(vector));
	ok(tarn_vector_clear(vector));
}
END_TEST

START_TEST(elements_keep_their_places)
{
	uint64_t value;
	bool empty = true;

	count_up(vector, 0, 10000);
	for (uint64_t i = 0; i < 10000; i++)
		ck_assert_uint_eq(at(vector, i), i);
	ok(tarn_vector_front(vector, &value));
	ck_assert_uint_eq(value, 0);
	ok(tarn_vector_back(vector, &value));
	ck_assert_uint_eq(value, 9999);
	ok(tarn_vector_empty(vector, &empty));
	ck_assert(!empty);
	ck_assert_uint_ge(capacity_of(vector), 10000);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	uint64_t value = 4711, got = 4711;

	count_up(vector, 0, 3);
	gives(tarn_vector_get(vector, 3, &value), TARN_NOT_FOUND);
	gives(tarn_vector_get(vector, UINT64_MAX, &value), TARN_NOT_FOUND);
	gives(set(vector, 3, 1), TARN_NOT_FOUND);
	gives(tarn_vector_insert(vector, 4, &value, 1), TARN_NOT_FOUND);
	gives(tarn_vector_erase(vector, 2, 2), TARN_NOT_FOUND);
	gives(tarn_vector_erase(vector, 4, TARN_VECTOR_END), TARN_NOT_FOUND);
	gives(tarn_vector_fetch_add(vector, 3, 1, NULL), TARN_NOT_FOUND);
	gives(tarn_vector_compare_and_swap(vector, 3, &value, &value), TARN_NOT_FOUND);
	gives(tarn_vector_read(vector, 4, &value, 1, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(value, 4711);
	IS(vector, 0, 1, 2);
}
END_TEST

START_TEST(ranges_change_in_one_step)
{
	const uint64_t many[] = { 10, 11, 12 };

	ok(tarn_vector_append(vector, many, 3));
	ok(tarn_vector_insert(vector, 1, many + 1, 2));
	IS(vector, 10, 11, 12, 11, 12);
	ok(tarn_vector_erase(vector, 0, 2));
	IS(vector, 12, 11, 12);
	ok(tarn_vector_resize(vector, 5, many));
	IS(vector, 12, 11, 12, 10, 10);
	ok(tarn_vector_resize(vector, 6, NULL));
	ok(tarn_vector_erase(vector, 3, TARN_VECTOR_END));
	IS(vector, 12, 11, 12);
	ok(tarn_vector_resize(vector, 1, NULL));
	IS(vector, 12);
	ok(tarn_vector_assign(vector, many, 2));
	IS(vector, 10, 11);
	ok(tarn_vector_clear(vector));
	ck_assert_uint_eq(length_of(vector), 0);
}
END_TEST

START_TEST(what_was_cut_off_comes_back_as_zeros)
{
	count_up(vector, 5, 3);
	ok(tarn_vector_resize(vector, 1, NULL));
	ok(tarn_vector_resize(vector, 3, NULL));
	IS(vector, 5, 0, 0);
}
END_TEST

START_TEST(finds_the_first)
{
	uint64_t index = 4711, value = 7;

	count_up(vector, 0, 3000);
	count_up(vector, 0, 3000);
	ok(tarn_vector_find(vector, 0, &value, &index));
	ck_assert_uint_eq(index, 7);
	ok(tarn_vector_find(vector, 8, &value, &index));
	ck_assert_uint_eq(index, 3007);
	gives(tarn_vector_find(vector, 3008, &value, &index), TARN_NOT_FOUND);
	gives(tarn_vector_find(vector, UINT64_MAX, &value, &index), TARN_NOT_FOUND);
}
END_TEST

START_TEST(swaps_only_what_was_expected)
{
	uint64_t expected = 1, desired = 2;

	ok(push(vector, 1));
	ok(tarn_vector_compare_and_swap(vector, 0, &expected, &desired));
	gives(tarn_vector_compare_and_swap(vector, 0, &expected, &desired), TARN_MISMATCH);
	IS(vector, 2);
}
END_TEST

START_TEST(integers_of_all_sizes_wrap_and_leave_their_neighbours)
{
	uint32_t size = 1u << _i;
	char all[3 * 8], expected[3 * 8];
	uint64_t before, got;
	struct tarn_vector *numbers = open_as("numbers", TARN_KEY_NONE, size);

	memset(all, 0xff, sizeof(all));
	memset(expected, 0xff, sizeof(expected));
	ok(tarn_vector_append(numbers, all, 3));
	ok(tarn_vector_fetch_add(numbers, 1, 3, &before));
	ck_assert_uint_eq(before, UINT64_MAX >> (64 - 8 * size));
	memset(expected + size, 0, size);
	expected[size] = 2;
	ok(tarn_vector_read(numbers, 0, all, 3, &got));
	ck_assert_mem_eq(all, expected, 3 * size);
	tarn_vector_close(numbers);
}
END_TEST

START_TEST(only_integers_are_added_to)
{
	struct tarn_vector *three = open_as("three", TARN_KEY_NONE, 3);
	struct tarn_vector *reals = open_as("reals", TARN_KEY_F64, 8);

	gives(tarn_vector_fetch_add(three, 0, 1, NULL), TARN_TYPE);
	gives(tarn_vector_fetch_add(reals, 0, 1, NULL), TARN_TYPE);
	tarn_vector_close(three);
	tarn_vector_close(reals);
}
END_TEST

START_TEST(large_elements_are_whole)
{
	struct tarn_vector *large = open_as("large", TARN_KEY_NONE, TARN_ELEMENT_MAX);
	static char one[TARN_ELEMENT_MAX], two[TARN_ELEMENT_MAX], found[TARN_ELEMENT_MAX];

	memset(one, 1, sizeof(one));
	memset(two, 2, sizeof(two));
	ok(tarn_vector_push_back(large, one));
	ok(tarn_vector_push_back(large, one));
	ok(tarn_vector_set(large, 0, two));
	ok(tarn_vector_get(large, 0, found));
	ck_assert_mem_eq(found, two, sizeof(found));
	ok(tarn_vector_compare_and_swap(large, 1, one, two));
	gives(tarn_vector_compare_and_swap(large, 1, one, two), TARN_MISMATCH);
	ok(tarn_vector_pop_back(large, found));
	ck_assert_mem_eq(found, two, sizeof(found));
	tarn_vector_close(large);
}
END_TEST

/* ---- room -------------------------------------------------------------------------------------- */

START_TEST(room_is_kept_until_it_is_given_back)
{
	uint64_t capacity;

	ok(tarn_vector_reserve(vector, 5000));
	capacity = capacity_of(vector);
	ck_assert_uint_ge(capacity, 5000);
	count_up(vector, 0, 5000);
	ck_assert_uint_eq(capacity_of(vector), capacity);
	ok(tarn_vector_clear(vector));
	ck_assert_uint_eq(capacity_of(vector), capacity);
	ok(tarn_vector_reserve(vector, 1));
	ck_assert_uint_eq(capacity_of(vector), capacity);
	count_up(vector, 0, 2);
	ok(tarn_vector_shrink_to_fit(vector));
	ck_assert_uint_lt(capacity_of(vector), 10);
	IS(vector, 0, 1);
}
END_TEST

START_TEST(grows_where_it_lies_if_nobody_is_behind)
{
	struct tarn_vector_view before, after;

	ok(tarn_vector_reserve(vector, 100000));
	ok(tarn_vector_view(vector, &before));
	ok(tarn_vector_reserve(vector, 3000000));
	ok(tarn_vector_view(vector, &after));
	ck_assert_ptr_eq(before.data, after.data);
	ck_assert_uint_ge(capacity_of(vector), 3000000);
}
END_TEST

START_TEST(moves_if_somebody_is_behind)
{
	struct tarn_vector_view before, after;

	count_up(vector, 0, 10000);
	ok(tarn_vector_reserve(second, 100000));
	ok(tarn_vector_view(vector, &before));
	ok(tarn_vector_reserve(vector, 200000));
	ck_assert(!tarn_vector_view_valid(vector, &before));
	ok(tarn_vector_view(vector, &after));
	ck_assert_ptr_ne(before.data, after.data);
	ck_assert_uint_eq(at(vector, 9999), 9999);
}
END_TEST

START_TEST(with_a_maximum_it_does_not_move_or_grow_beyond)
{
	struct tarn_vector *bounded;
	struct tarn_vector_view first, last;
	bool created;

	ok(tarn_vector_open_bounded(arena, &bounded, "b", &u64_type, TARN_CREATE, 20000, &created));
	ck_assert(created);
	ck_assert_uint_eq(capacity_of(bounded), 20000);
	ok(tarn_vector_view(bounded, &first));
	count_up(bounded, 0, 20000);
	gives(push(bounded, 1), TARN_FULL);
	gives(tarn_vector_reserve(bounded, 20001), TARN_FULL);
	gives(tarn_vector_resize(bounded, 20001, NULL), TARN_FULL);
	ok(tarn_vector_view(bounded, &last));
	ck_assert_ptr_eq(first.data, last.data);
	ck_assert_uint_eq(last.count, 20000);
	ok(tarn_vector_erase(bounded, 0, 1));
	ok(tarn_vector_shrink_to_fit(bounded));
	ck_assert_uint_eq(capacity_of(bounded), 20000);
	tarn_vector_close(bounded);
	ok(tarn_vector_open_bounded(arena, &bounded, "b", &u64_type, TARN_OPEN, 7, NULL));
	ck_assert_uint_eq(capacity_of(bounded), 20000);
	tarn_vector_close(bounded);
	gives(tarn_vector_open_bounded(arena, &bounded, "c", &u64_type, TARN_CREATE, 0, NULL),
	      TARN_INVALID);
	gives(tarn_vector_open_bounded(arena, &bounded, "c", &u64_type, TARN_CREATE,
				       UINT64_MAX / 4, NULL),
	      TARN_TOO_BIG);
}
END_TEST

START_TEST(more_than_there_can_be_is_refused)
{
	count_up(vector, 0, 3);
	gives(tarn_vector_resize(vector, UINT64_MAX, NULL), TARN_TOO_BIG);
	gives(tarn_vector_append(vector, NULL, UINT64_MAX), TARN_TOO_BIG);
	gives(tarn_vector_reserve(vector, UINT64_MAX / 8), TARN_TOO_BIG);
	gives(tarn_vector_reserve(vector, (UINT64_C(1) << 28) / 8 - 10000), TARN_FULL);
	IS(vector, 0, 1, 2);
}
END_TEST

START_TEST(memory_comes_back)
{
	struct tarn_arena_stat before, after;

	for (unsigned i = 0; i < 3; i++) { /* the arena has room for one of them */
		ok(tarn_vector_resize(vector, 20000000, NULL));
		tarn_vector_close(vector);
		ok(tarn_object_remove(arena, "v"));
		ok(tarn_vector_open(arena, &vector, "v", &u64_type, TARN_CREATE, NULL));
	}
	ok(tarn_arena_stat(arena, &before));
	ok(tarn_vector_resize(vector, 1000000, NULL));
	ok(tarn_vector_resize(vector, 0, NULL));
	ok(tarn_vector_shrink_to_fit(vector));
	ok(tarn_arena_stat(arena, &after));
	ck_assert_uint_le(after.heap_bytes - after.heap_free_bytes,
			  before.heap_bytes - before.heap_free_bytes + 65536);
}
END_TEST

/* ---- views ------------------------------------------------------------------------------------- */

START_TEST(a_view_is_true_until_something_else_than_an_append)
{
	struct tarn_vector_view view;
	const uint64_t *data;

	count_up(vector, 0, 5);
	ok(tarn_vector_reserve(vector, 10));
	ok(tarn_vector_view(vector, &view));
	data = view.data;
	ck_assert_uint_eq(view.count, 5);
	ck_assert_uint_eq(data[4], 4);
	ok(push(vector, 5));
	ck_assert(tarn_vector_view_valid(vector, &view));
	ok(set(vector, 0, 9));
	ck_assert(!tarn_vector_view_valid(vector, &view));
	ok(tarn_vector_view(vector, &view));
	ck_assert_uint_eq(view.count, 6);
	ok(tarn_vector_pop_back(vector, NULL));
	ck_assert(!tarn_vector_view_valid(vector, &view));
}
END_TEST

/* ---- two vectors ------------------------------------------------------------------------------- */

START_TEST(vectors_are_exchanged)
{
	count_up(vector, 0, 2);
	count_up(second, 10, 3);
	ok(tarn_vector_swap(vector, second));
	IS(vector, 10, 11, 12);
	IS(second, 0, 1);
	ok(tarn_vector_swap(vector, vector));
	IS(vector, 10, 11, 12);
}
END_TEST

START_TEST(vectors_are_exchanged_in_a_transaction)
{
	struct tarn_txn *txn;
	struct tarn_vector *in;

	count_up(vector, 0, 2);
	count_up(second, 10, 3);
	in = begin(&txn);
	ok(push(in, 2));
	ok(tarn_vector_swap(in, tarn_vector_in(second, txn)));
	IS(in, 10, 11, 12);
	gives(tarn_vector_swap(in, second), TARN_INVALID);
	tarn_txn_abort(txn);
	IS(vector, 0, 1);
	in = begin(&txn);
	ok(push(in, 2));
	ok(tarn_vector_swap(tarn_vector_in(second, txn), in));
	ok(tarn_txn_commit(txn));
	IS(vector, 10, 11, 12);
	IS(second, 0, 1, 2);
}
END_TEST

START_TEST(only_alike_vectors_are_exchanged)
{
	struct tarn_vector *other_kind = open_as("i", TARN_KEY_I64, 8), *bounded;

	ok(tarn_vector_open_bounded(arena, &bounded, "b", &u64_type, TARN_CREATE, 3, NULL));
	ok(push(vector, 1));
	gives(tarn_vector_swap(vector, other_kind), TARN_TYPE);
	gives(tarn_vector_swap(vector, bounded), TARN_TYPE);
	IS(vector, 1);
	tarn_vector_close(other_kind);
	tarn_vector_close(bounded);
}
END_TEST

/* ---- sort -------------------------------------------------------------------------------------- */

START_TEST(numbers_have_their_order)
{
	const int64_t i64[] = { 3, -1, INT64_MIN, INT64_MAX, 0 };
	const int64_t i64_sorted[] = { INT64_MIN, -1, 0, 3, INT64_MAX };
	const int32_t i32[] = { 3, -1, INT32_MIN, INT32_MAX, 0 };
	const int32_t i32_sorted[] = { INT32_MIN, -1, 0, 3, INT32_MAX };
	const uint32_t u32[] = { 3, UINT32_MAX, 70000, 0 };
	const uint32_t u32_sorted[] = { 0, 3, 70000, UINT32_MAX };
	const double f64[] = { 1e300, -0.0, -INFINITY, 0.0, -2.5, INFINITY };
	const double f64_sorted[] = { -INFINITY, -2.5, -0.0, 0.0, 1e300, INFINITY };
	const struct {
		enum tarn_key_kind key;
		uint32_t size;
		const void *values, *sorted;
		uint64_t count;
	} rows[] = {
		{ TARN_KEY_I64, 8, i64, i64_sorted, 5 },
		{ TARN_KEY_I32, 4, i32, i32_sorted, 5 },
		{ TARN_KEY_U32, 4, u32, u32_sorted, 4 },
		{ TARN_KEY_F64, 8, f64, f64_sorted, 6 },
	};
	struct tarn_vector *numbers = open_as("numbers", rows[_i].key, rows[_i].size);
	char found[64];
	uint64_t got;

	ok(tarn_vector_append(numbers, rows[_i].values, rows[_i].count));
	ok(tarn_vector_sort(numbers, NULL, NULL));
	ok(tarn_vector_read(numbers, 0, found, 8, &got));
	ck_assert_mem_eq(found, rows[_i].sorted, rows[_i].count * rows[_i].size);
	tarn_vector_close(numbers);
}
END_TEST

START_TEST(many_numbers_are_sorted)
{
	uint64_t dice = 1, last = 0;

	for (unsigned i = 0; i < 100000; i++)
		ok(push(vector, dice = tarn__hash_u64(dice, 1)));
	ok(tarn_vector_sort(vector, NULL, NULL));
	for (unsigned i = 0; i < 100000; i++) {
		ck_assert_uint_le(last, at(vector, i));
		last = at(vector, i);
	}
}
END_TEST

static int
downwards(const void *a, const void *b, void *unused)
{
	uint64_t one, two;

	(void)unused;
	memcpy(&one, a, 8);
	memcpy(&two, b, 8);
	return (one < two) - (one > two);
}

START_TEST(any_order_will_do)
{
	struct tarn_vector *bytes = open_as("bytes", TARN_KEY_NONE, 3);
	struct tarn_txn *txn;

	gives(tarn_vector_sort(bytes, NULL, NULL), TARN_TYPE);
	tarn_vector_close(bytes);
	count_up(vector, 0, 4);
	ok(tarn_vector_sort(vector, downwards, NULL));
	IS(vector, 3, 2, 1, 0);
	ok(tarn_vector_sort(begin(&txn), NULL, NULL));
	ok(tarn_txn_commit(txn));
	IS(vector, 0, 1, 2, 3);
	ok(tarn_vector_sort(begin(&txn), downwards, NULL));
	ok(tarn_txn_commit(txn));
	IS(vector, 3, 2, 1, 0);
}
END_TEST

/* It pushes, so many times; or it sets, always. */
static int
disturb(const void *a, const void *b, void *left)
{
	unsigned *times = left;

	if (*times == UINT32_MAX)
		ok(set(vector, 0, 1));
	else if (*times)
		ok(push(vector, 100 + --*times));
	return downwards(a, b, NULL);
}

START_TEST(a_vector_that_changes_meanwhile_is_sorted_again)
{
	unsigned twice = 2, always = UINT32_MAX;

	count_up(vector, 0, 3);
	ok(tarn_vector_sort(vector, disturb, &twice));
	IS(vector, 101, 100, 2, 1, 0);
	gives(tarn_vector_sort(vector, disturb, &always), TARN_BUSY);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_txn *txn;
	struct tarn_vector *in;
	struct tarn_vector_view view;

	count_up(vector, 0, 3);
	in = begin(&txn);
	ok(tarn_vector_pop_back(in, NULL));
	ok(push(in, 7));
	ok(set(in, 0, 9));
	IS(in, 9, 1, 7);
	ck_assert_uint_eq(length_of(in), 3);
	gives(tarn_vector_get(in, 3, &view.seen), TARN_NOT_FOUND);
	gives(tarn_vector_view(in, &view), TARN_IN_TXN);
	gives(push(vector, 1), TARN_IN_TXN);
	gives(tarn_vector_get(vector, 0, &view.seen), TARN_IN_TXN);
	ok(tarn_txn_commit(txn));
	IS(vector, 9, 1, 7);
	gives(push(in, 1), TARN_INVALID);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_txn *txn;
	struct tarn_vector *in;

	count_up(vector, 0, 3);
	in = begin(&txn);
	ok(tarn_vector_clear(in));
	count_up(in, 50, 40);
	ok(tarn_vector_shrink_to_fit(in));
	ok(tarn_vector_insert(in, 5, &(uint64_t){ 3 }, 1));
	ok(tarn_vector_sort(in, downwards, NULL));
	tarn_txn_abort(txn);
	IS(vector, 0, 1, 2);
}
END_TEST

START_TEST(a_transaction_may_change_more_than_its_log_holds)
{
	struct tarn_txn *txn;
	struct tarn_vector *in = begin(&txn);

	for (uint64_t i = 0; i < 100000; i++)
		ok(push(in, i));
	ok(tarn_txn_commit(txn));
	ck_assert_uint_eq(length_of(vector), 100000);
	ck_assert_uint_eq(at(vector, 99999), 99999);
}
END_TEST

static void
hold(void)
{
	struct tarn_txn *txn;

	must(push(begin(&txn), 77));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(others_wait_for_a_transaction)
{
	struct tarn_arena *again = attach(false);
	struct tarn_vector *other_handle;
	struct peer peer;
	uint64_t value;

	count_up(vector, 0, 3);
	ok(tarn_vector_open(again, &other_handle, "v", &u64_type, TARN_OPEN, NULL));
	peer = start_stopped(hold);
	gives(push(other_handle, 1), TARN_TIMEOUT);
	gives(tarn_vector_get(other_handle, 0, &value), TARN_TIMEOUT);
	end_peer(&peer);
	ok(push(other_handle, 1));
	IS(vector, 0, 1, 2, 77, 1);
	tarn_vector_close(other_handle);
	tarn_arena_close(again);
}
END_TEST

static void
hold_and_do_nothing(void)
{
	struct tarn_txn *txn;

	begin(&txn);
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(writers_wait_for_a_transaction_that_has_done_nothing_yet)
{
	struct tarn_arena *again = attach(false);
	struct tarn_vector *other_handle;
	struct peer peer;

	count_up(vector, 0, 3);
	ok(tarn_vector_open(again, &other_handle, "v", &u64_type, TARN_OPEN, NULL));
	peer = start_stopped(hold_and_do_nothing);
	gives(push(other_handle, 1), TARN_TIMEOUT);
	gives(tarn_vector_pop_back(other_handle, NULL), TARN_TIMEOUT);
	IS(other_handle, 0, 1, 2);
	end_peer(&peer);
	ok(push(other_handle, 1));
	tarn_vector_close(other_handle);
	tarn_arena_close(again);
}
END_TEST

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct peer peer;

	count_up(vector, 0, 3);
	peer = start_stopped(hold);
	kill_peer(&peer);
	IS(vector, 0, 1, 2);
	ok(push(vector, 3));
	IS(vector, 0, 1, 2, 3);
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_vector_view view;
	uint64_t value = 1, got;

	count_up(vector, 0, 3);
	ok(tarn_vector_view(vector, &view));
	ok(tarn_object_remove(arena, "v"));
	ck_assert(!tarn_vector_view_valid(vector, &view));
	gives(tarn_vector_get(vector, 0, &value), TARN_REMOVED);
	gives(tarn_vector_read(vector, 0, &value, 1, &got), TARN_REMOVED);
	gives(tarn_vector_size(vector, &got), TARN_REMOVED);
	gives(tarn_vector_view(vector, &view), TARN_REMOVED);
	gives(push(vector, 1), TARN_REMOVED);
	gives(set(vector, 0, 1), TARN_REMOVED);
	gives(tarn_vector_clear(vector), TARN_REMOVED);
	gives(tarn_vector_sort(vector, NULL, NULL), TARN_REMOVED);
	gives(tarn_vector_sort(vector, downwards, NULL), TARN_REMOVED);
	gives(tarn_vector_swap(vector, second), TARN_REMOVED);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_vector *reader;
	struct tarn_vector_view view;

	count_up(vector, 0, 3);
	ok(tarn_vector_open(again, &reader, "v", &u64_type, TARN_OPEN, NULL));
	IS(reader, 0, 1, 2);
	ok(tarn_vector_view(reader, &view));
	ck_assert_uint_eq(((const uint64_t *)view.data)[2], 2);
	ck_assert(tarn_vector_view_valid(reader, &view));
	gives(push(reader, 1), TARN_READ_ONLY);
	gives(tarn_vector_pop_back(reader, NULL), TARN_READ_ONLY);
	tarn_vector_close(reader);
	tarn_arena_close(again);
}
END_TEST

static void
push_in_child(void)
{
	if (at(vector, 0) != 5)
		_exit(1);
	must(push(vector, 6));
}

START_TEST(handles_are_good_in_a_child)
{
	ok(push(vector, 5));
	in_child(push_in_child);
	IS(vector, 5, 6);
}
END_TEST

/* ---- a reader that is interrupted -------------------------------------------------------------- */

static uint64_t read_count;

static void
read_all(void)
{
	ok(tarn_vector_read(vector, 0, room, PAGES * PAGE / 8, &read_count));
}

static void
change_all(void)
{
	static uint64_t values[1000];

	for (unsigned i = 0; i < 1000; i++)
		values[i] = 5000 + i;
	must(tarn_vector_assign(vector, values, 1000));
}

START_TEST(a_reader_does_not_see_half_of_a_change)
{
	const uint64_t *values;

	count_up(vector, 0, 1000);
	read_interrupted(read_all, change_all);
	ck_assert_uint_eq(read_count, 1000);
	values = (const uint64_t *)room;
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(values[i], 5000 + i);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* An element is added; and a writer of others has stored them, and not yet unlocked. */
static void
push_and_begin_to_set(void)
{
	struct tarn_area_shm *area =
		tarn_pointer(arena, ((struct tarn_object *)vector)->root->structure, 64);

	must(push(vector, 1000));
	for (unsigned i = 0; i < 1000; i++)
		area->words[i] = 5000;
}

START_TEST(a_reader_does_not_see_a_change_without_what_was_added_before)
{
	const uint64_t *values;

	count_up(vector, 0, 1000);
	ok(tarn_vector_reserve(vector, 1001));
	read_interrupted(read_all, push_and_begin_to_set);
	ck_assert_uint_eq(read_count, 1001);
	values = (const uint64_t *)room;
	ck_assert_uint_eq(values[0], 5000);
	ck_assert_uint_eq(values[999], 5000);
	ck_assert_uint_eq(values[1000], 1000);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* The room for the element lies in both pages; all elements go when half of it has been written. */
static struct tarn_vector *emptied;
static int back_code;

static void
read_back(void)
{
	memset(room, 0xaa, PAGE);
	back_code = tarn_vector_back(emptied, room + PAGE - 4);
}

static void
empty_it(void)
{
	must(tarn_vector_clear(emptied));
}

START_TEST(a_reader_that_finds_nothing_leaves_its_room_alone)
{
	static const uint32_t sizes[] = { 8, 600 };
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, sizes[_i], NULL };
	char value[600], untouched[4];

	memset(value, 0x55, sizeof(value));
	memset(untouched, 0xaa, sizeof(untouched));
	ok(tarn_vector_open(arena, &emptied, "emptied", &type, TARN_CREATE, NULL));
	ok(tarn_vector_push_back(emptied, value));
	read_interrupted(read_back, empty_it);
	ck_assert(back_code == 0 || back_code == TARN_NOT_FOUND);
	ok(memcmp(room + PAGE - 4, back_code ? untouched : value, 4));
	ok(back_code ? room[PAGE] : memcmp(room + PAGE, value, sizes[_i] - 4));
	gives(tarn_vector_back(emptied, room), TARN_NOT_FOUND);
	ck_assert_int_eq(room[0], (char)0xaa);
	munmap(room, PAGES * PAGE);
	tarn_vector_close(emptied);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

static char told[1000];

static void
note(const struct tarn_check_problem *problem, void *unused)
{
	size_t used = strlen(told);

	(void)unused;
	snprintf(told + used, sizeof(told) - used, "%s: %s\n", problem->object, problem->what);
}

/* It is found, in these words, and gone when it is taken back. */
static void
plant(uint64_t *word, uint64_t value, const char *expected)
{
	struct tarn_check_options options = { .problem = note, .deadline_ms = 1000 };
	uint64_t was = *word;

	told[0] = 0;
	*word = value;
	gives(tarn_check(arena, &options, NULL), TARN_CORRUPT);
	ck_assert_msg(strstr(told, expected) != NULL, "%s", told);
	*word = was;
	ok(tarn_check(arena, &options, NULL));
}

static struct tarn_area_shm *
area_of(struct tarn_vector *of)
{
	return tarn_pointer(arena, ((struct tarn_object *)of)->root->structure, 64);
}

START_TEST(damage_is_found)
{
	struct tarn_root_shm *root = ((struct tarn_object *)vector)->root;
	struct tarn_area_shm *area;
	struct tarn_vector *bounded;

	count_up(vector, 0, 3);
	area = area_of(vector);
	plant(&area->length, area->capacity + 1, "v: there are");
	plant(&area->capacity, area->capacity + 9, "v: ");
	plant(&area->capacity, UINT64_C(1) << 40, "v: no arena has room");
	plant(&root->structure, root->structure + 16, "v: ");
	plant(&root->structure, UINT64_C(1) << 50, "v: ");
	plant(&root->structure, ((struct tarn_object *)second)->root->structure, "so again");
	plant((uint64_t *)root + 9, TARN_KEY_I32, "v: no vector has this type");
	plant((uint64_t *)root + 10, 0, "v: no vector has this type");
	ok(tarn_vector_open_bounded(arena, &bounded, "b", &u64_type, TARN_CREATE, 30, NULL));
	plant(&area_of(bounded)->capacity, 29, "b: the capacity is 29, and the maximum 30");
	tarn_vector_close(bounded);
}
END_TEST

static void
scribble(uint64_t dice)
{
	struct tarn_check_options options = { .deadline_ms = 50 };
	struct tarn_root_shm *root = ((struct tarn_object *)vector)->root;
	struct tarn_area_shm *area = (void *)((char *)tarn_pointer(arena, root->structure, 64));
	uint64_t *targets[] = { &root->structure, &area->length, &area->capacity, &root->word };
	const uint64_t values[] = { dice >> (dice / 4096 % 64), UINT64_MAX, 8, root->structure + 8,
				    UINT64_C(1) << 60 };
	uint64_t value[8] = { 0 }, got;
	struct tarn_object *object = tarn_vector_object(vector);
	struct tarn_vector_view view;
	struct tarn_txn *txn;

	*targets[dice % 4] = values[dice / 4 % 5];
	(void)!tarn_check(arena, &options, NULL);
	(void)!tarn_vector_get(vector, dice % 100, value);
	(void)!tarn_vector_get(vector, dice, value);
	(void)!tarn_vector_read(vector, dice % 100, value, 8, &got);
	(void)!tarn_vector_find(vector, 0, value, &got);
	(void)!tarn_vector_view(vector, &view);
	(void)!push(vector, 1);
	(void)!set(vector, dice % 50, 1);
	(void)!tarn_vector_insert(vector, 3, value, 8);
	(void)!tarn_vector_erase(vector, 3, 4);
	(void)!tarn_vector_reserve(vector, 3000);
	(void)!tarn_vector_sort(vector, NULL, NULL);
	(void)!tarn_vector_swap(vector, second);
	if (!tarn_txn_begin(arena, &txn, &object, 1)) {
		(void)!push(tarn_vector_in(vector, txn), 3);
		tarn_txn_abort(txn);
	}
	(void)!tarn_object_remove(arena, "v");
	(void)!tarn_check(arena, &options, NULL);
}

START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t i = 0; i < 200; i++) {
		count_up(vector, 0, 40);
		scribble(tarn__hash_u64(i, 3));
		tarn_vector_close(vector);
		tarn_vector_close(second);
		close_maps();
		open_usual();
		open_vectors();
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_vectors, close_vectors);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_loop_test(tests, there_are_types_that_no_vector_has, 0, 7);
	tcase_add_test(tests, has_c_types);
	tcase_add_test(tests, begins_empty);
	tcase_add_test(tests, elements_keep_their_places);
	tcase_add_test(tests, what_is_not_there_is_not_found);
	tcase_add_test(tests, ranges_change_in_one_step);
	tcase_add_test(tests, what_was_cut_off_comes_back_as_zeros);
	tcase_add_test(tests, finds_the_first);
	tcase_add_test(tests, swaps_only_what_was_expected);
	tcase_add_loop_test(tests, integers_of_all_sizes_wrap_and_leave_their_neighbours, 0, 4);
	tcase_add_test(tests, only_integers_are_added_to);
	tcase_add_test(tests, large_elements_are_whole);
	tcase_add_test(tests, room_is_kept_until_it_is_given_back);
	tcase_add_test(tests, grows_where_it_lies_if_nobody_is_behind);
	tcase_add_test(tests, moves_if_somebody_is_behind);
	tcase_add_test(tests, with_a_maximum_it_does_not_move_or_grow_beyond);
	tcase_add_test(tests, more_than_there_can_be_is_refused);
	tcase_add_test(tests, memory_comes_back);
	tcase_add_test(tests, a_view_is_true_until_something_else_than_an_append);
	tcase_add_test(tests, vectors_are_exchanged);
	tcase_add_test(tests, vectors_are_exchanged_in_a_transaction);
	tcase_add_test(tests, only_alike_vectors_are_exchanged);
	tcase_add_loop_test(tests, numbers_have_their_order, 0, 4);
	tcase_add_test(tests, many_numbers_are_sorted);
	tcase_add_test(tests, any_order_will_do);
	tcase_add_test(tests, a_vector_that_changes_meanwhile_is_sorted_again);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, a_transaction_may_change_more_than_its_log_holds);
	tcase_add_test(tests, others_wait_for_a_transaction);
	tcase_add_test(tests, writers_wait_for_a_transaction_that_has_done_nothing_yet);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, handles_are_good_in_a_child);
	tcase_add_test(tests, a_reader_does_not_see_half_of_a_change);
	tcase_add_test(tests, a_reader_does_not_see_a_change_without_what_was_added_before);
	tcase_add_loop_test(tests, a_reader_that_finds_nothing_leaves_its_room_alone, 0, 2);
	tcase_add_test(tests, damage_is_found);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}

int
main(void)
{
	return run_tests("vector", add_tests);
}
