// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.hpp -- tarn::bitset, a number of bits shared by processes
 *
 *	tarn::bitset used(arena, "used", 1000);
 *	bool mine = !used.test_and_set(17);
 *	for (auto i = used.find_first(); i; i = used.find_next(*i + 1)) ...
 *	used &= wanted;
 *
 * The bitset of <tarn/bitset.h>, which says what the two sorts are, with the
 * names of std::bitset.  Bits count from 0, and are 0 at first.
 */
#ifndef TARN_CXX_BITSET_HPP
#define TARN_CXX_BITSET_HPP

#include <optional>
#include <tarn/bitset.h>
#include <tarn/cxx/type.hpp>

namespace tarn {

/**
 * All that can be done with a bitset, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.  An index beyond the end is
 * std::out_of_range.
 */
class bitset_ref
	: public detail::handle_ref<bitset_ref, struct tarn_bitset, tarn_bitset_object, tarn_bitset_in> {
public:

	/** All bits that there are, where a number of them is asked for. */
	static constexpr std::uint64_t npos = TARN_BITSET_END;

	using handle_ref::handle_ref;

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether a bit is 1. */
	bool test(std::uint64_t index) const
	{
		bool value = false;

		detail::check_index(tarn_bitset_test(raw_, index, &value), "bitset::test");
		return value;
	}

	/** How many bits there are. */
	std::uint64_t size() const
	{
		return told<std::uint64_t>(tarn_bitset_size, "bitset::size");
	}

	/** How many of them are 1. */
	std::uint64_t count() const
	{
		return told<std::uint64_t>(tarn_bitset_count, "bitset::count");
	}

	/** Whether some bit is 1. */
	bool any() const
	{
		return told<bool>(tarn_bitset_any, "bitset::any");
	}

	/** Whether all bits are 1, as they are where there is none. */
	bool all() const
	{
		return told<bool>(tarn_bitset_all, "bitset::all");
	}

	/** Whether no bit is 1. */
	bool none() const
	{
		return told<bool>(tarn_bitset_none, "bitset::none");
	}

	/** Which is the first bit that is 1; empty: none. */
	std::optional<std::uint64_t> find_first() const
	{
		std::uint64_t index = 0;

		if (!detail::found(tarn_bitset_find_first(raw_, &index), "bitset::find_first"))
			return std::nullopt;
		return index;
	}

	/** The same from one bit on, which is looked at too, and may be beyond the end. */
	std::optional<std::uint64_t> find_next(std::uint64_t from) const
	{
		std::uint64_t index = 0;

		if (!detail::found(tarn_bitset_find_next(raw_, from, &index), "bitset::find_next"))
			return std::nullopt;
		return index;
	}

	/* ---- one bit --------------------------------------------------------------------------- */

	/** Makes a bit 1. */
	void set(std::uint64_t index)
	{
		detail::check_index(tarn_bitset_set(raw_, index), "bitset::set");
	}

	/** Makes a bit 1 or 0, as told. */
	void set(std::uint64_t index, bool value)
	{
		value ? set(index) : reset(index);
	}

	/* Nobody shall think that the second number is how many: see set_range(). */
	template <class Number> void set(std::uint64_t index, Number value) = delete;

	/** Makes a bit 0. */
	void reset(std::uint64_t index)
	{
		detail::check_index(tarn_bitset_reset(raw_, index), "bitset::reset");
	}

	/** Makes a bit 0 that is 1, and the other way round. */
	void flip(std::uint64_t index)
	{
		detail::check_index(tarn_bitset_flip(raw_, index), "bitset::flip");
	}

	/** Makes a bit 1.  Return: what it was before. */
	bool test_and_set(std::uint64_t index)
	{
		bool before = false;

		detail::check_index(tarn_bitset_test_and_set(raw_, index, &before), "bitset::test_and_set");
		return before;
	}

	/* ---- many bits, all in one step; of an atomic bitset, TYPE ------------------------------- */

	/** Makes bits 1, or 0; npos: all that follow the first. */
	void set_range(std::uint64_t first, std::uint64_t count, bool value = true)
	{
		detail::check_index(tarn_bitset_set_range(raw_, first, count, value), "bitset::set_range");
	}

	/** Makes all bits 1.  As tarn_bitset_set_range(). */
	void set()
	{
		set_range(0, npos);
	}

	/** Makes all bits 0.  As tarn_bitset_set_range(). */
	void reset()
	{
		set_range(0, npos, false);
	}

	/** Has more bits, which are 0, or cuts some off. */
	void resize(std::uint64_t bits)
	{
		detail::check(tarn_bitset_resize(raw_, bits), "bitset::resize");
	}

	/** Keeps those bits that another has too.  As tarn_bitset_and(); throws TYPE, their sizes differ. */
	bitset_ref &operator&=(const bitset_ref &other)
	{
		detail::check(tarn_bitset_and(raw_, other.raw_), "bitset::operator&=");
		return *this;
	}

	/** Adds those bits that another has.  As tarn_bitset_or(); throws TYPE, their sizes differ. */
	bitset_ref &operator|=(const bitset_ref &other)
	{
		detail::check(tarn_bitset_or(raw_, other.raw_), "bitset::operator|=");
		return *this;
	}

	/** Flips those bits that another has.  As tarn_bitset_xor(); throws TYPE, their sizes differ. */
	bitset_ref &operator^=(const bitset_ref &other)
	{
		detail::check(tarn_bitset_xor(raw_, other.raw_), "bitset::operator^=");
		return *this;
	}

protected:

private:
	/* What a C call tells of all of it. */
	template <class T> T told(int (*call)(struct tarn_bitset *, T *), const char *what) const
	{
		T value{};

		detail::check(call(raw_, &value), what);
		return value;
	}
};

/** A bitset with a name: a bitset_ref that opens and closes its own handle.  Move-only. */
class bitset : public detail::owner<bitset_ref, struct tarn_bitset, tarn_bitset_close> {
	using base = detail::owner<bitset_ref, struct tarn_bitset, tarn_bitset_close>;

public:
	/**
	 * Opens a bitset that transactions can have, or creates it, with zeros.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @bits:	how many one that is created has; one that exists has as many as it has
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it is of the other sort, or no bitset, and what() says both; else as
	 * tarn_bitset_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	bitset(arena &where, const std::string &name, std::uint64_t bits,
	       open_mode how = open_mode::open_or_create)
		: base(open(where, name, TARN_TRANSACTIONAL, bits, how))
	{
	}

	/** The same, but one that is created has no bits yet. */
	bitset(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: bitset(where, name, 0, how)
	{
	}

	/** The same of the other sort: no call on a bit waits, no transaction can have it, and its size stays. */
	static bitset atomic(arena &where, const std::string &name, std::uint64_t bits,
			     open_mode how = open_mode::open_or_create)
	{
		return bitset(open(where, name, TARN_ATOMIC, bits, how));
	}

private:
	explicit bitset(struct tarn_bitset *raw) noexcept : base(raw)
	{
	}

	static struct tarn_bitset *open(arena &where, const std::string &name, enum tarn_sort sort,
					std::uint64_t bits, open_mode how)
	{
		struct tarn_bitset *raw = nullptr;

		detail::check(tarn_bitset_open(where.handle(), &raw, name.c_str(), sort, bits,
					       static_cast<enum tarn_open_mode>(how), nullptr),
			      "open bitset", name.c_str());
		return raw;
	}
};

} // namespace tarn

#endif
