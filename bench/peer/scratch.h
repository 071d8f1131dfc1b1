// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * scratch.h -- a folder in memory for files of one program, gone at its end
 *
 * Below /dev/shm, or $TARN_BENCH_SCRATCH, which bench/peer/run empties after
 * a program that was killed.  Files lie in it directly.  C and C++.
 */
#ifndef TARN_BENCH_PEER_SCRATCH_H
#define TARN_BENCH_PEER_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_name[256];

static void
scratch_end(void)
{
	DIR *folder = opendir(scratch_name);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		(void)unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		(void)closedir(folder);
	(void)rmdir(scratch_name);
}

/* The folder; made the first time. */
static inline const char *
scratch(void)
{
	const char *below = getenv("TARN_BENCH_SCRATCH");

	if (scratch_name[0])
		return scratch_name;
	(void)snprintf(scratch_name, sizeof(scratch_name), "%s/tarn-bench.XXXXXX",
		below ? below : "/dev/shm");
	if (!mkdtemp(scratch_name) || atexit(scratch_end))
		abort();
	return scratch_name;
}

/* A path in it; valid until the next call. */
static inline const char *
scratch_path(const char *name)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", scratch(), name);
	return path;
}

#endif
