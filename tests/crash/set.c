// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- calls and transactions of ordered sets, died in at every store,
 * and at every store of the recovery again
 *
 * How a death is played out says hook/view.h.  One key of a set is changed by
 * the code of maps, of which tests/crash/map.c has all the branches; here each
 * call of a set is died in, with keys that are words and with strings.  Nodes
 * are small here: 4 keys a leaf, 3 an inner node.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		the keys of three sets, by a walk in either direction, by
 *			contains() and by size(), which agree
 *	before that	what a reader could tell who has not recovered
 *	afterwards	insert and erase, finish the graveyard; all is as it was
 *
 * A scenario's name as an argument runs that one alone.
 *
 * There are no mutants: sets use the protocol's primitives by maps alone, and
 * by what is built aside (tests/crash/hashset.c).
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
#define KEYS 64u
#define LAST (KEYS - 1) /* nobody's but go_on()'s */
#define KEY_MOST 64u

#define must(claim) view_must(claim)

/* Of each set which keys it has: bit n for key n. */
struct image {
	uint64_t keys[SETS], words[SETS];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int walked, asked[KEYS];
	uint64_t keys;
} seen[SETS];

static const char *chosen;
static bool strings;
static struct tarn_arena *arena;
static struct tarn_set *sets[SETS]; /* in a transaction its own handles */
static struct tarn_set *plain[SETS];
static struct tarn_set *created;

/* ---- keys -------------------------------------------------------------------------------------- */

/* Ascending with its number; texts have long beginnings in common. */
static size_t
make_key(unsigned n, char *key)
{
	uint64_t word = n * UINT64_C(1000);

	if (strings)
		return (size_t)sprintf(key, n % 8 < 4 ? "a common start %02u" : "a common start %02u, and more", n);
	memcpy(key, &word, sizeof(word));
	return sizeof(word);
}

static void
add(unsigned which, unsigned first, unsigned last)
{
	char key[KEY_MOST];

	for (unsigned n = first; n <= last; n++)
		must(tarn_set_insert(sets[which], key, make_key(n, key)) == 0);
}

static void
drop(unsigned which, unsigned first, unsigned last)
{
	char key[KEY_MOST];

	for (unsigned n = first; n <= last; n++)
		must(tarn_set_erase(sets[which], key, make_key(n, key)) == 0);
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

/* All keys, in either direction; 0, or why not. */
static int
walk(struct tarn_set *set, bool on, uint64_t *keys)
{
	struct tarn_set_cursor *cursor;
	char expected[KEY_MOST];
	unsigned n = on ? 0 : KEYS;
	const void *key;
	size_t size;
	int code = tarn_set_cursor_open(set, &cursor);

	*keys = 0;
	if (code)
		return code;
	if (!on)
		tarn_set_cursor_seek_end(cursor);
	while (!(code = on ? tarn_set_cursor_next(cursor, &key, &size)
			   : tarn_set_cursor_prev(cursor, &key, &size))) {
		unsigned here;

		do {
			must(on ? n < KEYS : n > 0);
			here = on ? n++ : --n;
		} while (make_key(here, expected) != size || memcmp(key, expected, size));
		*keys |= UINT64_C(1) << here;
	}
	tarn_set_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
ask(struct tarn_set *set, unsigned n)
{
	char key[KEY_MOST];

	return tarn_set_contains(set, key, make_key(n, key));
}

static void
look_at_set(struct tarn_arena *in, unsigned which, struct image *image)
{
	struct tarn_object object = handle_in(in, which);
	struct tarn_set *set = (struct tarn_set *)&object;
	uint64_t *keys = &image->keys[which], backwards, size;
	int code = walk(set, true, keys);

	image->words[which] = tarn__load(&object.root->word);
	if (code == TARN_REMOVED)
		return;
	must(code == 0 && walk(set, false, &backwards) == 0 && backwards == *keys);
	for (unsigned n = 0; n < KEYS; n++)
		must(ask(set, n) == (*keys >> n & 1 ? 0 : TARN_NOT_FOUND));
	must(tarn_set_size(set, &size) == 0 && size == (uint64_t)__builtin_popcountll(*keys));
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
		struct tarn_set *set = (struct tarn_set *)&object;

		seen[i].walked = walk(set, true, &seen[i].keys);
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
		must(seen[i].walked || seen[i].keys == image->keys[i]);
		for (unsigned n = 0; n < KEYS; n++) {
			int is = !live ? TARN_REMOVED : image->keys[i] >> n & 1 ? 0 : TARN_NOT_FOUND;

			must(is_wait(seen[i].asked[n]) || seen[i].asked[n] == is);
		}
	}
}

static void
insert_and_erase(const struct image *image, unsigned which)
{
	struct tarn_object object = handle_in(&view, which);
	struct tarn_set *was = sets[which];

	sets[which] = (struct tarn_set *)&object;
	if (image->words[which] & TARN_WORD_LIVE) {
		add(which, LAST, LAST);
		drop(which, LAST, LAST);
	} else {
		must(ask(sets[which], LAST) == TARN_REMOVED);
	}
	sets[which] = was;
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < SETS; i++)
		insert_and_erase(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.keys, before->keys, sizeof(now.keys)));
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

