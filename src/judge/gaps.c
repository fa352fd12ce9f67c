/* SPDX-License-Identifier: MIT
 *
 * What is missing between two samples: samples that did not come, a machine
 * that slept, a clock that was set.  Whoever compares the two must know.
 */
#include <stdlib.h>

#include "events.h"

/* Less is a late timer, not a gap. */
#define JUMP_NS (2 * NS_PER_S)

static uint64_t between(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

/* What rules know over time they measure anew; so they are silent a while. */
#define ANEW "; rates and stalls are measured anew"

static void tell(struct events_judge *judge, enum severity severity,
		 const char *what, uint64_t ns, const char *then)
{
	size_t place = events_begin(judge, EVENT_GAP, severity);
	struct event *event = events_change(judge, place);
	char duration[FORMAT_SIZE] = "";

	event->begin_ns = judge->before->realtime_ns;
	if (ns)
		format_duration(duration, ns);
	event_set_text(&event->who, "(samples)");
	event_set_text(&event->what, "%s%s%s", what, duration, then);
	events_close(judge, place);
}

/* The wall clock against the other: seconds it was set by. */
static int64_t clock_jump(const struct snapshot *before,
			  const struct snapshot *now)
{
	return (int64_t)(now->realtime_ns - before->realtime_ns) -
	       (int64_t)(now->boottime_ns - before->boottime_ns);
}

bool gaps_step(struct events_judge *judge)
{
	const struct snapshot *before = judge->before, *now = judge->now;
	uint64_t period, slept, awake;
	int64_t jump;

	if (!before)
		return false;
	awake = between(before->monotonic_ns, now->monotonic_ns);
	slept = sub_floor(between(before->boottime_ns, now->boottime_ns),
			  awake);
	period = max_u64(now->period_ns == UNKNOWN ? 0 : now->period_ns,
			 NS_PER_S);
	jump = clock_jump(before, now);
	if (slept > JUMP_NS)
		tell(judge, SEVERITY_NOTE, "the machine slept for ", slept,
		     ANEW);
	if (awake > 3 * period)
		tell(judge, SEVERITY_NOTE, "no sample for ", awake, ANEW);
	if (llabs(jump) > (int64_t)JUMP_NS)
		tell(judge, SEVERITY_OK,
		     jump > 0 ? "the clock was set forward by "
			      : "the clock was set back by ",
		     (uint64_t)llabs(jump), "");
	if (judge->reset)
		tell(judge, SEVERITY_NOTE, "a counter of the kernel began anew",
		     0, ANEW);
	return slept > JUMP_NS || awake > 3 * period;
}
