// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tool.h -- what the verbs of the tarn tool share
 *
 * A verb is a file and a line in the table in main.c.  main.c takes the
 * arguments apart, by what the table says the verb takes; the verb gets a
 * struct tool_call and returns the exit code of the tool.
 *
 *	main.c		the table; arguments
 *	arena.c		open an arena to look at it, find all of them
 *	print.c		errors with advice, sizes, times, JSON
 */
#ifndef TARN_TOOL_H
#define TARN_TOOL_H

#include <jansson.h>
#include <tarn.h>

/* Exit codes; explained in help.c and man/tarn.1. */
enum tool_exit {
	TOOL_FINE = 0,
	TOOL_REFUSED = 1, /* not there, there already, or in use */
	TOOL_USAGE = 2,
	TOOL_ERROR = 3,
};

/* What a verb takes; with TOOL_NAME it must be there. */
enum tool_takes {
	TOOL_NAME = 1,
	TOOL_JSON = 2,
	TOOL_YES = 4,
	TOOL_MAX_SIZE = 8,
};

struct tool_call {
	const char *verb;
	const char *name; /* of an arena */
	bool json;
	bool yes;
	uint64_t max_size; /* 0: not given */
};

struct tool_verb {
	const char *name;
	int (*run)(const struct tool_call *call);
	unsigned takes;
	const char *arguments; /* for people */
	const char *summary;
};

extern const struct tool_verb tool_verbs[]; /* ends with a NULL name */

int tool_create(const struct tool_call *call);
int tool_gc(const struct tool_call *call);
int tool_help(const struct tool_call *call);
int tool_ls(const struct tool_call *call);
int tool_reap(const struct tool_call *call);
int tool_rm(const struct tool_call *call);
int tool_stat(const struct tool_call *call);
int tool_version(const struct tool_call *call);
int tool_who(const struct tool_call *call);

/* ---- help.c ---------------------------------------------------------------------------------- */

void tool_print_usage(FILE *out);

/* ---- arena.c --------------------------------------------------------------------------------- */

/* Attach without write permission, at whatever address; never creates. */
int tool_open_to_look(struct tarn_arena **arena, const char *name);

/* Processes attached, this tool's own look not counted. */
int tool_attached(struct tarn_arena *arena, uint64_t *writers, uint64_t *readers);

/* Names of arenas, sorted. */
struct tool_names {
	char **names;
	size_t count;
};

/* All that can be listed.  To be freed in any case. */
int tool_find_names(struct tool_names *names);
void tool_free_names(struct tool_names *names);

/* ---- print.c --------------------------------------------------------------------------------- */

/* Say on stderr what went wrong with name (which may be NULL), and what to do; returns the exit
 * code. errno as the failed call left it. */
int tool_complain(const struct tool_call *call, const char *name, int code);

/* The message of a code; for TARN_SYSTEM that of errno. */
const char *tool_message(int code);

/* Into a buffer of at least 32 bytes, which is returned. */
#define TOOL_TEXT 32
char *tool_size_text(uint64_t bytes, char text[TOOL_TEXT]);
char *tool_time_text(uint64_t ns_since_1970, char text[TOOL_TEXT]);
char *tool_hex_text(uint64_t number, char text[TOOL_TEXT]);

/* Never negative: what lies in an arena may be anything. */
json_t *tool_json_number(uint64_t number);

/* Print on stdout, and let go of it; returns the exit code. */
int tool_print_json(const struct tool_call *call, json_t *value);

#endif
