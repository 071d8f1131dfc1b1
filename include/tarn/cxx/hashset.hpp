// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.hpp -- tarn::hashset<K>, an unordered set shared by processes
 *
 *	tarn::hashset<std::string> seen(arena, "seen");
 *	if (seen.insert("GET /")) ...			it was not there yet
 *	for (const std::string &line : seen.keys()) ...
 *	both.intersection(seen, wanted);
 *
 * The set of <tarn/hashset.h>, with the keys of <tarn/cxx/type.hpp>.  Each
 * call is one call of the C library, and atomic unless its card says
 * otherwise; keys are copied in and out, for others may change what is in the
 * set at any time.
 */
#ifndef TARN_CXX_HASHSET_HPP
#define TARN_CXX_HASHSET_HPP

#include <cstddef>
#include <iterator>
#include <optional>
#include <tarn/cxx/type.hpp>
#include <tarn/cxx/walk.hpp>
#include <tarn/hashset.h>

namespace tarn {

namespace detail {

template <class K> class hashset_cursor {
public:
	using value_type = typename key_codec<K>::result;

	explicit hashset_cursor(struct tarn_hashset *set)
	{
		check(tarn_hashset_cursor_open(set, &raw_), "hashset::keys");
	}

	hashset_cursor(const hashset_cursor &) = delete;
	hashset_cursor &operator=(const hashset_cursor &) = delete;

	~hashset_cursor()
	{
		tarn_hashset_cursor_close(raw_);
	}

	bool next()
	{
		const void *key = nullptr;
		std::size_t size = 0;

		here.reset();
		if (!found(tarn_hashset_cursor_next(raw_, &key, &size), "hashset::keys"))
			return false;
		here.emplace(key_codec<K>::decode(key, size));
		return true;
	}

	std::optional<value_type> here;

private:
	struct tarn_hashset_cursor *raw_ = nullptr;
};

} // namespace detail

/**
 * The walk over a set that hashset_ref::keys() begins; a range to be walked once: see detail::walk.
 *
 * A key that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.
 */
template <class K> using hashset_keys = detail::walk<detail::hashset_cursor<K>>;

/**
 * All that can be done with a set, by a handle that is somebody else's: a hashset's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same set.  May be used by all
 * threads of its process; by a transaction's, by its thread, until it ends.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K>
class hashset_ref
	: public detail::handle_ref<hashset_ref<K>, struct tarn_hashset, tarn_hashset_object, tarn_hashset_in> {
	using base = detail::handle_ref<hashset_ref<K>, struct tarn_hashset, tarn_hashset_object, tarn_hashset_in>;
	using key_codec = detail::key_codec<K>;

public:
	using key_type = typename key_codec::result;
	using value_type = key_type;
	using key_argument = typename key_codec::argument;

	/** A C handle of a set with this type, which must outlive this. */
	explicit hashset_ref(struct tarn_hashset *raw) noexcept : base(raw)
	{
		detail::require_key<K>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return detail::found(tarn_hashset_contains(raw_, k.data(), k.length()),
				     "hashset::contains");
	}

	/**
	 * Whether many keys are there.
	 * @keys:	count of them; of sets of text, std::string or std::string_view
	 *
	 * As count calls of contains(), each atomic by itself: see tarn_hashset_contains_many().
	 *
	 * Return: for each key, in their order, whether it is there.
	 */
	template <class Key> std::vector<bool> contains_many(const Key *keys, std::size_t count) const
	{
		return each(tarn_hashset_contains_many, keys, count, TARN_NOT_FOUND,
			    "hashset::contains_many");
	}

	/** The same of all in a vector, array, span, ...: whatever has std::data() and std::size(). */
	template <class Keys> std::vector<bool> contains_many(const Keys &keys) const
	{
		return contains_many(std::data(keys), std::size(keys));
	}

	/** The number of keys. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_hashset_size(raw_, &size), "hashset::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		detail::check(tarn_hashset_empty(raw_, &empty), "hashset::empty");
		return empty;
	}

	/** Begins a walk over all keys, in no order.  As tarn_hashset_cursor_open(). */
	hashset_keys<K> keys() const
	{
		return hashset_keys<K>(raw_);
	}

	/** Whether another set has the same keys. */
	bool equal(const hashset_ref &other) const
	{
		bool equal = false;

		detail::check(tarn_hashset_equal(raw_, other.raw_, &equal), "hashset::equal");
		return equal;
	}

