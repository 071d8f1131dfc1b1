// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- random operations on an ordered map, beside a plain array
 *
 * The keys of a run are made first, and put in order by a comparison that
 * is written down here once more.  The model is an array of cells in that
 * order:
 *
 *	keys	"a"  "ab"  "b" ..	ascending
 *	cells	 5    -     9  ..	the value's number; 0: not there
 *
 * Each call's result is compared with what the array says; now and then all
 * of it is, by cursors in both directions, and the arena is checked.  What an
 * aborted transaction has done in the array is taken back from a copy.
 *
 * A seed as an argument runs that one alone, for all layouts.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 60000u
#define CHECK_EVERY 1000u
#define KEYS_MOST 6000u
#define KEY_MOST 300u
#define VALUE_MOST 5000u
#define MANY 40u

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t value_size;
	uint32_t key_size;
};

static const struct layout layouts[] = {
	{ "u64 -> word", TARN_KEY_U64, 8 },	  { "i64 -> 5 bytes", TARN_KEY_I64, 5 },
	{ "u32 -> bytes", TARN_KEY_U32, TARN_VALUE_BYTES }, { "i32 -> word", TARN_KEY_I32, 8 },
	{ "f64 -> 24 bytes", TARN_KEY_F64, 24 },  { "string -> word", TARN_KEY_STRING, 8 },
	{ "bytes -> bytes", TARN_KEY_BYTES, TARN_VALUE_BYTES },
	{ "bytes from behind -> bytes", TARN_KEY_CUSTOM, TARN_VALUE_BYTES },
	{ "8 bytes from behind -> word", TARN_KEY_CUSTOM, 8, 8 },
};

static const unsigned key_counts[] = { 20, 300, 2000, KEYS_MOST };

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))
#define RUNS (sizeof(key_counts) / sizeof(key_counts[0]))

struct key {
	size_t size;
	char bytes[KEY_MOST];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_map *plain, *map, *spare; /* of which the model knows nothing */
static struct tarn_txn *txn;
static struct key *keys;
static unsigned count;
static uint64_t cells[KEYS_MOST], before_txn[KEYS_MOST];
static uint64_t step, dice, walks, aborts, wholes;

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
	dice = tarn__hash_u64(dice, 11);
	return dice % below;
}

/* ---- keys -------------------------------------------------------------------------------------- */

static int
compare_bytes(const struct key *a, const struct key *b)
{
	size_t size = a->size < b->size ? a->size : b->size;
	int order = memcmp(a->bytes, b->bytes, size);

	return order ? order : a->size < b->size ? -1 : a->size > b->size;
}

/* An order of the program's own. */
static int
from_behind(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	const unsigned char *one = a, *other = b;

	(void)context;
	while (a_size && b_size && one[a_size - 1] == other[b_size - 1])
		a_size--, b_size--;
	if (a_size && b_size)
		return one[a_size - 1] - other[b_size - 1];
	return (a_size > b_size) - (a_size < b_size);
}

static bool
keys_are_texts(void)
{
	return layout->key == TARN_KEY_STRING || layout->key == TARN_KEY_BYTES ||
	       (layout->key == TARN_KEY_CUSTOM && !layout->key_size);
}

/* Exact: the type has 64 bits of its own for the digits. */
static long double
number_of(const struct key *key)
{
	uint64_t word = 0;
	double real;

	memcpy(&word, key->bytes, key->size);
	memcpy(&real, &word, sizeof(real));
	switch (layout->key) {
	case TARN_KEY_I64:
		return (int64_t)word;
	case TARN_KEY_I32:
		return (int32_t)word;
	case TARN_KEY_F64:
		return real;
	default:
		return word;
	}
}

static int
compare_keys(const void *a, const void *b)
{
	long double one, two;

	if (layout->key == TARN_KEY_CUSTOM)
		return from_behind(((const struct key *)a)->bytes, ((const struct key *)a)->size,
				   ((const struct key *)b)->bytes, ((const struct key *)b)->size, NULL);
	if (keys_are_texts())
		return compare_bytes(a, b);
	one = number_of(a);
	two = number_of(b);
	return one < two ? -1 : one > two;
}

/* Much in common at their beginnings, zeros within and at their ends, one of no bytes. */
static void
make_text(unsigned n, struct key *key)
{
	static const char *const begins[] = { "", "user/", "user/0000000000000000/", "ab\0\0\0\0\0" };
	static const size_t sizes[] = { 0, 5, 22, 7 };
	unsigned kind = (unsigned)roll(4);

	memcpy(key->bytes, begins[kind], sizes[kind]);
	key->size = sizes[kind];
	if (!n)
		return;
	for (uint64_t i = roll(12); i; i--)
		key->bytes[key->size++] = "\0ab\xff"[roll(4)];
	for (uint64_t i = roll(50) ? 0 : roll(200); i; i--)
		key->bytes[key->size++] = 'x';
}

