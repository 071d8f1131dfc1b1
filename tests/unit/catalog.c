// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog.c -- names, types, removal and the graveyard, without deaths
 *
 * The objects are toys (crash/catalog_toy.h).  After nearly every test the
 * memory is counted: each block is somewhere, and once.
 */
#include "catalog/entry.h"
#include "crash/catalog_account.h"
#include "crash/catalog_toy.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)

static struct tarn_arena *arena;
static struct tarn_object *object;

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = 64 * MIB, .deadline_ms = 300 };

	toy_create_fails = toy_dismantle_fails = 0;
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
}

static void
close_arena(void)
{
	tarn_arena_close(arena);
}

static void
assert_accounted(void)
{
	const char *wrong = account(arena);

	ck_assert_msg(!wrong, "%s", wrong);
}

static struct tarn_object *
make(const char *name)
{
	struct tarn_object *made;
	bool created = false;

	ck_assert_int_eq(toy_open(arena, name, TARN_CREATE, &made, &created), 0);
	ck_assert(created);
	return made;
}

static void
assert_there(const char *name, bool there)
{
	struct tarn_object *found;

	ck_assert_int_eq(toy_open(arena, name, TARN_OPEN, &found, NULL),
			 there ? 0 : TARN_NOT_FOUND);
	tarn_object_close(found);
}

/* ---- open and create --------------------------------------------------------------------------- */

START_TEST(who_creates_and_who_opens_have_the_same_object)
{
	struct tarn_object *made = make("orders"), *opened, *either;
	bool created = true;
	uint64_t stamp;

	ck_assert_int_eq(toy_open(arena, "orders", TARN_OPEN, &opened, &created), 0);
	ck_assert(!created);
	ck_assert_int_eq(toy_open(arena, "orders", TARN_OPEN_OR_CREATE, &either, &created), 0);
	ck_assert(!created);
	ck_assert_uint_ne(made->root_off, 0);
	ck_assert_uint_ne(made->seed, 0);
	ck_assert_uint_eq(made->key_size, 8);
	ck_assert_uint_eq(made->value_size, 16);
	ck_assert_int_eq(memcmp(made, opened, sizeof(*made)), 0);
	ck_assert_int_eq(memcmp(made, either, sizeof(*made)), 0);
	ck_assert_int_eq(toy_look(opened, &stamp), 0);
	tarn_object_close(made);
	tarn_object_close(opened);
	tarn_object_close(either);
	tarn_object_close(NULL);
	assert_accounted();
}
END_TEST

START_TEST(open_wants_it_there_and_create_wants_it_not_there)
{
	bool created = true;

	object = (void *)&created;
	ck_assert_int_eq(toy_open(arena, "orders", TARN_OPEN, &object, &created), TARN_NOT_FOUND);
	ck_assert_str_eq(tarn_error_detail(), "there is no object orders");
	ck_assert(!object && !created);
	ck_assert_int_eq(toy_open(arena, "orders", TARN_OPEN_OR_CREATE, &object, &created), 0);
	ck_assert(object && created);
	tarn_object_close(object);
	ck_assert_int_eq(toy_open(arena, "orders", TARN_CREATE, &object, &created), TARN_EXISTS);
	ck_assert_str_eq(tarn_error_detail(), "there is an object orders already");
	ck_assert(!object && !created);
	assert_accounted();
}
END_TEST

START_TEST(a_creation_that_fails_leaves_nothing)
{
	tarn_object_close(make("before"));
	toy_create_fails = TARN_FULL;
	for (int i = 0; i < 500; i++)
		ck_assert_int_eq(toy_open(arena, "orders", TARN_CREATE, &object, NULL), TARN_FULL);
	assert_accounted();
	assert_there("orders", false);
	toy_create_fails = 0;
	tarn_object_close(make("orders"));
	assert_accounted();
}
END_TEST

static int
open_as(const char *name, struct tarn_type type)
{
	int code = tarn__object_open(arena, name, &type, TARN_OPEN_OR_CREATE, &object, NULL);

	tarn_object_close(object);
	return code;
}

