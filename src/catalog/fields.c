// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fields.c -- descriptions of values and keys, taken apart
 *
 *	fields	  := { field }
 *	field	  := [ order ] [ "(" number { "," number } ")" ] [ number ] item [ ":" name ":" ]
 *	order	  := "@" | "^" | "=" | "<" | ">" | "!"	from here on, till the next
 *	item	  := letter | "T{" { field } "}"
 *
 * One walk over the text, with nothing but a position in it; a struct is a
 * call of the same function, not deeper than TARN_FIELD_DEPTH_MAX.  Every
 * field has at least a byte of text, so there is room for all of them.
 *
 * With "@", as at the beginning, sizes are the machine's and each field is
 * aligned as C does it; "^" is the same without alignment; with the others
 * sizes are the standard ones, without alignment, and "<" is little-endian,
 * ">" and "!" big-endian.  The size of a struct in a struct is rounded up to
 * its alignment, as in C.  That of all of it is not, as in Python; where it
 * is compared with a value's size, either is right.
 *
 * Sizes are kept below SIZE_MOST at every step, so no sum or
 * product wraps.
 *
 * Private memory only: the text is a copy, and may be anything.
 *
 * On death: nothing here is shared.
 *
 * Syntax: Python's struct module; PEP 3118.
 */
#include "catalog/fields.h"

#include "base/arith.h"
#include "base/error.h"

#include <string.h>

#define SIZE_MOST (UINT64_C(1) << 30)
#define TEXT_SHOWN 12 /* bytes of it in a detail, from where it is wrong */

struct parser {
	const char *text;
	size_t at;
	char order;
	unsigned depth;
	struct tarn_fields *fields;
};

/* A struct, as far as it is known. */
struct record {
	uint64_t size, align;
	uint32_t first; /* its first field */
};

static int
wrong(const struct parser *p, const char *what)
{
	const char *rest = p->text + p->at;

	tarn__error_detail("byte %zu of the fields%s%.*s%s: %s", p->at, rest[0] ? ", \"" : "",
			   TEXT_SHOWN, rest, rest[0] ? "\"" : "", what);
	return TARN_INVALID;
}

/* ---- letters ----------------------------------------------------------------------------------- */

/* Native and standard sizes; 0: there is none. */
struct letter {
	char letter;
	enum tarn_field_kind kind;
	unsigned native, standard;
};

static const struct letter letters[] = {
	{ '?', TARN_FIELD_BOOL, 1, 1 }, { 'b', TARN_FIELD_INT, 1, 1 },
	{ 'B', TARN_FIELD_UINT, 1, 1 }, { 'h', TARN_FIELD_INT, 2, 2 },
	{ 'H', TARN_FIELD_UINT, 2, 2 }, { 'i', TARN_FIELD_INT, 4, 4 },
	{ 'I', TARN_FIELD_UINT, 4, 4 }, { 'l', TARN_FIELD_INT, 8, 4 },
	{ 'L', TARN_FIELD_UINT, 8, 4 }, { 'q', TARN_FIELD_INT, 8, 8 },
	{ 'Q', TARN_FIELD_UINT, 8, 8 }, { 'n', TARN_FIELD_INT, 8, 0 },
	{ 'N', TARN_FIELD_UINT, 8, 0 }, { 'e', TARN_FIELD_REAL, 2, 2 },
	{ 'f', TARN_FIELD_REAL, 4, 4 }, { 'd', TARN_FIELD_REAL, 8, 8 },
	{ 'c', TARN_FIELD_BYTES, 1, 1 }, { 's', TARN_FIELD_BYTES, 1, 1 },
	{ 'x', TARN_FIELD_BYTES, 1, 1 },
};

static const struct letter *
find_letter(char letter)
{
	for (size_t i = 0; i < TARN_ARRAY_SIZE(letters); i++) {
		if (letters[i].letter == letter)
			return &letters[i];
	}
	return NULL;
}

