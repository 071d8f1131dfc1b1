// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue_plan.c -- what a change of a priority queue is to be
 *
 * An element that comes, or is another now, rises past its parents, or sinks
 * below its children: the place where it is to be is a hole, which moves.
 *
 *	add	the hole is behind the last one, and rises
 *	take	what is taken changes places with the last one, behind which
 *		it is free; that one goes into the hole, and rises or sinks
 *	change	the hole is where it is
 *
 * Many that are added, more than a quarter of what there is, are put in order
 * with all others, from the last parent to the first.
 *
 * What a plan of one element has moved it never looks at again.  One of some
 * elements finds its own moves by a table; one of many has a copy of all
 * entries, and what has become another there are its moves in the end.
 *
 * What is compared is copied first.  A plan that is made alone sees then that
 * nobody has changed the queue, so that the program's order is never shown
 * what was no element.
 *
 * Who may write what: nothing shared is written here.
 *
 * On death: nothing is left.
 *
 * Heap order of many: Floyd, "Algorithm 245, Treesort 3", CACM 1964.
 */
#include "container/priority_queue.h"

#include <stdlib.h>
#include <string.h>

#define MANY 4u /* to add is more than one for so many that there are; to take, for twice as many */
#define SPREAD UINT64_C(0x9e3779b97f4a7c15) /* neighbours lie far from each other in the table */

/* Of an element: its place among numbers, or its bytes, in the caller's memory or this room. */
struct value {
	uint64_t rank;
	const char *bytes;
	char *room;
};

/* What is compared with what: the one that moves, the best of its children, another of these. */
struct values {
	struct value moving, best, other;
};

/* ---- the plan ---------------------------------------------------------------------------------- */

int
tarn__pile_plan_begin(struct tarn_pile_plan *plan, struct tarn_object *queue,
		      const struct tarn_pile_look *look, uint64_t node, bool alone)
{
	uint64_t room = tarn__number_size(queue->key_kind) ? 0 : 3 * (uint64_t)queue->value_size;

	plan->queue = queue;
	plan->look = *look;
	plan->node = node;
	plan->alone = alone;
	plan->length = look->length;
	plan->capacity = look->capacity;
	plan->added = 0;
	plan->serial = 0;
	plan->values = NULL;
	plan->changed = TARN_PILE_NO_SLOT;
	plan->count = 0;
	plan->room = TARN_PILE_MOVES_HERE;
	plan->moves = plan->here;
	plan->table = NULL;
	plan->copy = NULL;
	plan->elements = room <= sizeof(plan->elements_here) ? plan->elements_here : malloc(room);
	return plan->elements ? 0 : TARN_SYSTEM;
}

void
tarn__pile_plan_end(struct tarn_pile_plan *plan)
{
	if (plan->elements != plan->elements_here)
		free(plan->elements);
	if (plan->moves != plan->here)
		free(plan->moves);
	free(plan->table);
	free(plan->copy);
}

/* Of some: from now on its own moves count. */
static int
begin_table(struct tarn_pile_plan *plan)
{
	plan->mask = (UINT64_C(2) << (64 - __builtin_clzll(plan->room))) - 1;
	plan->table = calloc(plan->mask + 1, sizeof(*plan->table));
	return plan->table ? 0 : TARN_SYSTEM;
}

/* The cell of a position's move, or an empty one. */
static uint64_t *
cell_of(const struct tarn_pile_plan *plan, uint64_t position)
{
	uint64_t at = (position * SPREAD >> 32) & plan->mask;

	while (plan->table[at] && plan->moves[plan->table[at] - 1].position != position)
		at = (at + 1) & plan->mask;
	return &plan->table[at];
}

/* Room for twice as many moves; the table has two cells for each, or more. */
static int
grow_moves(struct tarn_pile_plan *plan)
{
	uint64_t room = 2 * plan->room, mask = plan->mask;
	struct tarn_pile_move *moves = malloc(room * sizeof(*moves));

	if (!moves)
		return TARN_SYSTEM;
	memcpy(moves, plan->moves, plan->count * sizeof(*moves));
	if (plan->moves != plan->here)
		free(plan->moves);
	plan->moves = moves;
	plan->room = room;
	if (!plan->table)
		return 0;
	while (mask < 2 * room)
		mask = 2 * mask + 1;
	free(plan->table);
	plan->table = calloc(mask + 1, sizeof(*plan->table));
	if (!plan->table)
		return TARN_SYSTEM;
	plan->mask = mask;
	for (uint64_t i = 0; i < plan->count; i++)
		*cell_of(plan, moves[i].position) = i + 1;
	return 0;
}

