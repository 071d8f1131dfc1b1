// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * share_work.c -- one map, used by several at once: one library
 *
 *	share_NAME [clock]
 *
 *	ycsb-a, ycsb-b, ycsb-c	a million u64 entries; 50 %, 95 % or all of
 *				the operations are get, the rest update; keys
 *				are drawn zipfian, 0.99, as by YCSB
 *	ycsb-e		of ordered maps: 95 % scans of 1 to 100 entries from a
 *			drawn key on, the rest inserts of new keys
 *	beside		what one does while another does ycsb-a as well
 *	stopped		the same while the other one is stopped, by SIGSTOP
 *	killed		the same while it is killed, by SIGKILL, and another
 *			one is started, every 10 ms
 *
 * Million operations in a second.  ycsb-X/N: of processor time, by N processes
 * (or threads) together; ycsb-X/N-clock: of time that passes, which cannot be
 * more than the processors allow.  With "clock" only that, for a server that
 * works in a process of its own.  The last three are by the clock, and only of
 * processes; behind the number stands how often nothing was done for HANG, and
 * how many seconds that lasted at most before it was given up.
 *
 *	parent			members
 *	ready == N	<-	join, begin to work
 *	WARM passes
 *	phase 1		->	count from here
 *	MEASURED passes
 *	phase 2		->	end
 */
#include "clock.h"
#include "map.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENTRIES 1000000u
#define DRAWN 500000u /* keys for each member, again and again */
#define BATCH 16u
#define MOST 4u
#define WARM 100u /* ms, as all below */
#define MEASURED 250u
#define KILLED 1000u
#define EVERY 10u
#define STOPS 10u
#define STOPPED 50u
#define HANG 1000u

struct member {
	uint64_t done; /* operations since it joined, and before it was measured */
	uint64_t before, cpu, clock;
	unsigned which;
	const struct mix *mix;
	uint64_t random;
	pthread_t thread;
	pid_t pid;
} __attribute__((aligned(64)));

/* What a member does: gets (or scans) of a hundred operations, the rest updates (or inserts). */
struct mix {
	const char *name;
	unsigned gets;
	int scans;
};

static const struct mix mixes[] = {
	{ "ycsb-a", 50, 0 },
	{ "ycsb-b", 95, 0 },
	{ "ycsb-c", 100, 0 },
	{ "ycsb-e", 95, 1 },
};

struct group {
	uint32_t ready, phase;
	struct member members[MOST];
};

static struct group *group;
static struct u64_map *map;
static uint64_t *drawn;
static uint64_t seed = UINT64_C(1) << 32; /* of the member that was started last; no rank */
static volatile uint64_t sink;

