/* SPDX-License-Identifier: MIT
 *
 * The seam: anything that can produce snapshots.  Live (the collectors of
 * src/collect), scripted (tests) and replay (a recording) look the same from
 * here on, so every screen and export works on each of them.  Clock, host and
 * privileges come from the source too.
 *
 * A source pushes snapshots into the history it was given, on threads of its
 * own; everything else here is called by the main thread and never blocks on
 * a kernel file of another process.
 */
#ifndef MEMTOP_SOURCE_H
#define MEMTOP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "memtop/history.h"
#include "memtop/mapping.h"
#include "memtop/snapshot.h"

/* A judge is a fold over snapshots: it reads what was collected and writes
 * its conclusions into the snapshot before that is sealed.  Called on the
 * thread that samples; no clock, no I/O. */
struct judge {
	void (*step)(void *state, struct snapshot *snapshot);
	void *state;
};

/* What the screen shows: the lanes read that first and oftenest. */
#define INTEREST_MAX 256
struct interest {
	struct process_key visible[INTEREST_MAX];
	size_t nvisible;
	struct process_key selected; /* pid 0: none */
	uint64_t lists;		     /* of entities: a bit for each */
};

/* ---- one-off requests ---------------------------------------------------- */

enum request_kind {
	REQUEST_RESCAN,	  /* everything again; no reply */
	REQUEST_PROCESS,  /* smaps_rollup of one process now; no reply */
	REQUEST_MAPPINGS, /* /proc/PID/smaps */
	REQUEST_DETAILS,  /* limits, executable, descriptors */
};

struct limit {		     /* one line of /proc/PID/limits */
	char name[32];	     /* "Max locked memory" */
	char unit[16];	     /* "bytes" */
	uint64_t soft, hard; /* UNKNOWN: unlimited */
};

/* What a process has of one kind of memory of one GPU, over its clients that
 * differ; UNKNOWN: the driver does not tell. */
struct gpu_memory {
	char driver[16]; /* "amdgpu" */
	char device[24]; /* "0000:03:00.0" */
	char region[16]; /* "vram", "gtt", "system0" … */
	uint64_t clients;
	uint64_t total;	   /* handed out, touched or not */
	uint64_t resident; /* in that memory now */
	uint64_t shared, purgeable;
};

#define GPUS_MAX 64
struct reply {
	uint64_t id;
	enum request_kind kind;
	struct process_key key;
	enum state state; /* of the whole reply; only OK carries a list */
	uint64_t read_ns; /* monotonic */
	uint64_t realtime_ns;
	uint64_t took_ns;

	struct mapping *mappings; /* by address, classified */
	size_t nmappings;
	struct allocator allocators[ALLOCATORS_MAX];
	size_t nallocators;

	struct limit *limits;
	size_t nlimits;
	const struct text *exe; /* NULL: not permitted or none */
	char tty[32];		/* "pts/3"; empty: none, or not known */
	uint64_t login_uid;	/* who had logged in; UNKNOWN likewise */
	uint64_t descriptors;	/* open ones; UNKNOWN: not permitted */
	uint64_t maps;		/* number of mappings; UNKNOWN likewise */
	char numa[64];		/* "N0 16.3G N1 14.9G" or empty */
	char cpus_allowed[64], mems_allowed[64];
	enum state gpu_state; /* of its open descriptors */
	struct gpu_memory gpus[GPUS_MAX];
	size_t ngpus, gpus_more; /* clients of those that found no room */
};
void reply_free(struct reply *reply);

/* Of a list that is being read. */
struct progress {
	uint64_t count; /* mappings so far */
	uint64_t bytes; /* what of them is in RAM */
};

/* ---- actions on one process ---------------------------------------------- */

/* A process that was pinned: a pidfd and a descriptor of its /proc directory,
 * taken while its start time was checked.  Whatever happens to the pid later,
 * nobody else is hit. */
struct target;

/* ---- actions that take a while ------------------------------------------- */

enum job_kind {
	JOB_RECLAIM, /* take memory from a control group: memory.reclaim */
	JOB_COMPACT, /* move pages so that free ones lie together */
};

