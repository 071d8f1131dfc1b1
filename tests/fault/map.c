// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- every system call of every operation on ordered maps fails once,
 * and memory ends at every turn
 *
 * An operation runs in a thread of its own, so that it claims a slot, too.
 * It either does without, or says why not; then both maps are as before, and
 * it can be done a moment later.  In no case is anything lost or leaked:
 * tarn_check() looks.
 *
 *	calls	 the nth system call fails
 *	arena	 its maximum is reached: the last blocks are taken by others,
 *		 and given back one by one until it works
 */
#include "os/fault.h"

#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define MIB (UINT64_C(1) << 20)
#define MOST_CALLS 300u
#define BASE UINT64_C(2000) /* entries of words */
#define TEXTS 100u
#define MORE UINT64_C(8000)
#define BLOCKS 20000u

static const struct tarn_type words = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type texts = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };

static struct tarn_arena *arena;
static struct tarn_map *map, *text, *third;
static char big[100000];

/* ---- what there is before ---------------------------------------------------------------------- */

static size_t
text_key(unsigned i, char *key)
{
	return (size_t)sprintf(key, "a beginning in common %03u", i);
}

static void
open_arena(uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size };
	char key[40];

	ok(tarn_arena_open(&arena, "anon:", &options, NULL));
	ok(tarn_map_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &third, "third", &texts, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < BASE; i++)
		ok(tarn_map_put(map, &i, 8, &i, 8));
	for (unsigned i = 0; i < TEXTS; i++)
		ok(tarn_map_put(text, key, text_key(i, key), big, i));
}

static void
close_all(void)
{
	tarn_map_close(map);
	tarn_map_close(text);
	tarn_map_close(third);
	tarn_arena_close(arena);
}

