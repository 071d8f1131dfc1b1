// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * protocol.c -- two or three calls at once on blocks, regions, names and
 * user locks, in every order of their accesses that the plans of baton.h make
 *
 * Of blocks it does not matter which one a call gets, only that nobody else
 * has it: tarn_check() counts, and image() looks at those that are kept.
 * Limits are tiny here: three freed blocks are given back to their spans at
 * once, and magazines of these sizes hold four blocks, or none.
 */
#include "baton.h"

#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define SMALL 3000u   /* four in a magazine */
#define LARGE 70000u  /* a run of two chunks */
#define MANY 6u

static struct tarn_arena *arena;
static struct tarn_region *region, *other;
static struct tarn_hashmap *map;
static struct tarn_mutex *mutex;
static struct tarn_rwlock *rwlock;
static tarn_off last_run;
static tarn_off had[BATON_ACTORS][MANY], got[BATON_ACTORS][MANY];

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	baton_open(arena);
	baton_as(0);
}

/* Nothing else is looked at than the codes, and what tarn_check() says. */
static uint64_t
said(int code)
{
	return (uint64_t)(uint32_t)-code;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

static int
take(unsigned actor, uint64_t size, unsigned count)
{
	int code = 0;

	memset(got[actor], 0, sizeof(got[actor]));
	for (unsigned i = 0; i < count && !code; i++)
		code = tarn_alloc(arena, size, &got[actor][i]);
	return code;
}

static int
give_back(tarn_off *blocks, unsigned count)
{
	int code = 0;

	for (unsigned i = 0; i < count && !code; i++)
		code = tarn_free(arena, blocks[i]);
	return code;
}

/* Each actor has taken some, which it may give back. */
static void
setup_blocks(const void *arg)
{
	(void)arg;
	open_arena();
	for (unsigned actor = 0; actor < BATON_ACTORS; actor++) {
		baton_as(actor);
		baton_must(take(actor, SMALL, MANY) == 0);
		memcpy(had[actor], got[actor], sizeof(had[actor]));
	}
	memset(got, 0, sizeof(got));
}

static uint64_t
take_small(unsigned actor)
{
	return said(take(actor, SMALL, MANY));
}

static uint64_t
give_small(unsigned actor)
{
	return said(give_back(had[actor], MANY));
}

static uint64_t
take_or_give(unsigned actor)
{
	return actor ? give_small(actor) : take_small(actor);
}

/* Another's blocks: they go to this one's lists. */
static uint64_t
give_anothers(unsigned actor)
{
	return said(give_back(had[1 - actor], MANY));
}

static uint64_t
take_and_give_large(unsigned actor)
{
	int code = take(actor, LARGE, 2);

	return said(code ? code : give_back(got[actor], 1));
}

/* All that were told are there, and no two are one. */
static uint64_t
image_of_taken(void)
{
	tarn_off all[BATON_ACTORS * MANY];
	unsigned count = 0;

	for (unsigned a = 0; a < BATON_ACTORS; a++) {
		for (unsigned i = 0; i < MANY && baton_finished(a); i++) {
			if (!got[a][i])
				continue;
			all[count++] = got[a][i];
		}
	}
	for (unsigned i = 0; i < count; i++) {
		baton_must(tarn_usable_size(arena, all[i]) >= SMALL);
		for (unsigned k = 0; k < i; k++)
			baton_must(all[i] != all[k]);
	}
	return 0;
}

/* ---- regions ----------------------------------------------------------------------------------- */

static void
open_region(void)
{
	open_arena();
	baton_must(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL) == 0);
	for (unsigned i = 0; i < MANY; i++)
		baton_must(tarn_region_alloc(region, SMALL, &had[0][i]) == 0);
	baton_must(tarn_region_set_root(region, had[0][0]) == 0);
}

static void
setup_region(const void *arg)
{
	(void)arg;
	open_region();
}

/* A transaction that sets the root; the second actor asks for it. */
static uint64_t
set_root(bool commit)
{
	struct tarn_object *object = tarn_region_object(region);
	struct tarn_txn *txn;
	int code = tarn_txn_begin(arena, &txn, &object, 1);

	if (code)
		return said(code);
	code = tarn_region_set_root(tarn_region_in(region, txn), had[0][1]);
	if (!code && commit)
		code = tarn_txn_commit(txn);
	else
		tarn_txn_abort(txn);
	return said(code);
}

static uint64_t
root(void)
{
	tarn_off off;
	int code = tarn_region_root(region, &off);

	return code ? said(code) << 32 : off;
}

