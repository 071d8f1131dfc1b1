// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * scan.hpp -- u64_scan(), for whatever is used like std::map; included last
 */
uint64_t
u64_scan(struct u64_map *map, uint64_t key, size_t entries)
{
	held held(*map);
	auto at = map->map.lower_bound(key);
	uint64_t sum = 0;

	for (; entries && at != map->map.end(); entries--, ++at)
		sum += at->first + at->second;
	return sum;
}
