// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- lists under real kills: see torture.h
 *
 *	records		pushed and popped at both ends, each popped once (queue.c)
 *	taken		who has popped what, last: an element for each worker
 *	one, other	insert, erase, splice, merge, sort and transactions; each
 *			element tells its own sum, and whoever holds a handle gets what
 *			he had it for, or that it is gone
 *	numbers		an element for each worker
 */
#include "torture/queue.h"

#include <string.h>

#define WORKERS TORTURE_WORKERS
#define MIXED_MOST 1000u
#define BATCH 20u
#define STEPS 30u

struct mixed {
	uint32_t a, b, sum;
};

static struct tarn_list *records, *taken, *mixed[2], *numbers;
static struct tarn_list_handle taken_at[WORKERS], number_at[WORKERS];

/* ---- records ----------------------------------------------------------------------------------- */

static int
records_size(uint64_t *size)
{
	return tarn_list_size(records, size);
}

static int
push(const struct torture_record *made, uint64_t count)
{
	size_t size = sizeof(*made);

	if (count > 1)
		return tarn_list_append(records, made, size, count);
	return torture_roll(2) ? tarn_list_push_back(records, made, size, NULL)
			       : tarn_list_push_front(records, made, size, NULL);
}

static int
pop_from(struct tarn_list *in, struct torture_record *record)
{
	size_t size = sizeof(*record);

	return torture_roll(2) ? tarn_list_pop_back(in, record, size, NULL)
			       : tarn_list_pop_front(in, record, size, NULL);
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
	int code = pop_from(tarn_list_in(records, txn), step->record);

	return code ? code : tarn_list_set(tarn_list_in(taken, txn), &taken_at[step->place],
					   step->record, sizeof(*step->record));
}

static int
pop_noted(unsigned place, struct torture_record *record)
{
	struct tarn_object *both[] = { tarn_list_object(records), tarn_list_object(taken) };
	struct step step = { place, record };

	return tarn_txn_run(torture_arena, both, 2, pop_and_note, &step);
}

static int
noted(unsigned place, struct torture_record *record)
{
	int code = tarn_list_get(taken, &taken_at[place], record, sizeof(*record), NULL);

	return !code && !record->sum ? TARN_NOT_FOUND : code;
}

static int
read_records(struct torture_record *into, uint64_t *count)
{
	return tarn_list_read(records, &TARN_LIST_END, TARN_LIST_FORWARDS, into, sizeof(*into), NULL,
			      *count, count);
}

static int
clear_records(void)
{
	return tarn_list_clear(records);
}

