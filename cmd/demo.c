// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo.c -- tarn demo [--json] [--size=SIZE] [FILE...]
 *
 * Counts the words of the files into one map, by several processes that are
 * killed all the while, and compares the counts with those of one process
 * that nobody disturbs.  The private count reads each file once, without
 * chunks, and is multiplied by how often the files are repeated.
 *
 * Its arena, shm:demo-PID, is there while it runs ("tarn stat", "tarn who"),
 * and is removed at the end, at SIGINT too.
 */
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE (UINT64_C(500) << 20)

/* ---- before ---------------------------------------------------------------------------------- */

static int
put_files(struct demo_maps *maps, const struct demo_text *text)
{
	int code = 0;

	for (uint64_t i = 0; !code && i < text->path_count; i++)
		code = tarn_hashmap_put(maps->files, &i, 8, text->paths[i], strlen(text->paths[i]));
	return code;
}

static int
put_chunks(struct demo_maps *maps, const struct demo_text *text)
{
	uint64_t count = text->chunk_count * text->repeats;
	int code = 0;

	for (uint64_t i = 0; !code && !demo_stopped() && i < count; i++) {
		const struct demo_chunk *chunk = &text->chunks[i % text->chunk_count];

		code = tarn_hashmap_put(maps->chunks, &i, 8, chunk, sizeof(*chunk));
	}
	return code;
}

static int
prepare(struct demo_maps *maps, const struct demo_text *text)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	const char *given = getenv("TARN_ARENA");
	char name[32];
	int code;

	snprintf(name, sizeof(name), "shm:demo-%ld", (long)getpid());
	code = tarn_arena_open(&maps->arena, given && given[0] ? NULL : name, &options, NULL);
	if (!code)
		code = demo_maps_open(maps, TARN_CREATE);
	if (!code)
		code = put_files(maps, text);
	return code ? code : put_chunks(maps, text);
}

/* ---- after ----------------------------------------------------------------------------------- */

static void
add_to_top(struct demo_result *result, const struct demo_word *word)
{
	size_t at = result->top_count;

	while (at > 0 && result->top[at - 1].count < word->count)
		at--;
	if (at == DEMO_TOP)
		return;
	if (result->top_count < DEMO_TOP)
		result->top_count++;
	memmove(&result->top[at + 1], &result->top[at],
		(result->top_count - at - 1) * sizeof(*word));
	result->top[at] = *word;
}

static int
shared_word(const struct tarn_hashmap_entry *entry, struct demo_word *word)
{
	if (entry->key_size > DEMO_WORD || entry->value_size != 8)
		return TARN_CORRUPT;
	word->length = (uint32_t)entry->key_size;
	memcpy(word->text, entry->key, entry->key_size);
	memcpy(&word->count, entry->value, 8);
	return 0;
}

/* Each private count may be met once, and is 0 from then on. */
static void
compare_word(struct demo_result *result, const struct demo_word *shared, struct demo_words *words,
	uint64_t repeats)
{
	struct demo_word *own = demo_words_find(words, shared->text, shared->length);
	uint64_t expected = own ? own->count * repeats : 0;

	if (own)
		own->count = 0;
	if (shared->count == expected || result->difference[0])
		return;
	snprintf(result->difference, sizeof(result->difference),
		"'%.*s' is in the text %" PRIu64 " times, in the shared map %" PRIu64,
		(int)shared->length, shared->text, expected, shared->count);
}

static void
compare_rest(struct demo_result *result, const struct demo_words *words)
{
	for (size_t i = 0; i < words->count && !result->difference[0]; i++) {
		const struct demo_word *own = &words->words[i];

		if (own->count)
			snprintf(result->difference, sizeof(result->difference),
				"'%.*s' is in the text, and not in the shared map",
				(int)own->length, own->text);
	}
}

/* TARN_NOT_FOUND: no more. */
static int
next_word(struct tarn_hashmap_cursor *cursor, struct demo_word *word)
{
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_next(cursor, &entry);

	return code ? code : shared_word(&entry, word);
}

static int
compare(struct demo_maps *maps, struct demo_result *result, struct demo_words *words,
	uint64_t repeats)
{
	struct tarn_hashmap_cursor *cursor;
	struct demo_word word;
	uint64_t done;
	int code = tarn_hashmap_size(maps->done, &done);

	if (!code && done != result->chunks)
		snprintf(result->difference, sizeof(result->difference),
			"%" PRIu64 " chunks of %" PRIu64 " are done", done, result->chunks);
	if (!code)
		code = tarn_hashmap_cursor_open(maps->words, &cursor);
	if (code)
		return code;
	while (!(code = next_word(cursor, &word))) {
		compare_word(result, &word, words, repeats);
		add_to_top(result, &word);
		result->words += word.count;
		result->distinct++;
	}
	tarn_hashmap_cursor_close(cursor);
	compare_rest(result, words);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* When each chunk was done. */
static int
take_times(struct demo_maps *maps, uint64_t *times, uint64_t room, uint64_t *count)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(maps->done, &cursor);

	*count = 0;
	if (code)
		return code;
	while (*count < room && !(code = tarn_hashmap_cursor_next(cursor, &entry)))
		memcpy(&times[(*count)++], entry.value, 8);
	tarn_hashmap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* The longest time without any chunk done. */
static int
find_stall(struct demo_maps *maps, struct demo_result *result)
{
	uint64_t *times = malloc(result->chunks * sizeof(*times)), before = result->began, count;
	int code = times ? take_times(maps, times, result->chunks, &count) : TARN_SYSTEM;

	if (!code)
		qsort(times, count, sizeof(*times), compare_times);
	for (uint64_t i = 0; !code && i < count; i++) {
		if (times[i] - before > result->stall_ns)
			result->stall_ns = times[i] - before;
		before = times[i];
	}
	result->ns = before - result->began;
	free(times);
	return code;
}

static int
finish(struct demo_maps *maps, struct demo_result *result, struct demo_words *words,
	uint64_t repeats)
{
	struct tarn_arena_stat stat;
	int code = tarn_arena_stat(maps->arena, &stat);

	if (code)
		return code;
	result->died_in_txn = stat.deaths_in_txn;
	result->recoveries = stat.recoveries;
	code = find_stall(maps, result);
	return code ? code : compare(maps, result, words, repeats);
}

/* ---- the verb -------------------------------------------------------------------------------- */

static int
run(const struct tool_call *call, const struct demo_text *text, struct demo_words *words)
{
	struct demo_result result = { .bytes = text->bytes * text->repeats,
		.chunks = text->chunk_count * text->repeats };
	struct demo_maps maps = { 0 };
	int code = prepare(&maps, text), exit_code = TOOL_FINE;

	if (!code)
		exit_code = demo_kill_and_wait(call, &maps, &result);
	if (!code && !exit_code)
		code = finish(&maps, &result, words, text->repeats);
	if (code)
		exit_code = tool_complain(call, NULL, code);
	else if (!exit_code)
		exit_code = demo_print(call, &result);
	if (maps.arena && (code = tarn_arena_remove(tarn_arena_name(maps.arena))))
		exit_code = tool_complain(call, tarn_arena_name(maps.arena), code);
	demo_maps_close(&maps);
	return exit_code;
}

int
tool_demo(const struct tool_call *call)
{
	struct demo_words words = { 0 };
	struct demo_text text;
	int code;

	demo_catch_signals();
	code = demo_text_find(&text, call);
	if (!code)
		code = demo_text_read(&text, &words, call->size ? call->size : SIZE);
	if (!code)
		code = run(call, &text, &words);
	demo_words_free(&words);
	demo_text_free(&text);
	return code;
}
