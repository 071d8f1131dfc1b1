// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- regions, as their users see them: blocks, roots, logged words,
 * and that every byte of them is accounted for
 */
#include "txn/object.h"

#include "base/hash.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)

static struct tarn_arena *arena;
static struct tarn_region *region;

static void
setup(void)
{
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", NULL, NULL), 0);
	ck_assert_int_eq(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL), 0);
}

static void
teardown(void)
{
	tarn_region_close(region);
	tarn_arena_close(arena);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	fprintf(stderr, "0x%lx in '%s': %s\n", (unsigned long)problem->off, problem->object,
		problem->what);
}

static struct tarn_check_report
account(void)
{
	struct tarn_check_options options = { .problem = say };
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_check(arena, &options, &report), 0);
	ck_assert_uint_eq(report.leaked_bytes, 0);
	return report;
}

static tarn_off
must_alloc(struct tarn_region *in, uint64_t size)
{
	tarn_off off;

	ck_assert_int_eq(tarn_region_alloc(in, size, &off), 0);
	ck_assert_uint_ge(tarn_usable_size(arena, off), size);
	return off;
}

static tarn_off
root_of(struct tarn_region *of)
{
	tarn_off root = 1;

	ck_assert_int_eq(tarn_region_root(of, &root), 0);
	return root;
}

static uint64_t *
words_at(tarn_off off)
{
	uint64_t *words = tarn_pointer(arena, off, 64);

	ck_assert_ptr_nonnull(words);
	return words;
}

static struct tarn_region *
begin(struct tarn_txn **txn)
{
	struct tarn_object *object = tarn_region_object(region);

	ck_assert_int_eq(tarn_txn_begin(arena, txn, &object, 1), 0);
	ck_assert_ptr_nonnull(tarn_region_in(region, *txn));
	return tarn_region_in(region, *txn);
}

