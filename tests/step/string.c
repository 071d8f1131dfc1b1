// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- strings as they are compiled, died in after every instruction:
 * see tracer.h
 */
#include "step/pair.h"

#include "base/compiler.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(2) << 20)

/* ---- steps ------------------------------------------------------------------------------------- */

static int
append(void *s, void *t)
{
	(void)t;
	return tarn_string_append(s, ", over the lazy dog", 19);
}

/* More than its block has room for. */
static int
append_much(void *s, void *t)
{
	static char much[300];

	(void)t;
	return tarn_string_append(s, memset(much, 'm', sizeof(much)), sizeof(much));
}

static int
assign(void *s, void *t)
{
	(void)t;
	return tarn_string_assign(s, "Sphinx of black quartz, judge my vow", 36);
}

static int
insert(void *s, void *t)
{
	(void)t;
	return tarn_string_insert(s, 6, " or cat", 7);
}

static int
erase(void *s, void *t)
{
	(void)t;
	return tarn_string_erase(s, 3, 5);
}

static int
cut(void *s, void *t)
{
	(void)t;
	return tarn_string_erase(s, 9, TARN_STRING_END);
}

static int
replace(void *s, void *t)
{
	(void)t;
	return tarn_string_replace(s, 2, 3, "xyzzy", 5);
}

static int
replace_byte(void *s, void *t)
{
	(void)t;
	return tarn_string_replace(s, 2, 1, "Q", 1);
}

static int
swap_all(void *s, void *t)
{
	(void)s;
	return tarn_string_compare_and_swap(t, "jumps", 5, "leaps and bounds", 16);
}

static int
shrink(void *s, void *t)
{
	(void)t;
	return tarn_string_shrink_to_fit(s);
}

static int
clear(void *s, void *t)
{
	(void)t;
	return tarn_string_clear(s);
}

static int
exchange(void *s, void *t)
{
	return tarn_string_swap(s, t);
}

static int
change(void *s, void *t, bool commits)
{
	struct tarn_object *objects[] = { tarn_string_object(s), tarn_string_object(t) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, PAIR);

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
commit(void *s, void *t)
{
	return change(s, t, true);
}

static int
undo(void *s, void *t)
{
	return change(s, t, false);
}

static const struct pair_step steps[] = {
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
open_one(struct tarn_arena *arena, const char *name, const char *text, struct tarn_object **object)
{
	struct tarn_string *string;

	tracer_must(tarn_string_open(arena, &string, name, TARN_CREATE, NULL) == 0);
	tracer_must(tarn_string_assign(string, text, strlen(text)) == 0);
	*object = tarn_string_object(string);
}

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_object *objects[PAIR];
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_one(arena, "s", "The quick brown fox", &objects[0]);
	open_one(arena, "t", "jumps", &objects[1]);
	pair_trace(arena, objects, 1, steps, TARN_ARRAY_SIZE(steps));
	return tracer_verdict();
}
