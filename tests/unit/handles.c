// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles.c -- every call by every kind of handle, where the handle, the
 * arena or the thread is not what the call would like
 *
 *	the object	removed, renamed, made anew, of another kind or type
 *	the arena	attached for reading only; one of two
 *	the thread	has no slot, and there is none left
 *
 * A call is in the table once, with what it gives on an object as open()
 * makes it.  A new container adds its kind, and its calls.
 */
#include "base/compiler.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define SLOTS 4u

static struct tarn_arena *arena;

/* ---- kinds ------------------------------------------------------------------------------------- */

static const struct tarn_type of_map = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type of_vector = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };

static int
open_map(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_hashmap_open(in, (struct tarn_hashmap **)handle, name, &of_map, how, NULL);
}

static int
open_vector(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_vector_open(in, (struct tarn_vector **)handle, name, &of_vector, how, NULL);
}

static int
open_string(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_string_open(in, (struct tarn_string **)handle, name, how, NULL);
}

static int
open_region(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_region_open(in, (struct tarn_region **)handle, name, how, NULL);
}

static int
open_mutex(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_mutex_open(in, (struct tarn_mutex **)handle, name, how, NULL);
}

static int
open_rwlock(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_rwlock_open(in, (struct tarn_rwlock **)handle, name, how, NULL);
}

static void
close_map(void *handle)
{
	tarn_hashmap_close(handle);
}

static void
close_vector(void *handle)
{
	tarn_vector_close(handle);
}

static void
close_string(void *handle)
{
	tarn_string_close(handle);
}

static void
close_region(void *handle)
{
	tarn_region_close(handle);
}

static void
close_mutex(void *handle)
{
	tarn_mutex_close(handle);
}

static void
close_rwlock(void *handle)
{
	tarn_rwlock_close(handle);
}

static void
fill_map(void *map)
{
	ok(tarn_hashmap_put(map, &(uint64_t){ 1 }, 8, &(uint64_t){ 1 }, 8));
}

static void
fill_vector(void *vector)
{
	ok(tarn_vector_append(vector, (uint64_t[]){ 3, 2, 1 }, 3));
}

static void
fill_string(void *string)
{
	ok(tarn_string_append(string, "text", 4));
}

static void
fill_nothing(void *handle)
{
	(void)handle;
}

static const struct kind {
	const char *name;
	int (*open)(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle);
	void (*close)(void *handle);
	void (*fill)(void *handle);
} kinds[] = {
	{ "hashmap", open_map, close_map, fill_map },
	{ "vector", open_vector, close_vector, fill_vector },
	{ "string", open_string, close_string, fill_string },
	{ "region", open_region, close_region, fill_nothing },
	{ "mutex", open_mutex, close_mutex, fill_nothing },
	{ "rwlock", open_rwlock, close_rwlock, fill_nothing },
};

enum { MAP, VECTOR, STRING, REGION, MUTEX, RWLOCK, KINDS };

/* ---- calls ------------------------------------------------------------------------------------- */

static char room[64];
static uint64_t number;
static const uint64_t one = 1, two = 2;

static int
map_get(void *map)
{
	return tarn_hashmap_get(map, &one, 8, room, sizeof(room), NULL);
}

static int
map_contains(void *map)
{
	return tarn_hashmap_contains(map, &one, 8);
}

static int
map_size(void *map)
{
	return tarn_hashmap_size(map, &number);
}

static int
map_walk(void *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(map, &cursor);

	if (!code)
		code = tarn_hashmap_cursor_next(cursor, &entry);
	tarn_hashmap_cursor_close(cursor);
	return code;
}

static int
map_get_many(void *map)
{
	int each;
	int code = tarn_hashmap_get_many(map, &one, 8, 1, room, 8, &each);

	ck_assert_int_eq(code, each);
	return code;
}

static int
map_put(void *map)
{
	return tarn_hashmap_put(map, &two, 8, &two, 8);
}

static int
map_insert(void *map)
{
	return tarn_hashmap_insert(map, &(uint64_t){ 3 }, 8, &two, 8);
}

static int
map_erase(void *map)
{
	return tarn_hashmap_erase(map, &two, 8);
}

static int
map_add(void *map)
{
	return tarn_hashmap_fetch_add(map, &one, 8, 0, &number);
}

