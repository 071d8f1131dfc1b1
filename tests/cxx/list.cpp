// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.cpp -- tarn::list: its types and its calls
 */
#include "face.hpp"

#include <array>
#include <functional>
#include <vector>

struct job {
	std::uint64_t id;
	double weight;
};

template <> struct tarn::type_of<job> {
	static constexpr const char *fields = "Qd";
};

using ints = tarn::list<int>;
using texts = tarn::list<std::string>;
using numbers = std::vector<int>;
using words = std::vector<std::string>;

static_assert(!std::is_copy_constructible<ints>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<ints>::value, "and can be handed on");
static_assert(std::is_trivially_copyable<tarn::list_handle>::value, "an element's can be stored");

template <class T>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::list<T> list(arena, "list");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(list.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_LIST);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
	ck_assert_str_eq(info.fields, fields);
}

START_TEST(elements_are_told_to_the_catalog)
{
	check_type<std::uint64_t>(TARN_KEY_U64, 8, "Q");
	check_type<int>(TARN_KEY_I32, 4, "i");
	check_type<double>(TARN_KEY_F64, 8, "d");
	check_type<job>(TARN_KEY_NONE, 16, "Qd");
	check_type<std::array<char, 3>>(TARN_KEY_NONE, 3, "");
	check_type<std::string>(TARN_KEY_BYTES, TARN_VALUE_BYTES, "");
}
END_TEST

