/* SPDX-License-Identifier: MIT
 *
 * Whom the kernel would kill: the order of the machine and of a cgroup, ties,
 * who is never chosen, another oom_score_adj.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/killer.h"
#include "sample.h"

/* 4 GiB of RAM and 1 GiB of swap in pages of 4 KiB. */
#define TOTAL ((4 * GIB + GIB) / 4096)

static struct snapshot *machine(void)
{
	struct snapshot *s = sample_snapshot(1000);
	struct host *host = host_new();

	host->page_size = 4096;
	s->host = host;
	s->memory.total = 4 * GIB;
	s->memory.swap_total = GIB;
	return s;
}

static struct process *add(struct snapshot *s, pid_t pid, uint64_t mib,
			   int64_t adj, const char *cgroup)
{
	struct process *p = sample_process(pid, 1, "p");

	p->rss = mib * MIB;
	p->oom_score = 700;
	p->oom_score_adj = adj;
	if (cgroup)
		p->cgroup = sample_text(cgroup);
	sample_add(s, p);
	return p;
}

static void expect(const struct snapshot *s, const struct oom_domain *domain,
		   const pid_t *pids, size_t count)
{
	struct oom_ranking ranking;

	assert_int_equal(oom_ranking_make(s, domain, NULL, &ranking), 0);
	assert_int_equal(ranking.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ranking.list[i].process->key.pid, pids[i]);
}

static void order_of_the_machine(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_ranking ranking;

	(void)state;
	assert_int_equal(all.total, TOTAL);
	add(s, 1, 900, 0, NULL); /* init */
	add(s, 10, 500, 0, NULL);
	add(s, 11, 100, 100, NULL);
	add(s, 12, 800, -1000, NULL);
	add(s, 13, 700, -100, NULL);
	add(s, 14, 600, 0, NULL)->state = 'Z';
	add(s, 15, 600, 0, NULL)->kernel = true;
	add(s, 16, 600, 0, NULL)->oom_score = 0; /* after vfork */
	/* 100 M + 100 x 5.1 M = 611 M; 700 M - 511 M = 188 M */
	expect(s, &all, (const pid_t[]){ 11, 10, 13 }, 3);
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_int_equal(ranking.of, 3);
	/* the division comes first: 1310 pages for each adj */
	assert_int_equal(ranking.list[0].points,
			 100 * 256 + 100 * (int64_t)(TOTAL / 1000));
	snapshot_unref(s);
}

/* Before 5.9 the score of what is small is 0: it dies all the same. */
static void order_of_old_kernels(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain group = { "/a", 256 * MIB / 4096 };
	struct oom_place place = { .adj = 0 };

	(void)state;
	add(s, 10, 500, 0, NULL)->oom_score = 97;
	add(s, 11, 3, 0, "/a")->oom_score = 0;
	add(s, 12, 2, 0, "/a")->oom_score = 0;
	expect(s, &group, (const pid_t[]){ 11, 12 }, 2);
	assert_int_equal(oom_places(s, &group, s->processes[2], &place, 1), 0);
	assert_int_equal(place.rank, 2);
	assert_int_equal(place.of, 2);
	snapshot_unref(s);
}

static void swap_and_page_tables_count(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct process *p;

	(void)state;
	add(s, 10, 500, 0, NULL);
	p = add(s, 11, 300, 0, NULL);
	p->swap = 150 * MIB;
	p->page_tables = 51 * MIB;
	expect(s, &all, (const pid_t[]){ 11, 10 }, 2);
	snapshot_unref(s);
}

/* The same bias weighs less where the total is small. */
static void order_of_a_cgroup(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain group = { "/a", 256 * MIB / 4096 };
	struct oom_domain all = { .total = oom_machine_pages(s) };

	(void)state;
	add(s, 10, 100, 0, "/a/b");
	add(s, 11, 50, 100, "/a");
	add(s, 12, 900, 0, "/other");
	add(s, 13, 900, 0, "/ab");
	add(s, 14, 900, 0, NULL);
	/* 50 M + 25 M */
	expect(s, &group, (const pid_t[]){ 10, 11 }, 2);
	/* 50 M + 511 M */
	expect(s, &all, (const pid_t[]){ 14, 13, 12, 11, 10 }, 5);
	snapshot_unref(s);
}

