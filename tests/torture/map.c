// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- ordered maps under real kills: see torture.h
 *
 *	blobs		byte strings (blobs.c)
 *	records		put in anywhere, popped at either end, each once (queue.c)
 *	taken		who has popped what, last
 *	rows		a worker adds its keys upwards, and erases them from below, one
 *			by one, or ranges of them; its keys and those of others lie in
 *			stretches side by side.  Scans find all of its own, in order
 *	numbers		a key for each worker
 *
 *	rows of a worker	begun erasing | erased   low ... high   begun adding
 */
#include "torture/blobs.h"
#include "torture/queue.h"

#include <string.h>

#define WORKERS TORTURE_WORKERS
#define RECORD_MOST 10000u
#define STRETCH 256u /* rows of a worker side by side */
#define ROWS_MOST 4000u /* of a worker */
#define BATCH 100u
#define SCAN 600u

static struct journal {
	uint64_t low, low_begun, high, high_begun;
	bool whole; /* what is begun: all or none */
} *journals;

static struct tarn_map *blobs, *records, *taken, *rows, *numbers;

/* ---- blobs ------------------------------------------------------------------------------------- */

static int
get_blob(const void *key, size_t key_size, void *value, size_t room, size_t *value_size)
{
	return tarn_map_get(blobs, key, key_size, value, room, value_size);
}

static int
put_blob(const void *key, size_t key_size, const void *value, size_t value_size)
{
	return tarn_map_put(blobs, key, key_size, value, value_size);
}

static int
insert_blob(const void *key, size_t key_size, const void *value, size_t value_size)
{
	return tarn_map_insert(blobs, key, key_size, value, value_size);
}

static int
erase_blob(const void *key, size_t key_size)
{
	return tarn_map_erase(blobs, key, key_size);
}

static int
swap_blob(const void *key, size_t key_size, const struct tarn_bytes *expected,
	  const struct tarn_bytes *desired)
{
	return tarn_map_compare_and_swap(blobs, key, key_size, expected->data, expected->size,
					 desired->data, desired->size);
}

static int
count_blobs(uint64_t *size)
{
	return tarn_map_size(blobs, size);
}

static struct torture_blobs calls = {
	get_blob, put_blob, insert_blob, erase_blob, swap_blob, count_blobs, NULL,
};

/* ---- records ----------------------------------------------------------------------------------- */

static int
records_size(uint64_t *size)
{
	return tarn_map_size(records, size);
}

static int
insert_record(struct tarn_map *in, const struct torture_record *record)
{
	/* an odd factor: each has a key of its own, anywhere */
	uint64_t key = (record->number * WORKERS + record->place) * UINT64_C(0x9e3779b97f4a7c15);

	return tarn_map_insert(in, &key, 8, record, sizeof(*record));
}

struct batch {
	const struct torture_record *records;
	uint64_t count;
};

static int
insert_records(struct tarn_txn *txn, void *argument)
{
	struct tarn_map *in = tarn_map_in(records, txn);
	const struct batch *batch = argument;
	int code = 0;

	for (uint64_t i = 0; !code && i < batch->count; i++)
		code = insert_record(in, &batch->records[i]);
	return code;
}

static int
push(const struct torture_record *made, uint64_t count)
{
	struct tarn_object *object = tarn_map_object(records);
	struct batch batch = { made, count };

	return count == 1 ? insert_record(records, made)
			  : tarn_txn_run(torture_arena, &object, 1, insert_records, &batch);
}

static int
pop_from(struct tarn_map *in, struct torture_record *record)
{
	struct tarn_bytes value = { record, sizeof(*record) };

	return torture_roll(2) ? tarn_map_pop_first(in, NULL, &value) : tarn_map_pop_last(in, NULL, &value);
}

static int
pop(struct torture_record *record)
{
	return pop_from(records, record);
}

struct step {
	uint64_t place;
	struct torture_record *record;
};

