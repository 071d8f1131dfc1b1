// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kinds.hpp -- every std:: container, by the allocator that it has; filled,
 * changed, and shown
 *
 *	family<tarn::allocator>::string			...
 *	for_all<tarn::allocator>(visitor)		visitor.template visit<C>("name")
 *	grow(c, from, to), thin(c, from, to)		the same on every kind
 *	show(c)						as text: two that show the same are the same
 *
 * What a container holds follows from the calls made on it; so a container in
 * shared memory is right if one in private memory, after the same calls,
 * shows the same.
 */
#ifndef TEST_CXX_KINDS_HPP
#define TEST_CXX_KINDS_HPP

#include <algorithm>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kinds {

template <template <class> class A> struct family {
	using string = std::basic_string<char, std::char_traits<char>, A<char>>;
	template <class T> using vector = std::vector<T, A<T>>;
	template <class T> using deque = std::deque<T, A<T>>;
	template <class T> using list = std::list<T, A<T>>;
	template <class T> using forward_list = std::forward_list<T, A<T>>;
	template <class T> using set = std::set<T, std::less<T>, A<T>>;
	template <class T> using multiset = std::multiset<T, std::less<T>, A<T>>;
	template <class K, class T> using map = std::map<K, T, std::less<K>, A<std::pair<const K, T>>>;
	template <class K, class T>
	using multimap = std::multimap<K, T, std::less<K>, A<std::pair<const K, T>>>;
	template <class T>
	using unordered_set = std::unordered_set<T, std::hash<T>, std::equal_to<T>, A<T>>;
	template <class T>
	using unordered_multiset = std::unordered_multiset<T, std::hash<T>, std::equal_to<T>, A<T>>;
	template <class K, class T>
	using unordered_map =
		std::unordered_map<K, T, std::hash<K>, std::equal_to<K>, A<std::pair<const K, T>>>;
	template <class K, class T>
	using unordered_multimap =
		std::unordered_multimap<K, T, std::hash<K>, std::equal_to<K>, A<std::pair<const K, T>>>;
};

/* Each once with what is small, once with what has blocks of its own; then nested. */
template <template <class> class A, class Visitor>
void
for_all(Visitor &&see)
{
	using f = family<A>;
	using string = typename f::string;

	see.template visit<typename f::template vector<int>>("vector of int");
	see.template visit<typename f::template vector<string>>("vector");
	see.template visit<typename f::template deque<int>>("deque of int");
	see.template visit<typename f::template deque<string>>("deque");
	see.template visit<typename f::template list<int>>("list of int");
	see.template visit<typename f::template list<string>>("list");
	see.template visit<typename f::template forward_list<string>>("forward_list");
	see.template visit<string>("string");
	see.template visit<typename f::template set<int>>("set of int");
	see.template visit<typename f::template set<string>>("set");
	see.template visit<typename f::template multiset<string>>("multiset");
	see.template visit<typename f::template map<int, int>>("map of int");
	see.template visit<typename f::template map<string, string>>("map");
	see.template visit<typename f::template multimap<string, string>>("multimap");
	see.template visit<typename f::template unordered_set<string>>("unordered_set");
	see.template visit<typename f::template unordered_multiset<string>>("unordered_multiset");
	see.template visit<typename f::template unordered_map<int, int>>("unordered_map of int");
	see.template visit<typename f::template unordered_map<string, string>>("unordered_map");
	see.template visit<typename f::template unordered_multimap<string, string>>("unordered_multimap");
	see.template visit<typename f::template map<string, typename f::template vector<string>>>(
		"map of vectors");
	see.template visit<typename f::template vector<
		typename f::template list<typename f::template deque<string>>>>("vector of lists of deques");
	see.template visit<typename f::template map<
		string, typename f::template unordered_map<int, typename f::template vector<string>>>>(
		"map of unordered_maps of vectors");
	see.template visit<typename f::template unordered_map<
		string, typename f::template map<int, typename f::template list<string>>>>(
		"unordered_map of maps of lists");
	see.template visit<typename f::template multimap<
		string, typename f::template forward_list<typename f::template multiset<string>>>>(
		"multimap of forward_lists of multisets");
}

