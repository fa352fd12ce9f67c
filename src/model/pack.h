/* SPDX-License-Identifier: MIT
 *
 * A list of 64-bit words as its differences from the list before: what most
 * words need is nothing, what most others need is two or three bytes.
 *
 * Packed words never leave the process that packed them: unpacking trusts
 * what it reads, and the format may change with every build.
 */
#ifndef MODEL_PACK_H
#define MODEL_PACK_H

#include <stddef.h>
#include <stdint.h>

/* How a word is likely to differ from what it was before. */
enum word {
	WORD_NONE,   /* not kept */
	WORD_NUMBER, /* by little, by whole KiB, or to or from UNKNOWN */
	WORD_TIME,   /* to about the time that stands before it in the list */
	WORD_DOUBLE, /* in its sign, exponent and first digits */
	WORD_TEXT,   /* as a number: an index into a list of texts */
};

/* Bytes that n words take at most. */
#define PACK_MAX(n) ((n)*10 + 2)

/* Writes what tells `now` from `before` to out, which has room for
 * PACK_MAX(n).  Returns how many bytes that took; 0: nothing differs. */
size_t pack_words(uint8_t *out, const uint64_t *before, const uint64_t *now,
		  const uint8_t *kinds, size_t n);

/* Makes `before` of pack_words() its `now`, in place.  Nothing from end on is
 * read.  Returns what follows the packed bytes. */
const uint8_t *unpack_words(const uint8_t *in, const uint8_t *end,
			    uint64_t *words, const uint8_t *kinds);

/* One small number on its own; at most PACK_NUMBER_MAX bytes. */
#define PACK_NUMBER_MAX 10
size_t pack_number(uint8_t *out, uint64_t number);
const uint8_t *unpack_number(const uint8_t *in, uint64_t *ret);

#endif
