// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * transactions.cpp -- arena::transact()
 */
#include "face.hpp"

#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

using accounts = tarn::hashmap<std::string, std::int64_t>;

struct node {
	tarn_off next;
	std::uint32_t value, more;
};

START_TEST(commit_makes_all_of_it_happen)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");
	tarn::string journal(arena, "journal");
	tarn::vector<int> list(arena, "list");

	map.put("ann", 10);
	arena.transact([&](tarn::transaction &tx) {
		auto account = tx(map);

		account.put("ann", account.at("ann") - 4);
		account.put("bob", account.get("bob").value_or(0) + 4);
		tx(journal).append("ann pays bob 4");
		tx(list).push_back(4);
		ck_assert_int_eq(account.at("ann"), 6); /* its own writes are seen */
	}, map, journal, list);
	ck_assert_int_eq(map.at("ann"), 6);
	ck_assert_int_eq(map.at("bob"), 4);
	ck_assert(journal.get() == "ann pays bob 4");
	ck_assert_int_eq(list.at(0), 4);
}
END_TEST

START_TEST(value_of_the_function_is_returned)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");
	auto unique = arena.transact([&](auto &tx) {
		tx(map).put("k", 1);
		return std::make_unique<int>(7);
	}, map);

	ck_assert_int_eq(*unique, 7);
	ck_assert(arena.transact([](auto &) { return std::string("text"); }) == "text");
	const auto constant = [](tarn::transaction &) { return 3; };

	ck_assert_int_eq(arena.transact(constant), 3);
}
END_TEST

START_TEST(exception_rolls_back_and_passes_through)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");

	map.put("k", 1);
	try {
		arena.transact([&](auto &tx) {
			tx(map).put("k", 2);
			throw std::runtime_error("no");
		}, map);
		ck_abort_msg("nothing was thrown");
	} catch (const std::runtime_error &e) {
		ck_assert_str_eq(e.what(), "no");
	}
	ck_assert_int_eq(map.at("k"), 1);
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) {
			tx(map).put("k", 3);
			throw tarn::error(tarn::errc::MISMATCH, "mine");
		}, map);
	}), TARN_MISMATCH);
	ck_assert_int_eq(map.at("k"), 1);
	map.put("k", 4); /* nothing is held */
}
END_TEST

START_TEST(answers_do_not_roll_back)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");

	arena.transact([&](auto &tx) {
		ck_assert(!tx(map).get("k"));
		ck_assert(tx(map).insert("k", 1));
		ck_assert(!tx(map).insert("k", 2));
		ck_assert(!tx(map).erase("other"));
		ck_assert(!tx.rolled_back());
	}, map);
	ck_assert_int_eq(map.at("k"), 1);
}
END_TEST

START_TEST(every_call_sees_what_it_has_changed)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");
	tarn::vector<int> list(arena, "list");
	tarn::string text(arena, "text");

	arena.transact([&](tarn::transaction &tx) {
		auto m = tx(map);
		auto v = tx(list);
		std::int64_t sum = 0;

		m.put_many(std::vector<std::string>{ "a", "b" }, std::vector<std::int64_t>{ 1, 2 });
		m.update("b", [](std::optional<std::int64_t> old) { return *old + 10; });
		for (auto [name, value] : m.entries())
			sum += value;
		ck_assert_int_eq(sum, 13);
		ck_assert_int_eq(*m.get_many(std::vector<std::string>{ "b" })[0], 12);
		v.append({ 3, 1, 2 });
		v.sort();
		ck_assert(v.read() == std::vector<int>({ 1, 2, 3 }));
		tx(text).append("abc");
		ck_assert_uint_eq(*tx(text).find("c"), 2);
	}, map, list, text);
	ck_assert_int_eq(map.at("b"), 12);
	ck_assert(text.get() == "abc");
}
END_TEST

START_TEST(nothing_is_left_of_what_was_rolled_back)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");
	tarn::vector<int> list(arena, "list");

	map.put("a", 1);
	list.append({ 2, 1 });
	try {
		arena.transact([&](tarn::transaction &tx) {
			tx(map).clear();
			tx(map).put("b", 2);
			tx(list).sort();
			tx(list).push_back(3);
			throw 1;
		}, map, list);
		ck_abort_msg("nothing was thrown");
	} catch (int) {
	}
	ck_assert_uint_eq(map.size(), 1);
	ck_assert_int_eq(map.at("a"), 1);
	ck_assert(list.read() == std::vector<int>({ 2, 1 }));
}
END_TEST

START_TEST(misuse_is_reported)
{
	tarn::arena arena = anonymous(), second = anonymous();
	accounts map(arena, "map"), other(arena, "other"), foreign(second, "map");

	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) { tx(other).put("k", 1); }, map);
	}), TARN_INVALID);
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &) { map.put("k", 1); }, map);
	}), TARN_IN_TXN);
	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &) { arena.transact([](auto &) {}); }, map);
	}), TARN_IN_TXN);
	ck_assert_int_eq(thrown([&] { arena.transact([](auto &) {}, foreign); }), TARN_INVALID);
	ck_assert(map.empty());
}
END_TEST

START_TEST(deadline_passes_and_what_names_the_holder)
{
	tarn::arena_options options;

	options.deadline = std::chrono::milliseconds(5);
	tarn::arena arena("anon:", options);
	accounts map(arena, "map");

	arena.transact([&](auto &tx) {
		std::string what;

		tx(map).put("k", 1);
		std::thread([&] {
			try {
				map.put("k", 2);
			} catch (const tarn::error &e) {
				if (e.code() == std::errc::timed_out)
					what = e.what();
			}
		}).join();
		ck_assert_ptr_nonnull(strstr(what.c_str(), "hashmap::put"));
		ck_assert_ptr_nonnull(strstr(what.c_str(), ("process " + std::to_string(getpid())).c_str()));
	}, map);
	ck_assert_int_eq(map.at("k"), 1);
}
END_TEST

