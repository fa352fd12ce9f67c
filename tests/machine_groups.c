/* SPDX-License-Identifier: MIT
 *
 * The control groups of the made-up machine: their events and stalls are
 * counted on, their memory grows, and a list of them is read now and then.
 */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"

static void *must(const void *pointer)
{
	if (!pointer)
		abort();
	return (void *)pointer;
}

static uint64_t mib(double amount)
{
	return (uint64_t)(amount * (double)MIB);
}

static uint64_t limit(double amount)
{
	return amount > 0 ? mib(amount) : NO_LIMIT;
}

void machine_move_groups(struct machine *m, double seconds)
{
	for (size_t i = 0; i < MACHINE_GROUPS; i++) {
		struct machine_group *g = &m->groups[i];
		const double rates[] = { g->high_hits,	g->max_hits,
					 g->low_hits,	g->some * 1e4,
					 g->full * 1e4, g->scan };

		g->anon += g->growth * seconds;
		for (size_t k = 0; k < ARRAY_SIZE(rates); k++)
			m->group_counter[i][k] += rates[k] * seconds;
	}
}

static struct pressure_line line_of(double percent, double total_us)
{
	return (struct pressure_line){ percent, percent, percent,
				       (uint64_t)total_us };
}

static void fill(struct cgroup *c, const struct machine_group *g,
		 const double counter[6], struct block block)
{
	c->block = c->members = c->usage = c->limit = c->knobs = c->stat =
		c->stat_v2 = c->events = c->pressure = block;
	c->v1.state = STATE_NOT_APPLICABLE;
	c->path = must(text_new(g->path, strlen(g->path)));
	c->name = text_ref(c->path);
	c->depth = 0;
	for (const char *s = g->path; *s && s[1]; s += 1 + strcspn(s + 1, "/"))
		c->depth++;
	c->own = g->own;
	c->processes = 1;
	c->anon = mib(g->anon);
	c->file = mib(g->file);
	c->active_file = c->inactive_file = c->file / 2;
	c->shmem = c->unevictable = c->kernel = 0;
	c->swap = mib(g->swap);
	c->slab_reclaimable = mib(g->names);
	c->scan = (uint64_t)counter[5];
	c->scan_rate = g->scan;
	c->current = c->anon + c->file + c->slab_reclaimable;
	c->max = limit(g->max);
	c->high = limit(g->high);
	c->low = mib(g->low);
	c->min = c->swap_max = 0;
	c->oom_group = g->as_one;
	c->all = (struct cgroup_events){
		.high = (uint64_t)counter[0],
		.max = (uint64_t)counter[1],
		.low = (uint64_t)counter[2],
		.oom = g->kills,
		.oom_kill = g->kills,
		.oom_group_kill = g->as_one ? g->kills : 0,
	};
	c->local = c->all;
	c->marks = c->usage;
	c->oomd_kills = g->oomd;
	c->oomd_omit = g->omit;
	c->oomd_avoid = c->owner = 0;
	c->some = line_of(g->some, counter[3]);
	c->full = line_of(g->full, counter[4]);
}

static const struct list *make_list(struct machine *m,
				    const struct snapshot *snapshot)
{
	struct block block = { .state = STATE_OK,
			       .read_ns = snapshot->monotonic_ns };
	struct list *list = must(list_new(ENTITY_CGROUP));

	list->block = block;
	for (size_t i = 0; i < MACHINE_GROUPS; i++) {
		struct cgroup *c;

		if (!m->groups[i].path)
			continue;
		c = must(list_add(&list));
		fill(c, &m->groups[i], m->group_counter[i], block);
		cgroup_room(&c, 1, &snapshot->memory);
	}
	return list;
}

void machine_set_groups(struct machine *m, struct snapshot *snapshot)
{
	if (!m->groups[0].path)
		return;
	if (!m->group_list || m->second >= m->groups_read + m->groups_every) {
		list_unref(m->group_list);
		m->group_list = make_list(m, snapshot);
		m->groups_read = m->second;
	}
	snapshot_set_list(snapshot, (struct list *)list_ref(m->group_list));
}
