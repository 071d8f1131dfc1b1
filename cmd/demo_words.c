// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo_words.c -- a private count of words
 *
 * A word is a run of the letters a to z, in either case; of one that is
 * longer than 64 letters the rest is dropped.  The words stand in the order
 * of their first appearance; an index with open addressing, at most half
 * full, leads to them.
 */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#define HASH_FIRST UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3) /* FNV-1a: Fowler, Noll, Vo */

static size_t
place_of(const struct demo_words *words, uint64_t hash)
{
	return (hash ^ hash >> 32) & (words->index_size - 1);
}

static size_t
next_place(const struct demo_words *words, size_t place)
{
	return (place + 1) & (words->index_size - 1);
}

/* Where in the index a word is, or would be. */
static size_t
find(const struct demo_words *words, const struct demo_word *wanted)
{
	size_t place = place_of(words, wanted->hash);

	for (; words->index[place]; place = next_place(words, place)) {
		const struct demo_word *word = &words->words[words->index[place] - 1];

		if (word->hash == wanted->hash && word->length == wanted->length &&
			!memcmp(word->text, wanted->text, word->length))
			break;
	}
	return place;
}

static int
grow(struct demo_words *words)
{
	size_t room = words->room ? 2 * words->room : 1024;
	struct demo_word *more = realloc(words->words, room * sizeof(*more));
	uint32_t *index;

	if (!more)
		return TARN_SYSTEM;
	words->words = more;
	index = calloc(2 * room, sizeof(*index));
	if (!index)
		return TARN_SYSTEM;
	free(words->index);
	words->index = index;
	words->index_size = 2 * room;
	words->room = room;
	for (size_t i = 0; i < words->count; i++)
		index[find(words, &more[i])] = (uint32_t)i + 1;
	return 0;
}

int
demo_words_end(struct demo_words *words)
{
	struct demo_word *open = &words->open;
	size_t place;

	if (!open->length)
		return 0;
	if (words->count == words->room && grow(words))
		return TARN_SYSTEM;
	place = find(words, open);
	if (!words->index[place]) {
		words->words[words->count++] = *open;
		words->index[place] = (uint32_t)words->count;
	}
	words->words[words->index[place] - 1].count++;
	words->total++;
	open->length = 0;
	return 0;
}

static void
add_letter(struct demo_word *open, char letter)
{
	if (!open->length)
		open->hash = HASH_FIRST;
	if (open->length == DEMO_WORD)
		return;
	open->text[open->length++] = letter;
	open->hash = (open->hash ^ (unsigned char)letter) * HASH_PRIME;
}

int
demo_words_feed(struct demo_words *words, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (demo_is_letter(text[i]))
			add_letter(&words->open, (char)(text[i] | 0x20));
		else if (words->open.length && demo_words_end(words))
			return TARN_SYSTEM;
	}
	return 0;
}

struct demo_word *
demo_words_find(const struct demo_words *words, const char *text, size_t length)
{
	struct demo_word wanted = { 0 };
	uint32_t number;

	if (!words->index || length > DEMO_WORD)
		return NULL;
	for (size_t i = 0; i < length; i++)
		add_letter(&wanted, text[i]);
	number = words->index[find(words, &wanted)];
	return number ? &words->words[number - 1] : NULL;
}

/* Its memory is kept. */
void
demo_words_clear(struct demo_words *words)
{
	if (words->index)
		memset(words->index, 0, words->index_size * sizeof(*words->index));
	words->count = 0;
	words->total = 0;
	words->open.length = 0;
}

void
demo_words_free(struct demo_words *words)
{
	free(words->words);
	free(words->index);
	*words = (struct demo_words){ 0 };
}
