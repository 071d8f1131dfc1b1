// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- random operations on two hash multimaps, beside arrays
 *
 * Of each key the model has the numbers of its values, in their order; a
 * value is made from its number, and numbers below 8 come again and again:
 *
 *	lists[map][key]		5  1  1  700234
 *
 * Each call's result is compared with what the arrays say; now and then all
 * of it is, by a cursor, and the arena is checked.  Some keys are added to
 * far more often than others.  A transaction has both; before it the arrays
 * are saved, for when it is aborted.  A seed as an argument runs that one
 * alone, for all layouts.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 60000u
#define CHECK_EVERY 2000u
#define KEYS_MOST 2000u
#define KEY_ROOM 64u
#define VALUE_MOST 3000u
#define MAPS 2u
#define MANY 30u
#define COPIED_MOST 60u /* values: a transaction copies no more, its log has an end */

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t value_size;
};

static const struct layout layouts[] = {
	{ "u64 -> word", TARN_KEY_U64, 8 },
	{ "u64 -> bytes", TARN_KEY_U64, TARN_VALUE_BYTES },
	{ "string -> 20 bytes", TARN_KEY_STRING, 20 },
	{ "string -> bytes", TARN_KEY_STRING, TARN_VALUE_BYTES },
};

static const unsigned key_counts[] = { 5, 200, KEYS_MOST };

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))
#define RUNS (sizeof(key_counts) / sizeof(key_counts[0]))

struct list {
	uint32_t *numbers;
	size_t count, room;
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_hashmultimap *handles[MAPS];
static struct tarn_txn *txn;
static struct list lists[MAPS][KEYS_MOST], saved[MAPS][KEYS_MOST];
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, wholes;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("%s, %u keys, step %lu, line %d: %s does not hold\n", layout->name, keys,
	       (unsigned long)step, line, claim);
	exit(1);
}

static unsigned
roll(unsigned below)
{
	dice = tarn__hash_u64(dice, 7);
	return (unsigned)(dice % below);
}

/* ---- keys and values --------------------------------------------------------------------------- */

static size_t
make_key(unsigned number, char *bytes)
{
	uint64_t word = number * UINT64_C(0x9e3779b97f4a7c15);

	if (layout->key == TARN_KEY_STRING)
		return (size_t)sprintf(bytes, "%*u", (int)(number % 50 + 1), number);
	memcpy(bytes, &word, sizeof(word));
	return sizeof(word);
}

static unsigned
key_number(const void *bytes, size_t size)
{
	char text[KEY_ROOM] = "";
	uint64_t word;

	must(size < KEY_ROOM);
	memcpy(text, bytes, size);
	if (layout->key == TARN_KEY_STRING)
		return (unsigned)strtoul(text, NULL, 10);
	memcpy(&word, bytes, sizeof(word));
	return (unsigned)(word * UINT64_C(0xf1de83e19937733d));
}

static size_t
make_value(uint32_t number, char *bytes)
{
	size_t size = layout->value_size;

	if (layout->value_size == TARN_VALUE_BYTES)
		size = number % 50 ? number % 40 : number % VALUE_MOST;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(number >> i % 4 * 8);
	return size;
}

static bool
is_value(uint32_t number, const void *value, size_t size)
{
	static char expected[VALUE_MOST];

	return make_value(number, expected) == size && !memcmp(expected, value, size);
}

/* The first few numbers come again and again; the first few keys have most of the values. */
static uint32_t
new_number(void)
{
	return roll(3) ? roll(8) : roll(UINT32_MAX);
}

static unsigned
some_key(void)
{
	return roll(2) ? roll(keys) : roll(keys < 4 ? keys : 4);
}

static struct tarn_hashmultimap *
map(unsigned which)
{
	return txn ? tarn_hashmultimap_in(handles[which], txn) : handles[which];
}

/* ---- the model --------------------------------------------------------------------------------- */

static void
append(struct list *list, uint32_t number)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 4;
		list->numbers = realloc(list->numbers, list->room * sizeof(number));
		must(list->numbers != NULL);
	}
	list->numbers[list->count++] = number;
}

static void
assign(struct list *to, const struct list *from)
{
	to->count = 0;
	for (size_t i = 0; i < from->count; i++)
		append(to, from->numbers[i]);
}

/* The first with that value, which another number may have too; the count: none. */
static size_t
find(const struct list *list, const void *value, size_t size)
{
	size_t i = 0;

	while (i < list->count && !is_value(list->numbers[i], value, size))
		i++;
	return i;
}

