// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/hashmultimap.h -- give a hash multimap a name and C types; include it once a type, after
 *	#define TARN_NAME visits	makes struct visits, and visits_open(), visits_insert(), ...
 *	#define TARN_KEY uint64_t	any integer type; others, and TARN_KEY_AS: typed/key.h
 *	#define TARN_VALUE struct visit	any type without pointers
 * A struct visits is a struct tarn_hashmultimap: cast it for the calls that are not here.
 */
#include <tarn/hashmultimap.h>
#include <tarn/typed/key.h>
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)
struct TARN_NAME;

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **map, const char *name,
				enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_HASHMULTIMAP, TARN_KIND, sizeof(TARN_VALUE), TARN_KEY_REST };
	return tarn_hashmultimap_open(arena, (struct tarn_hashmultimap **)map, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_insert)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE value)
{
	TARN_WORD word = key;
	return tarn_hashmultimap_insert((struct tarn_hashmultimap *)map, &word, sizeof(word), &value, sizeof(value));
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *map, TARN_KEY key, TARN_VALUE *value)
{
	TARN_WORD word = key;
	return tarn_hashmultimap_get((struct tarn_hashmultimap *)map, &word, sizeof(word), value, sizeof(*value), NULL);
}

TARN_TYPED int TARN_CALL(_erase)(struct TARN_NAME *map, TARN_KEY key, uint64_t *erased)
{
	TARN_WORD word = key;
	return tarn_hashmultimap_erase((struct tarn_hashmultimap *)map, &word, sizeof(word), erased);
}

#undef TARN_NAME
#undef TARN_KEY
#undef TARN_VALUE
#undef TARN_KEY_AS
#undef TARN_CALL
