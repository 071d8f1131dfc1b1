// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- ordered maps as they are compiled, died in after every
 * instruction: see tracer.h
 *
 * Limits are those of the release: a leaf has 15 entries, and the first one
 * is full.  So the first insert splits it, and later ones merge two again.
 */
#include "step/pair.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

#define MAX_SIZE (UINT64_C(3) << 20)
#define FULL 15u
#define MOST 80u /* bytes of a key or a value */

static bool texts;

/* ---- steps ------------------------------------------------------------------------------------- */

/* Of texts, all begin alike for longer than a word. */
static size_t
key_of(unsigned key, char *bytes)
{
	uint64_t word = key;

	if (texts)
		return (size_t)sprintf(bytes, "a beginning, %04u", key);
	memcpy(bytes, &word, 8);
	return 8;
}

static int
put(void *m, unsigned number, unsigned value)
{
	char key[MOST], bytes[MOST];
	size_t size = key_of(number, key);

	memset(bytes, (int)value, MOST);
	return tarn_map_put(m, key, size, bytes, texts ? 1 + value % MOST : 8);
}

static int
erase(void *m, unsigned number)
{
	char key[MOST];
	size_t size = key_of(number, key);

	return tarn_map_erase(m, key, size);
}

static int
erase_range(void *m, unsigned from, unsigned to)
{
	char first[MOST], last[MOST];
	size_t first_size = key_of(from, first), last_size = key_of(to, last);

	return tarn_map_erase_range(m, first, first_size, last, last_size, NULL);
}

static int
split(void *m, void *n)
{
	(void)n;
	return put(m, 5, 1);
}

static int
insert(void *m, void *n)
{
	(void)n;
	return put(m, 7, 2);
}

static int
replace(void *m, void *n)
{
	(void)n;
	return put(m, 7, 3);
}

static int
replace_by_more(void *m, void *n)
{
	(void)n;
	return put(m, 7, 77);
}

static int
erase_one(void *m, void *n)
{
	(void)n;
	return erase(m, 7);
}

static int
pop(void *m, void *n)
{
	char key[MOST], value[MOST];
	struct tarn_bytes k = { key, MOST }, v = { value, MOST };

	(void)n;
	return tarn_map_pop_first(m, &k, &v);
}

/* Four keys go, five come, in both. */
static int
change(void *m, void *n, bool commits)
{
	struct tarn_object *objects[] = { tarn_map_object(m), tarn_map_object(n) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	code = erase_range(tarn_map_in(m, txn), 10, 18);
	for (unsigned i = 0; !code && i < 5; i++)
		code = put(tarn_map_in(n, txn), 2 * i + 1, i);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(void *m, void *n)
{
	return change(m, n, true);
}

static int
undo(void *m, void *n)
{
	return change(m, n, false);
}

/* After the transaction, and one pop, and another: 11 are left. */
static int
merge(void *m, void *n)
{
	(void)n;
	return erase(m, 28);
}

static int
clear(void *m, void *n)
{
	(void)m;
	return tarn_map_clear(n);
}

static const struct pair_step steps[] = {
	{ "split", split },
	{ "insert", insert },
	{ "replace", replace },
	{ "replace by more", replace_by_more },
	{ "erase", erase_one },
	{ "pop", pop },
	{ "transaction aborted", undo },
	{ "transaction", commit },
	{ "merge", merge },
	{ "clear", clear },
	{ "insert again", insert },
};

/* ---- the world --------------------------------------------------------------------------------- */

/* All entries in order, and as many as there are said to be. */
static uint64_t
contents(struct tarn_object *object, uint64_t *length)
{
	struct tarn_map *map = (struct tarn_map *)object;
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t hash = 1, count = 0;
	int code = tarn_map_cursor_open(map, &cursor);

	while (!code) {
		code = tarn_map_cursor_next(cursor, &entry);
		if (code)
			break;
		hash = tarn__hash_bytes(entry.key, entry.key_size, hash);
		hash = tarn__hash_bytes(entry.value, entry.value_size, hash);
		count++;
	}
	tarn_map_cursor_close(cursor);
	tracer_must(code == TARN_NOT_FOUND);
	tracer_must(tarn_map_size(map, length) == 0);
	tracer_must(count == *length);
	return hash;
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type word = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type text = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
	struct tarn_object *objects[PAIR];
	struct tarn_arena *arena;
	struct tarn_map *map;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < PAIR; i++) {
		tracer_must(tarn_map_open(arena, &map, i ? "n" : "m", texts ? &text : &word,
					  TARN_CREATE, NULL) == 0);
		for (unsigned key = 0; key < FULL; key++)
			tracer_must(put(map, 2 * key, key) == 0);
		objects[i] = tarn_map_object(map);
	}
	pair_trace_by(arena, objects, contents, steps, TARN_ARRAY_SIZE(steps));
}

int
main(void)
{
	run();
	texts = true;
	run();
	return tracer_verdict();
}
