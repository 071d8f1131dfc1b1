// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- calls on vectors: read, push, pop, set, and the others
 *
 * vector_layout.h has the picture.  A reader looks, copies, and looks again.
 * A writer locks the root's node, sees that the object lives and no
 * transaction has it, and hands what it wants to vector_change.c; but for
 * the push of an element, which is short enough to stand here.
 *
 *	reader	node --> area --> length --> elements --> node as before?
 *	push	lock --> element beyond the length --> length --> let go
 *
 * Why a reader that does not wait sees what was there at one moment: between
 * its two looks at the node, of the same version, others may have added
 * elements, each by one store of the length, and then at most one may have
 * stored one word more (W4, W5).  An answer that depends on the length is
 * given only if that was the same at the end, too.
 *
 * Who may write what: who holds the root's node, after it has found the
 * object alive.
 *
 * On death: vector_change.c.
 */
#include "container/vector.h"

#include "base/arith.h"

#include <stdlib.h>

#define AGAIN 1
#define VAIN_MOST 100u
#define FIND_BYTES UINT64_C(4096)

/* ---- writers ----------------------------------------------------------------------------------- */

/* Whoever has the node, or its object's gate, is waited for. */
static TARN_COLD int
lock_slowly(struct tarn_object *vector, struct tarn_lane *lane)
{
	uint64_t deadline = tarn__deadline(vector->arena);
	uint64_t *node = &vector->root->node;
	int code;

	for (;;) {
		code = tarn__lock_wait(lane, node, deadline);
		if (code || vector->txn || !tarn__gate_closed(vector->root))
			return code;
		tarn__unlock(lane, node);
		code = tarn__gate_wait(vector, deadline);
		if (code)
			return code;
	}
}

/* The node is ours, and no transaction has the vector but the handle's own (O2). */
static TARN_HOT int
lock(struct tarn_object *vector, struct tarn_lane *lane)
{
	uint64_t *node = &vector->root->node, seen = tarn__load(node);

	if (unlikely(vector->txn) || unlikely(tarn__node_owner(seen)) ||
	    unlikely(lane->lock_count >= lane->locks.ready) ||
	    unlikely(!tarn__lock(lane, node, seen)))
		return lock_slowly(vector, lane);
	if (likely(!tarn__gate_closed(vector->root)))
		return 0;
	tarn__unlock(lane, node);
	return lock_slowly(vector, lane);
}

static TARN_HOT int
begin(struct tarn_vector_writer *w, struct tarn_object *vector)
{
	int code = tarn__write_begin(vector, &w->lane);

	if (unlikely(code))
		return code;
	w->vector = vector;
	code = lock(vector, w->lane);
	if (likely(!code) && unlikely(tarn__word_is_stale(vector, tarn__load(&vector->root->word))))
		code = TARN_REMOVED;
	if (likely(!code) && unlikely(!tarn__vector_look(vector, &w->look)))
		code = TARN_CORRUPT;
	return likely(!code) ? 0 : tarn__vector_end(w, code);
}

int
tarn__vector_begin(struct tarn_vector_writer *w, struct tarn_object *vector)
{
	return begin(w, vector);
}

/* Codes that are answers; what was locked is unlocked, or the transaction's. */
static bool
is_answer(int code)
{
	return code == 0 || code == TARN_NOT_FOUND || code == TARN_MISMATCH || code == TARN_TYPE;
}

int
tarn__vector_end(struct tarn_vector_writer *w, int code)
{
	if (unlikely(!is_answer(code)))
		code = tarn__write_failed(w->vector, w->lane, code);
	tarn__write_end(w->vector, w->lane);
	return code;
}

static int
write_once(struct tarn_object *vector, tarn__vector_operation *operation,
	   struct tarn_vector_call *call)
{
	struct tarn_vector_writer w;
	int code = tarn__vector_begin(&w, vector);

