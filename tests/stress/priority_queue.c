// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- priority queues among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	line	each writer pushes its numbers and keeps their handles; numbers
 *		are changed and removed by these, and popped by anyone: the sum
 *		of what came and went is that of what is left
 *	own	the same in an order of the program's own: plans are made with
 *		nothing locked, and dropped if others were faster
 *	left, right	in transactions elements go from one to the other:
 *		together they are always as many
 *
 * Whoever reads all of a queue must find a heap.  One reader has the arena
 * attached a second time, for reading only and at another address.
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
#define KEPT 64u

enum which { LINE, OWN, LEFT, RIGHT, QUEUES };

static const char *const names[QUEUES] = { "line", "own", "left", "right" };

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t count, sum; /* of what it has pushed, less what it has taken out: in all queues of numbers */
	uint64_t by_handle, moves, reads, wrong, done;
};

static struct control {
	uint64_t present, stop;
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_priority_queue *queues[QUEUES];
static _Thread_local struct report *report;
static _Thread_local unsigned place;
static _Thread_local struct kept {
	struct tarn_priority_queue_handle handle;
	uint64_t number;
} kept[KEPT];

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

/* The greater one first, as in the others. */
static int
compare_own(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	uint64_t one, other;

	(void)a_size;
	(void)b_size;
	(void)unused;
	memcpy(&one, a, 8);
	memcpy(&other, b, 8);
	return (one > other) - (one < other);
}

static void
open_all(struct tarn_arena *from, struct tarn_priority_queue **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < QUEUES; i++) {
		struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE, .value_size = 8,
					  .key = i == OWN ? TARN_KEY_CUSTOM : TARN_KEY_U64,
					  .order = i == OWN ? "own" : NULL };

		expect_0(names[i], tarn_priority_queue_open(from, &opened[i], names[i], &type, how, NULL));
	}
}

/* ---- line and own ------------------------------------------------------------------------------ */

static void
came(uint64_t number)
{
	report->count++;
	report->sum += number;
}

static void
went(uint64_t number)
{
	report->count--;
	report->sum -= number;
}

static void
push_some(struct tarn_priority_queue *queue)
{
	struct tarn_priority_queue_handle handles[20];
	uint64_t numbers[20], count = roll(20) + 1;

	for (uint64_t i = 0; i < count; i++)
		came(numbers[i] = roll(1000000));
	if (roll(2))
		expect_0("push many", tarn_priority_queue_push_many(queue, numbers, count, handles));
	else
		for (uint64_t i = 0; i < count; i++)
			expect_0("push", tarn_priority_queue_push(queue, &numbers[i], &handles[i]));
	if (queue == queues[LINE])
		kept[roll(KEPT)] = (struct kept){ handles[count - 1], numbers[count - 1] };
}

static void
pop_some(struct tarn_priority_queue *queue)
{
	uint64_t numbers[25], got = 0, count = roll(25);
	bool many = roll(2);
	int code = many ? tarn_priority_queue_pop_many(queue, numbers, count, &got)
			: tarn_priority_queue_pop(queue, numbers);

	if (code == TARN_NOT_FOUND)
		return;
	expect_0("pop", code);
	for (uint64_t i = 0; i < (many ? got : 1); i++) {
		if (i && numbers[i] > numbers[i - 1])
			wrong("a greater one was popped later");
		went(numbers[i]);
	}
}

/* Nobody else knows it; so it has the number that was kept, or has been popped. */
static void
use_handle(void)
{
	struct kept *one = &kept[roll(KEPT)];
	uint64_t number = roll(1000000), was;
	int code = tarn_priority_queue_get(queues[LINE], &one->handle, &was);

	if (code != TARN_NOT_FOUND)
		expect_0("get", code);
	if (!code && was != one->number)
		wrong("a handle leads to another number");
	if (roll(3)) {
		code = tarn_priority_queue_update(queues[LINE], &one->handle, &number);
		if (!code) {
			went(one->number);
			came(number);
			one->number = number;
		}
	} else {
		code = tarn_priority_queue_remove(queues[LINE], &one->handle, &was);
		if (!code && was != one->number)
			wrong("another number was removed");
		if (!code)
			went(was);
	}
	if (code != TARN_NOT_FOUND)
		expect_0("by handle", code);
	report->by_handle += !code;
}

