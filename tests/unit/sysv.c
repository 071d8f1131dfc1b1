// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sysv.c -- tests of arenas in System V segments: names, growth, limits,
 * what others have left or put under the key, and removal
 *
 * The program has an IPC namespace of its own, so that it may count the
 * segments and lower the limits; where that is not allowed, tests that need
 * it are passed over, and say so.  What is the same for all backends is in
 * arena.c, member.c and death.c, which run over segments too.
 */
#include "arena/arena.h"

#include "base/compiler.h"
#include "base/hash.h"
#include "os/segment.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define CREATION_BYTE ((UINT64_C(1) << 62) + (UINT64_C(1) << 22))

const struct tarn_arena_upper *const tarn__arena_uppers[] = { NULL };

/* ---- help ------------------------------------------------------------------------------------ */

static bool alone; /* in the namespace */
static uint32_t key;
static char name[64], path[64];

/* Keys are of the one namespace, lock files of all. */
static void
choose_key(void)
{
	key = 0x56000000 | (uint32_t)getpid();
	snprintf(name, sizeof(name), "sysv:key=0x%08x", key);
	snprintf(path, sizeof(path), "/dev/shm/tarn.key-0x%08x", key);
}

/* Before and after each test, and at the end: one that fails leaves what it has. */
static void
remove_leftovers(void)
{
	(void)!tarn_arena_remove(name);
	unlink(path);
}

static struct tarn_arena *
open_with(struct tarn_arena_options options)
{
	struct tarn_arena *arena;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &options, NULL), 0);
	return arena;
}

static int
try_open(enum tarn_open_mode how)
{
	struct tarn_arena_options options = { .how = how, .max_size = MIB };
	struct tarn_arena *arena;
	int code = tarn_arena_open(&arena, name, &options, NULL);

	tarn_arena_close(arena);
	return code;
}

/* Small segments: each part of the window soon has its own. */
static struct tarn_arena *
create(void)
{
	return open_with((struct tarn_arena_options){
		.how = TARN_CREATE,
		.max_size = 64 * MIB,
		.max_threads = 8,
		.segment_size = MIB,
		.mode = 0666,
	});
}

static struct tarn_segments_shm *
words_of(struct tarn_arena *arena)
{
	return tarn__segments_words(&arena->file.segments);
}

/* A word in the middle of that MiB of data. */
static tarn_off
place(struct tarn_arena *arena, uint64_t mib)
{
	return arena->fixed.data_off + mib * MIB + MIB / 2;
}

static void
put(struct tarn_arena *arena, uint64_t mib, uint64_t value)
{
	uint64_t *word;

	ck_assert_int_eq(tarn__arena_give(arena, place(arena, mib), 8), 0);
	word = tarn__at(arena, place(arena, mib), 8, 8);
	ck_assert_ptr_nonnull(word);
	*word = value;
}

static uint64_t
get(struct tarn_arena *arena, uint64_t mib)
{
	uint64_t *word = tarn__at(arena, place(arena, mib), 8, 8);

	return word ? *word : UINT64_MAX;
}

/* Of this namespace. */
static int
segments(void)
{
	struct shm_info info;

	ck_assert_int_ge(shmctl(0, SHM_INFO, (struct shmid_ds *)&info), 0);
	return info.used_ids;
}

