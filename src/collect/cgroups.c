/* SPDX-License-Identifier: MIT
 *
 * Control groups.  There may be thousands, and their statistics make the
 * kernel gather what each processor has counted.  So each tick reads for a
 * bounded time, in turn: use of those that move each time they are reached,
 * of quiet ones more and more seldom; statistics and pressure where use has
 * moved; limits and the tree itself every few seconds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_mount.h"
#include "cgroup_pace.h"
#include "cgroup_set.h"
#include "cgroup_walk.h"
#include "collect.h"
#include "memtop/cgroup.h"
#include "memtop/text.h"

/* The kernel adds up statistics every 2 s by itself. */
#define DETAILS_NS	 (2 * NS_PER_S)
#define QUIET_DETAILS_NS (10 * NS_PER_S)
#define KNOBS_NS	 (10 * NS_PER_S)
#define LISTING_NS	 (3 * NS_PER_S)
#define OWN_NS		 (10 * NS_PER_S)
#define COUNT_NS	 (2 * NS_PER_S)
/* Reading details may take this part of the time. */
#define DETAILS_SHARE 200
/* In a tick, of its period: */
#define BUDGET_SHARE 1000
#define BUDGET_MAX   (2 * NS_PER_MS)
#define BUDGET_FIRST (10 * NS_PER_MS)

/* What is read in turn: each has a place where it goes on. */
enum turn { TURN_LISTING, TURN_USAGE, TURN_KNOBS, TURN_DETAILS, TURN_COUNT };

struct cgroups {
	struct cgroup_mount mount;
	const struct cgroup_version *version; /* NULL: none is mounted */
	struct cgroup_set set;
	struct block block;
	size_t places[TURN_COUNT];
	uint64_t mount_due_ns, own_due_ns, count_due_ns;
	uint64_t handed_out; /* by the kernel, see cgroup_pace.h */
	bool counted, changed;
	const struct list *list; /* of the last sample that changed anything */
};

/* ---- steps --------------------------------------------------------------- */

static bool step_usage(struct cgroups *cgroups, struct cgroup_reader *reader,
		       struct cgroup_node *node, uint64_t period_ns)
{
	int r;

	if (!cgroup_pace_is_due(node, reader->now_ns, cgroups->handed_out))
		return false;
	r = cgroups->version->usage(reader, node);
	if (r == -ENOENT)
		cgroup_node_lost(node);
	node->moved |= r == 1;
	cgroup_pace_set(node, r == 1, reader->now_ns, period_ns,
			cgroups->handed_out);
	cgroups->changed |= r != 0;
	return true;
}

static bool step_details(struct cgroups *cgroups, struct cgroup_reader *reader,
			 struct cgroup_node *node)
{
	uint64_t began_ns;
	bool quiet = !node->moved && !node->machine;

	if (reader->now_ns < node->details_due_ns ||
	    (quiet && node->details_ns &&
	     reader->now_ns < node->details_ns + QUIET_DETAILS_NS))
		return false;
	began_ns = tree_now();
	cgroups->version->details(reader, node);
	node->details_ns = reader->now_ns;
	node->details_due_ns =
		reader->now_ns +
		max_u64(DETAILS_NS, (tree_now() - began_ns) * DETAILS_SHARE);
	node->moved = false;
	cgroups->changed = true;
	return true;
}

static bool step_knobs(struct cgroups *cgroups, struct cgroup_reader *reader,
		       struct cgroup_node *node)
{
	if (reader->now_ns < node->knobs_due_ns)
		return false;
	cgroups->version->knobs(reader, node);
	node->knobs_due_ns = reader->now_ns + KNOBS_NS;
	cgroups->changed = true;
	return true;
}

/* 1: done; 0: not due; -ENOMEM */
static int step_listing(struct cgroups *cgroups, struct cgroup_node *node,
			uint64_t now_ns)
{
	size_t count = cgroups->set.count;
	int r;

	if (now_ns < node->listing_due_ns)
		return 0;
	node->listing_due_ns = now_ns + LISTING_NS;
	r = cgroup_walk(&cgroups->set, &cgroups->mount, cgroups->version, node);
	for (size_t i = count; i < cgroups->set.count; i++)
		cgroups->set.nodes[i]->row.block =
			(struct block){ .state = STATE_OK, .read_ns = now_ns };
	cgroups->changed |= cgroups->set.count != count;
	return r < 0 ? r : 1;
}

static int step(struct cgroups *cgroups, struct cgroup_reader *reader,
		enum turn turn, struct cgroup_node *node, uint64_t period_ns)
{
	if (node->gone)
		return 0;
	switch (turn) {
	case TURN_USAGE:
		return step_usage(cgroups, reader, node, period_ns);
	case TURN_DETAILS:
		return step_details(cgroups, reader, node);
	case TURN_KNOBS:
		return step_knobs(cgroups, reader, node);
	case TURN_LISTING:
		return step_listing(cgroups, node, reader->now_ns);
	case TURN_COUNT:
		break;
	}
	return 0;
}

