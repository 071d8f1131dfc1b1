// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue_change.c -- a plan for a priority queue is carried out; room
 *
 * In the first of these ways that will do:
 *
 *	add	the element into the free slot behind the last one; the store
 *		of the length commits.  Readers go on.
 *	cut	one store of the length
 *	logged	all words that are to be others, each with its record, under
 *		DIRTY; but not those of free slots
 *	aside	a new pile is filled, and one reference swings
 *
 * In a transaction only the last two do: a slot that is free may be one that
 * an earlier call has freed, and what was there comes back if all is undone
 * (R4).  But a pile that the transaction has made is its own (R8).
 *
 * A pile grows where it lies, as long as what follows is free, or twice as
 * large elsewhere.  That is an operation of its own, which changes nothing
 * that a queue is; whoever wanted room begins anew then.
 *
 * Who may write what: who holds the root's node.
 *
 * On death: before the length is stored, or the commit, nothing has
 * happened.  A block that has become longer stays so, with the capacity that
 * it had before; the next who needs room finds it.
 */
#include "container/priority_queue.h"

#include "container/swap.h"
#include "os/os.h"

/* Where stores go to, and which of them are logged. */
struct target {
	struct tarn_pile_writer *w;
	const struct tarn_pile_look *look;
	bool logs;	 /* words of the queue */
	bool logs_free;	 /* words of free slots */
};

/* ---- piles ------------------------------------------------------------------------------------- */

/* Records from the first on are free slots in their own positions. */
static int
make_records(const struct tarn_object *queue, const struct tarn_pile_look *look, uint64_t first)
{
	for (uint64_t i = first; i < look->capacity; i++) {
		struct tarn_pile_record_shm *record = tarn__pile_record(queue, look, i);

		if (!record)
			return TARN_CORRUPT;
		tarn__store(&record->entry, i);
		tarn__store(&record->place, i);
	}
	return 0;
}

static uint64_t
records_in(uint64_t bytes, const struct tarn_pile_look *look)
{
	return tarn__min((bytes - sizeof(*look->pile)) / look->stride, TARN_PILE_MOST);
}

int
tarn__pile_make(struct tarn_lane *lane, uint64_t capacity, uint64_t size, struct tarn_pile_look *made)
{
	const struct tarn_object queue = { .arena = lane->arena };
	uint64_t bytes = tarn__pile_size(capacity, size), usable;
	int code;

	if (capacity > TARN_PILE_MOST || bytes > lane->arena->fixed.max_size)
		return TARN_TOO_BIG;
	code = tarn__heap_alloc(lane, bytes, &made->off);
	if (code)
		return code;
	usable = tarn__heap_usable(lane->arena, made->off);
	made->pile = tarn__at(lane->arena, made->off, bytes, 16);
	if (!made->pile || usable < bytes)
		return TARN_CORRUPT;
	made->length = 0;
	made->stride = tarn__pile_stride(size);
	made->capacity = records_in(usable, made);
	tarn__bytes_in_slowly((uint64_t *)made->pile, 0, NULL, sizeof(*made->pile));
	tarn__store(&made->pile->capacity, made->capacity);
	tarn__store(&made->pile->serial, tarn__os_random());
	return make_records(&queue, made, 0);
}

/* All records of the queue's pile into one with as many or more; in a damaged arena they may overlap. */
static int
carry_over(struct tarn_pile_writer *w, const struct tarn_pile_look *made)
{
	uint64_t bytes = tarn__pile_size(w->look.capacity, w->queue->value_size);
	const struct tarn_pile_shm *from = tarn__at(w->queue->arena, w->look.off, bytes, 16);

	if (!from || made->capacity < w->look.capacity)
		return TARN_CORRUPT;
	for (uint64_t i = 0; i < (bytes - sizeof(*from)) / 8; i++)
		tarn__store(&made->pile->records[i], tarn__load(&from->records[i]));
	tarn__store(&made->pile->length, w->look.length);
	return 0;
}

/* Chunks of their own go back at once: there may be many of them. */
static int
commit(struct tarn_pile_writer *w, uint64_t freed)
{
	int code = tarn__commit(w->lane);

	if (!code && freed > TARN_BLOCK_MAX)
		tarn__lane_heap->tidy(w->lane);
	return code;
}

