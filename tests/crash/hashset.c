// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- calls and transactions of sets, and the calls on whole maps
 * that sets and maps have in common, died in at every store, and at every
 * store of the recovery again
 *
 * How a death is played out says hook/view.h.  One entry of a set is changed
 * by the code of maps, of which tests/crash/hashmap.c has all the branches;
 * here each call of a set is died in, and all of reserve, shrink, swap,
 * copy and the algebra, of sets and of maps whose entries are blocks.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		three sets or maps, each with its size, its contents
 *			in no order, its segments; objects; the graveyard:
 *			what a reader could tell before anybody has recovered
 *	afterwards	insert and erase, finish the graveyard; all is as it was
 *
 * A scenario's name as an argument runs that one alone.
 *
 * With --mutants each use of a protocol primitive in the files that are
 * died in here alone is broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "base/words.h"
#include "catalog/entry.h"
#include "container/hashmap.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 600u
#define MANY UINT32_MAX
#define SEED UINT64_C(0x5eed) /* the same keys overflow in every run */
#define TABLES 3u
#define BYTES_MOST 64u

#define must(claim) view_must(claim)

enum layout { WORDS, STRINGS, MAP };

struct table_image {
	uint64_t word, size, contents, segments, depth;
};

struct image {
	struct table_image tables[TABLES];
	uint64_t objects, removed, graves;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code, size_code;
	uint64_t size, contents;
} seen[TABLES];

/* The graveyard's first entry, and whether that was in somebody's hands. */
static struct {
	uint64_t first;
	bool dirty;
} seen_graves;

static const char *chosen;
static struct tarn_arena *arena;
static enum layout layout;
static struct tarn_hashmap *tables[TABLES]; /* in a transaction its own handles */
static struct tarn_hashmap *plain[TABLES];

/* ---- entries ----------------------------------------------------------------------------------- */

static size_t
make_key(unsigned n, char *key)
{
	uint64_t word = n;

	if (layout == WORDS) {
		memcpy(key, &word, sizeof(word));
		return sizeof(word);
	}
	return (size_t)snprintf(key, BYTES_MOST, n & 1 ? "key %u" : "a longer key, with the number %u", n);
}

static size_t
make_value(unsigned n, char *value)
{
	memset(value, (int)('a' + n % 26), BYTES_MOST);
	return n % BYTES_MOST;
}

static struct tarn_hashset *
set(unsigned which)
{
	return (struct tarn_hashset *)tables[which];
}

static void
add(unsigned which, unsigned first, unsigned last)
{
	char key[BYTES_MOST], value[BYTES_MOST];

	for (unsigned n = first; n <= last; n++) {
		size_t size = make_key(n, key);

		if (layout == MAP)
			must(tarn_hashmap_put(tables[which], key, size, value, make_value(n, value)) == 0);
		else
			must(tarn_hashset_insert(set(which), key, size) == 0);
	}
}

static void
drop(unsigned which, unsigned first, unsigned last)
{
	char key[BYTES_MOST];

	for (unsigned n = first; n <= last; n++)
		must(tarn_hashset_erase(set(which), key, make_key(n, key)) == 0);
}

/* ---- looking ----------------------------------------------------------------------------------- */

static uint64_t
mix(const void *key, size_t key_size, const void *value, size_t value_size)
{
	return tarn__hash_bytes(key, key_size, tarn__hash_bytes(value, value_size, 1));
}

static void
look_at_bucket(struct tarn_object *map, const struct tarn_bucket_shm *bucket,
	       struct table_image *image)
{
	struct tarn_entry_view entry;
	char key[BYTES_MOST], value[BYTES_MOST];

	for (uint64_t left = bucket->node & TARN_OCCUPIED; left; left &= left - 1) {
		must(tarn__place_view(map, &bucket->places[tarn__ctz(left)], &entry));
		must(entry.key_size <= BYTES_MOST && entry.value_size <= BYTES_MOST);
		tarn__words_out(key, entry.key, entry.key_size);
		tarn__words_out(value, entry.value, entry.value_size);
		image->contents += mix(key, entry.key_size, value, entry.value_size);
		image->size++;
	}
}