static void equals(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_domain group = { "/a", 256 * MIB / 4096 };

	(void)state;
	add(s, 10, 100, 0, "/a/b")->key.start_ns = 5;
	add(s, 11, 100, 0, "/a")->key.start_ns = 9;
	add(s, 12, 100, 0, "/a")->key.start_ns = 7;
	/* the youngest; in a cgroup those further down come later */
	expect(s, &all, (const pid_t[]){ 11, 12, 10 }, 3);
	expect(s, &group, (const pid_t[]){ 10, 11, 12 }, 3);
	snapshot_unref(s);
}

static void more_than_fit(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_ranking ranking;

	(void)state;
	for (int i = 0; i < 60; i++)
		add(s, 10 + i, (uint64_t)((i * 37) % 60) + 1, 0, NULL);
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_int_equal(ranking.count, OOM_RANKING_MAX);
	assert_int_equal(ranking.of, 60);
	for (size_t i = 0; i < ranking.count; i++)
		assert_int_equal(ranking.list[i].points, (60 - i) * 256);
	snapshot_unref(s);
}

static void what_if(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_what_if other = { .adj = -200 };
	const struct process *first, *changes;
	struct oom_ranking ranking;
	int64_t adj;

	(void)state;
	first = add(s, 10, 500, 0, NULL);
	/* alone it is the first with any that lets it be killed */
	assert_true(oom_switch_point(s, &all, first, &adj, &changes));
	assert_int_equal(adj, -999);
	assert_null(changes);
	add(s, 11, 300, 0, NULL);
	other.key = first->key;
	assert_int_equal(oom_ranking_make(s, &all, &other, &ranking), 0);
	assert_int_equal(ranking.list[0].process->key.pid, 11);
	/* 200 M are 51200 pages, 1310 for each: it stays first down to -39 */
	assert_true(oom_switch_point(s, &all, first, &adj, &changes));
	assert_int_equal(adj, -39);
	assert_int_equal(changes->key.pid, 11);
	other.adj = -39;
	assert_int_equal(oom_ranking_make(s, &all, &other, &ranking), 0);
	assert_int_equal(ranking.list[0].process->key.pid, 10);
	other.adj = -40;
	assert_int_equal(oom_ranking_make(s, &all, &other, &ranking), 0);
	assert_int_equal(ranking.list[0].process->key.pid, 11);
	snapshot_unref(s);
}

static void nobody(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_ranking ranking;

	(void)state;
	add(s, 10, 500, -1000, NULL);
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_int_equal(ranking.count, 0);
	assert_int_equal(oom_confidence(s, &ranking), OOM_UNTOLD);
	add(s, 11, 500, 0, NULL)->oom.state = STATE_DENIED;
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_int_equal(ranking.of, 1);
	assert_int_equal(ranking.unknown, 1);
	s->memory.swap_total = UNKNOWN;
	all.total = oom_machine_pages(s);
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), -ENODATA);
	snapshot_unref(s);
}

static void expect_said(const struct snapshot *s, const struct oom_domain *all,
			enum oom_sure sure, const char *words)
{
	struct oom_ranking ranking;
	char said[256];

	assert_int_equal(oom_ranking_make(s, all, NULL, &ranking), 0);
	assert_int_equal(oom_confidence(s, &ranking), sure);
	oom_say(s, &ranking, sure, said, sizeof(said));
	assert_string_equal(said, words);
}

