// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.c -- calls and transactions of hash multimaps and multisets,
 * died in at every store, and at every store of the recovery again
 *
 * How a death is played out says hook/view.h.  Buckets are few here: 4 homes
 * and 2 stashes a segment, so that two dozen keys overflow.
 *
 * Setup and steps are words with blanks between them, each a call:
 *
 *	a3=2	add value 2 to key 3	a3-7=2	... to each of these
 *	A3=5	add values 1 to 5	d3=2	remove value 2 of key 3
 *	e3-7	remove these keys
 *	w	swap with the other	y	copy the other
 *	S	shrink to fit		C	clear
 *	-	remove the map		g	finish the graveyard
 *	( ) !	begin a transaction of both, commit it, abort it
 *	m	the following are of the other one, or of the first again
 *
 *	*	in place of a number: the first key that lies in a stash bucket
 *	+	...: the first that lies in a home bucket that is full
 *
 * Of a set the values are all the same.
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		of each key its values in their order, by a walk, by
 *			equal_range, by count and by the first; the size
 *	afterwards	add and remove, finish the graveyard; all is as it was
 */
#include "hashmulti.h"

#include "hook/view.h"

#include "base/hash.h"
#include "base/words.h"
#include "catalog/catalog.h"
#include "container/hashmap.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define SEED UINT64_C(0x5eed) /* the same keys overflow in every run */
#define MAPS 2u
#define KEYS 40u
#define KEY_MOST 64u
#define VALUE_MOST 800u
#define BLOCKED 1u /* no hash is that */

#define must(claim) view_must(claim)

/* Of each key a hash of its values in their order; 0: it is not there. */
struct image {
	uint16_t chains[MAPS][KEYS];
	uint64_t sizes[MAPS], words[MAPS];
	uint64_t live, objects, removed;
};

static const struct multi_suite *suite;
static const struct multi_layout *layout;
static struct tarn_arena *arena;
static struct tarn_object *plain[MAPS], *maps[MAPS]; /* in a transaction its own */
static struct tarn_txn *txn;
static unsigned at;

static struct seen {
	uint16_t chains[MAPS][KEYS];
	uint64_t sizes[MAPS];
	int codes[MAPS];
} seen;

/* ---- keys and values --------------------------------------------------------------------------- */

static size_t
make_key(unsigned n, char *bytes)
{
	uint64_t word = n;

	if (layout->key == TARN_KEY_U64) {
		memcpy(bytes, &word, 8);
		return 8;
	}
	return (size_t)sprintf(bytes, n & 1 ? "key %u" : "a longer key, with the number %u", n);
}

static size_t
make_value(unsigned number, char *bytes)
{
	static const unsigned sizes[] = { 9, 40, 700, 0 };
	size_t size = layout->value_size == TARN_VALUE_BYTES ? sizes[number % 4] : layout->value_size;

	memset(bytes, (int)number, VALUE_MOST);
	return size;
}

static bool
is_set(void)
{
	return suite->kind == TARN_KIND_HASHMULTISET;
}

static struct tarn_hashmultiset *
set_of(struct tarn_object *map)
{
	return (struct tarn_hashmultiset *)map;
}

static struct tarn_hashmultimap *
map_of(struct tarn_object *map)
{
	return (struct tarn_hashmultimap *)map;
}

static uint16_t
chain_on(uint16_t chain, const void *value, size_t size)
{
	uint16_t hash = (uint16_t)tarn__hash_bytes(value, size, chain + 1u);

	return hash > BLOCKED ? hash : (uint16_t)(hash + 2);
}

/* ---- looking ----------------------------------------------------------------------------------- */

static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object object = *plain[which];

	object.arena = in;
	object.root = (struct tarn_root_shm *)(in->base + object.root_off);
	tarn__object_forget(&object);
	return object;
}

static bool
waits(int code)
{
	return code == TARN_TIMEOUT || code == TARN_OWNER_DIED || code == TARN_BUSY;
}

static unsigned
number_of(const void *bytes, size_t size)
{
	char key[KEY_MOST];

	for (unsigned n = 0; n < KEYS; n++) {
		if (make_key(n, key) == size && !memcmp(key, bytes, size))
			return n;
	}
	view_fail("a walk finds a key that nobody has added");
}

