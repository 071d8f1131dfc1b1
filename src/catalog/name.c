// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * name.c -- which names there can be
 *
 * A name is 1 to 191 bytes of any kind but NUL, '/' and control characters:
 * so it can be a line of a list, and a part of a path.  It is meant to be
 * UTF-8, and nothing depends on that.
 *
 * Private memory only.
 */
#include "catalog/entry.h"

#include "base/hash.h"

#include <string.h>

static bool
may_stand_in_name(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '/';
}

static int
check(const char *text, size_t size)
{
	if (!size || size > TARN_NAME_MAX) {
		tarn__error_detail("a name has 1 to %d bytes", TARN_NAME_MAX);
		return TARN_INVALID;
	}
	for (size_t i = 0; i < size; i++) {
		if (may_stand_in_name((unsigned char)text[i]))
			continue;
		tarn__error_detail("byte %zu of the name is 0x%02x, which no name may hold", i,
				   (unsigned char)text[i]);
		return TARN_INVALID;
	}
	return 0;
}

int
tarn__name_make(const struct tarn_arena *arena, const char *text, struct tarn_name *name)
{
	size_t size = text ? strnlen(text, TARN_NAME_MAX + 1) : 0;
	int code = check(text, size);

	if (code)
		return code;
	memset(name, 0, sizeof(*name));
	name->hash = tarn__hash_bytes(text, size, arena->fixed.arena_id);
	name->size = size;
	memcpy(name->words, text, size);
	return 0;
}
