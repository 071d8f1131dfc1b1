// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- calls on counters, of both sorts
 *
 *	transactional	lock --> one store --> unlock; in a transaction: logged
 *	atomic		pin --> one atomic instruction --> unpin
 *
 * counter_layout.h has the picture and the invariants.
 *
 * Who may write what: the number, who holds the node or, of an atomic
 * counter, who has pinned it.
 *
 * On death: the one store, or instruction, was done or not.  Recovery lets
 * go of the node, forgets the pin, and undoes what a transaction has logged.
 */
#include "container/counter_layout.h"

#include "container/kinds.h"
#include "container/root.h"
#include "txn/pin.h"

#include <tarn/counter.h>

enum verb { ADD, SET, SWAP };

struct change {
	enum verb verb;
	uint64_t number, expected;
	uint64_t before; /* told */
};

/* A handle is a struct tarn_object and nothing more. */
static struct tarn_object *
object_of(struct tarn_counter *counter)
{
	return (struct tarn_object *)counter;
}

static uint64_t *
number_of(const struct tarn_object *object)
{
	return &TARN_CONTAINER_OF(object->root, struct tarn_entry_shm, root)->value;
}

/* ---- changing ---------------------------------------------------------------------------------- */

/* TARN_MISMATCH, or what is to be stored. */
static int
decide(struct change *change, uint64_t before, uint64_t *after)
{
	change->before = before;
	*after = change->verb == ADD ? before + change->number : change->number;
	return change->verb == SWAP && before != change->expected ? TARN_MISMATCH : 0;
}

static int
store_logged(struct tarn_object *object, struct tarn_lane *lane, uint64_t value)
{
	int code = tarn__lane_reserve(lane, 1, 0, 0, 0);

	if (code)
		return tarn__write_failed(object, lane, code);
	tarn__dirty(&object->root->node);
	tarn__set(lane, number_of(object), value);
	return 0;
}

static int
change_locked(struct tarn_object *object, struct change *change)
{
	struct tarn_lane *lane;
	uint64_t after;
	int code = tarn__root_begin(object, &lane);

	if (unlikely(code))
		return code;
	code = decide(change, tarn__load(number_of(object)), &after);
	if (!code && object->txn)
		code = store_logged(object, lane, after);
	else if (!code)
		tarn__store(number_of(object), after);
	tarn__root_unlock(object, lane);
	tarn__root_end(object, lane);
	return code;
}

static int
change_pinned(uint64_t *number, struct change *change)
{
	change->before = change->expected;
	if (change->verb == ADD)
		change->before = tarn__fetch_add(number, change->number);
	else if (change->verb == SET)
		change->before = tarn__exchange(number, change->number);
	else if (!tarn__cas(number, &change->before, change->number))
		return TARN_MISMATCH;
	return 0;
}

static int
change_atomically(struct tarn_object *object, struct change *change)
{
	struct tarn_lane *lane;
	int code = tarn__root_enter(object, &lane);

	if (unlikely(code))
		return code;
	code = tarn__pin(object, lane);
	if (likely(!code)) {
		code = change_pinned(number_of(object), change);
		tarn__unpin(lane);
	}
	tarn__root_end(object, lane);
	return code;
}

static int
change_number(struct tarn_counter *counter, struct change *change)
{
	struct tarn_object *object = object_of(counter);

	return object->atomic ? change_atomically(object, change) : change_locked(object, change);
}

int
tarn_counter_add(struct tarn_counter *counter, int64_t n, int64_t *before)
{
	struct change change = { .verb = ADD, .number = (uint64_t)n };
	int code = change_number(counter, &change);

	if (!code && before)
		*before = (int64_t)change.before;
	return code;
}

int
tarn_counter_set(struct tarn_counter *counter, int64_t value)
{
	struct change change = { .verb = SET, .number = (uint64_t)value };

	return change_number(counter, &change);
}

int
tarn_counter_compare_and_swap(struct tarn_counter *counter, int64_t expected, int64_t desired)
{
	struct change change = { .verb = SWAP, .number = (uint64_t)desired,
				 .expected = (uint64_t)expected };

	return change_number(counter, &change);
}

/* ---- reading ----------------------------------------------------------------------------------- */

/* Between two looks at a node that is not DIRTY there may be one store; either number was true. */
static int
take_number(const struct tarn_object *object, void *number)
{
	*(int64_t *)number = (int64_t)tarn__load_acquire(number_of(object));
	return 0;
}

int
tarn_counter_get(struct tarn_counter *counter, int64_t *value)
{
	int64_t number;
	int code = tarn__root_read(object_of(counter), take_number, &number);

	if (!code)
		*value = number;
	return code;
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_counter_open(struct tarn_arena *arena, struct tarn_counter **counter, const char *name,
		  enum tarn_sort sort, enum tarn_open_mode how, bool *created)
{
	struct tarn_type type = {
		.kind = sort == TARN_ATOMIC ? TARN_KIND_ATOMIC_COUNTER : TARN_KIND_COUNTER,
		.key = TARN_KEY_I64,
	};
	struct tarn_object *object = NULL;
	int code = (unsigned)sort > TARN_ATOMIC
			   ? TARN_INVALID
			   : tarn__object_open(arena, name, &type, how, &object, created);

	if (!code)
		object->atomic = sort == TARN_ATOMIC;
	*counter = (struct tarn_counter *)object;
	return code;
}

void
tarn_counter_close(struct tarn_counter *counter)
{
	tarn_object_close(object_of(counter));
}

struct tarn_object *
tarn_counter_object(struct tarn_counter *counter)
{
	return object_of(counter);
}

struct tarn_counter *
tarn_counter_in(struct tarn_counter *counter, struct tarn_txn *txn)
{
	return (struct tarn_counter *)tarn__txn_bound(txn, object_of(counter));
}

/* ---- kind -------------------------------------------------------------------------------------- */

/* The entry is all zeros behind its root. */
static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	(void)lane;
	(void)entry;
	return 0;
}

static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	(void)lane;
	(void)entry;
	*done = true;
	return 0;
}

static int
dismantle_atomic(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	int code = tarn__pinned(lane->arena, tarn__off(lane->arena, entry));

	*done = !code;
	return code;
}

const struct tarn_kind_ops tarn__counter_ops = {
	.name = "counter",
	.create = create,
	.dismantle = dismantle,
};

const struct tarn_kind_ops tarn__atomic_counter_ops = {
	.name = "atomic counter",
	.create = create,
	.dismantle = dismantle_atomic,
};
