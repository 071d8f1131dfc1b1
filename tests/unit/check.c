// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * check.c -- tarn_check(): finds nothing where nothing is wrong, finds what
 * is, and bears whatever an arena contains
 *
 * Damage is planted a word at a time: stored, found, in the words that it
 * deserves, and taken back; then all is well again.
 */
#include "catalog/entry.h"
#include "container/hashmap.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define MIB (UINT64_C(1) << 20)
#define NUMBERS 2000u
#define TEXTS 400u

#define ok(call) ck_assert_msg((call) == 0, "%s: %s", #call, tarn_error_detail())

static struct tarn_arena *arena;
static struct tarn_hashmap *numbers, *texts, *sizes;
static struct tarn_check_report report;

static const struct tarn_type of_numbers = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static const struct tarn_type of_texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					   NULL };
static const struct tarn_type of_sizes = { TARN_KIND_HASHMAP, TARN_KEY_I64, 24, NULL };

/* ---- arenas ------------------------------------------------------------------------------------ */

static void
open_arena(uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size, .deadline_ms = 2000 };

	ok(tarn_arena_open(&arena, "memfd:", &options, NULL));
	numbers = texts = sizes = NULL;
}

static void
open_empty(void)
{
	open_arena(256 * MIB);
}

static struct tarn_arena *
attach(bool readonly, uint64_t deadline_ms)
{
	struct tarn_arena_options options = { .readonly = readonly, .elsewhere = true,
					      .deadline_ms = deadline_ms };
	struct tarn_arena *again;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ok(tarn_arena_open(&again, name, &options, NULL));
	return again;
}

static void
close_arena(void)
{
	tarn_hashmap_close(numbers);
	tarn_hashmap_close(texts);
	tarn_hashmap_close(sizes);
	tarn_arena_close(arena);
}

static void
put_number(struct tarn_hashmap *map, uint64_t key, uint64_t value)
{
	ok(tarn_hashmap_put(map, &key, 8, &value, 8));
}

static void
put_text(uint64_t n, size_t value_size)
{
	char key[32], value[40000];
	int size = snprintf(key, sizeof(key), "key %lu", (unsigned long)n);

	memset(value, 'v', value_size);
	ok(tarn_hashmap_put(texts, key, (size_t)size, value, value_size));
}

static void
put_size(uint64_t key)
{
	uint64_t value[3] = { key, 1, 2 };

	ok(tarn_hashmap_put(sizes, &key, 8, value, sizeof(value)));
}

/* Three maps, in which there is a bit of everything. */
static void
fill(uint64_t count)
{
	ok(tarn_hashmap_open(arena, &numbers, "numbers", &of_numbers, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &texts, "texts", &of_texts, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &sizes, "sizes", &of_sizes, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < count; i++)
		put_number(numbers, i, 3 * i);
	for (uint64_t i = 0; i < count / 5; i++)
		put_text(i, i % 300);
	for (uint64_t i = 0; i < count / 5; i++)
		put_size(i);
}

static void
open_full(void)
{
	open_arena(64 * MIB);
	fill(NUMBERS);
}

/* ---- what is found ----------------------------------------------------------------------------- */

static char found[1 << 20];

static void
note(const struct tarn_check_problem *problem, void *arg)
{
	size_t used = strlen(found);

	(void)arg;
	snprintf(found + used, sizeof(found) - used, "[%s] 0x%lx: %s\n", problem->object,
		 (unsigned long)problem->off, problem->what);
}

static int
check_quickly(struct tarn_arena *in, uint64_t deadline_ms)
{
	const struct tarn_check_options options = { .problem = note, .deadline_ms = deadline_ms };

	found[0] = '\0';
	return tarn_check(in, &options, &report);
}

static void
assert_adds_up(void)
{
	ck_assert_uint_eq(report.data_bytes,
			  report.reachable_bytes + report.graveyard_bytes + report.claimed_bytes +
				  report.limbo_bytes + report.log_bytes + report.free_bytes +
				  report.spare_bytes + report.foreign_bytes + report.leaked_bytes +
				  report.unknown_bytes);
}

static void
assert_clean(void)
{
	int code = check_quickly(arena, 2000);

	ck_assert_msg(code == 0, "%s: %s\n%s", tarn_error_name(code), tarn_error_detail(), found);
	ck_assert_uint_eq(report.problems, 0);
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.doubled_bytes, 0);
	ck_assert_uint_eq(report.unknown_bytes, 0);
	ck_assert_str_eq(found, "");
	assert_adds_up();
}

static void
assert_found(const char *what)
{
	int code = check_quickly(arena, 2000);

	ck_assert_msg(code == TARN_CORRUPT && strstr(found, what),
		      "%s instead of \"%s\"; told:\n%.2000s", tarn_error_name(code), what, found);
	ck_assert_uint_gt(report.problems, 0);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "problem"));
	assert_adds_up();
}

/* One word of damage, found and taken back. */
static void
plant(uint64_t *word, uint64_t value, const char *what)
{
	uint64_t was = *word;

	ck_assert_msg(was != value, "\"%s\" is no damage", what);
	*word = value;
	assert_found(what);
	*word = was;
	assert_clean();
}

/* ---- the way to everything --------------------------------------------------------------------- */

static struct tarn_entry_shm *
entry_of(struct tarn_hashmap *map)
{
	return tarn__entry_at(arena, tarn__hashmap_object(map)->root_off);
}

static uint64_t *
directory_of(struct tarn_hashmap *map)
{
	return (uint64_t *)(arena->base + (entry_of(map)->root.structure & ~TARN_DEPTH));
}

static struct tarn_segment_shm *
segment_of(struct tarn_hashmap *map, uint64_t n)
{
	return (struct tarn_segment_shm *)(arena->base + (directory_of(map)[n] & ~TARN_DEPTH));
}

static struct tarn_desc_shm *
desc_of(tarn_off off)
{
	uint64_t chunk = (off - arena->fixed.data_off) >> TARN_CHUNK_SHIFT;

	return (struct tarn_desc_shm *)(arena->base + arena->fixed.descs_off) + chunk;
}

/* A block of that class that is free in its span. */
static void *
idle_block(unsigned class)
{
	uint64_t size = tarn__size_classes[class].size;

	for (tarn_off off = arena->fixed.data_off;; off += TARN_CHUNK) {
		const struct tarn_desc_shm *desc = desc_of(off);

		if (desc->kind >> 8 == class && desc->free[0])
			return arena->base + off + size * (uint64_t)__builtin_ctzll(desc->free[0]);
	}
}

static struct tarn_log_shm *
log_of(uint64_t slot)
{
	return (struct tarn_log_shm *)(arena->base + arena->fixed.logs_off + slot * TARN_LOG_SIZE);
}

static uint64_t
used_slot(void)
{
	struct tarn_thread *thread;

	ok(tarn__thread_get(arena, &thread));
	return thread->index;
}

