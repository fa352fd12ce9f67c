/* SPDX-License-Identifier: MIT
 *
 * Shared by the files that make the scripted snapshots.
 */
#ifndef SCRIPTED_PRIVATE_H
#define SCRIPTED_PRIVATE_H

#include <stdlib.h>
#include <string.h>

#include "memtop/list.h"
#include "scripted.h"

#define SCRIPTED_UPTIME_S UINT64_C(3553200) /* 41 days and 3 hours */
#define ALICE		  1000

/* What tells the cases apart. */
struct scripted_knobs {
	const char *user;
	uint64_t uid;
	bool sees_all, psi, swap, busy;
	/* memory of java and of all others, and swap, against THRASH */
	double java, others, swapped;
};
extern const struct scripted_knobs scripted_knobs[SCRIPTED_CASE_COUNT];

/* Swap and what is behind it, huge pages; after the figures of memory. */
void scripted_swaps(struct snapshot *snapshot,
		    const struct scripted_knobs *knobs, const char *disk);
void scripted_zram(struct snapshot *snapshot,
		   const struct scripted_knobs *knobs);
void scripted_zswap(struct snapshot *snapshot);
void scripted_thp(struct snapshot *snapshot);
void scripted_mthp(struct snapshot *snapshot,
		   const struct scripted_knobs *knobs);
void scripted_hugetlb(struct snapshot *snapshot);
void scripted_forget_list_rates(struct snapshot *snapshot);

/* The process lists; both leave them sorted by pid. */
void scripted_web_processes(struct snapshot *snapshot, enum scripted_case which,
			    unsigned step);
void scripted_hostile_processes(struct snapshot *snapshot);

/* Control groups of version 2. */
void scripted_cgroups(struct snapshot *snapshot);
/* The same, memtop being in one of the containers. */
void scripted_container(struct snapshot *snapshot);

/* The verdict, after all else. */
void scripted_verdict(struct snapshot *snapshot, enum scripted_case which,
		      unsigned step);

/* The letters behind its processes, after the verdict. */
void scripted_letters(struct snapshot *snapshot);

/* Slabs, zones, nodes and the like; after the figures of memory. */
void scripted_kernel(struct snapshot *snapshot,
		     const struct scripted_knobs *knobs, bool has_rates);
void scripted_ramfiles(struct snapshot *snapshot, bool hostile);

/* What begins or ends in that step, and what grows; after the processes. */
void scripted_events(struct snapshot *snapshot, unsigned step);

/* The block states and the parts of smaps that follow from rss, pss, uss. */
void scripted_finish_process(struct process *process,
			     const struct snapshot *snapshot,
			     uint64_t smaps_age_ns);
void scripted_sort_processes(struct snapshot *snapshot);

static inline void *scripted_must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

static inline const struct text *scripted_text(const char *s)
{
	return s ? scripted_must(text_new(s, strlen(s))) : NULL;
}

/* Empty, and read just now. */
static inline struct list *scripted_list(const struct snapshot *snapshot,
					 enum entity_id entity)
{
	struct list *list = scripted_must(list_new(entity));

	list->block = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	return list;
}

static inline uint64_t mib(double amount)
{
	return amount <= 0 ? 0
			   : (uint64_t)(amount * (double)MIB) & ~UINT64_C(4095);
}

#endif
