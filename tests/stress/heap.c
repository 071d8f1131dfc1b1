// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- workers that take and free each other's blocks, as threads, as
 * processes, and as processes that are killed at any time
 *
 *	worker -- fills a block, puts its offset on the board --> [ | | | ]
 *	worker <-- takes the offset off, looks, frees the block --'
 *
 * Blocks are taken and freed by the public calls and in operations, some of
 * them from two regions; some operations are undone.  A block that is two workers' at once shows by its
 * contents; one that is lost, by the walk at the end, after every worker
 * has given back what it had ready.  Who is killed may have lost the two
 * blocks that it had in hand, and no more.
 */
#include "heap/heap.h"

#include "crew.h"

#include <sched.h>
#include <signal.h>
#include <string.h>

#define WORKERS 4u
#define PLACES 512u
#if defined(__SANITIZE_THREAD__)
#define STEPS 20000u
#else
#define STEPS 600000u
#endif

static struct control {
	uint64_t board[PLACES]; /* offset, or 0 */
	uint64_t wrong, done, full, present;
} * control;

static struct tarn_arena *arena;
static tarn_off regions[2];

static void
expect(bool claim)
{
	if (!claim)
		tarn__fetch_add(&control->wrong, 1);
}

static uint64_t
random_size(void)
{
	uint64_t kind = roll(400);

	return 16 + (kind < 2 ? roll(300000) : kind < 20 ? roll(30000) : roll(700));
}

/* The first word has the size, the others follow from the offset. */
static void
fill(tarn_off block, uint64_t size)
{
	uint64_t *words = tarn_pointer(arena, block, size);

	if (!words) {
		expect(false);
		return;
	}
	tarn__store(&words[0], size);
	for (uint64_t i = 1; i < size / 8; i += 1 + i / 4)
		tarn__store(&words[i], block + i);
}

static void
look(tarn_off block)
{
	uint64_t *words = tarn_pointer(arena, block, 8);
	uint64_t size = words ? tarn__load(&words[0]) : 0;

	expect(size >= 16 && size < 400000);
	if (size < 16 || size >= 400000)
		return;
	for (uint64_t i = 1; i < size / 8; i += 1 + i / 4)
		expect(tarn__load(&words[i]) == block + i);
	memset(words + 1, 0, size - 8);
}

static tarn_off
swap(tarn_off block)
{
	return tarn__exchange(&control->board[roll(PLACES)], block);
}

static void
free_in_operation(tarn_off block)
{
	struct tarn_lane *lane;
	int code = tarn__op_begin(arena, &lane);

	expect(code == 0);
	if (code)
		return;
	expect(tarn__heap_free(lane, block) == 0);
	expect(tarn__commit(lane) == 0);
	tarn__op_end(lane);
}

static void
free_publicly(tarn_off block)
{
	look(block);
	if (tarn__heap_owner(arena, block, 1))
		free_in_operation(block);
	else
		expect(tarn_free(arena, block) == 0);
}

static void
public_step(void)
{
	uint64_t size = random_size();
	tarn_off block;
	int code = tarn_alloc(arena, size, &block);

	expect(code == 0 || code == TARN_FULL);
	if (code == 0)
		fill(block, size);
	else
		tarn__fetch_add(&control->full, 1);
	block = swap(block);
	if (block)
		free_publicly(block);
}

/* Take one and free another in one operation, or do neither. */
static void
operation_step(bool undo)
{
	uint64_t size = random_size();
	struct tarn_lane *lane;
	tarn_off block = 0, old = swap(0);
	int code = tarn__op_begin(arena, &lane);

	expect(code == 0);
	if (code)
		return;
	if (roll(3))
		code = tarn__heap_alloc(lane, size, &block);
	else
		code = tarn__region_alloc(lane, regions[roll(16) == 0], size, &block);
	expect(code == 0 || code == TARN_FULL);
	if (code == 0)
		fill(block, size);
	if (!code && old && !undo) {
		look(old);
		expect(tarn__heap_free(lane, old) == 0);
	}
	undo |= code != 0;
	expect((undo ? tarn__rollback(lane) : tarn__commit(lane)) == 0);
	tarn__op_end(lane);
	block = swap(undo ? old : block);
	if (block)
		free_publicly(block);
}

static void
work(unsigned place)
{
	dice = place + 1;
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
	for (unsigned i = 0; i < STEPS; i++) {
		if (roll(3))
			public_step();
		else
			operation_step(roll(4) == 0);
	}
	tarn__fetch_add(&control->done, 1);
}

