// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.h -- looking at a vector, and holding one, for all files of it
 *
 *	vector.c	calls that change: one element, the end, many elements
 *	vector_read.c	calls that only read
 *	vector_change.c	a part replaced by another; growing; create, dismantle
 *	vector_sort.c	sort
 *	vector_check.c	is a vector whole?
 *
 * A look is what was found from the root: the area, its length and
 * capacity, each compared with what there is room for.  Who holds the root's
 * node looks once; a reader looks, copies, and sees then whether the node is
 * as it was (W5).
 *
 * A writer holds the root's node, and nothing else of the vector's.  It ends
 * in one of four ways: by leaving (nothing was changed), by letting go after
 * elements were added, by unlocking after one store, or by a commit.  In a
 * transaction all of them are the transaction's.
 */
#ifndef TARN_CONTAINER_VECTOR_H
#define TARN_CONTAINER_VECTOR_H

#include "base/words.h"
#include "catalog/catalog.h"
#include "catalog/key.h"
#include "container/root.h"
#include "container/vector_layout.h"
#include "txn/object.h"

#include <stdlib.h>
#include <string.h>
#include <tarn/vector.h>

struct tarn_vector_look {
	tarn_off off;
	struct tarn_area_shm *area;
	uint64_t length, capacity;
};

/* A call that writes, with the node locked. */
struct tarn_vector_writer {
	struct tarn_object *vector;
	struct tarn_lane *lane;
	struct tarn_vector_look look;
};

/* Elements [at, at + removed) are replaced by others. */
struct tarn_splice {
	uint64_t at, removed, inserted;
	const void *values; /* private memory; NULL: zeros */
	bool alike;	    /* values is one element, which all the new ones are */
};

/* What an operation is asked for, and what it tells. */
struct tarn_vector_call {
	struct tarn_splice splice;
	const void *expected;
	uint64_t expected_size; /* of a string */
	void *value;	 /* room */
	uint64_t number; /* in and out */
	bool whole;	 /* a reader's answer depends on the length */
};

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__vector_object(struct tarn_vector *vector)
{
	return (struct tarn_object *)vector;
}

/* Elements can be of that kind and size: numbers, or bytes in an order or in none. */
static inline bool
tarn__vector_key_fits(uint64_t key, uint64_t size)
{
	return key == TARN_KEY_NONE || key == TARN_KEY_BYTES || key == TARN_KEY_CUSTOM ||
	       tarn__number_size(key) == size;
}

/* Of an entry; 0: none. */
static inline uint64_t
tarn__vector_limit(const struct tarn_root_shm *root)
{
	return tarn__load(&TARN_CONTAINER_OF(root, const struct tarn_entry_shm, root)->limit);
}

