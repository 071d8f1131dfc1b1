// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- lists as they are compiled, died in after every instruction: see
 * tracer.h
 *
 * Two lists, of words and then of strings; what they hold is read with the
 * handles of all elements, both ways.
 */
#include "step/tracer.h"

#include "base/compiler.h"
#include "base/hash.h"

#include <string.h>

#include <tarn.h>

#define MAX_SIZE (UINT64_C(2) << 20)
#define LISTS 2u
#define MOST 24u
#define STRING_MOST 40u

struct image {
	uint64_t words[LISTS], lengths[LISTS], values[LISTS], handles[LISTS];
};

static struct tarn_list *lists[LISTS];
static uint32_t size;

/* ---- looking ----------------------------------------------------------------------------------- */

static void
look_at(struct tarn_object *object, struct image *image, unsigned which)
{
	struct tarn_list *list = (struct tarn_list *)object;
	struct tarn_list_handle handles[MOST], at = TARN_LIST_END;
	char room[MOST][STRING_MOST];
	struct tarn_bytes values[MOST];
	uint64_t got;

	for (unsigned i = 0; i < MOST; i++)
		values[i] = (struct tarn_bytes){ room[i], STRING_MOST };
	tracer_must(tarn_list_read(list, &at, TARN_LIST_FORWARDS, values, TARN_SEPARATE, handles, MOST,
				   &got) == 0);
	for (uint64_t i = got; i; i--) {
		tracer_must(tarn_list_prev(list, &at) == 0);
		tracer_must(!memcmp(&at, &handles[i - 1], sizeof(at)));
	}
	image->words[which] = object->root->word;
	image->lengths[which] = got;
	image->values[which] = got;
	for (uint64_t i = 0; i < got; i++)
		image->values[which] = tarn__hash_bytes(room[i], values[i].size, image->values[which]);
	image->handles[which] = tarn__hash_bytes(handles, got * sizeof(*handles), 1);
}

static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object *object = tarn_list_object(lists[which]);

	return in == &tracer_view ? tracer_object(object) : *object;
}

static void
look(struct tarn_arena *in, void *told)
{
	tracer_check(in);
	for (unsigned i = 0; i < LISTS; i++) {
		struct tarn_object object = handle_in(in, i);

		look_at(&object, told, i);
	}
}

/* ---- steps ------------------------------------------------------------------------------------- */

static const char *
value(uint64_t seed)
{
	static char bytes[STRING_MOST];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(tarn__hash_u64(i, seed) | 1);
	return bytes;
}

/* Strings of 3 to 38 bytes: in the element, or not. */
static size_t
size_of(uint64_t seed)
{
	return size == TARN_VALUE_BYTES ? seed * 5 % 36 + 3 : size;
}

static int
push(struct tarn_list *l, struct tarn_list *m)
{
	(void)m;
	return tarn_list_push_back(l, value(1), size_of(1), NULL);
}

static int
push_front(struct tarn_list *l, struct tarn_list *m)
{
	(void)m;
	return tarn_list_push_front(l, value(7), size_of(7), NULL);
}

static int
pop(struct tarn_list *l, struct tarn_list *m)
{
	(void)m;
	return tarn_list_pop_back(l, NULL, 0, NULL);
}

static int
insert(struct tarn_list *l, struct tarn_list *m)
{
	struct tarn_list_handle at = TARN_LIST_END;
	int code = tarn_list_prev(l, &at);

	(void)m;
	return code ? code : tarn_list_insert(l, &at, value(3), size_of(3), NULL);
}

static int
set(struct tarn_list *l, struct tarn_list *m)
{
	struct tarn_list_handle at = TARN_LIST_END;
	int code = tarn_list_next(l, &at);

	(void)m;
	return code ? code : tarn_list_set(l, &at, value(6), size_of(6));
}

static int
erase(struct tarn_list *l, struct tarn_list *m)
{
	struct tarn_list_handle at = TARN_LIST_END;
	int code = tarn_list_next(l, &at);

	(void)m;
	if (!code)
		code = tarn_list_next(l, &at);
	return code ? code : tarn_list_erase(l, &at);
}

static int
reverse(struct tarn_list *l, struct tarn_list *m)
{
	(void)m;
	return tarn_list_reverse(l);
}

static int
splice(struct tarn_list *l, struct tarn_list *m)
{
	return tarn_list_splice(l, &TARN_LIST_END, m);
}

static int
exchange(struct tarn_list *l, struct tarn_list *m)
{
	return tarn_list_swap(l, m);
}

static int
change(struct tarn_list *l, struct tarn_list *m, bool commits)
{
	struct tarn_object *objects[] = { tarn_list_object(l), tarn_list_object(m) };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(objects[0]->arena, &txn, objects, 2);

	if (code)
		return code;
	l = tarn_list_in(l, txn);
	code = push(l, NULL);
	if (!code)
		code = push_front(tarn_list_in(m, txn), NULL);
	if (!code)
		code = pop(tarn_list_in(m, txn), NULL);
	if (!code)
		code = pop(l, NULL);
	if (!code && commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static int
commit(struct tarn_list *l, struct tarn_list *m)
{
	return change(l, m, true);
}

static int
undo(struct tarn_list *l, struct tarn_list *m)
{
	return change(l, m, false);
}

static const struct {
	const char *name;
	int (*run)(struct tarn_list *l, struct tarn_list *m);
} steps[] = {
	{ "push", push },	{ "push at the front", push_front }, { "pop", pop },
	{ "insert", insert },	{ "set", set },			     { "erase", erase },
	{ "reverse", reverse }, { "splice", splice },		     { "swap", exchange },
	{ "push again", push }, { "transaction", commit },	     { "transaction aborted", undo },
};

static void
run_step(struct tarn_arena *in, const void *number)
{
	struct tarn_object l = handle_in(in, 0), m = handle_in(in, 1);

	tracer_must(steps[*(const unsigned *)number].run((struct tarn_list *)&l, (struct tarn_list *)&m) == 0);
}

static const struct tracer_test test = {
	.image_size = sizeof(struct image),
	.look = look,
	.run = run_step,
};

/* ---- the world --------------------------------------------------------------------------------- */

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_NONE, size, NULL };
	struct tarn_arena *arena;

	tracer_must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < LISTS; i++) {
		tracer_must(tarn_list_open(arena, &lists[i], i ? "m" : "l", &type, TARN_CREATE, NULL) == 0);
		for (unsigned k = 0; k < 3; k++)
			tracer_must(tarn_list_push_back(lists[i], value(10 + k), size_of(10 + k), NULL) == 0);
	}
	tracer_open_view(arena);
	if (tracer_start(&test)) {
		for (unsigned i = 0; i < TARN_ARRAY_SIZE(steps); i++)
			tracer_step(steps[i].name, &i, sizeof(i));
		tracer_stop();
	}
	for (unsigned i = 0; i < LISTS; i++)
		tarn_list_close(lists[i]);
	tarn_arena_close(arena);
}

int
main(void)
{
	static const uint32_t sizes[] = { 8, TARN_VALUE_BYTES };

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		run();
	}
	return tracer_verdict();
}
