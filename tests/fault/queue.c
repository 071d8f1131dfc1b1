// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.c -- what fails, and memory that ends: see ends.h
 */
#define CALL(verb) tarn_queue_##verb
#define ADAPTOR struct tarn_queue
#define KIND TARN_KIND_QUEUE
#define LIFO 0

#include "ends.h"
