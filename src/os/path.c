// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * path.c -- arenas that have a path: what shm.c, file.c and sysv.c share
 *
 * A new arena is an unnamed file (O_TMPFILE) until it is whole, and gets
 * its name by one linkat(), which fails if the name is taken.  So there is
 * never a half-made arena under a name, and no lock file is needed.
 *
 * If a process dies
 *	before linkat() the kernel frees the file; after it the arena is there
 *
 * Not done
 *	File systems without O_TMPFILE (NFS; overlayfs before Linux 6.1):
 *	creation fails with TARN_SYSTEM, EOPNOTSUPP.  A file made elsewhere
 *	can be opened.
 */
#include "os/backend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
tarn__os_path_absolute(const char *rest, char *path, size_t size)
{
	size_t length = 0;

	if (rest[0] != '/') {
		if (!getcwd(path, size))
			return TARN_INVALID;
		length = strlen(path);
		if (length > 1 && length + 1 < size)
			path[length++] = '/';
	}
	if (strlen(rest) >= size - length)
		return TARN_INVALID;
	strcpy(path + length, rest);
	return 0;
}

int
tarn__os_path_create(const struct tarn_backend *backend, const char *directory, mode_t mode,
	struct tarn_os_file *file)
{
	int fd = TARN_SYS(open, open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));

	return tarn__os_adopt_new(backend, fd, mode, file);
}

/* The way through /proc needs no privilege; the other needs CAP_DAC_READ_SEARCH before Linux 6.10.
 */
int
tarn__os_path_publish(const struct tarn_os_name *name, struct tarn_os_file *file)
{
	char link[32];
	int failed;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file->fd);
	failed = TARN_SYS(linkat, linkat(AT_FDCWD, link, AT_FDCWD, name->path, AT_SYMLINK_FOLLOW));
	if (failed && errno == ENOENT) {
		failed =
			TARN_SYS(linkat, linkat(file->fd, "", AT_FDCWD, name->path, AT_EMPTY_PATH));
	}
	return failed ? tarn__os_error() : 0;
}

/* O_NONBLOCK, since opening a FIFO that somebody put there would wait. */
int
tarn__os_path_open(
	const struct tarn_os_name *name, bool readonly, int flags, struct tarn_os_file *file)
{
	int fd;

	flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (readonly ? O_RDONLY : O_RDWR);
	do {
		fd = TARN_SYS(open, open(name->path, flags));
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == EISDIR ? TARN_FORMAT : tarn__os_error();
	return tarn__os_adopt(name->backend, tarn__os_settle_fd(fd), readonly, file);
}

int
tarn__os_path_unlink(const struct tarn_os_name *name)
{
	return TARN_SYS(unlink, unlink(name->path)) ? tarn__os_error() : 0;
}

/*
 * Somebody may put another file under the name between the look and the
 * unlink; then that one loses its name.  There is no call that does both.
 */
int
tarn__os_unlink_if_same(const struct tarn_os_name *name, const struct tarn_os_file *file)
{
	struct stat st;

	if (!name->path[0])
		return TARN_INVALID;
	if (TARN_SYS(lstat, lstat(name->path, &st)))
		return tarn__os_error();
	if (st.st_dev != file->dev || st.st_ino != file->ino)
		return TARN_NOT_FOUND;
	return name->backend->unlink(name);
}

static int
list_entries(DIR *directory, int (*found)(const char *file_name, void *arg), void *arg)
{
	size_t prefix = strlen(TARN_OS_PREFIX);
	struct dirent *entry;
	int stop = 0;

	while (!stop && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, TARN_OS_PREFIX, prefix) != 0)
			continue;
		if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
			stop = found(entry->d_name + prefix, arg);
	}
	return stop;
}

int
tarn__os_path_list(int (*found)(const char *file_name, void *arg), void *arg)
{
	int fd = TARN_SYS(open, open(TARN_OS_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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
