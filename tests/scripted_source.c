/* SPDX-License-Identifier: MIT
 *
 * The scripted source: pushes scripted snapshots, answers requests with
 * prepared lists, and notes what it was asked to do.  No threads, no kernel,
 * a clock of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "scripted_private.h"

struct target {
	struct scripted_source *source;
	struct process_key key;
};

struct scripted_source {
	struct source source; /* first: the two convert by a cast */
	struct history *history;
	enum scripted_case which;
	unsigned step; /* of the next snapshot */
	uint64_t now_ns;
	int refusal;
	bool hold;
	uint64_t last_id;
	struct reply *replies[16]; /* a ring */
	size_t first, nreplies;
	int reply_fd;
	struct scripted_log log;
};

/* clang-format off */
static const struct {
	uint64_t start;
	double size, rss, pss, uss, swap, thp; /* MiB */
	const char *perms, *path, *flags;
} java_mappings[] = {
	{ 0x55d5c8a00000, 96, 61, 61, 61, 12, 0, "rw-p", "[heap]",
	  "rd wr mr mw me ac" },
	{ 0x7f1f88000000, 36, 18, 18, 18, 13, 0, "rw-p", NULL,
	  "rd wr mr mw me nr" },
	{ 0x7f1f8a400000, 28, 0, 0, 0, 0, 0, "---p", NULL, "mr mw me nr" },
	{ 0x7f1f8c000000, 40, 17, 17, 17, 14, 0, "rw-p", NULL,
	  "rd wr mr mw me nr" },
	{ 0x7f1f8e800000, 24, 0, 0, 0, 0, 0, "---p", NULL, "mr mw me nr" },
	{ 0x7f2040000000, 30720, 29594, 29594, 29594, 3174, 10035, "rw-p",
	  NULL, "rd wr mr mw me ac hg" },
	{ 0x7f27d0000000, .0157, 0, 0, 0, 0, 0, "---p", NULL, "mr mw me" },
	{ 0x7f27d0004000, .984, .1, .1, .1, .05, 0, "rw-p", NULL,
	  "rd wr mr mw me ac" },
	{ 0x7f27d8000000, 22, 20, 16, 15, 0, 0, "r-xp",
	  "/usr/share/opensearch/jdk/lib/server/libjvm.so",
	  "rd ex mr mw me" },
	{ 0x7f27d9600000, 4, 4, 3, 3, 0, 0, "rw-p",
	  "/usr/share/opensearch/jdk/lib/server/libjvm.so",
	  "rd wr mr mw me ac" },
	{ 0x7f27da000000, 1.5, 1.4, .1, 0, 0, 0, "r-xp",
	  "/usr/lib/x86_64-linux-gnu/libc.so.6", "rd ex mr mw me" },
	{ 0x7f2800000000, 188, 142, 142, 142, 0, 0, "r--s",
	  "/usr/share/opensearch/lib/lucene-core.jar", "rd mr me ms" },
	{ 0x7f3000000000, 21800, 221, 221, 221, 0, 0, "r--s",
	  "/var/lib/opensearch/nodes/0/_1x.cfs", "rd mr me ms" },
	{ 0x7ffc5b200000, .132, .1, .1, .1, 0, 0, "rw-p", "[stack]",
	  "rd wr mr mw me gd ac" },
	{ 0x7ffc5b3f0000, .0157, .004, 0, 0, 0, 0, "r-xp", "[vdso]",
	  "rd ex mr mw me de" },
};

static const struct limit limits[] = {
	{ "Max address space", "bytes", UNKNOWN, UNKNOWN },
	{ "Max data size", "bytes", UNKNOWN, UNKNOWN },
	{ "Max locked memory", "bytes", UNKNOWN, UNKNOWN },
	{ "Max stack size", "bytes", 8 * MIB, UNKNOWN },
	{ "Max open files", "files", 65535, 65535 },
	{ "Max processes", "processes", 4096, 4096 },
};
/* clang-format on */

static struct scripted_source *scripted(struct source *source)
{
	return (struct scripted_source *)source;
}

void scripted_source_push(struct source *source, unsigned count)
{
	struct scripted_source *s = scripted(source);

	while (count--) {
		struct snapshot *snapshot =
			scripted_snapshot(s->which, s->step++);

		s->now_ns = snapshot->monotonic_ns;
		if (history_push(s->history, snapshot) < 0)
			abort();
	}
}

void scripted_source_advance(struct source *source, uint64_t ns)
{
	scripted(source)->now_ns += ns;
}

static int source_start(struct source *source)
{
	scripted_source_push(source, 1);
	return 0;
}

static uint64_t source_now(struct source *source)
{
	return scripted(source)->now_ns;
}

static void source_set_period(struct source *source, uint64_t period_ns)
{
	scripted(source)->log.period_ns = period_ns;
}

static void source_set_interest(struct source *source,
				const struct interest *interest)
{
	struct scripted_log *log = &scripted(source)->log;

	log->interests++;
	log->interest = *interest;
}

