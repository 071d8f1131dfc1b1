// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_tdb.c -- Samba's tdb, with a robust process-shared mutex a chain
 *
 * Below /dev/shm, never flushed, a chain for each two entries.  A value is
 * read in place, by tdb_parse_record().
 */
#include "map.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <tdb.h>

const int map_by_threads = 0;

static struct tdb_context *base;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "map_tdb: %s\n", base ? tdb_errorstr(base) : "cannot be opened");
	exit(2);
}

void
map_open(size_t entries, int text)
{
	(void)text;
	base = tdb_open(scratch_path("map.tdb"), (int)(entries / 2 | 1),
		TDB_NOSYNC | TDB_CLEAR_IF_FIRST | TDB_MUTEX_LOCKING | TDB_INCOMPATIBLE_HASH,
		O_RDWR | O_CREAT, 0600);
	must(!base);
}

struct u64_map *
map_join(struct u64_map *map)
{
	must(tdb_reopen(base));
	return map;
}

double
map_bytes(void)
{
	return (double)tdb_map_size(base);
}

static void
put(const void *key, size_t key_size, const void *value, size_t size, int fresh)
{
	TDB_DATA name = { (unsigned char *)key, key_size };
	TDB_DATA data = { (unsigned char *)value, size };

	must(tdb_store(base, name, data, fresh ? TDB_INSERT : TDB_REPLACE));
}

static void
erase(const void *key, size_t key_size)
{
	must(tdb_delete(base, (TDB_DATA){ (unsigned char *)key, key_size }));
}

static int
add(TDB_DATA key, TDB_DATA data, void *sum)
{
	(void)key;
	*(uint64_t *)sum += map_total(data.dptr, data.dsize);
	return 0;
}

static int
add_entry(struct tdb_context *from, TDB_DATA key, TDB_DATA data, void *sum)
{
	(void)from;
	return add(key, data, sum);
}

static void
get(const void *key, size_t key_size, uint64_t *sum)
{
	(void)tdb_parse_record(base, (TDB_DATA){ (unsigned char *)key, key_size }, add, sum);
}

static void
finish(void)
{
}

static uint64_t
sum_all(void)
{
	uint64_t sum = 0;

	must(tdb_traverse_read(base, add_entry, &sum) < 0);
	return sum;
}

static void
clear(void)
{
	must(tdb_wipe_all(base));
}

#include "bytes_map.h"
