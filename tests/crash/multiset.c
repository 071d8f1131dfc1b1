// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- calls and transactions of ordered multisets, died in at every
 * store, and at every store of the recovery again
 *
 * How a death is played out says hook/view.h.  A multiset is a multimap
 * without values, and tests/crash/multimap.c dies in what both have; here each
 * call of a multiset is died in, with keys that are numbers and with strings.
 * Nodes are small here: 4 entries a leaf, so a key may be in several.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		how often each key is in three multisets, by a walk, by
 *			count() and by size(), which agree
 *	before that	what a reader could tell who has not recovered
 *	afterwards	insert and erase, finish the graveyard; all is as it was
 *
 * A scenario's name as an argument runs that one alone.
 *
 * There are no mutants: multisets use the protocol's primitives by maps alone,
 * and by what is built aside (tests/crash/hashset.c).
 */
#include "hook/view.h"

#include "catalog/catalog.h"
#include "hook/hook.h"

#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MANY UINT32_MAX
#define SETS 3u
#define KEYS 8u
#define LAST (KEYS - 1) /* nobody's but go_on()'s */
#define KEY_MOST 64u

#define must(claim) view_must(claim)

/* Of each multiset how often it has a key. */
struct image {
	uint64_t words[SETS], objects, removed;
	uint8_t times[SETS][KEYS];
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int walked, asked[KEYS];
	uint8_t times[KEYS];
} seen[SETS];

static const char *chosen;
static bool strings;
static struct tarn_arena *arena;
static struct tarn_multiset *sets[SETS]; /* in a transaction its own handles */
static struct tarn_multiset *plain[SETS];
static struct tarn_multiset *created;

/* ---- keys -------------------------------------------------------------------------------------- */

/* Ascending with its number; of two texts one begins the other, with a zero behind. */
static size_t
make_key(unsigned n, char *key)
{
	uint64_t word = n * UINT64_C(1000);
	size_t size;

	if (!strings) {
		memcpy(key, &word, sizeof(word));
		return sizeof(word);
	}
	size = (size_t)sprintf(key, "a common start %u", n / 2);
	key[size] = 0;
	return size + n % 2;
}

static void
add(unsigned which, unsigned n, unsigned times)
{
	char key[KEY_MOST];

	for (; times; times--)
		must(tarn_multiset_insert(sets[which], key, make_key(n, key), NULL) == 0);
}

static void
drop(unsigned which, unsigned n, uint64_t expected)
{
	char key[KEY_MOST];
	uint64_t erased;

	must(tarn_multiset_erase(sets[which], key, make_key(n, key), &erased) == 0);
	must(erased == expected);
}

/* ---- looking ----------------------------------------------------------------------------------- */

static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object object = *(struct tarn_object *)plain[which];

	object.arena = in;
	object.root = (struct tarn_root_shm *)(in->base + object.root_off);
	tarn__object_forget(&object);
	return object;
}

/* Ascending, in serials too; 0, or why not. */
static int
walk(struct tarn_multiset *set, uint8_t *times)
{
	struct tarn_multiset_cursor *cursor;
	struct tarn_multiset_entry entry;
	char key[KEY_MOST];
	uint64_t serial = 0;
	unsigned n = 0;
	int code = tarn_multiset_cursor_open(set, &cursor);

	memset(times, 0, KEYS);
	if (code)
		return code;
	while (!(code = tarn_multiset_cursor_next(cursor, &entry))) {
		for (; make_key(n, key) != entry.key_size || memcmp(key, entry.key, entry.key_size);
		     serial = 0)
			must(++n < KEYS);
		must(entry.serial > serial);
		serial = entry.serial;
		times[n]++;
	}
	tarn_multiset_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
ask(struct tarn_multiset *set, unsigned n)
{
	char key[KEY_MOST];

	return tarn_multiset_contains(set, key, make_key(n, key));
}

static void
look_at_set(struct tarn_arena *in, unsigned which, struct image *image)
{
	struct tarn_object object = handle_in(in, which);
	struct tarn_multiset *set = (struct tarn_multiset *)&object;
	uint8_t *times = image->times[which];
	uint64_t size, count, sum = 0;
	char key[KEY_MOST];
	int code = walk(set, times);

	image->words[which] = tarn__load(&object.root->word);
	if (code == TARN_REMOVED)
		return;
	must(code == 0);
	for (unsigned n = 0; n < KEYS; sum += times[n++]) {
		must(ask(set, n) == (times[n] ? 0 : TARN_NOT_FOUND));
		must(tarn_multiset_count(set, key, make_key(n, key), &count) == 0 && count == times[n]);
	}
	must(tarn_multiset_size(set, &size) == 0 && size == sum);
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
		struct tarn_object object = handle_in(&view, i);
		struct tarn_multiset *set = (struct tarn_multiset *)&object;

		seen[i].walked = walk(set, seen[i].times);
		for (unsigned n = 0; n < KEYS; n++)
			seen[i].asked[n] = ask(set, n);
	}
}

