// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_check.c -- what must hold of hash maps; see hashmap_check.h
 *
 * The account reads structures as they lie, without the code that is
 * tested, and holds what it finds against the heap's bitmaps: each chunk
 * has a bit a block, set when the block is free, in a log, or reached; no
 * bit is set twice, and in the end all are set.
 */
#include "hashmap_check.h"

#include "catalog/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNKS_MOST 64u

const char *check_wrong;

static bool
blame(const char *what)
{
	if (!check_wrong)
		check_wrong = what;
	return false;
}

static bool
is_free_node(const uint64_t *node)
{
	return !(tarn__load(node) & (TARN_NODE_OWNER | TARN_NODE_DIRTY));
}

/* ---- blocks ------------------------------------------------------------------------------------ */

static struct tarn_arena *arena;
static uint64_t chunk_count;
static struct chunk {
	struct tarn_heap_item item;
	uint64_t seen[TARN_BITMAP_WORDS];
} chunks[CHUNKS_MOST];

static int
take_item(const struct tarn_heap_item *item, void *unused)
{
	uint64_t first = (item->off - arena->fixed.data_off) / TARN_CHUNK;

	(void)unused;
	if (first + item->chunks > CHUNKS_MOST)
		abort();
	for (uint64_t i = 0; i < item->chunks; i++)
		chunks[first + i].item.kind = TARN_HEAP_FREE;
	chunk_count = first + item->chunks;
	chunks[first].item = *item;
	chunks[first].seen[0] = 0;
	if (item->kind == TARN_HEAP_SPAN)
		memcpy(chunks[first].seen, item->free, (item->blocks + 63) / 64 * 8);
	return 0;
}

/* The block that begins there is met. */
static bool
meet(tarn_off off, const char *again)
{
	uint64_t number = (off - arena->fixed.data_off) / TARN_CHUNK, block, within;
	struct chunk *chunk = &chunks[number];

	if (off < arena->fixed.data_off || number >= chunk_count ||
	    chunk->item.kind == TARN_HEAP_FREE)
		return blame("an offset leads to no block");
	within = off - chunk->item.off;
	block = chunk->item.kind == TARN_HEAP_RUN ? 0 : within / chunk->item.block_size;
	if (chunk->item.kind == TARN_HEAP_RUN ? within : within % chunk->item.block_size)
		return blame("an offset leads into a block");
	if (chunk->seen[block / 64] >> block % 64 & 1)
		return blame(again);
	chunk->seen[block / 64] |= UINT64_C(1) << block % 64;
	return true;
}

static int
take_claim(enum tarn_heap_claim where, tarn_off block, void *unused)
{
	(void)unused;
	if (where == TARN_CLAIM_ALLOC)
		blame("an operation's block is still in the log");
	meet(block, "a block in a log is free, or there twice");
	return 0;
}

static void
reach(tarn_off off)
{
	meet(off, "a block is reached twice, or reached and free");
}

static bool
all_met(const struct chunk *chunk)
{
	for (unsigned w = 0; w * 64 < chunk->item.blocks; w++) {
		if (chunk->seen[w] != tarn__low_bits((unsigned)tarn__min(64, chunk->item.blocks - w * 64)))
			return false;
	}
	return true;
}

/* ---- maps -------------------------------------------------------------------------------------- */

static struct check_shape *shape;
static struct check_image *told; /* what is found of it */

/* What the check knows of one map, or of what is buried of one. */
struct body {
	struct tarn_object map; /* kinds and seed */
	struct tarn_segment_shm *segment;
	uint64_t prefix, depth; /* of the segment */
	uint64_t overflow[TARN_HOMES];
	uint64_t entries;
	unsigned number; /* of the map in the world; SCRIPT_MAPS: none of these */
	bool buried;
};

