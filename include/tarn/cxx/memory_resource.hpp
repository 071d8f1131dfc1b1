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
 * Who may write what: facades, the process, under ground's mutex; a guest's
 * pointer is read without it.
 *
 * On death: nothing here outlives the process.
 */
#ifndef TARN_CXX_MEMORY_RESOURCE_HPP
#define TARN_CXX_MEMORY_RESOURCE_HPP

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <sys/mman.h>
#include <tarn/cxx/arena.hpp>
#include <tarn/guest.h>
#include <tarn/heap.h>
#include <tarn/object.h>
#include <unistd.h>
#include <vector>
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
	std::atomic<struct tarn_guest *> guest; /* null: the arena's own */
	char *base;				/* of the arena */
};

} // namespace detail

/**
 * Memory of an arena, or of one guest in it, for std::pmr containers and tarn::allocator.
 *
 * Lives at an address that means the same in all processes that have opened the arena by a
 * tarn::container_factory; a pointer to it may so be kept in the arena.  Made by those only.
 *
 * allocate() throws tarn::bad_alloc where there is no room, else tarn::error.  All members may be
 * called by all threads of all processes at once; see tarn_guest_alloc().
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
	/* The caller's arena, which must outlive this. */
	static std::shared_ptr<ground> of(arena &where)
	{
		return find_or_make(where, nullptr, false);
	}

	/*
	 * One that is opened here; nullptr: the default arena.  Neither is ever closed: closing leaves an
	 * arena mapped while threads are attached, and the next one could not be had at its address.
	 */
	static std::shared_ptr<ground> open(const char *name)
	{
		if (!name)
			return find_or_make(default_arena(), nullptr, true);
		auto own = std::make_unique<arena>(name);
		arena &where = *own;

		return find_or_make(where, std::move(own), true);
	}

	/* That of the default arena. */
	static ground &of_default()
	{
		static const auto *const kept = new std::shared_ptr<ground>(open(nullptr));
		return **kept;
	}

	/* Whose facades, or whose arena, an address is in; null: none's.  Who asks has it in use. */
	static ground *at(const void *address) noexcept
	{
		auto p = static_cast<const char *>(address);
		std::lock_guard<std::mutex> guard(all().mutex);

		for (const auto &[id, one_of] : all().grounds) {
			const ground *one = one_of.raw;

			if (p >= one->facades_ && p < one->base_ + one->window_)
				return one_of.raw;
		}
		return nullptr;
	}

	ground(const ground &) = delete;
	ground &operator=(const ground &) = delete;

	~ground()
	{
		guests_.clear();
		if (facades_)
			munmap(facades_, facades_room());
		std::lock_guard<std::mutex> guard(all().mutex);
		auto mine = all().grounds.find(id_);

		if (mine != all().grounds.end() && mine->second.raw == this)
			all().grounds.erase(mine);
	}

	struct tarn_arena *handle() const noexcept
	{
		return arena_->handle();
	}

	char *base() const noexcept
	{
		return base_;
	}

	arena &where() const noexcept
	{
		return *arena_;
	}

	/* The arena's own facade. */
	memory_resource *heap() noexcept
	{
		return heap_;
	}

	/* Of the guest whose entry is there; it need not have been built. */
	memory_resource *facade_of(tarn_off where) const noexcept
	{
		return reinterpret_cast<memory_resource *>(facades_ + where / entry_size * facade_size);
	}

	/*
	 * This process knows the guest from now on, and its facade is there.  Another handle on the same
	 * guest is used where there is one already.  Generations only rise: if the known one is good, and the
	 * new one after it, both are of the same guest; else the new one's end is for the caller to meet.
	 */
	guest_ptr adopt(struct tarn_guest *guest)
	{
		guest_ptr one(guest, tarn_guest_close);
		tarn_off where = tarn_guest_where(guest), unused;
		std::lock_guard<std::mutex> guard(mutex_);
		guest_ptr &known = guests_[where];

		if (known && tarn_guest_root(known.get(), &unused) == 0)
			return tarn_guest_root(one.get(), &unused) == TARN_REMOVED ? one : known;
		build(facade_of(where), guest);
		known = one;
		return one;
	}

	/* The guest has ended, or was never born. */
	void forget(const guest_ptr &guest) noexcept
	{
		std::lock_guard<std::mutex> guard(mutex_);
		auto known = guests_.find(tarn_guest_where(guest.get()));

		if (known == guests_.end() || known->second != guest)
			return;
		place_of(facade_of(known->first)).on.store(nullptr);
		guests_.erase(known);
	}

	/* A facade was used that this process has not built, or of a guest that is no more: build it. */
	int resolve(const memory_resource *facade)
	{
		auto place = reinterpret_cast<const char *>(facade) - facades_;
		seek wanted = { static_cast<tarn_off>(place) / facade_size * entry_size, {} };
		struct tarn_guest *guest;
		int code;

		if (facade == heap_)
			return 0;
		code = tarn_object_list(handle(), is_wanted, &wanted);
		if (code <= 0)
			return code ? code : TARN_REMOVED;
		code = tarn_guest_open(handle(), &guest, wanted.name.c_str());
		if (!code)
			adopt(guest);
		return code;
	}

