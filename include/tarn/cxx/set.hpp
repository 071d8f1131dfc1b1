// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.hpp -- tarn::set<K>, keys in their order, shared by processes
 *
 *	tarn::set<std::string> due(arena, "due");
 *	if (due.insert("2026-11-23")) ...		it was not there yet
 *	while (auto first = due.pop_first()) ...
 *	for (const std::string &day : due.keys_from("2026-12")) ...
 *
 * The set of <tarn/set.h>, with the keys of <tarn/cxx/type.hpp>, and double;
 * their order is that of <tarn/cxx/map.hpp>.  Each call is one call of the C
 * library, and atomic unless its card says otherwise; keys are copied in and
 * out, for others may change what is in the set at any time.
 */
#ifndef TARN_CXX_SET_HPP
#define TARN_CXX_SET_HPP

#include <tarn/cxx/map.hpp>
#include <tarn/set.h>

namespace tarn {

namespace detail {

/* From the lowest key upwards, from a key upwards, or from the highest downwards. */
template <class K> class set_cursor {
public:
	using value_type = typename ordered_codec<K>::result;
	using step = int (*)(struct tarn_set_cursor *, const void **, std::size_t *);

	explicit set_cursor(struct tarn_set *set, step moves = tarn_set_cursor_next) : moves_(moves)
	{
		check(tarn_set_cursor_open(set, &raw_), "set::keys");
	}

	set_cursor(struct tarn_set *set, const ordered_codec<K> &key) : set_cursor(set)
	{
		check(tarn_set_cursor_seek(raw_, key.data(), key.length()), "set::keys_from");
	}

	set_cursor(struct tarn_set *set, downwards) : set_cursor(set, tarn_set_cursor_prev)
	{
		tarn_set_cursor_seek_end(raw_);
	}

	set_cursor(const set_cursor &) = delete;
	set_cursor &operator=(const set_cursor &) = delete;

	~set_cursor()
	{
		tarn_set_cursor_close(raw_);
	}

	bool next()
	{
		const void *key = nullptr;
		std::size_t size = 0;

		here.reset();
		if (!found(moves_(raw_, &key, &size), "set::keys"))
			return false;
		here.emplace(ordered_codec<K>::decode(key, size));
		return true;
	}

	std::optional<value_type> here;

private:
	struct tarn_set_cursor *raw_ = nullptr;
	step moves_;
};

} // namespace detail

/**
 * The walk over a set that set_ref::keys() and its like begin; a range to be walked once: see
 * detail::walk.
 *
 * A key that is there throughout the walk comes exactly once and in its place; one that is inserted or
 * erased meanwhile, once or not at all.
 */
template <class K> using set_keys = detail::walk<detail::set_cursor<K>>;

/**
 * All that can be done with a set, by a handle that is somebody else's: a set's, or, by
 * transaction::operator(), the transaction's.  Copies are handles on the same set.  May be used by all
 * threads of its process; by a transaction's, by its thread, until it ends.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
template <class K>
class set_ref : public detail::handle_ref<set_ref<K>, struct tarn_set, tarn_set_object, tarn_set_in> {
	using base = detail::handle_ref<set_ref<K>, struct tarn_set, tarn_set_object, tarn_set_in>;
	using key_codec = detail::ordered_codec<K>;

public:
	using key_type = typename key_codec::result;
	using value_type = key_type;
	using key_argument = typename key_codec::argument;

	/** An end of a range of keys; empty: there is none, up to the lowest or highest key. */
	using bound = std::optional<std::decay_t<key_argument>>;

	/** A C handle of a set with this type, which must outlive this. */
	explicit set_ref(struct tarn_set *raw) noexcept : base(raw)
	{
		detail::map_calls::require_key<K>();
	}

	/* ---- reading --------------------------------------------------------------------------- */

	/** Whether a key is there. */
	bool contains(key_argument key) const
	{
		key_codec k(key);

		return detail::found(tarn_set_contains(raw_, k.data(), k.length()), "set::contains");
	}

	/**
	 * Whether many keys are there.
	 * @keys:	count of them; of sets of text, std::string or std::string_view
	 *
	 * As count calls of contains(), each atomic by itself: see tarn_set_contains_many().
	 *
	 * Return: for each key, in their order, whether it is there.
	 */
	template <class Key> std::vector<bool> contains_many(const Key *keys, std::size_t count) const
	{
		return each(tarn_set_contains_many, keys, count, TARN_NOT_FOUND, "set::contains_many");
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

		detail::check(tarn_set_size(raw_, &size), "set::size");
		return size;
	}

	/** Whether there are none. */
	bool empty() const
	{
		bool empty = true;

		detail::check(tarn_set_empty(raw_, &empty), "set::empty");
		return empty;
	}