static void
prepare_few(void)
{
	add(0, 1, 3);
	add(1, 2, 4);
	add(2, 20, 20);
}

static void
prepare_some(void)
{
	add(0, 1, 9);
	add(1, 5, 14);
	add(2, 20, 23);
}

/* Leaves of 3 keys; those behind the first are empty. */
static void
prepare_holes(void)
{
	struct tarn_object *object = tarn_set_object(plain[0]);
	struct tarn_txn *txn;
	char from[KEY_MOST];
	size_t size = make_key(2, from);

	add(0, 0, 12);
	must(tarn_txn_begin(arena, &txn, &object, 1) == 0);
	must(tarn_set_erase_range(tarn_set_in(plain[0], txn), from, size, NULL, 0, NULL) == 0);
	tarn__txn_forget(txn); /* else the leaves were merged */
	must(tarn_txn_commit(txn) == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
insert(void)
{
	add(0, 40, 40);
}

static void
insert_more(void)
{
	add(0, 40, 46);
}

static void
many(unsigned first, unsigned count, struct tarn_bytes *keys)
{
	static char bytes[KEYS][KEY_MOST];

	for (unsigned i = 0; i < count; i++)
		keys[i] = (struct tarn_bytes){ bytes[i], make_key(first + i, bytes[i]) };
}

static void
insert_many(void)
{
	struct tarn_bytes keys[3];
	int codes[3];

	many(3, 3, keys);
	must(tarn_set_insert_many(sets[0], keys, TARN_SEPARATE, 3, codes) == TARN_EXISTS);
	must(codes[0] == TARN_EXISTS && !codes[1] && !codes[2]);
}

static void
load(void)
{
	struct tarn_bytes keys[4];

	many(1, 4, keys);
	must(tarn_set_load(sets[0], keys, TARN_SEPARATE, 4) == 0);
}

static void
erase(void)
{
	drop(0, 2, 2);
}

static void
erase_many(void)
{
	struct tarn_bytes keys[3];

	many(2, 3, keys);
	must(tarn_set_erase_many(sets[0], keys, TARN_SEPARATE, 3, NULL) == TARN_NOT_FOUND);
}

static void
erase_range(void)
{
	char from[KEY_MOST], to[KEY_MOST];
	size_t size = make_key(2, from);

	must(tarn_set_erase_range(sets[0], from, size, to, make_key(7, to), NULL) == 0);
}

static void
pop(void)
{
	char key[KEY_MOST], last[KEY_MOST];
	struct tarn_bytes out = { key, sizeof(key) };
	unsigned n = LAST;

	while (n && ask(sets[0], n))
		n--;
	must(tarn_set_pop_last(sets[0], &out) == 0);
	must(make_key(n, last) == out.size && !memcmp(last, key, out.size));
	must(tarn_set_pop_first(sets[0], NULL) == 0);
}

static void
clear(void)
{
	must(tarn_set_clear(sets[0]) == 0);
}

static void
swap_two(void)
{
	must(tarn_set_swap(sets[0], sets[1]) == 0);
}

static void
copy(void)
{
	must(tarn_set_copy(sets[0], sets[1]) == 0);
}

static void
unite(void)
{
	must(tarn_set_union(sets[2], sets[0], sets[1]) == 0);
}

static void
unite_in_place(void)
{
	must(tarn_set_union(sets[0], sets[0], sets[1]) == 0);
}

static void
intersect(void)
{
	must(tarn_set_intersection(sets[2], sets[0], sets[1]) == 0);
}

static void
subtract(void)
{
	must(tarn_set_difference(sets[2], sets[0], sets[1]) == 0);
}

static void
do_nothing(void)
{
	char key[KEY_MOST];
	bool is;

	must(tarn_set_equal(sets[0], sets[1], &is) == 0 && !is);
	must(tarn_set_is_subset(sets[0], sets[1], &is) == 0 && !is);
	must(tarn_set_insert(sets[0], key, make_key(3, key)) == TARN_EXISTS);
	must(tarn_set_erase(sets[0], key, make_key(50, key)) == TARN_NOT_FOUND);
	must(tarn_set_swap(sets[0], sets[0]) == 0);
}

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[SETS];

	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_set_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, SETS) == 0);
	for (unsigned i = 0; i < SETS; i++)
		sets[i] = tarn_set_in(plain[i], txn);
}

