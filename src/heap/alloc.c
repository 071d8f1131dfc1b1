// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * alloc.c -- blocks taken and freed: inside operations, and by the public
 *
 * Inside an operation a block is recorded in the log before it leaves the
 * magazine, so that it comes back when the operation is undone.  Outside
 * there is no operation to undo: a block is taken by one store of the
 * magazine's count, and whoever dies before its offset stands anywhere has
 * lost it.  Freeing is the same store the other way, after the block's
 * offset was written beyond the count.
 *
 * A block that is freed must begin where a block begins, its bit must say
 * that it is not free in its span, and it must not be in the slot's own
 * magazine or limbo.  The last is asked of a table of tags in private
 * memory, which is never wrong about "not there" as long as no other block
 * has the same place, and is verified when it says "maybe".
 *
 * Who may write what: the slot's thread, its own log.
 *
 * If a process dies: between two stores here every block is in one place,
 * or, outside of operations, lost to its caller.
 */
#include "heap/inner.h"

#include <string.h>

#include <tarn/heap.h>

/* ---- looking at blocks ------------------------------------------------------------------------- */

/* Descriptors do not go away: those that were seen need not be looked for again. */
static TARN_COLD bool
enter_chunk(struct tarn_lane *lane, uint64_t chunk)
{
	struct tarn_heap_lane *heap = lane->heap;
	uint64_t first = heap->entered;

	if (!tarn__desc(lane->arena, chunk))
		return false;
	if (tarn__at(lane->arena, lane->arena->fixed.descs_off + first * TARN_DESC_SIZE,
		     (chunk + 1 - first) * TARN_DESC_SIZE, 8))
		heap->entered = chunk + 1;
	return true;
}

/* The descriptor of the chunk that an offset is in; NULL: there is none. */
static inline struct tarn_desc_shm *
find_desc(struct tarn_lane *lane, tarn_off in_data)
{
	const struct tarn_heap_lane *heap = lane->heap;
	uint64_t chunk = in_data >> TARN_CHUNK_SHIFT;

	if (unlikely(chunk >= heap->entered) && !enter_chunk(lane, chunk))
		return NULL;
	return (struct tarn_desc_shm *)(heap->descs + chunk * TARN_DESC_SIZE);
}

/* tarn__block_find() for a lane of this thread's own. */
static inline bool
find_block(struct tarn_lane *lane, tarn_off off, struct tarn_block *block)
{
	tarn_off in_data = off - lane->arena->fixed.data_off;
	uint64_t kind;

	block->desc = find_desc(lane, in_data);
	if (!block->desc)
		return false;
	kind = tarn__load(&block->desc->kind);
	if (!tarn__is_span(kind))
		return false;
	block->chunk = in_data >> TARN_CHUNK_SHIFT;
	block->class = (unsigned)(kind >> 8);
	return tarn__block_index(&tarn__size_classes[block->class], in_data, &block->index);
}

static bool
among(const uint64_t *entries, uint64_t count, tarn_off off)
{
	for (uint64_t i = 0; i < count; i++) {
		if (tarn__load(&entries[i]) == off)
			return true;
	}
	return false;
}

/* Whether the slot has the block already; if not, the tag is an old one. */
static TARN_COLD bool
is_freed_twice(struct tarn_lane *lane, tarn_off off, unsigned class)
{
	uint64_t limbo = tarn__commit_limbo(lane->commit) + lane->frees;
	uint64_t count;

	for (unsigned set = 0; set < TARN_SETS; set++) {
		count = tarn__min(tarn__load(tarn__claim_count(lane, set, class)),
				  tarn__size_classes[class].capacity);
		if (among(tarn__claim_entries(lane, set, class), count, off))
			return true;
	}
	for (uint64_t i = 0; i < limbo; i++) {
		if (tarn__load(tarn__list_at(&lane->limbo, i)) == off)
			return true;
	}
	return false;
}

/* Whether the block may be freed, as far as can be known. */
static inline bool
is_in_use(struct tarn_lane *lane, tarn_off off, const struct tarn_block *block)
{
	if (unlikely(tarn__block_free_in_span(block)))
		return false;
	return likely(!tarn__tagged(lane->heap, off)) || !is_freed_twice(lane, off, block->class);
}

static bool
run_in_limbo(struct tarn_lane *lane, tarn_off run)
{
	uint64_t limbo = tarn__commit_limbo(lane->commit) + lane->frees;

	for (uint64_t i = 0; i < limbo; i++) {
		if (tarn__load(tarn__list_at(&lane->limbo, i)) == run)
			return true;
	}
	return false;
}

