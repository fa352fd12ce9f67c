/* SPDX-License-Identifier: MIT
 *
 * Private to the files of collect/ that own threads: starting one, waiting on
 * the monotonic clock, and what a thread has cost.
 */
#ifndef COLLECT_LANE_H
#define COLLECT_LANE_H

#include <pthread.h>
#include <stdint.h>

/* A detached thread with a small stack and all signals but faults blocked:
 * signals are the main thread's.  0 or -errno. */
int lane_start(void *(*main)(void *), void *argument);

/* What ps -L and top -H call the calling thread; at most 15 bytes. */
void lane_name(const char *name);

/* A condition on the monotonic clock. */
void lane_cond_init(pthread_cond_t *cond);

/* Until signalled or until_ns (monotonic); may also return for nothing. */
void lane_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_ns);

/* CPU time of the calling thread. */
uint64_t lane_thread_cpu_ns(void);

#endif
