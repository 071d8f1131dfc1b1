// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- blocks: sizes, alignment, bad offsets, runs, a full arena, others' blocks
 *
 * Deaths are in crash/heap.c, random operations in model/heap.c.
 */
#include "heap/inner.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn/heap.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define SMALL (1 * MIB) /* the least that an arena can be */
#define LARGE (64 * MIB)

static struct tarn_arena *arena;

static void
open_arena(uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size };

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
}

static void
open_small(void)
{
	open_arena(SMALL);
}

static void
open_large(void)
{
	open_arena(LARGE);
}

static void
close_arena(void)
{
	tarn_arena_close(arena);
}

static tarn_off
must_alloc(uint64_t size)
{
	tarn_off block;

	ck_assert_int_eq(tarn_alloc(arena, size, &block), 0);
	ck_assert_uint_ne(block, 0);
	return block;
}

static void
must_free(tarn_off block)
{
	ck_assert_int_eq(tarn_free(arena, block), 0);
}

/* ---- what the walk sees ------------------------------------------------------------------------ */

static struct seen {
	uint64_t free_chunks, spans, runs, run_chunks;
	int64_t in_use; /* blocks and runs */
} seen;

static int
see_item(const struct tarn_heap_item *item, void *arg)
{
	(void)arg;
	seen.free_chunks += item->kind == TARN_HEAP_FREE;
	seen.spans += item->kind == TARN_HEAP_SPAN;
	seen.runs += item->kind == TARN_HEAP_RUN;
	seen.run_chunks += item->kind == TARN_HEAP_RUN ? item->chunks : 0;
	seen.in_use += item->kind == TARN_HEAP_RUN;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++)
		seen.in_use += !(item->free[i / 64] >> i % 64 & 1);
	return 0;
}

static int
see_claim(enum tarn_heap_claim where, tarn_off block, void *arg)
{
	(void)where;
	(void)arg;
	ck_assert_uint_ne(tarn_usable_size(arena, block), 0);
	seen.in_use--;
	return 0;
}

static void
walk(void)
{
	seen = (struct seen){ 0 };
	ck_assert_int_eq(tarn__heap_walk(arena, see_item, NULL), 0);
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++)
		ck_assert_int_eq(tarn__heap_claims(arena, slot, see_claim, NULL), 0);
}

static void
assert_in_use(int64_t blocks)
{
	walk();
	ck_assert_int_eq(seen.in_use, blocks);
}

/* ---- classes ----------------------------------------------------------------------------------- */

START_TEST(the_table_of_classes_is_what_its_rule_says)
{
	uint64_t claims = 0, size = 0;

	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		const struct tarn_size_class *row = &tarn__size_classes[class];
		uint64_t most = 16 * KIB / row->size;

		if (class < TARN_CLASSES_DATA) {
			size += size < 128 ? 16 : (UINT64_C(1) << tarn__log2(size)) / 4;
			ck_assert_uint_eq(row->size, size);
		} else if (class < TARN_CLASS_LEAF) {
			most = most > 2 ? 2 : most;
		}
		ck_assert_uint_eq(row->nodes, class >= TARN_CLASSES_DATA);
		ck_assert_uint_eq(row->size % 16, 0);
		ck_assert_uint_eq(row->blocks, TARN_CHUNK / row->size);
		ck_assert_uint_eq(row->capacity, most > 64 ? 64 : most ? most : 1);
		ck_assert_uint_eq(row->first, claims);
		claims += row->capacity;
	}
	ck_assert_uint_eq(size, TARN_BLOCK_MAX);
	ck_assert_uint_le(claims, TARN_SET_CLAIMS);
	ck_assert_uint_le(TARN_SETS * TARN_SET_CLAIMS, TARN_CLAIM_BLOCKS);
}
END_TEST

START_TEST(every_size_has_the_smallest_class_that_holds_it)
{
	unsigned class = 0;

	for (uint64_t size = 1; size <= TARN_BLOCK_MAX; size++) {
		class += size > tarn__size_classes[class].size;
		ck_assert_uint_eq(tarn__class_of_size(size), class);
	}
	ck_assert_uint_eq(tarn__class_of_size(0), 0);
}
END_TEST

START_TEST(an_index_is_found_for_beginnings_of_blocks_and_nothing_else)
{
	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		const struct tarn_size_class *row = &tarn__size_classes[class];
		unsigned index, wrong = 0;

		for (uint64_t off = 0; off < TARN_CHUNK; off++) {
			bool begins = off % row->size == 0 && off / row->size < row->blocks;

			wrong += tarn__block_index(row, off, &index) != begins;
			wrong += begins && index != off / row->size;
		}
		ck_assert_uint_eq(wrong, 0);
	}
}
END_TEST

