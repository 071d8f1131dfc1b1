// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_tarn.c -- Tarn's deque, as every user sees it
 *
 * In an arena "memfd:" of the default size, through the shared library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

static const struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, "Q" };
static struct tarn_deque *deque;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "deque_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
new_deque(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *arena;

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_deque_open(arena, &deque, "deque", &type, TARN_CREATE, NULL));
}

static inline void
push(uint64_t number)
{
	must(tarn_deque_push_back(deque, &number));
}

static inline uint64_t
pop(void)
{
	uint64_t number;

	must(tarn_deque_pop_front(deque, &number));
	return number;
}

#include "deque_work.h"
