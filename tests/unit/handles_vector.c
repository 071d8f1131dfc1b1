// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles_vector.c -- every call by a handle of vectors: see handles.h
 */
#include "unit/handles.h"

#include "base/compiler.h"

static const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };

static int
open_vector(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_vector_open(in, (struct tarn_vector **)handle, name, &type, how, NULL);
}

static void
close_vector(void *handle)
{
	tarn_vector_close(handle);
}

static void
fill_vector(void *vector)
{
	ok(tarn_vector_append(vector, (uint64_t[]){ 3, 2, 1 }, 3));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static char room[64];
static uint64_t number;
static const uint64_t one = 1, two = 2;

static int
vector_get(void *vector)
{
	return tarn_vector_get(vector, 0, room);
}

static int
vector_front(void *vector)
{
	return tarn_vector_front(vector, room);
}

static int
vector_back(void *vector)
{
	return tarn_vector_back(vector, room);
}

static int
vector_read(void *vector)
{
	return tarn_vector_read(vector, 0, room, 8, &number);
}

static int
vector_find(void *vector)
{
	return tarn_vector_find(vector, 0, &one, &number);
}

static int
vector_size(void *vector)
{
	return tarn_vector_size(vector, &number);
}

static int
vector_empty(void *vector)
{
	bool empty;

	return tarn_vector_empty(vector, &empty);
}

static int
vector_capacity(void *vector)
{
	return tarn_vector_capacity(vector, &number);
}

static int
vector_view(void *vector)
{
	struct tarn_vector_view view;
	int code = tarn_vector_view(vector, &view);

	ck_assert(code || tarn_vector_view_valid(vector, &view));
	return code;
}

static int
vector_push(void *vector)
{
	return tarn_vector_push_back(vector, &two);
}

static int
vector_append(void *vector)
{
	return tarn_vector_append(vector, room, 3);
}

static int
vector_set(void *vector)
{
	return tarn_vector_set(vector, 1, &two);
}

static int
vector_add(void *vector)
{
	return tarn_vector_fetch_add(vector, 0, 0, &number);
}

static int
vector_swap_one(void *vector)
{
	return tarn_vector_compare_and_swap(vector, 1, &two, &two);
}

static int
vector_insert(void *vector)
{
	return tarn_vector_insert(vector, 3, &one, 1);
}

static int
vector_erase(void *vector)
{
	return tarn_vector_erase(vector, 3, 1);
}

static int
vector_reserve(void *vector)
{
	return tarn_vector_reserve(vector, 100);
}

static int
vector_pop(void *vector)
{
	return tarn_vector_pop_back(vector, room);
}

static int
vector_resize(void *vector)
{
	return tarn_vector_resize(vector, 20, NULL);
}

static int
vector_assign(void *vector)
{
	return tarn_vector_assign(vector, room, 5);
}

static int
vector_sort(void *vector)
{
	return tarn_vector_sort(vector, NULL, NULL);
}

static int
vector_shrink(void *vector)
{
	return tarn_vector_shrink_to_fit(vector);
}

static int
vector_exchange(void *vector)
{
	return tarn_vector_swap(vector, vector);
}

static int
vector_clear(void *vector)
{
	return tarn_vector_clear(vector);
}

static const struct handle_call calls[] = {
	{ false, "get", vector_get },
	{ false, "front", vector_front },
	{ false, "back", vector_back },
	{ false, "read", vector_read },
	{ false, "find", vector_find },
	{ false, "size", vector_size },
	{ false, "empty", vector_empty },
	{ false, "capacity", vector_capacity },
	{ false, "view", vector_view },
	{ true, "push", vector_push },
	{ true, "append", vector_append },
	{ true, "set", vector_set },
	{ true, "fetch add", vector_add },
	{ true, "compare and swap", vector_swap_one },
	{ true, "insert", vector_insert },
	{ true, "erase", vector_erase },
	{ true, "reserve", vector_reserve },
	{ true, "pop", vector_pop },
	{ true, "resize", vector_resize },
	{ true, "assign", vector_assign },
	{ true, "sort", vector_sort },
	{ true, "shrink", vector_shrink },
	{ true, "swap", vector_exchange },
	{ true, "clear", vector_clear },
};

const struct handle_kind handle_vector = {
	"vector", open_vector, close_vector, fill_vector, calls, TARN_ARRAY_SIZE(calls),
};
