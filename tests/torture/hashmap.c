// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps under real kills: see torture.h
 *
 *	counters	fetch_add on few keys, all workers on the same
 *	blobs		put, insert, swap and erase of byte strings of many
 *			lengths, the keys each worker's own
 *
 *	journal of a worker	adds begun | adds done |
 *				blob, what it was, what it will be
 */
#include "torture/torture.h"

#include <stdio.h>
#include <string.h>

#define WORKERS TORTURE_WORKERS
#define KEYS 4u
#define BLOBS 64u
#define BLOB_MOST 2500u
#define OWN 1000u /* and a worker's place: its number of a transaction over all */

static struct journal {
	uint64_t adds_begun, adds_done;
	uint64_t pending;      /* blob + 1; 0: none */
	uint64_t next;	       /* what that will be */
	uint64_t blobs[BLOBS]; /* 0: absent; else its seed */
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

/* Length and bytes follow from the seed. */
static size_t
make_blob(uint64_t seed, char *bytes)
{
	size_t size = 8 + seed % (seed % 16 ? 120 : BLOB_MOST - 8);

	memcpy(bytes, &seed, 8);
	for (size_t i = 8; i < size; i++)
		bytes[i] = (char)(seed >> i % 8 * 8) + (char)i;
	return size;
}

static size_t
make_name(unsigned place, unsigned blob, char *name)
{
	return (size_t)sprintf(name, "worker %u, blob %u%s", place, blob,
			       blob % 2 ? "" : " of them");
}

static int
change_blob_as(uint64_t before, uint64_t next, const char *name, size_t name_size)
{
	char old[BLOB_MOST], bytes[BLOB_MOST];
	size_t size = make_blob(next, bytes);

	if (!next)
		return tarn_hashmap_erase(blobs, name, name_size);
	if (!before)
		return tarn_hashmap_insert(blobs, name, name_size, bytes, size);
	if (torture_roll(2))
		return tarn_hashmap_put(blobs, name, name_size, bytes, size);
	return tarn_hashmap_compare_and_swap(blobs, name, name_size, old, make_blob(before, old),
					     bytes, size);
}

static void
change_blob(unsigned place, struct journal *journal)
{
	unsigned blob = (unsigned)torture_roll(BLOBS);
	uint64_t *now = &journal->blobs[blob];
	uint64_t next = *now && !torture_roll(3) ? 0 : 1 + torture_roll(UINT64_MAX - 1);
	char name[48];

	tarn__store(&journal->next, next);
	tarn__store_release(&journal->pending, blob + 1);
	torture_expect_0("blob", change_blob_as(*now, next, name, make_name(place, blob, name)));
	tarn__store_release(now, next);
	tarn__store_release(&journal->pending, 0);
}

static void
act(unsigned place)
{
	if (torture_roll(2))
		add(&journals[place]);
	else
		change_blob(place, &journals[place]);
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static uint64_t
count_at(uint64_t key)
{
	uint64_t value = 0;

	torture_expect_there("get", tarn_hashmap_get(counters, &key, 8, &value, 8, NULL));
	return value;
}

/* The seed of what is there; 0: nothing.  1 is nobody's: something that was never put. */
static uint64_t
blob_at(unsigned place, unsigned blob)
{
	char name[48], bytes[BLOB_MOST], expected[BLOB_MOST];
	uint64_t seed;
	size_t size;
	int code = tarn_hashmap_get(blobs, name, make_name(place, blob, name), bytes, sizeof(bytes),
				    &size);

	if (code == TARN_NOT_FOUND)
		return 0;
	torture_expect_0("get", code);
	memcpy(&seed, bytes, 8);
	if (size != make_blob(seed, expected) || memcmp(bytes, expected, size))
		return 1;
	return seed;
}

/* It was begun at most once more than it was acknowledged; from now on both are the same. */
static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];

	unsure += journal->adds_begun - journal->adds_done;
	torture_unsure += journal->adds_begun - journal->adds_done;
	journal->adds_begun = journal->adds_done;
	if (journal->pending) {
		uint64_t *blob = &journal->blobs[journal->pending - 1];
		uint64_t found = blob_at(place, (unsigned)journal->pending - 1);

		torture_lost += found != *blob && found != journal->next;
		torture_unsure++;
		*blob = found;
	}
	journal->pending = 0;
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
	uint64_t present = 0, size;

	compare_counters();
	for (unsigned i = 0; i < WORKERS * BLOBS; i++) {
		uint64_t known = journals[i / BLOBS].blobs[i % BLOBS];

		torture_lost += blob_at(i / BLOBS, i % BLOBS) != known;
		present += known != 0;
	}
	torture_expect_0("size", tarn_hashmap_size(blobs, &size));
	torture_lost += size < present ? present - size : 0;
	torture_doubled += size > present ? size - present : 0;
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_maps(void)
{
	struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };

	journals = torture_memory(WORKERS * sizeof(*journals));
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
object(void)
{
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
