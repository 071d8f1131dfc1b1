// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- what objects there are, and what one is
 *
 * All entries are copied while nothing changes (find.c), and shown to the
 * caller's function afterwards: so the list is one moment's, and the
 * function may do what it likes, removing objects included.
 *
 * A chain that is broken ends there; the other chains are still told, and
 * TARN_CORRUPT after them.  So there is a way to what can be saved.
 *
 * Private memory only.
 *
 * On death: a reader holds nothing.
 */
#include "catalog/entry.h"

#include <stdlib.h>
#include <string.h>

struct item {
	tarn_off off;
	struct tarn_entry_shm copy;
};

struct listing {
	struct item *items;
	uint64_t count, room;
};

void
tarn__entry_describe(const struct tarn_entry_shm *copy, tarn_off off, struct tarn_object_info *info)
{
	const char *texts = (const char *)copy->fields;

	memset(info, 0, sizeof(*info));
	memcpy(info->name, copy->name, copy->name_size);
	memcpy(info->fields, texts, copy->fields_size);
	memcpy(info->key_fields, texts + copy->fields_size, copy->key_fields_size);
	memcpy(info->order, texts + copy->fields_size + copy->key_fields_size, copy->order_size);
	info->type = (struct tarn_type){
		.kind = (enum tarn_kind)copy->kind,
		.key = (enum tarn_key_kind)copy->key,
		.value_size = (uint32_t)copy->value_size,
		.fields = info->fields,
		.key_size = (uint32_t)copy->key_size,
		.value_align = (uint32_t)copy->value_align,
		.key_fields = info->key_fields,
		.order = info->order,
	};
	info->created_at = copy->created_at;
	info->root = off;
	info->limit = copy->limit;
}

/* ---- the list ---------------------------------------------------------------------------------- */

static int
make_room(struct listing *listing)
{
	uint64_t room = listing->room ? listing->room * 2 : 16;
	struct item *items;

	if (listing->count < listing->room)
		return 0;
	items = realloc(listing->items, room * sizeof(*items));
	if (!items)
		return TARN_SYSTEM;
	listing->items = items;
	listing->room = room;
	return 0;
}

static int
add_chain(struct tarn_arena *arena, tarn_off off, uint64_t most, struct listing *listing)
{
	while (off) {
		struct tarn_entry_shm *entry = tarn__entry_at(arena, off);
		int code = make_room(listing);

		if (code)
			return code;
		if (!entry || listing->count >= tarn__min(most, tarn__entries_most(arena)))
			return TARN_CORRUPT;
		code = tarn__entry_copy(entry, &listing->items[listing->count].copy);
		if (code)
			return code;
		listing->items[listing->count++].off = off;
		off = tarn__load(&entry->next);
	}
	return 0;
}

static int
look_at_all(struct tarn_arena *arena, void *arg)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	uint64_t most = tarn__load(&catalog->count);
	struct listing *listing = arg;
	int result = 0;

	listing->count = 0;
	for (unsigned i = 0; i < TARN_CATALOG_HEADS; i++) {
		int code = add_chain(arena, tarn__load(&catalog->heads[i]), most, listing);

		if (code == TARN_SYSTEM)
			return code;
		result = code ? code : result;
	}
	return result || listing->count == most ? result : TARN_CORRUPT;
}

static int
visit_all(const struct listing *listing,
	  int (*visit)(const struct tarn_object_info *info, void *arg), void *arg)
{
	int stop = 0;

	for (uint64_t i = 0; i < listing->count && !stop; i++) {
		struct tarn_object_info info;

		tarn__entry_describe(&listing->items[i].copy, listing->items[i].off, &info);
		stop = visit(&info, arg);
	}
	return stop;
}

int
tarn_object_list(struct tarn_arena *arena,
		 int (*visit)(const struct tarn_object_info *info, void *arg), void *arg)
{
	struct listing listing = { 0 };
	int code = tarn__catalog_read(arena, tarn__deadline(arena), look_at_all, &listing);
	int stop = 0;

	if (!code || code == TARN_CORRUPT)
		stop = visit_all(&listing, visit, arg);
	free(listing.items);
	return stop ? stop : code;
}

/* ---- one object -------------------------------------------------------------------------------- */

struct look {
	const struct tarn_object *object;
	struct tarn_entry_shm copy;
};

static int
look_at_one(struct tarn_arena *arena, void *arg)
{
	struct look *look = arg;
	const struct tarn_entry_shm *entry = tarn__entry_at(arena, look->object->root_off);

	if (!entry)
		return TARN_CORRUPT;
	if (tarn__word_is_stale(look->object, tarn__load(&entry->root.word)))
		return TARN_REMOVED;
	return tarn__entry_copy(entry, &look->copy);
}

int
tarn_object_info(struct tarn_object *object, struct tarn_object_info *info)
{
	struct tarn_arena *arena = object->arena;
	struct look look = { .object = object };
	int code = tarn__catalog_read(arena, tarn__deadline(arena), look_at_one, &look);

	if (!code)
		tarn__entry_describe(&look.copy, object->root_off, info);
	return code;
}