static int
map_swap(void *map)
{
	return tarn_hashmap_compare_and_swap(map, &one, 8, &one, 8, &one, 8);
}

static int
same(const void *old, size_t old_size, const void **out, size_t *out_size, void *unused)
{
	(void)old, (void)old_size, (void)unused;
	*out = &one;
	*out_size = 8;
	return 0;
}

static int
map_update(void *map)
{
	return tarn_hashmap_update(map, &one, 8, same, NULL);
}

static int
map_put_many(void *map)
{
	int each;

	return tarn_hashmap_put_many(map, &two, 8, 1, &two, 8, &each);
}

static int
map_erase_many(void *map)
{
	int each;

	return tarn_hashmap_erase_many(map, &two, 8, 1, &each);
}

static int
map_clear(void *map)
{
	return tarn_hashmap_clear(map);
}

static int
vector_get(void *vector)
{
	return tarn_vector_get(vector, 0, room);
}

static int
vector_front(void *vector)
{
	return tarn_vector_front(vector, room);
}

static int
vector_back(void *vector)
{
	return tarn_vector_back(vector, room);
}

static int
vector_read(void *vector)
{
	return tarn_vector_read(vector, 0, room, 8, &number);
}

static int
vector_find(void *vector)
{
	return tarn_vector_find(vector, 0, &one, &number);
}

static int
vector_size(void *vector)
{
	return tarn_vector_size(vector, &number);
}

static int
vector_empty(void *vector)
{
	bool empty;

	return tarn_vector_empty(vector, &empty);
}

static int
vector_capacity(void *vector)
{
	return tarn_vector_capacity(vector, &number);
}

static int
vector_view(void *vector)
{
	struct tarn_vector_view view;
	int code = tarn_vector_view(vector, &view);

	ck_assert(code || tarn_vector_view_valid(vector, &view));
	return code;
}

static int
vector_push(void *vector)
{
	return tarn_vector_push_back(vector, &two);
}

static int
vector_append(void *vector)
{
	return tarn_vector_append(vector, room, 3);
}

static int
vector_set(void *vector)
{
	return tarn_vector_set(vector, 1, &two);
}

static int
vector_add(void *vector)
{
	return tarn_vector_fetch_add(vector, 0, 0, &number);
}

static int
vector_swap_one(void *vector)
{
	return tarn_vector_compare_and_swap(vector, 1, &two, &two);
}

static int
vector_insert(void *vector)
{
	return tarn_vector_insert(vector, 3, &one, 1);
}

static int
vector_erase(void *vector)
{
	return tarn_vector_erase(vector, 3, 1);
}

static int
vector_reserve(void *vector)
{
	return tarn_vector_reserve(vector, 100);
}

static int
vector_pop(void *vector)
{
	return tarn_vector_pop_back(vector, room);
}

static int
vector_resize(void *vector)
{
	return tarn_vector_resize(vector, 20, NULL);
}

static int
vector_assign(void *vector)
{
	return tarn_vector_assign(vector, room, 5);
}

static int
vector_sort(void *vector)
{
	return tarn_vector_sort(vector, NULL, NULL);
}

static int
vector_shrink(void *vector)
{
	return tarn_vector_shrink_to_fit(vector);
}

static int
vector_exchange(void *vector)
{
	return tarn_vector_swap(vector, vector);
}

static int
vector_clear(void *vector)
{
	return tarn_vector_clear(vector);
}

static int
string_get(void *string)
{
	return tarn_string_get(string, room, sizeof(room), &number);
}

static int
string_read(void *string)
{
	return tarn_string_read(string, 1, room, 2, &number);
}

static int
string_find(void *string)
{
	return tarn_string_find(string, 0, "ex", 2, &number);
}

static int
string_size(void *string)
{
	return tarn_string_size(string, &number);
}

static int
string_capacity(void *string)
{
	return tarn_string_capacity(string, &number);
}

static int
string_append(void *string)
{
	return tarn_string_append(string, "more", 4);
}

static int
string_insert(void *string)
{
	return tarn_string_insert(string, 4, "more", 4);
}

static int
string_replace(void *string)
{
	return tarn_string_replace(string, 0, 1, "T", 1);
}

static int
string_swap_all(void *string)
{
	int code = tarn_string_compare_and_swap(string, "Text", 4, "text", 4);

	return code == TARN_MISMATCH ? 0 : code;
}

