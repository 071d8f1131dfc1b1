// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind.h -- what the tool can do with each kind of object
 *
 * A kind is a struct tool_kind, in kind_NAME.c, and a line in the table in
 * kind.c.  All verbs go by that: a kind that has no walk cannot be scanned,
 * and so on.  Keys and values are bytes, as the library takes them; value.c
 * prints them, and parse.c makes them of text.
 *
 *	shape		key			dumped as the kind's member
 *	TOOL_KEYED	as the type says	"entries": [[key, value], ...]
 *	TOOL_KEYS	as the type says	"keys": [key, ...]
 *	TOOL_INDEXED	a u64, from 0		"elements": [value, ...]
 *	TOOL_WHOLE	none			"bytes": value, "number": value
 *	TOOL_EMPTY	none			nothing: a lock, a region
 */
#ifndef TARN_TOOL_KIND_H
#define TARN_TOOL_KIND_H

#include "tool.h"

enum tool_shape {
	TOOL_EMPTY,
	TOOL_KEYED,
	TOOL_KEYS,
	TOOL_INDEXED,
	TOOL_WHOLE,
};

/* The index that stands for a place behind the last element. */
#define TOOL_INDEX_END UINT64_MAX
#define TOOL_INDEX_END_TEXT "18446744073709551615"

/* A walk: visit is told each entry; the key is 0 bytes where there is none.  Another return than 0
 * ends the walk and is returned. */
struct tool_walk {
	int (*visit)(const struct tarn_bytes *key, const struct tarn_bytes *value, void *arg);
	void *arg;
	uint64_t from, to; /* indices, to not included; of TOOL_INDEXED only */
};

/* An object that is open. */
struct tool_object {
	const struct tool_kind *kind;
	struct tarn_object_info info;
	void *handle; /* the container's own */
};

struct tool_kind {
	enum tarn_kind number;
	const char *name;
	const char *member; /* what it is dumped as; NULL: nothing */
	enum tool_shape shape;
	int (*open)(struct tarn_arena *arena, struct tool_object *object, const char *name,
		enum tarn_open_mode how);
	void (*close)(struct tool_object *object);
	/* Each of these NULL where that cannot be done. */
	int (*size)(struct tool_object *object, uint64_t *size);
	int (*walk)(struct tool_object *object, const struct tool_walk *walk);
	/* *value is told in memory of its own, to be freed; also after a failure */
	int (*get)(struct tool_object *object, const struct tarn_bytes *key,
		struct tarn_bytes *value);
	int (*set)(struct tool_object *object, const struct tarn_bytes *key,
		const struct tarn_bytes *value);
	int (*erase)(struct tool_object *object, const struct tarn_bytes *key);
	/* at the end, or wherever it belongs; by load */
	int (*add)(struct tool_object *object, const struct tarn_bytes *key,
		const struct tarn_bytes *value);
};

extern const struct tool_kind tool_atomic_counter, tool_counter, tool_deque, tool_hashmap,
	tool_hashmultimap, tool_hashmultiset, tool_hashset, tool_list, tool_map, tool_multimap,
	tool_multiset, tool_mutex, tool_ordered_set, tool_priority_queue, tool_queue,
	tool_region, tool_rwlock, tool_stack, tool_string, tool_vector;

/* A value that may become longer between a look at its size and the next; into memory of its own. */
typedef int tool_getter(void *handle, const struct tarn_bytes *key, void *value, size_t room,
	size_t *value_size);
int tool_get_all(tool_getter *get, void *handle, const struct tarn_bytes *key,
	struct tarn_bytes *value);

/* NULL: this tool does not know it. */
const struct tool_kind *tool_kind_of(enum tarn_kind number);
const struct tool_kind *tool_kind_named(const char *name);

/* Open what info tells of, which is copied; TARN_TYPE: a kind that this tool does not know. */
int tool_object_open(struct tarn_arena *arena, struct tool_object *object,
	const struct tarn_object_info *info);
void tool_object_close(struct tool_object *object);

/* Open the arena and the object of a verb's arguments, and let work have it; complains of what it
 * cannot open.  Returns the exit code. */
int tool_with_object(const struct tool_call *call, bool to_write,
	int (*work)(const struct tool_call *call, struct tool_object *object));

/* What get, set and del are given behind the object's name, as bytes; to be freed in any case. */
struct tool_entry {
	struct tarn_bytes key, value;
};

/* Complains if that is not what the object takes; returns the exit code. */
int tool_take_entry(const struct tool_call *call, const struct tool_object *object, bool with_value,
	struct tool_entry *entry);
void tool_free_entry(struct tool_entry *entry);

/* A call on the entry has failed: say so, and what to do; returns the exit code. */
int tool_complain_entry(const struct tool_call *call, int code);

/* The object's kind has no such operation. */
int tool_cannot(const struct tool_call *call, const struct tool_object *object);

/* The type of its keys: that of an index, where the object is TOOL_INDEXED. */
struct tarn_type tool_key_type(const struct tool_object *object);

#endif
