// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_sort.c -- the same elements in another order, or fewer of them
 *
 * Values are copied out; what is to be is found in private memory, with
 * nothing locked, for an order may be the caller's; then the node is locked,
 * and if the list is as it was, its elements are linked anew:
 *
 *	copy --> plan: which elements, in which order --> lock --> as it was?
 *	  ^							    |
 *	  `----------------------- no, it was changed <-------------'
 *
 * Only links between elements that did not follow each other before are
 * stored, and logged.  No value moves, so handles stay good.
 *
 * Who may write what: who holds the root's node.
 *
 * On death: before the commit nothing has happened.
 *
 * Merge sort: Knuth, TAOCP 3, 5.2.4.
 */
#include "container/list.h"

#include <stdlib.h>
#include <string.h>

/* What is to become of a copy's elements. */
struct plan {
	struct tarn_list_copy copy;
	uint64_t *order; /* numbers of those that stay, in their order */
	uint64_t *other; /* room, for a sort */
	uint64_t kept;
};

/* Makes a plan of a copy. */
typedef void planner(struct plan *plan, const void *arg);

/* ---- linking anew ------------------------------------------------------------------------------ */

/* Each link takes two words, and so do the ends; each element that goes, one. */
static uint64_t
words_of(const struct plan *plan)
{
	uint64_t words = plan->copy.count - plan->kept;

	for (uint64_t i = 1; i < plan->kept; i++)
		words += plan->order[i] == plan->order[i - 1] + 1 ? 0 : 2;
	return words;
}

static bool
changes_nothing(const struct plan *plan)
{
	return !words_of(plan) && (!plan->kept || !plan->order[0]);
}

static int
link_anew(struct tarn_list_writer *w, const struct plan *plan)
{
	const struct tarn_list_item *items = plan->copy.items;
	const uint64_t *order = plan->order;
	uint64_t kept = plan->kept;
	int code = tarn__list_join(w, 0, kept ? items[order[0]].off : 0);

	if (!code)
		code = tarn__list_join(w, kept ? items[order[kept - 1]].off : 0, 0);
	for (uint64_t i = 1; !code && i < kept; i++) {
		if (order[i] != order[i - 1] + 1)
			code = tarn__list_join(w, items[order[i - 1]].off, items[order[i]].off);
	}
	return code;
}

/* plan->other has a mark for each element: whether it stays. */
static int
drop_others(struct tarn_list_writer *w, const struct plan *plan)
{
	uint64_t *stays = plan->other;
	int code = 0;

	memset(stays, 0, plan->copy.count * sizeof(*stays));
	for (uint64_t i = 0; i < plan->kept; i++)
		stays[plan->order[i]] = 1;
	for (uint64_t i = 0; !code && i < plan->copy.count; i++) {
		if (!stays[i])
			code = tarn__element_drop(w, plan->copy.items[i].off);
	}
	return code;
}

static int
follow_plan(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	const struct plan *plan = call->value;
	int code;

	if (!tarn__list_copy_is_true(w, &plan->copy))
		return tarn__list_leave(w, call, TARN_ROOT_AGAIN);
	if (changes_nothing(plan))
		return tarn__list_leave(w, call, 0);
	code = tarn__list_log(w, words_of(plan));
	if (!code)
		code = link_anew(w, plan);
	if (!code)
		code = drop_others(w, plan);
	return code ? code : tarn__list_finish(w, plan->kept, NULL);
}

static int
plan_and_follow(struct tarn_object *list, struct plan *plan, planner *make, const void *arg)
{
	struct tarn_list_call call = { .value = plan };
	int code = tarn__list_copy_take(list, &plan->copy);

	if (code)
		return code;
	plan->order = calloc(2 * plan->copy.count + 1, sizeof(*plan->order));
	if (!plan->order)
		return TARN_SYSTEM;
	plan->other = plan->order + plan->copy.count;
	make(plan, arg);
	return tarn__list_write_once(list, follow_plan, &call);
}

static int
rework(struct tarn_list *handle, bool values, planner *make, const void *arg, uint64_t *removed)
{
	struct tarn_object *list = tarn__list_object(handle);
	bool gave_back = list->txn;
	int code = TARN_ROOT_AGAIN;

	for (unsigned round = 0; code == TARN_ROOT_AGAIN && round < TARN_LIST_ROUNDS; round++) {
		struct plan plan = { .copy = { .values = values } };

		code = plan_and_follow(list, &plan, make, arg);
		if (!code && removed)
			*removed = plan.copy.count - plan.kept;
		free(plan.order);
		tarn__list_copy_free(&plan.copy);
		if (code == TARN_FULL && !gave_back) { /* rolled back, the list is not what was copied */
			tarn__vector_give_back(list->arena);
			gave_back = true;
			code = TARN_ROOT_AGAIN;
		}
	}
	return code == TARN_ROOT_AGAIN ? TARN_BUSY : code;
}

/* ---- orders ------------------------------------------------------------------------------------ */

int
tarn__list_compare(const struct tarn_list_order *order, const char *a, size_t a_size, const char *b,
		   size_t b_size)
{
	if (order->compare)
		return order->compare(a, a_size, b, b_size, order->arg);
	return tarn__key_compare(order->list, a, a_size, b, b_size);
}

static int
compare_items(const struct plan *plan, const struct tarn_list_order *order, uint64_t a, uint64_t b)
{
	const struct tarn_list_item *one = &plan->copy.items[a], *other = &plan->copy.items[b];

	return tarn__list_compare(order, plan->copy.bytes + one->begin, one->size,
				  plan->copy.bytes + other->begin, other->size);
}

/* Two runs, [low, middle) and [middle, high), become one. */
static void
merge_runs(const struct plan *plan, const struct tarn_list_order *order, const uint64_t *from,
	   uint64_t *to, const uint64_t bounds[3])
{
	uint64_t a = bounds[0], b = bounds[1];

	for (uint64_t i = bounds[0]; i < bounds[2]; i++) {
		if (a < bounds[1] && (b == bounds[2] || compare_items(plan, order, from[a], from[b]) <= 0))
			to[i] = from[a++];
		else
			to[i] = from[b++];
	}
}

static void
plan_sorted(struct plan *plan, const void *order)
{
	uint64_t n = plan->kept = plan->copy.count, *from = plan->order, *to = plan->other;

	for (uint64_t i = 0; i < n; i++)
		from[i] = i;
	for (uint64_t width = 1; width < n; width *= 2) {
		uint64_t *swap = from;

		for (uint64_t low = 0; low < n; low += 2 * width) {
			const uint64_t bounds[3] = { low, tarn__min(low + width, n),
						     tarn__min(low + 2 * width, n) };

			merge_runs(plan, order, from, to, bounds);
		}
		from = to;
		to = swap;
	}
	if (from != plan->order)
		memcpy(plan->order, from, n * sizeof(*from));
}

int
tarn_list_sort(struct tarn_list *list, tarn_list_compare *compare, void *arg)
{
	const struct tarn_list_order order = { tarn__list_object(list), compare, arg };

	if (!compare && order.list->key_kind == TARN_KEY_NONE)
		return TARN_TYPE;
	return rework(list, true, plan_sorted, &order, NULL);
}

static void
plan_reversed(struct plan *plan, const void *unused)
{
	(void)unused;
	plan->kept = plan->copy.count;
	for (uint64_t i = 0; i < plan->kept; i++)
		plan->order[i] = plan->kept - 1 - i;
}

int
tarn_list_reverse(struct tarn_list *list)
{
	return rework(list, false, plan_reversed, NULL, NULL);
}

/* ---- equal elements ---------------------------------------------------------------------------- */

static bool
are_equal(const struct tarn_object *list, const char *a, size_t a_size, const char *b, size_t b_size)
{
	if (list->key_kind != TARN_KEY_NONE)
		return !tarn__key_compare(list, a, a_size, b, b_size);
	return a_size == b_size && (!a_size || !memcmp(a, b, a_size));
}

static void
plan_unique(struct plan *plan, const void *list)
{
	const struct tarn_list_item *items = plan->copy.items;
	const char *bytes = plan->copy.bytes;

	for (uint64_t i = 0; i < plan->copy.count; i++) {
		const struct tarn_list_item *last = plan->kept ? &items[plan->order[plan->kept - 1]] : NULL;

		if (!last || !are_equal(list, bytes + last->begin, last->size, bytes + items[i].begin,
					items[i].size))
			plan->order[plan->kept++] = i;
	}
}

int
tarn_list_unique(struct tarn_list *list, uint64_t *removed)
{
	return rework(list, true, plan_unique, tarn__list_object(list), removed);
}

/* All that are equal to a value go. */
struct removal {
	const struct tarn_object *list;
	const void *value;
	size_t size;
};

static void
plan_without(struct plan *plan, const void *arg)
{
	const struct removal *removal = arg;

	for (uint64_t i = 0; i < plan->copy.count; i++) {
		const struct tarn_list_item *item = &plan->copy.items[i];

		if (!are_equal(removal->list, plan->copy.bytes + item->begin, item->size, removal->value,
			       removal->size))
			plan->order[plan->kept++] = i;
	}
}

int
tarn_list_remove(struct tarn_list *list, const void *value, size_t size, uint64_t *removed)
{
	const struct removal removal = { tarn__list_object(list), value, size };
	int code = tarn__list_fits(removal.list, size);

	return code ? code : rework(list, true, plan_without, &removal, removed);
}
