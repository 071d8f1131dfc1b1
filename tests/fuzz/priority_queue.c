// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- priority queues in damaged arenas: of numbers, and of
 * bytes in an order of the program's own
 */
#include "fuzz/fuzz.h"

#include <string.h>

#define ELEMENTS 3000u
#define MANY 70u /* of 40 bytes, in the room */
#define KEPT 8u

/* Of the queues that were built; what they lead to in another arena does not matter. */
static struct tarn_priority_queue_handle kept[KEPT];

static int
by_last_bytes(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	(void)unused;
	return memcmp((const char *)a + a_size - 4, (const char *)b + b_size - 4, 4);
}

/* ---- building ---------------------------------------------------------------------------------- */

static struct tarn_priority_queue *
open_queue(struct tarn_arena *arena, const char *name, bool numbers, enum tarn_open_mode how)
{
	struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE,
				  .key = numbers ? TARN_KEY_I64 : TARN_KEY_CUSTOM,
				  .value_size = numbers ? 8 : 40, .order = numbers ? NULL : "last-bytes" };
	struct tarn_priority_queue *queue;

	fuzz_must(tarn_order_register("last-bytes", by_last_bytes, NULL));
	(void)fuzz_told(tarn_priority_queue_open(arena, &queue, name, &type, how, NULL));
	return queue;
}

static void
build(struct tarn_arena *arena)
{
	struct tarn_priority_queue *numbers = open_queue(arena, "numbers", true, TARN_CREATE);
	struct tarn_priority_queue *structs = open_queue(arena, "structs", false, TARN_CREATE);

	for (uint64_t i = 0; i < ELEMENTS; i++) {
		uint64_t value[5] = { i * 7919 % ELEMENTS, 0, 0, 0, i * 7907 % ELEMENTS << 32 };

		fuzz_must(tarn_priority_queue_push(numbers, value, &kept[i % KEPT]));
		if (i < ELEMENTS / 10)
			fuzz_must(tarn_priority_queue_push(structs, value, NULL));
	}
	tarn_priority_queue_close(numbers);
	tarn_priority_queue_close(structs);
}

static void
begin(struct tarn_arena *arena)
{
	struct tarn_priority_queue *queue = open_queue(arena, "numbers", true, TARN_OPEN);
	struct tarn_object *object = tarn_priority_queue_object(queue);
	struct tarn_txn *txn;
	uint64_t got;

	fuzz_must(tarn_txn_begin(arena, &txn, &object, 1));
	queue = tarn_priority_queue_in(queue, txn);
	fuzz_must(tarn_priority_queue_pop_many(queue, fuzz_room(), 100, &got));
	fuzz_must(tarn_priority_queue_push_many(queue, fuzz_room(), 300, NULL));
	for (uint64_t i = 0; i < 60; i++)
		fuzz_must(tarn_priority_queue_push(queue, &i, NULL));
}

/* ---- every call -------------------------------------------------------------------------------- */

static void
look(struct tarn_priority_queue *queue)
{
	struct tarn_priority_queue_handle *handle = &kept[fuzz_roll(KEPT)];
	void *value = fuzz_room();
	uint64_t number = 0;
	bool empty;

	(void)fuzz_told(tarn_priority_queue_size(queue, &number));
	(void)fuzz_told(tarn_priority_queue_empty(queue, &empty));
	(void)fuzz_told(tarn_priority_queue_top(queue, value, fuzz_roll(2) ? handle : NULL));
	(void)fuzz_told(tarn_priority_queue_get(queue, handle, value));
	(void)fuzz_told(tarn_priority_queue_read(queue, fuzz_roll(ELEMENTS), value, MANY, &number));
}

static void
change(struct tarn_priority_queue *queue)
{
	struct tarn_priority_queue_handle *handle = &kept[fuzz_roll(KEPT)];
	void *values = memset(fuzz_room(), 7, FUZZ_ROOM);
	uint64_t got;

	(void)fuzz_told(tarn_priority_queue_push(queue, values, handle));
	(void)fuzz_told(tarn_priority_queue_push_many(queue, values, fuzz_roll(MANY), NULL));
	(void)fuzz_told(tarn_priority_queue_update(queue, handle, values));
	(void)fuzz_told(tarn_priority_queue_remove(queue, &kept[fuzz_roll(KEPT)], values));
	(void)fuzz_told(tarn_priority_queue_pop(queue, values));
	(void)fuzz_told(tarn_priority_queue_pop(queue, NULL));
	(void)fuzz_told(tarn_priority_queue_pop_many(queue, values, fuzz_roll(MANY), &got));
	(void)fuzz_told(tarn_priority_queue_pop_many(queue, NULL, fuzz_roll(1000), &got));
	if (!fuzz_roll(5))
		(void)fuzz_told(tarn_priority_queue_clear(queue));
}

static void
in_txn(struct tarn_txn *txn, void *handle)
{
	struct tarn_priority_queue *queue = tarn_priority_queue_in(handle, txn);

	look(queue);
	change(queue);
}

static void
use_one(struct tarn_arena *arena, struct tarn_priority_queue *queue)
{
	if (!queue)
		return;
	look(queue);
	change(queue);
	fuzz_txn(arena, tarn_priority_queue_object(queue), in_txn, queue);
	look(queue);
}

static void
use(struct tarn_arena *arena)
{
	struct tarn_priority_queue *numbers = open_queue(arena, "numbers", true, TARN_OPEN);
	struct tarn_priority_queue *structs = open_queue(arena, "structs", false, TARN_OPEN);
	struct tarn_priority_queue *third = NULL;

	use_one(arena, numbers);
	use_one(arena, structs);
	if (numbers && !fuzz_roll(3))
		third = open_queue(arena, "third", true, TARN_OPEN_OR_CREATE);
	if (third) {
		(void)fuzz_told(tarn_priority_queue_swap(numbers, third));
		(void)fuzz_told(tarn_priority_queue_copy(numbers, third));
	}
	if (!fuzz_roll(3))
		(void)fuzz_told(tarn_object_remove(arena, "numbers"));
	tarn_priority_queue_close(numbers);
	tarn_priority_queue_close(structs);
	tarn_priority_queue_close(third);
}

const struct fuzz_kind fuzz_priority_queue = { "priority queue", build, begin, use };
