// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- random operations on hash maps, beside plain arrays
 *
 * A key is made from its number, and a value from a number and a size, so
 * the model of a map is an array of cells, one a key.  Each call's result is
 * compared with what the array says; now and then all of it is, by a cursor
 * and by size(), and more often tarn_check() is called.
 *
 *	cells[key] = { present, size, number }	    key ---> bytes
 *						    number, size ---> bytes
 *
 * There are two maps of one layout; a transaction changes both.  What it has
 * changed in the arrays stands in an undo list, for when it is aborted.
 *
 * Layouts: keys of 4, 8, 20 bytes or of any length (none, too), values that fit a
 * word or do not, of one size or of any.  For each a million steps, in runs
 * that differ by their seeds, by how many keys there are and by how full
 * the maps become.  A seed as an argument runs that one alone.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 250000u /* a run */
#define COMPARE_EVERY 10000u
#define CHECK_EVERY 1000u
#define KEYS_MOST 30000u
#define VALUE_MOST 70000u
#define KEY_MOST 4096u
#define MAPS 2u
#define MANY 70u
#define RECORD_MOST 40u
#define KEY_RECORD_MOST 20u
#define SPREAD UINT64_C(0x9e3779b97f4a7c15)
#define SPREAD_INVERSE UINT64_C(0xf1de83e19937733d)

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t value_size, key_size;
};

static const struct layout layouts[] = {
	{ "u64 -> word", TARN_KEY_U64, 8 },
	{ "f64 -> bytes", TARN_KEY_F64, TARN_VALUE_BYTES },
	{ "string -> word", TARN_KEY_STRING, 8 },
	{ "bytes -> bytes", TARN_KEY_BYTES, TARN_VALUE_BYTES },
	{ "i32 -> 5 bytes", TARN_KEY_I32, 5 },
	{ "20 bytes -> 40 bytes", TARN_KEY_BYTES, 40, 20 },
};

static const unsigned key_counts[] = { 40, 700, 6000, KEYS_MOST };

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))
#define RUNS (sizeof(key_counts) / sizeof(key_counts[0]))

struct cell {
	bool present;
	uint32_t size;
	uint64_t number;
};

struct undo {
	unsigned map, key;
	struct cell cell;
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_hashmap *handles[MAPS];
static struct tarn_txn *txn;
static struct cell cells[MAPS][KEYS_MOST];
static uint64_t sizes[MAPS];
static struct undo *undo;
static size_t undo_count, undo_room;
static unsigned keys;
static uint64_t step, dice;
static uint64_t commits, aborts, walks, checks, wholes;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("%s, step %lu, line %d: %s does not hold\n", layout->name, (unsigned long)step, line,
	       claim);
	exit(1);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 7);
	return dice % below;
}

/* ---- keys and values --------------------------------------------------------------------------- */

/* Of any length, the first of none; with zeros inside; no two the same. */
static size_t
make_text(unsigned key, char *bytes)
{
	size_t size;

	if (!key)
		return 0;
	size = (size_t)sprintf(bytes, "k%u", key) + 1;
	for (unsigned i = 0; i < (key % 500 == 1 ? 3000 : key % 41); i++)
		bytes[size++] = (char)(key >> i % 3 * 8);
	return size;
}

/* A number at which keys of one size begin; 0: each has a size of its own. */
static size_t
number_size(void)
{
	return layout->key == TARN_KEY_I32 ? 4
	       : layout->key == TARN_KEY_U64 || layout->key == TARN_KEY_F64 || layout->key_size ? 8 : 0;
}

static size_t
make_key(unsigned key, char *bytes)
{
	uint64_t word = key * SPREAD;
	double real = key;

	if (!number_size())
		return make_text(key, bytes);
	if (layout->key == TARN_KEY_F64)
		memcpy(&word, &real, sizeof(word));
	memcpy(bytes, &word, number_size());
	for (uint32_t i = 8; i < layout->key_size; i++)
		bytes[i] = (char)(key >> i % 4 * 8);
	return layout->key_size ? layout->key_size : number_size();
}

/* What it is that make_key() has made; what it is not if the bytes are others. */
static uint64_t
number_of(const void *bytes)
{
	uint64_t word = 0;
	double real;

	memcpy(&word, bytes, number_size());
	memcpy(&real, &word, sizeof(real));
	if (layout->key == TARN_KEY_F64)
		return real >= 0 && real < KEYS_MOST ? (uint64_t)real : KEYS_MOST;
	word *= SPREAD_INVERSE;
	return number_size() == 4 ? (uint32_t)word : word;
}

