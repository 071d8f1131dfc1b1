// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- every call on a hash map, and every error its card names
 *
 * From outside, by <tarn.h> alone; hashmap_common.h has the maps.  What
 * belongs to transactions is in transactions.c.
 */
#include "unit/hashmap_common.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/time.h>

#define MIB (UINT64_C(1) << 20)
#define MANY 20000u

/* ---- opening ----------------------------------------------------------------------------------- */

static int
open_as(struct tarn_type type, const char *name, enum tarn_open_mode how)
{
	struct tarn_hashmap *opened = (void *)name;
	int code = tarn_hashmap_open(arena, &opened, name, &type, how, NULL);

	ck_assert(!code == !!opened);
	tarn_hashmap_close(opened);
	return code;
}

START_TEST(type_that_cannot_be_is_invalid)
{
	struct tarn_type bad[] = {
		{ TARN_KIND_NONE, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_MUTEX, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_NONE, 8, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_CUSTOM + 1, 8, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 0, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, (UINT32_C(1) << 30) + 1, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "a\nb" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		gives(open_as(bad[i], "new", TARN_OPEN_OR_CREATE), TARN_INVALID);
	gives(open_as(words, "new", TARN_OPEN), TARN_NOT_FOUND);
}
END_TEST

START_TEST(name_that_cannot_be_is_invalid)
{
	char name[TARN_NAME_MAX + 2];

	memset(name, 'x', sizeof(name));
	name[TARN_NAME_MAX + 1] = 0;
	gives(open_as(words, name, TARN_CREATE), TARN_INVALID);
	name[TARN_NAME_MAX] = 0;
	ok(open_as(words, name, TARN_CREATE));
	gives(open_as(words, "", TARN_CREATE), TARN_INVALID);
	gives(open_as(words, "a/b", TARN_CREATE), TARN_INVALID);
	gives(open_as(words, "a\tb", TARN_CREATE), TARN_INVALID);
	gives(open_as(words, "ok", (enum tarn_open_mode)7), TARN_INVALID);
}
END_TEST

START_TEST(mode_says_whether_it_must_be_there)
{
	struct tarn_hashmap *opened;
	bool created = true;

	gives(open_as(words, "map", TARN_CREATE), TARN_EXISTS);
	gives(open_as(words, "new", TARN_OPEN), TARN_NOT_FOUND);
	ok(tarn_hashmap_open(arena, &opened, "map", &words, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	tarn_hashmap_close(opened);
	ok(tarn_hashmap_open(arena, &opened, "new", &words, TARN_OPEN_OR_CREATE, &created));
	ck_assert(created);
	tarn_hashmap_close(opened);
	tarn_hashmap_close(NULL);
}
END_TEST

START_TEST(wrong_type_is_refused_and_both_are_told)
{
	struct tarn_type type = words;

	type.key = TARN_KEY_I64;
	gives(open_as(type, "map", TARN_OPEN), TARN_TYPE);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "u64"));
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "i64"));
	type = words;
	type.value_size = 7;
	gives(open_as(type, "map", TARN_OPEN_OR_CREATE), TARN_TYPE);
	type.value_size = TARN_VALUE_BYTES;
	gives(open_as(type, "map", TARN_OPEN), TARN_TYPE);
	type = texts;
	type.key = TARN_KEY_BYTES;
	gives(open_as(type, "text", TARN_OPEN), TARN_TYPE);
}
END_TEST

/* ---- sizes ------------------------------------------------------------------------------------- */

START_TEST(key_or_value_of_the_wrong_size_is_invalid)
{
	uint64_t key[2] = { 1, 2 }, value[2] = { 3, 4 };

	for (size_t size = 0; size <= 9; size++) {
		if (size == 8)
			continue;
		gives(tarn_hashmap_put(map, key, size, value, 8), TARN_INVALID);
		gives(tarn_hashmap_get(map, key, size, value, 8, NULL), TARN_INVALID);
		gives(tarn_hashmap_contains(map, key, size), TARN_INVALID);
		gives(tarn_hashmap_erase(map, key, size), TARN_INVALID);
		gives(tarn_hashmap_fetch_add(map, key, size, 1, NULL), TARN_INVALID);
		gives(tarn_hashmap_put(map, key, 8, value, size), TARN_INVALID);
		gives(tarn_hashmap_insert(map, key, 8, value, size), TARN_INVALID);
		gives(tarn_hashmap_compare_and_swap(map, key, 8, value, 8, value, size),
		      TARN_INVALID);
	}
	ck_assert_uint_eq(size_of(map), 0);
}
END_TEST

START_TEST(key_or_value_beyond_the_format_is_too_big)
{
	size_t most = (size_t)1 << 30;

	gives(tarn_hashmap_put(text, "k", most + 1, "v", 1), TARN_TOO_BIG);
	gives(tarn_hashmap_get(text, "k", most + 1, NULL, 0, NULL), TARN_TOO_BIG);
	gives(tarn_hashmap_put(text, "k", 1, "v", most + 1), TARN_TOO_BIG);
	gives(tarn_hashmap_put(text, "k", SIZE_MAX, "v", SIZE_MAX), TARN_TOO_BIG);
	ck_assert_uint_eq(size_of(text), 0);
}
END_TEST

