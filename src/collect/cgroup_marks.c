/* SPDX-License-Identifier: MIT
 *
 * What stands at the directory of a control group for and by systemd-oomd:
 * extended attributes, and whose directory it is.  Most have none of them, and
 * their list says so at once.  Separate because it is no file of the kernel's.
 */
#include "cgroup_marks.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "memtop/base.h"

/* clang-format off */
#define MARK(name, member, counts) \
	{ "user.oomd_" name, offsetof(struct cgroup, member), counts }
static const struct mark {
	const char *name;
	size_t offset;
	bool counts; /* otherwise it is a yes or no */
} marks[] = {
	MARK("avoid", oomd_avoid, false),
	MARK("omit", oomd_omit, false),
	MARK("kill", oomd_kills, true),
	MARK("ooms", oomd_ooms, true),
};
/* clang-format on */

/* "1"; "14"; who sets a preference by hand may write "yes" or "true".
 * UNKNOWN: something else, which systemd-oomd takes for nothing. */
static uint64_t parse_mark(const char *text, bool counts)
{
	static const char *const yes[] = { "yes", "y", "true", "t", "on" };
	static const char *const no[] = { "no", "n", "false", "f", "off" };
	const char *end;
	uint64_t value;

	if (parse_u64(text, &end, &value) && (*end == '\0' || *end == '\n'))
		return counts || value <= 1 ? value : UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(yes) && !counts; i++) {
		if (strcasecmp(text, yes[i]) == 0)
			return 1;
		if (strcasecmp(text, no[i]) == 0)
			return 0;
	}
	return UNKNOWN;
}

static uint64_t read_mark(int fd, const struct mark *mark)
{
	char text[32];
	ssize_t n = fgetxattr(fd, mark->name, text, sizeof(text) - 1);

	if (n < 0)
		return errno == ENODATA ? 0 : UNKNOWN;
	text[n] = '\0';
	return parse_mark(text, mark->counts);
}

/* A list of names, each ended by a NUL. */
static bool is_listed(const char *names, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i += strlen(names + i) + 1)
		if (strcmp(names + i, name) == 0)
			return true;
	return false;
}

static int read_marks(struct cgroup_reader *reader, int fd, struct cgroup *row)
{
	char *names = reader->tree->buf;
	ssize_t len = flistxattr(fd, names, reader->tree->size - 1);
	struct stat st;

	if (len < 0 || fstat(fd, &st) < 0)
		return -errno;
	names[len] = '\0';
	row->owner = st.st_uid;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		*(uint64_t *)((char *)row + marks[i].offset) =
			is_listed(names, (size_t)len, marks[i].name)
				? read_mark(fd, &marks[i])
				: 0;
	return 0;
}

void cgroup_marks_read(struct cgroup_reader *reader, struct cgroup_node *node)
{
	int fd = openat(reader->fd, node->dir,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : read_marks(reader, fd, &node->row);

	if (fd >= 0)
		close(fd);
	cgroup_block(reader, node, r, &node->row.marks);
}
