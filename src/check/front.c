// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * front.c -- the front of an arena: header, chunk map, slots and their logs
 *
 * Picture
 *
 *	header	  as it was when the arena was opened; it never changes
 *	chunks	  front given; nothing given beyond the window or the file
 *	slots	  FREE: nothing in flight (S2).  USED: its owner lives, or is
 *		  dead; what the dead had in flight was put right before, or
 *		  cannot be.  BROKEN: a problem, whatever its log says
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "check/walk.h"

#include "base/bits.h"

#include <stdlib.h>
#include <string.h>

/* ---- header and chunk map ---------------------------------------------------------------------- */

static void
look_at_header(struct tarn_walk *walk)
{
	struct tarn_arena *arena = walk->checker.arena;
	const uint64_t *now = (const uint64_t *)arena->header;
	const uint64_t *then = (const uint64_t *)&arena->fixed;

	for (size_t i = 0; i < offsetof(struct tarn_header_shm, statistics) / sizeof(*now); i++) {
		if (tarn__load(&now[i]) != then[i])
			tarn__walk_wrong(walk, i * sizeof(*now),
					 "the header has changed since the arena was opened");
	}
}

static void
look_at_chunk_map(struct tarn_walk *walk)
{
	struct tarn_arena *arena = walk->checker.arena;
	uint64_t chunks = arena->fixed.window_size >> TARN_CHUNK_SHIFT, last = 0;

	for (uint64_t w = 0; w < tarn__div_up(chunks, 64); w++) {
		uint64_t word = tarn__load(&arena->chunk_map[w]);

		if (word)
			last = w * 64 + tarn__log2(word);
	}
	if (!tarn__chunks_given(arena, 0, arena->fixed.front_size))
		tarn__walk_wrong(walk, arena->fixed.chunks_off,
				 "the chunk map says that not all of the front was given");
	if (last >= chunks)
		tarn__walk_wrong(walk, arena->fixed.chunks_off,
				 "the chunk map says that chunks beyond the window were given");
	else if (!tarn__at(arena, last << TARN_CHUNK_SHIFT, TARN_CHUNK, TARN_CHUNK))
		tarn__walk_wrong(walk, last << TARN_CHUNK_SHIFT,
				 "the chunk map says that this was given; the file is shorter");
}

void
tarn__walk_front(struct tarn_walk *walk)
{
	look_at_header(walk);
	look_at_chunk_map(walk);
}

/* ---- slots ------------------------------------------------------------------------------------- */

static bool
has_log(struct tarn_arena *arena, uint64_t index)
{
	const uint64_t *magic =
		tarn__at(arena, arena->fixed.logs_off + index * TARN_LOG_SIZE, TARN_LOG_SIZE, 8);

	return magic && tarn__load(magic);
}

/* What the log has in flight, but for its blocks; TARN_CORRUPT: its counts cannot be. */
static int
look_at_log(struct tarn_walk *walk, uint64_t index, unsigned *bits, bool *in_flight)
{
	struct tarn_lane lane;
	uint64_t locks;
	int code = tarn__lane_view(&lane, walk->checker.arena, index);

	*in_flight = false;
	if (code)
		return code;
	locks = tarn__load(&lane.log->locks);
	if (locks || lane.nested_locks)
		*bits |= TARN_HAS_LOCKS;
	if (tarn__held_count(&lane))
		*bits |= TARN_HAS_HELD;
	*in_flight = locks || lane.nested_locks || lane.nested ||
		     tarn__commit_words(lane.commit) || tarn__commit_allocs(lane.commit);
	tarn__walk_digest(walk, lane.commit);
	tarn__walk_digest(walk, locks);
	tarn__walk_digest(walk, lane.nested);
	tarn__walk_digest(walk, lane.nested_locks);
	/* others believe its words at once: magazines and limbo, or a count, are between two states */
	if ((*bits & TARN_IS_USED) && index + 1 != walk->self)
		walk->busy |= lane.nested || lane.nested_locks || (locks & TARN_LOCKS_SETTLE);
	return lane.commit >> 48 || (locks & ~(TARN_LOCKS_SETTLE | UINT32_MAX)) ? TARN_CORRUPT : 0;
}

