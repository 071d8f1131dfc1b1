// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- two or three calls on ordered maps at once, in every order of
 * their accesses that the plans of baton.h make
 *
 * A play is a setup of map a, words with blanks between them, and a word for
 * the call of each actor:
 *
 *	p3=2 i3 e3 f3 g3	put, insert, erase, fetch_add, get of a key
 *	P3-9			put every second of these, in this order
 *	E3-9			erase these, as who dies before he has merged leaves
 *	M			the following are of map b
 *	l3			lower bound of a key
 *	o O			pop the first, the last
 *	w y			swap the two; copy b
 *	L3=4			load this key and those behind it, so many
 *	B3			get of map b
 *	C N W			clear, size, a walk by a cursor
 *	-			remove map a
 *	m3			a transaction moves the key from map a to map b
 *	b3			a transaction puts the key into both, and is aborted
 *	d			a transaction pops the first, and puts it back
 *	r			reap
 *
 * Nodes are small here: 4 entries a leaf, 3 keys an inner node; two leaves
 * that have 3 entries together become one.  What a call says is its code and
 * what it finds; what there is at the end are the values of all keys.
 */
#include "baton.h"

#include "base/hash.h"
#include "txn/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MAPS 2u
#define KEYS 40u
#define VALUE_MOST 64u

enum layout { WORDS, TEXTS };

