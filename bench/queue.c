// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.c -- the shared queue of u64, beside std::queue: see ends.h
 */
#define CALL(verb) tarn_queue_##verb
#define ADAPTOR struct tarn_queue
#define KIND TARN_KIND_QUEUE
#define PEER PEER_QUEUE
#define NAME "queue"

#include "ends.h"
