// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * check.c -- tarn_check(): two looks that agree
 *
 * Picture
 *
 *	put the dead right -- look -- look -- the same, nobody in the middle?
 *	       ^				yes: tell	no: again, and
 *	       |					this time
 *	       '---- let go ---- look -- look <---- keep others out
 *
 * The first two looks take no lock, so an arena at rest is not written to.
 * If they disagree and we may write, others are kept out: the gates of all
 * objects that were seen, in the order of their roots, then the names and
 * the graveyard.  Who is in the middle of an operation ends it; who begins
 * one waits.  What cannot be kept out (blocks that programs take and free
 * by themselves, threads that come and go) makes looks differ, and they are
 * taken again.
 *
 * Gates are taken only of entries that the heap knows for what they are, so
 * not even in a damaged arena is a lock taken where none can be.
 *
 * Who may write what: the locks that are taken; dead slots, as everybody.
 *
 * On death: the locks are let go by whoever meets them.
 */
#include "check/walk.h"

#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)
#define DEADLINE_MS UINT64_C(10000)
#define PAUSE_FIRST_NS UINT64_C(100000)
#define PAUSE_MOST_NS UINT64_C(20000000)

struct check {
	struct tarn_arena *arena;
	struct tarn_check_options options;
	uint64_t deadline;
	uint64_t recovered;
	int *lost;		    /* by slot: why it could not be recovered */
	struct tarn_walk walks[2];
};

/* ---- the dead ---------------------------------------------------------------------------------- */

/* What cannot be had now (TARN_BUSY) is tried again before the next looks. */
static void
put_dead_right(struct check *check)
{
	struct tarn_arena *arena = check->arena;

	for (uint64_t i = 0; !arena->readonly && i < arena->fixed.slot_count; i++) {
		int code;

		check->lost[i] = 0;
		if (!tarn__slot_dead(arena, i, true))
			continue;
		code = tarn__slot_recover(arena, i);
		check->recovered += code == 0;
		check->lost[i] = code == TARN_BUSY ? 0 : code;
	}
}

/* ---- looking ----------------------------------------------------------------------------------- */

static int
look(struct check *check, uint64_t self, struct tarn_walk *walk)
{
	tarn__walk_free(walk);
	return tarn__walk(check->arena, self, check->lost, check->options.foreign_blocks, walk);
}

/* 0: what was seen is true; the second walk has it. */
static int
look_twice(struct check *check, uint64_t self)
{
	const struct tarn_walk *one = &check->walks[0], *two = &check->walks[1];
	int code = look(check, self, &check->walks[0]);

	tarn__fence_acquire();
	if (!code)
		code = look(check, self, &check->walks[1]);
	if (code)
		return code;
	if (one->digest != two->digest || one->report.problems != two->report.problems ||
	    two->busy)
		return TARN_BUSY;
	if (two->died)
		return check->arena->readonly ? TARN_OWNER_DIED : TARN_BUSY;
	return two->report.problems && two->in_flight ? TARN_BUSY : 0;
}

/* ---- keeping others out ------------------------------------------------------------------------ */

static int
by_offset(const void *a, const void *b)
{
	const struct tarn_live *one = a, *other = b;

	return (one->off > other->off) - (one->off < other->off);
}

/* Those that the last look has seen; one that has come up since makes the next looks differ. */
static int
take_gates(struct check *check, struct tarn_lane *lane)
{
	struct tarn_walk *seen = &check->walks[1];
	int code = 0;

	if (seen->live_count)
		qsort(seen->live, seen->live_count, sizeof(*seen->live), by_offset);
	for (uint64_t i = 0; !code && i < seen->live_count; i++) {
		struct tarn_entry_shm *entry = tarn__entry_at(check->arena, seen->live[i].off);

		if (entry && seen->live[i].has_parts)
			code = tarn__gate_lock(lane, &entry->root.gate, check->deadline);
	}
	return code;
}

