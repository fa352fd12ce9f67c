/* SPDX-License-Identifier: MIT
 *
 * What a block device did since boot.  A partition has counters of its own, a
 * file has not: those of the device below it are about all its files.
 */
#include "blockstat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"

#define SECTOR 512 /* whatever the device says of its own */

enum {
	READS,
	READ_SECTORS = 2,
	READ_MS,
	WRITES,
	WRITE_SECTORS = 6,
	WRITE_MS,
	BUSY_MS = 9,
	COLUMNS
};

/*
 * 1971115    99774 59551394  3306136   841399  1814897 192068816  1779820  …
 *
 * Requests, merged ones, sectors and milliseconds of reads; the same of
 * writes; in flight, busy milliseconds.
 */
static int parse(const char *text, struct swap *swap)
{
	uint64_t column[COLUMNS];
	const char *s = text;

	for (size_t i = 0; i < COLUMNS; i++)
		if (!parse_u64(scan_blanks(s), &s, &column[i]))
			return -EINVAL;
	swap->reads = column[READS];
	swap->writes = column[WRITES];
	swap->read_bytes = column[READ_SECTORS] * SECTOR;
	swap->written_bytes = column[WRITE_SECTORS] * SECTOR;
	swap->wait_ns = (column[READ_MS] + column[WRITE_MS]) * NS_PER_MS;
	swap->busy_ns = column[BUSY_MS] * NS_PER_MS;
	return 0;
}

void blockstat_read(struct tree *tree, struct swap *swap)
{
	const char *slash = strrchr(text_str(swap->name), '/');
	char path[128], text[512];
	ssize_t r;

	swap->io_block.read_ns = tree_now();
	if (strcmp(swap->type, "file") == 0 || !slash) {
		swap->io_block.state = STATE_NOT_APPLICABLE;
		return;
	}
	r = snprintf(path, sizeof(path), "class/block/%s/stat", slash + 1);
	if ((size_t)r >= sizeof(path) || strcmp(slash, "/..") == 0)
		r = -ENOENT;
	else
		r = kernfile_read(tree->sys, path, text, sizeof(text));
	if (r >= 0)
		r = parse(text, swap);
	/* without /sys this is EBADF: nothing is known of the device */
	swap->io_block.state =
		r == 0 ? STATE_OK
		       : state_from_errno(r == -EINVAL || r == -EBADF ? ENOENT
								      : (int)r);
}
