// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * mutant.h -- call sites that the sensitivity test can break, one at a time
 *
 * The crash protocol rests on a few primitives: log before store, intent
 * before lock, a barrier between two stores, commit before release.  In the
 * builds that the crash tests use (TARN_HOOKED) each call of such a
 * primitive is a site, listed in a section of its own, and the test can
 * name one site to be left out or done in the wrong order.  A suite that
 * does not notice is too weak.  In every other build TARN_SITE() is the
 * constant false and nothing is left of it.
 */
#ifndef TARN_BASE_MUTANT_H
#define TARN_BASE_MUTANT_H

#include "base/compiler.h"

struct tarn_mutant_site {
	const char *file;
	const char *kind;
	uint64_t line;
	uint64_t spare; /* 32 bytes: the section is an array, whatever the alignment */
};

#ifdef TARN_HOOKED

extern const struct tarn_mutant_site *tarn__mutant;	  /* the site to break, or NULL */
void tarn__mutant_reached(const struct tarn_mutant_site *); /* for the list of sites reached */
void tarn__mutant_swap(void); /* swap the last store with the next one */

static inline bool
tarn__site(const struct tarn_mutant_site *site)
{
	tarn__mutant_reached(site);
	return tarn__mutant && tarn__mutant->line == site->line &&
	       __builtin_strcmp(tarn__mutant->file, site->file) == 0 &&
	       __builtin_strcmp(tarn__mutant->kind, site->kind) == 0;
}

#define TARN_SITE_PLACE __attribute__((section("tarn_sites"), used, aligned(32)))
#define TARN_SITE(what)                                                                            \
	__extension__({                                                                            \
		static const struct tarn_mutant_site site_ TARN_SITE_PLACE = {__FILE__, what,      \
									      __LINE__, 0}; \
		tarn__site(&site_);                                                                \
	})
#else
#define TARN_SITE(what) false
#endif

#endif
