// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_change.c -- elements are made, put in, taken out, and get other values
 *
 *	at an end	links that mean nothing yet --> the ends that are not
 *			true --> state: which ends are, and how many elements
 *	elsewhere	links, ends and state, each with its record, under DIRTY
 *
 * At an end all but the store of state means nothing, so that store commits.
 * What goes with it stands in the settle record: the new element's memory is
 * the list's, or the old one's is free, and has no generation any more.  That
 * is stored before state; a reader that meets it waits for what comes of it.
 *
 * In a transaction all is logged: what means nothing may mean something again
 * if all is undone; so also is a new element's generation, for who has seen
 * it has a handle.
 *
 * Who may write what: who holds the root's node.
 *
 * On death: before the store of state, or the commit, nothing has happened.
 */
#include "container/list.h"

/* ---- writers ----------------------------------------------------------------------------------- */

TARN_COLD int
tarn__list_begin_failed(struct tarn_object *list, struct tarn_lane *lane)
{
	int code = tarn__write_failed(list, lane, TARN_CORRUPT);

	tarn__write_end(list, lane);
	return code;
}

TARN_COLD int
tarn__list_write_again(struct tarn_object *list, tarn__list_operation *operation,
		       struct tarn_list_call *call, int code)
{
	uint64_t deadline = tarn__deadline(list->arena);

	if (code == TARN_FULL) {
		tarn__vector_give_back(list->arena);
		code = tarn__list_write_once(list, operation, call);
	}
	while (code == TARN_BUSY && !tarn__too_late(deadline))
		code = tarn__list_write_once(list, operation, call);
	return code;
}

int
tarn__list_write(struct tarn_object *list, tarn__list_operation *operation,
		 struct tarn_list_call *call)
{
	return tarn__list_write_now(list, operation, call);
}

int
tarn__list_leave(struct tarn_list_writer *w, struct tarn_list_call *call, int answer)
{
	if (!w->list->txn)
		tarn__root_let_go(w->list, w->lane);
	call->answer = answer;
	return 0;
}

int
tarn__list_log(struct tarn_list_writer *w, uint64_t words)
{
	int code = tarn__lane_reserve(w->lane, words + 3, 0, 0, 0);

	if (code)
		return code;
	w->logged = true;
	tarn__dirty(&w->list->root->node);
	return 0;
}

static TARN_HOT void
put(struct tarn_list_writer *w, uint64_t *word, uint64_t value)
{
	if (unlikely(w->logged))
		tarn__set(w->lane, word, value);
	else
		tarn__store(word, value);
}

int
tarn__list_finish(struct tarn_list_writer *w, uint64_t count, uint64_t *gone)
{
	struct tarn_chain_shm *chain = w->look.chain;
	uint64_t other = w->look.which ^ 1;
	uint64_t state = count << TARN_STATE_COUNT_SHIFT | other;

	put(w, &chain->ends[other].first, w->look.first);
	put(w, &chain->ends[other].last, w->look.last);
	if (unlikely(w->logged)) {
		tarn__set(w->lane, &chain->state, state);
		return w->list->txn ? 0 : tarn__commit(w->lane);
	}
	tarn__flip_word(w->lane, &chain->state, state, gone, 0);
	tarn__unlock(w->lane, &w->list->root->node);
	return 0;
}

/* ---- where ------------------------------------------------------------------------------------- */

struct tarn_element_shm *
tarn__list_find(const struct tarn_list_writer *w, const struct tarn_list_handle *at)
{
	struct tarn_element_shm *element = tarn__element(w->list, at->where);

	if (!element || !tarn__element_is(&w->look, element, at->generation))
		return NULL;
	return element;
}

int
tarn__list_place(const struct tarn_list_writer *w, const struct tarn_list_handle *at,
		 enum tarn_list_way way, tarn_off *p, tarn_off *n)
{
	const struct tarn_element_shm *element = at->where ? tarn__list_find(w, at) : NULL;
	tarn_off beside;

