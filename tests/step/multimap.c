// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- ordered multimaps as they are compiled, died in after every
 * instruction: see tracer.h
 */
#include "step/tracer.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(2) << 20)
#define MAPS 2u
#define KEY_MOST 40u
#define FULL 15u /* entries of a leaf */

struct image {
	uint64_t sizes[MAPS], contents[MAPS], words[MAPS];
};

static struct tarn_multimap *maps[MAPS];
static bool strings;

static size_t
make_key(unsigned n, char *key)
{
	uint64_t word = n;

	if (strings)
		return (size_t)sprintf(key, "a start %03u", n);
	memcpy(key, &word, sizeof(word));
	return sizeof(word);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static int
insert(struct tarn_multimap *one, unsigned n, uint64_t value)
{
	char key[KEY_MOST];

	return tarn_multimap_insert(one, key, make_key(n, key), &value, 8, NULL);
}

static int
insert_one(struct tarn_multimap *one, struct tarn_multimap *other)
{
	(void)other;
	return insert(one, 5, 100);
}

/* Its leaf has entries of one key alone. */
static int
insert_and_split(struct tarn_multimap *one, struct tarn_multimap *other)
{
	(void)other;
	return insert(one, 5, 101);
}

static int
erase(struct tarn_multimap *from, unsigned n, uint64_t expected)
{
	char key[KEY_MOST];
	uint64_t erased;
	int code = tarn_multimap_erase(from, key, make_key(n, key), &erased);

	tracer_must(code || erased == expected);
	return code;
}

static int
erase_in_leaves(struct tarn_multimap *one, struct tarn_multimap *other)
{
	(void)other;
	return erase(one, 5, FULL + 1);
}

static int
erase_in_leaf(struct tarn_multimap *one, struct tarn_multimap *other)
{
	(void)one;
	return erase(other, 6, 3);
}

/* The second of them. */
static int
erase_entry(struct tarn_multimap *one, struct tarn_multimap *other)
{
	uint64_t serials[2];
	size_t count = 2, size;
	char key[KEY_MOST];
	int code;

	(void)one;
	size = make_key(7, key);
	code = tarn_multimap_equal_range(other, key, size, NULL, serials, &count);
	tracer_must(code || count == 2);
	return code ? code : tarn_multimap_erase_entry(other, key, size, serials[1]);
}

static int
pop_last(struct tarn_multimap *one, struct tarn_multimap *other)
{
	(void)one;
	return tarn_multimap_pop_last(other, NULL, NULL);
}

static int
change(struct tarn_multimap *one, struct tarn_multimap *other, bool commits)
{
	struct tarn_object *objects[] = { tarn_multimap_object(one), tarn_multimap_object(other) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, MAPS);

	if (code)
		return code;
	code = erase(tarn_multimap_in(other, txn), 7, 2);
	if (!code)
		code = insert(tarn_multimap_in(other, txn), 7, 50);
	if (!code)
		code = insert(tarn_multimap_in(one, txn), 7, 51);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(struct tarn_multimap *one, struct tarn_multimap *other)
{
	return change(one, other, true);
}

static int
undo(struct tarn_multimap *one, struct tarn_multimap *other)
{
	return change(one, other, false);
}

/* One after the other. */
static const struct step {
	const char *name;
	int (*run)(struct tarn_multimap *one, struct tarn_multimap *other);
} steps[] = {
	{ "insert", insert_one },
	{ "insert into a full leaf", insert_and_split },
	{ "erase in two leaves", erase_in_leaves },
	{ "erase in one leaf", erase_in_leaf },
	{ "erase an entry", erase_entry },
	{ "pop the last", pop_last },
	{ "transaction aborted", undo },
	{ "transaction", commit },
};

/* ---- the world --------------------------------------------------------------------------------- */

/* What the handle remembers leads to the arena itself. */
static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object object = *tarn_multimap_object(maps[which]);

	if (in == &tracer_view)
		object = tracer_object(&object);
	tarn__object_forget(&object);
	return object;
}

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object one = handle_in(in, 0), other = handle_in(in, 1);
	const struct step *step = &steps[*(const unsigned *)number];

	tracer_must(step->run((struct tarn_multimap *)&one, (struct tarn_multimap *)&other) == 0);
}

static void
look_at(struct tarn_multimap *map, struct image *image, unsigned which)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	uint64_t *hash = &image->contents[which];
	int code = tarn_multimap_cursor_open(map, &cursor);

	tracer_must(code == 0);
	while (!(code = tarn_multimap_cursor_next(cursor, &entry))) {
		*hash = tarn__hash_bytes(entry.key, entry.key_size, *hash);
		*hash = tarn__hash_bytes(entry.value, entry.value_size, *hash);
		*hash = tarn__hash_u64(entry.serial, *hash);
		image->sizes[which]++;
	}
	tracer_must(code == TARN_NOT_FOUND);
	tarn_multimap_cursor_close(cursor);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < MAPS; i++) {
		struct tarn_object object = handle_in(in, i);
		uint64_t size;

		image->words[i] = object.root->word;
		look_at((struct tarn_multimap *)&object, image, i);
		tracer_must(tarn_multimap_size((struct tarn_multimap *)&object, &size) == 0);
		tracer_must(size == image->sizes[i]);
	}
}

static const struct tracer_test test = {
	.image_size = sizeof(struct image),
	.look = look,
	.run = run_step,
};

/* The one has 14 entries of a key, so the second insert splits; the other some of three. */
static void
fill(void)
{
	for (unsigned n = 0; n < FULL - 1; n++)
		tracer_must(insert(maps[0], 5, n) == 0);
	for (unsigned n = 0; n < 9; n++)
		tracer_must(insert(maps[1], 6 + n % 3, n) == 0);
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_MULTIMAP,
				  .key = strings ? TARN_KEY_STRING : TARN_KEY_U64,
				  .value_size = 8 };
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		tracer_must(tarn_multimap_open(arena, &maps[i], i ? "other" : "one", &type, TARN_CREATE,
					       NULL) == 0);
	fill();
	tracer_open_view(arena);
	if (tracer_start(&test)) {
		for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			tracer_step(steps[i].name, &i, sizeof(i));
		tracer_stop();
	}
	for (unsigned i = 0; i < MAPS; i++)
		tarn_multimap_close(maps[i]);
	tarn_arena_close(arena);
}

int
main(void)
{
	run();
	strings = true;
	run();
	return tracer_verdict();
}
