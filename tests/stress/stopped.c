// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stopped.c -- a writer is stopped in the middle of a change; readers go on
 *
 * A process puts one key over and over.  Again and again it is stopped by
 * SIGSTOP; when the key's bucket then has an owner, it was caught in the
 * middle of a put.  Readers must get the key all the same, at once: the
 * deadline is 1 ms, and none may be hit.  How many reads a millisecond they
 * do then, and while the writer runs, is printed, not judged.
 */
#include "container/hashmap.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define CATCHES 20
#define TRIES 4000
#define READS 20000

static struct tarn_arena *arena;
static struct tarn_hashmap *map;
static const uint64_t key = 42;

static void
setup(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .deadline_ms = 1 };
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP,
				  .key = TARN_KEY_U64,
				  .value_size = TARN_VALUE_BYTES };

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_put(map, &key, sizeof(key), "0123456789", 10), 0);
}

static void
teardown(void)
{
	tarn_hashmap_close(map);
	tarn_arena_close(arena);
}

static void
put_for_ever(void)
{
	for (unsigned i = 0;; i++) {
		if (tarn_hashmap_put(map, &key, sizeof(key), "0123456789", 1 + i % 10))
			_exit(1);
	}
}

static bool
home_is_locked(void)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	struct tarn_look look;

	return tarn__look(object, TARN_NOBODY, tarn__hash_u64(key, object->seed), &look) &&
	       tarn__node_owner(look.seen);
}

/* Reads a millisecond; every one of them must succeed. */
static double
read_rate(void)
{
	uint64_t began = tarn__os_now();
	char value[16];
	size_t size;

	for (unsigned i = 0; i < READS; i++) {
		ck_assert_int_eq(
			tarn_hashmap_get(map, &key, sizeof(key), value, sizeof(value), &size), 0);
		ck_assert_uint_ge(size, 1);
	}
	return READS * 1e6 / (double)(tarn__os_now() - began);
}

START_TEST(stopped_writer_stops_no_reader)
{
	double stopped = 0, running;
	unsigned caught = 0, tries;
	pid_t writer = fork();
	int status;

	if (!writer)
		put_for_ever();
	for (tries = 0; tries < TRIES && caught < CATCHES; tries++) {
		usleep(100 + tries % 97);
		ck_assert_int_eq(kill(writer, SIGSTOP), 0);
		ck_assert_int_eq(waitpid(writer, &status, WUNTRACED), writer);
		ck_assert(WIFSTOPPED(status));
		if (home_is_locked()) {
			caught++;
			stopped += read_rate();
		}
		ck_assert_int_eq(kill(writer, SIGCONT), 0);
	}
	running = read_rate();
	ck_assert_int_eq(kill(writer, SIGKILL), 0);
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_uint_gt(caught, 0);
	printf("writer stopped: %u times, in a put: %u\n", tries, caught);
	printf("reads per ms: %.0f while it is stopped there, %.0f while it runs\n",
	       stopped / caught, running);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stress/stopped");
	TCase *tests = tcase_create("stopped");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, stopped_writer_stops_no_reader);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
