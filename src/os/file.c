// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * file.c -- file:PATH, an arena in an ordinary file
 *
 * It outlives its users, and the next boot if it was written back and
 * nothing was in flight.  The name is made absolute when it is parsed, so
 * that it means the same file after a chdir().  Such arenas are not listed.
 */
#include "os/backend.h"

#include <stdio.h>
#include <string.h>

static int
parse(const char *rest, struct tarn_os_name *name)
{
	size_t prefix = strlen("file:");
	size_t length = strnlen(rest, sizeof(name->text));

	if (length == 0 || rest[length - 1] == '/')
		return TARN_INVALID;
	if (tarn__os_path_absolute(rest, name->path, sizeof(name->path) - prefix))
		return TARN_INVALID;
	memcpy(name->text, "file:", prefix);
	strcpy(name->text + prefix, name->path);
	return 0;
}

static int
create(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	char directory[sizeof(name->path)];
	char *slash;

	strcpy(directory, name->path);
	slash = strrchr(directory, '/');
	slash[slash == directory] = '\0';
	return tarn__os_path_create(name->backend, directory, mode, file);
}

static int
open_name(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	return tarn__os_path_open(name, readonly, 0, file);
}

const struct tarn_backend tarn__backend_file = {
	.scheme = "file",
	.parse = parse,
	.create = create,
	.publish = tarn__os_path_publish,
	.open = open_name,
	.unlink = tarn__os_path_unlink,
	.give = tarn__os_give,
};
