// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.c -- tests of src/arena: creation, opening, the window, growth
 *
 * The floors above are not there: this file has a list of its own with one
 * floor that counts and, told so, fails.  Names begin with PREFIX and the
 * number of the first process, and are removed at the end.
 */
#include "arena/open.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define PREFIX "unit-arena-"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1 /* the address space is not ours alone */
#else
#define SANITIZED 0
#endif

/* ---- a floor above ------------------------------------------------------------------------- */

static struct {
	int format, attach, close, detach; /* how often each was called */
	int format_code, attach_code;
	bool detached_before; /* detach() of the higher floor came before that of the lower */
} upper;

static int
upper_format(struct tarn_arena *arena)
{
	upper.format++;
	*(uint64_t *)(arena->base + TARN_HEAP_WORDS_OFF) = 77;
	return upper.format_code;
}

static int
upper_attach(struct tarn_arena *arena)
{
	upper.attach++;
	return *(uint64_t *)(arena->base + TARN_HEAP_WORDS_OFF) == 77 ? upper.attach_code :
									TARN_CORRUPT;
}

static void
upper_close(struct tarn_arena *arena)
{
	(void)arena;
	upper.close++;
}

static void
upper_detach(struct tarn_arena *arena)
{
	upper.detach += arena->base != NULL;
}

static void
lower_detach(struct tarn_arena *arena)
{
	(void)arena;
	upper.detached_before = upper.detach == upper.attach - (upper.attach_code != 0);
}

static void
lower_stat(struct tarn_arena *arena, struct tarn_arena_stat *stat)
{
	(void)arena;
	stat->slots_used = 5;
}

static const struct tarn_arena_upper lower_floor = { .detach = lower_detach, .stat = lower_stat };
static const struct tarn_arena_upper upper_floor = {
	.layout = 3,
	.format = upper_format,
	.attach = upper_attach,
	.close = upper_close,
	.detach = upper_detach,
};

const struct tarn_arena_upper *const tarn__arena_uppers[] = { &lower_floor, &upper_floor, NULL };

/* ---- help ---------------------------------------------------------------------------------- */

static char name[64];
static char path[128];
static char program[512];

static struct tarn_arena *
open_with(struct tarn_arena_options options)
{
	struct tarn_arena *arena;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &options, NULL), 0);
	return arena;
}

static struct tarn_arena *
create_small(void)
{
	return open_with((struct tarn_arena_options){ .how = TARN_CREATE, .max_size = 64 * MIB });
}

static struct tarn_arena *
open_again(void)
{
	return open_with((struct tarn_arena_options){ .how = TARN_OPEN });
}

static int
try_open(struct tarn_arena_options options)
{
	struct tarn_arena *arena = (struct tarn_arena *)&options;
	bool created = true;
	int code = tarn_arena_open(&arena, name, &options, &created);

	if (code) {
		ck_assert_ptr_null(arena);
		ck_assert(!created);
	}
	tarn_arena_close(arena);
	return code;
}

static struct tarn_arena_stat
stat_of(struct tarn_arena *arena)
{
	struct tarn_arena_stat stat;

	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	return stat;
}

static void
end_child(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

static void *
shared_page(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

/* Over segments, these tests run too, but for those that are about a file. */
static bool sysv;

static void
choose_name(void)
{
	unsigned number = (unsigned)getpid();

	sysv = getenv("TARN_TEST_SYSV");
	if (sysv) {
		snprintf(name, sizeof(name), "sysv:key=0x54%06x", number);
		snprintf(path, sizeof(path), "/dev/shm/tarn.key-0x54%06x", number);
	} else {
		snprintf(name, sizeof(name), PREFIX "%u", number);
		snprintf(path, sizeof(path), "/dev/shm/tarn.%s", name);
	}
}

static void
remove_leftovers(void)
{
	if (sysv)
		(void)!tarn_arena_remove(name);
	unlink(path);
}

/* ---- names and ways to open ---------------------------------------------------------------- */

START_TEST(what_is_not_there_is_not_found)
{
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_OPEN }), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_arena_remove(name), TARN_NOT_FOUND);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(what_is_there_is_not_created_again)
{
	struct tarn_arena *arena = create_small();
	uint64_t id = stat_of(arena).arena_id;

	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_EXISTS);
	tarn_arena_close(arena);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_EXISTS);
	arena = open_again();
	ck_assert_uint_eq(stat_of(arena).arena_id, id);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(open_or_create_says_which)
{
	struct tarn_arena *first, *second;
	bool created = false;

	ck_assert_int_eq(tarn_arena_open(&first, name, NULL, &created), 0);
	ck_assert(created);
	ck_assert_int_eq(tarn_arena_open(&second, name, NULL, &created), 0);
	ck_assert(!created);
	ck_assert_uint_eq(stat_of(first).arena_id, stat_of(second).arena_id);
	ck_assert_uint_eq(stat_of(first).max_size, 64 * GIB);
	ck_assert_uint_eq(stat_of(first).slot_count, 1024);
	tarn_arena_close(first);
	tarn_arena_close(second);
}
END_TEST

START_TEST(a_removed_arena_lives_on_for_those_attached)
{
	struct tarn_arena *arena = create_small();
	struct tarn_arena *other;

	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_OPEN }), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK), 0);
	other = create_small();
	ck_assert_uint_ne(stat_of(arena).arena_id, stat_of(other).arena_id);
	tarn_arena_close(arena);
	tarn_arena_close(other);
}
END_TEST

START_TEST(of_many_who_create_at_once_one_does)
{
	enum {
		PROCESSES = 8,
		ROUNDS = 30
	};
	struct {
		uint64_t id[PROCESSES];
		uint32_t created, go;
	} *shared = shared_page();

	for (int round = 0; round < ROUNDS; round++) {
		pid_t children[PROCESSES];

		memset(shared, 0, sizeof(*shared));
		for (int i = 0; i < PROCESSES; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				struct tarn_arena *arena;
				bool created;

				while (!tarn__load32_acquire(&shared->go))
					tarn__pause();
				if (tarn_arena_open(&arena, name, NULL, &created))
					_exit(1);
				shared->id[i] = stat_of(arena).arena_id;
				__atomic_fetch_add(&shared->created, created, __ATOMIC_SEQ_CST);
				_exit(0);
			}
		}
		tarn__store32(&shared->go, 1);
		for (int i = 0; i < PROCESSES; i++)
			end_child(children[i]);
		for (int i = 0; i < PROCESSES; i++)
			ck_assert_uint_eq(shared->id[i], shared->id[0]);
		ck_assert_uint_eq(shared->created, 1);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
	}
}
END_TEST

