// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * dump.c -- tarn dump NAME [OBJECT]
 *
 * Entries are printed as they are read, so a map may be larger than memory.
 * Each is there once if it was there all the while; others may write
 * meanwhile.  Where something cannot be read, that is said in its place,
 * and the JSON is still whole.  load.c reads what this prints.
 */
#include "kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

struct entries {
	const struct tool_object *object;
	enum tool_form form;
	bool some;
};

static int
print_entry(const struct tarn_bytes *key, const struct tarn_bytes *value, void *arg)
{
	struct entries *entries = arg;
	const struct tarn_type *type = &entries->object->info.type;
	bool keyed = entries->object->kind->shape == TOOL_KEYED;
	bool keys = entries->object->kind->shape == TOOL_KEYS;

	if (entries->object->kind->shape != TOOL_WHOLE)
		fputs(entries->some ? ",\n    " : "\n    ", stdout);
	entries->some = true;
	if (keyed) {
		putchar('[');
		tool_print_key(type, key, entries->form);
		fputs(", ", stdout);
	}
	if (keys)
		tool_print_key(type, key, entries->form);
	else
		tool_print_value(type, value, entries->form);
	if (keyed)
		putchar(']');
	return ferror(stdout) ? TARN_SYSTEM : 0;
}

static int
dump_entries(const struct dump *dump, struct tool_object *object)
{
	struct entries entries = {
		.object = object,
		.form = dump->call->base64 ? TOOL_EXACT : TOOL_JSON_FORM,
	};
	const struct tool_walk walk = { print_entry, &entries, 0, UINT64_MAX };
	int code;

	if (object->kind->shape == TOOL_WHOLE) {
		printf(", \"%s\": ", object->kind->member);
		code = object->kind->walk(object, &walk);
		if (!entries.some)
			fputs("null", stdout);
		return code;
	}
	printf(", \"%s\": [", object->kind->member);
	code = object->kind->walk(object, &walk);
	fputs("\n  ]", stdout);
	return code;
}

/* What its blocks mean only its users know. */
static int
dump_root(struct tarn_region *region)
{
	tarn_off root;
	int code = tarn_region_root(region, &root);

	if (!code)
		printf(", \"root\": %" PRIu64, root);
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

static int
dump_contents(struct dump *dump, const struct tarn_object_info *info)
{
	struct tool_object object;
	int code;

	if (info->type.kind == TARN_KIND_BITSET || info->type.kind == TARN_KIND_ATOMIC_BITSET)
		return dump_bitset(dump, info);
	if (!tool_kind_of(info->type.kind))
		return 0;
	code = tool_object_open(dump->arena, &object, info);
	if (code)
		return code;
	if (object.kind->walk)
		code = dump_entries(dump, &object);
	else if (info->type.kind == TARN_KIND_REGION)
		code = dump_root(object.handle);
	tool_object_close(&object);
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
	int code;

	printf("  {\"name\": ");
	print_text(info->name);
	printf(", \"kind\": \"%s\", \"key\": \"%s\", \"value\": \"%s\", \"fields\": ",
		tool_kind_text(&info->type, kind), tool_key_text(&info->type, key),
		tool_value_text(&info->type, value));
	print_text(info->fields);
	dump_details(info);
	if (info->limit)
		printf(", \"maximum\": %" PRIu64, info->limit);
	code = dump_contents(dump, info);
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