/* The values that a cursor hands out, each on the chain of its key. */
static int
chain_all(struct tarn_hashmultimap_cursor *cursor, uint16_t *chains, uint64_t *size)
{
	struct tarn_hashmultimap_entry entry;
	int code;

	while (!(code = tarn_hashmultimap_cursor_next(cursor, &entry))) {
		unsigned n = number_of(entry.key, entry.key_size);

		chains[n] = chain_on(chains[n], entry.value, entry.value_size);
		++*size;
	}
	tarn_hashmultimap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
chain_set(struct tarn_hashmultiset_cursor *cursor, uint16_t *chains, uint64_t *size)
{
	uint64_t times;
	const void *key;
	size_t key_size;
	int code;

	while (!(code = tarn_hashmultiset_cursor_next(cursor, &key, &key_size, &times))) {
		chains[number_of(key, key_size)] = chain_on(0, &times, sizeof(times));
		*size += times;
	}
	tarn_hashmultiset_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
walk(struct tarn_object *map, uint16_t *chains, uint64_t *size)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultiset_cursor *set_cursor;
	int code;

	*size = 0;
	if (is_set()) {
		code = tarn_hashmultiset_cursor_open(set_of(map), &set_cursor);
		return code ? code : chain_set(set_cursor, chains, size);
	}
	code = tarn_hashmultimap_cursor_open(map_of(map), &cursor);
	return code ? code : chain_all(cursor, chains, size);
}

static uint16_t
chain_of_times(struct tarn_object *map, const char *key, size_t size)
{
	uint64_t count;
	int code = tarn_hashmultiset_count(set_of(map), key, size, &count);

	if (code) {
		must(waits(code) || code == TARN_REMOVED);
		return BLOCKED;
	}
	return count ? chain_on(0, &count, sizeof(count)) : 0;
}

/* By all calls that look at a key, which agree if nobody makes one wait. */
static uint16_t
chain_of(struct tarn_object *map, unsigned n)
{
	struct tarn_hashmultimap_cursor *cursor;
	char key[KEY_MOST], value[VALUE_MOST];
	size_t size = make_key(n, key);
	uint64_t found = 0, count;
	uint16_t chains[KEYS] = { 0 };
	int code;

	if (is_set())
		return chain_of_times(map, key, size);
	code = tarn_hashmultimap_equal_range(map_of(map), key, size, &cursor);
	if (code) {
		must(waits(code) || code == TARN_REMOVED);
		return BLOCKED;
	}
	must(chain_all(cursor, chains, &found) == 0);
	must(tarn_hashmultimap_count(map_of(map), key, size, &count) == 0 && count == found);
	code = tarn_hashmultimap_get(map_of(map), key, size, value, sizeof(value), &size);
	must(code == (found ? 0 : TARN_NOT_FOUND));
	must(found != 1 || chains[n] == chain_on(0, value, size));
	return chains[n];
}

static void
look_at_map(struct tarn_arena *in, unsigned which, struct image *image)
{
	struct tarn_object map = handle_in(in, which);
	uint64_t size;
	int code = walk(&map, image->chains[which], &image->sizes[which]);

	image->words[which] = tarn__load(&map.root->word);
	if (code == TARN_REMOVED)
		return;
	must(code == 0);
	image->live |= UINT64_C(1) << which;
	must(tarn__keyed_size(&map, &size) == 0 && size == image->sizes[which]);
	for (unsigned n = 0; n < KEYS; n++)
		must(chain_of(&map, n) == image->chains[which][n]);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	for (unsigned i = 0; i < MAPS; i++)
		look_at_map(in, i, image);
}

static void
read_maps(void)
{
	memset(&seen, 0, sizeof(seen));
	for (unsigned i = 0; i < MAPS; i++) {
		struct tarn_object map = handle_in(&view, i);
		uint16_t chains[KEYS] = { 0 };

		seen.codes[i] = walk(&map, chains, &seen.sizes[i]);
		for (unsigned n = 0; n < KEYS; n++) {
			seen.chains[i][n] = chain_of(&map, n);
			must(seen.codes[i] || seen.chains[i][n] == BLOCKED ||
			     seen.chains[i][n] == chains[n]);
		}
	}
}

/* What readers saw was true, or they said that they could not tell. */
static void
compare_read(const void *told)
{
	const struct image *image = told;

	for (unsigned i = 0; i < MAPS; i++) {
		bool live = image->live >> i & 1;

		if (seen.codes[i] == TARN_REMOVED) {
			must(!live);
			continue;
		}
		must(seen.codes[i] ? waits(seen.codes[i]) : live && seen.sizes[i] == image->sizes[i]);
		for (unsigned n = 0; n < KEYS; n++)
			must(seen.chains[i][n] == BLOCKED ||
			     seen.chains[i][n] == image->chains[i][n]);
	}
}

/* ---- calls ------------------------------------------------------------------------------------- */

static int
add(struct tarn_object *map, unsigned n, unsigned number)
{
	char key[KEY_MOST], value[VALUE_MOST];
	size_t key_size = make_key(n, key), size = make_value(number, value);

	if (is_set())
		return tarn_hashmultiset_insert(set_of(map), key, key_size);
	return tarn_hashmultimap_insert(map_of(map), key, key_size, value, size);
}

static int
drop(struct tarn_object *map, unsigned n, unsigned number)
{
	char key[KEY_MOST], value[VALUE_MOST];
	size_t key_size = make_key(n, key), size = make_value(number, value);

	if (is_set())
		return tarn_hashmultiset_erase_one(set_of(map), key, key_size);
	return tarn_hashmultimap_erase_one(map_of(map), key, key_size, value, size);
}

static int
erase(struct tarn_object *map, unsigned n)
{
	char key[KEY_MOST];
	size_t size = make_key(n, key);
	uint64_t erased = 0;
	int code = is_set() ? tarn_hashmultiset_erase(set_of(map), key, size, &erased)
			    : tarn_hashmultimap_erase(map_of(map), key, size, &erased);

	must(code || erased);
	return code;
}

static int
swap(struct tarn_object *map, struct tarn_object *other)
{
	return is_set() ? tarn_hashmultiset_swap(set_of(map), set_of(other))
			: tarn_hashmultimap_swap(map_of(map), map_of(other));
}

static int
copy(struct tarn_object *map, struct tarn_object *from)
{
	return is_set() ? tarn_hashmultiset_copy(set_of(map), set_of(from))
			: tarn_hashmultimap_copy(map_of(map), map_of(from));
}

static void
add_and_drop(const struct image *image, unsigned which)
{
	struct tarn_object map = handle_in(&view, which);

	if (!(image->live >> which & 1)) {
		must(add(&map, KEYS - 1, 1) == TARN_REMOVED);
		return;
	}
	for (unsigned number = 1; number < 5; number++)
		must(add(&map, KEYS - 1, number) == 0);
	must(drop(&map, KEYS - 1, 2) == 0);
	must(erase(&map, KEYS - 1) == 0 && drop(&map, KEYS - 1, 1) == TARN_NOT_FOUND);
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now;

	for (unsigned i = 0; i < MAPS; i++)
		add_and_drop(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	memset(&now, 0, sizeof(now));
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.chains, before->chains, sizeof(now.chains)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_maps,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- words ------------------------------------------------------------------------------------- */

/* The first key of the first map that lies there; there is one segment. */
static unsigned
find_key(bool in_stash)
{
	const struct tarn_object *map = plain[0];
	uint64_t depth;
	const uint64_t *directory = tarn__hashmap_directory(plain[0], &depth);
	const struct tarn_segment_shm *segment =
		tarn__at(map->arena, directory[0] & ~TARN_DEPTH, sizeof(*segment), 128);
	unsigned from = in_stash ? TARN_HOMES : 0, to = in_stash ? TARN_BUCKETS : TARN_HOMES;

	for (unsigned i = from; i < to; i++) {
		const struct tarn_bucket_shm *bucket = &segment->buckets[i];
		struct tarn_entry_view entry;
		char key[KEY_MOST];

		if (in_stash ? !(bucket->node & TARN_OCCUPIED) : ~bucket->node & TARN_OCCUPIED)
			continue;
		must(tarn__place_view(plain[0], &bucket->places[tarn__ctz(bucket->node & TARN_OCCUPIED)],
				      &entry));
		tarn__words_out(key, entry.key, entry.key_size);
		return number_of(key, entry.key_size);
	}
	view_fail("no key lies there");
}

static unsigned
take_number(const char **text)
{
	unsigned n = 0;

	if (**text == '*' || **text == '+')
		return find_key(*(*text)++ == '*');
	for (; **text >= '0' && **text <= '9'; (*text)++)
		n = 10 * n + (unsigned)(**text - '0');
	return n;
}

static int
begin(void)
{
	int code = tarn_txn_begin(arena, &txn, plain, MAPS);

	for (unsigned i = 0; i < MAPS && !code; i++)
		maps[i] = tarn__txn_bound(txn, plain[i]);
	return code;
}

static int
end(bool commits)
{
	memcpy(maps, plain, sizeof(maps));
	if (commits)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return 0;
}

static int
call_alone(char call)
{
	switch (call) {
	case 'w':
		return swap(maps[at], maps[at ^ 1]);
	case 'y':
		return copy(maps[at], maps[at ^ 1]);
	case 'S':
		return tarn_hashmap_shrink_to_fit((struct tarn_hashmap *)maps[at]);
	case 'C':
		return tarn_hashmap_clear((struct tarn_hashmap *)maps[at]);
	case '-':
		return tarn_object_remove(arena, "0");
	case 'g':
		tarn__graveyard_work(arena, UINT32_MAX);
		return 0;
	case 'm':
		at ^= 1;
		return 0;
	case '(':
		return begin();
	default:
		return end(call == ')');
	}
}

static void
call_on_key(char call, unsigned n, unsigned number)
{
	if (call == 'a')
		must(add(maps[at], n, number) == 0);
	else if (call == 'd')
		must(drop(maps[at], n, number) == 0);
	else if (call == 'e')
		must(erase(maps[at], n) == 0);
	for (unsigned i = 1; call == 'A' && i <= number; i++)
		must(add(maps[at], n, i) == 0);
}

/* One word; where the next one is. */
static const char *
run_word(const char *text)
{
	char call = *text++;
	unsigned first, last, number;

	if (strchr("wySC-gm()!", call)) {
		must(call_alone(call) == 0);
	} else {
		first = take_number(&text);
		last = *text == '-' ? (text++, take_number(&text)) : first;
		number = *text == '=' ? (text++, take_number(&text)) : 1;
		must(last < KEYS - 1);
		for (unsigned n = first; n <= last; n++)
			call_on_key(call, n, number);
	}
	while (*text == ' ')
		text++;
	return text;
}

static void
run_words(const char *text)
{
	at = 0;
	while (*text)
		text = run_word(text);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

static const struct multi_scenario *scenario;

static void
open_map(unsigned which)
{
	const char name[2] = { (char)('0' + which), 0 };
	struct tarn_type type = { suite->kind, layout->key, layout->value_size, NULL };
	struct tarn_hashmultiset *set;
	struct tarn_hashmultimap *map;

	if (is_set()) {
		must(tarn_hashmultiset_open(arena, &set, name, &type, TARN_CREATE, NULL) == 0);
		plain[which] = tarn_hashmultiset_object(set);
	} else {
		must(tarn_hashmultimap_open(arena, &map, name, &type, TARN_CREATE, NULL) == 0);
		plain[which] = tarn_hashmultimap_object(map);
	}
	plain[which]->root->seed = SEED;
	tarn__object_set_seed(plain[which], SEED);
	maps[which] = plain[which];
}

static void
step(void)
{
	run_words(scenario->steps);
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	unsigned changes;

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (unsigned i = 0; i < MAPS; i++)
		open_map(i);
	view_open(arena);
	run_words(scenario->setup);
	changes = view_run(&view_test, scenario->name, step);
	if (getenv("CRASH_VERBOSE"))
		fprintf(stderr, "%s, layout %u: %u\n", scenario->name,
			(unsigned)(layout - suite->layouts), changes);
	must(changes == scenario->changes);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_object_close(plain[i]);
	view_close();
	tarn_arena_close(arena);
}

static const char *only;

static void
run_all(unsigned with)
{
	for (unsigned i = 0; i < suite->scenario_count; i++) {
		scenario = &suite->scenarios[i];
		for (unsigned l = 0; l < suite->layout_count; l++) {
			layout = &suite->layouts[l];
			if ((scenario->layouts & with) >> l & 1 &&
			    (!only || !strcmp(only, scenario->name)))
				run();
		}
	}
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = view_once = true;
	run_all(suite->enough);
}

int
multi_main(const struct multi_suite *which, int argc, char **argv)
{
	const struct mutants mutants = {
		.files = { which->file }, .seconds = MUTANT_SECONDS, .run = run_quietly
	};
	bool breaks = argc > 1 && !strcmp(argv[1], "--mutants");

	hook_start();
	suite = which;
	only = argc > 1 + breaks ? argv[1 + breaks] : NULL;
	if (breaks)
		return mutants_main(&mutants);
	run_all(UINT32_MAX);
	return hook_verdict();
}