static const struct baton_words pairs[] = {
	{ "insert and insert into one leaf", "P0-4", { "i1", "i3" }, WORDS },
	{ "insert and insert into a full leaf", "P0-6", { "i1", "i5" }, WORDS },
	{ "insert and insert into a full leaf of texts", "P0-6", { "i1", "i5" }, TEXTS },
	{ "insert and insert of one key into a full leaf", "P0-6", { "i1", "i1=2" }, WORDS },
	{ "insert and insert into full leaves of a full node", "P0-30", { "i1", "i33" }, WORDS },
	{ "insert and erase of one key", "P0-4", { "i1", "e1" }, WORDS },
	{ "insert and erase of one key of texts", "P0-4", { "i1=2", "e1" }, TEXTS },
	{ "erase and erase of one key", "P0-4", { "e2", "e2" }, WORDS },
	{ "put and get", "P0-4", { "p2=2", "g2" }, WORDS },
	{ "put and get of texts", "P0-4", { "p2=2", "g2" }, TEXTS },
	{ "fetch_add and fetch_add", "P0-4", { "f2", "f2" }, WORDS },
	{ "split and get", "P0-6", { "i1", "g6" }, WORDS },
	{ "split and erase", "P0-6", { "i1", "e6" }, WORDS },
	{ "split and lower bound", "P0-6", { "i1", "l3" }, WORDS },
	{ "split and walk", "P0-6", { "i1", "W" }, WORDS },
	{ "split and size", "P0-6", { "i1", "N" }, WORDS },
	{ "split and clear", "P0-6", { "i1", "C" }, WORDS },
	{ "split of the root and split", "P0-30", { "i33", "i5" }, WORDS },
	{ "merge and insert beside", "P0-8 e2", { "e4", "i9" }, WORDS },
	{ "merge and insert into it", "P0-8 e2", { "e4", "i1" }, WORDS },
	{ "merge and insert into it of texts", "P0-8 e2", { "e4", "i1" }, TEXTS },
	{ "merge and get", "P0-8 e2", { "e4", "g8" }, WORDS },
	{ "merge and erase", "P0-8 e2", { "e4", "e8" }, WORDS },
	{ "merge and lower bound", "P0-8 e2", { "e4", "l7" }, WORDS },
	{ "merge and walk", "P0-8 e2", { "e4", "W" }, WORDS },
	{ "pop and insert beside", "P0-4", { "o", "i1" }, WORDS },
	{ "pop and insert before it", "P2-6", { "o", "i0" }, WORDS },
	{ "pop and insert before it of texts", "P2-6", { "o", "i0" }, TEXTS },
	{ "pop and pop", "P0-4", { "o", "o" }, WORDS },
	{ "pop and pop of the last", "p2", { "o", "o" }, WORDS },
	{ "pop and erase of the first", "P0-4", { "o", "e0" }, WORDS },
	{ "pop that merges and insert", "P0-8 e2 ", { "o", "i7" }, WORDS },
	{ "pop and split", "P0-6", { "o", "i1" }, WORDS },
	{ "clear and insert", "P0-6", { "C", "i1" }, WORDS },
	{ "clear and lower bound", "P0-6", { "C", "l3" }, WORDS },
	{ "remove and put", "P0-4", { "-", "p5" }, WORDS },
	{ "transaction and put", "P0-4", { "m2", "p2=2" }, WORDS },
	{ "transaction and get", "P0-4", { "m2", "g2" }, WORDS },
	{ "transaction and transaction", "P0-4", { "m2", "m2" }, WORDS },
	{ "aborted transaction and get", "P0-6", { "b1", "g2" }, WORDS },
	{ "transaction that pops and pop", "P0-4", { "d", "o" }, WORDS },
	{ "transaction and remove", "P0-4", { "m2", "-" }, WORDS },
	{ "swap and swap", "P0-6 M P1-5", { "w", "w" }, WORDS },
	{ "swap and insert", "P0-6 M P1-5", { "w", "i3" }, WORDS },
	{ "swap and insert of texts", "P0-6 M P1-5", { "w", "i1" }, TEXTS },
	{ "swap and get", "P0-6 M P1-5", { "w", "g2" }, WORDS },
	{ "swap and size", "P0-6 M P1-5", { "w", "N" }, WORDS },
	{ "swap and lower bound", "P0-12 E2-10 M P1-5", { "w", "l2" }, WORDS },
	{ "swap and walk", "P0-12 E2-10 M P1-5", { "w", "W" }, WORDS },
	{ "swap and pop behind empty leaves", "P0-12 E0-10 M P1-3", { "w", "o" }, WORDS },
	{ "swap and pop of the last before empty leaves", "P0-12 E2-13 M P1-3", { "w", "O" }, WORDS },
	{ "pop of the last and insert behind it", "P0-12 E2-13", { "O", "i11" }, WORDS },
	{ "copy and get", "P0-2 M P1-5", { "y", "g2" }, WORDS },
	{ "copy and lower bound", "P0-2 M P1-5", { "y", "l1" }, WORDS },
	{ "load and get", "", { "L1=4", "g3" }, WORDS },
	{ "load and size", "", { "L1=4", "N" }, WORDS },
	{ "load and load", "", { "L1=4", "L1=4" }, WORDS },
	{ "load and insert", "", { "L3", "i5" }, WORDS },
	{ "load and transaction", "", { "L1=4", "b3" }, WORDS },
	{ "swap, swap and pop of the last", "P0-12 E2-13 M P1-3", { "w", "w", "O" }, WORDS },
	{ "swap, insert and get of the other", "P0-4 M p1", { "w", "i3", "B3" }, WORDS },
	{ "insert, pop and lower bound", "P2-6", { "i0", "o", "l0" }, WORDS },
	{ "split, erase and get", "P0-6", { "i1", "e4", "g4" }, WORDS },
	{ "merge, insert and reap", "P0-8 e2", { "e4", "i1", "r" }, WORDS },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const struct baton_words *pair;
static struct tarn_arena *arena;
static struct tarn_map *maps[MAPS];

/* ---- calls ------------------------------------------------------------------------------------- */

struct call {
	char kind;
	unsigned key, value;
};

static struct call
call_of(const char *text)
{
	const char *value = strchr(text, '=');

	return (struct call){ text[0], (unsigned)atoi(text + 1),
			      value ? (unsigned)atoi(value + 1) : 1 };
}

/* Of texts, all begin alike for longer than a word. */
static size_t
key_of(unsigned key, char *bytes)
{
	uint64_t word = key;

	if (pair->layout == TEXTS)
		return (size_t)sprintf(bytes, "a beginning, %02u", key);
	memcpy(bytes, &word, 8);
	return 8;
}

static size_t
value_of(unsigned number, char *bytes)
{
	uint64_t word = number;

	memset(bytes, (int)number, VALUE_MOST);
	memcpy(bytes, &word, 8);
	return pair->layout == TEXTS ? 9 + number * 20 : 8;
}

static int
put(struct tarn_map *into, const struct call *call, bool insert)
{
	char key[VALUE_MOST], value[VALUE_MOST];
	size_t key_size = key_of(call->key, key), size = value_of(call->value, value);

	return insert ? tarn_map_insert(into, key, key_size, value, size)
		      : tarn_map_put(into, key, key_size, value, size);
}

static int
erase(struct tarn_map *from, unsigned number)
{
	char key[VALUE_MOST];
	size_t size = key_of(number, key);

	return tarn_map_erase(from, key, size);
}

static uint64_t
get(struct tarn_map *from, unsigned number)
{
	char key[VALUE_MOST], value[VALUE_MOST];
	size_t key_size = key_of(number, key), size = 0;
	int code = tarn_map_get(from, key, key_size, value, sizeof(value), &size);

	return baton_said(code, code ? 0 : tarn__hash_bytes(value, size, 1));
}

static uint64_t
add(unsigned number)
{
	char key[VALUE_MOST];
	uint64_t before = 0;
	size_t size = key_of(number, key);
	int code = tarn_map_fetch_add(maps[0], key, size, 1000, &before);

	return baton_said(code, before << 1);
}

/* Lower bound of a call's key; or the first or the last, popped. */
static uint64_t
find(struct tarn_map *in, const struct call *call)
{
	char from[VALUE_MOST], key[VALUE_MOST], value[VALUE_MOST];
	struct tarn_bytes k = { key, sizeof(key) }, v = { value, sizeof(value) };
	size_t size = key_of(call->key, from);
	int code = call->kind == 'l'   ? tarn_map_lower_bound(in, from, size, &k, &v)
		   : call->kind == 'o' ? tarn_map_pop_first(in, &k, &v)
				       : tarn_map_pop_last(in, &k, &v);

	return baton_said(code, code ? 0 : tarn__hash_bytes(key, k.size, tarn__hash_bytes(value, v.size, 1)));
}

static int
load(unsigned first, unsigned count)
{
	uint64_t keys[KEYS], values[KEYS];

	for (unsigned i = 0; i < count; i++) {
		keys[i] = first + i;
		values[i] = 1;
	}
	return tarn_map_load(maps[0], keys, 8, count, values, 8);
}

static uint64_t
size_of(unsigned which)
{
	uint64_t size = 0;
	int code = tarn_map_size(maps[which], &size);

	return baton_said(code, size << 1);
}

/* ---- walks ------------------------------------------------------------------------------------- */

static bool
is_named(unsigned key)
{
	for (unsigned i = 0; i < BATON_ACTORS && pair->calls[i]; i++) {
		struct call call = call_of(pair->calls[i]);

		if (call.key == key || call.kind == 'w')
			return true; /* it may be there, or not */
	}
	return false;
}

static unsigned
number_of(const struct tarn_map_entry *entry)
{
	char key[VALUE_MOST];

	for (unsigned k = 0; k < KEYS; k++) {
		if (key_of(k, key) == entry->key_size && !memcmp(key, entry->key, entry->key_size))
			return k;
	}
	baton_fail("a walk finds a key that nobody has put");
}

/* In order; every second key of the setup comes, but for those that a call or the setup has erased. */
static uint64_t
walk(void)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	unsigned times[KEYS] = { 0 }, last = 0;
	int code = tarn_map_cursor_open(maps[0], &cursor);

	while (!code) {
		code = tarn_map_cursor_next(cursor, &entry);
		if (code)
			break;
		baton_must(number_of(&entry) >= last);
		last = number_of(&entry);
		times[last]++;
	}
	tarn_map_cursor_close(cursor);
	baton_must(code == TARN_NOT_FOUND);
	for (unsigned k = 0; k < KEYS; k++) {
		bool stays = k % 2 == 0 && k <= 6 && k != 2;

		baton_must(times[k] <= 1 && (times[k] || !stays || is_named(k)));
	}
	return 1;
}

