// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keys.c -- keys that are in one of two sets, or in none: see keys.h
 */
#include "torture/keys.h"

#define WORKERS TORTURE_WORKERS
#define KEYS TORTURE_KEYS
#define MANY 30u
#define NUMBER_BITS 32u

struct torture_keys_journal {
	uint64_t count; /* 0: nothing is pending */
	uint64_t first, where;
	bool whole;	     /* in a transaction: all or none */
	uint8_t is_in[KEYS]; /* enum torture_where */
};

/* A worker's change. */
struct change {
	const struct torture_keys *keys;
	unsigned place;
};

void
torture_open_keys(struct torture_keys *keys)
{
	keys->journals = torture_memory(WORKERS * sizeof(*keys->journals));
}

static uint64_t
key_of(unsigned place, uint64_t own)
{
	return own * WORKERS + place;
}

static bool
is_in(const struct torture_keys *keys, void *set, unsigned place, uint64_t own)
{
	int code = keys->contains(set, key_of(place, own));

	torture_expect_there("contains", code);
	return !code;
}

static uint64_t
size_of(const struct torture_keys *keys, void *set)
{
	uint64_t size;

	torture_expect_0("size", keys->size(set, &size));
	return size;
}

/* ---- changes ----------------------------------------------------------------------------------- */

static int
move_key(const struct torture_keys *keys, void *const *in, uint64_t key, enum torture_where from,
	 enum torture_where to)
{
	int code = from == NOWHERE ? 0 : keys->erase(in[from], key);

	return code || to == NOWHERE ? code : keys->insert(in[to], key);
}

static int
move_all(struct tarn_txn *txn, void *argument)
{
	const struct change *change = argument;
	const struct torture_keys *keys = change->keys;
	const struct torture_keys_journal *journal = &keys->journals[change->place];
	void *in[WHERES] = { NULL, keys->in(keys->sets[ONE], txn), keys->in(keys->sets[OTHER], txn) };
	int code = 0;

	for (uint64_t i = journal->first; !code && i < journal->first + journal->count; i++) {
		if (journal->is_in[i] != journal->where)
			code = move_key(keys, in, key_of(change->place, i),
					(enum torture_where)journal->is_in[i],
					(enum torture_where)journal->where);
	}
	return code;
}

static int
move_whole(const struct torture_keys *keys, unsigned place)
{
	struct tarn_object *both[] = { keys->object(keys->sets[ONE]), keys->object(keys->sets[OTHER]) };
	struct change change = { keys, place };

	return tarn_txn_run(torture_arena, both, 2, move_all, &change);
}

/* From nowhere into one of them, or back: keys as they are there, TARN_EXISTS or TARN_NOT_FOUND. */
static int
move_many(const struct torture_keys *keys, unsigned place, enum torture_where from)
{
	const struct torture_keys_journal *journal = &keys->journals[place];
	uint64_t moved[MANY], count = 0;
	int codes[MANY];

	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		if (journal->is_in[i] == from)
			moved[count++] = key_of(place, i);
	}
	return journal->where == NOWHERE
		       ? keys->erase_many(keys->sets[from], moved, count, codes)
		       : keys->insert_many(keys->sets[journal->where], moved, count, codes);
}

/* Keys that are not where they come from in such a change stay where they are. */
static bool
goes(const struct torture_keys_journal *journal, uint64_t own, enum torture_where from)
{
	return journal->whole || journal->is_in[own] == from;
}

static void
note(struct torture_keys_journal *journal, enum torture_where from)
{
	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		if (goes(journal, i, from))
			tarn__store8(&journal->is_in[i], (uint8_t)journal->where);
	}
	tarn__store_release(&journal->count, 0);
}

static void
change(const struct torture_keys *keys, unsigned place)
{
	struct torture_keys_journal *journal = &keys->journals[place];
	uint64_t count = torture_roll(2) ? 1 : 1 + torture_roll(MANY);
	enum torture_where from;

	journal->first = torture_roll(KEYS - MANY);
	from = (enum torture_where)journal->is_in[journal->first];
	journal->where = from == NOWHERE ? ONE + torture_roll(2) : torture_roll(WHERES);
	journal->whole = (from != NOWHERE && journal->where != NOWHERE) || torture_roll(2);
	tarn__store_release(&journal->count, count);
	torture_expect_0("keys", journal->whole ? move_whole(keys, place) : move_many(keys, place, from));
	note(journal, from);
}

