// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * object.h -- named, typed objects in an arena, whatever their kind
 *
 * Each container has calls of its own to open one; here is what they have
 * in common: types, and the list of names.
 */
#ifndef TARN_OBJECT_H
#define TARN_OBJECT_H

#include <tarn/error.h>
#include <tarn/types.h>

/** What kind of object a name stands for. */
enum tarn_kind {
	TARN_KIND_NONE = 0,
	TARN_KIND_HASHMAP = 1,
	TARN_KIND_MUTEX = 2,
	TARN_KIND_RWLOCK = 3,
	TARN_KIND_REGION = 4,
	TARN_KINDS = 16,
};

/** What a key is. */
enum tarn_key_kind {
	TARN_KEY_NONE = 0,
	TARN_KEY_U64 = 1,
	TARN_KEY_I64 = 2,
	TARN_KEY_STRING = 3, /* bytes, shown as text */
	TARN_KEY_BYTES = 4,
};

/** The type of an object: stored with it, and compared when it is opened. */
struct tarn_type {
	enum tarn_kind kind;
	enum tarn_key_kind key;
	uint32_t value_size; /* bytes of every value; TARN_VALUE_BYTES: each has its own length */
	const char *fields;  /* what a value is, as in Python's struct module, at most 127 bytes; or NULL */
};

/** Values are byte strings of any length. */
#define TARN_VALUE_BYTES UINT32_MAX

/** The longest name, in bytes. */
#define TARN_NAME_MAX 191

#endif
