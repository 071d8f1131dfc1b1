// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * demo_print.c -- what the demo says at its end
 *
 * The fields are a table, so that people and programs are told the same;
 * programs in whole bytes and nanoseconds.
 */
#include "demo.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

enum form {
	NUMBER,
	MEGABYTES,
	MILLISECONDS,
	SECONDS
};

static const struct {
	const char *name, *key;
	size_t offset;
	enum form form;
} fields[] = {
	{ "megabytes", "bytes", offsetof(struct demo_result, bytes), MEGABYTES },
	{ "chunks", "chunks", offsetof(struct demo_result, chunks), NUMBER },
	{ "words", "words", offsetof(struct demo_result, words), NUMBER },
	{ "distinct words", "distinct_words", offsetof(struct demo_result, distinct), NUMBER },
	{ "workers killed", "workers_killed", offsetof(struct demo_result, killed), NUMBER },
	{ "died in a transaction", "died_in_txn", offsetof(struct demo_result, died_in_txn),
		NUMBER },
	{ "recoveries", "recoveries", offsetof(struct demo_result, recoveries), NUMBER },
	{ "longest stall", "longest_stall_ns", offsetof(struct demo_result, stall_ns),
		MILLISECONDS },
	{ "seconds", "ns", offsetof(struct demo_result, ns), SECONDS },
};

static const struct {
	double divisor;
	int digits;
	const char *unit;
} forms[] = {
	[NUMBER] = { 1, 0, "" },
	[MEGABYTES] = { 1e6, 0, "" },
	[MILLISECONDS] = { 1e6, 1, " ms" },
	[SECONDS] = { 1e9, 2, "" },
};

static uint64_t
value_of(const struct demo_result *result, size_t field)
{
	return *(const uint64_t *)((const char *)result + fields[field].offset);
}

static void
print_text(const struct demo_result *result)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		enum form form = fields[i].form;

		printf("%s: %.*f%s\n", fields[i].name, forms[form].digits,
			(double)value_of(result, i) / forms[form].divisor, forms[form].unit);
	}
	puts("top words:");
	for (size_t i = 0; i < result->top_count; i++)
		printf("  %10" PRIu64 "  %.*s\n", result->top[i].count, (int)result->top[i].length,
			result->top[i].text);
	if (!result->difference[0])
		puts("counts match");
}

static json_t *
top_json(const struct demo_result *result)
{
	json_t *words = json_array();

	for (size_t i = 0; i < result->top_count; i++)
		json_array_append_new(words, json_pack("{s:s%, s:o}", "word", result->top[i].text,
						     (size_t)result->top[i].length, "count",
						     tool_json_number(result->top[i].count)));
	return words;
}

static int
print_json(const struct tool_call *call, const struct demo_result *result)
{
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		json_object_set_new(object, fields[i].key, tool_json_number(value_of(result, i)));
	json_object_set_new(object, "top_words", top_json(result));
	json_object_set_new(object, "counts_match", json_boolean(!result->difference[0]));
	if (result->difference[0])
		json_object_set_new(object, "difference", json_string(result->difference));
	return tool_print_json(call, object);
}

int
demo_print(const struct tool_call *call, const struct demo_result *result)
{
	int code = TOOL_FINE;

	if (call->json)
		code = print_json(call, result);
	else
		print_text(result);
	if (!result->difference[0])
		return code;
	fflush(stdout);
	fprintf(stderr, "tarn demo: counts differ: %s\n", result->difference);
	return TOOL_REFUSED;
}
