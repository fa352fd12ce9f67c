/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: the figures that rules compare, by name, so that a rule
 * is a row of a table and its evidence can be shown with its limit.
 */
#ifndef JUDGE_FACTS_H
#define JUDGE_FACTS_H

#include "memtop/snapshot.h"
#include "window.h"

/* All about the machine; NAN where not known.  Windows are of 10 s unless the
 * name says 60. */
enum fact {
	FACT_NONE,
	/* levels */
	FACT_TOTAL,
	FACT_AVAILABLE,
	FACT_AVAILABLE_PERCENT,
	FACT_ARC,	/* cache of ZFS above its least; in available */
	FACT_LOW_LIMIT, /* what counts as low on a machine of this size */
	FACT_FREE_PERCENT,
	FACT_AVAILABLE_OF_ANON, /* available / (available + anonymous) */
	FACT_SWAP_TOTAL,
	FACT_SWAP_USED,
	FACT_SWAP_USED_PERCENT, /* NAN without swap */
	FACT_SWAP_USED_OF_RAM,
	FACT_SWAP_FREE_PERCENT, /* 0 without swap */
	FACT_OOM_DISTANCE,
	FACT_LOW_WATERMARK,
	/* stalls */
	FACT_MEM_SOME,
	FACT_MEM_FULL,
	FACT_MEM_SOME_60,
	FACT_IO_SOME,
	FACT_IO_FULL,
	FACT_NO_STALLS,	  /* 1: this kernel does not count them */
	FACT_STALL_TREND, /* of 10 s: now as a share of the one before */
	/* reclaim */
	FACT_SCAN_KSWAPD,
	FACT_KSWAPD_SECONDS, /* of the last ten, in which it scanned */
	FACT_MGLRU,	     /* 1: lists have generations … */
	FACT_MIN_TTL,	     /* … of which the last so many ms must stay */
	FACT_SCAN_DIRECT,
	FACT_SCAN_ALL, /* reclaim for limits of cgroups included */
	FACT_ALLOCSTALL,
	FACT_ALLOCSTALL_60,
	FACT_EFFICIENCY,
	FACT_DIRECT_SHARE,
	/* what comes back */
	FACT_SWAP_IN,
	FACT_SWAP_IN_60,
	FACT_SWAP_OUT,
	FACT_REFAULT_ANON_60,
	FACT_STEAL_FILE, /* pages in the window */
	FACT_REFAULT_FILE,
	FACT_RETURN_FILE,
	FACT_RETURN_ANON,
	FACT_RETURN_ANY,
	FACT_RESTORE_SHARE,
	FACT_THRASH_LEVEL,
	/* growth */
	FACT_FALL_PERCENT, /* of headroom, percent of RAM a minute, over 60 s */
	FACT_FILL_RATE,	   /* bytes a second, only when it is steady */
	FACT_FILL_PERCENT, /* the same, percent of RAM a minute */
	FACT_HEADROOM,
	FACT_HEADROOM_PERCENT,
	FACT_ETA,      /* nanoseconds until the machine is full */
	FACT_FILL_ETA, /* or the group at whose limit the fall ends */
	FACT_LEAK,     /* of a process: 1 suspected, 2 confirmed */
	FACT_LEAK_ETA,
	FACT_CGROUP_LEAK,
	FACT_CGROUP_LEAK_ETA,
	FACT_SLAB_LEAK,
	FACT_UNACCOUNTED_LEAK,
	/* classes of memory */
	FACT_SHMEM_PERCENT,
	FACT_LOCKED_PERCENT,
	FACT_COMMIT_PERCENT,
	FACT_OVERCOMMIT,
	FACT_SLAB_FIXED_PERCENT,
	FACT_SLAB_FIXED,
	FACT_LRU,
	FACT_SLAB_FREEABLE_PERCENT,
	FACT_SLABS_SCANNED,
	FACT_THROTTLED, /* programs held up because the reserve is used up */
	FACT_QUICKLY,	/* kswapd had to go on at once */
	FACT_DENTRIES,
	FACT_NEGATIVE_PERCENT, /* of these: of files that do not exist */
	FACT_VFS_PRESSURE,
	FACT_TABLES_PERCENT,
	FACT_STACKS_PERCENT,
	FACT_STACKS,
	FACT_PERCPU_PERCENT,
	FACT_HUGE_IDLE,
	FACT_HUGE_IDLE_PERCENT,
	FACT_CORRUPTED,
	FACT_DIRTY,
	FACT_DIRTY_PERCENT,	  /* of the limit at which writers wait */
	FACT_UNACCOUNTED,	  /* above the baseline */
	FACT_UNACCOUNTED_PERCENT, /* the same, of RAM */
	FACT_COMPACT_STALL,
	FACT_COMPACT_FAIL_PERCENT,
	FACT_COMPACT_FAIL,
	FACT_NUMA_FOREIGN_PERCENT,
	FACT_SCATTER_COSTLY, /* fragmentation index, percent, of 8 pages */
	FACT_SCATTER_HUGE,   /* of 512 pages */
	FACT_PAGE_FAILURES,  /* of 2 to 256 pages, in the log, of a minute */
	FACT_NODE_FREE,	     /* of the shortest node, percent of its low mark */
	FACT_NODE_OTHER,     /* free on the best of the others, percent */
	FACT_NODE_GROWTH,    /* of all that cpusets keep to what is short */
	FACT_UNRECLAIMABLE,  /* 1: kswapd gave up on every zone */
	FACT_DYING,	     /* deleted cgroups that still hold memory */
	FACT_DYING_RISE,     /* over half an hour */
	FACT_DYING_KERNEL,   /* kernel memory gained in it */
	FACT_MOUNT_PERCENT,  /* of the fullest file system in memory */
	FACT_MIN_PERCENT,    /* sum of memory.min, of RAM */
	/* compressed swap */
	FACT_POOL_PERCENT, /* RAM in zram and zswap, of RAM */
	FACT_POOL_STORED,
	FACT_POOL_RATIO,
	FACT_ZRAM_LIMIT_PERCENT, /* of mem_limit, the fullest device */
	FACT_ZSWAP_LIMIT_PERCENT,
	FACT_ZSWAP_WRITTEN,
	/* one cgroup, for rules about cgroups */
	FACT_GROUP_FIRST,
	FACT_GROUP_HARD_PERCENT =
		FACT_GROUP_FIRST, /* what cannot be freed, of its limit */
	FACT_GROUP_ETA,
	FACT_GROUP_SOME,
	FACT_GROUP_FULL,
	FACT_GROUP_STALL,     /* all tasks, of those that it is named for */
	FACT_GROUP_AHEAD,     /* that less twice those of the machine */
	FACT_GROUP_HIGH_RATE, /* hits of memory.high a second */
	FACT_GROUP_MAX_RATE,
	FACT_GROUP_LOW_RATE,
	FACT_GROUP_RETURN,	 /* file pages that came back, of those freed */
	FACT_GROUP_OVER_PERCENT, /* above memory.high */
	FACT_GROUP_NAMES,	 /* caches of file names and inodes, … */
	FACT_GROUP_NAMES_PERCENT, /* … of its limit */
	FACT_GROUP_END,
	/* killing */
	FACT_PANIC = FACT_GROUP_END,
	FACT_KILLS_ALLOCATING,
	FACT_KILLABLE_PERCENT, /* of RAM, in a container of its limit */
	FACT_LARGEST_PERCENT,  /* the same of one of them */
	FACT_USED_PERCENT,     /* the same */
	/* how far other killers are on their way to act, percent */
	FACT_EARLYOOM_WAY,
	FACT_NOHANG_WAY,
	FACT_OOMD_WAY,	     /* for want of swap */
	FACT_OOMD_STALL_WAY, /* for stalls in a cgroup */
	FACT_SERVICE_NEAR,   /* 1: an important one is among the first to go */
	/* how severe other rules were a step before: 1 a note, 3 critical;
	 * NAN: they did not hold */
	FACT_SHORT_NOW,	 /* R03, R12, R13: memory is short */
	FACT_LOW_NOW,	 /* R03 */
	FACT_THRASH_NOW, /* R09 */
	/* what happened: how long ago; NAN: it has not */
	FACT_KILL_AGO,
	FACT_KILLS_AGAIN,   /* of one cgroup at its limit, in ten minutes */
	FACT_USER_KILL_AGO, /* probably: by a program in user space */
	FACT_ADJ_AGO,
	FACT_ADJ_AFTER,
	FACT_EXIT_AGO,
	FACT_FORK_AGO,	/* of a process that is still there, … */
	FACT_FORK_SIZE, /* … and its memory, of the headroom */
	FACT_JUMP_AGO,
	FACT_GAP_AGO,
	FACT_NOTICE_AGO,     /* caches dropped, swap or a setting changed */
	FACT_BLIND,	     /* 1: not even available memory is known */
	FACT_CONTAINER_LEFT, /* below the limit of memtop's container */
	FACT_COUNT
};

