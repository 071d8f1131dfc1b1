// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.hpp -- tarn::arena, a handle that closes itself
 *
 *	tarn::arena a("orders");			open it, or create it
 *	auto b = tarn::arena::create("file:/var/lib/x");
 *	auto c = tarn::arena::open_read_only("orders");
 *	auto d = tarn::arena::from_environment();	$TARN_ARENA, ...
 *
 * Names are those of <tarn/arena.h>.  Handles of objects in an arena end with
 * it: let it outlive them.
 */
#ifndef TARN_CXX_ARENA_HPP
#define TARN_CXX_ARENA_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <tarn/arena.h>
#include <tarn/cxx/error.hpp>
#include <tarn/object.h>
#include <unistd.h>

namespace tarn {

namespace detail {

class ground;

} // namespace detail

/** How an arena or an object is opened. */
enum class open_mode {
	open = TARN_OPEN,		      /* it must exist */
	create = TARN_CREATE,		      /* it must not exist */
	open_or_create = TARN_OPEN_OR_CREATE, /* either */
};

/** Options of tarn::arena; as it is, a good default. */
struct arena_options {
	open_mode how = open_mode::open_or_create;
	bool read_only = false;		/* map without write permission: then it must exist */
	unsigned mode = 0;		/* permission bits at creation, 06xx; 0: 0600 */
	std::uint64_t size = 0;		/* bytes of data at most, at creation; 0: 64 GiB */
	std::uint64_t threads = 0;	/* attached at once, at creation; 0: 1024 */
	void *address = nullptr;	/* map here or fail; nullptr: the recorded address, or anywhere */
	bool elsewhere = false;		/* do not even try the recorded address */
	std::chrono::milliseconds deadline{ 0 }; /* longest wait for a lock; 0: $TARN_DEADLINE_MS, or none */
	std::uint64_t segments = 0;	/* of sysv: made at creation; 0: as needed */
	std::uint64_t segment_size = 0; /* of sysv: bytes of a segment; 0: 64 MiB */
};

/** What arena::stat() tells. */
using arena_stat = struct ::tarn_arena_stat;

/**
 * An arena that this process has attached, or somebody else's handle on one.
 *
 * Move-only.  One that was moved from has no handle and may only be destroyed or assigned to.  May be
 * used by all threads of its process, and by children of fork().
 */
class arena {
public:
	/**
	 * Opens an arena, or creates it.
	 * @name:	see <tarn/arena.h>; not the default arena's, which is arena::from_environment()
	 * @options:	how
	 *
	 * Errors, crash and blocking: tarn_arena_open().
	 */
	explicit arena(const std::string &name, const arena_options &options = {})
		: arena(name.c_str(), options)
	{
	}

	/** The same; nullptr is the default arena. */
	explicit arena(const char *name, const arena_options &options = {})
	{
		struct tarn_arena_options c = plain(options);
		std::string what = "open arena " + std::string(name ? name : "of the environment");
		auto kept = std::make_shared<closer>(); /* what can fail before what must not be lost */

		detail::check(tarn_arena_open(&kept->raw, name, &c, &created_), what.c_str());
		handle_ = { kept, kept->raw };
	}

	/** Opens an arena that must exist; else as the constructor. */
	static arena open(const std::string &name, arena_options options = {})
	{
		options.how = open_mode::open;
		return arena(name, options);
	}

	/** Opens an arena that must exist, for reading only; else as the constructor. */
	static arena open_read_only(const std::string &name, arena_options options = {})
	{
		options.read_only = true;
		return open(name, options);
	}

	/** Creates an arena that must not exist; else as the constructor. */
	static arena create(const std::string &name, arena_options options = {})
	{
		options.how = open_mode::create;
		return arena(name, options);
	}

	/** Opens or creates the arena that $TARN_ARENA names, or shm:default; else as the constructor. */
	static arena from_environment(const arena_options &options = {})
	{
		return arena(static_cast<const char *>(nullptr), options);
	}

	/** A C handle under this face; it stays its owner's, who must not close it before this ends. */
	static arena wrap(struct tarn_arena *handle) noexcept
	{
		arena face;

		face.handle_ = { std::shared_ptr<void>(), handle };
		return face;
	}

	arena(arena &&) noexcept = default;
	arena &operator=(arena &&) noexcept = default;

	/**
	 * Detaches, unless it was wrapped; see tarn_arena_close().  Nothing in the arena is removed.
	 *
	 * Where a tarn::container_factory or one of its containers still uses it, that comes when they end.
	 */
	~arena() = default;

	/** The C handle, for the calls of <tarn.h>; it stays this object's. */
	struct tarn_arena *handle() const noexcept
	{
		return handle_.get();
	}

	/** Whether the constructor has created the arena, or found it. */
	bool created() const noexcept
	{
		return created_;
	}

	/** The canonical name, such as "shm:orders". */
	std::string name() const
	{
		return tarn_arena_name(handle());
	}

	/** As tarn_arena_fd(): to hand a memfd: arena on.  It stays the arena's. */
	int fd() const noexcept
	{
		return tarn_arena_fd(handle());
	}

	/** Sizes and counters; see tarn_arena_stat(). */
	arena_stat stat() const
	{
		arena_stat stat;

		detail::check(tarn_arena_stat(handle(), &stat), "arena::stat");
		return stat;
	}

