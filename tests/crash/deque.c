// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- calls and transactions of deques, died in at every store, and at
 * every store of the recovery again
 *
 * Each scenario has an arena of its own, and is done with elements of each
 * size in turn; blocks are tiny, and so are rings.  How a death is played out
 * says hook/view.h.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		both deques' words and elements, objects: what a reader
 *			could tell before anybody has recovered
 *	afterwards	push and pop at both ends, finish the graveyard; all is
 *			as it was
 *
 * With --mutants each use of a protocol primitive in container/deque*.c and
 * .h is broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "container/deque_layout.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define ELEMENT_MOST 40u
#define BYTES_MOST (UINT64_C(1) << 18)
#define DEQUES 2u

#define must(claim) view_must(claim)

struct image {
	uint64_t words[DEQUES], lengths[DEQUES], contents[DEQUES];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code, back_code;
	uint64_t length, contents;
	char back[ELEMENT_MOST];
} seen[DEQUES];

static struct tarn_arena *arena;
static struct tarn_deque *deques[DEQUES]; /* in a transaction its own handles */
static struct tarn_deque *plain[DEQUES];
static uint32_t size; /* of an element */
static uint64_t in_block;
static char bytes[BYTES_MOST];
static bool never_waits; /* readers, whatever the step is at */

/* ---- looking ----------------------------------------------------------------------------------- */

static struct tarn_deque *
open_in(struct tarn_arena *in, unsigned which, struct tarn_object *memory)
{
	*memory = in == arena ? *(struct tarn_object *)plain[which]
			      : view_object((struct tarn_object *)plain[which]);
	return (struct tarn_deque *)memory;
}

/* All of it is at rest, so that it can be read as others do. */
static void
look_at_deque(struct tarn_arena *in, unsigned which, struct image *image)
{
	const struct tarn_object *object = (struct tarn_object *)plain[which];
	const struct tarn_root_shm *root = (void *)(in->base + object->root_off);
	struct tarn_object memory;
	struct tarn_deque *deque = open_in(in, which, &memory);

	image->words[which] = root->word;
	if (!(root->word & TARN_WORD_LIVE))
		return;
	must(tarn_deque_read(deque, 0, bytes, BYTES_MOST / size, &image->lengths[which]) == 0);
	image->contents[which] = tarn__hash_bytes(bytes, image->lengths[which] * size, 1);
}

static void
look(struct tarn_arena *in, void *image)
{
	struct image *told = image;
	struct tarn_check_report report;

	view_check(in, &report);
	told->objects = report.objects;
	told->removed = report.removed;
	for (unsigned i = 0; i < DEQUES && plain[i]; i++)
		look_at_deque(in, i, told);
}

static void
read_deques(void)
{
	for (unsigned i = 0; i < DEQUES && plain[i]; i++) {
		struct tarn_object memory;
		struct tarn_deque *deque = open_in(&view, i, &memory);

		seen[i].code = tarn_deque_read(deque, 0, bytes, BYTES_MOST / size, &seen[i].length);
		seen[i].contents = tarn__hash_bytes(bytes, seen[i].length * size, 1);
		seen[i].back_code = tarn_deque_back(deque, seen[i].back);
	}
}

static void
compare_one(const struct image *image, unsigned which)
{
	const struct seen *was = &seen[which];

	must(!never_waits || was->code == 0);
	if (was->code == TARN_REMOVED) {
		must(!(image->words[which] & TARN_WORD_LIVE));
	} else if (was->code == 0) {
		must((image->words[which] & TARN_WORD_LIVE) &&
		     image->lengths[which] == was->length &&
		     image->contents[which] == was->contents);
		must(was->back_code == (was->length ? 0 : TARN_NOT_FOUND));
	} else {
		must(was->code == TARN_TIMEOUT || was->code == TARN_OWNER_DIED);
	}
}

static void
compare_read(const void *image)
{
	for (unsigned i = 0; i < DEQUES && plain[i]; i++)
		compare_one(image, i);
}

static void
push_and_pop(const struct image *image, unsigned which)
{
	char value[ELEMENT_MOST] = { 7, 6, 5 }, popped[ELEMENT_MOST];
	struct tarn_object memory;
	struct tarn_deque *again = open_in(&view, which, &memory);

	if (!(image->words[which] & TARN_WORD_LIVE)) {
		must(tarn_deque_push_back(again, value) == TARN_REMOVED);
		return;
	}
	must(tarn_deque_push_back(again, value) == 0);
	must(tarn_deque_push_front(again, value) == 0);
	must(tarn_deque_pop_back(again, popped) == 0 && !memcmp(value, popped, size));
	must(tarn_deque_pop_front(again, popped) == 0 && !memcmp(value, popped, size));
}

