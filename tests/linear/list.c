// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- histories of lists: see history.h
 *
 * Two lists of a few small numbers; what a read of all of one has found is
 * told as a hash.  The elements of the beginning have names, by which
 * workers, who share their handles, find them: in either list, or gone.
 */
#include "linear/history.h"

#include "base/hash.h"

#include <string.h>
#include <sys/mman.h>

#define LISTS HISTORY_OBJECTS
#define MOST 62u /* elements */
#define NAMED 3u /* of each list, at most */
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	GET, NEXT, FRONT, BACK, SIZE, READ, PUSH_BACK, PUSH_FRONT, POP_BACK, POP_FRONT, INSERT, SET, ERASE,
	APPEND, ASSIGN, RESIZE, CLEAR, SORT, REVERSE, UNIQUE, REMOVE, SPLICE_ONE, SPLICE, SWAP, MOVE,
	READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"get", "next", "front", "back", "size", "read", "push back", "push front", "pop back",
	"pop front", "insert", "set", "erase", "append", "assign", "resize", "clear", "sort", "reverse",
	"unique", "remove", "splice one", "splice", "swap", "move", "read both", "undone",
};

/* An element is its number, and from bit 8 on its name; 0 behind the end. */
struct values {
	struct array {
		uint64_t length;
		int64_t at[MOST];
	} of[LISTS];
};

#define NUMBER(element) ((element) & 0xff)
#define NAME_OF(element) ((element) >> 8)

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a state holds both lists");

static struct tarn_list *lists[LISTS];
static struct tarn_list_handle *handles; /* by name; all processes see them */

static int64_t
digest(const int64_t *values, uint64_t count)
{
	return (int64_t)(tarn__hash_bytes(values, count * 8, 1) >> 1);
}

/* ---- the calls --------------------------------------------------------------------------------- */

static int
read_all(struct tarn_list *list, int64_t *said)
{
	int64_t values[MOST];
	uint64_t got = 0;
	int code = tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, values, 8, NULL, MOST, &got);

	*said = code ? 0 : digest(values, got);
	return code;
}

/* The last of the one is pushed onto the other. */
static int
move(struct tarn_list *from, struct tarn_list *to, struct call *call)
{
	int code = tarn_list_pop_back(from, &call->said[0], 8, NULL);

	return code ? code : tarn_list_push_back(to, &call->said[0], 8, NULL);
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_list *from = tarn_list_in(lists[call->object], txn);
	struct tarn_list *to = tarn_list_in(lists[!call->object], txn);
	int code;

	if (call->kind != READ_BOTH)
		return move(from, to, call);
	code = read_all(from, &call->said[0]);
	return code ? code : read_all(to, &call->said[1]);
}

static int
make_reading(struct tarn_list *list, struct call *call)
{
	uint64_t got = 0;
	int code;

	switch (call->kind) {
	case GET:
		return tarn_list_get(list, &handles[call->at], &call->said[0], 8, NULL);
	case NEXT:
		code = tarn_list_read(list, &handles[call->at], TARN_LIST_FORWARDS, &call->said[0], 8, NULL,
				      1, &got);
		call->said[1] = (int64_t)got;
		return code;
	case FRONT:
		return tarn_list_front(list, &call->said[0], 8, NULL);
	case BACK:
		return tarn_list_back(list, &call->said[0], 8, NULL);
	case SIZE:
		return tarn_list_size(list, (uint64_t *)&call->said[0]);
	default:
		return read_all(list, &call->said[0]);
	}
}

static int
make_change_of_one(struct tarn_list *list, struct call *call)
{
	switch (call->kind) {
	case PUSH_BACK:
		return tarn_list_push_back(list, &call->a, 8, NULL);
	case PUSH_FRONT:
		return tarn_list_push_front(list, &call->a, 8, NULL);
	case POP_BACK:
		return tarn_list_pop_back(list, &call->said[0], 8, NULL);
	case POP_FRONT:
		return tarn_list_pop_front(list, &call->said[0], 8, NULL);
	case INSERT:
		return tarn_list_insert(list, &handles[call->at], &call->a, 8, NULL);
	case SET:
		return tarn_list_set(list, &handles[call->at], &call->a, 8);
	default:
		return tarn_list_erase(list, &handles[call->at]);
	}
}