	return code ? code : tarn__vector_end(&w, operation(&w, call));
}

/* What this thread has freed, and what nobody has freed yet of what was removed: the room that is missing? */
static TARN_COLD void
give_back(struct tarn_arena *arena)
{
	struct tarn_lane *lane;

	tarn__graveyard_work(arena, UINT32_MAX);
	if (tarn__op_begin(arena, &lane))
		return;
	tarn__lane_heap->tidy(lane);
	tarn__op_end(lane);
}

int
tarn__vector_write(struct tarn_object *vector, tarn__vector_operation *operation,
		   struct tarn_vector_call *call)
{
	struct tarn_vector_call again = *call;
	int code = write_once(vector, operation, call);

	if (likely(code != TARN_FULL) || vector->txn)
		return code;
	give_back(vector->arena);
	*call = again;
	return write_once(vector, operation, call);
}

/* ---- readers ----------------------------------------------------------------------------------- */

/*
 * What a reader takes from a look, which may be wrong: TARN_CORRUPT if it
 * makes no sense.  call->number is the node's word that was looked at.
 */
typedef int taker(const struct tarn_object *vector, const struct tarn_vector_look *look,
		  struct tarn_vector_call *call);

/* Nobody changes the root, and yet there is no way to the elements. */
static TARN_COLD int
no_way(const struct tarn_object *vector, uint64_t word, uint64_t node)
{
	if (!tarn__node_still(&vector->root->node, node))
		return AGAIN;
	return tarn__word_is_stale(vector, word) ? TARN_REMOVED : TARN_CORRUPT;
}

static TARN_HOT int
read_once(const struct tarn_object *vector, taker *take, struct tarn_vector_call *call)
{
	const struct tarn_root_shm *root = vector->root;
	struct tarn_vector_look look;
	uint64_t word, node = tarn__load_acquire(&root->node);
	int code = 0;

	if (unlikely(node & TARN_NODE_DIRTY))
		code = tarn__node_read(vector->arena, &root->node, tarn__deadline(vector->arena),
				       &node);
	if (unlikely(code))
		return code;
	word = tarn__load(&root->word);
	if (unlikely(tarn__word_is_stale(vector, word)) ||
	    unlikely(!tarn__vector_look(vector, &look)))
		return no_way(vector, word, node);
	call->number = node;
	code = take(vector, &look, call);
	if (unlikely(!tarn__node_still(&root->node, node)))
		return AGAIN;
	if (unlikely(call->whole) && unlikely(tarn__load(&look.area->length) != look.length))
		return AGAIN;
	return code;
}

/* In a transaction, or because others change it all the time: while it is locked. */
static int
read_locked(struct tarn_object *vector, taker *take, struct tarn_vector_call *call)
{
	struct tarn_vector_writer w;
	int code = tarn__vector_begin(&w, vector);

	if (code)
		return code;
	call->number = tarn__load(&vector->root->node);
	code = take(vector, &w.look, call);
	if (is_answer(code))
		code = tarn__vector_leave(&w, code);
	return tarn__vector_end(&w, code);
}

/* Who may not write goes on trying, to the deadline. */
static TARN_COLD int
read_again(struct tarn_object *vector, taker *take, struct tarn_vector_call *call)
{
	uint64_t deadline = tarn__deadline(vector->arena);
	int code = AGAIN;

	for (unsigned vain = 0; code == AGAIN && vain < VAIN_MOST; vain++)
		code = read_once(vector, take, call);
	if (code != AGAIN)
		return code;
	code = vector->arena->readonly ? TARN_BUSY : read_locked(vector, take, call);
	if (code != TARN_BUSY && code != TARN_NO_SLOT && code != TARN_FULL &&
	    code != TARN_IN_TXN && code != TARN_NESTED)
		return code;
	do
		code = read_once(vector, take, call);
	while (code == AGAIN && !tarn__too_late(deadline));
	return code == AGAIN ? TARN_BUSY : code;
}

