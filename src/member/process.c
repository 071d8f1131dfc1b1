// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * process.c -- bytes of the inode: which processes are attached, and alive
 *
 * A process that is attached holds a lock on one byte of the arena's inode,
 * through an open file description that nothing but a mapping of one page
 * keeps.  So the lock ends when the process ends, execs or detaches, and at
 * no other time: no close() of the program reaches it, no forked child
 * inherits it, and a stopped process keeps it.
 *
 * Picture (bytes of the inode, far beyond any data)
 *
 *	2^62 ........... + 2^20 ......... + 2^21 ..........
 *	one a writer     one a reader     one a slot: held by who claims
 *	(process number) (shared lock)    or recovers it
 *
 * A recovery byte is held in the same way, through a description of its own
 * that is made for the occasion.  A description that lives longer would be
 * inherited by forked children, and with it every lock taken through it
 * later: then the byte of a recoverer that was killed would stay locked
 * until the last child had ended.  And two threads of a process, each with
 * a description of its own, exclude each other as processes do.
 *
 * Questions are asked through the prober, a descriptor through which
 * nothing is ever locked: so children may share it, and it matters little
 * if the program closes it.  It is checked to be the same inode before
 * each use, and replaced when it is not.  (Asked through the description
 * that holds a lock, the kernel says that the byte is free.)
 *
 * Invariants
 *	P1. no USED slot of another process names a byte that we hold.  Slots
 *	    of a dead process may name a byte which is free; who took it would
 *	    make them look alive.  So a byte is looked up in the slots after
 *	    it is locked, and let go if it is there.  Afterwards only we
 *	    ourselves write its number into a slot.
 *
 * If a process dies
 *	the kernel drops its locks, after it has marked the threads' life
 *	words; 0.1 s later for each GiB that it had in memory
 *
 * Not done
 *	Locks of a process that has closed all descriptors of a nameless
 *	arena (closefrom() and the like): it holds its byte as before, but
 *	its own claims, recoveries and probes fail with TARN_SYSTEM.
 */
#include "member/process.h"

#include "base/assert.h"

#include <stdlib.h>

/* ---- descriptions ---------------------------------------------------------------------------- */

static void
close_number(int fd)
{
	struct tarn_os_file file = { .fd = fd };

	tarn__os_close(&file);
}

/* A new description of the arena's inode; by its name if the program has closed our descriptor. */
static int
open_description(struct tarn_arena *arena, bool readonly, int *fd)
{
	struct tarn_os_file named;
	int code = tarn__os_reopen(&arena->file, readonly, fd);

	if (!code || !arena->name.path[0])
		return code;
	if (arena->name.backend->open(&arena->name, readonly, &named))
		return code;
	if (!tarn__os_same_file(&arena->file, named.fd)) {
		tarn__os_close(&named);
		return code;
	}
	*fd = named.fd;
	return 0;
}

static int
find_prober(struct tarn_arena *arena, int *fd)
{
	uint64_t *prober = &arena->member->prober;
	uint64_t seen = tarn__load(prober);
	int code;

	*fd = (int)seen;
	if (tarn__os_same_file(&arena->file, *fd))
		return 0;
	code = open_description(arena, true, fd);
	if (code)
		return code;
	if (!tarn__cas(prober, &seen, (uint64_t)*fd)) {
		close_number(*fd);
		*fd = (int)seen;
	}
	return 0;
}

/* ---- holding --------------------------------------------------------------------------------- */

/* Lock a byte that no slot names (P1). */
static int
lock_writer(struct tarn_arena *arena, int fd)
{
	uint64_t start = tarn__os_random();

	for (uint64_t i = 0; i < TARN_PROCESS_MAX; i++) {
		uint64_t process = (start + i) % TARN_PROCESS_MAX;
		int code = tarn__os_byte_lock(fd, TARN_BYTE_PROCESS + process, false);

		if (code == TARN_BUSY)
			continue;
		if (code)
			return code;
		if (!tarn__slots_name(arena, process)) {
			arena->member->process = process;
			return 0;
		}
		code = tarn__os_byte_unlock(fd, TARN_BYTE_PROCESS + process);
		if (code)
			return code;
	}
	return TARN_NO_SLOT;
}

/* Readers are only counted: two that by chance share a byte count as one. */
static int
lock_reader(int fd)
{
	uint64_t number = tarn__os_random() % TARN_READER_MAX;
	bool held = true;
	int code = 0;

	for (int attempt = 0; held && attempt < 16 && !code; attempt++) {
		number = (number + 1) % TARN_READER_MAX;
		code = tarn__os_byte_held(fd, TARN_BYTE_READER + number, &held);
	}
	return code ? code : tarn__os_byte_lock(fd, TARN_BYTE_READER + number, true);
}