static int
keep_out(struct check *check, struct tarn_lane *lane)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(check->arena);
	int code = take_gates(check, lane);

	if (!code)
		code = tarn__lock_wait(lane, &catalog->node, check->deadline);
	if (!code)
		code = tarn__lock_wait(lane, &catalog->graveyard_node, check->deadline);
	return code;
}

static int
look_alone(struct check *check)
{
	struct tarn_lane *lane;
	int ended, code = tarn__op_begin(check->arena, &lane);

	if (code)
		return code;
	code = keep_out(check, lane);
	if (code == TARN_CORRUPT)
		code = TARN_BUSY; /* a lock of nobody's: told, once nobody writes */
	if (!code)
		code = look_twice(check, lane->owner);
	ended = tarn__commit(lane);
	tarn__op_end(lane);
	return ended && !code ? ended : code;
}

/* ---- until it is quiet ------------------------------------------------------------------------- */

static int
look_until_quiet(struct check *check)
{
	uint64_t pause = PAUSE_FIRST_NS;
	bool alone = false;
	int code;

	for (;;) {
		put_dead_right(check);
		code = alone ? look_alone(check) : look_twice(check, 0);
		if (code != TARN_BUSY || tarn__os_now() >= check->deadline)
			return code;
		alone = !check->arena->readonly && !alone;
		if (!alone)
			tarn__os_sleep(pause);
		pause = tarn__min(pause * 2, PAUSE_MOST_NS);
	}
}

/* ---- telling ----------------------------------------------------------------------------------- */

static int
tell(struct check *check, struct tarn_check_report *report)
{
	const struct tarn_walk *walk = &check->walks[1];
	const struct tarn_problem *first = walk->problems;

	*report = walk->report;
	report->recovered = check->recovered;
	for (uint64_t i = 0; check->options.problem && i < walk->problem_count; i++) {
		const struct tarn_check_problem problem = {
			.object = walk->problems[i].object,
			.off = walk->problems[i].off,
			.what = walk->problems[i].what,
		};

		check->options.problem(&problem, check->options.arg);
	}
	if (!report->problems)
		return 0;
	tarn__error_detail("%lu problem%s; the first%s%s at 0x%lx: %s",
			   (unsigned long)report->problems, report->problems == 1 ? "" : "s",
			   first && first->object[0] ? ", in " : "", first ? first->object : "",
			   first ? (unsigned long)first->off : 0, first ? first->what : "?");
	return TARN_CORRUPT;
}

static int
explain(const struct check *check, int code)
{
	if (code == TARN_BUSY && check->walks[1].in_flight)
		tarn__error_detail("a thread is in the middle of an operation; tarn who shows whom");
	else if (code == TARN_BUSY)
		tarn__error_detail("others kept writing");
	if (code == TARN_OWNER_DIED)
		tarn__error_detail("a thread died in the middle of an operation; tarn reap puts it right");
	return code;
}

static int
begin(struct check *check, struct tarn_arena *arena, const struct tarn_check_options *options)
{
	uint64_t ms;
	int code = tarn__forked(arena) ? tarn__member_after_fork(arena) : 0;

	*check = (struct check){ .arena = arena };
	if (options)
		check->options = *options;
	ms = check->options.deadline_ms ? check->options.deadline_ms : DEADLINE_MS;
	check->deadline = tarn__os_now() + tarn__min(ms, UINT64_MAX / 4 / MS) * MS;
	check->lost = calloc(arena->fixed.slot_count, sizeof(*check->lost));
	if (!code && !check->lost)
		code = TARN_SYSTEM;
	return code;
}

int
tarn_check(struct tarn_arena *arena, const struct tarn_check_options *options,
	   struct tarn_check_report *report)
{
	struct tarn_check_report unused;
	struct check check;
	int code = begin(&check, arena, options);

	if (!report)
		report = &unused;
	memset(report, 0, sizeof(*report));
	if (!code)
		code = look_until_quiet(&check);
	code = code ? explain(&check, code) : tell(&check, report);
	tarn__walk_free(&check.walks[0]);
	tarn__walk_free(&check.walks[1]);
	free(check.lost);
	return code;
}
