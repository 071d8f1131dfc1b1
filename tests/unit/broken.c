// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * broken.c -- a slot whose log makes no sense when its thread has ended
 *
 * A thread holds a lock, or none; somebody writes over its log; it ends, or
 * its process is killed.  The slot is BROKEN from then on: others claim, put
 * and get as before, and who needs what it has locked is told at once.
 */
#include "container/hashmap.h"
#include "member/process.h"
#include "txn/object.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define SLOTS 6u
#define AT_ONCE UINT64_C(2000000000) /* ns; a wait for a live owner would be endless */

static struct tarn_arena *arena;
static struct tarn_hashmap *map;
static struct tarn_mutex *mutex;

static void
setup(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = SLOTS };
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8 };

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "m", &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "x", TARN_CREATE, NULL), 0);
}

static void
teardown(void)
{
	tarn_mutex_close(mutex);
	tarn_hashmap_close(map);
	tarn_arena_close(arena);
}

static struct tarn_root_shm *
map_root(void)
{
	return ((struct tarn_object *)map)->root;
}

static int
put(uint64_t key)
{
	return tarn_hashmap_put(map, &key, sizeof(key), &key, sizeof(key));
}

/* ---- a thread, and what becomes of its log ----------------------------------------------------- */

static struct tarn_lane *
own_lane(void)
{
	struct tarn_thread *thread;

	if (tarn__thread_get(arena, &thread))
		abort();
	return thread->lane;
}

/* More undo records than there can be. */
static void
scribble_counts(struct tarn_lane *lane)
{
	lane->log->commit = UINT64_MAX;
}

/* An undo record that would change the header. */
static void
scribble_record(struct tarn_lane *lane)
{
	lane->words.here[0] = 8;
	lane->log->commit = TARN_COMMIT_WORD;
}

/* Who ends, and who claims, writes it anew; who recovers believes nothing without. */
static void
scribble_magic(struct tarn_lane *lane)
{
	lane->log->magic = UINT64_C(0x4141414141414141);
}

/* A lock where none can be. */
static void
scribble_lock(struct tarn_lane *lane)
{
	*tarn__list_at(&lane->locks, 0) = lane->arena->fixed.slots_off;
	lane->log->locks = 1;
}

static void
scribble_held(struct tarn_lane *lane)
{
	((uint64_t *)lane->log)[TARN_LOG_HELD / 8 + 7] = UINT64_MAX;
}

static void (*const scribbles[])(struct tarn_lane *) = {
	scribble_counts, scribble_record, scribble_lock, scribble_held, scribble_magic,
};

enum { SCRIBBLES = sizeof(scribbles) / sizeof(scribbles[0]), MAGIC = SCRIBBLES - 1 };

/* What the thread holds when it ends. */
static void
hold_nothing(void)
{
}

static void
hold_node(void)
{
	struct tarn_lane *lane;

	if (tarn__op_begin(arena, &lane) || tarn__lock_wait(lane, &map_root()->node, UINT64_MAX))
		abort();
}

static void
hold_gate(void)
{
	struct tarn_lane *lane;

	if (tarn__op_begin(arena, &lane) || tarn__gate_lock(lane, &map_root()->gate, UINT64_MAX))
		abort();
}

static void
hold_mutex(void)
{
	if (tarn_mutex_lock(mutex, TARN_FOREVER))
		abort();
}

static void (*hold)(void);
static void (*scribble)(struct tarn_lane *);

/* A put, so that the log has been used; the slot. */
static void *
leave_nonsense(void *unused)
{
	struct tarn_lane *lane;

	(void)unused;
	if (put(1))
		abort();
	hold();
	lane = own_lane();
	scribble(lane);
	return (void *)(uintptr_t)(lane->owner - 1);
}

