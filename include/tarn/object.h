// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * object.h -- named, typed objects in an arena, whatever their kind
 *
 * Each container has calls of its own to open one; here is what they have
 * in common: types, and the list of names.
 */
#ifndef TARN_OBJECT_H
#define TARN_OBJECT_H

#include <tarn/error.h>
#include <tarn/fields.h>
#include <tarn/order.h>
#include <tarn/types.h>

/** What kind of object a name stands for. */
enum tarn_kind {
	TARN_KIND_NONE = 0,
	TARN_KIND_HASHMAP = 1,
	TARN_KIND_MUTEX = 2,
	TARN_KIND_RWLOCK = 3,
	TARN_KIND_REGION = 4,
	TARN_KIND_VECTOR = 5,
	TARN_KIND_STRING = 6,
	TARN_KIND_HASHSET = 8,
	TARN_KIND_HASHMULTIMAP = 9,
	TARN_KIND_HASHMULTISET = 10,
	TARN_KIND_MAP = 12,
	TARN_KIND_SET = 13,
	TARN_KIND_MULTIMAP = 14,
	TARN_KIND_GUEST = 15,
	TARN_KIND_MULTISET = 16,
	TARN_KIND_COUNTER = 20,
	TARN_KIND_ATOMIC_COUNTER = 21,
	TARN_KIND_BITSET = 22,
	TARN_KIND_ATOMIC_BITSET = 23,
	TARN_KIND_DEQUE = 24,
	TARN_KIND_LIST = 25,
	TARN_KIND_STACK = 26,
	TARN_KIND_QUEUE = 27,
	TARN_KIND_PRIORITY_QUEUE = 28,
	TARN_KINDS = 32,
};

/** What a key is; of a container without keys, what an element is, where that gives it an order. */
enum tarn_key_kind {
	TARN_KEY_NONE = 0,
	TARN_KEY_U64 = 1,
	TARN_KEY_I64 = 2,
	TARN_KEY_STRING = 3, /* bytes, shown as text */
	TARN_KEY_BYTES = 4,  /* ordered as by memcmp(), a shorter one before those that begin with it */
	TARN_KEY_U32 = 5,
	TARN_KEY_I32 = 6,
	TARN_KEY_F64 = 7,    /* -0.0 is 0.0; what is not a number is no key */
	TARN_KEY_CUSTOM = 8, /* bytes, in an order of the program's own: tarn_order_register() */
};

/** Two sorts of counters and bitsets: which one is part of the type. */
enum tarn_sort {
	TARN_TRANSACTIONAL = 0, /* changed under a lock; transactions can have it */
	TARN_ATOMIC = 1,	/* changed by atomic instructions: no call waits, no transaction can have it */
};

/** The type of an object: stored with it, and compared when it is opened.  Fields and alignment only if given. */
struct tarn_type {
	enum tarn_kind kind;
	enum tarn_key_kind key;
	uint32_t value_size; /* bytes of every value; TARN_VALUE_BYTES: each has its own length */
	const char *fields;  /* what a value is: fields.h; NULL or "": any */
	uint32_t key_size;   /* of keys that are bytes or custom: all have so many; 0: each has its own length */
	uint32_t value_align; /* where values lie in the arena: at multiples of 1, 2, 4, ... 64; 0: anywhere */
	const char *key_fields; /* what a key is, likewise */
	const char *order;   /* the name of a custom order */
	const struct tarn_type *child; /* of TARN_VALUE_CHILD: what values are */
};

/** Values are byte strings of any length. */
#define TARN_VALUE_BYTES UINT32_MAX

/** Values are objects, with a type of their own.  Not there yet: refused. */
#define TARN_VALUE_CHILD (UINT32_MAX - 1)

/** The longest name, in bytes.  A name holds no '/' and no control characters; UTF-8 is fine. */
#define TARN_NAME_MAX 191

