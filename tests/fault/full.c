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
#include "os/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define MOST_TRIES 300u

static void
open_arena(const char *name, uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size };

	ok(tarn_arena_open(&arena, name, &options, NULL));
	prepare_maps();
}

/* ---- memory that others have ------------------------------------------------------------------- */

#define BLOCKS 20000u

static tarn_off blocks[BLOCKS];
static unsigned block_count;

/* The largest first, then what lies between them. */
static void
take_all(void)
{
	static const uint64_t sizes[] = { MIB, 65536, 9216, 4096, 1024, 256, 64, 16 };

	block_count = 0;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		while (block_count < BLOCKS && !tarn_alloc(arena, sizes[i], &blocks[block_count]))
			block_count++;
	}
	ck_assert_uint_lt(block_count, BLOCKS);
}

/* Those of 16 bytes first: at each step there is a little more. */
static void
give_some_back(unsigned count)
{
	for (; count && block_count; count--)
		ok(tarn_free(arena, blocks[--block_count]));
}

/* Whether it cannot do without; a key may find room in its bucket, or may not. */
static bool
needs_memory(const struct operation *operation)
{
	static const char *const names[] = { "insert a block", "insert a run", "replace a block",
					     "update", "clear", "create", "transaction" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(operation->name, names[i]))
			return true;
	}
	return false;
}

/* ---- growth that is refused -------------------------------------------------------------------- */

static uint64_t growths, growths_most = UINT64_MAX;

static void
refuse_growth(const char *call, uint64_t number)
{
	if (strcmp(call, "fallocate"))
		return;
	if (growths++ >= growths_most)
		tarn__fault_arm(number, ENOSPC);
}

static void
begin_refusing(void)
{
	growths = 0;
	tarn__fault_arm(0, 0);
	tarn__fault_callback = refuse_growth;
}

static void
end_refusing(void)
{
	tarn__fault_callback = NULL;
	tarn__fault_arm(0, 0);
}

/* Whether that many growths were too few. */
static bool
is_full_after(const struct operation *operation, uint64_t most)
{
	int code;

	open_arena("anon:", 64 * MIB);
	growths_most = 0;
	begin_refusing();
	take_all();
	end_refusing();
	growths_most = most;
	code = run_with(operation, begin_refusing, end_refusing);
	if (code) {
		gives(code, TARN_FULL);
		ck_assert_uint_gt(growths, most);
		is_as_before();
		check_whole(true);
		ok(run_with(operation, NULL, NULL));
	}
	operation->after();
	check_whole(true);
	close_all();
	return code != 0;
}

START_TEST(each_growth_that_is_refused_is_full)
{
	uint64_t most = 0;

	while (is_full_after(&operations[_i], most))
		ck_assert_uint_lt(++most, MOST_TRIES);
	ck_assert(most || !needs_memory(&operations[_i]));
}
END_TEST

/* ---- the arena's maximum ----------------------------------------------------------------------- */

START_TEST(arena_at_its_maximum_is_full_until_there_is_room)
{
	const struct operation *operation = &operations[_i];
	unsigned tries = 0;
	int code;

	open_arena("anon:", 8 * MIB);
	take_all();
	while ((code = operation->run())) {
		gives(code, TARN_FULL);
		is_as_before();
		if (tries % 16 == 0)
			check_whole(true);
		ck_assert_uint_gt(block_count, 0);
		give_some_back(1 + tries++);
	}
	ck_assert(tries || !needs_memory(operation));
	operation->after();
	give_some_back(UINT32_MAX);
	check_whole(false);
	close_all();
}
END_TEST

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
	close_all();
}

START_TEST(limit_of_a_file_is_full_until_it_is_raised)
{
	struct rlimit limit, small;
	unsigned count = 0;
	char path[64];

	snprintf(path, sizeof(path), "file:/tmp/tarn-full-%d", getpid());
	ok(getrlimit(RLIMIT_FSIZE, &limit));
	open_arena(path, 256 * MIB);
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
	open_arena(name, 256 * MIB);
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
	close_all();
	umount(mount_point);
	rmdir(mount_point);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("full");
	TCase *tests = tcase_create("full");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	tcase_add_loop_test(tests, each_growth_that_is_refused_is_full, 0, OPERATIONS);
	tcase_add_loop_test(tests, arena_at_its_maximum_is_full_until_there_is_room, 0, OPERATIONS);
	tcase_add_test(tests, limit_of_a_file_is_full_until_it_is_raised);
	tcase_add_test(tests, file_system_is_full_until_there_is_room);
	tcase_add_test(tests, arena_that_does_not_fit_is_not_created);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
