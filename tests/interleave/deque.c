// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- two or three calls on deques at once, in every order of their
 * accesses that the plans of baton.h make
 *
 * A play is how many elements deque a has, and a word for the call of each
 * actor:
 *
 *	+9 9+		push 9 at the end, at the front
 *	B F		pop the last, the first
 *	M P		append ten in one step; pop five of the front in one
 *	i e s		insert two in the middle, erase two there, set the second
 *	b f g		look at the last, the first, the second
 *	N R		size; read all
 *	C X		clear; swap both
 *	-		remove deque a
 *	m		a transaction pops the first of a, and pushes it into b
 *	a		a transaction pops and pushes, and is aborted
 *	r		reap
 *
 * A block holds 8 elements here, a new ring 4 blocks.  What a call says is
 * its code and what it finds; what there is at the end are all elements.
 */
#include "baton.h"

#include "base/hash.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define DEQUES 2u
#define MOST 64u
#define MANY 10u

static const struct baton_words pairs[] = {
	{ "push and push", "3", { "+91", "+92" } },
	{ "push and push at both ends", "3", { "+91", "92+" } },
	{ "push and push into a new block", "8", { "+91", "+92" } },
	{ "push and push into a larger ring", "32", { "+91", "92+" } },
	{ "push and pop", "3", { "+91", "B" } },
	{ "push and pop of the other end", "3", { "+91", "F" } },
	{ "push and pop of one element", "1", { "+91", "F" } },
	{ "push and pop of none", "0", { "+91", "F" } },
	{ "push and pop at the front", "3", { "91+", "F" } },
	{ "push of a new block and pop", "8", { "+91", "B" } },
	{ "push into a larger ring and pop", "32", { "+91", "F" } },
	{ "pop and pop", "3", { "B", "F" } },
	{ "pop and pop of one element", "1", { "B", "F" } },
	{ "pop and pop of a block", "9", { "B", "F" } },
	{ "pop and read", "3", { "F", "R" } },
	{ "push and read", "8", { "+91", "R" } },
	{ "push and look", "3", { "+91", "b" } },
	{ "push at the front and look", "3", { "91+", "g" } },
	{ "append and pop", "3", { "M", "B" } },
	{ "append and read", "3", { "M", "R" } },
	{ "append and push", "3", { "M", "92+" } },
	{ "append and append", "3", { "M", "M" } },
	{ "pop of many and push", "8", { "P", "+91" } },
	{ "pop of many and pop", "8", { "P", "F" } },
	{ "pop of many and size", "8", { "P", "N" } },
	{ "insert and push", "6", { "i", "+91" } },
	{ "insert and pop", "6", { "i", "F" } },
	{ "insert and read", "6", { "i", "R" } },
	{ "erase and push", "6", { "e", "91+" } },
	{ "erase and look", "6", { "e", "g" } },
	{ "set and set", "3", { "s", "s" } },
	{ "set and look", "3", { "s", "g" } },
	{ "set and pop", "2", { "s", "B" } },
	{ "clear and push", "3", { "C", "+91" } },
	{ "clear and pop", "3", { "C", "F" } },
	{ "clear and read", "3", { "C", "R" } },
	{ "swap and push", "3", { "X", "+91" } },
	{ "swap and swap", "3", { "X", "X" } },
	{ "remove and push", "3", { "-", "+91" } },
	{ "transaction and pop", "3", { "m", "F" } },
	{ "transaction and push", "3", { "m", "91+" } },
	{ "transaction and look", "3", { "m", "f" } },
	{ "transaction and transaction", "3", { "m", "m" } },
	{ "transaction and swap", "3", { "m", "X" } },
	{ "aborted transaction and read", "8", { "a", "R" } },
	{ "push, pop and look", "2", { "+91", "F", "f" } },
	{ "pop, pop and push", "1", { "B", "F", "+91" } },
	{ "push, pop and reap", "8", { "+91", "B", "r" } },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const struct baton_words *pair;
static struct tarn_arena *arena;
static struct tarn_deque *deques[DEQUES];
static const uint64_t made[MANY] = { 71, 72, 73, 74, 75, 76, 77, 78, 79, 80 };

/* ---- calls ------------------------------------------------------------------------------------- */

static uint64_t
found(int (*call)(struct tarn_deque *deque, void *value))
{
	uint64_t value = 0;
	int code = call(deques[0], &value);

	return baton_said(code, value << 1);
}

static uint64_t
second(void)
{
	uint64_t value = 0;
	int code = tarn_deque_get(deques[0], 1, &value);

	return baton_said(code, value << 1);
}

static uint64_t
size_of(unsigned which)
{
	uint64_t size = 0;
	int code = tarn_deque_size(deques[which], &size);

	return baton_said(code, size << 1);
}

static uint64_t
read_all(unsigned which)
{
	uint64_t values[MOST], got = 0;
	int code = tarn_deque_read(deques[which], 0, values, MOST, &got);

	return baton_said(code, tarn__hash_bytes(values, got * 8, 1));
}

static uint64_t
pop_many(void)
{
	uint64_t values[MOST], got = 0;
	int code = tarn_deque_pop_many(deques[0], values, 5, &got);

	return baton_said(code, tarn__hash_bytes(values, got * 8, 1));
}

static uint64_t
push(const char *text)
{
	uint64_t value = (uint64_t)atoi(text + (text[0] == '+'));

	return baton_said(text[0] == '+' ? tarn_deque_push_back(deques[0], &value)
					 : tarn_deque_push_front(deques[0], &value), 0);
}

/* ---- transactions ------------------------------------------------------------------------------ */

/* What is not there is not moved. */
static int
move(struct tarn_txn *txn)
{
	uint64_t value;
	int code = tarn_deque_pop_front(tarn_deque_in(deques[0], txn), &value);

	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : tarn_deque_push_back(tarn_deque_in(deques[1], txn), &value);
}

static int
pop_and_append(struct tarn_txn *txn)
{
	struct tarn_deque *in = tarn_deque_in(deques[0], txn);
	int code = tarn_deque_pop_back(in, NULL);

	return code ? code : tarn_deque_append(in, made, MANY);
}

/* Again after a deadlock, as a program does. */
static uint64_t
transact(char kind)
{
	struct tarn_object *both[] = { tarn_deque_object(deques[1]), tarn_deque_object(deques[0]) };
	struct tarn_txn *txn;
	int code;

	do {
		code = tarn_txn_begin(arena, &txn, both, DEQUES);
		if (code)
			break;
		code = kind == 'm' ? move(txn) : pop_and_append(txn);
		if (code || kind == 'a')
			tarn_txn_abort(txn);
		else
			code = tarn_txn_commit(txn);
	} while (code == TARN_DEADLOCK);
	return baton_said(code, 0);
}

/* ---- the play ---------------------------------------------------------------------------------- */

static uint64_t
look(char kind)
{
	switch (kind) {
	case 'b':
		return found(tarn_deque_back);
	case 'f':
		return found(tarn_deque_front);
	case 'g':
		return second();
	case 'N':
		return size_of(0);
	default:
		return read_all(0);
	}
}

static uint64_t
change(char kind)
{
	switch (kind) {
	case 'B':
		return found(tarn_deque_pop_back);
	case 'F':
		return found(tarn_deque_pop_front);
	case 'M':
		return baton_said(tarn_deque_append(deques[0], made, MANY), 0);
	case 'P':
		return pop_many();
	case 'i':
		return baton_said(tarn_deque_insert(deques[0], 3, made, 2), 0);
	case 'e':
		return baton_said(tarn_deque_erase(deques[0], 2, 2), 0);
	case 's':
		return baton_said(tarn_deque_set(deques[0], 1, made), 0);
	case 'C':
		return baton_said(tarn_deque_clear(deques[0]), 0);
	case 'X':
		return baton_said(tarn_deque_swap(deques[0], deques[1]), 0);
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

	if (text[0] == '+' || isdigit((unsigned char)text[0]))
		return push(text);
	return strchr("bfgNR", text[0]) ? look(text[0]) : change(text[0]);
}

static uint64_t
image(void)
{
	uint64_t hash = 1;

	for (unsigned which = 0; which < DEQUES; which++)
		hash = tarn__hash_u64(size_of(which), tarn__hash_u64(read_all(which), hash));
	return hash;
}

static void
setup(const void *arg)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, NULL };
	uint64_t size;

	pair = arg;
	size = (uint64_t)atoi(pair->setup);
	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < DEQUES; i++)
		baton_must(tarn_deque_open(arena, &deques[i], i ? "b" : "a", &type, TARN_CREATE,
					   NULL) == 0);
	baton_open(arena);
	baton_as(0);
	for (uint64_t i = 0; i < size; i++)
		baton_must(tarn_deque_push_back(deques[0], &i) == 0);
}

int
main(int argc, char **argv)
{
	const struct baton_play play = { .setup = setup, .act = act, .image = image };

	return baton_main_words(pairs, PAIRS, &play, argc > 1 ? argv[1] : NULL);
}