	if (likely(!at->where)) {
		*p = way == TARN_LIST_FORWARDS ? 0 : w->look.last;
		*n = way == TARN_LIST_FORWARDS ? w->look.first : 0;
		return 0;
	}
	if (!element)
		return TARN_NOT_FOUND;
	beside = tarn__element_beside(&w->look, element, at->where, way);
	*p = way == TARN_LIST_FORWARDS ? at->where : beside;
	*n = way == TARN_LIST_FORWARDS ? beside : at->where;
	return 0;
}

int
tarn__list_join(struct tarn_list_writer *w, tarn_off a, tarn_off b)
{
	struct tarn_element_shm *left, *right;

	if (!a)
		w->look.first = b;
	if (!b)
		w->look.last = a;
	if (!a || !b)
		return 0;
	left = tarn__element(w->list, a);
	right = tarn__element(w->list, b);
	if (unlikely(!left) || unlikely(!right))
		return TARN_CORRUPT;
	put(w, &left->next, b);
	put(w, &right->prev, a);
	return 0;
}

/* ---- elements ---------------------------------------------------------------------------------- */

/* A block of its own for a string; the operation's. */
static int
make_block(struct tarn_lane *lane, const void *value, size_t size, tarn_off *block)
{
	uint64_t bytes = tarn__round_up(size, 8), *words;
	int code = tarn__heap_alloc(lane, bytes, block);

	if (code)
		return code;
	words = tarn__at(lane->arena, *block, bytes, 16);
	if (!words)
		return TARN_CORRUPT;
	tarn__bytes_in(words, 0, value, size);
	return 0;
}

/* Into a new element. */
static int
put_string(struct tarn_lane *lane, struct tarn_element_shm *element, const void *value, size_t size)
{
	tarn_off block;
	int code;

	tarn__store(&element->value[0], size);
	if (size <= TARN_ELEMENT_BYTES) {
		tarn__bytes_in_slowly(&element->value[1], 0, value, size);
		return 0;
	}
	code = make_block(lane, value, size, &block);
	if (!code)
		tarn__store(&element->value[1], block);
	return code;
}

/* The serial is never undone; nobody else has it. */
static TARN_HOT void
name_element(struct tarn_list_writer *w, struct tarn_element_shm *element)
{
	uint64_t serial = tarn__load(&w->look.chain->serial) + 1;

	serial += !serial;
	tarn__store(&w->look.chain->serial, serial);
	tarn__store(&element->list, w->look.off);
	if (unlikely(w->list->txn))
		tarn__set(w->lane, &element->generation, serial);
	else
		tarn__store(&element->generation, serial);
}

/* A new element, which leads nowhere. */
static TARN_HOT int
make_element(struct tarn_list_writer *w, const void *value, size_t size, tarn_off *off,
	     struct tarn_element_shm **element)
{
	uint64_t bytes = tarn__element_bytes(w->list->value_size);
	int code = tarn__heap_alloc(w->lane, bytes, off);

	*element = NULL;
	if (unlikely(code))
		return code;
	*element = tarn__element(w->list, *off);
	if (unlikely(!*element))
		return TARN_CORRUPT;
	if (likely(w->list->value_size))
		tarn__bytes_in((*element)->value, 0, value, size);
	else
		code = put_string(w->lane, *element, value, size);
	if (!code && unlikely(w->list->txn))
		code = tarn__lane_reserve(w->lane, 1, 0, 0, 0);
	if (likely(!code))
		name_element(w, *element);
	return code;
}

static int
free_block(struct tarn_lane *lane, tarn_off block)
{
	int code = tarn__heap_free(lane, block);

	return code == TARN_INVALID ? TARN_CORRUPT : code;
}

