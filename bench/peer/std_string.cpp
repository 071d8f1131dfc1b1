// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_string.cpp -- std::string, for the benchmarks in C
 *
 * See std_string.h.  In private memory, and safe for one thread.
 */
#include "std_string.h"

#include <string>

struct peer_string {
	std::string bytes;
};

struct peer_string *
peer_string_new(const char *bytes, size_t size)
{
	return new peer_string{ std::string(bytes, size) };
}

void
peer_string_free(struct peer_string *string)
{
	delete string;
}

void
peer_string_append(struct peer_string *string, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		string->bytes.append(text + i % 100, 16);
}

/* Into a string that has the room already, as the caller of a get has it. */
uint64_t
peer_string_copy(const struct peer_string *string, size_t count)
{
	std::string copy;
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		copy = string->bytes;
		__asm__ volatile("" : : "r"(copy.data()) : "memory");
		sum += (unsigned char)copy.back();
	}
	return sum;
}

uint64_t
peer_string_find(const struct peer_string *string, const char *bytes, size_t size)
{
	return string->bytes.find(bytes, 0, size);
}