START_TEST(a_type_that_is_not_the_objects_is_told_with_both)
{
	struct tarn_type is = { TOY, TARN_KEY_U64, 16, "qd" }, not = is;

	ck_assert_int_eq(open_as("orders", is), 0);
	ck_assert_int_eq(open_as("orders", is), 0);
	not.kind = GAME;
	ck_assert_int_eq(open_as("orders", not), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "orders is a toy of u64 to 16 bytes (fields \"qd\"), "
					      "not a game of u64 to 16 bytes (fields \"qd\")");
	not = (struct tarn_type){ TOY, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
	ck_assert_int_eq(open_as("orders", not), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "orders is a toy of u64 to 16 bytes (fields \"qd\"), "
					      "not a toy of string to bytes");
	not = (struct tarn_type){ TOY, TARN_KEY_I64, 16, "" };
	ck_assert_int_eq(open_as("orders", not), TARN_TYPE);
	not = (struct tarn_type){ TOY, TARN_KEY_U64, 17, NULL };
	ck_assert_int_eq(open_as("orders", not), TARN_TYPE);
	not = (struct tarn_type){ TOY, TARN_KEY_NONE, 0, NULL };
	ck_assert_int_eq(open_as("orders", not), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(),
			 "orders is a toy of u64 to 16 bytes (fields \"qd\"), not a toy");
	assert_accounted();
}
END_TEST

START_TEST(who_asks_for_no_fields_takes_any)
{
	struct tarn_type with = { TOY, TARN_KEY_U64, 16, "qd" }, without = with, other = with;

	without.fields = NULL;
	other.fields = "qq";
	ck_assert_int_eq(open_as("orders", with), 0);
	ck_assert_int_eq(open_as("orders", without), 0);
	without.fields = "";
	ck_assert_int_eq(open_as("orders", without), 0);
	ck_assert_int_eq(open_as("orders", other), TARN_TYPE);
	ck_assert_int_eq(open_as("plain", without), 0);
	ck_assert_int_eq(open_as("plain", with), TARN_TYPE);
}
END_TEST

START_TEST(a_type_that_cannot_be_is_refused)
{
	struct tarn_type type = { TOY, TARN_KEY_U64, 16, NULL }, bad;
	char fields[130];

	bad = type, bad.kind = TARN_KIND_NONE;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	bad = type, bad.kind = 13;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	bad = type, bad.kind = 99;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	bad = type, bad.key = 8;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	bad = type, bad.fields = "q\nd";
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	memset(fields, 'q', sizeof(fields));
	fields[128] = 0;
	bad = type, bad.fields = fields;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	fields[127] = 0;
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	bad.value_size = 127 * 8;
	ck_assert_int_eq(open_as("orders", bad), 0);
	bad = type, bad.fields = "qz";
	ck_assert_int_eq(open_as("orders", bad), TARN_INVALID);
	ck_assert_int_eq(tarn__object_open(arena, "x", &type, 3, &object, NULL), TARN_INVALID);
	ck_assert_int_eq(tarn__object_open(arena, "x", NULL, 2, &object, NULL), TARN_INVALID);
	assert_accounted();
}
END_TEST

START_TEST(a_name_that_cannot_be_is_refused)
{
	const char *bad[] = { "", "a/b", "a\nb", "\x1f", "a\x7f", NULL };
	char longest[TARN_NAME_MAX + 2];

	for (size_t i = 0; i < TARN_ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(toy_open(arena, bad[i], 2, &object, NULL), TARN_INVALID);
		ck_assert_int_eq(tarn_object_remove(arena, bad[i]), TARN_INVALID);
		ck_assert_int_eq(tarn_object_rename(arena, "x", bad[i]), TARN_INVALID);
		ck_assert_int_eq(tarn_object_rename(arena, bad[i], "x"), TARN_INVALID);
	}
	memset(longest, 'n', sizeof(longest));
	longest[TARN_NAME_MAX + 1] = 0;
	ck_assert_int_eq(toy_open(arena, longest, 2, &object, NULL), TARN_INVALID);
	longest[TARN_NAME_MAX] = 0;
	tarn_object_close(make(longest));
	assert_there(longest, true);
	tarn_object_close(make("G\xc3\xb6tter und ihre B\xc3\xa4ume \xff"));
	assert_accounted();
}
END_TEST

START_TEST(a_detail_is_cut_between_characters)
{
	char name[TARN_NAME_MAX + 1] = "";

	while (strlen(name) + 2 <= TARN_NAME_MAX)
		strcat(name, "\xc3\xa4");
	for (int shift = 0; shift < 2; shift++) {
		const char *detail = tarn_error_detail();

		tarn__error_detail("%s%s%s%s%s%s%s", shift ? "x" : "", name, name, name, name, name, name);
		ck_assert_uint_ge(strlen(detail), 1021);
		ck_assert_uint_le(strlen(detail), 1023);
		ck_assert_int_eq(detail[strlen(detail) - 1], '\xa4');
	}
}
END_TEST

/* ---- remove and rename ------------------------------------------------------------------------- */

START_TEST(a_removed_object_is_gone_for_every_handle)
{
	struct tarn_object *made = make("orders"), *again;
	struct tarn_object_info info;
	uint64_t stamp;

	ck_assert_int_eq(tarn_object_info(made, &info), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), 0);
	ck_assert_int_eq(tarn_object_info(made, &info), TARN_REMOVED);
	ck_assert_int_eq(toy_look(made, &stamp), TARN_REMOVED);
	ck_assert_int_eq(toy_clear(made, 7), TARN_REMOVED);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), TARN_NOT_FOUND);
	ck_assert_uint_eq(account_graveyard(arena), 0);
	assert_accounted();
	again = make("orders");
	ck_assert_int_eq(tarn_object_info(made, &info), TARN_REMOVED);
	ck_assert_int_eq(tarn_object_info(again, &info), 0);
	ck_assert(again->root_off != made->root_off || again->generation > made->generation);
	tarn_object_close(made);
	tarn_object_close(again);
	assert_accounted();
}
END_TEST

