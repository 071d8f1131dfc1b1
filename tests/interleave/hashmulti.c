// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.c -- two or three calls on hash multimaps or multisets at once,
 * in every order of their accesses that the plans of baton.h make
 *
 * A play is a setup of the first map, words with blanks between them, and a
 * word for the call of each actor:
 *
 *	a3=2 d3=2		add a value to a key, take one out
 *	A3=5			add values 1 to 5
 *	e3			remove a key
 *	r3 c3 g3		all its values, how many, the first
 *	R3			all its values in the other map
 *	C N w			clear, size, swap with the other
 *	t3			a transaction adds 7 and 8 to a key of both
 *
 * A new bag has room for two values, and one that is full is copied into
 * another.  Of a multiset the values are all the same.
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
#define KEYS 6u

enum layout { MAP, SET };

static const struct baton_words plays[] = {
	{ "add and add to a new key", "", { "a3=1", "a3=2" }, MAP },
	{ "add and add where there is room", "a3=1", { "a3=2", "a4=2" }, MAP },
	{ "add and add where there is none", "A3=2", { "a3=3", "a3=4" }, MAP },
	{ "add and all values", "a3=1", { "a3=2", "r3" }, MAP },
	{ "add where there is none and all values", "A3=2", { "a3=3", "r3" }, MAP },
	{ "add and count", "a3=1", { "a3=2", "c3" }, MAP },
	{ "add and the first", "", { "a3=1", "g3" }, MAP },
	{ "add and take out", "a3=1", { "a3=2", "d3=1" }, MAP },
	{ "take out and take out", "a3=1", { "d3=1", "d3=1" }, MAP },
	{ "take out and all values", "A3=4", { "d3=1", "r3" }, MAP },
	{ "take out of a bag that is copied, and all values", "A3=4 d3=2", { "d3=1", "r3" }, MAP },
	{ "take out and the first", "A3=2", { "d3=1", "g3" }, MAP },
	{ "remove and add", "A3=2", { "e3", "a3=3" }, MAP },
	{ "remove and all values", "A3=3", { "e3", "r3" }, MAP },
	{ "remove and remove", "A3=3", { "e3", "e3" }, MAP },
	{ "clear and add", "A3=2", { "C", "a3=3" }, MAP },
	{ "size and add", "A3=2", { "N", "a3=3" }, MAP },
	{ "swap and all values", "A3=2", { "w", "r3" }, MAP },
	{ "transaction and all values", "A3=2", { "t3", "r3" }, MAP },
	{ "transaction and add", "A3=2", { "t3", "a3=3" }, MAP },
	{ "swap, add and all values of the other", "A3=2", { "w", "a3=3", "R3" }, MAP },
	{ "add, take out and all values", "a3=1", { "a3=2", "d3=1", "r3" }, MAP },
	{ "insert and insert of a new key", "", { "a3", "a3" }, SET },
	{ "insert and insert again", "a3", { "a3", "a3" }, SET },
	{ "insert and count", "a3", { "a3", "c3" }, SET },
	{ "insert and take out", "a3", { "a3", "d3" }, SET },
	{ "take out and take out of a set", "a3", { "d3", "d3" }, SET },
	{ "remove and insert", "A3=3", { "e3", "a3" }, SET },
	{ "size and insert", "a3", { "N", "a3" }, SET },
	{ "swap and insert", "a3", { "w", "a3" }, SET },
	{ "transaction and count", "a3", { "t3", "c3" }, SET },
	{ "insert, take out and count", "a3", { "a3", "d3", "c3" }, SET },
};

static const struct baton_words *play;
static struct tarn_arena *arena;
static struct tarn_object *maps[MAPS];

static struct tarn_hashmultimap *
map_of(struct tarn_object *map)
{
	return (struct tarn_hashmultimap *)map;
}

static struct tarn_hashmultiset *
set_of(struct tarn_object *map)
{
	return (struct tarn_hashmultiset *)map;
}

/* ---- calls ------------------------------------------------------------------------------------- */

struct call {
	char kind;
	uint64_t key, value;
};

static struct call
call_of(const char *text)
{
	const char *value = strchr(text, '=');

	return (struct call){ text[0], strtoul(text + 1, NULL, 10),
			      value ? strtoul(value + 1, NULL, 10) : 1 };
}

static int
add(struct tarn_object *to, uint64_t key, uint64_t value)
{
	if (play->layout == SET)
		return tarn_hashmultiset_insert(set_of(to), &key, 8);
	return tarn_hashmultimap_insert(map_of(to), &key, 8, &value, 8);
}

static int
take(struct tarn_object *from, uint64_t key, uint64_t value)
{
	if (play->layout == SET)
		return tarn_hashmultiset_erase_one(set_of(from), &key, 8);
	return tarn_hashmultimap_erase_one(map_of(from), &key, 8, &value, 8);
}

