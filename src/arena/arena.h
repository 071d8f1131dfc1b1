// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.h -- an arena as this process has it: window, file, growth
 *
 * The handle is private memory.  Whatever follows an offset out of the
 * arena goes through tarn__at(): it checks the range against the window,
 * the chunk map, and the file size that this process has itself seen, so
 * that no content of an arena can make a process fault.
 *
 * This floor opens and closes the window and knows nothing of those above.
 * What they have to do at creation, attach and detach stands in
 * tarn__arena_uppers, lowest floor first.
 */
#ifndef TARN_ARENA_ARENA_H
#define TARN_ARENA_ARENA_H

#include "arena/layout.h"
#include "base/arith.h"
#include "base/atomic.h"
#include "os/os.h"

#include <pthread.h>
#include <tarn/arena.h>

struct tarn_member; /* member/member.h: this process's attachment */

struct tarn_arena {
	char *base;			/* where the window lies in this process */
	uint64_t window_size;
	uint64_t seen_size;		/* the file is at least this long: only grows; atomic */
	uint64_t solid_off;		/* from here on so many bytes are known to be given, and in the */
	uint64_t solid_size;		/* file: whole chunks; only grows; atomic */
	const uint64_t *chunk_map;
	struct tarn_header_shm *header; /* in the window; its first part was checked at attach */
	uint64_t *fork_guard;		/* reads 0 in a forked child */
	uint64_t serial;		/* of this handle in this process, from 1; never reused */
	struct tarn_member *member;	/* while attached, for reading only too */
	struct tarn_header_shm fixed;	/* the private copy that was checked; use this one */
	bool readonly;
	bool at_recorded_address;
	bool other_boot;		/* it was created under another boot id; set before attach */
	uint64_t boot;			/* a hash of this machine's boot id; 0: it cannot be had */
	uint64_t users;			/* the open handle, and each thread that has a slot; atomic */
	uint64_t deadline_ns;		/* default for waits; UINT64_MAX: none */
	struct tarn_os_file file;
	struct tarn_os_name name;
	pthread_mutex_t mutex;		/* in-process: attach, claims and recovery, one thread at a time */
	void *floors[4];		/* process-local state of the floors above: heap, catalog, ... */
};

/* What a floor above does when an arena comes and goes; each may be NULL. */
struct tarn_arena_upper {
	uint64_t layout; /* changes with the floor's own layout; 0: it has none.  In layout_hash. */
	/* initialise own words; the arena is mapped, zero where not written, and nobody else's yet */
	int (*format)(struct tarn_arena *arena);
	/* make process-local state; after format() and before the arena has its name, or at open */
	int (*attach)(struct tarn_arena *arena);
	/* the handle is being closed: the calling thread lets go; before detach(), maybe long before */
	void (*close)(struct tarn_arena *arena);
	/* undo attach(): no thread of this process has a slot any more; in reverse order, also when the
	 * attach() of a floor above has failed */
	void (*detach)(struct tarn_arena *arena);
	/* by tarn_reap(), once the slots of the dead are free: go on with what they have left */
	void (*reap)(struct tarn_arena *arena);
	/* add what this floor knows */
	void (*stat)(struct tarn_arena *arena, struct tarn_arena_stat *stat);
};

/* Ends with NULL; defined by the top floor. */
extern const struct tarn_arena_upper *const tarn__arena_uppers[];

/* One user less; the last one takes window, file and handle with it. */
void tarn__arena_drop(struct tarn_arena *arena);

/* A number for tarn_arena.serial that this process has not used yet. */
uint64_t tarn__arena_new_serial(void);

/* Slow path of tarn__at(): several chunks, what is not known to be solid, or an offset that cannot be. */
void *tarn__at_slow(struct tarn_arena *arena, tarn_off off, uint64_t size, uint64_t align);

static inline bool
tarn__chunk_given(const struct tarn_arena *arena, uint64_t chunk)
{
	return tarn__load(&arena->chunk_map[chunk >> 6]) >> (chunk & 63) & 1;
}

/* Every chunk of [off, off + size) is given.  size must be at least 1. */
static inline bool
tarn__chunks_given(const struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	uint64_t last = (off + size - 1) >> TARN_CHUNK_SHIFT;

	for (uint64_t chunk = off >> TARN_CHUNK_SHIFT; chunk <= last; chunk++) {
		if (!tarn__chunk_given(arena, chunk))
			return false;
	}
	return true;
}

/* [off, off + size) is in the data, and known to be given; size is at least 1. */
static inline bool
tarn__is_solid(const struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	uint64_t solid = tarn__load(&arena->solid_size), at = off - arena->solid_off;

	return likely(at < solid) && likely(size - 1 < solid - at);
}

/* What begins in the data before this distance, and has that size, is solid. */
static inline uint64_t
tarn__solid_reach(const struct tarn_arena *arena, uint64_t size)
{
	uint64_t solid = tarn__load(&arena->solid_size);

	return solid < size ? 0 : solid - size + 1;
}

/*
 * The one way from an offset to memory: NULL if [off, off + size) is not
 * wholly inside given memory, or off is not a multiple of align (a power
 * of two).  What has been given stays so while anybody is attached (A1), so
 * a process looks at a data chunk's bit once, and keeps in mind how far it
 * has come.
 */
static inline void *
tarn__at(struct tarn_arena *arena, tarn_off off, uint64_t size, uint64_t align)
{
	if (tarn__is_solid(arena, off, size) && likely(!(off & (align - 1))))
		return arena->base + off;
	return tarn__at_slow(arena, off, size, align);
}

/* Whether this process has all of the arena in its window; if not, good offsets may lead nowhere. */
bool tarn__arena_sees_all(struct tarn_arena *arena);

static inline tarn_off
tarn__off(const struct tarn_arena *arena, const void *p)
{
	return (tarn_off)((const char *)p - arena->base);
}

/*
 * Give the chunks of [off, off + size): ask the file system, then set their
 * bits.  Idempotent; safe against death at any point and against others
 * doing the same.  TARN_FULL if there is no room; nothing is changed then.
 */
int tarn__arena_give(struct tarn_arena *arena, tarn_off off, uint64_t size);

/* Count something in the arena's statistics; a no-op when attached read-only. */
void tarn__count(struct tarn_arena *arena, uint64_t *counter);

#endif
