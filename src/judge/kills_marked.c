/* SPDX-License-Identifier: MIT
 *
 * Kills by systemd-oomd.  The kernel counts none of them, but systemd-oomd
 * adds them up at the directory of the cgroup, as far as that outlives its
 * processes.  Apart from kills.c: there is no counter and no limit, and it is
 * said who did it.
 */
#include <string.h>

#include "events.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"

static bool has_mark(const struct cgroup *row)
{
	return row->marks.state == STATE_OK && row->oomd_kills != UNKNOWN;
}

/* How many since then.  A group that is new, or whose marks were not known,
 * has no past. */
static uint64_t count_new(const struct list *before, const struct cgroup *row)
{
	for (size_t i = 0; i < list_count(before); i++) {
		const struct cgroup *was = list_row(before, i);

		if (text_equal(was->path, row->path))
			return has_mark(was) ? sub_floor(row->oomd_kills,
							 was->oomd_kills)
					     : 0;
	}
	return 0;
}

/* It is known now what became of them. */
static void blame_all(struct events_judge *judge, const struct cgroup *row)
{
	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];

		if (gone->process && !gone->told &&
		    oom_in_cgroup(gone->process, text_str(row->path)))
			gone->blamed = true;
	}
}

static void tell(struct events_judge *judge, const struct cgroup *row,
		 uint64_t count)
{
	size_t place = events_begin(judge, EVENT_OOMKILL, SEVERITY_WARN);
	struct event *event = events_change(judge, place);

	event->count = count;
	event->cgroup = text_ref(row->path);
	strcpy(event->scope, "user");
	/* whoever a directory was handed to may write there too */
	strcpy(event->sure, row->owner == 0 ? "certain" : "probably");
	event_set_text(&event->who, "%s", text_str(cgroup_title(row)));
	event_set_text(&event->what,
		       "%llu of its processes killed by "
		       "systemd-oomd",
		       (unsigned long long)count);
	events_close(judge, place);
}

void kills_marked_step(struct events_judge *judge)
{
	const struct list *now = snapshot_list(judge->now, ENTITY_CGROUP);
	const struct list *before =
		judge->before ? snapshot_list(judge->before, ENTITY_CGROUP)
			      : NULL;

	if (!before || before == now)
		return;
	for (size_t i = 0; i < list_count(now); i++) {
		const struct cgroup *row = list_row(now, i);
		uint64_t count;

		if (!has_mark(row) || !row->oomd_kills || !row->path)
			continue;
		count = count_new(before, row);
		if (!count)
			continue;
		blame_all(judge, row);
		tell(judge, row, count);
	}
}
