// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * allocator.cpp -- tarn::allocator against what the standard asks of one, for
 * values of many sizes and alignments; where memory comes from; what a factory
 * makes, finds and removes; and addresses that cannot be had
 */
#include "../face.hpp"
#include "kinds.hpp"

#include <csignal>
#include <cstdint>
#include <queue>
#include <scoped_allocator>
#include <stack>
#include <stdexcept>
#include <sys/mman.h>
#include <tarn/cxx/factory.hpp>
#if TARN_CXX_PMR
#include <memory_resource>
#endif

using tarn::allocator;
using ours = kinds::family<allocator>;

static tarn::arena *arena;
static tarn::container_factory *factory;
static std::uint64_t was_allocated;

static std::uint64_t
in_use()
{
	struct tarn_check_report report;
	struct tarn_check_options options = {};

	options.foreign_blocks = true;
	ck_assert_int_eq(tarn_check(arena->handle(), &options, &report), 0);
	return report.reachable_bytes + report.graveyard_bytes + report.foreign_bytes;
}

/* Everything that a test takes is back at its end. */
static void
setup()
{
	setenv("TARN_ARENA", "anon:", 1);
	arena = new tarn::arena("anon:");
	factory = new tarn::container_factory(*arena);
	was_allocated = in_use();
}

static void
teardown()
{
	ck_assert_uint_eq(in_use(), was_allocated);
	delete factory;
	delete arena;
}

/* ---- the requirements, a type at a time --------------------------------------------------------- */

struct alignas(64) line { char bytes[192]; };
struct alignas(4096) page { char bytes[4096]; };
struct odd { char bytes[37]; };
struct huge { char bytes[100000]; };

template <class T>
static void
meets_types()
{
	using A = allocator<T>;
	using traits = std::allocator_traits<A>;
	struct other {};

	static_assert(std::is_same_v<typename traits::value_type, T>);
	static_assert(std::is_same_v<typename traits::pointer, T *>);
	static_assert(std::is_same_v<typename traits::const_pointer, const T *>);
	static_assert(std::is_same_v<typename traits::void_pointer, void *>);
	static_assert(std::is_same_v<typename traits::size_type, std::size_t>);
	static_assert(std::is_same_v<typename traits::difference_type, std::ptrdiff_t>);
	static_assert(std::is_same_v<typename traits::template rebind_alloc<other>, allocator<other>>);
	static_assert(std::is_same_v<typename std::allocator_traits<allocator<other>>::template rebind_alloc<T>, A>);
	static_assert(!traits::is_always_equal::value);
	static_assert(!traits::propagate_on_container_copy_assignment::value);
	static_assert(!traits::propagate_on_container_move_assignment::value);
	static_assert(!traits::propagate_on_container_swap::value);
	static_assert(std::is_nothrow_copy_constructible_v<A> && std::is_nothrow_move_constructible_v<A>);
	static_assert(std::is_nothrow_copy_assignable_v<A> && std::is_nothrow_move_assignable_v<A>);
	static_assert(std::is_nothrow_constructible_v<A, const allocator<other> &>);
	static_assert(std::is_default_constructible_v<A>);
	static_assert(sizeof(A) == sizeof(void *) && std::is_trivially_copyable_v<A>);
	static_assert(noexcept(std::declval<A &>() == std::declval<A &>()));
}

/* Copies and rebound copies are equal, and free what another has taken. */
template <class T>
static void
meets_equality(const allocator<T> &a, const allocator<T> &foreign)
{
	struct other {};
	allocator<T> copy(a), moved(std::move(copy)), assigned = foreign;
	allocator<other> rebound(a);
	allocator<T> back(rebound);

	assigned = a;
	ck_assert(a == moved && !(a != moved) && a == assigned && a == back && a == rebound);
	ck_assert(a != foreign && !(a == foreign) && foreign != rebound);
	T *block = moved.allocate(3);
	back.deallocate(block, 3);
	ck_assert(std::allocator_traits<allocator<T>>::select_on_container_copy_construction(a) == a);
}

