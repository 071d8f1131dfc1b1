// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- two or three calls on ordered multimaps at once, in every order
 * of their accesses that the plans of baton.h make
 *
 * A play is a setup of multimap a, words with blanks between them, and a word
 * for the call of each actor:
 *
 *	i3=2		insert: the key 3, the value 2
 *	I3=5		so many entries of a key, with values from 10 on
 *	e3		erase a key
 *	x3=2		erase the key's entry with that serial: setups draw them from 1 on
 *	g3 l3 u3	the first value of a key, its lower and its upper bound
 *	f z		the first entry, the last one
 *	o q		pop the first, pop the last
 *	C N W		clear, size, a walk by a cursor
 *	-		remove multimap a
 *	m3		a transaction moves the first entry of a key from a to b
 *	b3		a transaction inserts into both, and is aborted
 *
 * Nodes are small here: 4 entries a leaf, so a key may begin in one leaf and
 * end in another.  What a call says is its code and what it finds; what there
 * is at the end are the entries of both, in their order: two inserts of a key
 * and somebody who looks for the first or the last of it tell who was first.
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
#define KEYS 10u
#define KEY_MOST 64u

enum layout { NUMBERS, TEXTS };

static const struct baton_words pairs[] = {
	{ "insert and insert of one key", "I3=2", { "i3=1", "i3=2" }, NUMBERS },
	{ "insert, insert and first of one key", "I2=1", { "i3=1", "i3=2", "g3" }, NUMBERS },
	{ "insert, insert and last", "I2=1", { "i3=1", "i3=2", "z" }, NUMBERS },
	{ "insert, insert and last of texts", "I2=1", { "i3=1", "i3=2", "z" }, TEXTS },
	{ "insert, insert and pop of the last", "I3=1", { "i3=1", "i3=2", "q" }, NUMBERS },
	{ "insert, insert and last in a full leaf", "I3=4", { "i3=1", "i3=2", "z" }, NUMBERS },
	{ "insert, insert and last in several leaves", "I3=7", { "i3=1", "i3=2", "z" }, NUMBERS },
	{ "insert and insert into a full leaf", "I3=4", { "i3=1", "i3=2" }, NUMBERS },
	{ "insert and insert into a full leaf of texts", "I3=4", { "i3=1", "i3=2" }, TEXTS },
	{ "insert and insert of two keys into a full leaf", "I2=2 I3=2", { "i2=1", "i3=2" }, NUMBERS },
	{ "insert and erase of the key", "I3=2 I4=1", { "i3=1", "e3" }, NUMBERS },
	{ "insert and erase of the key in several leaves", "I3=6 I4=1", { "i3=1", "e3" }, NUMBERS },
	{ "split and erase of the key", "I3=4", { "i3=1", "e3" }, NUMBERS },
	{ "erase and erase of the key", "I3=3", { "e3", "e3" }, NUMBERS },
	{ "erase and erase of the key in several leaves", "I2=1 I3=6", { "e3", "e3" }, NUMBERS },
	{ "erase of the key and get", "I3=6", { "e3", "g3" }, NUMBERS },
	{ "erase of the key and first", "I2=3 I3=6", { "e2", "f" }, NUMBERS },
	{ "erase of an entry and of the key", "I3=3", { "x3=2", "e3" }, NUMBERS },
	{ "erase and erase of an entry", "I3=3", { "x3=2", "x3=2" }, NUMBERS },
	{ "erase of the last entry and insert", "I3=3", { "x3=3", "i3=1" }, NUMBERS },
	{ "erase of the last entry, insert and its name", "I3=3", { "x3=3", "i3=1", "x3=3" }, NUMBERS },
	{ "erase of the first entry and get", "I3=6", { "x3=1", "g3" }, NUMBERS },
	{ "insert and get of an absent key", "I2=2 I4=2", { "i3=1", "g3" }, NUMBERS },
	{ "insert and lower bound", "I2=2 I4=2", { "i3=1", "l3" }, NUMBERS },
	{ "insert and upper bound", "I2=2 I4=2", { "i3=1", "u2" }, NUMBERS },
	{ "split and walk", "I3=4", { "i3=1", "W" }, NUMBERS },
	{ "split and size", "I3=4", { "i3=1", "N" }, NUMBERS },
	{ "pop and pop of one key", "I3=2", { "o", "q" }, NUMBERS },
	{ "pop and pop of the last entry", "I3=1", { "o", "q" }, NUMBERS },
	{ "pop and insert", "I3=4", { "q", "i3=1" }, NUMBERS },
	{ "clear and insert", "I3=5", { "C", "i3=1" }, NUMBERS },
	{ "clear and erase of the key", "I3=6", { "C", "e3" }, NUMBERS },
	{ "remove and insert", "I3=2", { "-", "i3=1" }, NUMBERS },
	{ "remove and erase of the key", "I3=6", { "-", "e3" }, NUMBERS },
	{ "transaction and insert", "I3=2", { "m3", "i3=1" }, NUMBERS },
	{ "transaction and erase of the key", "I3=6", { "m3", "e3" }, NUMBERS },
	{ "transaction and transaction", "I3=3", { "m3", "m3" }, NUMBERS },
	{ "aborted transaction and insert", "I3=2", { "b3", "i3=1" }, NUMBERS },
	{ "aborted transaction and last", "I3=2", { "b3", "z" }, NUMBERS },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const struct baton_words *pair;
static struct tarn_arena *arena;
static struct tarn_multimap *maps[MAPS];

/* ---- calls ------------------------------------------------------------------------------------- */

struct call {
	char kind;
	unsigned key;
	uint64_t value;
};

static struct call
call_of(const char *text)
{
	const char *value = strchr(text, '=');

	return (struct call){ text[0], (unsigned)atoi(text + 1),
			      value ? (uint64_t)atoi(value + 1) : 1 };
}

/* Of texts, all begin alike for longer than a word, and some go on with zeros. */
static size_t
key_of(unsigned key, char *bytes)
{
	uint64_t word = key;
	size_t size;

	if (pair->layout == TEXTS) {
		size = (size_t)sprintf(bytes, "a beginning, %u", key / 2);
		bytes[size] = '\0';
		return size + key % 2;
	}
	memcpy(bytes, &word, 8);
	return 8;
}

static int
insert(struct tarn_multimap *into, const struct call *call)
{
	char key[KEY_MOST];

	return tarn_multimap_insert(into, key, key_of(call->key, key), &call->value, 8, NULL);
}

static uint64_t
erase(const struct call *call)
{
	char key[KEY_MOST];
	uint64_t erased = 0;
	int code = tarn_multimap_erase(maps[0], key, key_of(call->key, key), &erased);

	return baton_said(code, erased << 1);
}

static uint64_t
erase_entry(const struct call *call)
{
	char key[KEY_MOST];

	return baton_said(tarn_multimap_erase_entry(maps[0], key, key_of(call->key, key), call->value), 0);
}

static uint64_t
get(const struct call *call)
{
	char key[KEY_MOST];
	uint64_t value = 0;
	int code = tarn_multimap_get(maps[0], key, key_of(call->key, key), &value, 8, NULL);

	return baton_said(code, value << 1);
}

static int
find_at(const struct call *call, struct tarn_bytes *key, struct tarn_bytes *value)
{
	char from[KEY_MOST];
	size_t size = key_of(call->key, from);

	switch (call->kind) {
	case 'l':
		return tarn_multimap_lower_bound(maps[0], from, size, key, value);
	case 'u':
		return tarn_multimap_upper_bound(maps[0], from, size, key, value);
	case 'f':
		return tarn_multimap_first(maps[0], key, value);
	case 'z':
		return tarn_multimap_last(maps[0], key, value);
	case 'o':
		return tarn_multimap_pop_first(maps[0], key, value);
	default:
		return tarn_multimap_pop_last(maps[0], key, value);
	}
}

/* An entry in its place. */
static uint64_t
find(const struct call *call)
{
	char key[KEY_MOST];
	uint64_t value = 0;
	struct tarn_bytes k = { key, sizeof(key) }, v = { &value, sizeof(value) };
	int code = find_at(call, &k, &v);

	return baton_said(code, code ? 0 : tarn__hash_bytes(key, k.size, value));
}

static uint64_t
size_of(void)
{
	uint64_t size = 0;
	int code = tarn_multimap_size(maps[0], &size);

	return baton_said(code, size << 1);
}

/* ---- walks ------------------------------------------------------------------------------------- */

static unsigned
number_of(const struct tarn_multimap_entry *entry)
{
	char key[KEY_MOST];

	for (unsigned k = 0; k < KEYS; k++) {
		if (key_of(k, key) == entry->key_size && !memcmp(key, entry->key, entry->key_size))
			return k;
	}
	baton_fail("a walk finds a key that nobody has put");
}

/* Entries in their order, of which those stay that the setup has made; a hash of all that came. */
static int
walk(struct tarn_multimap *map, unsigned *setup_entries, uint64_t *hash)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	unsigned last = 0, number;
	uint64_t value, serial = 0;
	int code = tarn_multimap_cursor_open(map, &cursor);

	*setup_entries = 0;
	while (!code && !(code = tarn_multimap_cursor_next(cursor, &entry))) {
		number = number_of(&entry);
		memcpy(&value, entry.value, 8);
		baton_must(number > last || (number == last && entry.serial > serial));
		last = number;
		serial = entry.serial;
		*setup_entries += value >= 10;
		*hash = tarn__hash_u64(number << 8 | value, *hash);
	}
	tarn_multimap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* Nobody erases in these plays. */
static uint64_t
walk_through(void)
{
	unsigned entries, expected = (unsigned)atoi(strchr(pair->setup, '=') + 1);
	uint64_t hash = 0;

	baton_must(walk(maps[0], &entries, &hash) == 0 && entries == expected);
	return 1;
}

/* ---- transactions ------------------------------------------------------------------------------ */

/* The first entry of a key, by its name. */
static int
move(struct tarn_txn *txn, const struct call *call)
{
	struct tarn_multimap *from = tarn_multimap_in(maps[0], txn);
	uint64_t value, serial;
	size_t size, count = 1;
	char key[KEY_MOST];
	int code;

	size = key_of(call->key, key);
	code = tarn_multimap_equal_range(from, key, size, &value, &serial, &count);
	if (code || !count)
		return code;
	code = tarn_multimap_erase_entry(from, key, size, serial);
	return code ? code : tarn_multimap_insert(tarn_multimap_in(maps[1], txn), key, size, &value, 8,
						  NULL);
}

static int
insert_both(struct tarn_txn *txn, const struct call *call)
{
	int code = insert(tarn_multimap_in(maps[0], txn), call);

	return code ? code : insert(tarn_multimap_in(maps[1], txn), call);
}

/* Again after a deadlock, as a program does. */
static uint64_t
transact(const struct call *call)
{
	struct tarn_object *both[] = { tarn_multimap_object(maps[1]), tarn_multimap_object(maps[0]) };
	struct tarn_txn *txn;
	int code;

	do {
		code = tarn_txn_begin(arena, &txn, both, MAPS);
		if (code)
			break;
		code = call->kind == 'm' ? move(txn, call) : insert_both(txn, call);
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
	case 'i':
		return baton_said(insert(maps[0], &call), 0);
	case 'e':
		return erase(&call);
	case 'x':
		return erase_entry(&call);
	case 'g':
		return get(&call);
	case 'l':
	case 'u':
	case 'f':
	case 'z':
	case 'o':
	case 'q':
		return find(&call);
	case 'C':
		return baton_said(tarn_multimap_clear(maps[0]), 0);
	case 'N':
		return size_of();
	case 'W':
		return walk_through();
	case '-':
		return baton_said(tarn_object_remove(arena, "a"), 0);
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
	uint64_t hash = size_of();
	unsigned entries;

	for (unsigned which = 0; which < MAPS; which++) {
		int code = walk(maps[which], &entries, &hash);

		hash = tarn__hash_u64(baton_said(code, which << 1), hash);
	}
	return hash;
}

/* Handles take it that versions only rise. */
static void
restored(void)
{
	for (unsigned i = 0; i < MAPS; i++)
		tarn__object_forget(tarn_multimap_object(maps[i]));
}

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_MULTIMAP,
				  .key = pair->layout == TEXTS ? TARN_KEY_STRING : TARN_KEY_U64,
				  .value_size = 8 };

	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		baton_must(tarn_multimap_open(arena, &maps[i], i ? "b" : "a", &type, TARN_CREATE, NULL) ==
			   0);
}

static void
set_up(const char *word)
{
	struct call call = call_of(word);

	for (uint64_t i = 0; i < call.value; i++) {
		struct call one = { 'i', call.key, 10 + i };

		baton_must(insert(maps[0], &one) == 0);
	}
}

static void
setup(const void *arg)
{
	char words[64];

	pair = arg;
	open_maps();
	baton_open(arena);
	baton_when_restored(restored);
	baton_as(0);
	snprintf(words, sizeof(words), "%s", pair->setup);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		set_up(word);
}

int
main(int argc, char **argv)
{
	const struct baton_play play = { .setup = setup, .act = act, .image = image };

	return baton_main_words(pairs, PAIRS, &play, argc > 1 ? argv[1] : NULL);
}
