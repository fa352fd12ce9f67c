/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: one line of /proc/PID/mountinfo, and whether a path still
 * leads to that mount.
 */
#ifndef COLLECT_MOUNTINFO_H
#define COLLECT_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Pieces of the text; paths as the kernel writes them, see scan_unescape(). */
struct mountinfo {
	const char *device, *path, *type, *source, *options;
	size_t device_len, path_len, type_len, source_len, options_len;
};

/* false: no such line. */
bool mountinfo_parse(const char *line, struct mountinfo *ret);
/* One number for its device; false: it has none. */
bool mountinfo_device(const struct mountinfo *mount, uint64_t *ret);

/* Where a path of it leads may be what was mounted over it since, of a server
 * that does not answer: this asks only what is known already.  name "": of dir
 * itself, which may be O_PATH.  0 or -errno. */
int mountinfo_look(int dir, const char *name, struct statx *ret);
/* As mountinfo_device() has it. */
uint64_t mountinfo_device_of(const struct statx *st);

#endif
