/* SPDX-License-Identifier: MIT
 *
 * See watch.h.  CPU time comes from the clock of the process and from
 * schedstat of its threads: both count nanoseconds, whatever the tick.
 */
#include "watch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probe.h"

static int64_t process_cpu(pid_t pid)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) == 0)
		clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* The directory's entries that are numbers, in rising order. */
static size_t list_numbers(const char *path, pid_t *list, size_t max)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		pid_t number = (pid_t)strtol(entry->d_name, NULL, 10);

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		if (list && count < max)
			list[count] = number;
		count++;
	}
	closedir(dir);
	return count;
}

static double status_figure(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtod(at + strlen(name), NULL) : 0;
}

static void take_threads(pid_t pid, struct watch *ret)
{
	char path[64], buf[96];
	size_t count;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	count = list_numbers(path, ret->thread, WATCH_THREADS);
	ret->nthreads = count < WATCH_THREADS ? count : WATCH_THREADS;
	for (size_t i = 0; i < ret->nthreads; i++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat",
			 (int)pid, (int)ret->thread[i]);
		if (probe_read(path, buf, sizeof(buf)) > 0)
			ret->thread_ns[i] = strtoll(buf, NULL, 10);
		snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", (int)pid,
			 (int)ret->thread[i]);
		if (probe_read(path, ret->thread_name[i],
			       sizeof(ret->thread_name[i])) > 0)
			ret->thread_name[i][strcspn(ret->thread_name[i],
						    "\n")] = '\0';
	}
}

void watch_take(pid_t pid, struct watch *ret)
{
	char path[64], status[4096];

	*ret = (struct watch){ .at_ns = probe_now(),
			       .cpu_ns = process_cpu(pid) };
	take_threads(pid, ret);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (probe_read(path, status, sizeof(status)) > 0) {
		ret->rss_kib = status_figure(status, "\nVmRSS:");
		ret->locked_kib = status_figure(status, "\nVmLck:");
	}
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	ret->descriptors = list_numbers(path, NULL, 0);
}

static int64_t thread_before(const struct watch *before, pid_t thread)
{
	for (size_t i = 0; i < before->nthreads; i++)
		if (before->thread[i] == thread)
			return before->thread_ns[i];
	return 0;
}

void watch_print(const struct watch *before, const struct watch *after)
{
	double passed = (double)(after->at_ns - before->at_ns);

	printf("cpu_percent %.3f\n",
	       100 * (double)(after->cpu_ns - before->cpu_ns) / passed);
	for (size_t i = 0; i < after->nthreads; i++) {
		int64_t ns = after->thread_ns[i] -
			     thread_before(before, after->thread[i]);

		printf("thread.%s_percent %.3f\n", after->thread_name[i],
		       100 * (double)ns / passed);
	}
	printf("threads %zu\nrss_mib %.2f\nlocked_mib %.2f\ndescriptors %zu\n",
	       after->nthreads, after->rss_kib / 1024, after->locked_kib / 1024,
	       after->descriptors);
}