START_TEST(create_open_and_remove_may_race)
{
	pid_t children[4];

	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i])
			continue;
		for (int round = 0; round < 200; round++) {
			struct tarn_arena_options options = { .how = TARN_OPEN_OR_CREATE,
				.max_size = MIB };
			struct tarn_arena *arena;
			int code = tarn_arena_open(&arena, name, &options, NULL);

			if (code || arena->header->magic != TARN_MAGIC)
				_exit(1);
			code = tarn_arena_remove(name);
			if (code && code != TARN_NOT_FOUND)
				_exit(2);
			tarn_arena_close(arena);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		end_child(children[i]);
}
END_TEST

START_TEST(bad_options_are_invalid)
{
	static const struct tarn_arena_options bad[] = {
		{ .how = (enum tarn_open_mode)3 },
		{ .how = TARN_CREATE, .readonly = true },
		{ .how = TARN_OPEN_OR_CREATE, .readonly = true },
		{ .how = TARN_CREATE, .mode = 01600 },
		{ .how = TARN_CREATE, .mode = 0440 },
		{ .how = TARN_CREATE, .max_size = (UINT64_C(16) << 40) + 1 },
		{ .how = TARN_CREATE, .max_threads = TARN_SLOT_MAX + 1 },
		{ .how = TARN_CREATE, .address = (void *)4096 },
		{ .how = TARN_CREATE,
			.address = (void *)UINT64_C(0x300000000000),
			.elsewhere = true },
	};

	for (size_t i = 0; i < TARN_ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(try_open(bad[i]), TARN_INVALID);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(small_sizes_are_raised_to_the_least)
{
	struct tarn_arena *arena = open_with(
		(struct tarn_arena_options){ .how = TARN_CREATE, .max_size = 1, .max_threads = 1 });

	ck_assert_uint_eq(stat_of(arena).max_size, MIB);
	ck_assert_uint_eq(stat_of(arena).slot_count, 4);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(the_environment_describes_the_default_arena)
{
	struct tarn_arena *arena;

	setenv("TARN_ARENA", name, 1);
	setenv("TARN_SEGMENTS", "3", 1);
	setenv("TARN_SEGMENT_SIZE", "2M", 1);
	setenv("TARN_MODE", "640", 1);
	setenv("TARN_DEADLINE_MS", "250", 1);
	ck_assert_int_eq(tarn_arena_open(&arena, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(stat_of(arena).max_size, 6 * MIB);
	ck_assert_uint_eq(arena->deadline_ns, 250 * 1000 * 1000);
	ck_assert_str_eq(tarn_arena_name(arena) + 4, name);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(NULL), 0);
	/* a name given is another arena's, and the environment says nothing of its size */
	ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, NULL), 0);
	ck_assert_uint_eq(stat_of(arena).max_size, 64 * GIB);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(nonsense_in_the_environment_is_invalid)
{
	static const char *const bad[][2] = { { "TARN_SEGMENTS", "x" },
		{ "TARN_SEGMENT_SIZE", "1Q" }, { "TARN_SEGMENT_SIZE", "99999999999999999999" },
		{ "TARN_SEGMENT_SIZE", "-1" }, { "TARN_MODE", "888" }, { "TARN_MODE", "77777" },
		{ "TARN_MODE", "400" }, { "TARN_DEADLINE_MS", "1s" }, { "TARN_ARENA", "no/such" } };

	for (size_t i = 0; i < TARN_ARRAY_SIZE(bad); i++) {
		struct tarn_arena *arena;

		setenv("TARN_ARENA", name, 1);
		setenv(bad[i][0], bad[i][1], 1);
		ck_assert_int_eq(tarn_arena_open(&arena, NULL, NULL, NULL), TARN_INVALID);
		unsetenv(bad[i][0]);
	}
}
END_TEST

/* ---- permissions --------------------------------------------------------------------------- */

START_TEST(the_mode_is_what_was_asked_for_whatever_the_umask)
{
	static const unsigned modes[][2] = { { 0, 0600 }, { 0640, 0640 }, { 0666, 0666 } };

	umask(0077);
	for (size_t i = 0; i < TARN_ARRAY_SIZE(modes); i++) {
		struct stat st;

		tarn_arena_close(open_with(
			(struct tarn_arena_options){ .how = TARN_CREATE, .mode = modes[i][0] }));
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, modes[i][1]);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
	}
}
END_TEST

static void
check_as(uid_t uid, gid_t gid, int read_code, int write_code)
{
	pid_t child = fork();

	if (child == 0) {
		if (setgid(gid) || setuid(uid))
			_exit(1);
		ck_assert_int_eq(
			try_open((struct tarn_arena_options){ .readonly = true }), read_code);
		ck_assert_int_eq(
			try_open((struct tarn_arena_options){ .how = TARN_OPEN }), write_code);
		ck_assert_int_eq(
			try_open((struct tarn_arena_options){ .how = TARN_OPEN_OR_CREATE }),
			write_code);
		ck_assert_int_eq(tarn_arena_remove(name), TARN_DENIED);
		_exit(0);
	}
	end_child(child);
}

static void
give_first_segment_to_group(struct tarn_arena *arena, gid_t gid)
{
	int id = shmget((key_t)arena->name.key, 0, 0);
	struct shmid_ds ds;

	ck_assert_int_eq(shmctl(id, IPC_STAT, &ds), 0);
	ds.shm_perm.gid = gid;
	ck_assert_int_eq(shmctl(id, IPC_SET, &ds), 0);
}

START_TEST(others_may_what_the_mode_lets_them)
{
	struct tarn_arena *arena;

	if (getuid() != 0) {
		printf("skipped: other users need root\n");
		return;
	}
	arena = open_with((struct tarn_arena_options){ .how = TARN_CREATE, .mode = 0640 });
	ck_assert_int_eq(chown(path, 0, 12345), 0);
	if (sysv)
		give_first_segment_to_group(arena, 12345);
	check_as(65534, 12345, 0, TARN_DENIED);
	check_as(65534, 65534, TARN_DENIED, TARN_DENIED);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(a_reader_reads_and_changes_nothing)
{
	struct tarn_arena *arena = create_small();
	struct tarn_arena *reader = open_with((struct tarn_arena_options){ .readonly = true });
	uint64_t attaches = stat_of(arena).attaches;

	ck_assert(stat_of(reader).readonly);
	ck_assert_int_eq(
		tarn__arena_give(reader, reader->fixed.data_off, TARN_CHUNK), TARN_READ_ONLY);
	tarn__count(reader, &reader->header->statistics.retries);
	ck_assert_uint_eq(stat_of(arena).retries, 0);
	ck_assert_uint_eq(stat_of(arena).attaches, attaches);
	tarn__count(arena, &arena->header->statistics.retries);
	ck_assert_uint_eq(stat_of(reader).retries, 1);
	tarn_arena_close(reader);
	tarn_arena_close(arena);
}
END_TEST

/* ---- the window ---------------------------------------------------------------------------- */

START_TEST(every_process_gets_the_recorded_address)
{
	struct tarn_arena *arena = create_small();
	pid_t child;

	ck_assert(arena->at_recorded_address);
	ck_assert_ptr_eq(stat_of(arena).base, stat_of(arena).recorded_base);
	child = fork();
	if (child == 0) {
		void *base = arena->base;

		tarn_arena_close(arena);
		arena = open_again();
		_exit(arena->base == base && arena->at_recorded_address ? 0 : 1);
	}
	end_child(child);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(two_windows_in_one_process_show_the_same_bytes)
{
	struct tarn_arena *first = create_small(), *second = open_again();
	char *a, *b;

	ck_assert_ptr_ne(first->base, second->base);
	ck_assert(!second->at_recorded_address);
	ck_assert_int_eq(tarn__arena_give(first, first->fixed.data_off, 4096), 0);
	a = tarn__at(first, first->fixed.data_off + 64, 8, 8);
	b = tarn__at(second, first->fixed.data_off + 64, 8, 8);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	a[3] = 'x';
	ck_assert_int_eq(b[3], 'x');
	tarn_arena_close(first);
	tarn_arena_close(second);
}
END_TEST

START_TEST(an_address_given_is_the_address_or_an_error)
{
	void *address = tarn__os_quiet_address(128 * GIB, 0, 7);
	struct tarn_arena_options options = {
		.how = TARN_CREATE, .max_size = MIB, .address = address
	};
	struct tarn_arena *arena = open_with(options), *other;

	ck_assert_ptr_eq(arena->base, address);
	ck_assert_ptr_eq(stat_of(arena).recorded_base, address);
	options.how = TARN_OPEN;
	ck_assert_int_eq(try_open(options), TARN_INVALID);
	options.address = (char *)address + 64 * GIB + TARN_CHUNK;
	other = open_with(options);
	ck_assert_ptr_eq(other->base, options.address);
	tarn_arena_close(other);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(elsewhere_is_not_at_the_recorded_address)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .elsewhere = true };
	struct tarn_arena *arena = open_with(options);

	ck_assert_ptr_ne(stat_of(arena).base, stat_of(arena).recorded_base);
	tarn_arena_close(arena);
	arena = open_again();
	ck_assert(arena->at_recorded_address);
	tarn_arena_close(arena);
	options.how = TARN_OPEN;
	arena = open_with(options);
	ck_assert(!arena->at_recorded_address);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(the_window_is_left_out_of_core_dumps)
{
	struct tarn_arena *arena = create_small();
	FILE *smaps = fopen("/proc/self/smaps", "r");
	char line[512], start[32];
	bool inside = false, found = false;

	snprintf(start, sizeof(start), "%lx-", (unsigned long)arena->base);
	ck_assert_ptr_nonnull(smaps);
	while (fgets(line, sizeof(line), smaps)) {
		if (strncmp(line, start, strlen(start)) == 0)
			inside = true;
		if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			found = strstr(line, " dd") != NULL;
			break;
		}
	}
	fclose(smaps);
	ck_assert(inside && found);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(where_address_space_is_short_a_new_arena_is_smaller)
{
	struct rlimit limit = { 8 * GIB, 8 * GIB };
	struct tarn_arena *arena;

	if (SANITIZED) {
		printf("skipped: a sanitizer needs more address space\n");
		return;
	}
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, NULL), 0);
	ck_assert_uint_eq(stat_of(arena).max_size, 4 * GIB);
	ck_assert(arena->at_recorded_address);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	limit.rlim_cur = GIB;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_SYSTEM);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(where_address_space_is_short_a_large_arena_cannot_be_opened)
{
	struct rlimit limit = { 8 * GIB, 8 * GIB };

	if (SANITIZED) {
		printf("skipped: a sanitizer needs more address space\n");
		return;
	}
	tarn_arena_close(open_with((struct tarn_arena_options){ .how = TARN_CREATE }));
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_OPEN }), TARN_SYSTEM);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(the_largest_arena_can_be_had)
{
	struct tarn_arena *arena;
	uint64_t last;

	if (SANITIZED) {
		printf("skipped: a sanitizer needs more address space\n");
		return;
	}
	arena = open_with((struct tarn_arena_options){
		.how = TARN_CREATE, .max_size = UINT64_C(16) << 40, .max_threads = TARN_SLOT_MAX });
	last = arena->fixed.window_size - TARN_CHUNK;
	ck_assert_uint_eq(stat_of(arena).max_size, UINT64_C(16) << 40);
	ck_assert_int_eq(tarn__arena_give(arena, last, TARN_CHUNK), 0);
	memset(tarn__at(arena, last, TARN_CHUNK, 8), 1, TARN_CHUNK);
	tarn_arena_close(arena);
}
END_TEST

