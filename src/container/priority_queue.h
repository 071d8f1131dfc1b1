// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.h -- looking at a priority queue, and planning what becomes
 * of it, for all files of it
 *
 *	priority_queue.c	calls that change
 *	priority_queue_read.c	calls that only read
 *	priority_queue_plan.c	what a change is to be: nothing shared is written
 *	priority_queue_change.c	a plan is carried out; room
 *	priority_queue_check.c	create, dismantle; is a queue whole?
 *
 * Every change is planned first: which entry is to stand where, in private
 * memory.  Then it is carried out.
 *
 *	lock --> plan --> store			 a built-in order
 *	look --> plan --> lock --> as it was? --> store	 the program's own, which
 *							 is called with nothing locked
 *
 * A pile is the heap of a queue (priority_queue_layout.h).
 */
#ifndef TARN_CONTAINER_PRIORITY_QUEUE_H
#define TARN_CONTAINER_PRIORITY_QUEUE_H

#include "base/arith.h"
#include "catalog/key.h"
#include "container/priority_queue_layout.h"
#include "container/root.h"
#include "container/vector.h"

#include <tarn/priority_queue.h>

struct tarn_pile_look {
	tarn_off off;
	struct tarn_pile_shm *pile;
	uint64_t length, capacity, stride;
};

/* A call that writes, with the node locked. */
struct tarn_pile_writer {
	struct tarn_object *queue;
	struct tarn_lane *lane;
	struct tarn_pile_look look;
};

/* What a call is asked for, and what it tells. */
struct tarn_pile_call {
	const void *values; /* to be added, or that the handle's element is to be */
	uint64_t count;	    /* how many of them; or are to be taken, at most */
	struct tarn_priority_queue_handle *handles; /* of those added, room; or of one element; may be NULL */
	void *room;	    /* for elements that are taken; may be NULL */
	uint64_t got;	    /* how many were */
};

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__pile_object(struct tarn_priority_queue *queue)
{
	return (struct tarn_object *)queue;
}

/* Elements of that kind and size have an order. */
static inline bool
tarn__pile_type_fits(uint64_t key, uint64_t size)
{
	return size && size <= TARN_ELEMENT_MAX && key != TARN_KEY_NONE &&
	       tarn__vector_key_fits(key, size);
}

