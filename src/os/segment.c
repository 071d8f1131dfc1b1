// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * segment.c -- System V segments: find, make, attach, fill, remove
 *
 * The window is a reservation, and segment n lies at n times their size in
 * it: attached over the reservation, never moved, never detached before the
 * window goes.  A segment is made when memory in it is wanted for the first
 * time, and costs nothing but its number until then; memory is given page
 * by page, by MADV_POPULATE_WRITE, so that it is there before anybody
 * touches it.
 *
 * Growing takes no lock.  All who want segment n ask for the same key, and
 * the kernel gives all of them the same segment; then it is put into the
 * table, by the first of them.  A key may be somebody else's already: then
 * it is the next of KEYS keys, and should two growers differ in this, the
 * table decides, and the other one's segment is removed again.
 *
 * Attaching is idempotent: two threads that attach the same segment at the
 * same place do it twice, and that is the same memory all the while.
 *
 * If a process dies
 *	after it has made a segment and before that is in the table: who
 *	wants it next is given it by its key; and who removes the arena asks
 *	for the keys of all segments that are not in the table
 *	removing: the state says so, and whoever comes next goes on
 *
 * Not done
 *	A grower that is killed in the moment between two looks at the state,
 *	when the arena was removed in just that moment, leaves a segment that
 *	nobody knows of: ipcrm(1).
 *	Who has attached keeps a removed arena, but not what it has not seen
 *	of it: a segment ends with the last process that has it attached, and
 *	that may be before this one has met an offset in it.
 *	A segment that another user made, who was killed before he could give
 *	it away, is passed over, and can be removed only by him or root.
 *	The limit of a memory cgroup is not looked at: there growth may kill.
 *	Before Linux 5.14 there is no MADV_POPULATE_WRITE: creation fails with
 *	TARN_SYSTEM, EINVAL.
 */
#include "os/segment.h"

#include "base/arith.h"
#include "base/atomic.h"
#include "base/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define DEFAULT_SIZE (UINT64_C(64) << 20)
#define KEYS 4u /* of one segment */

/* ---- what the kernel knows ------------------------------------------------------------------- */

static uint64_t
segment_count(const struct tarn_os_segments *segments)
{
	return tarn__min(tarn__div_up(segments->window_size, segments->size), TARN_SEGMENTS_MAX);
}

/* Of its place in the window; the last one may be smaller than the others. */
static uint64_t
place_size(const struct tarn_os_segments *segments, uint64_t index)
{
	return tarn__min(segments->size, segments->window_size - index * segments->size);
}

/* Of the segment: so much less than its place that it tells which one it is. */
static uint64_t
segment_size(const struct tarn_os_segments *segments, uint64_t index)
{
	return place_size(segments, index) - TARN_SEGMENT_MARK - index;
}

/* The key of a segment other than the first; never IPC_PRIVATE. */
static key_t
key_of(const struct tarn_os_segments *segments, uint64_t index, unsigned attempt)
{
	uint64_t seed = (uint64_t)segments->key << 32 | segments->first;
	uint32_t key = (uint32_t)tarn__hash_u64(index * KEYS + attempt, seed);

	return key ? (key_t)key : 1;
}

static bool
has_key_of(const struct tarn_os_segments *segments, uint64_t index, const struct shmid_ds *ds)
{
	for (unsigned attempt = 0; attempt < KEYS; attempt++) {
		if (ds->shm_perm.__key == key_of(segments, index, attempt))
			return true;
	}
	return ds->shm_perm.__key == IPC_PRIVATE && ds->shm_perm.mode & SHM_DEST;
}

/* Of a call that was given an id: TARN_NOT_FOUND if the segment has gone. */
static int
id_error(void)
{
	return errno == EINVAL || errno == EIDRM ? TARN_NOT_FOUND : tarn__os_error();
}

static int
describe(int id, struct shmid_ds *ds)
{
	return TARN_SYS(shmctl, shmctl(id, IPC_STAT, ds)) ? id_error() : 0;
}

/* Whether it is what belongs at this place. */
static int
verify(const struct tarn_os_segments *segments, uint64_t index, int id, struct shmid_ds *ds)
{
	int code = describe(id, ds);

	if (code)
		return code;
	if (ds->shm_segsz != segment_size(segments, index))
		return TARN_FORMAT;
	return !index || has_key_of(segments, index, ds) ? 0 : TARN_FORMAT;
}

