// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol's primitives, without deaths (those are in crash/)
 *
 * A board of nodes, each with words of its own, lies in the data part; the
 * tests lock, change, commit and undo them as a container would.
 */
#include "txn/lane.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define NODES 40u
#define WORDS 7u

struct board_node {
	uint64_t node;
	uint64_t words[WORDS];
};

static struct tarn_arena *arena;
static struct board_node *board;
static struct tarn_lane *lane;

static void
open_board(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 1 << 20 };

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK), 0);
	board = tarn__at(arena, arena->fixed.data_off, TARN_CHUNK, 64);
	ck_assert_ptr_nonnull(board);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
}

static void
close_board(void)
{
	tarn_arena_close(arena);
}

static void
lock_node(unsigned i)
{
	ck_assert_int_eq(tarn__lane_reserve(lane, WORDS, 0, 1, 1), 0);
	ck_assert(tarn__lock(lane, &board[i].node, board[i].node));
}

static void
assert_at_rest(void)
{
	ck_assert_uint_eq(lane->log->locks, 0);
	ck_assert_uint_eq(tarn__commit_words(lane->log->commit), 0);
	ck_assert_uint_eq(tarn__commit_allocs(lane->log->commit), 0);
	ck_assert_uint_eq(lane->log->nested, 0);
	ck_assert_uint_eq(lane->log->nested_locks, 0);
	for (unsigned i = 0; i < NODES; i++)
		ck_assert_uint_eq(board[i].node & (TARN_NODE_OWNER | TARN_NODE_DIRTY), 0);
}

START_TEST(commit_keeps_every_change_and_releases_every_lock)
{
	for (unsigned i = 0; i < NODES; i++) {
		lock_node(i);
		tarn__dirty(&board[i].node);
		tarn__set(lane, &board[i].words[0], i + 100);
		tarn__set_payload(lane, &board[i].node, i + 1);
	}
	ck_assert_int_eq(tarn__commit(lane), 0);
	assert_at_rest();
	for (unsigned i = 0; i < NODES; i++) {
		ck_assert_uint_eq(board[i].words[0], i + 100);
		ck_assert_uint_eq(board[i].node & TARN_NODE_PAYLOAD, i + 1);
	}
}
END_TEST

START_TEST(rollback_restores_a_word_changed_twice_and_never_a_version)
{
	uint64_t before;

	board[3].words[2] = 7;
	before = board[3].node;
	lock_node(3);
	tarn__dirty(&board[3].node);
	tarn__set(lane, &board[3].words[2], 8);
	tarn__set(lane, &board[3].words[2], 9);
	tarn__set_payload(lane, &board[3].node, 5);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	assert_at_rest();
	ck_assert_uint_eq(board[3].words[2], 7);
	ck_assert_uint_eq(board[3].node & TARN_NODE_PAYLOAD, before & TARN_NODE_PAYLOAD);
	ck_assert_uint_gt(board[3].node, before);
}
END_TEST

START_TEST(flip_publishes_counts_and_frees_in_one_commit)
{
	lock_node(1);
	tarn__store(&board[1].words[0], 11);
	tarn__free_later(lane, 4096);
	tarn__flip(lane, &board[1].node, 1, &board[0].words[6], 1);
	assert_at_rest();
	ck_assert_uint_eq(board[1].node & TARN_NODE_PAYLOAD, 1);
	ck_assert_uint_eq(board[0].words[6], 1);
	ck_assert_uint_eq(tarn__commit_limbo(lane->log->commit), 1);
	ck_assert_uint_eq(*tarn__list_at(&lane->limbo, 0), 4096);
}
END_TEST

START_TEST(lock_fails_on_a_word_that_has_changed_and_leaves_no_intent)
{
	uint64_t stale = board[0].node;

	lock_node(0);
	tarn__unlock(lane, &board[0].node);
	ck_assert(!tarn__lock(lane, &board[0].node, stale));
	assert_at_rest();
}
END_TEST