static int
pop_and_note(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	int code = pop_from(tarn_map_in(records, txn), step->record);

	return code ? code : tarn_map_put(tarn_map_in(taken, txn), &step->place, 8, step->record,
					  sizeof(*step->record));
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { tarn_map_object(records), tarn_map_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	uint64_t key = place;

	return tarn_map_get(taken, &key, 8, record, sizeof(*record), NULL);
}

static int
read_records(struct torture_record *into, uint64_t *count)
{
	static uint64_t keys[RECORD_MOST];

	if (*count > RECORD_MOST)
		return TARN_TOO_BIG;
	return tarn_map_scan(records, NULL, 0, keys, into, count);
}

static int
clear_records(void)
{
	return tarn_map_clear(records);
}

static struct torture_queue queue = {
	"records of a map", records_size, push, pop, pop_noted, noted, read_records, clear_records,
	NULL,
};

/* ---- rows -------------------------------------------------------------------------------------- */

static uint64_t
key_of(unsigned place, uint64_t row)
{
	return row / STRETCH * STRETCH * WORKERS + place * STRETCH + row % STRETCH;
}

static uint64_t
row_of(uint64_t key, unsigned *place)
{
	*place = (unsigned)(key / STRETCH % WORKERS);
	return key / STRETCH / WORKERS * STRETCH + key % STRETCH;
}

static uint64_t
value_of(uint64_t key)
{
	return key * 7 + 1;
}

static void
add_rows(unsigned place, uint64_t count)
{
	struct journal *journal = &journals[place];
	uint64_t keys[BATCH], values[BATCH];

	for (uint64_t i = 0; i < count; i++) {
		keys[i] = key_of(place, journal->high + i);
		values[i] = value_of(keys[i]);
	}
	journal->whole = false;
	tarn__store_release(&journal->high_begun, journal->high + count);
	torture_expect_0("rows", count == 1	  ? tarn_map_insert(rows, keys, 8, values, 8)
				 : torture_roll(2) ? tarn_map_load(rows, keys, 8, count, values, 8)
						   : tarn_map_put_many(rows, keys, 8, count, values, 8,
								       NULL));
	tarn__store_release(&journal->high, journal->high + count);
}

struct range {
	uint64_t from, to, count;
};

static int
erase_range(struct tarn_map *in, const struct range *range)
{
	uint64_t erased;
	int code = tarn_map_erase_range(in, &range->from, 8, &range->to, 8, &erased);

	torture_claim("erased", code || erased == range->count);
	return code;
}

static int
erase_whole(struct tarn_txn *txn, void *range)
{
	return erase_range(tarn_map_in(rows, txn), range);
}

/* Within a stretch: others' keys come behind it. */
static void
erase_rows(unsigned place, uint64_t count)
{
	struct tarn_object *object = tarn_map_object(rows);
	struct journal *journal = &journals[place];
	uint64_t first = key_of(place, journal->low), rest = STRETCH - journal->low % STRETCH;
	struct range range = { .from = first, .count = count < rest ? count : rest };

	range.to = first + range.count;
	journal->whole = !torture_roll(3);
	tarn__store_release(&journal->low_begun, journal->low + range.count);
	if (range.count == 1)
		torture_expect_0("erase", tarn_map_erase(rows, &first, 8));
	else if (journal->whole)
		torture_expect_0("erase", tarn_txn_run(torture_arena, &object, 1, erase_whole, &range));
	else
		torture_expect_0("erase", erase_range(rows, &range));
	tarn__store_release(&journal->low, journal->low_begun);
}

/* Keys ascend, values are theirs, and of the worker's own, which nobody changes now, none is missing. */
static void
scan_rows(unsigned place)
{
	const struct journal *journal = &journals[place];
	uint64_t keys[SCAN], values[SCAN], own = journal->low + torture_roll(journal->high - journal->low);
	uint64_t from = key_of(place, own), count = SCAN;
	unsigned whose;

	torture_expect_0("scan", tarn_map_scan(rows, &from, 8, keys, values, &count));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t row = row_of(keys[i], &whose);

		torture_claim("order", keys[i] >= (i ? keys[i - 1] + 1 : from));
		torture_claim("value", values[i] == value_of(keys[i]));
		torture_claim("own row", whose != place || row == own++);
	}
	torture_claim("last own row", count == SCAN || own == journal->high);
}

/* The same backwards, by a cursor. */
static void
walk_rows(unsigned place)
{
	const struct journal *journal = &journals[place];
	uint64_t own = journal->low + torture_roll(journal->high - journal->low);
	uint64_t key, last = key_of(place, own);
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	unsigned whose;
	int code;

	torture_expect_0("cursor", tarn_map_cursor_open(rows, &cursor));
	torture_expect_0("seek", tarn_map_cursor_seek(cursor, &last, 8));
	for (unsigned i = 0; i < BATCH; i++) {
		code = tarn_map_cursor_prev(cursor, &entry);
		if (code == TARN_NOT_FOUND)
			break;
		torture_expect_0("prev", code);
		memcpy(&key, entry.key, 8);
		torture_claim("order", key < last);
		torture_claim("own row", row_of(key, &whose) == own - 1 || whose != place);
		own -= whose == place;
		last = key;
	}
	tarn_map_cursor_close(cursor);
}