template <class T>
static void
meets_memory(allocator<T> a)
{
	std::vector<std::pair<T *, std::size_t>> blocks;

	for (std::size_t n : { 1, 2, 3, 7, 100 }) {
		T *block = std::allocator_traits<allocator<T>>::allocate(a, n);

		ck_assert_uint_eq(reinterpret_cast<std::uintptr_t>(block) % alignof(T), 0);
		std::memset(static_cast<void *>(block), static_cast<int>(n), n * sizeof(T));
		blocks.emplace_back(block, n);
	}
	for (auto [block, n] : blocks) {
		auto *bytes = reinterpret_cast<char *>(block);

		ck_assert_int_eq(std::count(bytes, bytes + n * sizeof(T), static_cast<char>(n)),
				 static_cast<std::ptrdiff_t>(n * sizeof(T)));
		a.deallocate(block, n);
	}
	ck_assert_uint_ge(a.max_size(), std::size_t(PTRDIFF_MAX) / sizeof(T));
	ck_assert_uint_le(a.max_size(), SIZE_MAX / sizeof(T));
}

template <class T>
static void
meets_failure(allocator<T> a)
{
	int caught = 0;

	try {
		(void)a.allocate(a.max_size() + 1);
	} catch (const std::bad_array_new_length &) {
		caught++;
	}
	try {
		(void)a.allocate(a.max_size());
	} catch (const tarn::bad_alloc &e) {
		ck_assert(e.code() == tarn::errc::TOO_BIG || e.code() == tarn::errc::FULL);
		ck_assert_ptr_nonnull(std::strstr(e.what(), "larger"));
		caught++;
	}
	ck_assert_int_eq(caught, 2);
}

template <class T>
static void
meets_construct(allocator<T> a)
{
	using traits = std::allocator_traits<allocator<T>>;
	T *block = traits::allocate(a, 1);

	traits::construct(a, block);
	ck_assert_uint_eq(reinterpret_cast<unsigned char *>(block)[0], 0); /* value-initialised */
	traits::destroy(a, block);
	traits::construct(a, block, T());
	traits::destroy(a, block);
	traits::deallocate(a, block, 1);
}

template <class T>
static void
meets_all(allocator<T> a, allocator<T> foreign)
{
	meets_types<T>();
	meets_equality<T>(a, foreign);
	meets_memory<T>(a);
	meets_failure<T>(a);
	meets_construct<T>(a);
}

START_TEST(it_meets_the_requirements)
{
	{
		auto lists = factory->create<ours::list<int>>("one");
		tarn::memory_resource *one = lists.resource(), *heap = factory->resource();

		for (auto [of, foreign] : { std::pair(one, heap), std::pair(heap, one) }) {
			meets_all<char>(of, foreign);
			meets_all<short>(of, foreign);
			meets_all<int>(of, foreign);
			meets_all<double>(of, foreign);
			meets_all<long double>(of, foreign);
			meets_all<void *>(of, foreign);
			meets_all<odd>(of, foreign);
			meets_all<line>(of, foreign);
			meets_all<page>(of, foreign);
			meets_all<huge>(of, foreign);
		}
	}
	ck_assert(factory->remove<ours::list<int>>("one"));
}
END_TEST

/* A container with an allocator of one memory, assigned from one of another: elements are copied. */
START_TEST(assignment_and_swap_keep_memory_apart)
{
	using vector = ours::vector<ours::string>;
	tarn::memory_resource *heap = factory->resource();
	{
		auto a = factory->create<vector>("a"), b = factory->create<vector>("b");
		vector outside(heap);

		a->emplace_back("something that is too long for the short form of strings");
		*b = *a;
		ck_assert(b->get_allocator().resource() == b.resource());
		ck_assert(b->front().get_allocator().resource() == b.resource());
		outside = std::move(*b);
		ck_assert(outside.get_allocator().resource() == heap && outside.front().get_allocator().resource() == heap);
		ck_assert(outside.front() == a->front());
		vector copy(*a);
		ck_assert(copy.get_allocator() == a->get_allocator());
		vector moved(std::move(copy), heap);
		ck_assert(moved.get_allocator().resource() == heap && moved == *a);
	}
	ck_assert(factory->remove<vector>("a") && factory->remove<vector>("b"));
}
END_TEST

/* ---- nested elements ---------------------------------------------------------------------------- */

