// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * article.hpp -- what the two programs have in common: types and names
 *
 * "Creating STL Containers in Shared Memory" (C/C++ Users Journal, 2003) had
 * containerFactory, SharedAllocator and a map of names; here is its program, with
 * what the years have added.  See docs/article.md.
 */
#ifndef ARTICLE_HPP
#define ARTICLE_HPP

#include <deque>
#include <iostream>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tarn/cxx/factory.hpp>
#include <unordered_map>
#include <vector>

template <class T> using shared = tarn::allocator<T>; /* the article's SharedAllocator */

using string = std::basic_string<char, std::char_traits<char>, shared<char>>;
using numbers = std::vector<int, shared<int>>;
using queue = std::list<string, shared<string>>;
using strings = std::vector<string, shared<string>>;
using index_of_words = std::map<string, strings, std::less<>, shared<std::pair<const string, strings>>>;
using primes = std::set<int, std::less<int>, shared<int>>;
using prices = std::unordered_map<string, double, std::hash<string>, std::equal_to<string>,
				  shared<std::pair<const string, double>>>;
using days = std::deque<string, shared<string>>;

/* The article's commonData: plain pointers to containers, valid in every process. */
struct common_data {
	numbers *of_numbers;
	index_of_words *of_words;
	string name; /* takes its memory from where the struct is */
	int runs;
};

template <class C>
void
print(const char *name, const C &all)
{
	std::cout << name << ":";
	for (const auto &one : all)
		std::cout << " " << one;
	std::cout << "\n";
}

inline void
print(const char *name, const string &text)
{
	std::cout << name << ": " << text << "\n";
}

inline void
print(const char *name, const index_of_words &words)
{
	std::cout << name << ":";
	for (const auto &[word, places] : words) {
		std::cout << " " << word << "(";
		for (const auto &place : places)
			std::cout << (&place == &places.front() ? "" : " ") << place;
		std::cout << ")";
	}
	std::cout << "\n";
}

#endif
