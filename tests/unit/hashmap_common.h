// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_common.h -- what the tests of hash maps and transactions share
 *
 * Each test has an arena without a name, with two maps from u64 to u64 and
 * one from strings to byte strings.  A peer is a child process that stops
 * where it calls stop_here(), until it is let go or killed.
 */
#ifndef TARN_TESTS_HASHMAP_COMMON_H
#define TARN_TESTS_HASHMAP_COMMON_H

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

static const struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					NULL };

static struct tarn_arena *arena;
static struct tarn_hashmap *map, *other, *text;

static inline void
open_maps(uint64_t max_size, uint64_t deadline_ms)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size, .deadline_ms = deadline_ms };

	ok(tarn_arena_open(&arena, "memfd:", &options, NULL));
	ok(tarn_hashmap_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &other, "other", &words, TARN_CREATE, NULL));
	ok(tarn_hashmap_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
}

static inline void
open_usual(void)
{
	open_maps(UINT64_C(1) << 28, 10000);
}

static inline void
close_maps(void)
{
	tarn_hashmap_close(map);
	tarn_hashmap_close(other);
	tarn_hashmap_close(text);
	tarn_arena_close(arena);
}

/* The same arena attached once more. */
static inline struct tarn_arena *
attach(bool readonly)
{
	struct tarn_arena_options options = { .readonly = readonly, .elsewhere = true,
					      .deadline_ms = 100 };
	struct tarn_arena *again;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ok(tarn_arena_open(&again, name, &options, NULL));
	return again;
}

/* ---- calls on maps of words -------------------------------------------------------------------- */

static inline int
put(struct tarn_hashmap *to, uint64_t key, uint64_t value)
{
	return tarn_hashmap_put(to, &key, 8, &value, 8);
}

static inline int
insert(struct tarn_hashmap *to, uint64_t key, uint64_t value)
{
	return tarn_hashmap_insert(to, &key, 8, &value, 8);
}

static inline int
erase(struct tarn_hashmap *from, uint64_t key)
{
	return tarn_hashmap_erase(from, &key, 8);
}

static inline int
get(struct tarn_hashmap *from, uint64_t key, uint64_t *value)
{
	return tarn_hashmap_get(from, &key, 8, value, 8, NULL);
}

static inline int
swap(struct tarn_hashmap *in, uint64_t key, uint64_t expected, uint64_t desired)
{
	return tarn_hashmap_compare_and_swap(in, &key, 8, &expected, 8, &desired, 8);
}

static inline int
add(struct tarn_hashmap *to, uint64_t key, uint64_t n)
{
	return tarn_hashmap_fetch_add(to, &key, 8, n, NULL);
}

static inline void
has(struct tarn_hashmap *in, uint64_t key, uint64_t value)
{
	uint64_t found = ~value;

	ok(get(in, key, &found));
	ck_assert_uint_eq(found, value);
}

static inline void
has_not(struct tarn_hashmap *in, uint64_t key)
{
	gives(tarn_hashmap_contains(in, &key, 8), TARN_NOT_FOUND);
}

static inline uint64_t
size_of(struct tarn_hashmap *of)
{
	uint64_t size = 4711;

	ok(tarn_hashmap_size(of, &size));
	return size;
}

/* Keys from first on, each with its number as its value. */
static inline void
fill(struct tarn_hashmap *to, uint64_t first, uint64_t count)
{
	for (uint64_t key = first; key < first + count; key++)
		ok(put(to, key, key));
}

/* How many entries a walk finds. */
static inline uint64_t
count_by_walk(struct tarn_hashmap *in)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t count = 0;
	int code;

	ok(tarn_hashmap_cursor_open(in, &cursor));
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry)))
		count++;
	gives(code, TARN_NOT_FOUND);
	tarn_hashmap_cursor_close(cursor);
	return count;
}

/* ---- peers ------------------------------------------------------------------------------------- */

struct peer {
	pid_t pid;
	int go, stopped;
};

static int peer_go = -1, peer_stopped = -1;

/* In a peer: an error ends it. */
static inline void
must(int code)
{
	if (code) {
		fprintf(stderr, "peer: %s\n", tarn_error_name(code));
		_exit(3);
	}
}

static inline void
stop_here(void)
{
	char byte = 0;

	if (write(peer_stopped, &byte, 1) != 1 || read(peer_go, &byte, 1) != 1)
		_exit(4);
}

static inline struct peer
start_peer(void (*body)(void))
{
	int go[2], stopped[2];
	struct peer peer;

	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(stopped), 0);
	peer = (struct peer){ fork(), go[1], stopped[0] };
	ck_assert_int_ge(peer.pid, 0);
	if (peer.pid == 0) {
		peer_go = go[0];
		peer_stopped = stopped[1];
		close(go[1]);
		body();
		_exit(0);
	}
	close(go[0]);
	close(stopped[1]);
	return peer;
}

static inline void
wait_for_stop(struct peer *peer)
{
	char byte;

	ck_assert_int_eq(read(peer->stopped, &byte, 1), 1);
}

static inline struct peer
start_stopped(void (*body)(void))
{
	struct peer peer = start_peer(body);

	wait_for_stop(&peer);
	return peer;
}

static inline void
let_go(struct peer *peer)
{
	char byte = 0;

	ck_assert_int_eq(write(peer->go, &byte, 1), 1);
}

static inline void
join(struct peer *peer)
{
	int status = -1;

	ck_assert_int_eq(waitpid(peer->pid, &status, 0), peer->pid);
	ck_assert_int_eq(status, 0);
	close(peer->go);
	close(peer->stopped);
}

static inline void
end_peer(struct peer *peer)
{
	let_go(peer);
	join(peer);
}

static inline void
kill_peer(struct peer *peer)
{
	ck_assert_int_eq(kill(peer->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(peer->pid, NULL, 0), peer->pid);
	close(peer->go);
	close(peer->stopped);
}

/* Run in a child process to its end. */
static inline void
in_child(void (*body)(void))
{
	struct peer peer = start_peer(body);

	join(&peer);
}

static inline int
run_tests(const char *name, void (*add_tests)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 50);
	tcase_add_checked_fixture(tests, open_usual, close_maps);
	add_tests(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
