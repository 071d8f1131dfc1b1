// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * walk.h -- one look at all of an arena, between the files of src/check
 *
 *	check.c		tarn_check(): two looks that agree, others kept out
 *	walk.c		one look from begin to end; problems; nodes
 *	front.c		header, chunk map, slots and logs
 *	ledger.c	every block of the heap, and the one place where it is
 *	objects.c	names, graveyard, objects
 *
 * A walk is private memory.  It believes nothing that it reads, and says
 * nothing until check.c knows that nobody wrote meanwhile: `digest` is a
 * hash of all words that change when anything does (node words with their
 * versions, logs, claims), so two walks with the same digest have seen the
 * same.
 */
#ifndef TARN_CHECK_WALK_H
#define TARN_CHECK_WALK_H

#include "base/error.h"
#include "base/hash.h"
#include "catalog/entry.h"
#include "member/member.h"

#include <tarn/check.h>

#define TARN_PROBLEMS_MOST 1000u /* that are told; the others are counted */

/* What is known of a slot. */
enum tarn_slot_bits {
	TARN_IS_USED = 1,
	TARN_IS_DEAD = 2,
	TARN_IS_LOST = 4, /* dead, and cannot be put right: told already */
	TARN_HAS_LOCKS = 8,
	TARN_HAS_HELD = 16, /* locks of its user's */
};

struct tarn_problem {
	char object[TARN_NAME_MAX + 1];
	char what[160];
	tarn_off off;
};

/* Where a block is.  What is not told by anybody stays IN_USE, and is leaked. */
enum tarn_place {
	TARN_PLACE_FREE,
	TARN_PLACE_IN_USE,
	TARN_PLACE_REACHED,
	TARN_PLACE_BURIED,
	TARN_PLACE_CLAIMED,
	TARN_PLACE_LIMBO,
	TARN_PLACE_LOG,
	TARN_PLACE_TWICE = 0x80, /* beside one of the others */
};

/* A chunk, and where in the list of places its blocks begin. */
struct tarn_chunk_view {
	const uint64_t *free; /* of a span: the bitmap */
	uint64_t first;
	uint32_t blocks;
	uint32_t block_size; /* of a run, unused */
	uint64_t run_chunks;
	tarn_off region; /* its class table, if it is a region's */
	uint8_t kind; /* enum tarn_heap_kind; a run's later chunks are FREE, of 0 chunks */
	uint8_t class;
	bool seen; /* the heap has told what it is */
};

struct tarn_live {
	tarn_off off;
	uint64_t hash; /* of the name */
	bool has_parts;
};

struct tarn_walk {
	struct tarn_checker checker; /* the first member: walk_of() */
	struct tarn_check_report report;
	uint64_t digest;
	uint64_t self; /* the owner that keeps others out, in our name; 0: nobody does */
	const int *lost; /* by slot: why it cannot be recovered; 0 */
	bool busy;	 /* somebody is in the middle of something that we looked at */
	bool in_flight;	 /* ... or of anything at all */
	bool died;	 /* a dead thread is */
	uint8_t *slots; /* enum tarn_slot_bits */
	struct tarn_chunk_view *chunks;
	uint64_t chunk_count;
	uint8_t *places;
	uint64_t place_count;
	enum tarn_place reached; /* REACHED or BURIED: what owns() makes of a block */
	struct tarn_live *live;	 /* entries with names, in no order */
	uint64_t live_count, live_room;
	struct tarn_problem *problems;
	uint64_t problem_count, problem_room;
	const char *object; /* at hand; "" for none */
};

static inline struct tarn_walk *
tarn__walk_of(struct tarn_checker *checker)
{
	return (struct tarn_walk *)checker;
}

static inline void
tarn__walk_digest(struct tarn_walk *walk, uint64_t word)
{
	walk->digest = tarn__hash_u64(word, walk->digest);
}

/* walk.c */
int tarn__walk(struct tarn_arena *arena, uint64_t self, const int *lost, bool foreign,
	       struct tarn_walk *walk);
void tarn__walk_free(struct tarn_walk *walk);
void tarn__walk_wrong(struct tarn_walk *walk, tarn_off off, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A node word that nobody should hold, but whoever keeps others out if ours. */
uint64_t tarn__walk_node(struct tarn_walk *walk, const uint64_t *node, bool ours);
/* A gate, which a living thread may hold. */
void tarn__walk_gate(struct tarn_walk *walk, const uint64_t *gate);

/* front.c: header, chunk map; then slots, and what is in their logs besides blocks. */
void tarn__walk_front(struct tarn_walk *walk);
int tarn__walk_slots(struct tarn_walk *walk);

/* ledger.c, in this order; marks in between.  0 or TARN_SYSTEM. */
int tarn__ledger_begin(struct tarn_walk *walk);
void tarn__ledger_claims(struct tarn_walk *walk);
void tarn__ledger_end(struct tarn_walk *walk, bool foreign);

/*
 * The block is in that place.  False: there is none, it is too small or of
 * another class, or it is in another place already; that is told.
 */
enum { TARN_ANY_DATA = TARN_CLASSES };
bool tarn__ledger_mark(struct tarn_walk *walk, tarn_off off, uint64_t size, unsigned class,
		       enum tarn_place place);

/* objects.c */
int tarn__walk_objects(struct tarn_walk *walk);

#endif
