// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog_account.c -- whether every block of an arena of toys is somewhere once
 *
 * Beside that: no node is locked or DIRTY, no log has anything in flight, no
 * entry that is not in a chain is live, and all that are in one are.
 */
#include "crash/catalog_account.h"

#include "catalog/entry.h"
#include "crash/catalog_toy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One for each 16 bytes of data. */
enum place { NOWHERE, IN_USE, HELD, REACHED };

static struct tarn_arena *arena;
static uint8_t *places;
static uint64_t places_size;
static const char *wrong;

static int
blame(const char *what)
{
	if (!wrong)
		wrong = what;
	return 0;
}

static uint8_t *
place_of(tarn_off off)
{
	uint64_t at = (off - arena->fixed.data_off) / 16;

	return off < arena->fixed.data_off || at >= places_size ? NULL : &places[at];
}

static bool
at_rest(const uint64_t *node)
{
	return !(tarn__load(node) & (TARN_NODE_OWNER | TARN_NODE_DIRTY));
}

/* ---- what is in use ---------------------------------------------------------------------------- */

static int
take_span(const struct tarn_heap_item *item, void *unused)
{
	(void)unused;
	if (item->kind == TARN_HEAP_BROKEN)
		return blame("the heap contradicts itself");
	if (item->kind == TARN_HEAP_RUN)
		return blame("a run, which no toy has");
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++) {
		bool is_free = item->free[i / 64] >> (i & 63) & 1;

		*place_of(item->off + i * item->block_size) = is_free ? NOWHERE : IN_USE;
	}
	return 0;
}

static int
take_claim(enum tarn_heap_claim where, tarn_off block, void *unused)
{
	uint8_t *place = place_of(block);

	(void)unused;
	if (where == TARN_CLAIM_ALLOC)
		return blame("an operation's block is still in the log");
	if (!place || *place != IN_USE)
		return blame("a block in a slot's log is free, or there twice");
	*place = HELD;
	return 0;
}

static void
reach(tarn_off off)
{
	uint8_t *place = place_of(off);

	if (!place || *place != IN_USE)
		blame(!place ? "an offset leads nowhere"
			     : *place == REACHED ? "a block is reached twice"
						 : "a block is reached and free");
	else
		*place = REACHED;
}

/* ---- what can be reached ----------------------------------------------------------------------- */

static void
reach_blocks(tarn_off off)
{
	for (unsigned i = 0; off && i <= TOY_BLOCKS && !wrong; i++) {
		const struct toy_block *block = tarn__at(arena, off, sizeof(*block), 16);

		reach(off);
		off = block ? tarn__load(&block->next) : 0;
	}
}

static void
reach_entry(const struct tarn_entry_shm *entry, tarn_off off, bool live)
{
	uint64_t progress = tarn__load(&entry->progress);

	reach(off);
	if ((tarn__load(&entry->root.word) & TARN_WORD_LIVE) != live)
		blame(live ? "an entry in a chain is not live" : "one in the graveyard is live");
	if (progress) {
		reach_blocks(progress & ~UINT64_C(1));
		return;
	}
	reach(tarn__load(&entry->root.counts));
	reach_blocks(tarn__load(&entry->root.structure));
}

static unsigned
reach_list(tarn_off off, bool live)
{
	unsigned count = 0;

	for (; off && !wrong; count++) {
		const struct tarn_entry_shm *entry = tarn__entry_at(arena, off);

		if (!entry) {
			blame("a list leads nowhere");
			break;
		}
		reach_entry(entry, off, live);
		off = tarn__load(&entry->next);
	}
	return count;
}

static void
reach_all(void)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	uint64_t count = 0;

	for (unsigned i = 0; i < TARN_CATALOG_HEADS; i++)
		count += reach_list(tarn__load(&catalog->heads[i]), true);
	reach_list(tarn__load(&catalog->graveyard), false);
	if (count != tarn__load(&catalog->count))
		blame("the count of names is not theirs");
	if (!at_rest(&catalog->node) || !at_rest(&catalog->graveyard_node))
		blame("the catalog is locked or dirty");
}

/* ---- all of it --------------------------------------------------------------------------------- */

static int
look_at_span(const struct tarn_heap_item *item, void *unused)
{
	(void)unused;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++) {
		tarn_off off = item->off + i * item->block_size;
		const struct tarn_root_shm *root = tarn__at(arena, off, 16, 16);

		if (*place_of(off) == IN_USE)
			blame("a block is lost");
		if (item->class != TARN_HEAP_ROOT)
			continue;
		if (!at_rest(&root->node) || !at_rest(&root->gate))
			blame("an entry is locked or dirty");
		if (*place_of(off) != REACHED && tarn__load(&root->word) & TARN_WORD_LIVE)
			blame("an entry is live, and nothing leads there");
	}
	return 0;
}

static void
look_at_logs(void)
{
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		tarn_off off = arena->fixed.logs_off + slot * TARN_LOG_SIZE;
		const struct tarn_log_shm *log = tarn__at(arena, off, TARN_LOG_SIZE, 8);

		if (!log || !tarn__load(&log->magic))
			continue;
		if (tarn__commit_words(log->commit) || log->locks || log->nested ||
		    log->nested_locks)
			blame("something is in flight");
		if (tarn__heap_claims(arena, slot, take_claim, NULL))
			blame("a slot's log is corrupt");
	}
}

const char *
account(struct tarn_arena *of)
{
	uint64_t size = of->fixed.max_size / 16;

	arena = of;
	wrong = NULL;
	if (size > places_size) {
		places = realloc(places, size);
		places_size = size;
	}
	if (!places)
		abort();
	memset(places, NOWHERE, size);
	if (tarn__heap_walk(arena, take_span, NULL))
		return "the heap is corrupt";
	look_at_logs();
	if (!wrong)
		reach_all();
	if (!wrong)
		tarn__heap_walk(arena, look_at_span, NULL);
	return wrong;
}

unsigned
account_graveyard(struct tarn_arena *of)
{
	tarn_off off = tarn__load(&tarn__catalog(of)->graveyard);
	unsigned count = 0;

	for (; off && count < 10000; count++)
		off = tarn__load(&tarn__entry_at(of, off)->next);
	return count;
}
