// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * check.c -- tarn check [--json] [--readonly] [--blocks] NAME
 *
 * Attached for writing, so that what the dead have left is put right, and
 * the living are kept out for a moment; with --readonly nothing is written,
 * and an arena in use may never be quiet enough.
 */
#include "tool.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIELD(name) #name, offsetof(struct tarn_check_report, name)

static const struct {
	const char *name;
	size_t offset;
	bool bytes;
} fields[] = {
	{ FIELD(objects), false },	  { FIELD(entries), false },
	{ FIELD(removed), false },	  { FIELD(recovered), false },
	{ FIELD(data_bytes), true },	  { FIELD(reachable_bytes), true },
	{ FIELD(graveyard_bytes), true }, { FIELD(claimed_bytes), true },
	{ FIELD(limbo_bytes), true },	  { FIELD(log_bytes), true },
	{ FIELD(free_bytes), true },	  { FIELD(spare_bytes), true },
	{ FIELD(foreign_bytes), true },	  { FIELD(leaked_bytes), true },
	{ FIELD(unknown_bytes), true },	  { FIELD(doubled_bytes), true },
	{ FIELD(foreign_blocks), false }, { FIELD(leaked_blocks), false },
	{ FIELD(doubled_blocks), false },
};

static uint64_t
value_of(const struct tarn_check_report *report, size_t offset)
{
	return *(const uint64_t *)((const char *)report + offset);
}

/* ---- problems -------------------------------------------------------------------------------- */

static void
print_problem(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	printf("problem at 0x%" PRIx64 "%s%s: %s\n", problem->off, problem->object[0] ? " in " : "",
		problem->object, problem->what);
}

static void
add_problem(const struct tarn_check_problem *problem, void *problems)
{
	char off[TOOL_TEXT];

	json_array_append_new(problems,
		json_pack("{s:o, s:s, s:s}", "object",
			tool_json_bytes(problem->object, strlen(problem->object)), "offset",
			tool_hex_text(problem->off, off), "what", problem->what));
}

/* ---- the report ------------------------------------------------------------------------------ */

static void
print_report(const char *name, const struct tarn_check_report *report)
{
	char text[TOOL_TEXT];

	printf("%-15s %s\n", "name", name);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t value = value_of(report, fields[i].offset);

		if (fields[i].bytes)
			printf("%-15s %" PRIu64 " (%s)\n", fields[i].name, value,
				tool_size_text(value, text));
		else
			printf("%-15s %" PRIu64 "\n", fields[i].name, value);
	}
	printf("%-15s %" PRIu64 "\n", "problems", report->problems);
}

static int
report_json(const struct tool_call *call, const char *name, const struct tarn_check_report *report,
	json_t *problems)
{
	json_t *object = json_pack("{s:s}", "name", name);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		json_object_set_new(object, fields[i].name,
			tool_json_number(value_of(report, fields[i].offset)));
	json_object_set_new(object, "problem_count", tool_json_number(report->problems));
	json_object_set(object, "problems", problems);
	return tool_print_json(call, object);
}

static void
advise(const struct tool_call *call, const struct tarn_check_report *report)
{
	fprintf(stderr, "tarn check: %s: %s\n", call->name, tarn_error_detail());
	if (report->problems == report->leaked_blocks)
		fputs("tarn check: memory that nothing leads to does no harm; if programs have it by "
		      "tarn_alloc(), use --blocks\n",
			stderr);
	else
		fputs("tarn check: stop writing to it, copy its file, and make a new one of what "
		      "'tarn dump' can read\n",
			stderr);
}

static int
check(const struct tool_call *call, struct tarn_arena *arena, json_t *problems)
{
	struct tarn_check_options options = {
		.problem = call->json ? add_problem : print_problem,
		.arg = problems,
		.foreign_blocks = call->blocks,
	};
	struct tarn_check_report report;
	int code = tarn_check(arena, &options, &report);

	if (code && code != TARN_CORRUPT)
		return tool_complain(call, call->name, code);
	if (!call->json)
		print_report(tarn_arena_name(arena), &report);
	else if (report_json(call, tarn_arena_name(arena), &report, problems))
		return TOOL_ERROR;
	if (code)
		advise(call, &report);
	return code ? TOOL_REFUSED : TOOL_FINE;
}

int
tool_check(const struct tool_call *call)
{
	struct tarn_arena_options options = { .how = TARN_OPEN, .readonly = call->readonly,
					      .elsewhere = true };
	struct tarn_arena *arena;
	json_t *problems;
	int result, code = tarn_arena_open(&arena, call->name, &options, NULL);

	if (code)
		return tool_complain(call, call->name, code);
	problems = json_array();
	result = check(call, arena, problems);
	json_decref(problems);
	tarn_arena_close(arena);
	return result;
}
