// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- calls and transactions of vectors, died in at every store, and
 * at every store of the recovery again
 *
 * Each scenario has an arena of its own, and is done with elements of each
 * size in turn; what is looked at says crash/pair.h.
 *
 * With --mutants each use of a protocol primitive in container/vector*.c
 * and container/root.h is broken in turn, in a child, which must fail.
 */
#include "crash/pair.h"

#include "base/hash.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MUTANT_SECONDS 300u
#define ELEMENT_MOST 40u

static struct tarn_arena *arena;
static struct tarn_vector *vectors[PAIR]; /* in a transaction its own handles */
static struct tarn_vector *plain[PAIR];
static struct tarn_vector *created;

/* ---- reading and changing ---------------------------------------------------------------------- */

static int
read_all(struct tarn_object *object, void *bytes, uint64_t *length)
{
	return tarn_vector_read((struct tarn_vector *)object, 0, bytes, PAIR_BYTES_MOST / pair_size,
				length);
}

static int
push_and_pop(struct tarn_object *object, uint64_t length)
{
	struct tarn_vector *vector = (struct tarn_vector *)object;
	char value[ELEMENT_MOST] = { 7, 6, 5 }, popped[ELEMENT_MOST];
	int code = tarn_vector_push_back(vector, value);

	(void)length;
	if (!code)
		code = tarn_vector_pop_back(vector, popped);
	must(code || !memcmp(value, popped, pair_size));
	return code;
}

static void
open_first(struct tarn_arena *in)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, pair_size, NULL };

	arena = in;
	must(tarn_vector_open(arena, &vectors[0], "v", &type, TARN_CREATE, NULL) == 0);
	vectors[1] = created = NULL;
	memcpy(plain, vectors, sizeof(plain));
	pair_objects[0] = tarn_vector_object(plain[0]);
}

static void
close_all(void)
{
	tarn_vector_close(plain[0]);
	tarn_vector_close(plain[1]);
	tarn_vector_close(created);
}

static const struct pair_test test = { open_first, close_all, read_all, push_and_pop };

/* ---- values ------------------------------------------------------------------------------------ */

/* So many elements, no two of them the same, and no byte 0. */
static const char *
values(uint64_t count, uint64_t seed)
{
	static char made[PAIR_BYTES_MOST];

	for (uint64_t i = 0; i < count * pair_size; i++)
		made[i] = (char)(tarn__hash_u64(i / pair_size * 100 + i % pair_size, seed) | 1);
	return made;
}

static int
backwards(const void *a, const void *b, void *unused)
{
	(void)unused;
	return memcmp(b, a, pair_size);
}

/* ---- states and steps -------------------------------------------------------------------------- */

static void
prepare_nothing(void)
{
}

static void
prepare_few(void)
{
	must(tarn_vector_append(vectors[0], values(5, 1), 5) == 0);
}

/* Room for more. */
static void
prepare_room(void)
{
	must(tarn_vector_reserve(vectors[0], 40) == 0);
	must(tarn_vector_append(vectors[0], values(9, 1), 9) == 0);
}

/* More than the log takes. */
static void
prepare_long(void)
{
	uint64_t count = 600 / pair_size;

	must(tarn_vector_reserve(vectors[0], 2 * count) == 0);
	must(tarn_vector_append(vectors[0], values(count, 1), count) == 0);
}

/* No room: what is there fills a block. */
static void
prepare_full(void)
{
	uint64_t capacity;

	must(tarn_vector_reserve(vectors[0], 20) == 0);
	must(tarn_vector_capacity(vectors[0], &capacity) == 0);
	must(tarn_vector_append(vectors[0], values(capacity, 1), capacity) == 0);
}

/* The same, with chunks of its own, which end where free ones are. */
static void
prepare_full_run(void)
{
	uint64_t capacity;

	must(tarn_vector_reserve(vectors[0], 40000 / pair_size) == 0);
	must(tarn_vector_capacity(vectors[0], &capacity) == 0);
	must(tarn_vector_append(vectors[0], values(capacity, 1), capacity) == 0);
}

static void
prepare_two(void)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, pair_size, NULL };

	prepare_few();
	must(tarn_vector_open(arena, &vectors[1], "w", &type, TARN_CREATE, NULL) == 0);
	plain[1] = vectors[1];
	pair_objects[1] = tarn_vector_object(plain[1]);
	must(tarn_vector_append(vectors[1], values(7, 2), 7) == 0);
}

