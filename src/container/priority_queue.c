// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- calls that change a priority queue
 *
 * priority_queue_layout.h has the picture, priority_queue.h how a change is
 * planned and carried out.  It begins anew where room had to be made for it,
 * and, in an order of the program's own, where others were faster.
 *
 * Who may write what: who holds the root's node, after it has found the
 * object alive.
 *
 * On death: priority_queue_change.c.
 */
#include "container/priority_queue.h"

#include "container/kinds.h"
#include "container/swap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Why a call begins anew. */
enum again { NO, ROOM_WAS_MADE, OTHERS_WERE_FASTER };

/* ---- writers ----------------------------------------------------------------------------------- */

/* On failure the call has ended. */
static TARN_HOT int
begin(struct tarn_pile_writer *w, struct tarn_object *queue)
{
	int code = tarn__root_begin(queue, &w->lane);

	if (unlikely(code))
		return code;
	w->queue = queue;
	if (likely(tarn__pile_look(queue, &w->look)))
		return 0;
	code = tarn__write_failed(queue, w->lane, TARN_CORRUPT);
	tarn__write_end(queue, w->lane);
	return code;
}

/* An answer, with the node let go of or all done; or a failure, which undoes all. */
static TARN_HOT int
end(struct tarn_pile_writer *w, int code)
{
	if (unlikely(!tarn__vector_is_answer(code)))
		code = tarn__write_failed(w->queue, w->lane, code);
	tarn__write_end(w->queue, w->lane);
	return code;
}

/* Nothing was changed by this call. */
static int
leave(struct tarn_pile_writer *w, int code)
{
	if (!w->queue->txn)
		tarn__root_let_go(w->queue, w->lane);
	return code;
}

/* What was planned, or that it cannot be; or there was no room to plan it, and now is. */
static int
act(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan, int planned, enum again *again)
{
	if (planned)
		return tarn__vector_is_answer(planned) ? leave(w, planned) : planned;
	if (plan->capacity <= plan->look.capacity)
		return tarn__pile_carry_out(w, plan);
	*again = ROOM_WAS_MADE;
	/* who plans alone may have found less than there is by now */
	return plan->capacity > w->look.capacity ? tarn__pile_make_room(w, plan->capacity) : leave(w, 0);
}

/* ---- in a built-in order, or in a transaction --------------------------------------------------- */

static int
plan_and_act(struct tarn_pile_writer *w, tarn__pile_planner *planner, struct tarn_pile_call *call,
	     enum again *again)
{
	struct tarn_pile_plan plan;
	int code = tarn__pile_plan_begin(&plan, w->queue, &w->look, 0, false);

	if (code)
		return code;
	code = act(w, &plan, planner(&plan, call), again);
	tarn__pile_plan_end(&plan);
	return code;
}

static int
write_locked(struct tarn_object *queue, tarn__pile_planner *planner, struct tarn_pile_call *call,
	     enum again *again)
{
	struct tarn_pile_writer w;
	int code = begin(&w, queue);

	return code ? code : end(&w, plan_and_act(&w, planner, call, again));
}

/* ---- in the program's own ------------------------------------------------------------------------ */

/* With the node locked: if all is as it was when that was planned. */
static int
act_if_same(struct tarn_object *queue, const struct tarn_pile_plan *plan, int planned, enum again *again)
{
	struct tarn_pile_writer w;
	int code = begin(&w, queue);

	if (code)
		return code;
	if (planned != TARN_ROOT_AGAIN && plan->look.off == w.look.off &&
	    plan->look.length == w.look.length &&
	    tarn__node_same(plan->node, tarn__load(&queue->root->node)))
		return end(&w, act(&w, plan, planned, again));
	*again = OTHERS_WERE_FASTER;
	return end(&w, leave(&w, 0));
}

static int
write_alone(struct tarn_object *queue, tarn__pile_planner *planner, struct tarn_pile_call *call,
	    enum again *again)
{
	uint64_t deadline = tarn__deadline(queue->arena), node = tarn__load_acquire(&queue->root->node);
	int code = tarn__forked(queue->arena) ? tarn__member_after_fork(queue->arena) : 0;
	struct tarn_pile_look look;
	struct tarn_pile_plan plan;

	if (!code && (node & TARN_NODE_DIRTY))
		code = tarn__node_read(queue->arena, &queue->root->node, deadline, &node);
	if (code)
		return code;
	if (!tarn__pile_look(queue, &look)) /* removed, replaced, damaged: begin() will say */
		look = (struct tarn_pile_look){ .off = 0 };
	code = tarn__pile_plan_begin(&plan, queue, &look, node, true);
	if (code)
		return code;
	code = act_if_same(queue, &plan, look.off ? planner(&plan, call) : TARN_CORRUPT, again);
	tarn__pile_plan_end(&plan);
	return code;
}

/* ---- both --------------------------------------------------------------------------------------- */

/* Until nothing is in the way, or there is an answer. */
static int
write_now(struct tarn_object *queue, tarn__pile_planner *planner, struct tarn_pile_call *call)
{
	uint64_t deadline = tarn__deadline(queue->arena);
	enum again again;
	int code;

	do {
		again = NO;
		code = queue->order && !queue->txn ? write_alone(queue, planner, call, &again)
						   : write_locked(queue, planner, call, &again);
		if (code || again == NO)
			return code;
	} while (again == ROOM_WAS_MADE || !tarn__too_late(deadline));
	return TARN_BUSY;
}

/* Once more if there was no memory, and others had some. */
static int
write_queue(struct tarn_priority_queue *handle, tarn__pile_planner *planner,
	    struct tarn_pile_call *call)
{
	struct tarn_object *queue = tarn__pile_object(handle);
	int code = write_now(queue, planner, call);

