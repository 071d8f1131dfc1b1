// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * factory.cpp -- locks that end in any order, removals that fail, and labels
 * that others change or take away while they are read
 *
 * tarn_pointer() is replaced: it does what another process would do just then.
 */
#include "../face.hpp"
#include "kinds.hpp"

#include <cstdint>
#include <dlfcn.h>
#include <functional>
#include <memory>
#include <tarn/cxx/factory.hpp>
#include <thread>

using ours = kinds::family<tarn::allocator>;
using list = ours::list<int>;

static std::function<void()> meanwhile;
static int until_meanwhile; /* calls of tarn_pointer() */

extern "C" void *
tarn_pointer(struct tarn_arena *in, tarn_off off, uint64_t size)
{
	using type = void *(*)(struct tarn_arena *, tarn_off, uint64_t);
	static const auto real = reinterpret_cast<type>(dlsym(RTLD_NEXT, "tarn_pointer"));
	void *at = real(in, off, size);

	if (meanwhile && until_meanwhile-- == 0)
		std::exchange(meanwhile, nullptr)();
	return at;
}

static void
do_meanwhile(int calls, std::function<void()> what)
{
	until_meanwhile = calls;
	meanwhile = std::move(what);
}

/* ---- locks -------------------------------------------------------------------------------------- */

static std::unique_ptr<tarn::container_lock>
lock_of(const tarn::container<list> &it)
{
	return std::unique_ptr<tarn::container_lock>(new tarn::container_lock(it.lock()));
}

START_TEST(locks_end_in_any_order)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);
	tarn::container<list> lists[3] = { factory.create<list>("a"), factory.create<list>("b"),
					   factory.create<list>("c") };

	for (auto &order : orders) {
		std::unique_ptr<tarn::container_lock> locks[3];

		for (int i = 0; i < 3; i++)
			locks[i] = lock_of(lists[i]);
		for (int ended : order) {
			const tarn::memory_resource *expected = nullptr;

			locks[ended].reset();
			for (int i = 0; i < 3; i++)
				expected = locks[i] ? lists[i].resource() : expected;
			ck_assert_ptr_eq(tarn::allocator<int>().resource(), expected);
		}
		for (const auto &one : lists) /* nobody has them any more */
			std::thread([&] { ck_assert(!one.lock().owner_died()); }).join();
	}
}
END_TEST

START_TEST(a_lock_is_not_for_another_thread)
{
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);
	auto made = factory.create<list>("l");
	pid_t pid = fork();
	int status;

	if (!pid) {
		auto lock = lock_of(made);

		std::set_terminate([] { _exit(42); });
		std::thread([&] { lock.reset(); }).join();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}
END_TEST

START_TEST(a_child_has_none_of_its_parents_locks)
{
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);
	auto made = factory.create<list>("l", 3, 5);
	auto lock = lock_of(made);

	in_child([&] {
		struct tarn_guest *guest;

		lock.reset(); /* lets go of nothing */
		if (tarn_guest_open(arena.handle(), &guest, "l") ||
		    tarn_rwlock_write(tarn_guest_lock(guest), 0) != TARN_BUSY)
			_exit(1);
		if (factory.get<list>("l")->size() != 3 || tarn::allocator<int>().resource())
			_exit(2);
	});
	made->push_back(1);
	lock.reset();
	ck_assert(!made.lock().owner_died());
}
END_TEST

/* ---- removals ----------------------------------------------------------------------------------- */

static void
leave_half_changed(const std::string &name)
{
	in_child([&] {
		tarn::container_factory mine(name);
		auto made = mine.create<list>("l", 3, 5);
		auto lock = made.lock();

		_exit(0);
	});
}

START_TEST(a_removal_that_fails_changes_nothing)
{
	scratch_name scratch;
	leave_half_changed(scratch.name);
	tarn::container_factory factory(scratch.name);

	for (int i = 0; i < 2; i++) /* no name is taken away in a transaction */
		ck_assert_int_eq(thrown([&] { factory.where().transact([&](auto &) { factory.remove<list>("l"); }); }),
				 TARN_IN_TXN);
	ck_assert(factory.lock("l").owner_died());
	ck_assert(!factory.lock("l").owner_died());
	ck_assert_int_eq(thrown([&] { factory.where().transact([&](auto &) { factory.remove<list>("l"); }); }),
			 TARN_IN_TXN);
	ck_assert(!factory.lock("l").owner_died());
	ck_assert_uint_eq(factory.get<list>("l")->size(), 3);
	ck_assert(factory.remove<list>("l"));
}
END_TEST

/* ---- labels ------------------------------------------------------------------------------------- */

/* The root of a container is its label: six words, of which the last two are the names' sizes. */
static std::uint64_t *
label_of(tarn::container_factory &factory, const char *name)
{
	struct tarn_guest *guest;
	tarn_off root;

	ck_assert_int_eq(tarn_guest_open(factory.where().handle(), &guest, name), 0);
	ck_assert_int_eq(tarn_guest_root(guest, &root), 0);
	tarn_guest_close(guest);
	return static_cast<std::uint64_t *>(tarn_pointer(factory.where().handle(), root, 48));
}

START_TEST(a_label_is_read_once)
{
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);
	auto made = factory.create<list>("l", 3, 5);
	std::uint64_t *label = label_of(factory, "l");

	for (int word = 1; word < 6; word++) { /* after it was found good, and before its names are read */
		std::uint64_t was = label[word];

		do_meanwhile(1, [&] { label[word] = word == 3 ? 0 : std::uint64_t(1) << 60; });
		ck_assert_ptr_eq(factory.get<list>("l").get(), made.get());
		ck_assert(!meanwhile);
		label[word] = was;
	}
	for (int word = 0; word < 6; word++) { /* and before that */
		std::uint64_t was = label[word];
		int code;

		label[word] = word == 3 ? 0 : std::uint64_t(1) << 60;
		code = thrown([&] { factory.get<list>("l"); });
		ck_assert(code == TARN_TYPE || code == TARN_CORRUPT);
		label[word] = was;
	}
	ck_assert(factory.remove<list>("l"));
}
END_TEST

START_TEST(one_that_goes_while_it_is_read_is_told)
{
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);

	for (int call = 0; call < 2; call++) {
		factory.create<list>("l", 3, 5);
		do_meanwhile(call, [&] { factory.remove<list>("l"); });
		ck_assert_int_eq(thrown([&] { factory.get<list>("l"); }), TARN_REMOVED);
		factory.create<list>("l", 3, 5);
		do_meanwhile(call, [&] { factory.remove<list>("l"); });
		ck_assert_uint_eq(factory.get_or_create<list>("l", 4, 5)->size(), 4);
		do_meanwhile(call, [&] { factory.remove<list>("l"); });
		ck_assert(!factory.remove<list>("l"));
		ck_assert(!meanwhile);
	}
}
END_TEST

int
main()
{
	return run_tests("factory", {
		locks_end_in_any_order,
		a_lock_is_not_for_another_thread,
		a_child_has_none_of_its_parents_locks,
		a_removal_that_fails_changes_nothing,
		a_label_is_read_once,
		one_that_goes_while_it_is_read_is_told,
	});
}
