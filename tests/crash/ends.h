// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- calls and transactions of stacks, or of queues, died in at every
 * store, and at every store of the recovery again
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; and LIFO, whether the last that came goes first.
 *
 * Each scenario has an arena of its own, and is done with elements of each
 * size in turn; blocks are tiny, and so are rings.  What is looked at says
 * crash/pair.h.
 *
 * The stores are the deque's, and so are their mutants (crash/deque.c).
 */
#include "crash/pair.h"

#include "base/hash.h"
#include "container/deque_layout.h"
#include "hook/hook.h"

#include <string.h>
#include <tarn.h>

#define ELEMENT_MOST 40u

static struct tarn_arena *arena;
static ADAPTOR *adaptors[PAIR]; /* in a transaction its own handles */
static ADAPTOR *plain[PAIR];
static ADAPTOR *created;
static uint64_t in_block;

/* ---- reading and changing ---------------------------------------------------------------------- */

static int
read_all(struct tarn_object *object, void *bytes, uint64_t *length)
{
	return CALL(read)((ADAPTOR *)object, 0, bytes, PAIR_BYTES_MOST / pair_size, length);
}

/* What comes goes again; from a queue after all that were there have gone round once. */
static int
push_and_pop(struct tarn_object *object, uint64_t length)
{
	ADAPTOR *adaptor = (ADAPTOR *)object;
	char value[ELEMENT_MOST] = { 7, 6, 5 }, popped[ELEMENT_MOST];
	int code = CALL(push)(adaptor, value);

	for (uint64_t i = 0; !LIFO && !code && i < length; i++) {
		must(CALL(pop)(adaptor, popped) == 0);
		code = CALL(push)(adaptor, popped);
	}
	if (!code)
		must(CALL(pop)(adaptor, popped) == 0 && !memcmp(value, popped, pair_size));
	return code;
}

static void
open_first(struct tarn_arena *in)
{
	struct tarn_type type = { KIND, TARN_KEY_NONE, pair_size, NULL };

	arena = in;
	in_block = UINT64_C(1) << tarn__ring_shift(pair_size);
	must(CALL(open)(arena, &adaptors[0], "s", &type, TARN_CREATE, NULL) == 0);
	adaptors[1] = created = NULL;
	memcpy(plain, adaptors, sizeof(plain));
	pair_objects[0] = CALL(object)(plain[0]);
}

static void
close_all(void)
{
	CALL(close)(plain[0]);
	CALL(close)(plain[1]);
	CALL(close)(created);
}

static const struct pair_test test = { open_first, close_all, read_all, push_and_pop, true };

/* So many elements, no two of them the same, and no byte 0. */
static const char *
values(uint64_t count, uint64_t seed)
{
	static char made[PAIR_BYTES_MOST];

	for (uint64_t i = 0; i < count * pair_size; i++)
		made[i] = (char)(tarn__hash_u64(i / pair_size * 100 + i % pair_size, seed) | 1);
	return made;
}

/* ---- states and steps -------------------------------------------------------------------------- */

static void
push_to(unsigned which, uint64_t count, uint64_t seed)
{
	must(CALL(push_many)(adaptors[which], values(count, seed), count) == 0);
}

static void
prepare_nothing(void)
{
}

static void
prepare_few(void)
{
	push_to(0, 3, 1);
}

/* A full block, and one element more. */
static void
prepare_one_more(void)
{
	push_to(0, in_block + 1, 1);
}

/* As many blocks as a ring can have at first. */
static void
prepare_full(void)
{
	push_to(0, 2 * in_block, 1);
}

static void
prepare_two(void)
{
	struct tarn_type type = { KIND, TARN_KEY_NONE, pair_size, NULL };

	prepare_one_more();
	must(CALL(open)(arena, &adaptors[1], "t", &type, TARN_CREATE, NULL) == 0);
	plain[1] = adaptors[1];
	pair_objects[1] = CALL(object)(plain[1]);
	push_to(1, 3, 2);
}

static void
push(void)
{
	must(CALL(push)(adaptors[0], values(1, 3)) == 0);
}

static void
push_three(void)
{
	push();
	push();
	push();
}

static void
push_many(void)
{
	push_to(0, 2 * in_block, 3);
}

static void
pop(void)
{
	char popped[ELEMENT_MOST];

	must(CALL(pop)(adaptors[0], popped) == 0);
}

static void
pop_and_push(void)
{
	pop();
	must(CALL(pop)(adaptors[0], NULL) == 0);
	push();
}

static void
pop_many(void)
{
	char popped[17 * ELEMENT_MOST];
	uint64_t got;

	must(CALL(pop_many)(adaptors[0], popped, in_block + 1, &got) == 0 && got == in_block + 1);
}

static void
pop_nothing(void)
{
	char popped[ELEMENT_MOST];
	uint64_t got;

	must(CALL(pop)(adaptors[0], popped) == TARN_NOT_FOUND);
	must(CALL(pop_many)(adaptors[0], popped, 1, &got) == TARN_NOT_FOUND);
}

static void
clear(void)
{
	must(CALL(clear)(adaptors[0]) == 0);
}

static void
exchange(void)
{
	must(CALL(swap)(adaptors[0], adaptors[1]) == 0);
}

static void
copy(void)
{
	must(CALL(copy)(adaptors[1], adaptors[0]) == 0);
}

static void
create(void)
{
	struct tarn_type type = { KIND, TARN_KEY_NONE, pair_size, NULL };

	must(CALL(open)(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "s") == 0);
}

/* ---- transactions ------------------------------------------------------------------------------ */

/* All calls, on both. */
static struct tarn_txn *
change_two(void)
{
	struct tarn_object *objects[] = { pair_objects[0], pair_objects[1] };
	struct tarn_txn *txn;

	must(tarn_txn_begin(arena, &txn, objects, PAIR) == 0);
	for (unsigned i = 0; i < PAIR; i++)
		adaptors[i] = CALL(in)(plain[i], txn);
	pop_and_push();
	push_three();
	exchange();
	pop();
	copy();
	push();
	clear();
	push();
	memcpy(adaptors, plain, sizeof(adaptors));
	return txn;
}

static void
commit(void)
{
	must(tarn_txn_commit(change_two()) == 0);
}

static void
abort_all(void)
{
	tarn_txn_abort(change_two());
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

static const struct pair_scenario scenarios[] = {
	{ "push the first", prepare_nothing, push, 1, false },
	{ "push", prepare_few, push_three, 3, false },
	{ "push onto a full ring", prepare_full, push, 1, false },
	{ "push many", prepare_few, push_many, 1, false },
	{ "pop", prepare_few, pop, 1, NO_WAIT },
	{ "pop and push", prepare_few, pop_and_push, 3, NO_WAIT },
	{ "pop many", prepare_full, pop_many, 1, NO_WAIT },
	{ "pop nothing", prepare_nothing, pop_nothing, 0, NO_WAIT },
	{ "clear", prepare_full, clear, 1, false },
	{ "swap", prepare_two, exchange, 1, false },
	{ "copy", prepare_two, copy, 1, false },
	{ "transaction", prepare_two, commit, 1, false },
	{ "transaction aborted", prepare_two, abort_all, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "remove", prepare_full, remove_it, PAIR_MANY, false },
};

static const uint32_t sizes[] = { 8, 3 };

int
main(void)
{
	hook_start();
	for (unsigned s = 0; s < TARN_ARRAY_SIZE(sizes); s++) {
		pair_size = sizes[s];
		for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
			pair_run(&test, &scenarios[i]);
	}
	return hook_verdict();
}
