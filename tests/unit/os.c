// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * os.c -- tests of src/os: names, files, maps, byte locks, life and death
 *
 * Every claim about what the kernel does at a death is tested with a real
 * one: the floors above rest on these claims.
 */
#include "os/os.h"

#include "base/atomic.h"
#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define FAR (UINT64_C(1) << 62) /* a byte number */

/* ---- help ---------------------------------------------------------------------------------- */

static struct tarn_os_file
memory_file(uint64_t size)
{
	struct tarn_os_name name;
	struct tarn_os_file file;

	ck_assert_int_eq(tarn__os_name_parse("memfd:", &name), 0);
	ck_assert_int_eq(name.backend->create(&name, 0600, &file), 0);
	if (size)
		ck_assert_int_eq(name.backend->give(&file, 0, size), 0);
	return file;
}

static int
reopen(const struct tarn_os_file *file)
{
	int fd;

	ck_assert_int_eq(tarn__os_reopen(file, false, &fd), 0);
	return fd;
}

static bool
held(int fd, uint64_t byte)
{
	bool is_held;

	ck_assert_int_eq(tarn__os_byte_held(fd, byte, &is_held), 0);
	return is_held;
}

/* Memory that children share, with what two processes need to take turns. */
struct shared {
	uint32_t step;
	uint32_t spare[15];
	uint64_t lives[64][8]; /* a futex and the room after it, 64 bytes each */
	pthread_mutex_t mutexes[4];
};

static struct shared *
make_shared(void)
{
	void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

static uint32_t *
life(struct shared *shared, unsigned i)
{
	return (uint32_t *)shared->lives[i];
}

static void
say(struct shared *shared, uint32_t step)
{
	__atomic_store_n(&shared->step, step, __ATOMIC_SEQ_CST);
	tarn__os_futex_wake(&shared->step, INT32_MAX);
}

static void
await(struct shared *shared, uint32_t step)
{
	uint32_t seen;

	while ((seen = tarn__load32_acquire(&shared->step)) < step)
		tarn__os_futex_wait(&shared->step, seen, 100 * 1000 * 1000);
}

static bool
becomes_dead(const uint32_t *word)
{
	for (int i = 0; i < 10000; i++) {
		if (tarn__load32_acquire(word) & TARN_LIFE_DIED)
			return true;
		tarn__os_sleep(1000 * 1000);
	}
	return false;
}

static bool
becomes_free(int fd, uint64_t byte)
{
	for (int i = 0; i < 10000; i++) {
		if (!held(fd, byte))
			return true;
		tarn__os_sleep(1000 * 1000);
	}
	return false;
}

static void
end_child(pid_t child, int expected_status)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, expected_status);
}

static void
kill_child(pid_t child)
{
	kill(child, SIGKILL);
	end_child(child, SIGKILL);
}

/* ---- names --------------------------------------------------------------------------------- */

START_TEST(good_names_have_one_canonical_form)
{
	static const struct {
		const char *text, *canonical, *path;
	} names[] = {
		{ "orders", "shm:orders", "/dev/shm/tarn.orders" },
		{ "shm:orders", "shm:orders", "/dev/shm/tarn.orders" },
		{ "A-z_0.9", "shm:A-z_0.9", "/dev/shm/tarn.A-z_0.9" },
		{ "-", "shm:-", "/dev/shm/tarn.-" },
		{ "file:/tmp/x y:z", "file:/tmp/x y:z", "/tmp/x y:z" },
		{ "file:/x", "file:/x", "/x" },
		{ "sysv:key=0x2A", "sysv:key=0x0000002a", "/dev/shm/tarn.key-0x0000002a" },
		{ "sysv:key=42", "sysv:key=0x0000002a", "/dev/shm/tarn.key-0x0000002a" },
		{ "sysv:key=010", "sysv:key=0x0000000a", "/dev/shm/tarn.key-0x0000000a" },
		{ "sysv:key=4294967295", "sysv:key=0xffffffff", "/dev/shm/tarn.key-0xffffffff" },
		{ "key-ring", "shm:key-ring", "/dev/shm/tarn.key-ring" },
		{ "memfd:", "memfd:", "" },
		{ "anon:", "anon:", "" },
		{ "fd:17", "fd:17", "" },
		{ "fd:2147483647", "fd:2147483647", "" },
	};

	for (size_t i = 0; i < TARN_ARRAY_SIZE(names); i++) {
		struct tarn_os_name name;

		ck_assert_int_eq(tarn__os_name_parse(names[i].text, &name), 0);
		ck_assert_str_eq(name.text, names[i].canonical);
		ck_assert_str_eq(name.path, names[i].path);
	}
}
END_TEST

