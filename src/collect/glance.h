/* SPDX-License-Identifier: MIT
 *
 * The look at a process that every tick takes: has anything in its statm
 * changed?  Sampler thread only.
 */
#ifndef COLLECT_GLANCE_H
#define COLLECT_GLANCE_H

#include <stdbool.h>

#include "collect.h"

/* Seven numbers of pages; those of more than 16 TiB don't fit and count as
 * changed each time. */
#define GLANCE_TEXT 55

struct glance {
	int fd; /* on statm, kept open; -1: not */
	unsigned char len;
	char text[GLANCE_TEXT]; /* of the last look; len 0: none */
};

/* Reads dir/statm into tree->buf, through the descriptor when there is one;
 * `keep` keeps the one it opens.  Its length; -ESRCH: the process is gone;
 * another -errno. */
ssize_t glance_read(struct glance *glance, struct tree *tree, const char *dir,
		    bool keep);

/* Is the text, as glance_read() left it, another than that of the last call
 * of this function? */
bool glance_differs(struct glance *glance, const struct tree *tree,
		    ssize_t len);

/* Gives the descriptor back; what was seen is still known. */
void glance_close(struct glance *glance);

#endif