private:
	struct entry {
		ground *raw = nullptr;
		std::weak_ptr<ground> shared;
		std::shared_ptr<ground> kept; /* of one that was opened here */
	};

	struct registry {
		std::mutex mutex;
		std::map<std::uint64_t, entry> grounds; /* by arena_id */
	};

	struct seek {
		tarn_off where;
		std::string name;
	};

	static registry &all()
	{
		static registry *const one = new registry;
		return *one;
	}

	static int is_wanted(const struct tarn_object_info *info, void *arg)
	{
		auto *wanted = static_cast<seek *>(arg);

		if (info->root != wanted->where || info->type.kind != TARN_KIND_GUEST)
			return 0;
		wanted->name = info->name;
		return 1;
	}

	static struct tarn_arena_stat stat_of(const arena &where)
	{
		struct tarn_arena_stat stat;

		check(tarn_arena_stat(where.handle(), &stat), "memory_resource");
		return stat;
	}

	static std::shared_ptr<ground> find_or_make(arena &where, std::unique_ptr<arena> own, bool keep)
	{
		std::uint64_t id = stat_of(where).arena_id;
		std::lock_guard<std::mutex> guard(all().mutex);
		auto have = all().grounds.find(id);
		std::shared_ptr<ground> found =
			have == all().grounds.end() ? nullptr : have->second.shared.lock();

		if (found)
			return found;
		std::shared_ptr<ground> made(new ground(where, std::move(own)));
		all().grounds[id] = { made.get(), made, keep ? made : nullptr };
		return made;
	}

	ground(arena &where, std::unique_ptr<arena> own) : own_(std::move(own)), arena_(&where)
	{
		struct tarn_arena_stat stat = stat_of(where);

		id_ = stat.arena_id;
		base_ = static_cast<char *>(stat.base);
		window_ = stat.window_size;
		if (stat.base != stat.recorded_base)
			refuse("the arena itself", static_cast<char *>(stat.recorded_base), window_);
		reserve();
		heap_ = build(facade_of(0), nullptr);
	}

	/* Whole pages, and one before the arena that nobody uses. */
	std::size_t facades_room() const noexcept
	{
		std::size_t bytes = window_ / entry_size * facade_size;

		return (bytes + 2 * page_size - 1) / page_size * page_size;
	}

	void reserve()
	{
		std::size_t room = facades_room();
		char *want = base_ - room;
		void *got = mmap(want, room, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

		if (got != want) {
			if (got != MAP_FAILED)
				munmap(got, room);
			refuse("what each process has beside it", want, room);
		}
		facades_ = want;
		madvise(want, room, MADV_DONTDUMP);
	}

	[[noreturn]] void refuse(const char *what, const char *want, std::size_t size) const
	{
		std::string there = base_ == want ? "" : who_is_at(want, size);

		throw address_error(
			errc::INVALID,
			"arena " + arena_->name() + " lies at " + hex(base_) + ", and std:: containers in it need " +
				what + " at " + hex(want) + " (" + std::to_string(size) +
				" bytes), where all processes have it; " +
				(there.empty() ? "that address cannot be had in this process" :
						 "this process has something else there: " + there) +
				".  Open the arena earlier, before others map memory there, and only once in a "
				"process; without a sanitizer or a limit of address space (ulimit -v) that "
				"forbids it; or remove the arena and create it anew, at another address.  "
				"Tarn's own containers work at any address");
	}

	memory_resource *build(memory_resource *at, struct tarn_guest *guest)
	{
		auto page = reinterpret_cast<std::uintptr_t>(at) & ~(page_size - 1);

		if (mprotect(reinterpret_cast<void *>(page), page_size, PROT_READ | PROT_WRITE))
			check(TARN_SYSTEM, "memory_resource");
		memory_resource *made = new (at) memory_resource;
		place &its = place_of(at);

		its.base = base_;
		its.guest.store(guest, std::memory_order_release);
		its.on.store(this, std::memory_order_release); /* whoever sees it calls */
		return made;
	}

	std::unique_ptr<arena> own_;
	arena *arena_;
	std::uint64_t id_ = 0;
	char *base_ = nullptr;
	char *facades_ = nullptr;
	std::size_t window_ = 0;
	memory_resource *heap_ = nullptr;
	std::mutex mutex_;
	std::map<tarn_off, guest_ptr> guests_; /* by entry */
};

