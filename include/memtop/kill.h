/* SPDX-License-Identifier: MIT
 *
 * OOM kills as the kernel's log tells them: rows of the list "kills", the
 * latest ones, oldest first.  The list is pending until the log has been read
 * to its end once, so the first that is ok holds the kills of before.
 */
#ifndef MEMTOP_KILL_H
#define MEMTOP_KILL_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

/* The list has no more rows. */
#define LOG_KILLS_MAX 64

/* Every pointer is a text with a row in the table of fields. */
struct log_kill {
	struct block block;
	uint64_t sequence;   /* number of its record in the log */
	uint64_t log_us;     /* time stamp of the record */
	uint64_t time_ns;    /* the same as realtime, about */
	uint64_t time_error; /* nanoseconds it may be off */
	uint64_t pid, uid;   /* uid: UNKNOWN before 5.4 */
	char comm[64];	     /* untrusted bytes */
	double adj;	     /* NAN before 5.4 */
	uint64_t vsize, anon, file, shmem, page_tables;
	/* "global", "cgroup", "group", "cpuset", "policy" (of NUMA); "" */
	char scope[8];
	const struct text *limit;  /* the cgroup whose limit was hit; NULL */
	const struct text *cgroup; /* of the victim; NULL: not said */
};

/* RAM it had by the log; UNKNOWN. */
uint64_t log_kill_rss(const struct log_kill *kill);

#endif
