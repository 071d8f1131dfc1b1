// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * allocator.hpp -- tarn::allocator<T>: std:: containers in shared memory
 *
 *	using list = std::list<int, tarn::allocator<int>>;
 *	tarn::container_factory factory("orders");
 *	auto numbers = factory.create<list>("numbers");
 *
 * Plain pointers, valid since every process has the arena at its recorded
 * address.  What an allocator holds is one pointer, to a memory_resource, of
 * which each process has its own at the same address (memory_resource.hpp).
 *
 * Which memory
 *	a container of a factory	its own, for itself and all that is in it:
 *					construct() hands the allocator on to
 *					elements that can take one, as std::pmr's
 *					does
 *	default-constructed		that of the innermost container that this
 *					thread has locked, or is making; else the
 *					default arena's ($TARN_ARENA)
 *
 * The last is for temporaries: `m->emplace(key)` under m's lock, with a key that
 * was made on the way, moves it in, and copies nothing.
 *
 * On death: a block that nobody has stored stays its container's, and goes
 * with it.  One of the default arena's is lost: see <tarn/heap.h>.
 */
#ifndef TARN_CXX_ALLOCATOR_HPP
#define TARN_CXX_ALLOCATOR_HPP

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string_view>
#include <tarn/cxx/memory_resource.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tarn {

namespace detail {

template <class T> struct is_pair : std::false_type {};
template <class A, class B> struct is_pair<std::pair<A, B>> : std::true_type {};

template <class T, class A, class... Args> auto arguments(const A &allocator, Args &&...args);

/* A tuple of arguments, completed for each half of a pair. */
template <class T, class A, class Tuple>
auto
half(const A &allocator, Tuple &&tuple)
{
	return std::apply(
		[&](auto &&...args) {
			return arguments<T>(allocator, std::forward<decltype(args)>(args)...);
		},
		std::forward<Tuple>(tuple));
}

template <class P, class A, class X, class Y>
auto
both_halves(const A &allocator, X &&x, Y &&y)
{
	return std::make_tuple(std::piecewise_construct,
			       half<typename P::first_type>(allocator, std::forward<X>(x)),
			       half<typename P::second_type>(allocator, std::forward<Y>(y)));
}

template <class P, class A>
auto
pair_arguments(const A &allocator)
{
	return both_halves<P>(allocator, std::tuple<>(), std::tuple<>());
}

template <class P, class A, class X, class Y>
auto
pair_arguments(const A &allocator, std::piecewise_construct_t, X &&x, Y &&y)
{
	return both_halves<P>(allocator, std::forward<X>(x), std::forward<Y>(y));
}

template <class P, class A, class U, class V>
auto
pair_arguments(const A &allocator, U &&u, V &&v)
{
	return both_halves<P>(allocator, std::forward_as_tuple(std::forward<U>(u)),
			      std::forward_as_tuple(std::forward<V>(v)));
}

template <class P, class A, class Other>
auto
pair_arguments(const A &allocator, Other &&pair)
{
	return both_halves<P>(allocator,
			      std::forward_as_tuple(std::get<0>(std::forward<Other>(pair))),
			      std::forward_as_tuple(std::get<1>(std::forward<Other>(pair))));
}

/* With what T is to be constructed from these, so that it uses the allocator if it can. */
template <class T, class A, class... Args>
auto
arguments(const A &allocator, Args &&...args)
{
	using value = std::remove_cv_t<T>;

	if constexpr (is_pair<value>::value)
		return pair_arguments<value>(allocator, std::forward<Args>(args)...);
	else if constexpr (!std::uses_allocator_v<value, A>)
		return std::forward_as_tuple(std::forward<Args>(args)...);
	else if constexpr (std::is_constructible_v<T, std::allocator_arg_t, const A &, Args...>)
		return std::tuple<std::allocator_arg_t, const A &, Args &&...>(
			std::allocator_arg, allocator, std::forward<Args>(args)...);
	else if constexpr (std::is_constructible_v<T, Args..., const A &>)
		return std::tuple<Args &&..., const A &>(std::forward<Args>(args)..., allocator);
	else /* they have one already: std::scoped_allocator_adaptor's */
		return std::forward_as_tuple(std::forward<Args>(args)...);
}

/* Uses-allocator construction, as C++20's std::uninitialized_construct_using_allocator(). */
template <class T, class A, class... Args>
void
construct_with(const A &allocator, T *at, Args &&...args)
{
	std::apply(
		[at](auto &&...complete) {
			::new (const_cast<void *>(static_cast<const volatile void *>(at)))
				T(std::forward<decltype(complete)>(complete)...);
		},
		arguments<T>(allocator, std::forward<Args>(args)...));
}

} // namespace detail