START_TEST(bad_names_are_refused)
{
	static const char *const names[] = { "", ":", "shm:", ".hidden", "a/b", "shm:a:b", "a b",
		"ä", "file:", "file:/", "file:x/", "memfd:x", "anon:x", "fd:", "fd:-1", "fd:1x",
		"fd:x", "fd: 1", "fd:2147483648", "fd:99999999999999999999", "sysv:1", "SHM:x",
		"sysv:", "sysv:key=", "sysv:key=0", "sysv:key=0x", "sysv:key=4294967296",
		"sysv:key=-1", "sysv:key=1 ", "sysv:key=0x100000000", "sysv:#1", "sysv:/x#",
		"sysv:/#0", "sysv:/#256", "sysv:/#1x", "sysv:/#0x1", "key-0x0000002a", "tcp:x" };
	struct tarn_os_name name;
	char long_name[300];

	for (size_t i = 0; i < TARN_ARRAY_SIZE(names); i++)
		ck_assert_int_eq(tarn__os_name_parse(names[i], &name), TARN_INVALID);
	memset(long_name, 'x', sizeof(long_name));
	long_name[201] = '\0';
	ck_assert_int_eq(tarn__os_name_parse(long_name, &name), TARN_INVALID);
	long_name[200] = '\0';
	ck_assert_int_eq(tarn__os_name_parse(long_name, &name), 0);
}
END_TEST

START_TEST(a_path_is_made_absolute_and_has_a_limit)
{
	struct tarn_os_name name;
	char here[512], expected[1024], text[2000] = "file:";

	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	snprintf(expected, sizeof(expected), "%s/sub/name", here);
	ck_assert_int_eq(tarn__os_name_parse("file:sub/name", &name), 0);
	ck_assert_str_eq(name.path, expected);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(tarn__os_name_parse("file:name", &name), 0);
	ck_assert_str_eq(name.path, "/name");
	for (size_t length = 1; length < 1000; length++) {
		int code;

		memset(text + 5, 'x', length);
		text[5] = '/';
		code = tarn__os_name_parse(text, &name);
		ck_assert(code == 0 ? strcmp(name.text, text) == 0 : code == TARN_INVALID);
		ck_assert(code == TARN_INVALID || length < 512 - 5);
		ck_assert(code == 0 || length == 1 || length > 500);
	}
}
END_TEST

/* ---- files --------------------------------------------------------------------------------- */

START_TEST(a_descriptor_is_closed_on_exec_and_out_of_the_low_numbers)
{
	struct tarn_os_file file = memory_file(0);

	ck_assert_int_ge(file.fd, 64);
	ck_assert_int_eq(fcntl(file.fd, F_GETFD), FD_CLOEXEC);
	tarn__os_close(&file);
	ck_assert_int_eq(file.fd, -1);
}
END_TEST

START_TEST(where_descriptors_are_few_a_low_one_will_do)
{
	struct rlimit few = { 32, 32 };
	struct tarn_os_file file;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	file = memory_file(0);
	ck_assert_int_lt(file.fd, 32);
	ck_assert_int_eq(fcntl(file.fd, F_GETFD), FD_CLOEXEC);
}
END_TEST

