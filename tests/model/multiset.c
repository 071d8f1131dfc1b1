// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- random operations on three ordered multisets, beside arrays of
 * numbers
 *
 * A key is made from its number, in whose order keys are; what a multiset has
 * is an array that says of each number how often it is there.  Each call's
 * result is compared with what the array says; now and then all of it is, by a
 * cursor there and back, and the arena is checked.
 *
 *	times[set][number]	number ---> 8 bytes, or 4, or a text
 *
 * Serials, and the order of equal keys, are what tests/model/multimap.c is
 * for.  A transaction has all three; before it the arrays are saved, for when
 * it is aborted.  A seed as an argument runs that one alone.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 30000u /* a run */
#define CHECK_EVERY 3000u
#define KEYS_MOST 600u
#define KEY_ROOM 64u
#define SETS 3u
#define MANY 40u
#define SIZE_MOST 4000u /* of a multiset; then it is made smaller */
#define TXN_SIZE_MOST 60u /* a transaction copies no more: its log has an end */

static const unsigned key_counts[] = { 3, 40, KEYS_MOST };
static const struct kind {
	enum tarn_key_kind key;
	uint32_t size;
} kinds[] = {
	{ TARN_KEY_U64, 0 }, { TARN_KEY_STRING, 0 }, { TARN_KEY_I32, 0 }, { TARN_KEY_BYTES, 3 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define COUNTS (sizeof(key_counts) / sizeof(key_counts[0]))

static struct tarn_arena *arena;
static struct tarn_multiset *handles[SETS];
static struct tarn_txn *txn;
static unsigned times[SETS][KEYS_MOST + 1], saved[SETS][KEYS_MOST + 1];
static const struct kind *kind;
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, popped;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("kind %u, %u keys, step %lu, line %d: %s does not hold\n", kind->key, keys,
	       (unsigned long)step, line, claim);
	exit(1);
}

static unsigned
roll(unsigned below)
{
	dice = tarn__hash_u64(dice, 7);
	return (unsigned)(dice % below);
}

/* ---- keys -------------------------------------------------------------------------------------- */

/* Ascending with their numbers; of two texts one begins the other, with a zero behind. */
static size_t
make_key(unsigned number, char *bytes)
{
	uint64_t word = number * UINT64_C(0x1e3779b97f4a7);
	int32_t half = ((int32_t)number - (int32_t)keys / 2) * 99991;
	size_t size;

	switch (kind->key) {
	case TARN_KEY_U64:
		memcpy(bytes, &word, sizeof(word));
		return sizeof(word);
	case TARN_KEY_I32:
		memcpy(bytes, &half, sizeof(half));
		return sizeof(half);
	case TARN_KEY_BYTES:
		return (size_t)sprintf(bytes, "%03u", number);
	default:
		size = (size_t)sprintf(bytes, "text %03u", number / 2);
		bytes[size] = '\0';
		return size + number % 2;
	}
}

static bool
is_key(unsigned number, const void *bytes, size_t size)
{
	char key[KEY_ROOM];

	return make_key(number, key) == size && !memcmp(key, bytes, size);
}

static struct tarn_multiset *
set(unsigned which)
{
	return txn ? tarn_multiset_in(handles[which], txn) : handles[which];
}

static uint64_t
size_of(unsigned which)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < keys; i++)
		n += times[which][i];
	return n;
}

/* The first from there on; keys: there is none. */
static unsigned
next_there(unsigned which, unsigned from)
{
	while (from < keys && !times[which][from])
		from++;
	return from;
}

/* The last below; keys: there is none. */
static unsigned
last_there(unsigned which, unsigned below)
{
	while (below && !times[which][below - 1])
		below--;
	return below ? below - 1 : keys;
}

/* ---- one key, and many ------------------------------------------------------------------------- */

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_multiset_insert(set(which), key, make_key(number, key), NULL) == 0);
	times[which][number]++;
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	uint64_t erased;

	must(tarn_multiset_erase(set(which), key, make_key(number, key), &erased) ==
	     (times[which][number] ? 0 : TARN_NOT_FOUND));
	must(erased == times[which][number]);
	times[which][number] = 0;
}

/* One of those that the key has: which one does not matter here. */
static void
call_erase_entry(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key), count = MANY;
	uint64_t serials[MANY], serial;

	must(tarn_multiset_equal_range(set(which), key, size, serials, &count) == 0);
	must(count == (times[which][number] < MANY ? times[which][number] : MANY));
	if (!count)
		return;
	serial = serials[roll((unsigned)count)];
	must(tarn_multiset_contains_entry(set(which), key, size, serial) == 0);
	must(tarn_multiset_erase_entry(set(which), key, size, serial) == 0);
	must(tarn_multiset_contains_entry(set(which), key, size, serial) == TARN_NOT_FOUND);
	times[which][number]--;
}

