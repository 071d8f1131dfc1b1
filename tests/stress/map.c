// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- ordered maps and transactions among the living
 *
 * Four writers do a fixed number of random things each; two readers walk and
 * look until the writers are done.  Nobody dies.  The same body runs twice:
 * as processes, and as threads, where ThreadSanitizer can see them.
 *
 *	grown	  every tenth key is there throughout; the others come and go,
 *		  one by one and in ranges: splits and merges.  A walk, in
 *		  either direction, meets each tenth key once, and in order
 *	line	  keys are put at its end, and popped from its front: each once
 *	bank	  transfers in transactions; what it holds stays the same, also
 *		  for a transaction that reads
 *	texts	  strings with long beginnings in common, whose values tell their
 *		  own sum
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.
 */
#include "base/atomic.h"
#include "crew.h"

#include <string.h>

#define WRITERS 4u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 60000u /* of each writer */
#define TENTHS UINT64_C(300)
#define KEYS (10 * TENTHS)
#define ACCOUNTS 24u
#define WHOLE UINT64_C(1000000)
#define TEXTS 200u
#define WALKS_LEAST 5u

enum which { GROWN, LINE, BANK, TEXTS_MAP, MAPS };

static const struct {
	const char *name;
	struct tarn_type type;
} kinds[MAPS] = {
	[GROWN] = { "grown", { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL } },
	[LINE] = { "line", { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL } },
	[BANK] = { "bank", { TARN_KIND_MAP, TARN_KEY_I64, 8, NULL } },
	[TEXTS_MAP] = { "texts", { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL } },
};

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t put, popped, put_sum, popped_sum; /* in line */
	uint64_t transfers, aborted, ranges, walks, wrong;
};

static struct control {
	uint64_t stop;
	uint64_t next; /* to be put in line */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_map *maps[MAPS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_maps(struct tarn_arena *from, struct tarn_map **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < MAPS; i++)
		expect_0(kinds[i].name, tarn_map_open(from, &opened[i], kinds[i].name, &kinds[i].type,
						      how, NULL));
}

/* ---- grown ------------------------------------------------------------------------------------- */

static void
come_and_go(void)
{
	uint64_t key = roll(KEYS), value = key * 3, run;
	int code = 0;

	if (roll(200) == 0) { /* between two tenths */
		key = key / 10 * 10 + 1;
		run = key + 9;
		code = tarn_map_erase_range(maps[GROWN], &key, 8, &run, 8, NULL);
		report->ranges++;
	} else if (key % 10 && roll(2)) {
		code = tarn_map_put(maps[GROWN], &key, 8, &value, 8);
	} else if (key % 10) {
		code = tarn_map_erase(maps[GROWN], &key, 8);
	}
	if (code && code != TARN_NOT_FOUND)
		expect_0("grown", code);
}

/* ---- line -------------------------------------------------------------------------------------- */

static void
stand_in_line(void)
{
	uint64_t key = tarn__fetch_add(&control->next, 1), value = ~key;

	expect_0("line", tarn_map_insert(maps[LINE], &key, 8, &value, 8));
	report->put++;
	report->put_sum += key;
}

static void
call_the_first(void)
{
	uint64_t key = 0, value = 0;
	struct tarn_bytes key_room = { &key, 8 }, value_room = { &value, 8 };
	int code = tarn_map_pop_first(maps[LINE], &key_room, &value_room);

	if (code == TARN_NOT_FOUND)
		return;
	expect_0("pop", code);
	if (value != ~key)
		wrong("an entry was popped with another's value");
	report->popped++;
	report->popped_sum += key;
}

/* ---- bank -------------------------------------------------------------------------------------- */

static int
move_some(struct tarn_map *bank, int64_t from, int64_t to)
{
	uint64_t some = roll(10), left;
	int code = tarn_map_fetch_add(bank, &from, 8, -some, &left);

	return code ? code : tarn_map_fetch_add(bank, &to, 8, some, NULL);
}

/* All of it, by a transaction that changes nothing. */
static int
audit(struct tarn_map *bank)
{
	int64_t keys[2 * ACCOUNTS];
	uint64_t values[2 * ACCOUNTS], sum = 0;
	size_t count = 2 * ACCOUNTS;
	int code = tarn_map_scan(bank, NULL, 0, keys, values, &count);

	for (size_t i = 0; !code && i < count; i++)
		sum += values[i];
	if (!code && sum != WHOLE)
		wrong("the bank's whole is not what it was");
	return code;
}

static void
transfer(void)
{
	struct tarn_object *object = tarn_map_object(maps[BANK]);
	int64_t from = (int64_t)roll(ACCOUNTS) - 9, to = (int64_t)roll(ACCOUNTS) - 9;
	struct tarn_txn *txn;
	struct tarn_map *bank;
	int code;

	expect_0("begin", tarn_txn_begin(arena, &txn, &object, 1));
	bank = tarn_map_in(maps[BANK], txn);
	code = move_some(bank, from, to);
	if (!code)
		code = audit(bank);
	expect_0("transfer", code);
	if (roll(4)) {
		expect_0("commit", tarn_txn_commit(txn));
		report->transfers++;
	} else {
		tarn_txn_abort(txn);
		report->aborted++;
	}
}

/* ---- texts ------------------------------------------------------------------------------------- */

static unsigned char
sum_of(const unsigned char *bytes, size_t size)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + bytes[i]);
	return sum;
}

