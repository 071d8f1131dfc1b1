// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * main.c -- the tarn tool: the table of verbs, and the arguments of all
 *
 * A new verb is a file, a line in tool_verbs[], and a paragraph in
 * man/tarn.1.
 */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tool_verb tool_verbs[] = {
	{ "ls", tool_ls, TOOL_MAY_NAME | TOOL_JSON, "[--json] [NAME]",
		"list the arenas under /dev/shm, or the objects in one" },
	{ "stat", tool_stat, TOOL_NAME | TOOL_OBJECT | TOOL_JSON, "[--json] NAME [OBJECT]",
		"sizes and counters, or what an object is" },
	{ "who", tool_who, TOOL_NAME | TOOL_JSON, "[--json] NAME",
		"who is attached, and who is dead" },
	{ "locks", tool_locks, TOOL_NAME | TOOL_JSON, "[--json] NAME",
		"who holds the named locks, who waits for them, and whose holder has died" },
	{ "get", tool_get, TOOL_NAME | TOOL_MUST_OBJECT | TOOL_JSON | TOOL_BASE64 | TOOL_FILES,
		"[--json] [--base64] NAME OBJECT [KEY|INDEX]", "print the value of a key" },
	{ "set", tool_set, TOOL_NAME | TOOL_MUST_OBJECT | TOOL_JSON | TOOL_BASE64 | TOOL_FILES,
		"[--json] [--base64] NAME OBJECT [KEY|INDEX] VALUE",
		"give a key a value; index end is behind the last element" },
	{ "del", tool_del, TOOL_NAME | TOOL_MUST_OBJECT | TOOL_JSON | TOOL_BASE64 | TOOL_FILES,
		"[--json] [--base64] NAME OBJECT KEY|INDEX", "remove a key and its value" },
	{ "keys", tool_keys, TOOL_NAME | TOOL_MUST_OBJECT | TOOL_JSON | TOOL_LIMIT | TOOL_PREFIX,
		"[--json] [--limit=N] [--prefix=TEXT] NAME OBJECT", "print all keys, one a line" },
	{ "scan", tool_scan,
		TOOL_NAME | TOOL_MUST_OBJECT | TOOL_JSON | TOOL_LIMIT | TOOL_PREFIX | TOOL_FROM |
			TOOL_TO,
		"[--json] [--limit=N] [--prefix=TEXT] [--from=INDEX] [--to=INDEX] NAME OBJECT",
		"print keys and values, one pair a line" },
	{ "dump", tool_dump, TOOL_NAME | TOOL_OBJECT | TOOL_JSON | TOOL_BASE64,
		"[--json] [--base64] NAME [OBJECT]",
		"print all objects, or one, with their entries, as JSON" },
	{ "load", tool_load, TOOL_NAME | TOOL_JSON | TOOL_REPLACE | TOOL_FILES,
		"[--json] [--replace] NAME [FILE]", "create the objects that dump has printed" },
	{ "check", tool_check, TOOL_NAME | TOOL_JSON | TOOL_READONLY | TOOL_BLOCKS,
		"[--json] [--readonly] [--blocks] NAME",
		"see whether an arena is whole, and where its memory is" },
	{ "create", tool_create, TOOL_NAME | TOOL_JSON | TOOL_MAX_SIZE | TOOL_SEGMENTS | TOOL_SEGMENT_SIZE,
		"[--json] [--max-size=SIZE] [--segments=N] [--segment-size=SIZE] NAME",
		"create an arena; it must not exist" },
	{ "reap", tool_reap, TOOL_NAME | TOOL_JSON, "[--json] NAME", "put right at once what dead threads left" },
	{ "rm", tool_rm, TOOL_NAME | TOOL_OBJECT | TOOL_JSON, "[--json] NAME [OBJECT]",
		"remove an arena's name, or an object in it" },
	{ "gc", tool_gc, TOOL_YES | TOOL_JSON, "[--json] [--yes]",
		"remove the arenas that nobody is attached to; without --yes only say which" },
	{ "demo", tool_demo, TOOL_JSON | TOOL_SIZE | TOOL_FILES, "[--json] [--size=SIZE] [FILE...]",
		"count words by processes that are killed all the while, and check the counts" },
	{ "demo-worker", tool_demo_worker, TOOL_NAME | TOOL_FILES, "NAME [elsewhere]", NULL },
	{ "version", tool_version, TOOL_JSON, "[--json]", "print the version" },
	{ "help", tool_help, 0, "", "print this" },
	{ NULL, NULL, 0, NULL, NULL },
};

/* ---- arguments ------------------------------------------------------------------------------- */

