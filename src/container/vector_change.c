// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_change.c -- a part of a vector is replaced by another
 *
 * All changes but those of single words are one: elements [at, at + removed)
 * make place for others.  It is done in the first of these ways that will do:
 *
 *	append		the new elements are stored beyond the length; the
 *			store of the length commits.  Readers go on.
 *	cut		one store of the length
 *	one word	one store of it
 *	logged		all words from `at` on, each with its record, under DIRTY
 *	moved		a new area is filled aside, and one reference swings
 *
 * In a transaction only the last two do: what lies beyond the length may be
 * what an earlier call has cut off, and comes back if all is undone (W2).
 * But an area that the transaction has made is its own (W6).
 *
 * An area grows where it lies, as long as what follows is free: its block
 * becomes longer, at once, and then its capacity says so.  That is true
 * whatever becomes of the operation, so it is not logged.
 *
 * Who may write what: who holds the root's node.
 *
 * On death: before the length is stored, or the commit, nothing has
 * happened.  A block that has become longer stays so, with the capacity
 * that it had before; the next who needs room finds it.
 */
#include "container/vector.h"

#include "base/arith.h"
#include "container/kinds.h"

#include <stdlib.h>

#define BUFFER 1024u

/* ---- bytes of words ---------------------------------------------------------------------------- */

/* So many bytes are worth a call. */
#define MANY_BYTES 64u

static const void *
skip(const void *from, uint64_t bytes)
{
	return from ? (const char *)from + bytes : NULL;
}

/* A few bytes of one word. */
static void
word_in(uint64_t *to, unsigned first, const void *from, uint64_t size)
{
	uint64_t word = tarn__load(to);

	if (from)
		memcpy((char *)&word + first, from, size);
	else
		memset((char *)&word + first, 0, size);
	tarn__store(to, word);
}

static void
words_in(uint64_t *to, const void *from, uint64_t words)
{
	if (TARN_MOVES_BYTES && words >= MANY_BYTES / 8) {
		if (from)
			memcpy(to, from, 8 * words);
		else
			memset(to, 0, 8 * words);
		return;
	}
	for (uint64_t i = 0; i < words; i++)
		tarn__store(&to[i], from ? tarn__word_of((const char *)from + 8 * i, 8) : 0);
}

void
tarn__bytes_in_slowly(uint64_t *to, unsigned first, const void *from, uint64_t size)
{
	uint64_t begin = first ? tarn__min(8 - first, size) : 0;

	if (begin)
		word_in(to++, first, from, begin);
	from = skip(from, begin);
	size -= begin;
	words_in(to, from, size / 8);
	if (size % 8)
		word_in(to + size / 8, 0, skip(from, size & ~UINT64_C(7)), size % 8);
}

void
tarn__bytes_out_slowly(void *to, const uint64_t *from, unsigned first, uint64_t size)
{
	uint64_t begin = first ? tarn__min(8 - first, size) : 0, word;

	if (TARN_MOVES_BYTES && size >= MANY_BYTES) {
		memcpy(to, (const char *)from + first, size);
		return;
	}
	if (begin) {
		word = tarn__load(from++);
		memcpy(to, (const char *)&word + first, begin);
	}
	tarn__words_out((char *)to + begin, from, size - begin);
}

/* From one area to another, whatever the place in a word; in a damaged arena they may overlap. */
static void
bytes_over(uint64_t *to, unsigned to_first, const uint64_t *from, unsigned first, uint64_t size)
{
	char buffer[BUFFER];
	uint64_t piece;

	if (TARN_MOVES_BYTES && size >= MANY_BYTES) {
		memmove((char *)to + to_first, (const char *)from + first, size);
		return;
	}
	for (uint64_t done = 0; done < size; done += piece) {
		uint64_t at = first + done, to_at = to_first + done;

		piece = tarn__min(size - done, sizeof(buffer));
		tarn__bytes_out(buffer, from + at / 8, at % 8, piece);
		tarn__bytes_in(to + to_at / 8, to_at % 8, buffer, piece);
	}
}

/* The new elements of a splice, where the first of them is to be. */
static void
values_in(uint64_t *to, unsigned first, const struct tarn_splice *splice, uint64_t size)
{
	if (!splice->alike) {
		tarn__bytes_in(to, first, splice->values, splice->inserted * size);
		return;
	}
	for (uint64_t i = 0, at = first; i < splice->inserted; i++, at += size)
		tarn__bytes_in(to + at / 8, at % 8, splice->values, size);
}

/* ---- areas ------------------------------------------------------------------------------------- */

int
tarn__vector_make(struct tarn_lane *lane, uint64_t capacity, uint64_t size, bool exact,
		  struct tarn_vector_look *made)
{
	uint64_t bytes, usable;
	int code;

