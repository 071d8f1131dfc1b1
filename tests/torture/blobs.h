// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * blobs.h -- byte strings of many lengths under keys of strings, in whatever
 * container has keys
 *
 * They are put, inserted, swapped and erased; each key is one worker's own.
 *
 *	journal of a worker	blob, what it will be | what each is
 */
#ifndef TARN_TESTS_TORTURE_BLOBS_H
#define TARN_TESTS_TORTURE_BLOBS_H

#include "torture/torture.h"

#define TORTURE_BLOBS 64u /* of a worker */

struct torture_blobs {
	int (*get)(const void *key, size_t key_size, void *value, size_t room, size_t *value_size);
	int (*put)(const void *key, size_t key_size, const void *value, size_t value_size);
	int (*insert)(const void *key, size_t key_size, const void *value, size_t value_size);
	int (*erase)(const void *key, size_t key_size);
	int (*swap)(const void *key, size_t key_size, const struct tarn_bytes *expected,
		    const struct tarn_bytes *desired);
	int (*size)(uint64_t *size);
	struct torture_blobs_journal {
		uint64_t pending;	       /* blob + 1; 0: none */
		uint64_t next;		       /* what that will be */
		uint64_t blobs[TORTURE_BLOBS]; /* 0: absent; else its seed */
	} *journals;
};

void torture_open_blobs(struct torture_blobs *blobs);
void torture_change_blob(const struct torture_blobs *blobs, unsigned place);
void torture_settle_blobs(const struct torture_blobs *blobs, unsigned place);
void torture_compare_blobs(const struct torture_blobs *blobs);

#endif
