// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- calls and transactions of bitsets, died in at every store, and
 * at every store of the recovery again
 *
 * Each scenario has an arena of its own; how a death is played out says
 * hook/view.h.  Of an atomic bitset only what changes bits is done.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		both bitsets' words, sizes and bits, objects: what a
 *			reader could tell before anybody has recovered
 *	afterwards	flip a bit, twice; finish the graveyard
 *
 * And an atomic one is removed, and its memory given to others, right before
 * the instruction of another thread: that one must change nothing of theirs.
 *
 * With --mutants each use of a protocol primitive in container/bitset.c is
 * broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <pthread.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 100u
#define MANY UINT32_MAX
#define SETS 2u
#define BITS 200u
#define LONG UINT64_C(40000) /* bits that a change of all does not log */

#define must(claim) view_must(claim)

struct image {
	uint64_t words[SETS], sizes[SETS], contents[SETS];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code, size_code, next_code;
	uint64_t count, size, first;
} seen[SETS];

static struct tarn_arena *arena;
static struct tarn_bitset *sets[SETS], *plain[SETS]; /* in a transaction its own handles */
static enum tarn_sort sort;
static struct tarn_txn *txn;
static bool never_waits;

/* ---- looking ----------------------------------------------------------------------------------- */

static const uint64_t *
words_of(const struct tarn_arena *in, unsigned which)
{
	const struct tarn_object *object = (struct tarn_object *)plain[which];
	const struct tarn_root_shm *root = (void *)(in->base + object->root_off);

	return (const uint64_t *)(in->base + root->structure) + 8;
}

static void
look_at_set(struct tarn_arena *in, unsigned which, struct image *image)
{
	const struct tarn_object *object = (struct tarn_object *)plain[which];
	const uint64_t *words = words_of(in, which);

	image->words[which] = ((struct tarn_root_shm *)(in->base + object->root_off))->word;
	if (!(image->words[which] & TARN_WORD_LIVE))
		return;
	image->sizes[which] = words[0];
	image->contents[which] = tarn__hash_bytes(words + 1, (words[0] + 63) / 64 * 8, 1);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	for (unsigned i = 0; i < SETS; i++)
		look_at_set(in, i, image);
}

static void
read_sets(void)
{
	for (unsigned i = 0; i < SETS; i++) {
		struct tarn_object object = view_object((struct tarn_object *)plain[i]);
		struct tarn_bitset *set = (struct tarn_bitset *)&object;

		seen[i].code = tarn_bitset_count(set, &seen[i].count);
		seen[i].size_code = tarn_bitset_size(set, &seen[i].size);
		seen[i].next_code = tarn_bitset_find_next(set, 3, &seen[i].first);
	}
}

static uint64_t
count_words(unsigned which, uint64_t size)
{
	const uint64_t *words = words_of(&view, which);
	uint64_t count = 0;

	for (uint64_t i = 0; i < (size + 63) / 64; i++)
		count += (uint64_t)__builtin_popcountll(words[1 + i]);
	return count;
}

/* The view is as recovery has left it. */
static void
compare_one(const struct image *image, unsigned which)
{
	const struct seen *was = &seen[which];

	must(!never_waits || (was->code == 0 && was->size_code == 0));
	must(was->code == was->size_code);
	if (was->code == TARN_REMOVED) {
		must(!(image->words[which] & TARN_WORD_LIVE));
	} else if (was->code == 0) {
		must((image->words[which] & TARN_WORD_LIVE) && image->sizes[which] == was->size);
		must(was->count == count_words(which, was->size));
		must(was->next_code == 0 || was->next_code == TARN_NOT_FOUND);
	} else {
		must(was->code == TARN_TIMEOUT || was->code == TARN_OWNER_DIED);
	}
}

static void
compare_read(const void *image)
{
	for (unsigned i = 0; i < SETS; i++)
		compare_one(image, i);
}

static void
flip_twice(const struct image *image, unsigned which)
{
	struct tarn_object object = view_object((struct tarn_object *)plain[which]);
	struct tarn_bitset *set = (struct tarn_bitset *)&object;
	bool live = image->words[which] & TARN_WORD_LIVE;

	for (unsigned i = 0; i < 2; i++)
		must(tarn_bitset_flip(set, 17) == (live ? 0 : TARN_REMOVED));
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < SETS; i++)
		flip_twice(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.sizes, before->sizes, sizeof(now.sizes)));
	must(!memcmp(now.contents, before->contents, sizeof(now.contents)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_sets,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- steps ------------------------------------------------------------------------------------- */

static void
prepare_nothing(void)
{
}

static void
prepare_some(void)
{
	for (uint64_t i = 1; i < BITS; i += 3 + i % 5) {
		must(tarn_bitset_set(sets[0], i) == 0);
		must(tarn_bitset_set(sets[1], i / 2) == 0);
	}
}

static void
prepare_long(void)
{
	prepare_some();
	must(tarn_bitset_resize(sets[0], LONG) == 0);
	must(tarn_bitset_resize(sets[1], LONG) == 0);
}

static void
set_bits(void)
{
	bool before = true;

	must(tarn_bitset_set(sets[0], 130) == 0);
	must(tarn_bitset_set(sets[0], 130) == 0);
	must(tarn_bitset_test_and_set(sets[0], 135, &before) == 0 && !before);
}

static void
reset_bits(void)
{
	must(tarn_bitset_reset(sets[0], 1) == 0);
	must(tarn_bitset_reset(sets[0], 1) == 0);
}

static void
flip_bits(void)
{
	must(tarn_bitset_flip(sets[0], 2) == 0);
	must(tarn_bitset_flip(sets[0], 70) == 0);
}

static void
do_nothing(void)
{
	must(tarn_bitset_set(sets[0], LONG) == TARN_NOT_FOUND);
	must(tarn_bitset_flip(sets[0], UINT64_MAX) == TARN_NOT_FOUND);
}

static void
set_range(void)
{
	must(tarn_bitset_set_range(sets[0], 60, 100, true) == 0);
}

static void
set_all(void)
{
	must(tarn_bitset_set_range(sets[0], 0, TARN_BITSET_END, true) == 0);
}

static void
grow(void)
{
	must(tarn_bitset_resize(sets[0], 300) == 0);
}

static void
shrink(void)
{
	must(tarn_bitset_resize(sets[0], 70) == 0);
}

static void
and(void)
{
	must(tarn_bitset_and(sets[0], sets[1]) == 0);
}

static void
xor(void)
{
	must(tarn_bitset_xor(sets[0], sets[1]) == 0);
}

static void
or(void)
{
	must(tarn_bitset_or(sets[0], sets[1]) == 0);
}

static void
create(void)
{
	struct tarn_bitset *created;

	must(tarn_bitset_open(arena, &created, "new", sort, 100, TARN_CREATE, NULL) == 0);
	tarn_bitset_close(created);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "s") == 0);
}

