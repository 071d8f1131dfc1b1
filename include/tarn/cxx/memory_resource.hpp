// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * memory_resource.hpp -- std::pmr containers that processes share
 *
 *	tarn::container_factory factory("orders");
 *	auto list = factory.create<std::pmr::list<std::pmr::string>>("list");
 *
 * A polymorphic allocator holds a plain pointer to its memory_resource, and
 * that begins with a pointer to a table of functions of its own program.  So
 * the object cannot lie in the arena.  It lies beside it:
 *
 *	   facades, private to the process	the arena, shared
 *	+-----+----------------+----------+-+----------------------------+
 *	| all |   a's   b's    |	  | | header ... a ... b	  |
 *	+-----+----------------+----------+-+----------------------------+
 *	      ^				    ^
 *	      '-- at a fixed distance ------'  recorded address
 *
 * Where a guest (<tarn/guest.h>) has its entry follows where its facade is; so
 * every process builds one of its own, with its own table of functions, at the
 * same address.  The first is the arena's, for blocks of nobody's (<tarn/heap.h>).
 *
 * That takes plain pointers into the arena, so every process must have it at its
 * recorded address; else tarn::address_error.
 *
 * Who uses a facade, and what keeps what it leads to
 *	a thread that has locked the container		a scope, of the lock's: no
 *	(or makes or removes it)			other look-up, nothing counted
 *	anybody else					a reference, taken under the
 *							registry's mutex
 *	the arena's own facade				the factory it was got from,
 *							or a container of that
 * A process has at most one ground for an arena, and that keeps the arena open.
 *
 * Invariants
 *	M1. a ground begins and ends under the registry's mutex, with all that is
 *	    mapped for it: there are never two of one arena
 *	M2. its last user ends it, unless it has got a new one meanwhile
 *	M3. scopes belong to one thread, which ends them in any order
 *
 * Who may write what: facades and the registry, whoever has the registry's
 * mutex; fork() has it too, so that a child finds both whole.
 *
 * On death: nothing here outlives the process.
 */
#ifndef TARN_CXX_MEMORY_RESOURCE_HPP
#define TARN_CXX_MEMORY_RESOURCE_HPP

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <pthread.h>
#include <string>
#include <sys/mman.h>
#include <tarn/cxx/arena.hpp>
#include <tarn/guest.h>
#include <tarn/heap.h>
#include <tarn/object.h>
#include <utility>
#if __has_include(<memory_resource>)
#include <memory_resource>
#define TARN_CXX_PMR 1
#else
#define TARN_CXX_PMR 0 /* libc++ before 16 */
#endif

namespace tarn {

/**
 * An arena is not where its pointers say.
 *
 * what() says which addresses, what is there instead, and what can be done.
 */
class TARN_VISIBLE address_error : public error {
public:
	using error::error;
};

/** No room, as std::bad_alloc, for the standard's containers expect that; what() says more. */
class TARN_VISIBLE bad_alloc : public std::bad_alloc {
public:
	explicit bad_alloc(int code) noexcept : code_(static_cast<errc>(code)) {}

	/** Why: FULL or TOO_BIG. */
	errc code() const noexcept
	{
		return code_;
	}

