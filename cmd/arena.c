// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.c -- open an arena, to look at it or to change it; find all of them
 *
 * Looking never changes an arena, and never makes one: it is mapped without
 * write permission, and not even its counter of attaches goes up.  But who
 * looks is a reader, and counted as one by everybody else meanwhile.
 */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

int
tool_open_to_look(struct tarn_arena **arena, const char *name)
{
	struct tarn_arena_options options = {
		.how = TARN_OPEN,
		.readonly = true,
		.elsewhere = true,
	};

	return tarn_arena_open(arena, name, &options, NULL);
}

int
tool_open_to_write(struct tarn_arena **arena, const char *name)
{
	struct tarn_arena_options options = { .how = TARN_OPEN, .elsewhere = true };

	return tarn_arena_open(arena, name, &options, NULL);
}

/* Only a key has a file that is there before its arena, and after it. */
bool
tool_is_debris(const char *name, int code)
{
	return code == TARN_NOT_FOUND && strncmp(name, "sysv:", strlen("sysv:")) == 0;
}

const char *
tool_problem(const char *name, int code)
{
	return tool_is_debris(name, code) ? "no arena: being made or removed, or left so" :
					    tool_message(code);
}

int
tool_attached(struct tarn_arena *arena, uint64_t *writers, uint64_t *readers)
{
	int code = tarn_arena_attached(arena, writers, readers);

	if (!code && *readers)
		(*readers)--;
	return code;
}

/* ---- names ----------------------------------------------------------------------------------- */

static int
add_name(const char *name, void *arg)
{
	struct tool_names *names = arg;
	char **more = realloc(names->names, (names->count + 1) * sizeof(*more));

	if (!more)
		return TARN_SYSTEM;
	names->names = more;
	more[names->count] = strdup(name);
	if (!more[names->count])
		return TARN_SYSTEM;
	names->count++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
tool_find_names(struct tool_names *names)
{
	int code;

	*names = (struct tool_names){ 0 };
	code = tarn_arena_list(add_name, names);
	if (names->count)
		qsort(names->names, names->count, sizeof(*names->names), compare);
	return code;
}

void
tool_free_names(struct tool_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}
