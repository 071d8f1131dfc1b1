// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.cpp -- tarn::map: its types, its calls, its order, its walks
 */
#include "face.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#include <span>
#endif

enum class color : std::int8_t { red = -1, green = 1 };

struct order {
	std::uint64_t id;
	double price;
};

struct point {
	std::uint8_t x, y;
};

template <> struct tarn::type_of<order> {
	static constexpr const char *fields = "Qd";
};

using numbers = tarn::map<std::uint64_t, std::uint64_t>;
using texts = tarn::map<std::string, std::string>;
using pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<numbers>::value, "and can be handed on");
static_assert(std::is_same<texts::mapped_type, std::string>::value, "text is copied out");
static_assert(std::is_same<texts::key_argument, std::string_view>::value, "and not copied in");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::map_entries<int, int>>, "a walk is a range");
#endif

/* What a walk comes by. */
template <class Entries>
static auto
all_of(Entries entries)
{
	std::vector<typename Entries::value_type> all;

	for (const auto &entry : entries)
		all.push_back(entry);
	return all;
}

/* Keys 10, 20, ... and as values, 1, 2, ... */
static void
fill(numbers &map, std::uint64_t count)
{
	for (std::uint64_t i = count; i; i--)
		map.put(10 * i, i);
}

template <class K, class V>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::map<K, V> map(arena, "map");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(map.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_MAP);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
	ck_assert_str_eq(info.fields, fields);
}

START_TEST(types_are_told_to_the_catalog)
{
	check_type<std::uint64_t, std::uint64_t>(TARN_KEY_U64, 8, "Q");
	check_type<std::uint16_t, double>(TARN_KEY_U64, 8, "d");
	check_type<color, color>(TARN_KEY_I64, 1, "b");
	check_type<double, float>(TARN_KEY_F64, 4, "f");
	check_type<std::string, bool>(TARN_KEY_STRING, 1, "?");
	check_type<std::string_view, std::string>(TARN_KEY_STRING, TARN_VALUE_BYTES, "");
	check_type<point, order>(TARN_KEY_BYTES, 16, "Qd");
}
END_TEST