/* In a process that ends as if killed: no destructor runs. */
static void
in_child(void (*function)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		function();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static intptr_t
elsewhere(void *(*function)(void *))
{
	pthread_t thread;
	void *result;

	ck_assert_int_eq(pthread_create(&thread, NULL, function, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	return (intptr_t)result;
}

static uint64_t done;

static void *
take_one(void *unused)
{
	must_alloc(region, 100);
	__atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
	return unused;
}

/* ---- plain calls ------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_region *again = NULL;
	struct tarn_mutex *mutex;
	bool created = true;

	ck_assert_int_eq(tarn_region_open(arena, &again, "r", TARN_OPEN_OR_CREATE, &created), 0);
	ck_assert(!created);
	tarn_region_close(again);
	ck_assert_int_eq(tarn_region_open(arena, &again, "r", TARN_CREATE, NULL), TARN_EXISTS);
	ck_assert_ptr_null(again);
	ck_assert_int_eq(tarn_region_open(arena, &again, "s", TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "r", TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "r is a region, not a mutex");
	tarn_region_close(NULL);
}
END_TEST

START_TEST(blocks_are_the_regions_though_nobody_knows_them)
{
	uint64_t before = account().reachable_bytes, after;

	for (unsigned i = 0; i < 300; i++)
		must_alloc(region, 1000);
	must_alloc(region, MIB);
	after = account().reachable_bytes;
	ck_assert_uint_ge(after, before + 300 * 1000 + MIB);
	ck_assert_uint_lt(after, before + 300 * 1100 + MIB);
}
END_TEST

START_TEST(frees_its_own_blocks_only)
{
	tarn_off block = must_alloc(region, 500), run = must_alloc(region, 3 * TARN_CHUNK), plain;
	uint64_t before = account().reachable_bytes;
	struct tarn_region *other;
	tarn_off off;

	ck_assert_int_eq(tarn_alloc(arena, 500, &plain), 0);
	ck_assert_int_eq(tarn_region_open(arena, &other, "other", TARN_CREATE, NULL), 0);
	off = must_alloc(other, 500);
	ck_assert_int_eq(tarn_region_free(region, off), TARN_INVALID);
	ck_assert_int_eq(tarn_region_free(region, plain), TARN_INVALID);
	ck_assert_int_eq(tarn_region_free(region, block + 16), TARN_INVALID);
	ck_assert_int_eq(tarn_region_free(region, run + TARN_CHUNK), TARN_INVALID);
	ck_assert_int_eq(tarn_region_free(region, 0), TARN_INVALID);
	ck_assert_int_eq(tarn_region_free(region, UINT64_MAX), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, run), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, plain), 0);
	ck_assert_int_eq(tarn_region_free(other, off), 0);
	ck_assert_int_eq(tarn_region_free(other, off), TARN_INVALID);
	ck_assert_int_eq(tarn_object_remove(arena, "other"), 0);
	ck_assert_uint_eq(account().reachable_bytes, before);
	ck_assert_int_eq(tarn_region_free(region, block), 0);
	ck_assert_int_eq(tarn_region_free(region, run), 0);
	ck_assert_uint_lt(account().reachable_bytes, before - 500);
	tarn_region_close(other);
}
END_TEST

START_TEST(root_is_an_offset_in_it)
{
	tarn_off block = must_alloc(region, 100), plain;

	ck_assert_uint_eq(root_of(region), 0);
	ck_assert_int_eq(tarn_alloc(arena, 100, &plain), 0);
	ck_assert_int_eq(tarn_region_set_root(region, plain), TARN_INVALID);
	ck_assert_int_eq(tarn_region_set_root(region, 77), TARN_INVALID);
	elsewhere(take_one);
	ck_assert_int_eq(tarn_region_set_root(region, block + 3), 0);
	ck_assert_uint_eq(root_of(region), block + 3);
	ck_assert_int_eq(tarn_region_set_root(region, 0), 0);
	ck_assert_uint_eq(root_of(region), 0);
	ck_assert_int_eq(tarn_free(arena, plain), 0);
}
END_TEST

START_TEST(too_much_is_too_much)
{
	struct tarn_txn *txn;
	tarn_off off = 1;

	ck_assert_int_eq(tarn_region_alloc(region, UINT64_MAX, &off), TARN_TOO_BIG);
	ck_assert_uint_eq(off, 0);
	ck_assert_int_eq(tarn_region_alloc(region, tarn_max_size(arena), &off), TARN_FULL);
	must_alloc(region, 1);
	off = must_alloc(region, MIB);
	begin(&txn);
	ck_assert_int_eq(tarn_txn_log(txn, off, MIB), TARN_TOO_BIG);
	ck_assert_int_eq(tarn_txn_log(txn, off, 8), TARN_TOO_BIG);
	ck_assert_int_eq(tarn_txn_commit(txn), TARN_TOO_BIG);
	account();
}
END_TEST

/* ---- removal ----------------------------------------------------------------------------------- */

START_TEST(goes_with_all_its_blocks)
{
	uint64_t before, after;
	tarn_off off;

	for (unsigned i = 0; i < 60; i++)
		must_alloc(region, 20 + i * i * 10);
	off = must_alloc(region, 5 * MIB);
	before = account().reachable_bytes;
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	ck_assert_uint_gt(before, 5 * MIB);
	after = account().reachable_bytes;
	ck_assert_uint_eq(after, 0);
	ck_assert_uint_eq(account().graveyard_bytes, 0);
	ck_assert_int_eq(tarn_region_alloc(region, 8, &off), TARN_REMOVED);
	ck_assert_int_eq(tarn_region_free(region, off), TARN_REMOVED);
	ck_assert_int_eq(tarn_region_set_root(region, 0), TARN_REMOVED);
	ck_assert_int_eq(tarn_region_root(region, &off), TARN_REMOVED);
	tarn_region_close(region);
	ck_assert_int_eq(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL), 0);
	ck_assert_uint_eq(root_of(region), 0);
	must_alloc(region, 100);
	account();
}
END_TEST

static tarn_off kept;

static void *
take_two_and_free_one(void *barriers)
{
	pthread_barrier_t *b = barriers;
	tarn_off off;

	kept = must_alloc(region, 100);
	off = must_alloc(region, 100);
	ck_assert_int_eq(tarn_region_free(region, off), 0);
	pthread_barrier_wait(&b[0]);
	pthread_barrier_wait(&b[1]);
	return NULL;
}

START_TEST(waits_in_the_graveyard_for_what_living_threads_have_ready)
{
	pthread_barrier_t barriers[2];
	pthread_t thread;

	pthread_barrier_init(&barriers[0], NULL, 2);
	pthread_barrier_init(&barriers[1], NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, take_two_and_free_one, barriers), 0);
	pthread_barrier_wait(&barriers[0]);
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	ck_assert_uint_gt(account().graveyard_bytes, 0);
	pthread_barrier_wait(&barriers[1]);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account().graveyard_bytes, 0);
}
END_TEST

static void
take_and_die(void)
{
	struct tarn_txn *txn;
	struct tarn_region *in;

	must_alloc(region, 3000);
	in = begin(&txn);
	must_alloc(in, 3000);
	must_alloc(in, 300000);
}

