// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sysv.c -- death at every store and every system call of creating, growing
 * and removing an arena in System V segments
 *
 * For each point k of the operation a victim is killed there; a reader then
 * finds a whole arena or none.  For each point j of what the next process
 * does, which is to open or create, and to grow, that one is killed there
 * too.  The last one must succeed at all of it; what it then removes must be
 * all there was: no segment and no lock file is left.
 *
 * Segments cannot be put back from a copy, so each run begins from nothing.
 * The floors above are not there; their creation is stores like any other
 * (member.c).  Stores through segment 0's other mapping, which removal makes
 * for a moment, are no points of their own: there is a system call before
 * and behind each.
 */
#include "arena/arena.h"
#include "base/compiler.h"
#include "hook/hook.h"
#include "os/fault.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define WINDOW ((void *)UINT64_C(0x600000000000))
#define MIB (UINT64_C(1) << 20)
#define MOST_POINTS 2000u
#define NEVER UINT64_MAX

const struct tarn_arena_upper *const tarn__arena_uppers[] = { NULL };

/* Of all processes of the program. */
static struct shared {
	uint64_t points;   /* of the one who may die */
	uint64_t finished; /* it did not */
	uint64_t deaths;
} * shared;

static char name[64], path[64];
static bool alone;
static uint64_t die_at;
static struct tarn_arena *arena;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

_Noreturn static void
give_up(const char *claim, int line)
{
	fprintf(stderr, "sysv.c:%d: %s does not hold\n", line, claim);
	_exit(1);
}

/* ---- points ---------------------------------------------------------------------------------- */