int
tarn__element_free(struct tarn_lane *lane, const struct tarn_object *list, tarn_off off)
{
	const struct tarn_element_shm *element = tarn__element(list, off);
	int code;

	if (unlikely(!element))
		return TARN_CORRUPT;
	code = free_block(lane, off);
	if (likely(list->value_size) || code ||
	    tarn__load(&element->value[0]) <= TARN_ELEMENT_BYTES)
		return code;
	return free_block(lane, tarn__load(&element->value[1]));
}

int
tarn__element_drop(struct tarn_list_writer *w, tarn_off off)
{
	int code = tarn__element_free(w->lane, w->list, off);

	if (!code)
		tarn__set(w->lane, &tarn__element(w->list, off)->generation, 0);
	return code;
}

/* ---- one element ------------------------------------------------------------------------------- */

int
tarn__list_insert(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	struct tarn_element_shm *element = NULL;
	tarn_off p, n, off;
	int code = tarn__list_place(w, &call->at, call->way, &p, &n);

	if (unlikely(code))
		return tarn__list_leave(w, call, code);
	code = make_element(w, call->value, call->size, &off, &element);
	if (!code && (unlikely(w->list->txn) || (p && n)))
		code = tarn__list_log(w, 4);
	if (likely(!code))
		code = tarn__list_join(w, p, off);
	if (likely(!code))
		code = tarn__list_join(w, off, n);
	if (unlikely(code))
		return code;
	call->at = (struct tarn_list_handle){ off, tarn__load(&element->generation) };
	return tarn__list_finish(w, w->look.count + 1, NULL);
}

int
tarn__list_erase(struct tarn_list_writer *w, tarn_off off, struct tarn_element_shm *element)
{
	tarn_off p = tarn__element_beside(&w->look, element, off, TARN_LIST_BACKWARDS);
	tarn_off n = tarn__element_beside(&w->look, element, off, TARN_LIST_FORWARDS);
	bool logged = w->list->txn || (p && n);
	int code = unlikely(logged) ? tarn__list_log(w, 3) : 0;

	if (likely(!code))
		code = tarn__list_join(w, p, n);
	if (likely(!code))
		code = logged ? tarn__element_drop(w, off) : tarn__element_free(w->lane, w->list, off);
	if (unlikely(code))
		return code;
	return tarn__list_finish(w, w->look.count - 1, logged ? NULL : &element->generation);
}

/* ---- values ------------------------------------------------------------------------------------ */

/* The words of the log are reserved; in a string's element, its size too. */
static int
set_string(struct tarn_list_writer *w, struct tarn_element_shm *element, const void *value,
	   size_t size)
{
	bool had_block = tarn__load(&element->value[0]) > TARN_ELEMENT_BYTES;
	tarn_off old = tarn__load(&element->value[1]), block = 0;
	int code = 0;

	if (size > TARN_ELEMENT_BYTES)
		code = make_block(w->lane, value, size, &block);
	if (!code && had_block)
		code = free_block(w->lane, old);
	if (!code)
		code = tarn__list_log(w, 4);
	if (code)
		return code;
	if (block)
		tarn__set(w->lane, &element->value[1], block);
	else
		tarn__bytes_log(w->lane, &element->value[1], 0, value, size);
	tarn__set(w->lane, &element->value[0], size);
	return w->list->txn ? 0 : tarn__commit(w->lane);
}

int
tarn__list_set(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	struct tarn_element_shm *element = tarn__list_find(w, &call->at);
	int code;

	if (!element)
		return tarn__list_leave(w, call, TARN_NOT_FOUND);
	if (!w->list->value_size)
		return set_string(w, element, call->value, call->size);
	if (!w->list->txn && call->size <= 8) {
		tarn__bytes_in(element->value, 0, call->value, call->size);
		tarn__unlock(w->lane, &w->list->root->node);
		return 0;
	}
	code = tarn__list_log(w, tarn__div_up(call->size, 8));
	if (code)
		return code;
	tarn__bytes_log(w->lane, element->value, 0, call->value, call->size);
	return w->list->txn ? 0 : tarn__commit(w->lane);
}

/* ---- many elements ----------------------------------------------------------------------------- */

