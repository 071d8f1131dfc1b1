// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * factory.hpp -- std:: containers by name, in memory that processes share
 *
 *	using list = std::list<int, tarn::allocator<int>>;
 *	tarn::container_factory factory("orders");
 *
 *	auto numbers = factory.get_or_create<list>("numbers");
 *	{
 *		auto lock = numbers.lock();
 *		if (lock.owner_died())
 *			...it may be half changed: check it, or remove it...
 *		numbers->push_back(1);
 *	}
 *	factory.remove<list>("numbers");
 *
 * A container is a guest (<tarn/guest.h>):
 *
 *	root --> label | names of type and library	what it is, to be compared
 *	           '--> the container itself, whose blocks are the guest's too
 *
 * It has no name before it is whole, and after the removal has begun; killed in
 * between, its maker leaves nothing behind.
 *
 * What std:: containers are not: atomic.  Each has a lock, which its users must
 * take; who dies while changing one leaves it half changed, and the next one
 * who takes the lock is told.  Tarn's own containers need neither.
 *
 * Programs that share a container must have the same standard library, with the
 * same options: what decides about that is recorded, and compared.
 */
#ifndef TARN_CXX_FACTORY_HPP
#define TARN_CXX_FACTORY_HPP

#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <tarn/cxx/allocator.hpp>
#include <tarn/cxx/memory_resource.hpp>
#include <tarn/lock.h>
#include <typeinfo>
#include <unordered_map>
#include <vector>

namespace tarn {

namespace detail {

/* ---- what a container is ------------------------------------------------------------------------ */

/* Before the container, in the guest; the names follow, each ended by a zero. */
struct label {
	std::uint64_t magic;
	std::uint64_t object; /* where the container is */
	std::uint64_t size, align;
	std::uint64_t type_size, library_size; /* of the names, with their zeros */
};

inline constexpr std::uint64_t label_magic = 0x31305859434e5254; /* "TRNCYX01" */
inline constexpr std::uint64_t label_most = 1 << 20;		 /* bytes of names: an arena may be damaged */

/* The standard library, and all of its options that change how containers lie in memory. */
inline std::string
library()
{
	std::string text =
#if defined(_LIBCPP_VERSION)
		"libc++, ABI " + std::to_string(_LIBCPP_ABI_VERSION);
#elif defined(__GLIBCXX__)
		std::string("libstdc++, ") + (_GLIBCXX_USE_CXX11_ABI ? "new" : "old") + " strings";
#else
		"another library";
#endif
#if defined(_GLIBCXX_DEBUG) || (defined(_LIBCPP_DEBUG) && _LIBCPP_DEBUG)
	text += ", debugging containers";
#endif
#ifdef _LIBCPP_ABI_ALTERNATE_STRING_LAYOUT
	text += ", alternate strings";
#endif
	text += ", hash " + std::to_string(std::hash<std::string>()("tarn") % 1000); /* unordered: where is what */
	text += ", sizes";
	for (std::size_t size : { sizeof(std::vector<int>), sizeof(std::deque<int>), sizeof(std::list<int>),
				  sizeof(std::string), sizeof(std::map<int, int>),
				  sizeof(std::unordered_map<int, int>) })
		text.append(" ").append(std::to_string(size));
	return text;
}

inline std::string
in_words(const char *type)
{
	int status = 0;
	std::unique_ptr<char, void (*)(void *)> text(abi::__cxa_demangle(type, nullptr, nullptr, &status),
						     std::free);

	return text ? text.get() : type;
}

inline void
replace_all(std::string &in, const std::string &what, const std::string &with)
{
	for (std::size_t at = in.find(what); at != in.npos; at = in.find(what, at + with.size()))
		in.replace(at, what.size(), with);
}

/* For lists of objects: printable, no blanks, not too long. */
inline std::string
in_short(const char *type)
{
	std::string words = in_words(type);

	replace_all(words, " const", "_const");
	for (const char *dull : { "__cxx11::", " ", ",std::char_traits<char>" })
		replace_all(words, dull, "");
	replace_all(words, "std::basic_string<char,tarn::allocator<char>>", "string");
	for (char &c : words) {
		if (c < ' ' || c > '~')
			c = '_';
	}
	if (words.size() > TARN_FIELDS_MAX)
		words.replace(TARN_FIELDS_MAX - 3, std::string::npos, "...");
	return words;
}

/* The names in a label, which may be damaged: nothing is believed that is not inside the arena. */
struct identity {
	std::uint64_t size, align;
	std::string type, library;

