// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * objects.c -- names, the graveyard, and what hangs from their entries
 *
 *	heads[n]   --> entry --> entry	live, named; the name's hash says n
 *	graveyard  --> entry --> tomb	not live, unless built aside; of a kind
 *			|		that is known
 *			its kind's check(): catalog/catalog.h
 *
 * A list ends at the first entry that was met before, so no list is longer
 * than there are blocks.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "check/walk.h"

#include <stdlib.h>
#include <string.h>

/* ---- one entry --------------------------------------------------------------------------------- */

static void
look_at_locks(struct tarn_walk *walk, const struct tarn_entry_shm *entry)
{
	tarn__walk_node(walk, &entry->root.node, false);
	tarn__walk_gate(walk, &entry->root.gate);
	tarn__walk_digest(walk, tarn__load(&entry->root.word));
	tarn__walk_digest(walk, tarn__load(&entry->root.structure));
	tarn__walk_digest(walk, tarn__load(&entry->next));
}

static int
look_at_parts(struct tarn_walk *walk, struct tarn_entry_shm *entry, bool buried)
{
	const struct tarn_kind_ops *kind = tarn__kind(tarn__load(&entry->kind));

	if (!kind) {
		tarn__walk_wrong(walk, tarn__off(walk->checker.arena, entry),
				 "there is no kind %lu of objects",
				 (unsigned long)tarn__load(&entry->kind));
		return 0;
	}
	if (!kind->check)
		return 0;
	walk->checker.buried = buried;
	walk->checker.entries = 0;
	walk->reached = buried ? TARN_PLACE_BURIED : TARN_PLACE_REACHED;
	return kind->check(&walk->checker, entry);
}

/* ---- names ------------------------------------------------------------------------------------- */

/* No control characters: the name is going to be printed. */
static void
take_name(const struct tarn_entry_shm *copy, char text[TARN_NAME_MAX + 1])
{
	memcpy(text, copy->name, TARN_NAME_MAX);
	text[tarn__min(copy->name_size, TARN_NAME_MAX)] = '\0';
	text[TARN_NAME_MAX] = '\0';
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
}

static void
look_at_name(struct tarn_walk *walk, tarn_off off, const struct tarn_entry_shm *copy, unsigned chain)
{
	struct tarn_name name;

	if (tarn__name_make(walk->checker.arena, (const char *)copy->name, &name) ||
	    name.size != copy->name_size ||
	    memcmp(name.words, copy->name, sizeof(name.words)) != 0)
		tarn__walk_wrong(walk, off, "this is no name");
	else if (name.hash != copy->name_hash || name.hash % TARN_CATALOG_HEADS != chain)
		tarn__walk_wrong(walk, off, "the name does not belong into this chain");
}

/* Numbers that a type cannot hold, or texts with a zero in them, would be cut short. */
static bool
is_lossless(const struct tarn_entry_shm *copy, const struct tarn_object_info *info)
{
	return copy->kind < TARN_KINDS && copy->key <= UINT32_MAX && copy->key_size <= UINT32_MAX &&
	       copy->value_size <= UINT32_MAX && copy->value_align <= UINT32_MAX &&
	       strlen(info->fields) == copy->fields_size &&
	       strlen(info->key_fields) == copy->key_fields_size &&
	       strlen(info->order) == copy->order_size;
}

static void
look_at_type(struct tarn_walk *walk, tarn_off off, const struct tarn_entry_shm *copy)
{
	struct tarn_object_info info;

	tarn__entry_describe(copy, off, &info);
	if (!is_lossless(copy, &info) || copy->child || tarn__type_check(&info.type))
		tarn__walk_wrong(walk, off, "this is no type");
}

static int
remember(struct tarn_walk *walk, tarn_off off, const struct tarn_entry_shm *copy)
{
	const struct tarn_kind_ops *kind = tarn__kind(copy->kind);
	uint64_t room = walk->live_room ? walk->live_room * 2 : 64;

	if (walk->live_count == walk->live_room) {
		struct tarn_live *live = realloc(walk->live, room * sizeof(*live));

		if (!live)
			return TARN_SYSTEM;
		walk->live = live;
		walk->live_room = room;
	}
	walk->live[walk->live_count++] =
		(struct tarn_live){ .off = off, .hash = copy->name_hash,
				    .has_parts = kind && kind->check };
	return 0;
}