static struct torture_queue queue = {
	"records of a list", records_size, push, pop, pop_noted, noted, read_records, clear_records,
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
by_sum(const void *a, size_t a_size, const void *b, size_t b_size, void *arg)
{
	struct mixed one, other;

	(void)arg;
	memcpy(&one, a, a_size);
	memcpy(&other, b, b_size);
	return (one.sum > other.sum) - (one.sum < other.sum);
}

/* Some element, or the end. */
static struct tarn_list_handle
somewhere(struct tarn_list *in)
{
	struct tarn_list_handle at = TARN_LIST_END;
	bool back = torture_roll(2);

	for (uint64_t steps = torture_roll(STEPS); steps; steps--) {
		int code = back ? tarn_list_prev(in, &at) : tarn_list_next(in, &at);

		torture_expect_there("step", code);
		if (code)
			return TARN_LIST_END;
	}
	return at;
}

/* What it has got once, it gets again, for as long as it is there; values are never set. */
static void
look_again(struct tarn_list *in)
{
	struct tarn_list_handle at = somewhere(in);
	struct mixed first, again;
	int code = tarn_list_get(in, &at, &first, sizeof(first), NULL);

	torture_expect_there("get", code);
	for (unsigned i = 0; !code && i < STEPS; i++) {
		code = tarn_list_get(in, &at, &again, sizeof(again), NULL);
		torture_expect_there("get again", code);
		torture_claim("the same element", code || !memcmp(&first, &again, sizeof(first)));
	}
	torture_claim("sum", code || first.sum == sum_of(&first));
}

static int
change_both(struct tarn_txn *txn, void *values)
{
	struct tarn_list *one = tarn_list_in(mixed[0], txn), *other = tarn_list_in(mixed[1], txn);
	int code = tarn_list_append(one, values, sizeof(struct mixed), 5);

	if (!code)
		code = tarn_list_splice(other, &TARN_LIST_END, one);
	if (!code)
		code = tarn_list_swap(one, other);
	if (!code)
		code = tarn_list_sort(one, by_sum, NULL);
	return code;
}

static void
change_order(struct tarn_list *in, struct tarn_list *other, void *made)
{
	struct tarn_object *both[] = { tarn_list_object(mixed[0]), tarn_list_object(mixed[1]) };
	struct tarn_list_handle at = somewhere(in);
	int code;

	switch (torture_roll(6)) {
	case 0:
		code = tarn_list_swap(in, other);
		break;
	case 1:
		code = tarn_list_sort(in, by_sum, NULL);
		break;
	case 2:
		code = tarn_list_reverse(in);
		break;
	case 3:
		code = tarn_list_merge(in, other, by_sum, NULL);
		break;
	case 4:
		code = tarn_list_splice(in, &at, other);
		break;
	default:
		code = tarn_txn_run(torture_arena, both, 2, change_both, made);
	}
	/* the others have changed it at each look: what somebody else does is done */
	torture_expect_there("order", code == TARN_BUSY ? 0 : code);
}

static void
change_one(struct tarn_list *in, struct tarn_list *other, const struct mixed *made)
{
	struct tarn_list_handle at = somewhere(in), to = somewhere(other);
	size_t size = sizeof(*made);

	switch (torture_roll(6)) {
	case 0 ... 1:
		torture_expect_there("erase", tarn_list_erase(in, &at));
		break;
	case 2:
		torture_expect_there("splice", tarn_list_splice_one(other, &to, in, &at));
		break;
	case 3:
		torture_expect_0("append", tarn_list_append(in, made, size, BATCH));
		break;
	case 4:
		torture_expect_there("insert", tarn_list_insert(in, &at, made, size, NULL));
		break;
	default:
		torture_expect_there("insert", tarn_list_insert_after(in, &at, made, size, NULL));
	}
}

static void
change_mixed(void)
{
	unsigned which = (unsigned)torture_roll(2);
	struct tarn_list *in = mixed[which];
	struct mixed made[BATCH];
	uint64_t size;

	make_elements(made);
	torture_expect_0("size", tarn_list_size(in, &size));
	if (size > MIXED_MOST)
		torture_expect_0("clear", torture_roll(2) ? tarn_list_clear(in)
							  : tarn_list_assign(in, made, sizeof(*made), BATCH));
	else if (!torture_roll(8))
		change_order(in, mixed[!which], made);
	else if (!torture_roll(3))
		look_again(in);
	else
		change_one(in, mixed[!which], made);
}

static void
compare_mixed(struct tarn_list *in)
{
	static struct mixed all[4 * MIXED_MOST];
	uint64_t got;

	torture_expect_0("read", tarn_list_read(in, &TARN_LIST_END, TARN_LIST_BACKWARDS, all,
						sizeof(*all), NULL, 4 * MIXED_MOST, &got));
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
open_one(struct tarn_list **list, const char *name, uint32_t size)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_NONE, size, NULL };

	torture_expect_0("open", tarn_list_open(torture_arena, list, name, &type, TARN_CREATE, NULL));
}

static void
open_lists(void)
{
	struct torture_record none = { 0 };
	uint64_t zero = 0;

	torture_open_queue(&queue);
	open_one(&records, "records of a list", sizeof(struct torture_record));
	open_one(&taken, "records taken of a list", sizeof(struct torture_record));
	open_one(&mixed[0], "one list", sizeof(struct mixed));
	open_one(&mixed[1], "other list", sizeof(struct mixed));
	open_one(&numbers, "numbers of a list", sizeof(zero));
	for (unsigned i = 0; i < WORKERS; i++) {
		torture_expect_0("push", tarn_list_push_back(taken, &none, sizeof(none), &taken_at[i]));
		torture_expect_0("push", tarn_list_push_back(numbers, &zero, sizeof(zero),
							     &number_at[i]));
	}
}

static void
close_lists(void)
{
	tarn_list_close(records);
	tarn_list_close(taken);
	tarn_list_close(mixed[0]);
	tarn_list_close(mixed[1]);
	tarn_list_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_list_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return tarn_list_set(tarn_list_in(numbers, txn), &number_at[place], &number, sizeof(number));
}

static int
get_number(unsigned place, uint64_t *number)
{
	return tarn_list_get(numbers, &number_at[place], number, sizeof(*number), NULL);
}

const struct torture_kind torture_list = {
	"list", open_lists, close_lists, act, settle, compare, object, set_number, get_number,
};
