// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tracer.h -- steps as they are compiled, died in after every instruction
 *
 * The steps run without hooks, as the build's own compiler and flags made
 * the library, in a traced child with a slot of its own.  Inside a step the
 * child is stepped by single instructions; whenever one has changed the
 * child's log, the catalog, the heap or a data chunk, its death is played out
 * on a private view: recovery, tarn_check(), and what there is is as before
 * the step, or as after it, and never as before again.
 *
 * Who does what: the child stops before each step; the tracer runs the step
 * on the view, to know how it will end, and then steps from when the child
 * raises its flag until it lowers it.  The flag lies in memory that the two
 * share.
 */
#ifndef TARN_TESTS_STEP_TRACER_H
#define TARN_TESTS_STEP_TRACER_H

#include "txn/object.h"

#include <stdbool.h>

#define TRACER_IMAGE_MOST 4096u
#define TRACER_SKIPPED 77 /* what main() returns where tracing is not allowed */

struct tracer_test {
	size_t image_size;
	/* see that the arena or the view is whole, and what it holds: no padding that is not 0 */
	void (*look)(struct tarn_arena *in, void *image);
	/* a step, by the thread's slot in there; it must work */
	void (*run)(struct tarn_arena *in, const void *step);
	void (*prepare)(void);	  /* in the child, before its first step; or NULL */
	void (*fresh_view)(void); /* the view is as the arena again; or NULL */
};

extern struct tarn_arena tracer_view; /* the view, as an arena */

/* In place of ck_assert(): says which step and instruction, and ends the process. */
#define tracer_must(claim) ((claim) ? (void)0 : tracer_fail(#claim))
_Noreturn void tracer_fail(const char *why);

/* The view of an arena that is nameless and has at most 4 MiB of data in use. */
void tracer_open_view(struct tarn_arena *arena);

/* A child; false: tracing is not allowed here. */
bool tracer_start(const struct tracer_test *test);

/* A step of that size; what it is the child is told by value. */
void tracer_step(const char *name, const void *step, size_t size);

/* The child ends, and the view. */
void tracer_stop(void);

/* A handle on the same object, but on the view. */
struct tarn_object tracer_object(const struct tarn_object *object);

/* In look(): tarn_check(), with nothing leaked. */
void tracer_check(struct tarn_arena *in);

/* The last lines; what main() returns. */
int tracer_verdict(void);

#endif