	const char *what() const noexcept override
	{
		return tarn_error_message(static_cast<int>(code_));
	}

private:
	errc code_;
};

namespace detail {

class ground;

/*
 * What a facade knows, right behind it.  All zero where this process has built none yet: so it is
 * looked at before the facade itself is, which is no object then.
 */
struct place {
	std::atomic<ground *> on;
};

} // namespace detail

/**
 * Memory of an arena, or of one guest in it, for std::pmr containers and tarn::allocator.
 *
 * Lives at an address that means the same in all processes that have opened the arena by a
 * tarn::container_factory; a pointer to it may so be kept in the arena.  Made by those only, and good as
 * long as the process has a factory or a container of the arena.
 *
 * Fastest for a thread that has the container's lock.  allocate() throws tarn::bad_alloc where there is no
 * room, else tarn::error.  All members may be called by all threads of all processes at once; see
 * tarn_guest_alloc().
 */
class TARN_VISIBLE memory_resource final
#if TARN_CXX_PMR
	: public std::pmr::memory_resource
#endif
{
public:
	/** As allocate() of std::pmr's; also where this process has not built the facade yet. */
	static void *take(memory_resource *from, std::size_t bytes, std::size_t align);

	/** The same, of deallocate().  A block that cannot be freed now stays the guest's until that goes. */
	static void give(memory_resource *to, void *block) noexcept;

private:
	friend class detail::ground;

	memory_resource() = default;

	static void *take_outside(memory_resource *from, std::size_t bytes, std::size_t align);
	static void give_outside(memory_resource *to, void *block);

#if TARN_CXX_PMR
	void *do_allocate(std::size_t bytes, std::size_t align) override
	{
		return take(this, bytes, align);
	}

	void do_deallocate(void *block, std::size_t, std::size_t) override
	{
		give(this, block);
	}

	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
	{
		return this == &other;
	}
#endif
};

namespace detail {

/* Bytes of facades for one entry of 512 bytes. */
inline constexpr std::size_t entry_size = 512;
inline constexpr std::size_t facade_size = 32;
inline constexpr std::size_t page_size = 4096;

inline constexpr std::size_t place_at = 8;

static_assert(sizeof(memory_resource) <= place_at && place_at + sizeof(place) <= facade_size,
	      "a facade and what it knows fit in their place");

inline place &
place_of(memory_resource *facade) noexcept
{
	return *reinterpret_cast<place *>(reinterpret_cast<char *>(facade) + place_at);
}

using guest_ptr = std::shared_ptr<struct tarn_guest>;

/* What this process has mapped over [at, at + size), for an error; "" if nothing. */
inline std::string
who_is_at(const char *at, std::size_t size)
{
	std::FILE *maps = std::fopen("/proc/self/maps", "re");
	char line[512], *end;
	std::string found;

	while (maps && found.empty() && std::fgets(line, sizeof(line), maps)) {
		auto from = std::strtoull(line, &end, 16);
		auto to = std::strtoull(end + 1, &end, 16);
		auto wanted = reinterpret_cast<std::uintptr_t>(at);

		if (from < wanted + size && to > wanted)
			found.assign(line, std::string(line).find_last_not_of(" \n") + 1);
	}
	if (maps)
		std::fclose(maps);
	return found;
}

inline std::string
hex(const void *address)
{
	char text[32];

	std::snprintf(text, sizeof(text), "%p", address);
	return text;
}

/*
 * An arena in this process, at its recorded address, with the facades beside it.
 *
 * One for each arena, kept by the factories that use it and by their containers.
 */
class TARN_VISIBLE ground {
public:
	/* Of that arena; one that was wrapped must outlive this. */
	static std::shared_ptr<ground> of(arena &where)
	{
		return find_or_make(where, false);
	}

	/*
	 * One that is opened here; nullptr: the default arena.  Neither is ever closed: closing leaves an
	 * arena mapped while threads are attached, and the next one could not be had at its address.
	 */
	static std::shared_ptr<ground> open(const char *name)
	{
		if (!name)
			return find_or_make(default_arena(), true);
		arena own(name);
		return find_or_make(own, true);
	}

	/* That of the default arena. */
	static ground &of_default()
	{
		ground *one = all().standard.load(std::memory_order_acquire);

		if (__builtin_expect(!one, 0)) {
			one = open(nullptr).get(); /* the same for all who come here at once */
			all().standard.store(one, std::memory_order_release);
		}
		return *one;
	}

	/* Whose facades, or whose arena, an address is in; null: none's that is in use. */
	static std::shared_ptr<ground> at(const void *address)
	{
		auto p = static_cast<const char *>(address);
		std::lock_guard<std::mutex> guard(all().mutex);

		for (const auto &[id, one] : all().grounds) {
			if (p >= one.itself->facades_.at && p < one.itself->base_ + one.itself->window_)
				return one.shared.lock();
		}
		return nullptr;
	}

	ground(const ground &) = delete;
	ground &operator=(const ground &) = delete;
	~ground() = default;

	struct tarn_arena *handle() const noexcept
	{
		return handle_;
	}

	char *base() const noexcept
	{
		return base_;
	}

	arena &where() noexcept
	{
		return face_;
	}

	/* The arena's own facade. */
	memory_resource *heap() const noexcept
	{
		return facade_of(0);
	}

	/* Of the guest whose entry is there; it need not have been built. */
	memory_resource *facade_of(tarn_off where) const noexcept
	{
		return reinterpret_cast<memory_resource *>(facades_.at + where / entry_size * facade_size);
	}

	/* The guest's facade can be used by whoever has a pointer to it. */
	void build_for(const guest_ptr &guest)
	{
		std::lock_guard<std::mutex> guard(all().mutex);

		build(facade_of(tarn_guest_where(guest.get())));
	}

