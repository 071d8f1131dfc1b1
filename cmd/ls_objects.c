// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ls_objects.c -- tarn ls NAME, tarn stat NAME OBJECT
 *
 * The one tells all objects in a line each, the other one of them in full.
 * An object whose entries cannot be counted is listed with the reason; and
 * of a list that is broken, what can be read.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is told of one object. */
struct line {
	const struct tarn_object_info *info;
	const char *problem; /* NULL: none */
	bool counted;
	uint64_t entries;
	char kind[TOOL_TEXT], key[TOOL_TEXT], value[TOOL_TEXT];
};

static json_t *
line_json(struct line *line)
{
	const struct tarn_type *type = &line->info->type;
	json_t *object = json_pack("{s:o, s:s, s:s, s:s, s:s, s:o}", "name",
		tool_json_bytes(line->info->name, strlen(line->info->name)), "kind",
		tool_kind_text(type, line->kind), "key", tool_key_text(type, line->key), "value",
		tool_value_text(type, line->value), "fields", line->info->fields, "created_at",
		tool_json_number(line->info->created_at));

	if (line->info->key_fields[0])
		json_object_set_new(object, "key_fields", json_string(line->info->key_fields));
	if (line->info->order[0])
		json_object_set_new(object, "order", json_string(line->info->order));
	if (type->value_align)
		json_object_set_new(object, "align", tool_json_number(type->value_align));
	if (line->counted)
		json_object_set_new(object, "entries", tool_json_number(line->entries));
	if (line->problem)
		json_object_set_new(object, "problem", json_string(line->problem));
	return object;
}

static void
print_line(struct line *line)
{
	const struct tarn_type *type = &line->info->type;
	char entries[TOOL_TEXT] = "-", when[TOOL_TEXT];

	if (line->counted)
		snprintf(entries, sizeof(entries), "%" PRIu64, line->entries);
	printf("%-24s %-8s %-7s %7s %-8s %12s  %s%s%s\n", line->info->name,
		tool_kind_text(type, line->kind), tool_key_text(type, line->key),
		tool_value_text(type, line->value), line->info->fields[0] ? line->info->fields : "-",
		entries, tool_time_text(line->info->created_at, when), line->problem ? "  " : "",
		line->problem ? line->problem : "");
}

static void
print_row(const char *name, const char *text)
{
	if (text && text[0])
		printf("%-15s %s\n", name, text);
}

static void
print_number(const char *name, uint64_t number)
{
	printf("%-15s %" PRIu64 "\n", name, number);
}

static void
print_rows(struct line *line)
{
	const struct tarn_object_info *info = line->info;
	char when[TOOL_TEXT];

	print_row("name", info->name);
	print_row("kind", tool_kind_text(&info->type, line->kind));
	print_row("key", tool_key_text(&info->type, line->key));
	print_row("key_fields", info->key_fields);
	print_row("order", info->order);
	print_row("value", tool_value_text(&info->type, line->value));
	print_row("fields", info->fields);
	if (info->type.value_align)
		print_number("align", info->type.value_align);
	if (line->counted)
		print_number("entries", line->entries);
	print_row("created_at", tool_time_text(info->created_at, when));
	print_row("problem", line->problem);
}

/* All that there is to tell; whether it could be looked at. */
static bool
look_at(struct tarn_arena *arena, const struct tarn_object_info *info, struct line *line)
{
	int code;

	*line = (struct line){ .info = info };
	code = tool_count_entries(arena, info, &line->counted, &line->entries);
	if (code)
		line->problem = tool_message(code);
	return !code;
}

static bool
tell(const struct tool_call *call, struct tarn_arena *arena, const struct tarn_object_info *info,
	json_t *lines)
{
	struct line line;
	bool well = look_at(arena, info, &line);

	if (call->json)
		json_array_append_new(lines, line_json(&line));
	else
		print_line(&line);
	return well;
}

static int
tell_all(const struct tool_call *call, struct tarn_arena *arena)
{
	json_t *lines = call->json ? json_array() : NULL;
	struct tool_objects objects;
	int result = TOOL_FINE, code = tool_find_objects(arena, &objects);

	if (!call->json && objects.count)
		printf("%-24s %-8s %-7s %7s %-8s %12s  %s\n", "NAME", "KIND", "KEY", "VALUE",
			"FIELDS", "ENTRIES", "CREATED");
	for (size_t i = 0; i < objects.count; i++) {
		if (!tell(call, arena, &objects.infos[i], lines))
			result = TOOL_ERROR;
	}
	tool_free_objects(&objects);
	if (call->json && tool_print_json(call, lines))
		return TOOL_ERROR;
	return code ? tool_complain(call, call->name, code) : result;
}

int
tool_ls_objects(const struct tool_call *call)
{
	struct tarn_arena *arena;
	int result, code = tool_open_to_look(&arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	result = tell_all(call, arena);
	tarn_arena_close(arena);
	return result;
}

/* ---- one of them ------------------------------------------------------------------------------- */

static int
tell_one(const struct tool_call *call, struct tarn_arena *arena,
	const struct tarn_object_info *info)
{
	struct line line;
	bool well = look_at(arena, info, &line);

	if (!call->json)
		print_rows(&line);
	else if (tool_print_json(call, line_json(&line)))
		return TOOL_ERROR;
	return well ? TOOL_FINE : TOOL_ERROR;
}

int
tool_stat_object(const struct tool_call *call, struct tarn_arena *arena)
{
	struct tool_objects objects;
	int result, code = tool_find_objects(arena, &objects);
	size_t i = 0;

	while (i < objects.count && strcmp(objects.infos[i].name, call->object) != 0)
		i++;
	if (i < objects.count)
		result = tell_one(call, arena, &objects.infos[i]);
	else
		result = tool_complain_object(call, call->object, code ? code : TARN_NOT_FOUND);
	tool_free_objects(&objects);
	return result;
}
