/* SPDX-License-Identifier: MIT
 *
 * Verdicts that come from lists: free memory that is scattered, files in
 * memory, nodes; and what huge pages make programs wait for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "judged.h"
#include "memtop/base.h"
#include "memtop/event.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "sample.h"

/* An empty list that was read now. */
static struct list *read_list(enum entity_id entity, const struct snapshot *s)
{
	struct list *list = list_new(entity);

	assert_non_null(list);
	list->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	return list;
}

static void *add_row(struct list **list)
{
	struct block *block = list_add(list);

	assert_non_null(block);
	*block = (*list)->block;
	return block;
}

/* ---- R24 ----------------------------------------------------------------- */

static struct {
	bool can_read;
	uint64_t count, order; /* lines of the log */
} failures;

/* Only blocks of up to four pages are free, and there are many of them. */
static void add_scattered(struct snapshot *s)
{
	struct list *zones = read_list(ENTITY_ZONE, s);
	struct list *blocks = read_list(ENTITY_BLOCKS, s);
	struct list *log = read_list(ENTITY_PAGE_FAILURE, s);
	struct zone *zone = add_row(&zones);
	struct free_blocks *free = add_row(&blocks);

	strcpy(zone->name, "N0 Normal");
	zone->free = GIB;
	zone->low = 80 * MIB;
	zone->high = 100 * MIB;
	strcpy(free->name, "N0 Normal");
	for (int o = 0; o < 11; o++)
		free->blocks[o] = o < 3 ? 20000 : 0;
	free->free = 140000 * UINT64_C(4096);
	log->block.state = failures.can_read ? STATE_OK : STATE_DENIED;
	for (uint64_t i = 0; i < failures.count; i++) {
		struct page_failure *row = add_row(&log);

		row->sequence = i + 1;
		row->time_ns = s->realtime_ns;
		row->order = failures.order;
		row->size = UINT64_C(4096) << failures.order;
		strcpy(row->comm, "kworker/3:1");
		strcpy(row->mode, "GFP_ATOMIC");
	}
	snapshot_set_list(s, zones);
	snapshot_set_list(s, blocks);
	snapshot_set_list(s, log);
}

static void test_failures(void **state)
{
	(void)state;
	failures.can_read = true;
	failures.count = 0;
	failures.order = 3;
	m.add = add_scattered;
	run_silently(60);
	assert_int_equal(machine_says(&m, "R24-scattered"), -1);
	failures.count = 1;
	machine_step(&m, 1);
	/* there is an event at once */
	assert_int_equal(m.event_severity, SEVERITY_NOTE);
	assert_string_equal(m.event_what,
			    "FRAG got no 32K in a row from the kernel "
			    "(GFP_ATOMIC)");
	assert_in_range(seconds_until("R24-scattered", SEVERITY_WARN, 60), 25,
			35);
	assert_part(m.verdict.text,
		    "allocations fail, the last one of 32K for kworker/3:1");
}

/* What there was before memtop came, one page, a huge page and a log that may
 * not be read say nothing of it. */
static void test_failures_other(void **state)
{
	static const struct {
		bool can_read;
		uint64_t order;
	} cases[] = { { false, 3 }, { true, 0 }, { true, 9 } };

	(void)state;
	m.add = add_scattered;
	failures.can_read = true;
	failures.count = 1;
	failures.order = 3;
	machine_step(&m, 1);
	assert_string_not_equal(m.event_what, "FRAG");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_done(&m);
		machine_init(&m);
		m.add = add_scattered;
		failures.can_read = cases[i].can_read;
		failures.order = cases[i].order;
		failures.count = 0;
		run_silently(5);
		failures.count = 1;
		run_silently(60);
		assert_int_equal(machine_says(&m, "R24-scattered"), -1);
	}
}

/* ---- R23 ----------------------------------------------------------------- */

static void test_compaction(void **state)
{
	(void)state;
	m.flow[FLOW_COMPACT_STALL] = 30;
	m.flow[FLOW_COMPACT_FAIL] = 20;
	run_silently(60);
	assert_leads("R23-compaction", SEVERITY_NOTE);
	assert_part(m.verdict.text, "30/s compaction stalls, 67% of them in "
				    "vain");
}

static void set_huge(double java, double growth, double postgres,
		     double postgres_growth)
{
	m.flow[FLOW_COMPACT_STALL] = 30;
	m.flow[FLOW_COMPACT_FAIL] = 20;
	m.processes[0].huge = java;
	m.processes[0].huge_growth = growth;
	m.processes[1].huge = postgres;
	m.processes[1].huge_growth = postgres_growth;
}

/* Whose huge pages grow is named, not who has most. */
static void test_compaction_of_grower(void **state)
{
	(void)state;
	set_huge(8000, 4, 100, 10);
	run_silently(100);
	assert_leads("R23-compaction", SEVERITY_NOTE);
	assert_part(m.verdict.text,
		    "; postgres[200] gained most huge pages, 500M in "
		    "50s");
	assert_part(m.verdict.who, "postgres[200]");
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_LIKELY);
	/* not for ever: then nobody's are known to grow */
	m.processes[0].huge_growth = m.processes[1].huge_growth = 0;
	run_silently(115);
	assert_part(m.verdict.text, "; postgres[200] gained most huge pages, ");
	run_silently(30);
	assert_part(m.verdict.text, "; java[100] has most huge pages");
	assert_part(m.verdict.who, "largest: java[100]");
}

