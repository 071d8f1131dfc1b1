// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * value.c -- keys and values as text
 *
 *	keys that are numbers	numbers, all 64 bits of them
 *	string, bytes		a string, if it is UTF-8; else {"base64": "..."}
 *	value with fields	a number, if the fields are one code of Python's
 *				struct module, in this machine's byte order
 *	8 bytes without		a number without sign
 *	other sizes		{"base64": "..."}
 *
 * Elements of a vector are values; where the type has an order of numbers,
 * that is what they are.  Whatever is printed as JSON comes back by
 * tool_parse_value(), bit for bit: so a NaN other than the usual one, and a
 * bool that is neither 0 nor 1, is base64.
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
	char *text = malloc((size + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; text && i < size; i += 3) {
		unsigned left = size - i < 3 ? (unsigned)(size - i) : 3;
		unsigned bits = (unsigned)bytes[i] << 16;

		bits |= left > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
		bits |= left > 2 ? bytes[i + 2] : 0;
		*to++ = tool_base64_letters[bits >> 18];
		*to++ = tool_base64_letters[bits >> 12 & 63];
		*to++ = left > 1 ? tool_base64_letters[bits >> 6 & 63] : '=';
		*to++ = left > 2 ? tool_base64_letters[bits & 63] : '=';
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

/* Text that fits in a line, and does not look like JSON. */
static bool
is_plain(const json_t *value)
{
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);

	if (!text || text[0] == '"' || text[0] == '{')
		return false;
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	}
	return true;
}

static void
print_bytes(const struct tarn_bytes *bytes, enum tool_form form)
{
	json_t *value = tool_json_bytes(bytes->data ? bytes->data : "", bytes->size);

	if (form == TOOL_RAW || (form == TOOL_PLAIN && is_plain(value))) {
		fwrite(bytes->data ? bytes->data : "", 1, bytes->size, stdout);
		json_decref(value);
		return;
	}
	print_json(value);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static const struct tool_code codes[] = {
	{ '?', 1, false }, { 'b', 1, true },  { 'B', 1, false }, { 'h', 2, true },
	{ 'H', 2, false }, { 'i', 4, true },  { 'I', 4, false }, { 'l', 8, true },
	{ 'L', 8, false }, { 'q', 8, true },  { 'Q', 8, false }, { 'n', 8, true },
	{ 'N', 8, false }, { 'f', 4, false }, { 'd', 8, false },
};

static const struct tool_code *
find_letter(char letter)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].letter == letter)
			return &codes[i];
	}
	return NULL;
}

const struct tool_code *
tool_key_code(const struct tarn_type *type)
{
	static const char letters[] = {
		[TARN_KEY_U64] = 'Q', [TARN_KEY_I64] = 'q', [TARN_KEY_U32] = 'I',
		[TARN_KEY_I32] = 'i', [TARN_KEY_F64] = 'd',
	};

	return (unsigned)type->key < sizeof(letters) ? find_letter(letters[type->key]) : NULL;
}

/* The letter, if that is all there is; 0: it is not simple. */
static char
simple_letter(const char *fields, bool *standard)
{
	*standard = fields[0] == '=' || fields[0] == '<';
	if (*standard || fields[0] == '@')
		fields++;
	return fields[0] && !fields[1] ? fields[0] : '\0';
}

/* What the type calls a key says what elements are. */
static bool
key_is_of_elements(enum tarn_kind kind)
{
	return kind == TARN_KIND_VECTOR || kind == TARN_KIND_DEQUE || kind == TARN_KIND_LIST ||
	       kind == TARN_KIND_STACK || kind == TARN_KIND_QUEUE || kind == TARN_KIND_PRIORITY_QUEUE;
}

/* With '=' or '<' in front l and L have 4 bytes. */
const struct tool_code *
tool_value_code(const struct tarn_type *type)
{
	bool standard = false;
	const char *fields = type->fields && type->fields[0] ? type->fields : "Q";
	const struct tool_code *code;

	if (type->kind == TARN_KIND_COUNTER || type->kind == TARN_KIND_ATOMIC_COUNTER)
		return find_letter('q');
	if (key_is_of_elements(type->kind) && tool_key_code(type))
		return tool_key_code(type);
	code = find_letter(simple_letter(fields, &standard));
	if (code && standard && strchr("lL", code->letter))
		code = find_letter(code->letter == 'l' ? 'i' : 'I');
	return code && code->size == type->value_size ? code : NULL;
}

static void
print_real(double number, int digits, enum tool_form form)
{
	const char *quote = form == TOOL_JSON_FORM || form == TOOL_EXACT ? "\"" : "";

	if (isfinite(number))
		printf("%.*g", digits, number);
	else
		printf("%s%s%s", quote, isnan(number) ? "nan" : number < 0 ? "-inf" : "inf", quote);
}

/* It would not come back as the same bits. */
static bool
is_strange(const struct tool_code *code, uint64_t bits)
{
	if (code->letter == '?')
		return bits > 1;
	if (code->letter == 'd')
		return (bits & ~(UINT64_C(1) << 63)) > UINT64_C(0x7ff0000000000000) &&
		       bits != TOOL_NAN;
	return code->letter == 'f' && (bits & 0x7fffffff) > 0x7f800000 && bits != TOOL_NAN_SHORT;
}

static void
print_bits(const struct tool_code *code, uint64_t bits, enum tool_form form)
{
	unsigned unused = 64 - 8 * code->size;
	double d;
	float f;

	if (code->letter == 'd') {
		memcpy(&d, &bits, sizeof(d));
		print_real(d, 17, form);
	} else if (code->letter == 'f') {
		memcpy(&f, &bits, sizeof(f));
		print_real((double)f, 9, form);
	} else if (code->letter == '?') {
		fputs(bits ? "true" : "false", stdout);
	} else if (code->is_signed) {
		printf("%" PRId64, (int64_t)(bits << unused) >> unused);
	} else {
		printf("%" PRIu64, bits);
	}
}

static void
print_number(const struct tool_code *code, const struct tarn_bytes *bytes, enum tool_form form)
{
	uint64_t bits = 0;

	memcpy(&bits, bytes->data, code->size);
	if (is_strange(code, bits))
		print_json(json_base64(bytes->data, bytes->size));
	else
		print_bits(code, bits, form);
}

/* ---- keys and values ------------------------------------------------------------------------- */

void
tool_print_key(const struct tarn_type *type, const struct tarn_bytes *key, enum tool_form form)
{
	const struct tool_code *code = tool_key_code(type);

	if (code && code->size == key->size)
		print_number(code, key, form);
	else if (form == TOOL_EXACT || !type->key_fields || !type->key_fields[0] ||
		 !tool_print_fields(type->key_fields, key->data, key->size))
		print_bytes(key, form);
}

void
tool_print_value(const struct tarn_type *type, const struct tarn_bytes *value, enum tool_form form)
{
	const struct tool_code *code = tool_value_code(type);

	if (type->value_size == TARN_VALUE_BYTES || type->kind == TARN_KIND_STRING)
		print_bytes(value, form);
	else if (code && code->size == value->size)
		print_number(code, value, form);
	else if (form == TOOL_EXACT || !type->fields || !type->fields[0] ||
		 !tool_print_fields(type->fields, value->data, value->size))
		print_json(json_base64(value->data, value->size));
}
