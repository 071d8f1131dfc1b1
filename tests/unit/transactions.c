// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * transactions.c -- every call on a transaction, and every error its card names
 *
 * From outside, by <tarn.h> and hash maps alone; hashmap_common.h has the
 * maps.  A peer that stops with a transaction open is what others have to
 * wait for.
 */
#include "unit/hashmap_common.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/time.h>

#define MIB (UINT64_C(1) << 20)

static struct tarn_txn *txn;
static struct tarn_hashmap *in_map, *in_other, *in_text;

static int
try_begin(void)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(text), tarn_hashmap_object(map),
					  tarn_hashmap_object(other), tarn_hashmap_object(map) };
	int code = tarn_txn_begin(arena, &txn, objects, 4);

	if (code)
		return code;
	in_map = tarn_hashmap_in(map, txn);
	in_other = tarn_hashmap_in(other, txn);
	in_text = tarn_hashmap_in(text, txn);
	return 0;
}

/* All three maps. */
static void
begin(void)
{
	ok(try_begin());
	ck_assert_ptr_nonnull(in_map);
	ck_assert_ptr_nonnull(in_other);
	ck_assert_ptr_nonnull(in_text);
}

/* In a peer: the map alone, one entry changed and one added. */
static void
hold_map(void)
{
	struct tarn_object *object = tarn_hashmap_object(map);

	must(tarn_txn_begin(arena, &txn, &object, 1));
	in_map = tarn_hashmap_in(map, txn);
	must(put(in_map, 1, 100));
	must(put(in_map, 1000000, 100));
	stop_here();
	must(tarn_txn_commit(txn));
}

/* ---- all or nothing ---------------------------------------------------------------------------- */

START_TEST(commit_makes_all_of_it_happen)
{
	fill(map, 0, 10);
	begin();
	ok(erase(in_map, 3));
	ok(put(in_other, 3, 3));
	ok(insert(in_map, 10, 10));
	ok(tarn_hashmap_put(in_text, "a", 1, "b", 1));
	ok(tarn_txn_commit(txn));
	has_not(map, 3);
	has(other, 3, 3);
	has(map, 10, 10);
	ok(tarn_hashmap_contains(text, "a", 1));
	ck_assert_uint_eq(size_of(map), 10);
}
END_TEST

START_TEST(abort_makes_nothing_of_it_happen)
{
	fill(map, 0, 10);
	ok(tarn_hashmap_put(text, "a", 1, "before", 6));
	begin();
	ok(erase(in_map, 3));
	ok(add(in_map, 4, 10));
	ok(put(in_other, 3, 3));
	ok(tarn_hashmap_put(in_text, "a", 1, "after", 5));
	ok(tarn_hashmap_clear(in_other));
	tarn_txn_abort(txn);
	has(map, 3, 3);
	has(map, 4, 4);
	ck_assert_uint_eq(size_of(other), 0);
	ok(tarn_hashmap_compare_and_swap(text, "a", 1, "before", 6, "x", 1));
	tarn_txn_abort(NULL);
}
END_TEST

START_TEST(transaction_sees_what_it_has_done_and_others_do_not)
{
	struct tarn_arena *view = attach(true);
	struct tarn_hashmap *seen;

	fill(map, 0, 1000);
	ok(tarn_hashmap_open(view, &seen, "map", &words, TARN_OPEN, NULL));
	begin();
	ok(put(in_map, 5, 50));
	ok(erase(in_map, 6));
	ok(put(in_map, 5000, 1));
	has(in_map, 5, 50);
	has_not(in_map, 6);
	has(in_map, 5000, 1);
	ck_assert_uint_eq(count_by_walk(in_map), 1000);
	ck_assert_uint_eq(size_of(in_map), 1000);
	gives(get(seen, 5, &(uint64_t){ 0 }), TARN_TIMEOUT);
	tarn_txn_abort(txn);
	has(seen, 5, 5);
	has(seen, 6, 6);
	has_not(seen, 5000);
	tarn_hashmap_close(seen);
	tarn_arena_close(view);
}
END_TEST

