// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.cpp -- tarn::set: its types, its calls, its walks, its order, its algebra
 */
#include "face.hpp"

#include <array>
#include <cstring>
#include <set>
#include <stdexcept>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

enum class color : std::int8_t { red = -1, green = 1 };

struct point {
	std::int32_t x, y;
};

using numbers = tarn::set<std::uint64_t>;
using texts = tarn::set<std::string>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<numbers>::value, "and can be handed on");
static_assert(std::is_same<texts::value_type, std::string>::value, "text is copied out");
static_assert(std::is_same<texts::key_argument, std::string_view>::value, "and not copied in");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::set_keys<int>>, "a walk is a range");
#endif

/* All keys, in their order and the other way round. */
template <class K>
static std::set<K>
all(const tarn::set_ref<K> &set)
{
	std::vector<K> keys, back;

	for (const K &key : set.keys())
		keys.push_back(key);
	for (const K &key : set.reversed())
		back.push_back(key);
	ck_assert(std::vector<K>(back.rbegin(), back.rend()) == keys);
	std::set<K> seen(keys.begin(), keys.end());
	ck_assert_uint_eq(seen.size(), keys.size());
	ck_assert(std::vector<K>(seen.begin(), seen.end()) == keys);
	ck_assert_uint_eq(set.size(), seen.size());
	ck_assert(set.empty() == seen.empty());
	return seen;
}

using bag = std::set<std::uint64_t>;

template <class K>
static void
check_type(enum tarn_key_kind key)
{
	tarn::arena arena = anonymous();
	tarn::set<K> set(arena, "set");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(set.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_SET);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, 0);
}

START_TEST(types_are_told_to_the_catalog)
{
	check_type<std::uint64_t>(TARN_KEY_U64);
	check_type<std::uint16_t>(TARN_KEY_U64);
	check_type<int>(TARN_KEY_I64);
	check_type<color>(TARN_KEY_I64);
	check_type<std::string>(TARN_KEY_STRING);
	check_type<std::string_view>(TARN_KEY_STRING);
	check_type<point>(TARN_KEY_BYTES);
	check_type<double>(TARN_KEY_F64);
}
END_TEST

START_TEST(set_of_other_keys_is_refused)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");
	tarn::hashmap<std::uint64_t, int> map(arena, "map");

	ck_assert_int_eq(thrown([&] { texts(arena, "set"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "set", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { numbers(arena, "other", tarn::open_mode::open); }), TARN_NOT_FOUND);
	try {
		texts wrong(arena, "set");
		ck_abort_msg("nothing was thrown");
	} catch (const std::exception &e) {
		ck_assert_ptr_nonnull(strstr(e.what(), "set is a set of u64, not a set of string"));
	}
}
END_TEST

START_TEST(set_of_c_is_the_same)
{
	struct tarn_type type = tarn::detail::type_of_kind(TARN_KIND_SET, TARN_KEY_U64, 0, nullptr);
	tarn::arena arena = anonymous();
	struct tarn_set *raw;
	std::uint64_t key = 7;

	ck_assert_int_eq(tarn_set_open(arena.handle(), &raw, "set", &type, TARN_CREATE, nullptr), 0);
	ck_assert_int_eq(tarn_set_insert(raw, &key, 8), 0);
	ck_assert(numbers(arena, "set").contains(7));
	ck_assert(all(tarn::set_ref<std::uint64_t>(raw)) == bag({ 7 }));
	tarn_set_close(raw);
}
END_TEST

START_TEST(insert_contains_erase)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");

	ck_assert(set.empty());
	ck_assert(!set.contains(1));
	ck_assert(set.insert(1));
	ck_assert(!set.insert(1));
	ck_assert(set.insert(2));
	ck_assert(set.contains(1));
	ck_assert(all(set) == bag({ 1, 2 }));
	ck_assert(set.erase(1));
	ck_assert(!set.erase(1));
	ck_assert(!set.contains(1));
	ck_assert_uint_eq(set.size(), 1);
	ck_assert(all(set) == bag({ 2 }));
	set.clear();
	ck_assert(set.empty());
}
END_TEST

START_TEST(keys_keep_their_value)
{
	tarn::arena arena = anonymous();
	tarn::set<color> colors(arena, "colors");
	tarn::set<std::int64_t> wide(arena, "colors");
	tarn::set<point> points(arena, "points");
	texts lines(arena, "lines");
	std::string zeros("a\0b", 3), large(10000, 'x');

	ck_assert(colors.insert(color::red));
	ck_assert(wide.contains(-1));
	ck_assert(all(colors) == std::set<color>({ color::red }));
	ck_assert(wide.insert(1000)); /* no color */
	ck_assert_int_eq(thrown([&] { all(colors); }), TARN_TYPE);
	ck_assert(points.insert({ 1, -2 }));
	ck_assert(points.contains({ 1, -2 }));
	ck_assert(!points.contains({ 1, 2 }));
	ck_assert_int_eq((*points.keys().begin()).y, -2);
	ck_assert_int_eq(points.keys().begin()->x, 1);
	ck_assert(lines.insert(zeros));
	ck_assert(lines.insert(""));
	ck_assert(lines.insert(large));
	ck_assert(!lines.contains("a"));
	ck_assert(all(lines) == std::set<std::string>({ "", zeros, large }));
}
END_TEST