static void
size_is(struct tarn_map *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_map_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

static void
has_words(uint64_t count)
{
	uint64_t value;

	size_is(map, count);
	for (uint64_t i = 0; i < count; i++) {
		ok(tarn_map_get(map, &i, 8, &value, 8, NULL));
		ck_assert_uint_eq(value, i);
	}
}

static void
has_texts(void)
{
	char key[40];
	size_t size;

	size_is(text, TEXTS);
	for (unsigned i = 0; i < TEXTS; i++) {
		ok(tarn_map_get(text, key, text_key(i, key), NULL, 0, &size));
		ck_assert_uint_eq(size, i);
	}
}

static void
is_as_before(void)
{
	struct tarn_map *opened;

	has_words(BASE);
	has_texts();
	size_is(third, 0);
	gives(tarn_map_open(arena, &opened, "new", &words, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static void
check_whole(bool foreign_blocks)
{
	struct tarn_check_options options = { .foreign_blocks = foreign_blocks };
	struct tarn_check_report report;

	ok(tarn_check(arena, &options, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
put(void)
{
	uint64_t key = BASE;

	return tarn_map_put(map, &key, 8, &key, 8);
}

static void
is_put(void)
{
	has_words(BASE + 1);
	has_texts();
}

static int
put_text(void)
{
	return tarn_map_put(text, "b", 1, big, sizeof(big));
}

static void
text_is_put(void)
{
	size_t size;

	ok(tarn_map_get(text, "b", 1, NULL, 0, &size));
	ck_assert_uint_eq(size, sizeof(big));
	size_is(text, TEXTS + 1);
}

static int
fill_in(struct tarn_txn *txn, void *unused)
{
	struct tarn_map *in = tarn_map_in(map, txn);
	int code = 0;

	(void)unused;
	for (uint64_t i = BASE; !code && i < MORE; i++)
		code = tarn_map_insert(in, &i, 8, &i, 8);
	return code;
}

static int
fill(void)
{
	struct tarn_object *object = tarn_map_object(map);

	return tarn_txn_run(arena, &object, 1, fill_in, NULL);
}

static void
is_filled(void)
{
	has_words(MORE);
}

static int
erase_in(struct tarn_txn *txn, void *unused)
{
	int code = tarn_map_erase_range(tarn_map_in(map, txn), NULL, 0, NULL, 0, NULL);

	(void)unused;
	return code ? code : tarn_map_erase_range(tarn_map_in(text, txn), NULL, 0, NULL, 0, NULL);
}

static int
erase(void)
{
	struct tarn_object *objects[] = { tarn_map_object(map), tarn_map_object(text) };

	return tarn_txn_run(arena, objects, 2, erase_in, NULL);
}

static void
is_empty(void)
{
	size_is(map, 0);
	size_is(text, 0);
}

static int
pop(void)
{
	return tarn_map_pop_first(map, NULL, NULL);
}

static void
is_popped(void)
{
	uint64_t key = 0;

	gives(tarn_map_contains(map, &key, 8), TARN_NOT_FOUND);
	size_is(map, BASE - 1);
}

static int
copy(void)
{
	return tarn_map_copy(third, text);
}

static void
is_copied(void)
{
	bool equal = false;

	has_texts();
	ok(tarn_map_equal(third, text, &equal));
	ck_assert(equal);
}

static int
exchange(void)
{
	return tarn_map_swap(third, text);
}

static void
is_exchanged(void)
{
	size_is(text, 0);
	size_is(third, TEXTS);
}

/* Values that are long: it takes more memory than the map has. */
static int
load(void)
{
	static char keys[TEXTS][40];
	struct tarn_bytes names[TEXTS], values[TEXTS];

	for (unsigned i = 0; i < TEXTS; i++) {
		names[i] = (struct tarn_bytes){ keys[i], text_key(i, keys[i]) };
		values[i] = (struct tarn_bytes){ big, 20 * i };
	}
	return tarn_map_load(third, names, TARN_SEPARATE, TEXTS, values, TARN_SEPARATE);
}

static void
is_loaded(void)
{
	has_texts();
	size_is(third, TEXTS);
}

static int
clear(void)
{
	return tarn_map_clear(map);
}

static void
is_cleared(void)
{
	size_is(map, 0);
	has_texts();
}

static int
create(void)
{
	struct tarn_map *opened;
	int code = tarn_map_open(arena, &opened, "new", &words, TARN_CREATE, NULL);

	tarn_map_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_map *opened;

	ok(tarn_map_open(arena, &opened, "new", &words, TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_map_close(opened);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "map");
}

static void
is_removed(void)
{
	uint64_t key = 0;

	gives(tarn_map_contains(map, &key, 8), TARN_REMOVED);
}

static const struct operation {
	const char *name;
	int (*run)(void);
	void (*after)(void);
	bool needs_memory;
} operations[] = {
	{ "put", put, is_put, false },
	{ "put text", put_text, text_is_put, true },
	{ "fill in a transaction", fill, is_filled, true },
	{ "erase in a transaction", erase, is_empty, false },
	{ "pop", pop, is_popped, false },
	{ "copy", copy, is_copied, false },
	{ "swap", exchange, is_exchanged, false },
	{ "load", load, is_loaded, true },
	{ "clear", clear, is_cleared, false },
	{ "create", create, is_created, false },
	{ "remove", remove_it, is_removed, false },
};

#define OPERATIONS (int)TARN_ARRAY_SIZE(operations)

/* ---- in a thread of its own -------------------------------------------------------------------- */

static uint64_t armed, reached;
static int armed_errno, told;

static void *
run_in_thread(void *argument)
{
	const struct operation *operation = argument;

	if (armed)
		tarn__fault_arm(armed, armed_errno);
	told = operation->run();
	reached = tarn__fault_calls();
	tarn__fault_arm(0, 0);
	return NULL;
}

/* With the call of that number failing; 0: none. */
static int
run_failing(const struct operation *operation, uint64_t call, int error)
{
	pthread_t thread;

	armed = call;
	armed_errno = error;
	ok(pthread_create(&thread, NULL, run_in_thread, (void *)(uintptr_t)operation));
	ok(pthread_join(thread, NULL));
	return told;
}

/* ---- calls ------------------------------------------------------------------------------------- */

/* Whether the operation made so many calls. */
static bool
fails_at(const struct operation *operation, uint64_t call, int error)
{
	uint64_t calls;
	int code;

	open_arena(64 * MIB);
	code = run_failing(operation, call, error);
	calls = reached;
	if (code) {
		ck_assert_msg(calls >= call, "%s: %s", operation->name, tarn_error_name(code));
		is_as_before();
		check_whole(false);
		ok(run_failing(operation, 0, 0));
	}
	operation->after();
	check_whole(false);
	close_all();
	return calls >= call;
}

START_TEST(operation_fails_without_a_trace)
{
	static const int errors[] = { EIO, ENOMEM, ENOSPC, EAGAIN };

	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t call = 1;

		while (fails_at(&operations[_i], call, errors[e]))
			ck_assert_uint_lt(++call, MOST_CALLS);
		ck_assert_uint_gt(call, 1); /* each claims a slot */
	}
}
END_TEST

/* ---- memory ------------------------------------------------------------------------------------ */

static tarn_off blocks[BLOCKS];
static unsigned block_count;

/* The largest first, then what lies between them. */
static void
take_all(void)
{
	static const uint64_t sizes[] = { MIB, 65536, 4096, 256, 16 };

	for (unsigned i = block_count = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		while (block_count < BLOCKS && !tarn_alloc(arena, sizes[i], &blocks[block_count]))
			block_count++;
	}
	ck_assert_uint_lt(block_count, BLOCKS);
}

START_TEST(operation_does_without_memory_or_says_so)
{
	const struct operation *operation = &operations[_i];
	bool failed = false;
	int code;

	open_arena(8 * MIB);
	take_all();
	while ((code = run_failing(operation, 0, 0))) {
		gives(code, TARN_FULL);
		failed = true;
		is_as_before();
		check_whole(true);
		for (unsigned i = 0; i < 200 && block_count; i++)
			ok(tarn_free(arena, blocks[--block_count]));
	}
	ck_assert(failed || !operation->needs_memory);
	operation->after();
	check_whole(true);
	close_all();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("map faults");
	TCase *one = tcase_create("map");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(one, 250);
	tcase_add_loop_test(one, operation_fails_without_a_trace, 0, OPERATIONS);
	tcase_add_loop_test(one, operation_does_without_memory_or_says_so, 0, OPERATIONS);
	suite_add_tcase(suite, one);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
