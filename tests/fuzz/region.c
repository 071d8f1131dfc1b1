// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- regions, and blocks without one, in damaged arenas
 *
 * The root of the region is a block with offsets of others.
 */
#include "fuzz/fuzz.h"

#include <string.h>

#define BLOCKS 60u
#define SIZES 6u

static const uint64_t sizes[SIZES] = { 16, 100, 500, 3000, 20000, 70000 };

static struct tarn_region *
open_region(struct tarn_arena *arena, enum tarn_open_mode how)
{
	struct tarn_region *region;

	(void)fuzz_told(tarn_region_open(arena, &region, "region", how, NULL));
	return region;
}

static uint64_t *
words_at(struct tarn_arena *arena, tarn_off off, uint64_t count)
{
	return tarn_pointer(arena, off & ~UINT64_C(7), 8 * count);
}

static void
build(struct tarn_arena *arena)
{
	struct tarn_region *region = open_region(arena, TARN_CREATE);
	tarn_off root, loose;
	uint64_t *words;

	fuzz_must(tarn_region_alloc(region, 8 * BLOCKS, &root));
	words = words_at(arena, root, BLOCKS);
	for (unsigned i = 0; i < BLOCKS; i++)
		fuzz_must(tarn_region_alloc(region, sizes[i % (SIZES - (i > SIZES))], &words[i]));
	fuzz_must(tarn_region_set_root(region, root));
	fuzz_must(tarn_alloc(arena, 1000, &loose));
	fuzz_must(tarn_alloc(arena, 40, &loose));
	fuzz_must(tarn_free(arena, loose));
	tarn_region_close(region);
}

static void
begin(struct tarn_arena *arena)
{
	struct tarn_region *region = open_region(arena, TARN_OPEN);
	struct tarn_object *object = tarn_region_object(region);
	struct tarn_txn *txn;
	tarn_off root, off;

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	region = tarn_region_in(region, txn);
	fuzz_must(tarn_region_root(region, &root));
	fuzz_must(tarn_txn_log(txn, root, 8 * BLOCKS));
	for (unsigned i = 0; i < 20; i++)
		fuzz_must(tarn_region_alloc(region, sizes[i % 4], &off));
	fuzz_must(tarn_region_free(region, words_at(arena, root, BLOCKS)[7]));
	memset(words_at(arena, root, BLOCKS), 0, 8 * BLOCKS);
	fuzz_must(tarn_region_set_root(region, off));
}

/* ---- every call -------------------------------------------------------------------------------- */

static void
change(struct tarn_arena *arena, struct tarn_region *region)
{
	uint64_t *words;
	tarn_off root = 0, off;

	(void)fuzz_told(tarn_region_root(region, &root));
	words = words_at(arena, root, BLOCKS);
	for (unsigned i = 0; i < 10; i++) {
		off = words ? words[fuzz_roll(BLOCKS)] : root + fuzz_roll(1000);
		(void)tarn_usable_size(arena, off);
		(void)fuzz_told(tarn_region_free(region, off));
		(void)fuzz_told(tarn_region_alloc(region, sizes[fuzz_roll(SIZES)], &off));
	}
	(void)fuzz_told(tarn_region_set_root(region, fuzz_roll(2) ? root : off));
}

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	struct tarn_region *region = tarn_region_in(handle, txn);
	tarn_off off = 0, root = 0;

	if (!fuzz_told(tarn_region_root(region, &root)))
		(void)fuzz_told(tarn_txn_log(txn, root, 8 + 8 * fuzz_roll(500)));
	if (!fuzz_told(tarn_region_alloc(region, 300, &off)))
		(void)fuzz_told(tarn_txn_log(txn, off, 300));
	(void)fuzz_told(tarn_region_free(region, off));
}

static void
use_blocks(struct tarn_arena *arena)
{
	tarn_off off = 0, moved;

	for (unsigned i = 0; i < 6; i++) {
		if (fuzz_told(tarn_alloc(arena, sizes[fuzz_roll(SIZES)], &off)))
			continue;
		if (!fuzz_told(tarn_realloc(arena, off, sizes[fuzz_roll(SIZES)], &moved)))
			off = moved;
		(void)fuzz_told(tarn_free(arena, fuzz_roll(2) ? off : off + 16));
		(void)fuzz_told(tarn_alloc_aligned(arena, 4096, 5000, &off));
	}
}

static void
use(struct tarn_arena *arena)
{
	struct tarn_region *region = open_region(arena, TARN_OPEN);

	use_blocks(arena);
	if (!region)
		return;
	change(arena, region);
	fuzz_txn(arena, tarn_region_object(region), in_txn, region);
	if (fuzz_roll(2))
		(void)fuzz_told(tarn_object_remove(arena, "region"));
	tarn_region_close(region);
}

const struct fuzz_kind fuzz_region = { "region", build, begin, use };
