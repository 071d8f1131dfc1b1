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
 * with a dot.  key-0x and eight hexadecimal digits is the name of a lock
 * file (sysv.c), and of no arena here.
 */
#include "os/backend.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LENGTH 200

static bool
name_ok(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t length = strnlen(name, NAME_MAX_LENGTH + 1);
	uint32_t key;

	return length >= 1 && length <= NAME_MAX_LENGTH && name[0] != '.' &&
	       strspn(name, allowed) == length && !tarn__os_lock_file_key(name, &key);
}

static int
parse(const char *rest, struct tarn_os_name *name)
{
	if (!name_ok(rest))
		return TARN_INVALID;
	snprintf(name->text, sizeof(name->text), "shm:%s", rest);
	snprintf(name->path, sizeof(name->path), TARN_OS_DIRECTORY "/" TARN_OS_PREFIX "%s", rest);
	return 0;
}

static int
create(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	return tarn__os_path_create(name->backend, TARN_OS_DIRECTORY, mode, file);
}

static int
open_name(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	return tarn__os_path_open(name, readonly, O_NOFOLLOW, file);
}

/* Who is to be told of the names. */
struct listing {
	int (*found)(const char *name, void *arg);
	void *arg;
};

static int
list_entry(const char *rest, void *arg)
{
	struct listing *listing = arg;
	char text[NAME_MAX_LENGTH + sizeof("shm:")];

	if (!name_ok(rest))
		return 0;
	snprintf(text, sizeof(text), "shm:%.*s", NAME_MAX_LENGTH, rest);
	return listing->found(text, listing->arg);
}

static int
list(int (*found)(const char *name, void *arg), void *arg)
{
	return tarn__os_path_list(list_entry, &(struct listing){ found, arg });
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
