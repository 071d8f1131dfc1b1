// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- the shared string, beside std::string in private memory
 *
 *	append		16 bytes at a time, 1,000,000 times onto a new string, growth
 *			included; the arena is a new one each time
 *	get		copy out all of a string of 16 bytes, or of 1,000
 *	find		12 bytes that stand only at the end of 1,000,000, in which their
 *			first byte is one of 26
 *
 * One thread, nobody else there.  Processor time.  What a peer does not do:
 * locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_string.h"

#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define APPENDS UINT64_C(1000000)
#define GETS UINT64_C(1000000)
#define LONG UINT64_C(1000000)
#define WANTED "hello, world"

static struct tarn_arena *arena;
static struct tarn_string *short_one, *longer, *longest;
static struct peer_string *peer_short, *peer_longer, *peer_longest;
static char text[LONG];

static void
must(int code)
{
	measure_must("string", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
run_append(uint64_t n, uint64_t unused)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	struct tarn_string *string;
	uint64_t start, taken;

	(void)unused;
	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_string_open(fresh, &string, "s", TARN_CREATE, NULL));
	start = measure_now();
	for (uint64_t i = 0; i < n; i++)
		must(tarn_string_append(string, text + i % 100, 16));
	taken = measure_now() - start;
	tarn_string_close(string);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_get(uint64_t n, uint64_t is_longer)
{
	struct tarn_string *string = is_longer ? longer : short_one;
	uint64_t start = measure_now(), size, sum = 0;
	char bytes[1000];

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_string_get(string, bytes, sizeof(bytes), &size));
		sum += (unsigned char)bytes[size - 1];
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_find(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), index;

	(void)unused;
	(void)n;
	must(tarn_string_find(longest, 0, WANTED, sizeof(WANTED) - 1, &index));
	measure_sink(index);
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_append(uint64_t n, uint64_t unused)
{
	struct peer_string *string = peer_string_new("", 0);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_string_append(string, text, n);
	taken = measure_now() - start;
	peer_string_free(string);
	return taken;
}

static uint64_t
peer_get(uint64_t n, uint64_t is_longer)
{
	uint64_t start = measure_now();

	measure_sink(peer_string_copy(is_longer ? peer_longer : peer_short, n));
	return measure_now() - start;
}

static uint64_t
peer_find(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	(void)n;
	measure_sink(peer_string_find(peer_longest, WANTED, sizeof(WANTED) - 1));
	return measure_now() - start;
}

/* ---- all --------------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ .name = "append/16", .run = run_append, .n = APPENDS },
	{ .name = "peer/append/16", .run = peer_append, .n = APPENDS },
	{ .name = "get/16", .run = run_get, .n = GETS, .arg = 0 },
	{ .name = "peer/get/16", .run = peer_get, .n = GETS, .arg = 0 },
	{ .name = "get/1000", .run = run_get, .n = GETS, .arg = 1 },
	{ .name = "peer/get/1000", .run = peer_get, .n = GETS, .arg = 1 },
	{ .name = "find/1M", .run = run_find, .n = LONG },
	{ .name = "peer/find/1M", .run = peer_find, .n = LONG },
};

static struct tarn_string *
make(const char *name, uint64_t size, struct peer_string **peer)
{
	const char *end = text + sizeof(text) - size;
	struct tarn_string *string;

	must(tarn_string_open(arena, &string, name, TARN_CREATE, NULL));
	must(tarn_string_assign(string, end, size));
	*peer = peer_string_new(end, size);
	return string;
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	uint64_t seed = 1;
	int code;

	for (uint64_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + measure_random(&seed) % 26);
	memcpy(text + sizeof(text) - (sizeof(WANTED) - 1), WANTED, sizeof(WANTED) - 1);
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	short_one = make("short", 16, &peer_short);
	longer = make("longer", 1000, &peer_longer);
	longest = make("longest", LONG, &peer_longest);
	code = measure("string", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
