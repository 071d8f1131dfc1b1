// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * rm.c -- tarn rm NAME
 *
 * As rm(1): who is attached keeps what he has, and the memory is given back
 * when the last of them ends.
 */
#include "tool.h"

int
tool_rm(const struct tool_call *call)
{
	int code = tarn_arena_remove(call->name);

	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}
