/* SPDX-License-Identifier: MIT
 *
 * What one sample is.  Everything to the right of the collectors (history,
 * judges, screens, exports) sees the kernel through these structures only.
 *
 * Units: bytes and nanoseconds, converted once at the edge; any other unit is
 * in the name.  A uint64_t that nobody knows is UNKNOWN, a double is NAN.
 * Memory: a sealed snapshot is immutable and shared by reference counts
 * (atomic); processes are shared between consecutive snapshots for as long as
 * nothing about them was read anew, which is what makes the history cheap.
 */
#ifndef MEMTOP_SNAPSHOT_H
#define MEMTOP_SNAPSHOT_H

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "memtop/base.h"
#include "memtop/entity.h"
#include "memtop/text.h"

/* How a block of values came out: one block is one read of one file. */
enum state {
	STATE_PENDING,	      /* not read yet, will be             ".." */
	STATE_OK,	      /* read; single values may be UNKNOWN "n/a" */
	STATE_DENIED,	      /* the kernel refused                 "?" */
	STATE_ABSENT,	      /* this kernel has no such file       "n/a" */
	STATE_NOT_APPLICABLE, /* no such concept for this one       "-" */
	STATE_NOT_READ,	      /* nobody asked for it                "-" */
	STATE_STUCK,	      /* the read does not come back        "?" */
	STATE_COUNT
};

/* "pending", "ok", "denied", … as exported. */
const char *state_name(enum state state);

struct block {
	uint64_t read_ns; /* monotonic; 0 when never read */
	enum state state;
};

/* ---- one process --------------------------------------------------------- */

/* A pid alone names nobody: it is reused.  start_ns is field 22 of
 * /proc/PID/stat (time since boot, in whole clock ticks); UNKNOWN where that
 * may not be read (hidepid). */
struct process_key {
	pid_t pid;
	uint64_t start_ns;
};

static inline bool process_key_equal(struct process_key a, struct process_key b)
{
	return a.pid == b.pid && a.start_ns == b.start_ns;
}

/* Room for the letters behind a process, see flags.h: all five, and the end;
 * whole words. */
#define FLAGS_SIZE 8

/* Room for the list of NUMA nodes a process may use, and the end; a longer
 * one is NODES_MANY. */
#define NODES_SIZE 8
#define NODES_MANY "many"

/* Every pointer in it is a text with a row in the table of fields: the history
 * keeps whatever stands here, and has to tell texts from numbers. */
struct process {
	atomic_uint refs;

	/* identity: /proc/PID/stat and status, read when first seen and again
	 * whenever either of them is */
	struct process_key key;
	uint64_t uid; /* effective, from status; UNKNOWN until read */
	pid_t ppid;
	char state;		    /* R S D Z T … ; 0 until read */
	bool kernel;		    /* a kernel thread: it owns no memory */
	char comm[64];		    /* untrusted bytes */
	const struct text *user;    /* name of uid, or the number; NULL until
				     * known */
	const struct text *command; /* arguments joined by blanks, untrusted;
				     * NULL until read, or where there is none */
	const struct text *cgroup; /* path in the memory hierarchy; untrusted */
	const struct text *unit;   /* systemd unit; NULL where there is none */

	struct block identity; /* covers pid ppid uid state comm */
	struct block names;    /* covers command (expensive lane) */
	struct block group;    /* /proc/PID/cgroup: covers cgroup unit; read
				* when first seen and when it is renamed */

	/* /proc/PID/statm: looked at in every tick, but in every other one
	 * where a process rests and there are too many to keep a descriptor
	 * on each; read_ns is when it last changed or the record was built */
	struct block statm;
	uint64_t vsize;
	uint64_t rss;

