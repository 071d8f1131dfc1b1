// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * type.c -- which types there are; whether two are the same, or how they
 * differ, in words
 *
 * A type is data, stored with the object: its kind, what a key is, how many
 * bytes a value has, and what they mean (fields, as in Python's struct
 * module).  Who asks for no fields takes any.
 *
 * Private memory only; what came from the arena is a copy, and may be
 * anything.
 */
#include "catalog/entry.h"

#include <stdio.h>
#include <string.h>

#define WORDS_SIZE 320 /* one type in words, with fields of any length */

static const char *const key_names[] = {
	[TARN_KEY_NONE] = "nothing",  [TARN_KEY_U64] = "u64",	  [TARN_KEY_I64] = "i64",
	[TARN_KEY_STRING] = "string", [TARN_KEY_BYTES] = "bytes",  [TARN_KEY_U32] = "u32",
	[TARN_KEY_I32] = "i32",	      [TARN_KEY_F64] = "f64",
};

const struct tarn_kind_ops *
tarn__kind(uint64_t kind)
{
	return kind < TARN_KINDS ? tarn__kinds[kind] : NULL;
}

static const char *
key_name(uint64_t key)
{
	return key < TARN_ARRAY_SIZE(key_names) ? key_names[key] : "unknown keys";
}

static const char *
kind_name(uint64_t kind)
{
	const struct tarn_kind_ops *ops = tarn__kind(kind);

	return ops ? ops->name : "object of unknown kind";
}

/* ---- in words ---------------------------------------------------------------------------------- */

static void
value_in_words(uint64_t value_size, char *words, size_t room)
{
	if (value_size == TARN_VALUE_BYTES)
		snprintf(words, room, "bytes");
	else
		snprintf(words, room, "%lu byte%s", (unsigned long)value_size,
			 value_size == 1 ? "" : "s");
}

/* "a hashmap of u64 to 16 bytes (fields "qd")"; "a mutex" where there are neither keys nor values */
static void
type_in_words(uint64_t kind, uint64_t key, uint64_t value_size, const char *fields, char *words)
{
	const char *name = kind_name(kind);
	char value[32], of[64] = "";

	value_in_words(value_size, value, sizeof(value));
	if (key && value_size && kind != TARN_KIND_VECTOR)
		snprintf(of, sizeof(of), " of %s to %s", key_name(key), value);
	else if ((key || value_size) && kind != TARN_KIND_STRING)
		snprintf(of, sizeof(of), " of %s", key ? key_name(key) : value);
	snprintf(words, WORDS_SIZE, "%s %s%s%s%s%s", strchr("aeiou", name[0]) ? "an" : "a", name,
		 of, fields[0] ? " (fields \"" : "", fields, fields[0] ? "\")" : "");
}

/* ---- checking ---------------------------------------------------------------------------------- */

static int
check_fields(const char *fields)
{
	size_t size = fields ? strnlen(fields, TARN_FIELDS_MAX + 1) : 0;

	for (size_t i = 0; i < size && i < TARN_FIELDS_MAX; i++) {
		if (fields[i] > 0x20 && fields[i] < 0x7f)
			continue;
		tarn__error_detail("byte %zu of the fields is no printable character", i);
		return TARN_INVALID;
	}
	if (size > TARN_FIELDS_MAX) {
		tarn__error_detail("fields have at most %d bytes", TARN_FIELDS_MAX);
		return TARN_INVALID;
	}
	return 0;
}

int
tarn__type_check(const struct tarn_type *type)
{
	if (!type || !tarn__kind(type->kind)) {
		tarn__error_detail("there is no kind %u", type ? (unsigned)type->kind : 0);
		return TARN_INVALID;
	}
	if (type->key >= TARN_ARRAY_SIZE(key_names)) {
		tarn__error_detail("there is no kind of key %u", (unsigned)type->key);
		return TARN_INVALID;
	}
	return check_fields(type->fields);
}

int
tarn__type_compare(const char *name, const struct tarn_entry_shm *copy,
		   const struct tarn_type *type)
{
	const char *fields = (const char *)copy->fields, *wanted = type->fields ? type->fields : "";
	char is[WORDS_SIZE], is_not[WORDS_SIZE];

	if (copy->kind == type->kind && copy->key == type->key &&
	    copy->value_size == type->value_size && (!wanted[0] || !strcmp(fields, wanted)))
		return 0;
	type_in_words(copy->kind, copy->key, copy->value_size, fields, is);
	type_in_words(type->kind, type->key, type->value_size, wanted, is_not);
	tarn__error_detail("%s is %s, not %s", name, is, is_not);
	return TARN_TYPE;
}
