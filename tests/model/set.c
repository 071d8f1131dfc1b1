// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- random operations on three ordered sets, beside arrays of bits
 *
 * A key is made from its number, in whose order keys are; what a set has is
 * an array that says of each number whether it is there.  Each call's result
 * is compared with what the array says; now and then all of it is, by a
 * cursor there and back, and the arena is checked.
 *
 *	there[set][number]	number ---> 8 bytes, or 4, or a text
 *
 * A transaction has all three; before it the arrays are saved, for when it
 * is aborted.  Runs differ by their seeds, by the kind of keys and by how
 * many there are.  A seed as an argument runs that one alone.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 60000u /* a run */
#define CHECK_EVERY 5000u
#define KEYS_MOST 8000u
#define KEY_ROOM 64u
#define SETS 3u
#define MANY 50u
#define TXN_KEYS_MOST 60u /* a transaction copies no more: its log has an end */

static const unsigned key_counts[] = { 40, 600, 3000, KEYS_MOST };
/* Bytes of one size: 5 are words, 12 are not. */
static const struct kind {
	enum tarn_key_kind key;
	uint32_t size;
} kinds[] = {
	{ TARN_KEY_U64, 0 }, { TARN_KEY_STRING, 0 }, { TARN_KEY_I64, 0 },   { TARN_KEY_BYTES, 0 },
	{ TARN_KEY_F64, 0 }, { TARN_KEY_U32, 0 },    { TARN_KEY_I32, 0 },   { TARN_KEY_BYTES, 5 },
	{ TARN_KEY_BYTES, 12 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define COUNTS (sizeof(key_counts) / sizeof(key_counts[0]))

static struct tarn_arena *arena;
static struct tarn_set *handles[SETS];
static struct tarn_txn *txn;
static bool there[SETS][KEYS_MOST], saved[SETS][KEYS_MOST];
static const struct kind *kind;
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, combined, popped;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("kind %u, %u keys, step %lu, line %d: %s does not hold\n", kind->key, keys, (unsigned long)step, line,
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

/* Texts have much in common, and some end in zeros. */
static size_t
make_text(unsigned number, char *bytes)
{
	size_t size = (size_t)sprintf(bytes, "a beginning in common %05u", number);

	for (unsigned i = 0; i < number % 5; i++)
		bytes[size++] = '\0';
	return size;
}

static size_t
put_bytes(char *bytes, const void *from, size_t size)
{
	memcpy(bytes, from, size);
	return size;
}

/* Ascending with their numbers; half of those that may be negative are. */
static size_t
make_key(unsigned number, char *bytes)
{
	int64_t middle = (int64_t)number - (int64_t)keys / 2;

	if (kind->size)
		return (size_t)sprintf(bytes, "%0*u", (int)kind->size, number);
	switch (kind->key) {
	case TARN_KEY_U64:
		return put_bytes(bytes, &(uint64_t){ number * UINT64_C(0x1e3779b97f4a7) }, 8);
	case TARN_KEY_I64:
		return put_bytes(bytes, &(int64_t){ middle * INT64_C(0x1e3779b97f4a7) }, 8);
	case TARN_KEY_F64:
		return put_bytes(bytes, &(double){ (double)middle * 1e-3 + 0.0 }, 8);
	case TARN_KEY_U32:
		return put_bytes(bytes, &(uint32_t){ number * UINT32_C(0x4ffff) }, 4);
	case TARN_KEY_I32:
		return put_bytes(bytes, &(int32_t){ (int32_t)middle * 99991 }, 4);
	default:
		return make_text(number, bytes);
	}
}

static bool
is_key(unsigned number, const void *bytes, size_t size)
{
	char key[KEY_ROOM];

	return make_key(number, key) == size && !memcmp(key, bytes, size);
}

static struct tarn_set *
set(unsigned which)
{
	return txn ? tarn_set_in(handles[which], txn) : handles[which];
}

static uint64_t
count(unsigned which)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < keys; i++)
		n += there[which][i];
	return n;
}

/* The first from there on; keys: there is none. */
static unsigned
next_there(unsigned which, unsigned from)
{
	while (from < keys && !there[which][from])
		from++;
	return from;
}

/* The last below; keys: there is none. */
static unsigned
last_there(unsigned which, unsigned below)
{
	while (below && !there[which][below - 1])
		below--;
	return below ? below - 1 : keys;
}

/* ---- one key, and many ------------------------------------------------------------------------- */

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_set_insert(set(which), key, make_key(number, key)) ==
	     (there[which][number] ? TARN_EXISTS : 0));
	there[which][number] = true;
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_set_erase(set(which), key, make_key(number, key)) ==
	     (there[which][number] ? 0 : TARN_NOT_FOUND));
	there[which][number] = false;
}

