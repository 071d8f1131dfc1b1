// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- calls and transactions of lists, died in at every store, and at
 * every store of the recovery again
 *
 * Each scenario has an arena of its own, and is done with strings; those that
 * differ then, with elements of one word and of several too.  How a death is played out says hook/view.h.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		both lists' words, values and handles, objects: what a
 *			reader could tell before anybody has recovered
 *	handles		all that there have ever been: each leads to its element
 *			if that is in one of the lists, else to nothing
 *	afterwards	push and pop at both ends, insert and erase, finish the
 *			graveyard; all is as it was
 *
 * With --mutants each use of a protocol primitive in container/list*.c and
 * .h is broken in turn, in a child, which must fail.
 */
#include "hook/view.h"

#include "base/arith.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define MANY UINT32_MAX
#define VALUE_MOST 48u
#define LENGTH_MOST 32u
#define LISTS 2u
#define EVER_MOST 256u

#define must(claim) view_must(claim)

/* All of a list: values, and handles. */
struct contents {
	uint64_t length;
	struct tarn_bytes values[LENGTH_MOST];
	char room[LENGTH_MOST][VALUE_MOST];
	struct tarn_list_handle handles[LENGTH_MOST];
};

struct image {
	uint64_t words[LISTS], lengths[LISTS], values[LISTS], handles[LISTS];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code, front_code, handles_code;
	uint64_t length, values, handles, first;
} seen[LISTS];

static struct tarn_arena *arena;
static struct tarn_list *lists[LISTS]; /* in a transaction its own handles */
static struct tarn_list *plain[LISTS];
static uint32_t size; /* of an element; or TARN_VALUE_BYTES */
static bool never_waits; /* readers, whatever the step is at */
static struct tarn_list_handle ever[EVER_MOST], known[8];
static unsigned ever_count;

/* ---- looking ----------------------------------------------------------------------------------- */

static struct tarn_list *
open_in(struct tarn_arena *in, unsigned which, struct tarn_object *memory)
{
	*memory = in == arena ? *(struct tarn_object *)plain[which]
			      : view_object((struct tarn_object *)plain[which]);
	return (struct tarn_list *)memory;
}

static int
read_all(struct tarn_list *list, struct contents *contents, bool handles)
{
	for (unsigned i = 0; i < LENGTH_MOST; i++)
		contents->values[i] = (struct tarn_bytes){ contents->room[i], VALUE_MOST };
	return tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, contents->values,
			      TARN_SEPARATE, handles ? contents->handles : NULL, LENGTH_MOST,
			      &contents->length);
}

static uint64_t
hash_values(const struct contents *contents)
{
	uint64_t hash = contents->length;

	for (uint64_t i = 0; i < contents->length; i++)
		hash = tarn__hash_bytes(contents->room[i], contents->values[i].size, hash);
	return hash;
}

static uint64_t
hash_handles(const struct contents *contents)
{
	return tarn__hash_bytes(contents->handles, contents->length * sizeof(contents->handles[0]), 1);
}

static void
remember(const struct tarn_list_handle *handle)
{
	for (unsigned i = 0; i < ever_count; i++) {
		if (ever[i].where == handle->where && ever[i].generation == handle->generation)
			return;
	}
	must(ever_count < EVER_MOST);
	ever[ever_count++] = *handle;
}

/* Both ways the same, and each handle leads to its value. */
static void
look_through(struct tarn_list *list, const struct contents *contents)
{
	struct tarn_list_handle at = TARN_LIST_END;
	char value[VALUE_MOST];
	size_t is;

	for (uint64_t i = contents->length; i; i--) {
		must(tarn_list_prev(list, &at) == 0);
		must(at.where == contents->handles[i - 1].where &&
		     at.generation == contents->handles[i - 1].generation);
		must(tarn_list_get(list, &at, value, sizeof(value), &is) == 0);
		must(is == contents->values[i - 1].size && !memcmp(value, contents->room[i - 1], is));
		remember(&at);
	}
	must(tarn_list_prev(list, &at) == 0 && !at.where);
}