static int
string_erase(void *string)
{
	return tarn_string_erase(string, 0, 1);
}

static int
string_reserve(void *string)
{
	return tarn_string_reserve(string, 300);
}

static int
string_shrink(void *string)
{
	return tarn_string_shrink_to_fit(string);
}

static int
string_exchange(void *string)
{
	return tarn_string_swap(string, string);
}

static int
string_assign(void *string)
{
	return tarn_string_assign(string, "other", 5);
}

static int
string_clear(void *string)
{
	return tarn_string_clear(string);
}

static tarn_off block;

static int
region_root(void *region)
{
	return tarn_region_root(region, &block);
}

static int
region_alloc(void *region)
{
	return tarn_region_alloc(region, 100, &block);
}

/* Of what the call before has taken. */
static int
region_set_root(void *region)
{
	return tarn_region_set_root(region, block);
}

static int
region_forget(void *region)
{
	return tarn_region_set_root(region, 0);
}

static int
mutex_lock(void *mutex)
{
	int code = tarn_mutex_lock(mutex, 0);

	return code ? code : tarn_mutex_unlock(mutex);
}

static int
rwlock_read(void *rwlock)
{
	int code = tarn_rwlock_read(rwlock, 0);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

static int
rwlock_write(void *rwlock)
{
	int code = tarn_rwlock_write(rwlock, 0);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

/* In this order each gives 0 on an object that is as it was filled. */
static const struct call {
	unsigned kind;
	bool writes;
	const char *name;
	int (*make)(void *handle);
} calls[] = {
	{ MAP, false, "get", map_get },
	{ MAP, false, "contains", map_contains },
	{ MAP, false, "size", map_size },
	{ MAP, false, "walk", map_walk },
	{ MAP, false, "get many", map_get_many },
	{ MAP, true, "put", map_put },
	{ MAP, true, "insert", map_insert },
	{ MAP, true, "erase", map_erase },
	{ MAP, true, "fetch add", map_add },
	{ MAP, true, "compare and swap", map_swap },
	{ MAP, true, "update", map_update },
	{ MAP, true, "put many", map_put_many },
	{ MAP, true, "erase many", map_erase_many },
	{ MAP, true, "clear", map_clear },
	{ VECTOR, false, "get", vector_get },
	{ VECTOR, false, "front", vector_front },
	{ VECTOR, false, "back", vector_back },
	{ VECTOR, false, "read", vector_read },
	{ VECTOR, false, "find", vector_find },
	{ VECTOR, false, "size", vector_size },
	{ VECTOR, false, "empty", vector_empty },
	{ VECTOR, false, "capacity", vector_capacity },
	{ VECTOR, false, "view", vector_view },
	{ VECTOR, true, "push", vector_push },
	{ VECTOR, true, "append", vector_append },
	{ VECTOR, true, "set", vector_set },
	{ VECTOR, true, "fetch add", vector_add },
	{ VECTOR, true, "compare and swap", vector_swap_one },
	{ VECTOR, true, "insert", vector_insert },
	{ VECTOR, true, "erase", vector_erase },
	{ VECTOR, true, "reserve", vector_reserve },
	{ VECTOR, true, "pop", vector_pop },
	{ VECTOR, true, "resize", vector_resize },
	{ VECTOR, true, "assign", vector_assign },
	{ VECTOR, true, "sort", vector_sort },
	{ VECTOR, true, "shrink", vector_shrink },
	{ VECTOR, true, "swap", vector_exchange },
	{ VECTOR, true, "clear", vector_clear },
	{ STRING, false, "get", string_get },
	{ STRING, false, "read", string_read },
	{ STRING, false, "find", string_find },
	{ STRING, false, "size", string_size },
	{ STRING, false, "capacity", string_capacity },
	{ STRING, true, "append", string_append },
	{ STRING, true, "insert", string_insert },
	{ STRING, true, "replace", string_replace },
	{ STRING, true, "compare and swap", string_swap_all },
	{ STRING, true, "erase", string_erase },
	{ STRING, true, "reserve", string_reserve },
	{ STRING, true, "shrink", string_shrink },
	{ STRING, true, "swap", string_exchange },
	{ STRING, true, "assign", string_assign },
	{ STRING, true, "clear", string_clear },
	{ REGION, false, "root", region_root },
	{ REGION, true, "alloc", region_alloc },
	{ REGION, true, "set root", region_set_root },
	{ REGION, true, "set no root", region_forget },
	{ MUTEX, true, "lock", mutex_lock },
	{ RWLOCK, true, "read", rwlock_read },
	{ RWLOCK, true, "write", rwlock_write },
};

/* What each of the kind's calls gives: those that read, and those that write. */
static void
all_give(unsigned kind, void *handle, int reading, int writing)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(calls); i++) {
		const struct call *call = &calls[i];
		int code, expected = call->writes ? writing : reading;

		if (call->kind != kind)
			continue;
		code = call->make(handle);
		ck_assert_msg(code == expected, "%s, %s: %s instead of %s", kinds[kind].name,
			      call->name, tarn_error_name(code), tarn_error_name(expected));
	}
}

