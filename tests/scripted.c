/* SPDX-License-Identifier: MIT
 *
 * The system side of the scripted snapshots: meminfo, vmstat, pressure.  The
 * verdict, devices and processes are in files of their own.
 */
#include <stdio.h>

#include "scripted_private.h"

#define STEP_0_REALTIME_S UINT64_C(1795356157)

/* clang-format off */
const struct scripted_knobs scripted_knobs[SCRIPTED_CASE_COUNT] = {
	[SCRIPTED_THRASH]   = { "root", 0, true, true, true, true, 1, 1, 1 },
	[SCRIPTED_HEALTHY]  = { "root", 0, true, true, true, false,
				.388, .45, .028 },
	[SCRIPTED_CONTAINER] = { "root", 0, true, true, true, false,
				.388, .45, .028 },
	[SCRIPTED_NOBODY]   = { "alice", ALICE, false, true, true, true,
				1, 1, 1 },
	[SCRIPTED_STARTING] = { "root", 0, true, true, true, true, 1, 1, 1 },
	[SCRIPTED_NO_SWAP]  = { "root", 0, true, true, false, true, 1, 1, 0 },
	[SCRIPTED_NO_PSI]   = { "root", 0, true, false, true, true, 1, 1, 1 },
	[SCRIPTED_INCIDENT] = { "root", 0, true, true, true, true, 1, 1, 1 },
	[SCRIPTED_HOSTILE]  = { "root", 0, true, true, true, true, 1, 1, 1 },
};

/* Value at step 0, change per second while busy. */
static const struct {
	const char *name;
	double value, rate;
} counters[] = {
	{ "nr_zspages", 629146, 0 },
	{ "nr_free_pages",               104857, 0 },
	{ "nr_zone_inactive_anon",      4100000, 0 },
	{ "pgpgin",                  9120000000, 159744 },
	{ "pgpgout",                 4410000000, 67584 },
	{ "pswpin",                    91000000, 15616 },
	{ "pswpout",                   98000000, 16896 },
	{ "pgfault",                81000000000, 259000 },
	{ "pgmajfault",                12700000, 9100 },
	{ "pgsteal_kswapd",           410000000, 17100 },
	{ "pgsteal_direct",            98000000, 7600 },
	{ "pgscan_kswapd",           2900000000, 210000 },
	{ "pgscan_direct",            770000000, 88000 },
	{ "allocstall_normal",           610000, 412 },
	{ "workingset_refault_anon",   60200000, 12900 },
	{ "workingset_refault_file",   31400000, 6100 },
	{ "workingset_activate_anon",  18800000, 4100 },
	{ "oom_kill",                         5, 0 },
	{ "compact_stall",                88000, 12 },
	{ "thp_fault_alloc",            2100000, 88 },
	{ "thp_fault_fallback",          412000, 41 },
	{ "thp_collapse_alloc",           91000, 2 },
	{ "thp_split_page",              310000, 19 },
	{ "thp_swpout",                   71000, 6 },
	{ "thp_swpout_fallback",         299000, 31 },
	{ "swap_ra",                   22000000, 3100 },
	{ "swap_ra_hit",               15000000, 2050 },
};
/* clang-format on */

static uint64_t gib(double amount)
{
	return mib(amount * 1024);
}

static void set_memory(struct snapshot *s, const struct scripted_knobs *knobs,
		       unsigned step)
{
	bool busy = knobs->busy;
	struct memory *m = &s->memory;

	m->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	m->total = gib(62.6);
	m->free = gib(busy ? 0.4 : 12.2);
	m->available = gib(busy ? 1.6 : 38.2);
	m->buffers = gib(0.1);
	m->cached = gib(busy ? 5.7 : 28.2);
	m->swap_cached = mib(knobs->swap ? 204 * knobs->swapped : 0);
	m->anon_pages = gib(busy ? 47.6 : 18.7);
	m->active_anon = gib(busy ? 30.1 : 12.0);
	m->inactive_anon = m->anon_pages - m->active_anon;
	m->active_file = gib(busy ? 1.1 : 15.1);
	m->inactive_file = gib(busy ? 1.4 : 10.3);
	m->unevictable = m->mlocked = mib(36);
	m->dirty = mib(31);
	m->writeback = mib(busy ? 88 : 0);
	m->mapped = gib(3.9);
	m->shmem = gib(busy ? 3.2 : 2.6);
	m->slab_reclaimable = m->kreclaimable = gib(0.7);
	m->slab_unreclaimable = gib(2.2);
	m->slab = m->slab_reclaimable + m->slab_unreclaimable;
	m->kernel_stack = mib(96);
	m->page_tables = mib(825);
	m->sec_page_tables = 0;
	m->zswap = m->zswapped = 0;
	m->commit_limit = gib(47.3);
	m->committed = gib(busy ? 78.1 : 44.0);
	m->vmalloc_used = mib(190);
	m->percpu = mib(61);
	m->hardware_corrupted = 0;
	m->anon_huge = gib(busy ? 11.4 : 4.8);
	m->shmem_huge = m->shmem_pmd = m->file_huge = m->file_pmd = 0;
	m->hugepages_total = 1024;
	m->hugepages_free = 461;
	m->hugepages_reserved = m->hugepages_surplus = 0;
	m->hugepage_size = mib(2);
	m->hugetlb = gib(2);
	m->swap_total = knobs->swap ? gib(16) : 0;
	m->swap_free = 0;
	if (knobs->swap && !busy)
		m->swap_free = gib(15.6);
	else if (knobs->swap)
		m->swap_free = sub_floor(gib(1.5), mib(5.0 * step));
}

