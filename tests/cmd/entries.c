// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * entries.c -- the verbs that read and change what is in objects
 *
 * get, set, del, keys, scan, dump, load: good input and bad, all types to the
 * last bit, damaged arenas, arenas that may only be read, and kills.
 */
#include "base/compiler.h"
#include "catalog/entry.h"
#include "cmd/run.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <tarn.h>
#include <unistd.h>

/* Two arenas, and a file; in the tool's words they are $A, $B and $F. */
static char name[64], other[64], scratch[64];
static struct tarn_arena *arena, *copy;

static void
set_up(void)
{
	snprintf(name, sizeof(name), "tool-entries-%d", (int)getpid());
	snprintf(other, sizeof(other), "tool-other-%d", (int)getpid());
	snprintf(scratch, sizeof(scratch), "/tmp/tool-entries-%d", (int)getpid());
	setenv("A", name, 1);
	setenv("B", other, 1);
	setenv("F", scratch, 1);
	ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, NULL), 0);
	ck_assert_int_eq(tarn_arena_open(&copy, other, NULL, NULL), 0);
}

static void
tear_down(void)
{
	tarn_arena_close(arena);
	tarn_arena_close(copy);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(tarn_arena_remove(other), 0);
	unlink(scratch);
}

static void
expect_all(const char *text)
{
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(printed, text);
}

/* ---- making objects -------------------------------------------------------------------------- */

static struct tarn_hashmap *
make_map(const char *object, enum tarn_key_kind key, uint32_t size, const char *fields)
{
	const struct tarn_type type = { TARN_KIND_HASHMAP, key, size, fields };
	struct tarn_hashmap *map;

	ck_assert_int_eq(tarn_hashmap_open(arena, &map, object, &type, TARN_CREATE, NULL), 0);
	return map;
}

static struct tarn_vector *
make_vector(const char *object, enum tarn_key_kind key, uint32_t size, const char *fields)
{
	const struct tarn_type type = { TARN_KIND_VECTOR, key, size, fields };
	struct tarn_vector *vector;

	ck_assert_int_eq(tarn_vector_open(arena, &vector, object, &type, TARN_CREATE, NULL), 0);
	return vector;
}

