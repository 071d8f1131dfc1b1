// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * who.c -- tarn who NAME
 *
 * Processes are counted by what the kernel says of them, threads by the
 * slots in the arena.  A thread has a slot from its first write on, so
 * there may be processes without any.  What a thread waits for is a hint
 * that it leaves in its slot while it sleeps.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct who {
	struct tool_objects objects;
	struct tarn_arena *arena;
	json_t *threads;
	bool titled;
};

/* In whose root that lock word lies; NULL: in none. */
static const char *
object_at(const struct who *who, tarn_off off)
{
	for (size_t i = 0; i < who->objects.count; i++) {
		const struct tarn_object_info *info = &who->objects.infos[i];

		if (off >= info->root && off - info->root < tarn_usable_size(who->arena, info->root))
			return info->name;
	}
	return NULL;
}

static void
add_wait(const struct who *who, const struct tarn_member_info *info, json_t *thread)
{
	const char *object = object_at(who, info->waits_for);
	char off[TOOL_TEXT];

	json_object_set_new(
		thread, "waits_for", json_string(tool_hex_text(info->waits_for, off)));
	if (info->waits_for_slot != UINT64_MAX)
		json_object_set_new(thread, "waits_for_slot", tool_json_number(info->waits_for_slot));
	if (object)
		json_object_set_new(thread, "waits_for_object", tool_json_bytes(object, strlen(object)));
}

static int
add_thread(const struct tarn_member_info *info, void *arg)
{
	const struct who *who = arg;
	json_t *thread = json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:o, s:o}", "slot",
		tool_json_number(info->slot), "pid", tool_json_number(info->pid), "tid",
		tool_json_number(info->tid), "dead", info->dead, "broken", info->broken, "in_txn",
		info->in_txn,
		"locks_held", tool_json_number(info->locks_held), "since",
		tool_json_number(info->since));

	if (info->waits_for)
		add_wait(who, info, thread);
	return json_array_append_new(who->threads, thread) ? TARN_SYSTEM : 0;
}

static const char *
state_of(const struct tarn_member_info *info)
{
	if (info->broken)
		return "broken";
	return info->dead ? "dead" : "alive";
}

static void
print_wait(const struct who *who, const struct tarn_member_info *info)
{
	const char *object = object_at(who, info->waits_for);

	printf("  waits for ");
	if (object)
		printf("%s", object);
	else
		printf("a node at 0x%" PRIx64, info->waits_for);
	if (info->waits_for_slot != UINT64_MAX)
		printf(", held by slot %" PRIu64, info->waits_for_slot);
}

static int
print_thread(const struct tarn_member_info *info, void *arg)
{
	struct who *who = arg;
	char since[TOOL_TEXT];

	if (!who->titled)
		printf("%5s %10s %10s %-6s %-4s %6s  %s\n", "SLOT", "PID", "TID", "STATE", "TXN",
			"LOCKS", "SINCE");
	who->titled = true;
	printf("%5" PRIu64 " %10" PRIu64 " %10" PRIu64 " %-6s %-4s %6" PRIu64 "  %s", info->slot,
		info->pid, info->tid, state_of(info), info->in_txn ? "yes" : "no",
		info->locks_held, tool_time_text(info->since, since));
	if (info->waits_for)
		print_wait(who, info);
	putchar('\n');
	return 0;
}

static int
tell_json(const struct tool_call *call, struct who *who, uint64_t writers, uint64_t readers)
{
	int code;

	who->threads = json_array();
	code = tarn_arena_members(who->arena, add_thread, who);
	if (code) {
		json_decref(who->threads);
		return tool_complain(call, call->name, code);
	}
	return tool_print_json(
		call, json_pack("{s:s, s:o, s:o, s:o}", "name", tarn_arena_name(who->arena), "writers",
			      tool_json_number(writers), "readers", tool_json_number(readers),
			      "threads", who->threads));
}

static int
tell_text(const struct tool_call *call, struct who *who, uint64_t writers, uint64_t readers)
{
	int code;

	printf("%s: attached for writing %" PRIu64 ", for reading only %" PRIu64 "\n",
		tarn_arena_name(who->arena), writers, readers);
	code = tarn_arena_members(who->arena, print_thread, who);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}

/* Who is stuck in the catalog must not keep us from being told who is stuck. */
static int
open_briefly(struct tarn_arena **arena, const char *name)
{
	struct tarn_arena_options options = {
		.how = TARN_OPEN,
		.readonly = true,
		.elsewhere = true,
		.deadline_ms = 200,
	};

	return tarn_arena_open(arena, name, &options, NULL);
}

int
tool_who(const struct tool_call *call)
{
	struct who who = { .titled = false };
	uint64_t writers, readers;
	int result;
	int code = open_briefly(&who.arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	code = tool_attached(who.arena, &writers, &readers);
	(void)tool_find_objects(who.arena, &who.objects); /* without, offsets must do */
	if (code)
		result = tool_complain(call, call->name, code);
	else if (call->json)
		result = tell_json(call, &who, writers, readers);
	else
		result = tell_text(call, &who, writers, readers);
	tool_free_objects(&who.objects);
	tarn_arena_close(who.arena);
	return result;
}
