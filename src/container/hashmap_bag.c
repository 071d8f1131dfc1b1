// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_bag.c -- keys that are there more than once: bags of values, and
 * numbers of times
 *
 *	add a value	there is room	a record beyond `used`, which is nothing
 *					yet; then used and live, logged
 *			there is none	another bag with half as much room again,
 *					without what is gone; then the word
 *	take one out	record |= GONE; live and gone, logged; or, if that would
 *			be more than half of the bag, another bag without it
 *	take out all	the bag is freed, whatever is in it
 *
 * So to add one is O(1), on average, however many there are; all of a key
 * are read at one moment, for they have one lock; and all go in one step.
 * (docs/why/013-bags.md has what else there could have been.)
 *
 * Invariants: hashmultimap_layout.h, M1 to M3.
 *
 * Who may write what: a bag, who has locked the home bucket of its key.
 *
 * On death: undone, from the log; a new bag goes back to the heap.
 */
#include "container/hashmap_bag.h"

#include "base/words.h"

#define NOTHING UINT64_MAX /* no record is left out */

static uint64_t
record_words(uint64_t size)
{
	return 1 + tarn__div_up(size, 8);
}

/* ---- looking ----------------------------------------------------------------------------------- */

bool
tarn__bag_look(struct tarn_object *map, tarn_off off, struct tarn_bag *bag)
{
	struct tarn_bag_shm *shm = tarn__at(map->arena, off, sizeof(*shm), 16);

	if (!shm)
		return false;
	*bag = (struct tarn_bag){ .shm = shm,
				  .room = tarn__load(&shm->room),
				  .used = tarn__load(&shm->used),
				  .live = tarn__load(&shm->live),
				  .gone = tarn__load(&shm->gone) };
	return bag->room <= TARN_BAG_MOST && bag->used <= bag->room && bag->gone <= bag->used &&
	       tarn__at(map->arena, off, sizeof(*shm) + 8 * bag->room, 16);
}

int
tarn__bag_next(const struct tarn_object *map, struct tarn_bag *bag, struct tarn_entry_view *view)
{
	const uint64_t *words = bag->shm->words;
	uint64_t head = TARN_BAG_GONE, size = 0;

	while (head & TARN_BAG_GONE) {
		if (bag->next >= bag->used)
			return TARN_NOT_FOUND;
		head = tarn__load(&words[bag->next]);
		size = head & ~TARN_BAG_GONE;
		if (size > TARN_BYTES_MAX || (map->each_size && size != map->each_size))
			return TARN_CORRUPT;
		bag->at = bag->next;
		bag->next += record_words(size);
		if (bag->next > bag->used)
			return TARN_CORRUPT;
	}
	view->value = &words[bag->at + 1];
	view->value_size = size;
	return 0;
}

/* ---- a new bag --------------------------------------------------------------------------------- */

/* Empty; what it has is stored by end_bag(). */
static int
begin_bag(struct tarn_object *map, struct tarn_lane *lane, uint64_t room, struct tarn_bag *bag,
	  tarn_off *off)
{
	int code;

	*bag = (struct tarn_bag){ .room = tarn__max(room, TARN_BAG_LEAST) };
	if (bag->room > TARN_BAG_MOST)
		return TARN_TOO_BIG;
	code = tarn__heap_alloc(lane, sizeof(*bag->shm) + 8 * bag->room, off);
	if (!code)
		bag->shm = (void *)(map->arena->base + *off);
	return code;
}

/* Beyond what is used; and counts it. */
static void
append(struct tarn_bag *bag, const void *value, uint64_t size)
{
	tarn__store(&bag->shm->words[bag->used], size);
	tarn__words_in(&bag->shm->words[bag->used + 1], value, size);
	bag->used += record_words(size);
	bag->live++;
}

/* A value of another bag.  TARN_CORRUPT: that one has more than it says. */
static int
append_view(struct tarn_bag *bag, const struct tarn_entry_view *view)
{
	uint64_t *to = &bag->shm->words[bag->used];

	if (record_words(view->value_size) > bag->room - bag->used)
		return TARN_CORRUPT;
	tarn__store(to, view->value_size);
	for (uint64_t i = 0; i < tarn__div_up(view->value_size, 8); i++)
		tarn__store(to + 1 + i, tarn__load(&view->value[i]));
	bag->used += record_words(view->value_size);
	bag->live++;
	return 0;
}

static void
end_bag(const struct tarn_bag *bag)
{
	tarn__store(&bag->shm->room, bag->room);
	tarn__store(&bag->shm->used, bag->used);
	tarn__store(&bag->shm->live, bag->live);
	tarn__store(&bag->shm->gone, 0);
}

int
tarn__bag_make(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_change *change,
	       tarn_off *off)
{
	struct tarn_bag bag;
	int code = begin_bag(map, lane, record_words(change->value_size), &bag, off);

	if (code)
		return code;
	append(&bag, change->value, change->value_size);
	end_bag(&bag);
	return 0;
}

