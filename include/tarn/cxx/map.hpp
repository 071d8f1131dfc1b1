// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.hpp -- tarn::map<K, V>, a map in the order of its keys, shared by processes
 *
 *	tarn::map<std::uint64_t, double> prices(arena, "prices");
 *	prices.put(20261123, 3.50);
 *	if (auto next = prices.lower_bound(20261101)) ... next->first, next->second
 *	for (auto [day, price] : prices.entries_from(20261101)) ...
 *
 * The map of <tarn/map.h>, with the types of <tarn/cxx/type.hpp>, and double
 * as a key.  Integers and double are in their order (-0 is 0, and what is no
 * number is no key), texts in that of their bytes, and other plain types in
 * that of their bytes as they lie in memory.  Each call is one call of the C
 * library, and atomic unless it says otherwise; entries are copied in and
 * out, for others may change what is in the map at any time.
 */
#ifndef TARN_CXX_MAP_HPP
#define TARN_CXX_MAP_HPP

#include <algorithm>
#include <tarn/cxx/keyed.hpp>
#include <tarn/map.h>

namespace tarn {

namespace detail {

/* Keys with an order: those of type.hpp, and double. */
template <class K> struct ordered_codec : key_codec<K> {
	using key_codec<K>::key_codec;
};

template <> struct ordered_codec<double> : value_codec<double> {
	static constexpr enum tarn_key_kind kind = TARN_KEY_F64;
	using value_codec<double>::value_codec;
};

/* What keyed_ref calls. */
struct map_calls {
	using raw = struct tarn_map;
	template <class K> using key_codec = ordered_codec<K>;

	template <class K> static constexpr void require_key() noexcept
	{
		if constexpr (!std::is_same<K, double>::value)
			detail::require_key<K>();
	}

	static constexpr const char *name = "map";
	static constexpr enum tarn_kind kind = TARN_KIND_MAP;
	static constexpr auto object = tarn_map_object;
	static constexpr auto in = tarn_map_in;
	static constexpr auto get = tarn_map_get;
	static constexpr auto contains = tarn_map_contains;
	static constexpr auto get_many = tarn_map_get_many;
	static constexpr auto size = tarn_map_size;
	static constexpr auto put = tarn_map_put;
	static constexpr auto insert = tarn_map_insert;
	static constexpr auto erase = tarn_map_erase;
	static constexpr auto fetch_add = tarn_map_fetch_add;
	static constexpr auto compare_and_swap = tarn_map_compare_and_swap;
	static constexpr auto put_many = tarn_map_put_many;
	static constexpr auto erase_many = tarn_map_erase_many;
	static constexpr auto clear = tarn_map_clear;
	static constexpr auto swap = tarn_map_swap;
	static constexpr auto copy = tarn_map_copy;
	static constexpr auto equal = tarn_map_equal;

	using cursor = struct tarn_map_cursor;
	using entry = struct tarn_map_entry;
	static constexpr const char *entries = "map::entries";
	static constexpr auto cursor_open = tarn_map_cursor_open;
	static constexpr auto cursor_next = tarn_map_cursor_next;
	static constexpr auto cursor_close = tarn_map_cursor_close;
};

/* Room for a key or value, which grows when a C call has told that it is longer. */
template <std::size_t Room> struct growing {
	struct tarn_bytes bytes = { first, Room };

	void grow()
	{
		if (bytes.size > room) {
			room = bytes.size;
			more.resize(room);
			bytes.data = &more[0];
		}
		bytes.size = room;
	}

private:
	unsigned char first[Room];
	std::string more;
	std::size_t room = Room;
};

struct downwards {};

/* From the lowest key upwards, from a key upwards, or from the highest downwards. */
template <class K, class V> class map_cursor : public entry_cursor<map_calls, K, V> {
	using base = entry_cursor<map_calls, K, V>;

public:
	using base::base;

	map_cursor(struct tarn_map *map, const ordered_codec<K> &key) : base(map)
	{
		check(tarn_map_cursor_seek(this->raw_, key.data(), key.length()), map_calls::entries);
	}

	map_cursor(struct tarn_map *map, downwards) : base(map, tarn_map_cursor_prev)
	{
		tarn_map_cursor_seek_end(this->raw_);
	}
};

} // namespace detail

/**
 * The walk over a map that map_ref::entries() and its like begin; a range to be walked once: see
 * detail::walk.
 *
 * An entry that is there throughout the walk comes exactly once and in its place; one that is inserted
 * or erased meanwhile, once or not at all.
 */
template <class K, class V> using map_entries = detail::walk<detail::map_cursor<K, V>>;

/**
 * All that can be done with a map, by a handle that is somebody else's: a map's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same map.  May be used by all
 * threads of its process; by a transaction's, by its thread, until it ends.
 *
 * What maps of every kind have is in <tarn/cxx/keyed.hpp>: get, at, contains, get_many, size, put,
 * insert, erase, fetch_add, compare_and_swap, update, put_many, erase_many, clear, swap, copy, equal.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K, class V>
class map_ref : public detail::keyed_ref<map_ref<K, V>, detail::map_calls, K, V> {
	using base = detail::keyed_ref<map_ref<K, V>, detail::map_calls, K, V>;
	using typename base::key_codec;
	using typename base::value_codec;

public:
	using typename base::key_argument;
	using typename base::key_type;
	using typename base::mapped_type;
	using typename base::value_type;

	/** An end of a range of keys; empty: there is none, up to the lowest or highest key. */
	using bound = std::optional<std::decay_t<key_argument>>;

