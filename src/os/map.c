// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- the window: mapped once, never moved
 *
 * A mapping may be far longer than its file: what lies beyond the end is
 * only address space, and comes to life in every existing mapping, read-only
 * ones too, when somebody makes the file longer.
 *
 * Which addresses are quiet (x86-64; what is free there is free in the
 * 48-bit space of aarch64 too)
 *
 *	2000'0000'0000  wide    32 TiB.  AddressSanitizer's shadow ends below,
 *				its heap, programs, and mmap's own area lie
 *				above.  In use by ThreadSanitizer and
 *				MemorySanitizer, which refuse the address.
 *	5500'0000'0000  narrow  340 GiB, below where programs are loaded:
 *				accepted by all of these.  Room for few.
 *
 * A new window tries the wide range first: two arenas in one process
 * should not meet.  Under a sanitizer that refuses it, or built with one,
 * it is the narrow one.  Where neither is to be had (a 39-bit address space)
 * the window lies where the kernel puts it.
 *
 * A place is first reserved, with its address as a hint, and then mapped
 * over: nobody can come in between.  MAP_FIXED_NOREPLACE would be one call
 * less.  But ThreadSanitizer, where it does not like the address, makes it
 * 0 and keeps that flag; and a process of root then gets a window at 0.
 *
 * Under mlockall(MCL_FUTURE) mapping a file allocates its holes; not
 * prevented.
 */
#include "os/backend.h"

#include "base/hash.h"

#include <errno.h>
#include <sys/mman.h>

#define ALIGNMENT (UINT64_C(1) << 16)
#define WIDE UINT64_C(0x200000000000)
#define WIDE_END UINT64_C(0x400000000000)
#define NARROW UINT64_C(0x550000000000)
#define NARROW_END UINT64_C(0x555500000000)
#define PLACE (UINT64_C(1) << 30) /* quiet addresses are multiples of this */
#define TRIES 6 /* in each range */

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define NARROW_ONLY 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define NARROW_ONLY 1
#endif
#ifndef NARROW_ONLY
#define NARROW_ONLY 0
#endif

void *
tarn__os_quiet_address(uint64_t size, unsigned attempt, uint64_t seed)
{
	bool narrow = NARROW_ONLY || attempt >= TRIES;
	uint64_t start = narrow ? NARROW : WIDE;
	uint64_t room = narrow ? NARROW_END - NARROW : WIDE_END - WIDE;

	if (attempt >= (NARROW_ONLY ? TRIES : 2 * TRIES))
		return NULL;
	if (size > room)
		return narrow ? NULL : (void *)WIDE;
	return (void *)(start +
			tarn__hash_u64(attempt, seed) % ((room - size) / PLACE + 1) * PLACE);
}

void
tarn__os_unmap(void *window, uint64_t size)
{
	int saved = errno;

	if (size)
		(void)TARN_SYS(munmap, munmap(window, size));
	errno = saved;
}

/* Address space that nobody else is given, at want if that is free: want is only a hint. */
static int
reserve(void *want, uint64_t size, void **place)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *got = TARN_SYS(mmap, mmap(want, size, PROT_NONE, flags, -1, 0));

	if (got == MAP_FAILED)
		return tarn__os_error();
	*place = got;
	return 0;
}

/* Put the file over a part of what is reserved. */
static int
map_over(struct tarn_os_file *file, void *place, uint64_t size, bool readonly)
{
	int protection = readonly ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = MAP_SHARED | MAP_NORESERVE | MAP_FIXED;

	if (file->backend->map)
		return file->backend->map(file, place, size);
	if (TARN_SYS(mmap, mmap(place, size, protection, flags, file->fd, 0)) == MAP_FAILED)
		return tarn__os_error();
	if (TARN_SYS(madvise, madvise(place, size, MADV_DONTDUMP)))
		return tarn__os_error();
	return 0;
}

/* Exactly at want.  TARN_INVALID if that place is taken or cannot be. */
static int
map_at(struct tarn_os_file *file, void *want, uint64_t size, bool readonly)
{
	void *place = NULL;
	int code = reserve(want, size, &place);

	if (code)
		return code;
	code = place == want ? map_over(file, want, size, readonly) : TARN_INVALID;
	if (code)
		tarn__os_unmap(place, size);
	return code;
}

/* Reserve more than is needed, so that an aligned part is in it, and give the rest back. */
static int
map_anywhere(struct tarn_os_file *file, uint64_t size, bool readonly, void **window)
{
	void *place = NULL;
	char *aligned;
	uint64_t before;
	int code = reserve(NULL, size + ALIGNMENT, &place);

	if (code)
		return code;
	before = -(uintptr_t)place & (ALIGNMENT - 1);
	aligned = (char *)place + before;
	code = map_over(file, aligned, size, readonly);
	if (code) {
		tarn__os_unmap(place, size + ALIGNMENT);
		return code;
	}
	tarn__os_unmap(place, before);
	tarn__os_unmap(aligned + size, ALIGNMENT - before);
	*window = aligned;
	return 0;
}

int
tarn__os_map(struct tarn_os_file *file, void *want, bool must, uint64_t size, bool readonly,
	void **window)
{
	int code = TARN_INVALID;

	*window = want;
	if (want && ((uintptr_t)want & (ALIGNMENT - 1)) == 0)
		code = map_at(file, want, size, readonly);
	if (code && !must)
		code = map_anywhere(file, size, readonly, window);
	return code;
}