static void
change_text(void)
{
	unsigned char value[400];
	char key[64];
	size_t size = roll(399) + 1;
	size_t key_size = (size_t)sprintf(key, "the beginning of all texts/%lu", (unsigned long)roll(TEXTS));
	int code;

	for (size_t i = 0; i < size; i++)
		value[i] = (unsigned char)roll(256);
	value[0] = (unsigned char)(value[0] - sum_of(value, size));
	code = roll(3) ? tarn_map_put(maps[TEXTS_MAP], key, key_size, value, size)
		       : tarn_map_erase(maps[TEXTS_MAP], key, key_size);
	if (code && code != TARN_NOT_FOUND)
		expect_0("texts", code);
}

static void
walk_texts(struct tarn_map *texts)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	char last[64] = "";
	int code;

	expect_0("cursor", tarn_map_cursor_open(texts, &cursor));
	while (!(code = tarn_map_cursor_next(cursor, &entry))) {
		if (sum_of(entry.value, entry.value_size))
			wrong("a text is torn");
		if (entry.key_size >= sizeof(last) || memcmp(last, entry.key, entry.key_size) >= 0)
			wrong("texts are out of order");
		memset(last, 0, sizeof(last));
		memcpy(last, entry.key, entry.key_size < sizeof(last) ? entry.key_size : 0);
	}
	if (code != TARN_NOT_FOUND)
		expect_0("walk of texts", code);
	tarn_map_cursor_close(cursor);
}

/* ---- readers ----------------------------------------------------------------------------------- */

/* Ascending, or descending; each tenth once. */
static void
walk_grown(struct tarn_map *grown, bool on)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t tenths = 0, last = on ? 0 : UINT64_MAX, key, value;
	bool first = true;
	int code;

	expect_0("cursor", tarn_map_cursor_open(grown, &cursor));
	if (!on)
		tarn_map_cursor_seek_end(cursor);
	while (!(code = on ? tarn_map_cursor_next(cursor, &entry) : tarn_map_cursor_prev(cursor, &entry))) {
		memcpy(&key, entry.key, 8);
		memcpy(&value, entry.value, 8);
		if (!first && (on ? key <= last : key >= last))
			wrong("keys are out of order");
		if (value != key * 3)
			wrong("a value is another's");
		tenths += key % 10 == 0;
		last = key;
		first = false;
	}
	if (code != TARN_NOT_FOUND)
		expect_0("walk", code);
	if (tenths != TENTHS)
		wrong("a walk has missed a key, or met it twice");
	tarn_map_cursor_close(cursor);
}

