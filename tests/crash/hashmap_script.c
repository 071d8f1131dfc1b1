// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_script.c -- states and operations of hash maps, written as scripts;
 * see hashmap_script.h
 *
 * Works with the hooked library, and with that of the build; everything here
 * is private memory, but for what the calls do.
 */
#include "hashmap_script.h"

#include "catalog/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn/heap.h>

#define SEED UINT64_C(0x5eed)
#define MAX_SIZE (UINT64_C(3) << 20)

struct script_key script_keys[SCRIPT_KEYS];
unsigned script_key_count;
static char longer_name[32];
const char *const script_names[SCRIPT_NAMES] = { "a", "b", "c", longer_name };
tarn_off script_held[SCRIPT_HELD];
unsigned script_held_count;

static const struct letter {
	char letter;
	unsigned home;
	uint64_t bits;
} letters[] = {
	{ 'A', 0, 0 }, { 'B', 0, 1 }, { 'C', 0, 16 }, { 'G', 0, 32 },
	{ 'D', 1, 0 }, { 'E', 1, 1 }, { 'J', 2, 0 },  { 'K', 3, 0 }, { 'H', 0, 2 + 1 },
};

static struct tarn_object first_maps[SCRIPT_MAPS];

/* ---- keys -------------------------------------------------------------------------------------- */

/* Candidate n for a key of the map. */
static uint64_t
candidate(const struct tarn_object *map, uint64_t n, char *bytes, size_t *size)
{
	double real = (double)n;

	if (map->key_size) {
		*size = sizeof(n);
		if (map->key_kind == TARN_KEY_F64)
			memcpy(&n, &real, sizeof(n));
		memcpy(bytes, &n, sizeof(n));
		return tarn__hash_u64(n, map->seed);
	}
	*size = (size_t)snprintf(bytes, 24, n & 1 ? "key-%lu" : "a longer key %lu", (unsigned long)n);
	return tarn__hash_bytes(bytes, *size, map->seed);
}

static const struct letter *
find_letter(char name)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(letters); i++) {
		if (letters[i].letter == name)
			return &letters[i];
	}
	abort();
}

/* The candidate that is the letter's key of this number in the map. */
static void
choose_key(struct script_key *key, unsigned map)
{
	const struct letter *letter = find_letter(key->letter);
	unsigned left = key->number + 1;

	for (uint64_t n = 1; left; n++) {
		uint64_t hash = candidate(&first_maps[map], n, key->in[map].bytes,
					  &key->in[map].size);

		key->in[map].hash = hash;
		left -= tarn__hash_home(hash) == letter->home && (hash & 63) == letter->bits;
	}
}

unsigned
script_key(char letter, unsigned number)
{
	struct script_key *key = &script_keys[script_key_count];

	for (unsigned i = 0; i < script_key_count; i++) {
		if (script_keys[i].letter == letter && script_keys[i].number == number)
			return i;
	}
	if (script_key_count == SCRIPT_KEYS)
		abort();
	key->letter = letter;
	key->number = number;
	for (unsigned map = 0; map < SCRIPT_MAPS; map++)
		choose_key(key, map);
	return script_key_count++;
}

/* ---- values ------------------------------------------------------------------------------------ */

size_t
script_value(const struct tarn_object *map, unsigned key, unsigned variant, void *value)
{
	static const unsigned sizes[] = { 10, 24, 100, 700, 0, 41, 3000, 8, 16, SCRIPT_VALUE_MOST };
	uint64_t word = key * UINT64_C(1000) + variant + 1;
	unsigned char *bytes = value;

	if (map->value_size) {
		memcpy(value, &word, sizeof(word));
		return sizeof(word);
	}
	for (unsigned i = 0; i < sizes[variant]; i++)
		bytes[i] = (unsigned char)(word + i / 8 * 7);
	return sizes[variant];
}

/* ---- words ------------------------------------------------------------------------------------- */

/* One word of a script, taken apart. */
struct word {
	const char *text;
	unsigned map;
	char call;
	char letter;
	unsigned first, last; /* keys */
	unsigned value, value_new;
	int code;
};

static unsigned
take_number(const char **at)
{
	unsigned n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		n = n * 10 + (unsigned)(**at - '0');
	return n;
}

/* The text after the word. */
static const char *
parse(const char *at, struct word *word)
{
	*word = (struct word){ .text = at };
	if (at[0] == 'b' && at[1] == '.') {
		word->map = 1;
		at += 2;
	}
	word->call = *at++;
	if (strchr("piefc", word->call)) {
		word->letter = *at++;
		word->first = word->last = take_number(&at);
		if (*at == '-')
			at++, word->last = take_number(&at);
		if (*at == '=')
			at++, word->value = take_number(&at);
		if (*at == '>')
			at++, word->value_new = take_number(&at);
	}
	if (word->call == 'g')
		word->value = take_number(&at);
	while (*at && *at != ' ' && *at != '?')
		at++;
	if (*at == '?')
		at++, word->code = -(int)take_number(&at);
	while (*at == ' ')
		at++;
	return at;
}

