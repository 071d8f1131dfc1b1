// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- calls and transactions of regions, died in at every store, and
 * at every store of the recovery again
 *
 * Each scenario has an arena of its own, and runs there; at every store the
 * death of its thread is played out on a private view of the file.
 *
 *	step -- store -- store -- ... -- over: the arena itself is looked at
 *	          |
 *	          v
 *	        view: a reader looks, without any recovery
 *	              undo; look.  recover; look.  recover up to store k;
 *	              recover; look.  Then go on: take and free a block, finish
 *	              the graveyard; nothing is left over
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		root, logged words, blocks in use, objects: the same
 *			whoever dies in the recovery; over the stores of a step
 *			it changes as often as the step commits, never back; and
 *			it is what a reader could tell before
 *
 * With --mutants each use of a protocol primitive in container/region.c is
 * broken in turn, in a child, which must fail.
 */
#include "heap/inner.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tarn.h>
#include <unistd.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define UNITS (MAX_SIZE / 16)
#define AGAIN_EVERY 4u /* stores of which so many have recoveries that die too */
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define IMAGES_MOST 64u
#define WORDS 20u
#define SMALL 3584u /* 18 a span; magazines of a few */
#define LARGE 20480u /* 3 a span; a magazine of one */
#define RUN 70000u

struct image {
	tarn_off root;
	uint64_t live, objects, removed, in_use, words;
};

static struct tarn_arena *arena, view;
static struct tarn_thread *self;
static struct tarn_region *region, *other;
static tarn_off watched, blocks[16];

static const char *name;
static uint64_t store_number, crash_points;
static int64_t stores_left = -1; /* of the recoverer; negative: it lives */
static bool quiet;

static struct image images[IMAGES_MOST]; /* those that there were, in order */
static unsigned image_count;
static bool decided; /* at this store */

static _Noreturn void
fail(const char *why)
{
	if (!quiet)
		printf("%s, store %lu: %s\n", name, (unsigned long)store_number, why);
	fflush(stdout);
	_exit(1);
}

#define must(claim) ((claim) ? (void)0 : fail(#claim))

/* ---- looking ----------------------------------------------------------------------------------- */

static uint8_t begins[UNITS]; /* a block in use does, in these 16 bytes */

static int
see_item(const struct tarn_heap_item *item, void *unused)
{
	uint64_t unit = (item->off - arena->fixed.data_off) / 16;

	(void)unused;
	if (item->kind == TARN_HEAP_RUN)
		begins[unit] = 1;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++)
		begins[unit + i * item->block_size / 16] = !(item->free[i / 64] >> i % 64 & 1);
	return 0;
}

static int
see_claim(enum tarn_heap_claim where, tarn_off block, void *unused)
{
	(void)where;
	(void)unused;
	begins[(block - arena->fixed.data_off) / 16] = 0;
	return 0;
}

/* Those that no log has. */
static uint64_t
hash_in_use(struct tarn_arena *in)
{
	uint64_t hash = 0;

	memset(begins, 0, sizeof(begins));
	must(tarn__heap_walk(in, see_item, NULL) == 0);
	for (uint64_t slot = 0; slot < in->fixed.slot_count; slot++)
		must(tarn__heap_claims(in, slot, see_claim, NULL) == 0);
	for (uint64_t unit = 0; unit < UNITS; unit++)
		hash = begins[unit] ? tarn__hash_u64(unit, hash) : hash;
	return hash;
}

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	if (!quiet)
		printf("0x%lx in '%s': %s\n", (unsigned long)problem->off, problem->object,
		       problem->what);
}

static const struct tarn_root_shm *
root_in(const struct tarn_arena *in)
{
	return (const struct tarn_root_shm *)(in->base + ((struct tarn_object *)region)->root_off);
}

static struct image
look(struct tarn_arena *in)
{
	const struct tarn_check_options options = { .problem = say, .deadline_ms = 1 };
	const struct tarn_root_shm *root = root_in(in);
	struct tarn_check_report report;
	struct image image;
	bool was = in->readonly;

	in->readonly = true; /* it need not keep others out */
	must(tarn_check(in, &options, &report) == 0);
	in->readonly = was;
	memset(&image, 0, sizeof(image));
	image.live = root->word;
	image.root = root->chosen;
	image.objects = report.objects;
	image.removed = report.removed;
	image.in_use = hash_in_use(in);
	for (unsigned i = 0; watched && (root->word & TARN_WORD_LIVE) && i < WORDS; i++)
		image.words = tarn__hash_u64(((uint64_t *)(in->base + watched))[i], image.words);
	return image;
}

