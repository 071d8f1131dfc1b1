// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/multiset.h -- give an ordered multiset a name and a C type; include it once a type, after
 *	#define TARN_NAME marks		makes struct marks, and marks_open(), marks_insert(), ...
 *	#define TARN_KEY uint64_t	any integer type; other numbers, and TARN_KEY_AS: typed/key.h
 * A struct marks is a struct tarn_multiset: cast it for the calls that are not here.
 */
#include <tarn/multiset.h>
#include <tarn/typed/key.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **set, const char *name,
				enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_MULTISET, TARN_KIND, 0, TARN_KEY_REST };
	return tarn_multiset_open(arena, (struct tarn_multiset **)set, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_insert)(struct TARN_NAME *set, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_multiset_insert((struct tarn_multiset *)set, &word, sizeof(word), NULL);
}

TARN_TYPED int TARN_CALL(_erase)(struct TARN_NAME *set, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_multiset_erase((struct tarn_multiset *)set, &word, sizeof(word), NULL);
}

TARN_TYPED int TARN_CALL(_count)(struct TARN_NAME *set, TARN_KEY key, uint64_t *count)
{
	TARN_WORD word = key;
	return tarn_multiset_count((struct tarn_multiset *)set, &word, sizeof(word), count);
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_KEY_AS
#undef TARN_CALL
