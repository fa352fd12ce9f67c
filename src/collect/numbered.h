/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: directories of sysfs that are told apart by a number:
 * "zram0", "node1", "hugepages-2048kB".
 */
#ifndef COLLECT_NUMBERED_H
#define COLLECT_NUMBERED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The numbers between prefix and suffix among the entries of path, ascending;
 * more than max are left out.  How many, or -errno. */
ssize_t numbered_list(int dirfd, const char *path, const char *prefix,
		      const char *suffix, uint64_t *ret, size_t max);

#endif
