// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog.c -- names and objects, died in at every store, and at every store again
 *
 * Calls of the catalog run on an arena of toys (catalog_toy.h).  Its file is
 * mapped twice: shared, where they run, and private, where their deaths are
 * played out.  At every store of a call
 *
 *	readers		what is not DIRTY is noted: the names, the graveyard, the
 *			words of every entry
 *	recovery	runs on the view from the slot's log alone.  Each name
 *			is then as before or as after the call and leads to a
 *			whole object; what readers could see is still so; each
 *			block is somewhere once (catalog_account.h)
 *	again		recovery dies at each of its own stores in turn, is run
 *			anew, and everything is checked
 *	going on	the slot's next owner empties the graveyard, and makes
 *			and removes an object
 *
 * then the view is dropped and the call goes on to its next store.
 *
 * With --mutants, each use of a protocol primitive in the catalog is broken
 * in turn, in a child, which must fail.
 */
#include "base/hash.h"
#include "catalog/entry.h"
#include "crash/catalog_account.h"
#include "crash/catalog_toy.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEPS 720u
#define NAMES 6u /* the first half of them in one chain */
#define ROOTS 128u
#define GRAVES 64u

static struct tarn_arena *arena, view;
static struct tarn_thread *self;
static char names[NAMES][16];
static bool quiet;
/* ---- what there is to see ---------------------------------------------------------------------- */

/* What one look sees; a part that is DIRTY means nothing. */
struct sight {
	bool names_dirty, graves_dirty;
	uint64_t count;
	tarn_off named[NAMES];
	struct {
		tarn_off off;
		uint64_t kind, progress;
	} graves[GRAVES];
	struct {
		bool dirty;
		uint64_t word, structure, counts;
	} roots[ROOTS];
};

/* What users see. */
struct image {
	struct {
		tarn_off off;
		uint64_t generation, kind, stamp;
	} objects[NAMES];
};

static struct tarn_heap_item root_span;

static _Noreturn void
fail(const char *operation, const char *why)
{
	if (!quiet)
		printf("%s: %s\n", operation, why);
	fflush(stdout);
	_exit(1);
}

static const char *step_name = "start";

static bool
is_dirty(const uint64_t *node)
{
	return tarn__load(node) & TARN_NODE_DIRTY;
}

static int
find_root_span(const struct tarn_heap_item *item, void *unused)
{
	(void)unused;
	if (item->kind == TARN_HEAP_SPAN && item->class == TARN_HEAP_ROOT)
		root_span = *item;
	return 0;
}

static tarn_off
find_name(struct tarn_arena *in, unsigned i)
{
	struct tarn_name name;
	struct tarn_found found;

	if (tarn__name_make(in, names[i], &name))
		abort();
	switch (tarn__catalog_walk(in, &name, &found)) {
	case 0:
		return found.off;
	case TARN_NOT_FOUND:
		return 0;
	default:
		return UINT64_MAX;
	}
}

static void
see_graves(struct tarn_arena *in, struct sight *sight)
{
	tarn_off off = tarn__load(&tarn__catalog(in)->graveyard);

	for (unsigned i = 0; off && i < GRAVES; i++) {
		const struct tarn_entry_shm *entry = tarn__entry_at(in, off);

		sight->graves[i].off = off;
		if (!entry)
			return;
		sight->graves[i].kind = tarn__load(&entry->kind);
		sight->graves[i].progress = tarn__load(&entry->progress);
		off = tarn__load(&entry->next);
	}
}

static void
see_roots(struct tarn_arena *in, struct sight *sight)
{
	for (unsigned i = 0; i < root_span.blocks; i++) {
		const struct tarn_root_shm *root = tarn__at(in, root_span.off + i * 512, 64, 64);

		sight->roots[i].dirty = is_dirty(&root->node);
		sight->roots[i].word = tarn__load(&root->word);
		if (!(sight->roots[i].word & TARN_WORD_LIVE))
			continue;
		sight->roots[i].structure = tarn__load(&root->structure);
		sight->roots[i].counts = tarn__load(&root->counts);
	}
}

