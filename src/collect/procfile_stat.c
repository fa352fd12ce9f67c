/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/stat: who the process is (start time, parent, state, name) and
 * its page faults.  Its resident size is approximate and left alone.
 */
#include <errno.h>
#include <string.h>

#include "procfile.h"
#include "scan.h"

#define PF_KTHREAD 0x00200000

/* Numbers of proc_pid_stat(5). */
enum {
	FIELD_STATE = 3,
	FIELD_PPID = 4,
	FIELD_FLAGS = 9,
	FIELD_MINFLT = 10,
	FIELD_MAJFLT = 12,
	FIELD_STARTTIME = 22,
	FIELD_COUNT
};

static void clear_stat(struct process *process)
{
	process->minor_faults = process->major_faults = UNKNOWN;
	process->minor_fault_rate = process->major_fault_rate = NAN;
}

static bool parse_numbers(const char *s, const struct tree *tree,
			  struct process *process)
{
	uint64_t fields[FIELD_COUNT] = { 0 };
	int i;

	for (i = FIELD_PPID; i <= FIELD_STARTTIME; i++) {
		int64_t value;

		s = scan_blanks(s);
		if (parse_u64(s, &s, &fields[i]))
			continue;
		/* some are negative: tpgid, priority, nice */
		if (!scan_i64(s, &s, &value))
			return false;
	}
	if (fields[FIELD_PPID] > INT32_MAX ||
	    fields[FIELD_STARTTIME] > UINT64_MAX / tree->tick_ns)
		return false;
	process->ppid = (pid_t)fields[FIELD_PPID];
	process->kernel = fields[FIELD_FLAGS] & PF_KTHREAD;
	process->minor_faults = fields[FIELD_MINFLT];
	process->major_faults = fields[FIELD_MAJFLT];
	process->key.start_ns = fields[FIELD_STARTTIME] * tree->tick_ns;
	return true;
}

/*
 * 812 (a) S 1 812 812 0 -1 4194560 1429 0 7 0 3 2 0 0 20 0 1 0 2514 9056256 …
 *
 * The name may hold blanks, parentheses and newlines, all of them raw: it ends
 * at the last ')' of the file.
 */
int parse_stat(const char *text, size_t len, const struct tree *tree,
	       struct process *process)
{
	const char *open = memchr(text, '(', len);
	const char *end = memrchr(text, ')', len);
	const char *s;
	uint64_t pid;
	size_t n;

	if (!open || !end || end < open || !parse_u64(text, &s, &pid) ||
	    pid > INT32_MAX)
		return -EINVAL;
	s = scan_blanks(end + 1);
	if (*s < 'A' || *s > 'z' || !parse_numbers(s + 1, tree, process))
		return -EINVAL;
	process->key.pid = (pid_t)pid;
	process->state = *s;
	n = min_u64((uint64_t)(end - open) - 1, sizeof(process->comm) - 1);
	memcpy(process->comm, open + 1, n);
	process->comm[n] = '\0';
	process->identity.state = process->stat.state = STATE_OK;
	return 0;
}

int procfile_stat(struct tree *tree, const char *dir, struct process *process)
{
	ssize_t r = procfile_read(tree, dir, "stat");

	if (r > 0)
		r = parse_stat(tree->buf, (size_t)r, tree, process);
	r = procfile_finish((int)r, &process->stat, clear_stat, process);
	/* who it was when that could be read doesn't become unknown */
	if (r == 0 && (process->stat.state == STATE_OK ||
		       process->identity.state != STATE_OK)) {
		process->identity = process->stat;
	}
	return (int)r;
}
