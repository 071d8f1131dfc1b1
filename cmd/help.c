// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * help.c -- tarn help
 */
#include "tool.h"

#include <stdio.h>

void
tool_print_usage(FILE *out)
{
	fputs("usage: tarn VERB [OPTION...] [NAME]\n\n", out);
	for (const struct tool_verb *verb = tool_verbs; verb->name; verb++) {
		if (!verb->summary)
			continue;
		fprintf(out, "  tarn %s%s%s\n", verb->name, verb->arguments[0] ? " " : "",
			verb->arguments);
		fprintf(out, "        %s\n", verb->summary);
	}
}

int
tool_help(const struct tool_call *call)
{
	(void)call;
	tool_print_usage(stdout);
	fputs("\n"
	      "NAME is NAME or shm:NAME (the file /dev/shm/tarn.NAME), file:PATH, or, of System V\n"
	      "segments, sysv:PATH#ID or sysv:key=N; OBJECT is the name of an object in it.\n"
	      "SIZE is a number, perhaps with K, M, G or T.\n"
	      "KEY and VALUE are text, or numbers, as the object's type says; with --base64 any\n"
	      "bytes.  INDEX counts from 0; end is behind the last element.\n"
	      "Only create makes an arena; ls, stat, who, locks, get, keys, scan, dump and gc look\n"
	      "without writing, and check with --readonly; without it check puts right what dead\n"
	      "threads left.  --blocks says that programs use tarn_alloc(): memory to which no\n"
	      "object leads is then theirs, not leaked.\n\n"
	      "Exit codes\n"
	      "  0  fine\n"
	      "  1  nothing found, or refused: no such arena or object, or it exists already or is\n"
	      "     in use; of check: problems were found\n"
	      "  2  the command or the name is wrong\n"
	      "  3  anything else went wrong; stderr says what, and what to do\n",
		stdout);
	return TOOL_FINE;
}
