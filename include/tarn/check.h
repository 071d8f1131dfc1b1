// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * check.h -- is an arena whole, and where is its memory?
 *
 * tarn_check() follows everything that an arena holds, and counts: each byte
 * of its data part is in exactly one place.  Whatever contradicts itself is
 * a problem, told in words.
 *
 * It believes only what it has seen twice, with no change in between.  If
 * others write meanwhile, and the arena is open for writing, it keeps them
 * out for the time of two looks: it takes the gates of all objects, as a
 * transaction would, and locks the names.  Calls of tarn_alloc() and
 * tarn_free() cannot be kept out; it waits for a moment without.
 */
#ifndef TARN_CHECK_H
#define TARN_CHECK_H

#include <tarn/error.h>
#include <tarn/types.h>

/** Something that cannot be. */
struct tarn_check_problem {
	const char *object; /* the name of the object in which it is; "" for none */
	tarn_off off;	    /* where; 0: in no place */
	const char *what;   /* in words */
};

/** Options of tarn_check(); all zero is a good default. */
struct tarn_check_options {
	void (*problem)(const struct tarn_check_problem *problem, void *arg); /* told each, up to the 1,000th; or NULL */
	void *arg;		     /* passed on */
	uint64_t deadline_ms;	     /* how long to try for a quiet moment; 0: 10,000 */
	bool foreign_blocks;	     /* programs use tarn_alloc(): a block to which no object leads is theirs, and not leaked */
};

/** What tarn_check() has found.  data_bytes is the sum of the ten that follow it. */
struct tarn_check_report {
	uint64_t data_bytes;	  /* of the data part, as far as it is used yet */
	uint64_t reachable_bytes; /* blocks of objects, and their entries in the catalog */
	uint64_t graveyard_bytes; /* the same of removed objects */
	uint64_t claimed_bytes;	  /* held ready by threads, to be given out */
	uint64_t limbo_bytes;	  /* freed by threads, on their way back */
	uint64_t log_bytes;	  /* taken by operations that are under way */
	uint64_t free_bytes;
	uint64_t spare_bytes;	  /* ends of spans, too short for a block */
	uint64_t foreign_bytes;	  /* with foreign_blocks: those to which no object leads */
	uint64_t leaked_bytes;	  /* in use, and nothing leads there: a problem */
	uint64_t unknown_bytes;	  /* where the heap's own words contradict each other: a problem */

	uint64_t doubled_bytes;	  /* blocks in two places at once: a problem; counted above too, once */
	uint64_t foreign_blocks, leaked_blocks, doubled_blocks;
	uint64_t objects;	  /* that have a name */
	uint64_t entries;	  /* in all of them */
	uint64_t removed;	  /* objects in the graveyard */
	uint64_t recovered;	  /* dead threads that were put right first */
	uint64_t problems;
};

/**
 * tarn_check() - look at all of an arena, and count its memory
 * @arena:	open; for writing, what dead threads have left is put right first
 * @options:	NULL is the defaults
 * @report:	filled in on 0 and TARN_CORRUPT, else all zero; or NULL
 *
 * Header, chunk map, threads and their logs, the heap, the names, the graveyard, every object.
 * Nothing but the locks of others that write is changed; damage is never repaired, and whatever the
 * arena contains, the call returns.
 *
 * Time:	O(size of what is in use), twice; memory: a byte a block and some.
 * Crash:	atomic; a kill leaves locks behind that others take back, as always.
 * Blocks:	until others have left the arena alone for two looks, to the deadline.
 * Return: 0, all is well; TARN_CORRUPT, there are problems, and tarn_error_detail() says how many and the
 * first; TARN_BUSY, others kept writing, or one has stopped in the middle; TARN_TIMEOUT, a transaction
 * held an object, or somebody a guest's lock, until the deadline; TARN_OWNER_DIED, reading only:
 * somebody died in the middle of a change; TARN_FULL, TARN_TOO_BIG or TARN_NO_SLOT, others cannot be kept out; TARN_IN_TXN; TARN_NESTED;
 * TARN_SYSTEM.
 * Example:
 *	struct tarn_check_report report;
 *	int code = tarn_check(arena, NULL, &report);
 *
 *	if (code)
 *		printf("%s: %s\n", tarn_error_name(code), tarn_error_detail());
 *	else
 *		printf("%" PRIu64 " entries\n", report.entries);
 */
TARN_API TARN_MUST_CHECK int tarn_check(struct tarn_arena *arena,
					const struct tarn_check_options *options,
					struct tarn_check_report *report);

#endif
