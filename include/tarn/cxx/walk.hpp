// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * walk.hpp -- a C cursor as a range to be walked once
 *
 *	for (std::uint64_t id : ids.keys()) ...
 *
 *	walk ------> cursor		the C cursor, moved by next(),
 *	  ^	       \-> here	and a copy of what it stands on
 *	iterator			a pointer to that; null at the end
 *
 * What containers return as a walk is one of these, with a Cursor of theirs.
 */
#ifndef TARN_CXX_WALK_HPP
#define TARN_CXX_WALK_HPP

#include <cstddef>
#include <iterator>
#include <memory>

namespace tarn {
namespace detail {

/**
 * An input range over what a cursor comes by.  Iterators are good as long as it is, and one of them
 * moves all.  Move-only.  To be used by one thread at a time, while the container's handle is open.
 * @Cursor:	is made of a container's C handle, and more where it has it so, and ends with its destructor;
 *		its bool next() moves on, and says false at the end; here is what it came by, as an
 *		std::optional of its value_type
 */
template <class Cursor> class walk {
public:
	using value_type = typename Cursor::value_type;

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
			return *cursor_->here;
		}

		pointer operator->() const noexcept
		{
			return &*cursor_->here;
		}

		/** To the next one.  Throws: as the C call that moves the cursor. */
		iterator &operator++()
		{
			if (!cursor_->next())
				cursor_ = nullptr;
			return *this;
		}

		void operator++(int)
		{
			++*this;
		}

		friend bool operator==(const iterator &a, const iterator &b) noexcept
		{
			return a.cursor_ == b.cursor_;
		}

		friend bool operator!=(const iterator &a, const iterator &b) noexcept
		{
			return a.cursor_ != b.cursor_;
		}

	private:
		friend class walk;

		explicit iterator(Cursor *where) : cursor_(where)
		{
			++*this;
		}

		Cursor *cursor_ = nullptr;
	};

	/** Begins one; the containers call it. */
	template <class Raw, class... From>
	explicit walk(Raw *raw, const From &...from) : cursor_(std::make_unique<Cursor>(raw, from...))
	{
	}

	/** To the first one, or, called again, to the next one. */
	iterator begin()
	{
		return iterator(cursor_.get());
	}

	/** Where there are no more. */
	iterator end() const noexcept
	{
		return iterator();
	}

private:
	std::unique_ptr<Cursor> cursor_;
};

} // namespace detail
} // namespace tarn

#endif
