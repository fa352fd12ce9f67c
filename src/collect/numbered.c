/* SPDX-License-Identifier: MIT
 *
 * Entries of a directory that differ by a number.  Separate because sizes of
 * pages, nodes and RAM disks all come like that; knows none of them.
 */
#include "numbered.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/kernfile.h"

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* hugepages-2048kB */
static bool number_of(const char *name, const char *prefix, const char *suffix,
		      uint64_t *ret)
{
	size_t len = strlen(prefix);
	const char *end;

	return strncmp(name, prefix, len) == 0 &&
	       parse_u64(name + len, &end, ret) && strcmp(end, suffix) == 0;
}

ssize_t numbered_list(int dirfd, const char *path, const char *prefix,
		      const char *suffix, uint64_t *ret, size_t max)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t count = 0;

	if (!dir) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while (count < max && (entry = readdir(dir)))
		count += number_of(entry->d_name, prefix, suffix, &ret[count]);
	closedir(dir);
	qsort(ret, count, sizeof(*ret), by_number);
	return (ssize_t)count;
}