static TARN_HOT int
read_fast(struct tarn_vector *handle, taker *take, struct tarn_vector_call *call)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	int code = tarn__forked(vector->arena) ? tarn__member_after_fork(vector->arena) : 0;

	if (unlikely(code))
		return code;
	if (unlikely(vector->txn))
		return read_locked(vector, take, call);
	code = read_once(vector, take, call);
	return likely(code != AGAIN) ? code : read_again(vector, take, call);
}

/* ---- taking ------------------------------------------------------------------------------------ */

static TARN_HOT int
take_elements(const struct tarn_object *vector, const struct tarn_vector_look *look,
	      uint64_t index, uint64_t count, void *values)
{
	unsigned first;
	const uint64_t *words = tarn__vector_words(vector, look, index, count, &first);

	if (unlikely(!words))
		return TARN_CORRUPT;
	tarn__bytes_out(values, words, first, count * vector->value_size);
	return 0;
}

static int
take_one(const struct tarn_object *vector, const struct tarn_vector_look *look,
	 struct tarn_vector_call *call)
{
	if (unlikely(call->splice.at >= look->length)) {
		call->whole = true;
		return TARN_NOT_FOUND;
	}
	return take_elements(vector, look, call->splice.at, 1, call->value);
}

static int
take_last(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	call->whole = true;
	if (!look->length)
		return TARN_NOT_FOUND;
	return take_elements(vector, look, look->length - 1, 1, call->value);
}

/* As many as were asked for, or there are: splice.removed is asked for, splice.inserted told. */
static int
take_many(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	uint64_t at = call->splice.at;

	call->whole = at > look->length || call->splice.removed > look->length - at;
	if (at > look->length)
		return TARN_NOT_FOUND;
	call->splice.inserted = tarn__min(call->splice.removed, look->length - at);
	if (!call->splice.inserted)
		return 0;
	return take_elements(vector, look, at, call->splice.inserted, call->value);
}

static int
take_size(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	(void)vector;
	call->number = look->length;
	return 0;
}

static int
take_capacity(const struct tarn_object *vector, const struct tarn_vector_look *look,
	      struct tarn_vector_call *call)
{
	(void)vector;
	call->number = look->capacity;
	return 0;
}

/* The view's address and count; its version is in call->number. */
static int
take_view(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	struct tarn_vector_view *view = call->value;
	unsigned first;

	view->count = look->length;
	view->data = look->area->words;
	view->seen = call->number;
	if (look->length && !tarn__vector_words(vector, look, 0, look->length, &first))
		return TARN_CORRUPT;
	return 0;
}

/* A piece of the elements at a time, in memory that the call brings. */
static int
take_place(const struct tarn_object *vector, const struct tarn_vector_look *look,
	   struct tarn_vector_call *call)
{
	uint64_t size = vector->value_size, most = tarn__max(1, FIND_BYTES / size), n;
	char *buffer = call->value;
	int code;

	call->whole = true;
	for (uint64_t at = call->splice.at; at < look->length; at += n) {
		n = tarn__min(most, look->length - at);
		code = take_elements(vector, look, at, n, buffer);
		if (code)
			return code;
		for (uint64_t i = 0; i < n; i++) {
			if (memcmp(buffer + i * size, call->expected, size) != 0)
				continue;
			call->splice.inserted = at + i;
			call->whole = false;
			return 0;
		}
	}
	return TARN_NOT_FOUND;
}

/* ---- calls that read --------------------------------------------------------------------------- */

int
tarn_vector_get(struct tarn_vector *vector, uint64_t index, void *value)
{
	struct tarn_vector_call call = { .splice = { .at = index }, .value = value };

	return read_fast(vector, take_one, &call);
}

int
tarn_vector_front(struct tarn_vector *vector, void *value)
{
	return tarn_vector_get(vector, 0, value);
}

