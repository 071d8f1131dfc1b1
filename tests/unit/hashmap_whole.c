// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_whole.c -- the calls on whole maps: reserve, shrink, swap, copy, equal
 *
 * Deaths in them are tests/crash/hashset.c's.
 */
#include "catalog/entry.h"
#include "container/hashmap_short.h"
#include "unit/hashmap_common.h"

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
is_whole(void)
{
	struct tarn_check_report report;

	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* Segments, and how deep the directory is. */
static uint64_t
shape_of(struct tarn_hashmap *of, uint64_t *depth)
{
	const uint64_t *directory = tarn__hashmap_directory(tarn__hashmap_object(of), depth);
	uint64_t segments = 0;

	for (uint64_t i = 0; i < UINT64_C(1) << *depth; i++)
		segments += !(i >> (directory[i] & TARN_DEPTH));
	return segments;
}

static bool
are_equal(struct tarn_hashmap *one, struct tarn_hashmap *two)
{
	bool equal;

	ok(tarn_hashmap_equal(one, two, &equal));
	return equal;
}

static void
has_all(struct tarn_hashmap *in, uint64_t first, uint64_t count)
{
	for (uint64_t key = first; key < first + count; key++)
		has(in, key, key);
	ck_assert_uint_eq(size_of(in), count);
	ck_assert_uint_eq(count_by_walk(in), count);
}

static void
put_text(struct tarn_hashmap *to, const char *key, const char *value)
{
	ok(tarn_hashmap_put(to, key, strlen(key), value, strlen(value)));
}

/* ---- room -------------------------------------------------------------------------------------- */

START_TEST(reserved_room_is_filled_without_splits)
{
	uint64_t depth, before, after, depth_after;

	fill(map, 0, 100);
	ok(tarn_hashmap_reserve(map, 20000));
	has_all(map, 0, 100);
	before = shape_of(map, &depth);
	ck_assert_uint_ge(before, 50);
	fill(map, 100, 19900);
	after = shape_of(map, &depth_after);
	ck_assert_uint_le(after, before + before / 20);
	has_all(map, 0, 20000);
	ok(tarn_hashmap_reserve(map, 10));
	ck_assert_uint_eq(shape_of(map, &depth), after);
	gives(tarn_hashmap_reserve(map, UINT64_MAX), TARN_TOO_BIG);
	is_whole();
}
END_TEST

START_TEST(shrinking_gives_back_what_is_not_needed)
{
	uint64_t depth, shrunk, before;

	fill(map, 0, 30000);
	before = shape_of(map, &depth);
	ck_assert_uint_gt(depth, TARN_DEPTH_FIRST);
	for (uint64_t key = 1000; key < 30000; key++)
		ok(erase(map, key));
	ok(tarn_hashmap_shrink_to_fit(map));
	shrunk = shape_of(map, &depth);
	ck_assert_uint_le(shrunk, 8);
	ck_assert_uint_gt(before, 10 * shrunk);
	ck_assert_uint_eq(depth, TARN_DEPTH_FIRST);
	has_all(map, 0, 1000);
	is_whole();
	fill(map, 0, 30000);
	has_all(map, 0, 30000);
	is_whole();
}
END_TEST

START_TEST(shrinking_moves_blocks_with_their_entries)
{
	char key[32], value[32];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "key number %u", i);
		snprintf(value, sizeof(value), "value %u", i);
		put_text(text, key, value);
	}
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "key number %u", i);
		if (i % 100)
			ok(tarn_hashmap_erase(text, key, strlen(key)));
	}
	ok(tarn_hashmap_shrink_to_fit(text));
	for (unsigned i = 0; i < 3000; i += 100) {
		size_t size;

		snprintf(key, sizeof(key), "key number %u", i);
		ok(tarn_hashmap_get(text, key, strlen(key), value, sizeof(value) - 1, &size));
		value[size] = '\0';
		ck_assert_uint_eq(strtoul(value + 6, NULL, 10), i);
	}
	ck_assert_uint_eq(size_of(text), 30);
	is_whole();
}
END_TEST