/* A slot that is used: is its owner dead?  Why can it not be put right? */
static unsigned
life_of(struct tarn_walk *walk, uint64_t index)
{
	if (walk->lost[index]) {
		tarn__walk_wrong(walk, tarn__off(walk->checker.arena,
						 tarn__slot_at(walk->checker.arena, index)),
				 "slot %lu is a dead thread's, and cannot be put right: %s",
				 (unsigned long)index, tarn_error_message(walk->lost[index]));
		return TARN_IS_USED | TARN_IS_DEAD | TARN_IS_LOST;
	}
	return TARN_IS_USED |
	       (tarn__slot_dead(walk->checker.arena, index, true) ? TARN_IS_DEAD : 0);
}

/* Harmless by itself; what it held of locks is told where they are met. */
static unsigned
broken(struct tarn_walk *walk, uint64_t index, tarn_off off)
{
	tarn__walk_wrong(walk, off, "slot %lu is broken: its thread has ended, and what it was at "
			 "cannot be put right; the slot is not used again, and its locks stay held",
			 (unsigned long)index);
	return TARN_IS_USED | TARN_IS_DEAD | TARN_IS_LOST;
}

static unsigned
look_at_fields(struct tarn_walk *walk, uint64_t index, const struct tarn_slot_shm *slot)
{
	tarn_off off = tarn__off(walk->checker.arena, slot);
	uint64_t state = tarn__load_acquire(&slot->state), magic = tarn__load(&slot->magic);

	tarn__walk_digest(walk, state);
	tarn__walk_digest(walk, tarn__load(&slot->claimed_at));
	if (state > TARN_SLOT_BROKEN || (magic && magic != TARN_SLOT_MAGIC) ||
	    (state != TARN_SLOT_FREE && !magic)) {
		tarn__walk_wrong(walk, off, "slot %lu is neither free nor used",
				 (unsigned long)index);
		return 0;
	}
	if (state == TARN_SLOT_FREE)
		return 0;
	if (state == TARN_SLOT_BROKEN)
		return broken(walk, index, off);
	if (tarn__load(&slot->process) >= TARN_PROCESS_MAX)
		tarn__walk_wrong(walk, off, "slot %lu belongs to no process that can be",
				 (unsigned long)index);
	return life_of(walk, index);
}

static void
look_at_slot(struct tarn_walk *walk, uint64_t index)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(walk->checker.arena, index);
	tarn_off log = walk->checker.arena->fixed.logs_off + index * TARN_LOG_SIZE;
	unsigned bits = look_at_fields(walk, index, slot);
	bool in_flight;
	int code = 0;

	walk->slots[index] = (uint8_t)bits;
	if (tarn__slot_broken(walk->checker.arena, index))
		return; /* that is told, and nothing in its log need make sense */
	if (has_log(walk->checker.arena, index)) {
		code = look_at_log(walk, index, &bits, &in_flight);
		if (code)
			tarn__walk_wrong(walk, log, "the log of slot %lu makes no sense",
					 (unsigned long)index);
		else if (!(bits & TARN_IS_USED) && (in_flight || (bits & TARN_HAS_HELD)))
			tarn__walk_wrong(walk, log, "slot %lu is free, and its log is not empty",
					 (unsigned long)index);
		else if ((bits & TARN_IS_DEAD) && !(bits & TARN_IS_LOST))
			walk->died |= in_flight || (bits & TARN_HAS_HELD);
		else if (bits & TARN_IS_USED)
			walk->in_flight |= in_flight && index + 1 != walk->self;
	} else if (bits & TARN_IS_USED) {
		tarn__walk_wrong(walk, log, "slot %lu is used, and has no log",
				 (unsigned long)index);
	}
	walk->slots[index] = (uint8_t)bits;
}

int
tarn__walk_slots(struct tarn_walk *walk)
{
	uint64_t count = walk->checker.arena->fixed.slot_count;

	walk->slots = calloc(count, 1);
	if (!walk->slots)
		return TARN_SYSTEM;
	for (uint64_t i = 0; i < count; i++)
		look_at_slot(walk, i);
	return 0;
}
