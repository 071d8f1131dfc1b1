// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * growth.c -- an arena grows from 1 MiB to 1 GiB under one program, while
 * another, attached for reading only since before, sees every insert
 *
 *	writer		puts key n, then says so in a pipe; n = 0, 1, ...
 *	reader		a program of its own (this one, executed anew): for each
 *			number that comes through the pipe gets that key, and
 *			one of those before
 *
 * The reader's lines in /proc/self/maps that speak of the arena are the
 * same at the end as at the start: nothing was mapped anew or moved.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define TARGET (UINT64_C(1) << 30)
#define VALUE 4000
#define BATCH 64

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

_Noreturn static void
give_up(const char *claim, int line)
{
	fprintf(stderr, "growth.c:%d: %s\n", line, claim);
	exit(1);
}

static const struct tarn_type type = { .kind = TARN_KIND_HASHMAP,
				       .key = TARN_KEY_U64,
				       .value_size = VALUE };

static void
fill(char *value, uint64_t key)
{
	memset(value, (int)(key * 31 % 251), VALUE);
	memcpy(value, &key, sizeof(key));
}

/* ---- the reader ------------------------------------------------------------------------------ */

static void
get(struct tarn_hashmap *map, uint64_t key)
{
	char value[VALUE], expected[VALUE];

	fill(expected, key);
	must(tarn_hashmap_get(map, &key, sizeof(key), value, sizeof(value), NULL) == 0);
	must(memcmp(value, expected, VALUE) == 0);
}

/* The lines of the maps whose addresses lie in the arena's window, one after the other. */
static char *
maps_of(struct tarn_arena *arena)
{
	struct tarn_arena_stat stat;
	char *text = calloc(1, 1 << 16), line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	must(text && maps && tarn_arena_stat(arena, &stat) == 0);
	while (fgets(line, sizeof(line), maps)) {
		uintptr_t from = strtoull(line, NULL, 16);

		if (from - (uintptr_t)stat.base < stat.window_size)
			strncat(text, line, (1 << 16) - strlen(text) - 1);
	}
	fclose(maps);
	must(strlen(text) > 0);
	return text;
}

static int
read_along(const char *name)
{
	struct tarn_arena_options options = { .how = TARN_OPEN, .readonly = true };
	uint64_t n, count = 0;
	struct tarn_hashmap *map;
	struct tarn_arena *arena;
	char *before, *after;

	must(tarn_arena_open(&arena, name, &options, NULL) == 0);
	must(tarn_hashmap_open(arena, &map, "map", &type, TARN_OPEN, NULL) == 0);
	before = maps_of(arena);
	must(write(STDOUT_FILENO, "r", 1) == 1);
	while (read(STDIN_FILENO, &n, sizeof(n)) == sizeof(n)) {
		for (; count <= n; count++)
			get(map, count);
		get(map, n * 7919 % (n + 1));
	}
	after = maps_of(arena);
	must(strcmp(before, after) == 0);
	free(before);
	free(after);
	tarn_hashmap_close(map);
	tarn_arena_close(arena);
	return 0;
}

/* ---- the writer ------------------------------------------------------------------------------ */

static const char *program;

static pid_t
start_reader(int arena_fd, int *numbers)
{
	int to[2], from[2];
	char name[32], ready;
	pid_t pid;

	ck_assert_int_eq(pipe(to), 0);
	ck_assert_int_eq(pipe(from), 0);
	pid = fork();
	if (!pid) {
		int fd = dup(arena_fd); /* the handle's own is closed on exec */

		snprintf(name, sizeof(name), "fd:%d", fd);
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		execl(program, program, "--read", name, NULL);
		_exit(1);
	}
	close(to[0]);
	close(from[1]);
	ck_assert_int_eq(read(from[0], &ready, 1), 1);
	close(from[0]);
	*numbers = to[1];
	return pid;
}

START_TEST(reader_sees_every_insert_while_the_arena_grows)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = UINT64_C(4) << 30 };
	struct tarn_arena_stat stat;
	struct tarn_hashmap *map;
	struct tarn_arena *arena;
	char value[VALUE];
	int numbers, status;
	uint64_t n = 0;
	pid_t reader;

	ck_assert_int_eq(tarn_arena_open(&arena, "memfd:", &options, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_lt(stat.given_bytes, UINT64_C(8) << 20);
	reader = start_reader(tarn_arena_fd(arena), &numbers);
	for (; stat.given_bytes < TARGET; n++) {
		fill(value, n);
		ck_assert_int_eq(tarn_hashmap_put(map, &n, sizeof(n), value, VALUE), 0);
		if (n % BATCH == 0)
			ck_assert_int_eq(write(numbers, &n, sizeof(n)), sizeof(n));
		ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	}
	close(numbers);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert_int_eq(status, 0);
	printf("inserts seen: %lu, arena: %lu MiB\n", (unsigned long)n,
	       (unsigned long)(stat.given_bytes >> 20));
	tarn_hashmap_close(map);
	tarn_arena_close(arena);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("stress/growth");
	TCase *tests = tcase_create("growth");
	SRunner *runner;
	int failed;

	if (argc == 3)
		return read_along(argv[2]);
	program = argv[0];
	tcase_add_test(tests, reader_sees_every_insert_while_the_arena_grows);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