START_TEST(memory_goes_round)
{
	struct tarn_arena_stat stat;
	uint64_t given = 0;

	for (int i = 0; i < 3000; i++) {
		tarn_object_close(make("orders"));
		ck_assert_int_eq(tarn_object_remove(arena, "orders"), 0);
		ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
		if (i == 1000)
			given = stat.given_bytes;
	}
	ck_assert_uint_eq(stat.given_bytes, given);
	assert_accounted();
}
END_TEST

START_TEST(a_replaced_object_is_gone_and_the_other_in_its_place)
{
	struct tarn_object *old, *new, *opened;
	struct tarn_object_info info;
	const char *const names[] = { "s", "a much longer name than it had", "orders" };

	for (size_t i = 0; i < TARN_ARRAY_SIZE(names); i++) {
		old = make(names[i]);
		new = make("new");
		ck_assert_int_eq(tarn_object_replace(arena, "nothing", names[i]), TARN_NOT_FOUND);
		ck_assert_int_eq(tarn_object_info(old, &info), 0);
		ck_assert_int_eq(tarn_object_replace(arena, "new", names[i]), 0);
		ck_assert_int_eq(tarn_object_info(old, &info), TARN_REMOVED);
		ck_assert_int_eq(tarn_object_info(new, &info), 0);
		ck_assert_str_eq(info.name, names[i]);
		ck_assert_int_eq(toy_open(arena, names[i], TARN_OPEN, &opened, NULL), 0);
		ck_assert_uint_eq(opened->root_off, new->root_off);
		ck_assert_int_eq(tarn_object_replace(arena, names[i], names[i]), 0);
		ck_assert_int_eq(tarn_object_info(new, &info), 0);
		ck_assert_int_eq(tarn_object_replace(arena, names[i], "free"), 0);
		ck_assert_int_eq(tarn_object_remove(arena, "free"), 0);
		tarn_object_close(old);
		tarn_object_close(new);
		tarn_object_close(opened);
		assert_accounted();
	}
}
END_TEST

START_TEST(a_renamed_object_keeps_its_handles)
{
	struct tarn_object *made = make("orders"), *other = make("other");
	struct tarn_object_info info;
	uint64_t stamp;

	ck_assert_int_eq(tarn_object_rename(arena, "orders", "a much longer name than it had"), 0);
	assert_there("orders", false);
	assert_there("a much longer name than it had", true);
	ck_assert_int_eq(toy_look(made, &stamp), 0);
	ck_assert_int_eq(tarn_object_info(made, &info), 0);
	ck_assert_str_eq(info.name, "a much longer name than it had");
	ck_assert_uint_eq(info.root, made->root_off);
	ck_assert_int_eq(tarn_object_rename(arena, info.name, "s"), 0);
	ck_assert_int_eq(tarn_object_info(made, &info), 0);
	ck_assert_str_eq(info.name, "s");
	ck_assert_int_eq(tarn_object_rename(arena, "s", "s"), 0);
	ck_assert_int_eq(tarn_object_rename(arena, "s", "other"), TARN_EXISTS);
	ck_assert_str_eq(tarn_error_detail(), "there is an object other already");
	ck_assert_int_eq(tarn_object_rename(arena, "nothing", "s"), TARN_NOT_FOUND);
	ck_assert_str_eq(tarn_error_detail(), "there is no object nothing");
	assert_there("s", true);
	tarn_object_close(made);
	tarn_object_close(other);
	assert_accounted();
}
END_TEST

START_TEST(clear_buries_what_there_was)
{
	struct tarn_object *made = make("orders");
	uint64_t stamp;

	for (uint64_t i = 2; i < 10; i++) {
		ck_assert_int_eq(toy_clear(made, i), 0);
		ck_assert_int_eq(toy_look(made, &stamp), 0);
		ck_assert_uint_eq(stamp, i);
		assert_accounted();
	}
	ck_assert_uint_eq(account_graveyard(arena), 8);
	tarn__graveyard_work(arena, 1);
	ck_assert_uint_eq(account_graveyard(arena), 8);
	assert_accounted();
	tarn__graveyard_work(arena, TOY_BLOCKS + 1);
	ck_assert_uint_eq(account_graveyard(arena), 7);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account_graveyard(arena), 0);
	ck_assert_int_eq(toy_look(made, &stamp), 0);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

