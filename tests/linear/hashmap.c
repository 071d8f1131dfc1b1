// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- short concurrent histories, each searched for an order that
 * explains it
 *
 * Workers, processes of their own, do a few calls each on three keys of two
 * maps, and write down when each call began and ended (a counter that all
 * share) and what it said.  Afterwards the keys are read.  The history is
 * fine if its calls can be put in one order, each somewhere between its
 * beginning and its end, in which a plain array says the same.
 *
 *	worker 0	|--put--|  |---get---|
 *	worker 1	    |----move----|	|-erase-
 *	worker 2	  |-get-|    |--clear--|      killed: happened, or did not
 *	main						    |get| |get| ...
 *
 * In some histories a worker is stopped for a moment, in some it is killed,
 * both at an instruction chosen by chance: it steps through one of its calls
 * by the processor's trap flag.  Others then come upon what it has locked.
 *
 * The search is that of Wing and Gong, with Lowe's memory of what was tried:
 * "Testing and verifying concurrent objects", JPDC 1993; "Testing for
 * linearizability", CCPE 2017.
 *
 * Journals and plans lie in memory that the processes share, outside of the
 * arena; each worker writes its own.
 */
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

#include <tarn.h>

#define WORKERS 4u
#define CALLS_MOST 6u
#define KEYS 3u
#define MAPS 2u
#define HISTORIES 6000u
#define SECONDS 20u
#define HISTORY_MOST (WORKERS * CALLS_MOST + KEYS * MAPS)
#define ABSENT INT64_MIN
#define SPOIL_EVERY 16u

enum kind { GET, PUT, INSERT, ERASE, ADD, SWAP, CLEAR, MOVE, TRANSFER, READ_BOTH, UNDONE, KINDS };

struct call {
	enum kind kind;
	unsigned map, key;
	int64_t a, b;
	uint64_t began, ended; /* 0: it did not */
	int code;
	int64_t said[2];
};

struct state {
	int64_t values[MAPS][KEYS];
};

static struct control {
	uint64_t clock;
	uint32_t round;	   /* workers begin when it rises */
	uint32_t finished; /* rises when one is done */
	uint64_t keys;	/* the first of this round's */
	uint64_t done[WORKERS];
	struct {
		enum fate { NOTHING, STOP, DEATH } fate;
		unsigned worker, call, steps;
	} victim;
	unsigned counts[WORKERS];
	struct call calls[WORKERS][CALLS_MOST];
} *control;

static struct tarn_arena *arena;
static struct tarn_hashmap *maps[MAPS];
static bool words; /* else strings and byte strings */
static uint64_t dice = 1;

/* ---- small things ------------------------------------------------------------------------------ */

static _Noreturn void
give_up(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
	exit(3);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 5);
	return dice % below;
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

/* ---- the calls --------------------------------------------------------------------------------- */

static size_t
make_key(uint64_t key, char *bytes)
{
	memcpy(bytes, &key, 8);
	memset(bytes + 8, 0, 3);
	return words ? 8 : 11;
}

/* Byte strings are as long as their number says. */
static size_t
make_value(int64_t value, char *bytes)
{
	memset(bytes, 0x2a, 100);
	memcpy(bytes, &value, 8);
	return words ? 8 : 8 + (size_t)value % 90;
}

static int
read_key(struct tarn_hashmap *map, uint64_t key, int64_t *value)
{
	char name[16], bytes[100];
	size_t size;
	int code = tarn_hashmap_get(map, name, make_key(key, name), bytes, sizeof(bytes), &size);

	*value = ABSENT;
	if (!code)
		memcpy(value, bytes, 8);
	return code;
}

static int
write_key(struct tarn_hashmap *map, uint64_t key, int64_t value, bool insert)
{
	char name[16], bytes[100];
	size_t name_size = make_key(key, name), size = make_value(value, bytes);

	return insert ? tarn_hashmap_insert(map, name, name_size, bytes, size)
		      : tarn_hashmap_put(map, name, name_size, bytes, size);
}

static int
erase_key(struct tarn_hashmap *map, uint64_t key)
{
	char name[16];

	return tarn_hashmap_erase(map, name, make_key(key, name));
}

static int
swap_key(struct tarn_hashmap *map, uint64_t key, int64_t expected, int64_t desired)
{
	char name[16], old[100], bytes[100];
	size_t name_size = make_key(key, name), old_size = make_value(expected, old);

	return tarn_hashmap_compare_and_swap(map, name, name_size, old, old_size, bytes,
					     make_value(desired, bytes));
}

struct addition {
	int64_t n, before;
	char bytes[100];
};

static int
add_in_update(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	struct addition *addition = arg;

	(void)old_size;
	addition->before = 0;
	if (old)
		memcpy(&addition->before, old, 8);
	*out_size = make_value(addition->before + addition->n, addition->bytes);
	*out = addition->bytes;
	return 0;
}

