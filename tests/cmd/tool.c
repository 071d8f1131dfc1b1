// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tool.c -- tests of the tarn tool, run as people run it
 *
 * $TARN_TOOL is the program.  "tarn gc --yes" removes whatever nobody uses;
 * so where there is no /dev/shm of our own to be had (run.h) the tests that
 * say gc are skipped, and the others use names of their own.
 */
#include "base/compiler.h"
#include "catalog/entry.h"
#include "cmd/run.h"
#include "member/member.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

static char name[64]; /* of this test's arena, without shm: */
static char full[80]; /* with it */
static char path[100];

/* ---- on this test's arena --------------------------------------------------------------------- */

static void
run_on(const char *verb)
{
	char arguments[200];

	snprintf(arguments, sizeof(arguments), "%s %s", verb, name);
	run(arguments);
}

/* The object in an array that tells of this test's arena. */
static const json_t *
ours(const json_t *array)
{
	const json_t *object;
	size_t i;

	json_array_foreach((json_t *)array, i, object)
	{
		if (!strcmp(string(object, "name"), full))
			return object;
	}
	return NULL;
}

static bool sysv; /* over segments */

static void
set_up(void)
{
	sysv = getenv("TARN_TEST_SYSV");
	if (sysv) {
		snprintf(name, sizeof(name), "sysv:key=0x59%06x", (unsigned)getpid());
		snprintf(full, sizeof(full), "%s", name);
		snprintf(path, sizeof(path), "/dev/shm/tarn.key-0x59%06x", (unsigned)getpid());
	} else {
		snprintf(name, sizeof(name), "cmd-tool-%d", (int)getpid());
		snprintf(full, sizeof(full), "shm:%s", name);
		snprintf(path, sizeof(path), "/dev/shm/tarn.%s", name);
	}
	run_on("create --max-size=4M");
	expect(0, full);
}

static void
tear_down(void)
{
	int code = tarn_arena_remove(full);

	ck_assert(code == 0 || code == TARN_NOT_FOUND);
}

/* ---- somebody who is attached ---------------------------------------------------------------- */

