/* SPDX-License-Identifier: MIT
 *
 * The swap of the made-up machine, when it is compressed, and its zone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "memtop/base.h"
#include "memtop/kernel.h"
#include "memtop/swap.h"

static void *must(const void *pointer)
{
	if (!pointer)
		abort();
	return (void *)pointer;
}

static struct list *one_row(enum entity_id entity, struct block block,
			    void *ret_row)
{
	struct list *list = must(list_new(entity));
	void *row = must(list_add(&list));

	list->block = block;
	memcpy(ret_row, &row, sizeof(row));
	return list;
}

static uint64_t gib(double amount)
{
	return (uint64_t)(amount * (double)GIB);
}

static void set_tunables(const struct machine *m, struct snapshot *s,
			 struct block block)
{
	struct list *list = must(list_new(ENTITY_TUNABLE));

	list->block = block;
	for (size_t i = 0; i < MACHINE_TUNABLES; i++) {
		struct tunable *row;

		if (!m->tunables[i].name)
			continue;
		row = must(list_add(&list));
		row->block = block;
		snprintf(row->name, sizeof(row->name), "%s",
			 m->tunables[i].name);
		snprintf(row->value, sizeof(row->value), "%s",
			 m->tunables[i].value);
	}
	snapshot_set_list(s, list);
}

/* The first one gets what the two have in common less. */
static struct list *add_second(const struct machine *m, struct list *list,
			       struct block block)
{
	struct swap *swap = must(list_add(&list)), *first;

	first = (struct swap *)list_row(list, 0);
	first->size -= gib(m->second_swap);
	first->used -= gib(m->second_used);
	swap->block = block;
	swap->name = must(text_new("/dev/sda2", 9));
	strcpy(swap->type, "partition");
	swap->size = gib(m->second_swap);
	swap->used = gib(m->second_used);
	swap->priority = -2;
	return list;
}

void machine_set_lists(const struct machine *m, struct snapshot *s)
{
	struct block block = { .state = STATE_OK, .read_ns = s->monotonic_ns };
	struct list *list;
	struct swap *swap;
	struct zram *zram;
	struct zone *zone;

	set_tunables(m, s, block);
	if (m->zram_stored > 0) {
		list = one_row(ENTITY_SWAP, block, &swap);
		swap->block = block;
		swap->name = must(text_new("/dev/zram0", 10));
		strcpy(swap->type, "zram");
		swap->size = gib(m->swap_total);
		swap->used = gib(m->swap_total - m->swap_free);
		swap->priority = 100;
		if (m->second_swap > 0)
			list = add_second(m, list, block);
		snapshot_set_list(s, list);
		list = one_row(ENTITY_ZRAM, block, &zram);
		zram->block = block;
		zram->name = must(text_new("zram0", 5));
		zram->original = gib(m->zram_stored);
		zram->used = gib(m->zram_used);
		zram->same = 0;
		zram->ratio = compression_ratio(zram->original, zram->used);
		snapshot_set_list(s, list);
	}
	if (m->watermark > 0) {
		list = one_row(ENTITY_ZONE, block, &zone);
		zone->block = block;
		strcpy(zone->name, "N0 Normal");
		zone->low = gib(m->watermark);
		zone->min = zone->low / 5 * 4;
		zone->high = zone->low / 5 * 6;
		zone->protection = 0;
		snapshot_set_list(s, list);
	}
}
