/* SPDX-License-Identifier: MIT
 *
 * What is it like to be looked at?  A process of known resident size that
 * maps and unmaps a page on a fixed schedule and says how much time it lost.
 * Whoever walks its page tables holds the lock that it needs for that.
 *
 * Open loop: an operation that comes back late is late from the moment it was
 * due, and what fell due meanwhile belongs to the same stall.  Only what a
 * stall takes beyond a millisecond counts.  Waiting for a CPU is told apart,
 * as that is the machine's doing more than the reader's.
 *
 *   disturb [-m MIB] [-t SECONDS]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "probe.h"

#define PERIOD_NS NS_PER_MS
#define FREE_NS	  NS_PER_MS
#define PAGE	  4096
/* Of what is available. */
#define SHARE_MAX 0.5

struct lost {
	int64_t ns, cpu_ns, max_ns;
	long stalls;
};

static void *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		probe_die("mmap");
	return memory;
}

/* Nanoseconds spent waiting in a run queue, the second figure of
 *
 *   482930291 1838291 612
 */
static int64_t waited_for_cpu(int fd)
{
	char buf[96], *end;
	ssize_t len = pread(fd, buf, sizeof(buf) - 1, 0);

	if (len <= 0)
		return 0;
	buf[len] = '\0';
	strtoll(buf, &end, 10);
	return strtoll(end, NULL, 10);
}

static void operate(void)
{
	char *page = map(PAGE);

	*page = 1;
	munmap(page, PAGE);
}

static void run(double seconds, struct lost *lost)
{
	int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	int64_t due = probe_now(), end = due + (int64_t)(seconds * 1e9);

	while (due < end) {
		int64_t waited, late, cpu;

		waited = waited_for_cpu(fd);
		probe_sleep_until(due);
		operate();
		late = probe_now() - due;
		due += PERIOD_NS;
		if (late <= FREE_NS)
			continue;
		due += late / PERIOD_NS * PERIOD_NS;
		cpu = waited_for_cpu(fd) - waited;
		late -= FREE_NS;
		lost->ns += late;
		lost->cpu_ns += cpu < late ? cpu : late;
		lost->max_ns = late > lost->max_ns ? late : lost->max_ns;
		lost->stalls++;
	}
	close(fd);
}

int main(int argc, char *argv[])
{
	struct lost lost = { 0 };
	double mib = 4096, seconds = 20, room;
	size_t bytes;
	char *memory;
	int option;

	while ((option = getopt(argc, argv, "m:t:")) != -1) {
		switch (option) {
		case 'm':
			mib = probe_number(optarg);
			break;
		case 't':
			seconds = probe_number(optarg);
			break;
		default:
			return 2;
		}
	}
	probe_die_with_parent(getppid());
	room = SHARE_MAX * (double)probe_available() / 1048576;
	if (mib > room)
		mib = room;
	bytes = (size_t)mib << 20;
	memory = map(bytes);
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
	prctl(PR_SET_NAME, "disturbed");
	puts("ready");
	fflush(stdout);
	run(seconds, &lost);
	printf("mib %.0f\nlost_ms_per_min %.2f\nlost_lock_ms_per_min %.2f\n"
	       "longest_ms %.2f\nstalls_per_min %.1f\n",
	       mib, (double)lost.ns / 1e6 * 60 / seconds,
	       (double)(lost.ns - lost.cpu_ns) / 1e6 * 60 / seconds,
	       (double)lost.max_ns / 1e6, (double)lost.stalls * 60 / seconds);
	return 0;
}
