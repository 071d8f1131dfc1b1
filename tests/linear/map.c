// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- short histories of two ordered maps, each searched for an order
 * that explains it
 *
 * Three threads do four calls each on four keys, at the same time, most of
 * them on the first map, and some of these exchange the two; when each
 * call began and ended stands in the numbers of one counter.  Then the calls
 * are put in an order, one that ended before another began before that one,
 * in which maps that are used by one thread alone would have said the same.
 * If there is none, the history is wrong.
 *
 *	thread 1	|--put 2--|	  |--first: 2--|
 *	thread 2	    |----pop: 2----|
 *
 * Before each history the maps have been full, and emptied in a transaction:
 * so the keys lie in leaves of their own, with empty ones between.
 */
#include "base/atomic.h"
#include "base/hash.h"
#include "txn/object.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define THREADS 3u
#define CALLS 4u
#define ALL (THREADS * CALLS)
#define MAPS 2u
#define KEYS 4u
#define GAP 120u /* between two keys, in numbers */
#define HISTORIES 100000u
#define NONE 255u

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

enum what { PUT, INSERT, ERASE, GET, BOUND, ABOVE, FIRST, LAST, POP, POP_LAST, SWAP, WHATS };

struct call {
	enum what what;
	uint8_t where, key, value; /* asked for */
	int code;
	uint8_t key_out, value_out; /* told */
	uint64_t began, ended;
};

struct state {
	uint8_t values[MAPS][KEYS]; /* 0: not there */
};

static struct tarn_arena *arena;
static struct tarn_map *maps[MAPS];
static struct call calls[ALL];
static uint64_t clock_now, ready;
static uint64_t searched;

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("line %d: %s does not hold\n", line, claim);
	exit(1);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static int
do_found(struct call *call, uint64_t key)
{
	struct tarn_map *map = maps[call->where];
	uint64_t found = 0, value = 0;
	struct tarn_bytes k = { &found, 8 }, v = { &value, 8 };
	int code = 0;

	if (call->what == BOUND)
		code = tarn_map_lower_bound(map, &key, 8, &k, &v);
	else if (call->what == ABOVE)
		code = tarn_map_upper_bound(map, &key, 8, &k, &v);
	else if (call->what == FIRST)
		code = tarn_map_first(map, &k, &v);
	else if (call->what == LAST)
		code = tarn_map_last(map, &k, &v);
	else if (call->what == POP_LAST)
		code = tarn_map_pop_last(map, &k, &v);
	else
		code = tarn_map_pop_first(map, &k, &v);
	call->key_out = (uint8_t)(found / GAP);
	call->value_out = (uint8_t)value;
	return code;
}

static int
do_call(struct call *call)
{
	uint64_t key = call->key * (uint64_t)GAP, value = call->value;
	struct tarn_map *map = maps[call->where];
	int code;

	switch (call->what) {
	case PUT:
		return tarn_map_put(map, &key, 8, &value, 8);
	case INSERT:
		return tarn_map_insert(map, &key, 8, &value, 8);
	case ERASE:
		return tarn_map_erase(map, &key, 8);
	case GET:
		code = tarn_map_get(map, &key, 8, &value, 8, NULL);
		call->value_out = (uint8_t)value;
		return code;
	case SWAP:
		return tarn_map_swap(map, maps[1 - call->where]);
	default:
		return do_found(call, key);
	}
}

