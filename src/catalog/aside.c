// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * aside.c -- other contents for an object, built where nobody sees them
 *
 * A copy of a large container is more than one operation's log can take.  So
 * it is built by many operations, in an object that has no name, and then
 * one operation exchanges what hangs from the two roots.
 *
 *	1. begin	graveyard --> aside (live, its builder's) --> ...
 *	2. build	ordinary calls on a handle of it, each for itself
 *	3. swing	object.structure <--> aside.structure, counts likewise
 *	4. end		aside is nobody's any more: anybody frees it, as
 *			he frees all that is in the graveyard
 *
 * In a transaction these are parts of it, and nobody needs to be kept away.
 *
 * Invariants: graveyard.c, G1 to G3; object.h, O1.  Seeds are the same, so
 * that the handles of the object know the hashes of its new contents.
 *
 * Who may write what: what is built aside, its builder; the word `aside` of
 * its entry is a lock that he holds (txn/held.c) from one operation to the
 * next.
 *
 * On death: before the swing nothing has happened to the object, after it
 * all has; either way the builder's lock opens, and what is in the graveyard
 * is freed by who comes next.  Of a call that is left by longjmp() it opens
 * when the thread ends.
 */
#include "catalog/entry.h"

#include <string.h>

static struct tarn_entry_shm *
entry_of(const struct tarn_object *object)
{
	return TARN_CONTAINER_OF(object->root, struct tarn_entry_shm, root);
}

static tarn_off
mark_of(struct tarn_arena *arena, const struct tarn_entry_shm *entry)
{
	return tarn__off(arena, &entry->aside);
}

/* ---- begin ------------------------------------------------------------------------------------- */

/* A handle like the object's, but for what it leads to. */
static void
make_handle(struct tarn_object *aside, const struct tarn_object *object, tarn_off off, uint64_t word)
{
	memcpy(aside, object, offsetof(struct tarn_object, seen));
	aside->root_off = off;
	aside->root = (struct tarn_root_shm *)(object->arena->base + off);
	aside->generation = tarn__generation(word);
	tarn__object_forget(aside);
}

/* Into an entry that is locked: an empty object, and whose it is. */
static int
fill_entry(struct tarn_lane *lane, const struct tarn_object *object, struct tarn_entry_shm *entry)
{
	const struct tarn_entry_shm *of = entry_of(object);
	int code;

	tarn__entry_clear(entry, object->kind, object->seed);
	tarn__store(&entry->key, tarn__load(&of->key));
	tarn__store(&entry->key_size, tarn__load(&of->key_size));
	tarn__store(&entry->value_size, tarn__load(&of->value_size));
	code = tarn__kind(object->kind)->create(lane, entry);
	if (!code && !object->txn)
		code = tarn__held_add(lane, mark_of(lane->arena, entry));
	if (!code && !object->txn)
		tarn__store(&entry->aside, lane->owner << TARN_NODE_OWNER_SHIFT);
	return code;
}

/* The word is logged: an entry that is taken back must not say that it lives. */
static void
link_entry(struct tarn_lane *lane, struct tarn_entry_shm *entry, uint64_t word)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);

	tarn__store(&entry->next, tarn__load(&catalog->graveyard));
	tarn__dirty(&catalog->graveyard_node);
	tarn__set(lane, &entry->root.word, word);
	tarn__set(lane, &catalog->graveyard, tarn__off(lane->arena, entry));
}

static int
make(struct tarn_lane *lane, const struct tarn_object *object, struct tarn_entry_shm **entry)
{
	tarn_off off;
	int code = tarn__lock_try(lane, &tarn__catalog(lane->arena)->graveyard_node);

	if (!code)
		code = tarn__entry_take(lane, &off, entry);
	if (!code)
		code = tarn__lock_try(lane, &(*entry)->root.node);
	if (!code)
		code = fill_entry(lane, object, *entry);
	return code ? code : tarn__lane_reserve(lane, 2, 0, 0, 0);
}

static int
begin(struct tarn_object *object, struct tarn_lane *lane, void *aside)
{
	struct tarn_entry_shm *entry = NULL;
	int code = make(lane, object, &entry);
	uint64_t word;

	if (code) {
		if (entry)
			tarn__held_drop(lane, mark_of(lane->arena, entry));
		return code;
	}
	word = tarn__next_word(tarn__load(&entry->root.word), true);
	make_handle(aside, object, tarn__off(lane->arena, entry), word);
	link_entry(lane, entry, word);
	return object->txn ? 0 : tarn__commit(lane);
}

int
tarn__aside_begin(struct tarn_object *object, struct tarn_object *aside)
{
	return tarn__write_run(object, begin, aside);
}

/* ---- swing ------------------------------------------------------------------------------------- */

void
tarn__root_set(struct tarn_lane *lane, struct tarn_root_shm *root, uint64_t word,
	       uint64_t structure, tarn_off counts)
{
	tarn__dirty(&root->node);
	tarn__set(lane, &root->word, word);
	tarn__set(lane, &root->structure, structure);
	tarn__set(lane, &root->counts, counts);
}

static int
lock_roots(struct tarn_object *object, struct tarn_lane *lane, const struct tarn_object *aside)
{
	uint64_t deadline = tarn__deadline(object->arena);
	int code = 0;

	if (!object->txn)
		code = tarn__gate_lock(lane, &object->root->gate, deadline);
	if (!code)
		code = tarn__lock_wait(lane, &object->root->node, deadline);
	if (!code && tarn__word_is_stale(object, tarn__load(&object->root->word)))
		code = TARN_REMOVED;
	if (!code)
		code = tarn__lock_wait(lane, &aside->root->node, deadline);
	return code ? code : tarn__lane_reserve(lane, 6, 0, 0, 0);
}

static int
swing(struct tarn_object *object, struct tarn_lane *lane, void *arg)
{
	const struct tarn_object *aside = arg;
	struct tarn_root_shm *root = object->root, *made = aside->root;
	int code = lock_roots(object, lane, aside);
	uint64_t structure, counts;

	if (code)
		return code;
	structure = tarn__load(&root->structure);
	counts = tarn__load(&root->counts);
	tarn__root_set(lane, root, tarn__load(&root->word) + TARN_WORD_SWING,
		       tarn__load(&made->structure), tarn__load(&made->counts));
	tarn__root_set(lane, made, tarn__next_word(tarn__load(&made->word), false), structure,
		       counts);
	return object->txn ? 0 : tarn__commit(lane);
}

int
tarn__aside_swing(struct tarn_object *object, struct tarn_object *aside)
{
	return tarn__write_run(object, swing, aside);
}

/* ---- end --------------------------------------------------------------------------------------- */

static int
let_go(struct tarn_object *aside, struct tarn_lane *lane, void *unused)
{
	struct tarn_entry_shm *entry = entry_of(aside);

	(void)unused;
	tarn__gate_open(&entry->aside, 0);
	tarn__barrier();
	tarn__held_drop(lane, mark_of(lane->arena, entry));
	return 0;
}

static int
undo(struct tarn_object *object, struct tarn_lane *lane, void *code)
{
	(void)object;
	(void)lane;
	return *(int *)code;
}

int
tarn__aside_end(struct tarn_object *object, struct tarn_object *aside, int code)
{
	int worse;

	if (object->txn)
		return code ? tarn__write_run(object, undo, &code) : 0;
	worse = tarn__write_run(aside, let_go, NULL);
	tarn__graveyard_work(object->arena, UINT32_MAX);
	return code ? code : worse;
}
