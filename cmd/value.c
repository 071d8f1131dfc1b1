// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * value.c -- keys and values as JSON
 *
 *	numbers			numbers, all 64 bits of them
 *	string, bytes		a string, if it is UTF-8; else {"base64": "..."}
 *	with fields		as these say (fields.c)
 *	8 bytes without		a number without sign
 *	other sizes		{"base64": "..."}
 */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ----------------------------------------------------------------------------------- */

static char *
base64(const unsigned char *bytes, size_t size)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((size + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; text && i < size; i += 3) {
		unsigned left = size - i < 3 ? (unsigned)(size - i) : 3;
		unsigned bits = (unsigned)bytes[i] << 16;

		bits |= left > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
		bits |= left > 2 ? bytes[i + 2] : 0;
		*to++ = letters[bits >> 18];
		*to++ = letters[bits >> 12 & 63];
		*to++ = left > 1 ? letters[bits >> 6 & 63] : '=';
		*to++ = left > 2 ? letters[bits & 63] : '=';
	}
	if (text)
		*to = '\0';
	return text;
}

static json_t *
json_base64(const void *bytes, size_t size)
{
	char *text = base64(bytes, size);
	json_t *value = json_pack("{s:s}", "base64", text ? text : "");

	free(text);
	return value;
}

json_t *
tool_json_bytes(const void *bytes, size_t size)
{
	json_t *text = json_stringn(bytes, size);

	return text ? text : json_base64(bytes, size);
}

static void
print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(value);
}

/* ---- keys and values ------------------------------------------------------------------------- */

const char *
tool_number_fields(const struct tarn_type *type)
{
	static const char *const fields[] = {
		[TARN_KEY_U64] = "Q", [TARN_KEY_I64] = "q", [TARN_KEY_U32] = "I",
		[TARN_KEY_I32] = "i", [TARN_KEY_F64] = "d",
	};

	return type->key < sizeof(fields) / sizeof(fields[0]) ? fields[type->key] : NULL;
}

void
tool_print_key(const struct tarn_type *type, const void *key, size_t size)
{
	const char *fields = tool_number_fields(type);

	if (!fields)
		fields = type->key_fields;
	if (!fields || !fields[0] || !tool_print_fields(fields, key, size))
		print_json(tool_json_bytes(key, size));
}

void
tool_print_value(const struct tarn_type *type, const void *value, size_t size)
{
	const char *fields = type->fields[0] ? type->fields : "Q";

	if (type->value_size == TARN_VALUE_BYTES)
		print_json(tool_json_bytes(value, size));
	else if (!tool_print_fields(fields, value, size))
		print_json(json_base64(value, size));
}
