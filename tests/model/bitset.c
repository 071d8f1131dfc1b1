// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- a million random operations on bitsets, beside plain arrays
 *
 * The model of a bitset is an array of bool in private memory.  There are
 * two transactional ones, which are combined now and then, and an atomic
 * one.  A transaction changes both, and if it is aborted, copies of the
 * arrays come back.  A seed as an argument runs with that one.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 1000000u
#define CHECK_EVERY 20000u
#define COMPARE_EVERY 500u
#define SETS 3u /* the last is atomic */
#define MOST 5000u
#define FIRST 300u

struct array {
	uint64_t size;
	bool bits[MOST];
};

static struct tarn_arena *arena;
static struct tarn_bitset *handles[SETS];
static struct tarn_txn *txn;
static struct array arrays[SETS], before[SETS];
static uint64_t step, dice, commits, aborts;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("step %lu, line %d: %s does not hold\n", (unsigned long)step, line, claim);
	exit(1);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 7);
	return dice % below;
}

static struct tarn_bitset *
handle_of(uint64_t which)
{
	return txn ? tarn_bitset_in(handles[which], txn) : handles[which];
}

/* ---- comparing --------------------------------------------------------------------------------- */

static uint64_t
next_in(const struct array *array, uint64_t from)
{
	while (from < array->size && !array->bits[from])
		from++;
	return from;
}

static void
check_next(struct tarn_bitset *set, const struct array *array, uint64_t from)
{
	uint64_t expected = next_in(array, from), index = 0;
	int code = tarn_bitset_find_next(set, from, &index);

	must(code == (expected < array->size ? 0 : TARN_NOT_FOUND));
	must(code || index == expected);
}

static void
compare(uint64_t which)
{
	struct tarn_bitset *set = handle_of(which);
	const struct array *array = &arrays[which];
	uint64_t size, count, expected = 0;
	bool is;

	for (uint64_t i = 0; i < array->size; i++) {
		expected += array->bits[i];
		must(tarn_bitset_test(set, i, &is) == 0 && is == array->bits[i]);
	}
	must(tarn_bitset_test(set, array->size, &is) == TARN_NOT_FOUND);
	must(tarn_bitset_size(set, &size) == 0 && size == array->size);
	must(tarn_bitset_count(set, &count) == 0 && count == expected);
	must(tarn_bitset_any(set, &is) == 0 && is == (expected > 0));
	must(tarn_bitset_none(set, &is) == 0 && is == !expected);
	must(tarn_bitset_all(set, &is) == 0 && is == (expected == size));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
change_one(struct tarn_bitset *set, struct array *array, uint64_t index)
{
	int expected = index < array->size ? 0 : TARN_NOT_FOUND;
	bool *bit = &array->bits[index % MOST], was = *bit, told = was;

	switch (roll(4)) {
	case 0:
		must(tarn_bitset_set(set, index) == expected);
		*bit = expected ? was : true;
		return;
	case 1:
		must(tarn_bitset_reset(set, index) == expected);
		*bit = expected ? was : false;
		return;
	case 2:
		must(tarn_bitset_flip(set, index) == expected);
		*bit = expected ? was : !was;
		return;
	default:
		must(tarn_bitset_test_and_set(set, index, &told) == expected);
		must(told == was);
		*bit = expected ? was : true;
	}
}

static void
set_range(struct tarn_bitset *set, struct array *array, uint64_t first)
{
	uint64_t count = roll(8) ? roll(array->size + 1) : TARN_BITSET_END;
	bool value = roll(2), there;
	int code = tarn_bitset_set_range(set, first, count, value);

	if (count == TARN_BITSET_END && first <= array->size)
		count = array->size - first;
	there = first <= array->size && count <= array->size - first;
	must(code == (there ? 0 : TARN_NOT_FOUND));
	for (uint64_t i = 0; there && i < count; i++)
		array->bits[first + i] = value;
}

static void
resize(struct tarn_bitset *set, struct array *array)
{
	uint64_t size = roll(3) ? FIRST : roll(MOST);

	must(tarn_bitset_resize(set, size) == 0);
	for (uint64_t i = tarn__min(size, array->size); i < MOST; i++)
		array->bits[i] = false;
	array->size = size;
}

static void
combine(void)
{
	struct tarn_bitset *one = handle_of(0), *two = handle_of(1);
	uint64_t verb = roll(3);
	int code = verb == 0   ? tarn_bitset_and(one, two)
		   : verb == 1 ? tarn_bitset_or(one, two)
			       : tarn_bitset_xor(one, two);

	must(code == (arrays[0].size == arrays[1].size ? 0 : TARN_TYPE));
	for (uint64_t i = 0; !code && i < arrays[0].size; i++) {
		bool a = arrays[0].bits[i], b = arrays[1].bits[i];

		arrays[0].bits[i] = verb == 0 ? a && b : verb == 1 ? a || b : a != b;
	}
}

static void
random_call(uint64_t which)
{
	struct tarn_bitset *set = handle_of(which);
	struct array *array = &arrays[which];
	uint64_t index = roll(array->size + 2), what = roll(1000);

	if (what < 300)
		check_next(set, array, index);
	else if (what < 950 || which == SETS - 1)
		change_one(set, array, index);
	else if (what < 985)
		set_range(set, array, index);
	else if (what < 990)
		resize(set, array);
	else
		combine();
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[] = { tarn_bitset_object(handles[0]),
					  tarn_bitset_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, 2) == 0);
	memcpy(before, arrays, sizeof(arrays));
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		memcpy(arrays, before, sizeof(arrays));
		aborts++;
	}
	txn = NULL;
}

static void
check_whole(void)
{
	struct tarn_check_report report;

	if (txn)
		end();
	must(tarn_check(arena, NULL, &report) == 0);
	must(report.leaked_bytes == 0);
}

static void
random_step(void)
{
	uint64_t which;

	if (!txn && !roll(200))
		begin();
	else if (txn && !roll(20))
		end();
	which = roll(txn ? SETS - 1 : SETS);
	random_call(which);
	if (step % COMPARE_EVERY == 0)
		compare(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_sets(enum tarn_open_mode how)
{
	static const char *const names[SETS] = { "one", "two", "bare" };

	for (unsigned i = 0; i < SETS; i++)
		must(tarn_bitset_open(arena, &handles[i], names[i],
				      i < SETS - 1 ? TARN_TRANSACTIONAL : TARN_ATOMIC, FIRST, how,
				      NULL) == 0);
}

static void
close_sets(void)
{
	for (unsigned i = 0; i < SETS; i++)
		tarn_bitset_close(handles[i]);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4 };

	dice = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_sets(TARN_CREATE);
	for (unsigned i = 0; i < SETS; i++)
		arrays[i].size = FIRST;
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_sets();
	open_sets(TARN_OPEN);
	for (unsigned i = 0; i < SETS; i++)
		compare(i);
	close_sets();
	tarn_arena_close(arena);
	printf("%u calls, %lu commits, %lu aborts\n", STEPS, (unsigned long)commits,
	       (unsigned long)aborts);
	printf("1 passed, 0 failed\n");
	return 0;
}
