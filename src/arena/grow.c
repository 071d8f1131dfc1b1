// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * grow.c -- more memory, and how far this process has seen the file reach
 *
 * Growing takes no lock.  Whoever needs chunks asks the file system for
 * them, and sets their bits in the chunk map when it has them (A1); two who
 * do the same at once are given the same memory twice, which is once.
 *
 * If a process dies
 *	after the file system has given a chunk and before its bit is set:
 *	who needs the chunk next is given it again, at no cost
 *
 * A request is given run by run of chunks that are missing.  If the last
 * of several runs fails, the earlier ones stay given: they are marked, and
 * there for whoever asks next.  Giving them back would need to know that
 * nobody else has asked for them meanwhile.
 */
#include "arena/open.h"

#include "base/bits.h"

void
tarn__arena_saw_size(struct tarn_arena *arena, uint64_t size)
{
	uint64_t seen = tarn__load(&arena->seen_size);

	while (seen < size && !tarn__cas(&arena->seen_size, &seen, size))
		;
}

/* Whether this process has [off, off + size) in its window: if need be by a look at the file's
 * real size, or at new segments. */
static bool
reaches(struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	struct tarn_os_file *file = &arena->file;
	uint64_t end = 0;

	if (file->backend->extend && file->backend->extend(file, off, size))
		return false;
	if (off + size <= tarn__load(&arena->seen_size))
		return true;
	if (tarn__os_size(file, &end))
		return false;
	tarn__arena_saw_size(arena, end);
	return off + size <= end;
}

bool
tarn__arena_sees_all(struct tarn_arena *arena)
{
	struct tarn_os_file *file = &arena->file;
	uint64_t size;

	if (file->backend->sees_all)
		return file->backend->sees_all(file);
	return !tarn__os_size(file, &size);
}

/* Keep in mind that data chunks are given, as far as end. */
static void
know_solid(struct tarn_arena *arena, tarn_off end)
{
	uint64_t seen = tarn__load(&arena->solid_size);
	tarn_off solid = arena->solid_off + seen;
	uint64_t size;

	while (solid + TARN_CHUNK <= end && tarn__chunk_given(arena, solid >> TARN_CHUNK_SHIFT) &&
		reaches(arena, solid, TARN_CHUNK))
		solid += TARN_CHUNK;
	size = solid - arena->solid_off;
	while (seen < size && !tarn__cas(&arena->solid_size, &seen, size))
		;
}

void *
tarn__at_slow(struct tarn_arena *arena, tarn_off off, uint64_t size, uint64_t align)
{
	if (!tarn__range_ok(off, size, arena->window_size) || (off & (align - 1)) || !size)
		return NULL;
	if (!tarn__chunks_given(arena, off, size))
		return NULL;
	if (!reaches(arena, off, size))
		return NULL;
	if (off >= arena->fixed.data_off)
		know_solid(arena, tarn__round_up(off + size, TARN_CHUNK));
	return arena->base + off;
}

/* Only bits that were not set are counted, so that the count is right whoever else was at it. */
void
tarn__arena_mark_given(struct tarn_arena *arena, uint64_t first, uint64_t end)
{
	uint64_t *map = (uint64_t *)(arena->base + arena->fixed.chunks_off);
	uint64_t fresh = 0;

	for (uint64_t chunk = first; chunk < end;) {
		uint64_t next = tarn__min(end, (chunk | 63) + 1);
		uint64_t bits = tarn__low_bits((unsigned)(next - chunk)) << (chunk & 63);

		fresh += tarn__popcount(bits & ~tarn__fetch_or(&map[chunk >> 6], bits));
		chunk = next;
	}
	tarn__fetch_add(&arena->header->statistics.given_bytes, fresh << TARN_CHUNK_SHIFT);
}

/* The next run of chunks in [*first, end) that are not given; false if there is none. */
static bool
next_missing(const struct tarn_arena *arena, uint64_t *first, uint64_t end, uint64_t *run_end)
{
	while (*first < end && tarn__chunk_given(arena, *first))
		(*first)++;
	*run_end = *first;
	while (*run_end < end && !tarn__chunk_given(arena, *run_end))
		(*run_end)++;
	return *first < *run_end;
}

static int
give_run(struct tarn_arena *arena, uint64_t first, uint64_t end)
{
	int code = arena->file.backend->give(
		&arena->file, first << TARN_CHUNK_SHIFT, (end - first) << TARN_CHUNK_SHIFT);

	if (code)
		return code;
	tarn__arena_saw_size(arena, end << TARN_CHUNK_SHIFT);
	tarn__arena_mark_given(arena, first, end);
	tarn__count(arena, &arena->header->statistics.growths);
	return 0;
}

int
tarn__arena_give(struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	struct tarn_os_calm calm;
	uint64_t first = off >> TARN_CHUNK_SHIFT;
	uint64_t end, run_end;
	int code = 0;

	if (arena->readonly)
		return TARN_READ_ONLY;
	if (!tarn__range_ok(off, size, arena->window_size))
		return TARN_FULL;
	end = tarn__div_up(off + size, TARN_CHUNK);
	if (!size || !next_missing(arena, &first, end, &run_end))
		return 0;
	tarn__os_calm_begin(&calm);
	do {
		code = give_run(arena, first, run_end);
		first = run_end;
	} while (!code && next_missing(arena, &first, end, &run_end));
	tarn__os_calm_end(&calm);
	return code;
}
