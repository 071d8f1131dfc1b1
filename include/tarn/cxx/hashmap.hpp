// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.hpp -- tarn::hashmap<K, V>, an unordered map shared by processes
 *
 *	tarn::hashmap<std::string, std::uint64_t> stock(arena, "stock");
 *	stock.put("apples", 3);
 *	if (std::optional<std::uint64_t> apples = stock.get("apples")) ...
 *	for (auto [name, count] : stock.entries()) ...
 *
 * The map of <tarn/hashmap.h>, with the types of <tarn/cxx/type.hpp>.  Each
 * call is one call of the C library, and atomic; values are copied in and
 * out, for others may change what is in the map at any time.
 */
#ifndef TARN_CXX_HASHMAP_HPP
#define TARN_CXX_HASHMAP_HPP

#include <cstddef>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <tarn/cxx/type.hpp>
#include <tarn/hashmap.h>
#include <utility>

namespace tarn {

/**
 * The walk over a map that hashmap_ref::entries() begins; a range to be walked once.
 *
 * An entry that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.  Iterators are good as long as this is, and one of them moves all.
 * Move-only.  To be used by one thread at a time, while the map's handle is open.
 */
template <class K, class V> class hashmap_entries {
public:
	using value_type = std::pair<typename detail::key_codec<K>::result,
				     typename detail::value_codec<V>::result>;

private:
	/* The cursor, and a copy of the entry where it stands. */
	struct walk {
		struct tarn_hashmap_cursor *cursor = nullptr;
		std::optional<value_type> entry;

		explicit walk(struct tarn_hashmap *map)
		{
			detail::check(tarn_hashmap_cursor_open(map, &cursor), "hashmap::entries");
		}

		walk(const walk &) = delete;
		walk &operator=(const walk &) = delete;

		~walk()
		{
			tarn_hashmap_cursor_close(cursor);
		}

		bool next()
		{
			struct tarn_hashmap_entry e;

			entry.reset();
			if (!detail::found(tarn_hashmap_cursor_next(cursor, &e), "hashmap::entries"))
				return false;
			entry.emplace(detail::key_codec<K>::decode(e.key, e.key_size),
				      detail::value_codec<V>::decode(e.value, e.value_size));
			return true;
		}
	};

public:
	/** An input iterator; what it refers to is a copy, good until it moves. */
	class iterator {
	public:
		using iterator_category = std::input_iterator_tag;
		using value_type = hashmap_entries::value_type;
		using difference_type = std::ptrdiff_t;
		using pointer = const value_type *;
		using reference = const value_type &;

		iterator() noexcept = default;

		reference operator*() const noexcept
		{
			return *walk_->entry;
		}

		pointer operator->() const noexcept
		{
			return &*walk_->entry;
		}

		/** To the next entry.  Throws: as tarn_hashmap_cursor_next(). */
		iterator &operator++()
		{
			if (!walk_->next())
				walk_ = nullptr;
			return *this;
		}

		void operator++(int)
		{
			++*this;
		}

		friend bool operator==(const iterator &a, const iterator &b) noexcept
		{
			return a.walk_ == b.walk_;
		}

		friend bool operator!=(const iterator &a, const iterator &b) noexcept
		{
			return a.walk_ != b.walk_;
		}

	private:
		friend class hashmap_entries;

		explicit iterator(walk *where) : walk_(where)
		{
			++*this;
		}

		walk *walk_ = nullptr;
	};

	/** Begins a walk over all of a map; hashmap_ref::entries() calls it. */
	explicit hashmap_entries(struct tarn_hashmap *map) : walk_(std::make_unique<walk>(map))
	{
	}

	/** To the first entry, or, called again, to the next one. */
	iterator begin()
	{
		return iterator(walk_.get());
	}

	/** Where there are no more. */
	iterator end() const noexcept
	{
		return iterator();
	}

private:
	std::unique_ptr<walk> walk_;
};

/**
 * All that can be done with a map, by a handle that is somebody else's: a hashmap's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same map.  May be used by all
 * threads of its process; by a transaction's, by its thread, until it ends.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K, class V> class hashmap_ref {
	using key_codec = detail::key_codec<K>;
	using value_codec = detail::value_codec<V>;

public:
	using key_type = typename key_codec::result;
	using mapped_type = typename value_codec::result;
	using key_argument = typename key_codec::argument;
	using mapped_argument = typename value_codec::argument;
	using reference = hashmap_ref;

	/** A C handle of a map with this type, which must outlive this. */
	explicit hashmap_ref(struct tarn_hashmap *raw) noexcept : raw_(raw)
	{
		detail::require_key<K>();
		detail::require_value<V>();
	}

