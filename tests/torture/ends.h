// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- stacks, queues or priority queues under real kills: see torture.h
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * LOOK(of, value), PUSH(to, value) and PUSH_MANY(to, values, count); KIND and
 * KEY of its type; NAME.
 *
 *	records		pushed and popped, each popped once (queue.c)
 *	taken		a vector: who has popped what, last
 *	one, other	elements go to and fro, in transactions and by swaps; each
 *			tells its own sum
 *	numbers		one of a worker, with an element
 */
#include "torture/queue.h"

#include <stdio.h>

#define WORKERS TORTURE_WORKERS
#define MIXED_MOST 3000u
#define BATCH 40u

static ADAPTOR *records, *mixed[2], *numbers[WORKERS];
static struct tarn_vector *taken;

/* ---- records ----------------------------------------------------------------------------------- */

static int
records_size(uint64_t *size)
{
	return CALL(size)(records, size);
}

static int
push(const struct torture_record *made, uint64_t count)
{
	return count > 1 ? PUSH_MANY(records, made, count) : PUSH(records, made);
}

static int
pop(struct torture_record *record)
{
	return CALL(pop)(records, record);
}

struct step {
	unsigned place;
	struct torture_record *record;
};

static int
pop_and_note(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	int code = CALL(pop)(CALL(in)(records, txn), step->record);

	return code ? code : tarn_vector_set(tarn_vector_in(taken, txn), step->place, step->record);
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { CALL(object)(records), tarn_vector_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	int code = tarn_vector_get(taken, place, record);

	return !code && !record->sum ? TARN_NOT_FOUND : code;
}

static int
read_records(struct torture_record *into, uint64_t *count)
{
	return CALL(read)(records, 0, into, *count, count);
}

static int
clear_records(void)
{
	return CALL(clear)(records);
}

static struct torture_queue queue = {
	"records of a " NAME, records_size, push, pop, pop_noted, noted, read_records, clear_records, NULL,
};

/* ---- what all change --------------------------------------------------------------------------- */

struct mixed {
	uint32_t a, b, sum;
};

static uint32_t
sum_of(const struct mixed *element)
{
	return element->a * 31 + element->b;
}

static struct mixed
make_element(void)
{
	struct mixed made = { .a = (uint32_t)torture_roll(UINT32_MAX), .b = (uint32_t)torture_roll(1000) };

	made.sum = sum_of(&made);
	return made;
}

static int
change_both(struct tarn_txn *txn, void *values)
{
	ADAPTOR *one = CALL(in)(mixed[0], txn), *other = CALL(in)(mixed[1], txn);
	struct mixed element;
	int code = PUSH_MANY(one, values, 5);

	if (!code)
		code = CALL(pop)(one, &element);
	if (!code)
		code = PUSH(other, &element);
	if (!code)
		code = CALL(swap)(one, other);
	return code;
}

static void
change_mixed(void)
{
	struct tarn_object *both[] = { CALL(object)(mixed[0]), CALL(object)(mixed[1]) };
	ADAPTOR *in = mixed[torture_roll(2)];
	struct mixed made[BATCH];
	uint64_t size, got;

	for (unsigned i = 0; i < BATCH; i++)
		made[i] = make_element();
	torture_expect_0("size", CALL(size)(in, &size));
	switch (size > MIXED_MOST ? 0 : torture_roll(12)) {
	case 0:
		torture_expect_0("clear", CALL(clear)(in));
		break;
	case 1:
		torture_expect_0("swap", CALL(swap)(mixed[0], mixed[1]));
		break;
	case 2:
		if (size < MIXED_MOST / 10)
			torture_expect_0("copy", CALL(copy)(mixed[0], mixed[1]));
		break;
	case 3 ... 4:
		torture_expect_there("pop many", CALL(pop_many)(in, made, torture_roll(BATCH), &got));
		break;
	case 5 ... 6:
		torture_expect_0("transaction",
				 tarn_txn_run(torture_arena, both, 2, change_both, made));
		break;
	case 7:
		CHANGE(in, made);
		break;
	case 8:
		torture_expect_there("pop", CALL(pop)(in, made));
		break;
	default:
		torture_expect_0("push", PUSH_MANY(in, made, torture_roll(BATCH)));
	}
}

static void
compare_mixed(ADAPTOR *in)
{
	static struct mixed all[4 * MIXED_MOST];
	uint64_t got;

	torture_expect_0("read", CALL(read)(in, 0, all, 4 * MIXED_MOST, &got));
	for (uint64_t i = 0; i < got; i++)
		torture_lost += all[i].sum != sum_of(&all[i]);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	if (torture_roll(2))
		torture_act_queue(&queue, place);
	else
		change_mixed();
}

static void
settle(unsigned place)
{
	torture_settle_queue(&queue, place);
}

static void
compare(void)
{
	torture_compare_queue(&queue);
	compare_mixed(mixed[0]);
	compare_mixed(mixed[1]);
}

static void
open_one(ADAPTOR **of, const char *what, unsigned number, uint32_t size)
{
	struct tarn_type type = { KIND, size == 8 ? TARN_KEY_U64 : KEY, size, NULL };
	char name[64];

	snprintf(name, sizeof(name), NAME " %s %u", what, number);
	torture_expect_0("open", CALL(open)(torture_arena, of, name, &type, TARN_CREATE, NULL));
}

static void
open_all(void)
{
	const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, sizeof(struct torture_record), NULL };
	struct torture_record none[WORKERS] = { 0 };

	torture_open_queue(&queue);
	open_one(&records, "of records", 0, sizeof(struct torture_record));
	torture_expect_0("open", tarn_vector_open(torture_arena, &taken, "taken from a " NAME, &type,
						  TARN_CREATE, NULL));
	torture_expect_0("append", tarn_vector_append(taken, none, WORKERS));
	for (unsigned i = 0; i < 2; i++)
		open_one(&mixed[i], "mixed", i, sizeof(struct mixed));
	for (unsigned i = 0; i < WORKERS; i++)
		open_one(&numbers[i], "of a number", i, 8);
}

static void
close_all(void)
{
	CALL(close)(records);
	tarn_vector_close(taken);
	for (unsigned i = 0; i < 2; i++)
		CALL(close)(mixed[i]);
	for (unsigned i = 0; i < WORKERS; i++)
		CALL(close)(numbers[i]);
}

static struct tarn_object *
object(unsigned place)
{
	return CALL(object)(numbers[place]);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	ADAPTOR *in = CALL(in)(numbers[place], txn);
	int code = CALL(pop)(in, NULL);

	return code && code != TARN_NOT_FOUND ? code : PUSH(in, &number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	int code = LOOK(numbers[place], number);

	if (code == TARN_NOT_FOUND)
		*number = 0;
	return code == TARN_NOT_FOUND ? 0 : code;
}
