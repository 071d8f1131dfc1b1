// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.cpp -- tarn::multimap: its types, its calls, its walks, its names
 */
#include "face.hpp"

#include <array>
#include <cstring>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

struct point {
	std::int32_t x, y;
};

using numbers = tarn::multimap<std::uint64_t, std::uint64_t>;
using texts = tarn::multimap<std::string, std::string>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<numbers>::value, "and can be handed on");
static_assert(std::is_same<texts::mapped_type, std::string>::value, "text is copied out");
static_assert(std::is_same<texts::key_argument, std::string_view>::value, "and not copied in");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::multimap_entries<int, int>>, "a walk is a range");
#endif

template <class K, class V> using pairs = std::vector<std::pair<K, V>>;

/* All entries, in their order and the other way round; serials ascend in a key. */
template <class K, class V>
static pairs<K, V>
all(const tarn::multimap_ref<K, V> &map)
{
	pairs<K, V> entries, back;
	std::uint64_t last = 0;

	for (auto &[key, value, serial] : map.entries()) {
		ck_assert(entries.empty() || entries.back().first != key || serial > last);
		ck_assert(map.get_entry(key, serial) == value);
		last = serial;
		entries.emplace_back(key, value);
	}
	for (auto &entry : map.reversed())
		back.emplace_back(entry.key, entry.value);
	ck_assert((pairs<K, V>(back.rbegin(), back.rend()) == entries));
	ck_assert_uint_eq(map.size(), entries.size());
	ck_assert(map.empty() == entries.empty());
	return entries;
}

template <class K, class V>
static void
check_type(enum tarn_key_kind key, std::uint32_t size)
{
	tarn::arena arena = anonymous();
	tarn::multimap<K, V> map(arena, "map");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(map.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_MULTIMAP);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
}

START_TEST(types_are_told_to_the_catalog)
{
	check_type<std::uint64_t, int>(TARN_KEY_U64, sizeof(int));
	check_type<int, std::string>(TARN_KEY_I64, TARN_VALUE_BYTES);
	check_type<std::string, point>(TARN_KEY_STRING, sizeof(point));
	check_type<point, double>(TARN_KEY_BYTES, sizeof(double));
	check_type<double, char>(TARN_KEY_F64, 1);
}
END_TEST

