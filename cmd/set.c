// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- tarn set and tarn del: change one entry
 *
 *	tarn set [--json] [--base64] NAME OBJECT [KEY|INDEX] VALUE
 *	tarn del [--json] [--base64] NAME OBJECT KEY|INDEX
 *
 * Each is one operation of the object's: atomic, whatever others do, and
 * whenever the tool is killed.
 */
#include "kind.h"

#include <stdio.h>

static int
tell(const struct tool_call *call)
{
	if (!call->json)
		return TOOL_FINE;
	return tool_print_json(call, json_pack("{s:s, s:s}", "object", call->object, "done",
					     call->verb));
}

static int
set(const struct tool_call *call, struct tool_object *object)
{
	struct tool_entry entry;
	int result, code;

	if (!object->kind->set)
		return tool_cannot(call, object);
	result = tool_take_entry(call, object, true, &entry);
	if (!result) {
		code = object->kind->set(object, &entry.key, &entry.value);
		result = code ? tool_complain_entry(call, code) : tell(call);
	}
	tool_free_entry(&entry);
	return result;
}

static int
erase(const struct tool_call *call, struct tool_object *object)
{
	struct tool_entry entry;
	int result, code;

	if (!object->kind->erase)
		return tool_cannot(call, object);
	result = tool_take_entry(call, object, false, &entry);
	if (!result) {
		code = object->kind->erase(object, &entry.key);
		result = code ? tool_complain_entry(call, code) : tell(call);
	}
	tool_free_entry(&entry);
	return result;
}

int
tool_set(const struct tool_call *call)
{
	return tool_with_object(call, true, set);
}

int
tool_del(const struct tool_call *call)
{
	return tool_with_object(call, true, erase);
}
