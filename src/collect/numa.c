/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/numa_maps: its walk costs as much as that of smaps, so that it is
 * read on demand, and only where there is more than one node.
 */
#include "numa.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memtop/format.h"
#include "memtop/text.h"
#include "procfile.h"
#include "scan.h"
#include "smallfile.h"

/*
 * 7f5000000000 default anon=512 dirty=512 N0=300 N1=212 kernelpagesize_kB=4
 *
 * Pages are those of kernelpagesize_kB.  Blanks in file= are escaped, so that
 * no path looks like a node.
 */
static uint64_t page_bytes(const char *line)
{
	static const char key[] = " kernelpagesize_kB=";
	const char *size = strstr(line, key), *end;
	uint64_t kib;

	if (!size || !parse_u64(size + sizeof(key) - 1, &end, &kib) ||
	    kib > GIB / KIB)
		return 0;
	return kib * KIB;
}

static bool parse_node(const char *s, uint64_t page, uint64_t *ret_node,
		       uint64_t *ret_bytes)
{
	uint64_t node, pages, bytes;

	if (*s++ != 'N' || !parse_u64(s, &s, &node) || *s++ != '=' ||
	    !parse_u64(s, &s, &pages) || node >= NUMA_NODES ||
	    __builtin_mul_overflow(pages, page, &bytes))
		return false;
	*ret_node = node;
	*ret_bytes = bytes;
	return true;
}

int numa_line(void *arg, const char *line)
{
	uint64_t node, bytes, *sums = arg;
	uint64_t page = page_bytes(line);

	for (const char *s = line; page && *s; s = scan_blanks(scan_word(s)))
		if (parse_node(s, page, &node, &bytes))
			sums[node] += bytes;
	return 0;
}

/* Lines and mappings, both by address. */
struct walk {
	struct mapping *next, *end;
	struct reading *reading; /* may be NULL */
};

/* false: it is not wanted any more. */
static bool tell(struct reading *reading)
{
	if (!reading)
		return true;
	atomic_fetch_add_explicit(&reading->steps, 1, memory_order_relaxed);
	return !atomic_load_explicit(&reading->cancelled, memory_order_relaxed);
}

static int mapping_line(void *arg, const char *line)
{
	struct walk *walk = arg;
	char text[256], size[FORMAT_SIZE];
	uint64_t start, node, bytes;
	uint64_t page = page_bytes(line);
	const char *s;
	int len;

	if (!tell(walk->reading))
		return -ECANCELED;
	if (!scan_hex(line, &s, &start))
		return 0;
	while (walk->next < walk->end && walk->next->start < start)
		walk->next++;
	if (walk->next == walk->end || walk->next->start != start)
		return 0;
	s = scan_blanks(s);
	len = (int)min_u64((uint64_t)(scan_word(s) - s), 40);
	len = snprintf(text, sizeof(text), "%.*s", len, s);
	for (; page && *s; s = scan_blanks(scan_word(s))) {
		if (!parse_node(s, page, &node, &bytes))
			continue;
		if (len + FORMAT_SIZE >= (int)sizeof(text)) {
			text[len++] = '+';
			break;
		}
		len += snprintf(text + len, sizeof(text) - (size_t)len,
				" N%" PRIu64 "=%s", node,
				format_bytes(size, bytes, FORMAT_AUTO));
	}
	text_unref(walk->next->nodes);
	walk->next->nodes = text_new(text, (size_t)len);
	return walk->next->nodes ? 0 : -ENOMEM;
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

int numa_mappings(struct tree *tree, const char *dir, struct reading *reading,
		  struct mapping *mappings, size_t count)
{
	struct walk walk = { mappings, mappings + count, reading };
	ssize_t r;
	int fd;

	if (!has_nodes(tree))
		return 0;
	fd = procfile_open(tree, dir, "numa_maps");
	if (fd < 0)
		return 0;
	r = procfile_lines(tree, fd, mapping_line, &walk);
	close(fd);
	return r == -ECANCELED || r == -ENOMEM ? (int)r : 0;
}
