// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fields.c -- values as JSON, by the description of their fields
 *
 *	one field without a name	the item
 *	fields without names		[item, item, ...]
 *	fields of which some have one	{"name": item, ...}; the others are f0, f1, ...
 *	an array			[item, ...], a list of lists if it has more dimensions
 *	bytes				text without the zeros at its end, if that is UTF-8
 *
 * A number is printed with all its digits; what JSON has no number for is
 * the text "nan", "inf" or "-inf".  The description comes from an arena: it
 * is followed only if the library can take it apart, and within the value.
 */
#include "tool.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void print_struct(const struct tarn_field *field, uint32_t count, const unsigned char *bytes);

/* ---- numbers --------------------------------------------------------------------------------- */

static uint64_t
number_at(const struct tarn_field *field, const unsigned char *bytes)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < field->size; i++) {
		uint32_t from = field->big_endian ? i : field->size - 1 - i;

		number = number << 8 | bytes[from];
	}
	return number;
}

static void
print_real(double number, int digits)
{
	if (isfinite(number))
		printf("%.*g", digits, number);
	else
		printf("\"%s\"", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
}

/* IEEE 754, 2 bytes: sign:1, exponent:5, fraction:10. */
static double
half(unsigned bits)
{
	unsigned exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
	double number = exponent ? ldexp(fraction + 1024, (int)exponent - 25) : ldexp(fraction, -24);

	if (exponent == 0x1f)
		number = fraction ? (double)NAN : (double)INFINITY;
	return bits >> 15 ? -number : number;
}

static void
print_bits(const struct tarn_field *field, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	double d;
	float f;

	memcpy(&d, &bits, sizeof(d));
	memcpy(&f, &low, sizeof(f));
	if (field->size == 8)
		print_real(d, 17);
	else if (field->size == 4)
		print_real((double)f, 9);
	else
		print_real(half(low), 5);
}

static void
print_text(const void *bytes, size_t size)
{
	json_t *text = tool_json_bytes(bytes, size);

	json_dumpf(text, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(text);
}

/* ---- items ----------------------------------------------------------------------------------- */

static void
print_bytes(const struct tarn_field *field, const unsigned char *bytes)
{
	size_t size = field->size;

	while (size && !bytes[size - 1])
		size--;
	print_text(bytes, size);
}

static void
print_item(const struct tarn_field *field, const unsigned char *bytes)
{
	uint64_t number;
	unsigned unused;

	if (field->kind == TARN_FIELD_STRUCT) {
		print_struct(field + 1, field->parts, bytes);
		return;
	}
	if (field->kind == TARN_FIELD_BYTES) {
		print_bytes(field, bytes);
		return;
	}
	number = number_at(field, bytes);
	unused = 64 - 8 * field->size;
	if (field->kind == TARN_FIELD_BOOL)
		fputs(number ? "true" : "false", stdout);
	else if (field->kind == TARN_FIELD_INT)
		printf("%" PRId64, (int64_t)(number << unused) >> unused);
	else if (field->kind == TARN_FIELD_UINT)
		printf("%" PRIu64, number);
	else
		print_bits(field, number);
}

/* From the array's dimension dim inwards; where the next item is. */
static const unsigned char *
print_array(const struct tarn_field *field, uint32_t dim, const unsigned char *bytes)
{
	if (dim == field->dim_count) {
		print_item(field, bytes);
		return bytes + field->size;
	}
	putchar('[');
	for (uint32_t i = 0; i < field->dims[dim]; i++) {
		fputs(i ? ", " : "", stdout);
		bytes = print_array(field, dim + 1, bytes);
	}
	putchar(']');
	return bytes;
}

/* ---- structs --------------------------------------------------------------------------------- */

static bool
has_names(const struct tarn_field *field, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += 1 + field[i].parts) {
		if (field[i].name_size)
			return true;
	}
	return false;
}

static void
print_name(const struct tarn_field *field, uint32_t number)
{
	if (field->name_size)
		print_text(field->name, field->name_size);
	else
		printf("\"f%" PRIu32 "\"", number);
	fputs(": ", stdout);
}

static void
print_struct(const struct tarn_field *field, uint32_t count, const unsigned char *bytes)
{
	bool named = has_names(field, count);
	uint32_t number = 0;

	putchar(named ? '{' : '[');
	for (uint32_t i = 0; i < count; i += 1 + field[i].parts) {
		fputs(number ? ", " : "", stdout);
		if (named)
			print_name(&field[i], number);
		print_array(&field[i], 0, bytes + field[i].offset);
		number++;
	}
	putchar(named ? '}' : ']');
}

bool
tool_print_fields(const char *text, const void *value, size_t size)
{
	struct tarn_fields fields;
	const struct tarn_field *first = fields.field;

	if (tarn_fields_parse(text, &fields) || !fields.count ||
	    (fields.size != size &&
	     (fields.size + fields.align - 1) / fields.align * fields.align != size))
		return false;
	if (!first->name_size && fields.count == 1 + first->parts)
		print_array(first, 0, (const unsigned char *)value + first->offset);
	else
		print_struct(first, fields.count, value);
	return true;
}
