// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * segments.c -- an arena that begins as one System V segment of 4 MiB is
 * filled to 64 MiB by two programs at once
 *
 *	first		creates the default arena, as the environment says; puts
 *			even keys
 *	second		a program of its own (this one, executed anew): attached
 *			from the start, puts odd keys
 *
 * Each then sees all that both have put, and none of it has moved.  Then the
 * arena is removed while both are attached, by `tarn rm` where there is a
 * $TARN_TOOL; it is gone with the last of them.
 */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define TARGET (64 * MIB)
#define VALUE 1000

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

_Noreturn static void
give_up(const char *claim, int line)
{
	fprintf(stderr, "segments.c:%d: %s\n", line, claim);
	exit(1);
}

static const struct tarn_type type = { .kind = TARN_KIND_HASHMAP,
				       .key = TARN_KEY_U64,
				       .value_size = VALUE };

static void
make_value(char *value, uint64_t key)
{
	memset(value, (int)(key * 31 % 251), VALUE);
	memcpy(value, &key, sizeof(key));
}

static uint64_t
given(struct tarn_arena *arena)
{
	struct tarn_arena_stat stat;

	must(tarn_arena_stat(arena, &stat) == 0);
	return stat.given_bytes;
}

/* Every other key from the first one on, 2,000 and until the arena is large enough; how many. */
static uint64_t
put_half(struct tarn_arena *arena, struct tarn_hashmap *map, uint64_t first)
{
	char value[VALUE];
	uint64_t count = 0;

	for (; count < 2000 || given(arena) < TARGET; count++) {
		uint64_t key = first + 2 * count;

		make_value(value, key);
		must(tarn_hashmap_put(map, &key, sizeof(key), value, VALUE) == 0);
	}
	return count;
}

static void
get_half(struct tarn_hashmap *map, uint64_t first, uint64_t count)
{
	char value[VALUE], expected[VALUE];

	for (uint64_t i = 0; i < count; i++) {
		uint64_t key = first + 2 * i;

		make_value(expected, key);
		must(tarn_hashmap_get(map, &key, sizeof(key), value, VALUE, NULL) == 0);
		must(memcmp(value, expected, VALUE) == 0);
	}
}

/* Says that it is there, is told to begin, and so on. */
static void
meet(int to, int from, uint64_t mine, uint64_t *others)
{
	must(write(to, &mine, sizeof(mine)) == sizeof(mine));
	must(read(from, others, sizeof(*others)) == sizeof(*others));
}

static void
be_one_of_two(struct tarn_arena *arena, struct tarn_hashmap *map, uint64_t first, int to, int from)
{
	uint64_t mine, others;

	meet(to, from, 0, &others);
	mine = put_half(arena, map, first);
	meet(to, from, mine, &others);
	must(mine > 1000 && others > 1000);
	get_half(map, first, mine);
	get_half(map, 1 - first, others);
	meet(to, from, 1, &others);
}

static void
close_both(struct tarn_arena *arena, struct tarn_hashmap *map)
{
	tarn_hashmap_close(map);
	tarn_arena_close(arena);
}

static int
be_second(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_hashmap *map;
	struct tarn_arena *arena;
	uint64_t go;

	must(tarn_arena_open(&arena, NULL, &options, NULL) == 0);
	must(tarn_hashmap_open(arena, &map, "map", &type, TARN_OPEN, NULL) == 0);
	be_one_of_two(arena, map, 1, STDOUT_FILENO, STDIN_FILENO);
	meet(STDOUT_FILENO, STDIN_FILENO, 1, &go); /* the name is gone */
	get_half(map, 1, 1000);
	close_both(arena, map);
	return 0;
}

static const char *program;

static pid_t
start_second(int *to, int *from)
{
	int down[2], up[2];
	pid_t pid;

	ck_assert_int_eq(pipe(down), 0);
	ck_assert_int_eq(pipe(up), 0);
	pid = fork();
	if (!pid) {
		dup2(down[0], STDIN_FILENO);
		dup2(up[1], STDOUT_FILENO);
		close(down[1]);
		execl(program, program, "--second", NULL);
		_exit(1);
	}
	close(down[0]);
	close(up[1]);
	*to = down[1];
	*from = up[0];
	return pid;
}

/* Of this IPC namespace. */
static int
segments(void)
{
	struct shm_info info;

	ck_assert_int_ge(shmctl(0, SHM_INFO, (struct shmid_ds *)&info), 0);
	return info.used_ids;
}

static void
set_environment(void)
{
	char name[32];

	snprintf(name, sizeof(name), "sysv:key=0x5b%06x", (unsigned)getpid());
	setenv("TARN_ARENA", name, 1);
	setenv("TARN_SEGMENTS", "1", 1);
	setenv("TARN_SEGMENT_SIZE", "4M", 1);
}

static void
remove_the_arena(void)
{
	const char *tool = getenv("TARN_TOOL");
	char command[4200];

	if (!tool) {
		ck_assert_int_eq(tarn_arena_remove(NULL), 0);
		return;
	}
	snprintf(command, sizeof(command), "%s rm %s", tool, getenv("TARN_ARENA"));
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(tarn_arena_remove(NULL), TARN_NOT_FOUND);
}

START_TEST(two_programs_fill_it)
{
	bool alone = !unshare(CLONE_NEWIPC);
	struct tarn_hashmap *map;
	struct tarn_arena *arena;
	int to, from, status, before;
	uint64_t others;
	bool created;
	pid_t second;

	set_environment();
	ck_assert_int_eq(tarn_arena_open(&arena, NULL, NULL, &created), 0);
	ck_assert(created);
	ck_assert_uint_lt(given(arena), 4 * MIB);
	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL), 0);
	before = segments();
	second = start_second(&to, &from);
	be_one_of_two(arena, map, 0, to, from);
	if (alone)
		ck_assert_int_ge(segments() - before, (int)(TARGET / (4 * MIB)) - 2);
	printf("segments: %d, then %d; arena: %lu MiB\n", before, segments(),
	       (unsigned long)(given(arena) >> 20));
	ck_assert_int_eq(tarn_check(arena, NULL, NULL), 0);
	remove_the_arena();
	meet(to, from, 1, &others);
	get_half(map, 0, 1000);
	close_both(arena, map);
	ck_assert_int_eq(waitpid(second, &status, 0), second);
	ck_assert_int_eq(status, 0);
	if (alone)
		ck_assert_int_eq(segments(), 0);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("stress/segments");
	TCase *tests = tcase_create("segments");
	SRunner *runner;
	int failed;

	if (argc == 2)
		return be_second();
	program = argv[0];
	tcase_add_test(tests, two_programs_fill_it);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
