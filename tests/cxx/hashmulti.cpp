// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.cpp -- tarn::hashmultimap and tarn::hashmultiset: their types,
 * their calls, their walks
 */
#include "face.hpp"

#include <cstring>
#include <map>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

struct order {
	std::uint64_t id;
	double price;
};

template <> struct tarn::type_of<order> {
	static constexpr const char *fields = "Qd";
};

using numbers = tarn::hashmultimap<std::uint64_t, std::uint64_t>;
using texts = tarn::hashmultimap<std::string, std::string>;
using words = tarn::hashmultiset<std::string>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<words>::value, "and can be handed on");
static_assert(std::is_same<texts::mapped_type, std::string>::value, "text is copied out");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::hashmultimap_entries<int, int>>, "a walk is a range");
static_assert(std::ranges::input_range<tarn::hashmultiset_keys<int>>, "and so is this");
#endif

template <class Walk>
static auto
all_of(Walk walk)
{
	std::vector<typename Walk::value_type> all;

	for (const auto &one : walk)
		all.push_back(one);
	return all;
}

START_TEST(types_are_told_to_the_catalog)
{
	tarn::arena arena = anonymous();
	tarn::hashmultimap<int, order> orders(arena, "orders");
	words seen(arena, "seen");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(orders.object(), &info), 0);
	ck_assert(info.type.kind == TARN_KIND_HASHMULTIMAP && info.type.key == TARN_KEY_I64);
	ck_assert(info.type.value_size == sizeof(order) && !std::strcmp(info.type.fields, "Qd"));
	ck_assert_int_eq(tarn_object_info(seen.object(), &info), 0);
	ck_assert(info.type.kind == TARN_KIND_HASHMULTISET && info.type.key == TARN_KEY_STRING);
	ck_assert_int_eq(thrown([&] { numbers(arena, "orders"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { texts(arena, "seen"); }), TARN_TYPE);
}
END_TEST

START_TEST(a_key_has_several_values)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert(map.empty() && !map.get(1) && !map.contains(1) && map.count(1) == 0);
	for (std::uint64_t i = 1; i <= 10; i++)
		map.insert(i % 2, i);
	ck_assert(all_of(map.values(1)) == std::vector<std::uint64_t>({ 1, 3, 5, 7, 9 }));
	ck_assert(map.get(0) == 2u && map.count(0) == 5 && map.size() == 10);
	ck_assert(map.erase_one(1, 5) && !map.erase_one(1, 5) && !map.erase_one(7, 5));
	ck_assert(all_of(map.values(1)) == std::vector<std::uint64_t>({ 1, 3, 7, 9 }));
	ck_assert_uint_eq(all_of(map.entries()).size(), 9);
	ck_assert(map.erase(1) == 4 && map.erase(1) == 0 && map.size() == 5);
	map.clear();
	ck_assert(map.empty());
}
END_TEST

START_TEST(texts_of_any_length)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");
	std::string large(70000, 'v');

	map.insert("k", large);
	map.insert("k", "");
	ck_assert(map.get("k") == large);
	ck_assert(all_of(map.values("k")) == std::vector<std::string>({ large, "" }));
	ck_assert(map.erase_one("k", large) && map.get("k") == "");
}
END_TEST

START_TEST(a_key_is_there_so_often)
{
	tarn::arena arena = anonymous();
	words seen(arena, "seen");
	std::map<std::string, std::uint64_t> all;

	seen.insert("a");
	seen.insert("a", 20);
	seen.insert("b");
	ck_assert(seen.count("a") == 21 && seen.contains("b") && !seen.contains("c"));
	ck_assert_uint_eq(seen.size(), 22);
	for (const auto &[key, times] : seen.keys())
		all[key] += times;
	ck_assert(all.size() == 2 && all["a"] == 21 && all["b"] == 1);
	ck_assert(seen.erase_one("b") && !seen.erase_one("b"));
	ck_assert(seen.erase("a") == 21 && seen.erase("a") == 0 && seen.empty());
	ck_assert_int_eq(thrown([&] { seen.insert("a", 0); }), TARN_INVALID);
	ck_assert_int_eq(thrown([&] { seen.insert("a", std::uint64_t(1) << 32); }), TARN_TOO_BIG);
}
END_TEST

START_TEST(wholes_are_exchanged_copied_and_compared)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	numbers one(arena, "one"), two(arena, "two"), far(elsewhere, "far");
	words seen(arena, "seen"), other(arena, "other");

	one.reserve(1000);
	for (std::uint64_t i = 0; i < 1000; i++)
		one.insert(i / 3, i);
	two.copy(one);
	far.copy(one);
	ck_assert(two.equal(one) && one.equal(far));
	two.erase(7);
	two.shrink_to_fit();
	ck_assert(!two.equal(one));
	two.swap(one);
	ck_assert(one.size() == 997 && two.size() == 1000);
	ck_assert_int_eq(thrown([&] { one.swap(far); }), TARN_INVALID);
	seen.insert("a", 3);
	other.copy(seen);
	ck_assert(other.equal(seen));
	other.insert("a");
	ck_assert(!other.equal(seen));
	other.swap(seen);
	ck_assert_uint_eq(seen.count("a"), 4);
	seen.clear();
	seen.shrink_to_fit();
	ck_assert(seen.empty());
}
END_TEST

START_TEST(transaction_changes_all_or_nothing)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	words seen(arena, "seen");
	auto work = [&](tarn::transaction &tx) {
		tx(map).insert(1, 2);
		tx(map).insert(1, 3);
		tx(seen).insert("a", 5);
		ck_assert(tx(map).count(1) == tx(seen).count("a") - 3);
	};

	try {
		arena.transact([&](tarn::transaction &tx) {
			work(tx);
			throw 7;
		}, map, seen);
	} catch (int) {
	}
	ck_assert(map.empty() && seen.empty());
	arena.transact(work, map, seen);
	ck_assert(map.size() == 2 && seen.size() == 5);
}
END_TEST

int
main()
{
	return run_tests("hashmulti", {
		types_are_told_to_the_catalog,
		a_key_has_several_values,
		texts_of_any_length,
		a_key_is_there_so_often,
		wholes_are_exchanged_copied_and_compared,
		transaction_changes_all_or_nothing,
	});
}
