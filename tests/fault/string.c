// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- every system call of every operation on strings fails once,
 * and memory ends at every growth: see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <string.h>

#define BASE UINT64_C(150000) /* bytes */
#define SHORT UINT64_C(300)
#define MORE UINT64_C(400000)

static struct tarn_string *string, *second;
static char bytes[MORE], found[BASE + MORE];

/* ---- what there is before ---------------------------------------------------------------------- */

/* The second lies behind the first, so that this cannot grow in place. */
static void
open_strings(void)
{
	for (uint64_t i = 0; i < MORE; i++)
		bytes[i] = (char)(i * 7919 >> 3);
	ok(tarn_string_open(arena, &string, "s", TARN_CREATE, NULL));
	ok(tarn_string_open(arena, &second, "t", TARN_CREATE, NULL));
	ok(tarn_string_append(string, bytes, BASE));
	ok(tarn_string_shrink_to_fit(string));
	ok(tarn_string_append(second, bytes, SHORT));
	ok(tarn_string_shrink_to_fit(second));
}

static void
close_strings(void)
{
	tarn_string_close(string);
	tarn_string_close(second);
}

static void
is(struct tarn_string *in, uint64_t at, const char *expected, uint64_t count)
{
	uint64_t got;

	ok(tarn_string_read(in, at, found, count, &got));
	ck_assert_uint_eq(got, count);
	ck_assert(!memcmp(found, expected, count));
}

static void
size_is(struct tarn_string *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_string_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

static void
is_as_before(void)
{
	struct tarn_string *opened;

	size_is(string, BASE);
	is(string, 0, bytes, BASE);
	size_is(second, SHORT);
	is(second, 0, bytes, SHORT);
	gives(tarn_string_open(arena, &opened, "new", TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world strings = { open_strings, is_as_before, close_strings, false };

/* ---- operations -------------------------------------------------------------------------------- */

static int
append_short(void)
{
	return tarn_string_append(second, bytes, SHORT);
}

static void
short_is_appended(void)
{
	size_is(second, 2 * SHORT);
	is(second, 0, bytes, SHORT);
	is(second, SHORT, bytes, SHORT);
}

static int
append(void)
{
	return tarn_string_append(string, bytes, MORE);
}

static void
is_appended(void)
{
	size_is(string, BASE + MORE);
	is(string, 0, bytes, BASE);
	is(string, BASE, bytes, MORE);
}

static int
assign(void)
{
	return tarn_string_assign(second, bytes, MORE);
}

static void
is_assigned(void)
{
	size_is(second, MORE);
	is(second, 0, bytes, MORE);
}

static int
insert(void)
{
	return tarn_string_insert(string, 5, bytes, 7);
}

static void
is_inserted(void)
{
	size_is(string, BASE + 7);
	is(string, 0, bytes, 5);
	is(string, 5, bytes, 7);
	is(string, 12, bytes + 5, BASE - 5);
}

static int
erase(void)
{
	return tarn_string_erase(string, 10, 20);
}

static void
is_erased(void)
{
	size_is(string, BASE - 20);
	is(string, 10, bytes + 30, BASE - 30);
}

static int
replace(void)
{
	return tarn_string_replace(second, 7, 5, bytes + 100, 5);
}

static void
is_replaced(void)
{
	size_is(second, SHORT);
	is(second, 7, bytes + 100, 5);
	is(second, 12, bytes + 12, SHORT - 12);
}

static int
swap_all(void)
{
	return tarn_string_compare_and_swap(string, bytes, BASE, bytes, MORE);
}

static void
all_is_swapped(void)
{
	size_is(string, MORE);
	is(string, 0, bytes, MORE);
}

static int
reserve(void)
{
	return tarn_string_reserve(string, BASE + MORE);
}

static void
nothing_is_changed(void)
{
	is_as_before();
}

static int
clear(void)
{
	return tarn_string_clear(string);
}

static void
is_cleared(void)
{
	size_is(string, 0);
}

static int
exchange(void)
{
	return tarn_string_swap(string, second);
}

static void
is_exchanged(void)
{
	size_is(string, SHORT);
	is(second, 0, bytes, BASE);
}

static int
find(void)
{
	uint64_t index = 4711;
	int code = tarn_string_find(string, 0, "nowhere to be found", 19, &index);

	return code == TARN_NOT_FOUND ? tarn_string_erase(second, SHORT - 1, 1) : code;
}

static void
last_byte_is_gone(void)
{
	size_is(second, SHORT - 1);
}

static int
create(void)
{
	struct tarn_string *opened;
	int code = tarn_string_open(arena, &opened, "new", TARN_CREATE, NULL);

	tarn_string_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_string *opened;

	ok(tarn_string_open(arena, &opened, "new", TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_string_close(opened);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "s");
}

static void
is_removed(void)
{
	gives(tarn_string_append(string, bytes, 1), TARN_REMOVED);
}

static int
change_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_string *in = tarn_string_in(second, txn);
	int code = tarn_string_clear(tarn_string_in(string, txn));

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_string_append(in, bytes + i * 10, 10);
	return code ? code : tarn_string_erase(in, 0, SHORT);
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_string_object(string), tarn_string_object(second) };

	return tarn_txn_run(arena, objects, 2, change_both, NULL);
}

static void
transaction_is_done(void)
{
	size_is(string, 0);
	size_is(second, 30000);
	is(second, 0, bytes, 30000);
}

static const struct operation operations[] = {
	{ "append a little", append_short, short_is_appended, false, false },
	{ "append", append, is_appended, true, false },
	{ "assign", assign, is_assigned, true, false },
	{ "insert", insert, is_inserted, false, false },
	{ "erase", erase, is_erased, false, false },
	{ "replace", replace, is_replaced, false, false },
	{ "compare and swap", swap_all, all_is_swapped, true, false },
	{ "reserve", reserve, nothing_is_changed, true, false },
	{ "clear", clear, is_cleared, false, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "find", find, last_byte_is_gone, false, false },
	{ "create", create, is_created, true, false },
	{ "remove", remove_it, is_removed, false, false },
	{ "transaction", run_transaction, transaction_is_done, true, false },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &strings, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("string faults", add);
}
