/* SPDX-License-Identifier: MIT
 *
 * The live source: the two lanes and the actions behind the seam of source.h.
 * Knows no file and no thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "collect.h"
#include "memtop/base.h"
#include "memtop/source.h"
#include "prober.h"
#include "sampler.h"

struct live {
	struct source source;
	struct history *history;
	struct sampler *sampler;
	struct tree tree; /* the main thread's, for actions */
};

static struct live *live_of(struct source *source)
{
	return (struct live *)source;
}

static int live_start(struct source *source)
{
	return sampler_start(live_of(source)->sampler);
}

static uint64_t live_now(struct source *source)
{
	(void)source;
	return tree_now();
}

static void live_set_period(struct source *source, uint64_t period_ns)
{
	sampler_set_period(live_of(source)->sampler, period_ns);
}

static void live_set_interest(struct source *source,
			      const struct interest *interest)
{
	sampler_set_interest(live_of(source)->sampler, interest);
}

/* How large it is says how long its read may take. */
static uint64_t resident(struct live *live, struct process_key key)
{
	const struct snapshot *snapshot;
	uint64_t rss = UNKNOWN;

	if (history_at(live->history, 0, &snapshot) < 0)
		return UNKNOWN;
	const struct process *process = snapshot_find(snapshot, key);

	if (process)
		rss = process->rss;
	snapshot_unref(snapshot);
	return rss;
}

static uint64_t live_request(struct source *source, enum request_kind kind,
			     struct process_key key)
{
	struct live *live = live_of(source);

	if (kind == REQUEST_RESCAN) {
		sampler_rescan(live->sampler);
		return 0;
	}
	return prober_request(sampler_prober(live->sampler), kind, key,
			      resident(live, key));
}

static bool live_progress(struct source *source, uint64_t id,
			  struct progress *ret)
{
	return prober_progress(sampler_prober(live_of(source)->sampler), id,
			       ret);
}

static void live_cancel(struct source *source, uint64_t id)
{
	prober_cancel(sampler_prober(live_of(source)->sampler), id);
}

static int live_reply_fd(struct source *source)
{
	return prober_reply_fd(sampler_prober(live_of(source)->sampler));
}

static struct reply *live_take_reply(struct source *source)
{
	return prober_take_reply(sampler_prober(live_of(source)->sampler));
}

static int live_target_open(struct source *source, struct process_key key,
			    struct target **ret)
{
	return target_open(&live_of(source)->tree, key, ret);
}

static int live_job_open(struct source *source, enum job_kind kind,
			 const char *path, struct job **ret)
{
	return job_open(&live_of(source)->tree, kind, path, ret);
}

static bool live_close(struct source *source)
{
	struct live *live = live_of(source);
	bool ended;

	if (!live)
		return true;
	ended = sampler_close(live->sampler);
	tree_done(&live->tree);
	free(live);
	return ended;
}

static const struct source_ops live_ops = {
	.name = "live",
	.start = live_start,
	.now = live_now,
	.set_period = live_set_period,
	.set_interest = live_set_interest,
	.request = live_request,
	.progress = live_progress,
	.cancel = live_cancel,
	.reply_fd = live_reply_fd,
	.take_reply = live_take_reply,
	.target_open = live_target_open,
	.target_signal = target_signal,
	.target_set_adj = target_set_adj,
	.target_exited = target_exited,
	.target_close = target_close,
	.job_open = live_job_open,
	.job_start = job_start,
	.job_finished = job_finished,
	.job_close = job_close,
	.close = live_close,
};

/* One descriptor per process is kept: the soft limit of most shells, 1024,
 * would be too few on a busy machine. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = min_u64(limit.rlim_max, max_u64(limit.rlim_cur, 8192));
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Without a /proc there would be samples of nothing.  A /proc of another pid
 * namespace has the link as well. */
static int check_proc(const struct tree *tree)
{
	struct stat st;

	return fstatat(tree->proc, "self", &st, AT_SYMLINK_NOFOLLOW) < 0
		       ? -ENODEV
		       : 0;
}

int live_source_new(const struct live_config *config, struct source **ret)
{
	struct live *live = calloc(1, sizeof(*live));
	int r;

	if (!live)
		return -ENOMEM;
	live->source.ops = &live_ops;
	live->history = config->history;
	raise_descriptor_limit();
	r = tree_open(config->proc_root, config->sys_root, &live->tree);
	if (r < 0) {
		free(live);
		return r;
	}
	if (!config->proc_root)
		r = check_proc(&live->tree);
	if (r == 0)
		r = sampler_new(config, &live->sampler);
	if (r < 0) {
		tree_done(&live->tree);
		free(live);
		return r;
	}
	*ret = &live->source;
	return 0;
}
