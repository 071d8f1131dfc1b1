// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * types.c -- descriptions of fields, kinds of keys, orders; and what of it is
 * kept with an object
 *
 * What concerns names and entries as such is in catalog.c.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#include "base/hash.h"
#include "catalog/entry.h"
#include "container/hashmap_layout.h"

struct point {
	int32_t x, y;
};

#define TARN_NAME of_reals
#define TARN_KEY double
#define TARN_KEY_AS F64
#define TARN_VALUE uint64_t
#include <tarn/typed/hashmap.h>

#define TARN_NAME of_points
#define TARN_KEY struct point
#define TARN_KEY_AS BYTES
#define TARN_VALUE struct point
#include <tarn/typed/hashmap.h>

#define TARN_NAME of_small
#define TARN_KEY int32_t
#define TARN_KEY_AS I32
#define TARN_VALUE char
#include <tarn/typed/hashmap.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

static struct tarn_arena *arena;

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = UINT64_C(64) << 20 };

	ok(tarn_arena_open(&arena, "memfd:", &options, NULL));
}

static void
close_arena(void)
{
	tarn_arena_close(arena);
}

/* Nothing of the arena is lost or wrong. */
static void
assert_whole(void)
{
	ok(tarn_check(arena, NULL, NULL));
}

/* ---- fields ------------------------------------------------------------------------------------ */

/* What Python 3.11 says: struct.calcsize(); of structs in structs, what gcc does. */
START_TEST(sizes_are_those_of_python_and_c)
{
	static const struct {
		const char *text;
		unsigned size, align, count;
	} good[] = {
		{ "", 0, 1, 0 },	   { "q", 8, 8, 1 },	    { "?bBhHiIlLqQnNefd", 80, 8, 16 },
		{ "qd", 16, 8, 2 },	   { "bq", 16, 8, 2 },	    { "qb", 9, 8, 2 },
		{ "qb0q", 16, 8, 2 },	   { "=bq", 9, 1, 2 },	    { "<lL", 8, 1, 2 },
		{ "@lL", 16, 8, 2 },	   { "^bq", 9, 1, 2 },	    { "b=q", 9, 1, 2 },
		{ "=b@q", 16, 8, 2 },	   { ">h!i", 6, 1, 2 },	    { "10s", 10, 1, 1 },
		{ "3xb", 4, 1, 1 },	   { "b3xi", 8, 4, 2 },	    { "5i", 20, 4, 1 },
		{ "(2,3)d", 48, 8, 1 },	   { "(2)3h", 12, 2, 1 },   { "(2)8s", 16, 1, 1 },
		{ "T{bi}b", 9, 4, 4 },	   { "bT{bq}", 24, 8, 4 },  { "2T{ib}", 16, 4, 3 },
		{ "=bT{bq}", 10, 1, 4 },   { "T{T{T{b}}}", 1, 1, 4 }, { "0T{q}b", 1, 8, 1 },
		{ "q:id:d:price:8s:name:", 24, 8, 3 }, { "T{i:x:i:y:}:at:i:x:", 12, 4, 4 },
		{ "(1,1,1,1)b", 1, 1, 1 },  { "1073741824s", 1u << 30, 1, 1 }, { "0s", 0, 1, 0 },
	};
	struct tarn_fields fields;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(!tarn_fields_parse(good[i].text, &fields), "%s: %s", good[i].text,
			      tarn_error_detail());
		ck_assert_msg(fields.size == good[i].size && fields.align == good[i].align &&
				      fields.count == good[i].count,
			      "%s: %u bytes, aligned to %u, %u fields", good[i].text, fields.size,
			      fields.align, fields.count);
	}
}
END_TEST

START_TEST(a_description_is_taken_apart)
{
	struct tarn_fields fields;
	const struct tarn_field *field = fields.field;

	ok(tarn_fields_parse("b:flag:(2,3)T{<H:lo:>h}:rows:5s", &fields));
	ck_assert_uint_eq(fields.count, 5);
	ck_assert_int_eq(field[0].kind, TARN_FIELD_INT);
	ck_assert_uint_eq(field[0].name_size, 4);
	ck_assert_int_eq(memcmp(field[0].name, "flag", 4), 0);
	ck_assert_uint_eq(field[0].dim_count, 0);
	ck_assert_int_eq(field[1].kind, TARN_FIELD_STRUCT);
	ck_assert_uint_eq(field[1].offset, 1);
	ck_assert_uint_eq(field[1].size, 4);
	ck_assert_uint_eq(field[1].parts, 2);
	ck_assert_uint_eq(field[1].dim_count, 2);
	ck_assert_uint_eq(field[1].dims[0], 2);
	ck_assert_uint_eq(field[1].dims[1], 3);
	ck_assert_int_eq(field[2].kind, TARN_FIELD_UINT);
	ck_assert(!field[2].big_endian);
	ck_assert_uint_eq(field[3].offset, 2);
	ck_assert_int_eq(field[3].kind, TARN_FIELD_INT);
	ck_assert(field[3].big_endian);
	ck_assert_uint_eq(field[3].name_size, 0);
	ck_assert_uint_eq(field[4].offset, 25);
	ck_assert_uint_eq(field[4].size, 5);
}
END_TEST

