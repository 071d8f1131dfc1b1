// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- histories of ordered sets: see history.h
 *
 * Two sets of a few keys, which lie in leaves of their own with empty ones
 * between: before each history the sets have been full, and were emptied in
 * a transaction.
 */
#include "linear/history.h"

#include "txn/object.h"

#include <tarn.h>

#define SETS HISTORY_OBJECTS
#define KEYS 8u
#define GAP 40u /* between two keys, in numbers */
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	INSERT, ERASE, CONTAINS, BOUND, ABOVE, FIRST, LAST, POP_FIRST, POP_LAST, EQUAL, SUBSET, CLEAR,
	SWAP, MOVE, READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"insert", "erase", "contains", "lower bound", "upper bound", "first", "last", "pop first",
	"pop last", "equal", "is subset", "clear", "swap", "move", "read both", "undone",
};

/* Of each set which keys it has: bit n for key n. */
struct values {
	uint64_t of[SETS];
};

static struct tarn_set *sets[SETS];

/* ---- the calls --------------------------------------------------------------------------------- */

static uint64_t
key_of(unsigned number)
{
	return (uint64_t)number * GAP;
}

static int
make_found(struct tarn_set *set, struct call *call)
{
	uint64_t key = key_of(call->at), found = 0;
	struct tarn_bytes room = { &found, sizeof(found) };
	int code;

	if (call->kind == BOUND)
		code = tarn_set_lower_bound(set, &key, 8, &room);
	else if (call->kind == ABOVE)
		code = tarn_set_upper_bound(set, &key, 8, &room);
	else if (call->kind == FIRST)
		code = tarn_set_first(set, &room);
	else if (call->kind == LAST)
		code = tarn_set_last(set, &room);
	else if (call->kind == POP_FIRST)
		code = tarn_set_pop_first(set, &room);
	else
		code = tarn_set_pop_last(set, &room);
	call->said[0] = code ? 0 : (int64_t)(found / GAP);
	return code;
}

/* In a transaction, and so all at one moment. */
static int
read_all(struct tarn_set *set, int64_t *said)
{
	uint64_t keys[KEYS + 1];
	size_t count = KEYS + 1;
	int code = tarn_set_scan(set, NULL, 0, keys, &count);

	for (size_t i = 0; !code && i < count; i++)
		*said |= INT64_C(1) << keys[i] / GAP;
	return code;
}

/* The first key of the one goes into the other. */
static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_set *from = tarn_set_in(sets[call->object], txn);
	struct tarn_set *to = tarn_set_in(sets[!call->object], txn);
	uint64_t key = 0;
	struct tarn_bytes room = { &key, sizeof(key) };
	int code;

	call->said[0] = call->said[1] = 0;
	if (call->kind == READ_BOTH) {
		code = read_all(from, &call->said[0]);
		return code ? code : read_all(to, &call->said[1]);
	}
	code = tarn_set_pop_first(from, &room);
	if (code)
		return code;
	call->said[0] = (int64_t)(key / GAP);
	code = tarn_set_insert(to, &key, 8);
	return code == TARN_EXISTS ? 0 : code;
}