static bool
same(const struct image *a, const struct image *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The last image still, or a new one, about which all recoveries at this store agree. */
static void
judge(struct tarn_arena *in)
{
	struct image image = look(in);

	if (!same(&image, &images[image_count - 1])) {
		must(!decided);
		for (unsigned i = 0; i < image_count; i++)
			must(!same(&image, &images[i]));
		must(image_count < IMAGES_MOST);
		images[image_count++] = image;
	}
	decided = true;
}

/* ---- being somebody on the view ---------------------------------------------------------------- */

static struct tarn_thread view_thread;
static struct tarn_lane view_lane;

static void
enter_view(void)
{
	if (tarn__lane_view(&view_lane, &view, self->index) || tarn__lane_heap->enter(&view_lane))
		fail("the slot cannot be used again");
	view_lane.slot = tarn__slot_at(&view, self->index);
	view_thread = *self;
	view_thread.arena = &view;
	view_thread.slot = view_lane.slot;
	view_thread.lane = &view_lane;
	view_thread.arena_serial = view.serial;
	tarn__thread_cached = &view_thread;
}

static void
leave_view(void)
{
	tarn__lane_heap->leave(&view_lane);
	tarn__txn_free(view_lane.txn_memory);
	tarn__thread_cached = self;
}

static struct tarn_object
region_on_view(void)
{
	struct tarn_object object = *(struct tarn_object *)region;

	object.arena = &view;
	object.root = (struct tarn_root_shm *)(view.base + object.root_off);
	return object;
}

/* Before anybody has recovered: what is read, if anything is, is what will be. */
static int
read_root(tarn_off *root)
{
	struct tarn_object object = region_on_view();
	int code;

	view.readonly = true;
	code = tarn_region_root((struct tarn_region *)&object, root);
	view.readonly = false;
	return code;
}

static void
compare_read(int code, tarn_off root)
{
	const struct image *image = &images[image_count - 1];

	if (code == TARN_REMOVED)
		must(!(image->live & TARN_WORD_LIVE));
	else if (code == 0)
		must((image->live & TARN_WORD_LIVE) && image->root == root);
	else
		must(code == TARN_TIMEOUT || code == TARN_OWNER_DIED);
}

static void
go_on(void)
{
	struct tarn_object object = region_on_view();
	struct tarn_region *again = (struct tarn_region *)&object;
	bool live = images[image_count - 1].live & TARN_WORD_LIVE;
	struct image image, before = images[image_count - 1];
	tarn_off off;
	int code;

	enter_view();
	code = tarn_region_alloc(again, SMALL, &off);
	must(code == (live ? 0 : TARN_REMOVED));
	if (live)
		must(tarn_region_free(again, off) == 0);
	tarn__graveyard_work(&view, UINT32_MAX);
	leave_view();
	image = look(&view);
	must(image.removed == 0);
	if (live && before.removed == 0)
		must(same(&image, &before));
}

/* ---- deaths ------------------------------------------------------------------------------------ */

static bool playing; /* a death is being played out on the view */
static jmp_buf recoverer_died;

static bool
recover_until(int64_t death)
{
	bool died = false;

	hook_forget();
	stores_left = death;
	if (setjmp(recoverer_died) == 0) {
		if (tarn__slot_work->recover(&view, self->index))
			fail("recovery refused");
	} else {
		died = true;
	}
	stores_left = -1;
	return died;
}

static void
recover_the_lane_alone(void)
{
	struct tarn_lane lane;

	hook_forget();
	if (tarn__lane_view(&lane, &view, self->index) || tarn__lane_recover(&lane))
		fail("recovery of the lane refused");
}

static void
fresh_view(void)
{
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
	view.seen_size = arena->seen_size;
}

static void
play_out(void)
{
	bool again = store_number % AGAIN_EVERY == 0, died = true;
	tarn_off root = 0;
	int code;

	decided = false;
	fresh_view();
	code = read_root(&root);
	recover_the_lane_alone();
	judge(&view);
	compare_read(code, root);
	for (int64_t death = -1; died; death++) {
		fresh_view();
		died = recover_until(death);
		if (died)
			(void)recover_until(-1);
		judge(&view);
		crash_points++;
		if (death == -1) {
			go_on();
			died = again;
		}
	}
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
	play_out();
	hook_resume();
	playing = false;
	store_number++;
}

/* ---- states and steps -------------------------------------------------------------------------- */

static tarn_off
take_in(struct tarn_region *in, uint64_t size)
{
	tarn_off off;

	must(tarn_region_alloc(in, size, &off) == 0);
	return off;
}

static void
prepare_nothing(void)
{
}

/* Of all sizes, with gaps; the first is the root, and watched. */
static void
prepare_blocks(void)
{
	static const uint64_t sizes[] = { SMALL, LARGE, SMALL, RUN };

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(blocks); i++)
		blocks[i] = take_in(region, sizes[i % 4]);
	watched = blocks[0];
	memset(arena->base + watched, 0x11, 8 * WORDS);
	must(tarn_region_set_root(region, watched) == 0);
	must(tarn_region_free(region, blocks[14]) == 0);
	must(tarn_region_free(region, blocks[13]) == 0);
}

