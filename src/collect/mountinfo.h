/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: one line of /proc/PID/mountinfo.
 */
#ifndef COLLECT_MOUNTINFO_H
#define COLLECT_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pieces of the text; paths as the kernel writes them, see scan_unescape(). */
struct mountinfo {
	const char *device, *path, *type, *source, *options;
	size_t device_len, path_len, type_len, source_len, options_len;
};

/* false: no such line. */
bool mountinfo_parse(const char *line, struct mountinfo *ret);
/* One number for its device; false: it has none. */
bool mountinfo_device(const struct mountinfo *mount, uint64_t *ret);

#endif