/* Goes round once, or until the time is over; new ones come last. */
static int take_turns(struct cgroups *cgroups, struct cgroup_reader *reader,
		      enum turn turn, uint64_t period_ns, uint64_t budget_ns)
{
	uint64_t began_ns = tree_now();
	size_t *place = &cgroups->places[turn];

	for (size_t done = 0; done < cgroups->set.count; done++) {
		int r;

		if (*place >= cgroups->set.count)
			*place = 0;
		r = step(cgroups, reader, turn, cgroups->set.nodes[(*place)++],
			 period_ns);
		if (r < 0)
			return r;
		if (r > 0 && tree_now() - began_ns >= budget_ns)
			break;
	}
	return 0;
}

/* ---- what follows from the files ----------------------------------------- */

static struct cgroup_node *nearest(const struct cgroups *cgroups,
				   const char *path, size_t len)
{
	for (;;) {
		struct cgroup_node *node =
			cgroup_set_find(&cgroups->set, path, len);

		if (node || len <= 1)
			return node;
		while (len > 1 && path[len - 1] != '/')
			len--;
		len -= len > 1;
	}
}

static void find_own(struct tree *tree, struct cgroups *cgroups,
		     uint64_t now_ns)
{
	struct cgroup_node *node;
	char *path;

	if (now_ns < cgroups->own_due_ns)
		return;
	cgroups->own_due_ns = now_ns + OWN_NS;
	path = cgroup_mount_own(tree, &cgroups->mount);
	if (!path)
		return;
	for (size_t i = 0; i < cgroups->set.count; i++)
		cgroups->set.nodes[i]->row.own = 0;
	for (node = nearest(cgroups, path, strlen(path)); node;
	     node = node->parent)
		node->row.own = 1;
	cgroups->changed = true;
	free(path);
}

static bool is_member(const struct process *process)
{
	return !process->kernel && process->state != 'Z' && process->cgroup;
}

/* Until all command lines and groups have been read once, a count would be too
 * low. */
static void count_members(struct cgroups *cgroups,
			  const struct snapshot *snapshot)
{
	const struct cgroup_set *set = &cgroups->set;
	uint64_t now_ns = snapshot->monotonic_ns;

	if (!snapshot->complete ||
	    (cgroups->counted && now_ns < cgroups->count_due_ns))
		return;
	cgroups->counted = true;
	cgroups->count_due_ns = now_ns + COUNT_NS;
	for (size_t i = 0; i < set->count; i++)
		set->nodes[i]->members = 0;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];
		struct cgroup_node *node = NULL;

		if (is_member(process))
			node = nearest(cgroups, text_str(process->cgroup),
				       text_len(process->cgroup));
		for (; node; node = node->parent)
			node->members++;
	}
	for (size_t i = 0; i < set->count; i++) {
		struct cgroup *row = &set->nodes[i]->row;

		if (row->members.state == STATE_OK &&
		    row->processes == set->nodes[i]->members)
			continue;
		row->processes = set->nodes[i]->members;
		row->members =
			(struct block){ .state = STATE_OK, .read_ns = now_ns };
		cgroups->changed = true;
	}
}

/*
 * The root of v2 has no such files, though it may have processes like any
 * group: its statistics, which others' use is the sum of too, tell of those as
 * well.  Before Linux 5.8 it had none; then what is below it is all there is.
 * That can also be the larger one, by what each processor has charged ahead.
 */
static void measure_machine(struct cgroups *cgroups,
			    const struct memory *memory, uint64_t now_ns)
{
	struct cgroup_node *root = cgroups->set.nodes[0];
	uint64_t current = 0, swap = 0, charged;

	if (cgroups->mount.v1 || !root->machine || !cgroups->changed)
		return;
	for (size_t i = 1; i < cgroups->set.count; i++) {
		const struct cgroup_node *node = cgroups->set.nodes[i];

		if (node->parent != root || node->row.usage.state != STATE_OK)
			continue;
		current += node->row.current;
		swap += node->row.swap == UNKNOWN ? 0 : node->row.swap;
	}
	charged = cgroup_v2_charged(&root->row);
	if (charged != UNKNOWN)
		current = max_u64(current, charged);
	if (memory->swap_total != UNKNOWN && memory->swap_free != UNKNOWN)
		swap = sub_floor(memory->swap_total, memory->swap_free);
	root->row.current = current;
	root->row.swap = swap;
	root->row.usage =
		(struct block){ .state = STATE_OK, .read_ns = now_ns };
}

static void set_rooms(struct cgroups *cgroups, const struct memory *memory)
{
	enum { DEPTH_MAX = 64 };
	struct cgroup *way[DEPTH_MAX];

	for (size_t i = 0; i < cgroups->set.count; i++) {
		struct cgroup_node *node = cgroups->set.nodes[i];
		size_t count = 0;

		for (; node && count < DEPTH_MAX; node = node->parent)
			way[count++] = &node->row;
		cgroup_room(way, count, memory);
	}
}

