// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/priority_queue.h -- give a priority queue a name and a C type; include it once a type, after
 *	#define TARN_NAME timers	makes struct timers, and timers_open(), timers_push(), ...
 *	#define TARN_VALUE struct timer	any type without pointers
 *	#define TARN_ORDER U64		which is greater: U64, I64, U32, I32, F64, or BYTES
 * A struct timers is a struct tarn_priority_queue: cast it for the calls that are not here.
 */
#include <tarn/priority_queue.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **queue,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL };
	return tarn_priority_queue_open(arena, (struct tarn_priority_queue **)queue, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_push)(struct TARN_NAME *queue, TARN_VALUE value, struct tarn_priority_queue_handle *handle)
{
	return tarn_priority_queue_push((struct tarn_priority_queue *)queue, &value, handle);
}

TARN_TYPED int TARN_CALL(_pop)(struct TARN_NAME *queue, TARN_VALUE *value)
{
	return tarn_priority_queue_pop((struct tarn_priority_queue *)queue, value);
}

TARN_TYPED int TARN_CALL(_top)(struct TARN_NAME *queue, TARN_VALUE *value)
{
	return tarn_priority_queue_top((struct tarn_priority_queue *)queue, value, NULL);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
