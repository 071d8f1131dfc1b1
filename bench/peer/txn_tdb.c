// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_tdb.c -- tdb's transactions, which are of one data base
 *
 * Below /dev/shm, never flushed.  The objects are parts of one data base; with
 * fcntl() locks, for transactions are faster with them than with mutexes.
 */
#include "scratch.h"

#include <fcntl.h>
#include <stdint.h>
#include <tdb.h>

#define OBJECTS 8u
#define KEYS 1000u
#define RECOVERS 1
#define COUNT 5000u

static struct tdb_context *base;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_tdb: %s\n", base ? tdb_errorstr(base) : "cannot be opened");
	exit(2);
}

static void
begin(unsigned over)
{
	(void)over;
	must(tdb_transaction_start(base));
}

static void
put(unsigned which, uint64_t key, uint64_t value)
{
	uint64_t full = (uint64_t)which << 32 | key;
	TDB_DATA name = { (unsigned char *)&full, 8 }, data = { (unsigned char *)&value, 8 };

	must(tdb_store(base, name, data, 0));
}

static void
commit(void)
{
	must(tdb_transaction_commit(base));
}

static void
join_objects(void)
{
	must(tdb_reopen(base));
}

static void
open_objects(void)
{
	base = tdb_open(scratch_path("txn.tdb"), OBJECTS * KEYS / 2,
		TDB_NOSYNC | TDB_INCOMPATIBLE_HASH, O_RDWR | O_CREAT, 0600);
	must(!base);
	begin(OBJECTS);
	for (unsigned i = 0; i < OBJECTS; i++) {
		for (uint64_t key = 0; key < KEYS; key++)
			put(i, key, key);
	}
	commit();
}

#include "txn_work.h"