/* What stays comes once, wherever the merge finds the cursor. */
START_TEST(a_cursor_is_not_misled_by_a_merge)
{
	for (unsigned at = 0; at < 300; at += 37) {
		static bool seen[200];
		struct tarn_hashmap_cursor *cursor;
		struct tarn_hashmap_entry entry;

		memset(seen, 0, sizeof(seen));
		fill(map, 0, 200);
		ok(tarn_hashmap_reserve(map, 6000));
		ok(tarn_hashmap_cursor_open(map, &cursor));
		for (unsigned i = 0; !tarn_hashmap_cursor_next(cursor, &entry); i++) {
			uint64_t key = *(const uint64_t *)entry.key;

			ck_assert(key < 200 && !seen[key]);
			seen[key] = true;
			if (i == at / 2)
				ok(tarn_hashmap_shrink_to_fit(map));
		}
		tarn_hashmap_cursor_close(cursor);
		for (unsigned i = 0; i < 200; i++)
			ck_assert(seen[i]);
	}
}
END_TEST

START_TEST(room_is_a_transactions_own_until_its_commit)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	uint64_t depth, before;
	struct tarn_txn *txn;

	fill(map, 0, 1000);
	before = shape_of(map, &depth);
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, &object, 1));
		for (uint64_t key = 50; key < 1000; key++)
			ok(erase(tarn_hashmap_in(map, txn), key));
		ok(tarn_hashmap_shrink_to_fit(tarn_hashmap_in(map, txn)));
		ok(tarn_hashmap_reserve(tarn_hashmap_in(map, txn), 800));
		fill(tarn_hashmap_in(map, txn), 50, 3);
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		has_all(map, 0, committed ? 53 : 1000);
		is_whole();
		ck_assert(committed || shape_of(map, &depth) == before);
	}
}
END_TEST

/* ---- swap -------------------------------------------------------------------------------------- */

START_TEST(maps_exchange_what_they_have)
{
	fill(map, 0, 3000);
	fill(other, 5000, 10);
	ok(tarn_hashmap_swap(map, other));
	has_all(map, 5000, 10);
	has_all(other, 0, 3000);
	fill(map, 5010, 2000);
	for (uint64_t key = 100; key < 3000; key++)
		ok(erase(other, key));
	ok(tarn_hashmap_swap(other, map));
	has_all(map, 0, 100);
	has_all(other, 5000, 2010);
	ok(tarn_hashmap_swap(map, map));
	has_all(map, 0, 100);
	is_whole();
}
END_TEST

/* The gate was open when it looked, and its flip is yet to come. */
static void
hold_a_bucket(void)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	uint64_t hash = tarn__word_hash(object, 5);
	struct tarn_lane *lane;
	struct tarn_look look;

	must(tarn__op_begin(arena, &lane));
	must(!tarn__look(object, TARN_NOBODY, hash, &look) || !tarn__look_lock(object, lane, &look));
	stop_here();
	tarn__unlock(lane, &look.home->node);
	tarn__op_end(lane);
}

START_TEST(an_exchange_waits_for_who_is_about_to_change_an_entry)
{
	struct tarn_arena *again = attach(false);
	struct tarn_hashmap *one, *two;
	struct peer peer;

	fill(map, 0, 3000);
	ok(tarn_hashmap_open(again, &one, "map", &words, TARN_OPEN, NULL));
	ok(tarn_hashmap_open(again, &two, "other", &words, TARN_OPEN, NULL));
	peer = start_stopped(hold_a_bucket);
	gives(tarn_hashmap_swap(one, two), TARN_TIMEOUT);
	gives(tarn_hashmap_swap(two, one), TARN_TIMEOUT);
	has_all(map, 0, 3000);
	end_peer(&peer);
	ok(tarn_hashmap_swap(two, one));
	peer = start_stopped(hold_a_bucket);
	kill_peer(&peer);
	ok(tarn_hashmap_swap(one, two));
	has_all(map, 0, 3000);
	tarn_hashmap_close(one);
	tarn_hashmap_close(two);
	tarn_arena_close(again);
}
END_TEST

START_TEST(what_cannot_be_exchanged_is_refused)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(map) };
	struct tarn_arena *again = attach(false);
	struct tarn_hashmap *elsewhere;
	struct tarn_txn *txn;

	ok(tarn_hashmap_open(again, &elsewhere, "other", &words, TARN_OPEN, NULL));
	gives(tarn_hashmap_swap(map, text), TARN_TYPE);
	gives(tarn_hashmap_swap(map, elsewhere), TARN_INVALID);
	ok(tarn_txn_begin(arena, &txn, objects, 1));
	gives(tarn_hashmap_swap(tarn_hashmap_in(map, txn), other), TARN_INVALID);
	tarn_txn_abort(txn);
	ok(tarn_object_remove(arena, "other"));
	gives(tarn_hashmap_swap(map, other), TARN_REMOVED);
	tarn_hashmap_close(elsewhere);
	tarn_arena_close(again);
}
END_TEST

