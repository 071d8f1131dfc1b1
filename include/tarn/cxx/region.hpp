// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.hpp -- tarn::region: structs of a program's own, that belong to a named object
 *
 *	struct node { tarn_off next; std::uint64_t value; };
 *	tarn::region list(arena, "list");
 *	arena.transact([&](tarn::transaction &tx) {
 *		auto mine = tx(list);
 *		node *first = mine.create(node{ mine.root(), 42 });
 *		mine.set_root(mine.offset(first));
 *	}, list);
 *
 * The region of <tarn/region.h>, which see: who follows offsets that others
 * change needs a transaction or a lock, and words are logged before they are
 * changed: transaction::log().
 */
#ifndef TARN_CXX_REGION_HPP
#define TARN_CXX_REGION_HPP

#include <tarn/cxx/type.hpp>
#include <tarn/heap.h>
#include <tarn/region.h>

namespace tarn {

/**
 * All that can be done with a region, by a handle that is somebody else's: see hashmap_ref.
 *
 * Unless its card says otherwise, a call throws what the C call of the same name returns, and has then
 * changed nothing; its time, crash and blocking are those of that call.
 */
class region_ref {
public:
	using reference = region_ref;

	/** A C handle of a region in an arena, both of which must outlive this. */
	region_ref(struct tarn_region *raw, struct tarn_arena *where) noexcept : raw_(raw), arena_(where)
	{
	}

	/** The C handle. */
	struct tarn_region *handle() const noexcept
	{
		return raw_;
	}

	/** The region as an object, for transactions. */
	struct tarn_object *object() const noexcept
	{
		return tarn_region_object(raw_);
	}

	/** The handle inside a transaction: tarn_region_in().  Throws: INVALID, not one of its objects. */
	region_ref in(struct tarn_txn *txn) const
	{
		return region_ref(detail::inside(tarn_region_in(raw_, txn)), arena_);
	}

	/** A block of so many bytes, which may contain anything. */
	tarn_off alloc(std::uint64_t size)
	{
		tarn_off block = 0;

		detail::check(tarn_region_alloc(raw_, size, &block), "region::alloc");
		return block;
	}

	/** A block with a copy of a plain value.  Return: where it is in this process. */
	template <class T> T *create(const T &value)
	{
		static_assert(alignof(T) <= 16, "tarn: blocks begin at multiples of 16");
		detail::require_plain<T>();
		void *room = tarn_pointer(arena_, alloc(sizeof(T)), sizeof(T));

		if (!room)
			throw error(errc::CORRUPT, "region::create");
		return new (room) T(value);
	}

	/** Gives a block back. */
	void free(tarn_off block)
	{
		detail::check(tarn_region_free(raw_, block), "region::free");
	}

	/** The same, by a pointer to its beginning. */
	void free(const void *block)
	{
		free(offset(block));
	}

	/** The one offset by which everybody finds the rest; 0: none yet. */
	tarn_off root() const
	{
		tarn_off root = 0;

		detail::check(tarn_region_root(raw_, &root), "region::root");
		return root;
	}

	/** Sets the root. */
	void set_root(tarn_off root)
	{
		detail::check(tarn_region_set_root(raw_, root), "region::set_root");
	}

	/**
	 * From an offset to this process's memory: tarn_pointer().
	 * @off:	of a T; whatever it is, what is returned can be read
	 *
	 * Crash:	none.
	 * Blocks:	never.
	 * Return: good as long as the arena is open; nullptr if there is no such memory, or off is no multiple of
	 * alignof(T).
	 */
	template <class T> T *pointer(tarn_off off) const noexcept
	{
		return off % alignof(T) ? nullptr : static_cast<T *>(tarn_pointer(arena_, off, sizeof(T)));
	}

	/** From a pointer into the arena to an offset: tarn_offset().  Return: 0: it is outside. */
	tarn_off offset(const void *pointer) const noexcept
	{
		return tarn_offset(arena_, pointer);
	}

protected:
	struct tarn_region *raw_;

private:
	struct tarn_arena *arena_;
};

/** A region with a name: a region_ref that opens and closes its own handle.  Move-only. */
class region : public detail::owner<region_ref, struct tarn_region, tarn_region_close> {
	using base = detail::owner<region_ref, struct tarn_region, tarn_region_close>;

public:
	/**
	 * Opens a region, or creates it.
	 * @where:	the arena, which must outlive this
	 * @name:	of at most 191 bytes
	 * @how:	open, create, or either
	 *
	 * Throws: as tarn_region_open().
	 * Crash:	atomic.
	 * Blocks:	while others create or remove objects.
	 */
	region(arena &where, const std::string &name, open_mode how = open_mode::open_or_create)
		: base(nullptr, where.handle())
	{
		detail::check(tarn_region_open(where.handle(), &raw_, name.c_str(),
					       static_cast<enum tarn_open_mode>(how), nullptr),
			      "open region", name.c_str());
	}
};

} // namespace tarn

#endif