static void
note_end(unsigned place, bool well)
{
	(void)place;
	expect(well);
}

static const struct crew crew = { WORKERS, work, NULL, note_end };

static void
run_threads(void)
{
	crew_run_threads(&crew);
}

static void
run_processes(void)
{
	crew_run_processes(&crew);
}

#define KILLS 150u
#define IN_HAND 2u

/* Until it is killed. */
static void
work_for_ever(unsigned number)
{
	dice = number + 1;
	for (;;) {
		if (roll(3))
			public_step();
		else
			operation_step(roll(4) == 0);
	}
}

static const struct crew endless = { WORKERS, work_for_ever, NULL, NULL };

/* The dead are recovered by the living; the others are killed at the end. */
static void
run_killed(void)
{
	pid_t children[WORKERS];
	unsigned started = 0;
	int status;

	for (unsigned i = 0; i < WORKERS; i++)
		children[i] = crew_begin_process(&endless, started++);
	for (unsigned kills = 0; kills < KILLS + WORKERS; kills++) {
		unsigned i = kills % WORKERS;

		if (kills < KILLS)
			usleep((useconds_t)roll(3000));
		if (kill(children[i], SIGKILL) || waitpid(children[i], &status, 0) != children[i])
			abort();
		if (!WIFSIGNALED(status))
			control->wrong++; /* it ended by itself */
		if (kills < KILLS)
			children[i] = crew_begin_process(&endless, started++);
	}
	control->done = WORKERS;
}

/* ---- the verdict ------------------------------------------------------------------------------- */

static int
count_in_use(const struct tarn_heap_item *item, void *count)
{
	if (item->kind == TARN_HEAP_RUN)
		++*(uint64_t *)count;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++)
		*(uint64_t *)count += !(item->free[i / 64] >> i % 64 & 1);
	return 0;
}

static int
count_claim(enum tarn_heap_claim where, tarn_off block, void *count)
{
	(void)where;
	expect(tarn__heap_usable(arena, block) != 0);
	--*(uint64_t *)count;
	return 0;
}

/* Blocks that are in use, and not on the board; regions are blocks, too. */
static uint64_t
lost(void)
{
	uint64_t count = -(uint64_t)(sizeof(regions) / sizeof(regions[0]));

	if (tarn__heap_walk(arena, count_in_use, &count))
		control->wrong++;
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++)
		expect(tarn__heap_claims(arena, slot, count_claim, &count) == 0);
	for (unsigned i = 0; i < PLACES; i++)
		count -= control->board[i] != 0;
	return count;
}

static void
make_regions(void)
{
	struct tarn_lane *lane;

	if (tarn__op_begin(arena, &lane) || tarn__region_create(lane, &regions[0]) ||
	    tarn__region_create(lane, &regions[1]) || tarn__commit(lane))
		abort();
	tarn__op_end(lane);
}

static bool
passes(const char *what, void (*run)(void), uint64_t may_lose)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(4) << 20 };
	uint64_t lost_before, lost_after = 0;

	memset(control, 0, sizeof(*control));
	if (tarn_arena_open(&arena, "anon:", &options, NULL))
		abort();
	make_regions();
	run();
	expect(tarn_reap(arena, NULL) == 0);
	lost_before = lost();
	for (unsigned i = 0; i < PLACES; i++) {
		if (control->board[i])
			free_publicly(control->board[i]);
		control->board[i] = 0;
	}
	lost_after = lost();
	printf("%s: %lu wrong, %lu and %lu lost, %lu times full, %lu workers of %u done\n", what,
	       (unsigned long)control->wrong, (unsigned long)lost_before,
	       (unsigned long)lost_after, (unsigned long)control->full,
	       (unsigned long)control->done, WORKERS);
	tarn_arena_close(arena);
	fflush(stdout);
	return !control->wrong && lost_before <= may_lose && lost_after == lost_before &&
	       control->done == WORKERS;
}

int
main(void)
{
	int passed;

	control = crew_memory(sizeof(*control));
	passed = passes("processes", run_processes, 0);
	passed += passes("killed", run_killed, IN_HAND * (KILLS + WORKERS));
	passed += passes("threads", run_threads, 0);
	printf("%d passed, %d failed\n", passed, 3 - passed);
	return passed != 3;
}
