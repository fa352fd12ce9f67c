/* SPDX-License-Identifier: MIT
 *
 * What doesn't change while memtop runs: the machine, the user, and how much
 * of the machine this user may see.  Found out once, at start, by trying.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "memtop/privilege.h"
#include "mounts.h"
#include "procfile.h"
#include "smallfile.h"

/* A string may be cut where the kernel allows longer ones; it never is. */
static void copy(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src);
}

static void fill_names(struct tree *tree, struct host *host)
{
	struct utsname uts;

	if (uname(&uts) == 0) {
		copy(host->name, sizeof(host->name), uts.nodename);
		copy(host->kernel, sizeof(host->kernel), uts.release);
	}
	smallfile_choice(tree->proc, "sys/kernel/random/boot_id", host->boot_id,
			 sizeof(host->boot_id));
	host->uid = getuid();
	/* his name would have to be looked up, which can hang: see users.c */
	snprintf(host->user, sizeof(host->user), "%u", (unsigned)getuid());
}

enum answer { NO, YES, NO_ANSWER };

/* May the smaps_rollup of this directory of another user be opened? */
static enum answer probe(struct tree *tree, const char *pid)
{
	struct stat st;
	int fd;

	if (fstatat(tree->proc, pid, &st, 0) < 0 || st.st_uid == getuid())
		return NO_ANSWER;
	fd = procfile_open(tree, pid, "smaps_rollup");
	if (fd >= 0) {
		close(fd);
		return YES;
	}
	/* threads of the kernel have none: ESRCH */
	return state_from_errno(fd) == STATE_DENIED ? NO : NO_ANSWER;
}

/* On a machine where root's processes are thousands he need not ask all. */
#define PROBES_MAX 64

/* Asks the first process that can tell.  Where all are this user's own, what
 * he would be allowed counts. */
static bool sees_all(struct tree *tree)
{
	int fd = openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	enum answer answer = NO_ANSWER;
	unsigned asked = 0;
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (answer == NO_ANSWER && asked < PROBES_MAX &&
	       (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
			answer = probe(tree, entry->d_name);
			asked++;
		}
	closedir(dir);
	return answer == NO_ANSWER ? privilege_has(CAP_SYS_PTRACE)
				   : answer == YES;
}

static bool in_group(gid_t gid)
{
	gid_t groups[256];
	int n = getgroups((int)ARRAY_SIZE(groups), groups), i;

	if (getegid() == gid)
		return true;
	for (i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

static bool hides(struct tree *tree, const struct host *host)
{
	struct proc_mount mount;
	ssize_t r = growbuf_read(&tree->grow, tree->proc, "self/mountinfo",
				 16 * MIB);

	if (r < 0 || !mounts_find_proc(tree->grow.data, &mount))
		return false;
	if (mount.only_pids)
		return true;
	switch (mount.hidepid) {
	case HIDEPID_OFF:
		return false;
	case HIDEPID_NOACCESS:
	case HIDEPID_INVISIBLE:
		return !host->sees_all &&
		       !(mount.has_gid && in_group((gid_t)mount.gid));
	case HIDEPID_PTRACEABLE:
		return !host->sees_all;
	}
	return false;
}

/* The first pid namespace of a machine has a fixed inode number; whoever is
 * in another one sees a part of the processes. */
static bool in_container(struct tree *tree)
{
	static const char initial[] = "pid:[4026531836]";
	char link[64];
	ssize_t len = readlinkat(tree->proc, "self/ns/pid", link, sizeof(link));

	return len > 0 && (len != sizeof(initial) - 1 ||
			   memcmp(link, initial, sizeof(initial) - 1));
}

/* "0-3,8": how many; UNKNOWN: that is no such list. */
static uint64_t count_cpus(const char *list)
{
	uint64_t count = 0;

	while (*list >= '0' && *list <= '9') {
		char *end;
		uint64_t first = strtoull(list, &end, 10), last = first;

		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		if (last < first || last - first > 65536)
			return UNKNOWN;
		count += last - first + 1;
		list = *end == ',' ? end + 1 : end;
	}
	return count && (*list == '\0' || *list == '\n') ? count : UNKNOWN;
}

static uint64_t read_cpus(struct tree *tree)
{
	ssize_t len = kernfile_read(tree->sys, "devices/system/cpu/online",
				    tree->buf, tree->size);

	return len > 0 ? count_cpus(tree->buf) : UNKNOWN;
}

struct host *collect_host(struct tree *tree)
{
	struct host *host = host_new();

	if (!host)
		return NULL;
	fill_names(tree, host);
	host->page_size = tree->page_size;
	host->cpus = read_cpus(tree);
	/* read, not looked up: switched off, it may exist and fail */
	host->psi = kernfile_read(tree->proc, "pressure/memory", tree->buf,
				  tree->size) > 0;
	host->sees_all = sees_all(tree);
	host->hidepid = hides(tree, host);
	host->container = in_container(tree);
	return host;
}
