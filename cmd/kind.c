// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind.c -- the table of kinds; an object found by its name, and opened
 */
#include "kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tool_kind *const kinds[] = {
	&tool_atomic_counter,
	&tool_counter,
	&tool_deque,
	&tool_hashmap,
	&tool_hashmultimap,
	&tool_hashmultiset,
	&tool_hashset,
	&tool_list,
	&tool_map,
	&tool_multimap,
	&tool_multiset,
	&tool_mutex,
	&tool_ordered_set,
	&tool_priority_queue,
	&tool_queue,
	&tool_region,
	&tool_rwlock,
	&tool_stack,
	&tool_string,
	&tool_vector,
};

const struct tool_kind *
tool_kind_of(enum tarn_kind number)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i]->number == number)
			return kinds[i];
	}
	return NULL;
}

const struct tool_kind *
tool_kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	}
	return NULL;
}

int
tool_get_all(
	tool_getter *get, void *handle, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	size_t room = 64;
	int code;

	for (;;) {
		free(value->data);
		value->data = malloc(room);
		if (!value->data)
			return TARN_SYSTEM;
		code = get(handle, key, value->data, room, &value->size);
		if (code != TARN_TOO_BIG)
			return code;
		room = value->size;
	}
}

struct tarn_type
tool_key_type(const struct tool_object *object)
{
	struct tarn_type type = object->info.type;

	if (object->kind->shape == TOOL_INDEXED)
		type.key = TARN_KEY_U64;
	return type;
}

int
tool_object_open(
	struct tarn_arena *arena, struct tool_object *object, const struct tarn_object_info *info)
{
	*object = (struct tool_object){ .kind = tool_kind_of(info->type.kind), .info = *info };
	tool_keep_texts(&object->info);
	return object->kind ? object->kind->open(arena, object, info->name, TARN_OPEN) : TARN_TYPE;
}

void
tool_object_close(struct tool_object *object)
{
	object->kind->close(object);
}

/* ---- arguments ------------------------------------------------------------------------------- */

static const char *
parse_index(const struct tool_text *text, const struct tarn_type *type, struct tarn_bytes *key)
{
	static const struct tool_text end = { TOOL_INDEX_END_TEXT, sizeof(TOOL_INDEX_END_TEXT) - 1,
					      false };

	return tool_parse_key(type, strcmp(text->text, "end") ? text : &end, key);
}

static const char *
parse_key(const struct tool_object *object, const struct tool_text *text, struct tarn_bytes *key)
{
	const struct tarn_type type = tool_key_type(object);

	if (object->kind->shape != TOOL_INDEXED)
		return tool_parse_key(&type, text, key);
	return parse_index(&(struct tool_text){ text->text, text->size, false }, &type, key);
}

int
tool_take_entry(const struct tool_call *call, const struct tool_object *object, bool with_value,
	struct tool_entry *entry)
{
	bool with_key = object->kind->shape != TOOL_WHOLE;
	const char *wrong = NULL;
	size_t at = 0;

	*entry = (struct tool_entry){ { NULL, 0 }, { NULL, 0 } };
	if (call->file_count != (size_t)with_key + with_value)
		return tool_misused(call, "the number of arguments does not fit a ",
			object->kind->name);
	for (; at < call->file_count && !wrong; at++) {
		const char *word = call->files[at];
		const struct tool_text text = { word, strlen(word), call->base64 };

		wrong = at == 0 && with_key ?
				parse_key(object, &text, &entry->key) :
				tool_parse_value(&object->info.type, &text, &entry->value);
	}
	if (!wrong)
		return TOOL_FINE;
	fprintf(stderr, "tarn %s: %s: %s\n", call->verb, call->files[at - 1], wrong);
	fprintf(stderr, "tarn %s: 'tarn ls %s' shows the types; --base64 takes any bytes\n",
		call->verb, call->name);
	return TOOL_USAGE;
}

void
tool_free_entry(struct tool_entry *entry)
{
	free(entry->key.data);
	free(entry->value.data);
}

int
tool_complain_entry(const struct tool_call *call, int code)
{
	const char *word = call->file_count ? call->files[0] : call->object;

	if (code != TARN_NOT_FOUND)
		return tool_complain(call, word, code);
	fprintf(stderr, "tarn %s: %s: there is no such entry in %s\n", call->verb, word,
		call->object);
	fprintf(stderr, "tarn %s: 'tarn scan %s %s' shows those that there are\n", call->verb,
		call->name, call->object);
	return TOOL_REFUSED;
}

int
tool_cannot(const struct tool_call *call, const struct tool_object *object)
{
	fprintf(stderr, "tarn %s: %s: that cannot be done with a %s\n", call->verb, call->object,
		object->kind->name);
	fprintf(stderr, "tarn %s: 'tarn dump %s %s' shows what it has\n", call->verb, call->name,
		call->object);
	return TOOL_USAGE;
}

/* ---- by name --------------------------------------------------------------------------------- */

struct wanted {
	const char *name;
	struct tarn_object_info *info;
};

static int
is_wanted(const struct tarn_object_info *info, void *arg)
{
	struct wanted *wanted = arg;

	if (strcmp(info->name, wanted->name) != 0)
		return 0;
	*wanted->info = *info;
	return 1;
}

static int
open_wanted(const struct tool_call *call, struct tarn_arena *arena, struct tool_object *object)
{
	struct tarn_object_info info;
	struct wanted wanted = { call->object, &info };
	int code = tarn_object_list(arena, is_wanted, &wanted);

	if (code == 1)
		code = tool_object_open(arena, object, &info);
	else if (!code)
		code = TARN_NOT_FOUND;
	return code ? tool_complain_object(call, call->object, code) : TOOL_FINE;
}

int
tool_with_object(const struct tool_call *call, bool to_write,
	int (*work)(const struct tool_call *call, struct tool_object *object))
{
	struct tool_object object;
	struct tarn_arena *arena;
	int code = to_write ? tool_open_to_write(&arena, call->name)
			    : tool_open_to_look(&arena, call->name);
	int result;

	if (code)
		return tool_complain(call, call->name, code);
	result = open_wanted(call, arena, &object);
	if (!result) {
		result = work(call, &object);
		tool_object_close(&object);
	}
	tarn_arena_close(arena);
	return result;
}
