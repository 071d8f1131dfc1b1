// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_semop.c -- a System V semaphore, undone by the kernel at death
 */
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#define SHARED 8
#define COUNT 100000u

static int set;

static void
move(short by)
{
	struct sembuf one = { .sem_num = 0, .sem_op = by, .sem_flg = SEM_UNDO };

	if (semop(set, &one, 1))
		abort();
}

static void
end(void)
{
	(void)semctl(set, 0, IPC_RMID);
}

static void
open_lock(char *shared)
{
	struct sembuf one = { .sem_num = 0, .sem_op = 1 };

	(void)shared;
	set = semget(IPC_PRIVATE, 1, 0600);
	if (set < 0 || atexit(end) || semop(set, &one, 1))
		abort();
}

static void
join_lock(void)
{
}

static inline void
take(void)
{
	move(-1);
}

static inline void
give(void)
{
	move(1);
}

#include "lock_work.h"
