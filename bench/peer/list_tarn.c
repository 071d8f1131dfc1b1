// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_tarn.c -- Tarn's list, as every user sees it
 *
 * In an arena "memfd:" of the default size, through the shared library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

static const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_U64, 8, "Q" };
static struct tarn_list *list;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "list_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
new_list(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *arena;

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_list_open(arena, &list, "list", &type, TARN_CREATE, NULL));
}

static inline void
push(uint64_t number)
{
	must(tarn_list_push_back(list, &number, 8, NULL));
}

static inline uint64_t
pop(void)
{
	uint64_t number;

	must(tarn_list_pop_front(list, &number, 8, NULL));
	return number;
}

#include "list_work.h"
