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
 *	objects.c	the objects of an arena, types in words
 *	kind.h		what can be done with an object, by its kind
 *	value.c		keys and values as text; fields.c, those that have fields
 *	parse.c		text as keys and values
 *	reader.c	JSON, a token at a time
 *	print.c		errors with advice, sizes, times, JSON
 */
#ifndef TARN_TOOL_H
#define TARN_TOOL_H

#include <jansson.h>
#include <tarn.h>

#define TOOL_KEY_LAST TARN_KEY_CUSTOM /* the highest kind of keys that there is */
#define TOOL_TEXT 32 /* bytes of a buffer for a number, a size, a time in words */

/* Exit codes; explained in help.c and man/tarn.1. */
enum tool_exit {
	TOOL_FINE = 0,
	TOOL_REFUSED = 1, /* not there, there already, in use, or with problems */
	TOOL_USAGE = 2,
	TOOL_ERROR = 3,
};

/* What a verb takes; with TOOL_NAME it must be there, with TOOL_MAY_NAME it may. */
enum tool_takes {
	TOOL_NAME = 1,
	TOOL_JSON = 2,
	TOOL_YES = 4,
	TOOL_MAX_SIZE = 8,
	TOOL_SIZE = 16,
	TOOL_FILES = 32, /* any number of further arguments */
	TOOL_MAY_NAME = 64,
	TOOL_OBJECT = 128, /* may be there, after a name */
	TOOL_READONLY = 256,
	TOOL_BLOCKS = 512,
	TOOL_SEGMENTS = 1024,
	TOOL_SEGMENT_SIZE = 2048,
	TOOL_MUST_OBJECT = 4096, /* must be there, after a name */
	TOOL_BASE64 = 8192,
	TOOL_LIMIT = 16384,
	TOOL_FROM = 32768,
	TOOL_TO = 65536,
	TOOL_PREFIX = 131072,
	TOOL_REPLACE = 262144,
};

struct tool_call {
	const char *verb;
	const char *name;   /* of an arena; NULL: not given */
	const char *object; /* NULL: not given */
	bool json;
	bool yes;
	bool readonly;
	bool blocks;
	uint64_t max_size; /* 0: not given */
	uint64_t size;	   /* 0: not given */
	uint64_t segments; /* 0: not given */
	uint64_t segment_size; /* 0: not given */
	bool base64;
	bool replace;
	uint64_t limit; /* 0: not given */
	const char *from, *to, *prefix; /* NULL: not given */
	char **files;
	size_t file_count;
};

struct tool_verb {
	const char *name;
	int (*run)(const struct tool_call *call);
	unsigned takes;
	const char *arguments; /* for people, and for completions/tarn */
	const char *summary; /* NULL: not for people */
};

extern const struct tool_verb tool_verbs[]; /* ends with a NULL name */

int tool_check(const struct tool_call *call);
int tool_create(const struct tool_call *call);
int tool_del(const struct tool_call *call);
int tool_demo(const struct tool_call *call);
int tool_demo_worker(const struct tool_call *call);
int tool_dump(const struct tool_call *call);
int tool_gc(const struct tool_call *call);
int tool_get(const struct tool_call *call);
int tool_help(const struct tool_call *call);
int tool_keys(const struct tool_call *call);
int tool_load(const struct tool_call *call);
int tool_locks(const struct tool_call *call);
int tool_ls(const struct tool_call *call);
int tool_ls_objects(const struct tool_call *call);
int tool_reap(const struct tool_call *call);
int tool_rm(const struct tool_call *call);
int tool_scan(const struct tool_call *call);
int tool_set(const struct tool_call *call);
int tool_stat(const struct tool_call *call);
int tool_version(const struct tool_call *call);
int tool_who(const struct tool_call *call);

/* ---- help.c ---------------------------------------------------------------------------------- */

void tool_print_usage(FILE *out);

/* ---- arena.c --------------------------------------------------------------------------------- */

/* Attach without write permission, at whatever address; never creates. */
int tool_open_to_look(struct tarn_arena **arena, const char *name);

/* The same with it. */
int tool_open_to_write(struct tarn_arena **arena, const char *name);

/* Why a name that is listed could not be opened, in words. */
const char *tool_problem(const char *name, int code);

/* Whether it is no arena, but what a dead creator or remover has left of one. */
bool tool_is_debris(const char *name, int code);

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

