// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- priority queues as they are compiled, died in after
 * every instruction: see tracer.h
 *
 * Both have room for all that comes, for to make it is a change of its own.
 */
#include "step/pair.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <string.h>

#define MAX_SIZE (UINT64_C(2) << 20)
#define MOST 64u
#define SIZE_MOST 100u

static uint32_t size;
static enum tarn_key_kind key;

/* ---- steps ------------------------------------------------------------------------------------- */

/* Made before anybody is stepped: a greater one comes first. */
static char made[MOST][SIZE_MOST];

static void
make_values(void)
{
	for (unsigned n = 0; n < MOST; n++) {
		for (unsigned i = 0; i < SIZE_MOST; i++)
			made[n][i] = (char)(tarn__hash_u64(i, n) | 1);
		made[n][key == TARN_KEY_U64 ? 7 : 0] = (char)(n + 1);
	}
}

static int
push_least(void *q, void *r)
{
	(void)r;
	return tarn_priority_queue_push(q, made[0], NULL);
}

static int
push_greatest(void *q, void *r)
{
	(void)r;
	return tarn_priority_queue_push(q, made[50], NULL);
}

static int
push_many(void *q, void *r)
{
	char values[6 * SIZE_MOST];

	(void)r;
	for (unsigned i = 0; i < 6; i++)
		memcpy(values + i * size, made[20 + 5 * i % 6], size);
	return tarn_priority_queue_push_many(q, values, 6, NULL);
}

static int
pop(void *q, void *r)
{
	(void)r;
	return tarn_priority_queue_pop(q, NULL);
}

static int
pop_many(void *q, void *r)
{
	char gone[4 * SIZE_MOST];
	uint64_t got;

	(void)r;
	return tarn_priority_queue_pop_many(q, gone, 4, &got);
}

static int
update(void *q, void *r)
{
	struct tarn_priority_queue_handle handle;
	char value[SIZE_MOST];
	int code = tarn_priority_queue_top(q, value, &handle);

	(void)r;
	return code ? code : tarn_priority_queue_update(q, &handle, made[3]);
}

static int
remove_one(void *q, void *r)
{
	struct tarn_priority_queue_handle handle;
	char value[SIZE_MOST];
	int code = tarn_priority_queue_top(q, value, &handle);

	(void)r;
	return code ? code : tarn_priority_queue_remove(q, &handle, NULL);
}

static int
clear(void *q, void *r)
{
	(void)q;
	return tarn_priority_queue_clear(r);
}

static int
exchange(void *q, void *r)
{
	return tarn_priority_queue_swap(q, r);
}

static int
change(void *q, void *r, bool commits)
{
	struct tarn_object *objects[] = { tarn_priority_queue_object(q), tarn_priority_queue_object(r) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	q = tarn_priority_queue_in(q, txn);
	code = tarn_priority_queue_pop(q, NULL);
	if (!code)
		code = tarn_priority_queue_push(q, made[40], NULL);
	if (!code)
		code = tarn_priority_queue_push(tarn_priority_queue_in(r, txn), made[41], NULL);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(void *q, void *r)
{
	return change(q, r, true);
}

static int
undo(void *q, void *r)
{
	return change(q, r, false);
}

static const struct pair_step steps[] = {
	{ "push the least", push_least },
	{ "push the greatest", push_greatest },
	{ "push many", push_many },
	{ "pop", pop },
	{ "pop many", pop_many },
	{ "update", update },
	{ "remove", remove_one },
	{ "swap", exchange },
	{ "transaction", commit },
	{ "transaction aborted", undo },
	{ "clear", clear },
};

/* ---- the world --------------------------------------------------------------------------------- */

static uint64_t
contents(struct tarn_object *object, uint64_t *length)
{
	static char all[MOST * SIZE_MOST];

	tracer_must(tarn_priority_queue_read((struct tarn_priority_queue *)object, 0, all, MOST, length) == 0);
	return tarn__hash_bytes(all, *length * size, 1);
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, key, size, NULL };
	struct tarn_priority_queue *queue;
	struct tarn_object *objects[PAIR];
	struct tarn_arena *arena;
	char values[30 * SIZE_MOST] = { 0 };

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < PAIR; i++) {
		tracer_must(tarn_priority_queue_open(arena, &queue, i ? "r" : "q", &type, TARN_CREATE, NULL) == 0);
		tracer_must(tarn_priority_queue_push_many(queue, values, 30, NULL) == 0);
		tracer_must(tarn_priority_queue_clear(queue) == 0);
		for (unsigned n = 10; n < 17; n++)
			tracer_must(tarn_priority_queue_push(queue, made[n + i], NULL) == 0);
		objects[i] = tarn_priority_queue_object(queue);
	}
	pair_trace_by(arena, objects, contents, steps, TARN_ARRAY_SIZE(steps));
}

int
main(void)
{
	key = TARN_KEY_U64;
	size = 8;
	make_values();
	run();
	key = TARN_KEY_BYTES;
	size = SIZE_MOST;
	make_values();
	run();
	return tracer_verdict();
}