static uintptr_t
in_thread(void *(*function)(void *))
{
	pthread_t thread;
	void *result;

	ck_assert_int_eq(pthread_create(&thread, NULL, function, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	return (uintptr_t)result;
}

static uint64_t
break_slot(void (*held)(void), void (*by)(struct tarn_lane *))
{
	hold = held;
	scribble = by;
	return in_thread(leave_nonsense);
}

/* ---- what others see --------------------------------------------------------------------------- */

static void *
put_and_get(void *unused)
{
	uint64_t value, key = own_lane()->owner;
	size_t size;

	(void)unused;
	if (put(key) || tarn_hashmap_get(map, &key, sizeof(key), &value, sizeof(value), &size) ||
	    value != key)
		abort();
	return (void *)(uintptr_t)key;
}

static void *
try_put(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)put(7);
}

static void
note_problem(const struct tarn_check_problem *problem, void *what)
{
	char *text = what;

	if (!text[0])
		snprintf(text, 200, "%s", problem->what);
}

/* Whether the first problem is this slot. */
static unsigned
problems_of(uint64_t slot)
{
	char first[200] = "", expected[40];
	struct tarn_check_options options = { .problem = note_problem, .arg = first };
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_check(arena, &options, &report), TARN_CORRUPT);
	snprintf(expected, sizeof(expected), "slot %u is broken", (unsigned)slot);
	ck_assert_msg(strstr(first, expected), "%s", first);
	return (unsigned)report.problems;
}

/* The slot is lost, and nothing else is. */
static void
assert_only_broken(uint64_t slot)
{
	uint64_t count;

	ck_assert(tarn__slot_broken(arena, slot));
	ck_assert_uint_eq(tarn__slots_broken(arena), 1);
	for (unsigned i = 0; i < 3 * SLOTS; i++)
		ck_assert_uint_ne(in_thread(put_and_get), slot + 1);
	ck_assert_int_eq(tarn_reap(arena, &count), 0);
	ck_assert(tarn__slot_broken(arena, slot));
	ck_assert_uint_ge(problems_of(slot), 1);
}

START_TEST(thread_that_ends_with_nonsense_in_its_log_costs_one_slot)
{
	assert_only_broken(break_slot(hold_nothing, scribbles[_i]));
}
END_TEST

