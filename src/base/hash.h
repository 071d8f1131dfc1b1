// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hash.h -- 64-bit hashes of bytes and of integers, with a seed
 *
 * Both are built from one step, "fold": the 128-bit product of two words,
 * its halves combined by exclusive or.  A multiplication spreads every bit
 * of its operands over the product, and today's processors do one in 3 to 4
 * cycles, so a short key costs two of them.
 *
 * A word of the input is always combined with a secret made from the seed
 * before it is multiplied.  Were it combined with a constant, whoever knows
 * the constant could make a factor zero, and so any number of keys that
 * collide under every seed.
 *
 * The values are part of the format: they are stored in arenas and must
 * not change.  For the same reason there is no variant for a processor.
 *
 * Not done: resistance against somebody who can see hash values, or time
 * operations finely.  That takes a cryptographic function.
 *
 * After wyhash (Wang Yi), which see; this is not that function.
 */
#ifndef TARN_BASE_HASH_H
#define TARN_BASE_HASH_H

#include "base/compiler.h"

/* Fractional parts of the square roots of 2, 3, 5 and 7, the first made odd. */
#define TARN_HASH_A UINT64_C(0x6a09e667f3bcc909)
#define TARN_HASH_B UINT64_C(0xbb67ae8584caa73b)
#define TARN_HASH_C UINT64_C(0x3c6ef372fe94f82b)
#define TARN_HASH_D UINT64_C(0xa54ff53a5f1d36f1)

static inline uint64_t
tarn__hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two words and the seed, nothing lost in the first of the two multiplications. */
static inline uint64_t
tarn__hash_two(uint64_t a, uint64_t b, uint64_t length)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return tarn__hash_fold(
		(uint64_t)product ^ TARN_HASH_C ^ length, (uint64_t)(product >> 64) ^ TARN_HASH_D);
}

static inline uint64_t
tarn__hash_secret(uint64_t seed)
{
	return (seed << 32 | seed >> 32) ^ TARN_HASH_B;
}

static inline uint64_t
tarn__hash_state(uint64_t seed)
{
	return seed ^ TARN_HASH_A;
}

/* For many hashes with one seed: its secret and its state, made once. */
static inline uint64_t
tarn__hash_word(uint64_t x, uint64_t secret, uint64_t state)
{
	return tarn__hash_two(x ^ secret, state, 8);
}

static inline uint64_t
tarn__hash_u64(uint64_t x, uint64_t seed)
{
	return tarn__hash_word(x, tarn__hash_secret(seed), tarn__hash_state(seed));
}

static inline uint64_t
tarn__hash_read64(const uint8_t *p)
{
	uint64_t word;

	__builtin_memcpy(&word, p, sizeof(word));
	return word;
}

static inline uint64_t
tarn__hash_read32(const uint8_t *p)
{
	uint32_t word;

	__builtin_memcpy(&word, p, sizeof(word));
	return word;
}

/* 0 to 16 bytes, as two words that overlap where there are fewer. */
static inline uint64_t
tarn__hash_short(const uint8_t *p, size_t size, uint64_t secret, uint64_t state)
{
	uint64_t a = 0, b = 0;

	if (likely(size >= 8)) {
		a = tarn__hash_read64(p);
		b = tarn__hash_read64(p + size - 8);
	} else if (size >= 4) {
		a = tarn__hash_read32(p);
		b = tarn__hash_read32(p + size - 4);
	} else if (size) {
		a = (uint64_t)p[0] << 16 | (uint64_t)p[size >> 1] << 8 | p[size - 1];
	}
	return tarn__hash_two(a ^ secret, b ^ state, size);
}

/* More than 16 bytes: two chains side by side, then the last 16 bytes, which may overlap. */
static inline uint64_t
tarn__hash_long(const uint8_t *p, size_t size, uint64_t secret, uint64_t state)
{
	uint64_t other = state ^ TARN_HASH_D;
	size_t left = size;

	for (; left > 32; left -= 32, p += 32) {
		state = tarn__hash_fold(
			tarn__hash_read64(p) ^ secret, tarn__hash_read64(p + 8) ^ state);
		other = tarn__hash_fold(
			tarn__hash_read64(p + 16) ^ ~secret, tarn__hash_read64(p + 24) ^ other);
	}
	if (left > 16) {
		state = tarn__hash_fold(
			tarn__hash_read64(p) ^ secret, tarn__hash_read64(p + 8) ^ state);
	}
	p += left - 16;
	return tarn__hash_two(tarn__hash_read64(p) ^ secret,
		tarn__hash_read64(p + 8) ^ state ^ (other << 1 | other >> 63), size);
}

static inline uint64_t
tarn__hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
	uint64_t secret = tarn__hash_secret(seed);
	uint64_t state = tarn__hash_state(seed);

	if (likely(size <= 16))
		return tarn__hash_short(bytes, size, secret, state);
	return tarn__hash_long(bytes, size, secret, state);
}

#endif
