/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/numa_maps: its walk costs as much as that of smaps, so that it is
 * read on demand, and only where there is more than one node.
 */
#include "numa.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memtop/format.h"
#include "procfile.h"
#include "scan.h"
#include "smallfile.h"

/*
 * 7f5000000000 default anon=512 dirty=512 N0=300 N1=212 kernelpagesize_kB=4
 *
 * Pages are those of kernelpagesize_kB.  Blanks in file= are escaped, so that
 * no path looks like a node.
 */
int numa_line(void *arg, const char *line)
{
	static const char key[] = " kernelpagesize_kB=";
	const char *size = strstr(line, key), *s;
	uint64_t kib, node, pages, bytes, *sums = arg;

	if (!size || !parse_u64(size + sizeof(key) - 1, &s, &kib))
		return 0;
	for (s = line; *s; s = scan_blanks(scan_word(s))) {
		const char *p = s + 1;

		if (*s != 'N' || !parse_u64(p, &p, &node) || *p++ != '=' ||
		    !parse_u64(p, &p, &pages) || node >= NUMA_NODES ||
		    __builtin_mul_overflow(pages, kib * KIB, &bytes))
			continue;
		sums[node] += bytes;
	}
	return 0;
}

/* "0" is one node; "0-1" and "0,2" are several. */
static bool has_nodes(struct tree *tree)
{
	char online[64];

	return smallfile_choice(tree->sys, "devices/system/node/online", online,
				sizeof(online)) > 0 &&
	       strpbrk(online, ",-");
}

static void write_sums(const uint64_t *sums, char *buf, size_t size)
{
	char one[FORMAT_SIZE + 16], bytes[FORMAT_SIZE];
	size_t len = 0, i;
	int n;

	for (i = 0; i < NUMA_NODES; i++) {
		if (!sums[i])
			continue;
		n = snprintf(one, sizeof(one), "%sN%zu %s", len ? " " : "", i,
			     format_bytes(bytes, sums[i], FORMAT_AUTO));
		if (len + (size_t)n + 2 > size) {
			buf[len++] = '+';
			break;
		}
		memcpy(buf + len, one, (size_t)n);
		len += (size_t)n;
	}
	buf[len] = '\0';
}

void numa_read(struct tree *tree, const char *dir, char *buf, size_t size)
{
	uint64_t sums[NUMA_NODES] = { 0 };
	int fd;

	buf[0] = '\0';
	if (!has_nodes(tree))
		return;
	fd = procfile_open(tree, dir, "numa_maps");
	if (fd < 0)
		return;
	if (procfile_lines(tree, fd, numa_line, sums) > 0)
		write_sums(sums, buf, size);
	close(fd);
}
