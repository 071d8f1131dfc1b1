// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue_check.c -- a priority queue is created and taken apart; is
 * it whole?
 *
 *	entry --> pile, a block that is the queue's alone
 *	type, capacity and length agree with each other and the block (R7)
 *	the slot of each position has it for its place (R1)
 *	no element comes before its parent's (R2); in an order of a program's
 *	own only where this process has registered it
 *
 * Who may write what: who creates it, the pile.
 *
 * On death: it was not created; it was freed, or not.
 */
#include "container/priority_queue.h"

#include "container/kinds.h"

#include <stdlib.h>
#include <string.h>

/* What is compared: a child's element and its parent's, in private memory. */
struct look_at_order {
	struct tarn_checker *checker;
	const struct tarn_object *queue;
	const struct tarn_pile_look *look;
	char *child, *parent;
};

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	uint64_t size = tarn__load(&entry->value_size);
	uint64_t first = TARN_PILE_FIRST - sizeof(struct tarn_pile_shm);
	struct tarn_pile_look made;
	int code = tarn__pile_make(lane, tarn__max(1, first / tarn__pile_stride(size)), size, &made);

	if (!code)
		tarn__store(&entry->root.structure, made.off);
	return code;
}

/* One block, however large. */
static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	*done = true;
	return tarn__heap_free(lane, tarn__load(&entry->root.structure));
}

/* ---- checking ---------------------------------------------------------------------------------- */

/* The order that an entry names, if this process knows it. */
static const struct tarn_order *
order_of(const struct tarn_entry_shm *entry)
{
	char texts[sizeof(entry->fields)], name[TARN_ORDER_MAX + 1];
	uint64_t fields = tarn__load(&entry->fields_size), size = tarn__load(&entry->order_size);
	uint64_t key_fields = tarn__load(&entry->key_fields_size);

	if (size > TARN_ORDER_MAX || fields > sizeof(texts) || key_fields > sizeof(texts) ||
	    fields + key_fields + size > sizeof(texts))
		return NULL;
	tarn__words_out(texts, entry->fields, sizeof(texts));
	memcpy(name, texts + fields + key_fields, size);
	name[size] = '\0';
	return tarn__order_find(name);
}

/* A handle of a kind on what an entry says; false: nobody here knows its order. */
static bool
object_of(struct tarn_arena *arena, struct tarn_entry_shm *entry, struct tarn_object *queue)
{
	*queue = (struct tarn_object){ .arena = arena, .root = &entry->root,
				       .key_kind = (uint32_t)tarn__load(&entry->key),
				       .value_size = (uint32_t)tarn__load(&entry->value_size) };
	if (queue->key_kind == TARN_KEY_CUSTOM)
		queue->order = order_of(entry);
	return queue->key_kind != TARN_KEY_CUSTOM || queue->order;
}

/* R1: as many places as positions, each its own. */
static bool
check_places(struct tarn_checker *checker, const struct tarn_object *queue,
	     const struct tarn_pile_look *look)
{
	for (uint64_t i = 0; i < look->capacity; i++) {
		const struct tarn_pile_record_shm *slot;
		uint64_t entry;

		if (tarn__pile_entry(queue, look, i, &entry))
			return false;
		slot = tarn__pile_record(queue, look, tarn__pile_number(entry));
		if (slot && tarn__pile_number(tarn__load(&slot->place)) == i)
			continue;
		checker->wrong(checker, look->off, "position %lu has a slot that is not there",
			       (unsigned long)i);
		return false;
	}
	return true;
}

static bool
copy_element(const struct look_at_order *at, uint64_t position, char *to)
{
	const struct tarn_pile_record_shm *slot;
	uint64_t entry;

	if (tarn__pile_entry(at->queue, at->look, position, &entry))
		return false;
	slot = tarn__pile_record(at->queue, at->look, tarn__pile_number(entry));
	if (slot)
		tarn__bytes_out(to, slot->element, 0, at->queue->value_size);
	return slot;
}

/* R2. */
static void
check_order(const struct look_at_order *at)
{
	uint32_t size = at->queue->value_size;

	for (uint64_t i = 1; i < at->look->length; i++) {
		if (!copy_element(at, i, at->child) ||
		    !copy_element(at, (i - 1) / TARN_PILE_CHILDREN, at->parent))
			return;
		if (tarn__key_compare(at->queue, at->child, size, at->parent, size) > 0)
			at->checker->wrong(at->checker, at->look->off,
					   "the element in position %lu comes before its parent",
					   (unsigned long)i);
	}
}

static int
check_pile(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	struct tarn_pile_look look;
	struct tarn_object queue;
	bool knows_order = object_of(checker->arena, entry, &queue);
	struct look_at_order at = { .checker = checker, .queue = &queue, .look = &look };

	if (!tarn__pile_look(&queue, &look)) {
		checker->wrong(checker, tarn__off(checker->arena, entry),
			       "the priority queue leads nowhere, or its length and capacity contradict each other");
		return 0;
	}
	if (!checker->owns(checker, look.off, tarn__pile_size(look.capacity, queue.value_size)))
		return 0;
	checker->entries += look.length;
	if (!check_places(checker, &queue, &look) || !knows_order)
		return 0;
	at.child = malloc(2 * (size_t)queue.value_size);
	if (!at.child)
		return TARN_SYSTEM;
	at.parent = at.child + queue.value_size;
	check_order(&at);
	free(at.child);
	return 0;
}

static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	if (tarn__pile_type_fits(tarn__load(&entry->key), tarn__load(&entry->value_size)))
		return check_pile(checker, entry);
	checker->wrong(checker, tarn__off(checker->arena, entry), "no priority queue has this type");
	return 0;
}

const struct tarn_kind_ops tarn__priority_queue_ops = {
	.name = "priority_queue",
	.holds = TARN_HOLDS_ELEMENTS,
	.has_order = true,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};