START_TEST(blocks_of_every_size_are_apart_and_large_enough)
{
	static tarn_off blocks[4096];
	unsigned count = 0;

	for (uint64_t size = 0; size <= 2 * TARN_BLOCK_MAX; size += 1 + size / 16) {
		tarn_off block = must_alloc(size);
		char *memory = tarn_pointer(arena, block, size);

		ck_assert_ptr_nonnull(memory);
		ck_assert_uint_eq(block % 16, 0);
		ck_assert_uint_ge(tarn_usable_size(arena, block), size);
		ck_assert_uint_eq(tarn_offset(arena, memory), block);
		memset(memory, (int)count, tarn_usable_size(arena, block));
		blocks[count++] = block;
	}
	assert_in_use(count);
	for (unsigned i = 0; i < count; i++) {
		const unsigned char *memory = tarn_pointer(arena, blocks[i], 1);
		uint64_t size = tarn_usable_size(arena, blocks[i]);

		ck_assert_uint_eq(memory[0], i & 255);
		ck_assert_uint_eq(memory[size - 1], i & 255);
		must_free(blocks[i]);
	}
	assert_in_use(0);
}
END_TEST

START_TEST(alignment_is_kept_for_offset_and_address)
{
	for (uint64_t align = 1; align <= TARN_CHUNK; align *= 2) {
		for (uint64_t size = 1; size < 100 * KIB; size = size * 3 + 1) {
			tarn_off in_the_way = must_alloc(size), block;

			ck_assert_int_eq(tarn_alloc_aligned(arena, align, size, &block), 0);
			ck_assert_uint_eq(block % align, 0);
			ck_assert_uint_eq((uintptr_t)tarn_pointer(arena, block, size) % align, 0);
			ck_assert_uint_ge(tarn_usable_size(arena, block), size);
			must_free(block);
			must_free(in_the_way);
		}
	}
	assert_in_use(0);
}
END_TEST

START_TEST(alignments_that_cannot_be_are_refused)
{
	static const uint64_t aligns[] = { 0, 3, 48, 65535, 2 * TARN_CHUNK, UINT64_MAX };
	tarn_off block = 1;

	for (size_t i = 0; i < TARN_ARRAY_SIZE(aligns); i++) {
		ck_assert_int_eq(tarn_alloc_aligned(arena, aligns[i], 8, &block), TARN_INVALID);
		ck_assert_uint_eq(block, 0);
	}
}
END_TEST

/* ---- mistakes ---------------------------------------------------------------------------------- */

START_TEST(a_block_freed_twice_is_refused)
{
	for (uint64_t size = 1; size < 300 * KIB; size = size * 2 + 1) {
		tarn_off block = must_alloc(size);

		must_free(block);
		ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	}
	assert_in_use(0);
}
END_TEST

START_TEST(a_block_freed_twice_is_refused_after_many_others_too)
{
	tarn_off blocks[40];

	for (unsigned i = 0; i < 40; i++)
		blocks[i] = must_alloc(64);
	for (unsigned i = 0; i < 40; i++)
		must_free(blocks[i]);
	for (unsigned i = 0; i < 40; i++)
		ck_assert_int_eq(tarn_free(arena, blocks[i]), TARN_INVALID);
	assert_in_use(0);
}
END_TEST

START_TEST(a_block_freed_again_once_it_was_taken_again_is_fine)
{
	for (unsigned i = 0; i < 1000; i++)
		must_free(must_alloc(64));
	assert_in_use(0);
}
END_TEST

START_TEST(a_block_freed_in_an_operation_and_outside_is_refused)
{
	tarn_off block = must_alloc(200), run = must_alloc(100000);
	struct tarn_lane *lane;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_free(lane, block), 0);
	ck_assert_int_eq(tarn__heap_free(lane, block), TARN_INVALID);
	ck_assert_int_eq(tarn__heap_free(lane, run), 0);
	ck_assert_int_eq(tarn__heap_free(lane, run), TARN_INVALID);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, run), TARN_INVALID);
	assert_in_use(0);
}
END_TEST

START_TEST(an_undone_free_is_no_free)
{
	tarn_off block = must_alloc(200);
	struct tarn_lane *lane;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_free(lane, block), 0);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	tarn__op_end(lane);
	must_free(block);
	assert_in_use(0);
}
END_TEST

START_TEST(offsets_where_no_block_begins_are_refused)
{
	tarn_off block = must_alloc(48), run = must_alloc(200000);
	uint64_t window = arena->window_size;
	const tarn_off bad[] = { 0, 8, 4096, block + 8, block + 16, block + 1, run + 16,
				 run + TARN_CHUNK, run - TARN_CHUNK + 8, window, window - 16,
				 UINT64_MAX, UINT64_MAX - 15, arena->fixed.data_off - 16,
				 arena->fixed.logs_off, arena->fixed.descs_off,
				 tarn__chunk_off(arena, 0) + 65520 };

	for (size_t i = 0; i < TARN_ARRAY_SIZE(bad); i++) {
		tarn_off moved;

		ck_assert_int_eq(tarn_free(arena, bad[i]), TARN_INVALID);
		ck_assert_uint_eq(tarn_usable_size(arena, bad[i]), 0);
		if (bad[i])
			ck_assert_int_eq(tarn_realloc(arena, bad[i], 10, &moved), TARN_INVALID);
	}
	assert_in_use(2);
}
END_TEST

