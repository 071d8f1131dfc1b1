// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/string.h -- give a string a type of its own, for text of C; include it once a type, after
 *	#define TARN_NAME title		makes struct title, and title_open(), title_set(), ...
 * Text ends with a zero in the program, and not in the arena.
 * A struct title is a struct tarn_string: cast it for the calls that are not here.
 */
#include <string.h>
#include <tarn/string.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **string,
				const char *name, enum tarn_open_mode how)
{
	return tarn_string_open(arena, (struct tarn_string **)string, name, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *string, char *text, size_t room)
{
	uint64_t size = 0;
	int code = room ? tarn_string_get((struct tarn_string *)string, text, room - 1, &size) : TARN_TOO_BIG;
	if (!code)
		text[size] = '\0';
	return code;
}

TARN_TYPED int TARN_CALL(_set)(struct TARN_NAME *string, const char *text)
{
	return tarn_string_assign((struct tarn_string *)string, text, strlen(text));
}

TARN_TYPED int TARN_CALL(_append)(struct TARN_NAME *string, const char *text)
{
	return tarn_string_append((struct tarn_string *)string, text, strlen(text));
}

#undef TARN_NAME
#undef TARN_CALL