static uint64_t
model_size(unsigned which)
{
	uint64_t size = 0;

	for (unsigned key = 0; key < keys; key++)
		size += lists[which][key].count;
	return size;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static char value[VALUE_MOST];

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = some_key();
	uint32_t new = new_number();
	size_t size = make_value(new, value);

	must(tarn_hashmultimap_insert(map(which), key, make_key(number, key), value, size) == 0);
	append(&lists[which][number], new);
}

static void
call_erase_one(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = some_key();
	struct list *list = &lists[which][number];
	uint32_t old = list->count && roll(4) ? list->numbers[roll((unsigned)list->count)] : new_number();
	size_t size = make_value(old, value), at = find(list, value, size);
	int code = tarn_hashmultimap_erase_one(map(which), key, make_key(number, key), value, size);

	must(code == (at < list->count ? 0 : TARN_NOT_FOUND));
	if (code)
		return;
	memmove(&list->numbers[at], &list->numbers[at + 1], (list->count - at - 1) * sizeof(old));
	list->count--;
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	uint64_t erased;
	int code = tarn_hashmultimap_erase(map(which), key, make_key(number, key), &erased);

	must(code == (lists[which][number].count ? 0 : TARN_NOT_FOUND));
	must(erased == lists[which][number].count);
	lists[which][number].count = 0;
}

static void
call_look(unsigned which)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	char key[KEY_ROOM];
	unsigned number = some_key();
	const struct list *list = &lists[which][number];
	size_t size = make_key(number, key), value_size;
	uint64_t count;
	int code;

	must(tarn_hashmultimap_count(map(which), key, size, &count) == 0 && count == list->count);
	code = tarn_hashmultimap_get(map(which), key, size, value, sizeof(value), &value_size);
	must(code == (count ? 0 : TARN_NOT_FOUND));
	must(code || is_value(list->numbers[0], value, value_size));
	must(tarn_hashmultimap_contains(map(which), key, size) == code);
	must(tarn_hashmultimap_equal_range(map(which), key, size, &cursor) == 0);
	for (size_t i = 0; i < list->count; i++) {
		must(tarn_hashmultimap_cursor_next(cursor, &entry) == 0);
		must(entry.key_size == size && !memcmp(entry.key, key, size));
		must(is_value(list->numbers[i], entry.value, entry.value_size));
	}
	must(tarn_hashmultimap_cursor_next(cursor, &entry) == TARN_NOT_FOUND);
	tarn_hashmultimap_cursor_close(cursor);
}

static void
insert_many(unsigned which, const struct tarn_bytes *many, const unsigned *numbers)
{
	static char bytes[MANY][VALUE_MOST];
	struct tarn_bytes values[MANY];
	uint32_t new;

	for (unsigned i = 0; i < MANY; i++) {
		new = new_number();
		values[i] = (struct tarn_bytes){ bytes[i], make_value(new, bytes[i]) };
		append(&lists[which][numbers[i]], new);
	}
	must(tarn_hashmultimap_insert_many(map(which), many, TARN_SEPARATE, MANY, values,
					   TARN_SEPARATE, NULL) == 0);
}

static void
call_many(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned numbers[MANY];
	uint64_t counts[MANY], erased, sum = 0;
	int code;

	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = roll(keys);
		many[i] = (struct tarn_bytes){ bytes[i], make_key(numbers[i], bytes[i]) };
	}
	if (roll(2))
		insert_many(which, many, numbers);
	must(tarn_hashmultimap_count_many(map(which), many, TARN_SEPARATE, MANY, counts, NULL) == 0);
	for (unsigned i = 0; i < MANY; i++)
		must(counts[i] == lists[which][numbers[i]].count);
	if (roll(4))
		return;
	for (unsigned i = 0; i < MANY; i++) {
		sum += lists[which][numbers[i]].count;
		lists[which][numbers[i]].count = 0;
	}
	code = tarn_hashmultimap_erase_many(map(which), many, TARN_SEPARATE, MANY, &erased, NULL);
	must((code == 0 || code == TARN_NOT_FOUND) && erased == sum);
}

/* ---- whole multimaps --------------------------------------------------------------------------- */

static void
call_swap(void)
{
	must(tarn_hashmultimap_swap(map(0), map(1)) == 0);
	for (unsigned key = 0; key < keys; key++) {
		struct list list = lists[0][key];

		lists[0][key] = lists[1][key];
		lists[1][key] = list;
	}
}