	/* The same, and this process knows the guest from now on.  The handle is closed if that fails. */
	guest_ptr enter(struct tarn_guest *guest)
	{
		guest_ptr one(guest, tarn_guest_close);

		build_for(one);
		return adopt(one);
	}

	/*
	 * Another handle on the same guest is used where there is one already.  Generations only rise: if
	 * the known one is good, and the new one after it, both are of the same guest; else the new one's
	 * end is for the caller to meet.  With no room to note it, it is looked for when it is needed.
	 */
	guest_ptr adopt(guest_ptr one) noexcept
	{
		tarn_off where = tarn_guest_where(one.get()), unused;
		guest_ptr old; /* ends after the mutex was let go */
		std::lock_guard<std::mutex> guard(all().mutex);

		try {
			guest_ptr &known = guests_[where];

			if (known && tarn_guest_root(known.get(), &unused) == 0)
				return tarn_guest_root(one.get(), &unused) == TARN_REMOVED ? one : known;
			old = std::exchange(known, one);
		} catch (const std::bad_alloc &) {
		}
		return one;
	}

	/* A guest has ended: its handle here is good for nothing any more. */
	void forget(tarn_off where) noexcept
	{
		guest_ptr old;
		tarn_off unused;
		std::lock_guard<std::mutex> guard(all().mutex);
		auto known = guests_.find(where);

		if (known == guests_.end() || tarn_guest_root(known->second.get(), &unused) == 0)
			return;
		old = std::move(known->second);
		guests_.erase(known);
	}

	/* Whose facade it is; another process may have made it.  Throws: REMOVED, nobody's. */
	guest_ptr guest_of(const memory_resource *facade)
	{
		auto place = reinterpret_cast<const char *>(facade) - facades_.at;
		seek wanted = { static_cast<tarn_off>(place) / facade_size * entry_size, "" };
		guest_ptr known = known_at(wanted.where);
		struct tarn_guest *guest = nullptr;
		tarn_off unused;

		if (known && tarn_guest_root(known.get(), &unused) == 0)
			return known;
		int code = tarn_object_list(handle_, is_wanted, &wanted);
		if (code > 0)
			code = tarn_guest_open(handle_, &guest, wanted.name);
		else if (!code)
			code = TARN_REMOVED;
		check(code, "use the memory of a container");
		return enter(guest);
	}

private:
	/* Whoever uses a ground shares one of these. */
	struct user {
		std::uint64_t id;

		explicit user(std::uint64_t of) noexcept : id(of) {}
		user(const user &) = delete;
		user &operator=(const user &) = delete;

		~user()
		{
			end(*this);
		}
	};

	struct entry {
		std::unique_ptr<ground> itself;
		std::weak_ptr<ground> shared;
		const user *by = nullptr;     /* who ends it: the last who came */
		std::shared_ptr<ground> kept; /* of one that is never to end */
	};

	struct registry {
		std::mutex mutex;
		std::map<std::uint64_t, entry> grounds; /* by arena_id */
		std::atomic<ground *> standard{ nullptr };
	};

	struct seek {
		tarn_off where;
		char name[TARN_NAME_MAX + 1];
	};

	/* Private pages, given back. */
	struct room {
		char *at = nullptr;
		std::size_t size = 0;

		room() = default;
		room(const room &) = delete;
		room &operator=(const room &) = delete;

		~room()
		{
			if (at)
				munmap(at, size);
		}
	};

	static registry &all()
	{
		static registry *const one = new registry;
		return *one;
	}

	/* No exception passes through the C library. */
	static int is_wanted(const struct tarn_object_info *info, void *arg) noexcept
	{
		auto *wanted = static_cast<seek *>(arg);

		if (info->root != wanted->where || info->type.kind != TARN_KIND_GUEST)
			return 0;
		std::memcpy(wanted->name, info->name, sizeof(wanted->name));
		return 1;
	}

	static struct tarn_arena_stat stat_of(const arena &where)
	{
		struct tarn_arena_stat stat;

		check(tarn_arena_stat(where.handle(), &stat), "memory_resource");
		return stat;
	}

	/*
	 * fork() waits until nobody has the mutex.  The library's own mutexes are taken under this one, so its
	 * handlers must be there already, as they are once an arena is open: the last ones run first.
	 */
	static void watch_forks() noexcept
	{
		static pthread_once_t once = PTHREAD_ONCE_INIT;

		pthread_once(&once, [] {
			(void)pthread_atfork([] { all().mutex.lock(); }, [] { all().mutex.unlock(); },
					     [] { all().mutex.unlock(); });
		});
	}

