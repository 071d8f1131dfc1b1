// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * backend.h -- what the backends share; for src/os only
 *
 * A backend is a table of functions (struct tarn_backend).  Most of them
 * are the same wherever an arena is a file, and stand here: linux.c has
 * what needs a descriptor, path.c what needs a path.
 */
#ifndef TARN_OS_BACKEND_H
#define TARN_OS_BACKEND_H

#include "os/os.h"
#include "os/sys.h"

#define TARN_OS_LOW_FD 64 /* our descriptors start here, out of the way of dup2() and closefrom() \
			   */

#define TARN_OS_DIRECTORY "/dev/shm"
#define TARN_OS_PREFIX "tarn." /* of what is ours there */

/* errno as an enum tarn_error; errno stays as it is */
int tarn__os_error(void);

/* Close, keeping errno. */
void tarn__os_close_fd(int fd);

/* The same description under a high number, if there is room for one. */
int tarn__os_settle_fd(int fd);

/* Fill in a file from a descriptor, which it then owns; closes fd if it cannot be an arena. */
int tarn__os_adopt(
	const struct tarn_backend *backend, int fd, bool readonly, struct tarn_os_file *file);

/* The same of a file that was just made, with a mode whatever the umask; fd below 0: errno says why. */
int tarn__os_adopt_new(
	const struct tarn_backend *backend, int fd, mode_t mode, struct tarn_os_file *file);

/* give() of every backend that has one file */
int tarn__os_give(struct tarn_os_file *file, uint64_t off, uint64_t size);

/* path.c: files that have a path.  flags: more of open(2)'s, such as O_NOFOLLOW */
int tarn__os_path_create(const struct tarn_backend *backend, const char *directory, mode_t mode,
	struct tarn_os_file *file);
int tarn__os_path_publish(const struct tarn_os_name *name, struct tarn_os_file *file);
int tarn__os_path_open(
	const struct tarn_os_name *name, bool readonly, int flags, struct tarn_os_file *file);
int tarn__os_path_unlink(const struct tarn_os_name *name);
/* as an absolute path; TARN_INVALID: there is no room for it */
int tarn__os_path_absolute(const char *rest, char *path, size_t size);
/* all files of TARN_OS_DIRECTORY that are ours, without the prefix */
int tarn__os_path_list(int (*found)(const char *file_name, void *arg), void *arg);

/* sysv.c: whether a file's name, without the prefix, is that of a key's lock file */
bool tarn__os_lock_file_key(const char *file_name, uint32_t *key);

#endif