static int
make(struct call *call)
{
	struct tarn_set *set = sets[call->object];
	uint64_t key = key_of(call->at);
	bool is = false;
	int code;

	switch (call->kind) {
	case INSERT:
		return tarn_set_insert(set, &key, 8);
	case ERASE:
		return tarn_set_erase(set, &key, 8);
	case CONTAINS:
		return tarn_set_contains(set, &key, 8);
	case BOUND ... POP_LAST:
		return make_found(set, call);
	case EQUAL:
		code = tarn_set_equal(set, sets[!call->object], &is);
		call->said[0] = is;
		return code;
	case SUBSET:
		code = tarn_set_is_subset(set, sets[!call->object], &is);
		call->said[0] = is;
		return code;
	case CLEAR:
		return tarn_set_clear(set);
	case SWAP:
		return tarn_set_swap(sets[0], sets[1]);
	default:
		return history_in_txn(tarn_set_object(sets[0]), tarn_set_object(sets[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* ---- bits -------------------------------------------------------------------------------------- */

static void
apply_found(uint64_t *keys, struct call *call)
{
	bool is_last = call->kind == LAST || call->kind == POP_LAST;
	uint64_t among = *keys;
	int key;

	if (call->kind == BOUND || call->kind == ABOVE)
		among &= ~UINT64_C(0) << (call->at + (call->kind == ABOVE));
	call->code = among ? 0 : TARN_NOT_FOUND;
	if (!among)
		return;
	key = is_last ? 63 - __builtin_clzll(among) : __builtin_ctzll(among);
	call->said[0] = key;
	if (call->kind == POP_FIRST || call->kind == POP_LAST)
		*keys &= ~(UINT64_C(1) << key);
}

static void
apply_to_both(uint64_t *from, uint64_t *to, struct call *call)
{
	uint64_t first = *from & -*from;

	if (call->kind == READ_BOTH) {
		call->said[0] = (int64_t)*from;
		call->said[1] = (int64_t)*to;
		return;
	}
	call->code = first ? 0 : TARN_NOT_FOUND;
	if (!first)
		return;
	call->said[0] = __builtin_ctzll(first);
	if (call->kind == UNDONE)
		return;
	*from &= ~first;
	*to |= first;
}

static void
apply_to_key(uint64_t *keys, struct call *call)
{
	uint64_t key = UINT64_C(1) << call->at;

	if (call->kind == INSERT)
		call->code = *keys & key ? TARN_EXISTS : 0;
	else
		call->code = *keys & key ? 0 : TARN_NOT_FOUND;
	if (call->kind != CONTAINS)
		*keys = call->kind == INSERT ? *keys | key : *keys & ~key;
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	uint64_t *of = &values->of[call->object], *other = &values->of[!call->object], third = *of;

	call->code = 0;
	switch (call->kind) {
	case INSERT ... CONTAINS:
		apply_to_key(of, call);
		break;
	case BOUND ... POP_LAST:
		apply_found(of, call);
		break;
	case EQUAL:
		call->said[0] = *of == *other;
		break;
	case SUBSET:
		call->said[0] = !(*of & ~*other);
		break;
	case CLEAR:
		*of = 0;
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

static struct call
random_call(void)
{
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(SETS),
			     .at = (unsigned)history_roll(KEYS) };

	if (!history_roll(3))
		call.kind = INSERT;
	return call;
}

static int
empty_both(struct tarn_txn *txn, void *unused)
{
	int code = tarn_set_erase_range(tarn_set_in(sets[0], txn), NULL, 0, NULL, 0, NULL);

	(void)unused;
	if (!code)
		code = tarn_set_erase_range(tarn_set_in(sets[1], txn), NULL, 0, NULL, 0, NULL);
	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

/* Many leaves, all of them empty; and a few keys. */
static void
set_up(void *state)
{
	struct tarn_object *objects[SETS] = { tarn_set_object(sets[0]), tarn_set_object(sets[1]) };
	struct values *values = state;
	uint64_t all[KEYS * GAP / 2];
	int code = 0;

	for (unsigned i = 0; i < KEYS * GAP / 2; i++)
		all[i] = 2 * i;
	for (unsigned i = 0; !code && i < SETS; i++)
		code = tarn_set_load(sets[i], all, 8, KEYS * GAP / 2);
	if (!code)
		code = tarn_txn_run(history_arena, objects, SETS, empty_both, NULL);
	for (unsigned i = 0; !code && i < SETS; i++) {
		values->of[i] = history_roll(1u << KEYS) & history_roll(1u << KEYS);
		for (unsigned key = 0; !code && key < KEYS; key++) {
			if (values->of[i] >> key & 1)
				code = tarn_set_insert(sets[i], &(uint64_t){ key_of(key) }, 8);
		}
	}
	if (code)
		history_give_up("set up", code);
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = READ_BOTH, .object = number };
}

static void
open_sets(void)
{
	struct tarn_type type = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };
	int code = tarn_set_open(history_arena, &sets[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_set_open(history_arena, &sets[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_sets(void)
{
	tarn_set_close(sets[0]);
	tarn_set_close(sets[1]);
}

static const struct history_test test = {
	.name = "set", .kinds = names, .state_size = sizeof(struct values),
	.open = open_sets, .close = close_sets, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = 1,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