START_TEST(what_cannot_be_dismantled_now_is_left_for_later)
{
	tarn_object_close(make("a"));
	tarn_object_close(make("b"));
	toy_dismantle_fails = TARN_BUSY;
	ck_assert_int_eq(tarn_object_remove(arena, "a"), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "b"), 0);
	ck_assert_uint_eq(account_graveyard(arena), 2);
	assert_accounted();
	toy_dismantle_fails = 0;
	tarn_object_close(make("c"));
	ck_assert_uint_eq(account_graveyard(arena), 2);
	assert_accounted();
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account_graveyard(arena), 0);
	assert_accounted();
}
END_TEST

/* All tombs but the oldest and one in the middle are somebody's, who lives; or none is. */
static void
set_builder(uint64_t owner)
{
	tarn_off off = tarn__catalog(arena)->graveyard;
	struct tarn_entry_shm *tomb;

	for (unsigned i = 0; off; i++, off = tomb->next) {
		tomb = tarn__entry_at(arena, off);
		tomb->aside = i != 150 && tomb->next ? owner << TARN_NODE_OWNER_SHIFT : 0;
	}
}

START_TEST(what_lies_behind_many_that_are_held_has_its_turn)
{
	struct tarn_object *made = make("orders");
	struct tarn_thread *self;

	ck_assert_int_eq(tarn__thread_get(arena, &self), 0);
	for (uint64_t i = 2; i < 302; i++)
		ck_assert_int_eq(toy_clear(made, i), 0);
	ck_assert_uint_eq(account_graveyard(arena), 300);
	set_builder(self->owner);
	for (unsigned i = 0; i < 20; i++)
		tarn__graveyard_work(arena, UINT32_MAX);
	ck_assert_uint_eq(account_graveyard(arena), 298);
	ck_assert_int_eq(toy_clear(made, 1), 0);
	tarn__graveyard_work(arena, UINT32_MAX); /* the newest at once, whosever turn it is */
	ck_assert_uint_eq(account_graveyard(arena), 298);
	set_builder(0);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account_graveyard(arena), 0);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

/* ---- the list ---------------------------------------------------------------------------------- */

struct seen {
	unsigned count, stop_at;
	char name[TARN_NAME_MAX + 1];
};

static int
note(const struct tarn_object_info *info, void *arg)
{
	struct seen *seen = arg;

	strcpy(seen->name, info->name);
	return ++seen->count == seen->stop_at ? 17 : 0;
}

static int
remove_it(const struct tarn_object_info *info, void *arg)
{
	ck_assert_int_eq(tarn_object_remove(arena, info->name), 0);
	return note(info, arg);
}

static unsigned
count_objects(void)
{
	struct seen seen = { 0 };

	ck_assert_int_eq(tarn_object_list(arena, note, &seen), 0);
	return seen.count;
}

START_TEST(the_list_tells_all_there_is)
{
	struct tarn_type type = { TOY, TARN_KEY_BYTES, TARN_VALUE_BYTES, "qd" };
	uint64_t now = tarn__os_wall_time();
	struct seen seen = { .stop_at = 3 };
	struct tarn_object_info info;
	char name[32];

	ck_assert_uint_eq(count_objects(), 0);
	ck_assert_int_eq(tarn__object_open(arena, "typed", &type, 2, &object, NULL), 0);
	ck_assert_int_eq(tarn_object_info(object, &info), 0);
	ck_assert_str_eq(info.name, "typed");
	ck_assert_uint_eq(info.type.kind, TOY);
	ck_assert_uint_eq(info.type.key, TARN_KEY_BYTES);
	ck_assert_uint_eq(info.type.value_size, TARN_VALUE_BYTES);
	ck_assert_str_eq(info.type.fields, "qd");
	ck_assert_uint_ge(info.created_at, now);
	ck_assert_uint_eq(info.root, object->root_off);
	ck_assert_uint_eq(object->key_size, 0);
	ck_assert_uint_eq(object->value_size, 0);
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "object-%d", i);
		tarn_object_close(make(name));
	}
	ck_assert_uint_eq(count_objects(), 10);
	ck_assert_int_eq(tarn_object_list(arena, note, &seen), 17);
	ck_assert_uint_eq(seen.count, 3);
	seen = (struct seen){ 0 };
	ck_assert_int_eq(tarn_object_list(arena, remove_it, &seen), 0);
	ck_assert_uint_eq(seen.count, 10);
	ck_assert_uint_eq(count_objects(), 0);
	tarn_object_close(object);
	assert_accounted();
}
END_TEST

static uint64_t stop_changing;

/* One name moves about, one comes and goes. */
static void *
keep_changing(void *unused)
{
	for (unsigned i = 0; !tarn__load(&stop_changing); i++) {
		tarn_object_close(make("flicker"));
		ck_assert_int_eq(tarn_object_rename(arena, i & 1 ? "odd" : "even",
						    i & 1 ? "even" : "odd"), 0);
		ck_assert_int_eq(tarn_object_remove(arena, "flicker"), 0);
	}
	return unused;
}

