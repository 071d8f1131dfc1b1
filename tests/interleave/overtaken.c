// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * overtaken.c -- who reads an ordered map, and others who are faster
 *
 * A reader has no lock, so between any two of its loads others may do whole
 * calls.  Here they do one before its first load, its second, and so on, until
 * it makes fewer:
 *
 *	load load load | remove | load load load: as before, or as after
 *
 * What it says must be what it would have said without the other call, or
 * after it.
 *
 * And one is overtaken each time that it is nearly done: it gives up at its
 * deadline.
 *
 * Nodes are small here, as in crash/map.c.
 */
#include "container/map.h"
#include "hook/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>
#include <unistd.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define LOADS_MOST 20000u
#define LAST 30u

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static struct tarn_arena *arena;
static struct tarn_map *map;
static void (*overtake)(void);
static unsigned loads, when; /* of the reader, so far; the one before which the other call is made */
static const char *reads, *does;

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("%s, %s before load %u: line %d: %s does not hold\n", reads, does, when, line, claim);
	exit(1);
}

static void
at_load(const volatile void *address)
{
	(void)address;
	if (++loads != when)
		return;
	hook_load = NULL;
	overtake();
	hook_load = at_load;
}

/* ---- the map ----------------------------------------------------------------------------------- */

static int
put(uint64_t key)
{
	return tarn_map_put(map, &key, 8, &key, 8);
}

static int
erase_in(struct tarn_txn *txn, void *unused)
{
	uint64_t to = LAST / 2;
	int code = tarn_map_erase_range(tarn_map_in(map, txn), NULL, 0, &to, 8, NULL);

	(void)unused;
	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

/* The first leaves are empty. */
static void
open_map(unsigned deadline_ms)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4, .max_size = MAX_SIZE,
					      .deadline_ms = deadline_ms };
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
	struct tarn_object *object;

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn_map_open(arena, &map, "map", &type, TARN_CREATE, NULL) == 0);
	for (uint64_t key = 0; key <= LAST; key++)
		must(put(key) == 0);
	object = tarn_map_object(map);
	must(tarn_txn_run(arena, &object, 1, erase_in, NULL) == 0);
	hook_watch(arena->base, arena->window_size);
}

static void
close_map(void)
{
	hook_watch_nothing();
	must(tarn_check(arena, NULL, NULL) == 0);
	tarn_map_close(map);
	tarn_arena_close(arena);
}

/* ---- at every load ----------------------------------------------------------------------------- */

struct told {
	int code;
	uint64_t key;
};

static struct told
get(void)
{
	struct told told = { .key = LAST - 1 };
	uint64_t key = told.key;

	told.code = tarn_map_get(map, &key, 8, &told.key, 8, NULL);
	return told;
}

/* Keys that go down together; what they say is added up. */
static struct told
get_many(void)
{
	struct told told = { .key = 0 };
	uint64_t keys[5], values[5] = { 0 };

	for (unsigned i = 0; i < 5; i++)
		keys[i] = LAST - i;
	told.code = tarn_map_get_many(map, keys, 8, 5, values, 8, NULL);
	for (unsigned i = 0; i < 5 && !told.code; i++)
		must(values[i] == keys[i]);
	return told;
}

static struct told
look_for_first(void)
{
	struct told told = { .key = 0 };
	struct tarn_bytes room = { &told.key, 8 };

	told.code = tarn_map_first(map, &room, NULL);
	return told;
}

static struct told
look_for_last(void)
{
	struct told told = { .key = 0 };
	struct tarn_bytes room = { &told.key, 8 };

	told.code = tarn_map_last(map, &room, NULL);
	return told;
}

static struct told
add_up(void)
{
	struct told told = { .key = 0 };

	told.code = tarn_map_size(map, &told.key);
	return told;
}

/* Many ways have led nowhere. */
static struct told
look_why(void)
{
	struct tarn_waiter waiter = tarn__waiter(tarn__map_object(map));
	struct tarn_way way = { .leaf = NULL };

	waiter.looks = 1000;
	return (struct told){ tarn__way_again(tarn__map_object(map), &waiter, &way), 0 };
}