static void
prepare_two(void)
{
	prepare_blocks();
	must(tarn_region_open(arena, &other, "other", TARN_CREATE, NULL) == 0);
	take_in(other, SMALL);
	take_in(other, LARGE);
}

static void
take_small(void)
{
	take_in(region, SMALL);
}

static void
take_large(void)
{
	take_in(region, LARGE);
}

static void
take_run(void)
{
	take_in(region, RUN);
}

static void
free_small(void)
{
	must(tarn_region_free(region, blocks[2]) == 0);
}

static void
free_run(void)
{
	must(tarn_region_free(region, blocks[3]) == 0);
}

static void
free_many(void)
{
	for (unsigned i = 1; i < 13; i++)
		must(tarn_region_free(region, blocks[i]) == 0);
}

static void
free_what_is_not_there(void)
{
	must(tarn_region_free(region, blocks[2] + 16) == TARN_INVALID);
	must(tarn_region_set_root(region, 4096) == TARN_INVALID);
}

static void
set_root(void)
{
	must(tarn_region_set_root(region, blocks[2]) == 0);
}

static struct tarn_txn *txn;

static struct tarn_region *
begin(bool both)
{
	struct tarn_object *objects[] = { tarn_region_object(region), tarn_region_object(other) };

	must(tarn_txn_begin(arena, &txn, objects, both ? 2 : 1) == 0);
	return tarn_region_in(region, txn);
}

static void
change_words(unsigned count, uint64_t value)
{
	uint64_t *words = (uint64_t *)(arena->base + watched);

	must(tarn_txn_log(txn, watched, 8 * count) == 0);
	for (unsigned i = 0; i < count; i++)
		words[i] = value + i;
}

/* The log's own room for words is full, and the root's goes beyond. */
static void
change_little(void)
{
	struct tarn_region *in = begin(false);

	change_words(TARN_WORDS_HERE, 5);
	must(tarn_region_set_root(in, take_in(in, SMALL)) == 0);
	must(tarn_region_free(in, blocks[2]) == 0);
}

/* With lists that spill, words twice, a run each way. */
static void
change_much(void)
{
	struct tarn_region *in = begin(false);
	tarn_off off;

	change_words(WORDS, 5);
	must(tarn_region_free(in, blocks[3]) == 0);
	off = take_in(in, RUN);
	must(tarn_region_set_root(in, off + 65536) == 0);
	for (unsigned i = 0; i < 4; i++)
		off = take_in(in, i % 2 ? SMALL : LARGE);
	must(tarn_region_free(in, off) == 0);
	must(tarn_region_free(in, blocks[6]) == 0);
	must(tarn_region_free(in, watched) == 0);
	must(tarn_region_free(in, blocks[5]) == 0);
	change_words(3, 50);
	must(tarn_region_set_root(in, 0) == 0);
}

