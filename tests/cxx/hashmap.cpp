// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.cpp -- tarn::hashmap: its types, its calls, its walks
 */
#include "face.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

enum class color : std::int8_t { red = -1, green = 1 };

struct order {
	std::uint64_t id;
	double price;
};

/* With padding, which compare_and_swap must carry along. */
struct padded {
	char letter;
	std::uint64_t number;
};

struct point {
	std::int32_t x, y;
};

template <> struct tarn::type_of<order> {
	static constexpr const char *fields = "Qd";
};

using numbers = tarn::hashmap<std::uint64_t, std::uint64_t>;
using texts = tarn::hashmap<std::string, std::string>;

static_assert(!std::is_copy_constructible<numbers>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<numbers>::value, "and can be handed on");
static_assert(std::is_same<texts::mapped_type, std::string>::value, "text is copied out");
static_assert(std::is_same<texts::key_argument, std::string_view>::value, "and not copied in");

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<tarn::hashmap_entries<int, int>>, "a walk is a range");
#endif

/* What the catalog says of an object. */
static struct tarn_type
stored_type(struct tarn_object *object, std::string &fields)
{
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(object, &info), 0);
	fields = info.fields;
	return info.type;
}

template <class K, class V>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<K, V> map(arena, "map");
	std::string stored;
	struct tarn_type type = stored_type(map.object(), stored);

	ck_assert_int_eq(type.kind, TARN_KIND_HASHMAP);
	ck_assert_int_eq(type.key, key);
	ck_assert_uint_eq(type.value_size, size);
	ck_assert_str_eq(stored.c_str(), fields);
}

START_TEST(types_are_told_to_the_catalog)
{
	check_type<std::uint64_t, std::uint64_t>(TARN_KEY_U64, 8, "Q");
	check_type<std::uint16_t, double>(TARN_KEY_U64, 8, "d");
	check_type<int, float>(TARN_KEY_I64, 4, "f");
	check_type<color, color>(TARN_KEY_I64, 1, "b");
	check_type<std::string, bool>(TARN_KEY_STRING, 1, "?");
	check_type<std::string_view, std::string>(TARN_KEY_STRING, TARN_VALUE_BYTES, "");
	check_type<point, order>(TARN_KEY_BYTES, 16, "Qd");
	check_type<std::uint64_t, std::array<int, 3>>(TARN_KEY_U64, 12, "");
}
END_TEST