static uint64_t
erase(struct tarn_object *from, uint64_t key)
{
	uint64_t erased;
	int code = play->layout == SET ? tarn_hashmultiset_erase(set_of(from), &key, 8, &erased)
				       : tarn_hashmultimap_erase(map_of(from), &key, 8, &erased);

	return baton_said(code, erased << 1);
}

static uint64_t
count(struct tarn_object *in, uint64_t key)
{
	uint64_t found;
	int code = play->layout == SET ? tarn_hashmultiset_count(set_of(in), &key, 8, &found)
				       : tarn_hashmultimap_count(map_of(in), &key, 8, &found);

	return baton_said(code, found << 1);
}

/* A hash of them in their order. */
static uint64_t
values(struct tarn_object *in, uint64_t key)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t hash = 1;
	int code;

	if (play->layout == SET)
		return count(in, key);
	code = tarn_hashmultimap_equal_range(map_of(in), &key, 8, &cursor);
	if (code)
		return baton_said(code, 0);
	while (!tarn_hashmultimap_cursor_next(cursor, &entry))
		hash = tarn__hash_bytes(entry.value, entry.value_size, hash);
	tarn_hashmultimap_cursor_close(cursor);
	return baton_said(0, hash);
}

static uint64_t
first(uint64_t key)
{
	uint64_t value = 0;
	int code = tarn_hashmultimap_get(map_of(maps[0]), &key, 8, &value, 8, NULL);

	return baton_said(code, value << 1);
}

static uint64_t
size_of(struct tarn_object *map)
{
	uint64_t size = 0;
	int code = tarn_hashmultimap_size(map_of(map), &size);

	return baton_said(code, size << 1);
}

static int
add_to_both(struct tarn_txn *txn, void *arg)
{
	const struct call *call = arg;
	int code = 0;

	for (unsigned i = 0; !code && i < 2 * MAPS; i++)
		code = add(tarn__txn_bound(txn, maps[i % MAPS]), call->key, 7 + i / MAPS);
	return code;
}

static int
change(const struct call *call)
{
	switch (call->kind) {
	case 'a':
		return add(maps[0], call->key, call->value);
	case 'd':
		return take(maps[0], call->key, call->value);
	case 'C':
		return tarn_hashmultimap_clear(map_of(maps[0]));
	case 't':
		return tarn_txn_run(arena, maps, MAPS, add_to_both, (void *)(uintptr_t)call);
	default:
		return play->layout == SET ? tarn_hashmultiset_swap(set_of(maps[0]), set_of(maps[1]))
					   : tarn_hashmultimap_swap(map_of(maps[0]), map_of(maps[1]));
	}
}

/* ---- the play ---------------------------------------------------------------------------------- */

static uint64_t
act(unsigned actor)
{
	struct call call = call_of(play->calls[actor]);

	switch (call.kind) {
	case 'e':
		return erase(maps[0], call.key);
	case 'r':
		return values(maps[0], call.key);
	case 'R':
		return values(maps[1], call.key);
	case 'c':
		return count(maps[0], call.key);
	case 'g':
		return first(call.key);
	case 'N':
		return size_of(maps[0]);
	default:
		return baton_said(change(&call), 0);
	}
}

static uint64_t
image(void)
{
	uint64_t hash = 1;

	for (unsigned i = 0; i < MAPS; i++) {
		hash = tarn__hash_u64(size_of(maps[i]), hash);
		for (uint64_t key = 0; key < KEYS; key++)
			hash = tarn__hash_u64(values(maps[i], key), hash);
	}
	return hash;
}

/* Handles take it that versions only rise. */
static void
restored(void)
{
	for (unsigned i = 0; i < MAPS; i++)
		tarn__object_forget(maps[i]);
}

static struct tarn_object *
open_one(const char *name)
{
	struct tarn_type pairs = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type keys = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };
	struct tarn_hashmultimap *map;
	struct tarn_hashmultiset *set;

	if (play->layout == SET) {
		baton_must(tarn_hashmultiset_open(arena, &set, name, &keys, TARN_CREATE, NULL) == 0);
		return tarn_hashmultiset_object(set);
	}
	baton_must(tarn_hashmultimap_open(arena, &map, name, &pairs, TARN_CREATE, NULL) == 0);
	return tarn_hashmultimap_object(map);
}

static void
set_up(const char *word)
{
	struct call call = call_of(word);

	for (uint64_t value = 1; call.kind == 'A' && value <= call.value; value++)
		baton_must(add(maps[0], call.key, value) == 0);
	if (call.kind != 'A')
		baton_must(change(&call) == 0);
}

static void
setup(const void *arg)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	char words[64];

	play = arg;
	baton_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		maps[i] = open_one(i ? "b" : "a");
	baton_open(arena);
	baton_when_restored(restored);
	baton_as(0);
	snprintf(words, sizeof(words), "%s", play->setup);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		set_up(word);
}

int
main(int argc, char **argv)
{
	const struct baton_play how = { .setup = setup, .act = act, .image = image };

	return baton_main_words(plays, sizeof(plays) / sizeof(plays[0]), &how,
				argc > 1 ? argv[1] : NULL);
}
