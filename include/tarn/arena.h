// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.h -- create, open, look at and remove an arena
 *
 * An arena is one growing file-like object that processes share.  Its name
 * says where it lives:
 *
 *	orders, shm:orders	/dev/shm/tarn.orders
 *	file:PATH		a file; lives on when nobody is attached
 *	sysv:PATH#ID		System V segments, the first with the key ftok(PATH, ID);
 *				ID is 1 to 255
 *	sysv:key=N		... with the key N, decimal or 0x and hexadecimal
 *	memfd:			nameless; hand the descriptor on, open it as fd:N
 *	anon:			nameless, for children of fork(): they open fd:N too
 *	fd:N			the arena behind an open descriptor, which stays open
 *	NULL			the default arena: $TARN_ARENA, or shm:default
 */
#ifndef TARN_ARENA_H
#define TARN_ARENA_H

#include <tarn/error.h>
#include <tarn/types.h>

/** Options of tarn_arena_open(); all zero is a good default. */
struct tarn_arena_options {
	enum tarn_open_mode how;   /* TARN_OPEN, TARN_CREATE, TARN_OPEN_OR_CREATE */
	bool readonly;		   /* map without write permission; only with TARN_OPEN */
	unsigned mode;		   /* permission bits at creation, 06xx, set whatever the umask; 0: 0600 */
	uint64_t max_size;	   /* bytes of data at most, at creation, to 16 TiB; 0: 64 GiB */
	uint64_t max_threads;	   /* threads attached at once, at creation, to 4000; 0: 1024 */
	void *address;		   /* map here (a multiple of 64 KiB), or fail; NULL: the recorded address, or anywhere */
	bool elsewhere;		   /* do not even try the recorded address */
	uint64_t deadline_ms;	   /* longest wait for a lock; 0: $TARN_DEADLINE_MS, or none */
	uint64_t segments;	   /* of sysv: segments for data made at creation, to 2000; 0: as needed */
	uint64_t segment_size;	   /* of sysv: bytes of a segment, at creation; 0: 64 MiB */
};

/** What tarn_arena_stat() tells. */
struct tarn_arena_stat {
	uint64_t arena_id;
	uint64_t created_at;	/* ns since 1970 */
	uint64_t max_size;	/* bytes */
	uint64_t given_bytes;	/* memory that the file system has given */
	uint64_t heap_bytes;	/* memory that blocks can be in, so far */
	uint64_t heap_free_bytes; /* of these, in chunks that are wholly free */
	uint64_t window_size;	/* bytes of address space */
	uint64_t slot_count, slots_used;
	uint64_t slots_broken;	/* lost for good, see TARN_CORRUPT in docs/errors.md */
	uint64_t recoveries, rollbacks, deaths_in_txn, retries, lock_waits, growths, attaches;
	void *base;		/* where it lies in this process */
	void *recorded_base;	/* where every process tries to map it */
	bool readonly;
};

