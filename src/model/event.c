/* SPDX-License-Identifier: MIT
 *
 * The words of events, and rows of them.  In rows words stand as text, so that
 * recordings of other versions can be shown; here they become numbers and come
 * back.
 */
#include "memtop/event.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	char mark;
} kinds[] = {
	[EVENT_OOMKILL] = { "OOMKILL", 'K' },
	[EVENT_THRASH] = { "THRASH", 'T' },
	[EVENT_PSI] = { "PSI", 'P' },
	[EVENT_LOWMEM] = { "LOWMEM", 'L' },
	[EVENT_SWAP] = { "SWAP", 'S' },
	[EVENT_CGROUP] = { "CGROUP", 'C' },
	[EVENT_GROW] = { "GROW", 'g' },
	[EVENT_STEP] = { "STEP", 'j' },
	[EVENT_EXIT] = { "EXIT", 'x' },
	[EVENT_START] = { "START", 's' },
	[EVENT_ADJ] = { "ADJ", 'a' },
	[EVENT_FRAG] = { "FRAG", 'f' },
	[EVENT_HUGE] = { "HUGE", 'h' },
	[EVENT_RULE] = { "RULE", 'r' },
	[EVENT_RAM] = { "RAM", 'R' },
	[EVENT_SYSCTL] = { "SYSCTL", 'c' },
	[EVENT_DROP] = { "DROP", 'd' },
	[EVENT_GAP] = { "GAP", '!' },
	[EVENT_MEMTOP] = { "MEMTOP", 'm' },
};
static_assert(ARRAY_SIZE(kinds) == EVENT_KIND_COUNT, "a word for every kind");

static const char *const severities[] = {
	[SEVERITY_OK] = "INFO",
	[SEVERITY_NOTE] = "NOTE",
	[SEVERITY_WARN] = "WARN",
	[SEVERITY_CRIT] = "CRIT",
};

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind].name;
}

char event_kind_mark(enum event_kind kind)
{
	return kind < EVENT_KIND_COUNT ? kinds[kind].mark : '?';
}

enum event_kind event_kind_find(const char *name)
{
	unsigned kind = 0;

	while (kind < EVENT_KIND_COUNT && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (enum event_kind)kind;
}

const char *event_severity_name(enum severity severity)
{
	return severities[severity];
}

enum severity event_severity_find(const char *name)
{
	for (size_t i = ARRAY_SIZE(severities); i-- > 0;)
		if (strcmp(severities[i], name) == 0)
			return (enum severity)i;
	return SEVERITY_OK;
}

struct event *event_add(struct list **list, const struct event *event)
{
	struct event *row = list_add_copy(list, event);

	if (row == NULL)
		return NULL;
	text_ref(row->who);
	text_ref(row->what);
	text_ref(row->peak);
	text_ref(row->cgroup);
	return row;
}
