// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors as they are compiled, died in after every instruction
 *
 * The steps run without hooks, as the build's own compiler and flags made
 * the library, in a traced child with a slot of its own.  Inside a step the
 * child is stepped by single instructions; whenever one has changed the
 * child's log, the catalog, the heap or a data chunk, its death is played out
 * on a private view: recovery, tarn_check(), and the elements are as before
 * the step, or as after it, and never as before again.
 *
 * Who does what: the child stops before each step; the tracer runs the step
 * on the view, to know how it will end, and then steps from when the child
 * raises its flag until it lowers it.  The flag lies in memory that the two
 * share.
 */
#include "heap/inner.h"

#include "base/hash.h"
#include "txn/object.h"

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
#define SKIPPED 77
#define SHADOW_SIZE (UINT64_C(4) << 20)
#define MAX_SIZE (UINT64_C(2) << 20)

/* Shared. */
static struct shared {
	volatile uint64_t inside; /* the child is in a step */
	volatile uint64_t slot;	  /* its own */
	volatile unsigned step;
} *shared;

struct image {
	uint64_t lengths[2], contents[2], words[2];
};

static pid_t child;
static struct tarn_arena *arena, view;
static struct tarn_object *handles[2], on_view[2];
static struct tarn_thread *self;
static unsigned char *shadow;
static uint32_t size;
static uint64_t single_steps, deaths;
static const char *step_name = "";

static _Noreturn void
fail(const char *why)
{
	printf("%s of %u bytes, instruction %lu: %s\n", step_name, size,
	       (unsigned long)single_steps, why);
	fflush(stdout);
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
}

#define must(claim) ((claim) ? (void)0 : fail(#claim))

/* ---- steps ------------------------------------------------------------------------------------- */

static const char *
values(uint64_t seed)
{
	static char bytes[16 * 64];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(tarn__hash_u64(i, seed) | 1);
	return bytes;
}

static int
push(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_push_back(v, values(1));
}

static int
append(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_append(v, values(2), 5);
}

static int
pop(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_pop_back(v, NULL);
}

static int
set(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_set(v, 1, values(3));
}

static int
insert(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_insert(v, 1, values(4), 2);
}

static int
erase(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_erase(v, 0, 2);
}

static int
shrink(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_shrink_to_fit(v);
}

static int
exchange(struct tarn_vector *v, struct tarn_vector *w)
{
	return tarn_vector_swap(v, w);
}

static int
change(struct tarn_vector *v, struct tarn_vector *w, bool commits)
{
	struct tarn_object *objects[] = { tarn_vector_object(v), tarn_vector_object(w) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	v = tarn_vector_in(v, txn);
	code = tarn_vector_pop_back(v, NULL);
	if (!code)
		code = tarn_vector_push_back(v, values(5));
	if (!code)
		code = tarn_vector_resize(tarn_vector_in(w, txn), 20, values(6));
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(struct tarn_vector *v, struct tarn_vector *w)
{
	return change(v, w, true);
}

static int
undo(struct tarn_vector *v, struct tarn_vector *w)
{
	return change(v, w, false);
}

static const struct step {
	const char *name;
	int (*run)(struct tarn_vector *v, struct tarn_vector *w);
} steps[] = {
	{ "push", push },	{ "append", append },	{ "append into a new block", append },
	{ "pop", pop },		{ "push again", push }, { "set", set },
	{ "insert", insert },	{ "erase", erase },	{ "shrink", shrink },
	{ "swap", exchange },	{ "append", append },	{ "transaction", commit },
	{ "transaction aborted", undo },
};

/* ---- the child --------------------------------------------------------------------------------- */

static _Noreturn void
be_child(void)
{
	struct tarn_thread *thread;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(SKIPPED);
	if (tarn__thread_get(arena, &thread))
		_exit(1);
	shared->slot = thread->index;
	for (;;) {
		raise(SIGSTOP);
		shared->inside = 1;
		if (steps[shared->step].run((struct tarn_vector *)handles[0],
					    (struct tarn_vector *)handles[1]))
			_exit(1);
		shared->inside = 0;
	}
}

/* ---- the view ---------------------------------------------------------------------------------- */

static void
fresh_view(void)
{
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
	view.seen_size = arena->seen_size;
}

static void
open_world(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, size, NULL };
	struct tarn_vector *opened;

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn__thread_get(arena, &self) == 0);
	view = *arena;
	view.serial = tarn__arena_new_serial();
	view.deadline_ns = 0;
	view.base = mmap(NULL, view.window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 arena->file.fd, 0);
	must(view.base != MAP_FAILED);
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
	for (unsigned i = 0; i < 2; i++) {
		must(tarn_vector_open(arena, &opened, i ? "w" : "v", &type, TARN_CREATE, NULL) == 0);
		handles[i] = tarn_vector_object(opened);
		on_view[i] = *handles[i];
		on_view[i].arena = &view;
		on_view[i].root = (void *)(view.base + handles[i]->root_off);
		must(tarn_vector_append(opened, values(10 + i), 3) == 0);
	}
}

