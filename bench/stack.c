// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.c -- the shared stack of u64, beside std::stack: see ends.h
 */
#define CALL(verb) tarn_stack_##verb
#define ADAPTOR struct tarn_stack
#define KIND TARN_KIND_STACK
#define PEER PEER_STACK
#define NAME "stack"

#include "ends.h"