	/** Where it lies in this process. */
	void *base() const
	{
		return stat().base;
	}

	/** Whether that is the address recorded in it, so that plain pointers into it mean the same everywhere. */
	bool at_recorded_address() const
	{
		arena_stat now = stat();

		return now.base == now.recorded_base;
	}

	/** Whether it is attached for reading only. */
	bool read_only() const
	{
		return stat().readonly;
	}

	/** Puts right at once what dead threads left; see tarn_reap().  Return: how many there were. */
	std::uint64_t reap()
	{
		std::uint64_t count = 0;

		detail::check(tarn_reap(handle(), &count), "arena::reap");
		return count;
	}

	/** Removes an object and its name: tarn_object_remove().  Return: whether there was one. */
	bool remove_object(const std::string &name)
	{
		int code = tarn_object_remove(handle(), name.c_str());

		return code != TARN_NOT_FOUND &&
		       detail::check(code, "arena::remove_object", name.c_str()) == 0;
	}

	/** Gives an object another name: tarn_object_rename(). */
	void rename_object(const std::string &from, const std::string &to)
	{
		detail::check(tarn_object_rename(handle(), from.c_str(), to.c_str()),
			      "arena::rename_object", from.c_str());
	}

	/**
	 * Several changes to several objects of the arena, all or nothing; include <tarn/cxx/transaction.hpp>.
	 * @work:	called with a transaction &, makes the changes by its operator()
	 * @objects:	what it will change: hashmaps, vectors, strings, regions
	 *
	 * While it runs nobody else changes its objects; others may read them, and see all of it or nothing.
	 * An exception that work throws rolls it back and passes through.  After a deadlock with another
	 * transaction (errc::DEADLOCK, which work lets pass) all is undone and work is called again: it must
	 * not have changed anything outside that it cannot change twice.
	 *
	 * Complexity:	that of work; O(n log n) for n objects.
	 * Crash:	atomic: a kill before the commit undoes all of it.
	 * Blocks:	while another transaction has one of the objects, to the arena's deadline.  A thread that is
	 *		cancelled in work ends the process.
	 * Return: what work returns.
	 * Throws: what work throws; IN_TXN, this thread has a transaction open in this arena; else as
	 * tarn_txn_begin() and tarn_txn_commit().
	 */
	template <class Work, class... Objects> auto transact(Work &&work, const Objects &...objects);

	/** Removes an arena's name: tarn_arena_remove().  Return: whether there was one. */
	static bool remove(const std::string &name)
	{
		return detail::found(tarn_arena_remove(name.c_str()), "arena::remove");
	}

private:
	friend class detail::ground;

	struct closer {
		struct tarn_arena *raw = nullptr;

		closer() = default;
		closer(const closer &) = delete;
		closer &operator=(const closer &) = delete;

		~closer()
		{
			tarn_arena_close(raw);
		}
	};

	arena() noexcept = default;

	static struct tarn_arena_options plain(const arena_options &options)
	{
		struct tarn_arena_options c = {};
		bool open = options.read_only && options.how == open_mode::open_or_create;

		c.how = open ? TARN_OPEN : static_cast<enum tarn_open_mode>(options.how);
		c.readonly = options.read_only;
		c.mode = options.mode;
		c.max_size = options.size;
		c.max_threads = options.threads;
		c.address = options.address;
		c.elsewhere = options.elsewhere;
		c.deadline_ms = static_cast<std::uint64_t>(options.deadline.count());
		c.segments = options.segments;
		c.segment_size = options.segment_size;
		return c;
	}

	std::shared_ptr<struct tarn_arena> handle_; /* with no use_count(): somebody else's */
	bool created_ = false;
};

namespace detail {

/*
 * What a process makes at the first call, and never ends.  It is no static variable, whose initialiser
 * waits for the thread that is in it: in a child that was forked meanwhile, for good.
 */
template <class T> class made_once {
public:
	template <class Make> T &get(Make make)
	{
		T *made;

		while (!(made = made_.load(std::memory_order_acquire)))
			try_to_make(make);
		return *made;
	}

private:
	template <class Make> void try_to_make(Make make)
	{
		pid_t seen = maker_.load(), self = getpid();

		if (seen == self)
			usleep(50); /* another thread does */
		else if (maker_.compare_exchange_strong(seen, self))
			make_now(make);
	}

	template <class Make> void make_now(Make make)
	{
		try {
			made_.store(make(), std::memory_order_release);
		} catch (...) {
			maker_.store(0);
			throw;
		}
	}

	std::atomic<T *> made_{ nullptr };
	std::atomic<pid_t> maker_{ 0 }; /* 0: nobody; of another process: one that is not here */
};

} // namespace detail

/**
 * The default arena of this process, opened or created at the first call: arena::from_environment().
 *
 * It is never closed, so that what is destroyed late can still use it.
 *
 * Complexity:	constant, after the first call.
 * Crash:	atomic.
 * Blocks:	as tarn_arena_open(), and while another thread makes the first call.
 * Return: the same arena for all threads and shared libraries of the process; throws as the
 * constructor does, and the next call then tries again.
 */
TARN_VISIBLE inline arena &
default_arena()
{
	static detail::made_once<arena> open;

	return open.get([] { return new arena(arena::from_environment()); });
}

} // namespace tarn

#endif
