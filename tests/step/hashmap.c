// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps as they are compiled, died in after every instruction
 *
 * Scripts (crash/hashmap_script.h) run without hooks, as the build's own
 * compiler and flags made the library, in a traced child with a slot of its
 * own.  Inside a step the child is stepped by single instructions; whenever
 * one has changed the child's log, the catalog, the heap or a data chunk,
 * its death is played out on a private view, and everything is checked
 * (crash/hashmap_check.h).  Limits are those of the release, so a segment
 * has 64 homes and 8 stashes.
 *
 * Who does what: the child stops before each step; the tracer finds out what
 * the step will do, and steps from when the child raises its flag until it
 * lowers it.  The flag lies in memory that the two share.
 */
#include "hashmap_check.h"

#include "heap/heap.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MAX UINT64_C(3000000) /* of one step: it hangs */
#define SKIPPED 77

/* Setup words are not stepped; they stand before the bar. */
static const char *const scripts[] = {
	"|pA0", "|pA1 pD0", "|pA0=2", "|eD0", "|cA0=2>1", "|( pA0=2 b.pA1=1 eA1 b.pA0 )",
	"|( pA3 b.pA4 !", "pA2-6|pA7", "|eA7", "eA0|eA2", "|(b b.C )", "|+c -c", NULL,
};
static const char *const splits[] = { "pA0-31 pB0-30|pA32", NULL };
static const char *const words[] = { "|fA0", "|fA0", "|pA0=3", NULL };

/* Shared. */
static struct shared {
	volatile uint64_t inside; /* the child is in a step */
	volatile uint64_t slot;	  /* its own */
	char step[256];
} * shared;

static pid_t child;
static struct script_world world, view_world;
static struct tarn_arena view;
static struct tarn_thread *self;
static uint64_t single_steps, deaths;
static const char *step_text = "";

static _Noreturn void
fail(const char *why)
{
	printf("step %s, instruction %lu: %s\n", step_text, (unsigned long)single_steps, why);
	fflush(stdout);
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
}

static void
must(bool well)
{
	if (!well)
		fail(check_wrong ? check_wrong : "?");
}

/* ---- the child --------------------------------------------------------------------------------- */

static _Noreturn void
be_child(void)
{
	struct tarn_thread *thread;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(SKIPPED);
	if (tarn__thread_get(world.arena, &thread) ||
	    tarn__lane_reserve(thread->lane, 300, 40, 40, 300))
		_exit(1);
	shared->slot = thread->index;
	for (;;) {
		raise(SIGSTOP);
		shared->inside = 1;
		script_step(&world, shared->step);
		shared->inside = 0;
		if (world.why[0])
			_exit(1);
	}
}

static void
stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	CPU_ZERO(&here);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &here);
	(void)sched_setaffinity(0, sizeof(here), &here); /* slower without */
}

/* ---- the view ---------------------------------------------------------------------------------- */

static void
fresh_view(void)
{
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
	view.seen_size = world.arena->seen_size;
	script_remember(&view_world, &world);
}

static void
open_world(enum script_layout a, enum script_layout b)
{
	struct tarn_arena *arena;

	script_open(&world, a, b);
	arena = world.arena;
	if (tarn__thread_get(arena, &self))
		abort();
	view = *arena;
	view.serial = tarn__arena_new_serial();
	view.deadline_ns = 0;
	view.base = mmap(NULL, view.window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, arena->file.fd,
			 0);
	if (view.base == MAP_FAILED)
		abort();
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
	script_world_in(&view_world, &world, &view);
}

/* The step on the view, by the child's slot. */
static void
run_on_view(const char *text)
{
	struct tarn_lane lane;
	struct tarn_thread thread = *self;

	if (tarn__lane_view(&lane, &view, shared->slot) || tarn__lane_heap->enter(&lane))
		fail("the slot cannot be used");
	lane.slot = tarn__slot_at(&view, shared->slot);
	thread.arena = &view;
	thread.slot = lane.slot;
	thread.index = shared->slot;
	thread.owner = shared->slot + 1;
	thread.lane = &lane;
	thread.arena_serial = view.serial;
	tarn__thread_cached = &thread;
	script_step(&view_world, text);
	tarn__thread_cached = self;
	tarn__lane_heap->leave(&lane);
	tarn__txn_free(lane.txn_memory);
	if (view_world.why[0])
		fail(view_world.why);
}

/* ---- what has changed -------------------------------------------------------------------------- */

#define SHADOW_SIZE (UINT64_C(4) << 20)

static unsigned char *shadow;

static bool
differs(uint64_t *used, uint64_t off, uint64_t size)
{
	unsigned char *copy = shadow + *used;

	*used += size;
	if (*used > SHADOW_SIZE)
		abort();
	if (!memcmp(copy, world.arena->base + off, size))
		return false;
	memcpy(copy, world.arena->base + off, size);
	return true;
}

