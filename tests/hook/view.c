// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * view.c -- see view.h
 *
 * Nobody really dies: recovery is called on the view, in the name of the
 * slot whose thread is about to store.  The recoverer's own death is a
 * longjmp() out of its nth store.
 */
#include "hook/view.h"

#include "heap/inner.h"
#include "hook/hook.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tarn.h>
#include <unistd.h>

#define AGAIN_EVERY 4u /* stores of which so many have recoveries that die too */
#define IMAGES_MOST 64u

struct tarn_arena view;
bool view_quiet, view_once;

static struct tarn_arena *arena;
static struct tarn_thread *self;
static const struct view_deaths *deaths;
static const struct view_test *test;
static const char *name = "";
static uint64_t store_number;
static int64_t stores_left = -1; /* of the recoverer; negative: it lives */

static char images[IMAGES_MOST][VIEW_IMAGE_MOST]; /* those that there were, in order */
static unsigned image_count;
static bool decided; /* at this store */

_Noreturn void
view_fail(const char *why)
{
	if (!view_quiet)
		printf("%s, store %lu: %s\n", name, (unsigned long)store_number, why);
	fflush(stdout);
	_exit(1);
}

/* ---- looking ----------------------------------------------------------------------------------- */

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	if (!view_quiet)
		printf("0x%lx in '%s': %s\n", (unsigned long)problem->off, problem->object,
		       problem->what);
}

void
view_check(struct tarn_arena *in, struct tarn_check_report *report)
{
	const struct tarn_check_options options = { .problem = say, .deadline_ms = 1 };
	bool was = in->readonly;

	in->readonly = true; /* it need not keep others out */
	view_must(tarn_check(in, &options, report) == 0);
	in->readonly = was;
	view_must(report->leaked_bytes == 0);
}

static const void *
last_image(void)
{
	return images[image_count - 1];
}

/* The last image still, or a new one, about which all recoveries at this store agree. */
static void
judge(struct tarn_arena *in)
{
	char image[VIEW_IMAGE_MOST] = { 0 };

	test->look(in, image);
	if (image_count && !memcmp(image, last_image(), test->image_size)) {
		decided = true;
		return;
	}
	view_must(!decided);
	for (unsigned i = 0; i < image_count; i++)
		view_must(memcmp(image, images[i], test->image_size) != 0);
	view_must(image_count < IMAGES_MOST);
	memcpy(images[image_count++], image, sizeof(image));
	decided = true;
}

/* ---- being somebody on the view ---------------------------------------------------------------- */

static struct tarn_thread view_thread;
static struct tarn_lane view_lane;

static void
enter_view(void)
{
	if (tarn__lane_view(&view_lane, &view, self->index) || tarn__lane_heap->enter(&view_lane))
		view_fail("the slot cannot be used again");
	view_lane.slot = tarn__slot_at(&view, self->index);
	view_thread = *self;
	view_thread.arena = &view;
	view_thread.slot = view_lane.slot;
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
}

struct tarn_object
view_object(const struct tarn_object *object)
{
	struct tarn_object on_view = *object;

	on_view.arena = &view;
	on_view.root = (struct tarn_root_shm *)(view.base + object->root_off);
	return on_view;
}

/* ---- deaths ------------------------------------------------------------------------------------ */

static bool playing; /* a death is being played out on the view */
static jmp_buf recoverer_died;

static bool
recover_until(int64_t death)
{
	bool died = false;

	hook_forget();
	stores_left = death;
	if (setjmp(recoverer_died) == 0) {
		if (tarn__slot_work->recover(&view, self->index))
			view_fail("recovery refused");
	} else {
		died = true;
	}
	stores_left = -1;
	return died;
}

static void
recover_the_lane_alone(void)
{
	struct tarn_lane lane;

	hook_forget();
	if (tarn__lane_view(&lane, &view, self->index) || tarn__lane_recover(&lane))
		view_fail("recovery of the lane refused");
}

static void
fresh_view(void)
{
	if (madvise(view.base, view.window_size, MADV_DONTNEED))
		abort();
	view.seen_size = arena->seen_size;
}

static void
go_on(void)
{
	if (!deaths->go_on)
		return;
	enter_view();
	deaths->go_on();
	leave_view();
}

static void
play_out(void)
{
	bool again = !view_once && store_number % deaths->again_every == 0, died = true;

	fresh_view();
	if (deaths->before) {
		view.readonly = true;
		deaths->before();
		view.readonly = false;
	}
	recover_the_lane_alone();
	deaths->look(false);
	for (int64_t death = -1; died; death++) {
		fresh_view();
		died = recover_until(death);
		if (died)
			(void)recover_until(-1);
		deaths->look(true);
		hook_point(name);
		if (death == -1) {
			go_on();
			died = again;
		}
	}
}

static void
at_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	hook_died_at(site);
	if (playing) {
		if (stores_left == 0)
			longjmp(recoverer_died, 1);
		stores_left--;
		return;
	}
	playing = true;
	hook_suspend();
	play_out();
	hook_resume();
	playing = false;
	store_number++;
}

void
view_arm(const struct view_deaths *of, const char *named)
{
	deaths = of;
	name = named;
	hook_watch_nothing();
	hook_watch(arena->base, arena->window_size);
	hook_watch(view.base, view.window_size);
	hook_forget();
	hook_store = at_store;
}

void
view_disarm(void)
{
	hook_store = NULL;
	hook_forget();
	hook_watch_nothing();
}

/* ---- the whole --------------------------------------------------------------------------------- */

void
view_open(struct tarn_arena *of)
{
	arena = of;
	view_must(tarn__thread_get(arena, &self) == 0);
	view = *arena;
	view.serial = tarn__arena_new_serial();
	view.deadline_ns = 0;
	view.base = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 arena->file.fd, 0);
	view_must(view.base != MAP_FAILED);
	view.header = (void *)(view.base + ((char *)arena->header - arena->base));
	view.chunk_map = (void *)(view.base + ((char *)arena->chunk_map - arena->base));
}

void
view_close(void)
{
	munmap(view.base, view.window_size);
}

/* A new store, about which nothing is decided yet. */
static void
read_view(void)
{
	decided = false;
	test->read();
}

static void
judge_view(bool drained)
{
	judge(&view);
	if (!drained)
		test->compare(last_image());
}

static void
go_on_from_image(void)
{
	test->go_on(last_image());
}

static const struct view_deaths with_images = {
	.again_every = AGAIN_EVERY,
	.before = read_view,
	.look = judge_view,
	.go_on = go_on_from_image,
};

unsigned
view_run(const struct view_test *of, const char *named, void (*step)(void))
{
	test = of;
	store_number = 0;
	image_count = 0;
	decided = false;
	judge(arena);
	view_arm(&with_images, named);
	step();
	view_disarm();
	decided = false;
	judge(arena);
	return image_count - 1;
}