/* ---- unions ------------------------------------------------------------------------------------ */

static int
unite(struct tarn_txn *txn, void *argument)
{
	const struct change *change = argument;
	const struct torture_keys *keys = change->keys;
	void *both = keys->in(keys->sets[NOWHERE], txn), *one = keys->in(keys->sets[ONE], txn);
	void *other = keys->in(keys->sets[OTHER], txn);
	int code = keys->unite(both, one, other);
	uint64_t own = torture_roll(KEYS);

	if (code)
		return code;
	torture_claim("union", size_of(keys, both) == size_of(keys, one) + size_of(keys, other));
	torture_claim("own key", is_in(keys, both, change->place, own) ==
					 (keys->journals[change->place].is_in[own] != NOWHERE));
	return 0;
}

static void
unite_all(const struct torture_keys *keys, unsigned place)
{
	struct tarn_object *all[] = { keys->object(keys->sets[NOWHERE]), keys->object(keys->sets[ONE]),
				      keys->object(keys->sets[OTHER]) };
	struct change change = { keys, place };

	torture_expect_0("union", tarn_txn_run(torture_arena, all, WHERES, unite, &change));
}

void
torture_act_keys(const struct torture_keys *keys, unsigned place)
{
	if (torture_roll(12))
		change(keys, place);
	else
		unite_all(keys, place);
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static enum torture_where
where_is(const struct torture_keys *keys, unsigned place, uint64_t own)
{
	bool one = is_in(keys, keys->sets[ONE], place, own);
	bool other = is_in(keys, keys->sets[OTHER], place, own);

	torture_doubled += one && other;
	return one ? ONE : other ? OTHER : NOWHERE;
}

/* One by one each has come or not; in a transaction all have, or none: those noted so far too. */
void
torture_settle_keys(const struct torture_keys *keys, unsigned place)
{
	struct torture_keys_journal *journal = &keys->journals[place];
	unsigned moved = 0, stayed = 0;

	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		enum torture_where found = where_is(keys, place, i);
		enum torture_where was = (enum torture_where)journal->is_in[i];

		torture_lost += found != was && found != journal->where;
		moved += found != was;
		stayed += found == was && found != journal->where;
		journal->is_in[i] = (uint8_t)found;
	}
	torture_unsure += journal->count != 0;
	torture_lost += journal->whole && moved && stayed;
	journal->count = 0;
}

void
torture_compare_keys(const struct torture_keys *keys)
{
	uint64_t present[WHERES] = { 0 };

	for (unsigned i = 0; i < WORKERS * KEYS; i++) {
		enum torture_where known =
			(enum torture_where)keys->journals[i / KEYS].is_in[i % KEYS];

		torture_lost += where_is(keys, i / KEYS, i % KEYS) != known;
		present[known]++;
	}
	torture_doubled += size_of(keys, keys->sets[ONE]) != present[ONE];
	torture_doubled += size_of(keys, keys->sets[OTHER]) != present[OTHER];
	unite_all(keys, 0);
}

/* ---- numbers ----------------------------------------------------------------------------------- */

int
torture_set_bits(const struct torture_keys *keys, struct tarn_txn *txn, unsigned place,
		 uint64_t number)
{
	void *in = keys->in(keys->numbers, txn);
	int code = 0;

	for (unsigned bit = 0; !code && bit < NUMBER_BITS; bit++) {
		code = number >> bit & 1 ? keys->insert(in, key_of(place, bit))
					 : keys->erase(in, key_of(place, bit));
		if (code == TARN_EXISTS || code == TARN_NOT_FOUND)
			code = 0;
	}
	return code;
}

int
torture_get_bits(const struct torture_keys *keys, unsigned place, uint64_t *number)
{
	*number = 0;
	for (unsigned bit = 0; bit < NUMBER_BITS; bit++)
		*number |= (uint64_t)is_in(keys, keys->numbers, place, bit) << bit;
	return 0;
}