START_TEST(walks_move_and_end)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");
	auto nothing = set.keys();

	ck_assert(nothing.begin() == nothing.end());
	for (std::uint64_t key = 0; key < 1000; key++)
		ck_assert(set.insert(key));
	ck_assert_uint_eq(all(set).size(), 1000);
	auto walk = set.keys();
	auto first = walk.begin();
	std::uint64_t key = *first;

	first++;
	ck_assert(first != walk.end());
	ck_assert_uint_ne(*first, key);
}
END_TEST

START_TEST(keys_have_an_order)
{
	tarn::arena arena = anonymous();
	tarn::set<int> set(arena, "set");
	texts lines(arena, "lines");
	std::string large(10000, 'x');
	std::vector<int> seen;

	ck_assert(!set.first() && !set.last() && !set.pop_first() && !set.pop_last());
	set.load(std::vector<int>({ -20, -10, 0, 10, 20 }));
	ck_assert_int_eq(thrown([&] { set.load(std::vector<int>({ 2, 1 })); }), TARN_INVALID);
	ck_assert(set.first() == -20 && set.last() == 20);
	ck_assert(set.lower_bound(-10) == -10 && set.upper_bound(-10) == 0);
	ck_assert(!set.lower_bound(21) && !set.upper_bound(20));
	ck_assert_uint_eq(set.count(-10, 20), 3);
	ck_assert_uint_eq(set.count(std::nullopt, std::nullopt), 5);
	ck_assert(set.scan(-15, 3) == std::vector<int>({ -10, 0, 10 }));
	ck_assert(set.scan(std::nullopt, 100).size() == 5);
	for (int key : set.keys_from(1))
		seen.push_back(key);
	ck_assert(seen == std::vector<int>({ 10, 20 }));
	ck_assert(set.pop_first() == -20 && set.pop_last() == 20);
	ck_assert_uint_eq(set.erase_range(std::nullopt, 0), 1);
	ck_assert_uint_eq(set.erase_range(10, std::nullopt), 1);
	ck_assert(all(set) == std::set<int>({ 0 }));
	lines.insert("b");
	lines.insert(large);
	ck_assert(lines.last() == large && lines.lower_bound("c") == large);
	ck_assert(lines.pop_last() == large && lines.pop_first() == "b" && lines.empty());
}
END_TEST

START_TEST(many_at_once)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");
	tarn::set<std::uint32_t> narrow(arena, "narrow");
	texts lines(arena, "lines");
	std::vector<std::uint64_t> keys = { 1, 2, 3, 2 };
	std::array<std::uint32_t, 3> few = { 1, 2, 4 };
	std::vector<std::string_view> words = { "a", "", "bb" };
	std::vector<bool> there;

	ck_assert_uint_eq(set.insert_many(keys), 3);
	ck_assert(all(set) == bag({ 1, 2, 3 }));
	ck_assert_uint_eq(set.insert_many(keys.data(), 0), 0);
	keys[1] = 9;
	there = { true, false, true, true };
	ck_assert(set.contains_many(keys) == there);
	ck_assert(set.contains_many(keys.data(), 0).empty());
	there = { true, false };
	ck_assert(set.contains_many(keys.data(), 2) == there);
	ck_assert_uint_eq(set.erase_many(keys), 3);
	ck_assert_uint_eq(set.erase_many(keys.data(), 4), 0);
	ck_assert(set.empty());
	ck_assert_uint_eq(narrow.insert_many(few.data(), 2), 2);
	there = { true, true, false };
	ck_assert(narrow.contains_many(few) == there);
	ck_assert_uint_eq(lines.insert_many(words), 3);
	ck_assert_uint_eq(lines.insert_many(std::vector<std::string>({ "a", "c" })), 1);
	ck_assert_uint_eq(lines.erase_many(words), 3);
	ck_assert(all(lines) == std::set<std::string>({ "c" }));
}
END_TEST

