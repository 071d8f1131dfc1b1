// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * shared-list.c -- a doubly linked list of structs in shared memory
 *
 * Kill it where you like: both links of a new node are there, or neither,
 * and no node is lost.  Each run adds three.
 */
#include <stdio.h>
#include <tarn.h>

struct node {
	tarn_off next, prev;
	uint64_t value;
};

static struct tarn_arena *arena;
static struct tarn_region *list;

static int
push(struct tarn_txn *txn, void *value)
{
	struct tarn_region *mine = tarn_region_in(list, txn);
	tarn_off first, off;
	struct node *node, *old;
	int code = tarn_region_root(mine, &first);

	if (!code)
		code = tarn_region_alloc(mine, sizeof(*node), &off);
	if (!code && first)
		code = tarn_txn_log(txn, first, sizeof(*old)); /* before it is changed */
	if (code)
		return code;
	node = tarn_pointer(arena, off, sizeof(*node));
	*node = (struct node){ .next = first, .value = *(uint64_t *)value };
	old = tarn_pointer(arena, first, sizeof(*old));
	if (old)
		old->prev = off;
	return tarn_region_set_root(mine, off);
}

int
main(void)
{
	struct tarn_object *object;
	tarn_off off = 0;
	int code = tarn_arena_open(&arena, NULL, NULL, NULL);

	if (!code)
		code = tarn_region_open(arena, &list, "list", TARN_OPEN_OR_CREATE, NULL);
	object = tarn_region_object(list);
	for (uint64_t value = 1; !code && value <= 3; value++)
		code = tarn_txn_run(arena, &object, 1, push, &value);
	if (!code)
		code = tarn_region_root(list, &off);
	for (struct node *node; (node = tarn_pointer(arena, off, sizeof(*node))); off = node->next)
		printf("%d%s", (int)node->value, node->next ? " " : "\n");
	return code != 0;
}
