// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hello-writer.c -- leave a message for hello-reader, and end
 *
 * The arena lives on without anybody attached to it.  (A nameless one would
 * not: TARN_ARENA must not be anon: or memfd: here.)
 */
#include <stdio.h>
#include <tarn.h>

int
main(void)
{
	static const char message[] = "hello from a process that is gone";
	struct tarn_arena *arena;
	struct tarn_string *string;
	int code = tarn_arena_open(&arena, NULL, NULL, NULL);

	if (!code)
		code = tarn_string_open(arena, &string, "message", TARN_OPEN_OR_CREATE, NULL);
	if (!code)
		code = tarn_string_assign(string, message, sizeof(message) - 1);
	if (code)
		fprintf(stderr, "%s: %s\n", tarn_error_name(code), tarn_error_message(code));
	return code != 0;
}
