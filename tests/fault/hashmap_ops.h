// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_ops.h -- every operation that changes hash maps, to be made to fail
 *
 * Each test begins with the same arena: a map of words that is about to
 * split, one of byte strings, an empty one.  How they fail says operation.h.
 */
#ifndef TARN_TESTS_FAULT_HASHMAP_OPS_H
#define TARN_TESTS_FAULT_HASHMAP_OPS_H

#include "fault/operation.h"

#include <stdio.h>
#include <string.h>

#define BASE_KEYS UINT64_C(440)
#define BASE_TEXTS 30u
#define MANY_FIRST UINT64_C(1000)
#define MANY UINT64_C(2500)
#define BIG (1u << 20)

static struct tarn_hashmap *map, *other, *text;

static const struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					NULL };
static char big[BIG];

/* ---- what there is before ---------------------------------------------------------------------- */

static inline size_t
text_key(unsigned i, char *key)
{
	return (size_t)sprintf(key, "text %u", i);
}

static inline void
prepare_maps(void)
{
	char key[16];

	ok(tarn_hashmap_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &other, "other", &words, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < BASE_KEYS; i++)
		ok(tarn_hashmap_put(map, &i, 8, &i, 8));
	for (unsigned i = 0; i < BASE_TEXTS; i++)
		ok(tarn_hashmap_put(text, key, text_key(i, key), big, i * 50));
}

static inline void
close_maps(void)
{
	tarn_hashmap_close(map);
	tarn_hashmap_close(other);
	tarn_hashmap_close(text);
}

static inline void
has(struct tarn_hashmap *in, uint64_t key, uint64_t value)
{
	uint64_t found = ~value;

	ok(tarn_hashmap_get(in, &key, 8, &found, 8, NULL));
	ck_assert_uint_eq(found, value);
}

static inline void
size_is(struct tarn_hashmap *of, uint64_t expected)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t size = 4711, count = 0;

	ok(tarn_hashmap_size(of, &size));
	ck_assert_uint_eq(size, expected);
	ok(tarn_hashmap_cursor_open(of, &cursor));
	while (!tarn_hashmap_cursor_next(cursor, &entry))
		count++;
	tarn_hashmap_cursor_close(cursor);
	ck_assert_uint_eq(count, expected);
}

static inline void
text_is(unsigned i, size_t expected)
{
	char key[16];
	size_t size;

	ok(tarn_hashmap_get(text, key, text_key(i, key), NULL, 0, &size));
	ck_assert_uint_eq(size, expected);
}

