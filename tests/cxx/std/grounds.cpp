// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * grounds.cpp -- what factories of one process have in common: several handles
 * on an arena, ends that meet beginnings, fork() beside other threads, memory
 * of a container that goes, and no memory for what the process itself needs
 */
#include "../face.hpp"
#include "kinds.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <tarn/cxx/factory.hpp>
#include <thread>

using ours = kinds::family<tarn::allocator>;
using list = ours::list<int>;

/* ---- memory that fails when it is told to ------------------------------------------------------- */

static thread_local long until_failure = -1; /* calls; less than 0: never */

void *
operator new(std::size_t size)
{
	if (until_failure >= 0 && until_failure-- == 0)
		throw std::bad_alloc();
	void *block = std::malloc(size ? size : 1);

	if (!block)
		throw std::bad_alloc();
	return block;
}

void
operator delete(void *block) noexcept
{
	std::free(block);
}

void
operator delete(void *block, std::size_t) noexcept
{
	std::free(block);
}

/* ---- children ------------------------------------------------------------------------------------ */

/* None under AddressSanitizer: its malloc() itself leaves a child with another thread's mutex. */
#if defined(__SANITIZE_ADDRESS__)
static const int children = 0;
#elif defined(__has_feature)
static const int children = __has_feature(address_sanitizer) ? 0 : 1000;
#else
static const int children = 1000;
#endif

/* ---- pieces ------------------------------------------------------------------------------------- */

/* Two handles of this process on one arena; the first has its recorded address. */
struct two_handles {
	scratch_name scratch;
	std::unique_ptr<tarn::arena> first = std::make_unique<tarn::arena>(scratch.name);
	std::unique_ptr<tarn::arena> second = std::make_unique<tarn::arena>(scratch.name);
};

static bool
has_no_address(tarn::arena &where)
{
	try {
		tarn::container_factory none(where);
	} catch (const tarn::address_error &) {
		return true;
	}
	return false;
}

static std::uint64_t
attached(tarn::arena &where)
{
	std::uint64_t writers = 0, all = 0;

	(void)!tarn_arena_attached(where.handle(), &writers, &all);
	return writers;
}

static struct tarn_check_report
account(tarn::arena &where)
{
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_check(where.handle(), nullptr, &report), 0);
	ck_assert_uint_eq(report.leaked_bytes, 0);
	return report;
}

/* ---- handles ------------------------------------------------------------------------------------ */

START_TEST(a_handle_stays_open_while_it_is_needed)
{
	two_handles h;
	auto early = std::make_unique<tarn::container_factory>(*h.first);
	tarn::container_factory late(*h.second);
	auto made = late.create<list>("l", 3, 5);

	ck_assert(!h.second->at_recorded_address());
	early.reset();
	h.first.reset(); /* whose memory made is in */
	for (int i = 0; i < 1000; i++)
		made->push_back(i);
	ck_assert_uint_eq(late.get<list>("l")->size(), 1003);
	ck_assert(late.where().at_recorded_address());
	h.second.reset();
	ck_assert(late.remove<list>("l"));
	ck_assert_uint_eq(account(late.where()).objects, 0);
}
END_TEST

START_TEST(a_handle_may_move)
{
	scratch_name scratch;
	tarn::arena first(scratch.name);
	tarn::container_factory factory(first);
	tarn::arena second = std::move(first);

	ck_assert(factory.where().handle() == second.handle());
	factory.create<list>("l", 3, 5);
	ck_assert_uint_eq(factory.where().stat().arena_id, second.stat().arena_id);
}
END_TEST

START_TEST(blocks_of_the_default_arena_outlive_other_handles)
{
	scratch_name scratch;
	auto first = std::make_unique<tarn::arena>(scratch.name);
	auto factory = std::make_unique<tarn::container_factory>(*first);

	setenv("TARN_ARENA", scratch.name.c_str(), 1);
	ours::vector<int> numbers(1000, 7); /* at the address of the first handle */
	factory.reset();
	first.reset();
	numbers.resize(100000, 8);
	ck_assert_int_eq(numbers[999] + numbers[99999], 15);
	numbers = ours::vector<int>();
	numbers.shrink_to_fit();
	tarn::arena look(scratch.name);
	ck_assert_uint_eq(account(look).reachable_bytes, 0);
}
END_TEST