START_TEST(goes_with_what_the_dead_have)
{
	in_child(take_and_die);
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	ck_assert_uint_eq(account().graveyard_bytes, 0);
	ck_assert_uint_eq(account().log_bytes, 0);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

/* A block with a word in it, which is the root. */
static uint64_t *
make_root(tarn_off *root)
{
	uint64_t *words;

	*root = must_alloc(region, 64);
	words = words_at(*root);
	memset(words, 0, 64);
	ck_assert_int_eq(tarn_region_set_root(region, *root), 0);
	return words;
}

/* One more block, the root moved there, the old freed, words of a third changed. */
static void
change_all(struct tarn_txn *txn, struct tarn_region *in, tarn_off root, tarn_off third)
{
	tarn_off off = must_alloc(in, 64);

	ck_assert_uint_eq(root_of(in), root);
	ck_assert_int_eq(tarn_region_set_root(in, off), 0);
	ck_assert_uint_eq(root_of(in), off);
	ck_assert_int_eq(tarn_txn_log(txn, third + 8, 16), 0);
	words_at(third)[1] = 11;
	words_at(third)[2] = 12;
	ck_assert_int_eq(tarn_txn_log(txn, third + 8, 8), 0);
	words_at(third)[1] = 13;
	ck_assert_int_eq(tarn_region_free(in, root), 0);
}

START_TEST(transaction_commits_all)
{
	tarn_off root, third = must_alloc(region, 64);
	struct tarn_txn *txn;
	struct tarn_region *in;
	uint64_t before;

	make_root(&root);
	before = account().reachable_bytes;
	in = begin(&txn);
	change_all(txn, in, root, third);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_uint_ne(root_of(region), root);
	ck_assert_uint_eq(words_at(third)[1], 13);
	ck_assert_uint_eq(words_at(third)[2], 12);
	ck_assert_uint_eq(account().reachable_bytes, before);
	ck_assert_int_eq(tarn_region_free(region, root), TARN_INVALID);
}
END_TEST

static void
assert_unchanged(tarn_off root, tarn_off third, uint64_t bytes)
{
	ck_assert_uint_eq(root_of(region), root);
	ck_assert_uint_eq(words_at(third)[1], 1);
	ck_assert_uint_eq(words_at(third)[2], 2);
	ck_assert_uint_eq(account().reachable_bytes, bytes);
	ck_assert_int_eq(tarn_region_free(region, root), 0);
}

static tarn_off
make_third(void)
{
	tarn_off third = must_alloc(region, 64);

	words_at(third)[1] = 1;
	words_at(third)[2] = 2;
	return third;
}

START_TEST(transaction_aborts_all)
{
	tarn_off root, third = make_third();
	struct tarn_txn *txn;
	struct tarn_region *in;
	uint64_t before;

	make_root(&root);
	before = account().reachable_bytes;
	in = begin(&txn);
	change_all(txn, in, root, third);
	tarn_txn_abort(txn);
	assert_unchanged(root, third, before);
}
END_TEST

static tarn_off shared_root, shared_third;

static void
change_and_die(void)
{
	struct tarn_txn *txn;
	struct tarn_region *in = begin(&txn);

	change_all(txn, in, shared_root, shared_third);
}

START_TEST(transaction_dies_with_all)
{
	uint64_t before;

	shared_third = make_third();
	make_root(&shared_root);
	before = account().reachable_bytes;
	in_child(change_and_die);
	assert_unchanged(shared_root, shared_third, before);
}
END_TEST

START_TEST(logs_words_of_its_regions_blocks_only)
{
	tarn_off block = must_alloc(region, 64), run = must_alloc(region, 3 * TARN_CHUNK), plain, other;
	uint64_t size = tarn_usable_size(arena, block);
	struct tarn_region *another;
	struct tarn_txn *txn;

	ck_assert_int_eq(tarn_alloc(arena, 64, &plain), 0);
	ck_assert_int_eq(tarn_region_open(arena, &another, "another", TARN_CREATE, NULL), 0);
	other = must_alloc(another, 64);
	begin(&txn);
	ck_assert_int_eq(tarn_txn_log(txn, block, size), 0);
	ck_assert_int_eq(tarn_txn_log(txn, block + size - 8, 8), 0);
	ck_assert_int_eq(tarn_txn_log(txn, run + 2 * TARN_CHUNK - 16, 32), 0);
	ck_assert_int_eq(tarn_txn_log(txn, block + 4, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, block, 12), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, block, 0), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, block + 8, size), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, run + 3 * TARN_CHUNK, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, plain, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, other, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, 0, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, 4096, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, UINT64_MAX - 7, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_log(txn, block, UINT64_MAX - 7), TARN_INVALID);
	ck_assert_int_eq(tarn_txn_add(txn, tarn_region_object(another)), 0);
	ck_assert_int_eq(tarn_txn_log(txn, other, 8), 0);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_int_eq(tarn_txn_log(txn, block, 8), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, plain), 0);
	tarn_region_close(another);
}
END_TEST

