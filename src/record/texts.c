/* SPDX-License-Identifier: MIT
 *
 * The writer's dictionary: a hash table from bytes to ids, so that a name
 * that thousands of rows have is stored once.  Grows with what is named in
 * one segment; the writer begins a new one before that becomes much.
 */
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "memtop/text.h"

enum { FIRST_SIZE = 1024 };

/* FNV-1a: names are short. */
static uint64_t hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++) {
		hash ^= (unsigned char)bytes[i];
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

/* Where these bytes are, or would go. */
static struct texts_entry *find(struct texts *texts, const char *bytes,
				size_t len, uint64_t hash)
{
	size_t mask = texts->size - 1, at = hash & mask;

	for (;; at = (at + 1) & mask) {
		struct texts_entry *entry = &texts->table[at];

		if (!entry->text ||
		    (entry->hash == hash && text_len(entry->text) == len &&
		     memcmp(text_str(entry->text), bytes, len) == 0))
			return entry;
	}
}

static int grow(struct texts *texts)
{
	size_t size = texts->size ? texts->size * 2 : FIRST_SIZE;
	struct texts_entry *before = texts->table;
	size_t nbefore = texts->size;

	if (texts->size && texts->count < texts->size / 2)
		return 0;
	texts->table = calloc(size, sizeof(*texts->table));
	if (!texts->table) {
		texts->table = before;
		return -ENOMEM;
	}
	texts->size = size;
	for (size_t i = 0; i < nbefore; i++)
		if (before[i].text)
			*find(texts, text_str(before[i].text),
			      text_len(before[i].text), before[i].hash) =
				before[i];
	free(before);
	return 0;
}

int texts_id(struct texts *texts, const char *bytes, size_t len, int64_t *ret)
{
	uint64_t hash = hash_bytes(bytes, len);
	struct texts_entry *entry;
	struct text *text;
	int r = grow(texts);

	if (r < 0)
		return r;
	entry = find(texts, bytes, len, hash);
	if (!entry->text) {
		text = text_new(bytes, len);
		if (!text)
			return -ENOMEM;
		sqlite3_bind_int64(texts->insert, 1, texts->next_id);
		db_bind_bytes(texts->insert, 2, text_str(text), len);
		r = db_step(texts->insert);
		if (r < 0) {
			text_unref(text);
			return r;
		}
		*entry = (struct texts_entry){ text, texts->next_id++, hash };
		texts->count++;
	}
	*ret = entry->id;
	return 0;
}

void texts_clear(struct texts *texts)
{
	for (size_t i = 0; i < texts->size; i++)
		text_unref(texts->table[i].text);
	free(texts->table);
	texts->table = NULL;
	texts->size = texts->count = 0;
}

void texts_done(struct texts *texts)
{
	texts_clear(texts);
	sqlite3_finalize(texts->insert);
	texts->insert = NULL;
}