START_TEST(a_memfd_cannot_shrink_once_it_is_published)
{
	struct tarn_os_file file = memory_file(MIB);

	ck_assert_int_eq(file.backend->publish(NULL, &file), 0);
	ck_assert_int_eq(ftruncate(file.fd, 4096), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(file.backend->give(&file, MIB, MIB), 0);
}
END_TEST

START_TEST(reading_beyond_the_end_is_a_format_error)
{
	struct tarn_os_file file = memory_file(4096);
	char buffer[4096];

	ck_assert_int_eq(tarn__os_read(&file, 0, buffer, 4096), 0);
	ck_assert_int_eq(tarn__os_read(&file, 1, buffer, 4096), TARN_FORMAT);
	ck_assert_int_eq(tarn__os_read(&file, 9999, buffer, 1), TARN_FORMAT);
}
END_TEST

START_TEST(more_than_the_machine_has_is_refused_not_killed)
{
	struct tarn_os_file file = memory_file(0);
	uint64_t available = tarn__os_memory_available();
	uint64_t size;

	ck_assert_uint_gt(available, MIB);
	ck_assert_int_eq(file.backend->give(&file, 0, available + 4 * GIB), TARN_FULL);
	ck_assert_int_eq(tarn__os_size(&file, &size), 0);
	ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(the_limit_of_file_sizes_is_an_error_and_no_signal)
{
	struct tarn_os_file file = memory_file(0);
	struct rlimit limit = { MIB, MIB };

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(file.backend->give(&file, 0, MIB), 0);
	ck_assert_int_eq(file.backend->give(&file, MIB, 4096), TARN_FULL);
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_int_eq(file.backend->give(&file, INT64_MAX, 4096), TARN_FULL);
	ck_assert_int_eq(file.backend->give(&file, UINT64_MAX, 4096), TARN_FULL);
}
END_TEST

START_TEST(only_the_name_of_the_same_file_is_removed)
{
	struct tarn_os_name name;
	struct tarn_os_file first, second;
	char text[64];

	snprintf(text, sizeof(text), "unit-os-%d", getpid());
	ck_assert_int_eq(tarn__os_name_parse(text, &name), 0);
	ck_assert_int_eq(name.backend->create(&name, 0600, &first), 0);
	ck_assert_int_eq(name.backend->create(&name, 0600, &second), 0);
	ck_assert_int_eq(tarn__os_unlink_if_same(&name, &first), TARN_NOT_FOUND);
	ck_assert_int_eq(name.backend->publish(&name, &first), 0);
	ck_assert_int_eq(name.backend->publish(&name, &second), TARN_EXISTS);
	ck_assert_int_eq(tarn__os_unlink_if_same(&name, &second), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn__os_unlink_if_same(&name, &first), 0);
	ck_assert_int_eq(name.backend->unlink(&name), TARN_NOT_FOUND);
}
END_TEST

/* ---- the window ---------------------------------------------------------------------------- */

START_TEST(quiet_addresses_keep_away_from_everybody_elses)
{
	static const struct {
		uint64_t start, end;
		const char *whose;
	} taken[] = {
		{ 0x000000000000, 0x100100000000, "AddressSanitizer's shadow" },
		{ 0x500000000000, 0x540000000000, "AddressSanitizer's newer heap" },
		{ 0x555555554000, 0x565555555000, "programs" },
		{ 0x600000000000, 0x640000000000, "AddressSanitizer's heap" },
		{ 0x7f0000000000, 0x800000000000, "mmap and the stack" },
	};
	static const uint64_t sizes[] = { 64 * MIB, 64 * GIB, 340 * GIB, 1024 * GIB };

	for (uint64_t seed = 0; seed < 400; seed++) {
		uint64_t size = sizes[seed % TARN_ARRAY_SIZE(sizes)];

		for (unsigned attempt = 0;; attempt++) {
			uintptr_t p = (uintptr_t)tarn__os_quiet_address(size, attempt, seed);

			ck_assert_uint_le(attempt, 12);
			if (!p)
				break;
			ck_assert_uint_eq(p % GIB, 0);
			for (size_t i = 0; i < TARN_ARRAY_SIZE(taken); i++)
				ck_assert(p + size <= taken[i].start || p >= taken[i].end);
		}
	}
}
END_TEST

START_TEST(the_quiet_address_can_be_had_here)
{
	struct tarn_os_file file = memory_file(MIB);
	void *quiet = tarn__os_quiet_address(64 * GIB, 0, 42), *window;

	ck_assert_int_eq(tarn__os_map(&file, quiet, true, 64 * GIB, false, &window), 0);
	ck_assert_ptr_eq(window, quiet);
	tarn__os_unmap(window, 64 * GIB);
}
END_TEST

START_TEST(a_taken_address_is_refused_or_another_is_found)
{
	struct tarn_os_file file = memory_file(MIB);
	void *quiet = tarn__os_quiet_address(GIB, 0, 43), *first, *second;

	ck_assert_int_eq(tarn__os_map(&file, quiet, true, GIB, false, &first), 0);
	ck_assert_int_eq(tarn__os_map(&file, quiet, true, GIB, false, &second), TARN_INVALID);
	ck_assert_int_eq(tarn__os_map(&file, quiet, false, GIB, false, &second), 0);
	ck_assert_ptr_ne(first, second);
	ck_assert_uint_eq((uintptr_t)second % 65536, 0);
	*(volatile char *)first = 'x';
	ck_assert_int_eq(*(volatile char *)second, 'x');
}
END_TEST

static uint64_t
mapped_pages(void)
{
	unsigned long long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(statm);
	ck_assert_int_eq(fscanf(statm, "%llu", &pages), 1);
	fclose(statm);
	return pages;
}

START_TEST(anywhere_is_aligned_and_takes_no_more_than_it_must)
{
	struct tarn_os_file file = memory_file(MIB);
	uint64_t pages = (mapped_pages(), mapped_pages());

	for (uint64_t i = 1; i <= 20; i++) {
		void *window;

		/* move the next mapping by a page */
		ck_assert_ptr_ne(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			MAP_FAILED);
		ck_assert_int_eq(tarn__os_map(&file, NULL, false, GIB, true, &window), 0);
		ck_assert_uint_eq((uintptr_t)window % 65536, 0);
		ck_assert_uint_eq(mapped_pages(), pages + i + GIB / 4096);
		tarn__os_unmap(window, GIB);
		ck_assert_uint_eq(mapped_pages(), pages + i);
	}
}
END_TEST

START_TEST(an_unaligned_address_is_refused)
{
	struct tarn_os_file file = memory_file(MIB);
	void *window;

	ck_assert_int_eq(
		tarn__os_map(&file, (void *)UINT64_C(0x200000001000), true, GIB, false, &window),
		TARN_INVALID);
}
END_TEST

/* ---- byte locks ---------------------------------------------------------------------------- */

START_TEST(a_byte_excludes_other_descriptions_only)
{
	struct tarn_os_file file = memory_file(4096);
	int a = reopen(&file), b = reopen(&file);

	ck_assert_int_eq(tarn__os_byte_lock(a, FAR, false), 0);
	ck_assert(!held(a, FAR));
	ck_assert(held(b, FAR));
	ck_assert(!held(b, FAR + 1));
	ck_assert_int_eq(tarn__os_byte_lock(b, FAR, false), TARN_BUSY);
	ck_assert_int_eq(tarn__os_byte_lock(b, FAR, true), TARN_BUSY);
	ck_assert_int_eq(tarn__os_byte_lock(b, FAR + 1, false), 0);
	ck_assert_int_eq(tarn__os_byte_unlock(a, FAR), 0);
	ck_assert_int_eq(tarn__os_byte_lock(b, FAR, false), 0);
}
END_TEST

START_TEST(readers_share_a_byte)
{
	struct tarn_os_file file = memory_file(4096);
	int a = reopen(&file), b = reopen(&file), c;

	ck_assert_int_eq(tarn__os_reopen(&file, true, &c), 0);
	ck_assert_int_eq(tarn__os_byte_lock(a, FAR, true), 0);
	ck_assert_int_eq(tarn__os_byte_lock(c, FAR, true), 0);
	ck_assert(held(b, FAR));
	ck_assert_int_eq(tarn__os_byte_lock(b, FAR, false), TARN_BUSY);
}
END_TEST

START_TEST(another_description_closed_changes_nothing)
{
	struct tarn_os_file file = memory_file(4096);
	int a = reopen(&file), b = reopen(&file);

	ck_assert_int_eq(tarn__os_byte_lock(a, FAR, false), 0);
	close(reopen(&file));
	ck_assert(held(b, FAR));
}
END_TEST

START_TEST(held_bytes_are_found_in_order)
{
	static const unsigned bytes[] = { 900, 3, 77, 500, 4, 999 };
	static const unsigned sorted[] = { 3, 4, 77, 500, 900, 999 };
	struct tarn_os_file file = memory_file(4096);
	int prober = reopen(&file);
	uint64_t byte = FAR;

	for (size_t i = 0; i < TARN_ARRAY_SIZE(bytes); i++)
		ck_assert_int_eq(tarn__os_byte_lock(reopen(&file), FAR + bytes[i], i % 2), 0);
	for (size_t i = 0; i < TARN_ARRAY_SIZE(sorted); i++, byte++) {
		ck_assert_int_eq(tarn__os_byte_next_held(prober, &byte, FAR + 1000), 0);
		ck_assert_uint_eq(byte, FAR + sorted[i]);
	}
	ck_assert_int_eq(tarn__os_byte_next_held(prober, &byte, FAR + 1000), TARN_NOT_FOUND);
	byte = FAR;
	ck_assert_int_eq(tarn__os_byte_next_held(prober, &byte, FAR + 3), TARN_NOT_FOUND);
	ck_assert_uint_eq(byte, FAR);
}
END_TEST

START_TEST(a_number_used_for_another_file_is_noticed)
{
	struct tarn_os_file file = memory_file(4096), other = memory_file(4096);
	int fd;

	ck_assert_int_eq(dup2(other.fd, file.fd), file.fd);
	ck_assert_int_eq(tarn__os_reopen(&file, false, &fd), TARN_SYSTEM);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* A child that holds FAR by a pin, closes all its descriptors, and does what it is told. */
static pid_t
start_holder(struct shared *shared, const struct tarn_os_file *file, void (*then)(struct shared *))
{
	pid_t child = fork();

	if (child == 0) {
		int fd = reopen(file);
		void *pin;

		if (tarn__os_byte_lock(fd, FAR, false) || tarn__os_pin(fd, &pin))
			_exit(1);
		for (int i = 3; i < 200; i++)
			close(i);
		say(shared, 1);
		then(shared);
		_exit(0);
	}
	await(shared, 1);
	return child;
}

static void
wait_for_ever(struct shared *shared)
{
	(void)shared;
	for (;;)
		pause();
}

static void
leave_a_child_behind(struct shared *shared)
{
	if (fork() == 0) {
		await(shared, 2);
		_exit(0);
	}
	wait_for_ever(shared);
}

static void
exec_sleep(struct shared *shared)
{
	await(shared, 2);
	execl("/bin/sleep", "sleep", "100", NULL);
}

START_TEST(a_pinned_byte_outlives_all_descriptors_and_ends_with_the_process)
{
	struct tarn_os_file file = memory_file(4096);
	int prober = reopen(&file);
	pid_t child = start_holder(make_shared(), &file, wait_for_ever);

	ck_assert(held(prober, FAR));
	kill(child, SIGSTOP);
	ck_assert(held(prober, FAR));
	kill_child(child);
	ck_assert(becomes_free(prober, FAR));
}
END_TEST

START_TEST(a_pinned_byte_does_not_live_on_in_a_forked_child)
{
	struct tarn_os_file file = memory_file(4096);
	struct shared *shared = make_shared();
	int prober = reopen(&file);
	pid_t child = start_holder(shared, &file, leave_a_child_behind);

	kill_child(child);
	ck_assert(becomes_free(prober, FAR));
	say(shared, 2);
}
END_TEST

START_TEST(a_pinned_byte_ends_with_exec)
{
	struct tarn_os_file file = memory_file(4096);
	struct shared *shared = make_shared();
	int prober = reopen(&file);
	pid_t child = start_holder(shared, &file, exec_sleep);

	ck_assert(held(prober, FAR));
	say(shared, 2);
	ck_assert(becomes_free(prober, FAR));
	kill_child(child);
}
END_TEST

START_TEST(a_pin_can_be_taken_back_and_may_be_of_a_reader)
{
	struct tarn_os_file file = memory_file(4096);
	int prober = reopen(&file), fd;
	void *pin;

	ck_assert_int_eq(tarn__os_reopen(&file, true, &fd), 0);
	ck_assert_int_eq(tarn__os_byte_lock(fd, FAR, true), 0);
	ck_assert_int_eq(tarn__os_pin(fd, &pin), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert(held(prober, FAR));
	tarn__os_unpin(pin);
	ck_assert(!held(prober, FAR));
}
END_TEST

/* ---- life and death ------------------------------------------------------------------------ */

static void *
link_and_return(void *word)
{
	ck_assert_int_eq(tarn__os_life_link(word), 0);
	return NULL;
}

static void *
link_and_exit(void *word)
{
	ck_assert_int_eq(tarn__os_life_link(word), 0);
	pthread_exit(NULL);
}

static void *
link_and_leave_without_libc(void *word)
{
	ck_assert_int_eq(tarn__os_life_link(word), 0);
	syscall(SYS_exit, 0);
	return NULL;
}

static void *
link_and_wait(void *word)
{
	ck_assert_int_eq(tarn__os_life_link(word), 0);
	for (;;)
		pause();
}

static void *
link_and_unlink(void *word)
{
	ck_assert_int_eq(tarn__os_life_link(word), 0);
	ck_assert_uint_eq(tarn__load32(word), tarn__os_thread_id());
	tarn__os_life_unlink(word);
	return NULL;
}

/* One thread after the other with this body; each marked, and not while it waits. */
static void
check_end(struct shared *shared, unsigned i, void *(*body)(void *))
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, life(shared, i)), 0);
	while (tarn__load32(life(shared, i)) == 0)
		tarn__os_sleep(100000);
	if (body == link_and_wait) {
		tarn__os_sleep(1000000);
		ck_assert_uint_eq(tarn__load32(life(shared, i)) & TARN_LIFE_DIED, 0);
		pthread_cancel(thread);
	}
	ck_assert(becomes_dead(life(shared, i)));
	pthread_join(thread, NULL);
}

START_TEST(the_end_of_a_thread_is_marked_however_it_ends)
{
	struct shared *shared = make_shared();

	check_end(shared, 0, link_and_return);
	check_end(shared, 1, link_and_exit);
	check_end(shared, 2, link_and_wait);
	if (!SANITIZED) /* it would take the end for a leak */
		check_end(shared, 3, link_and_leave_without_libc);
}
END_TEST

START_TEST(who_unlinks_leaves_zero_and_no_mark)
{
	struct shared *shared = make_shared();
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, link_and_unlink, life(shared, 0)), 0);
	pthread_join(thread, NULL);
	tarn__os_sleep(10 * 1000 * 1000);
	ck_assert_uint_eq(tarn__load32(life(shared, 0)), 0);
}
END_TEST