START_TEST(plain_calls_do_not_mix_with_the_threads_transaction)
{
	struct tarn_txn *txn;
	struct tarn_region *in = begin(&txn);
	tarn_off off;

	must_alloc(in, 10);
	ck_assert_int_eq(tarn_region_alloc(region, 10, &off), TARN_IN_TXN);
	ck_assert_int_eq(tarn_region_set_root(region, 0), TARN_IN_TXN);
	ck_assert_uint_eq(root_of(region), 0);
	ck_assert_int_eq(tarn_region_set_root(in, must_alloc(in, 10)), 0);
	ck_assert_int_eq(tarn_region_root(region, &off), TARN_IN_TXN);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_int_eq(tarn_region_alloc(in, 10, &off), TARN_INVALID);
}
END_TEST

/* ---- several at once --------------------------------------------------------------------------- */

#define THREADS 4u
#define ROUNDS 1500u

START_TEST(calls_wait_for_a_transaction_that_has_done_nothing_yet)
{
	struct tarn_txn *txn;
	pthread_t thread;

	done = 0;
	begin(&txn);
	ck_assert_int_eq(pthread_create(&thread, NULL, take_one, NULL), 0);
	usleep(50000);
	ck_assert_uint_eq(__atomic_load_n(&done, __ATOMIC_SEQ_CST), 0);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(done, 1);
	done = 0;
}
END_TEST

/* Adds one to the word that is the root's: in a transaction, by a new block or in place. */
static int
add_one(struct tarn_txn *txn, void *round)
{
	struct tarn_region *in = tarn_region_in(region, txn);
	tarn_off root, off;
	int code = tarn_region_root(in, &root);

	if (!code && *(uint64_t *)round % 2) {
		code = tarn_txn_log(txn, root, 8);
		if (!code)
			words_at(root)[0]++;
		return code;
	}
	if (!code)
		code = tarn_region_alloc(in, 64, &off);
	if (code)
		return code;
	words_at(off)[0] = words_at(root)[0] + 1;
	code = tarn_region_set_root(in, off);
	return code ? code : tarn_region_free(in, root);
}

static void *
count_up(void *unused)
{
	struct tarn_object *object = tarn_region_object(region);
	tarn_off off;

	for (uint64_t i = 0; i < ROUNDS; i++) {
		ck_assert_int_eq(tarn_txn_run(arena, &object, 1, add_one, &i), 0);
		off = must_alloc(region, 64);
		memset(words_at(off), 0xee, 64);
		ck_assert_int_eq(tarn_region_free(region, off), 0);
	}
	__atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
	return unused;
}

START_TEST(threads_count_exactly)
{
	pthread_t threads[THREADS];
	tarn_off root;

	make_root(&root);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count_up, NULL), 0);
	while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < THREADS) {
		ck_assert_uint_ne(root_of(region), 0);
		usleep(100);
	}
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(words_at(root_of(region))[0], THREADS * ROUNDS);
	account();
}
END_TEST

/* Takes and frees blocks and runs of a region that is removed and made anew all the while. */
static void *
use_whatever_is_there(void *number)
{
	uint64_t dice = (uintptr_t)number;
	struct tarn_region *in = NULL;
	tarn_off off;
	int code;

	for (unsigned i = 0; i < ROUNDS; i++) {
		dice = tarn__hash_u64(dice, 7);
		code = tarn_region_open(arena, &in, "moving", TARN_OPEN_OR_CREATE, NULL);
		ck_assert_int_eq(code, 0);
		code = tarn_region_alloc(in, dice % 8 ? 3000 : 100000, &off);
		if (!code)
			code = tarn_region_set_root(in, off);
		if (!code && dice % 16 < 10)
			code = tarn_region_free(in, off);
		ck_assert(code == 0 || code == TARN_REMOVED);
		code = dice % 64 < 20 ? tarn_object_remove(arena, "moving") : 0;
		ck_assert(code == 0 || code == TARN_NOT_FOUND);
		tarn_region_close(in);
	}
	return NULL;
}