static int
make_change_of_many(struct tarn_list *list, struct call *call)
{
	const int64_t two[] = { call->a, call->b };

	switch (call->kind) {
	case APPEND:
		return tarn_list_append(list, two, 8, 2);
	case ASSIGN:
		return tarn_list_assign(list, two, 8, 2);
	case RESIZE:
		return tarn_list_resize(list, call->at, &call->a, 8);
	case CLEAR:
		return tarn_list_clear(list);
	case SORT:
		return tarn_list_sort(list, NULL, NULL);
	case REVERSE:
		return tarn_list_reverse(list);
	case UNIQUE:
		return tarn_list_unique(list, (uint64_t *)&call->said[0]);
	default:
		return tarn_list_remove(list, &call->a, 8, (uint64_t *)&call->said[0]);
	}
}

/* TARN_BUSY: others kept changing it, and nothing was done. */
static int
make_any(struct call *call)
{
	struct tarn_list *list = lists[call->object], *other = lists[!call->object];
	int code;

	switch (call->kind) {
	case GET ... READ:
		return make_reading(list, call);
	case PUSH_BACK ... ERASE:
		return make_change_of_one(list, call);
	case APPEND ... REMOVE:
		do
			code = make_change_of_many(list, call);
		while (code == TARN_BUSY);
		return code;
	case SPLICE_ONE:
		return tarn_list_splice_one(other, &TARN_LIST_END, list, &handles[call->at]);
	case SPLICE:
		return tarn_list_splice(other, &TARN_LIST_END, list);
	case SWAP:
		return tarn_list_swap(list, other);
	default:
		return history_in_txn(tarn_list_object(lists[0]), tarn_list_object(lists[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* What stands where a value would be, if there is none, does not matter. */
static int
make(struct call *call)
{
	int code = make_any(call);

	if (code)
		call->said[0] = call->said[1] = 0;
	return code;
}

/* ---- the array --------------------------------------------------------------------------------- */

/* What is behind the end is 0, so that equal states look alike. */
static void
splice(struct array *array, uint64_t at, uint64_t removed, const int64_t *from, uint64_t inserted)
{
	uint64_t rest = array->length - at - removed;

	if (at + inserted + rest > MOST)
		history_give_up("too many elements", 0);
	memmove(&array->at[at + inserted], &array->at[at + removed], rest * 8);
	memcpy(&array->at[at], from, inserted * 8);
	array->length = at + inserted + rest;
	memset(&array->at[array->length], 0, (MOST - array->length) * 8);
}

/* Where the element of that name is; the length: nowhere. */
static uint64_t
place_of(const struct array *array, const struct call *call)
{
	uint64_t at = 0;

	while (at < array->length && NAME_OF(array->at[at]) != (int64_t)call->at + 1)
		at++;
	return at;
}

static int64_t
digest_array(const struct array *array)
{
	int64_t numbers[MOST];

	for (uint64_t i = 0; i < array->length; i++)
		numbers[i] = NUMBER(array->at[i]);
	return digest(numbers, array->length);
}

static void
apply_reading(const struct array *array, struct call *call)
{
	uint64_t at = call->kind == FRONT ? 0 : call->kind == BACK ? array->length - 1 : place_of(array, call);

	if (call->kind == SIZE) {
		call->said[0] = (int64_t)array->length;
		return;
	}
	if (call->kind == READ) {
		call->said[0] = digest_array(array);
		return;
	}
	call->code = at < array->length ? 0 : TARN_NOT_FOUND;
	if (call->kind == NEXT && !call->code) {
		at++;
		call->said[1] = at < array->length;
	}
	if (at < array->length)
		call->said[0] = NUMBER(array->at[at]);
}

static void
pop(struct array *array, uint64_t at, struct call *call)
{
	call->code = array->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = NUMBER(array->at[at]);
	splice(array, at, 1, NULL, 0);
}

static void
apply_to_one(struct array *array, struct call *call)
{
	uint64_t at = place_of(array, call);

	switch (call->kind) {
	case PUSH_BACK:
		splice(array, array->length, 0, &call->a, 1);
		return;
	case PUSH_FRONT:
		splice(array, 0, 0, &call->a, 1);
		return;
	case POP_BACK:
	case POP_FRONT:
		pop(array, call->kind == POP_BACK ? array->length - 1 : 0, call);
		return;
	default:
		break;
	}
	call->code = at < array->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	if (call->kind == SET)
		array->at[at] += call->a - NUMBER(array->at[at]);
	else
		splice(array, at, call->kind == ERASE, &call->a, call->kind == INSERT);
}

static void
sort(struct array *array)
{
	for (uint64_t i = 1; i < array->length; i++) {
		for (uint64_t at = i; at > 0 && NUMBER(array->at[at - 1]) > NUMBER(array->at[at]); at--) {
			int64_t lower = array->at[at];

			array->at[at] = array->at[at - 1];
			array->at[at - 1] = lower;
		}
	}
}

static void
remove_some(struct array *array, struct call *call)
{
	uint64_t length = array->length;

	for (uint64_t i = length; i; i--) {
		int64_t number = NUMBER(array->at[i - 1]);

		if (call->kind == UNIQUE ? i > 1 && number == NUMBER(array->at[i - 2]) : number == call->a)
			splice(array, i - 1, 1, NULL, 0);
	}
	call->said[0] = (int64_t)(length - array->length);
}

static void
apply_to_many(struct array *array, struct call *call)
{
	const int64_t two[] = { call->a, call->b };
	struct array was = *array;

	switch (call->kind) {
	case APPEND:
		splice(array, array->length, 0, two, 2);
		break;
	case ASSIGN:
		splice(array, 0, array->length, two, 2);
		break;
	case RESIZE:
		while (array->length > call->at)
			splice(array, array->length - 1, 1, NULL, 0);
		while (array->length < call->at)
			splice(array, array->length, 0, two, 1);
		break;
	case CLEAR:
		splice(array, 0, array->length, NULL, 0);
		break;
	case SORT:
		sort(array);
		break;
	case REVERSE:
		for (uint64_t i = 0; i < was.length; i++)
			array->at[i] = was.at[was.length - 1 - i];
		break;
	default:
		remove_some(array, call);
	}
}

static void
apply_to_both(struct array *from, struct array *to, struct call *call)
{
	struct array third = *from;
	uint64_t at = place_of(from, call);

	switch (call->kind) {
	case SPLICE_ONE:
		call->code = at < from->length ? 0 : TARN_NOT_FOUND;
		if (call->code)
			return;
		splice(from, at, 1, NULL, 0);
		splice(to, to->length, 0, &third.at[at], 1);
		return;
	case SPLICE:
		splice(from, 0, from->length, NULL, 0);
		splice(to, to->length, 0, third.at, third.length);
		return;
	case SWAP:
		*from = *to;
		*to = third;
		return;
	case READ_BOTH:
		call->said[0] = digest_array(from);
		call->said[1] = digest_array(to);
		return;
	default:
		pop(from, from->length - 1, call);
	}
	if (call->kind == UNDONE)
		*from = third;
	else if (!call->code)
		splice(to, to->length, 0, &call->said[0], 1);
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct array *array = &values->of[call->object];

	call->code = 0;
	switch (call->kind) {
	case GET ... READ:
		apply_reading(array, call);
		break;
	case PUSH_BACK ... ERASE:
		apply_to_one(array, call);
		break;
	case APPEND ... REMOVE:
		apply_to_many(array, call);
		break;
	default:
		apply_to_both(array, &values->of[!call->object], call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

static struct call
random_call(void)
{
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(LISTS),
			     .at = (unsigned)history_roll(LISTS * NAMED) };

	call.a = (int64_t)history_roll(4);
	call.b = (int64_t)history_roll(4);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;
	int code = 0;

	for (unsigned i = 0; !code && i < LISTS; i++) {
		struct array *array = &values->of[i];
		uint64_t count = history_roll(NAMED + 1);

		code = tarn_list_clear(lists[i]);
		array->length = 0;
		for (uint64_t at = 0; !code && at < count; at++) {
			uint64_t name = i * NAMED + at;
			int64_t number = (int64_t)history_roll(4), element = number + ((int64_t)name + 1) * 256;

			code = tarn_list_push_back(lists[i], &number, 8, &handles[name]);
			splice(array, at, 0, &element, 1);
		}
	}
	if (code)
		history_give_up("set up", code);
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = READ, .object = number };
}

static void
open_lists(void)
{
	const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_I64, 8, NULL };
	int code = tarn_list_open(history_arena, &lists[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_list_open(history_arena, &lists[1], "right", &type, TARN_CREATE, NULL);
	handles = mmap(NULL, LISTS * NAMED * sizeof(*handles), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (code || handles == MAP_FAILED)
		history_give_up("open", code);
	/* a name that a history does not give is of nobody's */
	for (unsigned i = 0; i < LISTS * NAMED; i++)
		handles[i] = (struct tarn_list_handle){ 64, 1 };
}

static void
close_lists(void)
{
	munmap(handles, LISTS * NAMED * sizeof(*handles));
	tarn_list_close(lists[0]);
	tarn_list_close(lists[1]);
}

static const struct history_test test = {
	.name = "list", .kinds = names, .state_size = sizeof(struct values),
	.open = open_lists, .close = close_lists, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = LISTS,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
