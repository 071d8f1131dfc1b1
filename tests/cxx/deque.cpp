// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.cpp -- tarn::deque: its types and its calls
 */
#include "face.hpp"

#include <array>
#include <cstring>
#include <vector>

struct job {
	std::uint64_t id;
	double weight;
};

template <> struct tarn::type_of<job> {
	static constexpr const char *fields = "Qd";
};

using ints = tarn::deque<int>;
using list = std::vector<int>;

static_assert(!std::is_copy_constructible<ints>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<ints>::value, "and can be handed on");

template <class T>
static void
check_type(enum tarn_key_kind key, std::uint32_t size, const char *fields)
{
	tarn::arena arena = anonymous();
	tarn::deque<T> deque(arena, "deque");
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(deque.object(), &info), 0);
	ck_assert_int_eq(info.type.kind, TARN_KIND_DEQUE);
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
}
END_TEST

START_TEST(deque_of_another_type_is_refused)
{
	tarn::arena arena = anonymous();
	ints deque(arena, "d");

	ck_assert_int_eq(thrown([&] { tarn::deque<unsigned>(arena, "d"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { tarn::vector<int>(arena, "d"); }), TARN_TYPE);
	ck_assert_int_eq(thrown([&] { ints(arena, "d", tarn::open_mode::create); }), TARN_EXISTS);
	ck_assert_int_eq(thrown([&] { ints(arena, "e", tarn::open_mode::open); }), TARN_NOT_FOUND);
}
END_TEST

START_TEST(deque_that_c_made_without_fields_is_taken)
{
	struct tarn_type type = tarn::detail::type_of_kind(TARN_KIND_DEQUE, TARN_KEY_NONE, 16, nullptr);
	tarn::arena arena = anonymous();
	struct tarn_deque *raw;

	ck_assert_int_eq(tarn_deque_open(arena.handle(), &raw, "d", &type, TARN_CREATE, nullptr), 0);
	tarn::deque<job> jobs(arena, "d");

	jobs.push_back({ 7, 0.5 });
	ck_assert_uint_eq(tarn::deque_ref<job>(raw).at(0).id, 7);
	tarn_deque_close(raw);
}
END_TEST

START_TEST(both_ends)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d");

	ck_assert(d.empty());
	ck_assert(!d.front() && !d.back() && !d.pop_front() && !d.pop_back());
	d.push_back(2);
	d.push_front(1);
	d.append({ 3, 4 });
	d.append(std::array<int, 2>{ 5, 6 });
	ck_assert(!d.empty());
	ck_assert_uint_eq(d.size(), 6);
	ck_assert_int_eq(*d.front(), 1);
	ck_assert_int_eq(*d.back(), 6);
	ck_assert_int_eq(*d.pop_front(), 1);
	ck_assert_int_eq(*d.pop_back(), 6);
	ck_assert(d.pop_many(3) == list({ 2, 3, 4 }));
	ck_assert(d.pop_many(3) == list({ 5 }));
	ck_assert(d.pop_many(3).empty());
}
END_TEST

START_TEST(elements_in_the_middle)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d");

	d.assign({ 1, 2, 3 });
	d.set(1, -2);
	d.insert(1, 7);
	d.insert(4, std::array<int, 2>{ 8, 9 }.data(), 2);
	ck_assert(d.read() == list({ 1, 7, -2, 3, 8, 9 }));
	ck_assert_int_eq(d.at(2), -2);
	ck_assert_int_eq(*d.get(5), 9);
	ck_assert(!d.get(6));
	d.erase(0);
	d.erase(3, ints::npos);
	ck_assert(d.read() == list({ 7, -2, 3 }));
	d.clear();
	ck_assert(d.empty());
	ck_assert(d.read().empty());
}
END_TEST

START_TEST(parts_are_read)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d");
	int room[3] = { 0, 0, -1 };

	d.assign(list({ 1, 2, 3, 4 }));
	ck_assert(d.read(1) == list({ 2, 3, 4 }));
	ck_assert(d.read(1, 2) == list({ 2, 3 }));
	ck_assert(d.read(3, 5) == list({ 4 }));
	ck_assert(d.read(4).empty());
	ck_assert_uint_eq(d.read(2, room, 3), 2);
	ck_assert(room[0] == 3 && room[1] == 4 && room[2] == -1);
	ck_assert_uint_eq(d.pop_many(room, 1), 1);
	ck_assert(room[0] == 1 && room[1] == 4);
}
END_TEST

