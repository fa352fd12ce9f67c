/* SPDX-License-Identifier: MIT
 *
 * A run of records of one process, or of the system: the first one whole, the
 * others as what changed, each with the sample in which it did.
 *
 * One thread writes, behind what others have been told of; so they read
 * without a lock.  A chunk that has no room is replaced by a larger copy; the
 * ring keeps the old one for as long as anybody may read it.
 */
#ifndef MODEL_CHUNK_H
#define MODEL_CHUNK_H

#include "record.h"

/* What malloc() adds to a block. */
enum { BLOCK_COST = 16 };

struct chunk {
	uint64_t first_seq;
	struct layout *layout;
	/* the ring's: the run before this one, the next in a list of those
	 * that ended with the same sample, what it has been counted as */
	struct chunk *older, *next;
	size_t counted;
	/* the writer's */
	uint32_t records;
	uint32_t used, capacity; /* bytes */
	uint32_t ntexts, text_capacity;
	size_t text_bytes;
	const struct text *texts[]; /* then the bytes */
};

/* Room for that much more; a copy of `like`, or empty when that is NULL.
 * NULL: no memory. */
struct chunk *chunk_new(struct layout *layout, uint64_t first_seq, size_t bytes,
			size_t texts);
struct chunk *chunk_grow(const struct chunk *chunk, size_t bytes, size_t texts);
void chunk_free(struct chunk *chunk);

/* All that it holds, with its texts. */
size_t chunk_cost(const struct chunk *chunk);

bool chunk_has_room(const struct chunk *chunk, size_t bytes, size_t texts);

/* Takes a reference to text. */
void chunk_add_text(struct chunk *chunk, const struct text *text);
/* One record: the samples since the one before, and its packed words. */
void chunk_add_record(struct chunk *chunk, uint64_t gap, const uint8_t *packed,
		      size_t len);

/* Texts that `newer` holds as well are counted there from now on. */
void chunk_leave_texts(struct chunk *chunk, const struct chunk *newer);

/* The chunk's own text that says the same; else the text itself. */
const struct text *chunk_same_text(const struct chunk *chunk,
				   const struct text *text);

/*
 * Makes indices of the texts in words, as they are packed: those that the
 * chunk has (NULL: none), and for others, which are put into ret_missing (as
 * long as layout->ntexts), those they will have.  Returns how many these are.
 */
size_t chunk_index_texts(const struct chunk *chunk, const struct layout *layout,
			 uint64_t *words, const struct text **ret_missing);

/* The text with that index, on loan; NULL for 0. */
const struct text *chunk_text(const struct chunk *chunk, uint64_t index);

/* ---- reading ---- */

/* A chunk as it was when it was looked up. */
struct pin {
	struct chunk *chunk;
	uint32_t used;
	uint64_t end_seq; /* the first sample it says nothing of */
};

struct cursor {
	const struct chunk *chunk;
	const uint8_t *at, *end;
	uint64_t *words;   /* of the record at seq, texts as indices */
	uint64_t seq;	   /* 0 before the first chunk_next() */
	uint64_t next_seq; /* UINT64_MAX behind the last record */
};

/* words has room for chunk->layout->nwords. */
struct cursor chunk_open(const struct pin *pin, uint64_t *words);
/* On to the next record; only while next_seq is one. */
void chunk_next(struct cursor *cursor);
/* The words of the record that stands at seq, with addresses. */
void chunk_read(const struct pin *pin, uint64_t seq, uint64_t *words);

#endif