START_TEST(reader_sees_no_change_while_a_clean_lock_is_held)
{
	uint64_t seen;

	lock_node(0);
	ck_assert_int_eq(tarn__node_read(arena, &board[0].node, 1, &seen), 0);
	tarn__store(&board[0].words[5], 1);
	ck_assert(tarn__node_still(&board[0].node, seen));
	tarn__flip(lane, &board[0].node, 1, NULL, 0);
	ck_assert(!tarn__node_still(&board[0].node, seen));
}
END_TEST

static void *
read_first(void *code)
{
	uint64_t seen;

	*(int *)code = tarn__node_read(arena, &board[0].node, 1, &seen);
	return NULL;
}

START_TEST(reader_of_a_dirty_node_times_out_while_its_owner_lives)
{
	pthread_t thread;
	uint64_t seen;
	int code = 0;

	lock_node(0);
	tarn__dirty(&board[0].node);
	ck_assert_int_eq(pthread_create(&thread, NULL, read_first, &code), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(code, TARN_TIMEOUT);
	ck_assert_int_eq(tarn__node_read(arena, &board[0].node, 1, &seen), TARN_IN_TXN);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	ck_assert_int_eq(tarn__node_read(arena, &board[0].node, 1, &seen), 0);
}
END_TEST

START_TEST(nested_action_stays_when_the_operation_around_it_is_undone)
{
	lock_node(0);
	tarn__dirty(&board[0].node);
	tarn__set(lane, &board[0].words[0], 1);
	ck_assert(tarn__nested_lock(lane, &board[1].node, board[1].node));
	tarn__nested_set(lane, &board[1].words[0], 2);
	ck_assert_int_eq(tarn__nested_commit(lane), 0);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	assert_at_rest();
	ck_assert_uint_eq(board[0].words[0], 0);
	ck_assert_uint_eq(board[1].words[0], 2);
}
END_TEST

START_TEST(lists_spill_up_to_their_limit_and_no_further)
{
	ck_assert_int_eq(tarn__lane_reserve(lane, TARN_LIST_MAX, 0, 0, 0), 0);
	ck_assert_int_eq(tarn__lane_reserve(lane, TARN_LIST_MAX + 1, 0, 0, 0), TARN_TOO_BIG);
	lock_node(0);
	tarn__dirty(&board[0].node);
	for (uint64_t i = 0; i < TARN_LIST_MAX; i++)
		tarn__set(lane, &board[0].words[i % WORDS], i + 1);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	assert_at_rest();
	for (unsigned i = 0; i < WORDS; i++)
		ck_assert_uint_eq(board[0].words[i], 0);
}
END_TEST

static void
nested_call(int signal)
{
	struct tarn_lane *inner;

	(void)signal;
	board[0].words[1] = (uint64_t)-tarn__op_begin(arena, &inner);
}

START_TEST(call_from_a_signal_handler_inside_an_operation_is_refused)
{
	ck_assert(signal(SIGUSR1, nested_call) != SIG_ERR);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(-(int)board[0].words[1], TARN_NESTED);
}
END_TEST

static __attribute__((noinline)) void
begin_deeper_and_abandon(void)
{
	volatile char room[512];

	room[0] = 0;
	tarn__op_end(lane);
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	lock_node(room[0]);
	tarn__dirty(&board[0].node);
	tarn__set(lane, &board[0].words[0], 1);
}

START_TEST(abandoned_operation_is_undone_at_the_next_call)
{
	begin_deeper_and_abandon();
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	assert_at_rest();
	ck_assert_uint_eq(board[0].words[0], 0);
}
END_TEST

/* A child locks, changes, and is killed; its pid. */
static void
die_inside(bool dirty)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (tarn__op_begin(arena, &lane) || tarn__lane_reserve(lane, 4, 0, 0, 1))
			_exit(1);
		(void)!tarn__lock(lane, &board[2].node, board[2].node);
		if (dirty) {
			tarn__dirty(&board[2].node);
			tarn__set(lane, &board[2].words[0], 99);
		}
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_uint_ne(tarn__node_owner(board[2].node), 0);
}

START_TEST(reader_recovers_a_dead_owner_and_sees_the_state_before)
{
	struct tarn_arena_stat stat;
	uint64_t seen;

	board[2].words[0] = 42;
	die_inside(true);
	ck_assert_int_eq(tarn__node_read(arena, &board[2].node, UINT64_MAX, &seen), 0);
	ck_assert_uint_eq(board[2].words[0], 42);
	assert_at_rest();
	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_eq(stat.recoveries, 1);
	ck_assert_uint_eq(stat.rollbacks, 1);
}
END_TEST

