// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * process.h -- between the files of src/member
 *
 * Not for the floors above.
 */
#ifndef TARN_MEMBER_PROCESS_H
#define TARN_MEMBER_PROCESS_H

#include "member/member.h"

#define TARN_PROCESS_NONE UINT64_MAX

/* This process's attachment to one arena; private memory. */
struct tarn_member {
	struct tarn_arena *arena;
	struct tarn_member *next; /* the process's other arenas; under the lock of fork.c */
	uint64_t process; /* number of the byte we hold; TARN_PROCESS_NONE for a reader */
	void *pin; /* the mapping that keeps the description which holds it */
	uint64_t prober; /* a descriptor for questions; atomic.  Nothing is locked through it */
};

/* ---- process.c ------------------------------------------------------------------------------- */

/* Take a byte for this process and pin it.  Not while another thread can fork. */
int tarn__process_hold(struct tarn_arena *arena);
void tarn__process_release(struct tarn_arena *arena);

/* Whether nobody holds the byte.  False if that cannot be told. */
bool tarn__process_gone(struct tarn_arena *arena, uint64_t process);

/* Hold a slot's recovery byte.  TARN_BUSY if somebody does; never waits.  Under arena->mutex. */
int tarn__recovery_begin(struct tarn_arena *arena, uint64_t index, void **pin);
void tarn__recovery_end(void *pin);

/* ---- slot.c ---------------------------------------------------------------------------------- */

int tarn__slot_claim(struct tarn_arena *arena, uint64_t *index);
void tarn__slot_release(struct tarn_arena *arena, uint64_t index, bool broken);
bool tarn__slots_name(struct tarn_arena *arena, uint64_t process); /* some USED slot does */
uint64_t tarn__slots_used(struct tarn_arena *arena);
uint64_t tarn__slots_broken(struct tarn_arena *arena);

/* ---- thread.c -------------------------------------------------------------------------------- */

/* Give back this thread's slot in the arena, if it has one. */
void tarn__thread_leave(struct tarn_arena *arena);

/* ---- fork.c ---------------------------------------------------------------------------------- */

/* Keep other threads from forking; join and leave the list of arenas meanwhile. */
void tarn__arenas_lock(void);
void tarn__arenas_unlock(void);
void tarn__arenas_join(struct tarn_member *member);
void tarn__arenas_leave(struct tarn_member *member);

/* The arena that has this serial number now; NULL if none has. */
struct tarn_arena *tarn__arenas_find(uint64_t serial);

/* This thread is inside fork(), in a handler. */
bool tarn__arenas_forking(void);

/* In a forked child: let go of all that is the parent's. */
void tarn__member_disown(struct tarn_arena *arena);

#endif
