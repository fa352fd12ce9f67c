/* SPDX-License-Identifier: MIT
 *
 * Life of one process record, and what a snapshot full of them amounts to:
 * how much of it is known, and what it costs to keep.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/list.h"
#include "model.h"

struct process *process_new(void)
{
	struct process *process = calloc(1, sizeof(*process));

	if (process == NULL)
		return NULL;
	atomic_init(&process->refs, 1);
	field_reset(&entities[ENTITY_PROCESS], process);
	/* no letters until some are found: so a record that is harmless, as
	 * most are, need not be another one */
	process->judged.state = STATE_OK;
	return process;
}

struct process *process_copy(const struct process *process)
{
	static_assert(offsetof(struct process, refs) == 0,
		      "all but the count is copied");
	const size_t head = offsetof(struct process, key);
	struct process *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return NULL;
	/* the count of the other may change meanwhile: it is not touched */
	memcpy((char *)copy + head, (const char *)process + head,
	       sizeof(*copy) - head);
	atomic_init(&copy->refs, 1);
	text_ref(copy->user);
	text_ref(copy->command);
	text_ref(copy->cgroup);
	text_ref(copy->unit);
	return copy;
}

const struct process *process_ref(const struct process *process)
{
	struct process *shared = (struct process *)process;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return process;
}

void process_unref(const struct process *process)
{
	struct process *shared = (struct process *)process;

	if (shared == NULL ||
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) >
		    1)
		return;
	text_unref(shared->user);
	text_unref(shared->command);
	text_unref(shared->cgroup);
	text_unref(shared->unit);
	free(shared);
}

uint64_t process_frees_ram(const struct process *process)
{
	uint64_t hugetlb = process->private_hugetlb;

	if (process->smaps.state != STATE_OK || process->uss == UNKNOWN)
		return UNKNOWN;
	/* a kernel without huge page pools has no such line */
	return process->uss + (hugetlb != UNKNOWN ? hugetlb : 0);
}

uint64_t process_frees_swap(const struct process *process)
{
	return process->smaps.state == STATE_OK ? process->swap_pss : UNKNOWN;
}

static void count_pss(const struct snapshot *snapshot,
		      const struct process *process, struct coverage *coverage)
{
	uint64_t rss =
		process->statm.state == STATE_OK ? process->rss : UNKNOWN;
	uint64_t age;

	coverage->processes++;
	if (rss != UNKNOWN)
		coverage->rss_bytes += rss;
	switch (process->smaps.state) {
	case STATE_DENIED:
		coverage->pss_denied++;
		return;
	case STATE_STUCK:
		coverage->pss_stuck++;
		return;
	case STATE_PENDING:
	case STATE_NOT_READ:
		coverage->pss_pending++;
		return;
	default:
		break;
	}
	if (process->smaps.state != STATE_OK || process->pss == UNKNOWN)
		return;
	coverage->pss_known++;
	coverage->pss_bytes += process->pss;
	if (rss != UNKNOWN)
		coverage->rss_known_bytes += rss;
	age = sub_floor(snapshot->monotonic_ns, process->smaps.read_ns);
	if (coverage->pss_oldest_ns == UNKNOWN || age > coverage->pss_oldest_ns)
		coverage->pss_oldest_ns = age;
}

void snapshot_count_coverage(struct snapshot *snapshot)
{
	struct coverage coverage = { .pss_oldest_ns = UNKNOWN,
				     .hidden = UNKNOWN };

	if (snapshot->host != NULL)
		coverage.hidden = snapshot->host->hidepid;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];
		/* a zombie with living threads still has its memory, and is
		 * read through one of them */
		bool empty = process->smaps.state == STATE_NOT_APPLICABLE;

		if (process->kernel)
			coverage.kernel_threads++;
		else if (empty && process->state == 'Z')
			coverage.zombies++;
		else if (!empty)
			count_pss(snapshot, process, &coverage);
	}
	snapshot->coverage = coverage;
}

/* What malloc() adds to a block. */
enum { BLOCK_COST = 16 };

static size_t text_cost(const struct text *text, const struct text *before)
{
	/* sizeof(struct text) is base's secret: a count, a length */
	return text == NULL || text == before
		       ? 0
		       : text_len(text) + 1 + 2 * sizeof(size_t) + BLOCK_COST;
}

static size_t process_cost(const struct process *process,
			   const struct process *before)
{
	static const struct process none;

	if (process == before)
		return 0;
	if (before == NULL)
		before = &none;
	return sizeof(*process) + BLOCK_COST +
	       text_cost(process->user, before->user) +
	       text_cost(process->command, before->command) +
	       text_cost(process->cgroup, before->cgroup) +
	       text_cost(process->unit, before->unit);
}

size_t snapshot_cost(const struct snapshot *snapshot,
		     const struct snapshot *before)
{
	size_t bytes = sizeof(*snapshot) + BLOCK_COST;
	size_t other = 0, nother = before != NULL ? before->nprocesses : 0;

	bytes += snapshot->nprocesses * sizeof(snapshot->processes[0]);
	for (size_t i = 0; i < LIST_COUNT; i++)
		if (before == NULL || before->lists[i] != snapshot->lists[i])
			bytes += list_cost(snapshot->lists[i]);
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		bytes += text_cost(
			*verdict_text((struct verdict *)&snapshot->verdict, i),
			before ? *verdict_text(
					 (struct verdict *)&before->verdict, i)
			       : NULL);
	if (snapshot->vmstat_names != NULL && snapshot->vmstat != NULL)
		bytes += snapshot->vmstat_names->count *
			 sizeof(snapshot->vmstat[0]);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];
		const struct process *match = NULL;

		while (other < nother && before->processes[other] != process &&
		       before->processes[other]->key.pid < process->key.pid)
			other++;
		if (other < nother &&
		    before->processes[other]->key.pid == process->key.pid)
			match = before->processes[other];
		bytes += process_cost(process, match);
	}
	return bytes;
}