int
tarn__segments_find(uint32_t key, struct tarn_os_segments *segments)
{
	int id = TARN_SYS(shmget, shmget((key_t)key, 0, 0));
	struct shmid_ds ds;
	int code;

	if (id < 0)
		return tarn__os_error();
	code = describe(id, &ds);
	if (code)
		return code;
	segments->key = key;
	segments->first = (uint64_t)id + 1;
	segments->size = ds.shm_segsz + TARN_SEGMENT_MARK;
	return segments->size % TARN_SEGMENT_GRAIN ? TARN_FORMAT : 0;
}

/* ---- attaching ------------------------------------------------------------------------------- */

struct tarn_segments_shm *
tarn__segments_words(const struct tarn_os_segments *segments)
{
	return (struct tarn_segments_shm *)(segments->window + TARN_SEGMENTS_OFF);
}

uint64_t
tarn__segments_end(const struct tarn_os_segments *segments, const struct tarn_segments_shm *words)
{
	uint64_t index = TARN_SEGMENTS_MAX;

	while (--index && !tarn__load(&words->ids[index]))
		;
	return (index + 1) * segments->size;
}

/* Segment 0 for a moment, at any address. */
static int
attach_first(const struct tarn_os_segments *segments, int flags, char **at)
{
	void *got = TARN_SYS(shmat, shmat((int)(segments->first - 1), NULL, flags));

	if (got == (void *)-1)
		return id_error();
	*at = got;
	return 0;
}

static void
detach_first(char *at)
{
	int saved = errno;

	(void)TARN_SYS(shmdt, 0);
	(void)shmdt(at);
	errno = saved;
}

int
tarn__segments_read(
	const struct tarn_os_segments *segments, uint64_t off, void *buffer, uint64_t size)
{
	char *at = NULL;
	int code;

	if (!tarn__range_ok(off, size, segments->size))
		return TARN_FORMAT;
	code = attach_first(segments, SHM_RDONLY, &at);
	if (code)
		return code;
	memcpy(buffer, at + off, size);
	detach_first(at);
	return 0;
}

static bool
is_attached(const struct tarn_os_segments *segments, uint64_t index)
{
	return tarn__load_acquire(&segments->attached[index / 64]) >> (index % 64) & 1;
}

static void
saw_end(struct tarn_os_segments *segments, uint64_t end)
{
	uint64_t seen = tarn__load(&segments->end);

	while (seen < end && !tarn__cas(&segments->end, &seen, end))
		;
}

/* Over the reservation, or over itself. */
static int
attach(struct tarn_os_file *file, uint64_t index, int id)
{
	struct tarn_os_segments *segments = &file->segments;
	char *place = segments->window + index * segments->size;
	uint64_t size = place_size(segments, index);
	int flags = SHM_REMAP | (file->readonly ? SHM_RDONLY : 0);
	struct shmid_ds ds;
	int code = verify(segments, index, id, &ds);

	if (code)
		return code;
	if (TARN_SYS(shmat, shmat(id, place, flags)) == (void *)-1)
		return id_error();
	if (TARN_SYS(madvise, madvise(place, size, MADV_DONTDUMP)))
		return tarn__os_error();
	saw_end(segments, index * segments->size + size);
	tarn__fetch_or(&segments->attached[index / 64], UINT64_C(1) << (index % 64));
	return 0;
}

/* All that are there: the sooner they are attached, the less is lost if the arena is removed. */
static void
attach_all(struct tarn_os_file *file)
{
	const struct tarn_segments_shm *words = tarn__segments_words(&file->segments);
	uint64_t count = segment_count(&file->segments);

	for (uint64_t index = 1; index < count; index++) {
		uint64_t id = tarn__load_acquire(&words->ids[index]);

		if (id && !is_attached(&file->segments, index))
			(void)attach(file, index, (int)(id - 1));
	}
}

static bool
all_attached(const struct tarn_os_segments *segments, uint64_t off, uint64_t size)
{
	uint64_t last = (off + size - 1) / segments->size;

	for (uint64_t index = off / segments->size; index <= last; index++) {
		if (!is_attached(segments, index))
			return false;
	}
	return true;
}

int
tarn__segments_extend(struct tarn_os_file *file, uint64_t off, uint64_t size)
{
	if (!tarn__range_ok(off, size, file->segments.window_size))
		return TARN_NOT_FOUND;
	if (all_attached(&file->segments, off, size))
		return 0;
	attach_all(file);
	return all_attached(&file->segments, off, size) ? 0 : TARN_NOT_FOUND;
}

