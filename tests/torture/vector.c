// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors under real kills: see torture.h
 *
 *	records		appended by all, in order (sequence.c)
 *	one, other	insert, erase, sort, swap and transactions; each
 *			element tells its own sum
 *	numbers		an element for each worker
 */
#include "torture/torture.h"

#define WORKERS TORTURE_WORKERS
#define MIXED_MOST 3000u
#define BATCH 40u

struct mixed {
	uint32_t a, b, sum;
};

static struct tarn_vector *records, *mixed[2], *numbers;

/* ---- records ----------------------------------------------------------------------------------- */

static uint64_t
records_size(void)
{
	uint64_t size;

	torture_expect_0("size", tarn_vector_size(records, &size));
	return size;
}

static int
read_records(uint64_t index, struct torture_record *into, uint64_t count)
{
	uint64_t got;

	return tarn_vector_read(records, index, into, count, &got);
}

static int
append_records(const struct torture_record *made, uint64_t count)
{
	return count == 1 ? tarn_vector_push_back(records, made)
			  : tarn_vector_append(records, made, count);
}

static int
clear_records(void)
{
	return tarn_vector_clear(records);
}

static struct torture_sequence sequence = {
	"records of a vector", records_size, read_records, append_records, clear_records, NULL,
};

/* ---- what all change --------------------------------------------------------------------------- */

static uint32_t
sum_of(const struct mixed *element)
{
	return element->a * 31 + element->b;
}

static int
by_a(const void *one, const void *other, void *unused)
{
	uint32_t a = ((const struct mixed *)one)->a, b = ((const struct mixed *)other)->a;

	(void)unused;
	return (a > b) - (a < b);
}

static int
change_both(struct tarn_txn *txn, void *values)
{
	struct tarn_vector *one = tarn_vector_in(mixed[0], txn);
	struct tarn_vector *other = tarn_vector_in(mixed[1], txn);
	int code = tarn_vector_append(one, values, 5);

	if (!code)
		code = tarn_vector_insert(other, 0, values, 5);
	if (!code)
		code = tarn_vector_swap(one, other);
	return code;
}

static void
make_elements(struct mixed *made)
{
	for (unsigned i = 0; i < BATCH; i++) {
		made[i] = (struct mixed){ .a = (uint32_t)torture_roll(UINT32_MAX), .b = i };
		made[i].sum = sum_of(&made[i]);
	}
}

/* TARN_BUSY: it has changed during the sort, again and again. */
static void
sort(struct tarn_vector *in)
{
	int code = tarn_vector_sort(in, by_a, NULL);

	torture_expect_0("sort", code == TARN_BUSY ? 0 : code);
}

static void
change_mixed(void)
{
	struct tarn_object *both[] = { tarn_vector_object(mixed[0]), tarn_vector_object(mixed[1]) };
	struct tarn_vector *in = mixed[torture_roll(2)];
	struct mixed made[BATCH];
	uint64_t size;

	make_elements(made);
	torture_expect_0("size", tarn_vector_size(in, &size));
	switch (size > MIXED_MOST ? 0 : torture_roll(12)) {
	case 0:
		torture_expect_0("shrink", torture_roll(2) ? tarn_vector_clear(in)
							   : tarn_vector_shrink_to_fit(in));
		break;
	case 1:
		sort(in);
		break;
	case 2:
		torture_expect_0("swap", tarn_vector_swap(mixed[0], mixed[1]));
		break;
	case 3 ... 5:
		torture_expect_there("erase", tarn_vector_erase(in, torture_roll(size + 1),
								torture_roll(10)));
		break;
	case 6:
		torture_expect_0("transaction",
				 tarn_txn_run(torture_arena, both, 2, change_both, made));
		break;
	case 7 ... 8:
		torture_expect_there("set", tarn_vector_set(in, torture_roll(size + 1), made));
		break;
	default:
		torture_expect_there("insert", tarn_vector_insert(in, torture_roll(size + 1), made,
								  torture_roll(BATCH)));
	}
}

static void
act(unsigned place)
{
	if (torture_roll(2))
		torture_append(&sequence, place);
	else
		change_mixed();
}

static void
settle(unsigned place)
{
	torture_settle_sequence(&sequence, place);
}

static void
compare(void)
{
	static struct mixed all[4 * MIXED_MOST];
	uint64_t got;

	torture_compare_sequence(&sequence);
	for (unsigned which = 0; which < 2; which++) {
		torture_expect_0("read", tarn_vector_read(mixed[which], 0, all, 4 * MIXED_MOST, &got));
		for (uint64_t i = 0; i < got; i++)
			torture_lost += all[i].sum != sum_of(&all[i]);
	}
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_one(struct tarn_vector **vector, const char *name, uint32_t size)
{
	struct tarn_type type = { TARN_KIND_VECTOR, size == 8 ? TARN_KEY_U64 : TARN_KEY_NONE, size,
				  NULL };

	torture_expect_0("open", tarn_vector_open(torture_arena, vector, name, &type, TARN_CREATE,
						  NULL));
}

static void
open_vectors(void)
{
	sequence.numbers = torture_memory(sizeof(*sequence.numbers));
	open_one(&records, "records", sizeof(struct torture_record));
	open_one(&mixed[0], "one", sizeof(struct mixed));
	open_one(&mixed[1], "other", sizeof(struct mixed));
	open_one(&numbers, "numbers", 8);
	torture_expect_0("resize", tarn_vector_resize(numbers, WORKERS, NULL));
}

static void
close_vectors(void)
{
	tarn_vector_close(records);
	tarn_vector_close(mixed[0]);
	tarn_vector_close(mixed[1]);
	tarn_vector_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_vector_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return tarn_vector_set(tarn_vector_in(numbers, txn), place, &number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	return tarn_vector_get(numbers, place, number);
}

const struct torture_kind torture_vector = {
	"vector", open_vectors, close_vectors, act, settle, compare, object, set_number, get_number,
};
