// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.hpp -- tarn::stack<T>, of which the last that came goes first, shared by processes
 *
 *	tarn::stack<job> undone(arena, "undone");
 *	undone.push({ 1, 2 });
 *	while (std::optional<job> last = undone.pop()) ...
 *
 * The stack of <tarn/stack.h>, with the plain types of <tarn/cxx/type.hpp>.
 * Elements are copied in and out, for others may change what is in it at any
 * time: so pop() tells what it has removed, and top() returns a copy.  Each
 * call is atomic.
 */
#ifndef TARN_CXX_STACK_HPP
#define TARN_CXX_STACK_HPP

#include <tarn/cxx/ends.hpp>
#include <tarn/stack.h>

#include <initializer_list>
#include <iterator>
#include <string>

namespace tarn {

template <class T> class stack_ref;

namespace detail {

inline constexpr ends_calls<struct tarn_stack> stack_calls = {
	"stack::top",
	tarn_stack_read, "stack::read",
	tarn_stack_size, "stack::size",
	tarn_stack_empty, "stack::empty",
	tarn_stack_pop, "stack::pop",
	tarn_stack_pop_many, "stack::pop_many",
	tarn_stack_clear, "stack::clear",
	tarn_stack_swap, "stack::swap",
	tarn_stack_copy, "stack::copy",
};

template <class T>
using stack_base = ends_ref<stack_ref<T>, T, struct tarn_stack, stack_calls, tarn_stack_object, tarn_stack_in>;

} // namespace detail

/**
 * All that can be done with a stack, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class T>
class stack_ref : public detail::stack_base<T> {
	using codec = detail::value_codec<T>;

public:
	using detail::stack_base<T>::stack_base;

	/** A copy of the element that came last; empty if there is none. */
	std::optional<T> top() const
	{
		return this->one([&](T *value) { return tarn_stack_top(this->raw_, value); }, "stack::top");
	}

	/** Adds an element on top. */
	void push(const T &value)
	{
		detail::check(tarn_stack_push(this->raw_, &value), "stack::push");
	}

	/** Adds many elements, all in one step; the last of them will be the top. */
	void push_many(const T *values, std::uint64_t count)
	{
		detail::check(tarn_stack_push_many(this->raw_, values, count), "stack::push_many");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Values> void push_many(const Values &values)
	{
		push_many(std::data(values), std::size(values));
	}

	/** The same of a list in braces. */
	void push_many(std::initializer_list<T> values)
	{
		push_many(values.begin(), values.size());
	}

protected:
	/* The stack's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_STACK, detail::order_of<T>(), codec::size, codec::fields);
	}
};

/**
 * A stack with a name: a stack_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>
 */
template <class T>
class stack : public detail::owner<stack_ref<T>, struct tarn_stack, tarn_stack_close> {
	using base = detail::owner<stack_ref<T>, struct tarn_stack, tarn_stack_close>;

public:
	/**
	 * Opens a stack, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements, and what() says both; else as tarn_stack_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	stack(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_stack>(where, name, how, base::type(), tarn_stack_open,
							     "open stack"))
	{
	}
};

} // namespace tarn

#endif