static void fill_mappings(struct reply *reply)
{
	reply->nmappings = ARRAY_SIZE(java_mappings);
	reply->mappings = scripted_must(
		calloc(reply->nmappings, sizeof(*reply->mappings)));
	for (size_t i = 0; i < reply->nmappings; i++) {
		struct mapping *m = &reply->mappings[i];

		m->start = java_mappings[i].start;
		m->size = mib(java_mappings[i].size);
		m->end = m->start + m->size;
		strcpy(m->perms, java_mappings[i].perms);
		m->path = scripted_text(java_mappings[i].path);
		m->flags = scripted_text(java_mappings[i].flags);
		m->block = (struct block){ .state = STATE_OK,
					   .read_ns = reply->read_ns };
		m->rss = mib(java_mappings[i].rss);
		m->pss = mib(java_mappings[i].pss);
		m->uss = mib(java_mappings[i].uss);
		m->swap = m->swap_pss = mib(java_mappings[i].swap);
		m->thp = mib(java_mappings[i].thp);
		m->dirty = m->perms[1] == 'w' ? m->uss : 0;
		m->anon = m->path ? 0 : m->rss;
		m->referenced = m->rss / 4 * 3;
		m->page_size = 4 * KIB;
	}
	/* the heap is on both nodes */
	reply->mappings[5].nodes = scripted_text("default N0=15.1G N1=13.8G");
	mapping_classify(reply->mappings, reply->nmappings);
	reply->nallocators = allocators_find(reply->mappings, reply->nmappings,
					     reply->allocators);
}

static void fill_details(struct reply *reply)
{
	reply->nlimits = ARRAY_SIZE(limits);
	reply->limits = scripted_must(malloc(sizeof(limits)));
	memcpy(reply->limits, limits, sizeof(limits));
	reply->exe = scripted_text("/usr/share/opensearch/jdk/bin/java");
	strcpy(reply->tty, "pts/3");
	reply->login_uid = 1000;
	reply->descriptors = 1206;
	reply->maps = 2314;
	strcpy(reply->numa, "N0 16.3G N1 14.9G");
	strcpy(reply->cpus_allowed, "0-7");
	strcpy(reply->mems_allowed, "0-1");
	reply->gpu_state = STATE_OK;
	reply->ngpus = 1;
	reply->gpus[0] = (struct gpu_memory){ .driver = "amdgpu",
					      .device = "0000:03:00.0",
					      .region = "vram",
					      .clients = 1,
					      .total = 640 * MIB,
					      .resident = 512 * MIB,
					      .shared = UNKNOWN,
					      .purgeable = UNKNOWN };
}

/* As the kernel would answer in this case; ABSENT: no such process. */
static enum state reply_state(const struct scripted_source *s,
			      struct process_key key)
{
	const struct snapshot *snapshot;
	const struct process *process;
	enum state state = STATE_ABSENT;

	if (history_at(s->history, 0, &snapshot) < 0)
		return STATE_ABSENT;
	process = snapshot_find(snapshot, key);
	if (process && process->kernel)
		state = STATE_NOT_APPLICABLE;
	else if (process && !snapshot->host->sees_all &&
		 process->uid != snapshot->host->uid)
		state = STATE_DENIED;
	else if (process)
		state = STATE_OK;
	snapshot_unref(snapshot);
	return state;
}

static uint64_t source_request(struct source *source, enum request_kind kind,
			       struct process_key key)
{
	struct scripted_source *s = scripted(source);
	struct reply *reply;
	bool answered = kind == REQUEST_MAPPINGS || kind == REQUEST_DETAILS;

	s->log.requests++;
	s->log.last_request = kind;
	s->log.last_key = key;
	s->last_id++;
	if (!answered || s->hold || s->nreplies == ARRAY_SIZE(s->replies))
		return s->last_id;
	reply = scripted_must(calloc(1, sizeof(*reply)));
	reply->id = s->last_id;
	reply->kind = kind;
	reply->key = key;
	reply->state = reply_state(s, key);
	reply->read_ns = s->now_ns;
	reply->realtime_ns = UINT64_C(1795356151) * NS_PER_S;
	reply->took_ns = 1900 * NS_PER_MS;
	reply->descriptors = reply->maps = UNKNOWN;
	if (reply->state == STATE_OK && kind == REQUEST_MAPPINGS)
		fill_mappings(reply);
	else if (reply->state == STATE_OK)
		fill_details(reply);
	s->replies[(s->first + s->nreplies++) % ARRAY_SIZE(s->replies)] = reply;
	if (eventfd_write(s->reply_fd, 1) < 0)
		abort();
	return s->last_id;
}

/* What is held back is always as far as this. */
static bool source_progress(struct source *source, uint64_t id,
			    struct progress *ret)
{
	if (!scripted(source)->hold || id != scripted(source)->last_id)
		return false;
	*ret = (struct progress){ .count = 123456, .bytes = 12 * GIB };
	return true;
}

static void source_cancel(struct source *source, uint64_t id)
{
	if (id == scripted(source)->last_id)
		scripted(source)->log.cancelled++;
}

