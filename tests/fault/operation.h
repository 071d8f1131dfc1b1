// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * operation.h -- operations that are made to fail, in every way, at every point
 *
 * A container's test has a world, which is opened anew for each attempt, and
 * operations in it.  One runs in a thread of its own, so that it claims a
 * slot, too.  It either does without what has failed, or says why not; then
 * all is as before, and it can be done a moment later, by the same thread or
 * by another.  In no case is anything lost or leaked: tarn_check() looks.
 *
 *	calls	 the nth system call fails
 *	growth	 what is given is used up, then the file system gives n times
 *	arena	 its maximum is reached: the last blocks are taken by others,
 *		 and given back one by one until it works
 */
#ifndef TARN_TESTS_FAULT_OPERATION_H
#define TARN_TESTS_FAULT_OPERATION_H

#include <check.h>

#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define MIB (UINT64_C(1) << 20)

struct world {
	void (*open)(void); /* makes what there is before, in `arena` */
	void (*is_as_before)(void);
	void (*close)(void); /* of handles; the arena is closed after it */
	bool foreign_blocks; /* there are some of tarn_alloc() */
};

struct operation {
	const char *name;
	int (*run)(void);
	void (*after)(void); /* that it is done */
	bool needs_memory;   /* cannot do without */
	bool reads;	     /* needs no slot */
};

extern struct tarn_arena *arena;

/* An arena of 8 slots, and the world in it; and both closed. */
void open_world(const struct world *world, const char *name, uint64_t max_size);
void close_world(const struct world *world);

/* tarn_check(), nothing leaked. */
void check_whole(bool foreign_blocks);

/* What the operation returned. */
int run_in_thread(const struct operation *operation);

/* As much as there is of memory, by tarn_alloc(); the last of it given back. */
void take_all(void);
void give_some_back(unsigned count);

void fails_at_each_call(const struct world *world, const struct operation *operation);

/* Tests of each operation: at each call, at each growth, in a full arena. */
enum faults { FAULTS_CALLS = 1, FAULTS_MEMORY = 2 };
void add_operations(TCase *tests, enum faults faults, const struct world *world,
		    const struct operation *operations, size_t count);

/* The whole program. */
int run_faults(const char *name, void (*add)(TCase *tests));

#endif