START_TEST(locker_recovers_a_dead_owner)
{
	uint64_t seen;

	die_inside(false);
	for (unsigned round = 0; tarn__node_owner(seen = board[2].node); round++)
		ck_assert_int_eq(tarn__node_wait(arena, &board[2].node, seen, round, UINT64_MAX),
				 0);
	lock_node(2);
	ck_assert_int_eq(tarn__commit(lane), 0);
	assert_at_rest();
}
END_TEST

START_TEST(readonly_process_says_that_the_owner_died)
{
	struct tarn_arena_options options = { .readonly = true };
	struct tarn_arena *reader;
	const uint64_t *node;
	char name[32];
	uint64_t seen;

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ck_assert_int_eq(tarn_arena_open(&reader, name, &options, NULL), 0);
	die_inside(true);
	node = tarn__at(reader, tarn__off(arena, &board[2].node), 8, 8);
	ck_assert_int_eq(tarn__node_read(reader, node, UINT64_MAX, &seen), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_int_eq(tarn__node_read(reader, node, UINT64_MAX, &seen), 0);
	tarn_arena_close(reader);
}
END_TEST

START_TEST(log_that_makes_no_sense_is_corrupt_and_harms_nothing)
{
	struct tarn_log_shm *log = lane->log;
	struct tarn_lane view;

	log->commit = TARN_LIST_MAX;
	ck_assert_int_eq(tarn__lane_view(&view, arena, lane->owner - 1), TARN_CORRUPT);
	log->commit = TARN_COMMIT_WORD;
	lane->words.here[0] = 8; /* the header: undo may not write there */
	ck_assert_int_eq(tarn__lane_recover(lane), TARN_CORRUPT);
	lane->words.here[0] = UINT64_MAX & ~7ull;
	ck_assert_int_eq(tarn__lane_recover(lane), TARN_CORRUPT);
	log->commit = 0;
	ck_assert_int_eq(tarn__lane_recover(lane), 0);
}
END_TEST

START_TEST(count_that_undoing_a_nested_action_brings_back_is_checked_too)
{
	struct tarn_log_shm *log = lane->log;

	tarn__nested_words(lane)[0] = tarn__off(arena, &log->commit);
	tarn__nested_words(lane)[1] = TARN_LIST_MAX * TARN_COMMIT_ALLOC;
	log->nested = 1;
	ck_assert_int_eq(tarn__lane_recover(lane), TARN_CORRUPT);
	log->commit = 0;
	ck_assert_int_eq(tarn__lane_recover(lane), 0);
	assert_at_rest();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("txn");
	TCase *tests = tcase_create("txn");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, open_board, close_board);
	tcase_add_test(tests, commit_keeps_every_change_and_releases_every_lock);
	tcase_add_test(tests, rollback_restores_a_word_changed_twice_and_never_a_version);
	tcase_add_test(tests, flip_publishes_counts_and_frees_in_one_commit);
	tcase_add_test(tests, lock_fails_on_a_word_that_has_changed_and_leaves_no_intent);
	tcase_add_test(tests, reader_sees_no_change_while_a_clean_lock_is_held);
	tcase_add_test(tests, reader_of_a_dirty_node_times_out_while_its_owner_lives);
	tcase_add_test(tests, nested_action_stays_when_the_operation_around_it_is_undone);
	tcase_add_test(tests, lists_spill_up_to_their_limit_and_no_further);
	tcase_add_test(tests, call_from_a_signal_handler_inside_an_operation_is_refused);
	tcase_add_test(tests, abandoned_operation_is_undone_at_the_next_call);
	tcase_add_test(tests, reader_recovers_a_dead_owner_and_sees_the_state_before);
	tcase_add_test(tests, locker_recovers_a_dead_owner);
	tcase_add_test(tests, readonly_process_says_that_the_owner_died);
	tcase_add_test(tests, log_that_makes_no_sense_is_corrupt_and_harms_nothing);
	tcase_add_test(tests, count_that_undoing_a_nested_action_brings_back_is_checked_too);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