START_TEST(what_is_no_description_is_refused_and_told_where)
{
	static const struct {
		const char *text, *detail;
	} bad[] = {
		{ "z", "byte 0 of the fields, \"z\": no such letter" },
		{ "qqP", "byte 2 of the fields, \"P\": addresses mean nothing in an arena" },
		{ "g", "byte 0 of the fields, \"g\": a letter that Tarn does not know" },
		{ "=n", "byte 1 of the fields, \"n\": this letter has no standard size" },
		{ "q:x", "byte 1 of the fields, \":x\": the name has no ':' at its end" },
		{ "q::", "byte 1 of the fields, \"::\": the name is empty" },
		{ "q:x:d:x:", "byte 8 of the fields: the field before this has the name of another" },
		{ "T{q", "byte 3 of the fields: a field should be here" },
		{ "q}", "byte 1 of the fields, \"}\": no such letter" },
		{ "T{}", "byte 3 of the fields: the struct before this has no bytes" },
		{ "T{x", "byte 3 of the fields: a field should be here" },
		{ "T", "byte 0 of the fields, \"T\": no such letter" },
		{ "3", "byte 1 of the fields: a field should be here" },
		{ "(", "byte 1 of the fields: a dimension of 1 or more should be here" },
		{ "(2q", "byte 2 of the fields, \"q\": a ')' should be here" },
		{ "(2,)q", "byte 3 of the fields, \")q\": a dimension of 1 or more should be here" },
		{ "(0)q", "byte 2 of the fields, \")q\": a dimension of 1 or more should be here" },
		{ "(1,2,3,4)2q", "byte 11 of the fields: the array has too many dimensions" },
		{ "(1,2,3,4,5)q", "byte 10 of the fields, \")q\": the array has too many dimensions" },
		{ "99999999999999999999q", "byte 9 of the fields, \"99999999999q\": the number is too large" },
		{ "1000000000q", "byte 11 of the fields: so much has no room in a value" },
		{ "(65536,65536,65536,65536)b",
		  "byte 26 of the fields: so much has no room in a value" },
		{ "1073741824s1s", "byte 13 of the fields: so much has no room in a value" },
		{ "1073741824x1073741824x1073741824x1073741824xb",
		  "byte 22 of the fields, \"1073741824x1\": so much has no room in a value" },
		{ "q d", "byte 1 of the fields is no printable character" },
	};
	char deep[TARN_FIELDS_MAX + 2] = "";
	struct tarn_fields fields;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		gives(tarn_fields_parse(bad[i].text, &fields), TARN_INVALID);
		ck_assert_str_eq(tarn_error_detail(), bad[i].detail);
		ck_assert_uint_eq(fields.count, 0);
	}
	for (unsigned i = 0; i < TARN_FIELD_DEPTH_MAX + 1; i++)
		strcat(deep, "T{");
	gives(tarn_fields_parse(deep, &fields), TARN_INVALID);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "structs lie too deep in each other"));
	memset(deep, 'b', TARN_FIELDS_MAX + 1);
	gives(tarn_fields_parse(deep, &fields), TARN_INVALID);
	deep[TARN_FIELDS_MAX] = '\0';
	ok(tarn_fields_parse(deep, &fields));
	ck_assert_uint_eq(fields.count, TARN_FIELDS_MAX);
	memcpy(deep, "T{", 2);
	gives(tarn_fields_parse(deep, &fields), TARN_INVALID);
}
END_TEST

/* Every field lies within what it is part of. */
static void
assert_inside(const struct tarn_field *field, uint32_t count, uint64_t size)
{
	for (uint32_t i = 0; i < count; i += 1 + field[i].parts) {
		uint64_t bytes = field[i].size;

		for (uint32_t d = 0; d < field[i].dim_count; d++)
			bytes *= field[i].dims[d];
		ck_assert_uint_le(field[i].offset + bytes, size);
		ck_assert_uint_le(i + 1 + field[i].parts, count);
		ck_assert_uint_gt(bytes, 0);
		assert_inside(&field[i + 1], field[i].parts, field[i].size);
	}
}

START_TEST(a_million_random_descriptions_do_no_harm)
{
	static const char letters[] = "bhiqdsxcT{}}{T:::a(2),4390=@<>^!n?eP";
	uint64_t dice = 42, good = 0;
	struct tarn_fields fields;
	char text[TARN_FIELDS_MAX + 1];

	for (unsigned run = 0; run < 1000000; run++) {
		unsigned size = (unsigned)((dice = tarn__hash_u64(dice, 1)) % (run % 8 ? 12 : 127));

		for (unsigned i = 0; i < size; i++) {
			dice = tarn__hash_u64(dice, 2);
			text[i] = letters[dice % (sizeof(letters) - 1)];
		}
		text[size] = '\0';
		if (tarn_fields_parse(text, &fields))
			continue;
		good++;
		assert_inside(fields.field, fields.count, fields.size);
	}
	ck_assert_uint_gt(good, 10000);
}
END_TEST

/* ---- types ------------------------------------------------------------------------------------- */

static int
open_as(const char *name, struct tarn_type type)
{
	struct tarn_hashmap *map = NULL;
	struct tarn_vector *vector = NULL;
	int code = type.kind == TARN_KIND_VECTOR
			   ? tarn_vector_open(arena, &vector, name, &type, TARN_OPEN_OR_CREATE, NULL)
			   : tarn_hashmap_open(arena, &map, name, &type, TARN_OPEN_OR_CREATE, NULL);

	tarn_hashmap_close(map);
	tarn_vector_close(vector);
	return code;
}

static int
by_length(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	(void)a, (void)b, (void)context;
	return (a_size > b_size) - (a_size < b_size);
}

/* The other way round; the context counts. */
static int
backwards(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	size_t both = a_size < b_size ? a_size : b_size;

	++*(unsigned *)context;
	return -memcmp(a, b, both);
}