static int
add_key(struct tarn_hashmap *map, uint64_t key, int64_t n, int64_t *before)
{
	struct addition addition = { .n = n };
	char name[16];
	size_t size = make_key(key, name);
	int code;

	if (words)
		return tarn_hashmap_fetch_add(map, name, size, (uint64_t)n, (uint64_t *)before);
	code = tarn_hashmap_update(map, name, size, add_in_update, &addition);
	*before = addition.before;
	return code;
}

/* From the one map to the other, if it is there and there is none. */
static int
move(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = read_key(from, key, &call->said[0]);

	if (!code)
		code = write_key(to, key, call->said[0], true);
	if (!code)
		code = erase_key(from, key);
	return code;
}

static int
transfer(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = add_key(from, key, call->a, &call->said[0]);

	return code ? code : add_key(to, key, call->a, &call->said[1]);
}

static int
read_both(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = read_key(from, key, &call->said[0]);

	if (code == TARN_NOT_FOUND)
		code = 0;
	if (!code)
		code = read_key(to, key, &call->said[1]);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
do_in_transaction(struct call *call, uint64_t key)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(maps[0]),
					  tarn_hashmap_object(maps[1]) };
	struct tarn_hashmap *from, *to;
	struct tarn_txn *txn;
	int code = tarn_txn_begin(arena, &txn, objects, 2);

	if (code)
		give_up("begin", code);
	from = tarn_hashmap_in(maps[call->map], txn);
	to = tarn_hashmap_in(maps[!call->map], txn);
	if (call->kind == MOVE)
		code = move(from, to, key, call);
	else if (call->kind == READ_BOTH)
		code = read_both(from, to, key, call);
	else
		code = transfer(from, to, key, call);
	if (code || call->kind == UNDONE)
		tarn_txn_abort(txn);
	else
		code = tarn_txn_commit(txn);
	return code;
}

static int
do_call(struct call *call, uint64_t first)
{
	struct tarn_hashmap *map = maps[call->map];
	uint64_t key = first + call->key;

	switch (call->kind) {
	case GET:
		return read_key(map, key, &call->said[0]);
	case PUT:
		return write_key(map, key, call->a, false);
	case INSERT:
		return write_key(map, key, call->a, true);
	case ERASE:
		return erase_key(map, key);
	case ADD:
		return add_key(map, key, call->a, &call->said[0]);
	case SWAP:
		return swap_key(map, key, call->a, call->b);
	case CLEAR:
		return tarn_hashmap_clear(map);
	default:
		return do_in_transaction(call, key);
	}
}

static void
record(struct call *call)
{
	tarn__store_release(&call->began, tarn__fetch_add(&control->clock, 1) + 1);
	call->code = do_call(call, control->keys);
	tarn__store_release(&call->ended, tarn__fetch_add(&control->clock, 1) + 1);
}

/* ---- the array, and the search ----------------------------------------------------------------- */

static void
apply_to_both(struct state *state, struct call *call)
{
	int64_t *from = &state->values[call->map][call->key];
	int64_t *to = &state->values[!call->map][call->key];

	call->said[0] = *from;
	if (call->kind == MOVE) {
		call->code = *from == ABSENT ? TARN_NOT_FOUND : *to == ABSENT ? 0 : TARN_EXISTS;
		if (!call->code) {
			*to = *from;
			*from = ABSENT;
		}
		return;
	}
	call->said[1] = *to;
	if (call->kind == READ_BOTH)
		return;
	call->said[0] = *from == ABSENT ? 0 : *from;
	call->said[1] = *to == ABSENT ? 0 : *to;
	if (call->kind == UNDONE)
		return;
	*from = call->said[0] + call->a;
	*to = call->said[1] + call->a;
}

/* What the array says to the call; it is told in call. */
static void
apply(struct state *state, struct call *call)
{
	int64_t *value = &state->values[call->map][call->key];

	call->code = 0;
	switch (call->kind) {
	case GET:
		call->said[0] = *value;
		call->code = *value == ABSENT ? TARN_NOT_FOUND : 0;
		break;
	case INSERT:
		call->code = *value == ABSENT ? 0 : TARN_EXISTS;
		*value = call->code ? *value : call->a;
		break;
	case PUT:
		*value = call->a;
		break;
	case ERASE:
		call->code = *value == ABSENT ? TARN_NOT_FOUND : 0;
		*value = ABSENT;
		break;
	case ADD:
		call->said[0] = *value == ABSENT ? 0 : *value;
		*value = call->said[0] + call->a;
		break;
	case SWAP:
		call->code = *value == ABSENT ? TARN_NOT_FOUND
					      : *value == call->a ? 0 : TARN_MISMATCH;
		*value = call->code ? *value : call->b;
		break;
	case CLEAR:
		for (unsigned key = 0; key < KEYS; key++)
			state->values[call->map][key] = ABSENT;
		break;
	default:
		apply_to_both(state, call);
	}
}

