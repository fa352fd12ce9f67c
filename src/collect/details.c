/* SPDX-License-Identifier: MIT
 *
 * What the details of one process show besides its memory: limits, program,
 * descriptors, number of mappings, NUMA nodes and cpuset.  Read on demand.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpu.h"
#include "memtop/privilege.h"
#include "numa.h"
#include "procfile.h"
#include "scan.h"

/* Where the columns of /proc/PID/limits begin; names hold blanks. */
struct columns {
	size_t soft, hard, unit;
};

static bool find_columns(const char *heading, struct columns *ret)
{
	const char *soft = strstr(heading, "Soft Limit");
	const char *hard = strstr(heading, "Hard Limit");
	const char *unit = strstr(heading, "Units");

	if (!soft || !hard || !unit || soft == heading || hard < soft ||
	    unit < hard)
		return false;
	*ret = (struct columns){
		.soft = (size_t)(soft - heading),
		.hard = (size_t)(hard - heading),
		.unit = (size_t)(unit - heading),
	};
	return true;
}

static void copy_trimmed(char *dst, size_t size, const char *s, size_t len)
{
	while (len && s[len - 1] == ' ')
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(dst, s, len);
	dst[len] = '\0';
}

static bool parse_value(const char *s, uint64_t *ret)
{
	static const char unlimited[] = "unlimited";
	const char *end;

	*ret = UNKNOWN;
	return !strncmp(s, unlimited, sizeof(unlimited) - 1) ||
	       parse_u64(s, &end, ret);
}

/*
 * Max stack size            8388608              unlimited            bytes
 * Max nice priority         0                    0
 */
static bool parse_limit(const char *s, size_t len, const struct columns *at,
			struct limit *ret)
{
	if (len <= at->hard || !parse_value(s + at->soft, &ret->soft) ||
	    !parse_value(s + at->hard, &ret->hard))
		return false;
	copy_trimmed(ret->name, sizeof(ret->name), s, at->soft);
	if (len > at->unit)
		copy_trimmed(ret->unit, sizeof(ret->unit), s + at->unit,
			     len - at->unit);
	return true;
}

int parse_limits(const char *text, struct reply *reply)
{
	const char *s, *next;
	struct columns at;
	size_t lines = 0;

	if (!find_columns(text, &at))
		return -EINVAL;
	for (s = scan_line(text); *s; s = scan_line(s))
		lines++;
	reply->limits = calloc(lines + 1, sizeof(*reply->limits));
	if (!reply->limits)
		return -ENOMEM;
	for (s = scan_line(text); *s; s = next) {
		struct limit *limit = &reply->limits[reply->nlimits];
		size_t len;

		next = scan_line(s);
		len = (size_t)(next - s);
		if (len && s[len - 1] == '\n')
			len--;
		reply->nlimits += parse_limit(s, len, &at, limit);
	}
	return 0;
}

static const struct text *read_exe(struct tree *tree, const char *dir)
{
	char path[PROCFILE_PATH];
	ssize_t len;

	if (procfile_path(path, dir, "exe") < 0)
		return NULL;
	privilege_raise();
	len = readlinkat(tree->proc, path, tree->buf, tree->size);
	privilege_lower();
	return len > 0 ? text_new(tree->buf, (size_t)len) : NULL;
}

static uint64_t count_entries(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	uint64_t n = 0;

	if (!dir) {
		close(fd);
		return UNKNOWN;
	}
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Kernels that do not count them list them. */
static uint64_t count_descriptors(struct tree *tree, const char *dir)
{
	uint64_t count;
	int fd;

	if (procfile_open_files(tree, dir, &count) == 0)
		return count;
	fd = procfile_open(tree, dir, "fd");
	return fd < 0 ? UNKNOWN : count_entries(fd);
}

static int count_line(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	return 0;
}

static uint64_t count_maps(struct tree *tree, const char *dir)
{
	int fd = procfile_open(tree, dir, "maps");
	ssize_t n;

	if (fd < 0)
		return UNKNOWN;
	n = procfile_lines(tree, fd, count_line, NULL);
	close(fd);
	return n < 0 ? UNKNOWN : (uint64_t)n;
}

/* A list too long for its place ends with '+'. */
static void copy_list(char *dst, size_t size, const struct kv *kv)
{
	copy_trimmed(dst, size, kv->rest, kv->rest_len);
	if (kv->rest_len >= size)
		dst[size - 2] = '+';
}

/* Cpus_allowed_list:	0-7 */
static void read_placement(struct tree *tree, const char *dir,
			   struct reply *reply)
{
	static const char cpus[] = "Cpus_allowed_list";
	static const char mems[] = "Mems_allowed_list";
	const char *cursor = tree->buf;
	struct kv kv;

	if (procfile_read(tree, dir, "status") < 0)
		return;
	while (kv_next(&cursor, &kv)) {
		if (kv.key_len == sizeof(cpus) - 1 &&
		    !memcmp(kv.key, cpus, kv.key_len))
			copy_list(reply->cpus_allowed,
				  sizeof(reply->cpus_allowed), &kv);
		else if (kv.key_len == sizeof(mems) - 1 &&
			 !memcmp(kv.key, mems, kv.key_len))
			copy_list(reply->mems_allowed,
				  sizeof(reply->mems_allowed), &kv);
	}
}

int procfile_details(struct tree *tree, const char *dir, struct reply *reply)
{
	uint64_t began = tree_now();
	ssize_t r = procfile_read(tree, dir, "limits");

	reply->descriptors = reply->maps = UNKNOWN;
	if (r > 0)
		r = parse_limits(tree->buf, reply);
	if (r == -ENOMEM)
		return -ENOMEM;
	if (r == -ESRCH)
		reply->state = STATE_NOT_APPLICABLE;
	else
		reply->state = r == -EINVAL ? STATE_ABSENT
			       : r < 0	    ? state_from_errno((int)r)
					    : STATE_OK;
	if (reply->state == STATE_OK) {
		reply->exe = read_exe(tree, dir);
		reply->descriptors = count_descriptors(tree, dir);
		reply->maps = count_maps(tree, dir);
		read_placement(tree, dir, reply);
		numa_read(tree, dir, reply->numa, sizeof(reply->numa));
		gpu_read(tree, dir, reply);
	}
	reply->read_ns = tree_now();
	reply->took_ns = reply->read_ns - began;
	return 0;
}
