// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_list.c -- who holds which named lock, and who waits for it
 *
 * Nothing in the arena says it in one place: the names are the catalog's,
 * the gates say who holds them, the slots who reads and who sleeps.  So all
 * slots are asked about each lock.
 *
 * Private memory only.
 *
 * On death: who looks holds nothing.
 */
#include "container/kinds.h"

#include <stdlib.h>
#include <string.h>
#include <tarn/lock.h>

struct locks {
	struct tarn_object_info *infos;
	uint64_t count;
};

static int
note_lock(const struct tarn_object_info *info, void *arg)
{
	struct locks *locks = arg;
	struct tarn_object_info *more;

	if (info->type.kind != TARN_KIND_MUTEX && info->type.kind != TARN_KIND_RWLOCK)
		return 0;
	more = realloc(locks->infos, (locks->count + 1) * sizeof(*more));
	if (!more)
		return TARN_SYSTEM;
	locks->infos = more;
	more[locks->count++] = *info;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct tarn_object_info *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* Whether that slot holds the lock or waits for it, whose gate lies at off and is word. */
static bool
describe(struct tarn_arena *arena, uint64_t index, tarn_off off, uint64_t word,
	 struct tarn_lock_thread *thread)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(arena, index);
	bool owns, reads;

	if (tarn__load_acquire(&slot->state) == TARN_SLOT_FREE)
		return false;
	owns = tarn__node_owned_by(word, index + 1) && tarn__held_by(arena, index, off);
	reads = tarn__held_by(arena, index, off | TARN_HELD_READER);
	*thread = (struct tarn_lock_thread){
		.slot = index,
		.pid = tarn__load(&slot->pid),
		.tid = tarn__load(&slot->tid),
		.dead = tarn__slot_dead(arena, index, true) || tarn__slot_broken(arena, index),
		.waits = tarn__load(&slot->waits_for) == off,
		.shared = reads && !owns,
	};
	thread->waits = thread->waits && !thread->dead;
	return owns || reads || thread->waits;
}

static int
tell(struct tarn_arena *arena, const struct tarn_object_info *info, struct tarn_lock_thread *threads,
     int (*visit)(const struct tarn_lock_info *info, void *arg), void *arg)
{
	const struct tarn_entry_shm *entry = tarn__at(arena, info->root, sizeof(*entry), 64);
	struct tarn_lock_info lock = { .name = info->name, .kind = info->type.kind };
	uint64_t word;

	if (!entry)
		return TARN_CORRUPT;
	word = tarn__load_acquire(&entry->root.gate);
	lock.owner_died = (word & TARN_GATE_DIED) != 0;
	lock.threads = threads;
	for (uint64_t i = 0; i < arena->fixed.slot_count; i++)
		lock.count += describe(arena, i, tarn__off(arena, &entry->root.gate), word,
				       &threads[lock.count]);
	return visit(&lock, arg);
}

int
tarn_lock_list(struct tarn_arena *arena, int (*visit)(const struct tarn_lock_info *info, void *arg),
	       void *arg)
{
	struct tarn_lock_thread *threads = calloc(arena->fixed.slot_count, sizeof(*threads));
	struct locks locks = { 0 };
	int code = threads ? tarn_object_list(arena, note_lock, &locks) : TARN_SYSTEM;
	int stop = 0;

	if (locks.count)
		qsort(locks.infos, locks.count, sizeof(*locks.infos), by_name);
	for (uint64_t i = 0; (!code || code == TARN_CORRUPT) && !stop && i < locks.count; i++)
		stop = tell(arena, &locks.infos[i], threads, visit, arg);
	free(threads);
	free(locks.infos);
	return stop ? stop : code;
}
