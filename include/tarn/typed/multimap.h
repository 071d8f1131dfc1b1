// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/multimap.h -- give an ordered multimap a name and C types; include it once a type, after
 *	#define TARN_NAME index		makes struct index, and index_open(), index_insert(), ...
 *	#define TARN_KEY uint64_t	any integer type; other numbers, and TARN_KEY_AS: typed/key.h
 *	#define TARN_VALUE struct order	any type without pointers
 * A struct index is a struct tarn_multimap: cast it for the calls that are not here.
 */
#include <tarn/multimap.h>
#include <tarn/typed/key.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **map, const char *name,
				enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_MULTIMAP, TARN_KIND, sizeof(TARN_VALUE), TARN_KEY_REST };
	return tarn_multimap_open(arena, (struct tarn_multimap **)map, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_insert)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE value)
{
	TARN_WORD word = key;
	return tarn_multimap_insert((struct tarn_multimap *)map, &word, sizeof(word), &value,
				    sizeof(value), NULL);
}

TARN_TYPED int TARN_CALL(_equal_range)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE *values,
				       size_t *count)
{
	TARN_WORD word = key;
	return tarn_multimap_equal_range((struct tarn_multimap *)map, &word, sizeof(word), values,
					 NULL, count);
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_KEY_AS
#undef TARN_VALUE
#undef TARN_CALL
