// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.h -- one or two objects of elements, in scenarios that are died in at
 * every store (hook/view.h)
 *
 * An area is a length, more words, and then its elements (vector_layout.h).
 * What has none is read by its own call wherever it is looked at.
 * What a container's test brings along is how it reads one, and how it
 * changes one and back again.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		both objects' words and elements, and how many objects
 *			there are: what a reader could tell before anybody has
 *			recovered
 *	afterwards	change and change back, finish the graveyard; all is as it
 *			was
 */
#ifndef TARN_TESTS_CRASH_PAIR_H
#define TARN_TESTS_CRASH_PAIR_H

#include "hook/view.h"

#define PAIR 2u
#define PAIR_BYTES_MOST (UINT64_C(1) << 18) /* of an object */
#define PAIR_MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT) /* of the arena */
#define PAIR_MANY UINT32_MAX

#define must(claim) view_must(claim)

struct pair_test {
	void (*open)(struct tarn_arena *arena); /* sets pair_objects[0]; [1] is NULL so far */
	void (*close)(void);			/* both, if there are two, and what steps have opened */
	/* by the handle, which is on the view: what it has said; elements into bytes */
	int (*read)(struct tarn_object *object, void *bytes, uint64_t *length);
	/* add an element, or some, and take them away again: 0; or what it says instead */
	int (*change)(struct tarn_object *object, uint64_t length);
	bool has_no_area; /* looked at by read(), too */
};

struct pair_scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;  /* how often what there is changes; PAIR_MANY: more than once */
	bool never_waits; /* who reads, at whatever store the step is */
};

extern struct tarn_object *pair_objects[PAIR]; /* plain handles; NULL: no second one */
extern uint32_t pair_size;		       /* of an element, in bytes */

void pair_run(const struct pair_test *test, const struct pair_scenario *scenario);

#endif