	/** The C handle. */
	struct tarn_hashmap *handle() const noexcept
	{
		return raw_;
	}

	/** The map as an object, for transactions. */
	struct tarn_object *object() const noexcept
	{
		return tarn_hashmap_object(raw_);
	}

	/** The handle inside a transaction: tarn_hashmap_in().  Throws: INVALID, not one of its objects. */
	hashmap_ref in(struct tarn_txn *txn) const
	{
		return hashmap_ref(detail::inside(tarn_hashmap_in(raw_, txn)));
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of a key's value; empty if it is not there.  As tarn_hashmap_get(). */
	std::optional<mapped_type> get(key_argument key) const
	{
		key_codec k(key);
		mapped_type value{};

		if (!read(k, value))
			return std::nullopt;
		return value;
	}

	/** As get(), but throws std::out_of_range if it is not there. */
	mapped_type at(key_argument key) const
	{
		std::optional<mapped_type> value = get(key);

		if (!value)
			throw std::out_of_range("hashmap::at: no such key");
		return *std::move(value);
	}

	/** Whether a key is there.  As tarn_hashmap_contains(). */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return detail::found(tarn_hashmap_contains(raw_, k.data(), k.length()),
				     "hashmap::contains");
	}

	/**
	 * Copies of the values of many keys; empty where a key is not there.
	 * @keys:	count of them; of maps by text, std::string or std::string_view
	 *
	 * As count calls of get(), each atomic by itself, but faster: see tarn_hashmap_get_many().
	 */
	template <class Key>
	std::vector<std::optional<mapped_type>> get_many(const Key *keys, std::size_t count) const
	{
		std::vector<std::optional<mapped_type>> values(count);

		if (count)
			read_many(keys, count, values);
		return values;
	}

	/** The same of all in a vector, array, span, ...: whatever has std::data() and std::size(). */
	template <class Keys>
	std::vector<std::optional<mapped_type>> get_many(const Keys &keys) const
	{
		return get_many(std::data(keys), std::size(keys));
	}

