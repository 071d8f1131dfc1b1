// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- a million random operations on deques, beside plain arrays
 *
 * The model of a deque is an array in private memory.  Each call's result is
 * compared with what the array says; and every few steps all of the deque
 * is, in one read.
 *
 * There are two deques, which are swapped and copied now and then; a
 * transaction changes both, and if it is aborted, copies of the arrays come
 * back.
 *
 * Layouts: elements that are a word, less, part of two words, many words,
 * and nearly a block.  A seed as an argument runs that one alone.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 200000u /* a layout */
#define CHECK_EVERY 1000u
#define COMPARE_EVERY 100u
#define BYTES_MOST (UINT64_C(1) << 21)
#define DEQUES 2u
#define SIZE_MOST 3000u

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t size;
	uint64_t most; /* elements of a deque, more or less */
};

static const struct layout layouts[] = {
	{ "u64", TARN_KEY_U64, 8, 6000 },	   { "3 bytes", TARN_KEY_NONE, 3, 5000 },
	{ "i32", TARN_KEY_I32, 4, 20000 },	   { "40 bytes", TARN_KEY_NONE, 40, 700 },
	{ "3000 bytes", TARN_KEY_NONE, 3000, 40 },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct array {
	uint64_t length;
	char bytes[BYTES_MOST];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_deque *handles[DEQUES];
static struct tarn_txn *txn;
static struct array arrays[DEQUES], before[DEQUES];
static char values[BYTES_MOST], read_back[BYTES_MOST];
static uint64_t step, dice, size;
static uint64_t calls, commits, aborts;

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

static struct tarn_deque *
handle_of(unsigned which)
{
	return txn ? tarn_deque_in(handles[which], txn) : handles[which];
}

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

/* Mostly a few; in a transaction always, for its log. */
static uint64_t
random_count(const struct array *array)
{
	uint64_t room = layout->most - tarn__min(array->length, layout->most) + 3;

	return txn || roll(30) ? roll(tarn__min(room, 9)) : roll(room);
}

/* ---- the model --------------------------------------------------------------------------------- */

static char *
element(struct array *array, uint64_t index)
{
	return array->bytes + index * size;
}

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

static void
copy_array(struct array *to, const struct array *from)
{
	to->length = from->length;
	memcpy(to->bytes, from->bytes, from->length * size);
}

static void
compare(unsigned which)
{
	struct array *array = &arrays[which];
	uint64_t got, length;
	bool empty;

	must(tarn_deque_size(handle_of(which), &length) == 0 && length == array->length);
	must(tarn_deque_empty(handle_of(which), &empty) == 0 && empty == !length);
	must(tarn_deque_read(handle_of(which), 0, read_back, BYTES_MOST / size, &got) == 0);
	must(got == array->length);
	must(!memcmp(read_back, array->bytes, got * size));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
read_some(struct tarn_deque *deque, struct array *array, uint64_t index)
{
	uint64_t count = roll(40), got;
	char value[SIZE_MOST];
	int code = tarn_deque_get(deque, index, value), missing = array->length ? 0 : TARN_NOT_FOUND;

	must(code == (index < array->length ? 0 : TARN_NOT_FOUND));
	must(code || !memcmp(value, element(array, index), size));
	must(tarn_deque_back(deque, value) == missing);
	must(missing || !memcmp(value, element(array, array->length - 1), size));
	must(tarn_deque_front(deque, value) == missing);
	must(missing || !memcmp(value, element(array, 0), size));
	code = tarn_deque_read(deque, index, read_back, count, &got);
	must(code == (index <= array->length ? 0 : TARN_NOT_FOUND));
	if (!code)
		must(got == tarn__min(count, array->length - index) &&
		     !memcmp(read_back, element(array, index), got * size));
}

static void
set_one(struct tarn_deque *deque, struct array *array, uint64_t index)
{
	int code = tarn_deque_set(deque, index, random_values(1));

	must(code == (index < array->length ? 0 : TARN_NOT_FOUND));
	if (!code)
		splice(array, index, 1, values, 1);
}

static void
push_many(struct tarn_deque *deque, struct array *array)
{
	bool back = roll(2);

	for (uint64_t count = random_count(array); count; count--) {
		random_values(1);
		must((back ? tarn_deque_push_back(deque, values)
			   : tarn_deque_push_front(deque, values)) == 0);
		splice(array, back ? array->length : 0, 0, values, 1);
	}
}

static void
pop_many(struct tarn_deque *deque, struct array *array)
{
	bool back = roll(2);
	char value[SIZE_MOST];

	for (uint64_t count = txn || roll(40) ? roll(9) : roll(array->length + 2); count; count--) {
		uint64_t at = back ? array->length - 1 : 0;
		int code = back ? tarn_deque_pop_back(deque, value)
				: tarn_deque_pop_front(deque, value);

		must(code == (array->length ? 0 : TARN_NOT_FOUND));
		if (code)
			return;
		must(!memcmp(value, element(array, at), size));
		splice(array, at, 1, NULL, 0);
	}
}

static void
pop_in_one_step(struct tarn_deque *deque, struct array *array)
{
	uint64_t count = roll(20) ? roll(12) : roll(array->length + 2), got;
	int code = tarn_deque_pop_many(deque, read_back, count, &got);

	must(code == (array->length ? 0 : TARN_NOT_FOUND));
	must(got == tarn__min(count, array->length));
	must(!memcmp(read_back, array->bytes, got * size));
	splice(array, 0, got, NULL, 0);
}

static void
append(struct tarn_deque *deque, struct array *array)
{
	uint64_t count = random_count(array);

	must(tarn_deque_append(deque, random_values(count), count) == 0);
	splice(array, array->length, 0, values, count);
}

static void
insert(struct tarn_deque *deque, struct array *array, uint64_t at)
{
	uint64_t count = random_count(array);
	int code = tarn_deque_insert(deque, at, random_values(count), count);

	must(code == (at <= array->length ? 0 : TARN_NOT_FOUND));
	if (!code)
		splice(array, at, 0, values, count);
}

static void
erase(struct tarn_deque *deque, struct array *array, uint64_t at)
{
	uint64_t count = roll(20) ? roll(12) : roll(array->length + 1);
	bool there = at <= array->length && count <= array->length - at;

	must(tarn_deque_erase(deque, at, count) == (there ? 0 : TARN_NOT_FOUND));
	if (there)
		splice(array, at, count, NULL, 0);
}

static void
assign(struct tarn_deque *deque, struct array *array)
{
	uint64_t count = random_count(array);

	if (roll(3)) {
		must(tarn_deque_assign(deque, random_values(count), count) == 0);
		splice(array, 0, array->length, values, count);
		return;
	}
	must(tarn_deque_clear(deque) == 0);
	array->length = 0;
}

static void
with_both(void)
{
	static struct array third;

	if (roll(2)) {
		must(tarn_deque_copy(handle_of(0), handle_of(1)) == 0);
		copy_array(&arrays[0], &arrays[1]);
		return;
	}
	must(tarn_deque_swap(handle_of(0), handle_of(1)) == 0);
	copy_array(&third, &arrays[0]);
	copy_array(&arrays[0], &arrays[1]);
	copy_array(&arrays[1], &third);
}

static void
random_call(struct tarn_deque *deque, struct array *array)
{
	uint64_t index = roll(array->length + 2), which = roll(100);

	if (which < 20)
		read_some(deque, array, index);
	else if (which < 30)
		set_one(deque, array, index);
	else if (which < 52)
		push_many(deque, array);
	else if (which < 68)
		pop_many(deque, array);
	else if (which < 72)
		pop_in_one_step(deque, array);
	else if (which < 78)
		append(deque, array);
	else if (which < 86)
		insert(deque, array, index);
	else if (which < 98)
		erase(deque, array, index);
	else if (!roll(20))
		assign(deque, array);
	else if (!roll(10))
		with_both();
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[] = { tarn_deque_object(handles[0]), tarn_deque_object(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, DEQUES) == 0);
	for (unsigned i = 0; i < DEQUES; i++)
		copy_array(&before[i], &arrays[i]);
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		for (unsigned i = 0; i < DEQUES; i++)
			copy_array(&arrays[i], &before[i]);
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
}

static void
random_step(void)
{
	unsigned which = (unsigned)roll(DEQUES);
	uint64_t length;

	if (!txn && !roll(200))
		begin();
	else if (txn && !roll(20))
		end();
	random_call(handle_of(which), &arrays[which]);
	calls++;
	must(tarn_deque_size(handle_of(which), &length) == 0 && length == arrays[which].length);
	if (step % COMPARE_EVERY == 0)
		compare(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_deques(enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_DEQUE, layout->key, layout->size, NULL };

	must(tarn_deque_open(arena, &handles[0], "first", &type, how, NULL) == 0);
	must(tarn_deque_open(arena, &handles[1], "second", &type, how, NULL) == 0);
}

static void
close_deques(void)
{
	for (unsigned i = 0; i < DEQUES; i++)
		tarn_deque_close(handles[i]);
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(1) << 28 };

	dice = seed + 1;
	size = layout->size;
	arrays[0].length = arrays[1].length = 0;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_deques(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_deques();
	open_deques(TARN_OPEN);
	compare(0);
	compare(1);
	close_deques();
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
