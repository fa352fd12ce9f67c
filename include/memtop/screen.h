/* SPDX-License-Identifier: MIT
 *
 * The live screen, started from options and settings.
 */
#ifndef MEMTOP_SCREEN_H
#define MEMTOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/config.h"
#include "memtop/history.h"
#include "memtop/options.h"
#include "memtop/source.h"

/* What the screen needs to know of recordings.  The two functions are those of
 * struct ui_recorder. */
struct screen_recording {
	uint64_t first_seq; /* of a replay: where it begins */
	bool (*status)(void *data, char *buf, size_t size);
	void (*record)(void *data, const char *path, char *said, size_t size);
	void *data;
};

/* Shows until the user quits.  config_file is where `W` saves to, NULL:
 * nowhere.  0; -ENOTTY: there is no terminal that could show it; -errno. */
int screen_run(struct source *source, struct history *history,
	       const struct options *options, struct config *config,
	       const char *config_file,
	       const struct screen_recording *recording);

#endif
