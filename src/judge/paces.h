/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: how fast control groups come nearer to their limits.
 */
#ifndef JUDGE_PACES_H
#define JUDGE_PACES_H

#include <stdbool.h>

#include "memtop/cgroup.h"
#include "slope.h"

#define PACES_MAX 64

/* One cgroup that has taken half of its limit, or had a while ago. */
struct pace {
	const struct text *path; /* a reference; NULL: a free place */
	uint64_t seen_ns;	 /* list it was last seen in */
	uint64_t read_ns;	 /* of its newest point */
	struct points points;	 /* of what can't be freed, oldest first */
	double rate;		 /* bytes per second; NAN: not steady */
	uint64_t most;		 /* that could not be freed lately */
	uint64_t tooth;		 /* of it before some was given back */
	uint64_t tooth_ns;	 /* when that was */
	uint64_t eta_ns;	 /* UNKNOWN: nobody can tell */
};

struct paces {
	struct pace list[PACES_MAX];
	uint64_t read_ns; /* the list that was looked at last */
};

/* Looks at a list of cgroups that was read anew, and writes the time left into
 * the rows of those that fill; while none does the list stays the same.  true:
 * who fills, or for how long yet, has changed. */
bool paces_step(struct paces *paces, struct snapshot *snapshot);
void paces_done(struct paces *paces);

/* NULL: it is not filling. */
const struct pace *paces_find(const struct paces *paces,
			      const struct text *path);

#endif
