// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_tarn.c -- attach to an arena of 1 GiB that is there, and leave it
 *
 *	open	both; us of processor time
 *
 * Blocks of 16 MiB were taken before, until it had 1 GiB.  Who made it stays
 * attached in another process, as in a program that is running.
 */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define COUNT 2000u

static char name[64];

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "open_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
open_and_close(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *arena;

	must(tarn_arena_open(&arena, name, &options, NULL));
	tarn_arena_close(arena);
}

/* In the child, while the parent has it open. */
static void
run(void)
{
	uint64_t start;

	for (unsigned i = 0; i < COUNT / 10; i++)
		open_and_close();
	start = peer_now();
	for (unsigned i = 0; i < COUNT; i++)
		open_and_close();
	printf("open %.3f\n", (double)(peer_now() - start) / COUNT / 1000);
	(void)fflush(stdout);
}

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int ready[2];
	struct tarn_arena *arena;
	pid_t child;
	char byte;

	(void)snprintf(name, sizeof(name), "bench-open.%d", (int)getpid());
	if (pipe(ready) || (child = fork()) < 0)
		return 2;
	if (child == 0) {
		if (read(ready[0], &byte, 1) == 1)
			run();
		_exit(0);
	}
	must(tarn_arena_open(&arena, name, &options, NULL));
	for (unsigned i = 0; i < 64; i++) {
		tarn_off block;

		must(tarn_alloc(arena, 16 << 20, &block));
	}
	if (write(ready[1], "", 1) != 1)
		return 2;
	(void)waitpid(child, NULL, 0);
	must(tarn_arena_remove(name));
	tarn_arena_close(arena);
	return 0;
}
