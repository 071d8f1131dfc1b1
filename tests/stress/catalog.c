// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog.c -- the catalog among the living: a few names, and all want them
 *
 * Four workers create, open, clear, rename and remove toys of a few names, a
 * fixed number of times each; one that may only read lists them until the
 * others are done.  The same body runs three times: as processes, each with
 * a mapping of its own; as threads on one mapping, where ThreadSanitizer
 * can see them; and as processes that are killed in the midst of it, others
 * taking their places.
 *
 * Invariants
 *	N1. what is created and not removed is there in the end (of the killed,
 *	    nobody knows what they had done)
 *	N2. an object that is opened is whole, or has been removed meanwhile
 *	N3. no list has a name twice, or one that is nobody's
 *	N4. in the end each block is somewhere, once
 */
#include "crash/catalog_account.h"
#include "crash/catalog_toy.h"

#include "crew.h"

#include <sched.h>
#include <signal.h>
#include <string.h>

#define NAMES 5u
#define WRITERS 4u
#define WORKERS (WRITERS + 1)
#define OPERATIONS 40000u /* of each writer */
#define LISTS_LEAST 50u
#define KILLS 300u

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t created, removed, renamed, cleared, opened, gone, lists;
	uint64_t wrong, done;
};

static struct control {
	uint64_t present; /* workers that have come; they begin together */
	uint64_t stop;	  /* the writers have ended */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static const char *const names[NAMES] = { "orders", "prices", "a", "b",
					  "one that is longer than the others" };

/* ---- writers ----------------------------------------------------------------------------------- */

static void
expect(bool well, const char *what, int code, struct report *report)
{
	if (well)
		return;
	fprintf(stderr, "%s: %s (%s)\n", what, tarn_error_name(code), tarn_error_detail());
	report->wrong++;
}

static void
look_at(struct tarn_object *object, struct report *report)
{
	struct tarn_object_info info;
	uint64_t stamp;
	int code = toy_look(object, &stamp);

	expect(code == 0 || code == TARN_BUSY || code == TARN_REMOVED, "look", code, report);
	code = tarn_object_info(object, &info);
	expect(code == 0 || code == TARN_REMOVED, "info", code, report);
	report->gone += code == TARN_REMOVED;
}

static void
open_one(const char *name, enum tarn_open_mode how, struct report *report)
{
	struct tarn_object *object;
	bool created;
	int code = toy_open(arena, name, how, &object, &created);

	expect(code == 0 || (how == TARN_OPEN && code == TARN_NOT_FOUND) ||
	       (how == TARN_CREATE && code == TARN_EXISTS), "open", code, report);
	report->created += created;
	if (code)
		return;
	if (!(++report->opened & 7))
		sched_yield(); /* others shall remove it now and then */
	look_at(object, report);
	tarn_object_close(object);
}

static void
remove_one(const char *name, struct report *report)
{
	int code = tarn_object_remove(arena, name);

	expect(code == 0 || code == TARN_NOT_FOUND, "remove", code, report);
	report->removed += code == 0;
}

static void
rename_one(const char *from, const char *to, struct report *report)
{
	int code = tarn_object_rename(arena, from, to);

	expect(code == 0 || code == TARN_NOT_FOUND || code == TARN_EXISTS, "rename", code, report);
	report->renamed += code == 0;
}

static void
clear_one(const char *name, uint64_t stamp, struct report *report)
{
	struct tarn_object *object;
	int code = toy_open(arena, name, TARN_OPEN, &object, NULL);

	if (code)
		return;
	code = toy_clear(object, stamp);
	expect(code == 0 || code == TARN_REMOVED || code == TARN_BUSY, "clear", code, report);
	report->cleared += code == 0;
	tarn_object_close(object);
}

static void
write_names(uint64_t seed, struct report *report)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t random = tarn__hash_u64(i, seed);
		const char *name = names[random % NAMES], *other = names[(random >> 20) % NAMES];
		unsigned kind = random >> 40 & 7;

		if (kind < 3)
			open_one(name, (enum tarn_open_mode)kind, report);
		else if (kind < 5)
			remove_one(name, report);
		else if (kind < 7)
			rename_one(name, other, report);
		else
			clear_one(name, random >> 8, report);
		if (!(random >> 58))
			sched_yield();
	}
}

/* ---- the reader -------------------------------------------------------------------------------- */

static int
note(const struct tarn_object_info *info, void *arg)
{
	uint64_t *seen = arg;
	unsigned i = 0;

	while (i < NAMES && strcmp(info->name, names[i]))
		i++;
	if (i == NAMES || *seen >> i & 1 || info->type.kind != TOY)
		return 1;
	*seen |= UINT64_C(1) << i;
	return 0;
}

