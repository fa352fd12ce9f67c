/* SPDX-License-Identifier: MIT
 *
 * See probe.h.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int64_t probe_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

void probe_sleep_until(int64_t ns)
{
	struct timespec until = { .tv_sec = ns / NS_PER_S,
				  .tv_nsec = ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
	       EINTR)
		;
}

void probe_die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(errno));
	exit(EXIT_FAILURE);
}

double probe_number(const char *text)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end || !(number > 0)) {
		fprintf(stderr, "%s: not a number above 0: %s\n",
			program_invocation_short_name, text);
		exit(2);
	}
	return number;
}

uint64_t probe_available(void)
{
	static const char name[] = "MemAvailable:";
	char buf[4096], *at;

	if (probe_read("/proc/meminfo", buf, sizeof(buf)) < 0)
		probe_die("/proc/meminfo");
	at = strstr(buf, name);
	return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

void probe_die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it ended before the line above */
		_exit(EXIT_FAILURE);
}

ssize_t probe_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, buf, size - 1);
	close(fd);
	buf[len > 0 ? len : 0] = '\0';
	return len;
}

void series_add(struct series *series, double value)
{
	if (series->count == series->size) {
		size_t size = series->size ? series->size * 2 : 256;
		double *values =
			realloc(series->values, size * sizeof(*values));

		if (!values)
			probe_die("memory");
		series->values = values;
		series->size = size;
	}
	series->values[series->count++] = value;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double series_quantile(struct series *series, double quantile)
{
	size_t index;

	if (!series->count)
		return NAN;
	qsort(series->values, series->count, sizeof(double), ascending);
	index = (size_t)ceil(quantile * (double)series->count);
	return series->values[index ? index - 1 : 0];
}

void series_done(struct series *series)
{
	free(series->values);
	*series = (struct series){ 0 };
}
