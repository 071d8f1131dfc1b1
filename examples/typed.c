// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed.c -- a map from numbers to structs, and a vector of prices, as C types
 *
 * The wrappers check keys and values at compile time; the type is stored with
 * the object, so another program that takes it for something else is told.
 */
#include <stdio.h>
#include <tarn.h>

struct order {
	double price;
	uint32_t amount;
	char side[4];
};

#define TARN_NAME book
#define TARN_KEY uint64_t
#define TARN_VALUE struct order
#include <tarn/typed/hashmap.h>

#define TARN_NAME prices
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/vector.h>

int
main(void)
{
	struct order order = { 10.5, 3, "buy" };
	struct tarn_arena *arena;
	struct tarn_vector *wrong;
	struct tarn_type other = { TARN_KIND_VECTOR, TARN_KEY_I64, 8, NULL };
	struct prices *prices;
	struct book *book;
	double price = 0;

	if (tarn_arena_open(&arena, NULL, NULL, NULL) ||
		book_open(arena, &book, "book", TARN_OPEN_OR_CREATE) ||
		prices_open(arena, &prices, "prices", TARN_OPEN_OR_CREATE))
		return 1;
	if (book_put(book, 4711, order) || book_get(book, 4711, &order) ||
		prices_push_back(prices, order.price) || prices_get(prices, 0, &price))
		return 1;
	printf("%s %u at %.2f\n", order.side, order.amount, price);
	printf("%s\n", tarn_error_name(tarn_vector_open(arena, &wrong, "prices", &other, TARN_OPEN, NULL)));
	return 0;
}
