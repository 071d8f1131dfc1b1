// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * layout.h -- a slot: what the arena knows of one attached thread
 *
 * Picture (256 B; offsets grow downwards)
 *
 *	  0  magic
 *	  8  state        FREE, USED or BROKEN
 *	 16  process      the process's byte number
 *	 64  life         the robust futex word: the kernel marks it at death
 *	 84  robust       the robust-list node: two pointers of the owner's
 *			  process, read and written by its libc and its kernel
 *	104  pid, tid     in the owner's own namespace; for people, never for
 *			  decisions
 *	120  in_txn       1 while a transaction is open; for statistics
 *	128  claimed_at   ns since 1970
 *	136  boot         the owner's tarn_arena.boot: what is in flight in a slot
 *			  of another boot cannot be put right
 *	144  waits_for    the lock word that the thread sleeps for; for people,
 *			  and a hint: who leaves a wait by longjmp leaves it
 *
 * The node lies where the owner's libc has it in its own robust mutexes,
 * since one distance between futex and node holds for all of a thread's
 * list: glibc's "next" is 32 bytes after the futex, musl's 28 (which need
 * not be aligned), and "prev" is right before it.  So 84 to 104 is theirs.
 *
 * dead(slot) = life has OWNER_DIED, or the process's byte is free.  Either
 * alone is proof; neither can be a false alarm.
 *
 * BROKEN: the slot's thread has ended, and its log could not be understood
 * (a wild store).  That is for good: nobody claims or recovers the slot, the
 * locks that it holds stay held, and who waits for one gets TARN_CORRUPT.
 *
 * Who may write what
 *	life		its thread, at claim and release; the kernel, at death
 *	robust		the owner's thread and its libc: while it is linked, also
 *			when a neighbour in the list comes or goes
 *	state		FREE and BROKEN: its thread, at release; else as the rest
 *	in_txn		its thread; who recovers it
 *	waits_for	its thread; who claims it
 *	the rest	whoever holds the slot's recovery byte
 */
#ifndef TARN_MEMBER_LAYOUT_H
#define TARN_MEMBER_LAYOUT_H

#include "arena/layout.h"

#define TARN_SLOT_MAGIC UINT64_C(0x544f4c53) /* "SLOT" */

enum tarn_slot_state {
	TARN_SLOT_FREE = 0,
	TARN_SLOT_USED = 1,
	TARN_SLOT_BROKEN = 2,
};

struct tarn_slot_shm {
	uint64_t magic;
	uint64_t state;
	uint64_t process;
	uint64_t spare0[5];
	uint32_t life;
	uint32_t spare1[4];
	uint32_t robust[5]; /* two pointers; see above */
	uint64_t pid;
	uint64_t tid;
	uint64_t in_txn;
	uint64_t claimed_at; /* ns since 1970 */
	uint64_t boot;
	tarn_off waits_for;
	uint64_t spare2[13];
};

_Static_assert(sizeof(struct tarn_slot_shm) == TARN_SLOT_SIZE, "format");
_Static_assert(__builtin_offsetof(struct tarn_slot_shm, life) == 64, "format");
_Static_assert(__builtin_offsetof(struct tarn_slot_shm, robust) == 84, "format");
_Static_assert(__builtin_offsetof(struct tarn_slot_shm, pid) == 104, "format");

#endif
