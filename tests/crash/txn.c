// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol, died in at every store, and at every store again
 *
 * The arena's file is mapped twice: shared, where the operation runs, and
 * private, where its death is played out.  At every store of an operation
 *
 *	readers		every node that is not DIRTY must already be as before
 *			the operation or as after it
 *	recovery	runs on the private view from the slot's log alone, and
 *			everything is checked
 *	again		recovery dies at each of its own stores in turn, is run
 *			anew, and everything is checked
 *
 * then the view is dropped and the operation goes on to its next store.
 *
 * Checked: the board is as before or as after, and never as before once it
 * was as after; no lock, no DIRTY; no version less than before; the log at
 * rest; each block in exactly one of: span, claim, limbo, node.
 *
 * With --mutants, each call of a protocol primitive in the library and in
 * the board's operations is broken in turn, in a child, which must fail.
 */
#include "txn_board.h"

#include "base/hash.h"
#include "hook/hook.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 1600

struct image {
	uint64_t count;
	struct {
		uint64_t payload, named, changed, added;
		tarn_off block;
	} nodes[BOARD_NODES];
};

static struct tarn_arena *arena; /* where operations run */
static struct tarn_arena view;	 /* where deaths are played out */
static struct tarn_lane *lane;
static struct board *board;
static struct image before, after;
static uint64_t versions[BOARD_NODES];
static bool committed; /* a death has been found to be after the commit */
static const char *current;
static uint64_t crash_points;
static bool quiet;

/* ---- what must hold ---------------------------------------------------------------------------- */

static _Noreturn void
fail(const char *why)
{
	if (!quiet)
		printf("%s: %s\n", current, why);
	fflush(stdout);
	_exit(1);
}

static struct board *
board_of(struct tarn_arena *a)
{
	return (struct board *)(a->base + a->fixed.data_off);
}

static void
take_image(const struct board *b, struct image *image)
{
	memset(image, 0, sizeof(*image));
	image->count = b->count;
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		const struct board_node *node = &b->nodes[i];
		uint64_t payload = node->node & TARN_NODE_PAYLOAD;

		image->nodes[i].payload = payload;
		image->nodes[i].named = node->words[payload & 2 ? 1 : 0];
		image->nodes[i].changed = node->words[3];
		image->nodes[i].added = node->words[5];
		image->nodes[i].block = payload & 1 ? node->block : 0;
	}
}

static void
claim_block(struct tarn_arena *a, tarn_off block, uint64_t *seen)
{
	uint64_t bit = UINT64_C(1) << board_bit(a, block);

	if (board_bit(a, block) >= BOARD_BLOCKS || *seen & bit)
		fail("a block is in two places");
	*seen |= bit;
}

static void
check_blocks(struct tarn_arena *a, const struct tarn_lane *l)
{
	const struct board *b = board_of(a);
	uint64_t claim = *board_claim(l), seen = b->span_free;

	if (seen & claim)
		fail("a block is free and claimed");
	seen |= claim;
	for (uint64_t i = 0; i < tarn__commit_limbo(l->log->commit); i++)
		claim_block(a, *tarn__list_at(&l->limbo, i), &seen);
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (b->nodes[i].node & 1)
			claim_block(a, b->nodes[i].block, &seen);
	}
	if (~seen)
		fail("a block is lost");
}

static void
check_rest(struct tarn_arena *a, const struct tarn_lane *l)
{
	const struct board *b = board_of(a);
	uint64_t commit = l->log->commit;

	if (tarn__commit_words(commit) || tarn__commit_allocs(commit) || l->log->locks ||
	    l->log->nested || l->log->nested_locks)
		fail("the log is not at rest");
	if (tarn__node_owner(b->span))
		fail("the span is locked");
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (b->nodes[i].node & (TARN_NODE_OWNER | TARN_NODE_DIRTY))
			fail("a node is locked or dirty");
		if (b->nodes[i].node / TARN_NODE_VERSION < versions[i])
			fail("a version went back");
	}
}

static void
check_view(void)
{
	struct tarn_lane dead;
	struct image image;

	if (tarn__lane_view(&dead, &view, lane->owner - 1))
		fail("the log is corrupt");
	check_rest(&view, &dead);
	check_blocks(&view, &dead);
	take_image(board_of(&view), &image);
	if (memcmp(&image, &after, sizeof(image)) == 0) {
		committed = memcmp(&image, &before, sizeof(image)) != 0;
	} else if (memcmp(&image, &before, sizeof(image)) || committed) {
		fail(committed ? "a commit was undone" : "torn");
	}
}

/* Nodes that are not DIRTY are true, without any recovery. */
static void
check_readers(void)
{
	struct image now;

	take_image(board, &now);
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (board->nodes[i].node & TARN_NODE_DIRTY)
			continue;
		if (memcmp(&now.nodes[i], &before.nodes[i], sizeof(now.nodes[i])) &&
		    memcmp(&now.nodes[i], &after.nodes[i], sizeof(now.nodes[i])))
			fail("a reader sees a torn node");
	}
}

/* ---- deaths ------------------------------------------------------------------------------------ */

static bool playing;	/* a death is being played out on the view */
static int64_t stores_left; /* of the recoverer; negative: it lives */
static jmp_buf recoverer_died;

