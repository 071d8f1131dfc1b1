// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * guest.c -- structures of programs' own, under a lock of their own
 *
 * Picture
 *
 *	entry.root			class table (heap/region.c)
 *	  gate	     the guest's lock	  spans and runs: every block, whether
 *	  structure ------------------->  anybody still knows its offset or not
 *	  chosen     set by the user --> in some block
 *
 *	unborn		in the graveyard, not live, gate held: catalog/unnamed.c
 *	living		has a name, live
 *	withdrawn	as unborn
 *
 * The gate is a lock that users hold (txn/held.c), of the same words as that of
 * a reader-writer lock (lock.c), which has the calls.  So removing a guest by
 * its name waits for who has it locked: a removal takes the gate.  There is
 * no object handle to a guest for its users: no transaction has one.
 *
 * A call that takes or frees a block must keep the guest from being
 * dismantled meanwhile, in one of two ways:
 *
 *	the gate is the caller's	no other lock; also without a name
 *	else				the node, and the word is looked at under it
 *
 * for who takes the name away, here or in catalog/remove.c, has both gate and
 * node.  A block leaves the thread's magazine by one store, and is the guest's
 * then: there is nothing to log.
 *
 * Invariants
 *	W1. blocks are taken and freed only so
 *	W2. no piece of a guest is freed while its gate is held, or a reader has
 *	    its lock; progress is 1 once that was seen, of one without a name:
 *	    from then on nobody gets it
 *
 * Who may write what: root.chosen, who has the gate; blocks, the program; the
 * rest as of a region.
 *
 * On death: a call's block is in a magazine still, or is the guest's.  The gate is opened
 * and marked, and what had no name is then dismantled by whoever comes next.
 */
#include "container/kinds.h"

#include <tarn/guest.h>
#include <tarn/lock.h>

static struct tarn_object *
object_of(struct tarn_guest *guest)
{
	return (struct tarn_object *)guest;
}

static bool
holds_gate(const struct tarn_object *object, const struct tarn_lane *lane)
{
	return tarn__node_owned_by(tarn__load(&object->root->gate), lane->owner);
}

/* Of another generation than the handle: that one's guest is no more, or has got or lost its name. */
static bool
is_another(const struct tarn_object *object, uint64_t word)
{
	return word >> TARN_WORD_GENERATION_SHIFT != object->generation;
}

/* ---- birth and end ----------------------------------------------------------------------------- */

int
tarn_guest_create(struct tarn_arena *arena, struct tarn_guest **guest, const char *what)
{
	struct tarn_type type = { .kind = TARN_KIND_GUEST, .fields = what };
	struct tarn_object *object;
	int code = tarn__object_make(arena, &type, &object);

	*guest = (struct tarn_guest *)object;
	return code;
}

int
tarn_guest_publish(struct tarn_guest *guest, const char *name)
{
	return tarn__object_name(object_of(guest), name);
}

int
tarn_guest_open(struct tarn_arena *arena, struct tarn_guest **guest, const char *name)
{
	struct tarn_type type = { .kind = TARN_KIND_GUEST };
	struct tarn_object *object;
	int code = tarn__object_open(arena, name, &type, TARN_OPEN, &object, NULL);

	*guest = (struct tarn_guest *)object;
	return code;
}

int
tarn_guest_withdraw(struct tarn_guest *guest)
{
	return tarn__object_unname(object_of(guest));
}

/* It has no name, and this thread its gate; then that is open. */
static int
let_go(const struct tarn_object *object)
{
	uint64_t word = tarn__load(&object->root->word);
	struct tarn_lane *lane;
	int code = tarn__op_begin(object->arena, &lane);

	if (code)
		return code;
	if (holds_gate(object, lane) && !is_another(object, word) && !(word & TARN_WORD_LIVE))
		tarn__held_unlock(lane, &object->root->gate, 0);
	else
		code = TARN_INVALID;
	tarn__op_end(lane);
	return code;
}

int
tarn_guest_discard(struct tarn_guest *guest)
{
	struct tarn_object *object = object_of(guest);
	int code = let_go(object);

	if (!code)
		tarn__graveyard_work(object->arena, UINT32_MAX);
	return code;
}

void
tarn_guest_close(struct tarn_guest *guest)
{
	struct tarn_object *object = object_of(guest);

	if (object && !object->arena->readonly &&
	    !(tarn__load(&object->root->word) & TARN_WORD_LIVE))
		(void)!tarn_guest_discard(guest);
	tarn_object_close(object);
}

struct tarn_rwlock *
tarn_guest_lock(struct tarn_guest *guest)
{
	return (struct tarn_rwlock *)guest;
}