START_TEST(list_of_another_type_is_refused)
{
	tarn::arena arena = anonymous();
	ints list(arena, "l");

	ck_assert_int_eq(thrown([&] { tarn::list<unsigned>(arena, "l"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::vector<int>(arena, "l"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { ints(arena, "l", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { ints(arena, "m", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(both_ends)
{
	tarn::arena arena = anonymous();
	ints l(arena, "l");

	ck_assert(l.empty());
	ck_assert(!l.front() && !l.back() && !l.pop_front() && !l.pop_back());
	ck_assert(!l.first().where && !l.last().where);
	l.push_back(2);
	l.push_front(1);
	l.append({ 3, 4 });
	l.append(std::array<int, 2>{ 5, 6 });
	ck_assert(!l.empty());
	ck_assert_uint_eq(l.size(), 6);
	ck_assert_int_eq(*l.front(), 1);
	ck_assert_int_eq(*l.back(), 6);
	ck_assert_int_eq(*l.pop_front(), 1);
	ck_assert_int_eq(*l.pop_back(), 6);
	ck_assert(l.read() == numbers({ 2, 3, 4, 5 }));
}
END_TEST

START_TEST(handles_name_elements)
{
	tarn::arena arena = anonymous();
	ints l(arena, "l");
	tarn::list_handle two = l.push_back(2), four = l.push_back(4), three = l.insert(four, 3);
	int sum = 0;

	l.insert_after(ints::end, 1);
	l.insert_after(four, 5);
	ck_assert(l.read() == numbers({ 1, 2, 3, 4, 5 }));
	ck_assert_int_eq(l.at(three), 3);
	ck_assert(l.set(three, -3) && *l.get(three) == -3);
	for (tarn::list_handle h = l.first(); h.where; h = *l.next(h))
		sum = 10 * sum + l.at(h);
	ck_assert_int_eq(sum, 12000 - 300 + 45);
	ck_assert_int_eq(l.at(*l.prev(two)), 1);
	ck_assert_uint_eq(l.handles().size(), 5);
	ck_assert(l.erase(three) && !l.erase(three) && !l.set(three, 1) && !l.get(three) && !l.next(three));
	ck_assert(out_of_range([&] { l.at(three); }));
	ck_assert(out_of_range([&] { l.insert(three, 1); }));
	ck_assert(out_of_range([&] { l.insert_after(three, 1); }));
	ck_assert(l.read() == numbers({ 1, 2, 4, 5 }));
}
END_TEST

START_TEST(text_is_of_any_length)
{
	tarn::arena arena = anonymous();
	std::string large(5000, 'x');
	texts l(arena, "l");

	l.append({ "pear", "", "apple" });
	tarn::list_handle at = l.push_front(large);

	ck_assert(l.read() == words({ large, "pear", "", "apple" }));
	ck_assert(l.at(at) == large);
	l.set(at, "plum");
	l.sort();
	ck_assert(l.read() == words({ "", "apple", "pear", "plum" }));
	ck_assert_uint_eq(l.remove("apple"), 1);
	l.resize(5, "new");
	ck_assert(*l.pop_back() == "new" && *l.pop_front() == "");
	l.resize(1);
	ck_assert(l.read() == words({ "pear" }));
	l.assign(words({ "a", "b" }));
	ck_assert(l.read() == words({ "a", "b" }));
}
END_TEST

START_TEST(order_is_changed)
{
	tarn::arena arena = anonymous();
	tarn::list<job> jobs(arena, "jobs");
	ints l(arena, "l"), m(arena, "m");

	l.assign({ 3, 1, 2, 1 });
	l.sort();
	ck_assert(l.read() == numbers({ 1, 1, 2, 3 }));
	ck_assert_uint_eq(l.unique(), 1);
	l.reverse();
	ck_assert(l.read() == numbers({ 3, 2, 1 }));
	l.sort(std::less<int>());
	m.assign({ 0, 2, 4 });
	l.merge(m);
	ck_assert(l.read() == numbers({ 0, 1, 2, 2, 3, 4 }) && m.empty());
	l.sort(std::greater<int>());
	m.push_back(2);
	l.merge(m, std::greater<int>());
	ck_assert_uint_eq(l.remove(2), 3);
	ck_assert(l.read() == numbers({ 4, 3, 1, 0 }));
	jobs.append({ { 1, 0.5 }, { 2, 0.25 } });
	jobs.sort([](const job &a, const job &b) { return a.weight < b.weight; });
	ck_assert_uint_eq(jobs.front()->id, 2);
}
END_TEST

START_TEST(elements_move_from_list_to_list)
{
	tarn::arena arena = anonymous();
	ints a(arena, "a"), b(arena, "b");

	a.assign({ 1, 2, 3, 4, 5 });
	std::vector<tarn::list_handle> at = a.handles();

	b.splice(ints::end, a, at[2]);
	b.splice(at[2], a, at[0], at[3]);
	ck_assert(a.read() == numbers({ 4, 5 }) && b.read() == numbers({ 1, 2, 3 }));
	a.splice(at[4], b);
	ck_assert(a.read() == numbers({ 4, 1, 2, 3, 5 }) && b.empty());
	a.splice(at[3], a, at[4]);
	ck_assert(a.read() == numbers({ 5, 4, 1, 2, 3 }));
	ck_assert_int_eq(a.at(at[1]), 2);
	a.erase(at[1]);
	ck_assert(out_of_range([&] { b.splice(ints::end, a, at[1]); }));
	ck_assert_int_eq(thrown([&] { a.splice(ints::end, a); }), TARN_INVALID);
}
END_TEST

START_TEST(contents_are_swapped_and_copied)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	ints a(arena, "a"), b(arena, "b"), c(elsewhere, "c");

	a.assign({ 1, 2 });
	b.assign({ 3 });
	a.swap(b);
	ck_assert(a.read() == numbers({ 3 }) && b.read() == numbers({ 1, 2 }));
	ck_assert(!a.equal(b));
	a.copy(b);
	ck_assert(a.read() == numbers({ 1, 2 }) && a.equal(b));
	a.clear();
	ck_assert(a.empty() && a.read().empty() && a.handles().empty());
	ck_assert_int_eq(thrown([&] { a.swap(c); }), TARN_INVALID);
	ck_assert_int_eq(thrown([&] { a.copy(c); }), TARN_INVALID);
}
END_TEST

START_TEST(transaction_moves_all_or_nothing)
{
	tarn::arena arena = anonymous();
	ints from(arena, "from"), to(arena, "to"), other(arena, "other");
	auto move = [&](tarn::transaction &tx) {
		auto source = tx(from), target = tx(to);

		target.push_front(*source.pop_front());
		target.splice(ints::end, source, source.last());
	};

	from.assign({ 1, 2, 3, 4 });
	try {
		arena.transact([&](tarn::transaction &tx) {
			move(tx);
			throw 7;
		}, from, to);
	} catch (int) {
	}
	ck_assert(from.read() == numbers({ 1, 2, 3, 4 }) && to.empty());
	arena.transact(move, from, to);
	ck_assert(from.read() == numbers({ 2, 3 }) && to.read() == numbers({ 1, 4 }));
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](tarn::transaction &tx) { tx(other).clear(); }, from);
	}), TARN_INVALID);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	ints l(arena, "l"), other(arena, "other");
	struct tarn_list *raw = l.handle();

	other = std::move(l);
	ck_assert_ptr_null(l.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	tarn::list_handle at = other.push_back(1);

	ck_assert(arena.remove_object("l"));
	ck_assert_int_eq(thrown([&] { other.front(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.push_back(2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.get(at); }), TARN_REMOVED);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	ints l(arena, "l");

	in_child([&] {
		for (int i = 0; i < 3000; i++)
			l.push_back(i);
	});
	ck_assert_uint_eq(l.size(), 3000);
	for (int i = 0; i < 3000; i++)
		ck_assert_int_eq(*l.pop_front(), i);
}
END_TEST

int
main()
{
	return run_tests("list", {
		elements_are_told_to_the_catalog,
		list_of_another_type_is_refused,
		both_ends,
		handles_name_elements,
		text_is_of_any_length,
		order_is_changed,
		elements_move_from_list_to_list,
		contents_are_swapped_and_copied,
		transaction_moves_all_or_nothing,
		handles_move_and_end,
		killed_writer_stops_nobody,
	});
}
