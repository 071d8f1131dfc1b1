// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- random operations on stacks, or on queues, beside plain arrays
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; FIRST, the call that looks at what goes next; and LIFO, whether that
 * is the last that came.
 *
 * The model is an array in private memory.  Each call's result is compared
 * with what the array says; and every few steps all of it is, in one read.
 *
 * There are two, which are swapped and copied now and then; a transaction
 * changes both, and if it is aborted, copies of the arrays come back.
 *
 * Layouts: elements that are a word, less, part of two words, and many words.
 * A seed as an argument runs that one alone.
 */
#include "base/arith.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 100000u /* a layout */
#define CHECK_EVERY 1000u
#define COMPARE_EVERY 100u
#define OBJECTS 2u
#define SIZE_MOST 40u
#define MOST 20000u /* elements */
#define MANY 3000u  /* of one call */

struct layout {
	const char *name;
	enum tarn_key_kind key;
	uint32_t size;
};

static const struct layout layouts[] = {
	{ "u64", TARN_KEY_U64, 8 },
	{ "3 bytes", TARN_KEY_NONE, 3 },
	{ "i32", TARN_KEY_I32, 4 },
	{ "40 bytes", TARN_KEY_NONE, SIZE_MOST },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct array {
	uint64_t length;
	char bytes[(MOST + MANY) * SIZE_MOST];
};

static const struct layout *layout;
static struct tarn_arena *arena;
static ADAPTOR *handles[OBJECTS];
static struct tarn_txn *txn;
static struct array arrays[OBJECTS], before[OBJECTS], third;
static char values[MANY * SIZE_MOST], read_back[(MOST + MANY) * SIZE_MOST];
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

static ADAPTOR *
handle_of(unsigned which)
{
	return txn ? CALL(in)(handles[which], txn) : handles[which];
}

static const char *
random_values(uint64_t count)
{
	for (uint64_t i = 0; i < count * size; i++)
		values[i] = (char)tarn__hash_u64(roll(UINT64_MAX), i);
	return values;
}

/* ---- the model --------------------------------------------------------------------------------- */

static const char *
element(const struct array *array, uint64_t index)
{
	return array->bytes + index * size;
}

static void
copy_array(struct array *to, const struct array *from)
{
	to->length = from->length;
	memcpy(to->bytes, from->bytes, from->length * size);
}

static void
add(struct array *array, const char *from, uint64_t count)
{
	must(array->length + count <= MOST + MANY);
	memcpy(array->bytes + array->length * size, from, count * size);
	array->length += count;
}

/* What goes next is compared with this, and goes. */
static void
take(struct array *array, const char *value)
{
	uint64_t index = LIFO ? array->length - 1 : 0;

	must(array->length && !memcmp(element(array, index), value, size));
	array->length--;
	if (!LIFO)
		memmove(array->bytes, array->bytes + size, array->length * size);
}

static void
compare(unsigned which)
{
	const struct array *array = &arrays[which];
	uint64_t got, length;
	bool empty;

	must(CALL(size)(handle_of(which), &length) == 0 && length == array->length);
	must(CALL(empty)(handle_of(which), &empty) == 0 && empty == !length);
	must(CALL(read)(handle_of(which), 0, read_back, MOST + MANY, &got) == 0);
	must(got == array->length);
	must(!memcmp(read_back, array->bytes, got * size));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static void
look(unsigned which)
{
	const struct array *array = &arrays[which];
	uint64_t index = roll(array->length + 2), count = roll(20), got;
	char value[SIZE_MOST];
	int code = FIRST(handle_of(which), value);

	must(code == (array->length ? 0 : TARN_NOT_FOUND));
	must(code || !memcmp(value, element(array, LIFO ? array->length - 1 : 0), size));
	code = CALL(read)(handle_of(which), index, read_back, count, &got);
	must(code == (index <= array->length ? 0 : TARN_NOT_FOUND));
	must(code || got == tarn__min(count, array->length - index));
	must(code || !memcmp(read_back, element(array, index), got * size));
}

static void
push(unsigned which)
{
	for (uint64_t count = roll(12); count; count--) {
		must(CALL(push)(handle_of(which), random_values(1)) == 0);
		add(&arrays[which], values, 1);
	}
}

static void
push_many(unsigned which)
{
	uint64_t count = !txn && !roll(20) ? roll(MANY) : roll(12);

	must(CALL(push_many)(handle_of(which), random_values(count), count) == 0);
	add(&arrays[which], values, count);
}

static void
pop(unsigned which)
{
	char value[SIZE_MOST];

	for (uint64_t count = roll(12); count; count--) {
		int code = CALL(pop)(handle_of(which), value);

		must(code == (arrays[which].length ? 0 : TARN_NOT_FOUND));
		if (code)
			return;
		take(&arrays[which], value);
	}
}

static void
pop_many(unsigned which)
{
	uint64_t count = !txn && !roll(20) ? roll(MANY) : roll(12), got, length = arrays[which].length;
	int code = CALL(pop_many)(handle_of(which), read_back, count, &got);

	must(code == (length ? 0 : TARN_NOT_FOUND));
	must(got == tarn__min(count, length));
	for (uint64_t i = 0; i < got; i++)
		take(&arrays[which], read_back + i * size);
}

static void
with_both(void)
{
	if (roll(2)) {
		must(CALL(copy)(handle_of(0), handle_of(1)) == 0);
		copy_array(&arrays[0], &arrays[1]);
		return;
	}
	must(CALL(swap)(handle_of(0), handle_of(1)) == 0);
	copy_array(&third, &arrays[0]);
	copy_array(&arrays[0], &arrays[1]);
	copy_array(&arrays[1], &third);
}

static void
random_call(unsigned which)
{
	uint64_t chance = roll(1000);
	bool is_full = arrays[which].length >= MOST;

	if (is_full || chance >= 998) {
		must(CALL(clear)(handle_of(which)) == 0);
		arrays[which].length = 0;
	} else if (chance < 200) {
		look(which);
	} else if (chance < 500) {
		push(which);
	} else if (chance < 600) {
		push_many(which);
	} else if (chance < 880) {
		pop(which);
	} else if (chance < 970) {
		pop_many(which);
	} else if (chance < 975) {
		with_both();
	}
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void
begin(void)
{
	struct tarn_object *objects[] = { CALL(object)(handles[0]), CALL(object)(handles[1]) };

	must(tarn_txn_begin(arena, &txn, objects, OBJECTS) == 0);
	for (unsigned i = 0; i < OBJECTS; i++)
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
		for (unsigned i = 0; i < OBJECTS; i++)
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
	unsigned which = (unsigned)roll(OBJECTS);
	uint64_t length;

	if (!txn && !roll(200))
		begin();
	else if (txn && !roll(20))
		end();
	random_call(which);
	calls++;
	must(CALL(size)(handle_of(which), &length) == 0 && length == arrays[which].length);
	if (step % COMPARE_EVERY == 0)
		compare(which);
	if (step % CHECK_EVERY == 0)
		check_whole();
}

static void
open_both(enum tarn_open_mode how)
{
	struct tarn_type type = { KIND, layout->key, layout->size, NULL };

	must(CALL(open)(arena, &handles[0], "first", &type, how, NULL) == 0);
	must(CALL(open)(arena, &handles[1], "second", &type, how, NULL) == 0);
}

static void
close_both(void)
{
	for (unsigned i = 0; i < OBJECTS; i++)
		CALL(close)(handles[i]);
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
	open_both(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	check_whole();
	close_both();
	open_both(TARN_OPEN);
	compare(0);
	compare(1);
	close_both();
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
