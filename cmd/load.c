// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * load.c -- tarn load [--json] [--replace] NAME [FILE]
 *
 * Reads what dump has printed, all objects or one, from a file or standard
 * input, an entry at a time.
 *
 * Each object is made under a name of its own, load-PID~N, and gets its real
 * name when it is whole: so nobody ever sees a part of one, and whoever
 * kills the tool finds at most one object under such a name.  With --replace
 * an object that has the name is removed in the same step.
 *
 * A region gets no blocks: a dump has none.  So one that had a root is
 * passed over, and so is what the dump itself could not read, and what
 * exists.  What is no dump ends it all.
 */
#include "kind.h"
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct load {
	const struct tool_call *call;
	struct tarn_arena *arena;
	struct tool_reader reader;
	const char *file;
	json_t *loaded;
	int result; /* of objects that could not be loaded, though the others could */
	/* of the object that is being made */
	struct tool_object object;
	bool made;
	bool typed;  /* its kind was told */
	bool passed; /* over: it is not to be loaded */
	uint64_t entries;
	char name[TARN_NAME_MAX + 1], temporary[64];
};

/* ---- what goes wrong ------------------------------------------------------------------------- */

static int
refuse(struct load *load, const char *what)
{
	fprintf(stderr, "tarn load: %s:%lu: %s%s%s\n", load->file, load->reader.line,
		load->name[0] ? load->name : "", load->name[0] ? ": " : "", what);
	fputs("tarn load: what comes before it was loaded; give it what 'tarn dump' has printed\n",
		stderr);
	return TOOL_ERROR;
}

/* This object is not to be loaded, but those after it. */
static const char *
pass_over(struct load *load, const char *why)
{
	fprintf(stderr, "tarn load: %s: not loaded: %s\n", load->name, why);
	load->passed = true;
	load->result = TOOL_REFUSED;
	return NULL;
}

static int
fail(struct load *load, int code)
{
	return tool_complain(load->call, load->name[0] ? load->name : load->call->name, code);
}

static bool
expect(struct load *load, int token)
{
	return tool_next(&load->reader) == token;
}

/* ---- the object ------------------------------------------------------------------------------ */

/* Under its temporary name. */
static int
make(struct load *load)
{
	int code;

	if (load->made || load->passed)
		return TOOL_FINE;
	if (!load->typed || !load->name[0])
		return refuse(load, "its name and kind must come before its entries");
	tool_keep_texts(&load->object.info);
	code = load->object.kind->open(load->arena, &load->object, load->temporary, TARN_CREATE);
	load->made = !code;
	return code ? fail(load, code) : TOOL_FINE;
}

static int
publish(struct load *load)
{
	if (load->call->replace)
		return tarn_object_replace(load->arena, load->temporary, load->name);
	return tarn_object_rename(load->arena, load->temporary, load->name);
}

static int
tell(struct load *load)
{
	if (load->call->json)
		json_array_append_new(load->loaded, json_pack("{s:o, s:o}", "name",
			tool_json_bytes(load->name, strlen(load->name)), "entries",
			tool_json_number(load->entries)));
	else
		printf("loaded %s: %" PRIu64 " entries\n", load->name, load->entries);
	return TOOL_FINE;
}

/* Whole, or not at all. */
static int
finish(struct load *load, int result)
{
	int code;

	if (!load->made)
		return result;
	tool_object_close(&load->object);
	load->made = false;
	code = result || load->passed ? 0 : publish(load);
	if (!result && !load->passed && !code)
		return tell(load);
	if (code == TARN_EXISTS)
		load->result = fail(load, code);
	else if (code)
		result = fail(load, code);
	code = tarn_object_remove(load->arena, load->temporary);
	return code ? fail(load, code) : result;
}

/* ---- entries --------------------------------------------------------------------------------- */

static int
add(struct load *load, const struct tarn_bytes *key)
{
	struct tool_text text;
	struct tarn_bytes value = { NULL, 0 };
	const char *wrong = "a value is missing";
	int code = 0;

	if (tool_take_text(&load->reader, &text))
		wrong = tool_parse_value(&load->object.info.type, &text, &value);
	if (!wrong)
		code = load->object.kind->add(&load->object, key, &value);
	free(value.data);
	load->entries++;
	if (wrong)
		return refuse(load, wrong);
	return code ? fail(load, code) : TOOL_FINE;
}

/* [key, value] */
static int
take_pair(struct load *load)
{
	struct tarn_type type = tool_key_type(&load->object);
	struct tarn_bytes key = { NULL, 0 };
	const char *wrong = "a key is missing";
	struct tool_text text;
	int result = TOOL_FINE;

	if (load->reader.token == '[' && tool_next(&load->reader) &&
		tool_take_text(&load->reader, &text))
		wrong = tool_parse_key(&type, &text, &key);
	if (!wrong && (!expect(load, ',') || !tool_next(&load->reader)))
		wrong = "a value is missing";
	if (!wrong)
		result = add(load, &key);
	free(key.data);
	if (wrong)
		return refuse(load, wrong);
	return result || expect(load, ']') ? result : refuse(load, "a pair has two members");
}

