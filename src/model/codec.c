/* SPDX-License-Identifier: MIT
 *
 * Drawing the maps of codec.h, once for each ring.  Separate from record.c,
 * which only follows them.
 */
#include "codec.h"

#include <assert.h>
#include <stdlib.h>

#include "model.h"

/* While a map is drawn: what is known of each byte. */
struct plan {
	size_t size;
	struct piece at[]; /* size 0: unclaimed */
};

static struct plan *plan_new(size_t size)
{
	struct plan *plan = calloc(1, sizeof(*plan) + size * sizeof(*plan->at));

	if (plan != NULL)
		plan->size = size;
	return plan;
}

static void claim(struct plan *plan, size_t offset, size_t size, enum word kind)
{
	plan->at[offset] = (struct piece){ (uint16_t)offset, (uint8_t)size,
					   (uint8_t)kind };
}

static void claim_block(struct plan *plan, size_t offset)
{
	const size_t state = offsetof(struct block, state);
	const size_t end = state + sizeof(enum state);

	claim(plan, offset, sizeof(uint64_t), WORD_TIME);
	claim(plan, offset + state, sizeof(enum state), WORD_NUMBER);
	/* whatever the padding holds, it is no news */
	if (end < sizeof(struct block))
		claim(plan, offset + end, sizeof(struct block) - end,
		      WORD_NONE);
}

static void claim_fields(struct plan *plan, const struct entity *entity,
			 size_t offset)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		const size_t at = offset + field->offset;

		if (field->kind == KIND_U64 || field->kind == KIND_I64)
			claim(plan, at, sizeof(uint64_t), WORD_NUMBER);
		else if (field->kind == KIND_PID)
			claim(plan, at, sizeof(pid_t), WORD_NUMBER);
		else if (field->kind == KIND_DOUBLE)
			claim(plan, at, sizeof(double), WORD_DOUBLE);
		else if (field->kind == KIND_TEXT)
			claim(plan, at, sizeof(struct text *), WORD_TEXT);
		/* characters and the like fall into what is left */
		if (field->block != NO_BLOCK)
			claim_block(plan, offset + field->block);
	}
}

static_assert(sizeof(((struct snapshot *)NULL)->lists) <= UINT8_MAX,
	      "one piece, of those that are not kept");

static size_t verdict_text_offset(size_t i)
{
	static struct snapshot none;

	return (size_t)((char *)verdict_text(&none.verdict, i) - (char *)&none);
}

/* What is not in the tables. */
static void claim_snapshot(struct plan *plan)
{
#define AT(member) offsetof(struct snapshot, member)
#define NOT_KEPT(member)                                                   \
	claim(plan, AT(member), sizeof(((struct snapshot *)NULL)->member), \
	      WORD_NONE)
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			claim_fields(plan, &entities[i], entities[i].offset);
	claim_block(plan, AT(vmstat_block));
	claim_block(plan, AT(processes_block));
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		claim(plan, verdict_text_offset(i), sizeof(struct text *),
		      WORD_TEXT);
	NOT_KEPT(refs);
	NOT_KEPT(seq);
	NOT_KEPT(host);
	NOT_KEPT(vmstat_names);
	NOT_KEPT(vmstat);
	NOT_KEPT(lists);
	NOT_KEPT(processes);
	NOT_KEPT(nprocesses);
#undef NOT_KEPT
#undef AT
}

/* What nobody has claimed is claimed in words, not across their bounds. */
static struct piece piece_at(const struct plan *plan, size_t at)
{
	struct piece piece = plan->at[at];

	if (piece.size > 0)
		return piece;
	piece = (struct piece){ .offset = (uint16_t)at, .kind = WORD_NUMBER };
	do
		piece.size++;
	while (at + piece.size < plan->size &&
	       (at + piece.size) % sizeof(uint64_t) != 0 &&
	       plan->at[at + piece.size].size == 0);
	return piece;
}

static size_t next_at(const struct plan *plan, size_t at)
{
	return at + piece_at(plan, at).size;
}

/* Takes the plan.  false: no memory. */
static bool draw_map(struct map *map, struct plan *plan)
{
	size_t count = 0;

	if (plan == NULL)
		return false;
	for (size_t at = 0; at < plan->size; at = next_at(plan, at))
		count++;
	map->pieces = malloc(count * sizeof(*map->pieces));
	for (size_t at = 0; at < plan->size && map->pieces != NULL;
	     at = next_at(plan, at))
		if (piece_at(plan, at).kind != WORD_NONE)
			map->pieces[map->npieces++] = piece_at(plan, at);
	free(plan);
	return map->pieces != NULL;
}

static bool draw_process(struct map *map)
{
	struct plan *plan = plan_new(sizeof(struct process));

	if (plan != NULL) {
		claim_fields(plan, &entities[ENTITY_PROCESS], 0);
		claim(plan, offsetof(struct process, refs), sizeof(atomic_uint),
		      WORD_NONE);
	}
	return draw_map(map, plan);
}

static bool draw_snapshot(struct map *map)
{
	struct plan *plan = plan_new(sizeof(struct snapshot));

	if (plan != NULL)
		claim_snapshot(plan);
	return draw_map(map, plan);
}

static bool draw_list(struct map *map, const struct entity *entity)
{
	struct plan *plan = plan_new(entity->row_size);

	if (plan != NULL)
		claim_fields(plan, entity, 0);
	return draw_map(map, plan);
}

struct codec *codec_new(void)
{
	struct codec *codec = calloc(1, sizeof(*codec));
	bool drawn;

	if (codec == NULL)
		return NULL;
	drawn = draw_process(&codec->process) &&
		draw_snapshot(&codec->snapshot);
	for (size_t i = 0; i < LIST_COUNT && drawn; i++)
		drawn = draw_list(&codec->lists[i],
				  &entities[ENTITY_LIST_FIRST + i]);
	if (drawn)
		return codec;
	codec_free(codec);
	return NULL;
}

void codec_free(struct codec *codec)
{
	if (codec == NULL)
		return;
	free(codec->process.pieces);
	free(codec->snapshot.pieces);
	for (size_t i = 0; i < LIST_COUNT; i++)
		free(codec->lists[i].pieces);
	free(codec);
}