/* A number's bytes, then those of its hashes. */
static void
make_value(uint64_t number, uint32_t size, char *bytes)
{
	for (uint32_t i = 0; i < size; i += 8) {
		uint64_t word = i ? tarn__hash_u64(number, i) : number;

		memcpy(bytes + i, &word, size - i < 8 ? size - i : 8);
	}
}

static struct cell
random_value(void)
{
	struct cell cell = { .present = true, .number = roll(UINT64_MAX) };
	uint64_t kind = roll(1000);

	cell.size = layout->value_size;
	if (cell.size == TARN_VALUE_BYTES)
		cell.size = (uint32_t)roll(kind == 0 ? VALUE_MOST
					   : kind < 100 ? 3 : kind < 150 ? 3000 : 80);
	return cell;
}

static void
check_value(const struct cell *cell, const void *value, size_t size)
{
	static char expected[VALUE_MOST];

	must(size == cell->size);
	make_value(cell->number, cell->size, expected);
	must(!memcmp(value, expected, size));
}

/* ---- the model's changes ----------------------------------------------------------------------- */

static void
remember(unsigned map, unsigned key)
{
	if (!txn)
		return;
	if (undo_count == undo_room) {
		undo_room = undo_room ? 2 * undo_room : 1024;
		undo = realloc(undo, undo_room * sizeof(*undo));
		must(undo);
	}
	undo[undo_count++] = (struct undo){ map, key, cells[map][key] };
}

static void
set_cell(unsigned map, unsigned key, struct cell cell)
{
	remember(map, key);
	sizes[map] += cell.present;
	sizes[map] -= cells[map][key].present;
	cells[map][key] = cell;
}

static void
take_back(void)
{
	while (undo_count) {
		const struct undo *last = &undo[--undo_count];

		sizes[last->map] += last->cell.present;
		sizes[last->map] -= cells[last->map][last->key].present;
		cells[last->map][last->key] = last->cell;
	}
}

/* ---- calls ------------------------------------------------------------------------------------- */

struct call {
	struct tarn_hashmap *map;
	unsigned which, key;
	struct cell *cell;
	char bytes[KEY_MOST];
	size_t size;
};

static char value_in[VALUE_MOST], value_out[VALUE_MOST], value_old[VALUE_MOST];

static void
call_get(const struct call *call)
{
	const struct cell *cell = call->cell;
	size_t told = 4711, room = roll(8) ? VALUE_MOST : roll(cell->size + 2u);
	int code = tarn_hashmap_get(call->map, call->bytes, call->size, value_out, room, &told);

	if (!cell->present) {
		must(code == TARN_NOT_FOUND);
		return;
	}
	must(told == cell->size);
	must(code == (room < cell->size ? TARN_TOO_BIG : 0));
	if (!code)
		check_value(cell, value_out, told);
}

static void
call_contains(const struct call *call)
{
	int code = tarn_hashmap_contains(call->map, call->bytes, call->size);

	must(code == (call->cell->present ? 0 : TARN_NOT_FOUND));
}

static void
call_put(const struct call *call)
{
	struct cell cell = random_value();

	make_value(cell.number, cell.size, value_in);
	must(tarn_hashmap_put(call->map, call->bytes, call->size, value_in, cell.size) == 0);
	set_cell(call->which, call->key, cell);
}

static void
call_insert(const struct call *call)
{
	struct cell cell = random_value();
	int code;

	make_value(cell.number, cell.size, value_in);
	code = tarn_hashmap_insert(call->map, call->bytes, call->size, value_in, cell.size);
	must(code == (call->cell->present ? TARN_EXISTS : 0));
	if (!code)
		set_cell(call->which, call->key, cell);
}

static void
call_erase(const struct call *call)
{
	int code = tarn_hashmap_erase(call->map, call->bytes, call->size);

	must(code == (call->cell->present ? 0 : TARN_NOT_FOUND));
	if (!code)
		set_cell(call->which, call->key, (struct cell){ .present = false });
}

static void
call_fetch_add(const struct call *call)
{
	struct cell cell = { .present = true, .size = 8, .number = roll(UINT64_MAX) };
	uint64_t before = 4711;
	int code = tarn_hashmap_fetch_add(call->map, call->bytes, call->size, cell.number, &before);

	if (layout->value_size != 8) {
		must(code == TARN_TYPE);
		return;
	}
	must(code == 0);
	must(before == (call->cell->present ? call->cell->number : 0));
	cell.number += before;
	set_cell(call->which, call->key, cell);
}

