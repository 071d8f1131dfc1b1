// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/queue.h -- give a queue a name and a C type; include it once a type, after
 *	#define TARN_NAME jobs	makes struct jobs, and jobs_open(), jobs_push(), ...
 *	#define TARN_VALUE struct job	any type without pointers
 *	#define TARN_ORDER F64		if elements are numbers: U64, I64, U32, I32 or F64; else NONE
 * A struct jobs is a struct tarn_queue: cast it for the calls that are not here.
 */
#include <tarn/queue.h>

struct TARN_NAME;
#define TARN_CALL(verb) TARN_PASTE(TARN_NAME, verb)

TARN_TYPED int TARN_CALL(_open)(struct tarn_arena *arena, struct TARN_NAME **queue,
				const char *name, enum tarn_open_mode how)
{
	struct tarn_type type = { TARN_KIND_QUEUE, TARN_PASTE(TARN_KEY_, TARN_ORDER), sizeof(TARN_VALUE), NULL };
	return tarn_queue_open(arena, (struct tarn_queue **)queue, name, &type, how, NULL);
}

TARN_TYPED int TARN_CALL(_push)(struct TARN_NAME *queue, TARN_VALUE value)
{
	return tarn_queue_push((struct tarn_queue *)queue, &value);
}

TARN_TYPED int TARN_CALL(_pop)(struct TARN_NAME *queue, TARN_VALUE *value)
{
	return tarn_queue_pop((struct tarn_queue *)queue, value);
}

TARN_TYPED int TARN_CALL(_front)(struct TARN_NAME *queue, TARN_VALUE *value)
{
	return tarn_queue_front((struct tarn_queue *)queue, value);
}

#undef TARN_NAME
#undef TARN_VALUE
#undef TARN_ORDER
#undef TARN_CALL
