// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open.c -- create, open, close and remove an arena
 *
 * A new arena is built where nobody can find it: an unnamed file is made,
 * mapped, given its front part, written; the floors above write their words
 * and attach.  The last step, and the only one that others can see, gives
 * it its name.  If somebody was faster all of it is let go, and open or
 * create opens theirs.  (Of sysv: others can see that there is something,
 * but nobody takes it for an arena; os/sysv.c.)
 *
 * Opening reads the header into private memory, checks it there, and maps
 * the window; whatever else the arena says is checked when it is used.
 *
 * If a process dies
 *	creating: at any step before the last, the kernel frees the unnamed
 *	file, or the next creator clears the segments away; there is nothing
 *	that could stand in anybody's way
 *	opening: nothing was changed but a counter
 *
 * After close the window, the handle and its descriptor stay as long as
 * another thread of this process has a slot: its robust-list node lies in
 * the window, and libc and the kernel will still follow it.  The last user
 * takes them down, be it the closer or a thread that ends later.
 *
 * Signals and cancellation are off all the while.
 */
#include "arena/open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_HALF (UINT64_C(64) << 20)

/* ---- handles ------------------------------------------------------------------------------- */

static uint64_t last_serial;

uint64_t
tarn__arena_new_serial(void)
{
	return tarn__fetch_add(&last_serial, 1) + 1;
}

static struct tarn_arena *
make_handle(const struct tarn_arena_request *request)
{
	struct tarn_arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		return NULL;
	arena->file.fd = -1;
	arena->name = request->name;
	arena->readonly = request->readonly;
	arena->deadline_ns = request->deadline_ns;
	arena->serial = tarn__arena_new_serial();
	arena->users = 1;
	pthread_mutex_init(&arena->mutex, NULL);
	return arena;
}

/* Let go of window, file and memory; keeps errno. */
static void
free_handle(struct tarn_arena *arena)
{
	int saved = errno;

	tarn__os_unmap(arena->base, arena->base ? arena->window_size : 0);
	tarn__os_close(&arena->file);
	pthread_mutex_destroy(&arena->mutex);
	free(arena);
	errno = saved;
}

static void
point_into_window(struct tarn_arena *arena, void *window)
{
	arena->base = window;
	arena->window_size = arena->fixed.window_size;
	arena->solid_off = arena->fixed.data_off;
	arena->header = window;
	arena->chunk_map = (const uint64_t *)(arena->base + arena->fixed.chunks_off);
	arena->at_recorded_address = (uintptr_t)window == arena->fixed.base_address;
}

static void
note_boot(struct tarn_arena *arena)
{
	uint8_t boot_id[16];

	arena->boot = tarn__header_boot(boot_id);
	arena->other_boot = memcmp(boot_id, arena->fixed.boot_id, sizeof(boot_id)) != 0;
}

/* ---- the floors above ---------------------------------------------------------------------- */

static int
format_uppers(struct tarn_arena *arena)
{
	int code = 0;

	for (const struct tarn_arena_upper *const *upper = tarn__arena_uppers; *upper && !code;
		upper++) {
		if ((*upper)->format)
			code = (*upper)->format(arena);
	}
	return code;
}

/* Those before this one, the last first. */
static void
close_uppers(struct tarn_arena *arena, const struct tarn_arena_upper *const *end)
{
	while (end > tarn__arena_uppers) {
		end--;
		if ((*end)->close)
			(*end)->close(arena);
	}
}

/* Likewise; keeps errno. */
static void
detach_uppers(struct tarn_arena *arena, const struct tarn_arena_upper *const *end)
{
	int saved = errno;

	close_uppers(arena, end);
	while (end > tarn__arena_uppers) {
		end--;
		if ((*end)->detach)
			(*end)->detach(arena);
	}
	errno = saved;
}

static int
attach_uppers(struct tarn_arena *arena)
{
	for (const struct tarn_arena_upper *const *upper = tarn__arena_uppers; *upper; upper++) {
		int code = (*upper)->attach ? (*upper)->attach(arena) : 0;

		if (code) {
			detach_uppers(arena, upper);
			return code;
		}
	}
	return 0;
}

