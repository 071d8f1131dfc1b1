// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- random operations on three ordered multimaps, beside arrays
 * of their entries
 *
 * A key is made from its number, in whose order keys are; what a multimap has
 * is an array in the order that its entries must have: by number, and in one
 * number by the order of inserts.  Each call's result is compared with what
 * the array says; now and then all of it is, by a cursor there and back, and
 * the arena is checked.
 *
 *	items[map]	(number, serial, value), ...
 *
 * Serials are told by the library alone.  What they must be: each other than
 * all before, in whichever multimap; and of an entry that is gone, the name of
 * nothing.  The names of some that are gone are kept, and asked for again.
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

#define STEPS 30000u /* a run */
#define CHECK_EVERY 3000u
#define KEY_ROOM 64u
#define MAPS 3u
#define MANY 40u
#define ITEMS_MOST 3000u /* of a multimap; then it is made smaller */
#define GONE 64u
#define TXN_ITEMS_MOST 60u /* a transaction copies no more: its log has an end */

static const unsigned key_counts[] = { 4, 60, 800 };
/* Bytes of one size: 5 with a serial are 13. */
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

struct item {
	unsigned number;
	uint64_t serial, value;
};

struct items {
	struct item at[ITEMS_MOST + MANY];
	size_t count;
};

static struct tarn_arena *arena;
static struct tarn_multimap *handles[MAPS];
static struct tarn_txn *txn;
static struct items items[MAPS], saved[MAPS];
static struct item gone[GONE]; /* erased, by calls that no transaction has undone */
static const struct kind *kind;
static unsigned keys;
static uint64_t step, dice, commits, aborts, walks, copies, popped, named, highest;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("kind %u/%u, %u keys, step %lu, line %d: %s does not hold\n", kind->key, kind->size, keys,
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

/* Each text begins the next few, some by zeros: which are escaped in the tree. */
static size_t
make_text(unsigned number, char *bytes)
{
	size_t size = (size_t)sprintf(bytes, "%05u", number / 5);

	if (number % 5 > 2)
		memcpy(bytes + size++, "a", 1);
	for (unsigned i = 0; i < number % 5 % 3; i++)
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

static struct tarn_multimap *
map(unsigned which)
{
	return txn ? tarn_multimap_in(handles[which], txn) : handles[which];
}

/* ---- items ------------------------------------------------------------------------------------- */

/* Where the first is that is not below a number. */
static size_t
lower(unsigned which, unsigned number)
{
	size_t at = 0, count = items[which].count;

	while (at < count && items[which].at[at].number < number)
		at++;
	return at;
}

static void
remember_gone(const struct item *item)
{
	if (!txn)
		gone[roll(GONE)] = *item;
}

static void
take_out(unsigned which, size_t at, size_t count)
{
	struct items *in = &items[which];

	for (size_t i = at; i < at + count; i++)
		remember_gone(&in->at[i]);
	memmove(&in->at[at], &in->at[at + count], (in->count - at - count) * sizeof(in->at[0]));
	in->count -= count;
}

/* The library has told the serial; it is another than all before. */
static void
put_in(unsigned which, unsigned number, uint64_t serial, uint64_t value)
{
	struct items *in = &items[which];
	size_t at = lower(which, number + 1);

	must(serial > highest);
	highest = serial;
	memmove(&in->at[at + 1], &in->at[at], (in->count - at) * sizeof(in->at[0]));
	in->at[at] = (struct item){ number, serial, value };
	in->count++;
}

/* Serials that nobody was told: those of copies, of loads and of many. */
static void
learn_serials(unsigned which)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;

	must(tarn_multimap_cursor_open(map(which), &cursor) == 0);
	for (size_t i = 0; i < items[which].count; i++) {
		must(tarn_multimap_cursor_next(cursor, &entry) == 0);
		items[which].at[i].serial = entry.serial;
		if (entry.serial > highest)
			highest = entry.serial;
	}
	tarn_multimap_cursor_close(cursor);
}

/* ---- one entry, and many ----------------------------------------------------------------------- */

static void
call_insert(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	uint64_t value = dice, serial;

	must(tarn_multimap_insert(map(which), key, make_key(number, key), &value, 8, &serial) == 0);
	put_in(which, number, serial, value);
}

static void
call_erase(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t at = lower(which, number), count = lower(which, number + 1) - at;
	uint64_t erased;

	must(tarn_multimap_erase(map(which), key, make_key(number, key), &erased) ==
	     (count ? 0 : TARN_NOT_FOUND));
	must(erased == count);
	take_out(which, at, count);
}

static void
call_erase_entry(unsigned which)
{
	char key[KEY_ROOM];
	size_t at;

	if (!items[which].count)
		return;
	at = roll((unsigned)items[which].count);
	must(tarn_multimap_erase_entry(map(which), key, make_key(items[which].at[at].number, key),
				       items[which].at[at].serial) == 0);
	take_out(which, at, 1);
}

static void
call_put_entry(unsigned which)
{
	char key[KEY_ROOM];
	struct item *item;

	if (!items[which].count)
		return;
	item = &items[which].at[roll((unsigned)items[which].count)];
	item->value = dice;
	must(tarn_multimap_put_entry(map(which), key, make_key(item->number, key), item->serial,
				     &item->value, 8) == 0);
}

/* What was erased stays so, whatever was inserted since. */
static void
call_gone(unsigned which)
{
	const struct item *item = &gone[roll(GONE)];
	char key[KEY_ROOM];
	size_t size = make_key(item->number, key);
	uint64_t value;

	if (!item->serial)
		return;
	must(tarn_multimap_get_entry(map(which), key, size, item->serial, &value, 8, NULL) ==
	     TARN_NOT_FOUND);
	must(tarn_multimap_erase_entry(map(which), key, size, item->serial) == TARN_NOT_FOUND);
	must(tarn_multimap_put_entry(map(which), key, size, item->serial, &dice, 8) == TARN_NOT_FOUND);
	named++;
}

static void
call_get(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key), at = lower(which, number), told;
	size_t many = lower(which, number + 1) - at;
	const struct item *item = &items[which].at[at];
	uint64_t value, count;
	int code = many ? 0 : TARN_NOT_FOUND;

	must(tarn_multimap_get(map(which), key, size, &value, 8, &told) == code);
	must(code || (value == item->value && told == 8));
	must(tarn_multimap_contains(map(which), key, size) == code);
	must(tarn_multimap_count(map(which), key, size, &count) == 0 && count == many);
	if (code)
		return;
	item += roll((unsigned)many);
	must(tarn_multimap_get_entry(map(which), key, size, item->serial, &value, 8, NULL) == 0);
	must(value == item->value);
}

