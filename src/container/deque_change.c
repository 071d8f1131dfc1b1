// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_change.c -- a part of a deque is replaced by another
 *
 * All changes but those of one element at an end are one: elements
 * [at, at + removed) make place for others, and what is between there and
 * the nearer end moves.  A plan says where the ends are then, and which
 * places get other elements.  It is done in the first of these ways that
 * will do:
 *
 *	one store	nothing moves, no block comes or goes: what is added lies
 *			outside of what there is, and one word commits
 *	logged		blocks come and go, words are stored, each with its
 *			record, under DIRTY
 *	anew		another ring with blocks of its own is filled aside, one
 *			reference swings, and the graveyard gets what there was
 *
 * In a transaction all is logged: what lies outside may be what an earlier
 * call has cut off, and comes back if all is undone (Q4).
 *
 * A block that is needed at one end is the other end's spare one, or a new
 * one; those of which none is needed go, but for a spare one at each end.
 *
 * Who may write what: who holds the root's node.
 *
 * On death: before the one store, or the commit, nothing has happened.
 */
#include "container/deque.h"

#include <stdlib.h>

#define FEW_WORDS 12u /* that are always logged: at an end, say */

struct plan {
	uint64_t head, tail;	   /* as they are to be */
	uint64_t first, end;	   /* F and E then */
	uint64_t old_first, old_end;
	uint64_t from, count;	   /* places that get other elements */
	bool outside;		   /* nobody has looked at these places */
};

/* ---- elements ---------------------------------------------------------------------------------- */

/* Elements [index, index + count) of the deque as it is to be, in private memory. */
static int
gather(struct tarn_deque_writer *w, const struct tarn_deque_splice *splice, uint64_t index,
       uint64_t count, char *to)
{
	uint64_t size = w->deque->value_size, n, end = splice->at + splice->inserted;
	int code = 0;

	for (; !code && count; count -= n, index += n, to += n * size) {
		if (index < splice->at) {
			n = tarn__min(count, splice->at - index);
			code = tarn__deque_take(w->deque, &w->look, w->look.head + index, n, to);
		} else if (index < end) {
			n = tarn__min(count, end - index);
			memcpy(to, (const char *)splice->values + (index - splice->at) * size,
			       n * size);
		} else {
			n = count;
			code = tarn__deque_take(w->deque, &w->look,
						w->look.head + index - splice->inserted +
							splice->removed,
						n, to);
		}
	}
	return code;
}

/* Into places whose blocks are there; with a record of each word, or without. */
static int
put_elements(struct tarn_deque_writer *w, const struct tarn_deque_look *look, uint64_t place,
	     uint64_t count, const char *from, bool logged)
{
	uint64_t size = w->deque->value_size, n, *words;
	unsigned first;

	for (; count; count -= n, place += n, from += n * size) {
		n = tarn__deque_piece(look, place, count);
		words = tarn__deque_words(w->deque, look, size, place, n, &first);
		if (!words)
			return TARN_CORRUPT;
		if (logged)
			tarn__bytes_log(w->lane, words, first, from, n * size);
		else
			tarn__bytes_in(words, first, from, n * size);
	}
	return 0;
}

/* ---- plans ------------------------------------------------------------------------------------- */

static void
make_plan(const struct tarn_deque_writer *w, const struct tarn_deque_splice *splice,
	  struct plan *plan)
{
	const struct tarn_deque_look *look = &w->look;
	uint64_t behind = look->tail - look->head - splice->at - splice->removed;
	bool shifts = splice->removed != splice->inserted;

	*plan = (struct plan){ .head = look->head, .tail = look->tail,
			       .from = look->head + splice->at, .count = splice->inserted };
	if (shifts && behind <= splice->at) {
		plan->tail += splice->inserted - splice->removed;
		plan->count += behind;
	} else if (shifts) {
		plan->head -= splice->inserted - splice->removed;
		plan->from = plan->head;
		plan->count += splice->at;
	}
	plan->first = plan->head >> look->shift;
	plan->end = tarn__ring_end(plan->tail, look->shift);
	plan->old_first = look->head >> look->shift;
	plan->old_end = tarn__ring_end(look->tail, look->shift);
	plan->outside = !w->deque->txn &&
			(plan->from >= look->tail || plan->from + plan->count <= look->head);
}