static void
make_number(struct key *key)
{
	uint64_t word = roll(4) ? tarn__hash_u64(dice, 3) : roll(100);
	double real = (double)(int64_t)word * (roll(2) ? 1e-20 : -1e50) + 0.0; /* not -0 */

	key->size = layout->key == TARN_KEY_U32 || layout->key == TARN_KEY_I32 ? 4 : 8;
	memcpy(key->bytes, &word, key->size);
	if (layout->key == TARN_KEY_F64)
		memcpy(key->bytes, &real, sizeof(real));
}

static void
make_keys(unsigned wanted)
{
	unsigned kept = 0;

	for (unsigned n = 0; n < wanted; n++) {
		if (keys_are_texts())
			make_text(n, &keys[n]);
		else
			make_number(&keys[n]);
	}
	qsort(keys, wanted, sizeof(*keys), compare_keys);
	for (unsigned n = 0; n < wanted; n++) {
		if (!n || compare_keys(&keys[kept - 1], &keys[n]))
			keys[kept++] = keys[n];
	}
	count = kept;
}

/* ---- values ------------------------------------------------------------------------------------ */

static char value_in[VALUE_MOST], value_out[VALUE_MOST];

/* A number's bytes; how many depends on it, where they may. */
static size_t
make_value(uint64_t number, char *bytes)
{
	size_t size = layout->value_size;

	if (layout->value_size == TARN_VALUE_BYTES)
		size = number % 16 ? number / 16 % 60 : number / 16 % VALUE_MOST;
	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = i ? tarn__hash_u64(number, i) : number;

		memcpy(bytes + i, &word, size - i < 8 ? size - i : 8);
	}
	return size;
}

static uint64_t
new_number(void)
{
	return roll(UINT32_MAX) + 1;
}

static void
check_value(uint64_t number, const void *value, size_t size)
{
	static char expected[VALUE_MOST];

	must(size == make_value(number, expected));
	must(!memcmp(value, expected, size));
}

static uint64_t
size_of_model(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += cells[i] != 0;
	return sum;
}

/* The first cell from there on that is filled; count: none. */
static unsigned
next_filled(unsigned from)
{
	while (from < count && !cells[from])
		from++;
	return from;
}

/* The last cell that is filled; count: none. */
static unsigned
last_filled(void)
{
	unsigned last = count;

	while (last && !cells[last - 1])
		last--;
	return last ? last - 1 : count;
}

/* ---- one key ----------------------------------------------------------------------------------- */

static void
call_get(unsigned n)
{
	size_t size = 0;
	int code = tarn_map_get(map, keys[n].bytes, keys[n].size, value_out, VALUE_MOST, &size);

	must(code == (cells[n] ? 0 : TARN_NOT_FOUND));
	must(tarn_map_contains(map, keys[n].bytes, keys[n].size) == code);
	if (!code)
		check_value(cells[n], value_out, size);
}

static void
call_put(unsigned n)
{
	uint64_t number = new_number();
	size_t size = make_value(number, value_in);

	must(tarn_map_put(map, keys[n].bytes, keys[n].size, value_in, size) == 0);
	cells[n] = number;
}

static void
call_insert(unsigned n)
{
	uint64_t number = new_number();
	size_t size = make_value(number, value_in);
	int code = tarn_map_insert(map, keys[n].bytes, keys[n].size, value_in, size);

	must(code == (cells[n] ? TARN_EXISTS : 0));
	if (!code)
		cells[n] = number;
}

static void
call_erase(unsigned n)
{
	must(tarn_map_erase(map, keys[n].bytes, keys[n].size) == (cells[n] ? 0 : TARN_NOT_FOUND));
	cells[n] = 0;
}

static void
call_add(unsigned n)
{
	uint64_t before = 1, more = roll(1000) + 1;
	int code = tarn_map_fetch_add(map, keys[n].bytes, keys[n].size, more, &before);

	must(code == (layout->value_size == 8 ? 0 : TARN_TYPE));
	if (!code) {
		must(before == cells[n]);
		cells[n] += more;
	}
}

