// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stat.c -- tarn stat NAME; with an object, it is ls_objects.c
 *
 * The fields are a table, so that people and programs are told the same.
 */
#include "tool.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

enum form {
	NUMBER,
	BYTES,
	TIME,
	HEX
};

#define FIELD(name) #name, offsetof(struct tarn_arena_stat, name)

static const struct {
	const char *name;
	size_t offset;
	enum form form;
} fields[] = {
	{ FIELD(arena_id), HEX },
	{ FIELD(created_at), TIME },
	{ FIELD(max_size), BYTES },
	{ FIELD(given_bytes), BYTES },
	{ FIELD(heap_bytes), BYTES },
	{ FIELD(heap_free_bytes), BYTES },
	{ FIELD(window_size), BYTES },
	{ FIELD(recorded_base), HEX },
	{ FIELD(slot_count), NUMBER },
	{ FIELD(slots_used), NUMBER },
	{ FIELD(slots_broken), NUMBER },
	{ FIELD(attaches), NUMBER },
	{ FIELD(growths), NUMBER },
	{ FIELD(recoveries), NUMBER },
	{ FIELD(rollbacks), NUMBER },
	{ FIELD(deaths_in_txn), NUMBER },
	{ FIELD(retries), NUMBER },
	{ FIELD(lock_waits), NUMBER },
};

_Static_assert(sizeof(void *) == sizeof(uint64_t), "recorded_base is read as a number");

static uint64_t
value_of(const struct tarn_arena_stat *stat, size_t offset)
{
	return *(const uint64_t *)((const char *)stat + offset);
}

static void
print_field(const char *name, enum form form, uint64_t value)
{
	char text[TOOL_TEXT];

	if (form == BYTES)
		printf("%-15s %" PRIu64 " (%s)\n", name, value, tool_size_text(value, text));
	else if (form == TIME)
		printf("%-15s %s\n", name, tool_time_text(value, text));
	else if (form == HEX)
		printf("%-15s %s\n", name, tool_hex_text(value, text));
	else
		printf("%-15s %" PRIu64 "\n", name, value);
}

struct attached {
	uint64_t writers, readers;
};

static void
print_text(struct tarn_arena *arena, const struct tarn_arena_stat *stat,
	const struct attached *attached)
{
	printf("%-15s %s\n", "name", tarn_arena_name(arena));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		print_field(fields[i].name, fields[i].form, value_of(stat, fields[i].offset));
	print_field("writers", NUMBER, attached->writers);
	print_field("readers", NUMBER, attached->readers);
}

static int
print_json(const struct tool_call *call, struct tarn_arena *arena,
	const struct tarn_arena_stat *stat, const struct attached *attached)
{
	json_t *object = json_pack("{s:s}", "name", tarn_arena_name(arena));
	char text[TOOL_TEXT];

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t value = value_of(stat, fields[i].offset);

		json_object_set_new(object, fields[i].name,
			fields[i].form == HEX ? json_string(tool_hex_text(value, text)) :
						tool_json_number(value));
	}
	json_object_set_new(object, "writers", tool_json_number(attached->writers));
	json_object_set_new(object, "readers", tool_json_number(attached->readers));
	return tool_print_json(call, object);
}

int
tool_stat(const struct tool_call *call)
{
	struct tarn_arena_stat stat;
	struct attached attached;
	struct tarn_arena *arena;
	int result = TOOL_FINE;
	int code = tool_open_to_look(&arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	if (call->object) {
		result = tool_stat_object(call, arena);
		tarn_arena_close(arena);
		return result;
	}
	code = tarn_arena_stat(arena, &stat);
	if (!code)
		code = tool_attached(arena, &attached.writers, &attached.readers);
	if (code)
		result = tool_complain(call, call->name, code);
	else if (call->json)
		result = print_json(call, arena, &stat, &attached);
	else
		print_text(arena, &stat, &attached);
	tarn_arena_close(arena);
	return result;
}
