// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- histories of strings: see history.h
 *
 * Two strings of a few letters; what a read of all of one has found is told
 * as a hash.  Texts that come are "aa", "ab", ... by two numbers.
 */
#include "linear/history.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define STRINGS HISTORY_OBJECTS
#define MOST 400u /* bytes */
#define LONG 40u  /* of the texts that are longer */
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	GET, READ, SIZE, FIND, APPEND, APPEND_LONG, INSERT, ERASE, CUT, REPLACE, ASSIGN,
	COMPARE_AND_SWAP, CLEAR, SHRINK, SWAP, MOVE, READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"get", "read", "size", "find", "append", "append a long one", "insert", "erase", "cut",
	"replace", "assign", "compare and swap", "clear", "shrink", "swap", "move", "read both",
	"undone",
};

struct values {
	struct text {
		uint64_t size;
		char bytes[MOST]; /* 0 behind the end */
	} of[STRINGS];
};

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a state holds both strings");

static struct tarn_string *strings[STRINGS];

static int64_t
digest(const char *bytes, uint64_t size)
{
	return (int64_t)(tarn__hash_bytes(bytes, size, 1) >> 1);
}

static void
make_text(const struct call *call, char text[2])
{
	text[0] = (char)('a' + call->a);
	text[1] = (char)('a' + call->b);
}

/* ---- the calls --------------------------------------------------------------------------------- */

static int
get_all(struct tarn_string *string, int64_t *said)
{
	char bytes[MOST];
	uint64_t size = 0;
	int code = tarn_string_get(string, bytes, MOST, &size);

	*said = code ? 0 : digest(bytes, size);
	return code;
}

/* The first byte of the one is appended to the other. */
static int
move(struct tarn_string *from, struct tarn_string *to, struct call *call)
{
	uint64_t got = 0;
	char first = 0;
	int code = tarn_string_read(from, 0, &first, 1, &got);

	if (!code)
		code = tarn_string_erase(from, 0, 1);
	call->said[0] = code ? 0 : first;
	return code ? code : tarn_string_append(to, &first, 1);
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_string *from = tarn_string_in(strings[call->object], txn);
	struct tarn_string *to = tarn_string_in(strings[!call->object], txn);
	int code;

	if (call->kind != READ_BOTH)
		return move(from, to, call);
	code = get_all(from, &call->said[0]);
	return code ? code : get_all(to, &call->said[1]);
}

static int
read_two(struct tarn_string *string, struct call *call)
{
	uint64_t got = 0;
	char two[2];
	int code = tarn_string_read(string, call->at, two, 2, &got);

	call->said[0] = code ? 0 : digest(two, got);
	return code;
}

static int
swap_all(struct tarn_string *string, const char *text)
{
	return tarn_string_compare_and_swap(string, text, 1, text, 2);
}

