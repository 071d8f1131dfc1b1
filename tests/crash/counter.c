// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- calls and transactions of counters, died in at every store,
 * and at every store of the recovery again
 *
 * Each scenario has an arena of its own; how a death is played out says
 * hook/view.h.  Both sorts go through all of them, but for transactions.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		the root's word, the number, objects: what a reader could
 *			tell before anybody has recovered
 *	afterwards	add and take away; finish the graveyard
 *
 * And a counter is removed, and another made, right before the atomic
 * instruction of a third thread: that one must change nobody's number.
 *
 * With --mutants each use of a protocol primitive in container/counter.c is
 * broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <pthread.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 100u
#define MANY UINT32_MAX

#define must(claim) view_must(claim)

struct image {
	uint64_t word, objects, removed;
	int64_t number;
};

static struct tarn_arena *arena;
static struct tarn_counter *counter, *plain; /* in a transaction its own handle */
static struct tarn_txn *txn;

/* What a reader saw before anybody has recovered. */
static int read_code;
static int64_t read_number;
static bool never_waits;

/* ---- looking ----------------------------------------------------------------------------------- */

static void
look(struct tarn_arena *in, void *told)
{
	const struct tarn_object *object = (struct tarn_object *)plain;
	const struct tarn_entry_shm *entry = (void *)(in->base + object->root_off);
	struct tarn_check_report report;
	struct image *image = told;

	view_check(in, &report);
	image->word = entry->root.word;
	image->objects = report.objects;
	image->removed = report.removed;
	if (image->word & TARN_WORD_LIVE)
		image->number = (int64_t)entry->value;
}

static void
read_it(void)
{
	struct tarn_object object = view_object((struct tarn_object *)plain);

	read_code = tarn_counter_get((struct tarn_counter *)&object, &read_number);
}

static void
compare_read(const void *told)
{
	const struct image *image = told;

	must(!never_waits || read_code == 0);
	if (read_code == TARN_REMOVED)
		must(!(image->word & TARN_WORD_LIVE));
	else if (read_code == 0)
		must((image->word & TARN_WORD_LIVE) && image->number == read_number);
	else
		must(read_code == TARN_TIMEOUT || read_code == TARN_OWNER_DIED);
}

static void
go_on(const void *told)
{
	struct tarn_object object = view_object((struct tarn_object *)plain);
	struct tarn_counter *again = (struct tarn_counter *)&object;
	const struct image *before = told;
	bool live = before->word & TARN_WORD_LIVE;
	struct image image = { .number = 0 };
	int64_t was = 0;

	must(tarn_counter_add(again, 5, &was) == (live ? 0 : TARN_REMOVED));
	if (live) {
		must(was == before->number);
		must(tarn_counter_compare_and_swap(again, was + 5, was) == 0);
	}
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &image);
	must(image.removed == 0 && image.number == before->number);
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_it,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- steps ------------------------------------------------------------------------------------- */

static void
add(void)
{
	int64_t before;

	must(tarn_counter_add(counter, -7, &before) == 0 && before == 100);
}

static void
set(void)
{
	must(tarn_counter_set(counter, 40) == 0);
	must(tarn_counter_set(counter, 41) == 0);
}

static void
swap(void)
{
	must(tarn_counter_compare_and_swap(counter, 100, 40) == 0);
	must(tarn_counter_compare_and_swap(counter, 100, 41) == TARN_MISMATCH);
}

static void
swap_nothing(void)
{
	must(tarn_counter_compare_and_swap(counter, 99, 41) == TARN_MISMATCH);
}

static void
create(void)
{
	struct tarn_counter *created;
	enum tarn_sort sort =
		((struct tarn_object *)plain)->atomic ? TARN_ATOMIC : TARN_TRANSACTIONAL;

	must(tarn_counter_open(arena, &created, "new", sort, TARN_CREATE, NULL) == 0);
	tarn_counter_close(created);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "c") == 0);
}

static void
change_in_txn(void)
{
	struct tarn_object *objects[] = { tarn_counter_object(plain) };

	must(tarn_txn_begin(arena, &txn, objects, 1) == 0);
	counter = tarn_counter_in(plain, txn);
	add();
	set();
	must(tarn_counter_compare_and_swap(counter, 41, 50) == 0);
	counter = plain;
}

static void
commit_it(void)
{
	change_in_txn();
	must(tarn_txn_commit(txn) == 0);
}

static void
abort_it(void)
{
	change_in_txn();
	tarn_txn_abort(txn);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

static const struct scenario {
	const char *name;
	void (*step)(void);
	unsigned changes;
	bool never_waits, in_txn;
} scenarios[] = {
	{ "add", add, 1, true, false },
	{ "set", set, 2, true, false },
	{ "compare and swap", swap, 1, true, false },
	{ "compare, and no more", swap_nothing, 0, true, false },
	{ "transaction", commit_it, 1, false, true },
	{ "transaction aborted", abort_it, 0, false, true },
	{ "create", create, 1, false, false },
	{ "remove", remove_it, MANY, false, false },
};

static void
open_arenas(enum tarn_sort sort)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_counter_open(arena, &counter, "c", sort, TARN_CREATE, NULL) == 0);
	must(tarn_counter_set(counter, 100) == 0);
	plain = counter;
	view_open(arena);
}

static void
run(const struct scenario *scenario, enum tarn_sort sort)
{
	unsigned changes;

	never_waits = scenario->never_waits;
	open_arenas(sort);
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
	tarn_counter_close(plain);
	view_close();
	tarn_arena_close(arena);
}

/* ---- removed under one's hands ----------------------------------------------------------------- */

static struct tarn_counter *other;

static void *
replace_it(void *unused)
{
	must(tarn_object_remove(arena, "c") == 0);
	for (unsigned i = 0; i < 3; i++)
		tarn__graveyard_work(arena, UINT32_MAX);
	must(tarn_counter_open(arena, &other, "other", TARN_ATOMIC, TARN_CREATE, NULL) == 0);
	must(tarn_counter_set(other, 7) == 0);
	return unused;
}

static void
at_store(void *address, unsigned size, void *site)
{
	const struct tarn_object *object = (struct tarn_object *)plain;
	const struct tarn_entry_shm *entry = (void *)(arena->base + object->root_off);
	pthread_t thread;

	(void)size;
	(void)site;
	if (address != &entry->value)
		return;
	hook_store = NULL;
	hook_watch_nothing(); /* what the other thread stores is no death of this one's */
	must(pthread_create(&thread, NULL, replace_it, NULL) == 0);
	must(pthread_join(thread, NULL) == 0);
}

static void
add_while_it_is_removed(void)
{
	int64_t number = 0;

	open_arenas(TARN_ATOMIC);
	hook_watch_nothing();
	hook_watch(arena->base, arena->window_size);
	hook_store = at_store;
	must(tarn_counter_add(plain, 1, NULL) == 0);
	must(!hook_store);
	must(tarn_counter_get(other, &number) == 0 && number == 7);
	must(tarn_counter_add(plain, 1, NULL) == TARN_REMOVED);
	must(tarn_reap(arena, NULL) == 0);
	must(tarn_check(arena, NULL, NULL) == 0);
	tarn_counter_close(other);
	tarn_counter_close(plain);
	view_close();
	tarn_arena_close(arena);
}

static void
run_all(void)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
		run(&scenarios[i], TARN_TRANSACTIONAL);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++) {
		if (!scenarios[i].in_txn)
			run(&scenarios[i], TARN_ATOMIC);
	}
	add_while_it_is_removed();
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/counter" },
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
