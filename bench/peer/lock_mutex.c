// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_mutex.c -- a pthread mutex, process-shared and robust
 */
#include <pthread.h>
#include <stdlib.h>

#define SHARED sizeof(pthread_mutex_t)
#define COUNT 4000000u

static pthread_mutex_t *mutex;

static void
open_lock(char *shared)
{
	pthread_mutexattr_t how;

	mutex = (pthread_mutex_t *)(void *)shared;
	if (pthread_mutexattr_init(&how) ||
		pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED) ||
		pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST) ||
		pthread_mutex_init(mutex, &how))
		abort();
}

static void
join_lock(void)
{
}

static inline void
take(void)
{
	if (pthread_mutex_lock(mutex))
		abort();
}

static inline void
give(void)
{
	if (pthread_mutex_unlock(mutex))
		abort();
}

#include "lock_work.h"