START_TEST(size_is_that_of_before_until_the_commit)
{
	struct tarn_arena *view = attach(true);
	struct tarn_hashmap *seen;

	fill(map, 1, 100);
	ok(tarn_hashmap_open(view, &seen, "map", &words, TARN_OPEN, NULL));
	begin();
	for (uint64_t key = 1000; key < 1010; key++)
		ok(insert(in_map, key, 0));
	ck_assert_uint_eq(size_of(in_map), 110);
	ck_assert_uint_eq(size_of(seen), 100);
	ck_assert_uint_eq(size_of(map), 100);
	tarn_txn_abort(txn);
	ck_assert_uint_eq(size_of(seen), 100);
	begin();
	ok(erase(in_map, 50));
	ck_assert_uint_eq(size_of(seen), 100);
	ok(tarn_txn_commit(txn));
	ck_assert_uint_eq(size_of(seen), 99);
	tarn_hashmap_close(seen);
	tarn_arena_close(view);
}
END_TEST

START_TEST(clear_in_a_transaction_is_part_of_it)
{
	for (unsigned commits = 0; commits < 2; commits++) {
		fill(map, 0, 3000);
		begin();
		ok(put(in_map, 7, 70));
		ok(tarn_hashmap_clear(in_map));
		ck_assert_uint_eq(size_of(in_map), 0);
		has_not(in_map, 7);
		for (uint64_t key = 0; key < 2000; key++)
			ok(put(in_map, key, 2 * key));
		ok(tarn_hashmap_clear(in_map));
		ok(put(in_map, 5, 6));
		ck_assert_uint_eq(count_by_walk(in_map), 1);
		if (commits) {
			ok(tarn_txn_commit(txn));
			has(map, 5, 6);
			ck_assert_uint_eq(size_of(map), 1);
		} else {
			tarn_txn_abort(txn);
			has(map, 7, 7);
			ck_assert_uint_eq(count_by_walk(map), 3000);
		}
	}
}
END_TEST

START_TEST(splits_in_a_transaction_are_part_of_it)
{
	fill(map, 0, 100);
	for (unsigned i = 0; i < 3; i++) {
		begin();
		for (uint64_t key = 100; key < 6000; key++)
			ok(insert(in_map, key, key));
		for (uint64_t key = 50; key < 3000; key++)
			ok(erase(in_map, key));
		if (i == 2)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		ck_assert_uint_eq(size_of(map), i == 2 ? 3050 : 100);
		ck_assert_uint_eq(count_by_walk(map), i == 2 ? 3050 : 100);
		for (uint64_t key = 0; key < 50; key++)
			has(map, key, key);
	}
	has(map, 5999, 5999);
	has_not(map, 99);
}
END_TEST

START_TEST(key_changed_again_and_again_is_restored)
{
	static char value[500];

	ok(tarn_hashmap_put(text, "k", 1, "first", 5));
	begin();
	for (unsigned i = 0; i < 300; i++) {
		ok(tarn_hashmap_put(in_text, "k", 1, value, i));
		if (i % 3 == 0)
			ok(tarn_hashmap_erase(in_text, "k", 1));
		if (i % 5 == 0)
			gives(tarn_hashmap_insert(in_text, "k", 1, value, 7),
			      i % 3 ? TARN_EXISTS : TARN_OK);
	}
	tarn_txn_abort(txn);
	ok(tarn_hashmap_compare_and_swap(text, "k", 1, "first", 5, "last", 4));
	ck_assert_uint_eq(size_of(text), 1);
}
END_TEST

static int
double_it(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	memcpy(arg, old, old_size);
	*(uint64_t *)arg *= 2;
	*out = arg;
	*out_size = 8;
	return 0;
}

START_TEST(update_and_swap_in_a_transaction)
{
	uint64_t key = 1, room, before;

	ok(put(map, 1, 21));
	begin();
	ok(tarn_hashmap_update(in_map, &key, 8, double_it, &room));
	has(in_map, 1, 42);
	ok(swap(in_map, 1, 42, 43));
	ok(tarn_hashmap_fetch_add(in_map, &key, 8, 1, &before));
	ck_assert_uint_eq(before, 43);
	ok(tarn_txn_commit(txn));
	has(map, 1, 44);
}
END_TEST

/* ---- errors that leave it whole, and those that do not ----------------------------------------- */