static void
end_child(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

static bool
passed_over(const char *what)
{
	if (!alone)
		printf("skipped, since it needs root: %s\n", what);
	return !alone;
}

/* ---- names ----------------------------------------------------------------------------------- */

START_TEST(a_path_and_its_key_are_one_arena)
{
	char by_path[64], by_key[64], program[256];
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = MIB };
	struct tarn_arena *arena, *same;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	ck_assert_int_gt(length, 0);
	snprintf(by_path, sizeof(by_path), "sysv:/dev/shm#%d", 1 + getpid() % 255);
	snprintf(by_key, sizeof(by_key), "sysv:key=%u",
		(unsigned)ftok("/dev/shm", 1 + getpid() % 255));
	ck_assert_int_eq(tarn_arena_open(&arena, by_path, &options, NULL), 0);
	ck_assert_str_eq(tarn_arena_name(arena), by_path);
	ck_assert_int_eq(tarn_arena_open(&same, by_key, &options, NULL), TARN_EXISTS);
	options.how = TARN_OPEN;
	ck_assert_int_eq(tarn_arena_open(&same, by_key, &options, NULL), 0);
	ck_assert_uint_eq(same->fixed.arena_id, arena->fixed.arena_id);
	tarn_arena_close(arena);
	tarn_arena_close(same);
	ck_assert_int_eq(tarn_arena_remove(by_key), 0);
	ck_assert_int_eq(tarn_arena_open(&arena, by_path, &options, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(a_path_must_be_there)
{
	struct tarn_arena *arena;

	ck_assert_int_eq(
		tarn_arena_open(&arena, "sysv:/no/such/file#1", NULL, NULL), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_arena_open(&arena, "sysv:/dev/shm", NULL, NULL), TARN_INVALID);
	ck_assert_int_eq(tarn_arena_open(&arena, "sysv:/dev/shm#0", NULL, NULL), TARN_INVALID);
	ck_assert_int_eq(tarn_arena_open(&arena, "sysv:/dev/shm#256", NULL, NULL), TARN_INVALID);
}
END_TEST

START_TEST(a_lock_file_is_no_arena_of_shm)
{
	struct tarn_arena *arena = create();

	tarn_arena_close(arena);
	ck_assert_int_eq(
		tarn_arena_open(&arena, path + strlen("/dev/shm/tarn."), NULL, NULL), TARN_INVALID);
	ck_assert_int_eq(tarn_arena_open(&arena, "key-ring", NULL, NULL), 0);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove("key-ring"), 0);
}
END_TEST

/* ---- growth ---------------------------------------------------------------------------------- */

START_TEST(segments_come_as_they_are_needed)
{
	struct tarn_arena *arena = create();
	int before = segments();

	if (passed_over("counting segments"))
		return;
	put(arena, 0, 1);
	ck_assert_int_le(segments(), before + 1);
	before = segments();
	put(arena, 20, 2);
	ck_assert_int_eq(segments(), before + 1);
	put(arena, 20, 3);
	ck_assert_int_eq(segments(), before + 1);
	tarn_arena_close(arena);
	ck_assert_int_eq(segments(), before + 1);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(segments(), 0);
}
END_TEST

START_TEST(who_was_there_before_sees_what_others_grow)
{
	struct tarn_arena *writer = create();
	struct tarn_arena *reader = open_with((struct tarn_arena_options){ .readonly = true });
	pid_t child = fork();

	if (!child) {
		struct tarn_arena *other = open_with((struct tarn_arena_options){ 0 });

		for (uint64_t mib = 0; mib < 60; mib += 3)
			put(other, mib, mib + 100);
		_exit(0);
	}
	end_child(child);
	for (uint64_t mib = 0; mib < 60; mib++) {
		uint64_t expected = mib % 3 ? UINT64_MAX : mib + 100;

		ck_assert_uint_eq(get(reader, mib), expected);
		ck_assert_uint_eq(get(writer, mib), expected);
	}
	tarn_arena_close(reader);
	tarn_arena_close(writer);
}
END_TEST

START_TEST(each_segments_size_says_which_it_is)
{
	struct tarn_arena *arena = create();
	const struct tarn_segments_shm *words = words_of(arena);
	unsigned seen = 0;
	struct shmid_ds ds;

	put(arena, 3, 1);
	put(arena, 20, 1);
	for (unsigned index = 0; index < TARN_SEGMENTS_MAX; index++) {
		uint64_t id = words->ids[index];

		if (!id)
			continue;
		ck_assert_int_eq(shmctl((int)(id - 1), IPC_STAT, &ds), 0);
		ck_assert_uint_eq(ds.shm_segsz, MIB - TARN_SEGMENT_MARK - index);
		seen++;
	}
	ck_assert_uint_ge(seen, 2);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(a_range_over_several_segments_is_one)
{
	struct tarn_arena *arena = create();
	struct tarn_arena *other = open_with((struct tarn_arena_options){ 0 });
	char *bytes;

	ck_assert_int_eq(tarn__arena_give(arena, place(arena, 3), 5 * MIB), 0);
	bytes = tarn__at(arena, place(arena, 3), 5 * MIB, 8);
	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 0x5a, 5 * MIB);
	bytes = tarn__at(other, place(other, 3), 5 * MIB, 8);
	ck_assert_ptr_nonnull(bytes);
	ck_assert(bytes[0] == 0x5a && memcmp(bytes, bytes + 1, 5 * MIB - 1) == 0);
	ck_assert_ptr_null(tarn__at(other, place(other, 3), 7 * MIB, 8));
	tarn_arena_close(other);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(of_many_who_grow_the_same_place_all_get_the_same)
{
	struct tarn_arena *arena = create();
	pid_t children[4];

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(children); i++) {
		children[i] = fork();
		if (children[i])
			continue;
		arena = open_with((struct tarn_arena_options){ 0 });
		for (uint64_t mib = 0; mib < 60; mib++) {
			tarn_off off = arena->fixed.data_off + mib * MIB + i * 8;

			ck_assert_int_eq(tarn__arena_give(arena, off, 8), 0);
			*(uint64_t *)tarn__at(arena, off, 8, 8) = mib;
		}
		_exit(0);
	}
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(children); i++)
		end_child(children[i]);
	for (uint64_t i = 0; i < 60 * 4; i++) {
		tarn_off off = arena->fixed.data_off + i / 4 * MIB + i % 4 * 8;

		ck_assert_uint_eq(*(uint64_t *)tarn__at(arena, off, 8, 8), i / 4);
	}
	tarn_arena_close(arena);
}
END_TEST

static struct tarn_arena *late; /* attached before there was what its threads read */

static void *
read_all(void *unused)
{
	uint64_t wrong = 0;

	(void)unused;
	for (unsigned round = 0; round < 100; round++) {
		for (uint64_t mib = 0; mib < 60; mib++)
			wrong += get(late, mib) != mib + 1;
	}
	return (void *)wrong;
}

/* Attaching the same segment twice at once is no gap for a third who reads it. */
START_TEST(threads_may_meet_the_same_new_segments_at_once)
{
	struct tarn_arena *arena = create();
	pthread_t threads[4];

	late = open_with((struct tarn_arena_options){ 0 });
	for (uint64_t mib = 0; mib < 60; mib++)
		put(arena, mib, mib + 1);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_all, NULL), 0);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(threads); i++) {
		void *wrong;

		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	tarn_arena_close(late);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(segments_at_creation_are_made_for_data)
{
	struct tarn_arena_options options = {
		.how = TARN_CREATE,
		.max_size = 64 * MIB,
		.segment_size = 4 * MIB,
		.segments = 3,
	};
	struct tarn_arena *arena;
	uint64_t given;
	int before;

	if (passed_over("counting segments"))
		return;
	arena = open_with(options);
	before = segments();
	given = arena->header->statistics.given_bytes;
	ck_assert_uint_eq(given, arena->fixed.front_size);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 12 * MIB), 0);
	ck_assert_int_eq(segments(), before);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 20 * MIB), 0);
	ck_assert_int_gt(segments(), before);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(the_environment_says_how_many_and_how_large)
{
	struct tarn_arena *arena;
	struct shmid_ds ds;

	setenv("TARN_ARENA", name, 1);
	setenv("TARN_SEGMENTS", "1", 1);
	setenv("TARN_SEGMENT_SIZE", "4M", 1);
	setenv("TARN_MODE", "640", 1);
	ck_assert_int_eq(tarn_arena_open(&arena, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(arena->file.segments.size, 4 * MIB);
	ck_assert_uint_eq(arena->fixed.max_size, 4096 * MIB);
	ck_assert_int_eq(shmctl(shmget((key_t)key, 0, 0), IPC_STAT, &ds), 0);
	ck_assert_uint_eq(ds.shm_segsz, 4 * MIB - TARN_SEGMENT_MARK);
	ck_assert_uint_eq(ds.shm_perm.mode & 0777, 0640);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(segments_are_larger_where_there_would_be_too_many)
{
	struct tarn_arena *arena = open_with((struct tarn_arena_options){
		.how = TARN_CREATE,
		.max_size = UINT64_C(8192) * MIB,
		.segment_size = 65536,
	});

	ck_assert_uint_ge(arena->file.segments.size * TARN_SEGMENTS_MAX, arena->window_size);
	ck_assert_int_eq(tarn__arena_give(arena, arena->window_size - 65536, 65536), 0);
	ck_assert_ptr_nonnull(tarn__at(arena, arena->window_size - 65536, 65536, 8));
	tarn_arena_close(arena);
}
END_TEST

/* ---- limits ---------------------------------------------------------------------------------- */

static void
set_limit(const char *limit, const char *value)
{
	char file[64];
	int fd;

	snprintf(file, sizeof(file), "/proc/sys/kernel/%s", limit);
	fd = open(file, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, value, strlen(value)), (ssize_t)strlen(value));
	close(fd);
}

/* In a namespace of its own each: limits are set once. */
static void
check_limit(const char *limit, const char *value)
{
	struct tarn_arena *arena;
	uint64_t mib;
	int code = 0;

	ck_assert_int_eq(unshare(CLONE_NEWIPC), 0);
	arena = create();
	put(arena, 0, 4711);
	set_limit(limit, value);
	for (mib = 1; !code && mib < 60; mib++)
		code = tarn__arena_give(arena, place(arena, mib), 8);
	ck_assert_int_eq(code, TARN_FULL);
	ck_assert_uint_eq(get(arena, mib - 1), UINT64_MAX);
	ck_assert_uint_eq(get(arena, 0), 4711);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	set_limit(limit, "0");
	ck_assert_int_eq(try_open(TARN_CREATE), TARN_FULL);
	ck_assert_int_eq(access(path, F_OK), -1);
}

START_TEST(a_limit_that_is_reached_is_full)
{
	static const char *const limits[][2] = { { "shmmni", "5" }, { "shmmax", "65536" },
		{ "shmall", "1000" } };

	if (!passed_over("lowering limits"))
		check_limit(limits[_i][0], limits[_i][1]);
}
END_TEST

START_TEST(given_memory_is_there_before_it_is_touched)
{
	struct tarn_arena *arena;
	struct shm_info info;

	if (passed_over("counting pages"))
		return;
	arena = create();
	ck_assert_int_eq(tarn__arena_give(arena, place(arena, 3), 20 * MIB), 0);
	ck_assert_int_ge(shmctl(0, SHM_INFO, (struct shmid_ds *)&info), 0);
	ck_assert_uint_ge(
		(info.shm_rss + info.shm_swp) * 4096, arena->header->statistics.given_bytes);
	ck_assert_uint_lt(info.shm_rss * 4096, 40 * MIB);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(more_than_the_machine_has_is_refused_not_killed)
{
	struct tarn_arena *arena = open_with((struct tarn_arena_options){
		.how = TARN_CREATE,
		.max_size = tarn__os_memory_available() * 2,
	});
	uint64_t given = arena->header->statistics.given_bytes;

	ck_assert_int_eq(
		tarn__arena_give(arena, arena->fixed.data_off, arena->fixed.max_size), TARN_FULL);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_eq(arena->header->statistics.given_bytes, given);
	tarn_arena_close(arena);
}
END_TEST

/* ---- what others have put there -------------------------------------------------------------- */

START_TEST(a_segment_of_somebody_elses_is_refused_and_left_alone)
{
	int id = shmget((key_t)key, 100000, IPC_CREAT | IPC_EXCL | 0600);
	char *bytes = shmat(id, NULL, 0);

	strcpy(bytes, "precious");
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_FORMAT);
	ck_assert_int_eq(try_open(TARN_CREATE), TARN_FORMAT);
	ck_assert_int_eq(try_open(TARN_OPEN_OR_CREATE), TARN_FORMAT);
	ck_assert_int_eq(tarn_arena_remove(name), TARN_INVALID);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_str_eq(bytes, "precious");
	ck_assert_int_eq(shmget((key_t)key, 0, 0), id);
	shmctl(id, IPC_RMID, NULL);
	ck_assert_int_eq(try_open(TARN_CREATE), 0);
}
END_TEST

START_TEST(a_key_that_somebody_else_has_is_passed_over)
{
	struct tarn_arena *arena = create();
	const struct tarn_os_segments *own = &arena->file.segments;
	uint64_t index = place(arena, 9) / own->size;
	uint64_t seed = (uint64_t)key << 32 | own->first;
	int first = shmget((key_t)tarn__hash_u64(index * 4, seed), 100, IPC_CREAT | IPC_EXCL | 0);
	int second = shmget((key_t)tarn__hash_u64(index * 4 + 1, seed), 5 * MIB, IPC_CREAT | 0600);
	struct shmid_ds ds;

	ck_assert_int_ge(first, 0);
	ck_assert_int_ge(second, 0);
	put(arena, 9, 77);
	ck_assert_int_eq(shmctl(first, IPC_STAT, &ds), 0);
	ck_assert_uint_eq(ds.shm_nattch, 0);
	tarn_arena_close(arena);
	arena = open_with((struct tarn_arena_options){ 0 });
	ck_assert_uint_eq(get(arena, 9), 77);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(shmctl(first, IPC_RMID, NULL), 0);
	ck_assert_int_eq(shmctl(second, IPC_RMID, NULL), 0);
}
END_TEST

/* As if a wild store had hit the table: a segment that is not the arena's is not attached. */
START_TEST(a_table_that_lies_is_not_believed)
{
	struct tarn_arena *arena = create();
	uint64_t index = place(arena, 9) / MIB;
	int private = shmget(IPC_PRIVATE, MIB - TARN_SEGMENT_MARK, 0600);
	const uint64_t lies[] = { (uint64_t) private + 1, 1, UINT64_MAX, UINT32_MAX, 4711 };
	struct shmid_ds ds;

	put(arena, 9, 1);
	for (size_t i = 0; i < TARN_ARRAY_SIZE(lies); i++) {
		struct tarn_arena *other;

		tarn__store(&words_of(arena)->ids[index], lies[i]);
		other = open_with((struct tarn_arena_options){ 0 });
		ck_assert_uint_eq(get(other, 9), UINT64_MAX);
		tarn_arena_close(other);
		ck_assert_int_eq(shmctl(private, IPC_STAT, &ds), 0);
		ck_assert_uint_eq(ds.shm_nattch, 0);
	}
	tarn__store(&words_of(arena)->ids[index], (uint64_t) private + 1);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(shmctl(private, IPC_STAT, &ds), 0);
	ck_assert_uint_eq(ds.shm_perm.mode & SHM_DEST, 0);
	shmctl(private, IPC_RMID, NULL);
}
END_TEST

START_TEST(a_damaged_state_is_refused_and_can_be_removed)
{
	struct tarn_arena *arena = create();

	words_of(arena)->state = 4711;
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_FORMAT);
	ck_assert_int_eq(try_open(TARN_OPEN_OR_CREATE), TARN_FORMAT);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_NOT_FOUND);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(another_lock_file_is_not_the_arenas)
{
	struct tarn_arena *arena = create();

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_FORMAT);
	ck_assert_int_eq(close(open(path, O_CREAT | O_RDWR, 0600)), 0);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_FORMAT);
	ck_assert_int_eq(try_open(TARN_CREATE), TARN_EXISTS);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(try_open(TARN_CREATE), 0);
	tarn_arena_close(arena);
}
END_TEST

