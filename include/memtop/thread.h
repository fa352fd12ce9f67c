/* SPDX-License-Identifier: MIT
 *
 * What files that own a thread have in common: starting one, and waiting on
 * the monotonic clock.
 */
#ifndef MEMTOP_THREAD_H
#define MEMTOP_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include "memtop/base.h"

/* Small, because locked memory is paid for; buffers are on the heap. */
#define THREAD_STACK (256 * KIB)

/* A detached thread with that much stack and all signals but faults blocked:
 * signals are the main thread's.  0 or -errno. */
int thread_start(void *(*main)(void *), void *argument, size_t stack_size);

/* What ps -L and top -H call the calling thread; at most 15 bytes. */
void thread_name(const char *name);

/* A condition on the monotonic clock. */
void thread_cond_init(pthread_cond_t *cond);

/* Until signalled or until_ns (monotonic); may also return for nothing. */
void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
		 uint64_t until_ns);

#endif