START_TEST(answers_do_not_roll_back)
{
	ok(put(map, 1, 1));
	begin();
	ok(put(in_map, 2, 2));
	gives(erase(in_map, 9), TARN_NOT_FOUND);
	gives(insert(in_map, 1, 5), TARN_EXISTS);
	gives(swap(in_map, 1, 5, 6), TARN_MISMATCH);
	gives(tarn_hashmap_put(in_map, "short", 5, "12345678", 8), TARN_INVALID);
	gives(tarn_hashmap_put(in_map, "12345678", 8, "short", 5), TARN_INVALID);
	gives(tarn_hashmap_fetch_add(in_text, "a", 1, 1, NULL), TARN_TYPE);
	gives(tarn_hashmap_put(in_text, "a", 1, "b", (size_t)1 << 31), TARN_TOO_BIG);
	gives(tarn_hashmap_put(in_text, "a", (size_t)1 << 31, "b", 1), TARN_TOO_BIG);
	ok(tarn_txn_commit(txn));
	has(map, 2, 2);
}
END_TEST

START_TEST(transaction_that_fills_the_arena_is_rolled_back)
{
	static char value[1000];
	char key[16];
	unsigned i = 0;
	int code;

	close_maps();
	open_maps(4 * MIB, 0);
	for (; i < 1000; i++)
		ok(tarn_hashmap_put(text, key, (size_t)sprintf(key, "%u", i), value, 1000));
	ok(put(map, 1, 1));
	begin();
	ok(put(in_map, 1, 2));
	do
		code = tarn_hashmap_put(in_text, key, (size_t)sprintf(key, "%u", i++), value, 1000);
	while (!code);
	gives(code, TARN_FULL);
	gives(tarn_hashmap_put(in_text, "x", 1, "y", 1), TARN_FULL);
	gives(get(in_map, 1, &(uint64_t){ 0 }), TARN_FULL);
	has(map, 1, 1);
	gives(tarn_txn_commit(txn), TARN_FULL);
	ck_assert_uint_eq(size_of(text), 1000);
	ck_assert_uint_eq(count_by_walk(text), 1000);
	begin();
	ok(tarn_hashmap_put(in_text, "x", 1, "y", 1));
	ok(tarn_txn_commit(txn));
	ck_assert_uint_eq(size_of(text), 1001);
}
END_TEST

START_TEST(transaction_beyond_the_log_is_too_big_and_rolled_back)
{
	uint64_t key = 0;
	int code;

	fill(map, 0, 10);
	begin();
	do
		code = put(in_map, key, key + 1);
	while (!code && key++ < 100000);
	gives(code, TARN_TOO_BIG);
	ck_assert_uint_gt(key, 3000);
	gives(put(in_map, 1, 1), TARN_TOO_BIG);
	gives(tarn_txn_commit(txn), TARN_TOO_BIG);
	has(map, 5, 5);
	ck_assert_uint_eq(size_of(map), 10);
	ck_assert_uint_eq(count_by_walk(map), 10);
	fill(map, 0, 5000);
}
END_TEST

START_TEST(ended_transaction_is_invalid)
{
	for (unsigned i = 0; i < 2; i++) {
		begin();
		ok(put(in_map, 1, 1));
		if (i)
			tarn_txn_abort(txn);
		else
			ok(tarn_txn_commit(txn));
		gives(put(in_map, 2, 2), TARN_INVALID);
		gives(get(in_map, 1, &(uint64_t){ 0 }), TARN_INVALID);
		gives(tarn_hashmap_clear(in_map), TARN_INVALID);
		gives(tarn_hashmap_size(in_map, &(uint64_t){ 0 }), TARN_INVALID);
		gives(tarn_txn_add(txn, tarn_hashmap_object(map)), TARN_INVALID);
		gives(tarn_txn_commit(txn), TARN_INVALID);
		tarn_txn_abort(txn);
		ok(put(map, 3, 3));
	}
}
END_TEST

START_TEST(plain_calls_while_it_is_open_are_refused)
{
	struct tarn_txn *second = (void *)arena;
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_hashmap *opened;
	uint64_t value = 1;

	fill(map, 0, 10);
	begin();
	ok(put(in_map, 1, 10));
	gives(put(map, 2, 2), TARN_IN_TXN);
	gives(insert(map, 200, 2), TARN_IN_TXN);
	gives(erase(map, 2), TARN_IN_TXN);
	gives(add(map, 2, 2), TARN_IN_TXN);
	gives(swap(map, 2, 2, 3), TARN_IN_TXN);
	gives(tarn_hashmap_update(map, &value, 8, double_it, &value), TARN_IN_TXN);
	gives(tarn_hashmap_clear(map), TARN_IN_TXN);
	gives(tarn_object_remove(arena, "map"), TARN_IN_TXN);
	gives(tarn_object_rename(arena, "map", "b"), TARN_IN_TXN);
	gives(tarn_hashmap_open(arena, &opened, "new", &words, TARN_CREATE, NULL), TARN_IN_TXN);
	gives(get(map, 1, &value), TARN_IN_TXN);
	gives(tarn_txn_begin(arena, &second, &object, 1), TARN_IN_TXN);
	ck_assert_ptr_null(second);
	ok(tarn_hashmap_open(arena, &opened, "map", &words, TARN_OPEN, NULL));
	tarn_hashmap_close(opened);
	tarn_hashmap_close(in_map);
	ok(tarn_txn_commit(txn));
	has(map, 1, 10);
	ck_assert_uint_eq(size_of(map), 10);
}
END_TEST