static struct tarn_string *
make_string(const char *object, const void *bytes, size_t size)
{
	struct tarn_string *string;

	ck_assert_int_eq(tarn_string_open(arena, &string, object, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_string_assign(string, bytes, size), 0);
	return string;
}

/* ---- get, set, del --------------------------------------------------------------------------- */

START_TEST(maps_of_numbers)
{
	make_map("u", TARN_KEY_U64, 8, NULL);
	make_map("i", TARN_KEY_I64, 8, "d");
	run("set $A u 18446744073709551615 18446744073709551614");
	expect_all("");
	run("get $A u 18446744073709551615");
	expect_all("18446744073709551614\n");
	run("get --json $A u 18446744073709551615");
	expect_all("18446744073709551614\n");
	run("set $A i -- -7 -0.1");
	expect_all("");
	run("get $A i -- -7");
	expect_all("-0.10000000000000001\n");
	run("set $A i -- -7 -inf");
	run("get $A i -- -7");
	expect_all("-inf\n");
	run("get --json $A i -- -7");
	expect_all("\"-inf\"\n");
	run("set --json $A i 7 nan");
	expect(0, "\"done\": \"set\"");
	run("del $A i -- -7");
	expect_all("");
	run("keys $A i");
	expect_all("7\n");
	run("del --json $A i 7");
	expect(0, "\"done\": \"del\"");
	run("keys --json $A i");
	expect_all("[]\n");
}
END_TEST

START_TEST(maps_of_text)
{
	make_map("s", TARN_KEY_STRING, TARN_VALUE_BYTES, NULL);
	run("set $A s 'a key' 'a value'");
	run("get $A s 'a key'");
	expect_all("a value\n");
	run("get --json $A s 'a key'");
	expect_all("\"a value\"\n");
	run("set --base64 $A s /w== AP8K");
	run("get --base64 $A s /w== | od -An -tx1");
	expect_all(" 00 ff 0a 0a\n");
	run("get --json --base64 $A s /w==");
	expect_all("{\"base64\":\"AP8K\"}\n");
	run("del --base64 $A s /w==");
	run("set $A s '' ''");
	run("get $A s ''");
	expect_all("\n");
	run("keys $A s | sort");
	expect_all("\na key\n");
}
END_TEST

START_TEST(maps_of_structs)
{
	make_map("m", TARN_KEY_BYTES, 12, NULL);
	run("set --base64 $A m YWI= AAECAwQFBgcICQoL");
	run("get $A m ab");
	expect_all("{\"base64\":\"AAECAwQFBgcICQoL\"}\n");
	run("set $A m ab text");
	expect(2, "--base64");
	run("set --base64 $A m YWI= AAEC");
	expect(2, "another number of bytes");
}
END_TEST

START_TEST(elements)
{
	make_vector("v", TARN_KEY_I32, 4, NULL);
	run("set $A v end 1");
	run("set $A v end -- -2147483648");
	run("set $A v 0 7");
	expect_all("");
	run("get $A v 1");
	expect_all("-2147483648\n");
	run("get $A v end");
	expect_all("-2147483648\n");
	run("scan $A v");
	expect_all("0\t7\n1\t-2147483648\n");
	run("del $A v 0");
	run("scan --json $A v");
	expect_all("[\n  [0, -2147483648]\n]\n");
	run("get $A v 1");
	expect(1, "tarn scan tool-entries");
	run("set $A v 1 1");
	expect(1, "no such entry in v");
	run("del $A v end");
	run("del $A v end");
	expect(1, "no such entry in v");
	run("get $A v end");
	expect(1, "no such entry in v");
}
END_TEST

START_TEST(strings)
{
	make_string("t", "x", 1);
	run("set $A t 'some text'");
	expect_all("");
	run("get $A t");
	expect_all("some text\n");
	run("set $A t ''");
	run("get --json $A t");
	expect_all("\"\"\n");
	run("set --base64 $A t AA==");
	run("get --json $A t");
	expect_all("\"\\u0000\"\n");
	run("get $A t 0");
	expect(2, "number of arguments");
	run("set $A t 0 x");
	expect(2, "number of arguments");
	run("del $A t");
	expect(2, "cannot be done with a string");
	run("scan $A t");
	expect(2, "cannot be done with a string");
}
END_TEST

struct wrong {
	const char *words;
	int status;
	const char *text;
};

static void
make_one_of_each(void)
{
	struct tarn_region *region;
	struct tarn_rwlock *rwlock;
	struct tarn_mutex *mutex;

	make_map("u", TARN_KEY_U64, 8, NULL);
	make_map("b", TARN_KEY_U64, 1, "B");
	make_map("f", TARN_KEY_U64, 4, "f");
	make_map("q", TARN_KEY_U64, 1, "?");
	make_vector("v", TARN_KEY_U64, 8, NULL);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "mutex", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_rwlock_open(arena, &rwlock, "rwlock", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_region_open(arena, &region, "region", TARN_CREATE, NULL), 0);
}

static void
try_wrong(const struct wrong *cases, size_t count)
{
	make_one_of_each();
	for (size_t i = 0; i < count; i++) {
		run(cases[i].words);
		ck_assert_msg(status == cases[i].status && strstr(printed, cases[i].text),
			"%s: exit %d, printed:\n%s", cases[i].words, status, printed);
	}
}

START_TEST(wrong_keys)
{
	static const struct wrong cases[] = {
		{ "get $A", 2, "object's name is missing" },
		{ "get $A u", 2, "number of arguments does not fit a hashmap" },
		{ "get $A u 1 2", 2, "number of arguments" },
		{ "get $A u x", 2, "not a number that fits" },
		{ "get $A u ''", 2, "not a number that fits" },
		{ "get $A u 1x", 2, "not a number that fits" },
		{ "get $A u ' 1'", 2, "not a number that fits" },
		{ "get $A u -- -1", 2, "not a number that fits" },
		{ "get $A u -1", 2, "write -- before a negative number" },
		{ "get $A u 18446744073709551616", 2, "not a number that fits" },
		{ "get $A u 1", 1, "tarn scan tool-entries" },
		{ "get $A none 1", 1, "tarn ls tool-entries" },
		{ "get $A a/b 1", 1, "tarn ls tool-entries" },
		{ "get nothing-there u 1", 1, "tarn ls" },
		{ "get --base64 $A u AAA", 2, "not base64" },
		{ "get --base64 $A u A=A=", 2, "not base64" },
		{ "get --base64 $A u AAAA", 2, "another number of bytes" },
		{ "get --limit=1 $A u 1", 2, "no such option here" },
		{ "get $A mutex", 2, "cannot be done with a mutex" },
		{ "del $A u", 2, "number of arguments" },
		{ "del $A u 1", 1, "no such entry in u" },
		{ "del $A rwlock 1", 2, "cannot be done with a rwlock" },
	};

	try_wrong(cases, TARN_ARRAY_SIZE(cases));
}
END_TEST

START_TEST(wrong_words)
{
	static const struct wrong cases[] = {
		{ "set $A region 1 2", 2, "cannot be done with a region" },
		{ "set $A u 1", 2, "number of arguments" },
		{ "set $A u 1 2 3", 2, "number of arguments" },
		{ "set $A u 1 x", 2, "not a number that fits" },
		{ "set $A b 1 256", 2, "not a number that fits" },
		{ "set $A b 1 -- -1", 2, "not a number that fits" },
		{ "set $A f 1 1e39", 2, "not a number that fits" },
		{ "set $A f 1 ''", 2, "not a number that fits" },
		{ "set $A f 1 0x1", 2, "not a number that fits" },
		{ "set $A q 1 2", 2, "not a number that fits" },
		{ "set $A q 1 yes", 2, "not a number that fits" },
		{ "set $A nothing 1 1", 1, "tarn ls tool-entries" },
		{ "keys $A region", 2, "cannot be done with a region" },
		{ "keys --from=1 $A u", 2, "no such option here" },
		{ "scan $A", 2, "object's name is missing" },
		{ "scan $A u 1", 2, "too many" },
		{ "scan --from=1 $A u", 2, "not in a hashmap" },
		{ "scan --prefix=1 $A u", 2, "keys that are strings" },
		{ "scan --from=x $A v", 2, "not an index" },
		{ "scan --to=-1 $A v", 2, "not an index" },
		{ "scan --limit=0 $A v", 2, "not a size" },
		{ "load", 2, "name is missing" },
		{ "load $A a b", 2, "too many" },
		{ "load $A /nowhere", 1, "No such file" },
		{ "load nothing-there /dev/null", 1, "tarn ls" },
		{ "locks", 2, "name is missing" },
		{ "locks nothing-there", 1, "tarn ls" },
	};

	try_wrong(cases, TARN_ARRAY_SIZE(cases));
}
END_TEST

/* ---- scan, keys ------------------------------------------------------------------------------ */

START_TEST(scans_are_limited)
{
	struct tarn_vector *vector = make_vector("v", TARN_KEY_NONE, 8, "Q");
	struct tarn_hashmap *map = make_map("m", TARN_KEY_STRING, 8, NULL);
	json_t *json;

	for (uint64_t i = 0; i < 20000; i++)
		ck_assert_int_eq(tarn_vector_push_back(vector, &i), 0);
	for (uint64_t i = 0; i < 100; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%s%d", i % 2 ? "odd-" : "even-", (int)i);
		ck_assert_int_eq(tarn_hashmap_put(map, key, strlen(key), &i, 8), 0);
	}
	run("scan --from=8190 --to=8194 $A v");
	expect_all("8190\t8190\n8191\t8191\n8192\t8192\n8193\t8193\n");
	run("scan --from=19998 $A v");
	expect_all("19998\t19998\n19999\t19999\n");
	run("scan --from=5 --to=5 $A v");
	expect_all("");
	run("scan --from=30000 $A v");
	expect_all("");
	run("scan --from=9 --limit=2 $A v");
	expect_all("9\t9\n10\t10\n");
	run("keys --limit=2 $A v");
	expect_all("0\n1\n");
	run("scan $A v | wc -l");
	expect_all("20000\n");
	run("keys --prefix=odd- --json $A m");
	json = parse();
	ck_assert_uint_eq(json_array_size(json), 50);
	json_decref(json);
	run("scan --prefix=odd- --limit=3 --json $A m");
	json = parse();
	ck_assert_uint_eq(json_array_size(json), 3);
	ck_assert_uint_eq(json_array_size(json_array_get(json, 0)), 2);
	json_decref(json);
	run("scan --prefix=odd-99 $A m");
	expect_all("odd-99\t99\n");
	run("scan --prefix=nobody --json $A m");
	expect_all("[]\n");
	run("scan $A m >/dev/full");
	expect(3, "cannot write the output");
}
END_TEST

START_TEST(lines_are_lines)
{
	struct tarn_hashmap *map = make_map("m", TARN_KEY_BYTES, TARN_VALUE_BYTES, NULL);

	ck_assert_int_eq(tarn_hashmap_put(map, "a\nb", 3, "c\td", 3), 0);
	run("scan $A m");
	expect_all("\"a\\nb\"\t\"c\\td\"\n");
	ck_assert_int_eq(tarn_hashmap_clear(map), 0);
	ck_assert_int_eq(tarn_hashmap_put(map, "\"quoted\"", 8, "{", 1), 0);
	run("scan $A m");
	expect_all("\"\\\"quoted\\\"\"\t\"{\"\n");
	ck_assert_int_eq(tarn_hashmap_clear(map), 0);
	ck_assert_int_eq(tarn_hashmap_put(map, "\377", 1, "h\303\244", 3), 0);
	run("scan $A m");
	expect_all("{\"base64\":\"/w==\"}\th\303\244\n");
}
END_TEST

/* ---- dump, load ------------------------------------------------------------------------------ */

static uint64_t
random_bits(void)
{
	static uint64_t state = 42;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state ^ state >> 29;
}

/* Numbers that are hard to write down, in a map, whose values have size bytes. */
static void
make_hard_map(const char *object, enum tarn_key_kind key, uint32_t size, const char *fields)
{
	static const uint64_t hard[] = { 0, 1, 2, UINT64_MAX, INT64_MAX, UINT64_C(1) << 63,
		(UINT64_C(1) << 53) + 1, 0x7f800000, 0x7fc00000, 0x7fc00001, 0xff800000, 0x80000000,
		0x00000001, 0x7f7fffff, UINT64_C(0x7ff0000000000000), UINT64_C(0x7ff8000000000000),
		UINT64_C(0x7ff8000000000001), UINT64_C(0xfff8000000000000),
		UINT64_C(0x7ff0000000000001), UINT64_C(0x3fb999999999999a),
		UINT64_C(0x000fffffffffffff), UINT64_C(0x7fefffffffffffff) };
	struct tarn_hashmap *map = make_map(object, key, size, fields);

	for (uint64_t i = 0; i < TARN_ARRAY_SIZE(hard) + 100; i++) {
		uint64_t bits = i < TARN_ARRAY_SIZE(hard) ? hard[i] : random_bits();
		uint64_t where = i % 2 ? bits : i;

		ck_assert_int_eq(tarn_hashmap_put(map, &where, 8, &bits, size), 0);
	}
	tarn_hashmap_close(map);
}

/* Keys and values of every length to 300, with every byte. */
static void
make_bytes_map(const char *object, enum tarn_key_kind key)
{
	struct tarn_hashmap *map = make_map(object, key, TARN_VALUE_BYTES, NULL);
	unsigned char bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		for (size_t j = 0; j < i; j++)
			bytes[j] = (unsigned char)(i % 3 ? random_bits() : 32 + (i + j) % 96);
		ck_assert_int_eq(tarn_hashmap_put(map, bytes, i, bytes, sizeof(bytes) - i), 0);
	}
	tarn_hashmap_close(map);
}