START_TEST(elements_inherit_it)
{
	using deep = ours::map<ours::string, ours::unordered_map<int, ours::vector<ours::string>>>;
	{
		auto m = factory->create<deep>("deep"); /* not locked: then default construction would hide it */
		auto &inner = (*m)["a key that is too long for the short form of strings"];

		inner[1].emplace_back("a value that is too long for the short form, too");
		ck_assert(inner.get_allocator().resource() == m.resource());
		ck_assert(inner[1].get_allocator().resource() == m.resource());
		ck_assert(inner[1][0].get_allocator().resource() == m.resource());
		ck_assert(m->begin()->first.get_allocator().resource() == m.resource());
		m->emplace("another key that is too long for the short form", inner);
		ck_assert(m->begin()->second.get_allocator().resource() == m.resource());
		using pairs = ours::vector<std::pair<ours::string, std::pair<int, ours::string>>>;
		pairs p(m.resource());
		p.emplace_back();
		p.emplace_back(std::piecewise_construct, std::forward_as_tuple("x"), std::forward_as_tuple(1, "y"));
		p.push_back(p.back());
		p.emplace_back("x", std::pair<int, const char *>(2, "z"));
		ck_assert(p[3].second.second == "z" && p[2].second.second == "y" && p[1].first == "x");
		for (auto &one : p)
			ck_assert(one.second.second.get_allocator().resource() == m.resource());
	}
	ck_assert(factory->remove<deep>("deep"));
}
END_TEST

struct plain {
	int number = 7;
	ours::string name = "a name that is too long for the short form of strings";
	ours::list<ours::string> notes;
};

START_TEST(default_construction_takes_what_is_locked)
{
	{
		auto p = factory->create<plain>("plain");
		auto other = factory->create<ours::string>("other");

		ck_assert(p->name.get_allocator().resource() == p.resource() && p->notes.get_allocator().resource() == p.resource());
		auto outer = p.lock();
		ck_assert(ours::string().get_allocator().resource() == p.resource());
		{
			auto inner = other.lock_shared();

			ck_assert(ours::string().get_allocator().resource() == other.resource());
		}
		ours::string temporary("which is moved in, and copies nothing, so it is long");
		const char *text = temporary.data();
		p->notes.push_back(std::move(temporary));
		ck_assert_ptr_eq(p->notes.back().data(), text);
	}
	ck_assert_ptr_null(allocator<int>().resource());
	ck_assert(factory->remove<plain>("plain") && factory->remove<ours::string>("other"));
}
END_TEST

START_TEST(without_a_container_it_is_the_default_arena)
{
	struct tarn_check_report report;
	struct tarn_check_options options = {};
	allocator<int> a, b;

	ck_assert(a == b && a.resource() != factory->resource());
	int *block = a.allocate(1000);

	ck_assert(tarn_offset(tarn::default_arena().handle(), block) != 0);
	options.foreign_blocks = true;
	ck_assert_int_eq(tarn_check(tarn::default_arena().handle(), &options, &report), 0);
	ck_assert_uint_ge(report.foreign_bytes, 4000);
	b.deallocate(block, 1000);
	ck_assert_int_eq(tarn_check(tarn::default_arena().handle(), nullptr, &report), 0);
	ck_assert_uint_eq(report.leaked_bytes + report.reachable_bytes, 0);
}
END_TEST

START_TEST(adaptors_work_too)
{
	using queue = std::queue<ours::string, ours::deque<ours::string>>;
	using pile = std::stack<int, ours::vector<int>>;
	using scoped = std::vector<ours::string, std::scoped_allocator_adaptor<allocator<ours::string>>>;
	{
		auto q = factory->create<queue>("q");
		auto s = factory->create<pile>("s");
		auto lock = q.lock();
		auto lock_too = s.lock();
		scoped v(allocator<ours::string>(factory->resource()));

		q->emplace("a text that is too long for the short form of strings");
		ck_assert(q->front().get_allocator().resource() == q.resource());
		s->push(1);
		v.emplace_back("a text that is too long for the short form of strings");
		ck_assert(v.front().get_allocator().resource() == factory->resource());
	}
	ck_assert(factory->remove<queue>("q") && factory->remove<pile>("s"));
}
END_TEST

/* ---- the factory -------------------------------------------------------------------------------- */

START_TEST(a_name_stands_for_one_type)
{
	using list = ours::list<int>;
	using vector = ours::vector<int>;
	{
		auto made = factory->create<list>("x", 3, 5);
		auto got = factory->get<list>("x"), either = factory->get_or_create<list>("x", 9, 9);

		ck_assert_ptr_eq(made.get(), got.get());
		ck_assert_ptr_eq(made.get(), either.get());
		ck_assert(*got == list({ 5, 5, 5 }, factory->resource()));
		ck_assert_int_eq(thrown([] { factory->create<list>("x"); }), TARN_EXISTS);
		ck_assert_int_eq(thrown([] { factory->create<vector>("x"); }), TARN_EXISTS);
		ck_assert_int_eq(thrown([] { factory->get<list>("y"); }), TARN_NOT_FOUND);
		ck_assert_int_eq(thrown([] { factory->create<list>("a/b"); }), TARN_INVALID);
		ck_assert_int_eq(thrown([] { factory->remove<vector>("x"); }), TARN_TYPE);
		ck_assert(!factory->remove<vector>("y"));
		try {
			factory->get<vector>("x");
			ck_abort_msg("another type was found");
		} catch (const tarn::error &e) {
			std::string what = e.what();

			ck_assert(e.code() == tarn::errc::TYPE);
			ck_assert(what.find("container x is std::") == 0);
			ck_assert(what.find("list<int") < what.find("and not std::"));
			ck_assert(what.rfind("vector<int") > what.find("and not std::"));
			ck_assert(what.find("libstdc++") != std::string::npos);
		}
	}
	ck_assert(factory->remove<list>("x"));
}
END_TEST

