// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps and transactions among the living
 *
 * Four writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	totals	  fetch_add, compare_and_swap and update on few keys; exact
 *	left, right	  transfers and moves in transactions, some aborted; what
 *		  they hold together stays, also for a transaction that reads;
 *		  one number is changed by plain calls, too
 *	blobs	  put, insert and erase of byte strings that tell their own sum
 *	grown	  keys that only come: splits and doublings; none that was
 *		  acknowledged is ever missing
 *	cleared	  inserts, erases and clears; a value is a function of its key
 *	temp-N	  maps that are created, used and removed
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define WRITERS 4u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 80000u /* of each writer */
#define READS_LEAST 200u
#define KEYS 8u
#define BLOBS 40u
#define BLOB_MOST 3000u
#define TOKENS 6u
#define ALONE UINT64_C(500) /* a key */
#define WHOLE UINT64_C(1000000)
#define TEMPS 3u

enum which { TOTALS, LEFT, RIGHT, BLOBS_MAP, GROWN, CLEARED, MAPS };

static const struct {
	const char *name;
	struct tarn_type type;
} kinds[MAPS] = {
	[TOTALS] = { "totals", { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL } },
	[LEFT] = { "left", { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL } },
	[RIGHT] = { "right", { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL } },
	[BLOBS_MAP] = { "blobs", { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL } },
	[GROWN] = { "grown", { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL } },
	[CLEARED] = { "cleared", { TARN_KIND_HASHMAP, TARN_KEY_U64, TARN_VALUE_BYTES, NULL } },
};

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t adds[KEYS], updates[KEYS], swaps;
	uint64_t transfers, aborted, alone, moves, blobs, grown, clears, temps;
	uint64_t reads, wrong;
	uint64_t done;
};

