/* SPDX-License-Identifier: MIT
 *
 * What a program costs, seen from outside.
 */
#ifndef BENCH_WATCH_H
#define BENCH_WATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WATCH_THREADS 16

struct watch {
	int64_t at_ns;
	int64_t cpu_ns; /* of the whole process, ended threads included */
	/* living threads, oldest first */
	int64_t thread_ns[WATCH_THREADS];
	pid_t thread[WATCH_THREADS];
	char thread_name[WATCH_THREADS][16];
	size_t nthreads;
	double rss_kib, locked_kib;
	size_t descriptors;
};

/* Looks at a living process; what can't be read is 0. */
void watch_take(pid_t pid, struct watch *ret);

/* Prints what happened in between, a "name value" line each; of each thread
 * "thread.NAME_percent". */
void watch_print(const struct watch *before, const struct watch *after);

#endif
