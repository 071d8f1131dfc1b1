// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_check.c -- is a vector whole?
 *
 *	entry --> area, a block that is the vector's alone
 *	type, limit, capacity and length agree with each other and the block
 *
 * What elements mean nobody here knows; so there is nothing else to see.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "container/vector.h"

static bool
type_is_sound(const struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);

	if (!size || size > TARN_ELEMENT_MAX)
		return false;
	return tarn__vector_key_fits(key, size);
}

static void
check_area(struct tarn_checker *checker, const struct tarn_entry_shm *entry)
{
	tarn_off off = tarn__load(&entry->root.structure);
	uint64_t size = tarn__load(&entry->value_size), limit = tarn__load(&entry->limit);
	const struct tarn_area_shm *area = tarn__at(checker->arena, off, sizeof(*area), 16);
	uint64_t length, capacity, bytes;

	if (!area) {
		checker->wrong(checker, tarn__off(checker->arena, entry), "the vector leads nowhere");
		return;
	}
	length = tarn__load(&area->length);
	capacity = tarn__load(&area->capacity);
	if (!tarn__vector_area_size(checker->arena, capacity, size, &bytes)) {
		checker->wrong(checker, off, "no arena has room for %lu elements of %lu bytes",
			       (unsigned long)capacity, (unsigned long)size);
		bytes = sizeof(*area);
	}
	if (!checker->owns(checker, off, bytes))
		return;
	checker->entries += length;
	if (length > capacity)
		checker->wrong(checker, off, "there are %lu elements, and room for %lu",
			       (unsigned long)length, (unsigned long)capacity);
	if (limit && capacity != limit)
		checker->wrong(checker, off, "the capacity is %lu, and the maximum %lu",
			       (unsigned long)capacity, (unsigned long)limit);
}

int
tarn__vector_check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	if (type_is_sound(entry))
		check_area(checker, entry);
	else
		checker->wrong(checker, tarn__off(checker->arena, entry), "no vector has this type");
	return 0;
}
