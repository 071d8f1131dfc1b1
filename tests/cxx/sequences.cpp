// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sequences.cpp -- tarn::vector, tarn::string and tarn::region
 */
#include "face.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

struct order {
	std::uint64_t id;
	double price;
};

template <> struct tarn::type_of<order> {
	static constexpr const char *fields = "Qd";
};

using doubles = tarn::vector<double>;

static_assert(!std::is_copy_constructible<doubles>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<doubles>::value, "and can be handed on");
static_assert(!std::is_copy_constructible<tarn::string>::value, "a handle has one owner");
static_assert(!std::is_copy_constructible<tarn::region>::value, "a handle has one owner");

/* ---- vector ------------------------------------------------------------------------------------ */

template <class T>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::vector<T> vector(arena, "vector");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(vector.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_VECTOR);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
	ck_assert_str_eq(info.fields, fields);
}

START_TEST(elements_are_told_to_the_catalog)
{
	check_type<std::uint64_t>(TARN_KEY_U64, 8, "Q");
	check_type<long>(TARN_KEY_I64, 8, "q");
	check_type<unsigned>(TARN_KEY_U32, 4, "I");
	check_type<int>(TARN_KEY_I32, 4, "i");
	check_type<double>(TARN_KEY_F64, 8, "d");
	check_type<float>(TARN_KEY_NONE, 4, "f");
	check_type<short>(TARN_KEY_NONE, 2, "h");
	check_type<order>(TARN_KEY_NONE, 16, "Qd");
	check_type<std::array<char, 3>>(TARN_KEY_NONE, 3, "");
}
END_TEST

START_TEST(vector_of_another_type_is_refused)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> vector(arena, "v");

	ck_assert_int_eq(thrown([&] { tarn::vector<unsigned>(arena, "v"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::string(arena, "v"); }), TARN_TYPE);
}
END_TEST

START_TEST(elements_are_read_and_changed)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> v(arena, "v");

	ck_assert(v.empty());
	ck_assert(!v.front());
	ck_assert(!v.pop_back());
	v.push_back(1);
	v.append({ 2, 3, 4 });
	v.append(std::vector<int>{ 5, 6 });
	ck_assert_uint_eq(v.size(), 6);
	ck_assert_uint_ge(v.capacity(), 6);
	ck_assert_int_eq(*v.front(), 1);
	ck_assert_int_eq(*v.back(), 6);
	ck_assert_int_eq(*v.pop_back(), 6);
	ck_assert_int_eq(v.at(4), 5);
	ck_assert(!v.get(5));
	v.set(0, -1);
	v.insert(1, 7);
	v.insert(7 - 1, std::array<int, 2>{ 8, 9 }.data(), 2);
	ck_assert(v.read() == std::vector<int>({ -1, 7, 2, 3, 4, 5, 8, 9 }));
	v.erase(0);
	v.erase(5, tarn::vector<int>::npos);
	ck_assert(v.read() == std::vector<int>({ 7, 2, 3, 4, 5 }));
	ck_assert_int_eq(v.fetch_add(0, -10), 7);
	ck_assert_int_eq(v.at(0), -3);
	ck_assert(!v.compare_and_swap(0, 7, 1));
	ck_assert(v.compare_and_swap(0, -3, 1));
	v.resize(3);
	v.resize(5, 4);
	ck_assert(v.read() == std::vector<int>({ 1, 2, 3, 4, 4 }));
	ck_assert_uint_eq(*v.find(4), 3);
	ck_assert_uint_eq(*v.find(4, 4), 4);
	ck_assert(!v.find(9));
	v.assign({ 9, 8 });
	ck_assert(v.read() == std::vector<int>({ 9, 8 }));
	v.clear();
	v.shrink_to_fit();
	v.reserve(100);
	ck_assert_uint_ge(v.capacity(), 100);
	ck_assert(v.empty());
}
END_TEST

