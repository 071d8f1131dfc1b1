// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.h -- records that some put into a container and others take out, each
 * once
 *
 *	worker	--push-->  container  --pop-->  worker that marks it as seen
 *
 * Records that the dead pushed without acknowledging it are there all, or
 * none.  Of a plain pop by one who died before he marked it nobody knows
 * what it was: so many records may be missing, and no more.  Other pops note
 * in the same transaction who has popped what; there nothing may be missing.
 */
#ifndef TARN_TESTS_TORTURE_QUEUE_H
#define TARN_TESTS_TORTURE_QUEUE_H

#include "torture/torture.h"

struct torture_queue {
	const char *name;
	int (*size)(uint64_t *size);
	int (*push)(const struct torture_record *records, uint64_t count); /* in one step */
	int (*pop)(struct torture_record *record);
	/* And make it what noted() says of this worker from then on; TARN_NOT_FOUND: none yet. */
	int (*pop_noted)(unsigned place, struct torture_record *record);
	int (*noted)(unsigned place, struct torture_record *record);
	int (*read)(struct torture_record *records, uint64_t *count);
	int (*clear)(void);
	struct torture_queue_journal *journal;
};

void torture_open_queue(struct torture_queue *queue);
void torture_act_queue(const struct torture_queue *queue, unsigned place);
void torture_settle_queue(const struct torture_queue *queue, unsigned place);
/* And empties it. */
void torture_compare_queue(const struct torture_queue *queue);

#endif
