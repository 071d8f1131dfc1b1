// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * mixed.c -- all containers at once under real kills
 *
 *	worker 0	hashmap, vector, all, string ...	killed; another starts
 *	worker 1	string, string, transfer ...
 *	...
 *	killer		kills one or several, waits until the others have got on with
 *			what the victim was at, settles what the dead had begun
 *
 * Beside what each container does alone (torture.h), workers run transactions
 * over all of them, which set the same number everywhere; after a kill either
 * all have it or none.  Every few seconds everybody is killed, and all is
 * compared and walked for leaks.
 *
 *	TARN_DURATION			seconds; 6 without
 *	TARN_TORTURE_CONTAINERS		names with commas between; all without
 *	TARN_TORTURE_ARENA		where; nameless without (arena.h)
 */
#include "torture/arena.h"
#include "torture/stalls.h"
#include "torture/torture.h"

#include "base/compiler.h"
#include "base/hash.h"
#include "os/os.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS TORTURE_WORKERS
#define KILL_EVERY_NS UINT64_C(4000000)
#define STUCK_NS UINT64_C(60000000000)
#define COMPARE_EVERY_NS UINT64_C(3000000000)

static const struct torture_kind *const kinds[] = {
	&torture_bitset,
	&torture_counter,
	&torture_deque,
	&torture_hashmap,
	&torture_hashmulti,
	&torture_hashset,
	&torture_list,
	&torture_map,
	&torture_multimap,
	&torture_priority_queue,
	&torture_queue,
	&torture_set,
	&torture_stack,
	&torture_string,
	&torture_transfer,
	&torture_vector,
};

enum { KINDS = TARN_ARRAY_SIZE(kinds), ALL = KINDS }; /* ALL: the transactions over all */

static struct journal {
	uint64_t at[WORKERS];		/* the kind that a worker is at */
	uint64_t progress[KINDS + 1];	/* what was done of each */
	uint64_t begun[WORKERS], done[WORKERS]; /* numbers of transactions over all */
	uint64_t failed;
} *journal;

struct tarn_arena *torture_arena;
uint64_t torture_lost, torture_doubled, torture_unsure;

static const struct torture_kind *chosen[KINDS];
static unsigned chosen_count;
static unsigned object_count; /* of those that have numbers */
static uint64_t dice;
static uint64_t kills, leaked, checks;

/* ---- small things ------------------------------------------------------------------------------ */

void
torture_expect_0(const char *what, int code)
{
	if (!code)
		return;
	fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
	if (journal)
		tarn__fetch_add(&journal->failed, 1);
	_exit(3);
}

void
torture_expect_there(const char *what, int code)
{
	torture_expect_0(what, code == TARN_NOT_FOUND ? 0 : code);
}

void
torture_claim(const char *what, bool is_so)
{
	torture_expect_0(what, is_so ? 0 : TARN_CORRUPT);
}

uint64_t
torture_roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 11);
	return dice % below;
}

void *
torture_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? (abort(), NULL) : memory;
}

/* ---- transactions over all --------------------------------------------------------------------- */

struct step {
	unsigned place;
	uint64_t number;
};

static int
set_numbers(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	int code = 0;

	for (unsigned i = 0; !code && i < chosen_count; i++) {
		if (chosen[i]->object)
			code = chosen[i]->set_number(txn, step->place, step->number);
	}
	return code;
}

static void
act_on_all(unsigned place)
{
	struct step step = { place, journal->done[place] + 1 };
	struct tarn_object *objects[KINDS];
	unsigned count = 0;

	for (unsigned i = 0; i < chosen_count; i++) {
		if (chosen[i]->object)
			objects[count++] = chosen[i]->object(place);
	}
	tarn__store_release(&journal->begun[place], step.number);
	torture_expect_0("all", tarn_txn_run(torture_arena, objects, count, set_numbers, &step));
	tarn__store_release(&journal->done[place], step.number);
}

/* All have the same number, and it is one of two. */
static void
settle_all(unsigned place)
{
	uint64_t done = journal->done[place], begun = journal->begun[place], first = done, number;
	bool seen = false;

	torture_unsure += begun != done;
	for (unsigned i = 0; i < chosen_count; i++) {
		if (!chosen[i]->object)
			continue;
		torture_expect_0("number", chosen[i]->get_number(place, &number));
		torture_lost += number < done || (seen && number < first);
		torture_doubled += number > begun || (seen && number > first);
		first = number;
		seen = true;
	}
	journal->begun[place] = journal->done[place] = first;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static _Noreturn void
work(unsigned place)
{
	dice = tarn__os_random();
	for (;;) {
		uint64_t at = torture_roll(chosen_count + (object_count > 1));

		tarn__store_release(&journal->at[place], at);
		if (at == chosen_count)
			act_on_all(place);
		else
			chosen[at]->act(place);
		tarn__fetch_add(&journal->progress[at], 1);
	}
}

static pid_t
start(unsigned place)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0)
		work(place);
	return child;
}

/* ---- the killer -------------------------------------------------------------------------------- */

static void
settle(unsigned place)
{
	for (unsigned i = 0; i < chosen_count; i++)
		chosen[i]->settle(place);
	settle_all(place);
}

static void
bury(unsigned place, pid_t *workers)
{
	if (waitpid(workers[place], NULL, 0) != workers[place])
		abort();
	settle(place);
}

