// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * basics.cpp -- errors, arenas and locks of the C++ face
 */
#include "face.hpp"

#include <cstdio>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>

static_assert(!std::is_copy_constructible<tarn::arena>::value, "an arena has one owner");
static_assert(std::is_nothrow_move_constructible<tarn::arena>::value, "and can be handed on");
static_assert(std::is_nothrow_move_assignable<tarn::arena>::value, "and can be handed on");
static_assert(!std::is_copy_constructible<tarn::mutex>::value, "a lock has one owner");
static_assert(std::is_nothrow_move_constructible<tarn::mutex>::value, "and can be handed on");
static_assert(std::is_error_code_enum<tarn::errc>::value, "errc makes error codes");
static_assert(static_cast<int>(tarn::errc::SYSTEM) == TARN_SYSTEM, "the same numbers");

/* ---- errors ------------------------------------------------------------------------------------ */

START_TEST(codes_have_names_and_conditions)
{
	std::error_code full = tarn::errc::FULL;

	ck_assert_int_eq(full.value(), TARN_FULL);
	ck_assert_str_eq(full.category().name(), "tarn");
	ck_assert(full.message() == tarn_error_message(TARN_FULL));
	ck_assert(full == std::errc::no_space_on_device);
	ck_assert(full != std::errc::timed_out);
	ck_assert(make_error_code(tarn::errc::TIMEOUT) == std::errc::timed_out);
	ck_assert(make_error_code(tarn::errc::OWNER_DIED) == std::errc::owner_dead);
	ck_assert(make_error_code(tarn::errc::CORRUPT) != std::errc::invalid_argument);
}
END_TEST

START_TEST(check_passes_results_and_throws_errors)
{
	ck_assert_int_eq(tarn::detail::check(0), 0);
	ck_assert_int_eq(tarn::detail::check(7), 7);
	ck_assert_int_eq(thrown([] { tarn::detail::check(TARN_BUSY); }), TARN_BUSY);
	errno = ENOSPC;
	try {
		tarn::detail::check(TARN_SYSTEM, "call");
		ck_abort_msg("nothing was thrown");
	} catch (const std::system_error &e) {
		const auto *error = dynamic_cast<const tarn::error *>(&e);

		ck_assert_ptr_nonnull(error);
		ck_assert_int_eq(error->system_errno(), ENOSPC);
		ck_assert_ptr_nonnull(strstr(e.what(), "call"));
		ck_assert_ptr_nonnull(strstr(e.what(), strerror(ENOSPC)));
	}
}
END_TEST

START_TEST(what_says_both_types)
{
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "lock");

	try {
		tarn::shared_mutex other(arena, "lock");
		ck_abort_msg("nothing was thrown");
	} catch (const tarn::error &e) {
		ck_assert(e.code() == tarn::errc::TYPE);
		ck_assert_ptr_nonnull(strstr(e.what(), "lock is a mutex, not a"));
	}
}
END_TEST

/* ---- arenas ------------------------------------------------------------------------------------ */

START_TEST(arena_is_created_opened_and_removed)
{
	scratch_name scratch;
	const std::string &name = scratch.name;

	ck_assert_int_eq(thrown([&] { tarn::arena::open(name); }), TARN_NOT_FOUND);
	{
		tarn::arena arena = tarn::arena::create(name);

		ck_assert(arena.created());
		ck_assert(arena.name() == "shm:" + name);
		ck_assert_int_eq(thrown([&] { tarn::arena::create(name); }), TARN_EXISTS);
		ck_assert(!tarn::arena(name).created());
		ck_assert(!arena.read_only());
	}
	tarn::arena reader = tarn::arena::open_read_only(name);

	ck_assert(reader.read_only());
	ck_assert_int_eq(thrown([&] { tarn::mutex(reader, "m"); }), TARN_READ_ONLY);
	ck_assert(tarn::arena::remove(name));
	ck_assert(!tarn::arena::remove(name));
}
END_TEST