/* ---- transactions ------------------------------------------------------------------------------ */

/* What is not there is not moved. */
static int
move(struct tarn_txn *txn, const struct call *call)
{
	int code = erase(tarn_map_in(maps[0], txn), call->key);

	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : put(tarn_map_in(maps[1], txn), call, false);
}

static int
put_both(struct tarn_txn *txn, const struct call *call)
{
	int code = put(tarn_map_in(maps[0], txn), call, false);

	return code ? code : put(tarn_map_in(maps[1], txn), call, false);
}

/* Nobody sees that it was gone. */
static int
pop_and_put_back(struct tarn_txn *txn)
{
	struct tarn_map *in = tarn_map_in(maps[0], txn);
	char key[VALUE_MOST], value[VALUE_MOST];
	struct tarn_bytes k = { key, sizeof(key) }, v = { value, sizeof(value) };
	int code = tarn_map_pop_first(in, &k, &v);

	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : tarn_map_insert(in, key, k.size, value, v.size);
}

static int
work(struct tarn_txn *txn, const struct call *call)
{
	if (call->kind == 'm')
		return move(txn, call);
	return call->kind == 'd' ? pop_and_put_back(txn) : put_both(txn, call);
}

/* Again after a deadlock, as a program does. */
static uint64_t
transact(const struct call *call)
{
	struct tarn_object *both[] = { tarn_map_object(maps[1]), tarn_map_object(maps[0]) };
	struct tarn_txn *txn;
	int code;

	do {
		code = tarn_txn_begin(arena, &txn, both, MAPS);
		if (code)
			break;
		code = work(txn, call);
		if (code || call->kind == 'b')
			tarn_txn_abort(txn);
		else
			code = tarn_txn_commit(txn);
	} while (code == TARN_DEADLOCK);
	return baton_said(code, 0);
}

