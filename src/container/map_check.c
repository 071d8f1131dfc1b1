// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_check.c -- is an ordered map whole?
 *
 * Picture
 *
 *	anchor	a node block; its top
 *	inner	a node block, each once; keys ascending, between those that
 *		lead to it (B2); texts
 *	leaf	a node block; every entry between the same keys, no two alike
 *	counts	their sum against the entries found
 *
 * A map in the graveyard is the same, as far as it is still there, without
 * its counts.
 *
 * Nothing is believed: a node is followed only if it is a block that was not
 * told before, and never deeper than the top says, so there are no more steps
 * than there is memory.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "container/multi.h"

#include <stdlib.h>

struct map_check {
	struct tarn_checker *checker;
	struct tarn_object map;
	bool no_values; /* it is a set, or a multiset */
	bool ordered; /* what comes before what is known */
	bool whole; /* every entry has been seen */
	bool no_memory;
	uint64_t entries;
};

static tarn_off
off_of(const struct map_check *check, const void *p)
{
	return tarn__off(check->checker->arena, p);
}

/* ---- keys -------------------------------------------------------------------------------------- */

/* The bytes behind a string's end, in its last word, are 0: strings are compared by words. */
static bool
is_padded(const uint64_t *words, uint64_t size)
{
	return !(size % 8) || !(tarn__load(&words[size / 8]) >> size % 8 * 8);
}

/* What stands for a key in a leaf, or in an inner node. */
static uint64_t
word_of(const struct map_check *check, const uint64_t *key, uint64_t size)
{
	return size && !tarn__map_is_custom(&check->map) ? __builtin_bswap64(tarn__load(key)) : 0;
}

static bool
is_custom_size(const struct map_check *check, uint64_t size)
{
	uint32_t fixed = tarn__map_fixed(&check->map);

	return fixed ? size == fixed : size <= TARN_ORDERED_MOST;
}

/* A text's pair is the map's, and begins with the word. */
static void
check_text(struct map_check *check, const uint64_t *key, uint64_t text)
{
	struct tarn_checker *checker = check->checker;
	bool custom = tarn__map_is_custom(&check->map);
	const struct tarn_pair_shm *pair;
	uint64_t size, value_size;

	if (text <= TARN_TEXT_SHORT && !custom) {
		if (tarn__load(key) & tarn__low_bits(64 - 8 * (unsigned)text))
			checker->wrong(checker, off_of(check, key), "a short text has more bytes than it says");
		return;
	}
	pair = text > TARN_TEXT_SHORT ? tarn__map_pair(&check->map, text, &size, &value_size) : NULL;
	if (!pair || value_size || (custom ? !is_custom_size(check, size) : size <= TARN_TEXT_SHORT)) {
		checker->wrong(checker, off_of(check, key), "a text leads nowhere, or has an impossible size");
		return;
	}
	if (!checker->owns(checker, text, sizeof(*pair) + tarn__round_up(size, 8)))
		return;
	if (word_of(check, pair->bytes, size) != tarn__load(key) ||
	    !is_padded(pair->bytes, size))
		checker->wrong(checker, off_of(check, key), "a text is not that of its word");
}

/* A copied key of an inner node against one in the arena: is the copied one above it, or the same? */
static bool
is_above(struct map_check *check, const struct tarn_map_fence *fence, uint64_t word, uint64_t text,
	 bool or_same)
{
	int order;

	if (fence->key.edge)
		return fence->key.edge > 0;
	order = tarn__map_compare(&check->map, word, text, &fence->key);
	return order < 0 || (or_same && !order);
}

static bool
fence_of(struct map_check *check, struct tarn_inner_shm *inner, unsigned index,
	 struct tarn_map_fence *fence)
{
	if (tarn__map_fence_copy(&check->map, inner, index, fence))
		return true;
	check->no_memory = true;
	return false;
}

/* ---- leaves ------------------------------------------------------------------------------------ */

/* Of a key that may repeat: it is one, and its serial was drawn. */
static void
check_serial(struct map_check *check, tarn_off off, const struct tarn_entry_view *view)
{
	struct tarn_checker *checker = check->checker;
	size_t size = view->key_size;
	char *key = malloc(size + 1);
	uint64_t serial;

	if (!key) {
		check->no_memory = true;
		return;
	}
	tarn__words_out(key, view->key, size);
	if (tarn__multi_decode(&check->map, key, &size, &serial))
		checker->wrong(checker, off, "a key that may repeat is none, or has no serial");
	else if (!serial || serial > tarn__serial_last(checker->arena))
		checker->wrong(checker, off, "an entry has the serial %lu, which was not drawn",
			       (unsigned long)serial);
	free(key);
}

