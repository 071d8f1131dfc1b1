// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fields.h -- what the bytes of a value or a key mean
 *
 * A description is text as Python's struct module has it, with the names,
 * structs and arrays of PEP 3118.  docs/types.md has the whole syntax.
 *
 *	qd			an int64_t, a double
 *	q:id:d:price:8s:name:	the same with names, and 8 bytes of text
 *	T{H:x:H:y:}:at:(2,3)f	a struct in it, and two rows of three floats
 *
 * It is kept with an object (struct tarn_type), and whoever opens that can
 * print it.  Taking a description apart needs no arena.
 */
#ifndef TARN_FIELDS_H
#define TARN_FIELDS_H

#include <tarn/error.h>
#include <tarn/types.h>

/** The longest description, in bytes. */
#define TARN_FIELDS_MAX 127

/** The most dimensions of an array in a description. */
#define TARN_FIELD_DIMS_MAX 4

/** How many structs may lie in each other in a description. */
#define TARN_FIELD_DEPTH_MAX 16

/** What one item of a field is. */
enum tarn_field_kind {
	TARN_FIELD_BOOL = 1,
	TARN_FIELD_INT = 2,  /* with a sign */
	TARN_FIELD_UINT = 3, /* without */
	TARN_FIELD_REAL = 4, /* IEEE 754, of 2, 4 or 8 bytes */
	TARN_FIELD_BYTES = 5, /* text, with zeros behind it where it is shorter */
	TARN_FIELD_STRUCT = 6,
};

/** One field, or an array of such. */
struct tarn_field {
	enum tarn_field_kind kind;
	uint32_t offset;     /* bytes from the beginning of the struct that it stands in */
	uint32_t size;	     /* bytes of one item, and from one to the next */
	uint32_t dims[TARN_FIELD_DIMS_MAX]; /* of an array, the outermost first */
	uint32_t dim_count;  /* 0: no array, but one item */
	uint32_t parts;	     /* of a struct: so many of the following fields lie in it, at any depth */
	bool big_endian;
	const char *name;    /* within the description, not ended by a zero */
	uint32_t name_size;  /* 0: it has no name */
};

/** A description, taken apart. */
struct tarn_fields {
	uint32_t size;	/* bytes up to the end of the last field */
	uint32_t align; /* the largest alignment that a field asks for */
	uint32_t count; /* of the fields below, each struct before what lies in it */
	struct tarn_field field[TARN_FIELDS_MAX];
};

/**
 * tarn_fields_parse() - take a description apart
 * @text:	as above; fields points into it
 * @fields:	filled in
 *
 * The text may be anything, as from a foreign arena: what is no description is refused, and
 * tarn_error_detail() says at which byte, and why.
 *
 * Time:	O(bytes of the text, squared).
 * Crash:	none.
 * Blocks:	never.
 * Return: 0; TARN_INVALID.
 */
TARN_API TARN_MUST_CHECK int tarn_fields_parse(const char *text, struct tarn_fields *fields);

#endif
