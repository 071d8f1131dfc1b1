// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set_layout.h -- an ordered set in the arena, byte by byte
 *
 * It is a map (map_layout.h) whose entries have nothing in the value's place
 * that means anything:
 *
 *	keys are words		key, 0		a leaf has both, and another form
 *						of leaf would be another tree
 *	keys are strings	word, pair	pair = sizes, key; a value of size 0
 *
 * So readers, writers and recovery of maps are those of sets.  The catalog's
 * entry says value_size 0.
 */
#ifndef TARN_CONTAINER_SET_LAYOUT_H
#define TARN_CONTAINER_SET_LAYOUT_H

#include "catalog/key.h"

enum { TARN_SET_WORD = 8 };

/* Of a handle, by its keys and the size that is fixed for them: a word of 0; or 0, each its own. */
static inline uint32_t
tarn__set_value_size(uint64_t key, uint64_t fixed)
{
	return key != TARN_KEY_CUSTOM && tarn__keys_make_words(tarn__key_size(key, fixed)) ? TARN_SET_WORD : 0;
}

#endif
