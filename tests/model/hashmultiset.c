// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- random operations on two hash multisets, beside arrays
 *
 *	times[set][number]	how often the key of that number is there
 *
 * Each call's result is compared with what the arrays say; now and then all
 * of it is, by a cursor, and the arena is checked.  A transaction has both;
 * before it the arrays are saved, for when it is aborted.  A seed as an
 * argument runs that one alone.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 150000u /* a run */
#define RUNS 3u
#define CHECK_EVERY 5000u
#define KEYS_MOST 4000u
#define KEY_ROOM 64u
#define SETS 2u
#define MANY 50u
#define COPIED_MOST 60u /* a transaction copies no more: its log has an end */

static const unsigned key_counts[RUNS] = { 20, 600, KEYS_MOST };

static struct tarn_arena *arena;
static struct tarn_hashmultiset *handles[SETS];
static struct tarn_txn *txn;
static uint64_t times[SETS][KEYS_MOST], saved[SETS][KEYS_MOST];
static bool texts;
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, copies;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("%u keys, step %lu, line %d: %s does not hold\n", keys, (unsigned long)step, line,
	       claim);
	exit(1);
}

static unsigned
roll(unsigned below)
{
	dice = tarn__hash_u64(dice, 7);
	return (unsigned)(dice % below);
}

/* ---- keys -------------------------------------------------------------------------------------- */

static size_t
make_key(unsigned number, char *bytes)
{
	uint64_t word = number * UINT64_C(0x9e3779b97f4a7c15);

	if (texts)
		return (size_t)sprintf(bytes, "%*u", (int)(number % 50 + 1), number);
	memcpy(bytes, &word, sizeof(word));
	return sizeof(word);
}

static unsigned
number_of(const void *bytes, size_t size)
{
	char text[KEY_ROOM] = "";
	uint64_t word;

	must(size < KEY_ROOM);
	memcpy(text, bytes, size);
	if (texts)
		return (unsigned)strtoul(text, NULL, 10);
	memcpy(&word, bytes, sizeof(word));
	return (unsigned)(word * UINT64_C(0xf1de83e19937733d));
}

static struct tarn_hashmultiset *
set(unsigned which)
{
	return txn ? tarn_hashmultiset_in(handles[which], txn) : handles[which];
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys), more = roll(5) ? 1 : roll(100000) + 1;
	size_t size = make_key(number, key);

	if (more == 1)
		must(tarn_hashmultiset_insert(set(which), key, size) == 0);
	else
		must(tarn_hashmultiset_add(set(which), key, size, more) == 0);
	times[which][number] += more;
}

static void
call_erase_one(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	int code = tarn_hashmultiset_erase_one(set(which), key, make_key(number, key));

	must(code == (times[which][number] ? 0 : TARN_NOT_FOUND));
	times[which][number] -= !code;
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	uint64_t erased;
	int code = tarn_hashmultiset_erase(set(which), key, make_key(number, key), &erased);

	must(code == (times[which][number] ? 0 : TARN_NOT_FOUND));
	must(erased == times[which][number]);
	times[which][number] = 0;
}

static void
call_count(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key);
	uint64_t count;

	must(tarn_hashmultiset_count(set(which), key, size, &count) == 0);
	must(count == times[which][number]);
	must(tarn_hashmultiset_contains(set(which), key, size) == (count ? 0 : TARN_NOT_FOUND));
}

static void
call_many(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned numbers[MANY], what = roll(3);
	uint64_t counts[MANY], erased, sum = 0;
	int code;

	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = roll(keys);
		many[i] = (struct tarn_bytes){ bytes[i], make_key(numbers[i], bytes[i]) };
	}
	if (what)
		must(tarn_hashmultiset_insert_many(set(which), many, TARN_SEPARATE, MANY, NULL) == 0);
	for (unsigned i = 0; what && i < MANY; i++)
		times[which][numbers[i]]++;
	must(tarn_hashmultiset_count_many(set(which), many, TARN_SEPARATE, MANY, counts, NULL) == 0);
	for (unsigned i = 0; i < MANY; i++)
		must(counts[i] == times[which][numbers[i]]);
	if (what)
		return;
	for (unsigned i = 0; i < MANY; i++) {
		sum += times[which][numbers[i]];
		times[which][numbers[i]] = 0;
	}
	code = tarn_hashmultiset_erase_many(set(which), many, TARN_SEPARATE, MANY, &erased, NULL);
	must((code == 0 || code == TARN_NOT_FOUND) && erased == sum);
}