static const struct tarn_arena_upper *const *
uppers_end(void)
{
	const struct tarn_arena_upper *const *upper = tarn__arena_uppers;

	while (*upper)
		upper++;
	return upper;
}

/* ---- creating ------------------------------------------------------------------------------ */

static int
map_new_at(struct tarn_arena *arena, void *address)
{
	void *window;
	int code = tarn__os_map(
		&arena->file, address, address != NULL, arena->fixed.window_size, false, &window);

	if (code)
		return code;
	if (!arena->fixed.base_address)
		arena->fixed.base_address = (uintptr_t)window;
	point_into_window(arena, window);
	return 0;
}

/* At a quiet address, which is then the recorded one; where there is none, anywhere. */
static int
map_new_quietly(struct tarn_arena *arena, bool elsewhere)
{
	uint64_t seed = tarn__os_random();
	void *quiet = tarn__os_quiet_address(arena->fixed.window_size, 0, seed);

	if (elsewhere)
		arena->fixed.base_address = (uintptr_t)quiet;
	for (unsigned attempt = 1; quiet && !elsewhere; attempt++) {
		int code = map_new_at(arena, quiet);

		if (!code)
			return 0;
		if (code != TARN_INVALID)
			break; /* beyond this machine's address space, perhaps */
		quiet = tarn__os_quiet_address(arena->fixed.window_size, attempt, seed);
	}
	return map_new_at(arena, NULL);
}

/* As large as asked for, or, where address space is short, a half of it, and so on. */
static int
map_new(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	uint64_t max_size = request->max_size;
	int code;

	for (;; max_size /= 2) {
		tarn__header_plan(max_size, request->slot_count, &arena->fixed);
		code = request->address ? map_new_at(arena, request->address) :
					  map_new_quietly(arena, request->elsewhere);
		if (code != TARN_SYSTEM || errno != ENOMEM || max_size / 2 < SMALLEST_HALF)
			return code;
	}
}

/* Segments for as much data as is asked for; its memory is given as it is needed. */
static int
make_segments(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	const struct tarn_backend *backend = arena->file.backend;
	uint64_t size;

	if (!backend->reserve || !request->segments)
		return 0;
	if (__builtin_mul_overflow(request->segments, arena->file.segments.size, &size))
		size = UINT64_MAX;
	return backend->reserve(
		&arena->file, arena->fixed.data_off, tarn__min(size, arena->fixed.max_size));
}

static int
build(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	int code = arena->name.backend->create(&arena->name, request->mode, &arena->file);

	if (code)
		return code;
	arena->file.segments.wanted = request->segment_size;
	code = map_new(arena, request);
	if (code)
		return code;
	code = arena->file.backend->give(&arena->file, 0, arena->fixed.front_size);
	if (!code)
		code = make_segments(arena, request);
	if (code)
		return code;
	tarn__header_finish(&arena->fixed);
	note_boot(arena);
	tarn__arena_saw_size(arena, arena->fixed.front_size);
	tarn__header_write(arena);
	return format_uppers(arena);
}

static int
create(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	int code = build(arena, request);

	if (code)
		return code;
	tarn__count(arena, &arena->header->statistics.attaches);
	code = attach_uppers(arena);
	if (code)
		return code;
	code = arena->name.backend->publish(&arena->name, &arena->file);
	if (code)
		detach_uppers(arena, uppers_end());
	return code;
}

/* ---- opening ------------------------------------------------------------------------------- */

static int
read_header(struct tarn_arena *arena)
{
	uint64_t size = 0;
	int code = tarn__os_size(&arena->file, &size);

	if (!code)
		code = tarn__os_read(&arena->file, 0, &arena->fixed, sizeof(arena->fixed));
	if (!code)
		code = tarn__header_check(&arena->fixed, size, arena->readonly);
	if (!code)
		tarn__arena_saw_size(arena, size);
	return code;
}