/* Prepared, with its files open: whatever is done hits what was shown. */
struct job;

struct job_result {
	int error; /* 0; -EAGAIN: less than was asked for; -errno */
	/* bytes of the group; free in blocks that a huge page fits in;
	 * UNKNOWN */
	uint64_t before, after;
	uint64_t took_ns;
};

/* ---- the source ---------------------------------------------------------- */

struct source;

/* What a replay plays. */
struct recording {
	const char *path; /* as it was given: untrusted bytes */
	uint64_t samples;
	uint64_t first_realtime_ns, last_realtime_ns;
	const char *note; /* what is missing or damaged; "" */
};

struct source_ops {
	const char *name; /* "live", "replay", "scripted" */
	/* Starts pushing.  0 or -errno. */
	int (*start)(struct source *source);
	/* Now, on the clock of snapshot->monotonic_ns. */
	uint64_t (*now)(struct source *source);
	void (*set_period)(struct source *source, uint64_t period_ns);
	void (*set_interest)(struct source *source,
			     const struct interest *interest);
	/* The id that the reply will carry; 0 when it can't be asked for. */
	uint64_t (*request)(struct source *source, enum request_kind kind,
			    struct process_key key);
	/* How far a request is; false: it is not being read.  NULL: this
	 * source never takes long. */
	bool (*progress)(struct source *source, uint64_t id,
			 struct progress *ret);
	/* Gives a request up: what has come of it is of no use any more.  A
	 * reply that is on its way may still come.  NULL: see above. */
	void (*cancel)(struct source *source, uint64_t id);
	/* Readable when a reply waits; -1 when there never is one. */
	int (*reply_fd)(struct source *source);
	/* The next reply, the caller's; NULL when none waits. */
	struct reply *(*take_reply)(struct source *source);

	/* 0; -ESRCH gone or another process by now; -EPERM …;
	 * -EOPNOTSUPP not a live source. */
	int (*target_open)(struct source *source, struct process_key key,
			   struct target **ret);
	/* 0, -EPERM, -ESRCH */
	int (*target_signal)(struct target *target, int signal);
	/* -1000 to 1000.  0, -EACCES (lowering needs CAP_SYS_RESOURCE or
	 * foreign owner), -EPERM, -ESRCH, -EINVAL */
	int (*target_set_adj)(struct target *target, int adj);
	bool (*target_exited)(struct target *target);
	void (*target_close)(struct target *target);

	/* path: of the group, as its row has it; NULL for compaction.
	 * 0; -EACCES; -ENOENT: it is gone; -EOPNOTSUPP: this kernel can't, or
	 * not a live source. */
	int (*job_open)(struct source *source, enum job_kind kind,
			const char *path, struct job **ret);
	/* Goes on by itself; bytes: how much to reclaim.  0 or -errno. */
	int (*job_start)(struct job *job, uint64_t bytes);
	bool (*job_finished)(struct job *job, struct job_result *ret);
	/* One that runs goes on, and nobody hears of it. */
	void (*job_close)(struct job *job);

	/* A replay says what it plays; all its samples are in the history
	 * from the beginning.  NULL: the samples are made while one looks. */
	const struct recording *(*recording)(struct source *source);

	/* Ends or abandons the threads; waits for none that is stuck.  false:
	 * one that pushes is among those, so the history and the judge are
	 * still in use and must be left alone. */
	bool (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
};

/* ---- the live source (src/collect) --------------------------------------- */

struct live_config {
	struct history *history; /* outlives the source */
	struct judge judge;	 /* step may be NULL */
	const char *proc_root;	 /* NULL: /proc */
	const char *sys_root;	 /* NULL: /sys */
	uint64_t period_ns;
	double budget_percent; /* CPU of the expensive lane; <= 0: no limit */
	bool one_shot;	       /* read everything, no budget: --once */
	bool interactive;      /* the second sample comes early */
};
/* 0; -ENODEV: /proc is an empty directory; -errno. */
int live_source_new(const struct live_config *config, struct source **ret);

#endif
