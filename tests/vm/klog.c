/* SPDX-License-Identifier: MIT
 *
 * The kernel's log with the time of the wall clock, to be laid beside memtop's
 * samples: "1795350000.123 text", one record a line, from now on.
 *
 *   klog [-k] [-t SECONDS]
 *
 *   -k  end a moment after the first OOM kill, with status 3 when none comes
 *   -t  end then
 *
 * Records carry a clock of their own, which starts elsewhere than others and
 * runs at another speed; records of our own tell by how much they differ.
 * It is locked into memory and exempt from being killed, to be there to tell.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_S	   0.5
#define DRAIN_S	   0.3 /* the rest of a group is killed as well */
#define NOT_KILLED 3

static double wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* One record, "6,1234,5678901,-;text\n KEY=value\n": its time by its own clock
 * in seconds, and the first line of its text.  NULL: none is there. */
static char *next_record(int fd, double *ret_stamp)
{
	static char record[8192];
	char *text;
	ssize_t len;

	do {
		len = read(fd, record, sizeof(record) - 1);
	} while (len < 0 && errno == EPIPE); /* overwritten before we came */
	if (len <= 0)
		return NULL;
	record[len] = '\0';
	text = strchr(record, ';');
	if (!text || sscanf(record, "%*u,%*u,%lf", ret_stamp) != 1)
		return NULL;
	*ret_stamp /= 1e6;
	text++;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* What to add to the stamp of a record, from a record of our own. */
struct clock {
	char mark[32];
	double asked, ahead; /* 0: not yet */
};

static void clock_ask(struct clock *clock)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	double before = wall_clock();

	if (fd < 0 || write(fd, clock->mark, strlen(clock->mark)) < 0)
		fail("klog: /dev/kmsg");
	close(fd);
	clock->asked = (before + wall_clock()) / 2;
}

/* Is that record the answer? */
static bool clock_set(struct clock *clock, const char *text, double stamp)
{
	if (strncmp(text, clock->mark, strlen(clock->mark) - 1))
		return false;
	clock->ahead = clock->asked - stamp;
	return true;
}

static void protect(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "-1000", 5) < 0)
		fail("klog: oom_score_adj");
	close(fd);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		fail("klog: mlockall");
}

static bool follow(int fd, bool one_kill, double until)
{
	struct clock clock = { 0 };
	bool killed = false;

	/* a record without the end of its line is not shown yet */
	snprintf(clock.mark, sizeof(clock.mark), "memtop-vm: clock of %d\n",
		 (int)getpid());
	while (wall_clock() < until) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		const char *text;
		double stamp;

		if (wall_clock() > clock.asked + CLOCK_S)
			clock_ask(&clock);
		poll(&p, 1, 50);
		while ((text = next_record(fd, &stamp))) {
			if (clock_set(&clock, text, stamp))
				continue;
			printf("%.3f %s\n", stamp + clock.ahead, text);
			if (!strstr(text, "Killed process ") || killed)
				continue;
			killed = true;
			if (one_kill)
				until = wall_clock() + DRAIN_S;
		}
		fflush(stdout);
	}
	return killed;
}

int main(int argc, char *argv[])
{
	double seconds = 600;
	bool one_kill = false;
	int option, fd;

	while ((option = getopt(argc, argv, "kt:")) != -1) {
		if (option == 'k')
			one_kill = true;
		else if (option == 't')
			seconds = atof(optarg);
		else
			return 2;
	}
	protect();
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fail("klog: /dev/kmsg");
	lseek(fd, 0, SEEK_END);
	return follow(fd, one_kill, wall_clock() + seconds) || !one_kill
		       ? 0
		       : NOT_KILLED;
}
