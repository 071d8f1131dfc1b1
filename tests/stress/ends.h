// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- stacks, or queues, among the living
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; LOOK, the call that looks at what goes next; and LIFO, whether that
 * is the last that came.
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	line	each writer pushes its numbers, some at a time, and pops what
 *		there is: each comes once, and at the end none is missing; from
 *		a queue those of each writer come in order, and of many popped
 *		at once from a stack in the other one
 *	left, right	in transactions elements go from one to the other:
 *		together they are always as many
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <string.h>

#define WRITERS 3u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 20000u /* of each writer */
#define READS_LEAST 200u
#define TOGETHER 100u
#define LINE_MOST 20000u

enum which { LINE, LEFT, RIGHT, OBJECTS };

static const char *const names[OBJECTS] = { "line", "left", "right" };
static const struct tarn_type type = { KIND, TARN_KEY_U64, 8, "Q" };

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t pushed, popped, sum, moves, reads, wrong, done;
	uint64_t last[WRITERS]; /* popped of each writer, + 1 */
};

static struct control {
	uint64_t present, stop;
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static ADAPTOR *objects[OBJECTS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_all(struct tarn_arena *from, ADAPTOR **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < OBJECTS; i++)
		expect_0(names[i], CALL(open)(from, &opened[i], names[i], &type, how, NULL));
}

/* ---- line -------------------------------------------------------------------------------------- */

static void
push_some(void)
{
	uint64_t numbers[40], count = roll(40) + 1;

	for (uint64_t i = 0; i < count; i++) {
		numbers[i] = (report->pushed + i) * WRITERS + place;
		report->sum += numbers[i];
	}
	if (roll(2))
		expect_0("push many", CALL(push_many)(objects[LINE], numbers, count));
	else
		for (uint64_t i = 0; i < count; i++)
			expect_0("push", CALL(push)(objects[LINE], &numbers[i]));
	report->pushed += count;
}

/* Numbers in the order in which they were popped by this worker. */
static void
popped(const uint64_t *numbers, uint64_t count)
{
	uint64_t before[WRITERS] = { 0 };

	for (uint64_t i = 0; i < count; i++) {
		uint64_t number = numbers[i] / WRITERS + 1, of = numbers[i] % WRITERS;

		if (!LIFO && number <= report->last[of])
			wrong("numbers of a writer are out of order");
		if (LIFO && before[of] && number >= before[of])
			wrong("what came first has gone first");
		before[of] = report->last[of] = number;
		report->sum -= numbers[i];
		report->popped++;
	}
}

static void
pop_some(void)
{
	uint64_t numbers[45], got = 1, count = roll(45);
	int code = 0;

	if (roll(2)) {
		code = CALL(pop_many)(objects[LINE], numbers, count, &got);
		if (code != TARN_NOT_FOUND)
			expect_0("pop many", code);
		popped(numbers, got);
		return;
	}
	for (; !code && count; count--) {
		code = CALL(pop)(objects[LINE], numbers);
		if (code != TARN_NOT_FOUND)
			expect_0("pop", code);
		popped(numbers, !code);
	}
}

static void
look_at_line(ADAPTOR *line)
{
	static _Thread_local uint64_t numbers[LINE_MOST];
	uint64_t number, got, before[WRITERS] = { 0 };
	int code = LOOK(line, &number);

	if (code != TARN_NOT_FOUND)
		expect_0("look", code);
	if (!code && number > (uint64_t)OPERATIONS * 40 * WRITERS)
		wrong("a number that nobody has pushed");
	expect_0("read", CALL(read)(line, 0, numbers, roll(20) ? 100 : LINE_MOST, &got));
	for (uint64_t i = 0; i < got; i++) {
		uint64_t of = numbers[i] % WRITERS;

		if (numbers[i] / WRITERS + 1 <= before[of])
			wrong("numbers of a writer lie out of order");
		before[of] = numbers[i] / WRITERS + 1;
	}
}

/* ---- left and right ---------------------------------------------------------------------------- */

static int
move(struct tarn_txn *txn, void *unused)
{
	unsigned way = (unsigned)roll(2);
	ADAPTOR *from = CALL(in)(objects[LEFT + way], txn);
	ADAPTOR *to = CALL(in)(objects[RIGHT - way], txn);
	uint64_t number, one, other;
	int code = CALL(pop)(from, &number);

	(void)unused;
	if (code == TARN_NOT_FOUND)
		return 0;
	if (!code)
		code = CALL(push)(to, &number);
	if (!code)
		code = CALL(size)(from, &one);
	if (!code)
		code = CALL(size)(to, &other);
	if (!code && one + other != TOGETHER)
		wrong("together they have another length");
	return code;
}

static void
change_both(void)
{
	struct tarn_object *both[] = { CALL(object)(objects[LEFT]), CALL(object)(objects[RIGHT]) };

	if (roll(20))
		expect_0("move", tarn_txn_run(arena, both, 2, move, NULL));
	else
		expect_0("swap", CALL(swap)(objects[LEFT], objects[RIGHT]));
	report->moves++;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(100);

		if (which < 35)
			push_some();
		else if (which < 75)
			pop_some();
		else
			change_both();
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	ADAPTOR *mine[OBJECTS], **from = objects;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_all(again, mine, TARN_OPEN);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		look_at_line(from[LINE]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < OBJECTS; i++)
		CALL(close)(mine[i]);
	if (again)
		tarn_arena_close(again);
}

static void
work(unsigned number)
{
	place = number;
	report = &control->reports[place];
	dice = place + 1;
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
	if (place < WRITERS)
		write_all();
	else
		read_all();
	report->done = 1;
}

static void
note_end(unsigned worker, bool well)
{
	if (!well)
		control->reports[worker].done = 0; /* a sanitizer's report is a failure, too */
}

static const struct crew crew = { WORKERS, work, NULL, note_end };

/* ---- the whole --------------------------------------------------------------------------------- */

static unsigned
wrong_ends(void)
{
	uint64_t pushed = 0, sum = 0, left, right, number;

	for (unsigned i = 0; i < WRITERS; i++) {
		pushed += control->reports[i].pushed - control->reports[i].popped;
		sum += control->reports[i].sum;
	}
	while (!CALL(pop)(objects[LINE], &number)) {
		pushed--;
		sum -= number;
	}
	expect_0("size", CALL(size)(objects[LEFT], &left));
	expect_0("size", CALL(size)(objects[RIGHT], &right));
	return (pushed || sum) + (left + right != TOGETHER) + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	uint64_t wrongs = 0, done = 0, reads = 0, moves = 0, numbers[TOGETHER] = { 0 };
	unsigned bad;

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_all(arena, objects, TARN_CREATE);
	expect_0("push", CALL(push_many)(objects[LEFT], numbers, TOGETHER));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		moves += control->reports[i].moves;
	}
	printf("%s: %lu moves, %lu reads; %lu wrong, %u wrong ends, %lu workers of %u done\n", what,
	       (unsigned long)moves, (unsigned long)reads, (unsigned long)wrongs, bad,
	       (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < OBJECTS; i++)
		CALL(close)(objects[i]);
	tarn_arena_close(arena);
	return !wrongs && !bad && done == WORKERS;
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
