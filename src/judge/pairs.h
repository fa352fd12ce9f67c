/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: the processes that differ between two samples.  Both lists
 * are by pid, and whoever was not read anew is the identical record, so most
 * cost a comparison of pointers.
 */
#ifndef JUDGE_PAIRS_H
#define JUDGE_PAIRS_H

#include "memtop/snapshot.h"

/* Begins with the two samples and zeros. */
struct pairs {
	const struct snapshot *before, *now;
	size_t i, k;
};

/* The next of them: as it was, NULL where it is new; and as it is, NULL where
 * it is gone.  false: there are no more. */
static inline bool pairs_next(struct pairs *pairs, const struct process **was,
			      const struct process **is)
{
	const struct snapshot *before = pairs->before, *now = pairs->now;

	while (pairs->i < before->nprocesses && pairs->k < now->nprocesses &&
	       before->processes[pairs->i] == now->processes[pairs->k])
		pairs->i++, pairs->k++;
	*was = pairs->i < before->nprocesses ? before->processes[pairs->i]
					     : NULL;
	*is = pairs->k < now->nprocesses ? now->processes[pairs->k] : NULL;
	if (!*was && !*is)
		return false;
	if (*was && *is && !process_key_equal((*was)->key, (*is)->key)) {
		/* of a number that was given again the old one comes first */
		if ((*was)->key.pid <= (*is)->key.pid)
			*is = NULL;
		else
			*was = NULL;
	}
	pairs->i += *was != NULL;
	pairs->k += *is != NULL;
	return true;
}

#endif
