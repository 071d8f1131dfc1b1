// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.hpp -- tarn::priority_queue<T>, of which the greatest goes first, shared by processes
 *
 *	struct sooner {
 *		static constexpr const char *name = "sooner";
 *		bool operator()(const timer &a, const timer &b) const noexcept { return a.at > b.at; }
 *	};
 *	tarn::priority_queue<timer, sooner> timers(arena, "timers");
 *	tarn::priority_handle mine = timers.push({ 12, 1 });
 *	timers.update(mine, { 9, 1 });
 *
 * The priority queue of <tarn/priority_queue.h>, with the plain types of
 * <tarn/cxx/type.hpp>.  Numbers of 4 and 8 bytes and double have their order;
 * other types need one, which says what is less, as in std::priority_queue,
 * and has a name that means the same in all processes.  Elements are copied
 * in and out, for others may change what is in it at any time.  In the place
 * of references there are handles, which are plain data, mean the same in
 * all processes, and find nothing once their element is gone.  Each call is
 * atomic.
 */
#ifndef TARN_CXX_PRIORITY_QUEUE_HPP
#define TARN_CXX_PRIORITY_QUEUE_HPP

#include <tarn/cxx/ends.hpp>
#include <tarn/order.h>
#include <tarn/priority_queue.h>

#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>

namespace tarn {

/** One element, as long as it is in the queue. */
using priority_handle = struct tarn_priority_queue_handle;

/** The order of numbers. */
struct by_number {
};

/** The order of their bytes, as by memcmp(). */
struct by_bytes {
};

template <class T, class Order> class priority_queue_ref;

namespace detail {

inline constexpr ends_calls<struct tarn_priority_queue> priority_queue_calls = {
	"priority_queue::top",
	tarn_priority_queue_read, "priority_queue::read",
	tarn_priority_queue_size, "priority_queue::size",
	tarn_priority_queue_empty, "priority_queue::empty",
	tarn_priority_queue_pop, "priority_queue::pop",
	tarn_priority_queue_pop_many, "priority_queue::pop_many",
	tarn_priority_queue_clear, "priority_queue::clear",
	tarn_priority_queue_swap, "priority_queue::swap",
	tarn_priority_queue_copy, "priority_queue::copy",
};

template <class T, class Order>
using priority_queue_base = ends_ref<priority_queue_ref<T, Order>, T, struct tarn_priority_queue,
				     priority_queue_calls, tarn_priority_queue_object, tarn_priority_queue_in>;

/* An order as the C library calls it; an exception of its ends the process. */
template <class T, class Order>
int
compare_by(const void *a, std::size_t, const void *b, std::size_t, void *) noexcept
{
	T first, second;
	Order less;

	std::memcpy(&first, a, sizeof(first));
	std::memcpy(&second, b, sizeof(second));
	return less(first, second) ? -1 : less(second, first);
}

} // namespace detail

/**
 * All that can be done with a priority queue, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  read() begins with the top.
 */
template <class T, class Order = by_number>
class priority_queue_ref : public detail::priority_queue_base<T, Order> {
	using codec = detail::value_codec<T>;

	static constexpr bool is_named = !std::is_same<Order, by_number>::value && !std::is_same<Order, by_bytes>::value;

	static_assert(!std::is_same<Order, by_number>::value || detail::order_of<T>() != TARN_KEY_NONE,
		      "tarn: without an order of one's own this is for numbers of 4 and 8 bytes, and double");

public:
	using detail::priority_queue_base<T, Order>::priority_queue_base;

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of the greatest element; empty if there is none. */
	std::optional<T> top() const
	{
		return this->one([&](T *value) { return tarn_priority_queue_top(raw_, value, nullptr); },
				 "priority_queue::top");
	}

	/** The same, and its handle is told. */
	std::optional<T> top(priority_handle &handle) const
	{
		return this->one([&](T *value) { return tarn_priority_queue_top(raw_, value, &handle); },
				 "priority_queue::top");
	}

	/** A copy of an element; empty if it is gone. */
	std::optional<T> get(const priority_handle &handle) const
	{
		return this->one([&](T *value) { return tarn_priority_queue_get(raw_, &handle, value); },
				 "priority_queue::get");
	}

	/* ---- coming ---------------------------------------------------------------------------- */

	/** Adds an element.  Return: its handle. */
	priority_handle push(const T &value)
	{
		priority_handle handle;

		detail::check(tarn_priority_queue_push(raw_, &value, &handle), "priority_queue::push");
		return handle;
	}

	/** Adds many elements, all in one step; their handles are told, if there is room for them. */
	void push_many(const T *values, std::uint64_t count, priority_handle *handles = nullptr)
	{
		detail::check(tarn_priority_queue_push_many(raw_, values, count, handles),
			      "priority_queue::push_many");
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

	/* ---- by handle ------------------------------------------------------------------------- */

	/** Gives an element another value, and the place that is due to it.  Return: whether it was there. */
	bool update(const priority_handle &handle, const T &value)
	{
		return detail::found(tarn_priority_queue_update(raw_, &handle, &value), "priority_queue::update");
	}

	/** Removes an element, wherever it is.  Return: a copy of it; empty if it is gone. */
	std::optional<T> remove(const priority_handle &handle)
	{
		return this->one([&](T *value) { return tarn_priority_queue_remove(raw_, &handle, value); },
				 "priority_queue::remove");
	}

protected:
	using detail::priority_queue_base<T, Order>::raw_;

	/* The queue's type, as it is stored with it; its order is known to this process from then on. */
	static struct tarn_type type()
	{
		struct tarn_type type = detail::type_of_kind(TARN_KIND_PRIORITY_QUEUE, TARN_KEY_BYTES, codec::size,
							     codec::fields);

		if constexpr (std::is_same<Order, by_number>::value)
			type.key = detail::order_of<T>();
		if constexpr (is_named) {
			type.key = TARN_KEY_CUSTOM;
			type.order = Order::name;
			detail::check(tarn_order_register(Order::name, detail::compare_by<T, Order>, nullptr),
				      "priority_queue: order");
		}
		return type;
	}
};

/**
 * A priority queue with a name: a priority_queue_ref that opens and closes its own handle.  Move-only.
 * @T:	of its elements: a plain type, see <tarn/cxx/type.hpp>
 * @Order:	what is less: by_number, by_bytes, or a class with a call operator and a name
 */
template <class T, class Order = by_number>
class priority_queue
	: public detail::owner<priority_queue_ref<T, Order>, struct tarn_priority_queue, tarn_priority_queue_close> {
	using base = detail::owner<priority_queue_ref<T, Order>, struct tarn_priority_queue, tarn_priority_queue_close>;

public:
	/**
	 * Opens a priority queue, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other elements or another order, and what() says both; EXISTS also if the
	 * order's name stands for another one in this process; else as tarn_priority_queue_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	priority_queue(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_priority_queue>(where, name, how, base::type(),
								      tarn_priority_queue_open,
								      "open priority queue"))
	{
	}
};

} // namespace tarn

#endif