static void
recover_view(void)
{
	struct tarn_lane dead;

	if (tarn__lane_view(&dead, &view, lane->owner - 1) || tarn__lane_recover(&dead))
		fail("recovery refused");
}

/* Whether the recoverer died before its store number `death`. */
static bool
recover_until(int64_t death)
{
	bool died = false;

	hook_forget();
	stores_left = death;
	if (setjmp(recoverer_died) == 0)
		recover_view();
	else
		died = true;
	stores_left = -1;
	return died;
}

static void
play_out(void)
{
	bool died = true;

	for (int64_t death = -1; died || death == 0; death++) {
		if (madvise(view.base, view.window_size, MADV_DONTNEED))
			abort();
		died = recover_until(death);
		if (died)
			(void)recover_until(-1);
		check_view();
		crash_points++;
		if (death == -1)
			died = true;
	}
}

static void
at_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	hook_died_at(site);
	if (playing) {
		if (stores_left == 0)
			longjmp(recoverer_died, 1);
		stores_left--;
		return;
	}
	playing = true;
	hook_suspend();
	check_readers();
	play_out();
	hook_resume();
	playing = false;
}

/* ---- the walk ---------------------------------------------------------------------------------- */

static bool
still_claimed(struct tarn_lane *l, tarn_off block)
{
	return *board_claim(l) >> board_bit(l->arena, block) & 1;
}

static void
no_drain(struct tarn_lane *l)
{
	(void)l;
}

static const struct tarn_lane_heap toy_heap = { still_claimed, no_drain };

static void
open_board(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 1 << 20 };

	if (tarn_arena_open(&arena, "anon:", &options, NULL) ||
	    tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK) ||
	    tarn__op_begin(arena, &lane))
		fail("no arena");
	board = board_of(arena);
	board->span_free = UINT64_MAX;
	for (unsigned i = 0; i < BOARD_NODES; i++)
		board->nodes[i].node = (UINT64_C(1) << 63) + i * TARN_NODE_VERSION;
	tarn__lane_heap = &toy_heap;
	if (tarn__lane_reserve(lane, TARN_LIST_MAX, 0, TARN_LIST_MAX, TARN_LIST_MAX))
		fail("no room");
}

static void
open_view(void)
{
	view = *arena;
	view.base = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 arena->file.fd, 0);
	if (view.base == MAP_FAILED)
		fail("no view");
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
	hook_watch(arena->base, arena->window_size);
	hook_watch(view.base, view.window_size);
}

/* What the operation makes of the board, found on the view before it is run. */
static void
foresee(const struct board_operation *operation, unsigned seed)
{
	struct tarn_lane future;

	if (madvise(view.base, view.window_size, MADV_DONTNEED) ||
	    tarn__lane_view(&future, &view, lane->owner - 1))
		abort();
	take_image(board, &before);
	hook_store = NULL;
	operation->run(&future, board_of(&view), seed);
	take_image(board_of(&view), &after);
	hook_forget();
}

static void
step(unsigned number)
{
	unsigned random = (unsigned)tarn__hash_u64(number, 1) >> 1;
	const struct board_operation *operation =
		&board_operations[number % board_operation_count];

	current = operation->name;
	for (unsigned i = 0; i < BOARD_NODES; i++)
		versions[i] = board->nodes[i].node / TARN_NODE_VERSION;
	foresee(operation, random);
	committed = false;
	hook_store = at_store;
	operation->run(lane, board, random);
	hook_store = NULL;
	hook_forget();
	check_rest(arena, lane);
	check_blocks(arena, lane);
}

static void
walk(unsigned steps)
{
	open_board();
	open_view();
	for (unsigned number = 0; number < steps; number++)
		step(number);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static bool
is_of_this_floor(const struct tarn_mutant_site *site)
{
	return strstr(site->file, "/txn/") || strstr(site->file, "txn_board");
}

static bool
same_site(const struct tarn_mutant_site *a, const struct tarn_mutant_site *b)
{
	return a->line == b->line && !strcmp(a->file, b->file) && !strcmp(a->kind, b->kind);
}

static bool
listed_before(const struct tarn_mutant_site *sites, uint64_t i)
{
	for (uint64_t k = 0; k < i; k++) {
		if (same_site(&sites[k], &sites[i]))
			return true;
	}
	return false;
}

static bool
caught(uint64_t mutant)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		quiet = true;
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		alarm(120);
		hook_break(mutant);
		walk(STEPS);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return status != 0;
}

static int
run_mutants(void)
{
	const struct tarn_mutant_site *sites;
	uint64_t count = hook_sites(&sites), tried = 0, found = 0;

	if (caught(UINT64_MAX)) {
		printf("fails with nothing broken\n");
		return 1;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!is_of_this_floor(&sites[i]) || listed_before(sites, i))
			continue;
		tried++;
		if (caught(i))
			found++;
		else
			printf("not caught: %s at %s:%lu\n", sites[i].kind, sites[i].file,
			       (unsigned long)sites[i].line);
	}
	printf("mutants: %lu, caught: %lu, equivalent: 0\n", (unsigned long)tried,
	       (unsigned long)found);
	return tried == 0 || found != tried;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants")) {
		failed = run_mutants();
	} else {
		walk(STEPS);
		printf("crash points: %lu\n", (unsigned long)crash_points);
		hook_report(true);
		failed = hook_store_sites() != hook_sites_died_at();
	}
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