START_TEST(value_that_is_longer_than_the_room_tells_its_size)
{
	char room[8] = "before";
	size_t told = 0;

	ok(tarn_hashmap_put(text, "k", 1, "0123456789", 10));
	gives(tarn_hashmap_get(text, "k", 1, room, 7, &told), TARN_TOO_BIG);
	ck_assert_uint_eq(told, 10);
	ck_assert_str_eq(room, "before");
	told = 0;
	ok(tarn_hashmap_get(text, "k", 1, NULL, 0, &told));
	ck_assert_uint_eq(told, 10);
	gives(tarn_hashmap_get(text, "k", 1, room, 0, NULL), TARN_TOO_BIG);
	gives(tarn_hashmap_get(text, "n", 1, room, 7, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(empty_keys_and_values_are_like_any_other)
{
	size_t told = 1;

	gives(tarn_hashmap_contains(text, "", 0), TARN_NOT_FOUND);
	ok(tarn_hashmap_insert(text, NULL, 0, NULL, 0));
	gives(tarn_hashmap_insert(text, "", 0, "x", 1), TARN_EXISTS);
	ok(tarn_hashmap_get(text, NULL, 0, NULL, 0, &told));
	ck_assert_uint_eq(told, 0);
	ok(tarn_hashmap_compare_and_swap(text, "", 0, "", 0, "now", 3));
	ok(tarn_hashmap_compare_and_swap(text, "", 0, "now", 3, "", 0));
	ok(tarn_hashmap_put(text, "\0", 1, "zero", 4));
	ok(tarn_hashmap_put(text, "\0\0", 2, "", 0));
	ck_assert_uint_eq(size_of(text), 3);
	ck_assert_uint_eq(count_by_walk(text), 3);
	ok(tarn_hashmap_erase(text, "", 0));
	ok(tarn_hashmap_contains(text, "\0\0", 2));
	ck_assert_uint_eq(size_of(text), 2);
}
END_TEST

static void
fill_bytes(char *bytes, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i % 7 == 3 ? 0 : (i * 31 + i / 251) * seed);
}

static void
check_length(size_t key_size, size_t value_size)
{
	static char key[2 * MIB], value[2 * MIB], found[2 * MIB];
	size_t told;

	fill_bytes(key, key_size, 3);
	fill_bytes(value, value_size, 5);
	ok(tarn_hashmap_insert(text, key, key_size, value, value_size));
	ok(tarn_hashmap_get(text, key, key_size, found, sizeof(found), &told));
	ck_assert_uint_eq(told, value_size);
	ck_assert(!memcmp(found, value, value_size));
	value[value_size / 2] ^= 1;
	gives(tarn_hashmap_compare_and_swap(text, key, key_size, value, value_size, "x", 1),
	      TARN_MISMATCH);
	ok(tarn_hashmap_put(text, key, key_size, value, value_size));
	ok(tarn_hashmap_get(text, key, key_size, found, value_size, &told));
	ck_assert(!memcmp(found, value, value_size));
	key[key_size - 1] ^= 1;
	gives(tarn_hashmap_contains(text, key, key_size), TARN_NOT_FOUND);
	gives(tarn_hashmap_contains(text, key, key_size - 1), TARN_NOT_FOUND);
	key[key_size - 1] ^= 1;
	ok(tarn_hashmap_erase(text, key, key_size));
}

START_TEST(keys_and_values_have_any_length)
{
	for (size_t size = 1; size <= MIB; size *= 2) {
		check_length(size, 3);
		check_length(3, size);
		check_length(size + 1, size);
		check_length(size, size + 7);
	}
	ck_assert_uint_eq(size_of(text), 0);
}
END_TEST

START_TEST(values_of_every_size_that_fits_a_word_and_more)
{
	char value[24], found[24];

	for (uint32_t size = 1; size <= sizeof(value); size++) {
		struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_I64, size, NULL };
		struct tarn_hashmap *opened;
		int64_t key = -(int64_t)size;
		size_t told;

		fill_bytes(value, size, 9);
		memset(found, 0x55, sizeof(found));
		ok(tarn_hashmap_open(arena, &opened, "sized", &type, TARN_CREATE, NULL));
		ok(tarn_hashmap_put(opened, &key, 8, value, size));
		ok(tarn_hashmap_get(opened, &key, 8, found, size, &told));
		ck_assert_uint_eq(told, size);
		ck_assert(!memcmp(found, value, size));
		ck_assert(size == sizeof(value) || found[size] == 0x55);
		gives(tarn_hashmap_fetch_add(opened, &key, 8, 1, NULL),
		      size == 8 ? TARN_OK : TARN_TYPE);
		tarn_hashmap_close(opened);
		ok(tarn_object_remove(arena, "sized"));
	}
}
END_TEST

/* ---- one entry --------------------------------------------------------------------------------- */

START_TEST(calls_answer_as_their_cards_say)
{
	uint64_t before = 1;

	has_not(map, 1);
	gives(erase(map, 1), TARN_NOT_FOUND);
	gives(swap(map, 1, 0, 5), TARN_NOT_FOUND);
	ok(insert(map, 1, 10));
	gives(insert(map, 1, 11), TARN_EXISTS);
	has(map, 1, 10);
	ok(put(map, 1, 12));
	gives(swap(map, 1, 11, 13), TARN_MISMATCH);
	has(map, 1, 12);
	ok(swap(map, 1, 12, 13));
	gives(tarn_hashmap_compare_and_swap(map, "12345678", 8, "", 0, "12345678", 8),
	      TARN_NOT_FOUND);
	gives(tarn_hashmap_compare_and_swap(map, &(uint64_t){ 1 }, 8, "1234", 4, "12345678", 8),
	      TARN_MISMATCH);
	ok(tarn_hashmap_fetch_add(map, &(uint64_t){ 1 }, 8, -UINT64_C(14), &before));
	ck_assert_uint_eq(before, 13);
	has(map, 1, UINT64_MAX);
	ok(tarn_hashmap_fetch_add(map, &(uint64_t){ 2 }, 8, 5, &before));
	ck_assert_uint_eq(before, 0);
	has(map, 2, 5);
	ok(erase(map, 1));
	has_not(map, 1);
	ck_assert_uint_eq(size_of(map), 1);
}
END_TEST

struct growing {
	unsigned calls, meddle;
	char value[4096];
};

/* One more byte each time; while it meddles, somebody else is faster. */
static int
grow(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	struct growing *growing = arg;

	growing->calls++;
	if (growing->meddle && growing->meddle--)
		ok(tarn_hashmap_put(text, "k", 1, growing->value, growing->meddle));
	if (old)
		memcpy(growing->value, old, old_size);
	else
		ck_assert_uint_eq(old_size, 0);
	growing->value[old_size] = (char)old_size;
	*out = growing->value;
	*out_size = old_size + 1;
	return 0;
}

static int
refuse(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	(void)old, (void)old_size, (void)out, (void)out_size;
	return *(int *)arg;
}

START_TEST(update_computes_from_the_value_as_long_as_it_may_be)
{
	struct growing growing = { 0 };
	char found[4096];
	size_t told;

	for (unsigned i = 0; i < 3000; i++)
		ok(tarn_hashmap_update(text, "k", 1, grow, &growing));
	ck_assert_uint_eq(growing.calls, 3000);
	ok(tarn_hashmap_get(text, "k", 1, found, sizeof(found), &told));
	ck_assert_uint_eq(told, 3000);
	for (size_t i = 0; i < told; i++)
		ck_assert_int_eq(found[i], (char)i);
}
END_TEST

START_TEST(update_is_computed_again_when_the_value_has_changed)
{
	struct growing growing = { .meddle = 6 };
	size_t told;

	ok(tarn_hashmap_update(text, "k", 1, grow, &growing));
	ck_assert_uint_eq(growing.calls, 7);
	ok(tarn_hashmap_get(text, "k", 1, NULL, 0, &told));
	ck_assert_uint_eq(told, 1);
}
END_TEST

START_TEST(update_that_refuses_changes_nothing_and_says_so)
{
	const int codes[] = { 42, -1000, TARN_NOT_FOUND, TARN_EXISTS, TARN_MISMATCH };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		int code = codes[i];

		ck_assert_int_eq(tarn_hashmap_update(text, "k", 1, refuse, &code), codes[i]);
	}
	ck_assert_uint_eq(size_of(text), 0);
}
END_TEST

