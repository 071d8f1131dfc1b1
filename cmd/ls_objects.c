// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ls_objects.c -- tarn ls NAME
 *
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

/* Whether it could be looked at. */
static bool
tell(const struct tool_call *call, struct tarn_arena *arena, const struct tarn_object_info *info,
	json_t *lines)
{
	struct line line = { .info = info };
	int code = tool_count_entries(arena, info, &line.counted, &line.entries);

	if (code)
		line.problem = tool_message(code);
	if (call->json)
		json_array_append_new(lines, line_json(&line));
	else
		print_line(&line);
	return !code;
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