	/* /proc/PID/status */
	struct block status;
	uint64_t anon;	      /* RssAnon */
	uint64_t file;	      /* RssFile */
	uint64_t shmem;	      /* RssShmem */
	uint64_t swap;	      /* VmSwap: anonymous pages only */
	uint64_t hwm;	      /* VmHWM */
	uint64_t page_tables; /* VmPTE */
	uint64_t locked;      /* VmLck */
	uint64_t pinned;      /* VmPin */
	uint64_t data;	      /* VmData, virtual */
	uint64_t stack;	      /* VmStk, virtual */
	uint64_t hugetlb;     /* HugetlbPages */
	uint64_t threads;
	uint64_t thp_enabled;	/* THP_enabled: 0 or 1 */
	char nodes[NODES_SIZE]; /* Mems_allowed_list: "0-1,3"; "": not told */

	/* /proc/PID/stat */
	struct block stat;
	uint64_t minor_faults;
	uint64_t major_faults;
	double minor_fault_rate; /* per second between the last two reads */
	double major_fault_rate;

	/* /proc/PID/oom_score, oom_score_adj */
	struct block oom;
	uint64_t oom_score;
	int64_t oom_score_adj; /* meaningful when oom.state is OK */

	/* /proc/PID/fd, of those of 16 MiB and more and the selected one,
	 * every 30 s */
	struct block files;
	uint64_t open_files; /* descriptors in use */

	/* taskstats, of those on screen only: nanoseconds since it started,
	 * all threads together */
	struct block delays;
	uint64_t swapin_delay_ns, thrashing_delay_ns;
	uint64_t reclaim_delay_ns, compact_delay_ns;
	double wait_percent; /* of the time between the last two reads; more
			      * than 100 when several threads wait */

	/* /proc/PID/smaps_rollup (expensive lane) */
	struct block smaps;
	uint64_t smaps_rss; /* Rss of the same read: >= pss >= uss */
	uint64_t pss;
	uint64_t pss_anon, pss_file, pss_shmem, pss_dirty;
	uint64_t uss; /* Private_Clean + Private_Dirty, without hugetlb */
	uint64_t private_clean, private_dirty, shared_clean, shared_dirty;
	uint64_t private_hugetlb, shared_hugetlb;
	uint64_t swap_pss;
	uint64_t thp; /* AnonHugePages */
	uint64_t shmem_pmd, file_pmd;
	uint64_t referenced, lazyfree, ksm;
	uint64_t smaps_cost_ns; /* CPU time this read took */
	uint64_t pss_bound;	/* groups (rows.h) whose PSS is not fully known:
			     * it is at most this; else UNKNOWN */

	/* Change of anon + shmem + swap in bytes per second, fitted over the
	 * last 60 s; 0 inside the noise; NAN in the first 10 s. */
	double growth_rate;
	/* Change of swap alone in bytes per second, between the last two reads
	 * of status; negative while it is read back. */
	double swap_growth_rate;

	/* What is the matter with it, which follows from all else in a
	 * sample; read_ns is when they were written, 0: never any */
	struct block judged;
	char flags[FLAGS_SIZE]; /* "GWO", see flags.h; "": nothing */
};

/* A zeroed record with every number UNKNOWN or NAN, every block PENDING and
 * one reference; NULL when memory is short. */
struct process *process_new(void);

/* A private copy with one reference, for the next read; NULL: no memory. */
struct process *process_copy(const struct process *process);

const struct process *process_ref(const struct process *process);
void process_unref(const struct process *process);

/* What killing it gives back: RAM (uss, plus private hugetlb) and swap
 * (swap_pss).  UNKNOWN where not known. */
uint64_t process_frees_ram(const struct process *process);
uint64_t process_frees_swap(const struct process *process);

/* ---- the system ---------------------------------------------------------- */

