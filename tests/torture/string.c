// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- strings under real kills: see torture.h
 *
 *	log		records, appended by all, in order (sequence.c)
 *	cells		two strings that all change, by whole cells; each cell
 *			tells its own sum
 *	text		assigned and swapped by one worker each; its journal says from
 *			what to what
 *	numbers		8 bytes for each worker
 */
#include "torture/torture.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS TORTURE_WORKERS
#define CELL 12u /* bytes */
#define CELLS_MOST 3000u
#define BATCH 30u
#define TEXT_MOST 3000u
#define RECORD sizeof(struct torture_record)

struct cell {
	uint32_t a, b, sum;
};

static struct journal {
	uint64_t now, next; /* seeds of a text; 0: empty */
} *journals;

static struct tarn_string *records, *cells[2], *texts[WORKERS], *numbers;

/* ---- records ----------------------------------------------------------------------------------- */

static uint64_t
records_size(void)
{
	uint64_t size;

	torture_expect_0("size", tarn_string_size(records, &size));
	return size / RECORD;
}

static int
read_records(uint64_t index, struct torture_record *into, uint64_t count)
{
	uint64_t got;

	return tarn_string_read(records, index * RECORD, into, count * RECORD, &got);
}

static int
append_records(const struct torture_record *made, uint64_t count)
{
	return tarn_string_append(records, made, count * RECORD);
}

static int
clear_records(void)
{
	return tarn_string_clear(records);
}

static struct torture_sequence sequence = {
	"records of a string", records_size, read_records, append_records, clear_records, NULL,
};

/* ---- cells ------------------------------------------------------------------------------------- */

static uint32_t
sum_of(const struct cell *cell)
{
	return cell->a * 37 + cell->b;
}

static void
make_cells(struct cell *made)
{
	for (unsigned i = 0; i < BATCH; i++) {
		made[i] = (struct cell){ .a = (uint32_t)torture_roll(UINT32_MAX), .b = i };
		made[i].sum = sum_of(&made[i]);
	}
}

static int
change_both(struct tarn_txn *txn, void *made)
{
	struct tarn_string *one = tarn_string_in(cells[0], txn);
	struct tarn_string *other = tarn_string_in(cells[1], txn);
	int code = tarn_string_append(one, made, 5 * CELL);

	if (!code)
		code = tarn_string_insert(other, 0, made, 5 * CELL);
	if (!code)
		code = tarn_string_swap(one, other);
	return code;
}

static void
change_cells(void)
{
	struct tarn_object *both[] = { tarn_string_object(cells[0]), tarn_string_object(cells[1]) };
	struct tarn_string *in = cells[torture_roll(2)];
	uint64_t size, at, count = torture_roll(BATCH) * CELL;
	struct cell made[BATCH];

	make_cells(made);
	torture_expect_0("size", tarn_string_size(in, &size));
	at = torture_roll(size / CELL + 1) * CELL;
	switch (size > CELLS_MOST * CELL ? 0 : torture_roll(10)) {
	case 0:
		torture_expect_0("shrink", torture_roll(2) ? tarn_string_clear(in)
							   : tarn_string_shrink_to_fit(in));
		break;
	case 1:
		torture_expect_0("swap", tarn_string_swap(cells[0], cells[1]));
		break;
	case 2 ... 3:
		torture_expect_there("erase", tarn_string_erase(in, at, count));
		break;
	case 4:
		torture_expect_0("transaction",
				 tarn_txn_run(torture_arena, both, 2, change_both, made));
		break;
	case 5 ... 6:
		torture_expect_there("replace", tarn_string_replace(in, at, torture_roll(9) * CELL,
								    made, count));
		break;
	case 7:
		torture_expect_0("assign", tarn_string_assign(in, made, count));
		break;
	default:
		torture_expect_there("insert", tarn_string_insert(in, at, made, count));
	}
}

