// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- histories of hash maps: see history.h
 *
 * Three keys of two maps; in the first half of the histories keys and values
 * are words, in the second byte strings.  Each history has keys of its own:
 * the maps grow, and split now and then.
 */
#include "linear/history.h"

#include "base/compiler.h"

#include <stdio.h>
#include <string.h>

#define KEYS 3u
#define MAPS HISTORY_OBJECTS
#define HISTORIES 3000u /* of each half */
#define SECONDS 10u
#define ABSENT INT64_MIN

enum kind { GET, PUT, INSERT, ERASE, ADD, SWAP, CLEAR, MOVE, TRANSFER, READ_BOTH, UNDONE, KINDS };

static const char *const names[KINDS] = { "get", "put", "insert", "erase", "add", "swap", "clear",
					  "move", "transfer", "read both", "undone" };

struct values {
	int64_t of[MAPS][KEYS];
};

static struct tarn_hashmap *maps[MAPS];
static bool words; /* else strings and byte strings */

static uint64_t
first_key(void)
{
	return history_number() * 16;
}

/* ---- the calls --------------------------------------------------------------------------------- */

static size_t
make_key(uint64_t key, char *bytes)
{
	memcpy(bytes, &key, 8);
	memset(bytes + 8, 0, 3);
	return words ? 8 : 11;
}

/* Byte strings are as long as their number says. */
static size_t
make_value(int64_t value, char *bytes)
{
	memset(bytes, 0x2a, 100);
	memcpy(bytes, &value, 8);
	return words ? 8 : 8 + (size_t)value % 90;
}

static int
read_key(struct tarn_hashmap *map, uint64_t key, int64_t *value)
{
	char name[16], bytes[100];
	size_t size;
	int code = tarn_hashmap_get(map, name, make_key(key, name), bytes, sizeof(bytes), &size);

	*value = ABSENT;
	if (!code)
		memcpy(value, bytes, 8);
	return code;
}

static int
write_key(struct tarn_hashmap *map, uint64_t key, int64_t value, bool insert)
{
	char name[16], bytes[100];
	size_t name_size = make_key(key, name), size = make_value(value, bytes);

	return insert ? tarn_hashmap_insert(map, name, name_size, bytes, size)
		      : tarn_hashmap_put(map, name, name_size, bytes, size);
}

static int
erase_key(struct tarn_hashmap *map, uint64_t key)
{
	char name[16];

	return tarn_hashmap_erase(map, name, make_key(key, name));
}

static int
swap_key(struct tarn_hashmap *map, uint64_t key, int64_t expected, int64_t desired)
{
	char name[16], old[100], bytes[100];
	size_t name_size = make_key(key, name), old_size = make_value(expected, old);

	return tarn_hashmap_compare_and_swap(map, name, name_size, old, old_size, bytes,
					     make_value(desired, bytes));
}

struct addition {
	int64_t n, before;
	char bytes[100];
};

static int
add_in_update(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	struct addition *addition = arg;

	(void)old_size;
	addition->before = 0;
	if (old)
		memcpy(&addition->before, old, 8);
	*out_size = make_value(addition->before + addition->n, addition->bytes);
	*out = addition->bytes;
	return 0;
}

static int
add_key(struct tarn_hashmap *map, uint64_t key, int64_t n, int64_t *before)
{
	struct addition addition = { .n = n };
	char name[16];
	size_t size = make_key(key, name);
	int code;

	if (words)
		return tarn_hashmap_fetch_add(map, name, size, (uint64_t)n, (uint64_t *)before);
	code = tarn_hashmap_update(map, name, size, add_in_update, &addition);
	*before = addition.before;
	return code;
}

/* From the one map to the other, if it is there and there is none. */
static int
move(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = read_key(from, key, &call->said[0]);

	if (!code)
		code = write_key(to, key, call->said[0], true);
	if (!code)
		code = erase_key(from, key);
	return code;
}

static int
transfer(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = add_key(from, key, call->a, &call->said[0]);

	return code ? code : add_key(to, key, call->a, &call->said[1]);
}

