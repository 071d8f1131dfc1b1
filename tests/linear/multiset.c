// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- histories of ordered multisets: see history.h
 *
 * Two multisets of a few keys, each of which lies in many leaves, most of them
 * empty: before each history every key was there often, and was erased in a
 * transaction.  What a plain array says is how often each key is there; the
 * order of equal ones is what tests/linear/multimap.c looks at.
 */
#include "linear/history.h"

#include "txn/object.h"

#include <string.h>

#include <tarn.h>

#define SETS HISTORY_OBJECTS
#define KEYS 4u
#define FILL 30u /* entries of each key, of which nothing is left but leaves */
#define ENTRIES 200u
#define FIRST_ENTRIES 10u
#define HISTORIES 4000u
#define SECONDS 8u

enum kind {
	INSERT, ERASE, CONTAINS, BOUND, ABOVE, FIRST, LAST, POP_FIRST, POP_LAST, EQUAL, CLEAR, SWAP, MOVE,
	READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"insert", "erase", "contains", "lower bound", "upper bound", "first", "last", "pop first",
	"pop last", "equal", "clear", "swap", "move", "read both", "undone",
};

/* Of each multiset how often it has a key. */
struct values {
	uint64_t of[SETS][KEYS];
};

static struct tarn_multiset *sets[SETS];

/* ---- the calls --------------------------------------------------------------------------------- */

static int
make_found(struct tarn_multiset *set, struct call *call)
{
	uint64_t key = call->at, found = 0;
	struct tarn_bytes room = { &found, sizeof(found) };
	int code;

	if (call->kind == BOUND)
		code = tarn_multiset_lower_bound(set, &key, 8, &room);
	else if (call->kind == ABOVE)
		code = tarn_multiset_upper_bound(set, &key, 8, &room);
	else if (call->kind == FIRST)
		code = tarn_multiset_first(set, &room);
	else if (call->kind == LAST)
		code = tarn_multiset_last(set, &room);
	else if (call->kind == POP_FIRST)
		code = tarn_multiset_pop_first(set, &room);
	else
		code = tarn_multiset_pop_last(set, &room);
	call->said[0] = code ? 0 : (int64_t)found;
	return code;
}

/* In a transaction, and so all at one moment: how often each key is there, a byte for each. */
static int
read_all(struct tarn_multiset *set, int64_t *said)
{
	uint64_t keys[ENTRIES];
	size_t count = ENTRIES;
	int code = tarn_multiset_scan(set, NULL, 0, keys, &count);

	for (size_t i = 0; !code && i < count; i++)
		*said += INT64_C(1) << keys[i] * 8;
	return code;
}

/* The lowest key of the one goes into the other. */
static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_multiset *from = tarn_multiset_in(sets[call->object], txn);
	struct tarn_multiset *to = tarn_multiset_in(sets[!call->object], txn);
	uint64_t key = 0;
	struct tarn_bytes room = { &key, sizeof(key) };
	int code;

	call->said[0] = call->said[1] = 0;
	if (call->kind == READ_BOTH) {
		code = read_all(from, &call->said[0]);
		return code ? code : read_all(to, &call->said[1]);
	}
	code = tarn_multiset_pop_first(from, &room);
	if (code)
		return code;
	call->said[0] = (int64_t)key;
	return tarn_multiset_insert(to, &key, 8, NULL);
}

