/* SPDX-License-Identifier: MIT
 *
 * What the history costs, beside what it may cost: an hour of a thousand
 * processes of which 5 % change every second, and pushes of five thousand.
 *
 * A process that changes does so as a busy one under observation: its RSS,
 * anonymous memory, faults and rates in every such sample, all of its PSS
 * figures in every fourth.  The system's figures and half of its counters
 * change every second.  The median and the 99th percentile are of wall
 * time; those of CPU time stand beside them, because the machine that this is
 * run on may have other things to do.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/model/ring.h"
#include "memtop/base.h"
#include "sample.h"

enum { COUNTERS = 180, HOUR = 3600, MAX_PROCESSES = 5000 };

static uint64_t random_state = 88172645463325252;

static uint64_t any(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % limit;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* ---- the machine ---- */

struct machine {
	const struct process *processes[MAX_PROCESSES];
	size_t nprocesses;
	struct counter_names *names;
	struct counter counters[COUNTERS];
	uint64_t seconds;
};

static uint64_t pages(uint64_t limit)
{
	return any(limit) * 4 * KIB;
}

static struct process *new_process(pid_t pid)
{
	struct process *process = sample_process(pid, 1, "worker");
	char command[200];

	snprintf(command, sizeof(command),
		 "/usr/lib/worker/bin/worker --config /etc/worker.conf %d",
		 (int)pid);
	process->command = sample_text(command);
	process->cgroup = sample_text("/system.slice/worker.service");
	process->unit = sample_text("worker.service");
	process->user = sample_text("worker");
	process->uid = 1000;
	process->rss = pages(1 << 18);
	process->vsize = 2 * process->rss;
	process->anon = process->rss / 2;
	process->file = process->rss - process->anon;
	process->hwm = process->rss;
	process->data = process->vsize / 2;
	process->stack = 132 * KIB;
	process->page_tables = pages(64);
	process->threads = 1 + any(30);
	process->minor_faults = any(1000000);
	process->oom_score = 666 + any(100);
	process->smaps_rss = process->rss;
	process->pss = process->rss / 2 + any(1 << 20) * KIB % process->rss;
	process->uss = process->pss - process->pss / 3 / KIB * KIB;
	process->private_dirty = process->uss;
	process->referenced = process->rss;
	process->smaps_cost_ns = any(1000000);
	return process;
}

static void read_smaps(struct process *process, uint64_t at_ns)
{
	const uint64_t grown = any(2000) * KIB;

	process->smaps.read_ns = at_ns - any(NS_PER_S);
	process->smaps_rss = process->rss;
	process->pss += grown;
	process->pss_anon += grown;
	process->pss_dirty += grown;
	process->uss += grown;
	process->private_dirty += grown;
	process->private_clean = pages(50);
	process->shared_clean = pages(500);
	process->referenced = process->rss - pages(100);
	process->smaps_cost_ns = any(1000000);
}

static const struct process *changed(const struct process *before,
				     uint64_t at_ns)
{
	struct process *process = process_copy(before);
	const uint64_t grown = pages(500);

	if (process == NULL)
		abort();
	process->identity.read_ns = at_ns + any(20000);
	process->statm.read_ns = at_ns;
	process->status.read_ns = at_ns + any(20000);
	process->stat.read_ns = at_ns + any(20000);
	process->oom.read_ns = at_ns + any(20000);
	process->rss += grown;
	process->vsize += grown;
	process->anon += grown;
	process->hwm = process->rss;
	process->state = any(2) != 0 ? 'R' : 'S';
	process->minor_faults += any(5000);
	process->minor_fault_rate = (double)any(1000000) / 997;
	process->growth_rate = (double)any(1000000000) / 991;
	process->oom_score = 666 + any(100);
	if (any(4) == 0)
		read_smaps(process, at_ns);
	return process;
}

static void machine_begin(struct machine *machine, size_t nprocesses)
{
	char text[COUNTERS][32];
	const char *names[COUNTERS];

	for (size_t i = 0; i < COUNTERS; i++) {
		snprintf(text[i], sizeof(text[i]), "counter_%zu", i);
		names[i] = text[i];
		machine->counters[i].value = any(UINT64_C(1) << 40);
	}
	machine->names = counter_names_new(names, COUNTERS);
	machine->nprocesses = nprocesses;
	machine->seconds = 100000;
	for (size_t i = 0; i < nprocesses; i++)
		machine->processes[i] = new_process((pid_t)i + 1);
}

static void machine_end(struct machine *machine)
{
	for (size_t i = 0; i < machine->nprocesses; i++)
		process_unref(machine->processes[i]);
	counter_names_unref(machine->names);
}

