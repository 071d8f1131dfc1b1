// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * history.c -- see history.h
 *
 * The search is that of Wing and Gong, with Lowe's memory of what was tried:
 * "Testing and verifying concurrent objects", JPDC 1993; "Testing for
 * linearizability", CCPE 2017.
 *
 * Journals and plans lie in memory that the processes share, outside of the
 * arena; each worker writes its own.
 */
#include "linear/history.h"

#include "base/atomic.h"
#include "base/hash.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define WORKERS 4u
#define CALLS_MOST 6u
#define SPOIL_EVERY 16u

static struct control {
	uint64_t clock;
	uint32_t round;	   /* workers begin when it rises */
	uint32_t finished; /* rises when one is done */
	uint64_t number;   /* of the history */
	uint64_t done[WORKERS];
	struct {
		enum fate { NOTHING, STOP, DEATH } fate;
		unsigned worker, call, steps;
	} victim;
	unsigned counts[WORKERS];
	struct call calls[WORKERS][CALLS_MOST];
} *control;

struct tarn_arena *history_arena;

static const struct history_test *test;
static uint64_t dice = 1;

/* ---- small things ------------------------------------------------------------------------------ */

_Noreturn void
history_give_up(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
	exit(3);
}

uint64_t
history_roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 5);
	return dice % below;
}

uint64_t
history_number(void)
{
	return control->number;
}

/* Until the word is another, or a millisecond is over. */
static void
sleep_on(const uint32_t *word, uint32_t seen)
{
	const struct timespec most = { 0, 1000000 };

	(void)syscall(SYS_futex, word, FUTEX_WAIT, seen, &most, NULL, 0);
}