static void
go_on(const void *image)
{
	const struct image *before = image;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < DEQUES && plain[i]; i++)
		push_and_pop(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.lengths, before->lengths, sizeof(now.lengths)));
	must(!memcmp(now.contents, before->contents, sizeof(now.contents)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_deques,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- values ------------------------------------------------------------------------------------ */

/* So many elements, no two of them the same, and no byte 0. */
static const char *
values(uint64_t count, uint64_t seed)
{
	static char made[BYTES_MOST];

	for (uint64_t i = 0; i < count * size; i++)
		made[i] = (char)(tarn__hash_u64(i / size * 5000 + i % size, seed) | 1);
	return made;
}

/* ---- states ------------------------------------------------------------------------------------ */

static void
append_to(struct tarn_deque *deque, uint64_t count, uint64_t seed)
{
	must(tarn_deque_append(deque, values(count, seed), count) == 0);
}

static void
pop_front(void)
{
	char value[ELEMENT_MOST];

	must(tarn_deque_pop_front(deques[0], value) == 0);
}

static void
pop_back(void)
{
	must(tarn_deque_pop_back(deques[0], NULL) == 0);
}

static void
prepare_nothing(void)
{
}

static void
prepare_few(void)
{
	append_to(deques[0], 5, 1);
	pop_front();
}

/* The last block is full, the first has one element less, and there is no spare one. */
static void
prepare_full(void)
{
	append_to(deques[0], 2 * in_block, 1);
	pop_front();
}

/* One element in the last block. */
static void
prepare_one_more(void)
{
	append_to(deques[0], in_block + 1, 1);
	pop_front();
}

/* The same, with a spare block behind it. */
static void
prepare_spare_behind(void)
{
	append_to(deques[0], 2 * in_block + 1, 1);
	for (uint64_t i = 0; i <= in_block - 1; i++)
		pop_back();
	pop_back();
	append_to(deques[0], 1, 4);
}

/* One element in the first block, which has a spare one before it. */
static void
prepare_spare_before(void)
{
	append_to(deques[0], 3 * in_block, 1);
	for (uint64_t i = 0; i < 2 * in_block - 1; i++)
		pop_front();
}

/* As many blocks as a ring can have. */
static void
prepare_full_ring(void)
{
	append_to(deques[0], 6 * in_block, 1);
}

static void
prepare_two(void)
{
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, size, NULL };

	prepare_one_more();
	must(tarn_deque_open(arena, &deques[1], "w", &type, TARN_CREATE, NULL) == 0);
	plain[1] = deques[1];
	append_to(deques[1], 3, 2);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
push_back(void)
{
	must(tarn_deque_push_back(deques[0], values(1, 3)) == 0);
}

static void
push_front(void)
{
	must(tarn_deque_push_front(deques[0], values(1, 3)) == 0);
}

static void
push_both(void)
{
	push_back();
	push_front();
	push_back();
}

static void
pop_both(void)
{
	pop_front();
	pop_back();
}

static void
pop_two(void)
{
	pop_back();
	pop_back();
}

static void
pop_many(void)
{
	char popped[17 * ELEMENT_MOST];
	uint64_t got;

	must(tarn_deque_pop_many(deques[0], popped, in_block + 1, &got) == 0 && got == in_block + 1);
	must(!memcmp(popped, values(in_block + 1, 1), size));
}

static void
append(void)
{
	append_to(deques[0], 3, 3);
}

static void
append_blocks(void)
{
	append_to(deques[0], 3 * in_block, 3);
}

static void
set(void)
{
	must(tarn_deque_set(deques[0], 1, values(1, 3)) == 0);
	must(tarn_deque_set(deques[0], 2, values(1, 4)) == 0);
}

static void
insert(void)
{
	must(tarn_deque_insert(deques[0], 2, values(2, 3), 2) == 0);
}

static void
insert_at_front(void)
{
	must(tarn_deque_insert(deques[0], 0, values(3, 3), 3) == 0);
}

static void
erase(void)
{
	must(tarn_deque_erase(deques[0], 1, 2) == 0);
}

static void
cut_front(void)
{
	must(tarn_deque_erase(deques[0], 0, in_block) == 0);
}

static void
cut_back(void)
{
	must(tarn_deque_erase(deques[0], 1, TARN_DEQUE_END) == 0);
}

static void
clear(void)
{
	must(tarn_deque_clear(deques[0]) == 0);
}

static void
assign(void)
{
	must(tarn_deque_assign(deques[0], values(3, 3), 3) == 0);
}

static void
assign_much(void)
{
	must(tarn_deque_assign(deques[0], values(3 * in_block, 3), 3 * in_block) == 0);
}

static void
exchange(void)
{
	must(tarn_deque_swap(deques[0], deques[1]) == 0);
}

static void
copy(void)
{
	must(tarn_deque_copy(deques[1], deques[0]) == 0);
}

static void
do_nothing(void)
{
	must(tarn_deque_get(deques[0], 1000000, bytes) == TARN_NOT_FOUND);
	must(tarn_deque_set(deques[0], 1000000, values(1, 1)) == TARN_NOT_FOUND);
	must(tarn_deque_erase(deques[0], 1, 1000000) == TARN_NOT_FOUND);
	must(tarn_deque_append(deques[0], NULL, 0) == 0);
}

static void
pop_nothing(void)
{
	must(tarn_deque_pop_back(deques[0], bytes) == TARN_NOT_FOUND);
	must(tarn_deque_pop_front(deques[0], bytes) == TARN_NOT_FOUND);
}

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[DEQUES];
	unsigned count = plain[1] ? 2 : 1;

	for (unsigned i = 0; i < count; i++)
		objects[i] = tarn_deque_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, count) == 0);
	for (unsigned i = 0; i < count; i++)
		deques[i] = tarn_deque_in(plain[i], txn);
}

