// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/set.h -- give an ordered set a name and a C type; include it once a type, after
 *	#define TARN_NAME due		makes struct due, and due_open(), due_insert(), ...
 *	#define TARN_KEY uint64_t	any integer type; other numbers, and TARN_KEY_AS: typed/key.h
 * A struct due is a struct tarn_set: cast it for the calls that are not here.
 */
#include <tarn/set.h>
#include <tarn/typed/key.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **set, const char *name,
				enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_SET, TARN_KIND, 0, TARN_KEY_REST };
	return tarn_set_open(arena, (struct tarn_set **)set, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_insert)(struct TARN_NAME *set, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_set_insert((struct tarn_set *)set, &word, sizeof(word));
}

TARN_TYPED int TARN_CALL(_erase)(struct TARN_NAME *set, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_set_erase((struct tarn_set *)set, &word, sizeof(word));
}

TARN_TYPED int TARN_CALL(_contains)(struct TARN_NAME *set, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_set_contains((struct tarn_set *)set, &word, sizeof(word));
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_KEY_AS
#undef TARN_CALL