static bool
is_run_in_use(struct tarn_lane *lane, tarn_off run)
{
	return tarn__run_size(lane->arena, run) &&
	       !(tarn__tagged(lane->heap, run) && run_in_limbo(lane, run));
}

uint64_t
tarn__heap_usable(struct tarn_arena *arena, tarn_off off)
{
	struct tarn_block block;

	if (!tarn__block_find(arena, off, &block))
		return tarn__run_size(arena, off);
	return tarn__block_free_in_span(&block) ? 0 : tarn__size_classes[block.class].size;
}

/* ---- the magazine's top ------------------------------------------------------------------------ */

static TARN_NOINLINE int
refill(struct tarn_lane *lane, unsigned set, unsigned class)
{
	struct tarn_pool pool;
	int code;

	if (tarn__load(tarn__claim_count(lane, set, class)))
		return TARN_CORRUPT; /* more than it can hold */
	if (!tarn__pool_of_set(lane, set, class, &pool))
		return TARN_CORRUPT;
	code = tarn__refill(lane, &pool);
	if (code != TARN_FULL)
		return code;
	tarn__reclaim(lane); /* the class itself may have got back a block */
	return tarn__refill(lane, &pool);
}

static TARN_NOINLINE int
alloc_run(struct tarn_lane *lane, tarn_off region, uint64_t size, bool listed, tarn_off *run)
{
	int code = tarn__run_alloc(lane, region, size, listed, run);

	if (code == TARN_FULL && tarn__reclaim(lane))
		code = tarn__run_alloc(lane, region, size, listed, run);
	return code;
}

static TARN_NOINLINE int
flush(struct tarn_lane *lane, unsigned set, unsigned class)
{
	struct tarn_pool pool;

	if (!tarn__pool_of_set(lane, set, class, &pool))
		return TARN_CORRUPT;
	return tarn__flush(lane, &pool, TARN_WAIT);
}

/* The block that the magazine gives next, and stays there; false: it has none, or who knows. */
static inline bool
top_of(struct tarn_heap_lane *heap, const struct tarn_magazine *magazine, tarn_off *block)
{
	uint64_t n = tarn__load(magazine->count) - 1;

	if (unlikely(n >= magazine->capacity))
		return false;
	*block = tarn__load(&magazine->entries[n]);
	if (unlikely(*block - heap->data_off >= magazine->reach) || unlikely(*block & 15))
		return false;
	tarn__tag_clear(heap, *block);
	return true;
}

/* The same, in either set; false: it has none, or one that was scribbled upon and would fault. */
static bool
look_at_top(struct tarn_lane *lane, unsigned set, unsigned class, tarn_off *block)
{
	struct tarn_heap_lane *heap = lane->heap;
	struct tarn_magazine *magazine = &heap->magazines[class];
	uint64_t n = tarn__load(tarn__claim_count(lane, set, class)) - 1;
	uint64_t size = tarn__size_classes[class].size;

	if (n >= magazine->capacity)
		return false;
	*block = tarn__load(&tarn__claim_entries(lane, set, class)[n]);
	if (*block < heap->data_off || !tarn__at(lane->arena, *block, size, 16))
		return false;
	magazine->reach = tarn__solid_reach(lane->arena, size);
	tarn__tag_clear(heap, *block);
	return true;
}

/* The same, with a refill if need be. */
static int
find_top(struct tarn_lane *lane, unsigned set, unsigned class, tarn_off *block)
{
	int code;

	if (look_at_top(lane, set, class, block))
		return 0;
	code = refill(lane, set, class);
	if (code)
		return code;
	return look_at_top(lane, set, class, block) ? 0 : TARN_CORRUPT;
}

/* ---- inside operations ------------------------------------------------------------------------- */

/* The block freed last, if it is of this class and region, and its free is committed. */
static bool
top_of_limbo_fits(struct tarn_lane *lane, tarn_off region, unsigned class, tarn_off *off)
{
	uint64_t n = tarn__commit_limbo(lane->commit);
	struct tarn_block block;

	if (!n || lane->frees)
		return false;
	*off = tarn__load(tarn__list_at(&lane->limbo, n - 1));
	return find_block(lane, *off, &block) &&
	       tarn__load(&block.desc->kind) == tarn__span_kind(class, region) &&
	       tarn__load(&block.desc->region) == region &&
	       !tarn__block_free_in_span(&block);
}

