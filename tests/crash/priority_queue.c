// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- calls and transactions of priority queues, died in at
 * every store, and at every store of the recovery again
 *
 * Each scenario has an arena of its own, and is done with elements of each
 * size in turn; what is looked at says crash/pair.h.  Elements are read as
 * they lie, and put in order, for the same ones may lie elsewhere after
 * others have come and gone; that they are a heap, and slots a permutation,
 * is what tarn_check() sees.  Handles that were told before the step lead to
 * what they were told for, or to what it was changed to, or nowhere.
 *
 * With --mutants each use of a protocol primitive in
 * container/priority_queue*.c is broken in turn, in a child, which must fail.
 */
#include "crash/pair.h"

#include "base/hash.h"
#include "container/priority_queue_layout.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define MUTANT_SECONDS 300u
#define ELEMENT_MOST 4000u
#define LONG 600u /* bytes of an element that no log takes */
#define HUGE 4000u /* ... and of which a few are a run */
#define TOLD 64u

static struct tarn_arena *arena;
static struct tarn_priority_queue *queues[PAIR]; /* in a transaction its own handles */
static struct tarn_priority_queue *plain[PAIR];
static struct tarn_priority_queue *created;

/* Of the first queue, before the step. */
static struct tarn_priority_queue_handle told[TOLD];
static uint64_t told_count;

/* ---- elements ---------------------------------------------------------------------------------- */

/* The n-th element; a greater one comes first.  No byte is 0, and none of another n is the same. */
static void
make_element(char *made, uint64_t n)
{
	for (uint64_t i = 0; i < pair_size; i++)
		made[i] = (char)(tarn__hash_u64(n * 5000 + i, 1) | 1);
	/* the highest byte of a number, and the first of others */
	made[pair_size == 8 ? 7 : 0] = (char)(n + 1);
}

/* For a step, in memory that nobody else makes one in while the step dies. */
static const char *
element(uint64_t n)
{
	static char made[ELEMENT_MOST];

	make_element(made, n);
	return made;
}

static bool
is_element(const char *value, uint64_t n)
{
	char made[ELEMENT_MOST];

	make_element(made, n);
	return !memcmp(value, made, pair_size);
}

static int
compare_bytes(const void *a, const void *b)
{
	return memcmp(a, b, pair_size);
}

/* ---- reading and changing ---------------------------------------------------------------------- */

static int
read_all(struct tarn_object *object, void *bytes, uint64_t *length)
{
	int code = tarn_priority_queue_read((struct tarn_priority_queue *)object, 0, bytes,
					    PAIR_BYTES_MOST / pair_size, length);

	if (!code)
		qsort(bytes, *length, pair_size, compare_bytes);
	return code;
}

/* What was told for the n-th element leads to that, or to what a step makes of it. */
static void
follow_handles(struct tarn_priority_queue *queue)
{
	char value[ELEMENT_MOST];

	for (uint64_t n = 0; n < told_count; n++) {
		int code = tarn_priority_queue_get(queue, &told[n], value);

		must(code == TARN_NOT_FOUND || code == TARN_REMOVED ||
		     (!code && (is_element(value, n) || is_element(value, n + 100))));
	}
}

/* What is greater than all others goes first; and what the free slots are good for. */
static int
push_and_pop(struct tarn_object *object, uint64_t length)
{
	struct tarn_priority_queue *queue = (struct tarn_priority_queue *)object;
	struct tarn_priority_queue_handle handle;
	char popped[ELEMENT_MOST], greatest[2][ELEMENT_MOST];
	int code;

	make_element(greatest[0], 250);
	make_element(greatest[1], 251);
	code = tarn_priority_queue_push(queue, greatest[0], &handle);
	if (object->root_off == pair_objects[0]->root_off)
		follow_handles(queue);
	if (code)
		return code;
	must(tarn_priority_queue_push(queue, greatest[1], NULL) == 0);
	must(tarn_priority_queue_pop(queue, popped) == 0 && is_element(popped, 251));
	must(tarn_priority_queue_remove(queue, &handle, popped) == 0 && is_element(popped, 250));
	(void)length;
	return 0;
}