static void
check_hash(struct body *body, unsigned bucket, unsigned place, uint64_t hash)
{
	uint64_t marks = body->segment->buckets[bucket].marks;
	unsigned home = tarn__hash_home(hash);

	if ((hash ^ body->prefix) & ((UINT64_C(1) << body->depth) - 1))
		blame("an entry is in a segment where it does not belong");
	if ((marks >> 8 * place & 0xff) != tarn__hash_mark(hash))
		blame("an entry has another's mark");
	if (bucket < TARN_HOMES ? bucket != home : !(body->segment->buckets[home].node >>
		    (TARN_OVERFLOW_SHIFT + bucket - TARN_HOMES) & 1))
		blame("an entry is where its home does not say");
	if (bucket >= TARN_HOMES)
		body->overflow[home] |= UINT64_C(1) << (bucket - TARN_HOMES);
}

static void
note_value(struct body *body, const struct tarn_place_shm *place, uint64_t hash)
{
	struct tarn_entry_view view;
	unsigned k = 0;

	while (k < script_key_count && script_keys[k].in[body->number].hash != hash)
		k++;
	if (!tarn__place_view(&body->map, place, &view) || k == script_key_count ||
	    view.key_size != script_keys[k].in[body->number].size ||
	    memcmp(view.key, script_keys[k].in[body->number].bytes, view.key_size))
		blame("an entry with a key that nobody has put");
	else if (told->maps[body->number].values[k])
		blame("two entries with one key");
	else
		told->maps[body->number].values[k] =
			check_hash_value(view.value, view.value_size);
}

static void
check_place(struct body *body, unsigned bucket, unsigned place)
{
	const struct tarn_place_shm *entry = &body->segment->buckets[bucket].places[place];
	tarn_off block = tarn__place_block(&body->map, entry);
	const struct tarn_block_shm *in;
	uint64_t hash;

	body->entries++;
	if (block)
		reach(block);
	if (body->map.key_size) {
		hash = tarn__hash_u64(entry->a, body->map.seed);
	} else {
		in = tarn__at(arena, block, sizeof(*in), 16);
		if (!in) {
			blame("a key lies nowhere");
			return;
		}
		hash = in->hash;
	}
	if (!body->buried)
		check_hash(body, bucket, place, hash);
	if (told && body->number < SCRIPT_MAPS)
		note_value(body, entry, hash);
}

static void
check_segment(struct body *body, tarn_off off)
{
	body->segment = tarn__at(arena, off, sizeof(*body->segment), 128);
	reach(off);
	if (!body->segment || check_wrong)
		return;
	memset(body->overflow, 0, sizeof(body->overflow));
	for (unsigned bucket = 0; bucket < TARN_BUCKETS; bucket++) {
		uint64_t payload = body->segment->buckets[bucket].node & TARN_OCCUPIED;

		for (; payload && !check_wrong; payload &= payload - 1) {
			check_place(body, bucket, tarn__ctz(payload));
			if (shape && bucket >= TARN_HOMES)
				shape->stashed++;
		}
	}
	for (unsigned home = 0; home < TARN_HOMES && !body->buried; home++) {
		uint64_t payload = body->segment->buckets[home].node & TARN_NODE_PAYLOAD;

		if (payload >> TARN_OVERFLOW_SHIFT != body->overflow[home])
			blame("an overflow says what is not so");
	}
	if (shape)
		shape->segments++;
}

static uint64_t
counted(const struct tarn_root_shm *root)
{
	const uint64_t *counts = tarn__at(arena, root->counts, 64, 8);
	uint64_t sum = 0;

	for (unsigned i = 0; counts && i < 8; i++)
		sum += counts[i] >> 24;
	return sum & (UINT64_MAX >> 24);
}

