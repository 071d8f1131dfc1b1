// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_whole.c -- two maps: swap, copy, compare
 *
 *	swap	a transaction has both gates; the two roots exchange what
 *		hangs from them
 *	copy	a cursor walks through the one; what it finds is put into a
 *		map built aside, which then takes the place of the other
 *	compare	walks that leave the same trace twice have seen nothing
 *		change in between (hashmap_walk.c):
 *
 *		one	walk .				each of its entries
 *		other	     . walk	looked up here <-'	walk
 *			       ^ all of it was so at this moment
 *
 * All of this serves sets too, whose entries are keys and a word that is 0.
 *
 * Invariants: object.h, O2, O3; aside.c.
 *
 * Who may write what: the roots, who has their gates and nodes.
 *
 * On death: none of it has happened, or all.
 */
#include "container/hashmap.h"
#include "container/swap.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MOST 100u

/* ---- swap -------------------------------------------------------------------------------------- */

/* Who had the bucket before our gate was closed shall have done what he was at. */
static int
wait_out(struct tarn_lane *lane, struct tarn_bucket_shm *bucket, uint64_t deadline)
{
	unsigned round = 0;
	uint64_t seen;
	int code = 0;

	while (!code) {
		seen = tarn__load_seq(&bucket->node);
		if (!tarn__node_owner(seen) || tarn__node_owned_by(seen, lane->owner))
			return 0;
		code = tarn__node_wait(lane->arena, &bucket->node, seen, round++, deadline);
	}
	return code;
}

/*
 * A single operation may have found the gate open, and be about to flip its
 * home: it must not do so in what is another map by then.  After this none
 * is (O2).
 */
static int
wait_out_all(struct tarn_lane *lane, struct tarn_object *map)
{
	uint64_t depth, deadline = tarn__deadline(lane->arena);
	const uint64_t *directory = tarn__hashmap_directory(map, &depth);
	int code = directory ? 0 : TARN_CORRUPT;

	for (uint64_t i = 0; !code && i < UINT64_C(1) << depth; i++) {
		uint64_t entry = tarn__load(&directory[i]);
		struct tarn_segment_shm *segment;

		if ((entry & TARN_DEPTH) < 64 && i >> (entry & TARN_DEPTH))
			continue; /* an earlier one leads there too */
		segment = tarn__at(lane->arena, entry & ~TARN_DEPTH, sizeof(*segment), 128);
		if (!segment)
			return TARN_CORRUPT;
		for (unsigned home = 0; !code && home < TARN_HOMES; home++)
			code = wait_out(lane, &segment->buckets[home], deadline);
	}
	return code;
}

static int
lock_both(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	uint64_t deadline = tarn__deadline(lane->arena);
	int code = tarn__lock_wait(lane, &one->root->node, deadline);

	if (!code)
		code = tarn__lock_wait(lane, &other->root->node, deadline);
	if (!code)
		code = wait_out_all(lane, one);
	if (!code)
		code = wait_out_all(lane, other);
	return code ? code : tarn__lane_reserve(lane, 6, 0, 0, 0);
}

static int
exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	int code;

	if (!tarn__keyed_alike(one, other))
		return TARN_TYPE;
	if (one->root == other->root)
		return 0;
	if (one->seed != other->seed)
		return TARN_CORRUPT; /* an arena has one seed */
	code = lock_both(lane, one, other);
	if (code)
		return code;
	tarn__swap_roots(lane, one->root, other->root);
	return 0;
}

int
tarn_hashmap_swap(struct tarn_hashmap *map, struct tarn_hashmap *other)
{
	return tarn__swap(tarn__hashmap_object(map), tarn__hashmap_object(other), exchange);
}

/* ---- other contents ---------------------------------------------------------------------------- */

static int
put_entry(const struct tarn_hashmap_entry *entry, void *aside)
{
	return tarn_hashmap_put(aside, entry->key, entry->key_size, entry->value,
				entry->value_size);
}

static int
fill_with(struct tarn_object *aside, void *from)
{
	return tarn__hashmap_each(from, put_entry, aside, NULL);
}

int
tarn_hashmap_copy(struct tarn_hashmap *map, struct tarn_hashmap *from)
{
	struct tarn_object *to = tarn__hashmap_object(map), *of = tarn__hashmap_object(from);

	if (!tarn__keyed_alike(to, of))
		return TARN_TYPE;
	return tarn__keyed_assign(to, tarn__aside_swing, fill_with, tarn__keyed_beside(to, of));
}