static struct tarn_type
type_of(void)
{
	return (struct tarn_type){ TARN_KIND_PRIORITY_QUEUE,
				   pair_size == 8 ? TARN_KEY_U64 : TARN_KEY_BYTES, pair_size, NULL };
}

static void
open_first(struct tarn_arena *in)
{
	struct tarn_type type = type_of();

	arena = in;
	told_count = 0;
	must(tarn_priority_queue_open(arena, &queues[0], "q", &type, TARN_CREATE, NULL) == 0);
	queues[1] = created = NULL;
	memcpy(plain, queues, sizeof(plain));
	pair_objects[0] = tarn_priority_queue_object(plain[0]);
}

static void
close_all(void)
{
	tarn_priority_queue_close(plain[0]);
	tarn_priority_queue_close(plain[1]);
	tarn_priority_queue_close(created);
}

static const struct pair_test test = { open_first, close_all, read_all, push_and_pop, true };

/* ---- states ------------------------------------------------------------------------------------ */

/* The next one, which is greater than those before. */
static void
push_next(void)
{
	must(told_count < TOLD);
	must(tarn_priority_queue_push(queues[0], element(told_count), &told[told_count]) == 0);
	told_count++;
}

static void
prepare_nothing(void)
{
}

/* So that steps need no more, which would be a change of its own. */
static void
make_room(uint64_t count)
{
	static char values[50 * 40];

	must(tarn_priority_queue_push_many(queues[0], values, count, NULL) == 0);
	must(tarn_priority_queue_clear(queues[0]) == 0);
}

static void
prepare_one(void)
{
	push_next();
}

static void
prepare_few(void)
{
	make_room(pair_size == LONG ? 3 : 30);
	while (told_count < 5)
		push_next();
}

/* The last one that was told is gone, and its slot is free. */
static void
prepare_popped(void)
{
	prepare_few();
	must(tarn_priority_queue_pop(queues[0], NULL) == 0);
}

/* Three levels. */
static void
prepare_many(void)
{
	make_room(50);
	while (told_count < 24)
		push_next();
}

/* No room. */
static void
prepare_full(void)
{
	const struct tarn_pile_shm *pile;

	do {
		push_next();
		pile = (void *)(arena->base + pair_objects[0]->root->structure);
	} while (pile->length < pile->capacity || told_count < 3);
}

/* The same of a run, which can become longer. */
static void
prepare_full_run(void)
{
	while (told_count < 10)
		push_next();
	prepare_full();
}

