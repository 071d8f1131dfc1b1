// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_script.h -- states and operations of hash maps, written as scripts
 *
 * A world is one arena seen through one mapping, with two maps in it, a and
 * b.  A script is words with blanks between them; each is a call:
 *
 *	pA3		put key A3			pA0-6	seven of them
 *	pA3=2		put it with value 2 (see below)
 *	iA3		insert		eA3	erase	fA3	fetch_add
 *	cA3=0>2		compare value 0 and swap in value 2
 *	C		clear		gN	free N pieces of the graveyard
 *	+x  -x  x>y	create map x, remove object x, rename it to y; there are a
 *			to d; d's name is longer, and in c's chain
 *	(  (a  (b	begin a transaction of both, of a, of b
 *	t		add map b to it			)	commit
 *	!		abort
 *	F		take all memory that there is
 *	S		as if another slot had done all so far
 *
 * b. before a word: map b instead of a.  ?N behind it: it shall fail with
 * -N.  A step of a script is one word, or all from ( to ) or !.
 *
 * Keys are chosen by their hashes: all of a letter have the same home bucket
 * and the same lowest six bits.
 *
 *	A  home 0, 000000	D  home 1, 000000
 *	B  home 0, 000001	E  home 1, 000001
 *	C  home 0, 010000	J  home 2, 000000
 *	G  home 0, 100000	K  home 3, 000000
 *	H  home 0, 000011
 *
 * Values: 0 to 9, of more and more bytes where they have a length; 9 is
 * longer than any block.
 */
#ifndef TARN_TESTS_HASHMAP_SCRIPT_H
#define TARN_TESTS_HASHMAP_SCRIPT_H

#include "container/hashmap.h"

#define SCRIPT_MAPS 2u
#define SCRIPT_NAMES 4u /* a, b, and two that scripts may make */
#define SCRIPT_KEYS 96u
#define SCRIPT_VALUE_MOST 33000u
#define SCRIPT_HELD 64u

/* The last is of f64: a word like others, but not one for the short way. */
enum script_layout { WORD_WORD, WORD_BYTES, BYTES_WORD, BYTES_BYTES, REAL_WORD, SCRIPT_LAYOUTS };

struct script_world {
	struct tarn_arena *arena;
	struct tarn_object maps[SCRIPT_MAPS]; /* handles as they were at first: of a and b */
	struct tarn_txn *txn;
	char why[64]; /* the word that did not do what it should; empty: all did */
};

/* A key, as each map has it. */
struct script_key {
	char letter;
	unsigned number;
	struct {
		char bytes[24];
		size_t size;
		uint64_t hash;
	} in[SCRIPT_MAPS];
};

extern struct script_key script_keys[SCRIPT_KEYS];
extern unsigned script_key_count;
extern const char *const script_names[SCRIPT_NAMES];
extern tarn_off script_held[SCRIPT_HELD]; /* by F */
extern unsigned script_held_count;

/* Open an arena of this process with maps of such layouts, and know all keys that scripts name. */
void script_open(struct script_world *world, enum script_layout a, enum script_layout b);
void script_learn(const char *script);
/* The key of that letter and number; it is learnt if need be. */
unsigned script_key(char letter, unsigned number);

/* The value of that number for a key; its size. */
size_t script_value(const struct tarn_object *map, unsigned key, unsigned number, void *bytes);

/* The map and the letter of the first key in a step; false: it names none. */
bool script_first_key(const char *script, unsigned *map, char *letter);

/* The one arena is as the other now: what handles remember of it, too. */
void script_remember(struct script_world *world, const struct script_world *of);

/* The same world in another mapping of its arena. */
void script_world_in(struct script_world *world, const struct script_world *of,
		     struct tarn_arena *arena);

/* Where the next step begins; NULL: there is none. */
const char *script_next_step(const char *script);
/* Do one step. */
void script_step(struct script_world *world, const char *script);
/* Do all of it. */
void script_run(struct script_world *world, const char *script);

#endif
