// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open.h -- between the files of src/arena: requests and headers
 *
 * request.c turns what a caller says into what is wanted, header.c lays an
 * arena out or checks how it is laid out, open.c does the rest in order;
 * grow.c is needed by all, since the front part is the first growth.
 * Not for the floors above.
 */
#ifndef TARN_ARENA_OPEN_H
#define TARN_ARENA_OPEN_H

#include "arena/arena.h"

/* What a caller wants, with every default filled in. */
struct tarn_arena_request {
	enum tarn_open_mode how;
	bool readonly;
	bool elsewhere;
	void *address;
	mode_t mode;
	uint64_t max_size;
	uint64_t slot_count;
	uint64_t deadline_ns;
	uint64_t segments;     /* of data, to be made at creation */
	uint64_t segment_size; /* 0: the backend's default */
	struct tarn_os_name name;
};

/* request.c: from name, options and environment.  TARN_INVALID where one of them is wrong. */
int tarn__arena_request(const char *name, const struct tarn_arena_options *options,
	struct tarn_arena_request *request);

/* header.c */

#define TARN_ARENA_SIZE_MIN (UINT64_C(1) << 20)
#define TARN_ARENA_SIZE_MAX (UINT64_C(1) << 44)
#define TARN_ARENA_SLOTS_MIN 4u

/* Lay out an arena: every field that follows from these two.  Both within their limits. */
void tarn__header_plan(uint64_t max_size, uint64_t slot_count, struct tarn_header_shm *header);

/* Fill in the rest; base_address and what tarn__header_plan() does must be there. */
void tarn__header_finish(struct tarn_header_shm *header);

/* Whether a private copy of a header is one that we can use; 0 or TARN_FORMAT. */
int tarn__header_check(const struct tarn_header_shm *header, uint64_t file_size, bool readonly);

/* A hash of the boot id that is in force, never 0; 0 if there is none to be had. */
uint64_t tarn__header_boot(uint8_t boot_id[16]);

/* Write the front part of a new arena: header and chunk map. */
void tarn__header_write(struct tarn_arena *arena);

/* grow.c: mark chunks as given, count them, and say that the file is at least so long */
void tarn__arena_mark_given(struct tarn_arena *arena, uint64_t first, uint64_t end);
void tarn__arena_saw_size(struct tarn_arena *arena, uint64_t size);

#endif
