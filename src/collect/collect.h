/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what the readers of kernel files, the two lanes and
 * the live source share.  Readers know files and nothing of threads; lanes
 * know threads and no file format.
 */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "memtop/kernfile.h"
#include "memtop/list.h"
#include "memtop/snapshot.h"
#include "memtop/source.h"

/* Where the kernel is read: directory descriptors, so that tests hand over a
 * tree of files without any mount.  One per thread: the buffer is its own. */
struct tree {
	int proc, sys;
	uint64_t page_size;
	uint64_t tick_ns; /* length of a clock tick (USER_HZ) */
	char *buf;	  /* scratch for whole files */
	size_t size;
	struct growbuf grow; /* for files without a bound */
	/* of the last /proc/vmstat, so that snapshots share them */
	const struct counter_names *vmstat_names;
	struct slabs *slabs; /* of the reads before; NULL at first */
	/* the sample before, for rates; borrowed; NULL: there is none */
	const struct snapshot *before;
	struct cgroups *cgroups;       /* between two ticks; NULL at first */
	struct kmsg *kmsg;	       /* the kernel's log; NULL at first */
	struct namespaces *namespaces; /* found lately; NULL at first */
	/* when it last mattered who reads from disks; 0: never; whose turn is
	 * next */
	uint64_t readers_ns;
	pid_t readers_next;
	bool whole; /* all there is will be read in every sample: --once */
};

/* What cgroups.c keeps in it. */
void cgroups_free(struct cgroups *cgroups);

/* NULL roots mean /proc and /sys.  A sys root that does not exist leaves sys
 * -1.  0 or -errno. */
int tree_open(const char *proc_root, const char *sys_root, struct tree *ret);
void tree_done(struct tree *tree);
/* Do its pids mean anything to system calls?  Those of another pid namespace,
 * and of a folder of files, do not. */
bool tree_is_own(struct tree *tree);

/* The same directories with a buffer of its own, for the files of processes on
 * another thread.  Lives no longer than the tree; 0 or -ENOMEM. */
int tree_twin(const struct tree *tree, struct tree *ret);
void tree_twin_done(struct tree *twin);

/* That list of the sample before; NULL: none. */
static inline const struct list *tree_before(const struct tree *tree,
					     enum entity_id entity)
{
	return tree->before ? snapshot_list(tree->before, entity) : NULL;
}

/* Monotonic nanoseconds: read_ns of every block. */
uint64_t tree_now(void);

/* What a failed open or read says of a block: EACCES, EPERM: DENIED; ENOENT,
 * ENOSYS, EOPNOTSUPP, ENOTDIR: ABSENT; anything else: PENDING (try again).
 * error may have either sign. */
enum state state_from_errno(int error);

/* ---- system files: one row per file -------------------------------------- */

/* On the sampler's thread, or on one that nobody waits for (background.h). */
enum lane { LANE_CHEAP, LANE_EXPENSIVE };

struct collector {
	const char *name;
	const char *files; /* for people */
	enum lane lane;
	uint64_t period_ns; /* 0: every tick; between reads the last values
				 stand, with their read_ns */
	uint64_t cost_ns;   /* typical, on a small machine */
	/* Fills its part of the snapshot, block state included; a failure is
	 * a state, not an error.  -ENOMEM only. */
	int (*read)(struct tree *tree, struct snapshot *snapshot);
	/* The same for what depends on the processes, which the snapshot has
	 * by then; NULL: nothing does. */
	int (*finish)(struct tree *tree, struct snapshot *snapshot);
	/* Read only while somebody looks at what it gives; of the expensive
	 * lane only. */
	bool on_demand;
	/* It asks the sample before (tree.before) who runs: not read until
	 * there is one; of the expensive lane only. */
	bool after_sample;
	/* The entities it fills, which are carried over from the snapshot
	 * before when it is not due: GIVES(ENTITY_…) | … */
	uint64_t gives;
};
#define GIVES(entity) (UINT64_C(1) << (entity))
extern const struct collector *const collectors[];
extern const size_t collector_count;

/* An empty list that says how its file came out: n is the length that was read,
 * or -errno.  NULL: no memory. */
struct list *collect_list(enum entity_id entity, ssize_t n);

/* A list of which each line is a row.  parse: false: this one is none. */
struct collect_lines {
	uint64_t page_size;
	unsigned order; /* of a huge page */
	bool (*parse)(const struct collect_lines *in, const char *line,
		      void *row);
};
/* Puts it into snapshot; n is the length of text, or -errno.  -ENOMEM only. */
int collect_put_lines(enum entity_id entity, ssize_t n, const char *text,
		      const struct collect_lines *lines,
		      struct snapshot *snapshot);

