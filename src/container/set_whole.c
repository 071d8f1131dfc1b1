// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set_whole.c -- ordered sets as wholes: swap, copy, compare, algebra
 *
 * Each call is one of map_whole.c's, which says how: what a key is found in
 * says whether the result has it, and whether two sets are the same.
 *
 * Who may write what, and what happens on death: as in map_whole.c.
 */
#include "container/map.h"

#include <tarn/set.h>

static struct tarn_object *
object_of(struct tarn_set *set)
{
	return (struct tarn_object *)set;
}

int
tarn_set_swap(struct tarn_set *set, struct tarn_set *other)
{
	return tarn_map_swap((struct tarn_map *)set, (struct tarn_map *)other);
}

int
tarn_set_copy(struct tarn_set *set, struct tarn_set *from)
{
	return tarn__map_assign(object_of(set), object_of(from), NULL, TARN_ONE);
}

int
tarn_set_union(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return tarn__map_assign(object_of(result), object_of(one), object_of(other),
				TARN_ONE | TARN_OTHER | TARN_BOTH);
}

int
tarn_set_intersection(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return tarn__map_assign(object_of(result), object_of(one), object_of(other), TARN_BOTH);
}

int
tarn_set_difference(struct tarn_set *result, struct tarn_set *one, struct tarn_set *other)
{
	return tarn__map_assign(object_of(result), object_of(one), object_of(other), TARN_ONE);
}

int
tarn_set_equal(struct tarn_set *set, struct tarn_set *other, bool *equal)
{
	return tarn_map_equal((struct tarn_map *)set, (struct tarn_map *)other, equal);
}

int
tarn_set_is_subset(struct tarn_set *set, struct tarn_set *of, bool *subset)
{
	struct tarn_map_comparison comparison;
	int code = tarn__maps_compare(object_of(set), object_of(of), &comparison);

	if (!code)
		*subset = !comparison.alone;
	return code;
}