tarn_off
tarn_guest_where(const struct tarn_guest *guest)
{
	return ((const struct tarn_object *)guest)->root_off;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

/* The gate is held, or the node is taken (W1). */
static inline int
secure(const struct tarn_object *object, struct tarn_lane *lane)
{
	struct tarn_root_shm *root = object->root;
	int code;

	if (likely(holds_gate(object, lane)))
		return is_another(object, tarn__load(&root->word)) ? TARN_REMOVED : 0;
	code = tarn__lock_wait(lane, &root->node, tarn__deadline(object->arena));
	if (!code && tarn__word_is_stale(object, tarn__load(&root->word)))
		code = TARN_REMOVED;
	return code;
}

static int
give_up(struct tarn_lane *lane, int code)
{
	int worse = tarn__rollback(lane);

	tarn__op_end(lane);
	return worse ? worse : code;
}

static inline int
begin(const struct tarn_object *object, struct tarn_lane **lane, tarn_off *table)
{
	int code = 0;

	*lane = tarn__op_begin_now(object->arena);
	if (unlikely(!*lane))
		code = tarn__op_begin(object->arena, lane);
	if (unlikely(code))
		return code;
	code = secure(object, *lane);
	*table = tarn__load(&object->root->structure);
	if (likely(!code) && likely(*table))
		return 0;
	return give_up(*lane, code ? code : TARN_CORRUPT);
}

static int
end(struct tarn_lane *lane, int code)
{
	if (unlikely(code))
		return give_up(lane, code);
	code = tarn__commit(lane);
	tarn__op_end(lane);
	return code;
}

/* The same, where nothing is logged. */
static int
quit(const struct tarn_object *object, struct tarn_lane *lane, int code)
{
	if (unlikely(code))
		return give_up(lane, code);
	if (unlikely(lane->lock_count))
		tarn__unlock(lane, &object->root->node);
	tarn__op_quit(lane);
	return 0;
}

/* So many bytes that every block of their class begins where is asked; a run does anyway. */
static uint64_t
aligned_size(uint64_t align, uint64_t size)
{
	unsigned class = 0;

	if (align <= 16 || size > TARN_BLOCK_MAX)
		return size;
	while (class < TARN_CLASSES_DATA && (tarn__size_classes[class].size < size ||
					     tarn__size_classes[class].size % align))
		class++;
	return class < TARN_CLASSES_DATA ? tarn__size_classes[class].size : TARN_BLOCK_MAX + 1;
}

int
tarn_guest_alloc(struct tarn_guest *guest, uint64_t align, uint64_t size, tarn_off *block)
{
	struct tarn_object *object = object_of(guest);
	struct tarn_lane *lane;
	tarn_off table;
	int code;

	*block = 0;
	if (unlikely(!align) || unlikely(align & (align - 1)) || unlikely(align > TARN_CHUNK))
		return TARN_INVALID;
	code = begin(object, &lane, &table);
	if (code)
		return code;
	size = aligned_size(align, size);
	if (likely(size <= TARN_BLOCK_MAX))
		code = quit(object, lane, tarn__region_take(lane, table, size, block));
	else
		code = end(lane, tarn__region_alloc(lane, table, size, block));
	if (unlikely(code))
		*block = 0;
	return code;
}

static int
free_run(struct tarn_lane *lane, tarn_off table, tarn_off run)
{
	if (tarn__heap_owner(lane->arena, run, 1) != table)
		return TARN_INVALID;
	return tarn__heap_free(lane, run);
}

int
tarn_guest_free(struct tarn_guest *guest, tarn_off block)
{
	struct tarn_object *object = object_of(guest);
	struct tarn_lane *lane;
	tarn_off table;
	int code = begin(object, &lane, &table);

	if (code)
		return code;
	code = tarn__region_give(lane, table, block);
	if (unlikely(code == TARN_NOT_FOUND))
		return end(lane, free_run(lane, table, block));
	return quit(object, lane, code);
}

/* ---- the root ---------------------------------------------------------------------------------- */

int
tarn_guest_set_root(struct tarn_guest *guest, tarn_off root)
{
	struct tarn_object *object = object_of(guest);
	struct tarn_lane *lane;
	tarn_off table;
	int code = begin(object, &lane, &table);

	if (code)
		return code;
	if (!holds_gate(object, lane) ||
	    (root && tarn__heap_owner(object->arena, root, 1) != table))
		code = TARN_INVALID;
	else
		tarn__store_release(&object->root->chosen, root);
	return end(lane, code);
}

/* It is another's if the word is; so the word is looked at afterwards. */
int
tarn_guest_root(struct tarn_guest *guest, tarn_off *root)
{
	const struct tarn_object *object = object_of(guest);
	tarn_off chosen = tarn__load_acquire(&object->root->chosen);

	tarn__fence_acquire();
	*root = 0;
	if (is_another(object, tarn__load(&object->root->word)))
		return TARN_REMOVED;
	*root = chosen;
	return 0;
}

/* ---- kind -------------------------------------------------------------------------------------- */

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	tarn_off table;
	int code = tarn__region_create(lane, &table);

	if (!code)
		tarn__store(&entry->root.structure, table);
	return code;
}

/*
 * A span or run; the class table goes with the entry, in one commit.  First
 * it has no name: who does not have the lock now does not get it later (W2).
 */
static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	tarn_off table = tarn__load(&entry->root.structure);
	int code;

	if (!tarn__load(&entry->progress)) {
		code = tarn__held_by_none(lane->arena, &entry->root.gate);
		if (!code)
			tarn__store(&entry->progress, 1); /* true whatever becomes of the operation */
		return code;
	}
	code = tarn__region_free_some(lane, table);
	*done = code == TARN_NOT_FOUND;
	return *done ? tarn__heap_free(lane, table) : code;
}

/* Blocks are told by the ledger, as a region's. */
static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	return tarn__region_ops.check(checker, entry);
}

const struct tarn_kind_ops tarn__guest_ops = {
	.name = "guest",
	.holds = TARN_HOLDS_GUESTS,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};