/* Bytes of an area; false: no arena has so many. */
static inline bool
tarn__vector_area_size(const struct tarn_arena *arena, uint64_t elements, uint64_t size,
		       uint64_t *bytes)
{
	if (__builtin_mul_overflow(elements, size, bytes) || *bytes > arena->fixed.max_size)
		return false;
	*bytes = sizeof(struct tarn_area_shm) + tarn__round_up(*bytes, 8);
	return true;
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* From the root to the area; false: not now, or not at all. */
static TARN_HOT bool
tarn__vector_look(const struct tarn_object *vector, struct tarn_vector_look *look)
{
	look->off = tarn__load(&vector->root->structure);
	look->area = tarn__at(vector->arena, look->off, sizeof(*look->area), 16);
	if (unlikely(!look->area) || unlikely(look->off < vector->arena->fixed.data_off))
		return false;
	look->length = tarn__load_acquire(&look->area->length);
	look->capacity = tarn__load(&look->area->capacity);
	return likely(look->length <= look->capacity) && likely(look->capacity <= TARN_ELEMENTS_MAX);
}

/*
 * The words that these elements, below the capacity, are part of; NULL: they
 * are not all there.  *first: the byte of the first word with which they begin.
 */
static TARN_HOT uint64_t *
tarn__vector_words_sized(const struct tarn_object *vector, const struct tarn_vector_look *look,
			 uint64_t size, uint64_t index, uint64_t count, unsigned *first)
{
	uint64_t begin = index * size;

	*first = begin & 7;
	return tarn__at(vector->arena, look->off + sizeof(*look->area) + (begin & ~UINT64_C(7)),
			tarn__round_up(*first + count * size, 8), 8);
}

static TARN_HOT uint64_t *
tarn__vector_words(const struct tarn_object *vector, const struct tarn_vector_look *look,
		   uint64_t index, uint64_t count, unsigned *first)
{
	return tarn__vector_words_sized(vector, look, vector->value_size, index, count, first);
}

/* ---- bytes of words ---------------------------------------------------------------------------- */

/*
 * Long runs of bytes are moved by memcpy(): those read are validated
 * afterwards, those written are nobody's yet (W2).  The sanitizer, and the
 * tests that die at every store, have to see words.
 */
#ifdef __SANITIZE_THREAD__
enum { TARN_MOVES_BYTES = 0 };
#else
enum { TARN_MOVES_BYTES = 1 };
#endif

/* Copy out size bytes, which begin at byte `first` of the first word. */
void tarn__bytes_out_slowly(void *to, const uint64_t *from, unsigned first, uint64_t size);

/* Store size bytes; the others of the first and the last word stay.  from NULL: zeros. */
void tarn__bytes_in_slowly(uint64_t *to, unsigned first, const void *from, uint64_t size);

/* Each word that is to be another, with its record.  The node is DIRTY. */
void tarn__bytes_log(struct tarn_lane *lane, uint64_t *to, unsigned first, const char *from,
		     uint64_t size);

static TARN_HOT void
tarn__bytes_out(void *to, const uint64_t *from, unsigned first, uint64_t size)
{
	uint64_t word;

	if (unlikely(size != sizeof(word)) || unlikely(first)) {
		tarn__bytes_out_slowly(to, from, first, size);
		return;
	}
	word = tarn__load(from);
	memcpy(to, &word, sizeof(word));
}

static TARN_HOT void
tarn__bytes_in(uint64_t *to, unsigned first, const void *from, uint64_t size)
{
	if (unlikely(size != 8) || unlikely(first) || unlikely(!from))
		tarn__bytes_in_slowly(to, first, from, size);
	else
		tarn__store(to, tarn__word_of(from, 8));
}

/* These elements, below the length; TARN_CORRUPT: they are not all there. */
static TARN_HOT int
tarn__vector_take(const struct tarn_object *vector, const struct tarn_vector_look *look,
		  uint64_t index, uint64_t count, void *values)
{
	unsigned first;
	const uint64_t *words = tarn__vector_words(vector, look, index, count, &first);

	if (unlikely(!words))
		return TARN_CORRUPT;
	tarn__bytes_out(values, words, first, count * vector->value_size);
	return 0;
}

/*
 * Where an element is until it is known to be the answer: what others change
 * while it is copied is not, and a call that fails leaves its caller's room
 * as it was.  A deque's calls have one, too.
 */
enum { TARN_ELEMENT_SMALL = 256 };

struct tarn_element {
	void *at; /* here, or malloc'ed */
	uint64_t size;
	uint64_t here[TARN_ELEMENT_SMALL / 8];
};

/* NULL: no memory. */
static TARN_HOT void *
tarn__element_begin(struct tarn_element *element, uint64_t size)
{
	element->size = size;
	element->at = likely(size <= sizeof(element->here)) ? element->here : malloc(size);
	return element->at;
}

/* Out with it, if it is the answer; the code. */
static TARN_HOT int
tarn__element_end(struct tarn_element *element, void *to, int code)
{
	if (likely(!code) && likely(element->size == 8))
		memcpy(to, element->at, 8);
	else if (!code)
		memcpy(to, element->at, element->size);
	if (unlikely(element->at != element->here))
		free(element->at);
	return code;
}

/* ---- writers ----------------------------------------------------------------------------------- */

/* Begin a call that writes, lock the node, look.  On failure the call has ended. */
int tarn__vector_begin(struct tarn_vector_writer *w, struct tarn_object *vector);

/* End it: an answer, after what was changed was unlocked or nothing was; or a failure, which undoes all. */
int tarn__vector_end(struct tarn_vector_writer *w, int code);

/* Codes that are answers; what was locked is unlocked, or the transaction's. */
static inline bool
tarn__vector_is_answer(int code)
{
	return code == 0 || code == TARN_NOT_FOUND || code == TARN_MISMATCH || code == TARN_TYPE;
}

/* Elements were added, or nothing at all: the node's word is as it was before. */
static TARN_HOT void
tarn__vector_let_go(struct tarn_vector_writer *w)
{
	tarn__root_let_go(w->vector, w->lane);
}

/* Nothing was changed by this call. */
static inline int
tarn__vector_leave(struct tarn_vector_writer *w, int code)
{
	if (!w->vector->txn)
		tarn__vector_let_go(w);
	return code;
}

/* Whether what is stored in the area's free room, or by one store, needs no log (W2, W6). */
static TARN_HOT bool
tarn__vector_needs_no_log(const struct tarn_vector_writer *w)
{
	return likely(!w->vector->txn) ||
	       (tarn__load(&w->look.area->made_at) == tarn__load(&w->vector->root->node) &&
		tarn__load(&w->look.area->made_for) == w->vector->root_off);
}

/*
 * Begin, do it, end; once more if there was no memory, and the graveyard had
 * some.  The operation unlocks, leaves or commits; where it fails it need not.
 */
typedef int tarn__vector_operation(struct tarn_vector_writer *w, struct tarn_vector_call *call);
int tarn__vector_write(struct tarn_object *vector, tarn__vector_operation *operation,
		       struct tarn_vector_call *call);

/* What this thread has freed, and what nobody has freed yet of what was removed: the room that is missing? */
void tarn__vector_give_back(struct tarn_arena *arena);

/* The call's splice, if that range is one of the vector's, or TARN_NOT_FOUND; TARN_VECTOR_END goes to the end. */
int tarn__vector_replace(struct tarn_vector_writer *w, struct tarn_vector_call *call);

/* ---- vector_read.c ----------------------------------------------------------------------------- */

/*
 * What a reader takes from a look, which may be wrong: TARN_CORRUPT if it
 * makes no sense.  call->number is the node's word that was looked at; with
 * call->whole the answer depends on the length.
 */
typedef int tarn__vector_taker(const struct tarn_object *vector,
			       const struct tarn_vector_look *look, struct tarn_vector_call *call);

/* Have it take until what it took was true: without a lock, or in a transaction under it. */
int tarn__vector_read(struct tarn_object *vector, tarn__vector_taker *take,
		      struct tarn_vector_call *call);

/* ---- vector_change.c --------------------------------------------------------------------------- */

/* A new area, of no elements; with exact no larger than was asked for. */
int tarn__vector_make(struct tarn_lane *lane, uint64_t capacity, uint64_t size, bool exact,
		      struct tarn_vector_look *made);

/* Replace elements; all of it happens or nothing.  The range is one of the vector's. */
int tarn__vector_splice(struct tarn_vector_writer *w, const struct tarn_splice *splice);

/* Room for so many elements in all: where it lies, or in a new area, which this commits. */
int tarn__vector_reserve(struct tarn_vector_writer *w, struct tarn_vector_call *call);
int tarn__vector_shrink(struct tarn_vector_writer *w, struct tarn_vector_call *call);

/* Both handles belong to the transaction whose lane it is; gates are held. */
int tarn__vector_exchange(struct tarn_lane *lane, struct tarn_object *one,
			  struct tarn_object *other);

/* Of struct tarn_kind_ops; for strings too, which are vectors of bytes. */
int tarn__vector_create(struct tarn_lane *lane, struct tarn_entry_shm *entry);
int tarn__vector_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done);
int tarn__vector_check(struct tarn_checker *checker, struct tarn_entry_shm *entry);

#endif