struct memory { /* /proc/meminfo */
	struct block block;
	uint64_t total, free, available;
	uint64_t buffers, cached, swap_cached;
	uint64_t active_anon, inactive_anon, active_file, inactive_file;
	uint64_t unevictable, mlocked;
	uint64_t swap_total, swap_free;
	uint64_t zswap, zswapped;
	uint64_t dirty, writeback;
	uint64_t anon_pages, mapped, shmem;
	uint64_t kreclaimable, slab, slab_reclaimable, slab_unreclaimable;
	uint64_t kernel_stack, shadow_stack, page_tables, sec_page_tables;
	uint64_t commit_limit, committed;
	uint64_t vmalloc_used, percpu, hardware_corrupted;
	uint64_t anon_huge, shmem_huge, shmem_pmd, file_huge, file_pmd;
	uint64_t cma_total, cma_free, unaccepted, balloon;
	uint64_t gpu_active, gpu_reclaim;
	uint64_t hugetlb;			  /* all pools, used and free */
	uint64_t hugepages_total, hugepages_free; /* default size, in pages */
	uint64_t hugepages_reserved, hugepages_surplus;
	uint64_t hugepage_size;
};

struct arc { /* /proc/spl/kstat/zfs/arcstats: the cache of ZFS */
	struct block block;
	uint64_t size, target, min, max;
};

struct pressure_line {
	double avg10, avg60, avg300; /* percent */
	uint64_t total_us;	     /* microseconds stalled since boot */
};

struct pressure { /* /proc/pressure/{memory,io} */
	struct block memory_block, io_block;
	struct pressure_line memory_some, memory_full, io_some, io_full;
};

struct thp { /* /sys/kernel/mm/transparent_hugepage; the chosen word */
	struct block block;
	char enabled[16], defrag[16], shmem_enabled[16];
	uint64_t use_zero_page, hpage_pmd_size, shrink_underused;
	char khugepaged_defrag[16];
	uint64_t pages_to_scan, scan_sleep_ms, alloc_sleep_ms;
	uint64_t max_ptes_none, max_ptes_swap, max_ptes_shared;
	uint64_t pages_collapsed, full_scans;
};

struct load { /* /proc/loadavg, /proc/uptime, sysctls; and our own count */
	struct block block;
	double load1, load5, load15;
	uint64_t uptime_ns;
	uint64_t blocked; /* processes last seen in state D */
	uint64_t overcommit_memory, swappiness, page_cluster;
	uint64_t watermark_scale_factor, panic_on_oom;
	uint64_t oom_kill_allocating_task;
	uint64_t dying_cgroups; /* deleted, but still charged for memory */
	uint64_t vfs_cache_pressure;
	/* /proc/sys/fs/dentry-state: names in the cache, those that nobody
	 * uses, and of these the ones of files that do not exist (5.0) */
	uint64_t dentries, dentries_unused, dentries_negative;
};

struct sockets { /* /proc/net/sockstat */
	struct block block;
	uint64_t used, tcp_inuse, tcp_orphan, tcp_timewait, tcp_allocated;
	uint64_t tcp_memory, udp_inuse, udp_memory, fragment_memory;
};

struct ksm { /* /sys/kernel/mm/ksm */
	struct block block;
	uint64_t run, shared, sharing, unshared, volatile_, zero_pages;
	uint64_t full_scans;
	double profit; /* bytes, may be below 0; NAN */
};

struct zswap { /* the compressed cache in front of swap */
	/* /sys/module/zswap/parameters; pool and stored from meminfo, before
	 * 5.19 from debugfs */
	struct block block;
	uint64_t enabled; /* 0 or 1 */
	char compressor[24], zpool[16];
	uint64_t max_pool_percent, accept_threshold_percent;
	uint64_t shrinker_enabled; /* 0 or 1 */
	uint64_t pool;		   /* RAM it takes */
	uint64_t stored;	   /* what it holds, before compression */
	uint64_t limit;		   /* the pool grows no further */
	double ratio;		   /* stored / pool */
	uint64_t written_back;	   /* bytes since boot; vmstat or debugfs */

	/* /sys/kernel/debug/zswap: since boot, in pages */
	struct block debug_block;
	uint64_t pool_limit_hit, reject_reclaim_fail, reject_alloc_fail;
	uint64_t reject_kmemcache_fail, reject_compress_poor;
	uint64_t reject_compress_fail, decompress_fail;
	uint64_t incompressible; /* bytes stored as they are, now */
};