/* Why there is no field of that letter. */
static const char *
why_not(char letter)
{
	if (!letter)
		return "a field should be here";
	if (strchr("PO&X", letter))
		return "addresses mean nothing in an arena";
	if (strchr("gZpuwt", letter))
		return "a letter that Tarn does not know";
	return "no such letter";
}

static bool
is_native(const struct parser *p)
{
	return p->order == '@' || p->order == '^';
}

/* ---- parts of a field -------------------------------------------------------------------------- */

/* Digits, if there are any: *given. */
static int
take_number(struct parser *p, uint64_t *number, bool *given)
{
	*number = 0;
	*given = false;
	for (; p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++) {
		*number = *number * 10 + (uint64_t)(p->text[p->at] - '0');
		*given = true;
		if (*number > SIZE_MOST)
			return wrong(p, "the number is too large");
	}
	return 0;
}

static int
add_dim(struct parser *p, struct tarn_field *field, uint64_t number)
{
	if (field->dim_count == TARN_FIELD_DIMS_MAX)
		return wrong(p, "the array has too many dimensions");
	field->dims[field->dim_count++] = (uint32_t)number;
	return 0;
}

static int
take_shape(struct parser *p, struct tarn_field *field)
{
	uint64_t number;
	bool given;
	int code = 0;

	if (p->text[p->at] != '(')
		return 0;
	do {
		p->at++;
		code = take_number(p, &number, &given);
		if (!code && !number)
			code = wrong(p, "a dimension of 1 or more should be here");
		if (!code)
			code = add_dim(p, field, number);
	} while (!code && p->text[p->at] == ',');
	if (code)
		return code;
	if (p->text[p->at] != ')')
		return wrong(p, "a ')' should be here");
	p->at++;
	return 0;
}

static int
take_name(struct parser *p, struct tarn_field *field)
{
	const char *end;

	if (p->text[p->at] != ':')
		return 0;
	end = strchr(p->text + p->at + 1, ':');
	if (!end)
		return wrong(p, "the name has no ':' at its end");
	field->name = p->text + p->at + 1;
	field->name_size = (uint32_t)(end - field->name);
	if (!field->name_size)
		return wrong(p, "the name is empty");
	p->at += field->name_size + 2;
	return 0;
}

static bool
same_name(const struct tarn_field *a, const struct tarn_field *b)
{
	return a->name_size && a->name_size == b->name_size &&
	       !memcmp(a->name, b->name, a->name_size);
}

/* Another field of the same struct has the name. */
static bool
name_is_taken(const struct parser *p, const struct record *record, const struct tarn_field *field)
{
	const struct tarn_field *other = p->fields->field + record->first;

	for (; other < field; other += 1 + other->parts) {
		if (same_name(other, field))
			return true;
	}
	return false;
}

/* ---- fields ------------------------------------------------------------------------------------ */

static int take_fields(struct parser *p, struct record *record, char end);

static int
take_struct(struct parser *p, struct tarn_field *field, uint64_t *align)
{
	struct record inner = { .align = 1, .first = p->fields->count };
	int code;

	if (p->depth == TARN_FIELD_DEPTH_MAX)
		return wrong(p, "structs lie too deep in each other");
	p->at += 2;
	p->depth++;
	code = take_fields(p, &inner, '}');
	p->depth--;
	if (code)
		return code;
	p->at++;
	field->kind = TARN_FIELD_STRUCT;
	field->size = (uint32_t)tarn__round_up(inner.size, inner.align);
	field->parts = p->fields->count - inner.first;
	*align = inner.align;
	if (!field->size)
		return wrong(p, "the struct before this has no bytes");
	return 0;
}

static int
take_letter(struct parser *p, struct tarn_field *field, uint64_t *align)
{
	const struct letter *letter = find_letter(p->text[p->at]);

	if (!letter)
		return wrong(p, why_not(p->text[p->at]));
	field->kind = letter->kind;
	field->size = is_native(p) ? letter->native : letter->standard;
	if (!field->size)
		return wrong(p, "this letter has no standard size");
	*align = p->order == '@' ? field->size : 1;
	field->big_endian = p->order == '>' || p->order == '!';
	p->at++;
	return 0;
}