static void
call_swap(unsigned n)
{
	uint64_t number = new_number(), expected = roll(4) ? cells[n] : new_number();
	size_t size = make_value(number, value_in);
	size_t expected_size = make_value(expected, value_out);
	int code = tarn_map_compare_and_swap(map, keys[n].bytes, keys[n].size, value_out,
					     expected_size, value_in, size);

	if (!cells[n]) {
		must(code == TARN_NOT_FOUND);
	} else if (expected == cells[n]) {
		must(code == 0);
		cells[n] = number;
	} else {
		must(code == TARN_MISMATCH || layout->value_size < 8 || code == 0);
		if (!code)
			cells[n] = number;
	}
}

static int
change(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	uint64_t *number = arg;

	must(!old == !number[0]);
	if (old)
		check_value(number[0], old, old_size);
	*out = value_in;
	*out_size = make_value(number[1], value_in);
	return number[1] % 8 ? 0 : 1;
}

static void
call_update(unsigned n)
{
	uint64_t numbers[] = { cells[n], new_number() };
	int code = tarn_map_update(map, keys[n].bytes, keys[n].size, change, numbers);

	must(code == (numbers[1] % 8 ? 0 : 1));
	if (!code)
		cells[n] = numbers[1];
}

/* ---- order ------------------------------------------------------------------------------------- */

static struct tarn_bytes found_key, found_value;

static void
check_found(int code, unsigned n)
{
	must(code == (n < count ? 0 : TARN_NOT_FOUND));
	if (code)
		return;
	must(found_key.size == keys[n].size && !memcmp(found_key.data, keys[n].bytes, keys[n].size));
	check_value(cells[n], found_value.data, found_value.size);
}

static void
expect_room(void)
{
	static char key_out[KEY_MOST];

	found_key = (struct tarn_bytes){ key_out, sizeof(key_out) };
	found_value = (struct tarn_bytes){ value_out, sizeof(value_out) };
}

static void
call_bounds(unsigned n)
{
	bool empty;

	expect_room();
	check_found(tarn_map_lower_bound(map, keys[n].bytes, keys[n].size, &found_key, &found_value),
		    next_filled(n));
	expect_room();
	check_found(tarn_map_upper_bound(map, keys[n].bytes, keys[n].size, &found_key, &found_value),
		    next_filled(n + 1));
	expect_room();
	check_found(tarn_map_first(map, &found_key, &found_value), next_filled(0));
	expect_room();
	check_found(tarn_map_last(map, &found_key, &found_value), last_filled());
	must(tarn_map_empty(map, &empty) == 0 && empty == (last_filled() == count));
}

static void
call_pop(void)
{
	int (*pop)(struct tarn_map *, struct tarn_bytes *, struct tarn_bytes *) =
		roll(2) ? tarn_map_pop_first : tarn_map_pop_last;
	unsigned n = pop == tarn_map_pop_first ? next_filled(0) : last_filled();

	expect_room();
	if (!roll(4))
		found_key.size = 0; /* no room, but for an empty key */
	if (n < count && found_key.size < keys[n].size) {
		must(pop(map, &found_key, &found_value) == TARN_TOO_BIG);
		must(found_key.size == keys[n].size);
		expect_room();
	}
	check_found(pop(map, &found_key, &found_value), n);
	if (n < count)
		cells[n] = 0;
}

static void
call_erase_range(unsigned n)
{
	unsigned to = n + (unsigned)roll(roll(8) ? 20 : count + 1);
	uint64_t erased, there = 0;
	const struct key *end = to < count ? &keys[to] : NULL;

	for (unsigned i = n; i < to && i < count; i++) {
		there += cells[i] != 0;
		cells[i] = 0;
	}
	must(tarn_map_erase_range(map, n ? keys[n].bytes : NULL, keys[n].size, end ? end->bytes : NULL,
				  end ? end->size : 0, &erased) == 0);
	must(erased == there);
}

static void
call_scan(unsigned n)
{
	static char key_room[MANY * 8], value_room[MANY * 32];
	size_t wanted = roll(MANY) + 1, got = wanted;
	int code = tarn_map_scan(map, keys[n].bytes, keys[n].size, key_room, value_room, &got);

	if (layout->value_size == TARN_VALUE_BYTES || keys_are_texts()) {
		must(code == TARN_TYPE);
		return;
	}
	must(code == 0);
	for (size_t i = 0; i < got; i++, n++) {
		n = next_filled(n);
		must(n < count && !memcmp(key_room + i * keys[n].size, keys[n].bytes, keys[n].size));
		check_value(cells[n], value_room + i * layout->value_size, layout->value_size);
	}
	must(got == wanted || next_filled(n) == count);
}

