/* SPDX-License-Identifier: MIT
 *
 * Copies of what is said about a process; see person.h.  Judges nothing.
 */
#include "person.h"

#include <string.h>

#include "memtop/base.h"

uint64_t person_size(const struct process *process)
{
	if (process->smaps.state == STATE_OK && process->pss != UNKNOWN)
		return process->pss;
	return process->statm.state == STATE_OK && process->rss != UNKNOWN
		       ? process->rss
		       : 0;
}

void person_introduce(struct person *ret, const struct process *process,
		      double share)
{
	const struct process *p = process;

	*ret = (struct person){ 0 };
	if (!p)
		return;
	ret->is_there = true;
	memcpy(ret->name, p->comm, sizeof(ret->name));
	ret->name[sizeof(ret->name) - 1] = '\0';
	strncpy(ret->unit, text_str(p->unit), sizeof(ret->unit) - 1);
	ret->pid = p->key.pid;
	ret->start_ns = p->key.start_ns;
	ret->size = person_size(p);
	ret->is_pss = p->smaps.state == STATE_OK && p->pss != UNKNOWN;
	ret->swap = p->status.state == STATE_OK ? p->swap : UNKNOWN;
	ret->frees_ram = process_frees_ram(p);
	ret->frees_swap = process_frees_swap(p);
	ret->growth = p->growth_rate;
	ret->adj = p->oom.state == STATE_OK ? (int)p->oom_score_adj : 0;
	ret->share = share;
	ret->count = 1;
}

bool person_is(const struct person *person, const struct process *process)
{
	return process && person->is_there && person->pid == process->key.pid &&
	       person->start_ns == process->key.start_ns;
}
