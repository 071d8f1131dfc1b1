// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * error.c -- names and messages of the error codes
 *
 * Both tables are made from TARN_ERRORS, so a code cannot have a name and
 * lack a message.
 */
#include <tarn/error.h>

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
