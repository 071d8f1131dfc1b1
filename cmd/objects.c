// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * objects.c -- the objects of an arena: all of them, sorted; types in words
 *
 * What a type says may be anything that an arena can contain, kinds that
 * this version does not know included.
 */
#include "kind.h"

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
	static const char *const others[] = {
		[TARN_KIND_NONE] = "nothing",
		[TARN_KIND_BITSET] = "bitset",
		[TARN_KIND_ATOMIC_BITSET] = "atomic bitset",
		[TARN_KIND_GUEST] = "guest",
	};
	const struct tool_kind *kind = tool_kind_of(type->kind);

	return kind ? kind->name
		    : word_of(others, sizeof(others) / sizeof(others[0]), type->kind, text);
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
void
tool_keep_texts(struct tarn_object_info *info)
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
		tool_keep_texts(&objects->infos[i]);
	return code;
}

void
tool_free_objects(struct tool_objects *objects)
{
	free(objects->infos);
}

/* ---- entries --------------------------------------------------------------------------------- */

int
tool_count_entries(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
		   uint64_t *count)
{
	const struct tool_kind *kind = tool_kind_of(info->type.kind);
	struct tool_object object;
	int code;

	*counted = false;
	if (!kind || !kind->size)
		return 0;
	code = tool_object_open(arena, &object, info);
	if (code)
		return code;
	code = kind->size(&object, count);
	*counted = !code;
	tool_object_close(&object);
	return code;
}
