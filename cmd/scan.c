// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * scan.c -- tarn scan and tarn keys: entries as they are read
 *
 *	tarn scan [--json] [--limit=N] [--prefix=TEXT] [--from=INDEX] [--to=INDEX] NAME OBJECT
 *	tarn keys [--json] [--limit=N] [--prefix=TEXT] NAME OBJECT
 *
 * One a line, key and value with a tab between them; what would not fit in a
 * line is JSON.  With --json an array.  Each entry comes once if it was
 * there all the while.
 */
#include "kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH 1 /* no error code: what ends a walk at its limit */

struct scan {
	const struct tool_call *call;
	struct tarn_type key_type;
	const struct tarn_type *type;
	bool with_values;
	uint64_t left; /* of the limit */
	bool some;
};

static bool
is_asked_for(const struct scan *scan, const struct tarn_bytes *key)
{
	const char *prefix = scan->call->prefix;

	return !prefix || (key->size >= strlen(prefix) && !memcmp(key->data, prefix, strlen(prefix)));
}

static void
print_json(struct scan *scan, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	fputs(scan->some ? ",\n  " : "\n  ", stdout);
	if (scan->with_values)
		putchar('[');
	tool_print_key(&scan->key_type, key, TOOL_JSON_FORM);
	if (!scan->with_values)
		return;
	fputs(", ", stdout);
	tool_print_value(scan->type, value, TOOL_JSON_FORM);
	putchar(']');
}

static void
print_line(struct scan *scan, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	tool_print_key(&scan->key_type, key, TOOL_PLAIN);
	if (scan->with_values) {
		putchar('\t');
		tool_print_value(scan->type, value, TOOL_PLAIN);
	}
	putchar('\n');
}

static int
print_entry(const struct tarn_bytes *key, const struct tarn_bytes *value, void *arg)
{
	struct scan *scan = arg;

	if (!is_asked_for(scan, key))
		return 0;
	if (scan->call->json)
		print_json(scan, key, value);
	else
		print_line(scan, key, value);
	scan->some = true;
	if (ferror(stdout))
		return TARN_SYSTEM;
	return --scan->left ? 0 : ENOUGH;
}

/* ---- what is asked for ----------------------------------------------------------------------- */

static bool
take_index(const char *word, uint64_t *index)
{
	struct tarn_type type = { .key = TARN_KEY_U64 };
	struct tool_text text = { word, word ? strlen(word) : 0, false };
	struct tarn_bytes bytes;
	bool good;

	if (!word)
		return true;
	good = !tool_parse_key(&type, &text, &bytes);
	if (good)
		memcpy(index, bytes.data, sizeof(*index));
	free(bytes.data);
	return good;
}

/* Only indices have an order, and only text has a beginning. */
static int
take_range(const struct tool_call *call, const struct tool_object *object, struct tool_walk *walk)
{
	bool indexed = object->kind->shape == TOOL_INDEXED;
	bool text = object->info.type.key == TARN_KEY_STRING ||
		    object->info.type.key == TARN_KEY_BYTES;

	if ((call->from || call->to) && !indexed)
		return tool_misused(call, "--from and --to need an order, which is not in a ",
			object->kind->name);
	if (call->prefix && (!text || object->kind->shape != TOOL_KEYED))
		return tool_misused(call, "--prefix needs keys that are strings or bytes: ",
			call->prefix);
	if (!take_index(call->from, &walk->from))
		return tool_misused(call, "not an index: ", call->from);
	if (!take_index(call->to, &walk->to))
		return tool_misused(call, "not an index: ", call->to);
	return TOOL_FINE;
}

static int
print_all(const struct tool_call *call, struct tool_object *object, bool with_values)
{
	struct scan scan = {
		.call = call,
		.key_type = tool_key_type(object),
		.type = &object->info.type,
		.with_values = with_values,
		.left = call->limit, /* 0 goes round, and is no limit */
	};
	struct tool_walk walk = { print_entry, &scan, 0, UINT64_MAX };
	int result, code;

	if (!object->kind->walk || object->kind->shape == TOOL_WHOLE)
		return tool_cannot(call, object);
	result = take_range(call, object, &walk);
	if (result)
		return result;
	if (call->json)
		putchar('[');
	code = object->kind->walk(object, &walk);
	if (call->json)
		puts(scan.some ? "\n]" : "]");
	return code && code != ENOUGH ? tool_complain(call, call->object, code) : TOOL_FINE;
}

static int
print_entries(const struct tool_call *call, struct tool_object *object)
{
	return print_all(call, object, true);
}

static int
print_keys(const struct tool_call *call, struct tool_object *object)
{
	return print_all(call, object, false);
}

int
tool_scan(const struct tool_call *call)
{
	return tool_with_object(call, false, print_entries);
}

int
tool_keys(const struct tool_call *call)
{
	return tool_with_object(call, false, print_keys);
}