struct moment {
	unsigned fixed, moving;
};

static int
note_moment(const struct tarn_object_info *info, void *arg)
{
	struct moment *moment = arg;

	moment->fixed += info->name[0] == 'n';
	moment->moving += info->name[0] == 'o' || info->name[0] == 'e';
	return 0;
}

/* Reads that have met a change. */
static uint64_t
count_retries(void)
{
	struct tarn_arena_stat stat;

	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	return stat.retries;
}

START_TEST(the_list_is_that_of_one_moment)
{
	pthread_t thread;
	char name[32];

	tarn__store(&stop_changing, 0);
	tarn_object_close(make("even"));
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		tarn_object_close(make(name));
	}
	ck_assert_int_eq(pthread_create(&thread, NULL, keep_changing, NULL), 0);
	for (int i = 0; i < 1000 || (count_retries() < 50 && i < 1000000); i++) {
		struct moment moment = { 0 };

		ck_assert_int_eq(tarn_object_list(arena, note_moment, &moment), 0);
		ck_assert_uint_eq(moment.fixed, 50);
		ck_assert_uint_eq(moment.moving, 1);
	}
	tarn__store(&stop_changing, 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	assert_accounted();
}
END_TEST

START_TEST(ten_thousand_objects)
{
	struct tarn_object *found;
	char name[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "object number %d", i);
		tarn_object_close(make(name));
	}
	ck_assert_uint_eq(count_objects(), 10000);
	assert_accounted();
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "object number %d", i);
		ck_assert_int_eq(toy_open(arena, name, TARN_OPEN, &found, NULL), 0);
		tarn_object_close(found);
		ck_assert_int_eq(tarn_object_remove(arena, name), 0);
	}
	ck_assert_uint_eq(count_objects(), 0);
	assert_accounted();
}
END_TEST

/* ---- chains ------------------------------------------------------------------------------------ */

#define CHAINED 6u

static char chained[CHAINED][32];
static uint64_t chain;

/* So many names, of different lengths, that hash to one chain. */
static void
make_chain(void)
{
	struct tarn_name name;
	char text[32];

	for (unsigned i = 0, found = 0; found < CHAINED; i++) {
		snprintf(text, sizeof(text), "%s%u", i & 1 ? "a longer one " : "n", i);
		ck_assert_int_eq(tarn__name_make(arena, text, &name), 0);
		if (found && name.hash % TARN_CATALOG_HEADS != chain)
			continue;
		chain = name.hash % TARN_CATALOG_HEADS;
		strcpy(chained[found++], text);
	}
	for (unsigned i = 0; i < CHAINED - 1; i++)
		tarn_object_close(make(chained[i]));
}

static void
assert_chain(unsigned there)
{
	for (unsigned i = 0; i < CHAINED; i++)
		assert_there(chained[i], there >> i & 1);
	ck_assert_uint_eq(count_objects(), tarn__popcount(there));
	assert_accounted();
}

START_TEST(names_that_share_a_chain_come_and_go_one_by_one)
{
	make_chain();
	assert_chain(0x1f);
	for (unsigned i = 0; i < CHAINED - 1; i++) {
		ck_assert_int_eq(tarn_object_rename(arena, chained[i], chained[5]), 0);
		assert_chain(0x3f & ~(1u << i));
		ck_assert_int_eq(tarn_object_rename(arena, chained[5], chained[i]), 0);
		assert_chain(0x1f);
	}
	for (unsigned i = 0; i < (CHAINED - 1) * (CHAINED - 1); i++) {
		unsigned from = i % (CHAINED - 1), to = i / (CHAINED - 1);

		ck_assert_int_eq(tarn_object_replace(arena, chained[from], chained[to]), 0);
		assert_chain(from == to ? 0x1f : 0x1f & ~(1u << from));
		if (from != to)
			tarn_object_close(make(chained[from]));
	}
	ck_assert_int_eq(tarn_object_remove(arena, chained[2]), 0);
	assert_chain(0x1b);
	ck_assert_int_eq(tarn_object_remove(arena, chained[0]), 0);
	assert_chain(0x1a);
	ck_assert_int_eq(tarn_object_remove(arena, chained[4]), 0);
	assert_chain(0x0a);
	tarn_object_close(make(chained[5]));
	assert_chain(0x2a);
}
END_TEST

/* ---- scribblers -------------------------------------------------------------------------------- */

static struct tarn_entry_shm *
nth_of_chain(unsigned n)
{
	struct tarn_entry_shm *entry =
		tarn__entry_at(arena, tarn__catalog(arena)->heads[chain]);

	while (n--)
		entry = tarn__entry_at(arena, entry->next);
	return entry;
}

