// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * find.c -- from a name to its entry
 *
 * Picture
 *
 *	heads[hash % 4096] --> entry --> entry --> 0	(by `next`)
 *
 * All names are guarded by one node word.  Who changes them has it locked;
 * who only looks does so without a lock, into private memory, and believes
 * what it saw if the node's version is then the same.  What it sees in
 * between may be torn, or an entry that is something else by now; so every
 * offset is checked, and no walk is longer than there are names.
 *
 * Invariants
 *	C1. an entry is in at most one list: a chain, or the graveyard
 *	C2. an entry in a chain is live, has a name of its own, and stands in
 *	    the chain that the name's hash says; `count` is the number of all
 *	    of them
 *
 * Who looks in vain too often, since others keep changing names, takes the
 * lock for once; who may only read gives up.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "base/words.h"
#include "catalog/entry.h"

#define ROUNDS 64u	 /* without a lock */
#define ROUNDS_QUICK 8u	 /* of these, without a pause */
#define PAUSE_NS UINT64_C(50000)

/* ---- one chain --------------------------------------------------------------------------------- */

static bool
has_name(const struct tarn_entry_shm *entry, const struct tarn_name *name)
{
	return tarn__load(&entry->name_hash) == name->hash &&
	       tarn__load(&entry->name_size) == name->size &&
	       tarn__words_equal(entry->name, name->words, name->size);
}

int
tarn__catalog_walk(struct tarn_arena *arena, const struct tarn_name *name,
		   struct tarn_found *found)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	tarn_off *link = &catalog->heads[name->hash % TARN_CATALOG_HEADS];
	uint64_t most = tarn__load(&catalog->count);

	for (uint64_t steps = 0; (found->off = tarn__load(link)); steps++) {
		found->link = link;
		found->entry = tarn__entry_at(arena, found->off);
		if (!found->entry || steps >= tarn__min(most, tarn__entries_most(arena)))
			return TARN_CORRUPT;
		if (has_name(found->entry, name))
			return 0;
		link = &found->entry->next;
	}
	return TARN_NOT_FOUND;
}

/* ---- looking ----------------------------------------------------------------------------------- */

static int
read_locked(struct tarn_arena *arena, uint64_t deadline, tarn__catalog_look *look, void *arg)
{
	struct tarn_lane *lane;
	int result = 0, code = tarn__op_begin(arena, &lane);

	if (code)
		return TARN_BUSY; /* for reading only, or not now */
	code = tarn__lock_wait(lane, &tarn__catalog(arena)->node, deadline);
	if (!code) {
		result = look(arena, arg);
		code = tarn__commit(lane);
	} else {
		code = tarn__forget(lane, code);
	}
	tarn__op_end(lane);
	return code ? code : result;
}

int
tarn__catalog_read(struct tarn_arena *arena, uint64_t deadline, tarn__catalog_look *look, void *arg)
{
	const uint64_t *node = &tarn__catalog(arena)->node;
	int result, code = 0;
	uint64_t seen;

	if (tarn__forked(arena))
		code = tarn__member_after_fork(arena);
	for (unsigned round = 0; !code && round < ROUNDS; round++) {
		if (round >= ROUNDS_QUICK)
			tarn__os_sleep(PAUSE_NS);
		code = tarn__node_read(arena, node, deadline, &seen);
		if (code)
			break;
		result = look(arena, arg);
		if (likely(tarn__node_still(node, seen)))
			return result;
		tarn__count(arena, &arena->header->statistics.retries);
	}
	return code ? code : read_locked(arena, deadline, look, arg);
}

/* ---- one entry --------------------------------------------------------------------------------- */

/* Words, whose sizes leave room for an end. */
static bool
texts_are_sound(const struct tarn_entry_shm *copy)
{
	const char *texts = (const char *)copy->fields;

	if (copy->fields_size > TARN_FIELDS_MAX || copy->key_fields_size > TARN_FIELDS_MAX ||
	    copy->order_size > TARN_ORDER_MAX)
		return false;
	return tarn__texts_size(copy) <= TARN_FIELDS_MAX && !texts[tarn__texts_size(copy)];
}

static bool
is_sound(const struct tarn_entry_shm *copy)
{
	const char *name = (const char *)copy->name;

	if (!(copy->root.word & TARN_WORD_LIVE) || !copy->name_size ||
	    copy->name_size > TARN_NAME_MAX || name[copy->name_size])
		return false;
	return texts_are_sound(copy);
}

int
tarn__entry_copy(const struct tarn_entry_shm *entry, struct tarn_entry_shm *copy)
{
	const uint64_t *from = (const uint64_t *)entry;
	uint64_t *to = (uint64_t *)copy;

	for (unsigned i = 0; i < sizeof(*copy) / sizeof(*to); i++)
		to[i] = tarn__load(&from[i]);
	return is_sound(copy) ? 0 : TARN_CORRUPT;
}

const struct tarn_order *
tarn__entry_order(const struct tarn_entry_shm *entry)
{
	char name[TARN_ORDER_MAX + 1] = "";
	struct tarn_entry_shm copy;

	(void)tarn__entry_copy(entry, &copy); /* what lies in the graveyard may have no name */
	if (!texts_are_sound(&copy))
		return NULL;
	memcpy(name, (const char *)copy.fields + copy.fields_size + copy.key_fields_size, copy.order_size);
	return tarn__order_find(name);
}

static int
look_for_name(struct tarn_arena *arena, void *arg)
{
	struct tarn_lookup *lookup = arg;
	struct tarn_found found;
	int code = tarn__catalog_walk(arena, lookup->name, &found);

	if (code)
		return code;
	lookup->off = found.off;
	return tarn__entry_copy(found.entry, &lookup->copy);
}

int
tarn__catalog_find(struct tarn_arena *arena, uint64_t deadline, struct tarn_lookup *lookup)
{
	return tarn__catalog_read(arena, deadline, look_for_name, lookup);
}
