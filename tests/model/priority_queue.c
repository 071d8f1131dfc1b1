// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- random operations on priority queues, beside plain bags
 *
 * The model of a queue is a bag: elements and their handles, in no order, in
 * private memory.  The greatest is found by looking at all of them.  Each
 * element has a number of its own in it, so that the same element is found
 * in the queue and in the bag, and every handle leads to what it was told
 * for.  A list of old handles, of elements that are gone, of those that an
 * aborted transaction has made, and of both queues, must lead to nothing.
 *
 * There are two queues, which are swapped and copied now and then; a
 * transaction changes both, and if it is aborted, copies of the bags come
 * back.
 *
 * Layouts: numbers, structs in an order of the program's own, bytes, and long
 * ones.  A seed as an argument runs that one alone.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 60000u /* a layout */
#define CHECK_EVERY 500u
#define COMPARE_EVERY 50u
#define QUEUES 2u
#define SIZE_MOST 1000u
#define MOST 700u /* elements of a queue */
#define MANY 64u
#define DEAD 512u

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t size;
};

static const struct layout layouts[] = {
	{ "u64", TARN_KEY_U64, 8 },	   { "i64", TARN_KEY_I64, 8 },
	{ "f64", TARN_KEY_F64, 8 },	   { "i32", TARN_KEY_I32, 4 },
	{ "u32", TARN_KEY_U32, 4 },	   { "12 bytes", TARN_KEY_BYTES, 12 },
	{ "an own order", TARN_KEY_CUSTOM, 24 }, { "1000 bytes", TARN_KEY_BYTES, SIZE_MOST },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct item {
	struct tarn_priority_queue_handle handle;
	char bytes[SIZE_MOST];
};

struct bag {
	uint64_t length;
	struct item items[MOST + MANY];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_priority_queue *handles[QUEUES];
static struct tarn_txn *txn;
static struct bag bags[QUEUES], before[QUEUES], third;
static struct tarn_priority_queue_handle dead[DEAD];
static char values[(MOST + MANY) * SIZE_MOST], read_back[(MOST + MANY) * SIZE_MOST];
static uint64_t step, dice, size, deaths;
static uint64_t calls, commits, aborts, handle_calls;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("%s, step %lu, line %d: %s does not hold\n", layout->name, (unsigned long)step, line,
	       claim);
	exit(1);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 7);
	return dice % below;
}

static struct tarn_priority_queue *
handle_of(unsigned which)
{
	return txn ? tarn_priority_queue_in(handles[which], txn) : handles[which];
}

/* ---- elements ---------------------------------------------------------------------------------- */

/* The last 4 bytes, backwards; with the shortest ones first. */
static int
compare_backwards(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	uint32_t one, other;

	(void)unused;
	must(a_size == size && b_size == size);
	memcpy(&one, (const char *)a + size - 4, 4);
	memcpy(&other, (const char *)b + size - 4, 4);
	return (one < other) - (one > other);
}

/* As the type says. */
static int
compare(const char *a, const char *b)
{
	if (layout->key == TARN_KEY_CUSTOM)
		return compare_backwards(a, size, b, size, NULL);
	if (layout->key == TARN_KEY_F64)
		return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
	if (layout->key == TARN_KEY_I64)
		return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
	if (layout->key == TARN_KEY_U64)
		return (*(const uint64_t *)a > *(const uint64_t *)b) - (*(const uint64_t *)a < *(const uint64_t *)b);
	if (layout->key == TARN_KEY_I32)
		return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
	if (layout->key == TARN_KEY_U32)
		return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
	return memcmp(a, b, size);
}

/* Few different ones, so that many are the same; or many. */
static void
random_value(char *value)
{
	uint64_t word = tarn__hash_u64(roll(4) ? roll(40) : roll(100000), 3);
	double real = (double)(int64_t)word / 1000.0;

	for (uint64_t at = 0; at < size; at++)
		value[at] = (char)(word >> at % 8 * 8);
	if (layout->key == TARN_KEY_F64)
		memcpy(value, &real, 8);
	else if (size >= 12)
		memset(value, (int)(word % 3), size / 2);
}

