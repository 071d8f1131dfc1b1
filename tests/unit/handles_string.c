// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles_string.c -- every call by a handle of strings: see handles.h
 */
#include "unit/handles.h"

#include "base/compiler.h"

static int
open_string(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_string_open(in, (struct tarn_string **)handle, name, how, NULL);
}

static void
close_string(void *handle)
{
	tarn_string_close(handle);
}

static void
fill_string(void *string)
{
	ok(tarn_string_append(string, "text", 4));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static char room[64];
static uint64_t number;

static int
string_get(void *string)
{
	return tarn_string_get(string, room, sizeof(room), &number);
}

static int
string_read(void *string)
{
	return tarn_string_read(string, 1, room, 2, &number);
}

static int
string_find(void *string)
{
	return tarn_string_find(string, 0, "ex", 2, &number);
}

static int
string_size(void *string)
{
	return tarn_string_size(string, &number);
}

static int
string_capacity(void *string)
{
	return tarn_string_capacity(string, &number);
}

static int
string_append(void *string)
{
	return tarn_string_append(string, "more", 4);
}

static int
string_insert(void *string)
{
	return tarn_string_insert(string, 4, "more", 4);
}

static int
string_replace(void *string)
{
	return tarn_string_replace(string, 0, 1, "T", 1);
}

static int
string_swap_all(void *string)
{
	int code = tarn_string_compare_and_swap(string, "Text", 4, "text", 4);

	return code == TARN_MISMATCH ? 0 : code;
}

static int
string_erase(void *string)
{
	return tarn_string_erase(string, 0, 1);
}

static int
string_reserve(void *string)
{
	return tarn_string_reserve(string, 300);
}

static int
string_shrink(void *string)
{
	return tarn_string_shrink_to_fit(string);
}

static int
string_exchange(void *string)
{
	return tarn_string_swap(string, string);
}

static int
string_assign(void *string)
{
	return tarn_string_assign(string, "other", 5);
}

static int
string_clear(void *string)
{
	return tarn_string_clear(string);
}

static const struct handle_call calls[] = {
	{ false, "get", string_get },
	{ false, "read", string_read },
	{ false, "find", string_find },
	{ false, "size", string_size },
	{ false, "capacity", string_capacity },
	{ true, "append", string_append },
	{ true, "insert", string_insert },
	{ true, "replace", string_replace },
	{ true, "compare and swap", string_swap_all },
	{ true, "erase", string_erase },
	{ true, "reserve", string_reserve },
	{ true, "shrink", string_shrink },
	{ true, "swap", string_exchange },
	{ true, "assign", string_assign },
	{ true, "clear", string_clear },
};

const struct handle_kind handle_string = {
	"string", open_string, close_string, fill_string, calls, TARN_ARRAY_SIZE(calls),
};
