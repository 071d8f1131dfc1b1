// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ls.c -- tarn ls, of arenas; of objects it is ls_objects.c
 *
 * An arena that cannot be looked at is listed with the reason: it is there,
 * and somebody may wonder what it is.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

/* What is told of one arena. */
struct line {
	const char *name;
	const char *problem; /* NULL: the rest is filled in */
	struct tarn_arena_stat stat;
	uint64_t writers, readers;
};

static void
look(const char *name, struct line *line)
{
	struct tarn_arena *arena;
	int code = tool_open_to_look(&arena, name);

	*line = (struct line){ .name = name };
	if (!code)
		code = tarn_arena_stat(arena, &line->stat);
	if (!code)
		code = tool_attached(arena, &line->writers, &line->readers);
	if (code)
		line->problem = tool_problem(name, code);
	tarn_arena_close(arena);
}

static json_t *
line_json(const struct line *line)
{
	char id[TOOL_TEXT];

	if (line->problem)
		return json_pack("{s:s, s:s}", "name", line->name, "problem", line->problem);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", line->name, "arena_id",
		tool_hex_text(line->stat.arena_id, id), "created_at",
		tool_json_number(line->stat.created_at), "max_size",
		tool_json_number(line->stat.max_size), "given_bytes",
		tool_json_number(line->stat.given_bytes), "writers",
		tool_json_number(line->writers), "readers", tool_json_number(line->readers),
		"slots_used", tool_json_number(line->stat.slots_used));
}

static void
print_line(const struct line *line)
{
	char given[TOOL_TEXT], most[TOOL_TEXT], when[TOOL_TEXT];

	if (line->problem) {
		printf("%-24s %s\n", line->name, line->problem);
		return;
	}
	printf("%-24s %10s %10s %7" PRIu64 " %7" PRIu64 "  %s\n", line->name,
		tool_size_text(line->stat.given_bytes, given),
		tool_size_text(line->stat.max_size, most), line->writers, line->readers,
		tool_time_text(line->stat.created_at, when));
}

static int
list_arenas(const struct tool_call *call)
{
	json_t *lines = call->json ? json_array() : NULL;
	struct tool_names names;
	int code = tool_find_names(&names);

	if (!call->json && names.count)
		printf("%-24s %10s %10s %7s %7s  %s\n", "NAME", "GIVEN", "MOST", "WRITERS",
			"READERS", "CREATED");
	for (size_t i = 0; i < names.count; i++) {
		struct line line;

		look(names.names[i], &line);
		if (call->json)
			json_array_append_new(lines, line_json(&line));
		else
			print_line(&line);
	}
	tool_free_names(&names);
	if (code)
		json_decref(lines);
	if (code)
		return tool_complain(call, "/dev/shm", code);
	return call->json ? tool_print_json(call, lines) : TOOL_FINE;
}

int
tool_ls(const struct tool_call *call)
{
	return call->name ? tool_ls_objects(call) : list_arenas(call);
}
