// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * gc.c -- tarn gc [--yes]
 *
 * An arena goes only if it could be opened, and the kernel says that no
 * process but this one is attached to it, for writing or reading.  All
 * others stay, and are told with the reason.  What cannot be listed (file:
 * and nameless arenas) is not looked at.  What a dead creator has left of
 * an arena in segments goes too.
 *
 * Between the last look and the removal somebody may attach, or put another
 * arena under the name.  Who has attached keeps what he has, without its
 * name.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

/* What is decided of one arena. */
struct verdict {
	bool unused;
	bool removed;
	bool failed; /* it should have gone, and could not */
	char why[200];
};

static bool
is_unused(struct tarn_arena *arena, struct verdict *verdict)
{
	uint64_t writers, readers;
	int code = tool_attached(arena, &writers, &readers);

	if (code) {
		snprintf(verdict->why, sizeof(verdict->why), "cannot tell who is attached: %s",
			tool_message(code));
		return false;
	}
	if (writers || readers) {
		snprintf(verdict->why, sizeof(verdict->why),
			"attached for writing %" PRIu64 ", for reading only %" PRIu64, writers,
			readers);
		return false;
	}
	snprintf(verdict->why, sizeof(verdict->why), "nobody is attached");
	return true;
}

static void
try_remove(const char *name, struct verdict *verdict)
{
	int code = tarn_arena_remove(name);

	verdict->removed = !code;
	verdict->failed = code != 0;
	if (code)
		snprintf(verdict->why, sizeof(verdict->why), "cannot be removed: %s",
			tool_message(code));
}

/* Our own look is kept until the end, so that another gc sees us and keeps the arena. */
static void
judge(const struct tool_call *call, const char *name, struct verdict *verdict)
{
	struct tarn_arena *arena;
	int code = tool_open_to_look(&arena, name);

	*verdict = (struct verdict){ 0 };
	if (code && !tool_is_debris(name, code)) {
		snprintf(verdict->why, sizeof(verdict->why), "cannot be opened: %s",
			tool_message(code));
		return;
	}
	if (code) {
		verdict->unused = true;
		snprintf(verdict->why, sizeof(verdict->why), "%s", tool_problem(name, code));
	} else {
		verdict->unused = is_unused(arena, verdict);
	}
	if (verdict->unused && call->yes)
		try_remove(name, verdict);
	tarn_arena_close(arena);
}

static const char *
outcome(const struct verdict *verdict)
{
	if (verdict->removed)
		return "removed";
	return verdict->unused && !verdict->failed ? "unused" : "kept";
}

int
tool_gc(const struct tool_call *call)
{
	struct tool_names names;
	json_t *lines = call->json ? json_array() : NULL;
	bool found = false, failed = false;
	int code = tool_find_names(&names);

	for (size_t i = 0; i < names.count && !code; i++) {
		struct verdict verdict;

		judge(call, names.names[i], &verdict);
		found |= verdict.unused;
		failed |= verdict.failed;
		if (call->json)
			json_array_append_new(
				lines, json_pack("{s:s, s:s, s:s}", "name", names.names[i],
					       "outcome", outcome(&verdict), "why", verdict.why));
		else
			printf("%-8s %-24s %s\n", outcome(&verdict), names.names[i], verdict.why);
	}
	tool_free_names(&names);
	if (code) {
		json_decref(lines);
		return tool_complain(call, "/dev/shm", code);
	}
	if (!call->json && found && !call->yes)
		puts("Nothing was removed; 'tarn gc --yes' removes the unused ones.");
	if (call->json && tool_print_json(call, lines))
		return TOOL_ERROR;
	return failed ? TOOL_ERROR : TOOL_FINE;
}
