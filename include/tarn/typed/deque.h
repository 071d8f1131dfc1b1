// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/deque.h -- give a deque a name and a C type; include it once a type, after
 *	#define TARN_NAME jobs	makes struct jobs, and jobs_open(), jobs_get(), ...
 *	#define TARN_VALUE struct job	any type without pointers
 *	#define TARN_ORDER F64		if elements are numbers: U64, I64, U32, I32 or F64; else NONE
 * A struct jobs is a struct tarn_deque: cast it for the calls that are not here.
 */
#include <tarn/deque.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **deque,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL };
	return tarn_deque_open(arena, (struct tarn_deque **)deque, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *deque, uint64_t index, TARN_VALUE *value)
{
	return tarn_deque_get((struct tarn_deque *)deque, index, value);
}

TARN_TYPED int TARN_CALL(_push_back)(struct TARN_NAME *deque, TARN_VALUE value)
{
	return tarn_deque_push_back((struct tarn_deque *)deque, &value);
}

TARN_TYPED int TARN_CALL(_pop_front)(struct TARN_NAME *deque, TARN_VALUE *value)
{
	return tarn_deque_pop_front((struct tarn_deque *)deque, value);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