/* A bucket with entries, in any segment, whose payload has all bits of a mask, or none. */
static struct tarn_bucket_shm *
bucket_with(struct tarn_hashmap *map, unsigned from, unsigned to, uint64_t set, uint64_t clear)
{
	uint64_t count = UINT64_C(1) << (entry_of(map)->root.structure & TARN_DEPTH);

	for (uint64_t i = 0; i < count; i++) {
		for (unsigned b = from; b < to; b++) {
			struct tarn_bucket_shm *bucket = &segment_of(map, i)->buckets[b];

			if ((bucket->node & set) == set && !(bucket->node & clear))
				return bucket;
		}
	}
	ck_abort_msg("no such bucket");
}

static struct tarn_bucket_shm *
home_with(struct tarn_hashmap *map, uint64_t set, uint64_t clear)
{
	return bucket_with(map, 0, TARN_HOMES, set, clear);
}

static struct tarn_bucket_shm *
home_of_number(uint64_t key)
{
	uint64_t hash = tarn__hash_u64(key, entry_of(numbers)->root.seed);
	uint64_t count = UINT64_C(1) << (entry_of(numbers)->root.structure & TARN_DEPTH);

	return &segment_of(numbers, hash & (count - 1))->buckets[tarn__hash_home(hash)];
}

/* ---- nothing is wrong -------------------------------------------------------------------------- */

START_TEST(an_empty_arena_is_fine)
{
	assert_clean();
	ck_assert_uint_eq(report.objects, 0);
	ck_assert_int_eq(tarn_check(arena, NULL, NULL), 0);
}
END_TEST

START_TEST(maps_in_many_states_are_fine)
{
	fill(NUMBERS);
	assert_clean();
	ck_assert_uint_eq(report.objects, 3);
	ck_assert_uint_eq(report.entries, NUMBERS + 2 * (NUMBERS / 5));
	for (uint64_t i = 0; i < NUMBERS; i += 2)
		ok(tarn_hashmap_erase(numbers, &i, 8));
	assert_clean();
	put_text(1, 40000); /* a run */
	put_text(2, 0);
	put_text(1, 3);
	assert_clean();
	ok(tarn_hashmap_clear(texts));
	put_text(7, 7);
	assert_clean();
	ok(tarn_object_rename(arena, "sizes", "a longer name than it had"));
	ok(tarn_object_remove(arena, "numbers"));
	assert_clean();
	ck_assert_uint_eq(report.objects, 2);
	ck_assert_uint_eq(report.entries, 1 + NUMBERS / 5);
}
END_TEST

START_TEST(many_objects_are_fine)
{
	char name[32];

	for (unsigned i = 0; i < 300; i++) {
		struct tarn_hashmap *map;

		snprintf(name, sizeof(name), "object %u", i);
		ok(tarn_hashmap_open(arena, &map, name, &of_numbers, TARN_CREATE, NULL));
		put_number(map, i, i);
		tarn_hashmap_close(map);
	}
	assert_clean();
	ck_assert_uint_eq(report.objects, 300);
	ck_assert_uint_eq(report.entries, 300);
}
END_TEST

/* A clear in a transaction leaves all its work to others, who do one piece with each new object. */
START_TEST(a_graveyard_is_fine_at_every_step)
{
	struct tarn_object *object;
	struct tarn_txn *txn;
	struct tarn_hashmap *map;
	uint64_t buried, steps = 0;
	char name[32];

	fill(NUMBERS);
	object = tarn_hashmap_object(texts);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	ok(tarn_hashmap_clear(tarn_hashmap_in(texts, txn)));
	ok(tarn_txn_commit(txn));
	assert_clean();
	ck_assert_uint_eq(report.removed, 1);
	ck_assert_uint_gt(report.graveyard_bytes, 0);
	plant(&tarn__entry_at(arena, tarn__catalog(arena)->graveyard)->root.word, 3,
	      "an object in the graveyard is alive");
	plant(&tarn__entry_at(arena, tarn__catalog(arena)->graveyard)->kind, 0, "there is no kind 0");
	for (buried = report.graveyard_bytes; report.removed; steps++) {
		snprintf(name, sizeof(name), "step %lu", (unsigned long)steps);
		ok(tarn_hashmap_open(arena, &map, name, &of_numbers, TARN_CREATE, NULL));
		tarn_hashmap_close(map);
		assert_clean();
		ck_assert_uint_le(report.graveyard_bytes, buried);
		buried = report.graveyard_bytes;
	}
	ck_assert_uint_gt(steps, 10);
	ck_assert_uint_eq(buried, 0);
}
END_TEST

START_TEST(locks_that_users_hold_are_fine)
{
	struct tarn_mutex *mutex;
	struct tarn_rwlock *rwlock;

	ok(tarn_mutex_open(arena, &mutex, "mutex", TARN_CREATE, NULL));
	ok(tarn_rwlock_open(arena, &rwlock, "rwlock", TARN_CREATE, NULL));
	ok(tarn_mutex_lock(mutex, TARN_FOREVER));
	ok(tarn_rwlock_read(rwlock, TARN_FOREVER));
	assert_clean();
	ok(tarn_rwlock_unlock(rwlock));
	ok(tarn_rwlock_write(rwlock, TARN_FOREVER));
	assert_clean();
	ok(tarn_rwlock_unlock(rwlock));
	ok(tarn_mutex_unlock(mutex));
	assert_clean();
	tarn_mutex_close(mutex);
	tarn_rwlock_close(rwlock);
}
END_TEST