/* ---- what the dead have left ----------------------------------------------------------------- */

static void
leave_state(uint64_t state)
{
	struct tarn_arena *arena = create();

	put(arena, 9, 1);
	words_of(arena)->state = state;
	tarn_arena_close(arena);
}

START_TEST(what_was_not_finished_is_cleared_away)
{
	static const uint64_t states[] = { 0, TARN_SEGMENTS_REMOVED };

	if (passed_over("counting segments"))
		return;
	for (size_t i = 0; i < TARN_ARRAY_SIZE(states); i++) {
		leave_state(states[i]);
		ck_assert_int_eq(try_open(TARN_OPEN), TARN_NOT_FOUND);
		ck_assert_int_eq(try_open(TARN_CREATE), 0);
		ck_assert_int_eq(segments(), 1);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		leave_state(states[i]);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		ck_assert_int_eq(segments(), 0);
		ck_assert_int_eq(access(path, F_OK), -1);
	}
}
END_TEST

/* Its maker died before it was in the table. */
START_TEST(a_segment_that_no_table_names_goes_with_the_arena)
{
	struct tarn_arena *arena = create();

	if (passed_over("counting segments"))
		return;
	put(arena, 9, 1);
	tarn__store(&words_of(arena)->ids[place(arena, 9) / MIB], 0);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(segments(), 0);
}
END_TEST