static void
raise_and_wake(uint32_t *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
	(void)syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

static uint64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int
history_in_txn(struct tarn_object *one, struct tarn_object *other, bool undone,
	       int (*work)(struct tarn_txn *txn, struct call *call), struct call *call)
{
	struct tarn_object *objects[] = { one, other };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(history_arena, &txn, objects, 2);

	if (code)
		history_give_up("begin", code);
	code = work(txn, call);
	if (code || undone)
		tarn_txn_abort(txn);
	else
		code = tarn_txn_commit(txn);
	return code;
}

static void
record(struct call *call)
{
	tarn__store_release(&call->began, tarn__fetch_add(&control->clock, 1) + 1);
	call->code = test->make(call);
	tarn__store_release(&call->ended, tarn__fetch_add(&control->clock, 1) + 1);
}

/* ---- the search -------------------------------------------------------------------------------- */

/* Sets of calls done and states reached that lead nowhere. */
#define TRIED (1u << 16)
static uint64_t tried[TRIED], tried_epoch[TRIED], epoch;

static bool
try_once(uint64_t done, const struct state *state)
{
	uint64_t hash = tarn__hash_bytes(state->bytes, test->state_size, done);
	unsigned at = (unsigned)hash % TRIED;

	for (unsigned i = 0; i < 64; i++, at = (at + 1) % TRIED) {
		if (tried_epoch[at] != epoch) {
			tried_epoch[at] = epoch;
			tried[at] = hash;
			return true;
		}
		if (tried[at] == hash)
			return false;
	}
	return true;
}

/* The end of the first of the calls that are left: what begins after it comes after it. */
static uint64_t
first_end(const struct history *history, uint64_t done)
{
	uint64_t end = UINT64_MAX;

	for (unsigned i = 0; i < history->count; i++) {
		const struct call *call = &history->calls[i];

		if (!(done >> i & 1) && call->ended && call->ended < end)
			end = call->ended;
	}
	return end;
}

static bool
said_the_same(const struct call *call, const struct call *model)
{
	return !call->ended ||
	       (call->code == model->code && call->said[0] == model->said[0] &&
		call->said[1] == model->said[1]);
}

static bool
search(const struct history *history, uint64_t done, const struct state *state)
{
	uint64_t end = first_end(history, done);

	if (end == UINT64_MAX)
		return true; /* those that have no end need not have happened */
	if (!try_once(done, state))
		return false;
	for (unsigned i = 0; i < history->count; i++) {
		struct state after = *state;
		struct call model = history->calls[i];

		if ((done >> i & 1) || model.began > end)
			continue;
		model.said[0] = model.said[1] = 0;
		test->apply(after.bytes, &model);
		if (said_the_same(&history->calls[i], &model) &&
		    search(history, done | UINT64_C(1) << i, &after))
			return true;
	}
	return false;
}

bool
history_is_linearizable(const struct history_test *of, const struct history *history)
{
	test = of;
	epoch++;
	return search(history, 0, &history->first);
}

static void
add_call(struct history *history, struct call call)
{
	if (history->count == HISTORY_CALLS)
		abort();
	history->calls[history->count++] = call;
}


/* ---- workers ----------------------------------------------------------------------------------- */

static pid_t workers[WORKERS];
static volatile unsigned steps_left;

#define TRAP 0x100

static void
step(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *user = context;

	(void)signal_number, (void)info;
	if (--steps_left)
		return;
	if (control->victim.fate == DEATH)
		(void)kill(getpid(), SIGKILL);
	user->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP;
	for (unsigned i = 0; i < 30; i++)
		sched_yield();
}

/* Once again for the thread itself, below what the compiler may keep under the stack's end. */
static inline void
set_trap(bool on)
{
	if (on)
		__asm__ volatile("lea -256(%%rsp), %%rsp; pushfq; orq %0, (%%rsp); popfq; "
				 "lea 256(%%rsp), %%rsp" : : "i"(TRAP) : "memory", "cc");
	else
		__asm__ volatile("lea -256(%%rsp), %%rsp; pushfq; andq %0, (%%rsp); popfq; "
				 "lea 256(%%rsp), %%rsp" : : "i"(~TRAP) : "memory", "cc");
}

static void
record_stepping(struct call *call)
{
	struct sigaction action = { .sa_sigaction = step, .sa_flags = SA_SIGINFO };

	sigaction(SIGTRAP, &action, NULL);
	steps_left = control->victim.steps;
	set_trap(true);
	record(call);
	set_trap(false);
	if (control->victim.fate == DEATH)
		(void)kill(getpid(), SIGKILL);
}

static bool
is_victim(unsigned place, unsigned call)
{
	return control->victim.fate != NOTHING && control->victim.worker == place &&
	       control->victim.call == call;
}

static _Noreturn void
work(unsigned place, uint32_t round)
{
	dice = place + round * 17;
	for (;; round++) {
		while (__atomic_load_n(&control->round, __ATOMIC_ACQUIRE) == round)
			sleep_on(&control->round, round);
		for (unsigned i = 0; i < control->counts[place]; i++) {
			if (!history_roll(3))
				sched_yield();
			if (is_victim(place, i))
				record_stepping(&control->calls[place][i]);
			else
				record(&control->calls[place][i]);
		}
		tarn__store_release(&control->done[place], 1);
		raise_and_wake(&control->finished);
	}
}

static void
start_worker(unsigned place)
{
	uint32_t round = control->round;

	workers[place] = fork();
	if (workers[place] < 0)
		abort();
	if (workers[place] == 0)
		work(place, round);
}

/* ---- histories --------------------------------------------------------------------------------- */

static uint64_t kills, stops, pending, overlaps, spoilt, histories_done;
static unsigned runs_failed, runs_short;

static void
plan(void)
{
	unsigned present = 3 + (unsigned)history_roll(2);

	for (unsigned w = 0; w < WORKERS; w++) {
		control->counts[w] = w < present ? 3 + (unsigned)history_roll(CALLS_MOST - 2) : 0;
		control->done[w] = 0;
		for (unsigned i = 0; i < control->counts[w]; i++)
			control->calls[w][i] = test->random_call();
	}
}

static void
set_up(struct history *history)
{
	memset(history, 0, sizeof(*history));
	control->number++;
	test->set_up(history->first.bytes);
	plan();
}

static void
choose_victim(unsigned number)
{
	control->victim.fate = number % 8 == 0 ? DEATH : number % 8 == 1 ? STOP : NOTHING;
	control->victim.worker = (unsigned)history_roll(WORKERS - 1);
	control->victim.call = (unsigned)history_roll(control->counts[control->victim.worker]);
	control->victim.steps = 1 + (unsigned)history_roll(history_roll(4) ? 300 : 2000);
	stops += control->victim.fate == STOP;
}

static bool
all_done(void)
{
	for (unsigned w = 0; w < WORKERS; w++) {
		if (!workers[w] || tarn__load_acquire(&control->done[w]))
			continue;
		if (waitpid(workers[w], NULL, WNOHANG) != workers[w])
			return false;
		workers[w] = 0;
		kills++;
	}
	return true;
}

static void
wait_for_all(void)
{
	uint64_t end = now_ns() + 10000000000u;

	for (;;) {
		uint32_t finished = __atomic_load_n(&control->finished, __ATOMIC_ACQUIRE);

		if (all_done())
			return;
		sleep_on(&control->finished, finished);
		if (now_ns() > end)
			history_give_up("stuck", TARN_TIMEOUT);
	}
}

static void
collect(struct history *history)
{
	for (unsigned w = 0; w < WORKERS; w++) {
		for (unsigned i = 0; i < control->counts[w]; i++) {
			const struct call *call = &control->calls[w][i];

			if (!call->began)
				break;
			pending += !call->ended;
			overlaps += call->ended > call->began + 1;
			add_call(history, *call);
		}
	}
	for (unsigned i = 0; i < test->last_count; i++) {
		struct call last = test->last(i);

		record(&last);
		add_call(history, last);
	}
}

static void
print_history(const struct history *history)
{
	for (unsigned i = 0; i < history->count; i++) {
		const struct call *call = &history->calls[i];

		printf("%4ld to %4ld: %s of %u at %u, %ld %ld: %s, %ld %ld\n",
		       (long)(call->began - history->calls[0].began),
		       call->ended ? (long)(call->ended - history->calls[0].began) : -9999,
		       test->kinds[call->kind], call->object, call->at, (long)call->a, (long)call->b,
		       tarn_error_name(call->code), (long)call->said[0], (long)call->said[1]);
	}
}

/* A value that nobody ever wrote: the search must say no. */
static bool
is_refused_when_spoilt(struct history *history)
{
	history->calls[history->count - 1].code = 0;
	history->calls[history->count - 1].said[0] = 4711;
	spoilt++;
	return !history_is_linearizable(test, history);
}

static bool
history_is_fine(unsigned number)
{
	struct history history;

	for (unsigned w = 0; w < WORKERS; w++) {
		if (!workers[w])
			start_worker(w);
	}
	set_up(&history);
	choose_victim(number);
	raise_and_wake(&control->round);
	if (test->meanwhile && !history_roll(4))
		test->meanwhile();
	wait_for_all();
	collect(&history);
	if (!history_is_linearizable(test, &history)) {
		print_history(&history);
		return false;
	}
	return number % SPOIL_EVERY || is_refused_when_spoilt(&history);
}

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	int code = tarn_arena_open(&history_arena, "anon:", &options, NULL);

	if (code)
		history_give_up("open", code);
	test->open();
}

