// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/list.h -- give a list a name and a C type; include it once a type, after
 *	#define TARN_NAME jobs	makes struct jobs, and jobs_open(), jobs_get(), ...
 *	#define TARN_VALUE struct job	any type without pointers
 *	#define TARN_ORDER F64		if elements are numbers: U64, I64, U32, I32 or F64; else NONE
 * A struct jobs is a struct tarn_list: cast it for the calls that are not here.
 */
#include <tarn/list.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **list,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_LIST, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL };
	return tarn_list_open(arena, (struct tarn_list **)list, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_get)(struct TARN_NAME *list, const struct tarn_list_handle *at, TARN_VALUE *value)
{
	return tarn_list_get((struct tarn_list *)list, at, value, sizeof(*value), NULL);
}

TARN_TYPED int TARN_CALL(_push_back)(struct TARN_NAME *list, TARN_VALUE value, struct tarn_list_handle *at)
{
	return tarn_list_push_back((struct tarn_list *)list, &value, sizeof(value), at);
}

TARN_TYPED int TARN_CALL(_pop_front)(struct TARN_NAME *list, TARN_VALUE *value)
{
	return tarn_list_pop_front((struct tarn_list *)list, value, sizeof(*value), NULL);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
