/* SPDX-License-Identifier: MIT
 *
 * What the readers of both versions of control groups share: a file of a group
 * and what it means when it can not be read.
 */
#include "cgroup_node.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"

ssize_t cgroup_file(struct cgroup_reader *reader,
		    const struct cgroup_node *node, const char *name)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", node->dir, name);

	if (n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return kernfile_read(reader->fd, path, reader->tree->buf,
			     reader->tree->size);
}

int cgroup_number(struct cgroup_reader *reader, const struct cgroup_node *node,
		  const char *name, uint64_t *ret)
{
	const char *text = reader->tree->buf, *end;
	ssize_t n = cgroup_file(reader, node, name);

	*ret = UNKNOWN;
	if (n < 0)
		return (int)n;
	if (!strncmp(text, "max", 3))
		*ret = NO_LIMIT;
	else if (!parse_u64(text, &end, ret))
		return -EINVAL;
	return 0;
}

void cgroup_block(const struct cgroup_reader *reader,
		  const struct cgroup_node *node, ssize_t r,
		  struct block *block)
{
	block->read_ns = reader->now_ns;
	block->state = r < 0 ? state_from_errno((int)r) : STATE_OK;
	if (node->machine && block->state == STATE_ABSENT)
		block->state = STATE_NOT_APPLICABLE;
}

void cgroup_node_lost(struct cgroup_node *node)
{
	if (!node->parent)
		return;
	node->gone = true;
	node->parent->listed = SIZE_MAX;
}

bool cgroup_is_gone(ssize_t r)
{
	return r == -ENOENT || r == -ENODEV;
}
