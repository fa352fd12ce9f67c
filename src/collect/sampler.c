/* SPDX-License-Identifier: MIT
 *
 * One tick after the other: system files, processes, what the expensive lane
 * has brought, the judge's conclusions; then the snapshot is sealed and pushed
 * and the expensive lane gets its next list.
 *
 * The mutex guards only what the main thread sets (period, interest, flags);
 * it is never held while anything is read.
 */
#include "sampler.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "background.h"
#include "collect.h"
#include "hints.h"
#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/memlock.h"
#include "memtop/rates.h"
#include "memtop/thread.h"
#include "prober.h"
#include "processes.h"
#include "users.h"

/* An open file of /proc with its dentry and inode, about. */
#define DESCRIPTOR_BYTES 4400
/* The first samples of a screen come sooner: names and sizes, then at once the
 * other rankings, and in the next second one after the other of the PSS. */
#define FIRST_TICKS   6
#define FIRST_TICK_NS (250 * NS_PER_MS)
/* What the prober gets in between, however long a sample took. */
#define FIRST_PROBES_NS (100 * NS_PER_MS)
/* What a system file may cost that is read in the first of them. */
#define FIRST_LOOK_COST_NS (60 * NS_PER_US)
/* Nobody waits for the background lane, which takes as much of a processor as
 * the first samples do. */
#define FIRST_LOOKS_NS (2 * NS_PER_S)
/* How often what was left free in the heap is given back. */
#define TRIM_NS (10 * NS_PER_S)

struct sampler {
	pthread_mutex_t mutex;
	pthread_cond_t wake, ended;
	bool closing, running, abandoned, rescan;
	uint64_t period_ns;
	struct interest interest;

	/* the sampler thread's own from here on */
	struct live_config config;
	struct tree tree;
	struct users *users;
	struct prober *prober;
	struct background *background;
	struct processes *processes;
	const struct host *host;
	const struct snapshot *last;
	uint64_t *due_ns; /* per collector: when to read it again */
	uint64_t ticks;	  /* how many there were */
	struct hints hints;
	uint64_t trim_due_ns;
	bool complete, host_named;
	uint64_t cpu_ns, prober_cpu_ns; /* at the last sample */
};

