// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bytes.c -- byte locks on an arena's inode, and the pin that keeps one
 *
 * These are open file description locks.  They belong to a description,
 * not to a process or a descriptor: closing another descriptor of the file
 * does not drop them (as it does POSIX locks), and they work across pid
 * namespaces.  The kernel drops them with the last reference to the
 * description, after any death.
 *
 * A mapping is such a reference.  So tarn__os_pin() maps one page of the
 * description, without access and not inherited by fork, and closes the
 * descriptor: now no stray close() of the process can end the lock, no
 * forked child can prolong it, and exec and death still end it.
 *
 * A description never sees its own locks as held, so who asks needs one of
 * its own, and so do two holders in one process: tarn__os_reopen().  It
 * needs /proc.
 *
 * Byte numbers lie far beyond any data; the file need not be that long.
 */
#include "os/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int
tarn__os_reopen(const struct tarn_os_file *file, bool readonly, int *fd)
{
	struct tarn_os_file again;
	char path[32];
	int flags = O_CLOEXEC | O_NOCTTY | (readonly ? O_RDONLY : O_RDWR);
	int got, code;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	got = TARN_SYS(open, open(path, flags));
	if (got < 0)
		return errno == ENOENT ? TARN_SYSTEM : tarn__os_error();
	code = tarn__os_adopt(file->backend, tarn__os_settle_fd(got), readonly, &again);
	if (code)
		return code;
	if (again.dev != file->dev || again.ino != file->ino) {
		/* the number was closed and used again behind our back */
		tarn__os_close(&again);
		errno = EBADF;
		return TARN_SYSTEM;
	}
	*fd = again.fd;
	return 0;
}

bool
tarn__os_same_file(const struct tarn_os_file *file, int fd)
{
	struct stat st;

	return !TARN_SYS(fstat, fstat(fd, &st)) && st.st_dev == file->dev && st.st_ino == file->ino;
}

static struct flock
bytes(short type, uint64_t start, uint64_t length)
{
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)start,
		.l_len = (off_t)length,
	};
}

int
tarn__os_byte_lock(int fd, uint64_t byte, bool shared)
{
	struct flock lock = bytes(shared ? F_RDLCK : F_WRLCK, byte, 1);

	if (!TARN_SYS(fcntl, fcntl(fd, F_OFD_SETLK, &lock)))
		return 0;
	return errno == EAGAIN || errno == EACCES ? TARN_BUSY : TARN_SYSTEM;
}

int
tarn__os_byte_unlock(int fd, uint64_t byte)
{
	struct flock lock = bytes(F_UNLCK, byte, 1);

	return TARN_SYS(fcntl, fcntl(fd, F_OFD_SETLK, &lock)) ? TARN_SYSTEM : 0;
}

int
tarn__os_byte_held(int fd, uint64_t byte, bool *held)
{
	struct flock lock = bytes(F_WRLCK, byte, 1);

	if (TARN_SYS(fcntl, fcntl(fd, F_OFD_GETLK, &lock)))
		return TARN_SYSTEM;
	*held = lock.l_type != F_UNLCK;
	return 0;
}

/* The kernel tells some lock in the range, not the first; so ask again about what lies before it.
 */
int
tarn__os_byte_next_held(int fd, uint64_t *byte, uint64_t end)
{
	uint64_t first = *byte, found = end;

	while (first < found) {
		struct flock lock = bytes(F_WRLCK, first, found - first);

		if (TARN_SYS(fcntl, fcntl(fd, F_OFD_GETLK, &lock)))
			return TARN_SYSTEM;
		if (lock.l_type == F_UNLCK)
			break;
		found = (uint64_t)lock.l_start > first ? (uint64_t)lock.l_start : first;
	}
	if (found >= end)
		return TARN_NOT_FOUND;
	*byte = found;
	return 0;
}

int
tarn__os_pin(int fd, void **pin)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *got = TARN_SYS(mmap, mmap(NULL, page, PROT_NONE, MAP_SHARED, fd, 0));

	if (got == MAP_FAILED)
		return TARN_SYSTEM;
	if (TARN_SYS(madvise, madvise(got, page, MADV_DONTFORK))) {
		tarn__os_unmap(got, page);
		return TARN_SYSTEM;
	}
	tarn__os_close_fd(fd);
	*pin = got;
	return 0;
}

void
tarn__os_unpin(void *pin)
{
	tarn__os_unmap(pin, (uint64_t)sysconf(_SC_PAGESIZE));
}