START_TEST(a_type_that_cannot_be_says_why)
{
	static char long_name[] = "an-order-with-a-name-of-32-bytes";
	static char half[] = "b:the-name-of-a-field-of-one-byte-which-has-half-of-the-room:";
	const struct {
		struct tarn_type type;
		const char *detail;
	} bad[] = {
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 12, .fields = "qd" },
		  "the fields \"qd\" describe 16 bytes, and a value has 12" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8, .fields = "0q" },
		  "the fields \"0q\" describe 0 bytes, and a value has 8" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = TARN_VALUE_BYTES,
		    .fields = "q:" },
		  "byte 1 of the fields, \":\": the name has no ':' at its end" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .value_size = 8, .key_size = 7,
		    .key_fields = "ii" },
		  "the fields \"ii\" describe 8 bytes, and a key has 7" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .value_size = 8,
		    .key_size = UINT32_MAX },
		  "keys of 4294967295 bytes are too large" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8, .key_size = 8 },
		  "keys of u64 have neither another size nor fields" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_STRING, .value_size = 8, .key_fields = "q" },
		  "keys of string have neither another size nor fields" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_CUSTOM, .value_size = 8, .order = "back" },
		  "a hashmap has no order, not even back" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .value_size = 8, .order = "back" },
		  "the order back is of keys that are not custom" },
		{ { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 8 },
		  "an order's name has 1 to 31 bytes" },
		{ { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 8, .order = long_name },
		  "an order's name has 1 to 31 bytes" },
		{ { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 8, .order = "a b" },
		  "byte 1 of the order's name is no printable character" },
		{ { .kind = TARN_KIND_VECTOR, .value_size = 24, .value_align = 3 },
		  "an alignment is 1, 2, 4, ... or 64, not 3" },
		{ { .kind = TARN_KIND_VECTOR, .value_size = 128, .value_align = 128 },
		  "an alignment is 1, 2, 4, ... or 64, not 128" },
		{ { .kind = TARN_KIND_VECTOR, .value_size = 128, .value_align = 32 },
		  "a vector aligns values to 16 bytes at most, not to 32" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 16, .value_align = 16 },
		  "a hashmap aligns values to 8 bytes at most, not to 16" },
		{ { .kind = TARN_KIND_VECTOR, .value_size = 24, .value_align = 16 },
		  "values aligned to 16 bytes must have a size that is a multiple of it" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = TARN_VALUE_BYTES,
		    .value_align = 8 },
		  "values aligned to 8 bytes must have a size that is a multiple of it" },
		{ { .kind = TARN_KIND_VECTOR, .value_size = 8, .value_align = 4, .fields = "q" },
		  "the fields \"q\" are aligned to 8 bytes, and a value to 4" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = TARN_VALUE_CHILD },
		  "values that are objects of their own are not there yet" },
		{ { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8, .child = &bad[0].type },
		  "values that are objects of their own are not there yet" },
	};
	struct tarn_type both = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .value_size = 1,
				  .fields = half, .key_size = 1, .key_fields = half };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		gives(open_as("new", bad[i].type), TARN_INVALID);
		ck_assert_str_eq(tarn_error_detail(), bad[i].detail);
	}
	ok(open_as("both", both));
	both.key_fields = "b:the-name-of-a-field-of-one-byte-which-has-more-than-half-of-the-room:";
	gives(open_as("more", both), TARN_INVALID);
	ck_assert_str_eq(tarn_error_detail(),
			 "fields of keys and values and the order's name have at most 127 bytes");
}
END_TEST

START_TEST(a_size_may_be_that_of_c_or_of_python)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .fields = "qb" };

	type.value_size = 9;
	ok(open_as("python", type));
	type.value_size = 16;
	ok(open_as("c", type));
	type.value_size = 12;
	gives(open_as("neither", type), TARN_INVALID);
}
END_TEST

START_TEST(what_a_type_says_is_given_back)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .value_size = 16,
				  .fields = "q:id:d", .key_size = 12, .value_align = 8,
				  .key_fields = "i:x:i:y:i:z:" };
	struct tarn_object_info info;
	struct tarn_hashmap *map;
	unsigned count = 0;
	struct tarn_vector *vector;

	ok(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL));
	ok(tarn_object_info(tarn_hashmap_object(map), &info));
	ck_assert_str_eq(info.type.fields, "q:id:d");
	ck_assert_str_eq(info.type.key_fields, "i:x:i:y:i:z:");
	ck_assert_str_eq(info.type.order, "");
	ck_assert_uint_eq(info.type.key, TARN_KEY_BYTES);
	ck_assert_uint_eq(info.type.key_size, 12);
	ck_assert_uint_eq(info.type.value_size, 16);
	ck_assert_uint_eq(info.type.value_align, 8);
	ck_assert_ptr_null(info.type.child);
	ok(open_as("map", info.type));
	tarn_hashmap_close(map);
	ok(tarn_order_register("what-back", backwards, &count));
	type = (struct tarn_type){ .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 3,
				   .order = "what-back" };
	ok(tarn_vector_open(arena, &vector, "vector", &type, TARN_CREATE, NULL));
	ok(tarn_object_info(tarn_vector_object(vector), &info));
	ck_assert_str_eq(info.type.order, "what-back");
	ck_assert_str_eq(info.type.fields, "");
	ok(open_as("vector", info.type));
	tarn_vector_close(vector);
	assert_whole();
}
END_TEST

static void
assert_differs(const char *name, struct tarn_type type, const char *detail)
{
	gives(open_as(name, type), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), detail);
}

