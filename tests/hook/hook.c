// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hook.c -- answers the calls that gcc's -fsanitize=thread puts into the
 * hooked library; see hook.h
 *
 * Before a plain store gcc calls with its address and size, and the store
 * follows the call.  Atomic accesses are calls altogether: they are done
 * here.  Of loads is told who asks, and no more.
 *
 * A barrier that a mutant leaves out lets the compiler swap the stores on
 * its two sides.  tarn__mutant_swap() stands where the barrier was: it takes
 * the last store back, and does it again after the next.
 *
 *	store A   swap()      store B              the next hook, or B's own
 *	   |         |           |                    |
 *	   A done    A undone    B is done            A is done again
 *
 * No compiler moves a store past a load or store of the same bytes, so
 * there A is done again before.
 *
 * Not done
 *	memcpy() and memset() that gcc does not inline: the thread sanitizer
 *	finds them by interposing, so no call tells of them.  A store of a
 *	range (an inlined copy) is one store here, and is never torn.
 *
 * Who may write what
 *	ranges		the test, while no other thread is in the library
 *	shared		everyone, atomically
 *	last, held	the thread itself
 */
#define TARN_HOOKED
#include "hook/hook.h"

#include "base/compiler.h"
#include "base/mutant.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tarn/types.h>

#define RANGES 16
#define TALLIES 64
#define SITES 16384u /* a power of two */
#define MUTANTS 16384u
#define SWAP_MAX 64u

void (*hook_store)(void *address, unsigned size, void *site);
void (*hook_load)(const volatile void *address);
const struct tarn_mutant_site *tarn__mutant;

extern const struct tarn_mutant_site __start_tarn_sites[] __attribute__((weak));
extern const struct tarn_mutant_site __stop_tarn_sites[] __attribute__((weak));
extern const char __executable_start[];

static struct range {
	const char *base;
	uint64_t size;
} ranges[RANGES];
static unsigned range_count;

static struct shared {
	uint64_t site[SITES];
	uint8_t died[SITES];
	uint8_t reached[MUTANTS];
} * shared;

/* ---- what is counted ----------------------------------------------------------------------- */

void
hook_start(void)
{
	int flags = MAP_SHARED | MAP_ANONYMOUS;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, flags, -1, 0);
	if (shared == MAP_FAILED)
		abort();
}

/* Where the site stands in the table; it is put there. */
static uint64_t
place_of(void *site)
{
	uint64_t want = (uintptr_t)site;

	for (uint64_t i = want * UINT64_C(0x9e3779b97f4a7c15) >> 50;; i++) {
		uint64_t *place = &shared->site[i % SITES];
		uint64_t seen = 0;

		if (__atomic_load_n(place, __ATOMIC_RELAXED) == want ||
			__atomic_compare_exchange_n(
				place, &seen, want, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
			seen == want)
			return i % SITES;
	}
}

void
hook_died_at(void *site)
{
	__atomic_store_n(&shared->died[place_of(site)], 1, __ATOMIC_SEQ_CST);
}

void
hook_die(void *site)
{
	if (site)
		hook_died_at(site);
	syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
	for (;;)
		pause();
}

uint64_t
hook_store_sites(void)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < SITES; i++)
		count += shared->site[i] != 0;
	return count;
}

uint64_t
hook_sites_died_at(void)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < SITES; i++)
		count += shared->died[i];
	return count;
}

void
hook_report(bool all)
{
	printf("store sites: %lu, died at: %lu\n", (unsigned long)hook_store_sites(),
		(unsigned long)hook_sites_died_at());
	for (unsigned i = 0; i < SITES && all; i++) {
		uint64_t offset = shared->site[i] - (uintptr_t)__executable_start;

		if (shared->site[i] && !shared->died[i])
			printf("never died at: 0x%lx\n", (unsigned long)offset - 1);
	}
}

/* ---- points -------------------------------------------------------------------------------- */

static struct tally {
	const char *operation;
	uint64_t points;
} tallies[TALLIES];

void
hook_point(const char *operation)
{
	unsigned i = 0;

	while (tallies[i].operation && strcmp(tallies[i].operation, operation)) {
		if (++i == TALLIES)
			abort();
	}
	tallies[i].operation = operation;
	tallies[i].points++;
}

void
hook_report_points(void)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < TALLIES && tallies[i].operation; i++) {
		printf("%s: %lu points\n", tallies[i].operation, (unsigned long)tallies[i].points);
		total += tallies[i].points;
	}
	printf("crash points: %lu\n", (unsigned long)total);
}

int
hook_verdict(void)
{
	bool failed = hook_store_sites() != hook_sites_died_at();

	hook_report_points();
	hook_report(true);
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}