static void
prepare_two(void)
{
	struct tarn_type type = type_of();

	prepare_few();
	must(tarn_priority_queue_open(arena, &queues[1], "r", &type, TARN_CREATE, NULL) == 0);
	plain[1] = queues[1];
	pair_objects[1] = tarn_priority_queue_object(plain[1]);
	must(tarn_priority_queue_push(queues[1], element(60), NULL) == 0);
	must(tarn_priority_queue_push(queues[1], element(61), NULL) == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
push(uint64_t n)
{
	must(tarn_priority_queue_push(queues[0], element(n), NULL) == 0);
}

static void
push_greatest(void)
{
	push(200);
}

static void
push_three(void)
{
	push(201);
	push(202);
	push(203);
}

/* Not greater than its parent. */
static void
push_less(void)
{
	push(2);
}

/* None of them is greater than its parent, for they descend, and there are none above. */
static void
push_descending(void)
{
	push(205);
	push(204);
	push(203);
}

static void
push_many(void)
{
	static char values[20 * LONG];

	for (uint64_t i = 0; i < 20; i++)
		memcpy(values + i * pair_size, element(200 + i), pair_size);
	must(tarn_priority_queue_push_many(queues[0], values, 20, NULL) == 0);
}

static void
pop(void)
{
	char popped[ELEMENT_MOST];

	must(tarn_priority_queue_pop(queues[0], popped) == 0);
}

static void
pop_three(void)
{
	pop();
	must(tarn_priority_queue_pop(queues[0], NULL) == 0);
	pop();
}

static void
pop_many(void)
{
	static char popped[12 * LONG];
	uint64_t got;

	must(tarn_priority_queue_pop_many(queues[0], popped, 12, &got) == 0 && got == 12);
	for (uint64_t i = 1; i < got; i++)
		must(popped[i * pair_size + (pair_size == 8 ? 7 : 0)] <
		     popped[(i - 1) * pair_size + (pair_size == 8 ? 7 : 0)]);
}

static void
pop_nothing(void)
{
	char popped[ELEMENT_MOST];
	uint64_t got;

	must(tarn_priority_queue_pop(queues[0], popped) == TARN_NOT_FOUND);
	must(tarn_priority_queue_pop_many(queues[0], popped, 1, &got) == TARN_NOT_FOUND);
}

/* The n-th is the n + 100-th then. */
static void
update(uint64_t n)
{
	must(tarn_priority_queue_update(queues[0], &told[n], element(n + 100)) == 0);
}

/* One rises, one is the greatest already. */
static void
update_two(void)
{
	update(0);
	update(told_count - 1);
}

static void
remove_one(uint64_t n)
{
	char removed[ELEMENT_MOST];

	must(tarn_priority_queue_remove(queues[0], &told[n], removed) == 0 && is_element(removed, n));
	must(tarn_priority_queue_remove(queues[0], &told[n], removed) == TARN_NOT_FOUND);
}

/* Among others, and those at both ends. */
static void
remove_three(void)
{
	remove_one(told_count / 2);
	remove_one(told_count - 1);
	remove_one(0);
}

static void
clear(void)
{
	must(tarn_priority_queue_clear(queues[0]) == 0);
}

static void
exchange(void)
{
	must(tarn_priority_queue_swap(queues[0], queues[1]) == 0);
}

static void
copy(void)
{
	must(tarn_priority_queue_copy(queues[1], queues[0]) == 0);
}

static void
do_nothing(void)
{
	static const struct tarn_priority_queue_handle none;

	must(tarn_priority_queue_remove(queues[0], &none, NULL) == TARN_NOT_FOUND);
	must(tarn_priority_queue_update(queues[0], &none, element(1)) == TARN_NOT_FOUND);
	must(tarn_priority_queue_push_many(queues[0], NULL, 0, NULL) == 0);
}

static void
want_too_much(void)
{
	must(tarn_priority_queue_push_many(queues[0], element(1), TARN_PILE_MOST, NULL) == TARN_TOO_BIG);
}

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[PAIR];
	unsigned count = plain[1] ? 2 : 1;

	for (unsigned i = 0; i < count; i++)
		objects[i] = tarn_priority_queue_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, count) == 0);
	for (unsigned i = 0; i < count; i++)
		queues[i] = tarn_priority_queue_in(plain[i], txn);
}

static void
end(bool commits)
{
	memcpy(queues, plain, sizeof(queues));
	if (commits)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
}

/* Slots that it frees it stores over; the second change of a word is of another value. */
static void
change_few(void)
{
	begin();
	pop();
	push_greatest();
	remove_one(2);
	push(150);
	update(1);
	pop();
}

/* In a pile that it makes, and then another. */
static void
change_much(void)
{
	begin();
	pop();
	push_many();
	pop();
	push_three();
	update(1);
	remove_one(0);
	clear();
	push(210);
}

static void
change_two(void)
{
	begin();
	pop();
	exchange();
	push(220);
	copy();
	pop();
	must(tarn_priority_queue_push(queues[1], element(221), NULL) == 0);
}

static void
commit_few(void)
{
	change_few();
	end(true);
}

static void
abort_few(void)
{
	change_few();
	end(false);
}

