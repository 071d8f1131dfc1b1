// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tracer.c -- see tracer.h
 */
#include "step/tracer.h"

#include "heap/inner.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define STEPS_MAX UINT64_C(3000000) /* of one step: it hangs */
#define STEP_SIZE 256u
#define SHADOW_SIZE (UINT64_C(4) << 20)

struct image {
	_Alignas(16) char bytes[TRACER_IMAGE_MOST];
};

static struct shared {
	volatile uint64_t inside; /* the child is in a step */
	volatile uint64_t slot;	  /* its own */
	_Alignas(16) char step[STEP_SIZE];
} *shared;

struct tarn_arena tracer_view;

static pid_t child;
static const struct tracer_test *test;
static struct tarn_arena *arena;
static struct tarn_thread *self;
static unsigned char *shadow;
static uint64_t single_steps, deaths;
static const char *step_name = "";

_Noreturn void
tracer_fail(const char *why)
{
	printf("%s, instruction %lu: %s\n", step_name, (unsigned long)single_steps, why);
	fflush(stdout);
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
}

/* ---- the child --------------------------------------------------------------------------------- */

static _Noreturn void
be_child(void)
{
	struct tarn_thread *thread;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(TRACER_SKIPPED);
	tracer_must(!tarn__thread_get(arena, &thread));
	if (test->prepare)
		test->prepare();
	shared->slot = thread->index;
	for (;;) {
		raise(SIGSTOP);
		shared->inside = 1;
		test->run(arena, shared->step);
		shared->inside = 0;
	}
}

/* ---- the view ---------------------------------------------------------------------------------- */

static void
fresh_view(void)
{
	if (madvise(tracer_view.base, tracer_view.window_size, MADV_DONTNEED))
		abort();
	tracer_view.seen_size = arena->seen_size;
	if (test->fresh_view)
		test->fresh_view();
}

void
tracer_open_view(struct tarn_arena *of)
{
	struct tarn_arena *view = &tracer_view;

	arena = of;
	tracer_must(!tarn__thread_get(arena, &self));
	*view = *arena;
	view->serial = tarn__arena_new_serial();
	view->deadline_ns = 0;
	view->base = mmap(NULL, view->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			  arena->file.fd, 0);
	tracer_must(view->base != MAP_FAILED);
	view->header = (void *)(view->base + ((char *)arena->header - arena->base));
	view->chunk_map = (void *)(view->base + ((char *)arena->chunk_map - arena->base));
}

struct tarn_object
tracer_object(const struct tarn_object *object)
{
	struct tarn_object on_view = *object;

	on_view.arena = &tracer_view;
	on_view.root = (struct tarn_root_shm *)(tracer_view.base + object->root_off);
	tarn__object_forget(&on_view); /* it remembers an address in the arena */
	return on_view;
}

/* The step on the view, by the child's slot. */
static void
run_on_view(const void *step)
{
	struct tarn_lane lane;
	struct tarn_thread thread = *self;

	tracer_must(!tarn__lane_view(&lane, &tracer_view, shared->slot));
	tracer_must(!tarn__lane_heap->enter(&lane));
	lane.slot = tarn__slot_at(&tracer_view, shared->slot);
	thread.arena = &tracer_view;
	thread.slot = lane.slot;
	thread.index = shared->slot;
	thread.owner = shared->slot + 1;
	thread.lane = &lane;
	thread.arena_serial = tracer_view.serial;
	tarn__thread_cached = &thread;
	test->run(&tracer_view, step);
	tarn__thread_cached = self;
	tarn__lane_heap->leave(&lane);
	tarn__txn_free(lane.txn_memory);
}

void
tracer_check(struct tarn_arena *in)
{
	struct tarn_check_report report;
	bool was = in->readonly;

	in->readonly = true; /* it need not keep others out */
	tracer_must(tarn_check(in, NULL, &report) == 0);
	in->readonly = was;
	tracer_must(report.leaked_bytes == 0);
}

