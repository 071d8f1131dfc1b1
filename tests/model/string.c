// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- a million random operations on a string, beside a plain array
 *
 * Each call's result is compared with what the array says, and every few
 * steps all of the string is.  A transaction, if it is aborted, has a copy of
 * the array come back.  There are few different bytes, so that much is found.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 500000u /* a run */
#define CHECK_EVERY 1000u
#define COMPARE_EVERY 20u
#define ROOM 400000u

static struct array {
	uint64_t size;
	char bytes[ROOM];
} array, before;

static struct tarn_arena *arena;
static struct tarn_string *handle;
static struct tarn_txn *txn;
static char made[ROOM], found[ROOM];
static uint64_t step, dice, most;
static uint64_t commits, aborts, checks;

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

static struct tarn_string *
string(void)
{
	return txn ? tarn_string_in(handle, txn) : handle;
}

/* Some bytes in `made`, mostly few, and none where there are too many already. */
static uint64_t
random_bytes(void)
{
	uint64_t room = most - tarn__min(array.size, most) + 1;
	uint64_t size = roll(30) ? roll(tarn__min(room, 40)) : roll(room);

	for (uint64_t i = 0; i < size; i++)
		made[i] = (char)(roll(4) ? 'a' : 'b' + roll(3));
	return size;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static void
compare(void)
{
	uint64_t size = 0, capacity;

	must(tarn_string_get(string(), found, ROOM, &size) == 0);
	must(size == array.size && !memcmp(found, array.bytes, size));
	must(tarn_string_capacity(string(), &capacity) == 0 && capacity >= size);
}

static void
splice(uint64_t at, uint64_t count, uint64_t size)
{
	uint64_t rest = array.size - at - count;

	must(at + size + rest <= ROOM);
	memmove(array.bytes + at + size, array.bytes + at + count, rest);
	memcpy(array.bytes + at, made, size);
	array.size = at + size + rest;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
find(void)
{
	uint64_t from = roll(array.size + 2), size = roll(12), index = 4711, expected = from;
	int code;

	if (array.size > size && roll(2))
		memcpy(made, array.bytes + roll(array.size - size), size);
	else
		size = tarn__min(size, random_bytes());
	code = tarn_string_find(string(), from, made, size, &index);
	while (expected + size <= array.size && memcmp(array.bytes + expected, made, size) != 0)
		expected++;
	must(code == (expected + size <= array.size ? 0 : TARN_NOT_FOUND));
	must(code || index == expected);
}

static void
replace(void)
{
	uint64_t at = roll(array.size + 2), count = roll(30), size = random_bytes();
	bool there = at <= array.size && count <= array.size - at;

	if (!roll(10)) {
		count = TARN_STRING_END;
		there = at <= array.size;
	}
	must(tarn_string_replace(string(), at, count, made, size) == (there ? 0 : TARN_NOT_FOUND));
	if (there)
		splice(at, count == TARN_STRING_END ? array.size - at : count, size);
}

static void
swap_all(void)
{
	uint64_t size = random_bytes();
	bool same = roll(2) && array.size;
	int code;

	memcpy(found, array.bytes, array.size);
	if (array.size)
		found[roll(array.size)] ^= !same;
	code = tarn_string_compare_and_swap(string(), found, array.size, made, size);
	must(code == (same || !array.size ? 0 : TARN_MISMATCH));
	if (!code)
		splice(0, array.size, size);
}

static void
read_some(void)
{
	uint64_t at = roll(array.size + 2), count = roll(100), got = 0;
	int code = tarn_string_read(string(), at, found, count, &got);

	must(code == (at <= array.size ? 0 : TARN_NOT_FOUND));
	must(code || got == tarn__min(count, array.size - at));
	must(!memcmp(found, array.bytes + at, got));
}

static void
append(void)
{
	uint64_t size = random_bytes();

	must(tarn_string_append(string(), made, size) == 0);
	splice(array.size, 0, size);
}

static void
rarely(void)
{
	uint64_t size;

	switch (roll(5)) {
	case 0:
		size = random_bytes();
		must(tarn_string_assign(string(), made, size) == 0);
		splice(0, array.size, size);
		break;
	case 1:
		must(tarn_string_clear(string()) == 0);
		array.size = 0;
		break;
	case 2:
		must(tarn_string_shrink_to_fit(string()) == 0);
		break;
	case 3:
		must(tarn_string_reserve(string(), array.size + roll(500)) == 0);
		break;
	default:
		must(tarn_string_swap(string(), string()) == 0);
	}
}

static void
random_call(void)
{
	uint64_t which = roll(100), at, size;

	if (which < 15) {
		read_some();
	} else if (which < 30) {
		find();
	} else if (which < 50) {
		append();
	} else if (which < 60) {
		at = roll(array.size + 1);
		size = random_bytes();
		must(tarn_string_insert(string(), at, made, size) == 0);
		splice(at, 0, size);
	} else if (which < 80) {
		at = roll(array.size + 1);
		size = roll(tarn__min(array.size - at, 60) + 1);
		must(tarn_string_erase(string(), at, size) == 0);
		splice(at, size, 0);
	} else if (which < 97) {
		replace();
	} else if (which < 99) {
		swap_all();
	} else {
		rarely();
	}
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *object = tarn_string_object(handle);

	must(tarn_txn_begin(arena, &txn, &object, 1) == 0);
	before = array;
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		array = before;
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
	compare();
	must(tarn_check(arena, NULL, &report) == 0 && report.leaked_bytes == 0);
	checks++;
}

static void
run(uint64_t seed, uint64_t bytes_most)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 26 };

	dice = seed;
	most = bytes_most;
	array.size = 0;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_string_open(arena, &handle, "s", TARN_CREATE, NULL) == 0);
	for (step = 0; step < STEPS; step++) {
		if (!txn && !roll(200))
			begin();
		else if (txn && !roll(20))
			end();
		random_call();
		if (step % COMPARE_EVERY == 0)
			compare();
		if (step % CHECK_EVERY == 0)
			check_whole();
	}
	check_whole();
	tarn_string_close(handle);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;

	run(seed, 500);
	run(seed + 1, 150000);
	printf("%u calls, %lu commits, %lu aborts, %lu checks\n", 2 * STEPS, (unsigned long)commits,
	       (unsigned long)aborts, (unsigned long)checks);
	printf("1 passed, 0 failed\n");
	return 0;
}
