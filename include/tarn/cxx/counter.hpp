// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.hpp -- tarn::counter, one number shared by processes
 *
 *	tarn::counter served(arena, "served");		transactions can have it
 *	auto hits = tarn::counter::atomic(arena, "hits");	no call waits for anybody
 *	std::int64_t ticket = served.add(1);		what it was before
 *	++hits;
 *
 * The counter of <tarn/counter.h>, which says what the two sorts are.
 * Numbers wrap.
 */
#ifndef TARN_CXX_COUNTER_HPP
#define TARN_CXX_COUNTER_HPP

#include <tarn/counter.h>
#include <tarn/cxx/type.hpp>

namespace tarn {

/**
 * All that can be done with a counter, by a handle that is somebody else's: see hashmap_ref.
 *
 * A call throws what the C call of the same name returns, an operator what add() throws, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
class counter_ref
	: public detail::handle_ref<counter_ref, struct tarn_counter, tarn_counter_object, tarn_counter_in> {
public:
	using value_type = std::int64_t;

	using handle_ref::handle_ref;

	/** The number. */
	std::int64_t get() const
	{
		std::int64_t value = 0;

		detail::check(tarn_counter_get(raw_, &value), "counter::get");
		return value;
	}

	/** Adds to the number.  Return: what it was before. */
	std::int64_t add(std::int64_t n)
	{
		std::int64_t before = 0;

		detail::check(tarn_counter_add(raw_, n, &before), "counter::add");
		return before;
	}

	/** Gives it another number. */
	void set(std::int64_t value)
	{
		detail::check(tarn_counter_set(raw_, value), "counter::set");
	}

	/** Gives it another number, if it has the expected one.  Return: whether it had. */
	bool compare_and_swap(std::int64_t expected, std::int64_t desired)
	{
		return detail::matched(tarn_counter_compare_and_swap(raw_, expected, desired),
				       "counter::compare_and_swap");
	}

	/* ---- as std::atomic has them: a new number, and only x++ and x-- the one before ------------ */

	std::int64_t operator+=(std::int64_t n)
	{
		return sum(add(n), n);
	}

	std::int64_t operator-=(std::int64_t n)
	{
		return *this += negative(n);
	}

	std::int64_t operator++()
	{
		return *this += 1;
	}

	std::int64_t operator--()
	{
		return *this += -1;
	}

	std::int64_t operator++(int)
	{
		return add(1);
	}

	std::int64_t operator--(int)
	{
		return add(-1);
	}

private:
	/* They wrap, as in the library. */
	static std::int64_t sum(std::int64_t a, std::int64_t b) noexcept
	{
		return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) +
						 static_cast<std::uint64_t>(b));
	}

	static std::int64_t negative(std::int64_t n) noexcept
	{
		return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(n));
	}
};

/** A counter with a name: a counter_ref that opens and closes its own handle.  Move-only. */
class counter : public detail::owner<counter_ref, struct tarn_counter, tarn_counter_close> {
	using base = detail::owner<counter_ref, struct tarn_counter, tarn_counter_close>;

public:
	/**
	 * Opens a counter that transactions can have, or creates it, with 0.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it is of the other sort, or no counter, and what() says both; else as
	 * tarn_counter_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	counter(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(open(where, name, TARN_TRANSACTIONAL, how))
	{
	}

	/** The same of the other sort: no call on it waits, and no transaction can have it. */
	static counter atomic(arena &where, const std::string &name,
			      open_mode how = open_mode::open_or_create)
	{
		return counter(open(where, name, TARN_ATOMIC, how));
	}

private:
	explicit counter(struct tarn_counter *raw) noexcept : base(raw)
	{
	}

	static struct tarn_counter *open(arena &where, const std::string &name, enum tarn_sort sort,
					 open_mode how)
	{
		struct tarn_counter *raw = nullptr;

		detail::check(tarn_counter_open(where.handle(), &raw, name.c_str(), sort,
						static_cast<enum tarn_open_mode>(how), nullptr),
			      "open counter", name.c_str());
		return raw;
	}
};

} // namespace tarn

#endif