	static std::shared_ptr<ground> find_or_make(arena &where, bool keep)
	{
		watch_forks();
		auto mine = std::make_shared<user>(stat_of(where).arena_id); /* ends after the guard */
		std::lock_guard<std::mutex> guard(all().mutex);
		entry &here = entry_of(where, mine->id);
		std::shared_ptr<ground> found = here.shared.lock();

		if (!found) { /* a new one, or one that its last user is about to end */
			found = { mine, here.itself.get() };
			here.shared = found;
			here.by = mine.get();
		}
		here.itself->hold(where);
		if (keep)
			here.kept = found;
		return found;
	}

	static entry &entry_of(arena &where, std::uint64_t id)
	{
		auto &grounds = all().grounds;
		auto have = grounds.find(id);

		if (have == grounds.end())
			have = grounds.emplace(id, entry{ std::unique_ptr<ground>(new ground(where)), {}, nullptr, {} })
				       .first;
		else if (!have->second.itself->is_good_for(where))
			refuse(where, "the arena itself", static_cast<char *>(stat_of(where).recorded_base),
			       stat_of(where).window_size);
		return have->second;
	}

	static void end(const user &last) noexcept
	{
		std::lock_guard<std::mutex> guard(all().mutex);
		auto mine = all().grounds.find(last.id);

		if (mine != all().grounds.end() && mine->second.by == &last)
			all().grounds.erase(mine);
	}

	explicit ground(arena &where) : face_(arena::wrap(where.handle())), handle_(where.handle())
	{
		struct tarn_arena_stat stat = stat_of(where);

		base_ = static_cast<char *>(stat.base);
		window_ = stat.window_size;
		if (stat.base != stat.recorded_base)
			refuse(where, "the arena itself", static_cast<char *>(stat.recorded_base), window_);
		reserve();
		build(heap());
	}

	/* It is the same handle, or one that stays open as long as this is there. */
	bool is_good_for(const arena &where) const noexcept
	{
		return owner_.use_count() || where.handle() == handle_;
	}

	/* The arena stays open until this ends; unless it was wrapped, which is for its owner to see to. */
	void hold(const arena &where) noexcept
	{
		if (!owner_.use_count() && where.handle() == handle_)
			owner_ = where.handle_;
	}

	/* Whole pages, and one before the arena that nobody uses. */
	std::size_t facades_room() const noexcept
	{
		std::size_t bytes = window_ / entry_size * facade_size;

		return (bytes + 2 * page_size - 1) / page_size * page_size;
	}

	void reserve()
	{
		std::size_t size = facades_room();
		char *want = base_ - size;
		void *got = mmap(want, size, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

		if (got != want) {
			if (got != MAP_FAILED)
				munmap(got, size);
			refuse(face_, "what each process has beside it", want, size);
		}
		facades_.at = want;
		facades_.size = size;
		madvise(want, size, MADV_DONTDUMP);
	}

	[[noreturn]] static void refuse(const arena &where, const char *what, const char *want, std::size_t size)
	{
		const auto *base = static_cast<const char *>(stat_of(where).base);
		std::string there = base == want ? "" : who_is_at(want, size);

		throw address_error(
			errc::INVALID,
			"arena " + where.name() + " lies at " + hex(base) + ", and std:: containers in it need " +
				what + " at " + hex(want) + " (" + std::to_string(size) +
				" bytes), where all processes have it; " +
				(there.empty() ? "that address cannot be had in this process" :
						 "this process has something else there: " + there) +
				".  Open the arena earlier, before others map memory there, and only once in a "
				"process; without a sanitizer or a limit of address space (ulimit -v) that "
				"forbids it; or remove the arena and create it anew, at another address.  "
				"Tarn's own containers work at any address");
	}

	/* The caller has the mutex. */
	void build(memory_resource *at)
	{
		auto page = reinterpret_cast<std::uintptr_t>(at) & ~(page_size - 1);

		if (place_of(at).on.load(std::memory_order_relaxed) == this)
			return;
		if (mprotect(reinterpret_cast<void *>(page), page_size, PROT_READ | PROT_WRITE))
			check(TARN_SYSTEM, "memory_resource");
		new (at) memory_resource;
		place_of(at).on.store(this, std::memory_order_release); /* whoever sees it calls */
	}

	guest_ptr known_at(tarn_off where)
	{
		std::lock_guard<std::mutex> guard(all().mutex);
		auto known = guests_.find(where);

		return known == guests_.end() ? nullptr : known->second;
	}

	std::shared_ptr<struct tarn_arena> owner_; /* ends last */
	arena face_;
	struct tarn_arena *const handle_;
	char *base_ = nullptr;
	std::size_t window_ = 0;
	room facades_;
	std::map<tarn_off, guest_ptr> guests_; /* by entry */
};

/*
 * While it lives, what this thread default-constructs gets its memory from that guest, which this thread
 * has locked, makes or removes; and what it takes there needs no other look-up.  The innermost one counts.
 */
class TARN_VISIBLE scope {
public:
	scope(const ground &on, struct tarn_guest *of) noexcept
		: here(on.facade_of(tarn_guest_where(of))), guest(of), base(on.base()), outer_(innermost)
	{
		innermost = this;
	}

