// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.hpp -- tarn::string, bytes shared by processes
 *
 *	tarn::string log(arena, "log");
 *	log.append("started\n");
 *	std::string now = log.get();
 *
 * The string of <tarn/string.h>.  Text is copied in and out, for others may
 * change it at any time.
 */
#ifndef TARN_CXX_STRING_HPP
#define TARN_CXX_STRING_HPP

#include <optional>
#include <tarn/cxx/type.hpp>
#include <tarn/string.h>

namespace tarn {

/**
 * All that can be done with a string, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  An index beyond the end is
 * std::out_of_range.
 */
class string_ref
	: public detail::handle_ref<string_ref, struct tarn_string, tarn_string_object, tarn_string_in> {
public:

	/** All bytes that there are, where a number of them is asked for. */
	static constexpr std::uint64_t npos = TARN_STRING_END;

	using handle_ref::handle_ref;

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of all of it.  As tarn_string_get(). */
	std::string get() const
	{
		std::string text;

		detail::read_text(
			text,
			[this](void *room, std::uint64_t size, std::uint64_t *told) {
				return tarn_string_get(raw_, room, size, told);
			},
			"string::get");
		return text;
	}

	/** A copy of a part: count bytes at most from index on.  As tarn_string_read(). */
	std::string substr(std::uint64_t index, std::uint64_t count) const
	{
		std::string text;
		std::uint64_t got = 0, all = size(), most = all > index ? all - index : 0;

		text.resize(count < most ? count : most);
		detail::check_index(tarn_string_read(raw_, index, &text[0], text.size(), &got),
				    "string::substr");
		text.resize(got);
		return text;
	}

	/** Where other bytes stand in it first.  As tarn_string_find().  Return: empty: nowhere. */
	std::optional<std::uint64_t> find(std::string_view text, std::uint64_t from = 0) const
	{
		std::uint64_t index = 0;

		if (!detail::found(tarn_string_find(raw_, from, text.data(), text.size(), &index),
				   "string::find"))
			return std::nullopt;
		return index;
	}

	/** The number of bytes. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_string_size(raw_, &size), "string::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		return size() == 0;
	}

	/** How many there is room for without taking memory. */
	std::uint64_t capacity() const
	{
		std::uint64_t capacity = 0;

		detail::check(tarn_string_capacity(raw_, &capacity), "string::capacity");
		return capacity;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds bytes at the end, all in one step. */
	void append(std::string_view text)
	{
		detail::check(tarn_string_append(raw_, text.data(), text.size()), "string::append");
	}

	/** Gives it other contents, in one step. */
	void assign(std::string_view text)
	{
		detail::check(tarn_string_assign(raw_, text.data(), text.size()), "string::assign");
	}

	/** Gives it other contents if it has the expected ones.  Return: whether it had. */
	bool compare_and_swap(std::string_view expected, std::string_view desired)
	{
		return detail::matched(tarn_string_compare_and_swap(raw_, expected.data(), expected.size(),
								    desired.data(), desired.size()),
				       "string::compare_and_swap");
	}

	/**
	 * Lets a function compute new contents from the old ones.
	 * @change:	called with a const std::string &, returns what converts to std::string_view; holds no
	 *		lock, and is called again when the string has changed meanwhile
	 *
	 * An exception that it throws passes through, and nothing is changed.
	 *
	 * Crash:	atomic.
	 * Blocks:	as assign().
	 * Return: the new contents.
	 */
	template <class Change> std::string update(Change change)
	{
		for (;;) {
			const std::string old = get();
			std::string next(change(old));

			if (compare_and_swap(old, next))
				return next;
		}
	}

	/** Puts bytes in the place of count others, in one step; npos: all that follow. */
	void replace(std::uint64_t index, std::uint64_t count, std::string_view text)
	{
		detail::check_index(tarn_string_replace(raw_, index, count, text.data(), text.size()),
				    "string::replace");
	}

	/** Puts bytes before an index. */
	void insert(std::uint64_t index, std::string_view text)
	{
		detail::check_index(tarn_string_insert(raw_, index, text.data(), text.size()),
				    "string::insert");
	}

	/** Removes count bytes; npos: all that follow. */
	void erase(std::uint64_t index, std::uint64_t count)
	{
		detail::check_index(tarn_string_erase(raw_, index, count), "string::erase");
	}

	/** Removes all bytes; the capacity stays. */
	void clear()
	{
		detail::check(tarn_string_clear(raw_), "string::clear");
	}

	/** Has room for so many in all from now on. */
	void reserve(std::uint64_t capacity)
	{
		detail::check(tarn_string_reserve(raw_, capacity), "string::reserve");
	}

	/** Gives back room that no byte needs. */
	void shrink_to_fit()
	{
		detail::check(tarn_string_shrink_to_fit(raw_), "string::shrink_to_fit");
	}

	/** Exchanges the contents of two strings of an arena, in one step; of handles, both stay. */
	void swap(const string_ref &other)
	{
		detail::check(tarn_string_swap(raw_, other.raw_), "string::swap");
	}

};

/** A string with a name: a string_ref that opens and closes its own handle.  Move-only. */
class string : public detail::owner<string_ref, struct tarn_string, tarn_string_close> {
	using base = detail::owner<string_ref, struct tarn_string, tarn_string_close>;

public:
	/**
	 * Opens a string, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: as tarn_string_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	string(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(nullptr)
	{
		detail::check(tarn_string_open(where.handle(), &raw_, name.c_str(),
					       static_cast<enum tarn_open_mode>(how), nullptr),
			      "open string", name.c_str());
	}
};

} // namespace tarn

#endif