START_TEST(two_types_that_differ_are_told_in_full)
{
	struct tarn_type of_points = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES,
				       .value_size = 8, .fields = "d", .key_size = 8,
				       .value_align = 8, .key_fields = "i:x:i:y:" };
	struct tarn_type words = { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 16,
				   .order = "told-one" };
	struct tarn_type other = of_points;

	ok(open_as("points", of_points));
	other.key_size = 12;
	other.key_fields = NULL;
	assert_differs("points", other, "points is a hashmap of 8 bytes (fields \"i:x:i:y:\") to 8 bytes "
		       "(fields \"d\") aligned to 8, not a hashmap of 12 bytes to 8 bytes (fields \"d\") "
		       "aligned to 8");
	other = of_points;
	other.key_fields = "Q";
	assert_differs("points", other, "points is a hashmap of 8 bytes (fields \"i:x:i:y:\") to 8 bytes "
		       "(fields \"d\") aligned to 8, not a hashmap of 8 bytes (fields \"Q\") to 8 bytes "
		       "(fields \"d\") aligned to 8");
	other = of_points;
	other.key_size = 0;
	other.key_fields = NULL;
	gives(open_as("points", other), TARN_TYPE);
	other = of_points;
	other.key_fields = other.fields = NULL;
	other.value_align = 0;
	ok(open_as("points", other));
	ok(open_as("plain", other));
	gives(open_as("plain", of_points), TARN_TYPE);
	other.value_align = 8;
	assert_differs("plain", other, "plain is a hashmap of 8 bytes to 8 bytes, not a hashmap of 8 "
		       "bytes to 8 bytes aligned to 8");
	ok(tarn_order_register("told-one", by_length, NULL));
	ok(tarn_order_register("told-other", by_length, NULL));
	ok(open_as("words", words));
	other = words;
	other.order = "told-other";
	assert_differs("words", other, "words is a vector of 16 bytes in the order told-one, not a vector "
		       "of 16 bytes in the order told-other");
	other.key = TARN_KEY_BYTES;
	other.order = NULL;
	assert_differs("words", other, "words is a vector of 16 bytes in the order told-one, not a vector "
		       "of 16 bytes in order");
}
END_TEST

/* ---- orders ------------------------------------------------------------------------------------ */

START_TEST(an_order_has_one_function)
{
	unsigned context = 0;

	ok(tarn_order_register("one", by_length, NULL));
	ok(tarn_order_register("one", by_length, NULL));
	gives(tarn_order_register("one", by_length, &context), TARN_EXISTS);
	gives(tarn_order_register("one", backwards, NULL), TARN_EXISTS);
	ck_assert_str_eq(tarn_error_detail(), "the order one stands for another function already");
	gives(tarn_order_register("", by_length, NULL), TARN_INVALID);
	gives(tarn_order_register(NULL, by_length, NULL), TARN_INVALID);
	gives(tarn_order_register("an-order-with-a-name-of-32-bytes", by_length, NULL), TARN_INVALID);
	gives(tarn_order_register("a b", by_length, NULL), TARN_INVALID);
	gives(tarn_order_register("none", NULL, NULL), TARN_INVALID);
	ck_assert_ptr_null(tarn__order_find("none"));
	ck_assert_ptr_null(tarn__order_find("on"));
	ck_assert_ptr_eq(tarn__order_find("one")->compare, by_length);
}
END_TEST

static void *
register_many(void *arg)
{
	static unsigned contexts[2];
	uintptr_t mine = (uintptr_t)arg, won = 0;
	char name[16];

	for (unsigned i = 0; i < 300; i++) {
		int code;

		snprintf(name, sizeof(name), "many-%u", i);
		code = tarn_order_register(name, backwards, &contexts[mine]);
		ck_assert(code == 0 || code == TARN_EXISTS);
		won += code == 0;
	}
	return (void *)won;
}

START_TEST(threads_register_each_name_once)
{
	uintptr_t won = 0;
	pthread_t threads[2];
	void *result;

	for (uintptr_t i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, register_many, (void *)i), 0);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		won += (uintptr_t)result;
	}
	ck_assert_uint_eq(won, 300);
}
END_TEST

START_TEST(an_order_that_the_process_does_not_know_is_named)
{
	struct tarn_type type = { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_CUSTOM, .value_size = 4,
				  .order = "unknown-here" };

	gives(open_as("vector", type), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "this process does not know the order unknown-here: "
					      "tarn_order_register() it");
	ok(tarn_order_register("unknown-here", by_length, NULL));
	ok(open_as("vector", type));
}
END_TEST

static int
compare_as(enum tarn_key_kind kind, const void *a, size_t a_size, const void *b, size_t b_size)
{
	struct tarn_object object = { .key_kind = kind };
	int order = tarn__key_compare(&object, a, a_size, b, b_size);

	ck_assert_int_eq(tarn__key_compare(&object, b, b_size, a, a_size) > 0, order < 0);
	ck_assert_int_eq(tarn__key_compare(&object, a, a_size, a, a_size), 0);
	return order;
}

START_TEST(keys_have_the_order_of_their_kind)
{
	uint32_t small = 1, large = 0x80000000;
	uint64_t wide = 1, huge = UINT64_C(1) << 63;
	double minus = -1, zero = 0, minus_zero = -0.0, plus = DBL_MIN;

	ck_assert_int_lt(compare_as(TARN_KEY_U32, &small, 4, &large, 4), 0);
	ck_assert_int_gt(compare_as(TARN_KEY_I32, &small, 4, &large, 4), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_U64, &wide, 8, &huge, 8), 0);
	ck_assert_int_gt(compare_as(TARN_KEY_I64, &wide, 8, &huge, 8), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_F64, &minus, 8, &zero, 8), 0);
	ck_assert_int_eq(compare_as(TARN_KEY_F64, &minus_zero, 8, &zero, 8), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_F64, &zero, 8, &plus, 8), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_STRING, "ab", 2, "abc", 3), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_STRING, "", 0, "a", 1), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_BYTES, "abz", 3, "b", 1), 0);
	ck_assert_int_lt(compare_as(TARN_KEY_BYTES, "a\x7f", 2, "a\x80", 2), 0);
}
END_TEST