START_TEST(a_killed_process_is_marked_in_all_its_words)
{
	struct shared *shared = make_shared();
	pid_t child = fork();

	if (child == 0) {
		for (unsigned i = 0; i < 64; i++)
			ck_assert_int_eq(tarn__os_life_link(life(shared, i)), 0);
		tarn__os_life_unlink(life(shared, 63));
		tarn__os_life_unlink(life(shared, 0));
		tarn__os_life_unlink(life(shared, 30));
		say(shared, 1);
		wait_for_ever(shared);
	}
	await(shared, 1);
	kill_child(child);
	for (unsigned i = 0; i < 64; i++) {
		bool unlinked = i == 0 || i == 30 || i == 63;

		ck_assert_uint_eq(tarn__load32(life(shared, i)), unlinked ? 0 : TARN_LIFE_DIED);
	}
}
END_TEST

START_TEST(a_list_laid_out_as_musl_does_it_works_too)
{
	struct shared *shared = make_shared();
	pid_t child = fork();

	if (child == 0) {
		struct robust_list_head head = { .futex_offset = -28 };

		head.list.next = &head.list;
		if (syscall(SYS_set_robust_list, &head, sizeof(head)))
			_exit(1);
		for (unsigned i = 0; i < 5; i++) {
			if (tarn__os_life_link(life(shared, i)))
				_exit(2);
		}
		tarn__os_life_unlink(life(shared, 2));
		tarn__os_life_unlink(life(shared, 4));
		tarn__os_life_unlink(life(shared, 0));
		kill(getpid(), SIGKILL);
	}
	end_child(child, SIGKILL);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_uint_eq(tarn__load32(life(shared, i)), i % 2 ? TARN_LIFE_DIED : 0);
		ck_assert_mem_eq((char *)life(shared, i) + 4, (char[16]){ 0 }, 16);
		ck_assert_mem_eq((char *)life(shared, i) + 40, (char[24]){ 0 }, 24);
	}
}
END_TEST