/* A pair, and whether the word in the leaf is that of its key. */
static bool
check_pair(struct map_check *check, const struct tarn_leaf_shm *leaf, unsigned place)
{
	struct tarn_checker *checker = check->checker;
	tarn_off off = tarn__load(&leaf->values[place]), key_room;
	struct tarn_entry_view view;

	if (!tarn__map_view(&check->map, leaf, place, &view) ||
	    (tarn__map_is_custom(&check->map) && !is_custom_size(check, view.key_size))) {
		checker->wrong(checker, off_of(check, &leaf->values[place]),
			       "an entry leads nowhere, or has an impossible size");
		return false;
	}
	if (check->no_values && view.value_size && (!tarn__map_is_inline(&check->map) || tarn__load(view.value)))
		checker->wrong(checker, off_of(check, &leaf->values[place]), "a key of a set has a value");
	if (tarn__map_is_inline(&check->map))
		return true;
	key_room = tarn__keys_are_words(&check->map) ? 0 : tarn__round_up(view.key_size, 8);
	if (!checker->owns(checker, off,
			   sizeof(struct tarn_pair_shm) + key_room + tarn__round_up(view.value_size, 8)))
		return false;
	if (!is_padded(view.value, view.value_size))
		checker->wrong(checker, off, "a value has no zeros behind its end");
	if (tarn__keys_are_words(&check->map))
		return true;
	if (!is_padded(view.key, view.key_size))
		checker->wrong(checker, off, "a key has no zeros behind its end");
	else if (word_of(check, view.key, view.key_size) != tarn__load(&leaf->keys[place]))
		checker->wrong(checker, off, "the word of an entry is not that of its key");
	if (tarn__kind_repeats(check->map.kind))
		check_serial(check, off, &view);
	return true;
}

static void
check_leaf(struct map_check *check, tarn_off off, const struct tarn_map_fence *low,
	   const struct tarn_map_fence *high)
{
	struct tarn_checker *checker = check->checker;
	struct tarn_leaf_shm *leaf = tarn__at(checker->arena, off, sizeof(*leaf), sizeof(*leaf));
	uint64_t payload = leaf ? checker->node(checker, &leaf->node) : 0, good = payload;
	uint8_t order[TARN_LEAF_KEYS];
	unsigned count;

	if (!leaf) { /* it was, a moment ago */
		check->whole = false;
		return;
	}
	if (payload & ~TARN_LEAF_OCCUPIED)
		checker->wrong(checker, off, "a leaf has places that it cannot have");
	payload = good &= TARN_LEAF_OCCUPIED;
	check->entries += tarn__popcount(payload);
	for (uint64_t left = payload; left; left &= left - 1) {
		if (!check_pair(check, leaf, tarn__ctz(left)))
			good &= ~(left & -left);
	}
	count = check->ordered ? tarn__map_order(&check->map, leaf, good, order) : 0;
	for (unsigned i = 0; i < count; i++) {
		uint64_t key = tarn__load(&leaf->keys[order[i]]), value = tarn__load(&leaf->values[order[i]]);

		if (!is_above(check, high, key, value, false) ||
		    (is_above(check, low, key, value, false)))
			checker->wrong(checker, off, "an entry is in a leaf where it does not belong");
		if (i && key == tarn__load(&leaf->keys[order[i - 1]]) &&
		    (tarn__keys_are_words(&check->map) ||
		     !tarn__map_compare_pairs(&check->map, tarn__load(&leaf->values[order[i - 1]]), value)))
			checker->wrong(checker, off, "a key is there twice");
	}
}

/* ---- inner nodes ------------------------------------------------------------------------------- */

static void check_node(struct map_check *check, tarn_off off, unsigned height,
		       const struct tarn_map_fence *low, const struct tarn_map_fence *high);

/* Keys ascend, and so do the children between them. */
static void
check_inner(struct map_check *check, tarn_off off, unsigned height, const struct tarn_map_fence *low,
	    const struct tarn_map_fence *high)
{
	struct tarn_checker *checker = check->checker;
	struct tarn_inner_shm *inner = tarn__at(checker->arena, off, sizeof(*inner), sizeof(*inner));
	uint64_t count = inner ? checker->node(checker, &inner->node) : 0;
	struct tarn_map_fence fences[2] = { { .text = NULL }, { .text = NULL } };
	const struct tarn_map_fence *below = low, *above;

	if (count > tarn__map_fan(&check->map))
		checker->wrong(checker, off, "a node has %lu keys", (unsigned long)count);
	if (!inner || count > tarn__map_fan(&check->map)) {
		check->whole = false;
		return;
	}
	for (unsigned i = 0; i <= count && !check->no_memory; i++) {
		struct tarn_map_fence *next = &fences[i % 2];
		uint64_t text = i < count && !tarn__keys_are_words(&check->map)
					? tarn__load(&tarn__map_texts(inner)[i]) : 0;

		if (i < count && !tarn__keys_are_words(&check->map))
			check_text(check, &inner->words[i], text);
		if (i < count && check->ordered && (is_above(check, below, tarn__load(&inner->words[i]), text, true) ||
				  !is_above(check, high, tarn__load(&inner->words[i]), text, false)))
			checker->wrong(checker, off, "key %u of a node is out of order", i);
		above = i < count && fence_of(check, inner, i, next) ? next : high;
		check_node(check, tarn__load(&tarn__map_children(&check->map, inner)[i]), height - 1,
			   below, above);
		below = above;
	}
	free(fences[0].text);
	free(fences[1].text);
}