/* ---- the header ---------------------------------------------------------------------------- */

START_TEST(parts_lie_one_after_the_other_and_the_map_covers_all)
{
	uint64_t random = 1;

	for (int i = 0; i < 20000; i++) {
		struct tarn_header_shm h;
		uint64_t slots, data;

		random = tarn__hash_u64(random, 1);
		data = tarn__max(MIB, random >> (20 + random % 24));
		slots = tarn__max(4, tarn__hash_u64(random, 2) % (TARN_SLOT_MAX + 1));
		tarn__header_plan(tarn__min(data, UINT64_C(1) << 44), slots, &h);
		ck_assert_uint_eq(h.chunks_off, TARN_CHUNK);
		ck_assert_uint_ge((h.runs_off - h.chunks_off) * 8, h.window_size / TARN_CHUNK);
		ck_assert_uint_ge((h.slots_off - h.runs_off) * 8, h.max_size / TARN_CHUNK);
		ck_assert_uint_ge(h.front_size - h.slots_off, slots * TARN_SLOT_SIZE);
		ck_assert_uint_eq(h.front_size, h.logs_off);
		ck_assert_uint_ge(h.spills_off - h.logs_off, slots * TARN_LOG_SIZE);
		ck_assert_uint_ge(h.descs_off - h.spills_off, slots * TARN_SPILL_SIZE);
		ck_assert_uint_ge(
			h.data_off - h.descs_off, h.max_size / TARN_CHUNK * TARN_DESC_SIZE);
		ck_assert_uint_eq(h.window_size, h.data_off + h.max_size);
		ck_assert_uint_eq((h.chunks_off | h.runs_off | h.slots_off | h.logs_off |
					  h.spills_off | h.descs_off | h.data_off) %
					  TARN_CHUNK,
			0);
	}
}
END_TEST