START_TEST(blocks_of_programs_are_theirs_if_that_is_said)
{
	const struct tarn_check_options options = { .foreign_blocks = true };
	tarn_off small, large;

	ok(tarn_alloc(arena, 100, &small));
	ok(tarn_alloc(arena, 100000, &large));
	assert_found("leaked");
	ck_assert_uint_eq(report.leaked_blocks, 2);
	ck_assert_uint_eq(report.leaked_bytes, 112 + 2 * TARN_CHUNK);
	ok(tarn_check(arena, &options, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.foreign_blocks, 2);
	ck_assert_uint_eq(report.foreign_bytes, 112 + 2 * TARN_CHUNK);
	assert_adds_up();
	ok(tarn_free(arena, small));
	ok(tarn_free(arena, large));
	assert_clean();
}
END_TEST

START_TEST(who_only_reads_finds_the_same)
{
	struct tarn_arena *reader;
	struct tarn_check_report mine;

	fill(NUMBERS);
	assert_clean();
	mine = report;
	reader = attach(true, 100);
	ok(check_quickly(reader, 1000));
	ck_assert_int_eq(memcmp(&mine, &report, sizeof(mine)), 0);
	home_with(numbers, 1, 0)->marks ^= 1;
	ck_assert_int_eq(check_quickly(reader, 1000), TARN_CORRUPT);
	ck_assert_ptr_nonnull(strstr(found, "[numbers]"));
	tarn_arena_close(reader);
}
END_TEST

/* ---- others write ------------------------------------------------------------------------------ */

/* Not by libcheck's pipe, into which a child that is killed might have written half a message. */
static void
must(int code)
{
	if (code)
		abort();
}

static uint64_t stop;

static void *
write_all_the_time(void *arg)
{
	struct tarn_hashmap *own;
	char name[32], text[500] = "text";

	for (uint64_t i = (uintptr_t)arg; !tarn__load(&stop); i += 7) {
		uint64_t key = i % 5000, value = i;

		must(tarn_hashmap_put(numbers, &key, 8, &value, 8));
		key = (i + 1000) % 5000;
		(void)!tarn_hashmap_erase(numbers, &key, 8);
		key = i % 700;
		must(tarn_hashmap_put(texts, &key, 8, text, i % 500));
		snprintf(name, sizeof(name), "own %lu", (unsigned long)(uintptr_t)arg);
		if (i % 16 == 0 &&
		    !tarn_hashmap_open(arena, &own, name, &of_numbers, TARN_OPEN_OR_CREATE, NULL))
			tarn_hashmap_close(own);
		if (i % 16 == 8)
			(void)!tarn_object_remove(arena, name);
	}
	return NULL;
}

START_TEST(writers_are_kept_out)
{
	struct tarn_arena *reader = attach(true, 100);
	pthread_t threads[3];
	unsigned quiet = 0;

	fill(NUMBERS);
	tarn__store(&stop, 0);
	for (uintptr_t i = 0; i < TARN_ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, write_all_the_time, (void *)i), 0);
	for (unsigned i = 0; i < 30; i++) {
		int code = check_quickly(i % 2 ? arena : reader, i % 2 ? 5000 : 20);

		ck_assert_msg(code == 0 || code == TARN_BUSY, "%s: %s\n%s", tarn_error_name(code),
			      tarn_error_detail(), found);
		quiet += i % 2 && !code;
	}
	tarn__store(&stop, 1);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_gt(quiet, 10);
	assert_clean();
	tarn_arena_close(reader);
}
END_TEST

START_TEST(a_transaction_is_waited_for)
{
	struct tarn_arena *other = attach(false, 100), *reader = attach(true, 100);
	struct tarn_object *object;
	struct tarn_hashmap *map;
	struct tarn_txn *txn;
	uint64_t key = 5;

	fill(NUMBERS);
	object = tarn_hashmap_object(numbers);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	ok(tarn_hashmap_erase(tarn_hashmap_in(numbers, txn), &key, 8));
	ck_assert_int_eq(check_quickly(arena, 50), TARN_IN_TXN);
	ck_assert_int_eq(check_quickly(other, 50), TARN_TIMEOUT);
	ck_assert_int_eq(check_quickly(reader, 50), TARN_BUSY);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "tarn who"));
	ck_assert_uint_eq(report.data_bytes, 0);
	tarn_txn_abort(txn);
	ok(check_quickly(other, 1000));
	ok(tarn_hashmap_open(other, &map, "numbers", &of_numbers, TARN_OPEN, NULL));
	ok(tarn_hashmap_get(map, &key, 8, &key, 8, NULL));
	tarn_hashmap_close(map);
	tarn_arena_close(other);
	tarn_arena_close(reader);
}
END_TEST

static pthread_barrier_t barrier;

static void *
have_slot(void *slot)
{
	put_number(numbers, 1, 1);
	*(uint64_t *)slot = used_slot();
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* Its log says that it is in the middle of something. */
static void
stop_in_the_middle(struct tarn_log_shm *log)
{
	struct tarn_bucket_shm *bucket = home_with(numbers, 1, 0);

	log->locks = TARN_LOCKS_SETTLE;
	ck_assert_int_eq(check_quickly(arena, 20), TARN_BUSY);
	log->locks = 0;
	log->nested = 1;
	ck_assert_int_eq(check_quickly(arena, 20), TARN_BUSY);
	log->nested = 0;
	log->locks = 1;
	assert_clean();
	bucket->marks ^= 1; /* by whom?  It may be about to put it right */
	ck_assert_int_eq(check_quickly(arena, 20), TARN_BUSY);
	log->locks = 0;
	assert_found("the mark of an entry");
	bucket->marks ^= 1;
}

START_TEST(who_is_in_the_middle_is_waited_for)
{
	pthread_t thread;
	uint64_t slot;

	fill(NUMBERS);
	pthread_barrier_init(&barrier, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, have_slot, &slot), 0);
	pthread_barrier_wait(&barrier);
	stop_in_the_middle((struct tarn_log_shm *)(arena->base + arena->fixed.logs_off +
						   slot * TARN_LOG_SIZE));
	pthread_barrier_wait(&barrier);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	assert_clean();
}
END_TEST

/* ---- others die -------------------------------------------------------------------------------- */

static void
kill_writer(unsigned microseconds)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tarn__store(&stop, 0);
		write_all_the_time((void *)(uintptr_t)microseconds);
		_exit(1);
	}
	usleep(microseconds);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(what_the_dead_leave_is_put_right)
{
	unsigned recovered = 0;

	fill(NUMBERS);
	for (unsigned i = 0; i < 40; i++) {
		kill_writer(1000 + i * 137);
		assert_clean();
		recovered += report.recovered != 0;
	}
	ck_assert_uint_gt(recovered, 20);
}
END_TEST

START_TEST(who_only_reads_says_that_somebody_died)
{
	struct tarn_arena *reader = attach(true, 100);
	struct tarn_object *object;
	struct tarn_txn *txn;
	uint64_t key = 5;
	pid_t pid;

	fill(NUMBERS);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		object = tarn_hashmap_object(numbers);
		must(tarn_txn_begin(arena, &txn, &object, 1));
		must(tarn_hashmap_erase(tarn_hashmap_in(numbers, txn), &key, 8));
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(check_quickly(reader, 100), TARN_OWNER_DIED);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "tarn reap"));
	assert_clean();
	ck_assert_uint_eq(report.recovered, 1);
	ok(check_quickly(reader, 100));
	tarn_arena_close(reader);
}
END_TEST

/* ---- damage: the front ------------------------------------------------------------------------- */

START_TEST(a_header_that_changes_is_found)
{
	plant(&arena->header->max_size, 5, "the header has changed");
	plant((uint64_t *)(arena->base + arena->fixed.chunks_off), 0, "not all of the front");
	plant((uint64_t *)(arena->base + arena->fixed.chunks_off) +
		      (arena->fixed.window_size >> TARN_CHUNK_SHIFT >> 6),
	      ~UINT64_C(0), "were given");
	plant((uint64_t *)(arena->base + arena->fixed.chunks_off) +
		      (arena->fixed.window_size >> TARN_CHUNK_SHIFT >> 6) - 1,
	      1, "the file is shorter");
}
END_TEST