static void
act_rows(unsigned place)
{
	struct journal *journal = &journals[place];
	uint64_t held = journal->high - journal->low, count = torture_roll(2) ? 1 : 1 + torture_roll(BATCH);
	uint64_t which = torture_roll(10);

	if (held && which < 1)
		scan_rows(place);
	else if (held && which < 2)
		walk_rows(place);
	else if (held < BATCH || (held < ROWS_MOST && which < 6))
		add_rows(place, count);
	else
		erase_rows(place, count);
}

/* Whether a row is there, and as it must be. */
static bool
has_row(unsigned place, uint64_t row)
{
	uint64_t key = key_of(place, row), value = 0;
	int code = tarn_map_get(rows, &key, 8, &value, 8, NULL);

	torture_expect_there("get", code);
	torture_lost += !code && value != value_of(key);
	return !code;
}

/* Some of the rows that the dead was adding are there, the first ones; likewise of those it was erasing. */
static void
settle_rows(unsigned place)
{
	struct journal *journal = &journals[place];
	uint64_t low = journal->low, high = journal->high;

	torture_unsure += low != journal->low_begun || high != journal->high_begun;
	while (low < journal->low_begun && !has_row(place, low))
		low++;
	while (high < journal->high_begun && has_row(place, high))
		high++;
	for (uint64_t row = low; row < journal->low_begun; row++)
		torture_lost += !has_row(place, row);
	for (uint64_t row = high; row < journal->high_begun; row++)
		torture_doubled += has_row(place, row);
	torture_lost += journal->whole && low != journal->low && low != journal->low_begun;
	journal->low = journal->low_begun = low;
	journal->high = journal->high_begun = high;
}

/* And the worker's are all there, and as many as there are are all workers'. */
static void
compare_rows(void)
{
	uint64_t held = 0, size;

	for (unsigned place = 0; place < WORKERS; place++) {
		for (uint64_t row = journals[place].low; row < journals[place].high; row++)
			torture_lost += !has_row(place, row);
		held += journals[place].high - journals[place].low;
	}
	torture_expect_0("size", tarn_map_size(rows, &size));
	torture_lost += size < held ? held - size : 0;
	torture_doubled += size > held ? size - held : 0;
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	uint64_t which = torture_roll(3);

	if (which == 0)
		torture_change_blob(&calls, place);
	else if (which == 1)
		torture_act_queue(&queue, place);
	else
		act_rows(place);
}

static void
settle(unsigned place)
{
	torture_settle_blobs(&calls, place);
	torture_settle_queue(&queue, place);
	settle_rows(place);
}

static void
compare(void)
{
	torture_compare_blobs(&calls);
	torture_compare_queue(&queue);
	compare_rows();
}

static void
open_one(struct tarn_map **map, const char *name, enum tarn_key_kind key, uint32_t value_size)
{
	struct tarn_type type = { TARN_KIND_MAP, key, value_size, NULL };

	torture_expect_0("open", tarn_map_open(torture_arena, map, name, &type, TARN_CREATE, NULL));
}

static void
open_maps(void)
{
	journals = torture_memory(WORKERS * sizeof(*journals));
	torture_open_blobs(&calls);
	torture_open_queue(&queue);
	open_one(&blobs, "blobs in order", TARN_KEY_STRING, TARN_VALUE_BYTES);
	open_one(&records, "records of a map", TARN_KEY_U64, sizeof(struct torture_record));
	open_one(&taken, "records taken of a map", TARN_KEY_U64, sizeof(struct torture_record));
	open_one(&rows, "rows", TARN_KEY_U64, 8);
	open_one(&numbers, "numbers of a map", TARN_KEY_U64, 8);
}

static void
close_maps(void)
{
	tarn_map_close(blobs);
	tarn_map_close(records);
	tarn_map_close(taken);
	tarn_map_close(rows);
	tarn_map_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_map_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	uint64_t key = place;

	return tarn_map_put(tarn_map_in(numbers, txn), &key, 8, &number, 8);
}

static int
get_number(unsigned place, uint64_t *number)
{
	uint64_t key = place;
	int code = tarn_map_get(numbers, &key, 8, number, 8, NULL);

	if (code == TARN_NOT_FOUND)
		*number = 0;
	return code == TARN_NOT_FOUND ? 0 : code;
}

const struct torture_kind torture_map = {
	"map", open_maps, close_maps, act, settle, compare, object, set_number, get_number,
};