static uint64_t
set_or_ask(unsigned actor)
{
	return actor ? root() : set_root(true);
}

static uint64_t
set_in_vain_or_ask(unsigned actor)
{
	return actor ? root() : set_root(false);
}

static uint64_t
take_in_region(unsigned actor)
{
	tarn_off block;

	(void)actor;
	return said(tarn_region_alloc(region, SMALL, &block));
}

static uint64_t
remove_region(void)
{
	return said(tarn_object_remove(arena, "r"));
}

static uint64_t
remove_or_take(unsigned actor)
{
	return actor ? take_in_region(actor) : remove_region();
}

static uint64_t
remove_or_set(unsigned actor)
{
	return actor ? set_root(true) : remove_region();
}

static uint64_t
reap(unsigned actor)
{
	(void)actor;
	return said(tarn_reap(arena, NULL));
}

static uint64_t
remove_ask_reap(unsigned actor)
{
	return actor == 0 ? remove_region() : actor == 1 ? root() : reap(actor);
}

/*
 * A removed region of which one run is left, that stands in a slot's limbo;
 * two runs more, and all three go back to the map, this one to its lowest
 * place.
 */
static void
setup_run_in_limbo(const void *arg)
{
	(void)arg;
	open_arena();
	baton_must(tarn_region_open(arena, &region, "r", TARN_CREATE, NULL) == 0);
	baton_must(tarn_region_open(arena, &other, "s", TARN_CREATE, NULL) == 0);
	baton_as(1);
	baton_must(tarn_region_alloc(region, LARGE, &last_run) == 0);
	for (unsigned i = 0; i < 2; i++)
		baton_must(tarn_region_alloc(other, LARGE, &had[1][i]) == 0);
	baton_must(tarn_region_free(region, last_run) == 0);
	baton_as(0);
	baton_must(tarn_object_remove(arena, "r") == 0);
}

/* The second gives that run back, and takes one of its size: the very same. */
static uint64_t
reap_or_reuse(unsigned actor)
{
	int code = 0;

	if (actor != 1)
		return reap(actor);
	for (unsigned i = 0; i < 2 && !code; i++)
		code = tarn_region_free(other, had[1][i]);
	return said(code ? code : take(1, LARGE, 1));
}

static uint64_t
image_of_reused(void)
{
	if (baton_finished(1))
		baton_must(got[1][0] == last_run && tarn_usable_size(arena, last_run) >= LARGE);
	return 0;
}

static uint64_t
image_of_root(void)
{
	return root();
}

static uint64_t
image_of_removed(void)
{
	bool created;
	struct tarn_region *again;
	int code = tarn_region_open(arena, &again, "r", TARN_OPEN, &created);

	if (!code)
		tarn_region_close(again);
	return said(code);
}

/* ---- names ------------------------------------------------------------------------------------- */

static const struct tarn_type words = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64,
					.value_size = 8 };

static void
setup_map(const void *arg)
{
	uint64_t zero = 0;

	(void)arg;
	open_arena();
	baton_must(tarn_hashmap_open(arena, &map, "m", &words, TARN_CREATE, NULL) == 0);
	baton_must(tarn_hashmap_put(map, &zero, 8, &zero, 8) == 0);
	baton_must(tarn_mutex_open(arena, &mutex, "x", TARN_CREATE, NULL) == 0);
	baton_must(tarn_rwlock_open(arena, &rwlock, "y", TARN_CREATE, NULL) == 0);
}

static uint64_t
create(const char *name)
{
	struct tarn_hashmap *opened;
	bool created = false;
	int code = tarn_hashmap_open(arena, &opened, name, &words, TARN_OPEN_OR_CREATE, &created);

	tarn_hashmap_close(opened);
	return said(code) << 1 | created;
}

static uint64_t
create_new(unsigned actor)
{
	(void)actor;
	return create("n");
}

static uint64_t
create_or_remove(unsigned actor)
{
	return actor ? said(tarn_object_remove(arena, "m")) : create("m");
}

static uint64_t
rename_or_create(unsigned actor)
{
	return actor ? create("n") : said(tarn_object_rename(arena, "m", "n"));
}

/* The name is always there: a mutex's, or the map's. */
static uint64_t
replace_or_open(unsigned actor)
{
	return actor ? create("x") : said(tarn_object_replace(arena, "m", "x"));
}

static uint64_t
replace_or_remove(unsigned actor)
{
	return said(actor ? tarn_object_remove(arena, "x") : tarn_object_replace(arena, "m", "x"));
}

static int
count_name(const struct tarn_object_info *info, void *hash)
{
	*(uint64_t *)hash += (uint64_t)info->name[0] << (info->name[0] & 31);
	return 0;
}