static void confidence(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct process *first;

	(void)state;
	first = add(s, 10, 1000, 0, NULL);
	expect_said(s, &all, OOM_CERTAIN, "p[10] would be killed");
	add(s, 11, 300, 0, NULL);
	expect_said(s, &all, OOM_CERTAIN, "p[10] would be killed");
	/* 5 % are 256 MiB, 1 % are 51 */
	first->rss = 555 * MIB;
	expect_said(s, &all, OOM_LIKELY, "p[10] would most likely be killed");
	first->rss = 352 * MIB;
	expect_said(s, &all, OOM_LIKELY, "p[10] would most likely be killed");
	first->rss = 350 * MIB;
	expect_said(s, &all, OOM_SEVERAL,
		    "one of p[10] or p[11] would be killed");
	add(s, 12, 310, 0, NULL);
	add(s, 13, 305, 0, NULL);
	expect_said(s, &all, OOM_SEVERAL,
		    "one of p[10], p[12] or p[13] would be killed");
	s->load.oom_kill_allocating_task = 1;
	expect_said(s, &all, OOM_UNTOLD,
		    "whoever asks for memory then would be killed "
		    "(oom_kill_allocating_task)");
	s->load.panic_on_oom = 1;
	expect_said(s, &all, OOM_UNTOLD,
		    "the machine would panic (panic_on_oom)");
	s->load.panic_on_oom = s->load.oom_kill_allocating_task = 0;
	((struct host *)s->host)->hidepid = true;
	expect_said(s, &all, OOM_UNTOLD,
		    "the victim cannot be predicted: processes are hidden");
	snapshot_unref(s);
}

/* What each processor holds back of a count, Linux 6.2 to 6.19. */
static void counter_error(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct host *host = (struct host *)s->host;
	struct process *second;

	(void)state;
	add(s, 10, 1000, 0, NULL);
	second = add(s, 11, 600, 0, NULL); /* 8 % behind, 400 MiB */
	host->cpus = 2;
	strcpy(host->kernel, "6.12.5-amd64");
	assert_int_equal(oom_counter_error(host) * 4096, MIB);
	expect_said(s, &all, OOM_CERTAIN, "p[10] would be killed");
	host->cpus = 64;
	assert_int_equal(oom_counter_error(host) * 4096, 128 * MIB);
	expect_said(s, &all, OOM_CERTAIN, "p[10] would be killed");
	/* both may be off */
	second->rss = 800 * MIB;
	expect_said(s, &all, OOM_SEVERAL,
		    "one of p[10] or p[11] would be killed");
	second->rss = 600 * MIB;
	host->cpus = 256;
	assert_int_equal(oom_counter_error(host) * 4096, 2 * GIB);
	expect_said(s, &all, OOM_SEVERAL,
		    "one of p[10] or p[11] would be killed");
	for (int i = 0; i < 4; i++) {
		static const char *const exact[] = { "6.1.99", "6.20.0-rc1",
						     "5.10.0-22", "7.0.1" };

		strcpy(host->kernel, exact[i]);
		assert_int_equal(oom_counter_error(host), 0);
	}
	expect_said(s, &all, OOM_CERTAIN, "p[10] would be killed");
	/* how many there are is not known: never for certain */
	host->cpus = UNKNOWN;
	strcpy(host->kernel, "6.2.0");
	assert_int_equal(oom_counter_error(host), UNKNOWN);
	expect_said(s, &all, OOM_LIKELY, "p[10] would most likely be killed");
	snapshot_unref(s);
}

static void overtaker(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct process *first, *second;
	struct oom_ranking ranking;
	double ns;

	(void)state;
	first = add(s, 10, 1000, 0, NULL);
	second = add(s, 11, 600, 0, NULL);
	first->growth_rate = second->growth_rate = 0;
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_null(oom_overtaker(s, &ranking, &ns));
	second->growth_rate = 10 * (double)MIB;
	assert_ptr_equal(oom_overtaker(s, &ranking, &ns)->process, second);
	assert_true(ns / (double)NS_PER_S > 39 && ns / (double)NS_PER_S < 41);
	/* it grows as well, as fast */
	first->growth_rate = 10 * (double)MIB;
	assert_null(oom_overtaker(s, &ranking, &ns));
	/* not within ten minutes */
	first->growth_rate = 0;
	second->growth_rate = .5 * (double)MIB;
	assert_null(oom_overtaker(s, &ranking, &ns));
	snapshot_unref(s);
}

