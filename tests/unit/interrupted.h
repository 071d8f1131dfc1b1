// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * interrupted.h -- a call that copies out is interrupted in the middle
 *
 * The second page of the room that it copies into is not there until it is
 * touched; then something else is done, as by others, and it goes on.
 */
#ifndef TARN_TESTS_INTERRUPTED_H
#define TARN_TESTS_INTERRUPTED_H

#include "unit/hashmap_common.h"

#include <sys/mman.h>

#define PAGE 4096u
#define PAGES 3u

static char *room;
static void (*interrupt)(void);

static inline void
touched(int number)
{
	(void)number;
	if (mprotect(room, PAGES * PAGE, PROT_READ | PROT_WRITE))
		_exit(1);
	interrupt();
}

/* What is read lies in room afterwards. */
static inline void
read_interrupted(void (*read)(void), void (*by)(void))
{
	struct sigaction action = { .sa_handler = touched }, before;

	room = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert(room != MAP_FAILED && !mprotect(room + PAGE, PAGE, PROT_NONE));
	interrupt = by;
	ok(sigaction(SIGSEGV, &action, &before));
	read();
	ok(sigaction(SIGSEGV, &before, NULL));
}

#endif