/* Digits, and perhaps one of K, M, G, T. */
static bool
parse_size(const char *text, uint64_t *size)
{
	static const char letters[] = "KMGT";
	const char *unit;
	unsigned shift = 0;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*size = strtoull(text, &end, 10);
	unit = *end ? strchr(letters, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - letters + 1);
		end++;
	}
	if (errno || *end || !*size || *size > UINT64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

static int
misused(const struct tool_verb *verb, const char *what, const char *text)
{
	fprintf(stderr, "tarn %s: %s%s\n", verb->name, what, text);
	fprintf(stderr, "usage: tarn %s %s\nSee tarn help.\n", verb->name, verb->arguments);
	return TOOL_USAGE;
}

int
tool_misused(const struct tool_call *call, const char *what, const char *text)
{
	const struct tool_verb *verb = tool_verbs;

	while (strcmp(verb->name, call->verb) != 0)
		verb++;
	return misused(verb, what, text);
}

/* Where the number goes. */
static uint64_t *
number_of(struct tool_call *call, int option)
{
	if (option == TOOL_SIZE)
		return &call->size;
	if (option == TOOL_SEGMENTS)
		return &call->segments;
	if (option == TOOL_LIMIT)
		return &call->limit;
	return option == TOOL_SEGMENT_SIZE ? &call->segment_size : &call->max_size;
}

static bool
take_flag(int option, struct tool_call *call)
{
	bool *flag = option == TOOL_JSON     ? &call->json :
		     option == TOOL_YES	     ? &call->yes :
		     option == TOOL_READONLY ? &call->readonly :
		     option == TOOL_BLOCKS   ? &call->blocks :
		     option == TOOL_BASE64   ? &call->base64 :
		     option == TOOL_REPLACE  ? &call->replace :
					       NULL;

	if (flag)
		*flag = true;
	return flag != NULL;
}

static bool
take_word(int option, struct tool_call *call)
{
	const char **word = option == TOOL_FROM	  ? &call->from :
			    option == TOOL_TO	  ? &call->to :
			    option == TOOL_PREFIX ? &call->prefix :
						    NULL;

	if (word)
		*word = optarg;
	return word != NULL;
}

static int
take_option(const struct tool_verb *verb, int option, struct tool_call *call)
{
	if (take_flag(option, call) || take_word(option, call))
		return TOOL_FINE;
	if (!parse_size(optarg, number_of(call, option)))
		return misused(verb, "not a size such as 64M or 16G: ", optarg);
	return TOOL_FINE;
}

static int
take_options(const struct tool_verb *verb, int argc, char **argv, struct tool_call *call)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, TOOL_JSON },
		{ "yes", no_argument, NULL, TOOL_YES },
		{ "readonly", no_argument, NULL, TOOL_READONLY },
		{ "blocks", no_argument, NULL, TOOL_BLOCKS },
		{ "base64", no_argument, NULL, TOOL_BASE64 },
		{ "replace", no_argument, NULL, TOOL_REPLACE },
		{ "limit", required_argument, NULL, TOOL_LIMIT },
		{ "from", required_argument, NULL, TOOL_FROM },
		{ "to", required_argument, NULL, TOOL_TO },
		{ "prefix", required_argument, NULL, TOOL_PREFIX },
		{ "max-size", required_argument, NULL, TOOL_MAX_SIZE },
		{ "size", required_argument, NULL, TOOL_SIZE },
		{ "segments", required_argument, NULL, TOOL_SEGMENTS },
		{ "segment-size", required_argument, NULL, TOOL_SEGMENT_SIZE },
		{ NULL, 0, NULL, 0 },
	};
	int option, code;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == ':')
			return misused(verb, "a value is missing after ", argv[optind - 1]);
		if (option == '?' || !(verb->takes & (unsigned)option))
			return misused(verb, "no such option here (write -- before a negative number): ",
				argv[optind - 1]);
		code = take_option(verb, option, call);
		if (code)
			return code;
	}
	return TOOL_FINE;
}

static int
take_arguments(const struct tool_verb *verb, int argc, char **argv, struct tool_call *call)
{
	int code = take_options(verb, argc, argv, call);

	if (code)
		return code;
	if (verb->takes & TOOL_NAME) {
		if (optind == argc)
			return misused(verb, "the arena's name is missing", "");
		call->name = argv[optind++];
	}
	if ((verb->takes & TOOL_MAY_NAME) && optind < argc)
		call->name = argv[optind++];
	if ((verb->takes & TOOL_MUST_OBJECT) && optind == argc)
		return misused(verb, "the object's name is missing", "");
	if ((verb->takes & (TOOL_OBJECT | TOOL_MUST_OBJECT)) && optind < argc)
		call->object = argv[optind++];
	if (verb->takes & TOOL_FILES) {
		call->files = argv + optind;
		call->file_count = (size_t)(argc - optind);
		return TOOL_FINE;
	}
	return optind < argc ? misused(verb, "too many arguments: ", argv[optind]) : TOOL_FINE;
}

/* ---- running --------------------------------------------------------------------------------- */

static const struct tool_verb *
find_verb(const char *name)
{
	const struct tool_verb *verb = tool_verbs;

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	while (verb->name && strcmp(verb->name, name) != 0)
		verb++;
	return verb->name ? verb : NULL;
}

/* What was printed must have arrived: a full disk is an error too. */
static int
finish(int code)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "tarn: cannot write the output: %s\n", strerror(errno));
		return TOOL_ERROR;
	}
	return code;
}

int
main(int argc, char **argv)
{
	const struct tool_verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
	struct tool_call call = { 0 };
	int code;

	if (!verb) {
		if (argc > 1)
			fprintf(stderr, "tarn: no such verb: %s\n", argv[1]);
		tool_print_usage(stderr);
		return TOOL_USAGE;
	}
	call.verb = verb->name;
	code = take_arguments(verb, argc - 1, argv + 1, &call);
	return finish(code ? code : verb->run(&call));
}