/* From the directory, beyond what has been dismantled. */
static void
check_structure(struct body *body, const struct tarn_root_shm *root, uint64_t progress)
{
	uint64_t depth = root->structure & TARN_DEPTH;
	const uint64_t *directory;

	if (depth > 20 || !(directory = tarn__at(arena, root->structure & ~TARN_DEPTH,
						 UINT64_C(8) << depth, 8))) {
		blame("a directory lies nowhere");
		return;
	}
	reach(root->structure & ~TARN_DEPTH);
	reach(root->counts);
	if (shape)
		shape->depth = (unsigned)depth;
	for (uint64_t i = progress; i < UINT64_C(1) << depth && !check_wrong; i++) {
		body->depth = directory[i] & TARN_DEPTH;
		body->prefix = i & ((UINT64_C(1) << body->depth) - 1);
		if (body->depth > depth || (!progress && directory[body->prefix] != directory[i]))
			blame("a directory contradicts itself");
		else if (i == body->prefix)
			check_segment(body, directory[i] & ~TARN_DEPTH);
	}
	if (!body->buried && body->entries != counted(root))
		blame("the counts are not those of the entries");
}

/* SCRIPT_MAPS: neither a nor b, or another in the place of one that was removed. */
static unsigned
map_number(const struct script_world *world, tarn_off off, uint64_t word)
{
	unsigned i = 0;

	while (i < SCRIPT_MAPS && (world->maps[i].root_off != off ||
				   tarn__word_is_stale(&world->maps[i], word)))
		i++;
	return i;
}

static void
check_entry(const struct script_world *world, tarn_off off, bool buried)
{
	const struct tarn_entry_shm *entry = tarn__entry_at(arena, off);
	struct body body = { .buried = buried, .number = SCRIPT_MAPS };

	if (!entry) {
		blame("a list leads nowhere");
		return;
	}
	body.map.arena = arena;
	body.map.seed = entry->root.seed;
	if (!buried)
		body.number = map_number(world, off, entry->root.word);

	reach(off);
	if ((entry->root.word & TARN_WORD_LIVE) == buried)
		blame(buried ? "what is buried is live" : "a name leads to what is not live");
	if (entry->kind != TARN_KIND_HASHMAP) {
		blame("no hash map");
		return;
	}
	body.map.key_size = tarn__key_size(entry->key, entry->key_size);
	body.map.value_size = entry->value_size == TARN_VALUE_BYTES ? 0 : (uint32_t)entry->value_size;
	if (!check_wrong)
		check_structure(&body, &entry->root, buried ? entry->progress : 0);
	if (told && body.number < SCRIPT_MAPS) {
		told->maps[body.number].removed = false;
		told->maps[body.number].size = body.entries;
	}
}

/* ---- the catalog ------------------------------------------------------------------------------- */

static const struct tarn_name *
name_of(struct tarn_arena *in, unsigned i)
{
	static struct tarn_name names[SCRIPT_NAMES];
	static uint64_t of; /* hashes differ from arena to arena */

	if (of != in->fixed.arena_id)
		memset(names, 0, sizeof(names));
	of = in->fixed.arena_id;
	if (!names[i].size && tarn__name_make(in, script_names[i], &names[i]))
		abort();
	return &names[i];
}

static tarn_off *
chain_of(struct tarn_arena *in, unsigned i)
{
	return &tarn__catalog(in)->heads[name_of(in, i)->hash % TARN_CATALOG_HEADS];
}

static tarn_off
find_name(struct tarn_arena *in, unsigned i)
{
	struct tarn_found found;

	return tarn__catalog_walk(in, name_of(in, i), &found) ? 0 : found.off;
}

/* The name alone, or nothing, but for two names that happen to have one chain. */
static void
check_chain(unsigned i, tarn_off off)
{
	const struct tarn_entry_shm *entry = off ? tarn__entry_at(arena, off) : NULL;

	for (unsigned k = 0; k < SCRIPT_NAMES; k++) {
		if (k != i && chain_of(arena, k) == chain_of(arena, i))
			return;
	}
	if (*chain_of(arena, i) != off || (entry && entry->next))
		blame("a chain has what does not belong there");
}