START_TEST(a_new_arena_has_exactly_its_front_part)
{
	struct tarn_arena *arena = create_small();
	struct stat st;

	ck_assert_int_eq(fstat(tarn_arena_fd(arena), &st), 0);
	ck_assert_uint_eq((uint64_t)st.st_size, arena->fixed.front_size);
	ck_assert_uint_eq((uint64_t)st.st_blocks * 512, arena->fixed.front_size);
	ck_assert_uint_eq(stat_of(arena).given_bytes, arena->fixed.front_size);
	ck_assert_uint_eq(stat_of(arena).growths, 1);
	ck_assert_uint_eq(stat_of(arena).attaches, 1);
	for (uint64_t chunk = 0; chunk < arena->window_size / TARN_CHUNK; chunk++) {
		ck_assert_int_eq(tarn__chunk_given(arena, chunk),
			chunk < arena->fixed.front_size / TARN_CHUNK);
	}
	tarn_arena_close(arena);
}
END_TEST

/* Change the header, try to open it both ways, change it back. */
static void
try_changed(struct tarn_arena *arena, const struct tarn_header_shm *good,
	const struct tarn_header_shm *bad, int read_code, int write_code)
{
	memcpy(arena->base, bad, sizeof(*bad));
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .readonly = true }), read_code);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_OPEN }), write_code);
	ck_assert_int_eq(
		try_open((struct tarn_arena_options){ .how = TARN_OPEN_OR_CREATE }), write_code);
	memcpy(arena->base, good, sizeof(*good));
}

static struct tarn_header_shm
read_header_of(struct tarn_arena *arena)
{
	return *(struct tarn_header_shm *)arena->base;
}

START_TEST(a_flipped_bit_anywhere_in_the_header_is_noticed)
{
	struct tarn_arena *arena = create_small();
	struct tarn_header_shm good = read_header_of(arena);

	for (size_t bit = 0; bit < offsetof(struct tarn_header_shm, statistics) * 8; bit++) {
		struct tarn_header_shm bad = good;

		((uint8_t *)&bad)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		try_changed(arena, &good, &bad, TARN_FORMAT, TARN_FORMAT);
	}
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_OPEN }), 0);
	tarn_arena_close(arena);
}
END_TEST

static void
sign(struct tarn_header_shm *header)
{
	header->checksum =
		tarn__hash_bytes(header, offsetof(struct tarn_header_shm, checksum), TARN_MAGIC);
}

/* A forger can make a checksum too: whatever he writes must still be harmless. */
START_TEST(a_header_that_contradicts_itself_is_refused_though_its_checksum_is_right)
{
	struct tarn_arena *arena = create_small();
	struct tarn_header_shm good = read_header_of(arena);
	size_t first = offsetof(struct tarn_header_shm, max_size) / 8;
	size_t last = offsetof(struct tarn_header_shm, front_size) / 8;

	for (size_t word = first; word <= last; word++) {
		for (unsigned bit = 0; bit < 64; bit++) {
			struct tarn_header_shm bad = good;

			((uint64_t *)&bad)[word] ^= UINT64_C(1) << bit;
			sign(&bad);
			try_changed(arena, &good, &bad, TARN_FORMAT, TARN_FORMAT);
		}
	}
	tarn_arena_close(arena);
}
END_TEST

