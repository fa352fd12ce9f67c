/* SPDX-License-Identifier: MIT
 *
 * A made-up machine that tests move second by second: what flows is given as
 * rates, and every step makes a snapshot of it for a judge.
 */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include "memtop/list.h"
#include "memtop/trend.h"
#include "memtop/verdict.h"

/* Counters of /proc/vmstat that flow, per second. */
enum flow {
	FLOW_SWAP_IN,
	FLOW_SWAP_OUT,
	FLOW_REFAULT_ANON,
	FLOW_REFAULT_FILE,
	FLOW_RESTORE_FILE,
	FLOW_STEAL_ANON,
	FLOW_STEAL_FILE,
	FLOW_STEAL_KSWAPD,
	FLOW_STEAL_DIRECT,
	FLOW_SCAN_KSWAPD,
	FLOW_SCAN_DIRECT,
	FLOW_SCAN_ANON,
	FLOW_SCAN_FILE,
	FLOW_ALLOCSTALL,
	FLOW_COMPACT_STALL,
	FLOW_COMPACT_FAIL,
	FLOW_POOL_PAGES, /* asked for by pools of huge pages */
	FLOW_MAJOR_FAULTS,
	FLOW_OOM_KILLS,
	FLOW_DIRTY_LIMIT, /* a level */
	FLOW_COUNT
};

#define MACHINE_PROCESSES 8

struct machine_process {
	const char *comm;
	pid_t pid, ppid;
	uint64_t start_s;
	double anon, swap;  /* MiB */
	double uss;	    /* the same; 0: not known */
	double huge;	    /* pages, MiB; 0: not known */
	double huge_growth; /* MiB a second */
	double growth;	    /* MiB a second: anon follows */
	double faults;	    /* major ones a second */
	int adj;
	bool gone;
	bool unread;	     /* its OOM files have not been read */
	const char *cgroup;  /* NULL: not known */
	const char *command; /* the same */
	const char *nodes;   /* that its cpuset allows; the same */
};

/* Sizes in MiB, 0: no limit; events and stalls as above. */
struct machine_group {
	const char *path;
	double max, high, low, anon, file;
	double growth; /* MiB a second: anon follows */
	double swap;
	double names; /* of files, which can be dropped */
	double scan;  /* pages looked at, a second */
	double high_hits, max_hits, low_hits;
	double some, full;
	unsigned kills; /* for its limit, ever */
	unsigned oomd;	/* killed by systemd-oomd, ever */
	bool omit;	/* systemd-oomd is to leave it out */
	bool as_one;	/* memory.oom.group */
	bool own;	/* memtop is in it */
};

#define MACHINE_GROUPS	 64
#define MACHINE_TUNABLES 4

struct machine_tunable {
	const char *name, *value; /* NULL: there is none */
};

struct machine {
	struct trends_judge *trends;
	struct verdict_judge *judge;
	struct events_judge *events;
	double second;	   /* since it was made */
	double slept, set; /* seconds: suspended; the wall clock was set by */
	bool psi, vmstat, meminfo, container;
	double total, available, free, anon, swap_total, swap_free; /* GiB */
	double active_file, shmem, slab_fixed, slab_freeable;
	double cma; /* free of what devices get */
	double locked, tables, stacks, percpu, corrupted_mib, dirty;
	double huge_idle, zfs; /* cache of ZFS above its least */
	double dentries, negative, vfs_pressure; /* millions */
	double commit_percent, overcommit, panic, kills_allocating;
	double fill; /* MiB a second that available loses */
	double mem_some, mem_full, io_some, io_full; /* percent, now */
	double avg_some[3], avg_full[3]; /* set by hand when not NAN */
	double flow[FLOW_COUNT];
	struct machine_process processes[MACHINE_PROCESSES];
	struct machine_group groups[MACHINE_GROUPS];
	struct machine_tunable tunables[MACHINE_TUNABLES];
	double zram_used, zram_stored;	 /* GiB; swap is on it when it stores */
	double second_swap, second_used; /* GiB; a device behind that */
	double watermark;		 /* GiB, low; 0: no zones are known */
	uint64_t uid; /* of whoever looks, and of all processes; 0: unknown */
	double groups_every; /* seconds between two readings of them; 0: each step */
	/* puts lists of a test's own into each snapshot; NULL: there are none */
	void (*add)(struct snapshot *snapshot);
	/* private */
	double counter[FLOW_COUNT], stalled_us[4];
	const struct process *last[MACHINE_PROCESSES];
	double seen[MACHINE_PROCESSES][5];
	struct counter_names *names;
	double group_counter[MACHINE_GROUPS][6], groups_read;
	const struct list *group_list;
	/* of the last step */
	struct verdict verdict;
	enum severity event_severity; /* of what it tells, the worst */
	char event_what[128];
	/* the rule that events are to hear of, "R21"; NULL: of none; and what
	 * they tell of it: "GROW (system): … [probably]" */
	const char *hears;
	char told[256];
};

/* 64 GiB, 40 of them available, swap unused, four processes. */
void machine_init(struct machine *machine);
void machine_done(struct machine *machine);
/* As Linux 5.4 counts: refaults of files only, nothing freed by kind. */
void machine_make_old(struct machine *machine);

/* One step later, a second or so long; the verdict is in machine->verdict. */
void machine_step(struct machine *machine, double seconds);
/* So many steps of a second. */
void machine_run(struct machine *machine, unsigned seconds);

/* machine_lists.c: swap and zones. */
void machine_set_lists(const struct machine *machine,
		       struct snapshot *snapshot);
/* machine_groups.c: so many seconds on, and the list of them. */
void machine_move_groups(struct machine *machine, double seconds);
void machine_set_groups(struct machine *machine, struct snapshot *snapshot);

/* Is it the line, or among those below it?  -1: no; else its severity. */
int machine_says(const struct machine *machine, const char *rule);

#endif