void
script_learn(const char *script)
{
	struct word word;

	while (*script) {
		script = parse(script, &word);
		for (unsigned i = word.first; word.letter && i <= word.last; i++)
			(void)script_key(word.letter, i);
	}
}

bool
script_first_key(const char *script, unsigned *map, char *letter)
{
	const char *end = script_next_step(script);
	struct word word;

	while (*script && script != end) {
		script = parse(script, &word);
		*map = word.map;
		*letter = word.letter;
		if (word.letter)
			return true;
	}
	return false;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static struct tarn_hashmap *
map_of(struct script_world *world, unsigned map)
{
	struct tarn_hashmap *handle = (struct tarn_hashmap *)&world->maps[map];
	struct tarn_hashmap *in = world->txn ? tarn_hashmap_in(handle, world->txn) : NULL;

	return in ? in : handle;
}

static int
call_on_key(struct script_world *world, const struct word *word, unsigned k)
{
	static char value[SCRIPT_VALUE_MOST], value_new[SCRIPT_VALUE_MOST];
	struct tarn_hashmap *map = map_of(world, word->map);
	const char *key = script_keys[k].in[word->map].bytes;
	size_t key_size = script_keys[k].in[word->map].size;
	size_t size = script_value(&world->maps[word->map], k, word->value, value), size_new;
	uint64_t before;

	switch (word->call) {
	case 'p':
		return tarn_hashmap_put(map, key, key_size, value, size);
	case 'i':
		return tarn_hashmap_insert(map, key, key_size, value, size);
	case 'e':
		return tarn_hashmap_erase(map, key, key_size);
	case 'f':
		return tarn_hashmap_fetch_add(map, key, key_size, 5, &before);
	default:
		size_new = script_value(&world->maps[word->map], k, word->value_new, value_new);
		return tarn_hashmap_compare_and_swap(map, key, key_size, value, size, value_new,
						     size_new);
	}
}

static int
call_on_keys(struct script_world *world, const struct word *word)
{
	int code = 0;

	for (unsigned i = word->first; !code && i <= word->last; i++)
		code = call_on_key(world, word, script_key(word->letter, i));
	return code;
}

static int
begin(struct script_world *world, const struct word *word)
{
	struct tarn_object *both[] = { &world->maps[1], &world->maps[0] };

	switch (word->text[1]) {
	case 'a':
		return tarn_txn_begin(world->arena, &world->txn, both + 1, 1);
	case 'b':
		return tarn_txn_begin(world->arena, &world->txn, both, 1);
	default:
		return tarn_txn_begin(world->arena, &world->txn, both, 2);
	}
}

static int
end(struct script_world *world, bool commit)
{
	struct tarn_txn *txn = world->txn;

	world->txn = NULL;
	if (commit)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return 0;
}

static const char *
name_of(char letter)
{
	return script_names[(unsigned)(letter - 'a') % SCRIPT_NAMES];
}

static int
create(struct script_world *world, char name)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8 };
	struct tarn_hashmap *map;
	int code = tarn_hashmap_open(world->arena, &map, name_of(name), &type, TARN_CREATE, NULL);

	tarn_hashmap_close(map);
	return code;
}

static int
take_segment(struct script_world *world, tarn_off *segment)
{
	struct tarn_lane *lane;
	int worse, code = tarn__op_begin(world->arena, &lane);

	if (code)
		return code;
	code = tarn__heap_alloc_node(lane, TARN_HEAP_SEGMENT, segment);
	worse = code ? tarn__rollback(lane) : tarn__commit(lane);
	tarn__op_end(lane);
	return worse ? worse : code;
}

/* All chunks, and all segments. */
static int
fill_memory(struct script_world *world)
{
	int code = 0;

	while (script_held_count < SCRIPT_HELD &&
	       !(code = tarn_alloc(world->arena, 60000, &script_held[script_held_count])))
		script_held_count++;
	while (code == TARN_FULL && script_held_count < SCRIPT_HELD &&
	       !(code = take_segment(world, &script_held[script_held_count])))
		script_held_count++, code = TARN_FULL;
	return code == TARN_FULL ? 0 : TARN_INVALID;
}

/* Move what this thread's slot has counted to the next one, and make its log as new. */
static int
change_slots(struct script_world *world)
{
	struct tarn_lane lane;

	if (tarn__lane_view(&lane, world->arena, 0))
		return TARN_INVALID;
	memset(tarn__nested_locks(&lane), 0, TARN_NESTED_LOCKS_MAX * sizeof(uint64_t));
	for (unsigned i = 0; i < SCRIPT_MAPS; i++) {
		struct tarn_object *map = &world->maps[i];
		uint64_t *mine = tarn__keyed_count_of(map, map->root->counts, 0);
		uint64_t *next = tarn__keyed_count_of(map, map->root->counts, 1);

		*next = tarn__count_plus(*next, *mine >> 24);
		*mine = 0;
	}
	return 0;
}

