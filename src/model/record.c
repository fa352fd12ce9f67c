/* SPDX-License-Identifier: MIT
 *
 * Structures to words and back.  Separate from the ring, which moves words
 * without knowing what they are; and from pack.c, which makes few bytes of
 * them.
 */
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

static uint8_t *add_kinds(uint8_t *kinds, const struct map *map)
{
	for (size_t i = 0; i < map->npieces; i++)
		*kinds++ = map->pieces[i].kind;
	return kinds;
}

/* Some ten thousand cgroups; three lists as long are reserved for a record. */
enum { WORDS_MAX = 1 << 20 };

static struct layout *layout_new(const struct codec *codec, size_t nwords)
{
	struct layout *layout;

	if (nwords > WORDS_MAX)
		return NULL;
	layout = calloc(1, sizeof(*layout));
	if (layout == NULL)
		return NULL;
	atomic_init(&layout->refs, 1);
	layout->codec = codec;
	layout->nwords = nwords;
	layout->kinds = malloc(nwords * sizeof(*layout->kinds));
	layout->texts = malloc(nwords * sizeof(*layout->texts));
	if (layout->kinds != NULL && layout->texts != NULL)
		return layout;
	layout_unref(layout);
	return NULL;
}

static void find_texts(struct layout *layout)
{
	for (size_t i = 0; i < layout->nwords; i++)
		if (layout->kinds[i] == WORD_TEXT)
			layout->texts[layout->ntexts++] = (uint32_t)i;
}

struct layout *layout_new_process(const struct codec *codec)
{
	struct layout *layout = layout_new(codec, codec->process.npieces);

	if (layout == NULL)
		return NULL;
	add_kinds(layout->kinds, &codec->process);
	find_texts(layout);
	return layout;
}

static size_t count_counters(const struct snapshot *snapshot)
{
	return snapshot->vmstat_names != NULL && snapshot->vmstat != NULL
		       ? snapshot->vmstat_names->count
		       : 0;
}

struct layout *layout_new_system(const struct codec *codec,
				 const struct snapshot *snapshot)
{
	const size_t ncounters = count_counters(snapshot);
	struct layout *layout =
		layout_new(codec, codec->snapshot.npieces + 2 * ncounters);
	uint8_t *kinds;

	if (layout == NULL)
		return NULL;
	layout->host = host_ref(snapshot->host);
	layout->names = counter_names_ref(snapshot->vmstat_names);
	layout->ncounters = ncounters;
	kinds = add_kinds(layout->kinds, &codec->snapshot);
	for (size_t i = 0; i < ncounters; i++) {
		*kinds++ = WORD_NUMBER;
		*kinds++ = WORD_DOUBLE;
	}
	find_texts(layout);
	return layout;
}

/* The block comes first: when and how the list was read. */
enum { LIST_HEAD = 2 };

static const struct map *list_map(const struct layout *layout)
{
	return &layout->codec->lists[layout->entity - ENTITY_LIST_FIRST];
}

struct layout *layout_new_list(const struct codec *codec, enum entity_id entity,
			       const struct list *list)
{
	const struct map *map = &codec->lists[entity - ENTITY_LIST_FIRST];
	const size_t nrows = list_count(list);
	struct layout *layout =
		layout_new(codec, LIST_HEAD + nrows * map->npieces);
	uint8_t *kinds;

	if (layout == NULL)
		return NULL;
	layout->entity = entity;
	layout->nrows = nrows;
	layout->missing = list == NULL;
	kinds = layout->kinds;
	*kinds++ = WORD_TIME;
	*kinds++ = WORD_NUMBER;
	for (size_t i = 0; i < nrows; i++)
		kinds = add_kinds(kinds, map);
	find_texts(layout);
	return layout;
}

struct layout *layout_ref(struct layout *layout)
{
	atomic_fetch_add_explicit(&layout->refs, 1, memory_order_relaxed);
	return layout;
}

void layout_unref(struct layout *layout)
{
	if (layout == NULL ||
	    atomic_fetch_sub_explicit(&layout->refs, 1, memory_order_acq_rel) >
		    1)
		return;
	host_unref(layout->host);
	counter_names_unref(layout->names);
	free(layout->kinds);
	free(layout->texts);
	free(layout);
}

bool layout_fits(const struct layout *layout, const struct snapshot *snapshot)
{
	return layout->host == snapshot->host &&
	       layout->names == snapshot->vmstat_names &&
	       layout->ncounters == count_counters(snapshot);
}

bool layout_fits_list(const struct layout *layout, const struct list *list)
{
	return layout->missing == (list == NULL) &&
	       layout->nrows == list_count(list);
}

