// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- deques among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	queue	each writer pushes its numbers at the back, some at a time, and
 *		pops what there is at the front: of each writer they come in
 *		order; at the end none is missing
 *	mirror	what is added at one end in a step is at the other end, too: it
 *		reads the same from both
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
#define OPERATIONS 30000u /* of each writer */
#define READS_LEAST 200u
#define TOGETHER 100u
#define MIRROR_MOST 3000u

enum which { QUEUE, MIRROR, LEFT, RIGHT, DEQUES };

static const char *const names[DEQUES] = { "queue", "mirror", "left", "right" };
static const struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, "Q" };

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
static struct tarn_deque *deques[DEQUES];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_deques(struct tarn_arena *from, struct tarn_deque **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < DEQUES; i++)
		expect_0(names[i], tarn_deque_open(from, &opened[i], names[i], &type, how, NULL));
}

/* ---- queue ------------------------------------------------------------------------------------- */

static void
push_some(void)
{
	uint64_t numbers[40], count = roll(40) + 1;

	for (uint64_t i = 0; i < count; i++) {
		numbers[i] = (report->pushed + i) * WRITERS + place;
		report->sum += numbers[i];
	}
	if (roll(2))
		expect_0("append", tarn_deque_append(deques[QUEUE], numbers, count));
	else
		for (uint64_t i = 0; i < count; i++)
			expect_0("push", tarn_deque_push_back(deques[QUEUE], &numbers[i]));
	report->pushed += count;
}

static void
pop_some(void)
{
	uint64_t number;

	for (uint64_t count = roll(45); count; count--) {
		int code = tarn_deque_pop_front(deques[QUEUE], &number);

		if (code == TARN_NOT_FOUND)
			return;
		expect_0("pop", code);
		if (number / WRITERS + 1 <= report->last[number % WRITERS])
			wrong("numbers of a writer are out of order");
		report->last[number % WRITERS] = number / WRITERS + 1;
		report->sum -= number;
		report->popped++;
	}
}

/* ---- mirror ------------------------------------------------------------------------------------ */

static int
grow_mirror(struct tarn_txn *txn, void *unused)
{
	struct tarn_deque *mirror = tarn_deque_in(deques[MIRROR], txn);
	uint64_t number = roll(UINT64_MAX), size;
	int code = tarn_deque_push_front(mirror, &number);

	(void)unused;
	if (!code)
		code = tarn_deque_push_back(mirror, &number);
	if (!code)
		code = tarn_deque_size(mirror, &size);
	if (!code && size > MIRROR_MOST)
		code = tarn_deque_clear(mirror);
	return code;
}

/* All alike, in two calls, between which nobody adds another. */
static int
fill_mirror(struct tarn_txn *txn, void *unused)
{
	struct tarn_deque *mirror = tarn_deque_in(deques[MIRROR], txn);
	const uint64_t numbers[] = { 5, 5, 5, 5 };
	int code = tarn_deque_assign(mirror, numbers, 4);

	(void)unused;
	return code ? code : tarn_deque_insert(mirror, 2, numbers, 4);
}

static void
look_into_mirror(struct tarn_deque *mirror)
{
	static _Thread_local uint64_t numbers[MIRROR_MOST + 16];
	uint64_t got;

	expect_0("read", tarn_deque_read(mirror, 0, numbers, MIRROR_MOST + 16, &got));
	for (uint64_t i = 0; i < got / 2; i++) {
		if (numbers[i] != numbers[got - 1 - i]) {
			wrong("the mirror is broken");
			return;
		}
	}
}

/* ---- left and right ---------------------------------------------------------------------------- */

static int
move(struct tarn_txn *txn, void *unused)
{
	unsigned way = (unsigned)roll(2);
	struct tarn_deque *from = tarn_deque_in(deques[LEFT + way], txn);
	struct tarn_deque *to = tarn_deque_in(deques[RIGHT - way], txn);
	uint64_t number, one, other;
	int code = roll(2) ? tarn_deque_pop_back(from, &number) : tarn_deque_pop_front(from, &number);

	(void)unused;
	if (code == TARN_NOT_FOUND)
		return 0;
	if (!code)
		code = roll(2) ? tarn_deque_push_back(to, &number)
			       : tarn_deque_push_front(to, &number);
	if (!code)
		code = tarn_deque_size(from, &one);
	if (!code)
		code = tarn_deque_size(to, &other);
	if (!code && one + other != TOGETHER)
		wrong("together they have another length");
	return code;
}

static void
change_both(void)
{
	struct tarn_object *objects[] = { tarn_deque_object(deques[LEFT]),
					  tarn_deque_object(deques[RIGHT]) };

	if (roll(20))
		expect_0("move", tarn_txn_run(arena, objects, 2, move, NULL));
	else
		expect_0("swap", tarn_deque_swap(deques[LEFT], deques[RIGHT]));
	report->moves++;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	struct tarn_object *mirror[] = { tarn_deque_object(deques[MIRROR]) };

	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(200);

		if (which < 60)
			push_some();
		else if (which < 120)
			pop_some();
		else if (which < 160)
			change_both();
		else if (which < 199)
			expect_0("mirror", tarn_txn_run(arena, mirror, 1, grow_mirror, NULL));
		else
			expect_0("mirror", tarn_txn_run(arena, mirror, 1, fill_mirror, NULL));
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_queue(struct tarn_deque *queue)
{
	uint64_t number;
	int code = roll(2) ? tarn_deque_back(queue, &number) : tarn_deque_front(queue, &number);

	if (code != TARN_NOT_FOUND)
		expect_0("end", code);
	code = tarn_deque_get(queue, roll(100), &number);
	if (code != TARN_NOT_FOUND)
		expect_0("get", code);
	if (!code && number > (uint64_t)OPERATIONS * 40 * WRITERS)
		wrong("a number that nobody has pushed");
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_deque *mine[DEQUES], **from = deques;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_deques(again, mine, TARN_OPEN);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		read_queue(from[QUEUE]);
		look_into_mirror(from[MIRROR]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < DEQUES; i++)
		tarn_deque_close(mine[i]);
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
	unsigned bad = 0;

	for (unsigned i = 0; i < WRITERS; i++) {
		pushed += control->reports[i].pushed - control->reports[i].popped;
		sum += control->reports[i].sum;
	}
	report = &control->reports[0];
	while (!tarn_deque_pop_front(deques[QUEUE], &number)) {
		pushed--;
		sum -= number;
	}
	bad += pushed || sum;
	look_into_mirror(deques[MIRROR]);
	expect_0("size", tarn_deque_size(deques[LEFT], &left));
	expect_0("size", tarn_deque_size(deques[RIGHT], &right));
	return bad + (left + right != TOGETHER) + (tarn_check(arena, NULL, NULL) != 0);
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
	open_deques(arena, deques, TARN_CREATE);
	expect_0("assign", tarn_deque_assign(deques[LEFT], numbers, TOGETHER));
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
	for (unsigned i = 0; i < DEQUES; i++)
		tarn_deque_close(deques[i]);
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
