// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * linux.c -- an arena's file: what all backends share
 *
 * But for sysv: an arena is one file-like object that fallocate() can
 * extend and that may have holes.  Memory is always given before it is touched: on a full
 * file system that is an error code here, and would be SIGBUS later.
 *
 * Two traps of fallocate()
 *	signals		it gives up with EINTR and starts from nothing, so a
 *			timer that fires often enough would keep it from ever
 *			ending; callers block signals (tarn__os_calm_begin)
 *	RLIMIT_FSIZE	beyond it the kernel sends SIGXFSZ, which ends the
 *			process; so the limit is looked at first
 *
 * There is no emulation where fallocate() is not supported: libc's writes
 * a zero into each block, and would overwrite what another process, given
 * the same chunk at the same time, has stored there.
 *
 * If a process dies
 *	in fallocate(): tmpfs keeps nothing, other file systems may keep what
 *	they had given so far.  It is given again to whoever asks.
 */
#include "os/backend.h"

#include "base/arith.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int
tarn__os_error(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return TARN_NOT_FOUND;
	case EEXIST:
		return TARN_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return TARN_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return TARN_FULL;
	default:
		return TARN_SYSTEM;
	}
}

void
tarn__os_close_fd(int fd)
{
	int saved = errno;

	/* Linux releases the number even where close() fails; so nothing is done about that. */
	(void)TARN_SYS(close, 0);
	close(fd);
	errno = saved;
}

int
tarn__os_settle_fd(int fd)
{
	int saved = errno;
	int high = TARN_SYS(fcntl, fcntl(fd, F_DUPFD_CLOEXEC, TARN_OS_LOW_FD));

	errno = saved;
	if (high < 0)
		return fd;
	tarn__os_close_fd(fd);
	return high;
}

int
tarn__os_adopt(const struct tarn_backend *backend, int fd, bool readonly, struct tarn_os_file *file)
{
	struct stat st;

	if (TARN_SYS(fstat, fstat(fd, &st))) {
		int code = tarn__os_error();

		tarn__os_close_fd(fd);
		return code;
	}
	if (!S_ISREG(st.st_mode)) {
		tarn__os_close_fd(fd);
		return TARN_FORMAT;
	}
	*file = (struct tarn_os_file){
		.backend = backend,
		.fd = fd,
		.readonly = readonly,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
	return 0;
}

int
tarn__os_adopt_new(
	const struct tarn_backend *backend, int fd, mode_t mode, struct tarn_os_file *file)
{
	int code;

	if (fd < 0)
		return tarn__os_error();
	fd = tarn__os_settle_fd(fd);
	if (!TARN_SYS(fchmod, fchmod(fd, mode)))
		return tarn__os_adopt(backend, fd, false, file);
	code = tarn__os_error();
	tarn__os_close_fd(fd);
	return code;
}

void
tarn__os_close(struct tarn_os_file *file)
{
	if (file->backend && file->backend->close)
		file->backend->close(file);
	if (file->fd >= 0)
		tarn__os_close_fd(file->fd);
	file->fd = -1;
}

int
tarn__os_size(const struct tarn_os_file *file, uint64_t *size)
{
	struct stat st;

	if (file->backend->size)
		return file->backend->size(file, size);
	if (TARN_SYS(fstat, fstat(file->fd, &st)))
		return tarn__os_error();
	*size = (uint64_t)st.st_size;
	return 0;
}

int
tarn__os_read(const struct tarn_os_file *file, uint64_t off, void *buffer, uint64_t size)
{
	if (file->backend->read)
		return file->backend->read(file, off, buffer, size);
	for (uint64_t done = 0; done < size;) {
		ssize_t n = TARN_SYS(pread,
			pread(file->fd, (char *)buffer + done, size - done, (off_t)(off + done)));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tarn__os_error();
		if (n == 0)
			return TARN_FORMAT;
		done += (uint64_t)n;
	}
	return 0;
}

/* Whether the process may make a file this long without a signal. */
static bool
within_limit(uint64_t end)
{
	struct rlimit limit;

	if (TARN_SYS(getrlimit, getrlimit(RLIMIT_FSIZE, &limit)))
		return true;
	return limit.rlim_cur == RLIM_INFINITY || end <= limit.rlim_cur;
}

int
tarn__os_give(struct tarn_os_file *file, uint64_t off, uint64_t size)
{
	if (!tarn__range_ok(off, size, INT64_MAX) || !within_limit(off + size)) {
		errno = EFBIG;
		return TARN_FULL;
	}
	while (TARN_SYS(fallocate, fallocate(file->fd, 0, (off_t)off, (off_t)size))) {
		if (errno != EINTR)
			return tarn__os_error();
	}
	return 0;
}
