// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * calls.c -- every system call of every call that is no container's fails
 * once: see operation.h
 *
 * Locks, blocks, regions, the list of names, and those that only look.
 */
#include "fault/operation.h"

#include "base/compiler.h"

#define NAMES 4u

static struct tarn_mutex *mutex;
static struct tarn_rwlock *rwlock;
static struct tarn_region *region, *second;
static tarn_off block, owned;

/* ---- what there is before ---------------------------------------------------------------------- */

static void
open_all(void)
{
	ok(tarn_mutex_open(arena, &mutex, "mutex", TARN_CREATE, NULL));
	ok(tarn_rwlock_open(arena, &rwlock, "rwlock", TARN_CREATE, NULL));
	ok(tarn_region_open(arena, &region, "region", TARN_CREATE, NULL));
	ok(tarn_region_open(arena, &second, "second", TARN_CREATE, NULL));
	ok(tarn_alloc(arena, 1000, &block));
	ok(tarn_region_alloc(region, 1000, &owned));
	ok(tarn_region_set_root(region, owned));
}

static void
close_all(void)
{
	tarn_mutex_close(mutex);
	tarn_rwlock_close(rwlock);
	tarn_region_close(region);
	tarn_region_close(second);
}

static int
count_one(const struct tarn_object_info *info, void *count)
{
	++*(uint64_t *)count;
	return info->name[0] ? 0 : 1;
}

static void
names_are(uint64_t expected)
{
	uint64_t count = 0;

	ok(tarn_object_list(arena, count_one, &count));
	ck_assert_uint_eq(count, expected);
}

/* Nobody holds a lock, and every block is there. */
static void
is_as_before(void)
{
	tarn_off root;

	ok(tarn_mutex_lock(mutex, 0));
	ok(tarn_mutex_unlock(mutex));
	ok(tarn_rwlock_write(rwlock, 0));
	ok(tarn_rwlock_unlock(rwlock));
	ck_assert_uint_ge(tarn_usable_size(arena, block), 1000);
	ok(tarn_region_root(region, &root));
	ck_assert_uint_eq(root, owned);
	names_are(NAMES);
}

static const struct world world = { open_all, is_as_before, close_all, true };

/* ---- operations -------------------------------------------------------------------------------- */

static int
lock_mutex(void)
{
	int code = tarn_mutex_lock(mutex, TARN_FOREVER);

	return code ? code : tarn_mutex_unlock(mutex);
}