START_TEST(unknown_features_keep_readers_or_writers_out)
{
	struct tarn_arena *arena = create_small();
	struct tarn_header_shm good = read_header_of(arena), bad = good;

	bad.features_read = 1;
	sign(&bad);
	try_changed(arena, &good, &bad, TARN_FORMAT, TARN_FORMAT);
	bad = good;
	bad.features_write = 1;
	sign(&bad);
	try_changed(arena, &good, &bad, 0, TARN_FORMAT);
	bad = good;
	bad.base_address += 1;
	sign(&bad);
	try_changed(arena, &good, &bad, TARN_FORMAT, TARN_FORMAT);
	bad = good;
	bad.base_address = UINT64_C(0xffffffffffff0000);
	sign(&bad);
	try_changed(arena, &good, &bad, TARN_FORMAT, TARN_FORMAT);
	bad.base_address = UINT64_C(0xffff800000000000); /* the kernel's: cannot be had, no harm */
	sign(&bad);
	try_changed(arena, &good, &bad, 0, 0);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(another_boot_is_noted_and_not_refused)
{
	struct tarn_arena *arena = create_small();
	struct tarn_header_shm bad = read_header_of(arena);

	ck_assert(!arena->other_boot);
	bad.boot_id[5] ^= 1;
	sign(&bad);
	memcpy(arena->base, &bad, sizeof(bad));
	tarn_arena_close(arena);
	arena = open_again();
	ck_assert(arena->other_boot);
	ck_assert_uint_ne(arena->boot, 0);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(a_file_cut_short_is_no_arena)
{
	struct tarn_arena *arena = create_small();
	uint64_t sizes[] = { 0, 1, 100, 239, 240, 4096, 65536, 0 };

	sizes[7] = arena->fixed.front_size - 1;
	tarn_arena_close(arena);
	for (size_t i = TARN_ARRAY_SIZE(sizes); i-- > 0;) {
		if (sizes[i] || i == 0)
			ck_assert_int_eq(truncate(path, (off_t)sizes[i]), 0);
		ck_assert_int_eq(
			try_open((struct tarn_arena_options){ .readonly = true }), TARN_FORMAT);
		ck_assert_int_eq(
			try_open((struct tarn_arena_options){ .how = TARN_OPEN }), TARN_FORMAT);
	}
}
END_TEST

START_TEST(what_is_not_a_file_is_no_arena)
{
	struct tarn_arena_options options = { .how = TARN_OPEN_OR_CREATE };

	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(try_open(options), TARN_FORMAT);
	rmdir(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(try_open(options), TARN_FORMAT);
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .readonly = true }), TARN_FORMAT);
	unlink(path);
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	ck_assert_int_eq(try_open(options), TARN_SYSTEM);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

/* ---- from offset to memory ----------------------------------------------------------------- */

START_TEST(only_given_memory_can_be_reached)
{
	struct tarn_arena *arena = create_small();
	uint64_t data = arena->fixed.data_off, end = arena->window_size;

	ck_assert_ptr_null(tarn__at(arena, data, 1, 1));
	ck_assert_int_eq(tarn__arena_give(arena, data + TARN_CHUNK, 2 * TARN_CHUNK), 0);
	ck_assert_ptr_eq(tarn__at(arena, data + TARN_CHUNK, 2 * TARN_CHUNK, 1),
		arena->base + data + TARN_CHUNK);
	ck_assert_ptr_null(tarn__at(arena, data + TARN_CHUNK - 1, 2, 1));
	ck_assert_ptr_null(tarn__at(arena, data + TARN_CHUNK, 2 * TARN_CHUNK + 1, 1));
	ck_assert_ptr_null(tarn__at(arena, data + TARN_CHUNK, 0, 1));
	ck_assert_ptr_null(tarn__at(arena, data + TARN_CHUNK + 4, 8, 8));
	ck_assert_ptr_null(tarn__at(arena, data + TARN_CHUNK, UINT64_MAX, 1));
	ck_assert_ptr_null(tarn__at(arena, UINT64_MAX - 7, 8, 8));
	ck_assert_ptr_null(tarn__at(arena, end, 8, 8));
	ck_assert_ptr_null(tarn__at(arena, end - 8, 16, 8));
	ck_assert_int_eq(tarn__off(arena, arena->base + data), data);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(a_bit_set_by_a_liar_does_not_make_memory)
{
	struct tarn_arena *arena = create_small();
	uint64_t data = arena->fixed.data_off, chunk = data >> TARN_CHUNK_SHIFT;
	uint64_t *map = (uint64_t *)(arena->base + arena->fixed.chunks_off);

	tarn__fetch_or(&map[chunk >> 6], UINT64_C(1) << (chunk & 63));
	ck_assert(tarn__chunk_given(arena, chunk));
	ck_assert_ptr_null(tarn__at(arena, data, 8, 8));
	tarn_arena_close(arena);
}
END_TEST

/* ---- growth -------------------------------------------------------------------------------- */

START_TEST(growth_gives_what_is_missing_and_counts_it_once)
{
	struct tarn_arena *arena = create_small();
	uint64_t data = arena->fixed.data_off, front = arena->fixed.front_size;
	struct stat st;

	ck_assert_int_eq(tarn__arena_give(arena, data + 5 * TARN_CHUNK, 1), 0);
	ck_assert_int_eq(tarn__arena_give(arena, data + 2 * TARN_CHUNK + 1, TARN_CHUNK), 0);
	ck_assert_uint_eq(stat_of(arena).given_bytes, front + 3 * TARN_CHUNK);
	ck_assert_uint_eq(stat_of(arena).growths, 3);
	ck_assert_int_eq(tarn__arena_give(arena, data, 10 * TARN_CHUNK), 0);
	ck_assert_uint_eq(stat_of(arena).given_bytes, front + 10 * TARN_CHUNK);
	ck_assert_uint_eq(stat_of(arena).growths, 6);
	ck_assert_int_eq(tarn__arena_give(arena, data, 10 * TARN_CHUNK), 0);
	ck_assert_int_eq(tarn__arena_give(arena, data, 0), 0);
	ck_assert_uint_eq(stat_of(arena).growths, 6);
	ck_assert_int_eq(fstat(tarn_arena_fd(arena), &st), 0);
	ck_assert_uint_eq((uint64_t)st.st_blocks * 512, sysv ? 0 : front + 10 * TARN_CHUNK);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(there_is_no_growth_beyond_the_window)
{
	struct tarn_arena *arena = create_small();

	ck_assert_int_eq(tarn__arena_give(arena, arena->window_size, 1), TARN_FULL);
	ck_assert_int_eq(tarn__arena_give(arena, arena->window_size - 1, 2), TARN_FULL);
	ck_assert_int_eq(tarn__arena_give(arena, UINT64_MAX, UINT64_MAX), TARN_FULL);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 64 * MIB), 0);
	tarn_arena_close(arena);
}
END_TEST

/* The lines of /proc/self/maps that are of arenas, named or not; *lines of them. */
static uint64_t
hash_of_maps(int *lines)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	uint64_t hash = 0;
	char line[512];

	ck_assert_ptr_nonnull(maps);
	*lines = 0;
	while (fgets(line, sizeof(line), maps)) {
		if (!strstr(line, "/dev/shm/"))
			continue;
		hash = tarn__hash_bytes(line, strlen(line), hash);
		++*lines;
	}
	fclose(maps);
	return hash;
}