START_TEST(index_beyond_the_end_is_out_of_range)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> v(arena, "v");
	int room[2];

	v.push_back(1);
	ck_assert(out_of_range([&] { v.at(1); }));
	ck_assert(out_of_range([&] { v.set(1, 1); }));
	ck_assert(out_of_range([&] { v.insert(2, 1); }));
	ck_assert(out_of_range([&] { v.erase(1); }));
	ck_assert(out_of_range([&] { v.fetch_add(1, 1); }));
	ck_assert(out_of_range([&] { v.compare_and_swap(1, 1, 1); }));
	ck_assert(out_of_range([&] { v.update(1, [](int old) { return old; }); }));
	ck_assert(out_of_range([&] { v.read(2); }));
	ck_assert(out_of_range([&] { v.read(2, room, 2); }));
	ck_assert_uint_eq(v.read(0, room, 2), 1);
	ck_assert(v.read() == std::vector<int>({ 1 }));
}
END_TEST

START_TEST(parts_are_read)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> v(arena, "v");

	v.append({ 0, 1, 2, 3 });
	ck_assert(v.read(1) == std::vector<int>({ 1, 2, 3 }));
	ck_assert(v.read(1, 2) == std::vector<int>({ 1, 2 }));
	ck_assert(v.read(1, 9) == std::vector<int>({ 1, 2, 3 }));
	ck_assert(v.read(4).empty());
	ck_assert(v.read(0, 0).empty());
	v.append(nullptr, 0);
	v.insert(4, nullptr, 0);
	v.append(std::vector<int>());
	ck_assert_uint_eq(v.size(), 4);
	v.assign(nullptr, 0);
	ck_assert(v.read().empty());
}
END_TEST

START_TEST(numbers_and_structs_are_sorted)
{
	tarn::arena arena = anonymous();
	doubles d(arena, "d");
	tarn::vector<order> orders(arena, "o");

	d.append({ 3.5, -1, std::numeric_limits<double>::infinity(), 0 });
	d.sort();
	ck_assert(d.read() == std::vector<double>({ -1, 0, 3.5, std::numeric_limits<double>::infinity() }));
	d.sort([](double a, double b) { return a > b; });
	ck_assert(std::isinf(*d.front()));
	orders.append({ { 1, 2.5 }, { 2, 1.5 }, { 3, 3.5 } });
	orders.sort([](const order &a, const order &b) { return a.price < b.price; });
	ck_assert_uint_eq(orders.at(0).id, 2);
	ck_assert_uint_eq(orders.at(2).id, 3);
}
END_TEST

START_TEST(update_computes_again_when_others_were_faster)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> v(arena, "v");
	int calls = 0;

	v.push_back(1);
	ck_assert_int_eq(v.update(0, [&](int old) {
		if (calls++ == 0)
			v.set(0, 10); /* as if another had */
		return old + 1;
	}), 11);
	ck_assert_int_eq(v.at(0), 11);
}
END_TEST

START_TEST(view_is_valid_until_something_changes)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> v(arena, "v");
	int sum = 0;

	v.append({ 1, 2, 3 });
	auto view = v.view();

	for (int value : view)
		sum += value;
	ck_assert(view.valid());
	ck_assert_int_eq(sum, 6);
	ck_assert_uint_eq(view.size(), 3);
	v.append({ 4 });
	ck_assert(view.valid());
	v.resize(2);
	ck_assert(!view.valid());
}
END_TEST

START_TEST(vectors_are_swapped_and_bounded)
{
	tarn::arena arena = anonymous();
	tarn::vector<int> a(arena, "a"), b(arena, "b");
	tarn::vector<int> bounded = tarn::vector<int>::bounded(arena, "c", 2);

	a.append({ 1, 2 });
	a.swap(b);
	ck_assert(a.empty());
	ck_assert_int_eq(b.at(1), 2);
	bounded.append({ 1, 2 });
	ck_assert_int_eq(thrown([&] { bounded.push_back(3); }), TARN_FULL);
	a = std::move(bounded);
	ck_assert_ptr_null(bounded.handle());
	ck_assert_int_eq(a.at(0), 1);
}
END_TEST

