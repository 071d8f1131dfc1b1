// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * blobs.c -- see blobs.h
 */
#include "torture/blobs.h"

#include <stdio.h>
#include <string.h>

#define BLOB_MOST 2500u

void
torture_open_blobs(struct torture_blobs *blobs)
{
	blobs->journals = torture_memory(TORTURE_WORKERS * sizeof(*blobs->journals));
}

/* Length and bytes follow from the seed. */
static size_t
make_blob(uint64_t seed, char *bytes)
{
	size_t size = 8 + seed % (seed % 16 ? 120 : BLOB_MOST - 8);

	memcpy(bytes, &seed, 8);
	for (size_t i = 8; i < size; i++)
		bytes[i] = (char)(seed >> i % 8 * 8) + (char)i;
	return size;
}

static size_t
make_name(unsigned place, unsigned blob, char *name)
{
	return (size_t)sprintf(name, "worker %u, blob %u%s", place, blob,
			       blob % 2 ? "" : " of them");
}

static int
change_as(const struct torture_blobs *blobs, uint64_t before, uint64_t next, const char *name,
	  size_t name_size)
{
	char old[BLOB_MOST], bytes[BLOB_MOST];
	struct tarn_bytes expected = { old, 0 }, desired = { bytes, make_blob(next, bytes) };

	if (!next)
		return blobs->erase(name, name_size);
	if (!before)
		return blobs->insert(name, name_size, bytes, desired.size);
	if (torture_roll(2))
		return blobs->put(name, name_size, bytes, desired.size);
	expected.size = make_blob(before, old);
	return blobs->swap(name, name_size, &expected, &desired);
}

void
torture_change_blob(const struct torture_blobs *blobs, unsigned place)
{
	struct torture_blobs_journal *journal = &blobs->journals[place];
	unsigned blob = (unsigned)torture_roll(TORTURE_BLOBS);
	uint64_t *now = &journal->blobs[blob];
	uint64_t next = *now && !torture_roll(3) ? 0 : 1 + torture_roll(UINT64_MAX - 1);
	char name[48];

	tarn__store(&journal->next, next);
	tarn__store_release(&journal->pending, blob + 1);
	torture_expect_0("blob", change_as(blobs, *now, next, name, make_name(place, blob, name)));
	tarn__store_release(now, next);
	tarn__store_release(&journal->pending, 0);
}

/* The seed of what is there; 0: nothing.  1 is nobody's: something that was never put. */
static uint64_t
blob_at(const struct torture_blobs *blobs, unsigned place, unsigned blob)
{
	char name[48], bytes[BLOB_MOST], expected[BLOB_MOST];
	size_t size, name_size = make_name(place, blob, name);
	int code = blobs->get(name, name_size, bytes, sizeof(bytes), &size);
	uint64_t seed;

	if (code == TARN_NOT_FOUND)
		return 0;
	torture_expect_0("get", code);
	memcpy(&seed, bytes, 8);
	if (size != make_blob(seed, expected) || memcmp(bytes, expected, size))
		return 1;
	return seed;
}

void
torture_settle_blobs(const struct torture_blobs *blobs, unsigned place)
{
	struct torture_blobs_journal *journal = &blobs->journals[place];

	if (journal->pending) {
		uint64_t *blob = &journal->blobs[journal->pending - 1];
		uint64_t found = blob_at(blobs, place, (unsigned)journal->pending - 1);

		torture_lost += found != *blob && found != journal->next;
		torture_unsure++;
		*blob = found;
	}
	journal->pending = 0;
}

void
torture_compare_blobs(const struct torture_blobs *blobs)
{
	uint64_t present = 0, size;

	for (unsigned i = 0; i < TORTURE_WORKERS * TORTURE_BLOBS; i++) {
		unsigned place = i / TORTURE_BLOBS, blob = i % TORTURE_BLOBS;
		uint64_t known = blobs->journals[place].blobs[blob];

		torture_lost += blob_at(blobs, place, blob) != known;
		present += known != 0;
	}
	torture_expect_0("size", blobs->size(&size));
	torture_lost += size < present ? present - size : 0;
	torture_doubled += size > present ? size - present : 0;
}
