// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- deques as they are compiled, died in after every instruction:
 * see tracer.h
 *
 * A block is of 4 KiB, and a new ring has 8: so there are few elements in a
 * block, and one push at each end goes into a new one.
 */
#include "step/pair.h"

#include "base/compiler.h"
#include "base/hash.h"

#define MAX_SIZE (UINT64_C(2) << 20)
#define MOST 64u
#define SEEDS 12u

static uint32_t size;

/* ---- steps ------------------------------------------------------------------------------------- */

/* Made before anybody is stepped. */
static char made[SEEDS][16 * 1024];

static void
make_values(void)
{
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		for (unsigned i = 0; i < sizeof(made[seed]); i++)
			made[seed][i] = (char)(tarn__hash_u64(i, seed) | 1);
	}
}

static int
push(void *d, void *e)
{
	(void)e;
	return tarn_deque_push_back(d, made[1]);
}

static int
push_front(void *d, void *e)
{
	(void)e;
	return tarn_deque_push_front(d, made[2]);
}

static int
pop(void *d, void *e)
{
	(void)e;
	return tarn_deque_pop_back(d, NULL);
}

static int
pop_front(void *d, void *e)
{
	(void)e;
	return tarn_deque_pop_front(d, NULL);
}

static int
append(void *d, void *e)
{
	(void)e;
	return tarn_deque_append(d, made[3], 5);
}

static int
pop_many(void *d, void *e)
{
	char gone[4 * 1024];
	uint64_t got;

	(void)e;
	return tarn_deque_pop_many(d, gone, 4, &got);
}

static int
set(void *d, void *e)
{
	(void)e;
	return tarn_deque_set(d, 1, made[4]);
}

static int
insert(void *d, void *e)
{
	(void)e;
	return tarn_deque_insert(d, 2, made[5], 2);
}

static int
erase(void *d, void *e)
{
	(void)e;
	return tarn_deque_erase(d, 1, 2);
}

static int
clear(void *d, void *e)
{
	(void)d;
	return tarn_deque_clear(e);
}

static int
exchange(void *d, void *e)
{
	return tarn_deque_swap(d, e);
}

static int
change(void *d, void *e, bool commits)
{
	struct tarn_object *objects[] = { tarn_deque_object(d), tarn_deque_object(e) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	d = tarn_deque_in(d, txn);
	code = tarn_deque_pop_front(d, NULL);
	if (!code)
		code = tarn_deque_push_back(d, made[6]);
	if (!code)
		code = tarn_deque_append(tarn_deque_in(e, txn), made[7], 6);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(void *d, void *e)
{
	return change(d, e, true);
}

static int
undo(void *d, void *e)
{
	return change(d, e, false);
}

static const struct pair_step steps[] = {
	{ "push", push },
	{ "push at the front", push_front },
	{ "push at the front again", push_front },
	{ "append", append },
	{ "pop", pop },
	{ "pop at the front", pop_front },
	{ "set", set },
	{ "insert", insert },
	{ "erase", erase },
	{ "append into a larger ring", append },
	{ "pop many", pop_many },
	{ "swap", exchange },
	{ "transaction", commit },
	{ "transaction aborted", undo },
	{ "clear", clear },
};

/* ---- the world --------------------------------------------------------------------------------- */

static uint64_t
contents(struct tarn_object *object, uint64_t *length)
{
	static char all[MOST * 1024];

	tracer_must(tarn_deque_read((struct tarn_deque *)object, 0, all, MOST, length) == 0);
	return tarn__hash_bytes(all, *length * size, 1);
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, size, NULL };
	struct tarn_object *objects[PAIR];
	struct tarn_deque *deque;
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < PAIR; i++) {
		tracer_must(tarn_deque_open(arena, &deque, i ? "e" : "d", &type, TARN_CREATE,
					    NULL) == 0);
		tracer_must(tarn_deque_append(deque, made[10 + i], 3) == 0);
		objects[i] = tarn_deque_object(deque);
	}
	pair_trace_by(arena, objects, contents, steps, TARN_ARRAY_SIZE(steps));
}

int
main(void)
{
	static const uint32_t sizes[] = { 8, 3, 1000 };

	make_values();
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		run();
	}
	return tracer_verdict();
}