	/** Whether another set has all keys of this one. */
	bool is_subset(const hashset_ref &of) const
	{
		bool subset = false;

		detail::check(tarn_hashset_is_subset(raw_, of.raw_, &subset), "hashset::is_subset");
		return subset;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds a key.  Return: false: it was there already. */
	bool insert(key_argument key)
	{
		key_codec k(key);
		int code = tarn_hashset_insert(raw_, k.data(), k.length());

		return code != TARN_EXISTS && detail::check(code, "hashset::insert") == 0;
	}

	/** Removes a key.  Return: whether it was there. */
	bool erase(key_argument key)
	{
		key_codec k(key);

		return detail::found(tarn_hashset_erase(raw_, k.data(), k.length()), "hashset::erase");
	}

	/**
	 * Adds many keys.
	 * @keys:	count of them; of sets of text, std::string or std::string_view
	 *
	 * As count calls of insert() in this order, but faster: see tarn_hashset_insert_many().  For all or
	 * none, call it in a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were not there yet.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t insert_many(const Key *keys, std::size_t count)
	{
		return how_many(each(tarn_hashset_insert_many, keys, count, TARN_EXISTS,
				     "hashset::insert_many"));
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> std::size_t insert_many(const Keys &keys)
	{
		return insert_many(std::data(keys), std::size(keys));
	}

	/**
	 * Removes many keys.
	 * @keys:	count of them; of sets of text, std::string or std::string_view
	 *
	 * As count calls of erase() in this order, but faster: see tarn_hashset_erase_many().
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were there.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t erase_many(const Key *keys, std::size_t count)
	{
		return how_many(each(tarn_hashset_erase_many, keys, count, TARN_NOT_FOUND,
				     "hashset::erase_many"));
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> std::size_t erase_many(const Keys &keys)
	{
		return erase_many(std::data(keys), std::size(keys));
	}

	/** Removes all keys. */
	void clear()
	{
		detail::check(tarn_hashset_clear(raw_), "hashset::clear");
	}

	/** Has room for so many keys in all from now on. */
	void reserve(std::uint64_t count)
	{
		detail::check(tarn_hashset_reserve(raw_, count), "hashset::reserve");
	}

	/** Gives back memory that the keys do not need. */
	void shrink_to_fit()
	{
		detail::check(tarn_hashset_shrink_to_fit(raw_), "hashset::shrink_to_fit");
	}

	/* ---- whole sets, of any arenas unless told otherwise ------------------------------------- */

	/** Exchanges the contents of two sets of an arena, in one step; of handles, both stay. */
	void swap(const hashset_ref &other)
	{
		detail::check(tarn_hashset_swap(raw_, other.raw_), "hashset::swap");
	}

	/** Gives it the keys of another, in one step, in place of its own. */
	void copy(const hashset_ref &from)
	{
		detail::check(tarn_hashset_copy(raw_, from.raw_), "hashset::copy");
	}

	/** Gives it the keys of one or the other, in place of its own; may be one of them.  As tarn_hashset_union(). */
	void union_of(const hashset_ref &one, const hashset_ref &other)
	{
		detail::check(tarn_hashset_union(raw_, one.raw_, other.raw_), "hashset::union_of");
	}

	/** Gives it the keys that both have, in place of its own; may be one of them. */
	void intersection(const hashset_ref &one, const hashset_ref &other)
	{
		detail::check(tarn_hashset_intersection(raw_, one.raw_, other.raw_),
			      "hashset::intersection");
	}

	/** Gives it the keys of one that the other has not, in place of its own; may be one of them. */
	void difference(const hashset_ref &one, const hashset_ref &other)
	{
		detail::check(tarn_hashset_difference(raw_, one.raw_, other.raw_), "hashset::difference");
	}

protected:
	/* The set's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_HASHSET, key_codec::kind, 0, "");
	}

	using base::raw_;

private:
	using many_call = int (*)(struct tarn_hashset *, const void *, std::size_t, std::size_t, int *);

	/*
	 * A call of many keys: for each, whether it was not answered by no.  Any
	 * other code than that one and 0 is an error.
	 */
	template <class Key>
	std::vector<bool> each(many_call call, const Key *keys, std::size_t count, int no,
			       const char *what) const
	{
		static_assert(std::is_same<Key, K>::value || (detail::is_text<K> && detail::is_text<Key>),
			      "tarn: these are not the set's keys");
		detail::many_keys<Key> k(keys, count);
		std::vector<int> codes(count, no);
		std::vector<bool> yes(count);
		int code = count ? call(raw_, k.data(), k.each, count, codes.data()) : 0;

		if (code != no)
			detail::check(code, what);
		for (std::size_t i = 0; i < count; i++)
			yes[i] = codes[i] == 0;
		return yes;
	}

	static std::size_t how_many(const std::vector<bool> &yes)
	{
		std::size_t count = 0;

		for (bool one : yes)
			count += one;
		return count;
	}
};

/**
 * A set with a name: a hashset_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: see <tarn/cxx/type.hpp>
 */
template <class K>
class hashset : public detail::owner<hashset_ref<K>, struct tarn_hashset, tarn_hashset_close> {
	using base = detail::owner<hashset_ref<K>, struct tarn_hashset, tarn_hashset_close>;

public:
	/**
	 * Opens a set, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys, and what() says both; else as tarn_hashset_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	hashset(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_hashset>(where, name, how, base::type(), tarn_hashset_open,
							     "open hashset"))
	{
	}

	/** As hashset_ref::keys(); not of a set that ends before the walk. */
	hashset_keys<K> keys() const &
	{
		return base::keys();
	}

	void keys() && = delete;
};

} // namespace tarn

#endif