/* Too young for a rate, it has grown all its life, unless it was seen to stand
 * still: what took all it has at once and waits is nobody's culprit. */
static void young_growth(void **state)
{
	struct snapshot *s = machine();
	struct process *p = add(s, 10, 1000, 0, NULL);

	(void)state;
	s->boottime_ns = s->monotonic_ns = 500 * NS_PER_S;
	p->key.start_ns = 490 * NS_PER_S;
	p->growth_rate = NAN;
	p->anon = 200 * MIB;
	p->swap = 0;
	p->status = (struct block){ 500 * NS_PER_S, STATE_OK };
	assert_true(oom_growth(p, s) == 20 * (double)MIB);
	p->status.read_ns = 498 * NS_PER_S;
	assert_true(oom_growth(p, s) == 20 * (double)MIB);
	p->status.read_ns = 496 * NS_PER_S;
	assert_true(isnan(oom_growth(p, s)));
	/* a rate that is known holds, whenever it was read */
	p->growth_rate = 5;
	assert_true(oom_growth(p, s) == 5);
	snapshot_unref(s);
}

/* With much room nobody is named; and what one kill gives back. */
static void room(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = oom_machine(s);
	struct process *p = add(s, 10, 1000, 0, NULL);

	(void)state;
	assert_false(oom_matters(s)); /* not known */
	s->memory.available = 2500 * MIB;
	assert_false(oom_matters(s));
	s->memory.available = 1500 * MIB;
	assert_true(oom_matters(s));
	/* swap takes as much as is anonymous */
	s->memory.swap_free = s->memory.active_anon = GIB;
	s->memory.inactive_anon = 0;
	assert_false(oom_matters(s));
	/* a tenth of RAM, 410 MiB, is wanted: 310 are missing */
	s->memory.available = 100 * MIB;
	p->uss = UNKNOWN;
	assert_false(oom_not_enough(s, &all, p));
	p->smaps.state = STATE_OK;
	p->uss = 100 * MIB;
	p->private_hugetlb = 0;
	p->swap_pss = 60 * MIB;
	assert_false(oom_not_enough(s, &all, p));
	p->swap_pss = 20 * MIB;
	assert_true(oom_not_enough(s, &all, p));
	s->memory.available = 300 * MIB;
	assert_false(oom_not_enough(s, &all, p));
	snapshot_unref(s);
}

/* Whom earlyoom and systemd-oomd would choose. */
static void choices(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_CGROUP);
	struct process *killer = add(s, 9, 5, 0, NULL), *p;
	static const struct {
		const char *path;
		uint64_t depth, swap;
		double scan;
	} groups[] = {
		{ "/system.slice", 1, 900, 900 },
		{ "/system.slice/a.service", 2, 500, 10 },
		{ "/system.slice/b.service", 2, 400, 800 },
	};

	(void)state;
	add(s, 10, 1000, 0, NULL)->oom_score = 700;
	p = add(s, 11, 600, 0, NULL);
	p->oom_score = 900;
	add(s, 12, 2000, -1000, NULL)->oom_score = 0;
	strcpy(killer->comm, "earlyoom");
	assert_ptr_equal(killer_choice(s, killer).process, p);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		struct cgroup *row = list_add(&list);

		row->path = sample_text(groups[i].path);
		row->depth = groups[i].depth;
		row->usage.state = STATE_OK;
		row->current = GIB;
		row->swap = groups[i].swap * MIB;
		row->scan_rate = groups[i].scan;
	}
	snapshot_set_list(s, list);
	strcpy(killer->comm, "systemd-oomd");
	s->memory.swap_free = GIB;
	assert_string_equal(text_str(killer_choice(s, killer).cgroup->path),
			    "/system.slice/b.service");
	s->memory.swap_free = 50 * MIB;
	assert_string_equal(text_str(killer_choice(s, killer).cgroup->path),
			    "/system.slice/a.service");
	strcpy(killer->comm, "bash");
	assert_false(killer_is(killer));
	snapshot_unref(s);
}