static void
check_node(struct map_check *check, tarn_off off, unsigned height, const struct tarn_map_fence *low,
	   const struct tarn_map_fence *high)
{
	struct tarn_checker *checker = check->checker;

	if (!checker->owns_node(checker, off, height ? TARN_HEAP_INNER : TARN_HEAP_LEAF))
		check->whole = false;
	else if (height)
		check_inner(check, off, height, low, high);
	else
		check_leaf(check, off, low, high);
}

/* ---- a map ------------------------------------------------------------------------------------- */

static void
check_structure(struct map_check *check, tarn_off structure)
{
	static const struct tarn_map_fence below_all = { .key = { .edge = -1 } };
	static const struct tarn_map_fence above_all = { .key = { .edge = 1 } };
	struct tarn_checker *checker = check->checker;
	struct tarn_inner_shm *anchor;
	uint64_t top, height;

	if (!checker->owns_node(checker, structure, TARN_HEAP_INNER))
		return;
	anchor = tarn__at(checker->arena, structure, sizeof(*anchor), sizeof(*anchor));
	if (!anchor)
		return;
	if (checker->node(checker, &anchor->node))
		checker->wrong(checker, structure, "an anchor has keys");
	top = tarn__load(&anchor->words[0]);
	height = top & TARN_TOP_HEIGHT;
	if (!top && checker->buried)
		return;
	if (height > TARN_HEIGHT_MAX) {
		checker->wrong(checker, structure, "a tree is %lu nodes high", (unsigned long)height);
		return;
	}
	check->whole = true;
	check_node(check, top - height, (unsigned)height, &below_all, &above_all);
}

static bool
has_no_values(uint64_t kind)
{
	return kind == TARN_KIND_SET || kind == TARN_KIND_MULTISET;
}

static bool
type_is_sound(const struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);

	if (key < TARN_KEY_U64 || key > TARN_KEY_CUSTOM)
		return false;
	if (key == TARN_KEY_CUSTOM && tarn__load(&entry->key_size) > TARN_ORDERED_MOST)
		return false;
	if (has_no_values(tarn__load(&entry->kind)))
		return !size;
	return size && (size <= TARN_BYTES_MAX || size == TARN_VALUE_BYTES);
}

int
tarn__map_check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	uint64_t fixed = tarn__load(&entry->key_size), key = tarn__load(&entry->key);
	struct map_check check = {
		.checker = checker,
		.map = { .arena = checker->arena,
			 .root = &entry->root,
			 .kind = (uint32_t)tarn__load(&entry->kind),
			 .key_kind = (uint32_t)key,
			 .key_size = tarn__map_key_size(entry),
			 .value_size = tarn__map_value_size(entry) },
		.no_values = has_no_values(tarn__load(&entry->kind)),
	};

	if (key == TARN_KEY_CUSTOM && tarn__keys_make_words(fixed))
		check.map.order_size = (uint8_t)fixed;
	if (key == TARN_KEY_CUSTOM)
		check.map.order = tarn__entry_order(entry);
	check.ordered = key != TARN_KEY_CUSTOM || check.map.order;
	if (type_is_sound(entry)) {
		check_structure(&check, tarn__load(&entry->root.structure));
		tarn__keyed_check_counts(checker, &check.map, tarn__load(&entry->root.counts),
					 check.whole ? &check.entries : NULL);
	} else {
		checker->wrong(checker, off_of(&check, entry), "no %s%s has this type",
			       tarn__kind_repeats(check.map.kind) ? "multi" : "",
			       check.no_values ? "set" : "map");
	}
	checker->entries += check.entries;
	return check.no_memory ? TARN_SYSTEM : 0;
}

/* B5: a node that is no map's; leaf or inner, its node word is the first. */
void
tarn__map_check_idle(struct tarn_checker *checker, tarn_off off)
{
	const uint64_t *node = tarn__at(checker->arena, off, 8, 8);

	if (node && checker->node(checker, node))
		checker->wrong(checker, off, "a node that belongs to no map has entries");
}
