// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * reader.h -- JSON, a token at a time; see reader.c
 */
#ifndef TARN_TOOL_READER_H
#define TARN_TOOL_READER_H

#include "tool.h"

#include <stdio.h>

/* A token is one of these, or one of the characters {}[],: . */
enum tool_token {
	TOOL_END = 0,
	TOOL_BAD = 1,
	TOOL_STRING = 2,
	TOOL_NUMBER = 3,
	TOOL_WORD = 4,
};

/* All zero but for in and line, at first. */
struct tool_reader {
	FILE *in;
	unsigned long line;
	int token;
	char *text; /* of a string, number or word: its characters, and a zero behind them */
	size_t size, room;
	char *kept; /* for tool_take_text() */
};

/* The next token, which stays in reader->token. */
int tool_next(struct tool_reader *reader);

/* Go to the last token of the value whose first is the reader's; false: it is none. */
bool tool_skip(struct tool_reader *reader);

/* The scalar, or {"base64": ...}, whose first token is the reader's; valid until the next token. */
bool tool_take_text(struct tool_reader *reader, struct tool_text *text);

void tool_reader_end(struct tool_reader *reader);

#endif