START_TEST(a_list_laid_out_otherwise_is_refused)
{
	struct shared *shared = make_shared();
	pid_t child = fork();

	if (child == 0) {
		struct robust_list_head head = { .futex_offset = -64 };

		head.list.next = &head.list;
		if (syscall(SYS_set_robust_list, &head, sizeof(head)))
			_exit(1);
		_exit(tarn__os_life_link(life(shared, 0)) == TARN_SYSTEM && errno == ENOTSUP ? 0 :
											       2);
	}
	end_child(child, 0);
}
END_TEST

START_TEST(exec_is_a_death)
{
	struct shared *shared = make_shared();
	pid_t child = fork();

	if (child == 0) {
		ck_assert_int_eq(tarn__os_life_link(life(shared, 0)), 0);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	end_child(child, 0);
	ck_assert_uint_eq(tarn__load32(life(shared, 0)), TARN_LIFE_DIED);
}
END_TEST

START_TEST(the_end_of_a_forked_child_marks_nothing_of_its_parents)
{
	struct shared *shared = make_shared();
	pid_t child;

	ck_assert_int_eq(tarn__os_life_link(life(shared, 0)), 0);
	child = fork();
	if (child == 0) {
		ck_assert_int_eq(tarn__os_life_link(life(shared, 1)), 0);
		_exit(0);
	}
	end_child(child, 0);
	ck_assert_uint_eq(tarn__load32(life(shared, 0)), tarn__os_thread_id());
	ck_assert_uint_eq(tarn__load32(life(shared, 1)), TARN_LIFE_DIED);
	tarn__os_life_unlink(life(shared, 0));
}
END_TEST

static void
make_mutexes(struct shared *shared)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(shared->mutexes); i++) {
		if (i == 3)
			pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
		pthread_mutex_init(&shared->mutexes[i], &attributes);
	}
}

