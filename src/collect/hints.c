/* SPDX-License-Identifier: MIT
 *
 * Two questions that /proc/vmstat answers for all processes at once.  Does
 * anybody wait for pages of whom nothing shows?  Is memory being taken from
 * processes that rest?  Separate because it is policy: it reads nothing, and
 * what is read of a process in consequence is decided in tracked.c.
 */
#include "hints.h"

#include <math.h>
#include <string.h>

#include "memtop/base.h"

/* Major faults a second that nobody known has. */
#define FAULTS_AMISS 10
/* Everybody's stat costs as much as a dozen ticks of a machine that rests.  So
 * it has to last: programs that start wait for their pages as well.  And it may
 * be a process that can't be seen, in another container, say: then asking again
 * and again finds nobody. */
#define AMISS_FOR_NS  (2 * NS_PER_S)
#define SEEK_AGAIN_NS (5 * NS_PER_S)
#define SEEK_MOST_NS  (80 * NS_PER_S)
#define FORGOTTEN_NS  (60 * NS_PER_S)
/* Reclaim goes in waves. */
#define CALM_AFTER_NS (5 * NS_PER_S)

static bool takes_memory(const char *name)
{
	/* pgscan_kswapd, pgscan_direct, pgscan_anon and more: looking for
	 * pages to take is the first step of taking them; but not what a
	 * process asks for (MADV_PAGEOUT), nor, before 5.8, what a control
	 * group's limit does */
	return strncmp(name, "pgscan", 6) == 0 || strcmp(name, "pswpin") == 0 ||
	       strcmp(name, "pswpout") == 0 || strcmp(name, "oom_kill") == 0;
}

static bool is_stirred(const struct snapshot *snapshot)
{
	const struct counter_names *names = snapshot->vmstat_names;

	/* what can't be known isn't calm */
	if (!names || snapshot->vmstat_block.state != STATE_OK)
		return true;
	for (size_t i = 0; i < names->count; i++)
		if (!(snapshot->vmstat[i].rate <= 0) &&
		    takes_memory(names->names[i]))
			return true;
	return false;
}

/* The longer nobody is found, the longer it takes until all are asked again,
 * unless it gets worse. */
static bool seeks_faults(struct hints *hints, uint64_t now_ns)
{
	if (!(hints->amiss > FAULTS_AMISS)) {
		hints->since_ns = 0;
		if (now_ns - hints->last_ns >= FORGOTTEN_NS)
			hints->wait_ns = 0;
		return false;
	}
	hints->last_ns = now_ns;
	if (!hints->since_ns)
		hints->since_ns = now_ns;
	if (now_ns - hints->since_ns < AMISS_FOR_NS)
		return false;
	if (hints->amiss > 2 * hints->in_vain)
		hints->wait_ns = 0;
	if (now_ns - hints->sought_ns < max_u64(hints->wait_ns, SEEK_AGAIN_NS))
		return false;
	hints->wait_ns = hints->wait_ns
				 ? min_u64(hints->wait_ns * 2, SEEK_MOST_NS)
				 : SEEK_AGAIN_NS;
	hints->in_vain = hints->amiss;
	hints->sought_ns = now_ns;
	return true;
}

void hints_give(struct hints *hints, const struct snapshot *snapshot,
		struct tick *tick)
{
	if (is_stirred(snapshot))
		hints->stirred_ns = tick->now_ns;
	tick->calm = tick->now_ns - hints->stirred_ns >= CALM_AFTER_NS;
	tick->seek_faults = seeks_faults(hints, tick->now_ns);
}

/*
 * Who waits for pages nearly always has a statm that moves, and is read.  But
 * as many pages may leave as come; and who exits takes his faults along.
 */
void hints_learn(struct hints *hints, const struct snapshot *snapshot,
		 const struct tick *tick)
{
	const struct counter *all = snapshot_counter(snapshot, "pgmajfault");

	hints->amiss = all ? all->rate : NAN;
	if (!(hints->amiss > FAULTS_AMISS))
		return;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];

		if (process->major_fault_rate > 0 &&
		    process->stat.read_ns >= tick->now_ns)
			hints->amiss -= process->major_fault_rate;
	}
}