START_TEST(index_beyond_the_end_is_out_of_range)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d");
	int room[2];

	d.push_back(1);
	ck_assert(out_of_range([&] { d.at(1); }));
	ck_assert(out_of_range([&] { d.set(1, 1); }));
	ck_assert(out_of_range([&] { d.insert(2, 1); }));
	ck_assert(out_of_range([&] { d.erase(1); }));
	ck_assert(out_of_range([&] { d.read(2); }));
	ck_assert(out_of_range([&] { d.read(2, room, 2); }));
	ck_assert(d.read() == list({ 1 }));
}
END_TEST

START_TEST(contents_are_swapped_and_copied)
{
	tarn::arena arena = anonymous(), elsewhere = anonymous();
	ints a(arena, "a"), b(arena, "b"), c(elsewhere, "c");

	a.assign({ 1, 2 });
	b.assign({ 3 });
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
	ints from(arena, "from"), to(arena, "to"), other(arena, "other");
	auto move = [&](tarn::transaction &tx) {
		auto source = tx(from), target = tx(to);

		target.push_front(*source.pop_front());
		target.push_back(*source.pop_back());
		ck_assert_int_eq(*source.front(), 2);
		ck_assert(target.read() == list({ 1, 4 }));
	};

	from.assign({ 1, 2, 3, 4 });
	try {
		arena.transact([&](tarn::transaction &tx) {
			move(tx);
			tx(from).clear();
			throw 42;
		}, from, to);
		ck_abort_msg("nothing was thrown");
	} catch (int number) {
		ck_assert_int_eq(number, 42);
	}
	ck_assert(from.read() == list({ 1, 2, 3, 4 }) && to.empty());
	arena.transact(move, from, to);
	ck_assert(from.read() == list({ 2, 3 }) && to.read() == list({ 1, 4 }));
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](tarn::transaction &tx) { tx(other).clear(); }, from);
	}), TARN_INVALID);
}
END_TEST

START_TEST(handles_move_and_end)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d"), other(arena, "other");
	struct tarn_deque *raw = d.handle();

	other = std::move(d);
	ck_assert_ptr_null(d.handle());
	ck_assert_ptr_eq(other.handle(), raw);
	other.push_back(1);
	ck_assert(arena.remove_object("d"));
	ck_assert_int_eq(thrown([&] { other.front(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.push_back(2); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { other.pop_many(2); }), TARN_REMOVED);
}
END_TEST

START_TEST(reader_may_read_only)
{
	scratch_name scratch;
	tarn::arena arena = tarn::arena::create(scratch.name);
	ints d(arena, "d");

	d.push_back(1);
	tarn::arena reader = tarn::arena::open_read_only(scratch.name);
	ints seen(reader, "d", tarn::open_mode::open);

	ck_assert_int_eq(*seen.back(), 1);
	ck_assert_int_eq(thrown([&] { seen.pop_back(); }), TARN_READ_ONLY);
}
END_TEST

START_TEST(killed_writer_stops_nobody)
{
	tarn::arena arena = anonymous();
	ints d(arena, "d");

	in_child([&] {
		for (int i = 0; i < 3000; i++)
			d.push_back(i);
	});
	ck_assert_uint_eq(d.size(), 3000);
	for (int i = 0; i < 3000; i++)
		ck_assert_int_eq(*d.pop_front(), i);
}
END_TEST

int
main()
{
	return run_tests("deque", {
		elements_are_told_to_the_catalog,
		deque_of_another_type_is_refused,
		deque_that_c_made_without_fields_is_taken,
		both_ends,
		elements_in_the_middle,
		parts_are_read,
		index_beyond_the_end_is_out_of_range,
		contents_are_swapped_and_copied,
		transaction_moves_all_or_nothing,
		handles_move_and_end,
		reader_may_read_only,
		killed_writer_stops_nobody,
	});
}
