// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- a program's own memory, owned by a named object
 *
 * Picture
 *
 *	entry.root			class table (heap/region.c)
 *	  node	     held by a call	  spans and runs: every block, whether
 *	  structure ------------------->  anybody still knows its offset or not
 *	  chosen     set by the user --> in some block
 *
 *	alloc, free	lock node; look at the gate (O2); look at the word; the
 *			heap's part; commit
 *	set_root	the same, with one store of `chosen`
 *	in a transaction  gate and node are its own; `chosen` is logged, and
 *			the node DIRTY, so that readers wait
 *	tarn_txn_log	an undo record for each word of a block
 *
 * Invariants
 *	V1. blocks of a region are taken and freed only by who holds its node,
 *	    having found it alive
 *	V2. words of a block are logged only under gate and node
 *
 * Why a removed region may be dismantled while others are at work: to be
 * removed it was locked, gate and node, when its word changed.  So no call
 * had begun by then that had not ended, committed or undone, and no
 * transaction had it; who locks the node afterwards finds the word stale and
 * lets go (V1).  tarn_free() refuses blocks of regions, for it would hold
 * nothing.  What is still under way is what needs no gate: blocks in slots'
 * allocs (of a slot in recovery, whose locks are free already), limbos and
 * magazines, going to their spans.  They stand in logs, each change of place
 * is in the log before it is in the span, and the last is made under the
 * class's lock, under which tarn__region_free_some() looks for them.
 *
 * All calls of a region take its node one after the other.  Where many
 * threads take blocks at once, a region each is faster.
 *
 * Who may write what: root.chosen and the heap's words of the region, who
 * holds the node; blocks, the program.
 *
 * On death: a call's block comes back, or is the region's; a transaction is
 * undone, logged words with it, before its locks are free; a region that is
 * being dismantled is so by whoever comes next.
 */
#include "container/kinds.h"
#include "container/root.h"

#include <tarn/region.h>

static struct tarn_object *
object_of(struct tarn_region *region)
{
	return (struct tarn_object *)region;
}