static void
see(struct tarn_arena *in, struct sight *sight)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(in);

	memset(sight, 0, sizeof(*sight));
	sight->names_dirty = is_dirty(&catalog->node);
	sight->graves_dirty = is_dirty(&catalog->graveyard_node);
	sight->count = tarn__load(&catalog->count);
	for (unsigned i = 0; i < NAMES; i++)
		sight->named[i] = find_name(in, i);
	see_graves(in, sight);
	see_roots(in, sight);
}

/* What readers saw at a death must be so for good. */
static void
check_sights(const struct sight *seen, const struct sight *now)
{
	if (!seen->names_dirty && (seen->count != now->count ||
				   memcmp(seen->named, now->named, sizeof(now->named))))
		fail(step_name, "readers saw names that were undone");
	if (!seen->graves_dirty && memcmp(seen->graves, now->graves, sizeof(now->graves)))
		fail(step_name, "readers saw a graveyard that was undone");
	for (unsigned i = 0; i < ROOTS; i++) {
		if (!seen->roots[i].dirty &&
		    memcmp(&seen->roots[i], &now->roots[i], sizeof(now->roots[i])))
			fail(step_name, "readers saw a root that was undone");
	}
}

static void
take_image(struct tarn_arena *in, struct image *image)
{
	memset(image, 0, sizeof(*image));
	for (unsigned i = 0; i < NAMES; i++) {
		struct tarn_object object = { .arena = in, .root_off = find_name(in, i) };
		const struct tarn_entry_shm *entry = tarn__entry_at(in, object.root_off);

		if (!object.root_off)
			continue;
		if (!entry)
			fail(step_name, "a name leads nowhere");
		object.root = (struct tarn_root_shm *)&entry->root;
		object.generation = tarn__generation(entry->root.word);
		image->objects[i].off = object.root_off;
		image->objects[i].generation = object.generation;
		image->objects[i].kind = entry->kind;
		if (toy_look(&object, &image->objects[i].stamp))
			fail(step_name, "an object is not whole");
	}
}

/* ---- the view ---------------------------------------------------------------------------------- */

static struct tarn_thread view_self;
static struct tarn_lane view_lane;

static void
fresh_view(void)
{
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
}

/* From here on this thread has its slot in the view. */
static void
enter_view(void)
{
	if (tarn__lane_view(&view_lane, &view, self->index) || tarn__lane_heap->enter(&view_lane))
		fail(step_name, "the slot cannot be used again");
	view_lane.slot = tarn__slot_at(&view, self->index);
	view_self = (struct tarn_thread){ .arena = &view, .slot = view_lane.slot,
					  .index = self->index, .owner = self->owner,
					  .lane = &view_lane, .arena_serial = view.serial };
	tarn__thread_cached = &view_self;
}

static void
leave_view(void)
{
	tarn__lane_heap->leave(&view_lane);
	tarn__thread_cached = self;
}

static void
recover_view(void)
{
	struct tarn_lane dead;

	if (tarn__lane_view(&dead, &view, self->index) || tarn__lane_recover(&dead))
		fail(step_name, "recovery refused");
}

static void
watch(void)
{
	hook_watch(arena->base, arena->window_size);
	hook_watch(view.base, view.window_size);
}

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 1 << 20 };

	if (tarn_arena_open(&arena, "anon:", &options, NULL) || tarn__thread_get(arena, &self))
		fail(step_name, "no arena");
	view = *arena;
	view.serial = tarn__arena_new_serial();
	view.base = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 arena->file.fd, 0);
	if (view.base == MAP_FAILED)
		fail(step_name, "no view");
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
}

/* ---- operations -------------------------------------------------------------------------------- */

static const char *
some_name(unsigned seed)
{
	return names[seed % NAMES];
}

static void
create(struct tarn_arena *in, unsigned seed)
{
	struct tarn_object *object;
	int code = toy_open(in, some_name(seed), TARN_CREATE, &object, NULL);

	tarn_assert(code == 0 || code == TARN_EXISTS);
	tarn_object_close(object);
}