static void
call_equal_range(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	uint64_t values[MANY], serials[MANY];
	size_t at = lower(which, number), many = lower(which, number + 1) - at, count = roll(MANY + 1);
	size_t expected = many < count ? many : count;

	must(tarn_multimap_equal_range(map(which), key, make_key(number, key), values, serials,
				       &count) == 0);
	must(count == expected);
	for (size_t i = 0; i < count; i++, at++)
		must(values[i] == items[which].at[at].value && serials[i] == items[which].at[at].serial);
}

static void
call_many(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned what = roll(3), numbers[MANY];
	uint64_t values[MANY], counts[MANY];
	int codes[MANY], worst = 0;

	for (unsigned i = 0; i < MANY; i++) {
		numbers[i] = roll(keys);
		values[i] = dice;
		many[i] = (struct tarn_bytes){ bytes[i], make_key(numbers[i], bytes[i]) };
	}
	if (what == 0)
		must(tarn_multimap_insert_many(map(which), many, TARN_SEPARATE, MANY, values, 8, codes) == 0);
	else if (what == 1)
		worst = tarn_multimap_erase_many(map(which), many, TARN_SEPARATE, MANY, codes);
	else
		must(tarn_multimap_count_many(map(which), many, TARN_SEPARATE, MANY, counts, codes) == 0);
	must(worst == 0 || worst == TARN_NOT_FOUND);
	for (unsigned i = 0; i < MANY; i++) {
		size_t at = lower(which, numbers[i]), count = lower(which, numbers[i] + 1) - at;

		must(codes[i] == (what == 1 && !count ? TARN_NOT_FOUND : 0));
		must(what != 2 || counts[i] == count);
		if (what == 1)
			take_out(which, at, count);
		else if (what == 0)
			put_in(which, numbers[i], highest + 1, values[i]);
	}
	learn_serials(which);
}

static void
call_load(unsigned which)
{
	static char bytes[MANY][KEY_ROOM];
	struct tarn_bytes many[MANY];
	unsigned number = roll(keys), count = 0;
	uint64_t values[MANY];

	for (; count < MANY && number < keys; count++, number += roll(3)) {
		many[count] = (struct tarn_bytes){ bytes[count], make_key(number, bytes[count]) };
		values[count] = dice;
		put_in(which, number, highest + 1, values[count]);
	}
	must(tarn_multimap_load(map(which), many, TARN_SEPARATE, count, values, 8) == 0);
	learn_serials(which);
}

/* ---- in their order ---------------------------------------------------------------------------- */

static struct tarn_bytes found_key, found_value;

static void
make_room(void)
{
	static char key[KEY_ROOM], value[8];

	found_key = (struct tarn_bytes){ key, sizeof(key) };
	found_value = (struct tarn_bytes){ value, sizeof(value) };
}

