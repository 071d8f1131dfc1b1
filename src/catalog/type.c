// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * type.c -- which types there are; whether two are the same, or how they
 * differ, in words
 *
 * A type is data, stored with the object: its kind, what a key is and what
 * order keys have, how many bytes a value has, and what these mean (fields.c).
 * Who asks for no fields takes any, and who asks for no alignment likewise.
 *
 * Private memory only; what came from the arena is a copy, and may be
 * anything.
 *
 * On death: nothing here is shared.
 */
#include "catalog/entry.h"
#include "catalog/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORDS_SIZE 512 /* one type in words, with texts of any length */
#define KEY_SIZE_MOST (UINT32_C(1) << 30)

static const char *const key_names[] = {
	[TARN_KEY_NONE] = "nothing",  [TARN_KEY_U64] = "u64",	 [TARN_KEY_I64] = "i64",
	[TARN_KEY_STRING] = "string", [TARN_KEY_BYTES] = "bytes", [TARN_KEY_U32] = "u32",
	[TARN_KEY_I32] = "i32",	      [TARN_KEY_F64] = "f64",	 [TARN_KEY_CUSTOM] = "bytes",
};

const struct tarn_kind_ops *
tarn__kind(uint64_t kind)
{
	return kind < TARN_KINDS ? tarn__kinds[kind] : NULL;
}

static const char *
text_of(const char *text)
{
	return text ? text : "";
}

/* ---- in words ---------------------------------------------------------------------------------- */

struct words {
	char text[WORDS_SIZE];
	size_t used;
};

static void __attribute__((format(printf, 2, 3)))
say(struct words *words, const char *format, ...)
{
	size_t room = sizeof(words->text) - words->used;
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(words->text + words->used, room, format, list);
	va_end(list);
	if (size > 0)
		words->used += tarn__min((size_t)size, room - 1);
}

static void
say_kind(struct words *words, uint64_t kind)
{
	const struct tarn_kind_ops *ops = tarn__kind(kind);
	const char *name = ops ? ops->name : "object of unknown kind";

	say(words, "%s %s", strchr("aeiou", name[0]) ? "an" : "a", name);
}

static void
say_size(struct words *words, uint32_t size)
{
	if (size == TARN_VALUE_BYTES || !size)
		say(words, "bytes");
	else if (size == TARN_VALUE_CHILD)
		say(words, "objects");
	else
		say(words, "%u byte%s", size, size == 1 ? "" : "s");
}

/* As keys, or as elements of a vector, which then have that size. */
static void
say_key(struct words *words, const struct tarn_type *type, uint32_t size)
{
	if (type->key >= TARN_ARRAY_SIZE(key_names))
		say(words, "unknown keys");
	else if (tarn__number_size(type->key) || !size)
		say(words, "%s", key_names[type->key]);
	else
		say_size(words, size);
	if (type->key == TARN_KEY_CUSTOM)
		say(words, " in the order %s", text_of(type->order));
}

static void
say_fields(struct words *words, const char *fields)
{
	if (fields && fields[0])
		say(words, " (fields \"%s\")", fields);
}

static void
say_elements(struct words *words, const struct tarn_type *type)
{
	say(words, " of ");
	if (type->key)
		say_key(words, type, type->value_size);
	else
		say_size(words, type->value_size);
	if (type->key == TARN_KEY_BYTES)
		say(words, " in order");
}

static void
say_keys_and_values(struct words *words, const struct tarn_type *type)
{
	if (type->key) {
		say(words, " of ");
		say_key(words, type, type->key_size);
		say_fields(words, type->key_fields);
	}
	if (type->value_size) {
		say(words, type->key ? " to " : " of ");
		say_size(words, type->value_size);
	}
}

/* "a hashmap of u64 to 16 bytes (fields "qd")"; "a mutex" where there are neither keys nor values */
static void
say_type(struct words *words, const struct tarn_type *type)
{
	const struct tarn_kind_ops *kind = tarn__kind(type->kind);
	enum tarn_holds holds = kind ? kind->holds : TARN_HOLDS_PAIRS;

	words->used = 0;
	say_kind(words, type->kind);
	if (holds == TARN_HOLDS_ELEMENTS)
		say_elements(words, type);
	else if (holds == TARN_HOLDS_PAIRS)
		say_keys_and_values(words, type);
	say_fields(words, type->fields);
	if (type->value_align)
		say(words, " aligned to %u", type->value_align);
}

/* ---- checking ---------------------------------------------------------------------------------- */

static bool
is_of_bytes(const struct tarn_type *type)
{
	return type->key == TARN_KEY_BYTES || type->key == TARN_KEY_CUSTOM;
}

