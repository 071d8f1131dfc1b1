// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- histories of ordered multimaps: see history.h
 *
 * Two multimaps of a few keys, each of which lies in many leaves, most of them
 * empty: before each history every key has had many entries, and they were
 * erased in a transaction.  So entries come and go at boundaries between two
 * serials of one key; and an insert that did not go behind all that were there
 * when it began would be found by whoever looks for the first or the last.
 *
 * What a plain array has is its entries in their order, each a key and a value
 * of its own; what is told of all of them is a hash.
 */
#include "linear/history.h"

#include "base/hash.h"
#include "txn/object.h"

#include <string.h>

#include <tarn.h>

#define MAPS HISTORY_OBJECTS
#define KEYS 3u
#define FILL 40u /* entries of each key, of which nothing is left but leaves */
#define ENTRIES 60u
#define FIRST_ENTRIES 8u
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	INSERT, ERASE, GET, CONTAINS, BOUND, ABOVE, FIRST, LAST, POP_FIRST, POP_LAST, EQUAL, CLEAR, SWAP,
	MOVE, READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"insert", "erase", "get", "contains", "lower bound", "upper bound", "first", "last", "pop first",
	"pop last", "equal", "clear", "swap", "move", "read both", "undone",
};

/* An entry is key:32 | value:32. */
struct entries {
	uint64_t count, at[ENTRIES];
};

struct values {
	struct entries of[MAPS];
};

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a history has room for it");

static struct tarn_multimap *maps[MAPS];

/* ---- the calls --------------------------------------------------------------------------------- */

static int
make_found(struct tarn_multimap *map, struct call *call)
{
	uint64_t key = call->at, found = 0, value = 0;
	struct tarn_bytes room = { &found, sizeof(found) }, to = { &value, sizeof(value) };
	int code;

	if (call->kind == BOUND)
		code = tarn_multimap_lower_bound(map, &key, 8, &room, &to);
	else if (call->kind == ABOVE)
		code = tarn_multimap_upper_bound(map, &key, 8, &room, &to);
	else if (call->kind == FIRST)
		code = tarn_multimap_first(map, &room, &to);
	else if (call->kind == LAST)
		code = tarn_multimap_last(map, &room, &to);
	else if (call->kind == POP_FIRST)
		code = tarn_multimap_pop_first(map, &room, &to);
	else
		code = tarn_multimap_pop_last(map, &room, &to);
	call->said[0] = code ? 0 : (int64_t)(found << 32 | value);
	return code;
}

/* In a transaction, and so all at one moment. */
static int
read_all(struct tarn_multimap *map, int64_t *said)
{
	uint64_t keys[ENTRIES], values[ENTRIES], hash = 0;
	size_t count = ENTRIES;
	int code = tarn_multimap_scan(map, NULL, 0, keys, values, &count);

	for (size_t i = 0; !code && i < count; i++)
		hash = tarn__hash_u64(keys[i] << 32 | values[i], hash);
	*said = (int64_t)hash;
	return code;
}

/* The first entry of the one goes into the other. */
static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_multimap *from = tarn_multimap_in(maps[call->object], txn);
	struct tarn_multimap *to = tarn_multimap_in(maps[!call->object], txn);
	uint64_t key = 0, value = 0;
	struct tarn_bytes room = { &key, sizeof(key) }, found = { &value, sizeof(value) };
	int code;

	call->said[0] = call->said[1] = 0;
	if (call->kind == READ_BOTH) {
		code = read_all(from, &call->said[0]);
		return code ? code : read_all(to, &call->said[1]);
	}
	code = tarn_multimap_pop_first(from, &room, &found);
	if (code)
		return code;
	call->said[0] = (int64_t)(key << 32 | value);
	return tarn_multimap_insert(to, &key, 8, &value, 8, NULL);
}