START_TEST(a_lock_file_alone_is_no_arena_and_can_be_removed)
{
	ck_assert_int_eq(close(open(path, O_CREAT | O_RDWR, 0600)), 0);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(tarn_arena_remove(name), TARN_NOT_FOUND);
	ck_assert_int_eq(close(open(path, O_CREAT | O_RDWR, 0600)), 0);
	ck_assert_int_eq(try_open(TARN_CREATE), 0);
}
END_TEST

static int
hold_creation_byte(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = (off_t)CREATION_BYTE, .l_len = 1 };
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	return fd;
}

START_TEST(a_creator_waits_for_another_one)
{
	uint64_t begin = tarn__os_now();
	pid_t child;
	int fd = hold_creation_byte();

	child = fork();
	if (!child) {
		tarn__os_sleep(300000000);
		_exit(0);
	}
	close(fd);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_NOT_FOUND);
	ck_assert_uint_lt(tarn__os_now() - begin, 200000000);
	ck_assert_int_eq(try_open(TARN_CREATE), 0);
	ck_assert_uint_ge(tarn__os_now() - begin, 250000000);
	end_child(child);
}
END_TEST

START_TEST(a_creator_that_is_stopped_makes_others_busy)
{
	uint64_t begin = tarn__os_now();
	int fd = hold_creation_byte();

	ck_assert_int_eq(try_open(TARN_OPEN_OR_CREATE), TARN_BUSY);
	ck_assert_uint_lt(tarn__os_now() - begin, UINT64_C(20000000000));
	close(fd);
}
END_TEST