START_TEST(slots_that_cannot_be_are_found)
{
	uint64_t mine = used_slot();
	struct tarn_slot_shm *slot = tarn__slot_at(arena, 5);

	plant(&slot->state, 7, "slot 5 is neither");
	plant(&slot->magic, 7, "slot 5 is neither");
	plant(&slot->state, TARN_SLOT_USED, "slot 5 is neither");
	plant(&tarn__slot_at(arena, mine)->process, 1u << 20, "no process that can be");
}
END_TEST

START_TEST(logs_with_nonsense_are_found)
{
	struct tarn_log_shm *log = log_of(used_slot());
	uint64_t *counts = (uint64_t *)((char *)log + TARN_LOG_CLAIM_COUNTS);
	uint64_t *claim, *limbo, commit = log->commit;
	unsigned class = 0;

	plant(&log->magic, 1, "makes no sense");
	plant(&log->commit, UINT64_C(1) << 48 | log->commit, "makes no sense");
	plant(&log->commit, 0xffff0000, "makes no sense");
	plant(&log->locks, UINT64_C(1) << 40, "makes no sense");
	plant(&log->nested, 1000, "makes no sense");
	plant(&counts[0], 1000, "the claims of slot");
	while (!counts[class])
		class++;
	claim = (uint64_t *)((char *)log + TARN_LOG_CLAIMS) + tarn__size_classes[class].first;
	plant(&counts[class], counts[class] - 1, "leaked");
	plant(claim, *claim + 8, "held ready by a thread, and no block begins there");
	plant(claim, 0, "held ready by a thread, and no block begins there");
	plant(claim, entry_of(numbers)->root.structure & ~TARN_DEPTH,
	      "a block is held ready by a thread, and part of an object");
	limbo = (uint64_t *)((char *)log + TARN_LOG_LIMBO) + tarn__commit_limbo(commit);
	*limbo = directory_of(numbers)[0] & ~TARN_DEPTH;
	plant(&log->commit, commit + TARN_COMMIT_LIMBO, "freed by a thread, and part of an object");
}
END_TEST

static void *
leave_slot_behind(void *slot)
{
	put_number(numbers, 1, 1);
	*(uint64_t *)slot = used_slot();
	return NULL;
}

START_TEST(a_free_slot_with_work_is_found)
{
	struct tarn_log_shm *log;
	pthread_t thread;
	uint64_t slot;

	ck_assert_int_eq(pthread_create(&thread, NULL, leave_slot_behind, &slot), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	log = log_of(slot);
	plant(&log->locks, 1, "is free, and its log is not empty");
	plant(&log->nested, 1, "is free, and its log is not empty");
	plant(&log->commit, log->commit + TARN_COMMIT_WORD, "is free, and its log is not empty");
	plant((uint64_t *)((char *)log + TARN_LOG_HELD), 4096, "is free, and its log is not empty");
}
END_TEST

/* The slot's process is gone, and its log is such that nobody can put it right. */
START_TEST(a_dead_slot_that_is_lost_is_found)
{
	struct tarn_slot_shm *slot = tarn__slot_at(arena, 6);
	struct tarn_slot_shm was = *slot;

	slot->magic = TARN_SLOT_MAGIC;
	slot->process = 60000;
	slot->state = TARN_SLOT_USED;
	entry_of(texts)->root.node |= UINT64_C(7) << TARN_NODE_OWNER_SHIFT;
	assert_found("slot 6 is broken");
	ck_assert_uint_eq(slot->state, TARN_SLOT_BROKEN);
	assert_found("locked by slot 6, which cannot be put right");
	entry_of(texts)->root.node &= ~TARN_NODE_OWNER;
	*slot = was;
	assert_clean();
}
END_TEST

/* ---- damage: the heap -------------------------------------------------------------------------- */

START_TEST(a_bit_in_a_span_is_found)
{
	tarn_off off = directory_of(numbers)[0] & ~TARN_DEPTH;
	struct tarn_desc_shm *desc = desc_of(off);
	unsigned bit = (off & (TARN_CHUNK - 1)) / 9216;

	plant(&desc->free[0], desc->free[0] ^ UINT64_C(1) << bit, "the heap contradicts itself");
	plant(&desc->free[63], 1, "the heap contradicts itself");
}
END_TEST

/* Both, so that they agree: a free block is lost, a block in use is free. */
START_TEST(bits_and_counts_that_agree_are_found)
{
	tarn_off off = entry_of(texts)->root.counts;
	struct tarn_desc_shm *desc = desc_of(off), was = *desc;
	uint64_t size = tarn__size_classes[desc->kind >> 8].size;
	unsigned block = (unsigned)((off & (TARN_CHUNK - 1)) / size), n;

	ck_assert_uint_gt(desc->count, 1);
	desc->free[block / 64] |= UINT64_C(1) << block % 64;
	desc->count++;
	assert_found("a block is free in the heap, and part of an object");
	ck_assert_uint_eq(report.doubled_bytes, size);
	ck_assert_uint_eq(report.doubled_blocks, 1);
	*desc = was;
	for (n = 0; !desc->free[n]; n++)
		;
	desc->free[n] &= desc->free[n] - 1;
	desc->count--;
	assert_found("leaked");
	ck_assert_uint_eq(report.leaked_bytes, size);
	*desc = was;
	assert_clean();
}
END_TEST

START_TEST(garbage_in_descriptors_is_found)
{
	struct tarn_desc_shm *desc = desc_of(directory_of(numbers)[0] & ~TARN_DEPTH), was = *desc;
	struct tarn_heap_shm *heap = (struct tarn_heap_shm *)(arena->base + TARN_HEAP_WORDS_OFF);
	uint64_t *runs = (uint64_t *)(arena->base + arena->fixed.runs_off);

	plant(&desc->kind, 0xffffffff, "the heap contradicts itself");
	plant(&desc->kind, TARN_DESC_FREE, "the heap contradicts itself");
	plant(&desc->kind, TARN_DESC_RUN, "heap contradicts itself");
	plant(&desc->count, 12345, "the heap contradicts itself");
	plant(&desc->region, 4096, "the heap contradicts itself");
	plant(&desc->next, 1, "frontier, run map or lists");
	plant(&desc->prev, 77777, "frontier, run map or lists");
	plant(&heap->frontier, 1, "no block begins there");
	plant(&heap->frontier, 500, "frontier, run map or lists");
	plant(&heap->frontier, UINT64_MAX, "frontier, run map or lists");
	plant(&runs[0], runs[0] ^ 1, "heap contradicts itself");
	plant(&runs[5], 1, "frontier, run map or lists");
	plant(&heap->table.classes[3].partial, 9, "frontier, run map or lists");
	memset(desc, 0xa5, sizeof(*desc));
	assert_found("the heap contradicts itself");
	ck_assert_uint_eq(report.unknown_bytes, TARN_CHUNK);
	*desc = was;
	assert_clean();
}
END_TEST

START_TEST(locks_that_nobody_holds_are_found)
{
	struct tarn_heap_shm *heap = (struct tarn_heap_shm *)(arena->base + TARN_HEAP_WORDS_OFF);
	uint64_t *node = &home_with(numbers, 1, 0)->node;
	uint64_t *const nodes[] = {
		&heap->runs, &heap->table.classes[2].node, &tarn__catalog(arena)->node,
		&tarn__catalog(arena)->graveyard_node, &entry_of(texts)->root.node, node,
	};
	uint64_t mine = used_slot() + 1;

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(nodes); i++) {
		plant(nodes[i], *nodes[i] | TARN_NODE_DIRTY, "DIRTY");
		plant(nodes[i], *nodes[i] | UINT64_C(7) << TARN_NODE_OWNER_SHIFT, "which nobody has");
		plant(nodes[i], *nodes[i] | UINT64_C(4095) << TARN_NODE_OWNER_SHIFT,
		      "which nobody has");
		plant(nodes[i], *nodes[i] | mine << TARN_NODE_OWNER_SHIFT, "lists no lock");
	}
	plant(&entry_of(texts)->root.gate, entry_of(texts)->root.gate | UINT64_C(7) << 16,
	      "which nobody has");
	plant(&entry_of(texts)->root.gate, entry_of(texts)->root.gate | mine << 16, "lists no lock");
}
END_TEST

