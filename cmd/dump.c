// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * dump.c -- tarn dump NAME [OBJECT]
 *
 * Entries are printed as they are read, so a map may be larger than memory.
 * Each is there once if it was there all the while; others may write
 * meanwhile.  The elements of a vector or deque are read a piece at a time.  Where something cannot be read, that is said in its place,
 * and the JSON is still whole.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELEMENTS 65536u /* bytes of a vector that are read in one go, and one element more */

struct dump {
	const struct tool_call *call;
	struct tarn_arena *arena;
	int result;
};

static void
print_text(const char *text)
{
	json_t *value = tool_json_bytes(text, strlen(text));

	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(value);
}

/* ---- entries --------------------------------------------------------------------------------- */

static int
dump_entries(const struct tarn_object_info *info, struct tarn_hashmap_cursor *cursor)
{
	struct tarn_hashmap_entry entry;
	const char *before = "\n";
	int code;

	while (!(code = tarn_hashmap_cursor_next(cursor, &entry)) && !ferror(stdout)) {
		printf("%s    [", before);
		tool_print_key(&info->type, entry.key, entry.key_size);
		printf(", ");
		tool_print_value(&info->type, entry.value, entry.value_size);
		putchar(']');
		before = ",\n";
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
dump_map(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap *map;
	int code = tarn_hashmap_open(dump->arena, &map, info->name, &info->type, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_hashmap_cursor_open(map, &cursor);
	if (!code)
		code = dump_entries(info, cursor);
	tarn_hashmap_cursor_close(cursor);
	tarn_hashmap_close(map);
	return code;
}

static int
dump_keys(const struct tarn_object_info *info, struct tarn_hashset_cursor *cursor)
{
	const char *before = "\n";
	const void *key;
	size_t key_size;
	int code;

	while (!(code = tarn_hashset_cursor_next(cursor, &key, &key_size)) && !ferror(stdout)) {
		printf("%s    ", before);
		tool_print_key(&info->type, key, key_size);
		before = ",\n";
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
dump_set(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_hashset_cursor *cursor;
	struct tarn_hashset *set;
	int code = tarn_hashset_open(dump->arena, &set, info->name, &info->type, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_hashset_cursor_open(set, &cursor);
	if (!code)
		code = dump_keys(info, cursor);
	tarn_hashset_cursor_close(cursor);
	tarn_hashset_close(set);
	return code;
}

/* A number by the type's key, if that gives it an order, or else as a map's value. */
static void
print_element(const struct tarn_type *type, const void *element)
{
	struct tarn_type number = *type;

	if (tool_number_fields(type))
		number.fields = tool_number_fields(type);
	tool_print_value(&number, element, type->value_size);
}

static int
dump_elements(const struct tarn_object_info *info, struct tarn_vector *vector,
	      struct tarn_deque *deque, char *buffer)
{
	uint64_t most = ELEMENTS / info->type.value_size + 1, got = most;
	int code = 0;

	for (uint64_t at = 0; got == most && !ferror(stdout); at += got) {
		code = vector ? tarn_vector_read(vector, at, buffer, most, &got)
			      : tarn_deque_read(deque, at, buffer, most, &got);
		if (code)
			break;
		for (uint64_t i = 0; i < got; i++) {
			printf("%s    ", at + i ? ",\n" : "\n");
			print_element(&info->type, buffer + i * info->type.value_size);
		}
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
dump_vector(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_vector *vector;
	int code = tarn_vector_open(dump->arena, &vector, info->name, &info->type, TARN_OPEN, NULL);
	char *buffer;

	if (code)
		return code;
	buffer = malloc(ELEMENTS + info->type.value_size);
	code = buffer ? dump_elements(info, vector, NULL, buffer) : TARN_SYSTEM;
	free(buffer);
	tarn_vector_close(vector);
	return code;
}

static int
dump_deque(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_deque *deque;
	int code = tarn_deque_open(dump->arena, &deque, info->name, &info->type, TARN_OPEN, NULL);
	char *buffer;

	if (code)
		return code;
	buffer = malloc(ELEMENTS + info->type.value_size);
	code = buffer ? dump_elements(info, NULL, deque, buffer) : TARN_SYSTEM;
	free(buffer);
	tarn_deque_close(deque);
	return code;
}

/* All of it, in one read; it may become longer between a look at its size and that. */
static int
read_string(struct tarn_string *string, char **bytes, uint64_t *size)
{
	uint64_t room = 0;
	int code = tarn_string_size(string, &room);

	*bytes = NULL;
	while (!code) {
		free(*bytes);
		*bytes = malloc(room + 1);
		if (!*bytes)
			return TARN_SYSTEM;
		code = tarn_string_get(string, *bytes, room, size);
		if (code != TARN_TOO_BIG)
			break;
		room = *size;
		code = 0;
	}
	return code;
}

static int
dump_string(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_string *string;
	uint64_t size = 0;
	char *bytes;
	int code = tarn_string_open(dump->arena, &string, info->name, TARN_OPEN, NULL);

	if (code)
		return code;
	code = read_string(string, &bytes, &size);
	if (!code) {
		json_t *value = tool_json_bytes(bytes, size);

		printf(", \"bytes\": ");
		json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
		json_decref(value);
	}
	free(bytes);
	tarn_string_close(string);
	return code;
}

/* What its blocks mean only its users know. */
static int
dump_region(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_region *region;
	tarn_off root;
	int code = tarn_region_open(dump->arena, &region, info->name, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_region_root(region, &root);
	if (!code)
		printf(", \"root\": %" PRIu64, root);
	tarn_region_close(region);
	return code;
}

static int
dump_counter(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_counter *counter;
	int64_t number;
	enum tarn_sort sort =
		info->type.kind == TARN_KIND_ATOMIC_COUNTER ? TARN_ATOMIC : TARN_TRANSACTIONAL;
	int code = tarn_counter_open(dump->arena, &counter, info->name, sort, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_counter_get(counter, &number);
	if (!code)
		printf(", \"number\": %" PRId64, number);
	tarn_counter_close(counter);
	return code;
}

/* How many there are, and which are 1. */
static int
dump_bits(struct tarn_bitset *bitset)
{
	uint64_t bits, index;
	int code = tarn_bitset_size(bitset, &bits);

	if (code)
		return code;
	printf(", \"bits\": %" PRIu64 ", \"ones\": [", bits);
	for (uint64_t from = 0; !ferror(stdout); from = index + 1) {
		code = tarn_bitset_find_next(bitset, from, &index);
		if (code)
			break;
		printf("%s%" PRIu64, from ? ", " : "", index);
	}
	putchar(']');
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
dump_bitset(struct dump *dump, const struct tarn_object_info *info)
{
	struct tarn_bitset *bitset;
	enum tarn_sort sort =
		info->type.kind == TARN_KIND_ATOMIC_BITSET ? TARN_ATOMIC : TARN_TRANSACTIONAL;
	int code = tarn_bitset_open(dump->arena, &bitset, info->name, sort, 0, TARN_OPEN, NULL);

	if (code)
		return code;
	code = dump_bits(bitset);
	tarn_bitset_close(bitset);
	return code;
}

/* ---- objects --------------------------------------------------------------------------------- */

/* What few types have. */
static void
dump_details(const struct tarn_object_info *info)
{
	if (info->key_fields[0]) {
		printf(", \"key_fields\": ");
		print_text(info->key_fields);
	}
	if (info->order[0]) {
		printf(", \"order\": ");
		print_text(info->order);
	}
	if (info->type.value_align)
		printf(", \"align\": %" PRIu32, info->type.value_align);
}

static void
dump_object(struct dump *dump, const struct tarn_object_info *info)
{
	char kind[TOOL_TEXT], key[TOOL_TEXT], value[TOOL_TEXT];
	int code = 0;

	printf("  {\"name\": ");
	print_text(info->name);
	printf(", \"kind\": \"%s\", \"key\": \"%s\", \"value\": \"%s\", \"fields\": ",
		tool_kind_text(&info->type, kind), tool_key_text(&info->type, key),
		tool_value_text(&info->type, value));
	print_text(info->fields);
	dump_details(info);
	if (info->type.kind == TARN_KIND_HASHMAP) {
		printf(", \"entries\": [");
		code = dump_map(dump, info);
		printf("\n  ]");
	} else if (info->type.kind == TARN_KIND_HASHSET) {
		printf(", \"keys\": [");
		code = dump_set(dump, info);
		printf("\n  ]");
	} else if (info->type.kind == TARN_KIND_VECTOR || info->type.kind == TARN_KIND_DEQUE) {
		printf(", \"elements\": [");
		code = info->type.kind == TARN_KIND_VECTOR ? dump_vector(dump, info)
							   : dump_deque(dump, info);
		printf("\n  ]");
	} else if (info->type.kind == TARN_KIND_STRING) {
		code = dump_string(dump, info);
	} else if (info->type.kind == TARN_KIND_REGION) {
		code = dump_region(dump, info);
	} else if (info->type.kind == TARN_KIND_COUNTER ||
		   info->type.kind == TARN_KIND_ATOMIC_COUNTER) {
		code = dump_counter(dump, info);
	} else if (info->type.kind == TARN_KIND_BITSET || info->type.kind == TARN_KIND_ATOMIC_BITSET) {
		code = dump_bitset(dump, info);
	}
	if (code) {
		printf(", \"problem\": ");
		print_text(tool_message(code));
		dump->result = tool_complain(dump->call, info->name, code);
	}
	putchar('}');
}

static void
dump_all(struct dump *dump, const struct tool_objects *objects)
{
	printf("[");
	for (size_t i = 0; i < objects->count; i++) {
		puts(i ? "," : "");
		dump_object(dump, &objects->infos[i]);
	}
	puts(objects->count ? "\n]" : "]");
}

static void
dump_one(struct dump *dump, const struct tool_objects *objects)
{
	for (size_t i = 0; i < objects->count; i++) {
		if (!strcmp(objects->infos[i].name, dump->call->object)) {
			dump_object(dump, &objects->infos[i]);
			putchar('\n');
			return;
		}
	}
	dump->result = tool_complain_object(dump->call, dump->call->object, TARN_NOT_FOUND);
}

int
tool_dump(const struct tool_call *call)
{
	struct dump dump = { .call = call };
	struct tool_objects objects;
	int code = tool_open_to_look(&dump.arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	code = tool_find_objects(dump.arena, &objects);
	if (call->object && !code)
		dump_one(&dump, &objects);
	else if (!code || code == TARN_CORRUPT)
		dump_all(&dump, &objects);
	if (code)
		dump.result = tool_complain(call, call->name, code);
	tool_free_objects(&objects);
	tarn_arena_close(dump.arena);
	return dump.result;
}