START_TEST(other_arena_has_a_transaction_of_its_own)
{
	struct tarn_arena *first = arena;
	struct tarn_hashmap *maps[] = { map, other, text };
	struct tarn_object *foreign = tarn_hashmap_object(map);
	struct tarn_txn *there;

	begin();
	there = txn;
	ok(put(in_map, 1, 1));
	open_usual();
	ok(put(map, 1, 2));
	gives(tarn_txn_begin(arena, &txn, &foreign, 1), TARN_INVALID);
	ck_assert_ptr_null(txn);
	begin();
	ck_assert_ptr_null(tarn_hashmap_in(maps[0], txn));
	gives(tarn_txn_add(txn, foreign), TARN_INVALID);
	ok(put(in_map, 1, 3));
	ok(tarn_txn_commit(txn));
	ok(tarn_txn_commit(there));
	has(map, 1, 3);
	has(maps[0], 1, 1);
	close_maps();
	arena = first;
	map = maps[0];
	other = maps[1];
	text = maps[2];
}
END_TEST

START_TEST(begin_says_why_not)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(map), tarn_hashmap_object(other) };

	ok(tarn_object_remove(arena, "other"));
	gives(tarn_txn_begin(arena, &txn, objects, 2), TARN_REMOVED);
	ck_assert_ptr_null(txn);
	ok(tarn_txn_begin(arena, &txn, objects, 1));
	ck_assert_ptr_null(tarn_hashmap_in(other, txn));
	gives(tarn_txn_add(txn, objects[1]), TARN_REMOVED);
	ok(put(tarn_hashmap_in(map, txn), 1, 1));
	ok(tarn_txn_commit(txn));
	has(map, 1, 1);
	ok(tarn_txn_begin(arena, &txn, NULL, 0));
	ok(tarn_txn_add(txn, objects[0]));
	ok(tarn_txn_add(txn, objects[0]));
	ok(put(tarn_hashmap_in(map, txn), 1, 2));
	ok(tarn_txn_commit(txn));
	has(map, 1, 2);
}
END_TEST

/* ---- other threads ----------------------------------------------------------------------------- */

static void *
use_anothers(void *unused)
{
	(void)unused;
	gives(put(in_map, 1, 2), TARN_INVALID);
	gives(get(in_map, 1, &(uint64_t){ 0 }), TARN_INVALID);
	gives(tarn_txn_add(txn, tarn_hashmap_object(other)), TARN_INVALID);
	gives(tarn_txn_commit(txn), TARN_INVALID);
	tarn_txn_abort(txn);
	return NULL;
}

static void
in_thread(void *(*body)(void *))
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(transaction_is_its_threads_alone)
{
	begin();
	ok(put(in_map, 1, 1));
	in_thread(use_anothers);
	ok(put(in_map, 2, 2));
	ok(tarn_txn_commit(txn));
	has(map, 1, 1);
	has(map, 2, 2);
}
END_TEST

static void *
end_with_one_open(void *unused)
{
	(void)unused;
	begin();
	ok(put(in_map, 1, 50));
	ok(put(in_other, 1, 50));
	ok(tarn_hashmap_clear(in_text));
	return NULL;
}

START_TEST(thread_that_ends_takes_its_transaction_back)
{
	fill(map, 0, 10);
	ok(tarn_hashmap_put(text, "a", 1, "b", 1));
	in_thread(end_with_one_open);
	has(map, 1, 1);
	has_not(other, 1);
	ck_assert_uint_eq(size_of(text), 1);
	fill(map, 0, 100);
	begin();
	ok(tarn_txn_commit(txn));
}
END_TEST