/* New elements, in a row of their own; call->values NULL: each is call->value. */
static int
make_row(struct tarn_list_writer *w, const struct tarn_list_call *call, tarn_off *first,
	 tarn_off *last)
{
	struct tarn_element_shm *element = NULL, *before = NULL;
	tarn_off off;

	for (uint64_t i = 0; i < call->count; i++) {
		struct tarn_bytes value = { (void *)call->value, call->size };
		int code;

		if (call->values)
			value = tarn__list_value_of(call->values, call->size, i);
		code = make_element(w, value.data, value.size, &off, &element);
		if (code)
			return code;
		if (before) {
			tarn__store(&before->next, off);
			tarn__store(&element->prev, *last);
		} else {
			*first = off;
		}
		before = element;
		*last = off;
	}
	return 0;
}

int
tarn__list_append(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	tarn_off first = 0, last = 0;
	int code;

	if (!call->count)
		return tarn__list_leave(w, call, 0);
	if (call->count > TARN_LIST_MAX)
		return tarn__list_leave(w, call, TARN_TOO_BIG);
	code = make_row(w, call, &first, &last);
	if (!code && w->list->txn)
		code = tarn__list_log(w, 2);
	if (!code)
		code = tarn__list_join(w, w->look.last, first);
	if (!code)
		code = tarn__list_join(w, last, 0);
	return code ? code : tarn__list_finish(w, w->look.count + call->count, NULL);
}

/* The elements behind the first so many go. */
static int
cut(struct tarn_list_writer *w, uint64_t count)
{
	uint64_t goes = w->look.count - count;
	tarn_off off = w->look.last;
	int code = goes > TARN_LIST_MAX ? TARN_TOO_BIG : tarn__list_log(w, goes);

	for (uint64_t i = 0; !code && i < goes; i++) {
		const struct tarn_element_shm *element = tarn__element(w->list, off);
		tarn_off before;

		if (!element)
			return TARN_CORRUPT;
		before = tarn__element_beside(&w->look, element, off, TARN_LIST_BACKWARDS);
		code = tarn__element_drop(w, off);
		off = before;
	}
	if (code || !off)
		return code ? code : TARN_CORRUPT;
	w->look.last = off;
	return tarn__list_finish(w, count, NULL);
}

int
tarn__list_resize(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	struct tarn_list_call more = *call;
	int code;

	if (!call->count)
		return tarn__list_clear(w, call);
	if (call->count < w->look.count)
		return cut(w, call->count);
	more.count = call->count - w->look.count;
	code = tarn__list_append(w, &more);
	call->answer = more.answer;
	return code;
}

/* ---- chains ------------------------------------------------------------------------------------ */

int
tarn__chain_make(struct tarn_lane *lane, uint64_t serial, tarn_off *off)
{
	struct tarn_chain_shm *chain;
	int code = tarn__heap_alloc(lane, sizeof(*chain), off);

	if (code)
		return code;
	chain = tarn__at(lane->arena, *off, sizeof(*chain), 16);
	if (!chain)
		return TARN_CORRUPT;
	tarn__bytes_in_slowly((uint64_t *)chain, 0, NULL, sizeof(*chain));
	tarn__store(&chain->serial, serial);
	return 0;
}

/* The graveyard gets what there was. */
int
tarn__list_clear(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	struct tarn_root_shm *root = w->list->root;
	tarn_off made;
	int code;

	if (!w->look.count)
		return tarn__list_leave(w, call, 0);
	code = tarn__chain_make(w->lane, tarn__load(&w->look.chain->serial), &made);
	if (!code)
		code = tarn__bury(w->lane, root);
	if (!code)
		code = tarn__lane_reserve(w->lane, 2, 0, 0, 0);
	if (code)
		return code == TARN_BUSY && w->list->txn ? TARN_DEADLOCK : code;
	tarn__root_swing(w->lane, root, made);
	return w->list->txn ? 0 : tarn__commit(w->lane);
}
