// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- priority queues under real kills: see ends.h
 *
 * Elements are also changed and removed by their handles.
 */
#define CALL(verb) tarn_priority_queue_##verb
#define ADAPTOR struct tarn_priority_queue
#define LOOK(of, value) tarn_priority_queue_top(of, value, NULL)
#define PUSH(to, value) tarn_priority_queue_push(to, value, NULL)
#define PUSH_MANY(to, values, count) tarn_priority_queue_push_many(to, values, count, NULL)
#define CHANGE(in, values) change_by_handle(in, values)
#define KIND TARN_KIND_PRIORITY_QUEUE
#define KEY TARN_KEY_BYTES
#define NAME "priority_queue"

#include "torture/torture.h"

#include <string.h>

/* One is pushed and becomes another; the top is removed, if nobody was faster. */
static void
change_by_handle(struct tarn_priority_queue *in, const void *values)
{
	struct tarn_priority_queue_handle handle;
	char element[12], other[12];
	int code;

	memcpy(element, values, sizeof(element));
	memcpy(other, (const char *)values + sizeof(element), sizeof(other));
	torture_expect_0("push", tarn_priority_queue_push(in, element, &handle));
	torture_expect_there("update", tarn_priority_queue_update(in, &handle, other));
	code = tarn_priority_queue_get(in, &handle, element);
	torture_expect_there("get", code);
	torture_claim("a handle leads to its element", code || !memcmp(element, other, sizeof(other)));
	torture_expect_there("top", tarn_priority_queue_top(in, element, &handle));
	torture_expect_there("remove", tarn_priority_queue_remove(in, &handle, NULL));
}

#include "ends.h"

const struct torture_kind torture_priority_queue = {
	"priority_queue", open_all, close_all, act, settle, compare, object, set_number, get_number,
};