static void
look_near(struct tarn_map *grown)
{
	uint64_t key = roll(KEYS - 10), found = 0, least = (key + 9) / 10 * 10;
	struct tarn_bytes room = { &found, 8 };

	expect_0("bound", tarn_map_lower_bound(grown, &key, 8, &room, NULL));
	if (found < key || found > least)
		wrong("a lower bound is none");
	expect_0("tenth", tarn_map_get(grown, &least, 8, &found, 8, NULL));
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *from = arena;
	struct tarn_map *opened[MAPS];
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&from, name, &options, NULL));
	}
	open_maps(from, opened, TARN_OPEN);
	while (!tarn__load_acquire(&control->stop) || report->walks < WALKS_LEAST) {
		walk_grown(opened[GROWN], report->walks % 2);
		for (unsigned i = 0; i < 50; i++)
			look_near(opened[GROWN]);
		walk_texts(opened[TEXTS_MAP]);
		report->walks++;
	}
	for (unsigned i = 0; i < MAPS; i++)
		tarn_map_close(opened[i]);
	if (from != arena)
		tarn_arena_close(from);
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_one(void)
{
	uint64_t what = roll(100);

	if (what < 40)
		come_and_go();
	else if (what < 55)
		stand_in_line();
	else if (what < 70)
		call_the_first();
	else if (what < 85)
		change_text();
	else
		transfer();
}

static void
work(unsigned where)
{
	place = where;
	report = &control->reports[where];
	dice = where + 1;
	if (where >= WRITERS) {
		read_all();
		return;
	}
	for (unsigned i = 0; i < OPERATIONS; i++)
		write_one();
}

static void
before_join(unsigned where)
{
	if (where == WRITERS)
		tarn__store_release(&control->stop, 1);
}

static bool all_well;

static void
after_join(unsigned where, bool well)
{
	(void)where;
	all_well &= well;
}

/* ---- before and after -------------------------------------------------------------------------- */

static void
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_maps(arena, maps, TARN_CREATE);
	for (uint64_t key = 0; key < KEYS; key += 10) {
		uint64_t value = key * 3;

		expect_0("tenths", tarn_map_put(maps[GROWN], &key, 8, &value, 8));
	}
	for (int64_t key = -9; key < (int64_t)ACCOUNTS - 9; key++) {
		uint64_t value = key == 0 ? WHOLE : 0;

		expect_0("accounts", tarn_map_put(maps[BANK], &key, 8, &value, 8));
	}
}

static bool
sums_agree(void)
{
	struct report sum = { .walks = 0 };
	uint64_t size, rest = 0, rest_sum = 0, key;
	struct tarn_bytes room = { &key, 8 };

	for (unsigned i = 0; i < WORKERS; i++) {
		const struct report *one = &control->reports[i];

		sum.put += one->put;
		sum.popped += one->popped;
		sum.put_sum += one->put_sum;
		sum.popped_sum += one->popped_sum;
		sum.wrong += one->wrong;
		sum.walks += one->walks;
		sum.transfers += one->transfers;
	}
	expect_0("size", tarn_map_size(maps[LINE], &size));
	for (; !tarn_map_pop_first(maps[LINE], &room, NULL); rest++)
		rest_sum += key;
	printf("%lu put, %lu popped, %lu transfers, %lu walks, %lu wrong\n", (unsigned long)sum.put,
	       (unsigned long)sum.popped, (unsigned long)sum.transfers, (unsigned long)sum.walks,
	       (unsigned long)sum.wrong);
	return !sum.wrong && size == rest && sum.put == sum.popped + rest &&
	       sum.put_sum == sum.popped_sum + rest_sum;
}

static bool
run(void (*how)(const struct crew *crew))
{
	const struct crew crew = { WORKERS, work, before_join, after_join };
	bool well;

	all_well = true;
	prepare();
	how(&crew);
	place = WORKERS - 1;
	report = &control->reports[place];
	expect_0("audit", audit(maps[BANK]));
	well = sums_agree() && all_well;
	expect_0("check", tarn_check(arena, NULL, NULL));
	for (unsigned i = 0; i < MAPS; i++)
		tarn_map_close(maps[i]);
	tarn_arena_close(arena);
	return well;
}

int
main(void)
{
	unsigned failed = 0;

	control = crew_memory(sizeof(*control));
	failed += !run(crew_run_processes);
	failed += !run(crew_run_threads);
	printf("%u passed, %u failed\n", 2 - failed, failed);
	return failed != 0;
}
