// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * full.c -- no more memory, at every allocation of every operation
 *
 * Memory can end in four ways, and each time an operation must say
 * TARN_FULL with nothing changed, all else must go on working, and once
 * there is room again the operation must, too.
 *
 *	file system   a small tmpfs, mounted for this test alone; where that is
 *			not allowed it is passed over, and said so
 *	limit	      RLIMIT_FSIZE
 *	each growth   what is given is used up, then the file system gives so
 *			many times, and no more
 *	arena	      its maximum is reached: the last blocks are taken by
 *			tarn_alloc(), and given back one by one until it works
 */
#include "fault/hashmap_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a file's limit ---------------------------------------------------------------------------- */

static void
fill_text(unsigned *count)
{
	char key[24];
	int code;

	do
		code = tarn_hashmap_put(text, key, (size_t)sprintf(key, "more %u", *count), big,
					20000);
	while (!code && ++*count < 1000000);
	gives(code, TARN_FULL);
}

/* Full; everything there, and what needs nothing new works. */
static void
check_full(unsigned count)
{
	char key[24];

	size_is(text, BASE_TEXTS + count);
	for (unsigned i = 0; i < count; i++)
		ok(tarn_hashmap_contains(text, key, (size_t)sprintf(key, "more %u", i)));
	for (uint64_t i = 0; i < BASE_KEYS; i++)
		has(map, i, i);
	gives(tarn_hashmap_put(text, "big", 3, big, BIG), TARN_FULL);
	gives(run_transaction(), TARN_FULL);
	size_is(map, BASE_KEYS);
	ok(replace_word());
	word_is_replaced();
	ok(put_word(5, 5));
	check_whole(false);
	ok(tarn_hashmap_erase(text, "more 0", 6));
	ok(tarn_hashmap_put(text, "more 0", 6, big, 20000));
}

static void
go_on(unsigned count)
{
	ok(insert_big());
	ok(run_transaction());
	transaction_is_done();
	size_is(text, BASE_TEXTS + count + 1);
	check_whole(false);
	close_world(&maps);
}

START_TEST(limit_of_a_file_is_full_until_it_is_raised)
{
	struct rlimit limit, small;
	unsigned count = 0;
	char path[64];

	snprintf(path, sizeof(path), "file:/tmp/tarn-full-%d", getpid());
	ok(getrlimit(RLIMIT_FSIZE, &limit));
	open_world(&maps, path, 256 * MIB);
	small = (struct rlimit){ 24 * MIB, limit.rlim_max };
	ok(setrlimit(RLIMIT_FSIZE, &small));
	fill_text(&count);
	check_full(count);
	ok(setrlimit(RLIMIT_FSIZE, &limit));
	ok(tarn_arena_remove(path));
	go_on(count);
}
END_TEST

/* ---- a file system ----------------------------------------------------------------------------- */

static char mount_point[64];

/* For this process alone; false: not allowed here. */
static bool
mount_small(void)
{
	snprintf(mount_point, sizeof(mount_point), "/tmp/tarn-full-%d.d", getpid());
	if (mkdir(mount_point, 0700))
		return false;
	if (!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    !mount("tmpfs", mount_point, "tmpfs", 0, "size=48m"))
		return true;
	printf("passed over: a tmpfs cannot be mounted here (%s)\n", strerror(errno));
	rmdir(mount_point);
	return false;
}

static int
make_ballast(uint64_t size)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/ballast", mount_point);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ok(posix_fallocate(fd, 0, (off_t)size));
	unlink(path);
	return fd;
}

START_TEST(file_system_is_full_until_there_is_room)
{
	unsigned count = 0;
	char name[128];
	int ballast;

	if (!mount_small())
		return;
	snprintf(name, sizeof(name), "file:%s/arena", mount_point);
	open_world(&maps, name, 256 * MIB);
	ballast = make_ballast(16 * MIB);
	fill_text(&count);
	ck_assert_uint_gt(count, 100);
	check_full(count);
	close(ballast);
	go_on(count);
	umount(mount_point);
	rmdir(mount_point);
}
END_TEST

/* Nothing fits: no arena, no name, and no signal. */
START_TEST(arena_that_does_not_fit_is_not_created)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	char name[128];
	int ballast;

	if (!mount_small())
		return;
	snprintf(name, sizeof(name), "file:%s/arena", mount_point);
	ballast = make_ballast(48 * MIB - 4096);
	gives(tarn_arena_open(&arena, name, &options, NULL), TARN_FULL);
	ck_assert_int_eq(access(name + 5, F_OK), -1);
	close(ballast);
	ok(tarn_arena_open(&arena, name, &options, NULL));
	prepare_maps();
	is_as_before();
	close_world(&maps);
	umount(mount_point);
	rmdir(mount_point);
}
END_TEST

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_MEMORY, &maps, operations, OPERATIONS);
	tcase_add_test(tests, limit_of_a_file_is_full_until_it_is_raised);
	tcase_add_test(tests, file_system_is_full_until_there_is_room);
	tcase_add_test(tests, arena_that_does_not_fit_is_not_created);
}

int
main(void)
{
	return run_faults("full", add);
}