/* Of region 0, or of the one that set 1 is of. */
static int
take_block(struct tarn_lane *lane, tarn_off region, unsigned class, tarn_off *block)
{
	unsigned set = region != 0;
	uint64_t *count = tarn__claim_count(lane, set, class);
	int code;

	if (top_of_limbo_fits(lane, region, class, block)) {
		tarn__tag_clear(lane->heap, *block);
		tarn__take_freed(lane);
		return 0;
	}
	code = find_top(lane, set, class, block);
	if (!code)
		tarn__take(lane, count, tarn__load(count) - 1, *block);
	return code;
}

int
tarn__heap_alloc(struct tarn_lane *lane, uint64_t size, tarn_off *block)
{
	int code = tarn__lane_reserve(lane, 0, 1, 0, 0);

	if (code)
		return code;
	if (unlikely(size > TARN_BLOCK_MAX))
		return alloc_run(lane, 0, size, true, block);
	return take_block(lane, 0, tarn__class_of_size(size), block);
}

int
tarn__heap_alloc_node(struct tarn_lane *lane, enum tarn_heap_class which, tarn_off *block)
{
	int code = tarn__lane_reserve(lane, 0, 1, 0, 0);

	tarn_assert((unsigned)which >= TARN_CLASSES_DATA);
	tarn_assert((unsigned)which < TARN_CLASSES);
	return code ? code : take_block(lane, 0, which, block);
}

int
tarn__region_alloc(struct tarn_lane *lane, tarn_off region, uint64_t size, tarn_off *block)
{
	int code = tarn__lane_reserve(lane, 0, 1, 0, 0);

	if (code)
		return code;
	if (size > TARN_BLOCK_MAX)
		return alloc_run(lane, region, size, true, block);
	code = tarn__adopt_region(lane, region);
	return code ? code : take_block(lane, region, tarn__class_of_size(size), block);
}

int
tarn__heap_free(struct tarn_lane *lane, tarn_off off)
{
	struct tarn_block block;
	int code = tarn__lane_reserve(lane, 0, 0, 1, 0);

	if (code)
		return code;
	if (find_block(lane, off, &block) ? !is_in_use(lane, off, &block) :
					    !is_run_in_use(lane, off))
		return TARN_INVALID;
	tarn__tag_set(lane->heap, off);
	tarn__free_later(lane, off);
	return 0;
}

/* ---- the public calls -------------------------------------------------------------------------- */

static inline void
take_top(const struct tarn_magazine *magazine)
{
	tarn__store(magazine->count, tarn__load(magazine->count) - 1);
}

static TARN_NOINLINE int
alloc_slowly(struct tarn_arena *arena, uint64_t size, tarn_off *block)
{
	struct tarn_lane *lane;
	struct tarn_heap_lane *heap;
	int code = tarn__op_begin(arena, &lane);
	unsigned class;

	*block = 0;
	if (code)
		return code;
	if (size > TARN_BLOCK_MAX) {
		code = alloc_run(lane, 0, size, false, block);
	} else {
		heap = lane->heap;
		class = tarn__class_of_size(size);
		code = find_top(lane, 0, class, block);
		if (!code)
			take_top(&heap->magazines[class]);
	}
	tarn__op_end(lane);
	if (code)
		*block = 0;
	return code;
}

int
tarn_alloc(struct tarn_arena *arena, uint64_t size, tarn_off *block)
{
	const struct tarn_magazine *magazine;
	struct tarn_lane *lane = NULL;
	tarn_off off;

	if (likely(size <= TARN_BLOCK_MAX))
		lane = tarn__op_begin_now(arena);
	if (unlikely(!lane))
		return alloc_slowly(arena, size, block);
	magazine = &((struct tarn_heap_lane *)lane->heap)->magazines[tarn__class_of_size(size)];
	if (unlikely(!top_of(lane->heap, magazine, &off))) {
		tarn__op_quit(lane);
		return alloc_slowly(arena, size, block);
	}
	take_top(magazine);
	tarn__op_quit(lane);
	*block = off;
	return 0;
}

/* The smallest class that has room, and whose blocks all begin where is asked. */
static unsigned
aligned_class(uint64_t align, uint64_t size)
{
	unsigned class = tarn__class_of_size(size);

	while (class < TARN_CLASSES_DATA && tarn__size_classes[class].size % align)
		class++;
	return class;
}

