// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * crash.c -- the driver of the crash tests; see crash.h
 *
 * The driver itself never opens the arena: it forks those who do, waits for
 * their deaths, and keeps copies of the file.  A window always lies at one
 * address, so that the stores of creating and attaching are seen too.
 *
 * A copy is the written parts of the file.  To put it back is to make the
 * file anew: its size, the memory of the chunks that are said to be given,
 * and the bytes.  So whether memory was really given is looked at before
 * any copy is put back.
 */
#include "hook/crash.h"

#include "hook/hook.h"
#include "os/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WINDOW ((void *)UINT64_C(0x600000000000))
#define WINDOW_ROOM (UINT64_C(1) << 40)
#define MOST_POINTS 100000u
#define ENOUGH_FAILURES 5u
#define DIES_NOT UINT64_MAX
#define PAGE 4096u

struct tarn_arena *crash_arena;

/* Of all processes of the program. */
static struct shared {
	uint64_t points; /* of the victim or recoverer so far */
	uint64_t finished; /* it did not die */
	uint64_t crash_points; /* died at, in all */
	uint64_t runs;
} * shared;

static const struct crash_operation *op;
static char arena_name[64];
static char arena_path[96];
static uint64_t die_at = DIES_NOT;
static bool armed;

void
crash_give_up(const char *claim, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s does not hold\n", file, line, claim);
	_exit(1);
}

/* ---- points -------------------------------------------------------------------------------- */

static void
pass_point(void *site)
{
	if (armed && __atomic_add_fetch(&shared->points, 1, __ATOMIC_SEQ_CST) == die_at) {
		__atomic_fetch_add(&shared->crash_points, 1, __ATOMIC_SEQ_CST);
		hook_die(site);
	}
}

static void
on_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	pass_point(site);
}

static void
on_call(const char *call, uint64_t number)
{
	(void)call;
	(void)number;
	pass_point(NULL);
}

void
crash_arm(void)
{
	struct robust_list_head *head;
	size_t size;

	crash_must(syscall(SYS_get_robust_list, 0, &head, &size) == 0);
	hook_watch_nothing();
	hook_watch(WINDOW, WINDOW_ROOM);
	hook_watch(head, sizeof(*head));
	armed = true;
}

void
crash_disarm(void)
{
	armed = false;
}

/* ---- what all processes do ----------------------------------------------------------------- */

void
crash_open(enum tarn_open_mode how, bool readonly)
{
	struct tarn_arena_options options = {
		.how = how,
		.readonly = readonly,
		.max_size = 1 << 20,
		.max_threads = op->slots ? op->slots : 4,
		.address = WINDOW,
	};

	crash_must(tarn_arena_open(&crash_arena, arena_name, &options, NULL) == 0);
}

uint64_t
crash_claim(void)
{
	struct tarn_thread *thread;

	crash_must(tarn__thread_get(crash_arena, &thread) == 0);
	return thread->index;
}

void
crash_recover(void)
{
	crash_must(tarn_reap(crash_arena, NULL) == 0);
	crash_claim();
}

/* Only before a copy was put back, which gives what is missing.  The file may have more than that.
 */
static void
check_given(void)
{
	struct stat stat;
	uint64_t given = 0;

	for (uint64_t chunk = 0; chunk < crash_arena->window_size / TARN_CHUNK; chunk++)
		given += tarn__chunk_given(crash_arena, chunk);
	crash_must(fstat(tarn_arena_fd(crash_arena), &stat) == 0);
	crash_must((uint64_t)stat.st_blocks * 512 >= given * TARN_CHUNK);
}

static int
is_own_slot(const struct tarn_member_info *info, void *unused)
{
	(void)unused;
	if (info->broken)
		return 0; /* for ever; the test knows how many there are to be */
	crash_must(!info->dead);
	crash_must(info->pid == (uint64_t)getpid());
	return 0;
}