static int
wrong_size(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	(void)old, (void)old_size;
	*out = arg;
	*out_size = 3;
	return 0;
}

START_TEST(update_to_a_wrong_size_is_invalid)
{
	char bytes[8] = { 0 };

	gives(tarn_hashmap_update(map, bytes, 8, wrong_size, bytes), TARN_INVALID);
	gives(tarn_hashmap_update(map, bytes, 7, wrong_size, bytes), TARN_INVALID);
	ck_assert_uint_eq(size_of(map), 0);
}
END_TEST

static jmp_buf out_of_update;

static int
leave_update(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	(void)old, (void)old_size, (void)out, (void)out_size, (void)arg;
	longjmp(out_of_update, 1);
}

/* In a child of its own, for what update() has allocated is lost. */
static void
leave_updates(void)
{
	for (volatile unsigned i = 0; i < 10; i++) {
		if (!setjmp(out_of_update)) {
			(void)!tarn_hashmap_update(text, "k", 1, leave_update, NULL);
			_exit(5);
		}
		must(tarn_hashmap_put(text, "k", 1, "v", 1));
	}
}

START_TEST(jump_out_of_an_update_leaves_nothing_held)
{
	in_child(leave_updates);
	ok(tarn_hashmap_put(text, "k", 1, "w", 1));
	ck_assert_uint_eq(size_of(text), 1);
}
END_TEST

/* ---- removed objects --------------------------------------------------------------------------- */