/* What it fills, as it stood in the snapshot before. */
void collector_keep(const struct collector *collector,
		    const struct snapshot *before, struct snapshot *snapshot);

/* Each at the end of a file of its own. */
extern const struct collector collect_meminfo, collect_vmstat, collect_pressure,
	collect_swaps, collect_zram, collect_zswap, collect_thp, collect_mthp,
	collect_hugetlb, collect_load, collect_arc, collect_tmpfs,
	collect_shared, collect_cgroups, collect_zoneinfo, collect_buddyinfo,
	collect_nodes, collect_sockstat, collect_ksm, collect_tunables,
	collect_slabs, collect_pagetypes, collect_allocinfo, collect_kmsg,
	collect_readers;

/* Host name, kernel, user, privileges, hidepid, container; NULL: no memory. */
struct host *collect_host(struct tree *tree);

/* ---- files of one process ------------------------------------------------ */

/*
 * Each reads one file below dir, which is "PID" or "PID/task/TID" relative to
 * the proc root, and fills its block of *process (values, state, read_ns).
 * 0 when the block has an answer (a refusal is one); -ESRCH when the process
 * is gone (nothing of *process changed).  A passing failure (no descriptor
 * left, interrupted) is 0 too and leaves the block as it was.
 * What has no memory of its own, a kernel thread or a zombie, gets blocks that
 * are NOT_APPLICABLE; statm and status show that by themselves.
 * The parse_ functions do the same for a text, without read_ns; 0 or -EINVAL
 * when it is not such a file.  Tests and fuzzers call those.
 */
int procfile_statm(struct tree *tree, const char *dir, struct process *process);
/* The same of a text that stands in tree->buf; r is what its read returned. */
int procfile_statm_take(ssize_t r, struct tree *tree, struct process *process);
/* Always of the leader ("PID"): a thread has a start time of its own. */
int procfile_stat(struct tree *tree, const char *dir, struct process *process);
int procfile_status(struct tree *tree, const char *dir,
		    struct process *process);
int procfile_oom(struct tree *tree, const char *dir, struct process *process);
int procfile_cgroup(struct tree *tree, const char *dir,
		    struct process *process);
/*
 * The kernel says ESRCH (up to 6.14 when read, later when opened) for a
 * process that is gone, for a kernel thread and for a zombie alike.  So
 * process->kernel and process->state must be known: with them the block is
 * NOT_APPLICABLE; otherwise -ESRCH, "no address space any more": it is gone or
 * exits this moment, which its stat tells.  Leaves smaps_cost_ns alone.
 */
int procfile_smaps(struct tree *tree, const char *dir, struct process *process);
/* The names block: the command line, NULL where there is none. */
int procfile_cmdline(struct tree *tree, const char *dir,
		     struct process *process);

int parse_statm(const char *text, const struct tree *tree,
		struct process *process);
/* Identity too: key, ppid, comm, state, kernel thread. */
int parse_stat(const char *text, size_t len, const struct tree *tree,
	       struct process *process);
int parse_status(const char *text, struct process *process);
int parse_smaps_rollup(const char *text, struct process *process);
int parse_cgroup(const char *text, struct process *process);

/* A living thread of a zombie leader, as "PID/task/TID"; -ESRCH: none. */
int procfile_living_thread(struct tree *tree, pid_t pid, char *dir,
			   size_t size);

/* Replies to REQUEST_MAPPINGS and REQUEST_DETAILS: fill *reply (state, lists,
 * read_ns, took_ns).  A process that is gone or has no memory is
 * NOT_APPLICABLE; a reading that was cancelled is PENDING.  -ENOMEM only.
 * reading may be NULL: nobody watches. */
struct reading;
int procfile_mappings(struct tree *tree, const char *dir,
		      struct reading *reading, struct reply *reply);
int procfile_details(struct tree *tree, const char *dir, struct reply *reply);

/* Where a process was started from, through libproc2 (names.c, the only file
 * that includes it).  A context belongs to one thread. */
struct names;
int names_new(struct names **ret);
void names_free(struct names *names);
/* Fills tty and login_uid; whose pid it is, is for the caller to check.  0 or
 * -ESRCH. */
int names_origin(struct names *names, pid_t pid, struct reply *reply);

/* ---- actions: see source.h ------------------------------------------------ */

int target_open(struct tree *tree, struct process_key key, struct target **ret);
int target_signal(struct target *target, int signal);
int target_set_adj(struct target *target, int adj);
bool target_exited(struct target *target);
void target_close(struct target *target);

int job_open(struct tree *tree, enum job_kind kind, const char *path,
	     struct job **ret);
int job_start(struct job *job, uint64_t bytes);
bool job_finished(struct job *job, struct job_result *ret);
void job_close(struct job *job);

#endif
