// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- random operations on three hash sets, beside arrays of bits
 *
 * A key is made from its number; what a set has is an array that says of
 * each number whether it is there.  Each call's result is compared with
 * what the array says; now and then all of it is, by a cursor.
 *
 *	there[set][number]	number ---> 8 bytes, or a text
 *
 * A transaction has all three; before it the arrays are saved, for when it
 * is aborted.  A million steps, in runs that differ by their seeds, by the
 * kind of keys and by how many there are.  A seed as an argument runs that
 * one alone.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 250000u /* a run */
#define RUNS 4u
#define CHECK_EVERY 5000u
#define KEYS_MOST 8000u
#define KEY_ROOM 64u
#define SETS 3u
#define MANY 50u
#define TXN_KEYS_MOST 60u /* a transaction copies no more: its log has an end */

static const unsigned key_counts[RUNS] = { 40, 600, 3000, KEYS_MOST };

static struct tarn_arena *arena;
static struct tarn_hashset *handles[SETS];
static struct tarn_txn *txn;
static bool there[SETS][KEYS_MOST], saved[SETS][KEYS_MOST];
static bool texts;
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, combined;

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
number_of(const char *bytes, size_t size)
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

static struct tarn_hashset *
set(unsigned which)
{
	return txn ? tarn_hashset_in(handles[which], txn) : handles[which];
}

static uint64_t
count(unsigned which)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < keys; i++)
		n += there[which][i];
	return n;
}

/* ---- one key, and many ------------------------------------------------------------------------- */

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_hashset_insert(set(which), key, make_key(number, key)) ==
	     (there[which][number] ? TARN_EXISTS : 0));
	there[which][number] = true;
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_hashset_erase(set(which), key, make_key(number, key)) ==
	     (there[which][number] ? 0 : TARN_NOT_FOUND));
	there[which][number] = false;
}

static void
call_contains(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_hashset_contains(set(which), key, make_key(number, key)) ==
	     (there[which][number] ? 0 : TARN_NOT_FOUND));
}

static void
call_many(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned what = roll(3), numbers[MANY];
	int codes[MANY], code;

	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = roll(keys);
		many[i] = (struct tarn_bytes){ bytes[i], make_key(numbers[i], bytes[i]) };
	}
	if (what == 0)
		code = tarn_hashset_insert_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else if (what == 1)
		code = tarn_hashset_erase_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else
		code = tarn_hashset_contains_many(set(which), many, TARN_SEPARATE, MANY, codes);
	must(code == 0 || code == (what ? TARN_NOT_FOUND : TARN_EXISTS));
	for (unsigned i = 0; i < MANY; i++) {
		bool *is = &there[which][numbers[i]];

		must(codes[i] == (what ? *is ? 0 : TARN_NOT_FOUND : *is ? TARN_EXISTS : 0));
		*is = what == 2 ? *is : what == 0;
	}
}

/* ---- whole sets -------------------------------------------------------------------------------- */

static void
call_size(unsigned which)
{
	uint64_t size;
	bool empty;

	must(tarn_hashset_size(set(which), &size) == 0 && size == count(which));
	must(tarn_hashset_empty(set(which), &empty) == 0 && empty == !size);
}

static void
call_room(unsigned which)
{
	if (roll(2))
		must(tarn_hashset_reserve(set(which), txn ? 10 : roll(2 * keys)) == 0);
	else
		must(tarn_hashset_shrink_to_fit(set(which)) == 0);
}

static void
call_clear(unsigned which)
{
	must(tarn_hashset_clear(set(which)) == 0);
	memset(there[which], 0, sizeof(there[which]));
}

static void
call_swap(unsigned which, unsigned other)
{
	bool is;

	must(tarn_hashset_swap(set(which), set(other)) == 0);
	for (unsigned i = 0; i < keys; i++) {
		is = there[which][i];
		there[which][i] = there[other][i];
		there[other][i] = is;
	}
}

