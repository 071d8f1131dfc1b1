// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_memcpy.c -- an array in shared memory that was there before, and memcpy()
 *
 * It cannot grow: push, too, is a store to memory of the right size.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (UINT64_C(10000000) * sizeof(uint64_t))

static uint64_t *array;
static uint64_t used;

static void
new_vector(void)
{
	int fd = memfd_create("vector", 0);

	if (fd < 0 || ftruncate(fd, (off_t)ROOM))
		abort();
	array = (uint64_t *)mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (array == MAP_FAILED)
		abort();
	used = 0;
}

static inline void
push(uint64_t number)
{
	array[used++] = number;
}

static void
empty(void)
{
	used = 0;
}

static void
append(const uint64_t *from, size_t count)
{
	memcpy(array + used, from, count * sizeof(*from));
	used += count;
}

static uint64_t
sum(void)
{
	uint64_t total = 0;

	for (uint64_t i = 0; i < used; i++)
		total += array[i];
	return total;
}

#include "vector_work.h"
