// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_check.c -- is a map whole?
 *
 * Picture
 *
 *	directory   every entry, against the first with the same ending: H3
 *	segment     each once, from its first directory entry
 *	bucket      places against payload, marks, homes and hashes; overflow
 *		    against what the stashes hold; keys against each other
 *	bag	    each record, and how many of them are values
 *	counts      their sum against the entries found
 *
 * A map in the graveyard is the same, but for segments that are freed
 * already (those whose first entry lies before `progress`), and its counts.
 *
 * Nothing is believed: a segment is followed only if it is a block that was
 * not told before, so there are no more steps than there is memory.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "container/hashmap_bag.h"

#include "base/words.h"
#include "catalog/entry.h"
#include "catalog/key.h"

#include <stdlib.h>
#include <string.h>

struct map_check {
	struct tarn_checker *checker;
	struct tarn_object map;
	uint64_t depth;
	const uint64_t *directory;
	bool whole; /* every entry has been seen */
	bool no_memory;
	uint64_t entries;
	/* of the segment at hand */
	struct tarn_segment_shm *segment;
	uint64_t prefix, local;
	uint64_t payloads[TARN_BUCKETS];
	uint64_t hashes[TARN_BUCKETS][TARN_PLACES];
	uint64_t overflow[TARN_HOMES]; /* as it has to be */
	char *key; /* a copy */
	size_t room;
};

static tarn_off
off_of(const struct map_check *check, const void *p)
{
	return tarn__off(check->checker->arena, p);
}

/* ---- one entry --------------------------------------------------------------------------------- */

/* The bytes behind a string's end, in its last word, are 0: strings are compared by words. */
static bool
is_padded(const uint64_t *words, uint64_t size)
{
	return !(size % 8) || !(tarn__load(&words[size / 8]) >> size % 8 * 8);
}

static bool
copy_key(struct map_check *check, const struct tarn_entry_view *view)
{
	if (view->key_size > check->room) {
		free(check->key);
		check->room = view->key_size;
		check->key = malloc(check->room);
	}
	if (!check->key && check->room) {
		check->no_memory = true;
		check->room = 0;
		return false;
	}
	tarn__words_out(check->key, view->key, view->key_size);
	return true;
}

/* The hash that a key made of bytes has, against both places where it stands. */
static void
check_hash(struct map_check *check, const struct tarn_place_shm *place,
	   const struct tarn_entry_view *view, uint64_t told)
{
	uint64_t hash;

	if (!copy_key(check, view))
		return;
	hash = tarn__hash_bytes(check->key, view->key_size, check->map.seed);
	if (hash != told || (!tarn__values_are_words(&check->map) && tarn__load(&place->b) != hash))
		check->checker->wrong(check->checker, off_of(check, place),
				      "the hash of an entry is not that of its key");
	if (!is_padded(view->key, view->key_size))
		check->checker->wrong(check->checker, off_of(check, place),
				      "a key has no zeros behind its end");
}

/* A key that is a word is the one that its bytes make: nobody would find another. */
static void
check_word(struct map_check *check, const struct tarn_place_shm *place)
{
	uint64_t word, key = tarn__load(&place->a);

	if (!tarn__key_word(check->map.key_kind, &key, check->map.key_size, &word) || word != key)
		check->checker->wrong(check->checker, off_of(check, place), "this is no key");
}

static uint64_t
block_size(const struct tarn_object *map, const struct tarn_entry_view *view)
{
	uint64_t value = tarn__values_are_words(map) ? 0 : tarn__round_up(view->value_size, 8);

	if (tarn__keys_are_words(map))
		return sizeof(struct tarn_value_shm) + value;
	return sizeof(struct tarn_block_shm) + tarn__round_up(view->key_size, 8) + value;
}

