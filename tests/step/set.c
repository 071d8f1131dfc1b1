// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- ordered sets as they are compiled, died in after every
 * instruction: see tracer.h
 */
#include "step/tracer.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(2) << 20)
#define SETS 2u
#define KEY_MOST 40u

struct image {
	uint64_t sizes[SETS], contents[SETS], words[SETS];
};

static struct tarn_set *sets[SETS];
static bool strings;

static size_t
make_key(unsigned n, char *key)
{
	uint64_t word = n;

	if (strings)
		return (size_t)sprintf(key, "a common start %03u", n);
	memcpy(key, &word, sizeof(word));
	return sizeof(word);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static int
insert(struct tarn_set *one, unsigned n)
{
	char key[KEY_MOST];

	return tarn_set_insert(one, key, make_key(n, key));
}

static int
insert_one(struct tarn_set *one, struct tarn_set *other)
{
	(void)other;
	return insert(one, 30);
}

static int
insert_and_split(struct tarn_set *one, struct tarn_set *other)
{
	(void)other;
	return insert(one, 31);
}

static int
erase(struct tarn_set *one, struct tarn_set *other)
{
	char key[KEY_MOST];

	(void)other;
	return tarn_set_erase(one, key, make_key(4, key));
}

static int
pop_first(struct tarn_set *one, struct tarn_set *other)
{
	(void)other;
	return tarn_set_pop_first(one, NULL);
}

static int
pop_last(struct tarn_set *one, struct tarn_set *other)
{
	(void)other;
	return tarn_set_pop_last(one, NULL);
}

static int
exchange(struct tarn_set *one, struct tarn_set *other)
{
	return tarn_set_swap(one, other);
}

static int
change(struct tarn_set *one, struct tarn_set *other, bool commits)
{
	struct tarn_object *objects[] = { tarn_set_object(one), tarn_set_object(other) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, SETS);

	if (code)
		return code;
	code = tarn_set_pop_last(tarn_set_in(one, txn), NULL);
	if (!code)
		code = insert(tarn_set_in(one, txn), 50);
	if (!code)
		code = insert(tarn_set_in(other, txn), commits ? 51 : 52);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(struct tarn_set *one, struct tarn_set *other)
{
	return change(one, other, true);
}

static int
undo(struct tarn_set *one, struct tarn_set *other)
{
	return change(one, other, false);
}

static const struct step {
	const char *name;
	int (*run)(struct tarn_set *one, struct tarn_set *other);
} steps[] = {
	{ "insert", insert_one },   { "insert into a full leaf", insert_and_split },
	{ "erase", erase },	    { "pop the first", pop_first },
	{ "pop the last", pop_last }, { "swap", exchange },
	{ "transaction", commit },  { "transaction aborted", undo },
};

/* ---- the world --------------------------------------------------------------------------------- */

/* What the handle remembers leads to the arena itself. */
static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object object = *tarn_set_object(sets[which]);

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

	tracer_must(step->run((struct tarn_set *)&one, (struct tarn_set *)&other) == 0);
}

static void
look_at(struct tarn_set *set, struct image *image, unsigned which)
{
	struct tarn_set_cursor *cursor;
	const void *key;
	size_t size;
	int code = tarn_set_cursor_open(set, &cursor);

	tracer_must(code == 0);
	while (!(code = tarn_set_cursor_next(cursor, &key, &size))) {
		image->contents[which] = tarn__hash_bytes(key, size, image->contents[which]);
		image->sizes[which]++;
	}
	tracer_must(code == TARN_NOT_FOUND);
	tarn_set_cursor_close(cursor);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;

	tracer_check(in);
	for (unsigned i = 0; i < SETS; i++) {
		struct tarn_object object = handle_in(in, i);
		uint64_t size;

		image->words[i] = object.root->word;
		look_at((struct tarn_set *)&object, image, i);
		tracer_must(tarn_set_size((struct tarn_set *)&object, &size) == 0);
		tracer_must(size == image->sizes[i]);
	}
}

static const struct tracer_test test = {
	.image_size = sizeof(struct image),
	.look = look,
	.run = run_step,
};

/* A leaf has 15 keys: 14 are in the one, so the second insert splits it. */
static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { .kind = TARN_KIND_SET,
				  .key = strings ? TARN_KEY_STRING : TARN_KEY_U64 };
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < SETS; i++) {
		tracer_must(tarn_set_open(arena, &sets[i], i ? "other" : "one", &type, TARN_CREATE,
					  NULL) == 0);
		for (unsigned n = 0; n < 14; n++)
			tracer_must(insert(sets[i], n + i) == 0);
	}
	tracer_open_view(arena);
	if (tracer_start(&test)) {
		for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			tracer_step(steps[i].name, &i, sizeof(i));
		tracer_stop();
	}
	for (unsigned i = 0; i < SETS; i++)
		tarn_set_close(sets[i]);
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