/* ---- giving up --------------------------------------------------------------------------------- */

/* Where key 5 lies, no entry can be put beyond its home, and the segment cannot be split. */
static void
hold_the_stashes(void)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_lane *lane;
	struct tarn_look look;

	must(tarn__op_begin(arena, &lane));
	must(!tarn__look(object, TARN_NOBODY, tarn__word_hash(object, 5), &look));
	for (unsigned i = TARN_HOMES; i < TARN_BUCKETS; i++)
		must(tarn__lock_try(lane, &look.segment->buckets[i].node));
	stop_here();
}

static void
hold_the_graveyard(void)
{
	struct tarn_lane *lane;

	must(tarn__op_begin(arena, &lane));
	must(tarn__lock_try(lane, &tarn__catalog(arena)->graveyard_node));
	stop_here();
}

static void
gave_up(int code, const char *detail)
{
	gives(code, TARN_TIMEOUT);
	ck_assert_msg(strstr(tarn_error_detail(), detail), "%s", tarn_error_detail());
}

START_TEST(who_gives_up_says_what_it_waited_for)
{
	struct tarn_arena *again = attach(false);
	struct tarn_hashmap *it;
	struct peer peer = start_stopped(hold_the_stashes);
	int code = 0;

	ok(tarn_hashmap_open(again, &it, "map", &words, TARN_OPEN, NULL));
	for (uint64_t key = 0; !code; key++)
		code = put(it, key, key);
	gave_up(code, "others kept a second bucket");
	kill_peer(&peer);
	peer = start_stopped(hold_the_graveyard);
	gave_up(tarn_hashmap_clear(it), "others kept a second lock");
	kill_peer(&peer);
	ok(tarn_hashmap_clear(it));
	tarn_hashmap_close(it);
	tarn_arena_close(again);
}
END_TEST

/* ---- copy -------------------------------------------------------------------------------------- */

START_TEST(a_copy_is_one_of_its_own)
{
	fill(map, 0, 5000);
	fill(other, 7000, 500);
	ok(tarn_hashmap_copy(other, map));
	has_all(other, 0, 5000);
	ok(put(map, 3, 4));
	has(other, 3, 3);
	ok(erase(other, 4));
	has(map, 4, 4);
	ok(tarn_hashmap_copy(other, other));
	ck_assert_uint_eq(size_of(other), 4999);
	ok(tarn_hashmap_clear(map));
	ok(tarn_hashmap_copy(other, map));
	ck_assert_uint_eq(size_of(other), 0);
	is_whole();
}
END_TEST

/* The other arena may only be read. */
START_TEST(a_copy_comes_from_any_arena)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8 };
	struct tarn_arena *second, *again = attach(true);
	struct tarn_hashmap *from, *to;

	put_text(text, "one", "a value");
	put_text(text, "another", "");
	ok(tarn_hashmap_open(again, &from, "text", &texts, TARN_OPEN, NULL));
	ok(tarn_arena_open(&second, "anon:", &options, NULL));
	ok(tarn_hashmap_open(second, &to, "to", &texts, TARN_CREATE, NULL));
	ok(tarn_hashmap_copy(to, from));
	ck_assert(are_equal(to, text));
	gives(tarn_hashmap_copy(from, to), TARN_READ_ONLY);
	tarn_hashmap_close(from);
	tarn_hashmap_close(to);
	tarn_arena_close(again);
	tarn_arena_close(second);
}
END_TEST

START_TEST(what_cannot_be_copied_leaves_all_as_it_was)
{
	struct tarn_mutex *mutexes[16];
	char name[] = "m?";

	fill(map, 0, 10);
	fill(other, 0, 20);
	gives(tarn_hashmap_copy(map, text), TARN_TYPE);
	for (unsigned i = 0; i < 16; i++) {
		name[1] = (char)('a' + i);
		ok(tarn_mutex_open(arena, &mutexes[i], name, TARN_CREATE, NULL));
		ok(tarn_mutex_lock(mutexes[i], TARN_FOREVER));
	}
	gives(tarn_hashmap_copy(map, other), TARN_TOO_BIG);
	for (unsigned i = 0; i < 16; i++) {
		ok(tarn_mutex_unlock(mutexes[i]));
		tarn_mutex_close(mutexes[i]);
	}
	ok(tarn_object_remove(arena, "other"));
	gives(tarn_hashmap_copy(map, other), TARN_REMOVED);
	gives(tarn_hashmap_copy(other, map), TARN_REMOVED);
	has_all(map, 0, 10);
	is_whole();
}
END_TEST

