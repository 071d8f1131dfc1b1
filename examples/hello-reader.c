// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hello-reader.c -- print what hello-writer has left, without permission to write
 */
#include <stdio.h>
#include <tarn.h>

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN, .readonly = true };
	struct tarn_arena *arena;
	struct tarn_string *string;
	char message[100];
	uint64_t size = 0;
	int code = tarn_arena_open(&arena, NULL, &options, NULL);

	if (!code)
		code = tarn_string_open(arena, &string, "message", TARN_OPEN, NULL);
	if (!code)
		code = tarn_string_get(string, message, sizeof(message), &size);
	if (code)
		fprintf(stderr, "%s: %s\n", tarn_error_name(code), tarn_error_message(code));
	else
		printf("%.*s\n", (int)size, message);
	return code != 0;
}
