// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * graveyard.c -- what becomes of the removed
 *
 * An object may be large, and must be gone in one store.  So to remove it
 * is to move its entry here; then anybody frees it, a piece an operation.
 * clear() moves only what hangs from a root: it gets a tomb, an entry
 * without a name.
 *
 * Picture
 *
 *	graveyard --> entry --> tomb --> entry --> 0	(by `next`)
 *	              |
 *	              what is left of it, as its kind knows
 *
 * Invariants
 *	G1. the list and the insides of its entries change only under the
 *	    graveyard's lock, and while its node is DIRTY
 *	G2. nothing in the graveyard is live but what is built aside (aside.c),
 *	    and its kind is still there: an entry loses it in the operation that
 *	    frees it, so that a list that somebody has bent into a ring ends
 *	G3. what somebody builds aside is his alone until he has let go of it
 *
 * Locks of what hangs there come before the graveyard's in the order, so a
 * kind only tries them.  A piece that cannot be had is left for later, and
 * the next entry is looked at.  Some cannot be had for long: a guest that is
 * being built, a lock that is read under.  So a call that has come to nothing
 * with SKIPS_MOST entries, the newest, goes on with as many more from where
 * the last such call ended; behind the last entry the first ones are next.
 * In this way each is reached some time, however many others are held.
 *
 * Who may write what: the list, who has locked it; the turn, anybody.
 *
 * On death: the piece is freed, or it is not; whoever comes next goes on.
 */
#include "catalog/entry.h"

/* Entries that nothing can be done about, in one go. */
#ifdef TARN_TINY
#define SKIPS_MOST 2u
#else
#define SKIPS_MOST 32u
#endif

/* ---- burying ----------------------------------------------------------------------------------- */

int
tarn__bury(struct tarn_lane *lane, struct tarn_root_shm *root)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	struct tarn_entry_shm *entry = TARN_CONTAINER_OF(root, struct tarn_entry_shm, root), *tomb;
	tarn_off off;
	int code = tarn__lock_try(lane, &catalog->graveyard_node);

	if (!code)
		code = tarn__entry_take(lane, &off, &tomb);
	if (!code)
		code = tarn__lock_try(lane, &tomb->root.node);
	if (!code)
		code = tarn__lane_reserve(lane, 1, 0, 0, 0);
	if (code)
		return code;
	tarn__entry_clear(tomb, tarn__load(&entry->kind), tarn__load(&root->seed));
	tarn__store(&tomb->root.structure, tarn__load(&root->structure));
	tarn__store(&tomb->root.counts, tarn__load(&root->counts));
	tarn__store(&tomb->key, tarn__load(&entry->key));
	tarn__store(&tomb->key_size, tarn__load(&entry->key_size));
	tarn__store(&tomb->value_size, tarn__load(&entry->value_size));
	tarn__store(&tomb->next, tarn__load(&catalog->graveyard));
	/* not logged: should the tomb be undone, its word has passed over a generation, no more */
	tarn__store(&tomb->root.word, tarn__next_word(tarn__load(&tomb->root.word), false));
	tarn__dirty(&catalog->graveyard_node);
	tarn__set(lane, &catalog->graveyard, off);
	return 0;
}

/* ---- freeing ----------------------------------------------------------------------------------- */

/* What leads to the entry behind so many others. */
static int
find_link(struct tarn_arena *arena, uint64_t skip, tarn_off **link)
{
	*link = &tarn__catalog(arena)->graveyard;
	for (uint64_t i = 0; i < skip; i++) {
		struct tarn_entry_shm *entry = tarn__entry_at(arena, tarn__load(*link));

		if (!entry)
			return tarn__load(*link) ? TARN_CORRUPT : TARN_NOT_FOUND;
		*link = &entry->next;
	}
	return tarn__load(*link) ? 0 : TARN_NOT_FOUND;
}

/* Nothing is left of it: away with the entry itself. */
static int
unlink_entry(struct tarn_lane *lane, tarn_off *link, struct tarn_entry_shm *entry)
{
	int code = tarn__lane_reserve(lane, 2, 0, 1, 0);

	if (code)
		return code;
	tarn__set(lane, link, tarn__load(&entry->next));
	tarn__set(lane, &entry->kind, TARN_KIND_NONE);
	return tarn__heap_free(lane, tarn__off(lane->arena, entry));
}