static const char *
random_values(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		random_value(values + i * size);
	return values;
}

/* ---- bags -------------------------------------------------------------------------------------- */

static void
copy_bag(struct bag *to, const struct bag *from)
{
	to->length = from->length;
	memcpy(to->items, from->items, from->length * sizeof(to->items[0]));
}

static void
add(struct bag *bag, const char *value, const struct tarn_priority_queue_handle *handle)
{
	struct item *item = &bag->items[bag->length++];

	must(bag->length <= MOST + MANY);
	item->handle = *handle;
	memcpy(item->bytes, value, size);
}

static void
bury(const struct tarn_priority_queue_handle *handle)
{
	dead[deaths++ % DEAD] = *handle;
}

static void
drop(struct bag *bag, uint64_t index)
{
	bury(&bag->items[index].handle);
	bag->items[index] = bag->items[--bag->length];
}

static void
drop_all(struct bag *bag)
{
	while (bag->length)
		drop(bag, bag->length - 1);
}

static uint64_t
greatest(const struct bag *bag)
{
	uint64_t best = 0;

	for (uint64_t i = 1; i < bag->length; i++) {
		if (compare(bag->items[i].bytes, bag->items[best].bytes) > 0)
			best = i;
	}
	return best;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static int
compare_bytes(const void *a, const void *b)
{
	return memcmp(a, b, size);
}

/* The same elements, whatever their order; and no other. */
static void
compare_whole(unsigned which)
{
	const struct bag *bag = &bags[which];
	uint64_t got, length;
	bool empty;

	must(tarn_priority_queue_size(handle_of(which), &length) == 0 && length == bag->length);
	must(tarn_priority_queue_empty(handle_of(which), &empty) == 0 && empty == !length);
	must(tarn_priority_queue_read(handle_of(which), 0, read_back, MOST + MANY, &got) == 0);
	must(got == bag->length);
	for (uint64_t i = 0; i < got; i++)
		memcpy(values + i * size, bag->items[i].bytes, size);
	qsort(values, got, size, compare_bytes);
	qsort(read_back, got, size, compare_bytes);
	must(!memcmp(values, read_back, got * size));
}

static void
see_top(unsigned which)
{
	struct tarn_priority_queue_handle handle;
	struct bag *bag = &bags[which];
	char value[SIZE_MOST], by_handle[SIZE_MOST];
	int code = tarn_priority_queue_top(handle_of(which), value, &handle);

	must(code == (bag->length ? 0 : TARN_NOT_FOUND));
	if (code)
		return;
	must(compare(value, bag->items[greatest(bag)].bytes) == 0);
	must(tarn_priority_queue_get(handle_of(which), &handle, by_handle) == 0);
	must(!memcmp(value, by_handle, size));
}

/* Live handles lead to their elements; those of the other queue, and dead ones, to nothing. */
static void
follow_handles(unsigned which)
{
	struct bag *bag = &bags[which], *other = &bags[1 - which];
	char value[SIZE_MOST];

	for (uint64_t i = 0; i < 5 && bag->length; i++) {
		const struct item *item = &bag->items[roll(bag->length)];

		must(tarn_priority_queue_get(handle_of(which), &item->handle, value) == 0);
		must(!memcmp(value, item->bytes, size));
	}
	for (uint64_t i = 0; i < 5 && deaths; i++) {
		const struct tarn_priority_queue_handle *handle = &dead[roll(tarn__min(deaths, DEAD))];

		must(tarn_priority_queue_get(handle_of(which), handle, value) == TARN_NOT_FOUND);
		must(tarn_priority_queue_update(handle_of(which), handle, random_values(1)) == TARN_NOT_FOUND);
		must(tarn_priority_queue_remove(handle_of(which), handle, value) == TARN_NOT_FOUND);
	}
	if (other->length)
		must(tarn_priority_queue_get(handle_of(which), &other->items[roll(other->length)].handle,
					     value) == TARN_NOT_FOUND);
	handle_calls += 20;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
push(unsigned which)
{
	struct tarn_priority_queue_handle handle;

	random_values(1);
	must(tarn_priority_queue_push(handle_of(which), values, &handle) == 0);
	add(&bags[which], values, &handle);
}

static void
push_many(unsigned which)
{
	struct tarn_priority_queue_handle told[MANY];
	uint64_t count = roll(roll(4) ? 6 : MANY);

	random_values(count);
	must(tarn_priority_queue_push_many(handle_of(which), values, count, told) == 0);
	for (uint64_t i = 0; i < count; i++)
		add(&bags[which], values + i * size, &told[i]);
}

/* The greatest that was popped is one of the bag's; which of those that are the same, is found out. */
static void
popped(unsigned which, const char *value)
{
	struct bag *bag = &bags[which];
	char still[SIZE_MOST];

	must(bag->length && compare(value, bag->items[greatest(bag)].bytes) == 0);
	for (uint64_t i = 0; i < bag->length; i++) {
		if (memcmp(bag->items[i].bytes, value, size) != 0 ||
		    tarn_priority_queue_get(handle_of(which), &bag->items[i].handle, still) != TARN_NOT_FOUND)
			continue;
		drop(bag, i);
		return;
	}
	must(!"what was popped was there");
}

static void
pop(unsigned which)
{
	char value[SIZE_MOST];
	int code = tarn_priority_queue_pop(handle_of(which), value);

	must(code == (bags[which].length ? 0 : TARN_NOT_FOUND));
	if (!code)
		popped(which, value);
}

static void
pop_many(unsigned which)
{
	uint64_t count = roll(roll(4) ? 6 : MANY), length = bags[which].length, got;
	int code = tarn_priority_queue_pop_many(handle_of(which), read_back, count, &got);

	must(code == (length ? 0 : TARN_NOT_FOUND));
	must(got == tarn__min(count, length));
	for (uint64_t i = 0; i < got; i++)
		popped(which, read_back + i * size);
}

static void
update(unsigned which)
{
	struct bag *bag = &bags[which];
	struct item *item = &bag->items[roll(bag->length + !bag->length)];

	if (!bag->length)
		return;
	random_values(1);
	must(tarn_priority_queue_update(handle_of(which), &item->handle, values) == 0);
	memcpy(item->bytes, values, size);
}

static void
remove_one(unsigned which)
{
	struct bag *bag = &bags[which];
	uint64_t index = roll(bag->length + !bag->length);
	char value[SIZE_MOST];

	if (!bag->length)
		return;
	must(tarn_priority_queue_remove(handle_of(which), &bag->items[index].handle, value) == 0);
	must(!memcmp(value, bag->items[index].bytes, size));
	drop(bag, index);
}

/* Handles of copies are not told; so all of them are taken out and put in again. */
static void
copy(void)
{
	uint64_t count = bags[1].length, got;

	must(tarn_priority_queue_copy(handle_of(0), handle_of(1)) == 0);
	drop_all(&bags[0]);
	must(tarn_priority_queue_pop_many(handle_of(0), read_back, MOST + MANY, &got) ==
	     (count ? 0 : TARN_NOT_FOUND));
	must(got == count);
	for (uint64_t i = 0; i < got; i++) {
		struct tarn_priority_queue_handle handle;

		must(!i || compare(read_back + i * size, read_back + (i - 1) * size) <= 0);
		must(tarn_priority_queue_push(handle_of(0), read_back + i * size, &handle) == 0);
		add(&bags[0], read_back + i * size, &handle);
	}
}

static void
with_both(void)
{
	if (!roll(3) && (!txn || bags[1].length < 50)) {
		copy();
		return;
	}
	must(tarn_priority_queue_swap(handle_of(0), handle_of(1)) == 0);
	copy_bag(&third, &bags[0]);
	copy_bag(&bags[0], &bags[1]);
	copy_bag(&bags[1], &third);
}

static void
clear(unsigned which)
{
	must(tarn_priority_queue_clear(handle_of(which)) == 0);
	drop_all(&bags[which]);
}

static void
random_call(unsigned which)
{
	uint64_t chance = roll(100);
	bool is_full = bags[which].length >= MOST;

	if (chance < 15)
		see_top(which);
	else if (chance < 25)
		follow_handles(which);
	else if (chance < 45 && !is_full)
		push(which);
	else if (chance < 50 && !is_full)
		push_many(which);
	else if (chance < 65)
		pop(which);
	else if (chance < 68)
		pop_many(which);
	else if (chance < 85)
		update(which);
	else if (chance < 93)
		remove_one(which);
	else if (chance < 99 && !is_full)
		push_many(which);
	else if (!roll(10))
		clear(which);
	else if (!roll(3))
		with_both();
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[] = { tarn_priority_queue_object(handles[0]),
					  tarn_priority_queue_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, QUEUES) == 0);
	for (unsigned i = 0; i < QUEUES; i++)
		copy_bag(&before[i], &bags[i]);
}

static bool
was_there(const struct tarn_priority_queue_handle *handle)
{
	for (unsigned i = 0; i < QUEUES; i++) {
		for (uint64_t j = 0; j < before[i].length; j++) {
			if (!memcmp(&before[i].items[j].handle, handle, sizeof(*handle)))
				return true;
		}
	}
	return false;
}

/* What it has made is dead; what it has killed lives, and is among the dead no more. */
static void
abort_txn(void)
{
	uint64_t kept = 0, count = tarn__min(deaths, DEAD);

	tarn_txn_abort(txn);
	for (unsigned i = 0; i < QUEUES; i++) {
		for (uint64_t j = 0; j < bags[i].length; j++) {
			if (count < DEAD && !was_there(&bags[i].items[j].handle))
				dead[count++] = bags[i].items[j].handle;
		}
		copy_bag(&bags[i], &before[i]);
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!was_there(&dead[i]))
			dead[kept++] = dead[i];
	}
	deaths = kept;
	aborts++;
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		abort_txn();
	}
	txn = NULL;
}