/* That entry is to stand in that position. */
static int
put(struct tarn_pile_plan *plan, uint64_t position, uint64_t entry)
{
	uint64_t *cell = plan->table ? cell_of(plan, position) : NULL;
	int code;

	if (plan->copy) {
		plan->copy[position] = entry;
		return 0;
	}
	if (cell && *cell) {
		plan->moves[*cell - 1].entry = entry;
		return 0;
	}
	if (unlikely(plan->count == plan->room)) {
		code = grow_moves(plan);
		if (code)
			return code;
		cell = plan->table ? cell_of(plan, position) : NULL;
	}
	plan->moves[plan->count++] = (struct tarn_pile_move){ position, entry };
	if (cell)
		*cell = plan->count;
	return 0;
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* What stands in a position without its moves: behind the length that was, what is added. */
static int
first_entry_at(const struct tarn_pile_plan *plan, uint64_t position, uint64_t *entry)
{
	int code = tarn__pile_entry(plan->queue, &plan->look, position, entry);
	if (!code && position >= plan->look.length)
		*entry = tarn__pile_word(tarn__pile_half(plan->serial + position - plan->look.length),
					 tarn__pile_number(*entry));
	return code;
}

/* ... and with them, so far. */
static int
entry_at(const struct tarn_pile_plan *plan, uint64_t position, uint64_t *entry)
{
	const uint64_t *cell = plan->table ? cell_of(plan, position) : NULL;

	if (likely(!plan->copy) && (!cell || !*cell))
		return first_entry_at(plan, position, entry);
	*entry = cell ? plan->moves[*cell - 1].entry : plan->copy[position];
	return 0;
}

/* Of many, in so many positions: a copy, and in the end its moves. */
static int
begin_copy(struct tarn_pile_plan *plan, uint64_t length)
{
	uint64_t *copy = malloc(length * sizeof(*copy));
	int code = copy ? 0 : TARN_SYSTEM;

	for (uint64_t i = 0; !code && i < length; i++)
		code = first_entry_at(plan, i, &copy[i]);
	if (!code)
		plan->copy = copy;
	else
		free(copy);
	return code;
}

static int
end_copy(struct tarn_pile_plan *plan, uint64_t length)
{
	uint64_t *copy = plan->copy, entry = 0;
	int code = 0;

	plan->copy = NULL;
	for (uint64_t i = 0; !code && i < length; i++) {
		code = first_entry_at(plan, i, &entry);
		if (!code && entry != copy[i])
			code = put(plan, i, copy[i]);
	}
	free(copy);
	return code;
}

/* The element of the program's own memory that is to be in a slot; NULL: it is in the arena. */
static const char *
own_element(const struct tarn_pile_plan *plan, uint64_t slot, uint64_t place)
{
	uint64_t index = tarn__pile_number(place) - plan->look.length;

	if (slot == plan->changed)
		return plan->values;
	return index < plan->added ? plan->values + index * plan->queue->value_size : NULL;
}

/* The element that an entry names. */
static TARN_HOT int
load(const struct tarn_pile_plan *plan, uint64_t entry, struct value *value)
{
	const struct tarn_object *queue = plan->queue;
	uint64_t slot = tarn__pile_number(entry), word;
	const struct tarn_pile_record_shm *record = tarn__pile_record(queue, &plan->look, slot);
	bool is_number = tarn__number_size(queue->key_kind);

	if (unlikely(!record))
		return TARN_CORRUPT;
	value->bytes = own_element(plan, slot, tarn__load(&record->place));
	if (is_number) {
		word = value->bytes ? tarn__word_of(value->bytes, queue->value_size)
				    : tarn__load(record->element);
		value->rank = tarn__number_rank(queue->key_kind, word);
	} else if (!value->bytes) {
		tarn__bytes_out(value->room, record->element, 0, queue->value_size);
		value->bytes = value->room;
	}
	if (unlikely(plan->alone) && !tarn__node_still(&queue->root->node, plan->node))
		return TARN_ROOT_AGAIN;
	return 0;
}

static TARN_HOT int
load_at(const struct tarn_pile_plan *plan, uint64_t position, uint64_t *entry, struct value *value)
{
	int code = entry_at(plan, position, entry);

	return likely(!code) ? load(plan, *entry, value) : code;
}

/* Whether one must be nearer to the top than the other. */
static TARN_HOT bool
comes_before(const struct tarn_pile_plan *plan, const struct value *one, const struct value *other)
{
	const struct tarn_object *queue = plan->queue;

	if (tarn__number_size(queue->key_kind))
		return one->rank > other->rank;
	return tarn__key_compare(queue, one->bytes, queue->value_size, other->bytes,
				 queue->value_size) > 0;
}

int
tarn__pile_find(const struct tarn_object *queue, const struct tarn_pile_look *look,
		const struct tarn_priority_queue_handle *handle, uint64_t *position)
{
	const struct tarn_pile_record_shm *record = tarn__pile_record(queue, look, handle->slot);
	struct tarn_priority_queue_handle found;
	uint64_t place, entry;
	int code;

	if (!record || !handle->generation)
		return TARN_NOT_FOUND;
	place = tarn__load(&record->place);
	*position = tarn__pile_number(place);
	if (*position >= look->length)
		return TARN_NOT_FOUND;
	code = tarn__pile_entry(queue, look, *position, &entry);
	if (code)
		return code;
	if (tarn__pile_number(entry) != handle->slot)
		return TARN_CORRUPT;
	tarn__pile_tell(entry, place, &found);
	return found.generation == handle->generation ? 0 : TARN_NOT_FOUND;
}

/* ---- rising and sinking ------------------------------------------------------------------------ */

/* Room for what is compared, in that of the plan. */
static void
begin_values(const struct tarn_pile_plan *plan, struct values *values)
{
	uint64_t size = tarn__number_size(plan->queue->key_kind) ? 0 : plan->queue->value_size;

	values->moving.room = plan->elements;
	values->best.room = plan->elements + size;
	values->other.room = plan->elements + 2 * size;
}

/* Parents that the moving one comes before go down into the hole. */
static int
rise(struct tarn_pile_plan *plan, struct values *values, uint64_t *hole)
{
	uint64_t parent, entry;
	int code = 0;

	for (; !code && *hole; *hole = parent) {
		parent = (*hole - 1) / TARN_PILE_CHILDREN;
		code = load_at(plan, parent, &entry, &values->other);
		if (code || !comes_before(plan, &values->moving, &values->other))
			return code;
		code = put(plan, *hole, entry);
	}
	return code;
}

/* The best child of a hole; *child stays the hole if it has none. */
static int
best_child(const struct tarn_pile_plan *plan, struct values *values, uint64_t hole, uint64_t *child,
	   uint64_t *entry)
{
	uint64_t first = hole * TARN_PILE_CHILDREN + 1, other;
	uint64_t end = tarn__min(first + TARN_PILE_CHILDREN, plan->length);
	int code = 0;

	*child = hole;
	for (uint64_t at = first; !code && at < end; at++) {
		struct value *candidate = at == first ? &values->best : &values->other;

		code = load_at(plan, at, &other, candidate);
		if (code || (at != first && !comes_before(plan, &values->other, &values->best)))
			continue;
		if (at != first) {
			struct value best = values->best;

			values->best = values->other;
			values->other = best;
		}
		*child = at;
		*entry = other;
	}
	return code;
}

/* The best children go up into the hole, while they come before the moving one. */
static int
sink(struct tarn_pile_plan *plan, struct values *values, uint64_t *hole)
{
	uint64_t child, entry = 0;
	int code = 0;

	for (; !code; *hole = child) {
		code = best_child(plan, values, *hole, &child, &entry);
		if (code || child == *hole || !comes_before(plan, &values->best, &values->moving))
			return code;
		code = put(plan, *hole, entry);
	}
	return code;
}

/* Where an entry is to stand that comes from a position, or into one: in *hole. */
static int
settle(struct tarn_pile_plan *plan, uint64_t entry, uint64_t *hole)
{
	uint64_t from = *hole;
	struct values values;
	int code;

	begin_values(plan, &values);
	code = load(plan, entry, &values.moving);
	if (!code)
		code = rise(plan, &values, hole);
	if (!code && *hole == from)
		code = sink(plan, &values, hole);
	return code;
}

/* The same of one that stands there already. */
static int
settle_at(struct tarn_pile_plan *plan, uint64_t position)
{
	uint64_t entry, hole = position;
	int code = entry_at(plan, position, &entry);

	if (!code)
		code = settle(plan, entry, &hole);
	return code || hole == position ? code : put(plan, hole, entry);
}

/* ---- adding ------------------------------------------------------------------------------------ */

/* Each into a queue that ends with it. */
static int
settle_some(struct tarn_pile_plan *plan)
{
	uint64_t end = plan->length;
	int code = begin_table(plan);

	for (plan->length = plan->look.length; !code && plan->length < end;)
		code = settle_at(plan, plan->length++);
	return code;
}

/* All, from the last parent to the first. */
static int
settle_all(struct tarn_pile_plan *plan)
{
	int code = begin_copy(plan, plan->length);

	for (uint64_t at = (plan->length - 2) / TARN_PILE_CHILDREN + 1; !code && at; at--) {
		struct values values;
		uint64_t entry, hole = at - 1;

		begin_values(plan, &values);
		code = load_at(plan, hole, &entry, &values.moving);
		if (!code)
			code = sink(plan, &values, &hole);
		if (!code && hole != at - 1)
			code = put(plan, hole, entry);
	}
	return code ? code : end_copy(plan, plan->length);
}

/* So that none of them is 0. */
static uint64_t
first_serial(uint64_t newest, uint64_t count)
{
	return newest + count < newest ? 1 : newest + 1;
}

static int
tell_handles(const struct tarn_pile_plan *plan, struct tarn_priority_queue_handle *handles)
{
	uint64_t entry;
	int code = 0;

	for (uint64_t i = 0; !code && handles && i < plan->added; i++) {
		code = entry_at(plan, plan->look.length + i, &entry);
		if (!code)
			handles[i] = (struct tarn_priority_queue_handle){ tarn__pile_number(entry),
									  plan->serial + i };
	}
	return code;
}

int
tarn__pile_plan_add(struct tarn_pile_plan *plan, struct tarn_pile_call *call)
{
	uint64_t first = plan->look.length;
	int code;

	if (call->count > TARN_PILE_MOST - first)
		return TARN_TOO_BIG;
	plan->capacity = first + call->count;
	if (plan->capacity > plan->look.capacity || !call->count)
		return 0;
	plan->length = plan->capacity;
	plan->added = call->count;
	plan->values = call->values;
	plan->serial = first_serial(tarn__load(&plan->look.pile->serial), call->count);
	code = tell_handles(plan, call->handles);
	if (code)
		return code;
	if (call->count == 1)
		return settle_at(plan, first);
	return call->count <= first / MANY ? settle_some(plan) : settle_all(plan);
}

/* ---- taking ------------------------------------------------------------------------------------ */

static int
copy_out(const struct tarn_pile_plan *plan, uint64_t entry, void *room)
{
	const struct tarn_pile_record_shm *record =
		tarn__pile_record(plan->queue, &plan->look, tarn__pile_number(entry));

	if (!record)
		return TARN_CORRUPT;
	if (room)
		tarn__bytes_out(room, record->element, 0, plan->queue->value_size);
	return 0;
}

/* The element in a position goes; room for it, or NULL. */
static int
take_at(struct tarn_pile_plan *plan, uint64_t position, void *room)
{
	uint64_t last = plan->length - 1, taken, moving, hole = position;
	int code = entry_at(plan, position, &taken);

	if (!code)
		code = copy_out(plan, taken, room);
	plan->length = last;
	if (code || position == last)
		return code;
	code = entry_at(plan, last, &moving);
	if (!code)
		code = put(plan, last, taken);
	if (!code)
		code = settle(plan, moving, &hole);
	return code ? code : put(plan, hole, moving);
}

int
tarn__pile_plan_take(struct tarn_pile_plan *plan, struct tarn_pile_call *call)
{
	uint64_t count = tarn__min(call->count, plan->look.length), size = plan->queue->value_size;
	char *room = call->room;
	int code = 0;

	if (!plan->look.length)
		return TARN_NOT_FOUND;
	if (count > 1)
		code = count <= plan->look.length / (2 * MANY) ? begin_table(plan)
							       : begin_copy(plan, plan->look.length);
	for (uint64_t i = 0; !code && i < count; i++)
		code = take_at(plan, 0, room ? room + i * size : NULL);
	if (!code && plan->copy)
		code = end_copy(plan, plan->look.length);
	call->got = count;
	return code;
}

int
tarn__pile_plan_remove(struct tarn_pile_plan *plan, struct tarn_pile_call *call)
{
	uint64_t position;
	int code = tarn__pile_find(plan->queue, &plan->look, call->handles, &position);

	return code ? code : take_at(plan, position, call->room);
}

int
tarn__pile_plan_clear(struct tarn_pile_plan *plan, struct tarn_pile_call *call)
{
	(void)call;
	plan->length = 0;
	return 0;
}

/* ---- changing ---------------------------------------------------------------------------------- */

int
tarn__pile_plan_change(struct tarn_pile_plan *plan, struct tarn_pile_call *call)
{
	uint64_t position;
	int code = tarn__pile_find(plan->queue, &plan->look, call->handles, &position);

	if (code)
		return code;
	plan->changed = call->handles->slot;
	plan->values = call->values;
	return settle_at(plan, position);
}
