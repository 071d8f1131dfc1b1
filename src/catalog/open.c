// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open.c -- open an object, or create it
 *
 * To open is to find the entry and to compare types; what a custom order
 * stands for must be known before.  To create is one
 * logged operation:
 *
 *	take	an entry from the heap; lock its node, make it DIRTY
 *	fill	it, all but the root's word, with plain stores: no list leads
 *		here, and the handles of who was here before are stale
 *	kind	the container's own create() adds what it needs
 *	link	lock the names; still nobody has this one?  Then log the word,
 *		the chain's head and the count
 *	commit
 *
 * Somebody with a stale handle may lock the entry's node or gate for a
 * moment, at any time; it looks at the word then, and lets go.  So node and
 * gate are never written but by who has locked them, and the word goes on
 * from one generation to the next, never back.
 *
 * Who may write what
 *	a new entry	who has taken it; no lock of others protects it
 *	the catalog	who has locked its node, and made it DIRTY
 *
 * On death: before the commit the name is not there, and entry and whatever
 * create() has taken go back to the heap; what was stored in them is
 * forgotten there.  After it the object is whole.
 */
#include "base/words.h"
#include "catalog/entry.h"

#include <stdlib.h>

#define ROUNDS 100u /* of creating and finding what others have just created, or removed */

struct request {
	struct tarn_arena *arena;
	const char *text;
	struct tarn_name name;
	const struct tarn_type *type;
	enum tarn_open_mode how;
	uint64_t limit;
	uint64_t deadline;
	struct tarn_object *object; /* to be filled in */
};

/* ---- handles ----------------------------------------------------------------------------------- */

void
tarn__handle_fill(struct tarn_object *object, struct tarn_arena *arena, tarn_off off,
		  uint64_t word, uint64_t seed)
{
	object->arena = arena;
	object->root_off = off;
	object->root = (struct tarn_root_shm *)(arena->base + off);
	object->generation = tarn__generation(word);
	tarn__object_set_seed(object, seed);
	tarn__object_forget(object);
}

struct tarn_object *
tarn__handle_make(const struct tarn_type *type, const struct tarn_order *order)
{
	struct tarn_object *object = calloc(1, sizeof(*object));

	if (!object)
		return NULL;
	object->kind = type->kind;
	object->key_kind = type->key;
	object->key_size = tarn__key_size(type->key, type->key_size);
	object->value_size = type->value_size == TARN_VALUE_BYTES ? 0 : type->value_size;
	object->words_only = object->key_size == 8 && object->value_size == 8 &&
			     type->key != TARN_KEY_F64;
	object->order = order;
	if (order && tarn__keys_make_words(object->key_size)) {
		object->order_size = (uint8_t)object->key_size;
		object->key_size = 0;
	}
	return object;
}

/* A transaction's own handle is the transaction's. */
void
tarn_object_close(struct tarn_object *object)
{
	if (object && !object->txn)
		free(object);
}

/* ---- creating ---------------------------------------------------------------------------------- */

int
tarn__entry_take(struct tarn_lane *lane, tarn_off *off, struct tarn_entry_shm **entry)
{
	int code = tarn__heap_alloc_node(lane, TARN_HEAP_ROOT, off);

	if (code)
		return code;
	*entry = tarn__entry_at(lane->arena, *off);
	return *entry ? 0 : TARN_CORRUPT;
}

void
tarn__entry_clear(struct tarn_entry_shm *entry, uint64_t kind, uint64_t seed)
{
	uint64_t *words = (uint64_t *)entry;
	uint64_t first = offsetof(struct tarn_root_shm, structure) / sizeof(*words);

	tarn__dirty(&entry->root.node);
	for (uint64_t i = first; i < sizeof(*entry) / sizeof(*words); i++)
		tarn__store(&words[i], 0);
	tarn__store(&entry->kind, kind);
	tarn__store(&entry->root.seed, seed);
}

/* The type's texts, one right behind the other. */
static void
fill_texts(struct tarn_entry_shm *entry, const struct tarn_type *type)
{
	const char *const texts[] = { type->fields, type->key_fields, type->order };
	uint64_t *const sizes[] = { &entry->fields_size, &entry->key_fields_size,
				    &entry->order_size };
	char all[TARN_FIELDS_MAX + 1];
	size_t used = 0;

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(texts); i++) {
		size_t size = texts[i] ? strlen(texts[i]) : 0;

		if (size)
			memcpy(all + used, texts[i], size);
		tarn__store(sizes[i], size);
		used += size;
	}
	tarn__words_in(entry->fields, all, used);
}

/* One for all objects of an arena, so that two can exchange their contents (docs/why/009-one-seed.md). */
static uint64_t
seed_of(const struct tarn_arena *arena)
{
	return tarn__hash_u64(arena->fixed.created_at, arena->fixed.arena_id);
}

void
tarn__entry_fill(const struct tarn_arena *arena, struct tarn_entry_shm *entry,
		 const struct tarn_type *type, uint64_t limit)
{
	tarn__entry_clear(entry, type->kind, seed_of(arena));
	tarn__store(&entry->key, type->key);
	tarn__store(&entry->key_size, type->key_size);
	tarn__store(&entry->value_size, type->value_size);
	tarn__store(&entry->value_align, type->value_align);
	tarn__store(&entry->limit, limit);
	tarn__store(&entry->created_at, tarn__os_wall_time());
	fill_texts(entry, type);
}

static void
fill_entry(struct tarn_entry_shm *entry, const struct request *request)
{
	tarn__entry_fill(request->arena, entry, request->type, request->limit);
	tarn__store(&entry->name_hash, request->name.hash);
	tarn__store(&entry->name_size, request->name.size);
	tarn__words_in(entry->name, request->text, request->name.size);
}