static void
look(struct tarn_arena *in, struct image *image)
{
	memset(image, 0, sizeof(*image));
	test->look(in, image->bytes);
}

static bool
same(const struct image *a, const struct image *b)
{
	return !memcmp(a->bytes, b->bytes, test->image_size);
}

/* ---- what has changed -------------------------------------------------------------------------- */

static bool
differs(uint64_t *used, uint64_t off, uint64_t size)
{
	unsigned char *copy = shadow + *used;

	*used += size;
	if (*used > SHADOW_SIZE)
		abort();
	if (!memcmp(copy, arena->base + off, size))
		return false;
	memcpy(copy, arena->base + off, size);
	return true;
}

/* The catalog and the heap's words, the run map, descriptors, the child's log, and data. */
static bool
changed(void)
{
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

static struct image before, after;
static bool committed;

static void
play_out(void)
{
	struct image image;

	fresh_view();
	tracer_must(tarn__slot_work->recover(&tracer_view, shared->slot) == 0);
	look(&tracer_view, &image);
	if (same(&image, &after))
		committed = !same(&before, &after);
	else if (!same(&image, &before) || committed)
		tracer_fail(committed ? "a commit was undone" : "done by half");
	deaths++;
}

static void
resume(int request, int signal_wanted)
{
	int status;

	if (ptrace(request, child, NULL, NULL) || waitpid(child, &status, 0) != child)
		tracer_fail("the child cannot be traced");
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal_wanted)
		tracer_fail("the child failed");
}

/* The child stands before a step; afterwards, before the next. */
void
tracer_step(const char *name, const void *step, size_t size)
{
	uint64_t start = single_steps;
	struct image now;

	step_name = name;
	committed = false;
	tracer_must(size <= STEP_SIZE);
	memcpy(shared->step, step, size);
	look(arena, &before);
	fresh_view();
	run_on_view(shared->step);
	look(&tracer_view, &after);
	(void)changed();
	while (!shared->inside)
		resume(PTRACE_SINGLESTEP, SIGTRAP);
	while (shared->inside) {
		resume(PTRACE_SINGLESTEP, SIGTRAP);
		if (++single_steps - start > STEPS_MAX)
			tracer_fail("the step does not end");
		if (changed())
			play_out();
	}
	resume(PTRACE_CONT, SIGSTOP);
	look(arena, &now);
	if (!same(&now, &after))
		tracer_fail("it did not what it does");
}

/* ---- the whole --------------------------------------------------------------------------------- */

static void
stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	CPU_ZERO(&here);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &here);
	(void)sched_setaffinity(0, sizeof(here), &here); /* slower without */
}

/* Once a program. */
static void
allocate(void)
{
	if (shared)
		return;
	stay_here();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	shadow = malloc(SHADOW_SIZE);
	if (shared == MAP_FAILED || !shadow)
		abort();
}

bool
tracer_start(const struct tracer_test *what)
{
	int status;

	test = what;
	tracer_must(test->image_size <= TRACER_IMAGE_MOST);
	allocate();
	memset(shadow, 0, SHADOW_SIZE);
	memset(shared, 0, sizeof(*shared));
	fflush(stdout);
	child = fork();
	if (child == 0)
		be_child();
	if (child < 0 || waitpid(child, &status, 0) != child)
		tracer_fail("no child");
	if (WIFEXITED(status) && WEXITSTATUS(status) == TRACER_SKIPPED)
		return false;
	if (!WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_EXITKILL))
		tracer_fail("the child cannot be traced");
	return true;
}

void
tracer_stop(void)
{
	kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	child = 0;
	munmap(tracer_view.base, tracer_view.window_size);
}

int
tracer_verdict(void)
{
	if (!deaths) {
		printf("tracing is not allowed here\n");
		return TRACER_SKIPPED;
	}
	printf("single steps: %lu\n", (unsigned long)single_steps);
	printf("deaths played out: %lu\n", (unsigned long)deaths);
	printf("1 passed, 0 failed\n");
	return 0;
}
