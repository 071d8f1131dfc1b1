// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * header.c -- build an arena's header, and decide whether to believe one
 *
 * Where everything lies follows from two numbers, the most bytes of data
 * and the number of slots.  The header holds the results too, for people
 * and for other programs; we work them out again and believe the header
 * only if it says the same.  So no later check of an offset can be wrong
 * because a part lies where it should not.
 *
 * The check reads a private copy, once; what is in the arena may change
 * under our eyes.
 */
#include "arena/open.h"

#include "base/assert.h"
#include "base/bits.h"
#include "base/hash.h"

#include <string.h>

#define WINDOW_LIMIT (UINT64_C(1) << 47)

static uint64_t
chunks(uint64_t bytes)
{
	return tarn__div_up(bytes, TARN_CHUNK);
}

/* One part after the other: *end moves on by so many chunks. */
static tarn_off
place(uint64_t *end, uint64_t chunk_count)
{
	tarn_off off = *end;

	*end += chunk_count * TARN_CHUNK;
	return off;
}

static void
place_parts(uint64_t map_chunks, struct tarn_header_shm *header)
{
	uint64_t data_chunks = header->max_size / TARN_CHUNK;
	uint64_t end = TARN_CHUNK;

	header->chunks_off = place(&end, map_chunks);
	header->runs_off = place(&end, chunks(tarn__div_up(data_chunks, 64) * 8));
	header->slots_off = place(&end, chunks(header->slot_count * TARN_SLOT_SIZE));
	header->front_size = end;
	header->logs_off = place(&end, chunks(header->slot_count * TARN_LOG_SIZE));
	header->spills_off = place(&end, chunks(header->slot_count * TARN_SPILL_SIZE));
	header->descs_off = place(&end, chunks(data_chunks * TARN_DESC_SIZE));
	header->data_off = place(&end, data_chunks);
	header->window_size = end;
}

/* The chunk map covers the whole window, itself included. */
void
tarn__header_plan(uint64_t max_size, uint64_t slot_count, struct tarn_header_shm *header)
{
	uint64_t map_chunks = 0;

	tarn_assert(max_size >= TARN_ARENA_SIZE_MIN && max_size <= TARN_ARENA_SIZE_MAX);
	tarn_assert(slot_count >= TARN_ARENA_SLOTS_MIN && slot_count <= TARN_SLOT_MAX);
	memset(header, 0, sizeof(*header));
	header->max_size = tarn__round_up(max_size, TARN_CHUNK);
	header->slot_count = slot_count;
	do {
		map_chunks++;
		place_parts(map_chunks, header);
	} while (map_chunks * TARN_CHUNK * 8 < header->window_size / TARN_CHUNK);
	tarn_assert(header->window_size < WINDOW_LIMIT);
}

/* Every size that the format fixes, and what the floors above say of theirs. */
static uint64_t
layout_hash(void)
{
	const uint64_t sizes[] = { sizeof(struct tarn_header_shm),
		sizeof(struct tarn_statistics_shm), offsetof(struct tarn_header_shm, checksum),
		TARN_CHUNK, TARN_SLOT_SIZE, TARN_LOG_SIZE, TARN_SPILL_LIST, TARN_SPILL_SIZE,
		TARN_DESC_SIZE, TARN_HEAP_WORDS_OFF, TARN_CATALOG_WORDS_OFF };
	uint64_t hash = tarn__hash_bytes(sizes, sizeof(sizes), TARN_FORMAT_VERSION);

	for (const struct tarn_arena_upper *const *upper = tarn__arena_uppers; *upper; upper++) {
		if ((*upper)->layout)
			hash = tarn__hash_u64((*upper)->layout, hash);
	}
	return hash;
}

static uint64_t
checksum(const struct tarn_header_shm *header)
{
	return tarn__hash_bytes(header, offsetof(struct tarn_header_shm, checksum), TARN_MAGIC);
}

/* A boot id that cannot be had is all zero, which is no boot's. */
uint64_t
tarn__header_boot(uint8_t boot_id[16])
{
	if (!tarn__os_boot_id(boot_id))
		return tarn__hash_bytes(boot_id, 16, TARN_MAGIC) | 1;
	memset(boot_id, 0, 16);
	return 0;
}

void
tarn__header_finish(struct tarn_header_shm *header)
{
	header->magic = TARN_MAGIC;
	header->format = TARN_FORMAT_VERSION;
	header->header_size = sizeof(*header);
	header->layout_hash = layout_hash();
	tarn__header_boot(header->boot_id);
	header->arena_id = tarn__os_random();
	header->created_at = tarn__os_wall_time();
	header->checksum = checksum(header);
}

static bool
same_plan(const struct tarn_header_shm *header)
{
	struct tarn_header_shm plan;

	if (header->max_size < TARN_ARENA_SIZE_MIN || header->max_size > TARN_ARENA_SIZE_MAX)
		return false;
	if (header->slot_count < TARN_ARENA_SLOTS_MIN || header->slot_count > TARN_SLOT_MAX)
		return false;
	tarn__header_plan(header->max_size, header->slot_count, &plan);
	return memcmp(&plan.max_size, &header->max_size,
		       offsetof(struct tarn_header_shm, checksum) -
			       offsetof(struct tarn_header_shm, max_size)) == 0;
}

static bool
base_ok(const struct tarn_header_shm *header)
{
	return header->base_address && header->base_address % TARN_CHUNK == 0 &&
	       header->base_address <= UINT64_MAX - header->window_size;
}

/* Magic and version stand first in every version; the rest means something only if they are ours.
 */
int
tarn__header_check(const struct tarn_header_shm *header, uint64_t file_size, bool readonly)
{
	if (header->magic != TARN_MAGIC || header->format != TARN_FORMAT_VERSION)
		return TARN_FORMAT;
	if (header->header_size != sizeof(*header) || header->layout_hash != layout_hash())
		return TARN_FORMAT;
	if (header->checksum != checksum(header))
		return TARN_FORMAT;
	if (header->features_read || (header->features_write && !readonly))
		return TARN_FORMAT;
	if (!same_plan(header) || !base_ok(header))
		return TARN_FORMAT;
	return file_size >= header->front_size ? 0 : TARN_FORMAT;
}

void
tarn__header_write(struct tarn_arena *arena)
{
	memcpy(arena->header, &arena->fixed, sizeof(arena->fixed));
	tarn__arena_mark_given(arena, 0, arena->fixed.front_size / TARN_CHUNK);
	tarn__count(arena, &arena->header->statistics.growths);
}
