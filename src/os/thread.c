// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * thread.c -- life and death of threads, fork, calm
 *
 * Each thread has a list of robust futexes, which the kernel walks when the
 * thread ends or execs: in each futex that holds the thread's id it puts
 * FUTEX_OWNER_DIED in its place.  libc owns the list, for robust mutexes.  We
 * do as libc does and link a node of our own into it, which stays there
 * from a thread's attach to its end.
 *
 * Picture
 *	futex ... prev, next		futex = &next + head->futex_offset
 *
 *	The list is linked by the addresses of the nodes' `next`.  The kernel
 *	follows `next` only and ignores bit 0 (a node of a priority-inheriting
 *	mutex); libc keeps `prev`, to take a node out at once, so ours must be
 *	right as well: the neighbours are the program's mutexes.
 *
 * The one distance between a futex and its node holds for the whole list
 * and so depends on libc: 32 bytes in glibc, 28 in musl, where a node of
 * ours is not aligned; hence the packed struct.
 *
 * If a thread dies
 *	in link or unlink: the node is in the list, or it is the pending one,
 *	which the kernel treats as if it were
 *
 * What is ordered here is ordered against the kernel's walk after death,
 * which sees the stores in program order; only the compiler could spoil it.
 */
#include "os/backend.h"

#include "base/atomic.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Links are the addresses of other nodes' next, or of the head. */
struct robust_node {
	volatile uintptr_t prev, next;
} __attribute__((packed));

_Static_assert(FUTEX_OWNER_DIED == TARN_LIFE_DIED, "the kernel's own");

static void
order(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* musl tells the kernel of its list only when a robust mutex is locked first. */
static void
wake_libc(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t mutex;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&mutex, &attributes);
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	pthread_mutex_destroy(&mutex);
	pthread_mutexattr_destroy(&attributes);
}

/* This thread's list; kept from the link on, so that unlinking cannot fail. */
static _Thread_local struct robust_list_head *list;

/* Whether there is a list, and its nodes lie where a slot has room for one. */
static bool
ask_for_list(void)
{
	struct robust_list_head *head = NULL;
	size_t size;

	if (TARN_SYS(get_robust_list, syscall(SYS_get_robust_list, 0, &head, &size)))
		return false;
	if (!head || head->futex_offset > -28 || head->futex_offset < -32) {
		errno = ENOTSUP;
		return false;
	}
	list = head;
	return true;
}

static uintptr_t
untagged(uintptr_t next)
{
	return next & ~(uintptr_t)1;
}

static bool
is_head(uintptr_t next)
{
	return untagged(next) == (uintptr_t)&list->list;
}

static struct robust_node *
node_of_next(uintptr_t next)
{
	return (struct robust_node *)(untagged(next) - offsetof(struct robust_node, next));
}

/*
 * Asked for at each link: in a child that a raw system call forked, the
 * list that was the thread's still holds nodes of its parent's, to which
 * ours would be tied, and the kernel knows of none.
 */
static bool
find_list(void)
{
	if (ask_for_list())
		return true;
	wake_libc();
	return ask_for_list();
}

int
tarn__os_life_link(uint32_t *life)
{
	uintptr_t self, first;

	if (!find_list())
		return TARN_SYSTEM;
	self = (uintptr_t)life - (uintptr_t)list->futex_offset;
	list->list_op_pending = (struct robust_list *)self;
	order();
	tarn__store32(life, (uint32_t)tarn__os_thread_id());
	order();
	first = (uintptr_t)list->list.next;
	node_of_next(self)->next = first;
	node_of_next(self)->prev = (uintptr_t)&list->list;
	if (!is_head(first))
		node_of_next(first)->prev = self;
	order();
	list->list.next = (struct robust_list *)self;
	order();
	list->list_op_pending = NULL;
	return 0;
}

void
tarn__os_life_unlink(uint32_t *life)
{
	uintptr_t self, next, prev;

	if (!list)
		return;
	self = (uintptr_t)life - (uintptr_t)list->futex_offset;
	list->list_op_pending = (struct robust_list *)self;
	order();
	next = node_of_next(self)->next;
	prev = node_of_next(self)->prev;
	if (!is_head(next))
		node_of_next(next)->prev = prev;
	node_of_next(prev)->next = next;
	order();
	tarn__store32(life, 0);
	order();
	list->list_op_pending = NULL;
}

int
tarn__os_fork_guard(uint64_t **word)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	void *got = TARN_SYS(mmap, mmap(NULL, page, PROT_READ | PROT_WRITE, flags, -1, 0));

	if (got == MAP_FAILED)
		return TARN_SYSTEM;
	if (TARN_SYS(madvise, madvise(got, page, MADV_WIPEONFORK))) {
		tarn__os_unmap(got, page);
		return TARN_SYSTEM;
	}
	*word = got;
	tarn__store(*word, 1);
	return 0;
}

void
tarn__os_fork_guard_free(uint64_t *word)
{
	tarn__os_unmap(word, (uint64_t)sysconf(_SC_PAGESIZE));
}

uint64_t
tarn__os_thread_id(void)
{
	return (uint64_t)syscall(SYS_gettid);
}

uint64_t
tarn__os_process_id(void)
{
	return (uint64_t)getpid();
}

void
tarn__os_calm_begin(struct tarn_os_calm *calm)
{
	sigset_t all, before;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigemptyset(&before);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	memcpy(calm->signals, &before, sizeof(calm->signals));
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &calm->cancel);
}

void
tarn__os_calm_end(const struct tarn_os_calm *calm)
{
	int saved = errno;
	sigset_t before;

	sigemptyset(&before);
	memcpy(&before, calm->signals, sizeof(calm->signals));
	pthread_setcancelstate(calm->cancel, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
}

void
tarn__os_stack(const char **low, const char **high)
{
	pthread_attr_t attr;
	size_t size;
	void *start;

	*low = *high = NULL;
	if (pthread_getattr_np(pthread_self(), &attr))
		return;
	if (!pthread_attr_getstack(&attr, &start, &size)) {
		*low = start;
		*high = *low + size;
	}
	(void)pthread_attr_destroy(&attr);
}
