// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * baton.c -- threads of which one runs at a time; see baton.h
 *
 * Actors are coroutines of one thread, each with a slot and a lane of its
 * own.  The library's hooks (hook/hook.h) tell of every access.
 *
 *	hook --> is this the plan's next turn, or the death? --> stage: who is next
 *
 * An access is *shared* if it is not to the actor's own log: only there are
 * turns.  Who sleeps hands the baton on, and so does who loads one word again
 * and again; that is no preemption.  Time is counted, not measured: sleeping
 * makes it pass.
 *
 * After a run the arena is put back: pages that were written are copied from
 * a picture of the whole.  What was checked once is not checked again: a run
 * that leaves the same pages (but for the statistics) is like it.
 *
 * Each play has a process of its own, so a bug that ends one is told.
 *
 * Who may write what: the actor whose turn it is.
 */
#include "baton.h"

#include "base/hash.h"
#include "hook/hook.h"
#include "member/process.h"
#include "txn/object.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tarn.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_SIZE (256u << 10)
#define PAGE 4096u
#define TURNS_MOST 6u
#define STUCK 400000u /* accesses of one run */
#define SPINNING 12u  /* loads of one word, nothing else in between */
#define PAIRS_MOST 5000u /* plans of two preemptions a play and order; of a death and one */
#define RANDOM_RUNS 1500u
#define SEEN (1u << 18)
#define OUTCOMES_MOST 48u
#define NOBODY UINT32_MAX
#define AUDITOR BATON_ACTORS

enum state { READY, WAITING, DONE, DEAD };

struct actor {
	ucontext_t context;
	struct tarn_thread thread;
	struct tarn_lane lane;
	enum state state;
	const volatile void *last; /* loaded, so many times in a row */
	unsigned repeats;
	uint32_t stores;
	uint64_t began, ended; /* ticks */
	uint64_t said;
};

/* Before shared access number at, the baton goes to that actor. */
struct turn {
	uint32_t at, to;
};

struct plan {
	uint32_t order[BATON_ACTORS]; /* who goes on when nobody says who */
	uint32_t turn_count;
	struct turn turns[TURNS_MOST];
	uint32_t victim, dies_at; /* a store of the victim's */
	uint32_t absent;	  /* never comes */
};

/* What is told when all calls come one after the other, in this order. */
struct outcome {
	uint32_t order[BATON_ACTORS], absent;
	uint64_t said[BATON_ACTORS], image;
};

static uint64_t *all_runs; /* of all plays, which are processes */

static const struct baton_play *play;
static void (*when_restored)(void);
static struct tarn_arena *arena;
static struct tarn_thread *self;
static struct actor actors[BATON_ACTORS + 1];
static ucontext_t stage;
static struct actor *current;
static struct plan plan;
static uint32_t next_turn, steps;
static bool one_by_one; /* nobody waits: each call is made as if alone */
static uint64_t ticks, now_ns;
static struct outcome outcomes[OUTCOMES_MOST];
static unsigned outcome_count;
static uint64_t runs, checked;
static uint32_t order_count, orders[6][BATON_ACTORS];

/* ---- failing ----------------------------------------------------------------------------------- */

static void
tell_plan(void)
{
	printf("  order");
	for (unsigned i = 0; i < play->actors; i++)
		printf(" %u", plan.order[i]);
	for (unsigned i = 0; i < plan.turn_count; i++)
		printf(", at access %u to %u", plan.turns[i].at, plan.turns[i].to);
	if (plan.victim != NOBODY)
		printf(", %u dies at its store %u", plan.victim, plan.dies_at);
	if (plan.absent != NOBODY)
		printf(", without %u", plan.absent);
	printf("; access %u of %ld\n", steps, current ? (long)(current - actors) : -1L);
	fflush(stdout);
}

_Noreturn void
baton_fail(const char *why)
{
	printf("%s: %s, after %lu runs\n", play->name, why, (unsigned long)runs);
	tell_plan();
	_exit(1);
}

