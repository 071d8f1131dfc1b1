// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * survive-kill.c -- money moves between two accounts while the movers are killed
 *
 * Each mover takes from one account and gives to the other in a transaction,
 * as fast as it can, until it is killed in the middle of something.  What
 * is there in the end is what was there at first.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

enum { MOVERS = 100, MONEY = 1000 };

static struct tarn_hashmap *accounts;

static int
move(struct tarn_txn *txn, void *unused)
{
	struct tarn_hashmap *mine = tarn_hashmap_in(accounts, txn);
	int code = tarn_hashmap_fetch_add(mine, "ann", 3, (uint64_t)-1, NULL);

	(void)unused;
	return code ? code : tarn_hashmap_fetch_add(mine, "bob", 3, 1, NULL);
}

int
main(void)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_STRING, .value_size = 8 };
	struct tarn_object *object;
	struct tarn_arena *arena;
	int64_t ann = 0, bob = 0;

	if (tarn_arena_open(&arena, NULL, NULL, NULL) ||
		tarn_hashmap_open(arena, &accounts, "accounts", &type, TARN_CREATE, NULL) ||
		tarn_hashmap_fetch_add(accounts, "ann", 3, MONEY, NULL))
		return 1;
	object = tarn_hashmap_object(accounts);
	for (int i = 0; i < MOVERS; i++) {
		pid_t pid = fork();

		while (!pid) {
			if (tarn_txn_run(arena, &object, 1, move, NULL))
				_exit(1);
		}
		usleep(2000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	if (tarn_hashmap_get(accounts, "ann", 3, &ann, sizeof(ann), NULL) ||
		tarn_hashmap_get(accounts, "bob", 3, &bob, sizeof(bob), NULL))
		return 1;
	printf("%d killed; together they have %d\n", MOVERS, (int)(ann + bob));
	return !bob; /* nothing moved */
}