static struct control {
	uint64_t present, stop;
	uint64_t grown[WRITERS]; /* acknowledged */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_hashmap *maps[MAPS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

/* ---- small things ------------------------------------------------------------------------------ */

static uint64_t
value_of(uint64_t key)
{
	return tarn__hash_u64(key, 77);
}

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_maps(struct tarn_arena *from, struct tarn_hashmap **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < MAPS; i++)
		expect_0(kinds[i].name, tarn_hashmap_open(from, &opened[i], kinds[i].name,
							  &kinds[i].type, how, NULL));
}

/* ---- totals ------------------------------------------------------------------------------------ */

static int
add_one(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	char *next = arg;
	uint64_t count = 0;

	if (old)
		memcpy(&count, old, 8);
	if (old && old_size != 8 + count % 100)
		wrong("a counter has the wrong length");
	count++;
	memset(next, 0, 8 + 100);
	memcpy(next, &count, 8);
	*out = next;
	*out_size = 8 + count % 100;
	return 0;
}

static void
update_total(void)
{
	unsigned key = (unsigned)roll(KEYS);
	char name[16], next[8 + 100];
	size_t size = (size_t)sprintf(name, "total %u", key);

	expect_0("update", tarn_hashmap_update(maps[TOTALS], name, size, add_one, next));
	report->updates[key]++;
}

static void
add_to_grown(void)
{
	uint64_t key = roll(KEYS);

	expect_0("add", tarn_hashmap_fetch_add(maps[GROWN], &key, 8, 1, NULL));
	report->adds[key]++;
}

static void
swap_total(void)
{
	uint64_t key = KEYS, seen = 0, next;
	int code;

	do {
		code = tarn_hashmap_get(maps[GROWN], &key, 8, &seen, 8, NULL);
		next = seen + 1;
		if (!code)
			code = tarn_hashmap_compare_and_swap(maps[GROWN], &key, 8, &seen, 8, &next,
							     8);
	} while (code == TARN_MISMATCH);
	expect_0("swap", code);
	report->swaps++;
}

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_txn *
begin_both(struct tarn_hashmap **left, struct tarn_hashmap **right)
{
	struct tarn_object *both[] = { tarn_hashmap_object(maps[LEFT]),
				       tarn_hashmap_object(maps[RIGHT]) };
	struct tarn_txn *txn;

	expect_0("begin", tarn_txn_begin(arena, &txn, both, 2));
	*left = tarn_hashmap_in(maps[LEFT], txn);
	*right = tarn_hashmap_in(maps[RIGHT], txn);
	return txn;
}

/* Whether it was committed. */
static bool
end(struct tarn_txn *txn)
{
	if (roll(4)) {
		expect_0("commit", tarn_txn_commit(txn));
		return true;
	}
	tarn_txn_abort(txn);
	report->aborted++;
	return false;
}

static void
transfer(void)
{
	uint64_t from = roll(KEYS), to = roll(KEYS), amount = roll(100);
	struct tarn_hashmap *left, *right;
	struct tarn_txn *txn = begin_both(&left, &right);

	expect_0("take", tarn_hashmap_fetch_add(left, &from, 8, -amount, NULL));
	if (!roll(8))
		sched_yield();
	expect_0("give", tarn_hashmap_fetch_add(right, &to, 8, amount, NULL));
	end(txn);
	report->transfers++;
}

/* Read, and put one more: of those outside nobody comes in between, not even with a plain call. */
static void
count_alone(void)
{
	uint64_t key = ALONE, value = 0;
	struct tarn_hashmap *left, *right;
	struct tarn_txn *txn;

	if (roll(2)) {
		expect_0("add", tarn_hashmap_fetch_add(maps[LEFT], &key, 8, 1, NULL));
		report->alone++;
		return;
	}
	txn = begin_both(&left, &right);
	if (tarn_hashmap_get(left, &key, 8, &value, 8, NULL))
		wrong("a key is missing");
	sched_yield();
	value++;
	expect_0("put", tarn_hashmap_put(left, &key, 8, &value, 8));
	report->alone += end(txn);
}

/* A token is in one of the two maps. */
static void
move(void)
{
	uint64_t token = 100 + roll(TOKENS), value = value_of(token);
	struct tarn_hashmap *left, *right;
	struct tarn_txn *txn = begin_both(&left, &right);
	int code = tarn_hashmap_erase(left, &token, 8);

	if (!roll(8))
		sched_yield();
	if (!code) {
		expect_0("insert", tarn_hashmap_insert(right, &token, 8, &value, 8));
	} else {
		expect_0("erase", tarn_hashmap_erase(right, &token, 8));
		expect_0("insert", tarn_hashmap_insert(left, &token, 8, &value, 8));
	}
	end(txn);
	report->moves++;
}

static uint64_t
sum_of(struct tarn_hashmap *map, uint64_t *tokens)
{
	uint64_t sum = 0, value = 0;

	for (uint64_t key = 0; key < KEYS; key++) {
		if (!tarn_hashmap_get(map, &key, 8, &value, 8, NULL))
			sum += value;
	}
	for (uint64_t key = 100; key < 100 + TOKENS; key++) {
		if (!tarn_hashmap_get(map, &key, 8, &value, 8, NULL))
			*tokens += value == value_of(key);
	}
	return sum;
}

static void
check_both(void)
{
	struct tarn_hashmap *left, *right;
	struct tarn_txn *txn = begin_both(&left, &right);
	uint64_t tokens = 0, sum = sum_of(left, &tokens) + sum_of(right, &tokens);

	if (sum != WHOLE || tokens != TOKENS)
		wrong("a transfer was seen half done");
	expect_0("commit", tarn_txn_commit(txn));
}

/* ---- blobs ------------------------------------------------------------------------------------- */

/* Sum, key, and bytes whose hashes are the sum. */
static size_t
make_blob(uint64_t key, char *blob)
{
	size_t size = 16 + roll(roll(20) ? 100 : BLOB_MOST - 16);
	uint64_t sum;

	memset(blob + 16, (int)roll(256), size - 16);
	memcpy(blob + 8, &key, 8);
	sum = tarn__hash_bytes(blob + 8, size - 8, 3);
	memcpy(blob, &sum, 8);
	return size;
}

static void
check_blob(uint64_t key, const char *blob, size_t size)
{
	uint64_t sum, name;

	if (size < 16 || size > BLOB_MOST) {
		wrong("a blob has the wrong length");
		return;
	}
	memcpy(&sum, blob, 8);
	memcpy(&name, blob + 8, 8);
	if (name != key || sum != tarn__hash_bytes(blob + 8, size - 8, 3))
		wrong("a blob is torn");
}

static void
change_blob(void)
{
	uint64_t key = roll(BLOBS), what = roll(3);
	char name[24], blob[BLOB_MOST];
	size_t name_size = (size_t)sprintf(name, "blob number %u", (unsigned)key);
	size_t size = make_blob(key, blob);
	int code;

	if (what == 0)
		code = tarn_hashmap_put(maps[BLOBS_MAP], name, name_size, blob, size);
	else if (what == 1)
		code = tarn_hashmap_insert(maps[BLOBS_MAP], name, name_size, blob, size);
	else
		code = tarn_hashmap_erase(maps[BLOBS_MAP], name, name_size);
	if (code != TARN_EXISTS && code != TARN_NOT_FOUND)
		expect_0("blob", code);
	report->blobs++;
}

static void
read_blob(struct tarn_hashmap *map)
{
	uint64_t key = roll(BLOBS);
	char name[24], blob[BLOB_MOST];
	size_t name_size = (size_t)sprintf(name, "blob number %u", (unsigned)key), size;
	int code = tarn_hashmap_get(map, name, name_size, blob, sizeof(blob), &size);

	if (code == TARN_NOT_FOUND)
		return;
	expect_0("get blob", code);
	check_blob(key, blob, size);
}

static void
walk_blobs(struct tarn_hashmap *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	char name[24];
	int code;

	expect_0("cursor", tarn_hashmap_cursor_open(map, &cursor));
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry))) {
		memcpy(name, entry.key, entry.key_size);
		name[entry.key_size] = 0;
		check_blob(strtoul(name + 12, NULL, 10), entry.value, entry.value_size);
	}
	if (code != TARN_NOT_FOUND)
		expect_0("walk", code);
	tarn_hashmap_cursor_close(cursor);
}

