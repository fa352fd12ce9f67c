/* SPDX-License-Identifier: MIT
 *
 * For tests of collect/: the committed kernel trees below tests/proc, and
 * temporary ones for what can't be committed.
 */
#ifndef TESTS_KERNEL_TREE_H
#define TESTS_KERNEL_TREE_H

#include "../src/collect/collect.h"

/* Opens tests/proc/<name>/proc and sys; the test fails when it can't. */
void kernel_tree_open(const char *name, struct tree *ret);

/* An empty tree of its own, without sys; removed by kernel_tree_remove().
 * Paths are relative to its proc. */
struct temporary_tree {
	char root[32];
	char proc[40];
};
void kernel_tree_make(struct temporary_tree *temporary, struct tree *ret);
void kernel_tree_mkdir(const struct temporary_tree *temporary,
		       const char *path);
void kernel_tree_write(const struct temporary_tree *temporary, const char *path,
		       const char *text);
void kernel_tree_remove(struct temporary_tree *temporary, struct tree *tree);

/* A file below tests/proc, NUL-terminated, to be freed. */
char *kernel_tree_load(const char *path, size_t *ret_len);

#endif
