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

#include <tarn/cxx/keyed.hpp>
#include <tarn/hashmap.h>

namespace tarn {

namespace detail {

/* What keyed_ref calls. */
struct hashmap_calls {
	using raw = struct tarn_hashmap;
	template <class K> using key_codec = detail::key_codec<K>;

	template <class K> static constexpr void require_key() noexcept
	{
		detail::require_key<K>();
	}

	static constexpr const char *name = "hashmap";
	static constexpr enum tarn_kind kind = TARN_KIND_HASHMAP;
	static constexpr auto object = tarn_hashmap_object;
	static constexpr auto in = tarn_hashmap_in;
	static constexpr auto get = tarn_hashmap_get;
	static constexpr auto contains = tarn_hashmap_contains;
	static constexpr auto get_many = tarn_hashmap_get_many;
	static constexpr auto size = tarn_hashmap_size;
	static constexpr auto put = tarn_hashmap_put;
	static constexpr auto insert = tarn_hashmap_insert;
	static constexpr auto erase = tarn_hashmap_erase;
	static constexpr auto fetch_add = tarn_hashmap_fetch_add;
	static constexpr auto compare_and_swap = tarn_hashmap_compare_and_swap;
	static constexpr auto put_many = tarn_hashmap_put_many;
	static constexpr auto erase_many = tarn_hashmap_erase_many;
	static constexpr auto clear = tarn_hashmap_clear;
	static constexpr auto swap = tarn_hashmap_swap;
	static constexpr auto copy = tarn_hashmap_copy;
	static constexpr auto equal = tarn_hashmap_equal;

	using cursor = struct tarn_hashmap_cursor;
	using entry = struct tarn_hashmap_entry;
	static constexpr const char *entries = "hashmap::entries";
	static constexpr auto cursor_open = tarn_hashmap_cursor_open;
	static constexpr auto cursor_next = tarn_hashmap_cursor_next;
	static constexpr auto cursor_close = tarn_hashmap_cursor_close;
};

} // namespace detail

/**
 * The walk over a map that hashmap_ref::entries() begins; a range to be walked once: see detail::walk.
 *
 * An entry that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.
 */
template <class K, class V>
using hashmap_entries = detail::walk<detail::entry_cursor<detail::hashmap_calls, K, V>>;

/**
 * All that can be done with a map, by a handle that is somebody else's: a hashmap's, or, by
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
class hashmap_ref : public detail::keyed_ref<hashmap_ref<K, V>, detail::hashmap_calls, K, V> {
	using base = detail::keyed_ref<hashmap_ref<K, V>, detail::hashmap_calls, K, V>;

public:
	/** A C handle of a map with this type, which must outlive this. */
	explicit hashmap_ref(struct tarn_hashmap *raw) noexcept : base(raw)
	{
	}

	/** Whether size() is 0. */
	bool empty() const
	{
		return this->size() == 0;
	}

	/** Begins a walk over all entries, in no order.  As tarn_hashmap_cursor_open(). */
	hashmap_entries<K, V> entries() const
	{
		return hashmap_entries<K, V>(this->raw_);
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
		: base(detail::open_typed<struct tarn_hashmap>(where, name, how, base::type(), tarn_hashmap_open,
							     "open hashmap"))
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
