// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * floors.c -- which floors take part when an arena comes and goes
 *
 * The arena floor may not include those above it, and they must not have to
 * register before main(); so the list stands here, where all are known.
 * Lowest first: a floor's hooks may use what those before it have made.
 */
#include "catalog/catalog.h"
#include "heap/heap.h"
#include "member/member.h"
#include "txn/lane.h"

/* Attaching puts right what the dead have left; what cannot be is for those who meet it, and check. */
static int
reap_at_attach(struct tarn_arena *arena)
{
	uint64_t count;

	if (!arena->readonly)
		(void)!tarn__slots_reap(arena, &count);
	return 0;
}

static const struct tarn_arena_upper reaping = { .attach = reap_at_attach };

const struct tarn_arena_upper *const tarn__arena_uppers[] = {
	&tarn__member_upper,
	&tarn__txn_upper,
	&tarn__heap_upper,
	&tarn__catalog_upper,
	&reaping,
	NULL,
};