/* ---- removal --------------------------------------------------------------------------------- */

START_TEST(who_is_attached_keeps_a_removed_arena_and_may_grow_it)
{
	struct tarn_arena *arena = create(), *other, *next;

	if (passed_over("counting segments"))
		return;
	put(arena, 9, 1);
	other = open_with((struct tarn_arena_options){ 0 });
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(try_open(TARN_OPEN), TARN_NOT_FOUND);
	put(arena, 20, 2);
	ck_assert_uint_eq(get(other, 20), 2);
	ck_assert_uint_eq(get(other, 9), 1);
	next = create();
	ck_assert_uint_ne(next->fixed.arena_id, arena->fixed.arena_id);
	put(next, 20, 3);
	ck_assert_uint_eq(get(arena, 20), 2);
	tarn_arena_close(next);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	tarn_arena_close(arena);
	ck_assert_uint_eq(get(other, 20), 2);
	tarn_arena_close(other);
	ck_assert_int_eq(segments(), 0);
}
END_TEST

static void
grow_as(uid_t uid)
{
	pid_t child = fork();

	if (!child) {
		struct tarn_arena *arena;

		if (setgid(uid) || setuid(uid))
			_exit(1);
		arena = open_with((struct tarn_arena_options){ 0 });
		put(arena, 20, 2);
		ck_assert_int_eq(tarn_arena_remove(name), TARN_DENIED);
		_exit(0);
	}
	end_child(child);
}