static void
look_at_table(struct tarn_arena *in, const struct tarn_object *object, struct table_image *image)
{
	struct tarn_object map = *object;
	const uint64_t *directory;

	map.arena = in;
	map.root = (struct tarn_root_shm *)(in->base + object->root_off);
	image->word = map.root->word;
	if (!(image->word & TARN_WORD_LIVE))
		return;
	directory = tarn__hashmap_directory(&map, &image->depth);
	for (uint64_t i = 0; i < UINT64_C(1) << image->depth; i++) {
		const struct tarn_segment_shm *segment =
			(const void *)(in->base + (directory[i] & ~TARN_DEPTH));

		if (i >> (directory[i] & TARN_DEPTH))
			continue;
		image->segments++;
		for (unsigned bucket = 0; bucket < TARN_BUCKETS; bucket++)
			look_at_bucket(&map, &segment->buckets[bucket], image);
	}
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	image->graves = tarn__catalog(in)->graveyard;
	for (unsigned i = 0; i < TABLES; i++)
		look_at_table(in, (struct tarn_object *)plain[i], &image->tables[i]);
}

/* What the handle remembers leads to the arena itself. */
static struct tarn_object
object_on_view(unsigned which)
{
	struct tarn_object object = view_object((struct tarn_object *)plain[which]);

	tarn__object_forget(&object);
	return object;
}

static int
see(const struct tarn_hashmap_entry *entry, void *arg)
{
	struct seen *it = arg;

	it->contents += mix(entry->key, entry->key_size, entry->value, entry->value_size);
	return 0;
}

static void
read_tables(void)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(&view);

	seen_graves.first = catalog->graveyard;
	seen_graves.dirty = catalog->graveyard_node & TARN_NODE_DIRTY;
	for (unsigned i = 0; i < TABLES; i++) {
		struct tarn_object object = object_on_view(i);
		struct tarn_hashmap *map = (struct tarn_hashmap *)&object;

		seen[i] = (struct seen){ .code = 0 };
		seen[i].code = tarn__hashmap_each(map, see, &seen[i], NULL);
		seen[i].size_code = tarn_hashmap_size(map, &seen[i].size);
	}
}

static bool
is_wait(int code)
{
	return code == TARN_TIMEOUT || code == TARN_OWNER_DIED || code == TARN_BUSY;
}

static void
compare_read(const void *told)
{
	const struct image *image = told;

	must(seen_graves.dirty || seen_graves.first == image->graves);
	for (unsigned i = 0; i < TABLES; i++) {
		const struct table_image *is = &image->tables[i];

		if (seen[i].code == TARN_REMOVED || seen[i].size_code == TARN_REMOVED) {
			must(!(is->word & TARN_WORD_LIVE));
			continue;
		}
		must(seen[i].code ? is_wait(seen[i].code) : is->contents == seen[i].contents);
		must(seen[i].size_code ? is_wait(seen[i].size_code) : is->size == seen[i].size);
	}
}

static void
insert_and_erase(const struct image *image, unsigned which)
{
	struct tarn_object object = object_on_view(which);
	char key[BYTES_MOST];
	size_t size = make_key(10000, key);

	tables[which] = (struct tarn_hashmap *)&object;
	if (image->tables[which].word & TARN_WORD_LIVE) {
		add(which, 10000, 10000);
		drop(which, 10000, 10000);
	} else {
		must(tarn_hashset_contains(set(which), key, size) == TARN_REMOVED);
	}
}

