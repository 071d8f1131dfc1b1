// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * torture.h -- what a container brings along to be used under real kills
 *
 * To add one: a file of its own with a struct torture_kind, here its name,
 * and its line in the table of mixed.c.
 *
 * Workers are processes that do one thing after the other, and are killed.
 * Beside the arena lie journals, in memory that no protocol guards: a worker
 * notes there what it is about to do, and then that it has done it.  What
 * was begun and not acknowledged has happened or has not; the killer looks
 * which it was (settle), and at the end, and a few times before, whether
 * all is there, once (compare).
 */
#ifndef TARN_TESTS_TORTURE_H
#define TARN_TESTS_TORTURE_H

#include "base/atomic.h"

#include <tarn.h>

#define TORTURE_WORKERS 4u

struct torture_kind {
	const char *name;
	void (*open)(void);		/* creates what it needs, before there are workers */
	void (*close)(void);
	void (*act)(unsigned place);	/* in a worker */
	void (*settle)(unsigned place); /* that worker is dead */
	void (*compare)(void);		/* all workers are dead, and settled */
	/* for transactions over all containers, or NULL: a number for each worker, 0 at first */
	struct tarn_object *(*object)(unsigned place);
	int (*set_number)(struct tarn_txn *txn, unsigned place, uint64_t number);
	int (*get_number)(unsigned place, uint64_t *number);
};

extern const struct torture_kind torture_bitset, torture_counter, torture_deque, torture_hashmap,
	torture_hashmulti, torture_hashset, torture_list, torture_map, torture_multimap,
	torture_priority_queue, torture_queue, torture_set, torture_stack, torture_string,
	torture_transfer, torture_vector;

extern struct tarn_arena *torture_arena;
extern uint64_t torture_lost, torture_doubled; /* settle and compare add to them */
extern uint64_t torture_unsure;		       /* begun by the dead and not acknowledged */

uint64_t torture_roll(uint64_t below);
void torture_expect_0(const char *what, int code);
/* The same, but TARN_NOT_FOUND is fine: others have made it shorter meanwhile. */
void torture_expect_there(const char *what, int code);
/* In a worker: what it sees must be so. */
void torture_claim(const char *what, bool is_so);
/* A journal: all 0, and of all processes. */
void *torture_memory(size_t size);

/* ---- numbered records, each worker's in their order -------------------------------------------- */

#define TORTURE_BATCH 40u

struct torture_record {
	uint64_t place, number, sum;
};

uint64_t torture_sum(const struct torture_record *record);
void torture_make_records(struct torture_record *made, unsigned place, uint64_t first,
			  uint64_t count);

/* Records at the end of a container of them. */
struct torture_sequence {
	const char *name;
	uint64_t (*size)(void);
	int (*read)(uint64_t index, struct torture_record *records, uint64_t count);
	int (*append)(const struct torture_record *records, uint64_t count);
	int (*clear)(void);
	struct torture_numbers {
		uint64_t begun[TORTURE_WORKERS], done[TORTURE_WORKERS];
	} *numbers;
};

void torture_append(const struct torture_sequence *sequence, unsigned place);
void torture_settle_sequence(const struct torture_sequence *sequence, unsigned place);
/* And empties it. */
void torture_compare_sequence(const struct torture_sequence *sequence);

#endif
