// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * operation.c -- see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"
#include "os/fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CALLS 300u
#define BLOCKS 20000u

struct tarn_arena *arena;

/* ---- a world ----------------------------------------------------------------------------------- */

void
open_world(const struct world *world, const char *name, uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size };

	ok(tarn_arena_open(&arena, name, &options, NULL));
	world->open();
}

void
close_world(const struct world *world)
{
	world->close();
	tarn_arena_close(arena);
}

void
check_whole(bool foreign_blocks)
{
	struct tarn_check_options options = { .foreign_blocks = foreign_blocks };
	struct tarn_check_report report;
	int code = tarn_check(arena, &options, &report);

	ck_assert_msg(!code, "%s: %s", tarn_error_name(code), tarn_error_detail());
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- in a thread of its own -------------------------------------------------------------------- */

struct run {
	const struct operation *operation;
	void (*before)(void), (*afterwards)(void);
	bool again; /* by the same thread, if it fails */
	int code;
};

static void *
run_it(void *argument)
{
	struct run *run = argument;

	if (run->before)
		run->before();
	run->code = run->operation->run();
	if (run->afterwards)
		run->afterwards();
	if (run->code && run->again)
		run->code = run->operation->run();
	return NULL;
}

static int
run_as(struct run run)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_it, &run), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	return run.code;
}

static int
run_with(const struct operation *operation, void (*before)(void), void (*afterwards)(void))
{
	return run_as((struct run){ operation, before, afterwards, false, 0 });
}

int
run_in_thread(const struct operation *operation)
{
	return run_with(operation, NULL, NULL);
}

/* After a failure: as before, and done a moment later; after success: done. */
static void
look(const struct world *world, const struct operation *operation, int code, bool foreign_blocks)
{
	if (code) {
		world->is_as_before();
		check_whole(foreign_blocks);
		code = run_in_thread(operation);
		ck_assert_msg(!code, "%s, again: %s", operation->name, tarn_error_name(code));
	}
	operation->after();
	check_whole(foreign_blocks);
	close_world(world);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static const int errors[] = { EIO, ENOMEM, ENOSPC, EAGAIN };
static uint64_t armed, reached;
static int armed_errno;

static void
arm(void)
{
	tarn__fault_arm(armed, armed_errno);
}

static void
disarm(void)
{
	reached = tarn__fault_calls();
	tarn__fault_arm(0, 0);
}

/* Whether the operation made so many calls.  Its thread lives on, and does it then. */
static bool
is_done_again_at(const struct world *world, const struct operation *operation, uint64_t call,
		 int error)
{
	int code;

	open_world(world, "anon:", 64 * MIB);
	armed = call;
	armed_errno = error;
	code = run_as((struct run){ operation, arm, disarm, true, 0 });
	ck_assert_msg(!code, "%s, again: %s", operation->name, tarn_error_name(code));
	look(world, operation, 0, world->foreign_blocks);
	return reached >= call;
}

/* Whether the operation made so many calls.  Its thread ends. */
static bool
fails_at(const struct world *world, const struct operation *operation, uint64_t call, int error)
{
	int code;

	open_world(world, "anon:", 64 * MIB);
	armed = call;
	armed_errno = error;
	code = run_with(operation, arm, disarm);
	ck_assert_msg(!code || reached >= call, "%s: %s", operation->name, tarn_error_name(code));
	look(world, operation, code, world->foreign_blocks);
	return reached >= call;
}

void
fails_at_each_call(const struct world *world, const struct operation *operation)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t call = 1;

		while (fails_at(world, operation, call, errors[e]) &&
		       is_done_again_at(world, operation, call, errors[e]))
			ck_assert_uint_lt(++call, MOST_CALLS);
		ck_assert(call > 1 || operation->reads);
	}
}

/* ---- memory ------------------------------------------------------------------------------------ */

static tarn_off blocks[BLOCKS];
static unsigned block_count;

/* The largest first, then what lies between them. */
void
take_all(void)
{
	static const uint64_t sizes[] = { MIB, 65536, 9216, 4096, 1024, 256, 64, 16 };

	block_count = 0;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		while (block_count < BLOCKS && !tarn_alloc(arena, sizes[i], &blocks[block_count]))
			block_count++;
	}
	ck_assert_uint_lt(block_count, BLOCKS);
}

/* Those of 16 bytes first: at each step there is a little more. */
void
give_some_back(unsigned count)
{
	for (; count && block_count; count--)
		ok(tarn_free(arena, blocks[--block_count]));
}

static uint64_t growths, growths_most;

static void
refuse_growth(const char *call, uint64_t number)
{
	if (!strcmp(call, "fallocate") && growths++ >= growths_most)
		tarn__fault_arm(number, ENOSPC);
}

static void
begin_refusing(void)
{
	growths = 0;
	tarn__fault_arm(0, 0);
	tarn__fault_callback = refuse_growth;
}

static void
end_refusing(void)
{
	tarn__fault_callback = NULL;
	tarn__fault_arm(0, 0);
}

/* Whether that many growths were too few. */
static bool
is_full_after(const struct world *world, const struct operation *operation, uint64_t most)
{
	int code;

	open_world(world, "anon:", 64 * MIB);
	growths_most = 0;
	begin_refusing();
	take_all();
	end_refusing();
	growths_most = most;
	code = run_with(operation, begin_refusing, end_refusing);
	if (code) {
		gives(code, TARN_FULL);
		ck_assert_uint_gt(growths, most);
	}
	look(world, operation, code, true);
	return code != 0;
}

static void
is_full_at_each_growth(const struct world *world, const struct operation *operation)
{
	uint64_t most = 0;

	while (is_full_after(world, operation, most))
		ck_assert_uint_lt(++most, MOST_CALLS);
	ck_assert(most || !operation->needs_memory);
}

static void
is_full_until_there_is_room(const struct world *world, const struct operation *operation)
{
	unsigned tries = 0;
	int code;

	open_world(world, "anon:", 8 * MIB);
	take_all();
	while ((code = operation->run())) {
		gives(code, TARN_FULL);
		world->is_as_before();
		if (tries % 16 == 0)
			check_whole(true);
		ck_assert_uint_gt(block_count, 0);
		give_some_back(1 + tries++);
	}
	ck_assert(tries || !operation->needs_memory);
	operation->after();
	give_some_back(UINT32_MAX);
	check_whole(false);
	close_world(world);
}

/* ---- the whole --------------------------------------------------------------------------------- */

static const struct world *tested;
static const struct operation *tested_operations;

START_TEST(operation_fails_without_a_trace)
{
	fails_at_each_call(tested, &tested_operations[_i]);
}
END_TEST

START_TEST(each_growth_that_is_refused_is_full)
{
	is_full_at_each_growth(tested, &tested_operations[_i]);
}
END_TEST

START_TEST(arena_at_its_maximum_is_full_until_there_is_room)
{
	is_full_until_there_is_room(tested, &tested_operations[_i]);
}
END_TEST

/* Once a program. */
void
add_operations(TCase *tests, enum faults faults, const struct world *world,
	       const struct operation *operations, size_t count)
{
	int end = (int)count;

	tested = world;
	tested_operations = operations;
	if (faults & FAULTS_CALLS)
		tcase_add_loop_test(tests, operation_fails_without_a_trace, 0, end);
	if (!(faults & FAULTS_MEMORY))
		return;
	tcase_add_loop_test(tests, each_growth_that_is_refused_is_full, 0, end);
	tcase_add_loop_test(tests, arena_at_its_maximum_is_full_until_there_is_room, 0, end);
}

int
run_faults(const char *name, void (*add)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 200);
	add(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