/* The innermost container that this thread has locked, or is making; null: none. */
TARN_VISIBLE inline thread_local memory_resource *current = nullptr;

/* While it lives, what is default-constructed gets its memory there. */
class scope {
public:
	explicit scope(memory_resource *here) noexcept : was_(current)
	{
		current = here;
	}

	~scope()
	{
		current = was_;
	}

	scope(const scope &) = delete;
	scope &operator=(const scope &) = delete;

private:
	memory_resource *was_;
};

} // namespace detail

namespace detail {

inline int
take_now(place &from, std::size_t bytes, std::size_t align, tarn_off *off) noexcept
{
	ground *on = from.on.load(std::memory_order_acquire);
	struct tarn_guest *guest = from.guest.load(std::memory_order_acquire);

	if (!on)
		return TARN_REMOVED;
	return guest ? tarn_guest_alloc(guest, align, bytes, off) :
		       tarn_alloc_aligned(on->handle(), align, bytes, off);
}

/* There is no facade yet, or that of a guest that is no more. */
inline int
build_now(memory_resource *facade) noexcept
{
	ground *on = ground::at(facade);

	try {
		return on ? on->resolve(facade) : TARN_REMOVED;
	} catch (...) {
		return TARN_SYSTEM;
	}
}

} // namespace detail

inline void *
memory_resource::take(memory_resource *from, std::size_t bytes, std::size_t align)
{
	detail::place &place = detail::place_of(from);
	tarn_off off = 0;
	int code = detail::take_now(place, bytes, align, &off);

	if (__builtin_expect(code == TARN_REMOVED, 0)) {
		code = detail::build_now(from);
		if (!code)
			code = detail::take_now(place, bytes, align, &off);
	}
	if (__builtin_expect(code == TARN_FULL || code == TARN_TOO_BIG, 0))
		throw bad_alloc(code);
	detail::check(code, "allocate");
	return place.base + off;
}

inline void
memory_resource::give(memory_resource *to, void *block) noexcept
{
	detail::place &place = detail::place_of(to);

	if (__builtin_expect(!place.on.load(std::memory_order_acquire), 0) && detail::build_now(to))
		return;
	struct tarn_guest *guest = place.guest.load(std::memory_order_acquire);
	auto off = static_cast<tarn_off>(static_cast<char *>(block) - place.base);

	(void)!(guest ? tarn_guest_free(guest, off) : tarn_free(place.on.load()->handle(), off));
}

} // namespace tarn

#endif