/* ---- grown ------------------------------------------------------------------------------------- */

static void
grow(void)
{
	uint64_t key = (uint64_t)(place + 1) << 32 | report->grown, value = value_of(key);

	expect_0("grow", tarn_hashmap_insert(maps[GROWN], &key, 8, &value, 8));
	report->grown++;
	tarn__store_release(&control->grown[place], report->grown);
}

static void
read_grown(struct tarn_hashmap *map)
{
	unsigned writer = (unsigned)roll(WRITERS);
	uint64_t known = tarn__load_acquire(&control->grown[writer]), key, value;

	if (!known)
		return;
	key = (uint64_t)(writer + 1) << 32 | (roll(2) ? known - 1 : roll(known));
	expect_0("what was there", tarn_hashmap_get(map, &key, 8, &value, 8, NULL));
	if (value != value_of(key))
		wrong("a value is another key's");
}

/* All that was acknowledged before the walk comes. */
static void
walk_grown(struct tarn_hashmap *map)
{
	uint64_t known = 0, found = 0, key, value;
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;

	for (unsigned i = 0; i < WRITERS; i++)
		known += tarn__load_acquire(&control->grown[i]);
	expect_0("cursor", tarn_hashmap_cursor_open(map, &cursor));
	while (!tarn_hashmap_cursor_next(cursor, &entry)) {
		memcpy(&key, entry.key, 8);
		memcpy(&value, entry.value, 8);
		found += key > KEYS;
		if (key > KEYS && value != value_of(key))
			wrong("a walk tells a wrong value");
	}
	if (found < known)
		wrong("a walk has missed an entry");
	tarn_hashmap_cursor_close(cursor);
}

/* ---- cleared, temporary ------------------------------------------------------------------------ */

static void
change_cleared(void)
{
	uint64_t key = roll(2000), words[32], size = 8 * (1 + key % 32);
	int code = 0;

	for (unsigned i = 0; i < 32; i++)
		words[i] = value_of(key + i);
	if (!roll(60)) {
		code = tarn_hashmap_clear(maps[CLEARED]);
		report->clears++;
	} else if (roll(4)) {
		code = tarn_hashmap_put(maps[CLEARED], &key, 8, words, size);
	} else if (tarn_hashmap_erase(maps[CLEARED], &key, 8) > 0) {
		code = TARN_CORRUPT;
	}
	expect_0("cleared", code);
}