static void *
work(void *argument)
{
	struct call *mine = argument;

	tarn__fetch_add(&ready, 1);
	while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < THREADS)
		sched_yield();
	for (unsigned i = 0; i < CALLS; i++) {
		mine[i].began = __atomic_fetch_add(&clock_now, 1, __ATOMIC_SEQ_CST);
		mine[i].code = do_call(&mine[i]);
		mine[i].ended = __atomic_fetch_add(&clock_now, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* ---- what one thread alone would be told ------------------------------------------------------- */

/* The first key from there on, or up to there the last one. */
static uint8_t
nearest(const struct state *state, const struct call *call)
{
	unsigned from = call->what == BOUND ? call->key : call->what == ABOVE ? call->key + 1u : 0;
	bool last = call->what == LAST || call->what == POP_LAST;
	uint8_t found = NONE;

	for (unsigned key = from; key < KEYS; key++) {
		if (state->values[call->where][key] && (found == NONE || last))
			found = (uint8_t)key;
	}
	return found;
}

static bool
explains_found(struct state *state, const struct call *call)
{
	uint8_t key = nearest(state, call), *values = state->values[call->where];

	if (key == NONE || call->code)
		return key == NONE && call->code == TARN_NOT_FOUND;
	if (call->key_out != key || call->value_out != values[key])
		return false;
	if (call->what == POP || call->what == POP_LAST)
		values[key] = 0;
	return true;
}

static bool
explains_swap(struct state *state, const struct call *call)
{
	struct state was = *state;

	memcpy(state->values[0], was.values[1], KEYS);
	memcpy(state->values[1], was.values[0], KEYS);
	return call->code == 0;
}

/* Whether the call says what it would in that state; which is then the one after it. */
static bool
explains(struct state *state, const struct call *call)
{
	uint8_t *value = &state->values[call->where][call->key];
	bool there = *value != 0;

	switch (call->what) {
	case PUT:
		*value = call->value;
		return call->code == 0;
	case INSERT:
		*value = there ? *value : call->value;
		return call->code == (there ? TARN_EXISTS : 0);
	case ERASE:
		*value = 0;
		return call->code == (there ? 0 : TARN_NOT_FOUND);
	case GET:
		return call->code == (there ? 0 : TARN_NOT_FOUND) && (!there || call->value_out == *value);
	case SWAP:
		return explains_swap(state, call);
	default:
		return explains_found(state, call);
	}
}

/* Whether a call may come next: none of those left ended before it began. */
static bool
may_come(unsigned left, unsigned next)
{
	for (unsigned i = 0; i < ALL; i++) {
		if (left >> i & 1 && calls[i].ended < calls[next].began)
			return false;
	}
	return true;
}

static bool
search(unsigned left, struct state state)
{
	searched++;
	for (unsigned i = 0; left && i < ALL; i++) {
		struct state after = state;

		if (left >> i & 1 && may_come(left, i) && explains(&after, &calls[i]) &&
		    search(left & ~(1u << i), after))
			return true;
	}
	return !left;
}

/* ---- histories --------------------------------------------------------------------------------- */

static int
empty_it(struct tarn_txn *txn, void *unused)
{
	int code = 0;

	(void)unused;
	for (unsigned i = 0; !code && i < MAPS; i++)
		code = tarn_map_erase_range(tarn_map_in(maps[i], txn), NULL, 0, NULL, 0, NULL);
	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

/* Many leaves, all of them empty. */
static void
prepare(void)
{
	struct tarn_object *objects[MAPS] = { tarn_map_object(maps[0]), tarn_map_object(maps[1]) };

	for (uint64_t key = 0; key < KEYS * GAP; key += 3) {
		for (unsigned i = 0; i < MAPS; i++)
			must(tarn_map_put(maps[i], &key, 8, &key, 8) == 0);
	}
	must(tarn_txn_run(arena, objects, MAPS, empty_it, NULL) == 0);
}

static void
choose(uint64_t seed)
{
	for (unsigned i = 0; i < ALL; i++) {
		uint64_t dice = tarn__hash_u64(seed * ALL + i, 9);

		calls[i] = (struct call){ .what = (enum what)(dice % WHATS),
					  .where = (dice >> 10 & 3) == 0,
					  .key = (uint8_t)(dice >> 8 & 3),
					  .value = (uint8_t)(i + 1) };
		if (dice >> 16 & 1)
			calls[i].what = dice >> 17 & 1 ? PUT : INSERT;
	}
}

static void
print_history(void)
{
	static const char *const names[] = { "put", "insert", "erase", "get", "bound", "above", "first",
					     "last", "pop", "pop last", "swap" };

	for (unsigned i = 0; i < ALL; i++)
		printf("%u: %2lu-%2lu %u %s %u=%u: %s %u=%u\n", i / CALLS, (unsigned long)calls[i].began,
		       (unsigned long)calls[i].ended, calls[i].where, names[calls[i].what], calls[i].key,
		       calls[i].value,
		       tarn_error_name(calls[i].code), calls[i].key_out, calls[i].value_out);
}

static bool
run(uint64_t seed)
{
	pthread_t threads[THREADS];
	struct state empty = { { { 0 } } };

	prepare();
	choose(seed);
	clock_now = ready = 0;
	for (unsigned i = 0; i < THREADS; i++)
		must(!pthread_create(&threads[i], NULL, work, &calls[i * CALLS]));
	for (unsigned i = 0; i < THREADS; i++)
		must(!pthread_join(threads[i], NULL));
	if (search((1u << ALL) - 1, empty))
		return true;
	print_history();
	return false;
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8 };
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
	uint64_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : HISTORIES, wrong = 0;

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		must(tarn_map_open(arena, &maps[i], i ? "other" : "map", &type, TARN_CREATE, NULL) == 0);
	for (uint64_t seed = 0; seed < count && wrong < 3; seed++)
		wrong += !run(seed);
	must(tarn_check(arena, NULL, NULL) == 0);
	printf("histories: %lu, orders looked at: %lu\n", (unsigned long)count, (unsigned long)searched);
	printf("%d passed, %d failed\n", !wrong, wrong != 0);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_map_close(maps[i]);
	tarn_arena_close(arena);
	return wrong != 0;
}