static int source_reply_fd(struct source *source)
{
	return scripted(source)->reply_fd;
}

static struct reply *source_take_reply(struct source *source)
{
	struct scripted_source *s = scripted(source);
	struct reply *reply;
	eventfd_t count;

	if (!s->nreplies)
		return NULL;
	reply = s->replies[s->first];
	s->first = (s->first + 1) % ARRAY_SIZE(s->replies);
	if (--s->nreplies == 0 && eventfd_read(s->reply_fd, &count) < 0)
		abort();
	return reply;
}

static int source_target_open(struct source *source, struct process_key key,
			      struct target **ret)
{
	struct scripted_source *s = scripted(source);
	struct target *target;

	s->log.last_key = key;
	if (reply_state(s, key) == STATE_ABSENT)
		return -ESRCH;
	target = scripted_must(malloc(sizeof(*target)));
	*target = (struct target){ .source = s, .key = key };
	s->log.targets++;
	*ret = target;
	return 0;
}

static int source_target_signal(struct target *target, int signal)
{
	struct scripted_log *log = &target->source->log;

	if (target->source->refusal)
		return target->source->refusal;
	log->signals++;
	log->last_signal = signal;
	log->last_key = target->key;
	return 0;
}

static int source_target_set_adj(struct target *target, int adj)
{
	struct scripted_log *log = &target->source->log;

	if (target->source->refusal)
		return target->source->refusal;
	if (adj < -1000 || adj > 1000)
		return -EINVAL;
	log->adjusted++;
	log->last_adj = adj;
	log->last_key = target->key;
	return 0;
}

static bool source_target_exited(struct target *target)
{
	return reply_state(target->source, target->key) == STATE_ABSENT;
}

static void source_target_close(struct target *target)
{
	if (!target)
		return;
	target->source->log.targets--;
	free(target);
}

/* What is going on; the tests' clock says when it is done. */
struct job {
	struct scripted_source *source;
	enum job_kind kind;
	uint64_t bytes, started_ns;
};

static int source_job_open(struct source *source, enum job_kind kind,
			   const char *path, struct job **ret)
{
	struct scripted_source *s = scripted(source);
	struct job *job;

	(void)path;
	if (s->refusal)
		return s->refusal;
	job = scripted_must(malloc(sizeof(*job)));
	*job = (struct job){ .source = s, .kind = kind };
	s->log.jobs++;
	*ret = job;
	return 0;
}

static int source_job_start(struct job *job, uint64_t bytes)
{
	struct scripted_log *log = &job->source->log;

	log->started++;
	log->last_job = job->kind;
	log->last_bytes = job->bytes = bytes;
	job->started_ns = job->source->now_ns;
	return 0;
}

static bool source_job_finished(struct job *job, struct job_result *ret)
{
	if (job->source->now_ns - job->started_ns < 5 * NS_PER_S)
		return false;
	*ret = (struct job_result){
		.error = job->bytes > GIB ? -EAGAIN : 0,
		.before = 2 * GIB,
		.after = 2 * GIB - min_u64(job->bytes, GIB),
		.took_ns = 5 * NS_PER_S,
	};
	if (job->kind == JOB_COMPACT)
		ret->after = 3 * GIB;
	return true;
}

static void source_job_close(struct job *job)
{
	job->source->log.jobs--;
	free(job);
}

static bool source_close(struct source *source)
{
	struct scripted_source *s = scripted(source);
	struct reply *reply;

	while ((reply = source_take_reply(source)))
		reply_free(reply);
	close(s->reply_fd);
	free(s);
	return true;
}

static const struct source_ops scripted_ops = {
	.name = "scripted",
	.start = source_start,
	.now = source_now,
	.set_period = source_set_period,
	.set_interest = source_set_interest,
	.request = source_request,
	.progress = source_progress,
	.cancel = source_cancel,
	.reply_fd = source_reply_fd,
	.take_reply = source_take_reply,
	.target_open = source_target_open,
	.target_signal = source_target_signal,
	.target_set_adj = source_target_set_adj,
	.target_exited = source_target_exited,
	.target_close = source_target_close,
	.job_open = source_job_open,
	.job_start = source_job_start,
	.job_finished = source_job_finished,
	.job_close = source_job_close,
	.close = source_close,
};

struct source *scripted_source_new(struct history *history,
				   enum scripted_case which)
{
	struct scripted_source *s = scripted_must(calloc(1, sizeof(*s)));

	s->source.ops = &scripted_ops;
	s->history = history;
	s->which = which;
	s->now_ns = SCRIPTED_UPTIME_S * NS_PER_S;
	s->reply_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->reply_fd < 0)
		abort();
	return &s->source;
}

void scripted_source_refuse(struct source *source, int error)
{
	scripted(source)->refusal = error;
}

void scripted_source_hold_replies(struct source *source, bool hold)
{
	scripted(source)->hold = hold;
}

const struct scripted_log *scripted_source_log(const struct source *source)
{
	return &((const struct scripted_source *)source)->log;
}
