// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * walk.c -- one look at all of an arena, from begin to end
 *
 *	front	    header, chunk map
 *	slots	    who is at work, who is dead: says which locks may be held
 *	ledger	    every block of the heap
 *	claims	    those that lie in logs
 *	objects	    those that can be reached, and all that must be true of them
 *	ledger	    those that are left over
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "check/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- problems ---------------------------------------------------------------------------------- */

static struct tarn_problem *
new_problem(struct tarn_walk *walk)
{
	uint64_t room = walk->problem_room ? walk->problem_room * 4 : 16;
	struct tarn_problem *problems;

	if (walk->problem_count == TARN_PROBLEMS_MOST)
		return NULL;
	if (walk->problem_count == walk->problem_room) {
		problems = realloc(walk->problems, room * sizeof(*problems));
		if (!problems)
			return NULL;
		walk->problems = problems;
		walk->problem_room = room;
	}
	return &walk->problems[walk->problem_count++];
}

static void
add_problem(struct tarn_walk *walk, tarn_off off, const char *format, va_list list)
{
	struct tarn_problem *problem = new_problem(walk);

	walk->report.problems++;
	if (!problem)
		return;
	problem->off = off;
	snprintf(problem->object, sizeof(problem->object), "%s", walk->object);
	vsnprintf(problem->what, sizeof(problem->what), format, list);
}

void
tarn__walk_wrong(struct tarn_walk *walk, tarn_off off, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add_problem(walk, off, format, list);
	va_end(list);
}

/* ---- nodes ------------------------------------------------------------------------------------- */

/* Somebody holds it: is that a moment, or for ever?  Who lists no lock has none (L1). */
static void
look_at_owner(struct tarn_walk *walk, const uint64_t *node, uint64_t owner, unsigned may_list)
{
	tarn_off off = tarn__off(walk->checker.arena, node);
	unsigned slot = owner <= walk->checker.arena->fixed.slot_count ? walk->slots[owner - 1] : 0;

	if (!(slot & TARN_IS_USED))
		tarn__walk_wrong(walk, off, "locked by slot %lu, which nobody has",
				 (unsigned long)owner - 1);
	else if (slot & TARN_IS_LOST)
		tarn__walk_wrong(walk, off, "locked by slot %lu, which cannot be put right",
				 (unsigned long)owner - 1);
	else if (slot & TARN_IS_DEAD)
		walk->died = true;
	else if (slot & may_list)
		walk->busy |= may_list == TARN_HAS_LOCKS;
	else
		tarn__walk_wrong(walk, off, "locked by slot %lu, which lists no lock",
				 (unsigned long)owner - 1);
}

uint64_t
tarn__walk_node(struct tarn_walk *walk, const uint64_t *node, bool ours)
{
	uint64_t word = tarn__load_acquire(node), owner = tarn__node_owner(word);

	tarn__walk_digest(walk, word);
	if (owner && !(ours && owner == walk->self))
		look_at_owner(walk, node, owner, TARN_HAS_LOCKS);
	else if (word & TARN_NODE_DIRTY)
		tarn__walk_wrong(walk, tarn__off(walk->checker.arena, node),
				 "DIRTY, and nobody has it locked");
	return word & TARN_NODE_PAYLOAD;
}

void
tarn__walk_gate(struct tarn_walk *walk, const uint64_t *gate)
{
	uint64_t word = tarn__load_acquire(gate), owner = tarn__node_owner(word);

	tarn__walk_digest(walk, word & ~TARN_GATE_WAITERS);
	if (owner)
		look_at_owner(walk, gate, owner, TARN_HAS_LOCKS | TARN_HAS_HELD);
}

/* ---- what kinds are given ---------------------------------------------------------------------- */

static bool
owns(struct tarn_checker *checker, tarn_off block, uint64_t size)
{
	struct tarn_walk *walk = tarn__walk_of(checker);

	return tarn__ledger_mark(walk, block, size, TARN_ANY_DATA, walk->reached);
}

static bool
owns_node(struct tarn_checker *checker, tarn_off block, enum tarn_heap_class which)
{
	struct tarn_walk *walk = tarn__walk_of(checker);

	return tarn__ledger_mark(walk, block, tarn__size_classes[which].size, which, walk->reached);
}

static uint64_t
node(struct tarn_checker *checker, const uint64_t *word)
{
	return tarn__walk_node(tarn__walk_of(checker), word, false);
}

static void
wrong(struct tarn_checker *checker, tarn_off off, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add_problem(tarn__walk_of(checker), off, format, list);
	va_end(list);
}

/* ---- all of it --------------------------------------------------------------------------------- */

int
tarn__walk(struct tarn_arena *arena, uint64_t self, const int *lost, bool foreign,
	   struct tarn_walk *walk)
{
	int code;

	*walk = (struct tarn_walk){
		.checker = { .arena = arena, .owns = owns, .owns_node = owns_node, .node = node,
			     .wrong = wrong },
		.self = self,
		.lost = lost,
		.object = "",
	};
	tarn__walk_front(walk);
	code = tarn__walk_slots(walk);
	if (!code)
		code = tarn__ledger_begin(walk);
	if (code)
		return code;
	tarn__ledger_claims(walk);
	code = tarn__walk_objects(walk);
	if (!code)
		tarn__ledger_end(walk, foreign);
	return code;
}

void
tarn__walk_free(struct tarn_walk *walk)
{
	free(walk->slots);
	free(walk->chunks);
	free(walk->places);
	free(walk->live);
	free(walk->problems);
	memset(walk, 0, sizeof(*walk));
}