static void
pass_point(void *site)
{
	if (++shared->points == die_at) {
		shared->deaths++;
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

static void
arm(void)
{
	hook_watch_nothing();
	hook_watch(WINDOW, UINT64_C(1) << 40);
	hook_store = on_store;
	tarn__fault_callback = on_call;
}

static void
disarm(void)
{
	hook_store = NULL;
	tarn__fault_callback = NULL;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static int
open_it(enum tarn_open_mode how, bool readonly)
{
	struct tarn_arena_options options = {
		.how = how,
		.readonly = readonly,
		.max_size = 2 * MIB,
		.max_threads = 4,
		.segment_size = MIB,
		.address = WINDOW,
	};

	return tarn_arena_open(&arena, name, &options, NULL);
}

#define GROWTH (20 * TARN_CHUNK)

static tarn_off
growth_off(void)
{
	return arena->fixed.data_off + MIB / 2;
}

static void
prepare_nothing(void)
{
}

static void
prepare_arena(void)
{
	must(open_it(TARN_CREATE, false) == 0);
	must(tarn__arena_give(arena, growth_off(), TARN_CHUNK) == 0);
}

static void
create(void)
{
	must(open_it(TARN_CREATE, false) == 0);
}

static void
open_to_grow(void)
{
	must(open_it(TARN_OPEN, false) == 0);
}

/* The rest of a segment that is there, and what lies in new ones. */
static void
grow(void)
{
	must(tarn__arena_give(arena, growth_off(), GROWTH) == 0);
}

static void
remove_it(void)
{
	must(tarn_arena_remove(name) == 0);
}

static void
open_and_grow(void)
{
	must(open_it(TARN_OPEN_OR_CREATE, false) == 0);
	grow();
}

static const struct operation {
	const char *name;
	void (*prepare)(void);
	void (*begin)(void); /* in the victim, which does not die here */
	void (*operate)(void);
	bool there_before, there_after; /* the arena */
} operations[] = {
	{ "creating", prepare_nothing, prepare_nothing, create, false, true },
	{ "growing", prepare_arena, open_to_grow, grow, true, true },
	{ "removing", prepare_arena, prepare_nothing, remove_it, true, false },
};

/* ---- who does it ----------------------------------------------------------------------------- */

static const struct operation *op;

static void
be_victim(void)
{
	op->begin();
	arm();
	op->operate();
	disarm();
	shared->finished = 1;
}

static void
be_next(void)
{
	arm();
	open_and_grow();
	disarm();
	shared->finished = 1;
}

/* All that is said to be given can be read. */
static void
read_all(void)
{
	for (uint64_t chunk = 0; chunk < arena->window_size / TARN_CHUNK; chunk++) {
		volatile const char *bytes = tarn__at(arena, chunk * TARN_CHUNK, TARN_CHUNK, 8);

		must(!bytes == !tarn__chunk_given(arena, chunk));
		if (bytes)
			must(bytes[TARN_CHUNK - 1] == 0);
	}
}

static bool over; /* the victim's operation */

static void
be_reader(void)
{
	int code = open_it(TARN_OPEN, true);

	must(code == 0 || code == TARN_NOT_FOUND);
	if (op->there_before == op->there_after)
		must(code == 0);
	if (over)
		must((code == 0) == op->there_after);
	if (code == 0)
		read_all();
}

static int
segments(void)
{
	struct shm_info info;

	must(shmctl(0, SHM_INFO, (struct shmid_ds *)&info) >= 0);
	return alone ? info.used_ids : 0;
}

static void
be_last(void)
{
	open_and_grow();
	must(tarn__chunks_given(arena, growth_off(), GROWTH));
	read_all();
	memset(tarn__at(arena, growth_off(), GROWTH, 8), 1, GROWTH);
	tarn_arena_close(arena);
	must(tarn_arena_remove(name) == 0);
	must(access(path, F_OK) == -1);
	must(segments() == 0);
}

/* Another way to the end: nobody creates any more. */
static void
be_remover(void)
{
	int code = tarn_arena_remove(name);

	must(code == 0 || code == TARN_NOT_FOUND);
	must(access(path, F_OK) == -1);
	must(segments() == 0);
}

/* ---- running --------------------------------------------------------------------------------- */

static unsigned failures;

/* Whether a process that does this, and dies at that point, did not die of anything else. */
static bool
play(void (*role)(void), uint64_t point)
{
	int status;
	pid_t pid;

	shared->points = 0;
	shared->finished = 0;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		die_at = point;
		role();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL && point != NEVER : status == 0;
}

static void
expect(bool well, const char *what, uint64_t victim, uint64_t next)
{
	if (well)
		return;
	failures++;
	fprintf(stderr, "%s: %s: victim at %lu, next at %lu\n", op->name, what,
		(unsigned long)victim, (unsigned long)next);
}

/* The state in which a victim leaves it that dies there; whether it did all there is to do. */
static bool
kill_victim(uint64_t point)
{
	expect(play(op->prepare, NEVER), "cannot prepare", point, 0);
	expect(play(be_victim, point), "cannot operate", point, 0);
	return shared->finished;
}

static void
kill_next(uint64_t point)
{
	bool finished = false;

	for (uint64_t j = 1; !finished && !failures && j < MOST_POINTS; j++) {
		kill_victim(point);
		expect(play(be_next, j), "the next one cannot", point, j);
		finished = shared->finished;
		expect(play(be_last, NEVER), "the last one cannot", point, j);
	}
	expect(finished || failures, "too many points", point, 0);
}

static void
run(const struct operation *operation)
{
	uint64_t point = 0;

	op = operation;
	for (over = false; !over && !failures && point < MOST_POINTS;) {
		over = kill_victim(++point);
		expect(play(be_reader, NEVER), "a reader cannot", point, 0);
		expect(play(be_remover, NEVER), "cannot be removed", point, 0);
		kill_next(point);
	}
	printf("%s: %lu points\n", op->name, (unsigned long)point - 1);
}

int
main(void)
{
	unsigned number = (unsigned)getpid();
	int flags = MAP_SHARED | MAP_ANONYMOUS;

	hook_start();
	alone = !unshare(CLONE_NEWIPC);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, flags, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	snprintf(name, sizeof(name), "sysv:key=0x5c%06x", number);
	snprintf(path, sizeof(path), "/dev/shm/tarn.key-0x5c%06x", number);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(operations) && !failures; i++)
		run(&operations[i]);
	(void)!tarn_arena_remove(name);
	printf("crash points: %lu\n", (unsigned long)shared->deaths);
	hook_report(true);
	failures += hook_store_sites() != hook_sites_died_at();
	printf("%d passed, %u failed\n", !failures, failures);
	return failures != 0;
}