START_TEST(what_another_user_has_made_is_the_owners)
{
	pid_t child;

	if (passed_over("two users"))
		return;
	child = fork();
	if (!child) {
		if (setgid(12345) || setuid(12345))
			_exit(1);
		tarn_arena_close(create());
		_exit(0);
	}
	end_child(child);
	grow_as(23456);
	child = fork();
	if (!child) {
		struct tarn_arena *arena;

		if (setgid(12345) || setuid(12345))
			_exit(1);
		arena = open_with((struct tarn_arena_options){ 0 });
		ck_assert_uint_eq(get(arena, 20), 2);
		tarn_arena_close(arena);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		_exit(0);
	}
	end_child(child);
	ck_assert_int_eq(segments(), 0);
}
END_TEST

START_TEST(a_reader_cannot_write)
{
	struct tarn_arena *arena = create(), *reader;
	pid_t child;
	int status;

	put(arena, 3, 1);
	reader = open_with((struct tarn_arena_options){ .readonly = true });
	ck_assert_uint_eq(get(reader, 3), 1);
	child = fork();
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile uint64_t *)tarn__at(reader, place(reader, 3), 8, 8) = 2;
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(status);
	ck_assert_uint_eq(get(arena, 3), 1);
	tarn_arena_close(reader);
	tarn_arena_close(arena);
}
END_TEST

