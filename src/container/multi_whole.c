// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multi_whole.c -- two multimaps, or multisets: swap, copy, compare
 *
 * Swap is that of sets (set_whole.c), which knows nothing of what keys are.
 * Serials go with their entries, and are nowhere else in the arena.
 *
 * A copy is built aside, in the order of the entries, which get serials of
 * their own: what names an entry names none of a copy's.
 *
 * Two are equal if entry for entry the users' keys are the same, and the
 * values, as std::multimap has it; serials do not matter.  They are walked
 * through twice, side by side, and if both walks have left the same traces,
 * what the second saw was so when the first one ended (set_whole.c).
 *
 * Invariants: multi.h, M3; map_layout.h, B4.
 *
 * Who may write what: the roots, who has their gates and nodes (set_whole.c,
 * aside.c).
 *
 * On death: none of it has happened, or all.
 */
#include "container/multi.h"

#include <tarn/set.h>

#define ROUNDS_MOST 100u

/* ---- swap and copy ----------------------------------------------------------------------------- */

int
tarn__multi_swap(struct tarn_object *map, struct tarn_object *other)
{
	if (!tarn__keyed_alike(map, other))
		return TARN_TYPE;
	return tarn_set_swap((struct tarn_set *)map, (struct tarn_set *)other);
}

/* To the end of another: with a new serial, and so behind those of its key. */
static int
append(struct tarn_multi_cursor *cursor, struct tarn_map_entry *entry, struct tarn_object *to)
{
	uint64_t serial;
	int code = tarn__multi_cursor_entry(cursor, entry, &serial);

	return code ? code : tarn__multi_insert(to, entry->key, entry->key_size, entry->value,
						entry->value_size, NULL);
}

static int
fill(struct tarn_object *aside, void *from)
{
	struct tarn_multi_cursor *cursor;
	struct tarn_map_entry entry;
	int code = tarn__multi_cursor_open(from, &cursor);

	while (!code && !(code = tarn_map_cursor_next(&cursor->map, &entry)))
		code = append(cursor, &entry, aside);
	tarn__multi_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

int
tarn__multi_copy(struct tarn_object *map, struct tarn_object *from)
{
	if (!tarn__keyed_alike(map, from))
		return TARN_TYPE;
	return tarn__keyed_assign(map, tarn__aside_swing, fill, tarn__keyed_beside(map, from));
}

/* ---- compare ----------------------------------------------------------------------------------- */

/* A walk through one of them. */
struct side {
	struct tarn_map_cursor cursor;
	struct tarn_map_entry entry;
	uint64_t trace;
	bool over;
};

static int
advance(struct side *side)
{
	bool reads = side->cursor.at == side->cursor.used;
	int code = tarn_map_cursor_next(&side->cursor, &side->entry);

	side->over = code == TARN_NOT_FOUND;
	if (!code && side->entry.key_size < TARN_SERIAL_SIZE)
		return TARN_CORRUPT;
	if (reads && (!code || side->over))
		tarn__cursor_trace(&side->cursor, &side->trace);
	return side->over ? 0 : code;
}

static bool
are_same(const struct tarn_map_entry *one, const struct tarn_map_entry *other)
{
	return one->key_size == other->key_size && one->value_size == other->value_size &&
	       !memcmp(one->key, other->key, one->key_size - TARN_SERIAL_SIZE) &&
	       !memcmp(one->value, other->value, one->value_size);
}

/* To the end of both, or to where they differ: then what is behind does not matter. */
static int
walk(struct side *one, struct side *other, bool *equal)
{
	int code, worse;

	*equal = true;
	do {
		code = advance(one);
		worse = advance(other);
		code = code ? code : worse;
		if (!code && !(one->over && other->over))
			*equal = !one->over && !other->over && are_same(&one->entry, &other->entry);
	} while (!code && *equal && !one->over);
	return code;
}

static int
walk_once(struct tarn_object *one, struct tarn_object *other, uint64_t traces[2], bool *equal)
{
	struct side sides[2] = { { .trace = 0 }, { .trace = 0 } };
	int code;

	tarn__cursor_begin(&sides[0].cursor, one);
	tarn__cursor_begin(&sides[1].cursor, other);
	code = walk(&sides[0], &sides[1], equal);
	for (unsigned i = 0; i < 2; i++) {
		traces[i] = sides[i].trace;
		tarn__cursor_end(&sides[i].cursor);
	}
	return code;
}

int
tarn__multi_equal(struct tarn_object *map, struct tarn_object *other, bool *equal)
{
	struct tarn_object *one = tarn__keyed_beside(other, map), *two = tarn__keyed_beside(map, other);
	uint64_t deadline = tarn__deadline(map->arena), traces[2], again[2];
	bool is = false, still = false;
	int code = 0;

	if (!tarn__keyed_alike(map, other))
		return TARN_TYPE;
	for (unsigned round = 0; !code && !still; round++) {
		if (round == ROUNDS_MOST || (round && tarn__too_late(deadline)))
			return TARN_BUSY;
		code = walk_once(one, two, traces, &is);
		if (!code)
			code = walk_once(one, two, again, &is);
		still = !memcmp(traces, again, sizeof(traces));
	}
	if (!code)
		*equal = is;
	return code;
}
