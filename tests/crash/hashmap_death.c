// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_death.c -- scripts, died in at every store, and at every store again
 *
 * An arena's file is mapped three times: shared, where steps run; private,
 * where their deaths are played out (to drop the private pages is to be back
 * at what the step has really written); and for reading only.
 *
 *	step -- store i -- ... -- over: the arena itself is checked
 *	          |
 *	          |-- readers	look, without any recovery
 *	          |-- recover	on the view; check; go on
 *	          |-- recover, die before the recovery's store j, recover; check
 *	          |-- the same with another thread, which as soon as it can does
 *	          |	a call on the same bucket: from store j on; from the
 *	          |	first, the recoverer dying at j; both at j
 *	          `-- for each j
 *
 * A step of many stores has all of its deaths, but not at all of them is
 * recovery died in: at every k-th only, as the report says.
 *
 * What recovery makes of a death is before or after, the same whoever dies
 * in it, never before once an earlier store was after, and what readers
 * could tell.  With the other thread, its call has happened too.
 *
 * With --mutants each use of a protocol primitive is broken in turn, in
 * those scenarios that come there, some of which must fail.
 *
 * Who may write what: the other thread and who goes on, the view; nobody
 * but the step, the arena.
 */
#include "hashmap_death.h"

#include "base/hash.h"
#include "hashmap_check.h"
#include "hook/hook.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2u
#define STORES_ALL 300u /* a step of fewer has all recoveries died in at every store */
#define RUNS_MOST 400u
#define SITES_MOST 1024u
#define ACTOR 1u /* its slot */
#define NEVER INT64_MAX
#define PAGE 4096u
#define VIEW_PAGES 8192u

/* Of all processes. */
static struct shared {
	uint64_t crash_points;
	uint64_t run_stores[RUNS_MOST];
	uint64_t run_ms[RUNS_MOST];    /* of processor time */
	uint64_t run_every[RUNS_MOST]; /* recoveries died in: at 1, all; else at every k-th store at worst */
	uint8_t reached[RUNS_MOST][SITES_MOST];
} * shared;

/* One scenario with one layout. */
static struct run {
	const struct scenario *scenario;
	enum script_layout layout;
} runs[RUNS_MOST];
static unsigned run_count;

static struct script_world world, view_world, reader_world;
static struct tarn_arena view, reader;
static struct tarn_thread *self;
static const struct run *run;
static bool quiet, quick;
static uint64_t mutant = UINT64_MAX;

/* ---- where we are ------------------------------------------------------------------------------ */

static const char *step_text;
static uint64_t store_number, stores_foreseen;
static int64_t death, act_from, recovery_stores;

static _Noreturn void
fail(const char *why)
{
	static const char *const layouts[] = { "u64->u64", "u64->bytes", "string->u64",
					       "string->bytes", "f64->u64" };

	if (!quiet) {
		printf("%s (%s), step %.30s, store %lu", run->scenario->name, layouts[run->layout],
		       step_text, (unsigned long)store_number);
		if (death != NEVER)
			printf(", recoverer dies at %ld", (long)death);
		if (act_from != NEVER)
			printf(", another acts from %ld", (long)act_from);
		printf(": %s\n", why);
	}
	fflush(stdout);
	_exit(1);
}

static void
must(bool well)
{
	if (!well)
		fail(check_wrong ? check_wrong : "?");
}

/* ---- mappings ---------------------------------------------------------------------------------- */

static void
map_again(struct tarn_arena *as, int protection, int flags)
{
	*as = *world.arena;
	as->serial = tarn__arena_new_serial();
	as->deadline_ns = 0;
	as->base = mmap(NULL, as->window_size, protection, flags, as->file.fd, 0);
	if (as->base == MAP_FAILED)
		abort();
	as->header = (void *)(as->base + ((char *)as->header - world.arena->base));
	as->chunk_map = (void *)(as->base + ((char *)as->chunk_map - world.arena->base));
}

/* Pages of the view that were written since it was fresh. */
static uint8_t is_written[VIEW_PAGES];
static uint32_t written[VIEW_PAGES], written_count;

static void
note_written(const void *address)
{
	uint64_t page = (uint64_t)((const char *)address - view.base) / PAGE;

	if (page >= view.window_size / PAGE || is_written[page])
		return;
	is_written[page] = 1;
	written[written_count++] = (uint32_t)page;
}

/* The view is what the arena is; that has been written to since. */
static void
fresh_view(void)
{
	script_remember(&view_world, &world);
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
	view.seen_size = world.arena->seen_size;
	memset(is_written, 0, view.window_size / PAGE);
	written_count = 0;
}

/* The same, faster, as long as it has not. */
static void
restore_view(void)
{
	script_remember(&view_world, &world);
	while (written_count) {
		uint64_t page = written[--written_count];

		is_written[page] = 0;
		memcpy(view.base + page * PAGE, world.arena->base + page * PAGE, PAGE);
	}
}

/* A slot for the other thread: as this one's, but for the log. */
static void
make_actor(void)
{
	struct tarn_slot_shm *slot = tarn__slot_at(world.arena, ACTOR);

	struct tarn_lane lane;

	if (tarn__slot_work->prepare(world.arena, ACTOR) ||
	    tarn__lane_view(&lane, world.arena, ACTOR) || tarn__lane_reserve(&lane, 60, 9, 9, 9))
		abort();
	*slot = *self->slot;
	memset(slot->robust, 0, sizeof(slot->robust));
}

static void
open_world(void)
{
	enum script_layout other = (enum script_layout)((run->layout + 1) % REAL_WORD);

	script_open(&world, run->layout, other);
	if (tarn__thread_get(world.arena, &self))
		abort();
	make_actor();
	map_again(&view, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	map_again(&reader, PROT_READ, MAP_SHARED);
	reader.readonly = true;
	if (view.window_size / PAGE > VIEW_PAGES)
		abort();
	script_world_in(&view_world, &world, &view);
	script_world_in(&reader_world, &world, &reader);
}

/* ---- being somebody on the view ---------------------------------------------------------------- */

static struct tarn_thread view_thread;
static struct tarn_lane view_lane;

/* From here on this thread has that slot, in the view, and nothing is broken or counted. */
static void
enter_view(uint64_t slot)
{
	hook_break(UINT64_MAX);
	if (tarn__lane_view(&view_lane, &view, slot) || tarn__lane_heap->enter(&view_lane))
		fail("the slot cannot be used again");
	view_lane.slot = tarn__slot_at(&view, slot);
	view_thread = *self;
	view_thread.arena = &view;
	view_thread.slot = view_lane.slot;
	view_thread.index = slot;
	view_thread.owner = slot + 1;
	view_thread.lane = &view_lane;
	view_thread.arena_serial = view.serial;
	tarn__thread_cached = &view_thread;
}

static void
leave_view(void)
{
	tarn__lane_heap->leave(&view_lane);
	tarn__txn_free(view_lane.txn_memory);
	tarn__thread_cached = self;
	hook_break(mutant);
}

/* ---- the other thread -------------------------------------------------------------------------- */

static struct check_image before, after;

/* Its call: key is inserted, or erased if it is there. */
static struct actor {
	unsigned map, insert, erase, go_on; /* keys */
	bool can_erase;
} actor;

static unsigned acting_on; /* the key */
static bool acted;

static void
choose_actor(void)
{
	char letter = 'A';

	actor = (struct actor){ .map = 0 };
	if (!script_first_key(step_text, &actor.map, &letter)) {
		actor.map = 0;
		letter = 'A';
	}
	actor.insert = script_key(letter, 40);
	actor.go_on = script_key(letter, 41);
}

/* A key of the same bucket that the step leaves alone. */
static void
choose_actor_erases(void)
{
	const uint64_t *was = before.maps[actor.map].values, *is = after.maps[actor.map].values;

	for (unsigned k = 0; k < script_key_count; k++) {
		if (script_keys[k].letter != script_keys[actor.insert].letter || !was[k] ||
		    was[k] != is[k])
			continue;
		actor.erase = k;
		actor.can_erase = true;
	}
}

static int
put_key(unsigned k)
{
	char value[64];
	struct tarn_object *map = &view_world.maps[actor.map];
	size_t size = script_value(map, k, 0, value);

	return tarn_hashmap_put((struct tarn_hashmap *)map, script_keys[k].in[actor.map].bytes,
				script_keys[k].in[actor.map].size, value, size);
}

static int
erase_key(unsigned k)
{
	return tarn_hashmap_erase((struct tarn_hashmap *)&view_world.maps[actor.map],
				  script_keys[k].in[actor.map].bytes,
				  script_keys[k].in[actor.map].size);
}

/* Where its key belongs; NULL: nowhere just now. */
static const struct tarn_segment_shm *
actor_segment(const struct tarn_root_shm *root, uint64_t hash)
{
	uint64_t mask = (UINT64_C(1) << (root->structure & TARN_DEPTH)) - 1;
	const uint64_t *entry = tarn__at(&view, (root->structure & ~TARN_DEPTH) +
						8 * (hash & mask), 8, 8);

	return entry ? tarn__at(&view, *entry & ~TARN_DEPTH, sizeof(struct tarn_segment_shm), 128)
		     : NULL;
}

/* Whether there is no use in trying: what it needs is locked. */
static bool
actor_would_wait(void)
{
	const struct tarn_root_shm *root = view_world.maps[actor.map].root;
	uint64_t hash = script_keys[acting_on].in[actor.map].hash, home;
	const struct tarn_segment_shm *segment;
	bool busy_others = tarn__node_owner(root->node) != 0;

	if (root->node & TARN_NODE_DIRTY || tarn__node_owner(root->gate))
		return true;
	segment = actor_segment(root, hash);
	if (!segment || !(root->word & TARN_WORD_LIVE))
		return false;
	home = segment->buckets[tarn__hash_home(hash)].node;
	for (unsigned i = 0; i < TARN_BUCKETS; i++)
		busy_others |= tarn__node_owner(segment->buckets[i].node) != 0;
	return tarn__node_owner(home) || (busy_others && !(~home & TARN_OCCUPIED));
}

static int
act(void)
{
	int code;

	enter_view(ACTOR);
	code = actor.can_erase && acting_on == actor.erase ? erase_key(acting_on)
							   : put_key(acting_on);
	leave_view();
	return code;
}

static bool
may_fail(int code, const struct check_image *decided)
{
	if (code == TARN_REMOVED)
		return decided->maps[actor.map].removed;
	return code == TARN_FULL && script_held_count;
}

/* The image with the actor's call in it, if that succeeded. */
static void
add_act(struct check_image *image)
{
	char value[64];
	const struct tarn_object *map = &view_world.maps[actor.map];
	bool erase = actor.can_erase && acting_on == actor.erase;

	image->maps[actor.map].values[acting_on] =
		erase ? 0 : check_hash_value(value, script_value(map, acting_on, 0, value));
	image->maps[actor.map].size += erase ? UINT64_MAX : 1;
}

/* ---- recovery ---------------------------------------------------------------------------------- */

static bool playing; /* a death is being played out on the view */
static bool busy;    /* somebody else than the recoverer is at it */
static jmp_buf recoverer_died;
static int act_code;

static void
try_act(void)
{
	if (acted || actor_would_wait())
		return;
	busy = true;
	act_code = act();
	acted = act_code != TARN_TIMEOUT && act_code != TARN_BUSY;
	busy = false;
}

static void
at_recovery_store(void)
{
	if (recovery_stores >= act_from)
		try_act();
	if (recovery_stores == death)
		longjmp(recoverer_died, 1);
	recovery_stores++;
}

static void
recover(void)
{
	hook_forget();
	if (setjmp(recoverer_died) == 0) {
		if (tarn__slot_work->recover(&view, self->index))
			fail("recovery refused");
		return;
	}
	hook_forget();
	recovery_stores++; /* it dies but once */
	if (tarn__slot_work->recover(&view, self->index))
		fail("recovery refused, the second time");
}

/* ---- deaths ------------------------------------------------------------------------------------ */

static bool committed;
static struct check_image decided; /* what recovery made of this death */
static struct check_sight *seen, *now_seen;
static struct tarn_root_shm roots_before[SCRIPT_MAPS]; /* the step */

/* Who has the slot next. */
static void
go_on(void)
{
	struct check_image image;
	int code;

	busy = true;
	enter_view(self->index);
	code = put_key(actor.go_on);
	if (!code) {
		must(check_image(&view_world, &image));
		if (!image.maps[actor.map].values[actor.go_on])
			fail("what was put later is not there");
		code = erase_key(actor.go_on);
	}
	leave_view();
	busy = false;
	if (code && !may_fail(code, &decided))
		fail("nothing can be done any more");
	must(check_account(&view_world, NULL, NULL));
	must(check_image(&view_world, &image));
	if (!check_same(&image, &decided))
		fail("going on has changed something");
}

static void
count_death(void)
{
	__atomic_fetch_add(&shared->crash_points, 1, __ATOMIC_RELAXED);
}

/* What is undone is as it was: a root with the structure from before the step has the word too. */
static void
check_swings(void)
{
	for (unsigned i = 0; i < SCRIPT_MAPS; i++) {
		const struct tarn_root_shm *root = view_world.maps[i].root;

		if (root->structure == roots_before[i].structure && !decided.maps[i].removed &&
		    root->word != roots_before[i].word)
			fail("a root's word was not undone");
	}
}

/* The first recovery of this death; the stores that it took. */
static int64_t
play_once(void)
{
	struct check_image told;
	bool is_after;

	death = act_from = NEVER;
	recovery_stores = 0;
	fresh_view();
	recover();
	must(check_account(&view_world, NULL, &told));
	must(check_versions(&view_world, &world));
	check_sight(&view_world, now_seen);
	must(check_sights(seen, now_seen));
	must(check_image(&view_world, &decided));
	check_swings();
	if (!check_same(&told, &decided))
		fail("what is told is not what there is");
	is_after = check_same(&decided, &after);
	if (!is_after && !check_same(&decided, &before))
		fail("done by half");
	if (check_same(&before, &after))
		is_after = committed;
	if (committed && !is_after)
		fail("a commit was undone");
	committed = is_after;
	count_death();
	return recovery_stores;
}

/* Once more, with somebody dying, or acting, or both. */
static void
play_again(int64_t dies, int64_t acts, unsigned key)
{
	struct check_image image, expected = decided;

	death = dies;
	act_from = acts;
	acting_on = key;
	acted = acts == NEVER;
	recovery_stores = 0;
	restore_view();
	recover();
	if (!acted)
		try_act();
	if (!acted)
		fail("the other thread still cannot do anything");
	if (acts != NEVER && act_code && !may_fail(act_code, &decided))
		fail("the other thread cannot do its call");
	if (acts != NEVER && !act_code)
		add_act(&expected);
	must(check_account(&view_world, NULL, &image));
	if (!check_same(&image, &expected))
		fail(acts == NEVER ? "another recovery has another outcome"
				   : "both have happened, but that is not what there is");
	count_death();
}

/* All that can happen around the recovery's store j. */
static void
play_around(int64_t j, uint64_t which)
{
	bool erase = actor.can_erase && which & 1;
	unsigned key = erase ? actor.erase : actor.insert;

	play_again(j, NEVER, key);
	play_again(NEVER, j, key);
	play_again(j, 0, key);
	play_again(j, j, key);
}

static void
play_out(void)
{
	uint64_t every = stores_foreseen < STORES_ALL ? 1 : 1 + stores_foreseen / STORES_ALL;
	uint64_t number = store_number, *worst = &shared->run_every[run - runs];
	int64_t most = play_once();

	*worst = *worst > every ? *worst : every;
	if (quick) {
		play_around((int64_t)(tarn__hash_u64(number, 1) % (uint64_t)(most + 1)), number);
		return;
	}
	go_on();
	for (int64_t j = 0; number % every == 0 && j < most; j++)
		play_around(j, number + (uint64_t)j);
}

static void
look(void)
{
	enum check_verdict verdict;
	bool waited, differ = !check_same(&before, &after);

	must(check_readers(&reader_world, &before, &after, &verdict, &waited));
	if (waited && run->scenario->must & READERS_NEVER_WAIT)
		fail("a reader has to wait");
	if (verdict == CHECK_BEFORE && committed)
		fail("readers see what is no more");
	check_sight(&world, seen);
	play_out();
	death = act_from = NEVER;
	if (differ && verdict && (verdict == CHECK_AFTER) != committed)
		fail("recovery takes back what readers saw");
}

static void
at_store(void *address, unsigned size, void *site)
{
	(void)size;
	note_written(address);
	if (busy)
		return;
	hook_died_at(site);
	if (playing) {
		at_recovery_store();
		return;
	}
	playing = true;
	hook_suspend();
	look();
	store_number++;
	hook_resume();
	playing = false;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static struct check_shape shape_before, shape_after;

static void
count_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	(void)site;
	stores_foreseen++;
}

static void
check_shapes(void)
{
	const struct check_shape *a = &shape_before, *b = &shape_after;
	unsigned must_be = run->scenario->must;

	if ((must_be & SPLITS && b->segments != a->segments + 1) ||
	    (must_be & DOUBLES && b->depth != a->depth + 1) ||
	    (must_be & STASH_GROWS && b->stashed <= a->stashed) ||
	    (must_be & STASH_SHRINKS && b->stashed >= a->stashed) ||
	    (must_be & GRAVES_GROW && b->graves <= a->graves) ||
	    (must_be & GRAVES_SHRINK && b->graves >= a->graves) ||
	    (must_be & CHANGES_NOTHING) != (check_same(&before, &after) ? CHANGES_NOTHING : 0))
		fail("the state is not the one that was meant");
}

/* Run the step on the view, to know what it will do. */
static void
foresee(bool first)
{
	must(check_account(&world, &shape_before, NULL));
	for (unsigned i = 0; i < SCRIPT_MAPS; i++)
		roots_before[i] = *world.maps[i].root;
	must(check_image(&world, &before));
	fresh_view();
	stores_foreseen = 0;
	enter_view(self->index);
	hook_watch(view.base, view.window_size);
	hook_store = count_store;
	script_step(&view_world, step_text);
	hook_store = NULL;
	hook_watch_nothing();
	leave_view();
	if (view_world.why[0])
		fail(view_world.why);
	must(check_account(&view_world, &shape_after, NULL));
	must(check_image(&view_world, &after));
	if (first)
		check_shapes();
	choose_actor_erases();
}

static void
step(bool first)
{
	struct check_image now;

	store_number = 0;
	death = act_from = NEVER;
	choose_actor();
	foresee(first);
	committed = false;
	hook_forget();
	hook_break(mutant);
	hook_watch(world.arena->base, world.arena->window_size);
	hook_watch(view.base, view.window_size);
	hook_store = at_store;
	script_step(&world, step_text);
	hook_store = NULL;
	hook_break(UINT64_MAX);
	hook_forget();
	hook_watch_nothing();
	if (world.why[0])
		fail(world.why);
	if (store_number != stores_foreseen && !quick)
		fail("it did not do what was foreseen");
	must(check_account(&world, NULL, NULL));
	must(check_image(&world, &now));
	if (!check_same(&now, &after))
		fail("it did not do what it does");
}

/* Its stores. */
static uint64_t
run_scenario(const struct run *which)
{
	uint64_t stores = 0;

	run = which;
	step_text = "(setup)";
	death = act_from = NEVER;
	open_world();
	seen = check_new_sight();
	now_seen = check_new_sight();
	script_learn(run->scenario->setup);
	script_learn(run->scenario->steps);
	script_run(&world, run->scenario->setup);
	if (world.why[0])
		fail(world.why);
	for (step_text = run->scenario->steps; step_text; step_text = script_next_step(step_text)) {
		step(step_text == run->scenario->steps);
		stores += store_number;
	}
	return stores;
}

/* ---- runs -------------------------------------------------------------------------------------- */

static void
list_runs(const struct scenario *const lists[], unsigned list_count)
{
	for (unsigned i = 0; i < list_count; i++) {
		for (const struct scenario *s = lists[i]; s->name; s++) {
			for (unsigned layout = 0; layout < SCRIPT_LAYOUTS; layout++) {
				if (!(s->layouts >> layout & 1))
					continue;
				if (run_count == RUNS_MOST)
					abort();
				runs[run_count++] = (struct run){ s, (enum script_layout)layout };
			}
		}
	}
}

/* Sites that stand for one place in the source are one: the first of them. */
static uint64_t
first_like(const struct tarn_mutant_site *sites, uint64_t i)
{
	uint64_t k = 0;

	while (sites[k].line != sites[i].line || strcmp(sites[k].file, sites[i].file) ||
	       strcmp(sites[k].kind, sites[i].kind))
		k++;
	return k;
}

static void
note_reached(unsigned which)
{
	const struct tarn_mutant_site *sites;
	uint64_t count = hook_sites(&sites);

	for (uint64_t i = 0; i < count && i < SITES_MOST; i++) {
		if (hook_site_reached(i))
			shared->reached[which][first_like(sites, i)] = 1;
	}
}

static _Noreturn void
be_worker(unsigned which)
{
	if (quick)
		hook_start(); /* sites that this run reaches */
	shared->run_stores[which] = run_scenario(&runs[which]);
	shared->run_ms[which] = (uint64_t)clock() / (CLOCKS_PER_SEC / 1000);
	if (quick && mutant == UINT64_MAX)
		note_reached(which);
	_exit(0);
}

/* Wait for one child; whether it did well. */
static bool
wait_for_one(pid_t *child)
{
	int status;

	*child = wait(&status);
	if (*child < 0)
		abort();
	if (WIFSIGNALED(status) && !quiet)
		printf("a child was ended by signal %d\n", WTERMSIG(status));
	return status == 0;
}

static unsigned
run_all(const char *only)
{
	unsigned failures = 0, running = 0;
	pid_t child;

	for (unsigned i = 0; i < run_count; i++) {
		if (only && strcmp(only, runs[i].scenario->name))
			continue;
		if (running == WORKERS)
			failures += !wait_for_one(&child);
		else
			running++;
		fflush(stdout);
		if (fork() == 0)
			be_worker(i);
	}
	for (; running; running--)
		failures += !wait_for_one(&child);
	return failures;
}

/* A line for each scenario, all layouts together. */
static void
report_operations(void)
{
	uint64_t stores = 0, ms = 0, every = 0;

	for (unsigned i = 0; i < run_count; i++) {
		stores += shared->run_stores[i];
		every = every > shared->run_every[i] ? every : shared->run_every[i];
		ms += shared->run_ms[i];
		if (i + 1 < run_count && runs[i + 1].scenario == runs[i].scenario)
			continue;
		if (stores)
			printf("%s: %lu stores, recovery died in for each %lu-th, %lu ms\n",
			       runs[i].scenario->name, (unsigned long)stores, (unsigned long)every,
			       (unsigned long)ms);
		stores = ms = every = 0;
	}
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static unsigned cheapest_first[RUNS_MOST];

static int
compare_costs(const void *a, const void *b)
{
	uint64_t x = shared->run_ms[*(const unsigned *)a], y = shared->run_ms[*(const unsigned *)b];

	return x < y ? -1 : x > y;
}

/* In a process of its own: run what comes by the broken site; exit 1 when that fails. */
static _Noreturn void
be_judge(uint64_t site)
{
	pid_t child;

	quiet = true;
	mutant = site;
	if (!freopen("/dev/null", "w", stderr))
		_exit(0);
	for (unsigned i = 0; i < run_count; i++) {
		if (!shared->reached[cheapest_first[i]][site])
			continue;
		if (fork() == 0) {
			alarm(60);
			be_worker(cheapest_first[i]);
		}
		if (!wait_for_one(&child))
			_exit(1);
	}
	_exit(0);
}

static bool
is_reached(uint64_t site)
{
	for (unsigned i = 0; i < run_count; i++) {
		if (shared->reached[i][site])
			return true;
	}
	return false;
}

/* All of the map's and of transactions' must be reached, but for what hashset.c and hashmultimap.c have. */
static bool
is_ours(const struct tarn_mutant_site *site)
{
	if (strstr(site->file, "/hashmap_fit.c") || strstr(site->file, "/hashmap_bag.c"))
		return false;
	return strstr(site->file, "src/container/hashmap") || strstr(site->file, "src/txn/txn.c");
}

static bool
is_below(const struct tarn_mutant_site *site)
{
	return strstr(site->file, "src/txn/") || strstr(site->file, "src/catalog/");
}

static struct judges {
	pid_t pids[WORKERS];
	uint64_t sites[WORKERS];
	unsigned running;
	uint64_t tried, caught;
} judges;

static void
hear_verdict(const struct tarn_mutant_site *sites)
{
	pid_t child;
	bool survived = wait_for_one(&child);
	unsigned i = 0;

	while (judges.pids[i] != child)
		i++;
	judges.caught += !survived;
	if (survived)
		printf("not caught: %s at %s:%lu\n", sites[judges.sites[i]].kind,
		       sites[judges.sites[i]].file, (unsigned long)sites[judges.sites[i]].line);
	judges.running--;
	judges.pids[i] = judges.pids[judges.running];
	judges.sites[i] = judges.sites[judges.running];
}

static void
judge(const struct tarn_mutant_site *sites, uint64_t site)
{
	pid_t child;

	if (judges.running == WORKERS)
		hear_verdict(sites);
	fflush(stdout);
	child = fork();
	if (child == 0)
		be_judge(site);
	judges.pids[judges.running] = child;
	judges.sites[judges.running++] = site;
	judges.tried++;
}

static unsigned
run_mutants(void)
{
	const struct tarn_mutant_site *sites;
	uint64_t count = hook_sites(&sites), unreached = 0;

	quick = true;
	if (count > SITES_MOST || run_all(NULL)) {
		printf("fails with nothing broken\n");
		return 1;
	}
	for (unsigned i = 0; i < run_count; i++)
		cheapest_first[i] = i;
	qsort(cheapest_first, run_count, sizeof(cheapest_first[0]), compare_costs);
	for (uint64_t i = 0; i < count; i++) {
		if (first_like(sites, i) != i || !(is_ours(&sites[i]) || is_below(&sites[i])))
			continue;
		if (is_reached(i)) {
			judge(sites, i);
		} else if (is_ours(&sites[i])) {
			printf("not reached: %s at %s:%lu\n", sites[i].kind, sites[i].file,
			       (unsigned long)sites[i].line);
			unreached++;
		}
	}
	while (judges.running)
		hear_verdict(sites);
	printf("mutants: %lu, caught: %lu, equivalent: 0\n", (unsigned long)judges.tried,
	       (unsigned long)judges.caught);
	return judges.tried == 0 || judges.caught != judges.tried || unreached;
}

/* ---- all --------------------------------------------------------------------------------------- */

static unsigned
run_deaths(const char *only)
{
	unsigned failed = run_all(only);

	report_operations();
	printf("crash points: %lu\n", (unsigned long)shared->crash_points);
	hook_report(!only);
	return failed + (!only && hook_store_sites() != hook_sites_died_at());
}

int
death_main(int argc, char **argv, const struct scenario *const lists[], unsigned list_count)
{
	unsigned failed;

	hook_start();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		abort();
	list_runs(lists, list_count);
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		failed = run_mutants();
	else
		failed = run_deaths(argc > 1 ? argv[1] : NULL);
	printf("%d passed, %u failed\n", !failed, failed);
	return failed != 0;
}