static void
call_contains(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);

	must(tarn_set_contains(set(which), key, make_key(number, key)) ==
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
		code = tarn_set_insert_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else if (what == 1)
		code = tarn_set_erase_many(set(which), many, TARN_SEPARATE, MANY, codes);
	else
		code = tarn_set_contains_many(set(which), many, TARN_SEPARATE, MANY, codes);
	must(code == 0 || code == (what ? TARN_NOT_FOUND : TARN_EXISTS));
	for (unsigned i = 0; i < MANY; i++) {
		bool *is = &there[which][numbers[i]];

		must(codes[i] == (what ? *is ? 0 : TARN_NOT_FOUND : *is ? TARN_EXISTS : 0));
		*is = what == 2 ? *is : what == 0;
	}
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

	check_found(tarn_set_lower_bound(set(which), key, size, room()), next_there(which, number));
	check_found(tarn_set_upper_bound(set(which), key, size, room()), next_there(which, number + 1));
	check_found(tarn_set_first(set(which), room()), next_there(which, 0));
	check_found(tarn_set_last(set(which), room()), last_there(which, keys));
}

static void
call_pop(unsigned which)
{
	bool first = roll(2);
	unsigned number = first ? next_there(which, 0) : last_there(which, keys);

	if (first)
		check_found(tarn_set_pop_first(set(which), room()), number);
	else
		check_found(tarn_set_pop_last(set(which), room()), number);
	if (number < keys)
		there[which][number] = false;
	popped++;
}

static void
call_range(unsigned which)
{
	char from[KEY_ROOM], to[KEY_ROOM];
	unsigned first = roll(keys), last = first + roll(roll(8) ? 20 : keys);
	size_t from_size = make_key(first, from), to_size = make_key(last, to);
	uint64_t counted, erased, expected = 0;

	if (last > keys)
		last = keys;
	for (unsigned i = first; i < last; i++)
		expected += there[which][i];
	memset(&there[which][first], 0, last - first);
	must(tarn_set_count(set(which), first ? from : NULL, from_size, last < keys ? to : NULL,
			    to_size, &counted) == 0);
	must(tarn_set_erase_range(set(which), first ? from : NULL, from_size, last < keys ? to : NULL,
				  to_size, &erased) == 0);
	must(counted == expected && erased == expected);
}

static void
call_scan(unsigned which)
{
	char from[KEY_ROOM], got[MANY * 12];
	unsigned number = roll(keys);
	size_t size = make_key(number, from), count = roll(MANY) + 1, wanted = count;
	int code = tarn_set_scan(set(which), from, size, got, &count);
	bool sizes_differ = !kind->size && (kind->key == TARN_KEY_STRING || kind->key == TARN_KEY_BYTES);

	must(code == (sizes_differ ? TARN_TYPE : 0));
	for (size_t i = 0; !code && i < count; i++, number++) {
		number = next_there(which, number);
		must(number < keys && is_key(number, got + i * size, size));
	}
	must(code || count == wanted || next_there(which, number) == keys);
}

/* A cursor that goes to and fro. */
static void
call_wander(unsigned which)
{
	char from[KEY_ROOM];
	unsigned gap = roll(keys), next; /* before this one */
	struct tarn_set_cursor *cursor;
	const void *key;
	size_t size;
	int code;

	must(tarn_set_cursor_open(set(which), &cursor) == 0);
	must(tarn_set_cursor_seek(cursor, from, make_key(gap, from)) == 0);
	for (unsigned i = 0, steps = roll(60); i < steps; i++) {
		bool on = roll(3) != 0;

		code = on ? tarn_set_cursor_next(cursor, &key, &size)
			  : tarn_set_cursor_prev(cursor, &key, &size);
		next = on ? next_there(which, gap) : last_there(which, gap);
		must(code == (next < keys ? 0 : TARN_NOT_FOUND));
		must(code || is_key(next, key, size));
		if (!code)
			gap = next + on;
	}
	tarn_set_cursor_close(cursor);
}

