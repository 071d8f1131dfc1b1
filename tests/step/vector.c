// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors as they are compiled, died in after every instruction:
 * see tracer.h
 */
#include "step/tracer.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <tarn.h>

#define VECTORS 2u
#define MAX_SIZE (UINT64_C(2) << 20)

struct image {
	uint64_t lengths[VECTORS], contents[VECTORS], words[VECTORS];
};

static struct tarn_arena *arena;
static struct tarn_vector *vectors[VECTORS];
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
push(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_push_back(v, values(1));
}

static int
append(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_append(v, values(2), 5);
}

static int
pop(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_pop_back(v, NULL);
}

static int
set(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_set(v, 1, values(3));
}

static int
insert(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_insert(v, 1, values(4), 2);
}

static int
erase(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_erase(v, 0, 2);
}

static int
shrink(struct tarn_vector *v, struct tarn_vector *w)
{
	(void)w;
	return tarn_vector_shrink_to_fit(v);
}

static int
exchange(struct tarn_vector *v, struct tarn_vector *w)
{
	return tarn_vector_swap(v, w);
}

static int
change(struct tarn_vector *v, struct tarn_vector *w, bool commits)
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
commit(struct tarn_vector *v, struct tarn_vector *w)
{
	return change(v, w, true);
}

static int
undo(struct tarn_vector *v, struct tarn_vector *w)
{
	return change(v, w, false);
}

static const struct step {
	const char *name;
	int (*run)(struct tarn_vector *v, struct tarn_vector *w);
} steps[] = {
	{ "push", push },	{ "append", append },	{ "append into a new block", append },
	{ "pop", pop },		{ "push again", push }, { "set", set },
	{ "insert", insert },	{ "erase", erase },	{ "shrink", shrink },
	{ "swap", exchange },	{ "append", append },	{ "transaction", commit },
	{ "transaction aborted", undo },
};

/* ---- the world --------------------------------------------------------------------------------- */

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object objects[VECTORS];

	for (unsigned i = 0; i < VECTORS; i++)
		objects[i] = in == arena ? *tarn_vector_object(vectors[i])
					 : tracer_object(tarn_vector_object(vectors[i]));
	tracer_must(steps[*(const unsigned *)number].run((struct tarn_vector *)&objects[0],
							 (struct tarn_vector *)&objects[1]) == 0);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < VECTORS; i++) {
		const struct tarn_root_shm *root =
			(void *)(in->base + tarn_vector_object(vectors[i])->root_off);
		const uint64_t *area = (void *)(in->base + root->structure);

		image->words[i] = root->word;
		image->lengths[i] = area[0];
		image->contents[i] = tarn__hash_bytes(area + 8, area[0] * size, 1);
	}
}

static const struct tracer_test test = {
	.image_size = sizeof(struct image),
	.look = look,
	.run = run_step,
};

static void
open_world(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, size, NULL };

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < VECTORS; i++) {
		tracer_must(tarn_vector_open(arena, &vectors[i], i ? "w" : "v", &type, TARN_CREATE,
					     NULL) == 0);
		tracer_must(tarn_vector_append(vectors[i], values(10 + i), 3) == 0);
	}
	tracer_open_view(arena);
}

static void
close_world(void)
{
	for (unsigned i = 0; i < VECTORS; i++)
		tarn_vector_close(vectors[i]);
	tarn_arena_close(arena);
}

static void
run(void)
{
	open_world();
	if (!tracer_start(&test))
		return;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(steps); i++)
		tracer_step(steps[i].name, &i, sizeof(i));
	tracer_stop();
	close_world();
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