/* ---- watching ------------------------------------------------------------------------------ */

void
hook_watch(const void *base, uint64_t size)
{
	if (range_count == RANGES)
		abort();
	ranges[range_count++] = (struct range){ base, size };
}

void
hook_watch_nothing(void)
{
	range_count = 0;
}

static bool
is_watched(const volatile void *address)
{
	for (unsigned i = 0; i < range_count; i++) {
		if ((uintptr_t)address - (uintptr_t)ranges[i].base < ranges[i].size)
			return true;
	}
	return false;
}

/* ---- swapping ------------------------------------------------------------------------------ */

struct store {
	char *address; /* NULL: none */
	void *site;
	unsigned size;
	char value[SWAP_MAX];
};

static _Thread_local struct store last; /* the last store, and what was there before it */
static _Thread_local struct store held; /* a store that was taken back, and what it stores */
static _Thread_local bool held_is_due; /* the next store has been told of */

static void
tell(void *address, unsigned size, void *site)
{
	place_of(site);
	if (hook_store)
		hook_store(address, size, site);
}

static void
do_held(void)
{
	struct store store = held;

	held.address = NULL;
	held_is_due = false;
	if (!store.address)
		return;
	tell(store.address, store.size, store.site);
	memcpy(store.address, store.value, store.size);
}

static bool
touches_held(const volatile void *address, unsigned size)
{
	uintptr_t a = (uintptr_t)address, b = (uintptr_t)held.address;

	return a < b + held.size && b < a + size;
}

/* Before any access. */
static inline void
before(const volatile void *address, unsigned size)
{
	if (unlikely(held.address) && (held_is_due || touches_held(address, size)))
		do_held();
}

static inline void
before_load(const volatile void *address, unsigned size)
{
	before(address, size);
	if (unlikely(hook_load) && is_watched(address))
		hook_load(address);
}

/* Where nothing is accessed. */
static inline void
between(void)
{
	if (unlikely(held.address) && held_is_due)
		do_held();
}

static void
remember(void *address, unsigned size, void *site)
{
	last.address = size <= SWAP_MAX ? address : NULL;
	last.site = site;
	last.size = size;
	if (last.address)
		memcpy(last.value, address, size);
}

static void
store_watched(void *address, unsigned size, void *site)
{
	tell(address, size, site);
	remember(address, size, site);
	held_is_due = held.address != NULL;
}

static inline void
before_store(volatile void *address, unsigned size, void *site)
{
	before(address, size);
	if (is_watched(address))
		store_watched((void *)address, size, site);
}

void
tarn__mutant_swap(void)
{
	do_held();
	if (!last.address)
		return;
	held = last;
	memcpy(held.value, held.address, held.size);
	memcpy(held.address, last.value, held.size);
	last.address = NULL;
}

static struct store kept_last, kept_held;
static bool kept_due;

void
hook_suspend(void)
{
	kept_last = last;
	kept_held = held;
	kept_due = held_is_due;
	hook_forget();
}

void
hook_forget(void)
{
	last.address = held.address = NULL;
	held_is_due = false;
}

void
hook_resume(void)
{
	last = kept_last;
	held = kept_held;
	held_is_due = kept_due;
}

/* ---- mutants ------------------------------------------------------------------------------- */

uint64_t
hook_sites(const struct tarn_mutant_site **first)
{
	*first = __start_tarn_sites;
	return (uint64_t)(__stop_tarn_sites - __start_tarn_sites);
}

void
tarn__mutant_reached(const struct tarn_mutant_site *site)
{
	uint64_t index = (uint64_t)(site - __start_tarn_sites);

	if (shared && index < MUTANTS)
		__atomic_store_n(&shared->reached[index], 1, __ATOMIC_RELAXED);
}

bool
hook_site_reached(uint64_t index)
{
	return index < MUTANTS && shared->reached[index];
}

void
hook_break(uint64_t index)
{
	const struct tarn_mutant_site *first;

	tarn__mutant = index < hook_sites(&first) ? &first[index] : NULL;
}

/* ---- plain accesses ------------------------------------------------------------------------ */

/* A function that gcc calls: its prototype and its head. */
#define HOOK(type, name, ...) \
	TARN_VISIBLE type name(__VA_ARGS__); \
	type name(__VA_ARGS__)