static void
call_compare_and_swap(const struct call *call)
{
	struct cell cell = random_value(), expected = *call->cell;
	bool same;
	int code;

	if (roll(4) == 0)
		expected = random_value();
	make_value(expected.number, expected.size, value_old);
	make_value(cell.number, cell.size, value_in);
	code = tarn_hashmap_compare_and_swap(call->map, call->bytes, call->size, value_old,
					     expected.size, value_in, cell.size);
	if (!call->cell->present) {
		must(code == TARN_NOT_FOUND);
		return;
	}
	make_value(call->cell->number, call->cell->size, value_out);
	same = expected.size == call->cell->size && !memcmp(value_out, value_old, expected.size);
	must(code == (same ? 0 : TARN_MISMATCH));
	if (!code)
		set_cell(call->which, call->key, cell);
}

struct update {
	const struct call *call;
	struct cell cell;
	bool refuse;
};

static int
change(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	struct update *update = arg;

	must((old != NULL) == update->call->cell->present);
	if (old)
		check_value(update->call->cell, old, old_size);
	*out = value_in;
	*out_size = update->cell.size;
	return update->refuse ? 42 : 0;
}

static void
call_update(const struct call *call)
{
	struct update update = { call, random_value(), roll(8) == 0 };
	int code;

	make_value(update.cell.number, update.cell.size, value_in);
	code = tarn_hashmap_update(call->map, call->bytes, call->size, change, &update);
	must(code == (update.refuse ? 42 : 0));
	if (!code)
		set_cell(call->which, call->key, update.cell);
}

static void
call_clear(const struct call *call)
{
	must(tarn_hashmap_clear(call->map) == 0);
	for (unsigned key = 0; key < keys; key++) {
		if (cells[call->which][key].present)
			set_cell(call->which, key, (struct cell){ .present = false });
	}
}

static void
call_size(const struct call *call)
{
	uint64_t size;

	must(tarn_hashmap_size(call->map, &size) == 0);
	must(size == sizes[call->which]);
}

/* ---- calls for many ---------------------------------------------------------------------------- */

/* Keys, one of them more than once perhaps, in one of two forms; so the values. */
static struct {
	unsigned count, which, key[MANY];
	bool keys_apart, values_apart;
	char key_bytes[MANY][KEY_MOST], value_bytes[MANY][VALUE_MOST];
	struct tarn_bytes keys[MANY], values[MANY];
	char key_records[MANY * KEY_RECORD_MOST], value_records[MANY * RECORD_MOST];
	struct cell cell[MANY];
	int codes[MANY];
} many;

static const void *
many_keys(size_t *size)
{
	*size = many.keys_apart ? TARN_SEPARATE : layout->key_size ? layout->key_size : number_size();
	return many.keys_apart ? (const void *)many.keys : many.key_records;
}

static void *
many_values(size_t *size)
{
	*size = many.values_apart ? TARN_SEPARATE : layout->value_size;
	return many.values_apart ? (void *)many.values : many.value_records;
}

static void
choose_many(unsigned which)
{
	many.which = which;
	many.count = (unsigned)roll(MANY + 1);
	many.keys_apart = !number_size() || roll(2);
	many.values_apart = layout->value_size == TARN_VALUE_BYTES || roll(2);
	for (unsigned i = 0; i < many.count; i++) {
		many.key[i] = (unsigned)roll(keys);
		many.keys[i].data = many.key_bytes[i];
		many.keys[i].size = make_key(many.key[i], many.key_bytes[i]);
		if (number_size())
			memcpy(many.key_records + many.keys[i].size * i, many.key_bytes[i],
			       many.keys[i].size);
		many.codes[i] = 4711;
	}
}

static void
make_many_values(void)
{
	for (unsigned i = 0; i < many.count; i++) {
		char *to = many.values_apart ? many.value_bytes[i]
					     : many.value_records + layout->value_size * i;

		many.cell[i] = random_value();
		make_value(many.cell[i].number, many.cell[i].size, to);
		many.values[i] = (struct tarn_bytes){ to, many.cell[i].size };
	}
}

/* What one of them says, and whether that makes the whole say that something is missing. */
static bool
is_missing(unsigned i)
{
	bool present = cells[many.which][many.key[i]].present;

	must(many.codes[i] == (present ? 0 : TARN_NOT_FOUND));
	return !present;
}

