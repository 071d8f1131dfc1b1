// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * layout.h -- the heap, byte by byte
 *
 * Picture
 *
 *	header chunk, 4096	struct tarn_heap_shm: the runs lock, the frontier,
 *				and the class table of region 0
 *	run map			a bit a data chunk: 1, it is free
 *	descriptors		one a data chunk, 576 bytes: what the chunk is, and
 *				for a span a bit a block: 1, it is free in the span
 *	a slot's log		claim counts and claims: the magazines
 *	data chunks		nothing of the heap's
 *
 *	0            frontier                      max_size / 64 KiB
 *	|-- entered ----|-- not yet; memory may be given or not ---|
 *
 * A chunk below the frontier is free, a span (blocks of one class), the
 * head of a run (of whole chunks), or in the middle of a run.
 *
 * Invariants
 *	H1. a chunk's bit in the run map is 1 exactly when it is free; then, and
 *	    in the middle of a run, its descriptor says FREE
 *	H2. a span's `count` is the number of its bits that are 1, and it stands
 *	    in its class's list: `partial` if count > 0, `full` if not
 *	H3. a block whose bit is 0 is in use, or in exactly one place of one
 *	    slot's log: a magazine, the limbo, or the allocs
 *	H4. chunks below the frontier and their descriptors have memory
 *	H5. a span of a node class keeps its class for ever
 *	H6. regions other than 0 have no nodes; their spans and runs stand in
 *	    the lists of their class table, which is a node of region 0
 *
 * Who may write what
 *	run map, frontier, descriptors' kind	who holds the runs lock, in a
 *			nested action; a kind also its class's lock
 *	a span's other fields, its class's lists	who holds the class's lock,
 *			in a nested action
 *	hint		who holds the runs lock; it may be wrong
 *	magazines	the slot's thread; after its death, who recovers it
 */
#ifndef TARN_HEAP_LAYOUT_H
#define TARN_HEAP_LAYOUT_H

#include "arena/layout.h"

enum {
	TARN_CLASSES_DATA = 40, /* by size */
	TARN_CLASS_SEGMENT = TARN_CLASSES_DATA,
	TARN_CLASS_ROOT,
	TARN_CLASS_TABLE,
	TARN_CLASS_LEAF,
	TARN_CLASS_INNER,
	TARN_CLASSES,
	TARN_CLASS_STRIDE = 64, /* claim counts a set of magazines */
	TARN_CLAIM_REGION = 63, /* the claim count that names the region of set 1 */
	TARN_SETS = 2,
};

#define TARN_BLOCK_MAX UINT64_C(32768) /* more than that is a run */
#define TARN_BITMAP_WORDS 64u

/* What a chunk is; a span's kind has its class << 8 too.  OWNED: a span of a region other than 0. */
enum { TARN_DESC_FREE = 0, TARN_DESC_RUN = 1, TARN_DESC_SPAN = 2, TARN_DESC_OWNED = 3 };

struct tarn_desc_shm {
	uint64_t kind;
	uint64_t count;	 /* span: blocks free in it; run: its chunks */
	uint64_t next;	 /* in the class's or runs' list: a chunk's number + 1; 0: none */
	uint64_t prev;
	uint64_t region; /* the class table's offset; 0: region 0 */
	uint64_t spare[3];
	uint64_t free[TARN_BITMAP_WORDS];
};

_Static_assert(sizeof(struct tarn_desc_shm) == TARN_DESC_SIZE, "format");

/* The spans of one class in one region; alone in its cache line. */
struct tarn_class_shm {
	uint64_t node;	  /* the lock of all that follows, and of the spans */
	uint64_t partial; /* first span with a free block: number + 1; 0: none */
	uint64_t full;	  /* first span without */
	uint64_t spare[5];
};

_Static_assert(sizeof(struct tarn_class_shm) == 64, "format");

struct tarn_table_shm {
	struct tarn_class_shm classes[TARN_CLASSES];
	struct tarn_class_shm runs; /* of a region other than 0: its runs, all in `full` */
};

_Static_assert(sizeof(struct tarn_table_shm) == 46 * 64, "format");

struct tarn_heap_shm {
	uint64_t runs;	   /* the lock of run map and frontier */
	uint64_t frontier; /* data chunks entered */
	uint64_t hint;	   /* no chunk below is free, perhaps */
	uint64_t spare[61];
	struct tarn_table_shm table;
};

_Static_assert(sizeof(struct tarn_heap_shm) == 512 + 46 * 64, "format");
_Static_assert(TARN_HEAP_WORDS_OFF + sizeof(struct tarn_heap_shm) <= TARN_CATALOG_WORDS_OFF,
	       "format");

#endif