static void
check_catalog(const struct script_world *world)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	uint64_t count = 0;
	tarn_off off;

	for (unsigned i = 0; i < SCRIPT_NAMES && !check_wrong; i++) {
		struct check_shape *wanted = shape;

		off = find_name(arena, i);
		count += off != 0;
		shape = off == world->maps[0].root_off ? wanted : NULL;
		check_chain(i, off);
		if (off)
			check_entry(world, off, false);
		if (told)
			told->named[i] = off != 0;
		shape = wanted;
	}
	if (count != catalog->count)
		blame("the count of names is not theirs");
	if (!is_free_node(&catalog->node) || !is_free_node(&catalog->graveyard_node))
		blame("the catalog is locked or dirty");
	for (off = catalog->graveyard; off && !check_wrong;) {
		const struct tarn_entry_shm *entry = tarn__entry_at(arena, off);
		struct check_shape *wanted = shape;

		shape = NULL;
		check_entry(world, off, true);
		shape = wanted;
		if (shape)
			shape->graves++;
		off = entry ? entry->next : 0;
	}
}

/* ---- what is not in use ------------------------------------------------------------------------ */

/* A segment that no map has: no entries (H4). */
static void
check_nodes(const struct tarn_heap_item *item, const uint64_t *met)
{
	for (uint64_t i = 0; i < item->blocks; i++) {
		const struct tarn_segment_shm *segment = (void *)(arena->base + item->off +
								  i * item->block_size);
		bool used = met[i / 64] >> i % 64 & 1;

		for (unsigned bucket = 0; bucket < TARN_BUCKETS; bucket++) {
			const uint64_t *node = &segment->buckets[bucket].node;

			if (!is_free_node(node))
				blame("a bucket is locked or dirty");
			if (!used && *node & TARN_NODE_PAYLOAD)
				blame("a free segment has entries");
		}
	}
}

static void
check_roots(const struct chunk *chunk, const uint64_t *before)
{
	const struct tarn_heap_item *item = &chunk->item;

	for (uint64_t i = 0; i < item->blocks; i++) {
		const struct tarn_root_shm *root = (void *)(arena->base + item->off +
							    i * item->block_size);
		bool used = (chunk->seen[i / 64] & ~before[i / 64]) >> i % 64 & 1;

		if (!used && root->word & TARN_WORD_LIVE)
			blame("an object is live, and nothing leads there");
		if (!is_free_node(&root->node) || !is_free_node(&root->gate))
			blame("an object is locked or dirty");
	}
}

static void
check_heap_locks(void)
{
	const struct tarn_heap_shm *heap = (void *)(arena->base + TARN_HEAP_WORDS_OFF);

	if (!is_free_node(&heap->runs))
		blame("the run map is locked");
	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		if (!is_free_node(&heap->table.classes[class].node))
			blame("a size class is locked");
	}
}

static void
check_logs(void)
{
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		tarn_off off = arena->fixed.logs_off + slot * TARN_LOG_SIZE;
		const struct tarn_log_shm *log = tarn__at(arena, off, TARN_LOG_SIZE, 8);

		if (!log || !log->magic)
			continue;
		if (tarn__commit_words(log->commit) || log->locks || log->nested ||
		    log->nested_locks)
			blame("something is in flight");
		if (tarn__heap_claims(arena, slot, take_claim, NULL))
			blame("a slot's log is corrupt");
	}
}

/* ---- the account ------------------------------------------------------------------------------- */

static void
begin_image(struct check_image *image)
{
	told = image;
	if (!told)
		return;
	memset(told, 0, sizeof(*told));
	for (unsigned i = 0; i < SCRIPT_MAPS; i++)
		told->maps[i].removed = true;
}

