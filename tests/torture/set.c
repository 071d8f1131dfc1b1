// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- ordered sets under real kills: see torture.h
 *
 *	one, other	keys in one of two sets, or in none; their union (keys.c)
 *	records		keys that are put in anywhere, in the order of their bytes, and
 *			popped at either end, each once (queue.c)
 *	taken		who has popped what, last: a key that begins with the worker
 */
#include "torture/keys.h"
#include "torture/queue.h"

#include <string.h>

#define RECORD_MOST 10000u

/* ---- keys -------------------------------------------------------------------------------------- */

static int
contains(void *set, uint64_t key)
{
	return tarn_set_contains(set, &key, 8);
}

static int
insert(void *set, uint64_t key)
{
	return tarn_set_insert(set, &key, 8);
}

static int
erase(void *set, uint64_t key)
{
	return tarn_set_erase(set, &key, 8);
}

static int
insert_many(void *set, const uint64_t *keys, uint64_t count, int *codes)
{
	return tarn_set_insert_many(set, keys, 8, count, codes);
}

static int
erase_many(void *set, const uint64_t *keys, uint64_t count, int *codes)
{
	return tarn_set_erase_many(set, keys, 8, count, codes);
}

static int
size(void *set, uint64_t *size)
{
	return tarn_set_size(set, size);
}

static int
unite(void *result, void *one, void *other)
{
	return tarn_set_union(result, one, other);
}

static void *
in(void *set, struct tarn_txn *txn)
{
	return tarn_set_in(set, txn);
}

static struct tarn_object *
object_of(void *set)
{
	return tarn_set_object(set);
}

static struct torture_keys keys = {
	contains, insert, erase, insert_many, erase_many, size, unite, in, object_of, { NULL }, NULL, NULL,
};

/* ---- records ----------------------------------------------------------------------------------- */

/* Whose bytes are in no order of theirs. */
struct key {
	uint64_t mixed;
	struct torture_record record;
};

struct taken {
	uint64_t place;
	struct key key;
};

static struct tarn_set *records, *taken;

static struct key
key_of(const struct torture_record *record)
{
	/* an odd factor: each has a key of its own, anywhere */
	return (struct key){ (record->number * TORTURE_WORKERS + record->place) *
				     UINT64_C(0x9e3779b97f4a7c15),
			     *record };
}

static int
records_size(uint64_t *size)
{
	return tarn_set_size(records, size);
}

struct batch {
	const struct torture_record *records;
	uint64_t count;
};

static int
insert_records(struct tarn_txn *txn, void *argument)
{
	struct tarn_set *set = tarn_set_in(records, txn);
	const struct batch *batch = argument;
	int code = 0;

	for (uint64_t i = 0; !code && i < batch->count; i++) {
		struct key key = key_of(&batch->records[i]);

		code = tarn_set_insert(set, &key, sizeof(key));
	}
	return code;
}

static int
push(const struct torture_record *made, uint64_t count)
{
	struct tarn_object *object = tarn_set_object(records);
	struct batch batch = { made, count };
	struct key key = key_of(made);

	return count == 1 ? tarn_set_insert(records, &key, sizeof(key))
			  : tarn_txn_run(torture_arena, &object, 1, insert_records, &batch);
}

static int
pop_from(struct tarn_set *set, struct key *key)
{
	struct tarn_bytes room = { key, sizeof(*key) };

	return torture_roll(2) ? tarn_set_pop_first(set, &room) : tarn_set_pop_last(set, &room);
}

static int
pop(struct torture_record *record)
{
	struct key key;
	int code = pop_from(records, &key);

	*record = key.record;
	return code;
}

/* What is there of this worker's; its first word alone is less than the whole of it. */
static int
taken_of(struct tarn_set *set, uint64_t place, struct taken *found)
{
	struct taken least = { .place = place };
	struct tarn_bytes room = { found, sizeof(*found) };
	int code = tarn_set_lower_bound(set, &least, sizeof(least), &room);

	return !code && found->place != place ? TARN_NOT_FOUND : code;
}

struct step {
	unsigned place;
	struct torture_record *record;
};

static int
pop_and_note(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	struct tarn_set *notes = tarn_set_in(taken, txn);
	struct taken old, new = { .place = step->place };
	int code = pop_from(tarn_set_in(records, txn), &new.key);

	if (code)
		return code;
	*step->record = new.key.record;
	code = taken_of(notes, step->place, &old);
	if (!code)
		code = tarn_set_erase(notes, &old, sizeof(old));
	return code && code != TARN_NOT_FOUND ? code : tarn_set_insert(notes, &new, sizeof(new));
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { tarn_set_object(records), tarn_set_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	struct taken found;
	int code = taken_of(taken, place, &found);

	*record = found.key.record;
	return code;
}

static int
read_records(struct torture_record *into, uint64_t *count)
{
	static struct key all[RECORD_MOST];
	int code;

	if (*count > RECORD_MOST)
		return TARN_TOO_BIG;
	code = tarn_set_scan(records, NULL, 0, all, count);
	for (uint64_t i = 0; !code && i < *count; i++) {
		torture_claim("order", !i || memcmp(&all[i - 1], &all[i], sizeof(*all)) < 0);
		into[i] = all[i].record;
	}
	return code;
}

static int
clear_records(void)
{
	return tarn_set_clear(records);
}

static struct torture_queue queue = {
	"records of a set", records_size, push, pop, pop_noted, noted, read_records, clear_records, NULL,
};

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	if (torture_roll(2))
		torture_act_queue(&queue, place);
	else
		torture_act_keys(&keys, place);
}

static void
settle(unsigned place)
{
	torture_settle_queue(&queue, place);
	torture_settle_keys(&keys, place);
}

static void
compare(void)
{
	torture_compare_queue(&queue);
	torture_compare_keys(&keys);
}

static struct tarn_set *
open_one(const char *name, struct tarn_type type)
{
	struct tarn_set *set;

	torture_expect_0("open", tarn_set_open(torture_arena, &set, name, &type, TARN_CREATE, NULL));
	return set;
}

static void
open_sets(void)
{
	static const char *const names[WHERES] = { "both sets", "one set", "other set" };
	struct tarn_type type = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };
	struct tarn_type key = { .kind = TARN_KIND_SET, .key = TARN_KEY_BYTES,
				 .key_size = sizeof(struct key) };
	struct tarn_type note = { .kind = TARN_KIND_SET, .key = TARN_KEY_BYTES,
				  .key_size = sizeof(struct taken) };

	torture_open_keys(&keys);
	for (unsigned i = 0; i < WHERES; i++)
		keys.sets[i] = open_one(names[i], type);
	keys.numbers = open_one("numbers of a set", type);
	torture_open_queue(&queue);
	records = open_one("records of a set", key);
	taken = open_one("records taken of a set", note);
}

static void
close_sets(void)
{
	for (unsigned i = 0; i < WHERES; i++)
		tarn_set_close(keys.sets[i]);
	tarn_set_close(keys.numbers);
	tarn_set_close(records);
	tarn_set_close(taken);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_set_object(keys.numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return torture_set_bits(&keys, txn, place, number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	return torture_get_bits(&keys, place, number);
}

const struct torture_kind torture_set = {
	"set", open_sets, close_sets, act, settle, compare, object, set_number, get_number,
};
