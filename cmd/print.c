// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * print.c -- errors with advice, sizes, times, JSON
 *
 * An error is two lines on stderr: what went wrong with what, and what to
 * do about it.
 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- errors ---------------------------------------------------------------------------------- */

static const struct {
	int code;
	int exit;
	const char *advice;
} errors[] = {
	{ TARN_NOT_FOUND, TOOL_REFUSED,
		"'tarn ls' shows the arenas under /dev/shm; 'tarn create' makes one" },
	{ TARN_EXISTS, TOOL_REFUSED, "use it as it is, take another name, or 'tarn rm' it first" },
	{ TARN_BUSY, TOOL_REFUSED, "try again; 'tarn who' shows who is at work" },
	{ TARN_TIMEOUT, TOOL_REFUSED,
		"'tarn who' shows who holds locks: let it go on, or end it, and try again" },
	{ TARN_OWNER_DIED, TOOL_ERROR, "'tarn reap' puts right what the dead have left" },
	{ TARN_TYPE, TOOL_ERROR, "'tarn ls' shows its type; a newer tarn may know its kind" },
	{ TARN_TOO_BIG, TOOL_ERROR, "no arena can hold that; see the limits in tarn(7)" },
	{ TARN_REMOVED, TOOL_REFUSED, "somebody has just removed it" },
	{ TARN_NO_SLOT, TOOL_ERROR, "let a thread end that is attached; 'tarn who' lists them" },
	{ TARN_INVALID, TOOL_USAGE,
		"a name is NAME (letters, digits, . _ -), shm:NAME, file:PATH, sysv:PATH#ID or "
		"sysv:key=N; a size is 1M to 16T" },
	{ TARN_DENIED, TOOL_ERROR, "run as the user who owns it, or have its permissions changed" },
	{ TARN_FULL, TOOL_ERROR,
		"make room: 'tarn gc' shows arenas nobody uses; is /dev/shm only 64 MB (docker "
		"--shm-size)?  of sysv: see ipcs -lm" },
	{ TARN_FORMAT, TOOL_ERROR,
		"it is not an arena, is damaged, or needs another version of Tarn; it was not touched" },
	{ TARN_HOST, TOOL_ERROR, "it was in use when another boot ended; nothing was changed" },
	{ TARN_CORRUPT, TOOL_ERROR,
		"stop using it; 'tarn check' says what is wrong, 'tarn dump' prints what can be read" },
	{ TARN_READ_ONLY, TOOL_ERROR, "you need write permission" },
};

const char *
tool_message(int code)
{
	return code == TARN_SYSTEM ? strerror(errno) : tarn_error_message(code);
}

static void
say(const struct tool_call *call, const char *name, int code)
{
	const char *detail = tarn_error_detail();

	fprintf(stderr, "tarn %s: %s%s%s%s%s\n", call->verb, name ? name : "", name ? ": " : "",
		tool_message(code), detail[0] ? ": " : "", detail);
}

int
tool_complain_object(const struct tool_call *call, const char *object, int code)
{
	if (code != TARN_NOT_FOUND && code != TARN_INVALID)
		return tool_complain(call, object, code);
	say(call, object, code);
	fprintf(stderr, "tarn %s: 'tarn ls %s' shows the objects in it\n", call->verb, call->name);
	return code == TARN_INVALID ? TOOL_USAGE : TOOL_REFUSED;
}

int
tool_complain(const struct tool_call *call, const char *name, int code)
{
	say(call, name, code);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].code == code) {
			fprintf(stderr, "tarn %s: %s\n", call->verb, errors[i].advice);
			return errors[i].exit;
		}
	}
	fprintf(stderr, "tarn %s: %s; see what the system says of it, and docs/errors.md\n",
		call->verb, tarn_error_name(code));
	return TOOL_ERROR;
}

/* ---- numbers --------------------------------------------------------------------------------- */

char *
tool_size_text(uint64_t bytes, char text[TOOL_TEXT])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	int unit = 0;

	for (; size >= 1024; unit++)
		size /= 1024;
	snprintf(text, TOOL_TEXT, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
	return text;
}

char *
tool_time_text(uint64_t ns_since_1970, char text[TOOL_TEXT])
{
	time_t seconds = (time_t)(ns_since_1970 / 1000000000);
	struct tm when;

	if (!localtime_r(&seconds, &when) || !strftime(text, TOOL_TEXT, "%Y-%m-%d %H:%M:%S", &when))
		snprintf(text, TOOL_TEXT, "?");
	return text;
}

char *
tool_hex_text(uint64_t number, char text[TOOL_TEXT])
{
	snprintf(text, TOOL_TEXT, "0x%016llx", (unsigned long long)number);
	return text;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

json_t *
tool_json_number(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number);
}

int
tool_print_json(const struct tool_call *call, json_t *value)
{
	int failed = !value || json_dumpf(value, stdout, JSON_INDENT(2)) || putchar('\n') == EOF;

	json_decref(value);
	if (!failed)
		return TOOL_FINE;
	fprintf(stderr, "tarn %s: cannot make or write the JSON\n", call->verb);
	return TOOL_ERROR;
}