/* ---- compare ----------------------------------------------------------------------------------- */

struct compare {
	struct tarn_visitor visitor; /* first: who visits gets a pointer to it */
	char *value; /* of the other */
	size_t room;
};

static int
count_entry(const struct tarn_hashmap_entry *entry, void *count)
{
	(void)entry;
	++*(uint64_t *)count;
	return 0;
}

/* At least a word, into which a value of 8 bytes is copied the short way. */
static int
make_room(struct compare *compare, size_t size)
{
	char *bigger;

	if (compare->room >= tarn__max(size, 8))
		return 0;
	bigger = realloc(compare->value, tarn__max(size, 64));
	if (!bigger)
		return TARN_SYSTEM;
	compare->value = bigger;
	compare->room = tarn__max(size, 64);
	return 0;
}

/* Whether the other has the key, with the same value. */
static int
look_up(const struct tarn_hashmap_entry *entry, void *arg)
{
	struct compare *compare = arg;
	size_t size = 0;
	int code = make_room(compare, entry->value_size);

	if (!code)
		code = tarn_hashmap_get(compare->visitor.other, entry->key, entry->key_size,
					compare->value, compare->room, &size);
	if (code == TARN_NOT_FOUND || code == TARN_TOO_BIG ||
	    (!code && (size != entry->value_size || memcmp(compare->value, entry->value, size)))) {
		compare->visitor.missed++;
		return 0;
	}
	return code;
}

/* The picture above; *still: nothing has changed. */
static int
compare_once(struct tarn_hashmap *one, struct tarn_visitor *visitor,
	     struct tarn_comparison *comparison, bool *still)
{
	uint64_t traces[4] = { 0 }, size = 0;
	int code;

	*comparison = (struct tarn_comparison){ .contained = false };
	visitor->missed = 0;
	code = tarn__hashmap_each(one, count_entry, &comparison->size, &traces[0]);
	if (!code)
		code = tarn__hashmap_each(visitor->other, count_entry, &comparison->other_size,
					  &traces[1]);
	if (!code)
		code = tarn__hashmap_each(one, visitor->visit, visitor, &traces[2]);
	if (!code && visitor->end)
		code = visitor->end(visitor);
	if (!code)
		code = tarn__hashmap_each(visitor->other, count_entry, &size, &traces[3]);
	comparison->contained = !visitor->missed;
	*still = traces[0] == traces[2] && traces[1] == traces[3];
	return code;
}

static int
compare_until(struct tarn_hashmap *one, struct tarn_visitor *visitor,
	      struct tarn_comparison *comparison)
{
	uint64_t deadline = tarn__deadline(tarn__hashmap_object(one)->arena);
	bool still = false;
	int code = 0;

	for (unsigned round = 0; !code && !still; round++) {
		if (round == ROUNDS_MOST || (round && tarn__too_late(deadline)))
			return TARN_BUSY;
		code = compare_once(one, visitor, comparison, &still);
	}
	return code;
}

int
tarn__hashmap_compare_by(struct tarn_hashmap *one, struct tarn_hashmap *other,
			 struct tarn_visitor *visitor, struct tarn_comparison *comparison)
{
	struct tarn_object *a = tarn__hashmap_object(one), *b = tarn__hashmap_object(other);

	if (!tarn__keyed_alike(a, b))
		return TARN_TYPE;
	visitor->other = (struct tarn_hashmap *)tarn__keyed_beside(a, b);
	return compare_until((struct tarn_hashmap *)tarn__keyed_beside(b, a), visitor, comparison);
}

int
tarn__hashmap_compare(struct tarn_hashmap *one, struct tarn_hashmap *other,
		      struct tarn_comparison *comparison)
{
	struct compare compare = { .visitor.visit = look_up };
	int code = tarn__hashmap_compare_by(one, other, &compare.visitor, comparison);

	free(compare.value);
	return code;
}

int
tarn_hashmap_equal(struct tarn_hashmap *map, struct tarn_hashmap *other, bool *equal)
{
	struct tarn_comparison comparison;
	int code = tarn__hashmap_compare(map, other, &comparison);

	if (!code)
		*equal = comparison.contained && comparison.size == comparison.other_size;
	return code;
}
