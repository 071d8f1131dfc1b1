// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- calls and transactions of ordered maps, died in at every store,
 * and at every store of the recovery again
 *
 * Each scenario has an arena of its own, and is done with keys and values of
 * several kinds; how a death is played out says hook/view.h.  Nodes are small
 * here: 4 entries a leaf, 3 keys an inner node, so that a few dozen entries
 * make a tree of three steps.
 *
 * Setup and steps are words with blanks between them, each a call:
 *
 *	p3	put key 3		p3-7	these five, in this order, or
 *	p3=2	put it with value 2	p7-3	the other way round
 *	i e f	insert, erase, fetch_add
 *	s3=0>2	compare value 0 and swap in value 2
 *	x3-7	erase the range, 7 not with it	l3-7=2	load these
 *	o O	pop the first, the last
 *	w	swap with the other	y	copy the other
 *	C	clear			-	remove the map
 *	g	finish the graveyard
 *	( ) !	begin a transaction of both maps, commit it, abort it
 *	]	commit it, and leave undone what comes after that, as who dies
 *	m	the following are of the other map, or of the first again
 *
 * Looked at
 *	tarn_check()	every byte is in one place, nothing is leaked
 *	image		what each key has, by a walk in either direction, by
 *			get() and by size(), which agree
 *	nodes		those that have left the tree have another word than before
 *	afterwards	put, erase, finish the graveyard; all is as it was
 *
 * With --mutants each use of a protocol primitive in container/map*.c is
 * broken in turn, in a child, which must fail.  The last argument, if there
 * is one, names the only scenario to run.
 */
#include "hook/view.h"

#include "base/hash.h"
#include "catalog/catalog.h"
#include "container/map.h"
#include "hook/hook.h"
#include "hook/mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define MAX_SIZE (UINT64_C(40) << TARN_CHUNK_SHIFT)
#define MUTANT_SECONDS 300u
#define MAPS 2u
#define KEYS 72u
#define KEY_MOST 64u
#define VALUE_MOST 800u
#define BLOCKED 255u
#define GONE 254u

#define must(claim) view_must(claim)

/* Of each key what its value says; 0: it is not there. */
struct image {
	uint8_t values[MAPS][KEYS];
	uint8_t live[MAPS];
	uint64_t words[MAPS]; /* the roots': handles remember them */
	uint64_t objects, removed;
};

struct layout {
	enum tarn_key_kind key;
	uint32_t value_size;
};

/* The last: an order of the program's own. */
enum { WORDS = 1, PAIRS = 2, TEXTS = 4, BOTH = 8, ALL = 15, OWN = 16 };

static const struct layout layouts[] = {
	{ TARN_KEY_U64, 8 },
	{ TARN_KEY_I32, TARN_VALUE_BYTES },
	{ TARN_KEY_STRING, 8 },
	{ TARN_KEY_BYTES, TARN_VALUE_BYTES },
	{ TARN_KEY_CUSTOM, 8 },
};

static const struct layout *layout;
static struct tarn_arena *arena;
static struct tarn_map *plain[MAPS], *maps[MAPS];
static struct tarn_txn *txn;
static unsigned at;	  /* which of them */
static bool never_waits; /* readers, whatever the step is at */
static unsigned known;	  /* keys below this are used */

/* What a reader saw before anybody has recovered. */
static struct image seen;
static int seen_walk[MAPS];

/* ---- keys and values --------------------------------------------------------------------------- */

static int
from_behind(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	const unsigned char *one = a, *other = b;

	(void)context;
	while (a_size && b_size && one[a_size - 1] == other[b_size - 1])
		a_size--, b_size--;
	return a_size && b_size ? one[a_size - 1] - other[b_size - 1] : (int)a_size - (int)b_size;
}

/* Ascending with its number; texts have long beginnings in common. */
static size_t
make_key(unsigned n, char *bytes)
{
	uint64_t word = n * UINT64_C(1000);
	int32_t number = ((int32_t)n - 20) * 1000;

	switch (layout->key) {
	case TARN_KEY_U64:
		memcpy(bytes, &word, 8);
		return 8;
	case TARN_KEY_I32:
		memcpy(bytes, &number, 4);
		return 4;
	case TARN_KEY_STRING:
		return (size_t)sprintf(bytes, "k%02u", n);
	case TARN_KEY_CUSTOM:
		return (size_t)sprintf(bytes, "%u%u, from behind", n % 10, n / 10);
	default:
		return (size_t)sprintf(bytes, n % 8 < 4 ? "a common start %02u" : "a common start %02u, and more behind it",
				       n);
	}
}