int
tarn_vector_back(struct tarn_vector *vector, void *value)
{
	struct tarn_vector_call call = { .value = value };

	return read_fast(vector, take_last, &call);
}

int
tarn_vector_read(struct tarn_vector *vector, uint64_t index, void *values, uint64_t count,
		 uint64_t *got)
{
	struct tarn_vector_call call = { .splice = { .at = index, .removed = count },
					 .value = values };
	int code = read_fast(vector, take_many, &call);

	*got = code ? 0 : call.splice.inserted;
	return code;
}

int
tarn_vector_find(struct tarn_vector *vector, uint64_t from, const void *value, uint64_t *index)
{
	struct tarn_vector_call call = { .splice = { .at = from }, .expected = value };
	int code;

	call.value = malloc(tarn__max(FIND_BYTES, tarn__vector_object(vector)->value_size));
	if (!call.value)
		return TARN_SYSTEM;
	code = read_fast(vector, take_place, &call);
	free(call.value);
	if (!code)
		*index = call.splice.inserted;
	return code;
}

int
tarn_vector_size(struct tarn_vector *vector, uint64_t *size)
{
	struct tarn_vector_call call = { .whole = false };
	int code = read_fast(vector, take_size, &call);

	if (!code)
		*size = call.number;
	return code;
}

int
tarn_vector_empty(struct tarn_vector *vector, bool *empty)
{
	uint64_t size;
	int code = tarn_vector_size(vector, &size);

	if (!code)
		*empty = !size;
	return code;
}

int
tarn_vector_capacity(struct tarn_vector *vector, uint64_t *capacity)
{
	struct tarn_vector_call call = { .whole = false };
	int code = read_fast(vector, take_capacity, &call);

	if (!code)
		*capacity = call.number;
	return code;
}

int
tarn_vector_view(struct tarn_vector *vector, struct tarn_vector_view *view)
{
	struct tarn_vector_call call = { .value = view };

	if (tarn__vector_object(vector)->txn)
		return TARN_IN_TXN;
	return read_fast(vector, take_view, &call);
}

bool
tarn_vector_view_valid(struct tarn_vector *vector, const struct tarn_vector_view *view)
{
	return tarn__node_still(&tarn__vector_object(vector)->root->node, view->seen);
}

/* ---- operations -------------------------------------------------------------------------------- */

