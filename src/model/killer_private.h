/* SPDX-License-Identifier: MIT
 *
 * Private to the model's files about programs that kill.
 */
#ifndef MODEL_KILLER_PRIVATE_H
#define MODEL_KILLER_PRIVATE_H

#include "memtop/kernel.h"
#include "memtop/killer.h"

/* killer_options.c: the number behind a letter, "-m 5,2" or "-m5,2"; NAN: it
 * was not given. */
double killer_option(const char *command, char letter);
/* The word behind a long option, "--avoid X" or "--avoid=X"; false: none, or
 * longer than that. */
bool killer_long_option(const char *command, const char *name, char *buf,
			size_t size);

/* killer.c: "50%", "500‰" in percent; NAN: no number. */
double killer_share(const char *text);

/* killer_stalls.c: a row of the tunables, where the files of killers are too;
 * NULL: there is none of that name. */
const struct tunable *killer_setting(const struct snapshot *snapshot,
				     const char *name);
/* Did any unit ask systemd-oomd to act for want of swap?  Where its files are
 * not known: true. */
bool killer_swap_asked(const struct snapshot *snapshot);
/* Are they? */
bool killer_oomd_known(const struct snapshot *snapshot);

#endif
