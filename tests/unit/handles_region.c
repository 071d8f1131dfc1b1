// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles_region.c -- every call by a handle of regions: see handles.h
 */
#include "unit/handles.h"

#include "base/compiler.h"

static int
open_region(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_region_open(in, (struct tarn_region **)handle, name, how, NULL);
}

static void
close_region(void *handle)
{
	tarn_region_close(handle);
}

/* ---- calls ------------------------------------------------------------------------------------- */

static tarn_off block;

static int
region_root(void *region)
{
	return tarn_region_root(region, &block);
}

static int
region_alloc(void *region)
{
	return tarn_region_alloc(region, 100, &block);
}

static int
region_set_root(void *region)
{
	tarn_off own;
	int code = tarn_region_alloc(region, 100, &own);

	return code ? code : tarn_region_set_root(region, own);
}

static int
region_forget(void *region)
{
	return tarn_region_set_root(region, 0);
}

static const struct handle_call calls[] = {
	{ false, "root", region_root },
	{ true, "alloc", region_alloc },
	{ true, "set root", region_set_root },
	{ true, "set no root", region_forget },
};

const struct handle_kind handle_region = {
	"region", open_region, close_region, NULL, calls, TARN_ARRAY_SIZE(calls),
};