/* ---- kinds of keys in hash maps ---------------------------------------------------------------- */

static struct tarn_hashmap *
map_of(const char *name, enum tarn_key_kind key, uint32_t key_size, uint32_t value_size)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = key, .value_size = value_size,
				  .key_size = key_size };
	struct tarn_hashmap *map;

	ok(tarn_hashmap_open(arena, &map, name, &type, TARN_OPEN_OR_CREATE, NULL));
	return map;
}

/* Key n of that kind: any bytes but, of f64, a number. */
static size_t
make_key(enum tarn_key_kind kind, uint32_t size, uint64_t n, void *key)
{
	double real = (double)n / 7 - 100;

	if (kind == TARN_KEY_F64)
		memcpy(key, &real, sizeof(real));
	for (uint32_t i = 0; kind != TARN_KEY_F64 && i < size; i += 8) {
		uint64_t word = n * UINT64_C(0x9e3779b97f4a7c15) + i;

		if (size < 8)
			word = n;
		memcpy((char *)key + i, &word, size - i < 8 ? size - i : 8);
	}
	return size;
}

static void
assert_walk(struct tarn_hashmap *map, enum tarn_key_kind kind, uint32_t size, uint64_t count)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t seen = 0, n;
	char key[40];
	int code;

	ok(tarn_hashmap_cursor_open(map, &cursor));
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry))) {
		ck_assert_uint_eq(entry.key_size, size);
		ck_assert_uint_eq(entry.value_size, 8);
		memcpy(&n, entry.value, sizeof(n));
		make_key(kind, size, n, key);
		ck_assert_mem_eq(entry.key, key, size);
		seen++;
	}
	gives(code, TARN_NOT_FOUND);
	tarn_hashmap_cursor_close(cursor);
	ck_assert_uint_eq(seen, count);
}

/* Every call, on enough keys for many splits. */
static void
use_map(struct tarn_hashmap *map, enum tarn_key_kind kind, uint32_t size, uint64_t keys)
{
	uint64_t value, count;
	char key[40];

	for (uint64_t n = 0; n < keys; n++) {
		make_key(kind, size, n, key);
		if (n % 3 == 0)
			ok(tarn_hashmap_insert(map, key, size, &n, 8));
		else if (n % 3 == 1)
			ok(tarn_hashmap_put(map, key, size, &n, 8));
		else
			ok(tarn_hashmap_fetch_add(map, key, size, n, &value));
		gives(tarn_hashmap_insert(map, key, size, &n, 8), TARN_EXISTS);
	}
	for (uint64_t n = 0; n < keys; n++) {
		make_key(kind, size, n, key);
		ok(tarn_hashmap_get(map, key, size, &value, 8, NULL));
		ck_assert_uint_eq(value, n);
		ok(tarn_hashmap_compare_and_swap(map, key, size, &n, 8, &n, 8));
	}
	assert_walk(map, kind, size, keys);
	make_key(kind, size, keys, key);
	gives(tarn_hashmap_contains(map, key, size), TARN_NOT_FOUND);
	gives(tarn_hashmap_erase(map, key, size), TARN_NOT_FOUND);
	make_key(kind, size, 0, key);
	ok(tarn_hashmap_erase(map, key, size));
	gives(tarn_hashmap_get(map, key, size, &value, 8, NULL), TARN_NOT_FOUND);
	gives(tarn_hashmap_put(map, key, size - 1, &value, 8), TARN_INVALID);
	gives(tarn_hashmap_get(map, key, size + 1, &value, 8, NULL), TARN_INVALID);
	ok(tarn_hashmap_size(map, &count));
	ck_assert_uint_eq(count, keys - 1);
}

/* The same by the calls for many. */
static void
use_many(struct tarn_hashmap *map, enum tarn_key_kind kind, uint32_t size)
{
	char keys[100 * 40];
	uint64_t values[100], got[100];

	ok(tarn_hashmap_clear(map));
	for (uint64_t n = 0; n < 100; n++) {
		make_key(kind, size, n, keys + n * size);
		values[n] = n;
	}
	ok(tarn_hashmap_put_many(map, keys, size, 100, values, 8, NULL));
	ok(tarn_hashmap_get_many(map, keys, size, 100, got, 8, NULL));
	ck_assert_mem_eq(values, got, sizeof(got));
	ok(tarn_hashmap_erase_many(map, keys, size, 50, NULL));
	gives(tarn_hashmap_get_many(map, keys, size, 100, got, 8, NULL), TARN_NOT_FOUND);
}

/* Copied, exchanged and made smaller: what is left over is freed as what it was. */
static void
use_whole(struct tarn_hashmap *map, enum tarn_key_kind kind, uint32_t size, uint32_t fixed)
{
	struct tarn_hashmap *other = map_of("other", kind, fixed, 8);
	bool equal = false;

	ok(tarn_hashmap_copy(other, map));
	ok(tarn_hashmap_equal(other, map, &equal));
	ck_assert(equal);
	assert_walk(other, kind, size, 50);
	ok(tarn_hashmap_copy(other, map));
	ok(tarn_hashmap_shrink_to_fit(other));
	assert_whole();
	ok(tarn_hashmap_clear(map));
	ok(tarn_hashmap_swap(other, map));
	assert_walk(map, kind, size, 50);
	assert_whole();
	tarn_hashmap_close(other);
	ok(tarn_object_remove(arena, "other"));
}