static inline void
is_as_before(void)
{
	struct tarn_hashmap *opened;

	for (uint64_t i = 0; i < BASE_KEYS; i++)
		has(map, i, i);
	size_is(map, BASE_KEYS);
	for (unsigned i = 0; i < BASE_TEXTS; i++)
		text_is(i, i * 50);
	size_is(text, BASE_TEXTS);
	size_is(other, 0);
	gives(tarn_hashmap_open(arena, &opened, "new", &words, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ok(tarn_hashmap_open(arena, &opened, "map", &words, TARN_OPEN, NULL));
	tarn_hashmap_close(opened);
}

/* ---- operations -------------------------------------------------------------------------------- */

static inline int
put_word(uint64_t key, uint64_t value)
{
	return tarn_hashmap_put(map, &key, 8, &value, 8);
}

static inline int
insert_word(void)
{
	return put_word(100000, 1);
}

static inline void
word_is_inserted(void)
{
	has(map, 100000, 1);
	size_is(map, BASE_KEYS + 1);
}

static inline int
replace_word(void)
{
	return put_word(5, 50);
}

static inline void
word_is_replaced(void)
{
	has(map, 5, 50);
	size_is(map, BASE_KEYS);
}

static inline int
add_to_word(void)
{
	return tarn_hashmap_fetch_add(map, &(uint64_t){ 5 }, 8, 45, NULL);
}

static inline int
erase_word(void)
{
	return tarn_hashmap_erase(map, &(uint64_t){ 5 }, 8);
}

static inline void
word_is_erased(void)
{
	gives(tarn_hashmap_contains(map, &(uint64_t){ 5 }, 8), TARN_NOT_FOUND);
	size_is(map, BASE_KEYS - 1);
}

static inline int
insert_text(void)
{
	return tarn_hashmap_put(text, "new", 3, big, 3000);
}

static inline void
text_is_inserted(void)
{
	ok(tarn_hashmap_contains(text, "new", 3));
	size_is(text, BASE_TEXTS + 1);
}

static inline int
insert_big(void)
{
	return tarn_hashmap_put(text, "new", 3, big, BIG);
}

static inline int
replace_text(void)
{
	return tarn_hashmap_put(text, "text 7", 6, big, 7000);
}

static inline void
text_is_replaced(void)
{
	text_is(7, 7000);
	size_is(text, BASE_TEXTS);
}

static inline int
longer(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	(void)old, (void)arg;
	*out = big;
	*out_size = old_size + 7000 - 350;
	return 0;
}

static inline int
update_text(void)
{
	return tarn_hashmap_update(text, "text 7", 6, longer, NULL);
}

static inline int
erase_text(void)
{
	return tarn_hashmap_erase(text, "text 7", 6);
}

static inline void
text_is_erased(void)
{
	gives(tarn_hashmap_contains(text, "text 7", 6), TARN_NOT_FOUND);
	size_is(text, BASE_TEXTS - 1);
}

static inline int
clear_text(void)
{
	return tarn_hashmap_clear(text);
}

static inline void
text_is_cleared(void)
{
	size_is(text, 0);
}

static inline int
swap_text(void)
{
	return tarn_hashmap_compare_and_swap(text, "text 7", 6, big, 350, big, 7000);
}

#define SOME 40u

/* Each for itself: those that were told to be there are, and the others can be put then. */
static inline int
put_some(void)
{
	uint64_t keys[SOME];
	int code, codes[SOME];

	for (uint64_t i = 0; i < SOME; i++)
		keys[i] = MANY_FIRST + i;
	code = tarn_hashmap_put_many(map, keys, 8, SOME, keys, 8, codes);
	for (uint64_t i = 0; i < SOME; i++) {
		if (!codes[i])
			has(map, keys[i], keys[i]);
	}
	return code ? tarn_hashmap_put_many(map, keys, 8, SOME, keys, 8, codes) : 0;
}

static inline void
some_are_put(void)
{
	for (uint64_t i = 0; i < SOME; i++)
		has(map, MANY_FIRST + i, MANY_FIRST + i);
	size_is(map, BASE_KEYS + SOME);
}

static inline int
create_map(void)
{
	struct tarn_hashmap *opened;
	int code = tarn_hashmap_open(arena, &opened, "new", &words, TARN_CREATE, NULL);

	tarn_hashmap_close(opened);
	return code;
}

static inline void
map_is_created(void)
{
	struct tarn_hashmap *opened;

	ok(tarn_hashmap_open(arena, &opened, "new", &words, TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_hashmap_close(opened);
}

static inline int
remove_map(void)
{
	return tarn_object_remove(arena, "text");
}

static inline void
map_is_removed(void)
{
	gives(tarn_hashmap_contains(text, "text 7", 6), TARN_REMOVED);
}

static inline int
rename_map(void)
{
	return tarn_object_rename(arena, "map", "new");
}

static inline void
map_is_renamed(void)
{
	struct tarn_hashmap *opened;

	gives(tarn_hashmap_open(arena, &opened, "map", &words, TARN_OPEN, NULL), TARN_NOT_FOUND);
	size_is(map, BASE_KEYS);
}

static inline int
reserve_words(void)
{
	return tarn_hashmap_reserve(map, 5000);
}

static inline int
shrink_words(void)
{
	int code = tarn_hashmap_reserve(map, 50000);

	return code ? code : tarn_hashmap_shrink_to_fit(map);
}

static inline void
words_are_there(void)
{
	for (uint64_t i = 0; i < BASE_KEYS; i++)
		has(map, i, i);
	size_is(map, BASE_KEYS);
}

static inline int
swap_words(void)
{
	return tarn_hashmap_swap(map, other);
}

static inline void
words_are_swapped(void)
{
	has(other, BASE_KEYS - 1, BASE_KEYS - 1);
	size_is(other, BASE_KEYS);
	size_is(map, 0);
}

static inline int
copy_words(void)
{
	return tarn_hashmap_copy(other, map);
}

static inline void
words_are_copied(void)
{
	bool equal = false;

	words_are_there();
	size_is(other, BASE_KEYS);
	ok(tarn_hashmap_equal(map, other, &equal));
	ck_assert(equal);
}

static inline int
change_many(struct tarn_txn *txn, void *arg)
{
	struct tarn_hashmap *in = tarn_hashmap_in(map, txn);
	int code = tarn_hashmap_put(tarn_hashmap_in(text, txn), "text 7", 6, big, 7000);

	(void)arg;
	for (uint64_t i = 0; !code && i < MANY; i++) {
		uint64_t key = MANY_FIRST + i;

		code = tarn_hashmap_insert(in, &key, 8, &key, 8);
	}
	if (!code)
		code = tarn_hashmap_erase(in, &(uint64_t){ 5 }, 8);
	return code ? code : tarn_hashmap_put(tarn_hashmap_in(other, txn), &(uint64_t){ 5 }, 8,
					      &(uint64_t){ 5 }, 8);
}

/* Log spills, splits, a doubling, a block. */
static inline int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(map), tarn_hashmap_object(other),
					  tarn_hashmap_object(text) };

	return tarn_txn_run(arena, objects, 3, change_many, NULL);
}

static inline void
transaction_is_done(void)
{
	has(other, 5, 5);
	has(map, MANY_FIRST, MANY_FIRST);
	has(map, MANY_FIRST + MANY - 1, MANY_FIRST + MANY - 1);
	size_is(map, BASE_KEYS + MANY - 1);
	text_is(7, 7000);
}

static const struct operation operations[] = {
	{ "insert", insert_word, word_is_inserted, false, false },
	{ "replace", replace_word, word_is_replaced, false, false },
	{ "add", add_to_word, word_is_replaced, false, false },
	{ "erase", erase_word, word_is_erased, false, false },
	{ "insert a block", insert_text, text_is_inserted, true, false },
	{ "insert a run", insert_big, text_is_inserted, true, false },
	{ "replace a block", replace_text, text_is_replaced, true, false },
	{ "update", update_text, text_is_replaced, true, false },
	{ "swap a block", swap_text, text_is_replaced, true, false },
	{ "erase a block", erase_text, text_is_erased, false, false },
	{ "clear", clear_text, text_is_cleared, true, false },
	{ "put many", put_some, some_are_put, false, false },
	{ "create", create_map, map_is_created, true, false },
	{ "remove", remove_map, map_is_removed, false, false },
	{ "rename", rename_map, map_is_renamed, false, false },
	{ "transaction", run_transaction, transaction_is_done, true, false },
	{ "reserve", reserve_words, words_are_there, true, false },
	{ "shrink", shrink_words, words_are_there, true, false },
	{ "swap", swap_words, words_are_swapped, false, false },
	{ "copy", copy_words, words_are_copied, true, false },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static const struct world maps = { prepare_maps, is_as_before, close_maps, false };

#endif