static void
push(void)
{
	must(tarn_vector_push_back(vectors[0], values(1, 3)) == 0);
}

static void
push_three(void)
{
	for (uint64_t i = 0; i < 3; i++)
		must(tarn_vector_push_back(vectors[0], values(1, 3 + i)) == 0);
}

static void
append(void)
{
	must(tarn_vector_append(vectors[0], values(11, 3), 11) == 0);
}

static void
pop(void)
{
	char value[ELEMENT_MOST];

	must(tarn_vector_pop_back(vectors[0], value) == 0);
}

static void
pop_and_push(void)
{
	pop();
	push();
}

static void
set(void)
{
	must(tarn_vector_set(vectors[0], 1, values(1, 3)) == 0);
	must(tarn_vector_set(vectors[0], 2, values(1, 4)) == 0);
}

static void
swap_one(void)
{
	char value[ELEMENT_MOST];

	must(tarn_vector_get(vectors[0], 3, value) == 0);
	must(tarn_vector_compare_and_swap(vectors[0], 3, value, values(1, 3)) == 0);
	must(tarn_vector_compare_and_swap(vectors[0], 3, value, values(1, 4)) == TARN_MISMATCH);
}

static void
add_one(void)
{
	uint64_t before;
	bool number = pair_size == 8;

	must(tarn_vector_fetch_add(vectors[0], 3, 1000, &before) == (number ? 0 : TARN_TYPE));
	if (!number)
		set();
	else
		must(tarn_vector_fetch_add(vectors[0], 4, 1, NULL) == 0);
}

static void
insert(void)
{
	must(tarn_vector_insert(vectors[0], 1, values(2, 3), 2) == 0);
}

static void
erase(void)
{
	must(tarn_vector_erase(vectors[0], 1, 2) == 0);
}

static void
cut(void)
{
	must(tarn_vector_erase(vectors[0], 2, TARN_VECTOR_END) == 0);
}

static void
clear(void)
{
	must(tarn_vector_clear(vectors[0]) == 0);
}

static void
assign(void)
{
	must(tarn_vector_assign(vectors[0], values(3, 3), 3) == 0);
}

static void
grow_by_resize(void)
{
	must(tarn_vector_resize(vectors[0], 12, NULL) == 0);
	must(tarn_vector_resize(vectors[0], 15, values(1, 3)) == 0);
}

static void
reserve(void)
{
	must(tarn_vector_reserve(vectors[0], 50) == 0);
}

static void
reserve_more_chunks(void)
{
	must(tarn_vector_reserve(vectors[0], 200000 / pair_size) == 0);
}

static void
shrink(void)
{
	must(tarn_vector_shrink_to_fit(vectors[0]) == 0);
}

static void
sort(void)
{
	must(tarn_vector_sort(vectors[0], backwards, NULL) == 0);
}

static void
exchange(void)
{
	must(tarn_vector_swap(vectors[0], vectors[1]) == 0);
}

static void
do_nothing(void)
{
	char element[ELEMENT_MOST];

	must(tarn_vector_get(vectors[0], 1000000, element) == TARN_NOT_FOUND);
	must(tarn_vector_set(vectors[0], 1000000, values(1, 1)) == TARN_NOT_FOUND);
	must(tarn_vector_erase(vectors[0], 1, 1000000) == TARN_NOT_FOUND);
	must(tarn_vector_append(vectors[0], NULL, 0) == 0);
	must(tarn_vector_reserve(vectors[0], 1) == 0);
}

static void
want_too_much(void)
{
	must(tarn_vector_resize(vectors[0], (PAIR_MAX_SIZE - 2 * TARN_CHUNK) / pair_size, NULL) == TARN_FULL);
	must(tarn_vector_resize(vectors[0], UINT64_MAX / 2, NULL) == TARN_TOO_BIG);
}

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[PAIR];
	unsigned count = plain[1] ? 2 : 1;

	for (unsigned i = 0; i < count; i++)
		objects[i] = tarn_vector_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, count) == 0);
	for (unsigned i = 0; i < count; i++)
		vectors[i] = tarn_vector_in(plain[i], txn);
}

