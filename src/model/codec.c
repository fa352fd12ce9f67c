/* SPDX-License-Identifier: MIT
 *
 * Drawing the maps of codec.h, once for each ring.  Separate from record.c,
 * which only follows them.
 */
#include "codec.h"

#include <assert.h>
#include <stdlib.h>

#include "model.h"

static_assert(sizeof(struct process) <= sizeof(struct snapshot) &&
		      sizeof(struct swap) <= sizeof(struct snapshot),
	      "a piece for every byte");

/* While a map is drawn: what is known of each byte. */
struct plan {
	struct piece at[sizeof(struct snapshot)]; /* size 0: unclaimed */
};

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
	claim_block(plan, AT(swaps_block));
	claim_block(plan, AT(processes_block));
	claim(plan, AT(verdict.text), sizeof(struct text *), WORD_TEXT);
	claim(plan, AT(verdict.brief), sizeof(struct text *), WORD_TEXT);
	NOT_KEPT(refs);
	NOT_KEPT(seq);
	NOT_KEPT(host);
	NOT_KEPT(vmstat_names);
	NOT_KEPT(vmstat);
	NOT_KEPT(swaps);
	NOT_KEPT(nswaps);
	NOT_KEPT(processes);
	NOT_KEPT(nprocesses);
#undef NOT_KEPT
#undef AT
}

/* What nobody has claimed is claimed in words, not across their bounds. */
static void draw_map(struct map *map, const struct plan *plan, size_t size)
{
	size_t at = 0;

	while (at < size) {
		struct piece piece = plan->at[at];

		if (piece.size == 0) {
			piece = (struct piece){ .offset = (uint16_t)at,
						.kind = WORD_NUMBER };
			do
				piece.size++;
			while (at + piece.size < size &&
			       (at + piece.size) % sizeof(uint64_t) != 0 &&
			       plan->at[at + piece.size].size == 0);
		}
		if (piece.kind != WORD_NONE)
			map->pieces[map->npieces++] = piece;
		at += piece.size;
	}
}

struct codec *codec_new(void)
{
	struct codec *codec = calloc(1, sizeof(*codec));
	struct plan *plans = calloc(3, sizeof(*plans));

	if (codec != NULL && plans != NULL) {
		claim_fields(&plans[0], &entities[ENTITY_PROCESS], 0);
		claim(&plans[0], offsetof(struct process, refs),
		      sizeof(atomic_uint), WORD_NONE);
		draw_map(&codec->process, &plans[0], sizeof(struct process));
		claim_fields(&plans[1], &entities[ENTITY_SWAP], 0);
		draw_map(&codec->swap, &plans[1], sizeof(struct swap));
		claim_snapshot(&plans[2]);
		draw_map(&codec->snapshot, &plans[2], sizeof(struct snapshot));
	} else {
		free(codec);
		codec = NULL;
	}
	free(plans);
	return codec;
}

void codec_free(struct codec *codec)
{
	free(codec);
}