static void
go_on(const void *told)
{
	struct tarn_hashmap *were[TABLES];
	const struct image *before = told;
	struct image now = { .objects = 0 };

	memcpy(were, tables, sizeof(were));
	for (unsigned i = 0; i < TABLES; i++)
		insert_and_erase(before, i);
	memcpy(tables, were, sizeof(were));
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	for (unsigned i = 0; i < TABLES; i++)
		must(now.tables[i].contents == before->tables[i].contents &&
		     now.tables[i].size == before->tables[i].size);
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_tables,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- states ------------------------------------------------------------------------------------ */

static void
prepare_nothing(void)
{
}

static void
prepare_few(void)
{
	add(0, 1, 9);
	add(1, 5, 14);
	add(2, 100, 103);
}

/* So many that they overflow into stashes, and the next one or the one after it splits. */
static void
prepare_full(void)
{
	add(0, 1, layout == WORDS ? 26 : 24);
}

static int
split(struct tarn_object *map, struct tarn_lane *lane, void *depth)
{
	return tarn__hashmap_split_to(map, lane, 0, *(uint64_t *)depth);
}

static void
deepen(uint64_t to)
{
	for (uint64_t depth = 1; depth <= to; depth++)
		must(tarn__write_run((struct tarn_object *)tables[0], split, &depth) == 0);
}

/* Two segments with all that goes into one. */
static void
prepare_halves(void)
{
	deepen(1);
	add(0, 1, 27);
}

/* A directory of twice the least size, and hardly anything in it. */
static void
prepare_deep(void)
{
	deepen(TARN_DEPTH_FIRST + 1);
	add(0, 1, 5);
}

static struct tarn_object aside;

/* Somebody has built, and thinks better of it. */
static void
prepare_aside(void)
{
	add(0, 1, 3);
	must(tarn__aside_begin((struct tarn_object *)tables[0], &aside) == 0);
	tables[0] = (struct tarn_hashmap *)&aside;
	add(0, 4, 8);
	tables[0] = plain[0];
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
insert(void)
{
	add(0, 50, 50);
}

static void
insert_more(void)
{
	add(0, 50, 53);
}

static void
insert_many(void)
{
	uint64_t keys[] = { 60, 5, 61, 62 };
	int codes[4];

	must(tarn_hashset_insert_many(set(0), keys, 8, 4, codes) == TARN_EXISTS);
	must(!codes[0] && codes[1] == TARN_EXISTS && !codes[2] && !codes[3]);
}

static void
erase_many(void)
{
	uint64_t keys[] = { 4, 77, 5 };

	must(tarn_hashset_erase_many(set(0), keys, 8, 3, NULL) == TARN_NOT_FOUND);
}

static void
erase(void)
{
	drop(0, 5, 5);
}

static void
clear(void)
{
	must(tarn_hashset_clear(set(0)) == 0);
}

static void
reserve(void)
{
	must(tarn_hashset_reserve(set(0), 100) == 0);
}

static void
shrink(void)
{
	must(tarn_hashset_shrink_to_fit(set(0)) == 0);
}

static void
swap_two(void)
{
	must(tarn_hashmap_swap(tables[0], tables[1]) == 0);
}

static void
copy(void)
{
	must(tarn_hashmap_copy(tables[0], tables[1]) == 0);
}

static void
copy_itself(void)
{
	must(tarn_hashmap_copy(tables[0], tables[0]) == 0);
}

static void
unite(void)
{
	must(tarn_hashset_union(set(2), set(0), set(1)) == 0);
}

static void
unite_in_place(void)
{
	must(tarn_hashset_union(set(0), set(0), set(1)) == 0);
}

static void
intersect(void)
{
	must(tarn_hashset_intersection(set(2), set(0), set(1)) == 0);
}

static void
subtract(void)
{
	must(tarn_hashset_difference(set(2), set(0), set(1)) == 0);
}

static void
give_up(void)
{
	must(tarn__aside_end((struct tarn_object *)tables[0], &aside, TARN_FULL) == TARN_FULL);
}

static void
do_nothing(void)
{
	bool is;

	must(tarn_hashmap_equal(tables[0], tables[1], &is) == 0 && !is);
	must(tarn_hashset_is_subset(set(0), set(1), &is) == 0 && !is);
	must(tarn_hashset_insert(set(0), &(uint64_t){ 5 }, 8) == TARN_EXISTS);
	must(tarn_hashset_erase(set(0), &(uint64_t){ 500 }, 8) == TARN_NOT_FOUND);
	must(tarn_hashmap_swap(tables[0], tables[0]) == 0);
}

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[TABLES];

	for (unsigned i = 0; i < TABLES; i++)
		objects[i] = (struct tarn_object *)plain[i];
	must(tarn_txn_begin(arena, &txn, objects, TABLES) == 0);
	for (unsigned i = 0; i < TABLES; i++)
		tables[i] = tarn_hashmap_in(plain[i], txn);
}

static void
end(bool commit)
{
	if (commit)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
	memcpy(tables, plain, sizeof(tables));
}

static void
change_some(void)
{
	begin();
	drop(0, 3, 4);
	swap_two();
	intersect();
	drop(0, 5, 6);
	add(0, 3, 3);
}

static void
commit_some(void)
{
	change_some();
	end(true);
}

static void
undo_some(void)
{
	change_some();
	end(false);
}

/* Into places, too, that were freed in the same transaction. */
static void
change_structure(void)
{
	begin();
	drop(0, 1, 2);
	shrink();
	drop(0, 3, 4);
}

static void
commit_structure(void)
{
	change_structure();
	end(true);
}

static void
undo_structure(void)
{
	change_structure();
	end(false);
}

static struct tarn_hashset *created;

static void
create(void)
{
	const struct tarn_type type = { .kind = TARN_KIND_HASHSET, .key = TARN_KEY_U64 };

	must(tarn_hashset_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "0") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define REPEATS true

static const struct scenario {
	const char *name;
	enum layout layout;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
	bool repeats; /* breaks nothing that others do not break sooner */
} scenarios[] = {
	{ "insert into an empty set", WORDS, prepare_nothing, insert, 1, REPEATS },
	{ "insert", STRINGS, prepare_few, insert, 1, REPEATS },
	{ "insert until it splits", WORDS, prepare_full, insert_more, MANY, REPEATS },
	{ "insert many", WORDS, prepare_few, insert_many, 3, REPEATS },
	{ "erase many", WORDS, prepare_few, erase_many, 2, REPEATS },
	{ "erase", WORDS, prepare_few, erase, 1, REPEATS },
	{ "erase a string", STRINGS, prepare_few, erase, 1, REPEATS },
	{ "merge", WORDS, prepare_halves, shrink, 1, false },
	{ "merge in a map", MAP, prepare_halves, shrink, 1, REPEATS },
	{ "shrink what fits", WORDS, prepare_few, shrink, 0, REPEATS },
	{ "swap", WORDS, prepare_few, swap_two, 1, false },
	{ "swap maps", MAP, prepare_few, swap_two, 1, REPEATS },
	{ "copy", WORDS, prepare_few, copy, 3, false },
	{ "copy a set to itself", WORDS, prepare_halves, copy_itself, 3, REPEATS },
	{ "union", WORDS, prepare_few, unite, 3, REPEATS },
	{ "intersection", WORDS, prepare_few, intersect, 3, REPEATS },
	{ "difference", WORDS, prepare_few, subtract, 3, REPEATS },
	{ "give up", WORDS, prepare_aside, give_up, 1, false },
	{ "give up a map", MAP, prepare_aside, give_up, 1, REPEATS },
	{ "nothing", WORDS, prepare_few, do_nothing, 0, REPEATS },
	{ "transaction", WORDS, prepare_few, commit_some, 1, REPEATS },
	{ "transaction aborted", WORDS, prepare_few, undo_some, 0, REPEATS },
	{ "transaction that merges", MAP, prepare_halves, commit_structure, 1, REPEATS },
	{ "transaction that merges, aborted", MAP, prepare_halves, undo_structure, 0, false },
	{ "clear", STRINGS, prepare_few, clear, MANY, REPEATS },
	{ "create", WORDS, prepare_nothing, create, 1, REPEATS },
	{ "remove", STRINGS, prepare_few, remove_it, MANY, REPEATS },
	{ "reserve", WORDS, prepare_full, reserve, MANY, REPEATS },
	{ "reserve in a map", MAP, prepare_few, reserve, MANY, REPEATS },
	{ "merge and halve", WORDS, prepare_deep, shrink, MANY, false },
	{ "copy strings", STRINGS, prepare_few, copy, 3, REPEATS },
	{ "copy a map", MAP, prepare_few, copy, 3, REPEATS },
	{ "copy nothing", MAP, prepare_full, copy, 3, REPEATS },
	{ "union in place", STRINGS, prepare_few, unite_in_place, 3, REPEATS },
};

static void
open_table(unsigned which)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHSET };
	const char name[2] = { (char)('0' + which), 0 };

	type.key = layout == WORDS ? TARN_KEY_U64 : TARN_KEY_STRING;
	if (layout == MAP) {
		type.kind = TARN_KIND_HASHMAP;
		type.value_size = TARN_VALUE_BYTES;
		must(tarn_hashmap_open(arena, &plain[which], name, &type, TARN_CREATE, NULL) == 0);
	} else {
		must(tarn_hashset_open(arena, (struct tarn_hashset **)&plain[which], name, &type,
				       TARN_CREATE, NULL) == 0);
	}
	((struct tarn_object *)plain[which])->root->seed = SEED;
	tarn__object_set_seed((struct tarn_object *)plain[which], SEED);
}

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < TABLES; i++)
		open_table(i);
	created = NULL;
	memcpy(tables, plain, sizeof(tables));
	view_open(arena);
}

static void
close_arenas(void)
{
	for (unsigned i = 0; i < TABLES; i++)
		tarn_hashmap_close(plain[i]);
	tarn_hashset_close(created);
	view_close();
	tarn_arena_close(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	layout = scenario->layout;
	open_arenas();
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	if (scenario->changes == MANY ? changes < 2 : changes != scenario->changes)
		view_fail("it has not changed as often as it should");
	close_arenas();
}

static void
run_all(bool repeat)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++) {
		if (scenarios[i].repeats && !repeat)
			continue;
		if (!chosen || !strcmp(chosen, scenarios[i].name))
			run(&scenarios[i]);
	}
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all(false);
}

static const struct mutants mutants = {
	.files = { "src/catalog/aside.c", "src/container/hashmap_fit.c",
		   "src/container/hashmap_whole.c" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	if (argc > 1)
		chosen = argv[1];
	run_all(true);
	return hook_verdict();
}