static size_t
make_value(unsigned n, unsigned number, char *bytes)
{
	static const unsigned sizes[] = { 9, 40, 700, 1 };
	uint64_t word = number + 1;
	size_t size = layout->value_size;

	if (size == TARN_VALUE_BYTES)
		size = sizes[number % 4];
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(number + 1 + (i ? n + i : 0));
	if (layout->value_size == 8)
		memcpy(bytes, &word, 8);
	return size;
}

/* What a value says, of which no byte is another's. */
static unsigned
number_of(unsigned n, const char *bytes, size_t size)
{
	char expected[VALUE_MOST];
	unsigned number = (unsigned char)bytes[0];

	must(size && number && make_value(n, number - 1, expected) == size);
	must(!memcmp(bytes, expected, size));
	return number;
}

/* ---- looking ----------------------------------------------------------------------------------- */

static struct tarn_object
handle_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object object = *(struct tarn_object *)plain[which];

	object.arena = in;
	object.root = (struct tarn_root_shm *)(in->base + object.root_off);
	tarn__object_forget(&object);
	return object;
}

/* All entries, in either direction; 0, or why not. */
static int
walk(struct tarn_map *map, bool on, uint8_t *values)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	char key[KEY_MOST];
	unsigned n = on ? 0 : known;
	int code = tarn_map_cursor_open(map, &cursor);

	if (code)
		return code;
	if (!on)
		tarn_map_cursor_seek_end(cursor);
	while (!(code = on ? tarn_map_cursor_next(cursor, &entry) : tarn_map_cursor_prev(cursor, &entry))) {
		size_t size;

		do {
			must(on ? n < known : n > 0);
			size = make_key(on ? n++ : --n, key);
		} while (size != entry.key_size || memcmp(key, entry.key, size));
		values[on ? n - 1 : n] = (uint8_t)number_of(on ? n - 1 : n, entry.value, entry.value_size);
	}
	tarn_map_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static uint8_t
get(struct tarn_map *map, unsigned n)
{
	char key[KEY_MOST], value[VALUE_MOST];
	size_t size = 0;
	int code = tarn_map_get(map, key, make_key(n, key), value, VALUE_MOST, &size);

	if (!code)
		return (uint8_t)number_of(n, value, size);
	if (code == TARN_NOT_FOUND || code == TARN_REMOVED)
		return code == TARN_REMOVED ? GONE : 0;
	must(code == TARN_TIMEOUT || code == TARN_OWNER_DIED);
	return BLOCKED;
}

static void
look_at_map(struct tarn_arena *in, unsigned which, struct image *image)
{
	struct tarn_object object = handle_in(in, which);
	struct tarn_map *map = (struct tarn_map *)&object;
	uint8_t backwards[KEYS] = { 0 };
	uint64_t size, count = 0;
	int code = walk(map, true, image->values[which]);

	image->live[which] = code != TARN_REMOVED;
	image->words[which] = tarn__load(&object.root->word);
	if (code == TARN_REMOVED)
		return;
	must(code == 0 && walk(map, false, backwards) == 0);
	must(!memcmp(backwards, image->values[which], KEYS));
	for (unsigned n = 0; n < known; n++) {
		must(get(map, n) == backwards[n]);
		count += backwards[n] != 0;
	}
	must(tarn_map_size(map, &size) == 0 && size == count);
}

static void
look(struct tarn_arena *in, void *image)
{
	struct image *told = image;
	struct tarn_check_report report;

	view_check(in, &report);
	told->objects = report.objects;
	told->removed = report.removed;
	for (unsigned i = 0; i < MAPS; i++)
		look_at_map(in, i, told);
}

/*
 * Nodes that the tree has had, with what they said last.  Who has read the word of one, and
 * is stopped there, must see that it has gone, from when others may go on.
 */
static struct tree {
	struct { tarn_off off; uint64_t word; } nodes[128];
	tarn_off anchor; /* another one is another tree, and handles see by the root that it is */
	unsigned count;
	bool dirty;
} trees[MAPS];