struct fact_info {
	const char *name; /* key in JSON's evidence */
	uint32_t unit;	  /* enum unit */
};
extern const struct fact_info fact_infos[FACT_COUNT];

/* What is worked out over more than one sample besides the windows. */
struct fact_memory {
	double some_before; /* stall of 10 s, a second ago */
	uint64_t some_before_ns;
	double fall;			/* the steady fall of headroom, … */
	uint64_t fall_over_ns, fall_ns; /* … over how long, worked out when */
	uint64_t fall_since_ns;		/* 0: it does not fall */
	double baseline;		/* unaccounted memory at its lowest */
	double committed_most;		/* Committed_AS at its highest */
	/* headroom a second that swap takes when it is asked for all it can
	 * take; NAN: nobody knows */
	double swap_speed;
	/* every five minutes, the newest last */
	struct {
		uint64_t ns;
		double dying, kernel;
	} dying[7];
	size_t ndying;
};

struct facts {
	double value[FACT_COUNT];
	/* windows are not full: the kernel's averages stand in */
	bool is_bound;
};

/* After window_add(). */
void facts_compute(struct facts *facts, struct fact_memory *memory,
		   const struct window *window,
		   const struct snapshot *snapshot);
struct people;
struct cgroup;
/* After people_look(); in a container what may be killed is of its limit. */
void facts_of_people(struct facts *facts, const struct people *people,
		     const struct snapshot *snapshot,
		     const struct cgroup *container);
void fact_memory_init(struct fact_memory *memory);
/* How far into the future a steady fall tells: nanoseconds. */
double fact_memory_reach(const struct fact_memory *memory,
			 const struct window *window);

#endif