START_TEST(options_reach_the_library)
{
	scratch_name scratch;
	tarn::arena_options options;
	char path[128];

	options.size = std::uint64_t(1) << 26;
	options.mode = 0640;
	options.threads = 100;
	options.deadline = std::chrono::milliseconds(5);
	options.elsewhere = true;
	tarn::arena arena = tarn::arena::create(scratch.name, options);

	ck_assert_uint_eq(arena.stat().max_size, options.size);
	ck_assert_uint_ge(arena.stat().slot_count, 100);
	ck_assert_uint_lt(arena.stat().slot_count, 1024);
	ck_assert(!arena.at_recorded_address());
	ck_assert_ptr_eq(arena.base(), arena.stat().base);
	snprintf(path, sizeof(path), "test $(stat -c %%a /dev/shm/tarn.%s) = 640",
		 scratch.name.c_str());
	ck_assert_int_eq(system(path), 0);
	ck_assert_int_eq(thrown([&] {
		options.read_only = true;
		tarn::arena::create(scratch.name, options);
	}), TARN_INVALID);
}
END_TEST

START_TEST(arena_lies_at_its_recorded_address_and_can_be_told_where)
{
	scratch_name scratch;
	tarn::arena_options options;
	tarn::arena arena = tarn::arena::create(scratch.name);
	void *base = arena.base();

	ck_assert(arena.at_recorded_address());
	options.address = base;
	ck_assert_int_eq(thrown([&] { tarn::arena::open(scratch.name, options); }), TARN_INVALID);
	ck_assert_ptr_eq(tarn::arena::wrap(arena.handle()).base(), base);
}
END_TEST

START_TEST(arena_moves_and_wraps)
{
	tarn::arena first = anonymous();
	struct tarn_arena *handle = first.handle();
	tarn::arena second(std::move(first));

	ck_assert_ptr_null(first.handle());
	ck_assert_ptr_eq(second.handle(), handle);
	first = std::move(second);
	ck_assert_ptr_eq(first.handle(), handle);
	ck_assert_ptr_null(second.handle());
	{
		tarn::arena face = tarn::arena::wrap(handle);
		tarn::mutex mutex(face, "m");
	}
	tarn::arena &same = first;

	first = std::move(same);
	ck_assert_ptr_eq(first.handle(), handle);
	tarn::mutex mutex(first, "m", tarn::open_mode::open); /* still open */
}
END_TEST

START_TEST(default_arena_is_that_of_the_environment)
{
	scratch_name scratch;

	ck_assert_int_eq(setenv("TARN_ARENA", scratch.name.c_str(), 1), 0);
	ck_assert(tarn::default_arena().name() == "shm:" + scratch.name);
	ck_assert_ptr_eq(&tarn::default_arena(), &tarn::default_arena());
	ck_assert(tarn::arena::from_environment().name() == "shm:" + scratch.name);
}
END_TEST

START_TEST(objects_are_renamed_and_removed)
{
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "one");

	arena.rename_object("one", "two");
	ck_assert_int_eq(thrown([&] { arena.rename_object("one", "three"); }), TARN_NOT_FOUND);
	ck_assert(!arena.remove_object("one"));
	ck_assert(arena.remove_object("two"));
	ck_assert_int_eq(thrown([&] { mutex.lock(); }), TARN_REMOVED);
	ck_assert_int_eq(thrown([&] { arena.remove_object(""); }), TARN_INVALID);
}
END_TEST

START_TEST(what_a_dead_thread_left_is_reaped)
{
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "m");

	ck_assert_uint_eq(arena.reap(), 0);
	in_child([&] { mutex.lock(); });
	ck_assert_uint_eq(arena.reap(), 1);
}
END_TEST

/* ---- locks ------------------------------------------------------------------------------------- */

/* What a function returns in another thread. */
template <class Function>
static bool
elsewhere(Function function)
{
	bool result = false;

	std::thread([&] { result = function(); }).join();
	return result;
}

START_TEST(mutex_is_timed_lockable)
{
	using std::chrono::milliseconds;
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "m"), other(arena, "other");

	{
		std::lock_guard<tarn::mutex> guard(mutex);

		ck_assert(!elsewhere([&] { return mutex.try_lock(); }));
		ck_assert(!elsewhere([&] { return mutex.try_lock_for(milliseconds(2)); }));
		ck_assert(!elsewhere([&] {
			return mutex.try_lock_until(std::chrono::steady_clock::now() +
						    milliseconds(2));
		}));
		ck_assert_int_eq(thrown([&] { mutex.lock(); }), TARN_DEADLOCK);
	}
	ck_assert(elsewhere([&] {
		std::unique_lock<tarn::mutex> lock(mutex, milliseconds(1));
		return lock.owns_lock();
	}));
	{
		std::scoped_lock both(mutex, other);

		ck_assert(!elsewhere([&] { return other.try_lock(); }));
	}
	ck_assert_int_eq(thrown([&] { mutex.unlock(); }), TARN_INVALID);
}
END_TEST