static void
read_cleared(struct tarn_hashmap *map)
{
	uint64_t key = roll(2000), words[32];
	size_t size;
	int code = tarn_hashmap_get(map, &key, 8, words, sizeof(words), &size);

	if (code == TARN_NOT_FOUND)
		return;
	expect_0("get cleared", code);
	if (size != 8 * (1 + key % 32))
		wrong("a size is another key's");
	for (unsigned i = 0; i < size / 8; i++) {
		if (words[i] != value_of(key + i))
			wrong("a value in a cleared map is wrong");
	}
}

static bool
is_gone(int code)
{
	return code == TARN_REMOVED || code == TARN_NOT_FOUND || code == TARN_BUSY;
}

static void
use_temporary(void)
{
	static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, TARN_VALUE_BYTES,
					       NULL };
	struct tarn_hashmap *map;
	char name[16];
	int code;

	sprintf(name, "temp-%u", (unsigned)roll(TEMPS));
	code = tarn_hashmap_open(arena, &map, name, &type, TARN_OPEN_OR_CREATE, NULL);
	if (code == TARN_BUSY)
		return;
	expect_0("temporary", code);
	for (uint64_t key = 0; key < 20 && !code; key++) {
		uint64_t value[2] = { value_of(key), 0 };
		size_t size;

		code = tarn_hashmap_put(map, &key, 8, value, key % 2 ? 8 : 16);
		if (!code)
			code = tarn_hashmap_get(map, &key, 8, value, 16, &size);
		if (!code && value[0] != value_of(key))
			wrong("a temporary value is wrong");
	}
	if (!code && !roll(2))
		code = tarn_object_remove(arena, name);
	if (!is_gone(code))
		expect_0("temporary", code);
	tarn_hashmap_close(map);
	report->temps++;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_some(void)
{
	uint64_t what = roll(100);

	if (what < 15)
		update_total();
	else if (what < 30)
		add_to_grown();
	else if (what < 35)
		swap_total();
	else if (what < 42)
		transfer();
	else if (what < 45)
		count_alone();
	else if (what < 50)
		move();
	else if (what < 65)
		change_blob();
	else if (what < 80)
		grow();
	else if (what < 98)
		change_cleared();
	else
		use_temporary();
}

static void
read_some(struct tarn_hashmap **from, unsigned i, bool may_begin)
{
	uint64_t size;

	read_grown(from[GROWN]);
	read_blob(from[BLOBS_MAP]);
	read_cleared(from[CLEARED]);
	expect_0("size", tarn_hashmap_size(from[GROWN], &size));
	if (i % 16 == 0)
		walk_blobs(from[BLOBS_MAP]);
	if (i % 128 == 0)
		walk_grown(from[GROWN]);
	if (i % 4 == 0 && may_begin)
		check_both();
	report->reads++;
}

static void
read_elsewhere(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_hashmap *opened[MAPS];
	struct tarn_arena *view;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	expect_0("second attachment", tarn_arena_open(&view, name, &options, NULL));
	open_maps(view, opened, TARN_OPEN);
	for (unsigned i = 0; i < READS_LEAST || !tarn__load_acquire(&control->stop); i++)
		read_some(opened, i, false);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmap_close(opened[i]);
	tarn_arena_close(view);
}

/* The body: writers first, then readers, the last of them elsewhere. */
static void
work(unsigned number)
{
	struct report mine = { 0 };

	place = number;
	dice = place + 1;
	report = &mine;
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
	for (unsigned i = 0; place < WRITERS && i < OPERATIONS; i++)
		write_some();
	if (place == WORKERS - 1)
		read_elsewhere();
	else if (place >= WRITERS)
		for (unsigned i = 0; i < READS_LEAST || !tarn__load_acquire(&control->stop); i++)
			read_some(maps, i, true);
	mine.done = 1;
	control->reports[place] = mine; /* read only once this worker has been joined */
}

static void
stop_readers(unsigned worker)
{
	if (worker == WRITERS)
		tarn__store_release(&control->stop, 1);
}

static void
note_end(unsigned worker, bool well)
{
	if (!well)
		control->reports[worker].done = 0; /* a sanitizer's report is a failure, too */
}

static const struct crew crew = { WORKERS, work, stop_readers, note_end };

/* ---- the verdict ------------------------------------------------------------------------------- */