/* ---- the play ---------------------------------------------------------------------------------- */

static uint64_t
do_call(const char *text)
{
	struct call call = call_of(text);

	switch (call.kind) {
	case 'p':
	case 'i':
		return baton_said(put(maps[0], &call, call.kind == 'i'), 0);
	case 'e':
		return baton_said(erase(maps[0], call.key), 0);
	case 'g':
		return get(maps[0], call.key);
	case 'B':
		return get(maps[1], call.key);
	case 'f':
		return add(call.key);
	case 'l':
	case 'o':
	case 'O':
		return find(maps[0], &call);
	case 'w':
		return baton_said(tarn_map_swap(maps[0], maps[1]), 0);
	case 'y':
		return baton_said(tarn_map_copy(maps[0], maps[1]), 0);
	case 'L':
		return baton_said(load(call.key, call.value), 0);
	case 'C':
		return baton_said(tarn_map_clear(maps[0]), 0);
	case 'N':
		return size_of(0);
	case 'W':
		return walk();
	case '-':
		return baton_said(tarn_object_remove(arena, "a"), 0);
	case 'r':
		return baton_said(tarn_reap(arena, NULL), 0);
	default:
		return transact(&call);
	}
}

static uint64_t
act(unsigned actor)
{
	return do_call(pair->calls[actor]);
}

static uint64_t
image(void)
{
	uint64_t hash = 1;

	for (unsigned which = 0; which < MAPS; which++) {
		hash = tarn__hash_u64(size_of(which), hash);
		for (unsigned k = 0; k < KEYS; k++)
			hash = tarn__hash_u64(get(maps[which], k), hash);
	}
	return hash;
}

/* Handles take it that versions only rise. */
static void
restored(void)
{
	for (unsigned i = 0; i < MAPS; i++)
		tarn__object_forget(tarn_map_object(maps[i]));
}

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type words = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type texts = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };

	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		baton_must(tarn_map_open(arena, &maps[i], i ? "b" : "a",
					 pair->layout == TEXTS ? &texts : &words, TARN_CREATE,
					 NULL) == 0);
}

/* What merges leaves comes after the commit. */
static void
leave_empty(struct tarn_map *map, unsigned first, unsigned last)
{
	struct tarn_object *object = tarn_map_object(map);
	uint64_t from = first, to = last;
	struct tarn_txn *txn;

	baton_must(pair->layout == WORDS && tarn_txn_begin(arena, &txn, &object, 1) == 0);
	baton_must(tarn_map_erase_range(tarn_map_in(map, txn), &from, 8, &to, 8, NULL) == 0);
	tarn__txn_forget(txn);
	baton_must(tarn_txn_commit(txn) == 0);
}

static void
set_up(struct tarn_map *map, const char *word)
{
	struct call call = call_of(word);
	unsigned last = strchr("PE", word[0]) ? (unsigned)atoi(strchr(word, '-') + 1) : call.key;

	if (word[0] == 'E')
		leave_empty(map, call.key, last);
	for (; word[0] != 'E' && call.key <= last; call.key += 2)
		baton_must((word[0] == 'e' ? erase(map, call.key) : put(map, &call, false)) == 0);
}

static void
setup(const void *arg)
{
	struct tarn_map *map;
	char words[64];

	pair = arg;
	open_maps();
	baton_open(arena);
	baton_when_restored(restored);
	baton_as(0);
	snprintf(words, sizeof(words), "%s", pair->setup);
	map = maps[0];
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
		if (word[0] == 'M')
			map = maps[1];
		else
			set_up(map, word);
	}
}

int
main(int argc, char **argv)
{
	const struct baton_play play = { .setup = setup, .act = act, .image = image };

	return baton_main_words(pairs, PAIRS, &play, argc > 1 ? argv[1] : NULL);
}
