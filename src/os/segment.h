// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * segment.h -- System V segments, side by side; for src/os only
 *
 * segment.c has what is done with segments, sysv.c what is done with names
 * and the lock file.
 *
 * Picture (the window; all segments but the last are of one size)
 *
 *	| segment 0 | segment 1 |  none yet | segment 3 | ...
 *	  ^ key N     ^ a key that follows from N, segment 0's id, and 1
 *	  `-- in its first 64 KiB: header | ... | struct tarn_segments_shm
 *
 * The table in segment 0 says which segments there are, by their ids: so
 * they are found even when their keys are gone, after IPC_RMID, as long as
 * somebody has them attached.  An id is believed only if the kernel says
 * that the segment has the key and the size which belong at that place.
 *
 * A segment is a little smaller than its place, by TARN_SEGMENT_MARK bytes
 * and one for each segment before it; the kernel rounds up to pages.  So what
 * is ours can be told from what is not before anybody has written into it,
 * and of two whose keys happen to be the same, which is which.
 *
 * Who may write what
 *	state	0 at first; who holds the creation byte of the lock file
 *	window_size, dev, ino	the creator, while state is 0
 *	ids	who grows the arena, from 0 to an id + 1, once
 */
#ifndef TARN_OS_SEGMENT_H
#define TARN_OS_SEGMENT_H

#include "os/backend.h"

#define TARN_SEGMENTS_OFF UINT64_C(49408) /* in the arena: where the words begin */
#define TARN_SEGMENT_GRAIN (UINT64_C(1) << 16)
#define TARN_SEGMENT_MARK UINT64_C(0x541) /* nobody else asks for such sizes */

#define TARN_SEGMENTS_MADE UINT64_C(0x3153544e454d4753) /* "SGMENTS1": a whole arena */
#define TARN_SEGMENTS_REMOVED UINT64_C(0x30454e4f47544753) /* "SGTGONE0": being removed */

struct tarn_segments_shm {
	uint64_t state; /* one of these; 0: being made */
	uint64_t window_size;
	uint64_t dev, ino; /* the lock file's */
	uint64_t zero[12];
	uint64_t ids[TARN_SEGMENTS_MAX]; /* id + 1; 0: no such segment yet; the first one is unused
					  */
};

_Static_assert(sizeof(struct tarn_segments_shm) == 128 + TARN_SEGMENTS_MAX * 8, "format");
_Static_assert(
	TARN_SEGMENTS_OFF + sizeof(struct tarn_segments_shm) == TARN_SEGMENT_GRAIN, "format");

/*
 * Segment 0 under this key, as the kernel describes it.  TARN_NOT_FOUND;
 * TARN_FORMAT: it is not one of ours; TARN_DENIED; TARN_SYSTEM.
 */
int tarn__segments_find(uint32_t key, struct tarn_os_segments *segments);

/* Copy bytes of segment 0 to private memory; TARN_FORMAT if it ends before. */
int tarn__segments_read(
	const struct tarn_os_segments *segments, uint64_t off, void *buffer, uint64_t size);

/* Mark all segments for removal, segment 0 last.  TARN_DENIED: nothing was done. */
int tarn__segments_remove(const struct tarn_os_segments *segments);

/* The words in segment 0, which must be attached. */
struct tarn_segments_shm *tarn__segments_words(const struct tarn_os_segments *segments);

/* Where the highest segment ends that this table names. */
uint64_t tarn__segments_end(
	const struct tarn_os_segments *segments, const struct tarn_segments_shm *words);

/* Of the backend: see struct tarn_backend */
int tarn__segments_map(struct tarn_os_file *file, void *place, uint64_t size);
int tarn__segments_reserve(struct tarn_os_file *file, uint64_t off, uint64_t size);
int tarn__segments_give(struct tarn_os_file *file, uint64_t off, uint64_t size);
int tarn__segments_extend(struct tarn_os_file *file, uint64_t off, uint64_t size);
bool tarn__segments_all_seen(struct tarn_os_file *file);

#endif