START_TEST(nodes_are_not_the_publics_to_free)
{
	struct tarn_lane *lane;
	tarn_off block;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_alloc_node(lane, TARN_HEAP_SEGMENT, &block), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	assert_in_use(1);
}
END_TEST

START_TEST(pointers_are_given_to_data_only)
{
	tarn_off block = must_alloc(100);

	ck_assert_ptr_nonnull(tarn_pointer(arena, block, 0));
	ck_assert_ptr_null(tarn_pointer(arena, 0, 8));
	ck_assert_ptr_null(tarn_pointer(arena, arena->fixed.logs_off, 8));
	ck_assert_ptr_null(tarn_pointer(arena, arena->window_size - 8, 8));
	ck_assert_ptr_null(tarn_pointer(arena, block, UINT64_MAX));
	ck_assert_uint_eq(tarn_offset(arena, &block), 0);
	ck_assert_uint_eq(tarn_offset(arena, arena->base), 0);
}
END_TEST

/* ---- runs -------------------------------------------------------------------------------------- */

START_TEST(runs_are_whole_chunks_and_come_back)
{
	tarn_off a = must_alloc(TARN_BLOCK_MAX + 1), b = must_alloc(3 * TARN_CHUNK), c;

	ck_assert_uint_eq(tarn_usable_size(arena, a), TARN_CHUNK);
	ck_assert_uint_eq(tarn_usable_size(arena, b), 3 * TARN_CHUNK);
	walk();
	ck_assert_uint_eq(seen.runs, 2);
	ck_assert_uint_eq(seen.run_chunks, 4);
	must_free(b);
	c = must_alloc(2 * TARN_CHUNK);
	ck_assert_uint_eq(c, b); /* first fit */
	must_free(c);
	must_free(a);
	assert_in_use(0);
}
END_TEST

START_TEST(a_run_grows_in_place_where_it_can_and_keeps_its_bytes_where_not)
{
	tarn_off a = must_alloc(2 * TARN_CHUNK), b, moved;
	char *memory = tarn_pointer(arena, a, 1);

	memset(memory, 7, 2 * TARN_CHUNK);
	ck_assert_int_eq(tarn_realloc(arena, a, 5 * TARN_CHUNK, &moved), 0);
	ck_assert_uint_eq(moved, a);
	ck_assert_uint_eq(tarn_usable_size(arena, a), 5 * TARN_CHUNK);
	b = must_alloc(TARN_CHUNK);
	ck_assert_uint_eq(b, a + 5 * TARN_CHUNK);
	ck_assert_int_eq(tarn_realloc(arena, a, 6 * TARN_CHUNK, &moved), 0);
	ck_assert_uint_ne(moved, a);
	memory = tarn_pointer(arena, moved, 2 * TARN_CHUNK);
	ck_assert(memory[0] == 7 && memory[2 * TARN_CHUNK - 1] == 7);
	ck_assert_int_eq(tarn_realloc(arena, moved, 2 * TARN_CHUNK, &a), 0);
	ck_assert_uint_eq(moved, a);
	ck_assert_uint_eq(tarn_usable_size(arena, a), 2 * TARN_CHUNK);
	assert_in_use(2);
}
END_TEST

START_TEST(a_run_grows_over_the_end_of_what_was_given)
{
	tarn_off a = must_alloc(2 * TARN_CHUNK), moved;

	ck_assert_int_eq(tarn_realloc(arena, a, 30 * MIB, &moved), 0);
	ck_assert_uint_eq(moved, a);
	ck_assert_ptr_nonnull(tarn_pointer(arena, a, 30 * MIB));
	must_free(a);
	assert_in_use(0);
}
END_TEST

START_TEST(a_block_that_is_made_larger_keeps_its_bytes)
{
	tarn_off block, moved;
	uint64_t size = 1;

	ck_assert_int_eq(tarn_realloc(arena, 0, size, &block), 0);
	memset(tarn_pointer(arena, block, 1), 5, 1);
	for (; size < 4 * MIB; size *= 2) {
		char *memory;

		ck_assert_int_eq(tarn_realloc(arena, block, size * 2, &moved), 0);
		memory = tarn_pointer(arena, moved, size * 2);
		ck_assert(memory[0] == 5 && memory[size - 1] == 5);
		memset(memory, 5, size * 2);
		block = moved;
	}
	for (; size > 1; size /= 2) {
		ck_assert_int_eq(tarn_realloc(arena, block, size, &moved), 0);
		ck_assert_int_eq(*(char *)tarn_pointer(arena, moved, 1), 5);
		block = moved;
	}
	assert_in_use(1);
}
END_TEST

START_TEST(what_can_never_be_had_is_too_big)
{
	tarn_off block;

	ck_assert_uint_eq(tarn_max_size(arena), SMALL);
	ck_assert_int_eq(tarn_alloc(arena, SMALL + 1, &block), TARN_TOO_BIG);
	ck_assert_int_eq(tarn_alloc(arena, UINT64_MAX, &block), TARN_TOO_BIG);
	ck_assert_uint_eq(block, 0);
	block = must_alloc(SMALL);
	ck_assert_int_eq(tarn_alloc(arena, 1, &(tarn_off){ 0 }), TARN_FULL);
	must_free(block);
	assert_in_use(0);
}
END_TEST

