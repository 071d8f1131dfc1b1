// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * opening.cpp -- an object that was created without a description is opened
 * all the same; one that goes away, or comes, meanwhile is opened as was asked
 *
 * tarn_hashmap_open() is replaced: after it has said TARN_TYPE it does what
 * another process would do just then.
 */
#include "face.hpp"

#include <dlfcn.h>
#include <functional>
#include <utility>

using map = tarn::hashmap<std::uint64_t, std::uint64_t>;

static std::function<void()> meanwhile;

extern "C" int
tarn_hashmap_open(struct tarn_arena *in, struct tarn_hashmap **raw, const char *name,
		  const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	static const auto real = reinterpret_cast<decltype(&tarn_hashmap_open)>(dlsym(RTLD_NEXT, "tarn_hashmap_open"));
	int code = real(in, raw, name, type, how, created);

	if (code == TARN_TYPE && meanwhile)
		std::exchange(meanwhile, nullptr)();
	return code;
}

static void
create_as(tarn::arena &arena, std::uint32_t value_size, const char *fields)
{
	struct tarn_type type = {};
	struct tarn_hashmap *raw;

	type.kind = TARN_KIND_HASHMAP;
	type.key = TARN_KEY_U64;
	type.value_size = value_size;
	type.fields = fields;
	ck_assert_int_eq(tarn_hashmap_open(arena.handle(), &raw, "m", &type, TARN_CREATE, nullptr), 0);
	tarn_hashmap_close(raw);
}

static std::string
fields_of(const map &it)
{
	struct tarn_object_info info;

	ck_assert_int_eq(tarn_object_info(it.object(), &info), 0);
	return info.fields;
}

START_TEST(one_without_a_description_is_opened)
{
	tarn::arena arena = anonymous();

	create_as(arena, 8, nullptr);
	for (tarn::open_mode how : { tarn::open_mode::open, tarn::open_mode::open_or_create })
		ck_assert(fields_of(map(arena, "m", how)).empty());
	ck_assert_int_eq(thrown([&] { map(arena, "m", tarn::open_mode::create); }), TARN_EXISTS);
}
END_TEST

START_TEST(one_that_goes_meanwhile_is_created_with_its_description)
{
	tarn::arena arena = anonymous();

	create_as(arena, 8, nullptr);
	meanwhile = [&] { arena.remove_object("m"); };
	ck_assert(fields_of(map(arena, "m")) == "Q");
	ck_assert(!meanwhile);
}
END_TEST

START_TEST(or_not_at_all)
{
	tarn::arena arena = anonymous();

	create_as(arena, 8, nullptr);
	meanwhile = [&] { arena.remove_object("m"); };
	ck_assert_int_eq(thrown([&] { map(arena, "m", tarn::open_mode::open); }), TARN_NOT_FOUND);
	ck_assert(!meanwhile && !arena.remove_object("m"));
}
END_TEST

START_TEST(what_comes_instead_is_compared)
{
	tarn::arena arena = anonymous();

	create_as(arena, 8, nullptr);
	meanwhile = [&] {
		arena.remove_object("m");
		create_as(arena, 8, "d");
	};
	ck_assert_int_eq(thrown([&] { map(arena, "m"); }), TARN_TYPE);
	ck_assert(arena.remove_object("m"));
	create_as(arena, 16, nullptr);
	ck_assert_int_eq(thrown([&] { map(arena, "m"); }), TARN_TYPE);
}
END_TEST

int
main()
{
	return run_tests("opening", {
		one_without_a_description_is_opened,
		one_that_goes_meanwhile_is_created_with_its_description,
		or_not_at_all,
		what_comes_instead_is_compared,
	});
}
