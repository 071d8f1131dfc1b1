// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * memfd.c -- memfd:, anon: and fd:N, arenas without a name
 *
 * memfd: and anon: make one that lives as long as a descriptor or a mapping
 * of it; opening either makes another.  fd:N opens the arena behind a
 * descriptor that was handed on, or that a child of fork() has from its
 * parent; the descriptor itself stays the caller's.
 *
 * A memfd is sealed against shrinking, so that no peer can take memory from
 * under a reader.  Nothing bounds its size but the machine's memory, and
 * beyond that comes the kernel's killer and not an error; so before it
 * grows the memory that is left is looked at.
 *
 * Not done
 *	The limit of a memory cgroup is not looked at: there growth may kill
 *	the process, as any allocation may.
 */
#include "os/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static int
parse_nameless(const char *rest, struct tarn_os_name *name)
{
	if (rest[0])
		return TARN_INVALID;
	snprintf(name->text, sizeof(name->text), "%s:", name->backend->scheme);
	return 0;
}

static int
parse_fd(const char *rest, struct tarn_os_name *name)
{
	size_t length = strspn(rest, "0123456789");
	long number = strtol(rest, NULL, 10);

	if (length == 0 || length > 10 || rest[length] || number > INT_MAX)
		return TARN_INVALID;
	name->fd = (int)number;
	snprintf(name->text, sizeof(name->text), "fd:%d", name->fd);
	return 0;
}

/* Kernels before 6.3 do not know MFD_NOEXEC_SEAL; later ones may insist on it. */
static int
make_memfd(void)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = TARN_SYS(memfd_create, memfd_create("tarn", flags | MFD_NOEXEC_SEAL));

	if (fd < 0 && errno == EINVAL)
		fd = TARN_SYS(memfd_create, memfd_create("tarn", flags));
	return fd;
}

static int
create(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	int fd = make_memfd();

	return tarn__os_adopt_new(name->backend, fd, mode, file);
}

static int
publish(const struct tarn_os_name *name, struct tarn_os_file *file)
{
	(void)name;
	return TARN_SYS(fcntl, fcntl(file->fd, F_ADD_SEALS, F_SEAL_SHRINK)) ? tarn__os_error() : 0;
}

/* What is behind fd:N may also be on a disk; only memory has seals. */
static bool
in_memory(const struct tarn_os_file *file)
{
	return TARN_SYS(fcntl, fcntl(file->fd, F_GET_SEALS)) >= 0;
}

static int
give(struct tarn_os_file *file, uint64_t off, uint64_t size)
{
	if (in_memory(file) && size > tarn__os_memory_available()) {
		errno = ENOSPC;
		return TARN_FULL;
	}
	return tarn__os_give(file, off, size);
}

static int
open_nothing(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	(void)name;
	(void)readonly;
	(void)file;
	return TARN_NOT_FOUND;
}

static int
unlink_nothing(const struct tarn_os_name *name)
{
	(void)name;
	return TARN_INVALID;
}

static int
create_nothing(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	(void)name;
	(void)mode;
	(void)file;
	return TARN_INVALID;
}

static int
open_fd(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	int flags = TARN_SYS(fcntl, fcntl(name->fd, F_GETFL));
	int fd;

	if (flags < 0)
		return errno == EBADF ? TARN_NOT_FOUND : tarn__os_error();
	if ((flags & O_ACCMODE) == O_WRONLY || (!readonly && (flags & O_ACCMODE) != O_RDWR))
		return TARN_DENIED;
	fd = TARN_SYS(fcntl, fcntl(name->fd, F_DUPFD_CLOEXEC, TARN_OS_LOW_FD));
	if (fd < 0)
		fd = TARN_SYS(fcntl, fcntl(name->fd, F_DUPFD_CLOEXEC, 0));
	if (fd < 0)
		return tarn__os_error();
	return tarn__os_adopt(name->backend, fd, readonly, file);
}

const struct tarn_backend tarn__backend_memfd = {
	.scheme = "memfd",
	.parse = parse_nameless,
	.create = create,
	.publish = publish,
	.open = open_nothing,
	.unlink = unlink_nothing,
	.give = give,
};

const struct tarn_backend tarn__backend_anon = {
	.scheme = "anon",
	.parse = parse_nameless,
	.create = create,
	.publish = publish,
	.open = open_nothing,
	.unlink = unlink_nothing,
	.give = give,
};

const struct tarn_backend tarn__backend_fd = {
	.scheme = "fd",
	.parse = parse_fd,
	.create = create_nothing,
	.open = open_fd,
	.unlink = unlink_nothing,
	.give = give,
};