	if (!tarn__vector_area_size(lane->arena, capacity, size, &bytes))
		return TARN_TOO_BIG;
	code = tarn__heap_alloc(lane, bytes, &made->off);
	if (code)
		return code;
	usable = tarn__heap_usable(lane->arena, made->off);
	made->area = tarn__at(lane->arena, made->off, bytes, 16);
	if (!made->area || usable < bytes)
		return TARN_CORRUPT;
	made->length = 0;
	made->capacity = exact ? capacity : (usable - sizeof(*made->area)) / size;
	tarn__store(&made->area->length, 0);
	tarn__store(&made->area->capacity, made->capacity);
	tarn__store(&made->area->made_at, 0);
	tarn__store(&made->area->made_for, 0);
	return 0;
}

/* The same for an area that has to grow: twice as large, if that can be had. */
static int
make_larger_area(struct tarn_vector_writer *w, uint64_t needed, struct tarn_vector_look *made)
{
	uint64_t size = w->vector->value_size;
	uint64_t doubled = tarn__max(needed, 2 * w->look.capacity);
	int code = tarn__vector_make(w->lane, doubled, size, false, made);

	if ((code == TARN_FULL || code == TARN_TOO_BIG) && doubled > needed)
		code = tarn__vector_make(w->lane, needed, size, false, made);
	return code;
}

/* Longer where it lies; TARN_FULL: it cannot be. */
static int
extend(struct tarn_vector_writer *w, uint64_t needed)
{
	struct tarn_vector_look *look = &w->look;
	uint64_t size = w->vector->value_size, have, least;
	int code;

	if (!tarn__vector_area_size(w->vector->arena, look->capacity, size, &have) ||
	    !tarn__vector_area_size(w->vector->arena, needed, size, &least))
		return TARN_TOO_BIG;
	code = tarn__heap_extend(w->lane, look->off,
				 tarn__max(least, have + tarn__min(have / 2, TARN_VECTOR_STEP)));
	if (code == TARN_FULL)
		code = tarn__heap_extend(w->lane, look->off, least);
	if (code)
		return code;
	have = tarn__heap_usable(w->vector->arena, look->off);
	look->capacity = (have - sizeof(*look->area)) / size;
	tarn__store(&look->area->capacity, look->capacity);
	return look->capacity >= needed ? 0 : TARN_CORRUPT;
}

/* Chunks of their own go back at once: there may be many of them. */
static int
commit(struct tarn_vector_writer *w, uint64_t freed)
{
	int code = tarn__commit(w->lane);

	if (!code && freed > TARN_BLOCK_MAX)
		tarn__lane_heap->tidy(w->lane);
	return code;
}

/* The new area takes the old one's place. */
static int
swing(struct tarn_vector_writer *w, const struct tarn_vector_look *made)
{
	struct tarn_root_shm *root = w->vector->root;
	uint64_t freed = tarn__heap_usable(w->lane->arena, w->look.off);
	int code = tarn__heap_free(w->lane, w->look.off);

	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code == TARN_INVALID ? TARN_CORRUPT : code;
	tarn__root_swing(w->lane, root, made->off);
	if (!w->vector->txn)
		return commit(w, freed);
	tarn__store(&made->area->made_at, tarn__load(&root->node));
	tarn__store(&made->area->made_for, w->vector->root_off);
	return 0;
}

/* ---- the ways ---------------------------------------------------------------------------------- */

static int
append(struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	unsigned first;
	uint64_t *words = tarn__vector_words(w->vector, &w->look, splice->at, splice->inserted,
					     &first);

	if (!words)
		return TARN_CORRUPT;
	values_in(words, first, splice, w->vector->value_size);
	tarn__barrier();
	tarn__store_release(&w->look.area->length, splice->at + splice->inserted);
	return tarn__vector_leave(w, 0);
}

/* Something was changed, and that was all. */
static int
unlock(struct tarn_vector_writer *w)
{
	if (!w->vector->txn)
		tarn__unlock(w->lane, &w->vector->root->node);
	return 0;
}

static int
cut(struct tarn_vector_writer *w, uint64_t length)
{
	tarn__store(&w->look.area->length, length);
	return unlock(w);
}

/* Whether all that changes is one word. */
static bool
is_one_word(const struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	uint64_t size = w->vector->value_size;

	return splice->removed == splice->inserted && splice->inserted <= 8 &&
	       (splice->at * size & 7) + splice->inserted * size <= 8;
}

static int
store_word(struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	unsigned first;
	uint64_t *word = tarn__vector_words(w->vector, &w->look, splice->at, splice->inserted,
					    &first);

	if (!word)
		return TARN_CORRUPT;
	tarn__bytes_in(word, first, splice->values, splice->inserted * w->vector->value_size);
	return unlock(w);
}