/* A cursor that goes to and fro. */
static void
call_wander(unsigned n)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	unsigned gap = n; /* before this one */
	int code;

	must(tarn_map_cursor_open(map, &cursor) == 0);
	must(tarn_map_cursor_seek(cursor, keys[n].bytes, keys[n].size) == 0);
	for (uint64_t i = 0, steps = roll(60); i < steps; i++) {
		bool on = roll(3) != 0;
		unsigned next = on ? next_filled(gap) : gap;

		while (!on && next && !cells[next - 1])
			next--;
		if (on ? next == count : !next) {
			code = on ? tarn_map_cursor_next(cursor, &entry) : tarn_map_cursor_prev(cursor, &entry);
			must(code == TARN_NOT_FOUND);
			continue;
		}
		n = on ? next : next - 1;
		gap = on ? next + 1 : next - 1;
		code = on ? tarn_map_cursor_next(cursor, &entry) : tarn_map_cursor_prev(cursor, &entry);
		must(code == 0);
		must(entry.key_size == keys[n].size && !memcmp(entry.key, keys[n].bytes, keys[n].size));
		check_value(cells[n], entry.value, entry.value_size);
	}
	tarn_map_cursor_close(cursor);
}

/* ---- many -------------------------------------------------------------------------------------- */

/* What was said of each, and of all. */
static void
check_many(unsigned n, unsigned many, const int *codes, int code)
{
	bool missing = false;

	for (unsigned i = 0; i < many; i++) {
		must(codes[i] == (cells[n + i] ? 0 : TARN_NOT_FOUND));
		missing |= !cells[n + i];
	}
	must(code == (missing ? TARN_NOT_FOUND : 0));
}

static void
call_many(unsigned n)
{
	static char values[MANY][VALUE_MOST];
	struct tarn_bytes names[MANY], data[MANY];
	unsigned many = (unsigned)roll(MANY) + 1;
	uint64_t numbers[MANY], what = roll(4);
	int codes[MANY];

	if (n + many > count)
		many = count - n;
	for (unsigned i = 0; i < many; i++) {
		names[i] = (struct tarn_bytes){ keys[n + i].bytes, keys[n + i].size };
		numbers[i] = new_number();
		data[i] = (struct tarn_bytes){ values[i], make_value(numbers[i], values[i]) };
	}
	if (what == 0)
		must(tarn_map_put_many(map, names, TARN_SEPARATE, many, data, TARN_SEPARATE, codes) == 0);
	else if (what == 1)
		must(tarn_map_load(map, names, TARN_SEPARATE, many, data, TARN_SEPARATE) == 0);
	for (unsigned i = 0; what < 2 && i < many; i++)
		cells[n + i] = numbers[i];
	if (what == 2)
		check_many(n, many, codes, tarn_map_erase_many(map, names, TARN_SEPARATE, many, codes));
	for (unsigned i = 0; what == 2 && i < many; i++)
		cells[n + i] = 0;
	for (unsigned i = 0; i < many; i++)
		data[i].size = VALUE_MOST;
	check_many(n, many, codes,
		   tarn_map_get_many(map, names, TARN_SEPARATE, many, data, TARN_SEPARATE, codes));
	for (unsigned i = 0; i < many; i++) {
		if (cells[n + i])
			check_value(cells[n + i], values[i], data[i].size);
	}
}

/* ---- all of it --------------------------------------------------------------------------------- */

static void
walk(bool on)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	unsigned n = on ? 0 : count;
	int code;

	must(tarn_map_cursor_open(map, &cursor) == 0);
	if (!on)
		tarn_map_cursor_seek_end(cursor);
	for (;;) {
		code = on ? tarn_map_cursor_next(cursor, &entry) : tarn_map_cursor_prev(cursor, &entry);
		n = on ? next_filled(n) : n;
		while (!on && n && !cells[n - 1])
			n--;
		if (code)
			break;
		must(on ? n < count : n > 0);
		n -= !on;
		must(entry.key_size == keys[n].size && !memcmp(entry.key, keys[n].bytes, keys[n].size));
		check_value(cells[n], entry.value, entry.value_size);
		n += on;
	}
	must(code == TARN_NOT_FOUND && n == (on ? count : 0));
	tarn_map_cursor_close(cursor);
	walks++;
}

static void
check_whole(void)
{
	uint64_t size;

	walk(true);
	walk(false);
	must(tarn_map_size(map, &size) == 0 && size == size_of_model());
	if (!txn)
		must(tarn_check(arena, NULL, NULL) == 0);
}