static void
call_get_many(const struct call *call)
{
	size_t key_size, room;
	const void *in;
	void *out;
	bool missing = false;
	int code;

	choose_many(call->which);
	for (unsigned i = 0; i < many.count; i++)
		many.values[i] = (struct tarn_bytes){ many.value_bytes[i], VALUE_MOST };
	in = many_keys(&key_size);
	out = many_values(&room);
	code = tarn_hashmap_get_many(call->map, in, key_size, many.count, out, room, many.codes);
	for (unsigned i = 0; i < many.count; i++) {
		const struct cell *cell = &cells[many.which][many.key[i]];

		if (is_missing(i))
			missing = true;
		else if (many.values_apart)
			check_value(cell, many.value_bytes[i], many.values[i].size);
		else
			check_value(cell, many.value_records + room * i, room);
	}
	must(code == (missing ? TARN_NOT_FOUND : 0));
}

static void
call_put_many(const struct call *call)
{
	size_t key_size, value_size;
	const void *in, *values;

	choose_many(call->which);
	make_many_values();
	in = many_keys(&key_size);
	values = many_values(&value_size);
	must(tarn_hashmap_put_many(call->map, in, key_size, many.count, values, value_size,
				   roll(2) ? many.codes : NULL) == 0);
	for (unsigned i = 0; i < many.count; i++)
		set_cell(many.which, many.key[i], many.cell[i]);
}

static void
call_erase_many(const struct call *call)
{
	bool missing = false;
	size_t key_size;
	const void *in;
	int code;

	choose_many(call->which);
	in = many_keys(&key_size);
	code = tarn_hashmap_erase_many(call->map, in, key_size, many.count, many.codes);
	for (unsigned i = 0; i < many.count; i++) {
		if (is_missing(i))
			missing = true;
		else
			set_cell(many.which, many.key[i], (struct cell){ .present = false });
	}
	must(code == (missing ? TARN_NOT_FOUND : 0));
}

/* ---- the whole of it --------------------------------------------------------------------------- */

static unsigned
key_number(const struct tarn_hashmap_entry *entry)
{
	char bytes[KEY_MOST];
	uint64_t key = 0;

	if (number_size()) {
		must(entry->key_size >= number_size());
		key = number_of(entry->key);
	} else if (entry->key_size) {
		key = strtoul((const char *)entry->key + 1, NULL, 10);
	}
	must(key < keys);
	must(make_key((unsigned)key, bytes) == entry->key_size);
	must(!memcmp(bytes, entry->key, entry->key_size));
	return (unsigned)key;
}

static void
check_by_cursor(unsigned which, struct tarn_hashmap *map)
{
	static bool told[KEYS_MOST];
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t count = 0;
	int code;

	memset(told, 0, sizeof(told));
	must(tarn_hashmap_cursor_open(map, &cursor) == 0);
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry))) {
		unsigned key;

		count++;
		key = key_number(&entry);
		must(cells[which][key].present && !told[key]);
		told[key] = true;
		check_value(&cells[which][key], entry.value, entry.value_size);
	}
	must(code == TARN_NOT_FOUND);
	must(count == sizes[which]);
	tarn_hashmap_cursor_close(cursor);
	walks++;
}

static struct tarn_hashmap *
handle_of(unsigned which)
{
	return txn ? tarn_hashmap_in(handles[which], txn) : handles[which];
}

/* ---- whole maps -------------------------------------------------------------------------------- */

static void
call_swap(void)
{
	must(tarn_hashmap_swap(handle_of(0), handle_of(1)) == 0);
	for (unsigned key = 0; key < keys; key++) {
		struct cell cell = cells[0][key];

		set_cell(0, key, cells[1][key]);
		set_cell(1, key, cell);
	}
}

static void
call_copy(unsigned which)
{
	must(tarn_hashmap_copy(handle_of(which), handle_of(1 - which)) == 0);
	for (unsigned key = 0; key < keys; key++)
		set_cell(which, key, cells[1 - which][key]);
}

/* A value is told by number and size, but for those that are so short that numbers share one. */
static bool
are_same(const struct cell *one, const struct cell *other)
{
	static char bytes[2][VALUE_MOST];

	if (!one->present || !other->present || one->size != other->size)
		return one->present == other->present && !one->present;
	make_value(one->number, one->size, bytes[0]);
	make_value(other->number, other->size, bytes[1]);
	return !memcmp(bytes[0], bytes[1], one->size);
}

static void
call_equal(void)
{
	bool same = true, equal;

	for (unsigned key = 0; same && key < keys; key++)
		same = are_same(&cells[0][key], &cells[1][key]);
	must(tarn_hashmap_equal(handle_of(0), handle_of(1), &equal) == 0 && equal == same);
}

