// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * version.c -- tarn version
 */
#include "tool.h"

#include <stdio.h>

int
tool_version(const struct tool_call *call)
{
	if (call->json)
		return tool_print_json(call, json_pack("{s:s}", "version", TOOL_VERSION));
	puts("tarn " TOOL_VERSION);
	return TOOL_FINE;
}
