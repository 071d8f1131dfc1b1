// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.cpp -- tarn::stack: its types and its calls
 */
#include "face.hpp"

#include <array>
#include <vector>

struct job {
	std::uint64_t id;
	double weight;
};

template <> struct tarn::type_of<job> {
	static constexpr const char *fields = "Qd";
};

using ints = tarn::stack<int>;
using list = std::vector<int>;

static_assert(!std::is_copy_constructible<ints>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<ints>::value, "and can be handed on");

template <class T>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::stack<T> stack(arena, "stack");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(stack.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_STACK);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
	ck_assert_str_eq(info.fields, fields);
}

START_TEST(elements_are_told_to_the_catalog)
{
	check_type<std::uint64_t>(TARN_KEY_U64, 8, "Q");
	check_type<double>(TARN_KEY_F64, 8, "d");
	check_type<job>(TARN_KEY_NONE, 16, "Qd");
	check_type<std::array<char, 3>>(TARN_KEY_NONE, 3, "");
}
END_TEST

START_TEST(stack_of_another_type_is_refused)
{
	tarn::arena arena = anonymous();
	ints stack(arena, "s");

	ck_assert_int_eq(thrown([&] { tarn::stack<unsigned>(arena, "s"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::queue<int>(arena, "s"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::deque<int>(arena, "s"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { ints(arena, "s", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { ints(arena, "e", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(the_last_goes_first)
{
	tarn::arena arena = anonymous();
	ints s(arena, "s");

	ck_assert(s.empty() && !s.top() && !s.pop() && s.pop_many(3).empty());
	s.push(1);
	s.push_many({ 2, 3 });
	s.push_many(std::array<int, 2>{ 4, 5 });
	ck_assert_uint_eq(s.size(), 5);
	ck_assert_int_eq(*s.top(), 5);
	ck_assert(s.read() == list({ 1, 2, 3, 4, 5 }));
	ck_assert(s.read(3) == list({ 4, 5 }) && s.read(1, 2) == list({ 2, 3 }));
	ck_assert_int_eq(*s.pop(), 5);
	ck_assert(s.pop_many(3) == list({ 4, 3, 2 }));
	ck_assert(s.pop_many(3) == list({ 1 }));
	s.push(6);
	s.clear();
	ck_assert(s.empty());
	ck_assert(out_of_range([&] { s.read(1); }));
}
END_TEST

START_TEST(contents_are_swapped_and_copied)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	ints a(arena, "a"), b(arena, "b"), c(elsewhere, "c");

	a.push_many({ 1, 2 });
	b.push(3);
	a.swap(b);
	ck_assert(a.read() == list({ 3 }) && b.read() == list({ 1, 2 }));
	a.copy(b);
	ck_assert(a.read() == list({ 1, 2 }) && b.read() == list({ 1, 2 }));
	ck_assert_int_eq(thrown([&] { a.swap(c); }), TARN_INVALID);
	ck_assert_int_eq(thrown([&] { a.copy(c); }), TARN_INVALID);
}
END_TEST

START_TEST(transaction_moves_all_or_nothing)
{
	tarn::arena arena = anonymous();
	ints from(arena, "from"), to(arena, "to");
	auto move = [&](tarn::transaction &tx) { tx(to).push(*tx(from).pop()); };

	from.push_many({ 1, 2 });
	try {
		arena.transact([&](tarn::transaction &tx) {
			move(tx);
			throw 42;
		}, from, to);
		ck_abort_msg("nothing was thrown");
	} catch (int number) {
		ck_assert_int_eq(number, 42);
	}
	ck_assert(from.read() == list({ 1, 2 }) && to.empty());
	arena.transact(move, from, to);
	ck_assert(from.read() == list({ 1 }) && to.read() == list({ 2 }));
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	ints s(arena, "s"), other(arena, "other");
	struct tarn_stack *raw = s.handle();

	other = std::move(s);
	ck_assert_ptr_null(s.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	other.push(1);
	ck_assert_int_eq(*tarn::stack_ref<int>(raw).top(), 1);
	ck_assert(arena.remove_object("s"));
	ck_assert_int_eq(thrown([&] { other.top(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.push(2); }), TARN_REMOVED);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	ints s(arena, "s");

	in_child([&] {
		for (int i = 0; i < 3000; i++)
			s.push(i);
	});
	ck_assert_uint_eq(s.size(), 3000);
	for (int i = 3000; i-- > 0;)
		ck_assert_int_eq(*s.pop(), i);
}
END_TEST

int
main()
{
	return run_tests("stack", {
		elements_are_told_to_the_catalog,
		stack_of_another_type_is_refused,
		the_last_goes_first,
		contents_are_swapped_and_copied,
		transaction_moves_all_or_nothing,
		handles_move_and_end,
		killed_writer_stops_nobody,
	});
}