/* One counter of /proc/vmstat; the names are shared by all snapshots. */
struct counter {
	uint64_t value;
	double rate; /* per second since the sample before; NAN when unknown */
};

struct counter_names {
	atomic_uint refs;
	size_t count;
	const char *names[]; /* point into this same allocation */
};

/* memtop itself, so that it is honest about what it costs. */
struct self {
	struct block block;
	double cpu_percent; /* of one core, since the sample before */
	uint64_t rss;
	uint64_t descriptors;	   /* kept open on process files */
	uint64_t descriptor_bytes; /* kernel memory they cost, estimated */
	uint64_t sample_ns;	   /* wall time this sample took */
	uint64_t late_ns;	   /* how much later than due it began */
	double prober_cpu_percent;
};

/* How much of a ranking is known; totals always say so. */
struct coverage {
	uint64_t processes; /* with memory of their own: no kernel threads, no
			     * zombies */
	uint64_t kernel_threads;
	uint64_t zombies;
	uint64_t pss_known, pss_denied, pss_pending, pss_stuck;
	uint64_t rss_bytes;	  /* sum over all */
	uint64_t rss_known_bytes; /* sum of the RSS whose PSS is known */
	uint64_t pss_bytes;	  /* sum of what is known */
	uint64_t pss_oldest_ns;	  /* age of the oldest PSS, UNKNOWN if none */
	uint64_t hidden; /* 1: parts of /proc are hidden (hidepid); else 0 */
};

/* Where the samples come from: the machine, the user, what he may do. */
struct host {
	atomic_uint refs;
	char name[65], kernel[65], boot_id[40];
	char user[33]; /* the number until the name is known */
	uint64_t uid;
	bool sees_all;	/* smaps of other users can be read */
	bool psi;	/* the kernel has pressure information */
	bool hidepid;	/* /proc does not show everything */
	bool container; /* memtop runs inside one */
	uint64_t page_size;
	uint64_t cpus; /* that are online */
};

enum severity { SEVERITY_OK, SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_CRIT };

/* "OK", "NOTE", "WARN", "CRIT" */
const char *severity_name(enum severity severity);

/* ---- the verdict --------------------------------------------------------- */

#define VERDICT_EVIDENCE 8
#define VERDICT_SUBJECTS 3
#define VERDICT_ALSO	 3

enum comparison { COMPARE_NONE, COMPARE_AT_LEAST, COMPARE_AT_MOST };

/* One figure that the rule looked at.  Rounded to three digits, so that what
 * has not really changed is the same evidence. */
struct evidence {
	const char *name;    /* static; NULL: no more of them */
	uint32_t unit;	     /* enum unit */
	uint32_t comparison; /* enum comparison, of value with limit */
	double value, limit; /* NAN: not known; no limit */
};

enum subject_role { SUBJECT_CULPRIT, SUBJECT_VICTIM, SUBJECT_WAITER };
enum certainty {
	CERTAINTY_NONE,
	CERTAINTY_MAYBE,
	CERTAINTY_LIKELY,
	CERTAINTY_SURE
};

/* Who causes it, who would be killed, who suffers: often three. */
struct subject {
	const struct text *name; /* comm, or path of a cgroup: untrusted; NULL:
				  * no more of them */
	int64_t pid;		 /* 0: a cgroup */
	uint64_t start_ns;	 /* with pid; UNKNOWN for a cgroup */
	uint32_t role, certainty;
};

/* A rule that holds as well. */
struct also {
	const char *rule;	 /* static; NULL: no more of them */
	const struct text *text; /* trusted */
	uint32_t severity, at_least;
	uint64_t since_realtime_ns;
};

/* The line that leads every screen, and what belongs to it; written by a
 * judge before the snapshot is sealed.  Texts are printable and trusted but
 * for the names of subjects. */
