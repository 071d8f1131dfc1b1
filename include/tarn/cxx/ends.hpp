// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.hpp -- what stacks, queues and priority queues of C++ have in common
 *
 * One class, which is told by which C calls it does what.
 */
#ifndef TARN_CXX_ENDS_HPP
#define TARN_CXX_ENDS_HPP

#include <tarn/cxx/vector.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace tarn {
namespace detail {

/* The C calls of a kind, and what errors say they were. */
template <class Raw> struct ends_calls {
	const char *first_name;
	int (*read)(Raw *, std::uint64_t, void *, std::uint64_t, std::uint64_t *);
	const char *read_name;
	int (*size)(Raw *, std::uint64_t *);
	const char *size_name;
	int (*empty)(Raw *, bool *);
	const char *empty_name;
	int (*pop)(Raw *, void *);
	const char *pop_name;
	int (*pop_many)(Raw *, void *, std::uint64_t, std::uint64_t *);
	const char *pop_many_name;
	int (*clear)(Raw *);
	const char *clear_name;
	int (*swap)(Raw *, Raw *);
	const char *swap_name;
	int (*copy)(Raw *, Raw *);
	const char *copy_name;
};

/*
 * A handle that is somebody else's.
 * @Ref: the class that is made of it; @T: of elements; @Calls: of the kind; @Object, @In: see handle_ref
 */
template <class Ref, class T, class Raw, const ends_calls<Raw> &Calls, struct tarn_object *(*Object)(Raw *),
	  Raw *(*In)(Raw *, struct tarn_txn *)>
class ends_ref : public handle_ref<Ref, Raw, Object, In> {
	using base = handle_ref<Ref, Raw, Object, In>;

	static_assert(!is_text<T>, "tarn: elements of it have one size; for text use a list");
	static_assert(!std::is_same<T, bool>::value, "tarn: use std::uint8_t in place of bool");

public:
	using value_type = T;

	/** All elements that there are, where a number of them is asked for. */
	static constexpr std::uint64_t npos = UINT64_MAX;

	/** A C handle of one with this type, which must outlive this. */
	explicit ends_ref(Raw *raw) noexcept : base(raw)
	{
		require_plain<T>();
	}

	/**
	 * Copies of many elements, all as they were at one moment; of one that grows all the while, several
	 * times.
	 * @index:	of the first, as the C call counts them
	 * @count:	how many at most
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

		check_index(Calls.read(raw_, index, values, count, &got), Calls.read_name);
		return got;
	}

	/** The number of elements. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		check(Calls.size(raw_, &size), Calls.size_name);
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		check(Calls.empty(raw_, &empty), Calls.empty_name);
		return empty;
	}

	/** Removes the element that goes next.  Return: a copy of it; empty if there is none. */
	std::optional<T> pop()
	{
		return one([&](T *value) { return Calls.pop(raw_, value); }, Calls.pop_name);
	}

	/**
	 * Removes many elements, all in one step.
	 * @count:	how many at most; there is room for so many during the call
	 *
	 * Return: copies of them, in the order in which they would have gone; none if it is empty.
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

		found(Calls.pop_many(raw_, values, count, &got), Calls.pop_many_name);
		return got;
	}

	/** Removes all elements. */
	void clear()
	{
		check(Calls.clear(raw_), Calls.clear_name);
	}

	/** Exchanges the contents of two of an arena, in one step; of handles, both stay. */
	void swap(const ends_ref &other)
	{
		check(Calls.swap(raw_, other.raw_), Calls.swap_name);
	}

	/** Gives it the contents of another of the same arena, in one step; that stays as it is. */
	void copy(const ends_ref &from)
	{
		check(Calls.copy(raw_, from.raw_), Calls.copy_name);
	}

protected:
	using base::raw_;

	/* An element, by a call that copies it out if there is one. */
	template <class Call> static std::optional<T> one(Call call, const char *name)
	{
		T value{};

		return found(call(&value), name) ? std::optional<T>(value) : std::nullopt;
	}

private:
	/* Cuts off what did not come.  Return: whether all came. */
	static bool filled(std::vector<T> &values, std::uint64_t got)
	{
		bool all = got == values.size();

		values.resize(got);
		return all;
	}
};

} // namespace detail
} // namespace tarn

#endif
