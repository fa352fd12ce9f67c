/* SPDX-License-Identifier: MIT
 *
 * Puts the letters of flags.h into the records of processes, where they are a
 * field like others.  Apart from flags.c, which finds them, because this one
 * knows the sample before: a record that was judged there is not looked into
 * again unless what all are judged by has changed.
 */
#include "memtop/flags.h"

#include <string.h>

/* The record at *at of the sample before is that of the same pid, or the next
 * higher one; is it this very record? */
static bool was_there(const struct snapshot *before, size_t *at,
		      const struct process *process)
{
	/* nobody came or went so far: nothing need be read for that */
	if (*at < before->nprocesses && before->processes[*at] == process) {
		++*at;
		return true;
	}
	while (*at < before->nprocesses &&
	       before->processes[*at]->key.pid < process->key.pid)
		++*at;
	if (*at == before->nprocesses ||
	    before->processes[*at]->key.pid != process->key.pid)
		return false;
	return before->processes[(*at)++] == process;
}

/* The record with those letters. */
static const struct process *with(const struct process *process,
				  const char found[FLAGS_SIZE], uint64_t now_ns)
{
	struct process *copy = process_copy(process);

	if (!copy)
		return NULL;
	memcpy(copy->flags, found, FLAGS_SIZE);
	copy->judged.read_ns = now_ns;
	return copy;
}

static void write_one(struct letters *letters, struct snapshot *snapshot,
		      size_t i, struct flags *flags)
{
	const struct process *process = snapshot->processes[i], *judged;
	char found[FLAGS_SIZE];

	flags_of(flags, process, found);
	if (strcmp(found, process->flags) == 0)
		return;
	judged = with(process, found, snapshot->monotonic_ns);
	if (!judged) {
		letters->lost = true;
		return;
	}
	if (flags->victim == process)
		flags->victim = judged;
	snapshot->processes[i] = judged;
	process_unref(process);
}

void letters_write(struct letters *letters, struct snapshot *snapshot)
{
	const struct flags *last = &letters->flags;
	struct flags flags;
	size_t at = 0;
	bool all;

	flags_begin(snapshot, &flags);
	all = !last->snapshot || letters->lost || !flags_same(last, &flags);
	letters->lost = false;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];

		if (all || !was_there(last->snapshot, &at, process) ||
		    process == flags.victim || process == last->victim)
			write_one(letters, snapshot, i, &flags);
	}
	snapshot_unref(last->snapshot);
	letters->flags = flags;
	snapshot_ref(snapshot);
}

void letters_done(struct letters *letters)
{
	snapshot_unref(letters->flags.snapshot);
	*letters = (struct letters){ .lost = false };
}
