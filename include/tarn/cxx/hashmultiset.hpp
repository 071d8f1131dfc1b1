// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.hpp -- tarn::hashmultiset<K>, an unordered multiset shared by processes
 *
 *	tarn::hashmultiset<std::string> seen(arena, "seen");
 *	seen.insert("GET /");
 *	seen.insert("GET /", 20);
 *	for (auto [line, times] : seen.keys()) ...		each key once, with how often it is there
 *
 * The multiset of <tarn/hashmultiset.h>, with the keys of <tarn/cxx/type.hpp>.
 * Each call is one call of the C library, and atomic; keys are copied in and
 * out, for others may change what is in the set at any time.
 */
#ifndef TARN_CXX_HASHMULTISET_HPP
#define TARN_CXX_HASHMULTISET_HPP

#include <cstddef>
#include <optional>
#include <tarn/cxx/type.hpp>
#include <tarn/cxx/walk.hpp>
#include <tarn/hashmultiset.h>
#include <utility>

namespace tarn {

namespace detail {

template <class K> class hashmultiset_cursor {
public:
	using value_type = std::pair<typename key_codec<K>::result, std::uint64_t>;

	explicit hashmultiset_cursor(struct tarn_hashmultiset *set)
	{
		check(tarn_hashmultiset_cursor_open(set, &raw_), "hashmultiset::keys");
	}

	hashmultiset_cursor(const hashmultiset_cursor &) = delete;
	hashmultiset_cursor &operator=(const hashmultiset_cursor &) = delete;

	~hashmultiset_cursor()
	{
		tarn_hashmultiset_cursor_close(raw_);
	}

	bool next()
	{
		const void *key = nullptr;
		std::size_t size = 0;
		std::uint64_t times = 0;

		here.reset();
		if (!found(tarn_hashmultiset_cursor_next(raw_, &key, &size, &times), "hashmultiset::keys"))
			return false;
		here.emplace(key_codec<K>::decode(key, size), times);
		return true;
	}

	std::optional<value_type> here;

private:
	struct tarn_hashmultiset_cursor *raw_ = nullptr;
};

} // namespace detail

/**
 * The walk over a multiset that hashmultiset_ref::keys() begins; a range to be walked once: see
 * detail::walk.
 *
 * A key that is there throughout the walk comes exactly once, with how often it was there when it was
 * copied; one that comes or goes meanwhile, once or not at all.
 */
template <class K> using hashmultiset_keys = detail::walk<detail::hashmultiset_cursor<K>>;

/**
 * All that can be done with a multiset, by a handle that is somebody else's: a hashmultiset's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same multiset.  May be used by
 * all threads of its process; by a transaction's, by its thread, until it ends.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K>
class hashmultiset_ref
	: public detail::handle_ref<hashmultiset_ref<K>, struct tarn_hashmultiset, tarn_hashmultiset_object,
				    tarn_hashmultiset_in> {
	using base = detail::handle_ref<hashmultiset_ref<K>, struct tarn_hashmultiset,
					tarn_hashmultiset_object, tarn_hashmultiset_in>;
	using key_codec = detail::key_codec<K>;

public:
	using key_type = typename key_codec::result;
	using value_type = std::pair<key_type, std::uint64_t>;
	using key_argument = typename key_codec::argument;

	/** A C handle of a multiset with this type, which must outlive this. */
	explicit hashmultiset_ref(struct tarn_hashmultiset *raw) noexcept : base(raw)
	{
		detail::require_key<K>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return detail::found(tarn_hashmultiset_contains(raw_, k.data(), k.length()),
				     "hashmultiset::contains");
	}

	/** How often a key is there. */
	std::uint64_t count(key_argument key) const
	{
		key_codec k(key);
		std::uint64_t count = 0;

		detail::check(tarn_hashmultiset_count(raw_, k.data(), k.length(), &count),
			      "hashmultiset::count");
		return count;
	}

	/** The number of keys, each as often as it is there. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_hashmultiset_size(raw_, &size), "hashmultiset::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		return size() == 0;
	}

	/** Begins a walk over all keys, in no order.  As tarn_hashmultiset_cursor_open(). */
	hashmultiset_keys<K> keys() const
	{
		return hashmultiset_keys<K>(raw_);
	}

	/** Whether another multiset has the same keys, each as often. */
	bool equal(const hashmultiset_ref &other) const
	{
		bool equal = false;

		detail::check(tarn_hashmultiset_equal(raw_, other.raw_, &equal), "hashmultiset::equal");
		return equal;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds a key so often, in one step.  As tarn_hashmultiset_add(). */
	void insert(key_argument key, std::uint64_t times = 1)
	{
		key_codec k(key);

		detail::check(tarn_hashmultiset_add(raw_, k.data(), k.length(), times),
			      "hashmultiset::insert");
	}

	/** Removes a key.  Return: how often it was there. */
	std::uint64_t erase(key_argument key)
	{
		key_codec k(key);
		std::uint64_t erased = 0;

		detail::found(tarn_hashmultiset_erase(raw_, k.data(), k.length(), &erased),
			      "hashmultiset::erase");
		return erased;
	}

	/** Removes a key once.  Return: whether it was there. */
	bool erase_one(key_argument key)
	{
		key_codec k(key);

		return detail::found(tarn_hashmultiset_erase_one(raw_, k.data(), k.length()),
				     "hashmultiset::erase_one");
	}

	/** Removes all keys. */
	void clear()
	{
		detail::check(tarn_hashmultiset_clear(raw_), "hashmultiset::clear");
	}

	/** Has room for so many keys from now on, however often each is there. */
	void reserve(std::uint64_t count)
	{
		detail::check(tarn_hashmultiset_reserve(raw_, count), "hashmultiset::reserve");
	}

	/** Gives back memory that the keys do not need. */
	void shrink_to_fit()
	{
		detail::check(tarn_hashmultiset_shrink_to_fit(raw_), "hashmultiset::shrink_to_fit");
	}

	/** Exchanges the contents of two multisets of an arena, in one step; of handles, both stay. */
	void swap(const hashmultiset_ref &other)
	{
		detail::check(tarn_hashmultiset_swap(raw_, other.raw_), "hashmultiset::swap");
	}

	/** Gives it the contents of another, of any arena, in one step, in place of its own. */
	void copy(const hashmultiset_ref &from)
	{
		detail::check(tarn_hashmultiset_copy(raw_, from.raw_), "hashmultiset::copy");
	}

protected:
	/* The multiset's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_HASHMULTISET, key_codec::kind, 0, "");
	}

	using base::raw_;
};

/**
 * A multiset with a name: a hashmultiset_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: see <tarn/cxx/type.hpp>
 */
template <class K>
class hashmultiset
	: public detail::owner<hashmultiset_ref<K>, struct tarn_hashmultiset, tarn_hashmultiset_close> {
	using base = detail::owner<hashmultiset_ref<K>, struct tarn_hashmultiset, tarn_hashmultiset_close>;

public:
	/**
	 * Opens a multiset, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys, and what() says both; else as tarn_hashmultiset_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	hashmultiset(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_hashmultiset>(
			  where, name, how, base::type(), tarn_hashmultiset_open, "open hashmultiset"))
	{
	}

	/** As hashmultiset_ref::keys(); not of a multiset that ends before the walk. */
	hashmultiset_keys<K> keys() const &
	{
		return base::keys();
	}

	void keys() && = delete;
};

} // namespace tarn

#endif
