// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_lmdb.c -- LMDB's transactions, over data bases of one environment
 *
 * Below /dev/shm, written in place and never flushed.
 */
#include "scratch.h"

#include <lmdb.h>
#include <stdint.h>

#define OBJECTS 8u
#define KEYS 1000u
#define RECOVERS 1

static MDB_env *environment;
static MDB_dbi bases[OBJECTS];
static MDB_txn *txn;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_lmdb: %s\n", mdb_strerror(code));
	exit(2);
}

static void
begin(unsigned over)
{
	(void)over;
	must(mdb_txn_begin(environment, NULL, 0, &txn));
}

static void
put(unsigned which, uint64_t key, uint64_t value)
{
	MDB_val name = { sizeof(key), &key }, data = { sizeof(value), &value };

	must(mdb_put(txn, bases[which], &name, &data, 0));
}

static void
commit(void)
{
	must(mdb_txn_commit(txn));
}

static void
join_objects(void)
{
	char name[] = "map 0";

	must(mdb_env_create(&environment));
	must(mdb_env_set_maxdbs(environment, OBJECTS));
	must(mdb_env_set_mapsize(environment, 64 << 20));
	must(mdb_env_open(environment, scratch(), MDB_NOSYNC | MDB_WRITEMAP | MDB_NOMETASYNC,
		0600));
	begin(0);
	for (unsigned i = 0; i < OBJECTS; i++) {
		name[4] = (char)('0' + i);
		must(mdb_dbi_open(txn, name, MDB_CREATE | MDB_INTEGERKEY, &bases[i]));
	}
	commit();
}

static void
open_objects(void)
{
	join_objects();
	begin(OBJECTS);
	for (unsigned i = 0; i < OBJECTS; i++) {
		for (uint64_t key = 0; key < KEYS; key++)
			put(i, key, key);
	}
	commit();
}

#include "txn_work.h"