static void
change_in_txn(void)
{
	struct tarn_object *objects[] = { tarn_bitset_object(plain[0]), tarn_bitset_object(plain[1]) };

	must(tarn_txn_begin(arena, &txn, objects, 2) == 0);
	for (unsigned i = 0; i < SETS; i++)
		sets[i] = tarn_bitset_in(plain[i], txn);
	set_bits();
	flip_bits();
	set_range();
	and();
	grow();
	set_all();
	memcpy(sets, plain, sizeof(sets));
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
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
	bool both_sorts, never_waits;
} scenarios[] = {
	{ "set", prepare_some, set_bits, 2, true, true },
	{ "reset", prepare_some, reset_bits, 1, true, true },
	{ "flip", prepare_some, flip_bits, 2, true, true },
	{ "nothing", prepare_some, do_nothing, 0, true, true },
	{ "set a range", prepare_some, set_range, 1, false, false },
	{ "set all of many", prepare_long, set_all, 1, false, false },
	{ "grow", prepare_some, grow, 1, false, false },
	{ "shrink", prepare_some, shrink, 1, false, false },
	{ "shrink a long one", prepare_long, shrink, 1, false, false },
	{ "and", prepare_some, and, 1, false, false },
	{ "or", prepare_some, or, 1, false, false },
	{ "xor of many", prepare_long, xor, 1, false, false },
	{ "transaction", prepare_some, commit_it, 1, false, false },
	{ "transaction aborted", prepare_some, abort_it, 0, false, false },
	{ "create", prepare_nothing, create, 1, true, false },
	{ "remove", prepare_some, remove_it, MANY, true, false },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_bitset_open(arena, &sets[0], "s", sort, BITS, TARN_CREATE, NULL) == 0);
	must(tarn_bitset_open(arena, &sets[1], "t", sort, BITS, TARN_CREATE, NULL) == 0);
	memcpy(plain, sets, sizeof(plain));
	view_open(arena);
}

static void
close_arenas(void)
{
	tarn_bitset_close(plain[0]);
	tarn_bitset_close(plain[1]);
	view_close();
	tarn_arena_close(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	never_waits = scenario->never_waits;
	open_arenas();
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
	close_arenas();
}

/* ---- removed under one's hands ----------------------------------------------------------------- */

static uint64_t *bits_before; /* where they were when the call began */
static tarn_off taken[64];

/* Blocks of the same class, until the bits' own would be among them. */
static void *
replace_it(void *unused)
{
	must(tarn_object_remove(arena, "s") == 0);
	for (unsigned i = 0; i < 3; i++)
		tarn__graveyard_work(arena, UINT32_MAX);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(taken); i++) {
		must(tarn_alloc(arena, 104, &taken[i]) == 0);
		memset(arena->base + taken[i], 0, 104);
	}
	return unused;
}

static void
at_store(void *address, unsigned size, void *site)
{
	pthread_t thread;

	(void)size;
	(void)site;
	if (address != bits_before)
		return;
	hook_store = NULL;
	hook_watch_nothing(); /* what the other thread stores is no death of this one's */
	must(pthread_create(&thread, NULL, replace_it, NULL) == 0);
	must(pthread_join(thread, NULL) == 0);
}

static void
set_while_it_is_removed(void)
{
	open_arenas();
	bits_before = (uint64_t *)words_of(arena, 0) + 1;
	hook_watch_nothing();
	hook_watch(arena->base, arena->window_size);
	hook_store = at_store;
	must(tarn_bitset_set(plain[0], 5) == 0);
	must(!hook_store);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(taken); i++) {
		for (unsigned at = 0; at < 104; at++)
			must(!arena->base[taken[i] + at]);
		must(tarn_free(arena, taken[i]) == 0);
	}
	must(tarn_bitset_set(plain[0], 5) == TARN_REMOVED);
	must(tarn_reap(arena, NULL) == 0);
	must(tarn_check(arena, NULL, NULL) == 0);
	close_arenas();
}

static void
run_all(void)
{
	sort = TARN_TRANSACTIONAL;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
		run(&scenarios[i]);
	sort = TARN_ATOMIC;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++) {
		if (scenarios[i].both_sorts)
			run(&scenarios[i]);
	}
	set_while_it_is_removed();
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/bitset" },
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