/* Elements behind those that are removed, if they get other places. */
static uint64_t
elements_shifted(const struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	if (splice->removed == splice->inserted)
		return 0;
	return w->look.length - splice->at - splice->removed;
}

/* Words that a logged change stores, at most. */
static uint64_t
words_changed(const struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	uint64_t elements = splice->inserted + elements_shifted(w, splice);

	return elements ? elements * w->vector->value_size / 8 + 2 : 0;
}

/* So that a transaction of many changes still has some of its log for others. */
static bool
fits_log(const struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	uint64_t logged = tarn__commit_words(w->lane->commit);

	return logged < TARN_LIST_MAX / 2 &&
	       words_changed(w, splice) <= (TARN_LIST_MAX - logged) / 4;
}

/* In private memory: all elements from the splice's first on, as they are to be. */
static int
new_tail(struct tarn_vector_writer *w, const struct tarn_splice *splice, char *tail)
{
	uint64_t size = w->vector->value_size, shifted = elements_shifted(w, splice);
	const uint64_t *words;
	unsigned first;

	for (uint64_t i = 0; splice->alike && i < splice->inserted; i++)
		memcpy(tail + i * size, splice->values, size);
	if (!splice->alike && splice->values)
		memcpy(tail, splice->values, splice->inserted * size);
	else if (!splice->alike)
		memset(tail, 0, splice->inserted * size);
	if (!shifted)
		return 0;
	words = tarn__vector_words(w->vector, &w->look, splice->at + splice->removed, shifted,
				   &first);
	if (!words)
		return TARN_CORRUPT;
	tarn__bytes_out(tail + splice->inserted * size, words, first, shifted * size);
	return 0;
}

void
tarn__bytes_log(struct tarn_lane *lane, uint64_t *to, unsigned first, const char *from,
		uint64_t size)
{
	uint64_t word, piece;

	for (; size; size -= piece, from += piece, first = 0, to++) {
		piece = tarn__min(8 - first, size);
		word = tarn__load(to);
		memcpy((char *)&word + first, from, piece);
		if (word != tarn__load(to))
			tarn__set(lane, to, word);
	}
}

static int
log_tail(struct tarn_vector_writer *w, const struct tarn_splice *splice, const char *tail)
{
	uint64_t elements = splice->inserted + elements_shifted(w, splice);
	uint64_t length = w->look.length - splice->removed + splice->inserted;
	uint64_t *words = w->look.area->words;
	unsigned first = 0;
	int code = tarn__lane_reserve(w->lane, words_changed(w, splice) + 1, 0, 0, 0);

	if (code)
		return code;
	if (elements)
		words = tarn__vector_words(w->vector, &w->look, splice->at, elements, &first);
	if (!words)
		return TARN_CORRUPT;
	tarn__dirty(&w->vector->root->node);
	tarn__bytes_log(w->lane, words, first, tail, elements * w->vector->value_size);
	if (length != w->look.length)
		tarn__set(w->lane, &w->look.area->length, length);
	return w->vector->txn ? 0 : tarn__commit(w->lane);
}

static int
change_logged(struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	uint64_t bytes = 8 * words_changed(w, splice);
	char buffer[BUFFER];
	char *tail = bytes <= sizeof(buffer) ? buffer : malloc(bytes);
	int code = tail ? new_tail(w, splice, tail) : TARN_SYSTEM;

	if (!code)
		code = log_tail(w, splice, tail);
	if (tail != buffer)
		free(tail);
	return code;
}

/* Elements of the old area, into the new one. */
static int
carry(struct tarn_vector_writer *w, uint64_t from, uint64_t count,
      const struct tarn_vector_look *made, uint64_t to)
{
	const uint64_t *words;
	uint64_t *new_words;
	unsigned first, new_first;

	if (!count)
		return 0;
	words = tarn__vector_words(w->vector, &w->look, from, count, &first);
	new_words = tarn__vector_words(w->vector, made, to, count, &new_first);
	if (!words || !new_words)
		return TARN_CORRUPT;
	bytes_over(new_words, new_first, words, first, count * w->vector->value_size);
	return 0;
}

static int
fill_area(struct tarn_vector_writer *w, const struct tarn_splice *splice,
	  const struct tarn_vector_look *made)
{
	uint64_t behind = splice->at + splice->removed, rest = w->look.length - behind;
	uint64_t *words = NULL;
	unsigned first;
	int code = carry(w, 0, splice->at, made, 0);

	if (!code && splice->inserted) {
		words = tarn__vector_words(w->vector, made, splice->at, splice->inserted, &first);
		if (!words)
			return TARN_CORRUPT;
		values_in(words, first, splice, w->vector->value_size);
	}
	if (!code)
		code = carry(w, behind, rest, made, splice->at + splice->inserted);
	if (!code)
		tarn__store(&made->area->length, splice->at + splice->inserted + rest);
	return code;
}