START_TEST(process_killed_with_nonsense_in_its_log_costs_one_slot)
{
	uint64_t count = 7;
	int status, slot[2];
	pid_t pid;

	ck_assert_int_eq(pipe(slot), 0);
	pid = fork();
	if (!pid) {
		hold = hold_nothing;
		scribble = scribbles[_i];
		if (write(slot[1], &(uintptr_t){ (uintptr_t)leave_nonsense(NULL) }, 8) == 8)
			raise(SIGKILL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(read(slot[0], &status, sizeof(status)), sizeof(status));
	ck_assert_int_eq(tarn_reap(arena, &count), TARN_CORRUPT);
	ck_assert_uint_eq(count, 0);
	assert_only_broken((uint64_t)status);
	close(slot[0]);
	close(slot[1]);
}
END_TEST

/* Nobody has it; the next who comes looks at it before he uses it. */
START_TEST(free_slot_with_nonsense_in_its_log_is_passed_over)
{
	uint64_t slot;
	struct tarn_lane lane;

	hold = hold_nothing;
	ck_assert_int_eq(put(1), 0);
	slot = in_thread(put_and_get) - 1;
	ck_assert_int_eq(tarn__lane_view(&lane, arena, slot), 0);
	scribbles[_i](&lane);
	in_thread(put_and_get);
	assert_only_broken(slot);
}
END_TEST

/* The test's own thread has one: all others become broken. */
START_TEST(when_all_slots_are_broken_there_is_none)
{
	ck_assert_int_eq(put(1), 0);
	for (unsigned i = 1; i < SLOTS; i++)
		break_slot(hold_nothing, scribble_counts);
	ck_assert_uint_eq(tarn__slots_broken(arena), SLOTS - 1);
	ck_assert_int_eq((int)in_thread(try_put), TARN_NO_SLOT);
	ck_assert_int_eq(put(2), 0);
}
END_TEST

/* ---- locks ------------------------------------------------------------------------------------- */

static uint64_t began;

static void
begin_wait(void)
{
	began = tarn__os_now();
}

static void
assert_told_at_once(int code)
{
	ck_assert_int_eq(code, TARN_CORRUPT);
	ck_assert_uint_lt(tarn__os_now() - began, AT_ONCE);
	ck_assert_msg(strstr(tarn_error_detail(), "holds the lock for good"), "%s",
		      tarn_error_detail());
}

START_TEST(waiter_for_a_broken_slots_node_is_told)
{
	uint64_t slot = break_slot(hold_node, scribble_counts), seen;
	struct tarn_lane *lane;

	ck_assert(tarn__slot_broken(arena, slot));
	ck_assert_uint_eq(tarn__node_owner(map_root()->node), slot + 1);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	begin_wait();
	assert_told_at_once(tarn__lock_wait(lane, &map_root()->node, UINT64_MAX));
	ck_assert_int_eq(tarn__lock_try(lane, &map_root()->node), TARN_CORRUPT);
	tarn__op_end(lane);
	ck_assert_int_eq(tarn__node_read(arena, &map_root()->node, UINT64_MAX, &seen), 0);
	map_root()->node |= TARN_NODE_DIRTY;
	begin_wait();
	assert_told_at_once(tarn__node_read(arena, &map_root()->node, UINT64_MAX, &seen));
}
END_TEST

START_TEST(waiter_for_a_broken_slots_gate_is_told)
{
	uint64_t slot = break_slot(hold_gate, scribble_counts), key = 1, value;
	size_t size;

	ck_assert(tarn__slot_broken(arena, slot));
	begin_wait();
	assert_told_at_once(put(3));
	ck_assert_int_eq(tarn_hashmap_get(map, &key, 8, &value, 8, &size), 0);
	ck_assert_uint_eq(value, 1);
	begin_wait();
	assert_told_at_once(tarn_object_remove(arena, "m"));
}
END_TEST

START_TEST(waiter_for_a_broken_slots_mutex_is_told)
{
	uint64_t slot = break_slot(hold_mutex, scribble_counts);

	ck_assert(tarn__slot_broken(arena, slot));
	begin_wait();
	assert_told_at_once(tarn_mutex_lock(mutex, TARN_FOREVER));
	assert_only_broken(slot);
}
END_TEST

/* It waits while the owner lives, and is told when that ends. */
static void *
wait_for_mutex(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)tarn_mutex_lock(mutex, TARN_FOREVER);
}

static pthread_t waiter;

static void
hold_mutex_until_waited_for(void)
{
	hold_mutex();
	if (pthread_create(&waiter, NULL, wait_for_mutex, NULL))
		abort();
	usleep(20000);
}

START_TEST(waiter_is_told_when_the_slot_breaks)
{
	void *code;

	break_slot(hold_mutex_until_waited_for, scribble_counts);
	ck_assert_int_eq(pthread_join(waiter, &code), 0);
	ck_assert_int_eq((int)(intptr_t)code, TARN_CORRUPT);
}
END_TEST

/* ---- memory ------------------------------------------------------------------------------------ */

static struct tarn_region *region;

static void
hold_blocks(void)
{
	tarn_off block;

	for (unsigned i = 0; i < 100; i++) {
		if (tarn_region_alloc(region, 64, &block))
			abort();
	}
}

/* The log says nothing of what it holds ready; nobody will ever use it. */
START_TEST(memory_of_a_region_comes_back_although_a_slot_is_broken)
{
	struct tarn_check_options options = { .problem = NULL };
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL), 0);
	break_slot(hold_blocks, scribble_counts);
	tarn_region_close(region);
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_int_eq(tarn_check(arena, &options, &report), TARN_CORRUPT);
	ck_assert_uint_eq(report.removed, 0);
}
END_TEST

/* ---- words that lie ---------------------------------------------------------------------------- */

