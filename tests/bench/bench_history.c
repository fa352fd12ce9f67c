/* SPDX-License-Identifier: MIT
 *
 * What the history costs, beside what it may cost: an hour of a thousand
 * processes of which 5 % change every second, and pushes of five thousand.
 *
 * A process that changes does so as a busy one under observation: its RSS,
 * anonymous memory, faults and rates in every such sample, all of its PSS
 * figures in every fourth.  The system's figures and half of its counters
 * change every second.  Times are wall time of the calls; the longest of a
 * kind is what is compared, the median stands beside it.
 */
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"
#include "memtop/history.h"
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

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
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
	uint64_t ns[HOUR];
	size_t count;
};

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void print_times(const char *what, struct times *times, double target_ms)
{
	double median, longest;

	qsort(times->ns, times->count, sizeof(times->ns[0]), by_time);
	median = (double)times->ns[times->count / 2] / NS_PER_MS;
	longest = (double)times->ns[times->count - 1] / NS_PER_MS;
	printf("%-44s median %6.3f, p99 %6.3f, longest %6.3f ms, "
	       "target %g ms\n",
	       what, median,
	       (double)times->ns[times->count * 99 / 100] / NS_PER_MS, longest,
	       target_ms);
	times->count = 0;
}

static void push_timed(struct history *history, struct snapshot *snapshot,
		       struct times *times)
{
	uint64_t began = now_ns();

	if (history_push(history, snapshot) < 0)
		abort();
	times->ns[times->count++] = now_ns() - began;
}

/* ---- what is measured ---- */

static struct history *new_history(void)
{
	const struct history_limits limits = { HOUR * NS_PER_S, GIB };
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
		uint64_t began = now_ns();

		if (history_at(history, seq, &snapshot) < 0)
			abort();
		times->ns[times->count++] = now_ns() - began;
		snapshot_unref(snapshot);
	}
}

static void bench_series(struct history *history, struct series_query *query,
			 size_t npids, struct times *times)
{
	static struct series_point points[HOUR + 1];

	for (int i = 0; i < 1000; i++) {
		pid_t pid = (pid_t)any(npids) + 1;
		uint64_t began = now_ns();

		query->key =
			(struct process_key){ pid, (uint64_t)pid * NS_PER_S };
		if (history_series(history, query, points, HOUR + 1) < HOUR)
			abort();
		times->ns[times->count++] = now_ns() - began;
	}
}

static void bench_hour(struct machine *machine, struct times *times)
{
	struct series_query query = { .entity = &entities[ENTITY_PROCESS] };
	struct history *history;
	struct history_span span;
	size_t before;

	machine_begin(machine, 1000);
	before = allocated();
	history = new_history();
	for (int s = 0; s < HOUR; s++)
		push_timed(history, next_second(machine, 5), times);
	history_span(history, &span);
	printf("%-44s %.1f MiB (malloc says %.1f), target 32 MiB\n",
	       "an hour of 1000 processes, 5 % changing",
	       (double)span.bytes / MIB, (double)(allocated() - before) / MIB);
	printf("%-44s %.2f bytes, %.1f for one that changed\n",
	       "a process in a sample", (double)span.bytes / HOUR / 1000,
	       (double)span.bytes / HOUR / 50);
	print_times("push of 1000 processes", times, 2);
	bench_at(history, times);
	print_times("a past sample of 1000 processes", times, 5);
	query.field = sample_field(PROCESS_PSS);
	bench_series(history, &query, 1000, times);
	print_times("an hour of PSS of one process", times, 1);
	query.entity = &entities[ENTITY_MEMORY];
	query.field = field_find(query.entity, "available");
	bench_series(history, &query, 1000, times);
	print_times("an hour of available memory", times, NAN);
	history_free(history);
	machine_end(machine);
}

static void bench_push(struct machine *machine, struct times *times,
		       size_t percent)
{
	struct history *history = new_history();
	char what[60];

	machine_begin(machine, 5000);
	for (int s = 0; s < 300; s++)
		push_timed(history, next_second(machine, percent), times);
	snprintf(what, sizeof(what), "push of 5000 processes, %zu %% changing",
		 percent);
	print_times(what, times, 2);
	history_free(history);
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
	free(machine);
	free(times);
	return 0;
}
