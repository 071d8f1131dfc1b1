// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.hpp -- tarn::deque<T>, elements that come and go at both ends, shared by processes
 *
 *	tarn::deque<job> jobs(arena, "jobs");
 *	jobs.push_back({ 1, 2 });
 *	while (std::optional<job> next = jobs.pop_front()) ...
 *
 * The deque of <tarn/deque.h>, with the plain types of <tarn/cxx/type.hpp>.
 * Elements are copied in and out, for others may change what is in it at any
 * time; so there are no references and iterators, and at(), front() and
 * back() return copies.  Each call is atomic.
 */
#ifndef TARN_CXX_DEQUE_HPP
#define TARN_CXX_DEQUE_HPP

#include <tarn/cxx/vector.hpp>
#include <tarn/deque.h>

namespace tarn {

/**
 * All that can be done with a deque, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  An index beyond the end is
 * std::out_of_range.
 */
template <class T>
class deque_ref
	: public detail::handle_ref<deque_ref<T>, struct tarn_deque, tarn_deque_object, tarn_deque_in> {
	using base = detail::handle_ref<deque_ref<T>, struct tarn_deque, tarn_deque_object, tarn_deque_in>;
	using codec = detail::value_codec<T>;

	static_assert(!detail::is_text<T>, "tarn: elements of a deque have one size; for text use a hashmap");
	static_assert(!std::is_same<T, bool>::value, "tarn: use std::uint8_t in place of bool");

public:
	using value_type = T;

	/** All elements that there are, where a number of them is asked for. */
	static constexpr std::uint64_t npos = TARN_DEQUE_END;

	/** A C handle of a deque with this type, which must outlive this. */
	explicit deque_ref(struct tarn_deque *raw) noexcept : base(raw)
	{
		detail::require_plain<T>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of an element; empty where there are not so many. */
	std::optional<T> get(std::uint64_t index) const
	{
		return one([&](T *value) { return tarn_deque_get(raw_, index, value); }, "deque::get");
	}

	/** As get(), but throws std::out_of_range. */
	T at(std::uint64_t index) const
	{
		T value{};

		detail::check_index(tarn_deque_get(raw_, index, &value), "deque::at");
		return value;
	}

	/** A copy of the first element; empty if there is none. */
	std::optional<T> front() const
	{
		return one([&](T *value) { return tarn_deque_front(raw_, value); }, "deque::front");
	}

	/** A copy of the last element; empty if there is none. */
	std::optional<T> back() const
	{
		return one([&](T *value) { return tarn_deque_back(raw_, value); }, "deque::back");
	}

	/**
	 * Copies of many elements, all as they were at one moment.
	 * @index:	of the first
	 * @count:	how many at most
	 *
	 * As tarn_deque_read(); of one that grows all the while, several times.
	 */
	std::vector<T> read(std::uint64_t index = 0, std::uint64_t count = npos) const
	{
		std::vector<T> values;

		do {
			std::uint64_t all = size(), most = all > index ? all - index : 0;

			/* One more: whether it came shows that it has grown. */
			values.resize(count <= most ? count : most + 1);
		} while (filled(values, read(index, values.data(), values.size())) && values.size() < count);
		return values;
	}

	/** As read(), into a caller's room for count elements.  Return: how many there were. */
	std::uint64_t read(std::uint64_t index, T *values, std::uint64_t count) const
	{
		std::uint64_t got = 0;

		detail::check_index(tarn_deque_read(raw_, index, values, count, &got), "deque::read");
		return got;
	}

	/** The number of elements. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_deque_size(raw_, &size), "deque::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		detail::check(tarn_deque_empty(raw_, &empty), "deque::empty");
		return empty;
	}

	/* ---- the ends -------------------------------------------------------------------------- */

	/** Adds an element at the end. */
	void push_back(const T &value)
	{
		detail::check(tarn_deque_push_back(raw_, &value), "deque::push_back");
	}

	/** Adds an element before the first. */
	void push_front(const T &value)
	{
		detail::check(tarn_deque_push_front(raw_, &value), "deque::push_front");
	}

	/** Removes the last element.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop_back()
	{
		return one([&](T *value) { return tarn_deque_pop_back(raw_, value); }, "deque::pop_back");
	}

	/** Removes the first element.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop_front()
	{
		return one([&](T *value) { return tarn_deque_pop_front(raw_, value); }, "deque::pop_front");
	}

	/**
	 * Removes many elements at the front, all in one step.
	 * @count:	how many at most; there is room for so many during the call
	 *
	 * Return: copies of them; none if it is empty.
	 */
	std::vector<T> pop_many(std::uint64_t count)
	{
		std::vector<T> values(count);

		values.resize(pop_many(values.data(), count));
		return values;
	}

	/** The same into a caller's room for count elements.  Return: how many there were. */
	std::uint64_t pop_many(T *values, std::uint64_t count)
	{
		std::uint64_t got = 0;

		detail::found(tarn_deque_pop_many(raw_, values, count, &got), "deque::pop_many");
		return got;
	}

	/** Adds many elements at the end, all in one step. */
	void append(const T *values, std::uint64_t count)
	{
		detail::check(tarn_deque_append(raw_, values, count), "deque::append");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Values> void append(const Values &values)
	{
		append(std::data(values), std::size(values));
	}

	/** The same of a list in braces. */
	void append(std::initializer_list<T> values)
	{
		append(values.begin(), values.size());
	}

	/* ---- the middle ------------------------------------------------------------------------ */

	/** Stores one element. */
	void set(std::uint64_t index, const T &value)
	{
		detail::check_index(tarn_deque_set(raw_, index, &value), "deque::set");
	}

	/** Puts elements before an index. */
	void insert(std::uint64_t index, const T *values, std::uint64_t count)
	{
		detail::check_index(tarn_deque_insert(raw_, index, values, count), "deque::insert");
	}

	/** The same of one. */
	void insert(std::uint64_t index, const T &value)
	{
		insert(index, &value, 1);
	}

	/** Removes elements; npos: all that follow. */
	void erase(std::uint64_t index, std::uint64_t count = 1)
	{
		detail::check_index(tarn_deque_erase(raw_, index, count), "deque::erase");
	}

	/* ---- the whole ------------------------------------------------------------------------- */

	/** Gives it other contents, in one step. */
	void assign(const T *values, std::uint64_t count)
	{
		detail::check(tarn_deque_assign(raw_, values, count), "deque::assign");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Values> void assign(const Values &values)
	{
		assign(std::data(values), std::size(values));
	}

	/** The same of a list in braces. */
	void assign(std::initializer_list<T> values)
	{
		assign(values.begin(), values.size());
	}

	/** Removes all elements. */
	void clear()
	{
		detail::check(tarn_deque_clear(raw_), "deque::clear");
	}

	/** Exchanges the contents of two deques of an arena, in one step; of handles, both stay. */
	void swap(const deque_ref &other)
	{
		detail::check(tarn_deque_swap(raw_, other.raw_), "deque::swap");
	}

	/** Gives it the contents of another of the same arena, in one step; that stays as it is. */
	void copy(const deque_ref &from)
	{
		detail::check(tarn_deque_copy(raw_, from.raw_), "deque::copy");
	}

protected:
	/* The deque's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_DEQUE, detail::order_of<T>(), codec::size, codec::fields);
	}

	using base::raw_;

private:
	/* An element, by a call that copies it out if there is one. */
	template <class Call> static std::optional<T> one(Call call, const char *name)
	{
		T value{};

		return detail::found(call(&value), name) ? std::optional<T>(value) : std::nullopt;
	}

	/* Cuts off what did not come.  Return: whether all came. */
	static bool filled(std::vector<T> &values, std::uint64_t got)
	{
		bool all = got == values.size();

		values.resize(got);
		return all;
	}
};

/**
 * A deque with a name: a deque_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>
 */
template <class T>
class deque : public detail::owner<deque_ref<T>, struct tarn_deque, tarn_deque_close> {
	using base = detail::owner<deque_ref<T>, struct tarn_deque, tarn_deque_close>;

public:
	/**
	 * Opens a deque, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements, and what() says both; else as tarn_deque_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	deque(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_deque>(where, name, how, base::type(), tarn_deque_open,
							     "open deque"))
	{
	}
};

} // namespace tarn

#endif
