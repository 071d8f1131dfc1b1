// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * library.cpp -- a container of another standard library, of one with other
 * options, or of another size or alignment is refused, by a message that says
 * what both are
 *
 *	library make ARENA
 *	library refuse ARENA NAME THEIRS OURS
 *	library run ARENA MAKER REFUSER THEIRS OURS NAME...	both, by programs that were
 *								compiled with other options
 */
#include <cstdio>
#include <cstring>
#include <sys/wait.h>
#include <tarn/cxx/factory.hpp>
#include <unistd.h>

using list = std::list<int, tarn::allocator<int>>;

#ifdef WIDER
struct plain {
	long number, more;
};
#elif defined(ALIGNED)
struct alignas(64) plain {
	char bytes[8];
};
static_assert(sizeof(plain) == 64, "wider, too: the size cannot be less");
#else
struct plain {
	long number;
};
#endif

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

/* What theirs is comes before "and not", what ours is after it. */
static bool
says_both(const std::string &what, const char *theirs, const char *ours)
{
	std::size_t between = what.find("and not");

	return between < what.size() && what.find(theirs) < between && what.rfind(theirs, between) < between &&
	       what.find(ours) > between && what.find(ours) < what.size();
}

template <class C>
static int
is_refused(tarn::container_factory &factory, char **words)
{
	try {
		factory.get<C>(words[0]);
	} catch (const tarn::error &e) {
		std::printf("%s\n", e.what());
		return e.code() == tarn::errc::TYPE && says_both(e.what(), words[1], words[2]) ?
			       0 :
			       fail("another error was expected");
	}
	return fail("it was not refused");
}

static int
run(const char *program, const char *verb, const char *arena, const char *name, char **words)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, verb, arena, name, words[0], words[1], static_cast<char *>(nullptr));
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : fail(verb);
}

static int
run_all(char **argv)
{
	int failed = run(argv[1], "make", argv[0], "", argv + 3);

	for (char **name = argv + 5; !failed && *name; name++)
		failed = run(argv[2], "refuse", argv[0], *name, argv + 3);
	return !tarn::arena::remove(argv[0]) || failed;
}

int
main(int argc, char **argv)
{
	try {
		if (argc > 7 && !std::strcmp(argv[1], "run"))
			return run_all(argv + 2);
		if (argc != 6)
			return fail("make or refuse ARENA NAME THEIRS OURS");
		tarn::container_factory factory{ std::string(argv[2]) };

		if (!std::strcmp(argv[1], "make"))
			return make(factory);
		return !std::strcmp(argv[3], "list") ? is_refused<list>(factory, argv + 3) :
						       is_refused<plain>(factory, argv + 3);
	} catch (const std::exception &e) {
		return fail(e.what());
	}
}