static int
read_lock(void)
{
	int code = tarn_rwlock_read(rwlock, TARN_FOREVER);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

static int
write_lock(void)
{
	int code = tarn_rwlock_write(rwlock, TARN_FOREVER);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

static int
create_mutex(void)
{
	struct tarn_mutex *opened;
	int code = tarn_mutex_open(arena, &opened, "new", TARN_CREATE, NULL);

	tarn_mutex_close(opened);
	return code;
}

static int
create_rwlock(void)
{
	struct tarn_rwlock *opened;
	int code = tarn_rwlock_open(arena, &opened, "new", TARN_CREATE, NULL);

	tarn_rwlock_close(opened);
	return code;
}

static int
create_region(void)
{
	struct tarn_region *opened;
	int code = tarn_region_open(arena, &opened, "new", TARN_CREATE, NULL);

	tarn_region_close(opened);
	return code;
}

static void
one_is_created(void)
{
	names_are(NAMES + 1);
	ok(tarn_object_remove(arena, "new"));
	is_as_before();
}

static int
remove_region(void)
{
	return tarn_object_remove(arena, "region");
}

static void
region_is_removed(void)
{
	names_are(NAMES - 1);
	gives(tarn_region_alloc(region, 10, &owned), TARN_REMOVED);
}

static int
free_block(void)
{
	return tarn_free(arena, block);
}

static void
block_is_free(void)
{
	ck_assert_uint_eq(tarn_usable_size(arena, block), 0);
}

static tarn_off moved;

static int
enlarge_block(void)
{
	return tarn_realloc(arena, block, 5000, &moved);
}

static void
block_is_large(void)
{
	ck_assert_uint_ge(tarn_usable_size(arena, moved), 5000);
}

static int
allocate_aligned(void)
{
	return tarn_alloc_aligned(arena, 4096, 100, &moved);
}

static void
block_is_aligned(void)
{
	ck_assert_uint_eq(moved % 4096, 0);
	ck_assert_uint_ge(tarn_usable_size(arena, moved), 100);
	is_as_before();
}

static int
allocate_owned(void)
{
	return tarn_region_alloc(region, 200000, &moved);
}

static void
owned_is_there(void)
{
	ck_assert_ptr_nonnull(tarn_pointer(arena, moved, 200000));
	is_as_before();
}

static int
free_owned(void)
{
	return tarn_region_free(region, owned);
}

static void
owned_is_free(void)
{
	gives(tarn_region_free(region, owned), TARN_INVALID);
}

static int
add_to_transaction(void)
{
	struct tarn_object *first = tarn_region_object(region);
	struct tarn_txn *txn;
	int code = tarn_txn_begin(arena, &txn, &first, 1);

	if (code)
		return code;
	code = tarn_txn_add(txn, tarn_region_object(second));
	if (!code)
		code = tarn_region_alloc(tarn_region_in(second, txn), 5000, &moved);
	if (!code)
		code = tarn_region_set_root(tarn_region_in(second, txn), moved);
	if (!code)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

static void
transaction_is_done(void)
{
	tarn_off root;

	ok(tarn_region_root(second, &root));
	ck_assert_uint_eq(root, moved);
	is_as_before();
}

static int
list(void)
{
	uint64_t count = 0;
	int code = tarn_object_list(arena, count_one, &count);

	return code || count == NAMES ? code : TARN_CORRUPT;
}

static int
tell(void)
{
	struct tarn_object_info info;

	return tarn_object_info(tarn_region_object(region), &info);
}

static int
check_all(void)
{
	const struct tarn_check_options options = { .foreign_blocks = true };

	return tarn_check(arena, &options, NULL);
}

static int
reap(void)
{
	return tarn_reap(arena, NULL);
}

static int
count_attached(void)
{
	uint64_t writers, readers;

	return tarn_arena_attached(arena, &writers, &readers);
}

static int
visit(const struct tarn_member_info *info, void *unused)
{
	(void)unused;
	return info->dead;
}

static int
visit_members(void)
{
	return tarn_arena_members(arena, visit, NULL);
}

static const struct operation operations[] = {
	{ "mutex", lock_mutex, is_as_before, false, false },
	{ "read lock", read_lock, is_as_before, false, false },
	{ "write lock", write_lock, is_as_before, false, false },
	{ "create a mutex", create_mutex, one_is_created, true, false },
	{ "create a lock", create_rwlock, one_is_created, true, false },
	{ "create a region", create_region, one_is_created, true, false },
	{ "remove a region", remove_region, region_is_removed, false, false },
	{ "free", free_block, block_is_free, false, false },
	{ "realloc", enlarge_block, block_is_large, true, false },
	{ "alloc aligned", allocate_aligned, block_is_aligned, true, false },
	{ "alloc in a region", allocate_owned, owned_is_there, true, false },
	{ "free in a region", free_owned, owned_is_free, false, false },
	{ "add to a transaction", add_to_transaction, transaction_is_done, true, false },
	{ "list", list, is_as_before, false, true },
	{ "info", tell, is_as_before, false, true },
	{ "check", check_all, is_as_before, false, true },
	{ "reap", reap, is_as_before, false, true },
	{ "attached", count_attached, is_as_before, false, true },
	{ "members", visit_members, is_as_before, false, true },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS, &world, operations, TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("faults of other calls", add);
}
