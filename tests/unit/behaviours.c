// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * behaviours.c -- what users of shared memory libraries have come to rely on
 *
 * docs/behaviours.md lists it, and which test shows each; here are those that
 * no other test shows as they are told there.  They know the public calls
 * alone.
 */
#include "unit/hashmap_common.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SMALL (UINT64_C(4) << 20)
#define BLOCKS_MOST (SMALL / 16)
#define NAMES_MOST 40000u
#define SAME_NAME_ROUNDS 5000
#define AT_ONCE_ROUNDS 200

static struct tarn_arena *small;
static tarn_off blocks[BLOCKS_MOST];
static uint64_t block_count;

static void
open_small(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = SMALL, .deadline_ms = 10000 };

	ok(tarn_arena_open(&small, "memfd:", &options, NULL));
	block_count = 0;
}

static void
close_small(void)
{
	tarn_arena_close(small);
}

/* Bytes of the blocks that programs have; each byte of the arena is in one place. */
static uint64_t
bytes_in_use(void)
{
	struct tarn_check_options options = { .foreign_blocks = true };
	struct tarn_check_report report;

	ok(tarn_check(small, &options, &report));
	return report.foreign_bytes;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

enum order { SAME, REVERSE, INTERLEAVED, ORDERS };

/* The n-th block to be freed. */
static uint64_t
turn(enum order order, uint64_t n)
{
	uint64_t half = (block_count + 1) / 2;

	if (order == SAME)
		return n;
	if (order == REVERSE)
		return block_count - 1 - n;
	return n < half ? 2 * n : 2 * (n - half) + 1;
}

static void
free_all(enum order order)
{
	for (uint64_t n = 0; n < block_count; n++)
		ok(tarn_free(small, blocks[turn(order, n)]));
	block_count = 0;
}

/* Every byte that was promised. */
static void
fill_block(uint64_t index, uint64_t size)
{
	uint64_t usable = tarn_usable_size(small, blocks[index]);
	void *memory = tarn_pointer(small, blocks[index], usable);

	ck_assert_uint_ge(usable, size);
	ck_assert_ptr_nonnull(memory);
	memset(memory, (int)(index & 0xff), usable);
}

static void
blocks_are_whole(void)
{
	for (uint64_t i = 0; i < block_count; i++) {
		uint64_t usable = tarn_usable_size(small, blocks[i]);
		const unsigned char *memory = tarn_pointer(small, blocks[i], usable);

		for (uint64_t at = 0; at < usable; at++) {
			if (memory[at] != (i & 0xff))
				ck_abort_msg("byte %d of block %d", (int)at, (int)i);
		}
	}
}

START_TEST(sizes_until_refusal_come_back_in_any_order)
{
	uint64_t counts[ORDERS];

	for (enum order order = SAME; order < ORDERS; order++) {
		int code;

		for (uint64_t size = 0; (code = tarn_alloc(small, size, &blocks[block_count])) == 0; size++)
			fill_block(block_count++, size);
		gives(code, TARN_FULL);
		ck_assert_uint_gt(bytes_in_use(), SMALL / 2);
		blocks_are_whole();
		counts[order] = block_count;
		free_all(order);
		ck_assert_uint_eq(bytes_in_use(), 0);
	}
	ck_assert_uint_eq(counts[SAME], counts[REVERSE]);
	ck_assert_uint_eq(counts[SAME], counts[INTERLEAVED]);
}
END_TEST

START_TEST(what_is_more_than_there_is_takes_nothing)
{
	tarn_off block = 4711;
	uint64_t before;

	ok(tarn_alloc(small, 1000, &blocks[0]));
	before = bytes_in_use();
	gives(tarn_alloc(small, SMALL + 1, &block), TARN_TOO_BIG);
	ck_assert_uint_eq(block, 0);
	gives(tarn_alloc(small, SMALL, &block), TARN_FULL);
	ck_assert_uint_eq(block, 0);
	ck_assert_uint_eq(bytes_in_use(), before);
	ok(tarn_free(small, blocks[0]));
	ck_assert_uint_eq(bytes_in_use(), 0);
}
END_TEST

START_TEST(aligned_and_plain_blocks_fill_it_together)
{
	for (enum order order = SAME; order < ORDERS; order++) {
		int code = 0;

		for (uint64_t align = 1; !code; align = align == 4096 ? 1 : 2 * align) {
			code = tarn_alloc_aligned(small, align, align / 2 + 7, &blocks[block_count]);
			if (code)
				break;
			ck_assert_uint_eq((uintptr_t)tarn_pointer(small, blocks[block_count], 1) % align, 0);
			fill_block(block_count++, align / 2 + 7);
			code = tarn_alloc(small, align, &blocks[block_count]);
			if (!code)
				fill_block(block_count++, align);
		}
		gives(code, TARN_FULL);
		blocks_are_whole();
		free_all(order);
		ck_assert_uint_eq(bytes_in_use(), 0);
	}
}
END_TEST

START_TEST(blocks_that_grow_in_turn_stay_apart)
{
	enum { GROWERS = 16 };
	bool full = false;

	while (block_count < GROWERS) {
		ok(tarn_alloc(small, 16, &blocks[block_count]));
		fill_block(block_count++, 16);
	}
	while (!full) {
		for (uint64_t i = 0; i < GROWERS && !full; i++) {
			uint64_t size = tarn_usable_size(small, blocks[i]) * 3 / 2;
			int code = tarn_realloc(small, blocks[i], size, &blocks[i]);

			full = code != 0;
			if (full)
				gives(code, TARN_FULL);
			else
				fill_block(i, size);
		}
		blocks_are_whole();
	}
	free_all(INTERLEAVED);
	ck_assert_uint_eq(bytes_in_use(), 0);
}
END_TEST

/* ---- names ------------------------------------------------------------------------------------- */

static bool listed[NAMES_MOST];
static uint64_t listed_count;

static int
note_name(const struct tarn_object_info *info, void *arg)
{
	unsigned long number = strtoul(info->name + strlen("name "), NULL, 10);

	(void)arg;
	ck_assert_uint_lt(number, NAMES_MOST);
	ck_assert(!listed[number]);
	listed[number] = true;
	listed_count++;
	return 0;
}

static const char *
name_of(uint64_t number)
{
	static char name[32];

	snprintf(name, sizeof(name), "name %llu", (unsigned long long)number);
	return name;
}

static int
open_counter(const char *name, enum tarn_open_mode how, struct tarn_counter **counter, bool *created)
{
	return tarn_counter_open(small, counter, name, TARN_TRANSACTIONAL, how, created);
}

static uint64_t
fill_with_names(void)
{
	struct tarn_counter *counter;
	uint64_t count = 0;
	int code;

	while ((code = open_counter(name_of(count), TARN_CREATE, &counter, NULL)) == 0) {
		tarn_counter_close(counter);
		count++;
		ck_assert_uint_lt(count, NAMES_MOST);
	}
	gives(code, TARN_FULL);
	ck_assert_ptr_null(counter);
	return count;
}

static void
names_are_listed_and_found(uint64_t count)
{
	struct tarn_counter *counter;

	memset(listed, 0, sizeof(listed));
	listed_count = 0;
	ok(tarn_object_list(small, note_name, NULL));
	ck_assert_uint_eq(listed_count, count);
	for (uint64_t i = 0; i < count; i++) {
		ck_assert(listed[i]);
		ok(open_counter(name_of(i), TARN_OPEN, &counter, NULL));
		tarn_counter_close(counter);
	}
}

START_TEST(names_until_memory_is_out_are_all_there_and_go_in_any_order)
{
	uint64_t first = 0;

	for (enum order order = SAME; order < ORDERS; order++) {
		struct tarn_check_report report;

		block_count = fill_with_names();
		first = first ? first : block_count;
		ck_assert_uint_gt(block_count, 1000);
		/* a tomb, a span of another size: not many less than at first */
		ck_assert_uint_ge(block_count, first - first / 50);
		names_are_listed_and_found(block_count);
		for (uint64_t n = 0; n < block_count; n++)
			ok(tarn_object_remove(small, name_of(turn(order, n))));
		names_are_listed_and_found(0);
		ok(tarn_reap(small, NULL));
		ok(tarn_check(small, NULL, &report));
		ck_assert_uint_eq(report.objects + report.removed, 0);
		ck_assert_uint_eq(report.reachable_bytes + report.graveyard_bytes, 0);
	}
}
END_TEST

START_TEST(a_size_that_cannot_be_leaves_no_name)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };
	struct tarn_vector *vector;

	gives(tarn_vector_open_bounded(small, &vector, "v", &type, TARN_CREATE, SMALL, NULL),
	      TARN_TOO_BIG);
	ck_assert_ptr_null(vector);
	gives(tarn_vector_open_bounded(small, &vector, "v", &type, TARN_CREATE, UINT64_MAX / 4, NULL),
	      TARN_TOO_BIG);
	gives(tarn_vector_open(small, &vector, "v", &type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	listed_count = 0;
	ok(tarn_object_list(small, note_name, NULL));
	ck_assert_uint_eq(listed_count, 0);
}
END_TEST

/* ---- two processes ----------------------------------------------------------------------------- */

/* What two processes know of each other, besides the arena. */
static struct two {
	int arrived, created, removed, last[2];
} *two;

static void
open_two(void)
{
	two = mmap(NULL, sizeof(*two), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(two, MAP_FAILED);
}

/* As the parent, and as a child. */
static void
by_two(void (*body)(void))
{
	int status = -1;
	pid_t child;

	open_two();
	child = fork();
	ck_assert_int_ge(child, 0);
	body();
	if (!child)
		_exit(0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

/* Tries until it is there no more, and then creates it. */
static struct tarn_counter *
create_in_turn(const char *name)
{
	struct tarn_counter *counter;
	int code;

	while ((code = open_counter(name, TARN_CREATE, &counter, NULL)) == TARN_EXISTS)
		(void)sched_yield();
	must(code);
	return counter;
}

/* Who has created it is its first user, and the only one who removes it. */
static void
create_and_remove(void)
{
	for (int i = 0; i < SAME_NAME_ROUNDS; i++) {
		struct tarn_counter *counter = create_in_turn("same");
		int64_t before = -1;

		must(tarn_counter_add(counter, 1, &before));
		must(before ? TARN_CORRUPT : 0);
		__atomic_add_fetch(&two->created, 1, __ATOMIC_RELAXED);
		must(tarn_object_remove(small, "same"));
		__atomic_add_fetch(&two->removed, 1, __ATOMIC_RELAXED);
		must(tarn_counter_add(counter, 1, NULL) == TARN_REMOVED ? 0 : TARN_CORRUPT);
		tarn_counter_close(counter);
	}
}

START_TEST(two_processes_create_and_remove_one_name)
{
	struct tarn_check_report report;

	by_two(create_and_remove);
	ck_assert_int_eq(two->created, two->removed);
	ck_assert_int_eq(two->created, 2 * SAME_NAME_ROUNDS);
	ok(tarn_reap(small, NULL));
	ok(tarn_check(small, NULL, &report));
	ck_assert_uint_eq(report.objects + report.removed, 0);
	ck_assert_uint_eq(report.leaked_bytes, 0);
}
END_TEST

static void
meet(int round)
{
	__atomic_add_fetch(&two->arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&two->arrived, __ATOMIC_SEQ_CST) < 2 * (round + 1))
		;
}

static void
find_or_create(void)
{
	for (int i = 0; i < AT_ONCE_ROUNDS; i++) {
		struct tarn_counter *counter;
		bool created = false;

		meet(2 * i);
		must(open_counter(name_of((uint64_t)i), TARN_OPEN_OR_CREATE, &counter, &created));
		__atomic_add_fetch(&two->created, created, __ATOMIC_RELAXED);
		must(tarn_counter_add(counter, 1, NULL));
		meet(2 * i + 1);
		tarn_counter_close(counter);
	}
}

START_TEST(of_two_who_find_or_create_at_once_one_creates)
{
	by_two(find_or_create);
	ck_assert_int_eq(two->created, AT_ONCE_ROUNDS);
	for (uint64_t i = 0; i < AT_ONCE_ROUNDS; i++) {
		struct tarn_counter *counter;
		int64_t value = 0;

		ok(open_counter(name_of(i), TARN_OPEN, &counter, NULL));
		ok(tarn_counter_get(counter, &value));
		ck_assert_int_eq(value, 2);
		tarn_counter_close(counter);
	}
}
END_TEST

/* ---- a copy of all ----------------------------------------------------------------------------- */

static char original[] = "/tmp/tarn-behaviours.XXXXXX", copied[64];

static void
make_paths(void)
{
	int fd = mkstemp(original);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(unlink(original), 0);
	snprintf(copied, sizeof(copied), "%s.copy", original);
}

static void
remove_paths(void)
{
	(void)unlink(original);
	(void)unlink(copied);
}

static struct tarn_arena *
open_file(const char *path, enum tarn_open_mode how, bool elsewhere)
{
	struct tarn_arena_options options = { .how = how, .elsewhere = elsewhere, .max_threads = 8,
					      .max_size = how == TARN_CREATE ? SMALL : 0 };
	struct tarn_arena *opened;
	char name[80];

	snprintf(name, sizeof(name), "file:%s", path);
	ok(tarn_arena_open(&opened, name, &options, NULL));
	return opened;
}

static void
copy_file(void)
{
	static char bytes[1 << 16];
	int from = open(original, O_RDONLY), to = open(copied, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ssize_t size;

	ck_assert_int_ge(from, 0);
	ck_assert_int_ge(to, 0);
	while ((size = read(from, bytes, sizeof(bytes))) > 0)
		ck_assert_int_eq(write(to, bytes, (size_t)size), size);
	ck_assert_int_eq(size, 0);
	close(from);
	close(to);
}

/* What was put in comes out, and what is put in the copy is not in the other. */
static void
look_at_copy(struct tarn_arena *copy, struct tarn_hashmap *whole)
{
	struct tarn_hashmap *part;
	bool equal = false;

	ok(tarn_check(copy, NULL, NULL));
	ok(tarn_hashmap_open(copy, &part, "map", &words, TARN_OPEN, NULL));
	ck_assert_uint_eq(size_of(part), 5000);
	for (uint64_t key = 0; key < 5000; key++)
		has(part, key, key);
	ok(tarn_hashmap_equal(whole, part, &equal));
	ck_assert(equal);
	ok(erase(part, 17));
	has(whole, 17, 17);
	has_not(part, 17);
	tarn_hashmap_close(part);
}

START_TEST(a_copy_of_the_file_is_an_arena_of_its_own)
{
	struct tarn_arena *whole = open_file(original, TARN_CREATE, false), *copy;
	struct tarn_hashmap *in;

	ok(tarn_hashmap_open(whole, &in, "map", &words, TARN_CREATE, NULL));
	fill(in, 0, 5000);
	copy_file(); /* attached, but nobody is in a call */
	copy = open_file(copied, TARN_OPEN, true);
	look_at_copy(copy, in);
	tarn_arena_close(copy);
	tarn_hashmap_close(in);
	tarn_arena_close(whole);
}
END_TEST

/* ---- all --------------------------------------------------------------------------------------- */

static void
add_small(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_small, close_small);
	tcase_add_test(tests, sizes_until_refusal_come_back_in_any_order);
	tcase_add_test(tests, what_is_more_than_there_is_takes_nothing);
	tcase_add_test(tests, aligned_and_plain_blocks_fill_it_together);
	tcase_add_test(tests, blocks_that_grow_in_turn_stay_apart);
	tcase_add_test(tests, names_until_memory_is_out_are_all_there_and_go_in_any_order);
	tcase_add_test(tests, a_size_that_cannot_be_leaves_no_name);
	tcase_add_test(tests, two_processes_create_and_remove_one_name);
	tcase_add_test(tests, of_two_who_find_or_create_at_once_one_creates);
}

int
main(void)
{
	Suite *suite = suite_create("behaviours");
	TCase *in_small = tcase_create("in a small arena"), *in_files = tcase_create("in files");
	SRunner *runner;
	int failed;

	add_small(in_small);
	tcase_add_checked_fixture(in_files, make_paths, remove_paths);
	tcase_add_test(in_files, a_copy_of_the_file_is_an_arena_of_its_own);
	tcase_set_timeout(in_small, 50);
	suite_add_tcase(suite, in_small);
	suite_add_tcase(suite, in_files);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