static bool
is_wait(int code)
{
	return code == TARN_TIMEOUT || code == TARN_OWNER_DIED || code == TARN_BUSY;
}

/* What readers saw was true, or they said that they could not tell. */
static void
compare_read(const void *told)
{
	const struct image *image = told;

	for (unsigned i = 0; i < SETS; i++) {
		bool live = image->words[i] & TARN_WORD_LIVE;

		must(is_wait(seen[i].walked) || seen[i].walked == (live ? 0 : TARN_REMOVED));
		must(seen[i].walked || !memcmp(seen[i].times, image->times[i], KEYS));
		for (unsigned n = 0; n < KEYS; n++) {
			int is = !live ? TARN_REMOVED : image->times[i][n] ? 0 : TARN_NOT_FOUND;

			must(is_wait(seen[i].asked[n]) || seen[i].asked[n] == is);
		}
	}
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < SETS; i++) {
		struct tarn_object object = handle_in(&view, i);
		struct tarn_multiset *was = sets[i];

		sets[i] = (struct tarn_multiset *)&object;
		if (before->words[i] & TARN_WORD_LIVE) {
			add(i, LAST, 2);
			drop(i, LAST, 2);
		} else {
			must(ask(sets[i], LAST) == TARN_REMOVED);
		}
		sets[i] = was;
	}
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.times, before->times, sizeof(now.times)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_sets,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- states ------------------------------------------------------------------------------------ */

static void
prepare_nothing(void)
{
}

/* One leaf each. */
static void
prepare_few(void)
{
	add(0, 1, 2);
	add(0, 2, 1);
	add(1, 2, 3);
}