static void
collect(struct tarn_object *map, struct tree *tree, tarn_off off, uint64_t height)
{
	struct tarn_inner_shm *node = tarn__at(map->arena, off, height ? sizeof(*node) : 256, 8);
	uint64_t word;

	must(node && tree->count < TARN_ARRAY_SIZE(tree->nodes));
	word = tarn__load(&node->node);
	tree->nodes[tree->count].off = off;
	tree->nodes[tree->count++].word = word & ~TARN_NODE_OWNER;
	tree->dirty |= (word & TARN_NODE_DIRTY) != 0;
	for (uint64_t i = 0; height && i <= (word & TARN_NODE_PAYLOAD); i++)
		collect(map, tree, tarn__load(&tarn__map_children(map, node)[i]), height - 1);
}

/* What the root leads to; nothing of an object that is removed or being changed. */
static struct tree
tree_in(struct tarn_arena *in, unsigned which)
{
	struct tarn_object map = handle_in(in, which);
	const struct tarn_inner_shm *anchor;
	struct tree tree = { .anchor = tarn__load(&map.root->structure), .dirty = true };

	if ((tarn__load(&map.root->node) & TARN_NODE_DIRTY) ||
	    tarn__word_is_stale(&map, tarn__load(&map.root->word)))
		return tree;
	anchor = tarn__at(in, tree.anchor, sizeof(*anchor), 8);
	must(anchor != NULL);
	tree.dirty = (tarn__load(&anchor->node) & TARN_NODE_DIRTY) != 0;
	collect(&map, &tree, tarn__load(&anchor->words[0]) & ~TARN_TOP_HEIGHT,
		tarn__load(&anchor->words[0]) & TARN_TOP_HEIGHT);
	return tree;
}

/* Its place among them, or behind the last one. */
static unsigned
find_node(const struct tree *tree, tarn_off off)
{
	unsigned i = 0;

	while (i < tree->count && tree->nodes[i].off != off)
		i++;
	return i;
}

/* The words that could be read on the way to a leaf, before the next store. */
static void
note_nodes(struct tree *known_nodes, const struct tree *now)
{
	for (unsigned i = 0; i < now->count; i++) {
		unsigned place = find_node(known_nodes, now->nodes[i].off);

		if (now->nodes[i].word & TARN_NODE_DIRTY)
			continue;
		must(place < TARN_ARRAY_SIZE(known_nodes->nodes));
		known_nodes->nodes[place] = now->nodes[i];
		known_nodes->count += place == known_nodes->count;
	}
}

static bool
is_as_known(const struct tree *before, unsigned i, uint64_t *word)
{
	*word = tarn__load((const uint64_t *)tarn__at(&view, before->nodes[i].off, 8, 8));
	return (*word & ~TARN_NODE_OWNER) == before->nodes[i].word;
}

/* From when others may be at a node that has gone, or at the one that led to it. */
static void
gone_nodes_say_so(unsigned which)
{
	struct tree *before = &trees[which];
	struct tree now = tree_in(&view, which);
	bool released = !now.dirty, silent = false;
	uint64_t word;

	if (now.anchor != before->anchor)
		*before = now;
	for (unsigned i = 0; i < before->count && now.count; i++) {
		if (find_node(&now, before->nodes[i].off) < now.count)
			continue;
		if (is_as_known(before, i, &word))
			silent = true;
		else if (!tarn__node_owner(word))
			released = true;
	}
	must(!released || !silent);
	for (unsigned i = before->count; released && i-- > 0;)
		if (find_node(&now, before->nodes[i].off) == now.count)
			before->nodes[i] = before->nodes[--before->count];
	note_nodes(before, &now);
}

static void
read_maps(void)
{
	memset(&seen, 0, sizeof(seen));
	for (unsigned i = 0; i < MAPS; i++)
		gone_nodes_say_so(i);
	for (unsigned i = 0; i < MAPS; i++) {
		struct tarn_object object = handle_in(&view, i);
		struct tarn_map *map = (struct tarn_map *)&object;

		for (unsigned n = 0; n < known; n++)
			seen.values[i][n] = get(map, n);
		seen_walk[i] = walk(map, true, (uint8_t[KEYS]){ 0 });
	}
}

