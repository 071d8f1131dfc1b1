// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * text_less.hpp -- order texts of any type without copying them
 *
 * For ordered maps that can look up by another type than that of their keys.
 */
#ifndef TARN_BENCH_PEER_TEXT_LESS_HPP
#define TARN_BENCH_PEER_TEXT_LESS_HPP

#include <string_view>

using text_view = std::string_view;

struct text_less {
	using is_transparent = void;

	template <typename A, typename B>
	bool
	operator()(const A &a, const B &b) const
	{
		return std::string_view(a.data(), a.size()) < std::string_view(b.data(), b.size());
	}
};

#endif