/* ---- a full arena ------------------------------------------------------------------------------ */

START_TEST(a_full_arena_says_so_and_can_be_emptied_and_filled_again)
{
	static tarn_off blocks[SMALL / 16 + 1];
	static const uint64_t sizes[] = { 16, 100, 1000, 10000, 30000, 100000 };

	for (size_t k = 0; k < TARN_ARRAY_SIZE(sizes); k++) {
		unsigned count = 0;
		int code;

		while ((code = tarn_alloc(arena, sizes[k], &blocks[count])) == 0)
			count++;
		ck_assert_int_eq(code, TARN_FULL);
		/* all but what other sizes keep, and what is too short for one more */
		ck_assert_uint_gt(count * sizes[k], SMALL / 2);
		assert_in_use(count);
		while (count > 0)
			must_free(blocks[--count]);
		assert_in_use(0);
	}
}
END_TEST

START_TEST(spans_that_are_free_become_runs_and_others_spans)
{
	static tarn_off blocks[700];

	for (unsigned i = 0; i < 700; i++)
		blocks[i] = must_alloc(1024);
	for (unsigned i = 0; i < 700; i++)
		must_free(blocks[i]);
	walk();
	ck_assert_uint_le(seen.spans, 2);
	must_free(must_alloc(10 * TARN_CHUNK));
}
END_TEST

START_TEST(memory_of_nodes_never_becomes_anything_else)
{
	struct tarn_lane *lane;
	tarn_off nodes[40];

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	for (unsigned i = 0; i < 40; i++) {
		ck_assert_int_eq(tarn__heap_alloc_node(lane, TARN_HEAP_SEGMENT, &nodes[i]), 0);
		ck_assert_uint_eq(*(uint64_t *)tarn_pointer(arena, nodes[i], 8), 0);
	}
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	for (unsigned i = 0; i < 40; i++)
		ck_assert_int_eq(tarn__heap_free(lane, nodes[i]), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	walk();
	ck_assert_uint_eq(seen.spans, 6);
	ck_assert_int_eq(seen.in_use, 0);
}
END_TEST

START_TEST(node_memory_that_was_data_begins_as_zero)
{
	tarn_off run = must_alloc(SMALL), block;
	struct tarn_lane *lane;

	memset(tarn_pointer(arena, run, SMALL), 0xff, SMALL);
	must_free(run);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_alloc_node(lane, TARN_HEAP_ROOT, &block), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	for (unsigned i = 0; i < 64; i++)
		ck_assert_uint_eq(((uint64_t *)tarn_pointer(arena, block, 512))[i], 0);
}
END_TEST

/* ---- operations -------------------------------------------------------------------------------- */

START_TEST(what_an_undone_operation_has_taken_comes_back)
{
	struct tarn_lane *lane;
	tarn_off block;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_int_eq(tarn__heap_alloc(lane, i * 500, &block), 0);
	ck_assert_int_eq(tarn__heap_alloc(lane, 10 * TARN_CHUNK, &block), 0);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	tarn__op_end(lane);
	assert_in_use(0);
	walk();
	ck_assert_uint_eq(seen.runs, 0);
}
END_TEST

START_TEST(a_freed_block_is_the_next_that_is_taken)
{
	struct tarn_lane *lane;
	tarn_off first, second;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_alloc(lane, 300, &first), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	ck_assert_int_eq(tarn__heap_free(lane, first), 0);
	ck_assert_int_eq(tarn__heap_alloc(lane, 300, &second), 0);
	ck_assert_uint_ne(first, second); /* not in the operation that frees it */
	ck_assert_int_eq(tarn__commit(lane), 0);
	ck_assert_int_eq(tarn__heap_alloc(lane, 300, &second), 0);
	ck_assert_uint_eq(first, second);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	assert_in_use(2);
}
END_TEST

START_TEST(a_large_operation_takes_and_frees_thousands)
{
	static tarn_off blocks[20000];
	struct tarn_lane *lane;

	for (unsigned round = 0; round < 2; round++) {
		ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
		for (unsigned i = 0; i < 20000; i++)
			ck_assert_int_eq(tarn__heap_alloc(lane, 16 + i % 600, &blocks[i]), 0);
		ck_assert_int_eq(tarn__commit(lane), 0);
		tarn__op_end(lane);
		ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
		for (unsigned i = 0; i < 20000; i++)
			ck_assert_int_eq(tarn__heap_free(lane, blocks[i]), 0);
		ck_assert_int_eq(tarn__commit(lane), 0);
		tarn__op_end(lane);
		ck_assert_uint_eq(tarn__commit_limbo(lane->commit), 0); /* tidied */
		assert_in_use(0);
	}
}
END_TEST

START_TEST(a_thread_that_ends_gives_everything_back)
{
	tarn_off block;

	must_free(must_alloc(100));
	must_free(must_alloc(9000));
	block = must_alloc(64);
	tarn__thread_cached = NULL;
	{
		struct tarn_thread *thread;
		struct tarn_lane *lane;

		ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
		lane = thread->lane;
		tarn__lane_heap->drain(lane);
		ck_assert_uint_eq(tarn__load(tarn__claim_count(lane, 0, 3)), 0);
	}
	must_free(block);
	assert_in_use(0);
}
END_TEST

START_TEST(growth_that_comes_second_changes_nothing)
{
	struct tarn_lane *lane;
	uint64_t frontier;

	must_alloc(100);
	must_alloc(100000);
	frontier = tarn__heap_words(arena)->frontier;
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__runs_grow(lane, 1, 0), 0);
	tarn__op_end(lane);
	ck_assert_uint_eq(tarn__heap_words(arena)->frontier, frontier);
	assert_in_use(2);
}
END_TEST