/* Nothing is compared before somebody waits; it is known when that is told. */
static void test_compaction_of_late(void **state)
{
	(void)state;
	set_huge(8000, 0, 100, 10);
	m.flow[FLOW_COMPACT_STALL] = m.flow[FLOW_COMPACT_FAIL] = 0;
	run_silently(200);
	set_huge(8000, 0, 2100, 10);
	run_silently(60);
	assert_leads("R23-compaction", SEVERITY_NOTE);
	assert_part(m.verdict.text, "; postgres[200] gained most huge pages, ");
}

/* What is given back did not grow. */
static void test_compaction_of_giver(void **state)
{
	(void)state;
	set_huge(8000, 0, 4000, -10);
	run_silently(100);
	assert_leads("R23-compaction", SEVERITY_NOTE);
	assert_part(m.verdict.text, "; java[100] has most huge pages");
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_MAYBE);
}

/* One that has just been started had none; one that runs long may have had
 * them all the time. */
static void test_compaction_of_newborn(void **state)
{
	(void)state;
	set_huge(8000, 0, 0, 0);
	run_silently(60);
	m.processes[4] = (struct machine_process){
		.comm = "worker", .pid = 500, .ppid = 1, .anon = 100, .huge = 64
	};
	m.processes[4].start_s = 5000 + (uint64_t)m.second - 600;
	run_silently(12);
	assert_part(m.verdict.text, "; java[100] has most huge pages");
	m.processes[4].pid = 501;
	m.processes[4].start_s = 5000 + (uint64_t)m.second;
	run_silently(12);
	assert_part(m.verdict.text,
		    "; worker[501] gained most huge pages, 64M");
}

/* Two share a place: who has more is not forgotten for who has less. */
static void test_compaction_of_two(void **state)
{
	(void)state;
	set_huge(8000, 10, 0, 0);
	m.processes[4] = (struct machine_process){ .comm = "worker",
						   .pid = 100 + 512,
						   .ppid = 1,
						   .anon = 100,
						   .huge = 64 };
	run_silently(60);
	assert_part(m.verdict.text, "; java[100] gained most huge pages, ");
	/* until it is gone */
	m.processes[0].gone = true;
	m.processes[4].huge_growth = 1;
	run_silently(100);
	assert_part(m.verdict.text, "; worker[612] gained most huge pages, ");
}

/* A pool that is filled compacts too, and no program waits. */
static void test_compaction_of_pool(void **state)
{
	(void)state;
	m.flow[FLOW_COMPACT_STALL] = 30;
	m.flow[FLOW_COMPACT_FAIL] = 20;
	m.flow[FLOW_POOL_PAGES] = 25;
	run_silently(60);
	assert_int_equal(machine_says(&m, "R23-compaction"), -1);
}

/* ---- R26 ----------------------------------------------------------------- */

static void add_file(struct list **list, const char *name, const char *kind,
		     uint64_t bytes)
{
	struct shared *row = add_row(list);

	row->name = sample_text(name);
	strcpy(row->kind, kind);
	row->bytes = bytes;
	if (strcmp(kind, "memfd") == 0) {
		row->holders = 1;
		row->pid = 77;
		row->command = sample_text("weston");
	}
}

static struct {
	uint64_t run, nested, memfd; /* sizes of files */
	uint64_t used;		     /* of /run; of 8 GiB */
} files;

static void add_mounts(struct snapshot *s)
{
	struct list *mounts = read_list(ENTITY_TMPFS, s);
	struct list *shared = read_list(ENTITY_SHARED, s);

	for (int i = 0; i < 2; i++) {
		struct tmpfs *row = add_row(&mounts);

		row->path = sample_text(i ? "/run/user/7" : "/run");
		strcpy(row->type, "tmpfs");
		row->size = 8 * GIB;
		row->used = i ? GIB : files.used;
	}
	add_file(&shared, "/running/x", "file", 90 * GIB);
	add_file(&shared, "/run/user/7/y", "file", files.nested);
	add_file(&shared, "/run/z", "file", files.run);
	add_file(&shared, "sysv 5", "sysv", 80 * GIB);
	add_file(&shared, "memfd:buffer #7", "memfd", files.memfd);
	snapshot_set_list(s, mounts);
	snapshot_set_list(s, shared);
}

static void test_largest_file(void **state)
{
	(void)state;
	m.add = add_mounts;
	m.shmem = 7;
	files.used = 4 * GIB;
	files.run = 2 * GIB;
	files.nested = 3 * GIB;
	run_silently(60);
	assert_leads("R26-shmem", SEVERITY_NOTE);
	assert_part(m.verdict.text, "files in /run (tmpfs), the largest is "
				    "/run/z, 2.0G: deleting");
	/* a small part of it is not to blame */
	files.run = GIB / 2;
	run_silently(5);
	assert_null(strstr(judged_line(), "the largest"));
	/* full */
	files.used = 15 * GIB / 2;
	files.run = 2 * GIB;
	seconds_until("R26-mount-full", SEVERITY_WARN, 60);
	assert_part(m.verdict.text, "/run, a file system in memory, is 94% "
				    "full, the largest is /run/z, 2.0G: what");
}