/* ---- other processes --------------------------------------------------------------------------- */

static void
use_parents(void)
{
	uint64_t value;

	if (put(in_map, 1, 2) != TARN_FORKED || get(in_map, 1, &value) != TARN_FORKED ||
	    tarn_txn_add(txn, tarn_hashmap_object(other)) != TARN_FORKED ||
	    tarn_hashmap_clear(in_map) != TARN_FORKED || tarn_txn_commit(txn) != TARN_FORKED)
		_exit(7);
	if (get(other, 1, &value) || value != 1)
		_exit(8);
	stop_here();
	must(put(map, 3, 3));
}

static void
abort_parents(void)
{
	tarn_txn_abort(txn);
}

START_TEST(transaction_in_a_child_of_fork_is_the_parents)
{
	struct peer peer;

	ok(put(other, 1, 1));
	begin();
	ok(put(in_map, 1, 1));
	in_child(abort_parents);
	peer = start_stopped(use_parents);
	ok(put(in_map, 2, 2));
	let_go(&peer);
	ok(tarn_txn_commit(txn));
	join(&peer);
	has(map, 1, 1);
	has(map, 2, 2);
	has(map, 3, 3);
}
END_TEST

static void
put_in_map(void)
{
	must(put(map, 1, 5));
}

START_TEST(plain_writers_wait_for_the_commit)
{
	struct peer peer;

	begin();
	ok(put(in_map, 1, 1));
	peer = start_peer(put_in_map);
	usleep(20000);
	has(in_map, 1, 1);
	ok(tarn_txn_commit(txn));
	join(&peer);
	has(map, 1, 5);
}
END_TEST

static void
check_times_out(struct tarn_arena *at, struct tarn_hashmap *held)
{
	struct tarn_object *object = tarn_hashmap_object(held);
	uint64_t value = 0;

	gives(put(held, 1, 1), TARN_TIMEOUT);
	gives(put(held, 77, 1), TARN_TIMEOUT);
	gives(insert(held, 2000, 1), TARN_TIMEOUT);
	gives(erase(held, 1), TARN_TIMEOUT);
	gives(add(held, 2, 1), TARN_TIMEOUT);
	gives(swap(held, 2, 2, 1), TARN_TIMEOUT);
	gives(get(held, 1, &value), TARN_TIMEOUT);
	gives(tarn_hashmap_clear(held), TARN_TIMEOUT);
	gives(tarn_object_remove(at, "map"), TARN_TIMEOUT);
	gives(tarn_txn_begin(at, &txn, &object, 1), TARN_TIMEOUT);
	ck_assert_ptr_null(txn);
}

START_TEST(deadline_passes_while_the_holder_lives)
{
	struct tarn_arena *again;
	struct tarn_hashmap *held;
	struct peer peer;
	uint64_t value, found = 0;

	fill(map, 0, 1000);
	peer = start_stopped(hold_map);
	again = attach(false);
	ok(tarn_hashmap_open(again, &held, "map", &words, TARN_OPEN, NULL));
	check_times_out(again, held);
	for (uint64_t key = 10; key < 20; key++)
		found += !get(held, key, &value) && value == key;
	ck_assert_uint_ge(found, 8); /* those in other buckets */
	end_peer(&peer);
	has(held, 1, 100);
	ok(put(held, 1, 1));
	ck_assert_uint_eq(size_of(held), 1001);
	tarn_hashmap_close(held);
	tarn_arena_close(again);
}
END_TEST

START_TEST(stopped_holder_is_alive)
{
	struct tarn_arena *again;
	struct tarn_hashmap *held;
	struct peer peer = start_stopped(hold_map);

	ck_assert_int_eq(kill(peer.pid, SIGSTOP), 0);
	again = attach(false);
	ok(tarn_hashmap_open(again, &held, "map", &words, TARN_OPEN, NULL));
	gives(put(held, 1, 1), TARN_TIMEOUT);
	ck_assert_int_eq(kill(peer.pid, SIGCONT), 0);
	end_peer(&peer);
	ok(put(held, 1, 1));
	tarn_hashmap_close(held);
	tarn_arena_close(again);
}
END_TEST

