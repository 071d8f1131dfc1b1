// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- strings as they are compiled, died in after every instruction:
 * see tracer.h
 */
#include "step/tracer.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <string.h>
#include <tarn.h>

#define STRINGS 2u
#define MAX_SIZE (UINT64_C(2) << 20)

struct image {
	uint64_t sizes[STRINGS], contents[STRINGS], words[STRINGS];
};

static struct tarn_arena *arena;
static struct tarn_string *strings[STRINGS];

/* ---- steps ------------------------------------------------------------------------------------- */

static int
append(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_append(s, ", over the lazy dog", 19);
}

/* More than its block has room for. */
static int
append_much(struct tarn_string *s, struct tarn_string *t)
{
	static char much[300];

	(void)t;
	return tarn_string_append(s, memset(much, 'm', sizeof(much)), sizeof(much));
}

static int
assign(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_assign(s, "Sphinx of black quartz, judge my vow", 36);
}

static int
insert(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_insert(s, 6, " or cat", 7);
}

static int
erase(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_erase(s, 3, 5);
}

static int
cut(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_erase(s, 9, TARN_STRING_END);
}

static int
replace(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_replace(s, 2, 3, "xyzzy", 5);
}

static int
replace_byte(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_replace(s, 2, 1, "Q", 1);
}

static int
swap_all(struct tarn_string *s, struct tarn_string *t)
{
	(void)s;
	return tarn_string_compare_and_swap(t, "jumps", 5, "leaps and bounds", 16);
}

static int
shrink(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_shrink_to_fit(s);
}

static int
clear(struct tarn_string *s, struct tarn_string *t)
{
	(void)t;
	return tarn_string_clear(s);
}

static int
exchange(struct tarn_string *s, struct tarn_string *t)
{
	return tarn_string_swap(s, t);
}

static int
change(struct tarn_string *s, struct tarn_string *t, bool commits)
{
	struct tarn_object *objects[] = { tarn_string_object(s), tarn_string_object(t) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, STRINGS);

	if (code)
		return code;
	s = tarn_string_in(s, txn);
	code = tarn_string_append(s, "more", 4);
	if (!code)
		code = tarn_string_replace(s, 1, 2, "and other", 9);
	if (!code)
		code = tarn_string_assign(tarn_string_in(t, txn), "something else", 14);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(struct tarn_string *s, struct tarn_string *t)
{
	return change(s, t, true);
}

static int
undo(struct tarn_string *s, struct tarn_string *t)
{
	return change(s, t, false);
}

static const struct step {
	const char *name;
	int (*run)(struct tarn_string *s, struct tarn_string *t);
} steps[] = {
	{ "append", append },	      { "append into a new block", append_much },
	{ "assign", assign },	      { "insert", insert },
	{ "erase", erase },	      { "replace", replace },
	{ "replace a byte", replace_byte }, { "erase to the end", cut },
	{ "append into what was erased", append },
	{ "compare and swap", swap_all },   { "shrink", shrink },
	{ "swap", exchange },	      { "transaction", commit },
	{ "transaction aborted", undo },    { "clear", clear },
};

/* ---- the world --------------------------------------------------------------------------------- */

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object objects[STRINGS];

	for (unsigned i = 0; i < STRINGS; i++)
		objects[i] = in == arena ? *tarn_string_object(strings[i])
					 : tracer_object(tarn_string_object(strings[i]));
	tracer_must(steps[*(const unsigned *)number].run((struct tarn_string *)&objects[0],
							 (struct tarn_string *)&objects[1]) == 0);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < STRINGS; i++) {
		const struct tarn_root_shm *root =
			(void *)(in->base + tarn_string_object(strings[i])->root_off);
		const uint64_t *area = (void *)(in->base + root->structure);

		image->words[i] = root->word;
		image->sizes[i] = area[0];
		image->contents[i] = tarn__hash_bytes(area + 8, area[0], 1);
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

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	tracer_must(tarn_string_open(arena, &strings[0], "s", TARN_CREATE, NULL) == 0);
	tracer_must(tarn_string_open(arena, &strings[1], "t", TARN_CREATE, NULL) == 0);
	tracer_must(tarn_string_assign(strings[0], "The quick brown fox", 19) == 0);
	tracer_must(tarn_string_assign(strings[1], "jumps", 5) == 0);
	tracer_open_view(arena);
}

int
main(void)
{
	open_world();
	if (tracer_start(&test)) {
		for (unsigned i = 0; i < TARN_ARRAY_SIZE(steps); i++)
			tracer_step(steps[i].name, &i, sizeof(i));
		tracer_stop();
	}
	return tracer_verdict();
}