/* The splice as it is, with its place checked. */
static int
replace(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice *splice = &call->splice;

	if (splice->at > w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	if (splice->removed == TARN_VECTOR_END)
		splice->removed = w->look.length - splice->at;
	if (splice->removed > w->look.length - splice->at)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	return tarn__vector_splice(w, splice);
}

static int
add_at_end(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	call->splice.at = w->look.length;
	return tarn__vector_splice(w, &call->splice);
}

static int
remove_last(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	int code = 0;

	if (!w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	call->splice.at = w->look.length - 1;
	if (call->value)
		code = take_elements(w->vector, &w->look, call->splice.at, 1, call->value);
	return code ? code : tarn__vector_splice(w, &call->splice);
}

static int
set_size(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice *splice = &call->splice;

	splice->at = tarn__min(call->number, w->look.length);
	splice->removed = w->look.length - splice->at;
	splice->inserted = call->number - splice->at;
	return tarn__vector_splice(w, splice);
}

static int
add_to(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice splice = call->splice;
	uint64_t before = 0, after;
	int code;

	if (splice.at >= w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	code = take_elements(w->vector, &w->look, splice.at, 1, &before);
	after = before + call->number;
	call->number = before;
	splice.values = &after;
	return code ? code : tarn__vector_splice(w, &splice);
}

static int
swap_if(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	int code;

	if (call->splice.at >= w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	code = take_elements(w->vector, &w->look, call->splice.at, 1, call->value);
	if (code)
		return code;
	if (memcmp(call->value, call->expected, w->vector->value_size) != 0)
		return tarn__vector_leave(w, TARN_MISMATCH);
	return tarn__vector_splice(w, &call->splice);
}

/* ---- calls that write -------------------------------------------------------------------------- */

static TARN_NOINLINE int
push_slowly(struct tarn_object *vector, const void *value)
{
	struct tarn_vector_call call = { .splice = { .inserted = 1, .values = value } };

	return tarn__vector_write(vector, add_at_end, &call);
}

/* An element beyond the length, and the length; false: it is not as simple as that. */
static TARN_HOT bool
push(struct tarn_vector_writer *w, const void *value, uint64_t size)
{
	unsigned first;
	uint64_t *words;

	if (unlikely(w->vector->txn) || unlikely(w->look.length == w->look.capacity))
		return false;
	words = tarn__vector_words_sized(w->vector, &w->look, size, w->look.length, 1, &first);
	if (unlikely(!words))
		return false;
	tarn__bytes_in(words, first, value, size);
	tarn__barrier();
	tarn__store_release(&w->look.area->length, w->look.length + 1);
	tarn__vector_let_go(w);
	return true;
}

int
tarn_vector_push_back(struct tarn_vector *handle, const void *value)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	struct tarn_vector_writer w;
	int code = begin(&w, vector);
	bool done;

	if (unlikely(code))
		return code;
	/* the usual size by name: its arithmetic is done by the compiler */
	done = likely(vector->value_size == 8) ? push(&w, value, 8)
					       : push(&w, value, vector->value_size);
	if (unlikely(!done))
		code = tarn__vector_leave(&w, 0);
	tarn__write_end(vector, w.lane);
	return likely(done) ? code : push_slowly(vector, value);
}

int
tarn_vector_append(struct tarn_vector *vector, const void *values, uint64_t count)
{
	struct tarn_vector_call call = { .splice = { .inserted = count, .values = values } };

	return tarn__vector_write(tarn__vector_object(vector), add_at_end, &call);
}

int
tarn_vector_pop_back(struct tarn_vector *vector, void *value)
{
	struct tarn_vector_call call = { .splice = { .removed = 1 }, .value = value };

	return tarn__vector_write(tarn__vector_object(vector), remove_last, &call);
}

int
tarn_vector_set(struct tarn_vector *vector, uint64_t index, const void *value)
{
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1, .values = value },
	};

	return tarn__vector_write(tarn__vector_object(vector), replace, &call);
}

int
tarn_vector_fetch_add(struct tarn_vector *handle, uint64_t index, uint64_t n, uint64_t *before)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1 }, .number = n,
	};
	uint32_t size = vector->value_size;
	int code;

	if (size > 8 || (size & (size - 1)) || vector->key_kind == TARN_KEY_F64)
		return TARN_TYPE;
	code = tarn__vector_write(vector, add_to, &call);
	if (!code && before)
		*before = call.number;
	return code;
}

int
tarn_vector_compare_and_swap(struct tarn_vector *handle, uint64_t index, const void *expected,
			     const void *desired)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1, .values = desired },
		.expected = expected,
	};
	uint64_t word;
	int code;

	call.value = vector->value_size <= sizeof(word) ? &word : malloc(vector->value_size);
	if (!call.value)
		return TARN_SYSTEM;
	code = tarn__vector_write(vector, swap_if, &call);
	if (call.value != &word)
		free(call.value);
	return code;
}

int
tarn_vector_insert(struct tarn_vector *vector, uint64_t index, const void *values, uint64_t count)
{
	struct tarn_vector_call call = {
		.splice = { .at = index, .inserted = count, .values = values },
	};

	return tarn__vector_write(tarn__vector_object(vector), replace, &call);
}

int
tarn_vector_erase(struct tarn_vector *vector, uint64_t index, uint64_t count)
{
	struct tarn_vector_call call = { .splice = { .at = index, .removed = count } };

	return tarn__vector_write(tarn__vector_object(vector), replace, &call);
}