static void set_pressure(struct snapshot *s, const struct scripted_knobs *knobs)
{
	struct pressure *p = &s->pressure;

	if (!knobs->psi) {
		p->memory_block.state = p->io_block.state = STATE_ABSENT;
		return;
	}
	p->memory_block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	p->io_block = p->memory_block;
	if (!knobs->busy) {
		p->memory_some = (struct pressure_line){ 0, 0, .1, 81220331 };
		p->memory_full = (struct pressure_line){ 0, 0, 0, 40118227 };
		p->io_some = (struct pressure_line){ .3, .4, .4, 902214551 };
		p->io_full = (struct pressure_line){ .1, .2, .2, 611203447 };
		return;
	}
	p->memory_some = (struct pressure_line){ 41.2, 33.8, 19.4, 912203314 };
	p->memory_full = (struct pressure_line){ 22.7, 17.1, 9.6, 511180229 };
	p->io_some = (struct pressure_line){ 52.1, 44, 25.3, 1902214551 };
	p->io_full = (struct pressure_line){ 30.2, 27.5, 14, 1211203447 };
}

static void set_vmstat(struct snapshot *s, const struct scripted_knobs *knobs,
		       unsigned step)
{
	const char *names[ARRAY_SIZE(counters)];

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		names[i] = counters[i].name;
	s->vmstat_names =
		scripted_must(counter_names_new(names, ARRAY_SIZE(counters)));
	s->vmstat =
		scripted_must(calloc(ARRAY_SIZE(counters), sizeof(*s->vmstat)));
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		double rate = knobs->busy ? counters[i].rate : 0;

		if (!knobs->swap && strncmp(names[i], "pswp", 4) == 0)
			rate = 0;
		s->vmstat[i].value =
			(uint64_t)(counters[i].value + rate * step);
		if (!knobs->swap && strcmp(names[i], "nr_zspages") == 0)
			s->vmstat[i].value = 0;
		s->vmstat[i].rate = rate;
	}
	s->vmstat_block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
}

static void set_load(struct snapshot *s, bool busy)
{
	struct load *l = &s->load;

	l->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	l->load1 = busy ? 31.42 : 2.1;
	l->load5 = busy ? 27.05 : 2.04;
	l->load15 = busy ? 16.3 : 1.95;
	l->uptime_ns = s->boottime_ns;
	l->blocked = busy ? 19 : 0;
	l->overcommit_memory = 0;
	l->swappiness = 60;
	l->page_cluster = 0;
	l->watermark_scale_factor = 10;
	l->panic_on_oom = 0;
	l->oom_kill_allocating_task = 0;
	l->vfs_cache_pressure = 100;
	l->dentries = 1700000;
	l->dentries_unused = 1600000;
	l->dentries_negative = 400000;
}

static void set_self(struct snapshot *s)
{
	s->self = (struct self){
		.block = { .state = STATE_OK, .read_ns = s->monotonic_ns },
		.cpu_percent = .4,
		.rss = mib(7.9),
		.descriptors = 312,
		.descriptor_bytes = 312 * 4506,
		.sample_ns = 38 * NS_PER_MS,
		.late_ns = 0,
		.prober_cpu_percent = .3,
	};
}

/* Before the second sample there is no rate of anything. */
static void forget_rates(struct snapshot *s)
{
	s->interval_ns = UNKNOWN;
	for (size_t i = 0; i < s->vmstat_names->count; i++)
		s->vmstat[i].rate = NAN;
	s->self.cpu_percent = s->self.prober_cpu_percent = NAN;
	scripted_forget_list_rates(s);
}