/* Key, value and block; false: there is no telling what it is, or it is somebody else's. */
static bool
check_entry(struct map_check *check, const struct tarn_place_shm *place, uint64_t *hash)
{
	struct tarn_checker *checker = check->checker;
	bool words = tarn__keys_are_words(&check->map) && tarn__values_are_words(&check->map);
	struct tarn_entry_view view;

	if (!tarn__place_view(&check->map, place, &view) ||
	    !tarn__place_hash(&check->map, place, hash)) {
		checker->wrong(checker, off_of(check, place),
			       "an entry leads nowhere, or has an impossible size");
		return false;
	}
	if (!words && !checker->owns(checker, tarn__place_block(&check->map, place),
				     block_size(&check->map, &view)))
		return false;
	if (!is_padded(view.value, view.value_size))
		checker->wrong(checker, off_of(check, place), "a value has no zeros behind its end");
	if (tarn__keys_are_words(&check->map))
		check_word(check, place);
	else
		check_hash(check, place, &view, *hash);
	return true;
}

/* How many values there are in a bag. */
static uint64_t
check_bag(struct map_check *check, const struct tarn_place_shm *place)
{
	struct tarn_checker *checker = check->checker;
	tarn_off off = tarn__load(&place->b);
	uint64_t live = 0, words = 0;
	struct tarn_entry_view view;
	struct tarn_bag bag;
	int code;

	if (!tarn__bag_look(&check->map, off, &bag)) {
		checker->wrong(checker, off_of(check, place), "a bag is nowhere sensible");
		check->whole = false;
		return 0;
	}
	if (!checker->owns(checker, off, sizeof(*bag.shm) + 8 * bag.room))
		return bag.live;
	for (; !(code = tarn__bag_next(&check->map, &bag, &view)); live++) {
		words += bag.next - bag.at;
		if (!is_padded(view.value, view.value_size))
			checker->wrong(checker, off, "a value has no zeros behind its end");
	}
	if (code == TARN_CORRUPT || !live || live != bag.live || words + bag.gone != bag.used)
		checker->wrong(checker, off, "a bag has not the values that it says");
	return bag.live;
}

/* How many entries the one in that place counts for. */
static uint64_t
check_times(struct map_check *check, const struct tarn_place_shm *place)
{
	uint64_t times = 1;

	if (check->map.kind == TARN_KIND_HASHMULTIMAP)
		return check_bag(check, place);
	if (check->map.kind == TARN_KIND_HASHMULTISET)
		times = tarn__load(&place->b);
	if (times - 1 >= TARN_TIMES_MOST)
		check->checker->wrong(check->checker, off_of(check, place),
				      "a key cannot be there %lu times", (unsigned long)times);
	return times;
}

static void
check_where(struct map_check *check, unsigned bucket, const struct tarn_place_shm *place,
	    unsigned mark, uint64_t hash)
{
	struct tarn_checker *checker = check->checker;
	uint64_t mask = (UINT64_C(1) << check->local) - 1;
	unsigned home = tarn__hash_home(hash);

	if ((hash & mask) != check->prefix)
		checker->wrong(checker, off_of(check, place), "an entry lies in the wrong segment");
	else if (bucket < TARN_HOMES && home != bucket)
		checker->wrong(checker, off_of(check, place),
			       "an entry of home bucket %u lies in %u", home, bucket);
	if (mark != tarn__hash_mark(hash))
		checker->wrong(checker, off_of(check, place), "the mark of an entry is %u, not %u",
			       mark, (unsigned)tarn__hash_mark(hash));
	if (bucket >= TARN_HOMES)
		check->overflow[home] |= UINT64_C(1) << (bucket - TARN_HOMES);
}

/* ---- one segment ------------------------------------------------------------------------------- */

/* What there is no telling about counts as an entry, and is not compared with others. */
static void
check_bucket(struct map_check *check, unsigned n)
{
	struct tarn_bucket_shm *bucket = &check->segment->buckets[n];
	uint64_t payload = check->checker->node(check->checker, &bucket->node);
	uint64_t marks = tarn__load(&bucket->marks);

	check->payloads[n] = payload;
	for (uint64_t left = payload & TARN_OCCUPIED; left; left &= left - 1) {
		unsigned place = tarn__ctz(left);
		uint64_t *hash = &check->hashes[n][place];

		if (check_entry(check, &bucket->places[place], hash)) {
			check_where(check, n, &bucket->places[place],
				    (unsigned)(marks >> 8 * place & 0xff), *hash);
			check->entries += check_times(check, &bucket->places[place]);
		} else {
			check->payloads[n] &= ~(UINT64_C(1) << place);
			check->entries++;
			check->whole &= !tarn__is_multi(&check->map);
		}
	}
}

