// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.c -- stacks under real kills: see ends.h
 */
#define CALL(verb) tarn_stack_##verb
#define ADAPTOR struct tarn_stack
#define LOOK(of, value) tarn_stack_top(of, value)
#define PUSH(to, value) tarn_stack_push(to, value)
#define PUSH_MANY(to, values, count) tarn_stack_push_many(to, values, count)
#define CHANGE(in, values) torture_expect_0("push", PUSH(in, values))
#define KIND TARN_KIND_STACK
#define KEY TARN_KEY_NONE
#define NAME "stack"

#include "ends.h"

const struct torture_kind torture_stack = {
	"stack", open_all, close_all, act, settle, compare, object, set_number, get_number,
};
