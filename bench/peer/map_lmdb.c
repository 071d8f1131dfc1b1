// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_lmdb.c -- LMDB, a transaction an operation
 *
 * Below /dev/shm, written in place and never flushed; u64 keys as integers.
 * A get begins and ends a reading transaction, by renewing one that is kept, and
 * so does a scan.
 */
#include "map.h"
#include "scratch.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>

const int map_by_threads = 0;

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
open_environment(size_t size)
{
	must(mdb_env_create(&environment));
	must(mdb_env_set_mapsize(environment, size));
	must(mdb_env_set_maxdbs(environment, 1));
	must(mdb_env_open(environment, scratch(), MDB_NOSYNC | MDB_WRITEMAP | MDB_NOMETASYNC,
		0600));
}

static void
open_base(unsigned flags)
{
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_dbi_open(txn, "map", flags, &base));
	must(mdb_txn_commit(txn));
	must(mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader));
	mdb_txn_reset(reader);
}

void
map_open(size_t entries, int text)
{
	open_environment((256 << 20) + entries * (text ? 600 : 160));
	open_base(MDB_CREATE | (text ? 0 : MDB_INTEGERKEY));
}

/* An environment is not to be used after fork(); a new process opens it again. */
struct u64_map *
map_join(struct u64_map *map)
{
	int dead;

	open_environment(0);
	must(mdb_reader_check(environment, &dead)); /* their places are free again */
	open_base(MDB_INTEGERKEY);
	return map;
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
put(const void *key, size_t key_size, const void *value, size_t size, int fresh)
{
	MDB_val name = { key_size, (void *)key }, data = { size, (void *)value };
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	must(mdb_put(txn, base, &name, &data, fresh ? MDB_NOOVERWRITE : 0));
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

static void
get(const void *key, size_t key_size, uint64_t *sum)
{
	MDB_val name = { key_size, (void *)key }, data;

	must(mdb_txn_renew(reader));
	if (!mdb_get(reader, base, &name, &data))
		*sum += map_total(data.mv_data, data.mv_size);
	mdb_txn_reset(reader);
}

static void
finish(void)
{
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
		sum += map_total(data.mv_data, data.mv_size);
	mdb_cursor_close(cursor);
	mdb_txn_reset(reader);
	return sum;
}

uint64_t
u64_scan(struct u64_map *map, uint64_t key, size_t entries)
{
	MDB_val name = { sizeof(key), &key }, data;
	MDB_cursor_op where = MDB_SET_RANGE;
	MDB_cursor *cursor;
	uint64_t sum = 0;

	(void)map;
	must(mdb_txn_renew(reader));
	must(mdb_cursor_open(reader, base, &cursor));
	for (; entries && !mdb_cursor_get(cursor, &name, &data, where); entries--) {
		sum += map_total(name.mv_data, 8) + map_total(data.mv_data, data.mv_size);
		where = MDB_NEXT;
	}
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

#include "bytes_map.h"
