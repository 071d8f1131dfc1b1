// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- calls on strings
 *
 * A string is a vector of bytes (string_layout.h), so most calls are those
 * of a vector.  Here is what a string has beyond: to be read as a whole,
 * searched for other strings, and replaced in part, or if it is another.
 *
 * Who may write what, and what there is on death: as for a vector.
 */
#include "container/kinds.h"
#include "container/string_layout.h"
#include "container/vector.h"

#include "base/arith.h"

#include <stdlib.h>
#include <tarn/string.h>

#define PIECE UINT64_C(4096) /* bytes that are compared in one go */

/* A handle is a struct tarn_object and nothing more. */
static struct tarn_object *
object_of(struct tarn_string *string)
{
	return (struct tarn_object *)string;
}

static struct tarn_vector *
vector_of(struct tarn_string *string)
{
	return (struct tarn_vector *)string;
}

/* ---- reading ----------------------------------------------------------------------------------- */

/* splice.removed: room; splice.inserted: told, how long it is.  That it is too long is no failure here. */
static int
take_all(const struct tarn_object *string, const struct tarn_vector_look *look,
	 struct tarn_vector_call *call)
{
	call->whole = true;
	call->splice.inserted = look->length;
	if (!look->length || look->length > call->splice.removed)
		return 0;
	return tarn__vector_take(string, look, 0, look->length, call->value);
}

int
tarn_string_get(struct tarn_string *string, void *bytes, uint64_t room, uint64_t *size)
{
	struct tarn_vector_call call = { .value = bytes, .splice = { .removed = bytes ? room : 0 } };
	int code = tarn__vector_read(object_of(string), take_all, &call);

	if (code)
		return code;
	if (size)
		*size = call.splice.inserted;
	return bytes && call.splice.inserted > room ? TARN_TOO_BIG : 0;
}

/* Whether `expected` begins there; a piece at a time. */
static int
matches(const struct tarn_object *string, const struct tarn_vector_look *look, uint64_t at,
	const struct tarn_vector_call *call, bool *same)
{
	const char *wanted = call->expected;
	char piece[PIECE];
	uint64_t n;
	int code = 0;

	*same = true;
	for (uint64_t done = 0; !code && *same && done < call->expected_size; done += n) {
		n = tarn__min(sizeof(piece), call->expected_size - done);
		code = tarn__vector_take(string, look, at + done, n, piece);
		*same = !code && !memcmp(piece, wanted + done, n);
	}
	return code;
}

/* The first place in a piece where what is looked for may begin; n: none. */
static uint64_t
next_in_piece(const char *piece, uint64_t from, uint64_t n, char first)
{
	const char *found = from < n ? memchr(piece + from, first, n - from) : NULL;

	return found ? (uint64_t)(found - piece) : n;
}

/* In a piece of the string, in call->value, whose bytes begin at `at`. */
static int
look_in_piece(const struct tarn_object *string, const struct tarn_vector_look *look, uint64_t at,
	      uint64_t n, struct tarn_vector_call *call)
{
	const char *piece = call->value;
	bool same;
	int code;

	for (uint64_t i = 0; (i = next_in_piece(piece, i, n, *(const char *)call->expected)) < n; i++) {
		if (call->expected_size > look->length - at - i)
			return TARN_NOT_FOUND;
		code = matches(string, look, at + i, call, &same);
		if (code || same) {
			call->splice.inserted = at + i;
			return code;
		}
	}
	return TARN_NOT_FOUND;
}

static int
take_place(const struct tarn_object *string, const struct tarn_vector_look *look,
	   struct tarn_vector_call *call)
{
	uint64_t n;
	int code;

	call->whole = true;
	if (!call->expected_size) {
		call->splice.inserted = call->splice.at;
		return call->splice.at <= look->length ? 0 : TARN_NOT_FOUND;
	}
	for (uint64_t at = call->splice.at; at < look->length; at += n) {
		n = tarn__min(PIECE, look->length - at);
		code = tarn__vector_take(string, look, at, n, call->value);
		if (!code)
			code = look_in_piece(string, look, at, n, call);
		if (code != TARN_NOT_FOUND)
			return code;
	}
	return TARN_NOT_FOUND;
}