/* The step on the view, by the child's slot. */
static void
run_on_view(const struct step *step)
{
	struct tarn_lane lane;
	struct tarn_thread thread = *self;

	must(!tarn__lane_view(&lane, &view, shared->slot) && !tarn__lane_heap->enter(&lane));
	lane.slot = tarn__slot_at(&view, shared->slot);
	thread.arena = &view;
	thread.slot = lane.slot;
	thread.index = shared->slot;
	thread.owner = shared->slot + 1;
	thread.lane = &lane;
	thread.arena_serial = view.serial;
	tarn__thread_cached = &thread;
	must(step->run((struct tarn_vector *)&on_view[0], (struct tarn_vector *)&on_view[1]) == 0);
	tarn__thread_cached = self;
	tarn__lane_heap->leave(&lane);
	tarn__txn_free(lane.txn_memory);
}

static struct image
look(struct tarn_arena *in)
{
	struct tarn_check_report report;
	bool was = in->readonly;
	struct image image;

	in->readonly = true; /* it need not keep others out */
	must(tarn_check(in, NULL, &report) == 0);
	in->readonly = was;
	must(report.leaked_bytes == 0);
	for (unsigned i = 0; i < 2; i++) {
		const struct tarn_root_shm *root = (void *)(in->base + handles[i]->root_off);
		const uint64_t *area = (void *)(in->base + root->structure);

		image.words[i] = root->word;
		image.lengths[i] = area[0];
		image.contents[i] = tarn__hash_bytes(area + 8, area[0] * size, 1);
	}
	return image;
}

static bool
same(const struct image *a, const struct image *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- what has changed -------------------------------------------------------------------------- */

static bool
differs(uint64_t *used, uint64_t off, uint64_t bytes)
{
	unsigned char *copy = shadow + *used;

	*used += bytes;
	if (*used > SHADOW_SIZE)
		abort();
	if (!memcmp(copy, arena->base + off, bytes))
		return false;
	memcpy(copy, arena->base + off, bytes);
	return true;
}

/* The catalog and the heap's words, the run map, descriptors, the child's log, and data. */
static bool
changed(void)
{
	const struct tarn_heap_shm *heap = (void *)(arena->base + TARN_HEAP_WORDS_OFF);
	uint64_t used = 0;
	bool any = differs(&used, arena->fixed.logs_off + shared->slot * TARN_LOG_SIZE,
			   TARN_LOG_SIZE);

	any |= differs(&used, TARN_HEAP_WORDS_OFF, TARN_CHUNK - TARN_HEAP_WORDS_OFF);
	any |= differs(&used, arena->fixed.runs_off, 64);
	any |= differs(&used, arena->fixed.descs_off, heap->frontier * TARN_DESC_SIZE);
	any |= differs(&used, arena->fixed.data_off, heap->frontier * TARN_CHUNK);
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
	must(tarn__slot_work->recover(&view, shared->slot) == 0);
	image = look(&view);
	if (same(&image, &after))
		committed = !same(&before, &after);
	else if (!same(&image, &before) || committed)
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

/* The child stands before a step; afterwards, before the next. */
static void
step_through(unsigned number)
{
	uint64_t start = single_steps;
	struct image now;

	step_name = steps[number].name;
	committed = false;
	before = look(arena);
	fresh_view();
	run_on_view(&steps[number]);
	after = look(&view);
	shared->step = number;
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
	now = look(arena);
	must(same(&now, &after));
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

static bool
run(void)
{
	open_world();
	memset(shadow, 0, SHADOW_SIZE);
	if (!start_child())
		return false;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(steps); i++)
		step_through(i);
	kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	child = 0;
	munmap(view.base, view.window_size);
	return true;
}

int
main(void)
{
	static const uint32_t sizes[] = { 8, 3, 40 };

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	shadow = malloc(SHADOW_SIZE);
	if (shared == MAP_FAILED || !shadow)
		abort();
	stay_here();
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		if (run())
			continue;
		printf("tracing is not allowed here\n");
		return SKIPPED;
	}
	printf("single steps: %lu\n", (unsigned long)single_steps);
	printf("deaths played out: %lu\n", (unsigned long)deaths);
	printf("1 passed, 0 failed\n");
	return 0;
}
