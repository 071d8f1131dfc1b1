// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * wait.c -- futexes, clocks, chance, and what the machine is and has
 *
 * A futex here is a word that processes share, so never FUTEX_PRIVATE.  No
 * wake-up may be relied upon: its sender may be killed before it, and who
 * was woken before it acts.  Callers wait with a limit and look again.
 */
#include "os/backend.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

static struct timespec
span(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND) };
}

void
tarn__os_futex_wait(const uint32_t *word, uint32_t seen, uint64_t timeout_ns)
{
	struct timespec limit = span(timeout_ns);
	int saved = errno;

	(void)TARN_SYS(futex, syscall(SYS_futex, word, FUTEX_WAIT, seen,
				      timeout_ns == UINT64_MAX ? NULL : &limit, NULL, 0));
	errno = saved;
}

void
tarn__os_futex_wake(uint32_t *word, int count)
{
	int saved = errno;

	(void)TARN_SYS(futex, syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0));
	errno = saved;
}

void
tarn__os_sleep(uint64_t ns)
{
	struct timespec time = span(ns);
	int saved = errno;

	(void)nanosleep(&time, NULL);
	errno = saved;
}

static uint64_t
clock_ns(clockid_t id)
{
	struct timespec time;

	clock_gettime(id, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

uint64_t
tarn__os_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t
tarn__os_wall_time(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/* Where the kernel has no chance to give, time and address have to do: it is for seeds, not
 * secrets. */
uint64_t
tarn__os_random(void)
{
	uint64_t number;
	int saved = errno;

	if (TARN_SYS(getrandom, getrandom(&number, sizeof(number), GRND_NONBLOCK)) !=
		sizeof(number))
		number = tarn__hash_u64(tarn__os_now() ^ (uintptr_t)&number,
			tarn__os_thread_id() ^ tarn__os_wall_time());
	errno = saved;
	return number;
}

/* A small file of /proc as a string; the number of bytes, or -1. */
static ssize_t
read_text(const char *path, char *text, size_t size)
{
	int fd = TARN_SYS(open, open(path, O_RDONLY | O_CLOEXEC));
	ssize_t n;

	if (fd < 0)
		return -1;
	n = TARN_SYS(read, read(fd, text, size - 1));
	tarn__os_close_fd(fd);
	if (n >= 0)
		text[n] = '\0';
	return n;
}

/* "f2a4f8e2-6c3c-4a0e-9a55-0d6a3f9c6f11" */
int
tarn__os_boot_id(uint8_t id[16])
{
	char text[64];
	unsigned digits = 0;

	if (read_text("/proc/sys/kernel/random/boot_id", text, sizeof(text)) < 0)
		return TARN_SYSTEM;
	for (const char *p = text; *p && digits < 32; p++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = strchr(hex, *p);

		if (!digit)
			continue;
		id[digits / 2] = (uint8_t)(id[digits / 2] << 4 | (digit - hex));
		digits++;
	}
	if (digits == 32)
		return 0;
	errno = EPROTO;
	return TARN_SYSTEM;
}

static uint64_t
meminfo_bytes(const char *text, const char *label)
{
	const char *line = strstr(text, label);

	return line ? strtoull(line + strlen(label), NULL, 10) << 10 : 0;
}

uint64_t
tarn__os_memory_available(void)
{
	char text[2048];
	int saved = errno;
	ssize_t n = read_text("/proc/meminfo", text, sizeof(text));

	errno = saved;
	if (n < 0 || !strstr(text, "\nMemAvailable:"))
		return UINT64_MAX;
	return meminfo_bytes(text, "\nMemAvailable:") + meminfo_bytes(text, "\nSwapFree:");
}
