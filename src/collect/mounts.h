/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: how /proc is mounted, from /proc/self/mountinfo.
 */
#ifndef COLLECT_MOUNTS_H
#define COLLECT_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/* Processes of others: listed but closed, not listed, only those that may be
 * traced listed. */
enum hidepid {
	HIDEPID_OFF,
	HIDEPID_NOACCESS,
	HIDEPID_INVISIBLE,
	HIDEPID_PTRACEABLE,
};

struct proc_mount {
	enum hidepid hidepid;
	bool has_gid;
	uint64_t gid;	/* its members are exempt from the first two */
	bool only_pids; /* subset=pid: no meminfo, no vmstat, … */
};

/* What lies on top at /proc; false when nothing does. */
bool mounts_find_proc(const char *mountinfo, struct proc_mount *ret);

#endif