/**
 * tarn_arena_open() - create or open an arena
 * @arena:	the handle, on success
 * @name:	see above; NULL is the default arena
 * @options:	NULL is open-or-create with defaults
 * @created:	NULL, or told whether this call created it
 *
 * The default arena is created as $TARN_SEGMENTS times $TARN_SEGMENT_SIZE and $TARN_MODE say, where
 * the options do not.  Where address space is short a new arena is halved until it fits, to 64 MiB.
 *
 * Of sysv: an arena consists of as many segments of segment_size as it needs, a multiple of 64 KiB;
 * they are larger where it would need more than 2,000 of them.  With a segment_size and no max_size
 * it is at most 1,024 segments of data.  Segments cost their number, not memory, until they are used.
 *
 * Creation is atomic: others see no arena, or a whole one.  Opening never destroys or repairs
 * anything but what dead threads left in flight.
 *
 * Crash:	atomic.
 * Blocks:	never; of sysv: a creator waits for another one of the same key, for 3 s at most.
 * Return: 0; TARN_NOT_FOUND, of sysv: also PATH; TARN_EXISTS; TARN_DENIED; TARN_FULL; TARN_FORMAT, not
 * an arena or another version; TARN_BUSY, the other creator has not come to an end; TARN_INVALID, a bad
 * name, option or address; TARN_SYSTEM.  On failure *arena is NULL and nothing was created.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_open(struct tarn_arena **arena, const char *name,
					     const struct tarn_arena_options *options,
					     bool *created);

/**
 * tarn_arena_close() - detach this process's handle
 * @arena:	a handle, or NULL
 *
 * Handles of objects in it end too, and so does the calling thread's transaction: end it first, since
 * its handle is gone then.  Closing it twice is an error of the caller's, as with free(3); so is to close
 * it while another thread is in a call.  The memory stays mapped as long as a thread of this process
 * still has a slot; nothing in the arena is removed.
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_arena_close(struct tarn_arena *arena);

/**
 * tarn_arena_remove() - remove an arena's name
 * @name:	as for tarn_arena_open()
 *
 * Processes that are attached keep it until they end, as with unlink(2).  Of sysv: a segment ends
 * with the last process that has it attached; one that has been made since another process last
 * looked is lost to that one if it ends before.
 *
 * Crash:	atomic.
 * Blocks:	never; of sysv: waits for who is creating or removing it, for 6 s at most.
 * Return: 0; TARN_NOT_FOUND; TARN_DENIED; TARN_BUSY; TARN_INVALID, the name is malformed or names
 * nothing that can be removed; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_remove(const char *name);

/* In C++ the function hides the struct's constructor, which nobody misses. */
#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * tarn_arena_stat() - sizes and counters
 * @arena:	open
 * @stat:	filled in
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_stat(struct tarn_arena *arena, struct tarn_arena_stat *stat);

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif

/**
 * tarn_arena_name() - the canonical name
 * @arena:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: for example "shm:orders"; valid until the handle is closed.
 */
TARN_API const char *tarn_arena_name(const struct tarn_arena *arena);

/**
 * tarn_arena_fd() - the arena's file descriptor, to hand a memfd: arena on
 * @arena:	open
 *
 * It belongs to the handle and is closed on exec; duplicate it to pass it on.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a descriptor; of sysv: that of the lock file, which is no arena.
 */
TARN_API int tarn_arena_fd(const struct tarn_arena *arena);

/**
 * tarn_reap() - put right at once what dead threads left
 * @arena:	open for writing
 * @count:	NULL, or the number of threads recovered
 *
 * Never needed: whoever meets a dead thread's lock does the same.  Useful after waitpid().
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_READ_ONLY; TARN_CORRUPT, a slot could not be put right, and is broken now; TARN_HOST, a slot was
 * left in flight before this boot.  The others are put right all the same.
 */
TARN_API TARN_MUST_CHECK int tarn_reap(struct tarn_arena *arena, uint64_t *count);

/** One attached thread, as tarn_arena_members() tells it. */
struct tarn_member_info {
	uint64_t slot;
	uint64_t pid, tid; /* in the thread's own namespace */
	bool dead;	   /* and not yet recovered */
	bool broken;	   /* it has ended, and what it was at cannot be put right */
	bool in_txn;
	uint64_t locks_held;
	uint64_t since; /* ns since 1970 */
	tarn_off waits_for; /* the lock word that it sleeps for; 0: it does not; a hint */
	uint64_t waits_for_slot; /* who holds that; UINT64_MAX: nobody any more, or readers only */
};

/**
 * tarn_arena_members() - call a function for each thread that has a slot, or has left one broken
 * @arena:	open
 * @visit:	told each; a return other than 0 ends the walk and is returned
 * @arg:	passed on
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0, or what visit returned.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_members(struct tarn_arena *arena,
						int (*visit)(const struct tarn_member_info *, void *),
						void *arg);

/**
 * tarn_arena_attached() - how many processes are attached, this one included
 * @arena:	open
 * @writers:	NULL, or processes attached for writing
 * @readers:	NULL, or processes attached for reading only
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_attached(struct tarn_arena *arena, uint64_t *writers,
						 uint64_t *readers);

/**
 * tarn_arena_list() - call a function for each arena that has a name under /dev/shm
 * @visit:	told each name; a return other than 0 ends the walk and is returned
 * @arg:	passed on
 *
 * Those of sysv: are there too, by their lock files, and all named by their keys: sysv:key=0x0000002a.
 * There may be one that nobody can open, since its creator has died; tarn_arena_remove() clears it away.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0, or what visit returned; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_arena_list(int (*visit)(const char *name, void *arg), void *arg);

#endif