/* Of a set. */
static int
take_key(struct load *load)
{
	const struct tarn_bytes none = { NULL, 0 };
	struct tarn_bytes key = { NULL, 0 };
	const char *wrong = "a key is missing";
	struct tool_text text;
	int code = 0;

	if (tool_take_text(&load->reader, &text))
		wrong = tool_parse_key(&load->object.info.type, &text, &key);
	if (!wrong)
		code = load->object.kind->add(&load->object, &key, &none);
	free(key.data);
	load->entries++;
	if (wrong)
		return refuse(load, wrong);
	return code ? fail(load, code) : TOOL_FINE;
}

static int
take_entry(struct load *load)
{
	const struct tarn_bytes none = { NULL, 0 };

	if (load->object.kind->shape == TOOL_KEYS)
		return take_key(load);
	return load->object.kind->shape == TOOL_KEYED ? take_pair(load) : add(load, &none);
}

/* [entry, entry, ...] */
static int
take_entries(struct load *load)
{
	int result = TOOL_FINE;

	if (load->reader.token != '[')
		return refuse(load, "an array is missing");
	if (expect(load, ']'))
		return TOOL_FINE;
	while (!(result = take_entry(load)) && expect(load, ','))
		tool_next(&load->reader);
	if (result)
		return result;
	return load->reader.token == ']' ? TOOL_FINE : refuse(load, "the array does not end");
}

static int
take_contents(struct load *load, const char *member)
{
	const struct tarn_bytes none = { NULL, 0 };
	int result = make(load);

	if (result)
		return result;
	if (load->passed)
		return tool_skip(&load->reader) ? TOOL_FINE : refuse(load, "no JSON");
	if (!load->object.kind->member || strcmp(load->object.kind->member, member) != 0)
		return refuse(load, "its kind has no such contents");
	return load->object.kind->shape == TOOL_WHOLE ? add(load, &none) : take_entries(load);
}

/* ---- members of the object ------------------------------------------------------------------- */

static bool
take_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno;
}

static const char *
take_key_kind(struct load *load, const char *text)
{
	struct tarn_type *type = &load->object.info.type;
	const char *size = strchr(text, '[');
	size_t length = size ? (size_t)(size - text) : strlen(text);
	char word[TOOL_TEXT];

	if (size)
		type->key_size = (uint32_t)strtoul(size + 1, NULL, 10);
	for (unsigned key = TARN_KEY_NONE; key <= TOOL_KEY_LAST; key++) {
		struct tarn_type one = { .key = (enum tarn_key_kind)key };
		const char *known = tool_key_text(&one, word);

		if (strlen(known) == length && !memcmp(known, text, length)) {
			type->key = one.key;
			return NULL;
		}
	}
	return "there are no such keys";
}

static const char *
take_value_size(struct load *load, const char *text)
{
	struct tarn_type *type = &load->object.info.type;
	uint64_t size = 0;

	if (!strcmp(text, "bytes"))
		size = TARN_VALUE_BYTES;
	else if (strcmp(text, "-") != 0 && (!take_number(text, &size) || size >= TARN_VALUE_BYTES))
		return "not the size of a value";
	type->value_size = (uint32_t)size;
	return NULL;
}

static const char *
take_align(struct load *load, const char *text)
{
	uint64_t align;

	if (!take_number(text, &align) || align > 64)
		return "not an alignment";
	load->object.info.type.value_align = (uint32_t)align;
	return NULL;
}

static const char *
take_kind(struct load *load, const char *text)
{
	load->object.kind = tool_kind_named(text);
	if (!load->object.kind)
		return "there is no such kind";
	load->object.info.type.kind = load->object.kind->number;
	load->typed = true;
	return NULL;
}

static const char *
take_string(const struct load *load, char *to, size_t most)
{
	if (load->reader.size > most || strlen(load->reader.text) != load->reader.size)
		return "too long, or with a zero inside";
	memcpy(to, load->reader.text, load->reader.size + 1);
	return NULL;
}