static void
call_count(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key);
	uint64_t count;

	must(tarn_multiset_count(set(which), key, size, &count) == 0 && count == times[which][number]);
	must(tarn_multiset_contains(set(which), key, size) == (count ? 0 : TARN_NOT_FOUND));
}

static void
call_many(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned what = roll(3), numbers[MANY];
	uint64_t counts[MANY];
	int codes[MANY], code;

	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = roll(keys);
		many[i] = (struct tarn_bytes){ bytes[i], make_key(numbers[i], bytes[i]) };
	}
	if (what == 0)
		code = tarn_multiset_insert_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else if (what == 1)
		code = tarn_multiset_erase_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else
		code = tarn_multiset_count_many(set(which), many, TARN_SEPARATE, MANY, counts, codes);
	must(code == 0 || (what == 1 && code == TARN_NOT_FOUND));
	for (unsigned i = 0; i < MANY; i++) {
		unsigned *is = &times[which][numbers[i]];

		must(codes[i] == (what == 1 && !*is ? TARN_NOT_FOUND : 0));
		must(what != 2 || counts[i] == *is);
		*is = what == 0 ? *is + 1 : what == 1 ? 0 : *is;
	}
}

static void
call_load(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned number = roll(keys), count = 0;

	for (; count < MANY && number < keys; count++, number += roll(3)) {
		many[count] = (struct tarn_bytes){ bytes[count], make_key(number, bytes[count]) };
		times[which][number]++;
	}
	must(tarn_multiset_load(set(which), many, TARN_SEPARATE, count) == 0);
}

/* ---- in their order ---------------------------------------------------------------------------- */

static struct tarn_bytes found;

static struct tarn_bytes *
room(void)
{
	static char bytes[KEY_ROOM];

	found = (struct tarn_bytes){ bytes, KEY_ROOM };
	return &found;
}

static void
check_found(int code, unsigned number)
{
	must(code == (number < keys ? 0 : TARN_NOT_FOUND));
	must(code || is_key(number, found.data, found.size));
}

static void
call_bounds(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key);

	check_found(tarn_multiset_lower_bound(set(which), key, size, room()), next_there(which, number));
	check_found(tarn_multiset_upper_bound(set(which), key, size, room()),
		    next_there(which, number + 1));
	check_found(tarn_multiset_first(set(which), room()), next_there(which, 0));
	check_found(tarn_multiset_last(set(which), room()), last_there(which, keys));
}

static void
call_pop(unsigned which)
{
	bool first = roll(2);
	unsigned number = first ? next_there(which, 0) : last_there(which, keys);

	if (first)
		check_found(tarn_multiset_pop_first(set(which), room()), number);
	else
		check_found(tarn_multiset_pop_last(set(which), room()), number);
	if (number < keys)
		times[which][number]--;
	popped++;
}

static void
call_range(unsigned which)
{
	char from[KEY_ROOM], to[KEY_ROOM];
	unsigned first = roll(keys), last = first + roll(10);
	size_t from_size = make_key(first, from), to_size = make_key(last, to);
	uint64_t erased, expected = 0;

	if (last > keys)
		last = keys;
	for (unsigned i = first; i < last; i++) {
		expected += times[which][i];
		times[which][i] = 0;
	}
	must(tarn_multiset_erase_range(set(which), first ? from : NULL, from_size,
				       last < keys ? to : NULL, to_size, &erased) == 0);
	must(erased == expected);
}

static void
call_scan(unsigned which)
{
	char from[KEY_ROOM], got[MANY * 8];
	unsigned number = roll(keys), left = times[which][number];
	size_t size = make_key(number, from), count = roll(MANY) + 1, wanted = count;
	int code = tarn_multiset_scan(set(which), from, size, got, &count);

	must(code == (kind->key == TARN_KEY_STRING ? TARN_TYPE : 0));
	for (size_t i = 0; !code && i < count; i++, left--) {
		for (; !left; left = times[which][number])
			must(++number < keys);
		must(is_key(number, got + i * size, size));
	}
	must(code || count == wanted || (!left && next_there(which, number + 1) == keys));
}

/* ---- whole multisets --------------------------------------------------------------------------- */

static void
call_size(unsigned which)
{
	uint64_t size;
	bool empty;

	must(tarn_multiset_size(set(which), &size) == 0 && size == size_of(which));
	must(tarn_multiset_empty(set(which), &empty) == 0 && empty == !size);
}