/* No mount has most of it: then it may be what has no name. */
static void test_largest_memfd(void **state)
{
	(void)state;
	m.add = add_mounts;
	m.shmem = 7;
	files.used = GIB;
	files.run = files.nested = GIB / 2;
	files.memfd = 91 * GIB;
	run_silently(60);
	assert_leads("R26-shmem", SEVERITY_NOTE);
	assert_part(m.verdict.text, "the largest is memfd:buffer #7 of "
				    "weston[77], 91.0G");
}

/* ---- R40 ----------------------------------------------------------------- */

/* MiB free on each node; its low mark is 80. */
static double node_free[3];

static void add_nodes(struct snapshot *s)
{
	struct list *zones = read_list(ENTITY_ZONE, s);
	struct list *nodes = read_list(ENTITY_NODE, s);

	for (size_t i = 0; i < ARRAY_SIZE(node_free); i++) {
		struct zone *zone = add_row(&zones);
		struct node *node = add_row(&nodes);

		snprintf(zone->name, sizeof(zone->name), "N%zu Normal", i);
		snprintf(node->name, sizeof(node->name), "N%zu", i);
		node->free = zone->free =
			(uint64_t)(node_free[i] * (double)MIB);
		node->total = 20 * GIB;
		zone->low = 80 * MIB;
		zone->high = 100 * MIB;
	}
	snapshot_set_list(s, zones);
	snapshot_set_list(s, nodes);
}

/* Node 0 is short, and node 2 has half of its memory free. */
static void make_short(void)
{
	m.add = add_nodes;
	node_free[0] = 40;
	node_free[1] = 200;
	node_free[2] = 10240;
	m.processes[0].nodes = "0-2";
	m.processes[1].nodes = "0";
	m.processes[2].nodes = "0";
	m.processes[3].nodes = "2";
}

/* java is larger, and free to go elsewhere; nginx is smaller, and grows. */
static void test_bound(void **state)
{
	(void)state;
	make_short();
	run_silently(60);
	assert_int_equal(machine_says(&m, "R40-node-short"), -1);
	m.processes[2].growth = 2;
	run_silently(60);
	assert_leads("R40-node-short", SEVERITY_NOTE);
	assert_part(m.verdict.text,
		    "NUMA node N0 is below its low mark while 10.0G (50%) are "
		    "free on N2; postgres[200] is bound to N0 by cpuset; what "
		    "is bound to short nodes grows by 120M/min");
	assert_part(m.verdict.who, "postgres[200]");
	assert_null(strstr(judged_line(), "java"));
	m.processes[2].growth = 0;
	/* while it eases it says what is and what was */
	m.processes[1].nodes = m.processes[2].nodes = "0-2";
	m.processes[1].anon++;
	m.processes[2].anon++;
	machine_run(&m, 15);
	assert_leads("R40-node-short", SEVERITY_NOTE);
	assert_null(strstr(judged_line(), "grows"));
	node_free[0] = 400;
	machine_run(&m, 2);
	assert_part(m.verdict.text, "a NUMA node was below its low mark");
	assert_in_range(seconds_until_gone("R40-node-short", 90), 1, 90);
}

/* Whoever may use a node with room, or does not say, is not bound. */
static void test_bound_elsewhere(void **state)
{
	static const char *const others[] = { "0,2",  "0-2", "1",    "2",  "",
					      "many", "0-",  "0-99", "0;2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		machine_done(&m);
		machine_init(&m);
		make_short();
		m.processes[1].nodes = m.processes[2].nodes = others[i];
		m.processes[2].growth = 2;
		run_silently(60);
		assert_int_equal(machine_says(&m, "R40-node-short"), -1);
	}
	/* as soon as all that it may use are short */
	m.processes[2].nodes = "0-1";
	node_free[1] = 60;
	seconds_until("R40-node-short", SEVERITY_NOTE, 60);
	assert_part(m.verdict.text, "; nginx[300] is bound to N0-1 by cpuset");
	/* all are short: nobody is bound more than another */
	machine_done(&m);
	machine_init(&m);
	make_short();
	node_free[1] = node_free[2] = 60;
	m.processes[2].growth = 2;
	run_silently(60);
	assert_int_equal(machine_says(&m, "R40-node-short"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_failures),
		CASE(test_failures_other),
		CASE(test_compaction),
		CASE(test_compaction_of_grower),
		CASE(test_compaction_of_late),
		CASE(test_compaction_of_giver),
		CASE(test_compaction_of_newborn),
		CASE(test_compaction_of_two),
		CASE(test_compaction_of_pool),
		CASE(test_largest_file),
		CASE(test_largest_memfd),
		CASE(test_bound),
		CASE(test_bound_elsewhere),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