static void
make_hard_vector(const char *object, enum tarn_key_kind key, uint32_t size, const char *fields)
{
	struct tarn_vector *vector = make_vector(object, key, size, fields);

	for (int i = 0; i < 3000; i++) {
		uint64_t bits[2] = { random_bits(), random_bits() };

		ck_assert_int_eq(tarn_vector_push_back(vector, bits), 0);
	}
	tarn_vector_close(vector);
}

static void
make_everything(void)
{
	static const char *const fields[] = { "?", "b", "B", "h", "H", "i", "I", "q", "Q", "f", "d" };
	static const uint32_t sizes[] = { 1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8 };
	const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, "Q" };
	struct tarn_vector *bounded;
	struct tarn_region *region;
	struct tarn_mutex *mutex;
	struct tarn_rwlock *rwlock;

	for (size_t i = 0; i < TARN_ARRAY_SIZE(fields); i++)
		make_hard_map(fields[i], i % 2 ? TARN_KEY_U64 : TARN_KEY_I64, sizes[i], fields[i]);
	make_hard_map("seven", TARN_KEY_U64, 7, NULL);
	make_bytes_map("strings", TARN_KEY_STRING);
	make_bytes_map("bytes", TARN_KEY_BYTES);
	make_hard_vector("reals", TARN_KEY_F64, 8, NULL);
	make_hard_vector("shorts", TARN_KEY_I32, 4, NULL);
	make_hard_vector("threes", TARN_KEY_NONE, 3, "3s");
	make_hard_vector("floats", TARN_KEY_NONE, 4, "<f");
	make_vector("none", TARN_KEY_U64, 8, NULL);
	ck_assert_int_eq(
		tarn_vector_open_bounded(arena, &bounded, "bounded", &type, TARN_CREATE, 5, NULL), 0);
	make_string("text", "\0\"\\\n\r\t\b\f/\303\244\360\237\230\200", 16);
	make_string("no text", "\355\240\200\377", 4);
	make_string("empty", "", 0);
	make_string("n\303\244me \"quoted\"", "x", 1);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "mutex", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_rwlock_open(arena, &rwlock, "rwlock", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_region_open(arena, &region, "region", TARN_CREATE, NULL), 0);
}

/* ---- comparing, by the library alone --------------------------------------------------------- */

static void
compare_maps(const struct tarn_object_info *info)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	struct tarn_hashmap *one, *two;
	uint64_t sizes[2];
	char value[300];
	size_t size;

	ck_assert_int_eq(tarn_hashmap_open(arena, &one, info->name, &info->type, TARN_OPEN, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_open(copy, &two, info->name, &info->type, TARN_OPEN, NULL), 0);
	ck_assert(!tarn_hashmap_size(one, &sizes[0]) && !tarn_hashmap_size(two, &sizes[1]));
	ck_assert_uint_eq(sizes[0], sizes[1]);
	ck_assert_int_eq(tarn_hashmap_cursor_open(one, &cursor), 0);
	while (!tarn_hashmap_cursor_next(cursor, &entry)) {
		ck_assert_int_eq(tarn_hashmap_get(two, entry.key, entry.key_size, value,
					 sizeof(value), &size), 0);
		ck_assert_uint_eq(size, entry.value_size);
		ck_assert_msg(!memcmp(value, entry.value, size), "%s", info->name);
		sizes[0]--;
	}
	ck_assert_uint_eq(sizes[0], 0);
	tarn_hashmap_cursor_close(cursor);
	tarn_hashmap_close(one);
	tarn_hashmap_close(two);
}