static int
make(struct call *call)
{
	struct tarn_string *string = strings[call->object];
	char text[2], much[LONG];

	make_text(call, text);
	memset(much, text[0], LONG);
	switch (call->kind) {
	case GET:
		return get_all(string, &call->said[0]);
	case READ:
		return read_two(string, call);
	case SIZE:
		return tarn_string_size(string, (uint64_t *)&call->said[0]);
	case FIND:
		return tarn_string_find(string, call->at, text, 2, (uint64_t *)&call->said[0]);
	case APPEND:
		return tarn_string_append(string, text, 2);
	case APPEND_LONG:
		return tarn_string_append(string, much, LONG);
	case INSERT:
		return tarn_string_insert(string, call->at, text, 2);
	case ERASE:
		return tarn_string_erase(string, call->at, 1);
	case CUT:
		return tarn_string_erase(string, call->at, TARN_STRING_END);
	case REPLACE:
		return tarn_string_replace(string, call->at, 1, text, 2);
	case ASSIGN:
		return tarn_string_assign(string, text, 1);
	case COMPARE_AND_SWAP:
		return swap_all(string, text);
	case CLEAR:
		return tarn_string_clear(string);
	case SHRINK:
		return tarn_string_shrink_to_fit(string);
	case SWAP:
		return tarn_string_swap(strings[0], strings[1]);
	default:
		return history_in_txn(tarn_string_object(strings[0]), tarn_string_object(strings[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* ---- the array --------------------------------------------------------------------------------- */

/* What is behind the end is 0, so that equal states look alike. */
static int
splice(struct text *text, uint64_t at, uint64_t removed, const char *from, uint64_t inserted)
{
	uint64_t rest;

	if (at > text->size || removed > text->size - at)
		return TARN_NOT_FOUND;
	rest = text->size - at - removed;
	if (at + inserted + rest > MOST)
		abort();
	memmove(text->bytes + at + inserted, text->bytes + at + removed, rest);
	memcpy(text->bytes + at, from, inserted);
	text->size = at + inserted + rest;
	memset(text->bytes + text->size, 0, MOST - text->size);
	return 0;
}

static void
find(const struct text *in, struct call *call, const char *text)
{
	const char *found = NULL;

	if (call->at <= in->size)
		found = memmem(in->bytes + call->at, in->size - call->at, text, 2);
	call->code = found ? 0 : TARN_NOT_FOUND;
	call->said[0] = found ? found - in->bytes : 0;
}

static void
apply_reading(const struct text *in, struct call *call, const char *text)
{
	uint64_t rest = call->at <= in->size ? in->size - call->at : 0;

	if (call->kind == GET) {
		call->said[0] = digest(in->bytes, in->size);
	} else if (call->kind == SIZE) {
		call->said[0] = (int64_t)in->size;
	} else if (call->kind == FIND) {
		find(in, call, text);
	} else if (call->at > in->size) {
		call->code = TARN_NOT_FOUND;
	} else {
		call->said[0] = digest(in->bytes + call->at, rest < 2 ? rest : 2);
	}
}

static void
apply_to_both(struct text *from, struct text *to, struct call *call)
{
	char first = from->bytes[0];

	if (call->kind == READ_BOTH) {
		call->said[0] = digest(from->bytes, from->size);
		call->said[1] = digest(to->bytes, to->size);
		return;
	}
	call->code = from->size ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = first;
	if (call->kind == UNDONE)
		return;
	(void)splice(from, 0, 1, "", 0);
	(void)splice(to, to->size, 0, &first, 1);
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct text *of = &values->of[call->object], *other = &values->of[!call->object];
	struct text third = *of;
	char text[2], much[LONG];

	make_text(call, text);
	memset(much, text[0], LONG);
	call->code = 0;
	switch (call->kind) {
	case GET ... FIND:
		apply_reading(of, call, text);
		break;
	case APPEND:
		(void)splice(of, of->size, 0, text, 2);
		break;
	case APPEND_LONG:
		(void)splice(of, of->size, 0, much, LONG);
		break;
	case INSERT:
		call->code = splice(of, call->at, 0, text, 2);
		break;
	case ERASE:
		call->code = splice(of, call->at, 1, text, 0);
		break;
	case CUT:
		call->code = splice(of, call->at, of->size - call->at, text, 0);
		break;
	case REPLACE:
		call->code = splice(of, call->at, 1, text, 2);
		break;
	case ASSIGN:
		(void)splice(of, 0, of->size, text, 1);
		break;
	case COMPARE_AND_SWAP:
		if (of->size == 1 && of->bytes[0] == text[0])
			(void)splice(of, 0, 1, text, 2);
		else
			call->code = TARN_MISMATCH;
		break;
	case CLEAR:
		(void)splice(of, 0, of->size, text, 0);
		break;
	case SHRINK:
		break;
	case SWAP:
		*of = *other;
		*other = third;
		break;
	default:
		apply_to_both(of, other, call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

/* So few long ones that a state has room for all. */
static struct call
random_call(void)
{
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(STRINGS),
			     .at = (unsigned)history_roll(4) };

	if (call.kind == APPEND_LONG && history_roll(3))
		call.kind = ASSIGN;
	call.a = (int64_t)history_roll(2);
	call.b = (int64_t)history_roll(2);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;

	for (unsigned i = 0; i < STRINGS; i++) {
		struct text *text = &values->of[i];
		int code;

		text->size = history_roll(4);
		for (uint64_t at = 0; at < text->size; at++)
			text->bytes[at] = (char)('a' + history_roll(2));
		code = tarn_string_assign(strings[i], text->bytes, text->size);
		if (code)
			history_give_up("set up", code);
	}
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = GET, .object = number };
}

static void
open_strings(void)
{
	int code = tarn_string_open(history_arena, &strings[0], "left", TARN_CREATE, NULL);

	if (!code)
		code = tarn_string_open(history_arena, &strings[1], "right", TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_strings(void)
{
	tarn_string_close(strings[0]);
	tarn_string_close(strings[1]);
}

static const struct history_test test = {
	.name = "string", .kinds = names, .state_size = sizeof(struct values),
	.open = open_strings, .close = close_strings, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = STRINGS,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
