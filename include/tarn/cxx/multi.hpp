// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multi.hpp -- what multimaps and multisets have in common in C++
 *
 *	multimap<K, V> -> owner -> multimap_ref<K, V> -> multi_ref<..., multimap_calls, K>
 *	and multiset the same
 *
 * Nothing here is for programs to name: they find it as members of
 * tarn::multimap and tarn::multiset.
 */
#ifndef TARN_CXX_MULTI_HPP
#define TARN_CXX_MULTI_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <tarn/cxx/map.hpp>
#include <type_traits>
#include <vector>

namespace tarn {
namespace detail {

template <class T>
constexpr std::size_t multi_room = is_text<T> ? 256 : std::max(sizeof(T), std::size_t(8));

/*
 * The calls that both have.
 * @Ref: the class that is made of it; @Calls: name and C calls of the container
 */
template <class Ref, class Calls, class K>
class multi_ref : public handle_ref<Ref, typename Calls::raw, Calls::object, Calls::in> {
protected:
	using raw_type = typename Calls::raw;
	using handle_ref<Ref, raw_type, Calls::object, Calls::in>::raw_;
	using key_codec = ordered_codec<K>;

public:
	using key_type = typename key_codec::result;
	using key_argument = typename key_codec::argument;

	/** An end of a range of keys; empty: there is none, up to the lowest or highest key. */
	using bound = std::optional<std::decay_t<key_argument>>;

	/** A C handle of a container with this type, which must outlive this. */
	explicit multi_ref(raw_type *raw) noexcept : handle_ref<Ref, raw_type, Calls::object, Calls::in>(raw)
	{
		map_calls::require_key<K>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return found(Calls::contains(raw_, k.data(), k.length()), "contains");
	}

	/** How many entries a key has; counted as by a walk. */
	std::uint64_t count(key_argument key) const
	{
		key_codec k(key);
		std::uint64_t count = 0;

		check(Calls::count(raw_, k.data(), k.length(), &count), "count");
		return count;
	}

	/**
	 * How many entries many keys have.
	 * @keys:	count of them; of containers by text, std::string or std::string_view
	 *
	 * As count calls of count(), each by itself.
	 */
	template <class Key> std::vector<std::uint64_t> count_many(const Key *keys, std::size_t count) const
	{
		many_keys_in<Key> k(keys, count);
		std::vector<std::uint64_t> counts(count);

		if (count)
			check(Calls::count_many(raw_, k.data(), k.each, count, counts.data(), nullptr),
			      "count_many");
		return counts;
	}

	/** The same of all in a vector, array, span, ...: whatever has std::data() and std::size(). */
	template <class Keys> std::vector<std::uint64_t> count_many(const Keys &keys) const
	{
		return count_many(std::data(keys), std::size(keys));
	}

	/** The number of entries. */
	std::uint64_t size() const
	{
		std::uint64_t size = 0;

		check(Calls::size(raw_, &size), "size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		check(Calls::empty(raw_, &empty), "empty");
		return empty;
	}

	/** Whether another one has the same entries in the same order, whatever their serials. */
	bool equal(const Ref &other) const
	{
		bool equal = false;

		check(Calls::equal(raw_, other.handle(), &equal), "equal");
		return equal;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Removes all entries of a key, in one step.  Return: how many there were. */
	std::uint64_t erase(key_argument key)
	{
		key_codec k(key);
		std::uint64_t erased = 0;

		found(Calls::erase(raw_, k.data(), k.length(), &erased), "erase");
		return erased;
	}

	/** Removes the one entry that key and serial name.  Return: false: it was gone. */
	bool erase_entry(key_argument key, std::uint64_t serial)
	{
		key_codec k(key);

		return found(Calls::erase_entry(raw_, k.data(), k.length(), serial), "erase_entry");
	}

	/**
	 * Removes all entries of many keys.
	 * @keys:	count of them; of containers by text, std::string or std::string_view
	 *
	 * As count calls of erase() in this order.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many of the keys were there.  Throws: the first error of one of them; the others are done.
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

		check(Calls::erase_range(raw_, data(low), length(low), data(high), length(high), &erased),
		      "erase_range");
		return erased;
	}

	/** Removes all entries. */
	void clear()
	{
		check(Calls::clear(raw_), "clear");
	}

	/** Exchanges the contents of two of an arena, in one step; of handles, both stay. */
	void swap(const Ref &other)
	{
		check(Calls::swap(raw_, other.handle()), "swap");
	}

	/** Gives it the entries of another, in one step, in place of its own; they get serials of their own. */
	void copy(const Ref &from)
	{
		check(Calls::copy(raw_, from.handle()), "copy");
	}

protected:
	/* What is passed is what the container holds: integers are not converted behind the caller's back. */
	template <class Key> struct many_keys_in : many_keys<Key> {
		static_assert(std::is_same<Key, K>::value || (is_text<K> && is_text<Key>),
			      "tarn: these are not the container's keys");
		using many_keys<Key>::many_keys;
	};

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

} // namespace detail
} // namespace tarn

#endif
