// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.hpp -- tarn::hashmultimap<K, V>, an unordered multimap shared by processes
 *
 *	tarn::hashmultimap<std::string, std::uint64_t> visits(arena, "visits");
 *	visits.insert("/", 20261124);
 *	for (std::uint64_t day : visits.values("/")) ...	all of them, as they are at this moment
 *	std::uint64_t gone = visits.erase("/");
 *
 * The multimap of <tarn/hashmultimap.h>, with the types of <tarn/cxx/type.hpp>.
 * Each call is one call of the C library, and atomic unless its card says
 * otherwise; keys and values are copied in and out, for others may change
 * what is in the map at any time.
 */
#ifndef TARN_CXX_HASHMULTIMAP_HPP
#define TARN_CXX_HASHMULTIMAP_HPP

#include <cstddef>
#include <optional>
#include <tarn/cxx/type.hpp>
#include <tarn/cxx/walk.hpp>
#include <tarn/hashmultimap.h>
#include <utility>

namespace tarn {

namespace detail {

/* A C cursor over all entries, or over those of a key. */
template <class K> class hashmultimap_cursor {
public:
	hashmultimap_cursor(const hashmultimap_cursor &) = delete;
	hashmultimap_cursor &operator=(const hashmultimap_cursor &) = delete;

	explicit hashmultimap_cursor(struct tarn_hashmultimap *map)
	{
		check(tarn_hashmultimap_cursor_open(map, &raw_), "hashmultimap::entries");
	}

	hashmultimap_cursor(struct tarn_hashmultimap *map, const key_codec<K> &key)
	{
		check(tarn_hashmultimap_equal_range(map, key.data(), key.length(), &raw_),
		      "hashmultimap::values");
	}

	~hashmultimap_cursor()
	{
		tarn_hashmultimap_cursor_close(raw_);
	}

protected:
	bool step(struct tarn_hashmultimap_entry &entry)
	{
		return found(tarn_hashmultimap_cursor_next(raw_, &entry), "hashmultimap::entries");
	}

private:
	struct tarn_hashmultimap_cursor *raw_ = nullptr;
};

template <class K, class V> class hashmultimap_entry_cursor : public hashmultimap_cursor<K> {
public:
	using value_type = std::pair<typename key_codec<K>::result, typename value_codec<V>::result>;
	using hashmultimap_cursor<K>::hashmultimap_cursor;

	bool next()
	{
		struct tarn_hashmultimap_entry entry = {};

		here.reset();
		if (!this->step(entry))
			return false;
		here.emplace(key_codec<K>::decode(entry.key, entry.key_size),
			     value_codec<V>::decode(entry.value, entry.value_size));
		return true;
	}

	std::optional<value_type> here;
};

template <class K, class V> class hashmultimap_value_cursor : public hashmultimap_cursor<K> {
public:
	using value_type = typename value_codec<V>::result;
	using hashmultimap_cursor<K>::hashmultimap_cursor;

	bool next()
	{
		struct tarn_hashmultimap_entry entry = {};

		here.reset();
		if (!this->step(entry))
			return false;
		here.emplace(value_codec<V>::decode(entry.value, entry.value_size));
		return true;
	}

	std::optional<value_type> here;
};

} // namespace detail

/**
 * The walk over a multimap that hashmultimap_ref::entries() begins; a range to be walked once: see
 * detail::walk.
 *
 * An entry that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.  The values of a key come one after the other.
 */
template <class K, class V>
using hashmultimap_entries = detail::walk<detail::hashmultimap_entry_cursor<K, V>>;

/** All values of a key, which were copied at one moment, in the order in which they were inserted. */
template <class K, class V>
using hashmultimap_values = detail::walk<detail::hashmultimap_value_cursor<K, V>>;

/**
 * All that can be done with a multimap, by a handle that is somebody else's: a hashmultimap's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same multimap.  May be used by
 * all threads of its process; by a transaction's, by its thread, until it ends.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K, class V>
class hashmultimap_ref
	: public detail::handle_ref<hashmultimap_ref<K, V>, struct tarn_hashmultimap,
				    tarn_hashmultimap_object, tarn_hashmultimap_in> {
	using base = detail::handle_ref<hashmultimap_ref<K, V>, struct tarn_hashmultimap,
					tarn_hashmultimap_object, tarn_hashmultimap_in>;
	using key_codec = detail::key_codec<K>;
	using value_codec = detail::value_codec<V>;

public:
	using key_type = typename key_codec::result;
	using mapped_type = typename value_codec::result;
	using value_type = std::pair<key_type, mapped_type>;
	using key_argument = typename key_codec::argument;
	using mapped_argument = typename value_codec::argument;

	/** A C handle of a multimap with this type, which must outlive this. */
	explicit hashmultimap_ref(struct tarn_hashmultimap *raw) noexcept : base(raw)
	{
		detail::require_key<K>();
		detail::require_value<V>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of a key's first value; empty if the key is not there. */
	std::optional<mapped_type> get(key_argument key) const
	{
		key_codec k(key);
		mapped_type value{};
		auto get = [&](void *room, std::size_t size, std::size_t *length) {
			int code = tarn_hashmultimap_get(raw_, k.data(), k.length(), room, size, length);

			return code == TARN_NOT_FOUND || code == TARN_TOO_BIG
				       ? code
				       : detail::check(code, "hashmultimap::get");
		};

		if constexpr (detail::is_text<V>) {
			if (!detail::read_text(value, get, "hashmultimap::get"))
				return std::nullopt;
		} else {
			if (!detail::found(get(&value, sizeof(value), nullptr), "hashmultimap::get"))
				return std::nullopt;
		}
		return value;
	}

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return detail::found(tarn_hashmultimap_contains(raw_, k.data(), k.length()),
				     "hashmultimap::contains");
	}

