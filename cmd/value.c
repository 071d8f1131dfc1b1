// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * value.c -- keys and values as JSON
 *
 *	u64, i64		numbers, all 64 bits of them
 *	string, bytes		a string, if it is UTF-8; else {"base64": "..."}
 *	value with fields	a number, if the fields are one code of Python's
 *				struct module, in this machine's byte order
 *	8 bytes without		a number without sign
 *	other sizes		{"base64": "..."}
 */
#include "tool.h"

#include <inttypes.h>
#include <math.h>
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

/* ---- numbers --------------------------------------------------------------------------------- */

/* A code of the struct module, and its size; with '=' or '<' in front l and L have 4 bytes. */
struct code {
	char letter;
	unsigned size;
	bool is_signed;
};

static const struct code codes[] = {
	{ '?', 1, false }, { 'b', 1, true },  { 'B', 1, false }, { 'h', 2, true },
	{ 'H', 2, false }, { 'i', 4, true },  { 'I', 4, false }, { 'l', 8, true },
	{ 'L', 8, false }, { 'q', 8, true },  { 'Q', 8, false }, { 'n', 8, true },
	{ 'N', 8, false }, { 'f', 4, false }, { 'd', 8, false },
};

/* The letter, if that is all there is; 0: it is not simple. */
static char
simple_letter(const char *fields, bool *standard)
{
	*standard = fields[0] == '=' || fields[0] == '<';
	if (*standard || fields[0] == '@')
		fields++;
	return fields[0] && !fields[1] ? fields[0] : '\0';
}

static const struct code *
find_code(const struct tarn_type *type)
{
	bool standard = false;
	char letter = type->fields[0] ? simple_letter(type->fields, &standard) : 'Q';

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		unsigned size = codes[i].size;

		if (codes[i].letter != letter)
			continue;
		if (type->fields[0] && standard && strchr("lL", letter))
			size = 4;
		return size == type->value_size ? &codes[i] : NULL;
	}
	return NULL;
}

static void
print_real(double number, int digits)
{
	if (isfinite(number))
		printf("%.*g", digits, number);
	else
		printf("\"%s\"", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
}

static void
print_number(const struct code *code, const void *value, size_t size)
{
	uint64_t number = 0;
	double d;
	float f;

	memcpy(&number, value, size);
	if (code->letter == 'd') {
		memcpy(&d, value, sizeof(d));
		print_real(d, 17);
	} else if (code->letter == 'f') {
		memcpy(&f, value, sizeof(f));
		print_real((double)f, 9);
	} else if (code->letter == '?') {
		fputs(number ? "true" : "false", stdout);
	} else if (code->is_signed) {
		unsigned unused = 64 - 8 * (unsigned)size;

		printf("%" PRId64, (int64_t)(number << unused) >> unused);
	} else {
		printf("%" PRIu64, number);
	}
}

/* ---- keys and values ------------------------------------------------------------------------- */

void
tool_print_key(const struct tarn_type *type, const void *key, size_t size)
{
	uint64_t number;

	if (type->key != TARN_KEY_U64 && type->key != TARN_KEY_I64) {
		print_json(tool_json_bytes(key, size));
		return;
	}
	memcpy(&number, key, sizeof(number));
	if (type->key == TARN_KEY_U64)
		printf("%" PRIu64, number);
	else
		printf("%" PRId64, (int64_t)number);
}

void
tool_print_value(const struct tarn_type *type, const void *value, size_t size)
{
	const struct code *code = find_code(type);

	if (type->value_size == TARN_VALUE_BYTES)
		print_json(tool_json_bytes(value, size));
	else if (code)
		print_number(code, value, size);
	else
		print_json(json_base64(value, size));
}
