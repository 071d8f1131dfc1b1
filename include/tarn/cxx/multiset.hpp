// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.hpp -- tarn::multiset<K>, keys in their order, which may repeat,
 * shared by processes
 *
 *	tarn::multiset<int> marks(arena, "marks");
 *	marks.insert(3);
 *	if (marks.count(3) > 1) ...
 *	for (int mark : marks.keys_from(2)) ...
 *
 * The multiset of <tarn/multiset.h>, with the keys of <tarn/cxx/type.hpp>, and
 * double; their order is that of <tarn/cxx/map.hpp>.  Each call is one call of
 * the C library, and atomic unless it says otherwise; keys are copied in and
 * out, for others may change what is there at any time.
 */
#ifndef TARN_CXX_MULTISET_HPP
#define TARN_CXX_MULTISET_HPP

#include <tarn/cxx/multi.hpp>
#include <tarn/multiset.h>

namespace tarn {

namespace detail {

/* What multi_ref calls. */
struct multiset_calls {
	using raw = struct tarn_multiset;
	static constexpr const char *name = "multiset";
	static constexpr auto object = tarn_multiset_object;
	static constexpr auto in = tarn_multiset_in;
	static constexpr auto contains = tarn_multiset_contains;
	static constexpr auto count = tarn_multiset_count;
	static constexpr auto count_many = tarn_multiset_count_many;
	static constexpr auto size = tarn_multiset_size;
	static constexpr auto empty = tarn_multiset_empty;
	static constexpr auto equal = tarn_multiset_equal;
	static constexpr auto erase = tarn_multiset_erase;
	static constexpr auto erase_entry = tarn_multiset_erase_entry;
	static constexpr auto erase_many = tarn_multiset_erase_many;
	static constexpr auto erase_range = tarn_multiset_erase_range;
	static constexpr auto clear = tarn_multiset_clear;
	static constexpr auto swap = tarn_multiset_swap;
	static constexpr auto copy = tarn_multiset_copy;
};

/* From the lowest key upwards, from a key upwards, or from the highest downwards. */
template <class K> class multiset_cursor {
public:
	using value_type = typename ordered_codec<K>::result;
	using step = int (*)(struct tarn_multiset_cursor *, struct tarn_multiset_entry *);

	explicit multiset_cursor(struct tarn_multiset *set, step moves = tarn_multiset_cursor_next)
		: moves_(moves)
	{
		check(tarn_multiset_cursor_open(set, &raw_), "multiset::keys");
	}

	multiset_cursor(struct tarn_multiset *set, const ordered_codec<K> &key) : multiset_cursor(set)
	{
		check(tarn_multiset_cursor_seek(raw_, key.data(), key.length()), "multiset::keys_from");
	}

	multiset_cursor(struct tarn_multiset *set, downwards)
		: multiset_cursor(set, tarn_multiset_cursor_prev)
	{
		tarn_multiset_cursor_seek_end(raw_);
	}

	multiset_cursor(const multiset_cursor &) = delete;
	multiset_cursor &operator=(const multiset_cursor &) = delete;

	~multiset_cursor()
	{
		tarn_multiset_cursor_close(raw_);
	}

	bool next()
	{
		struct tarn_multiset_entry e;

		here.reset();
		if (!found(moves_(raw_, &e), "multiset::keys"))
			return false;
		here.emplace(ordered_codec<K>::decode(e.key, e.key_size));
		return true;
	}

	std::optional<value_type> here;

private:
	struct tarn_multiset_cursor *raw_ = nullptr;
	step moves_;
};

} // namespace detail

/**
 * The walk over a multiset that multiset_ref::keys() and its like begin; a range to be walked once: see
 * detail::walk.
 *
 * An entry that is there throughout the walk comes exactly once and in its place; one that is inserted
 * or erased meanwhile, once or not at all.
 */
template <class K> using multiset_keys = detail::walk<detail::multiset_cursor<K>>;

/**
 * All that can be done with a multiset, by a handle that is somebody else's: a multiset's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same multiset.  May be used by
 * all threads of its process; by a transaction's, by its thread, until it ends.
 *
 * What multimaps have too is in <tarn/cxx/multi.hpp>: contains, count, count_many, size, empty, equal,
 * erase, erase_entry, erase_many, erase_range, clear, swap, copy.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K>
class multiset_ref : public detail::multi_ref<multiset_ref<K>, detail::multiset_calls, K> {
	using base = detail::multi_ref<multiset_ref<K>, detail::multiset_calls, K>;
	using typename base::key_codec;

public:
	using typename base::key_argument;
	using typename base::key_type;
	using value_type = key_type;

	/** A C handle of a multiset with this type, which must outlive this. */
	explicit multiset_ref(struct tarn_multiset *raw) noexcept : base(raw)
	{
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether the entry is there that key and serial name. */
	bool contains_entry(key_argument key, std::uint64_t serial) const
	{
		key_codec k(key);

		return this->found(tarn_multiset_contains_entry(raw_, k.data(), k.length(), serial),
				   "contains_entry");
	}

	/** The first key that is not below a key; empty: all are. */
	std::optional<key_type> lower_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to) {
			return tarn_multiset_lower_bound(raw_, k.data(), k.length(), to);
		}, "lower_bound");
	}

	/** The first key that is above a key; empty: there is none. */
	std::optional<key_type> upper_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to) {
			return tarn_multiset_upper_bound(raw_, k.data(), k.length(), to);
		}, "upper_bound");
	}

	/** The lowest key; empty: there is none. */
	std::optional<key_type> first() const
	{
		return one([&](auto *to) { return tarn_multiset_first(raw_, to); }, "first");
	}

	/** The highest key; empty: there is none. */
	std::optional<key_type> last() const
	{
		return one([&](auto *to) { return tarn_multiset_last(raw_, to); }, "last");
	}

	/** Begins a walk over all keys, from the lowest upwards; each as often as it is there. */
	multiset_keys<K> keys() const
	{
		return multiset_keys<K>(raw_);
	}

	/** The same from a key on, whether it is there or not. */
	multiset_keys<K> keys_from(key_argument key) const
	{
		return multiset_keys<K>(raw_, key_codec(key));
	}

	/** Begins a walk over all keys, from the highest downwards. */
	multiset_keys<K> reversed() const
	{
		return multiset_keys<K>(raw_, detail::downwards());
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds a key once more.  Return: the entry's serial. */
	std::uint64_t insert(key_argument key)
	{
		key_codec k(key);
		std::uint64_t serial = 0;

		this->check(tarn_multiset_insert(raw_, k.data(), k.length(), &serial), "insert");
		return serial;
	}

	/**
	 * Adds many keys.
	 * @keys:	count of them; of multisets of text, std::string or std::string_view
	 *
	 * As count calls of insert() in this order.  For all or none, call it in a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: the first error of one of them; the others are done.
	 */
	template <class Key> void insert_many(const Key *keys, std::size_t count)
	{
		typename base::template many_keys_in<Key> k(keys, count);

		if (count)
			this->check(tarn_multiset_insert_many(raw_, k.data(), k.each, count, nullptr),
				    "insert_many");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> void insert_many(const Keys &keys)
	{
		insert_many(std::data(keys), std::size(keys));
	}

	/**
	 * Adds many keys that do not descend; sooner done than insert_many() when they are not below any other.
	 * @keys:	count of them, none below the one before
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: INVALID, they descend, and nothing was done; the first error of one of them, and those
	 * before it are done.
	 */
	template <class Key> void load(const Key *keys, std::size_t count)
	{
		typename base::template many_keys_in<Key> k(keys, count);

		if (count)
			this->check(tarn_multiset_load(raw_, k.data(), k.each, count), "load");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> void load(const Keys &keys)
	{
		load(std::data(keys), std::size(keys));
	}

	/**
	 * Takes out the lowest key, once.
	 *
	 * As tarn_multiset_pop_first().
	 *
	 * Return: a copy of it; empty: there is none.  Throws also: TYPE, one that others have put in with
	 * another C++ type, and it is gone.
	 */
	std::optional<key_type> pop_first()
	{
		return one([&](auto *to) { return tarn_multiset_pop_first(raw_, to); }, "pop_first");
	}

	/** Takes out the highest key, once; as pop_first(). */
	std::optional<key_type> pop_last()
	{
		return one([&](auto *to) { return tarn_multiset_pop_last(raw_, to); }, "pop_last");
	}

protected:
	/* The multiset's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_MULTISET, key_codec::kind, 0, "");
	}

	using base::raw_;

private:
	/* One key, by a call that says TARN_TOO_BIG and how long it is. */
	template <class Call> std::optional<key_type> one(Call call, const char *name) const
	{
		detail::growing<detail::multi_room<K>> key;
		int code;

		while ((code = call(&key.bytes)) == TARN_TOO_BIG)
			key.grow();
		if (!this->found(code, name))
			return std::nullopt;
		return key_codec::decode(key.bytes.data, key.bytes.size);
	}
};

/**
 * A multiset with a name: a multiset_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: double, or see <tarn/cxx/type.hpp>
 */
template <class K>
class multiset : public detail::owner<multiset_ref<K>, struct tarn_multiset, tarn_multiset_close> {
	using base = detail::owner<multiset_ref<K>, struct tarn_multiset, tarn_multiset_close>;

public:
	/**
	 * Opens a multiset, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys, and what() says both; else as tarn_multiset_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	multiset(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_multiset>(where, name, how, base::type(),
								tarn_multiset_open, "open multiset"))
	{
	}

	/** As multiset_ref::keys(); not of a multiset that ends before the walk. */
	multiset_keys<K> keys() const &
	{
		return base::keys();
	}

	/** As multiset_ref::keys_from(); likewise. */
	multiset_keys<K> keys_from(typename base::key_argument key) const &
	{
		return base::keys_from(key);
	}

	/** As multiset_ref::reversed(); likewise. */
	multiset_keys<K> reversed() const &
	{
		return base::reversed();
	}

	void keys() && = delete;
	void keys_from(typename base::key_argument) && = delete;
	void reversed() && = delete;
};

} // namespace tarn

#endif
