// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog.c -- every system call of the catalog's calls fails once; no room
 *
 * A call that fails has changed nothing; one that succeeds has done all of
 * it.  Either way each block is somewhere, once, and the next call does
 * what it should.
 */
#include "base/compiler.h"
#include "crash/catalog_account.h"
#include "crash/catalog_toy.h"
#include "os/fault.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_CALLS 200

static const int errors[] = { EIO, EINTR, ENOMEM, ENOSPC, EACCES };

static struct tarn_arena *arena;

static void
open_arena(uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = max_size };

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
}

static void
close_arena(void)
{
	const char *wrong = account(arena);

	ck_assert_msg(!wrong, "%s", wrong);
	tarn_arena_close(arena);
}

static int
open_toy(const char *name, enum tarn_open_mode how)
{
	struct tarn_object *object;
	int code = toy_open(arena, name, how, &object, NULL);

	ck_assert((code == 0) == (object != NULL));
	tarn_object_close(object);
	return code;
}

static bool
is_there(const char *name)
{
	int code = open_toy(name, TARN_OPEN);

	ck_assert(code == 0 || code == TARN_NOT_FOUND);
	return code == 0;
}

/* ---- one call fails ---------------------------------------------------------------------------- */

static int
create_b(void)
{
	return open_toy("b", TARN_CREATE);
}

static int
open_a(void)
{
	return open_toy("a", TARN_OPEN);
}

static int
rename_a(void)
{
	return tarn_object_rename(arena, "a", "b");
}

static int
remove_a(void)
{
	return tarn_object_remove(arena, "a");
}

static int
reap(void)
{
	return tarn_reap(arena, NULL);
}

static int
note(const struct tarn_object_info *info, void *count)
{
	(void)info;
	++*(unsigned *)count;
	return 0;
}

static int
list(void)
{
	unsigned count = 0;
	int code = tarn_object_list(arena, note, &count);

	ck_assert_uint_eq(count, code ? 0 : 1);
	return code;
}

struct operation {
	int (*run)(void);
	bool fresh;	 /* in a thread's first call, which needs a slot */
	bool empty;	 /* in an arena that has no heap yet; no "a" */
	bool a, b;	 /* there, once it has been done */
	unsigned graves; /* left in the graveyard by those before */
};

static const struct operation operations[] = {
	{ .run = create_b, .empty = true, .b = true },
	{ .run = create_b, .fresh = true, .a = true, .b = true },
	{ .run = create_b, .a = true, .b = true, .graves = 1 },
	{ .run = open_a, .a = true },
	{ .run = list, .a = true },
	{ .run = rename_a, .fresh = true, .b = true },
	{ .run = remove_a, .fresh = true, .graves = 1 },
	{ .run = reap, .fresh = true, .a = true, .graves = 2 },
};

/* As another process would have left it: this thread has no slot. */
static void
forget_slot(void)
{
	struct tarn_arena *other;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ck_assert_int_eq(tarn_arena_open(&other, name, NULL, NULL), 0);
	tarn_arena_close(arena);
	arena = other;
}

static void
prepare(const struct operation *operation)
{
	open_arena(1 << 20);
	toy_dismantle_fails = TARN_BUSY;
	for (unsigned i = 0; i < operation->graves; i++) {
		ck_assert_int_eq(open_toy("dead", TARN_CREATE), 0);
		ck_assert_int_eq(tarn_object_remove(arena, "dead"), 0);
	}
	toy_dismantle_fails = 0;
	if (!operation->empty)
		ck_assert_int_eq(open_toy("a", TARN_CREATE), 0);
	if (operation->fresh)
		forget_slot();
}

/* Whether there were so many calls. */
static bool
fails_at(const struct operation *operation, uint64_t n, int error)
{
	bool reached;
	int code;

	prepare(operation);
	tarn__fault_arm(n, error);
	code = operation->run();
	reached = tarn__fault_calls() >= n;
	tarn__fault_arm(0, 0);
	ck_assert(reached || code == 0);
	ck_assert(is_there("a") == (code ? !operation->empty : operation->a));
	ck_assert(is_there("b") == (code ? false : operation->b));
	if (code)
		ck_assert_int_eq(operation->run(), 0);
	close_arena();
	return reached;
}

START_TEST(a_call_that_fails_has_changed_nothing)
{
	uint64_t reached = 0;

	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t n = 1;

		while (fails_at(&operations[_i], n, errors[e]))
			ck_assert_uint_lt(++n, MOST_CALLS);
		reached += n;
	}
	if (operations[_i].empty || operations[_i].fresh)
		ck_assert_uint_gt(reached, TARN_ARRAY_SIZE(errors));
}
END_TEST

/* ---- no room ----------------------------------------------------------------------------------- */

static unsigned
create_until_full(void)
{
	char name[32];

	for (unsigned i = 0;; i++) {
		int code;

		snprintf(name, sizeof(name), "object %u", i);
		code = open_toy(name, TARN_CREATE);
		if (code) {
			ck_assert_int_eq(code, TARN_FULL);
			ck_assert(!is_there(name));
			return i;
		}
	}
}

START_TEST(a_full_arena_is_whole_and_has_room_again)
{
	unsigned count, seen = 0;
	char name[32];

	open_arena(1 << 20);
	count = create_until_full();
	ck_assert_uint_gt(count, 100);
	ck_assert_int_eq(tarn_object_list(arena, note, &seen), 0);
	ck_assert_uint_eq(seen, count);
	ck_assert_int_eq(tarn_object_rename(arena, "object 1", "renamed"), 0);
	for (unsigned i = 2; i < count; i++) {
		snprintf(name, sizeof(name), "object %u", i);
		ck_assert_int_eq(tarn_object_remove(arena, name), 0);
	}
	ck_assert_int_eq(tarn_object_remove(arena, "object 0"), 0);
	ck_assert_uint_eq(account_graveyard(arena), 0);
	ck_assert_uint_ge(create_until_full() + 64, count);
	close_arena();
}
END_TEST

/* The tomb's memory cannot be had: the object is as it was. */
START_TEST(what_cannot_be_buried_stays)
{
	struct tarn_object *object;
	uint64_t stamp;
	int code = 0;

	open_arena(1 << 20);
	ck_assert_int_eq(toy_open(arena, "a", TARN_CREATE, &object, NULL), 0);
	create_until_full();
	for (uint64_t i = 2; !code; i++) {
		code = toy_clear(object, i);
		ck_assert_int_eq(toy_look(object, &stamp), 0);
		ck_assert_uint_eq(stamp, code ? i - 1 : i);
	}
	ck_assert_int_eq(code, TARN_FULL);
	ck_assert_int_eq(tarn_object_remove(arena, "object 0"), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "object 1"), 0);
	ck_assert_int_eq(toy_clear(object, 4711), 0);
	tarn_object_close(object);
	close_arena();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("catalog faults");
	TCase *tests = tcase_create("catalog faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	tcase_add_loop_test(tests, a_call_that_fails_has_changed_nothing, 0,
			    TARN_ARRAY_SIZE(operations));
	tcase_add_test(tests, a_full_arena_is_whole_and_has_room_again);
	tcase_add_test(tests, what_cannot_be_buried_stays);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
