// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * baton.h -- two or three threads of which one runs at a time, and one may die
 *
 * A play has a setup, and actors with a slot each; an actor makes one call.
 * Before each access to shared words its baton may go to another actor, as a
 * plan says; before any store into the arena it may be the actor's last.
 *
 *	plan	A --------> | preempted          ----------------> done
 *		            `-> B ----> X dies   ^ recovers B when it
 *		                                   meets what B holds
 *
 * Every plan of no, one and two preemptions is played (of calls with many
 * accesses, every so manieth), every death at none and one, and random ones.
 * Afterwards the dead are put right, tarn_check() must find nothing, and what
 * the calls said and what is there must be what they say and leave in one
 * order, one after the other: an order in which no call comes before one that
 * had ended when it began.  The call of the dead has happened, or has not.
 *
 * Memory is sequentially consistent here: what one actor stores the others
 * see at once, and in that order.  What a machine reorders is the stress
 * tests' business.
 */
#ifndef TARN_TESTS_BATON_H
#define TARN_TESTS_BATON_H

#include "member/member.h"

enum { BATON_ACTORS = 3 };

struct baton_play {
	const char *name; /* without a colon */
	unsigned actors;
	/* open an arena of more than BATON_ACTORS slots, call baton_open(), and prepare */
	void (*setup)(const void *arg);
	const void *arg;
	uint64_t (*act)(unsigned actor); /* what the call said, as a number */
	/* what there is, as a number; by somebody who comes later.  NULL: any order will do */
	uint64_t (*image)(void);
	bool foreign; /* blocks of nobody's are the play's own */
};

/* Make the actors' slots in it. */
void baton_open(struct tarn_arena *arena);

/* In setup(): call this when the arena is as after setup() again, its nodes' versions too. */
void baton_when_restored(void (*call)(void));

/* In setup(): from here on calls are this actor's. */
void baton_as(unsigned actor);

/* In image(): whether the actor's call has returned, in this run. */
bool baton_finished(unsigned actor);

/* In act() and image(): this must not be. */
_Noreturn void baton_fail(const char *why);
#define baton_must(claim) ((claim) ? (void)0 : baton_fail(#claim))

/* All plays, or those whose name begins so; what main() returns. */
int baton_main(const struct baton_play *plays, unsigned count, const char *only);

/* A play of calls written as words: of two actors, or of three. */
struct baton_words {
	const char *name, *setup;
	const char *calls[BATON_ACTORS];
	unsigned layout; /* of keys and values, where there are several */
};

/* The same of plays that differ in their words alone, which setup() is told. */
int baton_main_words(const struct baton_words *words, unsigned count, const struct baton_play *play,
		     const char *only);

/* What a call said, as a number: its code, or the value, whose lowest bit is not seen. */
static inline uint64_t
baton_said(int code, uint64_t value)
{
	return code ? (uint64_t)(uint32_t)-code << 32 : value | 1;
}

#endif