/* All of it is at rest, so that it can be read as others do. */
static uint64_t
look_at_list(struct tarn_arena *in, unsigned which, struct image *image)
{
	const struct tarn_object *object = (struct tarn_object *)plain[which];
	const struct tarn_root_shm *root = (void *)(in->base + object->root_off);
	struct tarn_object memory;
	struct tarn_list *list = open_in(in, which, &memory);
	struct contents contents;

	image->words[which] = root->word;
	if (!(root->word & TARN_WORD_LIVE))
		return 0;
	must(read_all(list, &contents, true) == 0);
	must(tarn_list_size(list, &image->lengths[which]) == 0);
	must(image->lengths[which] == contents.length);
	image->values[which] = hash_values(&contents);
	image->handles[which] = hash_handles(&contents);
	look_through(list, &contents);
	return contents.length;
}

/* Of all handles that there ever were as many lead somewhere as there are elements. */
static void
look_at_handles(struct tarn_arena *in, uint64_t elements)
{
	uint64_t found = 0;

	for (unsigned i = 0; i < ever_count; i++) {
		for (unsigned which = 0; which < LISTS && plain[which]; which++) {
			struct tarn_object memory;
			int code = tarn_list_get(open_in(in, which, &memory), &ever[i], NULL, 0, NULL);

			must(code == 0 || code == TARN_NOT_FOUND || code == TARN_REMOVED);
			found += !code;
		}
	}
	must(found == elements);
}

static void
look(struct tarn_arena *in, void *image)
{
	struct image *told = image;
	struct tarn_check_report report;
	uint64_t elements = 0;

	view_check(in, &report);
	told->objects = report.objects;
	told->removed = report.removed;
	for (unsigned i = 0; i < LISTS && plain[i]; i++)
		elements += look_at_list(in, i, told);
	look_at_handles(in, elements);
}

static void
read_lists(void)
{
	for (unsigned i = 0; i < LISTS && plain[i]; i++) {
		struct tarn_object memory;
		struct tarn_list *list = open_in(&view, i, &memory);
		struct contents contents;
		char value[VALUE_MOST];
		size_t is = 0;

		seen[i].code = read_all(list, &contents, false);
		seen[i].length = contents.length;
		seen[i].values = hash_values(&contents);
		seen[i].front_code = tarn_list_front(list, value, sizeof(value), &is);
		seen[i].first = tarn__hash_bytes(value, is, 1);
		seen[i].handles_code = read_all(list, &contents, true);
		seen[i].handles = hash_handles(&contents);
	}
}

static bool
has_waited(int code)
{
	return code == TARN_TIMEOUT || code == TARN_OWNER_DIED;
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
		     image->lengths[which] == was->length && image->values[which] == was->values);
		must(was->front_code == (was->length ? 0 : TARN_NOT_FOUND));
		must(has_waited(was->handles_code) ||
		     (!was->handles_code && image->handles[which] == was->handles));
	} else {
		must(has_waited(was->code));
	}
}

static void
compare_read(const void *image)
{
	for (unsigned i = 0; i < LISTS && plain[i]; i++)
		compare_one(image, i);
}

/* ---- values ------------------------------------------------------------------------------------ */

static size_t
size_of(unsigned seed)
{
	return size == TARN_VALUE_BYTES ? seed * 7 % VALUE_MOST : size;
}

/* Another for each seed, but that the first byte is between 1 and 7. */
static const char *
value_in(char *made, unsigned seed)
{
	for (unsigned i = 0; i < size_of(seed); i++)
		made[i] = (char)(tarn__hash_u64(i, seed) | 1);
	made[0] = (char)(tarn__hash_u64(seed, 1) % 7 + 1);
	return made;
}

