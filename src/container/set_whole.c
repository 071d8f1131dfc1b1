// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set_whole.c -- two ordered sets: swap, copy, compare, algebra
 *
 * Two sets are walked through side by side, as two lists are merged:
 *
 *	one	1  3  5  8		1	one alone
 *	other	3  4  8			3, 8	both
 *					4	other alone
 *
 *	union		all of these
 *	intersection	both
 *	difference	one alone
 *	copy		one alone, of no other
 *
 * What is kept comes in ascending order, and is put into a set built aside,
 * whose nodes it fills; which then takes the result's place in one step
 * (aside.c).  The result may be one of the two.
 *
 * To compare is to walk twice.  A walk's trace is made of the words of all
 * leaves that it read, and their places; every key belongs to one of these.
 * If both walks have left the same traces, then nothing has changed from when
 * the first one ended to when the second one began.
 *
 * Swap: a transaction has both gates, and the two roots exchange what hangs
 * from them.  A single operation may have found its gate open, and be about to
 * change a leaf: it must not do so in what is another set by then.  So first
 * each leaf is gone to, on ways that wait for whoever has one; after that
 * nobody has, for now they find the gate closed (O2).
 *
 * Invariants: object.h, O1 to O3; map_layout.h, B4; aside.c.
 *
 * Who may write what: the roots, who has their gates and nodes.
 *
 * On death: none of it has happened, or all.
 */
#include "container/hashmap.h"
#include "container/map_cursor.h"
#include "container/swap.h"

#include <tarn/set.h>

#define ROUNDS_MOST 100u

static struct tarn_object *
object_of(struct tarn_set *set)
{
	return (struct tarn_object *)set;
}

/* The handle to read by, in a call on a set: that of its transaction, if this has the other one. */
static struct tarn_object *
beside(const struct tarn_object *set, struct tarn_object *other)
{
	struct tarn_object *bound = NULL;

	if (set->txn && !other->txn)
		bound = tarn__txn_bound(set->txn, other);
	return bound ? bound : other;
}

static bool
are_alike(const struct tarn_object *one, const struct tarn_object *other)
{
	return one->kind == other->kind && one->key_kind == other->key_kind &&
	       one->key_size == other->key_size && one->order == other->order &&
	       one->order_size == other->order_size;
}

/* ---- side by side ------------------------------------------------------------------------------ */

/* A walk through a set; at the end of it, or if there is no set, its key is above all. */
struct side {
	struct tarn_map_cursor cursor;
	struct tarn_map_entry entry;
	struct tarn_map_key key;
	uint64_t trace;
};

/* What a key is found in. */
enum { ONE = 1, OTHER = 2, BOTH = 4 };

struct pair {
	struct tarn_object *one, *other; /* no other: NULL */
	uint64_t traces[2];
	int (*visit)(struct pair *pair, unsigned where, const struct tarn_map_entry *entry);
	struct tarn_set *aside; /* of algebra: to which what is kept is added */
	unsigned keeps;
	uint64_t alone[2]; /* of a comparison: keys that only one has */
};

static void
trace_leaf(struct side *side, const uint64_t *node, uint64_t seen)
{
	uint64_t leaf = (uint64_t)(uintptr_t)node;

	side->trace = tarn__hash_u64(side->trace ^ leaf, seen & ~TARN_NODE_OWNER);
}

/* The leaves that a cursor has read since it had nothing more to hand out: the empty ones, and that. */
static void
trace_on(struct side *side)
{
	const struct tarn_map_cursor *cursor = &side->cursor;

	for (size_t i = 0; i < cursor->hop_count; i++)
		trace_leaf(side, cursor->hops[i].node, cursor->hops[i].seen);
	trace_leaf(side, &cursor->way.leaf->node, cursor->way.seen);
	trace_leaf(side, &cursor->map->root->node, cursor->way.root);
}

static int
advance(struct side *side)
{
	bool reads = side->cursor.at == side->cursor.used;
	int code = tarn_map_cursor_next(&side->cursor, &side->entry);

	if (reads && (!code || code == TARN_NOT_FOUND))
		trace_on(side);
	if (code == TARN_NOT_FOUND) {
		side->key.edge = 1;
		return 0;
	}
	return code ? code : tarn__map_key(side->cursor.map, side->entry.key, side->entry.key_size,
					   &side->key);
}

static int
begin(struct side *side, struct tarn_object *set)
{
	*side = (struct side){ .key = { .edge = 1 } };
	if (!set)
		return 0;
	tarn__cursor_begin(&side->cursor, set);
	return advance(side);
}

static int
step(struct pair *pair, struct side *one, struct side *other)
{
	int order = tarn__map_compare_keys(pair->one, &one->key, &other->key);
	int code = pair->visit(pair, order < 0 ? ONE : order > 0 ? OTHER : BOTH,
			       order <= 0 ? &one->entry : &other->entry);

	if (!code && order <= 0)
		code = advance(one);
	if (!code && order >= 0)
		code = advance(other);
	return code;
}