	if (likely(code != TARN_FULL) || queue->txn)
		return code;
	tarn__vector_give_back(queue->arena);
	return write_now(queue, planner, call);
}

/* ---- adding and changing ------------------------------------------------------------------------- */

/* What is not a number has no place in an order of numbers. */
static bool
are_in_order(const struct tarn_object *queue, const void *values, uint64_t count)
{
	double number;

	for (uint64_t i = 0; queue->key_kind == TARN_KEY_F64 && i < count; i++) {
		memcpy(&number, (const char *)values + i * sizeof(number), sizeof(number));
		if (isnan(number))
			return false;
	}
	return true;
}

int
tarn_priority_queue_push_many(struct tarn_priority_queue *queue, const void *values, uint64_t count,
			      struct tarn_priority_queue_handle *handles)
{
	struct tarn_pile_call call = { .values = values, .count = count, .handles = handles };

	if (count > TARN_PILE_MOST)
		return TARN_TOO_BIG;
	if (!are_in_order(tarn__pile_object(queue), values, count))
		return TARN_INVALID;
	return write_queue(queue, tarn__pile_plan_add, &call);
}

int
tarn_priority_queue_push(struct tarn_priority_queue *queue, const void *value,
			 struct tarn_priority_queue_handle *handle)
{
	return tarn_priority_queue_push_many(queue, value, 1, handle);
}

int
tarn_priority_queue_update(struct tarn_priority_queue *queue,
			   const struct tarn_priority_queue_handle *handle, const void *value)
{
	struct tarn_priority_queue_handle at = *handle;
	struct tarn_pile_call call = { .values = value, .handles = &at };

	if (!are_in_order(tarn__pile_object(queue), value, 1))
		return TARN_INVALID;
	return write_queue(queue, tarn__pile_plan_change, &call);
}

/* ---- taking ------------------------------------------------------------------------------------- */

int
tarn_priority_queue_pop(struct tarn_priority_queue *queue, void *value)
{
	struct tarn_pile_call call = { .count = 1, .room = value };

	return write_queue(queue, tarn__pile_plan_take, &call);
}

int
tarn_priority_queue_pop_many(struct tarn_priority_queue *queue, void *values, uint64_t count,
			     uint64_t *got)
{
	struct tarn_pile_call call = { .count = count, .room = values };
	int code = write_queue(queue, tarn__pile_plan_take, &call);

	*got = code ? 0 : call.got;
	return code;
}

int
tarn_priority_queue_remove(struct tarn_priority_queue *queue,
			   const struct tarn_priority_queue_handle *handle, void *value)
{
	struct tarn_priority_queue_handle at = *handle;
	struct tarn_pile_call call = { .handles = &at, .room = value };

	return write_queue(queue, tarn__pile_plan_remove, &call);
}

int
tarn_priority_queue_clear(struct tarn_priority_queue *queue)
{
	struct tarn_pile_call call = { .count = 0 };

	return write_queue(queue, tarn__pile_plan_clear, &call);
}

/* ---- two queues --------------------------------------------------------------------------------- */

static int
copy_in_txn(struct tarn_object *one, struct tarn_object *other, void *unused)
{
	struct tarn_priority_queue *to = (struct tarn_priority_queue *)one;
	struct tarn_priority_queue *from = (struct tarn_priority_queue *)other;
	uint64_t size, got;
	char *values;
	int code = tarn_priority_queue_size(from, &size);

	(void)unused;
	if (!code && !tarn__pile_alike(one, other))
		code = TARN_TYPE;
	if (code)
		return code;
	values = malloc(size * one->value_size + 1);
	code = values ? tarn_priority_queue_read(from, 0, values, size, &got) : TARN_SYSTEM;
	if (!code)
		code = tarn_priority_queue_clear(to);
	if (!code)
		code = tarn_priority_queue_push_many(to, values, got, NULL);
	free(values);
	return code;
}

int
tarn_priority_queue_swap(struct tarn_priority_queue *queue, struct tarn_priority_queue *other)
{
	return tarn__swap(tarn__pile_object(queue), tarn__pile_object(other), tarn__pile_exchange);
}

int
tarn_priority_queue_copy(struct tarn_priority_queue *queue, struct tarn_priority_queue *from)
{
	return tarn__root_with_both(tarn__pile_object(queue), tarn__pile_object(from), copy_in_txn,
				    NULL);
}

/* ---- handles ------------------------------------------------------------------------------------ */

int
tarn_priority_queue_open(struct tarn_arena *arena, struct tarn_priority_queue **queue,
			 const char *name, const struct tarn_type *type, enum tarn_open_mode how,
			 bool *created)
{
	struct tarn_object *object = NULL;
	bool is_sound = type->kind == TARN_KIND_PRIORITY_QUEUE && !type->key_size &&
			tarn__pile_type_fits(type->key, type->value_size);
	int code = is_sound ? tarn__object_open(arena, name, type, how, &object, created)
			    : TARN_INVALID;

	*queue = (struct tarn_priority_queue *)object;
	return code;
}

void
tarn_priority_queue_close(struct tarn_priority_queue *queue)
{
	tarn_object_close(tarn__pile_object(queue));
}

struct tarn_object *
tarn_priority_queue_object(struct tarn_priority_queue *queue)
{
	return tarn__pile_object(queue);
}

struct tarn_priority_queue *
tarn_priority_queue_in(struct tarn_priority_queue *queue, struct tarn_txn *txn)
{
	return (struct tarn_priority_queue *)tarn__txn_bound(txn, tarn__pile_object(queue));
}