static void
compare_vectors(const struct tarn_object_info *info)
{
	static char ones[3000 * 16], twos[3000 * 16];
	struct tarn_vector *one, *two;
	uint64_t sizes[2], got;

	ck_assert_int_eq(tarn_vector_open(arena, &one, info->name, &info->type, TARN_OPEN, NULL), 0);
	ck_assert_int_eq(tarn_vector_open(copy, &two, info->name, &info->type, TARN_OPEN, NULL), 0);
	ck_assert(!tarn_vector_size(one, &sizes[0]) && !tarn_vector_size(two, &sizes[1]));
	ck_assert_uint_eq(sizes[0], sizes[1]);
	if (!sizes[0])
		return;
	ck_assert_int_eq(tarn_vector_read(one, 0, ones, 3000, &got), 0);
	ck_assert_int_eq(tarn_vector_read(two, 0, twos, 3000, &got), 0);
	ck_assert_msg(!memcmp(ones, twos, got * info->type.value_size), "%s", info->name);
	tarn_vector_close(one);
	tarn_vector_close(two);
}

static void
compare_strings(const struct tarn_object_info *info)
{
	struct tarn_string *one, *two;
	uint64_t sizes[2];
	char bytes[2][64];

	ck_assert_int_eq(tarn_string_open(arena, &one, info->name, TARN_OPEN, NULL), 0);
	ck_assert_int_eq(tarn_string_open(copy, &two, info->name, TARN_OPEN, NULL), 0);
	ck_assert_int_eq(tarn_string_get(one, bytes[0], 64, &sizes[0]), 0);
	ck_assert_int_eq(tarn_string_get(two, bytes[1], 64, &sizes[1]), 0);
	ck_assert_uint_eq(sizes[0], sizes[1]);
	ck_assert(!memcmp(bytes[0], bytes[1], sizes[0]));
	tarn_string_close(one);
	tarn_string_close(two);
}

static int
find_again(const struct tarn_object_info *info, void *arg)
{
	struct tarn_object_info *wanted = arg;

	if (strcmp(info->name, wanted->name) != 0)
		return 0;
	ck_assert_int_eq(info->type.kind, wanted->type.kind);
	ck_assert_int_eq(info->type.key, wanted->type.key);
	ck_assert_uint_eq(info->type.value_size, wanted->type.value_size);
	ck_assert_str_eq(info->fields, wanted->fields);
	ck_assert_uint_eq(info->limit, wanted->limit);
	return 42;
}

static int
compare_object(const struct tarn_object_info *info, void *count)
{
	struct tarn_object_info wanted = *info;

	(*(unsigned *)count)++;
	ck_assert_msg(tarn_object_list(copy, find_again, &wanted) == 42, "%s is not there", info->name);
	if (info->type.kind == TARN_KIND_HASHMAP)
		compare_maps(info);
	if (info->type.kind == TARN_KIND_VECTOR)
		compare_vectors(info);
	if (info->type.kind == TARN_KIND_STRING)
		compare_strings(info);
	return 0;
}

static int
count_object(const struct tarn_object_info *info, void *count)
{
	(void)info;
	(*(unsigned *)count)++;
	return 0;
}

static unsigned
objects_in(struct tarn_arena *in)
{
	unsigned count = 0;

	ck_assert_int_eq(tarn_object_list(in, count_object, &count), 0);
	return count;
}

START_TEST(what_is_dumped_comes_back_bit_for_bit)
{
	unsigned count = 0;
	json_t *json;

	make_everything();
	run("dump --base64 $A | \"$TARN_TOOL\" load --json $B");
	json = parse();
	ck_assert_uint_eq(json_array_size(json), objects_in(arena));
	json_decref(json);
	ck_assert_int_eq(tarn_object_list(arena, compare_object, &count), 0);
	ck_assert_uint_eq(count, 27);
	ck_assert_uint_eq(objects_in(copy), 27);
	run("check $B");
	expect(0, "problems        0\n");
}
END_TEST