static int
map_existing(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	void *want = request->elsewhere ? NULL : (void *)(uintptr_t)arena->fixed.base_address;
	void *window;
	int code;

	if (request->address)
		want = request->address;
	code = tarn__os_map(&arena->file, want, request->address != NULL, arena->fixed.window_size,
		arena->readonly, &window);
	if (code)
		return code;
	point_into_window(arena, window);
	if (arena->file.backend->extend &&
		arena->file.backend->extend(&arena->file, 0, arena->fixed.front_size))
		return TARN_FORMAT;
	return 0;
}

static int
open_existing(struct tarn_arena *arena, const struct tarn_arena_request *request)
{
	int code = arena->name.backend->open(&arena->name, request->readonly, &arena->file);

	if (code)
		return code;
	code = read_header(arena);
	if (code)
		return code;
	code = map_existing(arena, request);
	if (code)
		return code;
	note_boot(arena);
	tarn__count(arena, &arena->header->statistics.attaches);
	return attach_uppers(arena);
}

/* ---- the calls ----------------------------------------------------------------------------- */

typedef int attempt_function(struct tarn_arena *, const struct tarn_arena_request *);

static int
attempt(attempt_function *function, const struct tarn_arena_request *request,
	struct tarn_arena **arena)
{
	struct tarn_arena *handle = make_handle(request);
	int code;

	if (!handle)
		return TARN_SYSTEM;
	code = function(handle, request);
	if (code)
		free_handle(handle);
	else
		*arena = handle;
	return code;
}

/* Each further round means that another process has created or removed the arena meanwhile. */
static int
open_or_create(const struct tarn_arena_request *request, struct tarn_arena **arena, bool *created)
{
	int code;

	do {
		code = TARN_NOT_FOUND;
		if (request->how != TARN_CREATE)
			code = attempt(open_existing, request, arena);
		if (code != TARN_NOT_FOUND || request->how == TARN_OPEN)
			return code;
		code = attempt(create, request, arena);
	} while (code == TARN_EXISTS && request->how != TARN_CREATE);
	*created = code == 0;
	return code;
}

int
tarn_arena_open(struct tarn_arena **arena, const char *name,
	const struct tarn_arena_options *options, bool *created)
{
	struct tarn_arena_request request;
	struct tarn_os_calm calm;
	bool was_created = false;
	int code;

	*arena = NULL;
	tarn__os_calm_begin(&calm);
	code = tarn__arena_request(name, options, &request);
	if (!code)
		code = open_or_create(&request, arena, &was_created);
	tarn__os_calm_end(&calm);
	if (created)
		*created = was_created;
	return code;
}

void
tarn__arena_drop(struct tarn_arena *arena)
{
	uint64_t users = tarn__load(&arena->users);

	while (!tarn__cas(&arena->users, &users, users - 1))
		;
	if (users > 1)
		return;
	detach_uppers(arena, uppers_end());
	free_handle(arena);
}

void
tarn_arena_close(struct tarn_arena *arena)
{
	struct tarn_os_calm calm;

	if (!arena)
		return;
	tarn__os_calm_begin(&calm);
	close_uppers(arena, uppers_end());
	tarn__arena_drop(arena);
	tarn__os_calm_end(&calm);
}

/* A file: name may be any file's; only one that begins like an arena is removed. */
static int
looks_like_arena(const struct tarn_os_name *name)
{
	struct tarn_os_file file;
	uint64_t magic = 0;
	int code = name->backend->open(name, true, &file);

	if (code)
		return code == TARN_FORMAT ? TARN_INVALID : code;
	code = tarn__os_read(&file, 0, &magic, sizeof(magic));
	tarn__os_close(&file);
	if (code && code != TARN_FORMAT)
		return code;
	return magic == TARN_MAGIC ? 0 : TARN_INVALID;
}

int
tarn_arena_remove(const char *name)
{
	struct tarn_arena_request request;
	int code = tarn__arena_request(name, NULL, &request);

	if (!code && request.name.backend == &tarn__backend_file)
		code = looks_like_arena(&request.name);
	return code ? code : request.name.backend->unlink(&request.name);
}