/* Settings that keep the kernel from choosing, and whoever acts before it. */
static void overruled(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_domain group = { "/a", 256 * MIB / 4096 };
	struct oom_ranking ranking;
	struct process *killer;

	(void)state;
	add(s, 10, 1000, 0, "/a");
	killer = add(s, 11, 5, 0, "/b");
	snprintf(killer->comm, sizeof(killer->comm), "earlyoom");
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	assert_ptr_equal(ranking.killer, killer);
	assert_int_equal(oom_confidence(s, &ranking), OOM_LIKELY);
	/* at the limit of a cgroup it does not act */
	assert_int_equal(oom_ranking_make(s, &group, NULL, &ranking), 0);
	assert_int_equal(oom_confidence(s, &ranking), OOM_CERTAIN);
	s->load.panic_on_oom = 1;
	s->load.oom_kill_allocating_task = 1;
	assert_int_equal(oom_confidence(s, &ranking), OOM_CERTAIN);
	s->load.panic_on_oom = 2;
	assert_int_equal(oom_confidence(s, &ranking), OOM_UNTOLD);
	assert_int_equal(oom_ranking_make(s, &all, NULL, &ranking), 0);
	s->load.panic_on_oom = 0;
	assert_int_equal(oom_confidence(s, &ranking), OOM_UNTOLD);
	s->load.oom_kill_allocating_task = 0;
	assert_int_equal(oom_confidence(s, &ranking), OOM_LIKELY);
	snapshot_unref(s);
}

/* One process with several adjs at once. */
static void places(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = oom_machine(s);
	struct oom_domain group = { "/a", 256 * MIB / 4096 };
	struct oom_place p[] = {
		{ .adj = -1000 }, { .adj = -40 }, { .adj = -39 }, { .adj = 0 }
	};
	struct process *asked;

	(void)state;
	asked = add(s, 10, 500, 0, "/a");
	add(s, 11, 300, 0, "/b");
	add(s, 12, 10, 0, "/a/b");
	add(s, 13, 900, -1000, NULL);
	add(s, 14, 20, 0, NULL)->oom.state = STATE_DENIED;
	assert_int_equal(oom_places(s, &all, asked, p, 4), 0);
	assert_int_equal(p[0].rank, 0);
	assert_int_equal(p[0].of, 3);
	assert_int_equal(p[0].first->key.pid, 11);
	assert_int_equal(p[1].rank, 2);
	assert_int_equal(p[1].of, 4);
	assert_int_equal(p[1].first->key.pid, 11);
	assert_int_equal(p[2].rank, 1);
	assert_ptr_equal(p[2].first, asked);
	assert_int_equal(p[3].points, 500 * 256);
	/* a hundred times as much weight in the smaller total */
	p[0].adj = -999;
	assert_int_equal(oom_places(s, &group, asked, p, 1), 0);
	assert_int_equal(p[0].of, 2);
	assert_int_equal(p[0].rank, 1);
	all.total = 0;
	assert_int_equal(oom_places(s, &all, asked, p, 1), -ENODATA);
	asked->swap = UNKNOWN;
	assert_int_equal(oom_places(s, &group, asked, p, 1), -ENODATA);
	snapshot_unref(s);
}

static struct cgroup *add_cgroup(struct list **list, const char *path,
				 uint64_t max, uint64_t current)
{
	struct cgroup *row = list_add(list);

	row->path = sample_text(path);
	row->block.state = row->usage.state = STATE_OK;
	row->limit.state = row->knobs.state = STATE_OK;
	row->v1.state = STATE_NOT_APPLICABLE;
	row->depth = 0;
	for (const char *p = path; p[1] != '\0'; p++)
		row->depth += *p == '/';
	row->max = max;
	row->current = current;
	row->swap_max = 0;
	row->oom_group = 0;
	return row;
}

