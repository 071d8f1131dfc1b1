// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles.c -- every call by every kind of handle, where the handle, the
 * arena or the thread is not what the call would like
 *
 *	the object	removed, renamed, made anew, of another kind or type
 *	the arena	attached for reading only; one of two
 *	the thread	has no slot, and there is none left
 *
 * The calls of each kind are in a file of its own (handles.h).
 */
#include "unit/handles.h"

#include "base/compiler.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define SLOTS 4u

static const struct handle_kind *const kinds[] = {
	&handle_hashmap, &handle_mutex, &handle_region, &handle_rwlock, &handle_string, &handle_vector,
};

enum { KINDS = TARN_ARRAY_SIZE(kinds) };

static struct tarn_arena *arena;

/* What each of the kind's calls gives: those that read, and those that write. */
static void
all_give(const struct handle_kind *kind, void *handle, int reading, int writing)
{
	for (unsigned i = 0; i < kind->call_count; i++) {
		const struct handle_call *call = &kind->calls[i];
		int code = call->make(handle), expected = call->writes ? writing : reading;

		ck_assert_msg(code == expected, "%s, %s: %s instead of %s", kind->name,
			      call->name, tarn_error_name(code), tarn_error_name(expected));
	}
}

/* ---- before and after each test ---------------------------------------------------------------- */

static void *
open_object(struct tarn_arena *in, const struct handle_kind *kind, const char *name, enum tarn_open_mode how)
{
	void *handle;

	ok(kind->open(in, name, how, &handle));
	return handle;
}

static void *
make_object(struct tarn_arena *in, const struct handle_kind *kind, const char *name)
{
	void *handle = open_object(in, kind, name, TARN_CREATE);

	if (kind->fill)
		kind->fill(handle);
	return handle;
}

static struct tarn_arena *
make_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = SLOTS,
					      .max_size = UINT64_C(16) << 20 };
	struct tarn_arena *made;

	ok(tarn_arena_open(&made, "memfd:", &options, NULL));
	return made;
}

static void
setup(void)
{
	arena = make_arena();
}

static void
teardown(void)
{
	struct tarn_check_report report;

	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	tarn_arena_close(arena);
}

/* ---- the object -------------------------------------------------------------------------------- */

START_TEST(each_call_works)
{
	void *handle = make_object(arena, kinds[_i], "it");

	all_give(kinds[_i], handle, 0, 0);
	kinds[_i]->close(handle);
}
END_TEST

START_TEST(what_is_removed_is_removed_for_each_call)
{
	void *handle = make_object(arena, kinds[_i], "it");
	void *another = open_object(arena, kinds[_i], "it", TARN_OPEN), *none;

	ok(tarn_object_remove(arena, "it"));
	all_give(kinds[_i], handle, TARN_REMOVED, TARN_REMOVED);
	all_give(kinds[_i], another, TARN_REMOVED, TARN_REMOVED);
	gives(kinds[_i]->open(arena, "it", TARN_OPEN, &none), TARN_NOT_FOUND);
	ck_assert_ptr_null(none);
	kinds[_i]->close(handle);
	kinds[_i]->close(another);
}
END_TEST

START_TEST(what_is_renamed_is_the_same)
{
	void *handle = make_object(arena, kinds[_i], "it"), *none, *again;

	ok(tarn_object_rename(arena, "it", "that"));
	gives(kinds[_i]->open(arena, "it", TARN_OPEN, &none), TARN_NOT_FOUND);
	ck_assert_ptr_null(none);
	again = open_object(arena, kinds[_i], "that", TARN_OPEN);
	all_give(kinds[_i], handle, 0, 0);
	ok(tarn_object_remove(arena, "that"));
	all_give(kinds[_i], again, TARN_REMOVED, TARN_REMOVED);
	kinds[_i]->close(handle);
	kinds[_i]->close(again);
}
END_TEST

/* Again and again, in the same memory: an old handle never means the new object. */
START_TEST(what_is_made_anew_is_another)
{
	void *old[20];

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(old); i++) {
		old[i] = make_object(arena, kinds[_i], "it");
		for (unsigned before = 0; before < i; before++)
			all_give(kinds[_i], old[before], TARN_REMOVED, TARN_REMOVED);
		all_give(kinds[_i], old[i], 0, 0);
		if (i + 1 < TARN_ARRAY_SIZE(old))
			ok(tarn_object_remove(arena, "it"));
	}
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(old); i++)
		kinds[_i]->close(old[i]);
}
END_TEST

