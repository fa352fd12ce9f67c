/* SPDX-License-Identifier: MIT
 *
 * A process with a chosen appetite for memory, for the virtual machines.
 *
 *   hog [-n NAME] [-a ADJ] [-m MB] [-r MB_PER_MIN] [-M MB] [-s] [-W] [-f]
 *       [-F FILE] [-t SECONDS]
 *
 *   -n  its name, at most 15 characters
 *   -a  its oom_score_adj
 *   -m  memory taken and written to at the start
 *   -r  then grow steadily, in steps of 100 KiB, and
 *   -M  up to this size in all
 *   -s  with -r and -M: give all growth back then, and begin again
 *   -W  keep writing to pages drawn at random: a working set
 *   -f  fork every half a second; the child rests and ends
 *   -F  keep reading pages of that file, drawn at random as well
 *   -t  end then
 *
 * It is bounded by the machine it runs in, and says "ready" on standard output
 * when the first memory is in place.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEP	  ((size_t)100 << 10)
#define AREAS_MAX 65536
#define PAGE	  4096
#define MIB	  1048576.0

struct area {
	char *at;
	size_t size;
};

struct appetite {
	double start_mb, mb_per_min, most_mb, seconds;
	bool saw, work, forks;
	const char *file;
};

static struct area areas[AREAS_MAX];
static size_t nareas;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t draw(void) /* xorshift64 */
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void take(size_t size)
{
	char *at;

	if (!size || nareas == AREAS_MAX)
		return;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		fail("hog: mmap");
	for (size_t i = 0; i < size; i += PAGE)
		at[i] = 1;
	areas[nareas++] = (struct area){ at, size };
}

static void give_back(size_t keep)
{
	while (nareas > keep) {
		nareas--;
		munmap(areas[nareas].at, areas[nareas].size);
	}
}

/* As many pages as there are, drawn at random: read-ahead does not help. */
static void work(const struct appetite *appetite, double until)
{
	for (size_t a = 0; a < nareas; a++) {
		size_t pages = areas[a].size / PAGE;

		for (size_t i = 0; i < pages; i++) {
			volatile char *page =
				areas[a].at + draw() % pages * PAGE;

			if (appetite->file)
				(void)*page;
			else
				++*page;
			if (i % 64 == 63 && now() >= until)
				return;
		}
	}
}

static void map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *at;

	if (fd < 0 || fstat(fd, &st))
		fail("hog: file");
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		fail("hog: file");
	close(fd);
	madvise(at, (size_t)st.st_size, MADV_RANDOM);
	areas[nareas++] = (struct area){ at, (size_t)st.st_size };
}

static void fork_once(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("hog: fork");
	if (!pid) {
		usleep(300000);
		_exit(0);
	}
	usleep(500000);
	waitpid(pid, NULL, 0);
}

static void live(const struct appetite *appetite)
{
	double began = now(), grown_from = began, taken = 0;
	size_t kept = nareas;

	while (now() - began < appetite->seconds) {
		double due = appetite->mb_per_min / 60 * (now() - grown_from);

		while (due >= taken + STEP / MIB &&
		       appetite->start_mb + taken < appetite->most_mb) {
			take(STEP);
			taken += STEP / MIB;
		}
		if (appetite->saw &&
		    appetite->start_mb + taken >= appetite->most_mb) {
			give_back(kept);
			taken = 0;
			grown_from = now();
		}
		if (appetite->forks)
			fork_once();
		else if (appetite->work)
			work(appetite, began + appetite->seconds);
		else
			usleep(appetite->mb_per_min > 0 ? 5000 : 200000);
	}
}

static void set_adjustment(const char *text)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "w");

	if (!file || fprintf(file, "%s\n", text) < 0 || fclose(file))
		fail("hog: oom_score_adj");
}

static bool parse(int argc, char *argv[], struct appetite *ret)
{
	int option;

	while ((option = getopt(argc, argv, "n:a:m:r:M:sWfF:t:")) != -1) {
		switch (option) {
		case 'n':
			prctl(PR_SET_NAME, optarg, 0, 0, 0);
			break;
		case 'a':
			set_adjustment(optarg);
			break;
		case 'm':
			ret->start_mb = atof(optarg);
			break;
		case 'r':
			ret->mb_per_min = atof(optarg);
			break;
		case 'M':
			ret->most_mb = atof(optarg);
			break;
		case 's':
			ret->saw = true;
			break;
		case 'W':
			ret->work = true;
			break;
		case 'f':
			ret->forks = true;
			break;
		case 'F':
			ret->file = optarg;
			ret->work = true;
			break;
		case 't':
			ret->seconds = atof(optarg);
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

int main(int argc, char *argv[])
{
	struct appetite appetite = { .most_mb = 1e6, .seconds = 1e6 };

	if (!parse(argc, argv, &appetite))
		return 2;
	take((size_t)(appetite.start_mb * MIB) / PAGE * PAGE);
	if (appetite.file)
		map_file(appetite.file);
	puts("ready");
	fflush(stdout);
	live(&appetite);
	return 0;
}
