// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * get.c -- tarn get [--json] [--base64] NAME OBJECT [KEY|INDEX]
 *
 * Bytes are printed as they are, and a line end after them; with --json the
 * value is JSON, as in a dump.
 */
#include "kind.h"

#include <stdio.h>
#include <stdlib.h>

static int
get(const struct tool_call *call, struct tool_object *object)
{
	struct tool_entry entry;
	int code, result;

	if (!object->kind->get)
		return tool_cannot(call, object);
	result = tool_take_entry(call, object, false, &entry);
	if (!result) {
		code = object->kind->get(object, &entry.key, &entry.value);
		if (code) {
			result = tool_complain_entry(call, code);
		} else {
			tool_print_value(&object->info.type, &entry.value,
				call->json ? TOOL_JSON_FORM : TOOL_RAW);
			putchar('\n');
		}
	}
	tool_free_entry(&entry);
	return result;
}

int
tool_get(const struct tool_call *call)
{
	return tool_with_object(call, false, get);
}