/* ---- whole maps -------------------------------------------------------------------------------- */

/* All of it, into an empty map: by load, from the model. */
static void
load_spare(void)
{
	static char values[KEYS_MOST][VALUE_MOST];
	static struct tarn_bytes names[KEYS_MOST], data[KEYS_MOST];
	unsigned many = 0;

	must(tarn_map_clear(spare) == 0);
	for (unsigned n = next_filled(0); n < count; n = next_filled(n + 1), many++) {
		names[many] = (struct tarn_bytes){ keys[n].bytes, keys[n].size };
		data[many] = (struct tarn_bytes){ values[many], make_value(cells[n], values[many]) };
	}
	must(tarn_map_load(spare, names, TARN_SEPARATE, many, data, TARN_SEPARATE) == 0);
}

/* Another map gets the same; then they are equal, and stay so when they are exchanged. */
static void
call_whole(unsigned n)
{
	bool equal = false;

	if (roll(2))
		must(tarn_map_copy(spare, map) == 0);
	else
		load_spare();
	must(tarn_map_equal(map, spare, &equal) == 0 && equal);
	if (roll(2))
		must(tarn_map_swap(map, spare) == 0);
	call_erase(n);
	must(tarn_map_equal(spare, map, &equal) == 0);
	must(equal == (tarn_map_contains(spare, keys[n].bytes, keys[n].size) == TARN_NOT_FOUND));
	wholes++;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *object = tarn_map_object(plain);

	must(tarn_txn_begin(arena, &txn, &object, 1) == 0);
	map = tarn_map_in(plain, txn);
	memcpy(before_txn, cells, sizeof(cells));
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
	} else {
		tarn_txn_abort(txn);
		memcpy(cells, before_txn, sizeof(cells));
		aborts++;
	}
	map = plain;
	txn = NULL;
}

static void
clear(void)
{
	must(tarn_map_clear(map) == 0);
	memset(cells, 0, sizeof(cells));
}

/* Growing and shrinking in turns. */
static void
random_step(void)
{
	unsigned n = (unsigned)roll(count);
	bool grows = step / (2 * count + 500) % 2 == 0;
	uint64_t what = roll(1000);

	if (what < 10)
		txn ? end() : begin();
	else if (what == 10 && !roll(count / 100 + 1))
		clear();
	else if (what == 11 && !txn && !roll(count / 300 + 1))
		call_whole(n);
	else if (what < 20)
		call_wander(n);
	else if (what < 60)
		call_bounds(n);
	else if (what < 80)
		call_pop();
	else if (what < 85)
		call_erase_range(n);
	else if (what < 100)
		call_scan(n);
	else if (what < 120)
		call_many(n);
	else if (what < 250)
		call_get(n);
	else if (what < 320)
		call_add(n);
	else if (what < 390)
		call_swap(n);
	else if (what < 440)
		call_update(n);
	else if (what < (grows ? 560 : 880))
		call_erase(n);
	else
		what % 2 ? call_put(n) : call_insert(n);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 29 };
	struct tarn_type type = { .kind = TARN_KIND_MAP, .key = layout->key, .value_size = layout->value_size,
				  .key_size = layout->key_size,
				  .order = layout->key == TARN_KEY_CUSTOM ? "from-behind" : NULL };

	dice = seed + 1;
	make_keys(key_counts[seed % RUNS]);
	memset(cells, 0, sizeof(cells));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_map_open(arena, &plain, "map", &type, TARN_CREATE, NULL) == 0);
	must(tarn_map_open(arena, &spare, "spare", &type, TARN_CREATE, NULL) == 0);
	map = plain;
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % CHECK_EVERY == 0)
			check_whole();
	}
	if (txn)
		end();
	check_whole();
	tarn_map_close(plain);
	tarn_map_close(spare);
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	keys = calloc(KEYS_MOST, sizeof(*keys));
	if (!keys || tarn_order_register("from-behind", from_behind, NULL))
		return 1;
	for (size_t i = 0; i < LAYOUTS; i++) {
		layout = &layouts[i];
		if (argc > 1) {
			run(strtoul(argv[1], NULL, 10));
			continue;
		}
		for (unsigned seed = 0; seed < RUNS; seed++)
			run(i * RUNS + seed);
	}
	printf("%lu walks, %lu aborts, %lu whole maps\n1 passed, 0 failed\n", (unsigned long)walks,
	       (unsigned long)aborts, (unsigned long)wholes);
	free(keys);
	return 0;
}