static void
check_removed(struct tarn_hashmap *stale)
{
	struct tarn_object *object = tarn_hashmap_object(stale);
	struct tarn_hashmap_cursor *cursor = (void *)stale;
	struct tarn_object_info info;
	struct tarn_txn *txn;
	uint64_t value = 1;
	int code = 42;

	gives(get(stale, 1, &value), TARN_REMOVED);
	gives(tarn_hashmap_contains(stale, &value, 8), TARN_REMOVED);
	gives(put(stale, 1, 1), TARN_REMOVED);
	gives(insert(stale, 1, 1), TARN_REMOVED);
	gives(erase(stale, 1), TARN_REMOVED);
	gives(add(stale, 1, 1), TARN_REMOVED);
	gives(swap(stale, 1, 1, 2), TARN_REMOVED);
	gives(tarn_hashmap_update(stale, &value, 8, refuse, &code), TARN_REMOVED);
	gives(tarn_hashmap_size(stale, &value), TARN_REMOVED);
	gives(tarn_hashmap_clear(stale), TARN_REMOVED);
	gives(tarn_hashmap_cursor_open(stale, &cursor), TARN_REMOVED);
	ck_assert_ptr_null(cursor);
	gives(tarn_object_info(object, &info), TARN_REMOVED);
	gives(tarn_txn_begin(arena, &txn, &object, 1), TARN_REMOVED);
	ck_assert_ptr_null(txn);
}

START_TEST(many_keys_are_answered_one_by_one_and_the_worst_is_told)
{
	uint64_t keys[100], values[100], wrong = 0;
	int codes[100];

	for (unsigned i = 0; i < 100; i++)
		keys[i] = values[i] = i;
	ok(tarn_hashmap_put_many(map, keys, 8, 99, values, 8, codes));
	for (unsigned i = 0; i < 99; i++)
		ok(codes[i]);
	memset(values, 0, sizeof(values));
	gives(tarn_hashmap_get_many(map, keys, 8, 100, values, 8, codes), TARN_NOT_FOUND);
	for (unsigned i = 0; i < 99; i++)
		ck_assert_uint_eq(values[i], i);
	gives(codes[99], TARN_NOT_FOUND);
	ok(tarn_hashmap_get_many(map, keys, 8, 0, values, 8, codes));
	ok(tarn_hashmap_erase_many(map, keys, 8, 99, NULL));
	gives(tarn_hashmap_erase_many(map, keys, 8, 2, codes), TARN_NOT_FOUND);
	gives(tarn_hashmap_put_many(map, keys, 4, 2, values, 8, codes), TARN_INVALID);
	gives(codes[1], TARN_INVALID);
	gives(tarn_hashmap_get_many(map, keys, 8, 1, &wrong, 4, codes), TARN_NOT_FOUND);
	ck_assert_uint_eq(size_of(map), 0);
}
END_TEST

START_TEST(a_value_may_be_copied_to_where_its_key_is)
{
	uint64_t word, words_in_place[64];

	fill(map, 0, 64);
	for (uint64_t key = 0; key < 64; key++) {
		words_in_place[key] = key;
		ok(put(map, key, key + 100));
		word = key;
		ok(tarn_hashmap_get(map, &word, 8, &word, 8, NULL));
		ck_assert_uint_eq(word, key + 100);
	}
	ok(tarn_hashmap_get_many(map, words_in_place, 8, 64, words_in_place, 8, NULL));
	for (uint64_t key = 0; key < 64; key++)
		ck_assert_uint_eq(words_in_place[key], key + 100);
}
END_TEST

START_TEST(an_error_among_many_is_told_before_a_missing_key)
{
	char room[3], name[] = "a name";
	struct tarn_bytes keys[] = { { name, 1 }, { name, 2 }, { name, 6 } };
	struct tarn_bytes values[] = { { room, 3 }, { room, 3 }, { room, 3 } };
	int codes[3];

	ok(tarn_hashmap_put(text, name, 2, "four", 4));
	ok(tarn_hashmap_put(text, name, 6, "ab", 2));
	gives(tarn_hashmap_get_many(text, keys, TARN_SEPARATE, 3, values, TARN_SEPARATE, codes),
	      TARN_TOO_BIG);
	gives(codes[0], TARN_NOT_FOUND);
	gives(codes[1], TARN_TOO_BIG);
	ck_assert_uint_eq(values[1].size, 4);
	ok(codes[2]);
	ck_assert_uint_eq(values[2].size, 2);
}
END_TEST

START_TEST(removed_map_is_removed_for_every_handle)
{
	struct tarn_hashmap *again;

	fill(map, 0, 1000);
	ok(tarn_hashmap_open(arena, &again, "map", &words, TARN_OPEN, NULL));
	ok(tarn_object_remove(arena, "map"));
	gives(tarn_object_remove(arena, "map"), TARN_NOT_FOUND);
	check_removed(map);
	check_removed(again);
	tarn_hashmap_close(again);
	gives(open_as(words, "map", TARN_OPEN), TARN_NOT_FOUND);
}
END_TEST

START_TEST(name_made_anew_is_another_object)
{
	struct tarn_hashmap *stale = map;

	for (unsigned i = 0; i < 50; i++) {
		fill(map, 0, 100);
		ok(tarn_object_remove(arena, "map"));
		ok(tarn_hashmap_open(arena, &map, "map", &words, TARN_CREATE, NULL));
		ck_assert_uint_eq(size_of(map), 0);
		has_not(map, 1);
		check_removed(stale);
		if (i < 49) {
			tarn_hashmap_close(stale);
			stale = map;
		}
	}
	tarn_hashmap_close(stale);
}
END_TEST

START_TEST(renamed_map_is_the_same_object)
{
	fill(map, 0, 10);
	gives(tarn_object_rename(arena, "map", "other"), TARN_EXISTS);
	ok(tarn_object_rename(arena, "map", "elsewhere"));
	ok(put(map, 10, 10));
	gives(open_as(words, "map", TARN_OPEN), TARN_NOT_FOUND);
	ok(open_as(words, "elsewhere", TARN_OPEN));
	ck_assert_uint_eq(size_of(map), 11);
}
END_TEST

