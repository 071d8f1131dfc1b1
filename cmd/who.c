// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * who.c -- tarn who NAME
 *
 * Processes are counted by what the kernel says of them, threads by the
 * slots in the arena.  A thread has a slot from its first write on, so
 * there may be processes without any.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

static int
add_thread(const struct tarn_member_info *info, void *threads)
{
	json_t *thread = json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:o, s:o}", "slot",
		tool_json_number(info->slot), "pid", tool_json_number(info->pid), "tid",
		tool_json_number(info->tid), "dead", info->dead, "broken", info->broken, "in_txn",
		info->in_txn,
		"locks_held", tool_json_number(info->locks_held), "since",
		tool_json_number(info->since));

	return json_array_append_new(threads, thread) ? TARN_SYSTEM : 0;
}

static const char *
state_of(const struct tarn_member_info *info)
{
	if (info->broken)
		return "broken";
	return info->dead ? "dead" : "alive";
}

static int
print_thread(const struct tarn_member_info *info, void *arg)
{
	bool *titled = arg;
	char since[TOOL_TEXT];

	if (!*titled)
		printf("%5s %10s %10s %-6s %-4s %6s  %s\n", "SLOT", "PID", "TID", "STATE", "TXN",
			"LOCKS", "SINCE");
	*titled = true;
	printf("%5" PRIu64 " %10" PRIu64 " %10" PRIu64 " %-6s %-4s %6" PRIu64 "  %s\n", info->slot,
		info->pid, info->tid, state_of(info), info->in_txn ? "yes" : "no",
		info->locks_held, tool_time_text(info->since, since));
	return 0;
}

static int
tell_json(
	const struct tool_call *call, struct tarn_arena *arena, uint64_t writers, uint64_t readers)
{
	json_t *threads = json_array();
	int code = tarn_arena_members(arena, add_thread, threads);

	if (code) {
		json_decref(threads);
		return tool_complain(call, call->name, code);
	}
	return tool_print_json(
		call, json_pack("{s:s, s:o, s:o, s:o}", "name", tarn_arena_name(arena), "writers",
			      tool_json_number(writers), "readers", tool_json_number(readers),
			      "threads", threads));
}

static int
tell_text(
	const struct tool_call *call, struct tarn_arena *arena, uint64_t writers, uint64_t readers)
{
	bool titled = false;
	int code;

	printf("%s: attached for writing %" PRIu64 ", for reading only %" PRIu64 "\n",
		tarn_arena_name(arena), writers, readers);
	code = tarn_arena_members(arena, print_thread, &titled);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}

int
tool_who(const struct tool_call *call)
{
	struct tarn_arena *arena;
	uint64_t writers, readers;
	int result;
	int code = tool_open_to_look(&arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	code = tool_attached(arena, &writers, &readers);
	if (code)
		result = tool_complain(call, call->name, code);
	else if (call->json)
		result = tell_json(call, arena, writers, readers);
	else
		result = tell_text(call, arena, writers, readers);
	tarn_arena_close(arena);
	return result;
}
