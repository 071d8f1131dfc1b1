// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * guest.c -- guests made, named, used and ended, died in at every store, and
 * at every store of the recovery again
 *
 * Each scenario has an arena of its own; how a death is played out says
 * hook/view.h.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		names, what lies in the graveyard, blocks in use.  The dead
 *			thread's lock is open, and what it had without a name is
 *			gone after one round of the graveyard
 *	afterwards	a block is taken and freed, the lock taken, a mutex made of
 *			what the dead has left; nothing is left over
 *
 * With --mutants each use of a protocol primitive in catalog/unnamed.c and
 * container/guest.c is broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "heap/inner.h"

#include "base/hash.h"
#include "catalog/entry.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define SMALL 3584u
#define LARGE 20480u
#define RUN 70000u

#define must(claim) view_must(claim)

struct image {
	uint64_t objects, removed, names, in_use, root, graves, word;
};

static struct tarn_arena *arena;
static struct tarn_guest *guest, *other;
static struct tarn_guest *watched; /* the guest, if it is there before the step */
static tarn_off blocks[12];

/* What a reader saw before anybody has recovered; of what was not DIRTY. */
static struct {
	int code;
	uint64_t names, graves, word;
	bool graves_dirty, word_dirty;
} seen;

/* ---- looking ----------------------------------------------------------------------------------- */

static int
see_name(const struct tarn_object_info *info, void *hash)
{
	uint64_t *names = hash;

	*names += tarn__hash_bytes(info->name, strlen(info->name), info->root);
	return 0;
}

static struct tarn_root_shm *
root_in(struct tarn_arena *in)
{
	return (struct tarn_root_shm *)(in->base + tarn_guest_where(watched));
}

/* The list itself, in its order, and how far each is dismantled. */
static uint64_t
hash_graves(struct tarn_arena *in)
{
	tarn_off off = tarn__load(&tarn__catalog(in)->graveyard);
	uint64_t hash = 0, left = 100;

	while (off && left--) {
		const struct tarn_entry_shm *entry = tarn__entry_at(in, off);

		hash = tarn__hash_u64(off, hash) + tarn__load(&entry->progress);
		off = tarn__load(&entry->next);
	}
	return hash;
}

static bool
is_dirty(const uint64_t *node)
{
	return tarn__load(node) & TARN_NODE_DIRTY;
}

static void
look(struct tarn_arena *in, void *told)
{
	struct tarn_check_report report;
	struct image *image = told;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	image->in_use = report.reachable_bytes + report.graveyard_bytes;
	must(tarn_object_list(in, see_name, &image->names) == 0);
	image->graves = hash_graves(in);
	image->root = watched ? root_in(in)->chosen : 0;
	image->word = watched ? root_in(in)->word : 0;
}

static void
read_it(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.code = tarn_object_list(&view, see_name, &seen.names);
	seen.graves_dirty = is_dirty(&tarn__catalog(&view)->graveyard_node);
	seen.graves = hash_graves(&view);
	seen.word_dirty = !watched || is_dirty(&root_in(&view)->node);
	seen.word = watched ? root_in(&view)->word : 0;
}

/* A reader sees names, graveyard and word as recovery leaves them, or waits. */
static void
compare_read(const void *told)
{
	const struct image *image = told;

	must(seen.graves_dirty || seen.graves == image->graves);
	must(seen.word_dirty || seen.word == image->word);
	if (seen.code == 0)
		must(seen.names == image->names);
	else
		must(seen.code == TARN_TIMEOUT || seen.code == TARN_OWNER_DIED ||
		     seen.code == TARN_BUSY);
}

/* Every lock is open, and says that a holder died only of what it was the lock of. */
static void
make_mutexes(void)
{
	struct tarn_object *made[4];
	const struct tarn_type type = { .kind = TARN_KIND_MUTEX };
	char name[] = "m0";

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(made); i++, name[1]++) {
		must(tarn__object_open(&view, name, &type, TARN_CREATE, &made[i], NULL) == 0);
		must(tarn_mutex_lock((struct tarn_mutex *)made[i], 0) == 0);
		must(tarn_mutex_unlock((struct tarn_mutex *)made[i]) == 0);
	}
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(made); i++) {
		name[1]--;
		must(tarn_object_remove(&view, name) == 0);
		tarn_object_close(made[i]);
	}
}

static void
use(struct tarn_guest *again)
{
	tarn_off off;
	int code = tarn_rwlock_write(tarn_guest_lock(again), 0);

	must(code == 0 || code == TARN_OWNER_DIED);
	must(tarn_guest_alloc(again, 16, SMALL, &off) == 0);
	must(tarn_guest_free(again, off) == 0);
	must(tarn_rwlock_unlock(tarn_guest_lock(again)) == 0);
	must(tarn_guest_alloc(again, 16, SMALL, &off) == 0);
	must(tarn_guest_free(again, off) == 0);
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image image = { 0 };
	struct tarn_guest *again;
	int code;

	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &image);
	must(image.removed == 0 && image.names == before->names);
	code = tarn_guest_open(&view, &again, "g");
	must(code == 0 || code == TARN_NOT_FOUND);
	if (!code)
		use(again);
	tarn_guest_close(again);
	make_mutexes();
	memset(&image, 0, sizeof(image));
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &image);
	must(image.removed == 0 && image.names == before->names);
	if (!before->removed)
		must(image.in_use == before->in_use);
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_it,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- states ------------------------------------------------------------------------------------ */