START_TEST(maps_of_different_keys_are_not_exchanged)
{
	struct tarn_hashmap *five = map_of("five", TARN_KEY_BYTES, 5, 8);
	struct tarn_hashmap *nine = map_of("nine", TARN_KEY_BYTES, 9, 8);
	bool equal;

	gives(tarn_hashmap_swap(five, nine), TARN_TYPE);
	gives(tarn_hashmap_copy(five, nine), TARN_TYPE);
	gives(tarn_hashmap_equal(five, nine, &equal), TARN_TYPE);
	tarn_hashmap_close(five);
	tarn_hashmap_close(nine);
}
END_TEST

START_TEST(every_kind_of_key_is_found_again)
{
	static const struct {
		enum tarn_key_kind kind;
		uint32_t size, fixed;
		uint64_t keys;
	} kinds[] = {
		{ TARN_KEY_U32, 4, 0, 3000 },   { TARN_KEY_I32, 4, 0, 3000 },
		{ TARN_KEY_F64, 8, 0, 3000 },	{ TARN_KEY_U64, 8, 0, 3000 },
		{ TARN_KEY_I64, 8, 0, 3000 },   { TARN_KEY_BYTES, 2, 2, 3000 },
		{ TARN_KEY_BYTES, 5, 5, 3000 }, { TARN_KEY_BYTES, 8, 8, 3000 },
		{ TARN_KEY_BYTES, 9, 9, 3000 }, { TARN_KEY_BYTES, 40, 40, 3000 },
		{ TARN_KEY_BYTES, 1, 1, 200 },
	};
	char name[16];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct tarn_hashmap *map;

		snprintf(name, sizeof(name), "map %zu", i);
		map = map_of(name, kinds[i].kind, kinds[i].fixed, 8);
		use_map(map, kinds[i].kind, kinds[i].size, kinds[i].keys);
		use_many(map, kinds[i].kind, kinds[i].size);
		use_whole(map, kinds[i].kind, kinds[i].size, kinds[i].fixed);
		tarn_hashmap_close(map);
		assert_whole();
		ok(tarn_object_remove(arena, name));
		assert_whole();
	}
}
END_TEST

START_TEST(zero_is_one_key_and_nan_is_none)
{
	struct tarn_hashmap *map = map_of("reals", TARN_KEY_F64, 0, 8);
	double zero = 0.0, minus_zero = -0.0, keys[] = { -0.0, INFINITY, -INFINITY, DBL_TRUE_MIN };
	double nans[] = { NAN, -NAN, 0 };
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t value = 1, signalling = UINT64_C(0x7ff0000000000001), size;

	memcpy(&nans[2], &signalling, 8);
	for (unsigned i = 0; i < 3; i++) {
		gives(tarn_hashmap_put(map, &nans[i], 8, &value, 8), TARN_INVALID);
		gives(tarn_hashmap_insert(map, &nans[i], 8, &value, 8), TARN_INVALID);
		gives(tarn_hashmap_get(map, &nans[i], 8, &value, 8, NULL), TARN_INVALID);
		gives(tarn_hashmap_erase(map, &nans[i], 8), TARN_INVALID);
		gives(tarn_hashmap_fetch_add(map, &nans[i], 8, 1, NULL), TARN_INVALID);
	}
	ok(tarn_hashmap_put(map, &minus_zero, 8, &value, 8));
	gives(tarn_hashmap_insert(map, &zero, 8, &value, 8), TARN_EXISTS);
	ok(tarn_hashmap_cursor_open(map, &cursor));
	ok(tarn_hashmap_cursor_next(cursor, &entry));
	ck_assert_mem_eq(entry.key, &zero, 8);
	tarn_hashmap_cursor_close(cursor);
	ok(tarn_hashmap_put_many(map, keys, 8, 4, (uint64_t[]){ 5, 6, 7, 8 }, 8, NULL));
	ok(tarn_hashmap_get(map, &zero, 8, &value, 8, NULL));
	ck_assert_uint_eq(value, 5);
	ok(tarn_hashmap_erase(map, &zero, 8));
	gives(tarn_hashmap_contains(map, &minus_zero, 8), TARN_NOT_FOUND);
	ok(tarn_hashmap_size(map, &size));
	ck_assert_uint_eq(size, 3);
	assert_whole();
	tarn_hashmap_close(map);
}
END_TEST

static struct tarn_hashset *
set_of(const char *name, enum tarn_key_kind key, uint32_t key_size)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHSET, .key = key, .key_size = key_size };
	struct tarn_hashset *set;

	ok(tarn_hashset_open(arena, &set, name, &type, TARN_OPEN_OR_CREATE, NULL));
	return set;
}

static void
use_set(struct tarn_hashset *set, enum tarn_key_kind kind, uint32_t size)
{
	uint64_t count;
	char key[40];

	for (uint64_t n = 0; n < 1000; n++) {
		make_key(kind, size, n, key);
		ok(tarn_hashset_insert(set, key, size));
		gives(tarn_hashset_insert(set, key, size), TARN_EXISTS);
	}
	for (uint64_t n = 0; n < 1000; n++) {
		make_key(kind, size, n, key);
		ok(tarn_hashset_contains(set, key, size));
	}
	gives(tarn_hashset_contains(set, key, size + 1), TARN_INVALID);
	gives(tarn_hashset_insert(set, key, size - 1), TARN_INVALID);
	if (size != 8)
		gives(tarn_hashset_insert(set, key, 8), TARN_INVALID);
	ok(tarn_hashset_erase(set, key, size));
	gives(tarn_hashset_contains(set, key, size), TARN_NOT_FOUND);
	ok(tarn_hashset_size(set, &count));
	ck_assert_uint_eq(count, 999);
	assert_whole();
}