/* Link and unlink words and mutexes in an order that a number tells; hold what is held at the end.
 */
static void
churn(struct shared *shared, unsigned seed, bool *holds)
{
	for (unsigned step = 0; step < 200; step++) {
		unsigned i = (seed = seed * 1103515245 + 12345) >> 16 & 7;

		if (i < 4 && holds[i])
			pthread_mutex_unlock(&shared->mutexes[i]);
		else if (i < 4)
			ck_assert_int_eq(pthread_mutex_trylock(&shared->mutexes[i]), 0);
		else if (holds[i])
			tarn__os_life_unlink(life(shared, i));
		else
			ck_assert_int_eq(tarn__os_life_link(life(shared, i)), 0);
		holds[i] = !holds[i];
	}
}

START_TEST(robust_mutexes_beside_it_work_as_ever)
{
	struct shared *shared = make_shared();

	for (unsigned seed = 0; seed < 100; seed++) {
		bool *holds = (bool *)shared->spare;
		pid_t child;

		memset(shared, 0, sizeof(*shared));
		make_mutexes(shared);
		child = fork();
		if (child == 0) {
			churn(shared, seed, holds);
			kill(getpid(), SIGKILL);
		}
		end_child(child, SIGKILL);
		for (unsigned i = 0; i < 4; i++) {
			ck_assert_int_eq(pthread_mutex_trylock(&shared->mutexes[i]),
				holds[i] ? EOWNERDEAD : 0);
			if (holds[i])
				pthread_mutex_consistent(&shared->mutexes[i]);
			ck_assert_int_eq(pthread_mutex_unlock(&shared->mutexes[i]), 0);
		}
		for (unsigned i = 4; i < 8; i++) {
			ck_assert_uint_eq(
				tarn__load32(life(shared, i)), holds[i] ? TARN_LIFE_DIED : 0);
		}
	}
}
END_TEST