START_TEST(what_is_of_another_kind_is_not_opened)
{
	static const enum tarn_open_mode modes[] = { TARN_OPEN, TARN_OPEN_OR_CREATE };
	void *handle = make_object(arena, kinds[_i], "it"), *none = &none;

	for (unsigned kind = 0; kind < KINDS; kind++) {
		for (unsigned mode = 0; mode < 2 && kind != (unsigned)_i; mode++) {
			gives(kinds[kind]->open(arena, "it", modes[mode], &none), TARN_TYPE);
			ck_assert_ptr_null(none);
			ck_assert_ptr_nonnull(strstr(tarn_error_detail(), kinds[kind]->name));
			ck_assert_ptr_nonnull(strstr(tarn_error_detail(), kinds[_i]->name));
		}
		gives(kinds[kind]->open(arena, "it", TARN_CREATE, &none), TARN_EXISTS);
		ck_assert_ptr_null(none);
	}
	all_give(kinds[_i], handle, 0, 0);
	kinds[_i]->close(handle);
}
END_TEST

/* A handle can be closed while others are used, in any order, and not at all. */
START_TEST(handles_are_closed_one_by_one)
{
	void *first = make_object(arena, kinds[_i], "it");
	void *second = open_object(arena, kinds[_i], "it", TARN_OPEN);

	kinds[_i]->close(first);
	kinds[_i]->close(NULL);
	all_give(kinds[_i], second, 0, 0);
	kinds[_i]->close(second);
	second = open_object(arena, kinds[_i], "it", TARN_OPEN);
	kinds[_i]->close(second);
}
END_TEST

/* ---- the arena --------------------------------------------------------------------------------- */

static struct tarn_arena *
attach_for_reading(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *reader;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ok(tarn_arena_open(&reader, name, &options, NULL));
	return reader;
}

START_TEST(who_may_only_read_writes_nothing)
{
	void *handle = make_object(arena, kinds[_i], "it"), *seen;
	struct tarn_arena *reader = attach_for_reading();
	struct tarn_txn *txn;
	tarn_off block;

	gives(kinds[_i]->open(reader, "new", TARN_CREATE, &seen), TARN_READ_ONLY);
	gives(kinds[_i]->open(reader, "new", TARN_OPEN_OR_CREATE, &seen), TARN_READ_ONLY);
	gives(tarn_object_remove(reader, "it"), TARN_READ_ONLY);
	gives(tarn_object_rename(reader, "it", "that"), TARN_READ_ONLY);
	gives(tarn_txn_begin(reader, &txn, NULL, 0), TARN_READ_ONLY);
	gives(tarn_alloc(reader, 100, &block), TARN_READ_ONLY);
	gives(tarn_alloc_aligned(reader, 64, 100, &block), TARN_READ_ONLY);
	gives(tarn_reap(reader, NULL), TARN_READ_ONLY);
	seen = open_object(reader, kinds[_i], "it", TARN_OPEN);
	all_give(kinds[_i], seen, 0, TARN_READ_ONLY);
	kinds[_i]->close(seen);
	ok(tarn_check(reader, NULL, NULL));
	all_give(kinds[_i], handle, 0, 0);
	tarn_arena_close(reader);
	kinds[_i]->close(handle);
}
END_TEST

static void
swap_across(struct tarn_arena *second)
{
	struct tarn_vector *vectors[2];
	struct tarn_string *strings[2];

	vectors[0] = make_object(arena, &handle_vector, "swapped");
	vectors[1] = make_object(second, &handle_vector, "swapped");
	strings[0] = make_object(arena, &handle_string, "swapped string");
	strings[1] = make_object(second, &handle_string, "swapped string");
	gives(tarn_vector_swap(vectors[0], vectors[1]), TARN_INVALID);
	gives(tarn_string_swap(strings[1], strings[0]), TARN_INVALID);
	for (unsigned i = 0; i < 2; i++) {
		tarn_vector_close(vectors[i]);
		tarn_string_close(strings[i]);
	}
}

START_TEST(one_thread_uses_two_arenas)
{
	struct tarn_arena *second = make_arena();
	void *here = make_object(arena, kinds[_i], "it");
	void *there = make_object(second, kinds[_i], "it");

	for (unsigned i = 0; i < kinds[_i]->call_count; i++) {
		ok(kinds[_i]->calls[i].make(here));
		ok(kinds[_i]->calls[i].make(there));
	}
	swap_across(second);
	ok(tarn_object_remove(arena, "it"));
	all_give(kinds[_i], here, TARN_REMOVED, TARN_REMOVED);
	ok(tarn_object_remove(second, "it"));
	kinds[_i]->close(here);
	kinds[_i]->close(there);
	ok(tarn_check(second, NULL, NULL));
	tarn_arena_close(second);
}
END_TEST