/* What readers saw was true, or they said that they could not tell. */
static void
compare_read(const void *image)
{
	const struct image *now = image;

	for (unsigned i = 0; i < MAPS; i++) {
		bool gone = seen_walk[i] == TARN_REMOVED;
		bool waits = seen_walk[i] == TARN_TIMEOUT || seen_walk[i] == TARN_OWNER_DIED;

		must(waits ? !never_waits : gone ? !now->live[i] : !seen_walk[i] && now->live[i]);
		for (unsigned n = 0; n < known; n++) {
			unsigned value = seen.values[i][n];

			must(value == BLOCKED ? !never_waits
			     : value == GONE ? !now->live[i] : value == now->values[i][n]);
		}
	}
}

static void
put_and_erase(const struct image *image, unsigned which)
{
	struct tarn_object object = handle_in(&view, which);
	struct tarn_map *map = (struct tarn_map *)&object;
	char key[KEY_MOST], value[VALUE_MOST];
	unsigned last = KEYS - 1;
	size_t size = make_value(last, 1, value);

	if (!image->live[which]) {
		must(tarn_map_put(map, key, make_key(last, key), value, size) == TARN_REMOVED);
		return;
	}
	must(tarn_map_insert(map, key, make_key(last, key), value, size) == 0);
	must(tarn_map_contains(map, key, make_key(last, key)) == 0);
	must(tarn_map_erase(map, key, make_key(last, key)) == 0);
}

static void
go_on(const void *image)
{
	const struct image *before = image;
	struct image now;

	for (unsigned i = 0; i < MAPS; i++)
		put_and_erase(before, i);
	tarn__graveyard_work(&view, UINT32_MAX);
	memset(&now, 0, sizeof(now));
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.values, before->values, sizeof(now.values)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_maps,
	.compare = compare_read,
	.go_on = go_on,
};

/* ---- words ------------------------------------------------------------------------------------- */

static unsigned
take_number(const char **text)
{
	unsigned n = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		n = 10 * n + (unsigned)(**text - '0');
	return n;
}

static int
call_on_key(char call, unsigned n, unsigned number, unsigned other)
{
	char key[KEY_MOST], value[VALUE_MOST], desired[VALUE_MOST];
	size_t size = make_key(n, key), value_size = make_value(n, number, value);
	struct tarn_map *map = maps[at];

	switch (call) {
	case 'p':
		return tarn_map_put(map, key, size, value, value_size);
	case 'i':
		return tarn_map_insert(map, key, size, value, value_size);
	case 'e':
		return tarn_map_erase(map, key, size);
	case 'f':
		return tarn_map_fetch_add(map, key, size, 3, NULL);
	default:
		return tarn_map_compare_and_swap(map, key, size, value, value_size, desired,
						 make_value(n, other, desired));
	}
}

static int
begin(void)
{
	struct tarn_object *objects[MAPS] = { tarn_map_object(plain[0]), tarn_map_object(plain[1]) };
	int code = tarn_txn_begin(arena, &txn, objects, MAPS);

	for (unsigned i = 0; i < MAPS && !code; i++)
		maps[i] = tarn_map_in(plain[i], txn);
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
	case 'o':
		return tarn_map_pop_first(maps[at], NULL, NULL);
	case 'O':
		return tarn_map_pop_last(maps[at], NULL, NULL);
	case 'w':
		return tarn_map_swap(maps[at], maps[at ^ 1]);
	case 'y':
		return tarn_map_copy(maps[at], maps[at ^ 1]);
	case 'C':
		return tarn_map_clear(maps[at]);
	case '-':
		return tarn_object_remove(arena, "map");
	case 'g':
		tarn__graveyard_work(arena, UINT32_MAX);
		return 0;
	case 'm':
		at ^= 1;
		return 0;
	case '(':
		return begin();
	case ']':
		tarn__txn_forget(txn);
		return end(true);
	default:
		return end(call == ')');
	}
}

static int
erase_range(unsigned first, unsigned last)
{
	char from[KEY_MOST], to[KEY_MOST];
	size_t from_size = make_key(first, from);

	return tarn_map_erase_range(maps[at], from, from_size, to, make_key(last, to), NULL);
}

