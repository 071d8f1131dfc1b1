// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * mutants.c -- see mutants.h
 *
 * A site that was inlined into several functions is listed as often; all of
 * them are broken together, so it counts once.
 */
#include "hook/mutants.h"

#include "base/mutant.h"
#include "hook/hook.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
same_site(const struct tarn_mutant_site *a, const struct tarn_mutant_site *b)
{
	return a->line == b->line && !strcmp(a->file, b->file) && !strcmp(a->kind, b->kind);
}

static bool
listed_before(const struct tarn_mutant_site *sites, uint64_t site)
{
	for (uint64_t k = 0; k < site; k++) {
		if (same_site(&sites[k], &sites[site]))
			return true;
	}
	return false;
}

static bool
names(const char *const *files, const struct tarn_mutant_site *site)
{
	for (; *files; files++) {
		if (strstr(site->file, *files))
			return true;
	}
	return false;
}

/* The child is silent: what it would say is how it fails. */
static _Noreturn void
be_broken(const struct mutants *mutants, uint64_t site)
{
	const struct rlimit limit = { mutants->seconds, mutants->seconds };

	if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
		_exit(2);
	setrlimit(RLIMIT_CPU, &limit);
	alarm(4 * mutants->seconds);
	hook_break(site);
	mutants->run();
	_exit(0);
}

static bool
caught(const struct mutants *mutants, uint64_t site)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0)
		be_broken(mutants, site);
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return status != 0;
}

static bool
all_caught(const struct mutants *mutants)
{
	const struct tarn_mutant_site *sites;
	uint64_t count = hook_sites(&sites), tried = 0, found = 0;

	if (caught(mutants, UINT64_MAX)) {
		printf("fails with nothing broken\n");
		return false;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!names(mutants->files, &sites[i]) || names(mutants->not_files, &sites[i]) ||
		    listed_before(sites, i))
			continue;
		tried++;
		if (caught(mutants, i))
			found++;
		else
			printf("not caught: %s at %s:%lu%s\n", sites[i].kind, sites[i].file,
			       (unsigned long)sites[i].line,
			       hook_site_reached(i) ? "" : ", never reached");
	}
	printf("mutants: %lu, caught: %lu, equivalent: 0\n", (unsigned long)tried,
	       (unsigned long)found);
	return tried && found == tried;
}

int
mutants_main(const struct mutants *mutants)
{
	bool passed = all_caught(mutants);

	printf("%d passed, %d failed\n", passed, !passed);
	return !passed;
}
