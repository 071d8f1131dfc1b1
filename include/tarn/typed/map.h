// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/map.h -- give an ordered map a name and C types; include it once a type, after
 *	#define TARN_NAME book		makes struct book, and book_open(), book_get(), ...
 *	#define TARN_KEY uint64_t	any integer type
 *	#define TARN_VALUE struct order	any type without pointers
 * A struct book is a struct tarn_map: cast it for the calls that are not here.
 */
#include <tarn/map.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **map, const char *name,
				enum tarn_open_mode how)
{
	enum tarn_key_kind key = (TARN_KEY)-1 < (TARN_KEY)1 ? TARN_KEY_I64 : TARN_KEY_U64;
	struct tarn_type type = { TARN_KIND_MAP, key, sizeof(TARN_VALUE), NULL };
	return tarn_map_open(arena, (struct tarn_map **)map, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE *value)
{
	uint64_t word = (uint64_t)key;
	return tarn_map_get((struct tarn_map *)map, &word, sizeof(word), value, sizeof(*value), NULL);
}

TARN_TYPED int TARN_CALL(_put)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE value)
{
	uint64_t word = (uint64_t)key;
	return tarn_map_put((struct tarn_map *)map, &word, sizeof(word), &value, sizeof(value));
}

TARN_TYPED int TARN_CALL(_erase)(struct TARN_NAME *map, TARN_KEY key)
{
	uint64_t word = (uint64_t)key;
	return tarn_map_erase((struct tarn_map *)map, &word, sizeof(word));
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_VALUE
#undef TARN_CALL