START_TEST(map_of_other_types_is_refused)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert_int_eq(thrown([&] { texts(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::hashmap<std::uint64_t, double>(arena, "map"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { numbers(arena, "map", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { numbers(arena, "other", tarn::open_mode::open); }), TARN_NOT_FOUND);
	try {
		texts wrong(arena, "map");
	} catch (const std::exception &e) {
		ck_assert_ptr_nonnull(strstr(e.what(), "map is a hashmap of u64 to 8 bytes"));
		ck_assert_ptr_nonnull(strstr(e.what(), "not a hashmap of string"));
	}
}
END_TEST

START_TEST(map_that_c_made_without_fields_is_taken)
{
	struct tarn_type type = tarn::detail::type_of_kind(TARN_KIND_HASHMAP, TARN_KEY_U64, 8, nullptr);
	tarn::arena arena = anonymous();
	struct tarn_hashmap *raw;

	ck_assert_int_eq(tarn_hashmap_open(arena.handle(), &raw, "map", &type, TARN_CREATE, nullptr), 0);
	numbers map(arena, "map");

	map.put(1, 2);
	ck_assert_uint_eq((tarn::hashmap_ref<std::uint64_t, std::uint64_t>(raw).at(1)), 2);
	tarn_hashmap_close(raw);
	tarn::hashmap<std::uint64_t, order> orders(arena, "orders"); /* C may open it without, too */

	type.value_size = sizeof(order);
	ck_assert_int_eq(tarn_hashmap_open(arena.handle(), &raw, "orders", &type, TARN_OPEN, nullptr), 0);
	tarn_hashmap_close(raw);
}
END_TEST

START_TEST(put_get_insert_erase)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	ck_assert(map.empty());
	ck_assert(!map.get(1));
	ck_assert(!map.contains(1));
	map.put(1, 10);
	ck_assert_uint_eq(*map.get(1), 10);
	ck_assert_uint_eq(map.at(1), 10);
	ck_assert(map.contains(1));
	map.put(1, 11);
	ck_assert(!map.insert(1, 12));
	ck_assert(map.insert(2, 20));
	ck_assert_uint_eq(map.at(1), 11);
	ck_assert_uint_eq(map.size(), 2);
	ck_assert(map.erase(1));
	ck_assert(!map.erase(1));
	ck_assert_uint_eq(map.get(1).value_or(7), 7);
	map.clear();
	ck_assert(map.empty());
	try {
		map.at(1);
		ck_abort_msg("nothing was thrown");
	} catch (const std::out_of_range &) {
	}
}
END_TEST

START_TEST(negative_and_narrow_keys_keep_their_value)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<color, int> colors(arena, "colors");
	tarn::hashmap<std::int64_t, int> wide(arena, "colors");

	colors.put(color::red, -5);
	ck_assert_int_eq(wide.at(-1), -5);
	for (auto [key, value] : colors.entries()) {
		ck_assert(key == color::red);
		ck_assert_int_eq(value, -5);
	}
	wide.put(1000, 1); /* no color */
	ck_assert_int_eq(thrown([&] {
		for (const auto &entry : colors.entries())
			ck_assert(entry.first == color::red);
	}), TARN_TYPE);
}
END_TEST

START_TEST(structs_are_keys_and_values)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<point, order> map(arena, "map");

	map.put({ 1, -2 }, { 3, 4.5 });
	ck_assert_uint_eq(map.at({ 1, -2 }).id, 3);
	ck_assert(map.at({ 1, -2 }).price > 4.4);
	ck_assert(!map.contains({ 1, 2 }));
}
END_TEST

START_TEST(texts_are_keys_and_values_of_any_length)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");
	std::string zeros("a\0b", 3), large(100000, 'x');

	for (std::size_t size : { 0, 1, 255, 256, 257, 5000 })
		map.put(std::to_string(size), std::string(size, 'v'));
	for (std::size_t size : { 0, 1, 255, 256, 257, 5000 })
		ck_assert(map.at(std::to_string(size)) == std::string(size, 'v'));
	map.put(zeros, zeros);
	ck_assert(map.at(zeros) == zeros);
	map.put({}, {}); /* nowhere, and none */
	ck_assert(map.at("").empty());
	ck_assert(map.compare_and_swap({}, {}, "x"));
	ck_assert(!map.contains("a"));
	map.put("large", large);
	ck_assert(map.get("large") == large);
}
END_TEST

START_TEST(fetch_add_counts)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<std::string, std::int64_t> map(arena, "map");

	ck_assert_int_eq(map.fetch_add("n", 5), 0);
	ck_assert_int_eq(map.fetch_add("n", -7), 5);
	ck_assert_int_eq(map.at("n"), -2);
}
END_TEST

START_TEST(compare_and_swap_replaces_the_expected_only)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");

	ck_assert(!map.compare_and_swap("k", "", "new"));
	map.put("k", "old");
	ck_assert(!map.compare_and_swap("k", "other", "new"));
	ck_assert(map.compare_and_swap("k", "old", "new"));
	ck_assert(map.at("k") == "new");
}
END_TEST

START_TEST(update_computes_again_when_others_were_faster)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	int calls = 0;
	auto add = [&](std::optional<std::uint64_t> old) {
		if (calls++ < 3)
			map.put(1, 10 * static_cast<std::uint64_t>(calls)); /* as if another had */
		return old.value_or(0) + 1;
	};

	ck_assert_uint_eq(map.update(1, add), 31);
	ck_assert_int_eq(calls, 4);
	ck_assert_uint_eq(map.at(1), 31);
	ck_assert_uint_eq(map.update(2, add), 1);
}
END_TEST

START_TEST(update_lets_exceptions_pass_and_carries_padding)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<std::uint64_t, padded> map(arena, "map");
	padded dirty;

	memset(static_cast<void *>(&dirty), 0xa5, sizeof(dirty));
	dirty.letter = 'a';
	dirty.number = 1;
	map.put(1, dirty);
	map.update(1, [](std::optional<padded> old) {
		old->number++;
		return *old;
	});
	ck_assert_uint_eq(map.at(1).number, 2);
	try {
		map.update(1, [](std::optional<padded>) -> padded { throw 42; });
		ck_abort_msg("nothing was thrown");
	} catch (int number) {
		ck_assert_int_eq(number, 42);
	}
	ck_assert_uint_eq(map.at(1).number, 2);
}
END_TEST