/*
 * A holder of the gate may have died in the entry's last life: the next one
 * is none of its heirs.  An atomic AND, for others may set WAITERS.
 */
static int
lock_new(struct tarn_lane *lane, struct tarn_entry_shm *entry, uint64_t deadline)
{
	uint64_t *gate = &entry->root.gate;
	int code = 0;

	if (tarn__load(gate) & TARN_GATE_DIED) {
		code = tarn__gate_lock(lane, gate, deadline);
		if (!code)
			tarn__fetch_and(gate, ~TARN_GATE_DIED);
	}
	return code ? code : tarn__lock_wait(lane, &entry->root.node, deadline);
}

/* Lock the names; TARN_EXISTS if this one has come up meanwhile. */
static int
reserve_name(struct tarn_lane *lane, const struct request *request)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	struct tarn_found found;
	int code = tarn__lane_reserve(lane, 3, 0, 0, 1);

	if (!code)
		code = tarn__lock_wait(lane, &catalog->node, request->deadline);
	if (code)
		return code;
	code = tarn__catalog_walk(lane->arena, &request->name, &found);
	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : TARN_EXISTS;
}

void
tarn__entry_link(struct tarn_lane *lane, struct tarn_entry_shm *entry, uint64_t word,
		 const struct tarn_name *name)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(lane->arena);
	tarn_off *head = &catalog->heads[name->hash % TARN_CATALOG_HEADS];

	tarn__store(&entry->next, tarn__load(head));
	tarn__dirty(&catalog->node);
	tarn__set(lane, &entry->root.word, word);
	tarn__set(lane, head, tarn__off(lane->arena, entry));
	tarn__set(lane, &catalog->count, tarn__load(&catalog->count) + 1);
}

static int
create_in(struct tarn_lane *lane, const struct request *request)
{
	struct tarn_entry_shm *entry;
	uint64_t word;
	tarn_off off;
	int code = tarn__entry_take(lane, &off, &entry);

	if (!code)
		code = lock_new(lane, entry, request->deadline);
	if (code)
		return code;
	fill_entry(entry, request);
	code = tarn__kind(request->type->kind)->create(lane, entry);
	if (!code)
		code = reserve_name(lane, request);
	if (code)
		return code;
	word = tarn__next_word(tarn__load(&entry->root.word), true);
	tarn__handle_fill(request->object, lane->arena, off, word, tarn__load(&entry->root.seed));
	tarn__entry_link(lane, entry, word, &request->name);
	return tarn__commit(lane);
}

static int
create(const struct request *request)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(request->arena, &lane);

	if (code)
		return code;
	code = create_in(lane, request);
	if (code)
		code = tarn__forget(lane, code);
	tarn__op_end(lane);
	if (!code)
		tarn__graveyard_work(request->arena, 1);
	return code;
}

/* ---- opening ----------------------------------------------------------------------------------- */

static int
open_existing(const struct request *request)
{
	struct tarn_lookup lookup = { .name = &request->name };
	struct tarn_object_info info;
	int code = tarn__catalog_find(request->arena, request->deadline, &lookup);

	if (code)
		return code;
	if (request->how == TARN_CREATE)
		return TARN_EXISTS;
	tarn__entry_describe(&lookup.copy, lookup.off, &info);
	code = tarn__type_compare(request->text, &info.type, request->type);
	if (!code)
		tarn__handle_fill(request->object, request->arena, lookup.off,
				  lookup.copy.root.word, lookup.copy.root.seed);
	return code;
}

/* Each further round means that others have created or removed it meanwhile. */
static int
open_or_create(const struct request *request, bool *created)
{
	int code = TARN_BUSY;

	for (unsigned round = 0; round < ROUNDS; round++) {
		code = open_existing(request);
		if (code != TARN_NOT_FOUND || request->how == TARN_OPEN)
			return code;
		code = create(request);
		*created = code == 0;
		if (code != TARN_EXISTS || request->how == TARN_CREATE)
			return code;
	}
	return TARN_BUSY;
}

static int
check_request(struct request *request)
{
	int code = tarn__type_check(request->type);

	if (!code)
		code = tarn__name_make(request->arena, request->text, &request->name);
	if (!code && (unsigned)request->how > TARN_OPEN_OR_CREATE) {
		tarn__error_detail("%d is no way to open", (int)request->how);
		code = TARN_INVALID;
	}
	return code;
}

static int
open_object(struct request *request, bool *created)
{
	const struct tarn_order *order = NULL;
	int code = check_request(request);

	if (!code)
		code = tarn__type_order(request->type, &order);
	if (code)
		return code;
	request->deadline = tarn__deadline(request->arena);
	request->object = tarn__handle_make(request->type, order);
	if (!request->object)
		return TARN_SYSTEM;
	code = open_or_create(request, created);
	if (code == TARN_NOT_FOUND)
		tarn__error_detail("there is no object %s", request->text);
	if (code == TARN_EXISTS)
		tarn__error_detail("there is an object %s already", request->text);
	if (code)
		free(request->object);
	return code;
}

int
tarn__object_open_limited(struct tarn_arena *arena, const char *name, const struct tarn_type *type,
			  enum tarn_open_mode how, uint64_t limit, struct tarn_object **object,
			  bool *created)
{
	struct request request = {
		.arena = arena, .text = name, .type = type, .how = how, .limit = limit,
	};
	bool was_created = false;
	int code = open_object(&request, &was_created);

	*object = code ? NULL : request.object;
	if (created)
		*created = was_created;
	return code;
}

int
tarn__object_open(struct tarn_arena *arena, const char *name, const struct tarn_type *type,
		  enum tarn_open_mode how, struct tarn_object **object, bool *created)
{
	return tarn__object_open_limited(arena, name, type, how, 0, object, created);
}