START_TEST(one_bad_key_of_many_is_thrown)
{
	tarn::arena_options options;

	options.size = std::uint64_t(16) << 20;
	tarn::arena arena("anon:", options);
	texts lines(arena, "lines");
	std::string large(std::size_t(32) << 20, 'x');
	std::vector<std::string_view> words = { "a", "a", large, "b" };

	ck_assert_int_eq(thrown([&] { lines.insert(large); }), TARN_TOO_BIG);
	ck_assert_int_eq(thrown([&] { lines.insert_many(words); }), TARN_TOO_BIG);
	ck_assert(all(lines) == std::set<std::string>({ "a", "b" }));
}
END_TEST

START_TEST(algebra)
{
	tarn::arena arena = anonymous(), second = anonymous();
	numbers one(arena, "one"), two(second, "two"), result(arena, "result");

	one.insert_many(std::vector<std::uint64_t>({ 1, 2, 3 }));
	two.insert_many(std::vector<std::uint64_t>({ 2, 3, 4 }));
	result.insert(99);
	result.union_of(one, two);
	ck_assert(all(result) == bag({ 1, 2, 3, 4 }));
	ck_assert(one.is_subset(result));
	ck_assert(!result.is_subset(one));
	result.intersection(one, two);
	ck_assert(all(result) == bag({ 2, 3 }));
	result.difference(one, two);
	ck_assert(all(result) == bag({ 1 }));
	result.difference(two, one);
	ck_assert(all(result) == bag({ 4 }));
	ck_assert(!result.equal(one));
	result.copy(one);
	ck_assert(result.equal(one));
	ck_assert(all(result) == bag({ 1, 2, 3 }));
	one.intersection(one, two); /* into one of them */
	ck_assert(all(one) == bag({ 2, 3 }));
	one.swap(result);
	ck_assert(all(one) == bag({ 1, 2, 3 }));
	ck_assert(all(result) == bag({ 2, 3 }));
	ck_assert_int_eq(thrown([&] { one.swap(two); }), TARN_INVALID);
}
END_TEST

START_TEST(transactions_commit_or_roll_back)
{
	tarn::arena arena = anonymous();
	numbers one(arena, "one"), two(arena, "two"), both(arena, "both");

	arena.transact([&](tarn::transaction &tx) {
		ck_assert(tx(one).insert(1));
		ck_assert(!tx(one).insert(1));
		ck_assert_uint_eq(tx(two).insert_many(std::vector<std::uint64_t>({ 1, 2 })), 2);
		tx(both).intersection(tx(one), tx(two));
		ck_assert(all(tx(both)) == bag({ 1 }));
		ck_assert(!tx(both).erase(7));
	}, one, two, both);
	ck_assert(all(both) == bag({ 1 }));
	try {
		arena.transact([&](tarn::transaction &tx) {
			tx(two).clear();
			tx(one).insert(5);
			tx(both).union_of(tx(one), tx(two));
			throw std::runtime_error("no");
		}, one, two, both);
		ck_abort_msg("nothing was thrown");
	} catch (const std::runtime_error &) {
	}
	ck_assert(all(one) == bag({ 1 }));
	ck_assert(all(two) == bag({ 1, 2 }));
	ck_assert(all(both) == bag({ 1 }));
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) { tx(two).insert(1); }, one);
	}), TARN_INVALID);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set"), other(arena, "other");
	struct tarn_set *raw = set.handle();

	other = std::move(set);
	ck_assert_ptr_null(set.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	ck_assert(other.insert(2));
	ck_assert(arena.remove_object("set"));
	ck_assert_int_eq(thrown([&] { other.contains(2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.size(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.empty(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.insert(2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.erase(2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.keys(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.clear(); }), TARN_REMOVED);
}
END_TEST

START_TEST(reader_may_read_only)
{
	scratch_name scratch;
	tarn::arena arena = tarn::arena::create(scratch.name);
	numbers set(arena, "set");

	set.insert(1);
	tarn::arena reader = tarn::arena::open_read_only(scratch.name);
	numbers seen(reader, "set", tarn::open_mode::open);

	ck_assert(all(seen) == bag({ 1 }));
	ck_assert_int_eq(thrown([&] { seen.insert(2); }), TARN_READ_ONLY);
	ck_assert_int_eq(thrown([&] { seen.copy(set); }), TARN_READ_ONLY);
	ck_assert_int_eq(thrown([&] { seen.pop_last(); }), TARN_READ_ONLY);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");

	in_child([&] {
		for (std::uint64_t i = 0; i < 1000; i++)
			set.insert(i);
	});
	ck_assert_uint_eq(all(set).size(), 1000);
	ck_assert(set.insert(1000));
}
END_TEST

int
main()
{
	return run_tests("set", {
		types_are_told_to_the_catalog,
		set_of_other_keys_is_refused,
		set_of_c_is_the_same,
		insert_contains_erase,
		keys_keep_their_value,
		walks_move_and_end,
		keys_have_an_order,
		many_at_once,
		one_bad_key_of_many_is_thrown,
		algebra,
		transactions_commit_or_roll_back,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