int
tarn__process_hold(struct tarn_arena *arena)
{
	int fd, code;

	tarn_assert(!arena->member->pin);
	arena->member->process = TARN_PROCESS_NONE;
	code = open_description(arena, arena->readonly, &fd);
	if (code)
		return code;
	code = arena->readonly ? lock_reader(fd) : lock_writer(arena, fd);
	if (!code)
		code = tarn__os_pin(fd, &arena->member->pin);
	if (code)
		close_number(fd);
	return code;
}

void
tarn__process_release(struct tarn_arena *arena)
{
	struct tarn_member *member = arena->member;
	int prober = (int)tarn__load(&member->prober);

	if (member->pin)
		tarn__os_unpin(member->pin);
	member->pin = NULL;
	if (tarn__os_same_file(&arena->file, prober))
		close_number(prober);
}

/* ---- asking ---------------------------------------------------------------------------------- */

bool
tarn__process_gone(struct tarn_arena *arena, uint64_t process)
{
	bool held = true;
	int fd;

	if (process >= TARN_PROCESS_MAX || find_prober(arena, &fd))
		return false;
	return !tarn__os_byte_held(fd, TARN_BYTE_PROCESS + process, &held) && !held;
}

static int
count_held(int fd, uint64_t byte, uint64_t end, uint64_t *count)
{
	int code;

	for (*count = 0; !(code = tarn__os_byte_next_held(fd, &byte, end)); byte++)
		(*count)++;
	return code == TARN_NOT_FOUND ? 0 : code;
}

int
tarn_arena_attached(struct tarn_arena *arena, uint64_t *writers, uint64_t *readers)
{
	uint64_t writer_end = TARN_BYTE_PROCESS + TARN_PROCESS_MAX;
	uint64_t reader_end = TARN_BYTE_READER + TARN_READER_MAX;
	uint64_t writer_count, reader_count;
	int fd, code = 0;

	if (tarn__forked(arena))
		code = tarn__member_after_fork(arena);
	if (!code)
		code = find_prober(arena, &fd);
	if (!code)
		code = count_held(fd, TARN_BYTE_PROCESS, writer_end, &writer_count);
	if (!code)
		code = count_held(fd, TARN_BYTE_READER, reader_end, &reader_count);
	if (code)
		return code;
	if (writers)
		*writers = writer_count;
	if (readers)
		*readers = reader_count;
	return 0;
}

/* ---- recovery bytes -------------------------------------------------------------------------- */

int
tarn__recovery_begin(struct tarn_arena *arena, uint64_t index, void **pin)
{
	int fd;
	int code = open_description(arena, false, &fd);

	if (code)
		return code;
	code = tarn__os_byte_lock(fd, TARN_BYTE_RECOVERY + index, false);
	if (!code)
		code = tarn__os_pin(fd, pin);
	if (code)
		close_number(fd);
	return code;
}

void
tarn__recovery_end(void *pin)
{
	tarn__os_unpin(pin);
}

/* ---- attach and detach ----------------------------------------------------------------------- */

static void
free_member(struct tarn_arena *arena)
{
	tarn__process_release(arena);
	tarn__os_fork_guard_free(arena->fork_guard);
	arena->fork_guard = NULL;
	free(arena->member);
	arena->member = NULL;
}

static int
attach(struct tarn_arena *arena)
{
	struct tarn_member *member = calloc(1, sizeof(*member));
	int prober, code;

	if (!member)
		return TARN_SYSTEM;
	code = tarn__os_fork_guard(&arena->fork_guard);
	if (code) {
		free(member);
		return code;
	}
	member->arena = arena;
	member->prober = UINT64_MAX;
	arena->member = member;
	code = find_prober(arena, &prober);
	tarn__arenas_lock();
	if (!code)
		code = tarn__process_hold(arena);
	if (!code)
		tarn__arenas_join(member);
	tarn__arenas_unlock();
	if (code)
		free_member(arena);
	return code;
}

/* In a child that has not used the arena, nothing of what there is to let go is its own. */
static void
close_handle(struct tarn_arena *arena)
{
	if (tarn__forked(arena))
		tarn__member_disown(arena);
	tarn__thread_leave(arena);
}

static void
detach(struct tarn_arena *arena)
{
	tarn__arenas_lock();
	tarn__arenas_leave(arena->member);
	tarn__arenas_unlock();
	free_member(arena);
}

static void
stat_slots(struct tarn_arena *arena, struct tarn_arena_stat *stat)
{
	stat->slots_used = tarn__slots_used(arena);
	stat->slots_broken = tarn__slots_broken(arena);
}

const struct tarn_arena_upper tarn__member_upper = {
	.layout = sizeof(struct tarn_slot_shm) << 32 | offsetof(struct tarn_slot_shm, boot) << 16 |
		  offsetof(struct tarn_slot_shm, life) << 8 | TARN_SLOT_BROKEN,
	.attach = attach,
	.close = close_handle,
	.detach = detach,
	.stat = stat_slots,
};
