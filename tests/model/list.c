// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- random operations on lists, beside plain arrays
 *
 * The model of a list is an array in private memory, of values with their
 * handles.  Each call's result is compared with what the array says; every
 * few steps all of the list is, in one read each way.
 *
 * Handles of elements that are gone are kept, and must lead nowhere, also
 * where a transaction that made the elements was undone.
 *
 * There are two lists, between which elements move; a transaction changes
 * both, and if it is aborted, copies of the arrays come back.
 *
 * Layouts: elements that are a word, less, more, and byte strings in their
 * order.  A seed as an argument runs that one alone.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 300000u /* a layout */
#define CHECK_EVERY 1000u
#define COMPARE_EVERY 50u
#define LISTS 2u
#define SIZE_MOST 100u
#define LENGTH_MOST 4000u
#define GRAVES 64u

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t size;
	uint64_t most; /* elements of a list, more or less */
};

static const struct layout layouts[] = {
	{ "u64", TARN_KEY_U64, 8, 600 },
	{ "3 bytes", TARN_KEY_NONE, 3, 300 },
	{ "i32", TARN_KEY_I32, 4, 900 },
	{ "40 bytes", TARN_KEY_BYTES, 40, 200 },
	{ "strings", TARN_KEY_BYTES, TARN_VALUE_BYTES, 300 },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct element {
	struct tarn_list_handle at;
	size_t size;
	char bytes[SIZE_MOST];
};

struct array {
	uint64_t length;
	struct element elements[LENGTH_MOST];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_list *handles[LISTS];
static struct tarn_txn *txn;
static struct array arrays[LISTS], before[LISTS], scratch;
static struct tarn_list_handle graves[GRAVES];
static uint64_t step, dice;
static uint64_t calls, commits, aborts, buried;

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

static struct tarn_list *
handle_of(unsigned which)
{
	return txn ? tarn_list_in(handles[which], txn) : handles[which];
}

/* There are only a few, so that some are equal. */
static void
random_value(struct element *element)
{
	uint64_t word = tarn__hash_u64(roll(200), 3);

	element->size = layout->size == TARN_VALUE_BYTES ? word % SIZE_MOST : layout->size;
	for (size_t i = 0; i < element->size; i++)
		element->bytes[i] = (char)(word >> i % 8 * 8);
}

static uint64_t
random_count(const struct array *array)
{
	uint64_t room = layout->most - tarn__min(array->length, layout->most) + 3;

	return txn || roll(30) ? roll(tarn__min(room, 9)) : roll(room);
}

/* ---- the model --------------------------------------------------------------------------------- */

static bool
same_handle(const struct tarn_list_handle *a, const struct tarn_list_handle *b)
{
	return a->where == b->where && a->generation == b->generation;
}

static bool
same_value(const struct element *a, const struct element *b)
{
	return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

static void
bury(const struct tarn_list_handle *at)
{
	graves[buried++ % GRAVES] = *at;
}

static void
make_place(struct array *array, uint64_t at, uint64_t removed, uint64_t inserted)
{
	uint64_t rest = array->length - at - removed;

	must(at + inserted + rest <= LENGTH_MOST);
	memmove(&array->elements[at + inserted], &array->elements[at + removed],
		rest * sizeof(array->elements[0]));
	array->length = at + inserted + rest;
}

static void
put_in(struct array *array, uint64_t at, const struct element *element)
{
	make_place(array, at, 0, 1);
	array->elements[at] = *element;
}

static void
take_out(struct array *array, uint64_t at)
{
	bury(&array->elements[at].at);
	make_place(array, at, 1, 0);
}

static void
copy_array(struct array *to, const struct array *from)
{
	to->length = from->length;
	memcpy(to->elements, from->elements, from->length * sizeof(from->elements[0]));
}

static struct tarn_list_handle
handle_at(const struct array *array, uint64_t index)
{
	return index < array->length ? array->elements[index].at : TARN_LIST_END;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static char room[LENGTH_MOST][SIZE_MOST];
static struct tarn_bytes separate[LENGTH_MOST];
static struct tarn_list_handle told[LENGTH_MOST];

static uint64_t
read_all(unsigned which, enum tarn_list_way way)
{
	uint64_t got;

	for (uint64_t i = 0; i < LENGTH_MOST; i++)
		separate[i] = (struct tarn_bytes){ room[i], SIZE_MOST };
	must(tarn_list_read(handle_of(which), &TARN_LIST_END, way, separate, TARN_SEPARATE, told,
			    LENGTH_MOST, &got) == 0);
	return got;
}

static void
compare(unsigned which)
{
	struct array *array = &arrays[which];
	uint64_t length;
	bool empty;

	must(tarn_list_size(handle_of(which), &length) == 0 && length == array->length);
	must(tarn_list_empty(handle_of(which), &empty) == 0 && empty == !length);
	for (int way = 0; way < 2; way++) {
		must(read_all(which, way) == length);
		for (uint64_t i = 0; i < length; i++) {
			const struct element *is = &array->elements[way ? length - 1 - i : i];

			must(separate[i].size == is->size && !memcmp(room[i], is->bytes, is->size));
			must(same_handle(&told[i], &is->at));
		}
	}
}

/* What was made without being told of handles: learn them, from that index on. */
static void
learn_handles(unsigned which, uint64_t from)
{
	uint64_t got = read_all(which, TARN_LIST_FORWARDS);

	must(got == arrays[which].length);
	for (uint64_t i = from; i < got; i++)
		arrays[which].elements[i].at = told[i];
}

static void
ask_the_dead(unsigned which)
{
	struct tarn_list_handle at = graves[roll(GRAVES)];

	if (!at.where)
		return;
	must(tarn_list_get(handle_of(which), &at, NULL, 0, NULL) == TARN_NOT_FOUND);
	must(tarn_list_erase(handle_of(which), &at) == TARN_NOT_FOUND);
	must(tarn_list_next(handle_of(which), &at) == TARN_NOT_FOUND);
	must(tarn_list_insert(handle_of(which), &at, room[0],
			      layout->size == TARN_VALUE_BYTES ? 5 : layout->size,
			      NULL) == TARN_NOT_FOUND);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
read_some(unsigned which, uint64_t index)
{
	struct array *array = &arrays[which];
	struct tarn_list *list = handle_of(which);
	struct tarn_list_handle at = handle_at(array, index), next = at, prev = at, expected;
	const struct element *is = &array->elements[index];
	int missing = array->length ? 0 : TARN_NOT_FOUND;
	char value[SIZE_MOST];
	size_t size;

	if (index < array->length) {
		must(tarn_list_get(list, &at, value, sizeof(value), &size) == 0);
		must(size == is->size && !memcmp(value, is->bytes, size));
	}
	must(tarn_list_next(list, &next) == 0 && tarn_list_prev(list, &prev) == 0);
	expected = handle_at(array, index < array->length ? index + 1 : 0);
	must(same_handle(&next, &expected));
	expected = handle_at(array, (index < array->length ? index : array->length) - 1);
	must(same_handle(&prev, &expected));
	must(tarn_list_front(list, value, sizeof(value), &size) == missing);
	must(missing || (size == array->elements[0].size &&
			 !memcmp(value, array->elements[0].bytes, size)));
	must(tarn_list_back(list, value, sizeof(value), &size) == missing);
	must(missing || size == array->elements[array->length - 1].size);
	at.generation++;
	must(tarn_list_get(list, &at, NULL, 0, NULL) == TARN_NOT_FOUND);
	ask_the_dead(which);
}

static void
set_one(unsigned which, uint64_t index)
{
	struct array *array = &arrays[which];
	struct element *element = &array->elements[index];

	if (index >= array->length)
		return;
	random_value(element);
	must(tarn_list_set(handle_of(which), &element->at, element->bytes, element->size) == 0);
}

static void
push_many(unsigned which)
{
	struct array *array = &arrays[which];
	struct tarn_list *list = handle_of(which);
	bool back = roll(2);

	for (uint64_t count = random_count(array); count; count--) {
		struct element made;

		random_value(&made);
		must((back ? tarn_list_push_back(list, made.bytes, made.size, &made.at)
			   : tarn_list_push_front(list, made.bytes, made.size, &made.at)) == 0);
		put_in(array, back ? array->length : 0, &made);
	}
}

static void
pop_many(unsigned which)
{
	struct array *array = &arrays[which];
	struct tarn_list *list = handle_of(which);
	bool back = roll(2);
	char value[SIZE_MOST];
	size_t size;

	for (uint64_t count = txn || roll(40) ? roll(9) : roll(array->length + 2); count; count--) {
		uint64_t at = back ? array->length - 1 : 0;
		int code = back ? tarn_list_pop_back(list, value, sizeof(value), &size)
				: tarn_list_pop_front(list, value, sizeof(value), &size);

		must(code == (array->length ? 0 : TARN_NOT_FOUND));
		if (code)
			return;
		must(size == array->elements[at].size && !memcmp(value, array->elements[at].bytes, size));
		take_out(array, at);
	}
}

static void
insert_one(unsigned which, uint64_t index)
{
	struct array *array = &arrays[which];
	struct tarn_list_handle at = handle_at(array, index);
	struct element made;
	bool after = roll(2);

	random_value(&made);
	index = tarn__min(index, array->length);
	if (!after) {
		must(tarn_list_insert(handle_of(which), &at, made.bytes, made.size, &made.at) == 0);
		put_in(array, index, &made);
		return;
	}
	must(tarn_list_insert_after(handle_of(which), &at, made.bytes, made.size, &made.at) == 0);
	put_in(array, index == array->length ? 0 : index + 1, &made);
}

static void
erase_one(unsigned which, uint64_t index)
{
	struct array *array = &arrays[which];
	struct tarn_list_handle at = handle_at(array, index);

	must(tarn_list_erase(handle_of(which), &at) == (index < array->length ? 0 : TARN_NOT_FOUND));
	if (index < array->length)
		take_out(array, index);
}

static void
append(unsigned which)
{
	struct array *array = &arrays[which];
	uint64_t count = random_count(array), from = array->length;

	make_place(array, from, 0, count);
	for (uint64_t i = 0; i < count; i++) {
		struct element *made = &array->elements[from + i];

		random_value(made);
		separate[i] = (struct tarn_bytes){ made->bytes, made->size };
	}
	must(tarn_list_append(handle_of(which), separate, TARN_SEPARATE, count) == 0);
	learn_handles(which, from);
}

static void
bury_all(unsigned which)
{
	for (uint64_t i = 0; i < arrays[which].length; i++)
		bury(&arrays[which].elements[i].at);
}

static void
assign(unsigned which)
{
	struct array *array = &arrays[which];
	uint64_t count = random_count(array);

	bury_all(which);
	array->length = 0;
	if (!roll(3)) {
		must(tarn_list_clear(handle_of(which)) == 0);
		return;
	}
	make_place(array, 0, 0, count);
	for (uint64_t i = 0; i < count; i++) {
		struct element *made = &array->elements[i];

		random_value(made);
		separate[i] = (struct tarn_bytes){ made->bytes, made->size };
	}
	must(tarn_list_assign(handle_of(which), separate, TARN_SEPARATE, count) == 0);
	learn_handles(which, 0);
}

static void
resize(unsigned which)
{
	struct array *array = &arrays[which];
	uint64_t length = array->length, count = roll(2) ? roll(length + 1) : length + roll(6);
	struct element made;

	random_value(&made);
	must(tarn_list_resize(handle_of(which), count, made.bytes, made.size) == 0);
	while (array->length > count)
		take_out(array, array->length - 1);
	while (array->length < count)
		put_in(array, array->length, &made);
	learn_handles(which, tarn__min(length, count));
}

/* ---- orders ------------------------------------------------------------------------------------ */

static int
compare_elements(const struct element *a, const struct element *b)
{
	size_t shorter = tarn__min(a->size, b->size);
	int32_t small[2];
	uint64_t large[2];
	int order;

	if (layout->key == TARN_KEY_U64) {
		memcpy(&large[0], a->bytes, 8);
		memcpy(&large[1], b->bytes, 8);
		return large[0] < large[1] ? -1 : large[0] > large[1];
	}
	if (layout->key == TARN_KEY_I32) {
		memcpy(&small[0], a->bytes, 4);
		memcpy(&small[1], b->bytes, 4);
		return small[0] < small[1] ? -1 : small[0] > small[1];
	}
	order = memcmp(a->bytes, b->bytes, shorter);
	return order ? order : a->size < b->size ? -1 : a->size > b->size;
}

static int
compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size, void *arg)
{
	must(arg == &layout && a_size == b_size);
	return memcmp(a, b, a_size);
}

static void
sort_array(struct array *array)
{
	for (uint64_t i = 1; i < array->length; i++) {
		struct element moved = array->elements[i];
		uint64_t at = i;

		for (; at && compare_elements(&array->elements[at - 1], &moved) > 0; at--)
			array->elements[at] = array->elements[at - 1];
		array->elements[at] = moved;
	}
}

static void
sort(unsigned which)
{
	bool ordered = layout->key != TARN_KEY_NONE;

	if (!ordered)
		must(tarn_list_sort(handle_of(which), NULL, NULL) == TARN_TYPE);
	must(tarn_list_sort(handle_of(which), ordered ? NULL : compare_bytes, &layout) == 0);
	sort_array(&arrays[which]);
}

static void
reverse(unsigned which)
{
	struct array *array = &arrays[which];

	must(tarn_list_reverse(handle_of(which)) == 0);
	for (uint64_t i = 0; i < array->length / 2; i++) {
		struct element swap = array->elements[i];

		array->elements[i] = array->elements[array->length - 1 - i];
		array->elements[array->length - 1 - i] = swap;
	}
}

static void
remove_equal(unsigned which, uint64_t index)
{
	struct array *array = &arrays[which];
	uint64_t removed, length = array->length;
	struct element equal;

	if (roll(2) || index >= length) {
		must(tarn_list_unique(handle_of(which), &removed) == 0);
		for (uint64_t i = array->length; i > 1; i--) {
			if (same_value(&array->elements[i - 1], &array->elements[i - 2]))
				take_out(array, i - 1);
		}
	} else {
		equal = array->elements[index];
		must(tarn_list_remove(handle_of(which), equal.bytes, equal.size, &removed) == 0);
		for (uint64_t i = array->length; i; i--) {
			if (same_value(&array->elements[i - 1], &equal))
				take_out(array, i - 1);
		}
	}
	must(removed == length - array->length);
}

/* ---- two lists --------------------------------------------------------------------------------- */

static void
move(unsigned to, uint64_t at, unsigned from, uint64_t first, uint64_t count)
{
	memcpy(scratch.elements, &arrays[from].elements[first], count * sizeof(struct element));
	make_place(&arrays[from], first, count, 0);
	if (to == from && at > first)
		at -= count;
	make_place(&arrays[to], at, 0, count);
	memcpy(&arrays[to].elements[at], scratch.elements, count * sizeof(struct element));
}

static void
splice(unsigned to, unsigned from)
{
	uint64_t at = roll(arrays[to].length + 1), length = arrays[from].length;
	uint64_t first = length ? roll(length) : 0, count = length ? roll(tarn__min(length - first, 20)) : 0;
	struct tarn_list_handle before_it = handle_at(&arrays[to], at), one = handle_at(&arrays[from], first);
	struct tarn_list_handle end = handle_at(&arrays[from], first + count);
	bool inside = to == from && at >= first && at < first + count;
	int code;

	if (!length)
		return;
	if (roll(2)) {
		must(tarn_list_splice_one(handle_of(to), &before_it, handle_of(from), &one) == 0);
		if (to != from || (at != first && at != first + 1))
			move(to, at, from, first, 1);
		return;
	}
	code = tarn_list_splice_range(handle_of(to), &before_it, handle_of(from), &one, &end);
	must(code == (inside ? TARN_INVALID : 0));
	if (!inside && count)
		move(to, at, from, first, count);
}

static void
splice_all(unsigned to, unsigned from)
{
	uint64_t at = roll(arrays[to].length + 1);
	struct tarn_list_handle before_it = handle_at(&arrays[to], at);

	if (arrays[to].length + arrays[from].length > LENGTH_MOST / 2 || (txn && roll(4)))
		return;
	must(tarn_list_splice(handle_of(to), &before_it, handle_of(from)) ==
	     (to == from ? TARN_INVALID : 0));
	if (to != from)
		move(to, at, from, 0, arrays[from].length);
}

static void
merge(unsigned to, unsigned from)
{
	bool ordered = layout->key != TARN_KEY_NONE;

	if (to == from || arrays[to].length + arrays[from].length > LENGTH_MOST / 2)
		return;
	sort(to);
	sort(from);
	must(tarn_list_merge(handle_of(to), handle_of(from), ordered ? NULL : compare_bytes,
			     &layout) == 0);
	move(to, arrays[to].length, from, 0, arrays[from].length);
	sort_array(&arrays[to]);
}

static void
with_both(void)
{
	bool equal, copied = roll(2);

	if (copied) {
		bury_all(0);
		must(tarn_list_copy(handle_of(0), handle_of(1)) == 0);
		copy_array(&arrays[0], &arrays[1]);
		learn_handles(0, 0);
		must(tarn_list_equal(handle_of(0), handle_of(1), &equal) == 0 && equal);
		return;
	}
	must(tarn_list_swap(handle_of(0), handle_of(1)) == 0);
	copy_array(&scratch, &arrays[0]);
	copy_array(&arrays[0], &arrays[1]);
	copy_array(&arrays[1], &scratch);
	must(tarn_list_equal(handle_of(0), handle_of(1), &equal) == 0);
	must(equal == (arrays[0].length == arrays[1].length && !arrays[0].length) || arrays[0].length);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
seldom(unsigned which)
{
	switch (roll(9)) {
	case 0:
		assign(which);
		break;
	case 1:
		with_both();
		break;
	case 2:
		sort(which);
		break;
	case 3:
		reverse(which);
		break;
	case 4:
		remove_equal(which, roll(arrays[which].length + 1));
		break;
	case 5:
		merge(which, (unsigned)roll(LISTS));
		break;
	case 6:
		splice_all(which, (unsigned)roll(LISTS));
		break;
	default:
		resize(which);
	}
}

static void
random_call(unsigned which)
{
	uint64_t index = roll(arrays[which].length + 2), chance = roll(100);

	if (chance < 20)
		read_some(which, index);
	else if (chance < 30)
		set_one(which, index);
	else if (chance < 46)
		push_many(which);
	else if (chance < 62)
		pop_many(which);
	else if (chance < 74)
		insert_one(which, index);
	else if (chance < 86)
		erase_one(which, index);
	else if (chance < 90)
		append(which);
	else if (chance < 98)
		splice(which, (unsigned)roll(LISTS));
	else if (!roll(4))
		seldom(which);
}

static void
begin(void)
{
	struct tarn_object *objects[] = { tarn_list_object(handles[0]), tarn_list_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, LISTS) == 0);
	for (unsigned i = 0; i < LISTS; i++)
		copy_array(&before[i], &arrays[i]);
	memset(graves, 0, sizeof(graves));
}

static bool
was_before(const struct tarn_list_handle *at)
{
	for (unsigned i = 0; i < LISTS; i++) {
		for (uint64_t k = 0; k < before[i].length; k++) {
			if (same_handle(&before[i].elements[k].at, at))
				return true;
		}
	}
	return false;
}

/* What was killed lives again, and what was made never was. */
static void
abort_all(void)
{
	tarn_txn_abort(txn);
	memset(graves, 0, sizeof(graves));
	for (unsigned i = 0; i < LISTS; i++) {
		for (uint64_t k = 0; k < arrays[i].length; k++) {
			if (!was_before(&arrays[i].elements[k].at))
				bury(&arrays[i].elements[k].at);
		}
	}
	for (unsigned i = 0; i < LISTS; i++)
		copy_array(&arrays[i], &before[i]);
	aborts++;
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		abort_all();
	}
	txn = NULL;
	compare(0);
	compare(1);
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
	unsigned which = (unsigned)roll(LISTS);
	uint64_t length;

	if (!txn && !roll(200))
		begin();
	else if (txn && !roll(20))
		end();
	random_call(which);
	calls++;
	must(tarn_list_size(handle_of(which), &length) == 0 && length == arrays[which].length);
	if (step % COMPARE_EVERY == 0)
		compare(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_lists(enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_LIST, layout->key, layout->size, NULL };

	must(tarn_list_open(arena, &handles[0], "first", &type, how, NULL) == 0);
	must(tarn_list_open(arena, &handles[1], "second", &type, how, NULL) == 0);
}

static void
close_lists(void)
{
	for (unsigned i = 0; i < LISTS; i++)
		tarn_list_close(handles[i]);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };

	dice = seed + 1;
	arrays[0].length = arrays[1].length = 0;
	memset(graves, 0, sizeof(graves));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_lists(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_lists();
	open_lists(TARN_OPEN);
	compare(0);
	compare(1);
	close_lists();
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		layout = &layouts[i];
		run(argc > 1 ? strtoul(argv[1], NULL, 10) : i);
	}
	printf("%lu calls, %lu commits, %lu aborts\n", (unsigned long)calls, (unsigned long)commits,
	       (unsigned long)aborts);
	printf("1 passed, 0 failed\n");
	return 0;
}