static void
pause_ms(unsigned ms)
{
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* The key of a rank; any that has no pattern. */
static uint64_t
key_of(uint64_t rank)
{
	return peer_random(&rank);
}

/* Gray et al., Quickly generating billion-record synthetic databases, SIGMOD 1994. */
static void
draw(void)
{
	double theta = 0.99, sum = 0, two = 1 + pow(0.5, theta), alpha = 1 / (1 - theta), eta;
	uint64_t random = 7;

	for (uint64_t i = 1; i <= ENTRIES; i++)
		sum += 1 / pow((double)i, theta);
	eta = (1 - pow(2.0 / ENTRIES, 1 - theta)) / (1 - two / sum);
	for (uint64_t i = 0; i < DRAWN * MOST; i++) {
		double u = (double)(peer_random(&random) >> 11) / 9007199254740992.0;
		double rank = ENTRIES * pow(eta * u - eta + 1, alpha);

		if (u * sum < two)
			rank = u * sum < 1 ? 0 : 1;
		drawn[i] = key_of((uint64_t)rank < ENTRIES ? (uint64_t)rank : ENTRIES - 1);
	}
}

/* ---- members ----------------------------------------------------------------------------------- */

static uint32_t
phase(void)
{
	return __atomic_load_n(&group->phase, __ATOMIC_ACQUIRE);
}

static uint64_t
done_by(const struct member *member)
{
	return __atomic_load_n(&member->done, __ATOMIC_RELAXED);
}

/* What a scan draws its length with is a new key as well. */
static uint64_t
one_operation(struct u64_map *mine, const struct mix *mix, const uint64_t *key, uint64_t *random)
{
	uint64_t fresh = peer_random(random);
	int gets = fresh % 100 < mix->gets;

	if (mix->scans && gets)
		return u64_scan(mine, *key, 1 + fresh / 100 % MAP_SCAN);
	if (gets)
		return u64_get(mine, key, 1);
	if (mix->scans)
		u64_insert(mine, &fresh, 1);
	else
		u64_update(mine, key, 1);
	return 0;
}

static void
work(struct u64_map *mine, struct member *member, uint32_t until)
{
	const uint64_t *keys = &drawn[(uint64_t)member->which * DRAWN];
	uint64_t done = member->done, sum = 0;

	while (phase() < until) {
		for (unsigned i = 0; i < BATCH; i++)
			sum += one_operation(mine, member->mix, &keys[(done + i) % DRAWN],
				&member->random);
		done += BATCH;
		__atomic_store_n(&member->done, done, __ATOMIC_RELAXED);
	}
	sink += sum;
}

static void *
live(void *one)
{
	struct member *member = one;
	struct u64_map *mine = map_join(map);

	(void)__atomic_add_fetch(&group->ready, 1, __ATOMIC_SEQ_CST);
	work(mine, member, 1);
	member->before = member->done;
	member->cpu = peer_now();
	member->clock = peer_clock();
	work(mine, member, 2);
	member->cpu = peer_now() - member->cpu;
	member->clock = peer_clock() - member->clock;
	return NULL;
}

static void
start(unsigned which, const struct mix *mix)
{
	struct member *member = &group->members[which];
	pid_t child;

	member->which = which;
	member->mix = mix;
	member->random = seed += 1000;
	if (map_by_threads) {
		if (pthread_create(&member->thread, NULL, live, member))
			abort();
		return;
	}
	child = fork();
	if (child < 0)
		abort();
	if (child == 0) {
		(void)live(member);
		_exit(0);
	}
	member->pid = child; /* by one of the two: it is shared */
}

static void
end(struct member *member)
{
	if (map_by_threads)
		(void)pthread_join(member->thread, NULL);
	else
		(void)waitpid(member->pid, NULL, 0);
}

static void
start_all(unsigned count, const struct mix *mix)
{
	memset(group, 0, sizeof(*group));
	(void)fflush(stdout);
	for (unsigned i = 0; i < count; i++)
		start(i, mix);
	while (__atomic_load_n(&group->ready, __ATOMIC_ACQUIRE) < count)
		pause_ms(1);
	pause_ms(WARM);
}

static void
set_phase(uint32_t value)
{
	__atomic_store_n(&group->phase, value, __ATOMIC_RELEASE);
}

/* ---- all of them work -------------------------------------------------------------------------- */

static void
run(const struct mix *mix, unsigned count, int only_clock)
{
	double by_cpu = 0, by_clock = 0;

	start_all(count, mix);
	set_phase(1);
	pause_ms(MEASURED);
	set_phase(2);
	for (unsigned i = 0; i < count; i++) {
		struct member *member = &group->members[i];
		double done;

		end(member);
		done = (double)(member->done - member->before) * 1000;
		by_cpu += done / (double)member->cpu;
		by_clock += done / (double)member->clock;
	}
	if (!only_clock)
		printf("%s/%u %.4f\n", mix->name, count, by_cpu);
	printf("%s/%u-clock %.4f\n", mix->name, count, by_clock);
}

/* ---- one of two is disturbed -------------------------------------------------------------------- */

/* Whether the first one does anything within HANG. */
static int
goes_on(void)
{
	uint64_t done = done_by(&group->members[0]);

	for (unsigned ms = 0; ms < HANG; ms += EVERY) {
		pause_ms(EVERY);
		if (done_by(&group->members[0]) != done)
			return 1;
	}
	return 0;
}

struct outcome {
	uint64_t done, ns;
	unsigned hung;
};

static void
end_disturbed(const char *name, const struct outcome *outcome)
{
	set_phase(2);
	if (outcome->hung)
		(void)kill(group->members[0].pid, SIGKILL);
	end(&group->members[0]);
	(void)kill(group->members[1].pid, SIGKILL);
	end(&group->members[1]);
	printf("%s %.4f %u %.1f\n", name, (double)outcome->done * 1000 / (double)outcome->ns,
		outcome->hung, outcome->hung ? HANG / 1000.0 : 0.0);
}

static void
watch(struct outcome *outcome, unsigned ms)
{
	uint64_t done = done_by(&group->members[0]), since = peer_clock();

	pause_ms(ms);
	outcome->done += done_by(&group->members[0]) - done;
	outcome->ns += peer_clock() - since;
}

static void
run_beside(void)
{
	struct outcome outcome = { 0 };

	start_all(2, &mixes[0]);
	watch(&outcome, MEASURED);
	end_disturbed("beside", &outcome);
}

static void
run_stopped(void)
{
	struct outcome outcome = { 0 };
	unsigned hung = 0;

	start_all(2, &mixes[0]);
	for (unsigned i = 0; i < STOPS; i++) {
		pid_t other = group->members[1].pid;

		(void)kill(other, SIGSTOP);
		(void)waitpid(other, NULL, WUNTRACED);
		watch(&outcome, STOPPED);
		hung += !goes_on();
		(void)kill(other, SIGCONT);
		pause_ms(EVERY + i);
	}
	outcome.hung = hung;
	end_disturbed("stopped", &outcome);
}

static void
run_killed(void)
{
	struct outcome outcome = { 0 };

	start_all(2, &mixes[0]);
	while (outcome.ns < KILLED * UINT64_C(1000000) && !outcome.hung) {
		struct member *other = &group->members[1];
		uint64_t before = outcome.done;

		(void)kill(other->pid, SIGKILL);
		(void)waitpid(other->pid, NULL, 0);
		start(1, &mixes[0]);
		watch(&outcome, EVERY);
		outcome.hung = outcome.done == before && !goes_on();
	}
	end_disturbed("killed", &outcome);
}

int
main(int argc, char **argv)
{
	int only_clock = argc > 1;

	(void)argv;
	map_open(ENTRIES, 0);
	map = u64_new();
	group = mmap(NULL, sizeof(*group), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	drawn = calloc(DRAWN * MOST, sizeof(*drawn));
	if (group == MAP_FAILED || !drawn)
		return 2;
	for (uint64_t i = 0; i < ENTRIES; i++)
		drawn[i] = key_of(i);
	u64_insert(map, drawn, ENTRIES);
	draw();
	for (unsigned count = 1; count <= MOST; count *= 2) {
		for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++) {
			if (!mixes[i].scans || u64_scan)
				run(&mixes[i], count, only_clock);
		}
	}
	if (map_by_threads)
		return 0;
	run_beside();
	run_stopped();
	run_killed();
	return 0;
}