/* ---- damage: names ----------------------------------------------------------------------------- */

static tarn_off *
head_of(struct tarn_hashmap *map)
{
	return &tarn__catalog(arena)->heads[entry_of(map)->name_hash % TARN_CATALOG_HEADS];
}

START_TEST(chains_that_cannot_be_are_found)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	tarn_off numbers_off = tarn__hashmap_object(numbers)->root_off;
	struct tarn_entry_shm *entry = entry_of(numbers);
	tarn_off next = entry->next, block;

	plant(&entry->next, numbers_off, "a block is part of an object, and so again");
	plant(&entry->next, 12345, "no block begins there");
	plant(&entry->next, directory_of(numbers)[0] & ~TARN_DEPTH, "so again");
	ok(tarn_alloc(arena, 512, &block));
	entry->next = block;
	assert_found("a node of 512 bytes is asked for");
	entry->next = next;
	ok(tarn_free(arena, block));
	plant(head_of(numbers), 0, "leaked");
	plant(head_of(numbers), 0, "the catalog counts 3 objects, and there are 2");
	plant(&catalog->heads[(entry->name_hash + 1) % TARN_CATALOG_HEADS], numbers_off,
	      "so again");
	plant(&catalog->count, 4, "the catalog counts 4 objects, and there are 3");
	plant(&catalog->graveyard, 12345, "no block begins there");
	plant(&catalog->graveyard, /* in the end of a span */
	      ((directory_of(numbers)[0] & ~TARN_DEPTH) & ~(TARN_CHUNK - 1)) + 7 * 9216,
	      "no block begins there");
	plant(&catalog->graveyard, tarn__hashmap_object(texts)->root_off,
	      "part of an object, and part of a removed object");
}
END_TEST

START_TEST(entries_that_cannot_be_are_found)
{
	struct tarn_entry_shm *entry = entry_of(numbers);

	plant(&entry->root.word, entry->root.word & ~TARN_WORD_LIVE, "not alive or not whole");
	plant(&entry->name[0], entry->name[0] + 1, "the name does not belong into this chain");
	plant(&entry->name[0], 0x2f2f2f2f2f2f2f, "this is no name");
	plant(&entry->name[5], 5, "this is no name");
	plant(&entry->name_hash, entry->name_hash + 1, "does not belong");
	plant(&entry->name_size, 3, "not alive or not whole");
	plant(&entry->name_size, 1000, "not alive or not whole");
	plant(&entry->fields_size, 100, "this is no type");
	plant(&entry->fields_size, 1000, "not alive or not whole");
	plant(&entry->fields[0], 0x01, "this is no type");
	plant(&entry->key_fields_size, 1, "this is no type");
	plant(&entry->key_fields_size, 1000, "not alive or not whole");
	plant(&entry->order_size, 1, "this is no type");
	plant(&entry->order_size, 32, "not alive or not whole");
	plant(&entry->fields[0], 'z', "this is no type");
	plant(&entry->fields[0], 'i', "this is no type");
	plant(&entry->key_size, 8, "this is no type");
	plant(&entry->value_align, 3, "this is no type");
	plant(&entry->value_align, (UINT64_C(1) << 32) + 8, "this is no type");
	plant(&entry->child, 65536, "this is no type");
	plant(&entry->kind, 31, "there is no kind 31 of objects");
	plant(&entry->kind, UINT64_C(1) << 40, "this is no type");
	plant(&entry->key, 77, "this is no type");
	plant(&entry->key, TARN_KEY_NONE, "no hash map has this type");
	plant(&entry->value_size, 0, "no hash map has this type");
	plant(&entry->root.seed, entry->root.seed + 1, "wrong segment");
}
END_TEST

START_TEST(a_name_that_is_there_twice_is_found)
{
	struct tarn_entry_shm *entry = entry_of(numbers), was = *entry, *other = entry_of(texts);
	struct tarn_entry_shm other_was = *other;
	tarn_off *head = head_of(numbers), head_was = *head;

	memcpy(entry->name, other->name, sizeof(entry->name));
	entry->name_size = other->name_size;
	entry->name_hash = other->name_hash;
	*head = 0;
	other->next = tarn__hashmap_object(numbers)->root_off;
	assert_found("the name is there twice");
	*entry = was;
	*other = other_was;
	*head = head_was;
	assert_clean();
}
END_TEST

START_TEST(names_are_printable)
{
	entry_of(numbers)->name[0] = 0x0a1b6d0a41;
	assert_found("[A?m??]");
}
END_TEST

/* ---- damage: maps ------------------------------------------------------------------------------ */

START_TEST(a_map_without_structure_is_found)
{
	struct tarn_root_shm *root = &entry_of(numbers)->root;

	plant(&root->structure, root->structure | 127, "the directory's depth is 127");
	plant(&root->structure, root->structure & ~TARN_DEPTH, "the directory's depth is 0");
	plant(&root->structure, root->structure + 1, "a block of 256 bytes is asked for");
	plant(&root->structure, root->structure - 1, "the directory's depth is 3");
	plant(&root->structure, 12 << 7 | 4, "no block begins there");
	plant(&root->structure, UINT64_MAX << 7 | 4, "no block begins there");
	plant(&root->structure, entry_of(texts)->root.structure, "so again");
	plant(&root->counts, 0, "no block begins there");
	plant(&root->counts, entry_of(texts)->root.counts, "so again");
}
END_TEST