/* ---- readers only ------------------------------------------------------------------------------ */

START_TEST(attached_for_reading_only_every_writer_is_refused)
{
	struct tarn_arena *view = attach(true);
	struct tarn_hashmap *seen;
	struct tarn_object *object;
	struct tarn_txn *txn;
	int code = 42;

	fill(map, 0, MANY);
	ok(tarn_hashmap_open(view, &seen, "map", &words, TARN_OPEN_OR_CREATE, NULL));
	object = tarn_hashmap_object(seen);
	gives(put(seen, 1, 1), TARN_READ_ONLY);
	gives(insert(seen, MANY, 1), TARN_READ_ONLY);
	gives(erase(seen, 1), TARN_READ_ONLY);
	gives(add(seen, 1, 1), TARN_READ_ONLY);
	gives(swap(seen, 1, 1, 2), TARN_READ_ONLY);
	gives(tarn_hashmap_clear(seen), TARN_READ_ONLY);
	gives(tarn_object_remove(view, "map"), TARN_READ_ONLY);
	gives(tarn_object_rename(view, "map", "b"), TARN_READ_ONLY);
	gives(tarn_txn_begin(view, &txn, &object, 1), TARN_READ_ONLY);
	ck_assert_int_eq(tarn_hashmap_update(seen, &(uint64_t){ 1 }, 8, refuse, &code), 42);
	has(seen, 1, 1);
	ck_assert_uint_eq(size_of(seen), MANY);
	ck_assert_uint_eq(count_by_walk(seen), MANY);
	fill(map, MANY, MANY);
	has(seen, 2 * MANY - 1, 2 * MANY - 1);
	ck_assert_uint_eq(count_by_walk(seen), 2 * MANY);
	tarn_hashmap_close(seen);
	gives(tarn_hashmap_open(view, &seen, "new", &words, TARN_CREATE, NULL), TARN_READ_ONLY);
	tarn_arena_close(view);
}
END_TEST

/* ---- cursors ----------------------------------------------------------------------------------- */

/* Keys below `stay` are there throughout; each must come once, and with its value. */
static void
walk_during(uint64_t stay, void (*meanwhile)(uint64_t i))
{
	static unsigned told[2 * MANY];
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t key, value, i = 0;

	memset(told, 0, sizeof(told));
	ok(tarn_hashmap_cursor_open(map, &cursor));
	while (!tarn_hashmap_cursor_next(cursor, &entry)) {
		memcpy(&key, entry.key, entry.key_size);
		memcpy(&value, entry.value, entry.value_size);
		ck_assert_uint_lt(key, 2 * MANY);
		ck_assert_uint_eq(key, value);
		ck_assert_uint_eq(told[key]++, 0);
		meanwhile(i++);
	}
	gives(tarn_hashmap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	for (key = 0; key < stay; key++)
		ck_assert_uint_eq(told[key], 1);
	tarn_hashmap_cursor_close(cursor);
}

static void
insert_more(uint64_t i)
{
	if (i < MANY)
		(void)!insert(map, MANY + i, MANY + i);
}

static void
erase_more(uint64_t i)
{
	(void)!erase(map, MANY + (i * 7919) % MANY);
}

static void
put_again(uint64_t i)
{
	uint64_t key = i % (MANY / 2);

	ok(put(map, key, key));
}

static void
insert_many_once(uint64_t i)
{
	if (i == 50)
		fill(map, 1000, MANY);
}

START_TEST(cursor_tells_what_stays_once_whatever_comes_and_goes)
{
	tarn_hashmap_cursor_close(NULL);
	ck_assert_uint_eq(count_by_walk(map), 0);
	fill(map, 0, 100);
	walk_during(100, insert_many_once);
	fill(map, 0, MANY);
	walk_during(MANY, insert_more);
	walk_during(MANY, erase_more);
	walk_during(MANY, put_again);
}
END_TEST

START_TEST(cursor_in_a_map_that_is_cleared_comes_to_its_end)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t count = 0;
	int code;

	fill(map, 0, MANY);
	ok(tarn_hashmap_cursor_open(map, &cursor));
	for (; count < 100; count++)
		ok(tarn_hashmap_cursor_next(cursor, &entry));
	ok(tarn_hashmap_clear(map));
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry)))
		count++;
	gives(code, TARN_NOT_FOUND);
	ck_assert_uint_lt(count, 200);
	tarn_hashmap_cursor_close(cursor);
}
END_TEST

/* The segment there is now is less deep than the cursor's way to it. */
START_TEST(cursor_in_a_map_that_is_cleared_and_filled_tells_nothing_twice)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	unsigned told[300] = { 0 };
	uint64_t key;

	fill(map, 1000, MANY);
	ok(tarn_hashmap_cursor_open(map, &cursor));
	for (unsigned i = 0; i < 100; i++)
		ok(tarn_hashmap_cursor_next(cursor, &entry));
	ok(tarn_hashmap_clear(map));
	fill(map, 0, 300);
	while (!tarn_hashmap_cursor_next(cursor, &entry)) {
		memcpy(&key, entry.key, 8);
		ck_assert(key >= 1000 || !told[key]++);
	}
	tarn_hashmap_cursor_close(cursor);
}
END_TEST