int
tarn_string_find(struct tarn_string *string, uint64_t from, const void *bytes, uint64_t size,
		 uint64_t *index)
{
	char piece[PIECE];
	struct tarn_vector_call call = { .splice = { .at = from }, .value = piece,
					 .expected = bytes, .expected_size = size };
	int code = tarn__vector_read(object_of(string), take_place, &call);

	if (!code)
		*index = call.splice.inserted;
	return code;
}

int
tarn_string_read(struct tarn_string *string, uint64_t index, void *bytes, uint64_t count,
		 uint64_t *got)
{
	return tarn_vector_read(vector_of(string), index, bytes, count, got);
}

int
tarn_string_size(struct tarn_string *string, uint64_t *size)
{
	return tarn_vector_size(vector_of(string), size);
}

int
tarn_string_capacity(struct tarn_string *string, uint64_t *capacity)
{
	return tarn_vector_capacity(vector_of(string), capacity);
}

/* ---- changing ---------------------------------------------------------------------------------- */

int
tarn_string_replace(struct tarn_string *string, uint64_t index, uint64_t count, const void *bytes,
		    uint64_t size)
{
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = count, .inserted = size, .values = bytes },
	};

	return tarn__vector_write(object_of(string), tarn__vector_replace, &call);
}

static int
replace_if(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice splice = call->splice;
	bool same = w->look.length == call->expected_size;
	int code = same ? matches(w->vector, &w->look, 0, call, &same) : 0;

	if (code)
		return code;
	splice.removed = w->look.length;
	return same ? tarn__vector_splice(w, &splice) : tarn__vector_leave(w, TARN_MISMATCH);
}

int
tarn_string_compare_and_swap(struct tarn_string *string, const void *expected,
			     uint64_t expected_size, const void *desired, uint64_t desired_size)
{
	struct tarn_vector_call call = {
		.splice = { .inserted = desired_size, .values = desired },
		.expected = expected,
		.expected_size = expected_size,
	};

	return tarn__vector_write(object_of(string), replace_if, &call);
}

int
tarn_string_assign(struct tarn_string *string, const void *bytes, uint64_t size)
{
	return tarn_vector_assign(vector_of(string), bytes, size);
}

int
tarn_string_append(struct tarn_string *string, const void *bytes, uint64_t size)
{
	return tarn_vector_append(vector_of(string), bytes, size);
}

int
tarn_string_insert(struct tarn_string *string, uint64_t index, const void *bytes, uint64_t size)
{
	return tarn_vector_insert(vector_of(string), index, bytes, size);
}

int
tarn_string_erase(struct tarn_string *string, uint64_t index, uint64_t count)
{
	return tarn_vector_erase(vector_of(string), index, count);
}

int
tarn_string_clear(struct tarn_string *string)
{
	return tarn_vector_clear(vector_of(string));
}

int
tarn_string_reserve(struct tarn_string *string, uint64_t capacity)
{
	return tarn_vector_reserve(vector_of(string), capacity);
}

int
tarn_string_shrink_to_fit(struct tarn_string *string)
{
	return tarn_vector_shrink_to_fit(vector_of(string));
}

int
tarn_string_swap(struct tarn_string *string, struct tarn_string *other)
{
	return tarn_vector_swap(vector_of(string), vector_of(other));
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_string_open(struct tarn_arena *arena, struct tarn_string **string, const char *name,
		 enum tarn_open_mode how, bool *created)
{
	struct tarn_type type = { .kind = TARN_KIND_STRING, .value_size = TARN_STRING_ELEMENT };
	struct tarn_object *object = NULL;
	int code = tarn__object_open(arena, name, &type, how, &object, created);

	*string = (struct tarn_string *)object;
	return code;
}

void
tarn_string_close(struct tarn_string *string)
{
	tarn_object_close(object_of(string));
}

struct tarn_object *
tarn_string_object(struct tarn_string *string)
{
	return object_of(string);
}

struct tarn_string *
tarn_string_in(struct tarn_string *string, struct tarn_txn *txn)
{
	return (struct tarn_string *)tarn__txn_bound(txn, object_of(string));
}

const struct tarn_kind_ops tarn__string_ops = {
	.name = "string",
	.holds = TARN_HOLDS_ONE_SORT,
	.create = tarn__vector_create,
	.dismantle = tarn__vector_dismantle,
	.check = tarn__vector_check,
};
