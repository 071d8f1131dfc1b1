// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.h -- steps of two objects of elements in an area (vector_layout.h),
 * traced: see tracer.h
 */
#ifndef TARN_TESTS_STEP_PAIR_H
#define TARN_TESTS_STEP_PAIR_H

#include "step/tracer.h"

#define PAIR 2u

/* Handles of the one and the other, on the arena or on the view; returns 0. */
struct pair_step {
	const char *name;
	int (*run)(void *one, void *other);
};

/* All steps, of elements of so many bytes; then the arena is closed, and both handles. */
void pair_trace(struct tarn_arena *arena, struct tarn_object *const *objects, uint32_t size,
		const struct pair_step *steps, unsigned count);

#endif
