// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_tarn.c -- Tarn's vector, as every user sees it
 *
 * In an arena "memfd:" of the default size, through the shared library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

static const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, "Q" };
static struct tarn_vector *vector;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "vector_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
new_vector(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *arena;

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_vector_open(arena, &vector, "vector", &type, TARN_CREATE, NULL));
}

static inline void
push(uint64_t number)
{
	must(tarn_vector_push_back(vector, &number));
}

static void
empty(void)
{
	must(tarn_vector_clear(vector));
}

static void
append(const uint64_t *from, size_t count)
{
	must(tarn_vector_append(vector, from, count));
}

static uint64_t
sum(void)
{
	struct tarn_vector_view view;
	uint64_t total;

	do {
		must(tarn_vector_view(vector, &view));
		total = 0;
		for (uint64_t i = 0; i < view.count; i++)
			total += ((const uint64_t *)view.data)[i];
	} while (!tarn_vector_view_valid(vector, &view));
	return total;
}

#include "vector_work.h"
