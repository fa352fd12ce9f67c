/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what tasks have waited for memory, as the kernel's
 * taskstats tell over netlink.
 */
#ifndef COLLECT_TASKSTATS_H
#define COLLECT_TASKSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Nanoseconds since it started, all threads together; UNKNOWN where this
 * kernel has no such figure. */
struct task_delays {
	uint64_t swapin;    /* for pages from swap */
	uint64_t thrashing; /* for pages that were evicted a moment ago */
	uint64_t reclaim;   /* freed memory itself to get some */
	uint64_t compact;   /* moved pages itself to get a large block */
	bool counted;	    /* false: nothing at all is: the task is older
			     * than the accounting, as a rule */
};

struct taskstats_socket;
/* 0; -ENOENT: this kernel has none; -errno. */
int taskstats_open(struct taskstats_socket **ret);
void taskstats_close(struct taskstats_socket *taskstats);

/* Of a process by its pid in the namespace of the caller.  Waits for nobody.
 * 0; -EPERM: needs CAP_NET_ADMIN; -ESRCH; -errno. */
int taskstats_read(struct taskstats_socket *taskstats, pid_t pid,
		   struct task_delays *ret);

/* The kernel's struct taskstats, of any version.  0 or -EINVAL. */
int taskstats_parse(const void *data, size_t len, struct task_delays *ret);

#endif