/* The key 2 of the first is in several leaves. */
static void
prepare_some(void)
{
	add(0, 1, 2);
	add(0, 3, 2);
	add(0, 2, 6);
	add(1, 0, 2);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
insert(void)
{
	add(0, 2, 1);
}

static void
insert_more(void)
{
	add(0, 2, 5);
}

/* Each twice. */
static void
many(unsigned first, unsigned count, struct tarn_bytes *keys)
{
	static char bytes[KEYS][KEY_MOST];

	for (unsigned i = 0; i < count; i++)
		keys[i] = (struct tarn_bytes){ bytes[i], make_key(first + i / 2, bytes[i]) };
}

static void
insert_many(void)
{
	struct tarn_bytes keys[3];

	many(2, 3, keys);
	must(tarn_multiset_insert_many(sets[0], keys, TARN_SEPARATE, 3, NULL) == 0);
}

static void
load(void)
{
	struct tarn_bytes keys[4];

	many(2, 4, keys);
	must(tarn_multiset_load(sets[0], keys, TARN_SEPARATE, 4) == 0);
}

static void
erase_in_leaf(void)
{
	drop(0, 1, 2);
}

static void
erase_in_leaves(void)
{
	drop(0, 2, 6);
}

static void
erase_entry(void)
{
	uint64_t serials[KEYS];
	size_t count = KEYS, size;
	char key[KEY_MOST];

	size = make_key(2, key);
	must(tarn_multiset_equal_range(sets[0], key, size, serials, &count) == 0 && count == 6);
	must(tarn_multiset_erase_entry(sets[0], key, size, serials[3]) == 0);
}

static void
erase_many(void)
{
	struct tarn_bytes keys[5];

	many(1, 5, keys);
	must(tarn_multiset_erase_many(sets[0], keys, TARN_SEPARATE, 5, NULL) == TARN_NOT_FOUND);
}

static void
erase_range(void)
{
	char from[KEY_MOST], to[KEY_MOST];
	size_t size = make_key(2, from);

	must(tarn_multiset_erase_range(sets[0], from, size, to, make_key(3, to), NULL) == 0);
}

static void
pop(void)
{
	must(tarn_multiset_pop_first(sets[0], NULL) == 0);
	must(tarn_multiset_pop_last(sets[0], NULL) == 0);
}

static void
clear(void)
{
	must(tarn_multiset_clear(sets[0]) == 0);
}

static void
swap_two(void)
{
	must(tarn_multiset_swap(sets[0], sets[1]) == 0);
}

static void
copy(void)
{
	must(tarn_multiset_copy(sets[0], sets[1]) == 0);
}

static void
do_nothing(void)
{
	char key[KEY_MOST];
	size_t size = make_key(6, key);
	bool is;

	must(tarn_multiset_equal(sets[0], sets[1], &is) == 0 && !is);
	must(tarn_multiset_erase(sets[0], key, size, NULL) == TARN_NOT_FOUND);
	must(tarn_multiset_erase_entry(sets[0], key, size, 1) == TARN_NOT_FOUND);
}

static void
change_in_txn(bool commit)
{
	struct tarn_object *objects[SETS];
	struct tarn_txn *txn;

	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_multiset_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
	for (unsigned i = 0; i < SETS; i++)
		sets[i] = tarn_multiset_in(plain[i], txn);
	erase_in_leaves();
	add(0, 2, 3);
	swap_two();
	add(1, 1, 1);
	if (commit)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
	memcpy(sets, plain, sizeof(sets));
}

static void
commit_some(void)
{
	change_in_txn(true);
}

static void
undo_some(void)
{
	change_in_txn(false);
}

static void
create(void)
{
	const struct tarn_type type = { .kind = TARN_KIND_MULTISET, .key = TARN_KEY_U64 };

	must(tarn_multiset_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "0") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

static const struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
} scenarios[] = {
	{ "swap", prepare_few, swap_two, 1 },
	{ "transaction aborted", prepare_some, undo_some, 0 },
	{ "insert into an empty multiset", prepare_nothing, insert, 1 },
	{ "insert", prepare_few, insert, 1 },
	{ "insert until it splits", prepare_few, insert_more, 5 },
	{ "insert many", prepare_few, insert_many, 3 },
	{ "load", prepare_few, load, 4 },
	{ "erase in one leaf", prepare_few, erase_in_leaf, 1 },
	{ "erase in several leaves", prepare_some, erase_in_leaves, 1 },
	{ "erase an entry", prepare_some, erase_entry, 1 },
	{ "erase many", prepare_some, erase_many, 3 },
	{ "erase a range", prepare_some, erase_range, MANY },
	{ "pop", prepare_some, pop, 2 },
	{ "clear", prepare_some, clear, MANY },
	{ "copy", prepare_few, copy, 3 },
	{ "nothing", prepare_few, do_nothing, 0 },
	{ "transaction", prepare_some, commit_some, 1 },
	{ "create", prepare_nothing, create, 1 },
	{ "remove", prepare_few, remove_it, MANY },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_MULTISET,
				  .key = strings ? TARN_KEY_STRING : TARN_KEY_U64 };
	char name[2] = "0";

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++, name[0]++)
		must(tarn_multiset_open(arena, &plain[i], name, &type, TARN_CREATE, NULL) == 0);
	created = NULL;
	memcpy(sets, plain, sizeof(sets));
	view_open(arena);
}

static void
close_arenas(void)
{
	for (unsigned i = 0; i < SETS; i++)
		tarn_multiset_close(plain[i]);
	tarn_multiset_close(created);
	view_close();
	tarn_arena_close(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	open_arenas();
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	if (scenario->changes == MANY ? changes < 2 : changes != scenario->changes)
		view_fail("it has not changed as often as it should");
	close_arenas();
}

static void
run_all(void)
{
	for (unsigned i = 0; i < 2 * TARN_ARRAY_SIZE(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i / 2];

		strings = i % 2;
		if (!chosen || !strcmp(chosen, scenario->name))
			run(scenario);
	}
}

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1)
		chosen = argv[1];
	run_all();
	return hook_verdict();
}