static int
read_both(struct tarn_hashmap *from, struct tarn_hashmap *to, uint64_t key, struct call *call)
{
	int code = read_key(from, key, &call->said[0]);

	if (code == TARN_NOT_FOUND)
		code = 0;
	if (!code)
		code = read_key(to, key, &call->said[1]);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_hashmap *from = tarn_hashmap_in(maps[call->object], txn);
	struct tarn_hashmap *to = tarn_hashmap_in(maps[!call->object], txn);
	uint64_t key = first_key() + call->at;

	if (call->kind == MOVE)
		return move(from, to, key, call);
	if (call->kind == READ_BOTH)
		return read_both(from, to, key, call);
	return transfer(from, to, key, call);
}

static int
do_call(struct call *call)
{
	struct tarn_hashmap *map = maps[call->object];
	uint64_t key = first_key() + call->at;

	switch (call->kind) {
	case GET:
		return read_key(map, key, &call->said[0]);
	case PUT:
		return write_key(map, key, call->a, false);
	case INSERT:
		return write_key(map, key, call->a, true);
	case ERASE:
		return erase_key(map, key);
	case ADD:
		return add_key(map, key, call->a, &call->said[0]);
	case SWAP:
		return swap_key(map, key, call->a, call->b);
	case CLEAR:
		return tarn_hashmap_clear(map);
	default:
		return history_in_txn(tarn_hashmap_object(maps[0]), tarn_hashmap_object(maps[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* ---- the array --------------------------------------------------------------------------------- */

static void
apply_to_both(struct values *state, struct call *call)
{
	int64_t *from = &state->of[call->object][call->at];
	int64_t *to = &state->of[!call->object][call->at];

	call->said[0] = *from;
	if (call->kind == MOVE) {
		call->code = *from == ABSENT ? TARN_NOT_FOUND : *to == ABSENT ? 0 : TARN_EXISTS;
		if (!call->code) {
			*to = *from;
			*from = ABSENT;
		}
		return;
	}
	call->said[1] = *to;
	if (call->kind == READ_BOTH)
		return;
	call->said[0] = *from == ABSENT ? 0 : *from;
	call->said[1] = *to == ABSENT ? 0 : *to;
	if (call->kind == UNDONE)
		return;
	*from = call->said[0] + call->a;
	*to = call->said[1] + call->a;
}

/* What the array says to the call; it is told in call. */
static void
apply(void *told, struct call *call)
{
	struct values *state = told;
	int64_t *value = &state->of[call->object][call->at];

	call->code = 0;
	switch (call->kind) {
	case GET:
		call->said[0] = *value;
		call->code = *value == ABSENT ? TARN_NOT_FOUND : 0;
		break;
	case INSERT:
		call->code = *value == ABSENT ? 0 : TARN_EXISTS;
		*value = call->code ? *value : call->a;
		break;
	case PUT:
		*value = call->a;
		break;
	case ERASE:
		call->code = *value == ABSENT ? TARN_NOT_FOUND : 0;
		*value = ABSENT;
		break;
	case ADD:
		call->said[0] = *value == ABSENT ? 0 : *value;
		*value = call->said[0] + call->a;
		break;
	case SWAP:
		call->code = *value == ABSENT ? TARN_NOT_FOUND
					      : *value == call->a ? 0 : TARN_MISMATCH;
		*value = call->code ? *value : call->b;
		break;
	case CLEAR:
		for (unsigned key = 0; key < KEYS; key++)
			state->of[call->object][key] = ABSENT;
		break;
	default:
		apply_to_both(state, call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

static struct call
random_call(void)
{
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(MAPS),
			     .at = (unsigned)history_roll(KEYS) };

	if (call.kind == CLEAR && history_roll(2))
		call.kind = TRANSFER;
	call.a = 1 + (int64_t)history_roll(call.kind == SWAP ? 4 : 30);
	call.b = 100 + (int64_t)history_roll(50);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;

	for (unsigned i = 0; i < MAPS * KEYS; i++) {
		int64_t *value = &values->of[i / KEYS][i % KEYS];
		int code;

		*value = ABSENT;
		if (history_roll(2))
			continue;
		*value = (int64_t)history_roll(4);
		code = write_key(maps[i / KEYS], first_key() + i % KEYS, *value, false);
		if (code)
			history_give_up("set up", code);
	}
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = GET, .object = number / KEYS, .at = number % KEYS };
}

static void
fill_a_little(void)
{
	static uint64_t filled;
	uint64_t count = history_roll(40);

	for (uint64_t i = 0; i < count; i++) {
		int code = write_key(maps[i % MAPS], (UINT64_C(1) << 40) + filled++, 1, false);

		if (code)
			history_give_up("fill", code);
	}
}

static void
open_maps(void)
{
	struct tarn_type type = { TARN_KIND_HASHMAP, words ? TARN_KEY_U64 : TARN_KEY_STRING,
				  words ? 8 : TARN_VALUE_BYTES, NULL };
	int code = tarn_hashmap_open(history_arena, &maps[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_hashmap_open(history_arena, &maps[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_maps(void)
{
	tarn_hashmap_close(maps[0]);
	tarn_hashmap_close(maps[1]);
}

static const struct history_test test = {
	.name = "hashmap", .kinds = names, .state_size = sizeof(struct values),
	.open = open_maps, .close = close_maps, .set_up = set_up, .random_call = random_call,
	.make = do_call, .apply = apply, .last_count = MAPS * KEYS, .last = last,
	.meanwhile = fill_a_little,
};

/* ---- the search is one ------------------------------------------------------------------------- */

static void
add_call(struct history *history, struct call call)
{
	history->calls[history->count++] = call;
}

static struct history
nothing_yet(void)
{
	struct history history = { .count = 0 };
	struct values *values = (struct values *)history.first.bytes;

	for (unsigned i = 0; i < MAPS * KEYS; i++)
		values->of[i / KEYS][i % KEYS] = ABSENT;
	return history;
}

/* A put from 1 to put_end, and a get from 5 to 6 that says this. */
static struct history
put_and_get(uint64_t put_end, int code, int64_t said)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = PUT, .a = 7, .began = 1, .ended = put_end });
	add_call(&history, (struct call){ .kind = GET, .began = 5, .ended = 6, .code = code,
					  .said = { said, 0 } });
	return history;
}

static struct history
two_additions(int64_t first, int64_t second)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = ADD, .a = 1, .began = 1, .ended = 4,
					  .said = { first, 0 } });
	add_call(&history, (struct call){ .kind = ADD, .a = 1, .began = 2, .ended = 3,
					  .said = { second, 0 } });
	return history;
}

static struct history
transfer_and_look(int64_t left, int64_t right)
{
	struct history history = nothing_yet();

	add_call(&history, (struct call){ .kind = TRANSFER, .a = 1, .began = 1 });
	add_call(&history, (struct call){ .kind = READ_BOTH, .began = 2, .ended = 3,
					  .said = { left, right } });
	return history;
}

static bool
says(struct history history, bool expected)
{
	return history_is_linearizable(&test, &history) == expected;
}

static bool
search_is_right(void)
{
	const int none = TARN_NOT_FOUND;

	return says(put_and_get(2, 0, 7), true) && says(put_and_get(2, none, ABSENT), false) &&
	       says(put_and_get(2, 0, 8), false) && says(put_and_get(9, 0, 7), true) &&
	       says(put_and_get(9, none, ABSENT), true) && says(put_and_get(0, 0, 7), true) &&
	       says(put_and_get(0, none, ABSENT), true) &&
	       says(two_additions(0, 1), true) && says(two_additions(1, 0), true) &&
	       says(two_additions(0, 0), false) && says(two_additions(1, 1), false) &&
	       says(transfer_and_look(1, 1), true) &&
	       says(transfer_and_look(ABSENT, ABSENT), true) &&
	       says(transfer_and_look(1, ABSENT), false) &&
	       says(transfer_and_look(ABSENT, 1), false);
}

int
main(void)
{
	if (!search_is_right()) {
		printf("the search is wrong\n0 passed, 1 failed\n");
		return 2;
	}
	words = true;
	if (history_run(&test, HISTORIES, SECONDS)) {
		words = false;
		(void)history_run(&test, HISTORIES, SECONDS);
	}
	return history_verdict();
}
