// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.h -- blocks of an arena's memory, named by offset
 *
 * A block belongs to the arena, not to the process that has asked for it:
 * any process may use it and free it.  It stays until it is freed.
 *
 * Who gets a block must store its offset somewhere in the arena, or in
 * another process.  A process that dies before has lost the block: it is in
 * use, and nobody knows it.  (Containers and transactions have no such gap.)
 * What is in a block is the program's own; nothing restores it after a death.
 */
#ifndef TARN_HEAP_H
#define TARN_HEAP_H

#include <tarn/error.h>
#include <tarn/types.h>

/**
 * tarn_alloc() - a block
 * @arena:	open for writing
 * @size:	bytes; 0 counts as 1
 * @block:	its offset, on success; else 0
 *
 * The block is at least that large and begins at a multiple of 16; from 32 KiB on it is rounded up
 * to whole chunks of 64 KiB.  It may contain anything.
 *
 * Crash:	stepwise.  A block whose offset was not yet stored anywhere is lost if the process dies.
 * Blocks:	on a lock that others hold for a short time, once in many calls.
 * Return: 0; TARN_FULL; TARN_TOO_BIG, more than the arena can ever hold; TARN_IN_TXN, use a region's
 * calls in a transaction; TARN_READ_ONLY;
 * TARN_NO_SLOT; TARN_TIMEOUT; TARN_NESTED; TARN_CORRUPT; TARN_SYSTEM.
 * Example:
 *	tarn_off block;
 *	int code = tarn_alloc(arena, 100, &block);
 *	char *text = code ? NULL : tarn_pointer(arena, block, 100);
 *
 *	if (text)
 *		strcpy(text, "hello");
 */
TARN_API TARN_MUST_CHECK int tarn_alloc(struct tarn_arena *arena, uint64_t size, tarn_off *block);

/**
 * tarn_alloc_aligned() - a block that begins at a multiple of something
 * @arena:	open for writing
 * @align:	a power of two, at most 65,536
 * @size:	bytes; 0 counts as 1
 * @block:	its offset, on success; else 0
 *
 * As tarn_alloc(), but offset and address are multiples of align, in every process.
 *
 * Return: also TARN_INVALID, such an alignment cannot be had.
 */
TARN_API TARN_MUST_CHECK int tarn_alloc_aligned(struct tarn_arena *arena, uint64_t align,
						uint64_t size, tarn_off *block);

/**
 * tarn_realloc() - make a block larger or smaller
 * @arena:	open for writing
 * @block:	what tarn_alloc() has given; 0: none yet
 * @size:	bytes that it shall have
 * @moved:	where it is then; on failure, where it was
 *
 * What is in it is copied, up to the smaller size.  From 64 KiB on it stays in its place where what
 * follows is free.  A block that was aligned by tarn_alloc_aligned() may be so no longer.
 *
 * Crash:	stepwise.  Dying in the middle leaves the old block, the new one, or both; one whose offset
 * is not stored is lost.
 * Blocks:	as tarn_alloc().
 * Return: 0; TARN_INVALID, no block begins there, or a region's; else as tarn_alloc(), and the block
 * is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_realloc(struct tarn_arena *arena, tarn_off block, uint64_t size,
					  tarn_off *moved);

/**
 * tarn_free() - give a block back
 * @arena:	open for writing
 * @block:	what tarn_alloc() has given, to this process or to another
 *
 * Freeing twice is found at once where the block is free in the arena, and mostly where this
 * thread has freed it; not where another thread has freed it just before.
 *
 * Crash:	atomic.
 * Blocks:	on a lock that others hold for a short time, once in many calls.
 * Return: 0; TARN_INVALID, no block begins there, or it is free, or a region's; TARN_READ_ONLY;
 * TARN_NO_SLOT; TARN_TIMEOUT; TARN_NESTED; TARN_CORRUPT; TARN_SYSTEM.  On failure the block is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_free(struct tarn_arena *arena, tarn_off block);

/**
 * tarn_usable_size() - how many bytes a block has
 * @arena:	open
 * @block:	what tarn_alloc() has given
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: at least what was asked for; 0 if no block begins there.
 */
TARN_API uint64_t tarn_usable_size(struct tarn_arena *arena, tarn_off block);

/**
 * tarn_max_size() - the largest block that the arena could have if it were empty
 * @arena:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: bytes.
 */
TARN_API uint64_t tarn_max_size(const struct tarn_arena *arena);

/**
 * tarn_pointer() - from an offset to this process's memory
 * @arena:	open
 * @off:	an offset in a block
 * @size:	bytes that will be used there; 0 counts as 1
 *
 * Whatever the offset is, what is returned can be read; and written, if the arena is open for
 * writing.  Whether it is a block in use is not looked at.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a pointer, good as long as the arena is open; NULL if there is no such memory.
 */
TARN_API void *tarn_pointer(struct tarn_arena *arena, tarn_off off, uint64_t size);

/**
 * tarn_offset() - from a pointer of this process to an offset
 * @arena:	open
 * @pointer:	what tarn_pointer() has returned, or a byte behind it
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: the offset; 0 if the pointer is outside of the arena's data.
 */
TARN_API tarn_off tarn_offset(const struct tarn_arena *arena, const void *pointer);

#endif
