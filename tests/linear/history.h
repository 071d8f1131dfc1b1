// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * history.h -- short concurrent histories, each searched for an order that
 * explains it
 *
 * Workers, processes of their own, do a few calls each on two objects of a
 * container, and write down when each call began and ended (a counter that
 * all share) and what it said.  Afterwards the objects are read.  The history
 * is fine if its calls can be put in one order, each somewhere between its
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
 * A container's test brings along its calls, and what a plain array says to
 * them (tests/linear/vector.c).
 */
#ifndef TARN_TESTS_HISTORY_H
#define TARN_TESTS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include <tarn.h>

#define HISTORY_CALLS 48u
#define HISTORY_STATE 1024u
#define HISTORY_OBJECTS 2u

struct call {
	unsigned kind, object, at;
	int64_t a, b;
	uint64_t began, ended; /* 0: it did not */
	int code;
	int64_t said[2];
};

/* What there is, as the container's test has it. */
struct state {
	_Alignas(8) char bytes[HISTORY_STATE];
};

struct history {
	struct call calls[HISTORY_CALLS];
	unsigned count;
	struct state first;
};

struct history_test {
	const char *name;
	const char *const *kinds; /* the names of calls */
	size_t state_size; /* no padding that is not 0 */
	/* two objects in the arena, and their handles closed */
	void (*open)(void);
	void (*close)(void);
	/* make what the objects hold at the beginning of a history, in both places */
	void (*set_up)(void *state);
	struct call (*random_call)(void);
	int (*make)(struct call *call);		       /* returns what it gives, says the rest */
	void (*apply)(void *state, struct call *call); /* what the array says to it */
	/* the calls that read all there is */
	unsigned last_count;
	struct call (*last)(unsigned number);
	void (*meanwhile)(void); /* something more, now and then, that no history sees; or NULL */
};

extern struct tarn_arena *history_arena;

uint64_t history_roll(uint64_t below);
uint64_t history_number(void); /* of this history, for all processes */
_Noreturn void history_give_up(const char *what, int code);

/* work() in a transaction of two objects, which is aborted if that fails or if undone is set. */
int history_in_txn(struct tarn_object *one, struct tarn_object *other, bool undone,
		   int (*work)(struct tarn_txn *txn, struct call *call), struct call *call);

/* Whether an order explains it. */
bool history_is_linearizable(const struct history_test *test, const struct history *history);

/* A number of histories, but no longer than so many seconds; whether all were fine. */
bool history_run(const struct history_test *test, unsigned histories, unsigned seconds);

/* The last lines; what main() returns. */
int history_verdict(void);

#endif