	std::string words() const
	{
		return in_words(type.c_str()) + " (" + std::to_string(size) + " bytes, aligned to " +
		       std::to_string(align) + "; " + library + ")";
	}

	bool operator==(const identity &other) const
	{
		return size == other.size && align == other.align && type == other.type &&
		       library == other.library;
	}
};

template <class C>
identity
identity_of()
{
	return { sizeof(C), alignof(C), typeid(C).name(), library() };
}

/* ---- making it ---------------------------------------------------------------------------------- */

template <class...> struct make_void { /* std::void_t of two types is the same to some compilers */
	using type = void;
};

template <class C, class = void> struct allocator_of {
	using type = void;
};
template <class C> struct allocator_of<C, typename make_void<typename C::allocator_type>::type> {
	using type = typename C::allocator_type;
};
template <class C> struct allocator_of<C, typename make_void<typename C::container_type::allocator_type>::type> {
	using type = typename C::container_type::allocator_type; /* std::queue and the like */
};

/* With the resource, if it can take one: an allocator of ours, or a polymorphic one. */
template <class C, class... Args>
void
make_at(void *at, memory_resource *resource, Args &&...args)
{
	using wanted = typename allocator_of<C>::type;

	if constexpr (std::is_constructible_v<wanted, memory_resource *>)
		construct_with(wanted(resource), static_cast<C *>(at), std::forward<Args>(args)...);
	else
		::new (at) C(std::forward<Args>(args)...);
}

inline bool
damaged(const label &label) noexcept
{
	return label.magic != label_magic || !label.type_size || !label.library_size ||
	       label.type_size > label_most || label.library_size > label_most;
}

/* Bytes that others may be changing: once, before what is looked at afterwards. */
inline void
read_once(void *to, const char *from, std::size_t size) noexcept
{
	for (std::size_t i = 0; i < size; i++)
		static_cast<char *>(to)[i] = __atomic_load_n(from + i, __ATOMIC_ACQUIRE);
}

/* A copy of what is there, if that can be a label. */
inline bool
read_label(struct tarn_arena *in, tarn_off where, label &label, identity &names)
{
	auto *there = static_cast<const char *>(where % 8 ? nullptr : tarn_pointer(in, where, sizeof(label)));

	if (!there)
		return false;
	read_once(&label, there, sizeof(label));
	if (damaged(label) || !tarn_pointer(in, where, sizeof(label) + label.type_size + label.library_size))
		return false;
	std::string text(label.type_size + label.library_size, 0);
	read_once(&text[0], there + sizeof(label), text.size());
	names = { label.size, label.align, text.substr(0, label.type_size - 1),
		  text.substr(label.type_size, label.library_size - 1) };
	return true;
}

[[noreturn]] inline void
refuse(int code, const std::string &what)
{
	throw error(static_cast<errc>(code), what);
}

} // namespace detail

/**
 * The lock of a container, while it lives; as std::unique_lock, but never without it.
 *
 * What the thread default-constructs meanwhile with tarn::allocator gets memory of that container; of
 * several, that of the last one it has taken and still has.  Not to be copied or moved.  Several may end in
 * any order, but each in the thread that took it: the lock is that thread's, and what another one cannot
 * give back ends the program (std::terminate).
 */
class TARN_VISIBLE container_lock {
public:
	/** Whether it is shared with other readers. */
	enum class kind { alone, shared };

	container_lock(const container_lock &) = delete;
	container_lock &operator=(const container_lock &) = delete;

	/** Lets go; an owner_died() that nobody asked about is not told again. */
	~container_lock()
	{
		(void)!tarn_rwlock_unlock(tarn_guest_lock(guest_.get()));
	}