static void
end(bool commit)
{
	if (commit)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
	memcpy(sets, plain, sizeof(sets));
}

/* Into places, too, that were freed in the same transaction. */
static void
change_some(void)
{
	begin();
	drop(0, 2, 3);
	swap_two();
	intersect();
	add(1, 2, 3);
	add(0, 10, 12);
	pop();
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

/* Its leaves are merged after the commit. */
static void
commit_range(void)
{
	begin();
	erase_range();
	end(true);
}

static void
create(void)
{
	const struct tarn_type type = { .kind = TARN_KIND_SET, .key = TARN_KEY_U64 };

	must(tarn_set_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
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
	{ "transaction aborted", prepare_few, undo_some, 0 },
	{ "insert into an empty set", prepare_nothing, insert, 1 },
	{ "insert", prepare_few, insert, 1 },
	{ "insert until it splits", prepare_some, insert_more, 7 },
	{ "insert many", prepare_few, insert_many, 2 },
	{ "load", prepare_few, load, 1 },
	{ "erase", prepare_few, erase, 1 },
	{ "erase many", prepare_few, erase_many, 2 },
	{ "erase a range", prepare_some, erase_range, MANY },
	{ "pop", prepare_some, pop, 2 },
	{ "pop before empty leaves", prepare_holes, pop, 2 },
	{ "clear", prepare_some, clear, MANY },
	{ "copy", prepare_few, copy, 3 },
	{ "union", prepare_few, unite, 3 },
	{ "union in place", prepare_some, unite_in_place, MANY },
	{ "intersection", prepare_few, intersect, 3 },
	{ "difference", prepare_few, subtract, 3 },
	{ "nothing", prepare_few, do_nothing, 0 },
	{ "transaction", prepare_few, commit_some, 1 },
	{ "transaction that leaves empty leaves", prepare_some, commit_range, 1 },
	{ "create", prepare_nothing, create, 1 },
	{ "remove", prepare_few, remove_it, MANY },
};

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_SET,
				  .key = strings ? TARN_KEY_STRING : TARN_KEY_U64 };
	char name[2] = "0";

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++, name[0]++)
		must(tarn_set_open(arena, &plain[i], name, &type, TARN_CREATE, NULL) == 0);
	created = NULL;
	memcpy(sets, plain, sizeof(sets));
	view_open(arena);
}

static void
close_arenas(void)
{
	for (unsigned i = 0; i < SETS; i++)
		tarn_set_close(plain[i]);
	tarn_set_close(created);
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