void
crash_check(void)
{
	uint64_t writers, count;

	crash_must(tarn_arena_attached(crash_arena, &writers, NULL) == 0);
	crash_must(writers == 1);
	crash_must(tarn_arena_members(crash_arena, is_own_slot, NULL) == 0);
	crash_must(tarn__slots_used(crash_arena) == 1);
	crash_must(tarn_reap(crash_arena, &count) == 0 && count == 0);
	for (uint64_t chunk = 0; chunk < crash_arena->window_size / TARN_CHUNK; chunk++) {
		if (tarn__chunk_given(crash_arena, chunk))
			crash_must(tarn__at(crash_arena, chunk * TARN_CHUNK, TARN_CHUNK, 8));
	}
}

/* ---- the roles ----------------------------------------------------------------------------- */

static void
call(void (*function)(void))
{
	if (function)
		function();
}

/* Whatever it has, it leaves as one who is killed. */
static _Noreturn void
finish(void)
{
	crash_disarm();
	__atomic_store_n(&shared->finished, 1, __ATOMIC_SEQ_CST);
	hook_die(NULL);
}

static void
be_preparer(void)
{
	crash_open(TARN_CREATE, false);
	call(op->prepare);
	finish();
}

static void
be_victim(void)
{
	if (!op->creates && !op->attaches)
		crash_open(TARN_OPEN, false);
	call(op->begin);
	if (!op->arms_itself)
		crash_arm();
	op->operate();
	finish();
}

static void
be_recoverer(void)
{
	if (!op->creates)
		crash_open(TARN_OPEN, false);
	crash_arm();
	if (op->creates)
		crash_open(TARN_OPEN_OR_CREATE, false);
	if (op->recover)
		op->recover();
	else
		crash_recover();
	finish();
}

static bool finished; /* the victim */

static void
be_onlooker(void)
{
	if (op->creates && access(arena_path, F_OK))
		_exit(finished);
	crash_open(TARN_OPEN, true);
	check_given();
	if (op->look)
		op->look(finished);
	_exit(0);
}

static void
be_verifier(void)
{
	crash_open(op->creates ? TARN_OPEN_OR_CREATE : TARN_OPEN, false);
	crash_recover();
	crash_check();
	if (op->verify)
		op->verify(finished);
	_exit(0);
}

/* The end of a process that plays this role, and dies at this point. */
static int
play(void (*role)(void), uint64_t point)
{
	int status;
	pid_t pid;

	shared->points = 0;
	shared->finished = 0;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		die_at = point;
		role();
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return status;
}

/* Of a process that is killed sooner or later: whether that was all that happened. */
static bool
dies(void (*role)(void), uint64_t point)
{
	int status = play(role, point);

	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* ---- copies of the arena ------------------------------------------------------------------- */

struct copy {
	bool exists;
	uint64_t size;
	char *bytes; /* a sparse mapping; NULL if there is no file */
};

static void
drop_copy(struct copy *copy)
{
	if (copy->bytes)
		munmap(copy->bytes, copy->size);
	*copy = (struct copy){ .bytes = NULL };
}

/* Copy what is written in a file to the same place in memory, or the other way round. */
static void
move_data(int fd, int extents, struct copy *copy, bool save)
{
	off_t end = 0;

	for (;;) {
		off_t start = lseek(extents, end, SEEK_DATA);
		ssize_t moved;

		if (start < 0)
			return;
		end = lseek(extents, start, SEEK_HOLE);
		moved = save ? pread(fd, copy->bytes + start, (size_t)(end - start), start) :
			       pwrite(fd, copy->bytes + start, (size_t)(end - start), start);
		if (moved != end - start)
			abort();
	}
}

static void
save_copy(struct copy *copy)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	int fd = open(arena_path, O_RDONLY | O_CLOEXEC);

	drop_copy(copy);
	copy->exists = fd >= 0;
	if (fd < 0)
		return;
	copy->size = (uint64_t)lseek(fd, 0, SEEK_END);
	copy->bytes = mmap(NULL, copy->size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (copy->bytes == MAP_FAILED)
		abort();
	move_data(fd, fd, copy, true);
	close(fd);
}

static bool
is_zero(const char *page)
{
	static const char zero[PAGE];

	return memcmp(page, zero, PAGE) == 0;
}

static void
give_chunk(int fd, const struct copy *copy, uint64_t chunk)
{
	off_t start = (off_t)(chunk * TARN_CHUNK);

	if (fallocate(fd, 0, start, (off_t)TARN_CHUNK))
		abort();
	for (uint64_t off = 0; off < TARN_CHUNK; off += PAGE) {
		const char *page = copy->bytes + start + off;

		if (!is_zero(page) && pwrite(fd, page, PAGE, start + (off_t)off) != PAGE)
			abort();
	}
}

static void
put_copy(const struct copy *copy)
{
	const struct tarn_header_shm *header = (const void *)copy->bytes;
	const uint64_t *map;
	int fd;

	if (!copy->exists) {
		unlink(arena_path);
		return;
	}
	fd = open(arena_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 0) || ftruncate(fd, (off_t)copy->size))
		abort();
	map = (const void *)(copy->bytes + header->chunks_off);
	for (uint64_t chunk = 0; chunk < copy->size / TARN_CHUNK; chunk++) {
		if (map[chunk >> 6] >> (chunk & 63) & 1)
			give_chunk(fd, copy, chunk);
	}
	close(fd);
}

