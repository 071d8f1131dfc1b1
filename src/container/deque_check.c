// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_check.c -- a deque, or what is one with fewer calls, is created and
 * taken apart; is it whole?
 *
 *	entry --> ring, a block that is the deque's alone --> blocks
 *	head, tail and slots agree with each other (Q2, Q3)
 *	the head is where that of a stack or queue may be (S1, U1)
 *
 * A deque is taken apart slot by slot; entry.progress says how many of them
 * are done, and nobody looks at these any more.
 *
 * Who may write what: who creates it, the ring; who takes it apart, the
 * entry's progress.
 *
 * On death: it was not created; a piece was freed, or not.
 */
#include "container/deque.h"

#include "container/kinds.h"
#include "container/queue_layout.h"
#include "container/stack_layout.h"

#define PIECE_SLOTS UINT64_C(4096) /* that are looked at in one go, */
#define PIECE_BLOCKS 16u	   /* and blocks that are freed */

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	struct tarn_deque_look made;
	int code = tarn__ring_make(lane, TARN_RING_SLOTS, &made);

	if (!code)
		tarn__store(&entry->root.structure, made.off);
	return code;
}

/* As far as it is known to be there. */
static struct tarn_ring_shm *
ring_of(struct tarn_arena *arena, const struct tarn_entry_shm *entry, uint64_t *slots)
{
	tarn_off off = tarn__load(&entry->root.structure);
	struct tarn_ring_shm *ring = tarn__at(arena, off, sizeof(*ring), 16);

	*slots = ring ? tarn__load(&ring->slots) : 0;
	if (!ring || *slots > TARN_RING_SLOTS_MOST ||
	    !tarn__at(arena, off, tarn__ring_size(*slots), 16))
		return NULL;
	return ring;
}

static int
dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	uint64_t slots, at = tarn__load(&entry->progress), end;
	struct tarn_ring_shm *ring = ring_of(lane->arena, entry, &slots);
	unsigned freed = 0;
	int code = 0;

	if (!ring)
		return TARN_CORRUPT;
	*done = at >= slots;
	if (*done)
		return tarn__heap_free(lane, tarn__load(&entry->root.structure));
	for (end = tarn__min(slots, at + PIECE_SLOTS); !code && at < end && freed < PIECE_BLOCKS; at++) {
		tarn_off block = tarn__load(&ring->blocks[at]);

		if (block)
			code = tarn__heap_free(lane, block);
		freed += block != 0;
	}
	if (!code)
		code = tarn__lane_reserve(lane, 1, 0, 0, 0);
	if (!code)
		tarn__set(lane, &entry->progress, at);
	return code;
}

/* ---- checking ---------------------------------------------------------------------------------- */

/* Whether an object of that kind can have this head. */
static bool
may_begin(uint64_t kind, uint64_t head)
{
	if (kind == TARN_KIND_STACK)
		return tarn__stack_begins(head);
	return kind != TARN_KIND_QUEUE || tarn__queue_begins(head);
}

/* The numbers that may have blocks: from F - 1 on, so many. */
struct numbers {
	uint64_t first, count;
};

static bool
check_numbers(struct tarn_checker *checker, const struct tarn_entry_shm *entry, uint64_t size,
	      struct numbers *numbers)
{
	const struct tarn_object deque = { .arena = checker->arena,
					   .root = (struct tarn_root_shm *)&entry->root,
					   .value_size = (uint32_t)size };
	struct tarn_deque_look look;

	if (!tarn__deque_look(&deque, &look)) {
		checker->wrong(checker, tarn__off(checker->arena, entry),
			       "head, tail and slots of the deque contradict each other");
		return false;
	}
	if (!may_begin(tarn__load(&entry->kind), look.head))
		checker->wrong(checker, look.off, "the head is %lu, which no such object's can be",
			       (unsigned long)look.head);
	checker->entries += look.tail - look.head;
	numbers->first = (look.head >> look.shift) - 1;
	numbers->count = tarn__ring_end(look.tail, look.shift) - numbers->first + 1;
	for (uint64_t i = 1; i + 1 < numbers->count; i++) {
		if (!tarn__load(tarn__ring_slot(&look, numbers->first + i)))
			checker->wrong(checker, look.off, "block %lu of the deque is missing", (unsigned long)i);
	}
	return true;
}

static void
check_slots(struct tarn_checker *checker, const struct tarn_entry_shm *entry, uint64_t size)
{
	tarn_off off = tarn__load(&entry->root.structure);
	uint64_t slots, done = checker->buried ? tarn__load(&entry->progress) : 0;
	const struct tarn_ring_shm *ring = ring_of(checker->arena, entry, &slots);
	struct numbers numbers;

	if (!ring) {
		checker->wrong(checker, tarn__off(checker->arena, entry), "the deque leads nowhere");
		return;
	}
	if (!checker->owns(checker, off, tarn__ring_size(slots)))
		return;
	if (!check_numbers(checker, entry, size, &numbers))
		return;
	for (uint64_t i = done; i < slots; i++) {
		tarn_off block = tarn__load(&ring->blocks[i]);

		if (block && ((i - numbers.first) & (slots - 1)) >= numbers.count)
			checker->wrong(checker, off, "slot %lu of the deque has a block too many",
				       (unsigned long)i);
		if (block)
			(void)checker->owns(checker, block, tarn__ring_block_size(size));
	}
}

static int
check(struct tarn_checker *checker, struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), size = tarn__load(&entry->value_size);

	if (size && size <= TARN_ELEMENT_MAX && tarn__vector_key_fits(key, size))
		check_slots(checker, entry, size);
	else
		checker->wrong(checker, tarn__off(checker->arena, entry), "no deque has this type");
	return 0;
}

const struct tarn_kind_ops tarn__deque_ops = {
	.name = "deque",
	.holds = TARN_HOLDS_ELEMENTS,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};

const struct tarn_kind_ops tarn__stack_ops = {
	.name = "stack",
	.holds = TARN_HOLDS_ELEMENTS,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};

const struct tarn_kind_ops tarn__queue_ops = {
	.name = "queue",
	.holds = TARN_HOLDS_ELEMENTS,
	.create = create,
	.dismantle = dismantle,
	.check = check,
};
