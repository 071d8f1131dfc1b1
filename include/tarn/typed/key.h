// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * typed/key.h -- what the keys of a typed container are; for the headers beside it
 *	#define TARN_KEY uint64_t	alone: any integer type, whose keys are i64 or u64
 *	#define TARN_KEY_AS F64		or what they are: U64, I64, U32, I32, F64, of a type of that size;
 *					or BYTES, of any type without pointers and gaps
 */
#undef TARN_KIND
#undef TARN_WORD
#undef TARN_KEY_REST

/* What TARN_KEY_AS is, and the type of which a key's bytes are passed on. */
#ifdef TARN_KEY_AS
#define TARN_KIND TARN_PASTE(TARN_KEY_, TARN_KEY_AS)
#define TARN_WORD TARN_KEY
#else
#define TARN_KIND ((TARN_KEY)-1 < (TARN_KEY)1 ? TARN_KEY_I64 : TARN_KEY_U64)
#define TARN_WORD uint64_t
#endif

/* The rest of a struct tarn_type, from its fields on. */
#define TARN_KEY_REST NULL, TARN_KIND == TARN_KEY_BYTES ? sizeof(TARN_WORD) : 0, 0, NULL, NULL, NULL
