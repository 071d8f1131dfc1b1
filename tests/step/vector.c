// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors as they are compiled, died in after every instruction:
 * see tracer.h
 */
#include "step/pair.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <tarn.h>

#define MAX_SIZE (UINT64_C(2) << 20)

static uint32_t size;

/* ---- steps ------------------------------------------------------------------------------------- */

static const char *
values(uint64_t seed)
{
	static char bytes[16 * 64];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(tarn__hash_u64(i, seed) | 1);
	return bytes;
}

static int
push(void *v, void *w)
{
	(void)w;
	return tarn_vector_push_back(v, values(1));
}

static int
append(void *v, void *w)
{
	(void)w;
	return tarn_vector_append(v, values(2), 5);
}

static int
pop(void *v, void *w)
{
	(void)w;
	return tarn_vector_pop_back(v, NULL);
}

static int
set(void *v, void *w)
{
	(void)w;
	return tarn_vector_set(v, 1, values(3));
}

static int
insert(void *v, void *w)
{
	(void)w;
	return tarn_vector_insert(v, 1, values(4), 2);
}

static int
erase(void *v, void *w)
{
	(void)w;
	return tarn_vector_erase(v, 0, 2);
}

static int
shrink(void *v, void *w)
{
	(void)w;
	return tarn_vector_shrink_to_fit(v);
}

static int
exchange(void *v, void *w)
{
	return tarn_vector_swap(v, w);
}

static int
change(void *v, void *w, bool commits)
{
	struct tarn_object *objects[] = { tarn_vector_object(v), tarn_vector_object(w) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	v = tarn_vector_in(v, txn);
	code = tarn_vector_pop_back(v, NULL);
	if (!code)
		code = tarn_vector_push_back(v, values(5));
	if (!code)
		code = tarn_vector_resize(tarn_vector_in(w, txn), 20, values(6));
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(void *v, void *w)
{
	return change(v, w, true);
}

static int
undo(void *v, void *w)
{
	return change(v, w, false);
}

static const struct pair_step steps[] = {
	{ "push", push },	{ "append", append },	{ "append into a new block", append },
	{ "pop", pop },		{ "push again", push }, { "set", set },
	{ "insert", insert },	{ "erase", erase },	{ "shrink", shrink },
	{ "swap", exchange },	{ "append", append },	{ "transaction", commit },
	{ "transaction aborted", undo },
};

/* ---- the world --------------------------------------------------------------------------------- */

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, size, NULL };
	struct tarn_object *objects[PAIR];
	struct tarn_vector *vector;
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < PAIR; i++) {
		tracer_must(tarn_vector_open(arena, &vector, i ? "w" : "v", &type, TARN_CREATE,
					     NULL) == 0);
		tracer_must(tarn_vector_append(vector, values(10 + i), 3) == 0);
		objects[i] = tarn_vector_object(vector);
	}
	pair_trace(arena, objects, size, steps, TARN_ARRAY_SIZE(steps));
}

int
main(void)
{
	static const uint32_t sizes[] = { 8, 3, 40 };

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		run();
	}
	return tracer_verdict();
}