/**
 * A standard allocator of shared memory; see above for which.
 *
 * Two are equal if they take from the same container or arena.  Assignment and swap of containers do
 * not change their allocators, as with std::pmr: what is assigned is copied into the memory that the
 * container has.  Over-aligned types up to 64 KiB.
 */
template <class T> class allocator {
public:
	using value_type = T;
	using size_type = std::size_t;
	using difference_type = std::ptrdiff_t;
	using is_always_equal = std::false_type;
	using propagate_on_container_copy_assignment = std::false_type;
	using propagate_on_container_move_assignment = std::false_type;
	using propagate_on_container_swap = std::false_type;

	/** That of the innermost container in use by this thread, or of the default arena. */
	allocator() noexcept : resource_(detail::scope::current()) {}

	/** Of that container, or arena; null: the default arena, whichever process asks. */
	allocator(memory_resource *resource) noexcept : resource_(resource) {}

	template <class U>
	allocator(const allocator<U> &other) noexcept : resource_(other.resource())
	{
	}

	/**
	 * Memory for so many, uninitialised.
	 *
	 * Throws: std::bad_alloc (tarn::bad_alloc says why); address_error, when the default arena is opened
	 * by this call; else tarn::error.
	 * Complexity:	as tarn_guest_alloc().
	 * Crash:	atomic.
	 * Blocks:	as tarn_guest_alloc().
	 */
	[[nodiscard]] T *allocate(std::size_t count)
	{
		if (count > max_size())
			throw std::bad_array_new_length();
		return static_cast<T *>(memory_resource::take(home(), count * sizeof(T), alignof(T)));
	}

	/** Gives it back, by whichever process. */
	void deallocate(T *block, std::size_t) noexcept
	{
		void *bytes = const_cast<std::remove_cv_t<T> *>(block);

		if (resource_)
			return memory_resource::give(resource_, bytes);
		if (auto on = detail::ground::at(bytes))
			memory_resource::give(on->heap(), bytes);
	}

	/** As many as could ever be had. */
	std::size_t max_size() const noexcept
	{
		return static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T);
	}

	/** Constructs an element; one that can take this allocator, or halves of a pair that can, do. */
	template <class U, class... Args> void construct(U *at, Args &&...args)
	{
		detail::construct_with(*this, at, std::forward<Args>(args)...);
	}

	/** What it takes from; null: the default arena. */
	memory_resource *resource() const noexcept
	{
		return resource_;
	}

private:
	memory_resource *home() const
	{
		return __builtin_expect(resource_ != nullptr, 1) ? resource_ :
								   detail::ground::of_default().heap();
	}

	memory_resource *resource_;
};

template <class T, class U>
bool
operator==(const allocator<T> &a, const allocator<U> &b) noexcept
{
	return a.resource() == b.resource();
}

template <class T, class U>
bool
operator!=(const allocator<T> &a, const allocator<U> &b) noexcept
{
	return a.resource() != b.resource();
}

} // namespace tarn

namespace tarn::detail {

template <class Char> struct text_hash {
	std::size_t operator()(const std::basic_string<Char, std::char_traits<Char>, allocator<Char>> &text)
		const noexcept
	{
		return std::hash<std::basic_string_view<Char>>()(text);
	}
};

template <class Char> using text_of = std::basic_string<Char, std::char_traits<Char>, allocator<Char>>;

} // namespace tarn::detail

/*
 * Strings of ours as keys of unordered containers, as std::string is.  Each kind by itself: newer
 * libraries have a template for strings of any allocator (LWG 3705), of which this is no rival.
 */
template <> struct std::hash<tarn::detail::text_of<char>> : tarn::detail::text_hash<char> {
};
template <> struct std::hash<tarn::detail::text_of<wchar_t>> : tarn::detail::text_hash<wchar_t> {
};
template <> struct std::hash<tarn::detail::text_of<char16_t>> : tarn::detail::text_hash<char16_t> {
};
template <> struct std::hash<tarn::detail::text_of<char32_t>> : tarn::detail::text_hash<char32_t> {
};
#ifdef __cpp_char8_t
template <> struct std::hash<tarn::detail::text_of<char8_t>> : tarn::detail::text_hash<char8_t> {
};
#endif

#endif
