// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * guest.c -- every system call of what one does with a guest fails once, and
 * memory ends at every allocation
 *
 * operation.h says how.  A guest has a lock, which is its user's: whatever
 * fails, an operation lets go of it, so that the next one can have it.
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <string.h>

#define SMALL UINT64_C(500)
#define LARGE UINT64_C(100000)
#define BLOCKS 60u

static tarn_off root, run;

/* ---- the world --------------------------------------------------------------------------------- */

static void
fill(tarn_off block, uint64_t size)
{
	memset(tarn_pointer(arena, block, size), 'g', size);
}

static void
make_guest(void)
{
	struct tarn_guest *guest;

	ok(tarn_guest_create(arena, &guest, "test"));
	ok(tarn_guest_alloc(guest, 16, SMALL, &root));
	ok(tarn_guest_alloc(guest, 4096, LARGE, &run));
	fill(root, SMALL);
	fill(run, LARGE);
	ok(tarn_guest_set_root(guest, root));
	ok(tarn_guest_publish(guest, "g"));
	ok(tarn_rwlock_unlock(tarn_guest_lock(guest)));
	tarn_guest_close(guest);
}

static void
close_nothing(void)
{
}

static void
is_filled(tarn_off block, uint64_t size)
{
	const char *bytes = tarn_pointer(arena, block, size);

	ck_assert_ptr_nonnull(bytes);
	for (uint64_t i = 0; i < size; i++)
		ck_assert_int_eq(bytes[i], 'g');
}

static void
has_root(const char *name, tarn_off expected)
{
	struct tarn_guest *guest;
	tarn_off found = 4711;

	ok(tarn_guest_open(arena, &guest, name));
	ok(tarn_guest_root(guest, &found));
	ck_assert_uint_eq(found, expected);
	tarn_guest_close(guest);
}

static void
is_as_before(void)
{
	struct tarn_guest *guest;

	has_root("g", root);
	is_filled(root, SMALL);
	is_filled(run, LARGE);
	gives(tarn_guest_open(arena, &guest, "new"), TARN_NOT_FOUND);
}

static const struct world guests = { make_guest, is_as_before, close_nothing, false };

/* ---- operations -------------------------------------------------------------------------------- */

/* Opens it, does the work with its lock held, and lets go of both. */
static int
with_lock(int (*work)(struct tarn_guest *guest))
{
	struct tarn_guest *guest;
	int code = tarn_guest_open(arena, &guest, "g");

	if (code)
		return code;
	code = tarn_rwlock_write(tarn_guest_lock(guest), TARN_FOREVER);
	if (!code) {
		code = work(guest);
		ok(tarn_rwlock_unlock(tarn_guest_lock(guest)));
	}
	tarn_guest_close(guest);
	return code;
}

/* What was taken before it failed is given back. */
static int
take_many(struct tarn_guest *guest)
{
	tarn_off blocks[BLOCKS];
	unsigned count = 0;
	int code = 0;

	while (!code && count < BLOCKS) {
		code = tarn_guest_alloc(guest, 16, count % 20 ? SMALL : LARGE, &blocks[count]);
		count += !code;
	}
	if (!code)
		code = tarn_guest_set_root(guest, blocks[BLOCKS - 1]);
	while (code && count)
		ok(tarn_guest_free(guest, blocks[--count]));
	return code;
}

static int
take(void)
{
	return with_lock(take_many);
}

static void
is_taken(void)
{
	struct tarn_guest *guest;
	tarn_off found = 0;

	ok(tarn_guest_open(arena, &guest, "g"));
	ok(tarn_guest_root(guest, &found));
	ck_assert_uint_ne(found, root);
	fill(found, SMALL);
	tarn_guest_close(guest);
	is_filled(root, SMALL);
	is_filled(run, LARGE);
}

/* Without the lock. */
static int
take_one(void)
{
	struct tarn_guest *guest;
	tarn_off block = 0;
	int code = tarn_guest_open(arena, &guest, "g");

	if (code)
		return code;
	code = tarn_guest_alloc(guest, 65536, LARGE, &block);
	ck_assert(!code == !!block);
	if (!code)
		fill(block, LARGE);
	tarn_guest_close(guest);
	return code;
}

static int
free_run(struct tarn_guest *guest)
{
	return tarn_guest_free(guest, run);
}

static int
give_back(void)
{
	return with_lock(free_run);
}

static void
is_given_back(void)
{
	struct tarn_guest *guest;

	has_root("g", root);
	is_filled(root, SMALL);
	ok(tarn_guest_open(arena, &guest, "g"));
	gives(tarn_guest_free(guest, run), TARN_INVALID);
	tarn_guest_close(guest);
}

/* One that fails on the way to its name is gone when its handle is closed. */
static int
create(void)
{
	struct tarn_guest *guest;
	tarn_off block;
	int code = tarn_guest_create(arena, &guest, "test");

	if (code)
		return code;
	code = tarn_guest_alloc(guest, 16, LARGE, &block);
	if (!code)
		code = tarn_guest_set_root(guest, block);
	if (!code)
		code = tarn_guest_publish(guest, "new");
	if (!code)
		ok(tarn_rwlock_unlock(tarn_guest_lock(guest)));
	tarn_guest_close(guest);
	return code;
}

static void
is_created(void)
{
	struct tarn_guest *guest;
	tarn_off found;

	ok(tarn_guest_open(arena, &guest, "new"));
	ok(tarn_guest_root(guest, &found));
	fill(found, LARGE);
	tarn_guest_close(guest);
	has_root("g", root);
	is_filled(run, LARGE);
}

/* Of that, nothing stays. */
static int
create_and_discard(void)
{
	struct tarn_guest *guest;
	tarn_off block;
	int code = tarn_guest_create(arena, &guest, NULL);

	if (code)
		return code;
	code = tarn_guest_alloc(guest, 16, LARGE, &block);
	if (!code)
		code = tarn_guest_discard(guest);
	tarn_guest_close(guest);
	return code;
}

static int
withdraw(void)
{
	return with_lock(tarn_guest_withdraw);
}

static void
is_withdrawn(void)
{
	struct tarn_guest *guest;

	gives(tarn_guest_open(arena, &guest, "g"), TARN_NOT_FOUND);
}

static const struct operation operations[] = {
	{ "take", take, is_taken, true, false },
	{ "take one", take_one, is_as_before, true, false },
	{ "give back", give_back, is_given_back, false, false },
	{ "create", create, is_created, true, false },
	{ "create and discard", create_and_discard, is_as_before, true, false },
	{ "withdraw", withdraw, is_withdrawn, false, false },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &guests, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("guest faults", add);
}