START_TEST(cursor_in_a_map_that_is_removed_says_so)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	unsigned i = 0;
	int code;

	fill(map, 0, MANY);
	ok(tarn_hashmap_cursor_open(map, &cursor));
	ok(tarn_hashmap_cursor_next(cursor, &entry));
	ok(tarn_object_remove(arena, "map"));
	do
		code = tarn_hashmap_cursor_next(cursor, &entry);
	while (!code && ++i < 100);
	gives(code, TARN_REMOVED);
	gives(tarn_hashmap_cursor_next(cursor, &entry), TARN_REMOVED);
	tarn_hashmap_cursor_close(cursor);
}
END_TEST

START_TEST(cursor_copies_long_entries_aligned)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	static char value[MIB];
	char key[16];

	for (unsigned i = 0; i < 100; i++) {
		size_t size = (size_t)i * i * 100;

		fill_bytes(value, size, i);
		ok(tarn_hashmap_put(text, key, (size_t)sprintf(key, "%u", i), value, size));
	}
	ok(tarn_hashmap_cursor_open(text, &cursor));
	for (unsigned i = 0; i < 100; i++) {
		unsigned long n;

		ok(tarn_hashmap_cursor_next(cursor, &entry));
		memcpy(key, entry.key, entry.key_size);
		key[entry.key_size] = 0;
		n = strtoul(key, NULL, 10);
		fill_bytes(value, entry.value_size, (unsigned)n);
		ck_assert_uint_eq(entry.value_size, n * n * 100);
		ck_assert(!memcmp(value, entry.value, entry.value_size));
		ck_assert_uint_eq((uintptr_t)entry.key % 8 + (uintptr_t)entry.value % 8, 0);
	}
	tarn_hashmap_cursor_close(cursor);
}
END_TEST

/* ---- size and clear ---------------------------------------------------------------------------- */

static uint64_t thread_first;

static void *
fill_in_thread(void *unused)
{
	(void)unused;
	for (uint64_t key = thread_first; key < thread_first + 1000; key++)
		must(put(map, key, key));
	must(erase(map, thread_first));
	return NULL;
}

static void
fill_and_stop(void)
{
	fill_in_thread(NULL);
	stop_here();
}

START_TEST(size_counts_what_the_dead_have_done)
{
	pthread_t thread;

	for (thread_first = 0; thread_first < 20000; thread_first += 2000) {
		struct peer peer = start_stopped(fill_and_stop);

		kill_peer(&peer);
		thread_first += 1000;
		ck_assert_int_eq(pthread_create(&thread, NULL, fill_in_thread, NULL), 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
		thread_first -= 1000;
		ck_assert_uint_eq(size_of(map), (thread_first + 2000) / 1000 * 999);
	}
	ok(erase(map, 1));
	ck_assert_uint_eq(size_of(map), 20 * 999 - 1);
	ck_assert_uint_eq(count_by_walk(map), 20 * 999 - 1);
}
END_TEST

START_TEST(clear_empties_and_its_memory_is_used_again)
{
	static char value[300];
	struct tarn_arena_stat stat;
	uint64_t before = 0;
	char key[16];

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 3000; i++)
			ok(tarn_hashmap_put(text, key, (size_t)sprintf(key, "%u", i), value,
					    i % 300));
		ck_assert_uint_eq(size_of(text), 3000);
		ok(tarn_hashmap_clear(text));
		ck_assert_uint_eq(size_of(text), 0);
		ck_assert_uint_eq(count_by_walk(text), 0);
		gives(tarn_hashmap_contains(text, "7", 1), TARN_NOT_FOUND);
		ok(tarn_arena_stat(arena, &stat));
		if (round == 1)
			before = stat.heap_bytes;
	}
	ck_assert_uint_le(stat.heap_bytes, before + MIB / 4);
	ok(tarn_hashmap_clear(text));
	ok(tarn_hashmap_clear(text));
}
END_TEST

/* ---- limits ------------------------------------------------------------------------------------ */

START_TEST(full_arena_says_so_and_goes_on_once_there_is_room)
{
	static char value[1000];
	char key[16];
	unsigned count = 0;
	uint64_t size;

	close_maps();
	open_maps(4 * MIB, 0);
	while (!tarn_hashmap_put(text, key, (size_t)sprintf(key, "%u", count), value, 1000))
		count++;
	gives(tarn_hashmap_put(text, "x", 1, value, 1000), TARN_FULL);
	ck_assert_uint_gt(count, 1000);
	ck_assert_uint_eq(size_of(text), count);
	ck_assert_uint_eq(count_by_walk(text), count);
	for (unsigned i = 0; i < count; i += 2)
		ok(tarn_hashmap_erase(text, key, (size_t)sprintf(key, "%u", i)));
	for (unsigned i = 0; i < count; i += 4)
		ok(tarn_hashmap_put(text, key, (size_t)sprintf(key, "%u", i), value, 1000));
	ok(tarn_hashmap_size(text, &size));
	ck_assert_uint_eq(size, count_by_walk(text));
	ok(tarn_hashmap_clear(text));
	ok(tarn_hashmap_put(text, "x", 1, value, 1000));
}
END_TEST