struct throwing {
	ours::vector<int> some;

	explicit throwing(bool now) : some(1000)
	{
		if (now)
			throw std::runtime_error("not today");
	}
};

START_TEST(a_constructor_that_throws_leaves_nothing)
{
	int caught = 0;

	try {
		factory->create<throwing>("t", true);
	} catch (const std::runtime_error &) {
		caught++;
	}
	ck_assert_int_eq(caught, 1);
	ck_assert_int_eq(thrown([] { factory->get<throwing>("t"); }), TARN_NOT_FOUND);
	ck_assert_uint_eq(in_use(), was_allocated);
	factory->create<throwing>("t", false);
	ck_assert(factory->remove<throwing>("t"));
}
END_TEST

struct killing {
	ours::vector<int> some;

	explicit killing(bool) : some(100000)
	{
		kill(getpid(), SIGKILL);
	}
};

/* The maker in another process, which has the arena at the same address, for it is an exec away in life. */
START_TEST(a_kill_in_the_constructor_leaves_nothing)
{
	std::string name = "test-std-kill-" + std::to_string(getpid());
	pid_t pid = fork();

	if (!pid) {
		tarn::container_factory mine(name);

		mine.create<killing>("k", true);
		_exit(1);
	}
	int status = -1;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	tarn::arena again(name);
	struct tarn_check_report report;

	tarn::container_factory mine(again);
	ck_assert_int_eq(thrown([&] { mine.get<killing>("k"); }), TARN_NOT_FOUND);
	again.reap();
	ck_assert_int_eq(tarn_check(again.handle(), nullptr, &report), 0);
	ck_assert_uint_eq(report.reachable_bytes + report.graveyard_bytes + report.leaked_bytes, 0);
	ck_assert(tarn::arena::remove(name));
}
END_TEST

START_TEST(the_next_holder_is_told)
{
	std::string name = "test-std-told-" + std::to_string(getpid());
	using list = ours::list<int>;
	pid_t pid = fork();

	if (!pid) {
		tarn::container_factory mine(name);
		auto made = mine.create<list>("l");
		auto lock = made.lock();

		made->push_back(1);
		_exit(0);
	}
	int status = -1;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	tarn::arena again(name);
	tarn::container_factory mine(again);
	{
		auto lock = mine.lock("l");

		ck_assert(lock.owner_died());
		ck_assert_int_eq(thrown([&] { (void)mine.get<list>("l").lock(); }), TARN_DEADLOCK);
	}
	ck_assert(!mine.lock_shared("l").owner_died());
	ck_assert(mine.remove<list>("l"));
	ck_assert_int_eq(thrown([&] { (void)mine.lock("l"); }), TARN_NOT_FOUND);
	ck_assert(tarn::arena::remove(name));
}
END_TEST

START_TEST(who_holds_a_removed_container_is_told)
{
	using list = ours::list<int>;
	auto made = factory->create<list>("l");

	ck_assert(factory->remove<list>("l"));
	ck_assert_int_eq(thrown([&] { (void)made.lock(); }), TARN_REMOVED);
	auto next = factory->create<ours::set<int>>("l"); /* in the same place, perhaps */
	{
		auto lock = next.lock();

		for (int i = 0; i < 1000; i++)
			next->insert(i);
	}
	ck_assert_int_eq(thrown([&] { (void)made.lock(); }), TARN_REMOVED);
	ck_assert(factory->remove<ours::set<int>>("l"));
}
END_TEST