static int by_pid(const void *a, const void *b)
{
	const struct process_key *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* ---- parts of a sample --------------------------------------------------- */

/* A screen that waits for its first figures does without those that take a
 * file for each setting and size: they are pending until the tick that follows
 * at once. */
static bool is_later(const struct collector *collector, const struct tick *tick)
{
	return tick->first_look && collector->period_ns &&
	       collector->cost_ns > FIRST_LOOK_COST_NS;
}

static int read_system(struct sampler *sampler, const struct tick *tick,
		       struct snapshot *snapshot)
{
	const struct snapshot *last = sampler->last;
	bool all = sampler->config.one_shot; /* there are only two samples */

	sampler->tree.before = last;
	for (size_t i = 0; i < collector_count; i++) {
		const struct collector *c = collectors[i];
		uint64_t now = snapshot->monotonic_ns;
		int r;

		if (c->lane != LANE_CHEAP || is_later(c, tick))
			continue;
		if (last && !all && now < sampler->due_ns[i]) {
			collector_keep(c, last, snapshot);
			continue;
		}
		r = c->read(&sampler->tree, snapshot);
		if (r < 0)
			return r;
		sampler->due_ns[i] = now + c->period_ns;
	}
	/* the second of only two samples has everything */
	if (last && sampler->config.one_shot)
		background_await(sampler->background, last,
				 tree_now() + NS_PER_S, snapshot);
	else
		background_take(sampler->background, last, snapshot);
	return 0;
}

static int finish_system(struct sampler *sampler, struct snapshot *snapshot)
{
	int r = 0;

	for (size_t i = 0; i < collector_count && r == 0; i++)
		if (collectors[i]->finish)
			r = collectors[i]->finish(&sampler->tree, snapshot);
	return r;
}

static double percent(uint64_t part_ns, uint64_t whole_ns)
{
	return whole_ns == UNKNOWN || !whole_ns
		       ? NAN
		       : 100.0 * (double)part_ns / (double)whole_ns;
}

static void read_self(struct sampler *sampler, struct snapshot *snapshot,
		      uint64_t began_ns, uint64_t due_ns)
{
	struct self *self = &snapshot->self;
	uint64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t prober_ns = prober_cpu_ns(sampler->prober);
	struct process probe = { .rss = UNKNOWN };

	self->block = (struct block){ .state = STATE_OK, .read_ns = began_ns };
	self->cpu_percent =
		percent(cpu_ns - sampler->cpu_ns, snapshot->interval_ns);
	self->prober_cpu_percent = percent(prober_ns - sampler->prober_cpu_ns,
					   snapshot->interval_ns);
	if (procfile_statm(&sampler->tree, "self", &probe) == 0)
		self->rss = probe.rss;
	self->descriptors = processes_descriptors(sampler->processes);
	self->descriptor_bytes = self->descriptors * DESCRIPTOR_BYTES;
	self->late_ns = sub_floor(began_ns, due_ns);
	self->sample_ns = tree_now() - began_ns;
	sampler->cpu_ns = cpu_ns;
	sampler->prober_cpu_ns = prober_ns;
}

/* ---- a sample ------------------------------------------------------------ */

static void merge_results(struct sampler *sampler, struct tick *tick)
{
	struct probe_result *results;
	size_t n = prober_collect(sampler->prober, &results, tick->stuck,
				  &tick->nstuck);

	processes_merge(sampler->processes, results, n);
}

static int read_processes(struct sampler *sampler, struct tick *tick,
			  struct snapshot *snapshot)
{
	prober_watch(sampler->prober);
	merge_results(sampler, tick);
	return processes_read(sampler->processes, tick, snapshot);
}

static void offer(struct sampler *sampler, struct tick *tick)
{
	const struct probe_task *tasks = NULL;
	size_t n;

	/* asked of what this sample shows; and a lane that is stuck as a whole
	 * will not come to the rest */
	if (!sampler->complete)
		sampler->complete =
			tick->nstuck == PROBER_STUCK_MAX ||
			processes_complete(sampler->processes, tick);
	/* what has come during this sample need not be read again */
	merge_results(sampler, tick);
	n = processes_tasks(sampler->processes, tick, &tasks);
	prober_set_mood(sampler->prober, tick->careful, !sampler->complete);
	prober_offer(sampler->prober, tasks, n);
}

/* --once prints this sample: who came since the first pass belongs in it. */
static void finish_one_shot(struct sampler *sampler, struct tick *tick,
			    struct snapshot *snapshot)
{
	if (!sampler->config.one_shot || !sampler->complete)
		return;
	prober_drain(sampler->prober, tree_now() + NS_PER_S / 2);
	merge_results(sampler, tick);
	processes_refill(sampler->processes, snapshot);
}

/* Of only two samples the second reads a lot, so it is not made in vain: it
 * waits for the first pass, as long as people see that something goes on. */
static void await_first_pass(struct sampler *sampler, uint64_t period_ns)
{
	if (sampler->config.one_shot && sampler->last && !sampler->complete)
		prober_drain(sampler->prober, tree_now() + period_ns);
}

/* The user's name may come ticks after the first sample. */
static void name_host(struct sampler *sampler)
{
	const struct text *name;
	struct host *host;

	if (sampler->host_named)
		return;
	name = users_name(sampler->users, sampler->host->uid);
	host = name ? host_copy(sampler->host) : NULL;
	if (host) {
		snprintf(host->user, sizeof(host->user), "%s", text_str(name));
		host_unref(sampler->host);
		sampler->host = host;
		sampler->host_named = true;
	}
	text_unref(name);
}

static void stamp(struct sampler *sampler, struct snapshot *snapshot,
		  uint64_t now_ns, uint64_t period_ns)
{
	snapshot->monotonic_ns = now_ns;
	snapshot->realtime_ns = clock_ns(CLOCK_REALTIME);
	snapshot->boottime_ns = clock_ns(CLOCK_BOOTTIME);
	snapshot->period_ns = period_ns;
	name_host(sampler);
	snapshot->host = host_ref(sampler->host);
	if (sampler->last)
		snapshot->interval_ns = now_ns - sampler->last->monotonic_ns;
}

/* The first pass frees about as much as it keeps, scattered among that.  Not
 * while something is wrong: it is then that memory has to stay locked. */
static void trim(struct sampler *sampler, const struct snapshot *snapshot)
{
	uint64_t now_ns = snapshot->monotonic_ns;

	if (sampler->config.one_shot || !sampler->complete ||
	    now_ns < sampler->trim_due_ns ||
	    snapshot->verdict.severity >= SEVERITY_WARN)
		return;
	memlock_trim();
	sampler->trim_due_ns = now_ns + TRIM_NS;
}

/* A failure loses this sample, never the program. */
static void sample(struct sampler *sampler, const struct interest *interest,
		   uint64_t period_ns, uint64_t due_ns)
{
	struct snapshot *snapshot = snapshot_new();
	const struct snapshot *last = sampler->last;
	struct tick tick = {
		.now_ns = tree_now(),
		.number = ++sampler->ticks,
		.rotation_ns = processes_rotation(sampler->processes),
		.first_look =
			sampler->config.interactive && sampler->ticks == 1,
		.second_look =
			sampler->config.interactive && sampler->ticks == 2,
		.careful = last && last->verdict.severity == SEVERITY_CRIT,
		.interest = interest,
	};

	if (!snapshot)
		return;
	stamp(sampler, snapshot, tick.now_ns, period_ns);
	if (read_system(sampler, &tick, snapshot) < 0)
		goto lost;
	hints_give(&sampler->hints, snapshot, &tick);
	tick.rest_ticks =
		processes_look_again(sampler->processes, tick.calm) / period_ns;
	/* the second of only two samples: all rates come from it */
	tick.seek_faults |= sampler->config.one_shot;
	if (read_processes(sampler, &tick, snapshot) < 0)
		goto lost;
	hints_learn(&sampler->hints, snapshot, &tick);
	/* the prober would take the processor that the first ranking needs */
	if (!tick.first_look)
		offer(sampler, &tick);
	finish_one_shot(sampler, &tick, snapshot);
	snapshot_count_coverage(snapshot);
	snapshot->complete = sampler->complete;
	if (finish_system(sampler, snapshot) < 0)
		goto lost;
	read_self(sampler, snapshot, tick.now_ns, due_ns);
	if (sampler->config.judge.step)
		sampler->config.judge.step(sampler->config.judge.state,
					   snapshot);
	processes_adopt(sampler->processes, snapshot);
	snapshot_ref(snapshot);
	if (history_push(sampler->config.history, snapshot) < 0)
		goto lost;
	snapshot_unref(last);
	sampler->last = snapshot;
	trim(sampler, snapshot);
	return;
lost:
	snapshot_unref(snapshot);
}

static void sampler_free(struct sampler *sampler)
{
	background_close(sampler->background);
	prober_close(sampler->prober);
	processes_free(sampler->processes);
	users_close(sampler->users);
	snapshot_unref(sampler->last);
	host_unref(sampler->host);
	tree_done(&sampler->tree);
	free(sampler->due_ns);
	pthread_cond_destroy(&sampler->wake);
	pthread_cond_destroy(&sampler->ended);
	pthread_mutex_destroy(&sampler->mutex);
	free(sampler);
}

/* ---- the thread ---------------------------------------------------------- */

static uint64_t next_due(const struct sampler *sampler, uint64_t due_ns,
			 uint64_t period_ns)
{
	uint64_t now = tree_now();

	if (sampler->config.interactive && sampler->ticks == 1)
		return now;
	if (sampler->config.interactive && sampler->ticks < FIRST_TICKS &&
	    !sampler->complete && period_ns > FIRST_TICK_NS)
		return max_u64(due_ns + FIRST_TICK_NS, now + FIRST_PROBES_NS);
	due_ns += period_ns;
	/* what was missed is missed: no burst of samples to catch up */
	return due_ns + period_ns < now ? now : due_ns;
}

static void *sampler_main(void *argument)
{
	struct sampler *sampler = argument;
	uint64_t due_ns = tree_now();

	thread_name("sampler");
	pthread_mutex_lock(&sampler->mutex);
	while (!sampler->closing) {
		struct interest interest = sampler->interest;
		uint64_t period_ns = sampler->period_ns;
		bool rescan = sampler->rescan;

		sampler->rescan = false;
		pthread_mutex_unlock(&sampler->mutex);
		if (rescan) {
			processes_rescan(sampler->processes);
			sampler->complete = false;
		}
		await_first_pass(sampler, period_ns);
		sample(sampler, &interest, period_ns, due_ns);
		pthread_mutex_lock(&sampler->mutex);

		uint64_t began_ns = due_ns;

		due_ns = next_due(sampler, began_ns, sampler->period_ns);
		while (!sampler->closing && tree_now() < due_ns) {
			thread_wait(&sampler->wake, &sampler->mutex, due_ns);
			if (period_ns == sampler->period_ns)
				continue;
			period_ns = sampler->period_ns; /* a new delay */
			due_ns = max_u64(began_ns + period_ns, tree_now());
		}
	}
	sampler->running = false;
	bool abandoned = sampler->abandoned;

	pthread_cond_signal(&sampler->ended);
	pthread_mutex_unlock(&sampler->mutex);
	if (abandoned)
		sampler_free(sampler);
	return NULL;
}

/* ---- for the main thread ------------------------------------------------- */

void sampler_set_period(struct sampler *sampler, uint64_t period_ns)
{
	pthread_mutex_lock(&sampler->mutex);
	sampler->period_ns = period_ns;
	pthread_cond_signal(&sampler->wake);
	pthread_mutex_unlock(&sampler->mutex);
}

void sampler_set_interest(struct sampler *sampler,
			  const struct interest *interest)
{
	struct interest sorted = *interest;

	qsort(sorted.visible, sorted.nvisible, sizeof(sorted.visible[0]),
	      by_pid);
	pthread_mutex_lock(&sampler->mutex);
	sampler->interest = sorted;
	pthread_mutex_unlock(&sampler->mutex);
	if (sampler->background)
		background_want(sampler->background, sorted.lists);
}

void sampler_rescan(struct sampler *sampler)
{
	pthread_mutex_lock(&sampler->mutex);
	sampler->rescan = true;
	pthread_mutex_unlock(&sampler->mutex);
}

struct prober *sampler_prober(struct sampler *sampler)
{
	return sampler->prober;
}

/* ---- life ---------------------------------------------------------------- */

int sampler_new(const struct live_config *config, struct sampler **ret)
{
	struct sampler *sampler = calloc(1, sizeof(*sampler));
	struct prober_config probing = {
		.proc_root = config->proc_root,
		.sys_root = config->sys_root,
		.names = !config->proc_root,
		.budget_percent = config->one_shot ? 0 : config->budget_percent,
	};
	int r;

	if (!sampler)
		return -ENOMEM;
	r = tree_open(config->proc_root, config->sys_root, &sampler->tree);
	if (r < 0) {
		free(sampler);
		return r;
	}
	sampler->config = *config;
	sampler->tree.whole = config->one_shot;
	sampler->period_ns = config->period_ns;
	pthread_mutex_init(&sampler->mutex, NULL);
	thread_cond_init(&sampler->wake);
	thread_cond_init(&sampler->ended);
	sampler->host = collect_host(&sampler->tree);
	sampler->due_ns = calloc(collector_count, sizeof(uint64_t));
	r = sampler->host && sampler->due_ns ? users_new(&sampler->users)
					     : -ENOMEM;
	if (r == 0)
		r = background_new(config->proc_root, config->sys_root,
				   config->interactive ? FIRST_LOOKS_NS : 0,
				   config->one_shot ? UINT64_MAX : 0,
				   &sampler->background);
	if (r == 0)
		r = prober_new(&probing, &sampler->prober);
	if (r == 0)
		r = processes_new(&sampler->tree, sampler->users,
				  &sampler->processes);
	if (r < 0) {
		sampler_free(sampler);
		return r;
	}
	*ret = sampler;
	return 0;
}

int sampler_start(struct sampler *sampler)
{
	int r;

	sampler->running = true;
	r = thread_start(sampler_main, sampler, THREAD_STACK);
	if (r < 0)
		sampler->running = false;
	return r;
}

bool sampler_close(struct sampler *sampler)
{
	uint64_t until = tree_now() + NS_PER_S;

	if (!sampler)
		return true;
	pthread_mutex_lock(&sampler->mutex);
	sampler->closing = true;
	pthread_cond_signal(&sampler->wake);
	while (sampler->running && tree_now() < until)
		thread_wait(&sampler->ended, &sampler->mutex, until);
	bool ended = !sampler->running;
	/* a sampler that hangs in the kernel keeps its memory until it comes
	 * back, or the process ends */
	sampler->abandoned = !ended;
	pthread_mutex_unlock(&sampler->mutex);
	if (ended)
		sampler_free(sampler);
	return ended;
}
