/* SPDX-License-Identifier: MIT
 *
 * Descriptors go to whoever comes while there are some, then to those that
 * change and to the large ones.  Sampler thread only.
 */
#ifndef COLLECT_KEEPERS_H
#define COLLECT_KEEPERS_H

#include "tracked.h"

struct keepers {
	size_t count, max;
	uint64_t share_ns; /* when they are shared out anew */
};

/* How many there may be: by their kernel memory, and half of the soft limit. */
size_t keepers_allowed(void);

/* Gives the right to keep one, or takes it away with the descriptor. */
void keepers_set(struct keepers *keepers, struct tracked *tracked, bool keeps);

/* At the end of a tick: those without memory give theirs back, and when there
 * are too few, some change hands every ten seconds. */
void keepers_share(struct keepers *keepers, struct tracked *const *list,
		   size_t count, const struct tick *tick);

#endif
