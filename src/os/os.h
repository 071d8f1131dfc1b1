// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * os.h -- everything that Tarn asks of the kernel, and nothing else
 *
 * The floors above make no system call; they call these.  That keeps the
 * platform in one folder, lets a backend be a file, and lets the tests make
 * any one call fail (fault.c).
 *
 *	backend		where an arena's bytes live and how its name is found:
 *			name.c, shm.c, file.c, memfd.c (memfd:, anon:, fd:N),
 *			and what they share: path.c, linux.c; sysv.c, with
 *			segment.c
 *	map.c		the window
 *	bytes.c		byte locks on the inode, and the pin that keeps one
 *	thread.c	life and death of threads, fork, calm
 *	wait.c		futexes, clocks, chance, what the machine is and has
 *
 * Every function that can fail returns 0 or an enum tarn_error; a failed
 * system call is TARN_SYSTEM with errno as the kernel left it, except where
 * a code says it better (no entry, exists, no space, no permission).
 */
#ifndef TARN_OS_OS_H
#define TARN_OS_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tarn/error.h>

struct tarn_backend;

/* A parsed arena name: "orders", "shm:orders", "file:PATH", "sysv:PATH#ID", "sysv:key=N", "memfd:",
 * "anon:", "fd:N". */
struct tarn_os_name {
	const struct tarn_backend *backend;
	char text[512]; /* the canonical name: "shm:orders" */
	char path[512]; /* what the backend opens; empty where there is nothing to open */
	int fd;		/* for fd:N, else -1 */
	uint32_t key;	/* for sysv:, else 0 */
};

#define TARN_SEGMENTS_MAX UINT64_C(2000) /* of one arena */

/* The segments of a sysv: arena, as this process has them; segment.c. */
struct tarn_os_segments {
	uint32_t key;	      /* of segment 0 */
	mode_t mode;	      /* of a new one */
	uint64_t wanted;      /* for a new one: bytes of a segment; 0: the default */
	uint64_t first;	      /* segment 0's id + 1; 0: there is none yet */
	uint64_t size;	      /* of each, but perhaps the last */
	uint64_t window_size;
	char *window;
	uint64_t end;	      /* of the highest that was seen; only grows; atomic */
	void *making;	      /* not yet published: the pin of the creation byte */
	uint64_t attached[(TARN_SEGMENTS_MAX + 63) / 64]; /* bits; only set; atomic */
};

/* One open arena file; of sysv: its lock file.  dev and ino are remembered at open: locks are taken
 * on this inode only. */
struct tarn_os_file {
	const struct tarn_backend *backend;
	int fd; /* O_CLOEXEC, moved out of the low numbers */
	bool readonly;
	uint64_t dev, ino;
	struct tarn_os_segments segments; /* of sysv: only */
};

/* What differs between the places where an arena can live. */
struct tarn_backend {
	const char *scheme; /* "shm" */
	int (*parse)(const char *rest, struct tarn_os_name *name);
	/* an unnamed file of size 0; it gets its name by publish() */
	int (*create)(const struct tarn_os_name *name, mode_t mode, struct tarn_os_file *file);
	int (*publish)(const struct tarn_os_name *name, struct tarn_os_file *file);
	int (*open)(const struct tarn_os_name *name, bool readonly, struct tarn_os_file *file);
	int (*unlink)(const struct tarn_os_name *name);
	/* calls found() for each arena-like name of this backend; stops and returns what it returns */
	/* NULL: this backend's names cannot be listed */
	int (*list)(int (*found)(const char *name, void *arg), void *arg);
	/* make [off, off + size) exist; TARN_FULL and nothing kept where there is no room */
	int (*give)(struct tarn_os_file *file, uint64_t off, uint64_t size);
	/* The rest is NULL where an arena is one file. */
	/* attach what lies at [off, off + size), if all of it is there; size at least 1 */
	int (*extend)(struct tarn_os_file *file, uint64_t off, uint64_t size);
	/* whether all that was ever made is attached */
	bool (*sees_all)(struct tarn_os_file *file);
	/* make room for [off, off + size), without memory */
	int (*reserve)(struct tarn_os_file *file, uint64_t off, uint64_t size);
	/* what there is, over a part of the address space that is reserved */
	int (*map)(struct tarn_os_file *file, void *place, uint64_t size);
	int (*size)(const struct tarn_os_file *file, uint64_t *size);
	int (*read)(const struct tarn_os_file *file, uint64_t off, void *buffer, uint64_t size);
	/* before the descriptor is closed: remove what was made and not published; keeps errno */
	void (*close)(struct tarn_os_file *file);
};

extern const struct tarn_backend tarn__backend_shm, tarn__backend_file, tarn__backend_sysv,
	tarn__backend_memfd, tarn__backend_anon, tarn__backend_fd;