static void limits_nearest_first(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_CGROUP);
	struct oom_limit limits[OOM_LIMITS_MAX];

	(void)state;
	add_cgroup(&list, "/", NO_LIMIT, 4 * GIB);
	add_cgroup(&list, "/far", GIB, 500 * MIB);
	add_cgroup(&list, "/half", GIB, 512 * MIB);
	add_cgroup(&list, "/most", GIB, 1000 * MIB)->swap_max = NO_LIMIT;
	add_cgroup(&list, "/no", NO_LIMIT, 3 * GIB);
	add_cgroup(&list, "/ram", 4 * GIB, 4 * GIB); /* RAM is less */
	add_cgroup(&list, "/some", GIB, 700 * MIB)->swap_max = 100 * MIB;
	add_cgroup(&list, "/denied", GIB, GIB)->limit.state = STATE_DENIED;
	add_cgroup(&list, "/waits", GIB, GIB)->oom_kill_disable = 1;
	add_cgroup(&list, "/gone", GIB, UNKNOWN);
	snapshot_set_list(s, list);
	assert_int_equal(oom_limits(s, limits), 3);
	assert_string_equal(limits[0].domain.cgroup, "/most");
	assert_int_equal(limits[0].domain.total, 2 * GIB / 4096);
	assert_string_equal(limits[1].domain.cgroup, "/some");
	assert_int_equal(limits[1].domain.total, (GIB + 100 * MIB) / 4096);
	assert_string_equal(limits[2].domain.cgroup, "/half");
	assert_int_equal(limits[2].domain.total, GIB / 4096);
	s->load.swappiness = 0; /* no swap for anybody */
	assert_int_equal(oom_limits(s, limits), 3);
	assert_int_equal(limits[0].domain.total, GIB / 4096);
	snapshot_unref(s);
}

/* The limit that a process meets first, whether its own cgroup has a row or
 * not. */
static void limit_of_a_process(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_CGROUP);
	struct oom_limit limit;
	struct cgroup *row;

	(void)state;
	add_cgroup(&list, "/", NO_LIMIT, GIB)->depth = 0;
	row = add_cgroup(&list, "/a", GIB, 100 * MIB);
	row->depth = 1;
	row->swap_max = 0;
	row->limit_path = sample_text("/a");
	row = add_cgroup(&list, "/a/b", NO_LIMIT, 100 * MIB);
	row->depth = 2;
	row->limit_path = sample_text("/a");
	add_cgroup(&list, "/ab", NO_LIMIT, 100 * MIB)->depth = 1;
	snapshot_set_list(s, list);
	assert_true(oom_limit_of(s, "/a/b/c", &limit));
	assert_string_equal(limit.domain.cgroup, "/a");
	assert_int_equal(limit.domain.total, GIB / 4096);
	assert_true(oom_limit_of(s, "/a", &limit));
	assert_false(oom_limit_of(s, "/ab", &limit));
	assert_false(oom_limit_of(s, "/", &limit));
	snapshot_unref(s);
}

static void limits_of_v1(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_CGROUP);
	struct oom_limit limits[OOM_LIMITS_MAX];
	struct cgroup *row;

	(void)state;
	row = add_cgroup(&list, "/a", GIB, 900 * MIB);
	row->v1.state = STATE_OK;
	row->knobs.state = STATE_NOT_APPLICABLE;
	row->memsw_max = GIB + 10 * MIB;
	row = add_cgroup(&list, "/b", GIB, 800 * MIB);
	row->v1.state = STATE_OK;
	row->memsw_max = UNKNOWN; /* swap is not counted */
	row = add_cgroup(&list, "/c", GIB, 700 * MIB);
	row->knobs.state = STATE_PENDING; /* v2, not read yet */
	snapshot_set_list(s, list);
	assert_int_equal(oom_limits(s, limits), 3);
	assert_int_equal(limits[0].domain.total, (GIB + 10 * MIB) / 4096);
	assert_int_equal(limits[1].domain.total, 2 * GIB / 4096);
	assert_int_equal(limits[2].domain.total, 0);
	snapshot_unref(s);
}