bool
check_account(struct script_world *world, struct check_shape *wanted, struct check_image *image)
{
	static uint64_t before[CHUNKS_MOST][2]; /* segments and roots of a span are no more than 128 */

	arena = world->arena;
	chunk_count = 0;
	check_wrong = NULL;
	shape = wanted;
	begin_image(image);
	if (shape)
		memset(shape, 0, sizeof(*shape));
	if (tarn__heap_walk(arena, take_item, NULL))
		return blame("the heap contradicts itself");
	check_logs();
	check_heap_locks();
	for (uint64_t i = 0; i < chunk_count; i++)
		memcpy(before[i], chunks[i].seen, sizeof(before[i]));
	check_catalog(world);
	for (unsigned i = 0; i < script_held_count; i++)
		reach(script_held[i]);
	for (uint64_t i = 0; i < chunk_count && !check_wrong; i++) {
		const struct tarn_heap_item *item = &chunks[i].item;
		uint64_t used = chunks[i].seen[0] & ~before[i][0];

		if (item->kind == TARN_HEAP_RUN ? !chunks[i].seen[0]
						: item->kind == TARN_HEAP_SPAN && !all_met(&chunks[i]))
			blame("a block is lost");
		if (item->kind == TARN_HEAP_SPAN && item->class == TARN_HEAP_SEGMENT)
			check_nodes(item, &used);
		if (item->kind == TARN_HEAP_SPAN && item->class == TARN_HEAP_ROOT)
			check_roots(&chunks[i], before[i]);
	}
	return !check_wrong;
}

bool
check_versions(struct script_world *now, struct script_world *before)
{
	for (uint64_t i = 0; i < chunk_count; i++) {
		const struct tarn_heap_item *item = &chunks[i].item;

		if (item->kind != TARN_HEAP_SPAN || item->class != TARN_HEAP_SEGMENT)
			continue;
		for (uint64_t k = 0; k < item->blocks * TARN_BUCKETS; k++) {
			uint64_t at = item->off + k / TARN_BUCKETS * item->block_size +
				      k % TARN_BUCKETS * sizeof(struct tarn_bucket_shm);
			const uint64_t *a = (void *)(now->arena->base + at);
			const uint64_t *b = tarn__at(before->arena, at, 8, 8);

			if (b && (int64_t)((*a & ~(TARN_NODE_VERSION - 1)) -
					   (*b & ~(TARN_NODE_VERSION - 1))) < 0)
				return blame("a version went back");
		}
	}
	return true;
}

/* ---- sights ------------------------------------------------------------------------------------ */

#define SIGHT_SEGMENTS 48u
#define SIGHT_ROOTS 256u
#define SIGHT_GRAVES 16u

struct check_sight {
	unsigned segment_count, root_count;
	struct tarn_segment_shm segments[SIGHT_SEGMENTS];
	struct tarn_root_shm roots[SIGHT_ROOTS];
	uint64_t names_node, name_count, graves_node;
	tarn_off chains[SCRIPT_NAMES];
	struct {
		tarn_off off;
		uint64_t kind, progress;
	} graves[SIGHT_GRAVES];
};

struct check_sight *
check_new_sight(void)
{
	struct check_sight *sight = calloc(1, sizeof(*sight));

	if (!sight)
		abort();
	return sight;
}

/* Beginnings of a span's blocks. */
static unsigned
see_blocks(const char *span, unsigned class, void *sights, size_t size, unsigned count, unsigned most)
{
	for (unsigned i = 0; i < tarn__size_classes[class].blocks; i++, count++) {
		if (count == most)
			abort();
		memcpy((char *)sights + count * size, span + i * tarn__size_classes[class].size, size);
	}
	return count;
}

static void
see_catalog(struct tarn_arena *in, struct check_sight *sight)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(in);
	tarn_off off = catalog->graveyard;

	sight->names_node = catalog->node;
	sight->name_count = catalog->count;
	sight->graves_node = catalog->graveyard_node;
	for (unsigned i = 0; i < SCRIPT_NAMES; i++)
		sight->chains[i] = *chain_of(in, i);
	memset(sight->graves, 0, sizeof(sight->graves));
	for (unsigned i = 0; off && i < SIGHT_GRAVES; i++) {
		const struct tarn_entry_shm *entry = tarn__entry_at(in, off);

		sight->graves[i].off = off;
		sight->graves[i].kind = entry ? entry->kind : 0;
		sight->graves[i].progress = entry ? entry->progress : 0;
		off = entry ? entry->next : 0;
	}
}