/* ---- before and after each test ---------------------------------------------------------------- */

static void *
open_object(struct tarn_arena *in, unsigned kind, const char *name, enum tarn_open_mode how)
{
	void *handle;

	ok(kinds[kind].open(in, name, how, &handle));
	return handle;
}

static void *
make_object(struct tarn_arena *in, unsigned kind, const char *name)
{
	void *handle = open_object(in, kind, name, TARN_CREATE);

	kinds[kind].fill(handle);
	return handle;
}

static struct tarn_arena *
make_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = SLOTS,
					      .max_size = UINT64_C(16) << 20 };
	struct tarn_arena *made;

	ok(tarn_arena_open(&made, "memfd:", &options, NULL));
	return made;
}

static void
setup(void)
{
	arena = make_arena();
}

static void
teardown(void)
{
	struct tarn_check_report report;

	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	tarn_arena_close(arena);
}

/* ---- the object -------------------------------------------------------------------------------- */

START_TEST(each_call_works)
{
	void *handle = make_object(arena, (unsigned)_i, "it");

	all_give((unsigned)_i, handle, 0, 0);
	kinds[_i].close(handle);
}
END_TEST

START_TEST(what_is_removed_is_removed_for_each_call)
{
	void *handle = make_object(arena, (unsigned)_i, "it");
	void *another = open_object(arena, (unsigned)_i, "it", TARN_OPEN), *none;

	ok(tarn_object_remove(arena, "it"));
	all_give((unsigned)_i, handle, TARN_REMOVED, TARN_REMOVED);
	all_give((unsigned)_i, another, TARN_REMOVED, TARN_REMOVED);
	gives(kinds[_i].open(arena, "it", TARN_OPEN, &none), TARN_NOT_FOUND);
	ck_assert_ptr_null(none);
	kinds[_i].close(handle);
	kinds[_i].close(another);
}
END_TEST

START_TEST(what_is_renamed_is_the_same)
{
	void *handle = make_object(arena, (unsigned)_i, "it"), *none, *again;

	ok(tarn_object_rename(arena, "it", "that"));
	gives(kinds[_i].open(arena, "it", TARN_OPEN, &none), TARN_NOT_FOUND);
	ck_assert_ptr_null(none);
	again = open_object(arena, (unsigned)_i, "that", TARN_OPEN);
	all_give((unsigned)_i, handle, 0, 0);
	ok(tarn_object_remove(arena, "that"));
	all_give((unsigned)_i, again, TARN_REMOVED, TARN_REMOVED);
	kinds[_i].close(handle);
	kinds[_i].close(again);
}
END_TEST

/* Again and again, in the same memory: an old handle never means the new object. */
START_TEST(what_is_made_anew_is_another)
{
	void *old[20];

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(old); i++) {
		old[i] = make_object(arena, (unsigned)_i, "it");
		for (unsigned before = 0; before < i; before++)
			all_give((unsigned)_i, old[before], TARN_REMOVED, TARN_REMOVED);
		all_give((unsigned)_i, old[i], 0, 0);
		if (i + 1 < TARN_ARRAY_SIZE(old))
			ok(tarn_object_remove(arena, "it"));
	}
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(old); i++)
		kinds[_i].close(old[i]);
}
END_TEST