static _Noreturn void
attach_and_wait(bool readonly, int done)
{
	struct tarn_arena_options options = { .readonly = readonly };
	struct tarn_thread *thread;
	struct tarn_arena *arena;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (tarn_arena_open(&arena, full, &options, NULL))
		_exit(1);
	if (!readonly && tarn__thread_get(arena, &thread))
		_exit(1);
	if (write(done, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static pid_t
attach(bool readonly)
{
	int done[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(done, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
		attach_and_wait(readonly, done[1]);
	close(done[1]);
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	close(done[0]);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* ---- create, ls, stat, rm -------------------------------------------------------------------- */

START_TEST(create_refuses_what_exists)
{
	run_on("create");
	expect(1, "exists");
	expect(1, "tarn rm");
}
END_TEST

/* Of what is no segment they say nothing. */
START_TEST(create_takes_the_size_of_segments)
{
	run_on("rm");
	run_on("create --max-size=4M --segments=2 --segment-size=1M");
	expect(0, "at most 4.0 MiB");
	run_on("rm");
	run_on("create --segments=2001");
	expect(2, "an argument is wrong");
	run_on("create --segment-size=x");
	expect(2, "not a size");
}
END_TEST

START_TEST(ls_lists)
{
	json_t *json;

	run("ls");
	expect(0, full);
	run("ls --json");
	json = parse();
	ck_assert_ptr_nonnull(ours(json));
	ck_assert_int_eq(number(ours(json), "max_size"), 4 << 20);
	ck_assert_int_eq(number(ours(json), "writers"), 0);
	ck_assert_int_eq(number(ours(json), "readers"), 0);
	json_decref(json);
}
END_TEST

/* Its header says nothing any more. */
static void
damage(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *broken;

	ck_assert_int_eq(tarn_arena_open(&broken, full, &options, NULL), 0);
	memset(broken->base, 0, 16);
	tarn_arena_close(broken);
}

START_TEST(ls_tells_what_it_cannot_open)
{
	json_t *json;

	damage();
	run("ls");
	expect(0, "not an arena");
	run("ls --json");
	json = parse();
	ck_assert_ptr_nonnull(strstr(string(ours(json), "problem"), "not an arena"));
	json_decref(json);
}
END_TEST

START_TEST(stat_tells)
{
	char id[32];
	json_t *json;

	run_on("stat");
	expect(0, "max_size        4194304 (4.0 MiB)");
	expect(0, "heap_free_bytes 0 (0 B)\n");
	run_on("stat --json");
	json = parse();
	ck_assert_str_eq(string(json, "name"), full);
	ck_assert_int_eq(number(json, "max_size"), 4 << 20);
	ck_assert_int_eq(number(json, "slots_used"), 0);
	ck_assert_int_gt(number(json, "given_bytes"), 0);
	snprintf(id, sizeof(id), "%s", string(json, "arena_id"));
	json_decref(json);
	run_on("stat --json");
	json = parse();
	ck_assert_str_eq(string(json, "arena_id"), id);
	json_decref(json);
}
END_TEST

START_TEST(looking_writes_nothing)
{
	struct stat before, after;

	ck_assert_int_eq(stat(path, &before), 0);
	run("ls");
	run_on("stat");
	run_on("who");
	run_on("ls");
	run_on("dump");
	run_on("check --readonly");
	run("gc");
	run_on("stat");
	expect(0, "attaches        1\n");
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_int_eq(before.st_blocks, after.st_blocks);
}
END_TEST

START_TEST(looking_creates_nothing)
{
	static const char *const verbs[] = { "stat", "who", "reap", "rm", "stat --json",
		"who --json", "ls", "ls --json", "dump", "check", "check --readonly" };

	run_on("rm");
	expect(0, "");
	for (size_t i = 0; i < TARN_ARRAY_SIZE(verbs); i++) {
		run_on(verbs[i]);
		expect(1, "no such name");
		expect(1, "tarn ls");
		ck_assert_int_eq(access(path, F_OK), -1);
	}
}
END_TEST

START_TEST(file_arenas)
{
	char file[] = "/tmp/tarn-cmd-tool-XXXXXX", arguments[100];
	int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(arguments, sizeof(arguments), "rm file:%s", file);
	run(arguments);
	expect(2, "an argument is wrong"); /* not an arena: not touched */
	snprintf(arguments, sizeof(arguments), "stat file:%s", file);
	run(arguments);
	expect(3, "not an arena");
	ck_assert_int_eq(unlink(file), 0);
}
END_TEST

/* ---- who, reap ------------------------------------------------------------------------------- */

static void
expect_who(int writers, int readers, int threads)
{
	json_t *json;

	run_on("who --json");
	json = parse();
	ck_assert_int_eq(number(json, "writers"), writers);
	ck_assert_int_eq(number(json, "readers"), readers);
	ck_assert_int_eq((int)json_array_size(json_object_get(json, "threads")), threads);
	json_decref(json);
}

START_TEST(who_tells_the_living_and_the_dead)
{
	pid_t writer, reader;
	const json_t *thread;
	json_t *json;

	expect_who(0, 0, 0);
	writer = attach(false);
	reader = attach(true);
	expect_who(1, 1, 1);
	run_on("who --json");
	json = parse();
	thread = json_array_get(json_object_get(json, "threads"), 0);
	ck_assert_int_eq(number(thread, "pid"), writer);
	ck_assert(json_is_false(json_object_get(thread, "dead")));
	json_decref(json);
	run_on("who");
	expect(0, "for writing 1, for reading only 1");
	expect(0, "alive");
	end(reader);
	expect_who(1, 0, 1);
	end(writer);
	expect_who(0, 0, 1);
	run_on("who");
	expect(0, "dead");
}
END_TEST

START_TEST(reap_frees_the_slots_of_the_dead)
{
	run_on("reap");
	expect(0, "0 dead threads put right");
	end(attach(false));
	expect_who(0, 0, 1);
	run_on("reap");
	expect(0, "1 dead threads put right");
	expect_who(0, 0, 0);
}
END_TEST

/* ---- objects --------------------------------------------------------------------------------- */

static struct tarn_arena *arena;

static void
attach_here(void)
{
	ck_assert_int_eq(tarn_arena_open(&arena, full, NULL, NULL), 0);
}

static struct tarn_hashmap *
open_map(const char *object, enum tarn_key_kind key, uint32_t value_size, const char *fields)
{
	const struct tarn_type type = { TARN_KIND_HASHMAP, key, value_size, fields };
	struct tarn_hashmap *map;

	ck_assert_int_eq(
		tarn_hashmap_open(arena, &map, object, &type, TARN_OPEN_OR_CREATE, NULL), 0);
	return map;
}

static void
put(const char *object, const struct tarn_type *type, const void *key, size_t key_size,
	const void *value, size_t value_size)
{
	struct tarn_hashmap *map = open_map(object, type->key, type->value_size, type->fields);

	ck_assert_int_eq(tarn_hashmap_put(map, key, key_size, value, value_size), 0);
	tarn_hashmap_close(map);
}

/* One map of each sort that dump knows, and a lock. */
static void
make_objects(void)
{
	const struct tarn_type numbers = { 0, TARN_KEY_U64, 8, NULL };
	const struct tarn_type reals = { 0, TARN_KEY_I64, 8, "<d" };
	const struct tarn_type small = { 0, TARN_KEY_I64, 2, "h" };
	const struct tarn_type pairs = { 0, TARN_KEY_U64, 16, "qd" };
	const struct tarn_type texts = { 0, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
	uint64_t big = UINT64_MAX, pair[2] = { 1, 2 };
	int64_t minus = -7;
	double real = 1.5;
	int16_t two = -2;
	struct tarn_mutex *mutex;

	attach_here();
	put("numbers", &numbers, &big, 8, &big, 8);
	put("reals", &reals, &minus, 8, &real, 8);
	put("small", &small, &minus, 8, &two, 2);
	put("pairs", &pairs, &big, 8, pair, 16);
	put("texts", &texts, "a\"b", 3, "h\303\244", 3);
	put("texts", &texts, "\377", 1, "\377\376", 2);
	put("texts", &texts, "", 0, "\0x", 2);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "lock", TARN_CREATE, NULL), 0);
	tarn_mutex_close(mutex);
}

static void
run_on_object(const char *verb, const char *object)
{
	char arguments[300];

	snprintf(arguments, sizeof(arguments), "%s %s %s", verb, name, object);
	run(arguments);
}

START_TEST(ls_lists_objects)
{
	json_t *json;

	run_on("ls");
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(printed, "");
	make_objects();
	run_on("ls");
	expect(0, "numbers                  hashmap  u64           8 -                   1  20");
	expect(0, "texts                    hashmap  string    bytes -                   3  20");
	expect(0, "lock                     mutex    -             - -                   -  20");
	run_on("ls --json");
	json = parse();
	ck_assert_uint_eq(json_array_size(json), 6);
	ck_assert_str_eq(string(json_array_get(json, 0), "name"), "lock");
	ck_assert_ptr_null(json_object_get(json_array_get(json, 0), "entries"));
	ck_assert_str_eq(string(json_array_get(json, 4), "name"), "small");
	ck_assert_str_eq(string(json_array_get(json, 4), "value"), "2");
	ck_assert_str_eq(string(json_array_get(json, 4), "fields"), "h");
	ck_assert_int_eq(number(json_array_get(json, 5), "entries"), 3);
	json_decref(json);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(dump_prints_objects)
{
	json_t *json;

	run_on("dump");
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(printed, "[]\n");
	make_objects();
	run_on("dump");
	expect(0, "{\"name\": \"lock\", \"kind\": \"mutex\", \"key\": \"-\", \"value\": \"-\"");
	expect(0, "    [18446744073709551615, 18446744073709551615]\n  ]}");
	expect(0, "    [-7, 1.5]\n");
	expect(0, "    [-7, -2]\n");
	expect(0, "    [18446744073709551615, [1, 9.8813129168249309e-324]]\n");
	expect(0, "[\"a\\\"b\", \"h\303\244\"]");
	expect(0, "[{\"base64\":\"/w==\"}, {\"base64\":\"//4=\"}]");
	expect(0, "[\"\", \"\\u0000x\"]");
	run_on_object("dump", "texts");
	json = json_loads(printed, JSON_ALLOW_NUL, NULL);
	ck_assert_msg(json != NULL, "%s", printed);
	ck_assert_str_eq(string(json, "name"), "texts");
	ck_assert_uint_eq(json_array_size(json_object_get(json, "entries")), 3);
	json_decref(json);
	run_on_object("dump", "nothing");
	expect(1, sysv ? "tarn ls sysv:" : "tarn ls cmd-tool");
	tarn_arena_close(arena);
}
END_TEST

struct trade {
	int32_t at[2];
	double price;
	struct {
		uint16_t low;
		uint8_t big_endian[2];
	} pairs[2];
	char name[7];
	bool good;
	uint16_t half;
};

static void
put_trade(const struct tarn_type *type, const void *key, const struct trade *trade)
{
	struct tarn_hashmap *map;

	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "trades", type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashmap_put(map, key, type->key_size, trade, sizeof(*trade)), 0);
	tarn_hashmap_close(map);
}

START_TEST(dump_prints_fields)
{
	const struct tarn_type type = {
		.kind = TARN_KIND_HASHMAP, .key = TARN_KEY_BYTES, .key_size = 12, .key_fields = "8s:who:i",
		.value_size = sizeof(struct trade), .value_align = 8,
		.fields = "2i:at:d:price:(2,1)T{<H:low:>H:big:@}:pairs:@7s:na\"me:?:good:e",
	};
	const struct trade trade = { { -1, 2 }, INFINITY, { { 1, { 1, 2 } }, { 2, { 0xff, 0 } } },
				     "h\303\244", true, 0xc100 };
	double real = -0.5;
	struct tarn_hashmap *map;
	json_t *json;

	attach_here();
	put_trade(&type, "somebody\7\0\0", &trade);
	run_on_object("dump", "trades");
	expect(0, "\"key\": \"bytes[12]\", \"value\": \"40\"");
	expect(0, "\"key_fields\": \"8s:who:i\"");
	expect(0, "[{\"who\": \"somebody\", \"f1\": 7}, {\"at\": [-1, 2], \"price\": \"inf\", "
		  "\"pairs\": [[{\"low\": 1, \"big\": 258}], [{\"low\": 2, \"big\": 65280}]], "
		  "\"na\\\"me\": \"h\303\244\", \"good\": true, \"f5\": -2.5}]");
	json = json_loads(printed, 0, NULL);
	ck_assert_msg(json != NULL, "%s", printed);
	json_decref(json);
	map = open_map("reals", TARN_KEY_F64, 1, NULL);
	ck_assert_int_eq(tarn_hashmap_put(map, &real, 8, "x", 1), 0);
	tarn_hashmap_close(map);
	run_on_object("dump", "reals");
	expect(0, "[-0.5, {\"base64\":\"eA==\"}]");
	run_on("ls");
	expect(0, "trades                   hashmap  bytes[12]      40 2i:at:");
	run_on_object("stat", "trades");
	expect(0, "name            trades\nkind            hashmap\nkey             bytes[12]\n"
		  "key_fields      8s:who:i\nvalue           40\nfields          2i:at:");
	expect(0, "\nalign           8\nentries         1\ncreated_at      20");
	run_on_object("stat --json", "trades");
	json = parse();
	ck_assert_str_eq(string(json, "key_fields"), "8s:who:i");
	ck_assert_int_eq(number(json, "align"), 8);
	ck_assert_int_eq(number(json, "entries"), 1);
	json_decref(json);
	run_on_object("stat", "nothing");
	expect(1, sysv ? "tarn ls sysv:" : "tarn ls cmd-tool");
	tarn_arena_close(arena);
}
END_TEST

static void
append(const char *object, enum tarn_key_kind key, uint32_t size, const char *fields,
       const void *values, uint64_t count)
{
	const struct tarn_type type = { TARN_KIND_VECTOR, key, size, fields };
	struct tarn_vector *vector;

	ck_assert_int_eq(tarn_vector_open(arena, &vector, object, &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_vector_append(vector, values, count), 0);
	tarn_vector_close(vector);
}

static void
dump_a_deque(void)
{
	const struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_I32, 4, NULL };
	const int32_t numbers[] = { -1, 7 };
	struct tarn_deque *deque;

	ck_assert_int_eq(tarn_deque_open(arena, &deque, "jobs", &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_deque_push_back(deque, &numbers[1]), 0);
	ck_assert_int_eq(tarn_deque_push_front(deque, &numbers[0]), 0);
	tarn_deque_close(deque);
	run_on_object("dump", "jobs");
	expect(0, "\"kind\": \"deque\"");
	expect(0, "\"elements\": [\n    -1,\n    7\n  ]}");
}

/* One of strings too, element by element. */
static void
dump_a_list(void)
{
	const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_BYTES, TARN_VALUE_BYTES, NULL };
	struct tarn_list *list;

	ck_assert_int_eq(tarn_list_open(arena, &list, "words", &type, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_list_push_back(list, "two", 3, NULL), 0);
	ck_assert_int_eq(tarn_list_push_front(list, "one", 3, NULL), 0);
	for (int i = 0; i < 3000; i++)
		ck_assert_int_eq(tarn_list_push_back(list, &i, 1, NULL), 0);
	ck_assert_int_eq(tarn_list_resize(list, 3, "", 0), 0);
	tarn_list_close(list);
	run_on_object("dump", "words");
	expect(0, "\"kind\": \"list\"");
	expect(0, "\"elements\": [\n    \"one\",\n    \"two\",\n    \"\\u0000\"\n  ]}");
	run_on_object("get", "words 1");
	expect(0, "two");
	run_on_object("set", "words 1 three");
	run_on_object("set", "words 3 none");
	expect(1, "");
	run_on_object("del", "words 0");
	run_on_object("scan", "words");
	expect(0, "three");
}

/* By index they are looked at, and that is all: the last one without. */
static void
dump_what_has_ends(void)
{
	const struct tarn_type types[] = { { TARN_KIND_STACK, TARN_KEY_I32, 4, NULL },
					   { TARN_KIND_QUEUE, TARN_KEY_I32, 4, NULL },
					   { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_I32, 4, NULL } };
	const int32_t numbers[] = { -1, 7 };
	struct tarn_priority_queue *first;
	struct tarn_stack *stack;
	struct tarn_queue *queue;

	ck_assert_int_eq(tarn_stack_open(arena, &stack, "plates", &types[0], TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_queue_open(arena, &queue, "line", &types[1], TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_priority_queue_open(arena, &first, "timers", &types[2], TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_stack_push_many(stack, numbers, 2), 0);
	ck_assert_int_eq(tarn_queue_push_many(queue, numbers, 2), 0);
	ck_assert_int_eq(tarn_priority_queue_push_many(first, numbers, 2, NULL), 0);
	tarn_stack_close(stack);
	tarn_queue_close(queue);
	tarn_priority_queue_close(first);
	run_on_object("dump", "plates");
	expect(0, "\"kind\": \"stack\"");
	expect(0, "\"elements\": [\n    -1,\n    7\n  ]}");
	run_on_object("dump", "line");
	expect(0, "\"kind\": \"queue\"");
	expect(0, "\"elements\": [\n    -1,\n    7\n  ]}");
	run_on_object("dump", "timers");
	expect(0, "\"kind\": \"priority_queue\"");
	expect(0, "\"elements\": [\n    7,\n    -1\n  ]}");
	run_on_object("get", "line 1");
	expect(0, "7");
	run_on_object("get", "line 2");
	expect(1, "");
	run_on_object("set", "line 1 9");
	expect(2, "");
}

START_TEST(dump_prints_elements)
{
	const double reals[] = { 1.5, -2 };
	const int32_t numbers[] = { -1, 7 };
	static uint64_t many[9000];
	struct tarn_string *string;
	json_t *json;

	attach_here();
	append("reals", TARN_KEY_F64, 8, NULL, reals, 2);
	append("numbers", TARN_KEY_I32, 4, NULL, numbers, 2);
	append("letters", TARN_KEY_NONE, 3, NULL, "abcdef", 2);
	append("small", TARN_KEY_NONE, 2, "h", numbers, 1);
	append("none", TARN_KEY_U64, 8, NULL, NULL, 0);
	append("many", TARN_KEY_U64, 8, "Q", many, 9000);
	ck_assert_int_eq(tarn_string_open(arena, &string, "text", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_string_assign(string, "h\303\244\0x", 5), 0);
	tarn_string_close(string);
	run_on_object("dump", "text");
	expect(0, "\"kind\": \"string\"");
	expect(0, "\"bytes\": \"h\303\244\\u0000x\"}");
	run_on_object("dump", "reals");
	expect(0, "\"kind\": \"vector\", \"key\": \"f64\", \"value\": \"8\"");
	expect(0, "\"elements\": [\n    1.5,\n    -2\n  ]}");
	run_on_object("dump", "numbers");
	expect(0, "[\n    -1,\n    7\n  ]}");
	run_on_object("dump", "letters");
	expect(0, "[\n    {\"base64\":\"YWJj\"},\n    {\"base64\":\"ZGVm\"}\n  ]}");
	run_on_object("dump", "small");
	expect(0, "[\n    -1\n  ]}");
	run_on_object("dump", "none");
	expect(0, "\"elements\": [\n  ]}");
	run_on_object("dump", "many");
	json = json_loads(printed, 0, NULL);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "elements")), 9000);
	json_decref(json);
	dump_a_deque();
	dump_a_list();
	dump_what_has_ends();
	run_on("ls");
	expect(0, "jobs                     deque    i32           4 -                   2  20");
	expect(0, "many                     vector   u64           8 Q                9000  20");
	expect(0, "text                     string   -             1 -                   5  20");
	tarn_arena_close(arena);
}
END_TEST

START_TEST(dump_prints_numbers_and_bits)
{
	struct tarn_counter *counter;
	struct tarn_bitset *bits;

	attach_here();
	ck_assert_int_eq(tarn_counter_open(arena, &counter, "hits", TARN_ATOMIC, TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_counter_add(counter, -3, NULL), 0);
	tarn_counter_close(counter);
	ck_assert_int_eq(tarn_bitset_open(arena, &bits, "seats", TARN_TRANSACTIONAL, 100, TARN_CREATE,
					  NULL), 0);
	run_on_object("dump", "seats");
	expect(0, "\"fields\": \"\", \"bits\": 100, \"ones\": []}");
	ck_assert_int_eq(tarn_bitset_set_range(bits, 0, 2, true), 0);
	ck_assert_int_eq(tarn_bitset_set(bits, 99), 0);
	tarn_bitset_close(bits);
	run_on_object("dump", "seats");
	expect(0, "\"kind\": \"bitset\"");
	expect(0, "\"bits\": 100, \"ones\": [0, 1, 99]}");
	run_on_object("dump", "hits");
	expect(0, "\"kind\": \"atomic counter\", \"key\": \"i64\"");
	expect(0, "\"number\": -3}");
}
END_TEST

START_TEST(dump_prints_ordered_maps_in_order)
{
	const struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_I32, 8, "Q" };
	const int32_t keys[] = { 7, -5, 300 };
	struct tarn_map *map;

	attach_here();
	ck_assert_int_eq(tarn_map_open(arena, &map, "ages", &type, TARN_CREATE, NULL), 0);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_int_eq(tarn_map_put(map, &keys[i], 4, &i, 8), 0);
	run_on_object("dump", "ages");
	expect(0, "\"kind\": \"map\", \"key\": \"i32\", \"value\": \"8\"");
	expect(0, "\"entries\": [\n    [-5, 1],\n    [7, 0],\n    [300, 2]\n  ]}");
	run_on("ls");
	expect(0, "ages                     map      i32           8 Q                   3  20");
	tarn_map_close(map);
	tarn_arena_close(arena);
}
END_TEST

static void
put_value(const char *object, const char *fields, uint32_t size, uint64_t bits)
{
	const struct tarn_type type = { 0, TARN_KEY_U64, size, fields };
	uint64_t key = 1;

	put(object, &type, &key, 8, &bits, size);
}

static void
insert(const char *object, enum tarn_key_kind key, const void *bytes, size_t size)
{
	struct tarn_type type = { TARN_KIND_HASHSET, key, 0, NULL };
	struct tarn_hashset *set;

	ck_assert_int_eq(tarn_hashset_open(arena, &set, object, &type, TARN_OPEN_OR_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_hashset_insert(set, bytes, size), 0);
	tarn_hashset_close(set);
}

START_TEST(dump_prints_keys)
{
	attach_here();
	insert("ids", TARN_KEY_I64, &(int64_t){ -7 }, 8);
	insert("words", TARN_KEY_STRING, "a\"b", 3);
	run_on_object("dump", "ids");
	expect(0, "\"kind\": \"hashset\", \"key\": \"i64\", \"value\": \"-\"");
	expect(0, "\"keys\": [\n    -7\n  ]}");
	run_on_object("dump", "words");
	expect(0, "\"keys\": [\n    \"a\\\"b\"\n  ]}");
	insert("ids", TARN_KEY_I64, &(int64_t){ 8 }, 8);
	run_on_object("dump", "ids");
	expect(0, "-7");
	expect(0, ",\n    ");
	run_on("ls");
	expect(0, "ids                      hashset  i64           - -                   2  20");
	tarn_arena_close(arena);
}
END_TEST

START_TEST(dump_reads_fields)
{
	static const struct {
		const char *fields;
		uint32_t size;
		uint64_t bits;
		const char *text;
	} cases[] = {
		{ "?", 1, 1, "true" },
		{ "b", 1, 0x80, "-128" },
		{ "B", 1, 0x80, "128" },
		{ "H", 2, 0xffff, "65535" },
		{ "i", 4, 0xffffffff, "-1" },
		{ "=I", 4, 0xffffffff, "4294967295" },
		{ "l", 8, UINT64_MAX, "-1" },
		{ "<l", 4, 0xffffffff, "-1" },
		{ "@q", 8, UINT64_C(1) << 63, "-9223372036854775808" },
		{ "Q", 8, UINT64_MAX, "18446744073709551615" },
		{ "f", 4, 0x3fc00000, "1.5" },
		{ "d", 8, UINT64_C(0x7ff8000000000000), "\"nan\"" },
		{ "d", 8, UINT64_C(0xfff0000000000000), "\"-inf\"" },
		{ ">I", 4, 1, "16777216" },
		{ "e", 2, 0x0001, "5.9605e-08" },
		{ "e", 2, 0xfc00, "\"-inf\"" },
		{ "3s", 3, 0x636261, "\"abc\"" },
		{ "3s", 3, 0x000061, "\"a\"" },
		{ "3c", 3, 0x636261, "[\"a\", \"b\", \"c\"]" },
		{ "2s", 2, 0xffff, "{\"base64\":\"//8=\"}" },
		{ "ib", 8, 0x0300000002, "[2, 3]" },
		{ "b:a:b", 2, 0x0203, "{\"a\": 3, \"f1\": 2}" },
		{ "", 7, 1, "{\"base64\":\"AQAAAAAAAA==\"}" },
	};
	char object[16], text[64];

	attach_here();
	for (size_t i = 0; i < TARN_ARRAY_SIZE(cases); i++) {
		snprintf(object, sizeof(object), "map%zu", i);
		put_value(object, cases[i].fields, cases[i].size, cases[i].bits);
		run_on_object("dump", object);
		snprintf(text, sizeof(text), "\n    [1, %s]\n", cases[i].text);
		expect(0, text);
	}
	tarn_arena_close(arena);
}
END_TEST

START_TEST(rm_removes_objects)
{
	make_objects();
	run_on_object("rm", "texts");
	expect(0, "");
	run_on("ls");
	expect(0, "numbers");
	ck_assert_ptr_null(strstr(printed, "texts"));
	run_on_object("rm", "texts");
	expect(1, "there is no object texts");
	expect(1, sysv ? "tarn ls sysv:" : "tarn ls cmd-tool");
	run_on_object("rm", "a/b");
	expect(2, "no name may hold");
	ck_assert_int_eq(access(path, F_OK), 0);
	tarn_arena_close(arena);
}
END_TEST

/* ---- check ----------------------------------------------------------------------------------- */

START_TEST(check_finds_nothing)
{
	json_t *json;

	make_objects();
	run_on("check");
	expect(0, "objects         6\n");
	expect(0, "leaked_bytes    0 (0 B)\n");
	expect(0, "problems        0\n");
	run_on("check --json --readonly");
	json = parse();
	ck_assert_str_eq(string(json, "name"), full);
	ck_assert_int_eq(number(json, "objects"), 6);
	ck_assert_int_eq(number(json, "entries"), 7);
	ck_assert_int_gt(number(json, "reachable_bytes"), 0);
	ck_assert_int_eq(number(json, "problem_count"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "problems")), 0);
	json_decref(json);
	tarn_arena_close(arena);
}
END_TEST

START_TEST(check_finds_problems)
{
	const json_t *problem;
	json_t *json;

	make_objects();
	tarn__catalog(arena)->count++;
	run_on("check");
	expect(1, "problem at 0x4008: the catalog counts 7 objects, and there are 6\n");
	expect(1, "problems        1\n");
	expect(1, "tarn dump");
	run_on("check --json 2>/dev/null");
	ck_assert_int_eq(status, 1);
	json = json_loads(printed, 0, NULL);
	ck_assert_int_eq(number(json, "problem_count"), 1);
	problem = json_array_get(json_object_get(json, "problems"), 0);
	ck_assert_str_eq(string(problem, "offset"), "0x0000000000004008");
	ck_assert_str_eq(string(problem, "object"), "");
	json_decref(json);
	run_on("dump");
	expect(3, "tarn check");
	expect(3, "\"numbers\"");
	tarn__catalog(arena)->count--;
	run_on("check");
	expect(0, "problems        0\n");
	tarn_arena_close(arena);
}
END_TEST

START_TEST(check_tells_leaks_from_blocks_of_programs)
{
	tarn_off block;

	attach_here();
	ck_assert_int_eq(tarn_alloc(arena, 1000, &block), 0);
	run_on("check");
	expect(1, "1024 bytes are in use, and nothing leads to them: leaked");
	expect(1, "--blocks");
	run_on("check --blocks");
	expect(0, "foreign_bytes   1024 (1.0 KiB)");
	tarn_arena_close(arena);
}
END_TEST

static pid_t
fork_in_transaction(void)
{
	struct tarn_object *object;
	struct tarn_hashmap *map;
	struct tarn_txn *txn;
	uint64_t key = 1;
	int done[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(done, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		attach_here();
		map = open_map("numbers", TARN_KEY_U64, 8, NULL);
		object = tarn_hashmap_object(map);
		if (tarn_txn_begin(arena, &txn, &object, 1) ||
			tarn_hashmap_put(tarn_hashmap_in(map, txn), &key, 8, &key, 8) ||
			write(done[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(done[1]);
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	close(done[0]);
	return pid;
}

START_TEST(check_puts_the_dead_right)
{
	pid_t pid = fork_in_transaction();

	end(pid);
	run_on("check --readonly");
	expect(3, "tarn reap");
	run_on("check");
	expect(0, "problems        0\n");
	run_on("check --readonly");
	expect(0, "problems        0\n");
	expect_who(0, 0, 0);
}
END_TEST

START_TEST(rm_of_an_object_waits_to_the_deadline)
{
	pid_t pid = fork_in_transaction();

	setenv("TARN_DEADLINE_MS", "50", 1);
	run_on_object("rm", "numbers");
	expect(1, "tarn who");
	unsetenv("TARN_DEADLINE_MS");
	end(pid);
	run_on_object("rm", "numbers");
	expect(0, "");
}
END_TEST

/* ---- gc -------------------------------------------------------------------------------------- */

START_TEST(gc_without_yes_removes_nothing)
{
	run("gc");
	expect(0, full);
	expect(0, "tarn gc --yes");
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

static void
expect_gc(const char *outcome, const char *why)
{
	json_t *json;

	run("gc --yes --json");
	json = parse();
	ck_assert_ptr_nonnull(ours(json));
	ck_assert_str_eq(string(ours(json), "outcome"), outcome);
	ck_assert_msg(strstr(string(ours(json), "why"), why) != NULL, "printed:\n%s", printed);
	ck_assert_int_eq(access(path, F_OK), strcmp(outcome, "removed") ? 0 : -1);
	json_decref(json);
}

START_TEST(gc_keeps_what_is_used)
{
	pid_t pid;

	if (!own_shm)
		return;
	pid = attach(false);
	expect_gc("kept", "attached for writing 1");
	kill(pid, SIGSTOP);
	expect_gc("kept", "attached for writing 1");
	end(pid);
	pid = attach(true);
	expect_gc("kept", "for reading only 1");
	end(pid);
	expect_gc("removed", "nobody is attached");
	run("gc --yes");
	expect(0, "");
}
END_TEST

START_TEST(gc_keeps_what_it_cannot_open)
{
	if (!own_shm)
		return;
	damage();
	expect_gc("kept", "cannot be opened: not an arena");
}
END_TEST

/* A lock file, as one leaves who is killed in the middle of creating an arena in segments. */
START_TEST(gc_clears_away_what_a_dead_creator_left)
{
	if (!own_shm || !sysv)
		return;
	run_on("rm");
	ck_assert_int_eq(close(open(path, O_CREAT | O_RDWR, 0600)), 0);
	run("ls");
	expect(0, "no arena: being made or removed, or left so");
	run("gc");
	expect(0, "unused");
	ck_assert_int_eq(access(path, F_OK), 0);
	expect_gc("removed", "no arena");
	run_on("create --max-size=4M");
	expect(0, full);
}
END_TEST

START_TEST(gc_of_nothing)
{
	if (!own_shm)
		return;
	run_on("rm");
	run("gc");
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(printed, "");
	run("ls");
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(printed, "");
}
END_TEST

/* ---- usage ----------------------------------------------------------------------------------- */

START_TEST(wrong_use)
{
	static const struct {
		const char *arguments, *text;
	} cases[] = {
		{ "", "usage:" },
		{ "lsx", "no such verb" },
		{ "stat", "name is missing" },
		{ "rm", "name is missing" },
		{ "dump", "name is missing" },
		{ "check", "name is missing" },
		{ "rm a b c", "too many" },
		{ "dump a b c", "too many" },
		{ "ls a b", "too many" },
		{ "check a b", "too many" },
		{ "dump --yes a", "no such option here" },
		{ "stat --blocks a", "no such option here" },
		{ "who a b", "too many" },
		{ "ls --yes", "no such option here" },
		{ "gc --max-size=1M", "no such option here" },
		{ "create --max-size x", "not a size" },
		{ "create --max-size=0 x", "not a size" },
		{ "create --max-size=99999999T x", "not a size" },
		{ "create --max-size=64T x", "an argument is wrong" },
		{ "create x --max-size", "value is missing" },
		{ "stat ../x", "an argument is wrong" },
		{ "stat ''", "an argument is wrong" },
		{ "rm memfd:", "an argument is wrong" },
	};

	for (size_t i = 0; i < TARN_ARRAY_SIZE(cases); i++) {
		run(cases[i].arguments);
		expect(2, cases[i].text);
	}
}
END_TEST

START_TEST(help_and_version)
{
	run("help");
	expect(0, "Exit codes");
	run("--help");
	expect(0, "tarn gc");
	run("version");
	expect(0, "tarn ");
	run("--version");
	expect(0, "tarn ");
}
END_TEST

START_TEST(output_that_does_not_arrive_is_an_error)
{
	run("help >/dev/full");
	expect(3, "cannot write");
}
END_TEST

/* ---- running --------------------------------------------------------------------------------- */

static void
add_all(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, create_refuses_what_exists);
	tcase_add_test(tcase, create_takes_the_size_of_segments);
	tcase_add_test(tcase, ls_lists);
	tcase_add_test(tcase, ls_tells_what_it_cannot_open);
	tcase_add_test(tcase, stat_tells);
	tcase_add_test(tcase, looking_writes_nothing);
	tcase_add_test(tcase, looking_creates_nothing);
	tcase_add_test(tcase, file_arenas);
	tcase_add_test(tcase, who_tells_the_living_and_the_dead);
	tcase_add_test(tcase, reap_frees_the_slots_of_the_dead);
	tcase_add_test(tcase, ls_lists_objects);
	tcase_add_test(tcase, dump_prints_objects);
	tcase_add_test(tcase, dump_prints_elements);
	tcase_add_test(tcase, dump_prints_fields);
	tcase_add_test(tcase, dump_prints_keys);
	tcase_add_test(tcase, dump_prints_numbers_and_bits);
	tcase_add_test(tcase, dump_prints_ordered_maps_in_order);
	tcase_add_test(tcase, dump_reads_fields);
	tcase_add_test(tcase, rm_removes_objects);
	tcase_add_test(tcase, check_finds_nothing);
	tcase_add_test(tcase, check_finds_problems);
	tcase_add_test(tcase, check_tells_leaks_from_blocks_of_programs);
	tcase_add_test(tcase, check_puts_the_dead_right);
	tcase_add_test(tcase, rm_of_an_object_waits_to_the_deadline);
	tcase_add_test(tcase, gc_without_yes_removes_nothing);
	tcase_add_test(tcase, gc_keeps_what_is_used);
	tcase_add_test(tcase, gc_keeps_what_it_cannot_open);
	tcase_add_test(tcase, gc_clears_away_what_a_dead_creator_left);
	tcase_add_test(tcase, gc_of_nothing);
	tcase_add_test(tcase, wrong_use);
	tcase_add_test(tcase, help_and_version);
	tcase_add_test(tcase, output_that_does_not_arrive_is_an_error);
}

int
main(void)
{
	Suite *suite = suite_create("tool");
	TCase *tcase = tcase_create("tool");
	SRunner *runner;
	int failed;

	if (!getenv("TARN_TOOL")) {
		fputs("set TARN_TOOL to the tarn tool\n", stderr);
		return 2;
	}
	unsetenv("TARN_DEADLINE_MS");
	if (!get_own_shm())
		puts("the tests of gc --yes are skipped");
	suite_add_tcase(suite, tcase);
	add_all(tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
