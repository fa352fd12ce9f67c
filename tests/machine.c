/* SPDX-License-Identifier: MIT
 *
 * The made-up machine of tests: rates become counters, levels follow them,
 * processes grow, and a snapshot has it all.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/judge/moods.h"
#include "memtop/base.h"
#include "memtop/event.h"
#include "memtop/events.h"
#include "memtop/trend.h"

static const char *const names[FLOW_COUNT] = {
	[FLOW_SWAP_IN] = "pswpin",
	[FLOW_SWAP_OUT] = "pswpout",
	[FLOW_REFAULT_ANON] = "workingset_refault_anon",
	[FLOW_REFAULT_FILE] = "workingset_refault_file",
	[FLOW_RESTORE_FILE] = "workingset_restore_file",
	[FLOW_STEAL_ANON] = "pgsteal_anon",
	[FLOW_STEAL_FILE] = "pgsteal_file",
	[FLOW_STEAL_KSWAPD] = "pgsteal_kswapd",
	[FLOW_STEAL_DIRECT] = "pgsteal_direct",
	[FLOW_SCAN_KSWAPD] = "pgscan_kswapd",
	[FLOW_SCAN_DIRECT] = "pgscan_direct",
	[FLOW_SCAN_ANON] = "pgscan_anon",
	[FLOW_SCAN_FILE] = "pgscan_file",
	[FLOW_ALLOCSTALL] = "allocstall_normal",
	[FLOW_COMPACT_STALL] = "compact_stall",
	[FLOW_COMPACT_FAIL] = "compact_fail",
	[FLOW_POOL_PAGES] = "htlb_buddy_alloc_fail",
	[FLOW_MAJOR_FAULTS] = "pgmajfault",
	[FLOW_OOM_KILLS] = "oom_kill",
	[FLOW_DIRTY_LIMIT] = "nr_dirty_threshold",
};

static void *must(const void *pointer)
{
	if (!pointer)
		abort();
	return (void *)pointer;
}

void machine_init(struct machine *m)
{
	static const struct machine calm = {
		.psi = true, .vmstat = true, .meminfo = true,
		.total = 64, .available = 40, .free = 10, .anon = 20,
		.swap_total = 16, .swap_free = 16, .active_file = 20,
		.shmem = 1, .slab_fixed = 1, .slab_freeable = 1,
		.tables = .2, .stacks = .1, .percpu = .1,
		.dentries = 1, .vfs_pressure = 100,
		.commit_percent = 50,
		.avg_some = { NAN, NAN, NAN }, .avg_full = { NAN, NAN, NAN },
		.processes = {
			{ .comm = "java", .pid = 100, .start_s = 10,
			  .ppid = 1, .anon = 12000 },
			{ .comm = "postgres", .pid = 200, .start_s = 20,
			  .ppid = 1, .anon = 4000 },
			{ .comm = "nginx", .pid = 300, .start_s = 30,
			  .ppid = 1, .anon = 500 },
			{ .comm = "cron", .pid = 400, .start_s = 40,
			  .ppid = 1, .anon = 10 },
		},
	};

	*m = calm;
	m->flow[FLOW_DIRTY_LIMIT] = 2 << 20;
	m->trends = must(trends_judge_new());
	m->judge = must(verdict_judge_new());
	m->events = must(events_judge_new());
	m->names = must(counter_names_new(names, FLOW_COUNT));
}

void machine_done(struct machine *m)
{
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		if (m->last[i])
			process_unref(m->last[i]);
	list_unref(m->group_list);
	verdict_unref_texts(&m->verdict);
	trends_judge_free(m->trends);
	verdict_judge_free(m->judge);
	events_judge_free(m->events);
	counter_names_unref(m->names);
}

void machine_make_old(struct machine *m)
{
	const char *old[FLOW_COUNT];

	memcpy(old, names, sizeof(old));
	old[FLOW_REFAULT_FILE] = "workingset_refault";
	old[FLOW_RESTORE_FILE] = "workingset_restore";
	old[FLOW_REFAULT_ANON] = old[FLOW_STEAL_ANON] = old[FLOW_STEAL_FILE] =
		old[FLOW_SCAN_ANON] = old[FLOW_SCAN_FILE] = "nothing";
	counter_names_unref(m->names);
	m->names = must(counter_names_new(old, FLOW_COUNT));
}

static uint64_t gib(double amount)
{
	return isnan(amount) ? UNKNOWN : (uint64_t)(amount * (double)GIB);
}

static void set_memory(const struct machine *m, struct snapshot *s)
{
	struct memory *memory = &s->memory;

	memory->block.state = m->meminfo ? STATE_OK : STATE_DENIED;
	if (!m->meminfo)
		return;
	memory->total = gib(m->total);
	memory->available = gib(m->available);
	memory->free = gib(m->free);
	memory->anon_pages = gib(m->anon);
	memory->active_anon = memory->anon_pages / 2;
	memory->inactive_anon = memory->anon_pages / 2;
	memory->active_file = gib(m->active_file / 2);
	memory->inactive_file = gib(m->active_file / 2);
	memory->unevictable = memory->mlocked = gib(m->locked);
	memory->swap_total = gib(m->swap_total);
	memory->swap_free = gib(m->swap_free);
	memory->shmem = gib(m->shmem);
	memory->slab_unreclaimable = gib(m->slab_fixed);
	memory->slab_reclaimable = gib(m->slab_freeable);
	memory->kreclaimable = memory->slab_reclaimable;
	memory->slab = gib(m->slab_fixed + m->slab_freeable);
	memory->page_tables = gib(m->tables);
	memory->kernel_stack = gib(m->stacks);
	memory->percpu = gib(m->percpu);
	memory->hardware_corrupted = (uint64_t)m->corrupted_mib * MIB;
	memory->cma_free = gib(m->cma);
	memory->dirty = gib(m->dirty);
	memory->writeback = 0;
	memory->commit_limit = gib(40);
	memory->committed = gib(.4 * m->commit_percent);
	memory->hugepage_size = 2 * MIB;
	memory->hugepages_free = (uint64_t)(m->huge_idle * 512);
	memory->hugepages_total = memory->hugepages_free;
	memory->hugepages_reserved = 0;
	s->load.block.state = STATE_OK;
	s->load.overcommit_memory = (uint64_t)m->overcommit;
	s->load.panic_on_oom = (uint64_t)m->panic;
	s->load.oom_kill_allocating_task = (uint64_t)m->kills_allocating;
	s->load.swappiness = 60;
	s->load.page_cluster = 3;
	s->load.watermark_scale_factor = 10;
	s->arc.block.state = STATE_OK;
	s->arc.size = gib(m->zfs + 1);
	s->arc.min = gib(1);
	s->load.vfs_cache_pressure = (uint64_t)m->vfs_pressure;
	s->load.dentries = (uint64_t)(m->dentries * 1e6);
	s->load.dentries_negative =
		m->negative > 0 ? (uint64_t)(m->negative * 1e6) : UNKNOWN;
}

static struct pressure_line line_of(double percent, double total_us,
				    const double averages[3])
{
	struct pressure_line line = { percent, percent, percent,
				      (uint64_t)total_us };

	if (averages && !isnan(averages[0])) {
		line.avg10 = averages[0];
		line.avg60 = averages[1];
		line.avg300 = averages[2];
	}
	return line;
}

static void set_pressure(const struct machine *m, struct snapshot *s)
{
	struct pressure *p = &s->pressure;

	p->memory_block.state = m->psi ? STATE_OK : STATE_ABSENT;
	p->io_block.state = p->memory_block.state;
	if (!m->psi)
		return;
	p->memory_some = line_of(m->mem_some, m->stalled_us[0], m->avg_some);
	p->memory_full = line_of(m->mem_full, m->stalled_us[1], m->avg_full);
	p->io_some = line_of(m->io_some, m->stalled_us[2], NULL);
	p->io_full = line_of(m->io_full, m->stalled_us[3], NULL);
}

static const struct process *make_process(struct machine *m, size_t i,
					  uint64_t now_ns)
{
	struct machine_process *mp = &m->processes[i];
	const double now[] = { mp->anon, mp->swap, mp->faults + mp->growth,
			       mp->adj + 1e4 * mp->uss + 1e9 * mp->unread,
			       mp->huge };
	struct process *p;

	if (m->last[i] && m->last[i]->key.pid == mp->pid &&
	    m->last[i]->key.start_ns == mp->start_s * NS_PER_S &&
	    memcmp(now, m->seen[i], sizeof(now)) == 0)
		return m->last[i];
	memcpy(m->seen[i], now, sizeof(now));
	p = must(process_new());
	p->key = (struct process_key){ mp->pid, mp->start_s * NS_PER_S };
	p->ppid = mp->ppid;
	p->state = 'S';
	strcpy(p->comm, mp->comm);
	p->identity = p->statm = p->status = p->stat = p->oom =
		(struct block){ now_ns, STATE_OK };
	p->anon = (uint64_t)(mp->anon * (double)MIB);
	if (mp->unread)
		p->oom.state = STATE_PENDING;
	p->rss = p->anon + 20 * MIB;
	p->file = 20 * MIB;
	p->shmem = 0;
	p->swap = (uint64_t)(mp->swap * (double)MIB);
	p->page_tables = p->rss / 512;
	p->uid = m->uid ? m->uid : UNKNOWN;
	p->major_fault_rate = mp->faults;
	p->growth_rate = mp->growth * (double)MIB;
	p->oom_score_adj = mp->adj;
	if (mp->uss > 0) {
		p->smaps = p->identity;
		p->uss = (uint64_t)(mp->uss * (double)MIB);
	}
	if (mp->huge > 0) {
		p->smaps = p->identity;
		p->thp = (uint64_t)(mp->huge * (double)MIB);
	}
	if (mp->nodes)
		strcpy(p->nodes, mp->nodes);
	if (mp->command)
		p->command = must(text_new(mp->command, strlen(mp->command)));
	p->oom_score = p->rss >> 24;
	if (mp->cgroup)
		p->cgroup = must(text_new(mp->cgroup, strlen(mp->cgroup)));
	if (m->last[i])
		process_unref(m->last[i]);
	m->last[i] = p;
	return p;
}

static void set_processes(struct machine *m, struct snapshot *s)
{
	s->processes_block.state = STATE_OK;
	s->processes = must(calloc(MACHINE_PROCESSES, sizeof(*s->processes)));
	for (size_t i = 0; i < MACHINE_PROCESSES; i++) {
		if (!m->processes[i].comm || m->processes[i].gone)
			continue;
		s->processes[s->nprocesses++] =
			process_ref(make_process(m, i, s->monotonic_ns));
	}
}

static void set_counters(const struct machine *m, struct snapshot *s)
{
	s->vmstat_block.state = m->vmstat ? STATE_OK : STATE_DENIED;
	if (!m->vmstat)
		return;
	s->vmstat_names = counter_names_ref(m->names);
	s->vmstat = must(calloc(FLOW_COUNT, sizeof(*s->vmstat)));
	for (size_t i = 0; i < FLOW_COUNT; i++)
		s->vmstat[i].value = i == FLOW_DIRTY_LIMIT
					     ? (uint64_t)m->flow[i]
					     : (uint64_t)m->counter[i];
}

static void move(struct machine *m, double seconds)
{
	const double stalls[] = { m->mem_some, m->mem_full, m->io_some,
				  m->io_full };
	double lost = m->fill * seconds / 1024;

	m->second += seconds;
	for (size_t i = 0; i < FLOW_COUNT; i++)
		m->counter[i] += m->flow[i] * seconds;
	for (size_t i = 0; i < ARRAY_SIZE(stalls); i++)
		m->stalled_us[i] += stalls[i] * seconds * 1e4;
	m->available = fmax(m->available - lost, 0);
	m->anon += lost;
	for (size_t i = 0; i < MACHINE_PROCESSES; i++) {
		struct machine_process *p = &m->processes[i];

		p->anon += p->growth * seconds;
		p->huge += p->huge_growth * seconds;
	}
	machine_move_groups(m, seconds);
}

static void step_events(struct machine *m, struct snapshot *s)
{
	const struct mood *moods;
	const struct list *list;
	size_t count;

	m->event_severity = SEVERITY_OK;
	count = verdict_judge_moods(m->judge, &moods);
	if (m->hears)
		events_judge_hear(m->events, moods, count, false);
	events_judge_step(m->events, s);
	list = snapshot_list(s, ENTITY_EVENT);
	for (size_t i = 0; i < list_count(list); i++) {
		const struct event *event = list_row(list, i);
		enum severity severity = event_severity_find(event->severity);

		if (m->hears && !strncmp(event->rule, m->hears, 3))
			snprintf(m->told, sizeof(m->told), "%s %s: %s [%s]",
				 event->kind, text_str(event->who),
				 text_str(event->what), event->sure);
		if (severity <= m->event_severity)
			continue;
		m->event_severity = severity;
		snprintf(m->event_what, sizeof(m->event_what), "%s %s",
			 event->kind, text_str(event->what));
	}
}

void machine_step(struct machine *m, double seconds)
{
	struct snapshot *s = must(snapshot_new());
	struct host *host = must(host_new());

	move(m, seconds);
	host->page_size = 4096;
	host->container = m->container;
	host->uid = m->uid ? m->uid : UNKNOWN;
	s->host = host;
	s->period_ns = NS_PER_S;
	s->monotonic_ns = (uint64_t)((5000 + m->second) * (double)NS_PER_S);
	s->boottime_ns =
		s->monotonic_ns + (uint64_t)(m->slept * (double)NS_PER_S);
	s->realtime_ns = (uint64_t)((1000000 + m->second + m->slept + m->set) *
				    (double)NS_PER_S);
	set_memory(m, s);
	set_pressure(m, s);
	set_counters(m, s);
	set_processes(m, s);
	machine_set_groups(m, s);
	machine_set_lists(m, s);
	if (m->add)
		m->add(s);
	trends_judge_step(m->trends, s);
	verdict_judge_step(m->judge, s);
	step_events(m, s);
	verdict_unref_texts(&m->verdict);
	m->verdict = s->verdict;
	verdict_ref_texts(&m->verdict);
	snapshot_unref(s);
}

void machine_run(struct machine *m, unsigned seconds)
{
	while (seconds-- > 0)
		machine_step(m, 1);
}

int machine_says(const struct machine *m, const char *rule)
{
	if (m->verdict.rule && strcmp(m->verdict.rule, rule) == 0)
		return (int)m->verdict.severity;
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (m->verdict.also[i].rule &&
		    strcmp(m->verdict.also[i].rule, rule) == 0)
			return (int)m->verdict.also[i].severity;
	return -1;
}
