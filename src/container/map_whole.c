// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_whole.c -- ordered maps as wholes: swap, copy, compare, combine, load
 *
 * All of it serves sets too, whose entries are keys and a value that means
 * nothing (set_whole.c).
 *
 * Two maps are walked through side by side, as two lists are merged:
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
 * What is kept comes in ascending order, and is put into a map built aside,
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
 * change a leaf: it must not do so in what is another map by then.  So first
 * each leaf is gone to, on ways that wait for whoever has one; after that
 * nobody has, for now they find the gate closed (O2).
 *
 * A load into a map that is empty is built aside too.  When it takes its
 * place a transaction has the gate, and has looked, on ways that wait, whether
 * the map is empty still; if it is not, nothing has happened.
 *
 * Invariants: object.h, O1 to O3; map_layout.h, B4; aside.c.
 *
 * Who may write what: the roots, who has their gates and nodes.
 *
 * On death: none of it has happened, or all.
 */
#include "container/hashmap.h"
#include "container/map_cursor.h"
#include "container/root.h"
#include "container/swap.h"

#define ROUNDS_MOST 100u

/* ---- side by side ------------------------------------------------------------------------------ */

/* A walk through a map; at the end of it, or if there is no map, its key is above all. */
struct side {
	struct tarn_map_cursor cursor;
	struct tarn_map_entry entry;
	struct tarn_map_key key;
	uint64_t trace;
};

struct pair {
	struct tarn_object *one, *other; /* no other: NULL */
	uint64_t traces[2];
	int (*visit)(struct pair *pair, const struct tarn_map_entry *one,
		     const struct tarn_map_entry *other); /* NULL: the key is not in that one */
	struct tarn_map *aside; /* to which what is kept is added */
	unsigned keeps;
	struct tarn_map_comparison comparison;
};

static void
trace_leaf(uint64_t *trace, const uint64_t *node, uint64_t seen)
{
	uint64_t leaf = (uint64_t)(uintptr_t)node;

	*trace = tarn__hash_u64(*trace ^ leaf, seen & ~TARN_NODE_OWNER);
}

void
tarn__cursor_trace(const struct tarn_map_cursor *cursor, uint64_t *trace)
{
	for (size_t i = 0; i < cursor->hop_count; i++)
		trace_leaf(trace, cursor->hops[i].node, cursor->hops[i].seen);
	trace_leaf(trace, &cursor->way.leaf->node, cursor->way.seen);
	trace_leaf(trace, &cursor->map->root->node, cursor->way.root);
}

static int
advance(struct side *side)
{
	bool reads = side->cursor.at == side->cursor.used;
	int code = tarn_map_cursor_next(&side->cursor, &side->entry);

	if (reads && (!code || code == TARN_NOT_FOUND))
		tarn__cursor_trace(&side->cursor, &side->trace);
	if (code == TARN_NOT_FOUND) {
		side->key.edge = 1;
		return 0;
	}
	return code ? code : tarn__map_key(side->cursor.map, side->entry.key, side->entry.key_size,
					   &side->key);
}

static int
begin(struct side *side, struct tarn_object *map)
{
	*side = (struct side){ .key = { .edge = 1 } };
	if (!map)
		return 0;
	tarn__cursor_begin(&side->cursor, map);
	return advance(side);
}