static int
load(unsigned first, unsigned last, unsigned number)
{
	static char bytes[KEYS][KEY_MOST], data[KEYS][VALUE_MOST];
	struct tarn_bytes keys[KEYS], values[KEYS];
	size_t count = 0;

	for (unsigned n = first; n <= last; n++, count++) {
		keys[count] = (struct tarn_bytes){ bytes[n], make_key(n, bytes[n]) };
		values[count] = (struct tarn_bytes){ data[n], make_value(n, number, data[n]) };
	}
	return tarn_map_load(maps[at], keys, TARN_SEPARATE, count, values, TARN_SEPARATE);
}

/* One word; where the next one is. */
static const char *
run_word(const char *text, bool runs)
{
	char call = *text++;
	unsigned first = take_number(&text), last = *text == '-' ? (text++, take_number(&text)) : first;
	unsigned number = *text == '=' ? (text++, take_number(&text)) : 0;
	unsigned other = *text == '>' ? (text++, take_number(&text)) : 0;

	while (*text == ' ')
		text++;
	known = first >= known ? first + 1 : known;
	known = last >= known ? last + 1 : known;
	if (!runs)
		return text;
	if (call == 'x')
		must(erase_range(first, last) == 0);
	else if (call == 'l')
		must(load(first, last, number) == 0);
	else if (strchr("oOwyC-gm()]!", call))
		must(call_alone(call) == 0);
	else
		for (unsigned n = first;; n += last > first ? 1 : -1u) {
			must(call_on_key(call, n, number, other) == 0);
			if (n == last)
				break;
		}
	return text;
}

static void
run_words(const char *text, bool runs)
{
	at = 0;
	while (*text)
		text = run_word(text, runs);
}

/* ---- scenarios --------------------------------------------------------------------------------- */

#define NO_WAIT true

#define TWO (WORDS | BOTH)

/*
 * Those that mutants fail in come first.  Keys that count up split a leaf at 4, 7, 10 ..., an inner node at 13, 19, 25 ...
 */
static const struct scenario {
	const char *name;
	unsigned layouts;
	const char *setup, *steps;
	unsigned changes;
	bool never_waits;
} scenarios[] = {
	{ "put into an empty map", ALL | OWN, "", "p5", 1, NO_WAIT },
	{ "put over others", ALL, "p0-2", "p1=1", 1, NO_WAIT },
	{ "transaction aborted", TWO, "p0-3", "( e1 p5 p2=1 p4 e4 m p1 !", 0, false },
	{ "transaction that replaces, aborted", TWO, "p0-3", "( p2=1 !", 0, false },
	{ "merge leaves", ALL | OWN, "p0-12 e4 e3", "e2 e1", 2, false },
	{ "split the first leaf of three", ALL | OWN, "p2-9 p1", "p0", 1, false },
	{ "remove", BOTH, "p0-4", "-", 2, false },
	{ "clear", WORDS, "p0-5", "C", 2, false },
	{ "transaction that pops", WORDS, "p0-5", "( o o )", 1, false },
	{ "merge inner nodes", TWO | OWN, "p0-20 e0-1", "e2", 1, false },
	{ "merge inner nodes from the end", TWO, "p0-20", "e20-8", 13, false },
	{ "split inner nodes", TWO | OWN, "p0-18", "p19-20", 2, false },
	{ "prune", TWO, "p0-20 e0-9", "e10-11", 2, false },
	{ "lower the top", TWO, "p0-4 e1", "e2", 1, false },
	{ "put over others in a full leaf", ALL | OWN, "p0-3", "p1=1", 1, false },
	{ "pop behind an empty leaf", WORDS, "p0-12 ( x0-3 ]", "o", 1, false },
	{ "pop behind empty leaves", WORDS, "p0-12 ( x0-9 ]", "o o", 2, false },
	{ "transaction that clears, aborted", WORDS, "p0-3", "( C p3 e3 !", 0, false },
	{ "compare and swap", TWO, "p0-2", "s1=0>2", 1, NO_WAIT },
	{ "fetch_add", WORDS | TEXTS, "p0-2", "f1 f3", 2, NO_WAIT },
	{ "erase", TWO, "p0-3", "e1", 1, NO_WAIT },
	{ "erase the only one", TWO, "p0", "e0", 1, NO_WAIT },
	{ "split the only leaf", ALL, "p0-3", "p4", 1, false },
	{ "split the only leaf in half", TWO, "p1-4", "p0", 1, false },
	{ "split the top", TWO, "p0-12", "p13-14", 2, false },
	{ "merge leaves from the end", TWO, "p0-7", "e7 e6 e5", 3, false },
	{ "pop", TWO, "p0-9 o o", "o o", 2, false },
	{ "erase a range", BOTH, "p0-9", "x3-7", 2, false },
	{ "erase a range within a leaf", ALL | OWN, "p0-3", "x1-3", 1, NO_WAIT },
	{ "transaction", BOTH, "p0-3", "( p1=1 p4 e2 e4 p2=2 m p1 )", 1, false },
	{ "transaction in a tree", BOTH, "p0-12", "( p13 e11-13 s0=0>1 )", 1, false },
	{ "transaction in a tree, aborted", BOTH | OWN, "p0-18", "( p19 e17-18 !", 0, false },
	{ "transaction that leaves empty leaves", BOTH | OWN, "p0-12", "( x2-9 e10 )", 1, false },
	{ "transaction that pops behind empty leaves", WORDS, "p0-12 ( x0-9 ]", "( o )", 1, false },
	{ "swap", ALL, "p0-5 m p8-9", "w", 1, false },
	{ "swap of nothing", WORDS, "", "w", 1, false },
	{ "copy", TWO, "p0-2 m p8-14", "y", 3, false },
	{ "load", ALL, "", "l1-5", 3, false },
	{ "load what is partly there", TWO, "p3", "l2-4=1", 3, false },
	{ "load where empty leaves are", WORDS, "p0-12 ( x0-13 ]", "l1-2", 3, false },
	{ "pop the last", TWO, "p0-9", "O O", 2, false },
	{ "pop before empty leaves", WORDS, "p0-12 ( x3-13 ]", "O", 1, false },
	{ "transaction that swaps", TWO, "p0-3 m p8", "( p4 w p5 m e4 O )", 1, false },
	{ "transaction that swaps, aborted", TWO, "p0-3 m p8", "( e1 w p5 m e2 !", 0, false },
	{ "transaction that copies and loads", BOTH, "p0-1", "( O m y l2-3=1 )", 1, false },
	{ "transaction that copies and loads, aborted", BOTH, "p0-1", "( O m y l2-3=1 !", 0, false },
	{ "transaction that clears", WORDS, "p0-3 m p0", "( C p3 m p1 )", 1, false },
};

