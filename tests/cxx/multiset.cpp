// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.cpp -- tarn::multiset: its types, its calls, its walks
 */
#include "face.hpp"

#include <set>
#include <string>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

using numbers = tarn::multiset<std::uint64_t>;
using texts = tarn::multiset<std::string>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<numbers>::value, "and can be handed on");
static_assert(std::is_same<texts::value_type, std::string>::value, "text is copied out");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::multiset_keys<int>>, "a walk is a range");
#endif

/* All keys, in their order and the other way round; as a std::multiset has them. */
template <class K>
static std::multiset<K>
all(const tarn::multiset_ref<K> &set)
{
	std::vector<K> keys, back;

	for (const K &key : set.keys())
		keys.push_back(key);
	for (const K &key : set.reversed())
		back.push_back(key);
	ck_assert(std::vector<K>(back.rbegin(), back.rend()) == keys);
	std::multiset<K> seen(keys.begin(), keys.end());
	ck_assert(std::vector<K>(seen.begin(), seen.end()) == keys);
	ck_assert_uint_eq(set.size(), seen.size());
	ck_assert(set.empty() == seen.empty());
	for (const K &key : seen)
		ck_assert_uint_eq(set.count(key), seen.count(key));
	return seen;
}

template <class K>
static void
check_type(enum tarn_key_kind key)
{
	tarn::arena arena = anonymous();
	tarn::multiset<K> set(arena, "set");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(set.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_MULTISET);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, 0);
}

START_TEST(types_are_told_to_the_catalog)
{
	check_type<std::uint64_t>(TARN_KEY_U64);
	check_type<int>(TARN_KEY_I64);
	check_type<std::string>(TARN_KEY_STRING);
	check_type<double>(TARN_KEY_F64);
}
END_TEST

START_TEST(multiset_of_other_keys_is_refused)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");

	ck_assert_int_eq(thrown([&] { texts(arena, "set"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::set<std::uint64_t>(arena, "set"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "other", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(keys_are_there_as_often_as_they_were_inserted)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");
	std::multiset<std::uint64_t> model;

	for (std::uint64_t i = 0; i < 300; i++) {
		set.insert(i * i % 17);
		model.insert(i * i % 17);
	}
	ck_assert(all<std::uint64_t>(set) == model);
	ck_assert_uint_eq(set.erase(4), model.erase(4));
	ck_assert(!set.contains(4) && set.contains(9));
	ck_assert(set.lower_bound(3) == *model.lower_bound(3) && set.upper_bound(9) == *model.upper_bound(9));
	ck_assert(set.first() == *model.begin() && set.last() == *model.rbegin());
	ck_assert(set.pop_first() == 0 && set.pop_last() == *model.rbegin());
	model.erase(model.begin());
	model.erase(std::prev(model.end()));
	ck_assert(all<std::uint64_t>(set) == model);
}
END_TEST

START_TEST(entries_have_names)
{
	tarn::arena arena = anonymous();
	texts set(arena, "set");
	std::uint64_t one = set.insert("a"), two = set.insert("a");

	ck_assert(set.contains_entry("a", one) && set.erase_entry("a", one));
	ck_assert(!set.contains_entry("a", one) && !set.erase_entry("a", one));
	ck_assert(set.contains_entry("a", two) && !set.contains_entry("b", two));
	ck_assert_uint_eq(set.count("a"), 1);
}
END_TEST

START_TEST(many_and_whole)
{
	tarn::arena arena = anonymous();
	tarn::multiset<int> one(arena, "one"), two(arena, "two");

	one.insert_many(std::vector<int>{ 3, -1, 3 });
	two.load(std::vector<int>{ -1, 3, 3 });
	ck_assert(one.equal(two) && all<int>(one) == (std::multiset<int>{ -1, 3, 3 }));
	ck_assert_int_eq(thrown([&] { two.load(std::vector<int>{ 3, 2 }); }), TARN_INVALID);
	ck_assert((two.count_many(std::vector<int>{ 3, 4 }) == std::vector<std::uint64_t>{ 2, 0 }));
	ck_assert_uint_eq(two.erase_many(std::vector<int>{ 3, 4 }), 1);
	one.swap(two);
	ck_assert_uint_eq(one.size(), 1);
	one.copy(two);
	ck_assert_uint_eq(one.erase_range(0, std::nullopt), 2);
	for (int key : one.keys_from(-5))
		ck_assert_int_eq(key, -1);
	one.clear();
	ck_assert(one.empty() && !one.pop_first());
}
END_TEST

START_TEST(transactions_are_all_or_nothing)
{
	tarn::arena arena = anonymous();
	tarn::multiset<int> set(arena, "set");

	set.insert(1);
	try {
		arena.transact([&](tarn::transaction &tx) {
			tx(set).insert(1);
			throw std::runtime_error("never mind");
		}, set);
	} catch (const std::runtime_error &) {
	}
	ck_assert_uint_eq(set.count(1), 1);
	arena.transact([&](tarn::transaction &tx) { tx(set).insert(1); }, set);
	ck_assert_uint_eq(set.count(1), 2);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	numbers set(arena, "set");

	in_child([&] {
		for (std::uint64_t i = 0; i < 1000; i++)
			set.insert(i % 10);
	});
	ck_assert_uint_eq(set.count(3), 100);
	ck_assert_uint_ne(set.insert(3), 0);
}
END_TEST

int
main()
{
	return run_tests("multiset", {
		types_are_told_to_the_catalog,
		multiset_of_other_keys_is_refused,
		keys_are_there_as_often_as_they_were_inserted,
		entries_have_names,
		many_and_whole,
		transactions_are_all_or_nothing,
		killed_writer_stops_nobody,
	});
}
