// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sysv.c -- sysv:PATH#ID and sysv:key=N, arenas in System V segments
 *
 * Segment 0 has the key N, or ftok(PATH, ID): PATH is any file that is
 * there, ID 1 to 255.  All that is known of an arena is its key, so two
 * names that give one key are two names of one arena.
 *
 * Byte locks need an inode, and a segment has none to offer.  So each key
 * has a lock file, /dev/shm/tarn.key-0x0000002a: empty, with the arena's
 * permissions, there as long as the arena.  Segment 0 says which inode it
 * is; where it is another one (other containers, a file made anew by hand)
 * nobody could tell who is alive, and the arena is refused.
 *
 * Creation cannot be one step, since a segment has its key at once.  So
 *
 *	lock file -> its creation byte -> segment 0 -> ... -> state
 *
 * and the state, which is stored last, says that the arena is whole.  Who
 * opens takes anything else for no arena.  Who creates or removes holds the
 * creation byte, which dies with him: so what he finds then without that
 * state was left by a dead one, and he removes it.  Others wait for the
 * byte, for PATIENCE at most.  A segment of somebody else's under the key is
 * known by its size, and never touched.
 *
 * Removing goes the same way back: state, the other segments, segment 0,
 * lock file.
 *
 * If a process dies
 *	creating: at most the lock file and segments without the state stay,
 *	which the next who creates or removes clears away, if they are his own
 *	user's; for others the key is taken
 *	removing: likewise
 *
 * It is listed by its key, whatever name it was created with.
 */
#include "os/segment.h"

#include "base/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE "key-0x%08x"
#define KEY_FILE_LENGTH 14
#define CREATION_BYTE ((UINT64_C(1) << 62) + (UINT64_C(1) << 22))
#define PATIENCE UINT64_C(3000000000) /* ns */
#define PAUSE UINT64_C(200000)

/* ---- names ----------------------------------------------------------------------------------- */

bool
tarn__os_lock_file_key(const char *file_name, uint32_t *key)
{
	char again[KEY_FILE_LENGTH + 1];

	if (strlen(file_name) != KEY_FILE_LENGTH || strncmp(file_name, "key-0x", 6) != 0)
		return false;
	*key = (uint32_t)strtoul(file_name + 6, NULL, 16);
	snprintf(again, sizeof(again), KEY_FILE, *key);
	return strcmp(again, file_name) == 0;
}

static void
lock_file_path(uint32_t key, char *path, size_t size)
{
	snprintf(path, size, TARN_OS_DIRECTORY "/" TARN_OS_PREFIX KEY_FILE, key);
}

/* All of the text is a number from 1 to most. */
static bool
parse_number(const char *text, bool hex_too, uint64_t most, uint64_t *number)
{
	bool hex = hex_too && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");

	if (!length || length > 10 || digits[length])
		return false;
	*number = strtoull(digits, NULL, hex ? 16 : 10);
	return *number >= 1 && *number <= most;
}

static int
parse_key(const char *number, struct tarn_os_name *name)
{
	uint64_t key;

	if (!parse_number(number, true, UINT32_MAX, &key))
		return TARN_INVALID;
	name->key = (uint32_t)key;
	snprintf(name->text, sizeof(name->text), "sysv:key=0x%08x", name->key);
	return 0;
}

/* TARN_NOT_FOUND, TARN_DENIED: of PATH itself. */
static int
parse_path(const char *rest, struct tarn_os_name *name)
{
	const char *hash = strrchr(rest, '#');
	char file[sizeof(name->text) - 16], relative[sizeof(file)];
	uint64_t id;
	key_t key;

	if (!hash || hash == rest || (size_t)(hash - rest) >= sizeof(relative))
		return TARN_INVALID;
	if (!parse_number(hash + 1, false, 255, &id))
		return TARN_INVALID;
	memcpy(relative, rest, (size_t)(hash - rest));
	relative[hash - rest] = '\0';
	if (tarn__os_path_absolute(relative, file, sizeof(file)))
		return TARN_INVALID;
	key = TARN_SYS(ftok, ftok(file, (int)id));
	if (key == -1)
		return tarn__os_error();
	name->key = key ? (uint32_t)key : 1; /* 0 is IPC_PRIVATE */
	snprintf(name->text, sizeof(name->text), "sysv:%s#%u", file, (unsigned)id);
	return 0;
}

static int
parse(const char *rest, struct tarn_os_name *name)
{
	bool by_key = strncmp(rest, "key=", 4) == 0;
	int code = by_key ? parse_key(rest + 4, name) : parse_path(rest, name);

	if (!code)
		lock_file_path(name->key, name->path, sizeof(name->path));
	return code;
}