/* For steps, while which others are looked at. */
static const char *
value_of(unsigned seed)
{
	static char made[VALUE_MOST];

	return value_in(made, seed);
}

static void
push_and_pop(const struct image *image, unsigned which)
{
	struct tarn_object memory;
	struct tarn_list *again = open_in(&view, which, &memory);
	struct tarn_list_handle first = TARN_LIST_END, made;
	char popped[VALUE_MOST], value[VALUE_MOST];
	size_t is;

	if (!(image->words[which] & TARN_WORD_LIVE)) {
		must(tarn_list_push_back(again, value_in(value, 7), size_of(7), NULL) == TARN_REMOVED);
		return;
	}
	must(tarn_list_push_front(again, value_in(value, 7), size_of(7), &first) == 0);
	must(tarn_list_push_back(again, value_in(value, 6), size_of(6), NULL) == 0);
	must(tarn_list_insert_after(again, &first, value_in(value, 5), size_of(5), &made) == 0);
	must(tarn_list_erase(again, &made) == 0 && tarn_list_erase(again, &made) == TARN_NOT_FOUND);
	must(tarn_list_pop_back(again, popped, sizeof(popped), &is) == 0);
	must(is == size_of(6) && !memcmp(popped, value_in(value, 6), is));
	must(tarn_list_pop_front(again, popped, sizeof(popped), &is) == 0);
	must(is == size_of(7) && !memcmp(popped, value_in(value, 7), is));
	must(tarn_list_get(again, &first, NULL, 0, NULL) == TARN_NOT_FOUND);
}

static void
go_on(const void *image)
{
	const struct image *before = image;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < LISTS && plain[i]; i++)
		push_and_pop(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.values, before->values, sizeof(now.values)));
	must(!memcmp(now.handles, before->handles, sizeof(now.handles)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_lists,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- states ------------------------------------------------------------------------------------ */

/* Handles are known as those of the first list, in its order. */
static void
push_to(unsigned which, unsigned count, unsigned seed)
{
	struct tarn_list_handle made;

	for (unsigned i = 0; i < count; i++) {
		must(tarn_list_push_back(lists[which], value_of(seed + i), size_of(seed + i), &made) == 0);
		remember(&made);
		if (!which && i < TARN_ARRAY_SIZE(known))
			known[i] = made;
	}
}

static void
prepare_nothing(void)
{
}

static void
prepare_one(void)
{
	push_to(0, 1, 1);
}

static void
prepare_few(void)
{
	push_to(0, 5, 1);
}

static void
prepare_many(void)
{
	push_to(0, 8, 1);
	push_to(0, 1, 3);
}

static void
open_second(void)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_BYTES, size, NULL };

	must(tarn_list_open(arena, &lists[1], "w", &type, TARN_CREATE, NULL) == 0);
	plain[1] = lists[1];
}

static void
prepare_two(void)
{
	prepare_few();
	open_second();
	push_to(1, 3, 11);
}

static void
prepare_two_and_more(void)
{
	prepare_few();
	open_second();
	push_to(1, 7, 11);
}

static void
prepare_empty_and_few(void)
{
	open_second();
	push_to(1, 3, 11);
}

