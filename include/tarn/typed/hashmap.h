// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/hashmap.h -- give a hash map a name and C types; include it once a type, after
 *	#define TARN_NAME book		makes struct book, and book_open(), book_get(), ...
 *	#define TARN_KEY uint64_t	any integer type; others, and TARN_KEY_AS: typed/key.h
 *	#define TARN_VALUE struct order	any type without pointers
 * A struct book is a struct tarn_hashmap: cast it for the calls that are not here.
 */
#include <tarn/hashmap.h>
#include <tarn/typed/key.h>
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)
struct TARN_NAME;

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **map, const char *name,
				enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KIND, sizeof(TARN_VALUE), TARN_KEY_REST };
	return tarn_hashmap_open(arena, (struct tarn_hashmap **)map, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE *value)
{
	TARN_WORD word = key;
	return tarn_hashmap_get((struct tarn_hashmap *)map, &word, sizeof(word), value, sizeof(*value), NULL);
}

TARN_TYPED int TARN_CALL(_put)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE value)
{
	TARN_WORD word = key;
	return tarn_hashmap_put((struct tarn_hashmap *)map, &word, sizeof(word), &value, sizeof(value));
}

TARN_TYPED int TARN_CALL(_erase)(struct TARN_NAME *map, TARN_KEY key)
{
	TARN_WORD word = key;
	return tarn_hashmap_erase((struct tarn_hashmap *)map, &word, sizeof(word));
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_VALUE
#undef TARN_KEY_AS
#undef TARN_CALL
