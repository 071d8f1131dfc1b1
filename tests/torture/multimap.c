// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- ordered multimaps, and a multiset, under real kills: see
 * torture.h
 *
 *	records		each worker's under a key of its own, so in the order in
 *			which they were put in; popped at either end, each once
 *			(queue.c)
 *	taken		who has popped what, last: at most one entry of a worker's key
 *	numbers		a multiset: of each worker its number, which transactions over all
 *			containers set
 *
 * Values are records, and too long for a leaf.
 */
#include "torture/queue.h"

#define RECORD_MOST 10000u

static struct tarn_multimap *records, *taken;
static struct tarn_multiset *numbers;

static int
insert(struct tarn_multimap *map, uint64_t place, const struct torture_record *record)
{
	return tarn_multimap_insert(map, &place, 8, record, sizeof(*record), NULL);
}

static int
records_size(uint64_t *size)
{
	return tarn_multimap_size(records, size);
}

/* ---- push -------------------------------------------------------------------------------------- */

struct batch {
	const struct torture_record *records;
	uint64_t count;
};

static int
insert_records(struct tarn_txn *txn, void *argument)
{
	struct tarn_multimap *map = tarn_multimap_in(records, txn);
	const struct batch *batch = argument;
	int code = 0;

	for (uint64_t i = 0; !code && i < batch->count; i++)
		code = insert(map, batch->records[i].place, &batch->records[i]);
	return code;
}

static int
push(const struct torture_record *made, uint64_t count)
{
	struct tarn_object *object = tarn_multimap_object(records);
	struct batch batch = { made, count };

	return count == 1 ? insert(records, made->place, made)
			  : tarn_txn_run(torture_arena, &object, 1, insert_records, &batch);
}

/* ---- pop --------------------------------------------------------------------------------------- */

static int
pop_from(struct tarn_multimap *map, struct torture_record *record)
{
	uint64_t place = TORTURE_WORKERS;
	struct tarn_bytes key = { &place, sizeof(place) }, value = { record, sizeof(*record) };
	int code = torture_roll(2) ? tarn_multimap_pop_first(map, &key, &value)
				   : tarn_multimap_pop_last(map, &key, &value);

	torture_claim("key", code || place == record->place);
	return code;
}

static int
pop(struct torture_record *record)
{
	return pop_from(records, record);
}

struct step {
	unsigned place;
	struct torture_record *record;
};

static int
pop_and_note(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	struct tarn_multimap *notes = tarn_multimap_in(taken, txn);
	uint64_t place = step->place, erased;
	int code = pop_from(tarn_multimap_in(records, txn), step->record);

	if (code)
		return code;
	code = tarn_multimap_erase(notes, &place, 8, &erased);
	torture_claim("note", code || erased == 1);
	return code && code != TARN_NOT_FOUND ? code : insert(notes, place, step->record);
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { tarn_multimap_object(records), tarn_multimap_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	return tarn_multimap_get(taken, &(uint64_t){ place }, 8, record, sizeof(*record), NULL);
}

/* ---- all --------------------------------------------------------------------------------------- */

static int
read_records(struct torture_record *into, uint64_t *count)
{
	static uint64_t places[RECORD_MOST];
	int code;

	if (*count > RECORD_MOST)
		return TARN_TOO_BIG;
	code = tarn_multimap_scan(records, NULL, 0, places, into, count);
	for (uint64_t i = 0; !code && i < *count; i++) {
		torture_claim("place", places[i] == into[i].place);
		torture_claim("order", !i || places[i - 1] < places[i] ||
					       (places[i - 1] == places[i] &&
						into[i - 1].number < into[i].number));
	}
	return code;
}

static int
clear_records(void)
{
	return tarn_multimap_clear(records);
}

static struct torture_queue queue = {
	"records of a multimap", records_size, push, pop, pop_noted, noted, read_records, clear_records,
	NULL,
};

/* ---- numbers ----------------------------------------------------------------------------------- */

/* In the order of places, for these are less than 256. */
struct number {
	uint64_t place, number;
};

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	const struct number from = { place, 0 }, to = { place + 1, 0 }, is = { place, number };
	struct tarn_multiset *set = tarn_multiset_in(numbers, txn);
	uint64_t erased;
	int code = tarn_multiset_erase_range(set, &from, sizeof(from), &to, sizeof(to), &erased);

	torture_claim("number", code || erased <= 1);
	return code ? code : tarn_multiset_insert(set, &is, sizeof(is), NULL);
}

static int
get_number(unsigned place, uint64_t *number)
{
	const struct number from = { place, 0 };
	struct number found = { .place = TORTURE_WORKERS };
	struct tarn_bytes room = { &found, sizeof(found) };
	int code = tarn_multiset_lower_bound(numbers, &from, sizeof(from), &room);

	*number = !code && found.place == place ? found.number : 0;
	return code == TARN_NOT_FOUND ? 0 : code;
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_multiset_object(numbers);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	torture_act_queue(&queue, place);
}

static void
settle(unsigned place)
{
	torture_settle_queue(&queue, place);
}

static void
compare(void)
{
	torture_compare_queue(&queue);
}

static void
open_maps(void)
{
	struct tarn_type type = { TARN_KIND_MULTIMAP, TARN_KEY_U64, sizeof(struct torture_record),
				  NULL };

	struct tarn_type number = { .kind = TARN_KIND_MULTISET, .key = TARN_KEY_BYTES,
				    .key_size = sizeof(struct number) };

	torture_open_queue(&queue);
	torture_expect_0("open", tarn_multimap_open(torture_arena, &records, "records of a multimap",
						    &type, TARN_CREATE, NULL));
	torture_expect_0("open", tarn_multiset_open(torture_arena, &numbers, "numbers of a multiset",
						    &number, TARN_CREATE, NULL));
	torture_expect_0("open", tarn_multimap_open(torture_arena, &taken, "taken of a multimap", &type,
						    TARN_CREATE, NULL));
}

static void
close_maps(void)
{
	tarn_multimap_close(records);
	tarn_multimap_close(taken);
	tarn_multiset_close(numbers);
}

const struct torture_kind torture_multimap = {
	.name = "multimap", .open = open_maps, .close = close_maps, .act = act, .settle = settle,
	.compare = compare, .object = object, .set_number = set_number, .get_number = get_number,
};