/* ---- two processes ----------------------------------------------------------------------------- */

static int
in_child(void (*body)(void))
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		body();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static tarn_off shared_blocks[300];

static void
free_shared(void)
{
	for (unsigned i = 0; i < 300; i++) {
		if (tarn_free(arena, shared_blocks[i]))
			_exit(1);
	}
}

static void
alloc_and_die(void)
{
	for (unsigned i = 0; i < 100; i++) {
		tarn_off block;

		if (tarn_alloc(arena, 200, &block) || tarn_free(arena, block))
			_exit(1);
	}
}

START_TEST(another_process_frees_what_this_one_has_taken)
{
	for (unsigned i = 0; i < 300; i++)
		shared_blocks[i] = must_alloc(i * 37);
	ck_assert_int_eq(in_child(free_shared), 0);
	assert_in_use(0);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	assert_in_use(0);
	for (unsigned i = 0; i < 300; i++)
		must_alloc(i * 37);
	assert_in_use(300);
}
END_TEST

START_TEST(what_the_dead_had_ready_goes_back_to_the_spans)
{
	struct tarn_lane lane;

	ck_assert_int_eq(in_child(alloc_and_die), 0);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		if (tarn__lane_view(&lane, arena, slot))
			continue; /* never used */
		for (unsigned i = 0; i < TARN_CLASSES; i++)
			ck_assert_uint_eq(tarn__load(tarn__claim_count(&lane, 0, i)), 0);
	}
	assert_in_use(0);
}
END_TEST

/* ---- regions ----------------------------------------------------------------------------------- */

static tarn_off
must_create_region(void)
{
	struct tarn_lane *lane;
	tarn_off region;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__region_create(lane, &region), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	return region;
}

static tarn_off
must_alloc_in(tarn_off region, uint64_t size)
{
	struct tarn_lane *lane;
	tarn_off block;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__region_alloc(lane, region, size, &block), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	ck_assert_uint_ge(tarn_usable_size(arena, block), size);
	return block;
}

/* What the last call has said, and how many times it freed something before. */
static int
free_region(tarn_off region, unsigned *times)
{
	struct tarn_lane *lane;
	int code;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	for (*times = 0; (code = tarn__region_free_some(lane, region)) == 0; ++*times)
		;
	tarn__op_end(lane);
	return code;
}

START_TEST(a_region_is_freed_without_knowing_what_is_in_it)
{
	tarn_off region = must_create_region(), other = must_alloc(500);
	unsigned times;

	for (unsigned i = 0; i < 300; i++)
		must_alloc_in(region, 10 + i * i);
	assert_in_use(302);
	ck_assert_int_eq(free_region(region, &times), TARN_NOT_FOUND);
	ck_assert_uint_gt(times, 10);
	assert_in_use(2);
	must_free(other);
	must_alloc_in(region, 70000);
	must_alloc_in(region, 7000);
	ck_assert_int_eq(free_region(region, &times), TARN_NOT_FOUND);
	ck_assert_uint_eq(times, 2);
	assert_in_use(1);
}
END_TEST

static void
must_free_in_operation(tarn_off block)
{
	struct tarn_lane *lane;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__heap_free(lane, block), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
}

START_TEST(two_regions_are_apart)
{
	tarn_off regions[2], blocks[2][100];
	unsigned times;

	regions[0] = must_create_region();
	regions[1] = must_create_region();
	for (unsigned i = 0; i < 100; i++) {
		for (unsigned k = 0; k < 2; k++) {
			blocks[k][i] = must_alloc_in(regions[k], 900);
			*(uint64_t *)tarn_pointer(arena, blocks[k][i], 8) = i * 2 + k;
		}
	}
	ck_assert_int_eq(free_region(regions[0], &times), TARN_NOT_FOUND);
	assert_in_use(102);
	for (unsigned i = 0; i < 100; i++) {
		ck_assert_uint_eq(*(uint64_t *)tarn_pointer(arena, blocks[1][i], 8), i * 2 + 1);
		must_free_in_operation(blocks[1][i]);
		ck_assert_int_eq(tarn_free(arena, blocks[1][i]), TARN_INVALID);
	}
	assert_in_use(2);
	ck_assert_int_eq(free_region(regions[1], &times), TARN_NOT_FOUND);
	assert_in_use(2);
}
END_TEST

