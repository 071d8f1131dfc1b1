// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.hpp -- tarn::mutex and tarn::shared_mutex: named locks between processes
 *
 *	tarn::mutex mutex(arena, "printer");
 *	{
 *		std::lock_guard<tarn::mutex> guard(mutex);
 *		if (mutex.owner_died())
 *			...put right what the last holder was changing...
 *	}
 *
 * They work with std::lock_guard, unique_lock, shared_lock, scoped_lock and
 * std::lock().  For what a program keeps in an arena itself, such as std::
 * containers; Tarn's own containers need none.
 *
 * A lock whose holder has died is taken like any other, for std::lock_guard
 * knows no third way: lock() returns, and owner_died() is true for as long as
 * the lock is held.
 *
 * owner_died_ is written by who holds the lock only: alone, or, of readers,
 * each the same, since only a writer changes what it says.  It is atomic for
 * the readers' sake.
 */
#ifndef TARN_CXX_LOCK_HPP
#define TARN_CXX_LOCK_HPP

#include <atomic>
#include <chrono>
#include <tarn/cxx/arena.hpp>
#include <tarn/lock.h>
#include <utility>

namespace tarn {

namespace detail {

/* Milliseconds, rounded up: at least as long a wait as was asked for. */
template <class Rep, class Period>
std::uint64_t
wait_ms(const std::chrono::duration<Rep, Period> &time)
{
	using std::chrono::milliseconds;

	if (time <= time.zero())
		return 0;
	if (time >= std::chrono::hours(24 * 365))
		return TARN_FOREVER;
	return static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(time).count());
}

/* A C handle of a lock, and what its last taker was told. */
template <class Raw, void (*Close)(Raw *)> class lock_handle {
public:
	lock_handle() noexcept = default;

	lock_handle(lock_handle &&other) noexcept
		: raw_(std::exchange(other.raw_, nullptr)), owner_died_(other.owner_died())
	{
	}

	lock_handle &operator=(lock_handle &&other) noexcept
	{
		if (this != &other) {
			Close(raw_);
			raw_ = std::exchange(other.raw_, nullptr);
			owner_died_ = other.owner_died();
		}
		return *this;
	}

	/** Lets go of the handle; the lock itself stays as it is. */
	~lock_handle()
	{
		Close(raw_);
	}

	/** The C handle; it stays this object's. */
	Raw *handle() const noexcept
	{
		return raw_;
	}

	/**
	 * Whether who held the lock before died with it.
	 *
	 * To be asked while holding the lock.  What it guards may then be half changed: put it right before
	 * unlock(), after which the next one is no longer told.
	 *
	 * Complexity:	constant.
	 * Crash:	none.
	 * Blocks:	never.
	 */
	bool owner_died() const noexcept
	{
		return owner_died_.load(std::memory_order_relaxed);
	}

protected:
	/* Whether the lock was had; only these codes are no errors. */
	bool taken(int code, const char *call)
	{
		if (code == TARN_BUSY || code == TARN_TIMEOUT)
			return false;
		if (code != TARN_OWNER_DIED)
			check(code, call);
		owner_died_.store(code == TARN_OWNER_DIED, std::memory_order_relaxed);
		return true;
	}

	Raw *raw_ = nullptr;

private:
	std::atomic<bool> owner_died_{ false };
};

} // namespace detail

/**
 * A mutex with a name, between the threads of all processes; meets TimedLockable.
 *
 * One handle is for all threads of its process.  Move-only; not to be moved while others use it.
 * A thread that dies lets go.  A thread may hold 16 locks of an arena at once.
 */
