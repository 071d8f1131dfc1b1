// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- every call on a list, and every error its card names
 *
 * From outside, by <tarn.h> alone, but for the last tests, which scribble.
 * hashmap_common.h has the arena, and peers: processes that stop, go on or
 * are killed.
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/list.h>

#include "base/hash.h"
#include "container/list_layout.h"
#include "txn/object.h"

#include "unit/interrupted.h"

static const struct tarn_type u64_type = { TARN_KIND_LIST, TARN_KEY_U64, 8, "Q" };
static const struct tarn_type string_type = { TARN_KIND_LIST, TARN_KEY_BYTES, TARN_VALUE_BYTES, NULL };
static struct tarn_list *list, *second, *strings;

static void
open_lists(void)
{
	ok(tarn_list_open(arena, &list, "l", &u64_type, TARN_CREATE, NULL));
	ok(tarn_list_open(arena, &second, "m", &u64_type, TARN_CREATE, NULL));
	ok(tarn_list_open(arena, &strings, "s", &string_type, TARN_CREATE, NULL));
}

static void
close_lists(void)
{
	struct tarn_check_report report;

	tarn_list_close(list);
	tarn_list_close(second);
	tarn_list_close(strings);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
push(struct tarn_list *to, uint64_t value)
{
	return tarn_list_push_back(to, &value, 8, NULL);
}

static struct tarn_list_handle
pushed(struct tarn_list *to, uint64_t value)
{
	struct tarn_list_handle at = TARN_LIST_END;

	ok(tarn_list_push_back(to, &value, 8, &at));
	return at;
}

static int
get_at(struct tarn_list *in, const struct tarn_list_handle *at, uint64_t *value)
{
	return tarn_list_get(in, at, value, 8, NULL);
}

static uint64_t
length_of(struct tarn_list *of)
{
	uint64_t size = 4711;

	ok(tarn_list_size(of, &size));
	return size;
}

static void
fill_up(struct tarn_list *to, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		ok(push(to, first + i));
}

static void
is_exactly(struct tarn_list *in, const uint64_t *expected, uint64_t count)
{
	uint64_t values[64], got;

	ok(tarn_list_read(in, &TARN_LIST_END, TARN_LIST_FORWARDS, values, 8, NULL, 64, &got));
	ck_assert_uint_eq(got, count);
	ck_assert_mem_eq(values, expected, 8 * count);
	ok(tarn_list_read(in, &TARN_LIST_END, TARN_LIST_BACKWARDS, values, 8, NULL, 64, &got));
	ck_assert_uint_eq(got, count);
	for (uint64_t i = 0; i < count; i++)
		ck_assert_uint_eq(values[i], expected[count - 1 - i]);
}

#define IS(in, ...)                                                                                \
	is_exactly(in, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

/* Bytes in blocks of the arena's heap that somebody uses. */
static uint64_t
bytes_used(void)
{
	struct tarn_check_report report;

	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	return report.reachable_bytes;
}

static struct tarn_list *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_list_object(second), tarn_list_object(list) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	ck_assert_ptr_nonnull(tarn_list_in(list, *txn));
	return tarn_list_in(list, *txn);
}

static struct tarn_chain_shm *
chain_of(struct tarn_list *of)
{
	return tarn_pointer(arena, ((struct tarn_object *)of)->root->structure, 64);
}

static struct tarn_element_shm *
element_of(tarn_off off)
{
	return tarn_pointer(arena, off, 40);
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_type other_type = { TARN_KIND_LIST, TARN_KEY_I32, 4, NULL };
	struct tarn_list *opened;
	bool created = true;

	ok(tarn_list_open(arena, &opened, "l", &u64_type, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(push(opened, 5));
	IS(list, 5);
	tarn_list_close(opened);
	gives(tarn_list_open(arena, &opened, "l", &other_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(), "l is a list of u64 (fields \"Q\"), not a list of i32");
	gives(tarn_list_open(arena, &opened, "map", &u64_type, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_list_open(arena, &opened, "none", &u64_type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(tarn_list_open(arena, &opened, "l", &u64_type, TARN_CREATE, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(there_are_types_that_no_list_has)
{
	static const struct tarn_type types[] = {
		{ TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_LIST, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_LIST, TARN_KEY_NONE, TARN_ELEMENT_MAX + 1, NULL },
		{ TARN_KIND_LIST, TARN_KEY_U64, TARN_VALUE_BYTES, NULL },
		{ TARN_KIND_LIST, TARN_KEY_U64, 4, NULL },
		{ TARN_KIND_LIST, TARN_KEY_STRING, 8, NULL },
	};
	struct tarn_list *opened = list;

	gives(tarn_list_open(arena, &opened, "x", &types[_i], TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_c_types)
{
	struct tarn_list_handle at;
	struct typed *numbers;
	double value = 0;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	ok(typed_push_back(numbers, 1.5, NULL));
	ok(typed_push_back(numbers, -2.5, &at));
	ok(typed_get(numbers, &at, &value));
	ck_assert_double_eq(value, -2.5);
	ok(tarn_list_sort((struct tarn_list *)numbers, NULL, NULL));
	ok(typed_pop_front(numbers, &value));
	ck_assert_double_eq(value, -2.5);
	gives(typed_get(numbers, &at, &value), TARN_NOT_FOUND);
	tarn_list_close((struct tarn_list *)numbers);
}
END_TEST

/* ---- elements ---------------------------------------------------------------------------------- */

START_TEST(begins_empty)
{
	struct tarn_list_handle at = TARN_LIST_END;
	uint64_t value = 4711, got = 4711;
	bool empty = false;

	ok(tarn_list_empty(list, &empty));
	ck_assert(empty);
	ck_assert_uint_eq(length_of(list), 0);
	gives(tarn_list_front(list, &value, 8, NULL), TARN_NOT_FOUND);
	gives(tarn_list_back(list, &value, 8, NULL), TARN_NOT_FOUND);
	gives(tarn_list_pop_back(list, &value, 8, NULL), TARN_NOT_FOUND);
	gives(tarn_list_pop_front(list, NULL, 0, NULL), TARN_NOT_FOUND);
	ok(tarn_list_next(list, &at));
	ok(tarn_list_prev(list, &at));
	ck_assert(!at.where);
	gives(get_at(list, &at, &value), TARN_NOT_FOUND);
	gives(tarn_list_erase(list, &at), TARN_NOT_FOUND);
	ok(tarn_list_read(list, &at, TARN_LIST_FORWARDS, &value, 8, NULL, 1, &got));
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_eq(value, 4711);
	ok(tarn_list_clear(list));
	ok(tarn_list_append(list, NULL, 8, 0));
	ok(tarn_list_sort(list, NULL, NULL));
	ok(tarn_list_reverse(list));
	ok(tarn_list_unique(list, &got));
	ok(tarn_list_splice(list, &at, second));
	ck_assert_uint_eq(length_of(list), 0);
}
END_TEST

START_TEST(both_ends_take_and_give)
{
	uint64_t value = 2;
	size_t size = 0;

	ok(push(list, 3));
	ok(push(list, 4));
	ok(tarn_list_push_front(list, &value, 8, NULL));
	value = 1;
	ok(tarn_list_push_front(list, &value, 8, NULL));
	IS(list, 1, 2, 3, 4);
	ok(tarn_list_front(list, &value, 8, &size));
	ck_assert(value == 1 && size == 8);
	ok(tarn_list_back(list, &value, 8, NULL));
	ck_assert_uint_eq(value, 4);
	ok(tarn_list_pop_front(list, &value, 8, NULL));
	ck_assert_uint_eq(value, 1);
	ok(tarn_list_pop_back(list, &value, 8, NULL));
	ck_assert_uint_eq(value, 4);
	ok(tarn_list_pop_back(list, NULL, 0, NULL));
	IS(list, 2);
	ok(tarn_list_pop_front(list, &value, 8, NULL));
	ck_assert_uint_eq(length_of(list), 0);
	gives(tarn_list_push_back(list, &value, 7, NULL), TARN_INVALID);
	gives(tarn_list_append(list, &value, 9, 1), TARN_INVALID);
}
END_TEST

START_TEST(a_handle_is_where_things_happen)
{
	struct tarn_list_handle two = pushed(list, 2), five = pushed(list, 5), made, at;
	uint64_t value = 1;

	ok(tarn_list_insert(list, &two, &value, 8, NULL));
	value = 3;
	ok(tarn_list_insert_after(list, &two, &value, 8, &made));
	value = 4;
	ok(tarn_list_insert(list, &five, &value, 8, NULL));
	value = 6;
	ok(tarn_list_insert(list, &TARN_LIST_END, &value, 8, NULL));
	value = 0;
	ok(tarn_list_insert_after(list, &TARN_LIST_END, &value, 8, NULL));
	IS(list, 0, 1, 2, 3, 4, 5, 6);
	value = 33;
	ok(tarn_list_set(list, &made, &value, 8));
	ok(tarn_list_erase(list, &five));
	gives(tarn_list_erase(list, &five), TARN_NOT_FOUND);
	gives(tarn_list_set(list, &five, &value, 8), TARN_NOT_FOUND);
	gives(tarn_list_insert(list, &five, &value, 8, NULL), TARN_NOT_FOUND);
	IS(list, 0, 1, 2, 33, 4, 6);
	at = two;
	ok(tarn_list_next(list, &at));
	ck_assert(at.where == made.where && at.generation == made.generation);
	ok(tarn_list_prev(list, &at));
	ck_assert(at.where == two.where && at.generation == two.generation);
	gives(get_at(second, &two, &value), TARN_NOT_FOUND);
	gives(tarn_list_erase(second, &two), TARN_NOT_FOUND);
}
END_TEST

/* The memory is used again at once, by an element in the same place. */
START_TEST(a_handle_never_means_another_element)
{
	struct tarn_list_handle old = pushed(list, 1), now;
	uint64_t value;

	for (unsigned i = 0; i < 1000; i++) {
		ok(tarn_list_pop_back(list, NULL, 0, NULL));
		now = pushed(list, 2);
		ck_assert(now.where != old.where || now.generation != old.generation);
		gives(get_at(list, &old, &value), TARN_NOT_FOUND);
		gives(tarn_list_next(list, &old), TARN_NOT_FOUND);
		ok(get_at(list, &now, &value));
		old = i % 10 ? now : old;
	}
}
END_TEST

/* Not even where the list has a new chain, in the place where it had that one. */
START_TEST(a_handle_dies_with_what_is_cleared)
{
	struct tarn_list_handle old[100];
	uint64_t value, again = 0;

	for (unsigned round = 0; round < 50; round++) {
		struct tarn_list_handle made = pushed(list, round);

		for (unsigned i = 0; i < round; i++) {
			gives(get_at(list, &old[i], &value), TARN_NOT_FOUND);
			again += old[i].where == made.where;
		}
		old[round] = made;
		ok(tarn_list_clear(list));
		ok(tarn_reap(arena, NULL));
	}
	ck_assert_uint_gt(again, 0);
}
END_TEST

/* Nor where another list has got that place for its chain, and nobody the element's. */
START_TEST(a_handle_dies_with_the_list_that_it_was_in)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_NONE, 100, NULL };
	struct tarn_list *other_size;
	char value[100] = { 0 };
	uint64_t again = 0;

	ok(tarn_list_open(arena, &other_size, "hundred", &type, TARN_CREATE, NULL));
	for (unsigned round = 0; round < 50; round++) {
		struct tarn_list_handle old = pushed(list, round);
		tarn_off chain = element_of(old.where)->list;

		ok(tarn_list_clear(list));
		ok(tarn_reap(arena, NULL));
		for (unsigned i = 0; i < 5; i++) {
			ok(tarn_list_push_back(other_size, value, 100, NULL));
			ok(tarn_list_clear(other_size));
			again += ((struct tarn_object *)other_size)->root->structure == chain;
			gives(tarn_list_erase(other_size, &old), TARN_NOT_FOUND);
			ok(tarn_reap(arena, NULL));
		}
	}
	ck_assert_uint_gt(again, 0);
	tarn_list_close(other_size);
}
END_TEST

START_TEST(many_are_read_in_pieces)
{
	struct tarn_list_handle handles[3] = { { 0, 0 } }, at = TARN_LIST_END;
	uint64_t values[3], sum = 0, got, read = 0;

	fill_up(list, 1, 10);
	do {
		ok(tarn_list_read(list, &at, TARN_LIST_FORWARDS, values, 8, handles, 3, &got));
		for (uint64_t i = 0; i < got; i++)
			sum = sum * 3 + values[i];
		read += got;
		at = got ? handles[got - 1] : at;
	} while (got);
	ck_assert_uint_eq(read, 10);
	ck_assert_uint_eq(sum, 44281); /* 3^9 * 1 + 3^8 * 2 + ... + 10 */
	gives(tarn_list_read(list, &at, TARN_LIST_FORWARDS, values, 7, NULL, 3, &got), 0);
	at = TARN_LIST_END;
	gives(tarn_list_read(list, &at, TARN_LIST_FORWARDS, values, 7, NULL, 3, &got), TARN_TOO_BIG);
	at = (struct tarn_list_handle){ handles[0].where, 1 };
	gives(tarn_list_read(list, &at, TARN_LIST_BACKWARDS, values, 8, NULL, 3, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
}
END_TEST

START_TEST(strings_are_of_any_length)
{
	static const size_t sizes[] = { 0, 1, 23, 24, 25, 1000, 70000 };
	static char value[70000], back[70000];
	struct tarn_list_handle at[7];
	size_t size;

	for (unsigned i = 0; i < 7; i++) {
		memset(value, 'a' + (int)i, sizeof(value));
		ok(tarn_list_push_back(strings, value, sizes[i], &at[i]));
	}
	for (unsigned i = 0; i < 7; i++) {
		ok(tarn_list_get(strings, &at[i], back, sizeof(back), &size));
		ck_assert_uint_eq(size, sizes[i]);
		memset(value, 'a' + (int)i, sizeof(value));
		ck_assert(!memcmp(back, value, size));
	}
	gives(tarn_list_get(strings, &at[5], back, 999, &size), TARN_TOO_BIG);
	ck_assert_uint_eq(size, 1000);
	for (unsigned i = 0; i < 7; i++) {
		memset(value, 'A' + (int)i, sizeof(value));
		ok(tarn_list_set(strings, &at[i], value, sizes[6 - i]));
		ok(tarn_list_get(strings, &at[i], back, sizeof(back), &size));
		ck_assert(size == sizes[6 - i] && !memcmp(back, value, size));
	}
	gives(tarn_list_pop_front(strings, back, 10, &size), TARN_TOO_BIG);
	ck_assert(size == 70000 && length_of(strings) == 7);
	ok(tarn_list_pop_front(strings, back, sizeof(back), NULL));
	gives(tarn_list_push_back(strings, value, (size_t)1 << 31, NULL), TARN_TOO_BIG);
}
END_TEST

START_TEST(a_read_ends_before_what_has_no_room)
{
	char room_of[3][8];
	struct tarn_bytes values[] = { { room_of[0], 8 }, { room_of[1], 8 }, { room_of[2], 8 } };
	uint64_t got;

	ok(tarn_list_push_back(strings, "one", 3, NULL));
	ok(tarn_list_push_back(strings, "a long string", 13, NULL));
	ok(tarn_list_read(strings, &TARN_LIST_END, TARN_LIST_FORWARDS, values, TARN_SEPARATE, NULL, 3, &got));
	ck_assert(got == 1 && values[0].size == 3 && values[1].size == 8);
	gives(tarn_list_read(strings, &TARN_LIST_END, TARN_LIST_BACKWARDS, values, TARN_SEPARATE, NULL, 3, &got),
	      TARN_TOO_BIG);
	ck_assert(got == 0 && values[0].size == 13);
}
END_TEST

START_TEST(elements_of_all_sizes_are_whole)
{
	static const uint32_t sizes[] = { 1, 3, 12, 4095, 4096, 4097, TARN_ELEMENT_MAX };
	static char value[TARN_ELEMENT_MAX], back[TARN_ELEMENT_MAX];
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_NONE, sizes[_i], NULL };
	struct tarn_list *of;

	ok(tarn_list_open(arena, &of, "sized", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 30; i++) {
		memset(value, (int)i, sizeof(value));
		ok(i % 2 ? tarn_list_push_back(of, value, sizes[_i], NULL)
			 : tarn_list_push_front(of, value, sizes[_i], NULL));
	}
	for (unsigned i = 29; i < 30; i--) {
		memset(value, (int)i, sizeof(value));
		ok(i % 2 ? tarn_list_pop_back(of, back, sizes[_i], NULL)
			 : tarn_list_pop_front(of, back, sizes[_i], NULL));
		ck_assert(!memcmp(value, back, sizes[_i]));
	}
	tarn_list_close(of);
}
END_TEST

/* ---- the whole --------------------------------------------------------------------------------- */

static char one_word;

/* By tens, so that it is seen which of them came first. */
static int
by_tens(const void *a, size_t a_size, const void *b, size_t b_size, void *arg)
{
	uint64_t one, two;

	ck_assert(a_size == 8 && b_size == 8 && arg == &one_word);
	memcpy(&one, a, 8);
	memcpy(&two, b, 8);
	return one / 10 < two / 10 ? -1 : one / 10 > two / 10;
}

START_TEST(sorts_and_handles_stay)
{
	const uint64_t values[] = { 31, 12, 33, 11, 32, 5 };
	struct tarn_list_handle at = TARN_LIST_END;
	uint64_t value;

	ok(tarn_list_append(list, values, 8, 6));
	ok(tarn_list_next(list, &at));
	ok(tarn_list_sort(list, by_tens, &one_word));
	IS(list, 5, 12, 11, 31, 33, 32);
	ok(get_at(list, &at, &value));
	ck_assert_uint_eq(value, 31);
	ok(tarn_list_sort(list, NULL, NULL));
	IS(list, 5, 11, 12, 31, 32, 33);
	ok(tarn_list_reverse(list));
	IS(list, 33, 32, 31, 12, 11, 5);
	ok(tarn_list_prev(list, &at));
	ok(get_at(list, &at, &value));
	ck_assert_uint_eq(value, 32);
}
END_TEST

START_TEST(equal_ones_are_removed)
{
	const uint64_t values[] = { 1, 1, 2, 1, 3, 3, 3, 2 };
	uint64_t removed, value = 1;

	ok(tarn_list_append(list, values, 8, 8));
	ok(tarn_list_unique(list, &removed));
	ck_assert_uint_eq(removed, 3);
	IS(list, 1, 2, 1, 3, 2);
	ok(tarn_list_remove(list, &value, 8, &removed));
	ck_assert_uint_eq(removed, 2);
	IS(list, 2, 3, 2);
	gives(tarn_list_remove(list, &value, 7, NULL), TARN_INVALID);
	ok(tarn_list_remove(list, &value, 8, &removed));
	ck_assert_uint_eq(removed, 0);
	value = 2;
	ok(tarn_list_remove(list, &value, 8, NULL));
	value = 3;
	ok(tarn_list_remove(list, &value, 8, NULL));
	ck_assert_uint_eq(length_of(list), 0);
}
END_TEST

START_TEST(is_given_other_contents)
{
	static uint64_t many[70000], back[70000];
	const uint64_t some[] = { 7, 8, 9 };
	uint64_t got;

	ok(push(list, 1));
	ok(tarn_list_assign(list, some, 8, 3));
	IS(list, 7, 8, 9);
	ok(tarn_list_resize(list, 5, &some[0], 8));
	IS(list, 7, 8, 9, 7, 7);
	ok(tarn_list_resize(list, 2, &some[0], 8));
	IS(list, 7, 8);
	gives(tarn_list_append(list, many, 8, 70000), TARN_TOO_BIG);
	IS(list, 7, 8);
	for (uint64_t i = 0; i < 70000; i++)
		many[i] = i;
	ok(tarn_list_assign(list, many, 8, 70000));
	ok(tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, back, 8, NULL, 70000, &got));
	ck_assert(got == 70000 && !memcmp(many, back, sizeof(many)));
	ok(tarn_list_copy(second, list));
	ck_assert_uint_eq(length_of(second), 70000);
	ok(tarn_list_assign(list, NULL, 8, 0));
	ck_assert_uint_eq(length_of(list), 0);
}
END_TEST

/* More than the log takes: it is said, and nothing has changed. */
START_TEST(too_many_are_not_moved)
{
	static uint64_t many[70000], back[70000];
	uint64_t got;

	for (uint64_t i = 0; i < 70000; i++)
		many[i] = i * 7919 % 70000;
	ok(tarn_list_assign(list, many, 8, 70000));
	ok(tarn_list_assign(second, many, 8, 70000));
	gives(tarn_list_sort(list, NULL, NULL), TARN_TOO_BIG);
	gives(tarn_list_reverse(list), TARN_TOO_BIG);
	gives(tarn_list_splice(list, &TARN_LIST_END, second), TARN_TOO_BIG);
	gives(tarn_list_merge(list, second, NULL, NULL), TARN_TOO_BIG);
	ok(tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, back, 8, NULL, 70000, &got));
	ck_assert(got == 70000 && !memcmp(many, back, sizeof(many)));
	ck_assert_uint_eq(length_of(second), 70000);
	ok(tarn_list_resize(second, 30000, many, 8));
	ok(tarn_list_sort(second, NULL, NULL));
	ok(tarn_list_splice(second, &TARN_LIST_END, list));
	ck_assert(length_of(second) == 100000 && !length_of(list));
}
END_TEST

START_TEST(memory_comes_back)
{
	static uint64_t many[50000];
	uint64_t before = bytes_used();

	for (unsigned i = 0; i < 3; i++) {
		ok(tarn_list_append(list, many, 8, 50000));
		ok(tarn_list_push_back(strings, many, 500, NULL));
		ok(tarn_list_clear(list));
		ok(tarn_list_clear(strings));
	}
	ck_assert_uint_eq(bytes_used(), before);
	ok(tarn_list_append(list, many, 8, 50000));
	ok(tarn_object_remove(arena, "l"));
	ck_assert_uint_lt(bytes_used(), before);
}
END_TEST

/* ---- two --------------------------------------------------------------------------------------- */

START_TEST(two_are_exchanged_and_copied)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_I64, 8, NULL };
	struct tarn_list_handle one = pushed(list, 1);
	struct tarn_list *other_type;
	uint64_t value;
	bool equal;

	fill_up(second, 2, 2);
	ok(tarn_list_swap(list, second));
	IS(list, 2, 3);
	IS(second, 1);
	gives(get_at(list, &one, &value), TARN_NOT_FOUND);
	ok(get_at(second, &one, &value));
	ok(tarn_list_equal(list, second, &equal));
	ck_assert(!equal);
	ok(tarn_list_copy(second, list));
	IS(second, 2, 3);
	gives(get_at(second, &one, &value), TARN_NOT_FOUND);
	ok(tarn_list_equal(list, second, &equal));
	ck_assert(equal);
	ok(push(list, 4));
	IS(second, 2, 3);
	ok(tarn_list_copy(list, list));
	ok(tarn_list_swap(list, list));
	IS(list, 2, 3, 4);
	ok(tarn_list_open(arena, &other_type, "i", &type, TARN_CREATE, NULL));
	gives(tarn_list_swap(list, other_type), TARN_TYPE);
	gives(tarn_list_copy(list, other_type), TARN_TYPE);
	gives(tarn_list_equal(list, other_type, &equal), TARN_TYPE);
	gives(tarn_list_splice(list, &TARN_LIST_END, other_type), TARN_TYPE);
	gives(tarn_list_merge(list, other_type, NULL, NULL), TARN_TYPE);
	tarn_list_close(other_type);
}
END_TEST

START_TEST(elements_move_from_list_to_list)
{
	struct tarn_list_handle at[6], nobody = { 64, 1 }, one;
	uint64_t value;

	for (unsigned i = 0; i < 6; i++)
		at[i] = pushed(list, i);
	one = pushed(second, 11);
	ok(tarn_list_splice_one(second, &one, list, &at[1]));
	IS(second, 1, 11);
	ok(tarn_list_splice_range(second, &TARN_LIST_END, list, &at[3], &at[5]));
	IS(second, 1, 11, 3, 4);
	IS(list, 0, 2, 5);
	ok(get_at(second, &at[3], &value));
	gives(get_at(list, &at[3], &value), TARN_NOT_FOUND);
	gives(tarn_list_splice_one(second, &one, list, &at[3]), TARN_NOT_FOUND);
	gives(tarn_list_splice_one(second, &nobody, list, &at[0]), TARN_NOT_FOUND);
	gives(tarn_list_splice_range(list, &at[0], second, &at[4], &at[3]), TARN_INVALID);
	gives(tarn_list_splice_range(second, &at[3], second, &at[1], &at[4]), TARN_INVALID);
	ok(tarn_list_splice_range(second, &at[1], second, &at[3], &TARN_LIST_END));
	IS(second, 3, 4, 1, 11);
	gives(tarn_list_splice(list, &at[2], list), TARN_INVALID);
	ok(tarn_list_splice(list, &at[2], second));
	IS(list, 0, 3, 4, 1, 11, 2, 5);
	ck_assert_uint_eq(length_of(second), 0);
	for (unsigned i = 0; i < 6; i++) {
		ok(get_at(list, &at[i], &value));
		ck_assert_uint_eq(value, i);
	}
}
END_TEST

START_TEST(sorted_ones_are_merged)
{
	const uint64_t odd[] = { 11, 31, 51 }, even[] = { 10, 30, 35, 60 };
	struct tarn_list_handle at;
	uint64_t value;

	ok(tarn_list_append(list, odd, 8, 3));
	ok(tarn_list_append(second, even, 8, 4));
	at = pushed(second, 70);
	ok(tarn_list_merge(list, second, by_tens, &one_word));
	IS(list, 11, 10, 31, 30, 35, 51, 60, 70);
	ck_assert_uint_eq(length_of(second), 0);
	ok(get_at(list, &at, &value));
	ck_assert_uint_eq(value, 70);
	gives(tarn_list_merge(list, list, NULL, NULL), TARN_INVALID);
	ok(tarn_list_merge(list, second, NULL, NULL));
	ok(tarn_list_merge(second, list, NULL, NULL));
	ck_assert(length_of(second) == 8 && !length_of(list));
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_list_handle made_inside;

static void
change_in(struct tarn_list *in, struct tarn_txn *txn)
{
	struct tarn_list *other_in = tarn_list_in(second, txn);
	uint64_t value = 8;

	ok(tarn_list_pop_front(in, &value, 8, NULL));
	ck_assert_uint_eq(value, 1);
	made_inside = pushed(in, 9);
	ok(tarn_list_push_front(in, &made_inside.where, 8, NULL));
	ok(tarn_list_pop_front(in, NULL, 0, NULL));
	ok(tarn_list_swap(in, other_in));
	fill_up(in, 20, 3);
	ok(tarn_list_reverse(in));
	ok(tarn_list_clear(in));
	ok(tarn_list_copy(in, other_in));
	ok(push(in, 10));
	ok(tarn_list_sort(in, NULL, NULL));
	gives(tarn_list_swap(in, second), TARN_INVALID);
	gives(tarn_list_splice(in, &TARN_LIST_END, second), TARN_INVALID);
	gives(tarn_list_erase(in, &(struct tarn_list_handle){ 64, 1 }), TARN_NOT_FOUND);
	gives(push(list, 1), TARN_IN_TXN);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_list *in;
	struct tarn_txn *txn;
	uint64_t value;

	fill_up(list, 1, 2);
	in = begin(&txn);
	change_in(in, txn);
	IS(in, 2, 9, 10);
	ok(tarn_txn_commit(txn));
	IS(list, 2, 9, 10);
	IS(second, 2, 9);
	ok(get_at(second, &made_inside, &value));
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_list *in;
	struct tarn_txn *txn;
	uint64_t value;

	fill_up(list, 1, 2);
	in = begin(&txn);
	change_in(in, txn);
	tarn_txn_abort(txn);
	IS(list, 1, 2);
	ck_assert_uint_eq(length_of(second), 0);
	gives(get_at(list, &made_inside, &value), TARN_NOT_FOUND);
	gives(get_at(second, &made_inside, &value), TARN_NOT_FOUND);
}
END_TEST

static void
change_and_stop(void)
{
	struct tarn_txn *txn;
	struct tarn_object *objects[] = { tarn_list_object(list) };

	must(tarn_txn_begin(arena, &txn, objects, 1));
	must(push(tarn_list_in(list, txn), 77));
	must(tarn_list_pop_front(tarn_list_in(list, txn), NULL, 0, NULL));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct peer peer;

	ok(push(list, 5));
	peer = start_stopped(change_and_stop);
	kill_peer(&peer);
	IS(list, 5);
	ok(push(list, 6));
	IS(list, 5, 6);
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_list_handle at = pushed(list, 1);
	uint64_t value;

	ok(tarn_object_remove(arena, "l"));
	gives(get_at(list, &at, &value), TARN_REMOVED);
	gives(tarn_list_size(list, &value), TARN_REMOVED);
	gives(push(list, 1), TARN_REMOVED);
	gives(tarn_list_pop_front(list, &value, 8, NULL), TARN_REMOVED);
	gives(tarn_list_clear(list), TARN_REMOVED);
	gives(tarn_list_splice(second, &TARN_LIST_END, list), TARN_REMOVED);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_list_handle at = pushed(list, 1);
	struct tarn_list *opened;
	uint64_t value = 0;

	ok(tarn_list_open(again, &opened, "l", &u64_type, TARN_OPEN, NULL));
	fill_up(list, 2, 2000);
	ok(get_at(opened, &at, &value));
	ck_assert_uint_eq(value, 1);
	ok(tarn_list_back(opened, &value, 8, NULL));
	ck_assert_uint_eq(value, 2001);
	gives(push(opened, 1), TARN_READ_ONLY);
	gives(tarn_list_pop_back(opened, &value, 8, NULL), TARN_READ_ONLY);
	gives(tarn_list_sort(opened, NULL, NULL), TARN_READ_ONLY);
	tarn_list_close(opened);
	tarn_arena_close(again);
}
END_TEST

/* ---- a reader that is interrupted -------------------------------------------------------------- */

static uint64_t read_count;

static void
read_all(void)
{
	ok(tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, room, 8, NULL, PAGES * PAGE / 8,
			  &read_count));
}

static void
turn_and_pop(void)
{
	must(tarn_list_reverse(list));
	must(tarn_list_pop_back(list, NULL, 0, NULL));
}

START_TEST(a_reader_does_not_see_half_of_a_change)
{
	const uint64_t *values;

	fill_up(list, 0, 1000);
	read_interrupted(read_all, turn_and_pop);
	values = (const uint64_t *)room;
	ck_assert_uint_eq(read_count, 999);
	for (unsigned i = 0; i < 999; i++)
		ck_assert_uint_eq(values[i], 999 - i);
	munmap(room, PAGES * PAGE);
}
END_TEST

static void
pop_and_push_front(void)
{
	uint64_t value = 7777;

	must(tarn_list_pop_front(list, NULL, 0, NULL));
	must(tarn_list_push_front(list, &value, 8, NULL));
}

START_TEST(a_reader_does_not_see_the_front_as_it_was)
{
	fill_up(list, 0, 1000);
	read_interrupted(read_all, pop_and_push_front);
	ck_assert_uint_eq(read_count, 1000);
	ck_assert_uint_eq(((const uint64_t *)room)[0], 7777);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* As a writer that takes the last element away, and has come as far as its generation. */
static void
take_generation_and_wait(void)
{
	struct tarn_root_shm *root = ((struct tarn_object *)list)->root;
	const struct tarn_chain_shm *chain = chain_of(list);
	uint64_t *generation = &element_of(chain->ends[chain->state & 1].last)->generation;
	uint64_t was = *generation, node = root->node;

	must(push(second, 1)); /* so that this thread has a slot */
	tarn__store(&root->node, node | tarn__thread_owner(arena) << TARN_NODE_OWNER_SHIFT);
	tarn__store(generation, 0);
	stop_here();
	usleep(100000);
	tarn__store(generation, was);
	tarn__store(&root->node, node + TARN_NODE_VERSION);
}

START_TEST(a_reader_waits_for_what_becomes_of_an_element)
{
	struct tarn_list_handle at, walk = TARN_LIST_END;
	struct peer peer;
	uint64_t value = 0;

	fill_up(list, 1, 2);
	at = pushed(list, 3);
	peer = start_stopped(take_generation_and_wait);
	ok(tarn_list_back(list, &value, 8, NULL));
	ck_assert_uint_eq(value, 3);
	ok(tarn_list_next(list, &walk));
	let_go(&peer);
	ok(get_at(list, &at, &value));
	join(&peer);
	peer = start_stopped(take_generation_and_wait);
	walk = TARN_LIST_END;
	let_go(&peer);
	ok(tarn_list_prev(list, &walk));
	ck_assert(walk.where == at.where && walk.generation == at.generation);
	join(&peer);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

START_TEST(damage_is_found)
{
	struct tarn_chain_shm *chain = chain_of(list);
	struct tarn_element_shm *middle;
	struct tarn_list_handle at;
	uint64_t value, was;

	fill_up(list, 1, 2);
	at = pushed(list, 3);
	fill_up(list, 4, 1);
	middle = element_of(at.where);
	was = middle->next;
	middle->next = 0;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	middle->next = at.where;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_list_sort(list, NULL, NULL), TARN_CORRUPT);
	middle->next = was;
	middle->generation++;
	ok(tarn_check(arena, NULL, NULL));
	gives(get_at(list, &at, &value), TARN_NOT_FOUND);
	middle->generation = 0;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	middle->generation = at.generation;
	middle->list += 64;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(get_at(list, &at, &value), TARN_NOT_FOUND);
	middle->list -= 64;
	was = chain->state;
	chain->state += 2;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	chain->state = 0;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_list_size(list, &value), TARN_CORRUPT);
	gives(push(list, 2), TARN_CORRUPT);
	chain->state = was;
	IS(list, 1, 2, 3, 4);
}
END_TEST

static void
scribble(uint64_t dice, const struct tarn_list_handle *at)
{
	struct tarn_check_options options = { .deadline_ms = 50 };
	struct tarn_root_shm *root = ((struct tarn_object *)list)->root;
	struct tarn_chain_shm *chain = chain_of(list);
	struct tarn_element_shm *element = element_of(at->where);
	uint64_t *targets[] = { &root->structure, &chain->state, &chain->ends[0].first, &chain->ends[1].last,
				&element->next, &element->prev, &element->list, &chain->ends[0].last };
	const uint64_t values[] = { dice >> (dice / 4096 % 64), UINT64_MAX, at->where, root->structure,
				    root->structure + 16, 4096, 0 };
	uint64_t value[8] = { 0 }, got;
	struct tarn_list_handle walk = *at;

	*targets[dice % 8] = values[dice / 8 % 7];
	(void)!tarn_check(arena, &options, NULL);
	(void)!get_at(list, at, value);
	(void)!tarn_list_next(list, &walk);
	(void)!tarn_list_read(list, at, TARN_LIST_BACKWARDS, value, 8, NULL, 8, &got);
	(void)!tarn_list_back(list, value, 8, NULL);
	(void)!push(list, 1);
	(void)!tarn_list_insert(list, at, value, 8, NULL);
	(void)!tarn_list_sort(list, NULL, NULL);
	(void)!tarn_list_splice_one(second, &TARN_LIST_END, list, at);
	(void)!tarn_list_erase(list, at);
	(void)!tarn_list_pop_front(list, value, 8, NULL);
	(void)!tarn_list_pop_back(list, value, 8, NULL);
	(void)!tarn_list_copy(second, list);
	(void)!tarn_list_resize(list, 3, value, 8);
	(void)!tarn_list_clear(list);
	(void)!tarn_object_remove(arena, "l");
}

/* Nothing is promised but that it ends, without a fault. */
START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t i = 0; i < 200; i++) {
		struct tarn_list_handle at;

		fill_up(list, 0, 100);
		at = pushed(list, 100);
		fill_up(list, 0, 100);
		scribble(tarn__hash_u64(i, 3), &at);
		tarn_list_close(list);
		tarn_list_close(second);
		tarn_list_close(strings);
		close_maps();
		open_usual();
		open_lists();
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_lists, close_lists);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_loop_test(tests, there_are_types_that_no_list_has, 0, 6);
	tcase_add_test(tests, has_c_types);
	tcase_add_test(tests, begins_empty);
	tcase_add_test(tests, both_ends_take_and_give);
	tcase_add_test(tests, a_handle_is_where_things_happen);
	tcase_add_test(tests, a_handle_never_means_another_element);
	tcase_add_test(tests, a_handle_dies_with_what_is_cleared);
	tcase_add_test(tests, a_handle_dies_with_the_list_that_it_was_in);
	tcase_add_test(tests, many_are_read_in_pieces);
	tcase_add_test(tests, strings_are_of_any_length);
	tcase_add_test(tests, a_read_ends_before_what_has_no_room);
	tcase_add_loop_test(tests, elements_of_all_sizes_are_whole, 0, 7);
	tcase_add_test(tests, sorts_and_handles_stay);
	tcase_add_test(tests, equal_ones_are_removed);
	tcase_add_test(tests, is_given_other_contents);
	tcase_add_test(tests, too_many_are_not_moved);
	tcase_add_test(tests, memory_comes_back);
	tcase_add_test(tests, two_are_exchanged_and_copied);
	tcase_add_test(tests, elements_move_from_list_to_list);
	tcase_add_test(tests, sorted_ones_are_merged);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, a_reader_does_not_see_half_of_a_change);
	tcase_add_test(tests, a_reader_does_not_see_the_front_as_it_was);
	tcase_add_test(tests, a_reader_waits_for_what_becomes_of_an_element);
	tcase_add_test(tests, damage_is_found);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}

int
main(void)
{
	return run_tests("list", add_tests);
}