START_TEST(entries_come_once_each)
{
	tarn::arena arena = anonymous();
	tarn::hashmap<std::string, std::uint64_t> map(arena, "map");
	std::map<std::string, std::uint64_t> model, seen;

	for (std::uint64_t i = 0; i < 1000; i++)
		model[std::to_string(i) + std::string(i % 50, '.')] = i;
	for (const auto &[key, value] : model)
		map.put(key, value);
	for (auto [key, value] : map.entries())
		ck_assert(seen.emplace(key, value).second);
	ck_assert(seen == model);

	auto walk = map.entries();
	auto large = std::find_if(walk.begin(), walk.end(), [](auto &entry) { return entry.second > 990; });

	ck_assert(large != walk.end());
	ck_assert_uint_eq(model.at(large->first), large->second);
	tarn::hashmap<int, int> empty(arena, "empty");
	auto nothing = empty.entries();

	ck_assert(nothing.begin() == nothing.end());
}
END_TEST

START_TEST(many_numbers_at_once)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");
	tarn::hashmap<std::uint32_t, padded> narrow(arena, "narrow");
	std::vector<std::uint64_t> keys, values;
	std::array<std::uint32_t, 3> few = { 1, 2, 4 };

	for (std::uint64_t i = 0; i < 500; i++) {
		keys.push_back(3 * i);
		values.push_back(i);
	}
	map.put_many(keys, values);
	ck_assert_uint_eq(map.size(), 500);
	keys.push_back(1);
	std::vector<std::optional<std::uint64_t>> got = map.get_many(keys);

	ck_assert_uint_eq(got.size(), 501);
	for (std::size_t i = 0; i < 500; i++)
		ck_assert_uint_eq(*got[i], i);
	ck_assert(!got[500]);
	ck_assert_uint_eq(map.erase_many(keys.data() + 499, 2), 1);
	ck_assert_int_eq(thrown([&] { map.put_many(keys, values); }), TARN_INVALID);

	padded all[3] = { { 'a', 1 }, { 'b', 2 }, { 'c', 3 } };

	narrow.put_many(few.data(), all, 2);
	auto some = narrow.get_many(few);

	ck_assert_int_eq(some[0]->letter, 'a');
	ck_assert_uint_eq(some[1]->number, 2);
	ck_assert(!some[2]);
	ck_assert_uint_eq(narrow.erase_many(few), 2);
	ck_assert(map.get_many(keys.data(), 0).empty());
}
END_TEST

START_TEST(many_texts_at_once)
{
	tarn::arena arena = anonymous();
	texts map(arena, "map");
	std::vector<std::string> keys = { "a", "bb", "", "large" };
	std::vector<std::string_view> values = { "1", "", "empty", "" };
	std::string large(1000, 'x');

	values[3] = large;
	map.put_many(keys, values);
	keys.push_back("absent");
	auto got = map.get_many(keys);

	ck_assert(got[0] == "1");
	ck_assert(got[1] == "");
	ck_assert(got[2] == "empty");
	ck_assert(got[3] == large);
	ck_assert(!got[4]);
	ck_assert_uint_eq(map.erase_many(keys), 4);
	ck_assert(map.empty());
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map"), other(arena, "other");
	tarn::hashmap_ref<std::uint64_t, std::uint64_t> ref = map;
	struct tarn_hashmap *raw = map.handle();

	other.put(1, 1);
	other = std::move(map);
	ck_assert_ptr_null(map.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	ref.put(2, 2);
	ck_assert(!other.contains(1));
	ck_assert(other.contains(2));
	ck_assert(arena.remove_object("map"));
	ck_assert_int_eq(thrown([&] { other.get(2); }), TARN_REMOVED);
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

	ck_assert_uint_eq(seen.at(1), 10);
	ck_assert_int_eq(thrown([&] { seen.put(1, 11); }), TARN_READ_ONLY);
	ck_assert_int_eq(thrown([&] { seen.update(1, [](auto) { return 1; }); }), TARN_READ_ONLY);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	numbers map(arena, "map");

	in_child([&] {
		for (std::uint64_t i = 0; i < 1000; i++)
			map.put(i, i);
	});
	ck_assert_uint_eq(map.size(), 1000);
	map.put(1000, 1000);
	ck_assert_uint_eq(map.at(999), 999);
}
END_TEST

int
main()
{
	return run_tests("hashmap", {
		types_are_told_to_the_catalog,
		map_of_other_types_is_refused,
		map_that_c_made_without_fields_is_taken,
		put_get_insert_erase,
		negative_and_narrow_keys_keep_their_value,
		structs_are_keys_and_values,
		texts_are_keys_and_values_of_any_length,
		fetch_add_counts,
		compare_and_swap_replaces_the_expected_only,
		update_computes_again_when_others_were_faster,
		update_lets_exceptions_pass_and_carries_padding,
		entries_come_once_each,
		many_numbers_at_once,
		many_texts_at_once,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
