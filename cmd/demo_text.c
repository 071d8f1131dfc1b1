// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo_text.c -- files, cut into chunks
 *
 * A chunk ends behind a byte that is no letter, so that no word is torn.
 * Where 64 KiB are one run of letters, the chunk is as long as it may be,
 * and the rest of the run is in no chunk: a word ends after 64 letters.
 * The private count knows nothing of chunks: it reads each file in one go.
 */
#include "demo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXTS "/usr/share/common-licenses"

/* ---- which files ----------------------------------------------------------------------------- */

static int
complain(const char *path, const char *why)
{
	fprintf(stderr, "tarn demo: %s: %s\n", path, why);
	return TOOL_ERROR;
}

static int
add_file(struct demo_text *text, const char *path)
{
	struct stat stat_of;
	char **more;
	char *full;

	if (stat(path, &stat_of))
		return complain(path, strerror(errno));
	if (!S_ISREG(stat_of.st_mode))
		return complain(path, "not a file");
	more = realloc(text->paths, (text->path_count + 1) * sizeof(*more));
	if (more)
		text->paths = more;
	full = more ? realpath(path, NULL) : NULL;
	if (!full)
		return complain(path, strerror(errno));
	more[text->path_count++] = full;
	return TOOL_FINE;
}

static int
add_folder(struct demo_text *text, const char *folder)
{
	char path[sizeof(TEXTS) + 256 + 1];
	struct dirent *entry;
	int code = TOOL_FINE;
	DIR *dir = opendir(folder);

	if (!dir)
		return complain(folder, strerror(errno));
	while (!code && (entry = readdir(dir))) {
		struct stat stat_of;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (!stat(path, &stat_of) && S_ISREG(stat_of.st_mode))
			code = add_file(text, path);
	}
	closedir(dir);
	return code;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
drop_duplicates(struct demo_text *text)
{
	size_t kept = 0;

	qsort(text->paths, text->path_count, sizeof(*text->paths), compare);
	for (size_t i = 0; i < text->path_count; i++) {
		if (kept && !strcmp(text->paths[kept - 1], text->paths[i]))
			free(text->paths[i]);
		else
			text->paths[kept++] = text->paths[i];
	}
	text->path_count = kept;
}

int
demo_text_find(struct demo_text *text, const struct tool_call *call)
{
	int code = TOOL_FINE;

	*text = (struct demo_text){ 0 };
	if (!call->file_count)
		code = add_folder(text, TEXTS);
	for (size_t i = 0; !code && i < call->file_count; i++)
		code = add_file(text, call->files[i]);
	if (!code && !text->path_count)
		code = complain(TEXTS, "no texts there; name some files");
	if (!code)
		drop_duplicates(text);
	return code;
}

void
demo_text_free(struct demo_text *text)
{
	for (size_t i = 0; i < text->path_count; i++)
		free(text->paths[i]);
	free(text->paths);
	free(text->chunks);
}

/* ---- reading --------------------------------------------------------------------------------- */

ssize_t
demo_read_at(int fd, char *bytes, size_t size, uint64_t offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, bytes + got, size - got, (off_t)(offset + got));

		if (n < 0 && errno != EINTR)
			return -1;
		if (n == 0)
			break;
		got += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)got;
}

static int
add_chunk(struct demo_text *text, const struct demo_chunk *chunk)
{
	size_t count = text->chunk_count;
	struct demo_chunk *more = text->chunks;

	if (!(count & (count - 1))) /* room is a power of two */
		more = realloc(more, (count ? 2 * count : 1) * sizeof(*more));
	if (!more)
		return TARN_SYSTEM;
	text->chunks = more;
	more[text->chunk_count++] = *chunk;
	text->bytes += chunk->length;
	return 0;
}

/* What of a full buffer is a chunk: to its last byte that is no letter. */
static size_t
cut(const char *bytes)
{
	size_t length = DEMO_CHUNK;

	while (length && demo_is_letter(bytes[length - 1]))
		length--;
	return length ? length : DEMO_CHUNK;
}

static size_t
letters_at_start(const char *bytes, size_t size)
{
	size_t count = 0;

	while (count < size && demo_is_letter(bytes[count]))
		count++;
	return count;
}

static int
cut_file(struct demo_text *text, int fd, uint64_t file)
{
	char bytes[DEMO_CHUNK];
	uint64_t offset = 0;
	bool inside = false; /* a run of letters that the last chunk did not end */

	while (!demo_stopped()) {
		ssize_t got = demo_read_at(fd, bytes, DEMO_CHUNK, offset);
		size_t length = (size_t)got;

		if (got <= 0)
			return got ? TARN_SYSTEM : 0;
		if (inside) {
			length = letters_at_start(bytes, (size_t)got);
			inside = length == (size_t)got;
		} else {
			if (got == DEMO_CHUNK)
				length = cut(bytes);
			inside = demo_is_letter(bytes[length - 1]);
			if (add_chunk(text, &(struct demo_chunk){ file, offset, length }))
				return TARN_SYSTEM;
		}
		offset += length;
	}
	return 0;
}

static int
count_file(struct demo_words *words, int fd)
{
	char bytes[DEMO_CHUNK];
	uint64_t offset = 0;
	ssize_t got;
	int code = 0;

	while (!code && !demo_stopped()) {
		got = demo_read_at(fd, bytes, sizeof(bytes), offset);
		if (got <= 0)
			return got ? TARN_SYSTEM : demo_words_end(words);
		code = demo_words_feed(words, bytes, (size_t)got);
		offset += (uint64_t)got;
	}
	return code;
}

static int
read_file(struct demo_text *text, struct demo_words *words, size_t file)
{
	const char *path = text->paths[file];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0)
		return complain(path, strerror(errno));
	code = cut_file(text, fd, file);
	if (!code)
		code = count_file(words, fd);
	if (code)
		complain(path, strerror(errno));
	close(fd);
	return code ? TOOL_ERROR : TOOL_FINE;
}

static uint64_t
repeats(const struct demo_text *text, uint64_t size)
{
	uint64_t wanted = text->bytes ? (size + text->bytes - 1) / text->bytes : 1;
	uint64_t most = text->chunk_count ? DEMO_CHUNKS / text->chunk_count : 1;

	if (wanted > most)
		wanted = most;
	return wanted ? wanted : 1;
}

int
demo_text_read(struct demo_text *text, struct demo_words *words, uint64_t size)
{
	int code = TOOL_FINE;

	for (size_t i = 0; !code && i < text->path_count; i++)
		code = read_file(text, words, i);
	if (!code && !words->total && !demo_stopped())
		code = complain(text->paths[0], "no words in it");
	text->repeats = repeats(text, size);
	return code;
}
