// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * remove.c -- remove an object, rename one, put one in another's place
 *
 * Each is one logged operation, which begins with a look for the entry
 * without locks and, once it has them, sees whether that was still right.
 *
 *	remove	locks gate (so waits for a transaction), node, names and
 *		graveyard, in this order; then the word says that the object
 *		is no more, and the entry goes from its chain to the graveyard.
 *		The graveyard is only tried: a transaction may have it for
 *		long, and nobody shall wait for names meanwhile
 *	rename	locks the names; the entry gets another name and chain
 *	replace	is a remove, and then a rename to what is free now
 *
 * So name and object go in one commit.  Who is in the middle of a call
 * with a handle has locked some node before the word changed and looked at
 * the word then: what it does is done to the removed object, as if it had
 * been a moment earlier, and the graveyard waits for it.
 *
 * Who may write what: only what is locked here.
 *
 * On death: as if nothing had been done; or all is, and the object lies in
 * the graveyard for anybody to go on with.
 */
#include "catalog/entry.h"

#include <string.h>

#define ROUNDS 100u /* of finding that others were faster */

struct change {
	int (*make)(struct tarn_lane *lane, const struct tarn_lookup *lookup,
		    const struct change *change);
	uint64_t deadline;
	struct tarn_name to; /* the other name, of a rename or replace */
};

/* ---- all three -------------------------------------------------------------------------------------- */

/* Under the lock of the names: is it as it was?  TARN_BUSY if not. */
static int
find_again(struct tarn_lane *lane, const struct tarn_lookup *lookup, struct tarn_found *found)
{
	int code = tarn__catalog_walk(lane->arena, lookup->name, found);
	uint64_t word;

	if (code == TARN_NOT_FOUND)
		return TARN_BUSY;
	if (code)
		return code;
	word = tarn__load(&found->entry->root.word);
	if (!(word & TARN_WORD_LIVE))
		return TARN_CORRUPT;
	return found->off == lookup->off && tarn__generation(word) ==
	       tarn__generation(lookup->copy.root.word) ? 0 : TARN_BUSY;
}

static int
change_found(struct tarn_arena *arena, const struct tarn_lookup *lookup,
	     const struct change *change)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(arena, &lane);

	if (code)
		return code;
	code = change->make(lane, lookup, change);
	if (!code)
		code = tarn__commit(lane);
	if (code)
		code = tarn__forget(lane, code);
	tarn__op_end(lane);
	return code;
}

int
tarn__graveyard_wait(struct tarn_arena *arena, uint64_t deadline)
{
	const uint64_t *node = &tarn__catalog(arena)->graveyard_node;
	int code = 0;

	for (unsigned round = 0; !code; round++) {
		uint64_t seen = tarn__load_acquire(node);

		if (!tarn__node_owner(seen))
			return 0;
		code = tarn__node_wait(arena, node, seen, round, deadline);
	}
	return code;
}

static int
change_object(struct tarn_arena *arena, const char *text, const struct change *change)
{
	struct tarn_name name;
	struct tarn_lookup lookup = { .name = &name };
	int code = arena->readonly ? TARN_READ_ONLY : tarn__name_make(arena, text, &name);

	if (code)
		return code;
	code = TARN_BUSY;
	for (unsigned round = 0; code == TARN_BUSY && round < ROUNDS; round++) {
		code = round ? tarn__graveyard_wait(arena, change->deadline) : 0;
		if (!code)
			code = tarn__catalog_find(arena, change->deadline, &lookup);
		if (!code)
			code = change_found(arena, &lookup, change);
	}
	if (code == TARN_NOT_FOUND)
		tarn__error_detail("there is no object %s", text);
	return code;
}

/* ---- remove ------------------------------------------------------------------------------------ */

static int
lock_all(struct tarn_lane *lane, struct tarn_entry_shm *entry, uint64_t deadline)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	int code = tarn__lane_reserve(lane, 5, 0, 0, 0);

	if (!code)
		code = tarn__gate_lock(lane, &entry->root.gate, deadline);
	if (!code)
		code = tarn__lock_wait(lane, &entry->root.node, deadline);
	if (!code)
		code = tarn__lock_wait(lane, &catalog->node, deadline);
	return code ? code : tarn__lock_try(lane, &catalog->graveyard_node);
}