static void
call_copy(unsigned which)
{
	bool equal = false;

	if (txn && model_size(which ^ 1) > COPIED_MOST)
		return;
	must(tarn_hashmultimap_copy(map(which), map(which ^ 1)) == 0);
	for (unsigned key = 0; key < keys; key++)
		assign(&lists[which][key], &lists[which ^ 1][key]);
	must(tarn_hashmultimap_equal(map(0), map(1), &equal) == 0 && equal);
	call_insert(which);
	must(tarn_hashmultimap_equal(map(0), map(1), &equal) == 0 && !equal);
	wholes++;
}

static void
call_whole(unsigned which)
{
	unsigned what = roll(20);

	if (what == 0 && !txn) {
		must(tarn_hashmultimap_clear(map(which)) == 0);
		for (unsigned key = 0; key < keys; key++)
			lists[which][key].count = 0;
	} else if (what < 4) {
		call_copy(which);
	} else if (what < 10) {
		call_swap();
	} else if (what < 12 && !txn) {
		must(tarn_hashmultimap_shrink_to_fit(map(which)) == 0);
	} else if (what < 14 && !txn) {
		must(tarn_hashmultimap_reserve(map(which), roll(keys)) == 0);
	}
}

static void
check_all(unsigned which)
{
	static size_t at[KEYS_MOST];
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t seen = 0, size;
	int code;

	memset(at, 0, sizeof(at));
	must(tarn_hashmultimap_cursor_open(map(which), &cursor) == 0);
	for (; !(code = tarn_hashmultimap_cursor_next(cursor, &entry)); seen++) {
		unsigned key = key_number(entry.key, entry.key_size);

		must(key < keys && at[key] < lists[which][key].count);
		must(is_value(lists[which][key].numbers[at[key]++], entry.value, entry.value_size));
	}
	tarn_hashmultimap_cursor_close(cursor);
	must(code == TARN_NOT_FOUND && seen == model_size(which));
	must(tarn_hashmultimap_size(map(which), &size) == 0 && size == seen);
	walks++;
}

static void
check_both(void)
{
	check_all(0);
	check_all(1);
	if (!txn)
		must(tarn_check(arena, NULL, NULL) == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
copy_lists(struct list (*to)[KEYS_MOST], struct list (*from)[KEYS_MOST])
{
	for (unsigned i = 0; i < MAPS; i++) {
		for (unsigned key = 0; key < keys; key++)
			assign(&to[i][key], &from[i][key]);
	}
}

static void
begin(void)
{
	struct tarn_object *objects[MAPS] = { tarn_hashmultimap_object(handles[0]),
					      tarn_hashmultimap_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, MAPS) == 0);
	copy_lists(saved, lists);
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		copy_lists(lists, saved);
		aborts++;
	}
	txn = NULL;
}

static void
random_step(void)
{
	unsigned which = roll(MAPS), what = roll(1000);
	bool grows = step / 5000 % 2 == 0;

	if (what < 10)
		txn ? end() : begin();
	else if (what < 20)
		call_many(which);
	else if (what < 24)
		call_whole(which);
	else if (what < 200)
		call_look(which);
	else if (what < (grows ? 230 : 300))
		call_erase(which);
	else if (what < (grows ? 450 : 800))
		call_erase_one(which);
	else
		call_insert(which);
}

static void
open_all(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 30 };
	struct tarn_type type = { TARN_KIND_HASHMULTIMAP, layout->key, layout->value_size, NULL };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		must(tarn_hashmultimap_open(arena, &handles[i], i ? "b" : "a", &type, TARN_CREATE,
					    NULL) == 0);
}

static void
run(uint64_t seed)
{
	dice = seed + 1;
	keys = key_counts[seed % RUNS];
	for (unsigned i = 0; i < MAPS * KEYS_MOST; i++)
		lists[i / KEYS_MOST][i % KEYS_MOST].count = 0;
	open_all();
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_both();
	}
	if (txn)
		end();
	check_both();
	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmultimap_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		layout = &layouts[i];
		if (argc > 1) {
			run(strtoul(argv[1], NULL, 10));
			continue;
		}
		for (unsigned seed = 0; seed < RUNS; seed++)
			run(i * RUNS + seed);
	}
	printf("%lu walks, %lu commits, %lu aborts, %lu copies\n1 passed, 0 failed\n",
	       (unsigned long)walks, (unsigned long)commits, (unsigned long)aborts,
	       (unsigned long)wholes);
	return 0;
}
