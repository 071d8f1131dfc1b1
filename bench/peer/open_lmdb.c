// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_lmdb.c -- open an environment of 1 GiB, and a data base of it
 *
 * Below /dev/shm.  A data base is opened in a reading transaction, as it has
 * to be, and closed.
 */
#include "open_work.h"
#include "scratch.h"

#include <lmdb.h>

static MDB_env *environment;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "open_lmdb: %s\n", mdb_strerror(code));
	exit(2);
}

static void
attach(void)
{
	must(mdb_env_create(&environment));
	must(mdb_env_set_maxdbs(environment, OBJECTS));
	must(mdb_env_set_mapsize(environment, 1 << 30));
	must(mdb_env_open(environment, scratch(), MDB_NOSYNC | MDB_WRITEMAP | MDB_NOMETASYNC,
		0600));
}

static void
open_once(unsigned i)
{
	(void)i;
	attach();
	mdb_env_close(environment);
}

static void
open_base(unsigned i, unsigned how, unsigned flags)
{
	MDB_txn *txn;
	MDB_dbi base;

	must(mdb_txn_begin(environment, NULL, how, &txn));
	must(mdb_dbi_open(txn, object_name(i), flags, &base));
	must(mdb_txn_commit(txn));
	mdb_dbi_close(environment, base);
}

static void
object_once(unsigned i)
{
	open_base(i, MDB_RDONLY, 0);
}

int
main(void)
{
	attach();
	for (unsigned i = 0; i < OBJECTS; i++)
		open_base(i, 0, MDB_CREATE);
	mdb_env_close(environment);
	run_opens("open", open_once);
	attach();
	run_opens("object", object_once);
	return 0;
}