static void
on_abort(int signal)
{
	(void)signal;
	baton_fail("aborted");
}

/* ---- putting the arena back -------------------------------------------------------------------- */

static char *picture;
static uint8_t *is_written;
static uint32_t *written, written_count;
static uint64_t solid_before;

static void
note_written(const void *address)
{
	uint64_t page = (uint64_t)((const char *)address - arena->base) / PAGE;

	if (!is_written || page >= arena->window_size / PAGE || is_written[page])
		return;
	is_written[page] = 1;
	written[written_count++] = (uint32_t)page;
}

static void
take_picture(void)
{
	picture = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	is_written = calloc(arena->window_size / PAGE, 1);
	written = calloc(arena->window_size / PAGE, sizeof(*written));
	if (picture == MAP_FAILED || !is_written || !written)
		abort();
	for (uint64_t chunk = 0; chunk < arena->window_size >> TARN_CHUNK_SHIFT; chunk++) {
		if (tarn__chunk_given(arena, chunk))
			memcpy(picture + (chunk << TARN_CHUNK_SHIFT),
			       arena->base + (chunk << TARN_CHUNK_SHIFT), TARN_CHUNK);
	}
	solid_before = arena->solid_size;
}

static void
put_back(void)
{
	while (written_count) {
		uint64_t page = written[--written_count];

		is_written[page] = 0;
		memcpy(arena->base + page * PAGE, picture + page * PAGE, PAGE);
	}
	arena->solid_size = solid_before;
	if (when_restored)
		when_restored();
}

