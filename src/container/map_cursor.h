// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_cursor.h -- a place between two keys, and what was copied beyond it
 *
 *	map_walk.c	cursors, the nearest key
 *	map_range.c	what pops, erases ranges, and scans
 */
#ifndef TARN_CONTAINER_MAP_CURSOR_H
#define TARN_CONTAINER_MAP_CURSOR_H

#include "container/map.h"

/* A pop locks at most so many empty leaves. */
#ifdef TARN_TINY
enum { TARN_HOPS_MOST = 2 };
#else
enum { TARN_HOPS_MOST = 32 };
#endif

/* An empty leaf on the way, its word, and the root's on the way to it. */
struct tarn_map_hop {
	uint64_t *node;
	uint64_t seen, root;
};

struct tarn_map_cursor {
	struct tarn_object *map;
	struct tarn_map_key gap; /* just before this key; after: just behind it */
	bool after;
	char *text; /* the gap's, if it is a string */
	size_t text_room;
	int way_round;	    /* in which the copied entries are: 1, -1; 0: there are none */
	const char *last;   /* the entry handed out last, among these */
	char *buffer;	    /* sizes, key, value; each padded to words */
	size_t used, room, at;
	struct tarn_map_fences fences;
	struct tarn_way way; /* to the leaf that was copied */
	unsigned place;	     /* of the first entry copied */
	struct tarn_map_hop *hops;
	size_t hop_count, hop_room;
	size_t hops_most; /* 0: any number */
};

/* Private memory only: before the lowest key; and the end of it. */
void tarn__cursor_begin(struct tarn_map_cursor *cursor, struct tarn_object *map);
void tarn__cursor_end(struct tarn_map_cursor *cursor);

/* Just before a key, or just behind it; the key is copied.  0 or TARN_SYSTEM. */
int tarn__cursor_set_gap(struct tarn_map_cursor *cursor, const struct tarn_map_key *key, bool after);

/* The gap at the end of the leaf at hand, in that direction; TARN_CORRUPT: that would be no step. */
int tarn__cursor_go_on(struct tarn_map_cursor *cursor, int way_round);

/* On which side of the gap an entry is: -1, 1. */
int tarn__cursor_side(struct tarn_map_cursor *cursor, const struct tarn_leaf_shm *leaf,
		      unsigned place);

/*
 * The entries of one leaf beyond that gap, in that direction; that there is
 * none between was true at the moment when they were copied.  TARN_AGAIN: it
 * has come by as many empty leaves as it may.
 */
int tarn__cursor_nearest(struct tarn_map_cursor *cursor, const struct tarn_map_key *key, bool after,
			 int way_round);

/* The next of what was copied, of which there must be one. */
void tarn__cursor_hand_out(struct tarn_map_cursor *cursor, struct tarn_map_entry *entry);

/* The first of them, into room of the caller's, as the caller knows it. */
int tarn__cursor_entry_out(struct tarn_map_cursor *cursor, struct tarn_bytes *key,
			   struct tarn_bytes *value);

/* A key, as the caller knows it. */
void tarn__cursor_key_out(const struct tarn_object *map, const struct tarn_entry_view *view,
			  void *to);

/*
 * set_whole.c: into a hash, the leaves that the cursor has read since it had
 * nothing more to hand out: the empty ones, and that which it stands in.
 */
void tarn__cursor_trace(const struct tarn_map_cursor *cursor, uint64_t *trace);

/* Others have changed what was copied: 0, copy again; TARN_TIMEOUT, so they did until the deadline. */
int tarn__cursor_overtaken(struct tarn_object *map, struct tarn_waiter *waiter);

#endif
