// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * error.h -- the one list of what can go wrong
 *
 * A call that can fail returns 0 or a negative `enum tarn_error`.  The list
 * below makes the enum, the names and the messages; docs/errors.md says for
 * each code what the caller can do about it.  Unless a call's own text says
 * otherwise, a call that fails has changed nothing.
 */
#ifndef TARN_ERROR_H
#define TARN_ERROR_H

#include <tarn/types.h>

#define TARN_ERRORS(X)                                                                             \
	X(NOT_FOUND, -1, "no such name or key")                                                    \
	X(EXISTS, -2, "the name or key exists already")                                            \
	X(MISMATCH, -3, "the value is not the expected one")                                       \
	X(TYPE, -4, "the object has another kind or type")                                         \
	X(REMOVED, -5, "the object behind this handle was removed")                                \
	X(FULL, -6, "no room: the arena's maximum, its file system or a limit is reached")         \
	X(TOO_BIG, -7, "larger than the format or the transaction log can hold")                   \
	X(INVALID, -8, "an argument is wrong")                                                     \
	X(READ_ONLY, -9, "the arena is attached for reading only")                                 \
	X(BUSY, -10, "others kept changing it, or are attached; try again")                        \
	X(TIMEOUT, -11, "the deadline passed while another thread held a lock")                    \
	X(DEADLOCK, -12, "waiting could deadlock; the transaction was rolled back, run it again")  \
	X(IN_TXN, -13, "this thread has a transaction open on the object; use it")                 \
	X(OWNER_DIED, -14, "the owner died and nobody has put right what it held")                 \
	X(CORRUPT, -15, "the arena's contents contradict themselves; run tarn check")              \
	X(FORMAT, -16, "not an arena, or one of another format version")                           \
	X(HOST, -17, "an arena of another boot or machine, with work left in flight")              \
	X(NO_SLOT, -18, "too many threads are attached")                                           \
	X(NESTED, -19, "called from a signal handler inside another call on the arena")            \
	X(FORKED, -20, "the handle or transaction belongs to the parent process; open it again")   \
	X(DENIED, -21, "permission denied")                                                        \
	X(SYSTEM, -22, "a system call failed; errno says why")

#define TARN_ERROR_ENUM(name, number, message) TARN_##name = number,
enum tarn_error { TARN_OK = 0, TARN_ERRORS(TARN_ERROR_ENUM) };
#undef TARN_ERROR_ENUM

/**
 * tarn_error_name() - the name of an error code
 * @code:	any int
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a static string such as "TARN_FULL"; "TARN_UNKNOWN" for a number that is no code.
 */
TARN_API const char *tarn_error_name(int code);

/**
 * tarn_error_message() - an error code in words
 * @code:	any int
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a static string without a full stop; never NULL.
 */
TARN_API const char *tarn_error_message(int code);

/**
 * tarn_error_detail() - more words, where a call had some
 *
 * Some calls that fail say more than a code can: which name, and which two types.  Calls that
 * succeed leave the text alone, so it is about the last failure only right after it.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: the calling thread's last text, until its next one; "" if it never had any.
 */
TARN_API const char *tarn_error_detail(void);

#endif