START_TEST(objects_are_added)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map"), other(arena, "other");

	arena.transact([&](auto &tx) {
		tx.add(other).put("k", 1);
		tx(other).put("l", 2);
	}, map);
	ck_assert_uint_eq(other.size(), 2);
}
END_TEST

/*
 * The other thread has the object until the first try has met it.  The first
 * try must not wait for that: it is rolled back, and called again.
 */
START_TEST(function_is_called_again_after_a_deadlock)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map"), other(arena, "other");
	std::promise<void> held, enough;
	int calls = 0;
	std::thread holder([&] {
		arena.transact([&](auto &tx) {
			tx(other).put("k", 1);
			held.set_value();
			enough.get_future().wait();
		}, other);
	});

	held.get_future().wait();
	int result = arena.transact([&](auto &tx) {
		tx(map).fetch_add("tries", 1);
		if (calls++ == 1)
			enough.set_value();
		tx.add(other).put("k", 2);
		return calls;
	}, map);
	holder.join();
	ck_assert_int_ge(calls, 2);
	ck_assert_int_eq(result, calls);
	ck_assert_int_eq(map.at("tries"), 1);
	ck_assert_int_eq(other.at("k"), 2);
}
END_TEST

/* A deadlock that is not the transaction's must not be tried again for ever. */
START_TEST(deadlock_of_a_mutex_passes_through)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");
	tarn::mutex mutex(arena, "mutex");
	std::lock_guard<tarn::mutex> guard(mutex);
	int calls = 0;

	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &) {
			calls++;
			throw tarn::error(tarn::errc::DEADLOCK, "of a lock");
		}, map);
	}), TARN_DEADLOCK);
	ck_assert_int_eq(calls, 1);
}
END_TEST

/* What is rolled back stays so, even if the function does not mind. */
START_TEST(error_that_was_swallowed_comes_back_at_the_commit)
{
	tarn::arena_options options;

	options.size = std::uint64_t(1) << 20;
	tarn::arena arena("anon:", options);
	tarn::hashmap<std::uint64_t, std::string> map(arena, "map");
	int code = 0;

	ck_assert_int_eq(thrown([&] {
		arena.transact([&](auto &tx) {
			code = thrown([&] {
				for (std::uint64_t i = 0;; i++)
					tx(map).put(i, std::string(4000, 'x'));
			});
			ck_assert(tx.rolled_back() == tarn::errc::FULL);
		}, map);
	}), TARN_FULL);
	ck_assert_int_eq(code, TARN_FULL);
	ck_assert(map.empty());
}
END_TEST

START_TEST(words_of_a_region_are_logged)
{
	tarn::arena arena = anonymous();
	tarn::region region(arena, "region");
	auto push = [&](std::uint32_t value, bool fail) {
		arena.transact([&](tarn::transaction &tx) {
			auto mine = tx(region);
			node *old = mine.pointer<node>(mine.root());

			if (old) {
				tx.log(mine, &old->more);
				old->more = 1;
			}
			mine.set_root(mine.offset(mine.create(node{ mine.root(), value, 0 })));
			if (fail)
				throw 1;
		}, region);
	};

	push(1, false);
	try {
		push(2, true);
		ck_abort_msg("nothing was thrown");
	} catch (int) {
	}
	ck_assert_uint_eq(region.pointer<node>(region.root())->value, 1);
	ck_assert_uint_eq(region.pointer<node>(region.root())->more, 0);
	push(3, false);
	node *last = region.pointer<node>(region.root());

	ck_assert_uint_eq(last->value, 3);
	ck_assert_uint_eq(region.pointer<node>(last->next)->more, 1);
}
END_TEST

START_TEST(kill_undoes_it)
{
	tarn::arena arena = anonymous();
	accounts map(arena, "map");

	map.put("k", 1);
	in_child([&] {
		arena.transact([&](auto &tx) {
			tx(map).put("k", 2);
			_exit(0);
		}, map);
	});
	ck_assert_int_eq(map.at("k"), 1);
	map.put("k", 3);
	ck_assert_int_eq(map.at("k"), 3);
}
END_TEST

START_TEST(transfers_between_threads_keep_the_sum)
{
	tarn::arena arena = anonymous();
	accounts left(arena, "left"), right(arena, "right");
	auto work = [&](bool back) {
		accounts &from = back ? right : left, &to = back ? left : right;

		for (int i = 0; i < 200; i++)
			arena.transact([&](auto &tx) {
				tx(from).fetch_add("sum", -1);
				tx(to).fetch_add("sum", 1);
			}, from, to);
	};

	left.put("sum", 1000);
	right.put("sum", 1000);
	std::thread one(work, false), two(work, true), three(work, false);

	one.join();
	two.join();
	three.join();
	ck_assert_int_eq(left.at("sum"), 800);
	ck_assert_int_eq(right.at("sum"), 1200);
}
END_TEST

int
main()
{
	return run_tests("transactions", {
		commit_makes_all_of_it_happen,
		value_of_the_function_is_returned,
		exception_rolls_back_and_passes_through,
		answers_do_not_roll_back,
		every_call_sees_what_it_has_changed,
		nothing_is_left_of_what_was_rolled_back,
		misuse_is_reported,
		deadline_passes_and_what_names_the_holder,
		objects_are_added,
		function_is_called_again_after_a_deadlock,
		deadlock_of_a_mutex_passes_through,
		error_that_was_swallowed_comes_back_at_the_commit,
		words_of_a_region_are_logged,
		kill_undoes_it,
		transfers_between_threads_keep_the_sum,
	});
}
