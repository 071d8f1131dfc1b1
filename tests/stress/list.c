// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- lists among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	queue	each writer pushes its numbers at the back and pops what there
 *		is at the front: of each writer they come in order; at the end
 *		none is missing
 *	crowd	each writer puts elements in anywhere, and keeps their handles:
 *		whatever others do around them, sorting and reversing too,
 *		each handle has its element, until its writer erases it
 *	left, right	in transactions elements go from one to the other:
 *		together they are always as many
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.  Each reads the crowd both ways, and walks through it.
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
#define TOGETHER 60u
#define OWN 40u /* elements that a writer has in the crowd, at most */

enum which { QUEUE, CROWD, LEFT, RIGHT, LISTS };

static const char *const names[LISTS] = { "queue", "crowd", "left", "right" };
static const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_U64, 8, "Q" };

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t pushed, popped, sum, moves, reads, wrong, done, walks;
	uint64_t last[WRITERS]; /* popped of each writer, + 1 */
	uint64_t owned;
};

static struct control {
	uint64_t present, stop;
	struct report reports[WORKERS];
} *control;

/* An element of the crowd. */
struct mine {
	struct tarn_list_handle at;
	uint64_t value;
};

static struct tarn_arena *arena;
static struct tarn_list *lists[LISTS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;
static _Thread_local struct mine own[OWN];
static _Thread_local struct tarn_list_handle erased; /* the one that went last */

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_lists(struct tarn_arena *from, struct tarn_list **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < LISTS; i++)
		expect_0(names[i], tarn_list_open(from, &opened[i], names[i], &type, how, NULL));
}

/* ---- queue ------------------------------------------------------------------------------------- */

static void
push_some(void)
{
	uint64_t numbers[20], count = roll(20) + 1;

	for (uint64_t i = 0; i < count; i++) {
		numbers[i] = (report->pushed + i) * WRITERS + place;
		report->sum += numbers[i];
	}
	if (roll(2))
		expect_0("append", tarn_list_append(lists[QUEUE], numbers, 8, count));
	else
		for (uint64_t i = 0; i < count; i++)
			expect_0("push", tarn_list_push_back(lists[QUEUE], &numbers[i], 8, NULL));
	report->pushed += count;
}