void
baton_when_restored(void (*call)(void))
{
	when_restored = call;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* Of what is there now, but for the header's page. */
static uint64_t
hash_of_written(void)
{
	uint64_t hash = 1;

	qsort(written, written_count, sizeof(*written), by_number);
	for (uint32_t i = 0; i < written_count; i++) {
		if (written[i])
			hash = tarn__hash_bytes(arena->base + (uint64_t)written[i] * PAGE, PAGE,
						hash ^ written[i]);
	}
	return hash;
}

/* ---- actors ------------------------------------------------------------------------------------ */

/* A slot as the one that this thread has, but for its list of robust futexes. */
static void
make_slot(uint64_t index)
{
	struct tarn_slot_shm *slot = tarn__slot_at(arena, index);
	struct tarn_lane lane;

	if (tarn__slot_work->prepare(arena, index) || tarn__lane_view(&lane, arena, index) ||
	    tarn__lane_reserve(&lane, 100, 20, 20, 20))
		abort();
	*slot = *self->slot;
	memset(slot->robust, 0, sizeof(slot->robust));
}

static void
enter(struct actor *actor)
{
	uint64_t number = (uint64_t)(actor - actors);
	uint64_t index = number == AUDITOR ? self->index : self->index + 1 + number;

	if (tarn__lane_view(&actor->lane, arena, index) || tarn__lane_heap->enter(&actor->lane))
		abort();
	actor->lane.slot = tarn__slot_at(arena, index);
	actor->thread = (struct tarn_thread){
		.arena = arena,
		.slot = actor->lane.slot,
		.index = index,
		.owner = index + 1,
		.lane = &actor->lane,
		.arena_serial = arena->serial,
	};
}

static void
leave(struct actor *actor)
{
	tarn__lane_heap->leave(&actor->lane);
	tarn__txn_free(actor->lane.txn_memory);
}

static void
be(struct actor *actor)
{
	current = actor >= actors + BATON_ACTORS ? NULL : actor;
	tarn__thread_cached = actor ? &actor->thread : self;
}

void
baton_open(struct tarn_arena *opened)
{
	arena = opened;
	if (tarn__thread_get(arena, &self))
		abort();
	for (unsigned i = 0; i < BATON_ACTORS; i++) {
		make_slot(self->index + 1 + i);
		enter(&actors[i]);
	}
}

void
baton_as(unsigned actor)
{
	tarn__thread_cached = &actors[actor].thread;
}

bool
baton_finished(unsigned actor)
{
	return actors[actor].state == DONE && actors[actor].ended;
}

static void
give_baton_up(void)
{
	struct actor *me = current;

	swapcontext(&me->context, &stage);
}

static void
begin_call(void)
{
	struct actor *me = current;

	me->began = ++ticks;
	me->said = play->act((unsigned)(me - actors));
	me->ended = ++ticks;
	me->state = DONE;
	give_baton_up();
}

/* ---- waiting ----------------------------------------------------------------------------------- */

void __wrap_tarn__os_sleep(uint64_t ns);
void __wrap_tarn__os_futex_wait(const uint32_t *word, uint32_t seen, uint64_t timeout_ns);
void __wrap_tarn__os_futex_wake(uint32_t *word, int count);
uint64_t __wrap_tarn__os_now(void);
uint64_t __wrap_tarn__os_wall_time(void);
uint64_t __wrap_tarn__os_random(void);

static void
wait_a_turn(void)
{
	if (++steps > STUCK)
		baton_fail("stuck");
	if (!current)
		return;
	current->repeats = 0;
	if (one_by_one)
		return;
	current->state = WAITING;
	give_baton_up();
}

void
__wrap_tarn__os_sleep(uint64_t ns)
{
	now_ns += ns;
	wait_a_turn();
}

void
__wrap_tarn__os_futex_wait(const uint32_t *word, uint32_t seen, uint64_t timeout_ns)
{
	(void)word;
	(void)seen;
	now_ns += tarn__min(timeout_ns, 1000000);
	wait_a_turn();
}

void
__wrap_tarn__os_futex_wake(uint32_t *word, int count)
{
	(void)word;
	(void)count;
}

uint64_t
__wrap_tarn__os_now(void)
{
	return now_ns += 100;
}

/* What is not the plan's is the same in every run: dates and seeds in the arena. */
uint64_t
__wrap_tarn__os_wall_time(void)
{
	return 1;
}

uint64_t
__wrap_tarn__os_random(void)
{
	return UINT64_C(0x5eed);
}

/* ---- accesses ---------------------------------------------------------------------------------- */

static bool
is_own_log(const volatile void *address)
{
	uint64_t off = (uint64_t)((const volatile char *)address - arena->base);
	uint64_t log = current->lane.log_off, spill = current->lane.words.spill_off;

	return off - log < TARN_LOG_SIZE || off - spill < TARN_SPILL_SIZE;
}

static void
shared_access(void)
{
	const struct turn *turn = &plan.turns[next_turn];
	uint32_t step = steps++;

	if (next_turn == plan.turn_count || step < turn->at)
		return;
	next_turn++;
	if (&actors[turn->to] == current || actors[turn->to].state > WAITING)
		return;
	give_baton_up();
}

/* The kernel has marked the life word by the time that anybody looks. */
static void
die(void *site)
{
	struct tarn_slot_shm *slot = current->lane.slot;

	hook_died_at(site);
	hook_forget();
	note_written(&slot->life);
	slot->life |= TARN_LIFE_DIED;
	current->state = DEAD;
	current->ended = UINT64_MAX;
	give_baton_up();
}

static void
on_store(void *address, unsigned size, void *site)
{
	(void)size;
	note_written(address);
	if (!current)
		return;
	ticks++;
	current->repeats = 0;
	if (!is_own_log(address))
		shared_access();
	if ((uint32_t)(current - actors) == plan.victim && current->stores == plan.dies_at)
		die(site);
	current->stores++;
}

static void
on_load(const volatile void *address)
{
	if (!current)
		return;
	ticks++;
	current->repeats = address == current->last ? current->repeats + 1 : 0;
	current->last = address;
	if (current->repeats > SPINNING)
		wait_a_turn();
	else if (!is_own_log(address))
		shared_access();
	if (steps > STUCK)
		baton_fail("stuck");
}

/* ---- one run ----------------------------------------------------------------------------------- */

static struct actor *
first_that_is(enum state state, const struct actor *not_this)
{
	for (unsigned i = 0; i < play->actors; i++) {
		struct actor *actor = &actors[plan.order[i]];

		if (actor->state == state && actor != not_this)
			return actor;
	}
	return NULL;
}

/* Who waits comes when nobody else can, the one that has waited longest first. */
static struct actor *
who_is_next(struct actor *was)
{
	static unsigned round;
	struct actor *next;

	if (was && was->state == READY)
		return &actors[plan.turns[next_turn - 1].to];
	next = first_that_is(READY, was);
	for (unsigned i = 0; !next && i < play->actors; i++) {
		next = &actors[++round % play->actors];
		if (next->state != WAITING || next == was)
			next = NULL;
	}
	return next ? next : was && was->state == WAITING ? was : NULL;
}

static void
prepare_actor(unsigned i)
{
	static char stacks[BATON_ACTORS][STACK_SIZE] __attribute__((aligned(64)));
	struct actor *actor = &actors[i];

	enter(actor);
	actor->lane.stack_low = stacks[i];
	actor->lane.stack_high = stacks[i] + STACK_SIZE;
	actor->state = i == plan.absent ? DONE : READY;
	actor->last = NULL;
	actor->repeats = 0;
	actor->stores = 0;
	actor->began = actor->ended = 0;
	getcontext(&actor->context);
	actor->context.uc_stack.ss_sp = stacks[i];
	actor->context.uc_stack.ss_size = STACK_SIZE;
	actor->context.uc_link = NULL;
	makecontext(&actor->context, begin_call, 0);
}

static void
perform(void)
{
	struct actor *actor = NULL;

	next_turn = 0;
	steps = 0;
	ticks = now_ns = 0;
	for (unsigned i = 0; i < play->actors; i++)
		prepare_actor(i);
	while ((actor = who_is_next(actor))) {
		actor->state = READY;
		be(actor);
		swapcontext(&stage, &actor->context);
	}
	current = NULL;
}

static void
note_problem(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	printf("  problem in %s: %s\n", problem->object, problem->what);
}

static uint64_t seen[SEEN];

static bool
seen_before(uint64_t hash)
{
	uint64_t *place = &seen[hash % SEEN];

	if (*place == hash)
		return true;
	*place = hash;
	return false;
}

static void
check_whole(void)
{
	struct tarn_check_options options = { .problem = note_problem,
					      .foreign_blocks = play->foreign };
	int code;

	if (seen_before(hash_of_written()))
		return;
	checked++;
	code = tarn_check(arena, &options, NULL);
	if (code)
		baton_fail(tarn_error_name(code));
}

/* Who comes later: the dead are put right, and all is whole.  What there is. */
static uint64_t
audit(void)
{
	uint64_t image;

	enter(&actors[AUDITOR]);
	be(&actors[AUDITOR]);
	for (unsigned i = 0; i < play->actors; i++) {
		uint64_t slot = actors[i].thread.index;

		if (tarn__slot_dead(arena, slot, false) && tarn__slot_recover(arena, slot))
			baton_fail("not recovered");
	}
	check_whole();
	image = play->image ? play->image() : 0;
	leave(&actors[AUDITOR]);
	be(NULL);
	return image;
}

/* ---- orders ------------------------------------------------------------------------------------ */

static unsigned
place_in(const struct outcome *outcome, unsigned actor)
{
	unsigned place = 0;

	while (outcome->order[place] != actor)
		place++;
	return place;
}

/* No call comes before one that had ended when it began. */
static bool
order_is_possible(const struct outcome *outcome)
{
	for (unsigned i = 0; i < play->actors; i++) {
		for (unsigned k = 0; k < play->actors; k++) {
			if (i != outcome->absent && k != outcome->absent &&
			    actors[i].ended < actors[k].began &&
			    place_in(outcome, i) > place_in(outcome, k))
				return false;
		}
	}
	return true;
}

static bool
explains(const struct outcome *outcome, uint64_t image)
{
	if (outcome->image != image || !order_is_possible(outcome))
		return false;
	for (unsigned i = 0; i < play->actors; i++) {
		bool dead = actors[i].state == DEAD;

		if (i == outcome->absent && !dead)
			return false;
		if (!dead && outcome->said[i] != actors[i].said)
			return false;
	}
	return true;
}

static void
explain(uint64_t image)
{
	for (unsigned i = 0; i < outcome_count; i++) {
		if (explains(&outcomes[i], image))
			return;
	}
	for (unsigned i = 0; i < play->actors; i++)
		printf("  %u said %lx, from tick %lu to %ld\n", i, (unsigned long)actors[i].said,
		       (unsigned long)actors[i].began, (long)actors[i].ended);
	baton_fail("no order of the calls explains what they said and left");
}

static void
run(void)
{
	uint64_t image;

	perform();
	image = audit();
	if (play->image)
		explain(image);
	for (unsigned i = 0; i < play->actors; i++)
		leave(&actors[i]);
	put_back();
	runs++;
}

/* ---- plans ------------------------------------------------------------------------------------- */

static void
plan_order(uint32_t order)
{
	plan = (struct plan){ .victim = NOBODY, .absent = NOBODY };
	memcpy(plan.order, orders[order], sizeof(plan.order));
}

static void
make_orders(void)
{
	order_count = 0;
	for (uint32_t a = 0; a < play->actors; a++) {
		for (uint32_t b = 0; b < play->actors; b++) {
			uint32_t c = play->actors == 3 ? 3 - a - b : 2;

			if (a == b)
				continue;
			orders[order_count][0] = a;
			orders[order_count][1] = b;
			orders[order_count++][2] = c;
		}
	}
}

static void
note_outcome(void)
{
	struct outcome *outcome = &outcomes[outcome_count++];

	one_by_one = true;
	perform();
	one_by_one = false;
	memcpy(outcome->order, plan.order, sizeof(plan.order));
	outcome->absent = plan.absent;
	for (unsigned i = 0; i < play->actors; i++) {
		outcome->said[i] = actors[i].said;
		if (actors[i].state != DONE)
			baton_fail("waits for nobody");
	}
	outcome->image = audit();
	for (unsigned i = 0; i < play->actors; i++)
		leave(&actors[i]);
	put_back();
}

static void
note_outcomes(void)
{
	outcome_count = 0;
	for (uint32_t order = 0; order < order_count; order++) {
		for (uint32_t absent = 0; absent <= play->actors; absent++) {
			plan_order(order);
			plan.absent = absent == play->actors ? NOBODY : absent;
			note_outcome();
		}
	}
}

/* Of so many plans, every so manieth. */
static uint32_t
stride(uint64_t plans)
{
	return (uint32_t)(1 + plans / PAIRS_MOST);
}

static void
turn_at(unsigned turn, uint32_t at, uint32_t to)
{
	plan.turns[turn] = (struct turn){ at, to };
	plan.turn_count = turn + 1;
}

static uint32_t longest; /* accesses, without preemptions */

/* All second preemptions after this one. */
static void
preempt_again(uint32_t first, uint32_t every, uint32_t *phase)
{
	uint32_t length = (uint32_t)tarn__min(steps, first + 2 * longest);

	for (uint32_t at = first + 1; at < length; at++) {
		if (++*phase % every)
			continue;
		turn_at(1, at, (plan.turns[0].to + 1 + at % (play->actors - 1)) % play->actors);
		run();
		plan.turn_count = 1;
	}
}

static void
preempt(uint32_t order)
{
	uint32_t length, every, phase = 0;

	plan_order(order);
	run();
	longest = length = steps;
	every = stride((uint64_t)length * length / 2 * (play->actors - 1));
	for (uint32_t at = 0; at < length; at++) {
		for (uint32_t to = 0; to < play->actors; to++) {
			plan_order(order);
			turn_at(0, at, to);
			run();
			preempt_again(at, every, &phase);
		}
	}
}

/* The victim dies at every store, as long as it comes there; who begins again and again, not for ever. */
static void
die_at_every_store(uint32_t victim, uint32_t most, uint32_t every, uint32_t *phase)
{
	plan.victim = victim;
	for (plan.dies_at = 0; plan.dies_at < most; plan.dies_at++) {
		if (++*phase % every)
			continue;
		run();
		if (actors[victim].state != DEAD)
			break;
	}
	plan.victim = NOBODY;
}

static void
kill_one(uint32_t order, uint32_t victim)
{
	uint32_t length, stores, every, phase = 0;

	plan_order(order);
	run();
	length = steps;
	stores = 2 * actors[victim].stores + 20;
	die_at_every_store(victim, stores, 1, &phase);
	every = stride((uint64_t)length * stores);
	for (uint32_t at = 0; orders[order][0] != victim && at < length; at++) {
		plan_order(order);
		turn_at(0, at, victim);
		die_at_every_store(victim, stores, every, &phase);
	}
}

static void
play_by_chance(void)
{
	uint64_t dice = 1;
	uint32_t length;

	plan_order(0);
	run();
	length = steps + steps / 4 + 1;
	for (unsigned i = 0; i < RANDOM_RUNS; i++) {
		uint32_t at = 0, turns = 3 + i % (TURNS_MOST - 2);

		dice = tarn__hash_u64(dice, i);
		plan_order((uint32_t)(dice >> 8) % order_count);
		for (uint32_t t = 0; t < turns; t++) {
			dice = tarn__hash_u64(dice, t);
			at += 1 + (uint32_t)(dice % (2 * length / turns));
			turn_at(t, at, (uint32_t)(dice >> 32) % play->actors);
		}
		if (dice >> 40 & 1) {
			plan.victim = (uint32_t)(dice >> 41) % play->actors;
			plan.dies_at = (uint32_t)(dice >> 48) % (length / 2);
		}
		run();
	}
}

/* ---- plays ------------------------------------------------------------------------------------- */

static void
perform_play(void)
{
	signal(SIGABRT, on_abort);
	play->setup(play->arg);
	for (unsigned i = 0; i < BATON_ACTORS; i++)
		leave(&actors[i]);
	be(NULL);
	take_picture();
	hook_watch(arena->base, arena->window_size);
	hook_store = on_store;
	hook_load = on_load;
	make_orders();
	note_outcomes();
	for (uint32_t order = 0; order < order_count; order++) {
		preempt(order);
		for (uint32_t victim = 0; victim < play->actors; victim++)
			kill_one(order, victim);
	}
	play_by_chance();
}

static bool
play_in_a_child(void)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		perform_play();
		*all_runs += runs;
		printf("%s: %lu interleavings, %lu states checked\n", play->name,
		       (unsigned long)runs, (unsigned long)checked);
		fflush(stdout);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (status)
		printf("%s: FAILED\n", play->name);
	return status == 0;
}

int
baton_main(const struct baton_play *plays, unsigned count, const char *only)
{
	unsigned passed = 0, failed = 0;

	hook_start();
	all_runs = mmap(NULL, sizeof(*all_runs), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all_runs == MAP_FAILED)
		abort();
	for (unsigned i = 0; i < count; i++) {
		play = &plays[i];
		if (only && strncmp(play->name, only, strlen(only)))
			continue;
		if (play_in_a_child())
			passed++;
		else
			failed++;
	}
	printf("interleavings: %lu\n", (unsigned long)*all_runs);
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}

int
baton_main_words(const struct baton_words *words, unsigned count, const struct baton_play *like,
		 const char *only)
{
	struct baton_play *plays = calloc(count, sizeof(*plays));
	int result;

	if (!plays)
		abort();
	for (unsigned i = 0; i < count; i++) {
		plays[i] = *like;
		plays[i].name = words[i].name;
		plays[i].actors = words[i].calls[2] ? 3 : 2;
		plays[i].arg = &words[i];
	}
	result = baton_main(plays, count, only);
	free(plays);
	return result;
}