/* What lives in the old one, but for one record; and room for so many words, and half as many again. */
static int
copy_bag(struct tarn_object *map, struct tarn_lane *lane, struct tarn_bag *old, uint64_t without,
	 uint64_t words, struct tarn_bag *bag, tarn_off *off)
{
	uint64_t need = old->used - old->gone + words;
	struct tarn_entry_view view;
	int code = begin_bag(map, lane, need + need / 2, bag, off);

	old->next = 0;
	while (!code) {
		code = tarn__bag_next(map, old, &view);
		if (!code && old->at != without)
			code = append_view(bag, &view);
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* Another bag in the place of one: with the change's value, if without is NOTHING. */
static int
replace_bag(struct tarn_object *map, struct tarn_lane *lane, struct tarn_bag *old, uint64_t without,
	    const struct tarn_change *change, uint64_t *word)
{
	uint64_t words = without == NOTHING ? record_words(change->value_size) : 0;
	struct tarn_bag bag;
	tarn_off off;
	int code = copy_bag(map, lane, old, without, words, &bag, &off);

	if (!code && bag.used + words > bag.room)
		code = TARN_CORRUPT;
	if (!code)
		code = tarn__heap_free(lane, *word);
	if (code)
		return code;
	if (words)
		append(&bag, change->value, change->value_size);
	end_bag(&bag);
	*word = off;
	return 0;
}

/* ---- changes of a bag -------------------------------------------------------------------------- */

static int
add(struct tarn_object *map, struct tarn_lane *lane, uint64_t *home, struct tarn_bag *bag,
    const struct tarn_change *change, struct tarn_multi_edit *edit)
{
	edit->more = 1;
	if (record_words(change->value_size) > bag->room - bag->used)
		return replace_bag(map, lane, bag, NOTHING, change, &edit->word);
	append(bag, change->value, change->value_size);
	tarn__dirty(home);
	tarn__set(lane, &bag->shm->used, bag->used);
	tarn__set(lane, &bag->shm->live, bag->live);
	return 0;
}

static int
take_all(struct tarn_lane *lane, const struct tarn_bag *bag, struct tarn_change *change,
	 struct tarn_multi_edit *edit)
{
	int code = tarn__heap_free(lane, edit->word);

	change->before = bag->live;
	edit->more = -bag->live;
	edit->word = 0;
	return code;
}

/* The first that is the change's value. */
static int
find(const struct tarn_object *map, struct tarn_bag *bag, const struct tarn_change *change)
{
	struct tarn_entry_view view;
	int code;

	while (!(code = tarn__bag_next(map, bag, &view))) {
		if (view.value_size == change->value_size &&
		    tarn__words_equal(view.value, change->value, change->value_size))
			return 0;
	}
	return code;
}

static int
take(struct tarn_object *map, struct tarn_lane *lane, uint64_t *home, struct tarn_bag *bag,
     struct tarn_change *change, struct tarn_multi_edit *edit)
{
	int code = find(map, bag, change);
	uint64_t gone = bag->gone + (bag->next - bag->at), *head = &bag->shm->words[bag->at];

	if (code)
		return code;
	if (bag->live <= 1)
		return take_all(lane, bag, change, edit);
	edit->more = -UINT64_C(1);
	if (gone > bag->used / 2) {
		code = replace_bag(map, lane, bag, bag->at, change, &edit->word);
		if (code != TARN_FULL) /* then it stays as large as it is */
			return code;
	}
	tarn__dirty(home);
	tarn__set(lane, head, tarn__load(head) | TARN_BAG_GONE);
	tarn__set(lane, &bag->shm->live, bag->live - 1);
	tarn__set(lane, &bag->shm->gone, gone);
	return 0;
}

static int
change_bag(struct tarn_object *map, struct tarn_lane *lane, uint64_t *home,
	   struct tarn_change *change, struct tarn_multi_edit *edit)
{
	struct tarn_bag bag;

	if (!tarn__bag_look(map, edit->word, &bag))
		return TARN_CORRUPT;
	if (change->what == TARN_MORE)
		return add(map, lane, home, &bag, change, edit);
	if (change->what == TARN_LESS)
		return take(map, lane, home, &bag, change, edit);
	return take_all(lane, &bag, change, edit);
}

/* ---- changes of a number ----------------------------------------------------------------------- */

static int
change_times(struct tarn_change *change, struct tarn_multi_edit *edit)
{
	uint64_t times = edit->word;

	if (times - 1 >= TARN_TIMES_MOST)
		return TARN_CORRUPT;
	change->before = times;
	edit->more = -times;
	if (change->what == TARN_MORE)
		edit->more = tarn__word_of(change->value, 8);
	else if (change->what == TARN_LESS)
		edit->more = -UINT64_C(1);
	edit->word = times + edit->more;
	return edit->word > TARN_TIMES_MOST ? TARN_TOO_BIG : 0;
}

int
tarn__multi_change(struct tarn_object *map, struct tarn_lane *lane, uint64_t *home,
		   struct tarn_change *change, struct tarn_multi_edit *edit)
{
	if (map->kind == TARN_KIND_HASHMULTISET)
		return change_times(change, edit);
	return change_bag(map, lane, home, change, edit);
}