void
check_sight(struct script_world *world, struct check_sight *sight)
{
	struct tarn_arena *in = world->arena;
	const struct tarn_heap_shm *heap = (void *)(in->base + TARN_HEAP_WORDS_OFF);

	sight->segment_count = sight->root_count = 0;
	for (uint64_t chunk = 0; chunk < heap->frontier; chunk++) {
		const struct tarn_desc_shm *desc = (void *)(in->base + in->fixed.descs_off +
							    chunk * TARN_DESC_SIZE);
		const char *span = in->base + in->fixed.data_off + chunk * TARN_CHUNK;

		if (desc->kind == (TARN_DESC_SPAN | TARN_HEAP_SEGMENT << 8))
			sight->segment_count = see_blocks(span, TARN_HEAP_SEGMENT, sight->segments,
							  sizeof(sight->segments[0]),
							  sight->segment_count, SIGHT_SEGMENTS);
		if (desc->kind == (TARN_DESC_SPAN | TARN_HEAP_ROOT << 8))
			sight->root_count = see_blocks(span, TARN_HEAP_ROOT, sight->roots,
						       sizeof(sight->roots[0]), sight->root_count,
						       SIGHT_ROOTS);
	}
	see_catalog(in, sight);
}

static bool
same_bucket(const struct tarn_bucket_shm *then, const struct tarn_bucket_shm *now)
{
	uint64_t payload = then->node & TARN_OCCUPIED;

	if (then->node & TARN_NODE_DIRTY)
		return true;
	if ((then->node ^ now->node) & TARN_NODE_PAYLOAD)
		return false;
	for (; payload; payload &= payload - 1) {
		unsigned place = tarn__ctz(payload);

		if ((then->marks ^ now->marks) >> 8 * place & 0xff ||
		    memcmp(&then->places[place], &now->places[place], sizeof(then->places[place])))
			return false;
	}
	return true;
}

static bool
same_root(const struct tarn_root_shm *then, const struct tarn_root_shm *now)
{
	if (then->node & TARN_NODE_DIRTY)
		return true;
	if (then->word != now->word)
		return false;
	return !(then->word & TARN_WORD_LIVE) ||
	       (then->structure == now->structure && then->counts == now->counts);
}

/* Spans that recovery undoes are the last ones, and were not used. */
bool
check_sights(const struct check_sight *then, const struct check_sight *now)
{
	unsigned segments = then->segment_count < now->segment_count ? then->segment_count
								     : now->segment_count;

	for (unsigned i = 0; i < segments * TARN_BUCKETS; i++) {
		if (!same_bucket(&then->segments[i / TARN_BUCKETS].buckets[i % TARN_BUCKETS],
				 &now->segments[i / TARN_BUCKETS].buckets[i % TARN_BUCKETS]))
			return blame("readers saw a bucket that was undone");
	}
	for (unsigned i = 0; i < then->root_count && i < now->root_count; i++) {
		if (!same_root(&then->roots[i], &now->roots[i]))
			return blame("readers saw a root that was undone");
	}
	if (!(then->names_node & TARN_NODE_DIRTY) &&
	    (then->name_count != now->name_count ||
	     memcmp(then->chains, now->chains, sizeof(now->chains))))
		return blame("readers saw names that were undone");
	if (!(then->graves_node & TARN_NODE_DIRTY) &&
	    memcmp(then->graves, now->graves, sizeof(now->graves)))
		return blame("somebody saw a graveyard that was undone");
	return true;
}

/* ---- reading ----------------------------------------------------------------------------------- */

static char value_room[SCRIPT_VALUE_MOST + 64];

uint64_t
check_hash_value(const void *bytes, size_t size)
{
	return tarn__hash_bytes(bytes, size, size) | 1;
}

static int
read_key(struct script_world *world, unsigned map, unsigned k, uint64_t *value)
{
	const struct script_key *key = &script_keys[k];
	size_t size = 0;
	int code = tarn_hashmap_get((struct tarn_hashmap *)&world->maps[map], key->in[map].bytes,
				    key->in[map].size, value_room, sizeof(value_room), &size);

	*value = code ? 0 : check_hash_value(value_room, size);
	return code;
}

