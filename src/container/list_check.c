// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_check.c -- a list is created and taken apart; is it whole?
 *
 *	entry --> chain, a block that is the list's alone --> elements
 *	as many elements as state says, each of which leads back (K1)
 *	each has a generation, and says which list it is in (K2)
 *
 * A list is taken apart from its first element on; its chain says what is
 * left.  An element loses its generation, so that no handle leads to what
 * its memory becomes (K3); not logged, for nobody looks at a dead list.
 *
 * Who may write what: who creates it, the chain; who takes it apart, all.
 *
 * On death: it was not created; a piece was freed, or not.
 */
#include "container/kinds.h"
#include "container/list.h"

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	tarn_off chain;
	int code = tarn__chain_make(lane, tarn__os_random(), &chain);

	if (!code)
		tarn__store(&entry->root.structure, chain);
	return code;
}

/* A handle of a kind on what an entry says. */
static struct tarn_object
object_of(struct tarn_arena *arena, const struct tarn_entry_shm *entry)
{
	uint64_t size = tarn__load(&entry->value_size);

	return (struct tarn_object){ .arena = arena,
				     .root = (struct tarn_root_shm *)&entry->root,
				     .value_size = size == TARN_VALUE_BYTES ? 0 : (uint32_t)size };
}

/* ---- taking apart ------------------------------------------------------------------------------ */

/* One element, the first. */
static int
free_first(struct tarn_lane *lane, const struct tarn_object *list, struct tarn_list_look *look)
{
	struct tarn_element_shm *element = tarn__element(list, look->first);
	int code = element ? tarn__element_free(lane, list, look->first) : TARN_CORRUPT;

	if (code)
		return code;
	tarn__store(&element->generation, 0);
	look->first = --look->count ? tarn__load(&element->next) : 0;
	return 0;
}

static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	const struct tarn_object list = object_of(lane->arena, entry);
	struct tarn_list_look look;
	int code = 0;

	if (!tarn__list_look(&list, &look))
		return TARN_CORRUPT;
	*done = !look.count;
	if (*done)
		return tarn__heap_free(lane, look.off);
	for (unsigned i = 0; !code && look.count && i < TARN_LIST_FREES; i++)
		code = free_first(lane, &list, &look);
	if (!code)
		code = tarn__lane_reserve(lane, 3, 0, 0, 0);
	if (code)
		return code;
	tarn__set(lane, &look.chain->ends[look.which].first, look.first);
	tarn__set(lane, &look.chain->ends[look.which].last, look.count ? look.last : 0);
	tarn__set(lane, &look.chain->state, look.count << TARN_STATE_COUNT_SHIFT | look.which);
	return 0;
}

/* ---- checking ---------------------------------------------------------------------------------- */

static void
check_value(struct tarn_checker *checker, const struct tarn_object *list,
	    const struct tarn_element_shm *element)
{
	uint64_t size = tarn__load(&element->value[0]);

	if (list->value_size || size <= TARN_ELEMENT_BYTES)
		return;
	if (size > TARN_LIST_STRING_MOST)
		checker->wrong(checker, tarn__off(checker->arena, element), "an element of the list is too long");
	else
		(void)checker->owns(checker, tarn__load(&element->value[1]), tarn__round_up(size, 8));
}

/* False: there is no going on. */
static bool
check_element(struct tarn_checker *checker, const struct tarn_object *list,
	      const struct tarn_list_look *look, tarn_off off, tarn_off before)
{
	const struct tarn_element_shm *element;

	if (!checker->owns(checker, off, tarn__element_bytes(list->value_size)))
		return false;
	element = tarn__element(list, off);
	if (!element)
		return false;
	if (tarn__load(&element->list) != look->off)
		checker->wrong(checker, off, "an element is of another list");
	if (!checker->buried && !tarn__load(&element->generation))
		checker->wrong(checker, off, "an element of the list has no generation");
	if (before && tarn__load(&element->prev) != before)
		checker->wrong(checker, off, "an element of the list does not lead back");
	check_value(checker, list, element);
	return true;
}

static void
check_chain(struct tarn_checker *checker, const struct tarn_object *list)
{
	struct tarn_list_look look;
	tarn_off off, before = 0;
	uint64_t count = 0;

	if (!tarn__list_look(list, &look)) {
		checker->wrong(checker, list->root_off, "the list's chain contradicts itself");
		return;
	}
	if (!checker->owns(checker, look.off, sizeof(*look.chain)))
		return;
	for (off = look.first; off && count < look.count; count++) {
		if (!check_element(checker, list, &look, off, before))
			return;
		before = off;
		off = tarn__element_beside(&look, tarn__element(list, off), off, TARN_LIST_FORWARDS);
	}
	if (off || count != look.count)
		checker->wrong(checker, look.off, "the list has not as many elements as it says");
	checker->entries += count;
}

static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);
	struct tarn_object list = object_of(checker->arena, entry);

	list.root_off = tarn__off(checker->arena, entry);
	if (size && (size <= TARN_ELEMENT_MAX || size == TARN_VALUE_BYTES) &&
	    tarn__vector_key_fits(key, size))
		check_chain(checker, &list);
	else
		checker->wrong(checker, list.root_off, "no list has this type");
	return 0;
}

const struct tarn_kind_ops tarn__list_ops = {
	.name = "list",
	.holds = TARN_HOLDS_ELEMENTS,
	.has_order = true,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};
