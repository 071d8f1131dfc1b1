// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pair.c -- see pair.h
 */
#include "crash/pair.h"

#include "base/hash.h"
#include "catalog/catalog.h"

#include <string.h>
#include <tarn.h>

struct image {
	uint64_t words[PAIR], lengths[PAIR], contents[PAIR];
	uint64_t objects, removed;
};

/* What a reader saw before anybody has recovered. */
static struct seen {
	int code;
	uint64_t length, contents;
} seen[PAIR];

struct tarn_object *pair_objects[PAIR];
uint32_t pair_size;

static const struct pair_test *test;
static bool never_waits;

static bool
is_live(const struct image *image, unsigned which)
{
	return image->words[which] & TARN_WORD_LIVE;
}

/* It is at rest, so that it can be read as others do. */
static void
read_at_rest(struct tarn_arena *in, unsigned which, struct image *image)
{
	static char bytes[PAIR_BYTES_MOST];
	struct tarn_object object = in == &view ? view_object(pair_objects[which])
						: *pair_objects[which];

	must(test->read(&object, bytes, &image->lengths[which]) == 0);
	image->contents[which] = tarn__hash_bytes(bytes, image->lengths[which] * pair_size, 1);
}

static void
look_at(struct tarn_arena *in, unsigned which, struct image *image)
{
	const struct tarn_root_shm *root = (void *)(in->base + pair_objects[which]->root_off);
	const uint64_t *area = (const uint64_t *)(in->base + root->structure);

	image->words[which] = root->word;
	if (!is_live(image, which))
		return;
	if (test->has_no_area) {
		read_at_rest(in, which, image);
		return;
	}
	image->lengths[which] = area[0];
	image->contents[which] = tarn__hash_bytes(area + 8, area[0] * pair_size, 1);
}

static void
look(struct tarn_arena *in, void *told)
{
	struct image *image = told;
	struct tarn_check_report report;

	view_check(in, &report);
	image->objects = report.objects;
	image->removed = report.removed;
	for (unsigned i = 0; i < PAIR && pair_objects[i]; i++)
		look_at(in, i, image);
}

static void
read_both(void)
{
	static char bytes[PAIR_BYTES_MOST];

	for (unsigned i = 0; i < PAIR && pair_objects[i]; i++) {
		struct tarn_object object = view_object(pair_objects[i]);

		seen[i].length = 0;
		seen[i].code = test->read(&object, bytes, &seen[i].length);
		seen[i].contents = tarn__hash_bytes(bytes, seen[i].length * pair_size, 1);
	}
}

static void
compare_one(const struct image *image, unsigned which)
{
	const struct seen *was = &seen[which];

	must(!never_waits || was->code == 0);
	if (was->code == TARN_REMOVED)
		must(!is_live(image, which));
	else if (was->code == 0)
		must(is_live(image, which) && image->lengths[which] == was->length &&
		     image->contents[which] == was->contents);
	else
		must(was->code == TARN_TIMEOUT || was->code == TARN_OWNER_DIED);
}

static void
compare_read(const void *image)
{
	for (unsigned i = 0; i < PAIR && pair_objects[i]; i++)
		compare_one(image, i);
}

static void
go_on(const void *told)
{
	const struct image *before = told;
	struct image now = { .objects = 0 };

	for (unsigned i = 0; i < PAIR && pair_objects[i]; i++) {
		struct tarn_object object = view_object(pair_objects[i]);
		int code = test->change(&object, before->lengths[i]);

		must(code == (is_live(before, i) ? 0 : TARN_REMOVED));
	}
	tarn__graveyard_work(&view, UINT32_MAX);
	look(&view, &now);
	must(now.removed == 0);
	must(!memcmp(now.lengths, before->lengths, sizeof(now.lengths)));
	must(!memcmp(now.contents, before->contents, sizeof(now.contents)));
}

static const struct view_test view_test = {
	.image_size = sizeof(struct image),
	.look = look,
	.read = read_both,
	.compare = compare_read,
	.go_on = go_on,
};

void
pair_run(const struct pair_test *of, const struct pair_scenario *scenario)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = PAIR_MAX_SIZE };
	struct tarn_arena *arena;
	unsigned changes;

	test = of;
	never_waits = scenario->never_waits;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	memset(pair_objects, 0, sizeof(pair_objects));
	test->open(arena);
	view_open(arena);
	scenario->prepare();
	changes = view_run(&view_test, scenario->name, scenario->step);
	must(scenario->changes == PAIR_MANY ? changes > 1 : changes == scenario->changes);
	test->close();
	view_close();
	tarn_arena_close(arena);
}
