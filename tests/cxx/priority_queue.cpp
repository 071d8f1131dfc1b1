// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.cpp -- tarn::priority_queue: its types, its orders and its calls
 */
#include "face.hpp"

#include <array>
#include <vector>

struct timer {
	std::uint64_t at;
	std::uint64_t what;
};

template <> struct tarn::type_of<timer> {
	static constexpr const char *fields = "QQ";
};

struct sooner {
	static constexpr const char *name = "sooner";

	bool operator()(const timer &a, const timer &b) const noexcept
	{
		return a.at > b.at;
	}
};

struct not_sooner {
	static constexpr const char *name = "sooner";

	bool operator()(const timer &a, const timer &b) const noexcept
	{
		return a.at < b.at;
	}
};

using ints = tarn::priority_queue<int>;
using timers = tarn::priority_queue<timer, sooner>;
using list = std::vector<int>;

static_assert(!std::is_copy_constructible<ints>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<ints>::value, "and can be handed on");

template <class Queue>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	Queue queue(arena, "queue");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(queue.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_PRIORITY_QUEUE);
	ck_assert_int_eq(info.type.key, key);
	ck_assert_uint_eq(info.type.value_size, size);
	ck_assert_str_eq(info.fields, fields);
}

START_TEST(elements_are_told_to_the_catalog)
{
	check_type<tarn::priority_queue<std::uint64_t>>(TARN_KEY_U64, 8, "Q");
	check_type<ints>(TARN_KEY_I32, 4, "i");
	check_type<tarn::priority_queue<double>>(TARN_KEY_F64, 8, "d");
	check_type<timers>(TARN_KEY_CUSTOM, 16, "QQ");
	check_type<tarn::priority_queue<std::array<char, 3>, tarn::by_bytes>>(TARN_KEY_BYTES, 3, "");
}
END_TEST

START_TEST(queue_of_another_type_is_refused)
{
	tarn::arena arena = anonymous();
	ints queue(arena, "q");
	timers other(arena, "timers");

	ck_assert_int_eq(thrown([&] { tarn::priority_queue<unsigned>(arena, "q"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::queue<int>(arena, "q"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::priority_queue<timer, tarn::by_bytes>(arena, "timers"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::priority_queue<timer, not_sooner>(arena, "timers"); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { ints(arena, "q", tarn::open_mode::create); }), TARN_EXISTS);
}
END_TEST

START_TEST(the_greatest_goes_first)
{
	tarn::arena arena = anonymous();
	ints q(arena, "q");

	ck_assert(q.empty() && !q.top() && !q.pop() && q.pop_many(3).empty());
	q.push(3);
	q.push_many({ 7, -2 });
	q.push_many(std::array<int, 2>{ 5, 5 });
	ck_assert_uint_eq(q.size(), 5);
	ck_assert_int_eq(*q.top(), 7);
	ck_assert_int_eq(q.read().front(), 7);
	ck_assert_uint_eq(q.read().size(), 5);
	ck_assert_int_eq(*q.pop(), 7);
	ck_assert(q.pop_many(3) == list({ 5, 5, 3 }));
	ck_assert(q.pop_many(3) == list({ -2 }));
	q.push(6);
	q.clear();
	ck_assert(q.empty());
}
END_TEST

START_TEST(an_order_of_ones_own)
{
	tarn::arena arena = anonymous();
	timers q(arena, "timers");

	for (std::uint64_t i = 0; i < 100; i++)
		q.push({ i * 37 % 100, i });
	for (std::uint64_t i = 0; i < 100; i++)
		ck_assert_uint_eq(q.pop()->at, i);
}
END_TEST

START_TEST(handles_lead_to_elements)
{
	tarn::arena arena = anonymous();
	timers q(arena, "timers");
	tarn::priority_handle found, handles[2];
	const timer two[] = { { 50, 1 }, { 60, 2 } };

	q.push_many(two, 2, handles);
	tarn::priority_handle third = q.push({ 70, 3 });

	ck_assert_uint_eq(q.get(handles[1])->what, 2);
	ck_assert(q.update(third, { 10, 3 }));
	ck_assert_uint_eq(q.top(found)->what, 3);
	ck_assert_uint_eq(found.slot, third.slot);
	ck_assert_uint_eq(q.remove(third)->at, 10);
	ck_assert(!q.get(third) && !q.remove(third) && !q.update(third, { 1, 1 }));
	ck_assert_uint_eq(q.top()->what, 1);
	ck_assert_uint_eq(q.remove(handles[0])->what, 1);
	ck_assert_uint_eq(q.pop()->what, 2);
}
END_TEST

START_TEST(contents_are_swapped_and_copied)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	ints a(arena, "a"), b(arena, "b"), c(elsewhere, "c");

	a.push_many({ 1, 2 });
	b.push(3);
	a.swap(b);
	ck_assert(a.read() == list({ 3 }) && b.size() == 2);
	a.copy(b);
	ck_assert(a.pop_many(5) == list({ 2, 1 }) && b.pop_many(5) == list({ 2, 1 }));
	ck_assert_int_eq(thrown([&] { a.swap(c); }), TARN_INVALID);
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
	ck_assert(from.size() == 2 && to.empty());
	arena.transact(move, from, to);
	ck_assert(from.read() == list({ 1 }) && to.read() == list({ 2 }));
}
END_TEST

START_TEST(what_is_not_a_number_is_refused)
{
	tarn::arena arena = anonymous();
	tarn::priority_queue<double> q(arena, "q");

	ck_assert_int_eq(thrown([&] { q.push(0.0 / 0.0); }), TARN_INVALID);
	ck_assert(q.empty());
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	timers q(arena, "q");

	in_child([&] {
		for (std::uint64_t i = 3000; i-- > 0;)
			q.push({ i, i });
	});
	ck_assert_uint_eq(q.size(), 3000);
	for (std::uint64_t i = 0; i < 3000; i++)
		ck_assert_uint_eq(q.pop()->at, i);
	ck_assert(arena.remove_object("q"));
	ck_assert_int_eq(thrown([&] { q.top(); }), TARN_REMOVED);
}
END_TEST

int
main()
{
	return run_tests("priority_queue", {
		elements_are_told_to_the_catalog,
		queue_of_another_type_is_refused,
		the_greatest_goes_first,
		an_order_of_ones_own,
		handles_lead_to_elements,
		contents_are_swapped_and_copied,
		transaction_moves_all_or_nothing,
		what_is_not_a_number_is_refused,
		killed_writer_stops_nobody,
	});
}