/* ---- running ------------------------------------------------------------------------------- */

static uint64_t failures;

static void
expect(bool well, const char *what, uint64_t victim_point, uint64_t recoverer_point)
{
	__atomic_fetch_add(&shared->runs, 1, __ATOMIC_RELAXED);
	if (well)
		return;
	failures++;
	fprintf(stderr, "%s: %s: victim at %lu, recoverer at %lu\n", op->name, what,
		(unsigned long)victim_point, (unsigned long)recoverer_point);
}

static void
kill_recoverers(const struct copy *dead, uint64_t point)
{
	bool over = false;

	for (uint64_t j = 1; !over && failures < ENOUGH_FAILURES; j++) {
		if (j > 1)
			put_copy(dead);
		expect(dies(be_recoverer, j), "cannot recover", point, j);
		over = shared->finished || j > MOST_POINTS;
		expect(play(be_verifier, DIES_NOT) == 0, "not recovered", point, j);
	}
}

/* Whether the victim did all there is to do. */
static bool
kill_victim(const struct copy *before, struct copy *dead, uint64_t point)
{
	put_copy(before);
	expect(dies(be_victim, point), "cannot operate", point, 0);
	finished = shared->finished != 0;
	expect(play(be_onlooker, DIES_NOT) == 0, "wrong before recovery", point, 0);
	save_copy(dead);
	expect(play(be_verifier, DIES_NOT) == 0, "not recovered", point, 0);
	put_copy(dead);
	kill_recoverers(dead, point);
	return finished;
}

uint64_t
crash_run(const struct crash_operation *operation)
{
	struct copy before = { .bytes = NULL };
	struct copy dead = { .bytes = NULL };
	uint64_t point = 1;

	op = operation;
	failures = 0;
	snprintf(arena_name, sizeof(arena_name), "shm:crash-%d", getpid());
	snprintf(arena_path, sizeof(arena_path), "/dev/shm/tarn.crash-%d", getpid());
	if (!op->creates)
		expect(dies(be_preparer, DIES_NOT), "cannot prepare", 0, 0);
	save_copy(&before);
	while (failures < ENOUGH_FAILURES && point < MOST_POINTS) {
		if (kill_victim(&before, &dead, point))
			break;
		point++;
	}
	printf("%s: %lu points\n", op->name, (unsigned long)(point - 1));
	if (point == 1)
		failures++;
	drop_copy(&before);
	drop_copy(&dead);
	unlink(arena_path);
	return failures;
}

void
crash_start(void)
{
	int flags = MAP_SHARED | MAP_ANONYMOUS;

	hook_start();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, flags, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	hook_store = on_store;
	tarn__fault_callback = on_call;
}

void
crash_report(void)
{
	printf("crash points: %lu\n", (unsigned long)shared->crash_points);
	hook_report(getenv("CRASH_VERBOSE") != NULL);
}
