/* SPDX-License-Identifier: MIT
 *
 * The time a control group has until its limit: said when the rise stands out
 * of its scatter and goes on, and not otherwise; and the figures of lists that
 * rules go by.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/judge/facts_private.h"
#include "../../src/judge/paces.h"
#include "memtop/kernel.h"
#include "memtop/ramfiles.h"
#include "sample.h"

/* One reading of a cgroup with a limit of 1000 MiB; what is said of it. */
static uint64_t read_at(struct paces *paces, double second, double mib)
{
	struct snapshot *s = sample_snapshot(1000);
	struct list *list = list_new(ENTITY_CGROUP);
	struct cgroup *row = list_add(&list);
	struct text *path = sample_text("/a");
	const struct pace *pace;
	uint64_t eta;

	list->block.state = row->room.state = row->stat.state = STATE_OK;
	row->pace.state = STATE_NOT_APPLICABLE;
	list->block.read_ns = row->stat.read_ns =
		(uint64_t)(second * (double)NS_PER_S);
	row->path = text_ref(path);
	row->max = row->effective_limit = 1000 * MIB;
	row->hard = (uint64_t)(mib * (double)MIB);
	snapshot_set_list(s, list);
	paces_step(paces, s);
	pace = paces_find(paces, path);
	eta = pace ? pace->eta_ns : UNKNOWN;
	/* and it stands in its row, for whoever shows that */
	row = (struct cgroup *)list_row(snapshot_list(s, ENTITY_CGROUP), 0);
	assert_int_equal(row->eta_ns, eta);
	assert_int_equal(row->pace.state == STATE_OK, eta != UNKNOWN);
	text_unref(path);
	snapshot_unref(s);
	return eta;
}

static void steady(void **state)
{
	struct paces paces = { 0 };
	uint64_t eta = UNKNOWN;

	(void)state;
	for (int i = 0; i <= 10; i++) {
		assert_true(i > 3 || eta == UNKNOWN);
		eta = read_at(&paces, 100 + i, 600 + 20 * i);
	}
	/* 200 MiB left at 20 a second */
	assert_in_range(eta, 9 * NS_PER_S, 11 * NS_PER_S);
	paces_done(&paces);
}

static void below_half(void **state)
{
	struct paces paces = { 0 };

	(void)state;
	for (int i = 0; i <= 10; i++)
		assert_int_equal(read_at(&paces, 100 + i, 300 + 10 * i),
				 UNKNOWN);
	paces_done(&paces);
}

/* It goes up and down by as much as it gains. */
static void scattered(void **state)
{
	struct paces paces = { 0 };

	(void)state;
	for (int i = 0; i <= 40; i++)
		assert_int_equal(
			read_at(&paces, 100 + i, 600 + i + 60 * (i % 3)),
			UNKNOWN);
	paces_done(&paces);
}

/* It filled something, and that is full now. */
static void levelling_off(void **state)
{
	struct paces paces = { 0 };
	uint64_t eta = 0;

	(void)state;
	for (int i = 0; i <= 24; i++)
		eta = read_at(&paces, 100 + i,
			      600 + 20 * (i < 8 ? i : 8) + .01 * i);
	assert_int_equal(eta, UNKNOWN);
	paces_done(&paces);
}

/* The first tooth could be the last; those after it are known. */
static void teeth(void **state)
{
	struct paces paces = { 0 };
	unsigned said[3] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 180; i++)
		said[i / 60] +=
			read_at(&paces, 100 + i, 400 + 9 * (i % 60)) != UNKNOWN;
	assert_true(said[0] > 20);
	assert_int_equal(said[1] + said[2], 0);
	/* more than ever is no tooth */
	for (unsigned i = 180; i < 250; i++)
		said[1] += read_at(&paces, 100 + i, 400 + 8.5 * (i - 180)) !=
			   UNKNOWN;
	assert_in_range(said[1], 1, 4);
	paces_done(&paces);
}

static struct snapshot *machine(void)
{
	struct snapshot *s = sample_snapshot(1000);
	struct host *host = host_new();

