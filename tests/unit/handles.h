// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles.h -- what a kind of object brings along to have its handles tested
 *
 * To add one: a file handles_NAME.c with a struct handle_kind, here its name,
 * and its line in the table of handles.c.  A call is in the table once; in
 * their order each gives 0 on an object that is as fill() leaves it.
 */
#ifndef TARN_TESTS_UNIT_HANDLES_H
#define TARN_TESTS_UNIT_HANDLES_H

#include <check.h>

#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)

struct handle_call {
	bool writes;
	const char *name;
	int (*make)(void *handle);
};

struct handle_kind {
	const char *name;
	int (*open)(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle);
	void (*close)(void *handle);
	void (*fill)(void *handle); /* or NULL */
	const struct handle_call *calls;
	unsigned call_count;
};

extern const struct handle_kind handle_hashmap, handle_mutex, handle_region, handle_rwlock,
	handle_string, handle_vector;

#endif
