// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_tdb.c -- open a tdb that has grown to 1 GiB
 *
 * Below /dev/shm, with mutexes, while another process has it open.
 */
#include "open_work.h"
#include "scratch.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <tdb.h>

#define RECORD (16u << 20)

static struct tdb_context *
attach(void)
{
	struct tdb_context *base = tdb_open(scratch_path("open.tdb"), 1009,
		TDB_NOSYNC | TDB_CLEAR_IF_FIRST | TDB_MUTEX_LOCKING | TDB_INCOMPATIBLE_HASH,
		O_RDWR | O_CREAT, 0600);

	return base ? base : (exit(2), NULL);
}

static void
open_once(unsigned i)
{
	(void)i;
	(void)tdb_close(attach());
}

static void
fill(struct tdb_context *base)
{
	unsigned char *value = calloc(1, RECORD);

	for (unsigned i = 0; i < 64; i++) {
		TDB_DATA name = { (unsigned char *)&i, sizeof(i) }, data = { value, RECORD };

		if (!value || tdb_store(base, name, data, TDB_INSERT))
			exit(2);
	}
	free(value);
}

int
main(void)
{
	struct tdb_context *base;
	int ready[2];
	char byte;

	(void)scratch();
	if (pipe(ready))
		return 2;
	if (fork() == 0) {
		if (read(ready[0], &byte, 1) == 1)
			run_opens("open", open_once);
		_exit(0);
	}
	base = attach();
	fill(base);
	if (write(ready[1], "", 1) != 1)
		return 2;
	(void)wait(NULL);
	(void)tdb_close(base);
	return 0;
}