START_TEST(full_arena_splits_no_further_and_loses_nothing)
{
	uint64_t count = 0;

	close_maps();
	open_maps(2 * MIB, 0);
	while (!put(map, count, count))
		count++;
	gives(insert(map, count, 1), TARN_FULL);
	ck_assert_uint_gt(count, 10000);
	ck_assert_uint_eq(size_of(map), count);
	for (uint64_t key = 0; key < count; key++)
		has(map, key, key);
	for (uint64_t key = 0; key < count; key++)
		ok(erase(map, key));
	fill(map, 0, 5000);
}
END_TEST

static void *
put_without_a_slot(void *unused)
{
	uint64_t value;

	(void)unused;
	gives(put(map, 9, 9), TARN_NO_SLOT);
	gives(tarn_hashmap_clear(map), TARN_NO_SLOT);
	ok(get(map, 1, &value));
	return NULL;
}

static void
put_and_stop(void)
{
	must(put(map, (uint64_t)getpid(), 1));
	stop_here();
}

/* In segments: runs of chunks that one has given and freed, another takes who has not met them yet. */
START_TEST(what_others_gave_and_freed_can_be_written)
{
	const uint64_t mib = UINT64_C(1) << 20;
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = 200 * mib,
					      .max_threads = 8, .segment_size = mib };
	char *value = malloc(5 * mib), *copy = malloc(5 * mib), name[32];
	struct tarn_arena *first, *late;
	struct tarn_hashmap *large;
	uint64_t key = 1;
	tarn_off runs[12];

	snprintf(name, sizeof(name), "sysv:key=0x56%06x", getpid());
	ok(tarn_arena_open(&first, name, &options, NULL));
	options = (struct tarn_arena_options){ .how = TARN_OPEN, .elsewhere = true };
	ok(tarn_arena_open(&late, name, &options, NULL));
	ok(tarn_arena_remove(name)); /* a failure leaves nothing behind */
	ok(tarn_hashmap_open(late, &large, "large", &texts, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 12; i++)
		ok(tarn_alloc(first, 5 * mib, &runs[i]));
	for (unsigned i = 0; i < 12; i++)
		ok(tarn_free(first, runs[i]));
	memset(value, 42, 5 * mib);
	for (; key < 8; key++)
		ok(tarn_hashmap_put(large, &key, 8, value, 5 * mib));
	key = 3;
	ok(tarn_hashmap_get(large, &key, 8, copy, 5 * mib, NULL));
	ck_assert_int_eq(memcmp(copy, value, 5 * mib), 0);
	free(value);
	free(copy);
	tarn_hashmap_close(large);
	tarn_arena_close(late);
	tarn_arena_close(first);
}
END_TEST