	host->page_size = 4096;
	s->host = host;
	s->memory.total = 64 * GIB;
	return s;
}

static void compute(struct snapshot *s, double v[FACT_COUNT])
{
	static struct window window;
	struct fact_memory memory;

	fact_memory_init(&memory);
	for (size_t i = 0; i < FACT_COUNT; i++)
		v[i] = NAN;
	v[FACT_TOTAL] = (double)s->memory.total;
	facts_structure(v, &memory, &window, s);
	snapshot_unref(s);
}

static struct list *add_zone(struct list *zones, const char *name,
			     uint64_t free)
{
	struct zone *zone = list_add(&zones);

	zone->block.state = STATE_OK;
	snprintf(zone->name, sizeof(zone->name), "%s", name);
	zone->free = free;
	zone->low = 80 * MIB;
	zone->high = 100 * MIB;
	zone->managed = GIB;
	zone->unreclaimable = 1;
	return zones;
}

/* Only small blocks are free, and many of them. */
static void scattered_memory(void **state)
{
	double v[FACT_COUNT];

	(void)state;
	for (int enough = 0; enough < 2; enough++) {
		struct snapshot *s = machine();
		struct list *list = list_new(ENTITY_BLOCKS);
		struct free_blocks *row = list_add(&list);

		row->block.state = STATE_OK;
		strcpy(row->name, "N0 Normal");
		for (int o = 0; o < 11; o++)
			row->blocks[o] = o < 3 ? 20000 : 0;
		row->free = 140000 * UINT64_C(4096);
		snapshot_set_list(s, list);
		snapshot_set_list(s,
				  add_zone(list_new(ENTITY_ZONE), "N0 Normal",
					   enough ? GIB : 90 * MIB));
		compute(s, v);
		if (!enough) {
			/* it is for want of memory */
			assert_true(isnan(v[FACT_SCATTER_COSTLY]));
			continue;
		}
		/* 100 - (100 + 140000 x 100 / 8) / 60000 */
		assert_true(fabs(v[FACT_SCATTER_COSTLY] - 70.8) < .1);
		assert_true(v[FACT_SCATTER_HUGE] > 99);
		assert_true(v[FACT_UNRECLAIMABLE] == 1);
	}
}

static void one_node_short(void **state)
{
	struct snapshot *s = machine();
	struct list *zones = list_new(ENTITY_ZONE);
	struct list *nodes = list_new(ENTITY_NODE);
	double v[FACT_COUNT];

	(void)state;
	zones = add_zone(zones, "N0 Normal", 40 * MIB);
	zones = add_zone(zones, "N1 Normal", 8 * GIB);
	for (int i = 0; i < 2; i++) {
		struct node *node = list_add(&nodes);

		node->block.state = STATE_OK;
		snprintf(node->name, sizeof(node->name), "N%d", i);
		node->total = 32 * GIB;
		node->free = i ? 8 * GIB : 40 * MIB;
	}
	snapshot_set_list(s, zones);
	snapshot_set_list(s, nodes);
	compute(s, v);
	assert_true(v[FACT_NODE_FREE] == 50);
	assert_true(v[FACT_NODE_OTHER] == 25);
}

static void full_mounts(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_TMPFS);
	double v[FACT_COUNT];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct tmpfs *row = list_add(&list);

		row->block.state = STATE_OK;
		strcpy(row->type, i == 2 ? "hugetlbfs" : "tmpfs");
		/* the small one is full, and no matter */
		row->size = i == 0 ? 4 * GIB : i == 1 ? 5 * MIB : GIB;
		row->used = i == 0 ? 3 * GIB : row->size;
	}
	snapshot_set_list(s, list);
	compute(s, v);
	assert_true(v[FACT_MOUNT_PERCENT] == 75);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady),
		cmocka_unit_test(below_half),
		cmocka_unit_test(scattered),
		cmocka_unit_test(levelling_off),
		cmocka_unit_test(teeth),
		cmocka_unit_test(scattered_memory),
		cmocka_unit_test(one_node_short),
		cmocka_unit_test(full_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
