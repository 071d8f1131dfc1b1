// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * error.c -- names and messages of the error codes, and details
 *
 * Both tables are made from TARN_ERRORS, so a code cannot have a name and
 * lack a message.  The detail text is the thread's own: nobody else writes
 * it, and it is no part of any arena.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DETAIL_SIZE 1024 /* a name and two types in words */

#define ERROR_NAME(name, number, message)                                                          \
	case number:                                                                               \
		return "TARN_" #name;
#define ERROR_MESSAGE(name, number, message)                                                       \
	case number:                                                                               \
		return message;

const char *
tarn_error_name(int code)
{
	switch (code) {
	case TARN_OK:
		return "TARN_OK";
	TARN_ERRORS(ERROR_NAME)
	default:
		return "TARN_UNKNOWN";
	}
}

const char *
tarn_error_message(int code)
{
	switch (code) {
	case TARN_OK:
		return "success";
	TARN_ERRORS(ERROR_MESSAGE)
	default:
		return "not an error code of Tarn";
	}
}

/* ---- details ------------------------------------------------------------------------------------ */

static _Thread_local char detail[DETAIL_SIZE];

/* What was cut off shall not have been in the middle of a character. */
static void
cut_cleanly(char *text, size_t size)
{
	size_t start = size;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
		text[start - 1] = '\0';
}

void
tarn__error_detail(const char *format, ...)
{
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(detail, sizeof(detail), format, list);
	va_end(list);
	if (size < 0)
		detail[0] = '\0';
	else if ((size_t)size >= sizeof(detail))
		cut_cleanly(detail, strlen(detail));
}

const char *
tarn_error_detail(void)
{
	return detail;
}
