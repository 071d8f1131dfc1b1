// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * crew.h -- one body run by several workers: as threads, and as processes
 *
 * What workers tell lies in memory that all of them share.  Each is joined
 * in turn; a process that was killed, or that a sanitizer has something
 * against when it ends, has not done well, whatever it has told before.
 */
#ifndef TARN_TESTS_CREW_H
#define TARN_TESTS_CREW_H

#include "base/hash.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define CREW_MOST 16u

struct crew {
	unsigned count; /* workers */
	void (*work)(unsigned place);
	void (*before_join)(unsigned place);	     /* or NULL */
	void (*after_join)(unsigned place, bool well); /* or NULL */
};

struct crew_member {
	const struct crew *crew;
	unsigned place;
};

static _Thread_local uint64_t dice;

static inline uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 5);
	return dice % below;
}

static inline void
expect_0(const char *what, int code)
{
	if (code) {
		fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
		_exit(3);
	}
}

/* Memory that children share; it ends with the program. */
static inline void *
crew_memory(size_t size)
{
	void *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? (abort(), NULL) : memory;
}

static inline void
crew_join(const struct crew *crew, unsigned place, bool (*join)(void *handle), void *handle)
{
	bool well;

	if (crew->before_join)
		crew->before_join(place);
	well = join(handle);
	if (crew->after_join)
		crew->after_join(place, well);
}

static inline void *
crew_thread(void *argument)
{
	const struct crew_member *member = argument;

	member->crew->work(member->place);
	return NULL;
}

static inline bool
crew_join_thread(void *handle)
{
	return !pthread_join(*(pthread_t *)handle, NULL);
}

static inline void
crew_run_threads(const struct crew *crew)
{
	struct crew_member members[CREW_MOST];
	pthread_t threads[CREW_MOST];

	for (unsigned i = 0; i < crew->count; i++) {
		members[i] = (struct crew_member){ crew, i };
		if (pthread_create(&threads[i], NULL, crew_thread, &members[i]))
			abort();
	}
	for (unsigned i = 0; i < crew->count; i++)
		crew_join(crew, i, crew_join_thread, &threads[i]);
}

static inline pid_t
crew_begin_process(const struct crew *crew, unsigned place)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0) {
		crew->work(place);
		exit(0);
	}
	return child;
}

static inline bool
crew_join_process(void *handle)
{
	pid_t child = *(pid_t *)handle;
	int status;

	return waitpid(child, &status, 0) == child && !status;
}

static inline void
crew_run_processes(const struct crew *crew)
{
	pid_t children[CREW_MOST];

	for (unsigned i = 0; i < crew->count; i++)
		children[i] = crew_begin_process(crew, i);
	for (unsigned i = 0; i < crew->count; i++)
		crew_join(crew, i, crew_join_process, &children[i]);
}

#endif
