// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/vector.h -- give a vector a name and a C type; include it once a type, after
 *	#define TARN_NAME prices	makes struct prices, and prices_open(), prices_get(), ...
 *	#define TARN_VALUE struct price	any type without pointers
 *	#define TARN_ORDER F64		if elements are numbers: U64, I64, U32, I32, F64; if bytes in order, BYTES; else NONE
 * A struct prices is a struct tarn_vector: cast it for the calls that are not here.
 */
#include <tarn/vector.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **vector,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL, 0, 0, NULL, NULL, NULL };
	return tarn_vector_open(arena, (struct tarn_vector **)vector, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *vector, uint64_t index, TARN_VALUE *value)
{
	return tarn_vector_get((struct tarn_vector *)vector, index, value);
}

TARN_TYPED int TARN_CALL(_set)(struct TARN_NAME *vector, uint64_t index, TARN_VALUE value)
{
	return tarn_vector_set((struct tarn_vector *)vector, index, &value);
}

TARN_TYPED int TARN_CALL(_push_back)(struct TARN_NAME *vector, TARN_VALUE value)
{
	return tarn_vector_push_back((struct tarn_vector *)vector, &value);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
