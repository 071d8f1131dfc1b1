// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo.h -- tarn demo: processes count words together, and are killed at it
 *
 *	demo.c		the verb: what is to be counted, the comparison
 *	demo_text.c	files, cut into chunks
 *	demo_words.c	a private count of words
 *	demo_worker.c	what a worker process does
 *	demo_killer.c	starts workers, kills them, starts others
 *	demo_print.c	what is said at the end
 *
 * Picture (the arena's four maps)
 *
 *	files	number -> path		written before the workers start
 *	chunks	number -> part of file	written before the workers start
 *	done	chunk -> when (ns)	)  both change in one transaction,
 *	words	word -> how often	)  one for each chunk
 */
#ifndef TARN_TOOL_DEMO_H
#define TARN_TOOL_DEMO_H

#include "tool.h"

#include <sys/types.h>

enum {
	DEMO_CHUNK = 65536,
	DEMO_CHUNKS = 131072, /* at most so many by repetition alone */
	DEMO_WORD = 64,
	DEMO_WORKERS = 4,
	DEMO_TOP = 10,
};

/* The value of a chunk. */
struct demo_chunk {
	uint64_t file, offset, length;
};

struct demo_maps {
	struct tarn_arena *arena;
	struct tarn_hashmap *files, *chunks, *done, *words;
};

/* ---- demo_words.c ---------------------------------------------------------------------------- */

struct demo_word {
	uint64_t count;
	uint64_t hash;
	uint32_t length;
	char text[DEMO_WORD];
};

/* Text may come in pieces: a word may end in the next one. */
struct demo_words {
	struct demo_word *words;
	size_t count, room;
	uint32_t *index; /* by hash: a word's number + 1, or 0 */
	size_t index_size;
	uint64_t total;
	struct demo_word open; /* the word under way; its length is 0: none */
};

static inline bool
demo_is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* 0, or TARN_SYSTEM: no memory. */
int demo_words_feed(struct demo_words *words, const char *text, size_t size);
int demo_words_end(struct demo_words *words);

/* NULL: it is not there. */
struct demo_word *demo_words_find(const struct demo_words *words, const char *text, size_t length);
void demo_words_clear(struct demo_words *words);
void demo_words_free(struct demo_words *words);

/* ---- demo_text.c ----------------------------------------------------------------------------- */

struct demo_text {
	char **paths; /* sorted, each once */
	size_t path_count;
	struct demo_chunk *chunks; /* of the files, each once */
	size_t chunk_count;
	uint64_t bytes; /* of the chunks */
	uint64_t repeats;
};

/* The files given, or else the texts of this system; says on stderr what is wrong. */
int demo_text_find(struct demo_text *text, const struct tool_call *call);

/* Cut them into chunks, and count their words. */
int demo_text_read(struct demo_text *text, struct demo_words *words, uint64_t size);
void demo_text_free(struct demo_text *text);

/* As much as there is, up to size bytes; -1: errno says why. */
ssize_t demo_read_at(int fd, char *bytes, size_t size, uint64_t offset);

/* ---- demo_worker.c --------------------------------------------------------------------------- */

/* Open all maps; the arena is open. */
int demo_maps_open(struct demo_maps *maps, enum tarn_open_mode how);
void demo_maps_close(struct demo_maps *maps);

/* ---- demo_killer.c --------------------------------------------------------------------------- */

struct demo_result {
	uint64_t bytes, chunks, words, distinct;
	uint64_t killed, died_in_txn, recoveries;
	uint64_t began, stall_ns, ns;
	struct demo_word top[DEMO_TOP];
	size_t top_count;
	char difference[256]; /* "": none */
};

/* Nanoseconds on the clock that all processes share. */
uint64_t demo_now(void);

/* A signal asked the demo to end. */
bool demo_stopped(void);
void demo_catch_signals(void);

/* Until all chunks are done.  No worker is left, whatever is returned; an exit code. */
int demo_kill_and_wait(
	const struct tool_call *call, struct demo_maps *maps, struct demo_result *result);

/* ---- demo_print.c ---------------------------------------------------------------------------- */

int demo_print(const struct tool_call *call, const struct demo_result *result);

#endif
