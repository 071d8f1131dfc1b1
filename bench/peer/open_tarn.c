// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_tarn.c -- open an arena, and a hash map in it
 *
 * Blocks of 16 MiB were taken before, until it had 1 GiB.  Who made it stays
 * attached in another process, as in a program that is running.
 */
#include "open_work.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static char name[64];
static struct tarn_arena *arena;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "open_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
attach(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };

	must(tarn_arena_open(&arena, name, &options, NULL));
}

static void
open_once(unsigned i)
{
	(void)i;
	attach();
	tarn_arena_close(arena);
}

static void
object_once(unsigned i)
{
	struct tarn_hashmap *map;

	must(tarn_hashmap_open(arena, &map, object_name(i), &type, TARN_OPEN, NULL));
	tarn_hashmap_close(map);
}

static void
fill(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	must(tarn_arena_open(&arena, name, &options, NULL));
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct tarn_hashmap *map;

		must(tarn_hashmap_open(arena, &map, object_name(i), &type, TARN_CREATE, NULL));
		tarn_hashmap_close(map);
	}
	for (unsigned i = 0; i < 64; i++) {
		tarn_off block;

		must(tarn_alloc(arena, 16 << 20, &block));
	}
}

/* In the child, while the parent has it open. */
static void
run(void)
{
	run_opens("open", open_once);
	attach();
	run_opens("object", object_once);
}

int
main(void)
{
	int ready[2];
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
	fill();
	if (write(ready[1], "", 1) != 1)
		return 2;
	(void)waitpid(child, NULL, 0);
	must(tarn_arena_remove(name));
	tarn_arena_close(arena);
	return 0;
}
