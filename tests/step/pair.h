// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.h -- steps of two objects, traced: see tracer.h
 */
#ifndef TARN_TESTS_STEP_PAIR_H
#define TARN_TESTS_STEP_PAIR_H

#include "step/tracer.h"

#include <tarn.h>

#define PAIR 2u

/* Handles of the one and the other, on the arena or on the view; returns 0. */
struct pair_step {
	const char *name;
	int (*run)(void *one, void *other);
};

/* What is in an object, as a hash, and how much that is; the handle is on the arena or on the view. */
typedef uint64_t pair_contents(struct tarn_object *object, uint64_t *length);

/* All steps; then the arena is closed, and both handles. */
void pair_trace_by(struct tarn_arena *arena, struct tarn_object *const *objects,
		   pair_contents *contents, const struct pair_step *steps, unsigned count);

/* The same of elements of so many bytes in an area (vector_layout.h). */
void pair_trace(struct tarn_arena *arena, struct tarn_object *const *objects, uint32_t size,
		const struct pair_step *steps, unsigned count);

#endif