START_TEST(a_regions_block_is_freed_inside_operations_and_not_resized)
{
	tarn_off region = must_create_region(), moved;
	tarn_off block = must_alloc_in(region, 900), run = must_alloc_in(region, 90000);

	ck_assert_int_eq(tarn_realloc(arena, block, 9000, &moved), TARN_INVALID);
	ck_assert_int_eq(tarn_realloc(arena, run, 900000, &moved), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, run), TARN_INVALID);
	must_free_in_operation(block);
	must_free_in_operation(run);
	assert_in_use(1);
}
END_TEST

START_TEST(an_offset_is_in_a_regions_block_or_in_none)
{
	tarn_off region = must_create_region(), plain = must_alloc(900);
	tarn_off block = must_alloc_in(region, 900), run = must_alloc_in(region, 200000);
	uint64_t size = tarn_usable_size(arena, block);

	ck_assert_uint_eq(tarn__heap_owner(arena, block, size), region);
	ck_assert_uint_eq(tarn__heap_owner(arena, block + 7, size - 7), region);
	ck_assert_uint_eq(tarn__heap_owner(arena, block + size - 1, 1), region);
	ck_assert_uint_eq(tarn__heap_owner(arena, block + 7, size), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, block, 0), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, block, UINT64_MAX), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, run, 4 * TARN_CHUNK), region);
	ck_assert_uint_eq(tarn__heap_owner(arena, run + 3 * TARN_CHUNK + 5, 60000), region);
	ck_assert_uint_eq(tarn__heap_owner(arena, run + 3 * TARN_CHUNK + 5, TARN_CHUNK), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, run, 4 * TARN_CHUNK + 1), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, plain, 1), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, region, 1), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, 0, 1), 0);
	ck_assert_uint_eq(tarn__heap_owner(arena, UINT64_MAX, 1), 0);
	must_free_in_operation(run);
	tarn__lane_heap->drain(tarn__thread_cached->lane);
	ck_assert_uint_eq(tarn__heap_owner(arena, run + TARN_CHUNK, 1), 0);
}
END_TEST

static tarn_off shared_region;

static void
alloc_in_region_and_die(void)
{
	struct tarn_lane *lane;
	tarn_off block;

	if (tarn__op_begin(arena, &lane) ||
	    tarn__region_alloc(lane, shared_region, 900, &block) || tarn__commit(lane) ||
	    tarn__region_alloc(lane, shared_region, 900, &block))
		_exit(1);
}

START_TEST(a_region_whose_builder_has_died_is_freed)
{
	unsigned times;

	shared_region = must_create_region();
	ck_assert_int_eq(in_child(alloc_in_region_and_die), 0);
	ck_assert_int_eq(free_region(shared_region, &times), TARN_NOT_FOUND);
	ck_assert_uint_eq(times, 1);
	assert_in_use(1);
}
END_TEST

