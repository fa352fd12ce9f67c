/* SPDX-License-Identifier: MIT
 *
 * Where the kernel is read from and what a failed read means.  Everything in
 * collect/ goes through these directory descriptors, so that a test hands
 * over a folder of files.  Knows no particular file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"
#include "kmsg.h"
#include "memtop/clock.h"
#include "namespaces.h"
#include "slabs.h"

/* The longest file that is read whole: status of a process in thousands of
 * groups; what follows its memory lines may be cut. */
#define BUFFER_SIZE (64 * KIB)

static int open_root(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int tree_open(const char *proc_root, const char *sys_root, struct tree *ret)
{
	struct tree tree = {
		.page_size = (uint64_t)sysconf(_SC_PAGESIZE),
		.tick_ns = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK),
		.size = BUFFER_SIZE,
	};

	tree.proc = open_root(proc_root ? proc_root : "/proc");
	if (tree.proc < 0)
		return tree.proc;
	tree.buf = malloc(tree.size);
	if (!tree.buf) {
		close(tree.proc);
		return -ENOMEM;
	}
	/* touched now, so that no page is missing when memory is short */
	memset(tree.buf, 0, tree.size);
	tree.sys = open_root(sys_root ? sys_root : "/sys");
	if (tree.sys < 0)
		tree.sys = -1;
	*ret = tree;
	return 0;
}

void tree_done(struct tree *tree)
{
	cgroups_free(tree->cgroups);
	counter_names_unref(tree->vmstat_names);
	kmsg_free(tree->kmsg);
	slabs_free(tree->slabs);
	namespaces_free(tree->namespaces);
	growbuf_done(&tree->grow);
	free(tree->buf);
	if (tree->sys >= 0)
		close(tree->sys);
	close(tree->proc);
	*tree = (struct tree){ .proc = -1, .sys = -1 };
}

int tree_twin(const struct tree *tree, struct tree *ret)
{
	char *buf = malloc(tree->size);

	if (!buf)
		return -ENOMEM;
	*ret = (struct tree){
		.proc = tree->proc,
		.sys = tree->sys,
		.page_size = tree->page_size,
		.tick_ns = tree->tick_ns,
		.buf = buf,
		.size = tree->size,
		.whole = tree->whole,
	};
	return 0;
}

void tree_twin_done(struct tree *twin)
{
	free(twin->buf);
}

bool tree_is_own(struct tree *tree)
{
	char link[16];
	ssize_t len = readlinkat(tree->proc, "self", link, sizeof(link) - 1);
	const char *end;
	uint64_t pid;

	if (len <= 0)
		return false;
	link[len] = '\0';
	return parse_u64(link, &end, &pid) && pid == (uint64_t)getpid();
}

uint64_t tree_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

enum state state_from_errno(int error)
{
	switch (abs(error)) {
	case EACCES:
	case EPERM:
		return STATE_DENIED;
	case ENOENT:
	case ENOSYS:
	case EOPNOTSUPP:
	case ENOTDIR:
		return STATE_ABSENT;
	default:
		return STATE_PENDING;
	}
}