/* The picture above. */
static int
merge(struct pair *pair)
{
	struct side one, other;
	int code = begin(&one, pair->one), worse = begin(&other, pair->other);

	code = code ? code : worse;
	while (!code && !(one.key.edge && other.key.edge))
		code = step(pair, &one, &other);
	pair->traces[0] = one.trace;
	pair->traces[1] = other.trace;
	tarn__cursor_end(&one.cursor);
	tarn__cursor_end(&other.cursor);
	return code;
}

/* ---- other contents ---------------------------------------------------------------------------- */

static int
keep(struct pair *pair, unsigned where, const struct tarn_map_entry *entry)
{
	return pair->keeps & where ? tarn_set_insert(pair->aside, entry->key, entry->key_size) : 0;
}

static int
fill(struct tarn_hashmap *aside, void *arg)
{
	struct pair *pair = arg;

	pair->aside = (struct tarn_set *)aside;
	return merge(pair);
}

/* The result gets what is in one of two sets, in the other or in both. */
static int
assign(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other, unsigned keeps)
{
	struct tarn_object *object = object_of(result);
	struct pair pair = { .visit = keep, .keeps = keeps };

	pair.one = beside(object, object_of(one));
	pair.other = other ? beside(object, object_of(other)) : NULL;
	if (!are_alike(object, pair.one) || (other && !are_alike(object, pair.other)))
		return TARN_TYPE;
	return tarn__hashmap_assign(object, fill, &pair);
}

int
tarn_set_copy(struct tarn_set *set, struct tarn_set *from)
{
	return assign(set, from, NULL, ONE);
}

int
tarn_set_union(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return assign(result, one, other, ONE | OTHER | BOTH);
}

int
tarn_set_intersection(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return assign(result, one, other, BOTH);
}

int
tarn_set_difference(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return assign(result, one, other, ONE);
}

/* ---- compare ----------------------------------------------------------------------------------- */

static int
count(struct pair *pair, unsigned where, const struct tarn_map_entry *entry)
{
	(void)entry;
	pair->alone[0] += where == ONE;
	pair->alone[1] += where == OTHER;
	return 0;
}

/* *still: nothing has changed between the two walks, and so what the second one saw was so then. */
static int
compare_once(struct pair *pair, bool *still)
{
	uint64_t traces[2];
	int code = merge(pair);

	memcpy(traces, pair->traces, sizeof(traces));
	memset(pair->alone, 0, sizeof(pair->alone));
	if (!code)
		code = merge(pair);
	*still = !memcmp(traces, pair->traces, sizeof(traces));
	return code;
}

static int
compare(struct tarn_set *one, struct tarn_set *other, struct pair *pair)
{
	struct tarn_object *a = object_of(one), *b = object_of(other);
	uint64_t deadline = tarn__deadline(a->arena);
	bool still = false;
	int code = 0;

	*pair = (struct pair){ .one = beside(b, a), .other = beside(a, b), .visit = count };
	if (!are_alike(a, b))
		return TARN_TYPE;
	for (unsigned round = 0; !code && !still; round++) {
		if (round == ROUNDS_MOST || (round && tarn__too_late(deadline)))
			return TARN_BUSY;
		code = compare_once(pair, &still);
	}
	return code;
}

int
tarn_set_equal(struct tarn_set *set, struct tarn_set *other, bool *equal)
{
	struct pair pair;
	int code = compare(set, other, &pair);

	if (!code)
		*equal = !pair.alone[0] && !pair.alone[1];
	return code;
}

int
tarn_set_is_subset(struct tarn_set *set, struct tarn_set *of, bool *subset)
{
	struct pair pair;
	int code = compare(set, of, &pair);

	if (!code)
		*subset = !pair.alone[0];
	return code;
}

/* ---- swap -------------------------------------------------------------------------------------- */

/* In a transaction: a way to each leaf, in their order, none of which another holds then. */
static int
wait_out(struct tarn_object *set)
{
	struct tarn_waiter waiter = tarn__waiter(set);
	struct tarn_map_cursor cursor;
	int code = 0;

	tarn__cursor_begin(&cursor, set);
	while (code >= 0 && cursor.gap.edge <= 0) {
		tarn__map_no_fences(&cursor.fences);
		if (!tarn__way(set, waiter.self, &cursor.gap, false, &cursor.fences, &cursor.way))
			code = tarn__way_again(set, &waiter, &cursor.way);
		else
			code = cursor.fences.no_memory ? TARN_SYSTEM : tarn__cursor_go_on(&cursor, 1);
	}
	tarn__cursor_end(&cursor);
	return code < 0 ? code : 0;
}

static int
prepare(struct tarn_lane *lane, struct tarn_object *set)
{
	int code = wait_out(set);

	return code ? code : tarn__lock_wait(lane, &set->root->node, tarn__deadline(lane->arena));
}

static int
exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	int code;

	if (!are_alike(one, other))
		return TARN_TYPE;
	if (one->root == other->root)
		return 0;
	code = prepare(lane, one);
	if (!code)
		code = prepare(lane, other);
	if (!code)
		code = tarn__lane_reserve(lane, 6, 0, 0, 0);
	if (!code)
		tarn__swap_roots(lane, one->root, other->root);
	return code;
}

int
tarn_set_swap(struct tarn_set *set, struct tarn_set *other)
{
	return tarn__swap(object_of(set), object_of(other), exchange);
}
