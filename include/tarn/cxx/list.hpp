// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.hpp -- tarn::list<T>, a linked list whose elements have handles, shared by processes
 *
 *	tarn::list<std::string> lines(arena, "lines");
 *	tarn::list_handle at = lines.push_back("one");
 *	lines.insert(at, "before it");
 *	for (tarn::list_handle h = lines.first(); h.where; h = *lines.next(h)) ...
 *
 * The list of <tarn/list.h>, of plain types (<tarn/cxx/type.hpp>) or text.
 * Elements are copied in and out, for others may change what is in it at any
 * time.  In the place of iterators there are handles, which are plain data,
 * mean the same in every process, and never another element.
 */
#ifndef TARN_CXX_LIST_HPP
#define TARN_CXX_LIST_HPP

#include <tarn/cxx/vector.hpp>
#include <tarn/list.h>

namespace tarn {

/** An element of a list; one whose `where` is 0 stands for the list's end. */
using list_handle = struct tarn_list_handle;

/**
 * All that can be done with a list, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  An element to go by that is not
 * in the list any more is std::out_of_range.
 */
template <class T>
class list_ref : public detail::handle_ref<list_ref<T>, struct tarn_list, tarn_list_object, tarn_list_in> {
	using base = detail::handle_ref<list_ref<T>, struct tarn_list, tarn_list_object, tarn_list_in>;
	using codec = detail::value_codec<T>;
	using argument = typename codec::argument;

	static_assert(!std::is_same<T, bool>::value, "tarn: use std::uint8_t in place of bool");

public:
	using value_type = T;

	/** Where the list ends: before the first element and behind the last. */
	static constexpr list_handle end = {};