static int
make(struct call *call)
{
	struct tarn_multimap *map = maps[call->object];
	uint64_t key = call->at, value = (uint64_t)call->a, told = 0;
	bool is = false;
	int code;

	switch (call->kind) {
	case INSERT:
		return tarn_multimap_insert(map, &key, 8, &value, 8, NULL);
	case ERASE:
		code = tarn_multimap_erase(map, &key, 8, &told);
		call->said[0] = (int64_t)told;
		return code;
	case GET:
		code = tarn_multimap_get(map, &key, 8, &told, 8, NULL);
		call->said[0] = (int64_t)told;
		return code;
	case CONTAINS:
		return tarn_multimap_contains(map, &key, 8);
	case BOUND ... POP_LAST:
		return make_found(map, call);
	case EQUAL:
		code = tarn_multimap_equal(map, maps[!call->object], &is);
		call->said[0] = is;
		return code;
	case CLEAR:
		return tarn_multimap_clear(map);
	case SWAP:
		return tarn_multimap_swap(maps[0], maps[1]);
	default:
		return history_in_txn(tarn_multimap_object(maps[0]), tarn_multimap_object(maps[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* ---- arrays ------------------------------------------------------------------------------------ */

/* Where the first is whose key is not below. */
static uint64_t
lower(const struct entries *in, uint64_t key)
{
	uint64_t at = 0;

	while (at < in->count && in->at[at] >> 32 < key)
		at++;
	return at;
}

/* What is behind the end is 0: states are compared. */
static void
take_out(struct entries *in, uint64_t at, uint64_t count)
{
	memmove(&in->at[at], &in->at[at + count], (in->count - at - count) * sizeof(in->at[0]));
	in->count -= count;
	memset(&in->at[in->count], 0, count * sizeof(in->at[0]));
}

static void
put_in(struct entries *in, uint64_t entry)
{
	uint64_t at = lower(in, (entry >> 32) + 1);

	if (in->count == ENTRIES)
		history_give_up("too many entries", 0);
	memmove(&in->at[at + 1], &in->at[at], (in->count - at) * sizeof(in->at[0]));
	in->at[at] = entry;
	in->count++;
}

static void
apply_to_key(struct entries *in, struct call *call)
{
	uint64_t first = lower(in, call->at), count = lower(in, call->at + UINT64_C(1)) - first;

	if (call->kind == INSERT) {
		put_in(in, (uint64_t)call->at << 32 | (uint64_t)call->a);
		return;
	}
	call->code = count ? 0 : TARN_NOT_FOUND;
	if (call->kind == ERASE) {
		call->said[0] = (int64_t)count;
		take_out(in, first, count);
	} else if (call->kind == GET) {
		call->said[0] = count ? (int64_t)(uint32_t)in->at[first] : 0;
	}
}

static void
apply_found(struct entries *in, struct call *call)
{
	bool is_last = call->kind == LAST || call->kind == POP_LAST;
	uint64_t at = is_last ? in->count - 1 : 0;

	if (call->kind == BOUND || call->kind == ABOVE)
		at = lower(in, call->at + (uint64_t)(call->kind == ABOVE));
	call->code = at < in->count ? 0 : TARN_NOT_FOUND;
	call->said[0] = call->code ? 0 : (int64_t)in->at[at];
	if (!call->code && (call->kind == POP_FIRST || call->kind == POP_LAST))
		take_out(in, at, 1);
}

static int64_t
hash_of(const struct entries *in)
{
	uint64_t hash = 0;

	for (uint64_t i = 0; i < in->count; i++)
		hash = tarn__hash_u64(in->at[i], hash);
	return (int64_t)hash;
}

static void
apply_to_both(struct entries *from, struct entries *to, struct call *call)
{
	uint64_t first = from->at[0];

	if (call->kind == READ_BOTH) {
		call->said[0] = hash_of(from);
		call->said[1] = hash_of(to);
		return;
	}
	call->code = from->count ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = (int64_t)first;
	if (call->kind == UNDONE)
		return;
	take_out(from, 0, 1);
	put_in(to, first);
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct entries *of = &values->of[call->object], *other = &values->of[!call->object], third;

	call->code = 0;
	switch (call->kind) {
	case INSERT ... CONTAINS:
		apply_to_key(of, call);
		break;
	case BOUND ... POP_LAST:
		apply_found(of, call);
		break;
	case EQUAL:
		call->said[0] = !memcmp(of, other, sizeof(*of));
		break;
	case CLEAR:
		memset(of, 0, sizeof(*of));
		break;
	case SWAP:
		third = *of;
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
			     .object = (unsigned)history_roll(MAPS),
			     .at = (unsigned)history_roll(KEYS),
			     .a = (int64_t)history_roll(UINT64_C(1) << 31) };

	if (!history_roll(3))
		call.kind = INSERT;
	return call;
}

static int
empty_both(struct tarn_txn *txn, void *unused)
{
	int code = 0;

	(void)unused;
	for (unsigned i = 0; !code && i < MAPS; i++)
		code = tarn_multimap_erase_range(tarn_multimap_in(maps[i], txn), NULL, 0, NULL, 0, NULL);
	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

static int
add(unsigned which, uint64_t entry)
{
	uint64_t key = entry >> 32, value = (uint32_t)entry;

	return tarn_multimap_insert(maps[which], &key, 8, &value, 8, NULL);
}

/* Many leaves, all of them empty; and a few entries. */
static void
set_up(void *state)
{
	struct tarn_object *objects[MAPS] = { tarn_multimap_object(maps[0]),
					      tarn_multimap_object(maps[1]) };
	uint64_t first_entries = history_roll(MAPS * FIRST_ENTRIES);
	struct values *values = state;
	int code = 0;

	memset(values, 0, sizeof(*values));
	for (uint64_t i = 0; !code && i < MAPS * KEYS * FILL; i++)
		code = add(i % MAPS, i / MAPS / FILL << 32);
	if (!code)
		code = tarn_txn_run(history_arena, objects, MAPS, empty_both, NULL);
	for (unsigned i = 0; !code && i < first_entries; i++) {
		uint64_t entry = history_roll(KEYS) << 32 | history_roll(UINT64_C(1) << 31);

		code = add(i % MAPS, entry);
		put_in(&values->of[i % MAPS], entry);
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
open_maps(void)
{
	struct tarn_type type = { TARN_KIND_MULTIMAP, TARN_KEY_U64, 8, NULL };
	int code = tarn_multimap_open(history_arena, &maps[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_multimap_open(history_arena, &maps[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_maps(void)
{
	tarn_multimap_close(maps[0]);
	tarn_multimap_close(maps[1]);
}

static const struct history_test test = {
	.name = "multimap", .kinds = names, .state_size = sizeof(struct values),
	.open = open_maps, .close = close_maps, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = 1,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
