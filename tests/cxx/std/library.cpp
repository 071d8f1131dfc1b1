// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * library.cpp -- a container of one standard library is refused by a program of
 * another, which says both
 *
 *	library make ARENA
 *	library refuse ARENA
 *	library run ARENA MAKER REFUSER		both, by programs of two libraries
 */
#include <cstdio>
#include <cstring>
#include <sys/wait.h>
#include <tarn/cxx/factory.hpp>
#include <unistd.h>

using list = std::list<int, tarn::allocator<int>>;
struct plain {
	long number;
};

static int
fail(const char *why)
{
	std::fprintf(stderr, "library: %s\n", why);
	return 1;
}

static int
make(tarn::container_factory &factory)
{
	factory.create<list>("list", 3u, 7);
	factory.create<plain>("plain");
	return factory.get<list>("list")->size() == 3 ? 0 : fail("it is not what it was");
}

/* What is refused says whose library it is, and whose not. */
template <class C>
static int
is_refused(tarn::container_factory &factory, const char *name)
{
	try {
		factory.get<C>(name);
	} catch (const tarn::error &e) {
		std::string what = e.what();
		std::size_t theirs = what.find("libstdc++"), ours = what.find("libc++");

		std::printf("%s\n", e.what());
		if (e.code() != tarn::errc::TYPE || theirs > what.size() || ours > what.size() || ours < theirs)
			return fail("another error was expected");
		return 0;
	}
	return fail("it was not refused");
}

static int
run(const char *program, const char *verb, const char *arena)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, verb, arena, static_cast<char *>(nullptr));
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : fail(verb);
}

int
main(int argc, char **argv)
{
	try {
		if (argc == 5 && !std::strcmp(argv[1], "run")) {
			int failed = run(argv[3], "make", argv[2]) || run(argv[4], "refuse", argv[2]);

			return failed || !tarn::arena::remove(argv[2]);
		}
		tarn::container_factory factory{ std::string(argc > 2 ? argv[2] : "") };

		if (!std::strcmp(argv[1], "make"))
			return make(factory);
		return is_refused<list>(factory, "list") || is_refused<plain>(factory, "plain");
	} catch (const std::exception &e) {
		return fail(e.what());
	}
}
