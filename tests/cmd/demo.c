// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo.c -- tests of tarn demo, run as people run it
 *
 * $TARN_TOOL is the program.  Each run is a process group of its own, so
 * that a worker left behind is seen; and its arena is named by its pid.
 */
#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t tool;
static int output; /* what the tool prints, on either stream */
static int status; /* its exit code */
static char printed[65536];
static char path[] = "/tmp/tarn-cmd-demo-XXXXXX";

/* ---- running the tool ------------------------------------------------------------------------ */

static void
start(const char *option, const char *file)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	tool = fork();
	ck_assert_int_ge(tool, 0);
	if (!tool) {
		setpgid(0, 0);
		if (dup2(ends[1], STDOUT_FILENO) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
			_exit(9);
		execl(getenv("TARN_TOOL"), "tarn", "demo", option, "--json", file, NULL);
		_exit(9);
	}
	setpgid(tool, tool);
	close(ends[1]);
	output = ends[0];
}

static bool
arena_is_there(void)
{
	char arena[64];

	snprintf(arena, sizeof(arena), "/dev/shm/tarn.demo-%d", (int)tool);
	return access(arena, F_OK) == 0;
}

/* Wait for its end; nothing may be left of it. */
static void
finish(void)
{
	size_t length = 0;
	ssize_t got;

	while ((got = read(output, printed + length, sizeof(printed) - 1 - length)) > 0)
		length += (size_t)got;
	printed[length] = 0;
	close(output);
	ck_assert_int_eq(waitpid(tool, &status, 0), tool);
	ck_assert_msg(WIFEXITED(status), "killed; printed:\n%s", printed);
	status = WEXITSTATUS(status);
	ck_assert_msg(kill(-tool, 0) && errno == ESRCH, "a worker was left behind");
	ck_assert_msg(!arena_is_there(), "the arena was left behind");
}

static json_t *
run(const char *option, const char *file)
{
	json_error_t error;
	json_t *json;

	start(option, file);
	finish();
	json = json_loads(printed, 0, &error);
	ck_assert_msg(status == 0 && json, "exit %d, printed:\n%s", status, printed);
	ck_assert(json_is_true(json_object_get(json, "counts_match")));
	return json;
}

static json_int_t
number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_integer(value), "%s is not there, or no number", key);
	return json_integer_value(value);
}

#define expect(code, text) \
	ck_assert_msg(status == (code) && strstr(printed, text), "exit %d, printed:\n%s", status, \
		printed)

/* ---- a file of this test --------------------------------------------------------------------- */

static void
set_up(void)
{
	int fd;

	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
tear_down(void)
{
	ck_assert_int_eq(unlink(path), 0);
}

static void
append(char c, size_t count, const char *after)
{
	FILE *file = fopen(path, "a");

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < count; i++)
		putc(c, file);
	fputs(after, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* ---- the tests ------------------------------------------------------------------------------- */

START_TEST(counts_match)
{
	json_t *json;

	for (size_t i = 0; i < 1000; i++)
		append('x', i % 100, " Some words, SOME of them alike; ");
	json = run("--size=32M", path);
	ck_assert_int_ge(number(json, "bytes"), 32 << 20);
	ck_assert_int_gt(number(json, "words"), 0);
	ck_assert_int_ge(number(json, "workers_killed"), 1);
	ck_assert_int_gt(number(json, "longest_stall_ns"), 0);
	/* x once, twice, to 64 times; some, words, of, them, alike */
	ck_assert_int_eq(number(json, "distinct_words"), 64 + 5);
	ck_assert_int_eq((int)json_array_size(json_object_get(json, "top_words")), 10);
	json_decref(json);
}
END_TEST

/* Words, and runs of letters longer than a chunk, over every border. */
START_TEST(no_word_is_torn)
{
	json_t *json;

	append('a', 65536 - 5, " ");
	append('b', 10, " ");
	append('c', 65536, "");
	append('d', 200000, "9");
	append('e', 65536 - 1, "\n");
	append('f', 3 * 65536, "");
	json = run("--size=1", path);
	ck_assert_int_eq(number(json, "words"), 5);
	ck_assert_int_eq(number(json, "distinct_words"), 5);
	json_decref(json);
}
END_TEST

START_TEST(any_bytes_are_text)
{
	json_t *json;

	for (int i = 0; i < 100000; i++)
		append((char)(i * 2654435761u >> 24), 1, "");
	json = run("--size=4M", path);
	ck_assert_int_gt(number(json, "words"), 0);
	json_decref(json);
}
END_TEST

START_TEST(nothing_is_left_after_a_signal)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < TARN_ARRAY_SIZE(signals); i++) {
		start("--size=100G", "/usr/share/common-licenses/GPL-3");
		while (!arena_is_there())
			ck_assert_int_eq(usleep(1000), 0);
		usleep((useconds_t)i * 50000);
		ck_assert_int_eq(kill(i ? tool : -tool, signals[i]), 0);
		finish();
		expect(1, "stopped by signal");
	}
}
END_TEST

START_TEST(what_cannot_be_read)
{
	start("--size=1M", "/nowhere");
	finish();
	expect(3, "No such file");
	start("--size=1M", "/tmp");
	finish();
	expect(3, "not a file");
	start("--size=1M", path);
	finish();
	expect(3, "no words");
	start("--size=x", path);
	finish();
	expect(2, "not a size");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("demo");
	TCase *tcase = tcase_create("demo");
	SRunner *runner;
	int failed;

	if (!getenv("TARN_TOOL")) {
		fputs("set TARN_TOOL to the tarn tool\n", stderr);
		return 2;
	}
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 100);
	tcase_add_test(tcase, counts_match);
	tcase_add_test(tcase, no_word_is_torn);
	tcase_add_test(tcase, any_bytes_are_text);
	tcase_add_test(tcase, nothing_is_left_after_a_signal);
	tcase_add_test(tcase, what_cannot_be_read);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