static void
call_clear(unsigned which)
{
	must(tarn_multiset_clear(set(which)) == 0);
	memset(times[which], 0, sizeof(times[which]));
}

static void
call_swap(unsigned which, unsigned other)
{
	unsigned was[KEYS_MOST + 1];

	must(tarn_multiset_swap(set(which), set(other)) == 0);
	memcpy(was, times[which], sizeof(was));
	memcpy(times[which], times[other], sizeof(was));
	memcpy(times[other], was, sizeof(was));
}

static void
call_compare(unsigned which, unsigned other)
{
	bool is;

	must(tarn_multiset_equal(set(which), set(other), &is) == 0);
	must(is == !memcmp(times[which], times[other], sizeof(times[which])));
}

static void
call_copy(unsigned which, unsigned from)
{
	must(tarn_multiset_copy(set(which), set(from)) == 0);
	memmove(times[which], times[from], sizeof(times[which]));
	call_compare(which, from);
}

static void
check_set(unsigned which)
{
	struct tarn_multiset_cursor *cursor;
	struct tarn_multiset_entry entry;

	must(tarn_multiset_cursor_open(set(which), &cursor) == 0);
	for (unsigned number = 0; number < keys; number++) {
		for (unsigned i = 0; i < times[which][number]; i++) {
			must(tarn_multiset_cursor_next(cursor, &entry) == 0);
			must(is_key(number, entry.key, entry.key_size));
		}
	}
	must(tarn_multiset_cursor_next(cursor, &entry) == TARN_NOT_FOUND);
	for (unsigned number = keys; number--;) {
		for (unsigned i = 0; i < times[which][number]; i++) {
			must(tarn_multiset_cursor_prev(cursor, &entry) == 0);
			must(is_key(number, entry.key, entry.key_size));
		}
	}
	must(tarn_multiset_cursor_prev(cursor, &entry) == TARN_NOT_FOUND);
	tarn_multiset_cursor_close(cursor);
	call_size(which);
	if (!txn)
		must(tarn_check(arena, NULL, NULL) == 0);
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
		memcpy(times, saved, sizeof(times));
		aborts++;
	}
	txn = NULL;
}

static void
begin(void)
{
	struct tarn_object *objects[SETS];

	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_multiset_object(handles[i]);
	memcpy(saved, times, sizeof(saved));
	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
}

/* Dear calls, each in place of a thousand others. */
static void
whole_step(unsigned which)
{
	unsigned what = roll(5), other = roll(SETS);

	if (what == 0)
		call_compare(which, other);
	else if (what == 1)
		call_swap(which, other);
	else if (what == 2)
		call_clear(which);
	else if (!txn || size_of(other) <= TXN_SIZE_MOST)
		call_copy(which, other);
}

/* Growing and shrinking in turns. */
static void
random_step(void)
{
	bool grows = step / 4000 % 2 == 0;
	unsigned which = roll(SETS), what = roll(1000);

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(40))
		end();
	if (what < 10 || size_of(which) > SIZE_MOST)
		whole_step(which);
	else if (what < 25)
		call_many(which);
	else if (what < 30)
		call_size(which);
	else if (what < 60)
		call_bounds(which);
	else if (what < 80)
		call_pop(which);
	else if (what < 85)
		call_range(which);
	else if (what < 95)
		call_scan(which);
	else if (what < 105)
		call_load(which);
	else if (what < 250)
		call_count(which);
	else if (what < (grows ? 850 : 550))
		call_insert(which);
	else if (what < 980)
		call_erase_entry(which);
	else
		call_erase(which);
}

static void
run(unsigned seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { .kind = TARN_KIND_MULTISET };
	char name[2] = "0";

	dice = seed + 1;
	keys = key_counts[seed / KINDS % COUNTS];
	kind = &kinds[seed % KINDS];
	type.key = kind->key;
	type.key_size = kind->size;
	memset(times, 0, sizeof(times));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++, name[0]++)
		must(tarn_multiset_open(arena, &handles[i], name, &type, TARN_CREATE, NULL) == 0);
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_set(roll(SETS));
	}
	if (txn)
		end();
	for (unsigned i = 0; i < SETS; i++)
		check_set(i);
	for (unsigned i = 0; i < SETS; i++)
		tarn_multiset_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		run((unsigned)strtoul(argv[1], NULL, 10));
	for (unsigned seed = 0; argc == 1 && seed < KINDS * COUNTS; seed++)
		run(seed);
	printf("%lu commits, %lu aborts, %lu walks, %lu pops\n", (unsigned long)commits,
	       (unsigned long)aborts, (unsigned long)walks, (unsigned long)popped);
	printf("1 passed, 0 failed\n");
	return 0;
}