/* What hangs from the one could hang from the other. */
static inline bool
tarn__pile_alike(const struct tarn_object *one, const struct tarn_object *other)
{
	return one->kind == other->kind && one->key_kind == other->key_kind &&
	       one->order == other->order && one->value_size == other->value_size;
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* From the root to the pile; false: not now, or not at all.  Its records are looked at one by one. */
static TARN_HOT bool
tarn__pile_look(const struct tarn_object *queue, struct tarn_pile_look *look)
{
	look->off = tarn__load(&queue->root->structure);
	look->pile = tarn__at(queue->arena, look->off, sizeof(*look->pile), 16);
	if (unlikely(!look->pile) || unlikely(look->off < queue->arena->fixed.data_off))
		return false;
	look->length = tarn__load_acquire(&look->pile->length);
	look->capacity = tarn__load(&look->pile->capacity);
	look->stride = tarn__pile_stride(queue->value_size);
	return likely(look->length <= look->capacity) && likely(look->capacity <= TARN_PILE_MOST);
}

/* Below the capacity; NULL: it is not there. */
static TARN_HOT struct tarn_pile_record_shm *
tarn__pile_record(const struct tarn_object *queue, const struct tarn_pile_look *look, uint64_t index)
{
	if (unlikely(index >= look->capacity))
		return NULL;
	return tarn__at(queue->arena, look->off + sizeof(*look->pile) + index * look->stride,
			look->stride, 8);
}

/* The entry of a position; TARN_CORRUPT. */
static TARN_HOT int
tarn__pile_entry(const struct tarn_object *queue, const struct tarn_pile_look *look,
		 uint64_t position, uint64_t *entry)
{
	const struct tarn_pile_record_shm *record = tarn__pile_record(queue, look, position);

	*entry = likely(record != NULL) ? tarn__load(&record->entry) : 0;
	return likely(record != NULL) ? 0 : TARN_CORRUPT;
}

static inline void
tarn__pile_tell(uint64_t entry, uint64_t place, struct tarn_priority_queue_handle *handle)
{
	*handle = (struct tarn_priority_queue_handle){
		tarn__pile_number(entry),
		tarn__pile_word(tarn__pile_half(entry), tarn__pile_half(place)),
	};
}

/* Where the handle's element is: TARN_NOT_FOUND, it is gone; TARN_CORRUPT. */
int tarn__pile_find(const struct tarn_object *queue, const struct tarn_pile_look *look,
		    const struct tarn_priority_queue_handle *handle, uint64_t *position);

/* ---- plans ------------------------------------------------------------------------------------- */

/* An entry that is to stand in a position. */
struct tarn_pile_move {
	uint64_t position, entry;
};

/* Moves of one element: one for each of 17 levels, and those of its entry and the one that is freed. */
enum { TARN_PILE_MOVES_HERE = 20, TARN_PILE_ROOM_HERE = 3 * 64 };

#define TARN_PILE_NO_SLOT UINT64_MAX

struct tarn_pile_plan {
	struct tarn_object *queue;
	struct tarn_pile_look look;
	uint64_t node;	    /* the root's, as it was */
	bool alone;	    /* nothing is locked, and what was found may be wrong */
	uint64_t length;    /* to be */
	uint64_t capacity;  /* that it needs; more than there is: nothing else is planned */
	uint64_t added;	    /* elements: these are, in the first free slots */
	const char *values;
	uint64_t serial;    /* of the first of them */
	uint64_t changed;   /* the slot of an element that is to be values; TARN_PILE_NO_SLOT: none */
	uint64_t count, room;
	struct tarn_pile_move *moves; /* the later one counts */
	uint64_t *table; /* NULL, or by position: 0, or the number of its move, from 1 on */
	uint64_t mask;
	uint64_t *copy; /* NULL, or all entries as they are to be, in place of moves */
	char *elements; /* room to compare three */
	struct tarn_pile_move here[TARN_PILE_MOVES_HERE];
	char elements_here[TARN_PILE_ROOM_HERE];
};

/* Begin one of what was found; TARN_SYSTEM, and then there is nothing to end. */
int tarn__pile_plan_begin(struct tarn_pile_plan *plan, struct tarn_object *queue,
			  const struct tarn_pile_look *look, uint64_t node, bool alone);
void tarn__pile_plan_end(struct tarn_pile_plan *plan);

/*
 * What a call asks for; TARN_NOT_FOUND, TARN_TOO_BIG, TARN_CORRUPT, TARN_SYSTEM.
 * TARN_ROOT_AGAIN: others have changed the queue meanwhile.
 */
typedef int tarn__pile_planner(struct tarn_pile_plan *plan, struct tarn_pile_call *call);
int tarn__pile_plan_add(struct tarn_pile_plan *plan, struct tarn_pile_call *call);
int tarn__pile_plan_take(struct tarn_pile_plan *plan, struct tarn_pile_call *call);
int tarn__pile_plan_remove(struct tarn_pile_plan *plan, struct tarn_pile_call *call);
int tarn__pile_plan_change(struct tarn_pile_plan *plan, struct tarn_pile_call *call);
int tarn__pile_plan_clear(struct tarn_pile_plan *plan, struct tarn_pile_call *call);

/* ---- priority_queue_change.c ------------------------------------------------------------------- */

/* Carry it out: all of it happens, or nothing.  Leaves the node, or commits. */
int tarn__pile_carry_out(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan);

/* Room for so many elements; commits. */
int tarn__pile_make_room(struct tarn_pile_writer *w, uint64_t capacity);

/* A new pile of at least so many records, a permutation, of which none is an element's. */
int tarn__pile_make(struct tarn_lane *lane, uint64_t capacity, uint64_t size, struct tarn_pile_look *made);

/* Both handles belong to the transaction whose lane it is; gates are held.  TARN_TYPE: not alike. */
int tarn__pile_exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other);

#endif
