// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fault.c -- see fault.h; empty except in the builds of the tests
 *
 * Who may write what
 *	armed_call, armed_errno		the test, while no other thread is inside
 *	calls				everyone, atomically
 */
#include "os/fault.h"

#if defined(TARN_HOOKED) || defined(TARN_FAULT)

#include <errno.h>

static uint64_t armed_call;
static int armed_errno;
static uint64_t calls;

void (*tarn__fault_callback)(const char *name, uint64_t number);

void
tarn__fault_arm(uint64_t n, int errno_value)
{
	armed_call = n;
	armed_errno = errno_value;
	__atomic_store_n(&calls, 0, __ATOMIC_SEQ_CST);
}

uint64_t
tarn__fault_calls(void)
{
	return __atomic_load_n(&calls, __ATOMIC_SEQ_CST);
}

bool
tarn__fault_hit(const char *name)
{
	uint64_t number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);

	if (tarn__fault_callback)
		tarn__fault_callback(name, number);
	if (number != armed_call)
		return false;
	errno = armed_errno;
	return true;
}

#endif
