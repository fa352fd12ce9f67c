/* SPDX-License-Identifier: MIT
 *
 * Kernel trees for tests: committed ones are opened, temporary ones made.
 */
#include "kernel_tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void kernel_tree_open(const char *name, struct tree *ret)
{
	char proc[64], sys[64];

	snprintf(proc, sizeof(proc), "tests/proc/%s/proc", name);
	snprintf(sys, sizeof(sys), "tests/proc/%s/sys", name);
	assert_int_equal(tree_open(proc, sys, ret), 0);
	/* what the committed files were written with */
	ret->page_size = 4096;
	ret->tick_ns = NS_PER_S / 100;
}

void kernel_tree_make(struct temporary_tree *temporary, struct tree *ret)
{
	strcpy(temporary->root, "/tmp/memtop-test-XXXXXX");
	assert_non_null(mkdtemp(temporary->root));
	assert_int_equal(chmod(temporary->root, 0755), 0);
	snprintf(temporary->proc, sizeof(temporary->proc), "%s/proc",
		 temporary->root);
	assert_int_equal(mkdir(temporary->proc, 0755), 0);
	assert_int_equal(tree_open(temporary->proc, "/nonexistent", ret), 0);
}

void kernel_tree_mkdir(const struct temporary_tree *temporary, const char *path)
{
	char full[128];

	snprintf(full, sizeof(full), "%s/%s", temporary->proc, path);
	assert_int_equal(mkdir(full, 0755), 0);
}

void kernel_tree_write(const struct temporary_tree *temporary, const char *path,
		       const char *text)
{
	char full[128];
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", temporary->proc, path);
	/* a new file: some file systems flush one that is written over */
	unlink(full);
	f = fopen(full, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void kernel_tree_remove(struct temporary_tree *temporary, struct tree *tree)
{
	tree_done(tree);
	nftw(temporary->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

char *kernel_tree_load(const char *path, size_t *ret_len)
{
	struct growbuf buf = { 0 };
	char full[160];
	ssize_t len;

	snprintf(full, sizeof(full), "tests/proc/%s", path);
	len = growbuf_read(&buf, AT_FDCWD, full, 16 * MIB);
	assert_true(len > 0);
	*ret_len = (size_t)len;
	return buf.data;
}