static tarn_off
table_of(const struct tarn_object *object)
{
	return tarn__load(&object->root->structure);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static int
begin(struct tarn_object *object, struct tarn_lane **lane)
{
	int code = tarn__root_begin(object, lane);

	if (!code && !table_of(object)) {
		code = TARN_CORRUPT;
		code = tarn__write_failed(object, *lane, code);
		tarn__write_end(object, *lane);
	}
	return code;
}

/* TARN_INVALID: nothing was done, and a transaction goes on. */
static int
end(struct tarn_object *object, struct tarn_lane *lane, int code)
{
	if (code && code != TARN_INVALID)
		code = tarn__write_failed(object, lane, code);
	else if (!object->txn && code)
		tarn__unlock(lane, &object->root->node);
	else if (!object->txn)
		code = tarn__commit(lane);
	tarn__write_end(object, lane);
	return code;
}

int
tarn_region_alloc(struct tarn_region *region, uint64_t size, tarn_off *block)
{
	struct tarn_object *object = object_of(region);
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	*block = 0;
	if (code)
		return code;
	code = tarn__region_alloc(lane, table_of(object), size, block);
	code = end(object, lane, code);
	if (code)
		*block = 0;
	return code;
}

int
tarn_region_free(struct tarn_region *region, tarn_off block)
{
	struct tarn_object *object = object_of(region);
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	if (code)
		return code;
	if (tarn__heap_owner(object->arena, block, 1) == table_of(object))
		code = tarn__heap_free(lane, block);
	else
		code = TARN_INVALID;
	return end(object, lane, code);
}

/* ---- the root ---------------------------------------------------------------------------------- */

/* Release: who reads it reads what was written into its block before. */
static int
choose(struct tarn_object *object, struct tarn_lane *lane, tarn_off off)
{
	int code = 0;

	if (off && tarn__heap_owner(object->arena, off, 1) != table_of(object))
		return TARN_INVALID;
	if (!object->txn) {
		tarn__store_release(&object->root->chosen, off);
		return 0;
	}
	code = tarn__lane_reserve(lane, 1, 0, 0, 0);
	if (code)
		return code;
	tarn__dirty(&object->root->node);
	tarn__set(lane, &object->root->chosen, off);
	return 0;
}

int
tarn_region_set_root(struct tarn_region *region, tarn_off root)
{
	struct tarn_object *object = object_of(region);
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	return code ? code : end(object, lane, choose(object, lane, root));
}

static int
root_in_txn(struct tarn_object *object, tarn_off *off)
{
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	if (code)
		return code;
	*off = tarn__load(&object->root->chosen);
	return end(object, lane, 0);
}

static int
read_root(struct tarn_object *object, tarn_off *off)
{
	const struct tarn_root_shm *root = object->root;
	uint64_t deadline = tarn__deadline(object->arena), seen, word;
	int code;

	do {
		code = tarn__node_read(object->arena, &root->node, deadline, &seen);
		if (code)
			return code;
		word = tarn__load(&root->word);
		*off = tarn__load(&root->chosen);
	} while (!tarn__node_still(&root->node, seen));
	return tarn__word_is_stale(object, word) ? TARN_REMOVED : 0;
}

int
tarn_region_root(struct tarn_region *region, tarn_off *root)
{
	struct tarn_object *object = object_of(region);
	int code = object->txn ? root_in_txn(object, root) : read_root(object, root);

	if (code)
		*root = 0;
	return code;
}

/* ---- words of the user's ----------------------------------------------------------------------- */

/* Which of the transaction's regions has all of it in one block; NULL: none. */
static struct tarn_object *
owner_of(const struct tarn_txn *txn, tarn_off off, uint64_t size)
{
	tarn_off table = (off | size) & 7 ? 0 : tarn__heap_owner(txn->arena, off, size);

	for (size_t i = 0; table && i < txn->count; i++) {
		if (txn->bound[i]->kind == TARN_KIND_REGION && table_of(txn->bound[i]) == table)
			return txn->bound[i];
	}
	return NULL;
}

static int
save(struct tarn_lane *lane, tarn_off off, uint64_t size)
{
	const uint64_t *words = tarn__at(lane->arena, off, size, 8);
	int code = words ? tarn__lane_reserve(lane, size / 8, 0, 0, 0) : TARN_CORRUPT;

	for (uint64_t i = 0; !code && i < size / 8; i++)
		tarn__record(lane, off + 8 * i, tarn__load(&words[i]));
	return code;
}

/* A call may have been under way until the node was ours: so the block is looked at again. */
int
tarn_txn_log(struct tarn_txn *txn, tarn_off off, uint64_t size)
{
	struct tarn_object *object;
	struct tarn_lane *lane;
	int code = tarn__txn_check(txn);

	if (code)
		return code;
	object = owner_of(txn, off, size);
	if (!object)
		return TARN_INVALID;
	code = begin(object, &lane);
	if (code)
		return code;
	code = owner_of(txn, off, size) == object ? save(lane, off, size) : TARN_INVALID;
	return end(object, lane, code);
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_region_open(struct tarn_arena *arena, struct tarn_region **region, const char *name,
		 enum tarn_open_mode how, bool *created)
{
	struct tarn_type type = { .kind = TARN_KIND_REGION };
	struct tarn_object *object = NULL;
	int code = tarn__object_open(arena, name, &type, how, &object, created);

	*region = (struct tarn_region *)object;
	return code;
}

void
tarn_region_close(struct tarn_region *region)
{
	tarn_object_close(object_of(region));
}

struct tarn_object *
tarn_region_object(struct tarn_region *region)
{
	return object_of(region);
}

struct tarn_region *
tarn_region_in(struct tarn_region *region, struct tarn_txn *txn)
{
	return (struct tarn_region *)tarn__txn_bound(txn, object_of(region));
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

/* A span or run; the class table goes with the entry, in one commit. */
static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	tarn_off table = tarn__load(&entry->root.structure);
	int code = tarn__region_free_some(lane, table);

	*done = code == TARN_NOT_FOUND;
	return *done ? tarn__heap_free(lane, table) : code;
}

/* Blocks are told by the ledger, which knows whose span or run they are in. */
static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	tarn_off off = tarn__load(&entry->root.structure);
	const struct tarn_table_shm *table;

	if (!checker->owns_node(checker, off, TARN_HEAP_TABLE))
		return 0;
	table = tarn__at(checker->arena, off, sizeof(*table), 64);
	for (unsigned class = 0; table && class < TARN_CLASSES; class++)
		checker->node(checker, &table->classes[class].node);
	if (table)
		checker->node(checker, &table->runs.node);
	if (tarn__region_check(checker->arena, off))
		checker->wrong(checker, off, "the region's lists have what is not the region's");
	return 0;
}

const struct tarn_kind_ops tarn__region_ops = {
	.name = "region",
	.create = create,
	.dismantle = dismantle,
	.check = check,
};