static void
check_overflow(struct map_check *check, unsigned n)
{
	uint64_t is = check->payloads[n] >> TARN_OVERFLOW_SHIFT;
	uint64_t should = n < TARN_HOMES ? check->overflow[n] : 0;

	if (is != should)
		check->checker->wrong(check->checker, off_of(check, &check->segment->buckets[n]),
				      "bucket %u says overflow 0x%lx, and it is 0x%lx", n,
				      (unsigned long)is, (unsigned long)should);
}

static bool
same_keys(struct map_check *check, const struct tarn_place_shm *a, const struct tarn_place_shm *b)
{
	struct tarn_entry_view one, other;

	if (tarn__keys_are_words(&check->map))
		return tarn__load(&a->a) == tarn__load(&b->a);
	if (!tarn__place_view(&check->map, a, &one) || !tarn__place_view(&check->map, b, &other) ||
	    one.key_size != other.key_size || !copy_key(check, &one))
		return false;
	return tarn__words_equal(other.key, check->key, one.key_size);
}

/* Against the later places of the bucket, and those of another that comes later. */
static void
compare(struct map_check *check, unsigned n, unsigned place, unsigned with, uint64_t among)
{
	const struct tarn_place_shm *places = check->segment->buckets[n].places;
	const struct tarn_place_shm *others = check->segment->buckets[with].places;

	for (; among; among &= among - 1) {
		unsigned other = tarn__ctz(among);

		if (check->hashes[n][place] == check->hashes[with][other] &&
		    same_keys(check, &places[place], &others[other]))
			check->checker->wrong(check->checker, off_of(check, &others[other]),
					      "a key is there twice");
	}
}

/* Keys that are the same have the same home, unless what is wrong has been told. */
static void
check_unique(struct map_check *check, unsigned n)
{
	for (uint64_t left = check->payloads[n] & TARN_OCCUPIED; left;) {
		unsigned place = tarn__ctz(left), from = n < TARN_HOMES ? TARN_HOMES : n + 1;

		left &= left - 1;
		compare(check, n, place, n, left);
		for (unsigned with = from; with < TARN_BUCKETS; with++)
			compare(check, n, place, with, check->payloads[with] & TARN_OCCUPIED);
	}
}

static void
check_segment(struct map_check *check, tarn_off off, uint64_t prefix, uint64_t local)
{
	struct tarn_checker *checker = check->checker;

	check->segment = NULL;
	if (checker->owns_node(checker, off, TARN_HEAP_SEGMENT))
		check->segment = tarn__at(checker->arena, off, sizeof(*check->segment), 128);
	if (!check->segment) {
		check->whole = false;
		return;
	}
	check->prefix = prefix;
	check->local = local;
	for (unsigned n = 0; n < TARN_HOMES; n++)
		check->overflow[n] = 0;
	for (unsigned n = 0; n < TARN_BUCKETS; n++)
		check_bucket(check, n);
	for (unsigned n = 0; n < TARN_BUCKETS; n++)
		check_overflow(check, n);
	for (unsigned n = 0; n < TARN_BUCKETS; n++)
		check_unique(check, n);
}

/* ---- the directory ----------------------------------------------------------------------------- */

/*
 * Each entry is that of the first with its ending; and the endings of the
 * first ones together are as many as there are entries.  So none is missing.
 */
