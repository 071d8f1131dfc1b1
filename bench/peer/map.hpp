// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.hpp -- map.h, for whatever is used like std::unordered_map
 *
 * Included last by a file that has defined
 *
 *	struct u64_map, struct text_map		with a member .map
 *	struct held { held(MAP &); }		the lock of one operation, if any
 *	text_view				what it looks up by
 *	make_key(MAP &, text)			the key that a text map stores
 *
 * and map_open(), map_bytes(), and both _new() and _free().  Lookups by text
 * copy no key: the maps hash and compare std::string_view (see text_hash).
 */
#include "map.h"

static inline uint64_t
total(uint64_t value)
{
	return value;
}

static inline uint64_t
total(const map_value &value)
{
	return map_total(&value, sizeof(value));
}

template <typename Value>
static inline Value
make_value(uint64_t n)
{
	if constexpr (sizeof(Value) == 8)
		return n;
	else
		return Value{ { n, n, n, n, n, n, n, n } };
}

static inline uint64_t
look(uint64_t key)
{
	return key;
}

static inline text_view
look(const map_text &key)
{
	return { key.bytes, key.size };
}

static inline uint64_t
make_key(u64_map &, uint64_t key)
{
	return key;
}

template <typename Map, typename Key>
static void
insert_all(Map &map, const Key *keys, size_t count)
{
	using value = typename decltype(map.map)::mapped_type;

	for (size_t i = 0; i < count; i++) {
		held held(map);

		map.map.emplace(make_key(map, keys[i]), make_value<value>(i));
	}
}

template <typename Map, typename Key>
static void
update_all(Map &map, const Key *keys, size_t count)
{
	using value = typename decltype(map.map)::mapped_type;

	for (size_t i = 0; i < count; i++) {
		held held(map);
		auto found = map.map.find(look(keys[i]));

		if (found != map.map.end())
			found->second = make_value<value>(i);
	}
}

template <typename Map, typename Key>
static void
erase_one(Map &map, const Key &key)
{
	held held(map);
	auto found = map.map.find(look(key));

	if (found != map.map.end())
		map.map.erase(found);
}

template <typename Map, typename Key>
static void
replace_all(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		erase_one(map, keys[i]);
		insert_all(map, &keys[i], 1);
	}
}

template <typename Map, typename Key>
static uint64_t
get_all(Map &map, const Key *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		held held(map);
		auto found = map.map.find(look(keys[i]));

		if (found != map.map.end())
			sum += total(found->second);
	}
	return sum;
}

template <typename Map>
static uint64_t
sum_all(Map &map)
{
	held held(map);
	uint64_t sum = 0;

	for (const auto &entry : map.map)
		sum += total(entry.second);
	return sum;
}

/* ---- map.h ------------------------------------------------------------------------------------- */

void
u64_insert(struct u64_map *map, const uint64_t *keys, size_t count)
{
	insert_all(*map, keys, count);
}

void
u64_update(struct u64_map *map, const uint64_t *keys, size_t count)
{
	update_all(*map, keys, count);
}

void
u64_replace(struct u64_map *map, const uint64_t *keys, size_t count)
{
	replace_all(*map, keys, count);
}

uint64_t
u64_get(struct u64_map *map, const uint64_t *keys, size_t count)
{
	return get_all(*map, keys, count);
}

uint64_t
u64_sum(struct u64_map *map)
{
	return sum_all(*map);
}

void
text_insert(struct text_map *map, const struct map_text *keys, size_t count)
{
	insert_all(*map, keys, count);
}

void
text_update(struct text_map *map, const struct map_text *keys, size_t count)
{
	update_all(*map, keys, count);
}

void
text_replace(struct text_map *map, const struct map_text *keys, size_t count)
{
	replace_all(*map, keys, count);
}

uint64_t
text_get(struct text_map *map, const struct map_text *keys, size_t count)
{
	return get_all(*map, keys, count);
}

uint64_t
text_sum(struct text_map *map)
{
	return sum_all(*map);
}