/* Sets, deques, lists, stacks, queues, counters, keys of one size, values with fields: what is dumped of both is the same. */
START_TEST(other_kinds_come_back)
{
	const struct tarn_type keys = { .kind = TARN_KIND_HASHSET, .key = TARN_KEY_I64 };
	const struct tarn_type ordered = { .kind = TARN_KIND_SET, .key = TARN_KEY_I64 };
	const struct tarn_type numbers = { .kind = TARN_KIND_DEQUE, .key = TARN_KEY_I32, .value_size = 4 };
	const struct tarn_type texts = { .kind = TARN_KIND_LIST, .value_size = TARN_VALUE_BYTES };
	const struct tarn_type plates = { .kind = TARN_KIND_STACK, .key = TARN_KEY_F64, .value_size = 8 };
	const struct tarn_type jobs = { .kind = TARN_KIND_QUEUE, .value_size = 16, .fields = "=Q:id:Q:x:" };
	const struct tarn_type timers = { .kind = TARN_KIND_PRIORITY_QUEUE, .key = TARN_KEY_I64, .value_size = 8 };
	const struct tarn_type structs = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES,
		.key_size = 16, .value_size = 12, .fields = "=I:id:d:x:" };
	struct tarn_counter *counter, *atomic;
	struct tarn_hashmap *map;
	struct tarn_hashset *set;
	struct tarn_deque *deque;
	struct tarn_list *list;
	struct tarn_stack *stack;
	struct tarn_queue *queue;
	struct tarn_priority_queue *first;
	struct tarn_set *tree;

	ck_assert_int_eq(tarn_stack_open(arena, &stack, "plates", &plates, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_queue_open(arena, &queue, "jobs", &jobs, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_priority_queue_open(arena, &first, "timers", &timers, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashset_open(arena, &set, "set", &keys, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_set_open(arena, &tree, "tree", &ordered, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_deque_open(arena, &deque, "deque", &numbers, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_list_open(arena, &list, "list", &texts, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "structs", &structs, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_counter_open(arena, &counter, "c", TARN_TRANSACTIONAL, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_counter_open(arena, &atomic, "a", TARN_ATOMIC, TARN_CREATE, NULL), 0);
	ck_assert(!tarn_counter_set(counter, INT64_MIN) && !tarn_counter_set(atomic, 7));
	for (int i = 0; i < 500; i++) {
		uint64_t bits[2] = { random_bits(), random_bits() };

		ck_assert_int_eq(tarn_hashset_insert(set, bits, 8), 0);
		ck_assert_int_eq(tarn_set_insert(tree, bits, 8), 0);
		ck_assert_int_eq(tarn_deque_push_front(deque, bits), 0);
		ck_assert_int_eq(tarn_list_push_front(list, bits, bits[0] % 16, NULL), 0);
		ck_assert_int_eq(tarn_stack_push(stack, bits), 0);
		ck_assert_int_eq(tarn_queue_push(queue, bits), 0);
		ck_assert_int_eq(tarn_priority_queue_push(first, bits, NULL), 0);
		ck_assert_int_eq(tarn_hashmap_put(map, bits, 16, bits, 12), 0);
	}
	run("dump --base64 $A | \"$TARN_TOOL\" load $B");
	expect_all("loaded a: 1 entries\nloaded c: 1 entries\nloaded deque: 500 entries\n"
		   "loaded jobs: 500 entries\nloaded list: 500 entries\nloaded plates: 500 entries\n"
		   "loaded set: 500 entries\nloaded structs: 500 entries\nloaded timers: 500 entries\n"
		   "loaded tree: 500 entries\n");
	run("dump --base64 $A | sed 's/,$//' | sort >$F; "
	    "\"$TARN_TOOL\" dump --base64 $B | sed 's/,$//' | sort | diff - $F");
	expect_all("");
	run("get $B c");
	expect_all("-9223372036854775808\n");
	run("set $B a 8; \"$TARN_TOOL\" get $B a; \"$TARN_TOOL\" keys $B set | wc -l");
	expect_all("8\n500\n");
	run("keys $B tree >$F; sort -n $F | diff - $F; wc -l <$F; \"$TARN_TOOL\" del $B tree -- $(head -1 $F); "
	    "\"$TARN_TOOL\" keys $B tree | wc -l");
	expect_all("500\n499\n");
}
END_TEST

/* A key comes as often as it is there, and the values of one in their order. */
START_TEST(multimaps_and_multisets_come_back)
{
	const struct tarn_type pairs = { .kind = TARN_KIND_HASHMULTIMAP, .key = TARN_KEY_STRING,
		.value_size = TARN_VALUE_BYTES };
	const struct tarn_type keys = { .kind = TARN_KIND_HASHMULTISET, .key = TARN_KEY_I64 };
	struct tarn_hashmultimap *map;
	struct tarn_hashmultiset *set;
	int64_t key = -7;

	ck_assert_int_eq(tarn_hashmultimap_open(arena, &map, "pairs", &pairs, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashmultiset_open(arena, &set, "times", &keys, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashmultimap_insert(map, "k", 1, "one", 3), 0);
	ck_assert_int_eq(tarn_hashmultimap_insert(map, "k", 1, "two", 3), 0);
	ck_assert_int_eq(tarn_hashmultiset_add(set, &key, 8, 3), 0);
	run("dump $A | \"$TARN_TOOL\" load $B");
	expect_all("loaded pairs: 2 entries\nloaded times: 3 entries\n");
	run("get $B pairs k; \"$TARN_TOOL\" keys $B times");
	expect_all("one\n-7\n-7\n-7\n");
	run("del $B pairs k; \"$TARN_TOOL\" del $B times -- -7; \"$TARN_TOOL\" keys $B pairs | wc -l; "
	    "\"$TARN_TOOL\" keys $B times | wc -l");
	expect_all("0\n0\n");
	tarn_hashmultimap_close(map);
	tarn_hashmultiset_close(set);
}
END_TEST

/* Entries of a key stay in their order; to set a key is to add one, and to delete it is to erase all. */
START_TEST(keys_that_repeat_come_back)
{
	const struct tarn_type pairs = { .kind = TARN_KIND_MULTIMAP, .key = TARN_KEY_STRING,
		.value_size = TARN_VALUE_BYTES };
	const struct tarn_type keys = { .kind = TARN_KIND_MULTISET, .key = TARN_KEY_I32 };
	struct tarn_multimap *map;
	struct tarn_multiset *set;

	ck_assert_int_eq(tarn_multimap_open(arena, &map, "m", &pairs, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_multiset_open(arena, &set, "s", &keys, TARN_CREATE, NULL), 0);
	for (int32_t i = 0; i < 300; i++)
		ck_assert_int_eq(tarn_multiset_insert(set, &(int32_t){ i % 7 - 3 }, 4, NULL), 0);
	run("set $A m a 2; \"$TARN_TOOL\" set $A m a 1; \"$TARN_TOOL\" set $A m b 3");
	run("scan $A m");
	expect_all("a\t2\na\t1\nb\t3\n");
	run("get $A m a");
	expect_all("2\n");
	run("dump $A | \"$TARN_TOOL\" load $B");
	expect_all("loaded m: 3 entries\nloaded s: 300 entries\n");
	run("dump $A | sed 's/,$//' | sort >$F; "
	    "\"$TARN_TOOL\" dump $B | sed 's/,$//' | sort | diff - $F");
	expect_all("");
	run("del $B m a; \"$TARN_TOOL\" keys $B m | wc -l; \"$TARN_TOOL\" del $B s -- -3; "
	    "\"$TARN_TOOL\" keys $B s | wc -l");
	expect_all("1\n257\n");
}
END_TEST

START_TEST(one_object_comes_back)
{
	make_hard_vector("reals", TARN_KEY_F64, 8, NULL);
	run("dump $A reals >$F");
	expect_all("");
	run("load $B $F");
	expect_all("loaded reals: 3000 entries\n");
	ck_assert_uint_eq(objects_in(copy), 1);
	ck_assert_int_eq(tarn_object_list(arena, compare_object, &(unsigned){ 0 }), 0);
}
END_TEST

START_TEST(load_refuses_what_exists)
{
	make_string("t", "old", 3);
	make_string("u", "new", 3);
	run("dump $A t >$F");
	run("set $A t changed");
	run("load $A $F");
	expect(1, "exists");
	run("get $A t");
	expect_all("changed\n");
	run("dump $A u | \"$TARN_TOOL\" load $A");
	expect(1, "tarn rm");
	run("load --replace $A $F");
	expect_all("loaded t: 1 entries\n");
	run("get $A t");
	expect_all("old\n");
	ck_assert_uint_eq(objects_in(arena), 2);
	run("dump $A | \"$TARN_TOOL\" load $A");
	expect(1, "t: the name or key exists");
	expect(1, "u: the name or key exists");
}
END_TEST

/* They cannot be had, but what comes after them can. */
START_TEST(load_passes_over_regions_with_blocks)
{
	struct tarn_region *region;
	tarn_off block;

	ck_assert_int_eq(tarn_region_open(arena, &region, "a", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_region_alloc(region, 8, &block), 0);
	ck_assert_int_eq(tarn_region_set_root(region, block), 0);
	make_string("b", "x", 1);
	run("dump $A | \"$TARN_TOOL\" load $B");
	expect(1, "a: not loaded: a region's blocks");
	expect(1, "loaded b: 1 entries\n");
	ck_assert_uint_eq(objects_in(copy), 1);
}
END_TEST

START_TEST(manual_says_what_help_says)
{
	run("help | sed -n 's/^  \\(tarn .*\\)/\\1/p' >$F; "
	    "sed -n 's/\\\\f[BIR]//g; s/\\\\-/-/g; /^tarn [a-z]/p; /^.SH DESC/q' "
	    "\"$(dirname \"$TARN_COMPLETION\")/../man/tarn.1\" | diff - $F");
	expect_all("");
}
END_TEST

static void
write_scratch(const char *text)
{
	FILE *file = fopen(scratch, "w");

	ck_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

#define VECTOR "{\"name\": \"x\", \"kind\": \"vector\", \"key\": \"u64\", \"value\": \"8\", \"fields\": \"\", "
#define MAP "{\"name\": \"x\", \"kind\": \"hashmap\", \"key\": \"u64\", \"value\": \"8\", \"fields\": \"\", "

START_TEST(load_refuses_what_is_no_dump)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "", "an object is missing" },
		{ "x", "an object is missing" },
		{ "[", "an object is missing" },
		{ "{}", "an object has nothing" },
		{ "{\"name\": \"x\"}", "must come before" },
		{ "{\"kind\": \"vector\"}", "must come before" },
		{ "{\"name\": \"x\", \"kind\": \"carpet\"}", "no such kind" },
		{ "{\"name\": \"x\", \"key\": \"u65\"}", "no such keys" },
		{ "{\"name\": \"x\", \"value\": \"x\"}", "not the size" },
		{ "{\"name\": \"a/b\", \"kind\": \"string\", \"bytes\": \"\"}", "argument is wrong" },
		{ "{\"name\": \"a\\u0000b\", \"kind\": \"string\"}", "a zero inside" },
		{ "{\"name\" \"x\"}", "has no value" },
		{ "{\"elements\": []}", "must come before" },
		{ VECTOR "\"entries\": []}", "no such contents" },
		{ VECTOR "\"elements\": {}}", "an array is missing" },
		{ VECTOR "\"elements\": [1", "does not end" },
		{ VECTOR "\"elements\": [1,]}", "a value is missing" },
		{ VECTOR "\"elements\": [1 2]}", "does not end" },
		{ VECTOR "\"elements\": [-1]}", "not a number that fits" },
		{ VECTOR "\"elements\": [1.5]}", "not a number that fits" },
		{ VECTOR "\"elements\": [18446744073709551616]}", "not a number that fits" },
		{ VECTOR "\"elements\": [{\"base64\": \"AA==\"}]}", "another number of bytes" },
		{ VECTOR "\"elements\": [{\"base46\": \"AA==\"}]}", "a value is missing" },
		{ VECTOR "\"elements\": [\"\\ud800x\"]}", "a value is missing" },
		{ VECTOR "\"elements\": [\"\\q\"]}", "a value is missing" },
		{ VECTOR "\"elements\": [\"\n\"]}", "a value is missing" },
		{ VECTOR "\"elements\": [\"1]}", "a value is missing" },
		{ VECTOR "\"elements\": [1], \"problem\": \"no\"}", "could not read all" },
		{ VECTOR "\"elements\": [1]", "does not end" },
		{ VECTOR "\"maximum\": 1, \"elements\": [1, 2]}", "no room" },
		{ MAP "\"entries\": [1]}", "a key is missing" },
		{ MAP "\"entries\": [[1]]}", "a value is missing" },
		{ MAP "\"entries\": [[1, 2, 3]]}", "two members" },
		{ MAP "\"entries\": [[\"a\", 2]]}", "not a number that fits" },
		{ MAP "\"entries\": [[[[", "a key is missing" },
		{ "{\"name\": \"x\", \"kind\": \"region\", \"root\": 4096}", "users must make it anew" },
	};

	for (size_t i = 0; i < TARN_ARRAY_SIZE(cases); i++) {
		write_scratch(cases[i].json);
		run("load $A $F");
		ck_assert_msg(status != 0 && strstr(printed, cases[i].text),
			"%s: exit %d, printed:\n%s", cases[i].json, status, printed);
		ck_assert_msg(!objects_in(arena), "%s", cases[i].json);
	}
	write_scratch(VECTOR "\"elements\": [1]} x"); /* too late to undo */
	run("load $A $F");
	expect(3, "more than one value");
	ck_assert_uint_eq(objects_in(arena), 1);
}
END_TEST

START_TEST(load_takes_json_of_other_programs)
{
	write_scratch("[ {\"kind\":\"vector\",\"name\":\"x\",\"key\":\"u64\",\"value\":\"8\",\r\n"
		      "\"note\":[1,{\"a\":[]}],\"elements\":[\"18446744073709551615\" , 7] , \"more\":{}},"
		      "\n{\"name\":\"\\u00e4\\ud83d\\ude00\",\"kind\":\"string\",\"bytes\":\"\\/\"} ]\n");
	run("load $A $F");
	expect_all("loaded x: 2 entries\nloaded \303\244\360\237\230\200: 1 entries\n");
	run("scan $A x");
	expect_all("0\t18446744073709551615\n1\t7\n");
	run("get $A '\303\244\360\237\230\200'");
	expect_all("/\n");
}
END_TEST

static void
kill_load(const char *option, int after_ms)
{
	char words[200];

	snprintf(words, sizeof(words),
		"load %s $B $F >/dev/null & sleep 0.%03d; kill -9 $!; wait $!; true", option,
		after_ms);
	run(words);
}

/* Whoever kills it finds none, or all of it; then the old object, or the new one: never a part. */
START_TEST(killed_loads_leave_no_part)
{
	struct tarn_vector *vector = make_vector("v", TARN_KEY_U64, 8, NULL);
	unsigned whole = 0, none = 0;

	ck_assert_int_eq(tarn_vector_resize(vector, 50000, NULL), 0);
	run("dump $A >$F");
	for (int i = 0; i < 40; i++) {
		kill_load("", i);
		run("dump $B v | grep -c '^    0'");
		if (strtoull(printed, NULL, 10) == 50000)
			whole++;
		else
			none += strstr(printed, "there is no") || strstr(printed, "no such name");
		ck_assert_uint_eq(whole + none, (unsigned)i + 1);
	}
	run("load --replace $B $F");
	for (int i = 0; i < 20; i++) {
		kill_load("--replace", 2 * i);
		run("scan $B v | wc -l");
		expect_all("50000\n");
	}
	run("check $B");
	expect(0, "problems        0\n");
	printf("kills: %u before, %u after\n", none, whole);
	ck_assert_uint_gt(none, 0);
}
END_TEST

/* ---- arenas that are damaged, or may only be read -------------------------------------------- */

START_TEST(damaged_objects)
{
	struct tarn_vector *vector = make_vector("v", TARN_KEY_U64, 8, NULL);
	uint64_t one = 1;
	struct tarn_object_info info;
	struct tarn_entry_shm *entry;

	make_string("whole", "x", 1);
	ck_assert_int_eq(tarn_vector_push_back(vector, &one), 0);
	ck_assert_int_eq(tarn_object_info(tarn_vector_object(vector), &info), 0);
	entry = tarn_pointer(arena, info.root, sizeof(*entry));
	entry->root.structure = 0x7fffffffffff0;
	run("get $A v 0");
	expect(3, "tarn check");
	run("scan $A v");
	expect(3, "tarn check");
	run("scan --json $A v");
	expect(3, "[]\n");
	run("set $A v 0 1");
	expect(3, "tarn check");
	run("dump $A");
	expect(3, "\"problem\": ");
	expect(3, "\"bytes\": \"x\"");
	run("dump $A 2>/dev/null | \"$TARN_TOOL\" load $B");
	expect(1, "v: not loaded: the dump itself could not read all");
	expect(1, "loaded whole: 1 entries\n");
	run("get $A whole");
	expect_all("x\n");
}
END_TEST

static int
find_lowest(const struct tarn_object_info *info, void *lowest)
{
	tarn_off *off = lowest;

	*off = info->root < *off ? info->root : *off;
	return 0;
}

/* An arena anew, with objects that another process has made: this one has no slot in it. */
static tarn_off
make_anew(void)
{
	tarn_off lowest = UINT64_MAX;
	pid_t pid;

	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, NULL), 0);
	pid = fork();
	if (!pid) {
		struct tarn_mutex *mutex;

		make_bytes_map("m", TARN_KEY_STRING);
		make_hard_vector("v", TARN_KEY_U64, 8, NULL);
		make_string("t", "text", 4);
		_exit(tarn_mutex_open(arena, &mutex, "l", TARN_CREATE, NULL));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(tarn_object_list(arena, find_lowest, &lowest), 0);
	return lowest & ~(uint64_t)(TARN_CHUNK - 1);
}

/* Words of the catalog and of the data are any number, or nearly an offset. */
static void
scribble(tarn_off data, unsigned words)
{
	for (unsigned i = 0; i < words; i++) {
		uint64_t off = i % 8 ? data + random_bits() % (TARN_CHUNK * 8)
				     : TARN_CATALOG_WORDS_OFF + random_bits() % 0x8000;
		uint64_t *word = tarn_pointer(arena, off & ~UINT64_C(7), 8);

		if (word)
			*word = i % 2 ? random_bits() : data + random_bits() % (TARN_CHUNK * 8);
	}
}

/* Whatever an arena contains: no verb crashes, or goes on for ever. */
START_TEST(no_verb_minds_what_is_in_an_arena)
{
	static const char *const verbs[] = { "get $A v 7", "get $A m abc", "get $A t", "scan $A m",
		"scan $A v", "keys $A m", "dump $A", "locks $A", "who $A", "stat $A", "ls $A",
		"check --readonly $A", "set $A v end 1", "set $A m abc x", "set $A t y", "del $A v 0",
		"del $A m abc", "load $A $F", "rm $A v", "reap $A" };
	unsigned fine = 0;

	write_scratch("{\"name\": \"u\", \"kind\": \"string\", \"bytes\": \"x\"}");
	setenv("TARN_DEADLINE_MS", "50", 1);
	for (unsigned round = 0; round < 12; round++) {
		scribble(make_anew(), 10u << round);
		for (size_t i = 0; i < TARN_ARRAY_SIZE(verbs); i++) {
			char words[200];

			snprintf(words, sizeof(words),
				"version; timeout -s KILL 20 \"$TARN_TOOL\" %s >/dev/null 2>&1", verbs[i]);
			run(words);
			ck_assert_msg(status <= 3, "%s: exit %d", verbs[i], status);
			fine += status == 0;
		}
	}
	unsetenv("TARN_DEADLINE_MS");
	printf("scribbled arenas: %u of %zu verbs could do their work\n", fine,
		12 * TARN_ARRAY_SIZE(verbs));
	ck_assert_uint_lt(fine, 12 * TARN_ARRAY_SIZE(verbs));
}
END_TEST

/* As a user who may not write; root first becomes one. */
START_TEST(arenas_that_may_only_be_read)
{
	char path[100];

	make_string("t", "x", 1);
	snprintf(path, sizeof(path), "/dev/shm/tarn.%s", name);
	ck_assert_int_eq(chmod(path, 0444), 0);
	if (!geteuid())
		setenv("AS", "setpriv --reuid=65534 --regid=65534 --clear-groups", 1);
	setenv("WORK", "get t#scan t#dump#locks#who#stat#ls#set t y#del t 0#load /dev/null#rm t", 1);
	run("version; $AS true || exit 77; IFS='#'; for words in $WORK; do IFS=' '; set -- $words; "
	    "verb=$1; shift; $AS \"$TARN_TOOL\" $verb $A \"$@\" >/dev/null 2>&1; echo $verb $?; done");
	if (status == 77)
		return;
	expect(0, "get 0\nscan 2\ndump 0\nlocks 0\nwho 0\nstat 0\nls 0\nset 3\ndel 3\nload 3\nrm 3\n");
}
END_TEST

/* ---- locks ----------------------------------------------------------------------------------- */

static void
say(int to)
{
	if (write(to, "", 1) != 1)
		_exit(1);
}

/* A process that does it, says so, and waits to be killed. */
static pid_t
start(void (*work)(int said))
{
	int said[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(said), 0);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(said[1]);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(said[0], &byte, 1), 1);
	close(said[0]);
	close(said[1]);
	return pid;
}

static void
stop(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void
hold(int said)
{
	struct tarn_rwlock *rwlock;
	struct tarn_mutex *mutex;

	if (tarn_mutex_open(arena, &mutex, "m", TARN_OPEN_OR_CREATE, NULL) ||
		tarn_mutex_lock(mutex, TARN_FOREVER) ||
		tarn_rwlock_open(arena, &rwlock, "r", TARN_OPEN_OR_CREATE, NULL) ||
		tarn_rwlock_read(rwlock, TARN_FOREVER))
		_exit(1);
	say(said);
}

static void
await(int said)
{
	struct tarn_mutex *mutex;

	if (tarn_mutex_open(arena, &mutex, "m", TARN_OPEN, NULL))
		_exit(1);
	say(said);
	_exit(tarn_mutex_lock(mutex, TARN_FOREVER) != TARN_OWNER_DIED);
}

static void
await_readers(int said)
{
	struct tarn_rwlock *rwlock;

	if (tarn_rwlock_open(arena, &rwlock, "r", TARN_OPEN, NULL))
		_exit(1);
	say(said);
	_exit(tarn_rwlock_write(rwlock, TARN_FOREVER) != 0);
}

/* Until the tool prints it; a thread takes its time to fall asleep. */
static void
until(const char *words, const char *text)
{
	for (int i = 0; i < 1000; i++) {
		run(words);
		if (!status && strstr(printed, text))
			return;
		usleep(10000);
	}
	ck_abort_msg("%s never prints %s, but:\n%s", words, text, printed);
}

START_TEST(locks_tell_who_holds_and_who_waits)
{
	pid_t holder, waiter, writer;
	char text[100];
	int how;

	run("locks $A");
	expect_all("");
	run("locks --json $A");
	expect_all("[]\n");
	holder = start(hold);
	waiter = start(await);
	writer = start(await_readers);
	snprintf(text, sizeof(text), "m                        mutex   holds            0 %10d %10d\n", holder,
		holder);
	until("locks $A", text);
	snprintf(text, sizeof(text), "m                        mutex   waits            1 %10d %10d\n", waiter,
		waiter);
	until("locks $A", text);
	snprintf(text, sizeof(text), "r                        rwlock  reads            0 %10d %10d\n", holder,
		holder);
	until("locks $A", text);
	snprintf(text, sizeof(text), "r                        rwlock  waits            2 %10d %10d\n", writer,
		writer);
	until("locks $A", text);
	until("who $A", "waits for m, held by slot 0\n");
	until("who --json $A", "\"waits_for_object\": \"m\"");
	until("who --json $A", "\"waits_for_slot\": 0");
	until("locks --json $A", "\"state\": \"waits\"");
	stop(holder);
	ck_assert_int_eq(waitpid(waiter, &how, 0), waiter);
	ck_assert_int_eq(how, 0);
	ck_assert_int_eq(waitpid(writer, &how, 0), writer);
	ck_assert_int_eq(how, 0);
}
END_TEST

START_TEST(locks_tell_of_dead_holders)
{
	pid_t holder = start(hold);

	stop(holder);
	until("locks $A", "dead holder");
	run("reap $A");
	run("locks $A");
	expect_all("LOCK                     KIND    STATE         SLOT        PID        TID\n"
		   "m                        mutex   owner died  \n"
		   "r                        rwlock  free        \n");
	run("locks --json $A");
	expect(0, "\"owner_died\": true");
}
END_TEST

/* ---- completion ------------------------------------------------------------------------------ */

static void
complete(const char *line)
{
	char words[900];

	snprintf(words, sizeof(words),
		"version; bash -c 'PATH=$(dirname \"$TARN_TOOL\"):$PATH; . \"$TARN_COMPLETION\"; "
		"COMP_LINE=\"%s\" COMP_POINT=%zu; _tarn tarn; printf \"%%s\\n\" \"${COMPREPLY[@]}\"'",
		line, strlen(line));
	run(words);
	ck_assert_int_eq(status, 0);
}

START_TEST(completions)
{
	char line[200], text[100];

	make_string("some text", "x", 1);
	make_string("some", "x", 1);
	make_string("som$(echo fail >&2)`echo fail >&2`\"\\", "x", 1);
	complete("tarn l");
	expect(0, "\nls\nlocks\nload\n");
	complete("tarn load --r");
	expect(0, "\n--replace\n");
	complete("tarn stat tool-ent");
	snprintf(text, sizeof(text), "\n%s\n", name);
	expect(0, text);
	snprintf(line, sizeof(line), "tarn get --json %s som", name);
	complete(line);
	expect(0, "\nsom\\$\\(echo\\ fail\\ \\>\\&2\\)\\`echo\\ fail\\ \\>\\&2\\`\\\"\\\\\nsome\nsome\\ text\n");
	snprintf(line, sizeof(line), "tarn get shm:%s som", name);
	complete(line);
	expect(0, "\nsom\\$\\(echo\\ fail\\ \\>\\&2\\)\\`echo\\ fail\\ \\>\\&2\\`\\\"\\\\\nsome\nsome\\ text\n");
	complete("tarn version x");
	ck_assert_ptr_null(strstr(printed, name));
}
END_TEST

/* ---- running --------------------------------------------------------------------------------- */

static TCase *
all_tests(void)
{
	TCase *tests = tcase_create("entries");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, maps_of_numbers);
	tcase_add_test(tests, maps_of_text);
	tcase_add_test(tests, maps_of_structs);
	tcase_add_test(tests, elements);
	tcase_add_test(tests, strings);
	tcase_add_test(tests, wrong_keys);
	tcase_add_test(tests, wrong_words);
	tcase_add_test(tests, scans_are_limited);
	tcase_add_test(tests, lines_are_lines);
	tcase_add_test(tests, what_is_dumped_comes_back_bit_for_bit);
	tcase_add_test(tests, other_kinds_come_back);
	tcase_add_test(tests, multimaps_and_multisets_come_back);
	tcase_add_test(tests, keys_that_repeat_come_back);
	tcase_add_test(tests, one_object_comes_back);
	tcase_add_test(tests, load_refuses_what_exists);
	tcase_add_test(tests, load_passes_over_regions_with_blocks);
	tcase_add_test(tests, load_refuses_what_is_no_dump);
	tcase_add_test(tests, manual_says_what_help_says);
	tcase_add_test(tests, load_takes_json_of_other_programs);
	tcase_add_test(tests, killed_loads_leave_no_part);
	tcase_add_test(tests, damaged_objects);
	tcase_add_test(tests, no_verb_minds_what_is_in_an_arena);
	tcase_add_test(tests, arenas_that_may_only_be_read);
	tcase_add_test(tests, locks_tell_who_holds_and_who_waits);
	tcase_add_test(tests, locks_tell_of_dead_holders);
	tcase_add_test(tests, completions);
	return tests;
}

int
main(void)
{
	Suite *suite = suite_create("entries");
	SRunner *runner;
	int failed;

	if (!getenv("TARN_TOOL") || !getenv("TARN_COMPLETION")) {
		fputs("set TARN_TOOL to the tarn tool, and TARN_COMPLETION to its completion\n", stderr);
		return 2;
	}
	unsetenv("TARN_DEADLINE_MS");
	get_own_shm();
	suite_add_tcase(suite, all_tests());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