struct history {
	struct call calls[HISTORY_MOST];
	unsigned count;
	struct state first;
};

/* Sets of calls done and states reached that lead nowhere. */
#define TRIED (1u << 16)
static uint64_t tried[TRIED], tried_epoch[TRIED], epoch;

static bool
try_once(uint64_t done, const struct state *state)
{
	uint64_t hash = tarn__hash_bytes(state, sizeof(*state), done);
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
		apply(&after, &model);
		if (said_the_same(&history->calls[i], &model) &&
		    search(history, done | UINT64_C(1) << i, &after))
			return true;
	}
	return false;
}

static bool
is_linearizable(const struct history *history)
{
	epoch++;
	return search(history, 0, &history->first);
}

/* ---- the search is one ------------------------------------------------------------------------- */

static void
add_call(struct history *history, struct call call)
{
	history->calls[history->count++] = call;
}

static struct history
nothing_yet(void)
{
	struct history history = { .count = 0 };

	for (unsigned i = 0; i < MAPS * KEYS; i++)
		history.first.values[i / KEYS][i % KEYS] = ABSENT;
	return history;
}

/* A put from 1 to put_end, and a get from 5 to 6 that says this. */
static struct history
put_and_get(uint64_t put_end, int code, int64_t said)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = PUT, .a = 7, .began = 1, .ended = put_end });
	add_call(&history, (struct call){ .kind = GET, .began = 5, .ended = 6, .code = code,
					  .said = { said, 0 } });
	return history;
}

static struct history
two_additions(int64_t first, int64_t second)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = ADD, .a = 1, .began = 1, .ended = 4,
					  .said = { first, 0 } });
	add_call(&history, (struct call){ .kind = ADD, .a = 1, .began = 2, .ended = 3,
					  .said = { second, 0 } });
	return history;
}

static struct history
transfer_and_look(int64_t left, int64_t right)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = TRANSFER, .a = 1, .began = 1 });
	add_call(&history, (struct call){ .kind = READ_BOTH, .began = 2, .ended = 3,
					  .said = { left, right } });
	return history;
}

static bool
says(struct history history, bool expected)
{
	return is_linearizable(&history) == expected;
}

static bool
search_is_right(void)
{
	const int none = TARN_NOT_FOUND;

	return says(put_and_get(2, 0, 7), true) && says(put_and_get(2, none, ABSENT), false) &&
	       says(put_and_get(2, 0, 8), false) && says(put_and_get(9, 0, 7), true) &&
	       says(put_and_get(9, none, ABSENT), true) && says(put_and_get(0, 0, 7), true) &&
	       says(put_and_get(0, none, ABSENT), true) &&
	       says(two_additions(0, 1), true) && says(two_additions(1, 0), true) &&
	       says(two_additions(0, 0), false) && says(two_additions(1, 1), false) &&
	       says(transfer_and_look(1, 1), true) &&
	       says(transfer_and_look(ABSENT, ABSENT), true) &&
	       says(transfer_and_look(1, ABSENT), false) &&
	       says(transfer_and_look(ABSENT, 1), false);
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
			if (!roll(3))
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

static uint64_t kills, stops, pending, overlaps, spoilt;

static struct call
random_call(void)
{
	struct call call = { .kind = roll(KINDS), .map = roll(MAPS), .key = roll(KEYS) };

	if (call.kind == CLEAR && roll(2))
		call.kind = TRANSFER;
	call.a = 1 + (int64_t)roll(call.kind == SWAP ? 4 : 30);
	call.b = 100 + (int64_t)roll(50);
	return call;
}

static void
plan(void)
{
	unsigned present = 3 + (unsigned)roll(2);

	for (unsigned w = 0; w < WORKERS; w++) {
		control->counts[w] = w < present ? 3 + (unsigned)roll(CALLS_MOST - 2) : 0;
		control->done[w] = 0;
		for (unsigned i = 0; i < control->counts[w]; i++)
			control->calls[w][i] = random_call();
	}
}

/* Each history has keys of its own: the maps grow, and split now and then. */
static void
set_up(struct history *history)
{
	*history = nothing_yet();
	control->keys += 16;
	for (unsigned i = 0; i < MAPS * KEYS; i++) {
		int64_t *value = &history->first.values[i / KEYS][i % KEYS];
		int code;

		if (roll(2))
			continue;
		*value = (int64_t)roll(4);
		code = write_key(maps[i / KEYS], control->keys + i % KEYS, *value, false);
		if (code)
			give_up("set up", code);
	}
	plan();
}

static void
choose_victim(unsigned number)
{
	control->victim.fate = number % 8 == 0 ? DEATH : number % 8 == 1 ? STOP : NOTHING;
	control->victim.worker = (unsigned)roll(WORKERS - 1);
	control->victim.call = (unsigned)roll(control->counts[control->victim.worker]);
	control->victim.steps = 1 + (unsigned)roll(roll(4) ? 300 : 2000);
	stops += control->victim.fate == STOP;
}

static void
fill_a_little(void)
{
	uint64_t count = roll(40);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t key = (UINT64_C(1) << 40) + control->clock * 64 + i;
		int code = write_key(maps[i % MAPS], key, 1, false);

		if (code)
			give_up("fill", code);
	}
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
			give_up("stuck", TARN_TIMEOUT);
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
	for (unsigned i = 0; i < MAPS * KEYS; i++) {
		struct call last = { .kind = GET, .map = i / KEYS, .key = i % KEYS };

		record(&last);
		add_call(history, last);
	}
}