int
tarn_alloc_aligned(struct tarn_arena *arena, uint64_t align, uint64_t size, tarn_off *block)
{
	unsigned class;

	*block = 0;
	if (!align || (align & (align - 1)) || align > TARN_CHUNK)
		return TARN_INVALID;
	if (size > TARN_BLOCK_MAX || align <= 16)
		return tarn_alloc(arena, size, block);
	class = aligned_class(align, size);
	if (class == TARN_CLASSES_DATA)
		return tarn_alloc(arena, TARN_BLOCK_MAX + 1, block);
	return tarn_alloc(arena, tarn__size_classes[class].size, block);
}

/* Not of a region: only who holds that may free, or the rest of this call could come after its end. */
static int
free_run(struct tarn_lane *lane, tarn_off run)
{
	if (!is_run_in_use(lane, run))
		return TARN_INVALID;
	return tarn__run_free_of(lane, 0, run, TARN_FROM_MAGAZINE, TARN_WAIT);
}

/* The magazine has room. */
static inline void
put_on_top(struct tarn_heap_lane *heap, const struct tarn_magazine *magazine, tarn_off off)
{
	uint64_t n = tarn__load(magazine->count);

	tarn__tag_set(heap, off);
	tarn__store(&magazine->entries[n], off);
	tarn__barrier();
	tarn__store(magazine->count, n + 1);
}

static int
free_block(struct tarn_lane *lane, tarn_off off)
{
	struct tarn_heap_lane *heap = lane->heap;
	const struct tarn_magazine *magazine;
	struct tarn_block block;
	int code;

	if (!find_block(lane, off, &block))
		return free_run(lane, off);
	if (!is_in_use(lane, off, &block) || block.class >= TARN_CLASSES_DATA ||
	    tarn__load(&block.desc->region))
		return TARN_INVALID;
	magazine = &heap->magazines[block.class];
	if (tarn__load(magazine->count) >= magazine->capacity) {
		code = flush(lane, 0, block.class);
		if (code)
			return code;
	}
	put_on_top(heap, magazine, off);
	return 0;
}

static TARN_NOINLINE int
free_slowly(struct tarn_arena *arena, tarn_off block)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(arena, &lane);

	if (code)
		return code;
	code = free_block(lane, block);
	tarn__op_end(lane);
	return code;
}

/* A block of region 0, for data, certainly not free, and room in its magazine; NULL: who knows. */
static inline const struct tarn_magazine *
magazine_for(struct tarn_heap_lane *heap, tarn_off off)
{
	tarn_off in_data = off - heap->data_off;
	uint64_t chunk = in_data >> TARN_CHUNK_SHIFT, class;
	const struct tarn_magazine *magazine;
	struct tarn_block block;

	if (unlikely(chunk >= heap->entered))
		return NULL;
	block.desc = (struct tarn_desc_shm *)(heap->descs + chunk * TARN_DESC_SIZE);
	class = tarn__load(&block.desc->kind) - TARN_DESC_SPAN;
	class = class >> 8 | class << 56; /* one comparison for both: a span's, and which */
	if (unlikely(class >= TARN_CLASSES_DATA) ||
	    unlikely(!tarn__block_index(&tarn__size_classes[class], in_data, &block.index)) ||
	    unlikely(tarn__block_free_in_span(&block)) || unlikely(tarn__tagged(heap, off)))
		return NULL;
	magazine = &heap->magazines[class];
	return likely(tarn__load(magazine->count) < magazine->capacity) ? magazine : NULL;
}

int
tarn_free(struct tarn_arena *arena, tarn_off block)
{
	struct tarn_lane *lane = tarn__op_begin_now(arena);
	const struct tarn_magazine *magazine;

	if (unlikely(!lane))
		return free_slowly(arena, block);
	magazine = magazine_for(lane->heap, block);
	if (unlikely(!magazine)) {
		tarn__op_quit(lane);
		return free_slowly(arena, block);
	}
	put_on_top(lane->heap, magazine, block);
	tarn__op_quit(lane);
	return 0;
}

/* ---- a region's blocks, without a log ---------------------------------------------------------- */

/* Set 1's, once that is the region's. */
static inline struct tarn_magazine
region_magazine(const struct tarn_lane *lane, unsigned class)
{
	const struct tarn_heap_lane *heap = lane->heap;

	return (struct tarn_magazine){
		.count = tarn__claim_count(lane, 1, class),
		.entries = tarn__claim_entries(lane, 1, class),
		.capacity = heap->magazines[class].capacity,
		.reach = heap->magazines[class].reach,
	};
}