START_TEST(shared_mutex_is_shared_timed_lockable)
{
	using std::chrono::milliseconds;
	tarn::arena arena = anonymous();
	tarn::shared_mutex mutex(arena, "m");

	{
		std::shared_lock<tarn::shared_mutex> reader(mutex);

		ck_assert(elsewhere([&] {
			std::shared_lock<tarn::shared_mutex> another(mutex, milliseconds(1));
			return another.owns_lock();
		}));
		ck_assert(!elsewhere([&] { return mutex.try_lock(); }));
		ck_assert(!elsewhere([&] { return mutex.try_lock_for(milliseconds(2)); }));
	}
	{
		std::unique_lock<tarn::shared_mutex> writer(mutex, std::try_to_lock);

		ck_assert(writer.owns_lock());
		ck_assert(!elsewhere([&] { return mutex.try_lock_shared(); }));
		ck_assert(!elsewhere([&] { return mutex.try_lock_shared_for(milliseconds(2)); }));
	}
	ck_assert(mutex.try_lock_shared());
	mutex.unlock_shared();
	ck_assert_int_eq(thrown([&] { mutex.unlock_shared(); }), TARN_INVALID);
}
END_TEST

START_TEST(who_takes_a_dead_ones_mutex_is_told_until_unlock)
{
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "m");

	in_child([&] { mutex.lock(); });
	{
		std::lock_guard<tarn::mutex> guard(mutex);

		ck_assert(mutex.owner_died());
	}
	std::lock_guard<tarn::mutex> guard(mutex);

	ck_assert(!mutex.owner_died());
}
END_TEST

START_TEST(readers_are_told_of_a_dead_writer_until_one_has_written)
{
	tarn::arena arena = anonymous();
	tarn::shared_mutex mutex(arena, "m");

	in_child([&] { mutex.lock(); });
	for (int i = 0; i < 2; i++) {
		std::shared_lock<tarn::shared_mutex> reader(mutex);

		ck_assert(mutex.owner_died());
	}
	{
		std::unique_lock<tarn::shared_mutex> writer(mutex);

		ck_assert(mutex.owner_died());
	}
	std::shared_lock<tarn::shared_mutex> reader(mutex);

	ck_assert(!mutex.owner_died());
}
END_TEST

template <class Mutex>
void
tells_the_next_one_when_abandoned()
{
	tarn::arena arena = anonymous();
	Mutex mutex(arena, "m");

	{
		std::unique_lock<Mutex> guard(mutex);

		ck_assert(!mutex.owner_died());
		guard.release()->abandon();
	}
	ck_assert_int_eq(thrown([&] { mutex.abandon(); }), TARN_INVALID);
	{
		std::lock_guard<Mutex> guard(mutex);

		ck_assert(mutex.owner_died());
	}
	std::lock_guard<Mutex> guard(mutex);

	ck_assert(!mutex.owner_died());
}

START_TEST(who_takes_an_abandoned_lock_is_told_until_unlock)
{
	tells_the_next_one_when_abandoned<tarn::mutex>();
	tells_the_next_one_when_abandoned<tarn::shared_mutex>();
}
END_TEST

START_TEST(mutex_moves)
{
	tarn::arena arena = anonymous();
	tarn::mutex mutex(arena, "m");
	struct tarn_mutex *handle = mutex.handle();

	mutex.lock();
	tarn::mutex other(std::move(mutex));

	ck_assert_ptr_null(mutex.handle());
	ck_assert_ptr_eq(other.handle(), handle);
	other.unlock();
	mutex = std::move(other);
	ck_assert_ptr_eq(mutex.handle(), handle);
}
END_TEST

int
main()
{
	return run_tests("basics", {
		codes_have_names_and_conditions,
		check_passes_results_and_throws_errors,
		what_says_both_types,
		arena_is_created_opened_and_removed,
		options_reach_the_library,
		arena_lies_at_its_recorded_address_and_can_be_told_where,
		arena_moves_and_wraps,
		default_arena_is_that_of_the_environment,
		objects_are_renamed_and_removed,
		what_a_dead_thread_left_is_reaped,
		mutex_is_timed_lockable,
		shared_mutex_is_shared_timed_lockable,
		who_takes_a_dead_ones_mutex_is_told_until_unlock,
		readers_are_told_of_a_dead_writer_until_one_has_written,
		who_takes_an_abandoned_lock_is_told_until_unlock,
		mutex_moves,
	});
}
