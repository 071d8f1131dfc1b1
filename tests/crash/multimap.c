// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- calls and transactions of ordered multimaps, died in at every
 * store, and at every store of the recovery again
 *
 * How a death is played out says hook/view.h.  One entry is changed by the
 * code of maps, of which tests/crash/map.c has all the branches; here each
 * call of a multimap is died in, with keys that are numbers and with strings.
 * Nodes are small here: 4 entries a leaf, 3 keys an inner node; so a few
 * entries of one key are in several leaves.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked, no serial
 *			that was not drawn
 *	image		the entries of three multimaps in their order, with values
 *			and serials, by a walk in either direction, by count(),
 *			equal_range() and size(), which agree
 *	before that	what a reader could tell who has not recovered
 *	afterwards	insert and erase, finish the graveyard; all is as it was
 *
 * A scenario's name as an argument runs that one alone.
 *
 * There are no mutants: multimaps use the protocol's primitives by maps alone,
 * and by what is built aside (tests/crash/hashset.c).
 */
#include "hook/view.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"

#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MANY UINT32_MAX
#define MAPS 3u
#define KEYS 8u
#define LAST (KEYS - 1) /* nobody's but go_on()'s */
#define ENTRIES 40u
#define KEY_MOST 64u

#define must(claim) view_must(claim)

/* Of each multimap how many entries a key has, and a hash of all in their order. */
struct image {
	uint64_t hash[MAPS], words[MAPS];
	uint8_t counts[MAPS][KEYS];
	uint64_t objects, removed;
};

/* One walk: what it saw. */
struct walk {
	uint64_t hash;
	uint8_t counts[KEYS];
	struct seen_entry {
		uint64_t number, value, serial;
	} entries[ENTRIES];
	unsigned size;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int walked, asked[KEYS];
	struct walk walk;
} seen[MAPS];

static const char *chosen;
static bool strings;
static uint64_t next_value;
static struct tarn_arena *arena;
static struct tarn_multimap *maps[MAPS]; /* in a transaction its own handles */
static struct tarn_multimap *plain[MAPS];
static struct tarn_multimap *created;

/* ---- keys -------------------------------------------------------------------------------------- */

/* Ascending with its number; texts have long beginnings in common, and some go on with zeros. */
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

	for (; times; times--, next_value++)
		must(tarn_multimap_insert(maps[which], key, make_key(n, key), &next_value, 8, NULL) == 0);
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

static unsigned
number_of(const struct tarn_multimap_entry *entry)
{
	char key[KEY_MOST];
	unsigned n = 0;

	while (make_key(n, key) != entry->key_size || memcmp(key, entry->key, entry->key_size))
		must(++n < KEYS);
	return n;
}

/* All entries from one end to the other; 0, or why not. */
static int
collect(struct tarn_multimap *map, bool on, struct walk *walk)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	int code = tarn_multimap_cursor_open(map, &cursor);

	memset(walk, 0, sizeof(*walk));
	if (code)
		return code;
	if (!on)
		tarn_multimap_cursor_seek_end(cursor);
	while (!(code = on ? tarn_multimap_cursor_next(cursor, &entry)
			   : tarn_multimap_cursor_prev(cursor, &entry))) {
		struct seen_entry *to = &walk->entries[on ? walk->size : ENTRIES - 1 - walk->size];

		must(walk->size++ < ENTRIES && entry.value_size == 8);
		to->number = number_of(&entry);
		to->serial = entry.serial;
		memcpy(&to->value, entry.value, 8);
		walk->counts[to->number]++;
	}
	tarn_multimap_cursor_close(cursor);
	if (!on)
		memmove(walk->entries, &walk->entries[ENTRIES - walk->size],
			walk->size * sizeof(walk->entries[0]));
	for (unsigned i = 0; i < 3 * walk->size; i++)
		walk->hash = tarn__hash_u64(((const uint64_t *)walk->entries)[i], walk->hash);
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* Ascending in keys, and in a key in values and serials: as all here are inserted. */
static void
check_order(const struct walk *walk)
{
	for (unsigned i = 1; i < walk->size; i++) {
		const struct seen_entry *one = &walk->entries[i - 1], *next = &walk->entries[i];

		must(one->number < next->number ||
		     (one->number == next->number && one->serial < next->serial &&
		      one->value < next->value));
	}
}