	/** The number of entries.  As tarn_hashmap_size(). */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		detail::check(tarn_hashmap_size(raw_, &size), "hashmap::size");
		return size;
	}

	/** Whether size() is 0. */
	bool empty() const
	{
		return size() == 0;
	}

	/** Begins a walk over all entries, in no order.  As tarn_hashmap_cursor_open(). */
	hashmap_entries<K, V> entries() const
	{
		return hashmap_entries<K, V>(raw_);
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Sets the value of a key, whether it is there or not.  As tarn_hashmap_put(). */
	void put(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);

		detail::check(tarn_hashmap_put(raw_, k.data(), k.length(), v.data(), v.length()),
			      "hashmap::put");
	}

	/** Adds a key that is not there yet.  As tarn_hashmap_insert().  Return: false: it was, and stays. */
	bool insert(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);
		int code = tarn_hashmap_insert(raw_, k.data(), k.length(), v.data(), v.length());

		return code != TARN_EXISTS && detail::check(code, "hashmap::insert") == 0;
	}

	/** Removes a key and its value.  As tarn_hashmap_erase().  Return: whether it was there. */
	bool erase(key_argument key)
	{
		key_codec k(key);

		return detail::found(tarn_hashmap_erase(raw_, k.data(), k.length()), "hashmap::erase");
	}

	/** Adds to a value of 64 bits, which begins as 0.  As tarn_hashmap_fetch_add().  Return: what it was. */
	mapped_type fetch_add(key_argument key, mapped_type n)
	{
		static_assert(std::is_integral<V>::value && sizeof(V) == 8,
			      "tarn: fetch_add is for values that are integers of 64 bits");
		key_codec k(key);
		std::uint64_t before = 0;

		detail::check(tarn_hashmap_fetch_add(raw_, k.data(), k.length(),
						     static_cast<std::uint64_t>(n), &before),
			      "hashmap::fetch_add");
		return static_cast<mapped_type>(before);
	}

	/**
	 * Replaces a value if its bytes, padding included, are the expected one's.
	 *
	 * As tarn_hashmap_compare_and_swap().  Return: false: it is another, or the key is not there.
	 */
	bool compare_and_swap(key_argument key, mapped_argument expected, mapped_argument desired)
	{
		key_codec k(key);
		value_codec e(expected), d(desired);

		return detail::matched(tarn_hashmap_compare_and_swap(raw_, k.data(), k.length(),
								     e.data(), e.length(),
								     d.data(), d.length()),
				       "hashmap::compare_and_swap");
	}

	/**
	 * Lets a function compute a new value from the old one.
	 * @key:	of the value
	 * @change:	called with a std::optional<mapped_type>, empty if the key is not there, returns the new
	 *		value; holds no lock, and is called again when the value has changed meanwhile
	 *
	 * An exception that it throws passes through, and nothing is changed.
	 *
	 * Crash:	atomic.
	 * Blocks:	as put().
	 * Return: the new value.
	 */
	template <class Change> mapped_type update(key_argument key, Change change)
	{
		for (;;) {
			mapped_type old{};
			key_codec k(key);
			bool there = read(k, old);
			mapped_type next = change(there ? std::optional<mapped_type>(old) : std::nullopt);

			if (there ? compare_and_swap(key, old, next) : insert(key, next))
				return next;
		}
	}

	/**
	 * Sets the values of many keys.
	 * @keys:	count of them; of maps by text, std::string or std::string_view
	 * @values:	as many
	 *
	 * As count calls of put() in this order, but faster: see tarn_hashmap_put_many().  For all or none,
	 * call it in a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: the first error of one of them; the others are done.
	 */
	template <class Key, class Value>
	void put_many(const Key *keys, const Value *values, std::size_t count)
	{
		many<Key> k(keys, count);
		many_values<Value> v(values, count);

		if (count)
			detail::check(tarn_hashmap_put_many(raw_, k.data(), k.each, count, v.data(),
							    v.each, nullptr),
				      "hashmap::put_many");
	}

	/** The same of two vectors, arrays, spans, ...  Throws also: INVALID, one is longer. */
	template <class Keys, class Values> void put_many(const Keys &keys, const Values &values)
	{
		if (std::size(keys) != std::size(values))
			throw error(errc::INVALID, "hashmap::put_many: not as many values as keys");
		put_many(std::data(keys), std::data(values), std::size(keys));
	}

	/**
	 * Removes many keys.
	 * @keys:	count of them; of maps by text, std::string or std::string_view
	 *
	 * As count calls of erase() in this order, but faster: see tarn_hashmap_erase_many().
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were there.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t erase_many(const Key *keys, std::size_t count)
	{
		many<Key> k(keys, count);
		std::vector<int> codes(count, TARN_NOT_FOUND);
		std::size_t gone = 0;

		if (count)
			detail::found(tarn_hashmap_erase_many(raw_, k.data(), k.each, count,
							      codes.data()),
				      "hashmap::erase_many");
		for (int code : codes)
			gone += code == 0;
		return gone;
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> std::size_t erase_many(const Keys &keys)
	{
		return erase_many(std::data(keys), std::size(keys));
	}

	/** Removes all entries.  As tarn_hashmap_clear(). */
	void clear()
	{
		detail::check(tarn_hashmap_clear(raw_), "hashmap::clear");
	}

