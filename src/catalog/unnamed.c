// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * unnamed.c -- objects that have no name yet, or no more
 *
 * Who builds what no single operation can build, a program's own structure
 * with blocks of its own, may be killed in the middle of it.  Then nobody
 * must ever see it, and all of it must go.  So it is born where it ends:
 *
 *	make	a new entry, straight into the graveyard, its gate held by
 *		the thread that makes it
 *	name	out of the graveyard, into the chain of its name; alive
 *	unname	back again
 *
 *	       make			 name
 *	heap -------> graveyard, gate held -----> names
 *	  ^	      |		^		   |
 *	  |	      | let go	'------------------'
 *	  '-----------'		       unname
 *
 * The graveyard takes no piece of what has its gate held (its kind sees to
 * that).  When the maker dies, its gate is opened as every lock of the dead,
 * and then it is an object in the graveyard as any other.
 *
 * Invariants
 *	Y1. the gate is held before the graveyard leads to the entry
 *	Y2. who names and unnames holds the gate; so of a living object only
 *	    its holder can make one without a name
 *
 * Who may write what: as open.c and remove.c; the graveyard's list, who has
 * locked it.
 *
 * On death: between any two of these the object is in one list, whole.
 */
#include "catalog/entry.h"

#include "base/words.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 100u /* of finding somebody at the graveyard */

static struct tarn_entry_shm *
entry_of(const struct tarn_object *object)
{
	return TARN_CONTAINER_OF(object->root, struct tarn_entry_shm, root);
}

/* What leads to the entry in the graveyard, which is locked. */
static int
find_buried(struct tarn_arena *arena, tarn_off off, tarn_off **link)
{
	uint64_t left = tarn__entries_most(arena);

	*link = &tarn__catalog(arena)->graveyard;
	while (left-- && tarn__load(*link) != off) {
		struct tarn_entry_shm *entry = tarn__entry_at(arena, tarn__load(*link));

		if (!entry)
			return TARN_CORRUPT;
		*link = &entry->next;
	}
	return tarn__load(*link) == off ? 0 : TARN_CORRUPT;
}

/* ---- make -------------------------------------------------------------------------------------- */

/* Filled while its node is locked and its gate held; then the graveyard leads to it. */
static int
bury_new(struct tarn_lane *lane, struct tarn_entry_shm *entry, const struct tarn_type *type,
	 struct tarn_object *object, uint64_t deadline)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	tarn_off off = tarn__off(lane->arena, entry);
	int code = tarn__lock_wait(lane, &entry->root.node, deadline);
	uint64_t word;

	if (code)
		return code;
	tarn__entry_fill(lane->arena, entry, type, 0);
	code = tarn__kind(type->kind)->create(lane, entry);
	if (!code)
		code = tarn__lane_reserve(lane, 1, 0, 0, 1);
	if (!code)
		code = tarn__lock_wait(lane, &catalog->graveyard_node, deadline);
	if (code)
		return code;
	/* not logged, as a tomb's: undone, it has passed over a generation, no more */
	word = tarn__next_word(tarn__load(&entry->root.word), false);
	tarn__store(&entry->root.word, word);
	tarn__store(&entry->next, tarn__load(&catalog->graveyard));
	tarn__dirty(&catalog->graveyard_node);
	tarn__set(lane, &catalog->graveyard, off);
	tarn__handle_fill(object, lane->arena, off, word, tarn__load(&entry->root.seed));
	return tarn__commit(lane);
}

static int
make_in(struct tarn_lane *lane, const struct tarn_type *type, struct tarn_object *object)
{
	uint64_t deadline = tarn__deadline(lane->arena);
	struct tarn_entry_shm *entry;
	bool died;
	tarn_off off;
	int code = tarn__entry_take(lane, &off, &entry);

	if (!code)
		code = tarn__held_lock(lane, &entry->root.gate, deadline, &died);
	if (code)
		return tarn__forget(lane, code);
	code = bury_new(lane, entry, type, object, deadline);
	if (!code)
		return 0;
	code = tarn__forget(lane, code);
	tarn__held_unlock(lane, &entry->root.gate, 0);
	return code;
}

int
tarn__object_make(struct tarn_arena *arena, const struct tarn_type *type,
		  struct tarn_object **object)
{
	struct tarn_lane *lane;
	int code = tarn__type_check(type);

	*object = NULL;
	if (!code)
		code = tarn__op_begin(arena, &lane);
	if (code)
		return code;
	*object = tarn__handle_make(type, NULL);
	code = *object ? make_in(lane, type, *object) : TARN_SYSTEM;
	tarn__op_end(lane);
	if (code) {
		free(*object);
		*object = NULL;
	}
	return code;
}

/* ---- name, unname ------------------------------------------------------------------------------ */