static void
check_found(unsigned which, int code, size_t at)
{
	const struct item *item = &items[which].at[at];

	must(code == (at < items[which].count ? 0 : TARN_NOT_FOUND));
	must(code || is_key(item->number, found_key.data, found_key.size));
	must(code || (found_value.size == 8 && !memcmp(found_value.data, &item->value, 8)));
	make_room();
}

static void
call_bounds(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	size_t size = make_key(number, key), last = items[which].count - 1;
	struct tarn_multimap *of = map(which);

	make_room();
	check_found(which, tarn_multimap_lower_bound(of, key, size, &found_key, &found_value),
		    lower(which, number));
	check_found(which, tarn_multimap_upper_bound(of, key, size, &found_key, &found_value),
		    lower(which, number + 1));
	check_found(which, tarn_multimap_first(of, &found_key, &found_value), 0);
	check_found(which, tarn_multimap_last(of, &found_key, &found_value), last);
}

static void
call_pop(unsigned which)
{
	bool first = roll(2);
	size_t at = first ? 0 : items[which].count - 1;

	make_room();
	check_found(which,
		    first ? tarn_multimap_pop_first(map(which), &found_key, &found_value)
			  : tarn_multimap_pop_last(map(which), &found_key, &found_value),
		    at);
	if (items[which].count)
		take_out(which, at, 1);
	popped++;
}

static void
call_range(unsigned which)
{
	char from[KEY_ROOM], to[KEY_ROOM];
	unsigned first = roll(keys), last = first + roll(roll(8) ? 20 : keys);
	size_t from_size = make_key(first, from), to_size = make_key(last, to), at, count;
	uint64_t erased;

	if (last > keys)
		last = keys;
	at = lower(which, first);
	count = lower(which, last) - at;
	must(tarn_multimap_erase_range(map(which), first ? from : NULL, from_size,
				       last < keys ? to : NULL, to_size, &erased) == 0);
	must(erased == count);
	take_out(which, at, count);
}

static void
call_scan(unsigned which)
{
	char from[KEY_ROOM], got[MANY * 12];
	unsigned number = roll(keys);
	size_t size = make_key(number, from), count = roll(MANY) + 1, wanted = count;
	size_t at = lower(which, number);
	uint64_t values[MANY];
	int code = tarn_multimap_scan(map(which), from, size, got, values, &count);
	bool sizes_differ = !kind->size && (kind->key == TARN_KEY_STRING || kind->key == TARN_KEY_BYTES);

	must(code == (sizes_differ ? TARN_TYPE : 0));
	for (size_t i = 0; !code && i < count; i++, at++) {
		must(at < items[which].count && values[i] == items[which].at[at].value);
		must(is_key(items[which].at[at].number, got + i * size, size));
	}
	must(code || count == wanted || at == items[which].count);
}

static void
check_entry(const struct tarn_multimap_entry *entry, const struct item *item)
{
	must(is_key(item->number, entry->key, entry->key_size));
	must(entry->value_size == 8 && !memcmp(entry->value, &item->value, 8));
	must(entry->serial == item->serial);
}

/* A cursor that goes to and fro. */
static void
call_wander(unsigned which)
{
	char key[KEY_ROOM];
	unsigned number = roll(keys);
	bool behind = roll(2), on;
	size_t size = make_key(number, key), gap = lower(which, number + behind), next;
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	int code;

	must(tarn_multimap_cursor_open(map(which), &cursor) == 0);
	must((behind ? tarn_multimap_cursor_seek_behind(cursor, key, size)
		     : tarn_multimap_cursor_seek(cursor, key, size)) == 0);
	for (unsigned i = 0, steps = roll(60); i < steps; i++) {
		on = roll(3) != 0;
		next = on ? gap : gap - 1;
		code = on ? tarn_multimap_cursor_next(cursor, &entry)
			  : tarn_multimap_cursor_prev(cursor, &entry);
		must(code == (next < items[which].count ? 0 : TARN_NOT_FOUND));
		if (code)
			continue;
		check_entry(&entry, &items[which].at[next]);
		gap = next + on;
	}
	tarn_multimap_cursor_close(cursor);
}

/* ---- whole multimaps --------------------------------------------------------------------------- */

static void
call_size(unsigned which)
{
	uint64_t size;
	bool empty;

	must(tarn_multimap_size(map(which), &size) == 0 && size == items[which].count);
	must(tarn_multimap_empty(map(which), &empty) == 0 && empty == !size);
}

static void
call_clear(unsigned which)
{
	must(tarn_multimap_clear(map(which)) == 0);
	take_out(which, 0, items[which].count);
}

static void
call_swap(unsigned which, unsigned other)
{
	static struct items was;

	must(tarn_multimap_swap(map(which), map(other)) == 0);
	was = items[which];
	items[which] = items[other];
	items[other] = was;
}