/* No call that goes that way takes it for true, or hangs. */
static void
assert_corrupt(void)
{
	struct seen seen = { 0 };

	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_CREATE, &object, NULL), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_remove(arena, chained[0]), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_rename(arena, chained[0], "x"), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_rename(arena, "elsewhere", chained[0]), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_replace(arena, "elsewhere", chained[0]), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_list(arena, note, &seen), TARN_CORRUPT);
	ck_assert_uint_ge(seen.count, 1);
	assert_there("elsewhere", true);
}

/* chained[0] was linked first, and is the last of its chain. */
START_TEST(a_broken_chain_is_corrupt_and_nobody_hangs)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	tarn_off bad[] = { 1, 512, 4096, TARN_CATALOG_WORDS_OFF, arena->fixed.slots_off,
			   arena->fixed.data_off + 8, arena->window_size - 512,
			   arena->window_size, UINT64_MAX - 511, UINT64_MAX };
	uint64_t head, next, count;

	make_chain();
	tarn_object_close(make("elsewhere"));
	head = catalog->heads[chain];
	next = nth_of_chain(2)->next;
	count = catalog->count;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(bad); i++) {
		catalog->heads[chain] = bad[i];
		assert_corrupt();
		catalog->heads[chain] = head;
		nth_of_chain(2)->next = bad[i];
		assert_corrupt();
		nth_of_chain(2)->next = next;
	}
	for (unsigned i = 0; i < 3; i++) {
		nth_of_chain(2)->next = tarn__off(arena, nth_of_chain(i));
		assert_corrupt();
		catalog->count = UINT64_MAX;
		assert_corrupt();
		catalog->count = count;
		nth_of_chain(2)->next = next;
	}
	assert_accounted();
}
END_TEST

START_TEST(an_entry_that_cannot_be_is_corrupt)
{
	struct tarn_entry_shm *entry, saved;

	make_chain();
	entry = nth_of_chain(4);
	saved = *entry;
	entry->root.word &= ~TARN_WORD_LIVE;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	ck_assert_int_eq(tarn_object_remove(arena, chained[0]), TARN_CORRUPT);
	*entry = saved;
	entry->fields_size = 128;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	*entry = saved;
	memset(entry->fields, 'q', sizeof(entry->fields));
	entry->fields_size = 10;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	*entry = saved;
	entry->order_size = 32;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	*entry = saved;
	entry->fields_size = entry->key_fields_size = 64;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	*entry = saved;
	entry->key_fields_size = UINT64_MAX - 1;
	entry->fields_size = 2;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_CORRUPT);
	*entry = saved;
	entry->kind = 77;
	ck_assert_int_eq(toy_open(arena, chained[0], TARN_OPEN, &object, NULL), TARN_TYPE);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "is an object of unknown kind of u64"));
	*entry = saved;
	entry->name_size = UINT64_MAX;
	ck_assert_int_eq(tarn_object_list(arena, note, &(struct seen){ 0 }), TARN_CORRUPT);
	*entry = saved;
	entry->root.node |= UINT64_C(0xfff) << TARN_NODE_OWNER_SHIFT;
	ck_assert_int_ne(tarn_object_remove(arena, chained[0]), 0);
	*entry = saved;
	assert_chain(0x1f);
}
END_TEST

START_TEST(a_list_that_lost_names_is_corrupt)
{
	struct seen seen = { 0 };

	make_chain();
	nth_of_chain(1)->next = 0;
	ck_assert_int_eq(tarn_object_list(arena, note, &seen), TARN_CORRUPT);
	ck_assert_uint_eq(seen.count, 2);
}
END_TEST

/* Two in the graveyard that the library cannot, or must not, take apart. */
START_TEST(a_graveyard_that_makes_no_sense_is_left_alone)
{
	struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	struct tarn_entry_shm *entry;

	for (int i = 0; i < 3; i++) {
		tarn_object_close(make("a"));
		toy_dismantle_fails = TARN_BUSY;
		ck_assert_int_eq(tarn_object_remove(arena, "a"), 0);
		toy_dismantle_fails = 0;
	}
	entry = tarn__entry_at(arena, catalog->graveyard);
	entry->kind = 13;
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account_graveyard(arena), 1);
	assert_accounted();
	entry->kind = TOY;
	entry->root.word |= TARN_WORD_LIVE;
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account_graveyard(arena), 1);
	entry->root.word &= ~TARN_WORD_LIVE;
	entry->next = catalog->graveyard;
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(entry->kind, TARN_KIND_NONE);
	catalog->graveyard = 4711;
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(catalog->graveyard, 4711);
	catalog->graveyard = 0;
	assert_accounted();
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

static struct tarn_arena *
open_again(bool readonly)
{
	struct tarn_arena_options options = { .readonly = readonly, .deadline_ms = 100 };
	struct tarn_arena *other;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ck_assert_int_eq(tarn_arena_open(&other, name, &options, NULL), 0);
	return other;
}