/* Its owner may close it at any time: so only who has the same handle may share it. */
START_TEST(a_wrapped_handle_is_not_for_others)
{
	scratch_name scratch;
	struct tarn_arena *raw;

	ck_assert_int_eq(tarn_arena_open(&raw, scratch.name.c_str(), nullptr, nullptr), 0);
	{
		tarn::arena wrapped = tarn::arena::wrap(raw), again = tarn::arena::wrap(raw);
		tarn::arena other(scratch.name);
		tarn::container_factory one(wrapped), same(again);

		one.create<list>("l", 3, 5);
		ck_assert_uint_eq(same.get<list>("l")->size(), 3);
		ck_assert(has_no_address(other));
	}
	tarn_arena_close(raw);
}
END_TEST

/* ---- threads ------------------------------------------------------------------------------------ */

START_TEST(the_last_user_ends_while_another_begins)
{
	scratch_name scratch;
	tarn::arena where(scratch.name);
	std::atomic<int> refused{ 0 };
	std::vector<std::thread> threads;

	for (int t = 0; t < 4; t++)
		threads.emplace_back([&] {
			for (int i = 0; i < 3000; i++)
				refused += has_no_address(where);
		});
	for (auto &thread : threads)
		thread.join();
	ck_assert_int_eq(refused, 0);
}
END_TEST

/* Without its lock, which is allowed; it may be told that the container is no more, or get a block of the next. */
static void
use_memory(const std::atomic<tarn::memory_resource *> &memory, const std::atomic<bool> &over,
	   std::atomic<long> &blocks)
{
	while (!over) {
		tarn::memory_resource *of = memory;

		try {
			tarn::memory_resource::give(of, tarn::memory_resource::take(of, 64, 16));
			blocks++;
		} catch (const tarn::error &e) {
			if (e.code() != tarn::errc::REMOVED && e.code() != tarn::errc::NOT_FOUND)
				throw;
		}
	}
}

START_TEST(memory_is_used_while_its_container_goes)
{
	scratch_name scratch;
	tarn::container_factory factory(scratch.name);
	std::atomic<bool> over{ false };
	std::atomic<long> blocks{ 0 };
	std::vector<std::thread> threads;
	std::atomic<tarn::memory_resource *> memory{ factory.create<list>("l").resource() };

	for (int t = 0; t < 2; t++)
		threads.emplace_back([&] { use_memory(memory, over, blocks); });
	for (int i = 0; i < 3000 || blocks < 100; i++) {
		factory.remove<list>("l");
		memory = factory.create<list>("l", 3, 5).resource(); /* in the same place, most often */
	}
	over = true;
	for (auto &thread : threads)
		thread.join();
	factory.remove<list>("l");
	ck_assert_uint_eq(account(factory.where()).objects, 0);
}
END_TEST

/* A child has what the forking thread had, whatever the others were at. */
START_TEST(a_child_is_not_left_with_a_mutex)
{
	scratch_name scratch;
	tarn::container_factory factory(scratch.name);
	std::atomic<bool> over{ false };
	std::vector<std::thread> threads;
	auto kept = factory.create<list>("kept", 3, 5);

	setenv("TARN_ARENA", "anon:", 1);
	ours::vector<int> first(10);
	for (int t = 0; t < 2; t++)
		threads.emplace_back([&] {
			while (!over) {
				ours::vector<int> some(10);
				ck_assert_uint_eq(factory.get<list>("kept")->size(), 3);
			}
		});
	auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
	for (int i = 0; i < children && std::chrono::steady_clock::now() < end; i++)
		in_child([&] {
			alarm(20);
			ours::vector<int> some(10);
			if (factory.get<list>("kept")->size() != 3)
				_exit(1);
		});
	over = true;
	for (auto &thread : threads)
		thread.join();
}
END_TEST