START_TEST(kill_undoes_it_and_nobody_waits)
{
	struct tarn_arena_stat stat;
	uint64_t count = 0;

	for (unsigned i = 0; i < 3; i++) {
		struct peer peer = start_stopped(hold_map);

		kill_peer(&peer);
		if (i == 0)
			ok(put(map, 5, 5));
		else if (i == 1)
			has_not(map, 1);
		else
			ok(tarn_reap(arena, &count));
		has_not(map, 1);
		has_not(map, 1000000);
		ck_assert_uint_eq(size_of(map), 1);
	}
	ck_assert_uint_eq(count, 1);
	ok(tarn_arena_stat(arena, &stat));
	ck_assert_uint_ge(stat.recoveries, 3);
}
END_TEST

static void
exit_with_one_open(void)
{
	begin();
	must(put(in_map, 1, 100));
	exit(0);
}

START_TEST(exit_undoes_it)
{
	in_child(exit_with_one_open);
	has_not(map, 1);
	ok(put(map, 1, 1));
	ck_assert_uint_eq(size_of(map), 1);
}
END_TEST

/* ---- deadlocks --------------------------------------------------------------------------------- */

START_TEST(object_that_another_has_cannot_be_added)
{
	struct tarn_object *object = tarn_hashmap_object(other);
	struct peer peer;

	ok(put(other, 1, 1));
	peer = start_stopped(hold_map);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	in_other = tarn_hashmap_in(other, txn);
	ok(put(in_other, 1, 2));
	gives(tarn_txn_add(txn, tarn_hashmap_object(map)), TARN_DEADLOCK);
	gives(put(in_other, 1, 3), TARN_DEADLOCK);
	gives(tarn_txn_add(txn, tarn_hashmap_object(map)), TARN_DEADLOCK);
	has(other, 1, 1);
	gives(tarn_txn_commit(txn), TARN_DEADLOCK);
	has(other, 1, 1);
	end_peer(&peer);
	has(map, 1, 100);
}
END_TEST

static struct peer holder;
static unsigned work_calls;

static int
add_the_map(struct tarn_txn *mine, void *arg)
{
	int code = put(tarn_hashmap_in(other, mine), 1, ++work_calls);

	if (!code)
		code = tarn_txn_add(mine, tarn_hashmap_object(map));
	if (code && work_calls == 3)
		let_go(&holder);
	if (!code)
		code = put(tarn_hashmap_in(map, mine), 1, work_calls);
	return *(bool *)arg ? 0 : code; /* swallowed or not, the commit knows */
}

START_TEST(run_begins_again_after_a_deadlock)
{
	struct tarn_object *object = tarn_hashmap_object(other);
	bool swallow[] = { false, true };

	for (unsigned i = 0; i < 2; i++) {
		work_calls = 0;
		holder = start_stopped(hold_map);
		ok(tarn_txn_run(arena, &object, 1, add_the_map, &swallow[i]));
		ck_assert_uint_gt(work_calls, 3);
		join(&holder);
		has(map, 1, work_calls);
		has(other, 1, work_calls);
	}
}
END_TEST

static int
fail_with(struct tarn_txn *mine, void *arg)
{
	int code = put(tarn_hashmap_in(map, mine), 1, 7);

	return code ? code : *(int *)arg;
}

START_TEST(run_returns_what_work_returned)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	int codes[] = { 42, TARN_NOT_FOUND, 0 };

	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(tarn_txn_run(arena, &object, 1, fail_with, &codes[i]), codes[i]);
		gives(tarn_hashmap_contains(map, &(uint64_t){ 1 }, 8),
		      codes[i] ? TARN_NOT_FOUND : TARN_OK);
	}
	ok(tarn_object_remove(arena, "map"));
	gives(tarn_txn_run(arena, &object, 1, fail_with, &codes[0]), TARN_REMOVED);
}
END_TEST

/* Two orders, many rounds: none waits for ever. */
static void
transfer_both_ways(struct tarn_hashmap *from, struct tarn_hashmap *to)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(from), tarn_hashmap_object(to) };

	for (uint64_t i = 0; i < 3000; i++) {
		must(tarn_txn_begin(arena, &txn, objects, 2));
		must(add(tarn_hashmap_in(from, txn), 1, -UINT64_C(1)));
		must(add(tarn_hashmap_in(to, txn), 1, 1));
		must(tarn_txn_commit(txn));
	}
}

static void
transfer_back(void)
{
	transfer_both_ways(other, map);
}

