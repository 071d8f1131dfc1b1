// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- every system call of every operation on ordered sets fails once,
 * and memory ends at every growth: see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <stdio.h>
#include <string.h>

#define BASE UINT64_C(2000) /* keys of the one */
#define LINES 100u	    /* of the other */
#define MORE UINT64_C(8000)

static const struct tarn_type numbers = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type strings = { TARN_KIND_SET, TARN_KEY_STRING, 0, NULL };

static struct tarn_set *set, *evens, *lines;
static char big[100000];

/* ---- what there is before ---------------------------------------------------------------------- */

static size_t
line_key(unsigned i, char *key)
{
	return (size_t)sprintf(key, "a beginning in common %03u", i);
}

static void
open_sets(void)
{
	char key[40];

	ok(tarn_set_open(arena, &set, "set", &numbers, TARN_CREATE, NULL));
	ok(tarn_set_open(arena, &evens, "evens", &numbers, TARN_CREATE, NULL));
	ok(tarn_set_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < BASE; i++)
		ok(tarn_set_insert(set, &i, 8));
	for (uint64_t i = 0; i < MORE; i += 2)
		ok(tarn_set_insert(evens, &i, 8));
	for (unsigned i = 0; i < LINES; i++)
		ok(tarn_set_insert(lines, key, line_key(i, key)));
}

static void
close_sets(void)
{
	tarn_set_close(set);
	tarn_set_close(evens);
	tarn_set_close(lines);
}

static void
size_is(struct tarn_set *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_set_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

/* These and no others. */
static void
has(struct tarn_set *in, uint64_t first, uint64_t count, uint64_t step)
{
	size_is(in, count);
	for (uint64_t i = 0; i < count; i++)
		ok(tarn_set_contains(in, &(uint64_t){ first + i * step }, 8));
}

static void
has_lines(void)
{
	char key[40];

	size_is(lines, LINES);
	for (unsigned i = 0; i < LINES; i++)
		ok(tarn_set_contains(lines, key, line_key(i, key)));
}

static void
is_as_before(void)
{
	struct tarn_set *opened;

	has(set, 0, BASE, 1);
	has(evens, 0, MORE / 2, 2);
	has_lines();
	gives(tarn_set_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world world = {
	.open = open_sets,
	.is_as_before = is_as_before,
	.close = close_sets,
};

/* ---- operations -------------------------------------------------------------------------------- */

static int
insert(void)
{
	return tarn_set_insert(set, &(uint64_t){ BASE }, 8);
}

static void
is_inserted(void)
{
	has(set, 0, BASE + 1, 1);
}

static int
insert_line(void)
{
	return tarn_set_insert(lines, big, sizeof(big));
}

static void
line_is_inserted(void)
{
	ok(tarn_set_contains(lines, big, sizeof(big)));
	size_is(lines, LINES + 1);
}

static int
fill_in(struct tarn_txn *txn, void *unused)
{
	struct tarn_set *in = tarn_set_in(set, txn);
	int code = 0;

	(void)unused;
	for (uint64_t i = BASE; !code && i < MORE; i++)
		code = tarn_set_insert(in, &i, 8);
	return code;
}

static int
fill(void)
{
	struct tarn_object *object = tarn_set_object(set);

	return tarn_txn_run(arena, &object, 1, fill_in, NULL);
}

static void
is_filled(void)
{
	has(set, 0, MORE, 1);
}

static int
pop(void)
{
	return tarn_set_pop_last(set, NULL);
}

static void
is_popped(void)
{
	has(set, 0, BASE - 1, 1);
}

static int
clear(void)
{
	return tarn_set_clear(set);
}

static void
is_cleared(void)
{
	size_is(set, 0);
	has_lines();
}

static int
exchange(void)
{
	return tarn_set_swap(set, evens);
}

static void
is_exchanged(void)
{
	has(evens, 0, BASE, 1);
	has(set, 0, MORE / 2, 2);
}

static int
copy(void)
{
	return tarn_set_copy(set, evens);
}

static void
is_copied(void)
{
	has(set, 0, MORE / 2, 2);
	has(evens, 0, MORE / 2, 2);
}

static int
unite(void)
{
	return tarn_set_union(evens, set, evens);
}

static void
is_united(void)
{
	has(set, 0, BASE, 1);
	size_is(evens, BASE + (MORE - BASE) / 2);
}

static int
look(void)
{
	bool is = true;
	int code = tarn_set_is_subset(set, evens, &is);

	ck_assert(code || !is);
	return code;
}

static int
create(void)
{
	struct tarn_set *opened;
	int code = tarn_set_open(arena, &opened, "new", &numbers, TARN_CREATE, NULL);

	tarn_set_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_set *opened;

	ok(tarn_set_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_set_close(opened);
}

static const struct operation operations[] = {
	{ "insert", insert, is_inserted, false, false },
	{ "insert a long line", insert_line, line_is_inserted, true, false },
	{ "fill in a transaction", fill, is_filled, true, false },
	{ "pop", pop, is_popped, false, false },
	{ "clear", clear, is_cleared, false, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "copy", copy, is_copied, true, false },
	{ "union", unite, is_united, true, false },
	{ "look", look, is_as_before, false, true },
	{ "create", create, is_created, false, false },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &world, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("set", add);
}
