// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * key.h -- what keys are, for all containers that have some
 *
 *	u32 i32		4 bytes		numbers
 *	u64 i64 f64	8 bytes
 *	string bytes	any number of bytes; bytes also of one size
 *	custom		the same, in an order that the process has registered
 *
 * A key of 1 to 8 bytes, all of one size, is kept as a word, with zeros
 * behind it, but in a custom order.  Two keys are the same if their bytes are, but in a custom
 * order, and for f64: -0.0 and 0.0 are one key, which is kept as 0.0, and
 * what is not a number is no key.
 *
 * Private memory only.
 *
 * On death: nothing here is shared.
 */
#ifndef TARN_CATALOG_KEY_H
#define TARN_CATALOG_KEY_H

#include "base/words.h"
#include "txn/object.h"

#include <tarn/object.h>
#include <tarn/order.h>

struct tarn_order {
	char name[TARN_ORDER_MAX + 1];
	int (*compare)(const void *a, size_t a_size, const void *b, size_t b_size, void *context);
	void *context;
	struct tarn_order *next;
};

/* What the name stands for in this process; NULL: nothing, or it is no name. */
const struct tarn_order *tarn__order_find(const char *name);

/* Whether an order can have that name; TARN_INVALID, with a detail, if not. */
int tarn__order_check_name(const char *name);

/* Bytes of a number of that kind; 0: it is none. */
static inline uint32_t
tarn__number_size(uint64_t key)
{
	if (key == TARN_KEY_U32 || key == TARN_KEY_I32)
		return 4;
	return key == TARN_KEY_U64 || key == TARN_KEY_I64 || key == TARN_KEY_F64 ? 8 : 0;
}

/* Bytes of every key; fixed: as many as the type says that keys of bytes have; 0: each its own. */
static inline uint32_t
tarn__key_size(uint64_t key, uint64_t fixed)
{
	uint32_t size = tarn__number_size(key);

	return size ? size : (uint32_t)fixed;
}

/* Whether keys that all have so many bytes are kept as words; in a custom order none are. */
static inline bool
tarn__keys_make_words(uint64_t size)
{
	return size - 1u < 8;
}

/* A number of that kind, in the lowest bytes, as one without sign in the same order; 0.0 is -0.0. */
static inline uint64_t
tarn__number_rank(uint64_t key, uint64_t bits)
{
	const uint64_t sign = UINT64_C(1) << 63;

	if (likely(key == TARN_KEY_U64))
		return bits;
	if (key == TARN_KEY_I64)
		return bits ^ sign;
	if (key != TARN_KEY_F64)
		return key == TARN_KEY_I32 ? (uint32_t)bits ^ sign >> 32 : (uint32_t)bits;
	return bits & sign && bits != sign ? ~bits : bits | sign;
}

/* A key of a size from 1 to 8 as a word; false: an f64 that is not a number. */
static inline bool
tarn__key_word(uint32_t key, const void *bytes, size_t size, uint64_t *word)
{
	const uint64_t infinite = UINT64_C(0x7ff) << 52;

	*word = tarn__word_of(bytes, size);
	if (likely(key != TARN_KEY_F64))
		return true;
	if (!(*word << 1))
		*word = 0;
	return *word << 1 <= infinite << 1;
}

/* In the order of the object's keys: as memcmp().  Sizes are those that keys of the object can have. */
int tarn__key_compare(const struct tarn_object *object, const void *a, size_t a_size,
		      const void *b, size_t b_size);

#endif