static int
ask(struct tarn_multimap *map, unsigned n)
{
	char key[KEY_MOST];

	return tarn_multimap_contains(map, key, make_key(n, key));
}

/* What a key has, by calls for it, is what a walk has come by. */
static void
ask_key(struct tarn_multimap *map, unsigned n, const struct seen_entry *entries, size_t expected)
{
	uint64_t values[ENTRIES], serials[ENTRIES], count, value;
	size_t got = ENTRIES, size;
	char key[KEY_MOST];
	int code = expected ? 0 : TARN_NOT_FOUND;

	size = make_key(n, key);
	must(tarn_multimap_count(map, key, size, &count) == 0 && count == expected);
	must(tarn_multimap_equal_range(map, key, size, values, serials, &got) == 0 && got == expected);
	must(tarn_multimap_get(map, key, size, &value, 8, NULL) == code);
	must(code || value == entries[0].value);
	for (size_t i = 0; i < got; i++) {
		must(values[i] == entries[i].value && serials[i] == entries[i].serial);
		must(tarn_multimap_get_entry(map, key, size, serials[i], &value, 8, NULL) == 0 &&
		     value == values[i]);
	}
}

static void
look_at_map(struct tarn_arena *in, unsigned which, struct image *image)
{
	struct tarn_object object = handle_in(in, which);
	struct tarn_multimap *map = (struct tarn_multimap *)&object;
	struct walk walk, backwards;
	unsigned at = 0;
	uint64_t size;
	int code = collect(map, true, &walk);

	image->words[which] = tarn__load(&object.root->word);
	image->hash[which] = walk.hash;
	if (code == TARN_REMOVED)
		return;
	must(code == 0 && collect(map, false, &backwards) == 0);
	must(backwards.hash == walk.hash && backwards.size == walk.size);
	check_order(&walk);
	for (unsigned n = 0; n < KEYS; at += walk.counts[n], n++) {
		image->counts[which][n] = walk.counts[n];
		ask_key(map, n, &walk.entries[at], walk.counts[n]);
	}
	must(tarn_multimap_size(map, &size) == 0 && size == walk.size);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	for (unsigned i = 0; i < MAPS; i++)
		look_at_map(in, i, image);
}

