/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/smaps_rollup: PSS, USS and what else takes a walk over the page
 * tables.  The one file of a process that is costly, that may be refused, and
 * whose read waits for a lock of the process.
 */
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "procfile.h"

/* clang-format off */
#define KEY(name, member) { name, offsetof(struct process, member) }
static const struct kv_key keys[] = {
	KEY("Rss", smaps_rss),
	KEY("Pss", pss),
	KEY("Pss_Dirty", pss_dirty),
	KEY("Pss_Anon", pss_anon),
	KEY("Pss_File", pss_file),
	KEY("Pss_Shmem", pss_shmem),
	KEY("Shared_Clean", shared_clean),
	KEY("Shared_Dirty", shared_dirty),
	KEY("Private_Clean", private_clean),
	KEY("Private_Dirty", private_dirty),
	KEY("Referenced", referenced),
	KEY("KSM", ksm),
	KEY("LazyFree", lazyfree),
	KEY("AnonHugePages", thp),
	KEY("ShmemPmdMapped", shmem_pmd),
	KEY("FilePmdMapped", file_pmd),
	KEY("Shared_Hugetlb", shared_hugetlb),
	KEY("Private_Hugetlb", private_hugetlb),
	KEY("SwapPss", swap_pss),
};
/* clang-format on */

static void clear_smaps(struct process *process)
{
	kv_fill("", keys, ARRAY_SIZE(keys), process);
	process->uss = UNKNOWN;
}

int parse_smaps_rollup(const char *text, struct process *process)
{
	clear_smaps(process);
	/* Pss:                 372 kB */
	kv_fill(text, keys, ARRAY_SIZE(keys), process);
	if (process->smaps_rss == UNKNOWN || process->pss == UNKNOWN)
		return -EINVAL;
	if (process->private_clean != UNKNOWN &&
	    process->private_dirty != UNKNOWN)
		process->uss = process->private_clean + process->private_dirty;
	process->smaps.state = STATE_OK;
	return 0;
}

/* The length of the text in tree->buf, or -errno. */
static ssize_t read_rollup(struct tree *tree, const char *dir)
{
	int fd = procfile_open(tree, dir, "smaps_rollup");
	size_t len = 0;
	ssize_t r;

	if (fd < 0)
		return fd;
	do {
		r = read(fd, tree->buf + len, tree->size - 1 - len);
		if (r < 0) {
			r = -errno;
			break;
		}
		len += (size_t)r;
	} while (r > 0 && len < tree->size - 1);
	close(fd);
	tree->buf[len] = '\0';
	return r < 0 ? r : (ssize_t)len;
}

int procfile_smaps(struct tree *tree, const char *dir, struct process *process)
{
	bool empty = process->kernel;
	ssize_t r = empty ? 0 : read_rollup(tree, dir);

	if (r == 0 || r == -ESRCH) {
		if (!empty && process->state != 'Z' && process->state != 'X')
			return -ESRCH;
		clear_smaps(process);
		process->smaps.state = STATE_NOT_APPLICABLE;
		r = 0;
	} else if (r == -ENOENT && !procfile_lives(tree, dir)) {
		r = -ESRCH;
	} else if (r > 0) {
		r = parse_smaps_rollup(tree->buf, process);
	}
	return procfile_finish((int)r, &process->smaps, clear_smaps, process);
}
