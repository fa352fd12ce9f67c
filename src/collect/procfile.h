/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what the readers of one process's files share: paths
 * below the proc root, what a failure says of the process, and opening with
 * privileges what needs the right to trace it.
 */
#ifndef COLLECT_PROCFILE_H
#define COLLECT_PROCFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect.h"

/* "PID/task/TID" and the longest name of a file. */
#define PROCFILE_PATH 64

/* dir/name; 0 or -ENAMETOOLONG. */
int procfile_path(char path[PROCFILE_PATH], const char *dir, const char *name);

/* Reads dir/name, which any user may, into tree->buf; returns its length, cut
 * to the buffer, or -ESRCH (the process is gone), or another -errno. */
ssize_t procfile_read(struct tree *tree, const char *dir, const char *name);

/* Opens dir/name, one of the files that need the right to trace the process,
 * with whatever privileges memtop has.  A descriptor or -errno. */
int procfile_open(struct tree *tree, const char *dir, const char *name);

/* How many descriptors it has in use, where the kernel says so by itself.  0;
 * -ESRCH: it is gone; -EOPNOTSUPP: that is not known; another -errno. */
int procfile_open_files(struct tree *tree, const char *dir, uint64_t *ret);

/* Does the process still have its directory?  (A refusal is a yes.) */
bool procfile_lives(struct tree *tree, const char *dir);

/*
 * The end of a reader: error is what the read or the parser returned.
 * Success: the block is stamped.  -ESRCH is passed on.  A refusal or a file
 * that isn't there sets the state and calls clear for the values.  A passing
 * failure changes nothing.  Returns 0 or -ESRCH.
 */
int procfile_finish(int error, struct block *block,
		    void (*clear)(struct process *process),
		    struct process *process);

/* The lines of a file without a bound, piece by piece, through tree->buf.
 * Calls line for each (NUL-terminated, without its newline) until it returns
 * an error.  The number of lines, or -errno. */
ssize_t procfile_lines(struct tree *tree, int fd,
		       int (*line)(void *arg, const char *text), void *arg);

/* read_bytes of /proc/PID/io.  0, or -EINVAL when it is no such text. */
int parse_io(const char *text, uint64_t *ret);

/* The rows of /proc/PID/limits.  0, -EINVAL when it is no such text, -ENOMEM.
 */
int parse_limits(const char *text, struct reply *reply);

#endif