START_TEST(threads_remove_it_under_each_other)
{
	struct tarn_check_report report;
	pthread_t threads[THREADS];
	int code;

	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, use_whatever_is_there, (void *)i),
				 0);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	code = tarn_object_remove(arena, "moving");
	ck_assert(code == 0 || code == TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	report = account();
	ck_assert_uint_eq(report.graveyard_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}
END_TEST

/* ---- other ways in ----------------------------------------------------------------------------- */

static void *
read_it_only(void *unused)
{
	struct tarn_arena_options options = { .readonly = true };
	struct tarn_region *in = NULL;
	struct tarn_arena *reader;
	tarn_off off = 0;

	(void)unused;
	ck_assert_int_eq(tarn_arena_open(&reader, "shm:region-test", &options, NULL), 0);
	ck_assert_int_eq(tarn_region_open(reader, &in, "r", TARN_OPEN, NULL), 0);
	ck_assert_int_eq(tarn_region_root(in, &off), 0);
	ck_assert_uint_eq(*(uint64_t *)tarn_pointer(reader, off, 8), 5);
	ck_assert_int_eq(tarn_region_alloc(in, 8, &off), TARN_READ_ONLY);
	ck_assert_int_eq(tarn_region_set_root(in, 0), TARN_READ_ONLY);
	tarn_region_close(in);
	tarn_arena_close(reader);
	return NULL;
}

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	tarn_off root;

	teardown();
	if (tarn_arena_remove("shm:region-test") == 0)
		fprintf(stderr, "an old arena was there\n");
	ck_assert_int_eq(tarn_arena_open(&arena, "shm:region-test", &options, NULL), 0);
	ck_assert_int_eq(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL), 0);
	make_root(&root)[0] = 5;
	elsewhere(read_it_only);
	ck_assert_int_eq(tarn_arena_remove("shm:region-test"), 0);
}
END_TEST

/* Words of entry and class table are overwritten: calls and check return, whatever they say. */
static void
scribble(uint64_t dice)
{
	struct tarn_root_shm *root = ((struct tarn_object *)region)->root;
	struct tarn_check_options options = { .deadline_ms = 1 };
	uint64_t *table = words_at(root->structure), *word;
	struct tarn_region *in;
	struct tarn_txn *txn;
	tarn_off off = must_alloc(region, 100);

	must_alloc(region, 100000);
	word = &table[8 * (dice % 44) + 1 + dice / 64 % 2];
	if (dice % 4 < 2)
		word = dice % 4 ? &root->chosen : &root->structure;
	*word = dice % 3 ? dice >> (dice / 4096 % 64) : off;
	(void)!tarn_check(arena, &options, NULL);
	(void)!tarn_region_root(region, &off);
	(void)!tarn_region_alloc(region, 100, &off);
	(void)!tarn_region_alloc(region, 200, &off);
	(void)!tarn_region_alloc(region, 100000, &off);
	(void)!tarn_region_free(region, off);
	in = begin(&txn);
	if (in && tarn_region_alloc(in, 2000, &off) == 0)
		(void)!tarn_txn_log(txn, off, 2000);
	tarn_txn_abort(txn);
	(void)!tarn_object_remove(arena, "r");
	(void)!tarn_check(arena, &options, NULL);
}

START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t i = 0; i < 200; i++) {
		scribble(tarn__hash_u64(i, 3));
		teardown();
		setup();
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("region");
	TCase *tests = tcase_create("region");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_test(tests, blocks_are_the_regions_though_nobody_knows_them);
	tcase_add_test(tests, frees_its_own_blocks_only);
	tcase_add_test(tests, root_is_an_offset_in_it);
	tcase_add_test(tests, too_much_is_too_much);
	tcase_add_test(tests, goes_with_all_its_blocks);
	tcase_add_test(tests, waits_in_the_graveyard_for_what_living_threads_have_ready);
	tcase_add_test(tests, goes_with_what_the_dead_have);
	tcase_add_test(tests, transaction_commits_all);
	tcase_add_test(tests, transaction_aborts_all);
	tcase_add_test(tests, transaction_dies_with_all);
	tcase_add_test(tests, logs_words_of_its_regions_blocks_only);
	tcase_add_test(tests, plain_calls_do_not_mix_with_the_threads_transaction);
	tcase_add_test(tests, calls_wait_for_a_transaction_that_has_done_nothing_yet);
	tcase_add_test(tests, threads_count_exactly);
	tcase_add_test(tests, threads_remove_it_under_each_other);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, bears_whatever_an_arena_says);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
