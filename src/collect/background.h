/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the thread for system files whose reading may take
 * long or hang, such as asking a file system how full it is.  Nobody but --once
 * waits for it: what it has found last goes into the next snapshot.
 */
#ifndef COLLECT_BACKGROUND_H
#define COLLECT_BACKGROUND_H

#include "collect.h"

struct background;

/* Starts it; it reads nothing in its first after_ns.  wanted as below.  NULL
 * roots as tree_open().  0 or -errno. */
int background_new(const char *proc_root, const char *sys_root,
		   uint64_t after_ns, uint64_t wanted, struct background **ret);

/* Carries what all its collectors have found into a snapshot that is being
 * made.  before: the one that was sealed last, for their next reads; NULL: there
 * is none.  Never waits.  Those that were waiting for one are asked now. */
void background_take(struct background *background,
		     const struct snapshot *before, struct snapshot *snapshot);

/* Entities (GIVES) that somebody looks at: collectors on demand read those. */
void background_want(struct background *background, uint64_t wanted);

/* As background_take(), but waits until each collector has been asked once since
 * there is a sample before; at most until then. */
void background_await(struct background *background,
		      const struct snapshot *before, uint64_t until_ns,
		      struct snapshot *snapshot);

/* Ends the thread; one that hangs is left behind and frees its memory when it
 * comes back. */
void background_close(struct background *background);

#endif
