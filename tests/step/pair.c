// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.c -- see pair.h
 */
#include "step/pair.h"

#include "base/hash.h"

struct image {
	uint64_t lengths[PAIR], contents[PAIR], words[PAIR];
};

static struct tarn_object *const *objects;
static const struct pair_step *steps;
static pair_contents *contents;
static uint32_t element_size;

static struct tarn_object
handle_in(struct tarn_arena *in, const struct tarn_object *object)
{
	return in == &tracer_view ? tracer_object(object) : *object;
}

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object handles[PAIR];

	for (unsigned i = 0; i < PAIR; i++)
		handles[i] = handle_in(in, objects[i]);
	tracer_must(steps[*(const unsigned *)number].run(&handles[0], &handles[1]) == 0);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < PAIR; i++) {
		struct tarn_object handle = handle_in(in, objects[i]);

		image->words[i] = handle.root->word;
		image->contents[i] = contents(&handle, &image->lengths[i]);
	}
}

static const struct tracer_test test = {
	.image_size = sizeof(struct image),
	.look = look,
	.run = run_step,
};

void
pair_trace_by(struct tarn_arena *arena, struct tarn_object *const *of, pair_contents *by,
	      const struct pair_step *all, unsigned count)
{
	objects = of;
	steps = all;
	contents = by;
	tracer_open_view(arena);
	if (tracer_start(&test)) {
		for (unsigned i = 0; i < count; i++)
			tracer_step(steps[i].name, &i, sizeof(i));
		tracer_stop();
	}
	for (unsigned i = 0; i < PAIR; i++)
		tarn_object_close(objects[i]);
	tarn_arena_close(arena);
}

static uint64_t
area_contents(struct tarn_object *object, uint64_t *length)
{
	const uint64_t *area = (void *)(object->arena->base + object->root->structure);

	*length = area[0];
	return tarn__hash_bytes(area + 8, area[0] * element_size, 1);
}

void
pair_trace(struct tarn_arena *arena, struct tarn_object *const *of, uint32_t size,
	   const struct pair_step *all, unsigned count)
{
	element_size = size;
	pair_trace_by(arena, of, area_contents, all, count);
}
