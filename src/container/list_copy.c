// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_copy.c -- all elements in private memory, and what is made of them
 *
 *	copy	taken without a lock, as any reader reads; the node's word goes
 *		with it, and tells later whether the list is still the same
 *	assign	another list is filled aside, a piece an operation, and takes
 *		the place of what there was (catalog/aside.c)
 *
 * An element that does not lead back to the one before it is no element; so
 * a walk ends, and takes no more memory than the arena has elements.
 *
 * Who may write what: here only private memory is written.
 *
 * On death: as for any change (list_change.c).
 */
#include "container/list.h"

#include <stdlib.h>
#include <string.h>

/* ---- taking ------------------------------------------------------------------------------------ */

/* Room for so many bytes more behind those used, of memory that may move. */
static bool
make_room(void *memory, size_t *room, size_t used, size_t more, size_t unit)
{
	void **at = memory;
	size_t wanted = tarn__max(used + more, 2 * *room);
	void *moved;

	if (used + more <= *room)
		return true;
	moved = realloc(*at, wanted * unit);
	if (!moved)
		return false;
	*at = moved;
	*room = wanted;
	return true;
}

static int
copy_value(const struct tarn_object *list, struct tarn_element_shm *element,
	   struct tarn_list_copy *copy, struct tarn_list_item *item)
{
	const uint64_t *words = tarn__element_value(list, element, &item->size);

	if (!words)
		return TARN_CORRUPT;
	item->begin = copy->bytes_used;
	if (!make_room(&copy->bytes, &copy->bytes_room, copy->bytes_used, item->size, 1))
		return TARN_SYSTEM;
	if (item->size)
		tarn__bytes_out(copy->bytes + item->begin, words, 0, item->size);
	copy->bytes_used += item->size;
	return 0;
}

static int
copy_element(const struct tarn_object *list, const struct tarn_list_look *look,
	     struct tarn_list_copy *copy, tarn_off *off)
{
	struct tarn_element_shm *element = tarn__element(list, *off);
	struct tarn_list_item *item;
	int code = 0;

	if (!element || tarn__load(&element->list) != look->off ||
	    (copy->count && tarn__load(&element->prev) != copy->items[copy->count - 1].off) ||
	    (copy->count && *off == look->first))
		return TARN_CORRUPT;
	if (!make_room(&copy->items, &copy->items_room, copy->count, 1, sizeof(*item)))
		return TARN_SYSTEM;
	item = &copy->items[copy->count++];
	item->off = *off;
	if (copy->values)
		code = copy_value(list, element, copy, item);
	*off = tarn__element_beside(look, element, *off, TARN_LIST_FORWARDS);
	return code;
}

static int
take_all(const struct tarn_object *list, void *arg)
{
	struct tarn_list_copy *copy = arg;
	struct tarn_list_look look;
	tarn_off off;
	int code = 0;

	copy->node = tarn__load(&list->root->node);
	copy->count = copy->bytes_used = 0;
	if (!tarn__list_look(list, &look))
		return TARN_CORRUPT;
	for (off = look.first; !code && off;)
		code = copy_element(list, &look, copy, &off);
	return !code && copy->count != look.count ? TARN_CORRUPT : code;
}

int
tarn__list_copy_take(struct tarn_object *list, struct tarn_list_copy *copy)
{
	return tarn__root_read(list, take_all, copy);
}

void
tarn__list_copy_free(struct tarn_list_copy *copy)
{
	free(copy->items);
	free(copy->bytes);
}

/* ---- other contents ---------------------------------------------------------------------------- */

int
tarn__list_all_fit(const struct tarn_object *list, const void *values, size_t size, uint64_t count)
{
	int code = 0;

	if (size != TARN_SEPARATE)
		return count ? tarn__list_fits(list, size) : 0;
	for (uint64_t i = 0; !code && i < count; i++)
		code = tarn__list_fits(list, tarn__list_value_of(values, size, i).size);
	return code;
}