static int
find_key(unsigned map, const struct tarn_hashmap_entry *entry)
{
	for (unsigned k = 0; k < script_key_count; k++) {
		if (script_keys[k].in[map].size == entry->key_size &&
		    !memcmp(script_keys[k].in[map].bytes, entry->key, entry->key_size))
			return (int)k;
	}
	return -1;
}

/* All that a cursor tells; the code that ended it; *well: no key twice, none that is not ours. */
static int
read_cursor(struct script_world *world, unsigned map, uint64_t *values, bool *well)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open((struct tarn_hashmap *)&world->maps[map], &cursor);

	memset(values, 0, sizeof(*values) * SCRIPT_KEYS);
	*well = true;
	while (!code && !(code = tarn_hashmap_cursor_next(cursor, &entry))) {
		int k = find_key(map, &entry);

		if (k < 0 || values[k])
			*well = false;
		else
			values[k] = check_hash_value(entry.value, entry.value_size);
	}
	tarn_hashmap_cursor_close(cursor);
	return code;
}

static int
read_size(struct script_world *world, unsigned map, uint64_t *size)
{
	*size = 0;
	return tarn_hashmap_size((struct tarn_hashmap *)&world->maps[map], size);
}

/* TARN_TYPE: it is there, with another type. */
static int
read_name(struct script_world *world, unsigned i, bool *named)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_I64, .value_size = 8 };
	struct tarn_hashmap *map;
	int code = tarn_hashmap_open(world->arena, &map, script_names[i], &type, TARN_OPEN, NULL);

	*named = code == TARN_TYPE;
	return code == TARN_TYPE || code == TARN_NOT_FOUND ? 0 : code;
}

static int
note_name(const struct tarn_object_info *info, void *arg)
{
	bool *named = arg;

	for (unsigned i = 0; i < SCRIPT_NAMES; i++)
		named[i] |= !strcmp(info->name, script_names[i]);
	return 0;
}

/* ---- images ------------------------------------------------------------------------------------ */

static bool
image_of_map(struct script_world *world, unsigned map, struct check_image *image)
{
	uint64_t walked[SCRIPT_KEYS], count = 0;
	bool well;
	int code = read_size(world, map, &image->maps[map].size);

	image->maps[map].removed = code == TARN_REMOVED;
	if (code && code != TARN_REMOVED)
		return blame("the size cannot be walked");
	if (code)
		return true;
	for (unsigned k = 0; k < script_key_count; k++) {
		code = read_key(world, map, k, &image->maps[map].values[k]);
		if (code && code != TARN_NOT_FOUND)
			return blame("a key cannot be read");
		count += !code;
	}
	if (read_cursor(world, map, walked, &well) != TARN_NOT_FOUND || !well)
		return blame("a cursor does not come to its end");
	for (unsigned k = 0; k < script_key_count; k++) {
		if (walked[k] != image->maps[map].values[k])
			return blame("a cursor tells what is not so");
	}
	return count == image->maps[map].size || blame("the size is not the number of keys");
}

bool
check_image(struct script_world *world, struct check_image *image)
{
	check_wrong = NULL;
	memset(image, 0, sizeof(*image));
	for (unsigned i = 0; i < SCRIPT_NAMES; i++)
		image->named[i] = find_name(world->arena, i) != 0;
	for (unsigned map = 0; map < SCRIPT_MAPS; map++) {
		if (!image_of_map(world, map, image))
			return false;
	}
	return true;
}