static void
open_or_create(struct tarn_arena *in, unsigned seed)
{
	struct tarn_object *object;

	tarn_assert(toy_open(in, some_name(seed), TARN_OPEN_OR_CREATE, &object, NULL) == 0);
	tarn_object_close(object);
}

static void
create_in_vain(struct tarn_arena *in, unsigned seed)
{
	struct tarn_object *object;

	toy_create_fails = TARN_FULL;
	tarn_assert(toy_open(in, some_name(seed), TARN_CREATE, &object, NULL) != 0);
	toy_create_fails = 0;
}

static void
rename_one(struct tarn_arena *in, unsigned seed)
{
	int code = tarn_object_rename(in, some_name(seed), some_name(seed / NAMES));

	tarn_assert(code == 0 || code == TARN_NOT_FOUND || code == TARN_EXISTS);
}

static void
replace_one(struct tarn_arena *in, unsigned seed)
{
	int code = tarn_object_replace(in, some_name(seed / NAMES), some_name(seed));

	tarn_assert(code == 0 || code == TARN_NOT_FOUND);
}

static void
remove_one(struct tarn_arena *in, unsigned seed)
{
	int code = tarn_object_remove(in, some_name(seed));

	tarn_assert(code == 0 || code == TARN_NOT_FOUND);
}

/* It stays in the graveyard. */
static void
remove_and_leave(struct tarn_arena *in, unsigned seed)
{
	toy_dismantle_fails = TARN_BUSY;
	remove_one(in, seed);
	toy_dismantle_fails = 0;
}

static void
clear(struct tarn_arena *in, unsigned seed)
{
	struct tarn_object *object;

	if (toy_open(in, some_name(seed), TARN_OPEN, &object, NULL))
		return;
	tarn_assert(toy_clear(object, seed) == 0);
	tarn_object_close(object);
}

static void
clear_in_vain(struct tarn_arena *in, unsigned seed)
{
	struct tarn_object *object;

	if (toy_open(in, some_name(seed), TARN_OPEN, &object, NULL))
		return;
	toy_create_fails = TARN_FULL;
	tarn_assert(toy_clear(object, seed) == TARN_FULL);
	toy_create_fails = 0;
	tarn_object_close(object);
}

static void
free_some(struct tarn_arena *in, unsigned seed)
{
	tarn__graveyard_work(in, 1 + seed % 4);
}

static const struct operation {
	const char *name;
	void (*run)(struct tarn_arena *in, unsigned seed);
} operations[] = {
	{ "create", create },
	{ "rename", rename_one },
	{ "clear", clear },
	{ "work in the graveyard", free_some },
	{ "open or create", open_or_create },
	{ "replace", replace_one },
	{ "create", create },
	{ "remove", remove_one },
	{ "create in vain", create_in_vain },
	{ "open or create", open_or_create },
	{ "replace", replace_one },
	{ "rename", rename_one },
	{ "remove, and leave it", remove_and_leave },
	{ "clear in vain", clear_in_vain },
	{ "open or create", open_or_create },
	{ "work in the graveyard", free_some },
};

/* ---- deaths ------------------------------------------------------------------------------------ */

static struct image before, after;
static struct sight seen;
static bool committed;
static bool playing;	    /* a death is being played out on the view */
static int64_t stores_left; /* of the recoverer; negative: it lives */
static jmp_buf recoverer_died;

static void
check_account(struct tarn_arena *in)
{
	const char *wrong = account(in);

	if (wrong)
		fail(step_name, wrong);
}

static void
check_view(void)
{
	struct sight now;
	struct image image;

	check_account(&view);
	see(&view, &now);
	check_sights(&seen, &now);
	take_image(&view, &image);
	if (!memcmp(&image, &after, sizeof(image)))
		committed = memcmp(&image, &before, sizeof(image)) != 0;
	else if (memcmp(&image, &before, sizeof(image)) || committed)
		fail(step_name, committed ? "a commit was undone" : "torn");
}