/* A piece after the other. */
static int
fill(struct tarn_list *aside, const void *values, size_t size, uint64_t count)
{
	size_t each = size == TARN_SEPARATE ? sizeof(struct tarn_bytes) : size;
	uint64_t n;
	int code = 0;

	for (uint64_t i = 0; !code && i < count; i += n) {
		n = tarn__min(count - i, TARN_LIST_APPENDS);
		code = tarn_list_append(aside, (const char *)values + i * each, size, n);
	}
	return code;
}

int
tarn_list_assign(struct tarn_list *handle, const void *values, size_t size, uint64_t count)
{
	struct tarn_object *list = tarn__list_object(handle), aside;
	int code = tarn__list_all_fit(list, values, size, count);

	if (code || !count)
		return code ? code : tarn_list_clear(handle);
	code = tarn__aside_begin(list, &aside);
	if (code)
		return code;
	code = fill((struct tarn_list *)&aside, values, size, count);
	if (!code)
		code = tarn__aside_swing(list, &aside);
	return tarn__aside_end(list, &aside, code);
}

/* ---- copy, equal ------------------------------------------------------------------------------- */

/* What was copied, as an argument of assign. */
static int
assign_copy(struct tarn_list *list, const struct tarn_list_copy *copy)
{
	struct tarn_bytes *values = calloc(tarn__max(copy->count, 1), sizeof(*values));
	int code;

	if (!values)
		return TARN_SYSTEM;
	for (uint64_t i = 0; i < copy->count; i++)
		values[i] = (struct tarn_bytes){ copy->bytes + copy->items[i].begin,
						 copy->items[i].size };
	code = tarn_list_assign(list, values, TARN_SEPARATE, copy->count);
	free(values);
	return code;
}

int
tarn_list_copy(struct tarn_list *handle, struct tarn_list *from)
{
	struct tarn_object *list = tarn__list_object(handle), *other = tarn__list_object(from);
	struct tarn_list_copy copy = { .values = true };
	int code;

	if (list->arena != other->arena || list->txn != other->txn)
		return TARN_INVALID;
	if (!tarn__lists_alike(list, other))
		return TARN_TYPE;
	code = tarn__list_copy_take(other, &copy);
	if (!code)
		code = assign_copy(handle, &copy);
	tarn__list_copy_free(&copy);
	return code;
}

static bool
same_values(const struct tarn_list_copy *one, const struct tarn_list_copy *other)
{
	if (one->count != other->count || one->bytes_used != other->bytes_used)
		return false;
	for (uint64_t i = 0; i < one->count; i++) {
		if (one->items[i].size != other->items[i].size)
			return false;
	}
	return !one->bytes_used || !memcmp(one->bytes, other->bytes, one->bytes_used);
}

/* Both as they were when the second was copied; AGAIN: the first has changed since. */
static int
compare_once(struct tarn_object *one, struct tarn_object *other, bool *equal)
{
	struct tarn_list_copy first = { .values = true }, second = { .values = true };
	int code = tarn__list_copy_take(one, &first);

	if (!code)
		code = tarn__list_copy_take(other, &second);
	if (!code && ((first.node ^ tarn__load_acquire(&one->root->node)) & ~TARN_NODE_OWNER))
		code = TARN_ROOT_AGAIN;
	if (!code)
		*equal = same_values(&first, &second);
	tarn__list_copy_free(&first);
	tarn__list_copy_free(&second);
	return code;
}

int
tarn_list_equal(struct tarn_list *list, struct tarn_list *other, bool *equal)
{
	struct tarn_object *one = tarn__list_object(list), *two = tarn__list_object(other);
	int code = TARN_ROOT_AGAIN;

	if (!tarn__lists_alike(one, two))
		return TARN_TYPE;
	for (unsigned round = 0; code == TARN_ROOT_AGAIN && round < TARN_LIST_ROUNDS; round++)
		code = compare_once(one, two, equal);
	return code == TARN_ROOT_AGAIN ? TARN_BUSY : code;
}
