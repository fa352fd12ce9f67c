/* SPDX-License-Identifier: MIT
 *
 * Processes that may have memory of NUMA nodes only that are short of it, by
 * their cpuset.  Apart from the facts because it is asked of each process, and
 * from people.c because it takes lists of nodes apart.  What a program has
 * bound itself to, with mbind(2), is not known here.
 */
#include "cpusets.h"

#include <stdlib.h>
#include <string.h>

#include "facts_private.h"
#include "memtop/kernel.h"
#include "memtop/list.h"

#define NODES_KNOWN 64

/* "N12" */
static unsigned number_of(const struct node *node)
{
	return (unsigned)strtoul(node->name + 1, NULL, 10);
}

uint64_t cpusets_short(const struct snapshot *snapshot)
{
	const struct list *nodes = snapshot_list(snapshot, ENTITY_NODE);
	uint64_t ret = 0;
	bool has_room = false;

	for (size_t i = 0; i < list_count(nodes); i++) {
		const struct node *node = list_row(nodes, i);
		double free = facts_node_free(snapshot, node);

		if (free < 100 && number_of(node) < NODES_KNOWN)
			ret |= UINT64_C(1) << number_of(node);
		else if (free >= 100)
			has_room = true;
	}
	return has_room ? ret : 0;
}

/* One of 0-1,3 and what parts it from the next.  false: it is none. */
static bool next_range(const char **s, unsigned long *ret_first,
		       unsigned long *ret_last)
{
	char *end;

	*ret_first = *ret_last = strtoul(*s, &end, 10);
	if (end == *s)
		return false;
	if (*end == '-') {
		*s = end + 1;
		*ret_last = strtoul(*s, &end, 10);
		if (end == *s)
			return false;
	}
	*s = *end == ',' ? end + 1 : end;
	return *end == ',' || *end == '\0';
}

bool cpusets_keep(const struct process *process, uint64_t nodes)
{
	const char *s = process->nodes;
	unsigned long node, last;

	if (!nodes || process->status.state != STATE_OK || !*s)
		return false;
	while (*s) {
		if (!next_range(&s, &node, &last) || last >= NODES_KNOWN)
			return false;
		for (; node <= last; node++)
			if (!(nodes >> node & 1))
				return false;
	}
	return true;
}