static void
prepare_sorted(void)
{
	prepare_two();
	must(tarn_list_sort(lists[0], NULL, NULL) == 0);
	must(tarn_list_sort(lists[1], NULL, NULL) == 0);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
push_back(void)
{
	must(tarn_list_push_back(lists[0], value_of(21), size_of(21), NULL) == 0);
}

static void
push_front(void)
{
	must(tarn_list_push_front(lists[0], value_of(22), size_of(22), NULL) == 0);
}

static void
push_both(void)
{
	push_back();
	push_front();
	push_back();
}

static void
pop_back(void)
{
	must(tarn_list_pop_back(lists[0], NULL, 0, NULL) == 0);
}

static void
pop_front(void)
{
	char popped[VALUE_MOST];

	must(tarn_list_pop_front(lists[0], popped, sizeof(popped), NULL) == 0);
}

static void
pop_both(void)
{
	pop_front();
	pop_back();
}

static void
pop_nothing(void)
{
	must(tarn_list_pop_back(lists[0], NULL, 0, NULL) == TARN_NOT_FOUND);
	must(tarn_list_pop_front(lists[0], NULL, 0, NULL) == TARN_NOT_FOUND);
}

/* Strings inside, and not, grow and shrink. */
static void
set(void)
{
	for (unsigned i = 0; i < 4; i++)
		must(tarn_list_set(lists[0], &known[2], value_of(31 + i), size_of(31 + i)) == 0);
}

static void
insert(void)
{
	must(tarn_list_insert(lists[0], &known[2], value_of(21), size_of(21), NULL) == 0);
	must(tarn_list_insert_after(lists[0], &known[2], value_of(22), size_of(22), NULL) == 0);
}

static void
insert_at_ends(void)
{
	must(tarn_list_insert(lists[0], &known[0], value_of(21), size_of(21), NULL) == 0);
	must(tarn_list_insert_after(lists[0], &known[4], value_of(22), size_of(22), NULL) == 0);
}

static void
erase(void)
{
	must(tarn_list_erase(lists[0], &known[2]) == 0);
	must(tarn_list_erase(lists[0], &known[2]) == TARN_NOT_FOUND);
	must(tarn_list_erase(lists[0], &known[3]) == 0);
}

static void
erase_at_ends(void)
{
	must(tarn_list_erase(lists[0], &known[4]) == 0);
	must(tarn_list_erase(lists[0], &known[0]) == 0);
}

static struct tarn_bytes many[8];

static void
make_many(void)
{
	static char room[8][VALUE_MOST];

	for (unsigned i = 0; i < 8; i++)
		many[i] = (struct tarn_bytes){ (char *)value_in(room[i], 41 + i), size_of(41 + i) };
}

static void
append(void)
{
	make_many();
	must(tarn_list_append(lists[0], many, TARN_SEPARATE, 4) == 0);
}

static void
assign(void)
{
	make_many();
	must(tarn_list_assign(lists[0], many, TARN_SEPARATE, 7) == 0);
}

static void
make_shorter(void)
{
	must(tarn_list_resize(lists[0], 2, value_of(1), size_of(1)) == 0);
}

static void
make_longer(void)
{
	must(tarn_list_resize(lists[0], 8, value_of(21), size_of(21)) == 0);
}

static void
clear(void)
{
	must(tarn_list_clear(lists[0]) == 0);
}

static void
sort(void)
{
	must(tarn_list_sort(lists[0], NULL, NULL) == 0);
}

static void
reverse(void)
{
	must(tarn_list_reverse(lists[0]) == 0);
}

static int
by_first_byte(const void *a, size_t a_size, const void *b, size_t b_size, void *arg)
{
	(void)arg;
	return (a_size ? *(const char *)a : 0) - (b_size ? *(const char *)b : 0);
}

/* The last one is the same as another; beside each other they are when sorted. */
static void
remove_equal(void)
{
	uint64_t removed = 0;

	must(tarn_list_remove(lists[0], value_of(3), size_of(3), &removed) == 0 && removed == 2);
	must(tarn_list_sort(lists[0], by_first_byte, NULL) == 0);
}

static void
unique(void)
{
	uint64_t removed = 0;

	must(tarn_list_sort(lists[0], NULL, NULL) == 0);
	must(tarn_list_unique(lists[0], &removed) == 0 && removed == 1);
}

static void
splice_all(void)
{
	must(tarn_list_splice(lists[0], &known[2], lists[1]) == 0);
}

static void
splice_all_at_end(void)
{
	must(tarn_list_splice(lists[0], &TARN_LIST_END, lists[1]) == 0);
}

static void
splice_all_at_front(void)
{
	must(tarn_list_splice(lists[0], &known[0], lists[1]) == 0);
}

static void
splice_one(void)
{
	must(tarn_list_splice_one(lists[1], &TARN_LIST_END, lists[0], &known[1]) == 0);
}

static void
splice_one_within(void)
{
	must(tarn_list_splice_one(lists[0], &known[0], lists[0], &known[3]) == 0);
	must(tarn_list_splice_one(lists[0], &known[0], lists[0], &known[0]) == 0);
}

static void
splice_range(void)
{
	must(tarn_list_splice_range(lists[1], &TARN_LIST_END, lists[0], &known[1], &known[4]) == 0);
}

static void
splice_rest_within(void)
{
	must(tarn_list_splice_range(lists[0], &known[1], lists[0], &known[3], &TARN_LIST_END) == 0);
}

static void
merge(void)
{
	must(tarn_list_merge(lists[0], lists[1], NULL, NULL) == 0);
}

static void
exchange(void)
{
	must(tarn_list_swap(lists[0], lists[1]) == 0);
}

static void
copy(void)
{
	must(tarn_list_copy(lists[1], lists[0]) == 0);
}

static void
do_nothing(void)
{
	const struct tarn_list_handle nobody = { known[0].where, known[0].generation + 1 };
	bool equal;

	must(tarn_list_get(lists[0], &nobody, NULL, 0, NULL) == TARN_NOT_FOUND);
	must(tarn_list_erase(lists[0], &nobody) == TARN_NOT_FOUND);
	must(tarn_list_insert(lists[0], &nobody, value_of(1), size_of(1), NULL) == TARN_NOT_FOUND);
	must(tarn_list_append(lists[0], NULL, TARN_SEPARATE, 0) == 0);
	must(tarn_list_equal(lists[0], lists[0], &equal) == 0 && equal);
}

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_txn *txn;

static void
begin(void)
{
	struct tarn_object *objects[LISTS];
	unsigned count = plain[1] ? 2 : 1;

	for (unsigned i = 0; i < count; i++)
		objects[i] = tarn_list_object(plain[i]);
	must(tarn_txn_begin(arena, &txn, objects, count) == 0);
	for (unsigned i = 0; i < count; i++)
		lists[i] = tarn_list_in(plain[i], txn);
}

static void
end(bool commits)
{
	memcpy(lists, plain, sizeof(lists));
	if (commits)
		must(tarn_txn_commit(txn) == 0);
	else
		tarn_txn_abort(txn);
}

/* What it cuts off it stores over; what it makes has handles. */
static void
change_ends(void)
{
	struct tarn_list_handle made;

	begin();
	pop_both();
	pop_back();
	push_both();
	must(tarn_list_push_back(lists[0], value_of(23), size_of(23), &made) == 0);
	remember(&made);
}

static void
change_middle(void)
{
	begin();
	insert();
	must(tarn_list_set(lists[0], &known[1], value_of(36), size_of(36)) == 0);
	erase();
	append();
	reverse();
	make_shorter();
}

static void
change_all(void)
{
	begin();
	pop_back();
	clear();
	push_both();
	assign();
	push_front();
}

static void
change_two(void)
{
	begin();
	splice_one();
	exchange();
	push_back();
	pop_front();
	splice_all_at_end();
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
commit_middle(void)
{
	change_middle();
	end(true);
}

static void
abort_middle(void)
{
	change_middle();
	end(false);
}

static void
commit_all(void)
{
	change_all();
	end(true);
}

static void
abort_all(void)
{
	change_all();
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

static struct tarn_list *created;

static void
create(void)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_BYTES, size, NULL };

	must(tarn_list_open(arena, &created, "new", &type, TARN_CREATE, NULL) == 0);
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "l") == 0);
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
	{ "push onto an empty list", prepare_nothing, push_back, 1, NO_WAIT },
	{ "push before an empty list", prepare_nothing, push_front, 1, NO_WAIT },
	{ "push", prepare_few, push_both, 3, NO_WAIT },
	{ "pop", prepare_few, pop_both, 2, NO_WAIT },
	{ "pop the only one", prepare_one, pop_back, 1, NO_WAIT },
	{ "pop nothing", prepare_nothing, pop_nothing, 0, NO_WAIT },
	{ "set", prepare_few, set, 4, false },
	{ "insert", prepare_few, insert, 2, false },
	{ "insert at the ends", prepare_few, insert_at_ends, 2, NO_WAIT },
	{ "erase", prepare_few, erase, 2, false },
	{ "erase at the ends", prepare_few, erase_at_ends, 2, NO_WAIT },
	{ "append", prepare_few, append, 1, NO_WAIT },
	{ "append to an empty list", prepare_nothing, append, 1, NO_WAIT },
	{ "resize to fewer", prepare_few, make_shorter, 1, false },
	{ "resize to more", prepare_few, make_longer, 1, NO_WAIT },
	{ "clear", prepare_few, clear, 1, false },
	{ "assign", prepare_few, assign, MANY, false },
	{ "sort", prepare_many, sort, 1, false },
	{ "reverse", prepare_few, reverse, 1, false },
	{ "remove", prepare_many, remove_equal, 2, false },
	{ "unique", prepare_many, unique, 2, false },
	{ "splice", prepare_two, splice_all, 1, false },
	{ "splice more than there are", prepare_two_and_more, splice_all, 1, false },
	{ "splice more to the end", prepare_two_and_more, splice_all_at_end, 1, false },
	{ "splice more to the front", prepare_two_and_more, splice_all_at_front, 1, false },
	{ "splice into nothing", prepare_empty_and_few, splice_all_at_end, 1, false },
	{ "splice one", prepare_two, splice_one, 1, false },
	{ "splice one within", prepare_few, splice_one_within, 1, false },
	{ "splice a range", prepare_two, splice_range, 1, false },
	{ "splice the rest within", prepare_few, splice_rest_within, 1, false },
	{ "merge", prepare_sorted, merge, 1, false },
	{ "swap", prepare_two, exchange, 1, false },
	{ "copy", prepare_two, copy, MANY, false },
	{ "nothing", prepare_few, do_nothing, 0, NO_WAIT },
	{ "transaction", prepare_few, commit_ends, 1, false },
	{ "transaction aborted", prepare_few, abort_ends, 0, false },
	{ "transaction in the middle", prepare_few, commit_middle, 1, false },
	{ "transaction in the middle aborted", prepare_few, abort_middle, 0, false },
	{ "large transaction", prepare_few, commit_all, 1, false },
	{ "large transaction aborted", prepare_few, abort_all, 0, false },
	{ "transaction of two", prepare_two, commit_two, 1, false },
	{ "transaction of two aborted", prepare_two, abort_two, 0, false },
	{ "create", prepare_nothing, create, 1, false },
	{ "remove", prepare_few, remove_it, MANY, false },
};

#define OF_VALUES 12u /* the first so many differ with what values are */

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_BYTES, size, NULL };

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_list_open(arena, &lists[0], "l", &type, TARN_CREATE, NULL) == 0);
	lists[1] = created = NULL;
	ever_count = 0;
	memcpy(plain, lists, sizeof(plain));
	view_open(arena);
}

static void
close_arenas(void)
{
	tarn_list_close(lists[0]);
	tarn_list_close(lists[1]);
	tarn_list_close(created);
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
run_sized(uint32_t element, unsigned count)
{
	size = element;
	for (unsigned i = 0; i < count; i++)
		run(&scenarios[i]);
}

static void
run_all(void)
{
	run_sized(8, OF_VALUES);
	run_sized(13, OF_VALUES);
	run_sized(TARN_VALUE_BYTES, TARN_ARRAY_SIZE(scenarios));
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = view_once = true;
	run_all();
}

static const struct mutants mutants = {
	.files = { "src/container/list" },
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