/* Who is to be told of the names. */
struct listing {
	int (*found)(const char *name, void *arg);
	void *arg;
};

static int
list_entry(const char *file_name, void *arg)
{
	struct listing *listing = arg;
	char text[32];
	uint32_t key;

	if (!tarn__os_lock_file_key(file_name, &key))
		return 0;
	snprintf(text, sizeof(text), "sysv:key=0x%08x", key);
	return listing->found(text, listing->arg);
}

static int
list(int (*found)(const char *name, void *arg), void *arg)
{
	return tarn__os_path_list(list_entry, &(struct listing){ found, arg });
}

/* ---- looking --------------------------------------------------------------------------------- */

/*
 * What the words in segment 0 say.  0: an arena that is whole; TARN_BUSY:
 * one that is being made or removed; TARN_NOT_FOUND: no segment;
 * TARN_FORMAT: something else.
 */
static int
look(uint32_t key, struct tarn_os_segments *segments, struct tarn_segments_shm *words)
{
	int code = tarn__segments_find(key, segments);

	if (!code)
		code = tarn__segments_read(segments, TARN_SEGMENTS_OFF, words, sizeof(*words));
	if (code)
		return code;
	segments->end = tarn__segments_end(segments, words);
	if (words->state == 0 || words->state == TARN_SEGMENTS_REMOVED)
		return TARN_BUSY;
	return words->state == TARN_SEGMENTS_MADE ? 0 : TARN_FORMAT;
}

/* Without a lock file there is no arena; but if there is a segment, something is wrong. */
static int
open_lock_file(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	struct tarn_os_segments segments;
	int code = tarn__os_path_open(name, readonly, O_NOFOLLOW, file);

	if (code != TARN_NOT_FOUND)
		return code;
	code = tarn__segments_find(name->key, &segments);
	return code ? code : TARN_FORMAT;
}

static int
open_once(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	struct tarn_segments_shm words;
	int code = open_lock_file(name, readonly, file);

	if (code)
		return code;
	code = look(name->key, &file->segments, &words);
	if (!code && (words.dev != file->dev || words.ino != file->ino))
		code = TARN_FORMAT;
	if (code)
		tarn__os_close(file);
	return code == TARN_BUSY ? TARN_NOT_FOUND : code;
}

/* What does not fit together may be of two arenas, if one has just been made after another. */
static int
open_name(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file)
{
	int code = TARN_FORMAT;

	for (int attempt = 0; attempt < 3 && code == TARN_FORMAT; attempt++)
		code = open_once(name, readonly, file);
	return code;
}

static int
size_of(const struct tarn_os_file *file, uint64_t *size)
{
	*size = tarn__load(&file->segments.end);
	return 0;
}

static int
read_bytes(const struct tarn_os_file *file, uint64_t off, void *buffer, uint64_t size)
{
	return tarn__segments_read(&file->segments, off, buffer, size);
}

/* ---- the lock file --------------------------------------------------------------------------- */

static int
make_lock_file(const struct tarn_os_name *name)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int fd = TARN_SYS(open, open(name->path, flags, 0600));

	if (fd < 0)
		return tarn__os_error();
	tarn__os_close_fd(fd);
	return 0;
}

/* Hold the creation byte by a description that no child inherits.  TARN_BUSY: somebody else does.
 */
static int
hold(const struct tarn_os_name *name, struct tarn_os_file *holder, void **pin)
{
	int code = tarn__os_path_open(name, false, O_NOFOLLOW, holder);

	if (code)
		return code;
	code = tarn__os_byte_lock(holder->fd, CREATION_BYTE, false);
	if (!code)
		code = tarn__os_pin(holder->fd, pin);
	if (code)
		tarn__os_close_fd(holder->fd);
	return code;
}

/* ... and of the file that is still under the name: who had the byte before may have removed it. */
static int
try_lock(const struct tarn_os_name *name, void **pin, struct tarn_os_file *file)
{
	struct tarn_os_file holder;
	int code = hold(name, &holder, pin);

	if (code)
		return code;
	code = tarn__os_path_open(name, false, O_NOFOLLOW, file);
	if (!code && (file->dev != holder.dev || file->ino != holder.ino)) {
		tarn__os_close(file);
		code = TARN_NOT_FOUND;
	}
	if (code)
		tarn__os_unpin(*pin);
	return code == TARN_NOT_FOUND ? TARN_BUSY : code;
}

