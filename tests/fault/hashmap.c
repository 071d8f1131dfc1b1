// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- every system call of every operation on hash maps fails once
: see operation.h
 */
#include "fault/hashmap_ops.h"

#include "base/compiler.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- meeting the dead -------------------------------------------------------------------------- */

/* A child that has changed much in a transaction, and is no more. */
static void
leave_a_dead_transaction(void)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_txn *txn;
	pid_t child = fork();

	if (child == 0) {
		if (tarn_txn_begin(arena, &txn, &object, 1))
			_exit(1);
		for (uint64_t key = 0; key < 1000; key++) {
			if (tarn_hashmap_fetch_add(tarn_hashmap_in(map, txn), &key, 8, 7, NULL))
				_exit(2);
		}
		(void)kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &(int){ 0 }, 0), child);
}

static int
read_all(void)
{
	uint64_t value;
	int code = 0;

	for (uint64_t key = 0; !code && key < BASE_KEYS; key++)
		code = tarn_hashmap_get(map, &key, 8, &value, 8, NULL);
	return code;
}

static void
all_is_read(void)
{
	is_as_before();
}

static int
reap(void)
{
	return tarn_reap(arena, NULL);
}

static const struct operation meetings[] = {
	{ "read", read_all, all_is_read, false, false },
	{ "reap", reap, all_is_read, false, false },
	{ "insert", insert_word, word_is_inserted, false, false },
	{ "transaction", run_transaction, transaction_is_done, true, false },
};

static void
prepare_maps_and_a_death(void)
{
	prepare_maps();
	leave_a_dead_transaction();
}

static const struct world deadly = { prepare_maps_and_a_death, is_as_before, close_maps, false };

START_TEST(recovery_that_fails_is_done_by_the_next)
{
	fails_at_each_call(&deadly, &meetings[_i]);
}
END_TEST

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS, &maps, operations, OPERATIONS);
	tcase_add_loop_test(tests, recovery_that_fails_is_done_by_the_next, 0,
			    (int)TARN_ARRAY_SIZE(meetings));
}

int
main(void)
{
	return run_faults("hashmap faults", add);
}