/* How many bytes all items have. */
static int
measure(struct parser *p, const struct tarn_field *field, uint64_t *size)
{
	*size = field->size;
	for (uint32_t i = 0; i < field->dim_count && *size <= SIZE_MOST; i++)
		*size *= field->dims[i];
	return *size <= SIZE_MOST ? 0 : wrong(p, "so much has no room in a value");
}

/* Behind what the struct has already. */
static int
place(struct parser *p, struct record *record, struct tarn_field *field, uint64_t align,
      uint64_t size)
{
	record->size = tarn__round_up(record->size, align);
	record->align = tarn__max(record->align, align);
	field->offset = (uint32_t)record->size;
	record->size += size;
	if (record->size > SIZE_MOST)
		return wrong(p, "so much has no room in a value");
	return 0;
}

/* What a number before the letter says: bytes of one text, or items of an array. */
static int
count_items(struct parser *p, struct tarn_field *field, char letter, uint64_t number)
{
	if (letter == 's' || letter == 'x')
		field->size = (uint32_t)number;
	else if (number != 1)
		return add_dim(p, field, number);
	return 0;
}

static int
take_field(struct parser *p, struct record *record)
{
	uint32_t index = p->fields->count++;
	struct tarn_field *field = &p->fields->field[index];
	uint64_t number, align = 1, size = 0;
	bool given;
	char letter;
	int code;

	*field = (struct tarn_field){ .kind = 0 };
	code = take_shape(p, field);
	if (!code)
		code = take_number(p, &number, &given);
	if (code)
		return code;
	letter = p->text[p->at];
	code = letter == 'T' && p->text[p->at + 1] == '{' ? take_struct(p, field, &align)
							  : take_letter(p, field, &align);
	if (!code)
		code = count_items(p, field, letter, given ? number : 1);
	if (!code)
		code = measure(p, field, &size);
	if (!code)
		code = place(p, record, field, align, size);
	if (!code)
		code = take_name(p, field);
	if (!code && name_is_taken(p, record, field))
		return wrong(p, "the field before this has the name of another");
	if (!size || letter == 'x')
		p->fields->count = index; /* it only moves what follows */
	return code;
}

/* Up to that byte, which stays. */
static int
take_fields(struct parser *p, struct record *record, char end)
{
	int code = 0;

	while (!code && p->text[p->at] != end) {
		if (p->text[p->at] && strchr("@^=<>!", p->text[p->at]))
			p->order = p->text[p->at++];
		else
			code = take_field(p, record);
	}
	return code;
}

/* ---- all of it --------------------------------------------------------------------------------- */

static int
check_text(const char *text)
{
	size_t size = text ? strnlen(text, TARN_FIELDS_MAX + 1) : 0;

	for (size_t i = 0; i < size && i < TARN_FIELDS_MAX; i++) {
		if (text[i] > 0x20 && text[i] < 0x7f)
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
tarn_fields_parse(const char *text, struct tarn_fields *fields)
{
	struct parser p = { .text = text ? text : "", .order = '@', .fields = fields };
	struct record all = { .align = 1 };
	int code = check_text(text);

	fields->size = fields->align = fields->count = 0;
	if (!code)
		code = take_fields(&p, &all, '\0');
	if (code) {
		fields->count = 0;
		return code;
	}
	fields->size = (uint32_t)all.size;
	fields->align = (uint32_t)all.align;
	return 0;
}

int
tarn__fields_check(const char *what, const char *text, uint32_t size, uint32_t align)
{
	struct tarn_fields fields;
	int code = tarn_fields_parse(text, &fields);

	if (code || !text || !text[0])
		return code;
	if (size && fields.size != size && tarn__round_up(fields.size, fields.align) != size) {
		tarn__error_detail("the fields \"%s\" describe %u bytes, and %s has %u", text,
				   fields.size, what, size);
		return TARN_INVALID;
	}
	if (align && fields.align > align) {
		tarn__error_detail("the fields \"%s\" are aligned to %u bytes, and %s to %u", text,
				   fields.align, what, align);
		return TARN_INVALID;
	}
	return 0;
}