START_TEST(who_may_only_read_opens_and_lists)
{
	struct tarn_arena *reader = open_again(true);
	struct tarn_object_info info;
	struct seen seen = { 0 };
	bool created = true;
	uint64_t stamp;

	tarn_object_close(make("orders"));
	ck_assert_int_eq(toy_open(reader, "orders", TARN_OPEN_OR_CREATE, &object, &created), 0);
	ck_assert(!created);
	ck_assert_int_eq(toy_look(object, &stamp), 0);
	ck_assert_int_eq(tarn_object_info(object, &info), 0);
	ck_assert_str_eq(info.name, "orders");
	ck_assert_int_eq(tarn_object_list(reader, note, &seen), 0);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_int_eq(tarn_object_remove(reader, "orders"), TARN_READ_ONLY);
	ck_assert_int_eq(tarn_object_rename(reader, "orders", "x"), TARN_READ_ONLY);
	tarn_object_close(object);
	ck_assert_int_eq(toy_open(reader, "orders", TARN_CREATE, &object, NULL), TARN_EXISTS);
	ck_assert_int_eq(toy_open(reader, "new", TARN_CREATE, &object, NULL), TARN_READ_ONLY);
	ck_assert_int_eq(toy_open(reader, "new", TARN_OPEN_OR_CREATE, &object, NULL), TARN_READ_ONLY);
	ck_assert_int_eq(toy_open(reader, "new", TARN_OPEN, &object, NULL), TARN_NOT_FOUND);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), 0);
	tarn_arena_close(reader);
}
END_TEST

START_TEST(a_reader_waits_while_names_change_and_no_longer_than_it_may)
{
	struct tarn_arena *reader = open_again(true);
	struct tarn_lane *lane;

	tarn_object_close(make("orders"));
	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__lock_wait(lane, &tarn__catalog(arena)->node, 0), 0);
	ck_assert_int_eq(toy_open(reader, "orders", TARN_OPEN, &object, NULL), 0);
	tarn_object_close(object);
	tarn__dirty(&tarn__catalog(arena)->node);
	ck_assert_int_eq(toy_open(reader, "orders", TARN_OPEN, &object, NULL), TARN_TIMEOUT);
	ck_assert_int_eq(tarn_object_list(reader, note, NULL), TARN_TIMEOUT);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	tarn__op_end(lane);
	ck_assert_int_eq(toy_open(reader, "orders", TARN_OPEN, &object, NULL), 0);
	tarn_object_close(object);
	tarn_arena_close(reader);
}
END_TEST

START_TEST(no_names_change_inside_a_transaction)
{
	struct tarn_object *made = make("orders"), *found;
	struct tarn_txn *txn;

	ck_assert_int_eq(tarn_txn_begin(arena, &txn, &made, 1), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), TARN_IN_TXN);
	ck_assert_int_eq(tarn_object_rename(arena, "orders", "x"), TARN_IN_TXN);
	ck_assert_int_eq(toy_open(arena, "new", TARN_CREATE, &found, NULL), TARN_IN_TXN);
	ck_assert_int_eq(toy_open(arena, "orders", TARN_OPEN, &found, NULL), 0);
	ck_assert_uint_eq(count_objects(), 1);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), 0);
	tarn_object_close(made);
	tarn_object_close(found);
	assert_accounted();
}
END_TEST

static void *
remove_orders(void *code)
{
	*(int *)code = tarn_object_remove(arena, "orders");
	return NULL;
}