protected:
	/* The map's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_HASHMAP, key_codec::kind, value_codec::size,
					   value_codec::fields);
	}

	struct tarn_hashmap *raw_;

private:
	/* What is passed is what the map holds: integers are not converted behind the caller's back. */
	template <class Key>
	static constexpr bool fits = std::is_same<Key, K>::value || (detail::is_text<K> && detail::is_text<Key>);

	template <class Key> struct many : detail::many_keys<Key> {
		static_assert(fits<Key>, "tarn: these are not the map's keys");
		using detail::many_keys<Key>::many_keys;
	};

	template <class Value> struct many_values : detail::many_values<Value> {
		static_assert(std::is_same<Value, V>::value ||
				      (detail::is_text<V> && detail::is_text<Value>),
			      "tarn: these are not the map's values");
		using detail::many_values<Value>::many_values;
	};

	bool read(const key_codec &key, mapped_type &value) const
	{
		auto get = [&](void *room, std::uint64_t size, std::uint64_t *told) {
			return tarn_hashmap_get(raw_, key.data(), key.length(), room, size, told);
		};

		if constexpr (detail::is_text<V>)
			return detail::read_text(value, get, "hashmap::get");
		else
			return detail::found(get(&value, sizeof(value), nullptr), "hashmap::get");
	}

	template <class Key>
	void read_many(const Key *keys, std::size_t count,
		       std::vector<std::optional<mapped_type>> &values) const
	{
		constexpr std::size_t room = detail::is_text<V> ? 128 : sizeof(mapped_type);
		many<Key> k(keys, count);
		std::vector<int> codes(count, 0);
		std::vector<unsigned char> bytes(count * room);
		std::vector<struct tarn_bytes> each(count * detail::is_text<V>);
		void *where = bytes.data();
		int code;

		for (std::size_t i = 0; i < each.size(); i++)
			each[i] = { bytes.data() + i * room, room };
		if (detail::is_text<V>)
			where = each.data();
		code = tarn_hashmap_get_many(raw_, k.data(), k.each, count, where,
					     detail::is_text<V> ? TARN_SEPARATE : room, codes.data());
		if (code != TARN_TOO_BIG)
			detail::found(code, "hashmap::get_many");
		for (std::size_t i = 0; i < count; i++) {
			if (codes[i] == TARN_TOO_BIG)
				values[i] = get(keys[i]);
			else if (detail::found(codes[i], "hashmap::get_many"))
				values[i] = value_codec::decode(bytes.data() + i * room,
								detail::is_text<V> ? each[i].size : room);
		}
	}
};

/**
 * A map with a name: a hashmap_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys; @V: of its values: see <tarn/cxx/type.hpp>
 */
template <class K, class V>
class hashmap : public detail::owner<hashmap_ref<K, V>, struct tarn_hashmap, tarn_hashmap_close> {
	using base = detail::owner<hashmap_ref<K, V>, struct tarn_hashmap, tarn_hashmap_close>;

public:
	/**
	 * Opens a map, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys or values, and what() says both; else as tarn_hashmap_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	hashmap(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_hashmap>(
			  base::type(),
			  [&](struct tarn_hashmap **raw, const struct tarn_type *type) {
				  return tarn_hashmap_open(where.handle(), raw, name.c_str(), type,
							   static_cast<enum tarn_open_mode>(how), nullptr);
			  },
			  "open hashmap", name))
	{
	}

	/** As hashmap_ref::entries(); not of a map that ends before the walk. */
	hashmap_entries<K, V> entries() const &
	{
		return base::entries();
	}

	void entries() && = delete;
};

} // namespace tarn

#endif
