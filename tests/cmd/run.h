// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * run.h -- run the tarn tool, $TARN_TOOL, as people run it; look at what it says
 *
 * All of it over a /dev/shm of our own, where a mount namespace can be had:
 * then no other arena is touched, and none is left behind.
 */
#ifndef TARN_TEST_CMD_RUN_H
#define TARN_TEST_CMD_RUN_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- running the tool ------------------------------------------------------------------------ */

static int status; /* its exit code */
static char printed[65536]; /* both streams */

static inline void
run(const char *arguments)
{
	char command[1024];
	size_t length;
	FILE *pipe;

	snprintf(command, sizeof(command), "{ \"$TARN_TOOL\" %s; } 2>&1", arguments);
	pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	length = fread(printed, 1, sizeof(printed) - 1, pipe);
	printed[length] = 0;
	status = pclose(pipe);
	ck_assert_msg(WIFEXITED(status), "%s: killed\n%s", command, printed);
	status = WEXITSTATUS(status);
}

#define expect(code, text) \
	ck_assert_msg(status == (code) && strstr(printed, text), "exit %d, printed:\n%s", status, \
		printed)

static inline json_t *
parse(void)
{
	json_error_t error;
	json_t *json = json_loads(printed, 0, &error);

	ck_assert_msg(status == 0 && json, "exit %d, printed:\n%s", status, printed);
	return json;
}

static inline json_int_t
number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_integer(value), "%s is not there, or no number", key);
	return json_integer_value(value);
}

static inline const char *
string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	ck_assert_msg(value != NULL, "%s is not there, or no string", key);
	return value;
}

/* ---- a /dev/shm of our own -------------------------------------------------------------------- */

static bool own_shm;

static inline bool
write_text(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A mount namespace; without privilege, inside a user namespace in which we are root. */
static inline bool
new_namespace(void)
{
	unsigned user = geteuid(), group = getegid();
	char map[64];

	if (!unshare(CLONE_NEWNS))
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || !write_text("/proc/self/setgroups", "deny"))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", user);
	if (!write_text("/proc/self/uid_map", map))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", group);
	return write_text("/proc/self/gid_map", map);
}

static inline bool
get_own_shm(void)
{
	own_shm = new_namespace() && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
		  !mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=64m");
	if (!own_shm)
		printf("no /dev/shm of our own: %s\n", strerror(errno));
	return own_shm;
}

#endif
