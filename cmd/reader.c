// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * reader.c -- JSON, a token at a time
 *
 * So what is loaded may be larger than memory, and numbers stay text until
 * it is known what they are: a u64 does not fit into those of jansson.
 */
#include "reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int
next_char(struct tool_reader *reader)
{
	int c = getc(reader->in);

	reader->line += c == '\n';
	return c;
}

static void
put_back(struct tool_reader *reader, int c)
{
	reader->line -= c == '\n';
	if (c != EOF)
		ungetc(c, reader->in);
}

static bool
append(struct tool_reader *reader, unsigned c)
{
	if (reader->size + 1 >= reader->room) {
		size_t room = reader->room ? 2 * reader->room : 256;
		char *text = realloc(reader->text, room);

		if (!text)
			return false;
		reader->text = text;
		reader->room = room;
	}
	reader->text[reader->size++] = (char)c;
	reader->text[reader->size] = '\0';
	return true;
}

/* ---- strings --------------------------------------------------------------------------------- */

/* As UTF-8. */
static bool
append_point(struct tool_reader *reader, unsigned point)
{
	if (point < 0x80)
		return append(reader, point);
	if (point < 0x800)
		return append(reader, 0xc0 | point >> 6) && append(reader, 0x80 | (point & 63));
	if (point < 0x10000)
		return append(reader, 0xe0 | point >> 12) &&
		       append(reader, 0x80 | (point >> 6 & 63)) &&
		       append(reader, 0x80 | (point & 63));
	return append(reader, 0xf0 | point >> 18) && append(reader, 0x80 | (point >> 12 & 63)) &&
	       append(reader, 0x80 | (point >> 6 & 63)) && append(reader, 0x80 | (point & 63));
}

static bool
four_digits(struct tool_reader *reader, unsigned *number)
{
	*number = 0;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		int c = tolower(next_char(reader));
		const char *digit = c > 0 ? strchr(digits, c) : NULL;

		if (!digit)
			return false;
		*number = *number << 4 | (unsigned)(digit - digits);
	}
	return true;
}

/* Behind \u; two of them may be one. */
static bool
take_point(struct tool_reader *reader)
{
	unsigned point, low;

	if (!four_digits(reader, &point) || (point & 0xfc00) == 0xdc00)
		return false;
	if ((point & 0xfc00) != 0xd800)
		return append_point(reader, point);
	if (next_char(reader) != '\\' || next_char(reader) != 'u' || !four_digits(reader, &low) ||
		(low & 0xfc00) != 0xdc00)
		return false;
	return append_point(reader, 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff)));
}

static bool
take_escape(struct tool_reader *reader)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	int c = next_char(reader);
	const char *letter = c > 0 ? strchr(letters, c) : NULL;

	if (c == 'u')
		return take_point(reader);
	return letter && append(reader, (unsigned char)meant[letter - letters]);
}

static int
take_string(struct tool_reader *reader)
{
	for (;;) {
		int c = next_char(reader);

		if (c == '"')
			return TOOL_STRING;
		if (c < ' ' || (c == '\\' ? !take_escape(reader) : !append(reader, (unsigned)c)))
			return TOOL_BAD;
	}
}

/* ---- tokens ---------------------------------------------------------------------------------- */

/* A number, or true, false, null: whatever consists of such characters. */
static int
take_word(struct tool_reader *reader, int c)
{
	int token = isdigit(c) || c == '-' ? TOOL_NUMBER : TOOL_WORD;

	while (c != EOF && (isalnum(c) || strchr("+-.", c))) {
		if (!append(reader, (unsigned)c))
			return TOOL_BAD;
		c = next_char(reader);
	}
	put_back(reader, c);
	return reader->size ? token : TOOL_BAD;
}

int
tool_next(struct tool_reader *reader)
{
	int c = next_char(reader);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		c = next_char(reader);
	reader->size = 0;
	if (reader->text)
		reader->text[0] = '\0';
	else if (!append(reader, 0))
		return reader->token = TOOL_BAD;
	reader->size = 0;
	if (c == EOF)
		reader->token = ferror(reader->in) ? TOOL_BAD : TOOL_END;
	else if (strchr("{}[],:", c) && c)
		reader->token = c;
	else
		reader->token = c == '"' ? take_string(reader) : take_word(reader, c);
	return reader->token;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Without recursion: what is read may be anything. */
bool
tool_skip(struct tool_reader *reader)
{
	size_t depth = 0;

	for (;; tool_next(reader)) {
		int token = reader->token;

		if (token == TOOL_BAD || token == TOOL_END)
			return false;
		if (token == '{' || token == '[')
			depth++;
		else if (token == '}' || token == ']')
			depth -= depth > 0;
		if (!depth)
			return token != ',' && token != ':';
	}
}

/* {"base64": "..."}, behind its bracket. */
static bool
take_base64(struct tool_reader *reader, char **text)
{
	if (tool_next(reader) != TOOL_STRING || strcmp(reader->text, "base64") != 0 ||
		tool_next(reader) != ':' || tool_next(reader) != TOOL_STRING)
		return false;
	*text = strdup(reader->text);
	return *text && tool_next(reader) == '}';
}

bool
tool_take_text(struct tool_reader *reader, struct tool_text *text)
{
	*text = (struct tool_text){ reader->text, reader->size, false };
	free(reader->kept);
	reader->kept = NULL;
	if (reader->token != '{')
		return reader->token == TOOL_STRING || reader->token == TOOL_NUMBER ||
		       reader->token == TOOL_WORD;
	if (!take_base64(reader, &reader->kept))
		return false;
	*text = (struct tool_text){ reader->kept, strlen(reader->kept), true };
	return true;
}

void
tool_reader_end(struct tool_reader *reader)
{
	free(reader->text);
	free(reader->kept);
}