static void
check_whole(void)
{
	struct tarn_check_report report;

	if (txn)
		end();
	must(tarn_check(arena, NULL, &report) == 0);
	must(report.leaked_bytes == 0);
}

static void
random_step(void)
{
	unsigned which = (unsigned)roll(QUEUES);
	uint64_t length;

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(20))
		end();
	random_call(which);
	calls++;
	must(tarn_priority_queue_size(handle_of(which), &length) == 0 && length == bags[which].length);
	if (step % COMPARE_EVERY == 0)
		compare_whole(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_queues(enum tarn_open_mode how)
{
	struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE, .key = layout->key,
				  .value_size = layout->size,
				  .order = layout->key == TARN_KEY_CUSTOM ? "backwards" : NULL };

	must(tarn_priority_queue_open(arena, &handles[0], "first", &type, how, NULL) == 0);
	must(tarn_priority_queue_open(arena, &handles[1], "second", &type, how, NULL) == 0);
}

static void
close_queues(void)
{
	for (unsigned i = 0; i < QUEUES; i++)
		tarn_priority_queue_close(handles[i]);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };

	dice = seed + 1;
	size = layout->size;
	deaths = bags[0].length = bags[1].length = 0;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_queues(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_queues();
	open_queues(TARN_OPEN);
	compare_whole(0);
	compare_whole(1);
	close_queues();
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	if (tarn_order_register("backwards", compare_backwards, NULL))
		return 1;
	for (size_t i = 0; i < LAYOUTS; i++) {
		layout = &layouts[i];
		run(argc > 1 ? strtoul(argv[1], NULL, 10) : i);
	}
	printf("%lu calls, %lu of them by handle, %lu commits, %lu aborts\n", (unsigned long)calls,
	       (unsigned long)handle_calls, (unsigned long)commits, (unsigned long)aborts);
	printf("1 passed, 0 failed\n");
	return 0;
}