static void
look_at(struct tarn_priority_queue *queue)
{
	static _Thread_local uint64_t numbers[LINE_MOST];
	struct tarn_priority_queue_handle handle;
	uint64_t number, got;
	int code = tarn_priority_queue_top(queue, &number, &handle);

	if (code != TARN_NOT_FOUND)
		expect_0("top", code);
	if (!code && number >= 1000000)
		wrong("a number that nobody has pushed");
	expect_0("read", tarn_priority_queue_read(queue, 0, numbers, LINE_MOST, &got));
	for (uint64_t i = 1; i < got; i++) {
		if (numbers[i] > numbers[(i - 1) / 4]) {
			wrong("this is no heap");
			return;
		}
	}
}

/* ---- left and right ---------------------------------------------------------------------------- */

static int
move(struct tarn_txn *txn, void *unused)
{
	unsigned way = (unsigned)roll(2);
	struct tarn_priority_queue *from = tarn_priority_queue_in(queues[LEFT + way], txn);
	struct tarn_priority_queue *to = tarn_priority_queue_in(queues[RIGHT - way], txn);
	uint64_t number, one, other;
	int code = tarn_priority_queue_pop(from, &number);

	(void)unused;
	if (code == TARN_NOT_FOUND)
		return 0;
	number = roll(1000);
	if (!code)
		code = tarn_priority_queue_push(to, &number, NULL);
	if (!code)
		code = tarn_priority_queue_size(from, &one);
	if (!code)
		code = tarn_priority_queue_size(to, &other);
	if (!code && one + other != TOGETHER)
		wrong("together they have another length");
	return code;
}

static void
change_both(void)
{
	struct tarn_object *both[] = { tarn_priority_queue_object(queues[LEFT]),
				       tarn_priority_queue_object(queues[RIGHT]) };

	if (roll(20))
		expect_0("move", tarn_txn_run(arena, both, 2, move, NULL));
	else
		expect_0("swap", tarn_priority_queue_swap(queues[LEFT], queues[RIGHT]));
	report->moves++;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	memset(kept, 0, sizeof(kept));
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(100);

		if (which < 20)
			push_some(queues[roll(4) ? LINE : OWN]);
		else if (which < 45)
			pop_some(queues[roll(4) ? LINE : OWN]);
		else if (which < 80)
			use_handle();
		else
			change_both();
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_priority_queue *mine[QUEUES], **from = queues;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_all(again, mine, TARN_OPEN);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		look_at(from[LINE]);
		look_at(from[roll(2) ? OWN : LEFT]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < QUEUES; i++)
		tarn_priority_queue_close(mine[i]);
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
	uint64_t count = 0, sum = 0, left, right, number;

	for (unsigned i = 0; i < WRITERS; i++) {
		count += control->reports[i].count;
		sum += control->reports[i].sum;
	}
	for (unsigned i = LINE; i <= OWN; i++) {
		while (!tarn_priority_queue_pop(queues[i], &number)) {
			count--;
			sum -= number;
		}
	}
	expect_0("size", tarn_priority_queue_size(queues[LEFT], &left));
	expect_0("size", tarn_priority_queue_size(queues[RIGHT], &right));
	return (count || sum) + (left + right != TOGETHER) + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	uint64_t wrongs = 0, done = 0, reads = 0, by_handle = 0, numbers[TOGETHER] = { 0 };
	unsigned bad;

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_all(arena, queues, TARN_CREATE);
	expect_0("push", tarn_priority_queue_push_many(queues[LEFT], numbers, TOGETHER, NULL));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		by_handle += control->reports[i].by_handle;
	}
	printf("%s: %lu by handle, %lu reads; %lu wrong, %u wrong ends, %lu workers of %u done\n", what,
	       (unsigned long)by_handle, (unsigned long)reads, (unsigned long)wrongs, bad,
	       (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < QUEUES; i++)
		tarn_priority_queue_close(queues[i]);
	tarn_arena_close(arena);
	return !wrongs && !bad && done == WORKERS;
}

int
main(void)
{
	int passed;

	control = crew_memory(sizeof(*control));
	expect_0("order", tarn_order_register("own", compare_own, NULL));
	passed = passes("processes", crew_run_processes);
	passed += passes("threads", crew_run_threads);
	printf("%d passed, %d failed\n", passed, 2 - passed);
	return passed != 2;
}
