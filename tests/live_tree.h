/* SPDX-License-Identifier: MIT
 *
 * The live source on a tree of kernel files that a test makes and changes.
 */
#ifndef TESTS_LIVE_TREE_H
#define TESTS_LIVE_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "memtop/source.h"

#define LIVE_TREE_PERIOD_NS (100 * NS_PER_MS)

struct live_tree {
	char root[64]; /* stands for /proc and /sys */
	struct history *history;
	struct source *source; /* NULL until begun */
	struct judge judge;    /* to be set before that; may be empty */
};

/* For cmocka: *state becomes a struct live_tree.  The teardown fails when a
 * reader hangs that was not meant to. */
int live_tree_setup(void **state);
int live_tree_teardown(void **state);

/* Writes a file; paths are relative to the root. */
void live_tree_put(const struct live_tree *f, const char *path,
		   const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void live_tree_mkdir(const struct live_tree *f, const char *path);
void live_tree_fifo(const struct live_tree *f, const char *path);
void live_tree_remove(const char *path);

/* A whole process, or parts of one below dir. */
void live_tree_process(const struct live_tree *f, int pid, int pages,
		       unsigned start);
void live_tree_stat(const struct live_tree *f, const char *dir, int pid,
		    const char *comm, char state, int threads, unsigned minflt,
		    unsigned start);
void live_tree_memory(const struct live_tree *f, const char *dir, int pages);
/* A process takes another's pid: its directory is renamed into place. */
void live_tree_reuse(const struct live_tree *f, int pid, int pages,
		     unsigned start);

/* Starts sampling. */
void live_tree_begin(struct live_tree *f);

/* The sample with that number; waits for it, 20 s at most. */
const struct snapshot *live_tree_sample(struct live_tree *f, uint64_t seq);
uint64_t live_tree_newest(struct live_tree *f);
/* Two samples on: whatever is there now has been seen. */
const struct snapshot *live_tree_soon(struct live_tree *f);
/* The first sample in which pid's PSS has left `state`. */
const struct snapshot *live_tree_settled(struct live_tree *f, pid_t pid,
					 enum state state);

#endif