START_TEST(a_wrong_directory_entry_is_found)
{
	uint64_t *directory = directory_of(numbers);
	uint64_t depth = entry_of(numbers)->root.structure & TARN_DEPTH;
	uint64_t last = (UINT64_C(1) << depth) - 1;

	ck_assert_uint_gt(directory[0] & TARN_DEPTH, 0);
	plant(&directory[last], directory[0], "is not that of its segment");
	plant(&directory[last], 0, "directory");
	plant(&directory[last], directory[last] + 64, "is not that of its segment");
	plant(&directory[1], directory[1] ^ 1, "is not that of its segment");
	plant(&directory[0], (directory[0] & ~TARN_DEPTH) | depth, "is not that of its segment");
	ck_assert_uint_eq(directory[last] & TARN_DEPTH, depth - 1);
	plant(&directory[last], directory[last] + 1, "depths ask for 17 entries of the directory");
	for (uint64_t i = 0; i <= last; i++)
		directory[i] = (directory[i] & ~TARN_DEPTH) | depth;
	assert_found("an entry lies in the wrong segment");
}
END_TEST

START_TEST(a_directory_that_has_forgotten_segments_is_found)
{
	uint64_t *directory = directory_of(numbers);
	uint64_t count = UINT64_C(1) << (entry_of(numbers)->root.structure & TARN_DEPTH);

	for (uint64_t i = 0; i < count; i++)
		directory[i] = directory[0] & ~TARN_DEPTH;
	assert_found("the counts say 2000 entries");
	assert_found("leaked");
}
END_TEST

START_TEST(a_dropped_entry_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(texts, 1, 0);

	plant(&bucket->node, bucket->node & ~UINT64_C(1), "leaked");
	plant(&bucket->node, bucket->node & ~UINT64_C(1), "the counts say 400 entries, and there are 399");
	bucket = home_with(numbers, 1, 0);
	plant(&bucket->node, bucket->node & ~UINT64_C(1), "the counts say");
	plant((uint64_t *)(arena->base + entry_of(numbers)->root.counts) + 8 * used_slot(),
	      UINT64_C(5) << 24, "the counts say 5 entries, and there are 2000");
}
END_TEST

START_TEST(a_wrong_mark_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(numbers, 2, 0);

	plant(&bucket->marks, bucket->marks ^ 0x100, "the mark of an entry");
	bucket = bucket_with(numbers, TARN_HOMES, TARN_BUCKETS, 1, 0);
	plant(&bucket->marks, bucket->marks ^ 0x80, "the mark of an entry");
}
END_TEST

START_TEST(an_entry_in_the_wrong_place_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(numbers, 1, 0);
	uint64_t key = bucket->places[0].a, other = key + 1;

	while (tarn__hash_home(tarn__hash_u64(other, entry_of(numbers)->root.seed)) ==
		       tarn__hash_home(tarn__hash_u64(key, entry_of(numbers)->root.seed)) ||
	       (tarn__hash_u64(other, entry_of(numbers)->root.seed) & 15) !=
		       (tarn__hash_u64(key, entry_of(numbers)->root.seed) & 15))
		other++;
	plant(&bucket->places[0].a, other, "an entry of home bucket");
	while ((tarn__hash_u64(other, entry_of(numbers)->root.seed) & 1) ==
	       (tarn__hash_u64(key, entry_of(numbers)->root.seed) & 1))
		other++;
	plant(&bucket->places[0].a, other, "an entry lies in the wrong segment");
}
END_TEST

START_TEST(a_wrong_overflow_bit_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(numbers, 0x7f, 0x80);

	plant(&bucket->node, bucket->node | 0x80, "says overflow");
	for (unsigned bit = 7; bit < 15; bit++) {
		uint64_t count = UINT64_C(1) << (entry_of(numbers)->root.structure & TARN_DEPTH);

		for (uint64_t i = 0; i < count * TARN_HOMES; i++) {
			bucket = &segment_of(numbers, i / TARN_HOMES)->buckets[i % TARN_HOMES];
			if (!(bucket->node >> bit & 1))
				continue;
			plant(&bucket->node, bucket->node & ~(UINT64_C(1) << bit), "says overflow");
			break;
		}
	}
	bucket = &segment_of(numbers, 0)->buckets[TARN_HOMES];
	plant(&bucket->node, bucket->node | 0x80, "says overflow 0x1, and it is 0x0");
}
END_TEST

START_TEST(a_key_that_is_there_twice_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(numbers, 0x7f, 0), *stash;
	struct tarn_place_shm was = bucket->places[3];
	uint64_t marks = bucket->marks;

	bucket->places[3].a = bucket->places[6].a;
	((uint8_t *)&bucket->marks)[3] = ((uint8_t *)&bucket->marks)[6];
	assert_found("a key is there twice");
	bucket->places[3] = was;
	bucket->marks = marks;
	assert_clean();
	stash = bucket_with(numbers, TARN_HOMES, TARN_BUCKETS, 1, 0);
	bucket = home_of_number(stash->places[0].a); /* where it lies too, then */
	ck_assert_uint_eq(bucket->node & 0x7f, 0x7f);
	was = bucket->places[0];
	marks = bucket->marks;
	bucket->places[0].a = stash->places[0].a;
	((uint8_t *)&bucket->marks)[0] = ((uint8_t *)&stash->marks)[0];
	assert_found("a key is there twice");
	bucket->places[0] = was;
	bucket->marks = marks;
	assert_clean();
}
END_TEST

/* Another text's bytes, in a block of its own. */
START_TEST(a_text_that_is_there_twice_is_found)
{
	struct tarn_bucket_shm *bucket = home_with(texts, 3, 0);
	struct tarn_place_shm *places = bucket->places;
	struct tarn_block_shm *one = (void *)(arena->base + places[0].a);
	struct tarn_block_shm *other = (void *)(arena->base + places[1].a);
	uint64_t was[4];

	memcpy(was, other, sizeof(was));
	memcpy(other, one, sizeof(*one) + 16);
	other->sizes = (one->sizes & UINT32_MAX) | (was[1] >> 32) << 32;
	assert_found("a key is there twice");
	memcpy(other, was, sizeof(was));
}
END_TEST

START_TEST(wrong_blocks_of_entries_are_found)
{
	struct tarn_bucket_shm *bucket = home_with(texts, 1, 0);
	struct tarn_place_shm *place = &bucket->places[0], *other;
	struct tarn_block_shm *block = (void *)(arena->base + place->a);

	plant(&place->a, 0, "no block begins there");
	plant(&place->a, UINT64_MAX, "an entry leads nowhere");
	plant(&place->a, place->a + 16, "");
	plant(&place->b, place->b + 1, "the hash of an entry is not that of its key");
	plant(&block->hash, block->hash ^ 1, "the hash of an entry is not that of its key");
	plant(&block->sizes, UINT64_MAX, "an entry leads nowhere");
	plant(&block->sizes, block->sizes + (UINT64_C(1) << 48), "and this block is not");
	plant(&block->bytes[0], block->bytes[0] ^ 0xff, "the hash of an entry");
	other = home_with(sizes, 3, 0)->places;
	plant(&other->b, other[1].b, "a block is part of an object, and so again");
	plant((uint64_t *)(arena->base + other->b), 23, "an entry leads nowhere, or has an impossible");
	plant(&other->b, 8, "an entry leads nowhere");
}
END_TEST

