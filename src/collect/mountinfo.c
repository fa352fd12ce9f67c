/* SPDX-License-Identifier: MIT
 *
 * The form of mountinfo.  The text is written by whoever mounts something, so
 * that it is not trusted.
 */
#include "mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "memtop/kernfile.h"
#include "scan.h"

static const char *take(const char *s, const char **ret, size_t *ret_len)
{
	const char *end = scan_word(s);

	*ret = s;
	*ret_len = (size_t)(end - s);
	return scan_blanks(end);
}

/*
 * 22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw,gid=4,hidepid=2
 *
 * Fields in the middle are optional, up to the lone "-".
 */
bool mountinfo_parse(const char *line, struct mountinfo *ret)
{
	const char *s = line;

	for (int field = 0; field < 2; field++)
		s = scan_blanks(scan_word(s));
	s = take(s, &ret->device, &ret->device_len);
	s = scan_blanks(scan_word(s));
	s = take(s, &ret->path, &ret->path_len);
	while (*s && *s != '\n' && !(s[0] == '-' && s[1] == ' '))
		s = scan_blanks(scan_word(s));
	if (*s != '-')
		return false;
	s = scan_blanks(scan_word(s));
	s = take(s, &ret->type, &ret->type_len);
	s = take(s, &ret->source, &ret->source_len);
	take(s, &ret->options, &ret->options_len);
	return ret->type_len > 0;
}

/* "0:21" */
bool mountinfo_device(const struct mountinfo *mount, uint64_t *ret)
{
	const char *s = mount->device;
	uint64_t major, minor;

	if (!parse_u64(s, &s, &major) || *s != ':' ||
	    !parse_u64(s + 1, &s, &minor) ||
	    s != mount->device + mount->device_len)
		return false;
	*ret = major << 32 | (uint32_t)minor;
	return true;
}

int mountinfo_look(int dir, const char *name, struct statx *ret)
{
	return statx(dir, name,
		     AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT |
			     AT_STATX_DONT_SYNC,
		     STATX_BASIC_STATS, ret) < 0
		       ? -errno
		       : 0;
}

uint64_t mountinfo_device_of(const struct statx *st)
{
	return (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor;
}
