/* SPDX-License-Identifier: MIT
 *
 * Finding the control groups of the memory controller: the one v2 hierarchy,
 * or on older and hybrid systems a hierarchy of v1 that has it.  Only one can
 * have it, and mountinfo tells which is mounted where.
 */
#include "cgroup_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"
#include "scan.h"

static bool is_word(const char *s, const char *end, const char *word)
{
	return (size_t)(end - s) == strlen(word) &&
	       !memcmp(s, word, strlen(word));
}

/* Is word one of those between commas, blanks and colons? */
static bool has_word(const char *s, const char *end, const char *word)
{
	while (s < end) {
		size_t len = strcspn(s, ",: \n");

		if (s + len <= end && is_word(s, s + len, word))
			return true;
		s += len + 1;
	}
	return false;
}

/*
 * 35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
 * 41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw
 *
 * Fields in the middle are optional, up to the lone "-".
 */
static bool parse_mount(const char *s, struct cgroup_line *ret)
{
	const char *end;

	for (int field = 0; field < 3; field++)
		s = scan_blanks(scan_word(s));
	end = scan_word(s);
	*ret = (struct cgroup_line){ .root = s, .root_len = (size_t)(end - s) };
	s = scan_blanks(end);
	end = scan_word(s);
	ret->point = s;
	ret->point_len = (size_t)(end - s);
	while (*s && *s != '\n' && !is_word(s, scan_word(s), "-"))
		s = scan_blanks(scan_word(s));
	s = scan_blanks(scan_word(s));
	end = scan_word(s);
	ret->v1 = is_word(s, end, "cgroup");
	if (!ret->v1)
		return is_word(s, end, "cgroup2");
	s = scan_blanks(scan_word(scan_blanks(end)));
	return has_word(s, scan_word(s), "memory");
}

bool cgroup_mount_find(const char *text, struct cgroup_line *ret)
{
	struct cgroup_line line;
	bool found = false;

	for (; *text; text = scan_line(text)) {
		if (!parse_mount(text, &line))
			continue;
		/* v1 only where it has the controller, which v2 then has not;
		 * and rather the whole than a part */
		if (found && line.v1 == ret->v1 &&
		    line.root_len >= ret->root_len)
			continue;
		if (found && ret->v1 && !line.v1)
			continue;
		*ret = line;
		found = true;
	}
	return found;
}

static int open_point(struct tree *tree, const struct cgroup_line *line)
{
	static const char sys[] = "/sys/";
	char path[4096];
	int fd, base = tree->proc;

	if (line->point_len > sizeof(sys) - 1 &&
	    !memcmp(line->point, sys, sizeof(sys) - 1)) {
		base = tree->sys;
		snprintf(path, sizeof(path), "%.*s",
			 (int)(line->point_len - (sizeof(sys) - 1)),
			 line->point + sizeof(sys) - 1);
	} else {
		snprintf(path, sizeof(path), "self/root%.*s",
			 (int)line->point_len, line->point);
	}
	fd = openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool controls_memory(struct tree *tree, int fd)
{
	ssize_t n =
		kernfile_read(fd, "cgroup.controllers", tree->buf, tree->size);

	return n > 0 && has_word(tree->buf, tree->buf + n, "memory");
}

int cgroup_mount_open(struct tree *tree, struct cgroup_mount *ret)
{
	struct cgroup_line line;
	ssize_t n = growbuf_read(&tree->grow, tree->proc, "self/mountinfo",
				 16 * MIB);
	int fd;

	if (n < 0)
		return (int)n;
	if (!cgroup_mount_find(tree->grow.data, &line))
		return -ENOENT;
	fd = open_point(tree, &line);
	if (fd < 0)
		return fd;
	if (!line.v1 && !controls_memory(tree, fd)) {
		close(fd);
		return -ENOENT;
	}
	*ret = (struct cgroup_mount){
		.v1 = line.v1,
		.root = strndup(line.root, line.root_len),
		.fd = fd,
	};
	if (ret->root)
		return 0;
	close(fd);
	return -ENOMEM;
}

void cgroup_mount_done(struct cgroup_mount *mount)
{
	free(mount->root);
	close(mount->fd);
}

/*
 * 4:memory:/user.slice     v1
 * 0::/user.slice           v2
 */
char *cgroup_mount_own(struct tree *tree, const struct cgroup_mount *mount)
{
	const char *s = tree->buf;

	if (kernfile_read(tree->proc, "self/cgroup", tree->buf, tree->size) < 0)
		return NULL;
	for (; *s; s = scan_line(s)) {
		const char *names = strchr(s, ':');
		const char *path = names ? strchr(names + 1, ':') : NULL;

		if (!path)
			return NULL;
		names++;
		if (mount->v1 ? has_word(names, path, "memory") : names == path)
			return strndup(path + 1, strcspn(path + 1, "\n"));
	}
	return NULL;
}
