// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * name.c -- from an arena's name to its backend
 *
 * A name is SCHEME:REST; without a colon it is shm:NAME.  The rest is the
 * backend's own.  A new backend is a file of its own and a line here.
 */
#include "os/backend.h"

#include "base/compiler.h"

#include <string.h>

static const struct tarn_backend *const backends[] = {
	&tarn__backend_shm,
	&tarn__backend_file,
	&tarn__backend_sysv,
	&tarn__backend_memfd,
	&tarn__backend_anon,
	&tarn__backend_fd,
};

static const struct tarn_backend *
find(const char *scheme, size_t length)
{
	for (size_t i = 0; i < TARN_ARRAY_SIZE(backends); i++) {
		const char *candidate = backends[i]->scheme;

		if (strlen(candidate) == length && memcmp(candidate, scheme, length) == 0)
			return backends[i];
	}
	return NULL;
}

int
tarn__os_name_parse(const char *text, struct tarn_os_name *name)
{
	const char *colon = strchr(text, ':');

	memset(name, 0, sizeof(*name));
	name->fd = -1;
	name->backend = colon ? find(text, (size_t)(colon - text)) : &tarn__backend_shm;
	if (!name->backend)
		return TARN_INVALID;
	return name->backend->parse(colon ? colon + 1 : text, name);
}

int
tarn__os_list(int (*found)(const char *name, void *arg), void *arg)
{
	int code = 0;

	for (size_t i = 0; i < TARN_ARRAY_SIZE(backends) && !code; i++) {
		if (backends[i]->list)
			code = backends[i]->list(found, arg);
	}
	return code;
}