/* ---- whole multisets --------------------------------------------------------------------------- */

static void
call_swap(void)
{
	must(tarn_hashmultiset_swap(set(0), set(1)) == 0);
	for (unsigned key = 0; key < keys; key++) {
		uint64_t was = times[0][key];

		times[0][key] = times[1][key];
		times[1][key] = was;
	}
}

static void
call_copy(unsigned which)
{
	bool equal = false;

	if (txn && keys > COPIED_MOST)
		return;
	must(tarn_hashmultiset_copy(set(which), set(which ^ 1)) == 0);
	memcpy(times[which], times[which ^ 1], sizeof(times[which]));
	must(tarn_hashmultiset_equal(set(0), set(1), &equal) == 0 && equal);
	call_insert(which);
	must(tarn_hashmultiset_equal(set(0), set(1), &equal) == 0 && !equal);
	copies++;
}

static void
call_whole(unsigned which)
{
	unsigned what = roll(20);

	if (what == 0 && !txn) {
		must(tarn_hashmultiset_clear(set(which)) == 0);
		memset(times[which], 0, sizeof(times[which]));
	} else if (what < 4) {
		call_copy(which);
	} else if (what < 10) {
		call_swap();
	} else if (what < 12 && !txn) {
		must(tarn_hashmultiset_shrink_to_fit(set(which)) == 0);
	} else if (what < 14 && !txn) {
		must(tarn_hashmultiset_reserve(set(which), roll(keys)) == 0);
	}
}

static void
check_set(unsigned which)
{
	struct tarn_hashmultiset_cursor *cursor;
	uint64_t seen = 0, sum = 0, all = 0, size, often;
	const void *key;
	size_t key_size;
	int code;

	for (unsigned i = 0; i < keys; i++) {
		all += times[which][i];
		seen -= times[which][i] != 0;
	}
	must(tarn_hashmultiset_cursor_open(set(which), &cursor) == 0);
	for (; !(code = tarn_hashmultiset_cursor_next(cursor, &key, &key_size, &often)); seen++) {
		unsigned number = number_of(key, key_size);

		must(number < keys && often == times[which][number]);
		sum += often;
	}
	tarn_hashmultiset_cursor_close(cursor);
	must(code == TARN_NOT_FOUND && seen == 0 && sum == all);
	must(tarn_hashmultiset_size(set(which), &size) == 0 && size == all);
	walks++;
}

static void
check_all(void)
{
	check_set(0);
	check_set(1);
	if (!txn)
		must(tarn_check(arena, NULL, NULL) == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[SETS] = { tarn_hashmultiset_object(handles[0]),
					      tarn_hashmultiset_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
	memcpy(saved, times, sizeof(saved));
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		memcpy(times, saved, sizeof(times));
		aborts++;
	}
	txn = NULL;
}

static void
random_step(void)
{
	unsigned which = roll(SETS), what = roll(1000);
	bool grows = step / 20000 % 2 == 0;

	if (what < 10)
		txn ? end() : begin();
	else if (what < 20)
		call_many(which);
	else if (what < 24)
		call_whole(which);
	else if (what < 200)
		call_count(which);
	else if (what < (grows ? 260 : 450))
		call_erase(which);
	else if (what < (grows ? 450 : 750))
		call_erase_one(which);
	else
		call_insert(which);
}

static void
open_all(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 29 };
	struct tarn_type type = { .kind = TARN_KIND_HASHMULTISET,
				  .key = texts ? TARN_KEY_STRING : TARN_KEY_U64 };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++)
		must(tarn_hashmultiset_open(arena, &handles[i], i ? "b" : "a", &type, TARN_CREATE,
					    NULL) == 0);
}

static void
run(uint64_t seed)
{
	dice = seed + 1;
	texts = seed % 2;
	keys = key_counts[seed / 2 % RUNS];
	memset(times, 0, sizeof(times));
	open_all();
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_all();
	}
	if (txn)
		end();
	check_all();
	for (unsigned i = 0; i < SETS; i++)
		tarn_hashmultiset_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	uint64_t last = argc > 1 ? first : 2 * RUNS - 1;

	for (uint64_t seed = first; seed <= last; seed++)
		run(seed);
	printf("%lu walks, %lu commits, %lu aborts, %lu copies\n1 passed, 0 failed\n",
	       (unsigned long)walks, (unsigned long)commits, (unsigned long)aborts,
	       (unsigned long)copies);
	return 0;
}