/* The catalog and the heap's words, the run map, descriptors, the child's log, and spans. */
static bool
changed(void)
{
	const struct tarn_arena *arena = world.arena;
	const struct tarn_heap_shm *heap = (void *)(arena->base + TARN_HEAP_WORDS_OFF);
	uint64_t frontier = heap->frontier, used = 0;
	bool any = differs(&used, arena->fixed.logs_off + shared->slot * TARN_LOG_SIZE,
			   TARN_LOG_SIZE);

	any |= differs(&used, TARN_HEAP_WORDS_OFF, TARN_CHUNK - TARN_HEAP_WORDS_OFF);
	any |= differs(&used, arena->fixed.runs_off, 64);
	any |= differs(&used, arena->fixed.descs_off, frontier * TARN_DESC_SIZE);
	for (uint64_t chunk = 0; chunk < frontier; chunk++) {
		const struct tarn_desc_shm *desc = (void *)(arena->base + arena->fixed.descs_off +
							    chunk * TARN_DESC_SIZE);
		uint64_t size = desc->kind == TARN_DESC_FREE ? 8 : TARN_CHUNK;

		any |= differs(&used, arena->fixed.data_off + chunk * TARN_CHUNK, size);
	}
	return any;
}

/* ---- deaths ------------------------------------------------------------------------------------ */

static struct check_image before, after;
static bool committed;

static void
play_out(void)
{
	struct check_image image, told;

	fresh_view();
	if (tarn__slot_work->recover(&view, shared->slot))
		fail("recovery refused");
	must(check_account(&view_world, NULL, &told));
	must(check_image(&view_world, &image));
	if (!check_same(&image, &told))
		fail("what is told is not what there is");
	if (check_same(&image, &after))
		committed = !check_same(&before, &after);
	else if (!check_same(&image, &before) || committed)
		fail(committed ? "a commit was undone" : "done by half");
	deaths++;
}

static void
resume(int request, int signal_wanted)
{
	int status;

	if (ptrace(request, child, NULL, NULL) || waitpid(child, &status, 0) != child)
		fail("the child cannot be traced");
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal_wanted)
		fail("the child failed");
}

static void
foresee(const char *text)
{
	committed = false;
	must(check_account(&world, NULL, NULL));
	must(check_image(&world, &before));
	fresh_view();
	run_on_view(text);
	must(check_image(&view_world, &after));
}

/* The child stands before a step; afterwards, before the next. */
static void
step_through(const char *text)
{
	uint64_t start = single_steps;
	struct check_image now;

	step_text = text;
	foresee(text);
	snprintf(shared->step, sizeof(shared->step), "%s", text);
	(void)changed();
	while (!shared->inside)
		resume(PTRACE_SINGLESTEP, SIGTRAP);
	while (shared->inside) {
		resume(PTRACE_SINGLESTEP, SIGTRAP);
		if (++single_steps - start > STEPS_MAX)
			fail("the step does not end");
		if (changed())
			play_out();
	}
	resume(PTRACE_CONT, SIGSTOP);
	must(check_account(&world, NULL, NULL));
	must(check_image(&world, &now));
	if (!check_same(&now, &after))
		fail("it did not what it does");
}

/* ---- the whole --------------------------------------------------------------------------------- */

/* Whether tracing is allowed here. */
static bool
start_child(void)
{
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0)
		be_child();
	if (child < 0 || waitpid(child, &status, 0) != child)
		fail("no child");
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		return false;
	if (!WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_EXITKILL))
		fail("the child cannot be traced");
	return true;
}

/* What stands before the bar is done by the tracer itself. */
static void
run_script(const char *script)
{
	const char *steps = strchr(script, '|') + 1;
	char setup[256];

	snprintf(setup, sizeof(setup), "%.*s", (int)(steps - 1 - script), script);
	script_run(&world, setup);
	if (world.why[0])
		fail(world.why);
	for (; steps; steps = script_next_step(steps))
		step_through(steps);
}

static bool
run_scripts(const char *const *list, enum script_layout a, enum script_layout b)
{
	open_world(a, b);
	for (const char *const *script = list; *script; script++)
		script_learn(strchr(*script, '|') + 1);
	memset(shadow, 0, SHADOW_SIZE);
	if (!start_child())
		return false;
	for (; *list; list++)
		run_script(*list);
	kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	child = 0;
	munmap(view.base, view.window_size);
	return true;
}

int
main(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	shadow = malloc(SHADOW_SIZE);
	if (shared == MAP_FAILED || !shadow)
		abort();
	stay_here();
	if (!run_scripts(scripts, WORD_WORD, BYTES_BYTES)) {
		printf("tracing is not allowed here: %s\n", strerror(EPERM));
		return SKIPPED;
	}
	(void)run_scripts(scripts, BYTES_BYTES, WORD_BYTES);
	(void)run_scripts(words, BYTES_WORD, WORD_WORD);
	(void)run_scripts(splits, WORD_WORD, WORD_WORD);
	(void)run_scripts(splits, BYTES_BYTES, WORD_WORD);
	printf("single steps: %lu\n", (unsigned long)single_steps);
	printf("deaths played out: %lu\n", (unsigned long)deaths);
	printf("1 passed, 0 failed\n");
	return 0;
}