static uint64_t
image_of_names(void)
{
	uint64_t hash = 0;

	baton_must(tarn_object_list(arena, count_name, &hash) == 0);
	return hash;
}

/* ---- user locks -------------------------------------------------------------------------------- */

static uint64_t
value(void)
{
	uint64_t zero = 0, now = 0;

	baton_must(tarn_hashmap_get(map, &zero, 8, &now, 8, NULL) == 0);
	return now;
}

/* Two calls that only a lock makes one. */
static void
count_up(void)
{
	uint64_t zero = 0, now = value() + 1;

	baton_must(tarn_hashmap_put(map, &zero, 8, &now, 8) == 0);
}

/* A holder that has died leaves the count as it was, or counted. */
static uint64_t
count_under_mutex(unsigned actor)
{
	int code = tarn_mutex_lock(mutex, TARN_FOREVER);

	(void)actor;
	baton_must(code == 0 || code == TARN_OWNER_DIED);
	count_up();
	baton_must(tarn_mutex_unlock(mutex) == 0);
	return 0;
}

static uint64_t
read_twice(void)
{
	int code = tarn_rwlock_read(rwlock, TARN_FOREVER);
	uint64_t first;

	baton_must(code == 0 || code == TARN_OWNER_DIED);
	first = value();
	baton_must(value() == first);
	baton_must(tarn_rwlock_unlock(rwlock) == 0);
	return first;
}

static uint64_t
count_or_read(unsigned actor)
{
	int code;

	if (actor)
		return read_twice();
	code = tarn_rwlock_write(rwlock, TARN_FOREVER);
	baton_must(code == 0 || code == TARN_OWNER_DIED);
	count_up();
	baton_must(tarn_rwlock_unlock(rwlock) == 0);
	return 0;
}

static uint64_t
image_of_count(void)
{
	return value();
}

/* ---- all --------------------------------------------------------------------------------------- */

static const struct baton_play plays[] = {
	{ "blocks, taken and taken", 2, setup_blocks, NULL, take_small, image_of_taken, true },
	{ "blocks, given and given", 2, setup_blocks, NULL, give_small, NULL, true },
	{ "blocks, taken and given", 2, setup_blocks, NULL, take_or_give, image_of_taken, true },
	{ "blocks, given back by another", 2, setup_blocks, NULL, give_anothers, NULL, true },
	{ "blocks, taken, given and given", 3, setup_blocks, NULL, take_or_give, image_of_taken,
	  true },
	{ "runs, taken and given, twice", 2, setup_blocks, NULL, take_and_give_large, NULL, true },
	{ "region, blocks taken twice", 2, setup_region, NULL, take_in_region, image_of_root, true },
	{ "region, root set and asked for", 2, setup_region, NULL, set_or_ask, image_of_root, true },
	{ "region, root set in vain and asked for", 2, setup_region, NULL, set_in_vain_or_ask,
	  image_of_root, true },
	{ "region, removed and used", 2, setup_region, NULL, remove_or_take, image_of_removed, true },
	{ "region, removed and its root set", 2, setup_region, NULL, remove_or_set, image_of_removed,
	  true },
	{ "region, removed, asked and reaped", 3, setup_region, NULL, remove_ask_reap,
	  image_of_removed, true },
	{ "region, its last run given to another", 2, setup_run_in_limbo, NULL, reap_or_reuse,
	  image_of_reused, true },
	{ "region, its last run and two who reap", 3, setup_run_in_limbo, NULL, reap_or_reuse,
	  image_of_reused, true },
	{ "names, created and created", 2, setup_map, NULL, create_new, image_of_names, false },
	{ "names, created and removed", 2, setup_map, NULL, create_or_remove, image_of_names, false },
	{ "names, renamed and created", 2, setup_map, NULL, rename_or_create, image_of_names, false },
	{ "names, replaced and opened", 2, setup_map, NULL, replace_or_open, image_of_names, false },
	{ "names, replaced and removed", 2, setup_map, NULL, replace_or_remove, image_of_names,
	  false },
	{ "mutex, counted under it", 2, setup_map, NULL, count_under_mutex, image_of_count, false },
	{ "mutex, counted under it by three", 3, setup_map, NULL, count_under_mutex,
	  image_of_count, false },
	{ "rwlock, counted and read", 2, setup_map, NULL, count_or_read, image_of_count, false },
};

int
main(int argc, char **argv)
{
	return baton_main(plays, sizeof(plays) / sizeof(plays[0]), argc > 1 ? argv[1] : NULL);
}