static void
commit_much(void)
{
	change_much();
	end(true);
}

static void
abort_much(void)
{
	change_much();
	end(false);
}

static void
commit_two(void)
{
	change_two();
	end(true);
}

static void
abort_two(void)
{
	change_two();
	end(false);
}

/* ---- objects ----------------------------------------------------------------------------------- */

static void
create(void)
{
	struct tarn_type type = type_of();

	must(tarn_priority_queue_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "q") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

static const struct pair_scenario scenarios[] = {
	{ "push the first", prepare_nothing, push_greatest, 1, NO_WAIT },
	{ "push what is less", prepare_nothing, push_descending, 3, NO_WAIT },
	{ "push what is greater", prepare_few, push_three, 3, false },
	{ "push into a slot that was freed", prepare_popped, push_less, 1, NO_WAIT },
	{ "push where there is no room", prepare_full, push_greatest, 2, false },
	{ "push many", prepare_few, push_many, 1, false },
	{ "push many to many", prepare_many, push_many, 1, false },
	{ "pop", prepare_many, pop_three, 3, false },
	{ "pop the last", prepare_one, pop, 1, NO_WAIT },
	{ "pop many", prepare_many, pop_many, 1, false },
	{ "pop nothing", prepare_nothing, pop_nothing, 0, NO_WAIT },
	{ "update", prepare_many, update_two, 2, false },
	{ "remove by handle", prepare_many, remove_three, 3, false },
	{ "clear", prepare_few, clear, 1, NO_WAIT },
	{ "swap", prepare_two, exchange, 1, false },
	{ "copy", prepare_two, copy, 1, false },
	{ "nothing", prepare_few, do_nothing, 0, NO_WAIT },
	{ "too much", prepare_few, want_too_much, 0, NO_WAIT },
	{ "transaction", prepare_few, commit_few, 1, false },
	{ "transaction aborted", prepare_few, abort_few, 0, false },
	{ "large transaction", prepare_few, commit_much, 1, false },
	{ "large transaction aborted", prepare_few, abort_much, 0, false },
	{ "transaction of two", prepare_two, commit_two, 1, false },
	{ "transaction of two aborted", prepare_two, abort_two, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "remove", prepare_few, remove_it, PAIR_MANY, false },
};

static const struct pair_scenario huge_scenarios[] = {
	{ "push onto a full run", prepare_full_run, push_greatest, 1, false },
};

/* In new piles for one change. */
static const struct pair_scenario long_scenarios[] = {
	{ "update a long one", prepare_few, update_two, 2, false },
	{ "transaction of long ones", prepare_few, commit_few, 1, false },
	{ "transaction of long ones aborted", prepare_few, abort_few, 0, false },
};

static const uint32_t sizes[] = { 8, 3, 40 };

static void
run_sized(uint32_t size, const struct pair_scenario *list, size_t count)
{
	pair_size = size;
	for (size_t i = 0; i < count; i++)
		pair_run(&test, &list[i]);
}

static void
run_all(void)
{
	for (unsigned s = 0; s < TARN_ARRAY_SIZE(sizes); s++)
		run_sized(sizes[s], scenarios, TARN_ARRAY_SIZE(scenarios));
	run_sized(LONG, long_scenarios, TARN_ARRAY_SIZE(long_scenarios));
	run_sized(HUGE, huge_scenarios, TARN_ARRAY_SIZE(huge_scenarios));
}

/* ---- mutants ----------------------------------------------------------------------------------- */

/* Which size elements have makes no difference to what is broken, but that a log takes them or not. */
static void
run_quietly(void)
{
	view_quiet = true;
	run_sized(sizes[2], scenarios, TARN_ARRAY_SIZE(scenarios));
	run_sized(LONG, long_scenarios, 1);
	run_sized(HUGE, huge_scenarios, 1);
}

static const struct mutants mutants = {
	.files = { "src/container/priority_queue" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	run_all();
	return hook_verdict();
}
