/* SPDX-License-Identifier: MIT
 *
 * How the structures of a sample fall into words: which bytes are which word,
 * and how that word is likely to change.  The tables of fields say so; bytes
 * that have no field are kept as they are, so that no member is ever
 * forgotten.  The one thing to know: a pointer in struct process or in a row
 * of a list is a text with a field.
 */
#ifndef MODEL_CODEC_H
#define MODEL_CODEC_H

#include "memtop/snapshot.h"
#include "pack.h"

/* A word of a structure. */
struct piece {
	uint16_t offset;
	uint8_t size;
	uint8_t kind; /* enum word */
};

/* A structure in words. */
struct map {
	size_t npieces;
	struct piece *pieces;
};

struct codec {
	struct map process, snapshot;
	struct map lists[LIST_COUNT]; /* one row */
};

/* NULL: no memory. */
struct codec *codec_new(void);
void codec_free(struct codec *codec);

#endif