	/**
	 * Whether a thread that was changing the container died with this lock.
	 *
	 * Then the container may be half changed.  What is safe: to remove it (container_factory::remove()
	 * does not run its destructor then).  Everything else needs to know how it may have been left.
	 */
	bool owner_died() const noexcept
	{
		return died_;
	}

private:
	friend class container_factory;
	template <class C> friend class container;

	container_lock(std::shared_ptr<detail::ground> on, detail::guest_ptr guest, kind how)
		: on_(std::move(on)), guest_(std::move(guest)), died_(take(guest_.get(), how)),
		  scope_(*on_, guest_.get())
	{
	}

	static bool take(struct tarn_guest *guest, kind how)
	{
		struct tarn_rwlock *lock = tarn_guest_lock(guest);
		int code = how == kind::alone ? tarn_rwlock_write(lock, TARN_FOREVER) :
						tarn_rwlock_read(lock, TARN_FOREVER);

		return code == TARN_OWNER_DIED || detail::check(code, "lock a container") != 0;
	}

	std::shared_ptr<detail::ground> on_;
	detail::guest_ptr guest_;
	bool died_;
	detail::scope scope_;
};

/**
 * A container that a factory has made or found, as a pointer to it.
 *
 * Copies are of the same container.  It does not own it: only container_factory::remove() ends one.
 * When somebody has, lock() throws REMOVED, and the container must not be touched.
 */
template <class C> class container {
public:
	/** The container itself; take its lock first. */
	C &operator*() const noexcept
	{
		return *object_;
	}

	C *operator->() const noexcept
	{
		return object_;
	}

	C *get() const noexcept
	{
		return object_;
	}

	/**
	 * Takes its lock, to change it.
	 *
	 * Throws: REMOVED; DEADLOCK, this thread has it; TOO_BIG, it has 16 of this arena; else as
	 * tarn_rwlock_write().
	 * Crash:	atomic; a thread that dies lets go, and the next one is told.
	 * Blocks:	while others have it.
	 */
	[[nodiscard]] container_lock lock() const
	{
		return { on_, guest_, container_lock::kind::alone };
	}

	/** Takes it together with other readers, to look at it. */
	[[nodiscard]] container_lock lock_shared() const
	{
		return { on_, guest_, container_lock::kind::shared };
	}

	/** Its memory, for allocators of more than its own elements. */
	memory_resource *resource() const noexcept
	{
		return on_->facade_of(tarn_guest_where(guest_.get()));
	}

private:
	friend class container_factory;

	container(std::shared_ptr<detail::ground> on, detail::guest_ptr guest, C *object)
		: on_(std::move(on)), guest_(std::move(guest)), object_(object)
	{
	}

	std::shared_ptr<detail::ground> on_;
	detail::guest_ptr guest_;
	C *object_;
};

/**
 * Makes, finds and removes containers of one arena by name.
 *
 * C is a std:: container with tarn::allocator or a polymorphic allocator, or any type that is good in
 * shared memory: no virtual functions, no pointers to what is not in the arena.
 *
 * All members may be called by all threads at once.  All throw address_error where the arena is not at its
 * recorded address in this process, and tarn::error.
 */
class TARN_VISIBLE container_factory {
public:
	/** Of the default arena, which is created if need be: $TARN_ARENA, ... */
	container_factory() : on_(detail::ground::open(nullptr)) {}

	/** Of an arena by name, created if need be; it stays open as long as the process lives. */
	explicit container_factory(const std::string &arena) : on_(detail::ground::open(arena.c_str())) {}

	/**
	 * Of an arena that is open, and stays so as long as the factory and its containers need it.  One that
	 * was wrapped is its owner's to close, who must not do so before.
	 */
	explicit container_factory(arena &where) : on_(detail::ground::of(where)) {}

	/**
	 * Makes a container of these arguments, and its allocator.
	 *
	 * Throws: EXISTS, whatever the object of that name is; INVALID, not a name; what C's constructor does;
	 * std::bad_alloc; else as tarn_guest_create().  Then there is no new container.
	 * Complexity:	that of C's constructor.
	 * Crash:	atomic: killed in the middle of the constructor, it leaves neither name nor memory.
	 * Blocks:	while others create or remove objects.
	 */
	template <class C, class... Args> container<C> create(const std::string &name, Args &&...args)
	{
		birth<C> born(on_, detail::in_short(typeid(C).name()));

		born.make(std::forward<Args>(args)...);
		detail::check(tarn_guest_publish(born.guest(), name.c_str()), "create container", name.c_str());
		return born.done();
	}