static void add_system(struct machine *machine, struct snapshot *snapshot)
{
	const uint64_t at_ns = snapshot->monotonic_ns;
	const struct entity *memory = &entities[ENTITY_MEMORY];
	char line[160];

	for (size_t i = 0; i < memory->nfields; i++)
		*(uint64_t *)((char *)&snapshot->memory +
			      memory->fields[i].offset) =
			i % 3 != 0 ? i * MIB : i * GIB + pages(1 << 14);
	snapshot->memory.block = (struct block){ at_ns, STATE_OK };
	snapshot->pressure.memory_block = snapshot->memory.block;
	snapshot->pressure.memory_some.avg10 = (double)any(1000) / 100;
	snapshot->pressure.memory_some.total_us = at_ns / 70 + any(1000);
	snapshot->load.block = snapshot->self.block = snapshot->memory.block;
	snapshot->self.sample_ns = any(10000000);
	snapshot->self.cpu_percent = (double)any(1000) / 997;
	snapshot->interval_ns = NS_PER_S;
	snprintf(line, sizeof(line),
		 "OK: %" PRIu64 " of 64000 MiB are available, nobody waits for "
		 "memory, nothing is swapped in or out",
		 any(64000));
	snapshot->verdict.text = sample_text(line);
	snapshot->verdict.brief = sample_text("nobody waits for memory");
	snapshot->vmstat_block = snapshot->memory.block;
	snapshot->vmstat_names = counter_names_ref(machine->names);
	snapshot->vmstat = malloc(sizeof(machine->counters));
	if (snapshot->vmstat == NULL)
		abort();
	for (size_t i = 0; i < COUNTERS; i++) {
		const uint64_t more = i % 2 != 0 ? 0 : any(20000);

		machine->counters[i].value += more;
		machine->counters[i].rate = (double)more * NS_PER_S /
					    (double)(NS_PER_S + any(100000));
	}
	memcpy(snapshot->vmstat, machine->counters, sizeof(machine->counters));
}

static struct snapshot *next_second(struct machine *machine, size_t percent)
{
	struct snapshot *snapshot = sample_snapshot(++machine->seconds);

	snapshot->monotonic_ns += any(100000);
	snapshot->realtime_ns += any(100000);
	add_system(machine, snapshot);
	snapshot->processes =
		malloc(machine->nprocesses * sizeof(snapshot->processes[0]));
	if (snapshot->processes == NULL)
		abort();
	for (size_t i = 0; i < machine->nprocesses; i++) {
		const struct process **process = &machine->processes[i];

		if (any(100) < percent) {
			const struct process *before = *process;

			*process = changed(before, snapshot->monotonic_ns);
			process_unref(before);
		}
		snapshot->processes[i] = process_ref(*process);
	}
	snapshot->nprocesses = machine->nprocesses;
	return snapshot;
}

/* ---- times ---- */

struct times {
	uint64_t wall_ns[HOUR], cpu_ns[HOUR];
	size_t count;
	uint64_t wall_began, cpu_began;
};

