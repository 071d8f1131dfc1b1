// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * words.h -- byte strings in shared memory, copied and compared by words
 *
 * Shared memory is read while others may write it, so its bytes are moved
 * as atomic words; what was read is believed after a validation, as always.
 * A string in the arena is padded with zeros to whole words, and whoever
 * calls these has checked that all of them are there.
 */
#ifndef TARN_BASE_WORDS_H
#define TARN_BASE_WORDS_H

#include "base/atomic.h"

#include <string.h>

/* Up to 8 bytes of private memory as a word, the others 0. */
static inline uint64_t
tarn__word_of(const void *bytes, size_t size)
{
	uint64_t word = 0;

	if (likely(size == sizeof(word)))
		memcpy(&word, bytes, sizeof(word));
	else
		memcpy(&word, bytes, size);
	return word;
}

static inline void
tarn__words_in(uint64_t *to, const void *from, size_t size)
{
	const char *bytes = from;

	for (; size >= 8; size -= 8, bytes += 8)
		tarn__store(to++, tarn__word_of(bytes, 8));
	if (size)
		tarn__store(to, tarn__word_of(bytes, size));
}

static inline void
tarn__words_out(void *to, const uint64_t *from, size_t size)
{
	char *bytes = to;
	uint64_t word;

	for (; size >= 8; size -= 8, bytes += 8) {
		word = tarn__load(from++);
		memcpy(bytes, &word, 8);
	}
	if (size) {
		word = tarn__load(from);
		memcpy(bytes, &word, size);
	}
}

static inline bool
tarn__words_equal(const uint64_t *shared, const void *bytes, size_t size)
{
	const char *own = bytes;

	for (; size >= 8; size -= 8, own += 8) {
		if (tarn__load(shared++) != tarn__word_of(own, 8))
			return false;
	}
	return !size || tarn__load(shared) == tarn__word_of(own, size);
}

#endif
