// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.cpp -- tarn::counter, of both sorts
 */
#include "face.hpp"

#include <climits>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

static_assert(!std::is_copy_constructible<tarn::counter>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<tarn::counter>::value, "and can be handed on");
static_assert(std::is_copy_constructible<tarn::counter_ref>::value, "somebody else's can be copied");

/* One of either sort, by the number of a loop. */
static tarn::counter
open_sort(tarn::arena &arena, int atomic, tarn::open_mode how = tarn::open_mode::open_or_create)
{
	return atomic ? tarn::counter::atomic(arena, "bare", how) : tarn::counter(arena, "locked", how);
}

static void
check_calls(int atomic)
{
	tarn::arena arena = anonymous();
	tarn::counter counter = open_sort(arena, atomic);

	ck_assert_int_eq(counter.get(), 0);
	ck_assert_int_eq(counter.add(7), 0);
	ck_assert_int_eq(counter.add(-10), 7);
	ck_assert_int_eq(counter.get(), -3);
	counter.set(40);
	ck_assert_int_eq(counter.get(), 40);
	ck_assert(!counter.compare_and_swap(41, 1));
	ck_assert_int_eq(counter.get(), 40);
	ck_assert(counter.compare_and_swap(40, 41));
	ck_assert_int_eq(open_sort(arena, atomic, tarn::open_mode::open).get(), 41);
}

START_TEST(calls_of_both_sorts)
{
	check_calls(0);
	check_calls(1);
}
END_TEST

START_TEST(operators_are_those_of_std_atomic)
{
	tarn::arena arena = anonymous();
	tarn::counter counter(arena, "counter");

	ck_assert_int_eq(counter += 5, 5);
	ck_assert_int_eq(counter -= 2, 3);
	ck_assert_int_eq(++counter, 4);
	ck_assert_int_eq(--counter, 3);
	ck_assert_int_eq(counter++, 3);
	ck_assert_int_eq(counter--, 4);
	ck_assert_int_eq(counter.get(), 3);
}
END_TEST

START_TEST(numbers_wrap)
{
	tarn::arena arena = anonymous();
	tarn::counter counter(arena, "counter");

	counter.set(INT64_MAX);
	ck_assert_int_eq(++counter, INT64_MIN);
	ck_assert_int_eq(counter.get(), INT64_MIN);
	ck_assert_int_eq(counter -= INT64_MIN, 0);
	ck_assert_int_eq(counter -= INT64_MIN, INT64_MIN);
	ck_assert_int_eq(counter.get(), INT64_MIN);
}
END_TEST

START_TEST(sort_is_part_of_the_type)
{
	using tarn::open_mode;
	tarn::arena arena = anonymous();
	tarn::counter locked = open_sort(arena, 0), bare = open_sort(arena, 1);
	tarn::hashmap<int, int> map(arena, "map");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(locked.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_COUNTER);
	ck_assert_int_eq(thrown([&] { tarn::counter(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::counter::atomic(arena, "locked"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::counter(arena, "locked", open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { tarn::counter::atomic(arena, "bare", open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { tarn::counter(arena, "none", open_mode::open); }), TARN_NOT_FOUND);
	try {
		tarn::counter wrong(arena, "bare");
		ck_abort_msg("nothing was thrown");
	} catch (const tarn::error &e) {
		ck_assert_ptr_nonnull(strstr(e.what(), "bare is an atomic counter of i64, not a counter of i64"));
	}
}
END_TEST

START_TEST(transactions_commit_or_roll_back)
{
	tarn::arena arena = anonymous();
	tarn::counter served(arena, "served"), other(arena, "other");
	tarn::counter bare = tarn::counter::atomic(arena, "bare");

	arena.transact([&](tarn::transaction &tx) {
		ck_assert_int_eq(++tx(served), 1);
		ck_assert_int_eq(tx(served).add(1), 1);
		ck_assert(!tx(served).compare_and_swap(7, 8));
		ck_assert(tx(served).compare_and_swap(2, 3));
		tx(other).set(9);
		ck_assert_int_eq(tx(served).get(), 3);
	}, served, other);
	ck_assert_int_eq(served.get(), 3);
	ck_assert_int_eq(other.get(), 9);
	try {
		arena.transact([&](tarn::transaction &tx) {
			tx(served).set(0);
			tx(other) += 5;
			throw std::runtime_error("no");
		}, served, other);
		ck_abort_msg("nothing was thrown");
	} catch (const std::runtime_error &) {
	}
	ck_assert_int_eq(served.get(), 3);
	ck_assert_int_eq(other.get(), 9);
	ck_assert_int_eq(thrown([&] { arena.transact([](auto &) {}, bare); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) { tx(other).add(1); }, served);
	}), TARN_INVALID);
}
END_TEST

static void
check_threads(int atomic)
{
	tarn::arena arena = anonymous();
	tarn::counter counter = open_sort(arena, atomic);
	std::vector<std::thread> threads;

	for (int i = 0; i < 3; i++)
		threads.emplace_back([&] {
			for (int j = 0; j < 1000; j++)
				++counter;
		});
	for (std::thread &thread : threads)
		thread.join();
	ck_assert_int_eq(counter.get(), 3000);
}

START_TEST(threads_lose_nothing)
{
	check_threads(0);
	check_threads(1);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	tarn::counter counter(arena, "counter"), other(arena, "other");
	struct tarn_counter *raw = counter.handle();
	tarn::counter_ref ref(raw);

	ref.add(5);
	other = std::move(counter);
	ck_assert_ptr_null(counter.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	ck_assert_int_eq(other.get(), 5);
	ck_assert(arena.remove_object("counter"));
	ck_assert_int_eq(thrown([&] { other.get(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.set(1); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.compare_and_swap(5, 1); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { ++other; }), TARN_REMOVED);
}
END_TEST

START_TEST(reader_may_read_only)
{
	scratch_name scratch;
	tarn::arena arena = tarn::arena::create(scratch.name);

	for (int atomic = 0; atomic < 2; atomic++) {
		open_sort(arena, atomic).set(3);
		tarn::arena reader = tarn::arena::open_read_only(scratch.name);
		tarn::counter seen = open_sort(reader, atomic, tarn::open_mode::open);

		ck_assert_int_eq(seen.get(), 3);
		ck_assert_int_eq(thrown([&] { seen.add(1); }), TARN_READ_ONLY);
		ck_assert_int_eq(thrown([&] { seen.set(1); }), TARN_READ_ONLY);
	}
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();

	for (int atomic = 0; atomic < 2; atomic++) {
		tarn::counter counter = open_sort(arena, atomic);

		in_child([&] {
			for (int i = 0; i < 1000; i++)
				counter++;
		});
		ck_assert_int_eq(++counter, 1001);
	}
}
END_TEST

int
main()
{
	return run_tests("counter", {
		calls_of_both_sorts,
		operators_are_those_of_std_atomic,
		numbers_wrap,
		sort_is_part_of_the_type,
		transactions_commit_or_roll_back,
		threads_lose_nothing,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