/* The block that was made last lies in the map, and begins with that key. */
static struct tarn_block_shm *
text_block(const char *key)
{
	uint64_t hash = tarn__hash_bytes(key, strlen(key), entry_of(texts)->root.seed);
	uint64_t count = UINT64_C(1) << (entry_of(texts)->root.structure & TARN_DEPTH);
	struct tarn_segment_shm *segment = segment_of(texts, hash & (count - 1));

	for (unsigned i = 0; i < TARN_BUCKETS * TARN_PLACES; i++) {
		struct tarn_bucket_shm *bucket = &segment->buckets[i / TARN_PLACES];
		struct tarn_place_shm *place = &bucket->places[i % TARN_PLACES];

		if ((bucket->node >> i % TARN_PLACES & 1) && place->b == hash)
			return (void *)(arena->base + place->a);
	}
	ck_abort_msg("no such text");
}

START_TEST(ends_of_strings_are_looked_at)
{
	struct tarn_bucket_shm *bucket = home_with(texts, 1, 0);
	struct tarn_block_shm *block = (void *)(arena->base + bucket->places[0].a);
	uint64_t key_size = block->sizes & UINT32_MAX;

	ck_assert_uint_ne(key_size % 8, 0);
	plant(&block->bytes[key_size / 8], block->bytes[key_size / 8] | UINT64_C(1) << 63,
	      "a key has no zeros behind its end");
	ck_assert_int_eq(tarn_hashmap_put(texts, "x", 1, "value", 5), 0);
	block = text_block("x");
	ck_assert_uint_eq(block->sizes, 1 | UINT64_C(5) << 32);
	plant(&block->bytes[1], block->bytes[1] | UINT64_C(1) << 63,
	      "a value has no zeros behind its end");
}
END_TEST

START_TEST(what_idle_nodes_hold_is_found)
{
	struct tarn_segment_shm *segment = idle_block(TARN_CLASS_SEGMENT);
	struct tarn_entry_shm *entry = idle_block(TARN_CLASS_ROOT);

	plant(&entry->root.word, 1, "has no name says that it lives");
	plant(&entry->root.node, TARN_NODE_DIRTY, "DIRTY");
	plant(&segment->buckets[70].node, segment->buckets[70].node | 4, "belongs to no map");
	plant(&segment->buckets[0].node, segment->buckets[0].node | TARN_NODE_DIRTY, "DIRTY");
}
END_TEST

START_TEST(no_more_problems_are_told_than_there_is_use_for)
{
	uint64_t count = UINT64_C(1) << (entry_of(numbers)->root.structure & TARN_DEPTH);
	uint64_t lines = 0;

	for (uint64_t i = 0; i < count * TARN_BUCKETS; i++)
		segment_of(numbers, i / TARN_BUCKETS)->buckets[i % TARN_BUCKETS].marks =
			UINT64_MAX / 255 * (i % 255);
	assert_found("the mark of an entry");
	for (const char *at = found; (at = strchr(at, '\n')); at++)
		lines++;
	ck_assert_uint_eq(lines, 1000);
	ck_assert_uint_gt(report.problems, 1000);
}
END_TEST

/* ---- any damage -------------------------------------------------------------------------------- */

#define CHUNKS_MOST 4096u

struct image {
	uint64_t count;
	tarn_off offs[CHUNKS_MOST];
	char *bytes;
};

/* All memory that was given. */
static void
take_image(struct image *image)
{
	image->count = 0;
	for (uint64_t c = 0; c < arena->fixed.window_size >> TARN_CHUNK_SHIFT; c++) {
		if (!tarn__at(arena, c << TARN_CHUNK_SHIFT, TARN_CHUNK, TARN_CHUNK))
			continue;
		ck_assert_uint_lt(image->count, CHUNKS_MOST);
		image->offs[image->count++] = c << TARN_CHUNK_SHIFT;
	}
	image->bytes = malloc(image->count << TARN_CHUNK_SHIFT);
	ck_assert_ptr_nonnull(image->bytes);
	for (uint64_t i = 0; i < image->count; i++)
		memcpy(image->bytes + (i << TARN_CHUNK_SHIFT), arena->base + image->offs[i], TARN_CHUNK);
}

static void
put_image_back(const struct image *image)
{
	for (uint64_t i = 0; i < image->count; i++) {
		char *chunk = arena->base + image->offs[i];
		const char *was = image->bytes + (i << TARN_CHUNK_SHIFT);

		if (memcmp(chunk, was, TARN_CHUNK) != 0)
			memcpy(chunk, was, TARN_CHUNK);
	}
}

static uint64_t dice = 1;

static uint64_t
throw(uint64_t sides)
{
	dice = tarn__hash_u64(dice, 77);
	return dice % sides;
}

/* Where damage hurts: so many words there. */
static struct target {
	uint64_t *words, count;
} targets[12];

static void
take_targets(void)
{
	struct tarn_hashmap *maps[] = { numbers, texts, sizes };

	targets[0] = (struct target){ (uint64_t *)tarn__catalog(arena), 16 };
	targets[1] = (struct target){ (uint64_t *)desc_of(arena->fixed.data_off), 32 * 72 };
	targets[2] = (struct target){ (uint64_t *)(arena->base + TARN_HEAP_WORDS_OFF), 400 };
	for (unsigned i = 0; i < 3; i++) {
		targets[3 + 3 * i] = (struct target){ (uint64_t *)entry_of(maps[i]), 64 };
		targets[4 + 3 * i] = (struct target){ directory_of(maps[i]), 16 };
		targets[5 + 3 * i] = (struct target){ (uint64_t *)segment_of(maps[i], 0), 1152 };
	}
}

static uint64_t *
somewhere(const struct image *image)
{
	const struct target *target = &targets[throw(TARN_ARRAY_SIZE(targets))];

	if (!throw(4))
		return (uint64_t *)(arena->base + image->offs[throw(image->count)]) +
		       throw(TARN_CHUNK / 8);
	if (!throw(4))
		return (uint64_t *)log_of(throw(2)) + throw(TARN_LOG_SIZE / 8);
	return target->words + throw(target->count);
}

static uint64_t
something(const struct image *image, uint64_t was)
{
	switch (throw(7)) {
	case 0:
		return was ^ UINT64_C(1) << throw(64);
	case 1:
		return throw(UINT64_MAX);
	case 2:
		return image->offs[throw(image->count)] + throw(TARN_CHUNK / 16) * 16;
	case 3:
		return throw(100);
	case 4:
		return was + throw(5) - 2;
	case 5:
		return *somewhere(image);
	default:
		return UINT64_MAX;
	}
}

