// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset_layout.h -- a hash set in the arena, byte by byte
 *
 * It is a hash map whose entries have a word in the value's place that is 0
 * and means nothing:
 *
 *	entry	key, 0		if the key is a word
 *		block, 0	if not; block = hash, key size, key
 *
 * An entry has 16 bytes with the word or without it, and so readers and
 * writers of sets are those of maps of words.  The catalog's entry says
 * value_size 0.
 */
#ifndef TARN_CONTAINER_HASHSET_LAYOUT_H
#define TARN_CONTAINER_HASHSET_LAYOUT_H

enum { TARN_HASHSET_WORD = 8 };

#endif