static int
remove_in(struct tarn_lane *lane, const struct tarn_lookup *lookup, const struct change *change)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	struct tarn_entry_shm *entry = tarn__entry_at(lane->arena, lookup->off);
	struct tarn_found found;
	int code = entry ? lock_all(lane, entry, change->deadline) : TARN_CORRUPT;

	if (!code)
		code = find_again(lane, lookup, &found);
	if (code)
		return code;
	tarn__dirty(&entry->root.node);
	tarn__dirty(&catalog->node);
	tarn__dirty(&catalog->graveyard_node);
	tarn__set(lane, &entry->root.word, tarn__next_word(tarn__load(&entry->root.word), false));
	tarn__set(lane, found.link, tarn__load(&entry->next));
	tarn__set(lane, &catalog->count, tarn__load(&catalog->count) - 1);
	tarn__set(lane, &entry->next, tarn__load(&catalog->graveyard));
	tarn__set(lane, &catalog->graveyard, lookup->off);
	return 0;
}

int
tarn_object_remove(struct tarn_arena *arena, const char *name)
{
	struct change change = { .make = remove_in, .deadline = tarn__deadline(arena) };
	int code = change_object(arena, name, &change);

	if (!code)
		tarn__graveyard_work(arena, UINT32_MAX);
	return code;
}

/* ---- rename ------------------------------------------------------------------------------------ */

static void
set_name(struct tarn_lane *lane, struct tarn_entry_shm *entry, const struct tarn_name *name)
{
	uint64_t words = tarn__div_up(tarn__load(&entry->name_size), 8);

	words = tarn__min(tarn__max(words, tarn__name_words(name)), TARN_NAME_WORDS);
	for (uint64_t i = 0; i < words; i++) {
		if (tarn__load(&entry->name[i]) != name->words[i])
			tarn__set(lane, &entry->name[i], name->words[i]);
	}
	tarn__set(lane, &entry->name_size, name->size);
	tarn__set(lane, &entry->name_hash, name->hash);
}

/* Into another chain, which may be the same. */
static void
move_entry(struct tarn_lane *lane, const struct tarn_found *found, const struct tarn_name *to)
{
	tarn_off *head = &tarn__catalog(lane->arena)->heads[to->hash % TARN_CATALOG_HEADS];

	tarn__set(lane, found->link, tarn__load(&found->entry->next));
	set_name(lane, found->entry, to);
	tarn__set(lane, &found->entry->next, tarn__load(head));
	tarn__set(lane, head, found->off);
}

static int
rename_in(struct tarn_lane *lane, const struct tarn_lookup *lookup, const struct change *change)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	struct tarn_found found, taken;
	uint64_t words = tarn__div_up(tarn__max(lookup->copy.name_size, change->to.size), 8);
	int code = tarn__lane_reserve(lane, words + 5, 0, 0, 1);

	if (!code)
		code = tarn__lock_wait(lane, &catalog->node, change->deadline);
	if (!code)
		code = find_again(lane, lookup, &found);
	if (code)
		return code;
	code = tarn__catalog_walk(lane->arena, &change->to, &taken);
	if (code != TARN_NOT_FOUND)
		return code || taken.off == found.off ? code : TARN_EXISTS;
	tarn__dirty(&catalog->node);
	move_entry(lane, &found, &change->to);
	return 0;
}

int
tarn_object_rename(struct tarn_arena *arena, const char *from, const char *to)
{
	struct change change = { .make = rename_in, .deadline = tarn__deadline(arena) };
	int code = tarn__name_make(arena, to, &change.to);

	if (!code)
		code = change_object(arena, from, &change);
	if (code == TARN_EXISTS)
		tarn__error_detail("there is an object %s already", to);
	return code;
}

/* ---- replace ----------------------------------------------------------------------------------- */

/* The chains are walked again, since the entry may stand behind the one that has gone. */
static int
replace_in(struct tarn_lane *lane, const struct tarn_lookup *lookup, const struct change *change)
{
	struct tarn_found found;
	int code = tarn__lane_reserve(lane, 5 + 5 + TARN_NAME_WORDS, 0, 0, 0);

	if (!code)
		code = remove_in(lane, lookup, change);
	if (!code)
		code = tarn__catalog_walk(lane->arena, &change->to, &found);
	if (!code)
		move_entry(lane, &found, lookup->name);
	return code;
}

int
tarn_object_replace(struct tarn_arena *arena, const char *from, const char *to)
{
	struct change change = { .make = replace_in, .deadline = tarn__deadline(arena) };
	int code = tarn__name_make(arena, from, &change.to);
	bool same = !code && !strcmp(from, to);

	if (code)
		return code;
	code = same ? TARN_NOT_FOUND : change_object(arena, to, &change);
	for (unsigned round = 0; code == TARN_NOT_FOUND && round < ROUNDS; round++) {
		code = tarn_object_rename(arena, from, to);
		if (code != TARN_EXISTS)
			return code;
		code = change_object(arena, to, &change);
	}
	if (!code)
		tarn__graveyard_work(arena, UINT32_MAX);
	return code;
}
