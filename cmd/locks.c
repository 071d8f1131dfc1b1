// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * locks.c -- tarn locks NAME
 *
 * A line for each thread that holds a named lock or sleeps for it, and for
 * each lock that has none.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *
kind_of(const struct tarn_lock_info *info)
{
	return info->kind == TARN_KIND_MUTEX ? "mutex" : "rwlock";
}

static const char *
state_of(const struct tarn_lock_thread *thread)
{
	if (thread->dead)
		return "dead holder";
	if (thread->waits)
		return "waits";
	return thread->shared ? "reads" : "holds";
}

static int
add_lock(const struct tarn_lock_info *info, void *locks)
{
	json_t *threads = json_array();

	for (uint64_t i = 0; i < info->count; i++) {
		const struct tarn_lock_thread *thread = &info->threads[i];

		json_array_append_new(threads,
			json_pack("{s:s, s:o, s:o, s:o}", "state", state_of(thread), "slot",
				tool_json_number(thread->slot), "pid",
				tool_json_number(thread->pid), "tid",
				tool_json_number(thread->tid)));
	}
	json_array_append_new(locks, json_pack("{s:o, s:s, s:b, s:o}", "name",
		tool_json_bytes(info->name, strlen(info->name)), "kind", kind_of(info),
		"owner_died", info->owner_died, "threads", threads));
	return 0;
}

static int
print_lock(const struct tarn_lock_info *info, void *arg)
{
	bool *titled = arg;

	if (!*titled)
		printf("%-24s %-7s %-12s %5s %10s %10s\n", "LOCK", "KIND", "STATE", "SLOT", "PID",
			"TID");
	*titled = true;
	for (uint64_t i = 0; i < info->count; i++) {
		const struct tarn_lock_thread *thread = &info->threads[i];

		printf("%-24s %-7s %-12s %5" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n", info->name,
			kind_of(info), state_of(thread), thread->slot, thread->pid, thread->tid);
	}
	if (!info->count)
		printf("%-24s %-7s %-12s\n", info->name, kind_of(info),
			info->owner_died ? "owner died" : "free");
	return 0;
}

int
tool_locks(const struct tool_call *call)
{
	json_t *locks = call->json ? json_array() : NULL;
	struct tarn_arena *arena;
	bool titled = false;
	int code = tool_open_to_look(&arena, call->name), result = TOOL_FINE;

	if (!code) {
		code = call->json ? tarn_lock_list(arena, add_lock, locks)
				  : tarn_lock_list(arena, print_lock, &titled);
		tarn_arena_close(arena);
		if (call->json)
			result = tool_print_json(call, json_incref(locks));
	}
	json_decref(locks);
	return code ? tool_complain(call, call->name, code) : result;
}