/* The new pile takes the old one's place. */
static int
swing(struct tarn_pile_writer *w, const struct tarn_pile_look *made)
{
	struct tarn_root_shm *root = w->queue->root;
	uint64_t freed = tarn__heap_usable(w->lane->arena, w->look.off);
	int code = tarn__heap_free(w->lane, w->look.off);

	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code == TARN_INVALID ? TARN_CORRUPT : code;
	tarn__root_swing(w->lane, root, made->off);
	if (!w->queue->txn)
		return commit(w, freed);
	tarn__store(&made->pile->made_at, tarn__load(&root->node));
	tarn__store(&made->pile->made_for, w->queue->root_off);
	return 0;
}

/* Nothing was changed, or added behind the end. */
static int
leave(struct tarn_pile_writer *w)
{
	if (!w->queue->txn)
		tarn__root_let_go(w->queue, w->lane);
	return 0;
}

/* ---- room -------------------------------------------------------------------------------------- */

/* Longer where it lies; TARN_FULL: it cannot be. */
static int
extend(struct tarn_pile_writer *w, uint64_t needed)
{
	struct tarn_pile_look look = w->look;
	uint64_t size = w->queue->value_size, have = tarn__pile_size(look.capacity, size);
	uint64_t least = tarn__pile_size(needed, size);
	int code = tarn__heap_extend(w->lane, look.off,
				     tarn__max(least, have + tarn__min(have / 2, TARN_PILE_STEP)));

	if (code == TARN_FULL)
		code = tarn__heap_extend(w->lane, look.off, least);
	if (code)
		return code;
	have = tarn__heap_usable(w->queue->arena, look.off);
	if (have < least)
		return TARN_CORRUPT;
	look.capacity = records_in(have, &look);
	code = make_records(w->queue, &look, w->look.capacity);
	if (code)
		return code;
	tarn__barrier();
	tarn__store(&look.pile->capacity, look.capacity);
	return leave(w);
}

int
tarn__pile_make_room(struct tarn_pile_writer *w, uint64_t needed)
{
	uint64_t size = w->queue->value_size;
	uint64_t doubled = tarn__max(needed, tarn__min(2 * w->look.capacity, TARN_PILE_MOST));
	struct tarn_pile_look made;
	int code;

	if (tarn__pile_size(needed, size) > w->queue->arena->fixed.max_size)
		return TARN_TOO_BIG;
	code = extend(w, needed);
	if (code != TARN_FULL)
		return code;
	code = tarn__pile_make(w->lane, doubled, size, &made);
	if ((code == TARN_FULL || code == TARN_TOO_BIG) && doubled > needed)
		code = tarn__pile_make(w->lane, needed, size, &made);
	if (!code)
		code = carry_over(w, &made);
	return code ? code : swing(w, &made);
}

/* ---- stores ------------------------------------------------------------------------------------ */

static void
put_word(const struct target *target, uint64_t *word, uint64_t value, bool logs)
{
	if (tarn__load(word) == value)
		return;
	if (logs)
		tarn__set(target->w->lane, word, value);
	else
		tarn__store(word, value);
}

static void
put_element(const struct target *target, uint64_t *to, const char *from, bool logs)
{
	uint64_t size = target->w->queue->value_size;

	if (logs)
		tarn__bytes_log(target->w->lane, to, 0, from, size);
	else
		tarn__bytes_in(to, 0, from, size);
}

/* What is added, into the first free slots; before, the serial of the pile that is there, which is never undone. */
static int
put_added(const struct target *target, const struct tarn_pile_plan *plan)
{
	const struct tarn_object *queue = target->w->queue;

	tarn__store(&target->w->look.pile->serial, plan->serial + plan->added - 1);
	for (uint64_t i = 0; i < plan->added; i++) {
		uint64_t position = plan->look.length + i, serial = plan->serial + i;
		struct tarn_pile_record_shm *at = tarn__pile_record(queue, target->look, position), *slot;

		slot = at ? tarn__pile_record(queue, target->look, tarn__pile_number(tarn__load(&at->entry)))
			  : NULL;
		if (!slot || tarn__pile_number(tarn__load(&slot->place)) != position)
			return TARN_CORRUPT;
		put_element(target, slot->element, plan->values + i * queue->value_size, target->logs_free);
		put_word(target, &slot->place, tarn__pile_word(tarn__pile_number(serial), position),
			 target->logs_free);
		put_word(target, &at->entry,
			 tarn__pile_word(tarn__pile_half(serial), tarn__pile_number(tarn__load(&at->entry))),
			 target->logs_free);
	}
	return 0;
}

