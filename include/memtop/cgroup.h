/* SPDX-License-Identifier: MIT
 *
 * What is known of control groups: one row of a list for each that the memory
 * controller accounts, in no order, each with the path that the processes in
 * it show; and what follows from the rows of one sample.  The files of v2 are
 * memory.*; v1 has fewer, and what it lacks is not applicable.
 */
#ifndef MEMTOP_CGROUP_H
#define MEMTOP_CGROUP_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

/* What the kernel calls "max": a limit that is known not to be set.  Larger
 * than any limit, and not UNKNOWN. */
#define NO_LIMIT ((uint64_t)INT64_MAX)

struct cgroup_events {
	uint64_t low, high, max, oom, oom_kill, oom_group_kill;
};

struct cgroup {
	struct block block;
	const struct text *path; /* "/" is the root; untrusted */
	const struct text *name; /* as people call it; untrusted */
	char kind[12];		 /* "service", "docker", … */
	uint64_t depth;		 /* 0: the root */
	uint64_t own;		 /* 1: memtop itself is in it, or below */

	struct block members; /* counted over the processes */
	uint64_t processes;   /* in it and below */

	/* memory.current, memory.swap.current, memory.peak; the root of v2 has
	 * none: there it is what its statistics add up to, and the machine's
	 * swap */
	struct block usage;
	uint64_t current, swap, peak;

	struct block limit; /* memory.max; v1: limit_in_bytes */
	uint64_t max;

	struct block knobs; /* v2: one file each */
	uint64_t min, low, high, swap_high, swap_max, zswap_max;
	uint64_t oom_group;

	/* v2: user.oomd_* of its directory, which systemd-oomd goes by and
	 * leaves there, and whose directory that is */
	struct block marks;
	uint64_t oomd_avoid, oomd_omit; /* 1: asked for */
	uint64_t oomd_kills, oomd_ooms; /* processes, times */
	uint64_t owner;			/* uid */

	struct block stat;   /* memory.stat, with all below it */
	uint64_t anon, file; /* file includes shmem */
	uint64_t shmem, file_mapped, file_dirty, file_writeback;
	uint64_t active_file, inactive_file, unevictable, anon_thp;
	uint64_t kernel;
	uint64_t refault_anon, refault_file;
	double refault_anon_rate, refault_file_rate; /* per second */
	uint64_t hard; /* computed, see cgroup_room() */

	struct block stat_v2; /* the same file, what v1 does not have */
	uint64_t slab_reclaimable, slab_unreclaimable, sock, page_tables;
	uint64_t kernel_stack, percpu, zswap, zswapped;
	uint64_t scan, steal; /* pgscan, pgsteal */
	double scan_rate, steal_rate;

	struct block events; /* v2: memory.events, memory.events.local */
	struct cgroup_events all, local;

	struct block pressure; /* v2: memory.pressure */
	struct pressure_line some, full;

	struct block v1; /* failcnt, memsw.*, oom_control */
	uint64_t failcnt, memsw, memsw_max, under_oom, oom_kill_disable;
	uint64_t oom_kill;

	struct block share; /* computed; not applicable without a limit */
	double max_percent;

	struct block room; /* the same, with the limits above it */
	uint64_t headroom, effective_limit;
	const struct text *limit_path; /* whose limit that is */

	struct block pace; /* written by a judge; not applicable while nobody
			    * can tell */
	uint64_t eta_ns;   /* until the limit above is hit */
};

