// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.c -- damaged arenas: whatever they hold, each call returns
 *
 *	image of a container's arena, quiet or in the middle of a transaction
 *	   |  a seed says what is damaged: bits, words, offsets, ranges,
 *	   v  the end of the file
 *	copy --> opened for reading: every call
 *	   `---> opened for writing: the dead are recovered, every call,
 *		 tarn_check(), and the thread's end
 *
 * In some seeds another thread goes on damaging it meanwhile; but not the
 * slots, for there the kernel and libc have pointers of the living.
 *
 * Seeds run in children, some hundred in each, so that a fault is that of a
 * seed, which is told; who takes too long for one is killed and told as well.
 * The address sanitizer looks at private memory, the kernel at the window,
 * of which the arena has only what it was given.
 *
 *	arena			seeds 0 to SEEDS
 *	arena FIRST COUNT	these
 *	arena --forever [FIRST]	until it is stopped or fails
 *	arena --here SEED	this one, in the process itself, for a debugger
 */
#include "fuzz/fuzz.h"

#include "arena/arena.h"
#include "base/atomic.h"
#include "base/compiler.h"
#include "base/hash.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEDS UINT64_C(1200)
#define SEEDS_A_CHILD UINT64_C(250)
#define SECONDS_A_SEED 60u
#define MAX_SIZE (UINT64_C(4) << 20)
#define CHUNKS_MOST 512u
#define VANDAL_EVERY 4u
#define DAMAGE_MOST 12u
#define ROOMS_MOST 512u
#define WORDS_A_PAGE (4096u / 8)
#define WORDS_A_CHUNK (TARN_CHUNK / 8)

static const struct fuzz_kind *const kinds[] = {
	&fuzz_hashmap_words, &fuzz_hashmap_bytes,  &fuzz_lock,	 &fuzz_multimap_words,
	&fuzz_multimap_texts, &fuzz_priority_queue, &fuzz_region, &fuzz_set_texts, &fuzz_set_words,
	&fuzz_string,	     &fuzz_vector_bounded, &fuzz_vector,
};

enum { KINDS = TARN_ARRAY_SIZE(kinds), IMAGES = 2 * KINDS };

/* What was given of an arena's file, chunk by chunk. */
struct image {
	uint64_t file_size, count;
	uint64_t numbers[CHUNKS_MOST];
	uint64_t words[CHUNKS_MOST][WORDS_A_CHUNK];
};

/* What a child tells. */
static struct told {
	uint64_t seed, corrupt, refused, opened;
	bool wrong;
} *told;

static struct image *images[IMAGES];
static uint64_t *lively; /* of the image in use: the pages that are not all 0 */
static uint64_t lively_count;
static uint64_t (*damaged)[WORDS_A_CHUNK]; /* its words, damaged */
static uint64_t dice;
static void *rooms[ROOMS_MOST];
static unsigned room_count;

/* ---- what containers use ----------------------------------------------------------------------- */

uint64_t
fuzz_roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 77);
	return dice % below;
}

void *
fuzz_room(void)
{
	void *room = calloc(1, FUZZ_ROOM);

	if (!room || room_count == ROOMS_MOST)
		abort();
	return rooms[room_count++] = room;
}

static void
free_rooms(void)
{
	while (room_count)
		free(rooms[--room_count]);
}

int
fuzz_told(int code)
{
	if (!strcmp(tarn_error_name(code), "TARN_UNKNOWN")) {
		printf("seed %" PRIu64 ": %d is no code\n", told->seed, code);
		told->wrong = true;
	}
	return code;
}

void
fuzz_must(int code)
{
	if (!code)
		return;
	printf("an image cannot be made: %s\n", tarn_error_name(code));
	exit(1);
}

void
fuzz_txn(struct tarn_arena *arena, struct tarn_object *object,
	 void (*work)(struct tarn_txn *txn, void *handle), void *handle)
{
	struct tarn_txn *txn;

	if (fuzz_told(tarn_txn_begin(arena, &txn, &object, 1)))
		return;
	work(txn, handle);
	if (fuzz_roll(2))
		(void)fuzz_told(tarn_txn_commit(txn));
	else
		tarn_txn_abort(txn);
}

/* In place of os/linux.c's, so that the images of a build are always the same. */
uint64_t __wrap_tarn__os_random(void);

uint64_t
__wrap_tarn__os_random(void)
{
	static uint64_t count;

	return tarn__hash_u64(tarn__fetch_add(&count, 1), 3);
}

/* ---- images ------------------------------------------------------------------------------------ */

static void
copy_arena(struct tarn_arena *arena, struct image *image)
{
	for (uint64_t c = 0; c < arena->fixed.window_size / TARN_CHUNK; c++) {
		const void *chunk = tarn__at(arena, c * TARN_CHUNK, TARN_CHUNK, TARN_CHUNK);

		if (!chunk)
			continue;
		if (image->count == CHUNKS_MOST)
			abort();
		memcpy(image->words[image->count], chunk, TARN_CHUNK);
		image->numbers[image->count++] = c;
		image->file_size = (c + 1) * TARN_CHUNK;
	}
}

static _Noreturn void
build_image(const struct fuzz_kind *kind, bool in_txn, struct image *image)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = MAX_SIZE };
	struct tarn_arena *arena;

	fuzz_must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	kind->build(arena);
	if (in_txn)
		kind->begin(arena);
	copy_arena(arena, image);
	_exit(0);
}

/* By a child, whose threads are all dead when the image is used. */
static void
make_image(unsigned number)
{
	pid_t child;
	int status;

	images[number] = mmap(NULL, sizeof(struct image), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (images[number] == MAP_FAILED)
		abort();
	child = fork();
	if (child == 0)
		build_image(kinds[number / 2], number % 2, images[number]);
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		exit(1);
}

/* ---- damage ------------------------------------------------------------------------------------ */

static bool
all_zero(const uint64_t *words, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		if (words[i])
			return false;
	}
	return true;
}

static void
use_image(const struct image *image)
{
	const uint64_t *words = image->words[0];

	memcpy(damaged, image->words, image->count * TARN_CHUNK);
	lively_count = 0;
	for (uint64_t page = 0; page < image->count * WORDS_A_CHUNK / WORDS_A_PAGE; page++) {
		if (!all_zero(words + page * WORDS_A_PAGE, WORDS_A_PAGE))
			lively[lively_count++] = page;
	}
}

/* A word in a page with something in it, mostly one that is not 0. */
static uint64_t *
somewhere(uint64_t *at)
{
	uint64_t *page = damaged[0] + lively[at[0] % lively_count] * WORDS_A_PAGE;

	for (unsigned i = 0; i < WORDS_A_PAGE; i++) {
		uint64_t *word = &page[(at[1] + i) % WORDS_A_PAGE];

		if (*word)
			return word;
	}
	return &page[at[1] % WORDS_A_PAGE];
}

static uint64_t *
roll_somewhere(void)
{
	uint64_t *word = somewhere((uint64_t[]){ fuzz_roll(UINT64_MAX), fuzz_roll(UINT64_MAX) });

	return fuzz_roll(6) || (uintptr_t)word % 4096 >= 4096 - 64 ? word : word + fuzz_roll(8);
}

static uint64_t
something(const struct image *image, uint64_t was)
{
	switch (fuzz_roll(10)) {
	case 0 ... 1:
		return was ^ UINT64_C(1) << fuzz_roll(64);
	case 2:
		return was + fuzz_roll(9) - 4;
	case 3:
		return fuzz_roll(UINT64_MAX);
	case 4 ... 5:
		return image->numbers[fuzz_roll(image->count)] * TARN_CHUNK +
		       fuzz_roll(TARN_CHUNK / 16) * 16;
	case 6:
		return *roll_somewhere();
	case 7:
		return fuzz_roll(3) ? 0 : UINT64_MAX >> fuzz_roll(64);
	case 8:
		return fuzz_roll(200);
	default:
		return image->file_size - fuzz_roll(3) * 8 + fuzz_roll(2) * TARN_CHUNK;
	}
}

static void
damage_range(void)
{
	unsigned char *to = (unsigned char *)roll_somewhere();
	const unsigned char *from = (const unsigned char *)roll_somewhere();
	uint64_t size = fuzz_roll(4096 - (uintptr_t)to % 4096 + 1);

	if (fuzz_roll(2)) {
		memset(to, (int)fuzz_roll(256), size);
		return;
	}
	for (uint64_t i = 0; i < size && (uintptr_t)(from + i) % 4096; i++)
		to[i] = from[i];
}

/* A forger can make checksums, too. */
static void
sign_header(void)
{
	struct tarn_header_shm *header = (struct tarn_header_shm *)damaged[0];

	header->checksum = tarn__hash_bytes(header, offsetof(struct tarn_header_shm, checksum),
					    TARN_MAGIC);
}

static void
damage(const struct image *image)
{
	for (uint64_t n = fuzz_roll(DAMAGE_MOST) + 1; n > 0; n--) {
		uint64_t *word = roll_somewhere();

		if (fuzz_roll(8))
			*word = something(image, *word);
		else
			damage_range();
	}
	if (fuzz_roll(8))
		memcpy(damaged, image->words, sizeof(struct tarn_header_shm));
	else
		sign_header();
}

/* The damaged file, now and then cut off somewhere. */
static int
write_file(const struct image *image)
{
	uint64_t size = fuzz_roll(32) ? image->file_size : fuzz_roll(image->file_size);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	for (uint64_t i = 0; i < image->count; i++) {
		off_t off = (off_t)(image->numbers[i] * TARN_CHUNK);

		if (pwrite(fd, damaged[i], TARN_CHUNK, off) != (ssize_t)TARN_CHUNK)
			abort();
	}
	return ftruncate(fd, (off_t)size) ? (abort(), -1) : fd;
}

/* ---- somebody who goes on damaging it ---------------------------------------------------------- */

struct vandal {
	const struct image *image;
	int fd;
	uint64_t seed, stop;
	pthread_t thread;
};

static void *
vandalize(void *argument)
{
	struct vandal *vandal = argument;
	const struct tarn_header_shm *header = (const void *)vandal->image->words;
	uint64_t at[3] = { vandal->seed, vandal->seed + 1, vandal->seed + 2 };

	while (!tarn__load(&vandal->stop)) {
		uint64_t *word, off, value;

		for (unsigned i = 0; i < 3; i++)
			at[i] = tarn__hash_u64(at[i], 5);
		word = somewhere(at);
		off = (uint64_t)((char *)word - (char *)damaged);
		off = vandal->image->numbers[off / TARN_CHUNK] * TARN_CHUNK + off % TARN_CHUNK;
		if (off >= header->slots_off && off < header->logs_off)
			continue;
		value = at[2] % 4 ? *word : *word ^ UINT64_C(1) << at[2] / 4 % 64;
		if (pwrite(vandal->fd, &value, 8, (off_t)off) != 8)
			abort();
	}
	return NULL;
}

static void
start_vandal(struct vandal *vandal)
{
	if (pthread_create(&vandal->thread, NULL, vandalize, vandal))
		abort();
}

static void
stop_vandal(struct vandal *vandal)
{
	tarn__store(&vandal->stop, 1);
	pthread_join(vandal->thread, NULL);
}

/* ---- every call -------------------------------------------------------------------------------- */

static void
read_words(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	if (strlen(problem->object) > TARN_NAME_MAX * 4 || !problem->what[0])
		told->wrong = true;
}

static int
visit_object(const struct tarn_object_info *info, void *unused)
{
	(void)unused;
	if (strlen(info->name) > TARN_NAME_MAX || strlen(info->type.fields) > TARN_FIELDS_MAX)
		told->wrong = true;
	return 0;
}

static int
visit_member(const struct tarn_member_info *info, void *unused)
{
	(void)unused;
	return info->slot > 1u << 20;
}

static void
check(struct tarn_arena *arena)
{
	const struct tarn_check_options options = { .problem = read_words, .deadline_ms = 1,
						    .foreign_blocks = fuzz_roll(2) };
	struct tarn_check_report report;
	int code = fuzz_told(tarn_check(arena, &options, &report));

	told->corrupt += code == TARN_CORRUPT;
}

static void
use_common(struct tarn_arena *arena)
{
	struct tarn_arena_stat stat;
	uint64_t count, *words;

	(void)fuzz_told(tarn_arena_stat(arena, &stat));
	(void)fuzz_told(tarn_arena_attached(arena, &count, NULL));
	(void)!tarn_arena_members(arena, visit_member, NULL);
	(void)!tarn_object_list(arena, visit_object, NULL);
	for (unsigned i = 0; i < 10; i++) {
		words = tarn_pointer(arena, fuzz_roll(2 * MAX_SIZE) * 8, 16);
		(void)fuzz_told(words && words[0] + words[1] == 4711 ? TARN_FULL : 0);
	}
}

struct attempt {
	const struct fuzz_kind *kind;
	int fd;
	bool readonly;
	struct vandal *vandal; /* or NULL */
};

/* In a thread of its own: at its end it gives back its slot, whatever is in it. */
static void *
use_arena(void *argument)
{
	struct attempt *attempt = argument;
	struct tarn_arena_options options = { .readonly = attempt->readonly, .elsewhere = true,
					      .deadline_ms = 1 };
	struct tarn_arena *arena;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", attempt->fd);
	if (fuzz_told(tarn_arena_open(&arena, name, &options, NULL))) {
		told->refused++;
		return NULL;
	}
	told->opened++;
	if (attempt->vandal)
		start_vandal(attempt->vandal);
	if (fuzz_roll(2))
		check(arena);
	use_common(arena);
	attempt->kind->use(arena);
	(void)fuzz_told(tarn_reap(arena, NULL));
	check(arena);
	if (attempt->vandal)
		stop_vandal(attempt->vandal);
	tarn_arena_close(arena);
	return NULL;
}

static void
use_in_thread(struct attempt *attempt, bool readonly)
{
	pthread_t thread;

	attempt->readonly = readonly;
	if (pthread_create(&thread, NULL, use_arena, attempt) || pthread_join(thread, NULL))
		abort();
}

/* ---- seeds ------------------------------------------------------------------------------------- */

static void
run_seed(uint64_t seed)
{
	const struct image *image = images[seed % IMAGES];
	struct attempt attempt = { .kind = kinds[seed % IMAGES / 2] };
	struct vandal vandal = { .image = image, .seed = seed };

	alarm(SECONDS_A_SEED);
	dice = seed;
	use_image(image);
	damage(image);
	attempt.fd = vandal.fd = write_file(image);
	if (seed / IMAGES % VANDAL_EVERY == 0)
		attempt.vandal = &vandal;
	use_in_thread(&attempt, true);
	vandal.stop = 0;
	use_in_thread(&attempt, false);
	close(attempt.fd);
	free_rooms();
}

static _Noreturn void
run_seeds(uint64_t first, uint64_t count)
{
	for (told->seed = first; told->seed < first + count && !told->wrong; told->seed++)
		run_seed(told->seed);
	free(lively);
	free(damaged);
	exit(told->wrong);
}

/* Whether all went well. */
static bool
run_in_child(uint64_t first, uint64_t count)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0)
		run_seeds(first, count);
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (!status)
		return true;
	if (WIFSIGNALED(status))
		printf("seed %" PRIu64 ": %s\n", told->seed,
		       WTERMSIG(status) == SIGALRM ? "takes too long" : strsignal(WTERMSIG(status)));
	printf("seed %" PRIu64 " of a %s has failed: run `arena %" PRIu64 " 1`\n", told->seed,
	       kinds[told->seed % IMAGES / 2]->name, told->seed);
	return false;
}

/* Without damage all is well, or the images are worth nothing. */
static bool
images_are_whole(void)
{
	for (unsigned i = 0; i < IMAGES; i++) {
		struct tarn_arena_options options = { .elsewhere = true };
		struct tarn_check_options foreign = { .foreign_blocks = true };
		struct tarn_arena *arena;
		char name[32];
		int code, fd;

		use_image(images[i]);
		dice = 1;
		fd = write_file(images[i]);
		snprintf(name, sizeof(name), "fd:%d", fd);
		code = tarn_arena_open(&arena, name, &options, NULL);
		if (!code)
			code = tarn_check(arena, &foreign, NULL);
		if (code)
			printf("%s, image %u: %s\n", kinds[i / 2]->name, i, tarn_error_detail());
		tarn_arena_close(arena);
		close(fd);
		if (code)
			return false;
	}
	return true;
}

static void
prepare(void)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	lively = calloc(CHUNKS_MOST * WORDS_A_CHUNK / WORDS_A_PAGE, sizeof(*lively));
	damaged = aligned_alloc(4096, CHUNKS_MOST * TARN_CHUNK);
	if (told == MAP_FAILED || !lively || !damaged)
		abort();
	for (unsigned i = 0; i < IMAGES; i++)
		make_image(i);
}

int
main(int argc, char **argv)
{
	bool forever = argc > 1 && !strcmp(argv[1], "--forever");
	bool here = argc > 2 && !strcmp(argv[1], "--here");
	uint64_t first = argc > 1 + forever ? strtoull(argv[1 + (forever || here)], NULL, 10) : 0;
	uint64_t count = argc > 2 && !forever ? strtoull(argv[2], NULL, 10) : SEEDS;
	uint64_t done = 0;
	bool well;

	prepare();
	if (here)
		run_seeds(first, 1);
	well = images_are_whole();
	while (well && (forever || done < count)) {
		uint64_t some = count - done < SEEDS_A_CHILD && !forever ? count - done : SEEDS_A_CHILD;

		well = run_in_child(first + done, some);
		done += some;
	}
	printf("damaged arenas: %" PRIu64 "\nopened %" PRIu64 " times, refused %" PRIu64
	       ", found corrupt %" PRIu64 "\n",
	       done, told->opened, told->refused, told->corrupt);
	well = well && (count < SEEDS || told->corrupt > told->opened / 4);
	printf("%d passed, %d failed\n", well, !well);
	return !well;
}
