// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.hpp -- tarn::multimap<K, V>, entries in the order of their keys,
 * which may repeat, shared by processes
 *
 *	tarn::multimap<std::uint64_t, std::string> log(arena, "log");
 *	std::uint64_t serial = log.insert(20261123, "started");
 *	for (const std::string &text : log.equal_range(20261123)) ...
 *	for (auto &[day, text, serial] : log.entries_from(20261101)) ...
 *	log.erase_entry(20261123, serial);		this one, or none
 *
 * The multimap of <tarn/multimap.h>, with the types of <tarn/cxx/type.hpp>,
 * and double as a key; the order is that of <tarn/cxx/map.hpp>, and in a key
 * that of the inserts.  Each call is one call of the C library, and atomic
 * unless it says otherwise; entries are copied in and out, for others may
 * change what is there at any time.
 */
#ifndef TARN_CXX_MULTIMAP_HPP
#define TARN_CXX_MULTIMAP_HPP

#include <cstring>
#include <tarn/cxx/multi.hpp>
#include <tarn/multimap.h>

namespace tarn {

/** An entry that a walk comes by: a copy of it.  Key and serial name it. */
template <class K, class V> struct multimap_entry {
	typename detail::ordered_codec<K>::result key;
	typename detail::value_codec<V>::result value;
	std::uint64_t serial;
};

namespace detail {

/* What multi_ref calls. */
struct multimap_calls {
	using raw = struct tarn_multimap;
	static constexpr const char *name = "multimap";
	static constexpr auto object = tarn_multimap_object;
	static constexpr auto in = tarn_multimap_in;
	static constexpr auto contains = tarn_multimap_contains;
	static constexpr auto count = tarn_multimap_count;
	static constexpr auto count_many = tarn_multimap_count_many;
	static constexpr auto size = tarn_multimap_size;
	static constexpr auto empty = tarn_multimap_empty;
	static constexpr auto equal = tarn_multimap_equal;
	static constexpr auto erase = tarn_multimap_erase;
	static constexpr auto erase_entry = tarn_multimap_erase_entry;
	static constexpr auto erase_many = tarn_multimap_erase_many;
	static constexpr auto erase_range = tarn_multimap_erase_range;
	static constexpr auto clear = tarn_multimap_clear;
	static constexpr auto swap = tarn_multimap_swap;
	static constexpr auto copy = tarn_multimap_copy;
};

/* From the lowest key upwards, from a key upwards, or from the highest downwards. */
template <class K, class V> class multimap_cursor {
public:
	using value_type = multimap_entry<K, V>;
	using step = int (*)(struct tarn_multimap_cursor *, struct tarn_multimap_entry *);

	explicit multimap_cursor(struct tarn_multimap *map, step moves = tarn_multimap_cursor_next)
		: moves_(moves)
	{
		check(tarn_multimap_cursor_open(map, &raw_), "multimap::entries");
	}

	multimap_cursor(struct tarn_multimap *map, const ordered_codec<K> &key) : multimap_cursor(map)
	{
		check(tarn_multimap_cursor_seek(raw_, key.data(), key.length()), "multimap::entries_from");
	}

	multimap_cursor(struct tarn_multimap *map, downwards)
		: multimap_cursor(map, tarn_multimap_cursor_prev)
	{
		tarn_multimap_cursor_seek_end(raw_);
	}

	multimap_cursor(const multimap_cursor &) = delete;
	multimap_cursor &operator=(const multimap_cursor &) = delete;

	~multimap_cursor()
	{
		tarn_multimap_cursor_close(raw_);
	}

	bool next()
	{
		struct tarn_multimap_entry e;

		here.reset();
		if (!found(moves_(raw_, &e), "multimap::entries"))
			return false;
		here.emplace(value_type{ ordered_codec<K>::decode(e.key, e.key_size),
					 value_codec<V>::decode(e.value, e.value_size), e.serial });
		return true;
	}

	std::optional<value_type> here;

private:
	struct tarn_multimap_cursor *raw_ = nullptr;
	step moves_;
};

} // namespace detail

/**
 * The walk over a multimap that multimap_ref::entries() and its like begin; a range to be walked once:
 * see detail::walk.
 *
 * An entry that is there throughout the walk comes exactly once and in its place; one that is inserted
 * or erased meanwhile, once or not at all.
 */
template <class K, class V> using multimap_entries = detail::walk<detail::multimap_cursor<K, V>>;

/**
 * All that can be done with a multimap, by a handle that is somebody else's: a multimap's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same multimap.  May be used by
 * all threads of its process; by a transaction's, by its thread, until it ends.
 *
 * What multisets have too is in <tarn/cxx/multi.hpp>: contains, count, count_many, size, empty, equal,
 * erase, erase_entry, erase_many, erase_range, clear, swap, copy.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K, class V>
class multimap_ref : public detail::multi_ref<multimap_ref<K, V>, detail::multimap_calls, K> {
	using base = detail::multi_ref<multimap_ref<K, V>, detail::multimap_calls, K>;
	using typename base::key_codec;
	using value_codec = detail::value_codec<V>;

public:
	using typename base::bound;
	using typename base::key_argument;
	using typename base::key_type;
	using mapped_type = typename value_codec::result;
	using mapped_argument = typename value_codec::argument;
	using value_type = std::pair<key_type, mapped_type>;

	/** A C handle of a multimap with this type, which must outlive this. */
	explicit multimap_ref(struct tarn_multimap *raw) noexcept : base(raw)
	{
		detail::require_value<V>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of the value of a key's first entry; empty: it has none. */
	std::optional<mapped_type> get(key_argument key) const
	{
		key_codec k(key);

		return read([&](void *room, std::size_t size, std::size_t *length) {
			return tarn_multimap_get(raw_, k.data(), k.length(), room, size, length);
		}, "get");
	}

	/** A copy of the value of the entry that key and serial name; empty: it was erased. */
	std::optional<mapped_type> get_entry(key_argument key, std::uint64_t serial) const
	{
		key_codec k(key);

		return read([&](void *room, std::size_t size, std::size_t *length) {
			return tarn_multimap_get_entry(raw_, k.data(), k.length(), serial, room, size, length);
		}, "get_entry");
	}

	/** Copies of the values of a key, in the order of their inserts; as by a walk. */
	std::vector<mapped_type> equal_range(key_argument key) const
	{
		std::vector<mapped_type> values;
		key_codec k(key);
		key_type wanted = key_codec::decode(k.data(), k.length());

		for (auto &entry : multimap_entries<K, V>(raw_, k)) {
			if (!same(entry.key, wanted))
				break;
			values.push_back(entry.value);
		}
		return values;
	}

	/** The first entry whose key is not below a key; empty: all are. */
	std::optional<value_type> lower_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to, auto *value) {
			return tarn_multimap_lower_bound(raw_, k.data(), k.length(), to, value);
		}, "lower_bound");
	}

	/** The first entry whose key is above a key; empty: there is none. */
	std::optional<value_type> upper_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to, auto *value) {
			return tarn_multimap_upper_bound(raw_, k.data(), k.length(), to, value);
		}, "upper_bound");
	}

	/** The first entry of the lowest key; empty: there is none. */
	std::optional<value_type> first() const
	{
		return one([&](auto *key, auto *value) { return tarn_multimap_first(raw_, key, value); },
			   "first");
	}

	/** The last entry of the highest key; empty: there is none. */
	std::optional<value_type> last() const
	{
		return one([&](auto *key, auto *value) { return tarn_multimap_last(raw_, key, value); },
			   "last");
	}

	/** Begins a walk over all entries, from the lowest key upwards. */
	multimap_entries<K, V> entries() const
	{
		return multimap_entries<K, V>(raw_);
	}

	/** The same from a key on, whether it is there or not. */
	multimap_entries<K, V> entries_from(key_argument key) const
	{
		return multimap_entries<K, V>(raw_, key_codec(key));
	}

	/** Begins a walk over all entries, from the highest key downwards. */
	multimap_entries<K, V> reversed() const
	{
		return multimap_entries<K, V>(raw_, detail::downwards());
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds an entry, behind those of its key.  Return: its serial. */
	std::uint64_t insert(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);
		std::uint64_t serial = 0;

		this->check(tarn_multimap_insert(raw_, k.data(), k.length(), v.data(), v.length(), &serial),
			    "insert");
		return serial;
	}

	/** Sets the value of the entry that key and serial name.  Return: false: it was erased. */
	bool put_entry(key_argument key, std::uint64_t serial, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);

		return this->found(tarn_multimap_put_entry(raw_, k.data(), k.length(), serial, v.data(),
							   v.length()),
				   "put_entry");
	}

	/**
	 * Adds many entries.
	 * @keys:	count of them; of multimaps by text, std::string or std::string_view
	 * @values:	as many
	 *
	 * As count calls of insert() in this order.  For all or none, call it in a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: the first error of one of them; the others are done.
	 */
	template <class Key, class Value>
	void insert_many(const Key *keys, const Value *values, std::size_t count)
	{
		typename base::template many_keys_in<Key> k(keys, count);
		many_values_in<Value> v(values, count);

		if (count)
			this->check(tarn_multimap_insert_many(raw_, k.data(), k.each, count, v.data(), v.each,
							      nullptr),
				    "insert_many");
	}

	/** The same of two vectors, arrays, spans, ...  Throws also: INVALID, one is longer. */
	template <class Keys, class Values> void insert_many(const Keys &keys, const Values &values)
	{
		require_pairs(std::size(keys), std::size(values), "insert_many");
		insert_many(std::data(keys), std::data(values), std::size(keys));
	}

	/**
	 * Adds many entries whose keys do not descend; sooner done than insert_many() when they are not below
	 * any other.
	 * @keys:	count of them, none below the one before
	 * @values:	as many
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: INVALID, they descend, and nothing was done; the first error of one of them, and those
	 * before it are done.
	 */
	template <class Key, class Value>
	void load(const Key *keys, const Value *values, std::size_t count)
	{
		typename base::template many_keys_in<Key> k(keys, count);
		many_values_in<Value> v(values, count);

		if (count)
			this->check(tarn_multimap_load(raw_, k.data(), k.each, count, v.data(), v.each), "load");
	}

	/** The same of two vectors, arrays, spans, ...  Throws also: INVALID, one is longer. */
	template <class Keys, class Values> void load(const Keys &keys, const Values &values)
	{
		require_pairs(std::size(keys), std::size(values), "load");
		load(std::data(keys), std::data(values), std::size(keys));
	}

	/**
	 * Takes out the first entry of the lowest key.
	 *
	 * As tarn_multimap_pop_first().
	 *
	 * Return: a copy of it; empty: there is none.  Throws also: TYPE, one that others have put in with
	 * another C++ type, and it is gone.
	 */
	std::optional<value_type> pop_first()
	{
		return one([&](auto *key, auto *value) { return tarn_multimap_pop_first(raw_, key, value); },
			   "pop_first");
	}

	/** Takes out the last entry of the highest key; as pop_first(). */
	std::optional<value_type> pop_last()
	{
		return one([&](auto *key, auto *value) { return tarn_multimap_pop_last(raw_, key, value); },
			   "pop_last");
	}