START_TEST(transactions_on_the_same_objects_in_any_order_do_not_deadlock)
{
	struct peer peer;

	ok(put(map, 1, 1000));
	ok(put(other, 1, 1000));
	peer = start_peer(transfer_back);
	transfer_both_ways(map, other);
	join(&peer);
	has(map, 1, 1000);
	has(other, 1, 1000);
}
END_TEST

/* ---- jumps ------------------------------------------------------------------------------------- */

static jmp_buf out;

static void
begin_and_jump(void)
{
	begin();
	ok(put(in_map, 1, 2));
	longjmp(out, 1);
}

START_TEST(jump_out_of_a_transaction_leaves_it_open)
{
	if (!setjmp(out))
		begin_and_jump();
	gives(put(map, 2, 2), TARN_IN_TXN);
	gives(try_begin(), TARN_IN_TXN);
	ck_assert_ptr_null(txn);
	gives(put(in_map, 3, 3), TARN_OK);
}
END_TEST

static struct tarn_txn *kept;
static volatile int bad;

static void
jump_out(int signal_number)
{
	(void)signal_number;
	longjmp(out, 1);
}

/* Deep in the stack, until a signal comes; see hashmap.c. */
static __attribute__((noinline)) void
change_deep_down(void)
{
	volatile char depth[1024];

	depth[0] = 0;
	for (uint64_t key = 0; !bad; key++) {
		int code = put(in_map, key % 100, 1 + (uint64_t)depth[0]);

		bad = code ? code : erase(in_map, key % 100);
	}
}

START_TEST(jump_out_of_a_call_undoes_its_transaction)
{
	struct itimerval soon = { { 0, 0 }, { 0, 200 } };
	struct sigaction action = { .sa_handler = jump_out, .sa_flags = SA_NODEFER };
	volatile unsigned undone = 0;
	int code;

	fill(other, 0, 10);
	sigaction(SIGALRM, &action, NULL);
	for (volatile unsigned i = 0; i < 500 && !bad; i++) {
		bad = try_begin();
		kept = txn;
		bad = bad ? bad : put(in_other, 5, 50 + i);
		if (!bad && !setjmp(out)) {
			(void)setitimer(ITIMER_REAL, &soon, NULL);
			change_deep_down();
		}
		code = put(in_other, 6, 60 + i);
		if (code == TARN_DEADLOCK)
			undone = undone + 1;
		tarn_txn_abort(kept);
		bad = bad ? bad : code == TARN_DEADLOCK ? 0 : code;
	}
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	ok(bad);
	ck_assert_uint_gt(undone, 50);
	has(other, 5, 5);
	has(other, 6, 6);
	ck_assert_uint_eq(size_of(map), 0);
	fill(map, 0, 1000);
}
END_TEST

/* ---- who has one ------------------------------------------------------------------------------- */

static int
count_open(const struct tarn_member_info *info, void *arg)
{
	*(unsigned *)arg += info->in_txn && info->locks_held > 0;
	return 0;
}

