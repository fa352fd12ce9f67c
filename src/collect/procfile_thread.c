/* SPDX-License-Identifier: MIT
 *
 * When the first thread of a process has ended and others live on, /proc/PID
 * shows a zombie without memory; the files of a living thread have the
 * numbers.  This finds such a thread.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "procfile.h"

static bool is_living(struct tree *tree, const char *dir)
{
	struct process thread = { 0 };
	ssize_t r = procfile_read(tree, dir, "stat");

	return r > 0 && parse_stat(tree->buf, (size_t)r, tree, &thread) == 0 &&
	       thread.state != 'Z' && thread.state != 'X';
}

int procfile_living_thread(struct tree *tree, pid_t pid, char *dir, size_t size)
{
	char path[PROCFILE_PATH];
	struct dirent *entry;
	int fd, r = -ESRCH;
	DIR *tasks;

	snprintf(path, sizeof(path), "%d/task", (int)pid);
	fd = openat(tree->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	tasks = fdopendir(fd);
	if (!tasks) {
		close(fd);
		return -ESRCH;
	}
	while (r < 0 && (entry = readdir(tasks))) {
		const char *end;
		uint64_t tid;

		if (!parse_u64(entry->d_name, &end, &tid) || tid > INT32_MAX)
			continue;
		snprintf(path, sizeof(path), "%d/task/%d", (int)pid, (int)tid);
		if (is_living(tree, path) &&
		    snprintf(dir, size, "%s", path) < (int)size)
			r = 0;
	}
	closedir(tasks);
	return r;
}