static int
step(struct pair *pair, struct side *one, struct side *other)
{
	int order = tarn__map_compare_keys(pair->one, &one->key, &other->key);
	int code = pair->visit(pair, order <= 0 ? &one->entry : NULL,
			       order >= 0 ? &other->entry : NULL);

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
keep(struct pair *pair, const struct tarn_map_entry *one, const struct tarn_map_entry *other)
{
	const struct tarn_map_entry *entry = one ? one : other;
	unsigned where = !other ? TARN_ONE : !one ? TARN_OTHER : TARN_BOTH;

	if (!(pair->keeps & where))
		return 0;
	return tarn_map_insert(pair->aside, entry->key, entry->key_size, entry->value,
			       entry->value_size);
}

static int
fill(struct tarn_object *aside, void *arg)
{
	struct pair *pair = arg;

	pair->aside = (struct tarn_map *)aside;
	return merge(pair);
}

int
tarn__map_assign(struct tarn_object *result, struct tarn_object *one, struct tarn_object *other,
		 unsigned keeps)
{
	struct pair pair = { .visit = keep, .keeps = keeps };

	pair.one = tarn__keyed_beside(result, one);
	pair.other = other ? tarn__keyed_beside(result, other) : NULL;
	if (!tarn__keyed_alike(result, pair.one) || (other && !tarn__keyed_alike(result, pair.other)))
		return TARN_TYPE;
	return tarn__keyed_assign(result, tarn__aside_swing, fill, &pair);
}

int
tarn_map_copy(struct tarn_map *map, struct tarn_map *from)
{
	return tarn__map_assign(tarn__map_object(map), tarn__map_object(from), NULL, TARN_ONE);
}

/* In a transaction of the map: TARN_EXISTS, it is not empty, and nothing has happened. */
static int
swing_if_empty(struct tarn_object *map, struct tarn_object *same, void *aside)
{
	bool empty;
	int code = tarn_map_empty((struct tarn_map *)map, &empty);

	(void)same;
	if (!code && !empty)
		code = TARN_EXISTS;
	return code ? code : tarn__aside_swing(map, aside);
}

static int
hang(struct tarn_object *map, struct tarn_object *aside)
{
	return tarn__root_with_both(map, map, swing_if_empty, aside);
}

int
tarn__map_fill(struct tarn_object *map, tarn__keyed_filler *filler, void *arg)
{
	return tarn__keyed_assign(map, hang, filler, arg);
}

/* ---- compare ----------------------------------------------------------------------------------- */

static bool
same_value(const struct tarn_map_entry *one, const struct tarn_map_entry *other)
{
	return one->value_size == other->value_size &&
	       !memcmp(one->value, other->value, one->value_size);
}

static int
count(struct pair *pair, const struct tarn_map_entry *one, const struct tarn_map_entry *other)
{
	bool same = one && other && same_value(one, other);

	pair->comparison.alone += one && !same;
	pair->comparison.other_alone += other && !same;
	return 0;
}

/* *still: nothing has changed between the two walks, and so what the second one saw was so then. */
static int
compare_once(struct pair *pair, bool *still)
{
	uint64_t traces[2];
	int code = merge(pair);

	memcpy(traces, pair->traces, sizeof(traces));
	pair->comparison = (struct tarn_map_comparison){ .alone = 0 };
	if (!code)
		code = merge(pair);
	*still = !memcmp(traces, pair->traces, sizeof(traces));
	return code;
}

int
tarn__maps_compare(struct tarn_object *one, struct tarn_object *other,
		   struct tarn_map_comparison *comparison)
{
	struct pair pair = { .visit = count };
	uint64_t deadline = tarn__deadline(one->arena);
	bool still = false;
	int code = 0;

	pair.one = tarn__keyed_beside(other, one);
	pair.other = tarn__keyed_beside(one, other);
	if (!tarn__keyed_alike(one, other))
		return TARN_TYPE;
	for (unsigned round = 0; !code && !still; round++) {
		if (round == ROUNDS_MOST || (round && tarn__too_late(deadline)))
			return TARN_BUSY;
		code = compare_once(&pair, &still);
	}
	*comparison = pair.comparison;
	return code;
}

int
tarn_map_equal(struct tarn_map *map, struct tarn_map *other, bool *equal)
{
	struct tarn_map_comparison comparison;
	int code = tarn__maps_compare(tarn__map_object(map), tarn__map_object(other), &comparison);

	if (!code)
		*equal = !comparison.alone && !comparison.other_alone;
	return code;
}

/* ---- swap -------------------------------------------------------------------------------------- */

/* In a transaction: a way to each leaf, in their order, none of which another holds then. */
static int
wait_out(struct tarn_object *map)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	struct tarn_map_cursor cursor;
	int code = 0;

	tarn__cursor_begin(&cursor, map);
	while (code >= 0 && cursor.gap.edge <= 0) {
		tarn__map_no_fences(&cursor.fences);
		if (!tarn__way(map, waiter.self, &cursor.gap, false, &cursor.fences, &cursor.way))
			code = tarn__way_again(map, &waiter, &cursor.way);
		else
			code = cursor.fences.no_memory ? TARN_SYSTEM : tarn__cursor_go_on(&cursor, 1);
	}
	tarn__cursor_end(&cursor);
	return code < 0 ? code : 0;
}

static int
prepare(struct tarn_lane *lane, struct tarn_object *map)
{
	int code = wait_out(map);

	return code ? code : tarn__lock_wait(lane, &map->root->node, tarn__deadline(lane->arena));
}

static int
exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	int code;

	if (!tarn__keyed_alike(one, other))
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
tarn_map_swap(struct tarn_map *map, struct tarn_map *other)
{
	return tarn__swap(tarn__map_object(map), tarn__map_object(other), exchange);
}
