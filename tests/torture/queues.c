// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queues.c -- queues under real kills: see ends.h
 */
#define CALL(verb) tarn_queue_##verb
#define ADAPTOR struct tarn_queue
#define LOOK(of, value) tarn_queue_front(of, value)
#define PUSH(to, value) tarn_queue_push(to, value)
#define PUSH_MANY(to, values, count) tarn_queue_push_many(to, values, count)
#define CHANGE(in, values) torture_expect_0("push", PUSH(in, values))
#define KIND TARN_KIND_QUEUE
#define KEY TARN_KEY_NONE
#define NAME "queue"

#include "ends.h"

const struct torture_kind torture_queue = {
	"queue", open_all, close_all, act, settle, compare, object, set_number, get_number,
};
