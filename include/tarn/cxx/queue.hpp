// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.hpp -- tarn::queue<T>, of which the first that came goes first, shared by processes
 *
 *	tarn::queue<job> jobs(arena, "jobs");
 *	jobs.push({ 1, 2 });
 *	while (std::optional<job> next = jobs.pop()) ...
 *
 * The queue of <tarn/queue.h>, with the plain types of <tarn/cxx/type.hpp>.
 * Elements are copied in and out, for others may change what is in it at any
 * time: so pop() tells what it has removed, and front() and back() return
 * copies.  Each call is atomic.
 */
#ifndef TARN_CXX_QUEUE_HPP
#define TARN_CXX_QUEUE_HPP

#include <tarn/cxx/ends.hpp>
#include <tarn/queue.h>

#include <initializer_list>
#include <iterator>
#include <string>

namespace tarn {

template <class T> class queue_ref;

namespace detail {

inline constexpr ends_calls<struct tarn_queue> queue_calls = {
	"queue::front",
	tarn_queue_read, "queue::read",
	tarn_queue_size, "queue::size",
	tarn_queue_empty, "queue::empty",
	tarn_queue_pop, "queue::pop",
	tarn_queue_pop_many, "queue::pop_many",
	tarn_queue_clear, "queue::clear",
	tarn_queue_swap, "queue::swap",
	tarn_queue_copy, "queue::copy",
};

template <class T>
using queue_base = ends_ref<queue_ref<T>, T, struct tarn_queue, queue_calls, tarn_queue_object, tarn_queue_in>;

} // namespace detail

/**
 * All that can be done with a queue, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class T>
class queue_ref : public detail::queue_base<T> {
	using codec = detail::value_codec<T>;

public:
	using detail::queue_base<T>::queue_base;

	/** A copy of the element that came first; empty if there is none. */
	std::optional<T> front() const
	{
		return this->one([&](T *value) { return tarn_queue_front(this->raw_, value); }, "queue::front");
	}

	/** A copy of the element that came last; empty if there is none. */
	std::optional<T> back() const
	{
		return this->one([&](T *value) { return tarn_queue_back(this->raw_, value); }, "queue::back");
	}

	/** Adds an element at the back. */
	void push(const T &value)
	{
		detail::check(tarn_queue_push(this->raw_, &value), "queue::push");
	}

	/** Adds many elements, all in one step, in the order in which they are to go. */
	void push_many(const T *values, std::uint64_t count)
	{
		detail::check(tarn_queue_push_many(this->raw_, values, count), "queue::push_many");
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
	/* The queue's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_QUEUE, detail::order_of<T>(), codec::size, codec::fields);
	}
};

/**
 * A queue with a name: a queue_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>
 */
template <class T>
class queue : public detail::owner<queue_ref<T>, struct tarn_queue, tarn_queue_close> {
	using base = detail::owner<queue_ref<T>, struct tarn_queue, tarn_queue_close>;

public:
	/**
	 * Opens a queue, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements, and what() says both; else as tarn_queue_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	queue(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_queue>(where, name, how, base::type(), tarn_queue_open,
							     "open queue"))
	{
	}
};

} // namespace tarn

#endif