static void
list_names(struct tarn_arena *from, struct report *report)
{
	for (unsigned i = 0; i < LISTS_LEAST || !tarn__load_acquire(&control->stop); i++) {
		uint64_t seen = 0;
		int code = tarn_object_list(from, note, &seen);

		expect(code == 0 || code == TARN_BUSY || code == TARN_OWNER_DIED, "list", code,
		       report);
		report->lists += code == 0;
	}
}

static void
list_elsewhere(struct report *report)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *other;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	if (tarn_arena_open(&other, name, &options, NULL))
		abort();
	list_names(other, report);
	tarn_arena_close(other);
}

/* ---- the drivers ------------------------------------------------------------------------------- */

static void
wait_for_all(void)
{
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
}

static void
work(unsigned place)
{
	struct report report = { 0 };

	wait_for_all();
	if (place < WRITERS)
		write_names(place, &report);
	else
		list_elsewhere(&report);
	report.done = 1;
	control->reports[place] = report; /* read only once this worker has been joined */
}

static void
stop_readers(unsigned place)
{
	if (place == WRITERS)
		tarn__store_release(&control->stop, 1);
}

static void
note_end(unsigned place, bool well)
{
	if (!well)
		control->reports[place].done = 0;
}

static const struct crew crew = { WORKERS, work, stop_readers, note_end };

static void
run_threads(void)
{
	crew_run_threads(&crew);
}

static void
run_processes(void)
{
	crew_run_processes(&crew);
}

/* Each in turn; who takes its place begins from its beginning. */
static void
run_killed(void)
{
	pid_t children[WORKERS];

	for (unsigned i = 0; i < WORKERS; i++)
		children[i] = crew_begin_process(&crew, i);
	for (unsigned i = 0; i < KILLS; i++) {
		usleep(500 + tarn__hash_u64(i, 7) % 4000);
		kill(children[i % WRITERS], SIGKILL);
		waitpid(children[i % WRITERS], NULL, 0);
		children[i % WRITERS] = crew_begin_process(&crew, i % WRITERS);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		crew_join(&crew, i, crew_join_process, &children[i]);
}

/* ---- the verdict ------------------------------------------------------------------------------- */

static struct report
total(void)
{
	struct report sum = { 0 };

	for (unsigned i = 0; i < WORKERS; i++) {
		const struct report *report = &control->reports[i];

		sum.created += report->created;
		sum.removed += report->removed;
		sum.renamed += report->renamed;
		sum.cleared += report->cleared;
		sum.opened += report->opened;
		sum.gone += report->gone;
		sum.lists += report->lists;
		sum.wrong += report->wrong;
		sum.done += report->done;
	}
	return sum;
}

static uint64_t
names_there(void)
{
	uint64_t seen = 0, count = 0;

	if (tarn_object_list(arena, note, &seen))
		return UINT64_MAX;
	for (; seen; seen &= seen - 1)
		count++;
	return count;
}

static bool
passes(const char *what, void (*run)(void), bool killed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = 16 << 20 };
	const char *wrong;
	struct report sum;
	bool well;

	*control = (struct control){ 0 };
	if (tarn_arena_open(&arena, "anon:", &options, NULL))
		abort();
	run();
	sum = total();
	if (tarn_reap(arena, NULL))
		sum.wrong++;
	wrong = account(arena);
	well = !wrong && !sum.wrong && sum.done == WORKERS && !account_graveyard(arena);
	well = well && (killed || names_there() == sum.created - sum.removed);
	printf("%s: %lu created, %lu removed, %lu renamed, %lu cleared; %lu opened, %lu gone; "
	       "%lu lists\n",
	       what, (unsigned long)sum.created, (unsigned long)sum.removed,
	       (unsigned long)sum.renamed, (unsigned long)sum.cleared, (unsigned long)sum.opened,
	       (unsigned long)sum.gone, (unsigned long)sum.lists);
	printf("%s: %lu wrong, %lu workers of %u done, %lu there, account: %s\n", what,
	       (unsigned long)sum.wrong, (unsigned long)sum.done, WORKERS,
	       (unsigned long)names_there(), wrong ? wrong : "fine");
	fflush(stdout);
	tarn_arena_close(arena);
	return well;
}

int
main(void)
{
	int passed;

	control = crew_memory(sizeof(*control));
	passed = passes("processes", run_processes, false);
	passed += passes("threads", run_threads, false);
	passed += passes("killed", run_killed, true);
	printf("%d passed, %d failed\n", passed, 3 - passed);
	return passed != 3;
}
