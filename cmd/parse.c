// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * parse.c -- keys and values from text: what value.c prints, and what people type
 *
 * A number is read by its code, to the last bit, and refused if it does not
 * fit.  Strings are taken as they are; what is neither is base64.
 */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char tool_base64_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- bytes ----------------------------------------------------------------------------------- */

static const char *
copy(const char *text, size_t size, struct tarn_bytes *bytes)
{
	bytes->data = malloc(size + 1);
	if (!bytes->data)
		return "no memory";
	memcpy(bytes->data, text, size);
	bytes->size = size;
	return NULL;
}

/* Four letters; how many bytes they are, or 0: they are none. */
static unsigned
four_letters(const char *text, unsigned char bytes[3])
{
	unsigned bits = 0, letters = 0;

	for (; letters < 4 && text[letters] != '='; letters++) {
		const char *found = text[letters] ? strchr(tool_base64_letters, text[letters])
						  : NULL;

		if (!found)
			return 0;
		bits |= (unsigned)(found - tool_base64_letters) << (18 - 6 * letters);
	}
	if (letters < 2 || (letters == 2 && text[3] != '='))
		return 0;
	for (unsigned i = 0; i < 3; i++)
		bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
	return letters - 1;
}

static const char *
decode(const char *text, size_t size, struct tarn_bytes *bytes)
{
	unsigned char *to = malloc(size + 3);

	*bytes = (struct tarn_bytes){ to, 0 };
	if (!to)
		return "no memory";
	for (size_t i = 0; i < size; i += 4) {
		unsigned got = size - i < 4 ? 0 : four_letters(text + i, to + bytes->size);

		if (!got || (got < 3 && i + 4 < size))
			return "not base64";
		bytes->size += got;
	}
	return NULL;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool
parse_real(const struct tool_code *code, const char *text, uint64_t *bits)
{
	char *end;
	double d = strtod(text, &end);
	float f = strtof(text, &end);

	if (*end || !text[0] || isspace((unsigned char)text[0]) || strpbrk(text, "xX("))
		return false;
	*bits = 0;
	if (isnan(d)) {
		*bits = code->letter == 'd' ? TOOL_NAN : TOOL_NAN_SHORT;
		return !strcmp(text, "nan");
	}
	if (code->letter == 'd')
		memcpy(bits, &d, sizeof(d));
	else
		memcpy(bits, &f, sizeof(f));
	return (code->letter == 'd' ? isfinite(d) : isfinite(f)) || strstr(text, "inf");
}

static bool
parse_signed(const struct tool_code *code, const char *text, uint64_t *bits)
{
	int64_t most = INT64_MAX >> (64 - 8 * code->size), number;
	char *end;

	number = strtoll(text, &end, 10);
	*bits = (uint64_t)number;
	return !*end && number <= most && number >= -most - 1;
}

static bool
parse_unsigned(const struct tool_code *code, const char *text, uint64_t *bits)
{
	char *end;

	*bits = strtoull(text, &end, 10);
	return !*end && text[0] != '-' && *bits <= UINT64_MAX >> (64 - 8 * code->size);
}

static bool
parse_bits(const struct tool_code *code, const char *text, uint64_t *bits)
{
	const char *digits = text + (text[0] == '-');

	if (strchr("df", code->letter))
		return parse_real(code, text, bits);
	if (code->letter == '?' && !isdigit((unsigned char)text[0])) {
		*bits = !strcmp(text, "true");
		return *bits || !strcmp(text, "false");
	}
	errno = 0;
	if (!isdigit((unsigned char)digits[0]))
		return false;
	if (code->is_signed ? !parse_signed(code, text, bits) : !parse_unsigned(code, text, bits))
		return false;
	return !errno && (code->letter != '?' || *bits <= 1);
}

static const char *
parse_number(const struct tool_code *code, const struct tool_text *text, struct tarn_bytes *bytes)
{
	uint64_t bits;

	if (strlen(text->text) != text->size || !parse_bits(code, text->text, &bits))
		return "not a number that fits";
	return copy((const char *)&bits, code->size, bytes);
}

/* ---- keys and values ------------------------------------------------------------------------- */

const char *
tool_parse_key(
	const struct tarn_type *type, const struct tool_text *text, struct tarn_bytes *bytes)
{
	const struct tool_code *code = tool_key_code(type);
	const char *wrong;

	*bytes = (struct tarn_bytes){ NULL, 0 };
	if (code && !text->base64)
		return parse_number(code, text, bytes);
	if (!text->base64)
		return copy(text->text, text->size, bytes);
	wrong = decode(text->text, text->size, bytes);
	return !wrong && code && bytes->size != code->size ? "another number of bytes" : wrong;
}

const char *
tool_parse_value(
	const struct tarn_type *type, const struct tool_text *text, struct tarn_bytes *bytes)
{
	bool counter = type->kind == TARN_KIND_COUNTER || type->kind == TARN_KIND_ATOMIC_COUNTER;
	bool any = !counter &&
		   (type->value_size == TARN_VALUE_BYTES || type->kind == TARN_KIND_STRING);
	const struct tool_code *code = any ? NULL : tool_value_code(type);
	const char *wrong;

	*bytes = (struct tarn_bytes){ NULL, 0 };
	if (code && !text->base64)
		return parse_number(code, text, bytes);
	if (any && !text->base64)
		return copy(text->text, text->size, bytes);
	if (!text->base64)
		return "not a number by its type: give its bytes, as base64";
	wrong = decode(text->text, text->size, bytes);
	return !wrong && !any && bytes->size != type->value_size ? "another number of bytes" : wrong;
}
