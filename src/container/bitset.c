// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- calls on bitsets, of both sorts
 *
 * A bitset is a vector of words (bitset_layout.h), so what changes a
 * transactional one is a splice of these words, and a reader takes as one of
 * a vector does.  A bit of an atomic one is changed so:
 *
 *	pin --> look --> one atomic instruction --> unpin
 *
 * Who may write what, and what there is on death: as for a vector; of an
 * atomic bitset as for an atomic counter.
 */
#include "container/bitset_layout.h"

#include "base/arith.h"
#include "base/bits.h"
#include "base/error.h"
#include "container/kinds.h"
#include "container/vector.h"
#include "txn/pin.h"

#include <stdlib.h>
#include <tarn/bitset.h>

enum verb { SET, RESET, FLIP, AND, OR, XOR };

/* What an operation is asked for, and what it tells. */
struct bit_call {
	struct tarn_vector_call call;
	enum verb verb;
	uint64_t first, count; /* bits; told by readers */
	const uint64_t *other; /* elements of another bitset */
	uint64_t other_bits;
	bool before;
};

/* A handle is a struct tarn_object and nothing more. */
static struct tarn_object *
object_of(struct tarn_bitset *bitset)
{
	return (struct tarn_object *)bitset;
}

static struct bit_call *
call_of(struct tarn_vector_call *call)
{
	return TARN_CONTAINER_OF(call, struct bit_call, call);
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* All elements; NULL: they are not all there, or not as many as they should be. */
static uint64_t *
elements_of(const struct tarn_object *bitset, const struct tarn_vector_look *look, uint64_t *bits)
{
	unsigned first;
	uint64_t *elements = look->length ? tarn__vector_words_sized(bitset, look, TARN_BITSET_ELEMENT,
								     0, look->length, &first)
					  : NULL;

	if (unlikely(!elements))
		return NULL;
	*bits = tarn__load(&elements[0]);
	return likely(tarn__bitset_elements(*bits) == look->length) ? elements : NULL;
}

static inline uint64_t
mask_of(uint64_t index)
{
	return UINT64_C(1) << index % 64;
}

/* ---- reading ----------------------------------------------------------------------------------- */

static int
take_bit(const struct tarn_object *bitset, const struct tarn_vector_look *look,
	 struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, *elements = elements_of(bitset, look, &bits);

	if (unlikely(!elements))
		return TARN_CORRUPT;
	if (unlikely(asked->first >= bits))
		return TARN_NOT_FOUND;
	asked->before = tarn__load_acquire(&elements[1 + asked->first / 64]) & mask_of(asked->first);
	return 0;
}

static int
take_size(const struct tarn_object *bitset, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	return elements_of(bitset, look, &call_of(call)->count) ? 0 : TARN_CORRUPT;
}

static int
take_count(const struct tarn_object *bitset, const struct tarn_vector_look *look,
	   struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, *elements = elements_of(bitset, look, &bits);

	if (!elements)
		return TARN_CORRUPT;
	asked->first = bits;
	asked->count = 0;
	for (uint64_t i = 1; i < look->length; i++)
		asked->count += tarn__popcount(tarn__load(&elements[i]));
	return 0;
}

/* The first 1 at asked->first or behind. */
static int
take_next(const struct tarn_object *bitset, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, word, *elements = elements_of(bitset, look, &bits);
	uint64_t mask = ~UINT64_C(0) << asked->first % 64;

	if (!elements)
		return TARN_CORRUPT;
	for (uint64_t i = asked->first / 64; i < look->length - 1; i++, mask = ~UINT64_C(0)) {
		word = tarn__load_acquire(&elements[1 + i]) & mask;
		if (!word)
			continue;
		asked->count = i * 64 + tarn__ctz(word);
		return asked->count < bits ? 0 : TARN_CORRUPT;
	}
	return TARN_NOT_FOUND;
}

/* In malloc'ed memory, at call->value: all elements. */
static int
take_all(const struct tarn_object *bitset, const struct tarn_vector_look *look,
	 struct tarn_vector_call *call)
{
	uint64_t bits;

	if (!elements_of(bitset, look, &bits))
		return TARN_CORRUPT;
	free(call->value);
	call->value = malloc(look->length * TARN_BITSET_ELEMENT);
	call_of(call)->other_bits = bits;
	return call->value ? tarn__vector_take(bitset, look, 0, look->length, call->value)
			   : TARN_SYSTEM;
}

static int
read_bits(struct tarn_bitset *bitset, tarn__vector_taker *take, struct bit_call *asked)
{
	return tarn__vector_read(object_of(bitset), take, &asked->call);
}

int
tarn_bitset_test(struct tarn_bitset *bitset, uint64_t index, bool *value)
{
	struct bit_call asked = { .first = index };
	int code = read_bits(bitset, take_bit, &asked);

	if (!code)
		*value = asked.before;
	return code;
}

int
tarn_bitset_size(struct tarn_bitset *bitset, uint64_t *bits)
{
	struct bit_call asked = { .first = 0 };
	int code = read_bits(bitset, take_size, &asked);

	if (!code)
		*bits = asked.count;
	return code;
}

int
tarn_bitset_count(struct tarn_bitset *bitset, uint64_t *count)
{
	struct bit_call asked = { .first = 0 };
	int code = read_bits(bitset, take_count, &asked);

	if (!code)
		*count = asked.count;
	return code;
}

int
tarn_bitset_all(struct tarn_bitset *bitset, bool *all)
{
	struct bit_call asked = { .first = 0 };
	int code = read_bits(bitset, take_count, &asked);

	if (!code)
		*all = asked.count == asked.first;
	return code;
}

int
tarn_bitset_any(struct tarn_bitset *bitset, bool *any)
{
	uint64_t index;
	int code = tarn_bitset_find_first(bitset, &index);

	if (code && code != TARN_NOT_FOUND)
		return code;
	*any = !code;
	return 0;
}

int
tarn_bitset_none(struct tarn_bitset *bitset, bool *none)
{
	bool any;
	int code = tarn_bitset_any(bitset, &any);

	if (!code)
		*none = !any;
	return code;
}

int
tarn_bitset_find_first(struct tarn_bitset *bitset, uint64_t *index)
{
	return tarn_bitset_find_next(bitset, 0, index);
}

int
tarn_bitset_find_next(struct tarn_bitset *bitset, uint64_t from, uint64_t *index)
{
	struct bit_call asked = { .first = from };
	int code = read_bits(bitset, take_next, &asked);

	if (!code)
		*index = asked.count;
	return code;
}

/* ---- one bit ----------------------------------------------------------------------------------- */

static int
change_bit(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, *elements = elements_of(w->vector, &w->look, &bits);
	struct tarn_splice splice = { .at = 1 + asked->first / 64, .removed = 1, .inserted = 1 };
	uint64_t mask = mask_of(asked->first), word, after;

	if (!elements)
		return TARN_CORRUPT;
	if (asked->first >= bits)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	word = tarn__load(&elements[splice.at]);
	asked->before = word & mask;
	after = asked->verb == SET ? word | mask : asked->verb == RESET ? word & ~mask : word ^ mask;
	splice.values = &after;
	return after == word ? tarn__vector_leave(w, 0) : tarn__vector_splice(w, &splice);
}

static uint64_t
change_word(uint64_t *word, enum verb verb, uint64_t mask)
{
	if (verb == SET)
		return tarn__fetch_or(word, mask);
	return verb == RESET ? tarn__fetch_and(word, ~mask) : tarn__fetch_xor(word, mask);
}

/* The root is pinned. */
static int
change_pinned(const struct tarn_object *bitset, struct bit_call *asked)
{
	struct tarn_vector_look look;
	uint64_t bits, *elements;

	if (unlikely(!tarn__vector_look(bitset, &look)))
		return TARN_CORRUPT;
	elements = elements_of(bitset, &look, &bits);
	if (unlikely(!elements))
		return TARN_CORRUPT;
	if (asked->first >= bits)
		return TARN_NOT_FOUND;
	asked->before = change_word(&elements[1 + asked->first / 64], asked->verb,
				    mask_of(asked->first)) & mask_of(asked->first);
	return 0;
}

static int
change_atomically(struct tarn_object *bitset, struct bit_call *asked)
{
	struct tarn_lane *lane;
	int code = tarn__root_enter(bitset, &lane);

	if (unlikely(code))
		return code;
	code = tarn__pin(bitset, lane);
	if (likely(!code)) {
		code = change_pinned(bitset, asked);
		tarn__unpin(lane);
	}
	tarn__root_end(bitset, lane);
	return code;
}

static int
change_one(struct tarn_bitset *handle, enum verb verb, uint64_t index, bool *before)
{
	struct bit_call asked = { .verb = verb, .first = index };
	struct tarn_object *bitset = object_of(handle);
	int code = bitset->atomic ? change_atomically(bitset, &asked)
				  : tarn__vector_write(bitset, change_bit, &asked.call);

	if (!code && before)
		*before = asked.before;
	return code;
}

int
tarn_bitset_set(struct tarn_bitset *bitset, uint64_t index)
{
	return change_one(bitset, SET, index, NULL);
}

int
tarn_bitset_reset(struct tarn_bitset *bitset, uint64_t index)
{
	return change_one(bitset, RESET, index, NULL);
}

int
tarn_bitset_flip(struct tarn_bitset *bitset, uint64_t index)
{
	return change_one(bitset, FLIP, index, NULL);
}

int
tarn_bitset_test_and_set(struct tarn_bitset *bitset, uint64_t index, bool *before)
{
	return change_one(bitset, SET, index, before);
}

/* ---- many bits --------------------------------------------------------------------------------- */

static int
refuse_atomic(const struct tarn_object *bitset)
{
	if (!bitset->atomic)
		return 0;
	tarn__error_detail("an atomic bitset is changed bit by bit");
	return TARN_TYPE;
}

/* Private copies of elements from `at` on, changed, take their places. */
static int
put_back(struct tarn_vector_writer *w, uint64_t at, uint64_t removed, uint64_t inserted,
	 uint64_t *copy)
{
	const struct tarn_splice splice = { .at = at, .removed = removed, .inserted = inserted,
					    .values = copy };
	int code = tarn__vector_splice(w, &splice);

	free(copy);
	return code;
}

static int
change_range(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, *elements = elements_of(w->vector, &w->look, &bits), *copy;
	uint64_t count = asked->count, at, n;

	if (!elements)
		return TARN_CORRUPT;
	if (asked->first > bits)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	if (count == TARN_BITSET_END)
		count = bits - asked->first;
	if (count > bits - asked->first)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	if (!count)
		return tarn__vector_leave(w, 0);
	at = asked->first / 64;
	n = (asked->first + count - 1) / 64 - at + 1;
	copy = malloc(n * TARN_BITSET_ELEMENT);
	if (!copy)
		return TARN_SYSTEM;
	tarn__words_out(copy, elements + 1 + at, n * TARN_BITSET_ELEMENT);
	tarn__store_bits(copy, asked->first % 64, count, asked->verb == SET);
	return put_back(w, 1 + at, n, n, copy);
}

int
tarn_bitset_set_range(struct tarn_bitset *bitset, uint64_t first, uint64_t count, bool value)
{
	struct bit_call asked = { .verb = value ? SET : RESET, .first = first, .count = count };
	int code = refuse_atomic(object_of(bitset));

	return code ? code : tarn__vector_write(object_of(bitset), change_range, &asked.call);
}

static int
change_size(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	uint64_t wanted = call_of(call)->count, n = tarn__bitset_elements(wanted), bits, bytes;
	uint64_t *elements = elements_of(w->vector, &w->look, &bits), *copy;

	if (!elements)
		return TARN_CORRUPT;
	if (wanted == bits)
		return tarn__vector_leave(w, 0);
	if (!tarn__vector_area_size(w->lane->arena, n, TARN_BITSET_ELEMENT, &bytes))
		return TARN_TOO_BIG;
	copy = calloc(n, TARN_BITSET_ELEMENT);
	if (!copy)
		return TARN_SYSTEM;
	tarn__words_out(copy, elements, tarn__min(n, w->look.length) * TARN_BITSET_ELEMENT);
	copy[0] = wanted;
	if (wanted % 64)
		copy[n - 1] &= mask_of(wanted) - 1;
	return put_back(w, 0, w->look.length, n, copy);
}

int
tarn_bitset_resize(struct tarn_bitset *bitset, uint64_t bits)
{
	struct bit_call asked = { .count = bits };
	int code = refuse_atomic(object_of(bitset));

	return code ? code : tarn__vector_write(object_of(bitset), change_size, &asked.call);
}

/* ---- two bitsets ------------------------------------------------------------------------------- */

static uint64_t
combine_words(enum verb verb, uint64_t one, uint64_t other)
{
	return verb == AND ? one & other : verb == OR ? one | other : one ^ other;
}

static int
combine(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct bit_call *asked = call_of(call);
	uint64_t bits, *elements = elements_of(w->vector, &w->look, &bits), *copy;
	uint64_t n = w->look.length - 1;

	if (!elements)
		return TARN_CORRUPT;
	if (bits != asked->other_bits)
		return tarn__vector_leave(w, TARN_TYPE);
	if (!n)
		return tarn__vector_leave(w, 0);
	copy = malloc(n * TARN_BITSET_ELEMENT);
	if (!copy)
		return TARN_SYSTEM;
	for (uint64_t i = 0; i < n; i++)
		copy[i] = combine_words(asked->verb, tarn__load(&elements[1 + i]), asked->other[1 + i]);
	return put_back(w, 1, n, n, copy);
}

static int
combine_in_txn(struct tarn_object *one, struct tarn_object *other, void *verb)
{
	struct bit_call asked = { .verb = *(enum verb *)verb };
	int code = tarn__vector_read(other, take_all, &asked.call);

	asked.other = asked.call.value;
	if (!code)
		code = tarn__vector_write(one, combine, &asked.call);
	free(asked.call.value);
	return code;
}

static int
combine_both(enum verb verb, struct tarn_bitset *bitset, struct tarn_bitset *with)
{
	struct tarn_object *one = object_of(bitset), *other = object_of(with);
	int code = refuse_atomic(one);

	if (!code)
		code = refuse_atomic(other);
	return code ? code : tarn__root_with_both(one, other, combine_in_txn, &verb);
}

int
tarn_bitset_and(struct tarn_bitset *bitset, struct tarn_bitset *other)
{
	return combine_both(AND, bitset, other);
}

int
tarn_bitset_or(struct tarn_bitset *bitset, struct tarn_bitset *other)
{
	return combine_both(OR, bitset, other);
}

int
tarn_bitset_xor(struct tarn_bitset *bitset, struct tarn_bitset *other)
{
	return combine_both(XOR, bitset, other);
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_bitset_open(struct tarn_arena *arena, struct tarn_bitset **bitset, const char *name,
		 enum tarn_sort sort, uint64_t bits, enum tarn_open_mode how, bool *created)
{
	struct tarn_type type = {
		.kind = sort == TARN_ATOMIC ? TARN_KIND_ATOMIC_BITSET : TARN_KIND_BITSET,
		.value_size = TARN_BITSET_ELEMENT,
	};
	struct tarn_object *object = NULL;
	int code = (unsigned)sort > TARN_ATOMIC
			   ? TARN_INVALID
			   : tarn__object_open_limited(arena, name, &type, how, bits, &object, created);

	if (!code)
		object->atomic = sort == TARN_ATOMIC;
	*bitset = (struct tarn_bitset *)object;
	return code;
}

void
tarn_bitset_close(struct tarn_bitset *bitset)
{
	tarn_object_close(object_of(bitset));
}

struct tarn_object *
tarn_bitset_object(struct tarn_bitset *bitset)
{
	return object_of(bitset);
}

struct tarn_bitset *
tarn_bitset_in(struct tarn_bitset *bitset, struct tarn_txn *txn)
{
	return (struct tarn_bitset *)tarn__txn_bound(txn, object_of(bitset));
}

/* ---- kind -------------------------------------------------------------------------------------- */

/* The limit that the entry was made with is the number of bits; a vector would take it for its own. */
static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	uint64_t bits = tarn__load(&entry->limit), elements = tarn__bitset_elements(bits);
	struct tarn_vector_look made;
	int code = tarn__vector_make(lane, elements, TARN_BITSET_ELEMENT, false, &made);

	if (code)
		return code;
	tarn__store(&made.area->words[0], bits);
	tarn__bytes_in_slowly(made.area->words + 1, 0, NULL, (elements - 1) * TARN_BITSET_ELEMENT);
	tarn__store(&made.area->length, elements);
	tarn__store(&entry->limit, 0);
	tarn__store(&entry->root.structure, made.off);
	return 0;
}

static int
dismantle_atomic(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	int code = tarn__pinned(lane->arena, tarn__off(lane->arena, entry));

	return code ? code : tarn__vector_dismantle(lane, entry, done);
}

/* What the vector's check has not seen: B1, B2. */
static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	const struct tarn_object bitset = { .arena = checker->arena, .root = &entry->root,
					    .value_size = TARN_BITSET_ELEMENT };
	struct tarn_vector_look look;
	uint64_t bits, *elements;
	int code = tarn__vector_check(checker, entry);

	if (code || !tarn__vector_look(&bitset, &look))
		return code;
	elements = elements_of(&bitset, &look, &bits);
	if (!elements)
		checker->wrong(checker, look.off, "a bitset has another number of words");
	else if (bits % 64 && tarn__load(&elements[look.length - 1]) >> bits % 64)
		checker->wrong(checker, look.off, "behind the last bit there are others");
	return 0;
}

const struct tarn_kind_ops tarn__bitset_ops = {
	.name = "bitset",
	.holds = TARN_HOLDS_ONE_SORT,
	.create = create,
	.dismantle = tarn__vector_dismantle,
	.check = check,
};

const struct tarn_kind_ops tarn__atomic_bitset_ops = {
	.name = "atomic bitset",
	.holds = TARN_HOLDS_ONE_SORT,
	.create = create,
	.dismantle = dismantle_atomic,
	.check = check,
};