/* Whether it may be dismantled: of a kind that there is, and dead, or built aside by nobody. */
static int
may_free(const struct tarn_entry_shm *entry)
{
	uint64_t aside = entry ? tarn__load_seq(&entry->aside) : 0;

	if (!entry || !tarn__kind(tarn__load(&entry->kind)))
		return TARN_CORRUPT;
	if (tarn__node_owner(aside))
		return TARN_BUSY;
	return aside || !(tarn__load(&entry->root.word) & TARN_WORD_LIVE) ? 0 : TARN_CORRUPT;
}

/* Nobody has a handle on it.  Not logged: should the piece be undone, it is dead all the same. */
static void
put_down(struct tarn_entry_shm *entry)
{
	uint64_t word = tarn__load(&entry->root.word);

	if (word & TARN_WORD_LIVE)
		tarn__store(&entry->root.word, tarn__next_word(word, false));
}

/* The graveyard is locked. */
static int
free_piece(struct tarn_lane *lane, uint64_t skip)
{
	const struct tarn_kind_ops *kind;
	struct tarn_entry_shm *entry;
	bool done = false;
	tarn_off *link;
	int code = find_link(lane->arena, skip, &link);

	if (code)
		return code;
	entry = tarn__entry_at(lane->arena, tarn__load(link));
	code = may_free(entry);
	kind = code ? NULL : tarn__kind(tarn__load(&entry->kind));
	if (!kind)
		return code ? code : TARN_CORRUPT;
	tarn__dirty(&tarn__catalog(lane->arena)->graveyard_node);
	put_down(entry);
	code = kind->dismantle(lane, entry, &done);
	return !code && done ? unlink_entry(lane, link, entry) : code;
}

/* TARN_NOT_FOUND: there is no more.  With *locked others are not at it, and another may be tried. */
static int
work_once(struct tarn_arena *arena, uint64_t skip, bool *locked)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(arena, &lane);

	*locked = false;
	if (code)
		return code;
	code = tarn__lock_try(lane, &tarn__catalog(arena)->graveyard_node);
	*locked = !code;
	if (!code)
		code = free_piece(lane, skip);
	if (!code)
		code = tarn__commit(lane);
	if (code && tarn__rollback(lane))
		*locked = false;
	tarn__op_end(lane);
	return code;
}

/* What was freed may be large, and others may wait for it: not to be kept in this slot's limbo. */
static void
give_back(struct tarn_arena *arena)
{
	struct tarn_lane *lane;

	if (tarn__op_begin(arena, &lane))
		return;
	tarn__lane_heap->tidy(lane);
	tarn__op_end(lane);
}

/* Behind so many entries; how many it has passed over then, or 0, having come to the end. */
static uint64_t
free_from(struct tarn_arena *arena, uint64_t skip, unsigned *pieces)
{
	uint64_t end = skip + SKIPS_MOST;
	bool locked = true;

	while (*pieces && locked && skip < end) {
		int code = work_once(arena, skip, &locked);

		if (code == TARN_NOT_FOUND)
			return 0;
		if (code)
			skip++;
		else
			(*pieces)--;
	}
	return skip;
}

static void
free_pieces(struct tarn_arena *arena, unsigned pieces)
{
	uint64_t *turn = &tarn__catalog(arena)->turn;
	uint64_t skip;

	if (free_from(arena, 0, &pieces) < SKIPS_MOST)
		return;
	skip = tarn__min(tarn__load(turn), tarn__entries_most(arena));
	skip = free_from(arena, tarn__max(skip, SKIPS_MOST), &pieces);
	tarn__store(turn, skip);
}

void
tarn__graveyard_work(struct tarn_arena *arena, unsigned pieces)
{
	if (!tarn__load(&tarn__catalog(arena)->graveyard))
		return;
	free_pieces(arena, pieces);
	give_back(arena);
}

/* ---- the floor --------------------------------------------------------------------------------- */

static void
reap(struct tarn_arena *arena)
{
	tarn__graveyard_work(arena, UINT32_MAX);
}

const struct tarn_arena_upper tarn__catalog_upper = {
	.layout = offsetof(struct tarn_entry_shm, aside) << 48 |
		  sizeof(struct tarn_catalog_shm) << 32 | sizeof(struct tarn_entry_shm) << 16 |
		  offsetof(struct tarn_entry_shm, name),
	.reap = reap,
};
