// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_check.h -- what must hold of hash maps, always and after a death
 *
 *	check_readers()	at any moment, through a mapping that can only be
 *			read: every answer is as before the step or as after
 *			it, all of them the same of the two; who cannot tell
 *			must say so at once
 *	check_image()	at rest: what there is, by every call that reads,
 *			which must agree with each other
 *	check_sight()	at any moment, and check_sights() after a recovery: a
 *			node that was not DIRTY and what it guards are as they
 *			were, for readers had no need to wait
 *	check_account()	at rest: every block is somewhere once, every entry
 *			where its hash belongs, no lock held, no log in flight
 */
#ifndef TARN_TESTS_HASHMAP_CHECK_H
#define TARN_TESTS_HASHMAP_CHECK_H

#include "hashmap_script.h"

/* What users see. */
struct check_image {
	bool named[SCRIPT_NAMES];
	struct {
		bool removed;
		uint64_t size;
		uint64_t values[SCRIPT_KEYS]; /* a hash of each; 0: no such key */
	} maps[SCRIPT_MAPS];
};

/* What the branches of splits and stashes leave behind. */
struct check_shape {
	unsigned depth, segments, stashed, graves;
};

/* The last thing that did not hold; NULL. */
extern const char *check_wrong;

/* Of a value; never 0. */
uint64_t check_hash_value(const void *bytes, size_t size);

/* Whether the image could be taken. */
bool check_image(struct script_world *world, struct check_image *image);
bool check_same(const struct check_image *a, const struct check_image *b);

/*
 * Whether all is well, of a world where nobody does anything.  shape: NULL,
 * or of map a; image: NULL, or what there is, as it lies.
 */
bool check_account(struct script_world *world, struct check_shape *shape,
		   struct check_image *image);

/* Versions of segments' nodes in the one are no less than in the other. */
bool check_versions(struct script_world *now, struct script_world *before);

struct check_sight;
struct check_sight *check_new_sight(void);
void check_sight(struct script_world *world, struct check_sight *sight);
bool check_sights(const struct check_sight *then, const struct check_sight *now);

enum check_verdict { CHECK_NOTHING, CHECK_BEFORE, CHECK_AFTER };

/* May a reader have to wait?  *waited is set if one had to. */
bool check_readers(struct script_world *world, const struct check_image *before,
		   const struct check_image *after, enum check_verdict *verdict, bool *waited);

#endif