static void
call_compare(unsigned which, unsigned other)
{
	bool same = items[which].count == items[other].count, is;

	for (size_t i = 0; same && i < items[which].count; i++)
		same = items[which].at[i].number == items[other].at[i].number &&
		       items[which].at[i].value == items[other].at[i].value;
	must(tarn_multimap_equal(map(which), map(other), &is) == 0 && is == same);
}

/* The copy's serials are its own. */
static void
call_copy(unsigned which, unsigned from)
{
	uint64_t before = highest;

	must(tarn_multimap_copy(map(which), map(from)) == 0);
	for (size_t i = 0; i < items[which].count; i++)
		remember_gone(&items[which].at[i]);
	items[which] = items[from];
	learn_serials(which);
	for (size_t i = 0; i < items[which].count; i++)
		must(items[which].at[i].serial > before);
	call_compare(which, from);
	copies++;
}

static void
check_map(unsigned which)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	size_t at = 0;
	int code;

	must(tarn_multimap_cursor_open(map(which), &cursor) == 0);
	for (; !(code = tarn_multimap_cursor_next(cursor, &entry)); at++) {
		must(at < items[which].count);
		check_entry(&entry, &items[which].at[at]);
	}
	must(code == TARN_NOT_FOUND && at == items[which].count);
	for (; !(code = tarn_multimap_cursor_prev(cursor, &entry)); at--) {
		must(at > 0);
		check_entry(&entry, &items[which].at[at - 1]);
	}
	must(code == TARN_NOT_FOUND && at == 0);
	tarn_multimap_cursor_close(cursor);
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
		memcpy(items, saved, sizeof(items));
		aborts++;
	}
	txn = NULL;
}

static void
begin(void)
{
	struct tarn_object *objects[MAPS];

	for (unsigned i = 0; i < MAPS; i++)
		objects[i] = tarn_multimap_object(handles[i]);
	memcpy(saved, items, sizeof(saved));
	must(tarn_txn_begin(arena, &txn, objects, MAPS) == 0);
}

/* Dear calls, each in place of a thousand others. */
static void
whole_step(unsigned which)
{
	unsigned what = roll(5), other = roll(MAPS);

	if (what == 0)
		call_compare(which, other);
	else if (what == 1)
		call_swap(which, other);
	else if (what == 2)
		call_clear(which);
	else if (!txn || items[other].count <= TXN_ITEMS_MOST)
		call_copy(which, other);
}

static void
walk_step(unsigned which, unsigned what)
{
	if (what < 30)
		call_bounds(which);
	else if (what < 50)
		call_pop(which);
	else if (what < 55)
		call_range(which);
	else if (what < 65)
		call_scan(which);
	else if (what < 75)
		call_wander(which);
	else if (what < 80)
		call_load(which);
	else if (what < 90)
		call_many(which);
	else
		call_size(which);
}

/* Growing and shrinking in turns. */
static void
random_step(void)
{
	bool grows = step / 4000 % 2 == 0;
	unsigned which = roll(MAPS), what = roll(1000);

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(40))
		end();
	if (items[which].count + MANY > ITEMS_MOST)
		call_clear(which);
	if (what < 10)
		whole_step(which);
	else if (what < 110)
		walk_step(which, what - 10);
	else if (what < 200)
		call_get(which);
	else if (what < 250)
		call_equal_range(which);
	else if (what < 300)
		call_gone(which);
	else if (what < 330)
		call_put_entry(which);
	else if (what < (grows ? 850 : 600))
		call_insert(which);
	else if (what < (grows ? 990 : 970))
		call_erase_entry(which);
	else
		call_erase(which);
}

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { .kind = TARN_KIND_MULTIMAP, .value_size = 8 };
	char name[2] = "0";

	type.key = kind->key;
	type.key_size = kind->size;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++, name[0]++)
		must(tarn_multimap_open(arena, &handles[i], name, &type, TARN_CREATE, NULL) == 0);
}

static void
run(unsigned seed)
{
	dice = seed + 1;
	keys = key_counts[seed / KINDS % COUNTS];
	kind = &kinds[seed % KINDS];
	memset(items, 0, sizeof(items));
	memset(gone, 0, sizeof(gone));
	highest = 0;
	open_maps();
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_map(roll(MAPS));
	}
	if (txn)
		end();
	for (unsigned i = 0; i < MAPS; i++)
		check_map(i);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_multimap_close(handles[i]);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		run((unsigned)strtoul(argv[1], NULL, 10));
	for (unsigned seed = 0; argc == 1 && seed < KINDS * COUNTS; seed++)
		run(seed);
	printf("%lu commits, %lu aborts, %lu walks, %lu pops, %lu copies, %lu asked for that were gone\n",
	       (unsigned long)commits, (unsigned long)aborts, (unsigned long)walks,
	       (unsigned long)popped, (unsigned long)copies, (unsigned long)named);
	printf("1 passed, 0 failed\n");
	return 0;
}
