// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo_worker.c -- tarn demo-worker ARENA recorded|elsewhere
 *
 * A worker finds a chunk that is not done, counts it privately, and then in
 * one transaction marks it done and adds what it has counted.  If somebody
 * else was faster the mark is there, and nothing is added.  It ends when it
 * has been round all chunks and found none.
 *
 * On death: a chunk that was counted privately is counted again by another;
 * a transaction that was open has not happened.
 */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct worker {
	struct demo_maps maps;
	struct demo_words words; /* of the chunk under way */
	uint64_t chunk, chunk_count;
};

/* ---- the maps -------------------------------------------------------------------------------- */

static const struct tarn_type files_type = { TARN_KIND_HASHMAP, TARN_KEY_U64, TARN_VALUE_BYTES,
	NULL };
static const struct tarn_type chunks_type = { TARN_KIND_HASHMAP, TARN_KEY_U64,
	sizeof(struct demo_chunk), "Q:file:Q:offset:Q:length:" };
static const struct tarn_type done_type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static const struct tarn_type words_type = { TARN_KIND_HASHMAP, TARN_KEY_STRING, 8, "Q" };

int
demo_maps_open(struct demo_maps *maps, enum tarn_open_mode how)
{
	struct tarn_arena *arena = maps->arena;
	int code = tarn_hashmap_open(arena, &maps->files, "files", &files_type, how, NULL);

	if (!code)
		code = tarn_hashmap_open(arena, &maps->chunks, "chunks", &chunks_type, how, NULL);
	if (!code)
		code = tarn_hashmap_open(arena, &maps->done, "done", &done_type, how, NULL);
	if (!code)
		code = tarn_hashmap_open(arena, &maps->words, "words", &words_type, how, NULL);
	return code;
}

void
demo_maps_close(struct demo_maps *maps)
{
	tarn_hashmap_close(maps->files);
	tarn_hashmap_close(maps->chunks);
	tarn_hashmap_close(maps->done);
	tarn_hashmap_close(maps->words);
	tarn_arena_close(maps->arena);
}

/* ---- one chunk ------------------------------------------------------------------------------- */

static int
read_chunk(const char *path, const struct demo_chunk *chunk, char *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return TARN_SYSTEM;
	got = demo_read_at(fd, bytes, chunk->length, chunk->offset);
	close(fd);
	if (got >= 0 && (uint64_t)got != chunk->length)
		errno = ENODATA; /* the file is shorter now */
	return got < 0 || (uint64_t)got != chunk->length ? TARN_SYSTEM : 0;
}

static int
count_privately(struct worker *worker)
{
	char path[PATH_MAX], bytes[DEMO_CHUNK];
	struct demo_maps *maps = &worker->maps;
	struct demo_chunk chunk;
	size_t length;
	int code = tarn_hashmap_get(maps->chunks, &worker->chunk, 8, &chunk, sizeof(chunk), NULL);

	if (!code)
		code = tarn_hashmap_get(
			maps->files, &chunk.file, 8, path, sizeof(path) - 1, &length);
	if (code)
		return code;
	path[length] = 0;
	demo_words_clear(&worker->words);
	code = chunk.length > sizeof(bytes) ? TARN_CORRUPT : read_chunk(path, &chunk, bytes);
	if (!code)
		code = demo_words_feed(&worker->words, bytes, chunk.length);
	return code ? code : demo_words_end(&worker->words);
}

/* The transaction: the mark, and the counts. */
static int
add_counts(struct tarn_txn *txn, void *arg)
{
	struct worker *worker = arg;
	struct demo_words *words = &worker->words;
	struct tarn_hashmap *shared = tarn_hashmap_in(worker->maps.words, txn);
	struct tarn_hashmap *done = tarn_hashmap_in(worker->maps.done, txn);
	uint64_t when = demo_now();
	int code = tarn_hashmap_insert(done, &worker->chunk, 8, &when, 8);

	for (size_t i = 0; !code && i < words->count; i++) {
		const struct demo_word *word = &words->words[i];

		code = tarn_hashmap_fetch_add(shared, word->text, word->length, word->count, NULL);
	}
	return code;
}

/* TARN_EXISTS: somebody else was faster. */
static int
do_chunk(struct worker *worker)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(worker->maps.done),
		tarn_hashmap_object(worker->maps.words) };
	int code = count_privately(worker);

	if (!code)
		code = tarn_txn_run(worker->maps.arena, objects, 2, add_counts, worker);
	return code;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void
go_anywhere(struct worker *worker)
{
	worker->chunk = worker->chunk_count ? (uint64_t)random() % worker->chunk_count : 0;
}

/* The next one that is not done; TARN_NOT_FOUND: all are done. */
static int
find_chunk(struct worker *worker)
{
	for (uint64_t i = 0; i < worker->chunk_count; i++) {
		int code = tarn_hashmap_contains(worker->maps.done, &worker->chunk, 8);

		if (code)
			return code == TARN_NOT_FOUND ? 0 : code;
		worker->chunk = (worker->chunk + 1) % worker->chunk_count;
	}
	return TARN_NOT_FOUND;
}

static int
work(struct worker *worker)
{
	int code = tarn_hashmap_size(worker->maps.chunks, &worker->chunk_count);

	srandom((unsigned)demo_now() ^ (unsigned)getpid());
	go_anywhere(worker);
	while (!code) {
		code = find_chunk(worker);
		if (code)
			return code == TARN_NOT_FOUND ? 0 : code;
		code = do_chunk(worker);
		if (code == TARN_EXISTS) { /* two that have met would go on side by side */
			go_anywhere(worker);
			code = 0;
		}
	}
	return code;
}

int
tool_demo_worker(const struct tool_call *call)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct worker worker = { 0 };
	int code;

	prctl(PR_SET_NAME, "tarn-worker");
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* no workers without a killer */
	options.elsewhere = call->file_count == 1 && !strcmp(call->files[0], "elsewhere");
	code = tarn_arena_open(&worker.maps.arena, call->name, &options, NULL);
	if (!code)
		code = demo_maps_open(&worker.maps, TARN_OPEN);
	if (!code)
		code = work(&worker);
	if (code)
		code = tool_complain(call, call->name, code);
	demo_words_free(&worker.words);
	demo_maps_close(&worker.maps);
	return code;
}