static void
read_maps(void)
{
	for (unsigned i = 0; i < MAPS; i++) {
		struct tarn_object object = handle_in(&view, i);
		struct tarn_multimap *map = (struct tarn_multimap *)&object;

		seen[i].walked = collect(map, true, &seen[i].walk);
		for (unsigned n = 0; n < KEYS; n++)
			seen[i].asked[n] = ask(map, n);
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

	for (unsigned i = 0; i < MAPS; i++) {
		bool live = image->words[i] & TARN_WORD_LIVE;

		must(is_wait(seen[i].walked) || seen[i].walked == (live ? 0 : TARN_REMOVED));
		must(seen[i].walked || seen[i].walk.hash == image->hash[i]);
		for (unsigned n = 0; n < KEYS; n++) {
			int is = !live ? TARN_REMOVED : image->counts[i][n] ? 0 : TARN_NOT_FOUND;

			must(is_wait(seen[i].asked[n]) || seen[i].asked[n] == is);
		}
	}
}

/* A serial that was drawn by a dead insert is not drawn again: check() would find two. */
static void
insert_and_erase(const struct image *image, unsigned which)
{
	struct tarn_object object = handle_in(&view, which);
	struct tarn_multimap *was = maps[which];
	uint64_t value = next_value, serial, again, erased;
	char key[KEY_MOST];
	size_t size = make_key(LAST, key);

	maps[which] = (struct tarn_multimap *)&object;
	if (image->words[which] & TARN_WORD_LIVE) {
		must(tarn_multimap_insert(maps[which], key, size, &value, 8, &serial) == 0);
		must(tarn_multimap_insert(maps[which], key, size, &value, 8, &again) == 0);
		must(again > serial);
		must(tarn_multimap_erase_entry(maps[which], key, size, serial) == 0);
		must(tarn_multimap_erase_entry(maps[which], key, size, serial) == TARN_NOT_FOUND);
		must(tarn_multimap_erase(maps[which], key, size, &erased) == 0 && erased == 1);
	} else {
		must(ask(maps[which], LAST) == TARN_REMOVED);
	}
	maps[which] = was;
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < MAPS; i++)
		insert_and_erase(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.hash, before->hash, sizeof(now.hash)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_maps,
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
	add(2, 5, 1);
}

/* The key 2 of the first is in several leaves, between others. */
static void
prepare_some(void)
{
	add(0, 1, 2);
	add(0, 3, 2);
	add(0, 2, 7);
	add(1, 0, 2);
	add(1, 2, 5);
}

/* Empty leaves at the beginning, and at the end. */
static void
prepare_holes(void)
{
	struct tarn_object *object = tarn_multimap_object(plain[0]);
	struct tarn_txn *txn;
	char key[KEY_MOST];

	add(0, 0, 6);
	add(0, 2, 2);
	add(0, 5, 6);
	must(tarn_txn_begin(arena, &txn, &object, 1) == 0);
	must(tarn_multimap_erase(tarn_multimap_in(plain[0], txn), key, make_key(0, key), NULL) == 0);
	must(tarn_multimap_erase(tarn_multimap_in(plain[0], txn), key, make_key(5, key), NULL) == 0);
	tarn__txn_forget(txn); /* else the leaves were merged */
	must(tarn_txn_commit(txn) == 0);
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
	add(0, 2, 6);
}

static void
many(unsigned first, unsigned count, struct tarn_bytes *keys, uint64_t *values)
{
	static char bytes[KEYS][KEY_MOST];

	for (unsigned i = 0; i < count; i++) {
		keys[i] = (struct tarn_bytes){ bytes[i], make_key(first + i / 2, bytes[i]) };
		values[i] = next_value++;
	}
}

static void
insert_many(void)
{
	struct tarn_bytes keys[3];
	uint64_t values[3];

	many(2, 3, keys, values);
	must(tarn_multimap_insert_many(maps[0], keys, TARN_SEPARATE, 3, values, 8, NULL) == 0);
}

static void
load(void)
{
	struct tarn_bytes keys[4];
	uint64_t values[4];

	many(2, 4, keys, values);
	must(tarn_multimap_load(maps[0], keys, TARN_SEPARATE, 4, values, 8) == 0);
}

static void
erase_key(unsigned n, uint64_t expected)
{
	char key[KEY_MOST];
	uint64_t erased;

	must(tarn_multimap_erase(maps[0], key, make_key(n, key), &erased) == 0 && erased == expected);
}

static void
erase_in_leaf(void)
{
	erase_key(1, 2);
}

static void
erase_in_leaves(void)
{
	erase_key(2, 7);
}

/* The one in the middle of them. */
static void
erase_entry(void)
{
	uint64_t serials[ENTRIES];
	size_t count = ENTRIES, size;
	char key[KEY_MOST];

	size = make_key(2, key);
	must(tarn_multimap_equal_range(maps[0], key, size, NULL, serials, &count) == 0);
	must(tarn_multimap_erase_entry(maps[0], key, size, serials[count / 2]) == 0);
}

/* From the last to the first, so that values ascend all the while; some leaves are full, and some are not. */
static void
put_entries(void)
{
	uint64_t serials[ENTRIES], value;
	size_t count = ENTRIES, size;
	char key[KEY_MOST];

	size = make_key(2, key);
	must(tarn_multimap_equal_range(maps[0], key, size, NULL, serials, &count) == 0 && count == 7);
	for (size_t i = count; i-- > 0;) {
		value = next_value + i;
		must(tarn_multimap_put_entry(maps[0], key, size, serials[i], &value, 8) == 0);
	}
	next_value += count;
}

static void
erase_many(void)
{
	struct tarn_bytes keys[4];
	uint64_t values[4];

	many(1, 4, keys, values);
	must(tarn_multimap_erase_many(maps[0], keys, TARN_SEPARATE, 4, NULL) == TARN_NOT_FOUND);
}

static void
erase_range(void)
{
	char from[KEY_MOST], to[KEY_MOST];
	size_t size = make_key(2, from);

	must(tarn_multimap_erase_range(maps[0], from, size, to, make_key(3, to), NULL) == 0);
}

static void
pop(void)
{
	char key[KEY_MOST], first[KEY_MOST];
	uint64_t value;
	struct tarn_bytes out = { key, sizeof(key) }, to = { &value, sizeof(value) };
	unsigned n = 0;

	while (ask(maps[0], n))
		n++;
	must(tarn_multimap_pop_first(maps[0], &out, &to) == 0);
	must(make_key(n, first) == out.size && !memcmp(first, key, out.size) && to.size == 8);
	must(tarn_multimap_pop_last(maps[0], NULL, NULL) == 0);
}

static void
clear(void)
{
	must(tarn_multimap_clear(maps[0]) == 0);
}

static void
swap_two(void)
{
	must(tarn_multimap_swap(maps[0], maps[1]) == 0);
}

static void
copy(void)
{
	must(tarn_multimap_copy(maps[0], maps[1]) == 0);
}

static void
do_nothing(void)
{
	char key[KEY_MOST];
	size_t size = make_key(6, key);
	bool is;

	must(tarn_multimap_equal(maps[0], maps[1], &is) == 0 && !is);
	must(tarn_multimap_equal(maps[0], maps[0], &is) == 0 && is);
	must(tarn_multimap_erase(maps[0], key, size, NULL) == TARN_NOT_FOUND);
	must(tarn_multimap_erase_entry(maps[0], key, size, 1) == TARN_NOT_FOUND);
	must(tarn_multimap_swap(maps[0], maps[0]) == 0);
}

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[MAPS];

	for (unsigned i = 0; i < MAPS; i++)
		objects[i] = tarn_multimap_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, MAPS) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		maps[i] = tarn_multimap_in(plain[i], txn);
}