	/**
	 * Finds a container.
	 *
	 * Throws: NOT_FOUND; TYPE, it is something else, another type, or of another standard library: what()
	 * says both; CORRUPT; else as tarn_guest_open().
	 * Crash:	none.
	 * Blocks:	while others create or remove objects.
	 */
	template <class C> container<C> get(const std::string &name)
	{
		detail::guest_ptr guest = open(name);

		return { on_, guest, static_cast<C *>(object_of(guest, name, detail::identity_of<C>())) };
	}

	/** get(), or if there is none, create(). */
	template <class C, class... Args> container<C> get_or_create(const std::string &name, Args &&...args)
	{
		for (;;) {
			try {
				return get<C>(name);
			} catch (const error &e) {
				if (e.code() != errc::NOT_FOUND && e.code() != errc::REMOVED)
					throw;
			}
			try {
				return create<C>(name, args...); /* perhaps more than once */
			} catch (const error &e) {
				if (e.code() != errc::EXISTS)
					throw;
			}
		}
	}

	/**
	 * Removes a container: takes its lock and its name, destroys it, and frees all of its memory.
	 *
	 * One that may be half changed, since who had its lock has died, is not destroyed, only freed.
	 *
	 * Throws: as get(), but for NOT_FOUND; DEADLOCK, this thread has its lock; what C's destructor does;
	 * else as tarn_guest_withdraw(), and the container is as it was.
	 * Complexity:	that of C's destructor, and O(blocks).
	 * Crash:	atomic: it is there, or all of it is gone.
	 * Blocks:	while others have its lock.
	 * Return: whether there was one.
	 */
	template <class C> bool remove(const std::string &name)
	{
		try {
			detail::guest_ptr guest = open_apart(name);

			remove_found(guest, static_cast<C *>(object_of(guest, name, detail::identity_of<C>())));
			return true;
		} catch (const error &e) {
			if (e.code() == errc::NOT_FOUND || e.code() == errc::REMOVED)
				return false;
			throw;
		}
	}

	/** Takes the lock of a container, whatever its type; as container::lock(), and NOT_FOUND, TYPE. */
	[[nodiscard]] container_lock lock(const std::string &name)
	{
		return { on_, open(name), container_lock::kind::alone };
	}

	/** The same, together with other readers. */
	[[nodiscard]] container_lock lock_shared(const std::string &name)
	{
		return { on_, open(name), container_lock::kind::shared };
	}

	/** The arena. */
	arena &where() const noexcept
	{
		return on_->where();
	}

	/** Memory of the arena's that no container owns; see <tarn/heap.h>. */
	memory_resource *resource() const noexcept
	{
		return on_->heap();
	}

private:
	/* A guest without a name; unless done() is reached, it goes. */
	template <class C> class birth {
	public:
		birth(std::shared_ptr<detail::ground> on, const std::string &what) : on_(std::move(on))
		{
			struct tarn_guest *guest;

			detail::check(tarn_guest_create(on_->handle(), &guest, what.c_str()), "create container",
				      what.c_str());
			guest_ = { guest, tarn_guest_close };
			on_->build_for(guest_);
		}

		birth(const birth &) = delete;
		birth &operator=(const birth &) = delete;
		~birth() = default; /* a guest without a name ends with its handle */

		template <class... Args> void make(Args &&...args)
		{
			memory_resource *resource = on_->facade_of(tarn_guest_where(guest_.get()));
			detail::scope scope(*on_, guest_.get());
			void *at = memory_resource::take(resource, sizeof(C), alignof(C));

			detail::make_at<C>(at, resource, std::forward<Args>(args)...);
			object_ = static_cast<C *>(at);
			write_label(on_, guest_, at, detail::identity_of<C>());
		}

		struct tarn_guest *guest() const noexcept
		{
			return guest_.get();
		}

		container<C> done()
		{
			detail::check(tarn_rwlock_unlock(tarn_guest_lock(guest_.get())), "create container");
			return { on_, on_->adopt(guest_), object_ };
		}

	private:
		std::shared_ptr<detail::ground> on_;
		detail::guest_ptr guest_;
		C *object_ = nullptr;
	};