static tarn_off
take(uint64_t align, uint64_t size)
{
	tarn_off off;

	must(tarn_guest_alloc(guest, align, size, &off) == 0);
	must(off % align == 0);
	return off;
}

static void
prepare_nothing(void)
{
}

static void
prepare_other(void)
{
	must(tarn_guest_create(arena, &other, "other") == 0);
	must(tarn_guest_publish(other, "o") == 0);
	must(tarn_rwlock_unlock(tarn_guest_lock(other)) == 0);
}

/* Its lock is held, but by the view's thread: dies with that. */
static void
prepare_unborn(void)
{
	prepare_other();
	must(tarn_guest_create(arena, &guest, "unborn") == 0);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(blocks); i++)
		blocks[i] = take(16, i % 3 ? SMALL : i % 2 ? LARGE : RUN);
}

static void
prepare_held(void)
{
	prepare_unborn();
	must(tarn_guest_publish(guest, "g") == 0);
}

static void
prepare_beside(void)
{
	struct tarn_guest *first;

	must(tarn_guest_create(arena, &first, "first") == 0);
	prepare_held();
}

static void
prepare_living(void)
{
	prepare_held();
	must(tarn_rwlock_unlock(tarn_guest_lock(guest)) == 0);
}

static void
prepare_withdrawn(void)
{
	prepare_held();
	must(tarn_guest_withdraw(guest) == 0);
}

/* With something behind and before it in the graveyard: two that the thread has not let go. */
static void
prepare_between(void)
{
	struct tarn_guest *first, *last;

	must(tarn_guest_create(arena, &first, "first") == 0);
	prepare_unborn();
	must(tarn_guest_create(arena, &last, "last") == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
create(void)
{
	must(tarn_guest_create(arena, &guest, "new") == 0);
}

static void
publish(void)
{
	must(tarn_guest_publish(guest, "g") == 0);
}

static void
publish_twice(void)
{
	must(tarn_guest_publish(guest, "o") == TARN_EXISTS);
}

static void
withdraw(void)
{
	must(tarn_guest_withdraw(guest) == 0);
}

static void
discard(void)
{
	must(tarn_guest_discard(guest) == 0);
}

static void
take_small(void)
{
	take(16, SMALL);
}

static void
take_aligned(void)
{
	take(4096, 100);
}

static void
take_run(void)
{
	take(65536, RUN);
}

static void
free_small(void)
{
	must(tarn_guest_free(guest, blocks[1]) == 0);
}

static void
free_run(void)
{
	must(tarn_guest_free(guest, blocks[0]) == 0);
}

static void
free_foreign(void)
{
	must(tarn_guest_free(other, blocks[1]) == TARN_INVALID);
	must(tarn_guest_set_root(guest, 4096) == TARN_INVALID);
}

static void
set_root(void)
{
	must(tarn_guest_set_root(guest, blocks[1]) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "g") == 0);
}

static void
whole_life(void)
{
	must(tarn_guest_create(arena, &guest, "whole") == 0);
	blocks[0] = take(16, SMALL);
	must(tarn_guest_set_root(guest, blocks[0]) == 0);
	must(tarn_guest_publish(guest, "g") == 0);
	take(16, LARGE);
	must(tarn_guest_withdraw(guest) == 0);
}

static const struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
} scenarios[] = {
	{ "create the first", prepare_nothing, create, 1 },
	{ "create", prepare_other, create, 1 },
	{ "publish", prepare_unborn, publish, 1 },
	{ "publish one between others", prepare_between, publish, 1 },
	{ "publish under a name that is there", prepare_unborn, publish_twice, 0 },
	{ "withdraw", prepare_held, withdraw, 1 },
	{ "withdraw beside others in the graveyard", prepare_beside, withdraw, 1 },
	{ "discard", prepare_unborn, discard, MANY },
	{ "discard what was withdrawn", prepare_withdrawn, discard, MANY },
	{ "discard one between others", prepare_between, discard, MANY },
	{ "take a block without its lock", prepare_living, take_small, 1 },
	{ "take a block under its lock", prepare_held, take_small, 1 },
	{ "take a block that is aligned", prepare_held, take_aligned, 1 },
	{ "take a run", prepare_held, take_run, 1 },
	{ "take a run without its lock", prepare_living, take_run, 1 },
	{ "take a block of an unborn one", prepare_unborn, take_small, 1 },
	{ "free a block", prepare_held, free_small, 1 },
	{ "free a block without its lock", prepare_living, free_small, 1 },
	{ "free a run", prepare_held, free_run, 1 },
	{ "free what is another's", prepare_held, free_foreign, 0 },
	{ "set the root", prepare_held, set_root, 1 },
	{ "remove it by its name", prepare_living, remove_it, MANY },
	{ "a whole life", prepare_other, whole_life, 5 },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_mutex *mutex;

	guest = other = NULL;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_mutex_open(arena, &mutex, "first", TARN_CREATE, NULL) == 0); /* the thread has a slot */
	tarn_mutex_close(mutex);
	view_open(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	open_arenas();
	scenario->prepare();
	watched = guest;
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
	view_close();
	tarn_arena_close(arena);
}

static void
run_all(void)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
		run(&scenarios[i]);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/catalog/unnamed.c", "src/container/guest.c" },
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