/* A thread that holds nothing is named by a node, as damage may have it. */
START_TEST(node_that_names_who_does_not_hold_it_is_corrupt)
{
	struct tarn_root_shm *root;
	tarn_off block;

	ck_assert_int_eq(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL), 0);
	root = tarn_region_object(region)->root;
	tarn__store(&root->node, tarn__load(&root->node) | own_lane()->owner << TARN_NODE_OWNER_SHIFT);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(tarn_region_alloc(region, 64, &block), TARN_CORRUPT);
	ck_assert_uint_eq(own_lane()->lock_count, 0);
	tarn__store(&root->node, tarn__load(&root->node) & ~TARN_NODE_OWNER);
	ck_assert_int_eq(tarn_region_alloc(region, 64, &block), 0);
	tarn_region_close(region);
}
END_TEST

static void
name_all_homes(uint64_t owner)
{
	const uint64_t *directory = (void *)(arena->base + (map_root()->structure & ~TARN_DEPTH));
	struct tarn_segment_shm *segment = (void *)(arena->base + (directory[0] & ~TARN_DEPTH));

	for (unsigned i = 0; i < TARN_HOMES; i++) {
		uint64_t *node = &segment->buckets[i].node;

		tarn__store(node, (tarn__load(node) & ~TARN_NODE_OWNER) | owner << TARN_NODE_OWNER_SHIFT);
	}
}

START_TEST(bucket_that_names_who_does_not_hold_it_is_corrupt)
{
	uint64_t key = 1, value = 0;

	ck_assert_int_eq(put(1), 0);
	name_all_homes(own_lane()->owner);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(put(1), TARN_CORRUPT);
		ck_assert_int_eq(tarn_hashmap_erase(map, &key, 8), TARN_CORRUPT);
	}
	ck_assert_uint_eq(own_lane()->lock_count, 0);
	name_all_homes(0);
	ck_assert_int_eq(tarn_hashmap_get(map, &key, 8, &value, 8, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_erase(map, &key, 8), 0);
}
END_TEST

/* The map of chunks says that the heap's own words are not there, so no lock of theirs can be let go. */
START_TEST(heap_that_cannot_let_go_of_its_locks_is_corrupt)
{
	uint64_t *given = (uint64_t *)(uintptr_t)arena->chunk_map, was = tarn__load(given);
	tarn_off block;
	int code = 0;

	ck_assert_int_eq(put(1), 0);
	tarn__store(given, was & ~UINT64_C(1));
	for (unsigned i = 0; i < 3000; i++)
		code = tarn_alloc(arena, 200, &block);
	ck_assert_int_eq(code, TARN_CORRUPT);
	ck_assert_int_eq(put(2), TARN_CORRUPT);
	tarn__store(given, was);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("broken");
	TCase *tests = tcase_create("broken");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, thread_that_ends_with_nonsense_in_its_log_costs_one_slot, 0,
			    MAGIC);
	tcase_add_loop_test(tests, process_killed_with_nonsense_in_its_log_costs_one_slot, 0,
			    SCRIBBLES);
	tcase_add_loop_test(tests, free_slot_with_nonsense_in_its_log_is_passed_over, 0, MAGIC);
	tcase_add_test(tests, when_all_slots_are_broken_there_is_none);
	tcase_add_test(tests, waiter_for_a_broken_slots_node_is_told);
	tcase_add_test(tests, waiter_for_a_broken_slots_gate_is_told);
	tcase_add_test(tests, waiter_for_a_broken_slots_mutex_is_told);
	tcase_add_test(tests, waiter_is_told_when_the_slot_breaks);
	tcase_add_test(tests, memory_of_a_region_comes_back_although_a_slot_is_broken);
	tcase_add_test(tests, node_that_names_who_does_not_hold_it_is_corrupt);
	tcase_add_test(tests, bucket_that_names_who_does_not_hold_it_is_corrupt);
	tcase_add_test(tests, heap_that_cannot_let_go_of_its_locks_is_corrupt);
	tcase_set_timeout(tests, 20);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