/* The table in model/fields_cgroup.c has them in this order. */
/* clang-format off */
enum cgroup_field {
	CGROUP_PATH, CGROUP_NAME, CGROUP_KIND, CGROUP_DEPTH, CGROUP_OWN,
	CGROUP_PROCESSES, CGROUP_CURRENT, CGROUP_SWAP, CGROUP_PEAK,
	CGROUP_MAX, CGROUP_MIN, CGROUP_LOW, CGROUP_HIGH, CGROUP_SWAP_HIGH,
	CGROUP_SWAP_MAX, CGROUP_ZSWAP_MAX, CGROUP_OOM_GROUP,
	CGROUP_OOMD_AVOID, CGROUP_OOMD_OMIT, CGROUP_OOMD_KILLS,
	CGROUP_OOMD_OOMS, CGROUP_OWNER, CGROUP_ANON,
	CGROUP_FILE, CGROUP_SHMEM, CGROUP_FILE_MAPPED, CGROUP_FILE_DIRTY,
	CGROUP_FILE_WRITEBACK, CGROUP_ACTIVE_FILE, CGROUP_INACTIVE_FILE,
	CGROUP_UNEVICTABLE, CGROUP_ANON_THP, CGROUP_KERNEL,
	CGROUP_REFAULT_ANON, CGROUP_REFAULT_FILE, CGROUP_REFAULT_ANON_RATE,
	CGROUP_REFAULT_FILE_RATE, CGROUP_SLAB_RECLAIMABLE,
	CGROUP_SLAB_UNRECLAIMABLE, CGROUP_SOCK, CGROUP_PAGE_TABLES,
	CGROUP_KERNEL_STACK, CGROUP_PERCPU, CGROUP_ZSWAP, CGROUP_ZSWAPPED,
	CGROUP_SCAN, CGROUP_STEAL, CGROUP_SCAN_RATE, CGROUP_STEAL_RATE,
	CGROUP_EVENTS_LOW, CGROUP_EVENTS_HIGH, CGROUP_EVENTS_MAX,
	CGROUP_EVENTS_OOM, CGROUP_EVENTS_OOM_KILL,
	CGROUP_EVENTS_OOM_GROUP_KILL, CGROUP_LOCAL_LOW, CGROUP_LOCAL_HIGH,
	CGROUP_LOCAL_MAX, CGROUP_LOCAL_OOM, CGROUP_LOCAL_OOM_KILL,
	CGROUP_LOCAL_OOM_GROUP_KILL, CGROUP_SOME_AVG10, CGROUP_SOME_AVG60,
	CGROUP_SOME_AVG300, CGROUP_SOME_TOTAL, CGROUP_FULL_AVG10,
	CGROUP_FULL_AVG60, CGROUP_FULL_AVG300, CGROUP_FULL_TOTAL,
	CGROUP_FAILCNT, CGROUP_MEMSW, CGROUP_MEMSW_MAX, CGROUP_UNDER_OOM,
	CGROUP_OOM_KILL_DISABLE, CGROUP_V1_OOM_KILL, CGROUP_MAX_PERCENT,
	CGROUP_HARD, CGROUP_HEADROOM, CGROUP_EFFECTIVE_LIMIT,
	CGROUP_LIMIT_PATH, CGROUP_ETA,
	CGROUP_FIELD_COUNT
};
/* clang-format on */

/* Names of the fields that a table of groups shows, and of those it gives up
 * when narrow, first one first; both ended by NULL. */
extern const char *const cgroup_columns[], *const cgroup_drop[];

/* What a path is of: the name that people know it by, and its kind ("docker",
 * "pod", "service", …).  name is cut where it is too long. */
#define CGROUP_NAME_SIZE 256
void cgroup_describe(const char *path, char name[CGROUP_NAME_SIZE],
		     char kind[12]);

/* What a group is called in a sentence: its name, or else its path; untrusted.
 * NULL: neither is known. */
const struct text *cgroup_title(const struct cgroup *cgroup);

/*
 * The systemd unit that a group is, as systemctl wants its name: *ret points
 * into path, with backslashes and whatever else stands there.  user: of the
 * manager of a user (systemctl --user).  false: nobody's but of who made it,
 * such as a part of a service.
 */
bool cgroup_unit(const char *path, const char **ret, bool *ret_user);

/*
 * Fills hard and the room block of one row from it and what lies above it:
 * way[0] is the row itself, the last is the root.
 *
 * hard: what reclaim can not take: anonymous and shared memory that finds no
 * room on swap, kernel memory but for what can be dropped, locked files.
 * headroom: the smallest difference between a limit on the way up and what is
 * hard there.  What the machine has left (memory.available) is a limit of
 * another kind and changes all the time: it is not among them, and a limit
 * that is not below its RAM is none.
 */
void cgroup_room(struct cgroup *const *way, size_t count,
		 const struct memory *memory);

/*
 * The groups that have the least room, as a part of the limit of their own,
 * the closest one first.  Fills at most
 * max and returns how many; they live as long as the snapshot.
 */
size_t cgroup_closest(const struct snapshot *snapshot,
		      const struct cgroup **ret, size_t max);

/*
 * The group with the limit that applies to memtop itself: of those it is in
 * the one with the smallest limit below the RAM of the machine.  NULL: there
 * is none.  In a container this is what the machine looks like from inside.
 */
const struct cgroup *cgroup_applying(const struct snapshot *snapshot);
/* The same, and NULL unless memtop runs in a container. */
const struct cgroup *cgroup_container(const struct snapshot *snapshot);

/* What a group with a limit can take without swap: what is below the limit and
 * what it could drop, and no more than the machine has.  UNKNOWN: its use is
 * not known. */
uint64_t cgroup_available(const struct cgroup *cgroup,
			  const struct memory *memory);

#endif