static void
open_map(unsigned which, const char *name)
{
	struct tarn_type type = { .kind = TARN_KIND_MAP, .key = layout->key, .value_size = layout->value_size,
				  .order = layout->key == TARN_KEY_CUSTOM ? "from-behind" : NULL };

	must(tarn_map_open(arena, &plain[which], name, &type, TARN_CREATE, NULL) == 0);
	maps[which] = plain[which];
}

static const struct scenario *scenario;

static void
step(void)
{
	run_words(scenario->steps, true);
}

static void
run(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	unsigned changes;

	never_waits = scenario->never_waits;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	view_open(arena);
	open_map(0, "map");
	open_map(1, "other");
	known = 0;
	run_words(scenario->setup, true);
	run_words(scenario->steps, false);
	for (unsigned i = 0; i < MAPS; i++)
		trees[i] = tree_in(arena, i);
	changes = view_run(&view_test, scenario->name, step);
	if (getenv("CRASH_VERBOSE"))
		fprintf(stderr, "%s, layout %u: %u\n", scenario->name, (unsigned)(layout - layouts), changes);
	must(changes == scenario->changes);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_map_close(plain[i]);
	view_close();
	tarn_arena_close(arena);
}

static const char *only;

static void
run_all(unsigned with)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(scenarios); i++) {
		scenario = &scenarios[i];
		for (unsigned l = 0; l < TARN_ARRAY_SIZE(layouts); l++) {
			layout = &layouts[l];
			if ((scenario->layouts & with) >> l & 1 && (!only || !strcmp(only, scenario->name)))
				run();
		}
	}
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = view_once = true;
	run_all(TWO);
}

static const struct mutants mutants = {
	.files = { "src/container/map" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	must(tarn_order_register("from-behind", from_behind, NULL) == 0);
	hook_start();
	only = argc > 2 ? argv[2] : NULL;
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	only = argc > 1 ? argv[1] : NULL;
	run_all(ALL | OWN);
	return hook_verdict();
}