static void
check_directory(struct map_check *check, uint64_t progress)
{
	struct tarn_checker *checker = check->checker;
	uint64_t count = UINT64_C(1) << check->depth, led = 0;
	bool agree = true;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t entry = tarn__load(&check->directory[i]), local = entry & TARN_DEPTH;
		uint64_t first = local < check->depth ? i & ((UINT64_C(1) << local) - 1) : i;

		if (local > check->depth || tarn__load(&check->directory[first]) != entry) {
			checker->wrong(checker, off_of(check, &check->directory[i]),
				       "entry %lu of the directory is not that of its segment",
				       (unsigned long)i);
			check->whole = agree = false;
		} else if (first == i) {
			led += UINT64_C(1) << (check->depth - local);
			if (i >= progress)
				check_segment(check, entry & ~TARN_DEPTH, i, local);
		}
	}
	if (agree && led != count)
		checker->wrong(checker, off_of(check, check->directory),
			       "the segments' depths ask for %lu entries of the directory, not %lu",
			       (unsigned long)led, (unsigned long)count);
}

/* ---- a map ------------------------------------------------------------------------------------- */

static bool
type_is_sound(const struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);
	uint64_t kind = tarn__load(&entry->kind);

	if (key < TARN_KEY_U64 || key >= TARN_KEY_CUSTOM ||
	    tarn__load(&entry->key_size) > TARN_BYTES_MAX)
		return false;
	if (kind == TARN_KIND_HASHSET || kind == TARN_KIND_HASHMULTISET)
		return !size;
	return size && (size <= TARN_BYTES_MAX || size == TARN_VALUE_BYTES);
}

static struct tarn_object
handle(struct tarn_arena *arena, struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);

	return (struct tarn_object){
		.arena = arena,
		.root = &entry->root,
		.kind = (uint32_t)tarn__load(&entry->kind),
		.seed = tarn__load(&entry->root.seed),
		.key_kind = (uint32_t)key,
		.key_size = tarn__key_size(key, tarn__load(&entry->key_size)),
		.value_size = tarn__hashmap_value_size(entry),
		.each_size = size == TARN_VALUE_BYTES ? 0 : (uint32_t)size,
	};
}

static void
check_structure(struct map_check *check, const struct tarn_entry_shm *entry)
{
	struct tarn_checker *checker = check->checker;
	uint64_t structure = tarn__load(&entry->root.structure), size;
	uint64_t progress = checker->buried ? tarn__load(&entry->progress) : 0;

	check->depth = structure & TARN_DEPTH;
	if (check->depth < TARN_DEPTH_FIRST || check->depth > TARN_DEPTH_MAX) {
		checker->wrong(checker, off_of(check, entry), "the directory's depth is %lu",
			       (unsigned long)check->depth);
		return;
	}
	size = UINT64_C(8) << check->depth;
	if (!checker->owns(checker, structure & ~TARN_DEPTH, size))
		return;
	check->directory = tarn__at(checker->arena, structure & ~TARN_DEPTH, size, 8);
	if (!check->directory)
		return;
	check->whole = true;
	check_directory(check, progress);
}

int
tarn__hashmap_check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	struct map_check *check = calloc(1, sizeof(*check));
	int code;

	if (!check)
		return TARN_SYSTEM;
	check->checker = checker;
	check->map = handle(checker->arena, entry);
	if (type_is_sound(entry)) {
		check_structure(check, entry);
		tarn__keyed_check_counts(checker, &check->map, tarn__load(&entry->root.counts),
					 check->whole ? &check->entries : NULL);
	} else {
		checker->wrong(checker, off_of(check, entry), "no hash %s has this type",
			       tarn__kind(tarn__load(&entry->kind))->name + strlen("hash"));
	}
	checker->entries += check->entries;
	code = check->no_memory ? TARN_SYSTEM : 0;
	free(check->key);
	free(check);
	return code;
}

/* H4: a segment that is no map's. */
void
tarn__hashmap_check_idle(struct tarn_checker *checker, tarn_off off)
{
	struct tarn_segment_shm *segment =
		tarn__at(checker->arena, off, sizeof(*segment), 128);

	for (unsigned n = 0; segment && n < TARN_BUCKETS; n++) {
		if (checker->node(checker, &segment->buckets[n].node))
			checker->wrong(checker, off + n * sizeof(segment->buckets[n]),
				       "a bucket that belongs to no map has entries");
	}
}