START_TEST(multimap_of_other_types_is_refused)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert_int_eq(thrown([&] { texts(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::map<std::uint64_t, std::uint64_t>(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "map", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { numbers(arena, "other", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(entries_stand_in_the_order_of_their_inserts)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	for (std::uint64_t i = 0; i < 60; i++)
		ck_assert_uint_ne(map.insert(i % 3, i), 0);
	pairs<std::uint64_t, std::uint64_t> entries = all<std::uint64_t, std::uint64_t>(map);
	ck_assert_uint_eq(entries.size(), 60);
	for (std::size_t i = 0; i < 60; i++)
		ck_assert(entries[i].first == i / 20 && entries[i].second == i % 20 * 3 + i / 20);
	ck_assert(map.equal_range(1)[19] == 58 && map.equal_range(1).size() == 20);
	ck_assert(map.equal_range(3).empty());
	ck_assert(map.get(2) == 2 && !map.get(3));
	ck_assert(map.contains(2) && !map.contains(3));
	ck_assert((map.count_many(std::array<std::uint64_t, 2>{ 1, 3 }) == std::vector<std::uint64_t>{ 20, 0 }));
	ck_assert_uint_eq(map.erase(1), 20);
	ck_assert_uint_eq(map.erase(1), 0);
	ck_assert_uint_eq(map.size(), 40);
}
END_TEST

START_TEST(names_are_of_one_entry)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");
	std::uint64_t one = map.insert("a", "1"), two = map.insert("a", "2");

	ck_assert(map.get_entry("a", two) == "2");
	ck_assert(map.erase_entry("a", one) && !map.erase_entry("a", one) && !map.get_entry("a", one));
	ck_assert(!map.erase_entry("b", two) && !map.put_entry("a", one, "3"));
	ck_assert(map.put_entry("a", two, "two") && map.get("a") == "two" && map.put_entry("a", two, "2"));
	map.insert("a", std::string(1000, 'x'));
	ck_assert(map.get("a") == "2" && map.equal_range("a")[1].size() == 1000);
	map.clear();
	ck_assert(!map.erase_entry("a", two));
}
END_TEST

START_TEST(texts_may_have_zeros)
{
	tarn::arena arena = anonymous();
	tarn::multimap<std::string, int> map(arena, "map");
	std::string zero("a\0", 2), more("a\0b", 3);

	map.insert(more, 3);
	map.insert("a", 1);
	map.insert("", 0);
	map.insert(zero, 2);
	map.insert("a", 1);
	ck_assert((all<std::string, int>(map) ==
		   pairs<std::string, int>{ { "", 0 }, { "a", 1 }, { "a", 1 }, { zero, 2 }, { more, 3 } }));
	ck_assert(map.equal_range("a").size() == 2 && map.upper_bound("a")->first == zero);
	ck_assert(map.equal_range("").size() == 1);
	map.insert(std::string(3000, 'z'), 4);
	ck_assert_uint_eq(map.last()->first.size(), 3000);
	ck_assert_uint_eq(map.pop_last()->first.size(), 3000);
}
END_TEST

START_TEST(neighbours_ends_and_ranges)
{
	tarn::arena arena = anonymous();
	tarn::multimap<double, int> map(arena, "map");
	std::vector<double> keys = { -1.5, 0.0, 0.0, 2.5 }, wrong = { 1.0, 0.0 };
	std::vector<int> values = { 1, 2, 3, 4 };

	map.load(keys, values);
	ck_assert_int_eq(thrown([&] { map.load(wrong.data(), values.data(), 2); }), TARN_INVALID);
	ck_assert_int_eq(thrown([&] { map.load(keys, std::vector<int>{ 1 }); }), TARN_INVALID);
	ck_assert(map.lower_bound(-0.0)->second == 2 && map.upper_bound(0.0)->second == 4);
	ck_assert(map.first()->second == 1 && map.last()->second == 4 && !map.upper_bound(2.5));
	for (auto &entry : map.entries_from(0.0)) {
		ck_assert_int_eq(entry.value, 2);
		break;
	}
	ck_assert_uint_eq(map.erase_range(0.0, 2.0), 2);
	ck_assert(map.pop_first()->second == 1 && map.pop_last()->second == 4 && !map.pop_last());
	map.insert_many(keys, values);
	ck_assert_uint_eq(map.erase_many(std::vector<double>{ 0.0, 7.0 }), 1);
	ck_assert_uint_eq(map.size(), 2);
}
END_TEST

START_TEST(whole_multimaps)
{
	tarn::arena arena = anonymous();
	numbers one(arena, "one"), two(arena, "two");

	one.insert(1, 1);
	one.insert(1, 2);
	two.copy(one);
	ck_assert(one.equal(two));
	two.insert(1, 3);
	ck_assert(!one.equal(two));
	one.swap(two);
	ck_assert(one.size() == 3 && two.size() == 2);
}
END_TEST

START_TEST(transactions_are_all_or_nothing)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	map.insert(1, 1);
	try {
		arena.transact([&](tarn::transaction &tx) {
			ck_assert_uint_eq(tx(map).erase(1), 1);
			tx(map).insert(1, 2);
			throw std::runtime_error("never mind");
		}, map);
	} catch (const std::runtime_error &) {
	}
	ck_assert(map.equal_range(1) == std::vector<std::uint64_t>{ 1 });
	arena.transact([&](tarn::transaction &tx) { tx(map).insert(1, 2); }, map);
	ck_assert((map.equal_range(1) == std::vector<std::uint64_t>{ 1, 2 }));
}
END_TEST

START_TEST(what_was_removed_says_so)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert_int_eq(tarn_object_remove(arena.handle(), "map"), 0);
	ck_assert_int_eq(thrown([&] { map.insert(1, 1); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { map.get(1); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { map.entries(); }), TARN_REMOVED);
}
END_TEST

int
main()
{
	return run_tests("multimap", {
		types_are_told_to_the_catalog,
		multimap_of_other_types_is_refused,
		entries_stand_in_the_order_of_their_inserts,
		names_are_of_one_entry,
		texts_may_have_zeros,
		neighbours_ends_and_ranges,
		whole_multimaps,
		transactions_are_all_or_nothing,
		what_was_removed_says_so,
	});
}