static void
build_half_of_it(void)
{
	struct tarn_object aside;

	must(tarn__aside_begin(tarn_hashmap_object(map), &aside));
	for (uint64_t key = 0; key < 1000; key++)
		must(put((struct tarn_hashmap *)&aside, key, 1));
	stop_here();
}

START_TEST(what_is_built_is_its_builders_until_he_dies)
{
	struct tarn_check_report report;
	struct peer peer;

	fill(map, 0, 10);
	peer = start_stopped(build_half_of_it);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.removed, 1);
	ok(tarn_hashmap_copy(other, map));
	kill_peer(&peer);
	ok(tarn_reap(arena, NULL));
	has_all(map, 0, 10);
	is_whole();
}
END_TEST

START_TEST(a_transaction_copies_what_it_sees)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(map), tarn_hashmap_object(other) };
	struct tarn_txn *txn;
	bool equal;

	fill(map, 0, 30);
	fill(other, 100, 5);
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, objects, 2));
		ok(erase(tarn_hashmap_in(map, txn), 29));
		ok(tarn_hashmap_copy(tarn_hashmap_in(other, txn), map));
		has_all(tarn_hashmap_in(other, txn), 0, 29);
		ok(tarn_hashmap_equal(tarn_hashmap_in(other, txn), map, &equal));
		ck_assert(equal);
		ok(put(tarn_hashmap_in(other, txn), 29, 29));
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		has_all(other, committed ? 0 : 100, committed ? 30 : 5);
	}
	has_all(map, 0, 29);
	ok(tarn_reap(arena, NULL));
	is_whole();
}
END_TEST

/* ---- equal ------------------------------------------------------------------------------------- */

START_TEST(maps_are_equal_if_keys_and_values_are)
{
	ck_assert(are_equal(map, other));
	fill(map, 0, 2000);
	ck_assert(!are_equal(map, other));
	for (uint64_t key = 2000; key-- > 0;)
		ok(put(other, key, key));
	ck_assert(are_equal(map, other));
	ok(put(other, 7, 8));
	ck_assert(!are_equal(map, other));
	ok(put(other, 7, 7));
	fill(other, 5000, 1);
	ck_assert(!are_equal(map, other) && !are_equal(other, map));
	ck_assert(are_equal(map, map));
	gives(tarn_hashmap_equal(map, text, &(bool){ false }), TARN_TYPE);
	put_text(text, "a", "1");
	ck_assert(are_equal(text, text));
}
END_TEST

static void
change_without_end(void)
{
	stop_here();
	for (uint64_t n = 0;; n++)
		must(put(other, n % 3000, n));
}

START_TEST(maps_that_always_change_are_never_compared)
{
	struct tarn_arena *again = attach(true);
	struct tarn_hashmap *one, *two;
	struct peer peer;
	bool equal;
	int code;

	fill(map, 0, 3000);
	fill(other, 0, 3000);
	ok(tarn_hashmap_open(again, &one, "map", &words, TARN_OPEN, NULL));
	ok(tarn_hashmap_open(again, &two, "other", &words, TARN_OPEN, NULL));
	peer = start_stopped(change_without_end);
	let_go(&peer);
	code = tarn_hashmap_equal(one, two, &equal);
	ck_assert(code == TARN_BUSY || code == 0); /* 0 if it did not run meanwhile */
	kill_peer(&peer);
	tarn_hashmap_close(one);
	tarn_hashmap_close(two);
	tarn_arena_close(again);
}
END_TEST

static int
put_into_both(struct tarn_txn *txn, void *n)
{
	uint64_t value = *(uint64_t *)n;
	int code = put(tarn_hashmap_in(map, txn), value % 3000, value);

	return code ? code : put(tarn_hashmap_in(other, txn), value % 3000, value);
}

/* With a pause now and then, in which they can be compared. */
static void
change_both_without_end(void)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(map), tarn_hashmap_object(other) };

	stop_here();
	for (uint64_t n = 0;; n++) {
		must(tarn_txn_run(arena, objects, 2, put_into_both, &n));
		if (n % 1000 == 0)
			usleep(3000);
	}
}