static int
ignore(const struct tarn_object_info *info, void *arg)
{
	(void)info;
	(void)arg;
	return 0;
}

static void
walk_map(struct tarn_hashmap *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(map, &cursor);

	for (unsigned i = 0; !code && i < 10 * NUMBERS; i++)
		code = tarn_hashmap_cursor_next(cursor, &entry);
	tarn_hashmap_cursor_close(cursor);
}

/* Each returns; what, does not matter. */
static void
read_all(struct tarn_arena *in)
{
	struct tarn_object_info info;
	struct tarn_arena_stat stat;
	struct tarn_hashmap *map;
	uint64_t key = throw(NUMBERS), value[8], size;
	char text[32];
	int length = snprintf(text, sizeof(text), "key %lu", (unsigned long)throw(TEXTS));

	(void)!tarn_check(in, &(struct tarn_check_options){ .deadline_ms = 1, .problem = note }, &report);
	(void)!tarn_object_list(in, ignore, NULL);
	(void)!tarn_arena_stat(in, &stat);
	if (!tarn_hashmap_open(in, &map, "numbers", &of_numbers, TARN_OPEN, NULL)) {
		(void)!tarn_hashmap_get(map, &key, 8, value, 8, NULL);
		(void)!tarn_hashmap_size(map, &size);
		(void)!tarn_object_info(tarn_hashmap_object(map), &info);
		walk_map(map);
		tarn_hashmap_close(map);
	}
	if (!tarn_hashmap_open(in, &map, "texts", &of_texts, TARN_OPEN, NULL)) {
		(void)!tarn_hashmap_get(map, text, (size_t)length, value, sizeof(value), NULL);
		walk_map(map);
		tarn_hashmap_close(map);
	}
}

static uint64_t
scribbles(void)
{
	const char *text = getenv("TARN_SCRIBBLES");

	return text ? strtoull(text, NULL, 10) : 2000;
}

static void
scribble(bool readonly)
{
	struct tarn_arena *in;
	struct image image;
	uint64_t corrupt = 0;

	open_arena(2 * MIB);
	fill(NUMBERS / 2);
	in = attach(readonly, 1);
	take_image(&image);
	take_targets();
	for (uint64_t i = 0; i < scribbles(); i++) {
		dice = 2 * i + readonly;
		for (uint64_t n = throw(6) + 1; n > 0; n--) {
			uint64_t *word = somewhere(&image);

			*word = something(&image, *word);
		}
		found[0] = '\0';
		read_all(in);
		corrupt += report.problems != 0;
		put_image_back(&image);
	}
	ck_assert_uint_gt(corrupt, scribbles() / 2);
	free(image.bytes);
	tarn_arena_close(in);
	assert_clean();
}

START_TEST(scribbles_are_borne_by_readers)
{
	scribble(true);
}
END_TEST

START_TEST(scribbles_are_borne_by_writers)
{
	scribble(false);
}
END_TEST

/* ---- running ----------------------------------------------------------------------------------- */

static TCase *
add_case(Suite *suite, const char *name, void (*open)(void))
{
	TCase *tcase = tcase_create(name);

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 300);
	if (open)
		tcase_add_checked_fixture(tcase, open, close_arena);
	return tcase;
}

static void
add_clean(Suite *suite)
{
	TCase *tcase = add_case(suite, "clean", open_empty);

	tcase_add_test(tcase, an_empty_arena_is_fine);
	tcase_add_test(tcase, maps_in_many_states_are_fine);
	tcase_add_test(tcase, many_objects_are_fine);
	tcase_add_test(tcase, a_graveyard_is_fine_at_every_step);
	tcase_add_test(tcase, locks_that_users_hold_are_fine);
	tcase_add_test(tcase, blocks_of_programs_are_theirs_if_that_is_said);
	tcase_add_test(tcase, who_only_reads_finds_the_same);
	tcase_add_test(tcase, writers_are_kept_out);
	tcase_add_test(tcase, a_transaction_is_waited_for);
	tcase_add_test(tcase, who_is_in_the_middle_is_waited_for);
	tcase_add_test(tcase, what_the_dead_leave_is_put_right);
	tcase_add_test(tcase, who_only_reads_says_that_somebody_died);
}

static void
add_damage(Suite *suite)
{
	TCase *tcase = add_case(suite, "damage", open_full);

	tcase_add_test(tcase, a_header_that_changes_is_found);
	tcase_add_test(tcase, slots_that_cannot_be_are_found);
	tcase_add_test(tcase, logs_with_nonsense_are_found);
	tcase_add_test(tcase, a_free_slot_with_work_is_found);
	tcase_add_test(tcase, a_dead_slot_that_is_lost_is_found);
	tcase_add_test(tcase, a_bit_in_a_span_is_found);
	tcase_add_test(tcase, bits_and_counts_that_agree_are_found);
	tcase_add_test(tcase, garbage_in_descriptors_is_found);
	tcase_add_test(tcase, locks_that_nobody_holds_are_found);
	tcase_add_test(tcase, chains_that_cannot_be_are_found);
	tcase_add_test(tcase, entries_that_cannot_be_are_found);
	tcase_add_test(tcase, a_name_that_is_there_twice_is_found);
	tcase_add_test(tcase, names_are_printable);
	tcase_add_test(tcase, a_map_without_structure_is_found);
	tcase_add_test(tcase, a_wrong_directory_entry_is_found);
	tcase_add_test(tcase, a_directory_that_has_forgotten_segments_is_found);
	tcase_add_test(tcase, a_dropped_entry_is_found);
	tcase_add_test(tcase, a_wrong_mark_is_found);
	tcase_add_test(tcase, an_entry_in_the_wrong_place_is_found);
	tcase_add_test(tcase, a_wrong_overflow_bit_is_found);
	tcase_add_test(tcase, a_key_that_is_there_twice_is_found);
	tcase_add_test(tcase, a_text_that_is_there_twice_is_found);
	tcase_add_test(tcase, wrong_blocks_of_entries_are_found);
	tcase_add_test(tcase, ends_of_strings_are_looked_at);
	tcase_add_test(tcase, what_idle_nodes_hold_is_found);
	tcase_add_test(tcase, no_more_problems_are_told_than_there_is_use_for);
}

int
main(void)
{
	Suite *suite = suite_create("check");
	SRunner *runner = srunner_create(suite);
	TCase *tcase;
	int failed;

	add_clean(suite);
	add_damage(suite);
	tcase = add_case(suite, "scribbles", NULL);
	tcase_add_test(tcase, scribbles_are_borne_by_readers);
	tcase_add_test(tcase, scribbles_are_borne_by_writers);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