START_TEST(an_earlier_reader_sees_growth_with_its_maps_unchanged)
{
	struct tarn_arena *arena = create_small();
	struct tarn_arena *reader = open_with((struct tarn_arena_options){ .readonly = true });
	uint64_t off = arena->fixed.data_off + 20 * MIB, before;
	int lines;
	pid_t child;

	before = hash_of_maps(&lines);
	ck_assert_int_eq(lines, 2);
	ck_assert_ptr_null(tarn__at(reader, off, 8, 8));
	child = fork();
	if (child == 0) {
		struct tarn_arena *writer = open_again();

		if (tarn__arena_give(writer, off, 8))
			_exit(1);
		*(uint64_t *)tarn__at(writer, off, 8, 8) = 4711;
		_exit(0);
	}
	end_child(child);
	ck_assert_ptr_nonnull(tarn__at(reader, off, 8, 8));
	ck_assert_uint_eq(*(uint64_t *)tarn__at(reader, off, 8, 8), 4711);
	ck_assert_uint_eq(hash_of_maps(&lines), before);
	tarn_arena_close(reader);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(processes_may_grow_the_same_place_at_once)
{
	struct tarn_arena *arena = create_small();
	uint64_t data = arena->fixed.data_off;
	pid_t children[4];

	for (uint64_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i])
			continue;
		arena = open_again();
		for (uint64_t chunk = 0; chunk < 500; chunk++) {
			uint64_t off = data + chunk * TARN_CHUNK, *words;

			if (tarn__arena_give(arena, off, 3 * TARN_CHUNK))
				_exit(1);
			words = tarn__at(arena, off, 64, 8);
			if (!words)
				_exit(2);
			tarn__fetch_add(&words[0], 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		end_child(children[i]);
	for (uint64_t chunk = 0; chunk < 500; chunk++)
		ck_assert_uint_eq(*(uint64_t *)tarn__at(arena, data + chunk * TARN_CHUNK, 8, 8), 4);
	ck_assert_uint_eq(stat_of(arena).given_bytes, arena->fixed.front_size + 502 * TARN_CHUNK);
	tarn_arena_close(arena);
}
END_TEST

static void
ignore_signal(int number)
{
	(void)number;
}

START_TEST(growth_ends_though_signals_rain)
{
	struct tarn_arena *arena = create_small();
	struct sigaction action = { .sa_handler = ignore_signal };
	pid_t parent = getpid(), child;

	sigaction(SIGUSR1, &action, NULL);
	child = fork();
	if (child == 0) {
		for (;;)
			kill(parent, SIGUSR1);
	}
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 64 * MIB), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	tarn_arena_close(arena);
}
END_TEST

/* A /dev/shm of our own, this small; false, with the reason told, where that cannot be. */
static bool
small_shm(const char *size)
{
	char option[32];

	snprintf(option, sizeof(option), "size=%s", size);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/dev/shm", "tmpfs", 0, option)) {
		printf("skipped: a full tmpfs needs a mount namespace: %s\n", strerror(errno));
		return false;
	}
	return true;
}

START_TEST(a_full_file_system_is_an_error_and_changes_nothing)
{
	struct tarn_arena *arena;
	uint64_t data, chunk = 0, given;

	if (!small_shm("4m"))
		return;
	arena = create_small();
	data = arena->fixed.data_off;
	while (!tarn__arena_give(arena, data + chunk * TARN_CHUNK, TARN_CHUNK))
		memset(tarn__at(arena, data + chunk++ * TARN_CHUNK, TARN_CHUNK, 8), 1, TARN_CHUNK);
	given = stat_of(arena).given_bytes;
	ck_assert_uint_eq(given, arena->fixed.front_size + chunk * TARN_CHUNK);
	ck_assert_uint_ge(given, 3 * MIB);
	ck_assert_int_eq(tarn__arena_give(arena, data, 64 * MIB), TARN_FULL);
	ck_assert_uint_eq(stat_of(arena).given_bytes, given);
	ck_assert_ptr_null(tarn__at(arena, data + chunk * TARN_CHUNK, 8, 8));
	tarn_arena_close(arena);
	arena = open_again();
	ck_assert_uint_eq(stat_of(arena).given_bytes, given);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(an_arena_that_has_no_room_is_not_created)
{
	if (!small_shm("128k"))
		return;
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_FULL);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(
		try_open((struct tarn_arena_options){ .how = TARN_OPEN_OR_CREATE }), TARN_FULL);
}
END_TEST

/* ---- other backends ------------------------------------------------------------------------ */

START_TEST(an_arena_in_a_file_lives_on)
{
	char text[128], file_path[64];
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = 64 * MIB };
	struct tarn_arena *arena;
	uint64_t *word, off;

	snprintf(file_path, sizeof(file_path), "/var/tmp/" PREFIX "%d", getpid());
	snprintf(text, sizeof(text), "file:%s", file_path);
	ck_assert_int_eq(tarn_arena_open(&arena, text, &options, NULL), 0);
	ck_assert_str_eq(tarn_arena_name(arena), text);
	off = arena->fixed.data_off + MIB;
	ck_assert_int_eq(tarn__arena_give(arena, off, 8), 0);
	word = tarn__at(arena, off, 8, 8);
	*word = 4711;
	tarn_arena_close(arena);
	options.how = TARN_OPEN;
	options.readonly = true;
	ck_assert_int_eq(tarn_arena_open(&arena, text, &options, NULL), 0);
	ck_assert_uint_eq(*(uint64_t *)tarn__at(arena, off, 8, 8), 4711);
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(text), 0);
	ck_assert_int_eq(access(file_path, F_OK), -1);
}
END_TEST