/* ---- all of them ----------------------------------------------------------------------------- */

static void
add_tests(TCase *tests)
{
	tcase_add_test(tests, a_path_and_its_key_are_one_arena);
	tcase_add_test(tests, a_path_must_be_there);
	tcase_add_test(tests, a_lock_file_is_no_arena_of_shm);
	tcase_add_test(tests, segments_come_as_they_are_needed);
	tcase_add_test(tests, who_was_there_before_sees_what_others_grow);
	tcase_add_test(tests, each_segments_size_says_which_it_is);
	tcase_add_test(tests, a_range_over_several_segments_is_one);
	tcase_add_test(tests, of_many_who_grow_the_same_place_all_get_the_same);
	tcase_add_test(tests, threads_may_meet_the_same_new_segments_at_once);
	tcase_add_test(tests, segments_at_creation_are_made_for_data);
	tcase_add_test(tests, the_environment_says_how_many_and_how_large);
	tcase_add_test(tests, segments_are_larger_where_there_would_be_too_many);
	tcase_add_loop_test(tests, a_limit_that_is_reached_is_full, 0, 3);
	tcase_add_test(tests, given_memory_is_there_before_it_is_touched);
	tcase_add_test(tests, more_than_the_machine_has_is_refused_not_killed);
	tcase_add_test(tests, a_segment_of_somebody_elses_is_refused_and_left_alone);
	tcase_add_test(tests, a_key_that_somebody_else_has_is_passed_over);
	tcase_add_test(tests, a_table_that_lies_is_not_believed);
	tcase_add_test(tests, a_damaged_state_is_refused_and_can_be_removed);
	tcase_add_test(tests, another_lock_file_is_not_the_arenas);
	tcase_add_test(tests, what_was_not_finished_is_cleared_away);
	tcase_add_test(tests, a_segment_that_no_table_names_goes_with_the_arena);
	tcase_add_test(tests, a_lock_file_alone_is_no_arena_and_can_be_removed);
	tcase_add_test(tests, a_creator_waits_for_another_one);
	tcase_add_test(tests, a_creator_that_is_stopped_makes_others_busy);
	tcase_add_test(tests, who_is_attached_keeps_a_removed_arena_and_may_grow_it);
	tcase_add_test(tests, what_another_user_has_made_is_the_owners);
	tcase_add_test(tests, a_reader_cannot_write);
}

int
main(void)
{
	Suite *suite = suite_create("sysv");
	TCase *tests = tcase_create("sysv");
	SRunner *runner;
	int failed;

	alone = !unshare(CLONE_NEWIPC);
	choose_key();
	tcase_set_timeout(tests, 50);
	tcase_add_checked_fixture(tests, remove_leftovers, remove_leftovers);
	add_tests(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_leftovers();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