/* ---- what kind is it? -------------------------------------------------------------------------- */

template <class C, class = void> struct is_map : std::false_type {};
template <class C> struct is_map<C, std::void_t<typename C::mapped_type>> : std::true_type {};
template <class C, class = void> struct is_keyed : std::false_type {};
template <class C> struct is_keyed<C, std::void_t<typename C::key_type>> : std::true_type {};
template <class C, class = void> struct is_hashed : std::false_type {};
template <class C> struct is_hashed<C, std::void_t<typename C::hasher>> : std::true_type {};
template <class C, class = void> struct is_forward : std::true_type {};
template <class C>
struct is_forward<C, std::void_t<decltype(std::declval<C &>().size())>> : std::false_type {};
template <class C> struct is_string : std::false_type {};
template <class A>
struct is_string<std::basic_string<char, std::char_traits<char>, A>> : std::true_type {};
template <class C> struct is_two : std::false_type {};
template <class A, class B> struct is_two<std::pair<A, B>> : std::true_type {};

/* ---- values ------------------------------------------------------------------------------------ */

/* Some are short enough to lie in the string itself. */
inline std::string
text(int i)
{
	return i % 3 ? "a text that needs a block of its own, number " + std::to_string(i) :
		       "short " + std::to_string(i % 1000);
}

template <class T>
T
value(int i)
{
	if constexpr (is_string<T>::value)
		return T(text(i).c_str());
	else
		return static_cast<T>(i);
}

template <class C> void grow(C &c, int from, int to);

template <class T>
void
set(T &at, int i)
{
	if constexpr (std::is_arithmetic_v<T>)
		at = static_cast<T>(i);
	else if constexpr (is_string<T>::value)
		at.assign(text(i).c_str());
	else
		grow(at, i, i + 3);
}

/* ---- the same on every kind -------------------------------------------------------------------- */

template <class C>
void
grow_one(C &c, int i)
{
	if constexpr (is_map<C>::value) {
		auto at = c.emplace(std::piecewise_construct,
				    std::forward_as_tuple(value<typename C::key_type>(i)), std::tuple<>());

		if constexpr (is_two<decltype(at)>::value)
			set(at.first->second, i);
		else
			set(at->second, i);
	} else if constexpr (is_keyed<C>::value) {
		c.insert(value<typename C::key_type>(i));
	} else if constexpr (is_string<C>::value) {
		c.append(text(i).c_str());
	} else if constexpr (is_forward<C>::value) {
		c.emplace_front();
		set(c.front(), i);
	} else {
		c.emplace_back();
		set(c.back(), i);
	}
}

/* Some of what allows it twice. */
template <class C>
void
grow(C &c, int from, int to)
{
	for (int i = from; i < to; i++) {
		grow_one(c, i);
		if (i % 5 == 0)
			grow_one(c, i);
	}
}

/* Every second away. */
template <class C>
void
thin(C &c, int from, int to)
{
	if constexpr (is_keyed<C>::value) {
		for (int i = from; i < to; i += 2)
			c.erase(value<typename C::key_type>(i));
	} else if constexpr (is_string<C>::value) {
		c.erase(0, c.size() / 2);
		c.insert(0, "thinned ");
	} else if constexpr (is_forward<C>::value) {
		for (auto at = c.begin(); at != c.end() && std::next(at) != c.end(); ++at)
			c.erase_after(at);
	} else {
		for (auto at = c.begin(); at != c.end(); at = at == c.end() ? at : std::next(at))
			at = c.erase(at);
	}
}

template <class T>
std::string
show(const T &it)
{
	if constexpr (std::is_arithmetic_v<T>) {
		return std::to_string(it);
	} else if constexpr (is_string<T>::value) {
		return std::string(it.c_str(), it.size());
	} else if constexpr (is_two<T>::value) {
		return show(it.first) + "=" + show(it.second);
	} else {
		std::vector<std::string> all;
		std::string text = "{";

		for (const auto &one : it)
			all.push_back(show(one));
		if (is_hashed<T>::value)
			std::sort(all.begin(), all.end());
		for (const auto &one : all)
			text += one + ",";
		return text + "}";
	}
}

} // namespace kinds

#endif
