/* SPDX-License-Identifier: MIT
 *
 * statm by a kept descriptor, which costs a third of opening it, compared as
 * text: all seven numbers for less than taking two of them apart.  Separate
 * because it is what memtop does most often; knows no other file.
 */
#include "glance.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "memtop/kernfile.h"
#include "procfile.h"

ssize_t glance_read(struct glance *glance, struct tree *tree, const char *dir,
		    bool keep)
{
	char path[PROCFILE_PATH];
	ssize_t r;

	if (glance->fd < 0) {
		if (!keep)
			return procfile_read(tree, dir, "statm");
		r = procfile_path(path, dir, "statm");
		if (r < 0)
			return r;
		glance->fd = openat(tree->proc, path, O_RDONLY | O_CLOEXEC);
		if (glance->fd < 0)
			return errno == ENOENT ? -ESRCH : -errno;
	}
	r = kernfile_pread(glance->fd, tree->buf, tree->size);
	/* gone: ESRCH or an empty file */
	return r == 0 ? -ESRCH : r;
}

bool glance_differs(struct glance *glance, const struct tree *tree, ssize_t len)
{
	if (len == glance->len && memcmp(tree->buf, glance->text, len) == 0)
		return false;
	if (len > GLANCE_TEXT)
		len = 0;
	glance->len = (unsigned char)len;
	memcpy(glance->text, tree->buf, (size_t)len);
	return true;
}

void glance_close(struct glance *glance)
{
	if (glance->fd >= 0)
		close(glance->fd);
	glance->fd = -1;
}
