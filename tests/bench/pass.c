/* SPDX-License-Identifier: MIT
 *
 * The floor below a complete pass: opens, reads and closes every file that
 * `memtop --once --json` needs of every process, and does nothing with what it
 * read.  Its lists of shared memory and of file systems need the descriptors
 * and the mount namespace of each; its rates need two figures a second time.
 * With -r it looks at one thing: it prints the pids and PSS of all processes,
 * largest first, as a reference for rankings.
 *
 *   pass [-r]
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define BUFFER_SIZE (64 * 1024)

static const char *const system_files[] = {
	"meminfo",
	"vmstat",
	"pressure/memory",
	"pressure/io",
	"swaps",
	"loadavg",
	"uptime",
	"mounts",
	"sys/vm/overcommit_memory",
	"sys/vm/swappiness",
};
static const char *const process_files[] = {
	"stat",		 "statm",	 "status",  "oom_score",
	"oom_score_adj", "smaps_rollup", "cmdline", "cgroup",
};

/* Again a second later, for rates and for what has changed. */
static const char *const second_files[] = { "statm", "stat" };

struct ranked {
	long pid;
	unsigned long long pss_kib;
};

static char buf[BUFFER_SIZE];

/* false: not there, or not permitted */
static bool read_file(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	while ((len = read(fd, buf, sizeof(buf) - 1)) == sizeof(buf) - 1)
		;
	buf[len > 0 ? len : 0] = '\0';
	close(fd);
	return len >= 0;
}

static long next_pid(DIR *proc)
{
	struct dirent *entry;

	while ((entry = readdir(proc))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0)
			return pid;
	}
	return 0;
}

/* What each descriptor leads to: PID/fd, from the directory's own. */
static void read_links(int proc, long pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%ld/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			(void)!readlinkat(fd, entry->d_name, buf, sizeof(buf));
	closedir(dir);
}

static void read_files(int proc, long pid, const char *const *files,
		       size_t count)
{
	char path[64];

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%ld/%s", pid, files[i]);
		read_file(proc, path);
	}
}

static void read_everything(DIR *proc)
{
	char path[64];
	long pid;

	for (size_t i = 0; i < sizeof(system_files) / sizeof(char *); i++)
		read_file(dirfd(proc), system_files[i]);
	while ((pid = next_pid(proc))) {
		read_files(dirfd(proc), pid, process_files,
			   sizeof(process_files) / sizeof(char *));
		snprintf(path, sizeof(path), "%ld/ns/mnt", pid);
		(void)!readlinkat(dirfd(proc), path, buf, sizeof(buf));
		read_links(dirfd(proc), pid);
	}
	rewinddir(proc);
	while ((pid = next_pid(proc)))
		read_files(dirfd(proc), pid, second_files,
			   sizeof(second_files) / sizeof(char *));
}

static int by_pss(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->pss_kib != y->pss_kib)
		return x->pss_kib < y->pss_kib ? 1 : -1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void print_ranking(DIR *proc)
{
	struct ranked *list = NULL;
	size_t count = 0, size = 0;
	char path[64];
	long pid;

	while ((pid = next_pid(proc))) {
		const char *at;

		snprintf(path, sizeof(path), "%ld/smaps_rollup", pid);
		if (!read_file(dirfd(proc), path) ||
		    !(at = strstr(buf, "\nPss:")))
			continue;
		if (count == size) {
			size = size ? size * 2 : 1024;
			list = realloc(list, size * sizeof(*list));
			if (!list)
				probe_die("memory");
		}
		list[count++] = (struct ranked){
			.pid = pid, .pss_kib = strtoull(at + 5, NULL, 10)
		};
	}
	if (count)
		qsort(list, count, sizeof(*list), by_pss);
	for (size_t i = 0; i < count; i++)
		printf("%ld %llu\n", list[i].pid, list[i].pss_kib);
	free(list);
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char *argv[])
{
	bool ranking = argc == 2 && !strcmp(argv[1], "-r");
	DIR *proc = opendir("/proc");
	int64_t began;
	double cpu;

	if (argc > 1 && !ranking)
		return 2;
	if (!proc)
		probe_die("/proc");
	if (ranking) {
		print_ranking(proc);
		return 0;
	}
	began = probe_now();
	cpu = cpu_ms();
	read_everything(proc);
	printf("cpu_ms %.2f\nwall_ms %.2f\n", cpu_ms() - cpu,
	       (double)(probe_now() - began) / 1e6);
	closedir(proc);
	return 0;
}