START_TEST(a_removal_waits_for_the_transaction_that_has_the_object)
{
	struct tarn_object *made = make("orders");
	struct tarn_object_info info;
	struct tarn_txn *txn;
	pthread_t thread;
	int code = 0;

	ck_assert_int_eq(tarn_txn_begin(arena, &txn, &made, 1), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, remove_orders, &code), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(code, TARN_TIMEOUT);
	ck_assert_int_eq(tarn_object_info(made, &info), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, remove_orders, &code), 0);
	usleep(20000);
	ck_assert_int_eq(tarn_txn_commit(txn), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(code, 0);
	ck_assert_int_eq(tarn_object_info(made, &info), TARN_REMOVED);
	ck_assert_int_eq(tarn_txn_begin(arena, &txn, &made, 1), TARN_REMOVED);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

/* As a transaction does that has cleared something. */
START_TEST(a_removal_that_waits_for_the_graveyard_has_nothing_locked)
{
	const struct tarn_catalog_shm *catalog = tarn__catalog(arena);
	const uint64_t *waits = &arena->header->statistics.lock_waits;
	struct tarn_object *made = make("orders");
	struct tarn_lane *lane;
	pthread_t thread;
	unsigned held = 0;
	int code = 0;

	ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
	ck_assert_int_eq(tarn__lock_try(lane, &tarn__catalog(arena)->graveyard_node), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, remove_orders, &code), 0);
	while (!tarn__load(waits))
		usleep(100);
	for (int i = 0; i < 20; i++, usleep(1000))
		held += tarn__node_owner(tarn__load(&catalog->node)) ||
			tarn__node_owner(tarn__load(&made->root->gate));
	ck_assert_uint_lt(held, 20);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(code, TARN_TIMEOUT);
	ck_assert_int_eq(tarn__rollback(lane), 0);
	tarn__op_end(lane);
	ck_assert_int_eq(tarn_object_remove(arena, "orders"), 0);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

START_TEST(a_forked_child_has_the_same_names)
{
	struct tarn_object *made = make("orders"), *found;
	struct tarn_object_info info;
	int status;
	pid_t child = fork();

	if (child == 0) {
		alarm(30);
		if (tarn_object_info(made, &info) || strcmp(info.name, "orders"))
			_exit(1);
		if (tarn__forked(arena)) /* not attached, and yet it reads */
			_exit(4);
		if (toy_open(arena, "child", TARN_CREATE, &found, NULL))
			_exit(2);
		_exit(tarn_object_remove(arena, "orders") ? 3 : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(tarn_object_info(made, &info), TARN_REMOVED);
	assert_there("child", true);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

/* It holds names and root, has them DIRTY, and has made half of its changes. */
START_TEST(what_a_killed_process_had_begun_is_undone_by_who_comes_next)
{
	struct tarn_object *made = make("orders");
	struct tarn_object_info info;
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct tarn_lane *lane;

		if (tarn__op_begin(arena, &lane) ||
		    tarn__lock_wait(lane, &made->root->node, UINT64_MAX) ||
		    tarn__lock_wait(lane, &tarn__catalog(arena)->node, UINT64_MAX) ||
		    tarn__lane_reserve(lane, 2, 0, 0, 0))
			_exit(1);
		tarn__dirty(&made->root->node);
		tarn__dirty(&tarn__catalog(arena)->node);
		tarn__set(lane, &made->root->word, 0);
		tarn__set(lane, &tarn__catalog(arena)->count, 0);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(tarn_object_info(made, &info), 0);
	assert_there("orders", true);
	ck_assert_uint_eq(count_objects(), 1);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	tarn_object_close(made);
	assert_accounted();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("catalog");
	TCase *tests = tcase_create("catalog");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 50);
	tcase_add_checked_fixture(tests, open_arena, close_arena);
	tcase_add_test(tests, who_creates_and_who_opens_have_the_same_object);
	tcase_add_test(tests, open_wants_it_there_and_create_wants_it_not_there);
	tcase_add_test(tests, a_creation_that_fails_leaves_nothing);
	tcase_add_test(tests, a_type_that_is_not_the_objects_is_told_with_both);
	tcase_add_test(tests, who_asks_for_no_fields_takes_any);
	tcase_add_test(tests, a_type_that_cannot_be_is_refused);
	tcase_add_test(tests, a_name_that_cannot_be_is_refused);
	tcase_add_test(tests, a_detail_is_cut_between_characters);
	tcase_add_test(tests, a_removed_object_is_gone_for_every_handle);
	tcase_add_test(tests, memory_goes_round);
	tcase_add_test(tests, a_replaced_object_is_gone_and_the_other_in_its_place);
	tcase_add_test(tests, a_renamed_object_keeps_its_handles);
	tcase_add_test(tests, clear_buries_what_there_was);
	tcase_add_test(tests, what_cannot_be_dismantled_now_is_left_for_later);
	tcase_add_test(tests, what_lies_behind_many_that_are_held_has_its_turn);
	tcase_add_test(tests, the_list_tells_all_there_is);
	tcase_add_test(tests, the_list_is_that_of_one_moment);
	tcase_add_test(tests, ten_thousand_objects);
	tcase_add_test(tests, names_that_share_a_chain_come_and_go_one_by_one);
	tcase_add_test(tests, a_broken_chain_is_corrupt_and_nobody_hangs);
	tcase_add_test(tests, an_entry_that_cannot_be_is_corrupt);
	tcase_add_test(tests, a_list_that_lost_names_is_corrupt);
	tcase_add_test(tests, a_graveyard_that_makes_no_sense_is_left_alone);
	tcase_add_test(tests, who_may_only_read_opens_and_lists);
	tcase_add_test(tests, a_reader_waits_while_names_change_and_no_longer_than_it_may);
	tcase_add_test(tests, no_names_change_inside_a_transaction);
	tcase_add_test(tests, a_removal_waits_for_the_transaction_that_has_the_object);
	tcase_add_test(tests, a_removal_that_waits_for_the_graveyard_has_nothing_locked);
	tcase_add_test(tests, a_forked_child_has_the_same_names);
	tcase_add_test(tests, what_a_killed_process_had_begun_is_undone_by_who_comes_next);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
