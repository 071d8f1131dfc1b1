// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * redis_get.c -- GET from a Redis server over a Unix socket
 *
 *	get	one after another, of 1,000,000 keys
 *	get-64	64 sent at once
 *
 * ns that pass, by the clock: two processes work for it.  The server is a
 * child, keeps nothing on disk, and ends with this program.
 */
#include "clock.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENTRIES 1000000u
#define COUNT 20000u
#define BATCHES 3000u

static redisContext *server;
static char path[64];

static uint64_t
passed(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static pid_t
start_server(void)
{
	pid_t child = fork();

	if (child)
		return child;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)freopen("/dev/null", "w", stdout);
	(void)execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save", "",
		"--appendonly", "no", (char *)NULL);
	_exit(127);
}

static void
expect(int type)
{
	redisReply *reply = NULL;

	if (redisGetReply(server, (void **)&reply) || !reply || reply->type != type)
		exit(2);
	freeReplyObject(reply);
}

static void
ask(const char *format, uint64_t key)
{
	uint64_t name = peer_random(&key), value = key;

	if (redisAppendCommand(server, format, &name, sizeof(name), &value, sizeof(value)))
		exit(2);
}

static void
fill(void)
{
	for (uint64_t i = 0; i < ENTRIES; i += 1000) {
		for (uint64_t k = 0; k < 1000; k++)
			ask("SET %b %b", i + k);
		for (uint64_t k = 0; k < 1000; k++)
			expect(REDIS_REPLY_STATUS);
	}
}

static void
run(const char *name, uint64_t count, unsigned at_once)
{
	uint64_t random = 3, start = passed();

	for (uint64_t i = 0; i < count; i++) {
		for (unsigned k = 0; k < at_once; k++)
			ask("GET %b", peer_random(&random) % ENTRIES);
		for (unsigned k = 0; k < at_once; k++)
			expect(REDIS_REPLY_STRING);
	}
	printf("%s %.3f\n", name, (double)(passed() - start) / (double)(count * at_once));
}

int
main(void)
{
	pid_t child;

	(void)snprintf(path, sizeof(path), "/tmp/tarn-bench-redis.%d", (int)getpid());
	child = start_server();
	for (unsigned i = 0; i < 100; i++) {
		(void)usleep(50000);
		server = redisConnectUnix(path);
		if (server && !server->err)
			break;
	}
	if (!server || server->err)
		return 2;
	fill();
	run("get", COUNT, 1);
	run("get-64", BATCHES, 64);
	redisFree(server);
	(void)kill(child, SIGTERM);
	(void)waitpid(child, NULL, 0);
	(void)unlink(path);
	return 0;
}
