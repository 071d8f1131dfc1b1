// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pin.c -- who is changing an object without its lock?
 *
 * pin.h has the picture.  Every slot's log is looked at, the count first:
 * the list means something only while it counts.
 *
 * Who may write what: nothing is written here, but in the name of the dead.
 *
 * On death: nothing was changed.
 */
#include "txn/pin.h"

static bool
has_pinned(struct tarn_arena *arena, uint64_t slot, tarn_off root)
{
	tarn_off off = arena->fixed.logs_off + slot * TARN_LOG_SIZE;
	const struct tarn_log_shm *log = tarn__at(arena, off, TARN_LOG_SIZE, TARN_LOG_SIZE);
	const uint64_t *locks;

	if (!log || !tarn__locks_count(tarn__load_acquire(&log->locks)))
		return false;
	locks = (const uint64_t *)((const char *)log + TARN_LOG_LOCKS);
	return tarn__load(locks) == (root | TARN_LOCK_PIN);
}

int
tarn__pinned(struct tarn_arena *arena, tarn_off root)
{
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		if (!has_pinned(arena, slot, root))
			continue;
		if (!tarn__slot_dead(arena, slot, true) || tarn__slot_recover(arena, slot))
			return TARN_BUSY;
	}
	return 0;
}