static int
put_moves(const struct target *target, const struct tarn_pile_plan *plan)
{
	const struct tarn_object *queue = target->w->queue;

	for (uint64_t i = 0; i < plan->count; i++) {
		const struct tarn_pile_move *move = &plan->moves[i];
		struct tarn_pile_record_shm *at = tarn__pile_record(queue, target->look, move->position);
		struct tarn_pile_record_shm *slot =
			tarn__pile_record(queue, target->look, tarn__pile_number(move->entry));

		if (!at || !slot)
			return TARN_CORRUPT;
		put_word(target, &at->entry, move->entry, target->logs);
		put_word(target, &slot->place,
			 tarn__pile_word(tarn__pile_half(tarn__load(&slot->place)), move->position),
			 target->logs);
	}
	return 0;
}

/* All of it. */
static int
put_plan(const struct target *target, const struct tarn_pile_plan *plan)
{
	struct tarn_pile_record_shm *slot;
	int code = plan->added ? put_added(target, plan) : 0;

	if (!code && plan->changed != TARN_PILE_NO_SLOT) {
		slot = tarn__pile_record(target->w->queue, target->look, plan->changed);
		if (!slot)
			return TARN_CORRUPT;
		put_element(target, slot->element, plan->values, target->logs);
	}
	if (!code)
		code = put_moves(target, plan);
	if (!code)
		put_word(target, &target->look->pile->length, plan->length, target->logs);
	return code;
}

/* ---- the ways ---------------------------------------------------------------------------------- */

/* Nobody looks behind the length, or at a pile that nobody knows. */
static int
add_at_end(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan)
{
	const struct target target = { .w = w, .look = &w->look };
	int code = put_added(&target, plan);

	if (code)
		return code;
	tarn__barrier();
	tarn__store_release(&w->look.pile->length, plan->length);
	return leave(w);
}

static int
cut(struct tarn_pile_writer *w, uint64_t length)
{
	tarn__store(&w->look.pile->length, length);
	tarn__root_unlock(w->queue, w->lane);
	return 0;
}

/* Words that are logged, at most. */
static uint64_t
words_logged(const struct tarn_pile_writer *w, const struct tarn_pile_plan *plan, bool logs_free)
{
	uint64_t element = w->queue->value_size / 8 + 1;

	return 2 * plan->count + 1 + (plan->changed != TARN_PILE_NO_SLOT ? element : 0) +
	       (logs_free ? plan->added * (element + 2) : 0);
}

/* So that a transaction of many changes still has some of its log for others. */
static bool
fits_log(const struct tarn_pile_writer *w, uint64_t words)
{
	uint64_t logged = tarn__commit_words(w->lane->commit);

	return logged < TARN_LIST_MAX / 2 && words <= (TARN_LIST_MAX - logged) / 4;
}

static int
change_logged(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan, bool is_own,
	      uint64_t words)
{
	const struct target target = { w, &w->look, !is_own, w->queue->txn && !is_own };
	int code = tarn__lane_reserve(w->lane, words, 0, 0, 0);

	if (code)
		return code;
	tarn__dirty(&w->queue->root->node);
	code = put_plan(&target, plan);
	return code || w->queue->txn ? code : tarn__commit(w->lane);
}

static int
change_aside(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan)
{
	struct tarn_pile_look made;
	const struct target target = { .w = w, .look = &made };
	int code = tarn__pile_make(w->lane, w->look.capacity, w->queue->value_size, &made);

	if (!code)
		code = carry_over(w, &made);
	if (!code)
		code = put_plan(&target, plan);
	return code ? code : swing(w, &made);
}

/* Whether the pile was made in this transaction (R8). */
static bool
is_own(const struct tarn_pile_writer *w)
{
	return w->queue->txn &&
	       tarn__load(&w->look.pile->made_at) == tarn__load(&w->queue->root->node) &&
	       tarn__load(&w->look.pile->made_for) == w->queue->root_off;
}

int
tarn__pile_carry_out(struct tarn_pile_writer *w, const struct tarn_pile_plan *plan)
{
	bool own = is_own(w), stays = !plan->count && plan->changed == TARN_PILE_NO_SLOT;
	uint64_t words = words_logged(w, plan, w->queue->txn && !own);

	if (stays && plan->length == w->look.length)
		return leave(w);
	if (stays && (own || !w->queue->txn))
		return plan->added ? add_at_end(w, plan) : cut(w, plan->length);
	if (own || fits_log(w, words))
		return change_logged(w, plan, own, own ? 0 : words);
	return change_aside(w, plan);
}

/* ---- swap -------------------------------------------------------------------------------------- */

int
tarn__pile_exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	if (!tarn__pile_alike(one, other))
		return TARN_TYPE;
	return tarn__root_exchange(lane, one->root, other->root);
}