	/* In any order, but by the thread that has begun it: another has no part in this thread's list. */
	~scope()
	{
		scope **link = &innermost;

		while (*link && *link != this)
			link = &(*link)->outer_;
		if (!*link)
			std::terminate();
		*link = outer_;
	}

	scope(const scope &) = delete;
	scope &operator=(const scope &) = delete;

	static memory_resource *current() noexcept
	{
		return innermost ? innermost->here : nullptr;
	}

	/* Null: the thread has none of it. */
	static const scope *of(const memory_resource *facade) noexcept
	{
		const scope *one = innermost;

		while (one && one->here != facade)
			one = one->outer_;
		return one;
	}

	memory_resource *const here;
	struct tarn_guest *const guest;
	char *const base; /* of the arena */

private:
	static inline thread_local scope *innermost = nullptr;

	scope *outer_;
};

/* What a call has returned; throws. */
inline void *
block_at(char *base, tarn_off off, int code)
{
	if (__builtin_expect(code == TARN_FULL || code == TARN_TOO_BIG, 0))
		throw bad_alloc(code);
	check(code, "allocate");
	return base + off;
}

/* Who has a pointer to a facade that this process has not built finds its ground by the address. */
inline std::shared_ptr<ground>
ground_of(memory_resource *facade)
{
	std::shared_ptr<ground> on = ground::at(facade);

	if (!on)
		check(TARN_REMOVED, "use the memory of an arena");
	return on;
}

} // namespace detail

/* Without its lock. */
[[gnu::noinline]] inline void *
memory_resource::take_outside(memory_resource *from, std::size_t bytes, std::size_t align)
{
	detail::ground *on = detail::place_of(from).on.load(std::memory_order_acquire);
	std::shared_ptr<detail::ground> found;
	tarn_off off = 0;
	int code;

	if (!on) {
		found = detail::ground_of(from);
		on = found.get();
	}
	if (from == on->heap())
		code = tarn_alloc_aligned(on->handle(), align, bytes, &off);
	else
		code = tarn_guest_alloc(on->guest_of(from).get(), align, bytes, &off);
	return detail::block_at(on->base(), off, code);
}

inline void *
memory_resource::take(memory_resource *from, std::size_t bytes, std::size_t align)
{
	const detail::scope *in = detail::scope::of(from);
	tarn_off off = 0;

	if (__builtin_expect(!in, 0))
		return take_outside(from, bytes, align);
	int code = tarn_guest_alloc(in->guest, align, bytes, &off);
	return detail::block_at(in->base, off, code);
}

[[gnu::noinline]] inline void
memory_resource::give_outside(memory_resource *to, void *block)
{
	std::shared_ptr<detail::ground> found;
	detail::ground *on = detail::place_of(to).on.load(std::memory_order_acquire);

	if (!on) {
		found = detail::ground_of(to);
		on = found.get();
	}
	auto off = static_cast<tarn_off>(static_cast<char *>(block) - on->base());
	(void)!(to == on->heap() ? tarn_free(on->handle(), off) : tarn_guest_free(on->guest_of(to).get(), off));
}

inline void
memory_resource::give(memory_resource *to, void *block) noexcept
{
	const detail::scope *in = detail::scope::of(to);

	if (__builtin_expect(in != nullptr, 1)) {
		(void)!tarn_guest_free(in->guest, static_cast<tarn_off>(static_cast<char *>(block) - in->base));
		return;
	}
	try {
		give_outside(to, block);
	} catch (const std::exception &) { /* it stays the guest's */
	}
}

} // namespace tarn

#endif