static int
look_at_live(struct tarn_walk *walk, tarn_off off, struct tarn_entry_shm *entry, unsigned chain)
{
	struct tarn_entry_shm copy;
	char name[TARN_NAME_MAX + 1];
	int code = tarn__entry_copy(entry, &copy);

	look_at_locks(walk, entry);
	take_name(&copy, name);
	walk->object = name;
	if (code) {
		tarn__walk_wrong(walk, off, "an entry has a name, and is not alive or not whole");
		code = 0;
	} else {
		look_at_name(walk, off, &copy, chain);
		look_at_type(walk, off, &copy);
		code = remember(walk, off, &copy);
	}
	if (!code)
		code = look_at_parts(walk, entry, false);
	walk->report.entries += walk->checker.entries;
	walk->checker.entries = 0;
	walk->object = "";
	return code;
}

/* The entry, unless it cannot be one or was met before. */
static struct tarn_entry_shm *
next_entry(struct tarn_walk *walk, tarn_off off, enum tarn_place place)
{
	if (!tarn__ledger_mark(walk, off, sizeof(struct tarn_entry_shm), TARN_HEAP_ROOT, place))
		return NULL;
	return tarn__entry_at(walk->checker.arena, off);
}

static int
look_at_chain(struct tarn_walk *walk, unsigned chain, tarn_off off)
{
	struct tarn_entry_shm *entry;
	int code = 0;

	for (; off && !code; off = tarn__load(&entry->next)) {
		entry = next_entry(walk, off, TARN_PLACE_REACHED);
		if (!entry)
			return 0;
		walk->report.objects++;
		code = look_at_live(walk, off, entry, chain);
	}
	return code;
}

/* ---- names that are there twice ---------------------------------------------------------------- */

static int
by_hash(const void *a, const void *b)
{
	const struct tarn_live *one = a, *other = b;

	return (one->hash > other->hash) - (one->hash < other->hash);
}

static void
compare_names(struct tarn_walk *walk)
{
	struct tarn_arena *arena = walk->checker.arena;

	if (walk->live_count)
		qsort(walk->live, walk->live_count, sizeof(*walk->live), by_hash);
	for (uint64_t i = 1; i < walk->live_count; i++) {
		const struct tarn_entry_shm *a = tarn__entry_at(arena, walk->live[i - 1].off);
		const struct tarn_entry_shm *b = tarn__entry_at(arena, walk->live[i].off);

		if (a && b && walk->live[i - 1].hash == walk->live[i].hash &&
		    tarn__load(&a->name_size) == tarn__load(&b->name_size))
			tarn__walk_wrong(walk, walk->live[i].off, "the name is there twice");
	}
}

/* ---- all of them ------------------------------------------------------------------------------- */

static int
look_at_graveyard(struct tarn_walk *walk, tarn_off off)
{
	struct tarn_entry_shm *entry;
	int code = 0;

	for (; off && !code; off = tarn__load(&entry->next)) {
		entry = next_entry(walk, off, TARN_PLACE_BURIED);
		if (!entry)
			return 0;
		walk->report.removed++;
		look_at_locks(walk, entry);
		tarn__walk_gate(walk, &entry->aside);
		if ((tarn__load(&entry->root.word) & TARN_WORD_LIVE) && !tarn__load(&entry->aside))
			tarn__walk_wrong(walk, off, "an object in the graveyard is alive");
		code = look_at_parts(walk, entry, true);
	}
	return code;
}

int
tarn__walk_objects(struct tarn_walk *walk)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(walk->checker.arena);
	uint64_t count = tarn__load(&catalog->count);
	int code = 0;

	tarn__walk_node(walk, &catalog->node, true);
	tarn__walk_node(walk, &catalog->graveyard_node, true);
	tarn__walk_digest(walk, tarn__load(&catalog->graveyard));
	for (unsigned i = 0; !code && i < TARN_CATALOG_HEADS; i++)
		code = look_at_chain(walk, i, tarn__load(&catalog->heads[i]));
	if (code)
		return code;
	if (count != walk->report.objects)
		tarn__walk_wrong(walk, tarn__off(walk->checker.arena, &catalog->count),
				 "the catalog counts %lu objects, and there are %lu",
				 (unsigned long)count, (unsigned long)walk->report.objects);
	compare_names(walk);
	return look_at_graveyard(walk, tarn__load(&catalog->graveyard));
}
