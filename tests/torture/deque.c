// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- deques under real kills: see torture.h
 *
 *	records		pushed and popped at both ends, each popped once (queue.c)
 *	taken		who has popped what, last
 *	one, other	insert, erase, swap and transactions; each element tells its
 *			own sum
 *	numbers		an element for each worker
 */
#include "torture/queue.h"

#include <string.h>

#define WORKERS TORTURE_WORKERS
#define MIXED_MOST 3000u
#define BATCH 40u

struct mixed {
	uint32_t a, b, sum;
};

static struct tarn_deque *records, *taken, *mixed[2], *numbers;

/* ---- records ----------------------------------------------------------------------------------- */

static int
records_size(uint64_t *size)
{
	return tarn_deque_size(records, size);
}

static int
push(const struct torture_record *made, uint64_t count)
{
	if (count > 1)
		return torture_roll(2) ? tarn_deque_append(records, made, count)
				       : tarn_deque_insert(records, 0, made, count);
	return torture_roll(2) ? tarn_deque_push_back(records, made)
			       : tarn_deque_push_front(records, made);
}

static int
pop_from(struct tarn_deque *in, struct torture_record *record)
{
	return torture_roll(2) ? tarn_deque_pop_back(in, record) : tarn_deque_pop_front(in, record);
}

static int
pop(struct torture_record *record)
{
	return pop_from(records, record);
}

struct step {
	unsigned place;
	struct torture_record *record;
};

static int
pop_and_note(struct tarn_txn *txn, void *argument)
{
	const struct step *step = argument;
	int code = pop_from(tarn_deque_in(records, txn), step->record);

	return code ? code : tarn_deque_set(tarn_deque_in(taken, txn), step->place, step->record);
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { tarn_deque_object(records), tarn_deque_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	int code = tarn_deque_get(taken, place, record);

	return !code && !record->sum ? TARN_NOT_FOUND : code;
}

static int
read_records(struct torture_record *into, uint64_t *count)
{
	return tarn_deque_read(records, 0, into, *count, count);
}

static int
clear_records(void)
{
	return tarn_deque_clear(records);
}

static struct torture_queue queue = {
	"records of a deque", records_size, push, pop, pop_noted, noted, read_records, clear_records,
	NULL,
};

/* ---- what all change --------------------------------------------------------------------------- */

static uint32_t
sum_of(const struct mixed *element)
{
	return element->a * 31 + element->b;
}

static void
make_elements(struct mixed *made)
{
	for (unsigned i = 0; i < BATCH; i++) {
		made[i] = (struct mixed){ .a = (uint32_t)torture_roll(UINT32_MAX), .b = i };
		made[i].sum = sum_of(&made[i]);
	}
}

static int
change_both(struct tarn_txn *txn, void *values)
{
	struct tarn_deque *one = tarn_deque_in(mixed[0], txn);
	struct tarn_deque *other = tarn_deque_in(mixed[1], txn);
	int code = tarn_deque_append(one, values, 5);

	if (!code)
		code = tarn_deque_insert(other, 0, values, 5);
	if (!code)
		code = tarn_deque_swap(one, other);
	return code;
}

static void
change_mixed(void)
{
	struct tarn_object *both[] = { tarn_deque_object(mixed[0]), tarn_deque_object(mixed[1]) };
	struct tarn_deque *in = mixed[torture_roll(2)];
	struct mixed made[BATCH];
	uint64_t size, got;

	make_elements(made);
	torture_expect_0("size", tarn_deque_size(in, &size));
	switch (size > MIXED_MOST ? 0 : torture_roll(12)) {
	case 0:
		torture_expect_0("clear", torture_roll(2) ? tarn_deque_clear(in)
							  : tarn_deque_assign(in, made, BATCH));
		break;
	case 1:
		torture_expect_0("swap", tarn_deque_swap(mixed[0], mixed[1]));
		break;
	case 2 ... 3:
		torture_expect_there("erase", tarn_deque_erase(in, torture_roll(size + 1),
							       torture_roll(10)));
		break;
	case 4:
		torture_expect_there("pop", tarn_deque_pop_many(in, made, torture_roll(BATCH), &got));
		break;
	case 5:
		torture_expect_0("transaction",
				 tarn_txn_run(torture_arena, both, 2, change_both, made));
		break;
	case 6 ... 7:
		torture_expect_there("set", tarn_deque_set(in, torture_roll(size + 1), made));
		break;
	default:
		torture_expect_there("insert", tarn_deque_insert(in, torture_roll(size + 1), made,
								 torture_roll(BATCH)));
	}
}

static void
compare_mixed(struct tarn_deque *in)
{
	static struct mixed all[4 * MIXED_MOST];
	uint64_t got;

	torture_expect_0("read", tarn_deque_read(in, 0, all, 4 * MIXED_MOST, &got));
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
open_one(struct tarn_deque **deque, const char *name, uint32_t size)
{
	struct tarn_type type = { TARN_KIND_DEQUE, size == 8 ? TARN_KEY_U64 : TARN_KEY_NONE, size,
				  NULL };

	torture_expect_0("open", tarn_deque_open(torture_arena, deque, name, &type, TARN_CREATE,
						 NULL));
}

static void
open_deques(void)
{
	struct torture_record none[WORKERS] = { 0 };
	uint64_t zeros[WORKERS] = { 0 };

	torture_open_queue(&queue);
	open_one(&records, "records at both ends", sizeof(struct torture_record));
	open_one(&taken, "records taken", sizeof(struct torture_record));
	open_one(&mixed[0], "one deque", sizeof(struct mixed));
	open_one(&mixed[1], "other deque", sizeof(struct mixed));
	open_one(&numbers, "numbers of a deque", 8);
	torture_expect_0("append", tarn_deque_append(taken, none, WORKERS));
	torture_expect_0("append", tarn_deque_append(numbers, zeros, WORKERS));
}

static void
close_deques(void)
{
	tarn_deque_close(records);
	tarn_deque_close(taken);
	tarn_deque_close(mixed[0]);
	tarn_deque_close(mixed[1]);
	tarn_deque_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_deque_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return tarn_deque_set(tarn_deque_in(numbers, txn), place, &number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	return tarn_deque_get(numbers, place, number);
}

const struct torture_kind torture_deque = {
	"deque", open_deques, close_deques, act, settle, compare, object, set_number, get_number,
};
