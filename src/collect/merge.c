/* SPDX-License-Identifier: MIT
 *
 * What the expensive lane has brought of one process, put into its record.
 * Separate from what the cheap lane reads; reads nothing itself.
 */
#include <string.h>

#include "tracked.h"

/* A process that could not be read so often holds up no first pass. */
#define TRIES_MAX 2

static void take_names(struct process *process, const struct process *from)
{
	text_unref(process->command);
	process->command = text_ref(from->command);
	process->names = from->names;
}

/* The smaps block and everything it covers, up to what is derived. */
static void take_smaps(struct process *process, const struct process *from)
{
	const size_t at = offsetof(struct process, smaps);
	const size_t end = offsetof(struct process, growth_rate);

	memcpy((char *)process + at, (const char *)from + at, end - at);
}

void tracked_take(struct tracked *t, const struct probe_result *result)
{
	struct process *process;

	if (!tracked_has_memory(t))
		return;
	if (t->tries < TRIES_MAX)
		t->tries++;
	if (result->gone)
		return;
	process = process_copy(t->process);
	if (!process)
		return;
	if (result->names && result->process->names.state != STATE_PENDING) {
		take_names(process, result->process);
		/* read before it took its present name: once more */
		t->names_due = process->names.read_ns < t->renamed_ns;
	}
	if (result->smaps) {
		take_smaps(process, result->process);
		t->smaps_bytes = tracked_own_bytes(process);
		t->smaps_rss = process->rss;
		t->rescan = false;
	}
	process_unref(t->process);
	t->process = process;
}

/* Has the expensive lane still to come to it? */
bool tracked_is_outstanding(const struct tracked *t, bool careful)
{
	const struct process *process = t->process;

	if (!t->initial || t->tries == TRIES_MAX || !tracked_has_memory(t) ||
	    process->smaps.state == STATE_STUCK)
		return false;
	return process->smaps.state == STATE_PENDING || t->rescan ||
	       (process->names.state == STATE_PENDING && !careful);
}