/* ---- objects.c ------------------------------------------------------------------------------- */

/* Objects of an arena, sorted by name. */
struct tool_objects {
	struct tarn_object_info *infos;
	size_t count;
};

/* All that can be listed, also with TARN_CORRUPT.  To be freed in any case. */
int tool_find_objects(struct tarn_arena *arena, struct tool_objects *objects);
void tool_free_objects(struct tool_objects *objects);

/* A copy's type has texts of its own; its order, if it has one, is as good as known. */
void tool_keep_texts(struct tarn_object_info *info);

/* How many entries it has; *counted: it is a kind that has any, and could be looked at. */
int tool_count_entries(struct tarn_arena *arena, const struct tarn_object_info *info, bool *counted,
	uint64_t *count);

/* A static string, or one in a buffer of TOOL_TEXT bytes. */
const char *tool_kind_text(const struct tarn_type *type, char text[TOOL_TEXT]);
const char *tool_key_text(const struct tarn_type *type, char text[TOOL_TEXT]);
const char *tool_value_text(const struct tarn_type *type, char text[TOOL_TEXT]);

/* Tell all of call->object (ls_objects.c); returns the exit code. */
int tool_stat_object(const struct tool_call *call, struct tarn_arena *arena);

/* ---- value.c --------------------------------------------------------------------------------- */

/* A string, or an object with base64 if it is no UTF-8. */
json_t *tool_json_bytes(const void *bytes, size_t size);

enum tool_form {
	TOOL_JSON_FORM,
	TOOL_PLAIN, /* strings without quotes, where that is clear and fits in a line */
	TOOL_RAW,   /* bytes as they are */
	TOOL_EXACT, /* JSON, and base64 of what has fields: load reads it */
};

/* On stdout. */
void tool_print_key(const struct tarn_type *type, const struct tarn_bytes *key,
	enum tool_form form);
void tool_print_value(const struct tarn_type *type, const struct tarn_bytes *value,
	enum tool_form form);

/* A number: a code of Python's struct module, and its size. */
struct tool_code {
	char letter;
	unsigned size;
	bool is_signed;
};

#define TOOL_NAN UINT64_C(0x7ff8000000000000) /* the one that is printed as nan */
#define TOOL_NAN_SHORT UINT64_C(0x7fc00000)

/* NULL: no number. */
const struct tool_code *tool_key_code(const struct tarn_type *type);
const struct tool_code *tool_value_code(const struct tarn_type *type);

/* ---- parse.c --------------------------------------------------------------------------------- */

extern const char tool_base64_letters[];

/* What somebody has typed, or a file contains; text[size] is 0. */
struct tool_text {
	const char *text;
	size_t size;
	bool base64;
};

/* Into memory of its own, to be freed in any case; why that cannot be, or NULL. */
const char *tool_parse_key(const struct tarn_type *type, const struct tool_text *text,
	struct tarn_bytes *bytes);
const char *tool_parse_value(const struct tarn_type *type, const struct tool_text *text,
	struct tarn_bytes *bytes);

/* ---- fields.c -------------------------------------------------------------------------------- */

/* On stdout; false, and nothing: that is no description of a value of that size. */
bool tool_print_fields(const char *text, const void *value, size_t size);

/* ---- print.c --------------------------------------------------------------------------------- */

/* Say on stderr what went wrong with name (which may be NULL), and what to do; returns the exit
 * code. errno as the failed call left it. */
int tool_complain(const struct tool_call *call, const char *name, int code);

/* The same about an object in call->name. */
int tool_complain_object(const struct tool_call *call, const char *object, int code);

/* The arguments are wrong: say what, and how the verb is used; returns the exit code. */
int tool_misused(const struct tool_call *call, const char *what, const char *text);

/* The message of a code; for TARN_SYSTEM that of errno. */
const char *tool_message(int code);

/* Into a buffer of at least 32 bytes, which is returned. */
char *tool_size_text(uint64_t bytes, char text[TOOL_TEXT]);
char *tool_time_text(uint64_t ns_since_1970, char text[TOOL_TEXT]);
char *tool_hex_text(uint64_t number, char text[TOOL_TEXT]);

/* Never negative: what lies in an arena may be anything. */
json_t *tool_json_number(uint64_t number);

/* Print on stdout, and let go of it; returns the exit code. */
int tool_print_json(const struct tool_call *call, json_t *value);

#endif
