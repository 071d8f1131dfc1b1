// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.c -- histories of stacks: see ends.h
 */
#define CALL(verb) tarn_stack_##verb
#define ADAPTOR struct tarn_stack
#define KIND TARN_KIND_STACK
#define NAME "stack"
#define LOOK tarn_stack_top
#define LIFO 1

#include "ends.h"
