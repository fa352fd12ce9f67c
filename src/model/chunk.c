/* SPDX-License-Identifier: MIT
 *
 * The memory of chunk.h.  Separate from the ring so that what a run of
 * records is can be read, and broken, in one place; it knows words and texts,
 * but no process.
 */
#include "chunk.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *bytes_of(const struct chunk *chunk)
{
	return (uint8_t *)(chunk->texts + chunk->text_capacity);
}

static size_t size_of(size_t bytes, size_t texts)
{
	return sizeof(struct chunk) + texts * sizeof(struct text *) + bytes;
}

static size_t text_cost(const struct text *text)
{
	/* sizeof(struct text) is base's secret: a count, a length */
	return text_len(text) + 1 + 2 * sizeof(size_t) + BLOCK_COST;
}

struct chunk *chunk_new(struct layout *layout, uint64_t first_seq, size_t bytes,
			size_t texts)
{
	struct chunk *chunk;

	if (bytes > UINT32_MAX)
		return NULL;
	chunk = malloc(size_of(bytes, texts));
	if (chunk == NULL)
		return NULL;
	*chunk = (struct chunk){
		.first_seq = first_seq,
		.layout = layout_ref(layout),
		.capacity = (uint32_t)bytes,
		.text_capacity = (uint32_t)texts,
	};
	return chunk;
}

struct chunk *chunk_grow(const struct chunk *chunk, size_t bytes, size_t texts)
{
	/* in small steps: there are thousands of chunks, and each waits long
	 * for its next record */
	const size_t need = chunk->used + bytes;
	struct chunk *copy =
		chunk_new(chunk->layout, chunk->first_seq, need + need / 8 + 32,
			  chunk->ntexts + texts + texts / 2);

	if (copy == NULL)
		return NULL;
	copy->records = chunk->records;
	copy->older = chunk->older;
	for (uint32_t i = 0; i < chunk->ntexts; i++)
		chunk_add_text(copy, chunk->texts[i]);
	memcpy(bytes_of(copy), bytes_of(chunk), chunk->used);
	copy->used = chunk->used;
	return copy;
}

void chunk_free(struct chunk *chunk)
{
	if (chunk == NULL)
		return;
	for (uint32_t i = 0; i < chunk->ntexts; i++)
		text_unref(chunk->texts[i]);
	layout_unref(chunk->layout);
	free(chunk);
}

size_t chunk_cost(const struct chunk *chunk)
{
	return size_of(chunk->capacity, chunk->text_capacity) + BLOCK_COST +
	       chunk->text_bytes;
}

bool chunk_has_room(const struct chunk *chunk, size_t bytes, size_t texts)
{
	return bytes <= chunk->capacity - chunk->used &&
	       texts <= chunk->text_capacity - chunk->ntexts;
}

void chunk_add_text(struct chunk *chunk, const struct text *text)
{
	chunk->texts[chunk->ntexts++] = text_ref(text);
	chunk->text_bytes += text_cost(text);
}

void chunk_add_record(struct chunk *chunk, uint64_t gap, const uint8_t *packed,
		      size_t len)
{
	uint8_t *at = bytes_of(chunk) + chunk->used;

	at += pack_number(at, gap);
	memcpy(at, packed, len);
	chunk->used = (uint32_t)(at + len - bytes_of(chunk));
	chunk->records++;
}

static bool holds(const struct chunk *chunk, const struct text *text)
{
	for (uint32_t i = 0; i < chunk->ntexts; i++)
		if (chunk->texts[i] == text)
			return true;
	return false;
}

void chunk_leave_texts(struct chunk *chunk, const struct chunk *newer)
{
	for (uint32_t i = 0; i < chunk->ntexts; i++)
		if (holds(newer, chunk->texts[i]))
			chunk->text_bytes -= text_cost(chunk->texts[i]);
}

/* 0: none; else 1 and more, so that no text needs no bytes.  Lists have many
 * texts, which come in the same order each time: hint is looked at first. */
static uint64_t index_of(const struct text *const *texts, size_t n,
			 const struct text *text, size_t hint)
{
	if (hint < n && text_equal(texts[hint], text))
		return hint + 1;
	/* what is new is looked for first: the same text comes again */
	for (size_t i = n; i > 0; i--)
		if (text_equal(texts[i - 1], text))
			return i;
	return 0;
}

const struct text *chunk_same_text(const struct chunk *chunk,
				   const struct text *text)
{
	uint64_t index = index_of(chunk->texts, chunk->ntexts, text, SIZE_MAX);

	return index != 0 ? chunk->texts[index - 1] : text;
}

size_t chunk_index_texts(const struct chunk *chunk, const struct layout *layout,
			 uint64_t *words, const struct text **ret_missing)
{
	const size_t had = chunk != NULL ? chunk->ntexts : 0;
	size_t missing = 0, hint = 0;

	for (size_t i = 0; i < layout->ntexts; i++) {
		uint64_t *word = &words[layout->texts[i]];
		const struct text *text = record_text(*word);
		uint64_t index;

		if (text == NULL)
			continue; /* 0 as an index too */
		index = had > 0 ? index_of(chunk->texts, had, text, hint++) : 0;
		if (index == 0) {
			index = index_of(ret_missing, missing, text, SIZE_MAX);
			if (index == 0) {
				ret_missing[missing++] = text;
				index = missing;
			}
			index += had;
		}
		*word = index;
	}
	return missing;
}

static void read_gap(struct cursor *cursor)
{
	uint64_t gap;

	if (cursor->at == cursor->end) {
		cursor->next_seq = UINT64_MAX;
		return;
	}
	cursor->at = unpack_number(cursor->at, &gap);
	cursor->next_seq += gap;
}

struct cursor chunk_open(const struct pin *pin, uint64_t *words)
{
	struct cursor cursor = {
		.chunk = pin->chunk,
		.at = bytes_of(pin->chunk),
		.end = bytes_of(pin->chunk) + pin->used,
		.words = words,
		.next_seq = pin->chunk->first_seq,
	};

	memset(words, 0, pin->chunk->layout->nwords * sizeof(*words));
	read_gap(&cursor);
	return cursor;
}

void chunk_next(struct cursor *cursor)
{
	cursor->at = unpack_words(cursor->at, cursor->end, cursor->words,
				  cursor->chunk->layout->kinds);
	cursor->seq = cursor->next_seq;
	read_gap(cursor);
}

const struct text *chunk_text(const struct chunk *chunk, uint64_t index)
{
	return index != 0 ? chunk->texts[index - 1] : NULL;
}

/* Makes addresses, on loan from the chunk, of the texts in words. */
static void chunk_name_texts(const struct chunk *chunk, uint64_t *words)
{
	const struct layout *layout = chunk->layout;

	for (size_t i = 0; i < layout->ntexts; i++) {
		uint64_t *word = &words[layout->texts[i]];

		*word = (uintptr_t)chunk_text(chunk, *word);
	}
}

void chunk_read(const struct pin *pin, uint64_t seq, uint64_t *words)
{
	struct cursor cursor = chunk_open(pin, words);

	while (cursor.next_seq <= seq)
		chunk_next(&cursor);
	chunk_name_texts(pin->chunk, words);
}