static void
call_load(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned number = roll(keys), count = 0;

	for (; count < MANY && number < keys; count++, number += roll(4) + 1) {
		many[count] = (struct tarn_bytes){ bytes[count], make_key(number, bytes[count]) };
		there[which][number] = true;
	}
	must(tarn_set_load(set(which), many, TARN_SEPARATE, count) == 0);
	many[MANY - 1] = many[0];
	must(tarn_set_load(set(which), many + MANY - 1, TARN_SEPARATE, 1) == 0);
}

/* ---- whole sets -------------------------------------------------------------------------------- */

static void
call_size(unsigned which)
{
	uint64_t size;
	bool empty;

	must(tarn_set_size(set(which), &size) == 0 && size == count(which));
	must(tarn_set_empty(set(which), &empty) == 0 && empty == !size);
}

static void
call_clear(unsigned which)
{
	must(tarn_set_clear(set(which)) == 0);
	memset(there[which], 0, sizeof(there[which]));
}

static void
call_swap(unsigned which, unsigned other)
{
	bool is;

	must(tarn_set_swap(set(which), set(other)) == 0);
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
	must(tarn_set_equal(set(which), set(other), &is) == 0 && is == same);
	must(tarn_set_is_subset(set(which), set(other), &is) == 0 && is == subset);
}

static void
call_combine(unsigned result, unsigned one, unsigned other)
{
	unsigned what = roll(4);
	int code;

	if (what == 0)
		code = tarn_set_union(set(result), set(one), set(other));
	else if (what == 1)
		code = tarn_set_intersection(set(result), set(one), set(other));
	else if (what == 2)
		code = tarn_set_difference(set(result), set(one), set(other));
	else
		code = tarn_set_copy(set(result), set(one));
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
	struct tarn_set_cursor *cursor;
	unsigned number = 0;
	const void *key;
	size_t size;
	int code;

	must(tarn_set_cursor_open(set(which), &cursor) == 0);
	for (; !(code = tarn_set_cursor_next(cursor, &key, &size)); number++) {
		number = next_there(which, number);
		must(number < keys && is_key(number, key, size));
	}
	must(code == TARN_NOT_FOUND && next_there(which, number) == keys);
	for (number = keys; !(code = tarn_set_cursor_prev(cursor, &key, &size));) {
		number = last_there(which, number);
		must(number < keys && is_key(number, key, size));
	}
	must(code == TARN_NOT_FOUND && last_there(which, number) == keys);
	tarn_set_cursor_close(cursor);
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
		objects[i] = tarn_set_object(handles[i]);
	memcpy(saved, there, sizeof(saved));
	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
}

/* Dear calls, each in place of a thousand others. */
static void
whole_step(unsigned which)
{
	unsigned what = roll(7), other = roll(SETS), third = roll(SETS);
	bool small = !txn || keys <= TXN_KEYS_MOST;

	if (what == 0)
		call_compare(which, other);
	else if (what == 1)
		call_swap(which, other);
	else if (what == 2)
		call_clear(which);
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
	else if (what < 60)
		call_bounds(which);
	else if (what < 80)
		call_pop(which);
	else if (what < 85)
		call_range(which);
	else if (what < 95)
		call_scan(which);
	else if (what < 105)
		call_wander(which);
	else if (what < 110)
		call_load(which);
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
	struct tarn_type type = { .kind = TARN_KIND_SET };
	char name[2] = "0";

	dice = seed + 1;
	keys = key_counts[seed / KINDS % COUNTS];
	kind = &kinds[seed % KINDS];
	type.key = kind->key;
	type.key_size = kind->size;
	memset(there, 0, sizeof(there));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++, name[0]++)
		must(tarn_set_open(arena, &handles[i], name, &type, TARN_CREATE, NULL) == 0);
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
		tarn_set_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		run((unsigned)strtoul(argv[1], NULL, 10));
	for (unsigned seed = 0; argc == 1 && seed < KINDS * COUNTS; seed++)
		run(seed);
	printf("%lu commits, %lu aborts, %lu walks, %lu pops, %lu sets made of others\n",
	       (unsigned long)commits, (unsigned long)aborts, (unsigned long)walks,
	       (unsigned long)popped, (unsigned long)combined);
	printf("1 passed, 0 failed\n");
	return 0;
}