static const struct host *new_host(const struct scripted_knobs *knobs,
				   bool container)
{
	struct host *h = scripted_must(host_new());

	strcpy(h->name, "web-07");
	strcpy(h->kernel, "6.18.5");
	strcpy(h->boot_id, "2b1c9a56-5d0e-4d0a-9a3e-7f0d4c1b8e21");
	snprintf(h->user, sizeof(h->user), "%s", knobs->user);
	h->uid = knobs->uid;
	h->sees_all = knobs->sees_all;
	h->psi = knobs->psi;
	h->hidepid = false;
	h->container = container;
	h->page_size = 4096;
	h->cpus = 16;
	return h;
}

struct snapshot *scripted_snapshot(enum scripted_case which, unsigned step)
{
	const struct scripted_knobs *knobs = &scripted_knobs[which];
	struct snapshot *s = scripted_must(snapshot_new());

	s->realtime_ns = (STEP_0_REALTIME_S + step) * NS_PER_S;
	s->boottime_ns = s->monotonic_ns =
		(SCRIPTED_UPTIME_S + step) * NS_PER_S;
	s->interval_ns = s->period_ns = NS_PER_S;
	s->complete = which != SCRIPTED_STARTING || step >= 2;
	s->host = new_host(knobs, which == SCRIPTED_CONTAINER);
	set_memory(s, knobs, step);
	set_pressure(s, knobs);
	set_vmstat(s, knobs, step);
	scripted_swaps(s, knobs,
		       which == SCRIPTED_HOSTILE ? "/swap\033[31m\n\"file\",=1"
						 : "/dev/nvme0n1p3");
	scripted_zram(s, knobs);
	scripted_zswap(s);
	scripted_thp(s);
	scripted_mthp(s, knobs);
	scripted_hugetlb(s);
	if (which == SCRIPTED_THRASH || which == SCRIPTED_INCIDENT)
		scripted_cgroups(s);
	if (which == SCRIPTED_CONTAINER)
		scripted_container(s);
	scripted_kernel(s, knobs, which != SCRIPTED_STARTING);
	scripted_ramfiles(s, which == SCRIPTED_HOSTILE);
	set_load(s, knobs->busy);
	set_self(s);
	if (which == SCRIPTED_HOSTILE)
		scripted_hostile_processes(s);
	else
		scripted_web_processes(s, which, step);
	if (which == SCRIPTED_INCIDENT)
		scripted_events(s, step);
	if (which == SCRIPTED_STARTING && step == 0)
		forget_rates(s);
	snapshot_count_coverage(s);
	scripted_verdict(s, which, step);
	scripted_letters(s);
	return s;
}

void scripted_exempt(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		/* nobody else has seen this snapshot yet */
		struct process *p =
			(struct process *)(uintptr_t)snapshot->processes[i];

		p->oom_score_adj = -1000;
		p->oom_score = 0;
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;

	return ((*x)->key.pid > (*y)->key.pid) -
	       ((*x)->key.pid < (*y)->key.pid);
}

void scripted_sort_processes(struct snapshot *snapshot)
{
	snapshot->processes_block =
		(struct block){ .state = STATE_OK,
				.read_ns = snapshot->monotonic_ns };
	qsort(snapshot->processes, snapshot->nprocesses,
	      sizeof(*snapshot->processes), by_pid);
}

void scripted_finish_process(struct process *process,
			     const struct snapshot *snapshot,
			     uint64_t smaps_age_ns)
{
	struct process *p = process;
	struct block now = { .state = STATE_OK,
			     .read_ns = snapshot->monotonic_ns };
	uint64_t left;

	p->identity = p->names = p->statm = p->status = p->stat = p->oom = now;
	p->smaps = p->group = now;
	p->smaps.read_ns -= smaps_age_ns;
	p->smaps_rss = p->rss;
	p->private_dirty = min_u64(p->uss, p->anon);
	p->private_clean = p->uss - p->private_dirty;
	left = sub_floor(p->rss, p->uss);
	p->shared_clean = min_u64(left, p->file);
	p->shared_dirty = left - p->shared_clean;
	p->pss_anon = min_u64(p->anon, p->pss);
	left = p->pss - p->pss_anon;
	p->pss_shmem = p->file + p->shmem
			       ? (uint64_t)((double)left * (double)p->shmem /
					    (double)(p->file + p->shmem))
			       : 0;
	p->pss_file = left - p->pss_shmem;
	p->pss_dirty = p->pss_anon;
	p->swap_pss = p->swap;
	p->shmem_pmd = p->file_pmd = p->lazyfree = p->ksm = 0;
	p->referenced = p->rss / 4 * 3;
	p->shared_hugetlb = p->hugetlb;
	p->private_hugetlb = 0;
	p->smaps_cost_ns = 36 * NS_PER_US + p->rss / GIB * 13 * NS_PER_MS;
	p->locked = p->pinned = 0;
	p->thp_enabled = 1;
	p->vsize = p->rss * 2 + mib(64);
	p->data = p->anon + mib(8);
	p->stack = 132 * KIB;
	p->hwm = p->rss;
}
