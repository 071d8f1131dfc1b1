// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_lmdb.c -- LMDB, a transaction an operation
 *
 * Below /dev/shm, written in place and never flushed; u64 keys as integers.
 * A get begins and ends a reading transaction, by renewing one that is kept.
 */
#include "map.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/dev/shm/tarn-bench-lmdb.XXXXXX";
static MDB_env *environment;
static MDB_dbi base;
static MDB_txn *reader;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "map_lmdb: %s\n", mdb_strerror(code));
	exit(2);
}

static void
end(void)
{
	char path[sizeof(folder) + 16];

	(void)snprintf(path, sizeof(path), "%s/data.mdb", folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/lock.mdb", folder);
	(void)unlink(path);
	(void)rmdir(folder);
}

void
map_open(size_t entries, int text)
{
	size_t size = (256 << 20) + entries * (text ? 600 : 160);
	MDB_txn *txn;

	if (!mkdtemp(folder) || atexit(end))
		exit(2);
	must(mdb_env_create(&environment));
	must(mdb_env_set_mapsize(environment, size));
	must(mdb_env_set_maxdbs(environment, 1));
	must(mdb_env_open(environment, folder, MDB_NOSYNC | MDB_WRITEMAP | MDB_NOMETASYNC, 0600));
	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_dbi_open(txn, "map", MDB_CREATE | (text ? 0 : MDB_INTEGERKEY), &base));
	must(mdb_txn_commit(txn));
	must(mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader));
	mdb_txn_reset(reader);
}

/* Called when there is one map at most. */
double
map_bytes(void)
{
	MDB_stat stat;

	must(mdb_txn_renew(reader));
	must(mdb_stat(reader, base, &stat));
	mdb_txn_reset(reader);
	return (double)(stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) *
		stat.ms_psize;
}

static void
put(const void *key, size_t key_size, const void *value, size_t size, unsigned flags)
{
	MDB_val name = { key_size, (void *)key }, data = { size, (void *)value };
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_put(txn, base, &name, &data, flags));
	must(mdb_txn_commit(txn));
}

static void
erase(const void *key, size_t key_size)
{
	MDB_val name = { key_size, (void *)key };
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_del(txn, base, &name, NULL));
	must(mdb_txn_commit(txn));
}

static uint64_t
total(const MDB_val *data)
{
	struct map_value value = { { 0 } };
	uint64_t sum = 0;

	memcpy(&value, data->mv_data, data->mv_size);
	for (size_t i = 0; i < data->mv_size / 8; i++)
		sum += value.words[i];
	return sum;
}

static uint64_t
get(const void *key, size_t key_size)
{
	MDB_val name = { key_size, (void *)key }, data;
	uint64_t sum = 0;

	must(mdb_txn_renew(reader));
	if (!mdb_get(reader, base, &name, &data))
		sum = total(&data);
	mdb_txn_reset(reader);
	return sum;
}

static uint64_t
sum_all(void)
{
	MDB_val name, data;
	MDB_cursor *cursor;
	uint64_t sum = 0;

	must(mdb_txn_renew(reader));
	must(mdb_cursor_open(reader, base, &cursor));
	while (!mdb_cursor_get(cursor, &name, &data, MDB_NEXT))
		sum += total(&data);
	mdb_cursor_close(cursor);
	mdb_txn_reset(reader);
	return sum;
}

static void
clear(void)
{
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_drop(txn, base, 0));
	must(mdb_txn_commit(txn));
}

/* ---- u64 --------------------------------------------------------------------------------------- */

struct u64_map *
u64_new(void)
{
	return NULL;
}

void
u64_free(struct u64_map *map)
{
	(void)map;
	clear();
}

void
u64_insert(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put(&keys[i], 8, &i, 8, MDB_NOOVERWRITE);
}

void
u64_update(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put(&keys[i], 8, &i, 8, 0);
}

void
u64_replace(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		erase(&keys[i], 8);
		put(&keys[i], 8, &i, 8, MDB_NOOVERWRITE);
	}
}

uint64_t
u64_get(struct u64_map *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	(void)map;
	for (uint64_t i = 0; i < count; i++)
		sum += get(&keys[i], 8);
	return sum;
}

uint64_t
u64_sum(struct u64_map *map)
{
	(void)map;
	return sum_all();
}

/* ---- text -------------------------------------------------------------------------------------- */

struct text_map *
text_new(void)
{
	return NULL;
}

void
text_free(struct text_map *map)
{
	(void)map;
	clear();
}

static void
put_text(const struct map_text *key, uint64_t n, unsigned flags)
{
	struct map_value value = { { n, n, n, n, n, n, n, n } };

	put(key->bytes, key->size, &value, sizeof(value), flags);
}

void
text_insert(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put_text(&keys[i], i, MDB_NOOVERWRITE);
}

void
text_update(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put_text(&keys[i], i, 0);
}

void
text_replace(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		erase(keys[i].bytes, keys[i].size);
		put_text(&keys[i], i, MDB_NOOVERWRITE);
	}
}

uint64_t
text_get(struct text_map *map, const struct map_text *keys, size_t count)
{
	uint64_t sum = 0;

	(void)map;
	for (uint64_t i = 0; i < count; i++)
		sum += get(keys[i].bytes, keys[i].size);
	return sum;
}

uint64_t
text_sum(struct text_map *map)
{
	(void)map;
	return sum_all();
}