START_TEST(more_threads_than_slots_may_read_but_not_write)
{
	struct peer peers[7];
	pthread_t thread;

	ok(put(map, 1, 1));
	for (unsigned i = 0; i < 7; i++)
		peers[i] = start_stopped(put_and_stop);
	ck_assert_int_eq(pthread_create(&thread, NULL, put_without_a_slot, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	kill_peer(&peers[0]);
	peers[0] = start_stopped(put_and_stop);
	for (unsigned i = 0; i < 7; i++)
		end_peer(&peers[i]);
	ck_assert_uint_eq(size_of(map), 9);
}
END_TEST

/* ---- processes, arenas, signals ---------------------------------------------------------------- */

static void
change_in_child(void)
{
	uint64_t value;

	must(get(map, 1, &value));
	must(put(map, 2, value + 1));
	must(tarn_hashmap_clear(other));
	must(tarn_object_remove(arena, "text"));
}

START_TEST(handles_are_good_in_a_child_of_fork)
{
	fill(other, 0, 100);
	ok(put(map, 1, 10));
	in_child(change_in_child);
	has(map, 2, 11);
	ck_assert_uint_eq(size_of(other), 0);
	gives(tarn_hashmap_put(text, "a", 1, "b", 1), TARN_REMOVED);
}
END_TEST

START_TEST(one_thread_uses_two_arenas)
{
	struct tarn_arena *first = arena;
	struct tarn_hashmap *here = map;
	struct tarn_hashmap *rest[] = { other, text };

	open_usual();
	for (uint64_t i = 0; i < 5000; i++) {
		ok(put(here, i, i));
		ok(put(map, i, i + 1));
		if (i % 3 == 0)
			ok(erase(here, i));
	}
	ck_assert_uint_eq(size_of(map), 5000);
	has(map, 4999, 5000);
	has(here, 4999, 4999);
	ck_assert_uint_eq(size_of(here), 5000 - 1667);
	close_maps();
	ok(put(here, 1, 1));
	arena = first;
	map = here;
	other = rest[0];
	text = rest[1];
}
END_TEST

static volatile uint64_t nested, handled, strange;

static void
put_in_handler(int signal_number)
{
	int code = put(map, 1000000 + handled % 1000, signal_number);

	if (!code)
		handled++;
	else if (code == TARN_NESTED)
		nested++;
	else
		strange++;
}

START_TEST(call_from_a_signal_handler_works_or_is_nested)
{
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };
	uint64_t key = 0;
	int code = 0;

	ok(put(map, 0, 0));
	signal(SIGALRM, put_in_handler);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (; !code && (nested < 20 || handled < 20) && key < 40000000; key++) {
		code = put(map, key % 5000, key);
		if (!code)
			code = key % 3 ? 0 : erase(map, key % 5000);
	}
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ok(code);
	ck_assert_uint_eq(strange, 0);
	ck_assert_uint_ge(nested, 20);
	ck_assert_uint_eq(size_of(map), count_by_walk(map));
}
END_TEST

static sigjmp_buf out_of_call;

static void
jump_out(int signal_number)
{
	(void)signal_number;
	siglongjmp(out_of_call, 1);
}

/* From deep in the stack, for the next call undoes only what was left further down. */
static __attribute__((noinline)) int
change_deep_down(volatile uint64_t *done)
{
	volatile char depth[1024];
	int code = 0;

	depth[0] = 0;
	while (!code) { /* nothing of the test library's here: it has locks */
		uint64_t key = 1 + *done % 3000;

		code = put(map, key, key);
		code = code ? code : erase(map, key);
		*done += 1 + (uint64_t)depth[0];
	}
	return code;
}

/* Signals come at random instants, some of them in the midst of a call. */
START_TEST(call_that_is_left_by_a_jump_is_undone_by_the_next)
{
	struct itimerval soon = { { 0, 0 }, { 0, 300 } };
	volatile uint64_t done = 0;
	volatile int bad = 0;

	signal(SIGALRM, jump_out);
	for (volatile unsigned jumps = 0; jumps < 2000 && !bad; jumps++) {
		bad = put(map, 0, jumps);
		if (bad || sigsetjmp(out_of_call, 1))
			continue;
		(void)setitimer(ITIMER_REAL, &soon, NULL);
		bad = change_deep_down(&done);
	}
	signal(SIGALRM, SIG_IGN);
	ok(bad);
	ok(put(map, 0, 1));
	ck_assert_uint_eq(size_of(map), count_by_walk(map));
	ck_assert_uint_le(size_of(map), 2001);
	fill(map, 0, 5000);
}
END_TEST

/* ---- */

static void
add_tests(TCase *tests)
{
	tcase_add_test(tests, type_that_cannot_be_is_invalid);
	tcase_add_test(tests, name_that_cannot_be_is_invalid);
	tcase_add_test(tests, mode_says_whether_it_must_be_there);
	tcase_add_test(tests, wrong_type_is_refused_and_both_are_told);
	tcase_add_test(tests, key_or_value_of_the_wrong_size_is_invalid);
	tcase_add_test(tests, key_or_value_beyond_the_format_is_too_big);
	tcase_add_test(tests, value_that_is_longer_than_the_room_tells_its_size);
	tcase_add_test(tests, empty_keys_and_values_are_like_any_other);
	tcase_add_test(tests, keys_and_values_have_any_length);
	tcase_add_test(tests, values_of_every_size_that_fits_a_word_and_more);
	tcase_add_test(tests, calls_answer_as_their_cards_say);
	tcase_add_test(tests, update_computes_from_the_value_as_long_as_it_may_be);
	tcase_add_test(tests, update_is_computed_again_when_the_value_has_changed);
	tcase_add_test(tests, update_that_refuses_changes_nothing_and_says_so);
	tcase_add_test(tests, update_to_a_wrong_size_is_invalid);
	tcase_add_test(tests, jump_out_of_an_update_leaves_nothing_held);
	tcase_add_test(tests, many_keys_are_answered_one_by_one_and_the_worst_is_told);
	tcase_add_test(tests, an_error_among_many_is_told_before_a_missing_key);
	tcase_add_test(tests, a_value_may_be_copied_to_where_its_key_is);
	tcase_add_test(tests, removed_map_is_removed_for_every_handle);
	tcase_add_test(tests, name_made_anew_is_another_object);
	tcase_add_test(tests, renamed_map_is_the_same_object);
	tcase_add_test(tests, attached_for_reading_only_every_writer_is_refused);
	tcase_add_test(tests, cursor_tells_what_stays_once_whatever_comes_and_goes);
	tcase_add_test(tests, cursor_in_a_map_that_is_cleared_comes_to_its_end);
	tcase_add_test(tests, cursor_in_a_map_that_is_cleared_and_filled_tells_nothing_twice);
	tcase_add_test(tests, cursor_in_a_map_that_is_removed_says_so);
	tcase_add_test(tests, cursor_copies_long_entries_aligned);
	tcase_add_test(tests, size_counts_what_the_dead_have_done);
	tcase_add_test(tests, clear_empties_and_its_memory_is_used_again);
	tcase_add_test(tests, full_arena_says_so_and_goes_on_once_there_is_room);
	tcase_add_test(tests, full_arena_splits_no_further_and_loses_nothing);
	tcase_add_test(tests, what_others_gave_and_freed_can_be_written);
	tcase_add_test(tests, more_threads_than_slots_may_read_but_not_write);
	tcase_add_test(tests, handles_are_good_in_a_child_of_fork);
	tcase_add_test(tests, one_thread_uses_two_arenas);
	tcase_add_test(tests, call_from_a_signal_handler_works_or_is_nested);
	tcase_add_test(tests, call_that_is_left_by_a_jump_is_undone_by_the_next);
}

int
main(void)
{
	return run_tests("hashmap", add_tests);
}
