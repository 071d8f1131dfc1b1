// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * killed.cpp -- a program is killed again and again while it makes, fills and
 * removes std:: containers
 *
 *	killed ROUNDS		the parent: kills, and looks
 *	killed work ARENA SEED	the child: works until it is killed
 *
 * Each round a child works on 8 names and is killed after a random time.  Then
 *	no lock stays held	each of the 8 is locked at once
 *	nothing is torn		one whose lock its holder had let go is as a private
 *				one after the same calls; and so are two that the
 *				child never touches
 *	no memory is lost	tarn_check() finds no leak and no problem; at the end,
 *				with all removed, not a byte is left
 * A container that may be half changed is removed.  That there were such, and
 * some that died unborn, is looked at too: else the kills came at the wrong time.
 */
#include "kinds.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <sys/wait.h>
#include <tarn/check.h>
#include <tarn/cxx/factory.hpp>
#include <unistd.h>

using ours = kinds::family<tarn::allocator>;
using table = ours::map<ours::string, ours::vector<ours::string>>;
using notes = ours::unordered_map<int, ours::list<ours::string>>;
using plain_table = std::map<std::string, std::vector<std::string>>;
using plain_notes = std::unordered_map<int, std::list<std::string>>;

static const int NAMES = 8;
static const int MOST = 40; /* elements */

static void
must(bool claim, const std::string &what)
{
	if (claim)
		return;
	std::fprintf(stderr, "killed: %s\n", what.c_str());
	std::exit(1);
}

/* ---- the child --------------------------------------------------------------------------------- */

template <class C>
static void
work_on(tarn::container_factory &factory, const std::string &name, unsigned what)
{
	if (what == 0) {
		factory.remove<C>(name);
		return;
	}
	auto it = factory.get_or_create<C>(name);
	auto lock = it.lock();
	auto size = static_cast<int>(it->size());

	if (size >= MOST)
		it->clear();
	else
		kinds::grow(*it, size, size + 3);
}

static int
work(const char *arena, unsigned seed)
{
	tarn::container_factory factory{ std::string(arena) };
	std::mt19937 random(seed);

	must(write(1, "", 1) == 1, "nobody waits");
	for (;;) {
		unsigned n = random() % NAMES;

		if (n % 2)
			work_on<table>(factory, "n" + std::to_string(n), random() % 4);
		else
			work_on<notes>(factory, "n" + std::to_string(n), random() % 4);
	}
}

/* ---- the parent -------------------------------------------------------------------------------- */

struct counts {
	int half_changed = 0, whole = 0, absent = 0, unborn = 0;
};

/* As a private one is with so many elements: each key once, 0 and up. */
template <class C, class Private>
static void
look_at(const C &it, const std::string &name)
{
	Private model;

	kinds::grow(model, 0, static_cast<int>(it.size()));
	must(kinds::show(it) == kinds::show(model), name + " is torn: " + kinds::show(it));
}

/* The lock was let go above, and nobody would be told again: so without a destructor, by its name. */
static void
drop(tarn::container_factory &factory, const std::string &name)
{
	must(factory.where().remove_object(name), name + " cannot be removed");
}

template <class C, class Private>
static void
look_for(tarn::container_factory &factory, const std::string &name, counts &seen)
{
	bool died;

	try {
		auto it = factory.get<C>(name);
		auto lock = it.lock();

		died = lock.owner_died();
		if (!died)
			look_at<C, Private>(*it, name);
	} catch (const tarn::error &e) {
		must(e.code() == tarn::errc::NOT_FOUND, e.what());
		seen.absent++;
		return;
	}
	seen.half_changed += died;
	seen.whole += !died;
	if (died)
		drop(factory, name);
}

static void
say(const struct tarn_check_problem *problem, void *)
{
	std::fprintf(stderr, "killed: 0x%lx in '%s': %s\n", static_cast<unsigned long>(problem->off),
		     problem->object, problem->what);
}

static struct tarn_check_report
account(tarn::container_factory &factory)
{
	struct tarn_check_options options = {};
	struct tarn_check_report report;

	options.problem = say;
	must(tarn_check(factory.where().handle(), &options, &report) == 0, tarn_error_detail());
	must(report.leaked_bytes == 0, std::to_string(report.leaked_bytes) + " bytes leaked");
	return report;
}

/* Runs the child, and kills it: between its first work and some ms later. */
static void
run_and_kill(const char *self, const std::string &arena, unsigned seed, std::mt19937 &random)
{
	std::string text = std::to_string(seed);
	struct timespec pause = { 0, static_cast<long>(random() % 6000000) };
	int status = 0, ready[2];
	char byte;

	must(pipe(ready) == 0, "no pipe");
	pid_t pid = fork();
	if (!pid) {
		dup2(ready[1], 1);
		close(ready[0]);
		execl(self, self, "work", arena.c_str(), text.c_str(), static_cast<char *>(nullptr));
		_exit(127);
	}
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 1, "the child does not begin");
	close(ready[0]);
	nanosleep(&pause, nullptr);
	kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status), "the child ended by itself");
}

static void
look_at_all(tarn::container_factory &factory, counts &seen)
{
	for (int n = 0; n < NAMES; n++) {
		std::string name = "n" + std::to_string(n);

		if (n % 2)
			look_for<table, plain_table>(factory, name, seen);
		else
			look_for<notes, plain_notes>(factory, name, seen);
	}
}

static void
torture(const char *self, int rounds)
{
	std::string arena = "test-std-killed-" + std::to_string(getpid());
	tarn::container_factory factory(arena);
	std::mt19937 random(1);
	counts seen;

	auto kept = factory.create<table>("kept");
	auto kept_too = factory.create<notes>("kept too");
	kinds::grow(*kept, 0, MOST);
	kinds::grow(*kept_too, 0, MOST);
	for (int i = 0; i < rounds; i++) {
		run_and_kill(self, arena, static_cast<unsigned>(i), random);
		seen.unborn += account(factory).removed != 0;
		look_at_all(factory, seen);
		look_at<table, plain_table>(*kept, "kept");
		look_at<notes, plain_notes>(*kept_too, "kept too");
		account(factory);
	}
	for (int n = 0; n < NAMES; n++)
		(void)factory.where().remove_object("n" + std::to_string(n));
	must(factory.remove<table>("kept") && factory.remove<notes>("kept too"), "those kept are not there");
	factory.where().reap();
	must(account(factory).reachable_bytes == 0 && account(factory).graveyard_bytes == 0,
	     "something is left in the end");
	tarn::arena::remove(arena);
	std::printf("%d kills: %d containers half changed, %d whole, %d absent; %d times one that had no name\n",
		    rounds, seen.half_changed, seen.whole, seen.absent, seen.unborn);
	must(seen.half_changed > rounds / 20 && seen.unborn > 0, "the kills came at the wrong time");
}

int
main(int argc, char **argv)
{
	try {
		if (argc == 4 && !std::strcmp(argv[1], "work"))
			return work(argv[2], static_cast<unsigned>(std::atoi(argv[3])));
		torture(argv[0], argc > 1 ? std::atoi(argv[1]) : 1000);
	} catch (const std::exception &e) {
		std::fprintf(stderr, "killed %s: %s\n", argc > 1 ? argv[1] : "", e.what());
		return 1;
	}
	return 0;
}