/* Blocks of these numbers go, but for the spare ones: [old_first - 1, first - 1), (end, old_end]. */
static bool
drops_blocks(const struct tarn_deque_writer *w, const struct plan *plan)
{
	for (uint64_t n = plan->old_first - 1; n + 1 < plan->first && n <= plan->old_end; n++) {
		if (tarn__load(tarn__ring_slot(&w->look, n)))
			return true;
	}
	for (uint64_t n = plan->old_end; n > plan->end && n + 1 >= plan->old_first; n--) {
		if (tarn__load(tarn__ring_slot(&w->look, n)))
			return true;
	}
	return false;
}

/* Whether all blocks that the plan needs are there, and the ring is large enough. */
static bool
has_blocks(const struct tarn_deque_writer *w, const struct plan *plan)
{
	if (plan->end - plan->first + 2 > w->look.slots)
		return false;
	for (uint64_t n = plan->first; n < plan->old_first && n < plan->end; n++) {
		if (!tarn__load(tarn__ring_slot(&w->look, n)))
			return false;
	}
	for (uint64_t n = tarn__max(plan->old_end, plan->first); n < plan->end; n++) {
		if (!tarn__load(tarn__ring_slot(&w->look, n)))
			return false;
	}
	return true;
}

static uint64_t
distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* Words that a logged change stores, at most: two for a block that comes or goes. */
static uint64_t
words_logged(const struct tarn_deque_writer *w, const struct plan *plan)
{
	uint64_t pieces = (plan->count >> w->look.shift) + 2;
	uint64_t blocks = distance(plan->first, plan->old_first) + distance(plan->end, plan->old_end) + 2;

	return 2 * blocks + 4 +
	       (plan->outside ? 0 : plan->count * w->deque->value_size / 8 + 2 * pieces);
}

/* So that a transaction of many changes still has some of its log for others. */
static bool
fits_log(const struct tarn_deque_writer *w, const struct plan *plan)
{
	uint64_t logged = tarn__commit_words(w->lane->commit), words = words_logged(w, plan);

	if (words <= FEW_WORDS)
		return true;
	return logged < TARN_LIST_MAX / 2 && words <= (TARN_LIST_MAX - logged) / 4;
}

/* ---- rings ------------------------------------------------------------------------------------- */

int
tarn__ring_make(struct tarn_lane *lane, uint64_t slots, struct tarn_deque_look *made)
{
	uint64_t bytes = tarn__ring_size(slots);
	int code;

	if (slots > TARN_RING_SLOTS_MOST)
		return TARN_TOO_BIG;
	code = tarn__heap_alloc(lane, bytes, &made->off);
	if (code)
		return code;
	made->ring = tarn__at(lane->arena, made->off, bytes, 16);
	if (!made->ring)
		return TARN_CORRUPT;
	made->head = made->tail = TARN_RING_MIDDLE;
	made->slots = slots;
	tarn__bytes_in_slowly((uint64_t *)made->ring, 0, NULL, bytes);
	tarn__store(&made->ring->head, made->head);
	tarn__store(&made->ring->tail, made->tail);
	tarn__store(&made->ring->slots, slots);
	return 0;
}

static uint64_t
slots_for(uint64_t blocks)
{
	uint64_t slots = TARN_RING_SLOTS;

	while (slots < blocks + 2)
		slots *= 2;
	return slots;
}