static void
pop_some(void)
{
	uint64_t number;

	for (uint64_t count = roll(24); count; count--) {
		int code = tarn_list_pop_front(lists[QUEUE], &number, 8, NULL);

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

/* ---- crowd ------------------------------------------------------------------------------------- */

static void
join_crowd(struct mine *mine)
{
	const struct tarn_list_handle *beside = &own[roll(OWN)].at; /* or the end */

	mine->value = roll(1000) * WRITERS + place;
	expect_0("insert", (roll(2) ? tarn_list_insert : tarn_list_insert_after)(
				   lists[CROWD], beside, &mine->value, 8, &mine->at));
	report->owned++;
}

static void
leave_crowd(struct mine *mine)
{
	expect_0("erase", tarn_list_erase(lists[CROWD], &mine->at));
	erased = mine->at;
	mine->at = TARN_LIST_END;
	report->owned--;
}

static void
change_own(struct mine *mine)
{
	mine->value = roll(1000) * WRITERS + place;
	expect_0("set", tarn_list_set(lists[CROWD], &mine->at, &mine->value, 8));
}

static void
look_at_own(const struct mine *mine)
{
	uint64_t value = 0;

	expect_0("get", tarn_list_get(lists[CROWD], &mine->at, &value, 8, NULL));
	if (value != mine->value)
		wrong("a handle has another element");
	if (erased.where && tarn_list_get(lists[CROWD], &erased, &value, 8, NULL) != TARN_NOT_FOUND)
		wrong("a handle has an element that is gone");
}

static void
be_in_crowd(void)
{
	struct mine *mine = &own[roll(OWN)];
	uint64_t which = roll(20);

	if (!mine->at.where)
		join_crowd(mine);
	else if (which < 4)
		leave_crowd(mine);
	else if (which < 8)
		change_own(mine);
	else
		look_at_own(mine);
	if (!roll(200) && place == 0)
		(void)!(roll(2) ? tarn_list_sort(lists[CROWD], NULL, NULL)
				: tarn_list_reverse(lists[CROWD]));
}

/* The same both ways, and no number of nobody's. */
static void
look_at_crowd(struct tarn_list *crowd)
{
	uint64_t numbers[WRITERS * OWN + 1], got;
	struct tarn_list_handle handles[WRITERS * OWN + 1], at = TARN_LIST_END;
	enum tarn_list_way way = roll(2) ? TARN_LIST_FORWARDS : TARN_LIST_BACKWARDS;
	uint64_t steps = 0;

	expect_0("read", tarn_list_read(crowd, &TARN_LIST_END, way, numbers, 8, handles,
					WRITERS * OWN + 1, &got));
	if (got > WRITERS * OWN)
		wrong("the crowd is too large");
	for (uint64_t i = 0; i < got; i++) {
		if (numbers[i] >= 1000 * WRITERS || !handles[i].generation)
			wrong("a number that nobody has");
	}
	while (!tarn_list_next(crowd, &at) && at.where && steps < 2000)
		steps++;
	report->walks += !at.where;
}

/* ---- left and right ---------------------------------------------------------------------------- */

static int
move(struct tarn_txn *txn, void *unused)
{
	unsigned way = (unsigned)roll(2);
	struct tarn_list *from = tarn_list_in(lists[LEFT + way], txn);
	struct tarn_list *to = tarn_list_in(lists[RIGHT - way], txn);
	struct tarn_list_handle at = TARN_LIST_END, before = TARN_LIST_END;
	uint64_t one, other;
	int code = roll(2) ? tarn_list_next(from, &at) : tarn_list_prev(from, &at);

	(void)unused;
	if (code || !at.where)
		return code;
	if (roll(2))
		code = tarn_list_next(to, &before);
	if (!code)
		code = tarn_list_splice_one(to, &before, from, &at);
	if (!code)
		code = tarn_list_get(to, &at, NULL, 0, NULL);
	if (!code)
		code = tarn_list_size(from, &one);
	if (!code)
		code = tarn_list_size(to, &other);
	if (!code && one + other != TOGETHER)
		wrong("together they have another length");
	return code;
}

static void
change_both(void)
{
	struct tarn_object *objects[] = { tarn_list_object(lists[LEFT]),
					  tarn_list_object(lists[RIGHT]) };
	uint64_t which = roll(20);

	if (which > 1)
		expect_0("move", tarn_txn_run(arena, objects, 2, move, NULL));
	else if (which)
		expect_0("swap", tarn_list_swap(lists[LEFT], lists[RIGHT]));
	else
		expect_0("splice", tarn_list_splice(lists[LEFT], &TARN_LIST_END, lists[RIGHT]));
	report->moves++;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	memset(own, 0, sizeof(own));
	erased = TARN_LIST_END;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(10);

		if (which < 2)
			push_some();
		else if (which < 4)
			pop_some();
		else if (which < 9)
			be_in_crowd();
		else
			change_both();
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_queue(struct tarn_list *queue)
{
	uint64_t number;
	int code = roll(2) ? tarn_list_back(queue, &number, 8, NULL)
			   : tarn_list_front(queue, &number, 8, NULL);

	if (code != TARN_NOT_FOUND)
		expect_0("end", code);
	if (!code && number > (uint64_t)OPERATIONS * 20 * WRITERS)
		wrong("a number that nobody has pushed");
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_list *mine[LISTS], **from = lists;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_lists(again, mine, TARN_OPEN);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		read_queue(from[QUEUE]);
		look_at_crowd(from[CROWD]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < LISTS; i++)
		tarn_list_close(mine[i]);
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
	uint64_t pushed = 0, sum = 0, owned = 0, crowd, left, right, number;
	unsigned bad = 0;

	for (unsigned i = 0; i < WRITERS; i++) {
		pushed += control->reports[i].pushed - control->reports[i].popped;
		sum += control->reports[i].sum;
		owned += control->reports[i].owned;
	}
	while (!tarn_list_pop_front(lists[QUEUE], &number, 8, NULL)) {
		pushed--;
		sum -= number;
	}
	bad += pushed || sum;
	expect_0("size", tarn_list_size(lists[CROWD], &crowd));
	expect_0("size", tarn_list_size(lists[LEFT], &left));
	expect_0("size", tarn_list_size(lists[RIGHT], &right));
	bad += crowd != owned;
	return bad + (left + right != TOGETHER) + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	uint64_t wrongs = 0, done = 0, reads = 0, walks = 0, numbers[TOGETHER] = { 0 };
	unsigned bad;

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_lists(arena, lists, TARN_CREATE);
	expect_0("append", tarn_list_append(lists[LEFT], numbers, 8, TOGETHER));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		walks += control->reports[i].walks;
	}
	printf("%s: %lu reads, %lu whole walks; %lu wrong, %u wrong ends, %lu workers of %u done\n", what,
	       (unsigned long)reads, (unsigned long)walks, (unsigned long)wrongs, bad,
	       (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < LISTS; i++)
		tarn_list_close(lists[i]);
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