START_TEST(a_death_wakes_nobody_but_is_seen_in_time)
{
	struct shared *shared = make_shared();
	pid_t child = fork();
	uint64_t start;

	if (child == 0) {
		ck_assert_int_eq(tarn__os_life_link(life(shared, 0)), 0);
		say(shared, 1);
		wait_for_ever(shared);
	}
	await(shared, 1);
	start = tarn__os_now();
	tarn__os_futex_wait(life(shared, 0), tarn__load32(life(shared, 0)), 5 * 1000 * 1000);
	ck_assert_uint_ge(tarn__os_now() - start, 4 * 1000 * 1000);
	kill(child, SIGKILL);
	ck_assert(becomes_dead(life(shared, 0)));
	end_child(child, SIGKILL);
}
END_TEST

START_TEST(the_fork_guard_is_one_here_and_zero_in_a_child)
{
	uint64_t *guard;
	pid_t child;

	ck_assert_int_eq(tarn__os_fork_guard(&guard), 0);
	ck_assert_uint_eq(tarn__load(guard), 1);
	child = fork();
	if (child == 0)
		_exit(tarn__load(guard) == 0 ? 0 : 1);
	end_child(child, 0);
	child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (child == 0)
		syscall(SYS_exit_group, tarn__load(guard) == 0 ? 0 : 1);
	end_child(child, 0);
	ck_assert_uint_eq(tarn__load(guard), 1);
	tarn__os_fork_guard_free(guard);
}
END_TEST

static volatile sig_atomic_t signals_seen;

static void
count_signal(int number)
{
	(void)number;
	signals_seen++;
}

START_TEST(calm_holds_signals_back_and_faults_never)
{
	struct tarn_os_calm outer, inner;
	sigset_t blocked;
	int state;

	signal(SIGUSR1, count_signal);
	tarn__os_calm_begin(&outer);
	tarn__os_calm_begin(&inner);
	raise(SIGUSR1);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	ck_assert(sigismember(&blocked, SIGTERM) && !sigismember(&blocked, SIGSEGV));
	ck_assert(!sigismember(&blocked, SIGBUS) && !sigismember(&blocked, SIGFPE));
	errno = ENOSPC;
	tarn__os_calm_end(&inner);
	ck_assert_int_eq(signals_seen, 0);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	ck_assert_int_eq(state, PTHREAD_CANCEL_DISABLE);
	tarn__os_calm_end(&outer);
	ck_assert_int_eq(signals_seen, 1);
	ck_assert_int_eq(errno, ENOSPC);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	ck_assert_int_eq(state, PTHREAD_CANCEL_ENABLE);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	ck_assert(!sigismember(&blocked, SIGTERM));
}
END_TEST

START_TEST(calm_leaves_what_the_caller_had_blocked)
{
	struct tarn_os_calm calm;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMAX);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	tarn__os_calm_begin(&calm);
	tarn__os_calm_end(&calm);
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	ck_assert(sigismember(&set, SIGUSR2) && sigismember(&set, SIGRTMAX));
	ck_assert(!sigismember(&set, SIGUSR1));
}
END_TEST