/* The first call of all, which makes the default arena. */
static void
use_default_arena()
{
	ours::vector<int> some(10, 1);

	if (some.get_allocator().resource() || tarn::default_arena().stat().slots_used == 0)
		_exit(1);
}

START_TEST(nor_with_a_default_arena_that_is_being_made)
{
	setenv("TARN_ARENA", "anon:", 1);
	for (int i = 0; i < children / 5; i++)
		in_child([&] {
			std::atomic<bool> begun{ false };
			std::thread maker([&] {
				begun = true;
				use_default_arena();
			});

			while (!begun)
				;
			for (int k = 0; k < i % 20 * 100; k++)
				begun.load();
			in_child([&] {
				alarm(20);
				try {
					(void)tarn::default_arena().stat();
				} catch (const tarn::error &) { /* what was made half may be in the way */
				}
			});
			maker.join();
		});
}
END_TEST

/* ---- no memory ---------------------------------------------------------------------------------- */

/* A call, again and again, with one more allocation before the one that fails.  Return: how often it threw. */
template <class Call, class After>
static long
fails_before(Call call, After after)
{
	long failures = 0;

	for (long n = 0;; n++) {
		try {
			until_failure = n;
			call();
			if (std::exchange(until_failure, -1) >= 0)
				return failures;
		} catch (const std::bad_alloc &) {
			failures++;
			after();
		}
	}
}

START_TEST(a_factory_without_memory_is_none)
{
	scratch_name scratch;
	tarn::arena where(scratch.name);
	char *base = static_cast<char *>(where.base());

	alarm(30);
	long failures = fails_before([&] { tarn::container_factory none(where); },
				     [&] {
					     void *beside = mmap(base - 4096, 4096, PROT_NONE,
								 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

					     ck_assert_ptr_eq(beside, base - 4096); /* no facade is left */
					     munmap(beside, 4096);
				     });
	ck_assert_int_ge(failures, 2);
	tarn::container_factory factory(where);
	ck_assert(factory.where().handle() == where.handle());
}
END_TEST

START_TEST(an_arena_without_memory_is_not_attached)
{
	scratch_name scratch;
	tarn::arena where(scratch.name);
	std::uint64_t before = attached(where);

	long failures = fails_before([&] { tarn::arena other(scratch.name); },
				     [&] { ck_assert_uint_eq(attached(where), before); });
	ck_assert_int_ge(failures, 1);
}
END_TEST

START_TEST(a_container_without_memory_is_none)
{
	scratch_name scratch;
	tarn::container_factory factory(scratch.name);

	alarm(30);
	long failures = fails_before([&] {
					     factory.create<list>("l", 3, 5);
					     long left = std::exchange(until_failure, -1);
					     factory.remove<list>("l");
					     until_failure = left;
				     },
				     [&] {
					     ck_assert_int_eq(thrown([&] { factory.get<list>("l"); }), TARN_NOT_FOUND);
					     ck_assert_uint_eq(account(factory.where()).reachable_bytes, 0);
				     });
	ck_assert_int_ge(failures, 3);
	factory.create<list>("l", 3, 5);
	failures = fails_before([&] { ck_assert_uint_eq(factory.get<list>("l")->size(), 3); }, [] {});
	ck_assert_int_ge(failures, 2);
	failures = fails_before([&] { ck_assert(factory.remove<list>("l")); },
				[&] {
					auto lock = factory.lock("l"); /* nobody has it */

					ck_assert(!lock.owner_died());
				});
	ck_assert_int_ge(failures, 2);
	ck_assert_uint_eq(account(factory.where()).objects, 0);
}
END_TEST

int
main()
{
	return run_tests("grounds", {
		a_handle_stays_open_while_it_is_needed,
		a_handle_may_move,
		blocks_of_the_default_arena_outlive_other_handles,
		a_wrapped_handle_is_not_for_others,
		the_last_user_ends_while_another_begins,
		memory_is_used_while_its_container_goes,
		a_child_is_not_left_with_a_mutex,
		nor_with_a_default_arena_that_is_being_made,
		a_factory_without_memory_is_none,
		an_arena_without_memory_is_not_attached,
		a_container_without_memory_is_none,
	});
}
