// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- calls and transactions of regions, died in at every store, and
 * at every store of the recovery again
 *
 * Each scenario has an arena of its own; how a death is played out says
 * hook/view.h.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		root, logged words, blocks in use, objects; the root is
 *			what a reader could tell before anybody has recovered
 *	afterwards	take and free a block, finish the graveyard; nothing is
 *			left over
 *
 * With --mutants each use of a protocol primitive in container/region.c is
 * broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "heap/inner.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define UNITS (MAX_SIZE / 16)
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define WORDS 20u
#define SMALL 3584u /* 18 a span; magazines of a few */
#define LARGE 20480u /* 3 a span; a magazine of one */
#define RUN 70000u

#define must(claim) view_must(claim)

struct image {
	tarn_off root;
	uint64_t live, objects, removed, in_use, words;
};

static struct tarn_arena *arena;
static struct tarn_region *region, *other;
static tarn_off watched, blocks[16];

/* What a reader saw before anybody has recovered. */
static int read_code;
static tarn_off read_root;

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
look(struct tarn_arena *in, void *told)
{
	const struct tarn_object *object = (struct tarn_object *)region;
	const struct tarn_root_shm *root = (void *)(in->base + object->root_off);
	struct tarn_check_report report;
	struct image *image = told;

	view_check(in, &report);
	image->live = root->word;
	image->root = root->chosen;
	image->objects = report.objects;
	image->removed = report.removed;
	image->in_use = hash_in_use(in);
	for (unsigned i = 0; watched && (root->word & TARN_WORD_LIVE) && i < WORDS; i++)
		image->words = tarn__hash_u64(((uint64_t *)(in->base + watched))[i], image->words);
}

static void
read_it(void)
{
	struct tarn_object object = view_object((struct tarn_object *)region);

	read_code = tarn_region_root((struct tarn_region *)&object, &read_root);
}

static void
compare_read(const void *told)
{
	const struct image *image = told;

	if (read_code == TARN_REMOVED)
		must(!(image->live & TARN_WORD_LIVE));
	else if (read_code == 0)
		must((image->live & TARN_WORD_LIVE) && image->root == read_root);
	else
		must(read_code == TARN_TIMEOUT || read_code == TARN_OWNER_DIED);
}

static void
go_on(const void *told)
{
	struct tarn_object object = view_object((struct tarn_object *)region);
	struct tarn_region *again = (struct tarn_region *)&object;
	const struct image *before = told;
	bool live = before->live & TARN_WORD_LIVE;
	struct image image = { .root = 0 };
	tarn_off off;
	int code;

	code = tarn_region_alloc(again, SMALL, &off);
	must(code == (live ? 0 : TARN_REMOVED));
	if (live)
		must(tarn_region_free(again, off) == 0);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &image);
	must(image.removed == 0);
	if (live && before->removed == 0)
		must(!memcmp(&image, before, sizeof(image)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_it,
	.compare = compare_read,
	.go_on = go_on,
};

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
	view_open(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	watched = 0;
	other = NULL;
	open_arenas();
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
	tarn_region_close(region);
	tarn_region_close(other);
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
	.files = { "src/container/region.c" },
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
