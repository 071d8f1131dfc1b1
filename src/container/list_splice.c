// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_splice.c -- elements move from list to list: splice, merge
 *
 *	from	... before | first ... last | behind ...
 *	list	... p |		      ^	    | n ...
 *		      `---------------'
 *
 * Nothing is copied: links are stored, and in each element the list that it
 * is in from now on.  Where all of a list go, and they are more than those
 * that are there already, the two lists exchange their chains first, and it
 * is the others that move.
 *
 * Two objects take part, so it is done in a transaction: that of both
 * handles, or one of its own.  All is logged.
 *
 * Who may write what: who holds both nodes, and both gates.
 *
 * On death: undone with the transaction, or done with it.
 */
#include "container/list.h"

#include <stdlib.h>

/* What is asked for. */
struct splice {
	struct tarn_list_handle before, first, end;
	bool all, one;
};

/* Two lists, or one twice: then all is done by `into`. */
struct pair {
	struct tarn_list_writer into, second;
	struct tarn_list_writer *from;
};

/* In a transaction of both.  An answer, or what undoes all. */
typedef int pair_operation(struct pair *pair, const void *arg);

struct pair_call {
	pair_operation *operation;
	const void *arg;
};

/* ---- both lists -------------------------------------------------------------------------------- */

static int
hold(struct tarn_list_writer *w, struct tarn_object *list, struct tarn_lane *lane)
{
	int code = tarn__lock_wait(lane, &list->root->node, tarn__deadline(lane->arena));

	*w = (struct tarn_list_writer){ .list = list, .lane = lane };
	if (!code && tarn__word_is_stale(list, tarn__load(&list->root->word)))
		code = TARN_REMOVED;
	return !code && !tarn__list_look(list, &w->look) ? TARN_CORRUPT : code;
}

static bool
is_answer(int code)
{
	return code >= 0 || code == TARN_NOT_FOUND || code == TARN_INVALID || code == TARN_TYPE;
}

static int
with_pair(struct tarn_object *one, struct tarn_object *other, void *arg)
{
	const struct pair_call *call = arg;
	struct tarn_lane *lane;
	struct pair pair;
	int code = tarn__write_begin(one, &lane);

	if (code)
		return code;
	pair.from = one->root == other->root ? &pair.into : &pair.second;
	code = hold(&pair.into, one, lane);
	if (!code && pair.from == &pair.second)
		code = hold(&pair.second, other, lane);
	if (!code)
		code = call->operation(&pair, call->arg);
	if (!is_answer(code))
		code = tarn__write_failed(one, lane, code);
	tarn__write_end(one, lane);
	return code;
}

static int
do_with_pair(struct tarn_list *list, struct tarn_list *from, pair_operation *operation,
	     const void *arg)
{
	struct tarn_object *one = tarn__list_object(list), *other = tarn__list_object(from);
	struct pair_call call = { operation, arg };

	if (!tarn__lists_alike(one, other))
		return TARN_TYPE;
	return tarn__root_with_both(one, other, with_pair, &call);
}

/* Both are logged from now on: so many words, and those of finishing. */
static int
log_both(struct pair *pair, uint64_t words)
{
	int code = tarn__list_log(&pair->into, words + 3);

	return code || pair->from == &pair->into ? code : tarn__list_log(pair->from, words + 3);
}

/* So many elements, from one on, are of that list from now on; a word each. */
static int
move_to(struct tarn_list_writer *w, tarn_off first, uint64_t count, tarn_off chain)
{
	tarn_off off = first;

	for (uint64_t i = 0; i < count; i++) {
		struct tarn_element_shm *element = tarn__element(w->list, off);

		if (!element)
			return TARN_CORRUPT;
		tarn__set(w->lane, &element->list, chain);
		off = tarn__load(&element->next);
	}
	return 0;
}

/* ---- all --------------------------------------------------------------------------------------- */

/* Both chains are finished; hang each from the other root. */
static void
exchange_chains(struct pair *pair)
{
	tarn_off off = pair->into.look.off;

	tarn__root_swing(pair->into.lane, pair->into.list->root, pair->from->look.off);
	tarn__root_swing(pair->into.lane, pair->from->list->root, off);
}

static int
splice_all(struct pair *pair, tarn_off p, tarn_off n)
{
	struct tarn_list_look *into = &pair->into.look, *from = &pair->from->look;
	bool exchanged = from->count > into->count;
	struct tarn_list_look *few = exchanged ? into : from, *many = exchanged ? from : into;
	uint64_t count = few->count, all = into->count + from->count;
	tarn_off first = p ? into->first : from->first, last = n ? into->last : from->last;
	int code = log_both(pair, count + 10);

	if (!code)
		code = move_to(&pair->into, few->first, count, many->off);
	if (!code && p)
		code = tarn__list_join(&pair->into, p, from->first);
	if (!code && n)
		code = tarn__list_join(&pair->into, from->last, n);
	if (code)
		return code;
	many->first = first;
	many->last = last;
	few->first = few->last = 0;
	code = tarn__list_finish(&pair->into, exchanged ? 0 : all, NULL);
	if (!code)
		code = tarn__list_finish(pair->from, exchanged ? all : 0, NULL);
	if (!code && exchanged)
		exchange_chains(pair);
	return code;
}

/* ---- some -------------------------------------------------------------------------------------- */

/* The elements from `first` to that before `end`. */
struct range {
	tarn_off first, last;
	uint64_t count;
};

static int
find_range(const struct pair *pair, const struct splice *splice, struct range *range)
{
	const struct tarn_list_writer *w = pair->from;
	const struct tarn_element_shm *element = tarn__list_find(w, &splice->first);
	tarn_off off = splice->first.where;

	if (!element || (splice->end.where && !tarn__list_find(w, &splice->end)))
		return TARN_NOT_FOUND;
	*range = (struct range){ .first = off };
	for (; off != splice->end.where && !(splice->one && range->count);) {
		if (!off || range->count == w->look.count ||
		    (w == &pair->into && off == splice->before.where))
			return TARN_INVALID;
		range->last = off;
		range->count++;
		element = tarn__element(w->list, off);
		if (!element)
			return TARN_CORRUPT;
		off = tarn__element_beside(&w->look, element, off, TARN_LIST_FORWARDS);
	}
	return 0;
}

static int
take_range_out(struct tarn_list_writer *w, const struct range *range)
{
	const struct tarn_element_shm *first = tarn__element(w->list, range->first);
	const struct tarn_element_shm *last = tarn__element(w->list, range->last);

	if (!first || !last)
		return TARN_CORRUPT;
	return tarn__list_join(w, tarn__element_beside(&w->look, first, range->first, TARN_LIST_BACKWARDS),
			       tarn__element_beside(&w->look, last, range->last, TARN_LIST_FORWARDS));
}

static int
put_range_in(struct tarn_list_writer *w, const struct splice *splice, const struct range *range)
{
	tarn_off p, n;
	int code = tarn__list_place(w, &splice->before, TARN_LIST_BACKWARDS, &p, &n);

	if (!code)
		code = tarn__list_join(w, p, range->first);
	if (!code)
		code = tarn__list_join(w, range->last, n);
	return code == TARN_NOT_FOUND ? TARN_CORRUPT : code;
}

static int
splice_range(struct pair *pair, const struct splice *splice)
{
	struct range range;
	bool other = pair->from != &pair->into;
	int code = find_range(pair, splice, &range);

	if (code || !range.count)
		return code;
	code = log_both(pair, range.count + 6);
	if (!code && other)
		code = move_to(&pair->into, range.first, range.count, pair->into.look.off);
	if (!code)
		code = take_range_out(pair->from, &range);
	if (!code)
		code = put_range_in(&pair->into, splice, &range);
	if (!code && other)
		code = tarn__list_finish(pair->from, pair->from->look.count - range.count, NULL);
	return code ? code
		    : tarn__list_finish(&pair->into, pair->into.look.count + (other ? range.count : 0),
					NULL);
}

static int
splice_pair(struct pair *pair, const void *arg)
{
	const struct splice *splice = arg;
	tarn_off p, n;
	int code = tarn__list_place(&pair->into, &splice->before, TARN_LIST_BACKWARDS, &p, &n);

	if (code)
		return code;
	if (!splice->all)
		return splice_range(pair, splice);
	if (pair->from == &pair->into)
		return TARN_INVALID;
	return pair->from->look.count ? splice_all(pair, p, n) : 0;
}

int
tarn_list_splice(struct tarn_list *list, const struct tarn_list_handle *before,
		 struct tarn_list *from)
{
	const struct splice splice = { .before = *before, .all = true };

	return do_with_pair(list, from, splice_pair, &splice);
}

int
tarn_list_splice_one(struct tarn_list *list, const struct tarn_list_handle *before,
		     struct tarn_list *from, const struct tarn_list_handle *at)
{
	const struct splice splice = { .before = *before, .first = *at, .one = true };
	bool itself = before->where == at->where && before->generation == at->generation;
	struct tarn_list_handle next = *at;

	if (!itself || tarn__list_object(list)->root != tarn__list_object(from)->root)
		return do_with_pair(list, from, splice_pair, &splice);
	return tarn_list_next(list, &next); /* it stays where it is, if it is there */
}

int
tarn_list_splice_range(struct tarn_list *list, const struct tarn_list_handle *before,
		       struct tarn_list *from, const struct tarn_list_handle *first,
		       const struct tarn_list_handle *end)
{
	const struct splice splice = { .before = *before, .first = *first, .end = *end };

	return do_with_pair(list, from, splice_pair, &splice);
}

/* ---- merge ------------------------------------------------------------------------------------- */

/* Two copies, and the elements of both in their order: those of `from` are marked. */
struct merger {
	struct tarn_list_copy into, from;
	tarn_off *order;
	bool *moves;
};

static void
plan_merger(struct merger *merger, const struct tarn_list_order *order)
{
	const struct tarn_list_copy *a = &merger->into, *b = &merger->from;
	uint64_t i = 0, j = 0, k = 0;

	for (; i < a->count || j < b->count; k++) {
		const struct tarn_list_item *one = a->items + i, *other = b->items + j;

		merger->moves[k] = i == a->count ||
				   (j < b->count &&
				    tarn__list_compare(order, a->bytes + one->begin, one->size,
						       b->bytes + other->begin, other->size) > 0);
		merger->order[k] = merger->moves[k] ? b->items[j++].off : a->items[i++].off;
	}
}

/* A link is new where one of the lists goes over into the other. */
static uint64_t
words_of(const struct merger *merger, uint64_t count)
{
	uint64_t words = merger->from.count;

	for (uint64_t k = 1; k < count; k++)
		words += merger->moves[k] == merger->moves[k - 1] ? 0 : 2;
	return words;
}

static int
link_merged(struct pair *pair, const struct merger *merger, uint64_t count)
{
	int code = move_to(&pair->into, pair->from->look.first, merger->from.count,
			   pair->into.look.off);

	for (uint64_t k = 1; !code && k < count; k++) {
		if (merger->moves[k] != merger->moves[k - 1])
			code = tarn__list_join(&pair->into, merger->order[k - 1], merger->order[k]);
	}
	pair->into.look.first = merger->order[0];
	pair->into.look.last = merger->order[count - 1];
	pair->from->look.first = pair->from->look.last = 0;
	return code;
}

static int
merge_pair(struct pair *pair, const void *arg)
{
	const struct merger *merger = arg;
	uint64_t count = merger->into.count + merger->from.count;
	int code;

	if (!tarn__list_copy_is_true(&pair->into, &merger->into) ||
	    !tarn__list_copy_is_true(pair->from, &merger->from))
		return TARN_ROOT_AGAIN;
	if (!merger->from.count)
		return 0;
	code = log_both(pair, words_of(merger, count));
	if (!code)
		code = link_merged(pair, merger, count);
	if (!code)
		code = tarn__list_finish(&pair->into, count, NULL);
	return code ? code : tarn__list_finish(pair->from, 0, NULL);
}

static int
merge_once(struct tarn_list *list, struct tarn_list *from, const struct tarn_list_order *order)
{
	struct merger merger = { .into = { .values = true }, .from = { .values = true } };
	int code = tarn__list_copy_take(tarn__list_object(list), &merger.into);
	uint64_t count;

	if (!code)
		code = tarn__list_copy_take(tarn__list_object(from), &merger.from);
	count = merger.into.count + merger.from.count;
	merger.order = calloc(count + 1, sizeof(*merger.order));
	merger.moves = calloc(count + 1, sizeof(*merger.moves));
	if (!code && (!merger.order || !merger.moves))
		code = TARN_SYSTEM;
	if (!code) {
		plan_merger(&merger, order);
		code = do_with_pair(list, from, merge_pair, &merger);
	}
	free(merger.order);
	free(merger.moves);
	tarn__list_copy_free(&merger.into);
	tarn__list_copy_free(&merger.from);
	return code;
}

int
tarn_list_merge(struct tarn_list *list, struct tarn_list *from, tarn_list_compare *compare,
		void *arg)
{
	const struct tarn_list_order order = { tarn__list_object(list), compare, arg };
	const struct tarn_object *other = tarn__list_object(from);
	int code = TARN_ROOT_AGAIN;

	if (!compare && order.list->key_kind == TARN_KEY_NONE)
		return TARN_TYPE;
	if (order.list->root == other->root || order.list->arena != other->arena ||
	    order.list->txn != other->txn)
		return TARN_INVALID;
	if (!tarn__lists_alike(order.list, other))
		return TARN_TYPE;
	for (unsigned round = 0; code == TARN_ROOT_AGAIN && round < TARN_LIST_ROUNDS; round++)
		code = merge_once(list, from, &order);
	return code == TARN_ROOT_AGAIN ? TARN_BUSY : code;
}
