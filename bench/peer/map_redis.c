// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_redis.c -- a Redis server, asked over a Unix socket
 *
 * $DEPTH commands, one if it is not set, are sent before the first is
 * answered.  The server is a child, keeps nothing on disk, and ends with this
 * program.  It works while this program waits: only the clock can tell.
 */
#include "map.h"
#include "scratch.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

const int map_by_threads = 0;

static redisContext *server;
static unsigned depth, under_way;
static uint64_t found; /* of all answers */

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "map_redis: %s\n", server ? server->errstr : "no server");
	exit(2);
}

static void
start_server(void)
{
	const char *path = scratch_path("socket");

	if (fork())
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!freopen("/dev/null", "w", stdout))
		_exit(127);
	(void)execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save", "",
		"--appendonly", "no", (char *)NULL);
	_exit(127);
}

static void
connect_to_server(void)
{
	struct timespec wait = { 0, 20000000 };

	for (unsigned i = 0; i < 250; i++) {
		server = redisConnectUnix(scratch_path("socket"));
		if (server && !server->err)
			return;
		redisFree(server);
		server = NULL;
		(void)nanosleep(&wait, NULL);
	}
	must(2);
}

void
map_open(size_t entries, int text)
{
	const char *wanted = getenv("DEPTH");

	(void)entries;
	(void)text;
	depth = wanted ? (unsigned)atoi(wanted) : 1;
	start_server();
	connect_to_server();
}

/* A connection of its own. */
struct u64_map *
map_join(struct u64_map *map)
{
	connect_to_server();
	depth = 1; /* for what is shared is measured so, though it was filled deep */
	return map;
}

static void
answer(void)
{
	redisReply *reply = NULL;

	must(redisGetReply(server, (void **)&reply));
	must(!reply || reply->type == REDIS_REPLY_ERROR);
	if (reply->type == REDIS_REPLY_STRING)
		found += map_total(reply->str, reply->len);
	freeReplyObject(reply);
	under_way--;
}

static void
finish(void)
{
	while (under_way)
		answer();
}

static void
asked(int code)
{
	must(code);
	if (++under_way >= depth)
		finish();
}

double
map_bytes(void)
{
	redisReply *reply = redisCommand(server, "INFO memory");
	const char *line = reply ? strstr(reply->str, "used_memory:") : NULL;
	double bytes = line ? strtod(line + strlen("used_memory:"), NULL) : 0;

	freeReplyObject(reply);
	return bytes;
}

static void
put(const void *key, size_t key_size, const void *value, size_t size, int fresh)
{
	(void)fresh;
	asked(redisAppendCommand(server, "SET %b %b", key, key_size, value, size));
}

static void
erase(const void *key, size_t key_size)
{
	asked(redisAppendCommand(server, "DEL %b", key, key_size));
}

static void
get(const void *key, size_t key_size, uint64_t *sum)
{
	*sum = found;
	asked(redisAppendCommand(server, "GET %b", key, key_size));
}

/* All keys, a thousand at a time, and their values. */
static uint64_t
sum_all(void)
{
	char cursor[32] = "0";

	do {
		redisReply *reply = redisCommand(server, "SCAN %s COUNT 1000", cursor);

		must(!reply || reply->elements != 2);
		(void)snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
		for (size_t i = 0; i < reply->element[1]->elements; i++) {
			redisReply *name = reply->element[1]->element[i];

			must(redisAppendCommand(server, "GET %b", name->str, name->len));
			under_way++;
		}
		finish();
		freeReplyObject(reply);
	} while (strcmp(cursor, "0") != 0);
	return found;
}

static void
clear(void)
{
	freeReplyObject(redisCommand(server, "FLUSHALL SYNC"));
}

#include "bytes_map.h"