#define PLAIN(kind, size) \
	HOOK(void, __tsan_##kind##read##size, void *address) \
	{ \
		before_load(address, size); \
	} \
	HOOK(void, __tsan_##kind##write##size, void *address) \
	{ \
		before_store(address, size, __builtin_return_address(0)); \
	}

#define PLAIN_SIZES(kind) \
	PLAIN(kind, 2) \
	PLAIN(kind, 4) \
	PLAIN(kind, 8) \
	PLAIN(kind, 16)

PLAIN(, 1)
PLAIN_SIZES()
PLAIN_SIZES(unaligned_)
PLAIN(volatile_, 1)
PLAIN_SIZES(volatile_)
PLAIN_SIZES(unaligned_volatile_)

HOOK(void, __tsan_init, void)
{
}

HOOK(void, __tsan_func_entry, void *caller)
{
	(void)caller;
	between();
}

HOOK(void, __tsan_func_exit, void)
{
	between();
}

HOOK(void, __tsan_read_range, void *address, uint64_t size)
{
	before_load(address, (unsigned)size);
}

HOOK(void, __tsan_write_range, void *address, uint64_t size)
{
	before_store(address, (unsigned)size, __builtin_return_address(0));
}

HOOK(void, __tsan_vptr_update, void **address, void *value)
{
	(void)value;
	before_store(address, sizeof(*address), __builtin_return_address(0));
}

HOOK(void, __tsan_vptr_read, void **address)
{
	before(address, sizeof(*address));
}

/* ---- atomic accesses ----------------------------------------------------------------------- */

/* gcc knows these names and their types by itself, so ours have others. */
#define ATOMIC(type, bits, name, ...) \
	TARN_VISIBLE type atomic_##name##_##bits(__VA_ARGS__) __asm__( \
		"__tsan_atomic" #bits "_" #name); \
	type atomic_##name##_##bits(__VA_ARGS__)

#define WORD(bits) uint##bits##_t

#define MODIFY(bits, name) \
	ATOMIC(WORD(bits), bits, fetch_##name, volatile WORD(bits) * word, WORD(bits) value, \
		int order) \
	{ \
		WORD(bits) old; \
		(void)order; \
		before_store(word, sizeof(*word), __builtin_return_address(0)); \
		old = __atomic_fetch_##name(word, value, __ATOMIC_SEQ_CST); \
		between(); \
		return old; \
	}

#define EXCHANGE_IF(bits, strength) \
	ATOMIC(int, bits, compare_exchange_##strength, volatile WORD(bits) * word, \
		WORD(bits) * expected, WORD(bits) value, int order, int failed) \
	{ \
		int done; \
		(void)order; \
		(void)failed; \
		before_store(word, sizeof(*word), __builtin_return_address(0)); \
		done = __atomic_compare_exchange_n( \
			word, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
		between(); \
		return done; \
	}

#define LOAD_AND_STORE(bits) \
	ATOMIC(WORD(bits), bits, load, const volatile WORD(bits) * word, int order) \
	{ \
		(void)order; \
		before_load(word, sizeof(*word)); \
		return __atomic_load_n(word, __ATOMIC_SEQ_CST); \
	} \
	ATOMIC(void, bits, store, volatile WORD(bits) * word, WORD(bits) value, int order) \
	{ \
		(void)order; \
		before_store(word, sizeof(*word), __builtin_return_address(0)); \
		__atomic_store_n(word, value, __ATOMIC_SEQ_CST); \
		between(); \
	}

#define EXCHANGE(bits) \
	ATOMIC(WORD(bits), bits, exchange, volatile WORD(bits) * word, WORD(bits) value, \
		int order) \
	{ \
		WORD(bits) old; \
		(void)order; \
		before_store(word, sizeof(*word), __builtin_return_address(0)); \
		old = __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST); \
		between(); \
		return old; \
	} \
	ATOMIC(WORD(bits), bits, compare_exchange_val, volatile WORD(bits) * word, \
		WORD(bits) expected, WORD(bits) value, int order, int failed) \
	{ \
		(void)order; \
		(void)failed; \
		before_store(word, sizeof(*word), __builtin_return_address(0)); \
		__atomic_compare_exchange_n( \
			word, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
		between(); \
		return expected; \
	}

#define ATOMIC_SIZE(bits) \
	LOAD_AND_STORE(bits) \
	EXCHANGE(bits) \
	EXCHANGE_IF(bits, strong) \
	EXCHANGE_IF(bits, weak) \
	MODIFY(bits, add) \
	MODIFY(bits, sub) \
	MODIFY(bits, and) \
	MODIFY(bits, or) \
	MODIFY(bits, xor) \
	MODIFY(bits, nand)

ATOMIC_SIZE(8)
ATOMIC_SIZE(16)
ATOMIC_SIZE(32)
ATOMIC_SIZE(64)

TARN_VISIBLE void hook_thread_fence(int order) __asm__("__tsan_atomic_thread_fence");
TARN_VISIBLE void hook_signal_fence(int order) __asm__("__tsan_atomic_signal_fence");

void
hook_thread_fence(int order)
{
	(void)order;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void
hook_signal_fence(int order)
{
	(void)order;
}
