/* SPDX-License-Identifier: MIT
 *
 * The letters behind a process: each where it has to stand, and where it must
 * not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/flags.h"
#include "memtop/trend.h"
#include "sample.h"

static struct snapshot *s;

static int setup(void **state)
{
	struct host *host = host_new();

	(void)state;
	s = sample_snapshot(1000);
	host->page_size = 4096;
	s->host = host;
	s->memory.total = 64 * GIB;
	s->memory.swap_total = 0;
	s->memory.available = 4 * GIB;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	snapshot_unref(s);
	return 0;
}

static struct process *add(pid_t pid, uint64_t mib)
{
	struct process *p = sample_process(pid, 1, "p");

	p->rss = mib * MIB;
	p->oom_score = 700;
	sample_add(s, p);
	return p;
}

static void expect(const struct process *p, const char *letters)
{
	char buf[FLAGS_SIZE];
	struct flags flags;

	flags_begin(s, &flags);
	flags_of(&flags, p, buf);
	assert_string_equal(buf, letters);
}

static void grows(void **state)
{
	struct process *p = add(10, 5), *first = add(11, 900);
	struct list *list = list_new(ENTITY_TREND);
	struct trend *row;

	(void)state;
	expect(first, "O");
	/* a hundredth of RAM in five minutes: 2.2 MiB a second */
	p->growth_rate = 2.1 * (double)MIB;
	expect(p, "");
	p->growth_rate = 2.3 * (double)MIB;
	expect(p, "G");
	p->growth_rate = NAN;
	row = list_add(&list);
	row->pid = 10;
	row->start_ns = p->key.start_ns;
	strcpy(row->kind, "process");
	strcpy(row->verdict, "no");
	snapshot_set_list(s, list);
	expect(p, "");
	strcpy(row->verdict, "suspect");
	expect(p, "G");
	strcpy(row->verdict, "confirmed");
	expect(p, "G");
}

static void waits(void **state)
{
	struct process *p = add(10, 5);

	(void)state;
	add(11, 900);
	p->swap = MIB;
	p->major_fault_rate = 19;
	expect(p, "");
	p->major_fault_rate = 21;
	expect(p, "W");
	p->swap = 0; /* it reads files */
	expect(p, "");
}

static void is_next(void **state)
{
	struct process *p = add(10, 500), *other = add(11, 900);

	(void)state;
	expect(other, "O");
	expect(p, "");
	/* nobody need know while there is plenty */
	s->memory.available = 40 * GIB;
	expect(other, "");
}

static void is_limited(void **state)
{
	struct process *p = add(10, 5);
	struct list *list = list_new(ENTITY_CGROUP);
	struct cgroup *row = list_add(&list);

	(void)state;
	add(11, 900);
	p->cgroup = sample_text("/a/b");
	row->path = sample_text("/a");
	row->room.state = STATE_OK;
	row->max = row->effective_limit = 1000 * MIB;
	row->headroom = 210 * MIB;
	snapshot_set_list(s, list);
	expect(p, "");
	row->headroom = 190 * MIB;
	expect(p, "L");
	/* the limit of another above it is the nearer one: that row counts */
	row->effective_limit = 900 * MIB;
	expect(p, "");
}

static void is_protected(void **state)
{
	struct process *p = add(10, 5);

	(void)state;
	add(11, 900);
	p->oom_score_adj = -899;
	expect(p, "");
	p->oom_score_adj = -900;
	expect(p, "P");
	p->oom.state = STATE_DENIED;
	expect(p, "");
}

/* Of several: what the members have, and what they do together. */
static void of_several(void **state)
{
	struct process *sum = add(10, 5);

	(void)state;
	flags_add(sum->flags, "P");
	flags_add(sum->flags, "");
	flags_add(sum->flags, "LO");
	flags_add(sum->flags, "O");
	assert_string_equal(sum->flags, "OLP");
	flags_of_sum(s, sum);
	assert_string_equal(sum->flags, "OL"); /* one of them is protected */
	sum->oom_score_adj = -950;
	sum->swap = MIB;
	sum->major_fault_rate = 21;
	sum->growth_rate = 2.3 * (double)MIB;
	flags_of_sum(s, sum);
	assert_string_equal(sum->flags, "GWOLP");
	sum->growth_rate = sum->major_fault_rate = 0;
	flags_of_sum(s, sum); /* G may be a member's leak */
	assert_string_equal(sum->flags, "GOLP");
}

static void gravity(void **state)
{
	static const char *const order[] = { "O", "GWL", "W", "GL",
					     "L", "G",	 "P", "" };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		assert_true(flags_gravity(order[i - 1]) >
			    flags_gravity(order[i]));
}

static void expect_why(const struct process *p, char letter, const char *why)
{
	char buf[256];

	flags_why(s, p, letter, buf, sizeof(buf));
	assert_string_equal(buf, why);
}

static void reasons(void **state)
{
	struct process *p = add(10, 5);
	struct list *list = list_new(ENTITY_CGROUP);
	struct cgroup *row = list_add(&list);

	(void)state;
	p->growth_rate = 2 * (double)MIB;
	expect_why(p, 'G', "120M/min");
	p->swap = 30 * MIB;
	p->major_fault_rate = 21;
	expect_why(p, 'W', "21 major faults/s, 30M in swap");
	expect_why(p, 'O', "killed next, room for 4.0G");
	p->cgroup = sample_text("/a/b");
	row->path = sample_text("/a");
	row->room.state = STATE_OK;
	row->max = row->effective_limit = 1000 * MIB;
	row->headroom = 190 * MIB;
	snapshot_set_list(s, list);
	expect_why(p, 'L', "/a has 190M left");
	p->oom_score_adj = -950;
	expect_why(p, 'P', "adj -950");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(grows),	  CASE(waits),	      CASE(is_next),
		CASE(is_limited), CASE(is_protected), CASE(of_several),
		CASE(gravity),	  CASE(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