static void
print_history(const struct history *history)
{
	static const char *const names[KINDS] = { "get", "put", "insert", "erase",
						  "add", "swap", "clear", "move",
						  "transfer", "read both", "undone" };

	for (unsigned i = 0; i < history->count; i++) {
		const struct call *call = &history->calls[i];

		printf("%4ld to %4ld: %s map %u key %u, %ld %ld: %s, %ld %ld\n",
		       (long)(call->began - history->calls[0].began),
		       call->ended ? (long)(call->ended - history->calls[0].began) : -9999,
		       names[call->kind], call->map, call->key, (long)call->a, (long)call->b,
		       tarn_error_name(call->code), (long)call->said[0], (long)call->said[1]);
	}
	for (unsigned i = 0; i < MAPS * KEYS; i++)
		printf("before: map %u key %u: %ld\n", i / KEYS, i % KEYS,
		       (long)history->first.values[i / KEYS][i % KEYS]);
}

/* A value that nobody ever wrote: the search must say no. */
static bool
is_refused_when_spoilt(struct history *history)
{
	history->calls[history->count - 1].code = 0;
	history->calls[history->count - 1].said[0] = 4711;
	spoilt++;
	return !is_linearizable(history);
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
	if (!roll(4))
		fill_a_little();
	wait_for_all();
	collect(&history);
	if (!is_linearizable(&history)) {
		print_history(&history);
		return false;
	}
	return number % SPOIL_EVERY || is_refused_when_spoilt(&history);
}

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_HASHMAP, words ? TARN_KEY_U64 : TARN_KEY_STRING,
				  words ? 8 : TARN_VALUE_BYTES, NULL };
	int code = tarn_arena_open(&arena, "anon:", &options, NULL);

	if (!code)
		code = tarn_hashmap_open(arena, &maps[0], "left", &type, TARN_CREATE, NULL);
	if (!code)
		code = tarn_hashmap_open(arena, &maps[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		give_up("open", code);
}

static void
close_maps(void)
{
	for (unsigned w = 0; w < WORKERS; w++) {
		(void)kill(workers[w], SIGKILL);
		(void)waitpid(workers[w], NULL, 0);
		workers[w] = 0;
	}
	tarn_hashmap_close(maps[0]);
	tarn_hashmap_close(maps[1]);
	tarn_arena_close(arena);
}

/* So many histories, but no longer than that. */
static unsigned
run(unsigned histories, uint64_t until, unsigned *failed)
{
	unsigned number = 0;

	open_maps();
	for (unsigned w = 0; w < WORKERS; w++)
		start_worker(w);
	for (; number < histories && !*failed && now_ns() < until; number++)
		*failed += !history_is_fine(number);
	for (unsigned w = 0; w < WORKERS; w++) {
		if (!workers[w])
			start_worker(w);
	}
	close_maps();
	return number;
}

int
main(void)
{
	uint64_t begin = now_ns(), half = SECONDS / 2 * UINT64_C(1000000000);
	unsigned histories = 0, failed = 0;

	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (control == MAP_FAILED || !search_is_right()) {
		printf("the search is wrong\n0 passed, 1 failed\n");
		return 2;
	}
	words = true;
	histories += run(HISTORIES / 2, begin + half, &failed);
	words = false;
	if (!failed)
		histories += run(HISTORIES / 2, begin + 2 * half, &failed);
	printf("histories: %u\n%lu kills, %lu stops, %lu calls without an end, %lu that overlap; "
	       "%lu spoilt and refused\n",
	       histories, (unsigned long)kills, (unsigned long)stops, (unsigned long)pending,
	       (unsigned long)overlaps, (unsigned long)spoilt);
	printf("%d passed, %d failed\n", !failed && histories > 1000, failed || histories <= 1000);
	return failed || histories <= 1000;
}
