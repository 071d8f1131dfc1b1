// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.hpp -- tarn::vector<T>, elements one after the other, shared by processes
 *
 *	tarn::vector<double> prices(arena, "prices");
 *	prices.push_back(3.50);
 *	std::vector<double> now = prices.read();	all as they were at one moment
 *	prices.sort();
 *
 * The vector of <tarn/vector.h>, with the plain types of <tarn/cxx/type.hpp>.
 * Elements are copied in and out, for others may change what is in it at any
 * time; so there are no references and iterators, and at(), front() and
 * back() return copies.
 */
#ifndef TARN_CXX_VECTOR_HPP
#define TARN_CXX_VECTOR_HPP

#include <initializer_list>
#include <iterator>
#include <optional>
#include <tarn/cxx/type.hpp>
#include <tarn/vector.h>

namespace tarn {

namespace detail {

/* What gives elements an order, if they are numbers that the library knows. */
template <class T>
constexpr enum tarn_key_kind
order_of() noexcept
{
	using number = typename number_of<T>::type;

	if (std::is_same<number, double>::value)
		return TARN_KEY_F64;
	if (!std::is_integral<number>::value || (sizeof(T) != 4 && sizeof(T) != 8))
		return TARN_KEY_NONE;
	if (sizeof(T) == 4)
		return std::is_signed<number>::value ? TARN_KEY_I32 : TARN_KEY_U32;
	return std::is_signed<number>::value ? TARN_KEY_I64 : TARN_KEY_U64;
}

} // namespace detail

/**
 * The elements in place, to be read without copying; by the rules of tarn_vector_view().
 *
 * What is read there may be anything, half of an element included, until valid() has said afterwards
 * that it was true; nothing may be done with it before that which a wrong value could harm.
 */
template <class T> class vector_view {
public:
	/** Takes a view; vector_ref::view() calls it. */
	explicit vector_view(struct tarn_vector *raw) : raw_(raw)
	{
		detail::check(tarn_vector_view(raw, &view_), "vector::view");
	}

	/** The first element; never to be written to. */
	const T *data() const noexcept
	{
		return static_cast<const T *>(view_.data);
	}

	/** How many there are from there on. */
	std::size_t size() const noexcept
	{
		return view_.count;
	}

	const T *begin() const noexcept
	{
		return data();
	}

	const T *end() const noexcept
	{
		return data() + size();
	}

	/** Whether what was read until now was true, all at one moment.  As tarn_vector_view_valid(). */
	bool valid() const noexcept
	{
		return tarn_vector_view_valid(raw_, &view_);
	}

private:
	struct tarn_vector *raw_;
	struct tarn_vector_view view_;
};

/**
 * All that can be done with a vector, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  An index beyond the end is
 * std::out_of_range.
 */
template <class T>
class vector_ref
	: public detail::handle_ref<vector_ref<T>, struct tarn_vector, tarn_vector_object, tarn_vector_in> {
	using base = detail::handle_ref<vector_ref<T>, struct tarn_vector, tarn_vector_object, tarn_vector_in>;
	using codec = detail::value_codec<T>;

	static_assert(!detail::is_text<T>, "tarn: elements of a vector have one size; for text use a hashmap");
	static_assert(!std::is_same<T, bool>::value, "tarn: use std::uint8_t in place of bool");

public:
	using value_type = T;

	/** All elements that there are, where a number of them is asked for. */
	static constexpr std::uint64_t npos = TARN_VECTOR_END;

	/** A C handle of a vector with this type, which must outlive this. */
	explicit vector_ref(struct tarn_vector *raw) noexcept : base(raw)
	{
		detail::require_plain<T>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of an element; empty where there are not so many.  As tarn_vector_get(). */
	std::optional<T> get(std::uint64_t index) const
	{
		T value{};

		return maybe(tarn_vector_get(raw_, index, &value), value, "vector::get");
	}

	/** As get(), but throws std::out_of_range. */
	T at(std::uint64_t index) const
	{
		T value{};

		detail::check_index(tarn_vector_get(raw_, index, &value), "vector::at");
		return value;
	}

	/** A copy of the first element; empty if there is none. */
	std::optional<T> front() const
	{
		T value{};

		return maybe(tarn_vector_front(raw_, &value), value, "vector::front");
	}

	/** A copy of the last element; empty if there is none. */
	std::optional<T> back() const
	{
		T value{};

		return maybe(tarn_vector_back(raw_, &value), value, "vector::back");
	}

	/**
	 * Copies of many elements, all as they were at one moment.
	 * @index:	of the first
	 * @count:	how many at most
	 *
	 * As tarn_vector_read(); of one that grows all the while, several times.
	 */
	std::vector<T> read(std::uint64_t index = 0, std::uint64_t count = npos) const
	{
		std::vector<T> values;
		std::uint64_t got = 0;

		do {
			std::uint64_t all = size(), most = all > index ? all - index : 0;

			/* One more: whether it came shows that it has grown. */
			values.resize(count <= most ? count : most + 1);
			detail::check_index(tarn_vector_read(raw_, index, values.data(), values.size(), &got),
					    "vector::read");
		} while (got == values.size() && got < count);
		values.resize(got);
		return values;
	}

	/** As read(), into a caller's room for count elements.  Return: how many there were. */
	std::uint64_t read(std::uint64_t index, T *values, std::uint64_t count) const
	{
		std::uint64_t got = 0;

		detail::check_index(tarn_vector_read(raw_, index, values, count, &got), "vector::read");
		return got;
	}

	/** Where the first element is that has these bytes.  As tarn_vector_find().  Return: empty: nowhere. */
	std::optional<std::uint64_t> find(const T &value, std::uint64_t from = 0) const
	{
		std::uint64_t index = 0;

		if (!detail::found(tarn_vector_find(raw_, from, &value, &index), "vector::find"))
			return std::nullopt;
		return index;
	}

	/** The number of elements. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_vector_size(raw_, &size), "vector::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		detail::check(tarn_vector_empty(raw_, &empty), "vector::empty");
		return empty;
	}

	/** How many there is room for without taking memory. */
	std::uint64_t capacity() const
	{
		std::uint64_t capacity = 0;

		detail::check(tarn_vector_capacity(raw_, &capacity), "vector::capacity");
		return capacity;
	}

	/** The elements in place: see vector_view.  Not in a transaction. */
	vector_view<T> view() const
	{
		return vector_view<T>(raw_);
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds an element at the end. */
	void push_back(const T &value)
	{
		detail::check(tarn_vector_push_back(raw_, &value), "vector::push_back");
	}

	/** Adds many elements at the end, all in one step. */
	void append(const T *values, std::uint64_t count)
	{
		detail::check(tarn_vector_append(raw_, values, count), "vector::append");
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

	/** Removes the last element.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop_back()
	{
		T value{};

		return maybe(tarn_vector_pop_back(raw_, &value), value, "vector::pop_back");
	}

	/** Stores one element. */
	void set(std::uint64_t index, const T &value)
	{
		detail::check_index(tarn_vector_set(raw_, index, &value), "vector::set");
	}

	/** Adds to an element that is an integer.  Return: what it was. */
	T fetch_add(std::uint64_t index, T n)
	{
		static_assert(std::is_integral<T>::value, "tarn: fetch_add is for integers");
		std::uint64_t before = 0;

		detail::check_index(tarn_vector_fetch_add(raw_, index, static_cast<std::uint64_t>(n), &before),
				    "vector::fetch_add");
		return static_cast<T>(before);
	}

	/** Replaces an element if its bytes, padding included, are the expected one's.  Return: whether they were. */
	bool compare_and_swap(std::uint64_t index, const T &expected, const T &desired)
	{
		int code = tarn_vector_compare_and_swap(raw_, index, &expected, &desired);

		if (code == TARN_MISMATCH)
			return false;
		detail::check_index(code, "vector::compare_and_swap");
		return true;
	}

	/**
	 * Lets a function compute a new element from the old one.
	 * @index:	of the element
	 * @change:	called with the old one, returns the new one; holds no lock, and is called again when
	 *		the element has changed meanwhile
	 *
	 * An exception that it throws passes through, and nothing is changed.
	 *
	 * Crash:	atomic.
	 * Blocks:	as set().
	 * Return: the new element.
	 */
	template <class Change> T update(std::uint64_t index, Change change)
	{
		for (;;) {
			T old{};

			detail::check_index(tarn_vector_get(raw_, index, &old), "vector::update");
			T next = change(static_cast<const T &>(old));

			if (compare_and_swap(index, old, next))
				return next;
		}
	}

	/** Puts elements before an index. */
	void insert(std::uint64_t index, const T *values, std::uint64_t count)
	{
		detail::check_index(tarn_vector_insert(raw_, index, values, count), "vector::insert");
	}

	/** The same of one. */
	void insert(std::uint64_t index, const T &value)
	{
		insert(index, &value, 1);
	}

	/** Removes elements; npos: all that follow. */
	void erase(std::uint64_t index, std::uint64_t count = 1)
	{
		detail::check_index(tarn_vector_erase(raw_, index, count), "vector::erase");
	}

	/** Gives it other contents, in one step. */
	void assign(const T *values, std::uint64_t count)
	{
		detail::check(tarn_vector_assign(raw_, values, count), "vector::assign");
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

	/** Cuts it off, or adds elements that are alike. */
	void resize(std::uint64_t size, const T &fill = T{})
	{
		detail::check(tarn_vector_resize(raw_, size, &fill), "vector::resize");
	}

	/** Removes all elements; the capacity stays. */
	void clear()
	{
		detail::check(tarn_vector_clear(raw_), "vector::clear");
	}

	/** Has room for so many in all from now on. */
	void reserve(std::uint64_t capacity)
	{
		detail::check(tarn_vector_reserve(raw_, capacity), "vector::reserve");
	}

	/** Gives back room that no element needs. */
	void shrink_to_fit()
	{
		detail::check(tarn_vector_shrink_to_fit(raw_), "vector::shrink_to_fit");
	}

	/** Exchanges the contents of two vectors of an arena, in one step; of handles, both stay. */
	void swap(const vector_ref &other)
	{
		detail::check(tarn_vector_swap(raw_, other.raw_), "vector::swap");
	}

	/** Puts numbers in their order, in one step; of double, the total order of IEEE 754. */
	void sort()
	{
		static_assert(detail::order_of<T>() != TARN_KEY_NONE,
			      "tarn: sort() without an order is for numbers of 4 and 8 bytes and double");
		detail::check(tarn_vector_sort(raw_, nullptr, nullptr), "vector::sort");
	}

	/**
	 * Puts elements in an order of their own, in one step.
	 * @less:	as for std::sort; holds no lock; an exception that it throws ends the process
	 *
	 * As tarn_vector_sort(): may run several times, and is not stable.
	 */
	template <class Less> void sort(Less less)
	{
		auto compare = [](const void *a, const void *b, void *arg) noexcept -> int {
			const T &first = *static_cast<const T *>(a);
			const T &second = *static_cast<const T *>(b);
			Less &order = *static_cast<Less *>(arg);

			return order(first, second) ? -1 : order(second, first);
		};

		detail::check(tarn_vector_sort(raw_, compare, &less), "vector::sort");
	}

protected:
	/* The vector's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_VECTOR, detail::order_of<T>(), codec::size, codec::fields);
	}

	using base::raw_;

private:
	static std::optional<T> maybe(int code, const T &value, const char *call)
	{
		return detail::found(code, call) ? std::optional<T>(value) : std::nullopt;
	}
};

/**
 * A vector with a name: a vector_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>
 */
template <class T>
class vector : public detail::owner<vector_ref<T>, struct tarn_vector, tarn_vector_close> {
	using base = detail::owner<vector_ref<T>, struct tarn_vector, tarn_vector_close>;

public:
	/**
	 * Opens a vector, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements, and what() says both; else as tarn_vector_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	vector(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_vector>(where, name, how, base::type(), tarn_vector_open,
							     "open vector"))
	{
	}

	/** The same, but one that is created has a maximum, and never moves.  As tarn_vector_open_bounded(). */
	static vector bounded(arena &where, const std::string &name, std::uint64_t maximum,
			      open_mode how = open_mode::open_or_create)
	{
		return vector(detail::open_typed<struct tarn_vector>(
			base::type(), how,
			[&](struct tarn_vector **raw, const struct tarn_type *type, enum tarn_open_mode mode) {
				return tarn_vector_open_bounded(where.handle(), raw, name.c_str(), type, mode,
								maximum, nullptr);
			},
			"open vector", name));
	}

	/** As vector_ref::view(); not of a vector's handle that ends before the view. */
	vector_view<T> view() const &
	{
		return base::view();
	}

	void view() && = delete;

private:
	explicit vector(struct tarn_vector *raw) noexcept : base(raw)
	{
	}
};

} // namespace tarn

#endif