static uint64_t
number_at(struct tarn_hashmap *map, uint64_t key)
{
	uint64_t value = 0;

	(void)!tarn_hashmap_get(map, &key, 8, &value, 8, NULL);
	return value;
}

static uint64_t
total_at(unsigned key)
{
	char name[16], value[8 + 100];
	size_t size;
	uint64_t count = 0;

	if (!tarn_hashmap_get(maps[TOTALS], name, (size_t)sprintf(name, "total %u", key), value,
			      sizeof(value), &size))
		memcpy(&count, value, 8);
	return count;
}

static struct report
sum_reports(void)
{
	struct report sum = { 0 };

	for (unsigned i = 0; i < WORKERS; i++) {
		const uint64_t *words = (const uint64_t *)&control->reports[i];

		for (size_t w = 0; w < sizeof(sum) / sizeof(*words); w++)
			((uint64_t *)&sum)[w] += words[w];
	}
	return sum;
}

static bool
size_is(struct tarn_hashmap *map, uint64_t expected)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t size = 0, count = 0;

	expect_0("size", tarn_hashmap_size(map, &size));
	expect_0("cursor", tarn_hashmap_cursor_open(map, &cursor));
	while (!tarn_hashmap_cursor_next(cursor, &entry))
		count++;
	tarn_hashmap_cursor_close(cursor);
	return size == count && (expected == UINT64_MAX || size == expected);
}

static unsigned
wrong_sums(const struct report *sum)
{
	uint64_t tokens = 0, units = sum_of(maps[LEFT], &tokens) + sum_of(maps[RIGHT], &tokens);
	unsigned bad = units != WHOLE || tokens != TOKENS;

	for (unsigned key = 0; key < KEYS; key++) {
		bad += number_at(maps[GROWN], key) != sum->adds[key];
		bad += total_at(key) != sum->updates[key];
	}
	bad += number_at(maps[GROWN], KEYS) != sum->swaps;
	bad += number_at(maps[LEFT], ALONE) != sum->alone;
	bad += !size_is(maps[GROWN], KEYS + 1 + sum->grown);
	bad += !size_is(maps[BLOBS_MAP], UINT64_MAX);
	bad += !size_is(maps[CLEARED], UINT64_MAX);
	if (tarn_check(arena, NULL, NULL)) {
		fprintf(stderr, "check: %s\n", tarn_error_detail());
		bad++;
	}
	return bad;
}

static void
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 30 };
	uint64_t key = 0, value = WHOLE;

	*control = (struct control){ 0 };
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_maps(arena, maps, TARN_CREATE);
	expect_0("put", tarn_hashmap_put(maps[LEFT], &key, 8, &value, 8));
	value = 0;
	for (key = 0; key <= KEYS; key++)
		expect_0("put", tarn_hashmap_put(maps[GROWN], &key, 8, &value, 8));
	key = ALONE;
	expect_0("put", tarn_hashmap_put(maps[LEFT], &key, 8, &value, 8));
	for (key = 100; key < 100 + TOKENS; key++) {
		value = value_of(key);
		expect_0("put", tarn_hashmap_put(maps[LEFT], &key, 8, &value, 8));
	}
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct report sum;
	unsigned bad;

	prepare();
	run(&crew);
	sum = sum_reports();
	bad = wrong_sums(&sum);
	printf("%s: %lu transfers, %lu moves (%lu undone), %lu blobs, %lu grown, %lu clears, "
	       "%lu temporary; %lu reads\n",
	       what, (unsigned long)sum.transfers, (unsigned long)sum.moves,
	       (unsigned long)sum.aborted, (unsigned long)sum.blobs, (unsigned long)sum.grown,
	       (unsigned long)sum.clears, (unsigned long)sum.temps, (unsigned long)sum.reads);
	printf("%s: %lu wrong reads, %u wrong sums, %lu workers of %u done\n", what,
	       (unsigned long)sum.wrong, bad, (unsigned long)sum.done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmap_close(maps[i]);
	tarn_arena_close(arena);
	return !sum.wrong && !bad && sum.done == WORKERS;
}

int
main(void)
{
	int passed;

	control = crew_memory(sizeof(*control));
	passed = passes("processes", crew_run_processes);
	passed += passes("threads", crew_run_threads);
	printf("%d passed, %d failed\n", passed, 2 - passed);
	return passed != 2;
}
