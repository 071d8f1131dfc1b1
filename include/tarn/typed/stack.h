// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/stack.h -- give a stack a name and a C type; include it once a type, after
 *	#define TARN_NAME steps	makes struct steps, and steps_open(), steps_push(), ...
 *	#define TARN_VALUE struct job	any type without pointers
 *	#define TARN_ORDER F64		if elements are numbers: U64, I64, U32, I32 or F64; else NONE
 * A struct steps is a struct tarn_stack: cast it for the calls that are not here.
 */
#include <tarn/stack.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **stack,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_STACK, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL };
	return tarn_stack_open(arena, (struct tarn_stack **)stack, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_push)(struct TARN_NAME *stack, TARN_VALUE value)
{
	return tarn_stack_push((struct tarn_stack *)stack, &value);
}

TARN_TYPED int TARN_CALL(_pop)(struct TARN_NAME *stack, TARN_VALUE *value)
{
	return tarn_stack_pop((struct tarn_stack *)stack, value);
}

TARN_TYPED int TARN_CALL(_top)(struct TARN_NAME *stack, TARN_VALUE *value)
{
	return tarn_stack_top((struct tarn_stack *)stack, value);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
