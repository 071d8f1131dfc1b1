// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- calls and transactions of strings, died in at every store, and
 * at every store of the recovery again
 *
 * What is looked at says crash/pair.h.  What changes a string is
 * vector_change.c, of which tests/crash/vector.c has all the branches; here
 * each call of a string is died in, from the states that lead to different
 * ways of changing it.
 *
 * With --mutants each use of a protocol primitive in vector_change.c is
 * broken in turn, in a child, which must fail; tests/crash/vector.c does so
 * with the others.
 */
#include "crash/pair.h"

#include "base/compiler.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MUTANT_SECONDS 300u
#define BYTES_MOST (UINT64_C(1) << 17)

static struct tarn_arena *arena;
static struct tarn_string *strings[PAIR]; /* in a transaction its own handles */
static struct tarn_string *plain[PAIR];
static char bytes[BYTES_MOST];
static struct tarn_string *created;

/* ---- reading and changing ---------------------------------------------------------------------- */

static int
read_all(struct tarn_object *object, void *into, uint64_t *size)
{
	return tarn_string_get((struct tarn_string *)object, into, PAIR_BYTES_MOST, size);
}

static int
append_and_erase(struct tarn_object *object, uint64_t size)
{
	struct tarn_string *string = (struct tarn_string *)object;
	int code = tarn_string_append(string, "xyz", 3);

	return code ? code : tarn_string_erase(string, size, TARN_STRING_END);
}

static void
open_first(struct tarn_arena *in)
{
	arena = in;
	must(tarn_string_open(arena, &strings[0], "s", TARN_CREATE, NULL) == 0);
	strings[1] = created = NULL;
	memcpy(plain, strings, sizeof(plain));
	pair_objects[0] = tarn_string_object(plain[0]);
}

static void
close_all(void)
{
	tarn_string_close(plain[0]);
	tarn_string_close(plain[1]);
	tarn_string_close(created);
}

static const struct pair_test test = { open_first, close_all, read_all, append_and_erase };

/* ---- states ------------------------------------------------------------------------------------ */

static void
put(unsigned which, const char *text)
{
	must(tarn_string_assign(strings[which], text, strlen(text)) == 0);
}

static void
prepare_nothing(void)
{
}

static void
prepare_text(void)
{
	put(0, "The quick brown fox");
}

/* Room for more. */
static void
prepare_room(void)
{
	must(tarn_string_reserve(strings[0], 300) == 0);
	prepare_text();
}

/* More than the log takes. */
static void
prepare_long(void)
{
	memset(bytes, 'a', 700);
	must(tarn_string_reserve(strings[0], 1000) == 0);
	must(tarn_string_assign(strings[0], bytes, 700) == 0);
}

/* A run of chunks, full to its end. */
static void
prepare_full_run(void)
{
	uint64_t capacity;

	must(tarn_string_reserve(strings[0], 40000) == 0);
	must(tarn_string_capacity(strings[0], &capacity) == 0 && capacity <= BYTES_MOST);
	memset(bytes, 'a', capacity);
	must(tarn_string_append(strings[0], bytes, capacity) == 0);
}

static void
prepare_two(void)
{
	prepare_text();
	must(tarn_string_open(arena, &strings[1], "t", TARN_CREATE, NULL) == 0);
	plain[1] = strings[1];
	pair_objects[1] = tarn_string_object(plain[1]);
	put(1, "jumps");
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
append(void)
{
	must(tarn_string_append(strings[0], ", over the lazy dog", 19) == 0);
}

static void
assign(void)
{
	put(0, "Sphinx of black quartz, judge my vow");
}

static void
insert(void)
{
	must(tarn_string_insert(strings[0], 4, "very ", 5) == 0);
}

static void
erase(void)
{
	must(tarn_string_erase(strings[0], 4, 6) == 0);
}

static void
cut(void)
{
	must(tarn_string_erase(strings[0], 9, TARN_STRING_END) == 0);
}

static void
replace(void)
{
	must(tarn_string_replace(strings[0], 4, 5, "slow", 4) == 0);
}

static void
replace_byte(void)
{
	must(tarn_string_replace(strings[0], 4, 1, "Q", 1) == 0);
}

static void
swap_all(void)
{
	must(tarn_string_compare_and_swap(strings[0], "The slow", 8, "no", 2) == TARN_MISMATCH);
	must(tarn_string_compare_and_swap(strings[0], "The quick brown fox", 19, "yes", 3) == 0);
}

static void
clear(void)
{
	must(tarn_string_clear(strings[0]) == 0);
}

static void
shrink(void)
{
	must(tarn_string_shrink_to_fit(strings[0]) == 0);
}

static void
exchange(void)
{
	must(tarn_string_swap(strings[0], strings[1]) == 0);
}

static void
do_nothing(void)
{
	uint64_t index;

	must(tarn_string_find(strings[0], 0, "zebra", 5, &index) == TARN_NOT_FOUND);
	must(tarn_string_erase(strings[0], 10, 1000) == TARN_NOT_FOUND);
	must(tarn_string_insert(strings[0], 1000, "x", 1) == TARN_NOT_FOUND);
	must(tarn_string_replace(strings[0], 3, 0, NULL, 0) == 0);
}

static struct tarn_txn *txn;

static void
change(void)
{
	struct tarn_object *objects[PAIR];

	for (unsigned i = 0; i < PAIR; i++)
		objects[i] = tarn_string_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, PAIR) == 0);
	for (unsigned i = 0; i < PAIR; i++)
		strings[i] = tarn_string_in(plain[i], txn);
	cut();
	append();
	replace();
	exchange();
	shrink();
	append();
	insert();
}

static void
commit(void)
{
	change();
	must(tarn_txn_commit(txn) == 0);
	memcpy(strings, plain, sizeof(strings));
}

static void
undo(void)
{
	change();
	tarn_txn_abort(txn);
	memcpy(strings, plain, sizeof(strings));
}

static void
create(void)
{
	must(tarn_string_open(arena, &created, "new", TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "s") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

static const struct pair_scenario scenarios[] = {
	{ "append to an empty string", prepare_nothing, append, 1, NO_WAIT },
	{ "append", prepare_room, append, 1, NO_WAIT },
	{ "append to a full run", prepare_full_run, append, 1, NO_WAIT },
	{ "assign", prepare_text, assign, 1, false },
	{ "assign to a long string", prepare_long, assign, 1, false },
	{ "insert", prepare_room, insert, 1, false },
	{ "insert into a long string", prepare_long, insert, 1, false },
	{ "erase", prepare_text, erase, 1, false },
	{ "erase to the end", prepare_text, cut, 1, NO_WAIT },
	{ "replace", prepare_text, replace, 1, false },
	{ "replace a byte", prepare_text, replace_byte, 1, NO_WAIT },
	{ "replace in a long string", prepare_long, replace, 1, false },
	{ "compare and swap", prepare_text, swap_all, 1, false },
	{ "clear", prepare_text, clear, 1, NO_WAIT },
	{ "shrink", prepare_long, shrink, 1, false },
	{ "swap", prepare_two, exchange, 1, false },
	{ "nothing", prepare_text, do_nothing, 0, NO_WAIT },
	{ "transaction", prepare_two, commit, 1, false },
	{ "transaction aborted", prepare_two, undo, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "remove", prepare_long, remove_it, PAIR_MANY, false },
	{ "remove a run", prepare_full_run, remove_it, PAIR_MANY, false },
};

static void
run_all(void)
{
	pair_size = 1;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
		pair_run(&test, &scenarios[i]);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/vector_change.c" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	run_all();
	return hook_verdict();
}