static int
make(struct call *call)
{
	struct tarn_multiset *set = sets[call->object];
	uint64_t key = call->at, erased = 0;
	bool is = false;
	int code;

	switch (call->kind) {
	case INSERT:
		return tarn_multiset_insert(set, &key, 8, NULL);
	case ERASE:
		code = tarn_multiset_erase(set, &key, 8, &erased);
		call->said[0] = (int64_t)erased;
		return code;
	case CONTAINS:
		return tarn_multiset_contains(set, &key, 8);
	case BOUND ... POP_LAST:
		return make_found(set, call);
	case EQUAL:
		code = tarn_multiset_equal(set, sets[!call->object], &is);
		call->said[0] = is;
		return code;
	case CLEAR:
		return tarn_multiset_clear(set);
	case SWAP:
		return tarn_multiset_swap(sets[0], sets[1]);
	default:
		return history_in_txn(tarn_multiset_object(sets[0]), tarn_multiset_object(sets[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* ---- numbers ----------------------------------------------------------------------------------- */

static void
apply_to_key(uint64_t *times, struct call *call)
{
	if (call->kind == INSERT) {
		times[call->at]++;
		return;
	}
	call->code = times[call->at] ? 0 : TARN_NOT_FOUND;
	if (call->kind == ERASE) {
		call->said[0] = (int64_t)times[call->at];
		times[call->at] = 0;
	}
}

static void
apply_found(uint64_t *times, struct call *call)
{
	bool is_last = call->kind == LAST || call->kind == POP_LAST;
	unsigned key = is_last ? KEYS : 0;

	if (call->kind == BOUND || call->kind == ABOVE)
		key = call->at + (call->kind == ABOVE);
	while (is_last && key && !times[key - 1])
		key--;
	while (!is_last && key < KEYS && !times[key])
		key++;
	call->code = key < KEYS || is_last ? 0 : TARN_NOT_FOUND;
	if (is_last && !key--)
		call->code = TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = key;
	if (call->kind == POP_FIRST || call->kind == POP_LAST)
		times[key]--;
}

static int64_t
sum_of(const uint64_t *times)
{
	int64_t sum = 0;

	for (unsigned key = 0; key < KEYS; key++)
		sum += (int64_t)times[key] << key * 8;
	return sum;
}

static void
apply_to_both(uint64_t *from, uint64_t *to, struct call *call)
{
	unsigned key = 0;

	if (call->kind == READ_BOTH) {
		call->said[0] = sum_of(from);
		call->said[1] = sum_of(to);
		return;
	}
	while (key < KEYS && !from[key])
		key++;
	call->code = key < KEYS ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = key;
	if (call->kind == UNDONE)
		return;
	from[key]--;
	to[key]++;
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	uint64_t *of = values->of[call->object], *other = values->of[!call->object], third[KEYS];

	call->code = 0;
	switch (call->kind) {
	case INSERT ... CONTAINS:
		apply_to_key(of, call);
		break;
	case BOUND ... POP_LAST:
		apply_found(of, call);
		break;
	case EQUAL:
		call->said[0] = !memcmp(of, other, sizeof(third));
		break;
	case CLEAR:
		memset(of, 0, sizeof(third));
		break;
	case SWAP:
		memcpy(third, of, sizeof(third));
		memcpy(of, other, sizeof(third));
		memcpy(other, third, sizeof(third));
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
	int code = 0;

	(void)unused;
	for (unsigned i = 0; !code && i < SETS; i++)
		code = tarn_multiset_erase_range(tarn_multiset_in(sets[i], txn), NULL, 0, NULL, 0, NULL);
	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

/* Many leaves, all of them empty; and a few entries. */
static void
set_up(void *state)
{
	struct tarn_object *objects[SETS] = { tarn_multiset_object(sets[0]),
					      tarn_multiset_object(sets[1]) };
	uint64_t first_entries = history_roll(SETS * FIRST_ENTRIES);
	struct values *values = state;
	int code = 0;

	memset(values, 0, sizeof(*values));
	for (uint64_t i = 0; !code && i < SETS * KEYS * FILL; i++)
		code = tarn_multiset_insert(sets[i % SETS], &(uint64_t){ i / SETS / FILL }, 8, NULL);
	if (!code)
		code = tarn_txn_run(history_arena, objects, SETS, empty_both, NULL);
	for (uint64_t i = 0; !code && i < first_entries; i++) {
		uint64_t key = history_roll(KEYS);

		code = tarn_multiset_insert(sets[i % SETS], &key, 8, NULL);
		values->of[i % SETS][key]++;
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
	struct tarn_type type = { TARN_KIND_MULTISET, TARN_KEY_U64, 0, NULL };
	int code = tarn_multiset_open(history_arena, &sets[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_multiset_open(history_arena, &sets[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_sets(void)
{
	tarn_multiset_close(sets[0]);
	tarn_multiset_close(sets[1]);
}

static const struct history_test test = {
	.name = "multiset", .kinds = names, .state_size = sizeof(struct values),
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