/* ---- string ------------------------------------------------------------------------------------ */

START_TEST(string_is_read_and_changed)
{
	tarn::arena arena = anonymous();
	tarn::string s(arena, "s");
	std::string large(3000, 'x');

	ck_assert(s.empty());
	ck_assert(s.get().empty());
	s.append("hello");
	s.append(std::string(" world"));
	ck_assert(s.get() == "hello world");
	ck_assert(s.substr(6, 3) == "wor");
	ck_assert(s.substr(6, s.npos) == "world");
	ck_assert(s.substr(11, 1).empty());
	ck_assert_uint_eq(*s.find("o"), 4);
	ck_assert_uint_eq(*s.find("o", 5), 7);
	ck_assert(!s.find("z"));
	s.replace(0, 5, "bye");
	s.insert(3, ",");
	ck_assert(s.get() == "bye, world");
	s.erase(3, s.npos);
	ck_assert(s.get() == "bye");
	ck_assert(!s.compare_and_swap("hello", "x"));
	ck_assert(s.compare_and_swap("bye", "x"));
	s.assign(large);
	ck_assert(s.get() == large);
	ck_assert_uint_eq(s.size(), 3000);
	ck_assert_uint_ge(s.capacity(), 3000);
	s.clear();
	s.shrink_to_fit();
	s.reserve(50);
	ck_assert_uint_ge(s.capacity(), 50);
	ck_assert(out_of_range([&] { s.insert(1, "x"); }));
	ck_assert(out_of_range([&] { s.erase(0, 1); }));
	ck_assert(out_of_range([&] { s.substr(1, 1); }));
}
END_TEST

START_TEST(string_is_updated_and_swapped)
{
	tarn::arena arena = anonymous();
	tarn::string a(arena, "a"), b(arena, "b");
	int calls = 0;

	ck_assert(a.update([&](const std::string &old) {
		if (calls++ == 0)
			a.assign("other"); /* as if another had */
		return old + "!";
	}) == "other!");
	a.swap(b);
	ck_assert(a.empty());
	ck_assert(b.get() == "other!");
	a = std::move(b);
	ck_assert(a.get() == "other!");
	ck_assert_ptr_null(b.handle());
}
END_TEST

/* ---- region ------------------------------------------------------------------------------------ */

START_TEST(region_has_blocks_and_a_root)
{
	tarn::arena arena = anonymous();
	tarn::region region(arena, "r");
	order *first = region.create(order{ 1, 2.5 });
	tarn_off off = region.offset(first);

	ck_assert_uint_eq(region.root(), 0);
	region.set_root(off);
	ck_assert_uint_eq(region.root(), off);
	ck_assert_ptr_eq(region.pointer<order>(off), first);
	ck_assert_uint_eq(region.pointer<order>(off)->id, 1);
	ck_assert_ptr_null(region.pointer<order>(off + 1));
	ck_assert_ptr_null(region.pointer<order>(~std::uint64_t(0) - 7));
	region.set_root(0);
	region.free(first);
	ck_assert_int_eq(thrown([&] { region.free(off); }), TARN_INVALID);
	ck_assert_uint_ne(region.alloc(100), 0);
	tarn::region other(std::move(region));

	ck_assert_ptr_null(region.handle());
	ck_assert_uint_eq(other.root(), 0);
}
END_TEST

int
main()
{
	return run_tests("sequences", {
		elements_are_told_to_the_catalog,
		vector_of_another_type_is_refused,
		elements_are_read_and_changed,
		index_beyond_the_end_is_out_of_range,
		parts_are_read,
		numbers_and_structs_are_sorted,
		update_computes_again_when_others_were_faster,
		view_is_valid_until_something_changes,
		vectors_are_swapped_and_bounded,
		string_is_read_and_changed,
		string_is_updated_and_swapped,
		region_has_blocks_and_a_root,
	});
}
