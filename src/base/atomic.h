// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * atomic.h -- every access to shared words, named by its order
 *
 * Shared words are plain uint64_t (uint32_t for futexes), touched only
 * through these functions, so that C and C++ see one layout and a race
 * with an optimistic reader is never undefined behaviour.
 *
 * Two kinds of order are needed and must not be confused:
 *
 *	against death	A killed thread leaves a program-order prefix of its
 *			stores, and who repairs after it looks only once the
 *			kernel has told it of the death.  So tarn__barrier(),
 *			which only the compiler sees, is enough.
 *	against life	Readers and lockers that run at the same time need
 *			acquire and release, as in any concurrent program.
 */
#ifndef TARN_BASE_ATOMIC_H
#define TARN_BASE_ATOMIC_H

#include "base/compiler.h"
#include "base/mutant.h"

static inline uint64_t
tarn__load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint64_t
tarn__load_acquire(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline uint64_t
tarn__load_seq(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void
tarn__store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void
tarn__store_release(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* On failure *expected is what was found. */
static inline bool
tarn__cas(uint64_t *word, uint64_t *expected, uint64_t desired)
{
	return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

static inline uint64_t
tarn__exchange(uint64_t *word, uint64_t value)
{
	return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

static inline uint64_t
tarn__fetch_or(uint64_t *word, uint64_t bits)
{
	return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

static inline uint64_t
tarn__fetch_and(uint64_t *word, uint64_t bits)
{
	return __atomic_fetch_and(word, bits, __ATOMIC_SEQ_CST);
}

static inline uint64_t
tarn__fetch_xor(uint64_t *word, uint64_t bits)
{
	return __atomic_fetch_xor(word, bits, __ATOMIC_SEQ_CST);
}

static inline uint64_t
tarn__fetch_add(uint64_t *word, uint64_t n)
{
	return __atomic_fetch_add(word, n, __ATOMIC_RELAXED);
}

static inline uint32_t
tarn__load32_acquire(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline uint32_t
tarn__load32(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void
tarn__store32(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline uint8_t
tarn__load8(const uint8_t *byte)
{
	return __atomic_load_n(byte, __ATOMIC_RELAXED);
}

static inline void
tarn__store8(uint8_t *byte, uint8_t value)
{
	__atomic_store_n(byte, value, __ATOMIC_RELAXED);
}

static inline void
tarn__fence_acquire(void)
{
#ifdef __SANITIZE_THREAD__
	/* ThreadSanitizer does not model fences; the loads before this are enough on x86. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
}

static inline void
tarn__fence_release(void)
{
#ifdef __SANITIZE_THREAD__
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_RELEASE);
#endif
}

/* So many bits of a bitmap, from first on, to one value; who may change the bitmap is the caller's. */
static inline void
tarn__store_bits(uint64_t *map, uint64_t first, uint64_t count, bool value)
{
	for (uint64_t bit = first, end = first + count; bit < end;) {
		uint64_t next = (bit | 63) + 1 < end ? (bit | 63) + 1 : end;
		uint64_t mask = (next - bit == 64 ? 0 : UINT64_C(1) << (next - bit)) - 1;
		uint64_t word = tarn__load(&map[bit >> 6]);

		mask <<= bit & 63;
		tarn__store(&map[bit >> 6], value ? word | mask : word & ~mask);
		bit = next;
	}
}

/* Order against death: the stores before stay before the stores after. */
static inline void
tarn__barrier_at(bool mutant)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#ifdef TARN_HOOKED
	if (mutant)
		tarn__mutant_swap();
#else
	(void)mutant;
#endif
}

/* The handler of a signal sees a call that has begun, or one that has ended. */
static inline void
tarn__order_for_signals(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#define tarn__barrier() tarn__barrier_at(TARN_SITE("barrier"))

static inline void
tarn__pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