/* A member that is a scalar; why it cannot be, or NULL. */
static const char *
take_scalar(struct load *load, const char *member)
{
	const char *text = load->reader.text;
	uint64_t root;

	if (!strcmp(member, "name"))
		return take_string(load, load->name, TARN_NAME_MAX);
	if (!strcmp(member, "fields"))
		return take_string(load, load->object.info.fields, TARN_FIELDS_MAX);
	if (!strcmp(member, "key_fields"))
		return take_string(load, load->object.info.key_fields, TARN_FIELDS_MAX);
	if (!strcmp(member, "order"))
		return take_string(load, load->object.info.order, TARN_ORDER_MAX);
	if (!strcmp(member, "align"))
		return take_align(load, text);
	if (!strcmp(member, "kind"))
		return take_kind(load, text);
	if (!strcmp(member, "key"))
		return take_key_kind(load, text);
	if (!strcmp(member, "value"))
		return take_value_size(load, text);
	if (!strcmp(member, "maximum"))
		return take_number(text, &load->object.info.limit) ? NULL : "not a number";
	if (!strcmp(member, "bits"))
		return pass_over(load, "a bitset cannot be loaded");
	if (!strcmp(member, "root") && (!take_number(text, &root) || root))
		return pass_over(load,
			"a region's blocks are not in a dump: its users must make it anew");
	if (!strcmp(member, "problem"))
		return pass_over(load, "the dump itself could not read all of it");
	return NULL;
}

static bool
is_contents(const char *member)
{
	static const char *const members[] = { "entries", "keys", "elements", "bytes", "number" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!strcmp(members[i], member))
			return true;
	}
	return false;
}

static int
take_member(struct load *load)
{
	char member[16];
	const char *wrong;

	if (load->reader.token != TOOL_STRING)
		return refuse(load, "a member's name is missing");
	snprintf(member, sizeof(member), "%s", load->reader.text);
	if (!expect(load, ':'))
		return refuse(load, "a member has no value");
	tool_next(&load->reader);
	if (is_contents(member))
		return take_contents(load, member);
	if (load->made && strcmp(member, "problem") != 0 && strcmp(member, "root") != 0)
		return tool_skip(&load->reader) ? TOOL_FINE : refuse(load, "no JSON");
	if (load->reader.token < TOOL_STRING || load->reader.token > TOOL_WORD)
		return tool_skip(&load->reader) ? TOOL_FINE : refuse(load, "no JSON");
	wrong = take_scalar(load, member);
	return wrong ? refuse(load, wrong) : TOOL_FINE;
}

static int
take_members(struct load *load)
{
	int result = TOOL_FINE;

	if (load->reader.token != '{')
		return refuse(load, "an object is missing");
	if (expect(load, '}'))
		return refuse(load, "an object has nothing");
	while (!(result = take_member(load)) && expect(load, ','))
		tool_next(&load->reader);
	if (!result && load->reader.token != '}')
		result = refuse(load, "the object does not end");
	return result ? result : make(load);
}

/* ---- objects --------------------------------------------------------------------------------- */

static int
take_object(struct load *load)
{
	static unsigned number;

	memset(&load->object, 0, sizeof(load->object));
	load->made = load->typed = load->passed = false;
	load->entries = 0;
	load->name[0] = '\0';
	snprintf(load->temporary, sizeof(load->temporary), "load-%d~%u", (int)getpid(), number++);
	return finish(load, take_members(load));
}

/* [object, object, ...], or one object */
static int
take_objects(struct load *load)
{
	int result = TOOL_FINE;

	tool_next(&load->reader);
	if (load->reader.token != '[') {
		result = take_object(load);
	} else if (!expect(load, ']')) {
		while (!(result = take_object(load)) && expect(load, ','))
			tool_next(&load->reader);
		load->name[0] = '\0';
		if (!result && load->reader.token != ']')
			return refuse(load, "the array does not end");
	}
	return result || expect(load, TOOL_END) ? result : refuse(load, "more than one value");
}

static int
run(struct load *load)
{
	int code = tool_open_to_write(&load->arena, load->call->name), result;

	if (code)
		return tool_complain(load->call, load->call->name, code);
	load->loaded = json_array();
	result = take_objects(load);
	if (load->call->json && tool_print_json(load->call, json_incref(load->loaded)))
		result = TOOL_ERROR;
	json_decref(load->loaded);
	if (!result)
		result = load->result;
	tool_reader_end(&load->reader);
	tarn_arena_close(load->arena);
	return result;
}

int
tool_load(const struct tool_call *call)
{
	struct load load = { .call = call, .file = "-", .reader = { .in = stdin, .line = 1 } };
	int result;

	if (call->file_count > 1)
		return tool_misused(call, "too many arguments: ", call->files[1]);
	if (!call->file_count)
		return run(&load);
	load.file = call->files[0];
	load.reader.in = fopen(load.file, "re");
	if (!load.reader.in) {
		fprintf(stderr, "tarn load: %s: %s\n", load.file, strerror(errno));
		fputs("tarn load: without FILE it reads what 'tarn dump' prints into it\n", stderr);
		return TOOL_REFUSED;
	}
	result = run(&load);
	fclose(load.reader.in);
	return result;
}