START_TEST(what_the_living_have_ready_is_waited_for)
{
	int go[2];
	unsigned times;
	pid_t child;
	char byte;

	shared_region = must_create_region();
	ck_assert_int_eq(pipe(go), 0);
	child = fork();
	if (child == 0) {
		alloc_in_region_and_die();
		if (write(go[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(go[0], &byte, 1), 1);
	ck_assert_int_eq(free_region(shared_region, &times), TARN_BUSY);
	ck_assert_uint_eq(times, 0);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(free_region(shared_region, &times), TARN_NOT_FOUND);
	ck_assert_uint_eq(times, 1);
	assert_in_use(1);
}
END_TEST

/* ---- others in the way ------------------------------------------------------------------------- */

static struct tarn_lane *
my_lane(void)
{
	struct tarn_thread *thread;

	ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
	return thread->lane;
}

/* A child that holds the lock of this size's class until it is killed. */
static pid_t
start_holder(uint64_t size)
{
	struct tarn_class_shm *list =
		&tarn__heap_words(arena)->table.classes[tarn__class_of_size(size)];
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct tarn_lane *lane;

		if (tarn__op_begin(arena, &lane) || tarn__heap_lock(lane, &list->node, TARN_WAIT))
			_exit(1);
		for (;;)
			pause();
	}
	while (!tarn__node_owner(tarn__load(&list->node)))
		usleep(100);
	return pid;
}

static void
end_holder(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

START_TEST(a_lock_of_the_living_is_waited_for_and_one_of_the_dead_taken)
{
	tarn_off blocks[64], block;
	pid_t holder;

	for (unsigned i = 0; i < 64; i++)
		blocks[i] = must_alloc(8000);
	arena->deadline_ns = 20000000;
	holder = start_holder(8000);
	must_free(blocks[0]);
	must_free(blocks[1]); /* the magazine is full */
	ck_assert_int_eq(tarn_free(arena, blocks[2]), TARN_TIMEOUT);
	ck_assert_uint_ge(tarn_usable_size(arena, blocks[2]), 8000);
	for (unsigned i = 0; i < 2; i++)
		blocks[i] = must_alloc(8000);
	ck_assert_int_eq(tarn_alloc(arena, 8000, &block), TARN_TIMEOUT);
	ck_assert_uint_eq(block, 0);
	must_free(must_alloc(100)); /* another class */
	end_holder(holder);
	must_free(must_alloc(8000));
	assert_in_use(64);
	for (unsigned i = 0; i < 64; i++)
		must_free(blocks[i]);
	assert_in_use(0);
}
END_TEST

START_TEST(what_cannot_be_tidied_is_tidied_later)
{
	struct tarn_lane *lane;
	tarn_off blocks[64];
	pid_t holder;

	for (unsigned i = 0; i < 64; i++)
		blocks[i] = must_alloc(8000);
	holder = start_holder(8000);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	for (unsigned i = 0; i < 64; i++)
		ck_assert_int_eq(tarn__heap_free(lane, blocks[i]), 0);
	ck_assert_int_eq(tarn__commit(lane), 0);
	tarn__op_end(lane);
	ck_assert_uint_ge(tarn__commit_limbo(lane->commit), 60);
	assert_in_use(0);
	end_holder(holder);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	tarn__op_end(lane);
	ck_assert_uint_eq(tarn__commit_limbo(lane->commit), 0);
	assert_in_use(0);
}
END_TEST

START_TEST(a_reader_may_look_and_not_touch)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	tarn_off block = must_alloc(1000), run = must_alloc(200000), other = 1;
	struct tarn_arena *reader;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ck_assert_int_eq(tarn_arena_open(&reader, name, &options, NULL), 0);
	ck_assert_uint_eq(tarn_usable_size(reader, block), 1024);
	ck_assert_uint_eq(tarn_usable_size(reader, run), 4 * TARN_CHUNK);
	ck_assert_ptr_nonnull(tarn_pointer(reader, run, 200000));
	ck_assert_int_eq(tarn_alloc(reader, 10, &other), TARN_READ_ONLY);
	ck_assert_uint_eq(other, 0);
	ck_assert_int_eq(tarn_free(reader, block), TARN_READ_ONLY);
	ck_assert_int_eq(tarn_realloc(reader, block, 10, &other), TARN_READ_ONLY);
	ck_assert_int_eq(tarn__heap_walk(reader, see_item, NULL), 0);
	tarn_arena_close(reader);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

START_TEST(damaged_words_give_corrupt_and_never_more)
{
	struct tarn_heap_shm *words = tarn__heap_words(arena);
	struct tarn_desc_shm *desc;
	tarn_off block = must_alloc(9000), other;

	desc = tarn__desc_place(arena, (block - arena->fixed.data_off) >> TARN_CHUNK_SHIFT);
	*tarn__claim_count(my_lane(), 0, 3) = 65;
	ck_assert_int_eq(tarn_alloc(arena, 64, &other), TARN_CORRUPT);
	*tarn__claim_count(my_lane(), 0, 3) = 0;
	desc->next = 77777;
	ck_assert_int_eq(tarn_alloc(arena, 9000, &other), TARN_CORRUPT);
	desc->next = 1; /* itself */
	ck_assert_int_eq(tarn_alloc(arena, 9000, &other), TARN_CORRUPT);
	ck_assert_int_eq(tarn__heap_walk(arena, see_item, NULL), TARN_CORRUPT);
	desc->next = 0;
	desc->count = 0;
	ck_assert_int_eq(tarn_alloc(arena, 9000, &other), TARN_CORRUPT);
	words->frontier = UINT64_MAX;
	ck_assert_int_eq(tarn_alloc(arena, 100000, &other), TARN_CORRUPT);
	ck_assert_int_eq(tarn__heap_walk(arena, see_item, NULL), TARN_CORRUPT);
}
END_TEST

START_TEST(a_lock_of_nobody_is_found_out)
{
	struct tarn_heap_shm *words = tarn__heap_words(arena);
	tarn_off block;

	must_free(must_alloc(100000));
	words->runs |= my_lane()->owner << TARN_NODE_OWNER_SHIFT;
	ck_assert_int_eq(tarn_alloc(arena, 100000, &block), TARN_CORRUPT);
}
END_TEST

START_TEST(random_damage_is_survived)
{
	uint64_t dice = 5;
	static tarn_off blocks[500];

	for (unsigned i = 0; i < 500; i++)
		blocks[i] = must_alloc(i * 13);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t *target;
		tarn_off block;

		dice = dice * 6364136223846793005u + 1442695040888963407u;
		switch (dice >> 62) {
		case 0:
			target = (uint64_t *)tarn__heap_words(arena) + (dice >> 40) % 400;
			break;
		case 1:
			target = (uint64_t *)tarn__desc_place(arena, 0) + (dice >> 40) % 1000;
			break;
		case 2:
			target = tarn__run_map(arena);
			break;
		default:
			target = tarn__claim_count(my_lane(), 0, 0) + (dice >> 40) % 128;
			break;
		}
		*target = dice & 0x10000 ? dice >> 50 : *target ^ (dice >> 20 & 0xffff);
		for (unsigned i = 0; i < TARN_CLASSES; i++) /* whose owner would be waited for */
			tarn__heap_words(arena)->table.classes[i].node = 0;
		tarn__heap_words(arena)->runs = 0;
		(void)!tarn_alloc(arena, (dice >> 30) % 70000, &block);
		(void)!tarn_free(arena, blocks[(dice >> 33) % 500]);
		(void)!tarn_realloc(arena, block, (dice >> 34) % 70000, &block);
		if (round % 16 == 0)
			(void)!tarn__heap_walk(arena, see_item, NULL);
	}
}
END_TEST

START_TEST(stat_tells_what_there_is)
{
	struct tarn_arena_stat stat;
	tarn_off run = must_alloc(5 * TARN_CHUNK);

	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_eq(stat.heap_bytes - stat.heap_free_bytes, 5 * TARN_CHUNK);
	must_free(run);
	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_eq(stat.heap_bytes, stat.heap_free_bytes);
	ck_assert_uint_ge(stat.heap_bytes, 5 * TARN_CHUNK);
}
END_TEST

static void
add_large(Suite *suite)
{
	TCase *tests = tcase_create("large");

	tcase_add_checked_fixture(tests, open_large, close_arena);
	tcase_add_test(tests, the_table_of_classes_is_what_its_rule_says);
	tcase_add_test(tests, every_size_has_the_smallest_class_that_holds_it);
	tcase_add_test(tests, an_index_is_found_for_beginnings_of_blocks_and_nothing_else);
	tcase_add_test(tests, blocks_of_every_size_are_apart_and_large_enough);
	tcase_add_test(tests, alignment_is_kept_for_offset_and_address);
	tcase_add_test(tests, alignments_that_cannot_be_are_refused);
	tcase_add_test(tests, a_block_freed_twice_is_refused);
	tcase_add_test(tests, a_block_freed_twice_is_refused_after_many_others_too);
	tcase_add_test(tests, a_block_freed_again_once_it_was_taken_again_is_fine);
	tcase_add_test(tests, a_block_freed_in_an_operation_and_outside_is_refused);
	tcase_add_test(tests, an_undone_free_is_no_free);
	tcase_add_test(tests, offsets_where_no_block_begins_are_refused);
	tcase_add_test(tests, nodes_are_not_the_publics_to_free);
	tcase_add_test(tests, pointers_are_given_to_data_only);
	tcase_add_test(tests, runs_are_whole_chunks_and_come_back);
	tcase_add_test(tests, a_run_grows_in_place_where_it_can_and_keeps_its_bytes_where_not);
	tcase_add_test(tests, a_run_grows_over_the_end_of_what_was_given);
	tcase_add_test(tests, a_block_that_is_made_larger_keeps_its_bytes);
	tcase_add_test(tests, what_an_undone_operation_has_taken_comes_back);
	tcase_add_test(tests, a_freed_block_is_the_next_that_is_taken);
	tcase_add_test(tests, a_large_operation_takes_and_frees_thousands);
	tcase_add_test(tests, a_thread_that_ends_gives_everything_back);
	tcase_add_test(tests, another_process_frees_what_this_one_has_taken);
	tcase_add_test(tests, what_the_dead_had_ready_goes_back_to_the_spans);
	tcase_add_test(tests, growth_that_comes_second_changes_nothing);
	tcase_add_test(tests, a_region_is_freed_without_knowing_what_is_in_it);
	tcase_add_test(tests, two_regions_are_apart);
	tcase_add_test(tests, a_regions_block_is_freed_inside_operations_and_not_resized);
	tcase_add_test(tests, an_offset_is_in_a_regions_block_or_in_none);
	tcase_add_test(tests, a_region_whose_builder_has_died_is_freed);
	tcase_add_test(tests, what_the_living_have_ready_is_waited_for);
	tcase_add_test(tests, a_lock_of_the_living_is_waited_for_and_one_of_the_dead_taken);
	tcase_add_test(tests, what_cannot_be_tidied_is_tidied_later);
	tcase_add_test(tests, a_reader_may_look_and_not_touch);
	tcase_add_test(tests, random_damage_is_survived);
	tcase_add_test(tests, stat_tells_what_there_is);
	suite_add_tcase(suite, tests);
}

static void
add_small(Suite *suite)
{
	TCase *tests = tcase_create("small");

	tcase_add_checked_fixture(tests, open_small, close_arena);
	tcase_add_test(tests, what_can_never_be_had_is_too_big);
	tcase_add_test(tests, a_full_arena_says_so_and_can_be_emptied_and_filled_again);
	tcase_add_test(tests, spans_that_are_free_become_runs_and_others_spans);
	tcase_add_test(tests, memory_of_nodes_never_becomes_anything_else);
	tcase_add_test(tests, node_memory_that_was_data_begins_as_zero);
	tcase_add_test(tests, damaged_words_give_corrupt_and_never_more);
	tcase_add_test(tests, a_lock_of_nobody_is_found_out);
	suite_add_tcase(suite, tests);
}

int
main(void)
{
	Suite *suite = suite_create("heap");
	SRunner *runner;
	int failed;

	add_large(suite);
	add_small(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
