// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * text_hash.hpp -- hash and compare texts of any type without copying them
 *
 * For maps that can look up by another type than that of their keys.  The
 * hash is the compiler's library's own; it needs no mixing afterwards.
 */
#ifndef TARN_BENCH_PEER_TEXT_HASH_HPP
#define TARN_BENCH_PEER_TEXT_HASH_HPP

#include <functional>
#include <string>
#include <string_view>

using text_view = std::string_view;

struct text_hash {
	using is_transparent = void;
	using is_avalanching = void;

	template <typename Text>
	size_t
	operator()(const Text &text) const
	{
		return std::hash<std::string_view>()({ text.data(), text.size() });
	}
};

struct text_equal {
	using is_transparent = void;

	template <typename A, typename B>
	bool
	operator()(const A &a, const B &b) const
	{
		return std::string_view(a.data(), a.size()) == std::string_view(b.data(), b.size());
	}
};

#endif