START_TEST(a_file_that_is_no_arena_is_not_removed)
{
	char text[128], file_path[64];
	int fd;

	snprintf(file_path, sizeof(file_path), "/var/tmp/" PREFIX "%d", getpid());
	snprintf(text, sizeof(text), "file:%s", file_path);
	fd = open(file_path, O_CREAT | O_RDWR, 0600);
	ck_assert_int_eq(tarn_arena_remove(text), TARN_INVALID);
	ck_assert_int_eq(write(fd, "something else", 14), 14);
	ck_assert_int_eq(tarn_arena_remove(text), TARN_INVALID);
	ck_assert_int_eq(access(file_path, F_OK), 0);
	close(fd);
	unlink(file_path);
	ck_assert_int_eq(tarn_arena_remove("file:/var/tmp"), TARN_INVALID);
	ck_assert_int_eq(tarn_arena_remove("file:/no/such/file"), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_arena_remove("memfd:"), TARN_INVALID);
	ck_assert_int_eq(tarn_arena_remove("fd:0"), TARN_INVALID);
}
END_TEST

/* What this program does as "arena open-fd N": open fd:N for reading and compare a word. */
static int
open_handed_on(const char *number)
{
	struct tarn_arena_options options = { .readonly = true };
	struct tarn_arena *arena;
	char text[32];
	uint64_t *word;
	int code;

	snprintf(text, sizeof(text), "fd:%s", number);
	if (tarn_arena_open(&arena, text, &options, NULL))
		return 1;
	word = tarn__at(arena, arena->fixed.data_off, 8, 8);
	code = word && *word == 4711 ? 0 : 2;
	tarn_arena_close(arena);
	return code;
}

START_TEST(a_memfd_can_be_handed_on_through_exec)
{
	struct tarn_arena *arena;
	uint64_t *word;
	char number[16];
	pid_t child;

	ck_assert_int_eq(tarn_arena_open(&arena, "memfd:", NULL, NULL), 0);
	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 8), 0);
	word = tarn__at(arena, arena->fixed.data_off, 8, 8);
	*word = 4711;
	child = fork();
	if (child == 0) {
		snprintf(number, sizeof(number), "%d", dup(tarn_arena_fd(arena)));
		execl(program, program, "open-fd", number, NULL);
		_exit(3);
	}
	end_child(child);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(a_forked_child_opens_an_anonymous_arena_by_its_descriptor)
{
	struct tarn_arena *arena, *second;
	char text[32];
	pid_t child;

	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", NULL, NULL), 0);
	ck_assert_int_eq(tarn_arena_open(&second, "anon:", NULL, NULL), 0);
	ck_assert_uint_ne(stat_of(arena).arena_id, stat_of(second).arena_id);
	snprintf(text, sizeof(text), "fd:%d", tarn_arena_fd(arena));
	child = fork();
	if (child == 0) {
		struct tarn_arena *mine;

		if (tarn_arena_open(&mine, text, NULL, NULL) ||
			stat_of(mine).arena_id != stat_of(arena).arena_id)
			_exit(1);
		if (tarn__arena_give(mine, mine->fixed.data_off, 8))
			_exit(2);
		_exit(0);
	}
	end_child(child);
	ck_assert_ptr_nonnull(tarn__at(arena, arena->fixed.data_off, 8, 8));
	tarn_arena_close(arena);
	tarn_arena_close(second);
}
END_TEST

START_TEST(a_descriptor_must_allow_what_is_asked_for)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *arena = create_small(), *other;
	char text[32];
	int fd = open(path, O_RDONLY);

	snprintf(text, sizeof(text), "fd:%d", fd);
	ck_assert_int_eq(tarn_arena_open(&other, text, &options, NULL), TARN_DENIED);
	options.readonly = true;
	ck_assert_int_eq(tarn_arena_open(&other, text, &options, NULL), 0);
	tarn_arena_close(other);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	ck_assert_int_eq(tarn_arena_open(&other, "fd:999", &options, NULL), TARN_NOT_FOUND);
	ck_assert_int_eq(dup2(open("/dev/null", O_RDWR), fd), fd);
	ck_assert_int_eq(tarn_arena_open(&other, text, &options, NULL), TARN_FORMAT);
	options = (struct tarn_arena_options){ .how = TARN_CREATE };
	ck_assert_int_eq(tarn_arena_open(&other, text, &options, NULL), TARN_INVALID);
	tarn_arena_close(arena);
}
END_TEST

static int
note_name(const char *found, void *arg)
{
	const char *plain = strncmp(found, "shm:", 4) == 0 ? found + 4 : found;

	if (strcmp(plain, name) == 0)
		++*(int *)arg;
	return 0;
}

static int
stop_at_once(const char *found, void *arg)
{
	(void)found;
	++*(int *)arg;
	return 99;
}

