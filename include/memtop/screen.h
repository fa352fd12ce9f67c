/* SPDX-License-Identifier: MIT
 *
 * The live screen, started from options and settings.
 */
#ifndef MEMTOP_SCREEN_H
#define MEMTOP_SCREEN_H

#include "memtop/config.h"
#include "memtop/history.h"
#include "memtop/options.h"
#include "memtop/source.h"

/* Shows until the user quits.  config_file is where `W` saves to, NULL:
 * nowhere.  0; -ENOTTY: there is no terminal that could show it; -errno. */
int screen_run(struct source *source, struct history *history,
	       const struct options *options, struct config *config,
	       const char *config_file);

#endif