int
tarn_vector_assign(struct tarn_vector *vector, const void *values, uint64_t count)
{
	struct tarn_vector_call call = {
		.splice = { .removed = TARN_VECTOR_END, .inserted = count, .values = values },
	};

	return tarn__vector_write(tarn__vector_object(vector), replace, &call);
}

int
tarn_vector_clear(struct tarn_vector *vector)
{
	return tarn_vector_assign(vector, NULL, 0);
}

int
tarn_vector_resize(struct tarn_vector *vector, uint64_t size, const void *fill)
{
	struct tarn_vector_call call = { .splice = { .values = fill, .alike = fill != NULL },
					 .number = size };

	return tarn__vector_write(tarn__vector_object(vector), set_size, &call);
}

int
tarn_vector_reserve(struct tarn_vector *vector, uint64_t capacity)
{
	struct tarn_vector_call call = { .number = capacity };

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_reserve, &call);
}

int
tarn_vector_shrink_to_fit(struct tarn_vector *vector)
{
	struct tarn_vector_call call = { .number = 0 };

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_shrink, &call);
}

/* ---- two vectors ------------------------------------------------------------------------------- */

static int
exchange_in_txn(struct tarn_object *one, struct tarn_object *other)
{
	struct tarn_lane *lane;
	int code = tarn__write_begin(one, &lane);

	if (code)
		return code;
	code = tarn__vector_exchange(lane, one, other);
	if (!is_answer(code))
		code = tarn__write_failed(one, lane, code);
	tarn__write_end(one, lane);
	return code;
}

static int
exchange_alone(struct tarn_object *one, struct tarn_object *other)
{
	struct tarn_object *objects[] = { one, other };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(one->arena, &txn, objects, 2);

	if (code)
		return code;
	code = exchange_in_txn(tarn__txn_bound(txn, one), tarn__txn_bound(txn, other));
	if (!code)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

int
tarn_vector_swap(struct tarn_vector *vector, struct tarn_vector *other)
{
	struct tarn_object *one = tarn__vector_object(vector), *two = tarn__vector_object(other);

	if (one->arena != two->arena || one->txn != two->txn)
		return TARN_INVALID;
	return one->txn ? exchange_in_txn(one, two) : exchange_alone(one, two);
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	if (type->kind != TARN_KIND_VECTOR || !type->value_size ||
	    type->value_size > TARN_ELEMENT_MAX)
		return false;
	return type->key == TARN_KEY_NONE || type->value_size == tarn__vector_key_size(type->key);
}

static int
open(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
     const struct tarn_type *type, enum tarn_open_mode how, uint64_t limit, bool *created)
{
	struct tarn_object *object;
	int code;

	*vector = NULL;
	if (!is_sound(type))
		return TARN_INVALID;
	code = tarn__object_open_limited(arena, name, type, how, limit, &object, created);
	if (!code)
		*vector = (struct tarn_vector *)object;
	return code;
}

int
tarn_vector_open(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
		 const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	return open(arena, vector, name, type, how, 0, created);
}

int
tarn_vector_open_bounded(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
			 const struct tarn_type *type, enum tarn_open_mode how, uint64_t maximum,
			 bool *created)
{
	*vector = NULL;
	return maximum ? open(arena, vector, name, type, how, maximum, created) : TARN_INVALID;
}

void
tarn_vector_close(struct tarn_vector *vector)
{
	tarn_object_close(vector ? tarn__vector_object(vector) : NULL);
}

struct tarn_object *
tarn_vector_object(struct tarn_vector *vector)
{
	return tarn__vector_object(vector);
}

struct tarn_vector *
tarn_vector_in(struct tarn_vector *vector, struct tarn_txn *txn)
{
	return (struct tarn_vector *)tarn__txn_bound(txn, tarn__vector_object(vector));
}
