// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.cpp -- tarn::bitset, of both sorts
 */
#include "face.hpp"

#include <cstring>
#include <stdexcept>
#include <vector>

enum { BITS = 200 };

using places = std::vector<std::uint64_t>;

static_assert(!std::is_copy_constructible<tarn::bitset>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<tarn::bitset>::value, "and can be handed on");

/* One of either sort, by the number of a loop. */
static tarn::bitset
open_sort(tarn::arena &arena, int atomic, tarn::open_mode how = tarn::open_mode::open_or_create)
{
	return atomic ? tarn::bitset::atomic(arena, "bare", BITS, how)
		      : tarn::bitset(arena, "locked", BITS, how);
}

/* Where the ones are, by every call that looks. */
static places
ones(const tarn::bitset_ref &bits)
{
	places found;

	for (auto i = bits.find_first(); i; i = bits.find_next(*i + 1)) {
		ck_assert(bits.test(*i));
		found.push_back(*i);
	}
	ck_assert_uint_eq(bits.count(), found.size());
	ck_assert(bits.any() == !found.empty());
	ck_assert(bits.none() == found.empty());
	ck_assert(bits.all() == (found.size() == bits.size()));
	return found;
}

template <class Call>
static bool
is_out_of_range(Call call)
{
	try {
		call();
	} catch (const std::out_of_range &) {
		return true;
	}
	return false;
}

static void
check_bits(int atomic)
{
	tarn::arena arena = anonymous();
	tarn::bitset bits = open_sort(arena, atomic);

	ck_assert_uint_eq(bits.size(), BITS);
	ck_assert(ones(bits).empty());
	bits.set(0);
	bits.set(64);
	bits.set(199, true);
	ck_assert(ones(bits) == places({ 0, 64, 199 }));
	bits.set(64, false);
	bits.flip(63);
	bits.flip(0);
	ck_assert(ones(bits) == places({ 63, 199 }));
	bits.reset(63);
	ck_assert(!bits.test(63));
	ck_assert(!bits.test_and_set(100));
	ck_assert(bits.test_and_set(100));
	ck_assert(ones(bits) == places({ 100, 199 }));
	ck_assert(*bits.find_next(100) == 100);
	ck_assert(*bits.find_next(101) == 199);
	ck_assert(!bits.find_next(1000));
	ck_assert(ones(open_sort(arena, atomic, tarn::open_mode::open)) == places({ 100, 199 }));
}

START_TEST(bits_of_both_sorts)
{
	check_bits(0);
	check_bits(1);
}
END_TEST

static void
check_range(int atomic)
{
	tarn::arena arena = anonymous();
	tarn::bitset bits = open_sort(arena, atomic);

	ck_assert(is_out_of_range([&] { bits.test(BITS); }));
	ck_assert(is_out_of_range([&] { bits.set(BITS); }));
	ck_assert(is_out_of_range([&] { bits.set(BITS, false); }));
	ck_assert(is_out_of_range([&] { bits.reset(BITS); }));
	ck_assert(is_out_of_range([&] { bits.flip(BITS); }));
	ck_assert(is_out_of_range([&] { bits.test_and_set(tarn::bitset::npos); }));
	ck_assert(ones(bits).empty());
}

START_TEST(beyond_the_end_is_out_of_range)
{
	tarn::arena arena = anonymous();
	tarn::bitset bits(arena, "bits", 10);

	check_range(0);
	check_range(1);
	ck_assert(is_out_of_range([&] { bits.set_range(5, 6); }));
	ck_assert(is_out_of_range([&] { bits.set_range(11, 0); }));
	ck_assert(bits.none());
}
END_TEST

START_TEST(ranges_and_sizes_change_in_one_step)
{
	tarn::arena arena = anonymous();
	tarn::bitset bits(arena, "bits");

	ck_assert_uint_eq(bits.size(), 0);
	ck_assert(ones(bits).empty());
	bits.resize(100);
	ck_assert(ones(bits).empty());
	bits.set_range(62, 4);
	ck_assert(ones(bits) == places({ 62, 63, 64, 65 }));
	bits.set_range(63, 2, false);
	ck_assert(ones(bits) == places({ 62, 65 }));
	bits.set_range(98, tarn::bitset::npos);
	ck_assert(ones(bits) == places({ 62, 65, 98, 99 }));
	bits.resize(98);
	bits.resize(100);
	ck_assert(ones(bits) == places({ 62, 65 }));
	bits.set();
	ck_assert_uint_eq(ones(bits).size(), 100);
	bits.reset();
	ck_assert(ones(bits).empty());
	ck_assert_int_eq(thrown([&] { bits.resize(tarn::bitset::npos); }), TARN_TOO_BIG);
	ck_assert_uint_eq(bits.size(), 100);
}
END_TEST

