// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keyed.hpp -- what containers of keys and values have in common in C++
 *
 *	map<K, V> -> owner -> map_ref<K, V> -> keyed_ref<..., map_calls, ...>
 *	map_entries<K, V> -> walk -> map_cursor<K, V> -> entry_cursor<map_calls, ...>
 *	and hashmap the same
 *
 * Nothing here is for programs to name: they find it as members of
 * tarn::map and tarn::hashmap.  A container tells its C calls by a struct of
 * function pointers, which are constants, and so cost nothing.
 */
#ifndef TARN_CXX_KEYED_HPP
#define TARN_CXX_KEYED_HPP

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <tarn/cxx/type.hpp>
#include <tarn/cxx/walk.hpp>
#include <utility>

namespace tarn {
namespace detail {

/*
 * A cursor over entries, for a walk.
 * @Calls: as of keyed_ref, and the types and C calls of its cursors
 */
template <class Calls, class K, class V> class entry_cursor {
public:
	using key_codec = typename Calls::template key_codec<K>;
	using value_codec = detail::value_codec<V>;
	using value_type = std::pair<typename key_codec::result, typename value_codec::result>;
	using step = int (*)(typename Calls::cursor *, typename Calls::entry *);

	explicit entry_cursor(typename Calls::raw *raw, step moves = Calls::cursor_next) : moves_(moves)
	{
		check(Calls::cursor_open(raw, &raw_), Calls::entries);
	}

	entry_cursor(const entry_cursor &) = delete;
	entry_cursor &operator=(const entry_cursor &) = delete;

	~entry_cursor()
	{
		Calls::cursor_close(raw_);
	}

	bool next()
	{
		typename Calls::entry e;

		here.reset();
		if (!found(moves_(raw_, &e), Calls::entries))
			return false;
		here.emplace(key_codec::decode(e.key, e.key_size), value_codec::decode(e.value, e.value_size));
		return true;
	}

	std::optional<value_type> here;

protected:
	typename Calls::cursor *raw_ = nullptr;

private:
	step moves_;
};

/*
 * The calls that maps of every kind have.
 * @Ref: the class that is made of it; @Calls: kind, name and C calls of the container, and its key_codec
 */
template <class Ref, class Calls, class K, class V>
class keyed_ref : public handle_ref<Ref, typename Calls::raw, Calls::object, Calls::in> {
protected:
	using raw_type = typename Calls::raw;
	using handle_ref<Ref, raw_type, Calls::object, Calls::in>::raw_;
	using key_codec = typename Calls::template key_codec<K>;
	using value_codec = detail::value_codec<V>;

public:
	using key_type = typename key_codec::result;
	using mapped_type = typename value_codec::result;
	using value_type = std::pair<key_type, mapped_type>;
	using key_argument = typename key_codec::argument;
	using mapped_argument = typename value_codec::argument;

	/** A C handle of a container with this type, which must outlive this. */
	explicit keyed_ref(raw_type *raw) noexcept : handle_ref<Ref, raw_type, Calls::object, Calls::in>(raw)
	{
		Calls::template require_key<K>();
		require_value<V>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** A copy of a key's value; empty if it is not there. */
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
			throw std::out_of_range(told("at") + ": no such key");
		return *std::move(value);
	}

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return found(Calls::contains(raw_, k.data(), k.length()), "contains");
	}

	/**
	 * Copies of the values of many keys; empty where a key is not there.
	 * @keys:	count of them; of maps by text, std::string or std::string_view
	 *
	 * As count calls of get(), each atomic by itself, but faster.
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

	/** The number of entries. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		check(Calls::size(raw_, &size), "size");
		return size;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Sets the value of a key, whether it is there or not. */
	void put(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);

		check(Calls::put(raw_, k.data(), k.length(), v.data(), v.length()), "put");
	}

	/** Adds a key that is not there yet.  Return: false: it was, and stays. */
	bool insert(key_argument key, mapped_argument value)
	{
		key_codec k(key);
		value_codec v(value);
		int code = Calls::insert(raw_, k.data(), k.length(), v.data(), v.length());

		return code != TARN_EXISTS && check(code, "insert") == 0;
	}

	/** Removes a key and its value.  Return: whether it was there. */
	bool erase(key_argument key)
	{
		key_codec k(key);

		return found(Calls::erase(raw_, k.data(), k.length()), "erase");
	}

	/** Adds to a value of 64 bits, which begins as 0.  Return: what it was. */
	mapped_type fetch_add(key_argument key, mapped_type n)
	{
		static_assert(std::is_integral<V>::value && sizeof(V) == 8,
			      "tarn: fetch_add is for values that are integers of 64 bits");
		key_codec k(key);
		std::uint64_t before = 0;

		check(Calls::fetch_add(raw_, k.data(), k.length(), static_cast<std::uint64_t>(n), &before),
		      "fetch_add");
		return static_cast<mapped_type>(before);
	}

