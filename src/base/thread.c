/* SPDX-License-Identifier: MIT
 *
 * What threads have in common, see thread.h.  Separate so that no folder starts
 * one its own way; knows nothing of what they do.
 */
#include "memtop/thread.h"

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

int thread_start(void *(*main)(void *), void *argument, size_t stack_size)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int r;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, stack_size);
	sigfillset(&all);
	/* a blocked fault kills without the handler that restores the
	 * terminal */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread, &attributes, main, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -r;
}

void thread_name(const char *name)
{
	prctl(PR_SET_NAME, name);
}

void thread_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
}

void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
		 uint64_t until_ns)
{
	struct timespec until = { .tv_sec = (time_t)(until_ns / NS_PER_S),
				  .tv_nsec = (long)(until_ns % NS_PER_S) };

	pthread_cond_timedwait(cond, mutex, &until);
}
