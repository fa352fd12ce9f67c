/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: one control group between two ticks, and the readers of
 * its files.  Sampler thread only.
 */
#ifndef COLLECT_CGROUP_NODE_H
#define COLLECT_CGROUP_NODE_H

#include <stdbool.h>

#include "collect.h"
#include "memtop/cgroup.h"

struct cgroup_node {
	struct cgroup row; /* owns its texts */
	struct cgroup_node *parent;
	char *dir;    /* relative to the mount; "." is the root */
	bool machine; /* the root of all: v2 has hardly any file there */
	bool gone, moved;
	uint64_t members; /* processes in it alone */
	size_t listed;	  /* directories in it when it was last listed;
			   * SIZE_MAX: list it again */
	unsigned quiet;	  /* reads in a row that found nothing new */
	/* when it is read again, whatever happens, and when at the earliest if
	 * it may be near its limit by then; what the kernel had handed out when
	 * it was read */
	uint64_t usage_due_ns, limit_due_ns, handed_out;
	uint64_t details_due_ns, knobs_due_ns, listing_due_ns;
	uint64_t details_ns; /* last read */
};

/* With what all of them are read. */
struct cgroup_reader {
	struct tree *tree;
	int fd; /* of the mount */
	uint64_t now_ns;
};

/* One for each version of the interface. */
struct cgroup_version {
	const char *file; /* every group that is accounted has it */
	/* What changes oftenest.  1: it did; 0; -ENOENT: the group is gone */
	int (*usage)(struct cgroup_reader *reader, struct cgroup_node *node);
	/* statistics and pressure, and the rates since they were last read */
	void (*details)(struct cgroup_reader *reader, struct cgroup_node *node);
	/* limits and other settings */
	void (*knobs)(struct cgroup_reader *reader, struct cgroup_node *node);
};
extern const struct cgroup_version cgroup_v1, cgroup_v2;

/* What its statistics add up to; UNKNOWN: it has none. */
uint64_t cgroup_v2_charged(const struct cgroup *row);

/* ---- for the readers ----------------------------------------------------- */

/* Reads a file of a group into tree->buf; length or -errno. */
ssize_t cgroup_file(struct cgroup_reader *reader,
		    const struct cgroup_node *node, const char *name);
/* The number in one; "max" is NO_LIMIT.  0, or -errno and UNKNOWN. */
int cgroup_number(struct cgroup_reader *reader, const struct cgroup_node *node,
		  const char *name, uint64_t *ret);
/* What a read of a group's file that came out as r says of its block. */
void cgroup_block(const struct cgroup_reader *reader,
		  const struct cgroup_node *node, ssize_t r,
		  struct block *block);
/* It is gone; whatever came in its place would not show in the number of
 * directories there.  The root never is. */
void cgroup_node_lost(struct cgroup_node *node);
/* Is that what rmdir leaves behind? */
bool cgroup_is_gone(ssize_t r);

#endif
