// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multi.h -- ordered keys that may repeat: what multimaps and multisets are
 *
 *	multi.c		keys with serials; insert, erase
 *	multi_read.c	finding, scans, cursors
 *	multi_whole.c	two of them: swap, copy, compare
 *	multimap.c	the calls of multimaps
 *	multiset.c	the calls of multisets, which are multimaps without values
 *
 * Picture
 *
 *	the user's	7 "x"	   7 "y"      9 "z"
 *	in the tree	(7, 3) "x" (7, 12) "y" (9, 5) "z"
 *			    |
 *			    serial: drawn from the arena, never told twice
 *
 * An entry is an entry of a map whose key is the user's key and a serial
 * (multimap_layout.h).  So no two are equal, and equal keys stand side by
 * side in the order in which they were inserted; what a map proves of its
 * entries holds of these.
 *
 * To insert is to lock the leaf to which (key, highest serial) belongs, to
 * draw a serial then, and to put the entry there (map_entry.c).
 *
 * Invariants
 *	M1. all who insert one key lock the same leaf, so the serials of a key
 *	    ascend in the order of its inserts, which is that of these locks
 *	M2. (key, serial) belongs to that leaf, for any serial above those that
 *	    were drawn.  For the leaf begins at a key F of an inner node that is
 *	    not above (key, highest), and F begins an entry that was there: was
 *	    that one of this key, its serial is lower, and F is not above (key,
 *	    serial).  Was it of another, then F is too short to tell the two
 *	    keys apart, because neither begins the other, or is below them all.
 *	M3. a serial is in one entry at most, for ever and in the whole arena:
 *	    so key and serial name this entry or, once it is erased, nothing,
 *	    also in a container that was cleared, copied to or swapped.  A copy
 *	    has serials of its own.
 *
 * Who may write what: as in map_entry.c; the arena's serial, catalog/serial.c.
 *
 * On death: as in map_entry.c; a serial that was drawn is lost.
 */
#ifndef TARN_CONTAINER_MULTI_H
#define TARN_CONTAINER_MULTI_H

#include "container/map_cursor.h"
#include "container/multiset_layout.h"

enum { TARN_MULTI_SMALL = 64 };

/* A key as the tree has it, in private memory. */
struct tarn_multi_key {
	unsigned char *bytes;
	size_t size; /* with the serial */
	unsigned char small[TARN_MULTI_SMALL];
};

/* ---- keys (multi.c) ---------------------------------------------------------------------------- */

/* The user's key with that serial; 0, and then it must be ended; TARN_INVALID; TARN_TOO_BIG; TARN_SYSTEM. */
int tarn__multi_key(const struct tarn_object *map, const void *key, size_t size, uint64_t serial,
		    struct tarn_multi_key *out);
void tarn__multi_key_end(struct tarn_multi_key *key);

/* Another serial. */
void tarn__multi_number(struct tarn_multi_key *key, uint64_t serial);

/* As the map takes it: points into the key. */
int tarn__multi_map_key(const struct tarn_object *map, const struct tarn_multi_key *key,
			struct tarn_map_key *out);

/*
 * A copy of the tree's key becomes the user's, which has fewer bytes, where it
 * stands; TARN_CORRUPT: it is none.  The second tells the serial too.
 */
int tarn__multi_strip(const struct tarn_object *map, struct tarn_map_entry *entry);
int tarn__multi_decode(const struct tarn_object *map, char *key, size_t *size, uint64_t *serial);

/* Whether an entry that was copied has that key, with whatever serial. */
static inline bool
tarn__multi_has_key(const struct tarn_map_entry *entry, const struct tarn_multi_key *key)
{
	return entry->key_size == key->size &&
	       !memcmp(entry->key, key->bytes, key->size - TARN_SERIAL_SIZE);
}

/* ---- calls (multi.c) --------------------------------------------------------------------------- */

/* As tarn_multimap_open(), for a type that its kind has found sound. */
int tarn__multi_open(struct tarn_arena *arena, struct tarn_object **map, const char *name,
		     const struct tarn_type *type, enum tarn_open_mode how, bool *created);
bool tarn__multi_is_sound(const struct tarn_type *type, enum tarn_kind kind);

int tarn__multi_insert(struct tarn_object *map, const void *key, size_t key_size,
		       const void *value, size_t value_size, uint64_t *serial);
int tarn__multi_put_entry(struct tarn_object *map, const void *key, size_t key_size,
			  uint64_t serial, const void *value, size_t value_size);
int tarn__multi_erase(struct tarn_object *map, const void *key, size_t key_size, uint64_t *erased);
int tarn__multi_erase_entry(struct tarn_object *map, const void *key, size_t key_size,
			    uint64_t serial);
int tarn__multi_erase_range(struct tarn_object *map, const void *from, size_t from_size,
			    const void *to, size_t to_size, uint64_t *erased);

/* Many: a row of keys and one of values, each as tarn_map_put_many() takes them. */
struct tarn_multi_many {
	const void *keys, *values;
	size_t key_size, value_size, count;
};

int tarn__multi_insert_many(struct tarn_object *map, const struct tarn_multi_many *many, int *codes);
int tarn__multi_erase_many(struct tarn_object *map, const struct tarn_multi_many *many, int *codes);
int tarn__multi_count_many(struct tarn_object *map, const struct tarn_multi_many *many,
			   uint64_t *counts, int *codes);
int tarn__multi_load(struct tarn_object *map, const struct tarn_multi_many *many);

/* ---- reading (multi_read.c) -------------------------------------------------------------------- */

/* The first entry of a key; as tarn_map_get(). */
int tarn__multi_get(struct tarn_object *map, const void *key, size_t key_size, void *value,
		    size_t room, size_t *value_size);
int tarn__multi_get_entry(struct tarn_object *map, const void *key, size_t key_size,
			  uint64_t serial, void *value, size_t room, size_t *value_size);
int tarn__multi_count(struct tarn_object *map, const void *key, size_t key_size, uint64_t *count);

/* The first entry at that serial of the key, or beyond. */
int tarn__multi_bound(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial,
		      struct tarn_bytes *found_key, struct tarn_bytes *found_value);

/* The values and serials of one key, and all entries from a key on; either column may be NULL. */
int tarn__multi_equal_range(struct tarn_object *map, const void *key, size_t key_size,
			    void *values, uint64_t *serials, size_t *count);
int tarn__multi_scan(struct tarn_object *map, const void *from, size_t from_size, void *keys,
		     void *values, size_t *count);

/* A map's cursor, and its entry's key as the user knows it. */
struct tarn_multi_cursor {
	struct tarn_map_cursor map;
	char *key;
	size_t room;
};

int tarn__multi_cursor_open(struct tarn_object *map, struct tarn_multi_cursor **cursor);
int tarn__multi_cursor_seek(struct tarn_multi_cursor *cursor, const void *key, size_t key_size,
			    uint64_t serial);
void tarn__multi_cursor_close(struct tarn_multi_cursor *cursor);

/* What a map's cursor has handed out: the user's key, in the cursor's memory, and the serial. */
int tarn__multi_cursor_entry(struct tarn_multi_cursor *cursor, struct tarn_map_entry *entry,
			     uint64_t *serial);

/* ---- two of them (multi_whole.c) --------------------------------------------------------------- */

int tarn__multi_swap(struct tarn_object *map, struct tarn_object *other);
int tarn__multi_copy(struct tarn_object *map, struct tarn_object *from);
int tarn__multi_equal(struct tarn_object *map, struct tarn_object *other, bool *equal);

#endif
