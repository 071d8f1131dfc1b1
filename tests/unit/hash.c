// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hash.c -- tests of base/hash.h
 *
 * The values are part of the format, so some are written down here.  The
 * statistics are of fixed inputs: they cannot fail now and then.
 */
#include "base/bits.h"
#include "base/hash.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(values_are_those_of_the_format)
{
	static const char text[] = "The quick brown fox jumps over the lazy dog, then sleeps.";
	static const struct {
		size_t size;
		uint64_t hash;
	} expected[] = {
		{ 0, UINT64_C(0xd643a844cbcbb697) },
		{ 1, UINT64_C(0x44fafad2d8d93bf2) },
		{ 4, UINT64_C(0xf8c615bdef57623b) },
		{ 7, UINT64_C(0x1812d21a4eb16e37) },
		{ 8, UINT64_C(0x51e5fae6520a8cf5) },
		{ 16, UINT64_C(0x52b8a03793d3f1a3) },
		{ 17, UINT64_C(0xa0aaf25ea6703fec) },
		{ 32, UINT64_C(0xa6578dd584866ba7) },
		{ 33, UINT64_C(0x0b57a3af2e3cc7d6) },
		{ 57, UINT64_C(0xebfc7a66eb7f65ee) },
	};

	for (size_t i = 0; i < TARN_ARRAY_SIZE(expected); i++) {
		ck_assert_uint_eq(
			tarn__hash_bytes(text, expected[i].size, 1234567), expected[i].hash);
	}
	ck_assert_uint_eq(tarn__hash_u64(0, 0), UINT64_C(0x98377a303a65a22d));
	ck_assert_uint_eq(tarn__hash_u64(42, 1234567), UINT64_C(0x33b517400bbda37b));
}
END_TEST

START_TEST(every_byte_counts_and_none_beyond)
{
	uint8_t bytes[130];

	for (size_t size = 0; size <= 128; size++) {
		uint64_t hash;

		memset(bytes, 7, sizeof(bytes));
		hash = tarn__hash_bytes(bytes + 1, size, size);
		bytes[0] ^= 1;
		bytes[size + 1] ^= 1;
		ck_assert_uint_eq(tarn__hash_bytes(bytes + 1, size, size), hash);
		for (size_t i = 1; i <= size; i++) {
			bytes[i] ^= 0x80;
			ck_assert_uint_ne(tarn__hash_bytes(bytes + 1, size, size), hash);
			bytes[i] ^= 0x80;
		}
	}
}
END_TEST

START_TEST(a_changed_bit_changes_half_of_the_hash)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t changed = 0;

		for (uint64_t x = 0; x < 1000; x++) {
			uint64_t other = x ^ UINT64_C(1) << bit;

			changed +=
				tarn__popcount(tarn__hash_u64(x, 99) ^ tarn__hash_u64(other, 99));
		}
		ck_assert_uint_gt(changed, 31000);
		ck_assert_uint_lt(changed, 33000);
	}
}
END_TEST

START_TEST(sequential_keys_spread_evenly_over_low_and_high_bits)
{
	enum {
		KEYS = 1 << 16,
		PLACES = 1 << 10
	};
	static unsigned low[PLACES], high[PLACES];

	for (uint64_t key = 0; key < KEYS; key++) {
		uint64_t hash = tarn__hash_u64(key, 5);

		low[hash % PLACES]++;
		high[hash >> 54]++;
	}
	for (unsigned i = 0; i < PLACES; i++) {
		ck_assert_uint_lt(low[i], 64 + 48);
		ck_assert_uint_lt(high[i], 64 + 48);
		ck_assert_uint_gt(low[i], 64 - 48);
		ck_assert_uint_gt(high[i], 64 - 48);
	}
}
END_TEST

START_TEST(no_key_collides_with_another_under_every_seed)
{
	/* with a constant in the secret's place, these would make a factor zero */
	uint64_t keys[] = { TARN_HASH_A, TARN_HASH_B, TARN_HASH_C, TARN_HASH_D, 0, ~UINT64_C(0) };

	for (uint64_t seed = 1; seed < 100; seed++) {
		for (size_t i = 0; i < TARN_ARRAY_SIZE(keys); i++) {
			uint64_t first[] = { keys[i], 1 }, second[] = { keys[i], 2 };

			ck_assert_uint_ne(tarn__hash_bytes(first, 16, seed),
				tarn__hash_bytes(second, 16, seed));
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tests = tcase_create("hash");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, values_are_those_of_the_format);
	tcase_add_test(tests, every_byte_counts_and_none_beyond);
	tcase_add_test(tests, a_changed_bit_changes_half_of_the_hash);
	tcase_add_test(tests, sequential_keys_spread_evenly_over_low_and_high_bits);
	tcase_add_test(tests, no_key_collides_with_another_under_every_seed);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
