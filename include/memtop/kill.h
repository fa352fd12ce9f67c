/* SPDX-License-Identifier: MIT
 *
 * What the kernel's log tells of memory: OOM kills, rows of the list "kills",
 * and allocations of the kernel's own that failed, rows of "page_failures".
 * Of each the latest ones, oldest first.  The lists are pending until the log
 * has been read to its end once, so the first that is ok holds what was before.
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

/* The list of these has no more rows. */
#define PAGE_FAILURES_MAX 64

struct page_failure {
	struct block block;
	uint64_t sequence;   /* number of its record in the log */
	uint64_t log_us;     /* time stamp of the record */
	uint64_t time_ns;    /* the same as realtime, about */
	uint64_t time_error; /* nanoseconds that may be off */
	uint64_t order;	     /* 2 to the power of it pages in a row */
	uint64_t size;	     /* the same in bytes */
	char comm[64];	     /* who ran; untrusted bytes */
	char mode[64];	     /* "GFP_ATOMIC|__GFP_COMP"; "" */
};

/* A single page fails for want of memory, … */
#define PAGE_FAILURE_ORDER_LEAST 1
/* … and huge pages fail all the time. */
#define PAGE_FAILURE_ORDER_MOST 8

/* Could it have been served, had the free pages stood together? */
static inline bool page_failure_is_scatter(const struct page_failure *failure)
{
	return failure->order >= PAGE_FAILURE_ORDER_LEAST &&
	       failure->order <= PAGE_FAILURE_ORDER_MOST;
}

#endif