	static void write_label(const std::shared_ptr<detail::ground> &on, const detail::guest_ptr &guest,
				const void *object, const detail::identity &identity)
	{
		memory_resource *resource = on->facade_of(tarn_guest_where(guest.get()));
		std::size_t type = identity.type.size() + 1, library = identity.library.size() + 1;
		auto *bytes = static_cast<char *>(
			memory_resource::take(resource, sizeof(detail::label) + type + library, alignof(detail::label)));
		const auto offset_in = [&on](const void *pointer) {
			return static_cast<tarn_off>(static_cast<const char *>(pointer) - on->base());
		};

		::new (bytes) detail::label{ detail::label_magic, offset_in(object), identity.size,
					     identity.align,	   type,	      library };
		std::memcpy(bytes + sizeof(detail::label), identity.type.c_str(), type);
		std::memcpy(bytes + sizeof(detail::label) + type, identity.library.c_str(), library);
		detail::check(tarn_guest_set_root(guest.get(), offset_in(bytes)), "create container");
	}

	/* With a handle of the caller's own. */
	detail::guest_ptr open_apart(const std::string &name)
	{
		struct tarn_guest *guest;

		detail::check(tarn_guest_open(on_->handle(), &guest, name.c_str()), "get container",
			      name.c_str());
		detail::guest_ptr one(guest, tarn_guest_close);
		on_->build_for(one);
		return one;
	}

	detail::guest_ptr open(const std::string &name)
	{
		return on_->adopt(open_apart(name));
	}

	/* The container, if it is what is wanted.  What was read of one that is no more may be anything. */
	void *object_of(const detail::guest_ptr &guest, const std::string &name,
			const detail::identity &wanted)
	{
		struct tarn_arena *in = on_->handle();
		detail::identity found{};
		detail::label label{};
		tarn_off root = 0;

		detail::check(tarn_guest_root(guest.get(), &root), "get container", name.c_str());
		bool labelled = detail::read_label(in, root, label, found);
		detail::check(tarn_guest_root(guest.get(), &root), "get container", name.c_str());
		if (!labelled)
			detail::refuse(TARN_TYPE, name + " is a guest, but no container of a factory");
		if (!(found == wanted))
			detail::refuse(TARN_TYPE, "container " + name + " is " + found.words() + ", and not " +
							  wanted.words());
		void *object = label.object % label.align ? nullptr : tarn_pointer(in, label.object, label.size);
		if (!object)
			detail::refuse(TARN_CORRUPT, "container " + name);
		return object;
	}

	/* The handle is nobody else's: it follows the guest to where that has no name. */
	template <class C> void remove_found(const detail::guest_ptr &guest, C *object)
	{
		bool died = container_lock::take(guest.get(), container_lock::kind::alone);
		detail::scope scope(*on_, guest.get());

		withdraw(guest.get(), died); /* from here on its lock is that of the ending */
		ending over{ on_, guest };
		if (!died)
			object->~C();
	}

	/* If that fails, the next one who takes the lock is told what this one was. */
	static void withdraw(struct tarn_guest *guest, bool died)
	{
		struct tarn_rwlock *lock = tarn_guest_lock(guest);
		int code = tarn_guest_withdraw(guest);

		if (code)
			(void)!(died ? tarn_rwlock_abandon(lock) : tarn_rwlock_unlock(lock));
		detail::check(code, "remove container");
	}

	/* Frees what has lost its name, also if a destructor throws. */
	struct ending {
		std::shared_ptr<detail::ground> on;
		detail::guest_ptr guest;

		~ending()
		{
			(void)!tarn_guest_discard(guest.get());
			on->forget(tarn_guest_where(guest.get()));
		}
	};

	std::shared_ptr<detail::ground> on_;
};

} // namespace tarn

#endif
