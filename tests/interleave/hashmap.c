// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- two or three calls on hash maps at once, in every order of
 * their accesses that the plans of baton.h make
 *
 * A play is a script that makes the state (crash/hashmap_script.h), and a
 * word for the call of each actor:
 *
 *	pA3=2 iA3 eA3 fA3 gA3	put, insert, erase, fetch_add, get of a key
 *	C N W			clear, size, a walk by a cursor
 *	-			remove map a
 *	mA3			a transaction moves the key from map a to map b
 *	uA3=2			a transaction puts the key into both
 *	bA3=2			the same, but it is aborted
 *	dA3			a transaction gets the key of map a twice
 *	r			reap
 *
 * Segments are small here: 4 homes of 7 places, 2 stashes of 7; keys of one
 * letter share a home.  What a call says is its code and value; what there is
 * at the end are the values of all keys that anybody names, and the sizes.
 */
#include "baton.h"

#include "base/hash.h"
#include "crash/hashmap_script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

static const struct baton_words pairs[] = {
	{ "insert and insert in one bucket", "pA0-2", { "iA4", "iA5" }, WORD_WORD },
	{ "insert and insert of one key", "pA0-2", { "iA4", "iA4=2" }, WORD_WORD },
	{ "insert and insert into the last place", "pA0-5", { "iA7", "iA8" }, WORD_WORD },
	{ "insert and erase of one key", "pA0-2", { "iA4", "eA4" }, WORD_WORD },
	{ "insert and erase of one key, bytes", "pA0-2", { "iA4=2", "eA4" }, BYTES_BYTES },
	{ "erase and erase of one key", "pA0-4", { "eA4", "eA4" }, WORD_WORD },
	{ "put and get", "pA0-4", { "pA4=2", "gA4" }, WORD_WORD },
	{ "put and get of bytes", "pA0-4", { "pA4=2", "gA4" }, BYTES_BYTES },
	{ "put and get of bytes in a full bucket", "pA0-6", { "pA4=2", "gA4" }, BYTES_BYTES },
	{ "put and get of bytes in the stash", "pA0-8", { "pA8=2", "gA8" }, BYTES_BYTES },
	{ "fetch_add and fetch_add", "pA0-1", { "fA1", "fA1" }, WORD_WORD },
	{ "fetch_add, fetch_add and get", "pA0-1", { "fA1", "fA1", "gA1" }, WORD_WORD },
	{ "erase and put in the stash", "pA0-8", { "eA8", "pA9" }, WORD_WORD },
	{ "insert into one stash, twice", "pA0-6 pJ0-6", { "iA8", "iJ8" }, WORD_WORD },
	{ "split and insert", "pA0-10 pB0-9", { "iA11", "iB11" }, WORD_WORD },
	{ "split and erase", "pA0-10 pB0-9", { "iA11", "eB3" }, WORD_WORD },
	{ "split and get", "pA0-10 pB0-9", { "iA11", "gB9" }, WORD_WORD },
	{ "split and walk", "pA0-10 pB0-9", { "iA11", "W" }, WORD_WORD },
	{ "split and size", "pA0-10 pB0-9", { "iA11", "N" }, WORD_WORD },
	{ "split and clear", "pA0-10 pB0-9", { "iA11", "C" }, WORD_WORD },
	{ "clear and insert", "pA0-3 pD0", { "C", "iA5" }, WORD_WORD },
	{ "clear and get", "pA0-3 pD0", { "C", "gA3" }, WORD_WORD },
	{ "clear and clear", "pA0-3", { "C", "C" }, WORD_WORD },
	{ "remove and put", "pA0-3", { "-", "pA5" }, WORD_WORD },
	{ "remove and put of bytes", "pA0-3", { "-", "pA2=2" }, BYTES_BYTES },
	{ "remove and remove", "pA0-3", { "-", "-" }, WORD_WORD },
	{ "transaction and put", "pA0-3 b.pA2", { "mA3", "pA3=2" }, WORD_WORD },
	{ "transaction and get", "pA0-3 b.pA2", { "mA3", "gA3" }, WORD_WORD },
	{ "transaction and transaction", "pA0-3 b.pA2", { "mA3", "uA3=2" }, WORD_WORD },
	{ "aborted transaction and get", "pA0-3", { "bA3=2", "gA3" }, WORD_WORD },
	{ "transaction that reads twice and put", "pA0-3", { "dA3", "pA3=2" }, WORD_WORD },
	{ "transaction that reads twice and split", "pA0-10 pB0-9", { "dA3", "iA11" }, WORD_WORD },
	{ "transaction that reads twice and clear", "pA0-3", { "dA3", "C" }, WORD_WORD },
	{ "transaction and remove", "pA0-3", { "mA3", "-" }, WORD_WORD },
	{ "insert, erase and get of one key", "pA0-2", { "iA4", "eA4", "gA4" }, WORD_WORD },
	{ "insert, erase and reap", "pA0-2", { "iA4", "eA1", "r" }, WORD_WORD },
	{ "size, insert and erase", "pA0-2", { "N", "iA4", "eA1" }, WORD_WORD },
	{ "transaction, put and reap", "pA0-3", { "mA3", "pA3=2", "r" }, WORD_WORD },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const struct baton_words *pair;
static struct script_world world;

/* ---- calls ------------------------------------------------------------------------------------- */

struct call {
	char kind;
	unsigned key, value;
};

static struct call
call_of(unsigned actor)
{
	const char *text = pair->calls[actor], *value = strchr(text, '=');
	struct call call = { .kind = text[0] };

	if (isupper((unsigned char)text[1]))
		call.key = script_key(text[1], (unsigned)atoi(text + 2));
	if (value)
		call.value = (unsigned)atoi(value + 1);
	return call;
}

static struct tarn_hashmap *
map(unsigned which)
{
	return (struct tarn_hashmap *)&world.maps[which];
}

static const void *
key_of(unsigned key, unsigned which, size_t *size)
{
	*size = script_keys[key].in[which].size;
	return script_keys[key].in[which].bytes;
}

static int
put(struct tarn_hashmap *into, unsigned which, unsigned key, unsigned number, bool insert)
{
	char value[SCRIPT_VALUE_MOST];
	size_t key_size, size = script_value(&world.maps[which], key, number, value);
	const void *bytes = key_of(key, which, &key_size);

	return insert ? tarn_hashmap_insert(into, bytes, key_size, value, size)
		      : tarn_hashmap_put(into, bytes, key_size, value, size);
}

static uint64_t
get(struct tarn_hashmap *from, unsigned which, unsigned key)
{
	char value[SCRIPT_VALUE_MOST];
	size_t key_size, size = 0;
	const void *bytes = key_of(key, which, &key_size);
	int code = tarn_hashmap_get(from, bytes, key_size, value, sizeof(value), &size);

	return baton_said(code, code ? 0 : tarn__hash_bytes(value, size, 1));
}

static int
erase(struct tarn_hashmap *from, unsigned which, unsigned key)
{
	size_t key_size;
	const void *bytes = key_of(key, which, &key_size);

	return tarn_hashmap_erase(from, bytes, key_size);
}

static uint64_t
add(unsigned key)
{
	size_t key_size;
	const void *bytes = key_of(key, 0, &key_size);
	uint64_t before = 0;
	int code = tarn_hashmap_fetch_add(map(0), bytes, key_size, 1000, &before);

	return baton_said(code, before << 1);
}

static uint64_t
size_of(unsigned which)
{
	uint64_t size = 0;
	int code = tarn_hashmap_size(map(which), &size);

	return baton_said(code, size << 1);
}

/* ---- walks ------------------------------------------------------------------------------------- */

static bool
is_named(unsigned key)
{
	for (unsigned i = 0; i < BATON_ACTORS && pair->calls[i]; i++) {
		struct call call = call_of(i);

		if (pair->calls[i][1] && call.key == key)
			return true;
	}
	return false;
}

static unsigned
number_of(const struct tarn_hashmap_entry *entry)
{
	for (unsigned k = 0; k < script_key_count; k++) {
		if (script_keys[k].in[0].size == entry->key_size &&
		    !memcmp(script_keys[k].in[0].bytes, entry->key, entry->key_size))
			return k;
	}
	baton_fail("a walk finds a key that nobody has put");
}

/* Keys that no call names are there all the time: each comes once.  Others, once or not at all. */
static uint64_t
walk(void)
{
	unsigned times[SCRIPT_KEYS] = { 0 };
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(map(0), &cursor);

	while (!code) {
		code = tarn_hashmap_cursor_next(cursor, &entry);
		if (!code)
			times[number_of(&entry)]++;
	}
	tarn_hashmap_cursor_close(cursor);
	baton_must(code == TARN_NOT_FOUND);
	for (unsigned k = 0; k < script_key_count; k++)
		baton_must(is_named(k) ? times[k] <= 1 : times[k] == 1);
	return 1;
}

/* ---- transactions ------------------------------------------------------------------------------ */

static int
begin(struct tarn_txn **txn)
{
	struct tarn_object *both[] = { &world.maps[1], &world.maps[0] };

	return tarn_txn_begin(world.arena, txn, both, 2);
}

/* What is not there is not moved. */
static int
move(struct tarn_txn *txn, const struct call *call)
{
	int code = erase(tarn_hashmap_in(map(0), txn), 0, call->key);

	if (code == TARN_NOT_FOUND)
		return 0;
	return code ? code : put(tarn_hashmap_in(map(1), txn), 1, call->key, 7, false);
}

static int
put_both(struct tarn_txn *txn, const struct call *call)
{
	int code = put(tarn_hashmap_in(map(0), txn), 0, call->key, call->value, false);

	return code ? code : put(tarn_hashmap_in(map(1), txn), 1, call->key, call->value, false);
}

/* Nobody comes in between (O3). */
static int
get_twice(struct tarn_txn *txn, const struct call *call, uint64_t *told)
{
	struct tarn_hashmap *in = tarn_hashmap_in(map(0), txn);

	*told = get(in, 0, call->key);
	baton_must(get(in, 0, call->key) == *told);
	return 0;
}

static int
work(struct tarn_txn *txn, const struct call *call, uint64_t *told)
{
	switch (call->kind) {
	case 'm':
		return move(txn, call);
	case 'd':
		return get_twice(txn, call, told);
	default:
		return put_both(txn, call);
	}
}

/* Again after a deadlock, as a program does. */
static uint64_t
transact(const struct call *call)
{
	struct tarn_txn *txn;
	uint64_t told = 0;
	int code;

	do {
		code = begin(&txn);
		if (code)
			break;
		code = work(txn, call, &told);
		if (code || call->kind == 'b')
			tarn_txn_abort(txn);
		else
			code = tarn_txn_commit(txn);
	} while (code == TARN_DEADLOCK);
	return baton_said(code, told);
}

/* ---- the play ---------------------------------------------------------------------------------- */

static uint64_t
act(unsigned actor)
{
	struct call call = call_of(actor);

	switch (call.kind) {
	case 'p':
	case 'i':
		return baton_said(put(map(0), 0, call.key, call.value, call.kind == 'i'), 0);
	case 'e':
		return baton_said(erase(map(0), 0, call.key), 0);
	case 'g':
		return get(map(0), 0, call.key);
	case 'f':
		return add(call.key);
	case 'C':
		return baton_said(tarn_hashmap_clear(map(0)), 0);
	case 'N':
		return size_of(0);
	case 'W':
		return walk();
	case '-':
		return baton_said(tarn_object_remove(world.arena, "a"), 0);
	case 'r':
		return baton_said(tarn_reap(world.arena, NULL), 0);
	default:
		return transact(&call);
	}
}

static uint64_t
image(void)
{
	uint64_t hash = 1;

	for (unsigned which = 0; which < SCRIPT_MAPS; which++) {
		hash = tarn__hash_u64(size_of(which), hash);
		for (unsigned k = 0; k < script_key_count; k++)
			hash = tarn__hash_u64(get(map(which), which, k), hash);
	}
	return hash;
}

/* Handles take it that versions only rise. */
static void
restored(void)
{
	for (unsigned i = 0; i < SCRIPT_MAPS; i++)
		tarn__object_forget(&world.maps[i]);
}

static void
setup(const void *arg)
{
	pair = arg;
	script_open(&world, pair->layout, WORD_WORD);
	baton_open(world.arena);
	baton_when_restored(restored);
	for (unsigned i = 0; i < BATON_ACTORS && pair->calls[i]; i++)
		(void)call_of(i);
	script_learn(pair->setup);
	baton_as(0);
	script_run(&world, pair->setup);
	baton_must(!world.why[0]);
}

int
main(int argc, char **argv)
{
	const struct baton_play play = { .setup = setup, .act = act, .image = image };

	return baton_main_words(pairs, PAIRS, &play, argc > 1 ? argv[1] : NULL);
}