START_TEST(sets_have_the_same_kinds_of_keys)
{
	struct tarn_type ordered = { .kind = TARN_KIND_HASHSET, .key = TARN_KEY_CUSTOM, .order = "any" };
	struct tarn_hashset *reals = set_of("reals", TARN_KEY_F64, 0);
	struct tarn_hashset *small = set_of("small", TARN_KEY_U32, 0);
	struct tarn_hashset *five = set_of("five", TARN_KEY_BYTES, 5);
	struct tarn_hashset *many = set_of("many", TARN_KEY_BYTES, 20), *none;
	double zero = 0, minus_zero = -0.0, not = NAN;

	use_set(reals, TARN_KEY_F64, 8);
	use_set(small, TARN_KEY_U32, 4);
	use_set(five, TARN_KEY_BYTES, 5);
	use_set(many, TARN_KEY_BYTES, 20);
	ok(tarn_hashset_clear(reals));
	ok(tarn_hashset_insert(reals, &minus_zero, 8));
	gives(tarn_hashset_insert(reals, &zero, 8), TARN_EXISTS);
	gives(tarn_hashset_insert(reals, &not, 8), TARN_INVALID);
	gives(tarn_hashset_open(arena, &none, "ordered", &ordered, TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_str_eq(tarn_error_detail(), "a hashset has no order, not even any");
	tarn_hashset_close(reals);
	tarn_hashset_close(small);
	tarn_hashset_close(five);
	tarn_hashset_close(many);
	assert_whole();
}
END_TEST

/* One place of the map's first segment that is occupied. */
static struct tarn_place_shm *
only_place(struct tarn_hashmap *map)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	const uint64_t *directory = (const uint64_t *)(arena->base +
				       (object->root->structure & ~UINT64_C(0x7f)));

	for (unsigned d = 0; d < 1u << (object->root->structure & 0x7f); d++) {
		struct tarn_segment_shm *segment =
			(void *)(arena->base + (directory[d] & ~UINT64_C(0x7f)));

		for (unsigned b = 0; b < TARN_BUCKETS; b++) {
			if (segment->buckets[b].node & TARN_OCCUPIED)
				return &segment->buckets[b].places[0];
		}
	}
	ck_abort_msg("the map is empty");
	return NULL;
}

/* A key that is not there as calls would look for it is found out. */
static void
assert_no_key(struct tarn_hashmap *map, uint64_t word)
{
	struct tarn_place_shm *place = only_place(map);
	uint64_t was = place->a;

	place->a = word;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	ck_assert_msg(strstr(tarn_error_detail(), "this is no key") != NULL, "%s",
		      tarn_error_detail());
	place->a = was;
	assert_whole();
}

START_TEST(a_key_that_cannot_be_is_found_by_check)
{
	struct tarn_hashmap *map = map_of("small", TARN_KEY_U32, 0, 8), *reals, *fixed;
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t value = 1, *sizes;
	uint32_t key = 5;
	double real = 1.5;

	ok(tarn_hashmap_put(map, &key, 4, &value, 8));
	assert_no_key(map, UINT64_C(1) << 32 | 5);
	reals = map_of("reals", TARN_KEY_F64, 0, 8);
	ok(tarn_hashmap_put(reals, &real, 8, &value, 8));
	assert_no_key(reals, UINT64_C(0x7ff8) << 48);
	assert_no_key(reals, UINT64_C(1) << 63);
	fixed = map_of("fixed", TARN_KEY_BYTES, 16, 8);
	ok(tarn_hashmap_put(fixed, "sixteen bytes...", 16, &value, 8));
	sizes = (uint64_t *)(arena->base + only_place(fixed)->a) + 1;
	*sizes -= 1; /* of another size than the type says: nobody is handed less than 16 bytes */
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	ok(tarn_hashmap_cursor_open(fixed, &cursor));
	gives(tarn_hashmap_cursor_next(cursor, &entry), TARN_CORRUPT);
	tarn_hashmap_cursor_close(cursor);
	*sizes += 1;
	assert_whole();
	tarn_hashmap_close(map);
	tarn_hashmap_close(reals);
	tarn_hashmap_close(fixed);
}
END_TEST

START_TEST(typed_maps_take_other_keys)
{
	struct point here = { 1, -2 }, there = { 1, 2 }, found = { 0, 0 };
	struct of_reals *reals;
	struct of_points *points;
	struct of_small *small;
	struct tarn_object_info info;
	uint64_t value = 0;
	char letter = 0;

	ok(of_reals_open(arena, &reals, "reals", TARN_CREATE));
	ok(of_reals_put(reals, -0.0, 7));
	ok(of_reals_get(reals, 0.0, &value));
	ck_assert_uint_eq(value, 7);
	ok(of_reals_erase(reals, 0.0));
	gives(of_reals_put(reals, NAN, 7), TARN_INVALID);
	ok(of_points_open(arena, &points, "points", TARN_CREATE));
	ok(of_points_put(points, here, there));
	ok(of_points_get(points, here, &found));
	ck_assert_mem_eq(&found, &there, sizeof(there));
	gives(of_points_get(points, there, &found), TARN_NOT_FOUND);
	ok(of_points_erase(points, here));
	ok(tarn_object_info(tarn_hashmap_object((struct tarn_hashmap *)points), &info));
	ck_assert_uint_eq(info.type.key_size, sizeof(here));
	ok(of_small_open(arena, &small, "small", TARN_CREATE));
	ok(of_small_put(small, -1, 'x'));
	ok(of_small_get(small, -1, &letter));
	ck_assert_int_eq(letter, 'x');
	ok(of_small_erase(small, -1));
	ok(tarn_object_info(tarn_hashmap_object((struct tarn_hashmap *)small), &info));
	ck_assert_uint_eq(info.type.key, TARN_KEY_I32);
	tarn_hashmap_close((struct tarn_hashmap *)reals);
	tarn_hashmap_close((struct tarn_hashmap *)points);
	tarn_hashmap_close((struct tarn_hashmap *)small);
}
END_TEST

START_TEST(a_transaction_takes_other_keys)
{
	struct tarn_hashmap *map = map_of("map", TARN_KEY_F64, 0, 8), *in;
	struct tarn_object *objects[] = { tarn_hashmap_object(map) };
	double minus_zero = -0.0, zero = 0, not = NAN;
	uint64_t value = 3;
	struct tarn_txn *txn;

	ok(tarn_txn_begin(arena, &txn, objects, 1));
	in = tarn_hashmap_in(map, txn);
	ok(tarn_hashmap_put(in, &minus_zero, 8, &value, 8));
	gives(tarn_hashmap_put(in, &not, 8, &value, 8), TARN_INVALID);
	ok(tarn_hashmap_fetch_add(in, &zero, 8, 4, &value));
	ck_assert_uint_eq(value, 3);
	ok(tarn_txn_commit(txn));
	ok(tarn_hashmap_get(map, &zero, 8, &value, 8, NULL));
	ck_assert_uint_eq(value, 7);
	tarn_hashmap_close(map);
	assert_whole();
}
END_TEST

/* ---- vectors ----------------------------------------------------------------------------------- */

START_TEST(bytes_are_sorted_in_their_order)
{
	struct tarn_type type = { .kind = TARN_KIND_VECTOR, .key = TARN_KEY_BYTES, .value_size = 3 };
	struct tarn_vector *vector, *other, *third;
	char got[10] = "";
	unsigned count = 0;
	uint64_t read;

	ok(tarn_vector_open(arena, &vector, "bytes", &type, TARN_CREATE, NULL));
	ok(tarn_vector_append(vector, "bbbaab\xff..", 3));
	ok(tarn_vector_sort(vector, NULL, NULL));
	ok(tarn_vector_read(vector, 0, got, 3, &read));
	ck_assert_mem_eq(got, "aabbbb\xff..", 9);
	ok(tarn_order_register("sorted-back", backwards, &count));
	type.key = TARN_KEY_CUSTOM;
	type.order = "sorted-back";
	ok(tarn_vector_open(arena, &other, "back", &type, TARN_CREATE, NULL));
	ok(tarn_vector_append(other, "bbbaab\xff..", 3));
	ok(tarn_vector_sort(other, NULL, NULL));
	ok(tarn_vector_read(other, 0, got, 3, &read));
	ck_assert_mem_eq(got, "\xff..bbbaab", 9);
	ck_assert_uint_ge(count, 2);
	gives(tarn_vector_swap(vector, other), TARN_TYPE);
	ok(tarn_order_register("sorted-by-length", by_length, NULL));
	type.order = "sorted-by-length";
	ok(tarn_vector_open(arena, &third, "third", &type, TARN_CREATE, NULL));
	gives(tarn_vector_swap(third, other), TARN_TYPE);
	tarn_vector_close(vector);
	tarn_vector_close(other);
	tarn_vector_close(third);
	assert_whole();
}
END_TEST

START_TEST(elements_lie_as_they_are_aligned)
{
	struct tarn_type type = { .kind = TARN_KIND_VECTOR, .value_size = 48, .value_align = 16 };
	struct tarn_vector *vector;
	char element[48] = "";

	ok(tarn_vector_open(arena, &vector, "aligned", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 3000; i++) {
		ok(tarn_vector_push_back(vector, element));
		ck_assert_uint_eq((uintptr_t)(arena->base +
					      tarn_vector_object(vector)->root->structure + 64) % 16, 0);
	}
	tarn_vector_close(vector);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("types");
	TCase *tests = tcase_create("types");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 50);
	tcase_add_checked_fixture(tests, open_arena, close_arena);
	tcase_add_test(tests, sizes_are_those_of_python_and_c);
	tcase_add_test(tests, a_description_is_taken_apart);
	tcase_add_test(tests, what_is_no_description_is_refused_and_told_where);
	tcase_add_test(tests, a_million_random_descriptions_do_no_harm);
	tcase_add_test(tests, a_type_that_cannot_be_says_why);
	tcase_add_test(tests, a_size_may_be_that_of_c_or_of_python);
	tcase_add_test(tests, what_a_type_says_is_given_back);
	tcase_add_test(tests, two_types_that_differ_are_told_in_full);
	tcase_add_test(tests, an_order_has_one_function);
	tcase_add_test(tests, threads_register_each_name_once);
	tcase_add_test(tests, an_order_that_the_process_does_not_know_is_named);
	tcase_add_test(tests, keys_have_the_order_of_their_kind);
	tcase_add_test(tests, every_kind_of_key_is_found_again);
	tcase_add_test(tests, maps_of_different_keys_are_not_exchanged);
	tcase_add_test(tests, zero_is_one_key_and_nan_is_none);
	tcase_add_test(tests, sets_have_the_same_kinds_of_keys);
	tcase_add_test(tests, a_key_that_cannot_be_is_found_by_check);
	tcase_add_test(tests, typed_maps_take_other_keys);
	tcase_add_test(tests, a_transaction_takes_other_keys);
	tcase_add_test(tests, bytes_are_sorted_in_their_order);
	tcase_add_test(tests, elements_lie_as_they_are_aligned);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
