// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- a million random operations on vectors, beside plain arrays
 *
 * The model of a vector is an array in private memory.  Each call's result
 * is compared with what the array says; and every few steps all of the
 * vector is, in one read, and by a view.
 *
 * There are two vectors, which are swapped now and then; a transaction
 * changes both, and if it is aborted, copies of the arrays come back.
 *
 * Layouts: elements that are a word, less, part of two words, many words;
 * the last has vectors with a maximum.  A seed as an argument runs that one
 * alone.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 170000u /* a layout */
#define CHECK_EVERY 1000u
#define COMPARE_EVERY 50u
#define BYTES_MOST (UINT64_C(1) << 21)
#define VECTORS 2u

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t size;
	uint64_t most; /* elements of a vector, more or less */
	uint64_t maximum;
};

static const struct layout layouts[] = {
	{ "u64", TARN_KEY_U64, 8, 3000, 0 },
	{ "1 byte", TARN_KEY_NONE, 1, 2000, 0 },
	{ "3 bytes", TARN_KEY_NONE, 3, 50, 0 },
	{ "i32", TARN_KEY_I32, 4, 60000, 0 },
	{ "40 bytes", TARN_KEY_NONE, 40, 500, 0 },
	{ "f64, with a maximum", TARN_KEY_F64, 8, 900, 1000 },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct array {
	uint64_t length;
	char bytes[BYTES_MOST];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_vector *handles[VECTORS];
static struct tarn_txn *txn;
static struct array arrays[VECTORS], before[VECTORS];
static char values[BYTES_MOST], read_back[BYTES_MOST];
static uint64_t step, dice, size;
static uint64_t calls, commits, aborts, checks;

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

static struct tarn_vector *
handle_of(unsigned which)
{
	return txn ? tarn_vector_in(handles[which], txn) : handles[which];
}

/* Few different ones, so that some are found. */
static const char *
random_values(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		uint64_t word = tarn__hash_u64(roll(500), 3);

		for (uint64_t at = 0; at < size; at++)
			values[i * size + at] = (char)(word >> at % 8 * 8);
	}
	return values;
}

/* Mostly a few. */
static uint64_t
random_count(const struct array *array)
{
	uint64_t room = layout->most - tarn__min(array->length, layout->most) + 3;

	return roll(30) ? roll(tarn__min(room, 9)) : roll(room);
}

/* ---- comparing --------------------------------------------------------------------------------- */

static void
check_size(struct tarn_vector *vector, const struct array *array)
{
	uint64_t length, capacity;
	bool empty;

	must(tarn_vector_size(vector, &length) == 0 && length == array->length);
	must(tarn_vector_capacity(vector, &capacity) == 0 && capacity >= length);
	must(!layout->maximum || capacity == layout->maximum);
	must(tarn_vector_empty(vector, &empty) == 0 && empty == !length);
}

static void
check_view(unsigned which)
{
	const struct array *array = &arrays[which];
	struct tarn_vector_view view;

	must(tarn_vector_view(handles[which], &view) == 0);
	must(view.count == array->length);
	must(!memcmp(view.data, array->bytes, array->length * size));
	must(tarn_vector_view_valid(handles[which], &view));
}

static void
compare(unsigned which)
{
	const struct array *array = &arrays[which];
	uint64_t got;

	check_size(handle_of(which), array);
	must(tarn_vector_read(handle_of(which), 0, read_back, BYTES_MOST / size, &got) == 0);
	must(got == array->length);
	must(!memcmp(read_back, array->bytes, got * size));
	if (!txn)
		check_view(which);
}

/* ---- the model --------------------------------------------------------------------------------- */

static char *
element(struct array *array, uint64_t index)
{
	return array->bytes + index * size;
}

/* As in vector_change.c, all changes are one. */
static void
splice(struct array *array, uint64_t at, uint64_t removed, const char *from, uint64_t inserted)
{
	uint64_t rest = array->length - at - removed;

	must((at + inserted + rest) * size <= BYTES_MOST);
	memmove(element(array, at + inserted), element(array, at + removed), rest * size);
	if (inserted)
		memcpy(element(array, at), from, inserted * size);
	array->length = at + inserted + rest;
}

/* What a call that adds has to return; does it if that is 0. */
static int
add(struct array *array, uint64_t at, uint64_t removed, uint64_t inserted)
{
	if (layout->maximum && array->length - removed + inserted > layout->maximum)
		return TARN_FULL;
	splice(array, at, removed, values, inserted);
	return 0;
}

static int
by_bytes(const void *a, const void *b, void *arg)
{
	return memcmp(a, b, *(const uint64_t *)arg);
}

/* ---- calls ------------------------------------------------------------------------------------- */

/* One that fails for want of room ends the transaction, and the model's. */
static void
lost(int code)
{
	if (!code || !txn)
		return;
	must(tarn_txn_commit(txn) == code);
	memcpy(arrays, before, sizeof(arrays));
	txn = NULL;
	aborts++;
}

static void
read_one(struct tarn_vector *vector, struct array *array, uint64_t index)
{
	char value[64];
	int code = tarn_vector_get(vector, index, value);

	must(code == (index < array->length ? 0 : TARN_NOT_FOUND));
	must(code || !memcmp(value, element(array, index), size));
	code = roll(2) ? tarn_vector_back(vector, value) : tarn_vector_front(vector, value);
	must(code == (array->length ? 0 : TARN_NOT_FOUND));
}

static void
find_one(struct tarn_vector *vector, struct array *array, uint64_t from)
{
	const char *value = random_values(1);
	uint64_t expected = from, index;
	int code = tarn_vector_find(vector, from, value, &index);

	while (expected < array->length && memcmp(element(array, expected), value, size) != 0)
		expected++;
	must(code == (expected < array->length ? 0 : TARN_NOT_FOUND));
	must(code || index == expected);
}

static void
set_one(struct tarn_vector *vector, struct array *array, uint64_t index)
{
	int code = tarn_vector_set(vector, index, random_values(1));

	must(code == (index < array->length ? 0 : TARN_NOT_FOUND));
	if (!code)
		splice(array, index, 1, values, 1);
}

static void
swap_one(struct tarn_vector *vector, struct array *array, uint64_t index)
{
	char expected[64];
	bool same = roll(2);
	int code;

	if (index >= array->length)
		return;
	memcpy(expected, element(array, index), size);
	expected[0] = (char)(expected[0] + !same);
	code = tarn_vector_compare_and_swap(vector, index, expected, random_values(1));
	must(code == (same ? 0 : TARN_MISMATCH));
	if (!code)
		splice(array, index, 1, values, 1);
}

static void
add_one(struct tarn_vector *vector, struct array *array, uint64_t index)
{
	uint64_t n = roll(UINT64_MAX), was = 0, told;
	int code = tarn_vector_fetch_add(vector, index, n, &told);

	if (size == 3 || size == 40 || layout->key == TARN_KEY_F64) {
		must(code == TARN_TYPE);
		return;
	}
	must(code == (index < array->length ? 0 : TARN_NOT_FOUND));
	if (code)
		return;
	memcpy(&was, element(array, index), size);
	must(was == told);
	was += n;
	memcpy(element(array, index), &was, size);
}

static void
pop(struct tarn_vector *vector, struct array *array)
{
	char value[64];
	int code = tarn_vector_pop_back(vector, value);

	must(code == (array->length ? 0 : TARN_NOT_FOUND));
	if (code)
		return;
	array->length--;
	must(!memcmp(value, element(array, array->length), size));
}

static void
append(struct tarn_vector *vector, struct array *array)
{
	uint64_t count = random_count(array);
	int code;

	random_values(count);
	code = roll(2) || !count ? tarn_vector_append(vector, values, count)
				 : (count = 1, tarn_vector_push_back(vector, values));
	must(code == add(array, array->length, 0, count));
	lost(code);
}

static void
insert(struct tarn_vector *vector, struct array *array, uint64_t at)
{
	uint64_t count = random_count(array);
	int code = tarn_vector_insert(vector, at, random_values(count), count);

	if (at > array->length)
		must(code == TARN_NOT_FOUND);
	else
		must(code == add(array, at, 0, count));
	lost(code == TARN_FULL ? code : 0);
}

static void
erase(struct tarn_vector *vector, struct array *array, uint64_t at)
{
	uint64_t count = roll(20) ? roll(12) : roll(array->length + 1);
	bool there = at <= array->length && count <= array->length - at;

	must(tarn_vector_erase(vector, at, count) == (there ? 0 : TARN_NOT_FOUND));
	if (there)
		splice(array, at, count, NULL, 0);
}

static void
assign(struct tarn_vector *vector, struct array *array)
{
	uint64_t count = random_count(array);
	int code;

	if (!roll(3)) {
		must(tarn_vector_clear(vector) == 0);
		array->length = 0;
		return;
	}
	code = tarn_vector_assign(vector, random_values(count), count);
	must(code == add(array, 0, array->length, count));
	lost(code);
}

static void
resize(struct tarn_vector *vector, struct array *array)
{
	uint64_t length = array->length + random_count(array) - tarn__min(array->length, roll(9));
	bool zeros = roll(2);
	int code;

	random_values(1);
	code = tarn_vector_resize(vector, length, zeros ? NULL : values);
	for (uint64_t i = 1; i < length; i++)
		memcpy(values + i * size, values, size);
	if (zeros)
		memset(values, 0, length * size);
	if (length < array->length)
		array->length = length;
	else
		must(code == add(array, array->length, 0, length - array->length));
	lost(code);
}

/* Numbers in their order; and anything in an order that is given. */
static void
sort(struct tarn_vector *vector, struct array *array)
{
	bool numbers = layout->key == TARN_KEY_U64 && roll(2);

	if (layout->key == TARN_KEY_NONE)
		must(tarn_vector_sort(vector, NULL, NULL) == TARN_TYPE);
	must(tarn_vector_sort(vector, numbers ? NULL : by_bytes, &size) == 0);
	if (!numbers) {
		qsort_r(array->bytes, array->length, size, by_bytes, &size);
		return;
	}
	must(tarn_vector_read(vector, 0, read_back, BYTES_MOST / size, &array->length) == 0);
	for (uint64_t i = 1; i < array->length; i++)
		must(((uint64_t *)read_back)[i - 1] <= ((uint64_t *)read_back)[i]);
	qsort_r(array->bytes, array->length, size, by_bytes, &size);
	memcpy(values, read_back, array->length * size);
	qsort_r(values, array->length, size, by_bytes, &size);
	must(!memcmp(values, array->bytes, array->length * size));
	memcpy(array->bytes, read_back, array->length * size);
}

static void
make_room(struct tarn_vector *vector, const struct array *array)
{
	uint64_t wanted = array->length + random_count(array), capacity;
	int code;

	if (roll(2)) {
		must(tarn_vector_shrink_to_fit(vector) == 0);
		return;
	}
	code = tarn_vector_reserve(vector, wanted);
	must(code == (layout->maximum && wanted > layout->maximum ? TARN_FULL : 0));
	if (!code)
		must(tarn_vector_capacity(vector, &capacity) == 0 && capacity >= wanted);
	lost(code);
}

static void
exchange(void)
{
	static struct array third;

	must(tarn_vector_swap(handle_of(0), handle_of(1)) == 0);
	third = arrays[0];
	arrays[0] = arrays[1];
	arrays[1] = third;
}

static void
random_call(struct tarn_vector *vector, struct array *array)
{
	uint64_t index = roll(array->length + 2), which = roll(112);

	if (which < 20)
		read_one(vector, array, index);
	else if (which < 24)
		find_one(vector, array, index);
	else if (which < 34)
		set_one(vector, array, index);
	else if (which < 40)
		swap_one(vector, array, index);
	else if (which < 46)
		add_one(vector, array, index);
	else if (which < 56)
		pop(vector, array);
	else if (which < 76)
		append(vector, array);
	else if (which < 88)
		insert(vector, array, index);
	else if (which < 104)
		erase(vector, array, index);
	else if (which < 106)
		resize(vector, array);
	else if (which < 108)
		make_room(vector, array);
	else if (roll(3) == 0)
		sort(vector, array);
	else if (roll(40) == 0)
		assign(vector, array);
	else if (roll(10) == 0)
		exchange();
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[VECTORS];

	for (unsigned i = 0; i < VECTORS; i++)
		objects[i] = tarn_vector_object(handles[i]);
	must(tarn_txn_begin(arena, &txn, objects, VECTORS) == 0);
	memcpy(before, arrays, sizeof(arrays));
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		memcpy(arrays, before, sizeof(arrays));
		aborts++;
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
	checks++;
}

static void
random_step(void)
{
	unsigned which = (unsigned)roll(VECTORS);

	if (!txn && !roll(200))
		begin();
	else if (txn && !roll(20))
		end();
	random_call(handle_of(which), &arrays[which]);
	calls++;
	check_size(handle_of(which), &arrays[which]);
	if (step % COMPARE_EVERY == 0)
		compare(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_vectors(enum tarn_open_mode how)
{
	static const char *const names[VECTORS] = { "first", "second" };
	struct tarn_type type = { TARN_KIND_VECTOR, layout->key, layout->size, NULL };

	for (unsigned i = 0; i < VECTORS; i++) {
		if (layout->maximum)
			must(tarn_vector_open_bounded(arena, &handles[i], names[i], &type, how,
						      layout->maximum, NULL) == 0);
		else
			must(tarn_vector_open(arena, &handles[i], names[i], &type, how, NULL) == 0);
	}
}

static void
close_vectors(void)
{
	for (unsigned i = 0; i < VECTORS; i++)
		tarn_vector_close(handles[i]);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };

	dice = seed + 1;
	size = layout->size;
	memset(arrays, 0, sizeof(arrays));
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_vectors(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_vectors();
	open_vectors(TARN_OPEN);
	compare(0);
	compare(1);
	close_vectors();
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		layout = &layouts[i];
		run(argc > 1 ? strtoul(argv[1], NULL, 10) : i);
	}
	printf("%lu calls, %lu commits, %lu aborts, %lu checks\n", (unsigned long)calls,
	       (unsigned long)commits, (unsigned long)aborts, (unsigned long)checks);
	printf("1 passed, 0 failed\n");
	return 0;
}
