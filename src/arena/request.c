// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * request.c -- what a caller of tarn_arena_open() wants
 *
 * Name NULL is the default arena, and only then does the environment say
 * how it is created; what the options say goes first:
 *
 *	TARN_ARENA		its name, else shm:default
 *	TARN_SEGMENTS, TARN_SEGMENT_SIZE	if both are set, its maximum is the
 *				product; numbers with an optional K, M, G or T.
 *				Of sysv: it is what it says: so many segments
 *				of that size at first, and more as it grows
 *	TARN_MODE		permission bits, octal
 *
 * TARN_DEADLINE_MS is the default deadline on every arena.
 *
 * A program that runs with another user's rights does not listen to its
 * environment (secure_getenv).
 */
#include "arena/open.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX_SIZE (UINT64_C(64) << 30)
#define DEFAULT_SEGMENTS UINT64_C(1024) /* at most, where their size is given, and no maximum */
#define DEFAULT_SLOTS UINT64_C(1024)
#define DEFAULT_MODE 0600u
#define OWNER_BITS 0600u /* without them its creator could not attach again */
#define WINDOW_ALIGNMENT UINT64_C(65536)

/* Digits of a base and, if wanted, a unit; nothing else. */
static int
parse_number(const char *text, int base, bool units, uint64_t *number)
{
	static const char letters[] = "KMGT";
	const char *unit;
	unsigned shift = 0;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return TARN_INVALID;
	*number = strtoull(text, &end, base);
	unit = units && *end ? strchr(letters, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - letters + 1);
		end++;
	}
	if (*end || *number > UINT64_MAX >> 1 >> shift)
		return TARN_INVALID;
	*number <<= shift;
	return 0;
}

/* *number stays as it is when the variable is not set, or empty. */
static int
from_environment(const char *variable, int base, bool units, uint64_t *number)
{
	const char *text = secure_getenv(variable);

	return text && text[0] ? parse_number(text, base, units, number) : 0;
}

/* What the environment says of segments, to one of the two kinds of arenas. */
static int
default_segments(bool has_segments, uint64_t *size, struct tarn_arena_options *options)
{
	uint64_t segments = 0, segment_size = 0;

	if (from_environment("TARN_SEGMENTS", 10, true, &segments) ||
		from_environment("TARN_SEGMENT_SIZE", 10, true, &segment_size))
		return TARN_INVALID;
	if (has_segments) {
		options->segments = options->segments ? options->segments : segments;
		options->segment_size =
			options->segment_size ? options->segment_size : segment_size;
		return 0;
	}
	if (!segments || !segment_size)
		return 0;
	return __builtin_mul_overflow(segments, segment_size, size) ? TARN_INVALID : 0;
}

/* In all there may be TARN_SEGMENTS_MAX, of which some hold no data. */
static uint64_t
default_size_of(const struct tarn_arena_options *options)
{
	uint64_t size;

	if (!options->segment_size ||
		__builtin_mul_overflow(options->segment_size, DEFAULT_SEGMENTS, &size))
		return DEFAULT_MAX_SIZE;
	return tarn__min(size, DEFAULT_MAX_SIZE);
}

static int
settle_defaults(bool default_arena, bool has_segments, struct tarn_arena_options *options)
{
	uint64_t mode = DEFAULT_MODE, size = DEFAULT_MAX_SIZE, deadline_ms = 0;

	if (default_arena && (from_environment("TARN_MODE", 8, false, &mode) ||
				     default_segments(has_segments, &size, options)))
		return TARN_INVALID;
	if (has_segments)
		size = default_size_of(options);
	if (from_environment("TARN_DEADLINE_MS", 10, false, &deadline_ms) || mode > 07777)
		return TARN_INVALID;
	if (!options->deadline_ms)
		options->deadline_ms = deadline_ms;
	if (!options->mode)
		options->mode = (unsigned)mode;
	if (!options->max_size)
		options->max_size = size;
	if (!options->max_threads)
		options->max_threads = DEFAULT_SLOTS;
	return 0;
}

static bool
options_ok(const struct tarn_arena_options *options)
{
	if ((unsigned)options->how > TARN_OPEN_OR_CREATE)
		return false;
	if (options->readonly && options->how != TARN_OPEN)
		return false;
	if (options->mode & ~0777u || (options->mode & OWNER_BITS) != OWNER_BITS)
		return false;
	if (options->address && options->elsewhere)
		return false;
	if ((uintptr_t)options->address % WINDOW_ALIGNMENT)
		return false;
	if (options->segments > TARN_SEGMENTS_MAX || options->segment_size > TARN_ARENA_SIZE_MAX)
		return false;
	return options->max_size <= TARN_ARENA_SIZE_MAX && options->max_threads <= TARN_SLOT_MAX;
}

static int
parse_name(const char *name, struct tarn_os_name *parsed)
{
	const char *default_name = secure_getenv("TARN_ARENA");

	if (!name)
		name = default_name && default_name[0] ? default_name : "shm:default";
	return tarn__os_name_parse(name, parsed);
}

int
tarn__arena_request(const char *name, const struct tarn_arena_options *options,
	struct tarn_arena_request *request)
{
	struct tarn_arena_options settled = { .how = TARN_OPEN_OR_CREATE };
	struct tarn_os_name parsed;
	int code = parse_name(name, &parsed);

	if (code)
		return code;
	if (options)
		settled = *options;
	if (settle_defaults(!name, parsed.backend->reserve, &settled) || !options_ok(&settled))
		return TARN_INVALID;
	*request = (struct tarn_arena_request){
		.how = settled.how,
		.readonly = settled.readonly,
		.elsewhere = settled.elsewhere,
		.address = settled.address,
		.mode = settled.mode,
		.max_size = tarn__max(settled.max_size, TARN_ARENA_SIZE_MIN),
		.slot_count = tarn__max(settled.max_threads, TARN_ARENA_SLOTS_MIN),
		.deadline_ns = UINT64_MAX,
		.segments = settled.segments,
		.segment_size = tarn__round_up(settled.segment_size, TARN_CHUNK),
		.name = parsed,
	};
	if (settled.deadline_ms && settled.deadline_ms < UINT64_MAX / 1000000)
		request->deadline_ns = settled.deadline_ms * 1000000;
	return 0;
}
