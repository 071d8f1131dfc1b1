// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * shm.c -- shm:NAME, an arena in /dev/shm/tarn.NAME
 *
 * A tmpfs: memory only, gone at the next boot.  Anybody may make files in
 * /dev/shm, so a name that is a symbolic link is refused, and what a file
 * there says of itself is believed only as far as it was checked.
 *
 * NAME is 1 to 200 of the characters A-Z a-z 0-9 . _ - and does not begin
 * with a dot.
 */
#include "os/backend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORY "/dev/shm"
#define PREFIX "tarn."
#define NAME_MAX_LENGTH 200

static bool
name_ok(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t length = strnlen(name, NAME_MAX_LENGTH + 1);

	return length >= 1 && length <= NAME_MAX_LENGTH && name[0] != '.' &&
	       strspn(name, allowed) == length;
}

static int
parse(const char *rest, struct tarn_os_name *name)
{
	if (!name_ok(rest))
		return TARN_INVALID;
	snprintf(name->text, sizeof(name->text), "shm:%s", rest);
	snprintf(name->path, sizeof(name->path), DIRECTORY "/" PREFIX "%s", rest);
	return 0;
}

static int
create(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	return tarn__os_path_create(name->backend, DIRECTORY, mode, file);
}

static int
open_name(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	return tarn__os_path_open(name, readonly, O_NOFOLLOW, file);
}

static int
list_entries(DIR *directory, int (*found)(const char *name, void *arg), void *arg)
{
	struct dirent *entry;
	int stop = 0;

	while (!stop && (entry = readdir(directory))) {
		char text[NAME_MAX_LENGTH + sizeof("shm:")];
		const char *rest = entry->d_name + strlen(PREFIX);

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 || !name_ok(rest))
			continue;
		if (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN)
			continue;
		snprintf(text, sizeof(text), "shm:%.*s", NAME_MAX_LENGTH, rest);
		stop = found(text, arg);
	}
	return stop;
}

static int
list(int (*found)(const char *name, void *arg), void *arg)
{
	int fd = TARN_SYS(open, open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	DIR *directory;
	int code;

	if (fd < 0)
		return errno == ENOENT ? 0 : tarn__os_error();
	directory = fdopendir(fd);
	if (!directory) {
		tarn__os_close_fd(fd);
		return TARN_SYSTEM;
	}
	code = list_entries(directory, found, arg);
	closedir(directory);
	return code;
}

const struct tarn_backend tarn__backend_shm = {
	.scheme = "shm",
	.parse = parse,
	.create = create,
	.publish = tarn__os_path_publish,
	.open = open_name,
	.unlink = tarn__os_path_unlink,
	.list = list,
	.give = tarn__os_give,
};