static int
check_order(const struct tarn_type *type)
{
	const struct tarn_kind_ops *kind = tarn__kind(type->kind);

	if (type->key != TARN_KEY_CUSTOM) {
		if (!text_of(type->order)[0])
			return 0;
		tarn__error_detail("the order %s is of keys that are not custom", type->order);
		return TARN_INVALID;
	}
	if (kind->has_order)
		return tarn__order_check_name(type->order);
	tarn__error_detail("a %s has no order, not even %s", kind->name, text_of(type->order));
	return TARN_INVALID;
}

static int
check_key(const struct tarn_type *type)
{
	if (type->key >= TARN_ARRAY_SIZE(key_names)) {
		tarn__error_detail("there is no kind of key %u", (unsigned)type->key);
		return TARN_INVALID;
	}
	if (is_of_bytes(type) && type->key_size <= KEY_SIZE_MOST)
		return tarn__fields_check("a key", type->key_fields, type->key_size, 0);
	if (!type->key_size && !text_of(type->key_fields)[0])
		return 0;
	if (is_of_bytes(type))
		tarn__error_detail("keys of %u bytes are too large", type->key_size);
	else
		tarn__error_detail("keys of %s have neither another size nor fields",
				   key_names[type->key]);
	return TARN_INVALID;
}

static int
check_align(const struct tarn_type *type)
{
	const struct tarn_kind_ops *kind = tarn__kind(type->kind);
	uint32_t align = type->value_align, size = type->value_size;

	if (!align)
		return 0;
	if (align > TARN_ALIGN_MOST || (align & (align - 1)))
		tarn__error_detail("an alignment is 1, 2, 4, ... or %u, not %u", TARN_ALIGN_MOST, align);
	else if (align > kind->align_most)
		tarn__error_detail("a %s aligns values to %u bytes at most, not to %u", kind->name,
				   kind->align_most, align);
	else if (size == TARN_VALUE_BYTES || size % align)
		tarn__error_detail("values aligned to %u bytes must have a size that is a multiple of it",
				   align);
	else
		return 0;
	return TARN_INVALID;
}

static int
check_value(const struct tarn_type *type)
{
	uint32_t size = type->value_size == TARN_VALUE_BYTES ? 0 : type->value_size;
	int code;

	if (type->value_size == TARN_VALUE_CHILD || type->child) {
		tarn__error_detail("values that are objects of their own are not there yet");
		return TARN_INVALID;
	}
	code = check_align(type);
	return code ? code : tarn__fields_check("a value", type->fields, size, type->value_align);
}

static int
check_texts(const struct tarn_type *type)
{
	if (strlen(text_of(type->fields)) + strlen(text_of(type->key_fields)) +
		    strlen(text_of(type->order)) <= TARN_FIELDS_MAX)
		return 0;
	tarn__error_detail("fields of keys and values and the order's name have at most %d bytes",
			   TARN_FIELDS_MAX);
	return TARN_INVALID;
}

int
tarn__type_check(const struct tarn_type *type)
{
	int code;

	if (!type || !tarn__kind(type->kind)) {
		tarn__error_detail("there is no kind %u", type ? (unsigned)type->kind : 0);
		return TARN_INVALID;
	}
	code = check_key(type);
	if (!code)
		code = check_order(type);
	if (!code && tarn__kind(type->kind)->holds != TARN_HOLDS_GUESTS)
		code = check_value(type);
	return code ? code : check_texts(type);
}

int
tarn__type_order(const struct tarn_type *type, const struct tarn_order **order)
{
	*order = type->key == TARN_KEY_CUSTOM ? tarn__order_find(type->order) : NULL;
	if (*order || type->key != TARN_KEY_CUSTOM)
		return 0;
	tarn__error_detail("this process does not know the order %s: tarn_order_register() it",
			   type->order);
	return TARN_TYPE;
}

/* ---- comparing --------------------------------------------------------------------------------- */

/* Fields, where any are asked for. */
static bool
same_fields(const char *is, const char *wanted)
{
	return !text_of(wanted)[0] || !strcmp(text_of(is), wanted);
}

static bool
is_wanted(const struct tarn_type *is, const struct tarn_type *wanted)
{
	return is->kind == wanted->kind && is->key == wanted->key &&
	       is->key_size == wanted->key_size && is->value_size == wanted->value_size &&
	       (!wanted->value_align || is->value_align == wanted->value_align) &&
	       !strcmp(text_of(is->order), text_of(wanted->order)) &&
	       same_fields(is->fields, wanted->fields) &&
	       same_fields(is->key_fields, wanted->key_fields);
}

int
tarn__type_compare(const char *name, const struct tarn_type *is, const struct tarn_type *wanted)
{
	struct words one, other;

	if (is_wanted(is, wanted))
		return 0;
	say_type(&one, is);
	say_type(&other, wanted);
	tarn__error_detail("%s is %s, not %s", name, one.text, other.text);
	return TARN_TYPE;
}
