/* SPDX-License-Identifier: MIT
 *
 * The system files that are read, in this order.  A new one is a file that
 * ends in its descriptor, and a row here.
 */
#include "collect.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "memtop/field.h"
#include "scan.h"

static_assert(ENTITY_COUNT <= 64, "a bit for each in a mask");

/* clang-format off */
const struct collector *const collectors[] = {
	&collect_meminfo, &collect_vmstat, &collect_pressure, &collect_swaps,
	&collect_thp, &collect_load, &collect_arc, &collect_zoneinfo,
	&collect_buddyinfo, &collect_nodes, &collect_sockstat, &collect_ksm,
	&collect_tunables, &collect_slabs, &collect_tmpfs, &collect_shared,
	&collect_zram, &collect_zswap, &collect_mthp, &collect_hugetlb,
	&collect_cgroups, &collect_kmsg, &collect_pagetypes,
	&collect_allocinfo, &collect_readers,
};
/* clang-format on */
const size_t collector_count = ARRAY_SIZE(collectors);

struct list *collect_list(enum entity_id entity, ssize_t n)
{
	struct list *list = list_new(entity);

	if (list)
		list->block = (struct block){
			.read_ns = tree_now(),
			.state = n < 0 ? state_from_errno((int)n) : STATE_OK,
		};
	return list;
}

int collect_put_lines(enum entity_id entity, ssize_t n, const char *text,
		      const struct collect_lines *lines,
		      struct snapshot *snapshot)
{
	/* a container may put an empty file in its place */
	struct list *list = collect_list(entity, n == 0 ? -ENOENT : n);

	if (!list)
		return -ENOMEM;
	for (const char *s = text; n > 0 && *s; s = scan_line(s)) {
		void *row = list_add(&list);

		if (!row) {
			list_unref(list);
			return -ENOMEM;
		}
		/* the first member of every row */
		*(struct block *)row = list->block;
		if (!lines->parse(lines, s, row))
			list_drop(list);
	}
	snapshot_set_list(snapshot, list);
	return 0;
}

static void keep_list(const struct snapshot *before, struct snapshot *snapshot,
		      size_t entity)
{
	const struct list **place =
		&snapshot->lists[entity - ENTITY_LIST_FIRST];
	const struct list *kept =
		list_ref(before->lists[entity - ENTITY_LIST_FIRST]);

	list_unref(*place);
	*place = kept;
}

void collector_keep(const struct collector *collector,
		    const struct snapshot *before, struct snapshot *snapshot)
{
	for (size_t i = 0; i < ENTITY_COUNT; i++) {
		const struct entity *entity = &entities[i];

		if (!(collector->gives & GIVES(i)))
			continue;
		if (i >= ENTITY_LIST_FIRST && i < ENTITY_LIST_END)
			keep_list(before, snapshot, i);
		else
			memcpy((char *)snapshot + entity->offset,
			       (const char *)before + entity->offset,
			       entity->row_size);
	}
}