START_TEST(what_is_of_another_kind_is_not_opened)
{
	static const enum tarn_open_mode modes[] = { TARN_OPEN, TARN_OPEN_OR_CREATE };
	void *handle = make_object(arena, (unsigned)_i, "it"), *none = &none;

	for (unsigned kind = 0; kind < KINDS; kind++) {
		for (unsigned mode = 0; mode < 2 && kind != (unsigned)_i; mode++) {
			gives(kinds[kind].open(arena, "it", modes[mode], &none), TARN_TYPE);
			ck_assert_ptr_null(none);
			ck_assert_ptr_nonnull(strstr(tarn_error_detail(), kinds[kind].name));
			ck_assert_ptr_nonnull(strstr(tarn_error_detail(), kinds[_i].name));
		}
		gives(kinds[kind].open(arena, "it", TARN_CREATE, &none), TARN_EXISTS);
		ck_assert_ptr_null(none);
	}
	all_give((unsigned)_i, handle, 0, 0);
	kinds[_i].close(handle);
}
END_TEST

/* A handle can be closed while others are used, in any order, and not at all. */
START_TEST(handles_are_closed_one_by_one)
{
	void *first = make_object(arena, (unsigned)_i, "it");
	void *second = open_object(arena, (unsigned)_i, "it", TARN_OPEN);

	kinds[_i].close(first);
	kinds[_i].close(NULL);
	all_give((unsigned)_i, second, 0, 0);
	kinds[_i].close(second);
	second = open_object(arena, (unsigned)_i, "it", TARN_OPEN);
	kinds[_i].close(second);
}
END_TEST

/* ---- the arena --------------------------------------------------------------------------------- */

static struct tarn_arena *
attach_for_reading(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *reader;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ok(tarn_arena_open(&reader, name, &options, NULL));
	return reader;
}

START_TEST(who_may_only_read_writes_nothing)
{
	void *handle = make_object(arena, (unsigned)_i, "it"), *seen;
	struct tarn_arena *reader = attach_for_reading();
	struct tarn_txn *txn;

	gives(kinds[_i].open(reader, "new", TARN_CREATE, &seen), TARN_READ_ONLY);
	gives(kinds[_i].open(reader, "new", TARN_OPEN_OR_CREATE, &seen), TARN_READ_ONLY);
	gives(tarn_object_remove(reader, "it"), TARN_READ_ONLY);
	gives(tarn_object_rename(reader, "it", "that"), TARN_READ_ONLY);
	gives(tarn_txn_begin(reader, &txn, NULL, 0), TARN_READ_ONLY);
	gives(tarn_alloc(reader, 100, &block), TARN_READ_ONLY);
	gives(tarn_alloc_aligned(reader, 64, 100, &block), TARN_READ_ONLY);
	gives(tarn_reap(reader, NULL), TARN_READ_ONLY);
	seen = open_object(reader, (unsigned)_i, "it", TARN_OPEN);
	all_give((unsigned)_i, seen, 0, TARN_READ_ONLY);
	kinds[_i].close(seen);
	ok(tarn_check(reader, NULL, NULL));
	all_give((unsigned)_i, handle, 0, 0);
	tarn_arena_close(reader);
	kinds[_i].close(handle);
}
END_TEST

static void
swap_across(struct tarn_arena *second)
{
	struct tarn_vector *vectors[2];
	struct tarn_string *strings[2];

	vectors[0] = make_object(arena, VECTOR, "swapped");
	vectors[1] = make_object(second, VECTOR, "swapped");
	strings[0] = make_object(arena, STRING, "swapped string");
	strings[1] = make_object(second, STRING, "swapped string");
	gives(tarn_vector_swap(vectors[0], vectors[1]), TARN_INVALID);
	gives(tarn_string_swap(strings[1], strings[0]), TARN_INVALID);
	for (unsigned i = 0; i < 2; i++) {
		tarn_vector_close(vectors[i]);
		tarn_string_close(strings[i]);
	}
}

START_TEST(one_thread_uses_two_arenas)
{
	struct tarn_arena *second = make_arena();
	void *here = make_object(arena, (unsigned)_i, "it");
	void *there = make_object(second, (unsigned)_i, "it");

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(calls); i++) {
		if (calls[i].kind != (unsigned)_i)
			continue;
		block = 0;
		ok(calls[i].make(here));
		block = 0;
		ok(calls[i].make(there));
	}
	swap_across(second);
	ok(tarn_object_remove(arena, "it"));
	all_give((unsigned)_i, here, TARN_REMOVED, TARN_REMOVED);
	ok(tarn_object_remove(second, "it"));
	kinds[_i].close(here);
	kinds[_i].close(there);
	ok(tarn_check(second, NULL, NULL));
	tarn_arena_close(second);
}
END_TEST