static void
call_whole(unsigned which)
{
	uint64_t what = roll(6);

	if (what == 0)
		call_swap();
	else if (what == 1)
		call_equal();
	else if (what == 2 && !txn)
		call_copy(which);
	else if (what == 3 && !txn)
		must(tarn_hashmap_reserve(handle_of(which), roll(2 * keys)) == 0);
	else if (!txn)
		must(tarn_hashmap_shrink_to_fit(handle_of(which)) == 0);
	wholes++;
}

static void
check_whole(void)
{
	char bytes[KEY_MOST];
	size_t told;

	for (unsigned which = 0; which < MAPS; which++) {
		check_by_cursor(which, handle_of(which));
		call_size(&(struct call){ .map = handle_of(which), .which = which });
		for (unsigned key = 0; key < keys; key++) {
			const struct cell *cell = &cells[which][key];
			int code = tarn_hashmap_get(handle_of(which), bytes, make_key(key, bytes),
						    value_out, VALUE_MOST, &told);

			must(code == (cell->present ? 0 : TARN_NOT_FOUND));
			if (!code)
				check_value(cell, value_out, told);
		}
	}
}

/* ---- steps ------------------------------------------------------------------------------------- */

/* Growing and shrinking in turns. */
static void
random_call(const struct call *call)
{
	bool grows = step / (keys > 5000 ? 4 * keys : 20000) % 2 == 0;
	uint64_t what = roll(1000);

	if (what == 0 && !roll(keys / 40 + 1))
		call_clear(call);
	else if (what == 1 && !roll(keys / 400 + 1))
		call_whole(call->which);
	else if (what < 10)
		call_size(call);
	else if (what < 15)
		call_get_many(call);
	else if (what < (grows ? 25 : 17))
		call_put_many(call);
	else if (what < 27)
		call_erase_many(call);
	else if (what < 200)
		call_get(call);
	else if (what < 250)
		call_contains(call);
	else if (what < 350)
		call_fetch_add(call);
	else if (what < 450)
		call_compare_and_swap(call);
	else if (what < 520)
		call_update(call);
	else if (what < (grows ? 650 : 900))
		call_erase(call);
	else if (what % 2)
		call_insert(call);
	else
		call_put(call);
}

static void
begin(void)
{
	struct tarn_object *objects[MAPS];

	for (unsigned i = 0; i < MAPS; i++)
		objects[i] = tarn_hashmap_object(handles[MAPS - 1 - i]);
	must(tarn_txn_begin(arena, &txn, objects, MAPS) == 0);
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		undo_count = 0;
		commits++;
	} else {
		tarn_txn_abort(txn);
		take_back();
		aborts++;
	}
	txn = NULL;
}

static void
random_step(void)
{
	struct call call = { .which = (unsigned)roll(MAPS), .key = (unsigned)roll(keys) };

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(40))
		end();
	call.map = handle_of(call.which);
	call.cell = &cells[call.which][call.key];
	call.size = make_key(call.key, call.bytes);
	random_call(&call);
}

static void
check_arena(void)
{
	struct tarn_check_report report;

	if (txn)
		end();
	must(tarn_check(arena, NULL, &report) == 0);
	must(report.leaked_bytes == 0 && report.entries == sizes[0] + sizes[1]);
	checks++;
}

static void
open_maps(enum tarn_open_mode how)
{
	static const char *const names[MAPS] = { "first", "second" };
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = layout->key,
				  .value_size = layout->value_size, .key_size = layout->key_size };

	for (unsigned i = 0; i < MAPS; i++)
		must(tarn_hashmap_open(arena, &handles[i], names[i], &type, how, NULL) == 0);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 30 };

	dice = seed + 1;
	keys = key_counts[seed % RUNS];
	memset(cells, 0, sizeof(cells));
	memset(sizes, 0, sizeof(sizes));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_maps(TARN_CREATE);
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % COMPARE_EVERY == 0)
			check_whole();
		if (step % CHECK_EVERY == 0)
			check_arena();
	}
	check_arena();
	check_whole();
	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmap_close(handles[i]);
	open_maps(TARN_OPEN);
	check_whole();
	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmap_close(handles[i]);
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
	printf("%lu commits, %lu aborts, %lu walks, %lu checks, %lu whole maps\n", (unsigned long)commits,
	       (unsigned long)aborts, (unsigned long)walks, (unsigned long)checks,
	       (unsigned long)wholes);
	free(undo);
	printf("1 passed, 0 failed\n");
	return 0;
}
