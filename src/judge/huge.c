/* SPDX-License-Identifier: MIT
 *
 * Whose transparent huge pages grow: readings of smaps_rollup are seldom and
 * come when they come, so each is compared with one of half a minute before,
 * or the youngest that is older.  In places by pid, of which two processes may
 * share one: then the one with more huge pages has it.  The places are not
 * touched on a machine where nobody waits for such pages.
 */
#include "huge.h"

#include "memtop/base.h"

/* Readings that are compared are so far apart, where there are any, */
#define APART_NS (30 * NS_PER_S)
/* and what is older says nothing of now. */
#define WINDOW_NS (120 * NS_PER_S)
/* Looks at processes are ten seconds apart: it is gone. */
#define GONE_NS (30 * NS_PER_S)

/* Who was started within the window had none at first. */
static struct huge_reading first_reading(const struct snapshot *snapshot,
					 const struct process *p)
{
	uint64_t age_ns = sub_floor(snapshot->boottime_ns, p->key.start_ns);
	uint64_t now_ns = snapshot->monotonic_ns;

	if (age_ns <= WINDOW_NS && age_ns < now_ns)
		return (struct huge_reading){ now_ns - age_ns, 0 };
	return (struct huge_reading){ p->smaps.read_ns, p->thp };
}

static struct huge_seen *find_place(struct huge *huge,
				    const struct snapshot *snapshot,
				    const struct process *p)
{
	struct huge_seen *seen = &huge->seen[(size_t)p->key.pid % HUGE_PLACES];
	uint64_t now_ns = snapshot->monotonic_ns;

	if (process_key_equal(seen->key, p->key))
		return seen;
	if (seen->key.pid && seen->last.bytes > p->thp &&
	    now_ns < seen->looked_ns + GONE_NS)
		return NULL;
	*seen = (struct huge_seen){ .key = p->key };
	seen->from = seen->next = first_reading(snapshot, p);
	return seen;
}

void huge_look(struct huge *huge, const struct snapshot *snapshot)
{
	const struct counter *stalls =
		snapshot_counter(snapshot, "compact_stall");

	if (huge->is_wanted || !stalls || stalls->value == UNKNOWN)
		return;
	huge->is_wanted = huge->is_begun && stalls->value > huge->stalls;
	huge->is_begun = true;
	huge->stalls = stalls->value;
}

uint64_t huge_growth(struct huge *huge, const struct snapshot *snapshot,
		     const struct process *p, uint64_t *ret_span_ns)
{
	uint64_t now_ns = snapshot->monotonic_ns;
	struct huge_seen *seen;

	if (!huge->is_wanted || p->smaps.state != STATE_OK || p->thp == UNKNOWN)
		return 0;
	seen = find_place(huge, snapshot, p);
	if (!seen)
		return 0;
	seen->looked_ns = now_ns;
	if (p->smaps.read_ns > seen->last.ns) {
		seen->last = (struct huge_reading){ p->smaps.read_ns, p->thp };
		if (seen->last.ns >= seen->next.ns + APART_NS) {
			seen->from = seen->next;
			seen->next = seen->last;
		}
	}
	if (seen->last.ns + WINDOW_NS < now_ns ||
	    seen->last.ns <= seen->from.ns)
		return 0;
	*ret_span_ns = seen->last.ns - seen->from.ns;
	return sub_floor(seen->last.bytes, seen->from.bytes);
}
