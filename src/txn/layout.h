// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * layout.h -- a slot's log, byte by byte
 *
 * Picture (32 KiB, one for each slot; offsets grow downwards)
 *
 *	    0  struct tarn_log_shm: commit word, lock count, nested count, settle
 *	  256  claim counts    the heap's: how many blocks the slot holds ready
 *	 1280  nested locks    8 offsets
 *	 1408  nested words    96 records
 *	 2944  held            16 offsets of user locks' gates; 0: none
 *	 3072  locks           256 offsets	) each list goes on in the
 *	 5120  words           256 records	) slot's spill area, which is
 *	 9216  allocs          256 offsets	) given when a transaction
 *	11264  limbo           256 offsets	) first needs it
 *	13312  claims          2,432 offsets: those blocks
 *
 *	record = { offset, old value }; the lowest bits of the offset say what
 *	is to be restored: the whole word (0), only the payload of a node word
 *	(1), or a run of bits in the bitmap at the offset (2; the old value is
 *	then first:32 | count:31 | value:1)
 *
 * The commit word = words:16 | allocs:16 | limbo:16 | 0.  One store of it
 * drops the undo records, keeps the new blocks, and hands the freed ones,
 * written behind the limbo's end before, to the limbo.  That is why commit
 * and free cannot come apart.
 *
 * The locks word = count:32 | SETTLE.  While SETTLE is set, the settle
 * record says what follows from the release of one node; see lane.h.
 *
 * Who may write what: the slot's thread; after its death, whoever holds the
 * slot's recovery byte.
 */
#ifndef TARN_TXN_LAYOUT_H
#define TARN_TXN_LAYOUT_H

#include "arena/layout.h"

#define TARN_LOG_MAGIC UINT64_C(0x474f4c) /* "LOG" */

struct tarn_log_shm {
	uint64_t magic;
	uint64_t commit;
	uint64_t locks;
	uint64_t nested; /* undo records of the nested action in flight */
	uint64_t nested_locks;
	tarn_off settle_node;	   /* whose release, or other store, commits */
	uint64_t settle_word;	   /* as it is while locked: not committed */
	tarn_off settle_count;	   /* a word that goes with it; 0: none */
	uint64_t settle_count_old; /* what it was, if not committed */
	uint64_t settle_commit_new; /* the commit word once committed */
	uint64_t spare[22];
};

_Static_assert(sizeof(struct tarn_log_shm) == 256, "format");

struct tarn_record_shm {
	tarn_off off;
	uint64_t old;
};

_Static_assert(sizeof(struct tarn_record_shm) == 16, "format");

#define TARN_LOG_CLAIM_COUNTS 256u
#define TARN_LOG_NESTED_LOCKS 1280u /* what lies before may be restored by undo records */
#define TARN_LOG_NESTED_WORDS 1408u
#define TARN_LOG_HELD 2944u
#define TARN_LOG_LOCKS 3072u
#define TARN_LOG_WORDS 5120u
#define TARN_LOG_ALLOCS 9216u
#define TARN_LOG_LIMBO 11264u
#define TARN_LOG_CLAIMS 13312u

enum { TARN_CLAIM_COUNTS = 128, TARN_CLAIM_BLOCKS = 2432 };

/* How many entries lie in the log itself, and in all; how many freed blocks are put in order.  Tiny limits let tests die in every spill. */
#ifdef TARN_TINY
enum { TARN_WORDS_HERE = 4, TARN_LOCKS_HERE = 2, TARN_ALLOCS_HERE = 2, TARN_LIMBO_HERE = 4 };
enum { TARN_LIST_MAX = 128, TARN_LIMBO_TIDY = 3 };
#else
enum { TARN_WORDS_HERE = 256, TARN_LOCKS_HERE = 256, TARN_ALLOCS_HERE = 256, TARN_LIMBO_HERE = 256 };
enum { TARN_LIST_MAX = 65535, TARN_LIMBO_TIDY = 32 };
#endif
/* The lowest bits of a listed lock's offset. */
#define TARN_LOCK_GATE UINT64_C(1)	/* others sleep on it: exchange, and wake them */
#define TARN_HELD_READER UINT64_C(1)	/* held together with others */
#define TARN_LOCK_MARKS UINT64_C(7)

enum { TARN_HELD_MAX = 16 };
enum { TARN_NESTED_WORDS_MAX = 96, TARN_NESTED_LOCKS_MAX = 8 };

#define TARN_COMMIT_WORD UINT64_C(1)
#define TARN_COMMIT_ALLOC (UINT64_C(1) << 16)
#define TARN_COMMIT_LIMBO (UINT64_C(1) << 32)
#define TARN_LOCKS_SETTLE (UINT64_C(1) << 63)
#define TARN_RECORD_PAYLOAD UINT64_C(1)
#define TARN_RECORD_BITS UINT64_C(2)
#define TARN_RECORD_KIND UINT64_C(7)

static inline uint64_t
tarn__commit_words(uint64_t commit)
{
	return commit & 0xffff;
}

static inline uint64_t
tarn__commit_allocs(uint64_t commit)
{
	return commit >> 16 & 0xffff;
}

static inline uint64_t
tarn__commit_limbo(uint64_t commit)
{
	return commit >> 32 & 0xffff;
}

static inline uint64_t
tarn__locks_count(uint64_t locks)
{
	return locks & 0xffffffff;
}

#endif