	/** How many values a key has. */
	std::uint64_t count(key_argument key) const
	{
		key_codec k(key);
		std::uint64_t count = 0;

		detail::check(tarn_hashmultimap_count(raw_, k.data(), k.length(), &count),
			      "hashmultimap::count");
		return count;
	}

	/** All values of a key, copied now.  As tarn_hashmultimap_equal_range(). */
	hashmultimap_values<K, V> values(key_argument key) const
	{
		return hashmultimap_values<K, V>(raw_, key_codec(key));
	}

	/** The number of values. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_hashmultimap_size(raw_, &size), "hashmultimap::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		return size() == 0;
	}

	/** Begins a walk over all entries, keys in no order.  As tarn_hashmultimap_cursor_open(). */
	hashmultimap_entries<K, V> entries() const
	{
		return hashmultimap_entries<K, V>(raw_);
	}

	/** Whether another multimap has the same keys with the same values, in whatever order. */
	bool equal(const hashmultimap_ref &other) const
	{
		bool equal = false;

		detail::check(tarn_hashmultimap_equal(raw_, other.raw_, &equal), "hashmultimap::equal");
		return equal;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds a value to those of a key. */
	void insert(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);

		detail::check(tarn_hashmultimap_insert(raw_, k.data(), k.length(), v.data(), v.length()),
			      "hashmultimap::insert");
	}

	/** Removes a key.  Return: how many values it had. */
	std::uint64_t erase(key_argument key)
	{
		key_codec k(key);
		std::uint64_t erased = 0;

		detail::found(tarn_hashmultimap_erase(raw_, k.data(), k.length(), &erased),
			      "hashmultimap::erase");
		return erased;
	}

	/** Removes one value of a key.  Return: whether it was there. */
	bool erase_one(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);

		return detail::found(tarn_hashmultimap_erase_one(raw_, k.data(), k.length(), v.data(),
								 v.length()),
				     "hashmultimap::erase_one");
	}

	/** Removes all entries. */
	void clear()
	{
		detail::check(tarn_hashmultimap_clear(raw_), "hashmultimap::clear");
	}

	/** Has room for so many keys in all from now on. */
	void reserve(std::uint64_t count)
	{
		detail::check(tarn_hashmultimap_reserve(raw_, count), "hashmultimap::reserve");
	}

	/** Gives back memory that the keys do not need. */
	void shrink_to_fit()
	{
		detail::check(tarn_hashmultimap_shrink_to_fit(raw_), "hashmultimap::shrink_to_fit");
	}

	/** Exchanges the contents of two multimaps of an arena, in one step; of handles, both stay. */
	void swap(const hashmultimap_ref &other)
	{
		detail::check(tarn_hashmultimap_swap(raw_, other.raw_), "hashmultimap::swap");
	}

	/** Gives it the contents of another, of any arena, in one step, in place of its own. */
	void copy(const hashmultimap_ref &from)
	{
		detail::check(tarn_hashmultimap_copy(raw_, from.raw_), "hashmultimap::copy");
	}

protected:
	/* The multimap's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_HASHMULTIMAP, key_codec::kind, value_codec::size,
					    value_codec::fields);
	}

	using base::raw_;
};

/**
 * A multimap with a name: a hashmultimap_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys; @V: of its values: see <tarn/cxx/type.hpp>
 */
template <class K, class V>
class hashmultimap
	: public detail::owner<hashmultimap_ref<K, V>, struct tarn_hashmultimap, tarn_hashmultimap_close> {
	using base =
		detail::owner<hashmultimap_ref<K, V>, struct tarn_hashmultimap, tarn_hashmultimap_close>;

public:
	/**
	 * Opens a multimap, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys or values, and what() says both; else as
	 * tarn_hashmultimap_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	hashmultimap(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_hashmultimap>(
			  where, name, how, base::type(), tarn_hashmultimap_open, "open hashmultimap"))
	{
	}

	/** As hashmultimap_ref::entries(); not of a multimap that ends before the walk. */
	hashmultimap_entries<K, V> entries() const &
	{
		return base::entries();
	}

	/** As hashmultimap_ref::values(); likewise. */
	hashmultimap_values<K, V> values(typename base::key_argument key) const &
	{
		return base::values(key);
	}

	void entries() && = delete;
	void values(typename base::key_argument) && = delete;
};

} // namespace tarn

#endif