START_TEST(maps_that_change_together_are_never_found_different)
{
	struct tarn_arena *again = attach(true);
	struct tarn_hashmap *one, *two;
	unsigned compared = 0;
	struct peer peer;

	ok(tarn_hashmap_open(again, &one, "map", &words, TARN_OPEN, NULL));
	ok(tarn_hashmap_open(again, &two, "other", &words, TARN_OPEN, NULL));
	fill(map, 0, 3000);
	fill(other, 0, 3000);
	peer = start_stopped(change_both_without_end);
	let_go(&peer);
	for (unsigned i = 0; i < 2000 && compared < 200; i++) {
		bool equal = false;
		int code = tarn_hashmap_equal(one, two, &equal);

		ck_assert(code == TARN_BUSY || code == TARN_TIMEOUT || (!code && equal));
		compared += !code;
	}
	ck_assert_uint_gt(compared, 0);
	kill_peer(&peer);
	tarn_hashmap_close(one);
	tarn_hashmap_close(two);
	tarn_arena_close(again);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

static uint64_t dice;

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 3);
	return dice % below;
}

/* One of the words that the calls follow: root, directory, a bucket's. */
static uint64_t *
some_word(struct tarn_hashmap *in)
{
	struct tarn_object *object = tarn__hashmap_object(in);
	uint64_t depth, *directory = tarn__hashmap_directory(object, &depth);
	uint64_t what = roll(8), at;

	if (!directory || what == 0)
		return roll(2) ? &object->root->structure : &object->root->counts;
	at = roll(UINT64_C(1) << depth);
	if (what < 5)
		return &directory[at];
	return tarn__at(object->arena, (directory[at] & ~TARN_DEPTH) + roll(9216 / 8) * 8, 8, 8);
}

static void
scribble_on(struct tarn_hashmap *in)
{
	uint64_t *word = some_word(in);

	if (!word)
		return;
	switch (roll(4)) {
	case 0:
		*word ^= UINT64_C(1) << roll(64);
		break;
	case 1:
		*word += roll(5) - 2;
		break;
	case 2:
		*word = arena->fixed.data_off + roll(64) * 9216;
		break;
	default:
		*word = roll(UINT64_MAX);
	}
}

/* Each returns; what, does not matter. */
static void
suffer(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4, .deadline_ms = 5,
					      .max_size = UINT64_C(1) << 22 };
	bool equal;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_hashmap_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	must(tarn_hashmap_open(arena, &other, "other", &words, TARN_CREATE, NULL));
	fill(map, 0, 3000);
	fill(other, 0, 700);
	for (unsigned i = 0; i < 2700; i++)
		must(erase(map, i));
	for (uint64_t n = roll(4) + 1; n > 0; n--)
		scribble_on(map);
	(void)!tarn_hashmap_equal(map, other, &equal);
	if (roll(2))
		(void)!tarn_hashmap_swap(other, map);
	(void)!tarn_hashmap_copy(other, map);
	(void)!tarn_hashmap_reserve(map, 5000);
	(void)!tarn_hashmap_shrink_to_fit(map);
	(void)!tarn_hashmap_shrink_to_fit(other);
	(void)!tarn_hashmap_copy(map, other);
	(void)!tarn_check(arena, NULL, NULL);
}

START_TEST(damage_is_borne)
{
	for (unsigned i = 0; i < 300; i++) {
		dice = i;
		in_child(suffer);
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_test(tests, reserved_room_is_filled_without_splits);
	tcase_add_test(tests, shrinking_gives_back_what_is_not_needed);
	tcase_add_test(tests, shrinking_moves_blocks_with_their_entries);
	tcase_add_test(tests, a_cursor_is_not_misled_by_a_merge);
	tcase_add_test(tests, room_is_a_transactions_own_until_its_commit);
	tcase_add_test(tests, maps_exchange_what_they_have);
	tcase_add_test(tests, who_gives_up_says_what_it_waited_for);
	tcase_add_test(tests, an_exchange_waits_for_who_is_about_to_change_an_entry);
	tcase_add_test(tests, what_cannot_be_exchanged_is_refused);
	tcase_add_test(tests, a_copy_is_one_of_its_own);
	tcase_add_test(tests, a_copy_comes_from_any_arena);
	tcase_add_test(tests, what_cannot_be_copied_leaves_all_as_it_was);
	tcase_add_test(tests, what_is_built_is_its_builders_until_he_dies);
	tcase_add_test(tests, a_transaction_copies_what_it_sees);
	tcase_add_test(tests, maps_are_equal_if_keys_and_values_are);
	tcase_add_test(tests, maps_that_change_together_are_never_found_different);
	tcase_add_test(tests, damage_is_borne);
	tcase_add_test(tests, maps_that_always_change_are_never_compared);
}

int
main(void)
{
	return run_tests("hashmap_whole", add_tests);
}