static inline int
adopt(struct tarn_lane *lane, tarn_off region)
{
	if (likely(tarn__load(tarn__claim_count(lane, 1, TARN_CLAIM_REGION)) == region))
		return 0;
	return tarn__adopt_region(lane, region);
}

int
tarn__region_take(struct tarn_lane *lane, tarn_off region, uint64_t size, tarn_off *block)
{
	unsigned class = tarn__class_of_size(size);
	const struct tarn_magazine magazine = region_magazine(lane, class);
	int code = adopt(lane, region);

	if (likely(!code) && unlikely(!top_of(lane->heap, &magazine, block)))
		code = find_top(lane, 1, class, block);
	if (likely(!code))
		take_top(&magazine);
	return code;
}

int
tarn__region_give(struct tarn_lane *lane, tarn_off region, tarn_off off)
{
	struct tarn_magazine magazine;
	struct tarn_block block;
	int code;

	if (!find_block(lane, off, &block))
		return TARN_NOT_FOUND;
	if (tarn__load(&block.desc->region) != region || block.class >= TARN_CLASSES_DATA ||
	    !is_in_use(lane, off, &block))
		return TARN_INVALID;
	magazine = region_magazine(lane, block.class);
	code = adopt(lane, region);
	if (!code && tarn__load(magazine.count) >= magazine.capacity)
		code = flush(lane, 1, block.class);
	if (!code)
		put_on_top(lane->heap, &magazine, off);
	return code;
}

/* ---- realloc ----------------------------------------------------------------------------------- */

/* Whether it can stay where it is, at no cost: not too small, and no more than half empty. */
static bool
fits(uint64_t usable, uint64_t size)
{
	return size <= usable && (size > usable / 2 || usable <= 32);
}

static int
resize_run(struct tarn_arena *arena, tarn_off run, uint64_t size)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(arena, &lane);

	if (code)
		return code;
	code = tarn__run_resize(lane, run, size);
	tarn__op_end(lane);
	return code;
}

static int
move(struct tarn_arena *arena, tarn_off from, uint64_t usable, uint64_t size, tarn_off *to)
{
	uint64_t length = tarn__min(usable, size);
	const void *source = tarn__at(arena, from, usable, 1);
	void *target;
	int code = tarn_alloc(arena, size, to);

	if (code)
		return code;
	target = tarn__at(arena, *to, tarn__max(1, length), 1);
	if (source && target) {
		memmove(target, source, length); /* in a damaged arena they may overlap */
		code = tarn_free(arena, from);
		if (!code)
			return 0;
	}
	if (tarn_free(arena, *to))
		code = TARN_CORRUPT;
	*to = 0;
	return code ? code : TARN_CORRUPT;
}

/* Its owner must not change. */
static bool
is_of_region(struct tarn_arena *arena, tarn_off block)
{
	const struct tarn_desc_shm *desc =
		tarn__desc(arena, (block - arena->fixed.data_off) >> TARN_CHUNK_SHIFT);

	return desc && tarn__load(&desc->region);
}

int
tarn_realloc(struct tarn_arena *arena, tarn_off block, uint64_t size, tarn_off *moved)
{
	uint64_t usable;
	int code;

	*moved = 0;
	if (arena->readonly)
		return TARN_READ_ONLY;
	if (!block)
		return tarn_alloc(arena, size, moved);
	usable = tarn__heap_usable(arena, block);
	if (!usable || is_of_region(arena, block))
		return TARN_INVALID;
	*moved = block;
	if (fits(usable, size))
		return 0;
	if (usable > TARN_BLOCK_MAX && size > TARN_BLOCK_MAX) {
		code = resize_run(arena, block, size);
		if (code != TARN_FULL)
			return code;
	}
	code = move(arena, block, usable, size, moved);
	if (code)
		*moved = block;
	return code;
}

/* ---- looking ----------------------------------------------------------------------------------- */

uint64_t
tarn_usable_size(struct tarn_arena *arena, tarn_off block)
{
	return tarn__heap_usable(arena, block);
}

uint64_t
tarn_max_size(const struct tarn_arena *arena)
{
	return arena->fixed.max_size;
}

void *
tarn_pointer(struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	if (unlikely(off < arena->fixed.data_off))
		return NULL;
	return tarn__at(arena, off, size ? size : 1, 1);
}

tarn_off
tarn_offset(const struct tarn_arena *arena, const void *pointer)
{
	tarn_off off = (tarn_off)((uintptr_t)pointer - (uintptr_t)arena->base);

	return off >= arena->fixed.data_off && off < arena->window_size ? off : 0;
}
