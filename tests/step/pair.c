// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.c -- see pair.h
 */
#include "step/pair.h"

#include "base/hash.h"

#include <tarn.h>

struct image {
	uint64_t lengths[PAIR], contents[PAIR], words[PAIR];
};

static struct tarn_object *const *objects;
static const struct pair_step *steps;
static uint32_t size;

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object handles[PAIR];

	for (unsigned i = 0; i < PAIR; i++)
		handles[i] = in == &tracer_view ? tracer_object(objects[i]) : *objects[i];
	tracer_must(steps[*(const unsigned *)number].run(&handles[0], &handles[1]) == 0);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < PAIR; i++) {
		const struct tarn_root_shm *root = (void *)(in->base + objects[i]->root_off);
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

void
pair_trace(struct tarn_arena *arena, struct tarn_object *const *of, uint32_t element_size,
	   const struct pair_step *all, unsigned count)
{
	objects = of;
	steps = all;
	size = element_size;
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