/* What has been recovered is as good as ever. */
static void
go_on(void)
{
	int create_fails = toy_create_fails, dismantle_fails = toy_dismantle_fails;
	struct image image, again;
	struct tarn_object *object;

	toy_create_fails = toy_dismantle_fails = 0;
	hook_watch_nothing();
	enter_view();
	take_image(&view, &image);
	tarn__graveyard_work(&view, UINT32_MAX);
	if (account_graveyard(&view))
		fail(step_name, "the graveyard cannot be emptied");
	if (toy_open(&view, "probe", TARN_CREATE, &object, NULL) ||
	    tarn_object_remove(&view, "probe"))
		fail(step_name, "nothing can be created any more");
	tarn_object_close(object);
	take_image(&view, &again);
	if (memcmp(&image, &again, sizeof(image)))
		fail(step_name, "the graveyard is not empty of the living");
	check_account(&view);
	leave_view();
	watch();
	toy_create_fails = create_fails;
	toy_dismantle_fails = dismantle_fails;
}

/* Whether the recoverer died before its store number `death`. */
static bool
recover_until(int64_t death)
{
	bool died = false;

	hook_forget();
	stores_left = death;
	if (setjmp(recoverer_died) == 0)
		recover_view();
	else
		died = true;
	stores_left = -1;
	return died;
}

static void
play_out(void)
{
	bool died = true;

	for (int64_t death = 0; died; death++) {
		fresh_view();
		died = recover_until(death);
		if (died)
			(void)recover_until(-1);
		check_view();
		hook_point(step_name);
	}
	go_on();
}

static void
at_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	hook_died_at(site);
	if (playing) {
		if (stores_left == 0)
			longjmp(recoverer_died, 1);
		stores_left--;
		return;
	}
	playing = true;
	hook_suspend();
	see(arena, &seen);
	play_out();
	hook_resume();
	playing = false;
}

/* ---- the walk ---------------------------------------------------------------------------------- */

/* The first half of the names hash to one chain. */
static void
choose_names(void)
{
	uint64_t chain = 0;

	for (unsigned i = 0, n = 0; n < NAMES; i++) {
		struct tarn_name name;

		snprintf(names[n], sizeof(names[n]), "%s%u", i & 1 ? "longer " : "n", i);
		if (tarn__name_make(arena, names[n], &name))
			abort();
		if (n > 0 && n < NAMES / 2 && name.hash % TARN_CATALOG_HEADS != chain)
			continue;
		chain = n ? chain : name.hash % TARN_CATALOG_HEADS;
		n++;
	}
}

static void
foresee(const struct operation *operation, unsigned seed)
{
	committed = false;
	take_image(arena, &before);
	fresh_view();
	enter_view();
	operation->run(&view, seed);
	take_image(&view, &after);
	leave_view();
}

static void
step(unsigned number)
{
	const struct operation *operation = &operations[number % TARN_ARRAY_SIZE(operations)];
	unsigned seed = (unsigned)tarn__hash_u64(number, 1) >> 1;

	step_name = operation->name;
	foresee(operation, seed);
	hook_forget();
	hook_store = at_store;
	operation->run(arena, seed);
	hook_store = NULL;
	hook_forget();
	check_account(arena);
	take_image(arena, &before);
	if (memcmp(&before, &after, sizeof(after)))
		fail(step_name, "it did not what it does");
}

static void
walk(unsigned steps)
{
	open_arenas();
	choose_names();
	create(arena, 0);
	if (tarn__heap_walk(arena, find_root_span, NULL) || !root_span.blocks ||
	    root_span.blocks > ROOTS)
		fail(step_name, "no entries");
	watch();
	for (unsigned number = 0; number < steps; number++)
		step(number);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	quiet = true;
	walk(STEPS);
}

static const struct mutants mutants = {
	.files = { "/src/catalog/" },
	.not_files = { "/unnamed.c", "/aside.c" }, /* guest.c's; hashset.c's */
	.seconds = 300,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	walk(STEPS);
	return hook_verdict();
}
