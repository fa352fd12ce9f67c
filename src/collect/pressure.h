/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: pressure stall information, of the machine or of a
 * control group.
 */
#ifndef COLLECT_PRESSURE_H
#define COLLECT_PRESSURE_H

#include <stdbool.h>

#include "memtop/snapshot.h"

/* What a text lacks becomes NAN or UNKNOWN.  false: it has no line "some". */
bool pressure_parse(const char *text, struct pressure_line *ret_some,
		    struct pressure_line *ret_full);

#endif