struct verdict {
	enum severity severity;
	bool at_least;		    /* it began before memtop could see it */
	const char *rule;	    /* static: "R05-stall" */
	uint64_t since_realtime_ns; /* UNKNOWN when not known */
	const struct text *text;    /* the long line */
	const struct text *brief;   /* the same within 60 cells */
	/* NULL: nobody, nothing */
	const struct text *who, *who_brief;   /* holds, grows, waits */
	const struct text *next, *next_brief; /* what would happen */
	const struct text *todo, *todo_brief; /* where to turn to */
	const struct text *advice; /* a setting worth trying; NULL: none */
	struct evidence evidence[VERDICT_EVIDENCE];
	struct subject subjects[VERDICT_SUBJECTS];
	struct also also[VERDICT_ALSO];
};

/* All its texts, for whoever keeps or compares verdicts. */
#define VERDICT_TEXTS (9 + VERDICT_SUBJECTS + VERDICT_ALSO)
/* The i-th of them. */
const struct text **verdict_text(struct verdict *verdict, size_t i);
/* A reference more to each, and given back. */
void verdict_ref_texts(const struct verdict *verdict);
void verdict_unref_texts(const struct verdict *verdict);
/* The same severity, rule, texts and figures? */
bool verdict_equal(const struct verdict *a, const struct verdict *b);

/* ---- the snapshot -------------------------------------------------------- */

struct list;

struct snapshot {
	atomic_uint refs;
	uint64_t seq; /* given by the history; 1 is the first */
	uint64_t realtime_ns, monotonic_ns, boottime_ns;
	uint64_t interval_ns; /* since the sample before; UNKNOWN for the first
			       */
	uint64_t period_ns;   /* the delay that was asked for */
	bool complete;	      /* the expensive lane has been round once */
	const struct host *host;

	struct memory memory;
	struct pressure pressure;
	struct thp thp;
	struct zswap zswap;
	struct load load;
	struct sockets sockets;
	struct ksm ksm;
	struct self self;
	struct coverage coverage;
	struct arc arc;
	struct verdict verdict;

	struct block vmstat_block;
	const struct counter_names *vmstat_names;
	struct counter *vmstat; /* vmstat_names->count of them */

	/* by entity, see list.h; NULL: not read yet */
	const struct list *lists[LIST_COUNT];

	struct block processes_block;
	const struct process **processes; /* by pid */
	size_t nprocesses;
};

/* Everything UNKNOWN and PENDING, no processes, one reference; NULL: no
 * memory. */
struct snapshot *snapshot_new(void);
const struct snapshot *snapshot_ref(const struct snapshot *snapshot);
void snapshot_unref(const struct snapshot *snapshot);

/* Bytes this snapshot holds that `before` (may be NULL) does not share. */
size_t snapshot_cost(const struct snapshot *snapshot,
		     const struct snapshot *before);

/* The process with that key, or NULL.  Borrowed from the snapshot. */
const struct process *snapshot_find(const struct snapshot *snapshot,
				    struct process_key key);

/* The process with that pid, or NULL. */
const struct process *snapshot_find_pid(const struct snapshot *snapshot,
					pid_t pid);

/* A vmstat counter by name: NULL when this kernel has none. */
const struct counter *snapshot_counter(const struct snapshot *snapshot,
				       const char *name);

/* Counts and sums over the processes into snapshot->coverage; for whoever
 * builds a snapshot, before it is sealed. */
void snapshot_count_coverage(struct snapshot *snapshot);

struct counter_names *counter_names_new(const char *const *names, size_t count);
const struct counter_names *counter_names_ref(const struct counter_names *n);
void counter_names_unref(const struct counter_names *n);

struct host *host_new(void);
/* A private copy with one reference; NULL: no memory. */
struct host *host_copy(const struct host *host);
const struct host *host_ref(const struct host *host);
void host_unref(const struct host *host);

#endif