/* TARN_NOT_FOUND: only where the file is not to be made. */
static int
lock_name(const struct tarn_os_name *name, bool make, void **pin, struct tarn_os_file *file)
{
	uint64_t deadline = tarn__os_now() + PATIENCE;
	int code;

	for (;;) {
		code = try_lock(name, pin, file);
		if (code == TARN_NOT_FOUND && make) {
			code = make_lock_file(name);
			if (!code || code == TARN_EXISTS)
				continue;
		}
		if (code != TARN_BUSY || tarn__os_now() >= deadline)
			return code;
		tarn__os_sleep(PAUSE);
	}
}

/* Without a segment the lock file has nothing to guard; the byte goes last.  Keeps errno. */
static void
unlock_name(uint32_t key, void *pin)
{
	struct tarn_os_segments segments;
	char path[64];
	int saved = errno;

	lock_file_path(key, path, sizeof(path));
	if (tarn__segments_find(key, &segments) == TARN_NOT_FOUND)
		(void)TARN_SYS(unlink, unlink(path));
	tarn__os_unpin(pin);
	errno = saved;
}

/* ---- creating and removing ------------------------------------------------------------------- */

/* TARN_BUSY: what is not whole, or not any more. */
static int
look_for_room(uint32_t key, struct tarn_os_segments *segments)
{
	struct tarn_segments_shm words;
	int code = look(key, segments, &words);

	if (!code)
		return TARN_EXISTS;
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* Under the creation byte: what a dead creator or remover has left goes. */
static int
make_room(uint32_t key)
{
	struct tarn_os_segments segments;
	int code = look_for_room(key, &segments);

	if (code == TARN_BUSY)
		code = tarn__segments_remove(&segments);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
create(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file)
{
	struct tarn_os_segments segments;
	void *pin;
	int code = look_for_room(name->key, &segments);

	if (!code || code == TARN_BUSY)
		code = lock_name(name, true, &pin, file);
	if (code)
		return code;
	code = make_room(name->key);
	if (!code && TARN_SYS(fchmod, fchmod(file->fd, mode)))
		code = tarn__os_error();
	if (code) {
		unlock_name(name->key, pin);
		tarn__os_close(file);
		return code;
	}
	file->segments = (struct tarn_os_segments){
		.key = name->key,
		.mode = mode,
		.making = pin,
	};
	return 0;
}

static int
publish(const struct tarn_os_name *name, struct tarn_os_file *file)
{
	struct tarn_segments_shm *words = tarn__segments_words(&file->segments);

	(void)name;
	tarn__store(&words->dev, file->dev);
	tarn__store(&words->ino, file->ino);
	tarn__store_release(&words->state, TARN_SEGMENTS_MADE);
	tarn__os_unpin(file->segments.making);
	file->segments.making = NULL;
	return 0;
}

static void
abandon(struct tarn_os_file *file)
{
	int saved = errno;

	if (!file->segments.making)
		return;
	if (file->segments.first)
		(void)tarn__segments_remove(&file->segments);
	unlock_name(file->segments.key, file->segments.making);
	file->segments.making = NULL;
	errno = saved;
}

/* Ours by its size, whatever it says of itself; TARN_INVALID: somebody else's. */
static int
remove_segments(uint32_t key)
{
	struct tarn_os_segments segments;
	int code = tarn__segments_find(key, &segments);

	if (code)
		return code == TARN_FORMAT ? TARN_INVALID : code;
	return tarn__segments_remove(&segments);
}

static int
lock_for_removal(const struct tarn_os_name *name, void **pin, struct tarn_os_file *file)
{
	struct tarn_os_segments segments;
	int code = lock_name(name, false, pin, file);

	if (code != TARN_NOT_FOUND)
		return code;
	code = tarn__segments_find(name->key, &segments);
	if (code)
		return code == TARN_FORMAT ? TARN_INVALID : code;
	return lock_name(name, true, pin, file);
}

/*
 * A lock file without an arena is removed too; and an arena without one,
 * but under the byte of a new one: somebody may just be creating it.
 */
static int
unlink_name(const struct tarn_os_name *name)
{
	struct tarn_os_file file;
	void *pin;
	int code = lock_for_removal(name, &pin, &file);

	if (code)
		return code;
	code = remove_segments(name->key);
	unlock_name(name->key, pin);
	tarn__os_close(&file);
	return code == TARN_NOT_FOUND ? 0 : code;
}

const struct tarn_backend tarn__backend_sysv = {
	.scheme = "sysv",
	.parse = parse,
	.create = create,
	.publish = publish,
	.open = open_name,
	.unlink = unlink_name,
	.list = list,
	.give = tarn__segments_give,
	.extend = tarn__segments_extend,
	.sees_all = tarn__segments_all_seen,
	.reserve = tarn__segments_reserve,
	.map = tarn__segments_map,
	.size = size_of,
	.read = read_bytes,
	.close = abandon,
};