START_TEST(the_list_has_each_name_once)
{
	int count = 0;

	ck_assert_int_eq(tarn_arena_list(note_name, &count), 0);
	ck_assert_int_eq(count, 0);
	tarn_arena_close(create_small());
	ck_assert_int_eq(tarn_arena_list(note_name, &count), 0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(tarn_arena_list(stop_at_once, &count), 99);
	ck_assert_int_eq(count, 2);
}
END_TEST

/* ---- the floors above ---------------------------------------------------------------------- */

START_TEST(the_floors_above_come_and_go_in_order)
{
	struct tarn_arena *arena = create_small();

	ck_assert_int_eq(upper.format, 1);
	ck_assert_int_eq(upper.attach, 1);
	ck_assert_uint_eq(stat_of(arena).slots_used, 5);
	tarn_arena_close(arena);
	ck_assert_int_eq(upper.detach, 1);
	ck_assert(upper.detached_before);
	arena = open_again();
	ck_assert_int_eq(upper.format, 1);
	ck_assert_int_eq(upper.attach, 2);
	tarn_arena_close(arena);
	ck_assert_int_eq(upper.detach, 2);
}
END_TEST

START_TEST(if_a_floor_above_fails_nothing_was_created)
{
	upper.format_code = TARN_FULL;
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_FULL);
	ck_assert_int_eq(upper.attach, 0);
	upper.format_code = 0;
	upper.attach_code = TARN_HOST;
	ck_assert_int_eq(try_open((struct tarn_arena_options){ .how = TARN_CREATE }), TARN_HOST);
	ck_assert_int_eq(upper.attach, 1);
	ck_assert_int_eq(upper.detach, 0);
	ck_assert(upper.detached_before);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(the_window_stays_until_the_last_thread_has_let_go)
{
	struct tarn_arena *arena = create_small();
	volatile uint64_t *header = (uint64_t *)arena->base;

	tarn__fetch_add(&arena->users, 1);
	tarn_arena_close(arena);
	ck_assert_int_eq(upper.close, 1);
	ck_assert_int_eq(upper.detach, 0);
	ck_assert_uint_eq(*header, TARN_MAGIC);
	tarn__arena_drop(arena);
	ck_assert_int_eq(upper.detach, 1);
	ck_assert_int_eq(madvise((void *)(uintptr_t)header, 4096, MADV_NORMAL), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(a_closed_arena_leaves_no_mapping_and_no_descriptor)
{
	int fd, lines;

	tarn_arena_close(NULL);
	tarn_arena_close(create_small());
	fd = dup(0);
	for (int i = 0; i < 50; i++)
		tarn_arena_close(open_again());
	hash_of_maps(&lines);
	ck_assert_int_eq(lines, 0);
	close(fd);
	ck_assert_int_eq(dup(0), fd);
	ck_assert_int_eq(fcntl(64, F_GETFD), -1);
}
END_TEST

/* ---- all of them --------------------------------------------------------------------------- */

static void
add_opening(TCase *tests)
{
	tcase_add_test(tests, what_is_not_there_is_not_found);
	tcase_add_test(tests, what_is_there_is_not_created_again);
	tcase_add_test(tests, open_or_create_says_which);
	tcase_add_test(tests, a_removed_arena_lives_on_for_those_attached);
	tcase_add_test(tests, of_many_who_create_at_once_one_does);
	tcase_add_test(tests, create_open_and_remove_may_race);
	tcase_add_test(tests, bad_options_are_invalid);
	tcase_add_test(tests, small_sizes_are_raised_to_the_least);
	tcase_add_test(tests, nonsense_in_the_environment_is_invalid);
	tcase_add_test(tests, the_mode_is_what_was_asked_for_whatever_the_umask);
	tcase_add_test(tests, others_may_what_the_mode_lets_them);
	tcase_add_test(tests, a_reader_reads_and_changes_nothing);
}

static void
add_window(TCase *tests)
{
	tcase_add_test(tests, every_process_gets_the_recorded_address);
	tcase_add_test(tests, two_windows_in_one_process_show_the_same_bytes);
	tcase_add_test(tests, an_address_given_is_the_address_or_an_error);
	tcase_add_test(tests, elsewhere_is_not_at_the_recorded_address);
	tcase_add_test(tests, the_window_is_left_out_of_core_dumps);
	tcase_add_test(tests, where_address_space_is_short_a_new_arena_is_smaller);
	tcase_add_test(tests, where_address_space_is_short_a_large_arena_cannot_be_opened);
	tcase_add_test(tests, the_largest_arena_can_be_had);
	tcase_add_test(tests, only_given_memory_can_be_reached);
	tcase_add_test(tests, a_bit_set_by_a_liar_does_not_make_memory);
	tcase_add_test(tests, the_floors_above_come_and_go_in_order);
	tcase_add_test(tests, if_a_floor_above_fails_nothing_was_created);
	tcase_add_test(tests, the_window_stays_until_the_last_thread_has_let_go);
	tcase_add_test(tests, a_closed_arena_leaves_no_mapping_and_no_descriptor);
}

static void
add_header(TCase *tests)
{
	tcase_add_test(tests, parts_lie_one_after_the_other_and_the_map_covers_all);
	tcase_add_test(tests, a_flipped_bit_anywhere_in_the_header_is_noticed);
	tcase_add_test(
		tests, a_header_that_contradicts_itself_is_refused_though_its_checksum_is_right);
	tcase_add_test(tests, unknown_features_keep_readers_or_writers_out);
	tcase_add_test(tests, another_boot_is_noted_and_not_refused);
	tcase_add_test(tests, what_is_not_a_file_is_no_arena);
}

static void
add_growth(TCase *tests)
{
	tcase_add_test(tests, the_list_has_each_name_once);
	tcase_add_test(tests, growth_gives_what_is_missing_and_counts_it_once);
	tcase_add_test(tests, there_is_no_growth_beyond_the_window);
	tcase_add_test(tests, processes_may_grow_the_same_place_at_once);
	tcase_add_test(tests, growth_ends_though_signals_rain);
}

/* Only where an arena is one file, and its name shm:. */
static void
add_files(TCase *tests)
{
	tcase_add_test(tests, the_environment_describes_the_default_arena);
	tcase_add_test(tests, a_new_arena_has_exactly_its_front_part);
	tcase_add_test(tests, a_file_cut_short_is_no_arena);
	tcase_add_test(tests, an_earlier_reader_sees_growth_with_its_maps_unchanged);
	tcase_add_test(tests, a_full_file_system_is_an_error_and_changes_nothing);
	tcase_add_test(tests, an_arena_that_has_no_room_is_not_created);
	tcase_add_test(tests, an_arena_in_a_file_lives_on);
	tcase_add_test(tests, a_file_that_is_no_arena_is_not_removed);
	tcase_add_test(tests, a_memfd_can_be_handed_on_through_exec);
	tcase_add_test(tests, a_forked_child_opens_an_anonymous_arena_by_its_descriptor);
	tcase_add_test(tests, a_descriptor_must_allow_what_is_asked_for);
}

static int
run_suite(void)
{
	void (*const adders[])(
		TCase *) = { add_opening, add_window, add_header, add_growth, add_files };
	Suite *suite = suite_create("arena");
	TCase *tests = tcase_create("arena");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 50);
	tcase_add_checked_fixture(tests, remove_leftovers, remove_leftovers);
	for (size_t i = 0; i < TARN_ARRAY_SIZE(adders) - sysv; i++)
		adders[i](tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int code;

	if (length <= 0)
		return EXIT_FAILURE;
	if (argc == 3 && strcmp(argv[1], "open-fd") == 0)
		return open_handed_on(argv[2]);
	choose_name();
	code = run_suite();
	remove_leftovers();
	return code;
}