static int
change_aside(struct tarn_vector_writer *w, const struct tarn_splice *splice,
	     const struct tarn_vector_look *made)
{
	int code = fill_area(w, splice, made);

	return code ? code : swing(w, made);
}

/* ---- which way --------------------------------------------------------------------------------- */

static int
change_in_place(struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	bool at_end = splice->at + splice->removed == w->look.length, free = tarn__vector_needs_no_log(w);
	struct tarn_vector_look made;
	int code;

	if (free && at_end && !splice->removed)
		return append(w, splice);
	if (free && at_end && !splice->inserted)
		return cut(w, splice->at);
	if (free && is_one_word(w, splice))
		return store_word(w, splice);
	if (fits_log(w, splice))
		return change_logged(w, splice);
	code = tarn__vector_make(w->lane, w->look.capacity, w->vector->value_size,
				 tarn__vector_limit(w->vector->root) != 0, &made);
	return code ? code : change_aside(w, splice, &made);
}

int
tarn__vector_splice(struct tarn_vector_writer *w, const struct tarn_splice *splice)
{
	struct tarn_vector_look made;
	uint64_t length;
	int code;

	if (!splice->removed && !splice->inserted)
		return tarn__vector_leave(w, 0);
	if (__builtin_add_overflow(w->look.length - splice->removed, splice->inserted, &length))
		return TARN_TOO_BIG;
	if (likely(length <= w->look.capacity))
		return change_in_place(w, splice);
	if (tarn__vector_limit(w->vector->root))
		return TARN_FULL;
	code = extend(w, length);
	if (!code)
		return change_in_place(w, splice);
	if (code == TARN_FULL)
		code = make_larger_area(w, length, &made);
	return code ? code : change_aside(w, splice, &made);
}

/* ---- room -------------------------------------------------------------------------------------- */

int
tarn__vector_reserve(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	const struct tarn_splice nothing = { .at = w->look.length };
	struct tarn_vector_look made;
	int code;

	if (call->number <= w->look.capacity)
		return tarn__vector_leave(w, 0);
	if (tarn__vector_limit(w->vector->root))
		return TARN_FULL;
	code = extend(w, call->number);
	if (!code)
		return tarn__vector_leave(w, 0);
	if (code == TARN_FULL)
		code = tarn__vector_make(w->lane, call->number, w->vector->value_size, false, &made);
	return code ? code : change_aside(w, &nothing, &made);
}

/* By a new area: to cut off the end of this one could not be undone with a transaction. */
int
tarn__vector_shrink(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	const struct tarn_splice nothing = { .at = w->look.length };
	struct tarn_vector_look made;
	int code;

	(void)call;
	if (tarn__vector_limit(w->vector->root))
		return tarn__vector_leave(w, 0);
	code = tarn__vector_make(w->lane, tarn__max(1, w->look.length), w->vector->value_size, false,
				 &made);
	return code ? code : change_aside(w, &nothing, &made);
}

/* ---- swap -------------------------------------------------------------------------------------- */

static bool
alike(const struct tarn_object *one, const struct tarn_object *other)
{
	return one->key_kind == other->key_kind && one->order == other->order &&
	       one->value_size == other->value_size &&
	       tarn__vector_limit(one->root) == tarn__vector_limit(other->root);
}

int
tarn__vector_exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	if (!alike(one, other))
		return TARN_TYPE;
	return tarn__root_exchange(lane, one->root, other->root);
}

/* ---- kind -------------------------------------------------------------------------------------- */

int
tarn__vector_create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	uint64_t limit = tarn__load(&entry->limit), size = tarn__load(&entry->value_size);
	uint64_t capacity = limit ? limit : tarn__max(1, TARN_VECTOR_FIRST / size);
	struct tarn_vector_look made;
	int code = tarn__vector_make(lane, capacity, size, limit != 0, &made);

	if (!code)
		tarn__store(&entry->root.structure, made.off);
	return code;
}

/* One block, however large. */
int
tarn__vector_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	*done = true;
	return tarn__heap_free(lane, tarn__load(&entry->root.structure));
}

const struct tarn_kind_ops tarn__vector_ops = {
	.name = "vector",
	.holds = TARN_HOLDS_ELEMENTS,
	.has_order = true,
	.align_most = 16, /* a block's, and an area's header is a multiple of it */
	.create = tarn__vector_create,
	.dismantle = tarn__vector_dismantle,
	.check = tarn__vector_check,
};