/* One dies, or several at once, so that who recovers dies too; at least one goes on: does it? */
static bool
kill_some(pid_t *workers)
{
	unsigned victim = (unsigned)torture_roll(WORKERS);
	unsigned count = torture_roll(2) ? 1 : 1 + (unsigned)torture_roll(WORKERS - 1);
	uint64_t at, before;
	bool go_on;

	tarn__os_sleep(torture_roll(KILL_EVERY_NS));
	at = tarn__load(&journal->at[victim]);
	before = tarn__load(&journal->progress[at]);
	for (unsigned i = 0; i < count; i++)
		(void)kill(workers[(victim + i) % WORKERS], SIGKILL);
	/* each survivor may have finished one thing that it had begun before */
	go_on = stalls_wait(&journal->progress[at], before, WORKERS, STUCK_NS, &journal->failed);
	for (unsigned i = 0; i < count; i++) {
		bury((victim + i) % WORKERS, workers);
		workers[(victim + i) % WORKERS] = start((victim + i) % WORKERS);
	}
	kills += count;
	return go_on;
}

static void
print_problem(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	fprintf(stderr, "%s at %lu: %s\n", problem->object, (unsigned long)problem->off,
		problem->what);
}

/* When all workers are dead: whether the arena is whole. */
static bool
compare_all(void)
{
	struct tarn_check_options options = { .problem = print_problem };
	struct tarn_check_report report = { 0 };
	int code = tarn_check(torture_arena, &options, &report);

	for (unsigned i = 0; i < chosen_count; i++)
		chosen[i]->compare();
	leaked += report.leaked_bytes;
	torture_doubled += report.doubled_bytes;
	checks++;
	if (code)
		fprintf(stderr, "check: %s, %s\n", tarn_error_name(code), tarn_error_detail());
	return !code && !torture_lost && !torture_doubled;
}

static void
kill_all(pid_t *workers)
{
	for (unsigned i = 0; i < WORKERS; i++)
		(void)kill(workers[i], SIGKILL);
	for (unsigned i = 0; i < WORKERS; i++)
		bury(i, workers);
	kills += WORKERS;
}

/* Until then; whether nobody is stuck. */
static bool
kill_until(uint64_t end)
{
	pid_t workers[WORKERS];
	bool go_on = true;

	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = start(i);
	while (go_on && tarn__os_now() < end)
		go_on = kill_some(workers);
	kill_all(workers);
	return go_on;
}

/* ---- the verdict ------------------------------------------------------------------------------- */

/* Whether all is well, and each kind has been at work. */
static bool
verdict(bool whole, bool stuck)
{
	bool busy = kills > 0;

	printf("kills: %lu\nlost: %lu\ndoubled: %lu\nleaked bytes: %lu\nstuck: %u\n",
	       (unsigned long)kills, (unsigned long)torture_lost, (unsigned long)torture_doubled,
	       (unsigned long)leaked, stuck);
	stalls_print();
	for (unsigned i = 0; i < chosen_count + (object_count > 1); i++) {
		printf("%s: %lu operations\n", i < chosen_count ? chosen[i]->name : "all at once",
		       (unsigned long)journal->progress[i]);
		busy = busy && journal->progress[i];
	}
	printf("unsure: %lu, leak walks: %lu\n", (unsigned long)torture_unsure,
	       (unsigned long)checks);
	return whole && busy && !torture_lost && !torture_doubled && !leaked && !stuck &&
	       !journal->failed;
}

/* ---- choosing ---------------------------------------------------------------------------------- */

static const struct torture_kind *
kind_named(const char *name)
{
	for (unsigned i = 0; i < KINDS; i++) {
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	}
	printf("no container %s; there are:", name);
	for (unsigned i = 0; i < KINDS; i++)
		printf(" %s", kinds[i]->name);
	printf("\n");
	exit(2);
}

static void
choose(const char *names)
{
	char list[200];

	if (!names || !names[0] || !strcmp(names, "all")) {
		memcpy(chosen, kinds, sizeof(kinds));
		chosen_count = KINDS;
		return;
	}
	snprintf(list, sizeof(list), "%s", names);
	for (char *name = strtok(list, ","); name && chosen_count < KINDS; name = strtok(NULL, ","))
		chosen[chosen_count++] = kind_named(name);
}

static void
open_all(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 30 };

	torture_expect_0("open", torture_open(&torture_arena, &options));
	for (unsigned i = 0; i < chosen_count; i++) {
		chosen[i]->open();
		object_count += chosen[i]->object != NULL;
	}
	journal = torture_memory(sizeof(*journal));
	dice = tarn__os_random();
}

static bool
close_all(void)
{
	for (unsigned i = 0; i < chosen_count; i++)
		chosen[i]->close();
	return !torture_close(torture_arena);
}

static uint64_t
duration_ns(void)
{
	const char *duration = getenv("TARN_DURATION");

	return (duration ? strtoull(duration, NULL, 10) : 6) * 1000000000u;
}

int
main(void)
{
	bool whole = true, well = true, passed;
	uint64_t end;

	choose(getenv("TARN_TORTURE_CONTAINERS"));
	open_all();
	end = tarn__os_now() + duration_ns();
	while (whole && well && tarn__os_now() < end) {
		uint64_t next = tarn__os_now() + COMPARE_EVERY_NS;

		well = kill_until(next < end ? next : end);
		whole = compare_all();
	}
	passed = verdict(whole, !well);
	passed = close_all() && passed;
	printf("%d passed, %d failed\n", passed, !passed);
	return !passed;
}