/* A process that has not asked for a container frees and takes blocks of it all the same. */
START_TEST(a_facade_is_built_when_it_is_needed)
{
	std::string name = "test-std-facade-" + std::to_string(getpid());
	using vector = ours::vector<int>;
	struct holder {
		vector *other;
	};
	pid_t pid = fork();

	if (!pid) {
		tarn::container_factory mine(name);
		auto made = mine.create<vector>("v", 10);

		mine.create<holder>("h", holder{ made.get() });
		_exit(0);
	}
	int status = -1;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	tarn::arena again(name);
	tarn::container_factory mine(again);
	mine.get<holder>("h")->other->resize(100000);
	ck_assert_int_eq(mine.get<holder>("h")->other->at(99999), 0);
	ck_assert(mine.remove<holder>("h") && mine.remove<vector>("v"));
	ck_assert(tarn::arena::remove(name));
}
END_TEST

/* ---- addresses ---------------------------------------------------------------------------------- */

static std::string
refused(tarn::arena &where)
{
	try {
		tarn::container_factory none(where);
	} catch (const tarn::address_error &e) {
		return e.what();
	}
	return "";
}

START_TEST(a_taken_address_is_told_with_a_remedy)
{
	std::string name = "test-std-taken-" + std::to_string(getpid());
	void *recorded;
	{
		tarn::arena first(name);

		recorded = first.base();
	}
	munmap(recorded, 65536); /* of this test only: whatever close has left there */
	void *taken = mmap(recorded, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	ck_assert_ptr_eq(taken, recorded);
	tarn::arena second(name);
	std::string what = refused(second);

	ck_assert(!second.at_recorded_address());
	ck_assert(what.find(name) != std::string::npos);
	ck_assert(what.find(tarn::detail::hex(recorded)) != std::string::npos);
	ck_assert(what.find(tarn::detail::hex(second.base())) != std::string::npos);
	ck_assert(what.find("---p") != std::string::npos); /* what is there, as the kernel tells it */
	ck_assert(what.find("remove the arena and create it anew") != std::string::npos);
	ck_assert(tarn::arena::remove(name));
}
END_TEST

START_TEST(so_is_one_beside_the_arena)
{
	tarn::arena one("anon:");
	char *before = static_cast<char *>(one.base()) - 4096;
	void *taken = mmap(before, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	ck_assert_ptr_eq(taken, before);
	ck_assert(refused(one).find("what each process has beside it") != std::string::npos);
	munmap(taken, 4096);
	ck_assert(refused(one).empty());
}
END_TEST

#if TARN_CXX_PMR
START_TEST(pmr_containers_have_their_own_memory)
{
	using map = std::pmr::map<std::pmr::string, std::pmr::vector<std::pmr::string>>;
	{
		auto m = factory->create<map>("m");
		auto lock = m.lock();

		(*m)["a key that is too long for the short form"].emplace_back("and a value that is too long, too");
		ck_assert_ptr_eq(m->get_allocator().resource(), m.resource());
		ck_assert_ptr_eq(m->begin()->second[0].get_allocator().resource(), m.resource());
		ck_assert(m.resource()->is_equal(*m.resource()) && !m.resource()->is_equal(*factory->resource()));
		std::pmr::vector<page> pages(factory->resource());
		pages.resize(3);
		ck_assert_uint_eq(reinterpret_cast<std::uintptr_t>(pages.data()) % 4096, 0);
	}
	ck_assert(factory->remove<map>("m"));
}
END_TEST
#endif

int
main()
{
	TCase *tcase = tcase_create("allocator");
	Suite *suite = suite_create("allocator");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, it_meets_the_requirements);
	tcase_add_test(tcase, assignment_and_swap_keep_memory_apart);
	tcase_add_test(tcase, elements_inherit_it);
	tcase_add_test(tcase, default_construction_takes_what_is_locked);
	tcase_add_test(tcase, without_a_container_it_is_the_default_arena);
	tcase_add_test(tcase, adaptors_work_too);
	tcase_add_test(tcase, a_name_stands_for_one_type);
	tcase_add_test(tcase, a_constructor_that_throws_leaves_nothing);
	tcase_add_test(tcase, a_kill_in_the_constructor_leaves_nothing);
	tcase_add_test(tcase, the_next_holder_is_told);
	tcase_add_test(tcase, who_holds_a_removed_container_is_told);
	tcase_add_test(tcase, a_facade_is_built_when_it_is_needed);
	tcase_add_test(tcase, a_taken_address_is_told_with_a_remedy);
	tcase_add_test(tcase, so_is_one_beside_the_arena);
#if TARN_CXX_PMR
	tcase_add_test(tcase, pmr_containers_have_their_own_memory);
#endif
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