/* ---- the thread -------------------------------------------------------------------------------- */

static pthread_barrier_t all_there, all_done;

/* Until the others have been looked at. */
static void *
hold_a_slot(void *unused)
{
	tarn_off taken;

	(void)unused;
	ok(tarn_alloc(arena, 16, &taken));
	ok(tarn_free(arena, taken));
	pthread_barrier_wait(&all_there);
	pthread_barrier_wait(&all_done);
	return NULL;
}

struct late {
	const struct handle_kind *kind;
	void *handle;
	int writing;
};

static void *
call_all(void *argument)
{
	const struct late *late = argument;

	all_give(late->kind, late->handle, 0, late->writing);
	return NULL;
}

static void
in_thread(struct late late)
{
	pthread_t thread;

	ok(pthread_create(&thread, NULL, call_all, &late));
	ok(pthread_join(thread, NULL));
}

/* This thread has a slot, too. */
START_TEST(a_thread_without_a_slot_may_read)
{
	void *handle = make_object(arena, kinds[_i], "it");
	pthread_t threads[SLOTS - 1];

	ok(pthread_barrier_init(&all_there, NULL, SLOTS));
	ok(pthread_barrier_init(&all_done, NULL, SLOTS));
	for (unsigned i = 0; i < SLOTS - 1; i++)
		ok(pthread_create(&threads[i], NULL, hold_a_slot, NULL));
	pthread_barrier_wait(&all_there);
	in_thread((struct late){ kinds[_i], handle, TARN_NO_SLOT });
	in_thread((struct late){ kinds[_i], handle, TARN_NO_SLOT });
	pthread_barrier_wait(&all_done);
	for (unsigned i = 0; i < SLOTS - 1; i++)
		ok(pthread_join(threads[i], NULL));
	in_thread((struct late){ kinds[_i], handle, 0 });
	kinds[_i]->close(handle);
}
END_TEST

#define POOL 12u
#define TURNS 300u

static struct tarn_vector *turns;

/* As threads of a pool that come and go: who gets no slot comes again later. */
static void *
take_turns(void *unused)
{
	const uint64_t one = 1;
	int code;

	(void)unused;
	while ((code = tarn_vector_push_back(turns, &one)) == TARN_NO_SLOT)
		usleep(100);
	ok(code);
	return NULL;
}

START_TEST(more_threads_than_slots_take_turns)
{
	pthread_t threads[POOL];
	uint64_t size;

	turns = open_object(arena, &handle_vector, "turns", TARN_CREATE);
	for (unsigned i = 0; i < POOL; i++)
		ok(pthread_create(&threads[i], NULL, take_turns, NULL));
	for (unsigned i = 0; i < TURNS; i++) {
		ok(pthread_join(threads[i % POOL], NULL));
		ok(pthread_create(&threads[i % POOL], NULL, take_turns, NULL));
	}
	for (unsigned i = 0; i < POOL; i++)
		ok(pthread_join(threads[i], NULL));
	ok(tarn_vector_size(turns, &size));
	ck_assert_uint_eq(size, TURNS + POOL);
	tarn_vector_close(turns);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("handles");
	TCase *tests = tcase_create("handles");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, each_call_works, 0, KINDS);
	tcase_add_loop_test(tests, what_is_removed_is_removed_for_each_call, 0, KINDS);
	tcase_add_loop_test(tests, what_is_renamed_is_the_same, 0, KINDS);
	tcase_add_loop_test(tests, what_is_made_anew_is_another, 0, KINDS);
	tcase_add_loop_test(tests, what_is_of_another_kind_is_not_opened, 0, KINDS);
	tcase_add_loop_test(tests, handles_are_closed_one_by_one, 0, KINDS);
	tcase_add_loop_test(tests, who_may_only_read_writes_nothing, 0, KINDS);
	tcase_add_loop_test(tests, one_thread_uses_two_arenas, 0, KINDS);
	tcase_add_loop_test(tests, a_thread_without_a_slot_may_read, 0, KINDS);
	tcase_add_test(tests, more_threads_than_slots_take_turns);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
