// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * objects.c -- the objects of an arena: all of them, sorted; types in words
 *
 * What a type says may be anything that an arena can contain, kinds that
 * this version does not know included.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

static const char *
word_of(const char *const *words, size_t count, unsigned number, char text[TOOL_TEXT])
{
	if (number < count && words[number])
		return words[number];
	snprintf(text, TOOL_TEXT, "%u", number);
	return text;
}

const char *
tool_kind_text(const struct tarn_type *type, char text[TOOL_TEXT])
{
	static const char *const kinds[] = {
		[TARN_KIND_NONE] = "nothing", [TARN_KIND_HASHMAP] = "hashmap",
		[TARN_KIND_MUTEX] = "mutex",  [TARN_KIND_RWLOCK] = "rwlock",
		[TARN_KIND_REGION] = "region", [TARN_KIND_VECTOR] = "vector",
		[TARN_KIND_STRING] = "string", [TARN_KIND_HASHSET] = "hashset",
		[TARN_KIND_COUNTER] = "counter",
		[TARN_KIND_ATOMIC_COUNTER] = "atomic counter",
		[TARN_KIND_DEQUE] = "deque",
		[TARN_KIND_BITSET] = "bitset", [TARN_KIND_ATOMIC_BITSET] = "atomic bitset",
		[TARN_KIND_GUEST] = "guest",
	};

	return word_of(kinds, sizeof(kinds) / sizeof(kinds[0]), type->kind, text);
}

const char *
tool_key_text(const struct tarn_type *type, char text[TOOL_TEXT])
{
	static const char *const keys[] = {
		[TARN_KEY_NONE] = "-",	      [TARN_KEY_U64] = "u64",	  [TARN_KEY_I64] = "i64",
		[TARN_KEY_STRING] = "string", [TARN_KEY_BYTES] = "bytes",  [TARN_KEY_U32] = "u32",
		[TARN_KEY_I32] = "i32",	      [TARN_KEY_F64] = "f64",	  [TARN_KEY_CUSTOM] = "custom",
	};
	const char *word = word_of(keys, sizeof(keys) / sizeof(keys[0]), type->key, text);

	if (!type->key_size || word == text)
		return word;
	snprintf(text, TOOL_TEXT, "%s[%" PRIu32 "]", word, type->key_size);
	return text;
}

const char *
tool_value_text(const struct tarn_type *type, char text[TOOL_TEXT])
{
	if (!type->value_size)
		return "-";
	if (type->value_size == TARN_VALUE_BYTES)
		return "bytes";
	snprintf(text, TOOL_TEXT, "%" PRIu32, type->value_size);
	return text;
}

/* ---- the list -------------------------------------------------------------------------------- */

static int
add(const struct tarn_object_info *info, void *arg)
{
	struct tool_objects *objects = arg;
	struct tarn_object_info *more;

	if (!(objects->count & (objects->count + 1))) { /* one below a power of two */
		more = realloc(objects->infos, 2 * (objects->count + 1) * sizeof(*more));
		if (!more)
			return TARN_SYSTEM;
		objects->infos = more;
	}
	objects->infos[objects->count++] = *info;
	return 0;
}

/* In the place of an order that the tool cannot know: it only shows what is there, as it is there. */
static int
by_bytes(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	(void)context;
	return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int
by_name(const void *a, const void *b)
{
	const struct tarn_object_info *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* A copy's type has texts of its own. */
static void
keep_texts(struct tarn_object_info *info)
{
	info->type.fields = info->fields;
	info->type.key_fields = info->key_fields;
	info->type.order = info->order;
	if (info->order[0])
		(void)!tarn_order_register(info->order, by_bytes, NULL);
}

int
tool_find_objects(struct tarn_arena *arena, struct tool_objects *objects)
{
	int code;

	*objects = (struct tool_objects){ 0 };
	code = tarn_object_list(arena, add, objects);
	if (objects->count)
		qsort(objects->infos, objects->count, sizeof(*objects->infos), by_name);
	for (size_t i = 0; i < objects->count; i++)
		keep_texts(&objects->infos[i]);
	return code;
}

void
tool_free_objects(struct tool_objects *objects)
{
	free(objects->infos);
}

/* ---- entries --------------------------------------------------------------------------------- */

static int
count_elements(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
	       uint64_t *count)
{
	struct tarn_vector *vector;
	int code = tarn_vector_open(arena, &vector, info->name, &info->type, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_vector_size(vector, count);
	*counted = !code;
	tarn_vector_close(vector);
	return code;
}

static int
count_in_deque(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
	       uint64_t *count)
{
	struct tarn_deque *deque;
	int code = tarn_deque_open(arena, &deque, info->name, &info->type, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_deque_size(deque, count);
	*counted = !code;
	tarn_deque_close(deque);
	return code;
}

static int
count_bytes(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
	    uint64_t *count)
{
	struct tarn_string *string;
	int code = tarn_string_open(arena, &string, info->name, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_string_size(string, count);
	*counted = !code;
	tarn_string_close(string);
	return code;
}

static int
count_keys(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
	   uint64_t *count)
{
	struct tarn_hashset *set;
	int code = tarn_hashset_open(arena, &set, info->name, &info->type, TARN_OPEN, NULL);

	if (code)
		return code;
	code = tarn_hashset_size(set, count);
	*counted = !code;
	tarn_hashset_close(set);
	return code;
}

int
tool_count_entries(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
		   uint64_t *count)
{
	struct tarn_hashmap *map;
	int code;

	*counted = false;
	if (info->type.kind == TARN_KIND_STRING)
		return count_bytes(arena, info, counted, count);
	if (info->type.kind == TARN_KIND_VECTOR)
		return count_elements(arena, info, counted, count);
	if (info->type.kind == TARN_KIND_HASHSET)
		return count_keys(arena, info, counted, count);
	if (info->type.kind == TARN_KIND_DEQUE)
		return count_in_deque(arena, info, counted, count);
	if (info->type.kind != TARN_KIND_HASHMAP)
		return 0;
	code = tarn_hashmap_open(arena, &map, info->name, &info->type, TARN_OPEN, NULL);
	if (code)
		return code;
	code = tarn_hashmap_size(map, count);
	*counted = !code;
	tarn_hashmap_close(map);
	return code;
}
