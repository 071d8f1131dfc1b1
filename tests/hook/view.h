// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * view.h -- the thread of a step dies at every store, on a private view
 *
 * The step runs on the arena itself; before each of its stores the death of
 * its thread is played out on a copy-on-write mapping of the file.
 *
 *	step -- store -- store -- ... -- over: the arena itself is looked at
 *	          |
 *	          v
 *	        view: a reader reads, without any recovery
 *	              undo; look.  recover; look.  recover up to store k;
 *	              recover; look.  Then go on, as the slot's next owner
 *
 * What a look gives is an image.  It is the same whoever dies in the
 * recovery; over the stores of a step it changes as often as the step
 * commits, and is never again what it was.
 */
#ifndef TARN_TESTS_VIEW_H
#define TARN_TESTS_VIEW_H

#include "txn/object.h"

/* What a container's test brings along; an image has no padding that is not 0. */
struct view_test {
	size_t image_size; /* at most VIEW_IMAGE_MOST */
	/* see that the arena is whole, and what it holds */
	void (*look)(struct tarn_arena *in, void *image);
	/* on the view, as one who may only read, before anybody has recovered */
	void (*read)(void);
	/* what was read then, with what recovery has made of it */
	void (*compare)(const void *image);
	/* on the view, as the slot's next owner */
	void (*go_on)(const void *image);
};

enum { VIEW_IMAGE_MOST = 256 };

/*
 * The same without images, for a test that has another notion of what may be
 * there; it is armed and disarmed within its steps.
 */
struct view_deaths {
	unsigned again_every; /* stores of which so many have recoveries that die too */
	void (*before)(void); /* as one who may only read, before anybody has recovered; or NULL */
	/* drained: after the whole recovery; else after that of the lane alone */
	void (*look)(bool drained);
	void (*go_on)(void); /* as the slot's next owner; or NULL */
};

extern struct tarn_arena view; /* the view, as an arena; .readonly while it is read */
extern bool view_quiet;	       /* failures are not told */
extern bool view_once;	       /* no recovery dies: enough where calls are broken, and recovery is not */

/* In place of ck_assert(): says which step and store, and ends the process. */
#define view_must(claim) ((claim) ? (void)0 : view_fail(#claim))
_Noreturn void view_fail(const char *why);

/* The calling thread has a slot in the arena, which is nameless. */
void view_open(struct tarn_arena *arena);
void view_close(void);

/* A handle on the same object, but on the view. */
struct tarn_object view_object(const struct tarn_object *object);

/* From here to there are the stores of the step at which its thread dies. */
void view_arm(const struct view_deaths *deaths, const char *name);
void view_disarm(void);

/* How often the image has changed; name is of what is done, for hook_point(). */
unsigned view_run(const struct view_test *test, const char *name, void (*step)(void));

/* In look(): tarn_check(), with nothing leaked. */
struct tarn_check_report;
void view_check(struct tarn_arena *in, struct tarn_check_report *report);

#endif
