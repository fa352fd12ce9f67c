/* SPDX-License-Identifier: MIT
 *
 * Puts a new settings file in the place of the old one in one step, so that a
 * crash or a full disk leaves the old one.  Knows nothing of what is in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_private.h"
#include "memtop/kernfile.h"

#define FILE_MAX ((size_t)256 * 1024)

static int make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/');; slash = strchr(slash, '/')) {
		if (slash)
			*slash = '\0';
		/* 0700: what the XDG rules ask for */
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		if (!slash)
			return 0;
		*slash++ = '/';
	}
}

/* Opens the directory of path, made if need be; it has to be our own: with
 * sudo a file of root would be left in somebody's home. */
static int open_directory(const char *path)
{
	char copy[PATH_MAX];
	char *directory;
	struct stat st;
	int fd, r;

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return -ENAMETOOLONG;
	directory = dirname(copy);
	r = make_directories(directory);
	if (r < 0)
		return r;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (st.st_uid != geteuid())
		r = -EPERM;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int replace_file(int directory, const char *path, mode_t mode,
			const char *text, size_t len)
{
	char beside[PATH_MAX];
	int fd, r;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >=
	    (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_whole(fd, text, len);
	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	else
		fsync(directory); /* the rename itself; no harm if it can't */
	return r;
}

/* The file as it is, "" when there is none yet. */
static int read_before(const char *path, struct growbuf *buf, mode_t *ret_mode)
{
	struct stat st;
	ssize_t len;

	*ret_mode = 0600;
	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	/* renaming a file over --config /dev/null would be a disaster */
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_mode = st.st_mode & 0777;
	len = growbuf_read(buf, AT_FDCWD, path, FILE_MAX);
	return len < 0 ? (int)len : 0;
}

int config_save(const char *path, const struct config *config)
{
	struct growbuf before = { 0 };
	char *real = realpath(path, NULL), *text = NULL;
	FILE *out;
	size_t len = 0;
	mode_t mode;
	int directory, r;

	/* a symbolic link stays one: its target is what is replaced */
	directory = open_directory(real ? real : path);
	if (directory < 0) {
		free(real);
		return directory;
	}
	r = read_before(real ? real : path, &before, &mode);
	if (r < 0)
		goto out;
	out = open_memstream(&text, &len);
	if (!out) {
		r = -errno;
		goto out;
	}
	config_rewrite(before.data ? before.data : "", config, out);
	if (fclose(out) == EOF)
		r = -errno;
	else
		r = replace_file(directory, real ? real : path, mode, text,
				 len);
out:
	close(directory);
	growbuf_done(&before);
	free(text);
	free(real);
	return r;
}
