/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: how systemd-oomd and nohang are set, as rows of the
 * tunables.
 */
#ifndef COLLECT_KILLERS_H
#define COLLECT_KILLERS_H

#include "collect.h"

/* One more row; NULL as usual: it depends.  -ENOMEM only. */
int tunables_add(struct list **list, const char *name, const char *value,
		 const char *usual);

/* Those of systemd-oomd while it runs: its limits ("oomd.SwapUsedLimit"), and
 * "oomd: user@.service" with "stall 50% swap" for each unit that asked for it;
 * and of nohang while it runs.  -ENOMEM only. */
int killers_add(struct tree *tree, struct list **list);

#endif