static int make_list(struct cgroups *cgroups)
{
	struct list *list = list_new(ENTITY_CGROUP);

	if (!list)
		return -ENOMEM;
	list->block = cgroups->block;
	for (size_t i = 0; i < cgroups->set.count; i++) {
		struct cgroup *row =
			list_add_copy(&list, &cgroups->set.nodes[i]->row);

		if (!row) {
			list_unref(list);
			return -ENOMEM;
		}
		text_ref(row->path);
		text_ref(row->name);
		text_ref(row->limit_path);
	}
	list_unref(cgroups->list);
	cgroups->list = list;
	cgroups->changed = false;
	return 0;
}

/* ---- the collector ------------------------------------------------------- */

static int add_root(struct cgroups *cgroups, uint64_t now_ns)
{
	const struct cgroup_mount *mount = &cgroups->mount;
	struct cgroup_node *root =
		cgroup_set_add(&cgroups->set, NULL, mount->root, ".");

	if (!root)
		return -ENOMEM;
	root->listed = SIZE_MAX;
	root->row.block =
		(struct block){ .state = STATE_OK, .read_ns = now_ns };
	/* a container has a group mounted that is none of these */
	root->machine =
		mount->v1 ? faccessat(mount->fd, "release_agent", F_OK, 0) == 0
			  : faccessat(mount->fd, "memory.current", F_OK, 0) < 0;
	return 0;
}

static int find_mount(struct tree *tree, struct cgroups *cgroups,
		      uint64_t now_ns)
{
	int r;

	if (cgroups->version || now_ns < cgroups->mount_due_ns)
		return 0;
	cgroups->mount_due_ns = now_ns + OWN_NS;
	r = cgroup_mount_open(tree, &cgroups->mount);
	cgroups->changed = true;
	cgroups->block = (struct block){
		.state = r < 0 ? state_from_errno(r) : STATE_OK,
		.read_ns = now_ns,
	};
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	cgroups->version = cgroups->mount.v1 ? &cgroup_v1 : &cgroup_v2;
	return add_root(cgroups, now_ns);
}

static uint64_t budget(const struct tree *tree, const struct cgroups *cgroups,
		       uint64_t period_ns)
{
	if (tree->whole)
		return UNKNOWN;
	return cgroups->list ? min_u64(period_ns / BUDGET_SHARE, BUDGET_MAX)
			     : BUDGET_FIRST;
}

static int read_groups(struct tree *tree, struct cgroups *cgroups,
		       const struct snapshot *snapshot)
{
	struct cgroup_reader reader = {
		.tree = tree,
		.fd = cgroups->mount.fd,
		.now_ns = snapshot->monotonic_ns,
	};
	uint64_t budget_ns = budget(tree, cgroups, snapshot->period_ns);
	int r = 0;

	cgroups->handed_out = cgroup_pace_handed_out(tree, snapshot);
	for (size_t turn = 0; turn < TURN_COUNT && r == 0; turn++)
		r = take_turns(cgroups, &reader, turn, snapshot->period_ns,
			       budget_ns / TURN_COUNT);
	cgroups->changed |= cgroup_set_sweep(&cgroups->set);
	find_own(tree, cgroups, reader.now_ns);
	return r;
}

static int cgroups_read(struct tree *tree, struct snapshot *snapshot)
{
	struct cgroups *cgroups = tree->cgroups;
	int r;

	if (!cgroups)
		cgroups = tree->cgroups = calloc(1, sizeof(*cgroups));
	if (!cgroups)
		return -ENOMEM;
	r = find_mount(tree, cgroups, snapshot->monotonic_ns);
	if (r == 0 && cgroups->version)
		r = read_groups(tree, cgroups, snapshot);
	return r;
}

static int cgroups_finish(struct tree *tree, struct snapshot *snapshot)
{
	struct cgroups *cgroups = tree->cgroups;
	int r = 0;

	if (cgroups->version) {
		count_members(cgroups, snapshot);
		measure_machine(cgroups, &snapshot->memory,
				snapshot->monotonic_ns);
	}
	if (cgroups->changed) {
		set_rooms(cgroups, &snapshot->memory);
		cgroups->block.read_ns = snapshot->monotonic_ns;
		r = make_list(cgroups);
	}
	snapshot->lists[ENTITY_CGROUP - ENTITY_LIST_FIRST] =
		list_ref(cgroups->list);
	return r;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	cgroup_set_done(&cgroups->set);
	if (cgroups->version)
		cgroup_mount_done(&cgroups->mount);
	list_unref(cgroups->list);
	free(cgroups);
}

/* clang-format off */
const struct collector collect_cgroups = {
	.name = "cgroups",
	.files = "/sys/fs/cgroup: memory.*",
	.lane = LANE_CHEAP,
	.cost_ns = 200 * NS_PER_US, /* up to a thousandth of the period */
	.read = cgroups_read,
	.finish = cgroups_finish,
	.gives = GIVES(ENTITY_CGROUP),
};
/* clang-format on */