static void more_limits_than_fit(void **state)
{
	struct snapshot *s = machine();
	struct list *list = list_new(ENTITY_CGROUP);
	struct oom_limit limits[OOM_LIMITS_MAX];
	char path[16];

	(void)state;
	for (unsigned i = 0; i < 3 * OOM_LIMITS_MAX; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		add_cgroup(&list, path, GIB, (600 + i) * MIB);
	}
	snapshot_set_list(s, list);
	assert_int_equal(oom_limits(s, limits), OOM_LIMITS_MAX);
	assert_string_equal(limits[0].domain.cgroup, "/47");
	assert_string_equal(limits[OOM_LIMITS_MAX - 1].domain.cgroup, "/32");
	snapshot_unref(s);
}

/* The highest group with the flag, but none above where memory ran out. */
static void groups_die_as_one(void **state)
{
	struct snapshot *s = machine();
	struct oom_domain all = { .total = oom_machine_pages(s) };
	struct oom_domain upper = { "/a/b", 1000 }, lower = { "/a/b/c", 1000 };
	struct list *list = list_new(ENTITY_CGROUP);
	const struct process *victim;
	struct oom_group group;
	struct process *p;

	(void)state;
	add_cgroup(&list, "/", NO_LIMIT, GIB)->oom_group = 1; /* has no file */
	add_cgroup(&list, "/a/b/c", GIB, MIB)->oom_group = 1;
	add_cgroup(&list, "/a/b", GIB, MIB)->oom_group = 1;
	add_cgroup(&list, "/a", GIB, MIB);
	add_cgroup(&list, "/a/bb", GIB, MIB)->oom_group = 1;
	snapshot_set_list(s, list);
	victim = p = add(s, 10, 500, 0, "/a/b/c");
	p->uss = 400 * MIB;
	p->swap_pss = p->private_hugetlb = 0;
	p = add(s, 11, 100, 0, "/a/b");
	p->uss = 100 * MIB;
	p->swap_pss = 5 * MIB;
	p->private_hugetlb = 0;
	add(s, 12, 100, -1000, "/a/b");
	add(s, 13, 100, 0, "/a");
	assert_true(oom_group_of(s, &all, victim, &group));
	assert_string_equal(text_str(group.cgroup->path), "/a/b");
	assert_int_equal(group.processes, 2);
	assert_int_equal(group.frees, 505 * MIB);
	assert_true(oom_group_of(s, &upper, victim, &group));
	assert_string_equal(text_str(group.cgroup->path), "/a/b");
	assert_true(oom_group_of(s, &lower, victim, &group));
	assert_string_equal(text_str(group.cgroup->path), "/a/b/c");
	assert_int_equal(group.processes, 1);
	assert_false(oom_group_of(s, &all, s->processes[3], &group));
	p->uss = UNKNOWN;
	assert_true(oom_group_of(s, &all, victim, &group));
	assert_int_equal(group.frees, UNKNOWN);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_the_machine),
		cmocka_unit_test(order_of_old_kernels),
		cmocka_unit_test(swap_and_page_tables_count),
		cmocka_unit_test(order_of_a_cgroup),
		cmocka_unit_test(equals),
		cmocka_unit_test(more_than_fit),
		cmocka_unit_test(what_if),
		cmocka_unit_test(nobody),
		cmocka_unit_test(confidence),
		cmocka_unit_test(counter_error),
		cmocka_unit_test(overtaker),
		cmocka_unit_test(young_growth),
		cmocka_unit_test(room),
		cmocka_unit_test(choices),
		cmocka_unit_test(overruled),
		cmocka_unit_test(places),
		cmocka_unit_test(limits_nearest_first),
		cmocka_unit_test(limits_of_v1),
		cmocka_unit_test(limit_of_a_process),
		cmocka_unit_test(more_limits_than_fit),
		cmocka_unit_test(groups_die_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