	/**
	 * Replaces a value if its bytes, padding included, are the expected one's.
	 *
	 * Return: false: it is another, or the key is not there.
	 */
	bool compare_and_swap(key_argument key, mapped_argument expected, mapped_argument desired)
	{
		key_codec k(key);
		value_codec e(expected), d(desired);
		int code = Calls::compare_and_swap(raw_, k.data(), k.length(), e.data(), e.length(),
						   d.data(), d.length());

		return code != TARN_MISMATCH && found(code, "compare_and_swap");
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
	 * As count calls of put() in this order, but faster.  For all or none, call it in a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Throws: the first error of one of them; the others are done.
	 */
	template <class Key, class Value>
	void put_many(const Key *keys, const Value *values, std::size_t count)
	{
		many_keys_in<Key> k(keys, count);
		many_values_in<Value> v(values, count);

		if (count)
			check(Calls::put_many(raw_, k.data(), k.each, count, v.data(), v.each, nullptr),
			      "put_many");
	}

	/** The same of two vectors, arrays, spans, ...  Throws also: INVALID, one is longer. */
	template <class Keys, class Values> void put_many(const Keys &keys, const Values &values)
	{
		require_pairs(std::size(keys), std::size(values), "put_many");
		put_many(std::data(keys), std::data(values), std::size(keys));
	}

	/**
	 * Removes many keys.
	 * @keys:	count of them; of maps by text, std::string or std::string_view
	 *
	 * As count calls of erase() in this order, but faster.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were there.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t erase_many(const Key *keys, std::size_t count)
	{
		many_keys_in<Key> k(keys, count);
		std::vector<int> codes(count, TARN_NOT_FOUND);
		std::size_t gone = 0;

		if (count)
			found(Calls::erase_many(raw_, k.data(), k.each, count, codes.data()), "erase_many");
		for (int code : codes)
			gone += code == 0;
		return gone;
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> std::size_t erase_many(const Keys &keys)
	{
		return erase_many(std::data(keys), std::size(keys));
	}

	/** Removes all entries. */
	void clear()
	{
		check(Calls::clear(raw_), "clear");
	}

	/* ---- whole maps, of any arenas unless told otherwise ------------------------------------- */

	/** Exchanges the contents of two maps of an arena, in one step; of handles, both stay. */
	void swap(const Ref &other)
	{
		check(Calls::swap(raw_, raw_of(other)), "swap");
	}

	/** Gives it the contents of another, in one step, in place of its own. */
	void copy(const Ref &from)
	{
		check(Calls::copy(raw_, raw_of(from)), "copy");
	}

	/** Whether another map has the same keys with the same values. */
	bool equal(const Ref &other) const
	{
		bool equal = false;

		check(Calls::equal(raw_, raw_of(other), &equal), "equal");
		return equal;
	}

protected:
	/* What is passed is what the map holds: integers are not converted behind the caller's back. */
	template <class Key> struct many_keys_in : many_keys<Key> {
		static_assert(std::is_same<Key, K>::value || (is_text<K> && is_text<Key>),
			      "tarn: these are not the map's keys");
		using many_keys<Key>::many_keys;
	};

	template <class Value> struct many_values_in : many_values<Value> {
		static_assert(std::is_same<Value, V>::value || (is_text<V> && is_text<Value>),
			      "tarn: these are not the map's values");
		using many_values<Value>::many_values;
	};

	/* The container's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return type_of_kind(Calls::kind, key_codec::kind, value_codec::size, value_codec::fields);
	}

	/* The call, as what() says it. */
	static std::string told(const char *call)
	{
		return std::string(Calls::name) + "::" + call;
	}

	/* Out of the way of what succeeds. */
	[[gnu::cold, gnu::noinline]] static int fail(int code, const char *call)
	{
		return detail::check(code, told(call).c_str());
	}

	static int check(int code, const char *call)
	{
		return __builtin_expect(code < 0, 0) ? fail(code, call) : code;
	}

	static bool found(int code, const char *call)
	{
		return code != TARN_NOT_FOUND && check(code, call) == 0;
	}

	static void require_pairs(std::size_t keys, std::size_t values, const char *call)
	{
		if (keys != values)
			throw error(errc::INVALID, told(call) + ": not as many values as keys");
	}

private:
	static raw_type *raw_of(const keyed_ref &map) noexcept
	{
		return map.raw_;
	}

	bool read(const key_codec &key, mapped_type &value) const
	{
		auto get = [&](void *room, std::size_t size, std::size_t *length) {
			int code = Calls::get(raw_, key.data(), key.length(), room, size, length);

			return code == TARN_NOT_FOUND || code == TARN_TOO_BIG ? code : check(code, "get");
		};

		if constexpr (is_text<V>)
			return read_text(value, get, "get");
		else
			return found(get(&value, sizeof(value), nullptr), "get");
	}

	template <class Key>
	void read_many(const Key *keys, std::size_t count,
		       std::vector<std::optional<mapped_type>> &values) const
	{
		constexpr std::size_t room = is_text<V> ? 128 : sizeof(mapped_type);
		many_keys_in<Key> k(keys, count);
		std::vector<int> codes(count, 0);
		std::vector<unsigned char> bytes(count * room);
		std::vector<struct tarn_bytes> each(count * is_text<V>);
		void *where = bytes.data();
		int code;

		for (std::size_t i = 0; i < each.size(); i++)
			each[i] = { bytes.data() + i * room, room };
		if (is_text<V>)
			where = each.data();
		code = Calls::get_many(raw_, k.data(), k.each, count, where, is_text<V> ? TARN_SEPARATE : room,
				       codes.data());
		if (code != TARN_TOO_BIG)
			found(code, "get_many");
		for (std::size_t i = 0; i < count; i++) {
			if (codes[i] == TARN_TOO_BIG)
				values[i] = get(keys[i]);
			else if (found(codes[i], "get_many"))
				values[i] = value_codec::decode(bytes.data() + i * room,
								is_text<V> ? each[i].size : room);
		}
	}
};

} // namespace detail
} // namespace tarn

#endif