class mutex : public detail::lock_handle<struct tarn_mutex, tarn_mutex_close> {
public:
	/** Opens it, or creates it.  Errors, crash and blocking: tarn_mutex_open(). */
	mutex(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
	{
		detail::check(tarn_mutex_open(where.handle(), &raw_, name.c_str(),
					      static_cast<enum tarn_open_mode>(how), nullptr),
			      "open mutex", name.c_str());
	}

	/**
	 * Takes the lock, from a dead holder too: ask owner_died().
	 *
	 * Throws: DEADLOCK, this thread has it already; else as tarn_mutex_lock().
	 * Complexity:	constant.
	 * Crash:	atomic.
	 * Blocks:	while another thread holds it, for as long as that takes.
	 */
	void lock()
	{
		taken(tarn_mutex_lock(raw_, TARN_FOREVER), "mutex::lock");
	}

	/** As lock(), but never blocks.  Return: whether it was had. */
	bool try_lock()
	{
		return taken(tarn_mutex_lock(raw_, 0), "mutex::try_lock");
	}

	/** As lock(), but blocks no longer than that, rounded up to ms.  Return: whether it was had. */
	template <class Rep, class Period>
	bool try_lock_for(const std::chrono::duration<Rep, Period> &time)
	{
		return taken(tarn_mutex_lock(raw_, detail::wait_ms(time)), "mutex::try_lock_for");
	}

	/** As lock(), but blocks no longer than until then.  Return: whether it was had. */
	template <class Clock, class Duration>
	bool try_lock_until(const std::chrono::time_point<Clock, Duration> &time)
	{
		return try_lock_for(time - Clock::now());
	}

	/**
	 * Lets go.
	 *
	 * Throws: INVALID, this thread does not hold it.
	 * Complexity:	constant.
	 * Crash:	atomic.
	 * Blocks:	never.
	 */
	void unlock()
	{
		detail::check(tarn_mutex_unlock(raw_), "mutex::unlock");
	}

	/**
	 * Lets go of what may be half changed: for the next one owner_died() is true.
	 *
	 * For who cannot put right what the lock guards, or has given up in the middle of a change.  From
	 * under a guard that would unlock too: std::unique_lock's release()->abandon().
	 *
	 * Throws: INVALID, this thread does not hold it.
	 * Complexity:	constant.
	 * Crash:	atomic.
	 * Blocks:	never.
	 */
	void abandon()
	{
		detail::check(tarn_mutex_abandon(raw_), "mutex::abandon");
	}
};

/**
 * A reader-writer lock with a name; meets SharedTimedLockable.
 *
 * As tarn::mutex.  A writer that waits goes before new readers.
 */
class shared_mutex : public detail::lock_handle<struct tarn_rwlock, tarn_rwlock_close> {
public:
	/** Opens it, or creates it.  Errors, crash and blocking: tarn_rwlock_open(). */
	shared_mutex(arena &where, const std::string &name,
		     open_mode how = open_mode::open_or_create)
	{
		detail::check(tarn_rwlock_open(where.handle(), &raw_, name.c_str(),
					       static_cast<enum tarn_open_mode>(how), nullptr),
			      "open shared_mutex", name.c_str());
	}

	/** Takes it alone; else as mutex::lock(). */
	void lock()
	{
		taken(tarn_rwlock_write(raw_, TARN_FOREVER), "shared_mutex::lock");
	}

	/** As lock(), but never waits for other holders.  Return: whether it was had. */
	bool try_lock()
	{
		return taken(tarn_rwlock_write(raw_, 0), "shared_mutex::try_lock");
	}

	/** As mutex::try_lock_for(), alone. */
	template <class Rep, class Period>
	bool try_lock_for(const std::chrono::duration<Rep, Period> &time)
	{
		return taken(tarn_rwlock_write(raw_, detail::wait_ms(time)),
			     "shared_mutex::try_lock_for");
	}

	/** As mutex::try_lock_until(), alone. */
	template <class Clock, class Duration>
	bool try_lock_until(const std::chrono::time_point<Clock, Duration> &time)
	{
		return try_lock_for(time - Clock::now());
	}

	/** Lets go of what lock() took; else as mutex::unlock(). */
	void unlock()
	{
		detail::check(tarn_rwlock_unlock(raw_), "shared_mutex::unlock");
	}

	/** As mutex::abandon(), of what lock() took. */
	void abandon()
	{
		detail::check(tarn_rwlock_abandon(raw_), "shared_mutex::abandon");
	}

	/** Takes it together with other readers; owner_died() then tells of the last writer. */
	void lock_shared()
	{
		taken(tarn_rwlock_read(raw_, TARN_FOREVER), "shared_mutex::lock_shared");
	}

	/** As lock_shared(), but never waits for a writer.  Return: whether it was had. */
	bool try_lock_shared()
	{
		return taken(tarn_rwlock_read(raw_, 0), "shared_mutex::try_lock_shared");
	}

	/** As mutex::try_lock_for(), with other readers. */
	template <class Rep, class Period>
	bool try_lock_shared_for(const std::chrono::duration<Rep, Period> &time)
	{
		return taken(tarn_rwlock_read(raw_, detail::wait_ms(time)),
			     "shared_mutex::try_lock_shared_for");
	}

	/** As mutex::try_lock_until(), with other readers. */
	template <class Clock, class Duration>
	bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration> &time)
	{
		return try_lock_shared_for(time - Clock::now());
	}

	/** Lets go of what lock_shared() took; else as mutex::unlock(). */
	void unlock_shared()
	{
		detail::check(tarn_rwlock_unlock(raw_), "shared_mutex::unlock_shared");
	}
};

} // namespace tarn

#endif