bool
check_same(const struct check_image *a, const struct check_image *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* ---- readers ----------------------------------------------------------------------------------- */

struct reading {
	const struct check_image *before, *after;
	enum check_verdict verdict;
	bool waited;
};

static bool
has_to_wait(struct reading *r, int code)
{
	bool waits = code == TARN_TIMEOUT || code == TARN_OWNER_DIED;

	r->waited |= waits;
	return waits;
}

/* An answer that can be either, or is one of the two. */
static bool
answer(struct reading *r, bool as_before, bool as_after, const char *what)
{
	enum check_verdict verdict = as_before ? CHECK_BEFORE : CHECK_AFTER;

	if (as_before && as_after)
		return true;
	if (!as_before && !as_after)
		return blame(what);
	if (r->verdict && r->verdict != verdict)
		return blame("readers see some of it, and some not");
	r->verdict = verdict;
	return true;
}

static bool
look_at_keys(struct script_world *world, unsigned map, struct reading *r)
{
	uint64_t value;

	for (unsigned k = 0; k < script_key_count; k++) {
		int code = read_key(world, map, k, &value);
		uint64_t is = value, was = r->before->maps[map].values[k];
		uint64_t will = r->after->maps[map].values[k];

		if (has_to_wait(r, code))
			continue;
		if (code && code != TARN_NOT_FOUND && code != TARN_REMOVED)
			return blame("a reader cannot read");
		if (!answer(r, is == was && (code == TARN_REMOVED) == r->before->maps[map].removed,
			    is == will && (code == TARN_REMOVED) == r->after->maps[map].removed,
			    "a reader sees a value that never was"))
			return false;
		code = tarn_hashmap_contains((struct tarn_hashmap *)&world->maps[map],
					     script_keys[k].in[map].bytes,
					     script_keys[k].in[map].size);
		if (!has_to_wait(r, code) && (code == 0) != (value != 0))
			return blame("contains() says otherwise");
	}
	return true;
}

static bool
look_at_all(struct script_world *world, unsigned map, struct reading *r)
{
	const size_t bytes = sizeof(uint64_t) * SCRIPT_KEYS;
	uint64_t walked[SCRIPT_KEYS], size;
	bool well;
	int code = read_cursor(world, map, walked, &well);

	if (!well)
		return blame("a cursor tells what is not so, or twice");
	if (!has_to_wait(r, code)) {
		bool gone = code == TARN_REMOVED;

		if (!gone && code != TARN_NOT_FOUND)
			return blame("a cursor cannot go on");
		if (!answer(r, gone == r->before->maps[map].removed &&
			    !memcmp(walked, r->before->maps[map].values, bytes),
			    gone == r->after->maps[map].removed &&
			    !memcmp(walked, r->after->maps[map].values, bytes),
			    "a cursor sees what never was"))
			return false;
	}
	code = read_size(world, map, &size);
	if (has_to_wait(r, code))
		return true;
	if (code && code != TARN_REMOVED)
		return blame("a reader cannot have the size");
	return answer(r, size == r->before->maps[map].size &&
		      (code != 0) == r->before->maps[map].removed,
		      size == r->after->maps[map].size &&
		      (code != 0) == r->after->maps[map].removed, "a size that never was");
}

static bool
look_at_names(struct script_world *world, struct reading *r)
{
	bool named[SCRIPT_NAMES] = { false };
	int code;

	for (unsigned i = 0; i < SCRIPT_NAMES; i++) {
		bool is;

		code = read_name(world, i, &is);
		if (has_to_wait(r, code))
			continue;
		if (code)
			return blame("a reader cannot open by name");
		if (!answer(r, is == r->before->named[i], is == r->after->named[i], "a name"))
			return false;
	}
	code = tarn_object_list(world->arena, note_name, named);
	if (has_to_wait(r, code))
		return true;
	if (code)
		return blame("a reader cannot list names");
	return answer(r, !memcmp(named, r->before->named, sizeof(named)),
		      !memcmp(named, r->after->named, sizeof(named)), "names that never were");
}

bool
check_readers(struct script_world *world, const struct check_image *before,
	      const struct check_image *after, enum check_verdict *verdict, bool *waited)
{
	struct reading r = { .before = before, .after = after };
	bool well = true;

	check_wrong = NULL;
	for (unsigned map = 0; well && map < SCRIPT_MAPS; map++)
		well = look_at_keys(world, map, &r) && look_at_all(world, map, &r);
	well = well && look_at_names(world, &r);
	*verdict = r.verdict;
	*waited = r.waited;
	return well;
}
