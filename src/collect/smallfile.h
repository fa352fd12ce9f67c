/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: files of sysfs and /proc/sys that hold one value.
 */
#ifndef COLLECT_SMALLFILE_H
#define COLLECT_SMALLFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The number in a file; UNKNOWN when it can't be read or holds none. */
uint64_t smallfile_number(int dirfd, const char *path);

/* The word in brackets ("always [madvise] never"), or the only word there is;
 * "" when it can't be read or doesn't fit.  Returns its length or -errno. */
ssize_t smallfile_choice(int dirfd, const char *path, char *word, size_t size);

#endif