static uint64_t *load(const struct map *map, const void *row, uint64_t *words)
{
	for (size_t i = 0; i < map->npieces; i++) {
		const struct piece *piece = &map->pieces[i];
		const char *at = (const char *)row + piece->offset;

		if (piece->size == sizeof(*words)) { /* nearly all are */
			memcpy(words, at, sizeof(*words));
		} else if (piece->kind == WORD_TEXT) {
			const struct text *text;

			memcpy(&text, at, sizeof(text));
			*words = (uintptr_t)text;
		} else {
			*words = 0;
			memcpy(words, at, piece->size);
		}
		words++;
	}
	return words;
}

static const uint64_t *store(const struct map *map, const uint64_t *words,
			     void *row)
{
	for (size_t i = 0; i < map->npieces; i++, words++) {
		const struct piece *piece = &map->pieces[i];
		char *at = (char *)row + piece->offset;

		if (piece->size == sizeof(*words)) {
			memcpy(at, words, sizeof(*words));
		} else if (piece->kind == WORD_TEXT) {
			const struct text *text = record_text(*words);

			memcpy(at, &text, sizeof(text));
		} else {
			memcpy(at, words, piece->size);
		}
	}
	return words;
}

void record_from_process(const struct layout *layout,
			 const struct process *process, uint64_t *words)
{
	load(&layout->codec->process, process, words);
}

void record_from_system(const struct layout *layout,
			const struct snapshot *snapshot, uint64_t *words)
{
	words = load(&layout->codec->snapshot, snapshot, words);
	for (size_t i = 0; i < layout->ncounters; i++) {
		*words++ = snapshot->vmstat[i].value;
		memcpy(words++, &snapshot->vmstat[i].rate, sizeof(*words));
	}
}

void record_from_list(const struct layout *layout, const struct list *list,
		      uint64_t *words)
{
	/* not all zeros: a record says something, if only that there is none */
	*words++ = list != NULL ? list->block.read_ns : 1;
	*words++ = list_state(list);
	for (size_t i = 0; i < layout->nrows; i++)
		words = load(list_map(layout), list_row(list, i), words);
}

void record_to_process(const struct layout *layout, const uint64_t *words,
		       struct process *ret)
{
	memset(ret, 0, sizeof(*ret));
	store(&layout->codec->process, words, ret);
}

void record_to_single(const struct layout *layout, const uint64_t *words,
		      struct snapshot *ret)
{
	memset(ret, 0, sizeof(*ret));
	store(&layout->codec->snapshot, words, ret);
}

size_t record_rate_word(const struct layout *layout, const char *counter)
{
	const size_t first = layout->nwords - 2 * layout->ncounters;

	for (size_t i = 0; i < layout->ncounters; i++)
		if (strcmp(layout->names->names[i], counter) == 0)
			return first + 2 * i + 1;
	return layout->nwords;
}

struct snapshot *record_to_snapshot(const struct layout *layout,
				    const uint64_t *words)
{
	struct snapshot *ret = malloc(sizeof(*ret));

	if (ret == NULL)
		return NULL;
	record_to_single(layout, words, ret);
	words += layout->codec->snapshot.npieces;
	atomic_init(&ret->refs, 1);
	ret->host = host_ref(layout->host);
	ret->vmstat_names = counter_names_ref(layout->names);
	verdict_ref_texts(&ret->verdict);
	if (layout->ncounters == 0)
		return ret;
	ret->vmstat = malloc(layout->ncounters * sizeof(*ret->vmstat));
	if (ret->vmstat == NULL) {
		snapshot_unref(ret);
		return NULL;
	}
	for (size_t i = 0; i < layout->ncounters; i++) {
		ret->vmstat[i].value = *words++;
		memcpy(&ret->vmstat[i].rate, words++, sizeof(double));
	}
	return ret;
}

void record_to_row(const struct layout *layout, const uint64_t *words, size_t i,
		   void *row)
{
	const struct map *map = list_map(layout);

	store(map, words + LIST_HEAD + i * map->npieces, row);
}

static void ref_texts(const struct layout *layout, const void *row)
{
	const struct map *map = list_map(layout);

	for (size_t i = 0; i < map->npieces; i++) {
		const struct text *text;

		if (map->pieces[i].kind != WORD_TEXT)
			continue;
		memcpy(&text, (const char *)row + map->pieces[i].offset,
		       sizeof(text));
		text_ref(text);
	}
}

int record_to_list(const struct layout *layout, const uint64_t *words,
		   const struct list **ret)
{
	struct list *list;

	if (layout->missing) {
		*ret = NULL;
		return 0;
	}
	list = list_new(layout->entity);
	if (list == NULL)
		return -ENOMEM;
	list->block = (struct block){ .read_ns = words[0],
				      .state = (enum state)words[1] };
	for (size_t i = 0; i < layout->nrows; i++) {
		void *row = list_add(&list);

		if (row == NULL) {
			list_unref(list);
			return -ENOMEM;
		}
		record_to_row(layout, words, i, row);
		ref_texts(layout, row);
	}
	*ret = list;
	return 0;
}