static void
close_arena(void)
{
	for (unsigned w = 0; w < WORKERS; w++) {
		if (workers[w]) {
			(void)kill(workers[w], SIGKILL);
			(void)waitpid(workers[w], NULL, 0);
		}
		workers[w] = 0;
	}
	test->close();
	tarn_arena_close(history_arena);
}

bool
history_run(const struct history_test *of, unsigned histories, unsigned seconds)
{
	uint64_t until = now_ns() + seconds * UINT64_C(1000000000);
	unsigned number = 0;
	bool fine = true;

	test = of;
	if (!control)
		control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (control == MAP_FAILED)
		abort();
	open_arena();
	for (; number < histories && fine && now_ns() < until; number++)
		fine = history_is_fine(number);
	close_arena();
	histories_done += number;
	runs_failed += !fine;
	runs_short += number < 300; /* too few to have seen much */
	if (!fine)
		printf("%s: history %u has no order\n", test->name, number);
	return fine;
}

int
history_verdict(void)
{
	bool fine = !runs_failed && !runs_short && kills && spoilt;

	printf("histories: %lu\n%lu kills, %lu stops, %lu calls without an end, %lu that overlap; "
	       "%lu spoilt and refused\n",
	       (unsigned long)histories_done, (unsigned long)kills, (unsigned long)stops,
	       (unsigned long)pending, (unsigned long)overlaps, (unsigned long)spoilt);
	printf("%d passed, %d failed\n", fine, !fine);
	return !fine;
}
