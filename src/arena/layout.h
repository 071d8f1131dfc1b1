// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * layout.h -- the map of an arena, byte by byte
 *
 * Picture (offsets grow to the right; every part starts on a 64 KiB chunk)
 *
 *	0      header   one chunk: struct tarn_header_shm, then the heap's and
 *			the catalog's own words
 *	       chunks   the chunk map: one bit for each chunk of the window
 *	       runs     the run map: one bit for each data chunk that is free
 *	       slots    slot_count x 256 B: who is attached
 *	=====  all of the above is given when the arena is created
 *	       logs     slot_count x 32 KiB: log, claims, limbo; given at a
 *			slot's first claim
 *	       spills   slot_count x 2.5 MiB: where a log's lists go on; given
 *			a chunk at a time, when a transaction needs it
 *	       descs    one descriptor for each data chunk; given as data grows
 *	       data     spans and runs of the heap; given as it grows
 *
 * The window is the whole of it, mapped once.  Only given chunks are backed
 * by memory; the chunk map says which, and every offset is checked against
 * it and against the file's size before it is followed.
 *
 * Invariants
 *	A1. a bit of the chunk map is set only after the file system has given
 *	    the chunk's memory, and is never cleared while others are attached
 *	A2. the header's first part (up to `statistics`) never changes after
 *	    the arena has its name
 *
 * Who may write what
 *	header		the creator, before the arena has a name
 *	chunk map	whoever has just been given the chunk, by an atomic OR
 *	statistics	anyone, by atomic adds; they are hints, never trusted
 *
 * On death: a chunk whose memory was given and whose bit was not yet set
 * is given again by whoever needs it next.  Nothing is lost.
 */
#ifndef TARN_ARENA_LAYOUT_H
#define TARN_ARENA_LAYOUT_H

#include <tarn/types.h>

#define TARN_MAGIC UINT64_C(0x314e5241547fa0e2) /* e2 a0 7f "TARN1": not text, not ELF */
#define TARN_FORMAT_VERSION 1u
#define TARN_CHUNK_SHIFT 16
#define TARN_CHUNK (UINT64_C(1) << TARN_CHUNK_SHIFT)
#define TARN_SLOT_SIZE 256u
#define TARN_LOG_SIZE (UINT64_C(32) << 10)
#define TARN_SPILL_LIST (UINT64_C(1) << 19) /* bytes a list may spill: 65,536 offsets */
#define TARN_SPILL_SIZE (5 * TARN_SPILL_LIST) /* words take two, allocs, limbo and locks one each */
#define TARN_DESC_SIZE 576u
#define TARN_SLOT_MAX 4000u /* an owner is 12 bits */

/* Counters for people; adding to them is never part of an operation. */
struct tarn_statistics_shm {
	uint64_t recoveries;	 /* slots of dead threads put right */
	uint64_t rollbacks;	 /* operations undone, by their owner or after its death */
	uint64_t deaths_in_txn;	 /* recoveries that found an open transaction */
	uint64_t retries;	 /* optimistic reads that had to start again */
	uint64_t lock_waits;	 /* times a thread had to wait for a lock */
	uint64_t growths;	 /* times memory was asked of the file system */
	uint64_t given_bytes;	 /* memory given so far */
	uint64_t attaches;
};

struct tarn_header_shm {
	uint64_t magic;
	uint32_t format;	/* TARN_FORMAT_VERSION */
	uint32_t header_size;	/* sizeof this struct */
	uint64_t layout_hash;	/* of every size and offset that the format fixes */
	uint64_t features_read; /* bits that a reader must know; 0 so far */
	uint64_t features_write; /* bits that a writer must know; 0 so far */
	uint8_t boot_id[16];
	uint64_t arena_id;	/* random; tells one arena from the next of the same name */
	uint64_t base_address;	/* where every process tries to map it */
	uint64_t created_at;	/* ns since 1970 */
	uint64_t max_size;	/* bytes of data it may hold at most: data_size */
	uint64_t window_size;	/* bytes of address space: the end of the data part */
	uint64_t slot_count;
	tarn_off chunks_off;
	tarn_off runs_off;
	tarn_off slots_off;
	tarn_off logs_off;
	tarn_off spills_off;
	tarn_off descs_off;
	tarn_off data_off;
	uint64_t front_size;	/* bytes given at creation: the end of the slot table */
	uint64_t checksum;	/* of everything above */
	struct tarn_statistics_shm statistics;
};

_Static_assert(sizeof(struct tarn_statistics_shm) == 64, "format");
_Static_assert(sizeof(struct tarn_header_shm) == 176 + 64, "format");

/* Where the upper floors keep their own words in the header chunk.  From 49,408 on they are those of
 * the segments of a sysv: arena (os/segment.h). */
#define TARN_HEAP_WORDS_OFF UINT64_C(4096)
#define TARN_CATALOG_WORDS_OFF UINT64_C(16384)

#endif