	/** The first key that is not below a key; empty: all are. */
	std::optional<key_type> lower_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to) {
			return tarn_set_lower_bound(raw_, k.data(), k.length(), to);
		}, "set::lower_bound");
	}

	/** The first key that is above a key; empty: there is none. */
	std::optional<key_type> upper_bound(key_argument key) const
	{
		key_codec k(key);

		return one([&](auto *to) {
			return tarn_set_upper_bound(raw_, k.data(), k.length(), to);
		}, "set::upper_bound");
	}

	/** The lowest key; empty: there is none. */
	std::optional<key_type> first() const
	{
		return one([&](auto *to) { return tarn_set_first(raw_, to); }, "set::first");
	}

	/** The highest key; empty: there is none. */
	std::optional<key_type> last() const
	{
		return one([&](auto *to) { return tarn_set_last(raw_, to); }, "set::last");
	}

	/**
	 * How many keys there are from one on that are below another.
	 * @from:	std::nullopt: from the lowest key on
	 * @to:		std::nullopt: to the highest key, and with it
	 */
	std::uint64_t count(bound from, bound to) const
	{
		std::optional<key_codec> low = coded(from), high = coded(to);
		std::uint64_t count = 0;

		detail::check(tarn_set_count(raw_, data(low), length(low), data(high), length(high), &count),
			      "set::count");
		return count;
	}

	/**
	 * Copies of keys in their order; of sets of numbers.
	 * @from:	the key to begin with, whether it is there or not; std::nullopt: the lowest
	 * @count:	how many at most; there is room for so many during the call
	 *
	 * As tarn_set_scan(): a key that is there throughout is not missed.
	 *
	 * Return: fewer than count if there are no more.
	 */
	std::vector<key_type> scan(bound from, std::size_t count) const
	{
		static_assert(detail::is_integer<K> || std::is_same<K, double>::value,
			      "tarn: scan() is for keys that are numbers; for others walk over keys_from()");
		std::optional<key_codec> low = coded(from);
		std::vector<std::uint64_t> words(count);
		std::vector<key_type> keys;

		detail::check(tarn_set_scan(raw_, data(low), length(low), words.data(), &count), "set::scan");
		keys.reserve(count);
		for (std::size_t i = 0; i < count; i++)
			keys.push_back(key_codec::decode(&words[i], sizeof(words[i])));
		return keys;
	}

	/** Begins a walk over all keys, from the lowest upwards. */
	set_keys<K> keys() const
	{
		return set_keys<K>(raw_);
	}

	/** The same from a key on, whether it is there or not. */
	set_keys<K> keys_from(key_argument key) const
	{
		return set_keys<K>(raw_, key_codec(key));
	}

	/** Begins a walk over all keys, from the highest downwards. */
	set_keys<K> reversed() const
	{
		return set_keys<K>(raw_, detail::downwards());
	}

	/** Whether another set has the same keys. */
	bool equal(const set_ref &other) const
	{
		bool equal = false;

		detail::check(tarn_set_equal(raw_, other.raw_, &equal), "set::equal");
		return equal;
	}

	/** Whether another set has all keys of this one. */
	bool is_subset(const set_ref &of) const
	{
		bool subset = false;

		detail::check(tarn_set_is_subset(raw_, of.raw_, &subset), "set::is_subset");
		return subset;
	}

	/* ---- changing -------------------------------------------------------------------------- */

	/** Adds a key.  Return: false: it was there already. */
	bool insert(key_argument key)
	{
		key_codec k(key);
		int code = tarn_set_insert(raw_, k.data(), k.length());

		return code != TARN_EXISTS && detail::check(code, "set::insert") == 0;
	}

	/** Removes a key.  Return: whether it was there. */
	bool erase(key_argument key)
	{
		key_codec k(key);

		return detail::found(tarn_set_erase(raw_, k.data(), k.length()), "set::erase");
	}

	/**
	 * Adds many keys.
	 * @keys:	count of them; of sets of text, std::string or std::string_view
	 *
	 * As count calls of insert() in this order: see tarn_set_insert_many().  For all or none, call it in
	 * a transaction.
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were not there yet.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t insert_many(const Key *keys, std::size_t count)
	{
		return how_many(each(tarn_set_insert_many, keys, count, TARN_EXISTS, "set::insert_many"));
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
	 * As count calls of erase() in this order: see tarn_set_erase_many().
	 *
	 * Crash:	stepwise: each is atomic.
	 * Return: how many were there.  Throws: the first error of one of them; the others are done.
	 */
	template <class Key> std::size_t erase_many(const Key *keys, std::size_t count)
	{
		return how_many(each(tarn_set_erase_many, keys, count, TARN_NOT_FOUND, "set::erase_many"));
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> std::size_t erase_many(const Keys &keys)
	{
		return erase_many(std::data(keys), std::size(keys));
	}

	/**
	 * Adds many keys that ascend; sooner done than insert_many() when they are above all others.
	 * @keys:	count of them, each above the one before
	 *
	 * Crash:	atomic, if the set is empty; else stepwise: each is atomic.
	 * Throws: INVALID, they do not ascend, and nothing was done; the first error of one of them, and
	 * of a set that was not empty those before it are done.
	 */
	template <class Key> void load(const Key *keys, std::size_t count)
	{
		require_same<Key>();
		detail::many_keys<Key> k(keys, count);

		if (count)
			detail::check(tarn_set_load(raw_, k.data(), k.each, count), "set::load");
	}

	/** The same of all in a vector, array, span, ... */
	template <class Keys> void load(const Keys &keys)
	{
		load(std::data(keys), std::size(keys));
	}

	/**
	 * Takes out the lowest key.
	 *
	 * As tarn_set_pop_first().
	 *
	 * Return: a copy of it; empty: there is none.  Throws also: TYPE, one that others have put in with
	 * another C++ type, and it is gone.
	 */
	std::optional<key_type> pop_first()
	{
		return one([&](auto *to) { return tarn_set_pop_first(raw_, to); }, "set::pop_first");
	}

	/** Takes out the highest key; as pop_first(). */
	std::optional<key_type> pop_last()
	{
		return one([&](auto *to) { return tarn_set_pop_last(raw_, to); }, "set::pop_last");
	}

	/**
	 * Removes all keys from one on that are below another.
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

		detail::check(tarn_set_erase_range(raw_, data(low), length(low), data(high), length(high),
						   &erased),
			      "set::erase_range");
		return erased;
	}

	/** Removes all keys. */
	void clear()
	{
		detail::check(tarn_set_clear(raw_), "set::clear");
	}

	/* ---- whole sets, of any arenas unless told otherwise ------------------------------------- */

	/** Exchanges the contents of two sets of an arena, in one step; of handles, both stay. */
	void swap(const set_ref &other)
	{
		detail::check(tarn_set_swap(raw_, other.raw_), "set::swap");
	}

	/** Gives it the keys of another, in one step, in place of its own. */
	void copy(const set_ref &from)
	{
		detail::check(tarn_set_copy(raw_, from.raw_), "set::copy");
	}

	/** Gives it the keys of one or the other, in place of its own; may be one of them.  As tarn_set_union(). */
	void union_of(const set_ref &one, const set_ref &other)
	{
		detail::check(tarn_set_union(raw_, one.raw_, other.raw_), "set::union_of");
	}

	/** Gives it the keys that both have, in place of its own; may be one of them. */
	void intersection(const set_ref &one, const set_ref &other)
	{
		detail::check(tarn_set_intersection(raw_, one.raw_, other.raw_), "set::intersection");
	}

	/** Gives it the keys of one that the other has not, in place of its own; may be one of them. */
	void difference(const set_ref &one, const set_ref &other)
	{
		detail::check(tarn_set_difference(raw_, one.raw_, other.raw_), "set::difference");
	}

protected:
	/* The set's type, as it is stored with it. */
	static struct tarn_type type() noexcept
	{
		return detail::type_of_kind(TARN_KIND_SET, key_codec::kind, 0, "");
	}

	using base::raw_;

private:
	using many_call = int (*)(struct tarn_set *, const void *, std::size_t, std::size_t, int *);
	static constexpr std::size_t room =
		detail::is_text<K> ? 256 : std::max(sizeof(K), std::size_t(8));

	template <class Key> static constexpr void require_same() noexcept
	{
		static_assert(std::is_same<Key, K>::value || (detail::is_text<K> && detail::is_text<Key>),
			      "tarn: these are not the set's keys");
	}

	/* One key, by a call that says TARN_TOO_BIG and how long it is. */
	template <class Call> std::optional<key_type> one(Call call, const char *what) const
	{
		detail::growing<room> key;
		int code;

		while ((code = call(&key.bytes)) == TARN_TOO_BIG)
			key.grow();
		if (!detail::found(code, what))
			return std::nullopt;
		return key_codec::decode(key.bytes.data, key.bytes.size);
	}

	/* For each key, whether it was not answered by no; any other code than that one and 0 is an error. */
	template <class Key>
	std::vector<bool> each(many_call call, const Key *keys, std::size_t count, int no,
			       const char *what) const
	{
		require_same<Key>();
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
		return std::size_t(std::count(yes.begin(), yes.end(), true));
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
 * A set with a name: a set_ref that opens and closes its own handle.  Move-only.
 * @K:	of its keys: double, or see <tarn/cxx/type.hpp>
 */
template <class K> class set : public detail::owner<set_ref<K>, struct tarn_set, tarn_set_close> {
	using base = detail::owner<set_ref<K>, struct tarn_set, tarn_set_close>;

public:
	/**
	 * Opens a set, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: TYPE, it has other keys, and what() says both; else as tarn_set_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	set(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(detail::open_typed<struct tarn_set>(where, name, how, base::type(), tarn_set_open, "open set"))
	{
	}

	/** As set_ref::keys(); not of a set that ends before the walk. */
	set_keys<K> keys() const &
	{
		return base::keys();
	}

	/** As set_ref::keys_from(); likewise. */
	set_keys<K> keys_from(typename base::key_argument key) const &
	{
		return base::keys_from(key);
	}

	/** As set_ref::reversed(); likewise. */
	set_keys<K> reversed() const &
	{
		return base::reversed();
	}

	void keys() && = delete;
	void keys_from(typename base::key_argument) && = delete;
	void reversed() && = delete;
};

} // namespace tarn

#endif