static void
change_two(void)
{
	struct tarn_region *in = begin(true), *in_other = tarn_region_in(other, txn);

	for (unsigned i = 0; i < 3; i++) {
		take_in(in, SMALL);
		must(tarn_region_set_root(in_other, take_in(in_other, SMALL)) == 0);
	}
	change_words(1, 9);
	must(tarn_region_free(in, blocks[2]) == 0);
}

static void
commit_little(void)
{
	change_little();
	must(tarn_txn_commit(txn) == 0);
}

static void
abort_little(void)
{
	change_little();
	tarn_txn_abort(txn);
}

static void
commit_much(void)
{
	change_much();
	must(tarn_txn_commit(txn) == 0);
}

static void
abort_much(void)
{
	change_much();
	tarn_txn_abort(txn);
}

static void
commit_two(void)
{
	change_two();
	must(tarn_txn_commit(txn) == 0);
}

static void
abort_two(void)
{
	change_two();
	tarn_txn_abort(txn);
}

static void
log_too_much(void)
{
	struct tarn_region *in = begin(false);

	change_words(2, 5);
	take_in(in, LARGE);
	must(tarn_txn_log(txn, blocks[3], 8 * (TARN_LIST_MAX + 1)) == TARN_TOO_BIG);
	must(tarn_txn_commit(txn) == TARN_TOO_BIG);
}

static void
create(void)
{
	must(tarn_region_open(arena, &other, "new", TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "r") == 0);
}

static const struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
} scenarios[] = {
	{ "take the first block", prepare_nothing, take_small, 1 },
	{ "take a block", prepare_blocks, take_small, 1 },
	{ "take a large block", prepare_blocks, take_large, 1 },
	{ "take a block after another region's", prepare_two, take_small, 1 },
	{ "take a run", prepare_blocks, take_run, 1 },
	{ "free a block", prepare_blocks, free_small, 1 },
	{ "free a run", prepare_blocks, free_run, 1 },
	{ "free many", prepare_blocks, free_many, MANY },
	{ "free many after another region's", prepare_two, free_many, MANY },
	{ "free what is not there", prepare_blocks, free_what_is_not_there, 0 },
	{ "set the root", prepare_blocks, set_root, 1 },
	{ "transaction", prepare_blocks, commit_little, 1 },
	{ "transaction aborted", prepare_blocks, abort_little, 0 },
	{ "large transaction", prepare_blocks, commit_much, 1 },
	{ "large transaction aborted", prepare_blocks, abort_much, 0 },
	{ "transaction of two regions", prepare_two, commit_two, 1 },
	{ "transaction of two regions aborted", prepare_two, abort_two, 0 },
	{ "transaction that is too big", prepare_blocks, log_too_much, 0 },
	{ "create", prepare_blocks, create, 1 },
	{ "remove an empty region", prepare_nothing, remove_it, MANY },
	{ "remove", prepare_blocks, remove_it, MANY },
	{ "remove beside another", prepare_two, remove_it, MANY },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL) == 0);
	must(tarn__thread_get(arena, &self) == 0);
	view = *arena;
	view.serial = tarn__arena_new_serial();
	view.deadline_ns = 0;
	view.base = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 arena->file.fd, 0);
	must(view.base != MAP_FAILED);
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
}

static void
run(const struct scenario *scenario)
{
	uint64_t before = crash_points;

	name = scenario->name;
	watched = 0;
	other = NULL;
	open_arenas();
	scenario->prepare();
	store_number = 0;
	images[0] = look(arena);
	image_count = 1;
	hook_watch_nothing();
	hook_watch(arena->base, arena->window_size);
	hook_watch(view.base, view.window_size);
	hook_forget();
	hook_store = at_store;
	scenario->step();
	hook_store = NULL;
	hook_forget();
	hook_watch_nothing();
	decided = false;
	judge(arena);
	must(scenario->changes == MANY ? image_count > 2 : image_count == scenario->changes + 1);
	if (!quiet)
		printf("%s: %lu stores, %lu deaths, %u commits\n", name,
		       (unsigned long)store_number, (unsigned long)(crash_points - before),
		       image_count - 1);
	tarn_region_close(region);
	tarn_region_close(other);
	munmap(view.base, view.window_size);
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
	quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/region.c" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	int failed = 0;

	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	run_all();
	printf("crash points: %lu\n", (unsigned long)crash_points);
	hook_report(true);
	failed = hook_store_sites() != hook_sites_died_at();
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