static int
call(struct script_world *world, const struct word *word)
{
	switch (word->call) {
	case 'C':
		return tarn_hashmap_clear(map_of(world, word->map));
	case 'g':
		tarn__graveyard_work(world->arena, word->value);
		return 0;
	case '+':
		return create(world, word->text[1]);
	case '-':
		return tarn_object_remove(world->arena, name_of(word->text[1]));
	case '(':
		return begin(world, word);
	case 't':
		return tarn_txn_add(world->txn, &world->maps[1]);
	case ')':
	case '!':
		return end(world, word->call == ')');
	case 'F':
		return fill_memory(world);
	case 'S':
		return change_slots(world);
	default:
		if (word->letter)
			return call_on_keys(world, word);
		return tarn_object_rename(world->arena, name_of(word->text[0]), name_of(word->text[2]));
	}
}

/* ---- scripts ----------------------------------------------------------------------------------- */

static const char *
run_word(struct script_world *world, const char *script)
{
	struct word word;
	const char *next = parse(script, &word);
	int code = call(world, &word);

	if (code != word.code && !world->why[0])
		snprintf(world->why, sizeof(world->why), "%.*s: %s", (int)(next - script), script,
			 tarn_error_name(code));
	return next;
}

const char *
script_next_step(const char *script)
{
	bool inside = false;
	struct word word;

	do {
		script = parse(script, &word);
		inside = word.call == '(' || (inside && word.call != ')' && word.call != '!');
	} while (inside && *script);
	return *script ? script : NULL;
}

void
script_step(struct script_world *world, const char *script)
{
	const char *next = script_next_step(script);

	while (*script && script != next)
		script = run_word(world, script);
}

void
script_run(struct script_world *world, const char *script)
{
	while (*script)
		script = run_word(world, script);
}

/* ---- worlds ------------------------------------------------------------------------------------ */

static void
open_map(struct script_world *world, unsigned i, enum script_layout layout)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP };
	struct tarn_hashmap *map;
	struct tarn_object *object;
	char name[2] = { (char)('a' + i), 0 };

	type.key = layout == BYTES_WORD || layout == BYTES_BYTES ? TARN_KEY_STRING
		   : layout == REAL_WORD ? TARN_KEY_F64 : TARN_KEY_U64;
	type.value_size = layout == WORD_BYTES || layout == BYTES_BYTES ? TARN_VALUE_BYTES : 8;
	if (tarn_hashmap_open(world->arena, &map, name, &type, TARN_CREATE, NULL))
		abort();
	object = tarn_hashmap_object(map);
	object->root->seed = SEED + i;
	tarn__object_set_seed(object, SEED + i);
	world->maps[i] = first_maps[i] = *object;
	tarn_hashmap_close(map);
}

static uint64_t
chain_of(const struct tarn_arena *arena, const char *text)
{
	struct tarn_name name;

	if (tarn__name_make(arena, text, &name))
		abort();
	return name.hash % TARN_CATALOG_HEADS;
}

/* The fourth name has the third's chain in the catalog. */
static void
choose_name(const struct tarn_arena *arena)
{
	unsigned n = 0;

	do
		snprintf(longer_name, sizeof(longer_name), "a longer name %u", n++);
	while (chain_of(arena, longer_name) != chain_of(arena, "c"));
}

void
script_open(struct script_world *world, enum script_layout a, enum script_layout b)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	memset(world, 0, sizeof(*world));
	script_key_count = script_held_count = 0;
	if (tarn_arena_open(&world->arena, "anon:", &options, NULL))
		abort();
	choose_name(world->arena);
	open_map(world, 0, a);
	open_map(world, 1, b);
}

void
script_remember(struct script_world *world, const struct script_world *of)
{
	for (unsigned i = 0; i < SCRIPT_MAPS; i++) {
		world->maps[i].seen = of->maps[i].seen;
		world->maps[i].seen.structure += (uint64_t)world->arena->base;
		world->maps[i].seen.structure -= (uint64_t)of->arena->base;
	}
}

void
script_world_in(struct script_world *world, const struct script_world *of, struct tarn_arena *arena)
{
	*world = *of;
	world->arena = arena;
	world->txn = NULL;
	for (unsigned i = 0; i < SCRIPT_MAPS; i++) {
		world->maps[i].arena = arena;
		world->maps[i].root = (struct tarn_root_shm *)(arena->base + of->maps[i].root_off);
	}
	script_remember(world, of);
}
