/* SPDX-License-Identifier: MIT
 *
 * Processes come and go and take over each other's pids, in a pid namespace
 * of the test's own whose pids are given out again at once.  Each one's name,
 * command line and shared memory say who it is: what memtop shows of one must
 * never be another's.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/source.h"

#define CHURN_NS   (5 * NS_PER_S)
#define BETWEEN_US 5000
#define PIDS	   20	 /* one comes round again in 100 ms … */
#define LIFE_US	   90000 /* … when its last owner has just ended */
#define FIRST_PID  20000 /* beyond those that the kernel gives out */
#define IDS	   4096
#define SIZES	   16 /* 1 to 16 MiB of shared memory */

static char *command_line; /* argv[0], to be written over */
static size_t command_size;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t size_of(unsigned id)
{
	return (1 + id % SIZES) * MIB;
}

/* The name comes last: whoever reads it may expect the rest. */
static void live_as(unsigned id)
{
	char name[16];
	void *p = mmap(NULL, size_of(id), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	snprintf(name, sizeof(name), "id%u", id);
	memset(command_line, 0, command_size);
	memcpy(command_line, name, strlen(name));
	prctl(PR_SET_NAME, name);
	usleep(LIFE_US);
	_exit(0);
}

/* The same few pids again and again. */
static void churn(void)
{
	uint64_t end = now_ns() + CHURN_NS;
	long r;

	signal(SIGCHLD, SIG_IGN);
	for (unsigned id = 1; id < IDS && now_ns() < end; id++) {
		pid_t pid = (pid_t)(FIRST_PID + id % PIDS);
		struct clone_args how = { .exit_signal = SIGCHLD,
					  .set_tid = (uintptr_t)&pid,
					  .set_tid_size = 1 };

		r = syscall(SYS_clone3, &how, sizeof(how));
		if (r == 0)
			live_as(id);
		if (r < 0 && errno != EEXIST)
			_exit(1);
		/* a pid of one's choice doesn't show in loadavg */
		if (fork() == 0)
			_exit(0);
		usleep(BETWEEN_US);
	}
	_exit(0);
}

static unsigned id_in(const char *s)
{
	return strncmp(s, "id", 2) ? 0 : (unsigned)atoi(s + 2);
}

struct seen {
	size_t sizes, pss, commands, reused, wrong;
	struct process_key key[IDS];	     /* of each id */
	uint64_t since_ns[IDS];		     /* first seen under its name */
	unsigned last[FIRST_PID + 2 * PIDS]; /* id of each pid */
};

static void wrong(struct seen *seen, const struct process *p, const char *what,
		  uint64_t value)
{
	if (seen->wrong++ < 10)
		fprintf(stderr, "pid %d %s: %s %" PRIu64 "\n", (int)p->key.pid,
			p->comm, what, value);
}

static void check_identity(struct seen *seen, const struct process *p,
			   unsigned id)
{
	unsigned *last =
		&seen->last[(size_t)p->key.pid % ARRAY_SIZE(seen->last)];

	if (seen->key[id].pid && !process_key_equal(seen->key[id], p->key))
		wrong(seen, p, "had another key, started",
		      seen->key[id].start_ns);
	seen->key[id] = p->key;
	seen->reused += *last && *last != id;
	*last = id;
}

/* The lane reads at its own pace: what it read before the process had its
 * name may be of before it had all of its memory. */
static bool is_own_pss(const struct seen *seen, const struct process *p,
		       unsigned id)
{
	return p->smaps.read_ns > seen->since_ns[id]
		       ? p->pss_shmem == size_of(id)
		       : p->pss_shmem <= size_of(id);
}

static void check(struct seen *seen, const struct snapshot *s,
		  const struct process *p)
{
	unsigned id = id_in(p->comm);
	const char *command = text_str(p->command);

	if (!id || id >= IDS)
		return;
	check_identity(seen, p, id);
	if (!seen->since_ns[id]) {
		/* the name may be newer than the rest, this once */
		seen->since_ns[id] = s->monotonic_ns + s->self.sample_ns;
		return;
	}
	if (p->status.state == STATE_OK) {
		seen->sizes++;
		if (p->shmem != size_of(id))
			wrong(seen, p, "shmem", p->shmem);
	}
	if (p->smaps.state == STATE_OK && p->pss_shmem != UNKNOWN) {
		seen->pss++;
		if (!is_own_pss(seen, p, id))
			wrong(seen, p, "PSS", p->pss_shmem);
	}
	if (p->names.state == STATE_OK && id_in(command)) {
		seen->commands++;
		if (id_in(command) != id)
			wrong(seen, p, command, 0);
	}
}

static void watch(struct seen *seen)
{
	struct history *history;
	struct source *source;
	uint64_t seq = 0, end = now_ns() + CHURN_NS + NS_PER_S;
	struct live_config config = { .period_ns = 50 * NS_PER_MS };
	const struct snapshot *s;

	if (history_new(&history_default_limits, &history) < 0)
		return;
	config.history = history;
	if (live_source_new(&config, &source) < 0)
		return;
	if (source->ops->start(source) == 0)
		while (now_ns() < end) {
			usleep(10000);
			while (history_at(history, seq + 1, &s) == 0) {
				seq = s->seq;
				for (size_t i = 0; i < s->nprocesses; i++)
					check(seen, s, s->processes[i]);
				snapshot_unref(s);
			}
		}
	if (source->ops->close(source))
		history_free(history);
}

/* The first process of the namespace. */
static int run_inside(void)
{
	static struct seen seen;
	pid_t churner;
	int status;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) < 0)
		return 77;
	churner = fork();
	if (churner == 0)
		churn();
	watch(&seen);
	if (waitpid(churner, &status, 0) == churner && status)
		return 77; /* no choice of pids before Linux 5.5 */
	fprintf(stderr, "%zu sizes, %zu PSS, %zu commands, %zu pids reused\n",
		seen.sizes, seen.pss, seen.commands, seen.reused);
	if (seen.wrong)
		return 1;
	/* it has seen something */
	return seen.sizes > 50 && seen.pss > 50 && seen.commands > 50 &&
			       seen.reused > 20
		       ? 0
		       : 2;
}

static void test_churn(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (getuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
			_exit(77);
		pid = fork();
		if (pid == 0)
			_exit(run_inside());
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_churn),
	};

	(void)argc;
	command_line = argv[0];
	command_size = strlen(argv[0]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