/* ---- waiting, time, chance ----------------------------------------------------------------- */

START_TEST(a_futex_wakes_another_process)
{
	struct shared *shared = make_shared();
	pid_t child = fork();

	if (child == 0) {
		while (tarn__load32_acquire(&shared->step) == 0)
			tarn__os_futex_wait(&shared->step, 0, UINT64_MAX);
		_exit(0);
	}
	tarn__os_sleep(5 * 1000 * 1000);
	say(shared, 1);
	end_child(child, 0);
}
END_TEST

START_TEST(clocks_go_on_and_chance_differs)
{
	uint64_t now = tarn__os_now();
	uint8_t first[16] = { 0 }, second[16] = { 1 }, zero[16] = { 0 };

	tarn__os_sleep(2 * 1000 * 1000);
	ck_assert_uint_ge(tarn__os_now() - now, 2 * 1000 * 1000);
	ck_assert_uint_gt(tarn__os_wall_time(), UINT64_C(1700000000000000000));
	ck_assert_uint_ne(tarn__os_random(), tarn__os_random());
	ck_assert_int_eq(tarn__os_boot_id(first), 0);
	ck_assert_int_eq(tarn__os_boot_id(second), 0);
	ck_assert_mem_eq(first, second, 16);
	ck_assert_mem_ne(first, zero, 16);
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *suite = suite_create("os");
	TCase *tests = tcase_create("os");

	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, good_names_have_one_canonical_form);
	tcase_add_test(tests, bad_names_are_refused);
	tcase_add_test(tests, a_path_is_made_absolute_and_has_a_limit);
	tcase_add_test(tests, a_descriptor_is_closed_on_exec_and_out_of_the_low_numbers);
	tcase_add_test(tests, where_descriptors_are_few_a_low_one_will_do);
	tcase_add_test(tests, a_memfd_cannot_shrink_once_it_is_published);
	tcase_add_test(tests, reading_beyond_the_end_is_a_format_error);
	tcase_add_test(tests, more_than_the_machine_has_is_refused_not_killed);
	tcase_add_test(tests, the_limit_of_file_sizes_is_an_error_and_no_signal);
	tcase_add_test(tests, only_the_name_of_the_same_file_is_removed);
	tcase_add_test(tests, quiet_addresses_keep_away_from_everybody_elses);
	tcase_add_test(tests, the_quiet_address_can_be_had_here);
	tcase_add_test(tests, a_taken_address_is_refused_or_another_is_found);
	tcase_add_test(tests, anywhere_is_aligned_and_takes_no_more_than_it_must);
	tcase_add_test(tests, an_unaligned_address_is_refused);
	tcase_add_test(tests, a_byte_excludes_other_descriptions_only);
	tcase_add_test(tests, readers_share_a_byte);
	tcase_add_test(tests, another_description_closed_changes_nothing);
	tcase_add_test(tests, held_bytes_are_found_in_order);
	tcase_add_test(tests, a_number_used_for_another_file_is_noticed);
	tcase_add_test(tests, a_pinned_byte_outlives_all_descriptors_and_ends_with_the_process);
	tcase_add_test(tests, a_pinned_byte_does_not_live_on_in_a_forked_child);
	tcase_add_test(tests, a_pinned_byte_ends_with_exec);
	tcase_add_test(tests, a_pin_can_be_taken_back_and_may_be_of_a_reader);
	tcase_add_test(tests, the_end_of_a_thread_is_marked_however_it_ends);
	tcase_add_test(tests, who_unlinks_leaves_zero_and_no_mark);
	tcase_add_test(tests, a_killed_process_is_marked_in_all_its_words);
	tcase_add_test(tests, a_list_laid_out_as_musl_does_it_works_too);
	tcase_add_test(tests, a_list_laid_out_otherwise_is_refused);
	tcase_add_test(tests, exec_is_a_death);
	tcase_add_test(tests, the_end_of_a_forked_child_marks_nothing_of_its_parents);
	tcase_add_test(tests, robust_mutexes_beside_it_work_as_ever);
	tcase_add_test(tests, a_death_wakes_nobody_but_is_seen_in_time);
	tcase_add_test(tests, the_fork_guard_is_one_here_and_zero_in_a_child);
	tcase_add_test(tests, calm_holds_signals_back_and_faults_never);
	tcase_add_test(tests, calm_leaves_what_the_caller_had_blocked);
	tcase_add_test(tests, a_futex_wakes_another_process);
	tcase_add_test(tests, clocks_go_on_and_chance_differs);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(make_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