int tarn__os_name_parse(const char *text, struct tarn_os_name *name);
int tarn__os_list(int (*found)(const char *name, void *arg), void *arg); /* all backends */
void tarn__os_close(struct tarn_os_file *file);
int tarn__os_size(const struct tarn_os_file *file, uint64_t *size);
/* size bytes at off; TARN_FORMAT if the file ends before */
int tarn__os_read(const struct tarn_os_file *file, uint64_t off, void *buffer, uint64_t size);
/* TARN_NOT_FOUND if the name is now another file's */
int tarn__os_unlink_if_same(const struct tarn_os_name *name, const struct tarn_os_file *file);

/* ---- the window: mapped once, never moved -------------------------------------------------- */

/* want is an address or NULL; with must the address is not negotiable (TARN_INVALID if taken).
 * Never dumped (MADV_DONTDUMP).  Works beyond the end of the file. */
int tarn__os_map(struct tarn_os_file *file, void *want, bool must, uint64_t size,
		 bool readonly, void **window);
void tarn__os_unmap(void *window, uint64_t size);
/* The attempt-th quiet address for a new window: away from the sanitizers' shadows and from where the
 * kernel and the libraries put things.  NULL when there is none left to try. */
void *tarn__os_quiet_address(uint64_t size, unsigned attempt, uint64_t seed);

/* ---- byte locks on the inode (open file description locks) ----------------------------------- */

/* A second (third, ...) open file description of the same inode; checked to be the same inode. */
int tarn__os_reopen(const struct tarn_os_file *file, bool readonly, int *fd);
/* Whether fd still is a descriptor of this inode: the program may have closed and reused the number. */
bool tarn__os_same_file(const struct tarn_os_file *file, int fd);
/* TARN_BUSY if another description holds it; never waits */
int tarn__os_byte_lock(int fd, uint64_t byte, bool shared);
int tarn__os_byte_unlock(int fd, uint64_t byte);
/* *held: whether some other description holds a conflicting lock */
int tarn__os_byte_held(int fd, uint64_t byte, bool *held);
/* The lowest byte >= *byte and < end that some other description holds; TARN_NOT_FOUND if none. */
int tarn__os_byte_next_held(int fd, uint64_t *byte, uint64_t end);
/* Keep the description of fd alive by a mapping which fork does not copy, and close fd.  On failure
 * fd is open and still the caller's. */
int tarn__os_pin(int fd, void **pin);
void tarn__os_unpin(void *pin);

/* ---- threads, death, fork -------------------------------------------------------------------- */

/* Write this thread's id into *life and link it into the thread's robust list: when the thread
 * dies or execs, the kernel puts FUTEX_OWNER_DIED in its place.  The list's node lies in the bytes
 * [20, 40) after life, where exactly depends on this libc; they belong to libc and the kernel from
 * link to unlink, as neighbours in the list come and go.  The memory must stay mapped as long.
 * TARN_SYSTEM if this thread has no robust list. */
int tarn__os_life_link(uint32_t *life);
void tarn__os_life_unlink(uint32_t *life); /* by the same thread; leaves 0 in *life */
#define TARN_LIFE_DIED UINT32_C(0x40000000)

/* A word that is 1 here and reads as 0 in a forked child, however it was forked. */
int tarn__os_fork_guard(uint64_t **word);
void tarn__os_fork_guard_free(uint64_t *word);
uint64_t tarn__os_thread_id(void);
/* The bounds of this thread's own stack; both NULL where they cannot be had. */
void tarn__os_stack(const char **low, const char **high);
uint64_t tarn__os_process_id(void);

/* ---- waiting, time, chance --------------------------------------------------------------------- */

/* Sleep while *word == seen, at most timeout_ns (UINT64_MAX: no limit).  Spurious returns are fine. */
void tarn__os_futex_wait(const uint32_t *word, uint32_t seen, uint64_t timeout_ns);
void tarn__os_futex_wake(uint32_t *word, int count);
void tarn__os_sleep(uint64_t ns);
uint64_t tarn__os_now(void);	  /* CLOCK_MONOTONIC, ns; the same for all processes of a boot */
uint64_t tarn__os_wall_time(void); /* CLOCK_REALTIME, ns */
uint64_t tarn__os_random(void);
int tarn__os_boot_id(uint8_t id[16]);

/* Block signals and cancellation around attach, recovery and growth.  The signals of a fault (SIGSEGV,
 * SIGBUS, SIGFPE, SIGILL) stay as they are.  Keeps errno; may be nested. */
struct tarn_os_calm {
	uint64_t signals[2];
	int cancel;
};
void tarn__os_calm_begin(struct tarn_os_calm *calm);
void tarn__os_calm_end(const struct tarn_os_calm *calm);

/* Bytes that processes may still ask for, UINT64_MAX if unknown: so that an unlimited memfd does not wake the OOM killer. */
uint64_t tarn__os_memory_available(void);

#endif
