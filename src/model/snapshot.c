/* SPDX-License-Identifier: MIT
 *
 * Life and lookup of a whole sample: who holds it, what it costs, where a
 * process or a counter is in it.  Knows nothing of where samples come from.
 */
#include "memtop/snapshot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/list.h"
#include "model.h"

/* clang-format off */
static const char *const state_names[] = {
	[STATE_PENDING] = "pending",
	[STATE_OK] = "ok",
	[STATE_DENIED] = "denied",
	[STATE_ABSENT] = "absent",
	[STATE_NOT_APPLICABLE] = "not_applicable",
	[STATE_NOT_READ] = "not_read",
	[STATE_STUCK] = "stuck",
};
static const char *const severity_names[] = {
	[SEVERITY_OK] = "OK",
	[SEVERITY_NOTE] = "NOTE",
	[SEVERITY_WARN] = "WARN",
	[SEVERITY_CRIT] = "CRIT",
};
/* clang-format on */
static_assert(ARRAY_SIZE(state_names) == STATE_COUNT, "a name for each");
static_assert(ARRAY_SIZE(severity_names) == SEVERITY_CRIT + 1, "likewise");

const char *state_name(enum state state)
{
	return state_names[state];
}

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

struct snapshot *snapshot_new(void)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (snapshot == NULL)
		return NULL;
	atomic_init(&snapshot->refs, 1);
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
		if (!entities[i].repeated)
			field_reset(&entities[i],
				    (char *)snapshot + entities[i].offset);
	snapshot->realtime_ns = UNKNOWN;
	snapshot->monotonic_ns = UNKNOWN;
	snapshot->boottime_ns = UNKNOWN;
	snapshot->interval_ns = UNKNOWN;
	snapshot->period_ns = UNKNOWN;
	snapshot->verdict.since_realtime_ns = UNKNOWN;
	return snapshot;
}

const struct snapshot *snapshot_ref(const struct snapshot *snapshot)
{
	/* only the count changes: the sample itself stays sealed */
	struct snapshot *shared = (struct snapshot *)snapshot;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return snapshot;
}

static void snapshot_free(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		process_unref(snapshot->processes[i]);
	free(snapshot->processes);
	for (size_t i = 0; i < LIST_COUNT; i++)
		list_unref(snapshot->lists[i]);
	free(snapshot->vmstat);
	counter_names_unref(snapshot->vmstat_names);
	host_unref(snapshot->host);
	verdict_unref_texts(&snapshot->verdict);
	free(snapshot);
}

void snapshot_unref(const struct snapshot *snapshot)
{
	struct snapshot *shared = (struct snapshot *)snapshot;

	if (shared != NULL &&
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) ==
		    1)
		snapshot_free(shared);
}

/* The first process whose pid is not below pid. */
static size_t lower_bound(const struct snapshot *snapshot, pid_t pid)
{
	size_t low = 0, high = snapshot->nprocesses;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (snapshot->processes[middle]->key.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct process *snapshot_find_pid(const struct snapshot *snapshot,
					pid_t pid)
{
	size_t at = lower_bound(snapshot, pid);

	if (at == snapshot->nprocesses ||
	    snapshot->processes[at]->key.pid != pid)
		return NULL;
	return snapshot->processes[at];
}

const struct process *snapshot_find(const struct snapshot *snapshot,
				    struct process_key key)
{
	const struct process *process = snapshot_find_pid(snapshot, key.pid);

	if (process == NULL || !process_key_equal(process->key, key))
		return NULL;
	return process;
}

const struct counter *snapshot_counter(const struct snapshot *snapshot,
				       const char *name)
{
	const struct counter_names *names = snapshot->vmstat_names;

	if (names == NULL || snapshot->vmstat == NULL)
		return NULL;
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->names[i], name) == 0)
			return &snapshot->vmstat[i];
	return NULL;
}

struct counter_names *counter_names_new(const char *const *names, size_t count)
{
	size_t bytes = sizeof(struct counter_names) + count * sizeof(char *);
	size_t at = bytes;
	struct counter_names *ret;

	for (size_t i = 0; i < count; i++)
		bytes += strlen(names[i]) + 1;
	ret = malloc(bytes);
	if (ret == NULL)
		return NULL;
	atomic_init(&ret->refs, 1);
	ret->count = count;
	for (size_t i = 0; i < count; i++) {
		size_t size = strlen(names[i]) + 1;

		ret->names[i] = memcpy((char *)ret + at, names[i], size);
		at += size;
	}
	return ret;
}

const struct counter_names *counter_names_ref(const struct counter_names *n)
{
	struct counter_names *shared = (struct counter_names *)n;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return n;
}

void counter_names_unref(const struct counter_names *n)
{
	struct counter_names *shared = (struct counter_names *)n;

	if (shared != NULL &&
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) ==
		    1)
		free(shared);
}

struct host *host_new(void)
{
	struct host *host = calloc(1, sizeof(*host));

	if (host == NULL)
		return NULL;
	atomic_init(&host->refs, 1);
	host->uid = UNKNOWN;
	host->page_size = UNKNOWN;
	host->cpus = UNKNOWN;
	return host;
}

struct host *host_copy(const struct host *host)
{
	static_assert(offsetof(struct host, refs) == 0,
		      "all but the count is copied");
	const size_t head = offsetof(struct host, name);
	struct host *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return NULL;
	/* the count of the other may change meanwhile: it is not touched */
	memcpy((char *)copy + head, (const char *)host + head,
	       sizeof(*copy) - head);
	atomic_init(&copy->refs, 1);
	return copy;
}

const struct host *host_ref(const struct host *host)
{
	struct host *shared = (struct host *)host;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return host;
}

void host_unref(const struct host *host)
{
	struct host *shared = (struct host *)host;

	if (shared != NULL &&
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) ==
		    1)
		free(shared);
}
