// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- every system call of every operation on ordered multimaps
 * fails once, and memory ends at every growth: see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <string.h>

#define KEYS UINT64_C(50)
#define EACH UINT64_C(40) /* entries of a key */
#define MORE UINT64_C(6000)

static const struct tarn_type numbers = { TARN_KIND_MULTIMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type strings = { TARN_KIND_MULTIMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					  NULL };

static struct tarn_multimap *map, *large, *lines;
static char big[100000];

/* ---- what there is before ---------------------------------------------------------------------- */

static int
add(struct tarn_multimap *to, uint64_t key, uint64_t value)
{
	return tarn_multimap_insert(to, &key, 8, &value, 8, NULL);
}

static void
open_maps(void)
{
	ok(tarn_multimap_open(arena, &map, "map", &numbers, TARN_CREATE, NULL));
	ok(tarn_multimap_open(arena, &large, "large", &numbers, TARN_CREATE, NULL));
	ok(tarn_multimap_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < KEYS * EACH; i++)
		ok(add(map, i % KEYS, i / KEYS));
	for (uint64_t i = 0; i < MORE; i++)
		ok(add(large, 7, i));
	ok(tarn_multimap_insert(lines, "a line", 6, "text", 4, NULL));
}

static void
close_maps(void)
{
	tarn_multimap_close(map);
	tarn_multimap_close(large);
	tarn_multimap_close(lines);
}

static void
size_is(struct tarn_multimap *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_multimap_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

/* The key's values are the numbers from 0 on, in their order. */
static void
key_has(struct tarn_multimap *in, uint64_t key, uint64_t expected)
{
	static uint64_t values[MORE + 1];
	size_t count = MORE + 1;

	ok(tarn_multimap_equal_range(in, &key, 8, values, NULL, &count));
	ck_assert_uint_eq(count, expected);
	for (uint64_t i = 0; i < count; i++)
		ck_assert_uint_eq(values[i], i);
}

/* Every key has so many, but for one. */
static void
has(struct tarn_multimap *in, uint64_t but, uint64_t of_that)
{
	size_is(in, (KEYS - 1) * EACH + of_that);
	for (uint64_t key = 0; key < KEYS; key++)
		key_has(in, key, key == but ? of_that : EACH);
}

static void
has_large(struct tarn_multimap *in)
{
	size_is(in, MORE);
	key_has(in, 7, MORE);
}

static void
is_as_before(void)
{
	struct tarn_multimap *opened;

	has(map, 0, EACH);
	has_large(large);
	size_is(lines, 1);
	gives(tarn_multimap_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world world = {
	.open = open_maps,
	.is_as_before = is_as_before,
	.close = close_maps,
};

/* ---- operations -------------------------------------------------------------------------------- */

static int
insert(void)
{
	return add(map, 3, EACH);
}

static void
is_inserted(void)
{
	has(map, 3, EACH + 1);
}

static int
insert_line(void)
{
	return tarn_multimap_insert(lines, big, sizeof(big), big, sizeof(big), NULL);
}

static void
line_is_inserted(void)
{
	uint64_t count;

	ok(tarn_multimap_count(lines, big, sizeof(big), &count));
	ck_assert_uint_eq(count, 1);
	size_is(lines, 2);
}

static int
fill_in(struct tarn_txn *txn, void *unused)
{
	struct tarn_multimap *in = tarn_multimap_in(map, txn);
	int code = 0;

	(void)unused;
	for (uint64_t i = EACH; !code && i < MORE; i++)
		code = add(in, 3, i);
	return code;
}

static int
fill(void)
{
	struct tarn_object *object = tarn_multimap_object(map);

	return tarn_txn_run(arena, &object, 1, fill_in, NULL);
}

static void
is_filled(void)
{
	has(map, 3, MORE);
}

/* In several leaves: by a transaction. */
static int
erase(void)
{
	return tarn_multimap_erase(map, &(uint64_t){ 3 }, 8, NULL);
}

static void
is_erased(void)
{
	has(map, 3, 0);
}

static int
pop(void)
{
	return tarn_multimap_pop_last(map, NULL, NULL);
}

static void
is_popped(void)
{
	has(map, KEYS - 1, EACH - 1);
}

static int
clear(void)
{
	return tarn_multimap_clear(map);
}

static void
is_cleared(void)
{
	size_is(map, 0);
	has_large(large);
}

static int
exchange(void)
{
	return tarn_multimap_swap(map, large);
}

static void
is_exchanged(void)
{
	has(large, 0, EACH);
	has_large(map);
}

static int
copy(void)
{
	return tarn_multimap_copy(map, large);
}

static void
is_copied(void)
{
	has_large(map);
	has_large(large);
}

static int
look(void)
{
	uint64_t count = 0, value;
	bool is = true;
	int code = tarn_multimap_equal(map, large, &is);

	ck_assert(code || !is);
	if (!code)
		code = tarn_multimap_get(map, &(uint64_t){ 3 }, 8, &value, 8, NULL);
	if (!code)
		code = tarn_multimap_count(map, &(uint64_t){ 3 }, 8, &count);
	ck_assert(code || count == EACH);
	return code;
}

static int
create(void)
{
	struct tarn_multimap *opened;
	int code = tarn_multimap_open(arena, &opened, "new", &numbers, TARN_CREATE, NULL);

	tarn_multimap_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_multimap *opened;

	ok(tarn_multimap_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_multimap_close(opened);
}

static const struct operation operations[] = {
	{ "insert", insert, is_inserted, false, false },
	{ "insert a long line", insert_line, line_is_inserted, true, false },
	{ "fill in a transaction", fill, is_filled, true, false },
	{ "erase", erase, is_erased, false, false },
	{ "pop", pop, is_popped, false, false },
	{ "clear", clear, is_cleared, false, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "copy", copy, is_copied, true, false },
	{ "look", look, is_as_before, false, true },
	{ "create", create, is_created, false, false },
};

static void
add_tests(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &world, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("multimap", add_tests);
}
