/* SPDX-License-Identifier: MIT
 *
 * RAM that is files: file systems in memory, and shared memory with or without
 * a name.  It belongs to no process: it stays when all who mapped it are gone.
 * Rows of the lists ENTITY_TMPFS and ENTITY_SHARED.
 */
#ifndef MEMTOP_RAMFILES_H
#define MEMTOP_RAMFILES_H

#include "memtop/snapshot.h"

struct tmpfs { /* a line of /proc/PID/mountinfo and its statvfs() */
	struct block block;
	/* where; "[PID]/path" in the namespace of another process; untrusted */
	const struct text *path;
	const struct text *source; /* what it was called when mounted */
	char type[16];	  /* "tmpfs", "devtmpfs", "ramfs", "hugetlbfs" */
	uint64_t size;	  /* its limit; UNKNOWN: none */
	uint64_t used;	  /* RAM and swap; UNKNOWN for ramfs */
	uint64_t files;	  /* inodes in use */
	uint64_t via_pid; /* the process that sees it; UNKNOWN: all do */
};

struct shared {
	struct block block;
	const struct text *name; /* "sysv 32768", "/dev/shm/x",
				  * "memfd:x #1234"; untrusted */
	char kind[16];		 /* "sysv", "file", "memfd", "deleted" */
	uint64_t bytes;		 /* RAM and swap it takes */
	uint64_t swap;		 /* of it, on swap; UNKNOWN but for sysv */
	uint64_t size;		 /* how large it was made */
	uint64_t attached;	 /* sysv: mappings; 0: nobody uses it */
	uint64_t holders;	 /* descriptors that keep it */
	uint64_t uid;
	uint64_t pid;		    /* sysv: its maker; else a holder */
	const struct text *command; /* of that process; untrusted */
};

#endif