	/** A C handle of a map with this type, which must outlive this. */
	explicit map_ref(struct tarn_map *raw) noexcept : base(raw)
	{
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether there is no entry. */
	bool empty() const
	{
		bool empty = true;

		this->check(tarn_map_empty(this->raw_, &empty), "empty");
		return empty;
	}

	/** The first entry whose key is not below a key; empty: all are. */
	std::optional<value_type> lower_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to, auto *value) {
			return tarn_map_lower_bound(this->raw_, k.data(), k.length(), to, value);
		}, "lower_bound");
	}

	/** The first entry whose key is above a key; empty: there is none. */
	std::optional<value_type> upper_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to, auto *value) {
			return tarn_map_upper_bound(this->raw_, k.data(), k.length(), to, value);
		}, "upper_bound");
	}

	/** The entry with the lowest key; empty: there is none. */
	std::optional<value_type> first() const
	{
		return one([&](auto *key, auto *value) { return tarn_map_first(this->raw_, key, value); },
			   "first");
	}

	/** The entry with the highest key; empty: there is none. */
	std::optional<value_type> last() const
	{
		return one([&](auto *key, auto *value) { return tarn_map_last(this->raw_, key, value); },
			   "last");
	}

	/**
	 * Copies of entries in the order of their keys; of maps from numbers to values of one size.
	 * @from:	the key to begin with, whether it is there or not; std::nullopt: the lowest
	 * @count:	how many at most; there is room for so many during the call
	 *
	 * As tarn_map_scan(): an entry that is there throughout is not missed.
	 *
	 * Return: fewer than count if there are no more.
	 */
	std::vector<value_type> scan(bound from, std::size_t count) const
	{
		constexpr std::size_t each = sizeof(mapped_type);
		std::vector<std::uint64_t> keys(count);
		std::vector<unsigned char> values(count * each);
		std::vector<value_type> entries;
		std::size_t got = scan_raw(from, keys.data(), values.data(), count);

		entries.reserve(got);
		for (std::size_t i = 0; i < got; i++)
			entries.emplace_back(key_codec::decode(&keys[i], sizeof(keys[i])),
					     value_codec::decode(&values[i * each], each));
		return entries;
	}

	/** As scan(), into a caller's room for count keys of 64 bits and values.  Return: how many there were. */
	std::size_t scan(bound from, K *keys, V *values, std::size_t count) const
	{
		static_assert(sizeof(K) == 8, "tarn: scan() into arrays is for keys of 64 bits");
		return scan_raw(from, keys, values, count);
	}

	/** Begins a walk over all entries, from the lowest key upwards. */
	map_entries<K, V> entries() const
	{
		return map_entries<K, V>(this->raw_);
	}

	/** The same from a key on, whether it is there or not. */
	map_entries<K, V> entries_from(key_argument key) const
	{
		return map_entries<K, V>(this->raw_, key_codec(key));
	}

	/** Begins a walk over all entries, from the highest key downwards. */
	map_entries<K, V> reversed() const
	{
		return map_entries<K, V>(this->raw_, detail::downwards());
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/**
	 * Takes out the entry with the lowest key.
	 *
	 * As tarn_map_pop_first().
	 *
	 * Return: a copy of it; empty: there is none.  Throws also: TYPE, one that others have put in with
	 * another C++ type, and it is gone.
	 */
	std::optional<value_type> pop_first()
	{
		return one([&](auto *key, auto *value) { return tarn_map_pop_first(this->raw_, key, value); },
			   "pop_first");
	}

	/** Takes out the entry with the highest key; as pop_first(). */
	std::optional<value_type> pop_last()
	{
		return one([&](auto *key, auto *value) { return tarn_map_pop_last(this->raw_, key, value); },
			   "pop_last");
	}

	/**
	 * Removes all entries from one key on that are below another.
	 * @from:	std::nullopt: from the lowest key on
	 * @to:		std::nullopt: to the highest key, and with it
	 *
	 * Crash:	stepwise, in the order of keys; for all or none, call it in a transaction.
	 * Return: how many there were.
	 */
	std::uint64_t erase_range(bound from, bound to)
	{
		std::optional<key_codec> low = coded(from), high = coded(to);
		std::uint64_t erased = 0;

		this->check(tarn_map_erase_range(this->raw_, data(low), length(low), data(high), length(high),
						 &erased),
			    "erase_range");
		return erased;
	}

	/**
	 * Puts many entries whose keys ascend; sooner done than put_many() when they are above all others.
	 * @keys:	count of them, each above the one before; as for put_many()
	 * @values:	as many
	 *
	 * Crash:	atomic, if the map is empty; else stepwise: each is atomic.
	 * Throws: INVALID, they do not ascend, and nothing was done; the first error of one of them, and
	 * of a map that was not empty those before it are done.
	 */
	template <class Key, class Value>
	void load(const Key *keys, const Value *values, std::size_t count)
	{
		typename base::template many_keys_in<Key> k(keys, count);
		typename base::template many_values_in<Value> v(values, count);

		if (count)
			this->check(tarn_map_load(this->raw_, k.data(), k.each, count, v.data(), v.each),
				    "load");
	}

	/** The same of two vectors, arrays, spans, ...  Throws also: INVALID, one is longer. */
	template <class Keys, class Values> void load(const Keys &keys, const Values &values)
	{
		base::require_pairs(std::size(keys), std::size(values), "load");
		load(std::data(keys), std::data(values), std::size(keys));
	}

private:
	template <class T>
	static constexpr std::size_t room = detail::is_text<T> ? 256 : std::max(sizeof(T), std::size_t(8));

	/* One entry, by a call that says TARN_TOO_BIG and how long its key and value are. */
	template <class Call> std::optional<value_type> one(Call call, const char *name) const
	{
		detail::growing<room<K>> key;
		detail::growing<room<V>> value;
		int code;

		while ((code = call(&key.bytes, &value.bytes)) == TARN_TOO_BIG) {
			key.grow();
			value.grow();
		}
		if (!this->found(code, name))
			return std::nullopt;
		return value_type(key_codec::decode(key.bytes.data, key.bytes.size),
				  value_codec::decode(value.bytes.data, value.bytes.size));
	}

	std::size_t scan_raw(const bound &from, void *keys, void *values, std::size_t count) const
	{
		static_assert(detail::is_integer<K> || std::is_same<K, double>::value,
			      "tarn: scan() is for keys that are numbers; for others walk over entries_from()");
		static_assert(!detail::is_text<V>,
			      "tarn: scan() is for values of one size; for others walk over entries_from()");
		std::optional<key_codec> low = coded(from);

		this->check(tarn_map_scan(this->raw_, data(low), length(low), keys, values, &count), "scan");
		return count;
	}

	/* A bound that may be none, as the C calls take it.  It must outlive what is made of it. */
	static std::optional<key_codec> coded(const bound &key)
	{
		return key ? std::optional<key_codec>(std::in_place, *key) : std::nullopt;
	}

	/* A text that is nowhere is a key all the same. */
	static const void *data(const std::optional<key_codec> &key) noexcept
	{
		if (!key)
			return nullptr;
		return key->data() ? key->data() : "";
	}

	static std::size_t length(const std::optional<key_codec> &key) noexcept
	{
		return key ? key->length() : 0;
	}
};

/**
 * A map with a name: a map_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: double, or see <tarn/cxx/type.hpp>; @V: of its values
 */
template <class K, class V>
class map : public detail::owner<map_ref<K, V>, struct tarn_map, tarn_map_close> {
	using base = detail::owner<map_ref<K, V>, struct tarn_map, tarn_map_close>;

public:
	/**
	 * Opens a map, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys or values, and what() says both; else as tarn_map_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	map(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_map>(where, name, how, base::type(), tarn_map_open,
							     "open map"))
	{
	}

	/** As map_ref::entries(); not of a map that ends before the walk. */
	map_entries<K, V> entries() const &
	{
		return base::entries();
	}

	/** As map_ref::entries_from(); likewise. */
	map_entries<K, V> entries_from(typename base::key_argument key) const &
	{
		return base::entries_from(key);
	}

	/** As map_ref::reversed(); likewise. */
	map_entries<K, V> reversed() const &
	{
		return base::reversed();
	}

	void entries() && = delete;
	void entries_from(typename base::key_argument) && = delete;
	void reversed() && = delete;
};

} // namespace tarn

#endif