START_TEST(members_tell_who_has_one_open)
{
	struct peer peer = start_stopped(hold_map);
	unsigned count = 0;

	ok(tarn_arena_members(arena, count_open, &count));
	ck_assert_uint_eq(count, 1);
	end_peer(&peer);
	count = 0;
	ok(tarn_arena_members(arena, count_open, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(stale_handle_is_not_that_of_another_object_in_the_same_memory)
{
	struct tarn_object *both[2] = { tarn_hashmap_object(map) };
	struct tarn_hashmap *fresh;

	ok(tarn_object_remove(arena, "map"));
	ok(tarn_hashmap_open(arena, &fresh, "fresh", &words, TARN_CREATE, NULL));
	both[1] = tarn_hashmap_object(fresh);
	gives(tarn_txn_begin(arena, &txn, both, 2), TARN_REMOVED);
	ok(tarn_txn_begin(arena, &txn, &both[1], 1));
	ck_assert_ptr_null(tarn_hashmap_in(map, txn));
	gives(tarn_txn_add(txn, both[0]), TARN_REMOVED);
	ok(tarn_txn_commit(txn));
	tarn_hashmap_close(fresh);
}
END_TEST

/* Wherever the thread has written since, its own transaction is known. */
START_TEST(plain_read_of_what_the_transaction_changed_is_refused_after_a_look_elsewhere)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *second;
	struct tarn_hashmap *there;
	uint64_t value;

	ok(tarn_arena_open(&second, "memfd:", &options, NULL));
	ok(tarn_hashmap_open(second, &there, "there", &words, TARN_CREATE, NULL));
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	ok(put(tarn_hashmap_in(map, txn), 1, 1));
	ok(put(there, 1, 1));
	gives(get(map, 1, &value), TARN_IN_TXN);
	tarn_txn_abort(txn);
	tarn_hashmap_close(there);
	tarn_arena_close(second);
}
END_TEST

/* The maps anew, in an arena whose waits are short. */
static void
arena_with_deadline(uint64_t ms)
{
	close_maps();
	open_maps(UINT64_C(1) << 28, ms);
}

START_TEST(child_waits_for_the_transaction_of_its_parent)
{
	struct tarn_object *object;
	uint64_t value;
	int status;
	pid_t pid;

	arena_with_deadline(50);
	object = tarn_hashmap_object(map);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	ok(put(tarn_hashmap_in(map, txn), 1, 1));
	pid = fork();
	if (!pid)
		_exit(get(map, 1, &value) == TARN_TIMEOUT ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	tarn_txn_abort(txn);
}
END_TEST

static int
add_other(struct tarn_txn *open, void *unused)
{
	(void)unused;
	return tarn_txn_add(open, tarn_hashmap_object(map));
}

START_TEST(run_gives_up_at_the_deadline)
{
	struct tarn_object *object;
	struct peer peer;

	arena_with_deadline(50);
	peer = start_stopped(hold_map);
	object = tarn_hashmap_object(other);
	gives(tarn_txn_run(arena, &object, 1, add_other, NULL), TARN_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "each try met others"));
	end_peer(&peer);
	ok(tarn_txn_run(arena, &object, 1, add_other, NULL));
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_test(tests, commit_makes_all_of_it_happen);
	tcase_add_test(tests, abort_makes_nothing_of_it_happen);
	tcase_add_test(tests, transaction_sees_what_it_has_done_and_others_do_not);
	tcase_add_test(tests, size_is_that_of_before_until_the_commit);
	tcase_add_test(tests, clear_in_a_transaction_is_part_of_it);
	tcase_add_test(tests, splits_in_a_transaction_are_part_of_it);
	tcase_add_test(tests, key_changed_again_and_again_is_restored);
	tcase_add_test(tests, update_and_swap_in_a_transaction);
	tcase_add_test(tests, answers_do_not_roll_back);
	tcase_add_test(tests, transaction_that_fills_the_arena_is_rolled_back);
	tcase_add_test(tests, transaction_beyond_the_log_is_too_big_and_rolled_back);
	tcase_add_test(tests, ended_transaction_is_invalid);
	tcase_add_test(tests, plain_calls_while_it_is_open_are_refused);
	tcase_add_test(tests, other_arena_has_a_transaction_of_its_own);
	tcase_add_test(tests, begin_says_why_not);
	tcase_add_test(tests, transaction_is_its_threads_alone);
	tcase_add_test(tests, thread_that_ends_takes_its_transaction_back);
	tcase_add_test(tests, transaction_in_a_child_of_fork_is_the_parents);
	tcase_add_test(tests, plain_writers_wait_for_the_commit);
	tcase_add_test(tests, deadline_passes_while_the_holder_lives);
	tcase_add_test(tests, stopped_holder_is_alive);
	tcase_add_test(tests, kill_undoes_it_and_nobody_waits);
	tcase_add_test(tests, exit_undoes_it);
	tcase_add_test(tests, object_that_another_has_cannot_be_added);
	tcase_add_test(tests, run_begins_again_after_a_deadlock);
	tcase_add_test(tests, run_returns_what_work_returned);
	tcase_add_test(tests, transactions_on_the_same_objects_in_any_order_do_not_deadlock);
	tcase_add_test(tests, jump_out_of_a_transaction_leaves_it_open);
	tcase_add_test(tests, jump_out_of_a_call_undoes_its_transaction);
	tcase_add_test(tests, members_tell_who_has_one_open);
	tcase_add_test(tests, stale_handle_is_not_that_of_another_object_in_the_same_memory);
	tcase_add_test(tests, plain_read_of_what_the_transaction_changed_is_refused_after_a_look_elsewhere);
	tcase_add_test(tests, child_waits_for_the_transaction_of_its_parent);
	tcase_add_test(tests, run_gives_up_at_the_deadline);
}

int
main(void)
{
	return run_tests("transactions", add_tests);
}