/* ---- the thread -------------------------------------------------------------------------------- */

static pthread_barrier_t all_there, all_done;

/* Until the others have been looked at. */
static void *
hold_a_slot(void *unused)
{
	tarn_off taken;

	(void)unused;
	ok(tarn_alloc(arena, 16, &taken));
	ok(tarn_free(arena, taken));
	pthread_barrier_wait(&all_there);
	pthread_barrier_wait(&all_done);
	return NULL;
}

struct late {
	unsigned kind;
	void *handle;
	int writing;
};

static void *
call_all(void *argument)
{
	const struct late *late = argument;

	all_give(late->kind, late->handle, 0, late->writing);
	return NULL;
}

static void
in_thread(struct late late)
{
	pthread_t thread;

	ok(pthread_create(&thread, NULL, call_all, &late));
	ok(pthread_join(thread, NULL));
}

/* This thread has a slot, too. */
START_TEST(a_thread_without_a_slot_may_read)
{
	void *handle = make_object(arena, (unsigned)_i, "it");
	pthread_t threads[SLOTS - 1];

	ok(pthread_barrier_init(&all_there, NULL, SLOTS));
	ok(pthread_barrier_init(&all_done, NULL, SLOTS));
	for (unsigned i = 0; i < SLOTS - 1; i++)
		ok(pthread_create(&threads[i], NULL, hold_a_slot, NULL));
	pthread_barrier_wait(&all_there);
	in_thread((struct late){ (unsigned)_i, handle, TARN_NO_SLOT });
	in_thread((struct late){ (unsigned)_i, handle, TARN_NO_SLOT });
	pthread_barrier_wait(&all_done);
	for (unsigned i = 0; i < SLOTS - 1; i++)
		ok(pthread_join(threads[i], NULL));
	in_thread((struct late){ (unsigned)_i, handle, 0 });
	kinds[_i].close(handle);
}
END_TEST

#define POOL 12u
#define TURNS 300u

static struct tarn_vector *turns;

/* As threads of a pool that come and go: who gets no slot comes again later. */
static void *
take_turns(void *unused)
{
	int code;

	(void)unused;
	while ((code = tarn_vector_push_back(turns, &one)) == TARN_NO_SLOT)
		usleep(100);
	ok(code);
	return NULL;
}

START_TEST(more_threads_than_slots_take_turns)
{
	pthread_t threads[POOL];
	uint64_t size;

	turns = open_object(arena, VECTOR, "turns", TARN_CREATE);
	for (unsigned i = 0; i < POOL; i++)
		ok(pthread_create(&threads[i], NULL, take_turns, NULL));
	for (unsigned i = 0; i < TURNS; i++) {
		ok(pthread_join(threads[i % POOL], NULL));
		ok(pthread_create(&threads[i % POOL], NULL, take_turns, NULL));
	}
	for (unsigned i = 0; i < POOL; i++)
		ok(pthread_join(threads[i], NULL));
	ok(tarn_vector_size(turns, &size));
	ck_assert_uint_eq(size, TURNS + POOL);
	tarn_vector_close(turns);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("handles");
	TCase *tests = tcase_create("handles");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, each_call_works, 0, KINDS);
	tcase_add_loop_test(tests, what_is_removed_is_removed_for_each_call, 0, KINDS);
	tcase_add_loop_test(tests, what_is_renamed_is_the_same, 0, KINDS);
	tcase_add_loop_test(tests, what_is_made_anew_is_another, 0, KINDS);
	tcase_add_loop_test(tests, what_is_of_another_kind_is_not_opened, 0, KINDS);
	tcase_add_loop_test(tests, handles_are_closed_one_by_one, 0, KINDS);
	tcase_add_loop_test(tests, who_may_only_read_writes_nothing, 0, KINDS);
	tcase_add_loop_test(tests, one_thread_uses_two_arenas, 0, KINDS);
	tcase_add_loop_test(tests, a_thread_without_a_slot_may_read, 0, KINDS);
	tcase_add_test(tests, more_threads_than_slots_take_turns);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