static void
end(bool commits)
{
	memcpy(deques, plain, sizeof(deques));
	if (commits)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
}

/* What it cuts off it stores over. */
static void
change_ends(void)
{
	begin();
	pop_both();
	pop_back();
	push_both();
	push_front();
}

/* With another ring. */
static void
change_much(void)
{
	begin();
	pop_back();
	append_blocks();
	push_back();
	clear();
	push_front();
}

static void
change_two(void)
{
	begin();
	pop_back();
	exchange();
	push_back();
	must(tarn_deque_push_back(deques[1], values(1, 9)) == 0);
}

static void
commit_ends(void)
{
	change_ends();
	end(true);
}

static void
abort_ends(void)
{
	change_ends();
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

static struct tarn_deque *created;

static void
create(void)
{
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, size, NULL };

	must(tarn_deque_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "d") == 0);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

static const struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*step)(void);
	unsigned changes;
	bool never_waits;
} scenarios[] = {
	{ "push onto an empty deque", prepare_nothing, push_back, 1, false },
	{ "push before an empty deque", prepare_nothing, push_front, 1, false },
	{ "push", prepare_few, push_both, 3, false },
	{ "push onto a full block", prepare_full, push_back, 1, false },
	{ "push before a full block", prepare_full_ring, push_front, 1, false },
	{ "push onto the spare block", prepare_spare_behind, push_back, 1, NO_WAIT },
	{ "push with the other end's spare block", prepare_spare_before, push_back, 1, false },
	{ "push onto a full ring", prepare_full_ring, push_back, 1, false },
	{ "append", prepare_few, append, 1, false },
	{ "append blocks", prepare_few, append_blocks, 1, false },
	{ "append to a full ring", prepare_full_ring, append_blocks, 1, false },
	{ "pop", prepare_few, pop_both, 2, NO_WAIT },
	{ "pop the first of a block", prepare_one_more, pop_two, 2, NO_WAIT },
	{ "pop before a spare block", prepare_spare_behind, pop_two, 2, false },
	{ "pop behind a spare block", prepare_spare_before, pop_front, 1, false },
	{ "pop many", prepare_full_ring, pop_many, 1, NO_WAIT },
	{ "pop nothing", prepare_nothing, pop_nothing, 0, NO_WAIT },
	{ "set", prepare_few, set, 2, false },
	{ "insert", prepare_few, insert, 1, false },
	{ "insert at the front", prepare_few, insert_at_front, 1, false },
	{ "erase", prepare_few, erase, 1, false },
	{ "erase at the front", prepare_full_ring, cut_front, 1, false },
	{ "erase to the end", prepare_full_ring, cut_back, 1, false },
	{ "clear", prepare_few, clear, 1, false },
	{ "clear many", prepare_full_ring, clear, 1, false },
	{ "assign", prepare_few, assign, 1, false },
	{ "assign many", prepare_few, assign_much, 1, false },
	{ "swap", prepare_two, exchange, 1, false },
	{ "copy", prepare_two, copy, 1, false },
	{ "nothing", prepare_few, do_nothing, 0, NO_WAIT },
	{ "transaction", prepare_few, commit_ends, 1, false },
	{ "transaction aborted", prepare_few, abort_ends, 0, false },
	{ "large transaction", prepare_few, commit_much, 1, false },
	{ "large transaction aborted", prepare_few, abort_much, 0, false },
	{ "transaction of two", prepare_two, commit_two, 1, false },
	{ "transaction of two aborted", prepare_two, abort_two, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "remove", prepare_full_ring, remove_it, MANY, false },
};

static const uint32_t sizes[] = { 8, 3 };

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, size, NULL };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_deque_open(arena, &deques[0], "d", &type, TARN_CREATE, NULL) == 0);
	deques[1] = created = NULL;
	memcpy(plain, deques, sizeof(plain));
	view_open(arena);
}

static void
close_arenas(void)
{
	tarn_deque_close(deques[0]);
	tarn_deque_close(deques[1]);
	tarn_deque_close(created);
	view_close();
	tarn_arena_close(arena);
}

static void
run(const struct scenario *scenario)
{
	unsigned changes;

	never_waits = scenario->never_waits;
	open_arenas();
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == MANY ? changes > 1 : changes == scenario->changes);
	close_arenas();
}

static void
run_sized(uint32_t element)
{
	size = element;
	in_block = UINT64_C(1) << tarn__ring_shift(size);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++)
		run(&scenarios[i]);
}

static void
run_all(void)
{
	for (unsigned s = 0; s < TARN_ARRAY_SIZE(sizes); s++)
		run_sized(sizes[s]);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

/* Which size elements have makes no difference to what is broken. */
static void
run_quietly(void)
{
	view_quiet = true;
	run_sized(sizes[0]);
}

static const struct mutants mutants = {
	.files = { "src/container/deque" },
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
