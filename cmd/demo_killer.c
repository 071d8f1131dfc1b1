// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo_killer.c -- starts workers, kills them, starts others
 *
 * Every 5 ms one worker, whichever chance says, is killed (SIGKILL) and
 * another started in its place.  A worker that ends by itself has found all
 * chunks done; once there are no others, nobody is killed any more.
 *
 * Workers have a blocked SIGINT: at Ctrl-C this process ends them.
 */
#include "demo.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILL_EVERY UINT64_C(5000000)
#define LOOK_EVERY UINT64_C(500000)

struct killer {
	const struct tool_call *call;
	struct demo_maps *maps;
	struct demo_result *result;
	pid_t workers[DEMO_WORKERS]; /* 0: none there */
	int failed;
	uint64_t done;
};

/* ---- signals, time --------------------------------------------------------------------------- */

static volatile sig_atomic_t stopped;

static void
on_signal(int number)
{
	stopped = number;
}

void
demo_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool
demo_stopped(void)
{
	return stopped != 0;
}

uint64_t
demo_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void
sleep_until(uint64_t when)
{
	struct timespec time = { (time_t)(when / 1000000000), (long)(when % 1000000000) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* ---- workers --------------------------------------------------------------------------------- */

static int
spawn(pid_t *pid, char *const *arguments)
{
	extern char **environ;
	posix_spawnattr_t attr;
	sigset_t blocked;
	int code = posix_spawnattr_init(&attr);

	if (code)
		return code;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &blocked);
	code = posix_spawn(pid, "/proc/self/exe", NULL, &attr, arguments, environ);
	posix_spawnattr_destroy(&attr);
	return code;
}

/* Half of the workers map the arena at its recorded address, half elsewhere. */
static void
start(struct killer *killer, unsigned which)
{
	char tool[] = "tarn", verb[] = "demo-worker", elsewhere[] = "elsewhere",
	     recorded[] = "recorded", name[512];
	char *arguments[] = { tool, verb, name, which & 1 ? elsewhere : recorded, NULL };
	int code;

	snprintf(name, sizeof(name), "%s", tarn_arena_name(killer->maps->arena));
	code = spawn(&killer->workers[which], arguments);
	if (code) {
		killer->workers[which] = 0;
		errno = code;
		killer->failed = tool_complain(killer->call, "a worker", TARN_SYSTEM);
	}
}

/* A worker has ended, by itself unless it was killed. */
static void
ended(struct killer *killer, unsigned which, int status)
{
	killer->workers[which] = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	killer->failed = TOOL_REFUSED;
	fprintf(stderr, "tarn demo: a worker ended with %s %d\n",
		WIFEXITED(status) ? "exit code" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static void
reap(struct killer *killer)
{
	int code = tarn_reap(killer->maps->arena, NULL);

	if (code)
		killer->failed = tool_complain(killer->call, "recovery", code);
}

/* Whether it was there to be killed. */
static bool
kill_worker(struct killer *killer, unsigned which)
{
	pid_t pid = killer->workers[which];
	int status;

	if (!pid)
		return false;
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ended(killer, which, status);
	reap(killer);
	return WIFSIGNALED(status);
}

/* ---- the watch ------------------------------------------------------------------------------- */

static void
kill_one(struct killer *killer)
{
	unsigned which = (unsigned)random() % DEMO_WORKERS;

	if (kill_worker(killer, which)) {
		killer->result->killed++;
		start(killer, which);
	}
}

/* How many workers there are. */
static unsigned
collect(struct killer *killer)
{
	unsigned count = 0;
	int status;

	for (unsigned i = 0; i < DEMO_WORKERS; i++) {
		if (killer->workers[i] && waitpid(killer->workers[i], &status, WNOHANG) > 0)
			ended(killer, i, status);
		count += killer->workers[i] != 0;
	}
	return count;
}

static void
look(struct killer *killer)
{
	int code = tarn_hashmap_size(killer->maps->done, &killer->done);

	if (code)
		killer->failed = tool_complain(killer->call, "size", code);
}

static void
watch(struct killer *killer)
{
	uint64_t next_look = killer->result->began, next_kill = next_look + KILL_EVERY;

	while (!killer->failed && !stopped && collect(killer)) {
		look(killer);
		if (demo_now() >= next_kill && killer->done < killer->result->chunks) {
			kill_one(killer);
			next_kill += KILL_EVERY;
		}
		next_look += LOOK_EVERY;
		sleep_until(next_look);
	}
}

int
demo_kill_and_wait(const struct tool_call *call, struct demo_maps *maps, struct demo_result *result)
{
	struct killer killer = { .call = call, .maps = maps, .result = result };

	result->began = demo_now();
	srandom((unsigned)result->began);
	for (unsigned i = 0; !killer.failed && !stopped && i < DEMO_WORKERS; i++)
		start(&killer, i);
	watch(&killer);
	for (unsigned i = 0; i < DEMO_WORKERS; i++)
		kill_worker(&killer, i);
	if (stopped && !killer.failed) {
		fprintf(stderr, "tarn demo: stopped by signal %d\n", (int)stopped);
		killer.failed = TOOL_REFUSED;
	}
	return killer.failed;
}
