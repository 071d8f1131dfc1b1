// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_boost_ipc.cpp -- Boost's interprocess_mutex, which a dead owner keeps
 */
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <new>

#define SHARED sizeof(boost::interprocess::interprocess_mutex)
#define COUNT 4000000u

static boost::interprocess::interprocess_mutex *mutex;

static void
open_lock(char *shared)
{
	mutex = new (shared) boost::interprocess::interprocess_mutex;
}

static void
join_lock(void)
{
}

static inline void
take(void)
{
	mutex->lock();
}

static inline void
give(void)
{
	mutex->unlock();
}

#include "lock_work.h"