	/** A C handle of a list with this type, which must outlive this. */
	explicit list_ref(struct tarn_list *raw) noexcept : base(raw)
	{
		if constexpr (!detail::is_text<T>)
			detail::require_plain<T>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of an element; empty if it is not in the list any more. */
	std::optional<T> get(const list_handle &at) const
	{
		return one(
			[&](void *value, std::size_t room, std::size_t *size) {
				return tarn_list_get(raw_, &at, value, room, size);
			},
			"list::get");
	}

	/** As get(), but throws std::out_of_range. */
	T at(const list_handle &at) const
	{
		std::optional<T> value = get(at);

		detail::check_index(value ? 0 : TARN_NOT_FOUND, "list::at");
		return *std::move(value);
	}

	/** A copy of the first element; empty if there is none. */
	std::optional<T> front() const
	{
		return one(
			[&](void *value, std::size_t room, std::size_t *size) {
				return tarn_list_front(raw_, value, room, size);
			},
			"list::front");
	}

	/** A copy of the last element; empty if there is none. */
	std::optional<T> back() const
	{
		return one(
			[&](void *value, std::size_t room, std::size_t *size) {
				return tarn_list_back(raw_, value, room, size);
			},
			"list::back");
	}

	/** The first element, or the end. */
	list_handle first() const
	{
		return *next(end);
	}

	/** The last element, or the end. */
	list_handle last() const
	{
		return *prev(end);
	}

	/** The element that comes next, or the end; empty if this one is not in the list any more. */
	std::optional<list_handle> next(list_handle at) const
	{
		return detail::found(tarn_list_next(raw_, &at), "list::next") ? std::optional(at) : std::nullopt;
	}

	/** The element before, or the end; empty likewise. */
	std::optional<list_handle> prev(list_handle at) const
	{
		return detail::found(tarn_list_prev(raw_, &at), "list::prev") ? std::optional(at) : std::nullopt;
	}

	/** All elements in their order, as they were at one moment. */
	std::vector<list_handle> handles() const
	{
		std::vector<list_handle> all;
		std::uint64_t got;

		do { /* one more: whether it came shows that it has grown */
			all.resize(size() + 1);
			detail::check(tarn_list_read(raw_, &end, TARN_LIST_FORWARDS, nullptr, 0, all.data(),
						     all.size(), &got),
				      "list::handles");
		} while (got == all.size());
		all.resize(got);
		return all;
	}

	/**
	 * Copies of all elements in their order.
	 *
	 * Plain ones are as they were at one moment; text is copied one by one, and what is gone by then is
	 * left out.
	 */
	std::vector<T> read() const
	{
		std::vector<T> values;

		if constexpr (detail::is_text<T>) {
			for (const list_handle &at : handles()) {
				if (std::optional<T> value = get(at))
					values.push_back(*std::move(value));
			}
		} else {
			std::uint64_t got;

			do {
				values.resize(size() + 1);
				detail::check(tarn_list_read(raw_, &end, TARN_LIST_FORWARDS, values.data(),
							     sizeof(T), nullptr, values.size(), &got),
					      "list::read");
			} while (got == values.size());
			values.resize(got);
		}
		return values;
	}

	/** The number of elements. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_list_size(raw_, &size), "list::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		detail::check(tarn_list_empty(raw_, &empty), "list::empty");
		return empty;
	}

	/** Whether another list of the arena has the same elements in the same order. */
	bool equal(const list_ref &other) const
	{
		bool equal = false;

		detail::check(tarn_list_equal(raw_, other.raw_, &equal), "list::equal");
		return equal;
	}

	/* ---- the ends -------------------------------------------------------------------------- */

	/** Adds an element behind the last.  Return: its handle. */
	list_handle push_back(argument value)
	{
		return insert(end, value);
	}

	/** Adds an element before the first.  Return: its handle. */
	list_handle push_front(argument value)
	{
		return insert_after(end, value);
	}

	/** Removes the last element.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop_back()
	{
		return one(
			[&](void *value, std::size_t room, std::size_t *size) {
				return tarn_list_pop_back(raw_, value, room, size);
			},
			"list::pop_back");
	}

	/** Removes the first element.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop_front()
	{
		return one(
			[&](void *value, std::size_t room, std::size_t *size) {
				return tarn_list_pop_front(raw_, value, room, size);
			},
			"list::pop_front");
	}

	/** Adds many elements behind the last, all in one step; of a vector, array, span, ... */
	template <class Values> void append(const Values &values)
	{
		detail::many_values<T> many(std::data(values), std::size(values));

		detail::check(tarn_list_append(raw_, many.data(), many.each, std::size(values)), "list::append");
	}

	/** The same of a list in braces. */
	void append(std::initializer_list<T> values)
	{
		append<std::initializer_list<T>>(values);
	}

	/* ---- anywhere -------------------------------------------------------------------------- */

	/** Puts an element before another, or at the end.  Return: its handle. */
	list_handle insert(const list_handle &before, argument value)
	{
		codec v(value);
		list_handle made;

		detail::check_index(tarn_list_insert(raw_, &before, v.data(), v.length(), &made), "list::insert");
		return made;
	}

	/** Puts an element behind another, or before the first.  Return: its handle. */
	list_handle insert_after(const list_handle &after, argument value)
	{
		codec v(value);
		list_handle made;

		detail::check_index(tarn_list_insert_after(raw_, &after, v.data(), v.length(), &made),
				    "list::insert_after");
		return made;
	}

	/** Gives an element another value.  Return: whether it is still in the list. */
	bool set(const list_handle &at, argument value)
	{
		codec v(value);

		return detail::found(tarn_list_set(raw_, &at, v.data(), v.length()), "list::set");
	}

	/** Removes an element.  Return: whether it was still in the list. */
	bool erase(const list_handle &at)
	{
		return detail::found(tarn_list_erase(raw_, &at), "list::erase");
	}

	/* ---- from list to list ----------------------------------------------------------------- */

	/** Moves all elements of another list here, before one, or to the end. */
	void splice(const list_handle &before, const list_ref &from)
	{
		detail::check_index(tarn_list_splice(raw_, &before, from.raw_), "list::splice");
	}

	/** Moves one element, of this list or another. */
	void splice(const list_handle &before, const list_ref &from, const list_handle &at)
	{
		detail::check_index(tarn_list_splice_one(raw_, &before, from.raw_, &at), "list::splice");
	}

	/** Moves the elements from `first` to that before `last`. */
	void splice(const list_handle &before, const list_ref &from, const list_handle &first,
		    const list_handle &last)
	{
		detail::check_index(tarn_list_splice_range(raw_, &before, from.raw_, &first, &last),
				    "list::splice");
	}

	/** Moves all elements of a sorted list into this sorted one, in order. */
	void merge(const list_ref &from)
	{
		require_order();
		detail::check(tarn_list_merge(raw_, from.raw_, nullptr, nullptr), "list::merge");
	}

	/** The same in an order of their own; less holds no lock, and an exception of its ends the process. */
	template <class Less> void merge(const list_ref &from, Less less)
	{
		detail::check(tarn_list_merge(raw_, from.raw_, compare<Less>, &less), "list::merge");
	}

	/* ---- the whole ------------------------------------------------------------------------- */

	/** Puts the elements in order, in one step; handles stay good. */
	void sort()
	{
		require_order();
		detail::check(tarn_list_sort(raw_, nullptr, nullptr), "list::sort");
	}

	/** The same in an order of their own; less may be called again where others change the list. */
	template <class Less> void sort(Less less)
	{
		detail::check(tarn_list_sort(raw_, compare<Less>, &less), "list::sort");
	}

	/** Turns the order around. */
	void reverse()
	{
		detail::check(tarn_list_reverse(raw_), "list::reverse");
	}

	/** Of equal elements that follow each other, removes all but the first.  Return: how many. */
	std::uint64_t unique()
	{
		std::uint64_t removed = 0;

		detail::check(tarn_list_unique(raw_, &removed), "list::unique");
		return removed;
	}

	/** Removes all elements that are equal to a value.  Return: how many. */
	std::uint64_t remove(argument value)
	{
		codec v(value);
		std::uint64_t removed = 0;

		detail::check(tarn_list_remove(raw_, v.data(), v.length(), &removed), "list::remove");
		return removed;
	}

	/** Gives it other contents, in one step; of a vector, array, span, ... */
	template <class Values> void assign(const Values &values)
	{
		detail::many_values<T> many(std::data(values), std::size(values));

		detail::check(tarn_list_assign(raw_, many.data(), many.each, std::size(values)), "list::assign");
	}

	/** The same of a list in braces. */
	void assign(std::initializer_list<T> values)
	{
		assign<std::initializer_list<T>>(values);
	}

	/** Gives it so many elements, in one step; value is what those are that are added. */
	void resize(std::uint64_t count, argument value = T())
	{
		codec v(value);

		detail::check(tarn_list_resize(raw_, count, v.data(), v.length()), "list::resize");
	}

	/** Removes all elements. */
	void clear()
	{
		detail::check(tarn_list_clear(raw_), "list::clear");
	}

	/** Exchanges the contents of two lists of an arena, in one step; of handles, both stay. */
	void swap(const list_ref &other)
	{
		detail::check(tarn_list_swap(raw_, other.raw_), "list::swap");
	}

	/** Gives it the contents of another of the same arena, in one step; that stays as it is. */
	void copy(const list_ref &from)
	{
		detail::check(tarn_list_copy(raw_, from.raw_), "list::copy");
	}

protected:
	/* What elements are to the catalog: numbers, text in the order of its bytes, or any bytes. */
	static constexpr enum tarn_key_kind order() noexcept
	{
		if constexpr (detail::is_text<T>)
			return TARN_KEY_BYTES;
		else
			return detail::order_of<T>();
	}

	/* The list's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_LIST, order(), codec::size, codec::fields);
	}

	using base::raw_;

private:
	static void require_order() noexcept
	{
		static_assert(order() != TARN_KEY_NONE, "tarn: without an order of one's own this is for numbers of "
							"4 and 8 bytes, double, and text");
	}

	/* An element, by a call that copies it out if there is one. */
	template <class Call> static std::optional<T> one(Call call, const char *name)
	{
		T value{};
		bool there;

		if constexpr (detail::is_text<T>)
			there = detail::read_text(value, call, name);
		else
			there = detail::found(call(&value, sizeof(value), nullptr), name);
		return there ? std::optional<T>(std::move(value)) : std::nullopt;
	}

	template <class Less>
	static int compare(const void *a, std::size_t a_size, const void *b, std::size_t b_size, void *arg) noexcept
	{
		const T first = codec::decode(a, a_size), second = codec::decode(b, b_size);
		Less &less = *static_cast<Less *>(arg);

		return less(first, second) ? -1 : less(second, first);
	}
};

/**
 * A list with a name: a list_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>, or std::string
 */
template <class T>
class list : public detail::owner<list_ref<T>, struct tarn_list, tarn_list_close> {
	using base = detail::owner<list_ref<T>, struct tarn_list, tarn_list_close>;

public:
	/**
	 * Opens a list, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements, and what() says both; else as tarn_list_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	list(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_list>(where, name, how, base::type(), tarn_list_open,
							    "open list"))
	{
	}
};

} // namespace tarn

#endif