/** What tarn_object_info() and tarn_object_list() tell. */
struct tarn_object_info {
	char name[TARN_NAME_MAX + 1];
	struct tarn_type type;		  /* its texts are those below, "" where there are none */
	char fields[TARN_FIELDS_MAX + 1];
	char key_fields[TARN_FIELDS_MAX + 1];
	char order[TARN_ORDER_MAX + 1];
	uint64_t created_at;		  /* ns since 1970 */
	tarn_off root;			  /* where it lies */
	uint64_t limit;			  /* elements that it may have at most, set at creation; 0: none was */
};

/**
 * tarn_object_close() - let go of a handle
 * @object:	a handle, or NULL
 *
 * The object stays as it is.  A handle that belongs to a transaction ends with that, not here.
 * Like memory that was freed, a handle of any kind that was closed must not be closed again, nor used.
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_object_close(struct tarn_object *object);

/**
 * tarn_object_remove() - remove an object and its name
 * @arena:	open for writing
 * @name:	of an object of any kind
 *
 * All handles on it return TARN_REMOVED from then on, and the name is free.  Its memory is given
 * back piece by piece afterwards, by this call or, if that is killed, by others.  Who reads under a
 * lock that is removed goes on; a thread that holds one alone (a mutex; a reader-writer lock or a
 * guest, for writing) is waited for, and cannot remove it itself.
 *
 * Crash:	atomic.
 * Blocks:	while a transaction has the object, another thread holds it as its lock, or changes
 * names, to the arena's deadline.
 * Return: 0; TARN_NOT_FOUND; TARN_INVALID, not a name; TARN_READ_ONLY; TARN_IN_TXN; TARN_TIMEOUT;
 * TARN_DEADLOCK, this thread holds it alone, and goes on doing so; TARN_BUSY, others remove and create it all the time; TARN_NO_SLOT; TARN_NESTED; TARN_FULL;
 * TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_object_remove(struct tarn_arena *arena, const char *name);

/**
 * tarn_object_rename() - give an object another name
 * @arena:	open for writing
 * @from:	its name
 * @to:		its name from then on; the same is fine
 *
 * Handles stay good.
 *
 * Crash:	atomic.
 * Blocks:	while another thread changes names, to the arena's deadline.
 * Return: 0; TARN_EXISTS, an object has that name; else as tarn_object_remove().
 */
TARN_API TARN_MUST_CHECK int tarn_object_rename(struct tarn_arena *arena, const char *from,
						const char *to);

/**
 * tarn_object_replace() - give an object the name that another has, and remove that one
 * @arena:	open for writing
 * @from:	its name
 * @to:		its name from then on; of the object that is removed, or of none
 *
 * At no moment is there no object of that name, or both.  Handles on the one that is removed return
 * TARN_REMOVED from then on, as after tarn_object_remove(); those on the other stay good.
 *
 * Crash:	atomic.
 * Blocks:	as tarn_object_remove().
 * Return: as tarn_object_remove(); TARN_NOT_FOUND: there is no object from, and to stays.
 */
TARN_API TARN_MUST_CHECK int tarn_object_replace(struct tarn_arena *arena, const char *from,
						 const char *to);

/**
 * tarn_object_list() - call a function for each object in an arena
 * @arena:	open
 * @visit:	told each, in no order; a return other than 0 ends the walk and is returned
 * @arg:	passed on
 *
 * The list is that of one moment.  What visit is given is valid during the call only; it may use
 * the arena as it likes.
 *
 * Crash:	none.
 * Blocks:	while another thread changes names, to the arena's deadline.
 * Return: 0, or what visit returned; TARN_CORRUPT, after those that could be read; TARN_BUSY,
 * others change names all the time; TARN_TIMEOUT; TARN_OWNER_DIED; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_object_list(struct tarn_arena *arena,
					      int (*visit)(const struct tarn_object_info *info,
							   void *arg),
					      void *arg);

/* In C++ the function hides the struct's constructor, which nobody misses. */
#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * tarn_object_info() - what an object is, by a handle on it
 * @object:	a handle
 * @info:	filled in
 *
 * Crash:	none.
 * Blocks:	as tarn_object_list().
 * Return: 0; TARN_REMOVED; else as tarn_object_list().
 */
TARN_API TARN_MUST_CHECK int tarn_object_info(struct tarn_object *object,
					      struct tarn_object_info *info);

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif

#endif