static void
call_compare(unsigned which, unsigned other)
{
	bool subset = true, same = true, is;

	for (unsigned i = 0; i < keys; i++) {
		subset &= !there[which][i] || there[other][i];
		same &= there[which][i] == there[other][i];
	}
	must(tarn_hashset_equal(set(which), set(other), &is) == 0 && is == same);
	must(tarn_hashset_is_subset(set(which), set(other), &is) == 0 && is == subset);
}

static void
call_combine(unsigned result, unsigned one, unsigned other)
{
	unsigned what = roll(4);
	int code;

	if (what == 0)
		code = tarn_hashset_union(set(result), set(one), set(other));
	else if (what == 1)
		code = tarn_hashset_intersection(set(result), set(one), set(other));
	else if (what == 2)
		code = tarn_hashset_difference(set(result), set(one), set(other));
	else
		code = tarn_hashset_copy(set(result), set(one));
	must(code == 0);
	for (unsigned i = 0; i < keys; i++) {
		bool a = there[one][i], b = there[other][i];

		there[result][i] = what == 0 ? a || b : what == 1 ? a && b : what == 2 ? a && !b : a;
	}
	combined++;
}

static void
check_set(unsigned which)
{
	static bool seen[KEYS_MOST];
	struct tarn_hashset_cursor *cursor;
	const void *key;
	size_t size;
	int code;

	memset(seen, 0, sizeof(seen));
	must(tarn_hashset_cursor_open(set(which), &cursor) == 0);
	while (!(code = tarn_hashset_cursor_next(cursor, &key, &size))) {
		unsigned number = number_of(key, size);

		must(number < keys && !seen[number]);
		seen[number] = true;
	}
	must(code == TARN_NOT_FOUND);
	tarn_hashset_cursor_close(cursor);
	must(!memcmp(seen, there[which], sizeof(seen)));
	call_size(which);
	walks++;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		memcpy(there, saved, sizeof(there));
		aborts++;
	}
	txn = NULL;
}

static void
begin(void)
{
	struct tarn_object *objects[SETS];

	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_hashset_object(handles[i]);
	memcpy(saved, there, sizeof(saved));
	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
}

/* Dear calls, each in place of a thousand others. */
static void
whole_step(unsigned which)
{
	unsigned what = roll(8), other = roll(SETS), third = roll(SETS);
	bool small = !txn || keys <= TXN_KEYS_MOST;

	if (what == 0)
		call_compare(which, other);
	else if (what == 1)
		call_swap(which, other);
	else if (what == 2)
		call_clear(which);
	else if (what == 3 && small)
		call_room(which);
	else if (small)
		call_combine(which, other, third);
}

/* Growing and shrinking in turns. */
static void
random_step(void)
{
	bool grows = step / (4 * keys) % 2 == 0;
	unsigned which = roll(SETS), what = roll(1000);

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(40))
		end();
	if (what < (keys > 1000 ? 2 : 20))
		whole_step(which);
	else if (what < 25)
		call_many(which);
	else if (what < 30)
		call_size(which);
	else if (what < 300)
		call_contains(which);
	else if (what < (grows ? 800 : 500))
		call_insert(which);
	else
		call_erase(which);
}

static void
run(unsigned seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL };
	char name[2] = "0";

	dice = seed + 1;
	keys = key_counts[seed % RUNS];
	texts = seed % 2;
	type.key = texts ? TARN_KEY_STRING : TARN_KEY_U64;
	memset(there, 0, sizeof(there));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++, name[0]++)
		must(tarn_hashset_open(arena, &handles[i], name, &type, TARN_CREATE, NULL) == 0);
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_set(roll(SETS));
	}
	if (txn)
		end();
	for (unsigned i = 0; i < SETS; i++)
		check_set(i);
	must(tarn_check(arena, NULL, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++)
		tarn_hashset_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		run((unsigned)strtoul(argv[1], NULL, 10));
	for (unsigned seed = 0; argc == 1 && seed < RUNS; seed++)
		run(seed);
	printf("%lu commits, %lu aborts, %lu walks, %lu sets made of others\n",
	       (unsigned long)commits, (unsigned long)aborts, (unsigned long)walks,
	       (unsigned long)combined);
	printf("1 passed, 0 failed\n");
	return 0;
}
