// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- calls and transactions of strings, died in at every store, and
 * at every store of the recovery again
 *
 * How a death is played out says hook/view.h.  What changes a string is
 * vector_change.c, of which tests/crash/vector.c has all the branches; here
 * each call of a string is died in, from the states that lead to different
 * ways of changing it.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		both strings, objects: what a reader could tell before
 *			anybody has recovered
 *	afterwards	append and erase, finish the graveyard; all is as it was
 *
 * With --mutants each use of a protocol primitive in vector_change.c is
 * broken in turn, in a child, which must fail; tests/crash/vector.c does so
 * with the others.
 */
#include "hook/view.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define BYTES_MOST (UINT64_C(1) << 17)
#define STRINGS 2u

#define must(claim) view_must(claim)

struct image {
	uint64_t words[STRINGS], sizes[STRINGS], contents[STRINGS];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code;
	uint64_t size, contents;
} seen[STRINGS];

static struct tarn_arena *arena;
static struct tarn_string *strings[STRINGS]; /* in a transaction its own handles */
static struct tarn_string *plain[STRINGS];
static char bytes[BYTES_MOST];
static bool never_waits; /* readers, whatever the step is at */

/* ---- looking ----------------------------------------------------------------------------------- */

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	for (unsigned i = 0; i < STRINGS && plain[i]; i++) {
		const struct tarn_object *object = (struct tarn_object *)plain[i];
		const struct tarn_root_shm *root = (void *)(in->base + object->root_off);
		const uint64_t *area = (const uint64_t *)(in->base + root->structure);

		image->words[i] = root->word;
		if (!(root->word & TARN_WORD_LIVE))
			continue;
		image->sizes[i] = area[0];
		image->contents[i] = tarn__hash_bytes(area + 8, area[0], 1);
	}
}

static void
read_strings(void)
{
	for (unsigned i = 0; i < STRINGS && plain[i]; i++) {
		struct tarn_object object = view_object((struct tarn_object *)plain[i]);

		seen[i].size = 0;
		seen[i].code = tarn_string_get((struct tarn_string *)&object, bytes, BYTES_MOST,
					       &seen[i].size);
		seen[i].contents = tarn__hash_bytes(bytes, seen[i].size, 1);
	}
}

static void
compare_read(const void *told)
{
	const struct image *image = told;

	for (unsigned i = 0; i < STRINGS && plain[i]; i++) {
		must(!never_waits || seen[i].code == 0);
		if (seen[i].code == TARN_REMOVED)
			must(!(image->words[i] & TARN_WORD_LIVE));
		else if (seen[i].code == 0)
			must((image->words[i] & TARN_WORD_LIVE) &&
			     image->sizes[i] == seen[i].size &&
			     image->contents[i] == seen[i].contents);
		else
			must(seen[i].code == TARN_TIMEOUT || seen[i].code == TARN_OWNER_DIED);
	}
}

static void
append_and_erase(const struct image *image, unsigned which)
{
	struct tarn_object object = view_object((struct tarn_object *)plain[which]);
	struct tarn_string *again = (struct tarn_string *)&object;

	if (!(image->words[which] & TARN_WORD_LIVE)) {
		must(tarn_string_append(again, "x", 1) == TARN_REMOVED);
		return;
	}
	must(tarn_string_append(again, "xyz", 3) == 0);
	must(tarn_string_erase(again, image->sizes[which], TARN_STRING_END) == 0);
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < STRINGS && plain[i]; i++)
		append_and_erase(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.sizes, before->sizes, sizeof(now.sizes)));
	must(!memcmp(now.contents, before->contents, sizeof(now.contents)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_strings,
	.compare = compare_read,
	.go_on = go_on,
};

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
	struct tarn_object *objects[STRINGS];

	for (unsigned i = 0; i < STRINGS; i++)
		objects[i] = tarn_string_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, STRINGS) == 0);
	for (unsigned i = 0; i < STRINGS; i++)
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

static struct tarn_string *created;

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

static const struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
	bool never_waits;
} scenarios[] = {
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
	{ "remove", prepare_long, remove_it, MANY, false },
	{ "remove a run", prepare_full_run, remove_it, MANY, false },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_string_open(arena, &strings[0], "s", TARN_CREATE, NULL) == 0);
	strings[1] = created = NULL;
	memcpy(plain, strings, sizeof(plain));
	view_open(arena);
}

static void
close_arenas(void)
{
	tarn_string_close(strings[0]);
	tarn_string_close(strings[1]);
	tarn_string_close(created);
	view_close();
	tarn_arena_close(arena);
}

static void
run_all(void)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];
		unsigned changes;

		never_waits = scenario->never_waits;
		open_arenas();
		scenario->prepare();
		changes = view_run(&view_test, scenario->name, scenario->step);
		must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
		close_arenas();
	}
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
