/* SPDX-License-Identifier: MIT
 *
 * Acting on one process and on no other.  A descriptor of its directory in
 * /proc belongs to that process for good; its start time is compared through
 * it before and after the pidfd is taken, so that both mean the same process
 * whatever becomes of the pid.  Separate because nothing else in collect/
 * changes anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect.h"

struct target {
	struct process_key key;
	uint64_t tick_ns;
	int dir;   /* O_PATH, of /proc/PID */
	int pidfd; /* -1: a kernel without them (before 5.3) */
};

/* Through the system call: older C libraries have no function for it. */
static int open_pidfd(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

/* 0 and its state while it is the process of the key, else -errno. */
static int check(const struct target *target, char *ret_state)
{
	const struct tree tree = { .tick_ns = target->tick_ns };
	struct process process = { 0 };
	char buf[2048];
	ssize_t r = kernfile_read(target->dir, "stat", buf, sizeof(buf));

	if (r == 0 || r == -ENOENT)
		return -ESRCH;
	if (r > 0)
		r = parse_stat(buf, (size_t)r, &tree, &process);
	if (r < 0)
		return (int)r;
	if (!process_key_equal(process.key, target->key))
		return -ESRCH;
	*ret_state = process.state;
	return 0;
}

static int pin(struct tree *tree, struct target *target)
{
	char path[16], state;
	int r;

	snprintf(path, sizeof(path), "%d", (int)target->key.pid);
	target->dir =
		openat(tree->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target->dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = check(target, &state);
	if (r < 0)
		return r;
	r = open_pidfd(target->key.pid);
	/* EPERM is how some containers forbid calls they don't know */
	if (r < 0 && r != -ENOSYS && r != -EPERM)
		return r;
	target->pidfd = r < 0 ? -1 : r;
	return check(target, &state);
}

int target_open(struct tree *tree, struct process_key key, struct target **ret)
{
	struct target *target;
	int r;

	if (key.pid <= 0)
		return -ESRCH;
	if (!tree_is_own(tree))
		return -EOPNOTSUPP;
	target = malloc(sizeof(*target));
	if (!target)
		return -ENOMEM;
	*target = (struct target){
		.key = key,
		.tick_ns = tree->tick_ns,
		.dir = -1,
		.pidfd = -1,
	};
	r = pin(tree, target);
	if (r < 0) {
		target_close(target);
		return r;
	}
	*ret = target;
	return 0;
}

int target_signal(struct target *target, int signal)
{
	char state;
	long r;

	if (target->pidfd >= 0) {
		r = syscall(SYS_pidfd_send_signal, target->pidfd, signal, NULL,
			    0);
		return r < 0 ? -errno : 0;
	}
	r = check(target, &state);
	if (r < 0)
		return (int)r;
	return kill(target->key.pid, signal) < 0 ? -errno : 0;
}

int target_set_adj(struct target *target, int adj)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", adj);
	int fd, r = 0;

	if (adj < -1000 || adj > 1000)
		return -EINVAL;
	fd = openat(target->dir, "oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (write(fd, text, (size_t)len) < 0)
		r = -errno;
	close(fd);
	return r;
}

bool target_exited(struct target *target)
{
	struct pollfd p = { .fd = target->pidfd, .events = POLLIN };
	char state;
	int r;

	if (target->pidfd >= 0)
		return poll(&p, 1, 0) > 0;
	r = check(target, &state);
	return r == -ESRCH || (r == 0 && (state == 'Z' || state == 'X'));
}

void target_close(struct target *target)
{
	if (!target)
		return;
	if (target->pidfd >= 0)
		close(target->pidfd);
	if (target->dir >= 0)
		close(target->dir);
	free(target);
}