/* The gate is the caller's, and the object as its handle remembers it. */
static int
check_held(const struct tarn_object *object, const struct tarn_lane *lane, bool named)
{
	uint64_t word = tarn__load(&object->root->word);

	if (tarn__generation(word) != object->generation)
		return TARN_REMOVED;
	if (!tarn__node_owned_by(tarn__load(&object->root->gate), lane->owner) ||
	    (word & TARN_WORD_LIVE) != (named ? TARN_WORD_LIVE : 0))
		return TARN_INVALID;
	return 0;
}

/* In the lock order, but the graveyard, which others may have for long: TARN_BUSY. */
static int
lock_lists(struct tarn_object *object, struct tarn_lane *lane, uint64_t deadline, bool named)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	int code = check_held(object, lane, named);

	if (!code)
		code = tarn__lane_reserve(lane, 5, 0, 0, 3);
	if (!code)
		code = tarn__lock_wait(lane, &object->root->node, deadline);
	if (!code)
		code = tarn__lock_wait(lane, &catalog->node, deadline);
	if (!code)
		code = tarn__lock_try(lane, &catalog->graveyard_node);
	return code ? code : check_held(object, lane, named);
}

static void
make_dirty(const struct tarn_object *object)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(object->arena);

	tarn__dirty(&object->root->node);
	tarn__dirty(&catalog->node);
	tarn__dirty(&catalog->graveyard_node);
}

static int
name_in(struct tarn_object *object, struct tarn_lane *lane, const struct tarn_name *name)
{
	struct tarn_entry_shm *entry = entry_of(object);
	struct tarn_found taken;
	tarn_off *link;
	uint64_t word;
	int code = tarn__catalog_walk(lane->arena, name, &taken);

	if (code != TARN_NOT_FOUND)
		return code ? code : TARN_EXISTS;
	code = find_buried(lane->arena, object->root_off, &link);
	if (code)
		return code;
	make_dirty(object);
	tarn__store(&entry->name_hash, name->hash); /* nobody looks for names in the graveyard */
	tarn__store(&entry->name_size, name->size);
	tarn__words_in(entry->name, name->words, sizeof(name->words));
	word = tarn__next_word(tarn__load(&entry->root.word), true);
	tarn__set(lane, link, tarn__load(&entry->next));
	tarn__record(lane, tarn__off(lane->arena, &entry->next), tarn__load(&entry->next));
	tarn__entry_link(lane, entry, word, name);
	code = tarn__commit(lane);
	object->generation = tarn__generation(word);
	return code;
}

/* Renaming takes the names' lock: so the name is what it is now. */
static int
unname_in(struct tarn_object *object, struct tarn_lane *lane)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	struct tarn_entry_shm *entry = entry_of(object);
	struct tarn_name name = { .hash = tarn__load(&entry->name_hash),
				  .size = tarn__load(&entry->name_size) };
	uint64_t word = tarn__next_word(tarn__load(&entry->root.word), false);
	struct tarn_found found;
	int code;

	for (unsigned i = 0; i < TARN_NAME_WORDS; i++)
		name.words[i] = tarn__load(&entry->name[i]);
	code = tarn__catalog_walk(lane->arena, &name, &found);
	if (code || found.off != object->root_off)
		return TARN_CORRUPT;
	make_dirty(object);
	tarn__set(lane, &entry->root.word, word);
	tarn__set(lane, found.link, tarn__load(&entry->next));
	tarn__set(lane, &catalog->count, tarn__load(&catalog->count) - 1);
	tarn__set(lane, &entry->next, tarn__load(&catalog->graveyard));
	tarn__set(lane, &catalog->graveyard, object->root_off);
	code = tarn__commit(lane);
	object->generation = tarn__generation(word);
	return code;
}

static int
change_once(struct tarn_object *object, const struct tarn_name *name, uint64_t deadline)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(object->arena, &lane);

	if (code)
		return code;
	code = lock_lists(object, lane, deadline, !name);
	if (!code)
		code = name ? name_in(object, lane, name) : unname_in(object, lane);
	if (code)
		code = tarn__forget(lane, code);
	tarn__op_end(lane);
	return code;
}

static int
change(struct tarn_object *object, const struct tarn_name *name)
{
	uint64_t deadline = tarn__deadline(object->arena);
	int code = TARN_BUSY;

	for (unsigned round = 0; code == TARN_BUSY && round < ROUNDS; round++) {
		code = round ? tarn__graveyard_wait(object->arena, deadline) : 0;
		if (!code)
			code = change_once(object, name, deadline);
	}
	return code;
}

int
tarn__object_name(struct tarn_object *object, const char *text)
{
	struct tarn_name name;
	int code = tarn__name_make(object->arena, text, &name);

	if (!code)
		code = change(object, &name);
	if (code == TARN_EXISTS)
		tarn__error_detail("there is an object %s already", text);
	return code;
}

int
tarn__object_unname(struct tarn_object *object)
{
	return change(object, NULL);
}