/* The same blocks, in a larger ring. */
static int
widen(struct tarn_deque_writer *w, const struct plan *plan)
{
	struct tarn_deque_look made;
	int code = tarn__ring_make(w->lane, slots_for(plan->end - plan->first), &made);

	if (!code)
		code = tarn__heap_free(w->lane, w->look.off);
	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code == TARN_INVALID ? TARN_CORRUPT : code;
	for (uint64_t n = plan->old_first - 1; n <= plan->old_end; n++)
		tarn__store(tarn__ring_slot(&made, n), tarn__load(tarn__ring_slot(&w->look, n)));
	tarn__store(&made.ring->head, w->look.head);
	tarn__store(&made.ring->tail, w->look.tail);
	tarn__root_swing(w->lane, w->deque->root, made.off);
	w->look.off = made.off;
	w->look.ring = made.ring;
	w->look.slots = made.slots;
	return 0;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

static int
provide_block(struct tarn_deque_writer *w, uint64_t number, uint64_t other_spare)
{
	tarn_off *slot = tarn__ring_slot(&w->look, number), block = tarn__load(slot);
	tarn_off *spare = tarn__ring_slot(&w->look, other_spare);
	int code;

	if (block)
		return 0;
	block = tarn__load(spare);
	code = block ? 0
		     : tarn__heap_alloc(w->lane, tarn__ring_block_size(w->deque->value_size), &block);
	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code;
	if (tarn__load(spare))
		tarn__set(w->lane, spare, 0);
	tarn__set(w->lane, slot, block);
	return 0;
}

static int
provide_blocks(struct tarn_deque_writer *w, const struct plan *plan)
{
	int code = 0;

	for (uint64_t n = plan->old_first; !code && n > plan->first; n--)
		code = provide_block(w, n - 1, plan->old_end);
	for (uint64_t n = plan->old_end; !code && n < plan->end; n++)
		code = provide_block(w, n, plan->old_first - 1);
	return code;
}

static int
drop_block(struct tarn_deque_writer *w, uint64_t number)
{
	tarn_off *slot = tarn__ring_slot(&w->look, number), block = tarn__load(slot);
	int code;

	if (!block)
		return 0;
	code = tarn__heap_free(w->lane, block);
	if (!code)
		code = tarn__lane_reserve(w->lane, 1, 0, 0, 0);
	if (code)
		return code == TARN_INVALID ? TARN_CORRUPT : code;
	tarn__set(w->lane, slot, 0);
	return 0;
}

static int
drop_blocks(struct tarn_deque_writer *w, const struct plan *plan)
{
	int code = 0;

	for (uint64_t n = plan->old_first - 1; !code && n + 1 < plan->first && n <= plan->old_end; n++)
		code = drop_block(w, n);
	for (uint64_t n = plan->old_end; !code && n > plan->end && n + 1 >= plan->old_first; n--)
		code = drop_block(w, n);
	return code;
}

/* ---- the ways ---------------------------------------------------------------------------------- */

/* What is added is there already; the store of the one end that moves commits. */
static int
store_ends(struct tarn_deque_writer *w, const struct plan *plan)
{
	tarn__barrier();
	if (plan->head != w->look.head)
		tarn__store_release(&w->look.ring->head, plan->head);
	else
		tarn__store_release(&w->look.ring->tail, plan->tail);
	if (plan->tail > w->look.tail)
		tarn__root_let_go(w->deque, w->lane);
	else
		tarn__root_unlock(w->deque, w->lane);
	return 0;
}

static void
log_ends(struct tarn_deque_writer *w, const struct plan *plan)
{
	if (plan->head != w->look.head)
		tarn__set(w->lane, &w->look.ring->head, plan->head);
	if (plan->tail != w->look.tail)
		tarn__set(w->lane, &w->look.ring->tail, plan->tail);
}

static int
change_logged(struct tarn_deque_writer *w, const struct plan *plan, const char *elements)
{
	int code = 0;

	tarn__dirty(&w->deque->root->node);
	if (plan->end - plan->first + 2 > w->look.slots)
		code = widen(w, plan);
	if (!code)
		code = provide_blocks(w, plan);
	if (!code)
		code = tarn__lane_reserve(w->lane, words_logged(w, plan), 0, 0, 0);
	if (!code)
		code = put_elements(w, &w->look, plan->from, plan->count, elements, !plan->outside);
	if (!code)
		code = drop_blocks(w, plan);
	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code;
	log_ends(w, plan);
	return w->deque->txn ? 0 : tarn__commit(w->lane);
}

/* Whether the change is of a part of one word, and nothing else. */
static bool
is_one_word(const struct tarn_deque_writer *w, const struct plan *plan)
{
	uint64_t size = w->deque->value_size;
	uint64_t begin = (plan->from & ((UINT64_C(1) << w->look.shift) - 1)) * size;

	return plan->head == w->look.head && plan->tail == w->look.tail && plan->count &&
	       plan->count <= tarn__deque_piece(&w->look, plan->from, plan->count) &&
	       plan->count <= 8 && (begin & 7) + plan->count * size <= 8;
}

static int
change_in_place(struct tarn_deque_writer *w, const struct plan *plan, const char *elements)
{
	bool one_end = (plan->head != w->look.head) != (plan->tail != w->look.tail);
	bool free = plan->outside || !plan->count;
	int code;

	if (w->deque->txn)
		return change_logged(w, plan, elements);
	if (is_one_word(w, plan)) {
		code = put_elements(w, &w->look, plan->from, plan->count, elements, false);
		if (!code)
			tarn__root_unlock(w->deque, w->lane);
		return code;
	}
	if (!one_end || !free || !has_blocks(w, plan) || drops_blocks(w, plan))
		return change_logged(w, plan, elements);
	code = put_elements(w, &w->look, plan->from, plan->count, elements, false);
	return code ? code : store_ends(w, plan);
}

/* Blocks of its own for the ring that is made aside, and what is in them. */
static int
fill_ring(struct tarn_deque_writer *w, const struct tarn_deque_splice *splice,
	  struct tarn_deque_look *made, uint64_t length, char *buffer)
{
	uint64_t in_block = UINT64_C(1) << made->shift, n;
	int code = 0;

	for (uint64_t index = 0; !code && index < length; index += n) {
		tarn_off block;

		n = tarn__min(in_block, length - index);
		code = tarn__heap_alloc(w->lane, tarn__ring_block_size(w->deque->value_size), &block);
		if (code)
			break;
		tarn__store(tarn__ring_slot(made, (TARN_RING_MIDDLE + index) >> made->shift), block);
		code = gather(w, splice, index, n, buffer);
		if (!code)
			code = put_elements(w, made, TARN_RING_MIDDLE + index, n, buffer, false);
	}
	tarn__store(&made->ring->tail, TARN_RING_MIDDLE + length);
	return code;
}

static int
change_anew(struct tarn_deque_writer *w, const struct tarn_deque_splice *splice, uint64_t length)
{
	struct tarn_deque_look made = { .shift = w->look.shift };
	uint64_t blocks = tarn__ring_end(length, made.shift);
	char *buffer;
	int code;

	if (blocks > TARN_LIST_MAX)
		return TARN_TOO_BIG;
	code = tarn__ring_make(w->lane, slots_for(blocks), &made);
	if (code)
		return code;
	buffer = malloc(w->deque->value_size << made.shift);
	code = buffer ? fill_ring(w, splice, &made, length, buffer) : TARN_SYSTEM;
	free(buffer);
	if (!code)
		code = tarn__bury(w->lane, w->deque->root);
	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code == TARN_BUSY && w->deque->txn ? TARN_DEADLOCK : code;
	tarn__root_swing(w->lane, w->deque->root, made.off);
	return w->deque->txn ? 0 : tarn__commit(w->lane);
}

int
tarn__deque_splice(struct tarn_deque_writer *w, const struct tarn_deque_splice *splice)
{
	uint64_t length = w->look.tail - w->look.head - splice->removed, size = w->deque->value_size;
	struct plan plan;
	char word[8], *elements = word;
	int code;

	if (splice->inserted > TARN_ELEMENTS_MAX || length + splice->inserted > TARN_ELEMENTS_MAX)
		return TARN_TOO_BIG;
	if (!splice->removed && !splice->inserted) {
		if (!w->deque->txn)
			tarn__root_let_go(w->deque, w->lane);
		return 0;
	}
	make_plan(w, splice, &plan);
	if (!fits_log(w, &plan))
		return change_anew(w, splice, length + splice->inserted);
	if (plan.count * size > sizeof(word))
		elements = malloc(plan.count * size);
	if (!elements)
		return TARN_SYSTEM;
	code = gather(w, splice, plan.from - plan.head, plan.count, elements);
	if (!code)
		code = change_in_place(w, &plan, elements);
	if (elements != word)
		free(elements);
	return code;
}

/* ---- swap -------------------------------------------------------------------------------------- */

int
tarn__deque_exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	if (one->kind != other->kind || one->key_kind != other->key_kind ||
	    one->value_size != other->value_size)
		return TARN_TYPE;
	return tarn__root_exchange(lane, one->root, other->root);
}