START_TEST(map_of_other_types_is_refused)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert_int_eq(thrown([&] { texts(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::map<double, std::uint64_t>(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::hashmap<std::uint64_t, std::uint64_t>(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "map", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { numbers(arena, "other", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(map_that_c_made_without_fields_is_taken)
{
	struct tarn_type type = tarn::detail::type_of_kind(TARN_KIND_MAP, TARN_KEY_U64, 16, nullptr);
	tarn::arena arena = anonymous();
	struct tarn_map *raw;

	ck_assert_int_eq(tarn_map_open(arena.handle(), &raw, "map", &type, TARN_CREATE, nullptr), 0);
	tarn::map<std::uint64_t, order> map(arena, "map");

	map.put(1, { 2, 3.0 });
	ck_assert_uint_eq((tarn::map_ref<std::uint64_t, order>(raw).at(1).id), 2);
	tarn_map_close(raw);
}
END_TEST

START_TEST(put_get_insert_erase)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert(map.empty());
	ck_assert(!map.get(1) && !map.contains(1));
	map.put(1, 10);
	ck_assert_uint_eq(*map.get(1), 10);
	ck_assert(map.contains(1));
	map.put(1, 11);
	ck_assert(!map.insert(1, 12));
	ck_assert(map.insert(2, 20));
	ck_assert_uint_eq(map.at(1), 11);
	ck_assert_uint_eq(map.size(), 2);
	ck_assert(!map.empty());
	ck_assert(map.erase(1));
	ck_assert(!map.erase(1));
	map.clear();
	ck_assert(map.empty());
	try {
		map.at(1);
		ck_abort_msg("nothing was thrown");
	} catch (const std::out_of_range &e) {
		ck_assert_str_eq(e.what(), "map::at: no such key");
	}
}
END_TEST

START_TEST(values_are_changed_in_one_step)
{
	tarn::arena arena = anonymous();
	tarn::map<std::string, std::int64_t> map(arena, "map");
	int calls = 0;
	auto add = [&](std::optional<std::int64_t> old) {
		if (calls++ < 2)
			map.put("u", 10 * calls); /* as if another had */
		return old.value_or(0) + 1;
	};

	ck_assert_int_eq(map.fetch_add("n", 5), 0);
	ck_assert_int_eq(map.fetch_add("n", -7), 5);
	ck_assert(!map.compare_and_swap("n", 5, 1));
	ck_assert(!map.compare_and_swap("absent", 5, 1));
	ck_assert(map.compare_and_swap("n", -2, 1));
	ck_assert_int_eq(map.at("n"), 1);
	ck_assert_int_eq(map.update("u", add), 21);
	ck_assert_int_eq(calls, 3);
	try {
		map.update("n", [](auto) -> std::int64_t { throw 42; });
		ck_abort_msg("nothing was thrown");
	} catch (int number) {
		ck_assert_int_eq(number, 42);
	}
	ck_assert_int_eq(map.at("n"), 1);
}
END_TEST

START_TEST(neighbours_are_found)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert(!map.first() && !map.last() && !map.lower_bound(0) && !map.pop_first());
	fill(map, 100);
	ck_assert(map.first() == std::make_pair(10ul, 1ul));
	ck_assert(map.last() == std::make_pair(1000ul, 100ul));
	ck_assert_uint_eq(map.lower_bound(20)->first, 20);
	ck_assert_uint_eq(map.lower_bound(21)->first, 30);
	ck_assert_uint_eq(map.upper_bound(20)->first, 30);
	ck_assert_uint_eq(map.upper_bound(19)->second, 2);
	ck_assert(map.lower_bound(1000));
	ck_assert(!map.lower_bound(1001) && !map.upper_bound(1000));
	ck_assert(map.pop_first() == std::make_pair(10ul, 1ul));
	ck_assert(map.pop_first() == std::make_pair(20ul, 2ul));
	ck_assert_uint_eq(map.size(), 98);
}
END_TEST

START_TEST(neighbours_of_any_length)
{
	tarn::arena arena = anonymous();
	tarn::map<std::string, std::string> map(arena, "map");
	std::string key(300, 'k'), value(70000, 'v');

	map.put("a", value);
	map.put(key, "");
	ck_assert(map.first() == std::make_pair(std::string("a"), value));
	ck_assert(map.last() == std::make_pair(key, std::string()));
	ck_assert(map.lower_bound("b")->first == key);
	ck_assert(map.upper_bound({})->second == value);
	ck_assert(map.pop_first()->second == value);
	ck_assert(map.pop_first()->first == key);
	ck_assert(map.empty());
}
END_TEST

START_TEST(keys_have_an_order)
{
	tarn::arena arena = anonymous();
	tarn::map<color, int> colors(arena, "colors");
	tarn::map<double, int> doubles(arena, "doubles");
	tarn::map<std::string, int> words(arena, "words");
	tarn::map<point, int> points(arena, "points");

	colors.put(color::green, 1);
	colors.put(color::red, 2);
	ck_assert(colors.first()->first == color::red);
	doubles.put(1.5, 1);
	doubles.put(-2.5, 2);
	doubles.put(0.0, 3);
	ck_assert(doubles.first()->first < -2.0 && doubles.last()->first > 1.0);
	ck_assert_int_eq(doubles.at(-0.0), 3);
	ck_assert_int_eq(doubles.lower_bound(-1.0)->second, 3);
	ck_assert_int_eq(thrown([&] { doubles.put(std::numeric_limits<double>::quiet_NaN(), 1); }), TARN_INVALID);
	words.put("b", 1);
	words.put("ab", 2);
	words.put("a", 3);
	ck_assert_int_eq(words.first()->second, 3);
	ck_assert_int_eq(words.upper_bound("a")->second, 2);
	points.put({ 2, 1 }, 1);
	points.put({ 1, 9 }, 2);
	ck_assert_int_eq(points.first()->first.y, 9);
	ck_assert_int_eq(points.upper_bound({ 1, 9 })->second, 1);
}
END_TEST

START_TEST(ranges_are_erased)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	tarn::map<std::string, int> words(arena, "words");
	tarn::map<point, int> points(arena, "points");

	fill(map, 10);
	ck_assert_uint_eq(map.erase_range(30, 50), 2);
	ck_assert_uint_eq(map.erase_range(30, 50), 0);
	ck_assert_uint_eq(map.erase_range(std::nullopt, 20), 1);
	ck_assert_uint_eq(map.erase_range(95, std::nullopt), 1);
	ck_assert(all_of(map.entries()) == pairs({ { 20, 2 }, { 50, 5 }, { 60, 6 }, { 70, 7 }, { 80, 8 }, { 90, 9 } }));
	ck_assert_uint_eq(map.erase_range(std::nullopt, std::nullopt), 6);
	for (const char *word : { "a", "ab", "b", "c" })
		words.put(word, 1);
	ck_assert_uint_eq(words.erase_range(std::nullopt, std::string_view()), 0); /* nowhere, but a key */
	ck_assert_uint_eq(words.erase_range("ab", "c"), 2);
	ck_assert(words.contains("a") && words.contains("c"));
	points.put({ 1, 2 }, 3);
	ck_assert_uint_eq(points.erase_range(point{ 1, 3 }, std::nullopt), 0);
	ck_assert_uint_eq(points.erase_range(point{ 1, 2 }, point{ 1, 3 }), 1);
}
END_TEST

START_TEST(entries_are_scanned)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	tarn::map<std::int16_t, bool> narrow(arena, "narrow");
	tarn::map<double, order> doubles(arena, "doubles");
	std::uint64_t keys[3] = { 0, 0, 7 }, values[3];

	fill(map, 1000);
	ck_assert(map.scan(15, 2) == pairs({ { 20, 2 }, { 30, 3 } }));
	ck_assert(map.scan(std::nullopt, 1) == pairs({ { 10, 1 } }));
	ck_assert_uint_eq(map.scan(0, 2000).size(), 1000);
	ck_assert(map.scan(10001, 5).empty());
	ck_assert(map.scan(0, 0).empty());
	ck_assert_uint_eq(map.scan(9990, keys, values, 3), 2);
	ck_assert(keys[0] == 9990 && keys[1] == 10000 && keys[2] == 7 && values[1] == 1000);
	narrow.put(-3, true);
	narrow.put(4, false);
	auto both = narrow.scan(-3, 5);

	ck_assert(both.size() == 2 && both[0].first == -3 && both[0].second && both[1].first == 4);
	doubles.put(0.5, { 1, 2.0 });
	ck_assert_uint_eq(doubles.scan(0.25, 1).at(0).second.id, 1);
}
END_TEST

START_TEST(entries_come_in_order)
{
	tarn::arena arena = anonymous();
	tarn::map<std::string, std::uint64_t> map(arena, "map");
	std::map<std::string, std::uint64_t> model;

	for (std::uint64_t i = 0; i < 1000; i++)
		model[std::to_string(i * 7919 % 1000) + std::string(i % 50, '.')] = i;
	for (const auto &[key, value] : model)
		map.put(key, value);

	auto up = model.begin();
	for (auto [key, value] : map.entries()) {
		ck_assert(key == up->first && value == up->second);
		++up;
	}
	ck_assert(up == model.end());

	auto down = model.rbegin();
	for (auto [key, value] : map.reversed()) {
		ck_assert(key == down->first && value == down->second);
		++down;
	}
	ck_assert(down == model.rend());

	auto from = model.lower_bound("5");
	for (auto [key, value] : map.entries_from("5")) {
		ck_assert(key == from->first && value == from->second);
		++from;
	}
	ck_assert(from == model.end());
}
END_TEST

START_TEST(walks_are_ranges)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	auto nothing = map.entries();

	ck_assert(nothing.begin() == nothing.end());
	fill(map, 10);
	auto walk = map.entries_from(45);
	auto place = std::find_if(walk.begin(), walk.end(), [](auto &entry) { return entry.second == 7; });

	ck_assert(place != walk.end());
	ck_assert_uint_eq(place->first, 70);
	map.erase(80); /* comes, or not */
	map.insert(75, 0);
	while (place != walk.end() && place->first < 90)
		++place;
	ck_assert_uint_eq(place->first, 90);
	ck_assert(all_of(map.entries_from(100)) == pairs({ { 100, 10 } }));
	ck_assert(all_of(map.entries_from(101)).empty());
	ck_assert_uint_eq(all_of(map.reversed()).front().first, 100);
}
END_TEST

START_TEST(entries_that_do_not_fit_are_told)
{
	tarn::arena arena = anonymous();
	tarn::map<color, int> colors(arena, "colors");
	tarn::map<std::int64_t, int> wide(arena, "colors");

	wide.put(1000, 1); /* no color */
	ck_assert_int_eq(thrown([&] { colors.first(); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { all_of(colors.entries()); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { colors.scan(std::nullopt, 1); }), TARN_TYPE);
	ck_assert_uint_eq(wide.size(), 1);
	ck_assert_int_eq(thrown([&] { colors.pop_first(); }), TARN_TYPE);
	ck_assert(wide.empty());
}
END_TEST

START_TEST(many_numbers_at_once)
{
	tarn::arena arena = anonymous();
	tarn::map<std::uint32_t, order> map(arena, "map");
	tarn::map<double, int> doubles(arena, "doubles");
	std::array<std::uint32_t, 3> few = { 1, 2, 4 };
	order all[3] = { { 1, 0.5 }, { 2, 1.5 }, { 3, 2.5 } };

	map.put_many(few.data(), all, 2);
	auto some = map.get_many(few);

	ck_assert(some[0]->id == 1 && some[1]->id == 2 && !some[2]);
	ck_assert_int_eq(thrown([&] { map.put_many(few, std::vector<order>(2)); }), TARN_INVALID);
	ck_assert_uint_eq(map.erase_many(few), 2);
	ck_assert(map.get_many(few.data(), 0).empty());
	doubles.put_many(std::vector<double>{ 1.5, 0.5 }, std::vector<int>{ 1, 2 });
	ck_assert_int_eq(doubles.first()->second, 2);
	ck_assert_int_eq(*doubles.get_many(std::array<double, 1>{ 1.5 })[0], 1);
#if __cplusplus >= 202002L
	ck_assert_uint_eq(map.erase_many(std::span(few)), 0);
#endif
}
END_TEST

START_TEST(many_texts_at_once)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");
	std::vector<std::string> keys = { "a", "bb", "", "large" };
	std::string large(1000, 'x');
	std::vector<std::string_view> values = { "1", "", "empty", large };

	map.put_many(keys, values);
	keys.push_back("absent");
	auto got = map.get_many(keys);

	ck_assert(got[0] == "1" && got[1] == "" && got[2] == "empty" && got[3] == large && !got[4]);
	ck_assert_uint_eq(map.erase_many(keys), 4);
	ck_assert(map.empty());
}
END_TEST

START_TEST(sorted_entries_are_loaded)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	texts words(arena, "words");
	std::vector<std::uint64_t> keys(500), values(500);

	for (std::uint64_t i = 0; i < 500; i++)
		keys[i] = 3 * (values[i] = i);
	map.load(keys, values);
	ck_assert_uint_eq(map.size(), 500);
	ck_assert_uint_eq(map.at(3 * 499), 499);
	std::swap(keys[0], keys[1]);
	map.clear();
	ck_assert_int_eq(thrown([&] { map.load(keys, values); }), TARN_INVALID);
	keys.pop_back();
	ck_assert_int_eq(thrown([&] { map.load(keys, values); }), TARN_INVALID);
	ck_assert(map.empty());
	map.load(keys.data(), values.data(), 0);
	words.load(std::array<std::string_view, 2>{ "a", "b" }, std::array<std::string, 2>{ "1", "2" });
	ck_assert(words.at("b") == "2");
}
END_TEST

START_TEST(maps_are_exchanged_copied_and_compared)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	numbers one(arena, "one"), two(arena, "two"), far(elsewhere, "far");
	texts words(arena, "words"), more(arena, "more");

	fill(one, 10);
	ck_assert(!one.equal(two) && two.equal(far));
	two.copy(one);
	far.copy(one);
	ck_assert(one.equal(two) && far.equal(one));
	two.put(10, 99);
	ck_assert(!one.equal(two));
	ck_assert(two.pop_last() == std::make_pair(100ul, 10ul));
	one.swap(two);
	ck_assert(one.size() == 9 && one.at(10) == 99 && two.size() == 10);
	ck_assert_int_eq(thrown([&] { one.swap(far); }), TARN_INVALID);
	words.put("a", std::string(5000, 'v'));
	words.swap(more);
	ck_assert(words.empty() && !words.pop_last());
	ck_assert(more.pop_last()->second == std::string(5000, 'v'));
	arena.transact([&](tarn::transaction &tx) {
		tx(one).swap(tx(two));
		tx(one).copy(tx(two));
		ck_assert(tx(one).equal(tx(two)));
	}, one, two);
	ck_assert(one.equal(two));
}
END_TEST

START_TEST(transaction_changes_all_or_nothing)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	texts words(arena, "words");
	std::string large(5000, 'x');
	auto work = [&](tarn::transaction &tx) {
		auto m = tx(map);
		auto w = tx(words);

		ck_assert_uint_eq(m.pop_first()->first, 10);
		ck_assert_uint_eq(m.erase_range(30, 50), 2);
		ck_assert_uint_eq(m.fetch_add(60, 1), 6);
		m.put_many(std::array<std::uint64_t, 2>{ 1, 2 }, std::array<std::uint64_t, 2>{ 3, 4 });
		ck_assert(w.pop_first()->second == large);
		ck_assert(all_of(m.entries_from(2)) == pairs({ { 2, 4 }, { 20, 2 }, { 50, 5 }, { 60, 7 } }));
	};

	fill(map, 6);
	words.put("w", large);
	try {
		arena.transact([&](tarn::transaction &tx) {
			work(tx);
			throw 42;
		}, map, words);
		ck_abort_msg("nothing was thrown");
	} catch (int number) {
		ck_assert_int_eq(number, 42);
	}
	ck_assert_uint_eq(map.size(), 6);
	ck_assert_uint_eq(map.at(60), 6);
	ck_assert(words.at("w") == large);
	arena.transact(work, map, words);
	ck_assert(map.scan(0, 9) == pairs({ { 1, 3 }, { 2, 4 }, { 20, 2 }, { 50, 5 }, { 60, 7 } }));
	ck_assert(words.empty());
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](tarn::transaction &tx) { tx(words).clear(); }, map);
	}), TARN_INVALID);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map"), other(arena, "other");
	tarn::map_ref<std::uint64_t, std::uint64_t> ref = map;
	struct tarn_map *raw = map.handle();

	other = std::move(map);
	ck_assert_ptr_null(map.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	ref.put(2, 2);
	ck_assert(other.contains(2));
	ck_assert(arena.remove_object("map"));
	try {
		other.get(2);
		ck_abort_msg("nothing was thrown");
	} catch (const tarn::error &e) {
		ck_assert(e.code() == tarn::errc::REMOVED);
		ck_assert_ptr_nonnull(strstr(e.what(), "map::get"));
	}
	ck_assert_int_eq(thrown([&] { other.put(2, 2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.entries(); }), TARN_REMOVED);
}
END_TEST

START_TEST(reader_may_read_only)
{
	scratch_name scratch;
	tarn::arena arena = tarn::arena::create(scratch.name);
	numbers map(arena, "map");

	map.put(1, 10);
	tarn::arena reader = tarn::arena::open_read_only(scratch.name);
	numbers seen(reader, "map", tarn::open_mode::open);

	ck_assert_uint_eq(seen.first()->second, 10);
	ck_assert_int_eq(thrown([&] { seen.pop_first(); }), TARN_READ_ONLY);
	ck_assert_int_eq(thrown([&] { seen.erase_range(1, 2); }), TARN_READ_ONLY);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	in_child([&] { fill(map, 1000); });
	ck_assert_uint_eq(map.size(), 1000);
	ck_assert_uint_eq(map.pop_first()->second, 1);
	ck_assert_uint_eq(map.last()->second, 1000);
}
END_TEST

int
main()
{
	return run_tests("map", {
		types_are_told_to_the_catalog,
		map_of_other_types_is_refused,
		map_that_c_made_without_fields_is_taken,
		put_get_insert_erase,
		values_are_changed_in_one_step,
		neighbours_are_found,
		neighbours_of_any_length,
		keys_have_an_order,
		ranges_are_erased,
		entries_are_scanned,
		entries_come_in_order,
		walks_are_ranges,
		entries_that_do_not_fit_are_told,
		many_numbers_at_once,
		many_texts_at_once,
		sorted_entries_are_loaded,
		maps_are_exchanged_copied_and_compared,
		transaction_changes_all_or_nothing,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