static void times_begin(struct times *times)
{
	times->wall_began = clock_ns(CLOCK_MONOTONIC);
	times->cpu_began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void times_end(struct times *times)
{
	times->cpu_ns[times->count] =
		clock_ns(CLOCK_THREAD_CPUTIME_ID) - times->cpu_began;
	times->wall_ns[times->count++] =
		clock_ns(CLOCK_MONOTONIC) - times->wall_began;
}

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The share'th permille of a kind. */
static double times_ms(uint64_t *ns, size_t count, size_t share)
{
	qsort(ns, count, sizeof(*ns), by_time);
	return (double)ns[(count - 1) * share / 1000] / NS_PER_MS;
}

static void print_times(const char *what, struct times *times,
			const char *target)
{
	printf("%-40s %7.3f %7.3f %7.3f %7.3f   %s\n", what,
	       times_ms(times->wall_ns, times->count, 500),
	       times_ms(times->wall_ns, times->count, 990),
	       times_ms(times->cpu_ns, times->count, 990),
	       times_ms(times->cpu_ns, times->count, 1000), target);
	times->count = 0;
}

static void push_timed(struct history *history, struct snapshot *snapshot,
		       struct times *times)
{
	times_begin(times);
	if (history_push(history, snapshot) < 0)
		abort();
	times_end(times);
}

/* ---- what is measured ---- */

static struct history *new_history(size_t bytes)
{
	const struct history_limits limits = { HOUR * NS_PER_S, bytes };
	struct history *history;

	if (history_new(&limits, &history) < 0)
		abort();
	return history;
}

static void bench_at(struct history *history, struct times *times)
{
	struct history_span span;
	const struct snapshot *snapshot;

	history_span(history, &span);
	for (int i = 0; i < 1000; i++) {
		uint64_t seq =
			span.first_seq + any(span.last_seq - span.first_seq);

		times_begin(times);
		if (history_at(history, seq, &snapshot) < 0)
			abort();
		times_end(times);
		snapshot_unref(snapshot);
	}
}

static void bench_series(struct history *history, struct series_query *query,
			 size_t npids, struct times *times)
{
	static struct series_point points[HOUR + 1];

	for (int i = 0; i < 1000; i++) {
		pid_t pid = (pid_t)any(npids) + 1;

		query->key =
			(struct process_key){ pid, (uint64_t)pid * NS_PER_S };
		times_begin(times);
		if (history_series(history, query, points, HOUR + 1) < HOUR)
			abort();
		times_end(times);
	}
}

static void print_memory(const struct history_span *span, size_t taken)
{
	printf("%-40s %.1f MiB (malloc: %.1f)   32\n",
	       "an hour of 1000 processes, 5 % changing",
	       (double)span->bytes / MIB, (double)taken / MIB);
	printf("%-40s %.2f bytes (%.0f if changed)\n",
	       "one process in one sample", (double)span->bytes / HOUR / 1000,
	       (double)span->bytes / HOUR / 50);
	printf("\n%-40s %7s %7s %7s %7s   %s\n", "ms", "median", "99 %",
	       "cpu99%", "cpumax", "target");
}

static void bench_hour(struct machine *machine, struct times *times)
{
	struct series_query query = { .entity = &entities[ENTITY_PROCESS] };
	struct history *history;
	struct history_span span;
	size_t before;

	machine_begin(machine, 1000);
	before = allocated();
	history = new_history(GIB);
	for (int s = 0; s < HOUR; s++)
		push_timed(history, next_second(machine, 5), times);
	history_span(history, &span);
	print_memory(&span, allocated() - before);
	print_times("push of 1000 processes", times, "2");
	bench_at(history, times);
	print_times("a past sample of 1000 processes", times, "5");
	query.field = sample_field(PROCESS_PSS);
	bench_series(history, &query, 1000, times);
	print_times("an hour of PSS of one process", times, "1");
	query.entity = &entities[ENTITY_MEMORY];
	query.field = field_find(query.entity, "available");
	bench_series(history, &query, 1000, times);
	print_times("an hour of available memory", times, "-");
	history_free(history);
	machine_end(machine);
}

static void bench_push(struct machine *machine, struct times *times,
		       size_t percent)
{
	struct history *history = new_history(GIB);
	char what[60];

	machine_begin(machine, 5000);
	push_timed(history, next_second(machine, percent), times);
	print_times("first push of 5000 processes", times, "2");
	for (int s = 0; s < 300; s++)
		push_timed(history, next_second(machine, percent), times);
	snprintf(what, sizeof(what), "push of 5000 processes, %zu %% changing",
		 percent);
	print_times(what, times, percent > 5 ? "-" : "2");
	history_free(history);
	machine_end(machine);
}

/* What history.c does with the lock held, when the ring is full. */
static void bench_lock(struct machine *machine, struct times *times)
{
	const struct history_limits limits = { HOUR * NS_PER_S, 64 * MIB };
	static struct times look_up;
	struct ring *ring = ring_new(&limits);

	machine_begin(machine, 5000);
	for (int s = 0; s < 2000; s++) {
		struct snapshot *snapshot = next_second(machine, 5);
		struct debris published, evicted = { .snapshot = NULL };
		struct sights sights = { .list = NULL };

		if (ring_reserve(ring) < 0 || draft_make(ring, snapshot) < 0)
			abort();
		times_begin(times);
		published = ring_publish(ring, snapshot);
		times_end(times);
		debris_free(&published);
		while (ring_evict(ring, &evicted))
			debris_free(&evicted);
		times_begin(&look_up);
		if (sights_sample(&sights, ring, ring_first_seq(ring)) < 0)
			abort();
		times_end(&look_up);
		published = ring_release(ring);
		debris_free(&published);
		sights_free(&sights);
	}
	print_times("lock held to push, 5000 processes", times, "2");
	print_times("lock held to look at the oldest of them", &look_up, "2");
	ring_free(ring);
	machine_end(machine);
}

int main(void)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	struct times *times = calloc(1, sizeof(*times));

	if (machine == NULL || times == NULL)
		return 1;
	bench_hour(machine, times);
	bench_push(machine, times, 5);
	bench_push(machine, times, 100);
	bench_lock(machine, times);
	free(machine);
	free(times);
	return 0;
}
