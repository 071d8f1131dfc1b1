// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps as they are compiled, died in after every
 * instruction: see tracer.h
 *
 * The steps are those of scripts (crash/hashmap_script.h), and everything is
 * checked (crash/hashmap_check.h).  Limits are those of the release, so a
 * segment has 64 homes and 8 stashes.
 */
#include "hashmap_check.h"
#include "step/tracer.h"

#include "heap/heap.h"

#include <stdio.h>
#include <string.h>

/* Setup words are not stepped; they stand before the bar. */
static const char *const scripts[] = {
	"|pA0", "|pA1 pD0", "|pA0=2", "|eD0", "|cA0=2>1", "|( pA0=2 b.pA1=1 eA1 b.pA0 )",
	"|( pA3 b.pA4 !", "pA2-6|pA7", "|eA7", "eA0|eA2", "|(b b.C )", "|+c -c", NULL,
};
static const char *const splits[] = { "pA0-31 pB0-30|pA32", NULL };
static const char *const words[] = { "|fA0", "|fA0", "|pA0=3", NULL };

static struct script_world world, view_world;

static void
must(bool well)
{
	if (!well)
		tracer_fail(check_wrong ? check_wrong : "?");
}

/* ---- what the tracer calls --------------------------------------------------------------------- */

static struct script_world *
world_in(struct tarn_arena *in)
{
	return in == &tracer_view ? &view_world : &world;
}

static void
look(struct tarn_arena *in, void *image)
{
	struct check_image told;

	must(check_account(world_in(in), NULL, &told));
	must(check_image(world_in(in), image));
	if (!check_same(image, &told))
		tracer_fail("what is told is not what there is");
}

static void
run_step(struct tarn_arena *in, const void *text)
{
	struct script_world *where = world_in(in);

	script_step(where, text);
	if (where->why[0])
		tracer_fail(where->why);
}

/* In the child: so that no step has to make its lists longer. */
static void
prepare(void)
{
	struct tarn_thread *thread;

	tracer_must(!tarn__thread_get(world.arena, &thread));
	tracer_must(!tarn__lane_reserve(thread->lane, 300, 40, 40, 300));
}

static void
fresh_view(void)
{
	script_remember(&view_world, &world);
}

static const struct tracer_test test = {
	.image_size = sizeof(struct check_image),
	.look = look,
	.run = run_step,
	.prepare = prepare,
	.fresh_view = fresh_view,
};

/* ---- scripts ----------------------------------------------------------------------------------- */

/* What stands before the bar is done by the tracer itself. */
static void
run_script(const char *script)
{
	const char *step = strchr(script, '|') + 1;
	char setup[256];

	snprintf(setup, sizeof(setup), "%.*s", (int)(step - 1 - script), script);
	script_run(&world, setup);
	if (world.why[0])
		tracer_fail(world.why);
	for (; step; step = script_next_step(step))
		tracer_step(step, step, strlen(step) + 1);
}

static void
run_scripts(const char *const *list, enum script_layout a, enum script_layout b)
{
	script_open(&world, a, b);
	tracer_open_view(world.arena);
	script_world_in(&view_world, &world, &tracer_view);
	for (const char *const *script = list; *script; script++)
		script_learn(strchr(*script, '|') + 1);
	if (!tracer_start(&test))
		return;
	for (; *list; list++)
		run_script(*list);
	tracer_stop();
}

int
main(void)
{
	run_scripts(scripts, WORD_WORD, BYTES_BYTES);
	run_scripts(scripts, BYTES_BYTES, WORD_BYTES);
	run_scripts(words, BYTES_WORD, WORD_WORD);
	run_scripts(splits, WORD_WORD, WORD_WORD);
	run_scripts(splits, BYTES_BYTES, WORD_WORD);
	return tracer_verdict();
}