static void
end(bool commit)
{
	if (commit)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
	memcpy(maps, plain, sizeof(maps));
}

/* Into places, too, that were freed in the same transaction. */
static void
change_some(void)
{
	begin();
	erase_key(2, 1);
	swap_two();
	add(1, 2, 2);
	pop();
	erase_entry();
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
	erase_in_leaves();
	end(true);
}

static void
create(void)
{
	const struct tarn_type type = { .kind = TARN_KIND_MULTIMAP, .key = TARN_KEY_U64, .value_size = 8 };

	must(tarn_multimap_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
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
	{ "insert into an empty multimap", prepare_nothing, insert, 1 },
	{ "insert", prepare_few, insert, 1 },
	{ "insert until it splits", prepare_few, insert_more, 6 },
	{ "insert among many", prepare_some, insert, 1 },
	{ "insert many", prepare_few, insert_many, 3 },
	{ "load", prepare_few, load, 4 },
	{ "erase in one leaf", prepare_few, erase_in_leaf, 1 },
	{ "erase in several leaves", prepare_some, erase_in_leaves, 1 },
	{ "erase an entry", prepare_some, erase_entry, 1 },
	{ "put entries", prepare_some, put_entries, 7 },
	{ "erase many", prepare_few, erase_many, 2 },
	{ "erase a range", prepare_some, erase_range, MANY },
	{ "pop", prepare_some, pop, 2 },
	{ "pop before empty leaves", prepare_holes, pop, 2 },
	{ "clear", prepare_some, clear, MANY },
	{ "copy", prepare_few, copy, 3 },
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
	struct tarn_type type = { .kind = TARN_KIND_MULTIMAP,
				  .key = strings ? TARN_KEY_STRING : TARN_KEY_U64,
				  .value_size = 8 };
	char name[2] = "0";

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++, name[0]++)
		must(tarn_multimap_open(arena, &plain[i], name, &type, TARN_CREATE, NULL) == 0);
	created = NULL;
	memcpy(maps, plain, sizeof(maps));
	view_open(arena);
}

static void
close_arenas(void)
{
	for (unsigned i = 0; i < MAPS; i++)
		tarn_multimap_close(plain[i]);
	tarn_multimap_close(created);
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