START_TEST(two_are_combined)
{
	tarn::arena arena = anonymous(), second = anonymous();
	tarn::bitset a(arena, "a", 100), b(arena, "b", 100), small(arena, "small", 99), foreign(second, "a", 100);

	a.set(1);
	a.set(70);
	b.set(70);
	b.set(99);
	ck_assert(ones(a |= b) == places({ 1, 70, 99 }));
	ck_assert(ones(a &= b) == places({ 70, 99 }));
	a.reset(99);
	a.set(2);
	ck_assert(ones(a ^= b) == places({ 2, 99 }));
	ck_assert(ones(a) == places({ 2, 99 }));
	ck_assert(ones(b) == places({ 70, 99 }));
	ck_assert_int_eq(thrown([&] { a &= small; }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { a |= small; }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { a ^= small; }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { a |= foreign; }), TARN_INVALID);
	ck_assert(ones(a) == places({ 2, 99 }));
}
END_TEST

START_TEST(sort_is_part_of_the_type)
{
	using tarn::open_mode;
	tarn::arena arena = anonymous();
	tarn::bitset locked = open_sort(arena, 0), bare = open_sort(arena, 1);
	tarn::counter counter(arena, "counter");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(locked.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_BITSET);
	ck_assert_int_eq(thrown([&] { tarn::bitset(arena, "counter"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::bitset::atomic(arena, "locked", 1); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::bitset(arena, "locked", 1, open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { tarn::bitset(arena, "none", open_mode::open); }), TARN_NOT_FOUND);
	ck_assert_uint_eq(tarn::bitset(arena, "locked", open_mode::open).size(), BITS);
	ck_assert_int_eq(thrown([&] { bare.set(); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { bare.reset(); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { bare.set_range(0, 2); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { bare.resize(2); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { bare |= locked; }), TARN_TYPE);
	try {
		tarn::bitset wrong(arena, "bare");
		ck_abort_msg("nothing was thrown");
	} catch (const tarn::error &e) {
		ck_assert_ptr_nonnull(strstr(e.what(), "bare is an atomic bitset, not a bitset"));
	}
}
END_TEST

START_TEST(transactions_commit_or_roll_back)
{
	tarn::arena arena = anonymous();
	tarn::bitset used(arena, "used", 100), wanted(arena, "wanted", 100);
	tarn::bitset bare = tarn::bitset::atomic(arena, "bare", 10);

	wanted.set(7);
	arena.transact([&](tarn::transaction &tx) {
		tx(used).set(3);
		ck_assert(!tx(used).test_and_set(9));
		tx(used) |= tx(wanted);
		tx(wanted).reset(7);
		ck_assert(ones(tx(used)) == places({ 3, 7, 9 }));
		ck_assert(is_out_of_range([&] { tx(used).set(100); }));
	}, used, wanted);
	ck_assert(ones(used) == places({ 3, 7, 9 }));
	ck_assert(wanted.none());
	try {
		arena.transact([&](tarn::transaction &tx) {
			tx(used).set();
			tx(wanted).resize(5);
			tx(wanted).flip(1);
			throw std::runtime_error("no");
		}, used, wanted);
		ck_abort_msg("nothing was thrown");
	} catch (const std::runtime_error &) {
	}
	ck_assert(ones(used) == places({ 3, 7, 9 }));
	ck_assert_uint_eq(wanted.size(), 100);
	ck_assert(wanted.none());
	ck_assert_int_eq(thrown([&] { arena.transact([](auto &) {}, bare); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) { tx(wanted).set(1); }, used);
	}), TARN_INVALID);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	tarn::bitset bits(arena, "bits", 10), other(arena, "other", 20);
	struct tarn_bitset *raw = bits.handle();
	tarn::bitset_ref ref(raw);

	ref.set(5);
	other = std::move(bits);
	ck_assert_ptr_null(bits.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	ck_assert(ones(other) == places({ 5 }));
	ck_assert(arena.remove_object("bits"));
	ck_assert_int_eq(thrown([&] { other.test(5); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.set(5); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.count(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.find_first(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.find_next(1); }), TARN_REMOVED);
}
END_TEST

START_TEST(reader_may_read_only)
{
	scratch_name scratch;
	tarn::arena arena = tarn::arena::create(scratch.name);

	for (int atomic = 0; atomic < 2; atomic++) {
		open_sort(arena, atomic).set(3);
		tarn::arena reader = tarn::arena::open_read_only(scratch.name);
		tarn::bitset seen = open_sort(reader, atomic, tarn::open_mode::open);

		ck_assert(ones(seen) == places({ 3 }));
		ck_assert_int_eq(thrown([&] { seen.set(4); }), TARN_READ_ONLY);
		ck_assert_int_eq(thrown([&] { seen.test_and_set(4); }), TARN_READ_ONLY);
	}
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();

	for (int atomic = 0; atomic < 2; atomic++) {
		tarn::bitset bits = open_sort(arena, atomic);

		in_child([&] {
			for (std::uint64_t i = 0; i < BITS; i++)
				bits.set(i);
		});
		ck_assert(bits.all());
		bits.reset(1);
		ck_assert_uint_eq(bits.count(), BITS - 1);
	}
}
END_TEST

int
main()
{
	return run_tests("bitset", {
		bits_of_both_sorts,
		beyond_the_end_is_out_of_range,
		ranges_and_sizes_change_in_one_step,
		two_are_combined,
		sort_is_part_of_the_type,
		transactions_commit_or_roll_back,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