bool
tarn__segments_all_seen(struct tarn_os_file *file)
{
	const struct tarn_segments_shm *words = tarn__segments_words(&file->segments);
	uint64_t count = segment_count(&file->segments);

	attach_all(file);
	for (uint64_t index = 1; index < count; index++) {
		if (tarn__load_acquire(&words->ids[index]) && !is_attached(&file->segments, index))
			return false;
	}
	return true;
}

static bool
is_removed(const struct tarn_os_segments *segments)
{
	return tarn__load_seq(&tarn__segments_words(segments)->state) == TARN_SEGMENTS_REMOVED;
}

/*
 * Of a new arena nothing is there yet but how large its segments are to be.
 * An old one that is not removed at the end had all its segments until then.
 */
int
tarn__segments_map(struct tarn_os_file *file, void *place, uint64_t size)
{
	struct tarn_os_segments *segments = &file->segments;
	uint64_t least = tarn__round_up(tarn__div_up(size, TARN_SEGMENTS_MAX), TARN_SEGMENT_GRAIN);
	int code;

	segments->window = place;
	segments->window_size = size;
	memset(segments->attached, 0, sizeof(segments->attached));
	if (!segments->first) {
		uint64_t wanted = segments->wanted ? segments->wanted : DEFAULT_SIZE;

		segments->size = tarn__min(size, tarn__max(wanted, least));
		return 0;
	}
	if (segments->size < least || segments->size > size)
		return TARN_FORMAT;
	code = attach(file, 0, (int)(segments->first - 1));
	if (code)
		return code;
	attach_all(file);
	return is_removed(segments) ? TARN_NOT_FOUND : 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* What shmget() and MADV_POPULATE_WRITE say where there is no room; EINVAL: SHMMAX. */
static int
room_error(void)
{
	return errno == EINVAL || errno == ENOMEM || errno == EFAULT ? TARN_FULL : tarn__os_error();
}

/* NORESERVE: it is memory of the machine only when it is given. */
static int
get_segment(const struct tarn_os_segments *segments, uint64_t index, key_t key, int flags)
{
	size_t size = segment_size(segments, index);

	return TARN_SYS(shmget, shmget(key, size, IPC_CREAT | SHM_NORESERVE | flags));
}

/* Under the creation byte. */
static int
make_first(struct tarn_os_file *file)
{
	struct tarn_os_segments *segments = &file->segments;
	int id = get_segment(
		segments, 0, (key_t)segments->key, IPC_EXCL | (int)(segments->mode & 0777));
	int code;

	if (id < 0)
		return room_error();
	segments->first = (uint64_t)id + 1;
	code = attach(file, 0, id);
	if (!code)
		tarn__store(&tarn__segments_words(segments)->window_size, segments->window_size);
	return code;
}

/*
 * As the first one's, whoever makes it: so that its owner can remove all of
 * them.  Another user's who is just at this, or has died at it, is let be.
 */
static int
give_to_owner(const struct shmid_ds *first, int id, struct shmid_ds *ds)
{
	if (ds->shm_perm.uid == first->shm_perm.uid && ds->shm_perm.gid == first->shm_perm.gid)
		return 0;
	ds->shm_perm.uid = first->shm_perm.uid;
	ds->shm_perm.gid = first->shm_perm.gid;
	return TARN_SYS(shmctl, shmctl(id, IPC_SET, ds)) ? TARN_EXISTS : 0;
}

/* Keeps errno. */
static bool
is_taken(key_t key)
{
	int saved = errno;
	bool taken = TARN_SYS(shmget, shmget(key, 0, 0)) >= 0;

	errno = saved;
	return taken;
}

/* The segment of that key, made if there is none; TARN_EXISTS: it is somebody else's. */
static int
get_by_key(const struct tarn_os_segments *segments, const struct shmid_ds *first, uint64_t index,
	key_t key, int *id)
{
	struct shmid_ds ds;
	int code;

	*id = get_segment(segments, index, key, first->shm_perm.mode & 0777);
	if (*id < 0)
		return is_taken(key) ? TARN_EXISTS : room_error();
	code = verify(segments, index, *id, &ds);
	if (code)
		return code == TARN_FORMAT || code == TARN_NOT_FOUND ? TARN_EXISTS : code;
	return give_to_owner(first, *id, &ds);
}

static int
obtain(const struct tarn_os_segments *segments, uint64_t index, int *id)
{
	struct shmid_ds first;
	int code = describe((int)(segments->first - 1), &first);

	if (code)
		return code == TARN_NOT_FOUND ? TARN_SYSTEM : code;
	code = TARN_EXISTS;
	for (unsigned attempt = 0; attempt < KEYS && code == TARN_EXISTS; attempt++)
		code = get_by_key(segments, &first, index, key_of(segments, index, attempt), id);
	return code;
}

static void
mark_for_removal(int id)
{
	int saved = errno;

	(void)TARN_SYS(shmctl, shmctl(id, IPC_RMID, NULL));
	errno = saved;
}

/* Its id, from the table, where it is put if it is not there. */
static int
settle(const struct tarn_os_segments *segments, uint64_t index, int *id)
{
	struct tarn_segments_shm *words = tarn__segments_words(segments);
	uint64_t seen = tarn__load_acquire(&words->ids[index]);
	int code;

	if (!seen) {
		code = obtain(segments, index, id);
		if (code)
			return code;
		if (tarn__cas(&words->ids[index], &seen, (uint64_t)*id + 1))
			return 0;
		if (seen != (uint64_t)*id + 1)
			mark_for_removal(*id);
	}
	*id = (int)(seen - 1);
	return 0;
}

/* Who grows an arena that is removed marks what is new: it is to end with its last process. */
static int
make(struct tarn_os_file *file, uint64_t index)
{
	const struct tarn_os_segments *segments = &file->segments;
	int id;
	int code = settle(segments, index, &id);

	if (!code)
		code = attach(file, index, id);
	if (!code && is_removed(segments))
		mark_for_removal(id);
	return code;
}

int
tarn__segments_reserve(struct tarn_os_file *file, uint64_t off, uint64_t size)
{
	struct tarn_os_segments *segments = &file->segments;
	int code = 0;

	if (!tarn__range_ok(off, size, segments->window_size))
		return TARN_FULL;
	for (uint64_t index = off / segments->size;
		!code && index <= (off + size - 1) / segments->size; index++) {
		if (is_attached(segments, index))
			continue;
		code = index ? make(file, index) : make_first(file);
	}
	return code;
}

int
tarn__segments_give(struct tarn_os_file *file, uint64_t off, uint64_t size)
{
	int code = tarn__segments_reserve(file, off, size);
	char *start = file->segments.window + off;

	if (code)
		return code;
	if (size > tarn__os_memory_available()) {
		errno = ENOSPC;
		return TARN_FULL;
	}
	while (TARN_SYS(madvise, madvise(start, size, MADV_POPULATE_WRITE))) {
		if (errno != EINTR && errno != EAGAIN)
			return errno == EINVAL ? TARN_SYSTEM : room_error();
	}
	return 0;
}

/* ---- removing -------------------------------------------------------------------------------- */

/* What is not in the table is found by its keys. */
static void
remove_unlisted(const struct tarn_os_segments *segments, uint64_t index)
{
	struct shmid_ds ds;

	for (unsigned attempt = 0; attempt < KEYS; attempt++) {
		int id = TARN_SYS(shmget, shmget(key_of(segments, index, attempt), 0, 0));

		if (id >= 0 && !verify(segments, index, id, &ds))
			mark_for_removal(id);
	}
}

static void
remove_others(const struct tarn_os_segments *segments, const struct tarn_segments_shm *words)
{
	uint64_t count = segment_count(segments);
	struct shmid_ds ds;

	for (uint64_t index = 1; index < count; index++) {
		uint64_t id = tarn__load_seq(&words->ids[index]);

		if (id && !verify(segments, index, (int)(id - 1), &ds))
			mark_for_removal((int)(id - 1));
		remove_unlisted(segments, index);
	}
}

/* Setting what is there already needs the same right as removing, and changes nothing. */
static int
may_remove(int id)
{
	struct shmid_ds ds;
	int code = describe(id, &ds);

	if (code)
		return code;
	return TARN_SYS(shmctl, shmctl(id, IPC_SET, &ds)) ? id_error() : 0;
}

int
tarn__segments_remove(const struct tarn_os_segments *segments)
{
	struct tarn_os_segments seen = *segments;
	int id = (int)(segments->first - 1);
	struct tarn_segments_shm *words;
	char *at = NULL;
	int code = may_remove(id);

	if (!code)
		code = attach_first(segments, 0, &at);
	if (code)
		return code;
	words = (struct tarn_segments_shm *)(at + TARN_SEGMENTS_OFF);
	seen.window_size = tarn__load(&words->window_size);
	(void)tarn__exchange(&words->state, TARN_SEGMENTS_REMOVED);
	remove_others(&seen, words);
	detach_first(at);
	return TARN_SYS(shmctl, shmctl(id, IPC_RMID, NULL)) ? id_error() : 0;
}
