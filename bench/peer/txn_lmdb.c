// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_lmdb.c -- transactions over two data bases of 1,000 u64 entries
 *
 * Below /dev/shm, written in place and never flushed.  Cases as of txn_tarn.c.
 */
#include "clock.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KEYS 1000u
#define COUNT 100000u

static char folder[] = "/dev/shm/tarn-bench-lmdb.XXXXXX";
static MDB_env *environment;
static MDB_dbi bases[2];

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_lmdb: %s\n", mdb_strerror(code));
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

static void
put(MDB_txn *txn, unsigned which, uint64_t key, uint64_t value)
{
	MDB_val name = { sizeof(key), &key }, data = { sizeof(value), &value };

	must(mdb_put(txn, bases[which], &name, &data, 0));
}

static void
prepare(void)
{
	MDB_txn *txn;

	if (!mkdtemp(folder) || atexit(end))
		exit(2);
	must(mdb_env_create(&environment));
	must(mdb_env_set_maxdbs(environment, 2));
	must(mdb_env_set_mapsize(environment, 64 << 20));
	must(mdb_env_open(environment, folder, MDB_NOSYNC | MDB_WRITEMAP | MDB_NOMETASYNC, 0600));
	must(mdb_txn_begin(environment, NULL, 0, &txn));
	for (unsigned i = 0; i < 2; i++) {
		must(mdb_dbi_open(txn, i ? "b" : "a", MDB_CREATE | MDB_INTEGERKEY, &bases[i]));
		for (uint64_t key = 0; key < KEYS; key++)
			put(txn, i, key, key);
	}
	must(mdb_txn_commit(txn));
}

static void
one(unsigned over, uint64_t i)
{
	MDB_txn *txn;

	must(mdb_txn_begin(environment, NULL, 0, &txn));
	for (unsigned k = 0; k < over; k++)
		put(txn, k, i % KEYS, i);
	must(mdb_txn_commit(txn));
}

static void
run(const char *name, unsigned over)
{
	uint64_t start;

	for (uint64_t i = 0; i < COUNT / 10; i++)
		one(over, i);
	start = peer_now();
	for (uint64_t i = 0; i < COUNT; i++)
		one(over, i);
	printf("%s %.3f\n", name, (double)(peer_now() - start) / COUNT);
}

int
main(void)
{
	prepare();
	run("one", 1);
	run("two", 2);
	mdb_env_close(environment);
	return 0;
}