static void
compare_cells(struct tarn_string *in)
{
	static struct cell all[4 * CELLS_MOST];
	uint64_t size;

	torture_expect_0("get", tarn_string_get(in, all, sizeof(all), &size));
	torture_lost += size % CELL != 0;
	for (uint64_t i = 0; i < size / CELL; i++)
		torture_lost += all[i].sum != sum_of(&all[i]);
}

/* ---- texts ------------------------------------------------------------------------------------- */

/* Length and bytes follow from the seed. */
static uint64_t
make_text(uint64_t seed, char *text)
{
	uint64_t size = seed ? 1 + seed % (seed % 16 ? 100 : TEXT_MOST - 1) : 0;

	for (uint64_t i = 0; i < size; i++)
		text[i] = (char)(tarn__hash_u64(seed, i / 8) >> i % 8 * 8);
	return size;
}

static void
change_text(unsigned place, struct journal *journal)
{
	char old[TEXT_MOST], text[TEXT_MOST];
	uint64_t size, old_size = make_text(journal->now, old);

	tarn__store_release(&journal->next, torture_roll(8) ? torture_roll(UINT64_MAX) : 0);
	size = make_text(journal->next, text);
	torture_expect_0("text", torture_roll(2)
					 ? tarn_string_assign(texts[place], text, size)
					 : tarn_string_compare_and_swap(texts[place], old, old_size,
									text, size));
	tarn__store_release(&journal->now, journal->next);
}

static bool
text_is(unsigned place, uint64_t seed)
{
	char text[TEXT_MOST], expected[TEXT_MOST];
	uint64_t size, expected_size = make_text(seed, expected);

	torture_expect_0("get", tarn_string_get(texts[place], text, TEXT_MOST, &size));
	return size == expected_size && !memcmp(text, expected, size);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	uint64_t which = torture_roll(3);

	if (which == 0)
		torture_append(&sequence, place);
	else if (which == 1)
		change_text(place, &journals[place]);
	else
		change_cells();
}

static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];

	torture_settle_sequence(&sequence, place);
	torture_unsure += journal->next != journal->now;
	if (text_is(place, journal->next))
		journal->now = journal->next;
	torture_lost += !text_is(place, journal->now);
	journal->next = journal->now;
}

static void
compare(void)
{
	torture_compare_sequence(&sequence);
	compare_cells(cells[0]);
	compare_cells(cells[1]);
	for (unsigned i = 0; i < WORKERS; i++)
		torture_lost += !text_is(i, journals[i].now);
}

static void
open_one(struct tarn_string **string, const char *name)
{
	torture_expect_0("open", tarn_string_open(torture_arena, string, name, TARN_CREATE, NULL));
}

static void
open_strings(void)
{
	uint64_t zeros[WORKERS] = { 0 };
	char name[32];

	sequence.numbers = torture_memory(sizeof(*sequence.numbers));
	journals = torture_memory(WORKERS * sizeof(*journals));
	open_one(&records, "log");
	open_one(&cells[0], "cells");
	open_one(&cells[1], "other cells");
	open_one(&numbers, "numbers as bytes");
	torture_expect_0("assign", tarn_string_assign(numbers, zeros, sizeof(zeros)));
	for (unsigned i = 0; i < WORKERS; i++) {
		snprintf(name, sizeof(name), "text %u", i);
		open_one(&texts[i], name);
	}
}

static void
close_strings(void)
{
	tarn_string_close(records);
	tarn_string_close(cells[0]);
	tarn_string_close(cells[1]);
	tarn_string_close(numbers);
	for (unsigned i = 0; i < WORKERS; i++)
		tarn_string_close(texts[i]);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_string_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return tarn_string_replace(tarn_string_in(numbers, txn), place * 8, 8, &number, 8);
}

static int
get_number(unsigned place, uint64_t *number)
{
	uint64_t got;

	return tarn_string_read(numbers, place * 8, number, 8, &got);
}

const struct torture_kind torture_string = {
	"string", open_strings, close_strings, act, settle, compare, object, set_number, get_number,
};
