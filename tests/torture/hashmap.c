// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps under real kills: see torture.h
 *
 *	counters	fetch_add on few keys, all workers on the same
 *	blobs		byte strings (blobs.c)
 *
 *	journal of a worker	adds begun | adds done
 */
#include "torture/blobs.h"

#define WORKERS TORTURE_WORKERS
#define KEYS 4u
#define OWN 1000u /* and a worker's place: its number of a transaction over all */

static struct journal {
	uint64_t adds_begun, adds_done;
} *journals;

static struct tarn_hashmap *counters, *blobs;
static uint64_t unsure;

/* ---- workers ----------------------------------------------------------------------------------- */

static void
add(struct journal *journal)
{
	uint64_t key = torture_roll(KEYS);

	tarn__store_release(&journal->adds_begun, journal->adds_begun + 1);
	torture_expect_0("add", tarn_hashmap_fetch_add(counters, &key, 8, 1, NULL));
	tarn__store_release(&journal->adds_done, journal->adds_done + 1);
}

/* ---- blobs ------------------------------------------------------------------------------------- */

static int
get_blob(const void *key, size_t key_size, void *value, size_t room, size_t *value_size)
{
	return tarn_hashmap_get(blobs, key, key_size, value, room, value_size);
}

static int
put_blob(const void *key, size_t key_size, const void *value, size_t value_size)
{
	return tarn_hashmap_put(blobs, key, key_size, value, value_size);
}

static int
insert_blob(const void *key, size_t key_size, const void *value, size_t value_size)
{
	return tarn_hashmap_insert(blobs, key, key_size, value, value_size);
}

static int
erase_blob(const void *key, size_t key_size)
{
	return tarn_hashmap_erase(blobs, key, key_size);
}

static int
swap_blob(const void *key, size_t key_size, const struct tarn_bytes *expected,
	  const struct tarn_bytes *desired)
{
	return tarn_hashmap_compare_and_swap(blobs, key, key_size, expected->data, expected->size,
					     desired->data, desired->size);
}

static int
count_blobs(uint64_t *size)
{
	return tarn_hashmap_size(blobs, size);
}

static struct torture_blobs calls = {
	get_blob, put_blob, insert_blob, erase_blob, swap_blob, count_blobs, NULL,
};

static void
act(unsigned place)
{
	if (torture_roll(2))
		add(&journals[place]);
	else
		torture_change_blob(&calls, place);
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static uint64_t
count_at(uint64_t key)
{
	uint64_t value = 0;

	torture_expect_there("get", tarn_hashmap_get(counters, &key, 8, &value, 8, NULL));
	return value;
}

/* It was begun at most once more than it was acknowledged; from now on both are the same. */
static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];

	unsure += journal->adds_begun - journal->adds_done;
	torture_unsure += journal->adds_begun - journal->adds_done;
	journal->adds_begun = journal->adds_done;
	torture_settle_blobs(&calls, place);
}

static void
compare_counters(void)
{
	uint64_t adds = 0, done = 0;

	for (unsigned key = 0; key < KEYS; key++)
		adds += count_at(key);
	for (unsigned i = 0; i < WORKERS; i++)
		done += journals[i].adds_done;
	torture_lost += adds < done ? done - adds : 0;
	torture_doubled += adds > done + unsure ? adds - done - unsure : 0;
}

static void
compare(void)
{
	compare_counters();
	torture_compare_blobs(&calls);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_maps(void)
{
	struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };

	journals = torture_memory(WORKERS * sizeof(*journals));
	torture_open_blobs(&calls);
	torture_expect_0("open", tarn_hashmap_open(torture_arena, &counters, "counters", &words,
						   TARN_CREATE, NULL));
	torture_expect_0("open", tarn_hashmap_open(torture_arena, &blobs, "blobs", &texts,
						   TARN_CREATE, NULL));
}

static void
close_maps(void)
{
	tarn_hashmap_close(counters);
	tarn_hashmap_close(blobs);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_hashmap_object(counters);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	uint64_t key = OWN + place;

	return tarn_hashmap_put(tarn_hashmap_in(counters, txn), &key, 8, &number, 8);
}

static int
get_number(unsigned place, uint64_t *number)
{
	*number = count_at(OWN + place);
	return 0;
}

const struct torture_kind torture_hashmap = {
	"hashmap", open_maps, close_maps, act, settle, compare, object, set_number, get_number,
};
