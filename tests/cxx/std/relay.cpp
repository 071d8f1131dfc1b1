// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * relay.cpp -- every std:: container filled by one program, changed by a
 * second, verified and destroyed by a third
 *
 *	relay fill|change|verify ARENA		one leg
 *	relay run ARENA FIRST SECOND THIRD	all of them, each by that program, which
 *						may be of another compiler
 *
 * With tarn::allocator and with std::pmr, also nested three deep.  The third
 * one then looks whether the arena is empty: no byte reachable, none leaked.
 */
#include "kinds.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <string>
#include <sys/wait.h>
#include <tarn/check.h>
#include <tarn/cxx/factory.hpp>
#include <unistd.h>

static const int MANY = 60;

static void
must(bool claim, const std::string &what)
{
	if (claim)
		return;
	std::fprintf(stderr, "relay: %s\n", what.c_str());
	std::exit(1);
}

static void
say(const struct tarn_check_problem *problem, void *)
{
	std::fprintf(stderr, "relay: 0x%lx in '%s': %s\n", static_cast<unsigned long>(problem->off),
		     problem->object, problem->what);
}

/* ---- legs -------------------------------------------------------------------------------------- */

struct leg {
	tarn::container_factory &factory;
	std::string prefix;
	int done = 0;
};

struct fill : leg {
	template <class C> void visit(const char *kind)
	{
		auto it = factory.create<C>(prefix + kind);
		auto lock = it.lock();

		kinds::grow(*it, 0, MANY);
		done++;
	}
};

struct change : leg {
	template <class C> void visit(const char *kind)
	{
		auto it = factory.get<C>(prefix + kind);
		auto lock = it.lock();

		must(!lock.owner_died(), "an owner died of " + prefix + kind);
		kinds::thin(*it, 0, MANY);
		kinds::grow(*it, MANY, 2 * MANY);
		done++;
	}
};

/* What each must show, by its name; from private containers. */
struct expect {
	std::map<std::string, std::string> shows;

	template <class C> void visit(const char *kind)
	{
		C it;

		kinds::grow(it, 0, MANY);
		kinds::thin(it, 0, MANY);
		kinds::grow(it, MANY, 2 * MANY);
		shows[kind] = kinds::show(it);
	}
};

struct verify : leg {
	std::map<std::string, std::string> shows;

	template <class C> void visit(const char *kind)
	{
		{
			auto it = factory.get<C>(prefix + kind);
			auto lock = it.lock_shared();

			must(!shows[kind].empty(), "nothing is known of " + std::string(kind));
			must(kinds::show(*it) == shows[kind], prefix + kind + " shows " + kinds::show(*it));
		}
		must(factory.remove<C>(prefix + kind), prefix + kind + " cannot be removed");
		must(!factory.remove<C>(prefix + kind), prefix + kind + " was removed twice");
		done++;
	}
};

template <class Leg>
static int
run_both(Leg ours)
{
	Leg pmr = ours;

	ours.prefix = "ours: ";
	kinds::for_all<tarn::allocator>(ours);
	pmr.prefix = "pmr: ";
	kinds::for_all<std::pmr::polymorphic_allocator>(pmr);
	return ours.done + pmr.done;
}

static void
look_for_leaks(tarn::container_factory &factory)
{
	struct tarn_check_options options = {};
	struct tarn_check_report report;

	options.problem = say;
	must(tarn_check(factory.where().handle(), &options, &report) == 0, tarn_error_detail());
	must(report.leaked_bytes == 0, std::to_string(report.leaked_bytes) + " bytes leaked");
	must(report.objects == 0, std::to_string(report.objects) + " objects are left");
	must(report.reachable_bytes == 0, std::to_string(report.reachable_bytes) + " bytes are left");
	must(report.graveyard_bytes == 0, std::to_string(report.graveyard_bytes) + " bytes lie in the graveyard");
}

static int
run_leg(const std::string &name, const char *arena)
{
	tarn::container_factory factory{ std::string(arena) };
	expect expected;

	if (name == "fill")
		return run_both(fill{ { factory, "", 0 } });
	if (name == "change")
		return run_both(change{ { factory, "", 0 } });
	must(name == "verify", "no such leg: " + name);
	kinds::for_all<std::allocator>(expected);
	int done = run_both(verify{ { factory, "", 0 }, expected.shows });

	look_for_leaks(factory);
	return done;
}

/* ---- all of them ------------------------------------------------------------------------------- */

static void
run_program(const char *program, const char *name, const char *arena)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, name, arena, static_cast<char *>(nullptr));
		_exit(127);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0,
	     std::string(program) + " " + name + " " + arena + " has failed");
}

static void
run_all(const char *arena, char **programs)
{
	static const char *const legs[] = { "fill", "change", "verify" };

	(void)!tarn_arena_remove(arena);
	for (int i = 0; i < 3; i++)
		run_program(programs[i], legs[i], arena);
	must(tarn_arena_remove(arena) == 0, "the arena cannot be removed");
}

int
main(int argc, char **argv)
{
	try {
		if (argc == 6 && !std::strcmp(argv[1], "run")) {
			run_all(argv[2], argv + 3);
		} else {
			must(argc == 3, "run ARENA FIRST SECOND THIRD");
			std::printf("%s: %d containers\n", argv[1], run_leg(argv[1], argv[2]));
		}
	} catch (const std::exception &e) {
		std::fprintf(stderr, "relay %s: %s\n", argv[1], e.what());
		return 1;
	}
	return 0;
}
