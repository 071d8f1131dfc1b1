// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- two or three calls on priority queues at once, in every
 * order of their accesses that the plans of baton.h make
 *
 * A play is how many elements queue a has, which are 10, 20, ..., in that
 * order, so that the last is the greatest; o before it: in an order of the
 * program's own.  And a word for the call of each actor:
 *
 *	+9		push 9
 *	p M P		pop; push ten in one step; pop five in one
 *	u U		the second becomes 5, becomes 95
 *	d g		remove the second, look at it, by its handle
 *	t N R		look at the top; size; read all
 *	C X		clear; swap both
 *	-		remove queue a
 *	m		a transaction pops of a, and pushes it into b
 *	a		a transaction pops and pushes, and is aborted
 *	r		reap
 *
 * A new queue has room for 8.  What a call says is its code and what it
 * finds; what there is at the end are all elements.
 */
#include "baton.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define QUEUES 2u
#define MOST 64u
#define MANY 10u

static const struct baton_words pairs[] = {
	{ "push and push", "3", { "+91", "+92" } },
	{ "push and push of less", "3", { "+1", "+2" } },
	{ "push into a larger pile and push", "8", { "+91", "+1" } },
	{ "push of less and push of more", "5", { "+1", "+91" } },
	{ "push and pop", "3", { "+91", "p" } },
	{ "push of less and pop", "3", { "+1", "p" } },
	{ "push and pop of one element", "1", { "+91", "p" } },
	{ "push and pop of none", "0", { "+91", "p" } },
	{ "push into a larger pile and pop", "8", { "+91", "p" } },
	{ "pop and pop", "6", { "p", "p" } },
	{ "pop and pop of one element", "1", { "p", "p" } },
	{ "push and look at the top", "3", { "+91", "t" } },
	{ "push of less and look at the top", "3", { "+1", "t" } },
	{ "push of the first and look at the top", "0", { "+1", "t" } },
	{ "pop and look at the top", "3", { "p", "t" } },
	{ "push and read", "6", { "+91", "R" } },
	{ "push of less and read", "6", { "+1", "R" } },
	{ "pop and read", "6", { "p", "R" } },
	{ "push of many and pop", "3", { "M", "p" } },
	{ "push of many and push", "3", { "M", "+91" } },
	{ "push of many and read", "3", { "M", "R" } },
	{ "pop of many and push", "6", { "P", "+91" } },
	{ "pop of many and size", "6", { "P", "N" } },
	{ "update and look", "4", { "U", "g" } },
	{ "update and update", "4", { "U", "u" } },
	{ "update and remove", "4", { "U", "d" } },
	{ "update and pop", "3", { "U", "p" } },
	{ "update and push", "4", { "u", "+91" } },
	{ "update and top", "3", { "U", "t" } },
	{ "remove and look", "4", { "d", "g" } },
	{ "remove and remove", "4", { "d", "d" } },
	{ "remove and pop", "2", { "d", "p" } },
	{ "pop and look by handle", "2", { "p", "g" } },
	{ "push into a larger pile and look by handle", "8", { "+91", "g" } },
	{ "swap and look by handle", "3", { "X", "g" } },
	{ "clear and push", "3", { "C", "+91" } },
	{ "clear and pop", "3", { "C", "p" } },
	{ "clear and look by handle", "3", { "C", "g" } },
	{ "swap and push", "3", { "X", "+91" } },
	{ "swap and swap", "3", { "X", "X" } },
	{ "remove the queue and push", "3", { "-", "+91" } },
	{ "transaction and pop", "3", { "m", "p" } },
	{ "transaction and push", "3", { "m", "+91" } },
	{ "transaction and top", "3", { "m", "t" } },
	{ "transaction and transaction", "3", { "m", "m" } },
	{ "aborted transaction and read", "6", { "a", "R" } },
	{ "aborted transaction and update", "4", { "a", "U" } },
	{ "own order: push and push", "o3", { "+91", "+1" } },
	{ "own order: push and pop", "o3", { "+1", "p" } },
	{ "own order: pop and pop", "o4", { "p", "p" } },
	{ "own order: push into a larger pile and push", "o8", { "+91", "+1" } },
	{ "own order: update and pop", "o3", { "U", "p" } },
	{ "own order: remove the queue and push", "o3", { "-", "+91" } },
	{ "own order: transaction and push", "o3", { "m", "+91" } },
	{ "push, pop and look", "2", { "+91", "p", "t" } },
	{ "push, pop and reap", "6", { "+91", "p", "r" } },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const struct baton_words *pair;
static struct tarn_arena *arena;
static struct tarn_priority_queue *queues[QUEUES];
static struct tarn_priority_queue_handle second; /* of the second element of a */
static const uint64_t made[MANY] = { 71, 2, 73, 4, 75, 6, 77, 8, 79, 80 };

static int
compare_own(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	uint64_t one, other;

	(void)unused;
	baton_must(a_size == 8 && b_size == 8);
	memcpy(&one, a, 8);
	memcpy(&other, b, 8);
	return (one > other) - (one < other);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static uint64_t
size_of(unsigned which)
{
	uint64_t size = 0;
	int code = tarn_priority_queue_size(queues[which], &size);

	return baton_said(code, size << 1);
}

static int
ascending(const void *a, const void *b)
{
	return compare_own(a, 8, b, 8, NULL);
}

static uint64_t
read_all(unsigned which)
{
	uint64_t values[MOST], got = 0;
	int code = tarn_priority_queue_read(queues[which], 0, values, MOST, &got);

	qsort(values, got, 8, ascending);
	return baton_said(code, tarn__hash_bytes(values, got * 8, 1));
}

static uint64_t
pop_many(void)
{
	uint64_t values[MOST], got = 0;
	int code = tarn_priority_queue_pop_many(queues[0], values, 5, &got);

	return baton_said(code, tarn__hash_bytes(values, got * 8, 1));
}

/* ---- transactions ------------------------------------------------------------------------------ */

/* What is not there is not moved. */
static int
move(struct tarn_txn *txn)
{
	uint64_t value;
	int code = tarn_priority_queue_pop(tarn_priority_queue_in(queues[0], txn), &value);

	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : tarn_priority_queue_push(tarn_priority_queue_in(queues[1], txn), &value, NULL);
}

static int
pop_and_push(struct tarn_txn *txn)
{
	struct tarn_priority_queue *in = tarn_priority_queue_in(queues[0], txn);
	int code = tarn_priority_queue_pop(in, NULL);

	return code ? code : tarn_priority_queue_push_many(in, made, MANY, NULL);
}

/* Again after a deadlock, as a program does. */
static uint64_t
transact(char kind)
{
	struct tarn_object *both[] = { tarn_priority_queue_object(queues[1]),
				       tarn_priority_queue_object(queues[0]) };
	struct tarn_txn *txn;
	int code;

	do {
		code = tarn_txn_begin(arena, &txn, both, QUEUES);
		if (code)
			break;
		code = kind == 'm' ? move(txn) : pop_and_push(txn);
		if (code || kind == 'a')
			tarn_txn_abort(txn);
		else
			code = tarn_txn_commit(txn);
	} while (code == TARN_DEADLOCK);
	return baton_said(code, 0);
}

/* ---- the play ---------------------------------------------------------------------------------- */

static uint64_t
by_handle(char kind)
{
	const uint64_t number = kind == 'u' ? 5 : 95;
	uint64_t value = 0;
	int code;

	if (kind == 'g')
		code = tarn_priority_queue_get(queues[0], &second, &value);
	else if (kind == 'd')
		code = tarn_priority_queue_remove(queues[0], &second, &value);
	else
		code = tarn_priority_queue_update(queues[0], &second, &number);
	return baton_said(code, code ? 0 : value << 1);
}

static uint64_t
next(int (*call)(struct tarn_priority_queue *queue, void *value))
{
	uint64_t value = 0;
	int code = call(queues[0], &value);

	return baton_said(code, code ? 0 : value << 1);
}

static int
top(struct tarn_priority_queue *queue, void *value)
{
	return tarn_priority_queue_top(queue, value, NULL);
}

static uint64_t
change(char kind)
{
	switch (kind) {
	case 'p':
		return next(tarn_priority_queue_pop);
	case 'M':
		return baton_said(tarn_priority_queue_push_many(queues[0], made, MANY, NULL), 0);
	case 'P':
		return pop_many();
	case 'C':
		return baton_said(tarn_priority_queue_clear(queues[0]), 0);
	case 'X':
		return baton_said(tarn_priority_queue_swap(queues[0], queues[1]), 0);
	case '-':
		return baton_said(tarn_object_remove(arena, "a"), 0);
	case 'r':
		return baton_said(tarn_reap(arena, NULL), 0);
	default:
		return transact(kind);
	}
}

static uint64_t
act(unsigned actor)
{
	const char *text = pair->calls[actor];
	uint64_t value;

	switch (text[0]) {
	case '+':
		value = (uint64_t)atoi(text + 1);
		return baton_said(tarn_priority_queue_push(queues[0], &value, NULL), 0);
	case 'u':
	case 'U':
	case 'd':
	case 'g':
		return by_handle(text[0]);
	case 't':
		return next(top);
	case 'N':
		return size_of(0);
	case 'R':
		return read_all(0);
	default:
		return change(text[0]);
	}
}

static uint64_t
image(void)
{
	uint64_t hash = 1;

	for (unsigned which = 0; which < QUEUES; which++)
		hash = tarn__hash_u64(size_of(which), tarn__hash_u64(read_all(which), hash));
	return hash;
}

static void
setup(const void *arg)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE, .key = TARN_KEY_U64, .value_size = 8 };
	uint64_t size;

	pair = arg;
	if (pair->setup[0] == 'o') {
		type.key = TARN_KEY_CUSTOM;
		type.order = "own";
		baton_must(tarn_order_register("own", compare_own, NULL) == 0);
	}
	size = (uint64_t)atoi(pair->setup + (pair->setup[0] == 'o'));
	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < QUEUES; i++)
		baton_must(tarn_priority_queue_open(arena, &queues[i], i ? "b" : "a", &type, TARN_CREATE,
						    NULL) == 0);
	baton_open(arena);
	baton_as(0);
	for (uint64_t i = 1; i <= size; i++) {
		struct tarn_priority_queue_handle handle;

		baton_must(tarn_priority_queue_push(queues[0], &(uint64_t){ 10 * i }, &handle) == 0);
		if (i == 2)
			second = handle;
	}
}

int
main(int argc, char **argv)
{
	const struct baton_play play = { .setup = setup, .act = act, .image = image };

	return baton_main_words(pairs, PAIRS, &play, argc > 1 ? argv[1] : NULL);
}
