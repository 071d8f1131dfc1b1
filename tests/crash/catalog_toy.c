// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog_toy.c -- two toy kinds of objects, to test the catalog with
 *
 * See catalog_toy.h.  For the crash test this is compiled with the
 * library's hooks, so what it stores are points to die at, too.
 */
#include "crash/catalog_toy.h"

#include "heap/heap.h"

#define PROGRESS_BEGUN 1u /* beside the offset of the block that is next */

int toy_create_fails, toy_dismantle_fails;

static struct toy_block *
block_at(struct tarn_arena *arena, tarn_off off)
{
	return off < arena->fixed.data_off ? NULL : tarn__at(arena, off, TOY_BLOCK_SIZE, 16);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

/* New blocks, whatever the root had. */
static int
make_structure(struct tarn_lane *lane, uint64_t stamp, tarn_off *first, tarn_off *counts)
{
	int code = tarn__heap_alloc(lane, TOY_COUNTS_SIZE, counts);

	*first = 0;
	for (unsigned i = 0; !code && i < TOY_BLOCKS; i++) {
		struct toy_block *block;
		tarn_off off;

		code = tarn__heap_alloc(lane, TOY_BLOCK_SIZE, &off);
		if (code)
			break;
		block = block_at(lane->arena, off);
		tarn__store(&block->next, *first);
		tarn__store(&block->stamp, stamp);
		*first = off;
	}
	return code;
}

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	tarn_off first, counts;
	int code = make_structure(lane, 1, &first, &counts);

	if (!code)
		code = toy_create_fails;
	if (code)
		return code;
	tarn__store(&entry->root.structure, first);
	tarn__store(&entry->root.counts, counts);
	return 0;
}

static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	uint64_t progress = tarn__load(&entry->progress);
	struct toy_block *block;
	int code = toy_dismantle_fails ? toy_dismantle_fails : tarn__lane_reserve(lane, 1, 0, 1, 0);

	if (code)
		return code;
	if (!progress) {
		tarn__set(lane, &entry->progress,
			  tarn__load(&entry->root.structure) | PROGRESS_BEGUN);
		return tarn__heap_free(lane, tarn__load(&entry->root.counts));
	}
	block = block_at(lane->arena, progress & ~(uint64_t)PROGRESS_BEGUN);
	*done = !block;
	if (!block)
		return 0;
	tarn__set(lane, &entry->progress, tarn__load(&block->next) | PROGRESS_BEGUN);
	return tarn__heap_free(lane, progress & ~(uint64_t)PROGRESS_BEGUN);
}

static const struct tarn_kind_ops toy = { .name = "toy", .create = create, .dismantle = dismantle };
static const struct tarn_kind_ops game = { .name = "game", .create = create, .dismantle = dismantle };

const struct tarn_kind_ops *const tarn__kinds[TARN_KINDS] = { [TOY] = &toy, [GAME] = &game };

/* ---- the container ----------------------------------------------------------------------------- */

int
toy_open(struct tarn_arena *arena, const char *name, enum tarn_open_mode how,
	 struct tarn_object **object, bool *created)
{
	struct tarn_type type = { .kind = TOY, .key = TARN_KEY_U64, .value_size = 16 };

	return tarn__object_open(arena, name, &type, how, object, created);
}

static int
clear_in(struct tarn_lane *lane, struct tarn_object *object, uint64_t stamp)
{
	struct tarn_root_shm *root = object->root;
	tarn_off first, counts;
	uint64_t word;
	int code = tarn__lock_wait(lane, &root->node, UINT64_MAX);

	if (code)
		return code;
	word = tarn__load(&root->word);
	if (tarn__word_is_stale(object, word))
		return TARN_REMOVED;
	if (tarn__gate_closed(root))
		return TARN_BUSY;
	code = tarn__bury(lane, root);
	if (!code)
		code = make_structure(lane, stamp, &first, &counts);
	if (!code)
		code = toy_create_fails;
	if (!code)
		code = tarn__lane_reserve(lane, 3, 0, 0, 0);
	if (code)
		return code;
	tarn__dirty(&root->node);
	tarn__set(lane, &root->structure, first);
	tarn__set(lane, &root->counts, counts);
	tarn__set(lane, &root->word, word + TARN_WORD_SWING);
	return tarn__commit(lane);
}

int
toy_clear(struct tarn_object *object, uint64_t stamp)
{
	struct tarn_lane *lane;
	int worse, code = tarn__op_begin(object->arena, &lane);

	if (code)
		return code;
	code = clear_in(lane, object, stamp);
	if (code) {
		worse = tarn__rollback(lane);
		code = worse ? worse : code;
	}
	tarn__op_end(lane);
	return code;
}

/* All blocks, and all of one stamp. */
static int
look_at_blocks(struct tarn_arena *arena, tarn_off off, uint64_t *stamp)
{
	unsigned blocks = 0;

	for (; off; blocks++) {
		const struct toy_block *block = block_at(arena, off);

		if (!block || blocks >= TOY_BLOCKS)
			return TARN_CORRUPT;
		if (blocks && tarn__load(&block->stamp) != *stamp)
			return TARN_CORRUPT;
		*stamp = tarn__load(&block->stamp);
		off = tarn__load(&block->next);
	}
	return blocks == TOY_BLOCKS ? 0 : TARN_CORRUPT;
}

int
toy_look(struct tarn_object *object, uint64_t *stamp)
{
	const struct tarn_root_shm *root = object->root;
	uint64_t seen = tarn__load_acquire(&root->node), word;
	int code;

	if (seen & TARN_NODE_DIRTY)
		return TARN_BUSY;
	word = tarn__load(&root->word);
	code = tarn__word_is_stale(object, word) ? TARN_REMOVED : 0;
	if (!code)
		code = look_at_blocks(object->arena, tarn__load(&root->structure), stamp);
	return tarn__node_still(&root->node, seen) ? code : TARN_BUSY;
}