protected:
	/* The multimap's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_MULTIMAP, key_codec::kind, value_codec::size,
					    value_codec::fields);
	}

	using base::raw_;

private:
	template <class Value> struct many_values_in : detail::many_values<Value> {
		static_assert(std::is_same<Value, V>::value || (detail::is_text<V> && detail::is_text<Value>),
			      "tarn: these are not the multimap's values");
		using detail::many_values<Value>::many_values;
	};

	static void require_pairs(std::size_t keys, std::size_t values, const char *call)
	{
		if (keys != values)
			throw error(errc::INVALID, base::told(call) + ": not as many values as keys");
	}

	/* Plain types are compared by their bytes, as the library compares them. */
	static bool same(const key_type &a, const key_type &b)
	{
		if constexpr (detail::is_text<K>)
			return a == b;
		else if constexpr (std::is_same<K, double>::value)
			return !(a < b) && !(b < a);
		else
			return !std::memcmp(&a, &b, sizeof(a));
	}

	template <class Get> std::optional<mapped_type> read(Get get, const char *name) const
	{
		mapped_type value{};
		auto try_get = [&](void *room, std::size_t size, std::size_t *length) {
			int code = get(room, size, length);

			return code == TARN_NOT_FOUND || code == TARN_TOO_BIG ? code : this->check(code, name);
		};
		bool there;

		if constexpr (detail::is_text<V>)
			there = detail::read_text(value, try_get, name);
		else
			there = this->found(try_get(&value, sizeof(value), nullptr), name);
		return there ? std::optional<mapped_type>(std::move(value)) : std::nullopt;
	}

	/* One entry, by a call that says TARN_TOO_BIG and how long its key and value are. */
	template <class Call> std::optional<value_type> one(Call call, const char *name) const
	{
		detail::growing<detail::multi_room<K>> key;
		detail::growing<detail::multi_room<V>> value;
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
};

/**
 * A multimap with a name: a multimap_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: double, or see <tarn/cxx/type.hpp>; @V: of its values
 */
template <class K, class V>
class multimap : public detail::owner<multimap_ref<K, V>, struct tarn_multimap, tarn_multimap_close> {
	using base = detail::owner<multimap_ref<K, V>, struct tarn_multimap, tarn_multimap_close>;

public:
	/**
	 * Opens a multimap, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys or values, and what() says both; else as tarn_multimap_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	multimap(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_multimap>(where, name, how, base::type(),
								tarn_multimap_open, "open multimap"))
	{
	}

	/** As multimap_ref::entries(); not of a multimap that ends before the walk. */
	multimap_entries<K, V> entries() const &
	{
		return base::entries();
	}

	/** As multimap_ref::entries_from(); likewise. */
	multimap_entries<K, V> entries_from(typename base::key_argument key) const &
	{
		return base::entries_from(key);
	}

	/** As multimap_ref::reversed(); likewise. */
	multimap_entries<K, V> reversed() const &
	{
		return base::reversed();
	}

	void entries() && = delete;
	void entries_from(typename base::key_argument) && = delete;
	void reversed() && = delete;
};

} // namespace tarn

#endif