static void
end(bool commits)
{
	memcpy(vectors, plain, sizeof(vectors));
	if (commits)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
}

/* What it cuts off it stores over; the second change of a word is of another value. */
static void
change_much(void)
{
	begin();
	pop();
	pop();
	push_three();
	set();
	insert();
	cut();
	append();
	swap_one();
	erase();
	sort();
}

static void
move_much(void)
{
	begin();
	shrink();
	append();
	reserve();
	clear();
	push();
}

static void
change_two(void)
{
	begin();
	pop();
	exchange();
	push();
	must(tarn_vector_push_back(vectors[1], values(1, 9)) == 0);
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
commit_moves(void)
{
	move_much();
	end(true);
}

static void
abort_moves(void)
{
	move_much();
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

static void
abort_growth(void)
{
	begin();
	reserve_more_chunks();
	push();
	end(false);
}

/* ---- objects ----------------------------------------------------------------------------------- */

static void
create(void)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, pair_size, NULL };

	must(tarn_vector_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
create_bounded(void)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, pair_size, NULL };

	must(tarn_vector_open_bounded(arena, &created, "new", &type, TARN_CREATE, 20000, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "v") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

static const struct pair_scenario scenarios[] = {
	{ "push onto an empty vector", prepare_nothing, push, 1, NO_WAIT },
	{ "push", prepare_room, push_three, 3, NO_WAIT },
	{ "push onto a full block", prepare_full, push, 1, false },
	{ "push onto a full run", prepare_full_run, push, 1, NO_WAIT },
	{ "append", prepare_room, append, 1, NO_WAIT },
	{ "append to a full block", prepare_full, append, 1, false },
	{ "append to a full run", prepare_full_run, append, 1, NO_WAIT },
	{ "pop", prepare_few, pop, 1, NO_WAIT },
	{ "pop and push", prepare_few, pop_and_push, 2, NO_WAIT },
	{ "set", prepare_few, set, 2, false },
	{ "compare and swap", prepare_few, swap_one, 1, false },
	{ "fetch_add", prepare_few, add_one, 2, false },
	{ "insert", prepare_room, insert, 1, false },
	{ "insert into a long vector", prepare_long, insert, 1, false },
	{ "insert into a full block", prepare_full, insert, 1, false },
	{ "erase", prepare_few, erase, 1, false },
	{ "erase from a long vector", prepare_long, erase, 1, false },
	{ "erase to the end", prepare_few, cut, 1, NO_WAIT },
	{ "clear", prepare_few, clear, 1, NO_WAIT },
	{ "assign", prepare_few, assign, 1, false },
	{ "assign to a long vector", prepare_long, assign, 1, false },
	{ "resize", prepare_few, grow_by_resize, 2, false },
	{ "reserve", prepare_few, reserve, 1, false },
	{ "reserve more chunks", prepare_full_run, reserve_more_chunks, 0, NO_WAIT },
	{ "shrink", prepare_long, shrink, 1, false },
	{ "sort", prepare_room, sort, 1, false },
	{ "sort a long vector", prepare_long, sort, 1, false },
	{ "swap", prepare_two, exchange, 1, false },
	{ "nothing", prepare_room, do_nothing, 0, NO_WAIT },
	{ "too much", prepare_room, want_too_much, 0, NO_WAIT },
	{ "transaction", prepare_room, commit_much, 1, false },
	{ "transaction aborted", prepare_room, abort_much, 0, false },
	{ "transaction that moves", prepare_long, commit_moves, 1, false },
	{ "transaction that moves, aborted", prepare_long, abort_moves, 0, false },
	{ "transaction of two", prepare_two, commit_two, 1, false },
	{ "transaction of two aborted", prepare_two, abort_two, 0, false },
	{ "transaction that grows, aborted", prepare_full_run, abort_growth, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "create with a maximum", prepare_nothing, create_bounded, 1, false },
	{ "remove", prepare_long, remove_it, PAIR_MANY, false },
	{ "remove a run", prepare_full_run, remove_it, PAIR_MANY, false },
};

static const uint32_t sizes[] = { 8, 3, 40 };

static void
run_all(void)
{
	for (unsigned s = 0; s < TARN_ARRAY_SIZE(sizes); s++) {
		pair_size = sizes[s];
		for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
			pair_run(&test, &scenarios[i]);
	}
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/vector", "src/container/root" },
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