static void
remove_it(void)
{
	must(tarn_object_remove(arena, "map") == 0);
}

static void
clear(void)
{
	must(tarn_map_clear(map) == 0);
}

static void
split(void)
{
	for (uint64_t key = LAST + 1; key < LAST + 15; key++)
		must(put(key) == 0);
}

static void
merge(void)
{
	uint64_t from = LAST / 2 + 1;

	must(tarn_map_erase_range(map, &from, 8, NULL, 0, NULL) == 0);
}

static void
put_first(void)
{
	must(put(0) == 0);
}

static const struct {
	const char *name;
	struct told (*read)(void);
} readers[] = {
	{ "get", get }, { "get many", get_many }, { "first", look_for_first }, { "last", look_for_last }, { "size", add_up },
	{ "look why there is no way", look_why },
};

static const struct {
	const char *name;
	void (*call)(void);
} calls[] = {
	{ "remove", remove_it }, { "clear", clear },	 { "split", split },
	{ "merge", merge },	 { "put", put_first },
};

static bool
is_same(struct told one, struct told other)
{
	return one.code == other.code && (one.code || one.key == other.key);
}

/* Whether the reader made so many loads. */
static bool
is_overtaken_at(struct told (*read)(void), unsigned load)
{
	struct told before, told, after;

	open_map(0);
	before = read();
	loads = 0;
	when = load;
	hook_load = at_load;
	told = read();
	hook_load = NULL;
	after = read();
	must(is_same(told, before) || is_same(told, after));
	close_map();
	return loads >= load;
}

static unsigned
overtake_everywhere(void)
{
	unsigned load = 1, points = 0;

	for (unsigned r = 0; r < TARN_ARRAY_SIZE(readers); r++) {
		for (unsigned c = 0; c < TARN_ARRAY_SIZE(calls); c++, points += load) {
			reads = readers[r].name;
			does = calls[c].name;
			overtake = calls[c].call;
			for (load = 1; is_overtaken_at(readers[r].read, load); load++)
				must(load < LOADS_MOST);
			must(load > 1);
		}
	}
	return points;
}

/* ---- again and again --------------------------------------------------------------------------- */

static uint64_t *hop; /* the word of an empty leaf */
static unsigned looks;

static void
lock_and_let_go(void)
{
	struct tarn_lane *lane;

	must(tarn__op_begin(arena, &lane) == 0);
	must(tarn__lock(lane, hop, tarn__load(hop)));
	tarn__unlock(lane, hop);
	tarn__op_end(lane);
}

/* It is looked at on the way, after its leaf was read, and when all has been found. */
static void
at_third_look(const volatile void *address)
{
	if (address != hop || ++looks % 3)
		return;
	hook_load = NULL;
	lock_and_let_go();
	hook_load = at_third_look;
}

static void
overtake_for_ever(void)
{
	static const struct tarn_map_key below_all = { .edge = -1 };
	struct tarn_way way;

	reads = "first";
	does = "lock and let go";
	open_map(50);
	must(tarn__way(tarn__map_object(map), TARN_NOBODY, &below_all, false, NULL, &way));
	hop = &way.leaf->node;
	must(!(tarn__load(hop) & TARN_LEAF_OCCUPIED));
	alarm(60);
	hook_load = at_third_look;
	must(tarn_map_first(map, NULL, NULL) == TARN_TIMEOUT);
	hook_load = NULL;
	alarm(0);
	must(looks > 300);
	must(strstr(tarn_error_detail(), "again and again"));
	must(tarn_map_first(map, NULL, NULL) == 0);
	close_map();
}

int
main(void)
{
	unsigned points;

	hook_start();
	overtake_for_ever();
	points = overtake_everywhere();
	printf("overtaken at %u loads\n1 passed, 0 failed\n", points);
	return 0;
}
