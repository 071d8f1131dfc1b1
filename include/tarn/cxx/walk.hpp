// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * walk.hpp -- a C cursor as a range to be walked once
 *
 *	for (std::uint64_t id : ids.keys()) ...
 *
 *	walk ---> cursor		the C cursor, moved by next()
 *	  ^   \-> here			a copy of what it stands on
 *	iterator			a pointer to both; null at the end
 *
 * What containers return as a walk is one of these, with a Cursor of theirs.
 */
#ifndef TARN_CXX_WALK_HPP
#define TARN_CXX_WALK_HPP

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>

namespace tarn {
namespace detail {

/**
 * An input range over what a cursor comes by.  Iterators are good as long as it is, and one of them
 * moves all.  Move-only.  To be used by one thread at a time, while the container's handle is open.
 * @Cursor:	has a value_type, begins at an argument, and ends with its destructor; its
 *		bool next(std::optional<value_type> &) stores the next one, or says false at the end
 */
template <class Cursor> class walk {
public:
	using value_type = typename Cursor::value_type;

private:
	struct place {
		Cursor cursor;
		std::optional<value_type> here;

		template <class From> explicit place(From from) : cursor(from)
		{
		}

		bool next()
		{
			here.reset();
			return cursor.next(here);
		}
	};

public:
	/** An input iterator; what it refers to is a copy, good until it moves. */
	class iterator {
	public:
		using iterator_category = std::input_iterator_tag;
		using value_type = typename walk::value_type;
		using difference_type = std::ptrdiff_t;
		using pointer = const value_type *;
		using reference = const value_type &;

		iterator() noexcept = default;

		reference operator*() const noexcept
		{
			return *place_->here;
		}

		pointer operator->() const noexcept
		{
			return &*place_->here;
		}

		/** To the next one.  Throws: as the C call that moves the cursor. */
		iterator &operator++()
		{
			if (!place_->next())
				place_ = nullptr;
			return *this;
		}

		void operator++(int)
		{
			++*this;
		}

		friend bool operator==(const iterator &a, const iterator &b) noexcept
		{
			return a.place_ == b.place_;
		}

		friend bool operator!=(const iterator &a, const iterator &b) noexcept
		{
			return a.place_ != b.place_;
		}

	private:
		friend class walk;

		explicit iterator(place *where) : place_(where)
		{
			++*this;
		}

		place *place_ = nullptr;
	};

	/** Begins one; the containers call it. */
	template <class From> explicit walk(From *from) : place_(std::make_unique<place>(from))
	{
	}

	/** To the first one, or, called again, to the next one. */
	iterator begin()
	{
		return iterator(place_.get());
	}

	/** Where there are no more. */
	iterator end() const noexcept
	{
		return iterator();
	}

private:
	std::unique_ptr<place> place_;
};

} // namespace detail
} // namespace tarn

#endif
